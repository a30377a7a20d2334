/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * eligibility.h - the steps that leave candidates out before they come to an arm.
 *
 * Collective (base/ranks.h): each rank has candidates of its own, and the steps are those of all.
 * Each is one step of the attrition, also when it drops nobody.  -1 after telling: nobody is left.
 */
#ifndef COHORT_ELIGIBILITY_H
#define COHORT_ELIGIBILITY_H

#include "cohort/attrition.h"
#include "cohort/intake.h"
#include "study/study.h"

/** Leaves out those of whom a condition is false, and those of whom it is undecided; both are counted. */
int eligibility_apply(const struct study *study, const struct study_text *condition, const struct table *rows, int n_threads,
                      struct intake *intake, struct attrition *attrition);

/** Complete cases: leaves out those in whom a covariate is missing. */
int eligibility_know_covariate(const struct study *study, const struct study_text *name, const struct table *rows,
                               struct intake *intake, struct attrition *attrition);

/** Leaves out those without a day in the study's column of time zero, when it has one. */
int eligibility_know_time_zero(const struct study *study, const struct table *rows, struct intake *intake,
                               struct attrition *attrition);

#endif
