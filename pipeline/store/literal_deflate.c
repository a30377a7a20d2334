/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/literal_deflate.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "bits are written eight bytes at a time");

enum { LENGTH_MAX = LITERAL_LENGTH_MAX, FRAME = 6, DESCRIPTION_MAX = 400 };

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

/* Equal neighbours would wait for each other in one table, so there are four. */
static void count_bytes(const unsigned char *bytes, size_t n, uint32_t counts[static 256])
{
    uint32_t lanes[4][256] = {{0}};
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t word;
        memcpy(&word, bytes + i, sizeof word);
        lanes[0][word & 0xff]++;
        lanes[1][word >> 8 & 0xff]++;
        lanes[2][word >> 16 & 0xff]++;
        lanes[3][word >> 24 & 0xff]++;
        lanes[0][word >> 32 & 0xff]++;
        lanes[1][word >> 40 & 0xff]++;
        lanes[2][word >> 48 & 0xff]++;
        lanes[3][word >> 56]++;
    }
    for (; i < n; i++)
        lanes[0][bytes[i]]++;
    for (size_t c = 0; c < 256; c++)
        counts[c] = lanes[0][c] + lanes[1][c] + lanes[2][c] + lanes[3][c];
}

static size_t count_symbols(const unsigned char *bytes, size_t n, struct symbol symbols[static LITERAL_CODES])
{
    uint32_t counts[256];
    size_t n_symbols = 0;
    count_bytes(bytes, n, counts);
    for (unsigned c = 0; c < 256; c++)
        if (counts[c] > 0)
            symbols[n_symbols++] = (struct symbol){counts[c], (uint16_t)c};
    symbols[n_symbols++] = (struct symbol){1, LITERAL_END};
    return n_symbols;
}

/* Joins the two lightest trees until one is left; parents are made in the order of their weights, so no heap is needed. */
static void find_depths(const struct symbol *symbols, size_t n, uint8_t *depths)
{
    uint32_t weights[2 * LITERAL_CODES];
    uint16_t parents[2 * LITERAL_CODES];
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
    uint8_t of_inner[2 * LITERAL_CODES] = {0};
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
    const uint32_t whole = UINT32_C(1) << LENGTH_MAX;
    uint32_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        depths[i] = depths[i] > LENGTH_MAX ? LENGTH_MAX : depths[i];
        sum += whole >> depths[i];
    }
    for (size_t i = 0; sum > whole; i = i + 1 < n ? i + 1 : 0) /* the rarest are first */
        if (depths[i] < LENGTH_MAX) {
            sum -= whole >> (depths[i] + 1);
            depths[i]++;
        }
    for (size_t i = n; i-- > 0;) /* what is left over goes to the most frequent */
        while (depths[i] > 1 && sum + (whole >> depths[i]) <= whole) {
            sum += whole >> depths[i];
            depths[i]--;
        }
}

/* ---- codes: by length, then by symbol (RFC 1951, 3.2.2) ------------------------------------------------------------ */

static uint16_t reverse(uint32_t code, unsigned length)
{
    uint32_t reversed = 0;
    for (unsigned i = 0; i < length; i++)
        reversed |= (code >> i & 1) << (length - 1 - i);
    return (uint16_t)reversed;
}

static void assign_codes(const uint8_t *lengths, size_t n, uint16_t *bits)
{
    uint32_t n_of_length[LENGTH_MAX + 1] = {0}, next[LENGTH_MAX + 2] = {0};
    for (size_t i = 0; i < n; i++)
        n_of_length[lengths[i]]++;
    n_of_length[0] = 0;
    for (size_t length = 1; length <= LENGTH_MAX; length++)
        next[length + 1] = (next[length] + n_of_length[length]) << 1;
    for (size_t i = 0; i < n; i++)
        bits[i] = lengths[i] > 0 ? reverse(next[lengths[i]]++, lengths[i]) : 0;
}

void literal_code_make(struct literal_code *code, const unsigned char *bytes, size_t n)
{
    struct symbol symbols[LITERAL_CODES];
    uint8_t depths[LITERAL_CODES];
    const size_t n_symbols = count_symbols(bytes, n, symbols);
    qsort(symbols, n_symbols, sizeof *symbols, compare_symbols);
    find_depths(symbols, n_symbols, depths);
    limit_depths(depths, n_symbols);
    *code = (struct literal_code){0};
    for (size_t i = 0; i < n_symbols; i++) {
        code->lengths[symbols[i].symbol] = depths[i];
        code->n_bits += (size_t)symbols[i].count * depths[i];
    }
    assign_codes(code->lengths, LITERAL_CODES, code->bits);
}

/* ---- bits --------------------------------------------------------------------------------------------------------- */

enum { ZLIB_HEAD = 0x0178 }; /* deflate, a window of 32 kB, fast: RFC 1950 */

struct bit_writer {
    unsigned char *to;
    uint64_t bits;    /* not yet written, lowest first */
    unsigned n_bits;  /* of them, below 64 */
};

static inline void put_bits(struct bit_writer *writer, uint64_t bits, unsigned n)
{
    writer->bits |= bits << writer->n_bits;
    writer->n_bits += n;
}

/* Writes the whole bytes; eight bytes of room are needed. */
static inline void flush_bytes(struct bit_writer *writer)
{
    memcpy(writer->to, &writer->bits, sizeof writer->bits);
    writer->to += writer->n_bits / 8;
    writer->bits >>= writer->n_bits / 8 * 8;
    writer->n_bits %= 8;
}

enum { N_ORDER = 19, N_DISTANCES = 2, N_LENGTHS = 16, HEAD_BITS = 3 + 5 + 5 + 4 + 3 * N_ORDER };

/* The lengths of the codes, themselves coded with four bits each for 0 .. 15 (RFC 1951, 3.2.7). */
static void put_head(struct bit_writer *writer, uint16_t bits[static N_LENGTHS])
{
    static const uint8_t order[N_ORDER] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    uint8_t lengths[N_LENGTHS];
    memset(lengths, 4, sizeof lengths);
    assign_codes(lengths, N_LENGTHS, bits);
    put_bits(writer, 1, 1);                   /* the last block */
    put_bits(writer, 2, 2);                   /* with codes of its own */
    put_bits(writer, LITERAL_CODES - 257, 5);
    put_bits(writer, N_DISTANCES - 1, 5);
    put_bits(writer, N_ORDER - 4, 4);
    for (size_t i = 0; i < N_ORDER; i++) {
        put_bits(writer, order[i] < N_LENGTHS ? 4 : 0, 3);
        flush_bytes(writer);
    }
}

static void put_description(struct bit_writer *writer, const struct literal_code *code)
{
    uint16_t bits[N_LENGTHS];
    put_head(writer, bits);
    for (size_t i = 0; i < LITERAL_CODES; i++) {
        put_bits(writer, bits[code->lengths[i]], 4);
        flush_bytes(writer);
    }
    for (size_t i = 0; i < N_DISTANCES; i++)  /* two distances that are never used make that code whole */
        put_bits(writer, bits[1], 4);
    flush_bytes(writer);
}

size_t literal_deflate_bound(const struct literal_code *code, size_t n)
{
    (void)n;
    return FRAME + DESCRIPTION_MAX + code->n_bits / 8 + 16;
}

static void put_literals(struct bit_writer *out, const struct literal_code *code, const unsigned char *bytes, size_t n)
{
    uint32_t entries[256];
    struct bit_writer writer = *out;
    size_t i = 0;
    for (size_t c = 0; c < 256; c++)
        entries[c] = (uint32_t)code->bits[c] << 8 | code->lengths[c];
    for (; i + 3 < n; i += 4) {
        for (size_t k = 0; k < 4; k++) {
            const uint32_t entry = entries[bytes[i + k]];
            put_bits(&writer, entry >> 8, entry & 0xff);
        }
        flush_bytes(&writer);
    }
    for (; i < n; i++) {
        put_bits(&writer, code->bits[bytes[i]], code->lengths[bytes[i]]);
        flush_bytes(&writer);
    }
    *out = writer;
}

size_t literal_deflate(const struct literal_code *code, const unsigned char *bytes, size_t n, unsigned char *out)
{
    struct bit_writer writer = {.to = out};
    put_bits(&writer, ZLIB_HEAD, 16);
    put_description(&writer, code);
    put_literals(&writer, code, bytes, n);
    put_bits(&writer, code->bits[LITERAL_END], code->lengths[LITERAL_END]);
    flush_bytes(&writer);
    if (writer.n_bits > 0) {
        writer.n_bits = 8;
        flush_bytes(&writer);
    }
    const uint32_t adler = libdeflate_adler32(1, bytes, n);
    for (int shift = 24; shift >= 0; shift -= 8)
        *writer.to++ = (unsigned char)(adler >> shift);
    return (size_t)(writer.to - out);
}

/* ---- reading ------------------------------------------------------------------------------------------------------- */

static unsigned four_bits(const unsigned char *bytes, size_t at)
{
    const unsigned pair = bytes[at / 8] | (unsigned)bytes[at / 8 + 1] << 8;
    return pair >> at % 8 & 15;
}

static bool is_whole(const struct literal_code *code)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < LITERAL_CODES; i++) {
        if (code->lengths[i] > LENGTH_MAX)
            return false;
        sum += code->lengths[i] > 0 ? UINT32_C(1) << (LENGTH_MAX - code->lengths[i]) : 0;
    }
    return sum == UINT32_C(1) << LENGTH_MAX && code->lengths[LITERAL_END] > 0;
}

size_t literal_code_read(struct literal_code *code, const unsigned char *packed, size_t n_packed, unsigned *n_skipped)
{
    enum { BITS = 16 + HEAD_BITS + 4 * (LITERAL_CODES + N_DISTANCES) };
    unsigned char head[DESCRIPTION_MAX];
    uint16_t bits[N_LENGTHS];
    uint8_t length_of[N_LENGTHS];
    struct bit_writer writer = {.to = head};
    if (n_packed < BITS / 8 + 2)
        return 0;
    put_bits(&writer, ZLIB_HEAD, 16);
    put_head(&writer, bits);
    if (memcmp(packed, head, (16 + HEAD_BITS) / 8) != 0)
        return 0;
    for (unsigned length = 0; length < N_LENGTHS; length++)
        length_of[bits[length]] = (uint8_t)length;
    *code = (struct literal_code){0};
    for (size_t i = 0; i < LITERAL_CODES; i++)
        code->lengths[i] = length_of[four_bits(packed, 16 + HEAD_BITS + 4 * i)];
    if (!is_whole(code))
        return 0;
    assign_codes(code->lengths, LITERAL_CODES, code->bits);
    *n_skipped = BITS % 8;
    return BITS / 8;
}

/* ---- proof ---------------------------------------------------------------------------------------------------------- */

static bool is_same(const struct literal_code *a, const struct literal_code *b)
{
    return memcmp(a->lengths, b->lengths, sizeof a->lengths) == 0 && memcmp(a->bits, b->bits, sizeof a->bits) == 0;
}

bool literal_deflate_holds(const struct literal_code *code, const unsigned char *packed, size_t n_packed,
                           const unsigned char *bytes, size_t n, unsigned char *scratch)
{
    enum { CHECKSUM = 4 };
    struct literal_code read;
    unsigned n_skipped;
    const size_t n_head = literal_code_read(&read, packed, n_packed, &n_skipped);
    if (n_head == 0 || !is_same(&read, code) ||
        n_packed != n_head + (n_skipped + code->n_bits + 7) / 8 + CHECKSUM)
        return false;
    return literal_deflate(&read, bytes, n, scratch) == n_packed && memcmp(scratch, packed, n_packed) == 0;
}
