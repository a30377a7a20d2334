/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/weighted_mean.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#include "stats/exact_sum.h"

static int add_rows(size_t n, const double *y, const double *weight, struct exact_sum *sum, struct exact_sum *total)
{
    for (size_t i = 0; i < n; i++) {
        if (!(weight[i] >= 0) || !isfinite(weight[i]) || (weight[i] > 0 && !isfinite(y[i])))
            return GSL_EINVAL;
        if (weight[i] == 0)
            continue;
        exact_sum_add(total, weight[i]);
        exact_sum_add(sum, weight[i] * y[i]);
    }
    return GSL_SUCCESS;
}

int weighted_mean(size_t n, const double *y, const double *weight, double *mean, double *slope)
{
    return weighted_mean_all(n, y, weight, NULL, mean, slope);
}

int weighted_mean_all(size_t n, const double *y, const double *weight, const struct reducer *reducer, double *mean, double *slope)
{
    struct exact_sum sums[2], *const sum = &sums[0], *const total = &sums[1];
    double all, of_y;

    *mean = NAN;
    exact_sum_init(sum);
    exact_sum_init(total);
    int status = reducer_status(reducer, add_rows(n, y, weight, sum, total));
    if (status == GSL_SUCCESS)
        status = reducer_exact_sums(reducer, sums, 2);
    if (status != GSL_SUCCESS)
        return status;
    exact_sum_round(total, &all);
    exact_sum_round(sum, &of_y);
    if (!(all > 0))
        return GSL_EDOM;
    *mean = of_y / all;
    for (size_t i = 0; slope != NULL && i < n; i++)
        slope[i] = weight[i] > 0 ? (y[i] - *mean) / all : 0;
    return GSL_SUCCESS;
}
