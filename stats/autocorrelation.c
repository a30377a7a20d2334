/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/autocorrelation.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>

#include "stats/exact_sum.h"

int autocorrelation_first(const double *y, size_t n, double *r1)
{
    struct exact_sum sum, products, squares;
    double total, rest, product, square;

    *r1 = GSL_NAN;
    exact_sum_init(&sum);
    exact_sum_init(&products);
    exact_sum_init(&squares);
    if (exact_sum_add_array(&sum, y, n) != GSL_SUCCESS)
        return GSL_EINVAL;
    if (n < 2)
        return GSL_EDOM;
    if (exact_sum_round(&sum, &total) != GSL_SUCCESS)
        return GSL_EOVRFLW;
    const double mean = total / (double)n;
    exact_sum_add_times(&sum, mean, -(int64_t)n);
    (void)exact_sum_round(&sum, &rest); /* smaller than the mean */
    rest /= (double)n; /* what rounding took from the mean */
    for (size_t i = 0; i < n; i++) {
        const double here = (y[i] - mean) - rest;
        exact_sum_add_product(&squares, here, here, 1);
        if (i + 1 < n)
            exact_sum_add_product(&products, here, (y[i + 1] - mean) - rest, 1);
    }
    if (exact_sum_round(&products, &product) != GSL_SUCCESS || exact_sum_round(&squares, &square) != GSL_SUCCESS)
        return GSL_EOVRFLW;
    if (square == 0)
        return GSL_EDOM;
    *r1 = product / square;
    return GSL_SUCCESS;
}
