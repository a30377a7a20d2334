/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * conditional.h - what a late time zero, and people who are alike, make of every estimate.
 *
 * People who are followed from discharge, or from a landmark, are those who got there; which of them do may depend on the
 * arm.  So column `estimand` of estimates and verdicts says what the number is conditional on, and the gate of a verdict
 * repeats it.
 */
#ifndef COMPARE_CONDITIONAL_H
#define COMPARE_CONDITIONAL_H

#include "base/table.h"
#include "study/study.h"

/**
 * Where people are clustered (`cluster`, or several index stays a person), an interval that takes them as independent is
 * too narrow: says so in `note` of estimates and `gate` of verdicts, unless the method is robust by cluster.  -1 after
 * telling.
 */
int conditional_mark_clusters(const struct study *study, struct table *table);

/** Adds to column `estimand`, and to `gate` where there is one, what the study's time zero conditions on.  -1 after telling. */
int conditional_mark(const struct study *study, struct table *table);

#endif
