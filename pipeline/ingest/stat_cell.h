/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * stat_cell.h - a value of a SAS, Stata or SPSS file as the cell that a codebook declares.
 *
 *     a whole number         its digits: 34, -9
 *     another number         the shortest decimal that is the same double: 2.385
 *     a day                  YYYY-MM-DD
 *     a moment               YYYY-MM-DDThh:mm:ss (which no date of a codebook is)
 *     missing                an empty cell
 *     a missing code         .a to .z, ._ as Stata and SAS write them
 *     what SPSS calls a user-missing value    the value itself: the codebook says what it means
 *     text                   as it is, without the spaces that fill it up
 */
#ifndef INGEST_STAT_CELL_H
#define INGEST_STAT_CELL_H

#include <readstat.h>
#include <stddef.h>

#include "ingest/stat_head.h"

enum { STAT_CELL_SIZE = 40 };

/** out serves numbers; text is returned where it lies.  *length counts its bytes. */
const char *stat_cell(const struct stat_column *column, readstat_value_t value, char out[static STAT_CELL_SIZE],
                      size_t *length);

/** A number alone, as in a declared missing value. */
void stat_cell_number(double number, char out[static STAT_CELL_SIZE]);

#endif
