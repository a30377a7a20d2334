/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/document.h"

#include <time.h>

#include "tests/pipeline/study/good.h"
#include "tests/pipeline/study/study_test.h"

/* Files that are no good YAML, and what is told about them. */
static const struct rule RULES[] = {
    {"an_empty_file_is_told", NULL,
     "",
     "error: study.yaml:1:1: the file is empty\n"},
    {"a_file_of_comments_is_told", NULL,
     "# nothing\n"
     "\n",
     "error: study.yaml:1:1: the file is empty\n"},
    {"a_text_alone_is_told", NULL,
     "hello\n",
     "error: study.yaml:1:1: the file: a study (keys such as 'study:' and 'tables:') was expected; value 'hello'\n"},
    {"a_list_alone_is_told", NULL,
     "- a\n"
     "- b\n",
     "error: study.yaml:1:1: the file: a study (keys such as 'study:' and 'tables:') was expected; here is a list\n"},
    {"an_open_quote_is_told_where_it_opens", NULL,
     "study: x\n"
     "title: \"never\n"
     "closed: 1\n",
     "error: study.yaml:2:8: the quote that opens here is never closed\n"},
    {"an_open_list_is_told_with_its_place", NULL,
     "study: x\n"
     "caveats: [a, b\n"
     "title: y\n",
     "error: study.yaml:3:6: ',' or ']' was expected in the list that opens at 2:10\n"},
    {"open_keys_are_told_with_their_place", NULL,
     "study: x\n"
     "privacy: {basis: public\n"
     "title: y\n",
     "error: study.yaml:3:6: ',' or '}' was expected in the keys that open at 2:10\n"},
    {"a_tabulator_that_indents_is_told", NULL,
     "study: x\n"
     "cohort:\n"
     "\tarms: 1\n",
     "error: study.yaml:3:1: a tabulator stands where only spaces may; indent with spaces\n"},
    {"a_tabulator_behind_spaces_is_told", NULL,
     "study: x\n"
     "cohort:\n"
     "  arms: 1\n"
     " \tunit: x\n",
     "error: study.yaml:4:2: a tabulator stands where only spaces may; indent with spaces\n"},
    {"a_colon_in_a_plain_text_is_told", NULL,
     "study: x\n"
     "title: a: b\n",
     "error: study.yaml:2:9: a ':' cannot stand here; check the indentation, and put a text that holds ': ' in quotes\n"},
    {"a_wrong_indentation_is_told", NULL,
     "study: x\n"
     "cohort:\n"
     "    unit: a\n"
     "  arms: b\n",
     "error: study.yaml:4:3: a key was expected; check the indentation against the keys that begin at 1:1\n"},
    {"a_key_without_a_colon_is_told", NULL,
     "study: x\n"
     "title\n"
     "seed: 1\n",
     "error: study.yaml:2:1: a ':' was expected after this key\n"},
    {"a_text_that_begins_with_an_at_is_told", NULL,
     "study: @x\n",
     "error: study.yaml:1:8: a text cannot begin with this character; put it in quotes\n"},
    {"an_unknown_escape_is_told", NULL,
     "study: \"a\\qb\"\n",
     "error: study.yaml:1:10: no such escape in double quotes; write \\\\ for a backslash, or use single quotes\n"},
    {"a_list_item_between_keys_is_told", NULL,
     "study: x\n"
     "- a\n",
     "error: study.yaml:2:1: a key was expected; check the indentation against the keys that begin at 1:1\n"},
    {"an_anchor_and_an_alias_are_told", NULL,
     "study: &a x\n"
     "title: *a\n",
     "error: study.yaml:1:8: anchors and aliases (&name, *name) are not taken; write the value out\n"
     "error: study.yaml:2:8: anchors and aliases (&name, *name) are not taken; write the value out\n"},
    {"a_tag_is_told", NULL,
     "study: !!str x\n",
     "error: study.yaml:1:8: tags (!name) are not taken; write the value alone\n"},
    {"a_second_document_is_told", NULL,
     "study: x\n"
     "---\n"
     "study: y\n",
     "error: study.yaml:2:1: a second document begins here; a file holds one\n"},
    {"bytes_that_are_not_utf8_are_told", NULL,
     "study: x\n"
     "title: caf\xe9\n",
     "error: study.yaml:2:11: byte 0xE9 is not UTF-8; save the file as UTF-8\n"},
    {"characters_are_counted_and_not_bytes", NULL,
     "study: x\n"
     "title: \xc3\xa9\xc3\xa9 \x01\n",
     "error: study.yaml:2:11: a control character (U+0001) cannot stand here\n"},
    {"windows_line_ends_count_once", NULL,
     "study: x\r\n"
     "titel: y\r\n",
     "error: study.yaml:1:1: missing key 'tables': the source tables\n"
     "error: study.yaml:1:1: missing key 'cohort': who is compared\n"
     "error: study.yaml:1:1: missing key 'outcomes': what is compared\n"
     "error: study.yaml:1:1: missing key 'compare': how it is compared\n"
     "error: study.yaml:2:1: unknown key 'titel'; did you mean 'title'?\n"},
};

static void test_rule(void **state)
{
    const struct rule *rule = *state;

    assert_study_told(rule->with, GOOD_CODEBOOK, rule->told);
}

/* What document_parse() notes about bytes, as study.yaml. */
static void assert_bytes_told(const char *bytes, size_t length, size_t max_nodes, const char *expected)
{
    struct mistakes *mistakes = mistakes_alloc("study.yaml");
    struct document *document = document_parse(bytes, length, max_nodes, mistakes);

    capture_start();
    (void)mistakes_tell(mistakes);
    assert_string_equal(capture_end(), expected);
    assert_true((document != NULL) == (*expected == '\0'));
    document_free(document);
    mistakes_free(mistakes);
}

static void test_a_nul_is_told(void **state)
{
    (void)state;
    assert_bytes_told("study: x\0y\n", 11, 10, "error: study.yaml:1:9: a control character (U+0000) cannot stand here\n");
}

static void test_a_byte_order_mark_begins_a_file_and_stands_nowhere_else(void **state)
{
    (void)state;
    assert_bytes_told("\xEF\xBB\xBF" "a: 1\n", 8, 10, "");
    assert_bytes_told("a: \xEF\xBB\xBF\n", 7, 10,
                      "error: study.yaml:1:4: a control character (U+FEFF) cannot stand here\n");
}

static void test_nodes_are_counted(void **state)
{
    (void)state;
    assert_bytes_told("a: [1, 2]\n", 10, 5, ""); /* the keys, a, the list, 1, 2 */
    assert_bytes_told("a: [1, 2]\n", 10, 4, "error: study.yaml:1:8: the file holds more than 4 keys and values\n");
}

/* `unit` over and over: a megabyte of the things that are slow or large in other readers. */
static void assert_hostile_refused(const char *unit, const char *told)
{
    size_t length = strlen(unit);
    char *text = malloc(DOCUMENT_BYTES + 1);
    clock_t start = clock();
    struct study *study;
    size_t n = 0;

    assert_non_null(text);
    while (n + length <= DOCUMENT_BYTES) {
        memcpy(text + n, unit, length);
        n += length;
    }
    text[n] = '\0';
    scratch_write("study.yaml", text);
    capture_start();
    study = study_read("study.yaml", NULL);
    assert_non_null(strstr(capture_end(), told));
    assert_null(study);
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 10);
    free(text);
}

static void test_hostile_megabytes_are_refused_soon(void **state)
{
    (void)state;
    assert_hostile_refused("[", "keys and lists are nested more than 16 deep");
    assert_hostile_refused("{a: ", "keys and lists are nested more than 16 deep");
    assert_hostile_refused("- ", "keys and lists are nested more than 16 deep");
    assert_hostile_refused("? ", "keys and lists are nested more than 16 deep");
    assert_hostile_refused("- a\n", "the file holds more than 20000 keys and values");
    assert_hostile_refused("- &a [*a, *a]\n", "anchors and aliases (&name, *name) are not taken; write the value out");
    assert_hostile_refused("- !x y\n", "more mistakes are not shown");
    assert_hostile_refused("a", "the file: a study (keys such as 'study:' and 'tables:') was expected");
    assert_hostile_refused("'", "the file: a study (keys such as 'study:' and 'tables:') was expected");
    assert_hostile_refused("a: b\n", "the file holds more than 20000 keys and values");
    assert_hostile_refused("\n", "the file is empty");
    assert_hostile_refused(":", "study.yaml:1:1048576: a ':' cannot stand here");
    assert_hostile_refused("--- a\n", "study.yaml:2:1: a second document begins here; a file holds one");
}

static void test_a_file_of_more_than_a_megabyte_is_refused(void **state)
{
    char *text = malloc(DOCUMENT_BYTES + 2);

    (void)state;
    assert_non_null(text);
    memset(text, '#', DOCUMENT_BYTES + 1);
    text[DOCUMENT_BYTES + 1] = '\0';
    scratch_write("study.yaml", text);
    capture_start();
    assert_null(study_read("study.yaml", NULL));
    assert_string_equal(capture_end(), "error: 'study.yaml' is larger than 1048576 bytes\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_nul_is_told),
        cmocka_unit_test(test_a_byte_order_mark_begins_a_file_and_stands_nowhere_else),
        cmocka_unit_test(test_nodes_are_counted),
        cmocka_unit_test(test_hostile_megabytes_are_refused_soon),
        cmocka_unit_test(test_a_file_of_more_than_a_megabyte_is_refused),
    };
    int failed = cmocka_run_group_tests(tests, enter_folder, leave_folder);

    return failed + run_rules(RULES, sizeof RULES / sizeof RULES[0], test_rule);
}
