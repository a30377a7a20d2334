/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/adjusting.h"

#include <math.h>

#include "compare/numbers.h"
#include "stats/survival_interval.h"

/* ---- one arm ----------------------------------------------------------------------------------------- */

int adjusting_error(struct adjusting *a, double g1, const double *phi1, double g0, const double *phi0, double *error)
{
    double variance;

    if (adjusted_variance(&a->rows, &a->weights, g1, phi1, g0, phi0, a->work, &variance) != 0)
        return -1;
    *error = sqrt(variance);
    return 0;
}

static void set_probability(const struct part_of_arm *what, double value, double computed, struct number *number)
{
    const double error = number_without_noise(computed, 1);
    struct survival_interval interval;
    const bool survival = what->measure == MEASURE_survival;
    double low, high;

    if (!(value >= 0 && value <= 1)) { /* a sum with residuals may leave its range; its difference is good all the same */
        number_set_wald(number, value, error, CONF_LEVEL);
        return;
    }
    (void)survival_interval_init(&interval, SURVIVAL_CONF_LOG_LOG, CONF_LEVEL);
    survival_interval_limits(&interval, survival ? value : 1 - value, error, &low, &high);
    number_set(number, value, error, survival ? low : 1 - high, survival ? high : 1 - low);
    number_distrust_no_error(number);
}

int adjusting_number_of_arm(struct adjusting *a, const struct part_of_arm *what, bool treated,
                            const struct adjusted_part *part, struct number *number)
{
    double error;

    *number = number_none();
    number->n = adjusting_people(a, treated);
    number->n_event = part->n_event;
    if (!part->defined) {
        number_undefined(number, "%s", part->note);
        return 0;
    }
    if (adjusting_error(a, 1, part->phi, 0, NULL, &error) != 0)
        return -1;
    weighted_curves_know(&a->curves, what, treated, error);
    if (what->measure == MEASURE_rmst || what->measure == MEASURE_mean)
        number_set_wald(number, part->value, error, CONF_LEVEL);
    else
        set_probability(what, part->value, error, number);
    number->statistic = number->p_value = NAN;
    number_explain_limits(number, adjusting_arm(a, treated));
    adjusted_gates_mark(&a->part_gates, number);
    return 0;
}

/* ---- contrasts --------------------------------------------------------------------------------------- */

static void missing_contrast(const struct adjusting *a, const struct adjusted_part part[2], enum measure measure,
                             struct number *number)
{
    const bool odds = measure == MEASURE_odds_ratio;

    for (int treated = 1; treated >= 0; treated--) {
        const char *arm = adjusting_arm(a, treated);
        if (!part[treated].defined)
            number_undefined(number, "%s", part[treated].note);
        else if (part[treated].value <= 0)
            number_undefined(number, part[treated].value < 0 ? "the risk of arm %s is estimated below 0" : "no events in arm %s", arm);
        else if (odds && part[treated].value >= 1)
            number_undefined(number, "everybody in arm %s has the event", arm);
        else
            continue;
        return;
    }
}

static bool is_possible(enum measure measure, const struct adjusted_part part[2])
{
    if (!part[0].defined || !part[1].defined)
        return false;
    if (measure == MEASURE_odds_ratio && (part[0].value >= 1 || part[1].value >= 1))
        return false;
    return !measure_is_ratio(measure) || (part[0].value > 0 && part[1].value > 0);
}

int adjusting_contrast(struct adjusting *a, enum measure measure, const struct adjusted_part part[2], struct number *number)
{
    const double p1 = part[1].value, p0 = part[0].value;
    double error;

    *number = number_none();
    number->n = adjusting_people(a, -1);
    number->n_event = part[0].n_event + part[1].n_event;
    if (!is_possible(measure, part)) {
        missing_contrast(a, part, measure, number);
        return 0;
    }
    if (measure == MEASURE_risk_ratio || measure == MEASURE_rmst_ratio) {
        if (adjusting_error(a, 1 / p1, part[1].phi, -1 / p0, part[0].phi, &error) != 0)
            return -1;
        number_set_log(number, log(p1 / p0), error, CONF_LEVEL);
    } else if (measure == MEASURE_odds_ratio) {
        if (adjusting_error(a, 1 / (p1 * (1 - p1)), part[1].phi, -1 / (p0 * (1 - p0)), part[0].phi, &error) != 0)
            return -1;
        number_set_log(number, log(p1 / (1 - p1)) - log(p0 / (1 - p0)), error, CONF_LEVEL);
    } else {
        if (adjusting_error(a, 1, part[1].phi, -1, part[0].phi, &error) != 0)
            return -1;
        number_set_wald(number, p1 - p0, number_without_noise(error, fmax(fabs(p1), fabs(p0))), CONF_LEVEL);
        if (measure == MEASURE_risk_difference || measure == MEASURE_survival_difference)
            number_cut(number, -1, 1);
    }
    adjusted_gates_mark(&a->part_gates, number);
    return 0;
}
