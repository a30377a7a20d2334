/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Turnbull's estimate of the survival of times known up to intervals, by arm. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>

#include "base/fail.h"
#include "base/number.h"
#include "fit/arm_rows.h"
#include "fit/survival_table.h"
#include "stats/turnbull.h"

static const char METHOD[] = "Turnbull; no standard errors for interval-censored times";

static int add_row(const struct fit_request *request, const struct frame *frame, const struct turnbull *fit, size_t arm,
                   double t, double low, double high, struct table *estimates)
{
    struct estimate row = survival_row(request, frame, MEASURE_survival, arm, 0);
    char note[128];
    row.time = t;
    row.n = fit->n_person;
    row.conf_level = NAN;
    row.method = METHOD;
    if (low != high) {
        snprintf(note, sizeof note, "not to be known: the time lies within an interval; S is between %.6g and %.6g", low, high);
        row.status = "undefined";
        row.note = note;
    } else {
        row.estimate = low;
        if (!fit->converged) {
            snprintf(note, sizeof note, "did not converge: the log-likelihood may be %.3g below its maximum",
                     fit->gap * (double)fit->n_person);
            row.status = "flagged";
            row.note = note;
        }
    }
    return estimates_add(estimates, &row);
}

static int add_rows(const struct fit_request *request, const struct frame *frame, const struct turnbull *fit, size_t arm,
                    struct table *estimates)
{
    for (size_t i = 0; i < request->at.n; i++) {
        double low, high;
        turnbull_read(fit, request->at.values[i], &low, &high);
        if (add_row(request, frame, fit, arm, request->at.values[i], low, high, estimates) != 0)
            return -1;
    }
    for (size_t j = 0; j < fit->n && request->at.n == 0; j++)
        if (fit->mass[j] > 0 && isfinite(fit->right[j]) &&
            add_row(request, frame, fit, arm, fit->right[j], fit->surv[j], fit->surv[j], estimates) != 0)
            return -1;
    struct estimate row = survival_row(request, frame, MEASURE_loglik, arm, 0);
    row.term = "model";
    row.n = fit->n_person;
    row.conf_level = NAN;
    row.method = METHOD;
    row.estimate = fit->loglik;
    return estimates_add(estimates, &row);
}

static int add_arm(const struct fit_request *request, const struct frame *frame, size_t arm, struct table *estimates)
{
    struct arm_rows rows;
    struct turnbull *fit = NULL;
    int result = -1;
    if (arm_rows_take(frame, arm, &rows) == 0) {
        if ((fit = turnbull_alloc(rows.n)) == NULL) {
            fail("out of memory");
        } else {
            const int status = turnbull_solve(rows.n, rows.time, rows.upper, rows.frequency, TURNBULL_TOLERANCE,
                                              TURNBULL_ITERATIONS, fit);
            result = status == GSL_SUCCESS ? add_rows(request, frame, fit, arm, estimates)
                                           : fail_kernel("Turnbull's estimate", status);
        }
    }
    turnbull_free(fit);
    arm_rows_clear(&rows);
    return result;
}

static int fit_turnbull(const struct fit_request *request, const struct frame *frame, struct table *estimates)
{
    if (frame->strata.n > 1)
        return fail("'turnbull' has no strata; a column of the right side divides the rows into arms");
    for (size_t arm = 0; arm < frame->arms.n; arm++)
        if (add_arm(request, frame, arm, estimates) != 0)
            return -1;
    return 0;
}

const struct model model_turnbull = {
    .name = "turnbull", .outcome = OUTCOME_INTERVAL, .fit = fit_turnbull,
    .options = "at weights",
    .examples = {"\"Surv(left, right, type='interval2') ~ arm\" visits.csv"},
};
