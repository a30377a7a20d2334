/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/days.h"

#include <stdbool.h>
#include <string.h>

enum { DAYS_IN_400_YEARS = 146097, DAYS_IN_100_YEARS = 36524, DAYS_IN_4_YEARS = 1461, DAYS_IN_YEAR = 365 };

/* Days before each month of a common year; [12] is the whole year. */
static const int days_before_month[13] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days before the first of a month 1..13 of this year. */
static int days_before(int year, int month)
{
    return days_before_month[month - 1] + (month > 2 && is_leap(year) ? 1 : 0);
}

int day_from_civil(int year, int month, int day_of_month, int32_t *day)
{
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day_of_month < 1)
        return -1;
    const int first = days_before(year, month);
    if (day_of_month > days_before(year, month + 1) - first)
        return -1;
    const int past = year - 1; /* whole years since 0001-01-01 */
    *day = DAY_MIN + past * DAYS_IN_YEAR + past / 4 - past / 100 + past / 400 + first + day_of_month - 1;
    return 0;
}

void day_to_civil(int32_t day, int *year, int *month, int *day_of_month)
{
    int rest = day - DAY_MIN; /* days since 0001-01-01, which begins a cycle of 400 years */
    const int n_400 = rest / DAYS_IN_400_YEARS;
    rest %= DAYS_IN_400_YEARS;
    /* The last day of the 400th (and of every 4th) year belongs to the cycle before, not to a fifth part. */
    const int n_100 = rest / DAYS_IN_100_YEARS < 3 ? rest / DAYS_IN_100_YEARS : 3;
    rest -= n_100 * DAYS_IN_100_YEARS;
    const int n_4 = rest / DAYS_IN_4_YEARS;
    rest %= DAYS_IN_4_YEARS;
    const int n_1 = rest / DAYS_IN_YEAR < 3 ? rest / DAYS_IN_YEAR : 3;
    rest -= n_1 * DAYS_IN_YEAR;
    *year = 400 * n_400 + 100 * n_100 + 4 * n_4 + n_1 + 1;
    *month = 1;
    while (rest >= days_before(*year, *month + 1))
        ++*month;
    *day_of_month = rest - days_before(*year, *month) + 1;
}

/* n decimal digits as a number, or -1: no signs, no blanks, no locale. */
static int digits(const char *text, size_t n)
{
    int value = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = 10 * value + (text[i] - '0');
    }
    return value;
}

int day_from_iso(const char *text, size_t length, int32_t *day)
{
    if (length != ISO_DATE_SIZE - 1 || text[4] != '-' || text[7] != '-')
        return -1;
    return day_from_civil(digits(text, 4), digits(text + 5, 2), digits(text + 8, 2), day);
}

static void put_digits(char *out, size_t n, int value)
{
    while (n-- > 0) {
        out[n] = (char)('0' + value % 10);
        value /= 10;
    }
}

void day_to_iso(int32_t day, char out[static ISO_DATE_SIZE])
{
    memcpy(out, "?\?\?\?-?\?-?\?", ISO_DATE_SIZE); /* backslashes: "??-" is a trigraph to some compilers */
    if (day < DAY_MIN || day > DAY_MAX)
        return;
    int year, month, day_of_month;
    day_to_civil(day, &year, &month, &day_of_month);
    put_digits(out, 4, year);
    put_digits(out + 5, 2, month);
    put_digits(out + 8, 2, day_of_month);
}
