/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/durations.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>

#include "compare/numbers.h"
#include "stats/distribution.h"
#include "stats/km_quantile.h"
#include "stats/rmst.h"

static const char *method_of(const struct comparison *c, const char *one, const char *several)
{
    return c->n_cause > 1 ? several : one;
}

static void survival_of_arm(const struct comparison *c, size_t arm, struct horizon horizon, struct number *number)
{
    struct km_reading reading;

    number->method = method_of(c, "Kaplan-Meier; Greenwood errors",
                               "Kaplan-Meier, free of event and competing events; Greenwood errors");
    if (km_read(c->event_free[arm], horizon.time, horizon.at_least ? KM_AT_LEAST : KM_AFTER, &reading) != GSL_SUCCESS ||
        reading.beyond) {
        number_beyond(number, c, arm, horizon.time);
        return;
    }
    number->n_event = reading.n_event;
    number_set(number, reading.surv, reading.std_err, reading.conf_low, reading.conf_high);
    number_explain_limits(number, comparison_arm(c, arm));
}

static void quantile_of_arm(const struct comparison *c, size_t arm, double p, struct number *number)
{
    const struct km_curve *curve = c->event_free[arm];
    struct km_quantile quantile;

    number->method = method_of(c, "Kaplan-Meier; Brookmeyer-Crowley limits",
                               "Kaplan-Meier, free of event and competing events; Brookmeyer-Crowley limits");
    number->n_event = curve->events;
    if (km_quantile_solve(curve, p, &quantile) != GSL_SUCCESS || isnan(quantile.time)) {
        number_undefined(number, "the curve of arm %s does not come down to %g", comparison_arm(c, arm), 1 - p);
        return;
    }
    number_set(number, quantile.time, NAN, quantile.conf_low, quantile.conf_high);
    if (quantile.midpoint)
        snprintf(number->note, sizeof number->note, "midpoint of the flat part of the curve");
}

static bool rmst_of(const struct comparison *c, size_t arm, double tau, struct rmst *rmst, struct number *number)
{
    number->method = method_of(c, "area under Kaplan-Meier; Greenwood errors",
                               "area under Kaplan-Meier, free of event and competing events; Greenwood errors");
    if (rmst_solve(c->event_free[arm], tau, rmst) == GSL_SUCCESS)
        return true;
    number_undefined(number, "day %g lies after the last day observed in arm %s; the largest allowed tau is %g", tau,
                     comparison_arm(c, arm), rmst_max_tau(c->event_free[arm]));
    return false;
}

static void rmst_of_arm(const struct comparison *c, size_t arm, double tau, struct number *number)
{
    const double z = confidence_z(CONF_LEVEL);
    struct rmst rmst;

    if (!rmst_of(c, arm, tau, &rmst, number))
        return;
    number->n_event = rmst.n_event;
    number_set(number, rmst.estimate, rmst.std_err, rmst.estimate - z * rmst.std_err, rmst.estimate + z * rmst.std_err);
    number_cut(number, 0, tau);
    number_distrust_no_error(number);
    number_explain_limits(number, comparison_arm(c, arm));
}

void duration_of_arm(const struct comparison *c, enum measure measure, size_t arm, struct horizon horizon,
                     struct number *number)
{
    *number = number_none();
    number->n = c->n[arm];
    if (c->table == NULL)
        number_undefined(number, "the outcome has no time");
    else if (measure == MEASURE_survival)
        survival_of_arm(c, arm, horizon, number);
    else if (measure == MEASURE_quantile_time)
        quantile_of_arm(c, arm, horizon.time, number);
    else
        rmst_of_arm(c, arm, horizon.time, number);
}

static void rmst_of_pair(const struct comparison *c, enum measure measure, struct arm_pair pair, double tau, double level,
                         struct number *number)
{
    const enum rmst_measure kind = measure == MEASURE_rmst_ratio ? RMST_RATIO : RMST_DIFFERENCE;
    struct rmst arm, reference;
    struct rmst_contrast contrast;
    struct number of_arm = number_none(), of_reference = number_none();

    number->n = c->n[pair.arm] + c->n[pair.reference];
    if (!rmst_of(c, pair.arm, tau, &arm, number) || !rmst_of(c, pair.reference, tau, &reference, number))
        return;
    number->n_event = arm.n_event + reference.n_event;
    if (rmst_compare(&arm, &reference, kind, level, &contrast) != GSL_SUCCESS) {
        number_undefined(number, "a restricted mean is 0");
        return;
    }
    number_set(number, contrast.estimate, contrast.std_err, contrast.conf_low, contrast.conf_high);
    number_distrust_no_error(number);
    number->statistic = contrast.statistic;
    number->p_value = contrast.p_value;
    rmst_of_arm(c, pair.arm, tau, &of_arm);
    rmst_of_arm(c, pair.reference, tau, &of_reference);
    number_inherit_note(number, &of_arm, &of_reference);
}

void duration_of_pair(const struct comparison *c, enum measure measure, struct arm_pair pair, struct horizon horizon,
                      double level, struct number *number)
{
    struct number arm, reference;

    *number = number_none();
    if (c->table == NULL) {
        number_undefined(number, "the outcome has no time");
        return;
    }
    if (measure != MEASURE_survival_difference) {
        rmst_of_pair(c, measure, pair, horizon.time, level, number);
        return;
    }
    duration_of_arm(c, MEASURE_survival, pair.arm, horizon, &arm);
    duration_of_arm(c, MEASURE_survival, pair.reference, horizon, &reference);
    number->method = arm.method;
    number_combine(number, &arm, &reference);
    if (!number_needs(number, &arm, &reference))
        return;
    number_set_wald(number, arm.estimate - reference.estimate, hypot(arm.std_error, reference.std_error), level);
    number_cut(number, -1, 1);
    number_inherit_note(number, &arm, &reference);
}
