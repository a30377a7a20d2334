/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers as people read them, safe labels, widths, ticks. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/axis.h"
#include "report/safe_text.h"
#include "report/shortest_real.h"
#include "report/text_width.h"
#include "report/words.h"
#include "tests/support/near.h"

static int setup(void **state)
{
    return (*state = pool_alloc()) == NULL;
}

static int teardown(void **state)
{
    pool_free(*state);
    return 0;
}

static void test_counts_have_thousands(void **state)
{
    assert_string_equal(words_count(*state, 957491), "957,491");
    assert_string_equal(words_count(*state, 0), "0");
    assert_string_equal(words_count(*state, 999), "999");
    assert_string_equal(words_count(*state, 1000), "1,000");
    assert_string_equal(words_count(*state, 1234567890), "1,234,567,890");
    assert_string_equal(words_count(*state, MISSING_INTEGER), WORDS_NOTHING);
}

static void test_points_have_one_decimal_and_a_true_minus(void **state)
{
    assert_string_equal(words_bare(*state, SCALE_POINTS, -0.2634), WORDS_MINUS "26.3");
    assert_string_equal(words_value(*state, SCALE_POINTS, 0.121, ""), "12.1 points");
    assert_string_equal(words_interval(*state, SCALE_POINTS, -0.335, -0.188),
                        WORDS_MINUS "33.5 to " WORDS_MINUS "18.8");
    assert_string_equal(words_bare(*state, SCALE_POINTS, -0.0001), "0.0"); /* what rounds to zero has no sign */
    assert_string_equal(words_value(*state, SCALE_DAYS, 131.5, "days"), "131.5 days");
    assert_string_equal(words_value(*state, SCALE_RATIO, 0.367, ""), "0.37");
}

static void test_no_number_is_never_nan(void **state)
{
    assert_string_equal(words_bare(*state, SCALE_PERCENT, NAN), WORDS_NOTHING);
    assert_string_equal(words_fixed(*state, INFINITY, 1), WORDS_NOTHING);
    assert_string_equal(words_p(*state, NAN), WORDS_NOTHING);
    assert_string_equal(words_day(*state, NAN), WORDS_NOTHING);
    assert_string_equal(words_interval(*state, SCALE_RATIO, NAN, 2), WORDS_NOTHING);
}

static void test_small_p_values_are_told_as_bounds(void **state)
{
    assert_string_equal(words_p(*state, 1e-300), "< 0.001");
    assert_string_equal(words_p(*state, 0.00099), "< 0.001");
    assert_string_equal(words_p(*state, 0.0123), "0.012");
    assert_string_equal(words_p(*state, 0.423), "0.42");
    assert_string_equal(words_p(*state, 0.9999), "> 0.99");
}

static void test_terminals_get_plain_signs(void **state)
{
    assert_string_equal(words_ascii(*state, WORDS_MINUS "26.3 \xe2\x80\x93 95\xc2\xa0%"), "-26.3 - 95 %");
    assert_string_equal(words_ascii(*state, "a\x1b[2J\xe2\x80\xae"
                                            "b"),
                        "a [2Jb");
}

static void test_names_become_parts_of_file_names(void **state)
{
    assert_string_equal(words_slug(*state, "Curves ../../etc/passwd $(id)"), "curves-etc-passwd-id");
    assert_string_equal(words_slug(*state, "\xc3\xbc"), "x");
    assert_true(strlen(words_slug(*state, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                                          "aaaa")) <= 60);
}

static void test_safe_text_keeps_letters_and_drops_what_steers(void **state)
{
    char *safe = safe_text("\xc3\xbc\t\x01\xff\xe2\x81\xa6<b>");

    (void)state;
    assert_string_equal(safe, "\xc3\xbc  ?<b>");
    free(safe);
}

static void test_long_labels_are_cut_with_an_ellipsis_that_fits(void **state)
{
    char text[201];

    memset(text, 'm', 200);
    text[200] = '\0';
    for (double room = 10; room < 100; room += 7.3) {
        const char *cut = text_shortened(*state, text, 8, false, room);

        assert_true(text_width(cut, 8, false) <= room);
        assert_non_null(strstr(cut, "\xe2\x80\xa6"));
    }
    assert_ptr_equal(text_shortened(*state, "iop", 8, false, 30), "iop");
    assert_near(text_width("0", 72, false), 25.4 * 0.636, 1e-12); /* the width in the font's own table */
}

static void test_lines_break_at_blanks_and_always_advance(void **state)
{
    const char *text = "left out because of a missing value";
    size_t length = text_line_length(text, 8, false, 30);

    (void)state;
    assert_true(length > 0 && text[length] == ' ');
    assert_int_equal(text_line_length("mmmm", 8, false, 0.1), 1);
    assert_int_equal(text_line_length("", 8, false, 10), 0);
}

static void test_ticks_stand_at_numbers_people_choose(void **state)
{
    double ticks[6];

    (void)state;
    assert_near(axis_time_step(575, 10, true), 60, 0);
    assert_near(axis_time_step(180, 6, true), 30, 0);
    assert_near(axis_time_step(24, 6, false), 5, 0);
    assert_near(axis_step(68, 7), 10, 1e-12);
    assert_near(axis_step(0.3, 6), 0.05, 1e-12);
    assert_int_equal(axis_log_ticks(0.3, 4, ticks, 6), 3);
    assert_near(ticks[0], 0.5, 1e-12);
    assert_near(ticks[2], 2, 1e-12);
    for (double high = 1.01; high < 1e6; high *= 1.7)
        assert_true(axis_log_ticks(1 / high, high, ticks, 6) >= 1);
}

static void test_reals_in_csv_read_back_as_the_same_number(void **state)
{
    static const double numbers[] = {0.1, 1. / 3, 90, 2.41e4, -0.26342130954, 1e-300, 6.02e23, 1e15, 0};
    char text[32];

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        shortest_real(numbers[i], text);
        assert_true(strtod(text, NULL) == numbers[i]);
    }
    shortest_real(90, text);
    assert_string_equal(text, "90");
    shortest_real(0.1, text);
    assert_string_equal(text, "0.1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts_have_thousands),
        cmocka_unit_test(test_points_have_one_decimal_and_a_true_minus),
        cmocka_unit_test(test_no_number_is_never_nan),
        cmocka_unit_test(test_small_p_values_are_told_as_bounds),
        cmocka_unit_test(test_terminals_get_plain_signs),
        cmocka_unit_test(test_names_become_parts_of_file_names),
        cmocka_unit_test(test_safe_text_keeps_letters_and_drops_what_steers),
        cmocka_unit_test(test_long_labels_are_cut_with_an_ellipsis_that_fits),
        cmocka_unit_test(test_lines_break_at_blanks_and_always_advance),
        cmocka_unit_test(test_ticks_stand_at_numbers_people_choose),
        cmocka_unit_test(test_reals_in_csv_read_back_as_the_same_number),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
