/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parametric accelerated failure time models. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>

#include "base/fail.h"
#include "base/threads.h"
#include "fit/coefficients.h"
#include "fit/regressors.h"
#include "fit/survival_table.h"
#include "stats/aft.h"

static const char *method_name(enum aft_distribution distribution)
{
    static const char *const names[] = {
        [AFT_WEIBULL] = "Weibull; accelerated failure time", [AFT_EXPONENTIAL] = "exponential; accelerated failure time",
        [AFT_LOGNORMAL] = "log-normal; accelerated failure time", [AFT_LOGLOGISTIC] = "log-logistic; accelerated failure time",
    };
    return names[distribution];
}

static int add_rows(const struct fit_request *request, const struct frame *frame, const struct aft *fit,
                    struct table *estimates)
{
    static const enum coefficient_state states[] = {
        [AFT_FITTED] = COEFFICIENT_FITTED, [AFT_ALIASED] = COEFFICIENT_ALIASED, [AFT_INFINITE] = COEFFICIENT_INFINITE,
    };
    struct coefficient_rows rows = {
        .request = request, .measure = MEASURE_coefficient, .exponential = MEASURE_coefficient,
        .method = method_name(request->distribution), .n = fit->n_person, .n_event = fit->n_event,
        .converged = fit->converged, .estimates = estimates,
    };
    struct coefficient coefficient = {"(intercept)", COEFFICIENT_FITTED, fit->coef[0], fit->std_err[0]};
    if (coefficient_add(&rows, &coefficient) != 0)
        return -1;
    rows.measure = MEASURE_log_time_ratio;
    rows.exponential = MEASURE_time_ratio;
    for (size_t j = 0; j < fit->p; j++) {
        coefficient = (struct coefficient){frame->regressors->names[j], states[fit->column[j]], fit->coef[j + 1],
                                           fit->std_err[j + 1]};
        if (coefficient_add(&rows, &coefficient) != 0)
            return -1;
    }
    rows.measure = rows.exponential = MEASURE_coefficient;
    coefficient = (struct coefficient){"log(scale)", COEFFICIENT_FITTED, fit->coef[fit->p + 1], fit->std_err[fit->p + 1]};
    if (request->distribution != AFT_EXPONENTIAL && coefficient_add(&rows, &coefficient) != 0)
        return -1;
    if (coefficient_add_loglik(&rows, fit->loglik_null, fit->loglik) != 0)
        return -1;
    return fit->p > 0 ? coefficient_add_test(&rows, MEASURE_lr_test, &fit->lr_test, "no term has a coefficient") : 0;
}

static int fit_aft(const struct fit_request *request, const struct frame *frame, struct table *estimates)
{
    const struct aft_rows rows = {
        .n = frame->n, .lower = frame->time, .upper = frame->upper, .frequency = frame->frequency,
        .offset = frame->regressors->offset, .design = &frame->regressors->matrix,
    };
    if (frame->entry != NULL)
        return fail("'aft' takes no delayed entry: Surv(time, status) or Surv(left, right, type='interval2') was expected");
    if (frame->strata.n > 1)
        return fail("'aft' has no strata");
    if (survival_merge_times(request, frame) != 0)
        return -1;
    struct aft *fit = aft_alloc(rows.design->p);
    if (fit == NULL)
        return fail("out of memory");
    const int status = aft_solve(&rows, request->distribution, (size_t)threads_available(), fit);
    int result;
    if (status == GSL_EZERODIV)
        result = fail("no events: every time is right-censored, and the likelihood has no maximum");
    else if (status != GSL_SUCCESS)
        result = fail_kernel("accelerated failure time model", status);
    else
        result = add_rows(request, frame, fit, estimates);
    aft_free(fit);
    return result;
}

const struct model model_aft = {
    .name = "aft", .outcome = OUTCOME_LIFETIME, .fit = fit_aft, .regression = true,
    .options = "dist weights timefix",
    .examples = {"'Surv(time, status) ~ arm + age' people.csv --dist lognormal"},
};
