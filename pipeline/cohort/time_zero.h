/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * time_zero.h - the day on which follow-up of an index stay starts, and who is lost before it.
 *
 *     admission      its first day
 *     discharge      its last day; whoever is still in it when the study ends has none
 *     {column: C}    the day in column C of its record
 *     {landmark: N}  N days after its first day; whoever has left treatment (the index episode) by then has none
 *
 * Nobody is followed from a day on which he is no longer observed.  After `discharge` or a `landmark` the comparison
 * speaks only of those who got there (it is conditional), so those lost before it are counted by arm.
 */
#ifndef COHORT_TIME_ZERO_H
#define COHORT_TIME_ZERO_H

#include "cohort/attrition.h"
#include "cohort/derived_values.h"
#include "cohort/intake.h"

/** Sets day[i] of every index stay; DAY_UNKNOWN (episodes/stay_read.h) where there is none. */
void time_zero_set(const struct derivation *from, int32_t *day);

/**
 * Collective (base/ranks.h).  Leaves out of the intake who is lost before time zero, by reason and arm.  -1 after telling: an arm has nobody
 * left.
 */
int time_zero_leave_out(const struct derivation *from, const uint8_t *arm, struct intake *intake,
                        struct attrition *attrition);

#endif
