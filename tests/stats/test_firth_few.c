/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Firth's penalty where rows are fewest: as many coefficients as there are kinds of rows.  Then each kind is fitted by itself, and the
 * penalised estimate of y events among n is (y + 1/2) / (n + 1) (Firth 1993, section 3.3).
 */
#include <gsl/gsl_errno.h>
#include <math.h>

#include "stats/glm.h"
#include "tests/support/near.h"

enum { KINDS = 3, PEOPLE_MAX = 40 };

static const int32_t first[] = {0}, second[] = {1};

/* Fits y[k] events among n[k] of each kind, as counted rows or a row a person, and compares every predictor. */
static void check(const double *u, const double *v, const int *n, const int *event, bool counted)
{
    static double x[PEOPLE_MAX], z[PEOPLE_MAX], y[PEOPLE_MAX], weight[PEOPLE_MAX];
    static int kind[PEOPLE_MAX];
    const struct design_block blocks[] = {{x, NULL, 1, first}, {z, NULL, 1, second}};
    struct design_matrix design = {0, 2, 2, blocks};
    const struct glm_data data = {.design = &design, .y = y, .weight = weight};
    const struct glm_options options = {.family = GLM_LOGISTIC, .firth = true, .n_threads = 1};
    struct glm_fit *fit = NULL;

    for (int k = 0; k < KINDS; k++)
        for (int who = 0; who < 2; who++) {
            const int people = who == 1 ? event[k] : n[k] - event[k];
            for (int i = 0; i < (counted ? people > 0 : people); i++) {
                kind[design.n] = k;
                x[design.n] = u[k];
                z[design.n] = v[k];
                y[design.n] = who;
                weight[design.n++] = counted ? people : 1;
            }
        }
    assert_int_equal(glm_fit_alloc(&data, &options, &fit), GSL_SUCCESS);
    assert_true(fit->converged);
    for (size_t j = 0; j < 3; j++)
        assert_false(fit->aliased[j] || fit->separated[j]);
    for (size_t i = 0; i < design.n; i++) {
        const double p = (event[kind[i]] + 0.5) / (n[kind[i]] + 1);
        assert_true(fabs(fit->eta[i] - log(p / (1 - p))) < 1e-7);
    }
    glm_fit_free(fit);
}

static void test_each_kind_of_row_is_fitted_by_itself(void **state)
{
    static const double u[] = {58, 66, 33}, v[] = {-1.94, -0.37, 1.24};

    (void)state;
    for (int a = 1; a <= 5; a += 2)
        for (int b = 1; b <= 4; b++)
            for (int i = 0; i <= a; i++)
                for (int j = 0; j <= b; j++)
                    for (int k = 0; k <= 3; k++) {
                        const int n[] = {a, b, 3}, event[] = {i, j, k};
                        check(u, v, n, event, true);
                        check(u, v, n, event, false);
                    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_kind_of_row_is_fitted_by_itself)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
