/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/chunk.h"

#include "base/fail.h"
#include "base/memory.h"
#include "store/literal_deflate.h"
#include "store/stride_deflate.h"

#include <libdeflate.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { CHECKSUM_BYTES = 4 };

/* Adding in ones' complement: a sum that is not 0 never becomes 0. */
static uint64_t reduce(uint64_t sum)
{
    const uint64_t rest = sum % 65535;
    return rest == 0 && sum != 0 ? 65535 : rest;
}

enum { LANES = 8 };

/* Words w_1 .. w_8 at once: a grows by their sum, b by 8 a + 8 w_1 + 7 w_2 + ... + w_8. */
static inline void add_words(const unsigned char *bytes, uint64_t *a, uint64_t *b)
{
    uint32_t sum = 0, weighted = 0;
    for (uint32_t k = 0; k < LANES; k++) {
        const uint32_t word = (uint32_t)bytes[2 * k] << 8 | bytes[2 * k + 1];
        sum += word;
        weighted += (LANES - k) * word;
    }
    *b += LANES * *a + weighted;
    *a += sum;
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
        for (; i + 2 * LANES <= end; i += 2 * LANES)
            add_words(bytes + i, &a, &b);
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

static int finish(unsigned char *out, size_t length, unsigned char **packed, size_t *n_packed)
{
    const uint32_t checksum = chunk_fletcher32(out, length);
    for (int i = 0; i < CHECKSUM_BYTES; i++)
        out[length + (size_t)i] = (unsigned char)(checksum >> 8 * i);
    *packed = out;
    *n_packed = length + CHECKSUM_BYTES;
    return 0;
}

static int wrong(size_t n)
{
    return fail("a chunk of %zu bytes was compressed into something else", n);
}

static int pack_literals(const struct literal_code *code, const void *bytes, size_t n, unsigned char **packed,
                         size_t *n_packed)
{
    const size_t room = literal_deflate_bound(code, n);
    unsigned char *const out = allocate(room + CHECKSUM_BYTES, 1), *const scratch = allocate(room, 1);
    const size_t length = out != NULL && scratch != NULL ? literal_deflate(code, bytes, n, out) : 0;
    const bool holds = length > 0 && literal_deflate_holds(code, out, length, bytes, n, scratch);
    free(scratch);
    if (holds)
        return finish(out, length, packed, n_packed);
    free(out);
    return length == 0 ? -1 : wrong(n);
}

/* The stream alone, without our checksum behind it. */
static int inflate(const unsigned char *stream, size_t length, void *bytes, size_t n)
{
    if (literal_inflate(stream, length, bytes, n))
        return 0;
    struct libdeflate_decompressor *const decompressor = libdeflate_alloc_decompressor();
    if (decompressor == NULL)
        return fail_memory();
    const enum libdeflate_result result = libdeflate_zlib_decompress(decompressor, stream, length, bytes, n, NULL);
    libdeflate_free_decompressor(decompressor);
    return result == LIBDEFLATE_SUCCESS ? 0 : -1;
}

/* Does the stream hold the bytes? */
static int prove(const void *bytes, size_t n, const unsigned char *stream, size_t length)
{
    unsigned char *const again = allocate(n, 1);
    if (again == NULL)
        return -1;
    const bool holds = inflate(stream, length, again, n) == 0 && (n == 0 || memcmp(again, bytes, n) == 0);
    free(again);
    return holds ? 0 : wrong(n);
}

static int prove_and_finish(const void *bytes, size_t n, unsigned char *out, size_t length, unsigned char **packed,
                            size_t *n_packed)
{
    if (prove(bytes, n, out, length) == 0)
        return finish(out, length, packed, n_packed);
    free(out);
    return -1;
}

static int pack_repeats(struct libdeflate_compressor *compressor, const void *bytes, size_t n, unsigned char **packed,
                        size_t *n_packed)
{
    const size_t room = libdeflate_zlib_compress_bound(compressor, n);
    unsigned char *const out = allocate(room + CHECKSUM_BYTES, 1);
    const size_t length = out != NULL ? libdeflate_zlib_compress(compressor, bytes, n, out, room) : 0;
    if (length == 0) {
        free(out);
        return out == NULL ? -1 : fail("a chunk of %zu bytes could not be compressed", n);
    }
    return prove_and_finish(bytes, n, out, length, packed, n_packed);
}

static int pack_strides(const void *bytes, size_t n, unsigned char **packed, size_t *n_packed)
{
    struct stride_code code;
    unsigned char *const out =
        stride_code_make(&code, bytes, n) == 0 ? allocate(stride_deflate_bound(&code) + CHECKSUM_BYTES, 1) : NULL;
    const size_t length = out != NULL ? stride_deflate(&code, bytes, n, out) : 0;
    stride_code_free(&code);
    return out == NULL ? -1 : prove_and_finish(bytes, n, out, length, packed, n_packed);
}

/* Ways to pack: looking for repeats everywhere gives the shortest chunks and takes several times as long as the others. */
enum way { WAY_REPEATS, WAY_LITERALS, WAY_STRIDES, WAY_STORED };

/* A way that packs the piece without looking everywhere, and the bytes that it needs.  -1 after telling. */
static int choose_fast(const unsigned char *piece, size_t n, enum way *way, size_t *n_packed)
{
    struct literal_code literals;
    struct stride_code strides;
    literal_code_make(&literals, piece, n);
    *way = literals.n_bits < 7 * n ? WAY_LITERALS : WAY_STORED; /* text, numbers of several bytes: no codes help */
    *n_packed = *way == WAY_STORED ? n : literals.n_bits / 8;
    if (stride_n_tokens(piece, n) > n / 2 + n / 8)
        return 0;
    if (stride_code_make(&strides, piece, n) != 0)
        return -1;
    if (2 * strides.n_bits < literals.n_bits) { /* literals take half the time */
        *way = WAY_STRIDES;
        *n_packed = strides.n_bits / 8;
    }
    stride_code_free(&strides);
    return 0;
}

/* By a piece from the middle: a fast way, if it packs nearly as well.  -1 after telling. */
static int choose_way(struct libdeflate_compressor *compressor, const unsigned char *bytes, size_t n, enum way *way)
{
    enum { PIECE = 2048, ROOM = 4096 };
    unsigned char out[ROOM];
    size_t n_fast;
    const size_t n_piece = n < PIECE ? n : PIECE;
    const unsigned char *const piece = bytes + (n - n_piece) / 2;
    if (choose_fast(piece, n_piece, way, &n_fast) != 0)
        return -1;
    const size_t length = libdeflate_deflate_compress(compressor, piece, n_piece, out, sizeof out);
    if (length > 0 && n_fast >= length + length / (*way == WAY_STORED ? 32 : 4))
        *way = WAY_REPEATS;
    return 0;
}

/* Keys of persons look like chance: they are stored as they are, in a stream as any other. */
static int pack_stored(const void *bytes, size_t n, unsigned char **packed, size_t *n_packed)
{
    struct libdeflate_compressor *const storing = libdeflate_alloc_compressor(0);
    if (storing == NULL)
        return fail_memory();
    const int status = pack_repeats(storing, bytes, n, packed, n_packed);
    libdeflate_free_compressor(storing);
    return status;
}

static int pack(struct libdeflate_compressor *compressor, const void *bytes, size_t n, unsigned char **packed, size_t *n_packed)
{
    struct literal_code code;
    enum way way = WAY_REPEATS;
    if (n > 0 && choose_way(compressor, bytes, n, &way) != 0)
        return -1;
    switch (way) {
    case WAY_LITERALS:
        literal_code_make(&code, bytes, n);
        return pack_literals(&code, bytes, n, packed, n_packed);
    case WAY_STRIDES:
        return pack_strides(bytes, n, packed, n_packed);
    case WAY_STORED:
        return pack_stored(bytes, n, packed, n_packed);
    default:
        return pack_repeats(compressor, bytes, n, packed, n_packed);
    }
}

int chunk_pack(const void *bytes, size_t n, unsigned char **packed, size_t *n_packed)
{
    *packed = NULL;
    struct libdeflate_compressor *const compressor = libdeflate_alloc_compressor(CHUNK_DEFLATE_LEVEL);
    if (compressor == NULL)
        return fail_memory();
    const int status = pack(compressor, bytes, n, packed, n_packed);
    libdeflate_free_compressor(compressor);
    return status;
}

int chunk_unpack(const unsigned char *packed, size_t n_packed, void *bytes, size_t n)
{
    uint32_t checksum = 0;
    if (n_packed <= CHECKSUM_BYTES)
        return -1;
    for (int i = 0; i < CHECKSUM_BYTES; i++)
        checksum |= (uint32_t)packed[n_packed - CHECKSUM_BYTES + (size_t)i] << 8 * i;
    if (checksum != chunk_fletcher32(packed, n_packed - CHECKSUM_BYTES))
        return -1;
    return inflate(packed, n_packed - CHECKSUM_BYTES, bytes, n);
}
