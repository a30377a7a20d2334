/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * literal_deflate.h - a zlib stream (RFC 1950, 1951) of literals alone: each byte by its Huffman code, no repeats.
 *
 * Columns of codes are bytes of a small alphabet in an order that hardly repeats.  Looking for repeats in them costs
 * most of the time of compression and makes the result larger, because the places of short repeats cost more than
 * the bytes.  Any inflate reads the stream.
 */
#ifndef STORE_LITERAL_DEFLATE_H
#define STORE_LITERAL_DEFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LITERAL_CODES = 257, LITERAL_END = 256 }; /* 256 bytes and the end of the block */

/* Deflate allows 15; with 14 four codes and what waits, at most 7 bits, fit into the 64 bits of the writer. */
enum { LITERAL_LENGTH_MAX = 14 };

struct literal_code {
    uint16_t bits[LITERAL_CODES];   /* in the order they are sent, lowest first */
    uint8_t lengths[LITERAL_CODES]; /* 0: the byte does not occur; at most LITERAL_LENGTH_MAX */
    size_t n_bits;                  /* of all bytes and the end, without the description of the code */
};

/** The code for these bytes; n >= 1. */
void literal_code_make(struct literal_code *code, const unsigned char *bytes, size_t n);

/** Room that a stream of n bytes may take. */
size_t literal_deflate_bound(const struct literal_code *code, size_t n);

/** Writes the stream of the bytes the code was made for; returns its length. */
size_t literal_deflate(const struct literal_code *code, const unsigned char *bytes, size_t n, unsigned char *out);

/**
 * Reads a stream that literal_deflate() wrote, several bytes at a look: true when it is one, holds n bytes and agrees with its
 * checksum.  False for any other, which may be a good zlib stream all the same; bytes are then unspecified.
 */
bool literal_inflate(const unsigned char *packed, size_t n_packed, unsigned char *bytes, size_t n);

/**
 * Does this stream, made with this code, hold these n bytes?  The code is read back from the stream and must be the same and
 * whole; then every stream has one meaning, and it is enough that the bytes, packed once more, give the same stream with as
 * many bits as their counts say.  Faster than inflating.  The bytes are those the code was made for, but for a few that may
 * have changed since; scratch: room as of literal_deflate_bound().
 */
bool literal_deflate_holds(const struct literal_code *code, const unsigned char *packed, size_t n_packed,
                           const unsigned char *bytes, size_t n, unsigned char *scratch);

/**
 * Reads the code at the beginning of a stream as literal_deflate() writes it.  Returns the bytes before the literals, and
 * in *n_skipped how many bits of the next byte belong to them, too; 0 for any other stream.
 */
size_t literal_code_read(struct literal_code *code, const unsigned char *packed, size_t n_packed, unsigned *n_skipped);

#endif
