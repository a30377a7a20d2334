/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/square_sum.h"

static double sum_all(const double *x, size_t n, bool squares, const struct reducer *reducer)
{
    struct fixed_total total = {.squares = squares};

    fixed_total_see(&total, x, n);
    fixed_totals_open(&total, 1, reducer);
    fixed_total_add(&total, x, n);
    fixed_totals_close(&total, 1, reducer);
    return total.value;
}

double plain_sum(const double *x, size_t n)
{
    return sum_all(x, n, false, NULL);
}

double square_sum(const double *x, size_t n)
{
    return sum_all(x, n, true, NULL);
}

double square_sum_all(const double *x, size_t n, const struct reducer *reducer)
{
    return sum_all(x, n, true, reducer);
}
