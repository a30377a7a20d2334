/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/weighted_ks.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "stats/fixed_total.h"
#include "stats/radix_order.h"

enum { SLICE = 512 };

/* The rows of a place, of which some count. */
struct rows {
    size_t n;
    const double *x, *weight;
    const uint8_t *arm;
    uint32_t *order; /* [n_order] of those who count, ascending in x */
    size_t n_order;
    struct fixed_total *total; /* [2] weights of each arm */
};

static bool counts(const struct rows *rows, size_t i)
{
    return rows->weight[i] > 0 && !isnan(rows->x[i]);
}

static int check(const struct rows *rows)
{
    int status = GSL_SUCCESS;

    for (size_t i = 0; i < rows->n && status == GSL_SUCCESS; i++)
        if (isinf(rows->x[i]) || !(rows->weight[i] >= 0) || !isfinite(rows->weight[i]) || rows->arm[i] > 1)
            status = GSL_EINVAL;
    return status;
}

/* Sorts them; rows->order is freed by the caller. */
static int put_in_order(struct rows *rows)
{
    double *const value = malloc((rows->n + 1) * sizeof *value);
    uint32_t *const row = malloc((rows->n + 1) * sizeof *row);
    int status = check(rows);

    rows->order = malloc((rows->n + 1) * sizeof *rows->order);
    if (value == NULL || row == NULL || rows->order == NULL)
        status = GSL_ENOMEM;
    for (size_t i = 0; i < rows->n && status == GSL_SUCCESS; i++)
        if (counts(rows, i)) {
            row[rows->n_order] = (uint32_t)i;
            value[rows->n_order++] = rows->x[i];
        }
    if (status == GSL_SUCCESS)
        status = radix_order(value, NULL, 1, rows->n_order, rows->order);
    for (size_t k = 0; k < rows->n_order && status == GSL_SUCCESS; k++)
        rows->order[k] = row[rows->order[k]];
    free(row);
    free(value);
    return status;
}

typedef void take_weights(struct fixed_total *total, const double *x, size_t n);

static void pass_over_weights(struct rows *rows, take_weights *take)
{
    double weight[2][SLICE];

    for (size_t first = 0; first < rows->n; first += SLICE) {
        const size_t last = rows->n - first < SLICE ? rows->n : first + SLICE;
        size_t n[2] = {0, 0};

        for (size_t i = first; i < last; i++)
            if (counts(rows, i))
                weight[rows->arm[i]][n[rows->arm[i]]++] = rows->weight[i];
        take(&rows->total[0], weight[0], n[0]);
        take(&rows->total[1], weight[1], n[1]);
    }
}

/* On one scale for both arms. */
static int common_scale(const struct rows *rows, struct fixed_scale *scale)
{
    if (!(rows->total[0].value > 0 && rows->total[1].value > 0))
        return GSL_EDOM;
    return fixed_scale_init(scale, fmax(rows->total[0].bound, rows->total[1].bound),
                            (uint64_t)(rows->total[0].n + rows->total[1].n));
}

/* ---- one place ----------------------------------------------------------------------------------------------------- */

/* Both distribution functions at every value, from running sums of whole numbers. */
static double find_gap(const struct rows *rows, const struct fixed_scale *scale)
{
    int64_t high[2] = {0, 0}, low[2] = {0, 0};
    double most = 0;

    for (size_t k = 0; k < rows->n_order; k++) {
        const size_t i = rows->order[k];
        int64_t h, l;

        fixed_split(scale, rows->weight[i], &h, &l);
        high[rows->arm[i]] += h;
        low[rows->arm[i]] += l;
        if (k + 1 < rows->n_order && rows->x[rows->order[k + 1]] == rows->x[i])
            continue;
        const double at[2] = {fixed_value(scale, high[0], low[0]), fixed_value(scale, high[1], low[1])};
        most = fmax(most, fabs(at[1] / rows->total[1].value - at[0] / rows->total[0].value));
    }
    return most;
}

int weighted_ks(size_t n, const double *x, const double *weight, const uint8_t *arm, double *statistic)
{
    struct fixed_total total[2] = {{0}};
    struct rows rows = {.n = n, .x = x, .weight = weight, .arm = arm, .total = total};
    struct fixed_scale scale;
    int status = put_in_order(&rows);

    *statistic = NAN;
    if (status == GSL_SUCCESS) {
        pass_over_weights(&rows, fixed_total_see);
        fixed_totals_open(rows.total, 2, NULL);
        pass_over_weights(&rows, fixed_total_add);
        fixed_totals_close(rows.total, 2, NULL);
        status = common_scale(&rows, &scale);
    }
    if (status == GSL_SUCCESS)
        *statistic = find_gap(&rows, &scale);
    free(rows.order);
    return status;
}

/* ---- several places ------------------------------------------------------------------------------------------------ */

enum { GROUP = 32 }; /* columns that are sent together */

struct point {
    double x;
    int64_t high[2], low[2]; /* weights of each arm, on the scale of all places */
};

/* What a place says of its columns: how many points each has, and these, one column after the other. */
struct message {
    unsigned char *bytes;
    size_t n;
};

/* Distinct values with their weights, ascending, behind the bytes that are there; returns how many. */
static uint64_t join_equal(const struct rows *rows, const struct fixed_scale *scale, struct message *message)
{
    struct point *const points = (struct point *)(void *)(message->bytes + message->n);
    size_t n = 0;

    for (size_t k = 0; k < rows->n_order; k++) {
        const size_t i = rows->order[k];
        int64_t high, low;

        if (n == 0 || points[n - 1].x != rows->x[i])
            points[n++] = (struct point){.x = rows->x[i]};
        fixed_split(scale, rows->weight[i], &high, &low);
        points[n - 1].high[rows->arm[i]] += high;
        points[n - 1].low[rows->arm[i]] += low;
    }
    message->n += n * sizeof *points;
    return n;
}

static int compare_points(const void *left, const void *right)
{
    const double a = ((const struct point *)left)->x, b = ((const struct point *)right)->x;

    return (a > b) - (a < b);
}

/* As find_gap, of points in any order. */
static double gap_of_points(const struct rows *rows, const struct fixed_scale *scale, struct point *points, size_t n)
{
    int64_t high[2] = {0, 0}, low[2] = {0, 0};
    double most = 0;

    qsort(points, n, sizeof *points, compare_points);
    for (size_t k = 0; k < n; k++) {
        double at[2];

        for (int a = 0; a < 2; a++) {
            high[a] += points[k].high[a];
            low[a] += points[k].low[a];
            at[a] = fixed_value(scale, high[a], low[a]) / rows->total[a].value;
        }
        if (k + 1 == n || points[k + 1].x != points[k].x)
            most = fmax(most, fabs(at[1] - at[0]));
    }
    return most;
}

/* The points of column e in all places, into room for those of all columns; returns how many. */
static size_t points_of(const struct reducer_bytes *all, size_t n_each, size_t e, struct point *points)
{
    size_t n = 0;

    for (size_t at = 0; at < all->n;) {
        const unsigned char *next = all->bytes + at + n_each * sizeof(uint64_t);

        for (size_t k = 0; k < n_each; k++) {
            uint64_t n_here;
            memcpy(&n_here, all->bytes + at + k * sizeof n_here, sizeof n_here);
            if (k == e)
                memcpy(points + n, next, (size_t)n_here * sizeof *points);
            n += k == e ? (size_t)n_here : 0;
            next += (size_t)n_here * sizeof *points;
        }
        at = (size_t)(next - all->bytes);
    }
    return n;
}

/* Room for the message of a group, whatever its values are; -1 where there is none. */
static int message_alloc(const struct rows *rows, size_t n_each, struct message *message)
{
    size_t n_point = 0;

    for (size_t e = 0; e < n_each; e++)
        n_point += rows[e].n_order;
    message->n = n_each * sizeof(uint64_t);
    message->bytes = calloc(1, message->n + n_point * sizeof(struct point));
    return message->bytes == NULL ? -1 : 0;
}

/* Scales are those of all places, so they stand or fall alike. */
static void write_message(const struct rows *rows, const struct fixed_scale *scale, const struct weighted_distance *each, size_t n_each,
                          struct message *message)
{
    for (size_t e = 0; e < n_each; e++) {
        const uint64_t n = each[e].status == GSL_SUCCESS ? join_equal(&rows[e], &scale[e], message) : 0;
        memcpy(message->bytes + e * sizeof n, &n, sizeof n);
    }
}

static int exchange(const struct rows *rows, const struct fixed_scale *scale, struct weighted_distance *each, size_t n_each,
                    struct message *message, const struct reducer *reducer)
{
    struct reducer_bytes all = {0};
    struct point *points = NULL;

    write_message(rows, scale, each, n_each, message);
    int status = reducer->collect(reducer->context, message->bytes, message->n, &all);
    if (status == GSL_SUCCESS && (points = malloc(all.n + 1)) == NULL)
        status = GSL_ENOMEM;
    for (size_t e = 0; e < n_each && status == GSL_SUCCESS; e++)
        if (each[e].status == GSL_SUCCESS)
            each[e].statistic = gap_of_points(&rows[e], &scale[e], points, points_of(&all, n_each, e, points));
    free(points);
    free(all.bytes);
    return status;
}

/* The sums of the weights of all that stand. */
static void sum_weights(struct rows *rows, const int *status, size_t n_each, const struct reducer *reducer, struct fixed_total *totals)
{
    for (size_t e = 0; e < n_each; e++)
        if (status[e] == GSL_SUCCESS)
            pass_over_weights(&rows[e], fixed_total_see);
    fixed_totals_open(totals, 2 * n_each, reducer);
    for (size_t e = 0; e < n_each; e++)
        if (status[e] == GSL_SUCCESS)
            pass_over_weights(&rows[e], fixed_total_add);
    fixed_totals_close(totals, 2 * n_each, reducer);
}

static void solve_group(size_t n, const double *weight, const uint8_t *arm, struct weighted_distance *each, size_t n_each,
                        const struct reducer *reducer)
{
    struct fixed_total totals[2 * GROUP] = {{0}};
    struct fixed_scale scale[GROUP];
    struct rows rows[GROUP];
    struct message message = {0};
    int status[GROUP];
    bool any = false;

    for (size_t e = 0; e < n_each; e++) {
        rows[e] = (struct rows){.n = n, .x = each[e].x, .weight = weight, .arm = arm, .total = &totals[2 * e]};
        status[e] = put_in_order(&rows[e]);
    }
    const bool room = message_alloc(rows, n_each, &message) == 0;
    for (size_t e = 0; !room && e < n_each; e++)
        status[e] = GSL_ENOMEM;
    reducer_statuses(reducer, status, n_each);
    sum_weights(rows, status, n_each, reducer, totals);
    for (size_t e = 0; e < n_each; e++) {
        each[e].statistic = NAN;
        each[e].status = status[e] == GSL_SUCCESS ? common_scale(&rows[e], &scale[e]) : status[e];
        any |= each[e].status == GSL_SUCCESS; /* then there is room everywhere */
    }
    if (any && exchange(rows, scale, each, n_each, &message, reducer) != GSL_SUCCESS)
        for (size_t e = 0; e < n_each; e++)
            each[e].status = GSL_ENOMEM;
    for (size_t e = 0; e < n_each; e++)
        free(rows[e].order);
    free(message.bytes);
}

void weighted_ks_each(size_t n, const double *weight, const uint8_t *arm, struct weighted_distance *each, size_t n_each,
                      const struct reducer *reducer)
{
    for (size_t e = 0; reducer == NULL && e < n_each; e++)
        each[e].status = weighted_ks(n, each[e].x, weight, arm, &each[e].statistic);
    for (size_t first = 0; reducer != NULL && first < n_each; first += GROUP)
        solve_group(n, weight, arm, each + first, n_each - first < GROUP ? n_each - first : GROUP, reducer);
}

int weighted_ks_all(size_t n, const double *x, const double *weight, const uint8_t *arm, const struct reducer *reducer,
                    double *statistic)
{
    struct weighted_distance one = {.x = x};

    weighted_ks_each(n, weight, arm, &one, 1, reducer);
    *statistic = one.statistic;
    return one.status;
}
