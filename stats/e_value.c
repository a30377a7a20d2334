/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/e_value.h"

#include <gsl/gsl_errno.h>
#include <math.h>

static double as_risk_ratio(double ratio, enum e_value_scale scale)
{
    switch (scale) {
    case E_HAZARD_RATIO:
        return (1 - pow(0.5, sqrt(ratio))) / (1 - pow(0.5, sqrt(1 / ratio)));
    case E_ODDS_RATIO:
        return sqrt(ratio);
    case E_RISK_RATIO:
        break;
    }
    return ratio;
}

static double e_of(double risk_ratio)
{
    const double r = risk_ratio < 1 ? 1 / risk_ratio : risk_ratio;

    return r + sqrt(r * (r - 1));
}

int e_value(double ratio, double conf_low, double conf_high, enum e_value_scale scale, struct e_value *result)
{
    *result = (struct e_value){NAN, NAN};
    if (!(ratio > 0) || !isfinite(ratio) || !(conf_low >= 0) || !(conf_low <= ratio) || !(conf_high >= ratio))
        return GSL_EDOM;
    result->estimate = e_of(as_risk_ratio(ratio, scale));
    result->limit = 1;
    if (conf_low > 1)
        result->limit = e_of(as_risk_ratio(conf_low, scale));
    else if (conf_high < 1)
        result->limit = e_of(as_risk_ratio(conf_high, scale));
    return GSL_SUCCESS;
}
