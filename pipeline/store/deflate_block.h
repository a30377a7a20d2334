/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * deflate_block.h - what zlib streams (RFC 1950) of one deflate block (RFC 1951) with codes of its own are put together from.
 */
#ifndef STORE_DEFLATE_BLOCK_H
#define STORE_DEFLATE_BLOCK_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "bits are written eight bytes at a time");

/* Deflate allows 15; with 14 four codes and what waits, at most 7 bits, fit into the 64 bits of the writer. */
enum { DEFLATE_LENGTH_MAX = 14, DEFLATE_CODES_MAX = 286 };

enum { DEFLATE_N_LENGTHS = 16, DEFLATE_HEAD_BITS = 16 + 3 + 5 + 5 + 4 + 3 * 19 }; /* of a stream, before its lengths */

struct bit_writer {
    unsigned char *to;
    uint64_t bits;   /* not yet written, lowest first */
    unsigned n_bits; /* of them, below 64 */
};

static inline void put_bits(struct bit_writer *writer, uint64_t bits, unsigned n)
{
    writer->bits |= bits << writer->n_bits;
    writer->n_bits += n;
}

/** Writes the whole bytes; eight bytes of room are needed. */
static inline void flush_bytes(struct bit_writer *writer)
{
    memcpy(writer->to, &writer->bits, sizeof writer->bits);
    writer->to += writer->n_bits / 8;
    writer->bits >>= writer->n_bits / 8 * 8;
    writer->n_bits %= 8;
}

/**
 * lengths [n] of the codes of symbols that occur counts [n] times, at least two of them, n <= DEFLATE_CODES_MAX: 0 for those that do not
 * occur, at most DEFLATE_LENGTH_MAX (Huffman 1952, doi:10.1109/JRPROC.1952.273898).  Returns the bits that all symbols take.
 */
size_t deflate_lengths(const uint32_t *counts, size_t n, uint8_t *lengths);

/** The codes of these lengths, in the order their bits are sent, lowest first. */
void deflate_codes(const uint8_t *lengths, size_t n, uint16_t *bits);

/** The beginning of a stream up to the lengths of its codes; bits: the codes of the lengths 0 .. 15. */
void deflate_put_head(struct bit_writer *writer, size_t n_codes, size_t n_distances, uint16_t bits[static DEFLATE_N_LENGTHS]);

/** The beginning of a stream, with the lengths of its codes and of those of distances; each set must be whole. */
void deflate_put_description(struct bit_writer *writer, const uint8_t *codes, size_t n_codes, const uint8_t *distances,
                             size_t n_distances);

/** What follows the end of the block: bits up to a whole byte, and the checksum of the n bytes that were packed. */
void deflate_end(struct bit_writer *writer, const unsigned char *bytes, size_t n);

/** The same where the checksum (Adler-32) is known. */
void deflate_end_with(struct bit_writer *writer, uint32_t checksum);

#endif
