/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * km_quantile.h - the time by which a given share has had the event, with limits from the pointwise bands.
 *
 *     t_p = min{ t : 1 - S(t) >= p }
 *
 * 1 - S counts as equal to p when they differ by at most sqrt(DBL_EPSILON): S is then flat at the wanted height,
 * and t_p is the midpoint between the time it gets there and the time of the next step; when S never steps again,
 * between the time it gets there and the last time of the curve.
 *
 * The limits are the same rule read on the bands (Brookmeyer & Crowley 1982, doi:10.2307/2530286): the lower limit
 * of the time from the lower band, the upper limit from the upper band.  Where a band is missing it takes no part.
 * A band of type log may rise again after a late event; the smallest 1 - band value that reaches p is then taken,
 * wherever it stands. This is quantile() of survfit in R's package survival.
 */
#ifndef STATS_KM_QUANTILE_H
#define STATS_KM_QUANTILE_H

#include "stats/km.h"

struct km_quantile {
    double p;
    double time;      /* NaN when the curve does not come down to 1 - p */
    double conf_low;  /* NaN when its band does not */
    double conf_high; /* NaN when its band does not */
    bool midpoint;    /* time comes from the midpoint rule */
};

/**
 * km_quantile_solve - quantile p of a curve made by km_solve.
 * p   0 .. 1 (0 gives time 0)
 * Returns GSL_SUCCESS, also when the quantile does not exist (NaN); GSL_EDOM for another p; GSL_EINVAL for an empty
 * curve. O(n), allocates nothing.
 */
int km_quantile_solve(const struct km_curve *curve, double p, struct km_quantile *quantile);

#endif
