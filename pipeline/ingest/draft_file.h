/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * draft_file.h - the codebook that is drafted from a file of any format.
 */
#ifndef INGEST_DRAFT_FILE_H
#define INGEST_DRAFT_FILE_H

#include <stdbool.h>

/**
 * Reads the file (.csv, .csv.gz, SAS, Stata, SPSS; "-": standard input) and gives the text of its codebook, which the
 * caller frees.  delimiter and latin1 are those of a text file.  NULL after telling.
 */
char *draft_file(const char *path, char delimiter, bool latin1);

#endif
