/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Strategies in the place of arms.  People are those of scripts/references/strategies.R, whose script computes clone-censor-weight
 * slowly with glm; `arm` holds their site, `n` the day of the act.
 */
#include "compare/emulation.h"

#include "tests/pipeline/compare/adjusted_people.h"
#include "tests/support/scratch.h"

#define PEOPLE "cohort:\n  arms: {all: {when: \"days >= 0\", post_baseline: a test}}\n  covariates: [age, sex, arm]\n"
#define QUESTION(people) \
    "strategies:\n  q:\n    day: n\n    done: acts\n" people \
    "    follow: {early: {by: 10}, stay: {not_by: 10}}\n    reference: stay\n"
#define CLONES(more) \
    "compare: [{analysis: clones, strategies: {of: q" more "}, outcomes: [relapse], measures: [risk, rmst, risk_difference, " \
    "risk_ratio, rmst_difference], at: [25, 50], tau: 50}]\n"

enum { LINES = 1 << 16 };

/* One set of the reference's people as records. */
static char *lines_of(int64_t set)
{
    struct reference *table = reference_read("tests/reference/strategies_people.csv");
    char *lines = calloc(LINES, 1), *end = lines;

    assert_true(table != NULL && lines != NULL);
    for (size_t i = 0; i < table->n_rows; i++) {
        const double act = reference_value(table, i, "act");
        if (reference_count(table, i, "set") != set)
            continue;
        end += sprintf(end, "%lld,%g,0,%lld,", (long long)reference_count(table, i, "site") + 1, reference_value(table, i, "time"),
                       (long long)reference_count(table, i, "cause"));
        end += isnan(act) ? sprintf(end, ",") : sprintf(end, "%g,", act);
        end += sprintf(end, "%g,%lld\n", reference_value(table, i, "age"), (long long)reference_count(table, i, "sex") + 1);
    }
    reference_free(table);
    return lines;
}

static double answer(int strategy, double at, const char *column)
{
    struct reference *answers = reference_read("tests/reference/strategies_answers.csv");
    double found = NAN;

    assert_non_null(answers);
    for (size_t i = 0; i < answers->n_rows; i++)
        if (reference_count(answers, i, "set") == 2 && reference_count(answers, i, "strategy") == strategy &&
            reference_value(answers, i, "at") == at)
            found = reference_value(answers, i, column);
    reference_free(answers);
    return found;
}

static double adjusted(const struct small_comparison *c, const char *adjustment, const char *measure, const char *arm,
                       const char *reference, double time, const char *column)
{
    return adjusted_number(c->a.estimates, adjusted_row(c->a.estimates, adjustment, measure, arm, reference, time), column);
}

static int64_t step(const struct small_comparison *c, const char *strategy, const char *name)
{
    const struct table *t = c->a.strategies;

    for (size_t i = 0; i < t->n_rows; i++)
        if (text_is(t, "strategy", i, strategy) && text_is(t, "step", i, name))
            return column_integer(table_column(t, "n"), i);
    fail_msg("no step '%s' of '%s'", name, strategy);
    return 0;
}

#define HAZARDS(more) \
    "compare: [{analysis: clones, strategies: {of: q" more "}, outcomes: [relapse], measures: [hazard_ratio, log_hazard_ratio]}]\n"

/* scripts/references/strategies.R: the whole procedure anew for every person's weight. */
static void test_the_hazard_ratio_of_clones_is_that_of_whole_refits(void **state)
{
    (void)state;
    struct reference *const answers = reference_read("tests/reference/strategies_hazard.csv");
    char *lines = lines_of(2);
    struct small_comparison c = small_compare(PEOPLE, COMPETING, QUESTION("") HAZARDS(""), lines);
    /* Of 140 people two are lost before anybody departs: their clones cancel, and they do not count as clusters. */
    const double n = 138, factor = sqrt(n / (n - 1)), value = reference_value(answers, 0, "value");

    assert_non_null(answers);
    assert_near(adjusted(&c, "clone_censor_weight", "log_hazard_ratio", "early", "stay", NAN, "estimate"), value, 1e-9);
    assert_near(adjusted(&c, "clone_censor_weight", "hazard_ratio", "early", "stay", NAN, "estimate"), exp(value), 1e-9);
    assert_near(adjusted(&c, "clone_censor_weight", "log_hazard_ratio", "early", "stay", NAN, "std_error"),
                factor * reference_value(answers, 0, "error"), 1e-6);
    reference_free(answers);
    small_release(&c);
    free(lines);
}

static void test_clones_equal_a_slow_computation_in_r(void **state)
{
    (void)state;
    static const char *const arms[] = {"early", "stay"};
    char *lines = lines_of(2);
    struct small_comparison c = small_compare(PEOPLE, COMPETING, QUESTION("") CLONES(""), lines);
    const double n = 140, factor = sqrt(n / (n - 1));

    for (int at = 25; at <= 50; at += 25)
        for (int k = 0; k < 2; k++) {
            assert_near(adjusted(&c, "clone_censor_weight", "risk", arms[k], "", at, "estimate"), answer(k, at, "risk_1"), 1e-10);
            assert_near(adjusted(&c, "clone_censor_weight", "risk", arms[k], "", at, "std_error") / answer(k, at, "risk_1_se"), factor,
                        1e-3);
        }
    for (int at = 25; at <= 50; at += 25) {
        assert_near(adjusted(&c, "clone_censor_weight", "risk_difference", "early", "stay", at, "estimate"), answer(5, at, "risk_1"),
                    1e-9);
        assert_near(adjusted(&c, "clone_censor_weight", "risk_difference", "early", "stay", at, "std_error") /
                        answer(5, at, "risk_1_se"), factor, 1e-3);
    }
    assert_near(adjusted(&c, "clone_censor_weight", "rmst_difference", "early", "stay", 50, "estimate"), answer(5, 50, "rmst"), 1e-9);
    assert_near(adjusted(&c, "clone_censor_weight", "rmst_difference", "early", "stay", 50, "std_error") / answer(5, 50, "rmst_se"),
                factor, 1e-3);
    assert_near(adjusted(&c, "clone_censor_weight", "effective_sample_size", "early", "", NAN, "estimate"),
                answer(0, 25, "effective"), 1e-9);
    small_release(&c);
    free(lines);
}

static void test_every_clone_is_counted_once(void **state)
{
    (void)state;
    static const char *const arms[] = {"early", "stay"};
    char *lines = lines_of(2);
    struct small_comparison c = small_compare(PEOPLE, COMPETING, QUESTION("") CLONES(""), lines);

    assert_int_equal(step(&c, "", "people"), 140);
    for (int k = 0; k < 2; k++) {
        assert_int_equal(step(&c, arms[k], "departs") + step(&c, arms[k], "event before it was decided") +
                             step(&c, arms[k], "lost before it was decided") + step(&c, arms[k], "follows"), 140);
        assert_int_equal(step(&c, arms[k], "departs"), (int64_t)answer(k, 25, "departed"));
        assert_int_equal(step(&c, arms[k], "follows"), (int64_t)answer(k, 25, "following"));
        assert_near(adjusted(&c, "clone_censor_weight", "risk", arms[k], "", 25, "n"), 140, 0);
    }
    /* Unweighted clones stand beside, and say what they are. */
    const size_t row = adjusted_row(c.a.estimates, "unadjusted", "risk_difference", "early", "stay", 25);
    assert_true(text_is(c.a.estimates, "note", row, "clones without weights: nothing makes up for those who depart, and clones of one "
                                                    "person are taken as independent"));
    small_release(&c);
    free(lines);
}

static void test_a_strategy_that_everybody_follows_has_the_numbers_of_everybody(void **state)
{
    (void)state;
    char *lines = lines_of(2);
    capture_start();
    struct small_comparison c = small_compare(PEOPLE, COMPETING,
        "strategies: {q: {day: n, follow: {early: {by: 10}, stay: {not_by: 0}}, reference: stay}}\n" CLONES(""), lines);
    const char *told = capture_end();
    struct small_comparison plain = small_compare(PEOPLE, COMPETING, "compare: [{outcomes: [relapse], measures: [risk, rmst], "
                                                                     "at: [25, 50], tau: 50}]\n", lines);

    assert_non_null(strstr(told, "strategies: nobody departs from 'stay': its numbers are those of everybody"));
    for (int at = 25; at <= 50; at += 25)
        assert_near(adjusted(&c, "clone_censor_weight", "risk", "stay", "", at, "estimate"),
                    adjusted(&plain, "unadjusted", "risk", "all", "", at, "estimate"), 1e-12);
    assert_near(adjusted(&c, "clone_censor_weight", "rmst", "stay", "", 50, "estimate"),
                adjusted(&plain, "unadjusted", "rmst", "all", "", 50, "estimate"), 1e-12);
    assert_near(adjusted(&c, "clone_censor_weight", "effective_sample_size", "stay", "", NAN, "estimate"),
                (double)step(&c, "stay", "follows"), 1e-9);
    small_release(&plain);
    small_release(&c);
    free(lines);
}

#define LANDMARK(strategies) \
    strategies "outcomes: [relapse], measures: [risk, risk_difference, rmst_difference, hazard_ratio], at: [20, 35], tau: 35, " \
               "adjust: [overlap, {method: doubly_robust, terms: [age]}]}]\n"

/* The same people by hand: seen beyond day 10 without an event, in the arm of what they had done, days from then. */
static char *lines_from_day_10(void)
{
    struct reference *table = reference_read("tests/reference/strategies_people.csv");
    char *lines = calloc(LINES, 1), *end = lines;

    assert_true(table != NULL && lines != NULL);
    for (size_t i = 0; i < table->n_rows; i++)
        if (reference_value(table, i, "time") > 10)
            end += sprintf(end, "%d,%g,0,%lld,,%g,%lld\n", reference_value(table, i, "act") <= 10 ? 1 : 2,
                           reference_value(table, i, "time") - 10, (long long)reference_count(table, i, "cause"),
                           reference_value(table, i, "age"), (long long)reference_count(table, i, "sex") + 1);
    reference_free(table);
    return lines;
}

static void test_a_landmark_is_a_study_of_those_who_got_there(void **state)
{
    (void)state;
    char *all = calloc(3 * LINES, 1), *set[] = {lines_of(1), lines_of(2), lines_of(3)}, *later = lines_from_day_10();
    assert_non_null(all);
    for (int k = 0; k < 3; k++)
        strcat(all, set[k]);
    struct small_comparison c = small_compare("cohort:\n  arms: {all: {when: \"days >= 0\", post_baseline: a test}}\n  covariates: [age, sex]\n",
        COMPETING, QUESTION("") LANDMARK("compare: [{analysis: a, strategies: {of: q, landmark: 10}, "), all);
    struct small_comparison by_hand = small_compare("cohort:\n  arms: {early: \"arm == 'iop'\", stay: \"arm == 'inpatient'\"}\n"
                                                    "  reference: stay\n  covariates: [age, sex]\n",
                                                    COMPETING, LANDMARK("compare: [{analysis: a, "), later);
    static const char *const columns[] = {"estimate", "std_error", "conf_low", "conf_high", "n", "n_event"};
    assert_true(c.a.estimates->n_rows == by_hand.a.estimates->n_rows && c.a.estimates->n_rows > 20);
    for (size_t i = 0; i < c.a.estimates->n_rows; i++)
        for (size_t k = 0; k < sizeof columns / sizeof columns[0]; k++)
            assert_near(adjusted_number(c.a.estimates, i, columns[k]), adjusted_number(by_hand.a.estimates, i, columns[k]), 1e-12);
    assert_int_equal(step(&c, "", "people"), 340);
    assert_int_equal(step(&c, "", "event by the landmark") + step(&c, "", "lost by the landmark") + step(&c, "early", "follows") +
                         step(&c, "stay", "follows"), 340);
    assert_true(text_is(c.a.estimates, "estimand", 0, "conditional on no event and being seen to day 10; days count from it"));
    small_release(&by_hand);
    small_release(&c);
    for (int k = 0; k < 3; k++)
        free(set[k]);
    free(later);
    free(all);
}

static void assert_withheld(const struct small_comparison *c, const char *adjustment, const char *why)
{
    const size_t row = adjusted_row(c->a.estimates, adjustment, "risk_difference", "early", "stay", 25);

    assert_true(text_is(c->a.estimates, "status", row, "withheld"));
    if (!text_is(c->a.estimates, "note", row, why))
        fail_msg("withheld for another reason");
    assert_true(isnan(adjusted_number(c->a.estimates, row, "estimate")));
}

static void test_a_strategy_that_nobody_follows_is_withheld_by_name(void **state)
{
    (void)state;
    static const char few[] = "1,40,0,1,20,30,1\n2,40,0,0,,40,2\n1,50,0,1,30,30,1\n3,35,0,0,25,51,2\n2,60,0,1,,33,1\n";

    capture_start();
    struct small_comparison c = small_compare(PEOPLE, COMPETING, QUESTION("")
        "compare: [{analysis: clones, strategies: q, outcomes: [relapse], measures: [risk_difference], at: [25], non_inferiority: "
        "[{outcome: relapse, measure: risk_difference, at: 25, margin: 0.1, because: a test}]}]\n", few);
    assert_non_null(strstr(capture_end(), "strategies 'q', outcome 'relapse': withheld: nobody follows strategy early; take other days "
                                          "for the strategies, or put them together"));
    assert_withheld(&c, "unadjusted", "nobody follows strategy early");
    assert_withheld(&c, "clone_censor_weight", "nobody follows strategy early");
    assert_int_equal(c.a.verdicts->n_rows, 2);
    assert_true(text_is(c.a.verdicts, "verdict", 1, "undefined") && text_is(c.a.verdicts, "note", 1, "nobody follows strategy early"));
    small_release(&c);

    capture_start();
    c = small_compare(PEOPLE, COMPETING, QUESTION("") "compare: [{strategies: {of: q, landmark: 12}, outcomes: [relapse], "
                                         "measures: [risk_difference], at: [25], adjust: [overlap]}]\n", few);
    capture_end();
    assert_withheld(&c, "unadjusted", "fewer than two people are in strategy early at the landmark, day 12");
    assert_withheld(&c, "overlap", "fewer than two people are in strategy early at the landmark, day 12");
    small_release(&c);
}

/* Nobody of site 3 acts early, so nobody stands for those of site 3 who depart. */
static void test_a_level_in_which_nobody_follows_is_named(void **state)
{
    (void)state;
    struct reference *table = reference_read("tests/reference/strategies_people.csv");
    char *lines = calloc(LINES, 1), *end = lines;

    assert_true(table != NULL && lines != NULL);
    for (size_t i = 0; i < table->n_rows; i++) {
        const double act = reference_value(table, i, "act"), site = reference_value(table, i, "site");
        end += sprintf(end, "%g,%g,0,%lld,", site + 1, reference_value(table, i, "time"), (long long)reference_count(table, i, "cause"));
        end += isnan(act) || (site == 2 && act <= 10) ? sprintf(end, ",") : sprintf(end, "%g,", act);
        end += sprintf(end, "%g,%lld\n", reference_value(table, i, "age"), (long long)reference_count(table, i, "sex") + 1);
    }
    reference_free(table);
    capture_start();
    struct small_comparison c = small_compare(PEOPLE, COMPETING, QUESTION("") CLONES(""), lines);
    capture_end();
    const size_t row = adjusted_row(c.a.estimates, "clone_censor_weight", "risk_difference", "early", "stay", 25);
    size_t n;
    const char *note = column_text(table_column(c.a.estimates, "note"), row, &n);
    assert_true(text_is(c.a.estimates, "status", row, "withheld"));
    assert_true(n > 60 && memcmp(note, "nobody with arm=outpatient follows strategy early, and ", 55) == 0);
    small_release(&c);
    free(lines);
}

static void test_who_has_acted_before_day_0_or_is_not_asked_is_left_out(void **state)
{
    (void)state;
    char *lines = lines_of(2);
    capture_start();
    struct small_comparison c = small_compare(PEOPLE, COMPETING, QUESTION("    people: \"sex == 'male'\"\n") CLONES(""), lines);
    capture_end();
    const int64_t n = step(&c, "", "people");

    assert_true(n > 20 && n < 140);
    assert_near(adjusted(&c, "clone_censor_weight", "risk", "early", "", 25, "n"), (double)n, 0);
    assert_int_equal(step(&c, "", "done before"), 0);
    small_release(&c);
    free(lines);
}

static void test_weights_that_are_held_and_shorter_periods_change_numbers(void **state)
{
    (void)state;
    char *lines = lines_of(2);
    capture_start();
    struct small_comparison c = small_compare(PEOPLE, COMPETING, QUESTION("") CLONES(""), lines),
                            held = small_compare(PEOPLE, COMPETING, QUESTION("") CLONES(", truncate: 0.9"), lines),
                            last = small_compare(PEOPLE, COMPETING, QUESTION("") CLONES(", period: 5, weights: [age]"), lines);
    capture_end();
    const double full = adjusted(&c, "clone_censor_weight", "effective_sample_size", "stay", "", NAN, "estimate");

    assert_near(adjusted(&held, "clone_censor_weight", "risk", "stay", "", 25, "estimate"), answer(4, 25, "risk_1"), 1e-10);
    assert_true(adjusted(&held, "clone_censor_weight", "effective_sample_size", "stay", "", NAN, "estimate") > full);
    assert_true(adjusted(&last, "clone_censor_weight", "effective_sample_size", "early", "", NAN, "estimate") <
                adjusted(&c, "clone_censor_weight", "effective_sample_size", "early", "", NAN, "estimate"));
    small_release(&c);
    small_release(&held);
    small_release(&last);
    free(lines);
}

/* Few act in the last day of the grace period, and stand for all who wait. */
static void test_weights_that_explode_are_flagged(void **state)
{
    (void)state;
    char *lines = lines_of(2);
    capture_start();
    struct small_comparison c = small_compare(PEOPLE, COMPETING, QUESTION("") CLONES(", period: 1, weights: [age]"), lines);
    capture_end();
    const size_t row = adjusted_row(c.a.estimates, "clone_censor_weight", "risk_difference", "early", "stay", 25);
    size_t n;
    const char *note = column_text(table_column(c.a.estimates, "note"), row, &n);

    assert_true(text_is(c.a.estimates, "status", row, "flagged"));
    assert_non_null(memmem(note, n, "of the weight of its arm", 24));
    small_release(&c);
    free(lines);
}

static void test_threads_change_no_bit(void **state)
{
    (void)state;
    char *lines = lines_of(3);
    capture_start();
    struct small_comparison one = small_compare_counted("", PEOPLE, COMPETING, QUESTION("") CLONES(""), lines, 1),
                            four = small_compare_counted("", PEOPLE, COMPETING, QUESTION("") CLONES(""), lines, 4);
    capture_end();

    assert_int_equal(one.a.estimates->n_rows, four.a.estimates->n_rows);
    for (size_t i = 0; i < one.a.estimates->n_rows; i++)
        for (size_t k = 0; k < 2; k++) {
            const char *const column = k == 0 ? "estimate" : "std_error";
            const double x = adjusted_number(one.a.estimates, i, column), y = adjusted_number(four.a.estimates, i, column);
            assert_true(x == y || (isnan(x) && isnan(y)));
        }
    small_release(&one);
    small_release(&four);
    free(lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_hazard_ratio_of_clones_is_that_of_whole_refits),
        cmocka_unit_test(test_clones_equal_a_slow_computation_in_r),
        cmocka_unit_test(test_every_clone_is_counted_once),
        cmocka_unit_test(test_a_strategy_that_everybody_follows_has_the_numbers_of_everybody),
        cmocka_unit_test(test_a_landmark_is_a_study_of_those_who_got_there),
        cmocka_unit_test(test_a_strategy_that_nobody_follows_is_withheld_by_name),
        cmocka_unit_test(test_a_level_in_which_nobody_follows_is_named),
        cmocka_unit_test(test_who_has_acted_before_day_0_or_is_not_asked_is_left_out),
        cmocka_unit_test(test_weights_that_are_held_and_shorter_periods_change_numbers),
        cmocka_unit_test(test_weights_that_explode_are_flagged),
        cmocka_unit_test(test_threads_change_no_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
