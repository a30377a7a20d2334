/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/km_quantile.h"

#include <float.h>
#include <math.h>

#include <gsl/gsl_errno.h>

/* Where 1 - band first reaches p, judged once with the tolerance given away and once with it asked for. */
struct crossing {
    size_t generous; /* row + 1, 0 for the start of the curve */
    size_t strict;
    bool has_generous, has_strict;
    double last; /* the last new value of 1 - band; NaN when the band ended missing */
};

static void look_at(struct crossing *crossing, const double *height, size_t point, double y, double p, double tolerance)
{
    if (y + tolerance >= p && (!crossing->has_generous || y < height[0])) {
        crossing->generous = point;
        crossing->has_generous = true;
    }
    if (y - tolerance >= p && (!crossing->has_strict || y < height[1])) {
        crossing->strict = point;
        crossing->has_strict = true;
    }
}

static struct crossing find_crossing(const struct km_curve *curve, const double *band, double p, double tolerance)
{
    struct crossing crossing = {.last = 0};
    double height[2] = {0, 0};
    bool seen_missing = false;

    look_at(&crossing, height, 0, 0, p, tolerance);
    for (size_t k = 0; k < curve->n; k++) {
        const double y = 1 - band[k];
        if (isnan(y)) {
            /* Missing at the start (S = 1) does not hide the last value, missing at the end (S = 0) does. */
            if (!seen_missing)
                crossing.last = NAN;
            seen_missing = true;
            continue;
        }
        look_at(&crossing, height, k + 1, y, p, tolerance);
        if (crossing.has_generous && crossing.generous == k + 1)
            height[0] = y;
        if (crossing.has_strict && crossing.strict == k + 1)
            height[1] = y;
        if (y != 0 && !(k > 0 && y == 1 - band[k - 1]))
            crossing.last = y;
    }
    return crossing;
}

static double time_at(const struct km_curve *curve, size_t point)
{
    return point == 0 ? 0 : curve->time[point - 1];
}

static double band_quantile(const struct km_curve *curve, const double *band, double p, bool *midpoint)
{
    const double tolerance = sqrt(DBL_EPSILON);
    const struct crossing crossing = find_crossing(curve, band, p, tolerance);

    *midpoint = false;
    if (p == 0)
        return 0;
    if (!crossing.has_generous)
        return NAN;
    const double first = time_at(curve, crossing.generous);
    if (fabs(p - crossing.last) < tolerance) {
        *midpoint = true;
        return first / 2 + curve->time[curve->n - 1] / 2;
    }
    if (!crossing.has_strict)
        return NAN;
    const double second = time_at(curve, crossing.strict);
    *midpoint = crossing.generous != crossing.strict;
    return *midpoint ? first / 2 + second / 2 : first;
}

int km_quantile_solve(const struct km_curve *curve, double p, struct km_quantile *quantile)
{
    bool ignored;

    if (!(p >= 0 && p <= 1))
        return GSL_EDOM;
    if (curve->n == 0)
        return GSL_EINVAL;
    quantile->p = p;
    quantile->time = band_quantile(curve, curve->surv, p, &quantile->midpoint);
    quantile->conf_low = band_quantile(curve, curve->conf_low, p, &ignored);
    quantile->conf_high = band_quantile(curve, curve->conf_high, p, &ignored);
    return GSL_SUCCESS;
}
