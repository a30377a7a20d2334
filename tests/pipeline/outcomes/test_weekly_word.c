/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/weekly_word.h"

#include <string.h>

#include "tests/support/near.h"

static void assert_made(struct word_span span, const int32_t *positive, size_t n_positive, const int32_t *seen,
                        size_t n_seen, int32_t first_week, const char *expected)
{
    struct weekly_word word;

    assert_int_equal(weekly_word_make(&span, positive, n_positive, seen, n_seen, &word), 0);
    assert_int_equal(word.first_week, first_week);
    assert_int_equal(word.n, strlen(expected));
    assert_memory_equal(word.symbol, expected, word.n);
}

static void test_week_one_is_the_seven_days_after_the_start(void **state)
{
    (void)state;
    assert_int_equal(week_of_day(7, 7), 0);
    assert_int_equal(week_of_day(8, 7), 1);
    assert_int_equal(week_of_day(14, 7), 1);
    assert_int_equal(week_of_day(15, 7), 2);
    assert_int_equal(week_of_day(1, 7), 0);
    assert_int_equal(week_of_day(0, 7), -1);
    assert_int_equal(week_of_day(-30, 7), -5);
    assert_int_equal(week_of_day(-30, -1), -4);
    assert_int_equal(week_of_day(INT32_MAX, INT32_MIN + 1), 613566757);
}

static void test_a_week_is_what_its_days_showed(void **state)
{
    static const int32_t positive[] = {3, 8, 9}, seen[] = {1, 3, 9, 16, 29};

    (void)state; /* week 1: day 1 seen, 3 positive; week 2: 8 and 9 positive; week 3: 16; week 4: none; 29 is outside */
    assert_made((struct word_span){0, 1, 28}, positive, 3, seen, 5, 1, "*+-o");
}

static void test_before_week_one_nothing_was_due(void **state)
{
    static const int32_t positive[] = {-20}, seen[] = {-31, -3, 0, 4};

    (void)state; /* start 0, from day -30: weeks -4 .. 0 */
    assert_made((struct word_span){0, -30, 14}, positive, 1, seen, 4, -4, "__+_--o");
}

static void test_without_seen_days_there_are_no_negatives(void **state)
{
    static const int32_t positive[] = {0, 13};

    (void)state;
    assert_made((struct word_span){-1, 0, 20}, positive, 2, NULL, 0, 1, "++o");
    assert_made((struct word_span){-1, 0, 20}, NULL, 0, NULL, 0, 1, "ooo");
}

static void test_a_span_without_days_has_no_word_and_an_endless_one_is_refused(void **state)
{
    const struct word_span endless = {0, 1, 7 * WORD_WEEKS_MAX + 1}, longest = {0, 1, 7 * WORD_WEEKS_MAX};
    struct weekly_word word;

    (void)state;
    assert_made((struct word_span){0, 1, 0}, NULL, 0, NULL, 0, 1, "");
    assert_int_equal(weekly_word_make(&endless, NULL, 0, NULL, 0, &word), -1);
    assert_int_equal(word.n, 0);
    assert_int_equal(weekly_word_make(&longest, NULL, 0, NULL, 0, &word), 0);
    assert_int_equal(word.n, WORD_WEEKS_MAX);
}

static void test_a_part_stays_within_the_word(void **state)
{
    static const int32_t seen[] = {1, 15};
    const struct word_span span = {0, -6, 21};
    struct weekly_word word;
    size_t n;

    (void)state;
    assert_int_equal(weekly_word_make(&span, NULL, 0, seen, 2, &word), 0); /* _-o- */
    assert_memory_equal(weekly_word_part(&word, 2, 9, &n), "o-", 2);
    assert_int_equal(n, 2);
    assert_memory_equal(weekly_word_part(&word, -9, 0, &n), "_", 1);
    assert_int_equal(n, 1);
    weekly_word_part(&word, 4, 9, &n);
    assert_int_equal(n, 0);
    weekly_word_part(&word, 3, 2, &n);
    assert_int_equal(n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_week_one_is_the_seven_days_after_the_start),
        cmocka_unit_test(test_a_week_is_what_its_days_showed),
        cmocka_unit_test(test_before_week_one_nothing_was_due),
        cmocka_unit_test(test_without_seen_days_there_are_no_negatives),
        cmocka_unit_test(test_a_span_without_days_has_no_word_and_an_endless_one_is_refused),
        cmocka_unit_test(test_a_part_stays_within_the_word),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
