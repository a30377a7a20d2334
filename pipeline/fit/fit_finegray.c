/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fine and Gray's regression of the cumulative incidence of one cause. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>

#include "base/fail.h"
#include "base/threads.h"
#include "fit/coefficients.h"
#include "fit/regressors.h"
#include "fit/survival_table.h"
#include "stats/finegray.h"

enum { METHOD_SIZE = 128, CAUSE_SIZE = 16 };

static int refuse_frame(const struct frame *frame)
{
    if (frame->entry != NULL)
        return fail("'finegray' takes no delayed entry: Surv(time, status) was expected");
    if (frame->strata.n > 1)
        return fail("'finegray' has no strata; --censor-group COLUMN lets censoring differ between groups");
    return 0;
}

static void name_method(const struct fit_request *request, const struct frame *frame, char method[static METHOD_SIZE])
{
    snprintf(method, METHOD_SIZE, "Fine-Gray; %s errors%s", frame->cluster != NULL ? "cluster-robust" : "robust",
             request->censor_group != NULL ? "; censoring by group" : "");
}

static int add_rows(const struct fit_request *request, const struct frame *frame, const struct finegray *fit,
                    struct table *estimates)
{
    static const enum coefficient_state states[] = {
        [FINEGRAY_FITTED] = COEFFICIENT_FITTED, [FINEGRAY_ALIASED] = COEFFICIENT_ALIASED,
        [FINEGRAY_INFINITE] = COEFFICIENT_INFINITE,
    };
    char method[METHOD_SIZE], cause[CAUSE_SIZE];
    const struct coefficient_rows rows = {
        .request = request, .measure = MEASURE_log_subhazard_ratio, .exponential = MEASURE_subhazard_ratio, .cause = cause,
        .method = method, .n = (int64_t)frame->n, .n_event = fit->n_event, .converged = fit->converged,
        .estimates = estimates,
    };
    name_method(request, frame, method);
    snprintf(cause, sizeof cause, "%d", request->cause);
    for (size_t j = 0; j < fit->p; j++) {
        const struct coefficient coefficient = {frame->regressors->names[j], states[fit->column[j]], fit->coef[j],
                                                fit->std_err[j]};
        if (coefficient_add(&rows, &coefficient) != 0)
            return -1;
    }
    if (coefficient_add_loglik(&rows, fit->loglik_null, fit->loglik) != 0 ||
        coefficient_add_test(&rows, MEASURE_lr_test, &fit->lr_test, "no term has a coefficient") != 0)
        return -1;
    return coefficient_add_test(&rows, MEASURE_wald_test, &fit->wald_test, "no term has a coefficient");
}

static int fit_finegray(const struct fit_request *request, const struct frame *frame, struct table *estimates)
{
    const struct finegray_control control = FINEGRAY_CONTROL;
    const struct finegray_rows rows = {
        .n = frame->n, .time = frame->time, .cause = frame->event, .wanted = request->cause,
        .offset = frame->regressors->offset, .group = frame->censor_group,
        .n_group = frame->censor_group != NULL ? frame->n_censor_group : 1, .cluster = frame->cluster,
        .n_cluster = frame->n_cluster, .design = &frame->regressors->matrix,
    };
    if (refuse_frame(frame) != 0)
        return -1;
    if (survival_merge_times(request, frame) != 0)
        return -1;
    struct finegray *fit = finegray_alloc(rows.design->p);
    if (fit == NULL)
        return fail("out of memory");
    const int status = finegray_solve(&rows, &control, (size_t)threads_available(), fit);
    int result;
    if (status == GSL_EZERODIV)
        result = fail("no event of cause %d: there is nothing to fit", request->cause);
    else if (status == GSL_EDOM)
        result = fail("Fine-Gray: the linear predictor spans too far for exp; rescale or leave out a covariate");
    else if (status != GSL_SUCCESS)
        result = fail_kernel("Fine-Gray", status);
    else
        result = add_rows(request, frame, fit, estimates);
    finegray_free(fit);
    return result;
}

const struct model model_finegray = {
    .name = "finegray", .outcome = OUTCOME_COMPETING, .fit = fit_finegray, .regression = true,
    .options = "cause censor-group cluster timefix",
    .examples = {"'Surv(time, status) ~ arm + age' people.csv --cause 1"},
};
