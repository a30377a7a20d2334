/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * identifier_check.h - check digits of identifiers.
 *
 * All take the bytes without separators and may read exactly `n` (or the fixed number) of them; bytes that the
 * format does not allow give false.
 */
#ifndef INGEST_IDENTIFIER_CHECK_H
#define INGEST_IDENTIFIER_CHECK_H

#include <stdbool.h>
#include <stddef.h>

/** n digits whose last is the check digit of ISO/IEC 7812-1 (Luhn 1960), as payment cards and IMEIs have. */
bool check_luhn(const unsigned char *digits, size_t n);

/** Ten digits, the first 1 or 2: Luhn over 80840 and the ten (45 CFR 162.406). */
bool check_npi(const unsigned char digits[static 10]);

/**
 * DEA number: two letters (the second may be 9) and seven digits; (d1 + d3 + d5) + 2 (d2 + d4 + d6) ends with d7.
 * The first letter must be one that is given out.
 */
bool check_dea(const unsigned char bytes[static 9]);

/** 17 letters and digits without I, O, Q; the ninth is the weighted sum mod 11, 10 written X (49 CFR 565.15). */
bool check_vin(const unsigned char bytes[static 17]);

/** IBAN: letters and digits, n from 15 to 34; the first four moved to the end, mod 97 = 1 (ISO 13616). */
bool check_iban(const unsigned char *bytes, size_t n);

/** GTIN-14: weights 3 and 1 in turn, the sum a multiple of 10 (GS1). */
bool check_gtin(const unsigned char digits[static 14]);

/**
 * Nine digits of a social security number: area not 000, 666, 900..999; group not 00; serial not 0000; or a
 * taxpayer number: 900..999 with group 50..65, 70..88, 90..92, 94..99.
 */
bool check_ssn(const unsigned char digits[static 9]);

/** Eleven letters and digits as CMS gives them out: C A AN N A AN N A A N N; C is 1..9, A no S, L, O, I, B, Z. */
bool check_mbi(const unsigned char bytes[static 11]);

#endif
