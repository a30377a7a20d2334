/* SPDX-License-Identifier: GPL-3.0-or-later */
/* R's answers: tests/reference/finegray_answers.csv, made by scripts/references/finegray.R. */
#include "stats/finegray.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "tests/support/near.h"
#include "tests/support/reference.h"

enum { MAX_ROWS = 20000, P = 3 };

/* Rows with a numeric column and a factor of three levels. */
struct set {
    size_t n;
    double time[MAX_ROWS], x[MAX_ROWS];
    int32_t cause[MAX_ROWS], group[MAX_ROWS], cluster[MAX_ROWS];
    uint16_t f[MAX_ROWS];
    int32_t x_column[1], f_column[3];
    struct design_block block[2];
    struct design_matrix design;
};

static void design_set(struct set *set)
{
    set->x_column[0] = 0;
    set->f_column[0] = DESIGN_NONE;
    set->f_column[1] = 1;
    set->f_column[2] = 2;
    set->block[0] = (struct design_block){set->x, NULL, 1, set->x_column};
    set->block[1] = (struct design_block){NULL, set->f, 3, set->f_column};
    set->design = (struct design_matrix){set->n, P, 2, set->block};
}

static void take_set(const struct reference *rows, int64_t number, struct set *set)
{
    set->n = 0;
    for (size_t i = 0; i < rows->n_rows; i++) {
        if (reference_count(rows, i, "set") != number)
            continue;
        const size_t k = set->n++;
        set->time[k] = reference_value(rows, i, "time");
        set->cause[k] = (int32_t)reference_count(rows, i, "cause");
        set->x[k] = reference_value(rows, i, "x");
        set->f[k] = (uint16_t)reference_count(rows, i, "f");
        set->group[k] = (int32_t)reference_count(rows, i, "group");
        set->cluster[k] = (int32_t)reference_count(rows, i, "cluster");
    }
    design_set(set);
}

/* Made-up rows, for laws: 7 i mod something gives times, causes and columns that look random enough. */
static void make_set(size_t n, struct set *set)
{
    set->n = n;
    for (size_t i = 0; i < n; i++) {
        const size_t h = (i * 2654435761u) >> 7;
        set->time[i] = (double)(1 + h % 211);
        set->cause[i] = (int32_t)(h / 211 % 3);
        set->x[i] = (double)(h / 633 % 97) / 9.5 + (set->cause[i] == 1 ? 1.25 : 0);
        set->f[i] = (uint16_t)(h / 61401 % 3);
        set->group[i] = (int32_t)(h % 2);
        set->cluster[i] = (int32_t)(i % (n / 3 + 1));
    }
    design_set(set);
}

static struct finegray_rows rows_of(const struct set *set)
{
    return (struct finegray_rows){
        .n = set->n, .time = set->time, .cause = set->cause, .wanted = 1, .n_group = 1, .design = &set->design,
    };
}

static struct finegray *solved(const struct finegray_rows *rows, size_t n_threads)
{
    const struct finegray_control control = FINEGRAY_CONTROL;
    struct finegray *fit = finegray_alloc(rows->design->p);
    assert_non_null(fit);
    assert_int_equal(finegray_solve(rows, &control, n_threads, fit), GSL_SUCCESS);
    assert_true(fit->converged);
    return fit;
}

static void test_equals_crr_and_its_formulae(void **state)
{
    (void)state;
    struct reference *rows = reference_read("tests/reference/finegray_rows.csv");
    struct reference *answers = reference_read("tests/reference/finegray_answers.csv");
    struct set *set = calloc(1, sizeof *set);
    static const char *const b[] = {"b1", "b2", "b3"}, *const s[] = {"s1", "s2", "s3"};
    assert_non_null(rows);
    assert_non_null(answers);
    assert_true(answers->n_rows >= 150);
    for (size_t k = 0; k < answers->n_rows; k++) {
        take_set(rows, reference_count(answers, k, "set"), set);
        struct finegray_rows given = rows_of(set);
        if (reference_count(answers, k, "what") == 1) {
            given.group = set->group;
            given.n_group = 2;
        }
        if (reference_count(answers, k, "what") == 2) {
            given.cluster = set->cluster;
            given.n_cluster = 10;
        }
        struct finegray *fit = solved(&given, 1);
        assert_near(fit->loglik_null, reference_value(answers, k, "null"), 1e-12);
        assert_near(fit->loglik, reference_value(answers, k, "model"), 1e-12);
        for (size_t j = 0; j < P; j++) {
            assert_near(fit->coef[j], reference_value(answers, k, b[j]), 2e-6); /* how far crr goes */
            assert_near(fit->std_err[j], reference_value(answers, k, s[j]), 2e-6);
        }
        finegray_free(fit);
    }
    free(set);
    reference_free(answers);
    reference_free(rows);
}

static void assert_same_bits(const struct finegray *a, const struct finegray *b)
{
    assert_memory_equal(a->coef, b->coef, P * sizeof *a->coef);
    assert_memory_equal(a->std_err, b->std_err, P * sizeof *a->std_err);
    assert_memory_equal(&a->loglik, &b->loglik, sizeof a->loglik);
}

static void test_threads_change_no_bit(void **state)
{
    (void)state;
    struct set *set = calloc(1, sizeof *set);
    make_set(MAX_ROWS, set);
    struct finegray_rows rows = rows_of(set);
    for (int clustered = 0; clustered < 2; clustered++) {
        if (clustered) {
            rows.cluster = set->cluster;
            rows.n_cluster = set->n / 3 + 1;
        }
        struct finegray *one = solved(&rows, 1);
        for (size_t n_threads = 2; n_threads <= 8; n_threads *= 2) {
            struct finegray *many = solved(&rows, n_threads);
            assert_same_bits(one, many);
            finegray_free(many);
        }
        finegray_free(one);
    }
    free(set);
}

static void test_the_order_of_the_rows_changes_no_bit(void **state)
{
    (void)state;
    struct set *set = calloc(1, sizeof *set), *turned = calloc(1, sizeof *turned);
    make_set(5000, set);
    turned->n = set->n;
    for (size_t i = 0; i < set->n; i++) {
        const size_t from = (i * 1979 + 17) % set->n; /* 1979 and 5000 have no common factor */
        turned->time[i] = set->time[from];
        turned->cause[i] = set->cause[from];
        turned->x[i] = set->x[from];
        turned->f[i] = set->f[from];
        turned->cluster[i] = (set->cluster[from] + 5) % (int32_t)(set->n / 3 + 1); /* numbered otherwise */
    }
    for (size_t i = 0; i < set->n; i++)
        set->cluster[i] = (int32_t)(i % (set->n / 3 + 1));
    design_set(turned);
    for (int clustered = 0; clustered < 2; clustered++) {
        struct finegray_rows a = rows_of(set), b = rows_of(turned);
        if (clustered) {
            a.cluster = set->cluster;
            b.cluster = turned->cluster;
            a.n_cluster = b.n_cluster = set->n / 3 + 1;
        }
        struct finegray *one = solved(&a, 1), *other = solved(&b, 2);
        assert_same_bits(one, other);
        finegray_free(one);
        finegray_free(other);
    }
    free(set);
    free(turned);
}

/* Two copies of every row: the same coefficients, and errors smaller by the root of 2; as clusters: the same errors. */
static void test_copies_of_rows_are_clusters(void **state)
{
    (void)state;
    struct set *set = calloc(1, sizeof *set), *twice = calloc(1, sizeof *twice);
    make_set(3000, set);
    twice->n = 2 * set->n;
    for (size_t i = 0; i < twice->n; i++) {
        const size_t from = i / 2;
        twice->time[i] = 7 * set->time[from]; /* weeks in days: ranks alone matter */
        twice->cause[i] = set->cause[from];
        twice->x[i] = set->x[from];
        twice->f[i] = set->f[from];
        twice->cluster[i] = (int32_t)from;
    }
    design_set(twice);
    struct finegray_rows a = rows_of(set), b = rows_of(twice);
    struct finegray *once = solved(&a, 1), *plain = solved(&b, 1);
    b.cluster = twice->cluster;
    b.n_cluster = set->n;
    struct finegray *clustered = solved(&b, 1);
    for (size_t j = 0; j < P; j++) {
        assert_near(plain->coef[j], once->coef[j], 1e-10);
        assert_near(clustered->std_err[j], once->std_err[j], 1e-10);
        assert_near(plain->std_err[j] * sqrt(2), once->std_err[j], 1e-10);
    }
    finegray_free(once);
    finegray_free(plain);
    finegray_free(clustered);
    free(set);
    free(twice);
}

static void test_shift_and_scale_of_a_column_change_units_only(void **state)
{
    (void)state;
    struct set *set = calloc(1, sizeof *set);
    make_set(2000, set);
    struct finegray_rows rows = rows_of(set);
    struct finegray *plain = solved(&rows, 1);
    for (size_t i = 0; i < set->n; i++)
        set->x[i] = 1e10 + 1e8 * set->x[i];
    struct finegray *scaled = solved(&rows, 1);
    assert_near(scaled->loglik, plain->loglik, 1e-12);
    assert_near(scaled->coef[0] * 1e8, plain->coef[0], 1e-6); /* 1e10 + 1e8 x has lost six digits */
    assert_near(scaled->coef[1], plain->coef[1], 1e-6);
    finegray_free(plain);
    finegray_free(scaled);
    free(set);
}

static void test_dependent_columns_are_aliased_and_the_rest_is_as_without_them(void **state)
{
    (void)state;
    struct set *set = calloc(1, sizeof *set);
    make_set(2000, set);
    struct finegray_rows rows = rows_of(set);
    struct finegray *plain = solved(&rows, 1);
    double *twice = malloc(set->n * sizeof *twice), *constant = malloc(set->n * sizeof *constant);
    for (size_t i = 0; i < set->n; i++) {
        twice[i] = 2 * set->x[i];
        constant[i] = 3.5;
    }
    const int32_t columns[2] = {3, 4};
    const struct design_block blocks[4] = {set->block[0], set->block[1], {twice, NULL, 1, &columns[0]},
                                           {constant, NULL, 1, &columns[1]}};
    const struct design_matrix design = {set->n, 5, 4, blocks};
    rows.design = &design;
    struct finegray *fit = solved(&rows, 1);
    assert_int_equal(fit->column[3], FINEGRAY_ALIASED);
    assert_int_equal(fit->column[4], FINEGRAY_ALIASED);
    assert_true(isnan(fit->coef[3]) && isnan(fit->std_err[4]));
    for (size_t j = 0; j < P; j++) {
        assert_near(fit->coef[j], plain->coef[j], 1e-10);
        assert_near(fit->std_err[j], plain->std_err[j], 1e-10);
    }
    finegray_free(plain);
    finegray_free(fit);
    free(twice);
    free(constant);
    free(set);
}

static void test_a_level_without_events_has_no_coefficient(void **state)
{
    (void)state;
    struct set *set = calloc(1, sizeof *set);
    make_set(2000, set);
    for (size_t i = 0; i < set->n; i++)
        if (set->f[i] == 2 && set->cause[i] == 1)
            set->cause[i] = 0;
    struct finegray_rows rows = rows_of(set);
    struct finegray *fit = solved(&rows, 1);
    assert_int_equal(fit->column[0], FINEGRAY_FITTED);
    assert_int_equal(fit->column[1], FINEGRAY_FITTED);
    assert_int_equal(fit->column[2], FINEGRAY_INFINITE);
    assert_true(isnan(fit->coef[2]));
    assert_true(isfinite(fit->std_err[1]));
    assert_true(fit->lr_test.statistic > 0);
    finegray_free(fit);
    free(set);
}

/*
 * A level without events as the one that the others are compared with: all others rise for ever.  The rest is as where another
 * level is compared with, errors included, for these levels still differ from each other by what is known.
 */
static void test_a_reference_without_events_leaves_the_rest_as_it_is(void **state)
{
    (void)state;
    struct set *set = calloc(1, sizeof *set);
    for (size_t n = 60; n < 4000; n = n * 3 / 2) {
        make_set(n, set);
        for (size_t i = 0; i < n; i++)
            if (set->f[i] == 0 && set->cause[i] == 1)
                set->cause[i] = 0;
        struct finegray_rows rows = rows_of(set);
        struct finegray *const without = solved(&rows, 1);
        set->f_column[0] = 1;
        set->f_column[1] = DESIGN_NONE;
        struct finegray *const with = solved(&rows, 1);
        assert_int_equal(without->column[1], FINEGRAY_INFINITE);
        assert_int_equal(without->column[2], FINEGRAY_INFINITE);
        assert_int_equal(with->column[1], FINEGRAY_INFINITE);
        assert_int_equal(with->column[2], FINEGRAY_FITTED);
        assert_near(without->coef[0], with->coef[0], 1e-7);
        assert_near(without->std_err[0], with->std_err[0], 1e-6);
        assert_near(without->loglik, with->loglik, 1e-9);
        assert_true(isnan(without->wald_test.statistic) && isnan(with->wald_test.statistic));
        finegray_free(without);
        finegray_free(with);
    }
    free(set);
}

static void test_refuses_what_cannot_be_fitted(void **state)
{
    (void)state;
    struct set *set = calloc(1, sizeof *set);
    const struct finegray_control control = FINEGRAY_CONTROL;
    struct finegray *fit = finegray_alloc(P), *other = finegray_alloc(P + 1);
    make_set(100, set);
    struct finegray_rows rows = rows_of(set);
    assert_int_equal(finegray_solve(&rows, &control, 0, fit), GSL_EINVAL);
    assert_int_equal(finegray_solve(&rows, &control, 1, other), GSL_EINVAL);
    rows.wanted = 7;
    assert_int_equal(finegray_solve(&rows, &control, 1, fit), GSL_EZERODIV);
    rows.wanted = 0;
    assert_int_equal(finegray_solve(&rows, &control, 1, fit), GSL_EINVAL);
    rows.wanted = 1;
    set->time[3] = -1;
    assert_int_equal(finegray_solve(&rows, &control, 1, fit), GSL_EDOM);
    set->time[3] = NAN;
    assert_int_equal(finegray_solve(&rows, &control, 1, fit), GSL_EDOM);
    set->time[3] = 5;
    rows.group = set->group;
    assert_int_equal(finegray_solve(&rows, &control, 1, fit), GSL_EDOM); /* group 1 of 1 */
    rows.group = NULL;
    rows.cluster = set->cluster;
    rows.n_cluster = 2;
    assert_int_equal(finegray_solve(&rows, &control, 1, fit), GSL_EDOM);
    rows.cluster = NULL;
    set->x[9] = INFINITY;
    assert_int_equal(finegray_solve(&rows, &control, 1, fit), GSL_EDOM);
    finegray_free(fit);
    finegray_free(other);
    finegray_free(NULL);
    free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equals_crr_and_its_formulae),
        cmocka_unit_test(test_threads_change_no_bit),
        cmocka_unit_test(test_the_order_of_the_rows_changes_no_bit),
        cmocka_unit_test(test_copies_of_rows_are_clusters),
        cmocka_unit_test(test_shift_and_scale_of_a_column_change_units_only),
        cmocka_unit_test(test_dependent_columns_are_aliased_and_the_rest_is_as_without_them),
        cmocka_unit_test(test_a_level_without_events_has_no_coefficient),
        cmocka_unit_test(test_a_reference_without_events_leaves_the_rest_as_it_is),
        cmocka_unit_test(test_refuses_what_cannot_be_fitted),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests_name("finegray", tests, NULL, NULL);
}
