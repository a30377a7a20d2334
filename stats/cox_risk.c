/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/cox_risk.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/design_run.h"
#include "stats/vectors.h"

/* Rows that are taken in a piece, and rows a position from which on those of a position are taken together. */
enum { RISK_ROWS = 256, ROWS_FOR_RUNS = 64 };

struct cox_risk *cox_risk_alloc(const struct cox_data *data)
{
    struct cox_risk *risk = calloc(1, sizeof *risk);
    const size_t stride = data->copy->matrix.p + 1;

    if (risk == NULL)
        return NULL;
    risk->data = data;
    risk->layout = data->risk_layout;
    risk->stride = stride;
    risk->start = malloc(risk->layout->n_unit * sizeof *risk->start);
    for (size_t u = 0; u < risk->layout->n_unit && risk->start != NULL; u++) {
        risk->start[u] = risk->n_unit_cell;
        risk->n_unit_cell += risk->layout->unit[u].n_cell;
    }
    risk->high = malloc(4 * COX_SLICE_TIMES * risk->n_unit_cell * sizeof *risk->high);
    risk->cell = malloc((2 * COX_SLICE_TIMES + 1) * stride * sizeof *risk->cell);
    if (risk->start == NULL || risk->high == NULL || risk->cell == NULL) {
        cox_risk_free(risk);
        return NULL;
    }
    risk->low = risk->high + 2 * COX_SLICE_TIMES * risk->n_unit_cell;
    risk->total = risk->cell + 2 * COX_SLICE_TIMES * stride;
    return risk;
}

void cox_risk_free(struct cox_risk *risk)
{
    if (risk == NULL)
        return;
    free(risk->start);
    free(risk->high);
    free(risk->cell);
    free(risk);
}

void cox_risk_init(struct cox_risk *risk, const struct fixed_scale *scale, bool two_parts, size_t first, size_t end)
{
    risk->first = first;
    risk->end = end;
    risk->scale = *scale;
    risk->two_parts = two_parts;
    memset(risk->high, 0, (end - first) * 2 * risk->n_unit_cell * sizeof *risk->high);
    if (two_parts)
        memset(risk->low, 0, (end - first) * 2 * risk->n_unit_cell * sizeof *risk->low);
}

/* ---- adding ------------------------------------------------------------------------------------------------ */

/* Some rows on their way into cells: at[k] is the first cell of row k's position and kind. */
struct batch {
    size_t n;
    uint32_t row[RISK_ROWS];
    uint32_t at[RISK_ROWS];
    double r[RISK_ROWS]; /* negative for those who enter */
    int64_t high[RISK_ROWS], low[RISK_ROWS];
};

static void split(const struct cox_risk *risk, size_t n, const double *x, int64_t *high, int64_t *low)
{
    const struct fixed_scale scale = risk->scale;

    if (!risk->two_parts)
        for (size_t k = 0; k < n; k++)
            high[k] = fixed_part(&scale, x[k]);
    else
        for (size_t k = 0; k < n; k++)
            fixed_split(&scale, x[k], &high[k], &low[k]);
}

static void add_part(int64_t *restrict sums, const struct batch *batch, const uint16_t *restrict code,
                     const int64_t *restrict addend)
{
    if (code == NULL)
        for (size_t k = 0; k < batch->n; k++)
            sums[batch->at[k]] += addend[k];
    else
        for (size_t k = 0; k < batch->n; k++)
            sums[batch->at[k] + code[batch->row[k]]] += addend[k];
}

static void add_batch(struct cox_risk *risk, struct batch *batch)
{
    double product[RISK_ROWS];
    int64_t high[RISK_ROWS], low[RISK_ROWS];

    split(risk, batch->n, batch->r, batch->high, batch->low);
    for (size_t u = 0; u < risk->layout->n_unit; u++) {
        const struct gram_unit *unit = &risk->layout->unit[u];
        const int64_t *from_high = batch->high, *from_low = batch->low;
        if (unit->value != NULL) {
            for (size_t k = 0; k < batch->n; k++)
                product[k] = batch->r[k] * unit->value[batch->row[k]];
            split(risk, batch->n, product, high, low);
            from_high = high;
            from_low = low;
        }
        add_part(risk->high + risk->start[u], batch, unit->code, from_high);
        if (risk->two_parts)
            add_part(risk->low + risk->start[u], batch, unit->code, from_low);
    }
}

static uint32_t cell_of(const struct cox_risk *risk, size_t position, size_t dead)
{
    return (uint32_t)(((position - risk->first) * 2 + dead) * risk->n_unit_cell);
}

void cox_risk_add(struct cox_risk *risk, const double *r, size_t first, size_t last)
{
    const struct cox_data *data = risk->data;
    struct batch batch;

    for (size_t i = first; i < last; i += batch.n) {
        batch.n = last - i < RISK_ROWS ? last - i : RISK_ROWS;
        for (size_t k = 0; k < batch.n; k++) {
            batch.row[k] = (uint32_t)(i + k);
            batch.at[k] = cell_of(risk, data->last[i + k], data->dead[i + k]);
            batch.r[k] = r[i + k];
        }
        add_batch(risk, &batch);
    }
}

void cox_risk_take_entering(struct cox_risk *risk, const double *r, size_t first, size_t last)
{
    const struct cox_data *data = risk->data;
    struct batch batch;

    for (size_t e = first; e < last; e += batch.n) {
        batch.n = last - e < RISK_ROWS ? last - e : RISK_ROWS;
        for (size_t k = 0; k < batch.n; k++) {
            const uint32_t i = data->enter[e + k];
            batch.row[k] = i;
            batch.at[k] = cell_of(risk, data->from[i] - 1, 0);
            batch.r[k] = -r[i];
        }
        add_batch(risk, &batch);
    }
}

/* Rows first .. last - 1, all of one position and kind, whose cells begin at `at`. */
VECTOR_VERSIONS static void add_run(struct cox_risk *risk, const double *r, size_t first, size_t last, size_t at)
{
    for (; first < last; first += DESIGN_RUN)
        design_run_add(risk->layout, risk->start, &risk->scale, r + first, first,
                       last - first < DESIGN_RUN ? last - first : DESIGN_RUN, risk->high + at);
}

/* The rows of each position and kind at once. */
static void add_runs(struct cox_risk *risk, const double *r)
{
    const struct cox_data *data = risk->data;

    for (size_t k = risk->first; k < risk->end; k++) {
        add_run(risk, r, data->first_row[k], data->first_alive[k], cell_of(risk, k, 1));
        add_run(risk, r, data->first_alive[k], data->first_row[k + 1], cell_of(risk, k, 0));
    }
}

void cox_risk_add_slice(struct cox_risk *risk, const double *r)
{
    const struct cox_data *data = risk->data;
    const size_t first = data->first_row[risk->first], last = data->first_row[risk->end];

    if (!risk->two_parts && last - first >= ROWS_FOR_RUNS * (risk->end - risk->first))
        add_runs(risk, r);
    else
        cox_risk_add(risk, r, first, last);
    if (data->enter != NULL)
        cox_risk_take_entering(risk, r, data->enter_first[risk->first], data->enter_first[risk->end]);
}

int cox_risk_merge(struct cox_risk *into, const struct cox_risk *from)
{
    const size_t n = 2 * (into->end - into->first) * into->n_unit_cell;

    if (into->layout != from->layout || into->first != from->first || into->end != from->end ||
        into->scale.up != from->scale.up || into->scale.shift != from->scale.shift ||
        into->two_parts != from->two_parts)
        return GSL_EINVAL;
    for (size_t k = 0; k < n; k++)
        into->high[k] += from->high[k];
    for (size_t k = 0; k < n && into->two_parts; k++)
        into->low[k] += from->low[k];
    return GSL_SUCCESS;
}

/* ---- reading ------------------------------------------------------------------------------------------------- */

static void add_cells(struct cox_cell *into, const struct cox_cell *cell, size_t n_kind, size_t stride)
{
    for (size_t kind = 0; kind < n_kind; kind++)
        for (size_t j = 0; j < stride; j++) {
            into[j].high += cell[kind * stride + j].high;
            into[j].low += cell[kind * stride + j].low;
        }
}

/* The columns of one position and kind: every cell of a unit goes to the levels it stands for. */
static void take_margins(const struct cox_risk *risk, const int64_t *high, const int64_t *low, struct cox_cell *cell)
{
    const struct gram_layout *layout = risk->layout;

    memset(cell, 0, risk->stride * sizeof *cell);
    cell[0] = (struct cox_cell){high[0], low != NULL ? low[0] : 0};
    for (size_t u = 1; u < layout->n_unit; u++) {
        const struct gram_unit *unit = &layout->unit[u];
        for (size_t c = 0; c < unit->n_cell; c++) {
            const size_t at = risk->start[u] + c;
            if (high[at] == 0 && (low == NULL || low[at] == 0))
                continue;
            for (size_t k = 0; k < unit->n_block; k++) {
                const struct design_block *block = &layout->design->block[unit->block[k]];
                const int32_t column = block->column[unit->level[c * unit->n_block + k]];
                if (column < 0)
                    continue;
                cell[column + 1].high += high[at];
                cell[column + 1].low += low != NULL ? low[at] : 0;
            }
        }
    }
}

/* What carries on to the positions before the slice. */
static void total_slice(struct cox_risk *risk)
{
    const struct cox_data *data = risk->data;

    risk->ends = false;
    memset(risk->total, 0, risk->stride * sizeof *risk->total);
    for (size_t k = risk->end; k-- > risk->first;) {
        if (data->stratum_end[k] == k + 1) {
            memset(risk->total, 0, risk->stride * sizeof *risk->total);
            risk->ends = true;
        }
        add_cells(risk->total, risk->cell + (k - risk->first) * 2 * risk->stride, 2, risk->stride);
    }
}

void cox_risk_close(struct cox_risk *risk)
{
    for (size_t k = 0; k < 2 * (risk->end - risk->first); k++)
        take_margins(risk, risk->high + k * risk->n_unit_cell,
                     risk->two_parts ? risk->low + k * risk->n_unit_cell : NULL, risk->cell + k * risk->stride);
    total_slice(risk);
}

/* A cell is two whole numbers, or one. */
size_t cox_risk_n_margins(const struct cox_data *data, bool two_parts, size_t first, size_t end)
{
    return (end - first) * 2 * (two_parts ? 2 : 1) * (data->copy->matrix.p + 1);
}

void cox_risk_give(const struct cox_risk *risk, int64_t *margins)
{
    const size_t n = (risk->end - risk->first) * 2 * risk->stride;

    if (risk->two_parts)
        memcpy(margins, risk->cell, n * sizeof *risk->cell);
    for (size_t k = 0; k < n && !risk->two_parts; k++)
        margins[k] = risk->cell[k].high;
}

void cox_risk_get(struct cox_risk *risk, const int64_t *margins)
{
    const size_t n = (risk->end - risk->first) * 2 * risk->stride;

    if (risk->two_parts)
        memcpy(risk->cell, margins, n * sizeof *risk->cell);
    for (size_t k = 0; k < n && !risk->two_parts; k++)
        risk->cell[k] = (struct cox_cell){margins[k], 0};
    total_slice(risk);
}

void cox_risk_carry(const struct cox_risk *risk, struct cox_cell *carry)
{
    if (risk->ends)
        memset(carry, 0, risk->stride * sizeof *carry);
    add_cells(carry, risk->total, 1, risk->stride);
}

int cox_tied_solve(enum cox_ties ties, double d, double weight, double s0, double d0, struct cox_tied *tied)
{
    /* Frequencies of one each: m = 1.  A product of ratios is logged before it can underflow. */
    const double mean = weight / d, share = d0 / s0;
    double product = 1, logs = 0;

    *tied = (struct cox_tied){0};
    if (!(s0 > 0) || !(d0 > 0) || !(s0 <= DBL_MAX))
        return GSL_EDOM;
    if (ties != COX_EFRON || d == 1) {
        tied->loglik = weight * log(s0);
        tied->all = tied->dead = weight / s0;
        tied->square[0] = weight / s0 / s0;
        return GSL_SUCCESS;
    }
    for (double l = 0; l < d; l++) {
        const double part = l / d, ratio = 1 - part * share, inverse = 1 / ratio;
        product *= ratio;
        if (product < 1e-250) {
            logs += log(product);
            product = 1;
        }
        tied->all += inverse;
        tied->dead += (1 - part) * inverse;
        tied->square[0] += inverse * inverse;
        tied->square[1] += part * inverse * inverse;
        tied->square[2] += part * part * inverse * inverse;
    }
    tied->loglik = weight * log(s0) + mean * (logs + log(product));
    tied->all *= mean / s0;
    tied->dead *= mean / s0;
    for (size_t q = 0; q < 3; q++)
        tied->square[q] *= mean / s0 / s0;
    return tied->all > 0 && tied->all <= DBL_MAX && tied->square[0] <= DBL_MAX ? GSL_SUCCESS : GSL_EDOM;
}

/* Below this too few bits of a sum are left: 24 where the many other risk sets make up for it, else 40. */
static double least_sum(const struct cox_risk *risk)
{
    return risk->two_parts ? ldexp(risk->scale.down / risk->scale.up_low, 40) : ldexp(risk->scale.down, 24);
}

/* The first margin of a position's living, or dead. */
static struct cox_cell margin_at(const struct cox_risk *risk, const int64_t *margins, size_t k)
{
    if (risk->two_parts)
        return (struct cox_cell){margins[2 * k * risk->stride], margins[2 * k * risk->stride + 1]};
    return (struct cox_cell){margins[k * risk->stride], 0};
}

void cox_tied_solve_own(const struct cox_risk *risk, enum cox_ties ties, const int64_t *margins, size_t first, size_t end,
                        struct cox_tied *tied)
{
    const struct cox_data *data = risk->data;
    const double least = least_sum(risk);
    struct cox_cell running = {0};

    for (size_t k = data->n_axis; k-- > first;) {
        const struct cox_cell alive = margin_at(risk, margins, 2 * k), dead = margin_at(risk, margins, 2 * k + 1);
        if (data->stratum_end[k] == k + 1)
            running = (struct cox_cell){0};
        running.high += alive.high + dead.high;
        running.low += alive.low + dead.low;
        if (k >= end)
            continue;
        const double s0 = fixed_value(&risk->scale, running.high, running.low), d0 = fixed_value(&risk->scale, dead.high, dead.low);
        if (s0 < least || d0 < least ||
            cox_tied_solve(ties, data->n_dead[k], data->dead_weight[k], s0, d0, &tied[k]) != GSL_SUCCESS)
            tied[k].all = NAN;
    }
}

int cox_risk_walk(const struct cox_risk *risk, enum cox_ties ties, const struct cox_cell *carry, double *work,
                  cox_risk_visitor *visit, void *context)
{
    const struct cox_data *data = risk->data;
    const size_t stride = risk->stride;
    const double least = least_sum(risk);
    double *const s = work, *const d = work + stride;
    struct cox_cell *const running = (struct cox_cell *)(void *)(work + 2 * stride); /* two numbers a cell */

    memcpy(running, carry, stride * sizeof *running);
    for (size_t k = risk->end; k-- > risk->first;) {
        const struct cox_cell *alive = risk->cell + (k - risk->first) * 2 * stride, *dead = alive + stride;
        struct cox_tied tied;
        if (data->stratum_end[k] == k + 1)
            memset(running, 0, stride * sizeof *running);
        for (size_t j = 0; j < stride; j++) {
            running[j].high += alive[j].high + dead[j].high;
            running[j].low += alive[j].low + dead[j].low;
            s[j] = fixed_value(&risk->scale, running[j].high, running[j].low);
            d[j] = fixed_value(&risk->scale, dead[j].high, dead[j].low);
        }
        int status = s[0] < least || d[0] < least ? GSL_EDOM : GSL_SUCCESS;
        if (status == GSL_SUCCESS && risk->tied != NULL) {
            tied = risk->tied[k];
            status = isnan(tied.all) ? GSL_EDOM : GSL_SUCCESS;
        } else if (status == GSL_SUCCESS) {
            status = cox_tied_solve(ties, data->n_dead[k], data->dead_weight[k], s[0], d[0], &tied);
        }
        if (status == GSL_SUCCESS)
            status = visit(context, k, &tied, s[0], s + 1, d[0], d + 1);
        if (status != GSL_SUCCESS)
            return status;
    }
    return GSL_SUCCESS;
}
