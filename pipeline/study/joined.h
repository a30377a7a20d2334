/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * joined.h - columns of persons beside linked stays: those of `clients`, where a study has both tables.
 *
 * Each index stay has the values of its person's row in `clients`, found by the person key.  A person without a row there, or
 * on several rows, of which no rule says which one is right, has missing values.  Names are unique over both tables.
 */
#ifndef STUDY_JOINED_H
#define STUDY_JOINED_H

#include "study/study.h"

/** Table `clients` beside linked stays; NULL: the study has none, or no stays. */
const struct study_table *joined_table(const struct study *study);

/** A column of that table that is kept and is no person key; NULL: there is none of that name. */
const struct codebook_column *joined_column(const struct study *study, const char *name);

/** Adds those columns, as far as the table does not have them.  -1 after telling. */
int joined_add_columns(const struct study *study, struct table *columns);

#endif
