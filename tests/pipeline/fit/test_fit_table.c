/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fit/fit_table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fit/dictionary.h"
#include "store/store.h"
#include "tests/support/near.h"
#include "tests/support/scratch.h"

static struct fit_table *read_text(const char *folder, const char *text, const char *const *names, size_t n)
{
    const char *path = scratch_path(folder, "data.csv");
    scratch_write(path, text);
    return fit_table_read(path, names, n);
}

static void test_a_column_is_numeric_when_all_its_values_are(void **state)
{
    (void)state;
    char *folder = scratch_folder();
    static const char *const names[] = {"code", "x", "arm"};
    struct fit_table *table = read_text(folder,
                                        "x,arm,code,unused\n1.5,b,1,zz\n.,\"a, b\",2,zz\nNA,,x3,zz\n\n-2e3,B,NA,zz\n"
                                        "nan,b,1,zz\n-Inf,b,1,zz\n",
                                        names, 3);
    assert_non_null(table);
    assert_int_equal(table->data->n_rows, 6);
    assert_int_equal(table->data->n_columns, 3);
    const struct column *code = table_column(table->data, "code");
    const struct column *x = table_column(table->data, "x");
    const struct column *arm = table_column(table->data, "arm");
    assert_int_equal(x->type, COLUMN_FLOAT64);
    assert_near(column_real(x, 0), 1.5, 0);
    assert_true(isnan(column_real(x, 1)) && isnan(column_real(x, 2)) && isnan(column_real(x, 4)));
    assert_near(column_real(x, 3), -2000, 0);
    assert_true(column_real(x, 5) == -INFINITY);
    assert_int_equal(arm->type, COLUMN_CATEGORY);
    assert_int_equal(arm->n_labels, 3); /* byte order: capitals first */
    assert_string_equal(arm->labels[0], "B");
    assert_string_equal(arm->labels[1], "a, b");
    assert_string_equal(arm->labels[2], "b");
    assert_int_equal(column_code(arm, 0), 2);
    assert_int_equal(column_code(arm, 2), MISSING_CODE);
    assert_int_equal(code->type, COLUMN_CATEGORY); /* x3 is no number */
    assert_string_equal(code->labels[0], "1");
    assert_int_equal(table->line[3], 6); /* after a blank line */
    assert_int_equal(table->cell[0], 3);
    fit_table_free(table);
    scratch_remove(folder);
}

static void test_many_values_keep_their_rows(void **state)
{
    (void)state;
    enum { N = 20000 };
    char *folder = scratch_folder();
    char *text = malloc(N * 32 + 32);
    char *end = stpcpy(text, "word,number\n");
    for (int i = 0; i < N; i++)
        end += sprintf(end, "w%d,%d.25\n", i * 7919 % N, i * 7919 % N);
    static const char *const names[] = {"word", "number"};
    struct fit_table *table = read_text(folder, text, names, 2);
    assert_non_null(table);
    assert_int_equal(table->data->columns[0].n_labels, N);
    for (int i = 0; i < N; i++) {
        char word[16];
        size_t length;
        const char *label = column_text(&table->data->columns[0], (size_t)i, &length);
        snprintf(word, sizeof word, "w%d", i * 7919 % N);
        assert_true(length == strlen(word) && memcmp(label, word, length) == 0);
        assert_true(column_real(&table->data->columns[1], (size_t)i) == i * 7919 % N + 0.25);
    }
    free(text);
    fit_table_free(table);
    scratch_remove(folder);
}

static void test_a_table_of_an_hdf5_file_is_read(void **state)
{
    (void)state;
    char *folder = scratch_folder();
    const char *path = scratch_path(folder, "results.h5");
    static const char *const levels[] = {"iop", "inpatient"};
    struct table *stored = table_alloc("people", "");
    assert_int_equal(table_resize(stored, 3), 0);
    table_add_column(stored, "days", COLUMN_INT16, 0, "", "days");
    table_add_category(stored, "arm", levels, 2, "");
    table_add_column(stored, "place", COLUMN_TEXT, 8, "", "");
    column_set_integer(&stored->columns[0], 0, 90);
    column_set_integer(&stored->columns[0], 2, 180);
    column_set_code(&stored->columns[1], 1, 1);
    column_set_text(&stored->columns[2], 0, "south", 5);
    column_set_text(&stored->columns[2], 2, "north", 5);
    struct store_writer *writer = store_writer_open(path, 1);
    assert_non_null(writer);
    assert_int_equal(store_writer_table(writer, stored), 0);
    assert_int_equal(store_writer_commit(writer), 0);
    table_free(stored);

    static const char *const names[] = {"place", "days", "arm"};
    char group[512];
    snprintf(group, sizeof group, "%s:/people", path);
    struct fit_table *table = fit_table_read(group, names, 3);
    assert_non_null(table);
    const struct column *place = table_column(table->data, "place");
    const struct column *arm = table_column(table->data, "arm");
    assert_int_equal(place->type, COLUMN_CATEGORY);
    assert_string_equal(place->labels[0], "north");
    assert_int_equal(column_code(place, 0), 1);
    assert_int_equal(column_code(place, 1), MISSING_CODE);
    assert_string_equal(arm->labels[0], "iop"); /* the order of the file, not of bytes */
    assert_near(column_real(table_column(table->data, "days"), 2), 180, 0);
    fit_table_free(table);

    static const char *const refused[] = {
        "name a table of this file",
        "there is no table 'nobody' in this file",
    };
    for (size_t i = 0; i < 2; i++) {
        if (i == 0)
            snprintf(group, sizeof group, "%s", path);
        else
            snprintf(group, sizeof group, "%s:/nobody", path);
        capture_start();
        table = fit_table_read(group, names, 3);
        assert_non_null(strstr(capture_end(), refused[i]));
        assert_null(table);
    }
    scratch_remove(folder);
}

static void test_a_label_among_numbers_is_told_at_its_place(void **state)
{
    (void)state;
    char *folder = scratch_folder();
    static const char *const names[] = {"x"};
    struct fit_table *table = read_text(folder, "id,x\n1,5\n2,\n3,7 days\n", names, 1);
    assert_non_null(table);
    capture_start();
    assert_int_equal(fit_table_want_numeric(table, &table->data->columns[0]), -1);
    assert_non_null(strstr(capture_end(), "data.csv:4:2 (x): a number was expected; value '7 days'"));
    fit_table_free(table);
    scratch_remove(folder);
}

static void test_bytes_that_are_no_text_are_refused(void **state)
{
    (void)state;
    char *folder = scratch_folder();
    static const char *const names[] = {"x"};
    capture_start();
    struct fit_table *table = read_text(folder, "x\n1\na\x1b[2J\n", names, 1);
    assert_non_null(strstr(capture_end(), "data.csv:3:1: a number or UTF-8 text without control characters was expected; "
                                          "value 'a\\x1b[2J'"));
    assert_null(table);
    scratch_remove(folder);
}

static void test_a_dictionary_numbers_texts_in_order_of_first_sight(void **state)
{
    (void)state;
    struct dictionary dictionary = {0};
    assert_int_equal(dictionary_code(&dictionary, "b", 1), 0);
    assert_int_equal(dictionary_code(&dictionary, "ab", 1), 1); /* one byte: "a" */
    assert_int_equal(dictionary_code(&dictionary, "ab", 2), 2);
    assert_int_equal(dictionary_code(&dictionary, "b", 1), 0);
    assert_int_equal(dictionary_code(&dictionary, "a", 1), 1);
    assert_int_equal(dictionary.n, 3);
    dictionary_clear(&dictionary);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_column_is_numeric_when_all_its_values_are),
        cmocka_unit_test(test_many_values_keep_their_rows),
        cmocka_unit_test(test_a_table_of_an_hdf5_file_is_read),
        cmocka_unit_test(test_a_label_among_numbers_is_told_at_its_place),
        cmocka_unit_test(test_bytes_that_are_no_text_are_refused),
        cmocka_unit_test(test_a_dictionary_numbers_texts_in_order_of_first_sight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
