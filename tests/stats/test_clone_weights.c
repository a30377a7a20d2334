/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/clone_weights.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/weighted_curve.h"
#include "tests/stats/strategy_people.h"

enum { N_RULES = 5, N_NUMBERS = 4 };

static const struct clone_rule rules[N_RULES] = {
    {-1, 10, 11}, {10, INFINITY, 1}, {INFINITY, INFINITY, 1}, {4, 14, 6}, {10, INFINITY, 1}};
static const double truncate[N_RULES] = {1, 1, 1, 1, 0.9};

/* Clones of one strategy with their curve. */
struct solved {
    double axis[N_AXIS], time[N_MAX];
    int32_t cause[N_MAX];
    struct clone_rows rows;
    struct clone_weights *weights;
    struct weighted_rows weighted;
    struct weighted_curve *curve;
};

static int solve(struct solved *s, const struct people *p, const struct design_matrix *design, const struct clone_rule *rule,
                 double quantile, size_t n_threads)
{
    for (size_t k = 0; k < N_AXIS; k++)
        s->axis[k] = (double)k;
    for (size_t i = 0; i < p->n; i++) {
        s->time[i] = p->time[i];
        s->cause[i] = p->cause[i];
        clone_cut(rule, p->act[i], &s->time[i], &s->cause[i]);
    }
    s->rows = (struct clone_rows){p->n, s->time, s->cause, p->act, NULL, design, NULL};
    const int code = clone_weights_alloc(&s->rows, rule, s->axis, N_AXIS, quantile, n_threads, &s->weights);
    if (code != GSL_SUCCESS)
        return code;
    s->weighted = (struct weighted_rows){s->weights->n, s->weights->place, s->weights->entry, s->weights->cause, s->weights->weight};
    s->curve = weighted_curve_alloc(s->axis, N_AXIS, 2);
    assert_non_null(s->curve);
    return weighted_curve_solve(s->curve, &s->weighted);
}

static void solved_free(struct solved *s)
{
    weighted_curve_free(s->curve);
    clone_weights_free(s->weights);
}

/* The four numbers at a day and, by person, their linear parts. */
static void read(const struct solved *s, double day, double value[N_NUMBERS], double phi[N_NUMBERS][N_MAX])
{
    double *d = calloc(s->weights->n, sizeof *d);

    assert_non_null(d);
    value[0] = weighted_curve_survival(s->curve, day);
    value[1] = weighted_curve_risk(s->curve, 1, day);
    value[2] = weighted_curve_risk(s->curve, 2, day);
    assert_int_equal(weighted_curve_rmst(s->curve, day, &value[3]), GSL_SUCCESS);
    for (int k = 0; k < N_NUMBERS; k++) {
        if (k == 0)
            weighted_curve_survival_influence(s->curve, &s->weighted, day, d);
        else if (k < 3)
            weighted_curve_risk_influence(s->curve, &s->weighted, (size_t)k, day, d);
        else
            weighted_curve_rmst_influence(s->curve, &s->weighted, day, d);
        assert_int_equal(clone_weights_influence(s->weights, d, phi[k]), GSL_SUCCESS);
    }
    free(d);
}

static double error_of(size_t n, const double *phi, const double *less)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += pow(phi[i] - (less == NULL ? 0 : less[i]), 2);
    return sqrt(sum);
}

static const char *const names[N_NUMBERS] = {"surv", "risk_1", "risk_2", "rmst"};
static const char *const error_names[N_NUMBERS] = {"surv_se", "risk_1_se", "risk_2_se", "rmst_se"};

static void compare_strategy(const struct reference *answers, size_t row, const struct people *p, size_t rule)
{
    struct solved s = {0};
    double value[N_NUMBERS];
    static double phi[N_NUMBERS][N_MAX];

    assert_int_equal(solve(&s, p, &p->design, &rules[rule], truncate[rule], 1), GSL_SUCCESS);
    read(&s, reference_value(answers, row, "at"), value, phi);
    for (int k = 0; k < N_NUMBERS; k++) {
        assert_near(value[k], reference_value(answers, row, names[k]), 1e-10);
        assert_near(error_of(p->n, phi[k], NULL), reference_value(answers, row, error_names[k]), 2e-7);
    }
    assert_int_equal(s.weights->n_departed, reference_count(answers, row, "departed"));
    assert_int_equal(s.weights->n_following, reference_count(answers, row, "following"));
    assert_near(s.weights->effective, reference_value(answers, row, "effective"), 1e-9);
    assert_near(s.weights->largest_weight, reference_value(answers, row, "largest"), 1e-9);
    solved_free(&s);
}

static void compare_difference(const struct reference *answers, size_t row, const struct people *p)
{
    struct solved s[2] = {{.curve = NULL}, {.curve = NULL}};
    static double value[2][N_NUMBERS], phi[2][N_NUMBERS][N_MAX];

    for (int k = 0; k < 2; k++) {
        assert_int_equal(solve(&s[k], p, &p->design, &rules[k], 1, 1), GSL_SUCCESS);
        read(&s[k], reference_value(answers, row, "at"), value[k], phi[k]);
    }
    for (int k = 0; k < N_NUMBERS; k++) {
        assert_near(value[0][k] - value[1][k], reference_value(answers, row, names[k]), 1e-9);
        assert_near(error_of(p->n, phi[0][k], phi[1][k]), reference_value(answers, row, error_names[k]), 2e-7);
    }
    solved_free(&s[0]);
    solved_free(&s[1]);
}

static void test_equals_a_slow_computation_in_r_with_glm(void **state)
{
    (void)state;
    struct reference *answers = reference_read("tests/reference/strategies_answers.csv");

    assert_non_null(answers);
    for (size_t row = 0; row < answers->n_rows; row++) {
        struct people *p = people_of(reference_count(answers, row, "set"), true);
        const size_t rule = (size_t)reference_count(answers, row, "strategy");
        if (rule < N_RULES)
            compare_strategy(answers, row, p, rule);
        else
            compare_difference(answers, row, p);
        free(p);
    }
    assert_int_equal(answers->n_rows, 3 * 6 * 3);
    reference_free(answers);
}

static const struct design_matrix *no_covariates(size_t n)
{
    static struct design_matrix none;

    none = (struct design_matrix){.n = n};
    return &none;
}

/* Clones without weights. */
static struct weighted_curve *plain_curve(const struct solved *s)
{
    uint32_t place[N_MAX];
    double one[N_MAX];
    struct weighted_curve *curve = weighted_curve_alloc(s->axis, N_AXIS, 2);

    assert_non_null(curve);
    for (size_t i = 0; i < s->rows.n; i++) {
        place[i] = (uint32_t)s->time[i];
        one[i] = 1;
    }
    const struct weighted_rows rows = {s->rows.n, place, NULL, s->cause, one};
    assert_int_equal(weighted_curve_solve(curve, &rows), GSL_SUCCESS);
    return curve;
}

static void assert_same_curve(const struct weighted_curve *a, const struct weighted_curve *b)
{
    for (size_t k = 0; k < N_AXIS; k++) {
        assert_near(a->surv[k], b->surv[k], 1e-12);
        assert_near(a->cuminc[k], b->cuminc[k], 1e-12);
        assert_near(a->cuminc[N_AXIS + k], b->cuminc[N_AXIS + k], 1e-12);
    }
}

static void test_without_covariates_curves_are_those_of_the_censored_clones(void **state)
{
    (void)state;
    struct people *p = people_of(1, true);

    for (size_t rule = 0; rule < 3; rule++) {
        struct solved s = {0};
        assert_int_equal(solve(&s, p, no_covariates(p->n), &rules[rule], 1, 1), GSL_SUCCESS);
        struct weighted_curve *plain = plain_curve(&s);
        assert_same_curve(s.curve, plain);
        weighted_curve_free(plain);
        solved_free(&s);
    }
    free(p);
}

static void test_a_strategy_that_everybody_follows_has_weights_of_one(void **state)
{
    (void)state;
    struct people *p = people_of(1, true);
    struct solved s = {0};
    double value[N_NUMBERS];
    static double phi[N_NUMBERS][N_MAX];

    for (size_t i = 0; i < p->n; i++)
        p->act[i] = INFINITY;
    assert_int_equal(solve(&s, p, &p->design, &rules[1], 1, 1), GSL_SUCCESS);
    assert_int_equal(s.weights->n, p->n);
    assert_int_equal(s.weights->n_departed, 0);
    for (size_t r = 0; r < s.weights->n; r++)
        assert_near(s.weights->weight[r], 1, 0);
    struct weighted_curve *plain = plain_curve(&s);
    assert_same_curve(s.curve, plain);
    /* Then the influence function is that of Kaplan-Meier, and Greenwood's error. */
    read(&s, 20, value, phi);
    double greenwood = 0;
    for (size_t k = 0; k <= 20; k++) {
        const double d = plain->event[k] + plain->event[N_AXIS + k], y = plain->at_risk[k];
        greenwood += d > 0 ? d / (y * (y - d)) : 0;
    }
    assert_near(error_of(p->n, phi[0], NULL), value[0] * sqrt(greenwood), 1e-12);
    weighted_curve_free(plain);
    solved_free(&s);
    free(p);
}

static void test_a_person_twice_is_a_frequency_of_two(void **state)
{
    (void)state;
    struct people *p = people_of(1, true), *twice = calloc(1, sizeof *twice);
    struct solved s = {0}, t = {0};
    double frequency[N_MAX];

    assert_non_null(twice);
    *twice = *p;
    for (size_t i = 0; i < p->n; i++)
        frequency[i] = 1 + (i < 20);
    for (size_t i = 0; i < 20; i++) {
        twice->time[p->n + i] = p->time[i];
        twice->cause[p->n + i] = p->cause[i];
        twice->act[p->n + i] = p->act[i];
        twice->age[p->n + i] = p->age[i];
        twice->sex[p->n + i] = p->sex[i];
        twice->site[p->n + i] = p->site[i];
    }
    twice->n = p->n + 20;
    people_connect(twice, true);
    assert_int_equal(solve(&t, twice, &twice->design, &rules[3], 1, 1), GSL_SUCCESS);
    assert_int_equal(solve(&s, p, &p->design, &rules[3], 1, 1), GSL_SUCCESS);
    clone_weights_free(s.weights);
    weighted_curve_free(s.curve);
    s.rows.frequency = frequency;
    assert_int_equal(clone_weights_alloc(&s.rows, &rules[3], s.axis, N_AXIS, 1, 1, &s.weights), GSL_SUCCESS);
    s.weighted = (struct weighted_rows){s.weights->n, s.weights->place, s.weights->entry, s.weights->cause, s.weights->weight};
    s.curve = weighted_curve_alloc(s.axis, N_AXIS, 2);
    assert_int_equal(weighted_curve_solve(s.curve, &s.weighted), GSL_SUCCESS);
    assert_same_curve(s.curve, t.curve);
    assert_near(s.weights->effective, t.weights->effective, 1e-10);
    solved_free(&s);
    solved_free(&t);
    free(twice);
    free(p);
}

static void test_threads_and_order_change_no_bit(void **state)
{
    (void)state;
    struct people *p = people_of(1, true), *turned = calloc(1, sizeof *turned);
    struct solved s = {0}, t = {0};
    static double value[2][N_NUMBERS], phi[2][N_NUMBERS][N_MAX];

    assert_non_null(turned);
    turned->n = p->n;
    for (size_t i = 0; i < p->n; i++) {
        const size_t k = p->n - 1 - i;
        turned->time[i] = p->time[k];
        turned->cause[i] = p->cause[k];
        turned->act[i] = p->act[k];
        turned->age[i] = p->age[k];
        turned->sex[i] = p->sex[k];
        turned->site[i] = p->site[k];
    }
    people_connect(turned, true);
    assert_int_equal(solve(&s, p, &p->design, &rules[3], 1, 1), GSL_SUCCESS);
    assert_int_equal(solve(&t, turned, &turned->design, &rules[3], 1, 3), GSL_SUCCESS);
    read(&s, 25, value[0], phi[0]);
    read(&t, 25, value[1], phi[1]);
    for (int k = 0; k < N_NUMBERS; k++) {
        assert_true(value[0][k] == value[1][k]);
        for (size_t i = 0; i < p->n; i++)
            assert_true(phi[0][k][i] == phi[1][k][p->n - 1 - i]);
    }
    solved_free(&s);
    solved_free(&t);
    free(turned);
    free(p);
}

static void test_events_come_before_departures_of_their_day(void **state)
{
    (void)state;
    double time = 10;
    int32_t cause = 1;

    assert_false(clone_cut(&rules[1], 10, &time, &cause)); /* acts on the day of the event */
    assert_true(time == 10 && cause == 1);
    assert_false(clone_cut(&rules[0], INFINITY, &time, &cause)); /* waits to the day of the event */
    assert_true(time == 10 && cause == 1);
    cause = 0;
    assert_true(clone_cut(&rules[1], 10, &time, &cause)); /* lost on that day: departs on it */
    time = 30;
    cause = 2;
    assert_true(clone_cut(&rules[1], 7, &time, &cause));
    assert_true(time == 7 && cause == 0);
    time = 30;
    cause = 2;
    assert_true(clone_cut(&rules[3], 15, &time, &cause)); /* too late */
    assert_true(time == 14 && cause == 0);
    time = 30;
    cause = 2;
    assert_true(clone_cut(&rules[3], 3, &time, &cause)); /* too early */
    assert_true(time == 3 && cause == 0);
    time = 30;
    cause = 2;
    assert_false(clone_cut(&rules[3], 9, &time, &cause));
    assert_true(time == 30 && cause == 2);
}

static void test_a_strategy_that_nobody_follows_is_refused(void **state)
{
    (void)state;
    struct people *p = people_of(1, true);
    struct solved s = {0};

    for (size_t i = 0; i < p->n; i++)
        p->act[i] = INFINITY;
    assert_int_equal(solve(&s, p, &p->design, &rules[0], 1, 1), GSL_EDOM);
    assert_null(s.weights);
    for (size_t i = 0; i < p->n; i++)
        p->act[i] = 0;
    assert_int_equal(solve(&s, p, &p->design, &rules[1], 1, 1), GSL_EDOM);
    assert_null(s.weights);
    free(p);
}

static void test_levels_in_which_nobody_follows_are_counted(void **state)
{
    (void)state;
    struct people *p = people_of(1, true);
    struct solved s = {0};
    size_t n = 0;

    for (size_t i = 0; i < p->n; i++)
        if (p->site[i] == 2)
            p->act[i] = INFINITY;
    assert_int_equal(solve(&s, p, &p->design, &rules[0], 1, 1), GSL_SUCCESS);
    for (size_t i = 0; i < p->n; i++)
        n += p->site[i] == 2 && s.time[i] == 10 && s.cause[i] == 0;
    assert_true(n > 5);
    assert_int_equal(s.weights->n_unfollowed, n);
    solved_free(&s);
    free(p);
}

static void test_numbers_that_are_not_as_said_are_refused(void **state)
{
    (void)state;
    struct people *p = people_of(1, true);
    struct solved s = {0};
    struct clone_rule rule = rules[0];

    rule.period = 0;
    assert_int_equal(solve(&s, p, &p->design, &rule, 1, 1), GSL_EINVAL);
    rule = rules[0];
    rule.by = -1;
    assert_int_equal(solve(&s, p, &p->design, &rule, 1, 1), GSL_EINVAL);
    assert_int_equal(solve(&s, p, &p->design, &rules[0], 0.5, 1), GSL_EINVAL);
    p->act[3] = -1;
    assert_int_equal(solve(&s, p, &p->design, &rules[0], 1, 1), GSL_EINVAL);
    p->act[3] = 2;
    p->time[3] = NAN;
    assert_int_equal(solve(&s, p, &p->design, &rules[0], 1, 1), GSL_EINVAL);
    clone_weights_free(NULL);
    p->time[3] = 20;
    assert_int_equal(solve(&s, p, &p->design, &rules[0], 1, 1), GSL_SUCCESS);
    static double phi[N_MAX];
    double *d = calloc(s.weights->n, sizeof *d);
    assert_non_null(d);
    d[2] = NAN;
    assert_int_equal(clone_weights_influence(s.weights, d, phi), GSL_EINVAL);
    free(d);
    solved_free(&s);
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equals_a_slow_computation_in_r_with_glm),
        cmocka_unit_test(test_without_covariates_curves_are_those_of_the_censored_clones),
        cmocka_unit_test(test_a_strategy_that_everybody_follows_has_weights_of_one),
        cmocka_unit_test(test_a_person_twice_is_a_frequency_of_two),
        cmocka_unit_test(test_threads_and_order_change_no_bit),
        cmocka_unit_test(test_events_come_before_departures_of_their_day),
        cmocka_unit_test(test_a_strategy_that_nobody_follows_is_refused),
        cmocka_unit_test(test_levels_in_which_nobody_follows_are_counted),
        cmocka_unit_test(test_numbers_that_are_not_as_said_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
