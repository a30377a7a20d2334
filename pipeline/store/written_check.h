/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * written_check.h - reads a written file back, as any reader would, and compares.
 *
 * That a packed chunk holds its rows was proven when it was packed (chunk.h); here it is proven that the file holds the
 * chunks, the descriptions and the digests that were meant.
 */
#ifndef STORE_WRITTEN_CHECK_H
#define STORE_WRITTEN_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/sha256.h"


/** Two checksums of different kinds: what goes wrong on the way to a disk and back passes none, and both cost next to nothing. */
struct chunk_sum {
    uint64_t n_bytes;
    uint32_t crc32, adler32; /* ISO 3309; RFC 1950 */
};

struct written_file {
    const char *path;      /* what messages to people call it */
    const char *temporary; /* what was written */
    bool is_shared;        /* other processes read chunks of it as well */
};

struct written_column {
    char values[SHA256_HEX_SIZE]; /* digest.h */
    struct chunk_sum chunks;      /* of these packed chunks in the order of the rows */
};

struct written_table {
    char *name;
    char hex[SHA256_HEX_SIZE]; /* of the table, digest.h */
    size_t n_columns;
    struct written_column *columns;
    size_t first_chunk, end_chunk; /* the chunks of each column that are known here and are to be checked, as far as there are */
};

/** Adds the next chunk of a column; sum begins with zeros. */
void chunk_sum_add(struct chunk_sum *sum, const unsigned char *packed, size_t n_packed);

/**
 * Flushes the file and drops its cached pages, opens it anew, reads every description and every chunk and compares them
 * with what was written (sorted here by name), then the digest of the content.  0, or -1 after telling.
 */
int written_check(const struct written_file *task, struct written_table *written, size_t n_written, const char *content);

#endif
