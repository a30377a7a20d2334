/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/rate_ratio.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#include "stats/chance_edge.h"
#include "stats/distribution.h"
#include "stats/quantiles.h"

static const int64_t max_count = (int64_t)1 << 53; /* counts are exact as doubles up to here */
static const double tie_tolerance = 1e-7;          /* R's: probabilities this close count as equal */

/* The first count; p its share, q = 1 - p. */
struct share {
    double n, p, q;
};

static double log_chance(const void *share, double k)
{
    const struct share *const s = share;

    return binomial_log_pmf(k, s->n, s->p, s->q);
}

static double two_sided(const struct share *s, double k)
{
    const double log_limit = log_chance(s, k) + log1p(tie_tolerance), mode = fmin(floor((s->n + 1) * s->p), s->n);
    double sum = 0, edge;

    if (log_chance(s, mode) <= log_limit)
        return 1; /* nothing is likelier than what was seen */
    if (chance_edge(log_chance, s, mode, 0, log_limit, &edge))
        sum += binomial_lower_tail(edge, s->n, s->p, s->q);
    if (chance_edge(log_chance, s, mode, s->n, log_limit, &edge))
        sum += binomial_lower_tail(s->n - edge, s->n, s->q, s->p);
    return fmin(sum, 1);
}

int rate_ratio_exact(int64_t event, double time, int64_t reference_event, double reference_time, double level, struct rate_ratio *r)
{
    const double a = (double)event, b = (double)reference_event, tail = (1 - level) / 2, odds = reference_time / time;

    *r = (struct rate_ratio){NAN, NAN, NAN, NAN};
    if (event < 0 || reference_event < 0 || event > max_count || reference_event > max_count - event || !(time > 0) ||
        !(reference_time > 0) || !isfinite(time) || !isfinite(reference_time) || !(level > 0 && level < 1))
        return GSL_EINVAL;
    if (event + reference_event == 0)
        return GSL_EDOM;
    const struct share share = {a + b, 1 / (1 + reference_time / time), 1 / (1 + time / reference_time)};

    r->conf_low = event == 0 ? 0 : beta_lower_odds(tail, a, b + 1) * odds;
    if (reference_event > 0) {
        r->estimate = a / b * odds;
        r->conf_high = beta_upper_odds(tail, a + 1, b) * odds;
    }
    r->p_value = two_sided(&share, a);
    return GSL_SUCCESS;
}
