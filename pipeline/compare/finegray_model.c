/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/finegray_model.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>

#include "base/fail.h"
#include "stats/distribution.h"

enum { NOTE_SIZE = 64 };

static const char *method_name(const struct finegray_request *request)
{
    return request->rows.cluster != NULL ? "Fine-Gray; robust by cluster" : "Fine-Gray; robust errors";
}

static void set_p(struct estimate *row, double p_value, double log_p, char note[static NOTE_SIZE])
{
    row->p_value = p_value;
    if (p_value > 0 || !isfinite(log_p))
        return;
    row->p_value = NAN;
    snprintf(note, NOTE_SIZE, "p is 10^%.6g, below every double", log_p / M_LN10);
    row->note = note;
}

static int add_undefined(struct estimate row, const char *why, struct table *estimates)
{
    row.status = "undefined";
    row.note = why;
    row.measure = MEASURE_log_subhazard_ratio;
    if (estimates_add(estimates, &row) != 0)
        return -1;
    row.measure = MEASURE_subhazard_ratio;
    return estimates_add(estimates, &row);
}

int finegray_model_undefined(const struct finegray_request *request, const struct estimate *keys, const char *why,
                             struct table *estimates)
{
    struct estimate row = *keys;
    row.method = method_name(request);
    row.cause = request->cause;
    for (size_t j = 0; j < request->rows.design->p; j++) {
        row.term = request->names[j];
        if (add_undefined(row, why, estimates) != 0)
            return -1;
    }
    return 0;
}

static int add_ratio(const struct finegray_request *request, const struct finegray *fit, size_t j, struct estimate row,
                     struct table *estimates)
{
    char note[NOTE_SIZE];
    row.term = request->names[j];
    if (fit->column[j] != FINEGRAY_FITTED)
        return add_undefined(row,
                             fit->column[j] == FINEGRAY_ALIASED
                                 ? "no coefficient: constant, or a combination of the columns before it"
                                 : "estimate does not exist: the likelihood rises for ever in this direction",
                             estimates);
    const double half = confidence_z(request->level) * fit->std_err[j];
    row.measure = MEASURE_log_subhazard_ratio;
    row.estimate = fit->coef[j];
    row.std_error = fit->std_err[j];
    row.conf_low = row.estimate - half;
    row.conf_high = row.estimate + half;
    row.conf_level = request->level;
    if (row.std_error > 0) {
        row.statistic = row.estimate / row.std_error;
        set_p(&row, normal_two_sided(row.statistic), M_LN2 + normal_log_upper_tail(fabs(row.statistic)), note);
    }
    if (!fit->converged) {
        row.status = "flagged";
        row.note = "did not converge";
    }
    struct estimate ratio = row;
    ratio.measure = MEASURE_subhazard_ratio;
    ratio.estimate = exp(row.estimate);
    ratio.conf_low = exp(row.conf_low);
    ratio.conf_high = exp(row.conf_high);
    ratio.std_error = NAN;
    return estimates_add(estimates, &row) != 0 || estimates_add(estimates, &ratio) != 0 ? -1 : 0;
}

static int add_test(const struct chi_square_test *test, enum measure measure, struct estimate row, struct table *estimates)
{
    char note[NOTE_SIZE];
    row.measure = measure;
    if (isnan(test->statistic)) {
        row.status = "undefined";
        row.note = "no term has a coefficient";
        return estimates_add(estimates, &row);
    }
    row.statistic = test->statistic;
    row.df = (double)test->df;
    set_p(&row, test->p_value, test->log_p, note);
    return estimates_add(estimates, &row);
}

static int add_rows(const struct finegray_request *request, const struct finegray *fit, struct estimate row,
                    struct table *estimates)
{
    row.method = method_name(request);
    row.cause = request->cause;
    row.n_event = fit->n_event;
    for (size_t j = 0; j < fit->p; j++)
        if (add_ratio(request, fit, j, row, estimates) != 0)
            return -1;
    for (int k = 0; k < 2; k++) {
        struct estimate loglik = row;
        loglik.measure = MEASURE_loglik;
        loglik.term = k == 0 ? "null" : "model";
        loglik.estimate = k == 0 ? fit->loglik_null : fit->loglik;
        if (estimates_add(estimates, &loglik) != 0)
            return -1;
    }
    return add_test(&fit->lr_test, MEASURE_lr_test, row, estimates) != 0 ||
                   add_test(&fit->wald_test, MEASURE_wald_test, row, estimates) != 0
               ? -1
               : 0;
}

int finegray_model_add(const struct finegray_request *request, const struct estimate *row, struct table *estimates)
{
    const struct finegray_control control = FINEGRAY_CONTROL;
    struct finegray *fit = finegray_alloc(request->rows.design->p);
    int result;
    if (fit == NULL)
        return fail("out of memory");
    const int status = finegray_solve(&request->rows, &control, (size_t)(request->n_threads < 1 ? 1 : request->n_threads), fit);
    if (status == GSL_EZERODIV)
        result = finegray_model_undefined(request, row, "no events of this cause", estimates);
    else if (status == GSL_EDOM)
        result = finegray_model_undefined(request, row, "the linear predictor spans too far for exp; rescale a covariate",
                                          estimates);
    else if (status != GSL_SUCCESS)
        result = fail("Fine-Gray regression: %s", gsl_strerror(status));
    else
        result = add_rows(request, fit, *row, estimates);
    finegray_free(fit);
    return result;
}
