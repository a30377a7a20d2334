/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * csv_split_ways.h - inside csv_split.h: the ways to split a slab.  False: the slab is not clean.
 */
#ifndef INGEST_CSV_SPLIT_WAYS_H
#define INGEST_CSV_SPLIT_WAYS_H

#include "ingest/csv_split.h"

enum { CSV_SPLIT_SLACK = 64 }; /* ends may be written so far beyond the last one */

bool csv_split_portable(struct csv_cells *cells, const unsigned char *bytes, size_t length, unsigned char delimiter,
                        size_t *n_ends);

bool csv_split_avx2_can(void);
bool csv_split_avx2(struct csv_cells *cells, const unsigned char *bytes, size_t length, unsigned char delimiter,
                    size_t *n_ends);
size_t csv_count_quotes_avx2(const unsigned char *bytes, size_t length);

#endif
