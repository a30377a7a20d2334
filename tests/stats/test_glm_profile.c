/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Profile likelihood limits: roots of whole fits in R (scripts/references/glm_profile.R), laws, refusals. */
#include "stats/glm_profile.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "tests/support/near.h"
#include "tests/support/reference.h"

enum { ROWS_MAX = 1000 };

static const int32_t first[] = {0}, second[] = {1}, sites[] = {DESIGN_NONE, 2, 3};

struct rows {
    size_t n;
    double arm[ROWS_MAX], age[ROWS_MAX], y[ROWS_MAX], count[ROWS_MAX], offset[ROWS_MAX];
    uint16_t site[ROWS_MAX];
    struct design_block block[3];
    struct design_matrix design;
};

static struct rows *rows_read(void)
{
    struct reference *csv = reference_read("tests/reference/gee_rows.csv");
    struct rows *r = calloc(1, sizeof *r);

    assert_non_null(r);
    assert_true(csv->n_rows <= ROWS_MAX);
    r->n = csv->n_rows;
    for (size_t i = 0; i < r->n; i++) {
        r->arm[i] = reference_value(csv, i, "arm");
        r->age[i] = reference_value(csv, i, "age");
        r->y[i] = reference_value(csv, i, "y");
        r->count[i] = reference_value(csv, i, "count");
        r->offset[i] = log(reference_value(csv, i, "days"));
        r->site[i] = (uint16_t)(reference_count(csv, i, "site") - 1);
    }
    r->block[0] = (struct design_block){.value = r->arm, .n_level = 1, .column = first};
    r->block[1] = (struct design_block){.value = r->age, .n_level = 1, .column = second};
    r->block[2] = (struct design_block){.code = r->site, .n_level = 3, .column = sites};
    r->design = (struct design_matrix){.n = r->n, .p = 4, .n_block = 3, .block = r->block};
    reference_free(csv);
    return r;
}

static void test_limits_are_the_roots_of_whole_fits(void **state)
{
    (void)state;
    struct reference *answers = reference_read("tests/reference/glm_profiles.csv");
    struct rows *r = rows_read();

    assert_true(answers->n_rows == 8);
    for (size_t f = 0; f < 2; f++) {
        const struct glm_data data = {&r->design, f == 0 ? r->y : r->count, f == 0 ? NULL : r->offset, NULL};
        const struct glm_options options = {.family = f == 0 ? GLM_LOGISTIC : GLM_POISSON, .n_threads = 1};
        struct glm_fit *fit;
        assert_int_equal(glm_fit_alloc(&data, &options, &fit), GSL_SUCCESS);
        for (size_t j = 1; j < 5; j++) {
            const size_t row = 4 * f + j - 1;
            double low, high;
            assert_int_equal(glm_profile_limits(&data, &options, fit, j, 0.95, &low, &high), GSL_SUCCESS);
            assert_near(low, reference_value(answers, row, "low"), 1e-8);
            assert_near(high, reference_value(answers, row, "high"), 1e-8);
            if (f == 0) { /* MASS interpolates */
                assert_near(low, reference_value(answers, row, "mass_low"), 1e-4);
                assert_near(high, reference_value(answers, row, "mass_high"), 1e-4);
            }
        }
        glm_fit_free(fit);
    }
    free(r);
    reference_free(answers);
}

/* Limits do not depend on which level is the reference. */
static void test_a_turned_column_turns_the_limits(void **state)
{
    (void)state;
    struct rows *r = rows_read();
    const struct glm_data data = {&r->design, r->y, NULL, NULL};
    const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 1};
    struct glm_fit *fit;
    double low, high, turned_low, turned_high;

    assert_int_equal(glm_fit_alloc(&data, &options, &fit), GSL_SUCCESS);
    assert_int_equal(glm_profile_limits(&data, &options, fit, 1, 0.9, &low, &high), GSL_SUCCESS);
    glm_fit_free(fit);
    for (size_t i = 0; i < r->n; i++)
        r->arm[i] = 1 - r->arm[i];
    assert_int_equal(glm_fit_alloc(&data, &options, &fit), GSL_SUCCESS);
    assert_int_equal(glm_profile_limits(&data, &options, fit, 1, 0.9, &turned_low, &turned_high), GSL_SUCCESS);
    assert_near(turned_low, -high, 1e-9);
    assert_near(turned_high, -low, 1e-9);
    assert_int_equal(glm_profile_limits(&data, &options, fit, 0, 0.9, &low, &high), GSL_EINVAL);
    assert_int_equal(glm_profile_limits(&data, &options, fit, 5, 0.9, &low, &high), GSL_EINVAL);
    glm_fit_free(fit);
    free(r);
}

/* Everybody in the arm but one has the event: the profile is skewed, and still has both limits. */
static void test_limits_exist_where_walds_are_poor(void **state)
{
    (void)state;
    struct rows *r = rows_read();
    const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 1};
    struct glm_fit *fit;
    double low, high;

    for (size_t i = 0; i < 40; i++) {
        r->arm[i] = i < 12;
        r->y[i] = i < 11 || i % 3 == 0;
    }
    r->design = (struct design_matrix){.n = 40, .p = 1, .n_block = 1, .block = r->block};
    const struct glm_data data = {&r->design, r->y, NULL, NULL};
    assert_int_equal(glm_fit_alloc(&data, &options, &fit), GSL_SUCCESS);
    assert_int_equal(glm_profile_limits(&data, &options, fit, 1, 0.95, &low, &high), GSL_SUCCESS);
    assert_true(low < fit->coef[1] && fit->coef[1] < high);
    assert_true(high - fit->coef[1] > 1.2 * (fit->coef[1] - low));
    glm_fit_free(fit);
    free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits_are_the_roots_of_whole_fits),
        cmocka_unit_test(test_a_turned_column_turns_the_limits),
        cmocka_unit_test(test_limits_exist_where_walds_are_poor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
