/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/people_quantile.h"

#include <math.h>
#include <stdlib.h>

static int by_value(const void *a, const void *b)
{
    const double x = ((const struct people_value *)a)->value, y = ((const struct people_value *)b)->value;

    return x < y ? -1 : x > y;
}

double people_quantile(struct people_value *values, size_t n, double share)
{
    double all = 0, below = 0;
    size_t k = 0;

    for (size_t i = 0; i < n; i++)
        all += values[i].people;
    qsort(values, n, sizeof *values, by_value);
    while ((below += values[k].people) < ceil(share * all))
        k++;
    return values[k].value;
}
