/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/library.h"

#include "tests/pipeline/study/study_test.h"

static const char GOOD[] = "library: own\n"
                           "about: for tests\n"
                           "definitions:\n"
                           "  early:\n"
                           "    source: A 2000\n"
                           "    doi: 10.1000/x\n"
                           "    rule: no positive early on\n"
                           "    missing: positive\n"
                           "    mixed: half\n"
                           "    all:\n"
                           "      - {count: positive, weeks: {from: 1, to: 3}, at_most: 0}\n"
                           "      - {share: negative, at_least: 2/3}\n"
                           "  back: {source: B 2001, rule: first two, time_to: {week: positive, at_least: 2, of: 4}}\n"
                           "  cost: {source: C 2002, rule: a score, weeks: {to: 4},\n"
                           "    score: {best: 120, points: {positive: 1, mixed: 0.5, missing: 0.2}}}\n";

static void assert_library_told(const char *text, const char *expected)
{
    struct library *library = library_alloc();

    assert_non_null(library);
    scratch_write("own.yaml", text);
    capture_start();
    assert_int_equal(library_add_file(library, "own.yaml"), *expected == '\0' ? 0 : -1);
    assert_string_equal(capture_end(), expected);
    library_free(library);
}

static void test_a_good_library_is_read_without_a_word(void **state)
{
    struct library *library = library_alloc();

    (void)state;
    assert_library_told(GOOD, "");
    scratch_write("own.yaml", GOOD);
    assert_int_equal(library_add_file(library, "own.yaml"), 0);
    assert_int_equal(library->n, 3);
    const struct definition *early = library_find(library, "early"), *back = library_find(library, "back_event");
    assert_string_equal(early->library, "own");
    assert_string_equal(early->label.text, "no positive early on");
    assert_string_equal(definition_kind_name(early), "yes or no");
    assert_int_equal(early->n_all, 2);
    assert_int_equal(early->weeks_needed, 3);
    assert_int_equal(early->all[1].least.over, 2);
    assert_int_equal(early->all[1].least.under, 3);
    assert_ptr_equal(back, library_find(library, "back"));
    assert_string_equal(back->columns[0], "back_time");
    assert_int_equal(back->event.at_least, 2);
    assert_true(definition_is_whole(back));
    assert_false(definition_is_whole(library_find(library, "cost")));
    assert_null(library_find(library, "late"));
    assert_string_equal(library_nearest(library, "erly"), "early");
    library_free(library);
}

static void test_a_name_leads_to_one_definition(void **state)
{
    struct library *library = library_alloc();

    (void)state;
    scratch_write("own.yaml", GOOD);
    scratch_write("other.yaml", "library: other\ndefinitions:\n  back_time: {source: D, rule: r, count: negative}\n");
    assert_int_equal(library_add_file(library, "own.yaml"), 0);
    capture_start();
    assert_int_equal(library_add_file(library, "other.yaml"), -1);
    assert_string_equal(capture_end(),
                        "error: other.yaml:3:3: the name 'back_time' is taken by definition 'back' of library 'own'\n");
    library_free(library);
}

static void test_the_shipped_library_has_54_definitions_with_62_columns(void **state)
{
    struct library *library = library_shipped();
    size_t n = 0;

    (void)state;
    assert_non_null(library);
    assert_int_equal(library->n, 54);
    for (size_t i = 0; i < library->n; i++)
        n += library->definitions[i]->n_columns;
    assert_int_equal(n, 62);
    assert_string_equal(library_find(library, "RsT_lee_2016")->name.text, "Rs_lee_2016");
    library_free(library);
}

/* A mutated file is read in silence, or refused with its name. */
static void test_mutated_libraries_are_read_or_refused(void **state)
{
    uint32_t random = 20261128;

    (void)state;
    for (int round = 0; round < 1500; round++) {
        char text[sizeof GOOD];
        struct library *library = library_alloc();
        memcpy(text, GOOD, sizeof GOOD);
        for (int k = 0; k <= round % 3; k++) {
            random = random * 1664525 + 1013904223;
            const size_t at = (random >> 8) % (sizeof GOOD - 1);
            random = random * 1664525 + 1013904223;
            static const char likely[] = "-0129:,{}[]\n \"'#&*!|>%";
            text[at] = round % 2 == 0 ? likely[(random >> 8) % (sizeof likely - 1)] : (char)(1 + (random >> 8) % 255);
        }
        scratch_write("own.yaml", text);
        capture_start();
        const int status = library_add_file(library, "own.yaml");
        const char *told = capture_end();
        if ((status == 0) != (*told == '\0') || (status != 0 && strstr(told, "own.yaml") == NULL))
            fail_msg("round %d: status %d, told '%s'", round, status, told);
        library_free(library);
    }
}

/* ---- mistakes -------------------------------------------------------------------------------------------- */

#define AT "error: own.yaml:"

static const struct rule RULES[] = {
    {"an unknown key is told", "    mixed: half\n", "    mixd: half\n", AT "9:5: unknown key 'mixd'; did you mean 'mixed'?\n"},
    {"an unknown rule for missing weeks is told", "missing: positive", "missing: postive",
     AT "8:14: missing: kept, positive, negative or deleted was expected; value 'postive'; did you mean 'positive'?\n"},
    {"a definition has a source", "    source: A 2000\n", "", AT "5:5: missing key 'source': author and year\n"},
    {"a definition reads something", "    score: {best: 120, points: {positive: 1, mixed: 0.5, missing: 0.2}}}\n", "    }\n",
     AT "14:9: a definition says what it reads: count, share, share_free_of, longest_run, first, last, all, score or "
        "time_to\n"},
    {"a definition reads one thing", "rule: a score,", "rule: a score, count: missing,",
     AT "15:12: score: the definition says 'count' already; one at a time\n"},
    {"a condition reads one thing", "{share: negative, at", "{share: negative, count: negative, at",
     AT "12:17: share: 'count' is read already; one at a time\n"},
    {"a condition reads something", "{share: negative, at", "{at",
     AT "12:9: a condition speaks of count, share, share_free_of, longest_run, first or last\n"},
    {"a condition has a bound", "negative, at_least: 2/3}", "negative}",
     AT "12:9: share: a condition needs 'at_least' or 'at_most'\n"},
    {"a share has a bound below 1", "at_least: 2/3", "at_least: 3/2",
     AT "12:37: at_least: a share from 0 to 1, such as 0.7 or 2/3, was expected; value '3/2'\n"},
    {"a bound is a number", "at_most: 0", "at_most: none",
     AT "11:61: at_most: a number from 0, such as 4, was expected; value 'none'\n"},
    {"there is no week 0", "{from: 1, to: 3}", "{from: 0, to: 3}",
     AT "11:41: weeks: the first week is 1 and the last is -1; there is no week 0\n"},
    {"weeks do not run backwards", "{from: 1, to: 3}", "{from: 4, to: 3}", AT "11:34: weeks: from 4 to 3 there is no week\n"},
    {"weeks do not run backwards from the end", "{from: 1, to: 3}", "{from: -1, to: -2}",
     AT "11:34: weeks: from -1 to -2 there is no week\n"},
    {"weeks are a range or a list", "{from: 1, to: 3}", "{from: 1, only: [3]}",
     AT "11:50: only: these weeks alone, or a range of weeks, not both\n"},
    {"a week stands once in a list", "{from: 1, to: 3}", "{only: [3, 1, 3]}", AT "11:41: only: week 3 stands twice\n"},
    {"a range has one end", "{from: 1, to: 3}", "{to: 3, until: last_seen}",
     AT "11:49: until: 'to' says already where the weeks end\n"},
    {"weeks stand in the conditions", "    mixed: half\n", "    weeks: 3\n",
     AT "9:12: weeks: write them into each condition of 'all'\n"},
    {"the last seen week is that of the word", "{share: negative, at_least: 2/3}", "{last: seen, weeks: 3, at_least: 2}",
     AT "12:29: weeks: 'last: seen' is read in the whole word\n"},
    {"k of n has k up to n", "at_least: 2, of: 4", "at_least: 5, of: 4", AT "13:79: at_least: 5 of 4 weeks cannot be\n"},
    {"a time needs its missing weeks", "rule: first two,", "rule: first two, missing: deleted,",
     AT "13:70: time_to: without its missing weeks a word no longer tells the time\n"},
    {"a time has no value 0", "rule: first two,", "rule: first two, only_if: {last: seen, at_least: 2},",
     AT "13:52: only_if: a time to an event has no value 0\n"},
    {"one value has one column", "rule: a score,", "rule: a score, columns: {time: a, event: b},",
     AT "14:50: columns: only 'time_to' has two columns\n"},
    {"a score is read from a range", "weeks: {to: 4}", "weeks: [1, 2]",
     AT "14:48: weeks: a week, {from: ..., to: ...} or {only: [...]} was expected; here is a list\n"},
    {"a score has points", "positive: 1,", "positive: 0,",
     AT "15:43: positive: a number above 0 was expected; value '0'\n"},
    {"week 1 has none before it", "    mixed: half\n", "    unseen: [1, 2]\n",
     AT "9:13: unseen: there is no week before week 1\n"},
    {"columns have names of their own", "rule: first two,", "rule: first two, columns: {time: early, event: b},",
     AT "13:3: the name 'early' is taken by definition 'early' of library 'own'\n"},
};
enum { N_RULES = sizeof RULES / sizeof RULES[0] };

static void test_rule(void **state)
{
    const struct rule *rule = *state;
    char *text = replaced(GOOD, rule->old, rule->with);

    assert_library_told(text, rule->told);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_good_library_is_read_without_a_word),
        cmocka_unit_test(test_a_name_leads_to_one_definition),
        cmocka_unit_test(test_mutated_libraries_are_read_or_refused),
        cmocka_unit_test(test_the_shipped_library_has_54_definitions_with_62_columns),
    };
    const int failed = cmocka_run_group_tests(tests, enter_folder, leave_folder);

    return failed + run_rules(RULES, N_RULES, test_rule);
}
