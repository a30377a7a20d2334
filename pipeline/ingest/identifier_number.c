/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers that their length, parts and check digits give away: SSN, HICN, NPI, payment cards, IMEI, VIN, UDI. */
#include <string.h>

#include "ingest/identifier_cell.h"
#include "ingest/identifier_check.h"

enum { DIGITS_MAX = 20, DIGITS_IN_PARTS_MAX = 20 };

/*
 * Reads parts of given lengths with one and the same separator between them, dash or space, and gathers their
 * digits.  Returns the place after them, 0 when they are not there.
 */
static size_t read_parts(const struct cell *cell, size_t at, const unsigned char *lengths, size_t n_parts,
                         unsigned char digits[static DIGITS_IN_PARTS_MAX])
{
    const unsigned char separator = cell_at(cell, at + lengths[0]);
    if (separator != '-' && separator != ' ')
        return 0;
    for (size_t i = 0; i < n_parts; i++) {
        if (i > 0 && cell_at(cell, at++) != separator)
            return 0;
        for (size_t j = 0; j < lengths[i]; j++, at++) {
            if (!is_digit(cell_at(cell, at)))
                return 0;
            *digits++ = cell_at(cell, at);
        }
    }
    return at;
}

/* A HICN is the number of the one who earned the claim and a code for the claimant: A, B1, C3, D, ... */
static size_t read_claimant(const struct cell *cell, size_t at)
{
    const unsigned char c = to_capital(cell_at(cell, at));
    if (c == 0 || strchr("ABCDEFJKMTW", c) == NULL)
        return 0;
    const size_t end = at + 1 + is_alnum(cell_at(cell, at + 1));
    return is_word(cell_at(cell, end)) ? 0 : end;
}

static bool detect_ssn(const struct cell *cell, size_t at, struct identifier_match *match)
{
    static const unsigned char parts[] = {3, 2, 4};
    unsigned char digits[DIGITS_IN_PARTS_MAX];
    const size_t end = read_parts(cell, at, parts, 3, digits);
    if (end == 0 || !check_ssn(digits))
        return false;
    const size_t claimant = read_claimant(cell, end);
    if (claimant != 0 && cell_stands_free(cell, at, claimant))
        return cell_found(match, IDENTIFIER_HICN, true, at, claimant);
    return cell_stands_free(cell, at, end) && !(cell_at(cell, at + 3) == ' ' && cell_is_in_list(cell, at, end)) &&
           cell_found(match, IDENTIFIER_SSN, true, at, end);
}

/* 12-123456-123456-1 with Luhn's digit: mobile equipment; 4-4-4-4: payment cards; 4-6-5: those of one issuer. */
static bool detect_parts(const struct cell *cell, size_t at, struct identifier_match *match)
{
    static const struct {
        unsigned char lengths[4], n_parts, n_digits;
        enum identifier_kind kind;
    } forms[] = {{{2, 6, 6, 1}, 4, 15, IDENTIFIER_IMEI},
                 {{4, 4, 4, 4}, 4, 16, IDENTIFIER_CARD},
                 {{4, 6, 5}, 3, 15, IDENTIFIER_CARD}};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        unsigned char digits[DIGITS_IN_PARTS_MAX];
        const size_t end = read_parts(cell, at, forms[i].lengths, forms[i].n_parts, digits);
        if (end == 0 || !check_luhn(digits, forms[i].n_digits) || !cell_stands_free(cell, at, end))
            continue;
        if (forms[i].kind == IDENTIFIER_IMEI || (digits[0] >= '3' && digits[0] <= '6'))
            return cell_found(match, forms[i].kind, true, at, end);
    }
    return false;
}

static bool is_card(const unsigned char *digits, size_t n)
{
    return n >= 14 && n <= 19 && n != 17 && digits[0] >= '3' && digits[0] <= '6' && check_luhn(digits, n);
}

/* A run of digits without parts: chance alone gives one in ten the right check digit, so all are weak. */
static enum identifier_kind kind_of_run(const struct cell *cell, const unsigned char *digits, size_t n)
{
    const bool starts_with_amex = digits[0] == '3' && n == 15 && (digits[1] == '4' || digits[1] == '7');
    if (n == 9 && (cell->hints & IDENTIFIER_HINT_NUMBER) != 0 && check_ssn(digits))
        return IDENTIFIER_SSN;
    if (n == 10 && check_npi(digits))
        return IDENTIFIER_NPI;
    if (n == 15 && !starts_with_amex && digits[0] != '0' && check_luhn(digits, n))
        return IDENTIFIER_IMEI;
    if (is_card(digits, n))
        return IDENTIFIER_CARD;
    if (n == 17 && check_vin(digits))
        return IDENTIFIER_VIN;
    return IDENTIFIER_NONE;
}

static bool detect_run(const struct cell *cell, size_t at, size_t n, struct identifier_match *match)
{
    const unsigned char *const digits = cell->bytes + at;
    const unsigned char before = cell_before(cell, at, 1);
    if (is_word(before))
        return false;
    const size_t claimant = n == 9 && check_ssn(digits) ? read_claimant(cell, at + n) : 0;
    if (claimant != 0)
        return cell_found(match, IDENTIFIER_HICN, false, at, claimant);
    if (!cell_stands_free(cell, at, at + n))
        return false;
    const enum identifier_kind kind = kind_of_run(cell, digits, n);
    return kind != IDENTIFIER_NONE && cell_found(match, kind, false, at, at + n);
}

bool detect_number(const struct cell *cell, size_t at, struct identifier_match *match)
{
    const size_t n = cell_digits(cell, at, DIGITS_MAX);
    if (n == 3)
        return detect_ssn(cell, at, match);
    if (n == 2 || n == 4)
        return detect_parts(cell, at, match);
    return n >= 9 && n < DIGITS_MAX && detect_run(cell, at, n, match);
}

/* "(01)" and a GTIN-14 start the number of a device; further parts in parentheses follow. */
bool detect_udi(const struct cell *cell, size_t at, struct identifier_match *match)
{
    enum { UDI_MAX = 128 };
    size_t end = at + 4 + 14;
    if (!cell_reads(cell, at, "(01)") || end > cell->n || !check_gtin(cell->bytes + at + 4) ||
        is_digit(cell_at(cell, end)))
        return false;
    while (end - at < UDI_MAX && (is_alnum(cell_at(cell, end)) || cell_at(cell, end) == '(' ||
                                  cell_at(cell, end) == ')' || cell_at(cell, end) == '-'))
        end++;
    return cell_found(match, IDENTIFIER_DEVICE, true, at, end);
}
