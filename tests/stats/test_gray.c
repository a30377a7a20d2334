/* SPDX-License-Identifier: GPL-3.0-or-later */
/* R's answers stand in test_competing_answers.c. */
#include "stats/gray.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>

#include "tests/support/near.h"
#include "tests/support/survival_rows.h"

static struct risk_table *table_of(size_t n_arm, size_t n, const double *entry, const double *time, const int32_t *cause,
                                   const int32_t *arm)
{
    double axis[64];
    size_t n_time;
    assert_int_equal(risk_table_axis(n, entry, time, axis, &n_time), GSL_SUCCESS);
    struct risk_table *table = risk_table_alloc(n_arm, 1, 2, axis, n_time);
    assert_int_equal(risk_table_add(table, n, entry, time, cause, arm, NULL, NULL, 1), GSL_SUCCESS);
    return table;
}

/*
 * At time 1 one of arm 0 has the event: h = 2 + 2, R = 4, score 1 - 2/4.  At time 2 one of arm 1 does: S_0 = 1/2, so
 * h_0 = 1 / (1/2) = 2 and R_0 = 2 (1 - 1/2) = 1, R_1 = 2, score -1/3.
 */
static void test_scores_match_hand_computation(void **state)
{
    (void)state;
    const double time[] = {1, 3, 2, 3};
    const int32_t cause[] = {1, 0, 1, 0}, arm[] = {0, 0, 1, 1};
    struct risk_table *table = table_of(2, 4, NULL, time, cause, arm);
    struct gray *gray = gray_alloc(2);
    assert_int_equal(gray_solve(table, 1, 0, gray), GSL_SUCCESS);
    assert_near(gray->score[0], 1 - 2. / 4 - 1. / 3, 1e-15);
    assert_near(gray->score[1], -2. / 4 + 1 - 2. / 3, 1e-15);
    assert_int_equal(gray->test.df, 1);
    assert_int_equal(gray->n_event, 2);
    gray_free(gray);
    risk_table_free(table);
}

static void test_relabelling_the_arms_changes_nothing(void **state)
{
    (void)state;
    struct survival_rows *rows = calloc(1, sizeof *rows);
    survival_rows_read("mgus2", rows);
    struct risk_table *table = survival_rows_table(rows, 0);
    for (size_t i = 0; i < rows->n; i++)
        rows->arm[i] = 1 - rows->arm[i];
    struct risk_table *turned = survival_rows_table(rows, 0);
    struct gray *a = gray_alloc(2), *b = gray_alloc(2);
    for (int rho = 0; rho < 3; rho++) {
        assert_int_equal(gray_solve(table, 1, rho, a), GSL_SUCCESS);
        assert_int_equal(gray_solve(turned, 1, rho, b), GSL_SUCCESS);
        assert_near(b->test.statistic, a->test.statistic, 1e-10);
        assert_near(b->score[1], a->score[0], 1e-10);
    }
    gray_free(a);
    gray_free(b);
    risk_table_free(table);
    risk_table_free(turned);
    free(rows);
}

static void test_no_event_and_arms_that_never_meet_have_no_test(void **state)
{
    (void)state;
    const double time[] = {1, 2, 5, 6};
    const int32_t none[] = {2, 0, 0, 2}, arm[] = {0, 0, 1, 1}, apart[] = {0, 0, 1, 1};
    struct gray *gray = gray_alloc(2);
    struct risk_table *table = table_of(2, 4, NULL, time, none, arm);
    assert_int_equal(gray_solve(table, 1, 0, gray), GSL_EZERODIV);
    assert_true(gray->undefined);
    assert_true(isnan(gray->test.p_value));
    risk_table_free(table);
    table = table_of(2, 4, NULL, time, apart, arm);
    assert_int_equal(gray_solve(table, 1, 0, gray), GSL_EZERODIV);
    risk_table_free(table);
    gray_free(gray);
}

static void test_refuses_what_it_cannot_test(void **state)
{
    (void)state;
    const double entry[] = {0, 1, 0, 1}, time[] = {1, 2, 5, 6};
    const int32_t cause[] = {1, 1, 2, 1}, arm[] = {0, 0, 1, 1};
    struct risk_table *table = table_of(2, 4, entry, time, cause, arm);
    struct risk_table *one = table_of(1, 2, NULL, time, cause, NULL);
    struct gray *gray = gray_alloc(2), *three = gray_alloc(3);
    assert_int_equal(gray_solve(table, 1, 0, gray), GSL_EUNIMPL);
    assert_int_equal(gray_solve(table, 0, 0, gray), GSL_EINVAL);
    assert_int_equal(gray_solve(table, 3, 0, gray), GSL_EINVAL);
    assert_int_equal(gray_solve(table, 1, -1, gray), GSL_EDOM);
    assert_int_equal(gray_solve(table, 1, NAN, gray), GSL_EDOM);
    assert_int_equal(gray_solve(table, 1, 0, three), GSL_EBADLEN);
    assert_int_equal(gray_solve(one, 1, 0, gray), GSL_EINVAL);
    assert_null(gray_alloc(0));
    gray_free(NULL);
    gray_free(gray);
    gray_free(three);
    risk_table_free(table);
    risk_table_free(one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scores_match_hand_computation),
        cmocka_unit_test(test_relabelling_the_arms_changes_nothing),
        cmocka_unit_test(test_no_event_and_arms_that_never_meet_have_no_test),
        cmocka_unit_test(test_refuses_what_it_cannot_test),
    };
    return cmocka_run_group_tests_name("gray", tests, NULL, NULL);
}
