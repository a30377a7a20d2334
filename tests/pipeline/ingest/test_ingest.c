/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/ingest.h"

#include "base/days.h"
#include "tests/pipeline/ingest/small_study.h"

static int64_t integer_at(const struct bench *bench, const char *column, size_t row)
{
    return column_integer(table_column(bench->rows, column), row);
}

static void test_cells_become_values_of_their_types(void **state)
{
    struct bench *const bench = *state;
    int32_t day;
    assert_int_equal(bench_run_text(bench, HEADER GOOD "B22,034,.5,2020-02-29,3,\"east, low\",0,x\n"), EXIT_DONE);
    assert_int_equal(bench->rows->n_rows, 2);
    assert_int_equal(bench->rows->n_columns, 7); /* rowid was dropped */
    assert_true(bench_cell_is(bench->rows, "id", 0, "A1"));
    assert_true(bench_cell_is(bench->rows, "id", 1, "B22"));
    assert_int_equal(integer_at(bench, "age", 1), 34);
    assert_near(column_real(table_column(bench->rows, "dose"), 0), 2.385, 0);
    assert_near(column_real(table_column(bench->rows, "dose"), 1), 0.5, 0);
    assert_int_equal(day_from_civil(2020, 2, 29, &day), 0);
    assert_int_equal(integer_at(bench, "seen", 1), day);
    assert_true(bench_cell_is(bench->rows, "sex", 0, "male"));
    assert_true(bench_cell_is(bench->rows, "sex", 1, "female"));
    assert_true(bench_cell_is(bench->rows, "site", 1, "east, low"));
    assert_int_equal(table_column(bench->rows, "age")->type, COLUMN_INT8);
    assert_int_equal(table_column(bench->rows, "id")->type, COLUMN_TEXT);
    assert_int_equal(table_column(bench->rows, "id")->width, 3);
    assert_string_equal(table_column(bench->rows, "seen")->units, "date");
    assert_string_equal(bench->rejects, "file,line,byte,column,reason\n");
}

static void test_missing_codes_are_missing_also_when_they_are_written_as_another_number(void **state)
{
    struct bench *const bench = *state;
    assert_int_equal(bench_run_text(bench, HEADER "A1,-9,-9.0,2019-05-17,NA,,NA,1\n"
                                                  "A2,-09,-9,2019-05-17,,NA,,1\n"
                                                  "A3,9,9.5,2019-05-17,2,x,1,1\n"), EXIT_DONE);
    assert_int_equal(bench->rows->n_rows, 3);
    for (size_t row = 0; row < 2; row++) {
        static const char *const columns[] = {"age", "dose", "sex", "site", "n"};
        for (size_t i = 0; i < 5; i++)
            assert_true(column_is_missing(table_column(bench->rows, columns[i]), row));
    }
    assert_int_equal(bench_count(bench, "", "age", "missing", ""), 2);
    assert_int_equal(bench_count(bench, "", "age", "kept", ""), 1);
    assert_int_equal(bench_count(bench, "", "seen", "missing", ""), 0);
}

static void test_levels_of_a_category_without_codes_are_sorted_by_bytes(void **state)
{
    struct bench *const bench = *state;
    assert_int_equal(bench_run_text(bench, HEADER "A1,1,1,2019-05-17,1,west,1,1\nA2,1,1,2019-05-17,1,Zoo,1,1\n"
                                                  "A3,1,1,2019-05-17,1,east,1,1\nA4,x,1,2019-05-17,1,unseen,1,1\n"
                                                  "A5,1,1,2019-05-17,1,wes,1,1\n"), EXIT_DONE);
    const struct column *const site = table_column(bench->rows, "site");
    assert_int_equal(site->n_labels, 4); /* the level of a row that was set aside does not exist */
    assert_string_equal(site->labels[0], "Zoo");
    assert_string_equal(site->labels[1], "east");
    assert_string_equal(site->labels[2], "wes");
    assert_string_equal(site->labels[3], "west");
    assert_true(bench_cell_is(bench->rows, "site", 0, "west"));
    assert_true(bench_cell_is(bench->rows, "site", 1, "Zoo"));
}

static void test_spaces_around_an_unquoted_cell_are_dropped_and_counted(void **state)
{
    struct bench *const bench = *state;
    assert_int_equal(bench_run_text(bench, HEADER "A1 , 34,1,2019-05-17, 1 ,  ,3,1\n"), EXIT_DONE);
    assert_int_equal(integer_at(bench, "age", 0), 34);
    assert_true(bench_cell_is(bench->rows, "id", 0, "A1"));
    assert_true(column_is_missing(table_column(bench->rows, "site"), 0));
    assert_int_equal(bench_count(bench, "", "sex", "spaces_removed", ""), 1);
    assert_int_equal(bench_count(bench, "", "dose", "spaces_removed", ""), -1);
    assert_says(bench->talk, "column 'sex': spaces around 1 value were dropped");
}

static void test_several_files_are_one_table_in_the_order_of_their_names(void **state)
{
    struct bench *const bench = *state;
    small_text(&bench->folder, "2019.csv", HEADER "A1,1,1,2019-05-17,1,west,1,1\nA2,1,1,2019-05-17,1,west,1,1\n");
    small_text(&bench->folder, "2018.csv", "n,age,dose,seen,gender,site,id\n7,1,1,2018-05-17,1,east,B1\n");
    static const char packed[] = HEADER "C1,1,1,2020-05-17,9,west,1,1\nC2,1,1,2020-05-17,1,south,1,1\n";
    small_gzip(&bench->folder, "2020.csv.gz", packed, sizeof packed - 1);
    bench->files[0].text = (char *)"20??.csv*";
    assert_int_equal(bench_run(bench), EXIT_DONE);
    assert_int_equal(bench->rows->n_rows, 4);
    assert_true(bench_cell_is(bench->rows, "id", 0, "B1"));
    assert_true(bench_cell_is(bench->rows, "id", 1, "A1"));
    assert_true(bench_cell_is(bench->rows, "id", 3, "C2"));
    assert_int_equal(bench_count(bench, "2020.csv.gz", "", "rows_in", ""), 2);
    assert_int_equal(bench_count(bench, "2020.csv.gz", "", "rows_rejected", "not in the codes"), 1);
    assert_int_equal(bench_count(bench, "", "", "rows_in", ""), 5);
    char *const rejects = strdup(bench->rejects);

    unlink(bench->records);
    bench->files[0].text = (char *)"2020.csv.gz";
    bench->files[1] = (struct study_text){.text = (char *)"2018.csv", .place = {5, 5}};
    bench->files[2] = (struct study_text){.text = (char *)"2019.csv", .place = {6, 5}};
    bench->table.files.n = 3;
    assert_int_equal(bench_run(bench), EXIT_DONE);
    assert_true(bench_cell_is(bench->rows, "id", 0, "B1"));
    assert_string_equal(bench->rejects, rejects);
    free(rejects);

    unlink(bench->records);
    bench->files[1].text = (char *)"20*.gz"; /* the same file twice */
    assert_int_equal(bench_run(bench), EXIT_FAILED);
    assert_says(bench->talk, "'2020.csv.gz' and '2020.csv.gz' are the same file");
    bench->files[1].text = (char *)"none*.csv";
    bench->files[2].text = (char *)"none.csv";
    assert_int_equal(bench_run(bench), EXIT_FAILED);
    assert_says(bench->talk, "study.yaml:5:5: no file matches 'none*.csv'");
    assert_says(bench->talk, "study.yaml:6:5: there is no file 'none.csv' (No such file or directory)");
    bench->files[0].text = (char *)"x.csv";
    bench->table.files.n = 1;
}

static void test_shuffled_rows_give_the_same_counts_and_levels(void **state)
{
    struct bench *const bench = *state;
    char first[SHA256_HEX_SIZE], second[SHA256_HEX_SIZE];
    assert_int_equal(bench_run_text(bench, HEADER GOOD "A2,x,1,2019-05-17,1,west,0,1\n"
                                                       "A3,1,1,2019-05-17,1,east,1,1\n"), EXIT_DONE);
    assert_int_equal(store_table_sha256(bench->quality, first), 0);
    assert_int_equal(bench_run_text(bench, HEADER "A3,1,1,2019-05-17,1,east,1,1\n" GOOD
                                           "A2,x,1,2019-05-17,1,west,0,1\n"), EXIT_DONE);
    assert_int_equal(store_table_sha256(bench->quality, second), 0);
    assert_string_equal(first, second);
    assert_string_equal(table_column(bench->rows, "site")->labels[0], "east");
}

static void test_an_unchanged_source_is_not_read_again(void **state)
{
    struct bench *const bench = *state;
    struct stat before, after;
    assert_int_equal(bench_run_text(bench, HEADER GOOD), EXIT_DONE);
    assert_int_equal(stat(bench->records, &before), 0);
    assert_int_equal(before.st_mode & 0777, 0600);
    assert_int_equal(bench_run(bench), EXIT_DONE);
    assert_int_equal(stat(bench->records, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    bench->options.again = true;
    assert_int_equal(bench_run(bench), EXIT_DONE);
    bench->options.again = false;
    assert_int_equal(stat(bench->records, &after), 0);
    assert_int_not_equal(before.st_ino, after.st_ino);
    small_text(&bench->folder, "x.csv", HEADER GOOD GOOD);
    assert_int_equal(bench_run(bench), EXIT_DONE);
    assert_int_equal(bench->rows->n_rows, 2);
}

static void test_a_dry_run_writes_nothing(void **state)
{
    struct bench *const bench = *state;
    assert_int_equal(bench_run_text(bench, HEADER GOOD), EXIT_DONE);
    unlink(bench->records);
    unlink(bench->rejects_path);
    bench->options.dry_run = true;
    talk_begin(&bench->folder);
    const enum exit_status status = ingest_run(&bench->study, &bench->options);
    char *const talk = talk_end(&bench->folder);
    bench->options.dry_run = false;
    assert_int_equal(status, EXIT_CHECK_SAID_NO);
    assert_says(talk, "would read clients");
    assert_int_equal(access(bench->records, F_OK), -1);
    assert_int_equal(access(bench->rejects_path, F_OK), -1);
    free(talk);
}

static void test_a_wrong_quote_stops_the_run_and_leaves_the_old_files(void **state)
{
    struct bench *const bench = *state;
    assert_int_equal(bench_run_text(bench, HEADER GOOD), EXIT_DONE);
    size_t n_before, n_after;
    char *const before = small_read(bench->records, &n_before);
    small_text(&bench->folder, "x.csv", HEADER GOOD "A2,\"34,1,2019-05-17,1,west,3,1\n");
    assert_int_equal(bench_run(bench), EXIT_FAILED);
    assert_says(bench->talk, "x.csv:3:2: the quote that opens here is never closed");
    char *const after = small_read(bench->records, &n_after);
    assert_int_equal(n_before, n_after);
    assert_memory_equal(before, after, n_before);
    assert_string_equal(bench->rejects, "file,line,byte,column,reason\n");
    free(before);
    free(after);
}

static void test_keys_must_be_columns_that_are_kept(void **state)
{
    struct bench *const bench = *state;
    bench->table.weight = (struct study_text){.text = (char *)"count", .place = {6, 13}};
    assert_int_equal(bench_run_text(bench, HEADER GOOD), EXIT_FAILED);
    assert_says(bench->talk, "study.yaml:6:13: the codebook '");
    bench->table.weight.text = (char *)"rowid";
    assert_int_equal(bench_run_text(bench, HEADER GOOD), EXIT_FAILED);
    assert_says(bench->talk, "column 'rowid' (weight) is dropped by the codebook");
    bench->table.weight.text = (char *)"dose";
    assert_int_equal(bench_run_text(bench, HEADER GOOD), EXIT_FAILED);
    assert_says(bench->talk, "column 'dose' (weight) counts rows: its type must be integer");
    bench->table.weight = (struct study_text){0};
}

static void test_many_rows_pass_through_chunks_in_their_order(void **state)
{
    enum { N = 2 * STORE_CHUNK_ROWS + 1234 };
    struct bench *const bench = *state;
    char *const text = malloc((size_t)N * 48 + 64);
    size_t n = (size_t)sprintf(text, HEADER);
    for (size_t i = 0; i < N; i++)
        n += (size_t)sprintf(text + n, "%zu,%s,%zu.5,2019-05-17,1,west,%zu,1\n", i, i % 3 == 0 ? "" : "34", i % 99, i);
    assert_int_equal(bench_run_bytes(bench, text, n), EXIT_DONE);
    free(text);
    assert_int_equal(bench->rows->n_rows, N);
    const struct column *const age = table_column(bench->rows, "age");
    for (size_t i = 0; i < N; i++)
        if (integer_at(bench, "n", i) != (int64_t)i || column_is_missing(age, i) != (i % 3 == 0))
            fail_msg("row %zu is not what was read", i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells_become_values_of_their_types),
        cmocka_unit_test(test_missing_codes_are_missing_also_when_they_are_written_as_another_number),
        cmocka_unit_test(test_levels_of_a_category_without_codes_are_sorted_by_bytes),
        cmocka_unit_test(test_spaces_around_an_unquoted_cell_are_dropped_and_counted),
        cmocka_unit_test(test_several_files_are_one_table_in_the_order_of_their_names),
        cmocka_unit_test(test_shuffled_rows_give_the_same_counts_and_levels),
        cmocka_unit_test(test_an_unchanged_source_is_not_read_again),
        cmocka_unit_test(test_a_dry_run_writes_nothing),
        cmocka_unit_test(test_a_wrong_quote_stops_the_run_and_leaves_the_old_files),
        cmocka_unit_test(test_keys_must_be_columns_that_are_kept),
        cmocka_unit_test(test_many_rows_pass_through_chunks_in_their_order),
    };
    return cmocka_run_group_tests(tests, small_study_setup, bench_teardown);
}
