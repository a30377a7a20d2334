/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/weighted_balance.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "stats/exact_sum.h"

static bool is_bad(double x, double weight)
{
    return isinf(x) || !(weight >= 0) || !isfinite(weight);
}

int weighted_moments(size_t n, const double *x, const double *weight, const uint8_t *arm, uint8_t wanted,
                     struct weighted_moments *moments)
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
        exact_sum_add(&squares, weight[i] * weight[i]);
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

struct point {
    double x, weight;
    uint8_t arm;
};

static int compare_points(const void *a, const void *b)
{
    const struct point *const p = a, *const q = b;

    return p->x < q->x ? -1 : p->x > q->x;
}

/* Both distribution functions at every value, from exact running sums. */
static double largest_gap(const struct point *points, size_t n, const double total[2])
{
    struct exact_sum below[2];
    double most = 0;

    exact_sum_init(&below[0]);
    exact_sum_init(&below[1]);
    for (size_t i = 0; i < n; i++) {
        double at[2];

        exact_sum_add(&below[points[i].arm], points[i].weight);
        if (i + 1 < n && points[i + 1].x == points[i].x)
            continue;
        exact_sum_round(&below[0], &at[0]);
        exact_sum_round(&below[1], &at[1]);
        most = fmax(most, fabs(at[1] / total[1] - at[0] / total[0]));
    }
    return most;
}

int weighted_ks(size_t n, const double *x, const double *weight, const uint8_t *arm, double *statistic)
{
    struct point *const points = malloc((n + 1) * sizeof *points);
    struct exact_sum sums[2];
    double total[2];
    size_t n_point = 0;
    int status = points == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    *statistic = NAN;
    exact_sum_init(&sums[0]);
    exact_sum_init(&sums[1]);
    for (size_t i = 0; i < n && status == GSL_SUCCESS; i++) {
        if (is_bad(x[i], weight[i]) || arm[i] > 1)
            status = GSL_EINVAL;
        else if (weight[i] > 0 && !isnan(x[i])) {
            points[n_point++] = (struct point){x[i], weight[i], arm[i]};
            exact_sum_add(&sums[arm[i]], weight[i]);
        }
    }
    exact_sum_round(&sums[0], &total[0]);
    exact_sum_round(&sums[1], &total[1]);
    if (status == GSL_SUCCESS && !(total[0] > 0 && total[1] > 0))
        status = GSL_EDOM;
    if (status == GSL_SUCCESS) {
        qsort(points, n_point, sizeof *points, compare_points);
        *statistic = largest_gap(points, n_point, total);
    }
    free(points);
    return status;
}
