/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * programmes.h - the programmes of a dashboard by period: what was observed, what was expected, and what stands out.
 *
 * A measure is the share of people with (or without) the outcome's event by a day.  For each person who is due - the day lies
 * within what the data can show - and whose state on that day was seen:
 *
 *     y_i = 1 when it counts, else 0;  mu_i = P(y = 1 | covariates)   logistic regression over all programmes
 *     O = sum y_i,  E = sum mu_i,  V = sum mu_i (1 - mu_i)            by programme and period, and over each alone
 *
 * or its rate: events by the day over the time that people were under observation until then,
 *
 *     y_i events, mu_i = t_i exp(b' covariates)                       Poisson regression, V = E
 *
 * A person with a competing event by the day has not had the event.  One who was lost from sight before the day, without any
 * event, is unknown: counted in n_unknown, in no share; a rate counts the time until then.  Not due is who entered less than the measure's days before
 * the last day that any person was seen, or before follow_up.until where that is earlier.
 * A covariate that is missing is a level of its own (a number: its mean, and an indicator).
 *
 *   programme_measures   measure outcome time share label better n n_event n_unknown n_not_due n_missing n_programme phi
 *                        spread adjusted note chart rules run trend person_time       a row a measure
 *   programmes           measure programme period n n_event n_unknown expected variance ratio conf_low conf_high z
 *                        centre low high signal person_time phase baseline factor
 *   programme_phases     measure programme phase from freeze because note     a row a phase of all (programme "") and, where
 *                        they have others, of programmes
 *                        measure by measure; in each all programmes (programme ""), then each; in each all periods
 *                        (period ""), then each, without gaps
 *
 * ratio, limits   O / E, exact Poisson (stats/standardised.h)
 * z               of a programme over all periods: distance from its expectation (stats/funnel.h), dispersion counted
 * centre, low, high, factor   of a period: the chart of the measure over the periods of the programme (stats/control_chart.h),
 *                 phase by phase (programme_phases.h); only where the phase's baseline has 8 periods and, on average, 10
 *                 people in each
 * signal          over all periods: "above 99.8 %", "above 95 %", "below ..." of the funnel, when z and the exact limit of a
 *                 binomial count with the expected share agree.  Of a period, joined by ", ":
 *                 "above the limits", "below the limits", "run above", "run below", "trend", "near the upper limit",
 *                 "near the lower limit"
 */
#ifndef COMPARE_PROGRAMMES_H
#define COMPARE_PROGRAMMES_H

#include "compare/analyses.h"

struct programmes {
    /* programme_measures, programmes, programme_phases; NULL unless the study has a dashboard */
    struct table *measures, *cells, *phases;
};

/** calibration: gets the rows of the case mix (calibration.h).  -1 after telling; free in any case. */
int programmes_run(const struct analyses_input *input, struct table *calibration, struct programmes *programmes);
void programmes_free(struct programmes *programmes);

#endif
