/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bytes of a file, its digests, and what other readers of HDF5 see in it. */
#include "store/store.h"

#include "tests/pipeline/store/test_tables.h"
#include "tests/support/scratch.h"

#include <fcntl.h>
#include <hdf5.h>
#include <math.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

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

static void write_tables(const char *path, int n_threads, size_t n_tables, struct table *const *tables)
{
    struct store_writer *const writer = store_writer_open(path, n_threads);
    assert_non_null(writer);
    for (size_t i = 0; i < n_tables; i++)
        assert_int_equal(store_writer_table(writer, tables[i]), 0);
    assert_int_equal(store_writer_commit(writer), 0);
}

static void assert_same_bytes(const char *a, const char *b)
{
    char of_a[SHA256_HEX_SIZE], of_b[SHA256_HEX_SIZE];
    assert_int_equal(sha256_file(a, of_a), 0);
    assert_int_equal(sha256_file(b, of_b), 0);
    assert_string_equal(of_a, of_b);
}

static void content_of(const char *path, char hex[static SHA256_HEX_SIZE])
{
    struct store *const store = store_open(path);
    assert_non_null(store);
    strcpy(hex, store_content_sha256(store));
    store_close(store);
}

/* ---- bytes ------------------------------------------------------------------------------------------ */

static void test_bytes_depend_neither_on_threads_nor_on_the_folder(void **state)
{
    struct table *tables[] = {sample_table("records", 150000), sample_table("small/one", 7), sample_table("none", 0)};
    const char *const path = scratch_path(*state, "one.h5");
    write_tables(path, 1, 3, tables);
    char *const elsewhere = scratch_folder();
    for (int n_threads = 2; n_threads <= 4; n_threads += 2) {
        const char *const again = scratch_path(elsewhere, "another name.h5");
        write_tables(again, n_threads, 3, tables);
        assert_same_bytes(path, again);
    }
    scratch_remove(elsewhere);
    for (size_t i = 0; i < 3; i++)
        table_free(tables[i]);
}

static void append_in_pieces(const char *path, size_t n, size_t piece, bool labels_grow)
{
    struct store_writer *const writer = store_writer_open(path, 2);
    struct table *const schema = sample_table("records", 3); /* its rows are not written */
    assert_int_equal((labels_grow ? store_writer_begin : store_writer_begin_final)(writer, schema), 0);
    for (size_t first = 0; first < n; first += piece) {
        struct table *const rows = sample_rows("records", first, n - first < piece ? n - first : piece);
        assert_int_equal(store_writer_append(writer, rows), 0);
        table_free(rows);
    }
    assert_int_equal(store_writer_end(writer, NULL), 0);
    assert_int_equal(store_writer_commit(writer), 0);
    table_free(schema);
}

static void test_pieces_of_any_size_make_the_file_of_the_whole(void **state)
{
    static const struct {
        size_t n, piece;
    } cases[] = {{200000, 200000}, {200000, 65537}, {200000, 4099}, {65536, 1024}, {65537, 65536}, {100, 7}, {0, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *const whole = scratch_path(*state, "whole.h5"), *const pieces = scratch_path(*state, "pieces.h5");
        struct table *table = sample_table("records", cases[i].n);
        write_tables(whole, 1, 1, &table);
        append_in_pieces(pieces, cases[i].n, cases[i].piece, false);
        assert_same_bytes(whole, pieces);
        /* Chunks that wait for their labels lie elsewhere in the file, with the same content. */
        char content[SHA256_HEX_SIZE], of_waiting[SHA256_HEX_SIZE];
        append_in_pieces(pieces, cases[i].n, cases[i].piece, true);
        content_of(whole, content);
        content_of(pieces, of_waiting);
        assert_string_equal(content, of_waiting);
        table_free(table);
    }
}

static void test_every_missing_real_is_the_same_bytes(void **state)
{
    static const uint64_t nans[] = {UINT64_C(0x7ff8000000000000), UINT64_C(0xfff8000000000000),
                                    UINT64_C(0x7ff80000000007a2)};
    const char *const first = scratch_path(*state, "0.h5"), *const path = scratch_path(*state, "a.h5");
    for (size_t i = 0; i < 3; i++) {
        struct table *table = table_alloc("t", "");
        assert_int_equal(table_resize(table, 1), 0);
        memcpy(table_add_column(table, "x", COLUMN_FLOAT64, 0, "", "")->values, &nans[i], sizeof nans[i]);
        write_tables(i == 0 ? first : path, 1, 1, &table);
        if (i > 0)
            assert_same_bytes(first, path);
        table_free(table);
    }
}

static void test_text_after_a_nul_leaves_no_trace(void **state)
{
    const char *const clean = scratch_path(*state, "a.h5"), *const dirty = scratch_path(*state, "b.h5");
    struct table *table = table_alloc("t", "");
    assert_int_equal(table_resize(table, 1), 0);
    char *const text = table_add_column(table, "x", COLUMN_TEXT, 8, "", "")->values;
    memcpy(text, "iop\0\0\0\0\0", 8);
    write_tables(clean, 1, 1, &table);
    memcpy(text, "iop\0left", 8);
    write_tables(dirty, 1, 1, &table);
    assert_same_bytes(clean, dirty);
    table_free(table);
}

/* ---- content_sha256 --------------------------------------------------------------------------------- */

static void test_the_content_does_not_depend_on_provenance_or_the_order_of_tables(void **state)
{
    struct table *const a = sample_table("a", 100), *const b = sample_table("b", 5);
    struct table *const made = sample_table("provenance", 3), *const differently = sample_table("provenance", 4);
    struct table *const inputs = sample_table("provenance-like", 3);
    char one[SHA256_HEX_SIZE], other[SHA256_HEX_SIZE];
    const char *const path = scratch_path(*state, "a.h5");
    write_tables(path, 1, 3, (struct table *[]){a, b, made});
    content_of(path, one);
    write_tables(path, 1, 3, (struct table *[]){differently, b, a});
    content_of(path, other);
    assert_string_equal(one, other);
    write_tables(path, 1, 2, (struct table *[]){b, a});
    content_of(path, other);
    assert_string_equal(one, other);
    write_tables(path, 1, 3, (struct table *[]){b, a, inputs});
    content_of(path, other);
    assert_string_not_equal(one, other);
    table_free(a);
    table_free(b);
    table_free(made);
    table_free(differently);
    table_free(inputs);
}

static void replace(char **text, const char *with)
{
    free(*text);
    *text = strdup(with);
}

enum { N_CHANGES = 13 };

/* Changes one thing about a table of two rows at least. */
static void change(struct table *table, int what)
{
    struct column *const dose = table_column(table, "dose"), *const level = table_column(table, "level");
    struct column *const day = table_column(table, "admission_day"), *const text = table_column(table, "Note text");
    switch (what) {
    case 0:
        column_set_real(dose, 1, 0.5);
        break;
    case 1:
        column_set_integer(day, 0, 17);
        break;
    case 2:
        column_set_code(level, 0, (column_code(level, 0) + 1) % 6);
        break;
    case 3:
        column_set_text(text, 1, "other", 5);
        break;
    case 4:
        replace(&table->name, "records2");
        break;
    case 5:
        replace(&table->label, "Other");
        break;
    case 6:
        replace(&day->name, "day");
        break;
    case 7:
        replace(&day->label, "Day");
        break;
    case 8:
        replace(&day->units, "days");
        break;
    case 9:
        replace(&level->labels[3], "IOP");
        break;
    case 10:
        day->type = COLUMN_CATEGORY; /* the same four bytes a row, of another type */
        break;
    case 11:
        table->n_rows--;
        break;
    default:
        table->n_columns--; /* a category is last */
        table->columns[table->n_columns].n_labels = 0;
    }
}

static void test_the_digest_of_a_table_changes_with_whatever_is_in_it(void **state)
{
    (void)state;
    char digests[N_CHANGES + 1][SHA256_HEX_SIZE];
    for (int what = 0; what <= N_CHANGES; what++) {
        struct table *const table = sample_table("records", 70000);
        if (what > 0)
            change(table, what - 1);
        assert_int_equal(store_table_sha256(table, digests[what]), 0);
        for (int earlier = 0; earlier < what; earlier++)
            assert_string_not_equal(digests[earlier], digests[what]);
        if (what == N_CHANGES) { /* what was cut off is freed */
            struct column *const last = &table->columns[table->n_columns++];
            last->n_labels = 2;
        }
        table_free(table);
    }
}

static void test_the_digest_of_a_table_is_the_one_in_its_file(void **state)
{
    const char *const path = scratch_path(*state, "a.h5");
    char computed[SHA256_HEX_SIZE], stored[SHA256_HEX_SIZE] = "";
    struct table *table = sample_table("records", 70000);
    write_tables(path, 2, 1, &table);
    assert_int_equal(store_table_sha256(table, computed), 0);
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    const hid_t attribute = H5Aopen_by_name(file, "records", "sha256", H5P_DEFAULT, H5P_DEFAULT);
    const hid_t type = H5Aget_type(attribute);
    assert_int_equal(H5Tget_size(type), SHA256_HEX_SIZE - 1);
    assert_true(H5Aread(attribute, type, stored) >= 0);
    assert_string_equal(stored, computed);
    H5Tclose(type);
    H5Aclose(attribute);
    H5Fclose(file);
    table_free(table);
}

/* ---- other readers ------------------------------------------------------------------------------------ */

static void assert_reads(hid_t file, const char *dataset_name, hid_t type, const void *expected, size_t n, size_t width)
{
    const hid_t dataset = H5Dopen2(file, dataset_name, H5P_DEFAULT);
    assert_true(dataset >= 0);
    void *const values = calloc(n, width);
    assert_true(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    assert_memory_equal(values, expected, n * width);
    free(values);
    H5Dclose(dataset);
}

static void test_the_plain_library_reads_every_column(void **state)
{
    enum { N = 70001 };
    const char *const path = scratch_path(*state, "a.h5");
    struct table *table = sample_table("records", N);
    write_tables(path, 2, 1, &table);
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    assert_true(file >= 0);
    const hid_t text = H5Tcopy(H5T_C_S1);
    H5Tset_size(text, 12);
    H5Tset_strpad(text, H5T_STR_NULLPAD);
    H5Tset_cset(text, H5T_CSET_UTF8);
    assert_reads(file, "records/sites", H5T_NATIVE_INT8, table_column(table, "sites")->values, N, 1);
    assert_reads(file, "records/visits", H5T_NATIVE_INT16, table_column(table, "visits")->values, N, 2);
    assert_reads(file, "records/admission_day", H5T_NATIVE_INT32, table_column(table, "admission_day")->values, N, 4);
    assert_reads(file, "records/person_key", H5T_NATIVE_INT64, table_column(table, "person_key")->values, N, 8);
    assert_reads(file, "records/dose", H5T_NATIVE_DOUBLE, table_column(table, "dose")->values, N, 8);
    assert_reads(file, "records/level", H5T_NATIVE_INT8, table_column(table, "level")->values, N, 1);
    assert_reads(file, "records/Note text", text, table_column(table, "Note text")->values, N, 12);
    H5Tclose(text);
    H5Fclose(file);
    table_free(table);
}

static void test_categories_are_enums_and_missing_values_are_attributes(void **state)
{
    const char *const path = scratch_path(*state, "a.h5");
    struct table *table = sample_table("records", 10);
    write_tables(path, 1, 1, &table);
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    const hid_t level = H5Dopen2(file, "records/level", H5P_DEFAULT), type = H5Dget_type(level);
    assert_int_equal(H5Tget_class(type), H5T_ENUM);
    assert_int_equal(H5Tget_nmembers(type), 6);
    for (int8_t i = 0; i < 6; i++) {
        int8_t value = -1;
        assert_true(H5Tenum_valueof(type, sample_levels[i], &value) >= 0);
        assert_int_equal(value, i);
    }
    const hid_t code = H5Aopen(level, "missing", H5P_DEFAULT);
    int8_t missing_code = 0;
    assert_true(H5Aread(code, H5T_NATIVE_INT8, &missing_code) >= 0);
    assert_int_equal(missing_code, -1);
    const hid_t day = H5Aopen_by_name(file, "records/admission_day", "missing", H5P_DEFAULT, H5P_DEFAULT);
    int32_t missing_day = 0;
    assert_true(H5Aread(day, H5T_NATIVE_INT32, &missing_day) >= 0);
    assert_int_equal(missing_day, INT32_MIN);
    const hid_t dose = H5Aopen_by_name(file, "records/dose", "missing", H5P_DEFAULT, H5P_DEFAULT);
    double missing_dose = 0;
    assert_true(H5Aread(dose, H5T_NATIVE_DOUBLE, &missing_dose) >= 0);
    assert_true(isnan(missing_dose));
    H5Aclose(dose);
    H5Aclose(day);
    H5Aclose(code);
    H5Tclose(type);
    H5Dclose(level);
    H5Fclose(file);
    table_free(table);
}

struct names {
    size_t n;
    char names[16][32];
};

static herr_t take_name(hid_t group, const char *name, const H5L_info_t *info, void *context)
{
    struct names *const names = context;
    (void)group, (void)info;
    snprintf(names->names[names->n++], sizeof names->names[0], "%s", name);
    return 0;
}

static void test_columns_stand_in_the_order_they_were_given(void **state)
{
    static const size_t sizes[] = {10, 70000}; /* one chunk; several, where categories are sent last */
    for (size_t k = 0; k < 2; k++) {
        const char *const path = scratch_path(*state, "a.h5");
        struct names names = {.n = 0};
        struct table *table = sample_table("records", sizes[k]);
        write_tables(path, 2, 1, &table);
        const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT), group = H5Gopen2(file, "records", H5P_DEFAULT);
        assert_int_equal(H5Literate(group, H5_INDEX_CRT_ORDER, H5_ITER_INC, NULL, take_name, &names), 0);
        assert_int_equal(names.n, table->n_columns);
        for (size_t j = 0; j < names.n; j++)
            assert_string_equal(names.names[j], table->columns[j].name);
        H5Gclose(group);
        H5Fclose(file);
        table_free(table);
    }
}

static void test_h5dump_opens_it(void **state)
{
    const char *const path = scratch_path(*state, "a.h5");
    struct table *tables[] = {sample_table("records", 66000), sample_table("a/b", 0)};
    write_tables(path, 1, 2, tables);
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int status;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    char *const arguments[] = {(char *)"h5dump", (char *)path, NULL};
    const int error = posix_spawnp(&pid, "h5dump", &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    table_free(tables[0]);
    table_free(tables[1]);
    if (error != 0)
        skip();
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

#define in_a_folder(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_a_folder(test_bytes_depend_neither_on_threads_nor_on_the_folder),
        in_a_folder(test_pieces_of_any_size_make_the_file_of_the_whole),
        in_a_folder(test_every_missing_real_is_the_same_bytes),
        in_a_folder(test_text_after_a_nul_leaves_no_trace),
        in_a_folder(test_the_content_does_not_depend_on_provenance_or_the_order_of_tables),
        in_a_folder(test_the_digest_of_a_table_changes_with_whatever_is_in_it),
        in_a_folder(test_the_digest_of_a_table_is_the_one_in_its_file),
        in_a_folder(test_the_plain_library_reads_every_column),
        in_a_folder(test_categories_are_enums_and_missing_values_are_attributes),
        in_a_folder(test_columns_stand_in_the_order_they_were_given),
        in_a_folder(test_h5dump_opens_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
