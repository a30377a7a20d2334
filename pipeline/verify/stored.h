/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * stored.h - the tables of a results.h5 or released.h5 in memory.
 *
 * Every table is read whole, so that the checksums of all its chunks and its digest are checked; one that fails is
 * told and named among the findings, and the others are read.
 */
#ifndef VERIFY_STORED_H
#define VERIFY_STORED_H

#include "base/sha256.h"
#include "base/table.h"

struct stored {
    const char *path;
    char content[SHA256_HEX_SIZE]; /* content_sha256 as recorded */
    size_t n;
    struct table **tables;
};

/** -1 after telling when the file cannot be read at all.  Free in any case. */
int stored_read(const char *path, struct table *findings, struct stored *stored);
void stored_free(struct stored *stored);

struct table *stored_table(const struct stored *stored, const char *name); /* NULL when there is none */

/** The value of a key of table `provenance` or `study`; caller frees; NULL, untold, when there is none. */
char *stored_value(const struct stored *stored, const char *table, const char *key);

/**
 * What the study says under `compare` of the analysis with this name (of a profile's, of the study's own): "conf_type",
 * "meta.hartung_knapp".  Caller frees; NULL, untold, when it says nothing.
 */
char *stored_analysis_value(const struct stored *stored, const char *analysis, const char *key);

#endif
