/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One process is all ranks there are; several are tested by tests/mpi. */
#include "base/ranks.h"
#include "base/fail.h"
#include "tests/support/near.h"
#include "tests/support/scratch.h"

#include <stdlib.h>
#include <string.h>

#undef fail /* cmocka has a macro of this name */

static void test_one_process_is_rank_0_of_1(void **state)
{
    (void)state;
    ranks_start();
    assert_int_equal(ranks_n(), 1);
    assert_int_equal(ranks_rank(), 0);
    assert_int_equal(ranks_n_sent(), 0);
    assert_int_equal(ranks_n_met(), 0);
}

static void test_alone_sums_stay_and_nothing_comes_before(void **state)
{
    (void)state;
    int64_t values[2] = {7, -3};
    ranks_sum(values, 2);
    assert_int_equal(values[0], 7);
    assert_int_equal(values[1], -3);
    assert_int_equal(ranks_before(5), 0);
    double sizes[2] = {2.385, -7};
    ranks_largest(sizes, 2);
    assert_true(sizes[0] == 2.385 && sizes[1] == -7);
    ranks_sum_and_largest(values, 2, sizes, 2);
    assert_true(values[1] == -3 && sizes[0] == 2.385 && sizes[1] == -7);
    ranks_share(values, sizeof values);
    assert_int_equal(values[0], 7);
}

static void test_alone_what_is_collected_or_exchanged_comes_back(void **state)
{
    (void)state;
    struct ranks_bytes all = {0};
    assert_int_equal(ranks_collect("stay", 4, &all), 0);
    assert_int_equal(all.first[1], 4);
    assert_memory_equal(all.bytes, "stay", 4);
    ranks_bytes_free(&all);
    const size_t first[2] = {1, 3};
    assert_int_equal(ranks_exchange((const unsigned char *)"stay", first, &all), 0);
    assert_int_equal(all.first[1], 2);
    assert_memory_equal(all.bytes, "ta", 2);
    ranks_bytes_free(&all);
}

/* Of the others, the first error is told, with the rank, and warnings go to the one that speaks. */
static void test_who_does_not_speak_keeps_the_first_error_and_its_warnings(void **state)
{
    (void)state;
    capture_start();
    fail_keep(true);
    assert_null(fail_kept());
    warn("rows %d", 3);
    note("hello");
    fail("column '%s'", "age");
    fail("a consequence");
    assert_non_null(fail_kept());
    assert_true(fail_was_told());
    assert_string_equal(capture_end(), "");
    char *const lines = fail_take_warnings();
    assert_string_equal(lines, "rows 3\n");
    assert_null(fail_take_warnings());
    capture_start();
    fail_tell_kept(2, 4);
    fail_tell_warnings(lines);
    assert_string_equal(capture_end(), "error: rank 2 of 4: column 'age'\nwarning: rows 3\n");
    fail_forget_kept();
    assert_null(fail_kept());
    capture_start();
    fail_tell_kept(2, 4);
    assert_string_equal(capture_end(), "");
    free(lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_process_is_rank_0_of_1),
        cmocka_unit_test(test_alone_sums_stay_and_nothing_comes_before),
        cmocka_unit_test(test_alone_what_is_collected_or_exchanged_comes_back),
        cmocka_unit_test(test_who_does_not_speak_keeps_the_first_error_and_its_warnings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
