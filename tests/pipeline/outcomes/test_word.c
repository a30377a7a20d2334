/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The primitives of weekly words, by hand. */
#include "outcomes/definition.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/near.h"
#include "tests/support/scratch.h"

/* ---- words ------------------------------------------------------------------------------------------------ */

static struct word word_of(const char *text)
{
    struct word word;
    size_t at;

    assert_int_equal(word_parse(text, strlen(text), &word, &at), WORD_GOOD);
    return word;
}

static void assert_word(const struct word *word, const char *text)
{
    char found[WORD_WEEKS_MAX + 1] = "";

    for (size_t i = 0; i < word->n; i++)
        found[i] = week_symbol(word->week[i]);
    assert_string_equal(found, text);
}

static void test_a_word_knows_its_weeks_and_the_first_and_last_seen(void **state)
{
    const struct word word = word_of("o_-o+*o_");
    const struct word none = word_of("oo_");

    (void)state;
    assert_int_equal(word.n, 8);
    assert_int_equal(word.first_seen, 3);
    assert_int_equal(word.last_seen, 6);
    assert_int_equal(none.first_seen, 0);
    assert_int_equal(none.last_seen, 0);
    assert_word(&word, "o_-o+*o_");
}

static void test_other_symbols_and_endless_words_are_no_words(void **state)
{
    char endless[WORD_WEEKS_MAX + 2];
    struct word word;
    size_t at = 99;

    (void)state;
    assert_int_equal(word_parse("-+O", 3, &word, &at), WORD_NO_SYMBOL);
    assert_int_equal(at, 2);
    assert_int_equal(word_parse("'-+", 3, &word, &at), WORD_NO_SYMBOL);
    assert_int_equal(at, 0);
    memset(endless, '-', sizeof endless);
    assert_int_equal(word_parse(endless, WORD_WEEKS_MAX + 1, &word, &at), WORD_TOO_LONG);
    assert_int_equal(word_parse(endless, WORD_WEEKS_MAX, &word, &at), WORD_GOOD);
    assert_int_equal(word_parse("", 0, &word, &at), WORD_GOOD);
    assert_int_equal(word.n, 0);
}

static void test_an_isolated_missing_week_takes_the_mean_of_its_neighbours(void **state)
{
    /* mean of - and + is mixed; - and *: a quarter, a tie, goes to mixed; + and *: to positive; two missing stay */
    struct word word = word_of("-o-o+o*o-o*o*oo-o");

    (void)state;
    word_fill(&word, FILL_NEIGHBOURS);
    assert_word(&word, "---*++**-****oo-o");
}

static void test_missing_weeks_take_the_persons_most_frequent_result(void **state)
{
    struct word negative = word_of("--+oo_-"), tie = word_of("--+*o"), none = word_of("oo");

    (void)state;
    word_fill(&negative, FILL_MODE);
    word_fill(&tie, FILL_MODE);
    word_fill(&none, FILL_MODE);
    assert_word(&negative, "--+----");
    assert_word(&tie, "--+*+");
    assert_word(&none, "++");
}

static void test_the_last_seen_week_is_carried_forward(void **state)
{
    struct word word = word_of("oo-oo*o");

    (void)state;
    word_fill(&word, FILL_LAST);
    assert_word(&word, "oo---**");
}

static void test_unseen_weeks_take_the_week_before(void **state)
{
    static const uint16_t unseen[] = {2, 4, 9};
    struct word word = word_of("-++o+");

    (void)state;
    word_copy_unseen(&word, unseen, 3);
    assert_word(&word, "--+++");
}

static void test_deleted_weeks_leave_the_others_in_their_order(void **state)
{
    struct word word = word_of("o-_+oo*");

    (void)state;
    word_delete_missing(&word);
    assert_word(&word, "-+*");
}

static void test_windows_count_from_either_end_and_stop_at_the_word(void **state)
{
    const struct word word = word_of("-+-+-+-+-+");
    const struct {
        struct week_window window;
        size_t first, end;
    } cases[] = {
        {{1, -1, false, 0, NULL}, 0, 10}, {{5, 15, false, 0, NULL}, 4, 10}, {{12, 15, false, 0, NULL}, 10, 10},
        {{-1, -1, false, 0, NULL}, 9, 10}, {{-4, -2, false, 0, NULL}, 6, 9}, {{-12, -1, false, 0, NULL}, 0, 10},
        {{1, -1, true, 0, NULL}, 0, 7},   {{9, -1, true, 0, NULL}, 7, 7},  {{1, -11, false, 0, NULL}, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct week_range range = window_range(&cases[i].window, &word, 7);
        assert_int_equal(range.end, cases[i].end);
        assert_int_equal(range.first, cases[i].first);
    }
}

/* ---- definitions, from YAML to a value ---------------------------------------------------------------------- */

/* The value of one definition for one word; NaN when it cannot be judged.  event: NULL or the second value. */
static double value_of(const char *definition, const char *text, double *event)
{
    char *folder = scratch_folder(), yaml[1024];
    const char *path = scratch_path(folder, "own.yaml");
    struct library *library = library_alloc();
    const struct word word = word_of(text);
    struct word worked;
    double value[2];

    snprintf(yaml, sizeof yaml, "library: own\ndefinitions:\n  it: {source: A 2000, rule: r, %s}\n", definition);
    scratch_write(path, yaml);
    assert_int_equal(library_add_file(library, path), 0);
    const struct definition *it = library_find(library, "it");
    definition_work(it, &word, &worked);
    assert_true(definition_read(it, &worked, &word, value) == (isnan(value[0]) == 0));
    if (event != NULL)
        *event = value[1];
    library_free(library);
    scratch_remove(folder);
    return value[0];
}

static void assert_value(const char *definition, const char *text, double expected)
{
    assert_near(value_of(definition, text, NULL), expected, 1e-15);
}

static void assert_time(const char *definition, const char *text, double time, double event)
{
    double found;

    assert_near(value_of(definition, text, &found), time, 0);
    assert_near(found, event, 0);
}

static void test_a_mixed_week_counts_half_whole_or_not_at_all(void **state)
{
    (void)state;
    assert_value("count: negative, mixed: half", "--*+o", 2.5);
    assert_value("count: positive, mixed: half", "--*+o", 1.5);
    assert_value("count: positive, mixed: positive", "--*+o", 2);
    assert_value("count: negative, mixed: negative", "--*+o", 3);
    assert_value("count: negative", "--*+o", 2);
    assert_value("count: missing", "--*+o_", 2);
    assert_value("count: seen", "--*+o_", 4);
}

static void test_a_missing_week_stays_counts_or_drops_out(void **state)
{
    (void)state;
    assert_value("share: negative, missing: kept", "--+oo", 2. / 5);
    assert_value("share: negative, missing: positive", "--+oo", 2. / 5);
    assert_value("share: negative, missing: negative", "--+oo", 4. / 5);
    assert_value("share: negative, missing: deleted", "--+oo", 2. / 3);
    assert_value("share_free_of: positive, missing: kept", "--+oo", 4. / 5);
    assert_value("share_free_of: positive, missing: positive", "--+oo", 2. / 5);
    assert_value("longest_run: negative, missing: deleted", "-o-o-+-", 3);
    assert_value("longest_run: negative", "-o-o-+--", 2);
}

static void test_a_share_of_no_weeks_is_0_and_what_is_free_of_them_1(void **state)
{
    (void)state;
    assert_value("share: negative, missing: deleted", "ooo", 0);
    assert_value("share_free_of: positive, missing: deleted", "ooo", 1);
    assert_value("share: negative, weeks: {until: last_seen}", "ooo", 0);
    assert_value("share: negative, weeks: {until: last_seen}", "-o+oo", 1. / 3);
}

static void test_a_window_after_deletion_counts_the_seen_weeks(void **state)
{
    (void)state;
    assert_value("share: negative, missing: deleted, weeks: {to: 3}", "o-o+o-o-o-", 2. / 3);
    assert_value("share: negative, missing: deleted, weeks: {to: 3}", "oo-", 1);
    assert_value("count: negative, weeks: {only: [2, 4]}", "+-+--", 2);
    assert_value("count: negative, weeks: 3", "--+", 0);
}

static void test_a_share_on_the_bound_is_on_the_bound(void **state)
{
    (void)state;
    assert_value("mixed: half, all: {share: negative, at_least: 0.7}", "-------+++", 1);
    assert_value("mixed: half, all: {share: negative, at_least: 0.7}", "------*+++", 0);
    assert_value("mixed: half, all: {share: negative, at_least: 2/3}", "--+", 1);
    assert_value("mixed: half, all: {share: negative, at_most: 2/3}", "--+", 1);
    assert_value("mixed: half, all: {share: negative, at_most: 0.6}", "--+", 0);
    assert_value("mixed: half, all: {count: negative, at_least: 1.5}", "-*+", 1);
}

static void test_all_conditions_must_hold(void **state)
{
    const char *all = "all: [{count: positive, at_most: 1}, {first: seen, at_most: 2}, {last: seen, at_least: 4}]";

    (void)state;
    assert_value(all, "o-+-", 1);
    assert_value(all, "o-+-o", 1);
    assert_value(all, "o++-", 0);
    assert_value(all, "oo--", 0);
    assert_value(all, "o--o", 0);
}

static void test_a_value_is_0_when_its_condition_does_not_hold(void **state)
{
    (void)state;
    assert_value("only_if: {last: seen, at_least: 3}, share: negative", "--ooo", 0);
    assert_value("only_if: {last: seen, at_least: 3}, share: negative", "---oo", 3. / 5);
}

static void test_the_time_of_k_of_n_weeks_is_that_of_the_window_and_the_spare_weeks(void **state)
{
    (void)state;
    assert_time("time_to: positive", "--+-", 3, 1);
    assert_time("time_to: positive", "----", 4, 0);
    assert_time("time_to: {week: positive, of: 3}", "-+++", 2, 1);
    assert_time("time_to: {week: positive, of: 3}", "++-++", 3, 0);      /* 5 - 3 + 1 */
    assert_time("time_to: {week: positive, at_least: 2, of: 4}", "--+--+---", 5, 1); /* weeks 3 to 6; 3 + 2 */
    assert_time("time_to: {week: positive, at_least: 2, of: 4}", "+----+----", 9, 0);
    assert_time("time_to: {week: positive, at_least: 2, of: 4}", "++--------", 3, 1); /* decided at once, seen whole */
    assert_time("time_to: {week: positive, of: 2}, weeks: {from: 3}", "+++-++", 5, 1); /* weeks 2 and 3 are not both in */
    assert_time("time_to: {week: positive, of: 2}, weeks: {from: 3, to: 5}", "++---++", 4, 0);
    assert_time("time_to: {week: missing, of: 2}", "-o_-", 2, 1);
}

static void test_a_mixed_week_that_counts_half_is_no_week_of_a_run(void **state)
{
    (void)state;
    assert_value("longest_run: negative, mixed: half", "--*--", 2);
    assert_time("time_to: {week: positive, of: 2}, mixed: half", "+*++", 3, 1);
}

static void test_a_score_weighs_later_weeks_more_and_missing_ones_evenly(void **state)
{
    const char *steps = "score: {best: 120, points: {positive: 1, mixed: 0.5, missing: 0.22}, "
                        "multiplier: {from: 1, to: 2, each: 2}}";
    const char *slope = "score: {best: 10, points: {positive: 0.8, mixed: 0.4, missing: 1}, "
                        "multiplier: {from: 1, to: 5}}";
    const char *every = "score: {best: 10, points: {positive: 0.8, mixed: 0.4, missing: 1}, "
                        "multiplier: {from: 1, to: 5, of: all}}";

    (void)state;
    assert_value(steps, "----", 120);
    assert_value(steps, "++++", 0);                                       /* 1 + 1 + 2 + 2 = 6 */
    assert_value(steps, "+-*o", 120 - 120 * (1 + 2 * 0.5 + 0.22) / 6);
    assert_value(slope, "-*o+-", 10 - 10 * (2 * 0.4 + 1 + 4 * 0.8) / (0.8 * 15));
    assert_value(every, "-*o+-", 10 - 10 * (2 * 0.4 + 3 + 4 * 0.8) / (0.8 * 15));
    assert_value("score: {best: 10, points: {positive: 2, mixed: 1, missing: 0}}", "+-", 5);
}

static void test_a_word_shorter_than_the_definition_needs_is_not_judged(void **state)
{
    const struct {
        const char *definition;
        size_t needed;
    } cases[] = {
        {"count: negative", 1},
        {"count: negative, weeks: {from: 5, to: 15}", 15},
        {"count: negative, weeks: {from: -12}", 12},
        {"count: negative, weeks: {only: [4, 8, 12]}", 12},
        {"count: negative, weeks: {from: 3, until: last_seen}", 3},
        {"count: negative, weeks: {to: 15}, missing: deleted", 1},
        {"time_to: {week: positive, of: 4}", 4},
        {"time_to: {week: positive, of: 4}, weeks: {from: 3}", 6},
        {"all: {longest_run: positive, weeks: {from: 4}, at_least: 2}", 5},
        {"all: [{count: negative, weeks: {from: -1}, at_least: 1}, {count: positive, weeks: {from: -4, to: -2}, at_most: 1}]", 4},
        {"unseen: [8], count: negative", 8},
        {"only_if: {last: seen, at_least: 8}, share: negative", 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[32] = "";
        assert_in_range(cases[i].needed, 1, sizeof text - 1);
        memset(text, '-', cases[i].needed);
        assert_true(value_of(cases[i].definition, text, NULL) >= 0);
        text[cases[i].needed - 1] = '\0';
        assert_near(value_of(cases[i].definition, text, NULL), NAN, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_word_knows_its_weeks_and_the_first_and_last_seen),
        cmocka_unit_test(test_other_symbols_and_endless_words_are_no_words),
        cmocka_unit_test(test_an_isolated_missing_week_takes_the_mean_of_its_neighbours),
        cmocka_unit_test(test_missing_weeks_take_the_persons_most_frequent_result),
        cmocka_unit_test(test_the_last_seen_week_is_carried_forward),
        cmocka_unit_test(test_unseen_weeks_take_the_week_before),
        cmocka_unit_test(test_deleted_weeks_leave_the_others_in_their_order),
        cmocka_unit_test(test_windows_count_from_either_end_and_stop_at_the_word),
        cmocka_unit_test(test_a_mixed_week_counts_half_whole_or_not_at_all),
        cmocka_unit_test(test_a_missing_week_stays_counts_or_drops_out),
        cmocka_unit_test(test_a_share_of_no_weeks_is_0_and_what_is_free_of_them_1),
        cmocka_unit_test(test_a_window_after_deletion_counts_the_seen_weeks),
        cmocka_unit_test(test_a_share_on_the_bound_is_on_the_bound),
        cmocka_unit_test(test_all_conditions_must_hold),
        cmocka_unit_test(test_a_value_is_0_when_its_condition_does_not_hold),
        cmocka_unit_test(test_the_time_of_k_of_n_weeks_is_that_of_the_window_and_the_spare_weeks),
        cmocka_unit_test(test_a_mixed_week_that_counts_half_is_no_week_of_a_run),
        cmocka_unit_test(test_a_score_weighs_later_weeks_more_and_missing_ones_evenly),
        cmocka_unit_test(test_a_word_shorter_than_the_definition_needs_is_not_judged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
