/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The quick question: may this cell hold an identifier at all?  Most may not, and one pass over them shows it. */
#include <stdint.h>

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

static unsigned count_of(uint64_t counts, unsigned shift)
{
    return (unsigned)(counts >> shift) & 0xFF;
}

struct cell_shape cell_shape(const char *bytes, size_t n)
{
    uint64_t counts = 0;
    if (n > COUNTED_MAX)
        return (struct cell_shape){.long_text = true};
    for (size_t i = 0; i < n; i++)
        counts += weights[(unsigned char)bytes[i]];
    return (struct cell_shape){
        .n_digits = count_of(counts, 0),  .n_letters = count_of(counts, 8),  .n_spaces = count_of(counts, 16),
        .n_points = count_of(counts, 24), .n_dashes = count_of(counts, 32),  .n_slashes = count_of(counts, 40),
        .n_others = count_of(counts, 48),
    };
}

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

/* Letters and digits in one word, maybe with dashes. */
static bool code_needs_look(const struct cell_shape *shape, const char *bytes, size_t n)
{
    const bool digit_first = is_digit((unsigned char)bytes[0]);
    return n >= 11 || shape->n_digits >= 6 ||               /* MBI and longer; 04MAR2021, AB1234563 */
           (shape->n_digits >= 4 && shape->n_letters >= 2) || /* MRN1234, May2021 */
           (digit_first && shape->n_letters >= 2);          /* 93yo */
}

bool cell_needs_look(const struct cell_shape *shape, const char *bytes, size_t n, unsigned hints)
{
    if ((hints & IDENTIFIER_HINT_AGE) != 0 && shape->n_digits >= 2 && shape->n_digits + shape->n_points == n)
        return true;
    if (n < IDENTIFIER_VALUE_MIN)
        return false;
    if (shape->long_text || shape->n_others > 0 || shape->n_slashes > 0)
        return true;
    if (shape->n_digits == 0)
        return shape->n_points > 0;                         /* Mr. Smith, me.jpg */
    if (shape->n_letters == 0)
        return number_needs_look(shape, n);
    if (shape->n_spaces > 0)
        return true;
    if (shape->n_points + shape->n_dashes >= 2 && shape->n_digits >= 4)
        return true;                                        /* T.3-4-2021 */
    return (shape->n_points > 0 && shape->n_letters >= 2) || code_needs_look(shape, bytes, n);
}
