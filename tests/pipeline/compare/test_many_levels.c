/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Factors with 200 levels: strata by hand, laws, and levels that only one arm has. */
#include <time.h>

#include "base/hash.h"
#include "tests/pipeline/compare/adjusted_people.h"

enum { SITES = 200, PEOPLE = 12000 };

#define COHORT \
    "cohort:\n  arms: {iop: \"arm == 'iop'\", inpatient: \"arm == 'inpatient'\"}\n  reference: inpatient\n" \
    "  covariates: [site, age]\n"
#define YES "outcomes: {relapse: {event: \"what == 1\", event_is: bad}}\n"
#define ALL \
    "compare: [{outcomes: [relapse], measures: [risk_difference, risk_ratio, odds_ratio], adjust: [" \
    "{method: iptw, propensity: site}, {method: direct, by: site}, {method: mantel_haenszel, by: site}, " \
    "{method: overlap, propensity: [site, age]}, {method: regression, terms: site}, " \
    "{method: doubly_robust, propensity: site, terms: [site, age]}, {method: modified_poisson, terms: [site, age]}]}]\n"

/* As small_columns, but the last one is the site. */
static const char *site_columns(void)
{
    static char text[8000];
    char *to = text;

    to += sprintf(to, "  arm: {type: category, codes: {1: iop, 2: inpatient}}\n  days: {type: integer, range: [0, 999]}\n"
                      "  start: {type: integer, range: [0, 999]}\n  what: {type: integer, range: [0, 2]}\n"
                      "  n: {type: integer, range: [0, 999]}\n  age: {type: real, range: [0, 120]}\n"
                      "  site: {type: category, codes: {");
    for (int k = 0; k < SITES; k++)
        to += sprintf(to, "%s%d: s%03d", k == 0 ? "" : ", ", k + 1, k + 1);
    sprintf(to, "}}\n");
    return text;
}

struct person {
    int arm, what, age, site;
};

static double chance(int i, int what)
{
    return (double)(hash_word(hash_word((uint64_t)i, 7), (uint64_t)what) >> 11) * 0x1p-53;
}

/* Arm and relapse depend on the site; the first `alone` sites have one arm only. */
static char *draw(struct person *people, int alone)
{
    char *lines = malloc(64 * PEOPLE), *to = lines;

    assert_non_null(lines);
    for (int i = 0; i < PEOPLE; i++) {
        struct person *p = &people[i];
        p->site = 1 + (int)(SITES * chance(i, 1));
        p->age = 18 + (int)(50 * chance(i, 2));
        p->arm = p->site <= alone ? 1 + p->site % 2 : chance(i, 3) < 0.35 + 0.0015 * p->site ? 1 : 2;
        p->what = chance(i, 4) < 0.4 + 0.001 * p->site - 0.05 * (p->arm == 1) + 0.002 * (p->age - 40);
        to += sprintf(to, "%d,1,,%d,1,%d,%d\n", p->arm, p->what, p->age, p->site);
    }
    return lines;
}

static double of(const struct table *t, const char *adjustment, const char *measure, const char *column)
{
    return adjusted_number(t, adjusted_row(t, adjustment, measure, "iop", "inpatient", NAN), column);
}

/* Counts of a site: events and people of the arm, then of the reference. */
static void count(const struct person *people, double n[SITES][4])
{
    memset(n, 0, SITES * sizeof n[0]);
    for (int i = 0; i < PEOPLE; i++) {
        double *const site = n[people[i].site - 1] + (people[i].arm == 1 ? 0 : 2);
        site[0] += people[i].what;
        site[1]++;
    }
}

static void check_strata(const struct table *t, const struct person *people)
{
    double n[SITES][4], standard = 0, total = 0, mh = 0, weights = 0, odds = 0, against = 0;

    count(people, n);
    for (int k = 0; k < SITES; k++) {
        const double a = n[k][0], n1 = n[k][1], c = n[k][2], n0 = n[k][3], all = n1 + n0;
        if (n1 == 0 || n0 == 0)
            continue;
        standard += all * (a / n1 - c / n0);
        total += all;
        mh += n1 * n0 / all * (a / n1 - c / n0);
        weights += n1 * n0 / all;
        odds += a * (n0 - c) / all;
        against += (n1 - a) * c / all;
    }
    assert_near(of(t, "mantel_haenszel", "risk_difference", "estimate"), mh / weights, 1e-12);
    assert_near(of(t, "mantel_haenszel", "odds_ratio", "estimate"), odds / against, 1e-12);
    /* A model with a column for each site is standardisation by site; so is a regression by site in each arm. */
    assert_near(of(t, "iptw", "risk_difference", "estimate"), standard / total, 1e-10);
    assert_near(of(t, "regression", "risk_difference", "estimate"), standard / total, 1e-10);
}

static void test_two_hundred_levels_work_in_every_method_in_little_time(void **state)
{
    (void)state;
    struct person *people = malloc(PEOPLE * sizeof *people);
    char *lines = draw(people, 0);
    const clock_t start = clock();
    struct small_comparison c = small_compare_columns(site_columns(), "", COHORT, YES, ALL, lines, 1);
    const double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    const struct table *t = c.a.estimates;

    assert_int_equal(c.status, 0);
    check_strata(t, people);
    assert_near(of(t, "direct", "risk_difference", "estimate"), of(t, "iptw", "risk_difference", "estimate"), 1e-10);
    for (size_t i = 0; i < t->n_rows; i++)
        assert_false(text_is(t, "status", i, "withheld") || text_is(t, "status", i, "undefined"));
    print_message("200 levels, %d people, 7 methods: %.2f s\n", PEOPLE, seconds);
    assert_true(seconds < 60); /* a dense design of 200 columns, and a table of 200 x 200 for each of them, would take minutes */
    small_release(&c);
    free(lines);
    free(people);
}

static void test_overlap_weights_balance_each_of_two_hundred_levels(void **state)
{
    (void)state;
    struct person *people = malloc(PEOPLE * sizeof *people);
    char *lines = draw(people, 0);
    struct small_comparison c = small_compare_columns(
        site_columns(), "", COHORT, YES,
        "compare: [{outcomes: [relapse], measures: [risk_difference], adjust: [{method: overlap, propensity: [site, age]}]}]\n",
        lines, 1);
    size_t n = 0;

    for (size_t i = 0; i < c.a.balance->n_rows; i++)
        if (text_is(c.a.balance, "adjustment", i, "overlap")) {
            const double smd = column_real(table_column(c.a.balance, "smd"), i);
            assert_true(fabs(smd) < 1e-9);
            n++;
        }
    assert_int_equal(n, 1 + 1 + SITES); /* age, site as a whole, and its levels */
    small_release(&c);
    free(lines);
    free(people);
}

static bool says(const char *told, const char *words)
{
    if (strstr(told, words) != NULL)
        return true;
    print_message("not told: %s\nbut: %s\n", words, told);
    return false;
}

static void test_levels_that_one_arm_has_are_named_and_left_out(void **state)
{
    (void)state;
    struct person *people = malloc(PEOPLE * sizeof *people);
    char *lines = draw(people, 3), told[8192];

    capture_start();
    struct small_comparison c = small_compare_columns(site_columns(), "", COHORT, YES, ALL, lines, 1);
    snprintf(told, sizeof told, "%s", capture_end());
    const struct table *t = c.a.estimates;

    assert_int_equal(c.status, 0);
    assert_true(says(told, "adjust 'iptw': only one of the arms 'iop' and 'inpatient' has "));
    assert_true(says(told, "site=s002"));
    assert_true(says(told, "site=s003"));
    assert_true(says(told, "put such levels together, or leave these people out by 'eligible'"));
    check_strata(t, people); /* of the other sites */
    size_t n;
    const size_t mh = adjusted_row(t, "mantel_haenszel", "risk_difference", "iop", "inpatient", NAN),
                 direct = adjusted_row(t, "direct", "risk_difference", "iop", "inpatient", NAN);
    const char *note = column_text(table_column(t, "note"), mh, &n);
    assert_true(n > 8 && memcmp(note, "3 strata", 8) == 0);
    assert_true(text_is(t, "status", direct, "withheld"));
    note = column_text(table_column(t, "note"), direct, &n);
    assert_non_null(memmem(note, n, "site=s001", 9));
    small_release(&c);
    free(lines);
    free(people);
}

/* Names that do not fit into a line are counted. */
static void test_many_levels_of_one_arm_are_counted(void **state)
{
    (void)state;
    struct person *people = malloc(PEOPLE * sizeof *people);
    char *lines = draw(people, 60), told[8192];

    capture_start();
    struct small_comparison c = small_compare_columns(
        site_columns(), "", COHORT, YES,
        "compare: [{outcomes: [relapse], measures: [risk_difference], adjust: [{method: iptw, propensity: site}, "
        "{method: regression, terms: site}]}]\n",
        lines, 1);
    snprintf(told, sizeof told, "%s", capture_end());

    assert_int_equal(c.status, 0);
    assert_true(says(told, " more: "));
    assert_true(says(strstr(told, "adjust 'regression'"), " more: "));
    assert_true(strlen(told) < 2000);
    for (size_t i = 0; i < c.a.estimates->n_rows; i++)
        assert_false(text_is(c.a.estimates, "status", i, "withheld"));
    small_release(&c);
    free(lines);
    free(people);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_hundred_levels_work_in_every_method_in_little_time),
        cmocka_unit_test(test_overlap_weights_balance_each_of_two_hundred_levels),
        cmocka_unit_test(test_levels_that_one_arm_has_are_named_and_left_out),
        cmocka_unit_test(test_many_levels_of_one_arm_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
