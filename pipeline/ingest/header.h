/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * header.h - which column of a file is which column of the codebook.
 *
 * Columns are found by name or alias, exactly as they are written; their order is free, and each file of a table
 * has its own.  A kept column that the file does not have and must have, a column that the codebook does not declare, and two
 * columns that are the same one are refused, all told at once.  Columns without a name are taken at the end of a
 * header only (a delimiter too many); their cells must be empty.
 */
#ifndef INGEST_HEADER_H
#define INGEST_HEADER_H

#include <stddef.h>

#include "ingest/csv_reader.h"
#include "ingest/plan.h"

/** What a column of the file is, apart from the position of a kept column in the plan. */
enum { HEADER_DROPPED = -1, HEADER_NAMELESS = -2 };

struct header {
    size_t n;
    const char **names; /* [n] as they stand in the file; borrowed from its reader */
    ptrdiff_t *columns; /* [n] in file order: position in the plan, HEADER_DROPPED or HEADER_NAMELESS */
    size_t n_absent;
    size_t *absent;     /* [n_absent] kept columns that the file may be without, and is: missing in every row */
};

/** 0, or -1 after telling; free in either case. */
int header_match(const struct plan *plan, const char *path, const struct csv_reader *reader, struct header *header);
void header_free(struct header *header);

#endif
