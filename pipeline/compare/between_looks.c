/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/between_looks.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "cohort/arms.h"
#include "compare/numbers.h"
#include "compare/rows.h"
#include "compare/sample.h"
#include "stats/turnbull_error.h"
#include "stats/turnbull_places.h"

static const char METHOD[] = "Turnbull; errors by the observed information";

struct arm_fit {
    struct turnbull *fit; /* NULL: nobody */
    double *std_err;      /* [fit->n] */
    int why;              /* of turnbull_error */
    const struct sample *people;
    size_t arm;
};

/* The rows of an arm as intervals (lower, upper]. */
static int take_intervals(const struct sample *s, size_t arm, struct turnbull_rows *rows)
{
    if ((rows->lower = allocate(s->n + 1, sizeof *rows->lower)) == NULL || (rows->upper = allocate(s->n + 1, sizeof *rows->upper)) == NULL ||
        (rows->frequency = allocate(s->n + 1, sizeof *rows->frequency)) == NULL)
        return GSL_ENOMEM;
    for (size_t i = 0; i < s->n; i++) {
        if (s->arm[i] != (int32_t)arm)
            continue;
        const bool event = s->cause[i] == 1, point = event && s->low[i] >= s->high[i];
        rows->lower[rows->n] = point ? s->high[i] : fmax(s->low[i] - 1, 0);
        rows->upper[rows->n] = event ? s->high[i] : (double)INFINITY;
        rows->frequency[rows->n++] = s->frequency[i];
    }
    return GSL_SUCCESS;
}

static int solve_rows(const struct turnbull_rows *rows, struct arm_fit *of)
{
    if ((of->fit = turnbull_alloc(rows->n)) == NULL)
        return GSL_ENOMEM;
    const int code = turnbull_solve(rows->n, rows->lower, rows->upper, rows->frequency, TURNBULL_TOLERANCE, TURNBULL_ITERATIONS, of->fit);
    if (code == GSL_SUCCESS && (of->std_err = allocate(of->fit->n + 1, sizeof *of->std_err)) == NULL)
        return GSL_ENOMEM;
    if (code == GSL_SUCCESS)
        of->why = turnbull_error(of->fit, of->std_err);
    return code;
}

static int solve_arm(const struct comparison *c, size_t arm, struct arm_fit *of)
{
    struct turnbull_rows rows = {0};
    *of = (struct arm_fit){.people = c->people, .arm = arm};
    int code = take_intervals(c->people, arm, &rows);

    if (code == GSL_SUCCESS)
        code = turnbull_collect(&rows, c->reducer);
    if (code == GSL_SUCCESS && rows.n > 0)
        code = solve_rows(&rows, of);
    turnbull_rows_free(&rows);
    if (code == GSL_SUCCESS && of->why != GSL_ENOMEM)
        return 0;
    return fail("Turnbull's estimate: %s", gsl_strerror(code != GSL_SUCCESS ? code : of->why));
}

static void free_arms(struct arm_fit *arms, size_t n)
{
    for (size_t arm = 0; arms != NULL && arm < n; arm++) {
        free(arms[arm].std_err);
        turnbull_free(arms[arm].fit);
    }
    free(arms);
}

/* By the end of a day. */
static int64_t events_found(const struct comparison *c, const struct arm_fit *of, double day)
{
    const struct sample *const s = of->people;
    int64_t n = 0;

    for (size_t i = 0; i < s->n; i++)
        if (s->arm[i] == (int32_t)of->arm && s->cause[i] == 1 && s->time[i] <= day)
            n += s->frequency[i];
    return reducer_sum_one(c->reducer, n);
}

static bool is_risk(enum measure measure)
{
    return measure == MEASURE_risk || measure == MEASURE_risk_difference;
}

/* P(T > day) of an arm; P(T >= day) is P(T > day - 1), since days are whole. */
static struct number arm_number(const struct comparison *c, const struct arm_fit *of, const struct wanted *wanted)
{
    const double day = wanted->horizon.at_least ? wanted->horizon.time - 1 : wanted->horizon.time;
    struct survival_interval interval;
    struct number number = number_none();
    double low, high, conf_low = NAN, conf_high = NAN;

    number.method = METHOD;
    if (of->fit == NULL || c->n_cause > 1) {
        number_undefined(&number, of->fit == NULL ? "nobody is in the arm" : "Turnbull's estimate knows no competing events");
        return number;
    }
    number.n = of->fit->n_person;
    number.n_event = events_found(c, of, day);
    turnbull_read(of->fit, day, &low, &high);
    if (low != high) {
        number_undefined(&number, "not to be known: the day lies within an interval; the %s is between %.4g and %.4g",
                         is_risk(wanted->measure) ? "risk" : "survival", is_risk(wanted->measure) ? 1 - high : low,
                         is_risk(wanted->measure) ? 1 - low : high);
        return number;
    }
    const size_t place = turnbull_place(of->fit, day);
    const double error = place == SIZE_MAX ? (double)NAN : of->std_err[place];
    if (!isnan(error) && comparison_interval(c->analysis, &interval) == GSL_SUCCESS)
        survival_interval_limits(&interval, low, error, &conf_low, &conf_high);
    if (is_risk(wanted->measure))
        number_set(&number, 1 - low, error, 1 - conf_high, 1 - conf_low);
    else
        number_set(&number, low, error, conf_low, conf_high);
    if (!of->fit->converged) {
        number.flagged = true;
        snprintf(number.note, sizeof number.note, "did not converge");
    } else if (isnan(error) && low > 0 && low < 1) {
        snprintf(number.note, sizeof number.note, "no standard error: %s",
                 of->why == GSL_EBADLEN ? "there are too many intervals with mass" : "the mass is not unique");
    }
    return number;
}

static struct number pair_number(const struct comparison *c, const struct arm_fit *arms, struct arm_pair pair,
                                 const struct wanted *wanted)
{
    const struct number arm = arm_number(c, &arms[pair.arm], wanted), reference = arm_number(c, &arms[pair.reference], wanted);
    struct number number = number_none();

    number.method = METHOD;
    number_combine(&number, &arm, &reference);
    if (!number_needs(&number, &arm, &reference))
        return number;
    number_set_wald(&number, arm.estimate - reference.estimate, hypot(arm.std_error, reference.std_error), CONF_LEVEL);
    number_cut(&number, -1, 1);
    number.flagged = arm.flagged || reference.flagged;
    number_inherit_note(&number, &arm, &reference);
    return number;
}

static int add_row(const struct comparison *c, const struct wanted *wanted, const struct number *number, size_t arm,
                   const char *reference, struct table *estimates)
{
    struct estimate row = rows_keys(c, wanted);

    number_put(number, &row);
    row.adjustment = "interval_censored";
    row.arm = comparison_arm(c, arm);
    row.reference = reference;
    return estimates_add(estimates, &row);
}

static int add_arms(const struct comparison *c, const struct arm_fit *arms, const struct wanted *wanted, struct table *estimates)
{
    int status = 0;

    for (size_t arm = 0; status == 0 && arm < c->n_arm; arm++) {
        const struct number number = arm_number(c, &arms[arm], wanted);
        status = add_row(c, wanted, &number, arm, NULL, estimates);
    }
    return status;
}

static int add_pairs(const struct comparison *c, const struct arm_fit *arms, const struct wanted *wanted, struct table *estimates)
{
    struct arm_pairs pairs;
    int status = 0;

    arm_pairs_list(c->study, c->analysis, &pairs);
    for (size_t i = 0; status == 0 && i < pairs.n; i++) {
        const struct number number = pair_number(c, arms, pairs.items[i], wanted);
        status = add_row(c, wanted, &number, pairs.items[i].arm, comparison_arm(c, pairs.items[i].reference), estimates);
    }
    return status;
}

static int add_rows(const struct comparison *c, const struct arm_fit *arms, const struct wanted_list *wanted, struct table *estimates)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < wanted->n; i++) {
        const enum measure measure = wanted->items[i].measure;
        if (measure == MEASURE_survival || measure == MEASURE_risk)
            status = add_arms(c, arms, &wanted->items[i], estimates);
        else if (measure == MEASURE_survival_difference || measure == MEASURE_risk_difference)
            status = add_pairs(c, arms, &wanted->items[i], estimates);
    }
    return status;
}

int between_looks_add(const struct comparison *c, const struct wanted_list *wanted, struct table *estimates)
{
    struct arm_fit *arms;
    int status = 0;

    if (!c->outcome->between_looks || c->people == NULL || c->people->low == NULL || c->stratum != NULL)
        return 0;
    if ((arms = allocate(c->n_arm, sizeof *arms)) == NULL)
        return -1;
    for (size_t arm = 0; status == 0 && arm < c->n_arm && c->n_cause == 1; arm++)
        status = solve_arm(c, arm, &arms[arm]);
    if (status == 0)
        status = add_rows(c, arms, wanted, estimates);
    free_arms(arms, c->n_arm);
    return status;
}
