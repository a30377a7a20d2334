/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calendar dates with more than a year, and ages over 89 in words. */
#include <string.h>

#include "base/days.h"
#include "ingest/identifier_cell.h"

enum { YEAR_FIRST = 1850, YEAR_LAST = 2150, AGE_MAX = 130 };

static bool is_year(unsigned year)
{
    return year >= YEAR_FIRST && year <= YEAR_LAST;
}

static bool is_day(unsigned year, unsigned month, unsigned day)
{
    int32_t number;
    return is_year(year) && day_from_civil((int)year, (int)month, (int)day, &number) == 0;
}

/* Either order: nobody knows who wrote it. */
static bool is_day_or_swapped(unsigned year, unsigned one, unsigned other)
{
    return is_day(year, one, other) || is_day(year, other, one);
}

/* Three numbers with the same separator. */
struct triple {
    size_t lengths[3];
    unsigned values[3];
    size_t end;
};

static bool read_triple(const struct cell *cell, size_t at, struct triple *triple)
{
    unsigned char separator = 0;
    for (size_t i = 0; i < 3; i++) {
        if (i == 1)
            separator = cell_at(cell, at);
        if (i > 0 && ((separator != '-' && separator != '/' && separator != '.') || cell_at(cell, at++) != separator))
            return false;
        const size_t n = cell_digits(cell, at, 5);
        if (n == 0 || n > 4)
            return false;
        triple->lengths[i] = n;
        triple->values[i] = cell_number(cell, at, n);
        at += n;
    }
    triple->end = at;
    return true;
}

/* What follows a date: not one more part of the same number; a time ("T10:00") or a range ("/2021-...") may. */
static bool ends(const struct cell *cell, size_t end)
{
    const unsigned char after = cell_at(cell, end);
    if (after == '-' || after == '.')
        return !is_digit(cell_at(cell, end + 1));
    return !is_digit(after) && (!is_word(after) || to_capital(after) == 'T');
}

static bool starts(const struct cell *cell, size_t at)
{
    const unsigned char before = cell_before(cell, at, 1);
    return !is_word(before) && !((before == '-' || before == '.') && is_digit(cell_before(cell, at, 2)));
}

static bool detect_triple(const struct cell *cell, size_t at, struct identifier_match *match)
{
    struct triple t;
    if (!read_triple(cell, at, &t) || !ends(cell, t.end))
        return false;
    if (t.lengths[0] == 4 && t.lengths[1] <= 2 && t.lengths[2] <= 2)
        return is_day(t.values[0], t.values[1], t.values[2]) &&
               cell_found(match, IDENTIFIER_DATE, true, at, t.end);
    if (t.lengths[0] > 2 || t.lengths[1] > 2)
        return false;
    if (t.lengths[2] == 4)
        return is_day_or_swapped(t.values[2], t.values[0], t.values[1]) &&
               cell_found(match, IDENTIFIER_DATE, true, at, t.end);
    return t.lengths[2] == 2 && is_day_or_swapped(2000 + t.values[2], t.values[0], t.values[1]) &&
           cell_found(match, IDENTIFIER_DATE, false, at, t.end);
}

/* ---- months in words ------------------------------------------------------------------------------------- */

/* The place after a month's name, whole or three letters; 0 when there is none. */
static size_t read_month(const struct cell *cell, size_t at, unsigned *month)
{
    static const char *const names[] = {"january", "february", "march",     "april",   "may",      "june",
                                        "july",    "august",   "september", "october", "november", "december"};
    const unsigned char first = to_capital(cell_at(cell, at));
    for (unsigned i = 0; i < 12; i++) {
        if (first != to_capital((unsigned char)names[i][0]))
            continue;
        const size_t n = strlen(names[i]);
        const char abbreviation[] = {names[i][0], names[i][1], names[i][2], '\0'};
        *month = i + 1;
        if (cell_reads_word(cell, at, names[i]))
            return at + n;
        if (cell_reads_word(cell, at, abbreviation))
            return at + 3 + (cell_at(cell, at + 3) == '.');
    }
    *month = 9;
    return cell_reads_word(cell, at, "sept") ? at + 4 + (cell_at(cell, at + 4) == '.') : 0;
}

static size_t skip(const struct cell *cell, size_t at, const char *separators)
{
    for (size_t n = 0; n < 3 && cell_at(cell, at) != 0 && strchr(separators, cell_at(cell, at)) != NULL; n++)
        at++;
    return at;
}

static size_t skip_ordinal(const struct cell *cell, size_t at)
{
    static const char *const endings[] = {"st", "nd", "rd", "th"};
    for (size_t i = 0; i < 4; i++)
        if (cell_reads_word(cell, at, endings[i]))
            return at + 2;
    return at;
}

/* "4 March 2021", "4th of Mar., 2021", "04MAR2021", "4-Mar-21". */
static bool detect_day_month(const struct cell *cell, size_t at, struct identifier_match *match)
{
    const size_t n = cell_digits(cell, at, 3);
    unsigned month;
    if (n == 0 || n > 2)
        return false;
    size_t i = skip(cell, skip_ordinal(cell, at + n), " -/.");
    if (cell_reads(cell, i, "of "))
        i += 3;
    i = read_month(cell, i, &month);
    if (i == 0)
        return false;
    i = skip(cell, i, " ,-/.");
    const size_t n_year = cell_digits(cell, i, 5);
    const bool two = n_year == 2 && (cell_before(cell, i, 1) == '-' || cell_before(cell, i, 1) == '/');
    if (n_year != 4 && !two)
        return false;
    const unsigned year = cell_number(cell, i, n_year) + (two ? 2000 : 0);
    return is_day(year, month, cell_number(cell, at, n)) && cell_found(match, IDENTIFIER_DATE, true, at, i + n_year);
}

/* "March 4, 2021" and "March 2021", with a capital: "may 2021" is a verb as well. */
bool detect_month(const struct cell *cell, size_t at, struct identifier_match *match)
{
    unsigned month;
    size_t i = is_capital(cell_at(cell, at)) && is_letter(cell_at(cell, at + 2)) ? read_month(cell, at, &month) : 0;
    if (i == 0)
        return false;
    i = skip(cell, i, " ,-/");
    const size_t n = cell_digits(cell, i, 5);
    if (n == 4)
        return is_year(cell_number(cell, i, 4)) && !is_word(cell_at(cell, i + 4)) &&
               cell_found(match, IDENTIFIER_DATE, true, at, i + 4);
    if (n == 0 || n > 2)
        return false;
    const unsigned day = cell_number(cell, i, n);
    i = skip(cell, skip_ordinal(cell, i + n), " ,");
    return cell_digits(cell, i, 5) == 4 && is_day(cell_number(cell, i, 4), month, day) &&
           cell_found(match, IDENTIFIER_DATE, true, at, i + 4);
}

/* ---- digits in one ---------------------------------------------------------------------------------------- */

/* 20210304, 20210304101500, and 2021-03 or 03/2021 as the whole cell: counts and codes look the same. */
static bool detect_compact(const struct cell *cell, size_t at, struct identifier_match *match)
{
    const size_t n = cell_digits(cell, at, 15);
    if (n == 8 || n == 14) {
        const bool time = n == 8 || (cell_number(cell, at + 8, 2) < 24 && cell_number(cell, at + 10, 2) < 60 &&
                                     cell_number(cell, at + 12, 2) < 60);
        return time && cell_stands_free(cell, at, at + n) &&
               is_day(cell_number(cell, at, 4), cell_number(cell, at + 4, 2), cell_number(cell, at + 6, 2)) &&
               cell_found(match, IDENTIFIER_DATE, false, at, at + n);
    }
    if (cell->n != 7 || at != 0 || (n != 4 && n != 2))
        return false;
    const unsigned char separator = cell_at(cell, n);
    const size_t year = n == 4 ? 0 : 3, month = n == 4 ? 5 : 0;
    return (separator == '-' || separator == '/') && cell_digits(cell, n + 1, 5) == 6 - n &&
           is_day(cell_number(cell, year, 4), cell_number(cell, month, 2), 1) &&
           cell_found(match, IDENTIFIER_DATE, false, 0, 7);
}

bool detect_date(const struct cell *cell, size_t at, struct identifier_match *match)
{
    return starts(cell, at) && (detect_triple(cell, at, match) || detect_day_month(cell, at, match) ||
                                detect_compact(cell, at, match));
}

/* ---- ages -------------------------------------------------------------------------------------------------- */

/* "90+" and "90 or older" are the category that all ages over 89 belong to. */
static bool is_category(const struct cell *cell, size_t end)
{
    static const char *const words[] = {"+", "or ", "and ", "plus", "years or ", "years and ", "years+"};
    const size_t i = skip(cell, end, " -");
    for (size_t j = 0; j < sizeof words / sizeof words[0]; j++)
        if (cell_reads(cell, i, words[j]))
            return true;
    return false;
}

static bool is_told_as_age(const struct cell *cell, size_t at, size_t end)
{
    static const char *const before[] = {"aged ", "age ", "age: ", "age:", "age=", "age = ", "age is ", "age of "};
    static const char *const after[] = {"year old", "year-old", "years old", "years-old", "yr old", "yrs old",
                                        "years of age", "yo", "y/o", "y.o", "y o"};
    const size_t i = skip(cell, end, " -");
    for (size_t j = 0; j < sizeof before / sizeof before[0]; j++) {
        const size_t n = strlen(before[j]);
        if (at >= n && cell_reads(cell, at - n, before[j]) && !is_word(cell_before(cell, at, n + 1)))
            return true;
    }
    for (size_t j = 0; j < sizeof after / sizeof after[0]; j++)
        if (cell_reads_word(cell, i, after[j]))
            return true;
    return false;
}

/* Is the cell a number and nothing else, whole or with decimals? */
static bool is_all(const struct cell *cell, size_t at, size_t n)
{
    if (at != 0 || n == cell->n)
        return at == 0;
    return cell_at(cell, n) == '.' && n + 1 + cell_digits(cell, n + 1, cell->n) == cell->n;
}

bool detect_age(const struct cell *cell, size_t at, struct identifier_match *match)
{
    const size_t n = cell_digits(cell, at, 4), end = at + n;
    if (n < 2 || n > 3 || is_word(cell_before(cell, at, 1)))
        return false;
    const unsigned age = cell_number(cell, at, n);
    if (age < IDENTIFIER_TOP_AGE || age > AGE_MAX)
        return false;
    if ((cell->hints & IDENTIFIER_HINT_AGE) != 0 && is_all(cell, at, n))
        return cell_found(match, IDENTIFIER_AGE, true, 0, cell->n);
    return (cell_stands_free(cell, at, end) || to_capital(cell_at(cell, end)) == 'Y') && /* "93yo" */
           is_told_as_age(cell, at, end) && !is_category(cell, end) &&
           cell_found(match, IDENTIFIER_AGE, true, at, end);
}
