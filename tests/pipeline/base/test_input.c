/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/input.h"
#include "tests/support/near.h"
#include "tests/support/scratch.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void test_a_file_is_read_whole_and_ends_in_a_nul(void **state)
{
    (void)state;
    char *const folder = scratch_folder();
    static const char *const texts[] = {"", "study: x\n", "no line end"};
    for (size_t i = 0; i < 3; i++) {
        const char *const path = scratch_path(folder, "file");
        size_t length = 77;
        scratch_write(path, texts[i]);
        char *const bytes = input_read(path, strlen(texts[i]), &length); /* exactly the largest size allowed */
        assert_non_null(bytes);
        assert_int_equal(length, strlen(texts[i]));
        assert_string_equal(bytes, texts[i]);
        free(bytes);
    }
    scratch_remove(folder);
}

static void refuses(const char *path, size_t max, const char *reason)
{
    size_t length = 77;
    capture_start();
    char *const bytes = input_read(path, max, &length);
    const char *const told = capture_end();
    assert_null(bytes);
    assert_int_equal(length, 0);
    if (strstr(told, reason) == NULL || strchr(told, '\n') != strrchr(told, '\n'))
        fail_msg("expected one line with '%s', told '%s'", reason, told);
}

static void test_what_cannot_be_read_is_refused_with_its_reason(void **state)
{
    (void)state;
    char *const folder = scratch_folder();
    const char *const file = scratch_path(folder, "file"), *const fifo = scratch_path(folder, "fifo");
    scratch_write(file, "12345");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    refuses(scratch_path(folder, "none"), 10, "none': No such file or directory");
    refuses(folder, 10, "is a folder, not a file");
    refuses(fifo, 10, "is not a regular file"); /* and does not wait for a writer */
    refuses("/dev/zero", 10, "is not a regular file");
    refuses(file, 4, "is larger than 4 bytes");
    refuses("", 4, "No such file");
    scratch_remove(folder);
}

static void joined_is(const char *folder, const char *path, const char *expected)
{
    char *const joined = path_join(folder, path);
    assert_string_equal(joined, expected);
    free(joined);
}

static void folder_is(const char *path, const char *expected)
{
    char *const folder = path_folder(path);
    assert_string_equal(folder, expected);
    free(folder);
}

static void test_paths_are_joined_and_parted(void **state)
{
    (void)state;
    joined_is("a", "b", "a/b");
    joined_is("a/", "b/c", "a/b/c");
    joined_is(".", "b", "b");
    joined_is("", "b", "b");
    joined_is("/", "b", "/b");
    joined_is("a", "/b", "/b");
    folder_is("a/b/c", "a/b");
    folder_is("c", ".");
    folder_is("/c", "/");
    folder_is("//c", "/");
    folder_is("a//c", "a");
    folder_is("a/", "a");
    assert_string_equal(path_name("a/b.csv"), "b.csv");
    assert_string_equal(path_name("b.csv"), "b.csv");
    assert_string_equal(path_name("a/"), "");
}

static void test_a_study_may_name_only_plain_relative_paths(void **state)
{
    (void)state;
    static const char *const good[] = {"a.csv", "data/a b.csv",     "./a",       "a..b.csv",
                                       "..a",   "caf\xc3\xa9.csv", "a/.hidden", "a<b"};
    static const char *const bad[] = {"",     "..",   "../a",    "a/../b", "a/..",      "a|b",      "|a",     "<a",
                                      "a/<b", "a\nb", "a\x1b[m", "\x7f",   "a\xc2\x85", "caf\xe9", "./../b", "a//../b"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (path_fault(good[i], false) != NULL)
            fail_msg("'%s' %s", good[i], path_fault(good[i], false));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (path_fault(bad[i], false) == NULL || path_fault(bad[i], true) == NULL)
            fail_msg("path %zu was allowed", i);
}

static void test_absolute_paths_need_to_be_allowed(void **state)
{
    (void)state;
    assert_non_null(strstr(path_fault("/data/a.csv", false), "--allow-absolute"));
    assert_null(path_fault("/data/a.csv", true));
    assert_string_equal(path_fault("/data/../a.csv", true), "leads upwards by '..'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_file_is_read_whole_and_ends_in_a_nul),
        cmocka_unit_test(test_what_cannot_be_read_is_refused_with_its_reason),
        cmocka_unit_test(test_paths_are_joined_and_parted),
        cmocka_unit_test(test_a_study_may_name_only_plain_relative_paths),
        cmocka_unit_test(test_absolute_paths_need_to_be_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
