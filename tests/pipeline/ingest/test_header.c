/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/header.h"

#include "tests/pipeline/ingest/bench.h"

static const char codebook[] =
    "codebook: small\n"
    "columns:\n"
    "  admit_date: {type: date}\n"
    "  sex:        {type: category, codes: {1: male, 2: female}, aliases: [gender, SEX]}\n"
    "  age:        {type: integer}\n"
    "  rowid:      {role: row_id, aliases: [CASEID]}\n";

static int setup(void **state)
{
    bench_setup(state, codebook);
    return 0;
}

static int check_headers(struct bench *bench, const char *text)
{
    bench_forget(bench);
    small_text(&bench->folder, "x.csv", text);
    talk_begin(&bench->folder);
    const int status = ingest_check_headers(&bench->study);
    bench->talk = talk_end(&bench->folder);
    return status;
}

static void check_refused(struct bench *bench, const char *text, const char *told)
{
    assert_int_equal(check_headers(bench, text), -1);
    assert_says(bench->talk, told);
}

static void test_columns_are_found_by_name_or_alias_in_any_order(void **state)
{
    struct bench *const bench = *state;
    assert_int_equal(check_headers(bench, "age,CASEID,SEX,admit_date\n"), 0);
    assert_says(bench->talk, "clients: 3 columns fit the headers of 1 file");
    assert_int_equal(bench_run_text(bench, "age,CASEID,SEX,admit_date\n34,\xff\n,2,2019-05-17\n"), EXIT_FAILED);
    assert_int_equal(bench_run_text(bench, "age,CASEID,SEX,admit_date\n34,\xff,2,2019-05-17\n"), EXIT_DONE);
    assert_int_equal(column_integer(table_column(bench->rows, "age"), 0), 34); /* the dropped cell was not read */
    assert_true(bench_cell_is(bench->rows, "sex", 0, "female"));
    assert_null(table_column(bench->rows, "rowid"));
}

static void test_a_dropped_column_may_be_absent(void **state)
{
    assert_int_equal(check_headers(*state, "age,sex,admit_date\n"), 0);
}

static void test_names_are_taken_as_they_are_written(void **state)
{
    check_refused(*state, "Age,sex,admit_date\n", "x.csv:1:1: column 'age', which the codebook declares, is missing; "
                                                  "is it 'Age'?");
    check_refused(*state, "age ,sex,admit_date\n", "is it 'age '?");
}

static void test_every_fault_of_a_header_is_told_at_once(void **state)
{
    struct bench *const bench = *state;
    check_refused(bench, "age,sex,admitdate,note\n",
                  "x.csv:1:3: column 'admit_date', which the codebook declares, is missing; is it 'admitdate'?");
    assert_says(bench->talk, "x.csv:1:3: column 'admitdate' is not declared in ");
    assert_says(bench->talk, "x.csv:1:4: column 'note' is not declared in ");
    check_refused(bench, "age,gender,SEX,admit_date\n", "x.csv:1:3: columns 2 and 3 are both 'sex'");
    check_refused(bench, "sex,admit_date\n", "x.csv:1: column 'age', which the codebook declares, is missing\n");
}

static void test_another_delimiter_is_told_in_one_line(void **state)
{
    struct bench *const bench = *state;
    check_refused(bench, "age;sex;admit_date\n", "it seems to be written with a semicolon: declare 'delimiter:'");
    assert_keeps_silent_about(bench->talk, "missing");
    check_refused(bench, "sep=,\nage,sex,admit_date\n", "a line for spreadsheet programs");
}

static void test_columns_without_a_name_are_taken_at_the_end_and_must_be_empty(void **state)
{
    struct bench *const bench = *state;
    check_refused(bench, ",age,sex,admit_date\n", "x.csv:1:1: column 1 has no name");
    assert_int_equal(bench_run_text(bench, "age,sex,admit_date,\n34,1,2019-05-17,\n35,1,2019-05-17,secret\n"),
                     EXIT_DONE);
    assert_says(bench->talk, "x.csv:1:4: a column without a name; its cells must be empty");
    assert_says(bench->rejects, "x.csv,3,37,,value in a column without a name\n");
    assert_keeps_silent_about(bench->talk, "secret");
    assert_int_equal(bench->rows->n_rows, 1);
}

static void test_delimiter_and_encoding_are_those_of_the_codebook(void **state)
{
    struct bench bench;
    (void)state;
    bench_make(&bench, "codebook: x\ndelimiter: ';'\nencoding: latin-1\ncolumns:\n  site: {type: text}\n"
                       "  n: {type: integer}\n");
    bench.table.role = ROLE_EPISODES; /* every role is read in the same way */
    small_text(&bench.folder, "x.csv", "site;n\ncaf\xe9;1\n\"a;b,c\";2\n\x80;3\n");
    talk_begin(&bench.folder);
    const enum exit_status status = ingest_run(&bench.study, &bench.options);
    bench.talk = talk_end(&bench.folder);
    assert_int_equal(status, EXIT_DONE);
    assert_non_null(bench.rows = store_read_table(bench.records, "episodes"));
    assert_int_equal(bench.rows->n_rows, 2);
    assert_true(bench_cell_is(bench.rows, "site", 0, "caf\xc3\xa9"));
    assert_true(bench_cell_is(bench.rows, "site", 1, "a;b,c"));
    assert_says(bench.talk, "x.csv:4:1 (site): text without control characters"); /* 0x80 is one in latin-1 */
    bench_remove(&bench);
}

static void test_checking_headers_reads_no_rows(void **state)
{
    assert_int_equal(check_headers(*state, "age,sex,admit_date\nnot,even,close,\"to a row"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns_are_found_by_name_or_alias_in_any_order),
        cmocka_unit_test(test_a_dropped_column_may_be_absent),
        cmocka_unit_test(test_names_are_taken_as_they_are_written),
        cmocka_unit_test(test_every_fault_of_a_header_is_told_at_once),
        cmocka_unit_test(test_another_delimiter_is_told_in_one_line),
        cmocka_unit_test(test_columns_without_a_name_are_taken_at_the_end_and_must_be_empty),
        cmocka_unit_test(test_delimiter_and_encoding_are_those_of_the_codebook),
        cmocka_unit_test(test_checking_headers_reads_no_rows),
    };
    return cmocka_run_group_tests(tests, setup, bench_teardown);
}
