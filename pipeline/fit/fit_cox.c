/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Proportional-hazards regression. */
#include <gsl/gsl_errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/threads.h"
#include "compare/cox_model.h"
#include "fit/survival_table.h"

/* Times of the frame, merged where they differ only by rounding; *memory is the caller's to free. */
static int fix_times(const struct fit_request *request, const struct frame *frame, struct cox_rows *rows,
                     double **memory)
{
    const size_t n = frame->n;
    size_t n_time;
    *memory = NULL;
    if (!request->timefix)
        return 0;
    if ((*memory = allocate(4 * n, sizeof **memory)) == NULL)
        return -1;
    double *const time = *memory, *const entry = frame->entry != NULL ? time + n : NULL;
    memcpy(time, frame->time, n * sizeof *time);
    if (entry != NULL)
        memcpy(entry, frame->entry, n * sizeof *entry);
    const int status = risk_table_merge_near_ties(n, entry, time, RISK_TABLE_NEAR_TIE, time + 2 * n, &n_time);
    if (status == GSL_EDOM && entry != NULL)
        return fail("--timefix makes a start equal to its stop: these times differ only by rounding");
    if (status != GSL_SUCCESS)
        return fail_kernel("times", status);
    rows->time = time;
    rows->entry = entry;
    return 0;
}

int fit_cox(const struct fit_request *request, const struct frame *frame, struct table *estimates)
{
    const struct regressors *regressors = frame->regressors;
    const struct estimate keys = ESTIMATE_NONE;
    struct cox_request cox = {
        .rows = {.n = frame->n, .entry = frame->entry, .time = frame->time, .event = frame->event,
                 .stratum = frame->strata.n > 1 ? frame->strata.code : NULL, .n_stratum = frame->strata.n,
                 .frequency = frame->frequency, .weight = frame->weight, .offset = regressors->offset,
                 .design = &regressors->matrix},
        .ties = request->ties,
        .robust = request->robust,
        .cluster = frame->cluster,
        .n_cluster = frame->n_cluster,
        .zph = request->zph != ZPH_NONE,
        .transform = (enum cox_transform)request->zph,
        .names = regressors->names,
        .term = regressors->term,
        .n_term = regressors->n_terms,
        .term_names = regressors->term_names,
        .level = request->level,
        .n_threads = threads_available(),
    };
    struct cox_model *model = NULL;
    double *times;
    int result = -1;
    if (fix_times(request, frame, &cox.rows, &times) == 0 && (model = cox_model_fit(&cox)) != NULL)
        result = cox_model_add_rows(model, &keys, estimates);
    cox_model_free(model);
    free(times);
    return result;
}
