/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Codes of letters and digits in one token: MBI, DEA number, VIN, IBAN, UUID, digests. */
#include "ingest/identifier_cell.h"
#include "ingest/identifier_check.h"

enum { TOKEN_MAX = 65, IBAN_MIN = 15, IBAN_MAX = 34, MBI_SIZE = 11 };

static size_t count_letters(const struct cell *cell, size_t at, size_t n)
{
    size_t n_letters = 0;
    for (size_t i = 0; i < n; i++)
        n_letters += is_letter(cell_at(cell, at + i));
    return n_letters;
}

static bool are_hexadecimal(const struct cell *cell, size_t at, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!is_hexadecimal(cell_at(cell, at + i)))
            return false;
    return true;
}

/* As printed on the card, 4-3-4, or in one. */
static bool detect_mbi(const struct cell *cell, size_t at, size_t n, struct identifier_match *match)
{
    unsigned char bytes[MBI_SIZE];
    size_t n_bytes = 0, i = at;
    const bool dashes = n == 4 && cell_at(cell, at + 4) == '-' && cell_at(cell, at + 8) == '-';
    for (; n_bytes < MBI_SIZE && (n == MBI_SIZE || dashes); i++) {
        if (dashes && (i == at + 4 || i == at + 8))
            continue;
        bytes[n_bytes++] = cell_at(cell, i);
    }
    return n_bytes == MBI_SIZE && check_mbi(bytes) && cell_stands_free(cell, at, i) &&
           cell_found(match, IDENTIFIER_MBI, true, at, i);
}

/*
 * The last four of a VIN are digits.  With that, letters, and the check digit, one 17-letter word in thousands
 * passes by chance; without, one in eleven does.
 */
static bool detect_vin(const struct cell *cell, size_t at, struct identifier_match *match)
{
    enum { VIN_SIZE = 17 };
    if (at + VIN_SIZE > cell->n || !check_vin(cell->bytes + at))
        return false;
    const bool strong = count_letters(cell, at, VIN_SIZE) >= 3 && cell_digits(cell, at + 13, 4) == 4;
    return cell_found(match, IDENTIFIER_VIN, strong, at, at + VIN_SIZE);
}

/* In one, or in groups of four with spaces. */
static bool detect_iban(const struct cell *cell, size_t at, size_t n, struct identifier_match *match)
{
    unsigned char bytes[IBAN_MAX];
    size_t n_bytes = 0, end = at;
    if (n == 4) {
        for (size_t i = at; n_bytes < IBAN_MAX; i++) {
            if (is_alnum(cell_at(cell, i))) {
                bytes[n_bytes++] = cell_at(cell, i);
                end = i + 1;
            } else if (cell_at(cell, i) != ' ' || n_bytes % 4 != 0 || !is_alnum(cell_at(cell, i + 1))) {
                break;
            }
        }
        n = n_bytes;
    } else {
        for (; n_bytes < n && n_bytes < IBAN_MAX; n_bytes++)
            bytes[n_bytes] = cell_at(cell, at + n_bytes);
        end = at + n;
    }
    return n >= IBAN_MIN && n <= IBAN_MAX && is_capital(bytes[0]) && is_capital(bytes[1]) && check_iban(bytes, n) &&
           !is_word(cell_at(cell, end)) && cell_found(match, IDENTIFIER_ACCOUNT, true, at, end);
}

/* 8-4-4-4-12 hexadecimal digits. */
static bool detect_uuid(const struct cell *cell, size_t at, struct identifier_match *match)
{
    static const unsigned char lengths[] = {8, 4, 4, 4, 12};
    size_t end = at;
    for (size_t i = 0; i < sizeof lengths; i++) {
        if (i > 0 && cell_at(cell, end++) != '-')
            return false;
        if (!are_hexadecimal(cell, end, lengths[i]))
            return false;
        end += lengths[i];
    }
    return !is_word(cell_at(cell, end)) && cell_found(match, IDENTIFIER_UNIQUE_CODE, true, at, end);
}

/* MD5, SHA-1 and SHA-256 of something that is hidden, or not: people can be tried one by one. */
static bool detect_digest(const struct cell *cell, size_t at, size_t n, struct identifier_match *match)
{
    const size_t n_letters = count_letters(cell, at, n);
    return (n == 32 || n == 40 || n == 64) && n_letters > 0 && n_letters < n && are_hexadecimal(cell, at, n) &&
           cell_found(match, IDENTIFIER_UNIQUE_CODE, false, at, at + n);
}

bool detect_token(const struct cell *cell, size_t at, struct identifier_match *match)
{
    const size_t n = cell_alnums(cell, at, TOKEN_MAX);
    if (n < TOKEN_MAX && cell_at(cell, at + n) >= 0x80)
        return false;
    if (n == 9)
        return check_dea(cell->bytes + at) && cell_stands_free(cell, at, at + n) &&
               cell_found(match, IDENTIFIER_DEA, false, at, at + n);
    if (n == 17 && detect_vin(cell, at, match))
        return true;
    if (n == 8 && cell_at(cell, at + n) == '-')
        return detect_uuid(cell, at, match);
    if ((n == 4 || n == MBI_SIZE) && detect_mbi(cell, at, n, match))
        return true;
    if ((n == 4 || n >= IBAN_MIN) && detect_iban(cell, at, n, match))
        return true;
    return detect_digest(cell, at, n, match);
}
