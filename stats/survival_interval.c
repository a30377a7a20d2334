/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/survival_interval.h"

#include <math.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>

#include "stats/distribution.h"

int survival_interval_init(struct survival_interval *interval, enum survival_conf_type type, double level)
{
    if (!(level > 0 && level < 1))
        return GSL_EDOM;
    if (type < SURVIVAL_CONF_LOG || type > SURVIVAL_CONF_NONE)
        return GSL_EINVAL;
    interval->type = type;
    interval->level = level;
    interval->z = confidence_z(level);
    return GSL_SUCCESS;
}

static double square(double x)
{
    return x * x;
}

void survival_interval_limits(const struct survival_interval *interval, double surv, double std_err, double *conf_low,
                              double *conf_high)
{
    const double z = interval->z;
    double width;

    *conf_low = *conf_high = NAN;
    if (!(surv > 0) || isnan(std_err))
        return;
    switch (interval->type) {
    case SURVIVAL_CONF_LOG:
        width = z * std_err / surv;
        *conf_low = exp(log(surv) - width);
        *conf_high = fmin(exp(log(surv) + width), 1);
        break;
    case SURVIVAL_CONF_LOG_LOG:
        if (surv >= 1)
            break;
        width = z * std_err / (surv * log(surv)); /* negative */
        *conf_low = exp(-exp(log(-log(surv)) - width));
        *conf_high = exp(-exp(log(-log(surv)) + width));
        break;
    case SURVIVAL_CONF_PLAIN:
        *conf_low = fmax(surv - z * std_err, 0);
        *conf_high = fmin(surv + z * std_err, 1);
        break;
    case SURVIVAL_CONF_ARCSIN:
        if (surv >= 1)
            break;
        width = 0.5 * z * std_err / surv * sqrt(surv / (1 - surv));
        *conf_low = square(sin(fmax(asin(sqrt(surv)) - width, 0)));
        *conf_high = square(sin(fmin(asin(sqrt(surv)) + width, M_PI_2)));
        break;
    case SURVIVAL_CONF_NONE:
        break;
    }
}
