/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The quick question: may this cell hold an identifier at all?  Most may not, and one pass over them shows it. */
#include <endian.h>
#include <stdint.h>
#include <string.h>

#include "ingest/identifier_cell.h"

/*
 * Seven counters of eight bits in one word, so that one addition a byte counts all; a cell of more than 255 bytes
 * would overflow them, and is text to be read anyway.
 */
enum { COUNTED_MAX = 255 };

#define DIGIT UINT64_C(1)
#define LETTER (UINT64_C(1) << 8)
#define SPACE (UINT64_C(1) << 16)
#define POINT (UINT64_C(1) << 24)
#define DASH (UINT64_C(1) << 32)
#define SLASH (UINT64_C(1) << 40)
#define OTHER (UINT64_C(1) << 48)

#define OTHER_4 OTHER, OTHER, OTHER, OTHER
#define OTHER_16 OTHER_4, OTHER_4, OTHER_4, OTHER_4
#define LETTER_4 LETTER, LETTER, LETTER, LETTER
#define LETTER_26 LETTER_4, LETTER_4, LETTER_4, LETTER_4, LETTER_4, LETTER_4, LETTER, LETTER
#define DIGIT_10 DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT

static const uint64_t weights[256] = {
    OTHER_16, OTHER_16,                                                                 /* control characters */
    SPACE, OTHER_4, OTHER_4, OTHER_4, DASH, POINT, SLASH, DIGIT_10,                     /* space ... '-' '.' '/' 0..9 */
    OTHER_4, OTHER, OTHER, OTHER, LETTER_26, OTHER_4, LETTER, OTHER, LETTER_26, OTHER_4, OTHER, /* '_' as a letter */
    OTHER_16, OTHER_16, OTHER_16, OTHER_16, OTHER_16, OTHER_16, OTHER_16, OTHER_16,     /* beyond ASCII */
};

static uint8_t count_of(uint64_t counts, unsigned shift)
{
    return (uint8_t)(counts >> shift);
}

static void count_bytes(const char *bytes, size_t n, struct cell_shape *shape)
{
    uint64_t counts = 0;
    for (size_t i = 0; i < n; i++)
        counts += weights[(unsigned char)bytes[i]];
    shape->n_digits = count_of(counts, 0);
    shape->n_letters = count_of(counts, 8);
    shape->n_spaces = count_of(counts, 16);
    shape->n_points = count_of(counts, 24);
    shape->n_dashes = count_of(counts, 32);
    shape->n_slashes = count_of(counts, 40);
    shape->n_others = count_of(counts, 48);
}

/* ---- the question --------------------------------------------------------------------------------------------- */

/* Digits, and points or dashes: a number, or one that dashes and points cut in parts. */
static bool number_needs_look(const struct cell_shape *shape, size_t n)
{
    const unsigned n_marks = shape->n_points + shape->n_dashes;
    if (shape->n_spaces > 0 || n_marks >= 2)
        return shape->n_digits >= 4;                        /* 1.1.1.1 */
    if (shape->n_points == 1)
        return false;                                       /* a decimal number */
    return shape->n_digits >= 8 || (n_marks == 1 && n == 7); /* 20210304, 12345-6789; 2021-03 */
}

/*
 * Letters and digits in one word, maybe with dashes: MBI and longer; 04MAR2021, AB1234563; MRN1234, Mar2021; 93yo.
 * Without branches: which of them hold changes from code to code.
 */
static inline bool code_needs_look(size_t n, size_t n_digits, size_t n_letters, char first)
{
    const unsigned two_letters = n_letters >= 2, digit_first = is_digit((unsigned char)first);
    return ((n >= 11) | (n_digits >= 6) | ((n_digits >= 4) & two_letters) | (digit_first & two_letters)) != 0;
}

static bool needs_look(const struct cell_shape *shape, const char *bytes, size_t n, unsigned hints)
{
    if ((hints & IDENTIFIER_HINT_AGE) != 0 && shape->n_digits >= 2 && shape->n_digits + shape->n_points == n)
        return true;
    if (n < IDENTIFIER_VALUE_MIN)
        return false;
    if (shape->n_others > 0 || shape->n_slashes > 0)
        return true;
    if (shape->n_digits == 0)
        return shape->n_points > 0;                         /* Mr. Smith, me.jpg */
    if (shape->n_letters == 0)
        return number_needs_look(shape, n);
    if (shape->n_spaces > 0)
        return true;
    if (shape->n_points + shape->n_dashes >= 2 && shape->n_digits >= 4)
        return true;                                        /* T.3-4-2021 */
    return (shape->n_points > 0 && shape->n_letters >= 2) ||
           code_needs_look(n, shape->n_digits, shape->n_letters, bytes[0]);
}

enum { CODE_MIN = 6, CODE_MAX = 64, CODE_DIGITS = 4, NUMBER_DIGITS = 8 };

static bool is_code(const struct cell_shape *shape, size_t n)
{
    if (n < CODE_MIN || n > CODE_MAX || shape->n_spaces + shape->n_points + shape->n_slashes + shape->n_others > 0)
        return false;
    return shape->n_digits >= (shape->n_letters > 0 ? CODE_DIGITS : NUMBER_DIGITS);
}

/* ---- most cells, eight bytes at a time ------------------------------------------------------------------------------- */

/*
 * Most cells have 4 to 16 bytes, of all lengths in turn, and a loop over them mispredicts its end.  Two words of
 * eight bytes, with zeros behind the cell, need none (Warren 2013, "Hacker's Delight", chapter 6).
 */
enum { WORDS_MIN = 4, WORDS_MAX = 16 };

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* 0x80 in each byte of a word that lies from low to high; both are below 0x80. */
static inline uint64_t in_range(uint64_t word, unsigned low, unsigned high)
{
    const uint64_t seven = word & EACH(0x7F);
    return (seven + EACH(0x80 - low)) & ~(seven + EACH(0x7F - high)) & ~word & EACH(0x80);
}

static inline unsigned count_marks(uint64_t one, uint64_t other)
{
    return (unsigned)(((one >> 7) + (other >> 7)) * EACH(1) >> 56);
}

/* Reads n bytes as two words; where the reads overlap, the second is shifted clear of the first. */
static inline void read_words(const char *bytes, size_t n, uint64_t words[static 2])
{
    if (n > 8) {
        memcpy(&words[0], bytes, 8);
        memcpy(&words[1], bytes + n - 8, 8);
        words[0] = le64toh(words[0]);
        words[1] = n < 16 ? le64toh(words[1]) >> (16 - n) * 8 : le64toh(words[1]);
    } else {
        uint32_t halves[2];
        memcpy(&halves[0], bytes, 4);
        memcpy(&halves[1], bytes + n - 4, 4);
        words[0] = le32toh(halves[0]) | (uint64_t)le32toh(halves[1]) << (n - 4) * 8; /* what overlaps is equal */
        words[1] = 0;
    }
}

/* Letters and digits of ASCII and nothing else, in a cell that two words hold: how many of each. */
static inline bool count_words(const char *bytes, size_t n, unsigned *n_digits, unsigned *n_letters)
{
    uint64_t words[2];
    if (n < WORDS_MIN || n > WORDS_MAX)
        return false;
    read_words(bytes, n, words);
    const uint64_t digits[] = {in_range(words[0], '0', '9'), in_range(words[1], '0', '9')};
    const uint64_t letters[] = {in_range(words[0] | EACH(0x20), 'a', 'z'), in_range(words[1] | EACH(0x20), 'a', 'z')};
    *n_digits = count_marks(digits[0], digits[1]);
    *n_letters = count_marks(letters[0], letters[1]);
    return *n_digits + *n_letters == n;
}

/* ---- a cell -------------------------------------------------------------------------------------------------- */

struct cell_shape cell_shape(const char *bytes, size_t n, unsigned hints)
{
    struct cell_shape shape = {0};
    if (n > COUNTED_MAX)
        return (struct cell_shape){.needs_look = true, .long_text = true};
    unsigned n_digits, n_letters;
    if (count_words(bytes, n, &n_digits, &n_letters)) {
        shape.n_digits = (uint8_t)n_digits;
        shape.n_letters = (uint8_t)n_letters;
    } else {
        count_bytes(bytes, n, &shape);
    }
    shape.is_code = is_code(&shape, n);
    shape.needs_look = needs_look(&shape, bytes, n, hints);
    return shape;
}

bool cell_is_plain(const char *bytes, size_t n, unsigned hints)
{
    unsigned n_digits, n_letters;
    if ((hints & IDENTIFIER_HINT_AGE) == 0 && count_words(bytes, n, &n_digits, &n_letters)) {
        const unsigned mixed = (n_digits > 0) & (n_letters > 0);
        return ((mixed & (code_needs_look(n, n_digits, n_letters, bytes[0]) |
                          ((n >= CODE_MIN) & (n_digits >= CODE_DIGITS)))) |
                ((n_letters == 0) & (n_digits >= NUMBER_DIGITS))) == 0;
    }
    const struct cell_shape shape = cell_shape(bytes, n, hints);
    return !shape.needs_look && !shape.is_code;
}
