/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The other way of literal_deflate.c, several literals at a look. */
#include "store/literal_deflate.h"

#include <libdeflate.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "bits are read eight bytes at a time");

enum {
    LOOK_BITS = 11,                     /* of the stream, at a look; longer codes are rare */
    LOOK_SLOTS = 1 << LOOK_BITS,
    LITERALS_MAX = 6,                   /* of a look; with their numbers they fill eight bytes */
    LOOKS = 5,                          /* fit into the bits that are there after a refill */
};

struct look {
    uint8_t literals[LITERALS_MAX];
    uint8_t n_literals, n_bits; /* n_literals 0: a longer code, or the end */
};

struct bit_reader {
    const unsigned char *from, *end;
    uint64_t bits;
    unsigned n_bits;
};

/* At least 56 bits are there afterwards; behind the end they are zeros. */
static inline void refill(struct bit_reader *reader)
{
    if (reader->end - reader->from >= 8) {
        uint64_t word;
        memcpy(&word, reader->from, sizeof word);
        reader->bits |= word << reader->n_bits;
        reader->from += (63 - reader->n_bits) / 8;
        reader->n_bits |= 56;
        return;
    }
    while (reader->n_bits <= 56) {
        if (reader->from < reader->end)
            reader->bits |= (uint64_t)*reader->from++ << reader->n_bits;
        reader->n_bits += 8;
    }
}

static inline uint32_t take_bits(struct bit_reader *reader, unsigned n)
{
    const uint32_t bits = (uint32_t)(reader->bits & ((UINT64_C(1) << n) - 1));
    reader->bits >>= n;
    reader->n_bits -= n;
    return bits;
}

/* Fills `first` with the one code that each run of bits starts with. */
static void find_first(const struct literal_code *code, uint16_t *first)
{
    memset(first, 0xff, LOOK_SLOTS * sizeof *first);
    for (size_t symbol = 0; symbol < LITERAL_CODES; symbol++)
        if (code->lengths[symbol] > 0 && code->lengths[symbol] <= LOOK_BITS)
            for (size_t slot = code->bits[symbol]; slot < LOOK_SLOTS; slot += (size_t)1 << code->lengths[symbol])
                first[slot] = (uint16_t)symbol;
}

static void make_looks(const struct literal_code *code, struct look *looks)
{
    uint16_t first[LOOK_SLOTS];
    find_first(code, first);
    for (size_t slot = 0; slot < LOOK_SLOTS; slot++) {
        struct look look = {.n_bits = 0};
        while (look.n_literals < LITERALS_MAX) {
            const uint16_t symbol = first[slot >> look.n_bits];
            if (symbol >= LITERAL_END || look.n_bits + code->lengths[symbol] > LOOK_BITS)
                break;
            look.literals[look.n_literals++] = (uint8_t)symbol;
            look.n_bits = (uint8_t)(look.n_bits + code->lengths[symbol]);
        }
        looks[slot] = look;
    }
}

/* One code by comparing with all: for those too long for a look, and the end.  LITERAL_CODES: none. */
static size_t take_slowly(const struct literal_code *code, struct bit_reader *reader)
{
    for (size_t symbol = 0; symbol < LITERAL_CODES; symbol++) {
        const unsigned n = code->lengths[symbol];
        if (n == 0 || (reader->bits & ((UINT64_C(1) << n) - 1)) != code->bits[symbol])
            continue;
        take_bits(reader, n);
        return symbol;
    }
    return LITERAL_CODES;
}

/* Literals while there is room for all that a round may write; false: not a stream of these codes. */
static bool take_literals(const struct literal_code *code, struct bit_reader *reader, unsigned char *bytes, size_t n)
{
    enum { ROUND = LOOKS * sizeof(struct look) };
    struct look looks[LOOK_SLOTS];
    size_t done = 0;
    make_looks(code, looks);
    for (;;) {
        refill(reader);
        for (int i = 0; i < LOOKS && n - done >= ROUND; i++) {
            const struct look *const look = &looks[reader->bits & (LOOK_SLOTS - 1)];
            if (look->n_literals == 0)
                break;
            memcpy(bytes + done, look, sizeof *look); /* all eight bytes at once; the next look writes over the rest */
            done += look->n_literals;
            take_bits(reader, look->n_bits);
        }
        refill(reader);
        if (n - done >= ROUND && looks[reader->bits & (LOOK_SLOTS - 1)].n_literals > 0)
            continue;
        const size_t symbol = take_slowly(code, reader);
        if (symbol == LITERAL_END)
            return done == n;
        if (symbol > LITERAL_END || done == n)
            return false;
        bytes[done++] = (unsigned char)symbol;
    }
}

bool literal_inflate(const unsigned char *packed, size_t n_packed, unsigned char *bytes, size_t n)
{
    struct literal_code code;
    unsigned n_skipped;
    const size_t n_head = literal_code_read(&code, packed, n_packed, &n_skipped);
    if (n_head == 0 || n_packed < n_head + 4)
        return false;
    struct bit_reader reader = {.from = packed + n_head, .end = packed + n_packed - 4};
    refill(&reader);
    take_bits(&reader, n_skipped);
    if (!take_literals(&code, &reader, bytes, n))
        return false;
    uint32_t adler = 0;
    for (size_t i = 0; i < 4; i++)
        adler = adler << 8 | packed[n_packed - 4 + i];
    return adler == libdeflate_adler32(1, bytes, n);
}
