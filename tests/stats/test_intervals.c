/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Turnbull's estimate and accelerated failure time models; R's answers: scripts/references/intervals.R. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/aft.h"
#include "stats/turnbull_error.h"
#include "tests/support/near.h"
#include "tests/support/reference.h"

enum { MAX_ROWS = 512, P = 3 };

struct set {
    size_t n;
    double lower[MAX_ROWS], upper[MAX_ROWS], x[MAX_ROWS];
    int64_t frequency[MAX_ROWS];
    uint16_t f[MAX_ROWS];
    struct design_block block[2];
    struct design_matrix design;
};

static const int32_t X_COLUMN[] = {0}, F_COLUMN[] = {DESIGN_NONE, 1, 2};

static void design_set(struct set *set)
{
    set->block[0] = (struct design_block){set->x, NULL, 1, X_COLUMN};
    set->block[1] = (struct design_block){NULL, set->f, 3, F_COLUMN};
    set->design = (struct design_matrix){set->n, P, 2, set->block};
}

static void take_set(const struct reference *rows, int64_t number, struct set *set)
{
    set->n = 0;
    for (size_t i = 0; i < rows->n_rows; i++) {
        if (reference_count(rows, i, "set") != number)
            continue;
        const size_t k = set->n++;
        const double upper = reference_value(rows, i, "upper");
        set->lower[k] = reference_value(rows, i, "lower");
        set->upper[k] = isnan(upper) ? INFINITY : upper;
        set->x[k] = reference_value(rows, i, "x");
        set->f[k] = (uint16_t)reference_count(rows, i, "f");
        set->frequency[k] = 1;
    }
    design_set(set);
}

static struct set *set_of(int64_t number)
{
    struct reference *rows = reference_read("tests/reference/intervals_rows.csv");
    struct set *set = calloc(1, sizeof *set);
    take_set(rows, number, set);
    reference_free(rows);
    return set;
}

/* The last row first, and each as often. */
static void turn_set(const struct set *set, int64_t frequency, struct set *turned)
{
    turned->n = set->n;
    for (size_t i = 0; i < set->n; i++) {
        const size_t from = set->n - 1 - i;
        turned->lower[i] = set->lower[from];
        turned->upper[i] = set->upper[from];
        turned->x[i] = set->x[from];
        turned->f[i] = set->f[from];
        turned->frequency[i] = frequency;
    }
    design_set(turned);
}

static struct turnbull *turned_bull(const struct set *set, const int64_t *frequency)
{
    struct turnbull *fit = turnbull_alloc(set->n);
    assert_non_null(fit);
    assert_int_equal(turnbull_solve(set->n, set->lower, set->upper, frequency, TURNBULL_TOLERANCE, TURNBULL_ITERATIONS, fit),
                     GSL_SUCCESS);
    assert_true(fit->converged);
    return fit;
}

static void test_turnbull_equals_self_consistency_run_to_its_end(void **state)
{
    (void)state;
    struct reference *rows = reference_read("tests/reference/intervals_rows.csv");
    struct reference *answers = reference_read("tests/reference/intervals_answers.csv");
    struct set *set = calloc(1, sizeof *set);
    size_t n_seen = 0;
    for (size_t k = 0; k < answers->n_rows; k++) {
        double low, high;
        const int64_t what = reference_count(answers, k, "what");
        if (what != 0 && what != 5)
            continue;
        take_set(rows, reference_count(answers, k, "set"), set);
        struct turnbull *fit = turned_bull(set, NULL);
        if (what == 5) {
            assert_true(fit->loglik >= reference_value(answers, k, "value") - 1e-10);
            turnbull_free(fit);
            continue;
        }
        turnbull_read(fit, reference_value(answers, k, "key"), &low, &high);
        const double expected = reference_value(answers, k, "value");
        assert_true(fabs(low - expected) < 1e-5); /* EM gets no nearer in its time; the gap of ours is 1e-13 */
        assert_near(high, low, 0);
        n_seen++;
        turnbull_free(fit);
    }
    assert_true(n_seen > 200);
    free(set);
    reference_free(answers);
    reference_free(rows);
}

/* The conditions that only the maximum fulfils, from the definition and not from the kernel's sums. */
static void test_turnbull_fulfils_the_conditions_of_a_maximum(void **state)
{
    (void)state;
    struct reference *rows = reference_read("tests/reference/intervals_rows.csv");
    struct set *set = calloc(1, sizeof *set);
    for (int64_t number = 1; number <= 40; number++) {
        take_set(rows, number, set);
        struct turnbull *fit = turned_bull(set, NULL);
        double total = 0;
        double *g = calloc(fit->n, sizeof *g);
        for (size_t i = 0; i < set->n; i++) {
            double mass = 0;
            for (int pass = 0; pass < 2; pass++)
                for (size_t j = 0; j < fit->n; j++) {
                    const bool point = set->lower[i] == set->upper[i];
                    const bool inside = point ? fit->left[j] == fit->right[j] && fit->left[j] == set->lower[i]
                                              : fit->left[j] >= set->lower[i] && fit->right[j] <= set->upper[i] &&
                                                    !(fit->left[j] == fit->right[j] && fit->left[j] == set->lower[i]);
                    if (inside && pass == 0)
                        mass += fit->mass[j];
                    else if (inside)
                        g[j] += 1 / mass / (double)set->n;
                }
            assert_true(mass > 0);
        }
        for (size_t j = 0; j < fit->n; j++) {
            total += fit->mass[j];
            assert_true(g[j] <= 1 + 1e-8);
            if (fit->mass[j] > 1e-6)
                assert_near(g[j], 1, 1e-6);
        }
        assert_near(total, 1, 1e-12);
        free(g);
        turnbull_free(fit);
    }
    free(set);
    reference_free(rows);
}

/* R: the Hessian of the log-likelihood by the masses, found by differences. */
static void test_errors_of_turnbull_are_those_of_the_observed_information(void **state)
{
    (void)state;
    struct reference *rows = reference_read("tests/reference/intervals_rows.csv");
    struct reference *answers = reference_read("tests/reference/intervals_answers.csv");
    struct set *set = calloc(1, sizeof *set);
    struct turnbull *fit = NULL;
    double *std_err = NULL;
    int64_t number = -1;
    size_t n_seen = 0;
    int status = GSL_SUCCESS;
    for (size_t k = 0; k < answers->n_rows; k++) {
        if (reference_count(answers, k, "what") != 6)
            continue;
        if (reference_count(answers, k, "set") != number) {
            number = reference_count(answers, k, "set");
            turnbull_free(fit);
            free(std_err);
            take_set(rows, number, set);
            fit = turned_bull(set, NULL);
            std_err = calloc(fit->n, sizeof *std_err);
            status = turnbull_error(fit, std_err);
        }
        assert_int_equal(status, GSL_SUCCESS);
        assert_near(std_err[turnbull_place(fit, reference_value(answers, k, "key"))], reference_value(answers, k, "value"), 1e-3);
        n_seen++;
    }
    assert_true(n_seen > 150);
    free(std_err);
    turnbull_free(fit);
    free(set);
    reference_free(answers);
    reference_free(rows);
}

static void test_errors_of_turnbull_for_right_censored_times_are_greenwoods(void **state)
{
    (void)state;
    const double lower[] = {2, 3, 3, 5, 7, 8}, upper[] = {2, 3, INFINITY, 5, INFINITY, 8};
    struct turnbull *fit = turnbull_alloc(6);
    double std_err[6];
    assert_int_equal(turnbull_solve(6, lower, upper, NULL, 1e-14, 20000, fit), GSL_SUCCESS);
    assert_int_equal(turnbull_error(fit, std_err), GSL_SUCCESS);
    assert_near(std_err[turnbull_place(fit, 2)], sqrt(5. / 6 * (1. / 6) / 6), 1e-10);
    /* 4/6 after the second of 5 at risk; 4/9 after one of 3 */
    assert_near(std_err[turnbull_place(fit, 5)], 4. / 9 * sqrt(1. / (6 * 5) + 1. / (5 * 4) + 1. / (3 * 2)), 1e-10);
    assert_true(isnan(std_err[turnbull_place(fit, 100)])); /* S is 0 */
    turnbull_free(fit);
}

static void test_a_row_that_says_nothing_changes_no_error(void **state)
{
    (void)state;
    const double lower[] = {0, 4, 0, 4, 0}, upper[] = {2, 6, 2, 6, INFINITY};
    struct turnbull *fit = turnbull_alloc(5);
    double std_err[5];
    assert_int_equal(turnbull_solve(5, lower, upper, NULL, TURNBULL_TOLERANCE, TURNBULL_ITERATIONS, fit), GSL_SUCCESS);
    assert_int_equal(turnbull_error(fit, std_err), GSL_SUCCESS);
    assert_near(std_err[0], sqrt(0.25 / 4), 1e-6); /* (0, infinity) says nothing: 2 of 4 */
    turnbull_free(fit);
}

static void test_turnbull_of_right_censored_times_is_kaplan_meier(void **state)
{
    (void)state;
    const double lower[] = {2, 3, 3, 5, 7, 8}, upper[] = {2, 3, INFINITY, 5, INFINITY, 8};
    struct turnbull *fit = turnbull_alloc(6);
    double low, high;
    assert_int_equal(turnbull_solve(6, lower, upper, NULL, 1e-14, 20000, fit), GSL_SUCCESS);
    turnbull_read(fit, 3, &low, &high);
    assert_near(low, 4. / 6, 1e-10);
    turnbull_read(fit, 5, &low, &high);
    assert_near(low, 4. / 6 * 2 / 3, 1e-10);
    turnbull_read(fit, 100, &low, &high);
    assert_true(low < 1e-12);
    turnbull_free(fit);
}

static void test_order_of_rows_and_copies_change_no_bit_of_turnbull(void **state)
{
    (void)state;
    struct reference *rows = reference_read("tests/reference/intervals_rows.csv");
    struct set *set = calloc(1, sizeof *set), *turned = calloc(1, sizeof *turned);
    for (int64_t number = 1; number <= 10; number++) {
        take_set(rows, number, set);
        turn_set(set, 3, turned);
        struct turnbull *a = turned_bull(set, NULL), *b = turned_bull(turned, NULL), *thrice = turned_bull(turned, turned->frequency);
        assert_int_equal(a->n, b->n);
        assert_memory_equal(a->surv, b->surv, a->n * sizeof *a->surv);
        for (size_t j = 0; j < a->n; j++)
            assert_true(fabs(thrice->surv[j] - a->surv[j]) < 1e-5);
        assert_near(thrice->loglik, 3 * a->loglik, 1e-9);
        turnbull_free(a);
        turnbull_free(b);
        turnbull_free(thrice);
    }
    free(set);
    free(turned);
    reference_free(rows);
}

static void test_turnbull_gives_bounds_within_an_interval(void **state)
{
    (void)state;
    const double lower[] = {0, 4}, upper[] = {3, 6};
    struct turnbull *fit = turnbull_alloc(2);
    double low, high;
    assert_int_equal(turnbull_solve(2, lower, upper, NULL, TURNBULL_TOLERANCE, 100, fit), GSL_SUCCESS);
    turnbull_read(fit, 2, &low, &high);
    assert_near(low, 0.5, 1e-12);
    assert_near(high, 1, 0);
    turnbull_read(fit, 3.5, &low, &high);
    assert_near(low, 0.5, 1e-12);
    assert_near(high, 0.5, 1e-12);
    turnbull_read(fit, 5, &low, &high);
    assert_near(low, 0, 0);
    assert_near(high, 0.5, 1e-12);
    turnbull_free(fit);
}

static void test_turnbull_refuses_ends_that_cannot_be(void **state)
{
    (void)state;
    const double bad[][2] = {{3, 2}, {-1, 2}, {NAN, 2}, {1, NAN}, {INFINITY, INFINITY}};
    const int64_t none[] = {0}, negative[] = {-1};
    struct turnbull *fit = turnbull_alloc(1);
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++)
        assert_int_equal(turnbull_solve(1, &bad[k][0], &bad[k][1], NULL, 1e-10, 10, fit), GSL_EDOM);
    const double lower = 1, upper = 2;
    assert_int_equal(turnbull_solve(1, &lower, &upper, none, 1e-10, 10, fit), GSL_EINVAL);
    assert_int_equal(turnbull_solve(1, &lower, &upper, negative, 1e-10, 10, fit), GSL_EDOM);
    assert_int_equal(turnbull_solve(2, &lower, &upper, NULL, 1e-10, 10, fit), GSL_EINVAL);
    turnbull_free(fit);
    turnbull_free(NULL);
    assert_null(turnbull_alloc(0));
}

/* ---- accelerated failure times --------------------------------------------------------------------------------- */

static struct aft *solved(const struct set *set, enum aft_distribution distribution, const int64_t *frequency, size_t n_threads)
{
    const struct aft_rows rows = {.n = set->n, .lower = set->lower, .upper = set->upper, .frequency = frequency,
                                  .design = &set->design};
    struct aft *fit = aft_alloc(P);
    assert_non_null(fit);
    assert_int_equal(aft_solve(&rows, distribution, n_threads, fit), GSL_SUCCESS);
    assert_true(fit->converged);
    return fit;
}

static double value_of(const struct aft *fit, int64_t key)
{
    if (key < 4)
        return fit->coef[key];
    if (key < 8)
        return fit->std_err[key - 4];
    const double rest[] = {fit->coef[4], fit->std_err[4], fit->loglik_null, fit->loglik};
    return rest[key - 8];
}

static void test_accelerated_failure_times_equal_survreg(void **state)
{
    (void)state;
    struct reference *rows = reference_read("tests/reference/intervals_rows.csv");
    struct reference *answers = reference_read("tests/reference/intervals_answers.csv");
    struct set *set = calloc(1, sizeof *set);
    size_t n_seen = 0;
    for (size_t k = 0; k < answers->n_rows; k++) {
        const int64_t what = reference_count(answers, k, "what");
        if (what == 0 || what >= 5)
            continue;
        take_set(rows, reference_count(answers, k, "set"), set);
        struct aft *fit = solved(set, (enum aft_distribution)(what - 1), NULL, 1);
        const double expected = reference_value(answers, k, "value");
        if (fabs(expected) > 1e-3)
            assert_near(value_of(fit, reference_count(answers, k, "key")), expected, 1e-7);
        else
            assert_true(fabs(value_of(fit, reference_count(answers, k, "key")) - expected) < 1e-8);
        n_seen++;
        aft_free(fit);
    }
    assert_true(n_seen > 800);
    free(set);
    reference_free(answers);
    reference_free(rows);
}

static void test_order_threads_and_copies_change_nothing_of_a_model(void **state)
{
    (void)state;
    struct set *set = set_of(3), *turned = calloc(1, sizeof *turned);
    turn_set(set, 2, turned);
    for (int d = AFT_WEIBULL; d <= AFT_LOGLOGISTIC; d++) {
        struct aft *a = solved(set, (enum aft_distribution)d, NULL, 1), *b = solved(turned, (enum aft_distribution)d, NULL, 4);
        struct aft *twice = solved(turned, (enum aft_distribution)d, turned->frequency, 1);
        assert_memory_equal(a->coef, b->coef, (P + 2) * sizeof *a->coef);
        assert_memory_equal(a->std_err, b->std_err, (P + 2) * sizeof *a->std_err);
        for (size_t j = 0; j < P + 1; j++) {
            assert_near(twice->coef[j], a->coef[j], 1e-9);
            assert_near(twice->std_err[j] * sqrt(2), a->std_err[j], 1e-9);
        }
        aft_free(a);
        aft_free(b);
        aft_free(twice);
    }
    free(set);
    free(turned);
}

/* Seven times the time adds log 7 to b_0 and 7 fewer log-likelihoods of a density, and changes nothing else. */
static void test_the_unit_of_time_moves_the_intercept_alone(void **state)
{
    (void)state;
    struct set *set = set_of(3);
    for (int d = AFT_WEIBULL; d <= AFT_LOGLOGISTIC; d++) {
        struct aft *days = solved(set, (enum aft_distribution)d, NULL, 1);
        for (size_t i = 0; i < set->n; i++) {
            set->lower[i] *= 7;
            set->upper[i] *= 7;
        }
        struct aft *weeks = solved(set, (enum aft_distribution)d, NULL, 1);
        for (size_t i = 0; i < set->n; i++) {
            set->lower[i] /= 7;
            set->upper[i] /= 7;
        }
        assert_near(weeks->coef[0], days->coef[0] + log(7), 1e-9);
        for (size_t j = 1; j < P + 1; j++)
            assert_near(weeks->coef[j], days->coef[j], 1e-8);
        aft_free(days);
        aft_free(weeks);
    }
    free(set);
}

static void test_a_level_without_an_event_has_no_time_ratio(void **state)
{
    (void)state;
    struct set *set = set_of(3);
    for (size_t i = 0; i < set->n; i++)
        if (set->f[i] == 2) {
            set->lower[i] = fmax(set->lower[i], 1);
            set->upper[i] = INFINITY;
        }
    for (int d = AFT_WEIBULL; d <= AFT_LOGLOGISTIC; d++) {
        struct aft *fit = solved(set, (enum aft_distribution)d, NULL, 1);
        assert_int_equal(fit->column[1], AFT_FITTED);
        assert_int_equal(fit->column[2], AFT_INFINITE);
        assert_true(isnan(fit->coef[3]) && isfinite(fit->coef[0]) && isfinite(fit->std_err[2]));
        aft_free(fit);
    }
    free(set);
}

/* As the level that others are compared with it leaves no intercept, and none of them a ratio; the rest is as it is otherwise. */
static void test_a_reference_without_an_event_leaves_the_rest_as_it_is(void **state)
{
    static const int32_t second[] = {1, DESIGN_NONE, 2};
    (void)state;
    struct set *set = set_of(3);
    for (size_t i = 0; i < set->n; i++)
        if (set->f[i] == 0) {
            set->lower[i] = fmax(set->lower[i], 1);
            set->upper[i] = INFINITY;
        }
    for (int d = AFT_WEIBULL; d <= AFT_LOGLOGISTIC; d++) {
        design_set(set);
        struct aft *const without = solved(set, (enum aft_distribution)d, NULL, 1);
        set->block[1].column = second;
        struct aft *const with = solved(set, (enum aft_distribution)d, NULL, 1);
        assert_true(without->column[1] == AFT_INFINITE && without->column[2] == AFT_INFINITE);
        assert_true(with->column[1] == AFT_INFINITE && with->column[2] == AFT_FITTED);
        assert_true(isnan(without->coef[0]) && isnan(without->std_err[0]) && isfinite(with->coef[0]));
        assert_near(without->coef[1], with->coef[1], 1e-7);
        assert_near(without->std_err[1], with->std_err[1], 1e-7);
        assert_near(without->std_err[4], with->std_err[4], 1e-7);
        assert_near(without->loglik, with->loglik, 1e-9);
        aft_free(without);
        aft_free(with);
    }
    free(set);
}

static void test_models_refuse_what_cannot_be_fitted(void **state)
{
    (void)state;
    struct set *set = calloc(1, sizeof *set);
    struct aft *fit = aft_alloc(P), *other = aft_alloc(1);
    set->n = 3;
    for (size_t i = 0; i < 3; i++) {
        set->lower[i] = (double)i + 1;
        set->upper[i] = INFINITY;
        set->f[i] = (uint16_t)i;
        set->frequency[i] = 0;
    }
    design_set(set);
    struct aft_rows rows = {.n = 3, .lower = set->lower, .upper = set->upper, .design = &set->design};
    assert_int_equal(aft_solve(&rows, AFT_WEIBULL, 1, fit), GSL_EZERODIV);
    assert_int_equal(aft_solve(&rows, AFT_WEIBULL, 1, other), GSL_EINVAL);
    assert_int_equal(aft_solve(&rows, AFT_WEIBULL, 0, fit), GSL_EINVAL);
    set->upper[0] = 0.5;
    assert_int_equal(aft_solve(&rows, AFT_WEIBULL, 1, fit), GSL_EDOM);
    set->lower[0] = set->upper[0] = 0;
    assert_int_equal(aft_solve(&rows, AFT_WEIBULL, 1, fit), GSL_EDOM);
    set->lower[0] = 0;
    set->upper[0] = INFINITY;
    assert_int_equal(aft_solve(&rows, AFT_WEIBULL, 1, fit), GSL_EDOM);
    set->lower[0] = set->upper[0] = 2;
    rows.frequency = set->frequency;
    assert_int_equal(aft_solve(&rows, AFT_WEIBULL, 1, fit), GSL_EINVAL); /* nobody */
    set->frequency[1] = -1;
    assert_int_equal(aft_solve(&rows, AFT_WEIBULL, 1, fit), GSL_EDOM);
    aft_free(fit);
    aft_free(other);
    aft_free(NULL);
    free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_turnbull_equals_self_consistency_run_to_its_end),
        cmocka_unit_test(test_turnbull_fulfils_the_conditions_of_a_maximum),
        cmocka_unit_test(test_errors_of_turnbull_are_those_of_the_observed_information),
        cmocka_unit_test(test_errors_of_turnbull_for_right_censored_times_are_greenwoods),
        cmocka_unit_test(test_a_row_that_says_nothing_changes_no_error),
        cmocka_unit_test(test_turnbull_of_right_censored_times_is_kaplan_meier),
        cmocka_unit_test(test_order_of_rows_and_copies_change_no_bit_of_turnbull),
        cmocka_unit_test(test_turnbull_gives_bounds_within_an_interval),
        cmocka_unit_test(test_turnbull_refuses_ends_that_cannot_be),
        cmocka_unit_test(test_accelerated_failure_times_equal_survreg),
        cmocka_unit_test(test_order_threads_and_copies_change_nothing_of_a_model),
        cmocka_unit_test(test_the_unit_of_time_moves_the_intercept_alone),
        cmocka_unit_test(test_a_level_without_an_event_has_no_time_ratio),
        cmocka_unit_test(test_a_reference_without_an_event_leaves_the_rest_as_it_is),
        cmocka_unit_test(test_models_refuse_what_cannot_be_fitted),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests_name("intervals", tests, NULL, NULL);
}
