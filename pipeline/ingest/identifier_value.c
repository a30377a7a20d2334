/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/identifier_value.h"

#include <stdint.h>

#include "ingest/identifier_cell.h"

/*
 * Digits between letters, or between a letter and the end, are a part of a code.  What starts behind a letter has parts
 * ("SSN123-45-6789"): a sign follows its first digits.
 */
static bool are_inside_code(const struct cell *cell, size_t at)
{
    if (!is_word(cell_before(cell, at, 1)))
        return false;
    while (at < cell->n && is_digit(cell->bytes[at]))
        at++;
    return at == cell->n || is_letter(cell->bytes[at]);
}

static bool look_at_digits(const struct cell *cell, size_t at, struct identifier_match *match)
{
    if (are_inside_code(cell, at))
        return false;
    return detect_number(cell, at, match) || detect_phone(cell, at, match) || detect_ipv4(cell, at, match) ||
           detect_date(cell, at, match) || detect_age(cell, at, match) || detect_degrees(cell, at, match) ||
           detect_street(cell, at, match);
}

/* Is a letter, of any size, one of these capitals?  The long lists of words are asked only when one can match. */
static bool starts_with_one_of(const struct cell *cell, size_t at, const char *capitals)
{
    const unsigned char c = to_capital(cell_at(cell, at));
    while (*capitals != '\0' && (unsigned char)*capitals != c)
        capitals++;
    return *capitals != '\0';
}

/* A run of letters and digits: words, codes, what starts with a word. */
static bool look_at_word(const struct cell *cell, size_t at, size_t digit, struct identifier_match *match)
{
    enum { NEAR = 64 }; /* a word that names a number stands at most so far before it */
    if (detect_token(cell, at, match) || detect_url(cell, at, match) || detect_hardware(cell, at, match))
        return true;
    if (is_digit(cell_at(cell, at)))
        return false;
    if (digit - at <= NEAR && (detect_label(cell, at, match) || detect_month(cell, at, match) ||
                              detect_place(cell, at, match)))
        return true;
    return (starts_with_one_of(cell, at, "MPCFLS") && detect_title(cell, at, match)) ||
           (starts_with_one_of(cell, at, "DIR") &&
            (detect_data_uri(cell, at, match) || detect_base64(cell, at, match)));
}

static bool look_at_sign(const struct cell *cell, size_t at, size_t from, struct identifier_match *match)
{
    switch (cell_at(cell, at)) {
    case '@':
        return detect_email(cell, at, from, match);
    case '.':
        return detect_file(cell, at, from, match);
    case '(':
        return detect_udi(cell, at, match) || detect_phone(cell, at, match);
    case '+':
        return detect_phone(cell, at, match);
    case '/':
        return detect_base64(cell, at, match);
    default:
        return false;
    }
}

/* Strong digits come before the word they start ("4 March 2021" is no code), weak ones after it (a VIN, a UUID). */
static bool look_at(const struct cell *cell, size_t at, size_t from, size_t digit, struct identifier_match *match)
{
    const unsigned char now = cell_at(cell, at), before = cell_before(cell, at, 1);
    if (!is_alnum(now))
        return look_at_sign(cell, at, from, match);
    struct identifier_match weak;
    const bool starts_digits = is_digit(now) && !is_digit(before), starts_word = !is_word(before) && !cell->only_digits;
    const bool found = starts_digits && look_at_digits(cell, at, match);
    if (found && match->strong)
        return true;
    if (found)
        weak = *match;
    if (starts_word && look_at_word(cell, at, digit, match))
        return true;
    if (found)
        *match = weak;
    return found;
}

bool cell_look(const struct cell *cell, size_t from, struct identifier_match *match)
{
    struct identifier_match found;
    if (from == 0 && (detect_last_first(cell, &found) || detect_coordinates(cell, &found))) {
        *match = found;
        return true;
    }
    size_t digit = cell->has_digits ? from : SIZE_MAX; /* the next one from `at` on */
    for (size_t at = from; at < cell->n; at++) {
        if (digit < at)
            digit = at;
        while (digit < cell->n && !is_digit(cell->bytes[digit]))
            digit++;
        if (digit >= cell->n)
            digit = SIZE_MAX;
        if (look_at(cell, at, from, digit, &found)) {
            *match = found;
            return true;
        }
    }
    return false;
}

bool identifier_next(const char *bytes, size_t n, size_t from, unsigned hints, struct identifier_match *match)
{
    if (n < IDENTIFIER_VALUE_MIN && (hints & IDENTIFIER_HINT_AGE) == 0)
        return false;
    const struct cell_shape shape = cell_shape(bytes, n, hints);
    const struct cell cell = cell_make(bytes, n, hints, &shape);
    return shape.needs_look && cell_look(&cell, from, match);
}

bool identifier_of_value(const char *bytes, size_t n, unsigned hints, struct identifier_match *match)
{
    struct identifier_match first, next;
    if (!identifier_next(bytes, n, 0, hints, &first))
        return false;
    *match = first;
    for (next = first; !match->strong && identifier_next(bytes, n, next.start + next.length, hints, &next);)
        if (next.strong)
            *match = next;
    return true;
}
