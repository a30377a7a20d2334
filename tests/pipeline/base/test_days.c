/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/days.h"
#include "tests/support/near.h"

#include <stdio.h>
#include <string.h>

static int32_t day_of(int year, int month, int day_of_month)
{
    int32_t day = INT32_MIN;
    assert_int_equal(day_from_civil(year, month, day_of_month, &day), 0);
    return day;
}

static void test_known_days_have_known_numbers(void **state)
{
    (void)state;
    assert_int_equal(day_of(1970, 1, 1), 0);
    assert_int_equal(day_of(1969, 12, 31), -1);
    assert_int_equal(day_of(1, 1, 1), DAY_MIN);
    assert_int_equal(day_of(9999, 12, 31), DAY_MAX);
    assert_int_equal(day_of(2000, 3, 1), 11017);     /* R: as.integer(as.Date("2000-03-01")) */
    assert_int_equal(day_of(1858, 11, 17), -40587);  /* modified Julian day 0 */
    assert_int_equal(day_of(1582, 10, 15), -141427); /* modified Julian day -100840 */
    assert_int_equal(day_of(2038, 1, 19), 24855);    /* 2^31 seconds, whole days */
}

/* Independent of the closed formula: count on from day to day, by the rule of the calendar alone. */
static void test_every_day_of_1600_to_2400_goes_both_ways(void **state)
{
    (void)state;
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int32_t expected = day_of(1600, 1, 1);
    assert_int_equal(expected, -135140);
    for (int year = 1600; year <= 2400; year++) {
        const int leap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
        for (int month = 1; month <= 12; month++) {
            const int n_days = lengths[month - 1] + (month == 2 && leap);
            for (int d = 1; d <= n_days; d++, expected++) {
                char text[ISO_DATE_SIZE], meant[64];
                int32_t day;
                int y, m, dom;
                snprintf(meant, sizeof meant, "%04d-%02d-%02d", year, month, d);
                assert_int_equal(day_from_civil(year, month, d, &day), 0);
                assert_int_equal(day, expected);
                day_to_civil(day, &y, &m, &dom);
                assert_true(y == year && m == month && dom == d);
                day_to_iso(day, text);
                assert_string_equal(text, meant);
                assert_int_equal(day_from_iso(text, strlen(text), &day), 0);
                assert_int_equal(day, expected);
            }
            int32_t day;
            assert_int_equal(day_from_civil(year, month, n_days + 1, &day), -1);
        }
    }
}

static void test_both_ends_of_the_calendar_go_both_ways(void **state)
{
    (void)state;
    static const int32_t starts[] = {DAY_MIN, DAY_MAX - 3000};
    for (size_t i = 0; i < 2; i++) {
        for (int32_t day = starts[i]; day <= starts[i] + 3000; day++) {
            int y, m, d;
            day_to_civil(day, &y, &m, &d);
            assert_int_equal(day_of(y, m, d), day);
        }
    }
}

static void test_leap_years_follow_the_gregorian_rule(void **state)
{
    (void)state;
    static const struct {
        int year;
        int leap;
    } cases[] = {{4, 1},    {1600, 1}, {1700, 0}, {1900, 0}, {1999, 0},
                 {2000, 1}, {2004, 1}, {2023, 0}, {2100, 0}, {2400, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int32_t day;
        assert_int_equal(day_from_civil(cases[i].year, 2, 29, &day), cases[i].leap ? 0 : -1);
        assert_int_equal(day_of(cases[i].year, 3, 1) - day_of(cases[i].year, 2, 28), cases[i].leap ? 2 : 1);
    }
}

static void test_days_that_do_not_exist_are_refused(void **state)
{
    (void)state;
    static const int cases[][3] = {{2023, 2, 29}, {2023, 2, 30}, {2023, 4, 31}, {2023, 13, 1},
                                   {2023, 0, 1},  {2023, 1, 0},  {2023, 1, 32}, {0, 1, 1},
                                   {-1, 1, 1},    {10000, 1, 1}, {2023, -1, 1}, {2023, 1, -1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int32_t day = 77;
        assert_int_equal(day_from_civil(cases[i][0], cases[i][1], cases[i][2], &day), -1);
        assert_int_equal(day, 77);
    }
}

static void test_texts_that_are_not_iso_dates_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",           "2023-02-30",  "1900-02-29", "0000-01-01", " 2020-01-01", "2020-01-01 ", "2020-1-1",
        "2020-01-1",
        "20200101",   "2020/01/01",  "01-01-2020", "2020-01-0x", "-020-01-01",  "+020-01-01",  "2020--1-01",
        "2020-01-+1", "2020-00-10",  "2020-10-00", "2020-13-01", "20200-1-01",  "2020-01-010", "12020-01-01",
        "2020-01-01T", "NA",         "2020-1 -01", "2020- 1-01", "2\xd9\xa2 0-01-0", "2020-01-01\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int32_t day = 77;
        if (day_from_iso(texts[i], strlen(texts[i]), &day) != -1)
            fail_msg("'%s' was taken for a date", texts[i]);
        assert_int_equal(day, 77);
    }
    int32_t day = 77;
    assert_int_equal(day_from_iso("2020-01-01", 9, &day), -1);
    assert_int_equal(day_from_iso("2020\0-01-01", 10, &day), -1);
    assert_int_equal(day_from_iso("2020-01-01garbage", 10, &day), 0); /* the length counts, not a NUL */
    assert_int_equal(day, 18262);
}

static void test_a_day_out_of_range_is_shown_as_question_marks(void **state)
{
    (void)state;
    static const int32_t days[] = {DAY_MIN - 1, DAY_MAX + 1, INT32_MIN, INT32_MAX};
    for (size_t i = 0; i < 4; i++) {
        char text[ISO_DATE_SIZE];
        day_to_iso(days[i], text);
        assert_string_equal(text, "?\?\?\?-?\?-?\?");
    }
    char text[ISO_DATE_SIZE];
    day_to_iso(DAY_MIN, text);
    assert_string_equal(text, "0001-01-01");
    day_to_iso(DAY_MAX, text);
    assert_string_equal(text, "9999-12-31");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_days_have_known_numbers),
        cmocka_unit_test(test_every_day_of_1600_to_2400_goes_both_ways),
        cmocka_unit_test(test_both_ends_of_the_calendar_go_both_ways),
        cmocka_unit_test(test_leap_years_follow_the_gregorian_rule),
        cmocka_unit_test(test_days_that_do_not_exist_are_refused),
        cmocka_unit_test(test_texts_that_are_not_iso_dates_are_refused),
        cmocka_unit_test(test_a_day_out_of_range_is_shown_as_question_marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
