/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Check digits against published examples, and against what they are made for: finding one wrong digit. */
#include "ingest/identifier_check.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/near.h"

#define BYTES(text) ((const unsigned char *)(text))

static bool luhn(const unsigned char *digits)
{
    return check_luhn(digits, strlen((const char *)digits));
}

static bool npi(const unsigned char *digits)
{
    return check_npi(digits);
}

static bool gtin(const unsigned char *digits)
{
    return check_gtin(digits);
}

static bool iban(const unsigned char *bytes)
{
    return check_iban(bytes, strlen((const char *)bytes));
}

static bool dea(const unsigned char *bytes)
{
    return check_dea(bytes);
}

/* Changes every digit from place `from` on into every other; all must be refused. */
static void check_finds_a_wrong_digit(bool (*check)(const unsigned char *), const char *good, size_t from)
{
    unsigned char bytes[40];
    const size_t n = strlen(good);
    assert_true(check(BYTES(good)));
    for (size_t i = from; i < n; i++)
        for (unsigned char c = '0'; c <= '9'; c++) {
            memcpy(bytes, good, n + 1);
            if (bytes[i] == c || bytes[i] < '0' || bytes[i] > '9')
                continue;
            bytes[i] = c;
            assert_false(check(bytes));
        }
}

static void test_luhn_finds_a_wrong_digit(void **state)
{
    (void)state;
    check_finds_a_wrong_digit(luhn, "4111111111111111", 0);
    check_finds_a_wrong_digit(luhn, "490154203237518", 0); /* the example of 3GPP TS 23.003 */
    check_finds_a_wrong_digit(luhn, "378282246310005", 0);
    assert_false(check_luhn(BYTES("0"), 1));
    assert_false(check_luhn(BYTES("41111111x1111111"), 16));
}

static void test_npi_is_the_published_example(void **state)
{
    (void)state;
    check_finds_a_wrong_digit(npi, "1234567893", 1); /* CMS, "Requirements for NPI and NPI check digit", 2004 */
    check_finds_a_wrong_digit(npi, "1993999998", 1);
    assert_false(npi(BYTES("3234567890")));
    assert_false(npi(BYTES("12345678a3")));
}

static void test_dea_number_finds_a_wrong_digit(void **state)
{
    (void)state;
    check_finds_a_wrong_digit(dea, "AP5836727", 2 + 6); /* the check digit itself */
    assert_true(dea(BYTES("BB1388568")));
    assert_true(dea(BYTES("f91234563")));
    assert_false(dea(BYTES("IB1388568")));              /* no such registrant */
    assert_false(dea(BYTES("B11388568")));
    assert_false(dea(BYTES("BB138856x")));
}

static void test_vin_is_the_published_example(void **state)
{
    (void)state;
    assert_true(check_vin(BYTES("1M8GDM9AXKP042788")));
    assert_true(check_vin(BYTES("1m8gdm9axkp042788")));
    assert_true(check_vin(BYTES("11111111111111111")));
    assert_true(check_vin(BYTES("5GZCZ43D13S812715")));
    assert_false(check_vin(BYTES("5GZCZ43D23S812715")));
    assert_false(check_vin(BYTES("1M8GDM9A1KP042788")));
    assert_false(check_vin(BYTES("IM8GDM9AXKP042788")));
    assert_false(check_vin(BYTES("1M8GDM9AXKP04278-")));
}

static void test_iban_finds_a_wrong_digit(void **state)
{
    (void)state;
    check_finds_a_wrong_digit(iban, "GB82WEST12345698765432", 2);
    check_finds_a_wrong_digit(iban, "DE89370400440532013000", 2);
    assert_true(iban(BYTES("fr1420041010050500013m02606")));
    assert_false(iban(BYTES("GB82WEST1234"))); /* too short */
    assert_false(iban(BYTES("8282WEST12345698765432")));
    assert_false(iban(BYTES("GBX2WEST12345698765432")));
    assert_false(iban(BYTES("GB82WEST12345-98765432")));
}

static void test_gtin_finds_a_wrong_digit(void **state)
{
    (void)state;
    check_finds_a_wrong_digit(gtin, "00844588003288", 0);
    assert_false(gtin(BYTES("00000000000000")));
    assert_false(gtin(BYTES("0084458800328x")));
}

/* Every area and group with one serial number, against the rule written as a table of what is not given out. */
static void test_social_security_numbers_that_exist(void **state)
{
    (void)state;
    size_t n_good = 0;
    for (unsigned area = 0; area < 1000; area++)
        for (unsigned group = 0; group < 100; group++) {
            char digits[16];
            snprintf(digits, sizeof digits, "%03u%02u0001", area, group);
            n_good += check_ssn(BYTES(digits));
        }
    /* 898 areas of 99 groups (001..899 without 666), and 100 areas with 16 + 19 + 3 + 6 groups of taxpayers */
    assert_int_equal(n_good, 898 * 99 + 100 * (16 + 19 + 3 + 6));
    assert_true(check_ssn(BYTES("123456789")));
    assert_false(check_ssn(BYTES("123450000")));
    assert_false(check_ssn(BYTES("666456789")));
    assert_false(check_ssn(BYTES("12345678x")));
}

/* How many of the 36 letters and digits each of the eleven places takes. */
static void test_medicare_beneficiary_identifiers(void **state)
{
    static const unsigned char taken[11] = {9, 20, 30, 10, 20, 30, 10, 20, 20, 10, 10};
    (void)state;
    for (size_t i = 0; i < 11; i++) {
        unsigned n = 0;
        unsigned char bytes[12] = "1EG4TE5MK73"; /* the example on the card that CMS shows */
        for (const char *c = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"; *c != '\0'; c++) {
            bytes[i] = (unsigned char)*c;
            n += check_mbi(bytes);
        }
        assert_int_equal(n, taken[i]);
    }
    assert_true(check_mbi(BYTES("1eg4te5mk73")));
    assert_false(check_mbi(BYTES("1EG4-E5MK73")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_luhn_finds_a_wrong_digit),
        cmocka_unit_test(test_npi_is_the_published_example),
        cmocka_unit_test(test_dea_number_finds_a_wrong_digit),
        cmocka_unit_test(test_vin_is_the_published_example),
        cmocka_unit_test(test_iban_finds_a_wrong_digit),
        cmocka_unit_test(test_gtin_finds_a_wrong_digit),
        cmocka_unit_test(test_social_security_numbers_that_exist),
        cmocka_unit_test(test_medicare_beneficiary_identifiers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
