/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * stat_spool.h - the rows of a SAS, Stata or SPSS file as CSV, so that they meet the same rules as every other row.
 *
 * The first line is the header, every row is one line, so the line before the one of a row is its number.  Cells are
 * those of stat_cell.h; a line end inside a cell, which sets its row aside in any case, is written as another control
 * character to keep it so.  ReadStat works in a child process: what a damaged file may do to it ends there.
 */
#ifndef INGEST_STAT_SPOOL_H
#define INGEST_STAT_SPOOL_H

#include <stdbool.h>

#include "study/codebook.h"

/**
 * Writes the CSV of `path` to the open file `file`; head_only: only the header.  With a codebook, values that the file
 * declares missing must be declared missing there as well, and a labelled value that it does not know is warned of.
 * -1 after telling.  Must not run while there are threads.
 */
int stat_spool(const char *path, bool latin1, bool head_only, const struct codebook *codebook, int file);

#endif
