/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/store.h"

#include "tests/pipeline/store/test_tables.h"
#include "tests/support/scratch.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

static int make_folder(void **state)
{
    *state = scratch_folder();
    return 0;
}

static int remove_folder(void **state)
{
    scratch_remove(*state);
    return 0;
}

static void write_one(const char *path, const struct table *table)
{
    struct store_writer *const writer = store_writer_open(path, 2);
    assert_non_null(writer);
    assert_int_equal(store_writer_table(writer, table), 0);
    assert_int_equal(store_writer_commit(writer), 0);
}

static void assert_comes_back(const char *path, const struct table *table)
{
    write_one(path, table);
    struct table *const back = store_read_table(path, table->name);
    assert_non_null(back);
    assert_tables_equal(back, table);
    table_free(back);
}

static void test_every_type_comes_back_with_its_missing_values(void **state)
{
    static const size_t sizes[] = {0, 1, 2, 1000, STORE_CHUNK_ROWS - 1, STORE_CHUNK_ROWS, STORE_CHUNK_ROWS + 1,
                                   2 * STORE_CHUNK_ROWS, 200000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct table *const table = sample_table("records", sizes[i]);
        assert_comes_back(scratch_path(*state, "a.h5"), table);
        table_free(table);
    }
    assert_int_equal(scratch_count(*state), 1); /* no temporary is left */
}

static void test_rows_come_in_the_order_in_which_they_are_asked_for(void **state)
{
    enum { ROWS = 2 * STORE_CHUNK_ROWS + 777, ASKED = 3000 };
    struct table *const table = sample_table("records", ROWS);
    const char *const path = scratch_path(*state, "scattered.h5");
    size_t rows[ASKED] = {ROWS - 1, 0, 0, STORE_CHUNK_ROWS, STORE_CHUNK_ROWS - 1};
    for (size_t i = 5; i < ASKED; i++)
        rows[i] = (size_t)(sample_random(i, 3) % ROWS);
    write_one(path, table);
    struct store *const store = store_open(path);
    struct table *const wanted = table_take_rows(table, rows, ASKED);
    struct table *const all = store_read_scattered(store, "records", NULL, rows, ASKED),
                 *const none = store_read_scattered(store, "records", (const char *const[]){"dose", "arm", NULL}, rows, 0);
    assert_non_null(all);
    assert_tables_equal(all, wanted);
    assert_non_null(none);
    assert_int_equal(none->n_rows, 0);
    assert_int_equal(none->n_columns, 2);
    capture_start();
    assert_null(store_read_scattered(store, "records", NULL, (const size_t[]){ROWS}, 1));
    assert_non_null(strstr(capture_end(), "was asked for"));
    table_free(none);
    table_free(all);
    table_free(wanted);
    store_close(store);
    table_free(table);
}

static void test_extreme_values_come_back(void **state)
{
    static const int64_t largest[] = {INT8_MAX, INT16_MAX, INT32_MAX, INT64_MAX};
    static const double reals[] = {0.0, -0.0, 5e-324, -1.7976931348623157e308, (double)INFINITY};
    struct table *const table = table_alloc("extremes", "");
    assert_int_equal(table_resize(table, 5), 0);
    for (int k = 0; k < 4; k++) {
        const char name[] = {(char)('a' + k), '\0'};
        struct column *const column = table_add_column(table, name, (enum column_type)k, 0, "", "");
        column_set_integer(column, 0, largest[k]);
        column_set_integer(column, 1, -largest[k]);
    }
    struct column *const real = table_add_column(table, "real", COLUMN_FLOAT64, 0, "", "");
    for (size_t i = 0; i < 5; i++)
        column_set_real(real, i, reals[i]);
    assert_comes_back(scratch_path(*state, "a.h5"), table);
    table_free(table);
}

static void test_a_table_without_columns_comes_back(void **state)
{
    struct table *const table = table_alloc("empty/inside", "Nothing");
    assert_comes_back(scratch_path(*state, "a.h5"), table);
    table_free(table);
}

static struct table *table_of_labels(size_t n_labels, size_t length, size_t n_rows)
{
    char **const labels = calloc(n_labels > 0 ? n_labels : 1, sizeof *labels);
    struct table *const table = table_alloc("codes", "");
    assert_int_equal(table_resize(table, n_rows), 0);
    for (size_t i = 0; i < n_labels; i++) {
        labels[i] = calloc(length + 16, 1);
        memset(labels[i], 'x', length);
        sprintf(labels[i] + length, "%zu", n_labels - i);
    }
    struct column *const column =
        table_add_category(table, "programme", (const char *const *)labels, n_labels, "Programme");
    for (size_t i = 0; i < n_rows && n_labels > 0; i++)
        column_set_code(column, i, (int32_t)(sample_random(i, 7) % n_labels));
    for (size_t i = 0; i < n_labels; i++)
        free(labels[i]);
    free(labels);
    return table;
}

static void test_any_number_of_labels_comes_back(void **state)
{
    static const struct {
        size_t n_labels, length;
    } cases[] = {{0, 0},   {1, 0},     {128, 0},   {129, 0},   {256, 0},
                 {257, 0}, {32768, 3}, {32769, 3}, {70000, 0}, {200, 1000}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct table *const table = table_of_labels(cases[i].n_labels, cases[i].length, 70001);
        assert_comes_back(scratch_path(*state, "a.h5"), table);
        table_free(table);
    }
}

static void test_an_empty_label_comes_back(void **state)
{
    struct table *const table = table_alloc("codes", "");
    assert_int_equal(table_resize(table, 3), 0);
    struct column *const column = table_add_category(table, "answer", (const char *const[]){"yes", "", "no"}, 3, "");
    for (int32_t i = 0; i < 3; i++)
        column_set_code(column, (size_t)i, 2 - i);
    assert_comes_back(scratch_path(*state, "a.h5"), table);
    table_free(table);
}

static void test_tables_are_listed_in_byte_order_of_their_names(void **state)
{
    static const char *const names[] = {"quality", "curves/iop", "curves/aftercare", "a-b", "a", "provenance"};
    static const char *const sorted[] = {"a", "a-b", "curves/aftercare", "curves/iop", "provenance", "quality"};
    const char *const path = scratch_path(*state, "a.h5");
    struct store_writer *const writer = store_writer_open(path, 1);
    for (size_t i = 0; i < 6; i++) {
        struct table *const table = sample_table(names[i], i);
        assert_int_equal(store_writer_table(writer, table), 0);
        table_free(table);
    }
    assert_int_equal(store_writer_commit(writer), 0);
    struct store *const store = store_open(path);
    assert_non_null(store);
    assert_int_equal(store_n_tables(store), 6);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(store_table_name(store, i), sorted[i]);
    assert_true(store_has(store, "curves/iop"));
    assert_false(store_has(store, "curves"));
    struct table *const table = store_read(store, "curves/aftercare", NULL);
    assert_int_equal(table->n_rows, 2);
    table_free(table);
    store_close(store);
}

static void test_chosen_columns_come_in_the_order_asked_for(void **state)
{
    const char *const path = scratch_path(*state, "a.h5");
    struct table *const table = sample_table("records", 70000);
    write_one(path, table);
    struct store *const store = store_open(path);
    struct table *const two = store_read(store, "records", (const char *const[]){"dose", "level", NULL});
    assert_non_null(two);
    assert_int_equal(two->n_columns, 2);
    assert_int_equal(two->n_rows, 70000);
    assert_columns_equal(&two->columns[0], table_column(table, "dose"), 70000);
    assert_columns_equal(&two->columns[1], table_column(table, "level"), 70000);
    table_free(two);
    capture_start();
    struct table *const none = store_read(store, "records", (const char *const[]){"dosse", NULL});
    struct table *const other = store_read(store, "record", NULL);
    const char *const said = capture_end();
    assert_null(none);
    assert_null(other);
    assert_non_null(strstr(said, "has no column 'dosse'; did you mean 'dose'?"));
    assert_non_null(strstr(said, "has no table 'record'"));
    store_close(store);
    table_free(table);
}

static void test_chosen_rows_come_alone(void **state)
{
    static const size_t rows[] = {0, 1, 65535, 65536, 131071, 140000, 149999};
    enum { N = sizeof rows / sizeof *rows };
    const char *const path = scratch_path(*state, "a.h5");
    struct table *const table = sample_table("records", 150000);
    write_one(path, table);
    struct store *const store = store_open(path);
    struct table *const wanted = table_take_rows(table, rows, N);
    struct table *const all = store_read_rows(store, "records", NULL, rows, N);
    assert_non_null(all);
    assert_tables_equal(all, wanted);
    struct table *const one = store_read_rows(store, "records", (const char *const[]){"dose", NULL}, rows + 3, 2);
    assert_non_null(one);
    assert_int_equal(one->n_columns, 1);
    assert_int_equal(one->n_rows, 2);
    for (size_t i = 0; i < 2; i++)
        assert_true(column_real(&one->columns[0], i) == column_real(table_column(table, "dose"), rows[3 + i]) ||
                    column_is_missing(table_column(table, "dose"), rows[3 + i]));
    struct table *const none = store_read_rows(store, "records", NULL, NULL, 0), *const schema =
        store_read_schema(store, "records");
    assert_int_equal(none->n_rows, 0);
    assert_int_equal(none->n_columns, table->n_columns);
    assert_int_equal(schema->n_rows, 0);
    for (size_t j = 0; j < table->n_columns; j++)
        assert_string_equal(schema->columns[j].name, table->columns[j].name);
    table_free(schema);
    table_free(none);
    table_free(one);
    table_free(all);
    table_free(wanted);
    store_close(store);
    table_free(table);
}

/* Labels are found as rows are read: the first pieces know fewer of them, and narrower codes. */
static void test_labels_may_grow_until_the_end(void **state)
{
    const char *const path = scratch_path(*state, "a.h5"), *const at_once = scratch_path(*state, "b.h5");
    struct table *const whole = table_of_labels(300, 0, 150000);
    const struct column *const all = &whole->columns[0];
    struct store_writer *const writer = store_writer_open(path, 2);
    struct table *rows = NULL;
    for (size_t piece = 0; piece < 15; piece++) {
        rows = table_alloc("codes", "");
        assert_int_equal(table_resize(rows, 10000), 0);
        const size_t n_known = (piece + 1) * 20;
        struct column *const column =
            table_add_category(rows, "programme", (const char *const *)all->labels, n_known, "Programme");
        for (size_t i = 0; i < 10000; i++)
            column_set_code(column, i, (int32_t)((size_t)column_code(all, piece * 10000 + i) % n_known));
        if (piece == 0)
            assert_int_equal(store_writer_begin(writer, rows), 0);
        assert_int_equal(store_writer_append(writer, rows), 0);
        for (size_t i = 0; i < 10000; i++)
            column_set_code(&whole->columns[0], piece * 10000 + i, column_code(column, i));
        table_free(rows);
    }
    assert_int_equal(store_writer_end(writer, whole), 0);
    assert_int_equal(store_writer_commit(writer), 0);
    write_one(at_once, whole);
    struct table *const back = store_read_table(path, "codes");
    assert_non_null(back);
    assert_tables_equal(back, whole);
    char a[SHA256_HEX_SIZE], b[SHA256_HEX_SIZE];
    assert_int_equal(sha256_file(path, a), 0);
    assert_int_equal(sha256_file(at_once, b), 0);
    assert_string_equal(a, b);
    table_free(back);
    table_free(whole);
}

static void test_an_existing_file_is_replaced_only_by_a_commit(void **state)
{
    const char *const path = scratch_path(*state, "a.h5");
    struct table *const old = sample_table("records", 10), *const new = sample_table("records", 20);
    write_one(path, old);
    struct store_writer *writer = store_writer_open(path, 1);
    assert_int_equal(store_writer_table(writer, new), 0);
    store_writer_abandon(writer);
    struct table *back = store_read_table(path, "records");
    assert_int_equal(back->n_rows, 10);
    table_free(back);
    assert_int_equal(scratch_count(*state), 1);
    write_one(path, new);
    back = store_read_table(path, "records");
    assert_int_equal(back->n_rows, 20);
    table_free(back);
    table_free(old);
    table_free(new);
}

static void test_two_writers_and_a_reader_live_side_by_side(void **state)
{
    const char *const a = scratch_path(*state, "a.h5"), *const b = scratch_path(*state, "b.h5"),
                      *const c = scratch_path(*state, "c.h5");
    struct table *const table = sample_table("records", 1000);
    write_one(a, table);
    struct store *const store = store_open(a);
    struct store_writer *const first = store_writer_open(b, 1), *const second = store_writer_open(c, 1);
    struct table *const read = store_read(store, "records", NULL);
    assert_int_equal(store_writer_table(second, read), 0);
    assert_int_equal(store_writer_table(first, table), 0);
    store_writer_abandon(first); /* ends although the second child was forked while it lived */
    assert_int_equal(store_writer_commit(second), 0);
    store_close(store);
    struct table *const back = store_read_table(c, "records");
    assert_tables_equal(back, table);
    table_free(back);
    table_free(read);
    table_free(table);
}

#define in_a_folder(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_a_folder(test_every_type_comes_back_with_its_missing_values),
        in_a_folder(test_extreme_values_come_back),
        in_a_folder(test_a_table_without_columns_comes_back),
        in_a_folder(test_any_number_of_labels_comes_back),
        in_a_folder(test_an_empty_label_comes_back),
        in_a_folder(test_tables_are_listed_in_byte_order_of_their_names),
        in_a_folder(test_chosen_columns_come_in_the_order_asked_for),
        in_a_folder(test_chosen_rows_come_alone),
        in_a_folder(test_rows_come_in_the_order_in_which_they_are_asked_for),
        in_a_folder(test_labels_may_grow_until_the_end),
        in_a_folder(test_an_existing_file_is_replaced_only_by_a_commit),
        in_a_folder(test_two_writers_and_a_reader_live_side_by_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
