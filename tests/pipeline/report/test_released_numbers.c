/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers of a release, rounded and written without printing them first: the same as by printf and strtod. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/release_table.h"
#include "report/shortest_real.h"
#include "tests/support/near.h"

static uint64_t seed = 20261129;

static uint64_t draw(void) /* xorshift64 */
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

/* Of many sizes and signs, some halfway between two numbers of few digits. */
static double draw_number(void)
{
    const double size = pow(10, (double)(draw() % 24) - 12), sign = draw() % 2 == 0 ? 1 : -1;

    if (draw() % 3 == 0)
        return sign * (double)(draw() % 20001) / 2 * size; /* 1234.5 */
    return sign * (double)(draw() % 1000000000) / 1e9 * size;
}

static double digits_by_printing(double value, int digits)
{
    char text[64];

    snprintf(text, sizeof text, "%.*e", digits - 1, value);
    value = strtod(text, NULL);
    return value == 0 ? 0 : value;
}

static void test_digits_are_those_of_printf(void **state)
{
    static const double edges[] = {999.5, 999.4999999999999, 9995, 0.0009995, 1000, 99.95, 9.995, 0.1, 1e-300, 1e300, 2.5, 1.005};

    (void)state;
    for (size_t i = 0; i < 200000 + sizeof edges / sizeof edges[0]; i++) {
        const double value = i < 200000 ? draw_number() : edges[i - 200000];

        for (int digits = 2; digits <= 3; digits++)
            assert_true(released_digits(value, digits) == digits_by_printing(value, digits));
    }
    assert_true(isnan(released_digits(INFINITY, 3)));
    assert_true(released_digits(-0.0, 3) == 0 && !signbit(released_digits(-0.0, 3)));
}

static void shortest_by_printing(double x, char out[static 64])
{
    if (x == floor(x) && fabs(x) < 1e15) {
        snprintf(out, 64, "%.0f", x == 0 ? 0 : x);
        return;
    }
    for (int digits = fabs(x) < DBL_MIN ? 1 : 15; digits <= 17; digits++) {
        snprintf(out, 64, "%.*g", digits, x);
        if (strtod(out, NULL) == x)
            return;
    }
}

static void test_the_shortest_text_is_that_of_printf(void **state)
{
    char text[32], expected[64];

    (void)state;
    for (size_t i = 0; i < 200000; i++) {
        const double number = draw_number(), x = i % 2 == 0 ? number : released_digits(number, 3);

        shortest_real(x, text);
        shortest_by_printing(x, expected);
        assert_string_equal(text, expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_digits_are_those_of_printf),
        cmocka_unit_test(test_the_shortest_text_is_that_of_printf),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
