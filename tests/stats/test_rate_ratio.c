/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/rate_ratio.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#include "stats/distribution.h"
#include "tests/support/near.h"
#include "tests/support/reference.h"

static void test_limits_and_p_values_are_those_of_poisson_test(void **state)
{
    (void)state;
    struct reference *answers = reference_read("tests/reference/rate_ratios.csv");

    assert_true(answers->n_rows == 12);
    for (size_t i = 0; i < answers->n_rows; i++) {
        struct rate_ratio r;
        assert_int_equal(rate_ratio_exact((int64_t)reference_value(answers, i, "a"), reference_value(answers, i, "t"),
                                          (int64_t)reference_value(answers, i, "b"), reference_value(answers, i, "u"), 0.95, &r),
                         GSL_SUCCESS);
        assert_near(r.estimate, reference_value(answers, i, "estimate"), 1e-12);
        assert_near(r.conf_low, reference_value(answers, i, "low"), 1e-12);
        assert_near(r.conf_high, reference_value(answers, i, "high"), 1e-12);
        assert_near(r.p_value, reference_value(answers, i, "p"), 1e-10);
    }
    reference_free(answers);
}

/* Arms exchanged: the ratio and its limits are turned over. */
static void test_exchanged_arms_turn_the_ratio_over(void **state)
{
    (void)state;
    struct rate_ratio r, s;

    assert_int_equal(rate_ratio_exact(7, 2.385, 3, 4.5, 0.9, &r), GSL_SUCCESS);
    assert_int_equal(rate_ratio_exact(3, 4.5, 7, 2.385, 0.9, &s), GSL_SUCCESS);
    assert_near(r.estimate, 1 / s.estimate, 1e-14);
    assert_near(r.conf_low, 1 / s.conf_high, 1e-10);
    assert_near(r.conf_high, 1 / s.conf_low, 1e-10);
    assert_near(r.p_value, s.p_value, 1e-12);
}

/* All outcomes one by one. */
static void test_the_p_value_adds_what_is_no_likelier(void **state)
{
    (void)state;
    for (int64_t n = 1; n < 40; n += 3)
        for (int64_t a = 0; a <= n; a++) {
            const double t = 2.385, u = 4.5, p = t / (t + u), seen = binomial_log_pmf((double)a, (double)n, p, u / (t + u)) + 1e-7;
            struct rate_ratio r;
            double sum = 0;

            for (int64_t k = 0; k <= n; k++)
                if (binomial_log_pmf((double)k, (double)n, p, u / (t + u)) <= seen)
                    sum += exp(binomial_log_pmf((double)k, (double)n, p, u / (t + u)));
            assert_int_equal(rate_ratio_exact(a, t, n - a, u, 0.95, &r), GSL_SUCCESS);
            assert_near(r.p_value, sum, 1e-12);
        }
}

static void test_what_does_not_exist_is_missing(void **state)
{
    (void)state;
    struct rate_ratio r;

    assert_int_equal(rate_ratio_exact(4, 10, 0, 20, 0.95, &r), GSL_SUCCESS);
    assert_true(isnan(r.estimate) && isnan(r.conf_high) && r.conf_low > 0);
    assert_int_equal(rate_ratio_exact(0, 10, 0, 20, 0.95, &r), GSL_EDOM);
    assert_int_equal(rate_ratio_exact(1, 0, 2, 20, 0.95, &r), GSL_EINVAL);
    assert_int_equal(rate_ratio_exact(-1, 1, 2, 20, 0.95, &r), GSL_EINVAL);
    assert_int_equal(rate_ratio_exact(INT64_MAX, 1, 2, 20, 0.95, &r), GSL_EINVAL);
    assert_int_equal(rate_ratio_exact(2, 1, INT64_MAX, 20, 0.95, &r), GSL_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits_and_p_values_are_those_of_poisson_test),
        cmocka_unit_test(test_exchanged_arms_turn_the_ratio_over),
        cmocka_unit_test(test_the_p_value_adds_what_is_no_likelier),
        cmocka_unit_test(test_what_does_not_exist_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
