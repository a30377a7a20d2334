/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/identifier_check.h"

#include <string.h>

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static unsigned char capital(unsigned char c)
{
    return c >= 'a' && c <= 'z' ? (unsigned char)(c - 'a' + 'A') : c;
}

static bool is_letter(unsigned char c)
{
    return capital(c) >= 'A' && capital(c) <= 'Z';
}

static bool are_digits(const unsigned char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!is_digit(bytes[i]))
            return false;
    return true;
}

/* Sum of Luhn's digits; every second one, counted from the right without the check digit, is doubled. */
static unsigned luhn_sum(const unsigned char *digits, size_t n)
{
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++) {
        const unsigned digit = digits[n - 1 - i] - (unsigned)'0';
        const unsigned doubled = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
        sum += i % 2 == 1 ? doubled : digit;
    }
    return sum;
}

bool check_luhn(const unsigned char *digits, size_t n)
{
    return n > 1 && are_digits(digits, n) && luhn_sum(digits, n) % 10 == 0;
}

bool check_npi(const unsigned char digits[static 10])
{
    enum { SUM_OF_80840 = 24 }; /* 8 0 8 4 0 in front of ten digits: 7 + 0 + 7 ... = 24 */
    return are_digits(digits, 10) && (digits[0] == '1' || digits[0] == '2') &&
           (luhn_sum(digits, 10) + SUM_OF_80840) % 10 == 0;
}

bool check_dea(const unsigned char bytes[static 9])
{
    static const char given_out[] = "ABCDEFGHJKLMPRSTUX";
    if (!is_letter(bytes[0]) || strchr(given_out, capital(bytes[0])) == NULL ||
        (!is_letter(bytes[1]) && bytes[1] != '9') || !are_digits(bytes + 2, 7))
        return false;
    unsigned sum = 0;
    for (size_t i = 0; i < 6; i++)
        sum += (bytes[2 + i] - (unsigned)'0') * (i % 2 == 1 ? 2 : 1);
    return sum % 10 == bytes[8] - (unsigned)'0';
}

/* Value of a letter or digit in a VIN; -1 for I, O, Q and all else. */
static int vin_value(unsigned char c)
{
    static const signed char letters[26] = {1, 2, 3, 4, 5, 6, 7, 8, -1, 1, 2, 3, 4,
                                            5, -1, 7, -1, 9, 2, 3, 4, 5, 6, 7, 8, 9};
    if (is_digit(c))
        return c - '0';
    return is_letter(c) ? letters[capital(c) - 'A'] : -1;
}

bool check_vin(const unsigned char bytes[static 17])
{
    static const unsigned char weights[17] = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
    int sum = 0;
    for (size_t i = 0; i < 17; i++) {
        const int value = vin_value(bytes[i]);
        if (value < 0)
            return false;
        sum += value * weights[i];
    }
    return capital(bytes[8]) == (sum % 11 == 10 ? 'X' : '0' + sum % 11);
}

bool check_iban(const unsigned char *bytes, size_t n)
{
    unsigned rest = 0;
    if (n < 15 || n > 34 || !is_letter(bytes[0]) || !is_letter(bytes[1]) || !are_digits(bytes + 2, 2))
        return false;
    for (size_t i = 0; i < n; i++) {
        const unsigned char c = capital(bytes[(i + 4) % n]);
        if (is_digit(c))
            rest = (rest * 10 + (c - (unsigned)'0')) % 97;
        else if (is_letter(c))
            rest = (rest * 100 + (c - (unsigned)'A' + 10)) % 97;
        else
            return false;
    }
    return rest == 1;
}

bool check_gtin(const unsigned char digits[static 14])
{
    unsigned sum = 0;
    if (!are_digits(digits, 14))
        return false;
    for (size_t i = 0; i < 14; i++)
        sum += (digits[i] - (unsigned)'0') * (i % 2 == 0 ? 3 : 1);
    return sum % 10 == 0 && memcmp(digits, "00000000000000", 14) != 0;
}

static unsigned number_of(const unsigned char *digits, size_t n)
{
    unsigned number = 0;
    for (size_t i = 0; i < n; i++)
        number = number * 10 + (digits[i] - (unsigned)'0');
    return number;
}

bool check_ssn(const unsigned char digits[static 9])
{
    if (!are_digits(digits, 9))
        return false;
    const unsigned area = number_of(digits, 3), group = number_of(digits + 3, 2), serial = number_of(digits + 5, 4);
    if (area == 0 || area == 666 || group == 0 || serial == 0)
        return false;
    return area < 900 || (group >= 50 && group <= 65) || (group >= 70 && group <= 88) ||
           (group >= 90 && group != 93);
}

bool check_mbi(const unsigned char bytes[static 11])
{
    static const char form[] = "CAXNAXNAANN"; /* X: a letter or a digit */
    for (size_t i = 0; i < 11; i++) {
        const unsigned char c = capital(bytes[i]);
        const bool digit = is_digit(c), letter = is_letter(c) && strchr("SLOIBZ", c) == NULL;
        if (!(form[i] == 'C' ? digit && c != '0' : form[i] == 'N' ? digit : form[i] == 'A' ? letter : digit || letter))
            return false;
    }
    return true;
}
