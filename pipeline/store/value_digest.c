/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/value_digest.h"

#include <string.h>

int value_digest_add_hex(struct value_digest *digest, const char hex[static SHA256_HEX_SIZE])
{
    if (digest->n_chunks++ == 0) {
        memcpy(digest->first, hex, SHA256_HEX_SIZE);
        return 0;
    }
    if (digest->all == NULL) {
        if ((digest->all = sha256_start()) == NULL)
            return -1;
        sha256_add(digest->all, digest->first, SHA256_HEX_SIZE - 1);
    }
    sha256_add(digest->all, hex, SHA256_HEX_SIZE - 1);
    return 0;
}

int value_digest_add(struct value_digest *digest, const void *chunk, size_t n_bytes)
{
    char hex[SHA256_HEX_SIZE];
    return sha256_bytes(chunk, n_bytes, hex) == 0 ? value_digest_add_hex(digest, hex) : -1;
}

int value_digest_finish(struct value_digest *digest, char hex[static SHA256_HEX_SIZE])
{
    int status = 0;
    if (digest->n_chunks == 0)
        status = sha256_bytes("", 0, hex);
    else if (digest->all == NULL)
        memcpy(hex, digest->first, SHA256_HEX_SIZE);
    else
        status = sha256_finish(digest->all, hex);
    *digest = (struct value_digest){0};
    return status;
}

void value_digest_free(struct value_digest *digest)
{
    sha256_free(digest->all);
    *digest = (struct value_digest){0};
}
