/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/draft_file.h"

#include "ingest/draft_text.h"
#include "tests/pipeline/ingest/bench.h"
#include "tests/pipeline/ingest/stat_files.h"

static int setup(void **state)
{
    bench_setup(state, "codebook: none\ncolumns:\n  a: {type: text}\n");
    return 0;
}

static char *draft_of(struct bench *bench, const char *text)
{
    char *const draft = draft_file(small_text(&bench->folder, "x.csv", text), ',', false);
    assert_non_null(draft);
    return draft;
}

/* Repeats rows until each value stands in several. */
static char *repeat(const char *header, const char *rows, size_t times)
{
    char *const text = malloc(strlen(header) + times * strlen(rows) + 1);
    strcpy(text, header);
    for (size_t i = 0; i < times; i++)
        strcat(text, rows);
    return text;
}

static void test_types_codes_ranges_and_missing_cells_are_drafted(void **state)
{
    struct bench *const bench = *state;
    char *const text = repeat("sex,dose,los,came,score,zip5,note,grp,empty\n",
                              "F,2.5,34,2021-02-28,-9,01,abc,10,\nM,.5,128,2019-01-31,3,02,de f,2,\nM,NA,-9,,1,02,N/A,1,\n"
                              "F,1e2,7,2020-05-05,2,01,x,11,\n", 3);
    char *const draft = draft_of(bench, text);
    assert_says(draft, "# Drafted from 12 rows.");
    assert_says(draft, "  sex: {type: category, codes: {\"F\": \"F\", \"M\": \"M\"}}\n");
    assert_says(draft, "  dose: {type: real, range: [0, 999], missing: [\"NA\"]}\n");
    assert_says(draft, "  los: {type: category, codes: {\"7\": \"7\", \"34\": \"34\", \"128\": \"128\"}, missing: [\"-9\"]}");
    assert_says(draft, "  came: {type: date, range: [2019-01-01, 2021-12-31]}  # calendar dates need a basis");
    assert_says(draft, "  score: {type: category, codes: {\"1\": \"1\", \"2\": \"2\", \"3\": \"3\"}, missing: [\"-9\"]}");
    assert_says(draft, "  zip5: {role: drop}  # area below the state (45 CFR 164.514(b)(2), B)\n");
    assert_says(draft, "  grp: {type: category, codes: {\"1\": \"1\", \"2\": \"2\", \"10\": \"10\", \"11\": \"11\"}}");
    assert_says(draft, "  empty: {type: text}  # no cell has a value\n");
    free(draft);
    free(text);
}

static void test_codes_with_zeros_in_front_stay_words_and_negative_numbers_stay_numbers(void **state)
{
    struct bench *const bench = *state;
    char *const text = repeat("code,change\n", "01,-9\n02,-3\n02,12\n01,4\n", 3);
    char *const draft = draft_of(bench, text);
    assert_says(draft, "  code: {type: category, codes: {\"01\": \"01\", \"02\": \"02\"}}\n");
    assert_says(draft, "  change: {type: integer, range: [-99, 99]}\n");
    free(draft);
    free(text);
}

static void test_identifiers_are_dropped_and_never_printed(void **state)
{
    static const char *const values[] = {"123-45-6789", "jane@example.org", "Nobody", "555-0123", "1EG4-TE5-MK73", "4711", "77",
                                         "93"};
    struct bench *const bench = *state;
    char *const draft = draft_of(bench, "ssn,mail,last_name,remark,plan,client_id,episode,age\n"
                                        "123-45-6789,jane@example.org,Nobody,call 212-555-0123,1EG4-TE5-MK73,4711,77,93\n"
                                        "123-45-6789,jane@example.org,Nobody,call 212-555-0123,1EG4-TE5-MK73,4711,77,93\n"
                                        "123-45-6789,jane@example.org,Nobody,call 212-555-0123,1EG4-TE5-MK73,4711,77,93\n");
    static const char *const columns[] = {"ssn", "mail", "last_name", "remark", "plan"};
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        char line[64];
        snprintf(line, sizeof line, "  %s: {role: drop}  # ", columns[i]);
        assert_says(draft, line);
    }
    assert_says(draft, "  client_id: {type: integer, role: id}  # does it tell persons apart?");
    assert_says(draft, "# holds ages over 89");
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        if (strcmp(values[i], "77") != 0) /* an episode that stands in three rows is a code */
            assert_keeps_silent_about(draft, values[i]);
    free(draft);
}

static void test_rare_words_are_not_printed(void **state)
{
    struct bench *const bench = *state;
    char *const text = repeat("town\n", "north\nsouth\n", 3), *const rare = repeat(text, "Smithville\n", 1);
    char *const draft = draft_of(bench, rare);
    assert_says(draft, "  town: {role: drop}  # ");
    assert_keeps_silent_about(draft, "Smithville");
    free(draft);
    free(text);
    free(rare);
}

static void test_names_that_no_codebook_takes_become_aliases(void **state)
{
    struct bench *const bench = *state;
    char *const text = repeat("2nd visit,a b,a_b,not,\"x\"\"y\",\xc3\xa4\n", "1,2,3,4,5,6\n", 3);
    char *const draft = draft_of(bench, text);
    assert_says(draft, "  x2nd_visit: {");
    assert_says(draft, "aliases: [\"2nd visit\"]");
    assert_says(draft, "  a_b_2: {");
    assert_says(draft, "aliases: [\"a b\"]");
    assert_says(draft, "aliases: [\"not\"]");
    assert_says(draft, "aliases: [\"x\\\"y\"]");
    struct codebook *const codebook = codebook_read(small_text(&bench->folder, "draft.yaml", draft));
    assert_non_null(codebook);
    assert_int_equal(codebook->n_columns, 6);
    codebook_free(codebook);
    free(draft);
    free(text);
}

/* The draft of a file reads that file and loses no row but those whose id holds what no id has. */
static void check_reads_its_file(struct bench *bench, const char *name, char delimiter, bool latin1,
                                 int64_t n_strange)
{
    char *const draft = draft_file(small_path(&bench->folder, name), delimiter, latin1);
    assert_non_null(draft);
    codebook_free(bench->table.codebook);
    bench->table.codebook = codebook_read(small_text(&bench->folder, "codebook.yaml", draft));
    assert_non_null(bench->table.codebook);
    free(draft);
    bench->files[0].text = (char *)name;
    bench->study.basis = BASIS_LIMITED_DATA_SET;
    bench->options.again = true;
    assert_int_equal(bench_run(bench), EXIT_DONE);
    assert_int_equal(bench_count(bench, "", "", "rows_rejected", ""), n_strange);
}

static void test_a_draft_reads_the_file_it_was_made_of(void **state)
{
    static const char *const shipped[] = {"datasets/uis/uis.csv", "datasets/pharmaco/pharmaco.csv",
                                          "datasets/teds2004/discharges.csv", "datasets/teds-a/tedsa_2017_extract.csv",
                                          "tests/corpora/csv/files/s01_good.csv",
                                          "tests/corpora/csv/files/d05_one_client_both_arms.csv"};
    static const char *const stat[] = {"x.dta", "x.sav", "x.xpt", "x.sas7bdat"};
    struct bench *const bench = *state;
    for (size_t i = 0; i < sizeof shipped / sizeof shipped[0]; i++) {
        size_t length;
        char *const bytes = small_read(shipped[i], &length);
        assert_non_null(bytes);
        small_file(&bench->folder, "x.csv", bytes, length);
        free(bytes);
        check_reads_its_file(bench, "x.csv", ',', false, 0);
    }
    for (size_t i = 0; i < sizeof stat / sizeof stat[0]; i++) {
        stat_write(&bench->folder, stat[i], 5);
        check_reads_its_file(bench, stat[i], ',', false, 10);
    }
    small_text(&bench->folder, "x.txt", "a;b\n1;caf\xe9\n2;caf\xe9\n1;caf\xe9\n");
    check_reads_its_file(bench, "x.txt", ';', true, 0);
}

static void test_labels_and_missing_codes_of_a_statistics_file_are_drafted(void **state)
{
    struct bench *const bench = *state;
    char *draft = draft_file(stat_write(&bench->folder, "x.sav", 5), ',', false);
    assert_says(draft, "  SEX: {type: category, codes: {\"1\": \"male\", \"2\": \"female\"}}\n");
    assert_says(draft, "missing: [\"-9\"], label: \"Age at admission\"}");
    free(draft);
    draft = draft_file(stat_write(&bench->folder, "x.dta", 5), ',', false);
    assert_says(draft, "missing: [\".b\"], label: \"Age at admission\"}");
    free(draft);
}

static void test_what_was_not_looked_at_is_said(void **state)
{
    struct bench *const bench = *state;
    char *draft = draft_of(bench, "a,b\n1,caf\xe9\n2,caf\xe9\n1,caf\xe9\n3\n1,\x01\n");
    assert_says(draft, "# Drafted from 5 rows.");
    assert_says(draft, "# 1 row was not looked at: another number of cells than the header.\n");
    assert_says(draft, "# 3 cells are not UTF-8: is it a file for '--encoding latin-1'?\n");
    assert_says(draft, "  b: {type: text}  # 3 cells are not UTF-8  # 1 cell has control characters\n");
    free(draft);
    char *const text = malloc(3000000);
    memset(text, 'x', 3000000);
    memcpy(text, "a,,b\n1,", 7);
    text[2999998] = '\n';
    text[2999999] = '\0';
    draft = draft_of(bench, text);
    assert_says(draft, "# Drafted from 1 row.");
    assert_says(draft, "# 1 row was not looked at: longer than a mebibyte.\n");
    assert_says(draft, "  # column 2 has no name: give it one in the file");
    free(draft);
    draft = draft_of(bench, "a,b,,\n1,2,,\n");
    assert_null(strstr(draft, "no name"));
    free(draft);
    free(text);
}

static void check_header_refused(struct bench *bench, const char *text, char delimiter, const char *says)
{
    talk_begin(&bench->folder);
    assert_null(draft_file(small_text(&bench->folder, "x.csv", text), delimiter, false));
    char *const talk = talk_end(&bench->folder);
    assert_says(talk, says);
    free(talk);
}

/* Without a word one column would be drafted whose name is the whole header. */
static void test_a_header_for_another_delimiter_is_refused(void **state)
{
    struct bench *const bench = *state;
    check_header_refused(bench, "a;b\n1;2,5\n", ',', "seems to be written with a semicolon: say so with --delimiter");
    check_header_refused(bench, "a\tb\n1\t2\n", ',', "written with tabulators: declare 'delimiter: tab'");
    check_header_refused(bench, "a,b\n1,2\n", ';', "seems to be written with a comma");
    check_header_refused(bench, "sep=;\na;b\n", ',', "a line for spreadsheet programs");
    char *const draft = draft_of(bench, "\"weight, kg\"\n81.5\n");
    assert_says(draft, "aliases: [\"weight, kg\"]");
    free(draft);
}

static void test_a_file_name_that_is_not_utf8_leaves_a_codebook_that_can_be_read(void **state)
{
    struct bench *const bench = *state;
    char *const draft = draft_file(small_text(&bench->folder, "caf\xe9 \"x\".csv", "a\n1\n"), ',', false);
    assert_says(draft, "codebook: \"caf \\\"x\\\".csv\"\n");
    struct codebook *const codebook = codebook_read(small_text(&bench->folder, "draft.yaml", draft));
    assert_non_null(codebook);
    codebook_free(codebook);
    free(draft);
}

static void test_files_that_cannot_be_read_are_told(void **state)
{
    struct bench *const bench = *state;
    talk_begin(&bench->folder);
    assert_null(draft_file("/nowhere/x.csv", ',', false));
    assert_null(draft_file("/nowhere/x.sav", ',', false));
    char *const talk = talk_end(&bench->folder);
    assert_says(talk, "/nowhere/x.csv");
    assert_says(talk, "/nowhere/x.sav");
    free(talk);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_types_codes_ranges_and_missing_cells_are_drafted),
        TEST(test_codes_with_zeros_in_front_stay_words_and_negative_numbers_stay_numbers),
        TEST(test_identifiers_are_dropped_and_never_printed),
        TEST(test_rare_words_are_not_printed),
        TEST(test_names_that_no_codebook_takes_become_aliases),
        TEST(test_a_draft_reads_the_file_it_was_made_of),
        TEST(test_labels_and_missing_codes_of_a_statistics_file_are_drafted),
        TEST(test_what_was_not_looked_at_is_said),
        TEST(test_a_header_for_another_delimiter_is_refused),
        TEST(test_a_file_name_that_is_not_utf8_leaves_a_codebook_that_can_be_read),
        TEST(test_files_that_cannot_be_read_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
