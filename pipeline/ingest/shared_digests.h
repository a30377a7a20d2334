/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * shared_digests.h - the digests of files that several ranks read by parts.
 *
 * A SHA-256 cannot be put together from those of parts, so the last rank hashes whole files, a piece at a time beside its own
 * reading: byte_share_of() gives it less to read.  It is spread over all passes, since ranks wait for each other at the end
 * of each.
 */
#ifndef INGEST_SHARED_DIGESTS_H
#define INGEST_SHARED_DIGESTS_H

#include "base/sha256.h"
#include "ingest/source_files.h"

struct shared_digests {        /* start with {0} */
    struct source_files *files; /* those without a digest get one; NULL: another rank does it */
    size_t n_bytes;            /* of them, as they were marked */
    size_t n_done, file;       /* bytes that were hashed; the file at hand */
    int descriptor;
    struct sha256 *sha;        /* of the file at hand; NULL: it was not opened yet */
    unsigned char *bytes;
};

/** Where files are read by several ranks.  -1 after telling; free in any case. */
int shared_digests_start(struct shared_digests *digests, struct source_files *files);
void shared_digests_free(struct shared_digests *digests);

/** Hashes until `share` of all bytes are done, 0 .. 1; at 1 every file has its digest.  -1 after telling. */
int shared_digests_go_on(struct shared_digests *digests, double share);

#endif
