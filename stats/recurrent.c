/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/recurrent.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

struct stretch {
    int32_t id;
    double time;
    size_t row;
};

static int by_person_and_time(const void *a, const void *b)
{
    const struct stretch *const x = a, *const y = b;

    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static bool valid(size_t n, const double *entry, const double *time, const int32_t *event, const int32_t *id, size_t n_id)
{
    for (size_t i = 0; i < n; i++) {
        const double from = entry != NULL ? entry[i] : 0;

        if (!(isfinite(from) && from >= 0 && isfinite(time[i]) && time[i] >= 0) || (entry != NULL && from >= time[i]) ||
            (event[i] != 0 && event[i] != 1) || id[i] < 0 || (size_t)id[i] >= n_id)
            return false;
    }
    return true;
}

/* Rows of one person, in their order; false: they overlap. */
static bool arrange(const struct stretch *stretch, size_t n, const double *entry, const int32_t *event,
                    enum recurrent_arrangement arrangement, struct recurrent_rows *rows)
{
    double before = 0, last = entry != NULL ? entry[stretch[0].row] : 0; /* end of the row before; last event */
    int32_t n_event = 0;

    for (size_t k = 0; k < n; k++) {
        const size_t i = stretch[k].row;
        const double from = entry != NULL ? entry[i] : before, to = stretch[k].time;
        const bool gap = arrangement == RECURRENT_PWP_GAP;

        if (k > 0 && (from < before || from >= to))
            return false;
        rows->entry[i] = gap ? from - last : from;
        rows->time[i] = gap ? to - last : to;
        rows->stratum[i] = arrangement == RECURRENT_ANDERSEN_GILL ? 0 : n_event;
        before = to;
        if (event[i] != 0) {
            n_event++;
            last = to;
        }
        if ((size_t)rows->stratum[i] >= rows->n_stratum)
            rows->n_stratum = (size_t)rows->stratum[i] + 1;
    }
    return true;
}

static struct recurrent_rows *rows_alloc(size_t n)
{
    struct recurrent_rows *const rows = calloc(1, sizeof *rows);

    if (rows == NULL)
        return NULL;
    rows->n = n;
    rows->n_stratum = 1;
    rows->entry = calloc(n + 1, sizeof *rows->entry);
    rows->time = calloc(n + 1, sizeof *rows->time);
    rows->stratum = calloc(n + 1, sizeof *rows->stratum);
    if (rows->entry == NULL || rows->time == NULL || rows->stratum == NULL) {
        recurrent_free(rows);
        return NULL;
    }
    return rows;
}

void recurrent_free(struct recurrent_rows *rows)
{
    if (rows == NULL)
        return;
    free(rows->entry);
    free(rows->time);
    free(rows->stratum);
    free(rows);
}

static struct recurrent_rows *arrange_all(size_t n, const double *entry, const double *time, const int32_t *event, const int32_t *id,
                                          size_t n_id, enum recurrent_arrangement arrangement, int *status)
{
    *status = valid(n, entry, time, event, id, n_id) ? GSL_SUCCESS : GSL_EDOM;
    if (*status != GSL_SUCCESS)
        return NULL;
    struct recurrent_rows *rows = rows_alloc(n);
    struct stretch *const stretch = calloc(n + 1, sizeof *stretch);
    if (rows == NULL || stretch == NULL)
        *status = GSL_ENOMEM;
    for (size_t i = 0; i < n && *status == GSL_SUCCESS; i++)
        stretch[i] = (struct stretch){id[i], time[i], i};
    if (*status == GSL_SUCCESS)
        qsort(stretch, n, sizeof *stretch, by_person_and_time);
    for (size_t first = 0, last; first < n && *status == GSL_SUCCESS; first = last) {
        for (last = first + 1; last < n && stretch[last].id == stretch[first].id; last++)
            continue;
        if (!arrange(stretch + first, last - first, entry, event, arrangement, rows))
            *status = GSL_EDOM;
    }
    free(stretch);
    if (*status != GSL_SUCCESS) {
        recurrent_free(rows);
        rows = NULL;
    }
    return rows;
}

struct recurrent_rows *recurrent_alloc(size_t n, const double *entry, const double *time, const int32_t *event,
                                       const int32_t *id, size_t n_id, enum recurrent_arrangement arrangement,
                                       int *status)
{
    return recurrent_alloc_all(n, entry, time, event, id, n_id, arrangement, NULL, status);
}

struct recurrent_rows *recurrent_alloc_all(size_t n, const double *entry, const double *time, const int32_t *event,
                                           const int32_t *id, size_t n_id, enum recurrent_arrangement arrangement,
                                           const struct reducer *reducer, int *status)
{
    struct recurrent_rows *rows = arrange_all(n, entry, time, event, id, n_id, arrangement, status);
    const int here = *status;
    int64_t n_all = (int64_t)n;
    double largest[] = {*status < 0 ? GSL_EFAILED : *status, rows != NULL ? (double)rows->n_stratum : 1};

    reducer_sum_and_largest(reducer, &n_all, 1, largest, 2);
    *status = n_all == 0 ? GSL_EINVAL : largest[0] > 0 ? (int)largest[0] : here;
    if (*status != GSL_SUCCESS) {
        recurrent_free(rows);
        return NULL;
    }
    rows->n_stratum = (size_t)largest[1];
    return rows;
}
