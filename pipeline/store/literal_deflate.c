/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/literal_deflate.h"

#include "store/deflate_block.h"

enum { FRAME = 6, DESCRIPTION_MAX = 400, N_DISTANCES = 2 };

_Static_assert((int)LITERAL_LENGTH_MAX == (int)DEFLATE_LENGTH_MAX, "codes are those of deflate_block.h");

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

void literal_code_make(struct literal_code *code, const unsigned char *bytes, size_t n)
{
    uint32_t counts[LITERAL_CODES];
    count_bytes(bytes, n, counts);
    counts[LITERAL_END] = 1;
    code->n_bits = deflate_lengths(counts, LITERAL_CODES, code->lengths);
    deflate_codes(code->lengths, LITERAL_CODES, code->bits);
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
    static const uint8_t distances[N_DISTANCES] = {1, 1}; /* two that are never used make that code whole */
    struct bit_writer writer = {.to = out};
    deflate_put_description(&writer, code->lengths, LITERAL_CODES, distances, N_DISTANCES);
    put_literals(&writer, code, bytes, n);
    put_bits(&writer, code->bits[LITERAL_END], code->lengths[LITERAL_END]);
    deflate_end(&writer, bytes, n);
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
        if (code->lengths[i] > LITERAL_LENGTH_MAX)
            return false;
        sum += code->lengths[i] > 0 ? UINT32_C(1) << (LITERAL_LENGTH_MAX - code->lengths[i]) : 0;
    }
    return sum == UINT32_C(1) << LITERAL_LENGTH_MAX && code->lengths[LITERAL_END] > 0;
}

size_t literal_code_read(struct literal_code *code, const unsigned char *packed, size_t n_packed, unsigned *n_skipped)
{
    enum { BITS = DEFLATE_HEAD_BITS + 4 * (LITERAL_CODES + N_DISTANCES) };
    unsigned char head[DESCRIPTION_MAX];
    uint16_t bits[DEFLATE_N_LENGTHS];
    uint8_t length_of[DEFLATE_N_LENGTHS];
    struct bit_writer writer = {.to = head};
    if (n_packed < BITS / 8 + 2)
        return 0;
    deflate_put_head(&writer, LITERAL_CODES, N_DISTANCES, bits);
    if (memcmp(packed, head, DEFLATE_HEAD_BITS / 8) != 0)
        return 0;
    for (unsigned length = 0; length < DEFLATE_N_LENGTHS; length++)
        length_of[bits[length]] = (uint8_t)length;
    *code = (struct literal_code){0};
    for (size_t i = 0; i < LITERAL_CODES; i++)
        code->lengths[i] = length_of[four_bits(packed, DEFLATE_HEAD_BITS + 4 * i)];
    if (!is_whole(code))
        return 0;
    deflate_codes(code->lengths, LITERAL_CODES, code->bits);
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
