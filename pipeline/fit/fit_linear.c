/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Least squares; with one factor the one-way analysis of variance. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "fit/frame.h"
#include "fit/regressors.h"
#include "fit/survival_table.h"
#include "stats/distribution.h"
#include "stats/linear.h"
#include "stats/quantiles.h"

static const char method[] = "least squares; limits of t";

/* From this remainder on a column says almost nothing of its own. */
#define NEARLY_COLLINEAR 1e-12

static int add_all(struct linear_sums *sums, const struct frame *frame)
{
    const struct regressors *const regressors = frame->regressors;
    double *const x = allocate(regressors->matrix.p, sizeof *x);
    int status = GSL_SUCCESS;

    if (x == NULL)
        return -1;
    for (size_t i = 0; i < frame->n && status == GSL_SUCCESS; i++) {
        const double known = regressors->offset != NULL ? regressors->offset[i] : 0;

        design_row(&regressors->matrix, i, x);
        status = linear_add(sums, x, NULL, frame->count[i] - known,
                            frame->frequency != NULL ? frame->frequency[i] : 1);
    }
    free(x);
    return status == GSL_SUCCESS ? 0 : fail("'linear': a square passes the largest number; give columns in larger units");
}

static void set_test(struct estimate *row, const struct linear_fit *fit, size_t k, double level, char note[static P_NOTE_SIZE])
{
    double log_p;
    const double df = (double)fit->df, half = t_upper_quantile((1 - level) / 2, df) * fit->std_err[k];

    row->std_error = fit->std_err[k];
    row->conf_low = fit->coef[k] - half;
    row->conf_high = fit->coef[k] + half;
    row->conf_level = level;
    row->statistic = fit->coef[k] / fit->std_err[k];
    row->df = df;
    row->p_value = f_upper_tail(row->statistic * row->statistic, 1, df, &log_p);
    estimate_set_p(row, row->p_value, log_p, note);
}

static int add_coefficients(const struct fit_request *request, const struct frame *frame, const struct linear_fit *fit,
                            struct table *estimates)
{
    char nearly[96], note[P_NOTE_SIZE];

    snprintf(nearly, sizeof nearly, "a column is nearly a combination of others (1 - R^2 = %.2g)", fit->tightest);
    for (size_t k = 0; k <= fit->p; k++) {
        struct estimate row = ESTIMATE_NONE;

        row.measure = MEASURE_coefficient;
        row.term = k == 0 ? "(intercept)" : frame->regressors->names[k - 1];
        row.method = method;
        row.n = fit->n;
        row.estimate = fit->coef[k];
        if (fit->aliased[k]) {
            row.status = "undefined";
            row.note = "aliased: constant, or a combination of terms before it; left out";
        } else if (fit->std_err[k] > 0) {
            set_test(&row, fit, k, request->level, note);
            if (k > 0 && fit->tightest < NEARLY_COLLINEAR)
                row.note = nearly;
        } else {
            row.note = fit->df > 0 ? "standard error 0: no test and no interval" : "as many coefficients as rows: no error";
        }
        if (estimates_add(estimates, &row) != 0)
            return -1;
    }
    return 0;
}

/* F of all terms together, and the residual standard deviation. */
static int add_summary(const struct linear_fit *fit, struct table *estimates)
{
    const struct estimate none = ESTIMATE_NONE;
    struct estimate row = none;
    char note[P_NOTE_SIZE];

    row.measure = MEASURE_wald_test;
    row.method = "F test of all terms";
    row.n = fit->n;
    if (!isnan(fit->statistic)) {
        row.statistic = fit->statistic;
        row.df = (double)fit->rank;
        row.df2 = (double)fit->df;
        estimate_set_p(&row, fit->p_value, fit->log_p, note);
    } else {
        row.status = "undefined";
        row.note = fit->rank == 0 ? "no term has a coefficient" : "no residual variance";
    }
    if (estimates_add(estimates, &row) != 0)
        return -1;
    row = none;
    row.measure = MEASURE_dispersion;
    row.term = "sigma";
    row.method = method;
    row.n = fit->n;
    row.estimate = fit->sigma;
    row.df = (double)fit->df;
    if (isnan(fit->sigma)) {
        row.status = "undefined";
        row.note = "as many coefficients as rows: no error";
    }
    return estimates_add(estimates, &row);
}

static int fit_linear(const struct fit_request *request, const struct frame *frame, struct table *estimates)
{
    const size_t p = frame->regressors->matrix.p;

    if (frame->strata.n > 1)
        return fail("'linear' has no strata; a factor of the stratum serves");
    struct linear_sums *const sums = linear_alloc(p);
    struct linear_fit *const fit = linear_fit_alloc(p);
    int result = sums != NULL && fit != NULL ? 0 : fail_memory();
    if (result == 0)
        result = add_all(sums, frame);
    if (result == 0) {
        const int status = linear_solve(sums, true, LINEAR_TOLERANCE, fit);
        result = status == GSL_SUCCESS ? 0 : fail("'linear': %s", gsl_strerror(status));
    }
    if (result == 0)
        result = add_coefficients(request, frame, fit, estimates) != 0 || add_summary(fit, estimates) != 0 ? -1 : 0;
    linear_fit_free(fit);
    linear_free(sums);
    return result;
}

const struct model model_linear = {
    .name = "linear", .outcome = OUTCOME_NUMBER, .fit = fit_linear, .regression = true,
    .options = "weights",
    .examples = {"'days ~ arm + age' people.csv"},
};
