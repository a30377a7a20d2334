/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/risk_table_axis.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>

#include "stats/km.h"
#include "tests/support/near.h"
#include "tests/support/survival_rows.h"

/* A small generator: the same numbers on every machine. */
static uint32_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33);
}

static void assert_axis(size_t n_time, const double *axis, size_t n_expected, const double *expected)
{
    assert_int_equal(n_time, n_expected);
    for (size_t k = 0; k < n_expected; k++)
        assert_near(axis[k], expected[k], 0);
}

static void test_whole_days_come_out_sorted_once_each(void **state)
{
    (void)state;
    const double time[] = {365, 0, 7, 365, 7, 64, 63, -0.0, 1048575}, expected[] = {0, 7, 63, 64, 365, 1048575};
    double axis[9];
    size_t n_time;
    assert_int_equal(risk_table_axis(9, NULL, time, axis, &n_time), GSL_SUCCESS);
    assert_axis(n_time, axis, 6, expected);
    assert_false(signbit(axis[0]));
}

static void test_decimals_are_taken_as_given(void **state)
{
    (void)state;
    const double time[] = {0.3, 0.1 + 0.2, 1e300, 0.3, 2, -0.0}, expected[] = {0, 0.3, 0.1 + 0.2, 2, 1e300};
    double axis[6];
    size_t n_time;
    assert_int_equal(risk_table_axis(6, NULL, time, axis, &n_time), GSL_SUCCESS);
    assert_axis(n_time, axis, 5, expected);
    assert_false(signbit(axis[0]));
}

static void test_entry_times_are_on_the_axis(void **state)
{
    (void)state;
    const double entry[] = {0, 3, 3}, time[] = {5, 5, 8}, expected[] = {0, 3, 5, 8};
    const double entry2[] = {0.5, 3, 3}, expected2[] = {0.5, 3, 5, 8};
    double axis[6];
    size_t n_time;
    assert_int_equal(risk_table_axis(3, entry, time, axis, &n_time), GSL_SUCCESS);
    assert_axis(n_time, axis, 4, expected);
    assert_int_equal(risk_table_axis(3, entry2, time, axis, &n_time), GSL_SUCCESS);
    assert_axis(n_time, axis, 4, expected2);
}

static void test_axes_written_one_after_the_other_are_joined(void **state)
{
    (void)state;
    double axes[] = {1.5, 4, 9, 2, 4, 11}, days[] = {1, 4, 9, 2, 4, 11};
    const double expected[] = {1.5, 2, 4, 9, 11}, expected_days[] = {1, 2, 4, 9, 11};
    size_t n_time;
    assert_int_equal(risk_table_axis(6, NULL, axes, axes, &n_time), GSL_SUCCESS);
    assert_axis(n_time, axes, 5, expected);
    assert_int_equal(risk_table_axis(6, NULL, days, days, &n_time), GSL_SUCCESS);
    assert_axis(n_time, days, 5, expected_days);
}

/* Random, sorted, reversed, few distinct, organ pipe: all sorted, and each value once. */
static void test_any_order_is_sorted(void **state)
{
    (void)state;
    enum { N = 20000 };
    double *time = calloc(N, sizeof *time), *axis = calloc(N, sizeof *axis);
    uint64_t seed = 11;
    size_t n_time;
    for (int shape = 0; shape < 5; shape++) {
        for (int i = 0; i < N; i++) {
            const double random = next_random(&seed) / 2147483648.0;
            const double shapes[] = {random, i + 0.5, N - i - 0.5, floor(7 * random) + 0.25, fabs(i - N / 2.) + 0.5};
            time[i] = shapes[shape];
        }
        const size_t distinct[] = {0, N, N, 7, N / 2 + 1};
        assert_int_equal(risk_table_axis(N, NULL, time, axis, &n_time), GSL_SUCCESS);
        if (shape > 0)
            assert_int_equal(n_time, distinct[shape]);
        for (size_t k = 1; k < n_time; k++)
            assert_true(axis[k - 1] < axis[k]);
    }
    free(time);
    free(axis);
}

/* An order that defeats the median of three again and again ends in heapsort. */
static void test_a_hostile_order_is_still_sorted(void **state)
{
    (void)state;
    enum { N = 4096 };
    double time[N], axis[N];
    size_t n_time;
    /* Musser's median-of-three killer, by halves. */
    for (int i = 0; i < N / 2; i++) {
        time[2 * i] = (i % 2 == 0 ? i + 1 : N / 2 + i + (N / 2 % 2)) + 0.5;
        time[2 * i + 1] = 2 * (i + 1) + 0.5;
    }
    assert_int_equal(risk_table_axis(N, NULL, time, axis, &n_time), GSL_SUCCESS);
    for (size_t k = 1; k < n_time; k++)
        assert_true(axis[k - 1] < axis[k]);
    for (int i = 0; i < N; i++) {
        size_t k = 0;
        while (k < n_time && axis[k] != time[i])
            k++;
        assert_true(k < n_time);
    }
}

static void test_refuses_times_that_are_none(void **state)
{
    (void)state;
    const double bad[] = {-1, -DBL_MIN, NAN, INFINITY, -INFINITY};
    double axis[4];
    size_t n_time;
    assert_int_equal(risk_table_axis(0, NULL, bad, axis, &n_time), GSL_EINVAL);
    for (size_t i = 0; i < 5; i++) {
        const double time[] = {3, bad[i]}, entry[] = {0, 0};
        assert_int_equal(risk_table_axis(2, NULL, time, axis, &n_time), GSL_EDOM);
        assert_int_equal(n_time, 0);
        assert_int_equal(risk_table_axis(2, time, entry, axis, &n_time), GSL_EDOM);
    }
}

/* Days divided by 365.25 along two ways; R: aeqSurv() finds 10 distinct times. */
static void test_near_ties_are_merged_as_timefix_does(void **state)
{
    (void)state;
    struct survival_rows *rows = calloc(1, sizeof *rows);
    double axis[64];
    size_t n_time;
    survival_rows_read("B15", rows);
    assert_int_equal(risk_table_axis(rows->n, NULL, rows->time, axis, &n_time), GSL_SUCCESS);
    assert_true(n_time > 10);
    assert_int_equal(risk_table_merge_near_ties(rows->n, NULL, rows->time, RISK_TABLE_NEAR_TIE, axis, &n_time),
                     GSL_SUCCESS);
    assert_int_equal(n_time, 10);
    assert_near(RISK_TABLE_NEAR_TIE, sqrt(DBL_EPSILON), 0);
    for (size_t i = 0; i < rows->n; i++) {
        size_t k = 0;
        while (k < n_time && axis[k] != rows->time[i])
            k++;
        assert_true(k < n_time);
    }
    /* 1322 days, 6 of 30 leave: every run took its smallest value. */
    assert_near(axis[0], 3.6194387405886346, 0);
    struct risk_table *table = survival_rows_table(rows, 0);
    assert_int_equal(table->n_time, 10);
    risk_table_free(table);
    free(rows);
}

static void test_runs_of_near_ties_take_the_smallest_value(void **state)
{
    (void)state;
    /* Each neighbour within the tolerance of the one before, the ends apart by more than it. */
    double time[] = {1 + 2.4e-8, 1, 1 + 1.2e-8, 5}, entry[] = {0, 0, 1e-9, 1};
    const double expected[] = {0, 1, 5};
    double axis[8];
    size_t n_time;
    assert_int_equal(risk_table_merge_near_ties(4, entry, time, RISK_TABLE_NEAR_TIE, axis, &n_time), GSL_SUCCESS);
    assert_axis(n_time, axis, 3, expected);
    assert_near(time[0], 1, 0);
    assert_near(time[2], 1, 0);
    assert_near(entry[2], 0, 0);
    /* Relative to the mean where times are large. */
    double large[] = {1e10, 1e10 + 100, 2e10};
    assert_int_equal(risk_table_merge_near_ties(3, NULL, large, RISK_TABLE_NEAR_TIE, axis, &n_time), GSL_SUCCESS);
    assert_int_equal(n_time, 2);
    double huge[] = {1e308, 1.5e308, 1.7e308};
    assert_int_equal(risk_table_merge_near_ties(3, NULL, huge, RISK_TABLE_NEAR_TIE, axis, &n_time), GSL_SUCCESS);
    assert_int_equal(n_time, 3);
}

static void test_no_tolerance_changes_nothing(void **state)
{
    (void)state;
    double time[] = {1, 1 + 1e-9}, axis[2];
    size_t n_time;
    assert_int_equal(risk_table_merge_near_ties(2, NULL, time, 0, axis, &n_time), GSL_SUCCESS);
    assert_int_equal(n_time, 2);
    assert_int_equal(risk_table_merge_near_ties(2, NULL, time, NAN, axis, &n_time), GSL_SUCCESS);
    assert_true(time[1] > time[0]);
}

static void test_merging_may_not_empty_an_interval(void **state)
{
    (void)state;
    double entry[] = {1, 0}, time[] = {1 + 1e-9, 3}, axis[4];
    size_t n_time;
    assert_int_equal(risk_table_merge_near_ties(2, entry, time, RISK_TABLE_NEAR_TIE, axis, &n_time), GSL_EDOM);
    double bad[] = {NAN, 1};
    assert_int_equal(risk_table_merge_near_ties(2, NULL, bad, RISK_TABLE_NEAR_TIE, axis, &n_time), GSL_EDOM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_days_come_out_sorted_once_each),
        cmocka_unit_test(test_decimals_are_taken_as_given),
        cmocka_unit_test(test_entry_times_are_on_the_axis),
        cmocka_unit_test(test_axes_written_one_after_the_other_are_joined),
        cmocka_unit_test(test_any_order_is_sorted),
        cmocka_unit_test(test_a_hostile_order_is_still_sorted),
        cmocka_unit_test(test_refuses_times_that_are_none),
        cmocka_unit_test(test_near_ties_are_merged_as_timefix_does),
        cmocka_unit_test(test_runs_of_near_ties_take_the_smallest_value),
        cmocka_unit_test(test_no_tolerance_changes_nothing),
        cmocka_unit_test(test_merging_may_not_empty_an_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
