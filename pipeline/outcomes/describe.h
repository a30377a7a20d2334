/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * describe.h - the definition of an outcome in one line, as the study states it: for readers and results.
 */
#ifndef OUTCOMES_DESCRIBE_H
#define OUTCOMES_DESCRIBE_H

#include "study/study.h"

/** Caller frees; NULL after telling. */
char *outcome_describe(const struct study *study, const struct study_outcome *outcome);

#endif
