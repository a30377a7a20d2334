/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * source_spool.h - a source that is no CSV file to be read twice, made one: standard input, and the files of SAS, Stata
 * and SPSS, wait as CSV in a private file without a name.
 */
#ifndef INGEST_SOURCE_SPOOL_H
#define INGEST_SOURCE_SPOOL_H

#include <stdbool.h>

#include "ingest/csv_reader.h"
#include "study/codebook.h"

#define SOURCE_STANDARD_INPUT "-"

/** Is this source, by its name, one that is spooled? */
bool source_is_spooled(const char *path);

struct source_spool {
    const char *shown;   /* the name in messages; borrowed */
    char *path;          /* what to open: the source itself, or the spool */
    int file;            /* the spool; -1: the source is read as it is */
    bool counts_rows;    /* places are numbers of rows, not lines */
};

/**
 * Spools the source at `path` where it must be.  folder: where the spool lies; NULL: in memory, for heads.  codebook:
 * stat_spool.h.  Must not run while there are threads.  -1 after telling; free in either case.
 */
int source_spool_start(struct source_spool *spool, const char *path, const char *folder, bool latin1, bool head_only,
                       const struct codebook *codebook);
void source_spool_free(struct source_spool *spool);

/** Adapts the options to open spool->path with: what was spooled from another format has its own delimiter. */
void source_spool_options(const struct source_spool *spool, struct csv_options *options);

#endif
