/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One value is changed in every dataset of a results file, as somebody would with an HDF5 editor: the checksums of the chunks
 * are then right again.  Each change is found, and its table and column are named.
 */
#include <hdf5.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cells.h"
#include "compare/estimates.h"
#include "store/store.h"
#include "tests/support/near.h"
#include "tests/support/scratch.h"
#include "verify/findings.h"
#include "verify/stored.h"

static int add_provenance(struct store_writer *writer)
{
    struct table *table = table_alloc("provenance", "");
    assert_non_null(table_add_column(table, "key", COLUMN_TEXT, 8, "", ""));
    assert_non_null(table_add_column(table, "value", COLUMN_TEXT, 8, "", ""));
    for (size_t i = 0; i < 3; i++) {
        static const char *const keys[] = {"version", "seed", "study"}, *const values[] = {"0.1.0", "20261121", "ab12"};
        struct row_builder row = table_new_row(table);
        row_text(&row, "key", keys[i]);
        row_text(&row, "value", values[i]);
        assert_int_equal(row_end(&row), 0);
    }
    const int status = store_writer_table(writer, table);
    table_free(table);
    return status;
}

/* Every type of column, and the table whose numbers matter. */
static void write_results(const char *path)
{
    static const char *const labels[] = {"iop", "inpatient", "residential"};
    static const enum column_type types[] = {COLUMN_INT8, COLUMN_INT16, COLUMN_INT32, COLUMN_INT64, COLUMN_FLOAT64};
    struct store_writer *writer = store_writer_open(path, 1);
    struct table *table = table_alloc("counts", ""), *estimates = estimates_alloc();
    struct estimate estimate = ESTIMATE_NONE;

    assert_non_null(writer);
    for (size_t j = 0; j < sizeof types / sizeof types[0]; j++) {
        char name[16];
        snprintf(name, sizeof name, "n%zu", j);
        assert_non_null(table_add_column(table, name, types[j], 0, "", ""));
    }
    assert_non_null(table_add_column(table, "text", COLUMN_TEXT, 12, "", ""));
    assert_non_null(table_add_category(table, "arm", labels, 3, ""));
    for (int i = 0; i < 100; i++) {
        struct row_builder row = table_new_row(table);
        for (size_t j = 0; j < 4; j++) {
            char name[16];
            snprintf(name, sizeof name, "n%zu", j);
            row_integer(&row, name, i);
        }
        row_real(&row, "n4", 2.385 * i);
        row_text(&row, "text", i % 2 ? "completed" : "dropped out");
        row_text(&row, "arm", labels[i % 3]);
        assert_int_equal(row_end(&row), 0);
    }
    estimate.analysis = "main";
    estimate.outcome = "relapse";
    estimate.population = "all";
    estimate.adjustment = "unadjusted";
    estimate.measure = MEASURE_risk;
    estimate.arm = "iop";
    estimate.time = 180;
    estimate.estimate = 0.41;
    estimate.n = 628;
    estimate.n_event = 257;
    for (int i = 0; i < 5; i++)
        assert_int_equal(estimates_add(estimates, &estimate), 0);
    assert_int_equal(store_writer_table(writer, table), 0);
    assert_int_equal(store_writer_table(writer, estimates), 0);
    assert_int_equal(add_provenance(writer), 0);
    assert_int_equal(store_writer_commit(writer), 0);
    table_free(estimates);
    table_free(table);
}

/* Changes the value of the middle row; false for a dataset that stays what it was. */
static bool change(const char *path, const char *name)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT), dataset = H5Dopen2(file, name, H5P_DEFAULT),
                type = H5Dget_type(dataset), space = H5Dget_space(dataset);
    const size_t width = H5Tget_size(type);
    const hssize_t n = H5Sget_simple_extent_npoints(space);
    unsigned char *values = malloc(width * (size_t)n);

    assert_true(file >= 0 && dataset >= 0 && values != NULL && n > 0);
    assert_true(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    unsigned char *value = values + width * (size_t)(n / 2);
    if (H5Tget_class(type) == H5T_STRING)
        value[0] = value[0] == '7' ? '1' : '7';
    else if (H5Tget_class(type) == H5T_FLOAT) {
        const double other = 0.14;
        memcpy(value, &other, sizeof other);
    } else
        value[0] = value[0] == 1 ? 0 : 1;
    const bool written = H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0;
    free(values);
    H5Sclose(space);
    H5Tclose(type);
    H5Dclose(dataset);
    H5Fclose(file);
    return written;
}

static void copy_file(const char *from, const char *to)
{
    char buffer[65536];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    size_t n;

    assert_non_null(in);
    assert_non_null(out);
    while ((n = fread(buffer, 1, sizeof buffer, in)) > 0)
        assert_int_equal(fwrite(buffer, 1, n, out), n);
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

static void assert_found(const char *path, const struct table *table, const char *column)
{
    struct table *findings = findings_alloc();
    struct stored stored;
    char named[96];

    capture_start();
    assert_int_equal(stored_read(path, findings, &stored), 0);
    const char *told = capture_end();
    snprintf(named, sizeof named, "table '%s' does not agree with its sha256: column '%s'", table->name, column);
    if (strstr(told, named) == NULL)
        print_error("expected: %s\ntold: %s\n", named, told);
    assert_non_null(strstr(told, named));
    assert_int_equal(findings_count(findings, "checksums", FINDING_DIFFERS), 1);
    for (size_t i = 0; i < findings->n_rows; i++)
        assert_true(cell_is(findings, "item", i, table->name) == cell_is(findings, "finding", i, "differs"));
    assert_null(stored_table(&stored, table->name));
    assert_int_equal(findings_exit_status(findings), 3);
    stored_free(&stored);
    table_free(findings);
}

static void test_a_changed_value_in_any_dataset_is_found_and_named(void **state)
{
    (void)state;
    char *folder = scratch_folder();
    char whole[512], changed[512], name[128];
    struct table *findings = findings_alloc();
    struct stored stored;
    size_t n = 0;

    snprintf(whole, sizeof whole, "%s", scratch_path(folder, "results.h5"));
    snprintf(changed, sizeof changed, "%s", scratch_path(folder, "changed.h5"));
    write_results(whole);
    assert_int_equal(stored_read(whole, findings, &stored), 0);
    assert_int_equal(findings_exit_status(findings), 0);
    for (size_t i = 0; i < stored.n; i++)
        for (size_t j = 0; j < stored.tables[i]->n_columns; j++) {
            const struct table *table = stored.tables[i];
            snprintf(name, sizeof name, "/%s/%s", table->name, table->columns[j].name);
            copy_file(whole, changed);
            assert_true(change(changed, name));
            assert_found(changed, table, table->columns[j].name);
            n++;
        }
    assert_int_equal(n, 7 + 27 + 2);
    stored_free(&stored);
    table_free(findings);
    scratch_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_changed_value_in_any_dataset_is_found_and_named)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
