/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums of squares of vectors: exact beside long doubles, the same bits in any order and any parts. */
#include "stats/outer_sum.h"

#include <float.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/draws.h"
#include "tests/support/near.h"

enum { N = 5000, P_MOST = 19 };

static double u[N * 24];

static double make_vectors(struct draws *draws, size_t n, size_t p, double size)
{
    const size_t stride = outer_stride(p);
    double bound = 0;

    memset(u, 0, sizeof u);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < p; j++) {
            u[i * stride + j] = size * (draw_uniform(draws) - 0.4) * (draw_chance(draws, 0.02) ? 1 : 0.01);
            bound = fmax(bound, fabs(u[i * stride + j]));
        }
    return bound;
}

/* Lower triangle by plain sums of many more bits; what is meant is small beside the diagonal. */
static void check(const double *matrix, size_t n, size_t p)
{
    const size_t stride = outer_stride(p);
    long double expected[P_MOST * P_MOST] = {0};

    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < p; j++)
            for (size_t k = 0; k <= j; k++)
                expected[j * p + k] += (long double)(u[i * stride + j] * u[i * stride + k]);
    for (size_t j = 0; j < p; j++)
        for (size_t k = 0; k <= j; k++)
            assert_true(fabsl(matrix[j * p + k] - expected[j * p + k]) <=
                        4 * DBL_EPSILON * sqrtl(expected[j * p + j] * expected[k * p + k]));
}

static void test_the_sum_is_that_of_all_products(void **state)
{
    struct draws draws = {3};

    (void)state;
    for (size_t p = 1; p <= P_MOST; p++) {
        const size_t n = p % 5 == 0 ? 1 : p % 3 == 0 ? 9 : N;
        const double bound = make_vectors(&draws, n, p, p % 2 ? 2.385 : 2.385e-152);
        double matrix[P_MOST * P_MOST];
        struct outer_sum sum;
        assert_int_equal(outer_sum_make(&sum, p, bound, n), GSL_SUCCESS);
        outer_sum_add(&sum, u, n);
        outer_sum_read(&sum, NULL, matrix);
        if (p % 2)
            check(matrix, n, p);
        else /* squares near the smallest doubles */
            assert_true(matrix[0] > 0 && matrix[0] < 1e-298);
        outer_sum_clear(&sum);
    }
}

static void test_neither_order_nor_parts_change_a_bit(void **state)
{
    enum { P = 11 };
    struct draws draws = {77};
    const size_t stride = outer_stride(P);
    const double bound = make_vectors(&draws, N, P, 1000);
    double matrix[P * P] = {0}, other[P * P] = {0};
    struct outer_sum all, parts[3];

    (void)state;
    assert_int_equal(outer_sum_make(&all, P, bound, N), GSL_SUCCESS);
    outer_sum_add(&all, u, N);
    for (int k = 0; k < 3; k++)
        assert_int_equal(outer_sum_make(&parts[k], P, bound, N), GSL_SUCCESS);
    for (size_t i = N; i-- > 0;)
        outer_sum_add(&parts[draw_below(&draws, 3)], u + i * stride, 1);
    outer_sum_merge(&parts[0], &parts[1]);
    outer_sum_merge(&parts[0], &parts[2]);
    outer_sum_read(&all, NULL, matrix);
    outer_sum_read(&parts[0], NULL, other);
    assert_memory_equal(matrix, other, sizeof matrix);
    outer_sum_clear(&all);
    for (int k = 0; k < 3; k++)
        outer_sum_clear(&parts[k]);
}

static void test_bounds_without_a_square_are_refused(void **state)
{
    const int32_t of[] = {0, 1};
    const struct clusters clusters = {.of = of, .n = 2};
    const double zeros[] = {0, 0};
    struct outer_sum sum;
    double matrix[] = {7};

    (void)state;
    assert_int_equal(outer_sum_make(&sum, 3, INFINITY, 5), GSL_EINVAL);
    outer_sum_clear(&sum);
    assert_int_equal(outer_sum_make(&sum, 3, NAN, 5), GSL_EINVAL);
    outer_sum_clear(&sum);
    assert_int_equal(outer_sum_make(&sum, 3, 1e200, 5), GSL_EOVRFLW);
    outer_sum_clear(&sum);
    assert_int_equal(outer_sum_of(zeros, &clusters, 1, 0, 2, NULL, matrix), GSL_SUCCESS);
    assert_true(matrix[0] == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_sum_is_that_of_all_products),
        cmocka_unit_test(test_neither_order_nor_parts_change_a_bit),
        cmocka_unit_test(test_bounds_without_a_square_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
