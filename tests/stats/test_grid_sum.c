/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/grid_sum.h"

#include <float.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/exact_sum.h"
#include "tests/support/near.h"

enum { N = 20000 };

struct sample {
    double x[N];
    double max;
    struct grid grid;
    double exact; /* the true sum, rounded once */
};

/* Values of both signs over 40 powers of two, from a small generator of our own: the same on every machine. */
static int make_sample(void **state)
{
    struct sample *s = malloc(sizeof *s);
    struct exact_sum sum;
    uint64_t random = 42;

    exact_sum_init(&sum);
    for (size_t i = 0; i < N; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        s->x[i] = ldexp((double)((int64_t)random >> 11), -60 + (int)((random >> 5) % 40));
        exact_sum_add(&sum, s->x[i]);
    }
    exact_sum_round(&sum, &s->exact);
    s->max = grid_max(0, s->x, N);
    *state = s;
    return grid_init(&s->grid, s->max, N);
}

static int free_sample(void **state)
{
    free(*state);
    return 0;
}

static struct grid_sum sum_of(const struct grid *grid, const double *x, size_t n)
{
    struct grid_sum sum;

    grid_sum_init(&sum, grid);
    assert_int_equal(grid_sum_add_array(&sum, x, n), GSL_SUCCESS);
    return sum;
}

static void assert_same_sum(const struct grid_sum *a, const struct grid_sum *b)
{
    assert_memory_equal(&a->high, &b->high, sizeof a->high);
    assert_memory_equal(&a->low, &b->low, sizeof a->low);
    assert_true(a->n == b->n);
}

static void test_order_and_grouping_do_not_change_a_bit(void **state)
{
    struct sample *s = *state;
    const struct grid_sum whole = sum_of(&s->grid, s->x, N);
    double *x = malloc(sizeof s->x);

    for (size_t i = 0; i < N; i++)
        x[i] = s->x[(i * 7919 + 13) % N]; /* 7919 is a prime: a permutation */
    for (size_t cut = 0; cut <= N; cut += 3333) {
        struct grid_sum left = sum_of(&s->grid, x, cut);
        const struct grid_sum right = sum_of(&s->grid, x + cut, N - cut);

        assert_int_equal(grid_sum_merge(&left, &right), GSL_SUCCESS);
        assert_same_sum(&left, &whole);
    }
    free(x);
}

static void test_one_by_one_is_the_same_as_an_array(void **state)
{
    struct sample *s = *state;
    const struct grid_sum whole = sum_of(&s->grid, s->x, N);
    struct grid_sum sum;

    grid_sum_init(&sum, &s->grid);
    for (size_t i = N; i > 0; i--)
        assert_int_equal(grid_sum_add(&sum, s->x[i - 1]), GSL_SUCCESS);
    assert_same_sum(&sum, &whole);
}

static void test_error_is_below_the_promised_bound(void **state)
{
    struct sample *s = *state;
    const struct grid_sum sum = sum_of(&s->grid, s->x, N);
    const double bound = N * ldexp((double)s->grid.n_max, -107) * (double)s->grid.n_max * s->grid.bound;

    assert_true(fabs(grid_sum_value(&sum) - s->exact) <= bound + DBL_EPSILON * fabs(s->exact));
    assert_true(bound < 1e-12 * s->max);
}

static void test_splitting_loses_less_than_half_a_fine_step(void **state)
{
    struct sample *s = *state;
    const double half = ldexp(s->grid.m2 / 1.5, -53);

    for (size_t i = 0; i < N; i++) {
        double high, low;

        grid_split(&s->grid, s->x[i], &high, &low);
        assert_true(fabs(((s->x[i] - high) - low)) <= half);
    }
}

static void test_the_grid_depends_on_exponents_only(void **state)
{
    struct grid a, b, c;

    (void)state;
    grid_init(&a, 5.1, 900);
    grid_init(&b, 7.9, 1024);
    grid_init(&c, 8, 1024);
    assert_true(a.m1 == b.m1 && a.m2 == b.m2 && a.bound == b.bound && a.n_max == b.n_max);
    assert_true(c.m1 == 2 * b.m1);
}

static void test_sums_of_different_grids_do_not_merge(void **state)
{
    struct grid narrow, wide, more;
    struct grid_sum sum, other;

    (void)state;
    grid_init(&narrow, 1.5, 100);
    grid_init(&wide, 2.5, 100);
    grid_init(&more, 1.5, 1000);
    sum = sum_of(&narrow, (double[]){1.25}, 1);
    other = sum_of(&wide, (double[]){1.25}, 1);
    assert_int_equal(grid_sum_merge(&sum, &other), GSL_EINVAL);
    other = sum_of(&more, (double[]){1.25}, 1);
    assert_int_equal(grid_sum_merge(&sum, &other), GSL_EINVAL);
    assert_near(grid_sum_value(&sum), 1.25, 0);
    assert_true(sum.n == 1);
}

static void test_a_zero_bound_sums_zeros_only(void **state)
{
    const double zeros[] = {0, -0.0, 0};
    struct grid grid;
    struct grid_sum sum;

    (void)state;
    assert_int_equal(grid_init(&grid, 0, 10), GSL_SUCCESS);
    sum = sum_of(&grid, zeros, 3);
    assert_true(grid_sum_value(&sum) == 0 && !signbit(grid_sum_value(&sum)));
    assert_int_equal(grid_sum_add(&sum, DBL_TRUE_MIN), GSL_ERANGE);
}

static void test_one_addend_comes_back(void **state)
{
    const double values[] = {2.385, -2.385, 1e300, -1e-300, DBL_TRUE_MIN, 3 * DBL_TRUE_MIN, DBL_MIN, 1};

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct grid grid;
        struct grid_sum sum;

        assert_int_equal(grid_init(&grid, fabs(values[i]), 1), GSL_SUCCESS);
        sum = sum_of(&grid, values + i, 1);
        assert_true(grid_sum_value(&sum) == values[i]);
    }
}

static void test_negative_addends_mirror_positive_ones(void **state)
{
    struct sample *s = *state;
    double *minus = malloc(sizeof s->x);
    struct grid_sum plus = sum_of(&s->grid, s->x, N), sum;

    for (size_t i = 0; i < N; i++)
        minus[i] = -s->x[i];
    sum = sum_of(&s->grid, minus, N);
    assert_true(grid_sum_value(&sum) == -grid_sum_value(&plus));
    free(minus);
}

static void test_as_many_addends_of_bound_size_as_declared_are_exact(void **state)
{
    const double x = nextafter(4, 0); /* all bits set */
    struct grid grid;
    struct grid_sum sum;

    (void)state;
    grid_init(&grid, x, 4096);
    grid_sum_init(&sum, &grid);
    for (int i = 0; i < 4096; i++)
        assert_int_equal(grid_sum_add(&sum, x), GSL_SUCCESS);
    assert_true(grid_sum_value(&sum) == 4096 * x);
    assert_int_equal(grid_sum_add(&sum, x), GSL_EMAXITER);
    assert_true(grid_sum_value(&sum) == 4096 * x);
}

static void test_subnormal_addends_are_exact(void **state)
{
    const double x[] = {3 * DBL_TRUE_MIN, -DBL_TRUE_MIN, 1e-310, -1e-310};
    struct grid grid;
    struct grid_sum sum;

    (void)state;
    assert_int_equal(grid_init(&grid, 1e-310, 4), GSL_SUCCESS);
    sum = sum_of(&grid, x, 4);
    assert_true(grid_sum_value(&sum) == 2 * DBL_TRUE_MIN);
}

static void test_refuses_bounds_that_cannot_hold(void **state)
{
    struct grid grid;

    (void)state;
    assert_int_equal(grid_init(&grid, -1, 4), GSL_EINVAL);
    assert_int_equal(grid_init(&grid, NAN, 4), GSL_EINVAL);
    assert_int_equal(grid_init(&grid, INFINITY, 4), GSL_EINVAL);
    assert_int_equal(grid_init(&grid, 1, ((uint64_t)1 << 40) + 1), GSL_EINVAL);
    assert_int_equal(grid_init(&grid, 1, (uint64_t)1 << 40), GSL_SUCCESS);
    assert_int_equal(grid_init(&grid, DBL_MAX, 1), GSL_EOVRFLW);
    assert_int_equal(grid_init(&grid, 1e300, (uint64_t)1 << 40), GSL_EOVRFLW);
    assert_int_equal(grid_init(&grid, 1e300, 0), GSL_SUCCESS);
    assert_true(grid.n_max == 1);
}

static void test_refuses_addends_beyond_the_bound_and_keeps_the_sum(void **state)
{
    const double bad[][2] = {{1, 2.1}, {1, NAN}, {-2.1, 1}, {INFINITY, 1}};
    struct grid grid;

    (void)state;
    grid_init(&grid, 1.9, 8);
    for (size_t i = 0; i < 4; i++) {
        struct grid_sum sum = sum_of(&grid, (double[]){0.5}, 1);

        assert_int_equal(grid_sum_add_array(&sum, bad[i], 2), GSL_ERANGE);
        assert_true(grid_sum_value(&sum) == 0.5 && sum.n == 1);
    }
}

static void test_too_many_addends_do_not_merge(void **state)
{
    struct grid grid;
    struct grid_sum sum, other;

    (void)state;
    grid_init(&grid, 1, 2);
    sum = sum_of(&grid, (double[]){0.5, 0.25}, 2);
    other = sum_of(&grid, (double[]){0.5}, 1);
    assert_int_equal(grid_sum_merge(&sum, &other), GSL_EMAXITER);
    assert_true(grid_sum_value(&sum) == 0.75);
}

static void test_maximum_is_of_magnitudes_and_refuses_what_is_not_finite(void **state)
{
    const double x[] = {1, -3.5, 2}, bad[] = {1, NAN, 2}, infinite[] = {1, -INFINITY};

    (void)state;
    assert_true(grid_max(0, x, 3) == 3.5);
    assert_true(grid_max(4, x, 3) == 4);
    assert_true(isnan(grid_max(0, bad, 3)));
    assert_true(isnan(grid_max(0, infinite, 2)));
    assert_true(isnan(grid_max(NAN, x, 3)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_and_grouping_do_not_change_a_bit),
        cmocka_unit_test(test_one_by_one_is_the_same_as_an_array),
        cmocka_unit_test(test_error_is_below_the_promised_bound),
        cmocka_unit_test(test_splitting_loses_less_than_half_a_fine_step),
        cmocka_unit_test(test_the_grid_depends_on_exponents_only),
        cmocka_unit_test(test_sums_of_different_grids_do_not_merge),
        cmocka_unit_test(test_a_zero_bound_sums_zeros_only),
        cmocka_unit_test(test_one_addend_comes_back),
        cmocka_unit_test(test_negative_addends_mirror_positive_ones),
        cmocka_unit_test(test_as_many_addends_of_bound_size_as_declared_are_exact),
        cmocka_unit_test(test_subnormal_addends_are_exact),
        cmocka_unit_test(test_refuses_bounds_that_cannot_hold),
        cmocka_unit_test(test_refuses_addends_beyond_the_bound_and_keeps_the_sum),
        cmocka_unit_test(test_too_many_addends_do_not_merge),
        cmocka_unit_test(test_maximum_is_of_magnitudes_and_refuses_what_is_not_finite),
    };

    return cmocka_run_group_tests(tests, make_sample, free_sample);
}
