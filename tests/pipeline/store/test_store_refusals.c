/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the writer does not take, and files that are not ours. */
#include "store/store.h"

#include "tests/pipeline/store/test_tables.h"
#include "tests/support/scratch.h"

#include <hdf5.h>
#include <stdlib.h>
#include <sys/stat.h>
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

static void assert_one_line(const char *said, const char *with)
{
    const char *const end = strchr(said, '\n');
    if (end == NULL || end[1] != '\0' || strstr(said, with) == NULL)
        print_error("expected one line with '%s', not '%s'\n", with, said);
    assert_true(end != NULL && end[1] == '\0');
    assert_non_null(strstr(said, with));
}

/* ---- the writer --------------------------------------------------------------------------------------- */

static void assert_table_refused(const char *folder, const struct table *table, const char *with)
{
    struct store_writer *const writer = store_writer_open(scratch_path(folder, "a.h5"), 1);
    capture_start();
    const int status = store_writer_table(writer, table), after = store_writer_commit(writer);
    const char *const said = capture_end();
    assert_int_equal(status, -1);
    assert_int_equal(after, -1); /* in silence */
    assert_one_line(said, with);
    assert_int_equal(scratch_count(folder), 0);
}

static void test_names_that_could_not_be_read_back_are_refused(void **state)
{
    static const struct {
        const char *table, *column, *with;
    } cases[] = {
        {"", "a", "is empty"},
        {"Records", "a", "may only consist"},
        {"a/../b", "a", "may only consist"},
        {"/a", "a", "empty part"},
        {"a//b", "a", "empty part"},
        {"a/", "a", "empty part"},
        {"a/b/c/d/e/f/g/h/i", "a", "more than 8 parts"},
        {"a", "", "is empty"},
        {"a", ".", "starts with '.'"},
        {"a", "b/c", "control character or '/'"},
        {"a", "b\n", "control character or '/'"},
        {"a", "b\xff", "not valid UTF-8"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct table *const table = table_alloc(cases[i].table, "");
        assert_non_null(table_add_column(table, cases[i].column, COLUMN_INT8, 0, "", ""));
        assert_table_refused(*state, table, cases[i].with);
        table_free(table);
    }
}

static void test_labels_must_differ_and_be_text(void **state)
{
    struct table *table = table_alloc("t", "");
    table_add_category(table, "arm", (const char *const[]){"iop", "inpatient", "iop"}, 3, "");
    assert_table_refused(*state, table, "has the label 'iop' twice");
    table_free(table);
    table = table_alloc("t", "");
    table_add_category(table, "arm", (const char *const[]){"iop\xc3"}, 1, "");
    assert_table_refused(*state, table, "is not valid UTF-8");
    table_free(table);
    table = table_alloc("t", "\xed\xa0\x80");
    assert_table_refused(*state, table, "is not valid UTF-8");
    table_free(table);
}

static void test_a_column_may_not_stand_where_hidden_labels_go(void **state)
{
    struct table *const table = table_alloc("t", "");
    table_add_category(table, "arm", (const char *const[]){"iop"}, 1, "");
    table_add_column(table, "arm.labels", COLUMN_INT8, 0, "", "");
    assert_table_refused(*state, table, "kept for the labels of 'arm'");
    table_free(table);
}

static void test_a_code_without_a_label_is_refused(void **state)
{
    static const int8_t bad[] = {2, 127, -2, -128};
    for (size_t i = 0; i < 4; i++) {
        struct table *const table = table_alloc("t", "");
        assert_int_equal(table_resize(table, 2), 0);
        int8_t *const codes = table_add_category(table, "arm", (const char *const[]){"iop", "php"}, 2, "")->values;
        codes[1] = bad[i];
        assert_table_refused(*state, table, "a code that has no label");
        table_free(table);
    }
}

static void test_text_beyond_the_largest_chunk_is_refused(void **state)
{
    struct table *const table = table_alloc("t", "");
    assert_non_null(table_add_column(table, "x", COLUMN_TEXT, ((size_t)1 << 29) + 1, "", ""));
    table->n_rows = 2; /* refused before a value is looked at, so none is made */
    assert_table_refused(*state, table, "more than a chunk holds");
    table_free(table);
}

static void test_two_tables_need_two_places(void **state)
{
    static const struct {
        const char *first, *second, *with;
    } cases[] = {{"a", "a", "two tables 'a'"}, {"a", "a/b", "inside the other"}, {"a/b/c", "a/b", "inside the other"}};
    for (size_t i = 0; i < 3; i++) {
        struct table *const first = sample_table(cases[i].first, 1), *const second = sample_table(cases[i].second, 1);
        struct store_writer *const writer = store_writer_open(scratch_path(*state, "a.h5"), 1);
        assert_int_equal(store_writer_table(writer, first), 0);
        capture_start();
        const int status = store_writer_table(writer, second);
        assert_one_line(capture_end(), cases[i].with);
        assert_int_equal(status, -1);
        assert_int_equal(store_writer_commit(writer), -1);
        assert_int_equal(scratch_count(*state), 0);
        table_free(first);
        table_free(second);
    }
}

static void assert_rows_refused(const char *folder, const struct table *schema, const struct table *rows,
                                const char *with)
{
    struct store_writer *const writer = store_writer_open(scratch_path(folder, "a.h5"), 1);
    assert_int_equal(store_writer_begin(writer, schema), 0);
    capture_start();
    const int status = store_writer_append(writer, rows);
    assert_one_line(capture_end(), with);
    assert_int_equal(status, -1);
    store_writer_abandon(writer);
}

static struct table *one_column(const char *name, enum column_type type, size_t width)
{
    struct table *const table = table_alloc("t", "");
    assert_non_null(table_add_column(table, name, type, width, "", ""));
    return table;
}

static void test_a_build_without_parallel_hdf5_writes_no_file_together(void **state)
{
    capture_start();
    struct store_writer *const writer = store_writer_open_collective(scratch_path(*state, "a.h5"), 1);
    const char *const said = capture_end();
    assert_null(writer);
    assert_one_line(said, "this build has no parallel HDF5");
    assert_int_equal(scratch_count(*state), 0);
}

static void test_rows_must_be_like_the_schema(void **state)
{
    struct table *const schema = one_column("day", COLUMN_INT32, 0), *const text = one_column("day", COLUMN_TEXT, 4);
    struct table *const named = one_column("date", COLUMN_INT32, 0), *const typed = one_column("day", COLUMN_INT16, 0);
    struct table *const wide = one_column("day", COLUMN_TEXT, 5), *const none = table_alloc("t", "");
    assert_rows_refused(*state, schema, named, "'date' stands where 'day' was expected");
    assert_rows_refused(*state, schema, typed, "is int16, but int32 was expected");
    assert_rows_refused(*state, schema, none, "has 0 columns, but 1 were expected");
    assert_rows_refused(*state, text, wide, "is 5 bytes wide, but at most 4");
    table_free(schema), table_free(text), table_free(named), table_free(typed), table_free(wide), table_free(none);
}

static struct table *with_labels(size_t n_labels, const char *const *labels, int32_t code)
{
    struct table *const table = table_alloc("t", "");
    assert_int_equal(table_resize(table, 1), 0);
    column_set_code(table_add_category(table, "arm", labels, n_labels, ""), 0, code);
    return table;
}

static void test_codes_must_keep_their_labels(void **state)
{
    struct table *const two = with_labels(2, (const char *const[]){"iop", "php"}, 1);
    struct table *const one = with_labels(1, (const char *const[]){"iop"}, 0);
    struct table *const turned = with_labels(2, (const char *const[]){"php", "iop"}, 0);
    assert_rows_refused(*state, two, turned, "has other labels than before");
    const struct {
        const struct table *begun, *final;
        const char *with;
    } cases[] = {
        {two, one, "has lost labels"}, {two, turned, "has other labels"}, {one, one, "a code that has no label"}};
    for (size_t i = 0; i < 3; i++) {
        struct store_writer *const writer = store_writer_open(scratch_path(*state, "a.h5"), 1);
        assert_int_equal(store_writer_begin(writer, cases[i].begun), 0);
        assert_int_equal(store_writer_append(writer, two), 0);
        capture_start();
        const int status = store_writer_end(writer, cases[i].final);
        assert_one_line(capture_end(), cases[i].with);
        assert_int_equal(status, -1);
        store_writer_abandon(writer);
    }
    table_free(two), table_free(one), table_free(turned);
}

static void test_calls_out_of_order_are_refused(void **state)
{
    struct table *const table = sample_table("t", 1), *const other = sample_table("u", 1);
    const char *const path = scratch_path(*state, "a.h5");
    struct store_writer *const writers[] = {store_writer_open(path, 1), store_writer_open(path, 1),
                                            store_writer_open(path, 1), store_writer_open(path, 1)};
    capture_start();
    const int append = store_writer_append(writers[0], table);
    assert_one_line(capture_end(), "before the table was begun");
    capture_start();
    const int end = store_writer_end(writers[1], NULL);
    assert_one_line(capture_end(), "that was not begun");
    assert_int_equal(store_writer_begin(writers[2], table), 0);
    assert_int_equal(store_writer_begin(writers[3], table), 0);
    capture_start();
    const int begin = store_writer_begin(writers[2], other);
    assert_one_line(capture_end(), "was begun before 't' had ended");
    capture_start();
    const int commit = store_writer_commit(writers[3]);
    assert_one_line(capture_end(), "was not ended");
    assert_true(append == -1 && end == -1 && begin == -1 && commit == -1);
    for (size_t i = 0; i < 3; i++)
        store_writer_abandon(writers[i]);
    assert_int_equal(scratch_count(*state), 0);
    table_free(table), table_free(other);
}

/* ---- the reader --------------------------------------------------------------------------------------- */

static void assert_not_opened(const char *path, const char *with)
{
    capture_start();
    struct store *const store = store_open(path);
    assert_one_line(capture_end(), with);
    assert_null(store);
}

static void test_what_is_no_file_of_ours_is_refused(void **state)
{
    const char *const path = scratch_path(*state, "a.h5");
    assert_not_opened(path, "No such file");
    assert_not_opened(*state, "no regular file");
    scratch_write(path, "person,day\n1,2\n");
    assert_not_opened(path, "is no HDF5 file");
    scratch_write(path, "");
    assert_not_opened(path, "is no HDF5 file");
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_not_opened(path, "no regular file");
    unlink(path);
    H5Fclose(H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
    assert_not_opened(path, "has no content_sha256");
}

static const char table_name[] = "t";

static hid_t text_type(size_t size)
{
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, size);
    H5Tset_cset(type, H5T_CSET_UTF8);
    H5Tset_strpad(type, H5T_STR_NULLPAD);
    return type;
}

static void put_text(hid_t object, const char *name, const char *value)
{
    const hid_t type = text_type(1), space = H5Screate(H5S_SCALAR);
    const hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(attribute, type, value);
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
}

/* Three rows of some type in chunks of `chunk` under the name "x"; 0: not in chunks. */
static void add_dataset(hid_t group, hid_t type, hsize_t n_rows, hsize_t chunk, bool shuffle, bool attributes)
{
    const hid_t space = H5Screate_simple(1, &n_rows, NULL), list = H5Pcreate(H5P_DATASET_CREATE);
    if (chunk > 0) {
        H5Pset_chunk(list, 1, &chunk);
        if (shuffle)
            H5Pset_shuffle(list);
        H5Pset_deflate(list, 1);
        H5Pset_fletcher32(list);
    }
    const hid_t dataset = H5Dcreate2(group, "x", type, space, H5P_DEFAULT, list, H5P_DEFAULT);
    char values[4096] = {0};
    if (n_rows <= 4 && H5Tis_variable_str(type) == 0)
        H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    if (attributes) {
        put_text(dataset, "label", "");
        put_text(dataset, "units", "");
    }
    H5Dclose(dataset);
    H5Pclose(list);
    H5Sclose(space);
}

static void add_soft_link(hid_t group)
{
    H5Lcreate_soft("/t/day", group, "x", H5P_DEFAULT, H5P_DEFAULT);
}

static void add_external_link(hid_t group)
{
    H5Lcreate_external("other.h5", "/t", group, "x", H5P_DEFAULT, H5P_DEFAULT);
}

static void add_group(hid_t group)
{
    H5Gclose(H5Gcreate2(group, "x", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
}

static void add_fewer_rows(hid_t group)
{
    add_dataset(group, H5T_STD_I32LE, 2, 2, false, true);
}

static void add_without_chunks(hid_t group)
{
    add_dataset(group, H5T_STD_I32LE, 3, 0, false, true);
}

static void add_shuffled(hid_t group)
{
    add_dataset(group, H5T_STD_I32LE, 3, 3, true, true);
}

static void add_without_label(hid_t group)
{
    add_dataset(group, H5T_STD_I32LE, 3, 3, false, false);
}

static void add_unsigned(hid_t group)
{
    add_dataset(group, H5T_STD_U32LE, 3, 3, false, true);
}

static void add_big_endian(hid_t group)
{
    add_dataset(group, H5T_IEEE_F64BE, 3, 3, false, true);
}

static void add_reference(hid_t group)
{
    add_dataset(group, H5T_STD_REF_OBJ, 3, 3, false, true);
}

static void add_variable_text(hid_t group)
{
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    const hsize_t n_rows = 3, chunk = 3;
    const hid_t space = H5Screate_simple(1, &n_rows, NULL), list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(list, 1, &chunk);
    H5Dclose(H5Dcreate2(group, "x", type, space, H5P_DEFAULT, list, H5P_DEFAULT));
    H5Pclose(list);
    H5Sclose(space);
    H5Tclose(type);
}

static void add_strange_enum(hid_t group)
{
    static const int8_t values[] = {0, 2};
    const hid_t type = H5Tenum_create(H5T_STD_I8LE);
    H5Tenum_insert(type, "no", &values[0]);
    H5Tenum_insert(type, "yes", &values[1]);
    add_dataset(group, type, 3, 3, false, true);
    H5Tclose(type);
}

static void claim_rows(hid_t group)
{
    static const int64_t many = INT64_C(1) << 40;
    H5Ldelete(group, "day", H5P_DEFAULT);
    add_dataset(group, H5T_STD_I32LE, (hsize_t)many, 65536, false, true);
    const hid_t attribute = H5Aopen(group, "n_rows", H5P_DEFAULT);
    H5Awrite(attribute, H5T_NATIVE_INT64, &many);
    H5Aclose(attribute);
}

static void claim_labels(hid_t group)
{
    const hid_t day = H5Dopen2(group, "day", H5P_DEFAULT);
    put_text(day, "labels", "x");
    H5Dclose(day);
}

static void change_a_value(hid_t group)
{
    static const int32_t values[] = {1, 2, 4};
    const hid_t day = H5Dopen2(group, "day", H5P_DEFAULT);
    assert_true(H5Dwrite(day, H5T_NATIVE_INT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    H5Dclose(day);
}

static void write_good(const char *path)
{
    struct table *const table = table_alloc(table_name, "");
    assert_int_equal(table_resize(table, 3), 0);
    struct column *const column = table_add_column(table, "day", COLUMN_INT32, 0, "", "");
    for (size_t i = 0; i < 3; i++)
        column_set_integer(column, i, (int64_t)i + 1);
    struct store_writer *const writer = store_writer_open(path, 1);
    assert_int_equal(store_writer_table(writer, table), 0);
    assert_int_equal(store_writer_commit(writer), 0);
    table_free(table);
}

static void test_what_we_do_not_write_is_not_read(void **state)
{
    static const struct {
        void (*spoil)(hid_t group);
        const char *with;
    } cases[] = {
        {add_soft_link, "no dataset that can be read"},
        {add_external_link, "no dataset that can be read"},
        {add_group, "no dataset that can be read"},
        {add_fewer_rows, "another number of rows"},
        {add_without_chunks, "not stored in chunks"},
        {add_shuffled, "other filters"},
        {add_without_label, "has no label"},
        {add_unsigned, "a type we do not write"},
        {add_big_endian, "a type we do not write"},
        {add_reference, "a type we do not write"},
        {add_variable_text, "text of a kind we do not write"},
        {add_strange_enum, "values are not 0, 1"},
        {claim_rows, "more rows than its stored bytes can hold"},
        {claim_labels, "misses its labels"},
        {change_a_value, "does not agree with its sha256"},
    };
    const char *const path = scratch_path(*state, "a.h5");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_good(path);
        const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT), group = H5Gopen2(file, table_name, H5P_DEFAULT);
        assert_true(file >= 0 && group >= 0);
        cases[i].spoil(group);
        H5Gclose(group);
        assert_true(H5Fclose(file) >= 0);
        capture_start();
        struct table *const table = store_read_table(path, table_name);
        assert_one_line(capture_end(), cases[i].with);
        assert_null(table);
        assert_int_equal(H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL), 0);
    }
}

static void test_strange_things_beside_the_tables_are_refused(void **state)
{
    const char *const path = scratch_path(*state, "a.h5");
    for (int i = 0; i < 4; i++) {
        write_good(path);
        const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
        if (i == 0)
            add_dataset(file, H5T_STD_I32LE, 3, 3, false, true);
        else if (i == 1)
            add_external_link(file);
        else if (i == 2)
            H5Gclose(H5Gcreate2(file, "Not Ours", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
        else /* a group that holds itself */
            H5Lcreate_hard(file, "/", file, "x", H5P_DEFAULT, H5P_DEFAULT);
        assert_true(H5Fclose(file) >= 0);
        assert_not_opened(path, "a.h5");
    }
}

static void test_a_table_that_was_taken_away_is_missed(void **state)
{
    const char *const path = scratch_path(*state, "a.h5");
    write_good(path);
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    H5Ldelete(file, table_name, H5P_DEFAULT);
    H5Fclose(file);
    assert_not_opened(path, "do not agree with its content_sha256");
}

#define in_a_folder(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    const struct CMUnitTest tests[] = {
        in_a_folder(test_names_that_could_not_be_read_back_are_refused),
        in_a_folder(test_labels_must_differ_and_be_text),
        in_a_folder(test_a_column_may_not_stand_where_hidden_labels_go),
        in_a_folder(test_a_code_without_a_label_is_refused),
        in_a_folder(test_text_beyond_the_largest_chunk_is_refused),
        in_a_folder(test_two_tables_need_two_places),
        in_a_folder(test_a_build_without_parallel_hdf5_writes_no_file_together),
        in_a_folder(test_rows_must_be_like_the_schema),
        in_a_folder(test_codes_must_keep_their_labels),
        in_a_folder(test_calls_out_of_order_are_refused),
        in_a_folder(test_what_is_no_file_of_ours_is_refused),
        in_a_folder(test_what_we_do_not_write_is_not_read),
        in_a_folder(test_strange_things_beside_the_tables_are_refused),
        in_a_folder(test_a_table_that_was_taken_away_is_missed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
