/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/logistic_rows.h"

#include <math.h>
#include <stdlib.h>

#include "stats/glm_family.h"
#include "stats/placed_random.h"
#include "tests/support/near.h"

enum { N = 200001 };

/* Units in the last place between a number and the value in long double. */
static double units_off(double ours, long double exact)
{
    int exponent;

    (void)frexpl(exact, &exponent);
    return (double)(fabsl((long double)ours - exact) / ldexpl(1, exponent - 53));
}

static void test_exponentials_and_logarithms_are_right_to_the_last_places(void **state)
{
    (void)state;
    double *const x = malloc(2 * N * sizeof *x), *const y = x + N, worst = 0;

    assert_non_null(x);
    for (size_t i = 0; i < N; i++)
        x[i] = -exp(-20 + 26.56 * placed_random(1, i, 0)); /* from -2e-9 to -705 */
    x[0] = 0;
    logistic_exp(x, N, y);
    for (size_t i = 0; i < N; i++)
        worst = fmax(worst, units_off(y[i], expl((long double)x[i])));
    assert_true(worst < 1);
    for (size_t i = 0; i < N; i++)
        x[i] = i % 2 == 0 ? placed_random(1, i, 1) : exp(-700 * placed_random(1, i, 2));
    x[0] = 1;
    logistic_log1p(x, N, y);
    worst = 0;
    for (size_t i = 0; i < N; i++)
        worst = fmax(worst, units_off(y[i], log1pl((long double)x[i])));
    assert_true(worst < 2);
    x[0] = 0;
    logistic_log1p(x, 1, y);
    assert_true(y[0] == 0);
    free(x);
}

/* Every length, so that rows beyond whole vectors are tried too. */
static void test_rows_are_those_of_the_family(void **state)
{
    (void)state;
    enum { MOST = 67 };
    double y[MOST], eta[MOST], weight[MOST], residual[MOST + 1], information[MOST + 1], loglik[MOST + 1];

    for (size_t i = 0; i < MOST; i++) {
        y[i] = placed_random(2, i, 0) < 0.5;
        eta[i] = 40 * placed_random(2, i, 1) - 20;
        weight[i] = i % 5 == 0 ? 0 : 2.385 * placed_random(2, i, 2);
    }
    eta[1] = 0;
    eta[2] = -690.5;
    eta[3] = 690.5;
    for (size_t n = 0; n <= MOST; n++) {
        struct logistic_bounds bounds = {0, 0, 0};
        double most[3] = {0};

        residual[n] = information[n] = loglik[n] = -7;
        logistic_rows(y, eta, weight, n, residual, information, loglik, &bounds);
        for (size_t i = 0; i < n; i++) {
            const struct glm_terms t = glm_terms_of(GLM_LOGISTIC, 0, y[i], eta[i]);
            assert_true(fabs(residual[i] - weight[i] * t.residual) <= 1e-15 * fabs(weight[i] * t.residual));
            assert_true(fabs(information[i] - weight[i] * t.information) <= 1e-15 * weight[i] * t.information);
            assert_true(fabs(loglik[i] - weight[i] * t.loglik) <= 1e-15 * fabs(weight[i] * t.loglik));
            most[0] = fmax(most[0], fabs(residual[i]));
            most[1] = fmax(most[1], information[i]);
            most[2] = fmax(most[2], fabs(loglik[i]));
        }
        assert_true(most[0] == bounds.residual && most[1] == bounds.information && most[2] == bounds.loglik);
        assert_true(residual[n] == -7 && information[n] == -7 && loglik[n] == -7);
    }
}

static void test_a_row_without_weight_says_nothing_whatever_its_predictor(void **state)
{
    (void)state;
    const double y[2] = {1, 0}, eta[2] = {INFINITY, -1e300}, weight[2] = {0, 0};
    double residual[2], information[2], loglik[2];
    struct logistic_bounds bounds = {0, 0, 0};

    logistic_rows(y, eta, weight, 2, residual, information, loglik, &bounds);
    for (size_t i = 0; i < 2; i++)
        assert_true(residual[i] == 0 && information[i] == 0 && loglik[i] == 0);
    assert_true(bounds.loglik == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exponentials_and_logarithms_are_right_to_the_last_places),
        cmocka_unit_test(test_rows_are_those_of_the_family),
        cmocka_unit_test(test_a_row_without_weight_says_nothing_whatever_its_predictor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
