/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/loss_weights.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/cox.h"
#include "stats/exact_sum.h"
#include "stats/loss_design.h"

static const double STEEP = 0.95; /* dL beyond which -log(1 - dL) goes on along its tangent */

/* Is row i lost, as far as the horizon looks? */
static bool is_lost(const struct loss_rows *rows, size_t i)
{
    return rows->cause[i] == 0 && rows->place[i] < rows->horizon;
}

/* How many places row i could be lost at: the first so many. */
static size_t n_exposed(const struct loss_rows *rows, size_t i)
{
    const size_t n = (size_t)rows->place[i] + (rows->cause[i] == 0);

    return n < rows->horizon ? n : rows->horizon;
}

/* ---- the regression ------------------------------------------------------------------------------------------------ */

/* What was added in all places; a number that is not finite anywhere is told everywhere. */
static int add_up(const struct loss_rows *rows, struct exact_sum *sums, size_t n, double *totals)
{
    int status = reducer_exact_sums(rows->reducer, sums, n);

    for (size_t k = 0; status == GSL_SUCCESS && k < n; k++)
        status = exact_sum_round(&sums[k], &totals[k]);
    return status;
}

/* Of a sum and of how many people it is. */
static int mean_of(const struct loss_rows *rows, struct exact_sum sums[2], double *mean)
{
    double totals[2] = {0, 0};
    const int status = add_up(rows, sums, 2, totals);

    *mean = totals[1] > 0 ? totals[0] / totals[1] : 0;
    return status;
}

/* The mean linear predictor of the people who can be lost, which the hazard of losses is that of: (1 - dL)^r hangs on it. */
static int center(const struct loss_weights *w, const double *eta, const double *gone, double *mean)
{
    const struct loss_rows *const rows = &w->rows;
    struct exact_sum sums[2], *const sum = &sums[0], *const people = &sums[1];

    exact_sum_init(sum);
    exact_sum_init(people);
    for (size_t i = 0; i < rows->n; i++)
        if (gone[i] >= 0 && rows->frequency[i] > 0) {
            exact_sum_add(people, rows->frequency[i]);
            exact_sum_add(sum, rows->frequency[i] * eta[i]);
        }
    return mean_of(rows, sums, mean);
}

static int take_coefficients(struct loss_weights *w, const struct cox_fit *fit)
{
    const struct design_matrix *design = w->rows.design;
    double *const coef = calloc(2 * design->p + 1, sizeof *coef), *const away = coef == NULL ? NULL : coef + design->p;
    double *const eta = calloc(2 * w->rows.n + 1, sizeof *eta), *const gone = eta == NULL ? NULL : eta + w->rows.n;
    double mean = 0;
    int status = coef == NULL || eta == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    w->exists = fit->converged;
    for (size_t j = 0; status == GSL_SUCCESS && j < design->p; j++) {
        coef[j] = fit->column[j] == COX_FITTED ? fit->coef[j] : 0;
        away[j] = fit->column[j] == COX_INFINITE ? fit->sign[j] : 0;
        w->p += fit->column[j] == COX_FITTED;
    }
    if (status == GSL_SUCCESS) {
        memcpy(w->covariance, fit->covariance, design->p * design->p * sizeof *w->covariance);
        design_predict(design, coef, 0, w->rows.n, eta);
        design_predict(design, away, 0, w->rows.n, gone);
        status = center(w, eta, gone, &mean);
    }
    int64_t n_without = 0; /* a chance */
    for (size_t i = 0; status == GSL_SUCCESS && i < w->rows.n; i++) {
        w->r[i] = gone[i] < 0 ? 0 : exp(eta[i] - mean);
        n_without += gone[i] > 0 || !isfinite(w->r[i]);
    }
    if (status == GSL_SUCCESS)
        w->exists &= reducer_sum_one(w->rows.reducer, n_without) == 0;
    free(eta);
    free(coef);
    return status;
}

static int run_fit(struct loss_weights *w, const struct cox_rows *rows)
{
    const struct cox_control control = COX_CONTROL;
    struct cox_data *data = cox_data_alloc(rows, w->n_threads);
    struct cox_work *work = data == NULL ? NULL : cox_work_alloc(data, COX_BRESLOW, w->n_threads);
    struct cox_fit *fit = work == NULL ? NULL : cox_fit_alloc(rows->design->p);
    int status = fit == NULL ? GSL_ENOMEM : cox_fit_run(work, &control, fit);

    if (status == GSL_SUCCESS)
        status = take_coefficients(w, fit);
    cox_fit_free(fit);
    cox_work_free(work);
    cox_data_free(data);
    return status;
}

struct loss_times {
    double *time;       /* [n] */
    int32_t *event;     /* [n] 1: lost */
    int64_t *frequency; /* [n] */
    int64_t *lost;      /* [n] people */
};

/* Events come before losses of their place; who is left out is gone before the first. */
static void fill_times(struct loss_weights *w, const struct loss_times *times)
{
    const struct loss_rows *const rows = &w->rows;

    for (size_t i = 0; i < rows->n; i++) {
        const bool counts = rows->frequency[i] > 0, lost = counts && is_lost(rows, i);
        w->r[i] = 1;
        times->event[i] = lost;
        times->lost[i] = lost ? (int64_t)rows->frequency[i] : 0;
        w->n_lost += (size_t)times->lost[i];
        times->time[i] = counts ? (double)(n_exposed(rows, i) + 1) : 0;
        times->frequency[i] = counts ? (int64_t)rows->frequency[i] : 1;
        if (lost)
            times->time[i] = (double)rows->place[i] + 2; /* exposed at its own place, as those are who stay */
    }
}

static int regress(struct loss_weights *w, const struct loss_times *times)
{
    struct loss_rows *const rows = &w->rows;
    const int status = loss_design_alloc(rows->design, times->lost, rows->reducer, &w->design);

    if (status != GSL_SUCCESS)
        return status;
    rows->design = &w->design->matrix;
    const struct cox_rows of = {.n = rows->n, .time = times->time, .event = times->event, .n_stratum = 1,
                                .frequency = times->frequency, .design = rows->design, .reducer = rows->reducer};
    return run_fit(w, &of);
}

static int fit(struct loss_weights *w)
{
    const size_t n = w->rows.n;
    struct loss_times times = {malloc((n + 1) * sizeof *times.time), calloc(n + 1, sizeof *times.event),
                               malloc((n + 1) * sizeof *times.frequency), malloc((n + 1) * sizeof *times.lost)};
    int status = times.time == NULL || times.event == NULL || times.frequency == NULL || times.lost == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    if (status == GSL_SUCCESS)
        fill_times(w, &times);
    w->exists = true;
    w->n_lost = (size_t)reducer_sum_one(w->rows.reducer, (int64_t)w->n_lost);
    if (w->n_lost > 0 && w->rows.design->p > 0 && (status = reducer_status(w->rows.reducer, status)) == GSL_SUCCESS)
        status = regress(w, &times);
    free(times.lost);
    free(times.frequency);
    free(times.event);
    free(times.time);
    return status;
}

/* ---- sums by place -------------------------------------------------------------------------------------------------- */

/* tail[s] = sum of c over the rows that could be lost at place s; c NULL: of f r. */
static int sum_exposed(const struct loss_weights *w, const double *c, double *tail)
{
    const struct loss_rows *const rows = &w->rows;
    struct exact_sum *const sums = malloc((rows->n_time + 1) * sizeof *sums), total;
    int status = sums == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    for (size_t k = 0; status == GSL_SUCCESS && k <= rows->n_time; k++)
        exact_sum_init(&sums[k]);
    for (size_t i = 0; status == GSL_SUCCESS && i < rows->n; i++) {
        const double x = c == NULL ? rows->frequency[i] * w->r[i] : c[i];
        if (x != 0)
            exact_sum_add(&sums[n_exposed(rows, i)], x);
    }
    if (status == GSL_SUCCESS)
        status = reducer_exact_sums(rows->reducer, sums, rows->n_time + 1);
    exact_sum_init(&total);
    for (size_t k = rows->n_time; status == GSL_SUCCESS && k-- > 0;) {
        status = exact_sum_merge(&total, &sums[k + 1]);
        if (status == GSL_SUCCESS)
            status = exact_sum_round(&total, &tail[k]);
    }
    free(sums);
    return status;
}

static int solve_hazard(struct loss_weights *w)
{
    const struct loss_rows *const rows = &w->rows;
    int status = sum_exposed(w, NULL, w->at_risk);

    for (size_t i = 0; status == GSL_SUCCESS && i < rows->n; i++)
        if (is_lost(rows, i))
            w->jump[rows->place[i]] += rows->frequency[i]; /* whole numbers: no order */
    if (status == GSL_SUCCESS)
        reducer_sum_counts(rows->reducer, w->jump, rows->n_time);
    for (size_t k = 0; status == GSL_SUCCESS && k < rows->n_time; k++) {
        const double jump = w->jump[k] = w->jump[k] > 0 ? w->jump[k] / w->at_risk[k] : 0, flat = fmin(jump, STEEP);

        w->gain[k] = 1 / (1 - flat);
        w->level[k + 1] = w->level[k] - log1p(-flat) + (jump - flat) * w->gain[k];
        w->exists &= isfinite(jump); /* else lost though nobody of the kind is */
    }
    return status;
}

int loss_weights_alloc(const struct loss_rows *rows, size_t n_threads, struct loss_weights **weights)
{
    struct loss_weights *const w = calloc(1, sizeof *w);
    int status = w == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    *weights = NULL;
    for (size_t i = 0; i < rows->n; i++)
        if (rows->place[i] >= rows->n_time && status == GSL_SUCCESS)
            status = GSL_EDOM;
    if (status == GSL_SUCCESS) {
        w->rows = *rows;
        w->n_threads = n_threads;
        if ((w->r = calloc(rows->n + 4 * rows->n_time + 2, sizeof *w->r)) == NULL ||
            (w->covariance = calloc(rows->design->p * rows->design->p + 1, sizeof *w->covariance)) == NULL)
            status = GSL_ENOMEM;
    }
    if ((status = reducer_status(rows->reducer, status)) == GSL_SUCCESS) {
        w->level = w->r + rows->n;
        w->jump = w->level + rows->n_time + 1;
        w->gain = w->jump + rows->n_time;
        w->at_risk = w->gain + rows->n_time;
        status = fit(w);
    }
    if (status == GSL_SUCCESS)
        status = solve_hazard(w);
    if (status == GSL_SUCCESS)
        *weights = w;
    else
        loss_weights_free(w);
    return status;
}

void loss_weights_free(struct loss_weights *w)
{
    if (w == NULL)
        return;
    loss_design_free(w->design);
    free(w->covariance);
    free(w->r);
    free(w);
}

double loss_weight(const struct loss_weights *w, size_t i, size_t k)
{
    return exp(w->r[i] * w->level[k]);
}

/* ---- influence -------------------------------------------------------------------------------------------------------- */

/* v = covariance of beta times sum_i c_i x_i. */
static int solve_gradient(const struct loss_weights *w, const double *c, double *v)
{
    const struct design_matrix *const design = w->rows.design;
    struct exact_sum *const sums = malloc((design->p + 1) * sizeof *sums);
    double *const g = calloc(design->p + 1, sizeof *g);
    int status = sums == NULL || g == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    for (size_t j = 0; status == GSL_SUCCESS && j < design->p; j++)
        exact_sum_init(&sums[j]);
    for (size_t b = 0; status == GSL_SUCCESS && b < design->n_block; b++) {
        const struct design_block *const block = &design->block[b];
        for (size_t i = 0; i < w->rows.n; i++) {
            const int32_t column = block->column[block->code == NULL ? 0 : block->code[i]];
            const double x = c[i] * (block->value == NULL ? 1 : block->value[i]);
            if (column != DESIGN_NONE && x != 0)
                exact_sum_add(&sums[column], x);
        }
    }
    if (status == GSL_SUCCESS)
        status = add_up(&w->rows, sums, design->p, g);
    for (size_t j = 0; status == GSL_SUCCESS && j < design->p; j++) {
        v[j] = 0;
        for (size_t k = 0; k < design->p; k++)
            v[j] += w->covariance[j * design->p + k] * g[k];
    }
    free(g);
    free(sums);
    return status;
}

/*
 * What the mean predictor does, which all are taken off: c, the derivative by the predictor of each row, becomes that by its distance
 * from the mean, and phi gets what a person moves the mean by.
 */
static int take_center(const struct loss_weights *w, double *c, double *phi)
{
    const struct loss_rows *const rows = &w->rows;
    struct exact_sum sums[2], *const sum = &sums[0], *const people = &sums[1];
    double totals[2] = {0, 0};

    exact_sum_init(sum);
    exact_sum_init(people);
    for (size_t i = 0; i < rows->n; i++) {
        exact_sum_add(people, w->r[i] > 0 ? rows->frequency[i] : 0);
        exact_sum_add(sum, c[i]);
    }
    const int status = add_up(rows, sums, 2, totals);
    for (size_t i = 0; status == GSL_SUCCESS && i < rows->n; i++)
        if (w->r[i] > 0) {
            const double share = totals[0] * rows->frequency[i] / totals[1];
            phi[i] -= share * log(w->r[i]);
            c[i] -= share;
        }
    return status;
}

/* What beta does, by the scores of the partial likelihood. */
static int add_scores(const struct loss_weights *w, const double *c, double *phi)
{
    const struct loss_rows *const rows = &w->rows;
    const size_t n_time = rows->n_time;
    double *const v = calloc(rows->design->p + 2 * rows->n + 3 * n_time + 3, sizeof *v);
    int status = v == NULL ? GSL_ENOMEM : solve_gradient(w, c, v);

    if (status == GSL_SUCCESS) {
        double *const z = v + rows->design->p, *const rz = z + rows->n, *const mean = rz + rows->n, *const past = mean + n_time,
               *const hazard = past + n_time + 1;
        design_predict(rows->design, v, 0, rows->n, z);
        for (size_t i = 0; i < rows->n; i++)
            rz[i] = rows->frequency[i] * w->r[i] * z[i];
        status = sum_exposed(w, rz, mean);
        for (size_t k = 0; k < n_time; k++) {
            mean[k] = w->jump[k] > 0 ? mean[k] / w->at_risk[k] : 0;
            past[k + 1] = past[k] + mean[k] * w->jump[k];
            hazard[k + 1] = hazard[k] + w->jump[k];
        }
        for (size_t i = 0; status == GSL_SUCCESS && i < rows->n; i++) {
            const size_t k = n_exposed(rows, i);
            const double lost = is_lost(rows, i) ? z[i] - mean[rows->place[i]] : 0;
            phi[i] += rows->frequency[i] * (lost - w->r[i] * (z[i] * hazard[k] - past[k]));
        }
    }
    free(v);
    return status;
}

int loss_influence(const struct loss_weights *w, const double *by_row, const double *by_level, double *phi)
{
    const struct loss_rows *const rows = &w->rows;
    const size_t n_time = rows->n_time;
    double *const by_jump = calloc(2 * n_time + 1 + rows->n + 1, sizeof *by_jump), *const past = by_jump + n_time, *const c = past + n_time + 1;
    int status = by_jump == NULL ? GSL_ENOMEM : GSL_SUCCESS;
    double ahead = 0;

    for (size_t k = n_time; status == GSL_SUCCESS && k-- > 0;) {
        ahead += by_level[k + 1];
        by_jump[k] = ahead * w->gain[k];
    }
    for (size_t k = 0; status == GSL_SUCCESS && k < n_time; k++)
        past[k + 1] = past[k] + (w->jump[k] > 0 ? by_jump[k] * w->jump[k] / w->at_risk[k] : 0);
    for (size_t i = 0; status == GSL_SUCCESS && i < rows->n; i++) {
        const double spent = rows->frequency[i] * w->r[i] * past[n_exposed(rows, i)];
        const bool is_one = is_lost(rows, i) && rows->frequency[i] > 0; /* else nobody need be at risk there */
        const double lost = is_one ? rows->frequency[i] * by_jump[rows->place[i]] / w->at_risk[rows->place[i]] : 0;
        c[i] = by_row[i] - spent;
        phi[i] += lost - spent;
        if (!isfinite(phi[i]) || !isfinite(c[i]))
            status = GSL_EINVAL;
    }
    if ((status = reducer_status(rows->reducer, status)) == GSL_SUCCESS && w->p > 0)
        status = take_center(w, c, phi);
    if (status == GSL_SUCCESS && w->p > 0)
        status = add_scores(w, c, phi);
    free(by_jump);
    return status;
}

/* ---- curves ------------------------------------------------------------------------------------------------------------ */

/* y[k]: weight at risk at every place. */
static int sum_at_risk(const struct loss_weights *w, const double *a, double *y)
{
    const struct loss_rows *const rows = &w->rows;
    struct exact_sum *const sums = malloc((rows->n_time + 1) * sizeof *sums);

    if (sums == NULL)
        return GSL_ENOMEM;
#pragma omp parallel for schedule(dynamic, 8) num_threads((int)w->n_threads) if (w->n_threads > 1)
    for (size_t k = 0; k < rows->n_time; k++) {
        struct exact_sum sum; /* of this thread alone, as long as it adds */
        exact_sum_init(&sum);
        for (size_t i = 0; i < rows->n; i++)
            if (rows->place[i] >= k && a[i] != 0)
                exact_sum_add(&sum, a[i] * loss_weight(w, i, k));
        sums[k] = sum;
    }
    const int status = add_up(rows, sums, rows->n_time, y);
    free(sums);
    return status;
}

/* d[c n_time + k]: weight of the events of each cause. */
static int sum_events(const struct loss_weights *w, const double *a, size_t n_cause, double *d)
{
    const struct loss_rows *const rows = &w->rows;
    const size_t n = n_cause * rows->n_time;
    struct exact_sum *const sums = malloc((n + 1) * sizeof *sums);
    int status = sums == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    for (size_t k = 0; status == GSL_SUCCESS && k < n; k++)
        exact_sum_init(&sums[k]);
    for (size_t i = 0; status == GSL_SUCCESS && i < rows->n; i++) {
        if (rows->cause[i] == 0 || a[i] == 0)
            continue;
        if (rows->cause[i] > (int32_t)n_cause)
            status = GSL_EDOM;
        else
            exact_sum_add(&sums[(size_t)(rows->cause[i] - 1) * rows->n_time + rows->place[i]],
                          a[i] * loss_weight(w, i, rows->place[i]));
    }
    if ((status = reducer_status(rows->reducer, status)) == GSL_SUCCESS)
        status = add_up(rows, sums, n, d);
    free(sums);
    return status;
}

int loss_sums(const struct loss_weights *w, const double *a, size_t n_cause, double *y, double *d)
{
    const int status = sum_at_risk(w, a, y);

    return status == GSL_SUCCESS ? sum_events(w, a, n_cause, d) : status;
}

/* Rows that are at risk at one place each, with the sums of that place as weights. */
struct places {
    size_t n;
    uint32_t *entry, *place;
    int32_t *cause;
    double *weight;
};

static int places_alloc(struct places *p, size_t n)
{
    *p = (struct places){0, malloc(2 * n * sizeof(uint32_t)), NULL, malloc(n * sizeof(int32_t)), malloc(n * sizeof(double))};
    p->place = p->entry == NULL ? NULL : p->entry + n;
    return p->entry == NULL || p->cause == NULL || p->weight == NULL ? GSL_ENOMEM : GSL_SUCCESS;
}

static void places_free(struct places *p)
{
    free(p->entry);
    free(p->cause);
    free(p->weight);
}

static void put(struct places *p, size_t k, size_t from, int32_t cause, double weight)
{
    p->entry[p->n] = from == 0 ? WEIGHTED_FROM_START : (uint32_t)(from - 1);
    p->place[p->n] = (uint32_t)k;
    p->cause[p->n] = cause;
    p->weight[p->n++] = weight;
}

int loss_curve_solve(const struct loss_weights *w, const double *a, struct weighted_curve *curve)
{
    const size_t n_time = w->rows.n_time, n_cause = curve->n_cause;
    double *const y = calloc((1 + n_cause) * n_time, sizeof *y), *const d = y + n_time;
    struct places places = {0};
    int status = curve->n_time != n_time ? GSL_EBADLEN : y == NULL ? GSL_ENOMEM : places_alloc(&places, (1 + n_cause) * n_time);

    if (status == GSL_SUCCESS)
        status = loss_sums(w, a, n_cause, y, d);
    for (size_t k = 0; status == GSL_SUCCESS && k < n_time; k++) {
        double rest = y[k];
        for (size_t c = 0; c < n_cause; c++) {
            put(&places, k, k, (int32_t)c + 1, d[c * n_time + k]);
            rest -= d[c * n_time + k];
        }
        put(&places, k, k, 0, fmax(rest, 0));
    }
    if (status == GSL_SUCCESS) {
        const struct weighted_rows rows = {places.n, places.place, places.entry, places.cause, places.weight};
        status = weighted_curve_solve(curve, &rows);
    }
    places_free(&places);
    free(y);
    return status;
}

/* Derivatives of the number by Y(k) and D_c(k): b [n_time] and e [n_cause n_time], read from rows that are there from the start. */
static int probe(const struct loss_weights *w, const struct weighted_curve *curve, enum loss_reading reading, size_t cause,
                 double t, double *b, double *e)
{
    const size_t n_time = w->rows.n_time, n_cause = curve->n_cause, n = (1 + n_cause) * n_time;
    struct places p = {0};
    double *const d = malloc(n * sizeof *d);
    int status = d == NULL ? GSL_ENOMEM : places_alloc(&p, n);

    if (status == GSL_SUCCESS) {
        for (size_t k = 0; k < n_time; k++)
            for (size_t c = 0; c <= n_cause; c++)
                put(&p, k, 0, (int32_t)c, 1);
        const struct weighted_rows rows = {p.n, p.place, p.entry, p.cause, p.weight};
        if (reading == LOSS_SURVIVAL)
            weighted_curve_survival_influence(curve, &rows, t, d);
        else if (reading == LOSS_RISK)
            weighted_curve_risk_influence(curve, &rows, cause, t, d);
        else
            weighted_curve_rmst_influence(curve, &rows, t, d);
        for (size_t k = 0; k < n_time; k++) {
            const double *const at = d + (1 + n_cause) * k;
            b[k] = at[0] - (k == 0 ? 0 : at[-(ptrdiff_t)(1 + n_cause)]);
            for (size_t c = 0; c < n_cause; c++)
                e[c * n_time + k] = at[1 + c] - at[0];
        }
    }
    places_free(&p);
    free(d);
    return status;
}

/* d by a, and the derivative by the row's linear predictor. */
static void by_rows(const struct loss_weights *w, const double *a, const double *b, const double *e, double *d, double *by_row)
{
    const struct loss_rows *const rows = &w->rows;

#pragma omp parallel for schedule(static) num_threads((int)w->n_threads) if (w->n_threads > 1)
    for (size_t i = 0; i < rows->n; i++) {
        const size_t place = rows->place[i];
        d[i] = by_row[i] = 0;
        if (a[i] == 0)
            continue;
        for (size_t k = 0; k <= place; k++) {
            const double x = b[k] + (k == place && rows->cause[i] > 0 ? e[(size_t)(rows->cause[i] - 1) * rows->n_time + k] : 0);
            if (x == 0)
                continue;
            const double q = x * loss_weight(w, i, k);
            d[i] += q;
            by_row[i] += a[i] * q * w->r[i] * w->level[k];
        }
    }
}

static int by_levels(const struct loss_weights *w, const double *a, const double *b, const double *e, double *by_level)
{
    const struct loss_rows *const rows = &w->rows;
    struct exact_sum *const sums = malloc((rows->n_time + 1) * sizeof *sums);

    if (sums == NULL)
        return GSL_ENOMEM;
#pragma omp parallel for schedule(dynamic, 8) num_threads((int)w->n_threads) if (w->n_threads > 1)
    for (size_t k = 0; k < rows->n_time; k++) {
        struct exact_sum sum;
        exact_sum_init(&sum);
        for (size_t i = 0; i < rows->n; i++) {
            if (rows->place[i] < k || a[i] == 0)
                continue;
            const double x = b[k] + (rows->place[i] == k && rows->cause[i] > 0 ? e[(size_t)(rows->cause[i] - 1) * rows->n_time + k] : 0);
            if (x != 0)
                exact_sum_add(&sum, a[i] * x * loss_weight(w, i, k) * w->r[i]);
        }
        sums[k] = sum;
    }
    const int status = add_up(rows, sums, rows->n_time, by_level);
    by_level[rows->n_time] = 0;
    free(sums);
    return status;
}

int loss_sums_influence(const struct loss_weights *w, const double *a, const double *by_y, const double *by_d, double *slope, double *phi)
{
    const size_t n_time = w->rows.n_time;
    double *const by_level = calloc(n_time + 1 + w->rows.n, sizeof *by_level), *const by_row = by_level + n_time + 1;
    int status = by_level == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    if (status == GSL_SUCCESS) {
        by_rows(w, a, by_y, by_d, slope, by_row);
        status = by_levels(w, a, by_y, by_d, by_level);
    }
    if (status == GSL_SUCCESS)
        status = loss_influence(w, by_row, by_level, phi);
    free(by_level);
    return status;
}

int loss_curve_influence(const struct loss_weights *w, const double *a, const struct weighted_curve *curve,
                         enum loss_reading reading, size_t cause, double t, double *d, double *phi)
{
    const size_t n_time = w->rows.n_time, n_cause = curve->n_cause;
    double *const b = calloc((1 + n_cause) * n_time, sizeof *b), *const e = b + n_time;
    int status = b == NULL ? GSL_ENOMEM : probe(w, curve, reading, cause, t, b, e);

    if (status == GSL_SUCCESS)
        status = loss_sums_influence(w, a, b, e, d, phi);
    free(b);
    return status;
}
