/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Agreement with R is in test_weighted_balance.c. */
#include "stats/weighted_ks.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#include "tests/support/near.h"

static void test_missing_values_and_rows_without_weight_are_left_out(void **state)
{
    static const double x[] = {1.5, NAN, 4, 9, 2}, weight[] = {2, 3, 1, 0, 1};
    static const uint8_t arm[] = {1, 1, 1, 1, 0};
    double ks;

    (void)state;
    assert_int_equal(weighted_ks(5, x, weight, arm, &ks), GSL_SUCCESS);
    assert_near(ks, 2. / 3, 1e-15); /* at 1.5: 2/3 against 0 */
}

static void test_several_columns_are_each_as_alone(void **state)
{
    static const double a[] = {1, 2, 3, 4}, b[] = {4, NAN, 2, INFINITY}, c[] = {2, 2, NAN, NAN}, weight[] = {2, 3, 1, 2.5};
    static const uint8_t arm[] = {1, 0, 1, 0};
    struct weighted_distance each[] = {{.x = a}, {.x = b}, {.x = c}};

    (void)state;
    weighted_ks_each(4, weight, arm, each, 3, NULL);
    assert_int_equal(each[0].status, GSL_SUCCESS);
    assert_near(each[0].statistic, 2. / 3, 1e-15); /* at 1: 2/3 against 0 */
    assert_int_equal(each[1].status, GSL_EINVAL);
    assert_true(isnan(each[1].statistic));
    assert_int_equal(each[2].status, GSL_SUCCESS);
    assert_near(each[2].statistic, 0, 0);
}

static void test_bad_or_empty_input_is_refused(void **state)
{
    static const double x[] = {1, INFINITY}, weight[] = {1, 1}, negative[] = {1, -1}, good[] = {1, 2};
    static const uint8_t arm[] = {0, 1}, three[] = {0, 3};
    double ks;

    (void)state;
    assert_int_equal(weighted_ks(2, x, weight, arm, &ks), GSL_EINVAL);
    assert_int_equal(weighted_ks(2, good, negative, arm, &ks), GSL_EINVAL);
    assert_int_equal(weighted_ks(2, good, weight, three, &ks), GSL_EINVAL);
    assert_int_equal(weighted_ks(1, good, weight, arm, &ks), GSL_EDOM);
    assert_true(isnan(ks));
}

/* Each arm has a sum of its own, but weights of that size could not be added for all rows. */
static void test_a_weight_near_the_largest_number_is_told(void **state)
{
    enum { N = 40 };
    double x[N], weight[N], ks;
    uint8_t arm[N];

    (void)state;
    for (int i = 0; i < N; i++) {
        x[i] = i;
        weight[i] = i == 0 ? 1e307 : 1;
        arm[i] = i > 0;
    }
    assert_int_equal(weighted_ks(N, x, weight, arm, &ks), GSL_EOVRFLW);
    assert_true(isnan(ks));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_missing_values_and_rows_without_weight_are_left_out),
        cmocka_unit_test(test_several_columns_are_each_as_alone),
        cmocka_unit_test(test_bad_or_empty_input_is_refused),
        cmocka_unit_test(test_a_weight_near_the_largest_number_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
