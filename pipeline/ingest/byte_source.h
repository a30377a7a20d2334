/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * byte_source.h - the bytes of a text file, plain or gzip (RFC 1952), from first to last.
 *
 * A name that ends in ".gz" is inflated, one or many members; everything else is read as it stands.  A file
 * that turns out to be something other than text (gzip under another name, a spreadsheet, an archive, a
 * database) is told by its first bytes and refused, because its bytes would make a nonsense table.
 *
 * Errors, all told: no such file, not a regular file, gzip that is cut short, corrupt or followed by other
 * bytes, and a file that changed while it was read.
 */
#ifndef INGEST_BYTE_SOURCE_H
#define INGEST_BYTE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/sha256.h"

struct byte_source;

/**
 * pipe_allowed: a pipe or a device may be read too (once, waiting for its writer).  sha, if not NULL, is given every
 * byte of the file (the packed ones of a gzip file) as it is read.  NULL after telling.
 */
struct byte_source *byte_source_open(const char *path, bool pipe_allowed, struct sha256 *sha);
void byte_source_close(struct byte_source *source); /* NULL is fine */

/** The next bytes, at most room (>= 64): how many, 0 at the end, -1 after telling. */
ptrdiff_t byte_source_read(struct byte_source *source, unsigned char *bytes, size_t room);

/** Can it be entered anywhere?  A plain regular file can. */
bool byte_source_is_plain(const struct byte_source *source);

/** Of a plain file: bytes first .. end - 1 come next, and then the end.  -1 after telling. */
int byte_source_confine(struct byte_source *source, size_t first, size_t end);

/** How much of the file was read, 0 .. 1 (of the packed one of a gzip file); 0 for a pipe. */
double byte_source_share(const struct byte_source *source);

#endif
