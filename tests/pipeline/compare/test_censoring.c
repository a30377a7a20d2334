/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `censoring`: adjusted numbers when who is seen depends on covariates.  People are those of scripts/references/strategies.R. */
#include "tests/pipeline/compare/adjusted_people.h"
#include "tests/support/scratch.h"

#define ARMS "cohort:\n  arms: {iop: \"arm == 'iop'\", other: \"arm != 'iop'\"}\n  reference: other\n  covariates: [age, sex, start]\n"
#define ADJUSTED(list) \
    "compare: [{outcomes: [relapse], measures: [risk_difference, rmst_difference, hazard_ratio, subhazard_ratio], at: [25, 40], tau: 40, adjust: [" list \
    "]}]\n"

enum { LINES = 1 << 16 };

/* `start` is 7 in everybody: a covariate that says nothing. */
static char *lines_of_all(void)
{
    struct reference *table = reference_read("tests/reference/strategies_people.csv");
    char *lines = calloc(LINES, 1), *end = lines;

    assert_true(table != NULL && lines != NULL);
    for (size_t i = 0; i < table->n_rows; i++)
        end += sprintf(end, "%lld,%g,7,%lld,,%g,%lld\n", (long long)reference_count(table, i, "site") + 1,
                       reference_value(table, i, "time"), (long long)reference_count(table, i, "cause"),
                       reference_value(table, i, "age"), (long long)reference_count(table, i, "sex") + 1);
    reference_free(table);
    return lines;
}

static double number(const struct small_comparison *c, const char *adjustment, const char *measure, double time, const char *column)
{
    return adjusted_number(c->a.estimates, adjusted_row(c->a.estimates, adjustment, measure, "iop", "other", time), column);
}

static struct small_comparison compare(const char *study, int n_threads)
{
    char *lines = lines_of_all();
    capture_start();
    struct small_comparison c = small_compare_counted("", ARMS, COMPETING, study, lines, n_threads);
    capture_end();
    assert_int_equal(c.status, 0);
    free(lines);
    return c;
}

static void test_a_covariate_that_says_nothing_changes_nothing(void **state)
{
    (void)state;
    static const char *const names[][2] = {{"iptw", "iptw_seen"}, {"overlap", "overlap_seen"}, {"match", "match_seen"},
                                           {"regression", "regression_seen"}};
    struct small_comparison c = compare(ADJUSTED(
        "{method: iptw, propensity: [age, sex]}, {method: iptw, name: iptw_seen, propensity: [age, sex], censoring: start}, "
        "{method: overlap, propensity: [age, sex]}, {method: overlap, name: overlap_seen, propensity: [age, sex], censoring: [start]}, "
        "{method: match, propensity: [age, sex]}, {method: match, name: match_seen, propensity: [age, sex], censoring: [start]}, "
        "{method: regression, terms: [age, sex]}, {method: regression, name: regression_seen, terms: [age, sex], censoring: [start]}"), 2);

    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
        for (int m = 0; m < 3; m++) {
            const char *const measure = m < 2 ? "risk_difference" : "rmst_difference";
            const double day = m == 0 ? 25 : 40;
            assert_near(number(&c, names[k][1], measure, day, "estimate"), number(&c, names[k][0], measure, day, "estimate"), 1e-9);
            /* Sets without a part in a number do not count as sets: here theirs is a rounding error. */
            assert_near(number(&c, names[k][1], measure, day, "std_error"), number(&c, names[k][0], measure, day, "std_error"),
                        k == 2 ? 1e-4 : 1e-8);
        }
    small_release(&c);
}

static void test_covariates_move_numbers_and_method_says_so(void **state)
{
    (void)state;
    struct small_comparison c = compare(ADJUSTED("{method: iptw, propensity: [age, sex]}, "
                                                 "{method: iptw, name: seen, propensity: [age, sex], censoring: [age, sex]}"), 2),
                            one = compare(ADJUSTED("{method: iptw, name: seen, propensity: [age, sex], censoring: [age, sex]}"), 1);
    const size_t row = adjusted_row(c.a.estimates, "seen", "risk_difference", "iop", "other", 40),
                 hazard = adjusted_row(c.a.estimates, "seen", "hazard_ratio", "iop", "other", NAN);

    assert_true(fabs(number(&c, "seen", "risk_difference", 40, "estimate") - number(&c, "iptw", "risk_difference", 40, "estimate")) > 1e-5);
    assert_true(text_is(c.a.estimates, "method", row,
                        "weighted Aalen-Johansen; losses weighted by covariates; influence function, propensity and losses estimated"));
    assert_true(text_is(c.a.estimates, "method", hazard,
                        "weighted Cox, Breslow ties; losses weighted by covariates; influence function, propensity and losses estimated"));
    static const char *const ratios[] = {"hazard_ratio", "subhazard_ratio"};
    for (int k = 0; k < 2; k++) {
        const double seen = number(&c, "seen", ratios[k], NAN, "estimate"), plain = number(&c, "iptw", ratios[k], NAN, "estimate");
        assert_true(fabs(log(seen / plain)) > 1e-3 && fabs(log(seen / plain)) < 0.2);
        assert_true(number(&c, "seen", ratios[k], NAN, "std_error") > 0.1);
        assert_true(seen == number(&one, "seen", ratios[k], NAN, "estimate"));
        assert_true(number(&c, "seen", ratios[k], NAN, "std_error") == number(&one, "seen", ratios[k], NAN, "std_error"));
    }
    assert_true(number(&c, "seen", "rmst_difference", 40, "std_error") == number(&one, "seen", "rmst_difference", 40, "std_error"));
    small_release(&one);
    small_release(&c);
}

/* Nobody is lost before day 40: there is nothing to augment, and nobody stands for others. */
static void test_without_losses_numbers_stay(void **state)
{
    (void)state;
    char *lines = lines_of_all(), *late = calloc(LINES, 1), *end = late, *rest = lines;
    assert_non_null(late);
    for (char *line; (line = strsep(&rest, "\n")) != NULL && *line != '\0';) {
        long arm, days, start, what;
        int n = 0;
        assert_int_equal(sscanf(line, "%ld,%ld,%ld,%ld%n", &arm, &days, &start, &what, &n), 4);
        end += sprintf(end, "%ld,%ld,%ld,%ld%s\n", arm, what == 0 ? 60 : days, start, what, line + n);
    }
    capture_start();
    struct small_comparison c = small_compare_counted("", ARMS, COMPETING, ADJUSTED(
        "{method: doubly_robust, propensity: [age, sex], terms: [age, sex]}, "
        "{method: doubly_robust, name: seen, propensity: [age, sex], terms: [age, sex], censoring: [age, sex]}, "
        "{method: iptw, propensity: [age, sex], stabilised: yes}, "
        "{method: iptw, name: weighted_seen, propensity: [age, sex], stabilised: yes, censoring: [age, sex]}"), late, 2);
    capture_end();
    for (int m = 0; m < 2; m++) {
        const char *const measure = m == 0 ? "risk_difference" : "rmst_difference";
        assert_near(number(&c, "seen", measure, 40, "estimate"), number(&c, "doubly_robust", measure, 40, "estimate"), 1e-10);
        assert_near(number(&c, "seen", measure, 40, "std_error"), number(&c, "doubly_robust", measure, 40, "std_error"), 1e-9);
    }
    assert_near(number(&c, "weighted_seen", "subhazard_ratio", NAN, "estimate"), number(&c, "iptw", "subhazard_ratio", NAN, "estimate"), 1e-10);
    assert_near(number(&c, "weighted_seen", "subhazard_ratio", NAN, "std_error"), number(&c, "iptw", "subhazard_ratio", NAN, "std_error"), 1e-9);
    small_release(&c);
    free(late);
    free(lines);
}

/* The linear part of a doubly robust number is the slope by the weight of a person: twice the person moves it by so much. */
static double value_with(const char *extra)
{
    char *lines = lines_of_all();
    strcat(lines, extra);
    capture_start();
    struct small_comparison c = small_compare_counted("", ARMS, COMPETING,
                                                      ADJUSTED("{method: doubly_robust, propensity: [age, sex], terms: [age, sex], censoring: [age, sex]}"),
                                                      lines, 2);
    capture_end();
    const double value = number(&c, "doubly_robust", "rmst_difference", 40, "estimate");
    small_release(&c);
    free(lines);
    return value;
}

static void test_errors_are_those_of_leaving_people_out_in_turn(void **state)
{
    (void)state;
    char *all = lines_of_all(), *rest = all;
    double sum = 0, square = 0;
    size_t n = 0;
    struct small_comparison c = compare(ADJUSTED("{method: doubly_robust, propensity: [age, sex], terms: [age, sex], censoring: [age, sex]}"), 2);
    const double error = number(&c, "doubly_robust", "rmst_difference", 40, "std_error"), value = number(&c, "doubly_robust", "rmst_difference", 40, "estimate");

    /* Each person once more: a one-sided slope by its weight. */
    for (char *line; (line = strsep(&rest, "\n")) != NULL && *line != '\0'; n++) {
        char extra[100];
        if (n % 4 != 0)
            continue;
        snprintf(extra, sizeof extra, "%s\n", line);
        const double slope = value_with(extra) - value;
        sum += slope;
        square += slope * slope;
    }
    assert_int_equal(n, 340);
    assert_near(sqrt(4 * square), error, 0.15);
    assert_true(fabs(sum) < 0.5 * sqrt(square) * sqrt(85));
    small_release(&c);
    free(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_covariate_that_says_nothing_changes_nothing),
        cmocka_unit_test(test_covariates_move_numbers_and_method_says_so),
        cmocka_unit_test(test_without_losses_numbers_stay),
        cmocka_unit_test(test_errors_are_those_of_leaving_people_out_in_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
