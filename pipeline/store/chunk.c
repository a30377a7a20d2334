/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/chunk.h"

#include "base/fail.h"
#include "base/memory.h"

#include <libdeflate.h>
#include <stdlib.h>

enum { CHECKSUM_BYTES = 4 };

/* Adding in ones' complement: a sum that is not 0 never becomes 0. */
static uint64_t reduce(uint64_t sum)
{
    const uint64_t rest = sum % 65535;
    return rest == 0 && sum != 0 ? 65535 : rest;
}

uint32_t chunk_fletcher32(const unsigned char *bytes, size_t n)
{
    /* With a < 2^16 at its start, a block of 2^16 words keeps a below 2^33 and b below 2^49. */
    enum { BLOCK_WORDS = 65536 };
    uint64_t a = 0, b = 0;
    size_t i = 0;
    while (i + 1 < n) {
        const size_t rest = (n - i) / 2;
        const size_t end = i + 2 * (rest < BLOCK_WORDS ? rest : BLOCK_WORDS);
        for (; i < end; i += 2) {
            a += (uint64_t)bytes[i] << 8 | bytes[i + 1];
            b += a;
        }
        a = reduce(a);
        b = reduce(b);
    }
    if (i < n) {
        a += (uint64_t)bytes[i] << 8;
        b += a;
    }
    return (uint32_t)(reduce(b) << 16 | reduce(a));
}

int chunk_pack(const void *bytes, size_t n, unsigned char **packed, size_t *n_packed)
{
    *packed = NULL;
    struct libdeflate_compressor *const compressor = libdeflate_alloc_compressor(CHUNK_DEFLATE_LEVEL);
    if (compressor == NULL)
        return fail("out of memory");
    const size_t room = libdeflate_zlib_compress_bound(compressor, n);
    unsigned char *const out = allocate(room + CHECKSUM_BYTES, 1);
    const size_t length = out != NULL ? libdeflate_zlib_compress(compressor, bytes, n, out, room) : 0;
    libdeflate_free_compressor(compressor);
    if (length == 0) {
        free(out);
        return out == NULL ? -1 : fail("a chunk of %zu bytes could not be compressed", n);
    }
    const uint32_t checksum = chunk_fletcher32(out, length);
    for (int i = 0; i < CHECKSUM_BYTES; i++)
        out[length + (size_t)i] = (unsigned char)(checksum >> 8 * i);
    *packed = out;
    *n_packed = length + CHECKSUM_BYTES;
    return 0;
}
