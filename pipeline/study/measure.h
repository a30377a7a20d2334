/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * measure.h - the one list of measures that estimates and verdicts may name.
 *
 * A new measure is added here and to docs/results.md in the same change.
 */
#ifndef STUDY_MEASURE_H
#define STUDY_MEASURE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/table.h"

enum measure {
#define MEASURE(id) MEASURE_##id,
#include "study/measures.def"
#undef MEASURE
    N_MEASURES,
};

/** "risk_difference" for MEASURE_risk_difference; "" for a number that is no measure. */
const char *measure_name(enum measure measure);

/** 0 and the measure, or -1 when there is none of that name. */
int measure_from_name(const char *name, enum measure *measure);

/** The measure that a row of a finished table names in its column `measure`: 0, or -1 when it is none.  Allocates nothing. */
int measure_of_row(const struct table *table, size_t row, enum measure *measure);

/** Is it a ratio of arm to reference: margins above 1, loss on the log scale? */
bool measure_is_ratio(enum measure measure);

/** Does it compare one arm with one reference?  Differences, ratios and their logarithms, measures of balance. */
bool measure_is_contrast(enum measure measure);

/** Does it read the path through levels of care (outcomes/care_paths.h), and no outcome? */
bool measure_reads_path(enum measure measure);

#endif
