/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/contrast.h"

#include "compare/durations.h"
#include "compare/hazards.h"
#include "compare/means.h"
#include "compare/risks.h"
#include "compare/subhazards.h"

static bool is_risk(enum measure measure)
{
    return measure == MEASURE_risk || measure == MEASURE_cumulative_incidence || measure == MEASURE_risk_difference ||
           measure == MEASURE_risk_ratio || measure == MEASURE_odds_ratio;
}

enum measure contrast_part(enum measure measure)
{
    switch (measure) {
    case MEASURE_survival_difference: return MEASURE_survival;
    case MEASURE_rmst_difference:
    case MEASURE_rmst_ratio: return MEASURE_rmst;
    case MEASURE_risk_difference:
    case MEASURE_risk_ratio:
    case MEASURE_odds_ratio: return MEASURE_risk;
    case MEASURE_mean_difference: return MEASURE_mean;
    default: return measure;
    }
}

void contrast_of_arm(const struct comparison *comparison, enum measure measure, size_t arm, size_t cause,
                     struct horizon horizon, double level, struct number *number)
{
    if (measure == MEASURE_mean)
        mean_of_arm(comparison, arm, level, number);
    else if (is_risk(measure))
        risk_of_arm(comparison, arm, cause, horizon, level, number);
    else
        duration_of_arm(comparison, measure, arm, horizon, number);
}

void contrast_of_pair(const struct comparison *comparison, enum measure measure, struct arm_pair pair,
                      struct horizon horizon, double level, struct number *number)
{
    if (measure == MEASURE_mean_difference)
        mean_of_pair(comparison, pair, level, number);
    else if (is_risk(measure))
        risk_of_pair(comparison, measure, pair, horizon, level, number);
    else if (measure == MEASURE_hazard_ratio || measure == MEASURE_log_hazard_ratio)
        hazard_of_pair(comparison, measure, pair, level, number);
    else if (measure == MEASURE_subhazard_ratio || measure == MEASURE_log_subhazard_ratio)
        subhazard_of_pair(comparison, measure, pair, level, number);
    else
        duration_of_pair(comparison, measure, pair, horizon, level, number);
}
