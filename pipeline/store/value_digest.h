/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * value_digest.h - the SHA-256 that is recorded with a column, of its values chunk by chunk.
 *
 * A column of at most STORE_CHUNK_ROWS values has the digest of its bytes as they lie in the file (canonical.h).  One of more has
 * the digest of the digests of its chunks, each as 64 hexadecimal digits, one after the other.  So chunks may be digested
 * side by side, on threads, or where they are.
 */
#ifndef STORE_VALUE_DIGEST_H
#define STORE_VALUE_DIGEST_H

#include <stddef.h>

#include "base/sha256.h"

struct value_digest {
    size_t n_chunks;
    char first[SHA256_HEX_SIZE]; /* digest of the first chunk */
    struct sha256 *all;          /* of all digests; NULL while there is one */
};

/** Zero it before its first use.  Adds the next chunk by its bytes, or by its digest.  -1 after telling. */
int value_digest_add(struct value_digest *digest, const void *chunk, size_t n_bytes);
int value_digest_add_hex(struct value_digest *digest, const char hex[static SHA256_HEX_SIZE]);

/** Writes the digest and frees.  -1 after telling. */
int value_digest_finish(struct value_digest *digest, char hex[static SHA256_HEX_SIZE]);
void value_digest_free(struct value_digest *digest);

#endif
