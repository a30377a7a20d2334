/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * flow_by_arm.h - the moves between levels of care after the index stay, by arm: table `flow` (episodes/moves.h).
 */
#ifndef COHORT_FLOW_BY_ARM_H
#define COHORT_FLOW_BY_ARM_H

#include "base/table.h"
#include "cohort/history.h"
#include "study/study.h"

/**
 * Collective (base/ranks.h): each rank has people of its own, and the moves are those of all.
 *
 * all     table `flow` of episodes.h5, whose rows come first
 * people  table cohort, with columns `arm` and `stay`
 * NULL after telling.
 */
struct table *flow_by_arm(const struct study *study, const struct history *history, const struct table *all,
                          const struct table *people, int n_threads);

#endif
