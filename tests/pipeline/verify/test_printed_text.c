/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "tests/support/near.h"
#include "verify/printed_text.h"

static struct printed_text read(const char *text)
{
    struct printed_text printed;

    if (printed_text_read(text, strlen(text), &printed) != 0)
        print_error("refused: %s\n", text);
    assert_int_equal(printed_text_read(text, strlen(text), &printed), 0);
    return printed;
}

static void assert_interval(const char *text, double estimate, double low, double high)
{
    const struct printed_text printed = read(text);

    assert_true(printed.estimate.given && printed.low.given && printed.high.given && !printed.events.given);
    assert_near(printed.estimate.value, estimate, 0);
    assert_near(printed.low.value, low, 0);
    assert_near(printed.high.value, high, 0);
}

static void test_intervals_are_read_in_the_styles_of_journals(void **state)
{
    (void)state;
    assert_interval("0.91 (4.50-1.85)", 0.91, 4.50, 1.85);
    assert_interval("1.36 (1.10\xe2\x80\x93" "1.68)", 1.36, 1.10, 1.68);            /* en dash */
    assert_interval("1\xc2\xb7" "36 (1\xc2\xb7" "10 to 1\xc2\xb7" "68)", 1.36, 1.10, 1.68); /* raised points */
    assert_interval("1.36 [1.10, 1.68]", 1.36, 1.10, 1.68);
    assert_interval("1.36; 95% CI: 1.10 to 1.68", 1.36, 1.10, 1.68);
    assert_interval("1.36 (95 % CI 1.10; 1.68)", 1.36, 1.10, 1.68);
    assert_interval("-0.12 (-0.30--0.05)", -0.12, -0.30, -0.05);
    assert_interval("\xe2\x88\x92" "23.8% (\xe2\x88\x92" "24.3% to \xe2\x88\x92" "23.4%)", -23.8, -24.3, -23.4); /* minus */
    assert_interval("1,234 (1,100 to 1,400)", 1234, 1100, 1400);
    assert_interval("1.36* (1.10-1.68)\xe2\x80\xa0", 1.36, 1.10, 1.68); /* footnotes */
}

static void test_counts_and_percentages_are_told_apart_from_estimates(void **state)
{
    (void)state;
    struct printed_text printed = read("184/283 (65%)");

    assert_true(printed.events.given && printed.n.given && printed.percent.given && !printed.estimate.given);
    assert_near(printed.events.value, 184, 0);
    assert_near(printed.n.value, 283, 0);
    assert_near(printed.percent.value, 65, 0);
    printed = read("43,119 (37.7 %)");
    assert_near(printed.events.value, 43119, 0);
    assert_int_equal(printed.percent.digits, 1);
    assert_false(printed.n.given);
    printed = read("72%");
    assert_true(printed.percent.given && !printed.estimate.given && !printed.events.given);
    printed = read("  ");
    assert_false(printed.estimate.given || printed.percent.given || printed.events.given);
}

static void test_other_texts_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"about a third", "1.36 (1.10-1.68", "1.36 (1.10)", "1.36 1.10", "1.36 (1.10-1.68) n",
                                        "()",            "1/2/3",           "1.36 (1.10-)", "\xff",     "1.3.6"};
    struct printed_text printed;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_equal(printed_text_read(texts[i], strlen(texts[i]), &printed), -1);
    char longest[400];
    memset(longest, '1', sizeof longest);
    assert_int_equal(printed_text_read(longest, sizeof longest, &printed), -1);
}

static void test_a_number_stands_for_the_span_it_was_rounded_from(void **state)
{
    (void)state;
    struct printed_number number;

    assert_int_equal(printed_number_read("0.450", 5, &number), 0);
    assert_near(printed_number_span(&number).low, 0.4495, 1e-15);
    assert_near(printed_number_span(&number).high, 0.4505, 1e-15);
    assert_int_equal(printed_number_read("<0.001", 6, &number), 0);
    assert_int_equal(number.relation, '<');
    assert_int_equal(printed_number_read("", 0, &number), 0);
    assert_false(number.given);
    assert_int_equal(printed_number_read("1.2 3", 5, &number), -1);
    static const char *const nothing[] = {" ", "NA", "n/a", "NR", ".", "-", "\xe2\x80\x93"};
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++) {
        assert_int_equal(printed_number_read(nothing[i], strlen(nothing[i]), &number), 0);
        assert_false(number.given);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_intervals_are_read_in_the_styles_of_journals),
        cmocka_unit_test(test_counts_and_percentages_are_told_apart_from_estimates),
        cmocka_unit_test(test_other_texts_are_refused),
        cmocka_unit_test(test_a_number_stands_for_the_span_it_was_rounded_from),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
