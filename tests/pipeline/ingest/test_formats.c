/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The same table from files of every format, through the same rules; several files; standard input. */
#include "ingest/ingest.h"

#include "tests/pipeline/ingest/bench.h"
#include "tests/pipeline/ingest/stat_files.h"

static const char codebook[] =
    "codebook: formats\n"
    "columns:\n"
    "  ID:   {type: text}\n"
    "  AGE:  {type: integer, range: [0, 120], missing: ['-9', '.b']}\n"
    "  SEX:  {type: category, codes: {1: male, 2: female}}\n"
    "  DOSE: {type: real}\n"
    "  CAME: {type: date}\n";

static int setup(void **state)
{
    bench_setup(state, codebook);
    return 0;
}

static enum exit_status run_file(struct bench *bench, const char *name)
{
    bench->files[0].text = (char *)name;
    bench->options.again = true;
    return bench_run(bench);
}

static void test_every_format_gives_the_same_rows(void **state)
{
    static const char *const names[] = {"x.sas7bdat", "x.xpt", "x.dta", "x.sav"};
    struct bench *const bench = *state;
    char expected[SHA256_HEX_SIZE], found[SHA256_HEX_SIZE];
    small_text(&bench->folder, "x.csv", stat_csv(STAT_SAV));
    assert_int_equal(run_file(bench, "x.csv"), EXIT_DONE);
    assert_int_equal(bench->rows->n_rows, STAT_ROWS);
    assert_int_equal(bench_count(bench, "", "AGE", "missing", ""), 2);
    assert_int_equal(store_table_sha256(bench->rows, expected), 0);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        stat_write(&bench->folder, names[i], 1);
        assert_int_equal(run_file(bench, names[i]), EXIT_DONE);
        assert_int_equal(store_table_sha256(bench->rows, found), 0);
        assert_string_equal(found, expected);
        assert_int_equal(bench_count(bench, names[i], "", "rows_in", ""), STAT_ROWS);
    }
}

/* The same from a gzip file and from one with another delimiter. */
static void test_packed_files_and_other_delimiters_give_the_same_rows(void **state)
{
    struct bench *const bench = *state;
    static const char tabs[] = "ID\tAGE\tSEX\tDOSE\tCAME\nA1\t34\t1\t2.385\t2019-05-17\nB2\t\t2\t.1\t1960-01-01\n"
                               "C,3\t-9\t1\t1e-9\t\nD \"4\"\t41\t2\t-.5\t2020-02-29\n";
    char expected[SHA256_HEX_SIZE], found[SHA256_HEX_SIZE];
    small_gzip(&bench->folder, "x.csv.gz", stat_csv(STAT_SAV), strlen(stat_csv(STAT_SAV)));
    assert_int_equal(run_file(bench, "x.csv.gz"), EXIT_DONE);
    assert_int_equal(store_table_sha256(bench->rows, expected), 0);
    bench->table.codebook->delimiter = '\t';
    /* A quote inside a cell that does not start with one is no CSV by any delimiter. */
    char *const rows = strdup(tabs);
    memcpy(strstr(rows, "D \"4\""), "\"D\"4\"", 5);
    small_text(&bench->folder, "x.tsv", rows);
    assert_int_equal(run_file(bench, "x.tsv"), EXIT_FAILED);
    free(rows);
    small_text(&bench->folder, "x.tsv", "ID\tAGE\tSEX\tDOSE\tCAME\nA1\t34\t1\t2.385\t2019-05-17\nB2\t\t2\t.1\t1960-01-01\n"
                                        "C,3\t-9\t1\t1e-9\t\n\"D \"\"4\"\"\"\t41\t2\t-.5\t2020-02-29\n");
    assert_int_equal(run_file(bench, "x.tsv"), EXIT_DONE);
    assert_int_equal(store_table_sha256(bench->rows, found), 0);
    assert_string_equal(found, expected);
}

static void test_the_place_of_a_bad_row_is_its_number(void **state)
{
    struct bench *const bench = *state;
    struct codebook_column *const age = &bench->table.codebook->columns[1];
    age->high = 40;
    stat_write(&bench->folder, "x.dta", 2);
    assert_int_equal(run_file(bench, "x.dta"), EXIT_DONE);
    assert_says(bench->talk, "x.dta:4:2 (AGE): a whole number from 0 to 40 was expected; value '41'");
    assert_says(bench->talk, "x.dta:8:2 (AGE)");
    assert_says(bench->rejects, "x.dta,8,");
    assert_int_equal(bench_count(bench, "x.dta", "", "rows_rejected", "out of range"), 2);
    age->high = 120;
}

static void test_formats_may_be_mixed_in_one_table_and_are_counted_apart(void **state)
{
    struct bench *const bench = *state;
    stat_write(&bench->folder, "a1.sav", 1);
    stat_write(&bench->folder, "a2.dta", 3);
    small_text(&bench->folder, "a3.csv", stat_csv(STAT_DTA));
    assert_int_equal(run_file(bench, "a*"), EXIT_DONE);
    assert_int_equal(bench->rows->n_rows, 5 * STAT_ROWS);
    assert_int_equal(bench_count(bench, "a1.sav", "", "rows_kept", ""), STAT_ROWS);
    assert_int_equal(bench_count(bench, "a2.dta", "", "rows_kept", ""), 3 * STAT_ROWS);
    assert_int_equal(bench_count(bench, "a3.csv", "", "rows_kept", ""), STAT_ROWS);
    assert_int_equal(bench_count(bench, "", "", "rows_kept", ""), 5 * STAT_ROWS);
}

static void test_a_column_that_does_not_fit_is_told_for_every_format(void **state)
{
    struct bench *const bench = *state;
    bench->table.codebook->columns[2].name = (char *)"GENDER";
    stat_write(&bench->folder, "x.sav", 1);
    assert_int_equal(run_file(bench, "x.sav"), EXIT_FAILED);
    assert_says(bench->talk, "x.sav: column 'GENDER', which the codebook declares, is missing");
    talk_begin(&bench->folder);
    assert_int_equal(ingest_check_headers(&bench->study), -1);
    char *const talk = talk_end(&bench->folder);
    assert_says(talk, "x.sav: column 'SEX' is not declared");
    free(talk);
}

/* Standard input is the file `name` while ingest runs. */
static enum exit_status run_input(struct bench *bench, const char *name)
{
    const int before = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 10);
    const int file = open(small_path(&bench->folder, name), O_RDONLY | O_CLOEXEC);
    assert_true(before >= 0 && file >= 0);
    assert_int_equal(dup2(file, STDIN_FILENO), STDIN_FILENO);
    const enum exit_status status = run_file(bench, "-");
    dup2(before, STDIN_FILENO);
    close(before);
    close(file);
    return status;
}

static void test_standard_input_is_read_like_a_file(void **state)
{
    struct bench *const bench = *state;
    char expected[SHA256_HEX_SIZE], found[SHA256_HEX_SIZE];
    small_text(&bench->folder, "x.csv", stat_csv(STAT_SAV));
    assert_int_equal(run_file(bench, "x.csv"), EXIT_DONE);
    assert_int_equal(store_table_sha256(bench->rows, expected), 0);
    assert_int_equal(run_input(bench, "x.csv"), EXIT_DONE);
    assert_int_equal(store_table_sha256(bench->rows, found), 0);
    assert_string_equal(found, expected);
    assert_int_equal(bench_count(bench, "standard input", "", "rows_in", ""), STAT_ROWS);
    small_text(&bench->folder, "y.csv", "ID,AGE,SEX,DOSE,CAME\nA,x,1,1,\nB,1,1,1,\n");
    assert_int_equal(run_input(bench, "y.csv"), EXIT_DONE);
    assert_says(bench->talk, "standard input:2:2 (AGE): a whole number");
    assert_says(bench->rejects, "standard input,2,");
    small_text(&bench->folder, "y.csv", "");
    assert_int_equal(run_input(bench, "y.csv"), EXIT_FAILED);
    assert_says(bench->talk, "'standard input' is empty");
}

static void test_standard_input_is_named_once(void **state)
{
    struct bench *const bench = *state;
    bench->table.files.n = 2;
    bench->files[1] = (struct study_text){.text = (char *)"-", .place = {4, 16}};
    assert_int_equal(run_file(bench, "-"), EXIT_FAILED);
    assert_says(bench->talk, "study.yaml:4:16: standard input ('-') can be read only once");
}

static void test_nothing_of_a_spool_is_left_behind(void **state)
{
    struct bench *const bench = *state;
    stat_write(&bench->folder, "x.sav", 1);
    assert_int_equal(run_file(bench, "x.sav"), EXIT_DONE);
    char command[512];
    snprintf(command, sizeof command, "test \"$(ls -A '%s/work' | sort | tr '\\n' ' ')\" = 'records.h5 rejects.csv '", bench->out);
    assert_int_equal(system(command), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_every_format_gives_the_same_rows),
        TEST(test_packed_files_and_other_delimiters_give_the_same_rows),
        TEST(test_the_place_of_a_bad_row_is_its_number),
        TEST(test_formats_may_be_mixed_in_one_table_and_are_counted_apart),
        TEST(test_a_column_that_does_not_fit_is_told_for_every_format),
        TEST(test_standard_input_is_read_like_a_file),
        TEST(test_standard_input_is_named_once),
        TEST(test_nothing_of_a_spool_is_left_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
