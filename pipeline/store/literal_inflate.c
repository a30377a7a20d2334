/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The other way of literal_deflate.c, several literals at a look. */
#include "store/literal_deflate.h"

#include <libdeflate.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "bits are read eight bytes at a time");

enum {
    LOOK_BITS_MIN = 8,                  /* of the stream, at a look: as few as leave longer codes rare */
    LOOK_BITS_MAX = 12,
    LOOK_SLOTS_MAX = 1 << LOOK_BITS_MAX,
    LITERALS_MAX = 6,                   /* of a look; with their numbers they fill eight bytes */
    REFILLED_BITS = 56,                 /* are there after a refill, at least */
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

/*
 * A code of n bits stands for one in 2^n of what was counted, so the lengths tell how often each is met.  A look should hold
 * two codes as they come, and leave few that are longer.
 */
static unsigned choose_look_bits(const struct literal_code *code)
{
    enum { WHOLE = 1 << LITERAL_LENGTH_MAX, RARE = WHOLE / 128 };
    uint32_t longer[LITERAL_LENGTH_MAX + 1] = {0}, two_codes = 0;
    for (size_t symbol = 0; symbol < LITERAL_CODES; symbol++) {
        const unsigned length = code->lengths[symbol];
        const uint32_t share = length > 0 ? (uint32_t)WHOLE >> length : 0;
        two_codes += 2 * length * share;
        for (unsigned n = LOOK_BITS_MIN; n < length; n++)
            longer[n] += share;
    }
    unsigned n_bits = LOOK_BITS_MIN;
    while (n_bits < LOOK_BITS_MAX && (longer[n_bits] >= RARE || two_codes > n_bits * (uint32_t)WHOLE))
        n_bits++;
    return n_bits;
}

/* Fills `first` with the one code that each run of bits starts with. */
static void find_first(const struct literal_code *code, unsigned look_bits, uint16_t *first)
{
    const size_t n_slots = (size_t)1 << look_bits;
    memset(first, 0xff, n_slots * sizeof *first);
    for (size_t symbol = 0; symbol < LITERAL_CODES; symbol++)
        if (code->lengths[symbol] > 0 && code->lengths[symbol] <= look_bits)
            for (size_t slot = code->bits[symbol]; slot < n_slots; slot += (size_t)1 << code->lengths[symbol])
                first[slot] = (uint16_t)symbol;
}

static void make_looks(const struct literal_code *code, unsigned look_bits, struct look *looks)
{
    uint16_t first[LOOK_SLOTS_MAX];
    find_first(code, look_bits, first);
    for (size_t slot = 0; slot < (size_t)1 << look_bits; slot++) {
        struct look look = {.n_bits = 0};
        while (look.n_literals < LITERALS_MAX) {
            const uint16_t symbol = first[slot >> look.n_bits];
            if (symbol >= LITERAL_END || look.n_bits + code->lengths[symbol] > look_bits)
                break;
            look.literals[look.n_literals++] = (uint8_t)symbol;
            look.n_bits = (uint8_t)(look.n_bits + code->lengths[symbol]);
        }
        looks[slot] = look;
    }
}

/*
 * The symbols in the order of their codes: read from the highest bit on, codes of a length are consecutive numbers that
 * begin above those of the shorter ones (RFC 1951, 3.2.2).
 */
struct ranks {
    uint16_t symbols[LITERAL_CODES];
    uint16_t first_code[LITERAL_LENGTH_MAX + 1], first_rank[LITERAL_LENGTH_MAX + 1], n[LITERAL_LENGTH_MAX + 1];
};

static void make_ranks(const struct literal_code *code, struct ranks *ranks)
{
    uint16_t next[LITERAL_LENGTH_MAX + 1] = {0};
    memset(ranks->n, 0, sizeof ranks->n);
    for (size_t symbol = 0; symbol < LITERAL_CODES; symbol++)
        ranks->n[code->lengths[symbol]]++;
    ranks->n[0] = ranks->first_code[0] = ranks->first_rank[0] = 0;
    for (size_t length = 1; length <= LITERAL_LENGTH_MAX; length++) {
        ranks->first_code[length] = (uint16_t)((ranks->first_code[length - 1] + ranks->n[length - 1]) << 1);
        ranks->first_rank[length] = (uint16_t)(ranks->first_rank[length - 1] + ranks->n[length - 1]);
        next[length] = ranks->first_rank[length];
    }
    for (size_t symbol = 0; symbol < LITERAL_CODES; symbol++)
        if (code->lengths[symbol] > 0)
            ranks->symbols[next[code->lengths[symbol]]++] = (uint16_t)symbol;
}

/* One code, bit by bit: for those too long for a look, and the end.  LITERAL_CODES: none. */
static size_t find_slowly(const struct ranks *ranks, uint64_t bits, unsigned *length)
{
    uint32_t number = 0;
    for (*length = 1; *length <= LITERAL_LENGTH_MAX; ++*length, bits >>= 1) {
        number = number << 1 | (uint32_t)(bits & 1);
        const uint32_t place = number - ranks->first_code[*length];
        if (number >= ranks->first_code[*length] && place < ranks->n[*length])
            return ranks->symbols[ranks->first_rank[*length] + place];
    }
    return LITERAL_CODES;
}

/* Literals while there is room for all that a round may write; false: not a stream of these codes. */
static bool take_literals(const struct literal_code *code, struct bit_reader from, unsigned char *bytes, size_t n)
{
    struct look looks[LOOK_SLOTS_MAX];
    const unsigned look_bits = choose_look_bits(code), n_looks = REFILLED_BITS / look_bits;
    const size_t mask = ((size_t)1 << look_bits) - 1, round = n_looks * sizeof(struct look);
    struct ranks ranks;
    struct bit_reader reader = from; /* nobody else can reach it, so it stays in registers */
    size_t done = 0;
    make_looks(code, look_bits, looks);
    make_ranks(code, &ranks);
    for (;;) {
        refill(&reader);
        for (unsigned i = 0; i < n_looks && n - done >= round; i++) {
            const struct look *const look = &looks[reader.bits & mask];
            if (look->n_literals == 0)
                break;
            memcpy(bytes + done, look, sizeof *look); /* all eight bytes at once; the next look writes over the rest */
            done += look->n_literals;
            take_bits(&reader, look->n_bits);
        }
        refill(&reader);
        if (n - done >= round && looks[reader.bits & mask].n_literals > 0)
            continue;
        unsigned length;
        const size_t symbol = find_slowly(&ranks, reader.bits, &length);
        take_bits(&reader, length);
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
    if (!take_literals(&code, reader, bytes, n))
        return false;
    uint32_t adler = 0;
    for (size_t i = 0; i < 4; i++)
        adler = adler << 8 | packed[n_packed - 4 + i];
    return adler == libdeflate_adler32(1, bytes, n);
}
