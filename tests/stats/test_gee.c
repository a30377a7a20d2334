/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Generalised estimating equations: geepack (scripts/references/gee.R), laws, refusals. */
#include "stats/gee.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "stats/glm_sandwich.h"
#include "tests/support/near.h"
#include "tests/support/reference.h"

/* The rows of the reference, backwards when asked. */
struct rows {
    size_t n;
    double *arm, *age, *y, *count, *offset;
    uint16_t *site;
    int32_t *cluster;
    size_t n_cluster;
    struct design_block block[3];
    struct design_matrix design;
};

static const int32_t first[] = {0}, second[] = {1}, sites[] = {DESIGN_NONE, 2, 3};

static struct rows rows_read(bool backwards)
{
    struct reference *csv = reference_read("tests/reference/gee_rows.csv");
    struct rows r = {.n = csv->n_rows};

    r.arm = malloc(5 * r.n * sizeof *r.arm);
    r.age = r.arm + r.n;
    r.y = r.age + r.n;
    r.count = r.y + r.n;
    r.offset = r.count + r.n;
    r.site = malloc(r.n * sizeof *r.site);
    r.cluster = malloc(r.n * sizeof *r.cluster);
    for (size_t k = 0; k < r.n; k++) {
        const size_t i = backwards ? r.n - 1 - k : k;
        r.arm[k] = reference_value(csv, i, "arm");
        r.age[k] = reference_value(csv, i, "age");
        r.y[k] = reference_value(csv, i, "y");
        r.count[k] = reference_value(csv, i, "count");
        r.offset[k] = log(reference_value(csv, i, "days"));
        r.site[k] = (uint16_t)(reference_count(csv, i, "site") - 1);
        r.cluster[k] = (int32_t)(reference_count(csv, i, "cluster") - 1);
        if ((size_t)r.cluster[k] >= r.n_cluster)
            r.n_cluster = (size_t)r.cluster[k] + 1;
    }
    reference_free(csv);
    return r;
}

static void rows_clear(struct rows *r)
{
    free(r->arm);
    free(r->site);
    free(r->cluster);
}

static void make_design(struct rows *r)
{
    r->block[0] = (struct design_block){.value = r->arm, .n_level = 1, .column = first};
    r->block[1] = (struct design_block){.value = r->age, .n_level = 1, .column = second};
    r->block[2] = (struct design_block){.code = r->site, .n_level = 3, .column = sites};
    r->design = (struct design_matrix){.n = r->n, .p = 4, .n_block = 3, .block = r->block};
}

static int solve(struct rows *r, enum glm_family family, struct glm_fit **fit, struct gee *gee)
{
    make_design(r);
    const struct glm_data data = {&r->design, family == GLM_LOGISTIC ? r->y : r->count, family == GLM_LOGISTIC ? NULL : r->offset, NULL};
    const struct glm_options options = {.family = family, .n_threads = 2};

    assert_int_equal(glm_fit_alloc(&data, &options, fit), GSL_SUCCESS);
    return gee_exchangeable(&data, &options, *fit, r->cluster, r->n_cluster, gee);
}

static void test_coefficients_errors_and_correlation_are_those_of_geepack(void **state)
{
    (void)state;
    struct reference *answers = reference_read("tests/reference/gee_answers.csv");
    struct rows r = rows_read(false);

    assert_true(answers->n_rows == 20);
    for (size_t f = 0; f < 2; f++) {
        struct glm_fit *fit;
        struct gee gee;
        assert_int_equal(solve(&r, f == 0 ? GLM_LOGISTIC : GLM_POISSON, &fit, &gee), GSL_SUCCESS);
        assert_true(gee.converged && gee.p == 5);
        for (size_t j = 0; j < 5; j++) {
            const size_t row = 10 * f + 5 + j; /* exchangeable stands second */
            assert_near(gee.coef[j], reference_value(answers, row, "coef"), 1e-8);
            assert_near(sqrt(gee.covariance[6 * j]), reference_value(answers, row, "error"), 1e-7);
        }
        assert_near(gee.alpha, reference_value(answers, 10 * f + 5, "alpha"), 1e-8);
        assert_near(gee.phi, reference_value(answers, 10 * f + 5, "phi"), 1e-8);
        gee_clear(&gee);
        glm_fit_free(fit);
    }
    rows_clear(&r);
    reference_free(answers);
}

static void test_independence_is_the_regression_with_errors_by_cluster(void **state)
{
    (void)state;
    struct reference *answers = reference_read("tests/reference/gee_answers.csv");
    struct rows r = rows_read(false);
    const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 1};
    struct glm_fit *fit;
    double covariance[25];

    make_design(&r);
    const struct glm_data data = {&r.design, r.y, NULL, NULL};
    assert_int_equal(glm_fit_alloc(&data, &options, &fit), GSL_SUCCESS);
    assert_int_equal(glm_sandwich_clustered(&data, &options, fit, &(struct clusters){r.cluster, r.n_cluster, 0}, covariance), GSL_SUCCESS);
    for (size_t j = 0; j < 5; j++) {
        assert_near(fit->coef[j], reference_value(answers, j, "coef"), 1e-9);
        assert_near(sqrt(covariance[6 * j]), reference_value(answers, j, "error"), 1e-8);
    }
    glm_fit_free(fit);
    rows_clear(&r);
    reference_free(answers);
}

static void test_the_order_of_rows_changes_no_bit(void **state)
{
    (void)state;
    struct rows there = rows_read(false), back = rows_read(true);
    struct glm_fit *one, *other;
    struct gee a, b;

    assert_int_equal(solve(&there, GLM_POISSON, &one, &a), GSL_SUCCESS);
    assert_int_equal(solve(&back, GLM_POISSON, &other, &b), GSL_SUCCESS);
    assert_near(a.alpha, b.alpha, 0);
    for (size_t j = 0; j < 5; j++) {
        assert_near(a.coef[j], b.coef[j], 0);
        assert_near(a.covariance[6 * j], b.covariance[6 * j], 0);
    }
    gee_clear(&a);
    gee_clear(&b);
    glm_fit_free(one);
    glm_fit_free(other);
    rows_clear(&there);
    rows_clear(&back);
}

static void test_what_has_no_correlation_is_refused(void **state)
{
    (void)state;
    struct rows r = rows_read(false);
    struct glm_fit *fit;
    struct gee gee;

    assert_int_equal(solve(&r, GLM_LOGISTIC, &fit, &gee), GSL_SUCCESS);
    gee_clear(&gee);
    glm_fit_free(fit);
    for (size_t i = 0; i < r.n; i++)
        r.cluster[i] = (int32_t)i; /* each row by itself */
    r.n_cluster = r.n;
    assert_int_equal(solve(&r, GLM_LOGISTIC, &fit, &gee), GSL_EDOM);
    assert_null(gee.coef);
    glm_fit_free(fit);
    for (size_t i = 0; i < r.n; i++)
        r.cluster[i] = 0;
    r.n_cluster = 1;
    assert_int_equal(solve(&r, GLM_LOGISTIC, &fit, &gee), GSL_EDOM);
    glm_fit_free(fit);
    rows_clear(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_coefficients_errors_and_correlation_are_those_of_geepack),
        cmocka_unit_test(test_independence_is_the_regression_with_errors_by_cluster),
        cmocka_unit_test(test_the_order_of_rows_changes_no_bit),
        cmocka_unit_test(test_what_has_no_correlation_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
