/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/cox_data.h"

#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/exact_sum.h"
#include "stats/fixed_sum.h"
#include "stats/radix_order.h"

/* Rows a position from which on it pays to count factors together and take their margins afterwards. */
enum { ROWS_TO_PACK = 256 };

static int32_t stratum_of(const struct cox_rows *rows, size_t i)
{
    return rows->stratum != NULL ? rows->stratum[i] : 0;
}

static double weight_of(const struct cox_rows *rows, size_t i)
{
    if (rows->frequency != NULL)
        return (double)rows->frequency[i];
    return rows->weight != NULL ? rows->weight[i] : 1;
}

/* ---- the axis --------------------------------------------------------------------------------------------- */

static bool allocate_axis(struct cox_data *data, size_t n)
{
    data->time = malloc(n * sizeof *data->time);
    data->stratum = malloc(n * sizeof *data->stratum);
    data->stratum_first = malloc(n * sizeof *data->stratum_first);
    data->stratum_end = malloc(n * sizeof *data->stratum_end);
    data->first_row = calloc(n, sizeof *data->first_row);
    data->first_alive = calloc(n, sizeof *data->first_alive);
    data->n_dead = calloc(n, sizeof *data->n_dead);
    data->dead_weight = calloc(n, sizeof *data->dead_weight);
    return data->time != NULL && data->stratum != NULL && data->stratum_first != NULL && data->stratum_end != NULL &&
           data->first_row != NULL && data->first_alive != NULL && data->n_dead != NULL && data->dead_weight != NULL;
}

static void end_strata(struct cox_data *data)
{
    for (size_t k = data->n_axis; k-- > 0;) {
        const bool ends = k + 1 == data->n_axis || data->stratum_first[k + 1] != data->stratum_first[k];
        data->stratum_end[k] = ends ? (uint32_t)(k + 1) : data->stratum_end[k + 1];
    }
}

/* Distinct event times stratum by stratum; rows come in order of stratum and time. */
static void lay_axis(const struct cox_rows *rows, const uint32_t *order, struct cox_data *data)
{
    size_t first = 0;

    for (size_t k = 0; k < rows->n; k++) {
        const size_t i = order[k];
        const int32_t stratum = stratum_of(rows, i);
        const bool fresh = k == 0 || stratum_of(rows, order[k - 1]) != stratum;
        if (fresh)
            first = data->n_axis;
        if (rows->event[i] == 0 || (data->n_axis > first && data->time[data->n_axis - 1] == rows->time[i]))
            continue;
        data->time[data->n_axis] = rows->time[i];
        data->stratum[data->n_axis] = stratum;
        data->stratum_first[data->n_axis++] = (uint32_t)first;
    }
    end_strata(data);
}

/* ---- an axis of several places ------------------------------------------------------------------------------ */

struct position {
    double time;
    int64_t stratum;
};

static int compare_positions(const void *left, const void *right)
{
    const struct position *a = left, *b = right;

    if (a->stratum != b->stratum)
        return a->stratum < b->stratum ? -1 : 1;
    return (a->time > b->time) - (a->time < b->time);
}

/* Room for what is by position, where the axis has become longer than this place's events. */
static bool lengthen(struct cox_data *data, size_t n)
{
    free(data->time);
    free(data->stratum);
    free(data->stratum_first);
    free(data->stratum_end);
    free(data->first_row);
    free(data->first_alive);
    free(data->n_dead);
    free(data->dead_weight);
    return allocate_axis(data, n);
}

/* The events of all places, numbered alike in each. */
static int join_axes(const struct reducer *reducer, struct cox_data *data)
{
    struct position *own = malloc((data->n_axis + 1) * sizeof *own);
    struct reducer_bytes bytes = {0};
    int status = own != NULL ? GSL_SUCCESS : GSL_ENOMEM;

    for (size_t k = 0; own != NULL && k < data->n_axis; k++)
        own[k] = (struct position){data->time[k], data->stratum[k]};
    status = reducer_status(reducer, status);
    if (status == GSL_SUCCESS)
        status = reducer->collect(reducer->context, own, data->n_axis * sizeof *own, &bytes);
    free(own);
    struct position *const all = (struct position *)(void *)bytes.bytes;
    const size_t n_all = bytes.n / sizeof *all;
    if (status == GSL_SUCCESS && !lengthen(data, n_all + 1))
        status = GSL_ENOMEM;
    if (status == GSL_SUCCESS && n_all > 0)
        qsort(all, n_all, sizeof *all, compare_positions);
    data->n_axis = 0;
    for (size_t k = 0, first = 0; status == GSL_SUCCESS && k < n_all; k++) {
        if (k > 0 && compare_positions(&all[k], &all[k - 1]) == 0)
            continue;
        if (k > 0 && all[k].stratum != all[k - 1].stratum)
            first = data->n_axis;
        data->time[data->n_axis] = all[k].time;
        data->stratum[data->n_axis] = (int32_t)all[k].stratum;
        data->stratum_first[data->n_axis++] = (uint32_t)first;
    }
    free(bytes.bytes);
    if (status == GSL_SUCCESS)
        end_strata(data);
    return status;
}

/* ---- rows find their places ----------------------------------------------------------------------------------- */

/* Puts the rows of one time into the sorted order, dead ones first; order[begin .. end - 1] are these.  at_event: it is the
   time of the position; later times bring no dead to it. */
static void place_group(const struct cox_rows *rows, const uint32_t *order, size_t begin, size_t end, size_t position,
                        bool at_event, struct cox_data *data)
{
    const size_t first = data->stratum_first[position];

    for (int dead = 1; dead >= 0; dead--) {
        if (dead == 0 && at_event)
            data->first_alive[position] = (uint32_t)data->n;
        for (size_t k = begin; k < end; k++) {
            const size_t i = order[k];
            size_t from = first;
            if (rows->event[i] != dead)
                continue;
            if (rows->entry != NULL)
                from = cox_first_after(data->time, first, position + 1, rows->entry[i]);
            if (from > position)
                continue; /* at risk at no event */
            data->row[data->n] = (uint32_t)i;
            data->last[data->n] = (uint32_t)position;
            data->dead[data->n] = (uint8_t)dead;
            if (data->from != NULL)
                data->from[data->n] = (uint32_t)from;
            data->n++;
        }
    }
}

static void place_rows(const struct cox_rows *rows, const uint32_t *order, struct cox_data *data)
{
    size_t next = 0; /* the first position that no time has reached */

    for (size_t begin = 0; begin < rows->n;) {
        /* Rows from one event time of a stratum up to the next share their last position. */
        const int32_t stratum = stratum_of(rows, order[begin]);
        const double time = rows->time[order[begin]];
        size_t end = begin;
        bool at_event = false;
        while (end < rows->n && stratum_of(rows, order[end]) == stratum && rows->time[order[end]] == time)
            end++;
        /* Events of other places lie between. */
        for (; !at_event && next < data->n_axis &&
               (data->stratum[next] < stratum || (data->stratum[next] == stratum && data->time[next] <= time));
             next++) {
            at_event = data->stratum[next] == stratum && data->time[next] == time;
            data->first_row[next] = data->first_alive[next] = (uint32_t)data->n;
        }
        const bool reached = next > 0 && data->stratum[next - 1] == stratum;
        if (reached)
            place_group(rows, order, begin, end, next - 1, at_event, data);
        begin = end;
    }
    for (; next < data->n_axis; next++)
        data->first_row[next] = data->first_alive[next] = (uint32_t)data->n;
    data->first_row[data->n_axis] = (uint32_t)data->n;
}

/* Rows that enter late, by the position before their first. */
static void place_entries(struct cox_data *data)
{
    for (size_t i = 0; i < data->n; i++)
        if (data->from[i] > data->stratum_first[data->last[i]])
            data->enter_first[data->from[i]]++;
    for (size_t k = 1; k <= data->n_axis; k++)
        data->enter_first[k] += data->enter_first[k - 1];
    /* enter_first[k] is the end of those with from <= k; filling backwards turns it into the start of from = k. */
    data->n_enter = data->enter_first[data->n_axis];
    for (size_t i = data->n; i-- > 0;)
        if (data->from[i] > data->stratum_first[data->last[i]])
            data->enter[--data->enter_first[data->from[i]]] = (uint32_t)i;
    /* Ask by the position before: those with from = k + 1 start at enter_first[k]. */
    memmove(data->enter_first, data->enter_first + 1, data->n_axis * sizeof *data->enter_first);
    data->enter_first[data->n_axis] = (uint32_t)data->n_enter;
}

/* ---- weights, offsets, counts ------------------------------------------------------------------------------- */

static void copy_values(const struct cox_rows *rows, struct cox_data *data)
{
    for (size_t i = 0; i < data->n && data->weight != NULL; i++) {
        data->weight[i] = weight_of(rows, data->row[i]);
        data->weight_max = data->weight[i] > data->weight_max ? data->weight[i] : data->weight_max;
    }
    for (size_t i = 0; i < data->n && data->offset != NULL; i++) {
        const double offset = rows->offset[data->row[i]];
        data->offset_shift = i == 0 || offset > data->offset_shift ? offset : data->offset_shift;
    }
    for (size_t i = 0; i < data->n && data->offset != NULL; i++)
        data->offset[i] = rows->offset[data->row[i]] - data->offset_shift;
}

/* Those of all places: frequencies, so whole numbers. */
static void count_everywhere(struct cox_data *data)
{
    int64_t counts[4] = {(int64_t)data->n, (int64_t)data->n_enter, data->n_person, data->n_event};

    reducer_sum(data->reducer, counts, 4);
    data->n_everywhere = (size_t)counts[0];
    data->n_enter_everywhere = (size_t)counts[1];
    data->n_person = counts[2];
    data->n_event = counts[3];
    data->weight_max = reducer_largest(data->reducer, data->weight_max);
}

static int count_events(const struct cox_rows *rows, struct cox_data *data)
{
    struct exact_sum offsets;
    struct fixed_scale scale;
    int64_t *const parts = data->weight != NULL ? malloc((2 * data->n_axis + 1) * sizeof *parts) : NULL; /* of weights */

    if (data->weight != NULL && parts == NULL)
        return GSL_ENOMEM;
    exact_sum_init(&offsets);
    /* Risk sets add every row once, and once more where it enters late: what can be added here can be added there. */
    if (fixed_scale_init(&scale, data->weight_max, data->n_everywhere + data->n_enter_everywhere) != GSL_SUCCESS) {
        free(parts);
        return GSL_EOVRFLW;
    }
    (void)fixed_scale_init(&scale, data->weight_max, data->n_everywhere);
    for (size_t k = 0; k < data->n_axis; k++) {
        const size_t first = data->first_row[k], end = data->first_alive[k];
        int64_t high = 0, low = 0, h, l;
        data->n_dead[k] = (double)(end - first);
        for (size_t i = first; i < end && data->weight != NULL; i++) {
            fixed_split(&scale, data->weight[i], &h, &l);
            high += h;
            low += l;
        }
        if (data->weight != NULL) {
            parts[2 * k] = high;
            parts[2 * k + 1] = low;
        }
        for (size_t i = first; i < end && rows->tied != NULL; i++)
            data->n_dead[k] += (double)(rows->tied[data->row[i]] - 1);
        for (size_t i = first; i < end && data->offset != NULL; i++)
            exact_sum_add_product(&offsets, cox_weight(data, i), data->offset[i], 1);
    }
    reducer_sum_counts(data->reducer, data->n_dead, data->n_axis);
    if (data->weight != NULL)
        reducer_sum(data->reducer, parts, 2 * data->n_axis);
    for (size_t k = 0; k < data->n_axis; k++) {
        data->dead_weight[k] = data->weight != NULL ? fixed_value(&scale, parts[2 * k], parts[2 * k + 1]) : data->n_dead[k];
        if (data->counted)
            data->n_dead[k] = data->dead_weight[k];
    }
    free(parts);
    return exact_sum_round(&offsets, &data->offset_events);
}

/* ---- the whole -------------------------------------------------------------------------------------------------- */

static bool allocate_columns(const struct cox_rows *rows, struct cox_data *data)
{
    const size_t n = rows->n + 1;
    size_t n_event = 1;

    for (size_t i = 0; i < rows->n; i++) {
        n_event += rows->event[i] != 0;
        data->n_event += rows->event[i] == 0 ? 0 : rows->frequency != NULL ? rows->frequency[i] : 1;
        data->n_person += rows->frequency != NULL ? rows->frequency[i] : 1;
    }
    data->row = malloc(n * sizeof *data->row);
    data->last = malloc(n * sizeof *data->last);
    data->from = rows->entry != NULL ? malloc(n * sizeof *data->from) : NULL;
    data->dead = malloc(n * sizeof *data->dead);
    return allocate_axis(data, n_event) && data->row != NULL && data->last != NULL &&
           (rows->entry == NULL || data->from != NULL) && data->dead != NULL;
}

static bool allocate_values(const struct cox_rows *rows, struct cox_data *data)
{
    const size_t n = data->n + 1;

    data->counted = rows->frequency != NULL;
    data->weight_max = rows->frequency == NULL && rows->weight == NULL ? 1 : 0;
    if (data->weight_max == 0 && (data->weight = malloc(n * sizeof *data->weight)) == NULL)
        return false;
    if (rows->offset != NULL && (data->offset = malloc(n * sizeof *data->offset)) == NULL)
        return false;
    if (data->from == NULL)
        return true;
    data->enter = malloc(n * sizeof *data->enter);
    data->enter_first = calloc(data->n_axis + 2, sizeof *data->enter_first);
    return data->enter != NULL && data->enter_first != NULL;
}

struct cox_data *cox_data_alloc(const struct cox_rows *rows, size_t n_threads)
{
    struct cox_data *data = calloc(1, sizeof *data);
    uint32_t *order = malloc((rows->n + 1) * sizeof *order);

    if (data == NULL || order == NULL || !allocate_columns(rows, data) ||
        radix_order(rows->time, rows->stratum, rows->n_stratum, rows->n, order) != GSL_SUCCESS)
        goto failed;
    data->n_all = rows->n;
    data->reducer = rows->reducer;
    data->workers = rows->workers;
    lay_axis(rows, order, data);
    if (rows->reducer != NULL && join_axes(rows->reducer, data) != GSL_SUCCESS)
        goto failed;
    place_rows(rows, order, data);
    free(order);
    order = NULL;
    if (!allocate_values(rows, data))
        goto failed;
    if (data->from != NULL)
        place_entries(data);
    copy_values(rows, data);
    count_everywhere(data);
    if (count_events(rows, data) != GSL_SUCCESS)
        goto failed;
    data->copy = design_copy_alloc_part(rows->design, data->row, data->n, n_threads, rows->reducer);
    data->layout = data->copy != NULL ? gram_layout_alloc_part(&data->copy->matrix, n_threads, rows->reducer) : NULL;
    if (data->layout == NULL)
        goto failed;
    data->risk_layout = data->layout;
    if (data->n_everywhere < ROWS_TO_PACK * data->n_axis)
        data->risk_layout = data->plain = gram_layout_alloc_plain(&data->copy->matrix);
    if (data->risk_layout != NULL)
        return data;
failed:
    free(order);
    cox_data_free(data);
    return NULL;
}

void cox_data_free(struct cox_data *data)
{
    if (data == NULL)
        return;
    gram_layout_free(data->layout);
    gram_layout_free(data->plain);
    design_copy_free(data->copy);
    free(data->row);
    free(data->last);
    free(data->from);
    free(data->dead);
    free(data->weight);
    free(data->offset);
    free(data->time);
    free(data->stratum);
    free(data->stratum_first);
    free(data->stratum_end);
    free(data->first_row);
    free(data->first_alive);
    free(data->enter);
    free(data->enter_first);
    free(data->n_dead);
    free(data->dead_weight);
    free(data);
}
