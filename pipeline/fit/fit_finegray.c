/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fine and Gray's regression of the cumulative incidence of one cause. */
#include <gsl/gsl_errno.h>
#include <stdio.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/threads.h"
#include "compare/finegray_model.h"
#include "fit/regressors.h"
#include "fit/survival_table.h"

enum { CAUSE_SIZE = 16 };

static int refuse_frame(const struct frame *frame)
{
    if (frame->entry != NULL)
        return fail("'finegray' takes no delayed entry: Surv(time, status) was expected");
    if (frame->strata.n > 1)
        return fail("'finegray' has no strata; --censor-group COLUMN lets censoring differ between groups");
    return 0;
}

static int fit_finegray(const struct fit_request *request, const struct frame *frame, struct table *estimates)
{
    const struct finegray_control control = FINEGRAY_CONTROL;
    char cause[CAUSE_SIZE];
    const struct finegray_request finegray = {
        .rows = {.n = frame->n, .time = frame->time, .cause = frame->event, .wanted = request->cause,
                 .offset = frame->regressors->offset, .group = frame->censor_group,
                 .n_group = frame->censor_group != NULL ? frame->n_censor_group : 1, .cluster = frame->cluster,
                 .n_cluster = frame->n_cluster, .design = &frame->regressors->matrix},
        .names = frame->regressors->names, .cause = cause, .level = request->level, .n_threads = threads_available(),
    };
    struct estimate keys = ESTIMATE_NONE;
    if (refuse_frame(frame) != 0)
        return -1;
    if (survival_merge_times(request, frame) != 0)
        return -1;
    struct finegray *fit = finegray_alloc(finegray.rows.design->p);
    if (fit == NULL)
        return fail_memory();
    snprintf(cause, sizeof cause, "%d", request->cause);
    keys.n = (int64_t)frame->n;
    const int status = finegray_solve(&finegray.rows, &control, (size_t)finegray.n_threads, fit);
    int result;
    if (status == GSL_EZERODIV)
        result = fail("no event of cause %d: there is nothing to fit", request->cause);
    else if (status == GSL_EDOM)
        result = fail("Fine-Gray: the linear predictor spans too far for exp; rescale or leave out a covariate");
    else if (status != GSL_SUCCESS)
        result = fail_kernel("Fine-Gray", status);
    else
        result = finegray_model_rows(&finegray, fit, &keys, estimates);
    finegray_free(fit);
    return result;
}

const struct model model_finegray = {
    .name = "finegray", .outcome = OUTCOME_COMPETING, .fit = fit_finegray, .regression = true,
    .options = "cause censor-group cluster timefix",
    .examples = {"'Surv(time, status) ~ arm + age' people.csv --cause 1"},
};
