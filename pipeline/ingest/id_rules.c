/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/id_rules.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool id_is_spreadsheet_error(const char *text, size_t length)
{
    static const char *const errors[] = {"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!",
                                         "#SPILL!", "#CALC!", "#GETTING_DATA", "Err:502", "Err:504", "Err:508"};
    size_t n_hashes = 0;
    if (length == 0 || (text[0] != '#' && text[0] != 'E'))
        return false;
    while (n_hashes < length && text[n_hashes] == '#')
        n_hashes++;
    if (length >= 2 && n_hashes == length)
        return true;
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
        if (strlen(errors[i]) == length && memcmp(errors[i], text, length) == 0)
            return true;
    return false;
}

static size_t skip_digits(const char *text, size_t length, size_t i)
{
    while (i < length && is_digit(text[i]))
        i++;
    return i;
}

/* 1.23457E+11; the sign and two digits are how programs write it, people do not. */
static bool is_scientific(const char *text, size_t length)
{
    size_t i = skip_digits(text, length, 0);
    if (i == 0)
        return false;
    if (i < length && (text[i] == '.' || text[i] == ','))
        i = skip_digits(text, length, i + 1);
    return i + 4 <= length && (text[i] == 'E' || text[i] == 'e') && (text[i + 1] == '+' || text[i + 1] == '-') &&
           skip_digits(text, length, i + 2) == length;
}

/* 4711.0: a column of numbers with gaps, kept as decimals by a program on the way. */
static bool is_decimal_of_whole(const char *text, size_t length)
{
    const size_t point = skip_digits(text, length, 0);
    size_t i = point + 1;
    if (point == 0 || point >= length || text[point] != '.' || i == length)
        return false;
    while (i < length && text[i] == '0')
        i++;
    return i == length;
}

static bool is_month(const char *text)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (size_t i = 0; i < sizeof months - 1; i += 3)
        if (memcmp(months + i, text, 3) == 0)
            return true;
    return false;
}

/* 2-Mar and Mar-02, as spreadsheets show what they take for a day. */
static bool is_day_of_month(const char *text, size_t length)
{
    const size_t day = skip_digits(text, length, 0);
    if ((day == 1 || day == 2) && length == day + 4 && text[day] == '-' && is_month(text + day + 1))
        return true;
    return length >= 6 && is_month(text) && text[3] == '-' && skip_digits(text, length, 4) == length;
}

/* Letters, digits, '_' and bytes beyond ASCII. */
#define PLAIN_10 1, 1, 1, 1, 1, 1, 1, 1, 1, 1
#define PLAIN_26 PLAIN_10, PLAIN_10, 1, 1, 1, 1, 1, 1
#define PLAIN_128 PLAIN_26, PLAIN_26, PLAIN_26, PLAIN_26, PLAIN_10, PLAIN_10, 1, 1, 1, 1
static const unsigned char plain[256] = {['0'] = PLAIN_10, ['A'] = PLAIN_26, ['_'] = 1, ['a'] = PLAIN_26, [0x80] = PLAIN_128};

bool id_is_plain(const char *text, size_t length)
{
    unsigned all = 1;
    for (size_t i = 0; i < length; i++)
        all &= plain[(unsigned char)text[i]];
    return all != 0;
}

bool id_is_mangled(const char *text, size_t length)
{
    return is_scientific(text, length) || is_decimal_of_whole(text, length) || is_day_of_month(text, length);
}

bool id_has_strange_character(const char *text, size_t length)
{
    if (length > 0 && strchr("-+./ ", text[0]) != NULL)
        return true;
    for (size_t i = 0; i < length; i++) {
        const char c = text[i];
        const bool fine = is_letter(c) || is_digit(c) || (unsigned char)c >= 0x80 || strchr("_-.:/#+ ", c) != NULL;
        if (!fine || c == '\0' || (c == '.' && i + 1 < length && text[i + 1] == '.'))
            return true;
    }
    return false;
}

/* ---- widths ------------------------------------------------------------------------------------------ */

static bool is_before(const struct id_width *a, size_t file, size_t place)
{
    return a->place != 0 && (a->file < file || (a->file == file && a->place <= place));
}

void id_widths_add(struct id_widths *widths, const char *text, size_t length, size_t file, size_t byte)
{
    if (length == 0 || length > ID_DIGITS_MAX || skip_digits(text, length, 0) != length)
        return;
    struct id_width *const width = &widths->of[length];
    width->n++;
    width->n_padded += text[0] == '0';
    if (!is_before(width, file, byte + 1)) {
        width->file = file;
        width->place = byte + 1;
    }
}

void id_widths_merge(struct id_widths *widths, const struct id_widths *other)
{
    for (size_t i = 0; i <= ID_DIGITS_MAX; i++) {
        struct id_width *const width = &widths->of[i];
        width->n += other->of[i].n;
        width->n_padded += other->of[i].n_padded;
        if (other->of[i].place != 0 && !is_before(width, other->of[i].file, other->of[i].place)) {
            width->file = other->of[i].file;
            width->place = other->of[i].place;
        }
    }
}

int64_t id_widths_short(const struct id_widths *widths, size_t *width, const struct id_width **first)
{
    int64_t n = 0;
    *first = NULL;
    for (*width = ID_DIGITS_MAX; *width > 0 && widths->of[*width].n_padded == 0;)
        --*width;
    for (size_t i = 1; i < *width; i++) {
        const struct id_width *const shorter = &widths->of[i];
        n += shorter->n;
        if (shorter->n > 0 && (*first == NULL || !is_before(*first, shorter->file, shorter->place)))
            *first = shorter;
    }
    return n;
}
