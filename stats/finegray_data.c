/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/finegray_data.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>

#include "stats/risk_table.h"

enum { ROWS_PER_PART = 1 << 13, PARTS_MAX = 128 };

void finegray_data_clear(struct finegray_data *data)
{
    free(data->order);
    free(data->cell);
    free(data->count);
    free(data->g);
    free(data->at_risk);
    free(data->offset);
    free(data->part);
    design_copy_free(data->copy);
    *data = (struct finegray_data){0};
}

static bool valid_rows(const struct finegray_rows *rows)
{
    bool good = true;

    for (size_t i = 0; i < rows->n; i++) {
        good &= rows->cause[i] >= 0 && rows->time[i] >= 0 && isfinite(rows->time[i]);
        good &= rows->offset == NULL || isfinite(rows->offset[i]);
        good &= rows->group == NULL || (size_t)rows->group[i] < rows->n_group;
        good &= rows->cluster == NULL || (size_t)rows->cluster[i] < rows->n_cluster;
    }
    return good;
}

static enum finegray_kind kind_of(const struct finegray_rows *rows, size_t i)
{
    if (rows->cause[i] == 0)
        return FINEGRAY_CENSORED;
    return rows->cause[i] == rows->wanted ? FINEGRAY_EVENT : FINEGRAY_OTHER;
}

/* Counting sort by (time, kind, group); axis lends the fast search of a time. */
static int sort_rows(const struct finegray_rows *rows, const struct risk_table *axis, struct finegray_data *data)
{
    const size_t n_cell = data->n_time * FINEGRAY_KINDS * data->n_group;
    size_t *of_row = malloc((rows->n + 1) * sizeof *of_row);

    data->cell = calloc(n_cell + 2, sizeof *data->cell);
    data->count = calloc(n_cell + 1, sizeof *data->count);
    data->order = malloc((rows->n + 1) * sizeof *data->order);
    if (of_row == NULL || data->cell == NULL || data->count == NULL || data->order == NULL) {
        free(of_row);
        return GSL_ENOMEM;
    }
    for (size_t i = 0; i < rows->n; i++) {
        of_row[i] = finegray_cell(data, risk_table_index(axis, rows->time[i]), kind_of(rows, i),
                                  rows->group != NULL ? (size_t)rows->group[i] : 0);
        data->cell[of_row[i] + 2]++;
        data->count[of_row[i]]++;
    }
    for (size_t c = 2; c < n_cell + 2; c++)
        data->cell[c] += data->cell[c - 1];
    for (size_t i = 0; i < rows->n; i++)
        data->order[data->cell[of_row[i] + 1]++] = (uint32_t)i;
    free(of_row);
    reducer_sum(data->reducer, data->count, n_cell);
    for (size_t c = 0; c < n_cell; c++)
        data->n_of_kind[c / data->n_group % FINEGRAY_KINDS] += data->count[c];
    return GSL_SUCCESS;
}

static int64_t rows_at(const struct finegray_data *data, size_t k, enum finegray_kind kind, size_t group)
{
    return data->count[finegray_cell(data, k, kind, group)];
}

/* G just before each time (at time 0: after it); those who have an event at a time are at risk of being censored there. */
static int weigh(struct finegray_data *data, bool from_zero)
{
    data->g = malloc(data->n_time * data->n_group * sizeof *data->g);
    data->at_risk = malloc(data->n_time * data->n_group * sizeof *data->at_risk);
    if (data->g == NULL || data->at_risk == NULL)
        return GSL_ENOMEM;
    for (size_t group = 0; group < data->n_group; group++) {
        int64_t left = 0;
        double g = 1;
        for (size_t k = data->n_time; k-- > 0;) {
            for (int kind = 0; kind < FINEGRAY_KINDS; kind++)
                left += rows_at(data, k, (enum finegray_kind)kind, group);
            data->at_risk[k * data->n_group + group] = left;
        }
        for (size_t k = 0; k < data->n_time; k++) {
            const int64_t risk = data->at_risk[k * data->n_group + group];
            data->g[k * data->n_group + group] = risk > 0 ? g : 0;
            if (risk > 0)
                g *= (double)(risk - rows_at(data, k, FINEGRAY_CENSORED, group)) / (double)risk;
            if (k == 0 && from_zero)
                data->g[group] = g;
        }
    }
    return GSL_SUCCESS;
}

static int divide(struct finegray_data *data)
{
    const size_t wanted = 1 + data->n_all / ROWS_PER_PART;
    const size_t n_part = wanted < PARTS_MAX ? wanted : PARTS_MAX;
    const size_t step = FINEGRAY_KINDS * data->n_group;

    if ((data->part = malloc((n_part + 1) * sizeof *data->part)) == NULL)
        return GSL_ENOMEM;
    data->part[0] = 0;
    for (size_t k = 0, rows = 0; k < data->n_time; k++) {
        for (size_t c = k * step; c < (k + 1) * step; c++)
            rows += (size_t)data->count[c];
        if (rows * n_part < data->n_all && k + 1 < data->n_time)
            continue;
        data->part[++data->n_part] = k + 1;
        rows = 0;
    }
    return GSL_SUCCESS;
}

static int take_offset(const struct finegray_rows *rows, struct finegray_data *data)
{
    if (rows->offset == NULL)
        return GSL_SUCCESS;
    if ((data->offset = malloc((data->n + 1) * sizeof *data->offset)) == NULL)
        return GSL_ENOMEM;
    for (size_t i = 0; i < data->n; i++)
        data->offset[i] = rows->offset[data->order[i]];
    return GSL_SUCCESS;
}

/* Of this place; one may have no row. */
static int check_rows(const struct finegray_rows *rows)
{
    if (rows->n > INT32_MAX || rows->n_group == 0 || rows->wanted < 1 || rows->design->n != rows->n)
        return GSL_EINVAL;
    return valid_rows(rows) && design_matrix_check(rows->design) == GSL_SUCCESS ? GSL_SUCCESS : GSL_EDOM;
}

int finegray_data_make(const struct finegray_rows *rows, size_t n_threads, struct finegray_data *data)
{
    struct risk_table *axis = NULL;
    double *times;
    int status = reducer_status(rows->reducer, check_rows(rows));

    *data = (struct finegray_data){.reducer = rows->reducer, .n = rows->n, .n_group = rows->n_group};
    if (status != GSL_SUCCESS)
        return status;
    if ((data->n_all = (size_t)reducer_sum_one(rows->reducer, (int64_t)rows->n)) == 0)
        return GSL_EINVAL;
    if ((times = malloc((rows->n + 1) * sizeof *times)) == NULL)
        return GSL_ENOMEM;
    if (rows->n > 0)
        status = risk_table_axis(rows->n, NULL, rows->time, times, &data->n_time);
    if (status == GSL_SUCCESS)
        status = reducer_distinct(rows->reducer, &times, &data->n_time);
    if (status == GSL_SUCCESS && (axis = risk_table_alloc(1, 1, 1, times, data->n_time)) == NULL)
        status = GSL_ENOMEM;
    const bool from_zero = times[0] == 0;
    free(times);
    if (status == GSL_SUCCESS)
        status = sort_rows(rows, axis, data);
    risk_table_free(axis);
    if (status == GSL_SUCCESS && (status = weigh(data, from_zero)) == GSL_SUCCESS && (status = divide(data)) == GSL_SUCCESS)
        status = take_offset(rows, data);
    if (status == GSL_SUCCESS && (data->copy = design_copy_alloc_part(rows->design, data->order, rows->n, n_threads, rows->reducer)) == NULL)
        status = GSL_ENOMEM;
    return status;
}
