/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/e_value.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#include "tests/support/near.h"

static struct e_value of(double ratio, double low, double high, enum e_value_scale scale)
{
    struct e_value e;

    assert_int_equal(e_value(ratio, low, high, scale, &e), GSL_SUCCESS);
    return e;
}

/* 1.5 + sqrt(1.5 * 0.5) by hand. */
static void test_the_closed_form(void **state)
{
    (void)state;
    assert_near(of(1.5, 1.2, 1.9, E_RISK_RATIO).estimate, 2.36602540378443865, 1e-15);
    assert_near(of(1.5, 1.2, 1.9, E_RISK_RATIO).limit, 1.2 + sqrt(0.24), 1e-15);
}

static void test_a_ratio_and_its_inverse_say_the_same(void **state)
{
    const struct e_value a = of(1.6, 1.25, 2, E_RISK_RATIO), b = of(0.625, 0.5, 0.8, E_RISK_RATIO);

    (void)state;
    assert_near(a.estimate, b.estimate, 1e-14);
    assert_near(a.limit, b.limit, 1e-14);
}

static void test_an_interval_that_holds_1_needs_no_confounder(void **state)
{
    (void)state;
    assert_near(of(1.3, 0.9, 1.9, E_RISK_RATIO).limit, 1, 0);
    assert_near(of(0.7, 0.4, 1, E_RISK_RATIO).limit, 1, 0);
    assert_near(of(1, 0, INFINITY, E_RISK_RATIO).estimate, 1, 0);
}

/* sqrt for odds; for hazards (1 - 0.5^sqrt 4) / (1 - 0.5^sqrt(1/4)) = 0.75 / (1 - sqrt 0.5). */
static void test_common_outcomes_are_brought_to_risk_ratios(void **state)
{
    const double hazard = 0.75 / (1 - sqrt(0.5));

    (void)state;
    assert_near(of(2.25, 1.44, 3, E_ODDS_RATIO).estimate, 2.36602540378443865, 1e-15);
    assert_near(of(4, 3, 5, E_HAZARD_RATIO).estimate, hazard + sqrt(hazard * (hazard - 1)), 1e-14);
}

static void test_what_is_no_ratio_is_refused(void **state)
{
    struct e_value e;

    (void)state;
    assert_int_equal(e_value(0, 0, 1, E_RISK_RATIO, &e), GSL_EDOM);
    assert_int_equal(e_value(NAN, 0, 1, E_RISK_RATIO, &e), GSL_EDOM);
    assert_int_equal(e_value(2, 2.5, 3, E_RISK_RATIO, &e), GSL_EDOM);
    assert_int_equal(e_value(2, 1, NAN, E_RISK_RATIO, &e), GSL_EDOM);
    assert_true(isnan(e.estimate) && isnan(e.limit));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_closed_form),
        cmocka_unit_test(test_a_ratio_and_its_inverse_say_the_same),
        cmocka_unit_test(test_an_interval_that_holds_1_needs_no_confounder),
        cmocka_unit_test(test_common_outcomes_are_brought_to_risk_ratios),
        cmocka_unit_test(test_what_is_no_ratio_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
