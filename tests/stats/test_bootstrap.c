/* SPDX-License-Identifier: GPL-3.0-or-later */
/* R's limits: tests/reference/bootstrap_limits.csv, made by scripts/references/bootstrap.R. */
#include "stats/bootstrap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/rmst.h"
#include "tests/support/near.h"
#include "tests/support/reference.h"
#include "tests/support/survival_rows.h"

static void test_limits_equal_boot_ci_for_the_same_replicates(void **state)
{
    (void)state;
    struct reference *rows = reference_read("tests/reference/bootstrap_replicates.csv");
    struct reference *limits = reference_read("tests/reference/bootstrap_limits.csv");
    double *t = calloc(rows->n_rows, sizeof *t);
    assert_true(limits->n_rows >= 20);
    for (size_t k = 0; k < limits->n_rows; k++) {
        size_t n = 0;
        double low, high;
        for (size_t i = 0; i < rows->n_rows; i++)
            if (reference_count(rows, i, "set") == reference_count(limits, k, "set"))
                t[n++] = reference_value(rows, i, "t");
        const double level = reference_value(limits, k, "level");
        assert_int_equal(bootstrap_sort(t, n), n);
        assert_int_equal(bootstrap_percentile(t, n, level, &low, &high), GSL_SUCCESS);
        assert_near(low, reference_value(limits, k, "perc_low"), 1e-12);
        assert_near(high, reference_value(limits, k, "perc_high"), 1e-12);
        assert_int_equal(bootstrap_bca(t, n, reference_value(limits, k, "estimate"), reference_value(limits, k, "acceleration"),
                                       level, &low, &high),
                         GSL_SUCCESS);
        assert_near(low, reference_value(limits, k, "bca_low"), 1e-12);
        assert_near(high, reference_value(limits, k, "bca_high"), 1e-12);
    }
    free(t);
    reference_free(limits);
    reference_free(rows);
}

/* Difference of restricted means of two arms. */
struct contrast {
    double tau;
    struct km_curve *curve;
};

static double rmst_difference(const struct risk_table *table, void *context)
{
    const struct contrast *contrast = context;
    struct survival_interval none;
    struct rmst rmst[2];
    survival_interval_init(&none, SURVIVAL_CONF_NONE, 0.95);
    for (size_t arm = 0; arm < 2; arm++)
        if (km_solve(table, arm, RISK_TABLE_ALL, 0, &none, contrast->curve) != GSL_SUCCESS ||
            rmst_solve(contrast->curve, contrast->tau, &rmst[arm]) != GSL_SUCCESS)
            return NAN;
    return rmst[0].estimate - rmst[1].estimate;
}

static void test_replicates_have_the_error_of_the_formula_and_do_not_depend_on_threads(void **state)
{
    (void)state;
    enum { N = 2000 };
    struct survival_rows *rows = calloc(1, sizeof *rows);
    survival_rows_read("uis", rows);
    struct risk_table *table = survival_rows_table(rows, 0);
    struct contrast contrasts[8];
    void *contexts[8];
    double *t[3];
    for (int k = 0; k < 8; k++) {
        contrasts[k] = (struct contrast){365, km_curve_alloc(table->n_time)};
        contexts[k] = &contrasts[k];
    }
    struct survival_interval none;
    survival_interval_init(&none, SURVIVAL_CONF_NONE, 0.95);
    struct rmst rmst[2];
    for (size_t arm = 0; arm < 2; arm++) {
        km_solve(table, arm, RISK_TABLE_ALL, 0, &none, contrasts[0].curve);
        rmst_solve(contrasts[0].curve, 365, &rmst[arm]);
    }
    const double error = hypot(rmst[0].std_err, rmst[1].std_err);
    for (int draw = BOOTSTRAP_MULTINOMIAL; draw <= BOOTSTRAP_POISSON; draw++) {
        const size_t n_threads[] = {1, 3, 8};
        for (int k = 0; k < 3; k++) {
            t[k] = calloc(N, sizeof *t[k]);
            assert_int_equal(bootstrap_run(table, (enum bootstrap_draw)draw, 20261121, N, rmst_difference, contexts,
                                           n_threads[k], t[k]),
                             GSL_SUCCESS);
        }
        assert_memory_equal(t[0], t[1], N * sizeof *t[0]);
        assert_memory_equal(t[0], t[2], N * sizeof *t[0]);
        assert_int_equal(bootstrap_sort(t[0], N), N);
        assert_true(fabs(bootstrap_std_err(t[0], N) / error - 1) < 0.06); /* 1 / sqrt(2 N) is 1.6 % */
        for (int k = 0; k < 3; k++)
            free(t[k]);
    }
    double a;
    assert_int_equal(bootstrap_acceleration(table, rmst_difference, contexts[0], &a), GSL_SUCCESS);
    assert_true(fabs(a) < 0.05);
    for (int k = 0; k < 8; k++)
        km_curve_free(contrasts[k].curve);
    risk_table_free(table);
    free(rows);
}

static void test_a_replicate_has_as_many_people_and_no_others(void **state)
{
    (void)state;
    struct survival_rows *rows = calloc(1, sizeof *rows);
    survival_rows_read("mgus2", rows);
    struct risk_table *table = survival_rows_table(rows, 0), *into = survival_rows_table(rows, 0);
    double mean = 0;
    enum { N = 200 };
    const size_t cell = 40;
    for (uint64_t b = 0; b < N; b++) {
        assert_int_equal(bootstrap_draw(table, BOOTSTRAP_MULTINOMIAL, 7, b, into), GSL_SUCCESS);
        for (size_t arm = 0; arm < 2; arm++)
            assert_int_equal(risk_table_n_person(into, arm, 0), risk_table_n_person(table, arm, 0));
        for (size_t c = 0; c < table->n_cell; c++)
            assert_true(table->exits[c] > 0 || into->exits[c] == 0);
        mean += (double)into->exits[cell] / N;
        assert_int_equal(into->total, table->total);
    }
    const double expected = (double)table->exits[cell];
    assert_true(fabs(mean - expected) < 5 * sqrt(expected / N) + 1e-9);
    risk_table_free(table);
    risk_table_free(into);
    free(rows);
}

/* The mean of times without censoring: l of a person is time - mean, and a its skewness / (6 sqrt n). */
static double mean_time(const struct risk_table *table, void *context)
{
    (void)context;
    return risk_table_person_time(table, 0, 0, INFINITY) / (double)risk_table_n_person(table, 0, 0);
}

static void test_acceleration_of_a_mean_is_its_skewness(void **state)
{
    (void)state;
    const double time[] = {1, 2, 2, 3, 12}, axis[] = {1, 2, 3, 12};
    const int32_t cause[] = {1, 1, 1, 1, 1};
    double square = 0, cube = 0, a;
    struct risk_table *table = risk_table_alloc(1, 1, 1, axis, 4);
    risk_table_add(table, 5, NULL, time, cause, NULL, NULL, NULL, 1);
    for (int i = 0; i < 5; i++) {
        square += (time[i] - 4) * (time[i] - 4);
        cube += (time[i] - 4) * (time[i] - 4) * (time[i] - 4);
    }
    assert_int_equal(bootstrap_acceleration(table, mean_time, NULL, &a), GSL_SUCCESS);
    assert_near(a, cube / (6 * pow(square, 1.5)), 1e-13);
    risk_table_free(table);
}

static double nothing(const struct risk_table *table, void *context)
{
    (void)table;
    return context == NULL ? NAN : 2.5;
}

static void test_refuses_what_it_cannot_resample(void **state)
{
    (void)state;
    const double entry[] = {0, 1}, time[] = {2, 3}, axis[] = {0, 1, 2, 3}, t[] = {1, 2, 3};
    const int32_t cause[] = {1, 0};
    double low, high, a, skipped[] = {3, NAN, 1};
    struct risk_table *late = risk_table_alloc(1, 1, 1, axis, 4), *table = risk_table_alloc(1, 1, 1, axis, 4);
    struct risk_table *other = risk_table_alloc(1, 1, 1, axis, 3);
    risk_table_add(late, 2, entry, time, cause, NULL, NULL, NULL, 1);
    risk_table_add(table, 2, NULL, time, cause, NULL, NULL, NULL, 1);
    assert_int_equal(bootstrap_draw(late, BOOTSTRAP_POISSON, 1, 1, table), GSL_EUNIMPL);
    assert_int_equal(bootstrap_draw(table, BOOTSTRAP_POISSON, 1, 1, other), GSL_EBADLEN);
    assert_int_equal(bootstrap_acceleration(table, nothing, NULL, &a), GSL_EDOM);
    assert_int_equal(bootstrap_acceleration(table, nothing, &a, &a), GSL_EZERODIV);
    assert_int_equal(bootstrap_percentile(t, 1, .95, &low, &high), GSL_EINVAL);
    assert_int_equal(bootstrap_percentile(t, 3, 1, &low, &high), GSL_EDOM);
    assert_int_equal(bootstrap_bca(t, 3, 9, 0, .95, &low, &high), GSL_EZERODIV);
    assert_int_equal(bootstrap_bca(t, 3, 1, 0, .95, &low, &high), GSL_EZERODIV);
    assert_int_equal(bootstrap_bca(t, 3, 2.5, 0, 0, &low, &high), GSL_EDOM);
    assert_int_equal(bootstrap_sort(skipped, 3), 2);
    assert_near(skipped[0], 1, 0);
    risk_table_free(late);
    risk_table_free(table);
    risk_table_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits_equal_boot_ci_for_the_same_replicates),
        cmocka_unit_test(test_replicates_have_the_error_of_the_formula_and_do_not_depend_on_threads),
        cmocka_unit_test(test_a_replicate_has_as_many_people_and_no_others),
        cmocka_unit_test(test_acceleration_of_a_mean_is_its_skewness),
        cmocka_unit_test(test_refuses_what_it_cannot_resample),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests_name("bootstrap", tests, NULL, NULL);
}
