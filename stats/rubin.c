/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/rubin.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#include "stats/distribution.h"
#include "stats/quantiles.h"

static void set_limits(struct rubin *r, double level)
{
    const double reach =
        (isinf(r->df) ? confidence_z(level) : t_upper_quantile((1 - level) / 2, r->df)) * r->std_error;

    r->conf_low = r->estimate - reach;
    r->conf_high = r->estimate + reach;
    r->statistic = r->estimate / r->std_error;
    r->p_value = isinf(r->df) ? normal_two_sided(r->statistic) : t_two_sided(r->statistic, r->df);
}

int rubin_pool(const double *estimate, const double *std_error, size_t m, double complete_df, double level, struct rubin *r)
{
    double mean = 0, within = 0, between = 0;

    if (m < 2 || !(level > 0 && level < 1) || !(complete_df > 0))
        return GSL_EINVAL;
    for (size_t i = 0; i < m; i++) {
        if (!isfinite(estimate[i]) || !(std_error[i] > 0) || isinf(std_error[i]))
            return GSL_EINVAL;
        mean += estimate[i] / (double)m;
        within += std_error[i] * std_error[i] / (double)m;
    }
    for (size_t i = 0; i < m; i++)
        between += (estimate[i] - mean) * (estimate[i] - mean) / (double)(m - 1);
    const double extra = (1 + 1 / (double)m) * between, total = within + extra, lambda = extra / total, ratio = extra / within;
    const double old = lambda > 0 ? (double)(m - 1) / (lambda * lambda) : INFINITY;
    const double observed =
        isinf(complete_df) ? INFINITY : (complete_df + 1) / (complete_df + 3) * complete_df * (1 - lambda);

    *r = (struct rubin){.estimate = mean, .std_error = sqrt(total), .within = within, .between = between};
    r->df = isinf(old) ? observed : isinf(observed) ? old : old * observed / (old + observed);
    r->missing = isinf(r->df) ? ratio / (1 + ratio) : (ratio + 2 / (r->df + 3)) / (1 + ratio);
    set_limits(r, level);
    return GSL_SUCCESS;
}
