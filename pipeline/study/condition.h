/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * condition.h - conditions of the study computed on every record.
 */
#ifndef STUDY_CONDITION_H
#define STUDY_CONDITION_H

#include <stddef.h>
#include <stdint.h>

#include "base/names.h"
#include "base/table.h"
#include "study/study.h"

/**
 * truth[i] of the condition in record i (enum truth of expression.h), for all rows of the table, spread over
 * n_threads.  Returns an array of n_rows that the caller frees; NULL after telling at the condition's place.
 */
uint8_t *condition_compute(const struct study *study, const struct study_text *condition, const struct table *records,
                           int n_threads);

/**
 * Adds the names of the columns a condition uses to a NULL-terminated list that the caller frees with
 * names_free (base/names.h); *names may be NULL.  -1 after telling.
 */
int condition_columns(const struct study *study, const struct study_text *condition, const struct table *schema,
                      char ***names);

#endif
