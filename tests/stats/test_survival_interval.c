/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/survival_interval.h"

#include <math.h>

#include <gsl/gsl_errno.h>

#include "tests/support/near.h"

static void limits(enum survival_conf_type type, double level, double surv, double std_err, double *low, double *high)
{
    struct survival_interval interval;
    assert_int_equal(survival_interval_init(&interval, type, level), GSL_SUCCESS);
    survival_interval_limits(&interval, surv, std_err, low, high);
}

static void assert_limits(enum survival_conf_type type, double surv, double std_err, double low, double high)
{
    double conf_low, conf_high;
    limits(type, 0.95, surv, std_err, &conf_low, &conf_high);
    assert_near(conf_low, low, 1e-14);
    assert_near(conf_high, high, 1e-14);
}

/* survival:::survfit_confint(0.7, 0.1, logse = FALSE, type, 0.95), R 4.2.2, survival 3.5-3. */
static void test_each_type_equals_survfit(void **state)
{
    (void)state;
    assert_limits(SURVIVAL_CONF_LOG, 0.7, 0.1, 0.529051341015917, 0.9261861033355887);
    assert_limits(SURVIVAL_CONF_LOG_LOG, 0.7, 0.1, 0.4574957713406004, 0.8498595507512495);
    assert_limits(SURVIVAL_CONF_PLAIN, 0.7, 0.1, 0.5040036015459946, 0.8959963984540054);
    assert_limits(SURVIVAL_CONF_ARCSIN, 0.7, 0.1, 0.4919091733445622, 0.8720598174327929);
}

static void test_limits_stay_within_zero_and_one(void **state)
{
    (void)state;
    double low, high;
    limits(SURVIVAL_CONF_LOG, 0.95, 0.9, 0.2, &low, &high);
    assert_near(high, 1, 0);
    limits(SURVIVAL_CONF_PLAIN, 0.95, 0.9, 0.2, &low, &high);
    assert_near(high, 1, 0);
    limits(SURVIVAL_CONF_PLAIN, 0.95, 0.1, 0.2, &low, &high);
    assert_near(low, 0, 0);
    limits(SURVIVAL_CONF_ARCSIN, 0.95, 0.9, 0.4, &low, &high);
    assert_near(high, 1, 1e-15);
    limits(SURVIVAL_CONF_ARCSIN, 0.95, 0.1, 0.4, &low, &high);
    assert_near(low, 0, 0);
    limits(SURVIVAL_CONF_LOG_LOG, 0.95, 0.9, 0.4, &low, &high);
    assert_true(low > 0 && high < 1);
}

static void test_level_widens_the_interval(void **state)
{
    (void)state;
    double low, high;
    limits(SURVIVAL_CONF_PLAIN, 0.9, 0.5, 0.1, &low, &high);
    assert_near(high, 0.5 + 0.1 * 1.6448536269514722, 1e-14);
    limits(SURVIVAL_CONF_PLAIN, 0.99, 0.5, 0.1, &low, &high);
    assert_near(low, 0.5 - 0.1 * 2.5758293035489004, 1e-14);
}

static void test_ends_of_the_scale_follow_survfit(void **state)
{
    (void)state;
    for (int type = SURVIVAL_CONF_LOG; type <= SURVIVAL_CONF_NONE; type++) {
        assert_limits((enum survival_conf_type)type, 0, NAN, NAN, NAN);
        assert_limits((enum survival_conf_type)type, 0, 0.1, NAN, NAN);
        assert_limits((enum survival_conf_type)type, 0.5, NAN, NAN, NAN);
        assert_limits((enum survival_conf_type)type, NAN, 0.1, NAN, NAN);
    }
    assert_limits(SURVIVAL_CONF_LOG, 1, 0, 1, 1);
    assert_limits(SURVIVAL_CONF_PLAIN, 1, 0, 1, 1);
    assert_limits(SURVIVAL_CONF_LOG_LOG, 1, 0, NAN, NAN);
    assert_limits(SURVIVAL_CONF_ARCSIN, 1, 0, NAN, NAN);
    assert_limits(SURVIVAL_CONF_NONE, 0.5, 0.1, NAN, NAN);
}

static void test_refuses_wrong_arguments(void **state)
{
    (void)state;
    struct survival_interval interval;
    assert_int_equal(survival_interval_init(&interval, SURVIVAL_CONF_LOG, 0), GSL_EDOM);
    assert_int_equal(survival_interval_init(&interval, SURVIVAL_CONF_LOG, 1), GSL_EDOM);
    assert_int_equal(survival_interval_init(&interval, SURVIVAL_CONF_LOG, NAN), GSL_EDOM);
    assert_int_equal(survival_interval_init(&interval, (enum survival_conf_type)99, 0.95), GSL_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_type_equals_survfit),
        cmocka_unit_test(test_limits_stay_within_zero_and_one),
        cmocka_unit_test(test_level_widens_the_interval),
        cmocka_unit_test(test_ends_of_the_scale_follow_survfit),
        cmocka_unit_test(test_refuses_wrong_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
