/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers as text, against printf and strtod. */
#include "report/shortest_real.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/draws.h"
#include "tests/support/near.h"

enum { ROOM = 48 };

/* The fewest of 15 to 17 digits that strtod() reads as x. */
static void print_and_read(double x, char out[static ROOM])
{
    if (x == floor(x) && fabs(x) < 1e15) {
        snprintf(out, ROOM, "%.0f", x == 0 ? 0 : x);
        return;
    }
    for (int digits = fabs(x) < DBL_MIN ? 1 : 15; digits <= 17; digits++) {
        snprintf(out, ROOM, "%.*g", digits, x);
        if (strtod(out, NULL) == x)
            return;
    }
}

static void check(double x)
{
    char ours[32], theirs[ROOM];

    const size_t length = shortest_real(x, ours);
    assert_int_equal(length, strlen(ours));
    print_and_read(x, theirs);
    assert_string_equal(ours, theirs);
}

static void test_numbers_of_every_size_are_written_as_printf_writes_them(void **state)
{
    const long n = getenv("FULL") != NULL ? 2000000 : 60000;
    struct draws draws = {3};

    (void)state;
    for (long i = 0; i < n; i++) {
        const double size = pow(10, 34 * draw_uniform(&draws) - 15), x = draw_uniform(&draws);

        check(size * x);
        check(-x);
        check(round(size * x * 1e5) / 1e5);
        check(ldexp(1 + floor(8 * x) / 8, draw_below(&draws, 90) - 40)); /* near powers of two */
    }
}

static void test_neighbours_of_powers_and_of_short_numbers_keep_their_digits(void **state)
{
    (void)state;
    for (int power = -14; power <= 17; power++)
        for (int lead = 1; lead <= 99; lead++) {
            char text[32];

            snprintf(text, sizeof text, "%de%d", lead, power);
            const double x = strtod(text, NULL);
            check(x);
            check(nextafter(x, 0));
            check(nextafter(x, INFINITY));
        }
    for (int power = -60; power <= 60; power++) {
        const double x = ldexp(1, power);

        check(x);
        check(nextafter(x, 0));
        check(nextafter(x, INFINITY));
        check(ldexp(DBL_MAX, power - 1024));
    }
}

static void test_digits_of_known_numbers(void **state)
{
    static const struct {
        double x;
        const char *text;
    } known[] = {{0, "0"},          {-0.0, "0"},          {90, "90"},
                 {-17, "-17"},      {0.1, "0.1"},         {0.1 + 0.2, "0.30000000000000004"},
                 {1. / 3, "0.3333333333333333"},          {2. / 3, "0.6666666666666666"},
                 {-0.0375, "-0.0375"},                    {1e-5, "1e-05"},
                 {1.5e-7, "1.5e-07"}, {1e15, "1e+15"},    {1e22, "1e+22"},
                 {123456.789012345, "123456.789012345"},  {5e-324, "5e-324"},
                 {DBL_MAX, "1.7976931348623157e+308"},    {999999999999999.9, "999999999999999.9"},
                 {0.99999999999999989, "0.9999999999999999"}};
    char text[32];

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        shortest_real(known[i].x, text);
        assert_string_equal(text, known[i].text);
    }
}

static void test_whole_numbers_keep_their_sign_and_every_digit(void **state)
{
    static const int64_t known[] = {0, 7, -7, 10, -100, 9007199254740993, INT64_MAX, INT64_MIN};
    char ours[32], theirs[32];

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        snprintf(theirs, sizeof theirs, "%" PRId64, known[i]);
        assert_int_equal(shortest_integer(known[i], ours), strlen(theirs));
        assert_string_equal(ours, theirs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_of_every_size_are_written_as_printf_writes_them),
        cmocka_unit_test(test_neighbours_of_powers_and_of_short_numbers_keep_their_digits),
        cmocka_unit_test(test_digits_of_known_numbers),
        cmocka_unit_test(test_whole_numbers_keep_their_sign_and_every_digit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
