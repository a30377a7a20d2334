/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/weighted_balance.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "stats/fixed_sum.h"
#include "stats/radix_order.h"
#include "stats/square_sum.h"
#include "stats/vectors.h"

static bool is_bad(double x, double weight)
{
    return isinf(x) || !(weight >= 0) || !isfinite(weight);
}

/* Weights and values of those who count.  Returns how many. */
static size_t take_points_of(size_t n, const double *x, const double *weight, const uint8_t *arm, uint8_t wanted, double *w,
                             double *of)
{
    size_t k = 0;

    for (size_t i = 0; i < n; i++)
        if (arm[i] == wanted && weight[i] > 0 && !isnan(x[i])) {
            w[k] = weight[i];
            of[k++] = x[i];
        }
    return k;
}

/* sum w^2 / f of the same. */
static double sum_squares(size_t n, const double *x, const double *weight, const double *frequency, const uint8_t *arm,
                          uint8_t wanted, const struct reducer *reducer, double *root)
{
    size_t k = 0;

    for (size_t i = 0; i < n; i++)
        if (arm[i] == wanted && weight[i] > 0 && !isnan(x[i]))
            root[k++] = frequency != NULL ? weight[i] / sqrt(frequency[i]) : weight[i];
    return square_sum_all(root, k, reducer);
}

static int check_rows(size_t n, const double *x, const double *weight)
{
    int status = GSL_SUCCESS;

    for (size_t i = 0; i < n && status == GSL_SUCCESS; i++)
        status = is_bad(x[i], weight[i]) ? GSL_EINVAL : GSL_SUCCESS;
    return status;
}

int weighted_moments(size_t n, const double *x, const double *weight, const double *frequency, const uint8_t *arm,
                     uint8_t wanted, struct weighted_moments *moments)
{
    return weighted_moments_all(n, x, weight, frequency, arm, wanted, NULL, moments);
}

int weighted_moments_all(size_t n, const double *x, const double *weight, const double *frequency, const uint8_t *arm,
                         uint8_t wanted, const struct reducer *reducer, struct weighted_moments *moments)
{
    double *const w = malloc((2 * n + 1) * sizeof *w), *const of = w == NULL ? NULL : w + n;
    int status = reducer_status(reducer, w == NULL ? GSL_ENOMEM : check_rows(n, x, weight));

    *moments = (struct weighted_moments){NAN, NAN, NAN, NAN};
    const size_t n_here = status == GSL_SUCCESS ? take_points_of(n, x, weight, arm, wanted, w, of) : 0;
    if (status == GSL_SUCCESS && reducer_sum_one(reducer, (int64_t)n_here) == 0)
        status = GSL_EDOM;
    if (status == GSL_SUCCESS) {
        const double sum = plain_sum_all(w, n_here, reducer);
        for (size_t k = 0; k < n_here; k++)
            of[k] *= w[k];
        moments->mean = plain_sum_all(of, n_here, reducer) / sum;
        moments->total = sum;
        (void)take_points_of(n, x, weight, arm, wanted, w, of);
        for (size_t k = 0; k < n_here; k++)
            of[k] = w[k] * (of[k] - moments->mean) * (of[k] - moments->mean);
        const double about = plain_sum_all(of, n_here, reducer), sum_w = sum_squares(n, x, weight, frequency, arm, wanted, reducer, w);
        moments->effective = sum * sum / sum_w;
        if (moments->effective > 1 + 1e-12)
            moments->variance = about / (sum - sum_w / sum);
    }
    free(w);
    return status;
}

/*
 * Both distribution functions at every value, from running sums of whole numbers; order: of x, without those that do not count.
 * most: the largest weight.
 */
static int find_gap(const double *x, const double *weight, const uint8_t *arm, const uint32_t *row, const uint32_t *order,
                    size_t n, const double total[2], double largest, double *most)
{
    struct fixed_scale scale;
    int64_t high[2] = {0, 0}, low[2] = {0, 0};
    const int status = fixed_scale_init(&scale, largest, n);

    *most = 0;
    for (size_t k = 0; k < n && status == GSL_SUCCESS; k++) {
        const size_t i = row[order[k]];
        int64_t h, l;

        fixed_split(&scale, weight[i], &h, &l);
        high[arm[i]] += h;
        low[arm[i]] += l;
        if (k + 1 < n && x[order[k + 1]] == x[order[k]])
            continue;
        const double at[2] = {fixed_value(&scale, high[0], low[0]), fixed_value(&scale, high[1], low[1])};
        *most = fmax(*most, fabs(at[1] / total[1] - at[0] / total[0]));
    }
    if (status != GSL_SUCCESS)
        *most = NAN;
    return status;
}

/* Who counts: his row and value; and the weights of both arms, of which at[0] are at the front and those from at[1] on at the end. */
static int list_points(size_t n, const double *x, const double *weight, const uint8_t *arm, uint32_t *row, double *value,
                       size_t *n_point, double *of_arm, size_t at[2], double *largest)
{
    *n_point = at[0] = 0;
    at[1] = n;
    *largest = 0;
    if (of_arm == NULL)
        return GSL_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        if (is_bad(x[i], weight[i]) || arm[i] > 1)
            return GSL_EINVAL;
        if (!(weight[i] > 0) || isnan(x[i]))
            continue;
        row[*n_point] = (uint32_t)i;
        value[(*n_point)++] = x[i];
        of_arm[arm[i] ? --at[1] : at[0]++] = weight[i]; /* one arm from the front, one from the end */
        *largest = fmax(*largest, weight[i]);
    }
    return GSL_SUCCESS;
}

/* With the sums of the weights of all places. */
static int take_points(size_t n, const double *x, const double *weight, const uint8_t *arm, const struct reducer *reducer,
                       uint32_t *row, double *value, size_t *n_point, double total[2], double *largest)
{
    double *const of_arm = malloc((n + 1) * sizeof *of_arm);
    size_t at[2];
    const int status = reducer_status(reducer, list_points(n, x, weight, arm, row, value, n_point, of_arm, at, largest));

    if (status == GSL_SUCCESS) {
        total[0] = plain_sum_all(of_arm, at[0], reducer);
        total[1] = plain_sum_all(of_arm + at[1], n - at[1], reducer);
    }
    free(of_arm);
    return status != GSL_SUCCESS ? status : total[0] > 0 && total[1] > 0 ? GSL_SUCCESS : GSL_EDOM;
}

int weighted_ks(size_t n, const double *x, const double *weight, const uint8_t *arm, double *statistic)
{
    double *const value = malloc((n + 1) * sizeof *value), total[2], largest;
    uint32_t *const row = malloc((2 * n + 1) * sizeof *row), *const order = row == NULL ? NULL : row + n;
    size_t n_point;
    int status = value == NULL || row == NULL ? GSL_ENOMEM : take_points(n, x, weight, arm, NULL, row, value, &n_point, total, &largest);

    *statistic = NAN;
    if (status == GSL_SUCCESS)
        status = radix_order(value, NULL, 1, n_point, order);
    if (status == GSL_SUCCESS)
        status = find_gap(value, weight, arm, row, order, n_point, total, largest, statistic);
    free(row);
    free(value);
    return status;
}

enum { SLICE = 512 };

/* Both parts of a sum side by side. */
typedef int64_t two_parts __attribute__((vector_size(16), aligned(8), may_alias));

/* The sums of a level beyond the last are of those who have none. */
VECTOR_VERSIONS static void add_levels(const struct fixed_scale *scale, const double *weight, const uint8_t *arm, const int32_t *level,
                                       size_t n, size_t n_level, int64_t *sums)
{
    int64_t high[SLICE], low[SLICE];

    vector_split(scale, weight, n, high, low);
    for (size_t i = 0; i < n; i++) {
        const size_t cell = (arm[i] ? n_level + 1 : 0) + (level[i] < 0 ? n_level : (size_t)level[i]);
        *(two_parts *)(sums + 2 * cell) += (two_parts){high[i], low[i]};
    }
}

int weighted_levels(size_t n, const int32_t *level, size_t n_level, const double *weight, const uint8_t *arm, double *sum)
{
    return weighted_levels_all(n, level, n_level, weight, arm, NULL, sum);
}

int weighted_levels_all(size_t n, const int32_t *level, size_t n_level, const double *weight, const uint8_t *arm,
                        const struct reducer *reducer, double *sum)
{
    int64_t *const sums = calloc(4 * (n_level + 1), sizeof *sums);
    struct fixed_scale scale;
    const double here = largest_magnitude(weight, n), largest = reducer_largest(reducer, isnan(here) ? (double)INFINITY : here);
    const int64_t n_all = reducer_sum_one(reducer, (int64_t)n);
    int status = sums == NULL ? GSL_ENOMEM : isinf(largest) ? GSL_EINVAL : fixed_scale_init(&scale, largest, (uint64_t)n_all);

    for (size_t first = 0; first < n && status == GSL_SUCCESS; first += SLICE)
        add_levels(&scale, weight + first, arm + first, level + first, n - first < SLICE ? n - first : SLICE, n_level, sums);
    if (status == GSL_SUCCESS)
        reducer_sum(reducer, sums, 4 * (n_level + 1));
    for (size_t k = 0; k < 2 && status == GSL_SUCCESS; k++)
        for (size_t l = 0; l < n_level; l++) {
            const int64_t *const of = sums + 2 * (k * (n_level + 1) + l);
            sum[k * n_level + l] = fixed_wide_value(&scale, fixed_wide(&scale, of[0], of[1]));
        }
    free(sums);
    return status;
}

/* ---- several places ------------------------------------------------------------------------------------------------ */

struct point {
    double x;
    int64_t high[2], low[2]; /* weights of each arm, on the scale of all places */
};

/* What all places agree on. */
struct common {
    struct fixed_scale scale;
    double total[2];
};

/* Distinct values with their weights, ascending; errors as weighted_ks has them. */
static int join_equal(size_t n, const double *x, const double *weight, const uint8_t *arm, const struct reducer *reducer,
                      struct common *common, struct point *points, size_t *n_point)
{
    double *const value = malloc((n + 1) * sizeof *value), largest = 0;
    uint32_t *const row = malloc((2 * n + 1) * sizeof *row), *const order = row == NULL ? NULL : row + n;
    size_t n_row = 0;
    int status = reducer_status(reducer, points == NULL || value == NULL || row == NULL ? GSL_ENOMEM : GSL_SUCCESS);

    *n_point = 0;
    if (status == GSL_SUCCESS)
        status = take_points(n, x, weight, arm, reducer, row, value, &n_row, common->total, &largest);
    if (status == GSL_SUCCESS)
        status = fixed_scale_init(&common->scale, reducer_largest(reducer, largest), (uint64_t)reducer_sum_one(reducer, (int64_t)n_row));
    if (status == GSL_SUCCESS)
        status = radix_order(value, NULL, 1, n_row, order);
    for (size_t k = 0; status == GSL_SUCCESS && k < n_row; k++) {
        const size_t i = row[order[k]];
        int64_t high, low;
        if (*n_point == 0 || points[*n_point - 1].x != x[i])
            points[(*n_point)++] = (struct point){.x = x[i]};
        fixed_split(&common->scale, weight[i], &high, &low);
        points[*n_point - 1].high[arm[i]] += high;
        points[*n_point - 1].low[arm[i]] += low;
    }
    free(row);
    free(value);
    return reducer_status(reducer, status);
}

static int compare_points(const void *left, const void *right)
{
    const double a = ((const struct point *)left)->x, b = ((const struct point *)right)->x;

    return (a > b) - (a < b);
}

/* As find_gap, of points in any order. */
static double gap_of_points(const struct common *common, struct point *points, size_t n)
{
    int64_t high[2] = {0, 0}, low[2] = {0, 0};
    double most = 0;

    qsort(points, n, sizeof *points, compare_points);
    for (size_t k = 0; k < n; k++) {
        double at[2];

        for (int a = 0; a < 2; a++) {
            high[a] += points[k].high[a];
            low[a] += points[k].low[a];
            at[a] = fixed_value(&common->scale, high[a], low[a]) / common->total[a];
        }
        if (k + 1 == n || points[k + 1].x != points[k].x)
            most = fmax(most, fabs(at[1] - at[0]));
    }
    return most;
}

int weighted_ks_all(size_t n, const double *x, const double *weight, const uint8_t *arm, const struct reducer *reducer,
                    double *statistic)
{
    struct reducer_bytes all = {0};
    struct common common;
    size_t n_point = 0;

    *statistic = NAN;
    if (reducer == NULL)
        return weighted_ks(n, x, weight, arm, statistic);
    struct point *const points = malloc((n + 1) * sizeof *points);
    int status = join_equal(n, x, weight, arm, reducer, &common, points, &n_point);
    if (status == GSL_SUCCESS)
        status = reducer->collect(reducer->context, points, n_point * sizeof *points, &all);
    free(points);
    if (status == GSL_SUCCESS)
        *statistic = gap_of_points(&common, (struct point *)(void *)all.bytes, all.n / sizeof(struct point));
    free(all.bytes);
    return status;
}
