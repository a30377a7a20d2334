/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules between the cells of a row, intervals, ids, and columns that a file may be without. */
#include "ingest/ingest.h"

#include "tests/pipeline/ingest/bench.h"

static const char codebook[] =
    "codebook: stays\n"
    "columns:\n"
    "  id:    {type: text, role: id, required: yes}\n"
    "  come:  {type: date}\n"
    "  gone:  {type: date, not_before: come}\n"
    "  next:  {type: date, ahead: yes, not_before: [come, gone]}\n"
    "  first: {type: real, optional: yes}\n"
    "  last:  {type: real, not_before: first, optional: yes}\n"
    "  los:   {type: integer, range: [1, 33], intervals: {31: [31, 45], 32: [46, 365], 33: [366, open], \"some days\": [1, 30]}, optional: yes}\n"
    "  ward:  {type: category, optional: yes}\n";

#define HEADER "id,come,gone,next,first,last,los,ward\n"

static int setup(void **state)
{
    struct bench *const bench = bench_setup(state, codebook);
    bench->table.as_of = (struct study_text){.text = (char *)"2021-12-31"};
    return 0;
}

static void test_a_cell_before_the_one_it_follows_sets_the_row_aside(void **state)
{
    struct bench *const bench = *state;
    assert_int_equal(bench_run_text(bench, HEADER "A,2021-02-01,2021-01-01,,,,,\n"
                                                  "B,2021-02-01,2021-02-01,2021-02-01,1.5,1.5,,\n"
                                                  "C,2021-02-01,,2021-01-31,,,,\n"
                                                  "D,2021-02-01,2021-02-02,2021-02-01,,,,\n"
                                                  "E,,2021-01-01,,2.385,2.3849,,\n"
                                                  "F,,2021-01-01,,2.385,,,\n"), EXIT_DONE);
    assert_int_equal(bench->rows->n_rows, 2);
    assert_int_equal(bench_count(bench, "", "", "rows_rejected", "before what it follows"), 4);
    assert_int_equal(bench_count(bench, "", "gone", "rows_rejected", "before what it follows"), 1);
    assert_int_equal(bench_count(bench, "", "next", "rows_rejected", "before what it follows"), 2);
    assert_int_equal(bench_count(bench, "", "last", "rows_rejected", "before what it follows"), 1);
    assert_says(bench->rejects, "x.csv,2,38,gone,before what it follows\n");
    assert_says(bench->talk, "x.csv:2:3 (gone): a value not before 'come' was expected; it lies 31 days before");
    assert_says(bench->talk, "x.csv:4:4 (next): a value not before 'come' was expected; it lies 1 day before");
    assert_says(bench->talk, "x.csv:6:6 (last): a value not before 'first' was expected; value '2.3849'");
}

static void test_a_date_after_the_day_of_the_data_sets_the_row_aside_unless_it_lies_ahead(void **state)
{
    struct bench *const bench = *state;
    assert_int_equal(bench_run_text(bench, HEADER "A,2021-02-01,2021-12-31,2022-06-01,,,,\n"
                                                  "B,2021-02-01,2022-01-01,2022-06-01,,,,\n"), EXIT_DONE);
    assert_int_equal(bench->rows->n_rows, 1);
    assert_int_equal(bench_count(bench, "", "gone", "rows_rejected", "after the day of the data"), 1);
    assert_says(bench->talk, "x.csv:3:3 (gone): a day up to 2021-12-31, when the data were drawn ('as_of:'), was expected");
    bench->table.as_of = (struct study_text){0};
    assert_int_equal(bench_run_text(bench, HEADER "B,2021-02-01,2022-01-01,2022-06-01,,,,\n"), EXIT_DONE);
}

static void test_codes_of_intervals_become_their_ends(void **state)
{
    struct bench *const bench = *state;
    static const int64_t ends[][2] = {{1, 1}, {30, 30}, {31, 45}, {46, 365}, {366, MISSING_INTEGER},
                                      {MISSING_INTEGER, MISSING_INTEGER}, {1, 30}};
    assert_int_equal(bench_run_text(bench, HEADER "A,,,,,,1,\nB,,,,,,30,\nC,,,,,,31,\nD,,,,,,32,\nE,,,,,,33,\nF,,,,,,,\n"
                                                  "G,,,,,,some days,\nH,,,,,,34,\nI,,,,,,no days,\n"), EXIT_DONE);
    assert_int_equal(bench->rows->n_rows, 7);
    for (size_t i = 0; i < 7; i++) {
        assert_true(column_integer(table_column(bench->rows, "los_low"), i) == ends[i][0]);
        assert_true(column_integer(table_column(bench->rows, "los_high"), i) == ends[i][1]);
    }
    assert_int_equal(bench_count(bench, "", "los_low", "kept", ""), 6);
    assert_int_equal(bench_count(bench, "", "los_high", "kept", ""), 5);
    assert_int_equal(bench_count(bench, "", "los_low", "rows_rejected", "not a whole number"), 1);
    assert_int_equal(bench_count(bench, "", "los_low", "rows_rejected", "out of range"), 1);
}

static void test_an_optional_column_may_be_absent_from_a_file(void **state)
{
    struct bench *const bench = *state;
    assert_int_equal(bench_run_text(bench, "come,id,next,gone\n2021-02-01,A,,\n"), EXIT_DONE);
    static const char *const columns[] = {"first", "last", "los_low", "los_high", "ward"};
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        assert_true(column_is_missing(table_column(bench->rows, columns[i]), 0));
    assert_int_equal(bench_count(bench, "", "first", "missing", ""), 1);
    assert_int_equal(bench_run_text(bench, "come,id,next\n2021-02-01,A,\n"), EXIT_FAILED);
    assert_says(bench->talk, "column 'gone', which the codebook declares, is missing");
}

static void test_ids_that_a_spreadsheet_broke_set_the_row_aside(void **state)
{
    struct bench *const bench = *state;
    assert_int_equal(bench_run_text(bench, HEADER "1.23457E+11,,,,,,,\n#REF!,,,,,,,\n../../etc/passwd,,,,,,,\nA,,,,,,,#N/A\n"
                                                  "A7,,,,,,,east\n"), EXIT_DONE);
    assert_int_equal(bench->rows->n_rows, 1);
    assert_int_equal(bench_count(bench, "", "id", "rows_rejected", "id mangled by a spreadsheet"), 1);
    assert_int_equal(bench_count(bench, "", "id", "rows_rejected", "error of a spreadsheet"), 1);
    assert_int_equal(bench_count(bench, "", "ward", "rows_rejected", "error of a spreadsheet"), 1);
    assert_int_equal(bench_count(bench, "", "id", "rows_rejected", "strange character in an id"), 1);
    assert_keeps_silent_about(bench->talk, "passwd");
    assert_keeps_silent_about(bench->talk, "1.23457E+11");
}

static void test_ids_of_mixed_width_are_two_ids_and_a_warning(void **state)
{
    struct bench *const bench = *state;
    assert_int_equal(bench_run_text(bench, HEADER "0007,,,,,,,\n7,,,,,,,\n0012,,,,,,,\n"), EXIT_DONE);
    assert_int_equal(bench->rows->n_rows, 3);
    assert_true(bench_cell_is(bench->rows, "id", 1, "7"));
    assert_says(bench->talk, "x.csv:3: column 'id': ids of 4 digits start with 0, and 1 is shorter, first here");
    assert_int_equal(bench_count(bench, "", "id", "ids_short", ""), 1);
    assert_int_equal(bench_run_text(bench, HEADER "1207,,,,,,,\n7,,,,,,,\n"), EXIT_DONE);
    assert_keeps_silent_about(bench->talk, "warning");
    assert_int_equal(bench_count(bench, "", "id", "ids_short", ""), -1);
}

static void test_an_identifier_in_a_bad_row_stops_the_run_and_is_not_told(void **state)
{
    struct bench *const bench = *state;
    assert_int_equal(bench_run_text(bench, HEADER "B,,,,abc,,,\nA,,,,SEE 123-45-6789,,,\nC,,,,,,,\n"), EXIT_FAILED);
    assert_says(bench->talk, "x.csv:3:5: column 'first' holds an identifier in a row that fits no rule: social security number");
    assert_keeps_silent_about(bench->talk, "123-45");
    assert_int_equal(access(bench->records, F_OK), -1);
    /* A wrong day in a column of days, and an age that is too high, are no more than wrong. */
    assert_int_equal(bench_run_text(bench, HEADER "A,3/4/2021,,,,,,\nB,,,,,,121,\nC,,,,,,,\n"), EXIT_DONE);
    assert_int_equal(bench->rows->n_rows, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_a_cell_before_the_one_it_follows_sets_the_row_aside),
        TEST(test_a_date_after_the_day_of_the_data_sets_the_row_aside_unless_it_lies_ahead),
        TEST(test_codes_of_intervals_become_their_ends),
        TEST(test_an_optional_column_may_be_absent_from_a_file),
        TEST(test_ids_that_a_spreadsheet_broke_set_the_row_aside),
        TEST(test_ids_of_mixed_width_are_two_ids_and_a_warning),
        TEST(test_an_identifier_in_a_bad_row_stops_the_run_and_is_not_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
