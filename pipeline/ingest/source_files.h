/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * source_files.h - the files that make up one table of a study.
 *
 * A table names one file, a list, or globs (`*`, `?`, `[...]` as in a shell; no file name is tried as a glob
 * that exists as it is written).  The files are read in the byte order of their names relative to the study, so
 * that neither the order of the list nor that of a folder matters.
 */
#ifndef INGEST_SOURCE_FILES_H
#define INGEST_SOURCE_FILES_H

#include <stddef.h>
#include <sys/stat.h>

#include "base/sha256.h"
#include "base/table.h"
#include "ingest/source_spool.h"
#include "study/study.h"

struct source_file {
    char *path;          /* where it is; in messages */
    char *relative;      /* as the study names it */
    const char *name;    /* in outputs: its last part, or `relative` where two files of the table share that */
    struct study_place place;
    char sha256[SHA256_HEX_SIZE]; /* "": nobody has read it yet */
    struct stat mark;    /* as it was before it was read */
    bool is_input;       /* standard input: nothing is known of it before it was read */
    struct source_spool spool; /* what to read, once source_files_spool() was called */
};

struct source_files {
    size_t n;
    struct source_file *items;
};

/**
 * Finds the files of a table.  -1 after telling, with the line of the study: no such file, a glob without a
 * match, a file that is named twice.  Free in either case.
 */
int source_files_find(const struct study *study, const struct study_table *table, struct source_files *files);
void source_files_free(struct source_files *files);

/**
 * Makes every file one that can be read twice as CSV (source_spool.h); folder NULL: only the heads, and nothing of
 * standard input.  Before there are threads.  -1 after telling what does not fit the codebook.
 */
int source_files_spool(struct source_files *files, const struct codebook *codebook, const char *folder);

/** The line in messages of a byte of a file that was spooled; 0: it cannot be told.  Reads the file up to there. */
size_t source_file_line(const struct source_file *file, size_t byte);

/** Opens a file that was spooled; sha as in csv_reader.h.  NULL after telling. */
struct csv_reader *source_file_open(const struct source_file *file, const struct codebook *codebook, struct sha256 *sha);

/** Remembers size and time of every file.  -1 after telling: one is no regular file. */
int source_files_mark(struct source_files *files);

/** Hashes every file.  -1 after telling. */
int source_files_hash(struct source_files *files);

/** Are the files still those that were marked?  -1 after telling. */
int source_files_check_unchanged(const struct source_files *files);

/** Adds `input:ROLE/NAME` for every file to a provenance table. */
int source_files_add_provenance(const struct source_files *files, const char *role, struct table *provenance);

#endif
