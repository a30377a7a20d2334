/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/spline.h"

#include <gsl/gsl_errno.h>

#include "tests/support/near.h"

/* Knots, and the columns in the eighth row from the end. */
static void check_against_r(size_t n, size_t n_knots, const double *expected, const double *values)
{
    double x[100], knots[7];
    for (size_t i = 0; i < n; i++)
        x[i] = (double)((i + 1) * (i + 1));
    assert_int_equal(spline_knots(x, NULL, n, n_knots, knots), GSL_SUCCESS);
    for (size_t k = 0; k < n_knots; k++)
        assert_near(knots[k], expected[k], 1e-13);
    for (size_t j = 0; j + 1 < n_knots; j++)
        assert_near(spline_value(knots, n_knots, j, x[n - 8]), values[j], 1e-11);
}

/* x = 1, 4, 9, ... 100^2 or 60^2: quantile(x, p) and rms::rcspline.eval(x, nk = 4, inclx = TRUE) of rms 6.5-0. */
static void test_knots_and_values_are_those_of_r(void **state)
{
    (void)state;
    check_against_r(100, 3, (const double[]){118.9, 2550.5, 8118.100000000001},
                    (const double[]){8649, 4608.190844084413});
    check_against_r(100, 4, (const double[]){35.45, 1271.15, 4270.850000000001, 9034.549999999999},
                    (const double[]){8649, 5933.676702401501, 3270.15599407992});
    check_against_r(100, 7, (const double[]){12.325, 366.85, 1212.925, 2550.5, 4379.275, 6699.549999999998,
                                       9511.375},
                    (const double[]){8649, 6862.315143450423, 6029.037925605589, 4314.59766850573, 2310.412946303211,
                                       712.8004316255276});
    check_against_r(60, 3, (const double[]){25, 930.5, 3136},
                    (const double[]){2809, 1263.391112145299});
    check_against_r(60, 4, (const double[]){25, 468.9499999999999, 1548.65, 3136},
                    (const double[]){2809, 1824.085083849936, 976.3998813416076});
    check_against_r(60, 7, (const double[]){25, 139.7833333333333, 447.8083333333334, 930.5, 1587.491666666667,
                                      2419.15, 3136},
                    (const double[]){2809, 2202.932661919481, 1939.361739546956, 1337.214104743561,
                                      666.0748595393628, 175.0924359423563});
}

static void test_a_frequency_counts_as_copies(void **state)
{
    (void)state;
    static const double x[] = {1, 2, 3.5, 7, 11, 12};
    static const int64_t frequency[] = {30, 20, 25, 40, 5, 30};
    double copies[150], expected[3], knots[7];
    size_t n = 0;
    for (size_t i = 0; i < 6; i++)
        for (int64_t k = 0; k < frequency[i]; k++)
            copies[n++] = x[i];
    assert_int_equal(spline_knots(copies, NULL, n, 3, expected), GSL_SUCCESS);
    assert_int_equal(spline_knots(x, frequency, 6, 3, knots), GSL_SUCCESS);
    for (size_t k = 0; k < 3; k++)
        assert_near(knots[k], expected[k], 0);
    assert_int_equal(spline_knots(x, frequency, 6, 7, knots), GSL_EINVAL); /* two of them are equal */
}

static void test_the_curve_is_straight_beyond_the_outer_knots(void **state)
{
    (void)state;
    static const double knots[] = {2, 3, 7, 11, 12.5};
    for (size_t j = 1; j < 4; j++) {
        assert_near(spline_value(knots, 5, j, 1.5), 0, 0);
        const double a = spline_value(knots, 5, j, 13), b = spline_value(knots, 5, j, 20);
        assert_near(spline_value(knots, 5, j, 16.5), (a + b) / 2, 1e-13);
    }
    assert_near(spline_value(knots, 5, 0, 2.385), 2.385, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_knots_and_values_are_those_of_r),
        cmocka_unit_test(test_a_frequency_counts_as_copies),
        cmocka_unit_test(test_the_curve_is_straight_beyond_the_outer_knots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
