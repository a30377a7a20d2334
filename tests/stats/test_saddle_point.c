/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/saddle_point.h"

#include <math.h>

#include "tests/support/near.h"

static double by_definition(double n)
{
    return lgamma(n + 1) - ((n + 0.5) * log(n) - n + log(2 * M_PI) / 2);
}

static void test_stirlings_error_is_what_his_formula_leaves(void **state)
{
    (void)state;
    for (double n = 0.01; n < 300; n += n < 20 ? 0.25 : 7.3) {
        assert_true(fabs(stirling_error(n) - by_definition(n)) < 1e-15 * (10 + n * log(n + 1)));
        assert_true(stirling_error(n) > stirling_error(n + 1e-3));
    }
    assert_near(stirling_error(1), 1 - log(2 * M_PI) / 2, 1e-14);
    assert_near(stirling_error(15), by_definition(15), 1e-11);
    assert_near(stirling_error(1e9), 1 / 12e9, 1e-15);
}

static void test_deviance_of_near_and_far_counts(void **state)
{
    (void)state;
    assert_near(poisson_deviance(5, 5), 0, 0);
    assert_near(poisson_deviance(2.385, 7.1), 2.385 * log(2.385 / 7.1) + 7.1 - 2.385, 1e-14);
    assert_near(poisson_deviance(1e9 + 1, 1e9), 0.5e-9 * (1 - 1e-9 / 3), 1e-12); /* (x - m)^2 / (2 m) and the next term */
    assert_near(poisson_deviance(11, 9), 11 * log(11. / 9) - 2, 1e-14); /* on the two sides of where the series ends */
    assert_near(poisson_deviance(11.05, 9), 11.05 * log(11.05 / 9) - 2.05, 1e-14);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stirlings_error_is_what_his_formula_leaves),
        cmocka_unit_test(test_deviance_of_near_and_far_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
