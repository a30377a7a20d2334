/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parametric accelerated failure time models. */
#include <gsl/gsl_errno.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/threads.h"
#include "compare/aft_model.h"
#include "fit/regressors.h"
#include "fit/survival_table.h"

static int fit_aft(const struct fit_request *request, const struct frame *frame, struct table *estimates)
{
    const struct estimate keys = ESTIMATE_NONE;
    const struct aft_request aft = {
        .rows = {.n = frame->n, .lower = frame->time, .upper = frame->upper, .frequency = frame->frequency,
                 .offset = frame->regressors->offset, .design = &frame->regressors->matrix},
        .distribution = request->distribution, .names = frame->regressors->names, .level = request->level,
        .n_threads = threads_available(),
    };
    if (frame->entry != NULL)
        return fail("'aft' takes no delayed entry: Surv(time, status) or Surv(left, right, type='interval2') was expected");
    if (frame->strata.n > 1)
        return fail("'aft' has no strata");
    if (survival_merge_times(request, frame) != 0)
        return -1;
    struct aft *fit = aft_alloc(aft.rows.design->p);
    if (fit == NULL)
        return fail_memory();
    const int status = aft_solve(&aft.rows, request->distribution, (size_t)aft.n_threads, fit);
    int result;
    if (status == GSL_EZERODIV)
        result = fail("no events: every time is right-censored, and the likelihood has no maximum");
    else if (status != GSL_SUCCESS)
        result = fail_kernel("accelerated failure time model", status);
    else
        result = aft_model_rows(&aft, fit, &keys, estimates);
    aft_free(fit);
    return result;
}

const struct model model_aft = {
    .name = "aft", .outcome = OUTCOME_LIFETIME, .fit = fit_aft, .regression = true,
    .options = "dist weights timefix",
    .examples = {"'Surv(time, status) ~ arm + age' people.csv --dist lognormal"},
};
