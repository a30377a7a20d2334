/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * cohort_columns.h - which derived columns a study names anywhere: those are kept for the stages to the right.
 */
#ifndef COHORT_COHORT_COLUMNS_H
#define COHORT_COHORT_COLUMNS_H

#include "study/study.h"

/** NULL-terminated, names_free (base/names.h); NULL after telling. */
char **cohort_named_derived(const struct study *study);

#endif
