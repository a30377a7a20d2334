/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/csv_reader.h"

#include "tests/pipeline/ingest/small_files.h"

#define TEXT(literal) (literal), sizeof(literal) - 1

static const struct csv_options commas = {.delimiter = ','};

/* Writes every record as "line@byte|cell|cell\n", quoted cells in «», NULs as \0; returns 0, or -1 after an error. */
static int show(const char *path, const struct csv_options *options, char *out, size_t room)
{
    const struct csv_record *record;
    int more;
    char *to = out;
    struct csv_reader *const reader = csv_reader_open(path, options);
    *to = '\0';
    if (reader == NULL)
        return -1;
    while ((more = csv_reader_next(reader, &record)) > 0) {
        to += snprintf(to, room - (size_t)(to - out), "%zu@%zu", record->line, record->byte);
        for (size_t i = 0; i < record->n_stored; i++) {
            const struct csv_field *const field = &record->fields[i];
            assert_int_equal(field->text[field->length], 0);
            to += snprintf(to, room - (size_t)(to - out), field->quoted ? "|<" : "|");
            for (size_t j = 0; j < field->length; j++)
                to += snprintf(to, room - (size_t)(to - out), field->text[j] == '\0' ? "\\0" : "%c", field->text[j]);
            to += snprintf(to, room - (size_t)(to - out), field->quoted ? ">" : "");
        }
        to += snprintf(to, room - (size_t)(to - out), "%s\n", record->too_long ? "|too long" : "");
    }
    csv_reader_close(reader);
    return more;
}

static void check_shown(struct small_folder *folder, const char *bytes, size_t length, const char *expected)
{
    char shown[4096];
    assert_int_equal(show(small_file(folder, "x.csv", bytes, length), &commas, shown, sizeof shown), 0);
    assert_string_equal(shown, expected);
}

static void check_refused(struct small_folder *folder, const char *name, const char *bytes, size_t length,
                          const char *told)
{
    char shown[4096];
    const char *const path = small_file(folder, name, bytes, length);
    talk_begin(folder);
    const int status = show(path, &commas, shown, sizeof shown);
    char *const talk = talk_end(folder);
    assert_int_equal(status, -1);
    assert_says(talk, told);
    free(talk);
}

static void test_lf_crlf_and_lone_cr_end_lines_alike(void **state)
{
    check_shown(*state, TEXT("a,b\n1,2\n3,4\n"), "2@4|1|2\n3@8|3|4\n");
    check_shown(*state, TEXT("a,b\r\n1,2\r\n3,4\r\n"), "2@5|1|2\n3@10|3|4\n");
    check_shown(*state, TEXT("a,b\r1,2\r3,4\r"), "2@4|1|2\n3@8|3|4\n");
    check_shown(*state, TEXT("a,b\n1,2\n3,4"), "2@4|1|2\n3@8|3|4\n");
}

static void test_blank_lines_are_no_records_but_count_as_lines(void **state)
{
    check_shown(*state, TEXT("\n\na,b\n\n\r\n1,2\n\n\n3,4\n\n"), "6@9|1|2\n9@15|3|4\n");
}

static void test_a_line_of_spaces_or_of_quotes_is_a_record(void **state)
{
    check_shown(*state, TEXT("a\n  \n\"\"\n"), "2@2|  \n3@5|<>\n");
}

static void test_lines_after_a_quoted_line_end_are_physical(void **state)
{
    check_shown(*state, TEXT("a,b\n\"x\ny\",2\n3,4\n"), "2@4|<x\ny>|2\n4@12|3|4\n");
    check_shown(*state, TEXT("a,b\r\n\"x\r\n\r\ny\",2\r\n3,4\r\n"), "2@5|<x\r\n\r\ny>|2\n5@17|3|4\n");
    check_shown(*state, TEXT("a,b\n\"x\r\ry\",2\n3,4\n"), "2@4|<x\r\ry>|2\n5@13|3|4\n");
}

static void test_doubled_quotes_and_delimiters_inside_quotes_belong_to_the_cell(void **state)
{
    check_shown(*state, TEXT("a,b\n\"say \"\"no\"\"\",\",\"\n\"\"\"\",\"\"\n"), "2@4|<say \"no\">|<,>\n3@21|<\">|<>\n");
}

static void test_spaces_belong_to_the_cell(void **state)
{
    check_shown(*state, TEXT("a,b\n 1 ,\" 2 \"\n"), "2@4| 1 |< 2 >\n");
}

static void test_byte_order_mark_is_dropped_and_counts_as_bytes(void **state)
{
    struct csv_reader *const reader =
        csv_reader_open(small_file(*state, "x.csv", TEXT("\xef\xbb\xbf" "age,b\n1,2\n")), &commas);
    const struct csv_record *record;
    assert_non_null(reader);
    assert_string_equal(csv_reader_column(reader, 0), "age");
    assert_int_equal(csv_reader_n_columns(reader), 2);
    assert_int_equal(csv_reader_header_line(reader), 1);
    assert_int_equal(csv_reader_next(reader, &record), 1);
    assert_int_equal(record->byte, 9);
    csv_reader_close(reader);
}

static void test_nul_bytes_stay_in_their_cell(void **state)
{
    check_shown(*state, TEXT("a,b\nAL\0C,2\n\"x\0\",4\n"), "2@4|AL\\0C|2\n3@11|<x\\0>|4\n");
}

static void test_ragged_records_are_delivered_as_they_are(void **state)
{
    check_shown(*state, TEXT("a,b\n1\n1,2,3\n,\n"), "2@4|1\n3@6|1|2|3\n4@12||\n");
}

static void test_latin_1_becomes_utf_8(void **state)
{
    const struct csv_options latin1 = {.delimiter = ';', .latin1 = true};
    char shown[256];
    assert_int_equal(show(small_file(*state, "x.csv", TEXT("a;b\ncaf\xe9;\xff\n")), &latin1, shown, sizeof shown), 0);
    assert_string_equal(shown, "2@4|caf\xc3\xa9|\xc3\xbf\n");
}

static void test_wrong_quotes_stop_the_file_at_their_place(void **state)
{
    check_refused(*state, "x.csv", TEXT("a,b\n1,2\n3,x\"y\n5,6\n"),
                  "x.csv:3:2: a quote inside a cell that does not start with one (byte 11)");
    check_refused(*state, "x.csv", TEXT("a,b\n1,2\n\"3\"x,y\n"), "x.csv:3:1: text follows a closing quote (byte 11)");
    check_refused(*state, "x.csv", TEXT("a,b\n1,2\n\"3\" ,y\n"), "x.csv:3:1: text follows a closing quote (byte 11)");
    check_refused(*state, "x.csv", TEXT("a,b\n1,2\n3, \"y\"\n"), "x.csv:3:2: a quote inside a cell");
}

static void test_an_unclosed_quote_is_told_where_it_opened(void **state)
{
    check_refused(*state, "x.csv", TEXT("a,b\n1,2\n3,\"4\n5,6\n7,8\n"),
                  "x.csv:3:2: the quote that opens here is never closed (byte 10)");
    check_refused(*state, "x.csv", TEXT("a,b\n1,2\n3,\"4\n5,6\n7,\"8\"\n"),
                  "x.csv:5:2: text follows a closing quote (byte 20); the quote that opens at line 3, byte 10 is "
                  "perhaps never closed");
}

static void test_other_kinds_of_files_are_refused_by_their_first_bytes(void **state)
{
    check_refused(*state, "x.csv", TEXT("\xff\xfe" "a\0,\0b\0\n\0"), "UTF-16");
    check_refused(*state, "x.csv", TEXT("\xff\xfe\0\0a\0\0\0"), "UTF-32");
    check_refused(*state, "x.csv", TEXT("a\0,\0b\0\n\0"), "x.csv:1:1: a NUL byte in the header");
    check_refused(*state, "x.csv", TEXT("PK\x03\x04 and more"), "spreadsheet");
    check_refused(*state, "x.csv", TEXT("\x1f\x8b\x08 and more"), ".gz");
    check_refused(*state, "x.csv", "", 0, "is empty");
    check_refused(*state, "x.csv", TEXT("\n\r\n\n"), "all its lines are blank");
}

static void test_bad_headers_are_refused(void **state)
{
    check_refused(*state, "x.csv", TEXT("a,b,a\n1,2,3\n"), "x.csv:1:3: column 'a' stands twice: columns 1 and 3");
    check_refused(*state, "x.csv", TEXT("a,caf\xe9\n1,2\n"), "x.csv:1:2: a column name that is not UTF-8; value "
                                                             "'caf\\xe9'");
    check_refused(*state, "x.csv", TEXT("a,\"b\nc\"\n1,2\n"), "x.csv:1:2: a control character in a column name");
    check_refused(*state, "x.csv", TEXT("a\tb\n1\t2\n"), "tabulators");
}

static void test_a_missing_file_a_folder_and_a_pipe_are_told(void **state)
{
    struct small_folder *const folder = *state;
    char pipe_path[512];
    snprintf(pipe_path, sizeof pipe_path, "%s", small_path(folder, "pipe.csv"));
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    talk_begin(folder);
    assert_null(csv_reader_open(small_path(folder, "none.csv"), &commas));
    assert_null(csv_reader_open(folder->path, &commas));
    assert_null(csv_reader_open(pipe_path, &commas)); /* and does not wait for a writer */
    assert_null(csv_reader_open("/dev/null", &commas));
    char *const talk = talk_end(folder);
    assert_says(talk, "none.csv': No such file");
    assert_says(talk, "is a folder");
    assert_says(talk, "pipe.csv' is not a regular file");
    assert_says(talk, "/dev/null' is not a regular file");
    free(talk);
}

static void test_gzip_is_read_and_several_members_are_one_file(void **state)
{
    char shown[256], first[512], second[512];
    size_t n_first, n_second;
    snprintf(first, sizeof first, "%s", small_gzip(*state, "1.csv.gz", TEXT("a,b\n1,2\n")));
    snprintf(second, sizeof second, "%s", small_gzip(*state, "2.csv.gz", TEXT("3,4\n")));
    assert_int_equal(show(first, &commas, shown, sizeof shown), 0);
    assert_string_equal(shown, "2@4|1|2\n");

    char *const bytes = small_read(first, &n_first), *const more = small_read(second, &n_second);
    char both[512];
    memcpy(both, bytes, n_first);
    memcpy(both + n_first, more, n_second);
    assert_int_equal(show(small_file(*state, "x.csv.gz", both, n_first + n_second), &commas, shown, sizeof shown), 0);
    assert_string_equal(shown, "2@4|1|2\n3@8|3|4\n");
    free(bytes);
    free(more);
}

static void test_gzip_that_is_short_corrupt_or_followed_by_bytes_is_refused(void **state)
{
    size_t n;
    char *const bytes = small_read(small_gzip(*state, "x.csv.gz", TEXT("a,b\n1,2\n3,4\n5,6\n7,8\n")), &n);
    char more[512];
    for (size_t cut = 0; cut < n; cut++)
        check_refused(*state, "x.csv.gz", bytes, cut, "cut short");
    memcpy(more, bytes, n);
    more[n - 6] = (char)(more[n - 6] ^ 1); /* its checksum */
    check_refused(*state, "x.csv.gz", more, n, "corrupt gzip data");
    memcpy(more, bytes, n);
    memcpy(more + n, "tail", 4);
    check_refused(*state, "x.csv.gz", more, n + 4, "other bytes follow");
    check_refused(*state, "x.csv.gz", TEXT("a,b\n1,2\n"), "corrupt gzip data");
    free(bytes);
}

/* Records and cells that lie across the blocks the file is read in. */
static void test_places_hold_beyond_the_first_block(void **state)
{
    enum { N = 30000 };
    char *const text = malloc(N * 32);
    const struct csv_record *record;
    size_t n = (size_t)sprintf(text, "a,b\r\n"), line = 2;
    for (size_t i = 0; i < N; i++)
        n += (size_t)sprintf(text + n, i % 3 == 0 ? "%zu,\"x\r\n\"\"y\"\r\n" : "%zu,z\r\n", i);
    struct csv_reader *const reader = csv_reader_open(small_file(*state, "x.csv", text, n), &commas);
    assert_non_null(reader);
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(csv_reader_next(reader, &record), 1);
        assert_int_equal(record->line, line);
        assert_int_equal(strtoul(text + record->byte, NULL, 10), i);
        assert_int_equal(record->n_fields, 2);
        assert_string_equal(record->fields[1].text, i % 3 == 0 ? "x\r\n\"y" : "z");
        line += i % 3 == 0 ? 2 : 1;
    }
    assert_int_equal(csv_reader_next(reader, &record), 0);
    csv_reader_close(reader);
    free(text);
}

static void test_a_record_that_is_too_long_is_cut_and_the_next_one_is_whole(void **state)
{
    const size_t n_long = 3u << 20;
    char *const text = malloc(n_long + 64);
    const struct csv_record *record;
    size_t n = (size_t)sprintf(text, "a,b\n1,");
    memset(text + n, 'x', n_long);
    n += n_long;
    n += (size_t)sprintf(text + n, ",3,4\n5,6\n");
    struct csv_reader *const reader = csv_reader_open(small_file(*state, "x.csv", text, n), &commas);
    assert_non_null(reader);
    assert_int_equal(csv_reader_next(reader, &record), 1);
    assert_true(record->too_long);
    assert_int_equal(record->n_fields, 4);
    assert_int_equal(csv_reader_next(reader, &record), 1);
    assert_false(record->too_long);
    assert_int_equal(record->line, 3);
    assert_string_equal(record->fields[1].text, "6");
    assert_int_equal(csv_reader_next(reader, &record), 0);
    csv_reader_close(reader);
    free(text);
}

static void test_a_quoted_cell_without_end_stops_the_file_early(void **state)
{
    const size_t n_long = 3u << 20;
    char *const text = malloc(n_long + 64);
    size_t n = (size_t)sprintf(text, "a,b\n1,2\n1,\"");
    memset(text + n, '\n', n_long);
    check_refused(*state, "x.csv", text, n + n_long, "x.csv:3:2: the quote that opens here is never closed (byte 10)");
    free(text);
}

static void test_too_many_cells_are_counted_not_kept(void **state)
{
    const size_t n_cells = 100000;
    char *const text = malloc(n_cells + 64);
    const struct csv_record *record;
    size_t n = (size_t)sprintf(text, "a,b\n");
    memset(text + n, ',', n_cells - 1);
    n += n_cells - 1;
    n += (size_t)sprintf(text + n, "\n5,6\n");
    struct csv_reader *const reader = csv_reader_open(small_file(*state, "x.csv", text, n), &commas);
    assert_non_null(reader);
    assert_int_equal(csv_reader_next(reader, &record), 1);
    assert_int_equal(record->n_fields, n_cells);
    assert_int_equal(record->n_stored, CSV_COLUMNS_MAX);
    assert_int_equal(csv_reader_next(reader, &record), 1);
    assert_int_equal(record->n_fields, 2);
    csv_reader_close(reader);
    check_refused(*state, "x.csv", text + 4, n - 4, "columns; at most 4096");
    free(text);
}

static void test_a_file_that_grows_while_it_is_read_is_refused(void **state)
{
    enum { N = 4 * CSV_SLAB_BYTES };
    static char text[N];
    const struct csv_record *record;
    memset(text, '\n', sizeof text);
    memcpy(text, "a,b", 3);
    const char *const path = small_file(*state, "x.csv", text, sizeof text);
    struct csv_reader *const reader = csv_reader_open(path, &commas);
    assert_non_null(reader);
    FILE *const file = fopen(path, "ab");
    fputs("3,4\n", file);
    fclose(file);
    talk_begin(*state);
    int more;
    while ((more = csv_reader_next(reader, &record)) > 0)
        continue;
    char *const talk = talk_end(*state);
    assert_int_equal(more, -1);
    assert_says(talk, "changed while it was read");
    free(talk);
    csv_reader_close(reader);
}

static void test_one_column_hints_at_its_delimiter(void **state)
{
    struct csv_reader *reader = csv_reader_open(small_text(*state, "x.csv", "a;b\n1;2\n"), &commas);
    assert_string_equal(csv_reader_delimiter_hint(reader), "a semicolon");
    csv_reader_close(reader);
    reader = csv_reader_open(small_text(*state, "x.csv", "a,b;c\n1,2\n"), &commas);
    assert_null(csv_reader_delimiter_hint(reader));
    csv_reader_close(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lf_crlf_and_lone_cr_end_lines_alike),
        cmocka_unit_test(test_blank_lines_are_no_records_but_count_as_lines),
        cmocka_unit_test(test_a_line_of_spaces_or_of_quotes_is_a_record),
        cmocka_unit_test(test_lines_after_a_quoted_line_end_are_physical),
        cmocka_unit_test(test_doubled_quotes_and_delimiters_inside_quotes_belong_to_the_cell),
        cmocka_unit_test(test_spaces_belong_to_the_cell),
        cmocka_unit_test(test_byte_order_mark_is_dropped_and_counts_as_bytes),
        cmocka_unit_test(test_nul_bytes_stay_in_their_cell),
        cmocka_unit_test(test_ragged_records_are_delivered_as_they_are),
        cmocka_unit_test(test_latin_1_becomes_utf_8),
        cmocka_unit_test(test_wrong_quotes_stop_the_file_at_their_place),
        cmocka_unit_test(test_an_unclosed_quote_is_told_where_it_opened),
        cmocka_unit_test(test_other_kinds_of_files_are_refused_by_their_first_bytes),
        cmocka_unit_test(test_bad_headers_are_refused),
        cmocka_unit_test(test_a_missing_file_a_folder_and_a_pipe_are_told),
        cmocka_unit_test(test_gzip_is_read_and_several_members_are_one_file),
        cmocka_unit_test(test_gzip_that_is_short_corrupt_or_followed_by_bytes_is_refused),
        cmocka_unit_test(test_places_hold_beyond_the_first_block),
        cmocka_unit_test(test_a_record_that_is_too_long_is_cut_and_the_next_one_is_whole),
        cmocka_unit_test(test_a_quoted_cell_without_end_stops_the_file_early),
        cmocka_unit_test(test_too_many_cells_are_counted_not_kept),
        cmocka_unit_test(test_a_file_that_grows_while_it_is_read_is_refused),
        cmocka_unit_test(test_one_column_hints_at_its_delimiter),
    };
    return cmocka_run_group_tests(tests, small_folder_setup, small_folder_teardown);
}
