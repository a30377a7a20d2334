/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * states_by_arm.h - where people are on each day since time zero, by arm: table `states`.
 *
 * Table `states`: arm state time n n_followed
 *     state       the level of care of the stay that covers the day (episodes/stay.h: which days a stay occupies), of
 *                 several the most intensive; "unknown" where the source tells no level; "out" of care: no stay covers it
 *     time        days since time zero: 0, and then at most STATES_MAX days in even steps up to the end of follow-up, or to the
 *                 last day of the study for the person who entered first
 *     n           people in that state
 *     n_followed  people whose time zero lies so far before the last day of the study that it is known where they were;
 *                 n / n_followed is the share.  Who entered late is left out, whatever became of him
 *
 * Only states in which somebody of the arm ever is; in the order of levels, times ascending.
 */
#ifndef COHORT_STATES_BY_ARM_H
#define COHORT_STATES_BY_ARM_H

#include "base/table.h"
#include "cohort/history.h"
#include "study/study.h"

enum { STATES_MAX = 60 };

/**
 * Collective (base/ranks.h): each rank has people of its own, and the counts are those of all.
 *
 * people: table cohort, with columns arm, weight, stay and time_zero.  NULL after telling.
 * O(stays and people x days).
 */
struct table *states_by_arm(const struct study *study, const struct history *history, const struct table *people,
                            int n_threads);

#endif
