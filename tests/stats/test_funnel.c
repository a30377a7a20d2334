/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/funnel.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#include "tests/support/near.h"
#include "tests/support/reference.h"

enum { N_UNITS = 40 };

static void test_exact_limits_agree_with_r(void **state)
{
    struct reference *r = reference_read("tests/reference/funnel_limits.csv");

    (void)state;
    assert_non_null(r);
    for (size_t i = 0; i < r->n_rows; i++) {
        const double target = reference_value(r, i, "target"), tail = reference_value(r, i, "tail");
        const int64_t n = reference_count(r, i, "n");

        assert_near(funnel_binomial_limit(target, n, tail), reference_value(r, i, "binomial"), 1e-9);
        assert_near(funnel_poisson_limit(target * (double)n, tail), reference_value(r, i, "poisson"), 1e-9);
    }
    reference_free(r);
}

static void test_exact_limits_of_large_counts_agree_with_r(void **state)
{
    struct reference *r = reference_read("tests/reference/quantiles_counts.csv");

    (void)state;
    assert_non_null(r);
    for (size_t i = 0; i < r->n_rows; i++) {
        const double tail = reference_value(r, i, "tail"), n = reference_value(r, i, "n"), limit = reference_value(r, i, "limit");

        if (n > 0)
            assert_near(funnel_binomial_limit(reference_value(r, i, "share"), (int64_t)n, tail), fmin(limit, 1), 1e-9);
        else
            assert_near(funnel_poisson_limit(reference_value(r, i, "mean"), tail), limit, 1e-9);
    }
    reference_free(r);
}

/* The interpolated limit of a fair coin thrown once: P(R <= 0) = 1/2, so tail 0.3 gives r = 0, a = (0.5 - 0.3) / 0.5. */
static void test_a_limit_between_two_counts_by_hand(void **state)
{
    (void)state;
    assert_near(funnel_binomial_limit(0.5, 1, 0.3), 0, 0); /* -0.4, cut */
    assert_near(funnel_binomial_limit(0.5, 1, 0.8), 1 - (1 - 0.8) / 0.5, 1e-14);
    /* P(R <= 4) = 0.8912, P(R <= 5) = 0.9580 for a mean of 2.5 */
    const double at_5 = exp(-2.5) * 97.65625 / 120, to_5 = exp(-2.5) * (1 + 2.5 + 3.125 + 15.625 / 6 + 39.0625 / 24) + at_5;
    assert_near(funnel_poisson_limit(2.5, 0.95), (5 - (to_5 - 0.95) / at_5) / 2.5, 1e-12);
}

static void test_limits_narrow_with_n_and_lie_around_the_target(void **state)
{
    (void)state;
    for (int64_t n = 20; n < 5000; n *= 2) {
        const double low = funnel_binomial_limit(0.3, n, 0.001), high = funnel_binomial_limit(0.3, n, 0.999);

        assert_true(low < 0.3 && 0.3 < high);
        assert_true(funnel_binomial_limit(0.3, 2 * n, 0.001) > low);
        assert_true(funnel_binomial_limit(0.3, 2 * n, 0.999) < high);
    }
}

static void solve_set(const struct reference *r, size_t set, enum funnel_model model, double *z,
                      struct funnel_dispersion *dispersion)
{
    const struct funnel_options options = {model, 0.1};
    double observed[N_UNITS], expected[N_UNITS], variance[N_UNITS], spare[N_UNITS];

    for (size_t i = 0; i < N_UNITS; i++) {
        observed[i] = reference_value(r, set * N_UNITS + i, "observed");
        expected[i] = reference_value(r, set * N_UNITS + i, "expected");
        variance[i] = reference_value(r, set * N_UNITS + i, "variance");
    }
    assert_int_equal(funnel_solve(observed, expected, variance, N_UNITS, &options, spare, z, dispersion), GSL_SUCCESS);
}

static void test_distances_and_overdispersion_agree_with_r(void **state)
{
    static const char *const columns[] = {"z_chance", "z_multiplicative", "z_additive"};
    struct reference *r = reference_read("tests/reference/funnel_units.csv");

    (void)state;
    assert_non_null(r);
    for (size_t set = 0; set < 2; set++)
        for (int model = FUNNEL_CHANCE; model <= FUNNEL_ADDITIVE; model++) {
            struct funnel_dispersion dispersion;
            double z[N_UNITS];

            solve_set(r, set, (enum funnel_model)model, z, &dispersion);
            assert_near(dispersion.phi, reference_value(r, set * N_UNITS, "phi"), 1e-10);
            assert_int_equal(dispersion.overdispersed, reference_count(r, set * N_UNITS, "over"));
            if (model == FUNNEL_ADDITIVE && dispersion.overdispersed)
                assert_near(dispersion.tau2, reference_value(r, set * N_UNITS, "tau2"), 1e-10);
            for (size_t i = 0; i < N_UNITS; i++)
                assert_near(z[i], reference_value(r, set * N_UNITS + i, columns[model]), 1e-10);
        }
    reference_free(r);
}

static void test_an_unadjusted_unit_has_its_own_number_of_people(void **state)
{
    (void)state;
    assert_near(funnel_effective(137 * 0.3, 137 * 0.3 * 0.7, 0.3), 137, 1e-14);
    assert_near(funnel_effective(0, 0, 0.3), 0, 0);
}

/* A point p O / E lies outside p -+ z sqrt(p (1 - p) / effective) exactly when |(O - E) / sqrt V| > z. */
static void test_the_plotted_point_and_the_distance_say_the_same(void **state)
{
    const double observed = 61, expected = 43.2, variance = 24.7, p = 0.31;
    const struct funnel_options options = {FUNNEL_CHANCE, 0};
    struct funnel_dispersion dispersion;
    double spare, z;

    (void)state;
    assert_int_equal(funnel_solve(&observed, &expected, &variance, 1, &options, &spare, &z, &dispersion), GSL_SUCCESS);
    assert_near((p * observed / expected - p) / sqrt(p * (1 - p) / funnel_effective(expected, variance, p)), z, 1e-12);
}

static void test_a_unit_without_variance_is_passed_over(void **state)
{
    const double observed[] = {3, 0, 9}, expected[] = {2.5, 0, 11.2}, variance[] = {1.5, 0, 6};
    const struct funnel_options options = {FUNNEL_MULTIPLICATIVE, 0.1};
    struct funnel_dispersion dispersion;
    double spare[3], z[3];

    (void)state;
    assert_int_equal(funnel_solve(observed, expected, variance, 3, &options, spare, z, &dispersion), GSL_SUCCESS);
    assert_int_equal(dispersion.n_unit, 2);
    assert_true(isnan(z[1]));
    assert_near(z[0], 0.5 / sqrt(1.5), 1e-14);
}

static void test_impossible_input_is_refused(void **state)
{
    const double one = 1, negative = -1, missing = NAN;
    const struct funnel_options options = {FUNNEL_CHANCE, 0.1}, wide = {FUNNEL_CHANCE, 0.5};
    struct funnel_dispersion dispersion;
    double spare, z;

    (void)state;
    assert_int_equal(funnel_solve(&negative, &one, &one, 1, &options, &spare, &z, &dispersion), GSL_EINVAL);
    assert_int_equal(funnel_solve(&one, &missing, &one, 1, &options, &spare, &z, &dispersion), GSL_EINVAL);
    assert_int_equal(funnel_solve(&one, &one, &negative, 1, &options, &spare, &z, &dispersion), GSL_EINVAL);
    assert_int_equal(funnel_solve(&one, &one, &one, 1, &wide, &spare, &z, &dispersion), GSL_EINVAL);
    assert_int_equal(funnel_solve(&one, &one, &one, 0, &options, &spare, &z, &dispersion), GSL_SUCCESS);
    assert_true(isnan(dispersion.phi));
    assert_true(isnan(funnel_binomial_limit(0, 10, 0.5)) && isnan(funnel_binomial_limit(0.5, 0, 0.5)) &&
                isnan(funnel_binomial_limit(0.5, 10, 1)) && isnan(funnel_poisson_limit(0, 0.5)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact_limits_agree_with_r),
        cmocka_unit_test(test_exact_limits_of_large_counts_agree_with_r),
        cmocka_unit_test(test_a_limit_between_two_counts_by_hand),
        cmocka_unit_test(test_limits_narrow_with_n_and_lie_around_the_target),
        cmocka_unit_test(test_distances_and_overdispersion_agree_with_r),
        cmocka_unit_test(test_an_unadjusted_unit_has_its_own_number_of_people),
        cmocka_unit_test(test_the_plotted_point_and_the_distance_say_the_same),
        cmocka_unit_test(test_a_unit_without_variance_is_passed_over),
        cmocka_unit_test(test_impossible_input_is_refused),
    };

    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
