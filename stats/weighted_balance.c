/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/weighted_balance.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "stats/exact_sum.h"
#include "stats/radix_order.h"

static bool is_bad(double x, double weight)
{
    return isinf(x) || !(weight >= 0) || !isfinite(weight);
}

int weighted_moments(size_t n, const double *x, const double *weight, const double *frequency, const uint8_t *arm,
                     uint8_t wanted, struct weighted_moments *moments)
{
    struct exact_sum total, first, second, squares;
    double sum, sum_x, sum_square, sum_w;

    *moments = (struct weighted_moments){NAN, NAN, NAN, NAN};
    exact_sum_init(&total);
    exact_sum_init(&first);
    exact_sum_init(&second);
    exact_sum_init(&squares);
    for (size_t i = 0; i < n; i++) {
        if (is_bad(x[i], weight[i]))
            return GSL_EINVAL;
        if (arm[i] != wanted || weight[i] == 0 || isnan(x[i]))
            continue;
        exact_sum_add(&total, weight[i]);
        exact_sum_add(&squares, weight[i] * weight[i] / (frequency != NULL ? frequency[i] : 1));
        exact_sum_add(&first, weight[i] * x[i]);
    }
    exact_sum_round(&total, &sum);
    exact_sum_round(&squares, &sum_w);
    exact_sum_round(&first, &sum_x);
    if (!(sum > 0))
        return GSL_EDOM;
    moments->mean = sum_x / sum;
    moments->total = sum;
    moments->effective = sum * sum / sum_w;
    for (size_t i = 0; i < n; i++)
        if (arm[i] == wanted && weight[i] > 0 && !isnan(x[i]))
            exact_sum_add(&second, weight[i] * (x[i] - moments->mean) * (x[i] - moments->mean));
    exact_sum_round(&second, &sum_square);
    if (moments->effective > 1 + 1e-12)
        moments->variance = sum_square / (sum - sum_w / sum);
    return GSL_SUCCESS;
}

/* Both distribution functions at every value, from exact running sums; order: of x, without those that do not count. */
static double largest_gap(const double *x, const double *weight, const uint8_t *arm, const uint32_t *row, const uint32_t *order,
                          size_t n, const double total[2])
{
    struct exact_sum below[2];
    double most = 0;

    exact_sum_init(&below[0]);
    exact_sum_init(&below[1]);
    for (size_t k = 0; k < n; k++) {
        const size_t i = row[order[k]];
        double at[2];

        exact_sum_add(&below[arm[i]], weight[i]);
        if (k + 1 < n && x[order[k + 1]] == x[order[k]])
            continue;
        exact_sum_round(&below[0], &at[0]);
        exact_sum_round(&below[1], &at[1]);
        most = fmax(most, fabs(at[1] / total[1] - at[0] / total[0]));
    }
    return most;
}

/* Who counts: his row and value; and the weights of both arms. */
static int take_points(size_t n, const double *x, const double *weight, const uint8_t *arm, uint32_t *row, double *value,
                       size_t *n_point, double total[2])
{
    struct exact_sum sums[2];

    *n_point = 0;
    exact_sum_init(&sums[0]);
    exact_sum_init(&sums[1]);
    for (size_t i = 0; i < n; i++) {
        if (is_bad(x[i], weight[i]) || arm[i] > 1)
            return GSL_EINVAL;
        if (!(weight[i] > 0) || isnan(x[i]))
            continue;
        row[*n_point] = (uint32_t)i;
        value[(*n_point)++] = x[i];
        exact_sum_add(&sums[arm[i]], weight[i]);
    }
    exact_sum_round(&sums[0], &total[0]);
    exact_sum_round(&sums[1], &total[1]);
    return total[0] > 0 && total[1] > 0 ? GSL_SUCCESS : GSL_EDOM;
}

int weighted_ks(size_t n, const double *x, const double *weight, const uint8_t *arm, double *statistic)
{
    double *const value = malloc((n + 1) * sizeof *value), total[2];
    uint32_t *const row = malloc((2 * n + 1) * sizeof *row), *const order = row == NULL ? NULL : row + n;
    size_t n_point;
    int status = value == NULL || row == NULL ? GSL_ENOMEM : take_points(n, x, weight, arm, row, value, &n_point, total);

    *statistic = NAN;
    if (status == GSL_SUCCESS)
        status = radix_order(value, NULL, 1, n_point, order);
    if (status == GSL_SUCCESS)
        *statistic = largest_gap(value, weight, arm, row, order, n_point, total);
    free(row);
    free(value);
    return status;
}
