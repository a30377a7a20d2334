/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * calibration.h - table `calibration`: what the models behind the numbers predicted, and what came true.
 *
 *   calibration   model measure analysis outcome population adjustment arm reference group n n_event predicted observed
 *                 conf_low conf_high
 *
 * model "propensity": of being in the arm, given the covariates of an adjustment.  "case mix": of counting in a measure of
 * the dashboard, whatever the programme.  Ten groups at most (stats/calibration.h).  A model fits the people it was made from
 * on the whole; groups show where it does not.
 */
#ifndef COMPARE_CALIBRATION_H
#define COMPARE_CALIBRATION_H

#include "compare/pair_weights.h"

enum { CALIBRATION_GROUPS = 10 };

struct table *calibration_alloc(void); /* NULL after telling */

/** Of the propensity of a pair.  -1 after telling. */
int calibration_add_propensity(const struct pair_weights *weights, struct table *calibration);

/** Of n people (in this place; reducer NULL: of all) with predictions mu, outcomes y (0 or 1) and weights (whole numbers).  -1 after telling. */
int calibration_add_case_mix(const char *measure, const char *outcome, const char *population, const double *mu, const double *y,
                             const double *people, size_t n, const struct reducer *reducer, struct table *calibration);

#endif
