/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * person_rows.h - where the rows of a person begin, in a table of a file that is ordered by column `person`; rows without one
 * come last.
 */
#ifndef COHORT_PERSON_ROWS_H
#define COHORT_PERSON_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "store/store.h"

/** The person of one row; INT64_MAX: none.  Reads a chunk.  -1 after telling. */
int person_rows_read(struct store *store, const char *table, size_t row, int64_t *person);

/** The first row of this person, or of one after it.  Reads O(log n) chunks.  -1 after telling. */
int person_rows_find(struct store *store, const char *table, int64_t wanted, size_t *row);

#endif
