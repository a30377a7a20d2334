/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/spool.h"

#include "tests/pipeline/store/test_tables.h"
#include "tests/support/scratch.h"

#include <stdlib.h>

static void test_pieces_of_any_width_come_back(void **state)
{
    static const int32_t largest[] = {-1, 0, 127, 128, 32767, 32768, INT32_MAX - 1, 5};
    enum { N = 1000, N_PIECES = 40 };
    (void)state;
    char *const folder = scratch_folder();
    struct spool *const spool = spool_open(scratch_path(folder, "a.h5"));
    int32_t codes[N], back[N];
    assert_non_null(spool);
    for (size_t piece = 0; piece < N_PIECES; piece++) {
        for (size_t i = 0; i < N; i++)
            codes[i] = (int32_t)(sample_random(i, piece) % ((uint64_t)largest[piece % 8] + 2)) - 1;
        assert_int_equal(spool_add(spool, codes, piece % 7 == 0 ? 0 : N), 0);
    }
    for (size_t piece = N_PIECES; piece-- > 0;) {
        for (size_t i = 0; i < N; i++)
            codes[i] = (int32_t)(sample_random(i, piece) % ((uint64_t)largest[piece % 8] + 2)) - 1;
        if (piece % 7 == 0)
            continue;
        assert_int_equal(spool_read(spool, piece, back, N), 0);
        assert_memory_equal(back, codes, sizeof codes);
    }
    assert_int_equal(scratch_count(folder), 0); /* it has no name */
    spool_close(spool);
    scratch_remove(folder);
}

static void test_a_folder_that_is_not_there_is_told(void **state)
{
    (void)state;
    capture_start();
    struct spool *const spool = spool_open("no/such/folder/a.h5");
    const char *const said = capture_end();
    assert_null(spool);
    assert_non_null(strstr(said, "'no/such/folder/a.h5'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces_of_any_width_come_back),
        cmocka_unit_test(test_a_folder_that_is_not_there_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
