/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/weighted_mean.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#include "stats/exact_sum.h"

int weighted_mean(size_t n, const double *y, const double *weight, double *mean, double *slope)
{
    struct exact_sum sum, total;
    double all, of_y;

    *mean = NAN;
    exact_sum_init(&sum);
    exact_sum_init(&total);
    for (size_t i = 0; i < n; i++) {
        if (!(weight[i] >= 0) || !isfinite(weight[i]) || (weight[i] > 0 && !isfinite(y[i])))
            return GSL_EINVAL;
        if (weight[i] == 0)
            continue;
        exact_sum_add(&total, weight[i]);
        exact_sum_add(&sum, weight[i] * y[i]);
    }
    exact_sum_round(&total, &all);
    exact_sum_round(&sum, &of_y);
    if (!(all > 0))
        return GSL_EDOM;
    *mean = of_y / all;
    for (size_t i = 0; slope != NULL && i < n; i++)
        slope[i] = weight[i] > 0 ? (y[i] - *mean) / all : 0;
    return GSL_SUCCESS;
}
