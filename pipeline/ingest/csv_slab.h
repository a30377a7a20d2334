/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * csv_slab.h - the bytes of a CSV file in slabs of whole records, which may then be read side by side.
 *
 * A slab ends behind a line end that is not inside of quotes.  Whether a place is inside of quotes is told by the
 * number of quotes before it: odd is inside.  That holds as long as the quotes are right (csv_scan.h); after
 * a wrong one the slabs may end anywhere, but the wrong quote lies in the first of these, and the file ends there.
 *
 * Where slabs end depends on the bytes of the file alone: CSV_SLAB_BYTES are read at a time, and what follows the
 * last line end waits for the next slab.  So memory does not grow with the file: a record that is longer than
 * CSV_RECORD_MAX is not kept but scanned to its end.
 */
#ifndef INGEST_CSV_SLAB_H
#define INGEST_CSV_SLAB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/sha256.h"
#include "ingest/csv_fault.h"

enum {
    CSV_RECORD_MAX = 1 << 20,   /* bytes of a record, its line end apart */
    CSV_SLAB_BYTES = 1 << 18,   /* read at a time */
    CSV_SLAB_PADDING = 64,      /* bytes that may be read behind a slab, whatever they are */
};

struct csv_slab {               /* start with {0}; its memory is used again */
    unsigned char *bytes;       /* [capacity + CSV_SLAB_PADDING] */
    size_t capacity;
    size_t length;
    size_t byte;                /* offset of the first one in the file; of the unpacked text in a .gz */
    bool too_long;              /* one record beyond CSV_RECORD_MAX and nothing else; bytes hold its beginning */
    size_t n_cells;             /* of that record */
    size_t n_lines;             /* line ends in it */
    struct csv_fault fault;     /* of that record; the file then ends here */
};

void csv_slab_free(struct csv_slab *slab);

struct csv_slabs; /* of one file */

/**
 * Opens a file; what is not text, or empty, is refused by its first bytes.  A UTF-8 byte order mark is dropped.
 * shown is its name in messages.  sha, if not NULL, is given every byte of the file as it is read (of the packed file in a .gz).  NULL after telling.
 */
struct csv_slabs *csv_slabs_open(const char *path, const char *shown, char delimiter, bool pipe_allowed, struct sha256 *sha);
void csv_slabs_close(struct csv_slabs *slabs); /* NULL is fine */

/** 1 and the next slab; 0 at the end of the file, -1 after telling. */
int csv_slabs_next(struct csv_slabs *slabs, struct csv_slab *slab);

/** Of a plain file: only bytes first .. end - 1 from now on, which are whole records.  -1 after telling. */
bool csv_slabs_are_plain(const struct csv_slabs *slabs);
int csv_slabs_confine(struct csv_slabs *slabs, size_t first, size_t end);

/** How much of the file was read, as byte_source_share(). */
double csv_slabs_share(const struct csv_slabs *slabs);

#endif
