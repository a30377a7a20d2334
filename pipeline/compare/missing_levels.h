/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * missing_levels.h - a missing value as a level of its own: covariates with `missing: level`.
 */
#ifndef COMPARE_MISSING_LEVELS_H
#define COMPARE_MISSING_LEVELS_H

#include "base/table.h"
#include "study/study.h"

#define MISSING_LEVEL "(missing)"

/** Gives the covariates that ask for it a last level MISSING_LEVEL, and it to the rows without one.  -1 after telling. */
int missing_levels_add(const struct study *study, const struct table *covariates);

#endif
