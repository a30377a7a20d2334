/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A damaged file from elsewhere ends a child, not us. */
#include "store/foreign.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/table.h"
#include "store/store.h"
#include "tests/support/near.h"
#include "tests/support/scratch.h"

static const char *write_good(const char *folder)
{
    const char *path = scratch_path(folder, "good.h5");
    struct store_writer *writer = store_writer_open(path, 1);

    assert_non_null(writer);
    for (int i = 0; i < 12; i++) {
        char name[16];
        struct table *table;

        snprintf(name, sizeof name, "table%d", i);
        table = table_alloc(name, "A table");
        assert_non_null(table_add_column(table, "n", COLUMN_INT64, 0, "Number", ""));
        assert_int_equal(table_resize(table, 50), 0);
        assert_int_equal(store_writer_table(writer, table), 0);
        table_free(table);
    }
    assert_int_equal(store_writer_commit(writer), 0);
    return path;
}

static void test_a_good_file_passes(void **state)
{
    char *folder = scratch_folder();

    (void)state;
    assert_int_equal(foreign_check(write_good(folder)), 0);
    scratch_remove(folder);
}

static void test_what_is_no_such_file_is_left_to_the_reader_to_tell(void **state)
{
    char *folder = scratch_folder();
    const char *path = scratch_path(folder, "other.h5");

    (void)state;
    scratch_write(path, "not an HDF5 file");
    capture_start();
    assert_int_equal(foreign_check(path), 0);
    assert_int_equal(foreign_check(scratch_path(folder, "nothing.h5")), 0);
    assert_string_equal(capture_end(), "");
    scratch_remove(folder);
}

/* Bytes are changed anywhere, also where the library trusts them; those that kill it are told. */
static void test_no_damaged_file_ends_the_caller(void **state)
{
    char *folder = scratch_folder();
    const char *good = write_good(folder), *bad = scratch_path(folder, "bad.h5");
    FILE *file = fopen(good, "rb");
    static uint8_t bytes[1 << 18], changed[1 << 18];
    const size_t n = fread(bytes, 1, sizeof bytes, file);
    uint64_t seed = 20261121;
    int n_killed = 0;

    (void)state;
    fclose(file);
    assert_true(n > 1000);
    for (int round = 0; round < 150; round++) {
        memcpy(changed, bytes, n);
        for (int k = 0; k < 1 + round % 40; k++) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            changed[(seed >> 20) % n] = (uint8_t)(seed >> 50);
        }
        file = fopen(bad, "wb");
        assert_int_equal(fwrite(changed, 1, n - (size_t)(round % 3) * n / 7, file), n - (size_t)(round % 3) * n / 7);
        fclose(file);
        capture_start();
        const int status = foreign_check(bad);
        const char *told = capture_end();
        if (status != 0)
            assert_non_null(strstr(told, "is damaged: reading it ended with"));
        else
            assert_string_equal(told, "");
        n_killed += status != 0;
    }
    printf("compared - of 150 damaged files %d ended the child that read them\n", n_killed);
    scratch_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_good_file_passes),
        cmocka_unit_test(test_what_is_no_such_file_is_left_to_the_reader_to_tell),
        cmocka_unit_test(test_no_damaged_file_ends_the_caller),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
