/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of least squares; certified values are those of test_strd.c. */
#include "stats/linear.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>

#include "stats/double_double.h"
#include "tests/support/near.h"

enum { N = 40, P = 3 };

struct rows {
    double x[N][P], y[N];
};

static void make_rows(struct rows *rows, double shift)
{
    for (size_t i = 0; i < N; i++) {
        rows->x[i][0] = shift + (double)(i * 37 % 19) / 7;
        rows->x[i][1] = i % 3 == 0;
        rows->x[i][2] = (double)(i * 11 % 23) - 0.3;
        rows->y[i] = 1.25 * rows->x[i][0] - 2.5 * rows->x[i][1] + 0.125 * rows->x[i][2] + (double)(i * 29 % 13) / 8;
    }
}

static struct linear_fit *solve(const struct linear_sums *sums)
{
    struct linear_fit *const fit = linear_fit_alloc(P);
    assert_int_equal(linear_solve(sums, true, LINEAR_TOLERANCE, fit), GSL_SUCCESS);
    return fit;
}

static void assert_same_bits(const struct linear_fit *a, const struct linear_fit *b)
{
    assert_memory_equal(a->coef, b->coef, (P + 1) * sizeof *a->coef);
    assert_memory_equal(a->std_err, b->std_err, (P + 1) * sizeof *a->std_err);
    assert_memory_equal(a->covariance, b->covariance, (P + 1) * (P + 1) * sizeof *a->covariance);
    assert_memory_equal(&a->residual_ss, &b->residual_ss, sizeof a->residual_ss);
}

static void test_a_frequency_is_copies_and_parts_merge_to_the_whole(void **state)
{
    struct rows rows;
    struct linear_sums *const whole = linear_alloc(P), *const first = linear_alloc(P), *const second = linear_alloc(P);
    (void)state;
    make_rows(&rows, 0);
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(linear_add(whole, rows.x[i], NULL, rows.y[i], 2), GSL_SUCCESS);
        for (int copy = 0; copy < 2; copy++)
            linear_add(copy == 0 ? first : second, rows.x[N - 1 - i], NULL, rows.y[N - 1 - i], 1);
    }
    assert_int_equal(linear_merge(first, second), GSL_SUCCESS);
    struct linear_fit *const a = solve(whole), *const b = solve(first);
    assert_same_bits(a, b);
    assert_int_equal(a->n, 2 * N);
    assert_int_equal(a->df, 2 * N - 4);
    linear_fit_free(a);
    linear_fit_free(b);
    linear_free(whole);
    linear_free(first);
    linear_free(second);
}

static void test_a_far_origin_changes_nothing_but_the_intercept(void **state)
{
    struct rows near, far;
    struct linear_sums *const a = linear_alloc(P), *const b = linear_alloc(P);
    (void)state;
    make_rows(&near, 0);
    far = near;
    for (size_t i = 0; i < N; i++) {
        near.x[i][0] = (double)(i * 37 % 19); /* whole numbers: the shift is exact */
        far.x[i][0] = near.x[i][0] + 0x1p40;
        linear_add(a, near.x[i], NULL, near.y[i], 1);
        linear_add(b, far.x[i], NULL, near.y[i], 1);
    }
    struct linear_fit *const first = solve(a), *const second = solve(b);
    assert_memory_equal(first->coef + 1, second->coef + 1, P * sizeof *first->coef);
    assert_memory_equal(first->std_err + 1, second->std_err + 1, P * sizeof *first->std_err);
    assert_near(second->coef[0], first->coef[0] - 0x1p40 * first->coef[1], 1e-15);
    linear_fit_free(first);
    linear_fit_free(second);
    linear_free(a);
    linear_free(b);
}

/* The group means and the pooled variance, by hand: 1, 2, 6 and 4, 8. */
static void test_two_groups_by_hand(void **state)
{
    static const double x[] = {0, 0, 0, 1, 1}, y[] = {1, 2, 6, 4, 8};
    struct linear_sums *const sums = linear_alloc(1);
    struct linear_fit *const fit = linear_fit_alloc(1);
    (void)state;
    for (size_t i = 0; i < 5; i++)
        linear_add(sums, &x[i], NULL, y[i], 1);
    assert_int_equal(linear_solve(sums, true, LINEAR_TOLERANCE, fit), GSL_SUCCESS);
    assert_near(fit->coef[0], 3, 1e-15);
    assert_near(fit->coef[1], 3, 1e-15);
    assert_near(fit->residual_ss, 22, 1e-15);
    assert_near(fit->total_ss, 32.8, 1e-15);
    assert_near(fit->sigma, sqrt(22. / 3), 1e-15);
    assert_near(fit->std_err[0], sqrt(22. / 9), 1e-15);
    assert_near(fit->std_err[1], sqrt(22. / 3 * (1. / 3 + 1. / 2)), 1e-15);
    assert_near(fit->statistic, 10.8 / (22. / 3), 1e-15);
    linear_fit_free(fit);
    linear_free(sums);
}

static void test_what_depends_on_other_columns_is_aliased(void **state)
{
    struct rows rows;
    struct linear_sums *const sums = linear_alloc(P);
    (void)state;
    make_rows(&rows, 3);
    for (size_t i = 0; i < N; i++) {
        rows.x[i][1] = 7;                    /* constant */
        rows.x[i][2] = rows.x[i][0] / 3 + 2; /* rounded, and still the same */
        linear_add(sums, rows.x[i], NULL, rows.y[i], 1);
    }
    struct linear_fit *const fit = solve(sums);
    assert_int_equal(fit->rank, 1);
    assert_false(fit->aliased[1]);
    assert_true(fit->aliased[2] && fit->aliased[3]);
    assert_true(isnan(fit->coef[2]) && isnan(fit->std_err[3]));
    linear_fit_free(fit);
    linear_free(sums);
}

static void test_as_many_rows_as_coefficients_have_no_errors(void **state)
{
    static const double x[] = {1, 4};
    struct linear_sums *const sums = linear_alloc(1);
    struct linear_fit *const fit = linear_fit_alloc(1);
    (void)state;
    assert_int_equal(linear_solve(sums, true, LINEAR_TOLERANCE, fit), GSL_EDOM);
    linear_add(sums, &x[0], NULL, 3, 1);
    assert_int_equal(linear_solve(sums, true, LINEAR_TOLERANCE, fit), GSL_SUCCESS);
    assert_true(fit->aliased[1] && fit->coef[0] == 3 && isnan(fit->sigma));
    linear_add(sums, &x[1], NULL, 9, 1);
    assert_int_equal(linear_solve(sums, true, LINEAR_TOLERANCE, fit), GSL_SUCCESS);
    assert_near(fit->coef[1], 2, 0);
    assert_near(fit->coef[0], 1, 0);
    assert_true(fit->df == 0 && isnan(fit->std_err[1]) && isnan(fit->statistic));
    linear_fit_free(fit);
    linear_free(sums);
}

static void test_what_is_no_number_is_refused(void **state)
{
    struct linear_sums *const sums = linear_alloc(1), *const other = linear_alloc(2);
    struct linear_fit *const fit = linear_fit_alloc(1);
    (void)state;
    assert_int_equal(linear_add(sums, &(double){NAN}, NULL, 3, 1), GSL_EINVAL);
    assert_int_equal(linear_add(sums, &(double){2}, NULL, INFINITY, 1), GSL_EINVAL);
    assert_int_equal(linear_add(sums, &(double){2}, NULL, 3, -1), GSL_EINVAL);
    assert_int_equal(linear_solve(sums, true, LINEAR_TOLERANCE, fit), GSL_EDOM); /* nothing was added */
    assert_int_equal(linear_merge(sums, other), GSL_EBADLEN);
    assert_int_equal(linear_add(sums, &(double){1e200}, NULL, 3, 1), GSL_EOVRFLW);
    assert_int_equal(linear_solve(sums, true, LINEAR_TOLERANCE, fit), GSL_EOVRFLW);
    linear_fit_free(fit);
    linear_free(sums);
    linear_free(other);
}

/* 1/3 in 106 bits, times 3, is 1 to within 2^-104. */
static void test_double_doubles_hold_106_bits(void **state)
{
    const struct dd third = dd_divide((struct dd){1, 0}, (struct dd){3, 0});
    const struct dd one = dd_subtract(dd_multiply(third, (struct dd){3, 0}), (struct dd){1, 0});
    (void)state;
    assert_true(third.low != 0);
    assert_true(fabs(one.high) <= 0x1p-103);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_frequency_is_copies_and_parts_merge_to_the_whole),
        cmocka_unit_test(test_a_far_origin_changes_nothing_but_the_intercept),
        cmocka_unit_test(test_two_groups_by_hand),
        cmocka_unit_test(test_what_depends_on_other_columns_is_aliased),
        cmocka_unit_test(test_as_many_rows_as_coefficients_have_no_errors),
        cmocka_unit_test(test_what_is_no_number_is_refused),
        cmocka_unit_test(test_double_doubles_hold_106_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
