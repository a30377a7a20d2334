/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Proportional-hazards regression. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/threads.h"
#include "compare/frailty_model.h"
#include "fit/cox_lists.h"
#include "fit/survival_table.h"
#include "stats/distribution.h"

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

/* The request of the command line as one of the model; names stay the frame's, and clusters the caller's. */
static struct cox_request make_request(const struct fit_request *request, const struct frame *frame, struct clusters *clusters)
{
    *clusters = (struct clusters){.of = frame->cluster, .n = frame->n_cluster};

    const struct regressors *regressors = frame->regressors;
    return (struct cox_request){
        .rows = {.n = frame->n, .entry = frame->entry, .time = frame->time, .event = frame->event,
                 .stratum = frame->strata.n > 1 ? frame->strata.code : NULL, .n_stratum = frame->strata.n,
                 .frequency = frame->frequency, .weight = frame->weight, .offset = regressors->offset,
                 .design = &regressors->matrix},
        .ties = request->ties,
        .robust = request->robust,
        .firth = request->firth,
        .clusters = frame->cluster != NULL ? clusters : NULL,
        .zph = request->zph != ZPH_NONE && !request->firth,
        .transform = (enum cox_transform)request->zph,
        .names = regressors->names,
        .term = regressors->term,
        .n_term = regressors->n_terms,
        .term_names = regressors->term_names,
        .level = request->level,
        .n_threads = threads_available(),
    };
}

/* ---- frailties ---------------------------------------------------------------------------------------------- */

static int fit_frailty(const struct fit_request *request, const struct frame *frame, const struct cox_request *cox,
                       struct table *estimates)
{
    const struct frailty_request frailty = {cox, frame->group, frame->n_group, request->frailty};
    const struct estimate keys = ESTIMATE_NONE;
    struct cox_frailty *fit = cox_frailty_alloc(frame->regressors->matrix.p, frame->n_group);
    int result = -1;
    if (fit == NULL)
        return fail_memory();
    const int status = cox_frailty_solve(&cox->rows, request->ties, frame->group, frame->n_group, NAN,
                                         (size_t)cox->n_threads, fit);
    if (status == GSL_SUCCESS)
        result = frailty_model_rows(&frailty, fit, &keys, estimates);
    else if (status == GSL_EINVAL)
        fail("--frailty: column '%s' has %zu groups; 2 to %d were expected", request->frailty, frame->n_group,
             COX_FRAILTY_GROUPS_MAX);
    else if (status == GSL_EZERODIV)
        fail("%s: no events", request->table);
    else
        fail_kernel("frailty", status);
    cox_frailty_free(fit);
    return result;
}

/* ---- events that recur ------------------------------------------------------------------------------------------ */

/* Rows of a person as one cluster, days and strata as the arrangement has them; both results are the caller's to free. */
static int arrange_recurrent(const struct fit_request *request, const struct frame *frame, struct cox_request *cox,
                             struct clusters *people, struct recurrent_rows **rows, int32_t **strata)
{
    const size_t n = frame->n, n_user = cox->rows.n_stratum > 0 ? cox->rows.n_stratum : 1;
    int status;
    *rows = recurrent_alloc(n, frame->entry, frame->time, frame->event, frame->id, frame->n_id, request->arrangement,
                            &status);
    if (status == GSL_EDOM)
        return fail("%s: --recurrent takes stretches of a person that do not overlap: Surv(start, stop, status), or "
                    "Surv(time, status) with a row for each time", request->table);
    if (status != GSL_SUCCESS)
        return fail_kernel("recurrent events", status);
    if ((*strata = allocate(n, sizeof **strata)) == NULL)
        return -1;
    for (size_t i = 0; i < n; i++)
        (*strata)[i] = (*rows)->stratum[i] * (int32_t)n_user + (cox->rows.stratum != NULL ? cox->rows.stratum[i] : 0);
    cox->rows.entry = (*rows)->entry;
    cox->rows.time = (*rows)->time;
    cox->rows.stratum = *strata;
    cox->rows.n_stratum = (*rows)->n_stratum * n_user;
    *people = (struct clusters){.of = frame->id, .n = frame->n_id};
    cox->clusters = people;
    return 0;
}

static int fit_recurrent(const struct fit_request *request, const struct frame *frame, struct cox_request *cox,
                         struct table *estimates)
{
    const struct estimate keys = ESTIMATE_NONE;
    struct recurrent_rows *rows = NULL;
    int32_t *strata = NULL;
    struct clusters people;
    struct cox_model *model = NULL;
    int result = arrange_recurrent(request, frame, cox, &people, &rows, &strata);
    if (result == 0)
        result = (model = cox_model_fit(cox)) == NULL ? -1 : cox_model_add_rows(model, &keys, estimates);
    cox_model_free(model);
    recurrent_free(rows);
    free(strata);
    cox->clusters = NULL; /* they end here */
    return result;
}

/* ---- the whole -------------------------------------------------------------------------------------------------- */

static int fit_cox(const struct fit_request *request, const struct frame *frame, struct table *estimates)
{
    const struct estimate keys = ESTIMATE_NONE;
    struct clusters clusters;
    struct cox_request cox = make_request(request, frame, &clusters);
    struct cox_model *model = NULL;
    double *times;
    int result = fix_times(request, frame, &cox.rows, &times);
    if (result == 0 && request->frailty != NULL)
        result = fit_frailty(request, frame, &cox, estimates);
    else if (result == 0 && request->recurrent)
        result = fit_recurrent(request, frame, &cox, estimates);
    else if (result == 0) {
        model = cox_model_fit(&cox);
        result = model == NULL    ? -1
                 : request->curve ? cox_curves(request, frame, model, estimates)
                                  : cox_model_add_rows(model, &keys, estimates);
    }
    cox_model_free(model);
    free(times);
    return result;
}

static struct table *fit_cox_residuals(const struct fit_request *request, const struct frame *frame)
{
    struct clusters clusters;
    struct cox_request cox = make_request(request, frame, &clusters);
    struct table *table = NULL;
    double *times;
    if (fix_times(request, frame, &cox.rows, &times) == 0) {
        struct cox_model *model = cox_model_fit(&cox);
        if (model != NULL)
            table = cox_residuals(request, frame, model);
        cox_model_free(model);
    }
    free(times);
    return table;
}

const struct model model_cox = {
    .name = "cox", .outcome = OUTCOME_SURVIVAL, .fit = fit_cox, .regression = true, .residuals = fit_cox_residuals,
    .options = "ties zph frailty residuals curve recurrent id at robust cluster firth weights weight-type timefix",
    .examples = {"'Surv(time, censor) ~ treat * age + strata(site)' uis.csv",
                 "'Surv(start, stop, relapse) ~ arm' spells.csv --recurrent pwp-gap --id person"},
};
