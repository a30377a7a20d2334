/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * csv_split.h - where the cells of a clean slab end, without a look at what they say.
 *
 * A slab is clean when it has no quote, no control character but line ends and the delimiter, no DEL and no byte from
 * 0x80 on.  Then a cell ends at every delimiter and line end, and libcsv would find the same cells
 * (a differential test holds both equal); a slab that is not clean is left to libcsv (csv_records.h).
 *
 * There are two ways to the same result: one for any processor, one that takes 64 bytes at a time by AVX2 and is
 * chosen when the processor has it.
 */
#ifndef INGEST_CSV_SPLIT_H
#define INGEST_CSV_SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Start with {0}; its memory is used again. */
struct csv_cells {
    size_t capacity;       /* bytes of a slab that there is room for */
    size_t n_lines;        /* physical lines, blank ones too; the last may have no line end */
    uint32_t *ends;        /* cell k ends before ends[k] and starts behind ends[k - 1]; ends[-1] is there */
    uint32_t *lines;       /* [n_lines + 1] number of the first cell of each line, then of all cells */
    bool has_cr;           /* a cell before a CRLF ends with the CR */
    uint32_t *memory;
};

void csv_cells_free(struct csv_cells *cells);

enum csv_split_way { CSV_SPLIT_BEST, CSV_SPLIT_PORTABLE, CSV_SPLIT_AVX2 };

/** Has this processor what the way needs? */
bool csv_split_can(enum csv_split_way way);

/**
 * Finds all cells of a slab of at most 2^31 bytes; CSV_SLAB_PADDING bytes behind it may be read.  A line ends with LF,
 * CRLF (whose CR then is the last byte of the cell) or a lone CR.  1: done; 0: the slab is not clean, nothing
 * is said about cells; -1 after telling.
 */
int csv_split(struct csv_cells *cells, const unsigned char *bytes, size_t length, char delimiter,
              enum csv_split_way way);

/** How many quotes there are. */
size_t csv_count_quotes(const unsigned char *bytes, size_t length);

#endif
