/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/clone_models.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

/* ---- rows of a regression ---------------------------------------------------------------------------------------- */

void clone_model_free(struct clone_model *model)
{
    glm_fit_free(model->fit);
    free(model->covariates);
    free(model->memory);
    *model = (struct clone_model){0};
}

/* Bytes of one row beside its own numbers. */
static size_t block_bytes(const struct design_block *block)
{
    return (block->value != NULL ? sizeof(double) : 0) + (block->code != NULL ? sizeof(uint16_t) : 0);
}

/* What is kept of the rows in one piece of memory, and their covariates, which go after the fit, in another; doubles stand first in
 * both.  day: [n] codes of n_day levels, the first the reference. */
static int model_alloc(struct clone_model *model, size_t n, const struct clone_rows *rows, size_t n_day)
{
    const struct design_matrix *const of = rows->design;
    const bool counted = rows->frequency != NULL;
    const size_t n_block = of->n_block + 1, n_column = n_day == 0 ? 1 : n_day;
    const size_t bytes = n_block * sizeof(struct design_block) + (counted ? 2 : 1) * n * sizeof(double) +
                         n * (2 * sizeof(uint32_t) + sizeof(uint16_t)) + n_column * sizeof(int32_t) + 64;
    size_t of_covariates = 16;

    for (size_t b = 0; b < of->n_block; b++)
        of_covariates += n * block_bytes(&of->block[b]);
    if ((model->memory = calloc(bytes, 1)) == NULL || (model->covariates = malloc(of_covariates)) == NULL)
        return GSL_ENOMEM;
    struct design_block *const block = model->memory;
    double *const real = (double *)(block + n_block);

    model->n = n;
    model->y = real;
    model->frequency = counted ? real + n : NULL;
    model->clone = (uint32_t *)(void *)(real + (counted ? 2 : 1) * n);
    model->after = model->clone + n;
    int32_t *const column = (int32_t *)(model->after + n);

    for (size_t l = 0; l < n_day; l++)
        column[l] = l == 0 ? DESIGN_NONE : (int32_t)(of->p + l - 1);
    block[of->n_block] = (struct design_block){.code = (uint16_t *)(column + n_column), .n_level = n_day, .column = column};
    model->design = (struct design_matrix){
        .n = n, .p = of->p + (n_day > 1 ? n_day - 1 : 0), .n_block = of->n_block + (n_day > 1), .block = block};
    return GSL_SUCCESS;
}

/* The covariates of each row are those of its clone. */
static void spread_covariates(const struct clone_model *model, const struct clone_rows *rows)
{
    struct design_block *const block = model->memory;
    double *value = model->covariates;

    for (size_t b = 0; b < rows->design->n_block; b++) {
        const double *const from = rows->design->block[b].value;
        block[b] = rows->design->block[b];
        if (from == NULL)
            continue;
        for (size_t r = 0; r < model->n; r++)
            value[r] = from[model->clone[r]];
        block[b].value = value;
        value += model->n;
    }
    uint16_t *code = (uint16_t *)(void *)value;
    for (size_t b = 0; b < rows->design->n_block; b++) {
        const uint16_t *const from = rows->design->block[b].code;
        if (from == NULL)
            continue;
        for (size_t r = 0; r < model->n; r++)
            code[r] = from[model->clone[r]];
        block[b].code = code;
        code += model->n;
    }
}

/* Of the covariates the fit has a copy of its own. */
static void drop_covariates(struct clone_model *model, size_t n_block)
{
    struct design_block *const block = model->memory;

    for (size_t b = 0; b < n_block; b++) {
        block[b].value = NULL;
        block[b].code = NULL;
    }
    free(model->covariates);
    model->covariates = NULL;
}

static int model_fit(struct clone_model *model, const struct clone_rows *rows, size_t n_threads)
{
    const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = n_threads, .reducer = rows->reducer};

    spread_covariates(model, rows);
    for (size_t r = 0; r < model->n; r++) {
        if (model->frequency != NULL)
            model->frequency[r] = clone_frequency(rows, model->clone[r]);
        model->n_of[model->y[r] > 0]++;
    }
    model->data = (struct glm_data){.design = &model->design, .y = model->y, .weight = model->frequency};
    const int status = glm_fit_alloc(&model->data, &options, &model->fit);
    drop_covariates(model, rows->design->n_block);
    return status;
}

/* Rows of y that the covariates predict perfectly, so that nobody like them has the other one. */
static size_t count_perfect(const struct clone_model *model, size_t p, double y)
{
    bool separated = false;
    size_t n = 0;

    for (size_t j = 1; model->fit != NULL && j <= p; j++)
        separated |= model->fit->separated[j];
    for (size_t r = 0; separated && r < model->n; r++)
        n += isinf(model->fit->eta[r]) && model->y[r] == y;
    return n;
}

/* ---- chance of acting on a day ------------------------------------------------------------------------------------- */

static int compare_days(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

int clone_departing_days(const struct clone_rows *rows, const struct clone_rule *rule, double **days, size_t *n_day)
{
    if (rule->avoid_until < 0)
        return GSL_SUCCESS;
    double *const all = malloc((rows->n + 1) * sizeof *all);
    int status = reducer_status(rows->reducer, all == NULL ? GSL_ENOMEM : GSL_SUCCESS);
    size_t n = 0, kept = 0;

    *days = all;
    if (status != GSL_SUCCESS)
        return status;
    for (size_t i = 0; i < rows->n; i++)
        if (clone_departs_by_acting(rows, rule, i) && clone_frequency(rows, i) > 0)
            all[n++] = rows->act[i];
    if (n > 1)
        qsort(all, n, sizeof *all, compare_days);
    for (size_t k = 0; k < n; k++)
        if (kept == 0 || all[k] > all[kept - 1])
            all[kept++] = all[k];
    *n_day = kept;
    status = reducer_distinct(rows->reducer, days, n_day);
    return status == GSL_SUCCESS && *n_day > DESIGN_LEVELS_MAX ? GSL_EINVAL : status;
}

static void fill_days(struct clone_model *model, const struct clone_rows *rows, const struct clone_rule *rule,
                      const double *days, size_t n_day)
{
    uint16_t *const code = (uint16_t *)(uintptr_t)model->design.block[rows->design->n_block].code;
    size_t r = 0;

    for (size_t i = 0; i < rows->n; i++)
        for (size_t k = 0; k < n_day && clone_is_seen(rows, i, days[k]); k++, r++) {
            model->clone[r] = (uint32_t)i;
            model->y[r] = clone_departs_by_acting(rows, rule, i) && rows->act[i] == days[k];
            code[r] = (uint16_t)k;
        }
}

int clone_models_avoid(const struct clone_rows *rows, const struct clone_rule *rule, const double *days, size_t n_day,
                       struct clone_weights *w)
{
    size_t n = 0;

    if (n_day == 0)
        return GSL_SUCCESS; /* nobody departs */
    for (size_t i = 0; i < rows->n; i++)
        for (size_t k = 0; k < n_day && clone_is_seen(rows, i, days[k]); k++)
            n++;
    int status = reducer_status(rows->reducer, n > UINT32_MAX ? GSL_EINVAL : model_alloc(&w->avoid, n, rows, n_day));

    if (status == GSL_SUCCESS) {
        fill_days(&w->avoid, rows, rule, days, n_day);
        status = model_fit(&w->avoid, rows, w->n_threads);
    }
    w->n_unfollowed += status == GSL_SUCCESS ? count_perfect(&w->avoid, rows->design->p, 1) : 0;
    return status;
}

/* ---- chance of acting by the end of the grace period ----------------------------------------------------------------- */

/* Among those who wait when the last period begins, and are seen to its end. */
static bool is_waiting(const struct clone_rows *rows, const struct clone_rule *rule, size_t i)
{
    return clone_is_seen(rows, i, rule->by) && rows->act[i] > rule->by - rule->period && clone_frequency(rows, i) > 0;
}

int clone_models_act(const struct clone_rows *rows, const struct clone_rule *rule, struct clone_weights *w)
{
    size_t n = 0, r = 0;
    int64_t all[2] = {0, 0}; /* who wait, and who of them depart, anywhere */

    if (!isfinite(rule->by))
        return GSL_SUCCESS;
    for (size_t i = 0; i < rows->n; i++) {
        n += is_waiting(rows, rule, i);
        all[1] += clone_departs_by_waiting(rows, rule, i) && clone_frequency(rows, i) > 0;
    }
    all[0] = (int64_t)n;
    reducer_sum(rows->reducer, all, 2);
    if (all[1] == 0)
        return GSL_SUCCESS; /* all act: each stands for himself */
    if (all[1] == all[0])
        return GSL_EDOM;
    int status = reducer_status(rows->reducer, model_alloc(&w->act, n, rows, 0));

    for (size_t i = 0; status == GSL_SUCCESS && i < rows->n; i++)
        if (is_waiting(rows, rule, i)) {
            w->act.clone[r] = (uint32_t)i;
            w->act.y[r++] = rows->act[i] <= rule->by;
        }
    if (status == GSL_SUCCESS)
        status = model_fit(&w->act, rows, w->n_threads);
    w->n_unfollowed += status == GSL_SUCCESS ? count_perfect(&w->act, rows->design->p, 0) : 0;
    return status;
}
