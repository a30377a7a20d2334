/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/incomplete.h"

#include <math.h>

#include "tests/support/near.h"

static void test_gamma_tails_with_closed_forms(void **state)
{
    (void)state;
    for (double x = 1e-9; x < 700; x *= 1.7) {
        const struct tails one = gamma_tails(1, x), half = gamma_tails(0.5, x), three = gamma_tails(3, x);

        assert_near(one.log_upper, -x, 1e-13);
        assert_near(exp(one.log_lower), -expm1(-x), 1e-13);
        assert_near(one.log_slope, log(x) - x, 1e-13);
        assert_near(exp(half.log_upper), erfc(sqrt(x)), 1e-12);
        assert_near(exp(half.log_lower), erf(sqrt(x)), 1e-13);
        assert_near(exp(three.log_upper), exp(-x) * (1 + x + x * x / 2), 1e-12);
        assert_near(three.log_slope, 3 * log(x) - x - log(2), 1e-12);
    }
}

static void test_beta_tails_with_closed_forms(void **state)
{
    (void)state;
    for (double w = 1e-9; w < 1e9; w *= 1.7) {
        const double x = w / (1 + w), y = 1 / (1 + w);
        const struct tails power = beta_tails(3.7, 1, w), arc = beta_tails(0.5, 0.5, w), two = beta_tails(2, 2, w);

        assert_near(exp(power.log_lower), pow(x, 3.7), 1e-12);
        assert_near(exp(power.log_upper), -expm1(-3.7 * log1p(1 / w)), 1e-12);
        assert_near(exp(power.log_slope), 3.7 * pow(x, 3.7) * y, 1e-12);
        assert_near(exp(arc.log_lower), 2 / M_PI * atan(sqrt(w)), 1e-12);
        assert_near(exp(arc.log_upper), 2 / M_PI * atan(1 / sqrt(w)), 1e-12);
        assert_near(exp(two.log_lower), x * x * (1 + 2 * y), 1e-12);
    }
}

static void test_tails_add_up_and_exchanged_shapes_exchange_them(void **state)
{
    static const double shapes[] = {0.07, 0.5, 2.385, 40, 1e4, 1e7};

    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        for (size_t j = 0; j < sizeof shapes / sizeof shapes[0]; j++)
            for (double by = 0.125; by < 16; by *= 2) {
                const double a = shapes[i], b = shapes[j], w = by * a / b;
                const struct tails t = beta_tails(a, b, w), other = beta_tails(b, a, 1 / w), gamma = gamma_tails(a, by * a);

                assert_near(exp(t.log_lower) + exp(t.log_upper), 1, 1e-14);
                assert_near(exp(gamma.log_lower) + exp(gamma.log_upper), 1, 1e-14);
                assert_true(fabs(t.log_lower - other.log_upper) <= 1e-11 * fabs(t.log_lower) + 1e-13);
            }
}

/* The slope is the derivative of the lower tail over log x. */
static void test_slopes_are_those_of_the_tails(void **state)
{
    const double step = 1e-5;

    (void)state;
    for (double a = 0.3; a < 200; a *= 3) {
        const double x = a * 1.1, w = a / 7.5;

        assert_near((exp(gamma_tails(a, x * exp(step)).log_lower) - exp(gamma_tails(a, x * exp(-step)).log_lower)) / (2 * step),
                    exp(gamma_tails(a, x).log_slope), 1e-7);
        assert_near((exp(beta_tails(a, 7.5, w * exp(step)).log_lower) - exp(beta_tails(a, 7.5, w * exp(-step)).log_lower)) / (2 * step),
                    exp(beta_tails(a, 7.5, w).log_slope), 1e-7);
    }
}

static void test_logarithms_go_on_where_tails_underflow(void **state)
{
    (void)state;
    assert_near(gamma_tails(1, 1e6).log_upper, -1e6, 1e-13);
    assert_near(gamma_tails(1000, 1e-3).log_lower, 1000 * log(1e-3) - lgamma(1001) - 1e-3 * 1000 / 1001., 1e-12);
    assert_near(beta_tails(1e4, 1, 1e-3).log_lower, -1e4 * log1p(1e3), 1e-13);
    assert_near(gamma_tails(2, 1e6).log_lower, 0, 0);
}

static void test_what_is_not_positive_and_what_takes_too_long_is_missing(void **state)
{
    static const double wrong[] = {0, -1, NAN, INFINITY};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_true(isnan(gamma_tails(wrong[i], 1).log_lower) && isnan(gamma_tails(1, wrong[i]).log_upper));
        assert_true(isnan(beta_tails(wrong[i], 1, 1).log_lower) && isnan(beta_tails(1, wrong[i], 1).log_upper));
        assert_true(isnan(beta_tails(1, 1, wrong[i]).log_slope));
    }
    assert_true(isnan(gamma_tails(1e16, 1e16).log_lower));
    assert_true(isnan(gamma_tails(1e21, nextafter(1e21, 2e21)).log_upper));
    assert_true(isnan(beta_tails(1e21, 1e21, 1).log_lower));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gamma_tails_with_closed_forms),
        cmocka_unit_test(test_beta_tails_with_closed_forms),
        cmocka_unit_test(test_tails_add_up_and_exchanged_shapes_exchange_them),
        cmocka_unit_test(test_slopes_are_those_of_the_tails),
        cmocka_unit_test(test_logarithms_go_on_where_tails_underflow),
        cmocka_unit_test(test_what_is_not_positive_and_what_takes_too_long_is_missing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
