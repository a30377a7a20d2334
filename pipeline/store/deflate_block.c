/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/deflate_block.h"

#include <libdeflate.h>
#include <stdlib.h>

/* ---- lengths of codes: Huffman 1952, from counts in order ------------------------------------------------------- */

struct symbol {
    uint32_t count;
    uint16_t symbol;
};

static int compare_symbols(const void *a, const void *b)
{
    const struct symbol *const left = a, *const right = b;
    if (left->count != right->count)
        return left->count < right->count ? -1 : 1;
    return left->symbol < right->symbol ? -1 : 1;
}

/* Joins the two lightest trees until one is left; parents are made in the order of their weights, so no heap is needed. */
static void find_depths(const struct symbol *symbols, size_t n, uint8_t *depths)
{
    uint32_t weights[2 * DEFLATE_CODES_MAX];
    uint16_t parents[2 * DEFLATE_CODES_MAX];
    size_t leaf = 0, inner = n;
    for (size_t i = 0; i < n; i++)
        weights[i] = symbols[i].count;
    for (size_t made = n; made < 2 * n - 1; made++) {
        weights[made] = 0;
        for (int half = 0; half < 2; half++) {
            const size_t taken = leaf < n && (inner == made || weights[leaf] <= weights[inner]) ? leaf++ : inner++;
            weights[made] += weights[taken];
            parents[taken] = (uint16_t)made;
        }
    }
    uint8_t of_inner[2 * DEFLATE_CODES_MAX] = {0};
    for (size_t i = 2 * n - 2; i-- > 0;) {
        const uint8_t depth = (uint8_t)(of_inner[parents[i]] + 1);
        of_inner[i] = depth;
        if (i < n)
            depths[i] = depth;
    }
}

/*
 * Codes that are too long are cut, which makes the code overfull by Kraft's sum; longer codes for the rarest of the
 * others make it whole again.
 */
static void limit_depths(uint8_t *depths, size_t n)
{
    const uint32_t whole = UINT32_C(1) << DEFLATE_LENGTH_MAX;
    uint32_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        depths[i] = depths[i] > DEFLATE_LENGTH_MAX ? DEFLATE_LENGTH_MAX : depths[i];
        sum += whole >> depths[i];
    }
    for (size_t i = 0; sum > whole; i = i + 1 < n ? i + 1 : 0) /* the rarest are first */
        if (depths[i] < DEFLATE_LENGTH_MAX) {
            sum -= whole >> (depths[i] + 1);
            depths[i]++;
        }
    for (size_t i = n; i-- > 0;) /* what is left over goes to the most frequent */
        while (depths[i] > 1 && sum + (whole >> depths[i]) <= whole) {
            sum += whole >> depths[i];
            depths[i]--;
        }
}

size_t deflate_lengths(const uint32_t *counts, size_t n, uint8_t *lengths)
{
    struct symbol symbols[DEFLATE_CODES_MAX];
    uint8_t depths[DEFLATE_CODES_MAX];
    size_t n_symbols = 0, n_bits = 0;
    for (size_t i = 0; i < n; i++)
        if (counts[i] > 0)
            symbols[n_symbols++] = (struct symbol){counts[i], (uint16_t)i};
    qsort(symbols, n_symbols, sizeof *symbols, compare_symbols);
    find_depths(symbols, n_symbols, depths);
    limit_depths(depths, n_symbols);
    memset(lengths, 0, n);
    for (size_t i = 0; i < n_symbols; i++) {
        lengths[symbols[i].symbol] = depths[i];
        n_bits += (size_t)symbols[i].count * depths[i];
    }
    return n_bits;
}

/* ---- codes: by length, then by symbol (RFC 1951, 3.2.2) ------------------------------------------------------------ */

static uint16_t reverse(uint32_t code, unsigned length)
{
    uint32_t reversed = 0;
    for (unsigned i = 0; i < length; i++)
        reversed |= (code >> i & 1) << (length - 1 - i);
    return (uint16_t)reversed;
}

void deflate_codes(const uint8_t *lengths, size_t n, uint16_t *bits)
{
    uint32_t n_of_length[DEFLATE_LENGTH_MAX + 1] = {0}, next[DEFLATE_LENGTH_MAX + 2] = {0};
    for (size_t i = 0; i < n; i++)
        n_of_length[lengths[i]]++;
    n_of_length[0] = 0;
    for (size_t length = 1; length <= DEFLATE_LENGTH_MAX; length++)
        next[length + 1] = (next[length] + n_of_length[length]) << 1;
    for (size_t i = 0; i < n; i++)
        bits[i] = lengths[i] > 0 ? reverse(next[lengths[i]]++, lengths[i]) : 0;
}

/* ---- the block ------------------------------------------------------------------------------------------------------ */

enum { ZLIB_HEAD = 0x0178 }; /* deflate, a window of 32 kB, fast: RFC 1950 */
enum { N_ORDER = 19 };

/* The lengths of the codes, themselves coded with four bits each for 0 .. 15 (RFC 1951, 3.2.7). */
void deflate_put_head(struct bit_writer *writer, size_t n_codes, size_t n_distances, uint16_t bits[static DEFLATE_N_LENGTHS])
{
    static const uint8_t order[N_ORDER] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    uint8_t lengths[DEFLATE_N_LENGTHS];
    memset(lengths, 4, sizeof lengths);
    deflate_codes(lengths, DEFLATE_N_LENGTHS, bits);
    put_bits(writer, ZLIB_HEAD, 16);
    put_bits(writer, 1, 1);                   /* the last block */
    put_bits(writer, 2, 2);                   /* with codes of its own */
    put_bits(writer, n_codes - 257, 5);
    put_bits(writer, n_distances - 1, 5);
    put_bits(writer, N_ORDER - 4, 4);
    for (size_t i = 0; i < N_ORDER; i++) {
        put_bits(writer, order[i] < DEFLATE_N_LENGTHS ? 4 : 0, 3);
        flush_bytes(writer);
    }
}

void deflate_put_description(struct bit_writer *writer, const uint8_t *codes, size_t n_codes, const uint8_t *distances,
                             size_t n_distances)
{
    uint16_t bits[DEFLATE_N_LENGTHS];
    deflate_put_head(writer, n_codes, n_distances, bits);
    for (size_t i = 0; i < n_codes; i++) {
        put_bits(writer, bits[codes[i]], 4);
        flush_bytes(writer);
    }
    for (size_t i = 0; i < n_distances; i++) {
        put_bits(writer, bits[distances[i]], 4);
        flush_bytes(writer);
    }
}

void deflate_end(struct bit_writer *writer, const unsigned char *bytes, size_t n)
{
    deflate_end_with(writer, libdeflate_adler32(1, bytes, n));
}

void deflate_end_with(struct bit_writer *writer, uint32_t checksum)
{
    flush_bytes(writer);
    if (writer->n_bits > 0) {
        writer->n_bits = 8;
        flush_bytes(writer);
    }
    for (int shift = 24; shift >= 0; shift -= 8)
        *writer->to++ = (unsigned char)(checksum >> shift);
}
