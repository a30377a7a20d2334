/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Turnbull's estimate of the survival of times known up to intervals, by arm. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/number.h"
#include "fit/arm_rows.h"
#include "fit/survival_table.h"
#include "stats/survival_interval.h"
#include "stats/turnbull_error.h"

/* An arm with what its rows need. */
struct run {
    const struct fit_request *request;
    const struct frame *frame;
    size_t arm;
    struct turnbull *fit;
    double *std_err;     /* [fit->n], NAN where there is none */
    const char *without; /* why there are no errors, or NULL */
    struct survival_interval interval;
};

static const char METHOD[] = "Turnbull; errors by the observed information";

static int add_row(const struct run *run, double t, double low, double high, struct table *estimates)
{
    struct estimate row = survival_row(run->request, run->frame, MEASURE_survival, run->arm, 0);
    const size_t place = turnbull_place(run->fit, t);
    const double error = place != SIZE_MAX ? run->std_err[place] : (double)NAN;
    char note[128];
    row.time = t;
    row.n = run->fit->n_person;
    row.conf_level = NAN;
    row.method = METHOD;
    if (low != high) {
        snprintf(note, sizeof note, "not to be known: the time lies within an interval; S is between %.6g and %.6g", low, high);
        row.status = "undefined";
        row.note = note;
        return estimates_add(estimates, &row);
    }
    row.estimate = low;
    if (!isnan(error)) {
        row.std_error = error;
        survival_interval_limits(&run->interval, low, error, &row.conf_low, &row.conf_high);
        row.conf_level = isnan(row.conf_low) ? (double)NAN : run->request->level;
    } else if (low > 0 && low < 1) {
        row.note = run->without;
    }
    if (!run->fit->converged) {
        snprintf(note, sizeof note, "did not converge: the log-likelihood may be %.3g below its maximum",
                 run->fit->gap * (double)run->fit->n_person);
        row.status = "flagged";
        row.note = note;
    }
    return estimates_add(estimates, &row);
}

static int add_rows(const struct run *run, struct table *estimates)
{
    const struct turnbull *const fit = run->fit;
    const struct numbers *const at = &run->request->at;
    for (size_t i = 0; i < at->n; i++) {
        double low, high;
        turnbull_read(fit, at->values[i], &low, &high);
        if (add_row(run, at->values[i], low, high, estimates) != 0)
            return -1;
    }
    for (size_t j = 0; j < fit->n && at->n == 0; j++)
        if (fit->mass[j] > 0 && isfinite(fit->right[j]) &&
            add_row(run, fit->right[j], fit->surv[j], fit->surv[j], estimates) != 0)
            return -1;
    struct estimate row = survival_row(run->request, run->frame, MEASURE_loglik, run->arm, 0);
    row.term = "model";
    row.n = fit->n_person;
    row.conf_level = NAN;
    row.method = METHOD;
    row.estimate = fit->loglik;
    return estimates_add(estimates, &row);
}

static int find_errors(struct run *run)
{
    if (survival_interval_init(&run->interval, run->request->conf_type, run->request->level) != GSL_SUCCESS)
        return fail("the level of the interval must lie between 0 and 1");
    if ((run->std_err = allocate(run->fit->n, sizeof *run->std_err)) == NULL)
        return -1;
    const int status = turnbull_error(run->fit, run->std_err);
    run->without = status == GSL_ESING     ? "no standard error: the information is singular, the mass is not unique"
                   : status == GSL_EBADLEN ? "no standard error: there are too many intervals with mass"
                                           : NULL;
    return status == GSL_ENOMEM ? fail_memory() : 0;
}

static int add_arm(const struct fit_request *request, const struct frame *frame, size_t arm, struct table *estimates)
{
    struct run run = {.request = request, .frame = frame, .arm = arm};
    struct arm_rows rows;
    int result = arm_rows_take(frame, arm, &rows);
    if (result == 0 && (run.fit = turnbull_alloc(rows.n)) == NULL)
        result = fail_memory();
    if (result == 0) {
        const int status = turnbull_solve(rows.n, rows.time, rows.upper, rows.frequency, TURNBULL_TOLERANCE,
                                          TURNBULL_ITERATIONS, run.fit);
        result = status == GSL_SUCCESS ? find_errors(&run) : fail_kernel("Turnbull's estimate", status);
    }
    if (result == 0)
        result = add_rows(&run, estimates);
    free(run.std_err);
    turnbull_free(run.fit);
    arm_rows_clear(&rows);
    return result;
}

static int fit_turnbull(const struct fit_request *request, const struct frame *frame, struct table *estimates)
{
    return survival_add_arms(request, frame, add_arm, estimates);
}

const struct model model_turnbull = {
    .name = "turnbull", .outcome = OUTCOME_INTERVAL, .fit = fit_turnbull,
    .options = "at conf-type weights timefix",
    .examples = {"\"Surv(left, right, type='interval2') ~ arm\" visits.csv"},
};
