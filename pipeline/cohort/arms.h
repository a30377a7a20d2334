/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * arms.h - each person into the one arm whose condition holds.
 */
#ifndef COHORT_ARMS_H
#define COHORT_ARMS_H

#include <stdint.h>

#include "cohort/attrition.h"
#include "cohort/intake.h"
#include "study/study.h"

enum { ARM_MAX = 64 }; /* arms of a study, at most */

/**
 * Collective (base/ranks.h): each rank has records of its own, and counts are those of all.  arm[i] of every record that stays in the intake; those in no arm, or undecided about any, are left out and
 * counted.  A person in two arms, or an arm with nobody, is an error told at its place in the study.
 */
int arms_assign(const struct study *study, const struct table *records, int n_threads, struct intake *intake,
                struct attrition *attrition, uint8_t *arm);

#endif
