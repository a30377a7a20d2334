/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that R wrote, cell by cell as R reads them (scripts/references/formats.R). */
#include "ingest/stat_spool.h"

#include "ingest/csv_reader.h"
#include "tests/pipeline/ingest/small_files.h"

#define FOLDER "tests/reference/formats/"

static void compare(const char *found_path, const char *expected_path)
{
    const struct csv_options options = {.delimiter = ','};
    struct csv_reader *const found = csv_reader_open(found_path, &options),
                      *const expected = csv_reader_open(expected_path, &options);
    const struct csv_record *one, *other;
    size_t n = 0;
    int more;
    assert_non_null(found);
    assert_non_null(expected);
    assert_int_equal(csv_reader_n_columns(found), csv_reader_n_columns(expected));
    for (size_t i = 0; i < csv_reader_n_columns(found); i++)
        assert_string_equal(csv_reader_column(found, i), csv_reader_column(expected, i));
    while ((more = csv_reader_next(found, &one)) > 0) {
        assert_int_equal(csv_reader_next(expected, &other), 1);
        assert_int_equal(one->n_fields, other->n_fields);
        for (size_t i = 0; i < one->n_fields; i++)
            assert_string_equal(one->fields[i].text, other->fields[i].text);
        n++;
    }
    assert_int_equal(more, 0);
    assert_int_equal(csv_reader_next(expected, &other), 0);
    assert_int_equal(n, 40);
    csv_reader_close(found);
    csv_reader_close(expected);
}

static void check(const char *const *names, size_t n)
{
    struct small_folder folder;
    small_folder_make(&folder);
    for (size_t i = 0; i < n; i++) {
        char path[256], answers[256];
        snprintf(path, sizeof path, FOLDER "%s", names[i]);
        snprintf(answers, sizeof answers, FOLDER "%.*s.csv", (int)(strrchr(names[i], '.') - names[i]), names[i]);
        const int file = open(small_path(&folder, "spool"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        assert_true(file >= 0);
        assert_int_equal(stat_spool(path, false, false, NULL, file), 0);
        assert_int_equal(close(file), 0);
        compare(small_path(&folder, "spool"), answers);
    }
    small_folder_remove(&folder);
}

static void test_stata_files_of_another_writer_are_read_as_r_reads_them(void **state)
{
    static const char *const names[] = {"foreign-7.dta", "foreign-8.dta", "foreign-10.dta"};
    (void)state;
    check(names, sizeof names / sizeof names[0]);
}

static void test_stata_files_of_many_versions_are_read_as_r_reads_them(void **state)
{
    static const char *const names[] = {"haven-8.dta", "haven-13.dta", "haven-15.dta"};
    (void)state;
    check(names, sizeof names / sizeof names[0]);
}

static void test_spss_files_of_every_packing_are_read_as_r_reads_them(void **state)
{
    static const char *const names[] = {"haven-none.sav", "haven-byte.sav", "haven-zsav.zsav"};
    (void)state;
    check(names, sizeof names / sizeof names[0]);
}

static void test_sas_transport_files_are_read_as_r_reads_them(void **state)
{
    static const char *const names[] = {"haven-xport-5.xpt", "haven-xport-8.xpt"};
    (void)state;
    check(names, sizeof names / sizeof names[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stata_files_of_another_writer_are_read_as_r_reads_them),
        cmocka_unit_test(test_stata_files_of_many_versions_are_read_as_r_reads_them),
        cmocka_unit_test(test_spss_files_of_every_packing_are_read_as_r_reads_them),
        cmocka_unit_test(test_sas_transport_files_are_read_as_r_reads_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
