/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * proportion.h - a risk as events / n, with its interval.
 *
 * With p = x / n, z = confidence_z(level):
 *
 *     Wilson   (x + z^2/2 -+ z sqrt(x (n - x) / n + z^2/4)) / (n + z^2)
 *     exact    Clopper-Pearson: P(X >= x | low) = P(X <= x | high) = (1 - level) / 2
 *     Wald     p -+ z sqrt(p (1 - p) / n), cut to [0, 1]
 *
 * n_event    x, 0 .. n
 * n          >= 1
 * level      two-sided, in (0, 1)
 * result     output; std_error is sqrt(p (1 - p) / n) whatever the method, 0 at 0 and n
 *
 * With no event the lower limit is exactly 0, with events only the upper limit is exactly 1 (Wilson, exact).
 *
 * Returns GSL_SUCCESS; GSL_EDOM when n = 0 (no risk exists; result is NAN throughout); GSL_EINVAL for a negative count,
 * n_event > n, n > 2^53, a level outside (0, 1) or an unknown method.
 * O(1); exact O(sqrt n).  Allocates nothing.
 *
 * Wilson 1927, doi:10.1080/01621459.1927.10502953; Clopper & Pearson 1934, doi:10.1093/biomet/26.4.404.
 */
#ifndef STATS_PROPORTION_H
#define STATS_PROPORTION_H

#include <stdint.h>

enum proportion_method { PROPORTION_WILSON, PROPORTION_EXACT, PROPORTION_WALD };

struct proportion {
    double estimate;
    double std_error;
    double conf_low, conf_high;
};

int proportion_interval(int64_t n_event, int64_t n, enum proportion_method method, double level,
                        struct proportion *result);

#endif
