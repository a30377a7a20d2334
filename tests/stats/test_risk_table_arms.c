/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/near.h"

#include <gsl/gsl_errno.h>

#include "stats/logrank.h"
#include "stats/risk_table_arms.h"

enum { N = 9 };
static const double times[N] = {3, 5, 5, 8, 2, 3, 9, 5, 1};
static const int32_t causes[N] = {1, 0, 1, 2, 1, 1, 0, 2, 1};
static const int32_t arms[N] = {0, 1, 2, 0, 1, 2, 0, 1, 2};

static struct risk_table *table_of(const int32_t *arm, size_t n_arm, const double *axis, size_t n_time, size_t n,
                                   const double *time, const int32_t *cause)
{
    struct risk_table *table = risk_table_alloc(n_arm, 1, 2, axis, n_time);

    assert_non_null(table);
    assert_int_equal(risk_table_add(table, n, NULL, time, cause, arm, NULL, NULL, 1), GSL_SUCCESS);
    return table;
}

static void test_taken_arms_equal_a_table_of_their_people(void **state)
{
    (void)state;
    double axis[N];
    size_t n_time, n = 0;
    double time[N];
    int32_t cause[N], arm[N];
    const size_t wanted[] = {2, 0};

    assert_int_equal(risk_table_axis(N, NULL, times, axis, &n_time), GSL_SUCCESS);
    for (size_t i = 0; i < N; i++)
        if (arms[i] != 1) {
            time[n] = times[i];
            cause[n] = causes[i];
            arm[n++] = arms[i] == 2 ? 0 : 1;
        }
    struct risk_table *all = table_of(arms, 3, axis, n_time, N, times, causes);
    struct risk_table *taken = risk_table_take_arms(all, wanted, 2);
    struct risk_table *direct = table_of(arm, 2, axis, n_time, n, time, cause);

    assert_non_null(taken);
    assert_int_equal(taken->total, direct->total);
    assert_int_equal(taken->n_cell, direct->n_cell);
    assert_memory_equal(taken->exits, direct->exits, taken->n_cell * sizeof *taken->exits);
    assert_int_equal(risk_table_n_risk(taken, 1, RISK_TABLE_ALL, 4), risk_table_n_risk(direct, 1, RISK_TABLE_ALL, 4));
    risk_table_free(all);
    risk_table_free(taken);
    risk_table_free(direct);
}

static void test_an_arm_that_is_not_there_is_refused(void **state)
{
    (void)state;
    const double axis[] = {1, 2};
    const size_t wanted[] = {1};
    struct risk_table *table = risk_table_alloc(1, 1, 1, axis, 2);

    assert_non_null(table);
    assert_null(risk_table_take_arms(table, wanted, 1));
    risk_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_taken_arms_equal_a_table_of_their_people),
        cmocka_unit_test(test_an_arm_that_is_not_there_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
