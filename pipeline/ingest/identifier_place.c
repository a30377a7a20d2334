/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses and positions that their form gives away. */
#include <string.h>

#include "ingest/identifier_cell.h"

/* ---- streets ------------------------------------------------------------------------------------------------ */

/* Words that name no street are left out: Court, Drive, Place and Way stand in many labels ("1 Drug Court"). */
static size_t read_suffix(const struct cell *cell, size_t at)
{
    static const char *const suffixes[] = {"street", "st",   "avenue",  "ave", "road",    "rd",   "boulevard",
                                           "blvd",   "lane", "ln",      "hwy", "highway", "pkwy", "parkway"};
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
        if (cell_reads_word(cell, at, suffixes[i]) && !is_digit(cell_at(cell, at + strlen(suffixes[i]))))
            return at + strlen(suffixes[i]);
    return 0;
}

/* A word of a street's name: a capital first, or an ordinal ("5th"); the place after it, or 0. */
static size_t read_street_word(const struct cell *cell, size_t at)
{
    enum { WORD_MAX = 24 };
    const size_t n_digits = cell_digits(cell, at, 4);
    size_t end = at;
    if (!is_capital(cell_at(cell, at)) && (n_digits == 0 || n_digits > 3 || !is_letter(cell_at(cell, at + n_digits))))
        return 0;
    while (end - at < WORD_MAX && (is_word(cell_at(cell, end)) || cell_at(cell, end) == '\'' ||
                                   (cell_at(cell, end) == '.' && cell_at(cell, end + 1) == ' ')))
        end++;
    return end;
}

/* "12 Main St", "120 N. Old Mill Road", "350 5th Ave"; one word before the suffix has at least three letters. */
bool detect_street(const struct cell *cell, size_t at, struct identifier_match *match)
{
    const size_t n = cell_digits(cell, at, 7);
    bool has_long = false;
    if (n > 6 || is_word(cell_before(cell, at, 1)) || cell_before(cell, at, 1) == '.')
        return false;
    size_t i = at + n + (is_letter(cell_at(cell, at + n)) && cell_at(cell, at + n + 1) == ' '); /* "12B" */
    for (size_t words = 0; words < 5 && cell_at(cell, i) == ' '; words++) {
        const size_t start = cell_skip_spaces(cell, i), suffix = words > 0 ? read_suffix(cell, start) : 0;
        if (suffix > 0 && has_long)
            return cell_found(match, IDENTIFIER_ADDRESS, true, at, suffix);
        i = read_street_word(cell, start);
        if (i == 0)
            return false;
        has_long = has_long || i - start >= 3;
    }
    return false;
}

/* ---- post ---------------------------------------------------------------------------------------------------- */

static bool is_state(const struct cell *cell, size_t at)
{
    static const char states[] = "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE "
                                 "NV NH NJ NM NY NC ND OH OK OR PA PR RI SC SD TN TX UT VT VA WA WV WI WY";
    for (size_t i = 0; i + 1 < sizeof states - 1; i += 3)
        if (cell_at(cell, at) == (unsigned char)states[i] && cell_at(cell, at + 1) == (unsigned char)states[i + 1])
            return true;
    return false;
}

/* The place after five digits, or five and four with a dash; 0 when there are none. */
static size_t read_zip(const struct cell *cell, size_t at)
{
    size_t end = at + 5;
    if (cell_digits(cell, at, 6) != 5)
        return 0;
    if (cell_at(cell, end) == '-' && cell_digits(cell, end + 1, 5) == 4)
        end += 5;
    return is_word(cell_at(cell, end)) ? 0 : end;
}

static bool detect_box(const struct cell *cell, size_t at, struct identifier_match *match)
{
    static const char *const boxes[] = {"po box", "p.o. box", "p.o.box", "p. o. box", "post office box"};
    for (size_t i = 0; i < sizeof boxes / sizeof boxes[0]; i++) {
        if (!cell_reads_word(cell, at, boxes[i]))
            continue;
        size_t end = cell_skip_spaces(cell, at + strlen(boxes[i]));
        end += cell_at(cell, end) == '#';
        const size_t n = cell_digits(cell, end, 8);
        return n > 0 && n < 8 && cell_found(match, IDENTIFIER_ADDRESS, true, at, end + n);
    }
    return false;
}

/* "Springfield, IL 62701"; a post-office box. */
bool detect_place(const struct cell *cell, size_t at, struct identifier_match *match)
{
    if (cell_before(cell, at, 1) == ' ' && cell_before(cell, at, 2) == ',' && cell_at(cell, at + 2) == ' ' &&
        is_state(cell, at)) {
        const size_t end = read_zip(cell, cell_skip_spaces(cell, at + 3));
        if (end > 0)
            return cell_found(match, IDENTIFIER_AREA, true, at, end);
    }
    return detect_box(cell, at, match);
}

/* ---- maps ----------------------------------------------------------------------------------------------------- */

/* 37° 36' ..., with the degree sign in UTF-8; ZIP+4, which starts with digits as well. */
bool detect_degrees(const struct cell *cell, size_t at, struct identifier_match *match)
{
    const size_t n = cell_digits(cell, at, 6);
    if (n == 5 && cell_at(cell, at + 5) == '-') {
        const size_t end = read_zip(cell, at);
        return end == at + 10 && cell_stands_free(cell, at, end) && !is_word(cell_before(cell, at, 1)) &&
               cell_found(match, IDENTIFIER_AREA, false, at, end);
    }
    if (n > 3 || cell_at(cell, at + n) != 0xC2 || cell_at(cell, at + n + 1) != 0xB0)
        return false;
    const size_t minutes = cell_skip_spaces(cell, at + n + 2), n_minutes = cell_digits(cell, minutes, 3);
    return n_minutes >= 1 && n_minutes <= 2 && cell_number(cell, minutes, n_minutes) < 60 &&
           cell_found(match, IDENTIFIER_ADDRESS, true, at, minutes + n_minutes);
}

/* A decimal number of at most `limit` with at least three places; the place after it, or 0. */
static size_t read_degrees(const struct cell *cell, size_t at, unsigned limit)
{
    at += cell_at(cell, at) == '-' || cell_at(cell, at) == '+';
    const size_t n = cell_digits(cell, at, 4);
    if (n < 2 || n > 3 || cell_number(cell, at, n) > limit || cell_at(cell, at + n) != '.')
        return 0;
    const size_t n_places = cell_digits(cell, at + n + 1, 16);
    return n_places >= 3 && n_places < 16 ? at + n + 1 + n_places : 0;
}

/* "37.7749, -122.4194" as the whole cell, with or without parentheses; an interval can look the same. */
bool detect_coordinates(const struct cell *cell, struct identifier_match *match)
{
    const bool parenthesis = cell_at(cell, 0) == '(' || cell_at(cell, 0) == '[';
    size_t i = read_degrees(cell, parenthesis, 90);
    if (i == 0 || (cell_at(cell, i) != ',' && cell_at(cell, i) != ' '))
        return false;
    i = read_degrees(cell, cell_skip_spaces(cell, i + 1), 180);
    return i > 0 && i + parenthesis == cell->n && cell_found(match, IDENTIFIER_ADDRESS, false, 0, cell->n);
}
