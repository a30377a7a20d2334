/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/holm.h"

#include <math.h>

#include <gsl/gsl_errno.h>

int holm_adjust(size_t n, const double *p, double *adjusted, size_t *order)
{
    size_t m = 0;

    for (size_t i = 0; i < n; i++) {
        if (!isnan(p[i]) && !(p[i] >= 0 && p[i] <= 1))
            return GSL_EDOM;
        if (isnan(p[i])) {
            adjusted[i] = NAN;
            continue;
        }
        size_t place = m++;
        for (; place > 0 && p[order[place - 1]] > p[i]; place--)
            order[place] = order[place - 1];
        order[place] = i;
    }
    double largest = 0;
    for (size_t j = 0; j < m; j++) {
        largest = fmax(largest, (double)(m - j) * p[order[j]]);
        adjusted[order[j]] = fmin(largest, 1);
    }
    return GSL_SUCCESS;
}
