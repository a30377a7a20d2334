/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * imputed_rows.h - the covariates of the people of a comparison, with what is missing drawn: records of a completed data set.
 */
#ifndef COMPARE_IMPUTED_ROWS_H
#define COMPARE_IMPUTED_ROWS_H

#include "compare/slices.h"

struct imputed_rows;

/** The comparison and the people must outlive it.  NULL after telling. */
struct imputed_rows *imputed_rows_alloc(const struct comparison *comparison, const struct people *people);
void imputed_rows_free(struct imputed_rows *rows); /* NULL is fine */

size_t imputed_rows_missing(const struct imputed_rows *rows); /* cells to be drawn */

/** Data set `which`: the records with the covariates of these people filled in, until the next draw.  NULL after telling. */
const struct table *imputed_rows_draw(struct imputed_rows *rows, size_t which);

#endif
