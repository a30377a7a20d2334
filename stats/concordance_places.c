/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/concordance_places.h"

#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

/* ---- the axis --------------------------------------------------------------------------------------------------------- */

struct point {
    double time;
    int64_t stratum;
};

static int compare_points(const void *left, const void *right)
{
    const struct point *a = left, *b = right;

    if (a->stratum != b->stratum)
        return a->stratum < b->stratum ? -1 : 1;
    return (a->time > b->time) - (a->time < b->time);
}

void pair_axis_free(struct pair_axis *axis)
{
    free(axis->time);
    free(axis->stratum);
    free(axis->first);
    *axis = (struct pair_axis){0};
}

/* Points in order, some of them several times. */
static int take_points(const struct point *points, size_t n, struct pair_axis *axis)
{
    pair_axis_free(axis);
    axis->time = malloc((n + 1) * sizeof *axis->time);
    axis->stratum = malloc((n + 1) * sizeof *axis->stratum);
    axis->first = malloc((n + 1) * sizeof *axis->first);
    if (axis->time == NULL || axis->stratum == NULL || axis->first == NULL)
        return GSL_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        const bool fresh = i == 0 || points[i - 1].stratum != points[i].stratum;
        const size_t k = axis->n;
        if (!fresh && points[i - 1].time == points[i].time)
            continue;
        axis->time[k] = points[i].time;
        axis->stratum[k] = (int32_t)points[i].stratum;
        axis->first[k] = fresh ? (uint32_t)k : axis->first[k - 1];
        axis->n++;
    }
    return GSL_SUCCESS;
}

int pair_axis_join(const struct reducer *reducer, struct pair_axis *axis)
{
    struct point *const own = malloc((axis->n + 1) * sizeof *own);
    struct reducer_bytes all = {0};

    if (own == NULL)
        return GSL_ENOMEM;
    for (size_t k = 0; k < axis->n; k++)
        own[k] = (struct point){axis->time[k], axis->stratum[k]};
    int status = reducer->collect(reducer->context, own, axis->n * sizeof *own, &all);
    free(own);
    if (status != GSL_SUCCESS)
        return status;
    struct point *const points = (struct point *)(void *)all.bytes;
    const size_t n = all.n / sizeof *points;
    qsort(points, n, sizeof *points, compare_points);
    status = take_points(points, n, axis);
    free(points);
    return status;
}

/* ---- who gets which --------------------------------------------------------------------------------------------------- */

/* Predictions that each place shows, for ranges of about as many rows. */
enum { SHOWN = 512 };

static int compare_keys(const void *left, const void *right)
{
    const uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

    return (a > b) - (a < b);
}

/* Place k has the keys above limit[k - 1], up to limit[k].  limit [n_places] */
static int find_limits(const struct reducer *reducer, const struct walked_rows *rows, uint64_t *limit)
{
    uint64_t own[SHOWN];
    const size_t n_own = rows->n < SHOWN ? rows->n : SHOWN;
    struct reducer_bytes all = {0};

    for (size_t k = 0; k < n_own; k++)
        own[k] = rows->items[(size_t)((unsigned __int128)rows->n * k / n_own)].key;
    const int status = reducer->collect(reducer->context, own, n_own * sizeof *own, &all);
    if (status != GSL_SUCCESS)
        return status;
    uint64_t *const shown = (uint64_t *)(void *)all.bytes;
    const size_t n = all.n / sizeof *shown;
    qsort(shown, n, sizeof *shown, compare_keys);
    for (size_t k = 0; k < reducer->n_places; k++)
        limit[k] = k + 1 < reducer->n_places && n > 0 ? shown[n * (k + 1) / reducer->n_places] : UINT64_MAX;
    free(shown);
    return GSL_SUCCESS;
}

static inline size_t place_of(const uint64_t *limit, size_t n_places, uint64_t key)
{
    size_t first = 0, n = n_places;

    while (n > 1) {
        const size_t half = n / 2;
        first += key > limit[first + half - 1] ? half : 0;
        n -= half;
    }
    return first;
}

/* ---- on their way ----------------------------------------------------------------------------------------------------- */

struct moving {
    const struct reducer *reducer;
    const struct walked_rows *rows;
    uint64_t *limit; /* [n_places] */
    size_t *begin;   /* [n_places + 1] rows of each place among those that leave */
    size_t *next;    /* [n_places + 1] workspace */
};

static void count_rows(struct moving *m)
{
    const size_t n_places = m->reducer->n_places;

    memset(m->begin, 0, (n_places + 1) * sizeof *m->begin);
    for (size_t i = 0; i < m->rows->n; i++)
        m->begin[1 + place_of(m->limit, n_places, m->rows->items[i].key)]++;
    for (size_t k = 0; k < n_places; k++)
        m->begin[k + 1] += m->begin[k];
}

/* packed: n of all places' numbers of `size` bytes, in the order of the places; freed. */
static int send(struct moving *m, void *packed, size_t size, struct reducer_bytes *came)
{
    for (size_t k = 0; k <= m->reducer->n_places; k++)
        m->next[k] = m->begin[k] * size;
    const int status = packed == NULL ? GSL_ENOMEM : m->reducer->exchange(m->reducer->context, packed, m->next, came);
    free(packed);
    return status;
}

/* A number of each row, by the row's place; replaced. */
static int move_column(struct moving *m, int64_t **column)
{
    const size_t n_places = m->reducer->n_places, n = m->rows->n;
    int64_t *const packed = malloc((n + 1) * sizeof *packed);
    struct reducer_bytes came = {0};

    memcpy(m->next, m->begin, n_places * sizeof *m->next);
    for (size_t i = 0; packed != NULL && i < n; i++) {
        const struct radix_item *const item = &m->rows->items[i];
        packed[m->next[place_of(m->limit, n_places, item->key)]++] = (*column)[item->row];
    }
    const int status = send(m, packed, sizeof *packed, &came);
    if (status == GSL_SUCCESS) {
        free(*column);
        *column = (int64_t *)(void *)came.bytes;
    }
    return status;
}

/* Late entries travel in the place of row numbers, which begin anew where rows arrive. */
static int move_items(struct moving *m, struct reducer_bytes *came)
{
    const size_t n_places = m->reducer->n_places, n = m->rows->n;
    struct radix_item *const packed = malloc((n + 1) * sizeof *packed);

    memcpy(m->next, m->begin, n_places * sizeof *m->next);
    for (size_t i = 0; packed != NULL && i < n; i++) {
        struct radix_item *const to = &packed[m->next[place_of(m->limit, n_places, m->rows->items[i].key)]++];
        *to = m->rows->items[i];
        if (m->rows->from != NULL)
            to->row = m->rows->from[to->row];
    }
    return send(m, packed, sizeof *packed, came);
}

static int take_items(struct reducer_bytes *came, struct walked_rows *rows)
{
    const size_t n = came->n / sizeof *rows->items;
    uint32_t *const from = rows->from != NULL ? malloc((n + 1) * sizeof *from) : NULL;

    free(rows->items);
    rows->items = (struct radix_item *)(void *)came->bytes;
    rows->n = n;
    if (rows->from != NULL && from == NULL)
        return GSL_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        if (from != NULL)
            from[i] = rows->items[i].row;
        rows->items[i].row = (uint32_t)i;
    }
    free(rows->from);
    rows->from = from;
    return GSL_SUCCESS;
}

int walked_rows_exchange(const struct reducer *reducer, struct walked_rows *rows, int64_t **cluster)
{
    const size_t n = reducer->n_places + 1;
    struct moving m = {reducer, rows, malloc(n * sizeof *m.limit), malloc(n * sizeof *m.begin), malloc(n * sizeof *m.next)};
    struct reducer_bytes came = {0};
    int status = m.limit == NULL || m.begin == NULL || m.next == NULL ? GSL_ENOMEM : find_limits(reducer, rows, m.limit);

    if (status == GSL_SUCCESS) {
        count_rows(&m);
        status = rows->weight != NULL ? move_column(&m, &rows->weight) : GSL_SUCCESS;
    }
    if (status == GSL_SUCCESS && *cluster != NULL)
        status = move_column(&m, cluster);
    if (status == GSL_SUCCESS)
        status = move_items(&m, &came);
    if (status == GSL_SUCCESS)
        status = take_items(&came, rows);
    free(m.next);
    free(m.begin);
    free(m.limit);
    return status;
}

/* ---- counts ------------------------------------------------------------------------------------------------------------- */

int partners_join(const struct reducer *reducer, size_t n_axis, struct partners *count, struct partners *below)
{
    struct reducer_bytes all = {0};
    const int status = reducer->collect(reducer->context, count, n_axis * sizeof *count, &all);

    if (status != GSL_SUCCESS)
        return status;
    const struct partners *const of = (const struct partners *)(void *)all.bytes;
    for (size_t k = 0; k < n_axis; k++) {
        count[k] = below[k] = (struct partners){0};
        for (size_t place = 0; place < reducer->n_places; place++) {
            const struct partners *const here = &of[place * n_axis + k];
            count[k].past += here->past;
            count[k].living += here->living;
            below[k].past += place < reducer->place ? here->past : 0;
            below[k].living += place < reducer->place ? here->living : 0;
        }
    }
    free(all.bytes);
    return GSL_SUCCESS;
}
