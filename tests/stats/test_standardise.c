/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Standardised means: cells by hand, what is right twice over, and what is refused.  Errors: compare/test_adjusted_models. */
#include "stats/standardise.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#include "tests/support/near.h"

/* Two levels, both arms: a saturated regression is the share of each cell. */
enum { N = 10 };
static const uint16_t level[N] = {0, 0, 0, 1, 1, 0, 0, 1, 1, 1};
static const double y[N] = {1, 0, 0, 1, 0, 0, 0, 0, 0, 0};
static const double in_arm[N] = {1, 1, 1, 1, 1, 0, 0, 0, 0, 0}, everybody[N] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
                    others[N] = {0, 0, 0, 0, 0, 1, 1, 1, 1, 1};
static const int32_t columns[2] = {DESIGN_NONE, 0};
static const struct design_block block = {.code = level, .n_level = 2, .column = columns};
static const struct design_matrix design = {N, 1, 1, &block};

static struct standardised solve(struct standardise_rows rows, int expected, double *memory)
{
    struct standardised result = {.phi = memory, .slope = memory + N, .share = memory + 2 * N};

    rows.design = &design;
    rows.n_threads = 1;
    assert_int_equal(standardise_arm(&rows, &result), expected);
    return result;
}

static void test_a_saturated_regression_averages_the_cells(void **state)
{
    (void)state;
    double memory[3 * N], sum = 0;
    const struct standardise_rows all = {.y = y, .observed = in_arm, .target = everybody, .link = STANDARDISE_LOGISTIC},
                                  few = {.y = y, .observed = in_arm, .target = others, .link = STANDARDISE_LOGISTIC};

    assert_near(solve(all, GSL_SUCCESS, memory).value, (5 * (1. / 3) + 5 * 0.5) / 10, 1e-12);
    for (size_t i = 0; i < N; i++)
        sum += memory[i];
    assert_true(fabs(sum) < 1e-12); /* linear parts have mean 0 */
    assert_near(solve(few, GSL_SUCCESS, memory).value, (2 * (1. / 3) + 3 * 0.5) / 5, 1e-12);
}

static void test_least_squares_of_a_saturated_design_are_the_same(void **state)
{
    (void)state;
    double memory[3 * N];
    const struct standardise_rows all = {.y = y, .observed = in_arm, .target = everybody, .link = STANDARDISE_IDENTITY};

    assert_near(solve(all, GSL_SUCCESS, memory).value, (5 * (1. / 3) + 5 * 0.5) / 10, 1e-12);
}

/* Residuals of a saturated regression are 0 in every cell, so that weights add nothing. */
static void test_residuals_add_nothing_where_the_regression_says_all(void **state)
{
    (void)state;
    double memory[3 * N];
    const double weight[N] = {2.385, 2.385, 2.385, 0.7, 0.7, 0, 0, 0, 0, 0};
    const struct standardise_rows twice = {
        .y = y, .observed = in_arm, .target = everybody, .residual = weight, .link = STANDARDISE_LOGISTIC};

    assert_near(solve(twice, GSL_SUCCESS, memory).value, (5 * (1. / 3) + 5 * 0.5) / 10, 1e-12);
}

static void test_outcomes_that_are_all_alike_need_no_regression(void **state)
{
    (void)state;
    double memory[3 * N];
    const struct standardise_rows none = {.y = y, .observed = others, .target = everybody, .link = STANDARDISE_LOGISTIC};
    const struct standardised result = solve(none, GSL_SUCCESS, memory);

    assert_true(result.constant);
    assert_near(result.value, 0, 0);
    for (size_t i = 0; i < N; i++)
        assert_near(memory[i], 0, 0);
}

static void test_a_level_without_events_takes_the_penalty(void **state)
{
    (void)state;
    double memory[3 * N];
    const double only[N] = {1, 1, 1, 0, 1, 0, 0, 0, 0, 0};
    const struct standardise_rows rows = {.y = y, .observed = only, .target = everybody, .link = STANDARDISE_LOGISTIC};
    const struct standardised result = solve(rows, GSL_SUCCESS, memory);

    assert_true(result.penalised);
    assert_true(result.value > 0 && result.value < 1);
}

static void test_nobody_and_impossible_weights_are_refused(void **state)
{
    (void)state;
    double memory[3 * N];
    const double zero[N] = {0}, negative[N] = {-1};
    const struct standardise_rows nobody = {.y = y, .observed = zero, .target = everybody, .link = STANDARDISE_LOGISTIC},
                                  unmeant = {.y = y, .observed = in_arm, .target = zero, .link = STANDARDISE_LOGISTIC},
                                  wrong = {.y = y, .observed = negative, .target = everybody, .link = STANDARDISE_LOGISTIC};

    solve(nobody, GSL_EDOM, memory);
    solve(unmeant, GSL_EDOM, memory);
    solve(wrong, GSL_EINVAL, memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_saturated_regression_averages_the_cells),
        cmocka_unit_test(test_least_squares_of_a_saturated_design_are_the_same),
        cmocka_unit_test(test_residuals_add_nothing_where_the_regression_says_all),
        cmocka_unit_test(test_outcomes_that_are_all_alike_need_no_regression),
        cmocka_unit_test(test_a_level_without_events_takes_the_penalty),
        cmocka_unit_test(test_nobody_and_impossible_weights_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
