/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/clone_weights.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/exact_sum.h"
#include "stats/influence.h"
#include "stats/people_quantile.h"
#include "stats/weighted_curve.h"

bool clone_cut(const struct clone_rule *rule, double act, double *time, int32_t *cause)
{
    const bool event = *cause > 0;

    if (act <= rule->avoid_until && (act < *time || (act == *time && !event))) {
        *time = act;
        *cause = 0;
        return true;
    }
    if (isfinite(rule->by) && act > rule->by && (rule->by < *time || (rule->by == *time && !event))) {
        *time = rule->by;
        *cause = 0;
        return true;
    }
    return false;
}

static double frequency_of(const struct clone_rows *rows, size_t i)
{
    return rows->frequency == NULL ? 1 : rows->frequency[i];
}

/* Seen on day u without an event until then: who could depart on it. */
static bool is_seen(const struct clone_rows *rows, size_t i, double u)
{
    return rows->time[i] > u || (rows->time[i] == u && rows->cause[i] == 0);
}

static bool departs_by_acting(const struct clone_rows *rows, const struct clone_rule *rule, size_t i)
{
    return rows->act[i] <= rule->avoid_until && rows->act[i] == rows->time[i] && rows->cause[i] == 0;
}

static bool departs_by_waiting(const struct clone_rows *rows, const struct clone_rule *rule, size_t i)
{
    return isfinite(rule->by) && rows->act[i] > rule->by && rows->time[i] == rule->by && rows->cause[i] == 0;
}

/* ---- rows of a regression ---------------------------------------------------------------------------------------- */

static void model_free(struct clone_model *model)
{
    glm_fit_free(model->fit);
    free(model->memory);
    *model = (struct clone_model){0};
}

/* Bytes of one row beside its own numbers. */
static size_t block_bytes(const struct design_block *block)
{
    return (block->value != NULL ? sizeof(double) : 0) + (block->code != NULL ? sizeof(uint16_t) : 0);
}

/* One piece of memory: doubles first, then halves and quarters of them.  day: [n] codes of n_day levels, the first the reference. */
static int model_alloc(struct clone_model *model, size_t n, const struct design_matrix *of, size_t n_day)
{
    const size_t n_block = of->n_block + 1, n_column = n_day == 0 ? 1 : n_day;
    size_t bytes = n_block * sizeof(struct design_block) + n * (2 * sizeof(double) + 2 * sizeof(uint32_t) + sizeof(uint16_t)) +
                   n_column * sizeof(int32_t) + 64;

    for (size_t b = 0; b < of->n_block; b++)
        bytes += n * block_bytes(&of->block[b]) + 16;
    if ((model->memory = calloc(bytes, 1)) == NULL)
        return GSL_ENOMEM;
    struct design_block *const block = model->memory;
    double *next = (double *)(block + n_block);

    model->n = n;
    model->y = next;
    model->frequency = next + n;
    next += 2 * n;
    for (size_t b = 0; b < of->n_block; b++) {
        block[b] = of->block[b];
        if (of->block[b].value != NULL) {
            block[b].value = next;
            next += n;
        }
    }
    model->clone = (uint32_t *)(void *)next;
    model->after = model->clone + n;
    int32_t *const column = (int32_t *)(model->after + n);
    uint16_t *code = (uint16_t *)(column + n_column);

    for (size_t b = 0; b < of->n_block; b++)
        if (of->block[b].code != NULL) {
            block[b].code = code;
            code += n;
        }
    for (size_t l = 0; l < n_day; l++)
        column[l] = l == 0 ? DESIGN_NONE : (int32_t)(of->p + l - 1);
    block[of->n_block] = (struct design_block){.code = code, .n_level = n_day, .column = column};
    model->design = (struct design_matrix){
        .n = n, .p = of->p + (n_day > 1 ? n_day - 1 : 0), .n_block = of->n_block + (n_day > 1), .block = block};
    return GSL_SUCCESS;
}

/* The covariates of each row are those of its clone. */
static void spread_covariates(const struct clone_model *model, const struct clone_rows *rows)
{
    for (size_t b = 0; b < rows->design->n_block; b++) {
        const struct design_block *const from = &rows->design->block[b], *const to = &model->design.block[b];

        for (size_t r = 0; from->value != NULL && r < model->n; r++)
            ((double *)(uintptr_t)to->value)[r] = from->value[model->clone[r]];
        for (size_t r = 0; from->code != NULL && r < model->n; r++)
            ((uint16_t *)(uintptr_t)to->code)[r] = from->code[model->clone[r]];
    }
}

static int model_fit(struct clone_model *model, const struct clone_rows *rows, size_t n_threads)
{
    const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = n_threads, .reducer = rows->reducer};

    spread_covariates(model, rows);
    for (size_t r = 0; r < model->n; r++) {
        model->frequency[r] = frequency_of(rows, model->clone[r]);
        model->n_of[model->y[r] > 0]++;
    }
    model->data = (struct glm_data){.design = &model->design, .y = model->y, .weight = model->frequency};
    return glm_fit_alloc(&model->data, &options, &model->fit);
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

/* Days on which somebody anywhere departs by acting, ascending; where acting departs from nothing, none. */
static int departing_days(const struct clone_rows *rows, const struct clone_rule *rule, double **days, size_t *n_day)
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
        if (departs_by_acting(rows, rule, i) && frequency_of(rows, i) > 0)
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
        for (size_t k = 0; k < n_day && is_seen(rows, i, days[k]); k++, r++) {
            model->clone[r] = (uint32_t)i;
            model->y[r] = departs_by_acting(rows, rule, i) && rows->act[i] == days[k];
            code[r] = (uint16_t)k;
        }
}

static int fit_avoid(const struct clone_rows *rows, const struct clone_rule *rule, const double *days, size_t n_day,
                     struct clone_weights *w)
{
    size_t n = 0;

    if (n_day == 0)
        return GSL_SUCCESS; /* nobody departs */
    for (size_t i = 0; i < rows->n; i++)
        for (size_t k = 0; k < n_day && is_seen(rows, i, days[k]); k++)
            n++;
    int status = reducer_status(rows->reducer, n > UINT32_MAX ? GSL_EINVAL : model_alloc(&w->avoid, n, rows->design, n_day));

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
    return is_seen(rows, i, rule->by) && rows->act[i] > rule->by - rule->period && frequency_of(rows, i) > 0;
}

static int fit_act(const struct clone_rows *rows, const struct clone_rule *rule, struct clone_weights *w)
{
    size_t n = 0, r = 0;
    int64_t all[2] = {0, 0}; /* who wait, and who of them depart, anywhere */

    if (!isfinite(rule->by))
        return GSL_SUCCESS;
    for (size_t i = 0; i < rows->n; i++) {
        n += is_waiting(rows, rule, i);
        all[1] += departs_by_waiting(rows, rule, i) && frequency_of(rows, i) > 0;
    }
    all[0] = (int64_t)n;
    reducer_sum(rows->reducer, all, 2);
    if (all[1] == 0)
        return GSL_SUCCESS; /* all act: each stands for himself */
    if (all[1] == all[0])
        return GSL_EDOM;
    int status = reducer_status(rows->reducer, model_alloc(&w->act, n, rows->design, 0));

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

/* ---- rows with weights ------------------------------------------------------------------------------------------------- */

struct writing {
    const struct clone_rows *rows;
    const struct clone_rule *rule;
    const double *axis;
    size_t n_axis;
    const double *days;      /* of the avoid model's codes; read from its rows' clones */
    struct clone_weights *w;
    size_t avoid, act;       /* next row of each model */
    size_t i;                /* the clone, */
    double weight;           /* its weight, */
    uint32_t from;           /* and where its next row begins */
};

/* The last place at or before a day; WEIGHTED_FROM_START when the axis begins later. */
static uint32_t place_of(const struct writing *x, double day)
{
    size_t low = 0, high = x->n_axis;

    while (low < high) {
        const size_t middle = (low + high) / 2;

        if (x->axis[middle] <= day)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? WEIGHTED_FROM_START : (uint32_t)(low - 1);
}

/* Closes the clone's row at a day, if a place of the axis lies in it. */
static void close_row(struct writing *x, double day, int32_t cause)
{
    struct clone_weights *const w = x->w;
    const uint32_t place = place_of(x, day);

    if (place == WEIGHTED_FROM_START || (x->from != WEIGHTED_FROM_START && place <= x->from))
        return;
    w->entry[w->n] = x->from;
    w->place[w->n] = place;
    w->cause[w->n] = cause;
    w->weight[w->n] = x->weight * frequency_of(x->rows, x->i);
    w->clone[w->n] = (uint32_t)x->i;
    w->n++;
    x->from = place;
}

static void pass_day(struct writing *x, double day)
{
    const double h = glm_mean(GLM_LOGISTIC, x->w->avoid.fit->eta[x->avoid]);

    if (x->w->avoid.y[x->avoid] == 0 && h > 0) {
        close_row(x, day, 0);
        x->weight /= 1 - h;
    }
    x->w->avoid.after[x->avoid++] = (uint32_t)x->w->n;
}

static void pass_grace(struct writing *x)
{
    if (x->w->act.y[x->act] == 1) {
        const double p = glm_mean(GLM_LOGISTIC, x->w->act.fit->eta[x->act]);

        close_row(x, x->rule->by, 0);
        x->weight /= p;
    }
    x->w->act.after[x->act++] = (uint32_t)x->w->n;
}

static void write_clone(struct writing *x)
{
    const struct clone_rows *const rows = x->rows;
    struct clone_weights *const w = x->w;
    const double decided = fmax(isfinite(x->rule->avoid_until) ? x->rule->avoid_until : 0,
                                isfinite(x->rule->by) ? x->rule->by : 0);
    const bool departs = departs_by_acting(rows, x->rule, x->i) || departs_by_waiting(rows, x->rule, x->i);
    const uint16_t *const code = w->avoid.n > 0 ? w->avoid.design.block[rows->design->n_block].code : NULL;

    x->weight = 1;
    x->from = WEIGHTED_FROM_START;
    while (x->avoid < w->avoid.n && w->avoid.clone[x->avoid] == x->i)
        pass_day(x, x->days[code[x->avoid]]);
    if (x->act < w->act.n && w->act.clone[x->act] == x->i)
        pass_grace(x);
    close_row(x, rows->time[x->i], rows->cause[x->i]);
    w->n_departed += departs;
    if (!departs && is_seen(rows, x->i, decided) && frequency_of(rows, x->i) > 0) {
        w->last[x->i] = x->weight;
        w->n_following++;
    }
}

static int alloc_rows(struct clone_weights *w, const struct clone_rows *rows)
{
    const size_t most = 2 * rows->n + w->avoid.n + 1;

    if ((w->entry = calloc(most, sizeof *w->entry)) == NULL || (w->place = calloc(most, sizeof *w->place)) == NULL ||
        (w->cause = calloc(most, sizeof *w->cause)) == NULL || (w->weight = calloc(most, sizeof *w->weight)) == NULL ||
        (w->held = calloc(most, sizeof *w->held)) == NULL || (w->clone = calloc(most, sizeof *w->clone)) == NULL ||
        (w->last = calloc(rows->n + 1, sizeof *w->last)) == NULL)
        return GSL_ENOMEM;
    return most > UINT32_MAX ? GSL_EINVAL : GSL_SUCCESS;
}

static int write_rows(const struct clone_rows *rows, const struct clone_rule *rule, const double *axis, size_t n_axis,
                      const double *days, struct clone_weights *w)
{
    struct writing x = {.rows = rows, .rule = rule, .axis = axis, .n_axis = n_axis, .days = days, .w = w};
    const int status = reducer_status(rows->reducer, alloc_rows(w, rows));

    for (x.i = 0; status == GSL_SUCCESS && x.i < rows->n; x.i++)
        write_clone(&x);
    return status;
}

/* ---- what the weights are like --------------------------------------------------------------------------------------- */

/* Weights above their quantile among those who follow are held at it. */
static int hold(struct clone_weights *w, const struct clone_rows *rows, double quantile)
{
    struct people_value *const values = malloc((w->n_following + 1) * sizeof *values);
    const int status = reducer_status(rows->reducer, values == NULL ? GSL_ENOMEM : GSL_SUCCESS);
    size_t n = 0;

    if (status != GSL_SUCCESS) {
        free(values);
        return status;
    }
    for (size_t i = 0; i < rows->n; i++)
        if (w->last[i] > 0 && frequency_of(rows, i) > 0)
            values[n++] = (struct people_value){w->last[i], frequency_of(rows, i)};
    const double found = people_quantile_all(values, n, quantile, rows->reducer), limit = isnan(found) ? (double)INFINITY : found;
    free(values);
    for (size_t r = 0; r < w->n; r++)
        if (w->weight[r] > limit * frequency_of(rows, w->clone[r])) {
            w->weight[r] = limit * frequency_of(rows, w->clone[r]);
            w->held[r] = true;
        }
    for (size_t i = 0; i < rows->n; i++)
        if (w->last[i] > limit) {
            w->last[i] = limit;
            w->n_held++;
        }
    return GSL_SUCCESS;
}

/* What was counted here becomes that of all places. */
static void add_up(const struct reducer *reducer, struct clone_weights *w)
{
    int64_t *const of_avoid = w->avoid.n_of, *const of_act = w->act.n_of;
    int64_t n[] = {(int64_t)w->n, (int64_t)w->n_clone, (int64_t)w->n_departed, (int64_t)w->n_following, (int64_t)w->n_unfollowed,
                   (int64_t)w->n_held, of_avoid[0], of_avoid[1], of_act[0], of_act[1]};

    reducer_sum_and_largest(reducer, n, sizeof n / sizeof n[0], &w->largest_weight, 1);
    w->n_everywhere = (size_t)n[0];
    w->n_all = (size_t)n[1];
    w->n_departed = (size_t)n[2];
    w->n_following = (size_t)n[3];
    w->n_unfollowed = (size_t)n[4];
    w->n_held = (size_t)n[5];
    memcpy(of_avoid, n + 6, sizeof w->avoid.n_of);
    memcpy(of_act, n + 8, sizeof w->act.n_of);
}

static int summarise(struct clone_weights *w, const struct clone_rows *rows)
{
    struct exact_sum sums[2];
    double sum = 0, square = 0;

    exact_sum_init(&sums[0]);
    exact_sum_init(&sums[1]);
    for (size_t i = 0; i < rows->n; i++) {
        exact_sum_add(&sums[0], frequency_of(rows, i) * w->last[i]);
        exact_sum_add(&sums[1], frequency_of(rows, i) * w->last[i] * w->last[i]);
        w->largest_weight = fmax(w->largest_weight, w->last[i]);
    }
    add_up(rows->reducer, w);
    const int status = reducer_status(rows->reducer, reducer_exact_sums(rows->reducer, sums, 2));
    if (status != GSL_SUCCESS)
        return status;
    exact_sum_round(&sums[0], &sum);
    exact_sum_round(&sums[1], &square);
    if (!(sum > 0))
        return GSL_EDOM;
    w->effective = sum * sum / square;
    w->largest_share = w->largest_weight / sum;
    return GSL_SUCCESS;
}

static int check(const struct clone_rows *rows, const struct clone_rule *rule, double truncate)
{
    if (rows->n >= UINT32_MAX || rows->design->n != rows->n || isnan(rule->avoid_until) || isnan(rule->by) ||
        !(rule->by >= 0) || !(rule->period >= 1) || !(truncate > 0.5 && truncate <= 1))
        return GSL_EINVAL;
    for (size_t i = 0; i < rows->n; i++)
        if (!(rows->time[i] >= 0 && isfinite(rows->time[i])) || rows->cause[i] < 0 || !(rows->act[i] >= 0) ||
            !(frequency_of(rows, i) >= 0))
            return GSL_EINVAL;
    return GSL_SUCCESS;
}

/* Some place has a clone, and none has what may not be. */
static int check_all(const struct clone_rows *rows, const struct clone_rule *rule, double truncate, const struct clone_weights *w)
{
    double status = w == NULL ? GSL_ENOMEM : check(rows, rule, truncate);
    int64_t n = (int64_t)rows->n;

    reducer_sum_and_largest(rows->reducer, &n, 1, &status, 1);
    return status > 0 ? (int)status : n == 0 ? GSL_EINVAL : GSL_SUCCESS;
}

int clone_weights_alloc(const struct clone_rows *rows, const struct clone_rule *rule, const double *axis, size_t n_axis,
                        double truncate, size_t n_threads, struct clone_weights **weights)
{
    struct clone_weights *const w = calloc(1, sizeof *w);
    int status = check_all(rows, rule, truncate, w);
    double *days = NULL;
    size_t n_day = 0;

    *weights = NULL;
    if (status == GSL_SUCCESS) {
        w->n_clone = rows->n;
        w->reducer = rows->reducer;
        w->n_threads = n_threads;
        status = departing_days(rows, rule, &days, &n_day);
    }
    if (status == GSL_SUCCESS)
        status = fit_avoid(rows, rule, days, n_day, w);
    if (status == GSL_SUCCESS)
        status = fit_act(rows, rule, w);
    if (status == GSL_SUCCESS)
        status = write_rows(rows, rule, axis, n_axis, days, w);
    if (status == GSL_SUCCESS && truncate < 1)
        status = hold(w, rows, truncate);
    if (status == GSL_SUCCESS)
        status = summarise(w, rows);
    free(days);
    if (status == GSL_SUCCESS)
        *weights = w;
    else
        clone_weights_free(w);
    return status;
}

void clone_weights_free(struct clone_weights *w)
{
    if (w == NULL)
        return;
    model_free(&w->avoid);
    model_free(&w->act);
    free(w->entry);
    free(w->place);
    free(w->cause);
    free(w->weight);
    free(w->held);
    free(w->clone);
    free(w->last);
    free(w);
}

/* ---- influence --------------------------------------------------------------------------------------------------------- */

/* What a model's estimation adds: g [n_d] of [n] is what a unit of a row's linear predictor does to each number. */
static int add_model(const struct clone_model *model, size_t n_threads, double *const *g, size_t n_d, double *const *phi)
{
    double *const ones = calloc(2 * model->n + 1, sizeof *ones), *const none = ones + model->n;
    const struct influence_model of = {model->fit, &model->data, ones, n_threads};
    int status = ones == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    for (size_t r = 0; status == GSL_SUCCESS && r < model->n; r++)
        ones[r] = 1;
    if (status == GSL_SUCCESS)
        status = influence_linear_each(&of, model->n, none, (const double *const *)g, n_d, g);
    for (size_t k = 0; status == GSL_SUCCESS && k < n_d; k++)
        for (size_t r = 0; r < model->n; r++)
            phi[k][model->clone[r]] += g[k][r];
    free(ones);
    return status;
}

/* ahead[r]: sum of w d over this row of the clone and those after it, of weights that are not held. */
static void look_ahead(const struct clone_weights *w, const double *d, double *ahead)
{
    for (size_t r = w->n; r-- > 0;)
        ahead[r] = (w->held[r] ? 0 : w->weight[r] * d[r]) + (r + 1 < w->n && w->clone[r + 1] == w->clone[r] ? ahead[r + 1] : 0);
}

static double ahead_of(const struct clone_weights *w, const double *ahead, const struct clone_model *model, size_t r)
{
    return model->after[r] < w->n && w->clone[model->after[r]] == model->clone[r] ? ahead[model->after[r]] : 0;
}

/* The part of known weights, and what a unit of both linear predictors does; ahead [w->n].  GSL_EINVAL */
static int take_slopes(const struct clone_weights *w, const double *d, double *ahead, double *phi, double *of_avoid, double *of_act)
{
    memset(phi, 0, w->n_clone * sizeof *phi);
    for (size_t r = 0; r < w->n; r++) {
        phi[w->clone[r]] += w->weight[r] * d[r];
        if (!isfinite(d[r]))
            return GSL_EINVAL;
    }
    look_ahead(w, d, ahead);
    for (size_t r = 0; r < w->avoid.n; r++)
        of_avoid[r] = w->avoid.y[r] == 1 ? 0 : glm_mean(GLM_LOGISTIC, w->avoid.fit->eta[r]) * ahead_of(w, ahead, &w->avoid, r);
    for (size_t r = 0; r < w->act.n; r++)
        of_act[r] = w->act.y[r] == 0 ? 0 : (glm_mean(GLM_LOGISTIC, w->act.fit->eta[r]) - 1) * ahead_of(w, ahead, &w->act, r);
    return GSL_SUCCESS;
}

int clone_weights_influence(const struct clone_weights *w, const double *d, double *phi)
{
    return clone_weights_influence_each(w, &d, 1, &phi);
}

int clone_weights_influence_each(const struct clone_weights *w, const double *const *d, size_t n_d, double *const *phi)
{
    const size_t n_models = w->avoid.n + w->act.n;
    double *const ahead = malloc((w->n + n_d * n_models + 1) * sizeof *ahead), **const g = malloc((2 * n_d + 1) * sizeof *g);
    int status = ahead == NULL || g == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    for (size_t k = 0; status == GSL_SUCCESS && k < n_d; k++) {
        g[k] = ahead + w->n + k * n_models;
        g[n_d + k] = g[k] + w->avoid.n;
        status = take_slopes(w, d[k], ahead, phi[k], g[k], g[n_d + k]);
    }
    status = reducer_status(w->reducer, status);
    if (status == GSL_SUCCESS && w->avoid.fit != NULL)
        status = add_model(&w->avoid, w->n_threads, g, n_d, phi);
    if (status == GSL_SUCCESS && w->act.fit != NULL)
        status = add_model(&w->act, w->n_threads, g + n_d, n_d, phi);
    free(g);
    free(ahead);
    return status;
}
