/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * marks.h - what a reader must know beside the numbers of an analysis, and which of them may not be shown.
 *
 * In this order: what a late time zero conditions on, intervals that take people of one cluster as independent
 * (conditional.h), comparisons of arms that never meet (overlap.h), E-values (e_values.h), arms that are looked at unequally often (detection.h), negative controls that differ
 * (negative_controls.h), and verdicts on estimates whose assumptions have failed (gates.h).  The study's own analysis and those of its profiles
 * pass through here alike.
 */
#ifndef COMPARE_MARKS_H
#define COMPARE_MARKS_H

#include "compare/analyses.h"

/** cohort and records as they were given to analyses_run.  -1 after telling. */
int marks_add(const struct analyses_input *input, struct analyses *analyses);

#endif
