/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/quantiles.h"

#include <math.h>
#include <stdbool.h>

#include "stats/incomplete.h"
#include "tests/support/draws.h"
#include "tests/support/near.h"
#include "tests/support/reference.h"

static void test_chi_square_quantiles_agree_with_r(void **state)
{
    struct reference *r = reference_read("tests/reference/quantiles_chi_square.csv");

    (void)state;
    assert_non_null(r);
    for (size_t i = 0; i < r->n_rows; i++) {
        const double p = reference_value(r, i, "p"), df = reference_value(r, i, "df");

        assert_near(chi_square_lower_quantile(p, df), reference_value(r, i, "lower"), 1e-13);
        assert_near(chi_square_upper_quantile(p, df), reference_value(r, i, "upper"), 1e-13);
    }
    reference_free(r);
}

static void test_beta_quantiles_agree_with_r(void **state)
{
    struct reference *r = reference_read("tests/reference/quantiles_beta.csv");

    (void)state;
    assert_non_null(r);
    for (size_t i = 0; i < r->n_rows; i++) {
        const double p = reference_value(r, i, "p"), a = reference_value(r, i, "a"), b = reference_value(r, i, "b"),
                     odds = reference_value(r, i, "odds");

        assert_near(beta_lower_odds(p, a, b), odds, 1e-12);
        assert_near(beta_upper_odds(p, b, a), 1 / odds, 1e-12);
    }
    reference_free(r);
}

static void test_t_quantiles_agree_with_r(void **state)
{
    struct reference *r = reference_read("tests/reference/quantiles_t.csv");

    (void)state;
    assert_non_null(r);
    for (size_t i = 0; i < r->n_rows; i++)
        assert_near(t_upper_quantile(reference_value(r, i, "p"), reference_value(r, i, "df")), reference_value(r, i, "t"), 1e-13);
    reference_free(r);
}

static void test_quantiles_with_closed_forms(void **state)
{
    (void)state;
    for (double p = 1e-12; p < 1; p = p * 3.1 + 1e-13) {
        assert_near(chi_square_upper_quantile(p, 2), -2 * log(p), 1e-14);
        assert_near(chi_square_lower_quantile(p, 2), -2 * log1p(-p), 1e-13);
        assert_near(beta_lower_odds(p, 1, 1), p / (1 - p), 1e-13);
        assert_near(beta_lower_odds(p, 1, 7.5), expm1(-log1p(-p) / 7.5), 1e-13);
        assert_near(t_upper_quantile(p, 2), (1 - 2 * p) / sqrt(2 * p * (1 - p)), 1e-12);
        assert_near(t_upper_quantile(p, 1), 1 / tan(M_PI * p), 1e-11);
    }
}

/* Shapes from 1/32 to 1e8, tails from 1e-12 to 1 - 1e-12: of the tail found nothing is lost but what the rounding of x costs. */
static double random_shape(struct draws *draws)
{
    return exp(log(1. / 32) + log(3.2e9) * draw_uniform(draws));
}

static double random_tail(struct draws *draws)
{
    const double p = exp(log(1e-12) * draw_uniform(draws));

    return draw_chance(draws, 0.3) ? 1 - p / 2 : p / 2;
}

static void assert_tail(double log_tail, double log_slope, double p)
{
    assert_true(fabs(exp(log_tail) - p) <= 1e-12 * p + 1e-15 * exp(log_slope));
}

static void test_the_tail_of_a_quantile_is_what_was_asked_for(void **state)
{
    struct draws draws = {20261129};

    (void)state;
    for (int i = 0; i < 3000; i++) {
        const double p = random_tail(&draws), a = random_shape(&draws), b = random_shape(&draws);
        const double lower = chi_square_lower_quantile(p, 2 * a), upper = chi_square_upper_quantile(p, 2 * a),
                     odds = beta_lower_odds(p, a, b);
        struct tails t;

        if (lower > 1e-280) {
            t = gamma_tails(a, lower / 2);
            assert_tail(t.log_lower, t.log_slope, p);
        }
        if (upper > 1e-280) {
            t = gamma_tails(a, upper / 2);
            assert_tail(t.log_upper, t.log_slope, p);
        }
        if (odds > 1e-280 && odds < 1e280) {
            t = beta_tails(a, b, odds);
            assert_tail(t.log_lower, t.log_slope, p);
        }
    }
}

static void test_a_larger_share_has_a_larger_quantile(void **state)
{
    struct draws draws = {2385};

    (void)state;
    for (int i = 0; i < 1000; i++) {
        const double p = random_tail(&draws), more = p + fmax(1e-6 * fmin(p, 1 - p), p < 0.5 ? 0 : 1e-15),
                     a = 1 + random_shape(&draws), b = 1 + random_shape(&draws);

        assert_true(chi_square_lower_quantile(more, a) > chi_square_lower_quantile(p, a));
        assert_true(chi_square_upper_quantile(more, a) < chi_square_upper_quantile(p, a));
        assert_true(beta_lower_odds(more, a, b) > beta_lower_odds(p, a, b));
        assert_true(beta_upper_odds(more, a, b) < beta_upper_odds(p, a, b));
        assert_true(t_upper_quantile(more, a) < t_upper_quantile(p, a));
    }
}

/* The quantile grows with the degrees of freedom by as much on both sides of where the expansion begins. */
static void test_the_expansion_begins_without_a_step(void **state)
{
    static const double p[] = {1e-300, 1e-12, 0.025, 0.3, 0.9, 1 - 0x1p-40};

    (void)state;
    for (size_t i = 0; i < sizeof p / sizeof p[0]; i++) {
        const double below = chi_square_upper_quantile(p[i], 9999999), at = chi_square_upper_quantile(p[i], 1e7),
                     above = chi_square_upper_quantile(p[i], 10000001);

        assert_near(at - below, above - at, 1e-7);
    }
}

static void test_halves_are_medians(void **state)
{
    (void)state;
    assert_near(t_upper_quantile(0.5, 3), 0, 0);
    assert_near(t_upper_quantile(0.975, 2.385), -t_upper_quantile(0.025, 2.385), 1e-14);
    assert_near(beta_lower_odds(0.5, 7.3, 7.3), 1, 1e-14);
    assert_near(chi_square_lower_quantile(0.5, 2316), chi_square_upper_quantile(0.5, 2316), 1e-14);
}

static void test_quantiles_beyond_all_numbers_are_0_or_infinite(void **state)
{
    (void)state;
    assert_near(chi_square_lower_quantile(1e-12, 0.01), 0, 0);
    assert_true(isinf(beta_upper_odds(1e-12, 3, 0.01)));
    assert_near(beta_lower_odds(1e-12, 0.01, 3), 0, 0);
    assert_true(isinf(t_upper_quantile(1e-100, 0.3)));
}

static void test_nonsense_has_no_quantile(void **state)
{
    static const double wrong[] = {0, 1, -0.1, 1.1, NAN, INFINITY};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_true(isnan(chi_square_lower_quantile(wrong[i], 3)) && isnan(chi_square_upper_quantile(wrong[i], 3)));
        assert_true(isnan(beta_lower_odds(wrong[i], 3, 2)) && isnan(beta_upper_odds(wrong[i], 3, 2)));
        assert_true(isnan(t_upper_quantile(wrong[i], 3)));
        if (wrong[i] > 0 && wrong[i] < 2)
            continue; /* a good shape */
        assert_true(isnan(chi_square_lower_quantile(0.3, wrong[i])) && isnan(chi_square_upper_quantile(0.3, wrong[i])));
        assert_true(isnan(beta_lower_odds(0.3, wrong[i], 2)) && isnan(beta_lower_odds(0.3, 2, wrong[i])));
        assert_true(isnan(t_upper_quantile(0.3, wrong[i])) && isnan(t_upper_quantile(0.5, wrong[i])));
    }
    assert_true(isnan(beta_lower_odds(0.5, 1e21, 1e21))); /* too many steps */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chi_square_quantiles_agree_with_r),
        cmocka_unit_test(test_beta_quantiles_agree_with_r),
        cmocka_unit_test(test_t_quantiles_agree_with_r),
        cmocka_unit_test(test_quantiles_with_closed_forms),
        cmocka_unit_test(test_the_tail_of_a_quantile_is_what_was_asked_for),
        cmocka_unit_test(test_a_larger_share_has_a_larger_quantile),
        cmocka_unit_test(test_the_expansion_begins_without_a_step),
        cmocka_unit_test(test_halves_are_medians),
        cmocka_unit_test(test_quantiles_beyond_all_numbers_are_0_or_infinite),
        cmocka_unit_test(test_nonsense_has_no_quantile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
