/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/fixed_sum.h"

#include <float.h>
#include <gsl/gsl_errno.h>

enum { PART_BITS = 62, LOG_N_MAX = 40 };

int fixed_scale_init(struct fixed_scale *scale, double bound, uint64_t n_max)
{
    int log_n = 0, exponent;

    *scale = (struct fixed_scale){0};
    while (log_n <= LOG_N_MAX && ((uint64_t)1 << log_n) < n_max)
        log_n++;
    if (!(bound >= 0) || !isfinite(bound) || log_n > LOG_N_MAX)
        return GSL_EINVAL;
    scale->shift = PART_BITS - log_n;
    scale->up_low = ldexp(1, scale->shift);
    if (bound == 0)
        return GSL_SUCCESS;
    frexp(bound, &exponent); /* bound < 2^exponent */
    if (exponent + log_n > DBL_MAX_EXP - 1)
        return GSL_EOVRFLW;
    if (scale->shift - exponent > DBL_MAX_EXP - 1) /* bounds near the smallest doubles */
        exponent = scale->shift - (DBL_MAX_EXP - 1);
    scale->up = ldexp(1, scale->shift - exponent);
    scale->down = ldexp(1, exponent - scale->shift);
    return GSL_SUCCESS;
}
