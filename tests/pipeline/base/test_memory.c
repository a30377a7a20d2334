/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/memory.h"
#include "base/fail.h"
#include "base/output.h"
#include "tests/support/near.h"
#include "tests/support/scratch.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void test_memory_is_zeroed_and_nothing_can_be_freed(void **state)
{
    (void)state;
    unsigned char *const bytes = allocate(1000, 3);
    assert_non_null(bytes);
    for (size_t i = 0; i < 3000; i++)
        assert_int_equal(bytes[i], 0);
    free(bytes);
    void *const nothing[] = {allocate(0, 8), allocate(8, 0), reallocate(NULL, 0, 8), reallocate(allocate(4, 4), 0, 4)};
    for (size_t i = 0; i < 4; i++) {
        assert_non_null(nothing[i]);
        free(nothing[i]);
    }
}

/* Opaque to the compiler, which would warn of the very request under test. */
static size_t huge(void)
{
    volatile size_t size = SIZE_MAX / 2;
    return size;
}

static int ask_too_much(void)
{
    char *const old = copy_text("kept");
    capture_start();
    const int all_refused = allocate(huge(), 3) == NULL && allocate(huge(), 1) == NULL &&
                            reallocate(old, huge(), 3) == NULL && reallocate(old, huge(), 1) == NULL &&
                            copy_bytes("", SIZE_MAX) == NULL;
    const char *const told = capture_end();
    const char *const first = strstr(told, "error: out of memory\n"); /* a sanitizer adds lines of its own */
    const int good = all_refused && first != NULL && strstr(first + 1, "error: ") == NULL && strcmp(old, "kept") == 0;
    free(old);
    return good ? 0 : 1;
}

/* The shortage is that of a whole process. */
static void assert_child_is_good(int (*work)(void))
{
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(work());
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_too_much_is_refused_and_told_once_and_the_old_memory_stays(void **state)
{
    (void)state;
    assert_child_is_good(ask_too_much);
}

/* What was made without all of its memory may lack something, whoever did without it. */
static int write_short_of_memory(void)
{
    char *const folder = scratch_folder();
    const char *const path = scratch_path(folder, "table.csv");
    scratch_write(path, "old\n");
    struct output *const output = output_open(path);
    int good = output != NULL && output_text(output, "new\n") == 0 && !memory_was_short();
    capture_start();
    good = good && fail_memory() == -1 && memory_was_short() && output_commit(output) == -1;
    good = strcmp(capture_end(), "error: out of memory\n") == 0 && good;
    char *const left = scratch_read(path);
    good = good && strcmp(left, "old\n") == 0;
    free(left);
    scratch_remove(folder);
    return good ? 0 : 1;
}

static void test_no_file_takes_its_name_once_memory_was_short(void **state)
{
    (void)state;
    assert_child_is_good(write_short_of_memory);
}

/* What a part of several said is dropped where one before it failed (side_by_side.c): this must not be dropped with it. */
static int tell_while_holding(void)
{
    capture_start();
    fail_hold();
    (fail)("held"); /* not the macro of cmocka */
    fail_memory();
    (fail)("the file has no label");
    struct fail_held *const held = fail_take_held();
    const bool told = strcmp(capture_end(), "error: out of memory\n") == 0;
    capture_start();
    fail_at("study.yaml", 3, 1, "unknown key");
    fail_errno("cannot read");
    const bool silent = strcmp(capture_end(), "") == 0;
    capture_start();
    fail_tell_held(held);
    return told && silent && strcmp(capture_end(), "error: held\n") == 0 ? 0 : 1;
}

static void test_nothing_is_told_that_follows_from_a_shortage_and_the_shortage_is_not_held(void **state)
{
    (void)state;
    assert_child_is_good(tell_while_holding);
}

static void test_copies_are_whole(void **state)
{
    (void)state;
    assert_null(copy_text(NULL));
    char *copy = copy_text("");
    assert_string_equal(copy, "");
    free(copy);
    copy = copy_bytes("a\0bcd", 4);
    assert_memory_equal(copy, "a\0bc", 5);
    free(copy);
    copy = copy_bytes(NULL, 0);
    assert_string_equal(copy, "");
    free(copy);
    copy = format_text("%d of %s", 3, "many");
    assert_string_equal(copy, "3 of many");
    free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory_is_zeroed_and_nothing_can_be_freed),
        cmocka_unit_test(test_too_much_is_refused_and_told_once_and_the_old_memory_stays),
        cmocka_unit_test(test_no_file_takes_its_name_once_memory_was_short),
        cmocka_unit_test(test_nothing_is_told_that_follows_from_a_shortage_and_the_shortage_is_not_held),
        cmocka_unit_test(test_copies_are_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
