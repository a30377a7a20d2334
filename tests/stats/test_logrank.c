/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/logrank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "tests/support/near.h"
#include "tests/support/survival_rows.h"

/* A table of rows without entry times, strata or frequencies. */
static struct risk_table *table_of(size_t n_arm, size_t n, const double *time, const int32_t *cause, const int32_t *arm,
                                   const int32_t *stratum, size_t n_stratum)
{
    double axis[64];
    size_t n_time;
    assert_int_equal(risk_table_axis(n, NULL, time, axis, &n_time), GSL_SUCCESS);
    struct risk_table *table = risk_table_alloc(n_arm, n_stratum, 2, axis, n_time);
    assert_int_equal(risk_table_add(table, n, NULL, time, cause, arm, stratum, NULL, 1), GSL_SUCCESS);
    return table;
}

static struct logrank *solved(const struct risk_table *table, double rho, double gamma)
{
    struct logrank *test = logrank_alloc(table->n_arm);
    assert_non_null(test);
    assert_int_equal(logrank_solve(table, 0, rho, gamma, LOGRANK_RANK_TOLERANCE, test), GSL_SUCCESS);
    return test;
}

static struct logrank *solved_set(const char *set, int with_strata, double rho, double gamma)
{
    struct survival_rows *rows = calloc(1, sizeof *rows);
    survival_rows_read(set, rows);
    struct risk_table *table = survival_rows_table(rows, with_strata);
    struct logrank *test = solved(table, rho, gamma);
    risk_table_free(table);
    free(rows);
    return test;
}

/* Three event times: 1 (one of arm 0 among 3 + 2), 2 (one of each arm among 2 + 2), 4 (one of arm 1 among 1 + 1). */
static void test_matches_hand_computation(void **state)
{
    (void)state;
    const double time[] = {1, 2, 5, 2, 4};
    const int32_t cause[] = {1, 1, 0, 1, 1}, arm[] = {0, 0, 0, 1, 1};
    struct risk_table *table = table_of(2, 5, time, cause, arm, NULL, 1);
    struct logrank *test = solved(table, 0, 0);
    const double expected = 3. / 5 + 2 * 2. / 4 + 1. / 2;
    const double variance = 3. / 5 * 2 / 5 + 2. * (4 - 2) / (4 - 1) * 2 / 4 * 2 / 4 + 1. / 2 * 1 / 2;
    assert_near(test->observed[0], 2, 0);
    assert_near(test->observed[1], 2, 0);
    assert_near(test->expected[0], expected, 1e-15);
    assert_near(test->expected[1], 4 - expected, 1e-15);
    assert_near(test->covariance[0], variance, 1e-15);
    assert_near(test->covariance[1], -variance, 1e-15);
    assert_near(test->covariance[2], -variance, 1e-15);
    assert_near(test->covariance[3], variance, 1e-15);
    assert_near(test->chi_square, (2 - expected) * (2 - expected) / variance, 1e-14);
    assert_int_equal(test->df, 1);
    assert_int_equal(test->n_event[0], 2);
    assert_int_equal(test->n_person[1], 2);
    assert_false(test->undefined);
    logrank_free(test);
    /* Peto and Peto's weight: the curve of both arms just before, 1, 4/5, 2/5. */
    test = solved(table, 1, 0);
    assert_near(test->observed[0], 1 + 0.8, 1e-15);
    assert_near(test->expected[0], 3. / 5 + 0.8 * 2 * 2 / 4 + 0.4 / 2, 1e-15);
    logrank_free(test);
    /* Late weights: 0, 1/5, 3/5. */
    test = solved(table, 0, 1);
    assert_near(test->observed[1], 0.2 + 0.6, 1e-15);
    assert_near(test->expected[1], 0.2 * 2 * 2 / 4 + 0.6 / 2, 1e-15);
    logrank_free(test);
    risk_table_free(table);
}

static void test_published_values(void **state)
{
    (void)state;
    struct logrank *test = solved_set("pharmaco", 0, 0, 0);
    assert_near(test->chi_square, 8.02763413956484, 1e-13);
    logrank_free(test);
    test = solved_set("A05", 0, 0, 0); /* Freireich: 16.79 in every textbook */
    assert_near(test->chi_square, 16.7929409892165, 1e-13);
    logrank_free(test);
    test = solved_set("lung", 0, 0, 0);
    assert_near(test->chi_square, 10.3267419548856, 1e-13);
    logrank_free(test);
    test = solved_set("lung", 0, 1, 0);
    assert_near(test->chi_square, 12.7141514011575, 1e-13);
    logrank_free(test);
    test = solved_set("lung_inst", 1, 0, 0);
    assert_near(test->chi_square, 8.52446736332317, 1e-13);
    logrank_free(test);
}

static void test_equals_survdiff(void **state)
{
    (void)state;
    struct survival_walk walk = survival_walk_start(NULL, "survdiff");

    for (const struct survival_answer *answer; (answer = survival_walk_next(&walk)) != NULL;) {
        const int stratified = strcmp(answer->option, "strata") == 0;
        struct logrank *test = solved(stratified ? walk.table : walk.pooled, answer->key, 0);
        const size_t first = answer->arm;
        assert_near(test->chi_square, answer->v[0], fabs(answer->v[0]) < 1e-20 ? INFINITY : fabs(answer->v[0]) < 1e-4 ? 1e-9 : 1e-12);
        assert_int_equal(test->df, (size_t)answer->v[1]);
        assert_near(test->p_value, answer->v[2], 1e-9);
        assert_near(test->observed[first], answer->v[3], 1e-12);
        assert_near(test->expected[first], answer->v[4], 1e-12);
        assert_near(test->covariance[first * test->n_arm + first], answer->v[5], 1e-12);
        logrank_free(test);
    }
    survival_walk_end(&walk, 400);
}

/* gamma > 0 and delayed entry, which survdiff does not do, against the sums written out in R. */
static void test_weights_and_delayed_entry_equal_the_definition(void **state)
{
    (void)state;
    struct survival_walk walk = survival_walk_start(NULL, "weighted");

    for (const struct survival_answer *answer; (answer = survival_walk_next(&walk)) != NULL;) {
        double rho, gamma;
        assert_int_equal(sscanf(answer->option, "%lf/%lf", &rho, &gamma), 2);
        struct logrank *test = solved(answer->key == 1 ? walk.table : walk.pooled, rho, gamma);
        const size_t first = answer->arm;
        assert_near(test->chi_square, answer->v[0], 1e-12);
        assert_near(test->observed[first], answer->v[1], 1e-12);
        assert_near(test->expected[first], answer->v[2], 1e-12);
        assert_near(test->covariance[first * test->n_arm + first], answer->v[3], 1e-12);
        logrank_free(test);
    }
    survival_walk_end(&walk, 400);
}

static void test_an_arm_never_at_risk_takes_a_degree_of_freedom_with_it(void **state)
{
    (void)state;
    const double time[] = {5, 6, 7, 8, 1, 2, 5, 9, 6};
    const int32_t cause[] = {1, 1, 0, 1, 0, 0, 1, 1, 1}, arm[] = {0, 0, 0, 0, 1, 1, 2, 2, 2};
    struct risk_table *three = table_of(3, 9, time, cause, arm, NULL, 1);
    const double time2[] = {5, 6, 7, 8, 5, 9, 6};
    const int32_t cause2[] = {1, 1, 0, 1, 1, 1, 1}, arm2[] = {0, 0, 0, 0, 1, 1, 1};
    struct risk_table *two = table_of(2, 7, time2, cause2, arm2, NULL, 1);
    struct logrank *a = solved(three, 0, 0), *b = solved(two, 0, 0);
    assert_int_equal(a->df, 1);
    assert_near(a->expected[1], 0, 0);
    assert_near(a->chi_square, b->chi_square, 1e-14);
    logrank_free(a);
    logrank_free(b);
    risk_table_free(three);
    risk_table_free(two);
}

/* Arms 0, 1 meet in stratum 0 only, arms 2, 3 in stratum 1 only: two comparisons, not three. */
static void test_arms_that_never_meet_lower_the_degrees_of_freedom(void **state)
{
    (void)state;
    const double time[] = {1, 2, 3, 4, 1, 2, 3, 5};
    const int32_t cause[] = {1, 1, 1, 1, 1, 1, 1, 1}, arm[] = {0, 1, 0, 1, 2, 2, 3, 3},
                  stratum[] = {0, 0, 0, 0, 1, 1, 1, 1}, pair[] = {0, 1, 0, 1};
    struct risk_table *both = table_of(4, 8, time, cause, arm, stratum, 2);
    struct risk_table *first = table_of(2, 4, time, cause, pair, NULL, 1);
    const int32_t other[] = {0, 0, 1, 1};
    struct risk_table *second = table_of(2, 4, time + 4, cause, other, NULL, 1);
    struct logrank *a = solved(both, 0, 0), *b = solved(first, 0, 0), *c = solved(second, 0, 0);
    assert_int_equal(a->df, 2);
    assert_near(a->chi_square, b->chi_square + c->chi_square, 1e-13);
    logrank_free(a);
    logrank_free(b);
    logrank_free(c);
    risk_table_free(both);
    risk_table_free(first);
    risk_table_free(second);
}

static void assert_undefined(const struct risk_table *table)
{
    struct logrank *test = logrank_alloc(table->n_arm);
    assert_int_equal(logrank_solve(table, 0, 0, 0, LOGRANK_RANK_TOLERANCE, test), GSL_EZERODIV);
    assert_true(test->undefined);
    assert_near(test->chi_square, 0, 0);
    assert_near(test->p_value, 1, 0);
    assert_near(test->log_p, 0, 0);
    assert_int_equal(test->df, 0);
    logrank_free(test);
}

static void test_no_variance_is_told_and_not_divided_by(void **state)
{
    (void)state;
    struct survival_rows *rows = calloc(1, sizeof *rows);
    /* All censored; all at once; one arm gone before the first event. */
    const char *const sets[] = {"B03", "B05", "B18"};
    for (size_t i = 0; i < 3; i++) {
        survival_rows_read(sets[i], rows);
        struct risk_table *table = survival_rows_table(rows, 0);
        assert_undefined(table);
        risk_table_free(table);
    }
    free(rows);
    /* An empty arm, and the last two persons at risk leaving together. */
    const double time[] = {3, 3};
    const int32_t cause[] = {1, 1}, arm[] = {0, 0};
    struct risk_table *table = table_of(2, 2, time, cause, arm, NULL, 1);
    assert_undefined(table);
    risk_table_free(table);
}

static void test_one_cause_censors_the_others(void **state)
{
    (void)state;
    const double time[] = {1, 2, 3, 4, 5, 6};
    const int32_t mixed[] = {1, 2, 1, 1, 2, 1}, one[] = {1, 0, 1, 1, 0, 1}, two[] = {0, 1, 0, 0, 1, 0},
                  arm[] = {0, 0, 1, 0, 1, 1};
    struct risk_table *causes = table_of(2, 6, time, mixed, arm, NULL, 1);
    struct risk_table *first = table_of(2, 6, time, one, arm, NULL, 1);
    struct risk_table *second = table_of(2, 6, time, two, arm, NULL, 1);
    struct logrank *a = logrank_alloc(2), *b = solved(first, 0, 0), *c = solved(second, 0, 0);
    assert_int_equal(logrank_solve(causes, 1, 0, 0, 0, a), GSL_SUCCESS);
    assert_near(a->chi_square, b->chi_square, 0);
    assert_int_equal(logrank_solve(causes, 2, 0, 0, 0, a), GSL_SUCCESS);
    assert_near(a->chi_square, c->chi_square, 0);
    logrank_free(a);
    logrank_free(b);
    logrank_free(c);
    risk_table_free(causes);
    risk_table_free(first);
    risk_table_free(second);
}

static void test_names_of_the_arms_do_not_matter(void **state)
{
    (void)state;
    const int32_t renamed[] = {2, 0, 1};
    struct survival_rows *rows = calloc(1, sizeof *rows);
    survival_rows_read("A08", rows);
    struct risk_table *table = survival_rows_table(rows, 0);
    for (size_t i = 0; i < rows->n; i++)
        rows->arm[i] = renamed[rows->arm[i]];
    struct risk_table *other = survival_rows_table(rows, 0);
    struct logrank *a = solved(table, 0, 0), *b = solved(other, 0, 0);
    assert_near(b->chi_square, a->chi_square, 1e-13);
    assert_near(b->observed[2], a->observed[0], 0);
    assert_near(b->covariance[2 * 3 + 1], a->covariance[0 * 3 + 2], 1e-13);
    logrank_free(a);
    logrank_free(b);
    risk_table_free(table);
    risk_table_free(other);
    free(rows);
}

/* n pairs, all of arm 0 before all of arm 1: chi-square grows without bound, the tail must not become 0 too early. */
static void test_tail_keeps_its_digits_far_out(void **state)
{
    (void)state;
    enum { DAYS = 900 };
    double axis[DAYS], time[DAYS];
    int32_t cause[DAYS], arm[DAYS];
    for (int i = 0; i < DAYS; i++) {
        axis[i] = time[i] = i + 1;
        cause[i] = 1;
        arm[i] = i >= DAYS / 2;
    }
    struct risk_table *table = risk_table_alloc(2, 1, 1, axis, DAYS);
    assert_int_equal(risk_table_add(table, DAYS, NULL, time, cause, arm, NULL, NULL, 1), GSL_SUCCESS);
    struct logrank *test = solved(table, 0, 0);
    assert_near(test->chi_square, 1115.978387965286, 1e-12);
    assert_near(test->p_value / 1.11197742076018e-244, 1, 1e-9);
    assert_near(test->log_p, -561.7246227999966, 1e-12);
    logrank_free(test);
    risk_table_free(table);
}

static void test_refuses_wrong_arguments(void **state)
{
    (void)state;
    const double time[] = {1, 2};
    const int32_t cause[] = {1, 1}, arm[] = {0, 1};
    struct risk_table *table = table_of(2, 2, time, cause, arm, NULL, 1);
    struct risk_table *one = table_of(1, 2, time, cause, NULL, NULL, 1);
    struct logrank *test = logrank_alloc(2), *wrong = logrank_alloc(3), *single = logrank_alloc(1);
    assert_int_equal(logrank_solve(table, 0, 0, 0, 0, test), GSL_SUCCESS);
    assert_near(test->chi_square, 1, 1e-15); /* two rows, one an arm */
    assert_int_equal(logrank_solve(one, 0, 0, 0, 0, single), GSL_EINVAL);
    assert_int_equal(logrank_solve(table, 3, 0, 0, 0, test), GSL_EINVAL);
    assert_int_equal(logrank_solve(table, 0, -1, 0, 0, test), GSL_EDOM);
    assert_int_equal(logrank_solve(table, 0, INFINITY, 0, 0, test), GSL_EDOM);
    assert_int_equal(logrank_solve(table, 0, 0, NAN, 0, test), GSL_EDOM);
    assert_int_equal(logrank_solve(table, 0, 0, INFINITY, 0, test), GSL_EDOM);
    assert_int_equal(logrank_solve(table, 0, 0, -0.5, 0, test), GSL_EDOM);
    assert_int_equal(logrank_solve(table, 0, 0, 0, -1, test), GSL_EDOM);
    assert_int_equal(logrank_solve(table, 0, 0, 0, 1, test), GSL_EDOM);
    assert_int_equal(logrank_solve(table, 0, 0, 0, 0, wrong), GSL_EBADLEN);
    assert_null(logrank_alloc(0));
    assert_null(logrank_alloc(SIZE_MAX));
    assert_null(logrank_alloc((size_t)1 << 31));
    logrank_free(NULL);
    logrank_free(test);
    logrank_free(wrong);
    logrank_free(single);
    risk_table_free(table);
    risk_table_free(one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matches_hand_computation),
        cmocka_unit_test(test_published_values),
        cmocka_unit_test(test_equals_survdiff),
        cmocka_unit_test(test_weights_and_delayed_entry_equal_the_definition),
        cmocka_unit_test(test_an_arm_never_at_risk_takes_a_degree_of_freedom_with_it),
        cmocka_unit_test(test_arms_that_never_meet_lower_the_degrees_of_freedom),
        cmocka_unit_test(test_no_variance_is_told_and_not_divided_by),
        cmocka_unit_test(test_one_cause_censors_the_others),
        cmocka_unit_test(test_names_of_the_arms_do_not_matter),
        cmocka_unit_test(test_tail_keeps_its_digits_far_out),
        cmocka_unit_test(test_refuses_wrong_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
