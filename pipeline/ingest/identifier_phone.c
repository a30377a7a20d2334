/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Telephone and fax numbers. */
#include "ingest/identifier_cell.h"

static bool is_separator(unsigned char c)
{
    return c == '-' || c == '.' || c == ' ';
}

/* A part of three digits as area codes and exchanges are: 2..9 first, and not N11 (311, 911: services). */
static bool is_dialled(const struct cell *cell, size_t at)
{
    return cell_digits(cell, at, 4) == 3 && cell_at(cell, at) >= '2' &&
           !(cell_at(cell, at + 1) == '1' && cell_at(cell, at + 2) == '1');
}

/* "(212) 555-0143", "212-555-0143", with or without 1 or +1; the place after it, or 0. */
static size_t read_american(const struct cell *cell, size_t at)
{
    if (cell_at(cell, at) == '+')
        at++;
    if (cell_at(cell, at) == '1' && (is_separator(cell_at(cell, at + 1)) || cell_at(cell, at + 1) == '('))
        at += is_separator(cell_at(cell, at + 1)) ? 2 : 1;
    const bool parenthesis = cell_at(cell, at) == '(';
    at += parenthesis;
    if (!is_dialled(cell, at))
        return 0;
    at += 3;
    if (parenthesis && cell_at(cell, at++) != ')')
        return 0;
    if (is_separator(cell_at(cell, at)))
        at++;
    else if (!parenthesis)
        return 0;
    if (!is_dialled(cell, at) || !is_separator(cell_at(cell, at + 3)) || cell_digits(cell, at + 4, 5) != 4)
        return 0;
    return at + 8;
}

/* +CC and 8 to 15 digits in all, at most two separators between them; the place after it, or 0. */
static size_t read_international(const struct cell *cell, size_t at)
{
    size_t n = 0, n_separators = 0, end = 0;
    if (cell_at(cell, at) != '+' || cell_at(cell, at + 1) < '1' || cell_at(cell, at + 1) > '9')
        return 0;
    for (size_t i = at + 1; n <= 15 && n_separators <= 2; i++) {
        const unsigned char c = cell_at(cell, i);
        if (is_digit(c)) {
            n++;
            n_separators = 0;
            end = i + 1;
        } else if (is_separator(c) || c == '(' || c == ')') {
            n_separators++;
        } else {
            break;
        }
    }
    return n >= 8 && n <= 15 ? end : 0;
}

/* Ten digits in one, where the column's name speaks of calling. */
static size_t read_bare(const struct cell *cell, size_t at)
{
    if ((cell->hints & IDENTIFIER_HINT_PHONE) == 0 || cell_digits(cell, at, 11) != 10)
        return 0;
    return cell_at(cell, at) >= '2' && cell_at(cell, at + 3) >= '2' ? at + 10 : 0;
}

/* Does a word that says fax stand shortly before? */
static bool is_after_fax(const struct cell *cell, size_t at)
{
    enum { NEAR = 12 };
    for (size_t back = 3; back <= NEAR && back <= at; back++)
        if (cell_reads(cell, at - back, "fax"))
            return true;
    return false;
}

bool detect_phone(const struct cell *cell, size_t at, struct identifier_match *match)
{
    if (is_word(cell_before(cell, at, 1)) && (cell_at(cell, at) != '(' || is_digit(cell_before(cell, at, 1))))
        return false; /* "fax(212) 555-0143" starts a number, "x212-555-0143" and "3(212) 555-0143" do not */
    const enum identifier_kind kind = is_after_fax(cell, at) ? IDENTIFIER_FAX : IDENTIFIER_PHONE;
    size_t end = read_american(cell, at);
    if (end != 0 && cell_stands_free(cell, at, end) &&
        !(cell_at(cell, at + 3) == ' ' && cell_is_in_list(cell, at, end)))
        return cell_found(match, kind, true, at, end);
    end = read_international(cell, at);
    if (end != 0 && cell_stands_free(cell, at, end))
        return cell_found(match, kind, true, at, end);
    end = read_bare(cell, at);
    return end != 0 && cell_stands_free(cell, at, end) && cell_found(match, kind, false, at, end);
}
