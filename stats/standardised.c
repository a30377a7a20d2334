/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/standardised.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#include "stats/distribution.h"
#include "stats/quantiles.h"

/* Byar's cube of a count; 0 where the term has run below it. */
static double byar(double count, double z)
{
    const double root = 1 - 1 / (9 * count) + z / (3 * sqrt(count));

    return root > 0 ? count * root * root * root : 0;
}

int standardised_ratio(int64_t observed, double expected, enum standardised_method method, double level,
                       struct standardised *result)
{
    const double count = (double)observed, z = confidence_z(level);

    *result = (struct standardised){NAN, NAN, NAN};
    if (observed < 0 || !isfinite(expected) || expected < 0 || !(level > 0 && level < 1))
        return GSL_EINVAL;
    if (expected == 0)
        return GSL_EDOM;
    result->ratio = count / expected;
    if (method == STANDARDISED_BYAR) {
        result->conf_low = observed == 0 ? 0 : byar(count, -z) / expected;
        result->conf_high = byar(count + 1, z) / expected;
    } else {
        result->conf_low = observed == 0 ? 0 : chi_square_lower_quantile((1 - level) / 2, 2 * count) / (2 * expected);
        result->conf_high = chi_square_upper_quantile((1 - level) / 2, 2 * count + 2) / (2 * expected);
    }
    return GSL_SUCCESS;
}
