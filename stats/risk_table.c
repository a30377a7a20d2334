/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/risk_table.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

/* Counts are used as doubles: up to here that loses nothing. */
#define MAX_TOTAL (INT64_C(1) << 53)

enum {
    MAX_DAY_BUCKETS = 1 << 20,
    MIN_ROWS_PER_THREAD = 1 << 14, /* starting a thread costs about as much as counting so many rows */
    PRIVATE_CELLS = 1 << 15,       /* 256 KiB of a thread's stack */
};

/* ---- shape ---------------------------------------------------------------------------------------------------- */

static bool valid_axis(const double *axis, size_t n_time)
{
    for (size_t k = 0; k < n_time; k++)
        if (!isfinite(axis[k]) || axis[k] < 0 || (k > 0 && !(axis[k] > axis[k - 1])))
            return false;
    return n_time > 0 && n_time <= UINT32_MAX;
}

/* The bucket of a time; one that is not on the axis may get any. */
static inline size_t bucket_of(const struct risk_table *table, double t)
{
    const double place = (t - table->time[0]) * table->bucket_scale;

    if (!(place >= 0)) /* NaN too */
        return 0;
    return place < (double)table->n_bucket ? (size_t)(int64_t)place : table->n_bucket - 1;
}

static inline size_t place_of(const struct risk_table *table, double t)
{
    const size_t b = bucket_of(table, t);
    size_t low = table->bucket[b], high = table->bucket[b + 1];

    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (table->time[middle] <= t)
            low = middle;
        else
            high = middle;
    }
    return low < high && table->time[low] == t ? low : table->n_time;
}

size_t risk_table_index(const struct risk_table *table, double t)
{
    return place_of(table, t);
}

/* Buckets of one day where the axis holds whole days, else as many equal buckets as times. */
static void size_buckets(struct risk_table *table, const double *axis)
{
    const double range = axis[table->n_time - 1] - axis[0];
    bool days = range < MAX_DAY_BUCKETS - 1;

    for (size_t k = 0; days && k < table->n_time; k++)
        days = axis[k] == floor(axis[k]);
    table->n_bucket = days ? (size_t)range + 1 : table->n_time;
    table->bucket_scale = days ? 1 : (double)table->n_bucket / range;
    if (!isfinite(table->bucket_scale)) {
        table->n_bucket = 1;
        table->bucket_scale = 0;
    }
}

/* Rounding is monotone, so the times of a bucket are neighbours on the axis. */
static void fill_buckets(struct risk_table *table)
{
    size_t k = 0;
    for (size_t b = 0; b < table->n_bucket; b++) {
        table->bucket[b] = (uint32_t)k;
        while (k < table->n_time && bucket_of(table, table->time[k]) == b)
            k++;
    }
    table->bucket[table->n_bucket] = (uint32_t)table->n_time;
}

/* n_cell, and how many of them are exits; false when the cells do not fit an address space. */
static bool count_cells(struct risk_table *table, size_t *n_exit)
{
    size_t n_row, bytes;
    return !__builtin_mul_overflow(table->n_arm, table->n_stratum, &n_row) &&
           !__builtin_mul_overflow(n_row, table->n_time, &n_row) &&
           !__builtin_mul_overflow(n_row, table->n_cause + 1, n_exit) &&
           !__builtin_add_overflow(*n_exit, n_row, &table->n_cell) &&
           !__builtin_mul_overflow(table->n_cell, 2 * sizeof(int64_t), &bytes);
}

static void free_columns(struct risk_table *table)
{
    free(table->bucket);
    free(table->exits);
    free(table->time);
}

struct risk_table *risk_table_alloc(size_t n_arm, size_t n_stratum, size_t n_cause, const double *axis, size_t n_time)
{
    struct risk_table shape = {.n_arm = n_arm, .n_stratum = n_stratum, .n_cause = n_cause, .n_time = n_time}, *table;
    size_t n_exit;

    if (n_arm == 0 || n_stratum == 0 || n_cause == 0 || n_cause == SIZE_MAX || !valid_axis(axis, n_time) ||
        !count_cells(&shape, &n_exit))
        return NULL;
    size_buckets(&shape, axis);
    shape.time = malloc(n_time * sizeof *shape.time);
    shape.bucket = malloc((shape.n_bucket + 1) * sizeof *shape.bucket);
    shape.exits = calloc(shape.n_cell, sizeof *shape.exits);
    table = malloc(sizeof *table);
    if (shape.time == NULL || shape.bucket == NULL || shape.exits == NULL || table == NULL) {
        free_columns(&shape);
        free(table);
        return NULL;
    }
    for (size_t k = 0; k < n_time; k++)
        shape.time[k] = axis[k] + 0.0; /* negative zero becomes zero */
    fill_buckets(&shape);
    shape.entered = shape.exits + n_exit;
    *table = shape;
    return table;
}

void risk_table_free(struct risk_table *table)
{
    if (table == NULL)
        return;
    free_columns(table);
    free(table);
}

void risk_table_clear(struct risk_table *table)
{
    memset(table->exits, 0, table->n_cell * sizeof *table->exits);
    table->total = 0;
}

/* ---- adding --------------------------------------------------------------------------------------------------- */

struct rows {
    const double *entry;
    const double *time;
    const int32_t *cause;
    const int32_t *arm;
    const int32_t *stratum;
    const int64_t *frequency;
};

/* What one row adds: frequency to the cell `out`, and to `in` when it has an entry time (else in is out). */
struct row {
    size_t in, out;
    int64_t frequency;
};

static inline int read_row(const struct risk_table *table, struct rows rows, size_t i, int64_t total, struct row *row)
{
    const size_t arm = rows.arm == NULL ? 0 : (size_t)rows.arm[i]; /* negative codes become huge */
    const size_t stratum = rows.stratum == NULL ? 0 : (size_t)rows.stratum[i];
    const size_t cause = (size_t)rows.cause[i];
    const size_t k = place_of(table, rows.time[i]);
    const size_t group = arm * table->n_stratum + stratum;

    row->frequency = rows.frequency == NULL ? 1 : rows.frequency[i];
    if (row->frequency > MAX_TOTAL - total)
        return GSL_EOVRFLW;
    if (arm >= table->n_arm || stratum >= table->n_stratum || cause > table->n_cause || k == table->n_time ||
        row->frequency < 0)
        return GSL_EDOM;
    row->out = row->in = (group * (1 + table->n_cause) + cause) * table->n_time + k;
    if (rows.entry != NULL) {
        const size_t e = place_of(table, rows.entry[i]);
        if (e >= k) /* also when the entry time is not on the axis */
            return GSL_EDOM;
        row->in = (size_t)(table->entered - table->exits) + group * table->n_time + e;
    }
    return GSL_SUCCESS;
}

static inline int count_rows(const struct risk_table *table, struct rows rows, size_t first, size_t last,
                             int64_t *block, int64_t *total)
{
    const struct risk_table shape = *table; /* no store into a cell can change it, so it stays in registers */
    int64_t sum = *total;
    int status = GSL_SUCCESS;
    struct row row;

    for (size_t i = first; i < last && (status = read_row(&shape, rows, i, sum, &row)) == GSL_SUCCESS; i++) {
        block[row.out] += row.frequency;
        if (rows.entry != NULL)
            block[row.in] += row.frequency;
        sum += row.frequency;
    }
    *total = sum;
    return status;
}

/* Rows first .. last - 1 into a block of cells that nobody else writes. */
static int count_alone(const struct risk_table *table, const struct rows *rows, size_t first, size_t last,
                       int64_t *block, int64_t *total)
{
    /* The common case is compiled without the columns that are not there: it is twice as fast. */
    if (rows->entry == NULL && rows->stratum == NULL && rows->frequency == NULL && rows->arm != NULL) {
        const struct rows plain = {.time = rows->time, .cause = rows->cause, .arm = rows->arm};
        return count_rows(table, plain, first, last, block, total);
    }
    return count_rows(table, *rows, first, last, block, total);
}

static void add_shared(int64_t *cell, int64_t count)
{
#pragma omp atomic
    *cell += count;
}

/*
 * Rows into a block that other threads write too.  Runs of rows that fall in one cell are added at once, so that
 * threads do not fight over the cell of a day on which everybody left.
 */
static int count_shared(const struct risk_table *table, const struct rows *rows, size_t first, size_t last,
                        int64_t *block, int64_t *total)
{
    struct row row, run = {0, 0, 0};
    int status = GSL_SUCCESS;

    for (size_t i = first; i < last && (status = read_row(table, *rows, i, *total, &row)) == GSL_SUCCESS; i++) {
        if (row.out != run.out) {
            add_shared(&block[run.out], run.frequency);
            run = (struct row){0, row.out, 0};
        }
        run.frequency += row.frequency;
        if (rows->entry != NULL)
            add_shared(&block[row.in], row.frequency);
        *total += row.frequency;
    }
    add_shared(&block[run.out], run.frequency);
    return status;
}

/* Rows into a block of this thread's own, then all of it into the table's. */
static int count_private(const struct risk_table *table, const struct rows *rows, size_t first, size_t last,
                         int64_t *block, int64_t *total)
{
    int64_t mine[PRIVATE_CELLS];

    memset(mine, 0, table->n_cell * sizeof *mine);
    const int status = count_alone(table, rows, first, last, mine, total);
#pragma omp critical(risk_table_add)
    for (size_t c = 0; c < table->n_cell; c++)
        block[c] += mine[c];
    return status;
}

int risk_table_add(struct risk_table *table, size_t n, const double *entry, const double *time, const int32_t *cause,
                   const int32_t *arm, const int32_t *stratum, const int64_t *frequency, size_t n_threads)
{
    const struct rows rows = {entry, time, cause, arm, stratum, frequency};
    const size_t useful = 1 + n / MIN_ROWS_PER_THREAD;
    const int n_part = (int)(n_threads < useful ? n_threads : useful);
    int64_t added = 0;
    int status = GSL_SUCCESS;

    if (n_threads == 0)
        return GSL_EINVAL;
    if (n_part == 1) {
        status = count_alone(table, &rows, 0, n, table->exits, &added);
    } else {
        const bool fits = table->n_cell <= PRIVATE_CELLS;
        const size_t step = n / (size_t)n_part + 1;
#pragma omp parallel for schedule(static, 1) num_threads(n_part) reduction(+ : added) reduction(max : status)
        for (int part = 0; part < n_part; part++) {
            const size_t first = (size_t)part * step < n ? (size_t)part * step : n;
            const size_t last = n - first < step ? n : first + step;
            int64_t total = 0;
            int64_t *block = table->exits;
            const int part_status = (fits ? count_private : count_shared)(table, &rows, first, last, block, &total);
            added += total;
            status = part_status > status ? part_status : status;
        }
    }
    if (status != GSL_SUCCESS)
        return status;
    if (added > MAX_TOTAL - table->total)
        return GSL_EOVRFLW;
    table->total += added;
    return GSL_SUCCESS;
}

int risk_table_merge(struct risk_table *into, const struct risk_table *from)
{
    const size_t n_group = into->n_arm * into->n_stratum, n_kind = 1 + into->n_cause;

    if (into->n_arm != from->n_arm || into->n_stratum != from->n_stratum || into->n_cause != from->n_cause)
        return GSL_EBADLEN;
    if (from->total > MAX_TOTAL - into->total)
        return GSL_EOVRFLW;
    for (size_t k = 0; k < from->n_time; k++)
        if (place_of(into, from->time[k]) == into->n_time)
            return GSL_EDOM;
    for (size_t k = 0; k < from->n_time; k++) {
        const size_t place = place_of(into, from->time[k]);
        for (size_t row = 0; row < n_group * n_kind; row++)
            into->exits[row * into->n_time + place] += from->exits[row * from->n_time + k];
        for (size_t row = 0; row < n_group; row++)
            into->entered[row * into->n_time + place] += from->entered[row * from->n_time + k];
    }
    into->total += from->total;
    return GSL_SUCCESS;
}

int risk_table_reduce(struct risk_table *table, const struct reducer *reducer)
{
    const size_t n_row = table->n_arm * table->n_stratum * table->n_time;

    reducer_sum_pieces(reducer, (const struct reducer_piece[]){{table->exits, n_row * (1 + table->n_cause)}, {table->entered, n_row}, {&table->total, 1}}, 3);
    return table->total <= MAX_TOTAL ? GSL_SUCCESS : GSL_EOVRFLW;
}
