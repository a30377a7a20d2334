/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/cholesky.h"

#include <string.h>

#include "tests/support/near.h"

/* Sums of squares of x, y, 2x - y and z. */
static const double dependent[16] = {
    4, 1, 7, 2,
    1, 3, -1, 0.5,
    7, -1, 15, 3.5,
    2, 0.5, 3.5, 9,
};

static void test_a_dependent_column_is_left_out_and_the_rest_solved(void **state)
{
    (void)state;
    double factor[16], inverse[16], x[4] = {1, 2, 0, 3};
    bool aliased[4] = {false};
    memcpy(factor, dependent, sizeof factor);
    assert_int_equal(cholesky_decompose(factor, 4, NULL, CHOLESKY_TOLERANCE, aliased), 3);
    assert_true(!aliased[0] && !aliased[1] && aliased[2] && !aliased[3]);
    cholesky_solve(factor, 4, aliased, x);
    assert_near(4 * x[0] + x[1] + 2 * x[3], 1, 1e-14);
    assert_near(x[0] + 3 * x[1] + 0.5 * x[3], 2, 1e-14);
    assert_near(2 * x[0] + 0.5 * x[1] + 9 * x[3], 3, 1e-14);
    assert_near(x[2], 0, 0);
    cholesky_invert(factor, 4, aliased, inverse);
    const double y[4] = {1, 2, 5, 3};
    double step[4];
    assert_near(cholesky_form(factor, 4, aliased, y, step), x[0] + 2 * x[1] + 3 * x[3], 1e-14);
    assert_memory_equal(step, x, sizeof step);
    assert_near(quadratic_form(inverse, 4, NULL, y), x[0] + 2 * x[1] + 3 * x[3], 1e-14);
    assert_near(inverse[2 * 4 + 1], 0, 0);
}

static void test_units_do_not_change_the_rank(void **state)
{
    (void)state;
    static const double unit[4] = {1e-140, 1e150, 1e-3, 1};
    double factor[16];
    bool aliased[4] = {false};
    for (size_t j = 0; j < 4; j++)
        for (size_t k = 0; k < 4; k++)
            factor[j * 4 + k] = dependent[j * 4 + k] * unit[j] * unit[k];
    assert_int_equal(cholesky_decompose(factor, 4, NULL, CHOLESKY_TOLERANCE, aliased), 3);
    assert_true(aliased[2]);
}

static void test_marked_columns_and_columns_of_zeros_stay_out(void **state)
{
    (void)state;
    double factor[16];
    bool aliased[4] = {true, false, false, false};
    memcpy(factor, dependent, sizeof factor);
    for (size_t k = 0; k < 4; k++)
        factor[3 * 4 + k] = factor[k * 4 + 3] = 0;
    assert_int_equal(cholesky_decompose(factor, 4, NULL, CHOLESKY_TOLERANCE, aliased), 2);
    assert_true(aliased[0] && aliased[3] && !aliased[1] && !aliased[2]);
    double x[4] = {9, 2, 3, 9};
    cholesky_solve(factor, 4, aliased, x);
    assert_near(3 * x[1] - x[2], 2, 1e-14);
    assert_near(-x[1] + 15 * x[2], 3, 1e-14);
    assert_true(x[0] == 0 && x[3] == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_dependent_column_is_left_out_and_the_rest_solved),
        cmocka_unit_test(test_units_do_not_change_the_rank),
        cmocka_unit_test(test_marked_columns_and_columns_of_zeros_stay_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
