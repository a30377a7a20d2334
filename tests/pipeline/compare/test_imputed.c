/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Missing covariates are drawn, every data set is adjusted anew, and the results are pooled. */
#include "compare/imputed.h"

#include <gsl/gsl_errno.h>
#include <stdio.h>

#include "stats/placed_random.h"
#include "tests/pipeline/compare/small_comparison.h"

#define PEOPLE "  covariates: [age, sex]\n"
#define YES "outcomes: {yes: {event: \"what == 1\", event_is: bad}}\n"
#define COMPARE(more)                                                                                             \
    "compare:\n  - outcomes: [yes]\n    measures: [risk_difference, risk_ratio]\n    adjust: [iptw]\n" more             \
    "    non_inferiority: [{outcome: yes, measure: risk_difference, margin: 0.1, because: x}]\n"

enum { N = 3000 };

struct person {
    int arm, what, age, sex;
    bool no_age, no_sex;
};

/* Old people go to the arm more often and relapse more often; the arm itself changes nothing. */
static void make(struct person *p)
{
    for (size_t i = 0; i < N; i++) {
        double u[2], v[2], w[2];
        placed_random_pair(20261128, i, 0, u);
        placed_random_pair(20261128, i, 1, v);
        placed_random_pair(20261128, i, 2, w);
        p[i].age = 20 + (int)(60 * u[0]);
        p[i].sex = 1 + (u[1] < 0.4);
        p[i].arm = v[0] < 1 / (1 + exp(-(p[i].age - 50) / 12.)) ? 1 : 2;
        p[i].what = v[1] < 1 / (1 + exp(-(p[i].age - 50) / 12. - 0.5 * (p[i].sex == 2)));
        /* What is missing hangs on the outcome: complete cases mislead. */
        p[i].no_age = w[0] < (p[i].what ? (p[i].arm == 1 ? 0.6 : 0.1) : 0.2);
        p[i].no_sex = w[1] < 0.2;
    }
}

static char *write_lines(const struct person *p, bool all, bool backwards)
{
    char *text = calloc(N, 32), *end = text;

    for (size_t k = 0; k < N; k++) {
        const size_t i = backwards ? N - 1 - k : k;
        end += sprintf(end, "%d,1,0,%d,1,", p[i].arm, p[i].what);
        end += all || !p[i].no_age ? sprintf(end, "%d,", p[i].age) : sprintf(end, ",");
        end += all || !p[i].no_sex ? sprintf(end, "%d\n", p[i].sex) : sprintf(end, "\n");
    }
    return text;
}

static struct small_comparison run(bool all, bool backwards, const char *compare)
{
    static struct person people[N];
    make(people);
    char *lines = write_lines(people, all, backwards);
    struct small_comparison c = small_compare(TWO_ARMS PEOPLE, YES, compare, lines);
    free(lines);
    return c;
}

static size_t find(const struct table *t, const char *adjustment, const char *measure)
{
    size_t found = t->n_rows;

    for (size_t i = 0; i < t->n_rows; i++)
        if (text_is(t, "adjustment", i, adjustment) && text_is(t, "measure", i, measure) && !text_is(t, "reference", i, "") &&
            text_is(t, "stratum", i, "")) {
            assert_int_equal(found, t->n_rows);
            found = i;
        }
    assert_true(found < t->n_rows);
    return found;
}

static double real(const struct table *t, const char *adjustment, const char *measure, const char *column)
{
    return column_real(table_column(t, column), find(t, adjustment, measure));
}

static void test_imputed_numbers_are_near_the_truth_where_complete_cases_are_not(void **state)
{
    (void)state;
    struct small_comparison c = run(false, false, COMPARE("    imputation: {n: 8, iterations: 3}\n")), full = run(true, false, COMPARE(""));
    const struct table *t = c.a.estimates;
    const double truth = real(full.a.estimates, "iptw", "risk_difference", "estimate"),
                 complete = real(t, "iptw", "risk_difference", "estimate"),
                 imputed = real(t, "iptw_imputed", "risk_difference", "estimate");

    assert_true(fabs(truth) < 0.06); /* no effect */
    assert_true(fabs(complete - truth) > 0.08);
    assert_true(fabs(imputed - truth) < 0.04);
    assert_int_equal(column_integer(table_column(t, "n"), find(t, "iptw_imputed", "risk_difference")), N);
    assert_true(column_integer(table_column(t, "n"), find(t, "iptw", "risk_difference")) < N);
    /* What is missing is not known for nothing: the error is above that of complete data. */
    assert_true(real(t, "iptw_imputed", "risk_difference", "std_error") > real(full.a.estimates, "iptw", "risk_difference", "std_error"));
    assert_true(real(t, "iptw_imputed", "risk_difference", "df") > 7);
    assert_near(log(real(t, "iptw_imputed", "risk_ratio", "conf_high") / real(t, "iptw_imputed", "risk_ratio", "estimate")),
                log(real(t, "iptw_imputed", "risk_ratio", "estimate") / real(t, "iptw_imputed", "risk_ratio", "conf_low")), 1e-9);
    assert_int_equal(c.a.verdicts->n_rows, 3);
    assert_true(text_is(c.a.verdicts, "adjustment", 2, "iptw_imputed"));
    small_release(&c);
    small_release(&full);
}

static size_t find_arm(const struct table *t, const char *adjustment, const char *measure, const char *arm)
{
    for (size_t i = 0; i < t->n_rows; i++)
        if (text_is(t, "adjustment", i, adjustment) && text_is(t, "measure", i, measure) && text_is(t, "arm", i, arm) &&
            text_is(t, "reference", i, ""))
            return i;
    fail_msg("no %s of %s under %s", measure, arm, adjustment);
    return 0;
}

static double of_arm(const struct table *t, const char *measure, const char *arm, const char *column)
{
    return column_real(table_column(t, column), find_arm(t, "iptw_imputed", measure, arm));
}

static void test_arms_are_pooled_so_that_their_difference_is_the_pooled_one(void **state)
{
    (void)state;
    struct small_comparison c = run(false, false, COMPARE("    imputation: {n: 5, iterations: 2}\n"));
    const struct table *t = c.a.estimates;
    static const char *const arms[] = {"iop", "inpatient"};

    assert_near(of_arm(t, "risk", "iop", "estimate") - of_arm(t, "risk", "inpatient", "estimate"),
                real(t, "iptw_imputed", "risk_difference", "estimate"), 1e-12);
    for (size_t k = 0; k < 2; k++) {
        const double risk = of_arm(t, "risk", arms[k], "estimate"), error = of_arm(t, "risk", arms[k], "std_error"),
                     low = of_arm(t, "risk", arms[k], "conf_low"), high = of_arm(t, "risk", arms[k], "conf_high"), s = 1 - risk;
        /* The band is symmetric on the log-log scale, and Student's quantile lies above the normal one. */
        assert_near(log(-log(1 - high)) - log(-log(s)), log(-log(s)) - log(-log(1 - low)), 1e-9);
        assert_true((log(-log(1 - high)) - log(-log(s))) * s * fabs(log(s)) / error > 1.96);
        assert_true((log(-log(1 - high)) - log(-log(s))) * s * fabs(log(s)) / error < 3);
        assert_int_equal(column_integer(table_column(t, "n"), find_arm(t, "iptw_imputed", "risk", arms[k])),
                         c.a.arms->n_rows == 2 ? column_integer(table_column(c.a.arms, "n"), k) : 0);
        assert_true(of_arm(t, "effective_sample_size", arms[k], "estimate") < (double)N);
    }
    small_release(&c);
}

static void test_balance_is_told_after_imputation(void **state)
{
    (void)state;
    struct small_comparison c = run(false, false,
                                    "compare:\n  - outcomes: [yes]\n    measures: [risk_difference]\n    adjust: [overlap, regression]\n"
                                    "    imputation: {n: 3, iterations: 2}\n");
    const struct table *t = c.a.balance;
    size_t n = 0;

    for (size_t i = 0; i < t->n_rows; i++) {
        assert_false(text_is(t, "adjustment", i, "regression_imputed")); /* it weighs nobody */
        if (!text_is(t, "adjustment", i, "overlap_imputed"))
            continue;
        assert_true(fabs(column_real(table_column(t, "smd"), i)) < 1e-9); /* in every data set, so in their mean */
        n++;
    }
    assert_int_equal(n, 4); /* age, sex and its two levels */
    find_arm(c.a.estimates, "regression_imputed", "risk", "iop");
    small_release(&c);
}

static void test_the_order_of_rows_does_not_matter(void **state)
{
    (void)state;
    static const char compare[] = COMPARE("    imputation: {n: 3, iterations: 2}\n");
    struct small_comparison there = run(false, false, compare), back = run(false, true, compare);
    static const char *const columns[] = {"estimate", "std_error", "conf_low", "conf_high", "df"};

    for (size_t k = 0; k < sizeof columns / sizeof columns[0]; k++)
        assert_near(real(there.a.estimates, "iptw_imputed", "risk_difference", columns[k]),
                    real(back.a.estimates, "iptw_imputed", "risk_difference", columns[k]), 0);
    small_release(&there);
    small_release(&back);
}

static void test_where_nothing_is_missing_nothing_is_imputed(void **state)
{
    (void)state;
    struct small_comparison c = run(true, false, COMPARE("    imputation: {n: 3}\n"));

    for (size_t i = 0; i < c.a.estimates->n_rows; i++)
        assert_false(text_is(c.a.estimates, "adjustment", i, "iptw_imputed"));
    small_release(&c);
}

/* ---- subgroups ------------------------------------------------------------------------------------------------------ */

static size_t find_level(const struct table *t, const char *adjustment, const char *measure, const char *stratum)
{
    size_t found = t->n_rows;

    for (size_t i = 0; i < t->n_rows; i++)
        if (text_is(t, "adjustment", i, adjustment) && text_is(t, "measure", i, measure) && text_is(t, "stratum", i, stratum) &&
            !text_is(t, "reference", i, "")) {
            assert_int_equal(found, t->n_rows);
            found = i;
        }
    if (found == t->n_rows)
        fail_msg("no %s of %s in %s", measure, adjustment, stratum);
    return found;
}

static double level_real(const struct table *t, const char *adjustment, const char *stratum, const char *column)
{
    return column_real(table_column(t, column), find_level(t, adjustment, "risk_difference", stratum));
}

/* Ages are missing among men alone, so that every data set says the same of women. */
static void test_a_level_in_which_nothing_is_missing_keeps_its_numbers(void **state)
{
    (void)state;
    static struct person people[N];

    make(people);
    for (size_t i = 0; i < N; i++) {
        people[i].no_sex = false;
        people[i].no_age = people[i].no_age && people[i].sex == 2;
    }
    char *lines = write_lines(people, false, false);
    struct small_comparison c =
        small_compare(TWO_ARMS PEOPLE, YES, COMPARE("    subgroups: [sex]\n    imputation: {n: 5, iterations: 3}\n"), lines);
    const struct table *t = c.a.estimates;
    int64_t n_men = 0;

    for (size_t i = 0; i < N; i++)
        n_men += people[i].sex == 2;
    assert_near(level_real(t, "iptw_imputed", "sex=female", "estimate"), level_real(t, "iptw", "sex=female", "estimate"), 1e-12);
    assert_near(level_real(t, "iptw_imputed", "sex=female", "std_error"), level_real(t, "iptw", "sex=female", "std_error"), 1e-12);
    assert_int_equal(column_integer(table_column(t, "n"), find_level(t, "iptw_imputed", "risk_difference", "sex=male")), n_men);
    assert_true(level_real(t, "iptw_imputed", "sex=male", "std_error") > 0);
    assert_true(fabs(level_real(t, "iptw_imputed", "sex=male", "estimate") - level_real(t, "iptw", "sex=male", "estimate")) > 0.01);
    small_release(&c);
    free(lines);
}

/* Q of two levels is the square of their difference by its error. */
static void test_the_test_of_interaction_is_that_of_the_pooled_levels(void **state)
{
    (void)state;
    struct small_comparison c = run(false, false, COMPARE("    subgroups: [sex]\n    imputation: {n: 4, iterations: 3}\n"));
    const struct table *t = c.a.estimates;
    const double women = level_real(t, "iptw_imputed", "sex=female", "estimate"), men = level_real(t, "iptw_imputed", "sex=male", "estimate"),
                 a = level_real(t, "iptw_imputed", "sex=female", "std_error"), b = level_real(t, "iptw_imputed", "sex=male", "std_error");
    size_t n = 0;

    for (size_t i = 0; i < t->n_rows; i++)
        if (text_is(t, "adjustment", i, "iptw_imputed") && text_is(t, "measure", i, "interaction_test")) {
            assert_true(text_is(t, "stratum", i, "sex"));
            if (text_is(t, "term", i, "risk_difference"))
                assert_near(column_real(table_column(t, "statistic"), i), (women - men) * (women - men) / (a * a + b * b), 1e-9);
            n++;
        }
    assert_int_equal(n, 2); /* of the difference and of the ratio */
    /* Who is drawn into a level is nowhere else: together they are all people of the last data set. */
    assert_int_equal(column_integer(table_column(t, "n"), find_level(t, "iptw_imputed", "risk_difference", "sex=female")) +
                         column_integer(table_column(t, "n"), find_level(t, "iptw_imputed", "risk_difference", "sex=male")), N);
    small_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_imputed_numbers_are_near_the_truth_where_complete_cases_are_not),
        cmocka_unit_test(test_arms_are_pooled_so_that_their_difference_is_the_pooled_one),
        cmocka_unit_test(test_balance_is_told_after_imputation),
        cmocka_unit_test(test_the_order_of_rows_does_not_matter),
        cmocka_unit_test(test_where_nothing_is_missing_nothing_is_imputed),
        cmocka_unit_test(test_a_level_in_which_nothing_is_missing_keeps_its_numbers),
        cmocka_unit_test(test_the_test_of_interaction_is_that_of_the_pooled_levels),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
