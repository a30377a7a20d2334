/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/welch.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#include "stats/distribution.h"
#include "stats/quantiles.h"

static void set(double value, double variance, double df, double level, struct mean_estimate *estimate)
{
    *estimate = (struct mean_estimate){.estimate = value, .std_error = sqrt(variance), .df = df, .statistic = NAN,
                                       .p_value = NAN, .conf_low = NAN, .conf_high = NAN};
    if (!(variance > 0))
        return;
    const double reach = t_upper_quantile((1 - level) / 2, df) * estimate->std_error;
    estimate->statistic = value / estimate->std_error;
    estimate->p_value = t_two_sided(estimate->statistic, df);
    estimate->conf_low = value - reach;
    estimate->conf_high = value + reach;
}

int mean_solve(const struct group_moments *group, double level, struct mean_estimate *estimate)
{
    if (group->n < 2)
        return GSL_EDOM;
    set(group->mean, group->variance / (double)group->n, (double)(group->n - 1), level, estimate);
    return GSL_SUCCESS;
}

int mean_difference_solve(const struct group_moments *a, const struct group_moments *b, double level,
                          struct mean_estimate *estimate)
{
    if (a->n < 2 || b->n < 2)
        return GSL_EDOM;
    const double part_a = a->variance / (double)a->n, part_b = b->variance / (double)b->n;
    const double both = part_a * part_a / (double)(a->n - 1) + part_b * part_b / (double)(b->n - 1);
    const double df = both > 0 ? (part_a + part_b) * (part_a + part_b) / both : NAN;
    set(a->mean - b->mean, part_a + part_b, df, level, estimate);
    return GSL_SUCCESS;
}
