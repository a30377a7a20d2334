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
    int status = square == NULL || gram == NULL ? GSL_ENOMEM : gram_init(gram, scores->bound * scores->bound, data->n_everywhere);

    for (size_t i = 0; status == GSL_SUCCESS && i < data->n; i++) {
        const double a = factor_of(scores, i);
        square[i] = share_of(data, rows, i) * a * a;
    }
    if (status == GSL_SUCCESS)
        status = gram_add_all(gram, square, n_threads);
    if (status == GSL_SUCCESS) {
        gram_read_all(gram, data->reducer, &total, sum, matrix);
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
    int64_t *whole;         /* [2 * whole_size]: of the others of a position, then of the dead */
    struct position_sums sums;
    double *matrix;         /* [p * p]: M is it, and it transposed */
    void *memory;
};

/* Whole numbers of the rows of one position and kind: cells of a r z, cells of a e z, and r^2, r e, e^2. */
static size_t whole_size(const struct part *part)
{
    return 2 * part->n_cell + 3;
}

static bool part_make(const struct cox_scores *scores, const struct cox_single_rows *rows, const struct fixed_scale *scale, struct part *part)
{
    const struct gram_layout *layout = cox_work_data(scores->work)->layout;
    const size_t p = scores->p;
    size_t n_cell = 0;

    for (size_t u = 0; u < layout->n_unit; u++)
        n_cell += layout->unit[u].n_cell;
    *part = (struct part){.scores = scores, .rows = rows, .scale = *scale, .n_cell = n_cell};
    part->memory = calloc(p * p + 2 * p + 2 * whole_size(part) + layout->n_unit, 8);
    if (part->memory == NULL)
        return false;
    part->matrix = part->memory;
    part->sums.risk = part->matrix + p * p;
    part->sums.event = part->sums.risk + p;
    part->whole = (int64_t *)(void *)(part->sums.event + p);
    part->start = (size_t *)(void *)(part->whole + 2 * whole_size(part));
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

/* Rows first .. last - 1 of one position, the dead or the others; whole [whole_size]. */
VECTOR_VERSIONS static void sum_rows(const struct part *part, size_t first, size_t last, bool dead, int64_t *whole)
{
    const struct cox_data *data = cox_work_data(part->scores->work);
    const double *const risk = cox_work_risk(part->scores->work);
    double ar[DESIGN_RUN], ae[DESIGN_RUN];
    int64_t rr = 0, re = 0, ee = 0, *const rest = whole + 2 * part->n_cell;

    memset(whole, 0, whole_size(part) * sizeof *whole);
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
        design_run_add(data->layout, part->start, &part->scale, ar, first, n, whole);
        if (dead)
            design_run_add(data->layout, part->start, &part->scale, ae, first, n, whole + part->n_cell);
    }
    rest[0] = rr;
    rest[1] = re;
    rest[2] = ee;
}

static void read_sums(struct part *part, const int64_t *whole, bool dead)
{
    const int64_t *const rest = whole + 2 * part->n_cell;

    part->sums.rr = (double)rest[0] * part->scale.down;
    part->sums.re = (double)rest[1] * part->scale.down;
    part->sums.ee = (double)rest[2] * part->scale.down;
    read_columns(part, whole, part->sums.risk);
    if (dead)
        read_columns(part, whole + part->n_cell, part->sums.event);
}

/* matrix += x y' */
VECTOR_VERSIONS static void add_product(const double *x, const double *y, size_t p, double *restrict matrix)
{
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++)
            matrix[i * p + j] += x[i] * y[j];
}

/* whole [2 * whole_size]: the others, then the dead. */
static void sum_position(const struct part *part, size_t k, int64_t *whole)
{
    const struct cox_data *data = cox_work_data(part->scores->work);

    sum_rows(part, data->first_alive[k], data->first_row[k + 1], false, whole);
    sum_rows(part, data->first_row[k], data->first_alive[k], true, whole + whole_size(part));
}

static void add_position(struct part *part, size_t k, const int64_t *whole)
{
    const struct cox_scores *scores = part->scores;
    const size_t p = scores->p;
    const double *const past = scores->past + k * p, *const dead = scores->dead + k * p, *const mean = scores->mean + k * p;
    const struct position_sums *const sums = &part->sums;

    read_sums(part, whole, false);
    for (size_t j = 0; j < p; j++)
        sums->risk[j] += past[j] * sums->rr / 2;
    add_product(past, sums->risk, p, part->matrix);
    read_sums(part, whole + whole_size(part), true);
    for (size_t j = 0; j < p; j++) {
        sums->risk[j] += dead[j] * sums->rr / 2 - mean[j] * sums->re;
        sums->event[j] = mean[j] * sums->ee / 2 - sums->event[j];
    }
    add_product(dead, sums->risk, p, part->matrix);
    add_product(mean, sums->event, p, part->matrix);
}

/* Parts of about as many rows; the first position of one.  before [n_axis + 1]: rows of earlier positions, in all places. */
static size_t part_begin(const struct cox_data *data, const int64_t *before, size_t number)
{
    const int64_t goal = (int64_t)((unsigned __int128)data->n_everywhere * number / PARTS);
    size_t k = 0;

    while (k < data->n_axis && (number == PARTS || before[k] < goal))
        k++;
    return k;
}

/* Positions of a part one after the other. */
static void add_part(struct part *part, size_t first, size_t end)
{
    for (size_t k = first; k < end; k++) {
        sum_position(part, k, part->whole);
        add_position(part, k, part->whole);
    }
}

/* The same, of rows in several places: some positions in a message.  GSL_ENOMEM. */
static int add_shared_part(struct part *part, size_t first, size_t end)
{
    enum { MESSAGE = 1 << 18 };
    const size_t size = 2 * whole_size(part), most = size < MESSAGE ? MESSAGE / size : 1;
    int64_t *const whole = malloc(most * size * sizeof *whole);

    for (size_t n; whole != NULL && first < end; first += n) {
        n = end - first < most ? end - first : most;
        for (size_t k = 0; k < n; k++)
            sum_position(part, first + k, whole + k * size);
        reducer_sum(cox_work_data(part->scores->work)->reducer, whole, n * size);
        for (size_t k = 0; k < n; k++)
            add_position(part, first + k, whole + k * size);
    }
    free(whole);
    return whole != NULL ? GSL_SUCCESS : GSL_ENOMEM;
}

/* NULL when memory is short.  *most: rows of the fullest position. */
static int64_t *rows_before(const struct cox_data *data, size_t *most)
{
    int64_t *const before = calloc(data->n_axis + 2, sizeof *before);

    for (size_t k = 0; before != NULL && k < data->n_axis; k++)
        before[k + 1] = (int64_t)(data->first_row[k + 1] - data->first_row[k]);
    if (before != NULL)
        reducer_sum(data->reducer, before + 1, data->n_axis);
    for (size_t k = 0; before != NULL && k < data->n_axis; k++) {
        *most = (size_t)before[k + 1] > *most ? (size_t)before[k + 1] : *most;
        before[k + 1] += before[k];
    }
    return before;
}

static int add_means(const struct cox_scores *scores, const struct cox_single_rows *rows, double *meat)
{
    const struct cox_data *data = cox_work_data(scores->work);
    const size_t p = scores->p;
    struct part parts[PARTS] = {{0}};
    struct fixed_scale scale;
    size_t most = ROWS_LEAST;
    int64_t *const before = rows_before(data, &most);
    int status = before == NULL ? GSL_ENOMEM : fixed_scale_init(&scale, scores->bound * scores->bound, most);

    for (size_t number = 0; number < PARTS && status == GSL_SUCCESS; number++)
        status = part_make(scores, rows, &scale, &parts[number]) ? GSL_SUCCESS : GSL_ENOMEM;
    for (size_t number = 0; number < PARTS && status == GSL_SUCCESS && data->reducer != NULL; number++)
        status = add_shared_part(&parts[number], part_begin(data, before, number), part_begin(data, before, number + 1));
    if (status == GSL_SUCCESS && data->reducer == NULL) {
#pragma omp parallel for num_threads((int)cox_work_threads(scores->work)) schedule(dynamic, 1)
        for (size_t number = 0; number < PARTS; number++)
            add_part(&parts[number], part_begin(data, before, number), part_begin(data, before, number + 1));
    }
    for (size_t number = 0; number < PARTS && status == GSL_SUCCESS; number++)
        for (size_t i = 0; i < p; i++)
            for (size_t j = 0; j <= i; j++)
                meat[i * p + j] += parts[number].matrix[i * p + j] + parts[number].matrix[j * p + i];
    for (size_t number = 0; number < PARTS; number++)
        free(parts[number].memory);
    free(before);
    return status;
}

int cox_singles(const struct cox_scores *scores, const struct cox_single_rows *rows, double *meat)
{
    const int status = add_columns(scores, rows, meat);

    return status == GSL_SUCCESS ? add_means(scores, rows, meat) : status;
}
