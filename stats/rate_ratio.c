/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/rate_ratio.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>

/* log P(k of n) with share p. */
static double log_chance(double k, double n, double p)
{
    return gsl_sf_lngamma(n + 1) - gsl_sf_lngamma(k + 1) - gsl_sf_lngamma(n - k + 1) + k * log(p) + (n - k) * log1p(-p);
}

static double two_sided(int64_t k, int64_t n, double p)
{
    const double seen = log_chance((double)k, (double)n, p) + log1p(1e-7);
    double sum = 0;

    for (int64_t i = 0; i <= n; i++) {
        const double chance = log_chance((double)i, (double)n, p);
        if (chance <= seen)
            sum += exp(chance);
    }
    return fmin(sum, 1);
}

int rate_ratio_exact(int64_t event, double time, int64_t reference_event, double reference_time, double level, struct rate_ratio *r)
{
    const double a = (double)event, b = (double)reference_event, tail = (1 - level) / 2, odds = reference_time / time;

    *r = (struct rate_ratio){NAN, NAN, NAN, NAN};
    if (event < 0 || reference_event < 0 || !(time > 0) || !(reference_time > 0) || !isfinite(time) || !isfinite(reference_time) ||
        !(level > 0 && level < 1))
        return GSL_EINVAL;
    if (event + reference_event == 0)
        return GSL_EDOM;
    const double low = event == 0 ? 0 : gsl_cdf_beta_Pinv(tail, a, b + 1), high = reference_event == 0 ? 1 : gsl_cdf_beta_Qinv(tail, a + 1, b);

    r->conf_low = low / (1 - low) * odds;
    if (reference_event > 0) {
        r->estimate = a / b * odds;
        r->conf_high = high / (1 - high) * odds;
    }
    r->p_value = two_sided(event, event + reference_event, time / (time + reference_time));
    return GSL_SUCCESS;
}
