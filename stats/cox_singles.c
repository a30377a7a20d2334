/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/cox_singles.h"

#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/design_run.h"

/* Parts of the axis, whatever the number of threads; and rows a position for which whole numbers have room that vectors can fill. */
enum { PARTS = 16, ROWS_LEAST = 2048 };

bool cox_singles_pay(const struct cox_work *work)
{
    return cox_work_data(work)->plain == NULL && !cox_work_two_parts(work);
}

bool cox_single(const struct cox_data *data, size_t i)
{
    return data->from == NULL || data->from[i] <= data->stratum_first[data->last[i]];
}

/* e; and a, both of all copies. */
static double event_of(const struct cox_data *data, size_t i)
{
    return data->dead[i] != 0 ? cox_weight(data, i) : 0;
}

static double factor_of(const struct cox_scores *scores, size_t i)
{
    return event_of(cox_work_data(scores->work), i) - cox_work_exposure(scores->work)[i];
}

/* f copies of u, each by itself, are U U' / f, with U of all together. */
static double share_of(const struct cox_data *data, const struct cox_single_rows *rows, size_t i)
{
    return rows->alone[i] == 0 ? 0 : rows->copies && data->counted ? 1 / cox_weight(data, i) : 1;
}

/* ---- sum a^2 z z' -------------------------------------------------------------------------------------------------- */

static int add_columns(const struct cox_scores *scores, const struct cox_single_rows *rows, double *meat)
{
    const struct cox_data *data = cox_work_data(scores->work);
    const size_t p = scores->p, n_threads = cox_work_threads(scores->work);
    double *const square = malloc((data->n + p * p + p + 1) * sizeof *square), *const sum = square + data->n, *const matrix = sum + p;
    struct gram *const gram = gram_alloc(data->layout);
    double total;
    int status = square == NULL || gram == NULL ? GSL_ENOMEM : gram_init(gram, scores->bound * scores->bound, data->n);

    for (size_t i = 0; status == GSL_SUCCESS && i < data->n; i++) {
        const double a = factor_of(scores, i);
        square[i] = share_of(data, rows, i) * a * a;
    }
    if (status == GSL_SUCCESS)
        status = gram_add_all(gram, square, n_threads);
    if (status == GSL_SUCCESS) {
        gram_read(gram, &total, sum, matrix);
        for (size_t i = 0; i < p; i++)
            for (size_t j = 0; j <= i; j++)
                meat[i * p + j] += matrix[i * p + j];
    }
    gram_free(gram);
    free(square);
    return status;
}

/* ---- what the means of positions add ------------------------------------------------------------------------------------ */

/* Sums over rows of one position and kind. */
struct position_sums {
    double *risk, *event;  /* [p] sum a r z, sum a e z */
    double rr, re, ee;     /* sum r^2, sum r e, sum e^2 */
};

struct part {
    const struct cox_scores *scores;
    const struct cox_single_rows *rows;
    struct fixed_scale scale;
    size_t n_cell;          /* of all units */
    size_t *start;          /* [n_unit] */
    int64_t *cells;         /* [2 * n_cell] */
    struct position_sums sums;
    double *matrix;         /* [p * p]: M is it, and it transposed */
    void *memory;
};

static bool part_make(const struct cox_scores *scores, const struct cox_single_rows *rows, const struct fixed_scale *scale, struct part *part)
{
    const struct gram_layout *layout = cox_work_data(scores->work)->layout;
    const size_t p = scores->p;
    size_t n_cell = 0;

    for (size_t u = 0; u < layout->n_unit; u++)
        n_cell += layout->unit[u].n_cell;
    *part = (struct part){.scores = scores, .rows = rows, .scale = *scale, .n_cell = n_cell};
    part->memory = calloc(p * p + 2 * p + 2 * n_cell + layout->n_unit, 8);
    if (part->memory == NULL)
        return false;
    part->matrix = part->memory;
    part->sums.risk = part->matrix + p * p;
    part->sums.event = part->sums.risk + p;
    part->cells = (int64_t *)(void *)(part->sums.event + p);
    part->start = (size_t *)(void *)(part->cells + 2 * n_cell);
    for (size_t u = 0, first = 0; u < layout->n_unit; first += layout->unit[u++].n_cell)
        part->start[u] = first;
    return true;
}

/* Every cell of a unit goes to the columns of its levels. */
static void read_columns(const struct part *part, const int64_t *cells, double *sum)
{
    const struct gram_layout *layout = cox_work_data(part->scores->work)->layout;

    memset(sum, 0, part->scores->p * sizeof *sum);
    for (size_t u = 1; u < layout->n_unit; u++) {
        const struct gram_unit *unit = &layout->unit[u];
        for (size_t c = 0; c < unit->n_cell; c++)
            for (size_t k = 0; cells[part->start[u] + c] != 0 && k < unit->n_block; k++) {
                const int32_t column = layout->design->block[unit->block[k]].column[unit->level[c * unit->n_block + k]];
                if (column >= 0)
                    sum[column] += (double)cells[part->start[u] + c] * part->scale.down;
            }
    }
}

/* Rows first .. last - 1 of one position, the dead or the others. */
VECTOR_VERSIONS static void sum_rows(struct part *part, size_t first, size_t last, bool dead)
{
    const struct cox_data *data = cox_work_data(part->scores->work);
    const double *const risk = cox_work_risk(part->scores->work);
    double ar[DESIGN_RUN], ae[DESIGN_RUN];
    int64_t rr = 0, re = 0, ee = 0;

    memset(part->cells, 0, 2 * part->n_cell * sizeof *part->cells);
    for (; first < last; first += DESIGN_RUN) {
        const size_t n = last - first < DESIGN_RUN ? last - first : DESIGN_RUN;
        for (size_t k = 0; k < n; k++) {
            const size_t i = first + k;
            const double share = share_of(data, part->rows, i), a = share * factor_of(part->scores, i), e = event_of(data, i);
            ar[k] = a * risk[i];
            ae[k] = a * e;
            rr += fixed_part(&part->scale, share * risk[i] * risk[i]);
            re += fixed_part(&part->scale, share * risk[i] * e);
            ee += fixed_part(&part->scale, share * e * e);
        }
        design_run_add(data->layout, part->start, &part->scale, ar, first, n, part->cells);
        if (dead)
            design_run_add(data->layout, part->start, &part->scale, ae, first, n, part->cells + part->n_cell);
    }
    part->sums.rr = (double)rr * part->scale.down;
    part->sums.re = (double)re * part->scale.down;
    part->sums.ee = (double)ee * part->scale.down;
    read_columns(part, part->cells, part->sums.risk);
    if (dead)
        read_columns(part, part->cells + part->n_cell, part->sums.event);
}

/* matrix += x y' */
VECTOR_VERSIONS static void add_product(const double *x, const double *y, size_t p, double *restrict matrix)
{
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++)
            matrix[i * p + j] += x[i] * y[j];
}

static void add_position(struct part *part, size_t k)
{
    const struct cox_scores *scores = part->scores;
    const struct cox_data *data = cox_work_data(scores->work);
    const size_t p = scores->p;
    const double *const past = scores->past + k * p, *const dead = scores->dead + k * p, *const mean = scores->mean + k * p;
    const struct position_sums *const sums = &part->sums;

    sum_rows(part, data->first_alive[k], data->first_row[k + 1], false);
    for (size_t j = 0; j < p; j++)
        sums->risk[j] += past[j] * sums->rr / 2;
    add_product(past, sums->risk, p, part->matrix);
    sum_rows(part, data->first_row[k], data->first_alive[k], true);
    for (size_t j = 0; j < p; j++) {
        sums->risk[j] += dead[j] * sums->rr / 2 - mean[j] * sums->re;
        sums->event[j] = mean[j] * sums->ee / 2 - sums->event[j];
    }
    add_product(dead, sums->risk, p, part->matrix);
    add_product(mean, sums->event, p, part->matrix);
}

/* Parts of about as many rows; the first position of one. */
static size_t part_begin(const struct cox_data *data, size_t number)
{
    const size_t goal = (size_t)((unsigned __int128)data->n * number / PARTS);
    size_t k = 0;

    while (k < data->n_axis && (number == PARTS || data->first_row[k] < goal))
        k++;
    return k;
}

static int add_means(const struct cox_scores *scores, const struct cox_single_rows *rows, double *meat)
{
    const struct cox_data *data = cox_work_data(scores->work);
    const size_t p = scores->p;
    struct part parts[PARTS] = {{0}};
    struct fixed_scale scale;
    size_t most = ROWS_LEAST;
    bool good = true;

    for (size_t k = 0; k < data->n_axis; k++)
        most = data->first_row[k + 1] - data->first_row[k] > most ? data->first_row[k + 1] - data->first_row[k] : most;
    const int status = fixed_scale_init(&scale, scores->bound * scores->bound, most);
    for (size_t number = 0; number < PARTS && status == GSL_SUCCESS; number++)
        good = good && part_make(scores, rows, &scale, &parts[number]);
    if (good && status == GSL_SUCCESS) {
#pragma omp parallel for num_threads((int)cox_work_threads(scores->work)) schedule(dynamic, 1)
        for (size_t number = 0; number < PARTS; number++)
            for (size_t k = part_begin(data, number); k < part_begin(data, number + 1); k++)
                add_position(&parts[number], k);
        for (size_t number = 0; number < PARTS; number++)
            for (size_t i = 0; i < p; i++)
                for (size_t j = 0; j <= i; j++)
                    meat[i * p + j] += parts[number].matrix[i * p + j] + parts[number].matrix[j * p + i];
    }
    for (size_t number = 0; number < PARTS; number++)
        free(parts[number].memory);
    return status != GSL_SUCCESS ? status : good ? GSL_SUCCESS : GSL_ENOMEM;
}

int cox_singles(const struct cox_scores *scores, const struct cox_single_rows *rows, double *meat)
{
    const int status = add_columns(scores, rows, meat);

    return status == GSL_SUCCESS ? add_means(scores, rows, meat) : status;
}
