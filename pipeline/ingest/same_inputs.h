/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * same_inputs.h - do all ranks work with the same study, codebooks, sources and program?
 *
 * Each may see a file system of its own.  Of a source, size and time are compared; where only the time differs, it is
 * hashed by every rank.
 */
#ifndef INGEST_SAME_INPUTS_H
#define INGEST_SAME_INPUTS_H

#include "ingest/source_table.h"

/** Collective; the sources are marked.  -1 after rank 0 has told which rank differs from it, and in what. */
int same_inputs_check(const struct study *study, const struct source_table *tables, size_t n);

#endif
