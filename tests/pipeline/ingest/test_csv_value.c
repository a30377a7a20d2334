/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/csv_value.h"

#include <math.h>
#include <string.h>

#include "base/days.h"
#include "tests/support/near.h"

static void check_integer(const char *text, enum csv_value expected, int64_t value)
{
    int64_t got = 2385;
    assert_int_equal(csv_integer(text, strlen(text), &got), expected);
    assert_int_equal(got, expected == CSV_VALUE_GOOD ? value : 2385);
}

static void check_real(const char *text, enum csv_value expected, double value)
{
    double got = 2385;
    assert_int_equal(csv_real(text, strlen(text), &got), expected);
    assert_near(got, expected == CSV_VALUE_GOOD ? value : 2385, 0);
}

static void test_whole_numbers_are_decimal_whatever_zeros_stand_in_front(void **state)
{
    (void)state;
    check_integer("0", CSV_VALUE_GOOD, 0);
    check_integer("-9", CSV_VALUE_GOOD, -9);
    check_integer("034", CSV_VALUE_GOOD, 34);
    check_integer("-0", CSV_VALUE_GOOD, 0);
    check_integer("9223372036854775807", CSV_VALUE_GOOD, INT64_MAX);
    check_integer("-9223372036854775807", CSV_VALUE_GOOD, -INT64_MAX);
}

static void test_what_is_not_a_whole_number_in_full_is_refused(void **state)
{
    static const char *const refused[] = {
        "",     "-",     "+34",   "34.0", "34.5", "3.4E+01", "1e3", "nan", "inf", "0x10",
        "1,000", "34abc", " 34",  "34 ",  "--1",  "1-",      "٣٤",  "NA",  "３４",
    };
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        check_integer(refused[i], CSV_VALUE_NOT_INTEGER, 0);
    check_integer("9223372036854775808", CSV_VALUE_TOO_LARGE, 0);
    check_integer("-9223372036854775808", CSV_VALUE_TOO_LARGE, 0); /* marks a missing integer */
    check_integer("99999999999999999999999999", CSV_VALUE_TOO_LARGE, 0);
}

static void test_real_numbers_have_a_point_and_perhaps_an_exponent(void **state)
{
    (void)state;
    check_real("0.714285714285714", CSV_VALUE_GOOD, 0.714285714285714);
    check_real("-2.385", CSV_VALUE_GOOD, -2.385);
    check_real(".5", CSV_VALUE_GOOD, 0.5);
    check_real("034", CSV_VALUE_GOOD, 34);
    check_real("1e-05", CSV_VALUE_GOOD, 1e-05);
    check_real("1.25E+3", CSV_VALUE_GOOD, 1250);
    double zero = 1;
    assert_int_equal(csv_real("-0.0", 4, &zero), CSV_VALUE_GOOD);
    assert_false(signbit(zero));
}

static void test_what_is_not_a_real_number_in_full_is_refused(void **state)
{
    static const char *const refused[] = {
        "",    "-",    ".",        "5.", "+1.5", "1,5", "1.2.3",   "0x1p3", "nan",  "NAN",
        "inf", "-inf", "infinity", "1e", "1e+",  "e5",  "1.5e2.5", " 1.5",  "1.5 ", "1_000",
    };
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        check_real(refused[i], CSV_VALUE_NOT_REAL, 0);
    check_real("1e400", CSV_VALUE_TOO_LARGE, 0);
    double value;
    assert_int_equal(csv_real("1\0" "5", 3, &value), CSV_VALUE_NOT_REAL);
}

static void test_dates_are_iso_and_exist(void **state)
{
    static const char *const refused[] = {"",           "2/3/2021",   "02-03-2021",          "2021-2-3",   "20210203",
                                          "2021/02/03", "2021-02-3 ", "2021-02-03T00:00:00Z", "44230", "2021-o2-03"};
    static const char *const no_such_day[] = {"2023-02-30", "1900-02-29", "0000-01-01", "2021-13-01", "2021-00-10"};
    int32_t day, expected;
    (void)state;
    assert_int_equal(csv_date("2020-02-29", 10, &day), CSV_VALUE_GOOD);
    assert_int_equal(day_from_civil(2020, 2, 29, &expected), 0);
    assert_int_equal(day, expected);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_int_equal(csv_date(refused[i], strlen(refused[i]), &day), CSV_VALUE_NOT_DATE);
    for (size_t i = 0; i < sizeof no_such_day / sizeof no_such_day[0]; i++)
        assert_int_equal(csv_date(no_such_day[i], 10, &day), CSV_VALUE_NO_SUCH_DAY);
}

static enum csv_value fault(const char *text)
{
    return csv_text_fault(text, strlen(text));
}

static void test_text_is_utf_8_that_neither_steers_nor_hides(void **state)
{
    (void)state;
    assert_int_equal(fault(""), CSV_VALUE_GOOD);
    assert_int_equal(fault("Zürich, «ñ» 日本 😀"), CSV_VALUE_GOOD);
    assert_int_equal(csv_text_fault("AL\0C", 4), CSV_VALUE_NUL);
    assert_int_equal(fault("caf\xe9"), CSV_VALUE_ENCODING);
    assert_int_equal(fault("\xed\xa0\x80"), CSV_VALUE_ENCODING); /* a surrogate */
    assert_int_equal(fault("\xc0\xaf"), CSV_VALUE_ENCODING);     /* an overlong '/' */
    assert_int_equal(fault("tab\tnewline\xff"), CSV_VALUE_ENCODING);
    assert_int_equal(fault("a\nb"), CSV_VALUE_CONTROL);
    assert_int_equal(fault("a\tb"), CSV_VALUE_CONTROL);
    assert_int_equal(fault("\x1b[2J"), CSV_VALUE_CONTROL);
    assert_int_equal(fault("\xc2\x85"), CSV_VALUE_CONTROL);      /* C1: next line */
    assert_int_equal(fault("ALC\xe2\x80\xae"), CSV_VALUE_CONTROL); /* right-to-left override */
    assert_int_equal(fault("IOP\xe2\x80\x8b"), CSV_VALUE_CONTROL); /* zero width space */
}

static void test_spaces_around_a_value_are_seen(void **state)
{
    (void)state;
    assert_int_equal(csv_space_fault("", 0), CSV_VALUE_GOOD);
    assert_int_equal(csv_space_fault("a b", 3), CSV_VALUE_GOOD);
    assert_int_equal(csv_space_fault(" a", 2), CSV_VALUE_SPACE);
    assert_int_equal(csv_space_fault("a ", 2), CSV_VALUE_SPACE);
    assert_int_equal(csv_space_fault(" ", 1), CSV_VALUE_SPACE);
    assert_int_equal(csv_space_fault("a\xc2\xa0", 3), CSV_VALUE_SPACE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_numbers_are_decimal_whatever_zeros_stand_in_front),
        cmocka_unit_test(test_what_is_not_a_whole_number_in_full_is_refused),
        cmocka_unit_test(test_real_numbers_have_a_point_and_perhaps_an_exponent),
        cmocka_unit_test(test_what_is_not_a_real_number_in_full_is_refused),
        cmocka_unit_test(test_dates_are_iso_and_exist),
        cmocka_unit_test(test_text_is_utf_8_that_neither_steers_nor_hides),
        cmocka_unit_test(test_spaces_around_a_value_are_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
