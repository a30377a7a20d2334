/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/clone_weights.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/clone_models.h"
#include "stats/exact_sum.h"
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
    w->weight[w->n] = x->weight * clone_frequency(x->rows, x->i);
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
    const bool departs = clone_departs_by_acting(rows, x->rule, x->i) || clone_departs_by_waiting(rows, x->rule, x->i);
    const uint16_t *const code = w->avoid.n > 0 ? w->avoid.design.block[rows->design->n_block].code : NULL;

    x->weight = 1;
    x->from = WEIGHTED_FROM_START;
    while (x->avoid < w->avoid.n && w->avoid.clone[x->avoid] == x->i)
        pass_day(x, x->days[code[x->avoid]]);
    if (x->act < w->act.n && w->act.clone[x->act] == x->i)
        pass_grace(x);
    close_row(x, rows->time[x->i], rows->cause[x->i]);
    w->n_departed += departs;
    if (!departs && clone_is_seen(rows, x->i, decided) && clone_frequency(rows, x->i) > 0) {
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
        if (w->last[i] > 0 && clone_frequency(rows, i) > 0)
            values[n++] = (struct people_value){w->last[i], clone_frequency(rows, i)};
    const double found = people_quantile_all(values, n, quantile, rows->reducer), limit = isnan(found) ? (double)INFINITY : found;
    free(values);
    for (size_t r = 0; r < w->n; r++)
        if (w->weight[r] > limit * clone_frequency(rows, w->clone[r])) {
            w->weight[r] = limit * clone_frequency(rows, w->clone[r]);
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
        exact_sum_add(&sums[0], clone_frequency(rows, i) * w->last[i]);
        exact_sum_add(&sums[1], clone_frequency(rows, i) * w->last[i] * w->last[i]);
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
            !(clone_frequency(rows, i) >= 0))
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
        status = clone_departing_days(rows, rule, &days, &n_day);
    }
    if (status == GSL_SUCCESS)
        status = clone_models_avoid(rows, rule, days, n_day, w);
    if (status == GSL_SUCCESS)
        status = clone_models_act(rows, rule, w);
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
    clone_model_free(&w->avoid);
    clone_model_free(&w->act);
    free(w->entry);
    free(w->place);
    free(w->cause);
    free(w->weight);
    free(w->held);
    free(w->clone);
    free(w->last);
    free(w);
}
