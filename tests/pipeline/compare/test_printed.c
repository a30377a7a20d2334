/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "compare/printed.h"
#include "tests/support/near.h"

static void assert_reads(const char *text, double value, int digits, double scale, bool below)
{
    struct printed printed;

    assert_int_equal(printed_read(text, &printed), 0);
    assert_near(printed.value, value, 0);
    assert_int_equal(printed.digits, digits);
    assert_near(printed.scale, scale, 0);
    assert_int_equal(printed.below, below);
}

static void test_numbers_are_read_as_papers_print_them(void **state)
{
    (void)state;
    assert_reads("131.5", 131.5, 1, 1, false);
    assert_reads("-23.8%", -23.8, 1, 100, false);
    assert_reads("+0.2 %", 0.2, 1, 100, false);
    assert_reads("192", 192, 0, 1, false);
    assert_reads("<0.001", 0.001, 3, 1, true);
}

static void test_texts_that_are_no_numbers_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "%", ".5", "5.", "1,000", "1e3", "nan", "inf", "0x1", "12 points", "3%%"};
    struct printed printed;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_equal(printed_read(texts[i], &printed), -1);
}

static void test_a_match_rounds_the_unrounded_number_once(void **state)
{
    (void)state;
    struct printed printed;

    assert_int_equal(printed_read("73%", &printed), 0);
    assert_true(printed_matches(&printed, 386. / 529));   /* 72.968 */
    assert_false(printed_matches(&printed, 0.7249999));   /* 72.49999: by way of 72.5 it would become 73 */
    assert_int_equal(printed_read("-0.0", &printed), 0);
    assert_true(printed_matches(&printed, 0.04));
    assert_false(printed_matches(&printed, NAN));
    assert_int_equal(printed_read("<0.001", &printed), 0);
    assert_true(printed_matches(&printed, 0.0009999));
    assert_false(printed_matches(&printed, 0.001));
}

static void test_halfway_between_two_printable_numbers_both_match(void **state)
{
    (void)state;
    struct printed up, down;

    assert_int_equal(printed_read("56.3%", &up), 0);
    assert_int_equal(printed_read("56.2%", &down), 0);
    assert_true(printed_matches(&up, 36. / 64)); /* 56.25 */
    assert_true(printed_matches(&down, 36. / 64));
    assert_false(printed_matches(&up, 0.56249999));
    assert_false(printed_matches(&down, 0.56250001));
    assert_int_equal(printed_read("8.02763413956484", &up), 0);
    assert_false(printed_matches(&up, 8.027634139564849));
}

static void test_a_tolerance_is_on_the_printed_scale(void **state)
{
    (void)state;
    struct printed printed;

    assert_int_equal(printed_read("74%", &printed), 0);
    assert_true(printed_is_within(&printed, 0.7297, 1.1));
    assert_false(printed_is_within(&printed, 0.7297, 1));
    assert_int_equal(printed_read("<0.05", &printed), 0);
    assert_false(printed_is_within(&printed, 0.05, 1)); /* below is below */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_are_read_as_papers_print_them),
        cmocka_unit_test(test_texts_that_are_no_numbers_are_refused),
        cmocka_unit_test(test_a_match_rounds_the_unrounded_number_once),
        cmocka_unit_test(test_halfway_between_two_printable_numbers_both_match),
        cmocka_unit_test(test_a_tolerance_is_on_the_printed_scale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
