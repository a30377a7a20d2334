/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/risks.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>

#include "compare/numbers.h"
#include "stats/distribution.h"
#include "stats/proportion.h"
#include "stats/risk_difference.h"
#include "stats/two_by_two.h"

bool contrast_is_counted(const struct comparison *c, struct horizon horizon)
{
    return c->table == NULL || (!c->delayed_entry && c->first_censored >= horizon.time);
}

static enum km_side side_of(struct horizon horizon)
{
    return horizon.at_least ? KM_AT_LEAST : KM_AFTER;
}

/* Events of a cause up to the horizon. */
static int64_t events_by(const struct comparison *c, size_t arm, size_t cause, struct horizon horizon)
{
    int64_t n = 0;

    if (c->table == NULL)
        return c->n_event[arm];
    for (size_t k = 0; k < c->table->n_time; k++)
        if (c->table->time[k] < horizon.time || (!horizon.at_least && c->table->time[k] == horizon.time))
            n += risk_table_counts(c->table, arm, RISK_TABLE_ALL, cause, k).n_event;
    return n;
}

static void counted_risk(const struct comparison *c, size_t arm, size_t cause, struct horizon horizon, double level,
                         struct number *number)
{
    struct proportion p;

    number->n = c->n[arm];
    number->n_event = events_by(c, arm, cause, horizon);
    number->method = "events/n; Wilson limits";
    if (proportion_interval(number->n_event, number->n, PROPORTION_WILSON, level, &p) != GSL_SUCCESS) {
        number_undefined(number, "nobody in arm %s", comparison_arm(c, arm));
        return;
    }
    number_set(number, p.estimate, p.std_error, p.conf_low, p.conf_high);
}

static void km_risk(const struct comparison *c, size_t arm, struct horizon horizon, struct number *number)
{
    struct km_reading reading;

    number->method = "1 - Kaplan-Meier; Greenwood errors";
    if (km_read(c->event_free[arm], horizon.time, side_of(horizon), &reading) != GSL_SUCCESS || reading.beyond) {
        number_beyond(number, c, arm, horizon.time);
        return;
    }
    number->n_event = reading.n_event;
    number_set(number, 1 - reading.surv, reading.std_err, 1 - reading.conf_high, 1 - reading.conf_low);
}

static void aalen_johansen_risk(const struct comparison *c, size_t arm, size_t cause, struct horizon horizon,
                                struct number *number)
{
    struct cuminc_reading reading;

    number->method = "Aalen-Johansen; Aalen errors";
    if (cuminc_read(c->cuminc[arm * c->n_cause + cause - 1], horizon.time, side_of(horizon), &reading) != GSL_SUCCESS ||
        reading.beyond) {
        number_beyond(number, c, arm, horizon.time);
        return;
    }
    number->n_event = reading.n_event;
    /* Where all have had the event, and nothing else, it is 1 - Kaplan-Meier of a curve at 0, which has no error. */
    if (reading.surv == 0 && reading.n_other == 0)
        number_set(number, 1, NAN, NAN, NAN);
    else
        number_set(number, reading.cuminc, reading.std_err, reading.conf_low, reading.conf_high);
}

/* Limits belong to the level of the curve; others are asked for only for differences, which use the errors. */
void risk_of_arm(const struct comparison *c, size_t arm, size_t cause, struct horizon horizon, double level,
                 struct number *number)
{
    *number = number_none();
    number->n = c->n[arm];
    if (contrast_is_counted(c, horizon))
        counted_risk(c, arm, cause, horizon, level, number);
    else if (c->cuminc == NULL)
        km_risk(c, arm, horizon, number);
    else
        aalen_johansen_risk(c, arm, cause, horizon, number);
    if (number->defined && number->n_event == 0)
        snprintf(number->note, sizeof number->note, "no events in arm %s", comparison_arm(c, arm));
    number_explain_limits(number, comparison_arm(c, arm));
}

static void describe_empty_cell(const struct comparison *c, struct arm_pair pair, enum two_by_two_cell cell,
                                struct number *number)
{
    const char *arm = comparison_arm(c, pair.arm), *reference = comparison_arm(c, pair.reference);

    switch (cell) {
    case TWO_BY_TWO_ARM_NO_EVENT: number_undefined(number, "no events in arm %s", arm); return;
    case TWO_BY_TWO_REFERENCE_NO_EVENT: number_undefined(number, "no events in arm %s", reference); return;
    case TWO_BY_TWO_ARM_ALL_EVENT: number_undefined(number, "everybody in arm %s has the event", arm); return;
    case TWO_BY_TWO_REFERENCE_ALL_EVENT: number_undefined(number, "everybody in arm %s has the event", reference); return;
    default: number_undefined(number, "nobody in arm %s or %s", arm, reference); return;
    }
}

/* Standard error of the contrast if both arms had the reference's risk: the truth that power is computed at. */
static double planning_error(enum measure measure, double risk, int64_t n_arm, int64_t n_reference)
{
    const double share = 1 / (double)n_arm + 1 / (double)n_reference;

    switch (measure) {
    case MEASURE_risk_difference: return sqrt(risk * (1 - risk) * share);
    case MEASURE_risk_ratio: return sqrt((1 - risk) / risk * share);
    default: return sqrt(share / (risk * (1 - risk)));
    }
}

static void counted_pair(const struct comparison *c, enum measure measure, struct arm_pair pair, double level,
                         const struct number *arm, const struct number *reference, struct number *number)
{
    const struct two_by_two table = {arm->n_event, arm->n, reference->n_event, reference->n};
    struct risk_difference difference;
    struct ratio_estimate ratio = {.empty = TWO_BY_TWO_FULL};
    int code;

    number->planning_error = planning_error(measure, reference->estimate, arm->n, reference->n);
    if (measure == MEASURE_risk_difference) {
        number->method = "events/n; Newcombe limits";
        if (risk_difference_interval(&table, RISK_DIFFERENCE_NEWCOMBE, level, &difference) != GSL_SUCCESS)
            describe_empty_cell(c, pair, TWO_BY_TWO_NO_ARM, number);
        else
            number_set(number, difference.estimate, difference.std_error, difference.conf_low, difference.conf_high);
        return;
    }
    number->method = measure == MEASURE_risk_ratio ? "events/n; log limits (Katz)" : "events/n; log limits (Woolf)";
    code = measure == MEASURE_risk_ratio ? two_by_two_risk_ratio(&table, level, &ratio)
                                         : two_by_two_odds_ratio(&table, level, &ratio);
    if (code != GSL_SUCCESS) {
        describe_empty_cell(c, pair, ratio.empty, number);
        return;
    }
    number_set(number, ratio.estimate, ratio.std_error, ratio.conf_low, ratio.conf_high);
    number->statistic = ratio.statistic;
    number->p_value = ratio.p_value;
}

/* Two risks with errors of their own: the difference, or the delta method on log risk or log odds. */
static void censored_pair(const struct comparison *c, enum measure measure, struct arm_pair pair, double level,
                          const struct number *arm, const struct number *reference, struct number *number)
{
    const double p1 = arm->estimate, p0 = reference->estimate;

    number->method = c->cuminc == NULL ? "1 - Kaplan-Meier; Greenwood errors" : "Aalen-Johansen; Aalen errors";
    if (measure == MEASURE_risk_difference) {
        number_set_wald(number, p1 - p0, hypot(arm->std_error, reference->std_error), level);
        number_cut(number, -1, 1);
        return;
    }
    if (p1 <= 0 || p0 <= 0) {
        describe_empty_cell(c, pair, p1 <= 0 ? TWO_BY_TWO_ARM_NO_EVENT : TWO_BY_TWO_REFERENCE_NO_EVENT, number);
        return;
    }
    if (measure == MEASURE_risk_ratio) {
        number_set_log(number, log(p1 / p0), hypot(arm->std_error / p1, reference->std_error / p0), level);
        return;
    }
    if (p1 >= 1 || p0 >= 1) {
        describe_empty_cell(c, pair, p1 >= 1 ? TWO_BY_TWO_ARM_ALL_EVENT : TWO_BY_TWO_REFERENCE_ALL_EVENT, number);
        return;
    }
    number_set_log(number, log(p1 / (1 - p1)) - log(p0 / (1 - p0)),
                   hypot(arm->std_error / (p1 * (1 - p1)), reference->std_error / (p0 * (1 - p0))), level);
}

void risk_of_pair(const struct comparison *c, enum measure measure, struct arm_pair pair, struct horizon horizon,
                  double level, struct number *number)
{
    struct number arm, reference;

    *number = number_none();
    risk_of_arm(c, pair.arm, 1, horizon, level, &arm);
    risk_of_arm(c, pair.reference, 1, horizon, level, &reference);
    number_combine(number, &arm, &reference);
    if (!number_needs(number, &arm, &reference))
        return;
    if (contrast_is_counted(c, horizon))
        counted_pair(c, measure, pair, level, &arm, &reference, number);
    else
        censored_pair(c, measure, pair, level, &arm, &reference, number);
    /* A risk of 0 has an error of 0: the limits then rest on the other arm alone. */
    if (!contrast_is_counted(c, horizon))
        number_inherit_note(number, &arm, &reference);
}
