/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/rejects.h"

#include "tests/pipeline/ingest/small_study.h"

/* One bad row between two good ones: it is set aside for this reason, at its line, with this message. */
static void check_set_aside(struct bench *bench, const char *row, const char *column, const char *reason,
                            const char *told)
{
    char text[20000], line[256];
    snprintf(text, sizeof text, HEADER GOOD "%s\n" GOOD, row);
    assert_int_equal(bench_run_text(bench, text), EXIT_DONE);
    snprintf(line, sizeof line, "x.csv,3,%zu,%s,%s\n", strlen(HEADER GOOD), column, reason);
    assert_says(bench->rejects, line);
    assert_says(bench->talk, told);
    assert_int_equal(bench->rows->n_rows, 2);
    assert_int_equal(bench_count(bench, "", "", "rows_in", ""), 3);
    assert_int_equal(bench_count(bench, "", "", "rows_kept", ""), 2);
    assert_int_equal(bench_count(bench, "", "", "rows_rejected", ""), 1);
    assert_int_equal(bench_count(bench, "", "", "rows_rejected", reason), 1);
    assert_int_equal(bench_count(bench, "x.csv", "", "rows_rejected", reason), 1);
    if (column[0] != '\0')
        assert_int_equal(bench_count(bench, "", column, "rows_rejected", reason), 1);
}

static void test_a_row_is_set_aside_with_its_reason_and_place(void **state)
{
    struct bench *const b = *state;
    check_set_aside(b, "A2,34,1,2019-05-17,1,west,3", "", "wrong number of cells",
                    "x.csv:3: 8 cells were expected, 7 were found");
    check_set_aside(b, "A2,34,1,2019-05-17,1,west,3,1,,", "", "wrong number of cells", "10 were found");
    check_set_aside(b, "   ", "", "wrong number of cells", "8 cells were expected, 1 was found");
    check_set_aside(b, "id,age,dose,seen,sex,site,n,rowid", "", "repeated header", "x.csv:3: data were expected");
    check_set_aside(b, "A2,34.5,1,2019-05-17,1,west,3,1", "age", "not a whole number",
                    "x.csv:3:2 (age): a whole number from 0 to 120 was expected; value '34.5'");
    check_set_aside(b, "A2,+34,1,2019-05-17,1,west,3,1", "age", "not a whole number", "value '+34'");
    check_set_aside(b, "A2,99999999999999999999,1,2019-05-17,1,west,3,1", "age", "number too large", "(age)");
    check_set_aside(b, "A2,-1,1,2019-05-17,1,west,3,1", "age", "out of range",
                    "a whole number from 0 to 120 was expected; value '-1'");
    check_set_aside(b, "A2,null,1,2019-05-17,1,west,3,1", "age", "not a whole number",
                    "if it means missing, declare it under 'missing:'; value 'null'");
    check_set_aside(b, "A2,34,1e400,2019-05-17,1,west,3,1", "dose", "number too large", "x.csv:3:3 (dose)");
    check_set_aside(b, "A2,34,\"1,5\",2019-05-17,1,west,3,1", "dose", "not a number",
                    "a number with a decimal point from 0 to 100 was expected; value '1,5'");
    check_set_aside(b, "A2,34,nan,2019-05-17,1,west,3,1", "dose", "not a number", "value 'nan'");
    check_set_aside(b, "A2,34,100.5,2019-05-17,1,west,3,1", "dose", "out of range", "value '100.5'");
    check_set_aside(b, "A2,34,1,17.5.2019,1,west,3,1", "seen", "not a date",
                    "a date as YYYY-MM-DD from 2018-01-01 to 2020-12-31 was expected");
    check_set_aside(b, "A2,34,1,2019-02-29,1,west,3,1", "seen", "no such day", "there is no such day");
    check_set_aside(b, "A2,34,1,2021-01-01,1,west,3,1", "seen", "out of range", "value '2021-01-01'");
    check_set_aside(b, "A2,34,1,,1,west,3,1", "seen", "required but missing", "(seen): a value was expected");
    check_set_aside(b, "A2,34,1,2019-05-17,4,west,3,1", "sex", "not in the codes",
                    "x.csv:3:5 (sex): one of the declared codes '1', '2', '3' was expected");
    check_set_aside(b, "A2,34,1,2019-05-17,1,we\tst,3,1", "site", "control character", "(site): text without control");
    check_set_aside(b, "A2,34,1,2019-05-17,1,\"we\nst\",3,1", "site", "control character", "x.csv:3:6 (site)");
    check_set_aside(b, "A2,34,1,2019-05-17,1,caf\xe9,3,1", "site", "not UTF-8", "encoding: latin-1");
    check_set_aside(b, "A2,34,1,2019-05-17,\" 1\",west,3,1", "sex", "space around the value", "value ' 1'");
    check_set_aside(b, "A2,34,1,2019-05-17,1\xc2\xa0,west,3,1", "sex", "space around the value", "remove them");
}

static void test_the_first_faulty_cell_in_the_order_of_the_file_gives_the_reason(void **state)
{
    struct bench *const bench = *state;
    assert_int_equal(bench_run_text(bench, "n,site,sex,seen,dose,age,id,rowid\n3,west,9,x,x,x,,1\n"
                                           "3,west,1,2019-05-17,1,34,A1,1\n"), EXIT_DONE);
    assert_says(bench->rejects, "x.csv,2,34,sex,not in the codes\n");
    assert_int_equal(bench_count(bench, "", "", "rows_rejected", ""), 1);
    assert_int_equal(bench_count(bench, "", "seen", "rows_rejected", "not a date"), -1);
}

static void test_a_nul_byte_does_not_cut_a_cell_short(void **state)
{
    struct bench *const bench = *state;
    static const char text[] = HEADER GOOD "A2,34,1,2019-05-17,1\0,west,3,1\n";
    assert_int_equal(bench_run_bytes(bench, text, sizeof text - 1), EXIT_DONE);
    assert_says(bench->rejects, ",sex,NUL byte\n");
    assert_int_equal(bench->rows->n_rows, 1);
}

static void test_a_long_text_is_set_aside(void **state)
{
    struct bench *const bench = *state;
    char row[8192], id[5001];
    memset(id, 'x', sizeof id - 1);
    id[5000] = '\0';
    snprintf(row, sizeof row, "%s,34,1,2019-05-17,1,west,3,1", id);
    check_set_aside(bench, row, "id", "cell too long", "(id): at most 4096 bytes were expected, 5000 were found");
    assert_keeps_silent_about(bench->talk, "xxxxx");
}

static void test_values_that_may_name_a_person_are_not_told(void **state)
{
    struct bench *const bench = *state;
    bench->table.person = (struct study_text){.text = (char *)"age", .place = {5, 13}};
    const enum exit_status status = bench_run_text(bench, HEADER GOOD "A2,\"Jane Doe\",1,2019-05-17,1,west,3,1\n"
                                                    "\"Jane Doe \",34,1,2019-05-17,1,west,3,1\n"
                                                    "A3,34,1,2019-05-17,1,\" Jane Doe\",3,1\n"
                                                    "Jane\tDoe,34,1,2019-05-17,1,west,3,1\n");
    bench->table.person = (struct study_text){0};
    assert_int_equal(status, 0);
    assert_int_equal(bench_count(bench, "", "", "rows_rejected", ""), 4);
    assert_says(bench->talk, "x.csv:3:2 (age): a whole number from 0 to 120 was expected\n");
    assert_keeps_silent_about(bench->talk, "Jane");
    assert_keeps_silent_about(bench->rejects, "Jane");
}

static void test_only_the_first_rows_of_a_reason_are_told_but_all_are_listed(void **state)
{
    struct bench *const bench = *state;
    char text[8192];
    size_t n = (size_t)sprintf(text, HEADER GOOD);
    for (int i = 0; i < 12; i++)
        n += (size_t)sprintf(text + n, "A2,34,1,bad%d,1,west,3,1\n", i);
    assert_int_equal(bench_run_text(bench, text), EXIT_DONE);
    assert_says(bench->talk, "value 'bad4'");
    assert_keeps_silent_about(bench->talk, "value 'bad5'");
    assert_says(bench->talk, "clients: 12 of 13 rows (92.3 %) were set aside: not a date 12");
    assert_says(bench->rejects, "x.csv,14,");
    assert_keeps_silent_about(bench->rejects, "bad");
}

static void test_too_many_rejected_rows_stop_the_run_but_are_listed(void **state)
{
    struct bench *const bench = *state;
    static const char text[] = HEADER GOOD GOOD GOOD "A2,x,1,2019-05-17,1,west,3,1\n";
    bench->options.max_reject = 0.24;
    assert_int_equal(bench_run_text(bench, text), EXIT_FAILED);
    assert_says(bench->talk, "clients: 1 of 4 rows (25 %) were set aside, more than --max-reject 24 %: not a whole "
                             "number 1; each is listed in ");
    assert_says(bench->rejects, "x.csv,5,");
    assert_int_equal(access(bench->records, F_OK), -1);
    bench->options.max_reject = 0.25;
    assert_int_equal(bench_run_text(bench, text), EXIT_DONE);
    bench->options.max_reject = 0.24; /* the file is current, yet not good enough */
    assert_int_equal(bench_run(bench), EXIT_FAILED);
    assert_says(bench->talk, "more than --max-reject 24 %");
    bench->options.max_reject = 1;
}

static void test_a_table_without_rows_is_an_error(void **state)
{
    struct bench *const bench = *state;
    assert_int_equal(bench_run_text(bench, HEADER), EXIT_FAILED);
    assert_says(bench->talk, "has a header but no rows");
    assert_int_equal(bench_run_text(bench, HEADER "A2,x,1,2019-05-17,1,west,3,1\n"), EXIT_FAILED);
    assert_says(bench->talk, "all 1 rows were set aside");
}

static void test_frequencies_are_whole_and_not_negative(void **state)
{
    struct bench *const bench = *state;
    bench->table.weight = (struct study_text){.text = (char *)"n", .place = {6, 13}};
    const enum exit_status status = bench_run_text(bench, HEADER GOOD "A2,34,1,2019-05-17,1,west,0,1\n"
                                                         "A3,34,1,2019-05-17,1,west,957491,1\n"
                                                         "A4,34,1,2019-05-17,1,west,-1,1\n"
                                                         "A5,34,1,2019-05-17,1,west,1.5,1\n"
                                                         "A6,34,1,2019-05-17,1,west,NA,1\n"
                                                         "A7,34,1,2019-05-17,1,west,many,1\n");
    assert_int_equal(status, 0);
    assert_int_equal(bench_count(bench, "", "", "rows_kept", ""), 3);
    assert_int_equal(bench_count(bench, "", "", "rows_rejected", "frequency negative"), 1);
    assert_int_equal(bench_count(bench, "", "", "rows_rejected", "frequency not whole"), 1);
    assert_int_equal(bench_count(bench, "", "", "rows_rejected", "frequency missing"), 1);
    assert_int_equal(bench_count(bench, "", "", "rows_rejected", "not a whole number"), 1);
    assert_int_equal(bench_count(bench, "", "n", "weight_total", ""), 957494);
    assert_int_equal(bench_count(bench, "", "n", "rows_weight_zero", ""), 1);

    assert_int_equal(bench_run_text(bench, HEADER "A2,34,1,2019-05-17,1,west,9223372036854775807,1\n" GOOD),
                     EXIT_FAILED);
    assert_says(bench->talk, "the frequencies add up to more than can be counted");
    bench->table.weight = (struct study_text){0};
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_row_is_set_aside_with_its_reason_and_place),
        cmocka_unit_test(test_the_first_faulty_cell_in_the_order_of_the_file_gives_the_reason),
        cmocka_unit_test(test_a_nul_byte_does_not_cut_a_cell_short),
        cmocka_unit_test(test_a_long_text_is_set_aside),
        cmocka_unit_test(test_values_that_may_name_a_person_are_not_told),
        cmocka_unit_test(test_only_the_first_rows_of_a_reason_are_told_but_all_are_listed),
        cmocka_unit_test(test_too_many_rejected_rows_stop_the_run_but_are_listed),
        cmocka_unit_test(test_a_table_without_rows_is_an_error),
        cmocka_unit_test(test_frequencies_are_whole_and_not_negative),
    };
    return cmocka_run_group_tests(tests, small_study_setup, bench_teardown);
}
