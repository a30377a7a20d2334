/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/id_rules.h"

#include <string.h>

#include "tests/support/near.h"

static void test_traces_of_failed_formulas_are_known(void **state)
{
    static const char *const errors[] = {"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "####", "##"};
    static const char *const others[] = {"", "#", "#1", "#REF", "REF!", "#12 Main", "N/A", "#n/a!"};
    (void)state;
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
        assert_true(id_is_spreadsheet_error(errors[i], strlen(errors[i])));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_false(id_is_spreadsheet_error(others[i], strlen(others[i])));
}

static void test_numbers_and_days_made_of_ids_are_known(void **state)
{
    static const char *const mangled[] = {"1.23457E+11", "1E+11", "9,87654E+15", "1.2e-05", "4711.0", "4711.00",
                                          "2-Mar",       "31-Dec", "Mar-02",     "Oct-2019"};
    static const char *const fine[] = {"",      "C0001", "0007",  "12E5",   "1E5",  "E+11",   "1.5",  "4711.",
                                       "4711.5", "Mar2",  "2-Max", "123-Mar", "Mar-", "March-2", ".0"};
    (void)state;
    for (size_t i = 0; i < sizeof mangled / sizeof mangled[0]; i++)
        assert_true(id_is_mangled(mangled[i], strlen(mangled[i])));
    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++)
        assert_false(id_is_mangled(fine[i], strlen(fine[i])));
}

static void test_characters_that_no_id_has_are_known(void **state)
{
    static const char *const strange[] = {"../../etc/passwd", "/etc/passwd", "a..b",  "=1+1",  "@x",   "-7",  "+7", ".x",
                                          "C:\\x",            "<b>",         "`ls`",  "a|b",   "$x",   "a;b", "a'b", "a\"b",
                                          "x*",               "{x}",         "a\tb", " x"};
    static const char *const fine[] = {"C0001", "2019/123", "a-b_c.d:e", "A#7", "J\xc3\xbcrgen7", "A 12", "7+8"};
    (void)state;
    for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++)
        assert_true(id_has_strange_character(strange[i], strlen(strange[i])));
    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++)
        assert_false(id_has_strange_character(fine[i], strlen(fine[i])));
    assert_true(id_has_strange_character("a\0b", 3));
}

/* All texts of three characters: the quick answer is never wrong. */
static void test_a_plain_id_is_neither_mangled_nor_strange(void **state)
{
    char text[3];
    size_t n_plain = 0;
    (void)state;
    for (uint32_t code = 0; code < 1 << 24; code += 1 + code % 3) {
        text[0] = (char)(code >> 16);
        text[1] = (char)(code >> 8);
        text[2] = (char)code;
        if (!id_is_plain(text, 3))
            continue;
        n_plain++;
        assert_false(id_is_mangled(text, 3) || id_has_strange_character(text, 3));
    }
    assert_true(n_plain > 100000);
    assert_true(id_is_plain("C0001_z", 7) && id_is_plain("J\xc3\xbcrgen7", 8) && id_is_plain("", 0));
    assert_false(id_is_plain("a-b", 3) || id_is_plain("a b", 3) || id_is_plain("a\0b", 3) || id_is_plain("a@", 2));
}

static void test_ids_shorter_than_the_widest_with_a_zero_in_front_are_counted(void **state)
{
    static const char *const ids[] = {"0007", "7", "1234", "12", "C7", "123456", "99"};
    struct id_widths widths = {0}, halves[2];
    const struct id_width *first, *of_both;
    size_t width;
    (void)state;
    memset(halves, 0, sizeof halves);
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        id_widths_add(&widths, ids[i], strlen(ids[i]), 0, i + 2);
        id_widths_add(&halves[i % 2], ids[i], strlen(ids[i]), 0, i + 2);
    }
    assert_int_equal(id_widths_short(&widths, &width, &first), 3);
    assert_int_equal(width, 4);
    assert_int_equal(first->place, 4); /* byte 3 */
    id_widths_merge(&halves[1], &halves[0]);
    assert_int_equal(id_widths_short(&halves[1], &width, &of_both), 3);
    assert_int_equal(of_both->place, 4);
}

static void test_without_a_zero_in_front_widths_may_differ(void **state)
{
    static const char *const ids[] = {"7", "12", "1234", "0", "x0007"};
    struct id_widths widths = {0};
    const struct id_width *first;
    size_t width;
    (void)state;
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
        id_widths_add(&widths, ids[i], strlen(ids[i]), 0, i + 2);
    assert_int_equal(id_widths_short(&widths, &width, &first), 0);
    assert_null(first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_traces_of_failed_formulas_are_known),
        cmocka_unit_test(test_numbers_and_days_made_of_ids_are_known),
        cmocka_unit_test(test_characters_that_no_id_has_are_known),
        cmocka_unit_test(test_a_plain_id_is_neither_mangled_nor_strange),
        cmocka_unit_test(test_ids_shorter_than_the_widest_with_a_zero_in_front_are_counted),
        cmocka_unit_test(test_without_a_zero_in_front_widths_may_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
