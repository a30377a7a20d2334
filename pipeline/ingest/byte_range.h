/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * byte_range.h - which bytes of a CSV file a rank reads, so that every record is read by one.
 *
 * The files of a table, one after the other, are shared out in equal numbers of bytes; but the last of several ranks, which
 * hashes them meanwhile (shared_digests.h), has less.  Where a share begins is seldom where a record does.  So every rank counts the quotes and the line ends of its share; the quotes of all shares before it
 * tell whether it begins inside of quotes, and its records begin behind the first line end from there on that is not: in its
 * share, or in a later one when a quoted cell is longer than that.  There the records of the rank before it end.
 *
 * As in csv_slab.h that holds as long as the quotes are right: the first wrong one lies in what the first rank that is
 * misled reads, and the file ends there.  A line end is LF, CRLF or a lone CR, inside of quotes too.
 */
#ifndef INGEST_BYTE_RANGE_H
#define INGEST_BYTE_RANGE_H

#include <stddef.h>

/** Bytes first .. end - 1 of a file. */
struct byte_share {
    size_t first, end;
};

/** The share of a rank in one of n files with these sizes; in all of them together when it is called for each. */
struct byte_share byte_share_of(const size_t *sizes, size_t n, size_t file, size_t rank, size_t n_ranks);

struct byte_range {
    size_t first, end;     /* whole records; none when they are equal */
    size_t n_lines_before; /* of the file */
};

/**
 * Collective: the records of this rank's share.  header_end: the byte where the first record begins, behind
 * n_header_lines lines.  -1 after telling.
 */
int byte_range_find(const struct byte_share *share, const char *path, size_t header_end, size_t n_header_lines,
                    struct byte_range *range);

#endif
