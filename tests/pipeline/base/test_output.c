/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/output.h"
#include "tests/support/near.h"
#include "tests/support/scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

static int folder_setup(void **state)
{
    *state = scratch_folder();
    return 0;
}

static int folder_teardown(void **state)
{
    scratch_remove(*state);
    return 0;
}

static void file_holds(const char *path, const char *expected)
{
    char *const text = scratch_read(path);
    if (expected == NULL)
        assert_null(text);
    else
        assert_string_equal(text, expected);
    free(text);
}

static void test_a_committed_file_holds_what_was_written_and_is_private(void **state)
{
    const char *const path = scratch_path(*state, "a.csv");
    umask(022);
    struct output *const output = output_open(path);
    assert_non_null(output);
    file_holds(path, NULL); /* not before it is complete */
    assert_int_equal(output_text(output, "arm,n\n"), 0);
    assert_int_equal(output_printf(output, "%s,%d\n", "iop", 17), 0);
    assert_int_equal(output_write(output, "x\0y", 3), 0);
    assert_int_equal(output_write(output, NULL, 0), 0);
    assert_int_equal(output_commit(output), 0);
    file_holds(path, "arm,n\niop,17\nx");
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_size, 16);
    assert_int_equal(about.st_mode & 07777, 0600);
    assert_int_equal(scratch_count(*state), 1);
}

static void test_an_empty_file_is_a_file(void **state)
{
    const char *const path = scratch_path(*state, "empty");
    assert_int_equal(output_commit(output_open(path)), 0);
    file_holds(path, "");
}

static void test_pieces_of_all_sizes_arrive_in_order(void **state)
{
    static char text[300001];
    for (size_t i = 0; i < sizeof text - 1; i++)
        text[i] = (char)('a' + i % 23);
    static const size_t pieces[] = {1, 1000, 65535, 65536, 65537, 300000};
    for (size_t k = 0; k < sizeof pieces / sizeof *pieces; k++) {
        const char *const path = scratch_path(*state, "long");
        struct output *const output = output_open(path);
        for (size_t done = 0; done < sizeof text - 1; done += pieces[k]) {
            const size_t left = sizeof text - 1 - done;
            assert_int_equal(output_write(output, text + done, left < pieces[k] ? left : pieces[k]), 0);
        }
        assert_int_equal(output_commit(output), 0);
        file_holds(path, text);
    }
}

static void test_an_abandoned_output_leaves_the_old_file(void **state)
{
    const char *const path = scratch_path(*state, "a");
    scratch_write(path, "old");
    struct output *const output = output_open(path);
    output_text(output, "new");
    output_abandon(output);
    output_abandon(NULL);
    file_holds(path, "old");
    assert_int_equal(scratch_count(*state), 1);
}

static void test_the_new_file_takes_the_place_of_the_old(void **state)
{
    const char *const path = scratch_path(*state, "a");
    scratch_write(path, "old and longer");
    assert_int_equal(chmod(path, 0644), 0);
    struct output *const output = output_open(path);
    output_text(output, "new");
    file_holds(path, "old and longer");
    assert_int_equal(output_commit(output), 0);
    file_holds(path, "new");
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 07777, 0600);
    assert_int_equal(scratch_count(*state), 1);
}

static void commit_refused(struct output *output, const char *reason)
{
    capture_start();
    const int status = output_commit(output);
    const char *const told = capture_end();
    assert_int_equal(status, -1);
    if (strstr(told, reason) == NULL || strchr(told, '\n') != strrchr(told, '\n'))
        fail_msg("expected one line with '%s', told '%s'", reason, told);
}

static void test_a_tampered_temporary_is_found_by_the_reread(void **state)
{
    const char *const path = scratch_path(*state, "a");
    scratch_write(path, "old");

    struct output *output = output_open(path);
    output_text(output, "0123456789");
    scratch_write(output_temporary(output), "shorter or longer, it does not matter");
    commit_refused(output, "was changed by another process");

    output = output_open(path);
    output_text(output, "0123456789");
    const char *const name = scratch_path(*state, "copy");
    scratch_write(name, "0123456789"); /* the same bytes, but not our file */
    assert_int_equal(rename(name, output_temporary(output)), 0);
    commit_refused(output, "was changed by another process");

    file_holds(path, "old");
    assert_int_equal(scratch_count(*state), 1);
}

/* The buffer is written late; after 64 KiB the first bytes are in the file and can be changed there. */
static void test_one_changed_byte_is_found_by_the_reread(void **state)
{
    static const char block[70000] = {1};
    const char *const path = scratch_path(*state, "a");
    scratch_write(path, "old");
    struct output *const output = output_open(path);
    assert_int_equal(output_write(output, block, sizeof block), 0);
    FILE *const file = fopen(output_temporary(output), "r+");
    assert_true(file != NULL && fseek(file, 5000, SEEK_SET) == 0 && fputc('x', file) == 'x' && fclose(file) == 0);
    commit_refused(output, "reads back differently");
    file_holds(path, "old");
    assert_int_equal(scratch_count(*state), 1);
}

static void test_a_removed_temporary_is_an_error_and_the_old_file_stays(void **state)
{
    const char *const path = scratch_path(*state, "a");
    scratch_write(path, "old");
    struct output *const output = output_open(path);
    output_text(output, "new");
    assert_int_equal(unlink(output_temporary(output)), 0);
    commit_refused(output, "No such file");
    file_holds(path, "old");
}

static void open_refused(const char *path, const char *reason)
{
    capture_start();
    struct output *const output = output_open(path), *const external = output_open_external(path);
    const char *const told = capture_end();
    assert_null(output);
    assert_null(external);
    if (strstr(told, reason) == NULL)
        fail_msg("expected '%s', told '%s'", reason, told);
}

static void test_only_a_regular_file_is_replaced(void **state)
{
    const char *const link = scratch_path(*state, "link"), *const fifo = scratch_path(*state, "fifo");
    assert_int_equal(symlink("nowhere", link), 0);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    open_refused(link, "is a symbolic link");
    open_refused(fifo, "not a regular file");
    open_refused(*state, "not a regular file");
    open_refused("/dev/null", "not a regular file");
    open_refused(scratch_path(*state, "none/a"), "No such file or directory");
    open_refused(scratch_path(*state, "slash/"), "a file name was expected");
    open_refused("", "a file name was expected");
    assert_int_equal(scratch_count(*state), 2);
}

static void test_a_folder_made_meanwhile_is_not_replaced(void **state)
{
    const char *const path = scratch_path(*state, "a");
    struct output *const output = output_open(path);
    output_text(output, "new");
    assert_int_equal(mkdir(path, 0700), 0);
    commit_refused(output, "not a regular file");
    assert_int_equal(scratch_count(*state), 1);
}

/* As on a full disk: no file may grow beyond 100,000 bytes. */
static int write_beyond_the_quota(const char *path)
{
    static const char block[50000];
    const struct rlimit small = {100000, 100000};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    capture_start();
    struct output *const output = output_open(path);
    int status = 0;
    for (int i = 0; i < 5; i++)
        status = output_write(output, block, sizeof block);
    const int good = status == -1 && output_text(output, "x") == -1 && output_printf(output, "%d", 1) == -1 &&
                     output_csv_field(output, "a,b", 3) == -1 && output_commit(output) == -1;
    const char *const told = capture_end();
    return good && strstr(told, "File too large") != NULL && strchr(told, '\n') == strrchr(told, '\n') ? 0 : 1;
}

static void test_a_full_disk_is_told_once_and_leaves_the_old_file(void **state)
{
    const char *const path = scratch_path(*state, "a");
    scratch_write(path, "old");
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(write_beyond_the_quota(path));
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    file_holds(path, "old");
    assert_int_equal(scratch_count(*state), 1);
}

static void test_two_outputs_of_one_name_do_not_mix(void **state)
{
    const char *const path = scratch_path(*state, "a");
    struct output *const first = output_open(path), *const second = output_open(path);
    assert_non_null(second);
    assert_string_not_equal(output_temporary(first), output_temporary(second));
    output_text(first, "first");
    output_text(second, "second");
    assert_int_equal(output_commit(second), 0);
    file_holds(path, "second");
    assert_int_equal(output_commit(first), 0);
    file_holds(path, "first");
    assert_int_equal(scratch_count(*state), 1);
}

static void test_the_temporary_stands_beside_its_name(void **state)
{
    char expected[4200];
    struct output *const output = output_open(scratch_path(*state, "a.csv"));
    snprintf(expected, sizeof expected, "%s/.a.csv.stepdown-%ld.tmp", (const char *)*state, (long)getpid());
    assert_string_equal(output_temporary(output), expected);
    output_abandon(output);
    char longest[256];
    memset(longest, 'n', 255);
    longest[255] = '\0'; /* the longest name a folder takes: the temporary's is cut */
    struct output *const other = output_open(scratch_path(*state, longest));
    assert_non_null(other);
    assert_int_equal(output_commit(other), 0);
    file_holds(scratch_path(*state, longest), "");
}

static void test_a_file_without_a_folder_is_written_here(void **state)
{
    char *const before = getcwd(NULL, 0);
    assert_true(before != NULL && chdir(*state) == 0);
    struct output *const output = output_open("here");
    const int status = output != NULL ? output_commit(output) : -1;
    assert_int_equal(chdir(before), 0);
    free(before);
    assert_int_equal(status, 0);
    file_holds(scratch_path(*state, "here"), "");
}

static void test_more_outputs_than_slots_are_refused(void **state)
{
    struct output *outputs[130] = {NULL};
    size_t n = 0;
    capture_start();
    while (n < 130 && (outputs[n] = output_open_external(scratch_path(*state, "a"))) != NULL)
        n++;
    const char *const told = capture_end();
    for (size_t i = 0; i < n; i++)
        output_abandon(outputs[i]);
    assert_int_equal(n, 128);
    assert_non_null(strstr(told, "more than 128 files"));
    assert_int_equal(scratch_count(*state), 0);
    assert_int_equal(output_commit(output_open(scratch_path(*state, "a"))), 0); /* the slots are free again */
}

static void test_a_file_of_another_writer_takes_its_name_when_it_is_there(void **state)
{
    const char *const path = scratch_path(*state, "a.h5");
    scratch_write(path, "old");
    struct output *output = output_open_external(path);
    commit_refused(output, "an empty file");
    output = output_open_external(path);
    unlink(output_temporary(output));
    commit_refused(output, "No such file");
    output = output_open_external(path);
    unlink(output_temporary(output));
    assert_int_equal(symlink("a.h5", output_temporary(output)), 0);
    commit_refused(output, "symbolic links");
    file_holds(path, "old");
    assert_int_equal(scratch_count(*state), 1);

    output = output_open_external(path);
    scratch_write(output_temporary(output), "written by another");
    assert_int_equal(chmod(output_temporary(output), 0644), 0);
    assert_int_equal(output_commit(output), 0);
    file_holds(path, "written by another");
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 07777, 0600);
}

static void test_a_forked_child_that_abandons_its_copy_leaves_the_temporary(void **state)
{
    const char *const path = scratch_path(*state, "a");
    struct output *const output = output_open(path);
    output_text(output, "new");
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        output_remove_temporaries();
        output_abandon(output);
        _exit(0);
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(output_commit(output), 0);
    file_holds(path, "new");
}

static void field_is(const char *folder, const char *text, size_t length, const char *expected)
{
    const char *const path = scratch_path(folder, "field");
    struct output *const output = output_open(path);
    assert_int_equal(output_csv_field(output, text, length), 0);
    assert_int_equal(output_commit(output), 0);
    file_holds(path, expected);
}

static void test_csv_fields_are_quoted_where_needed(void **state)
{
    field_is(*state, "", 0, "");
    field_is(*state, "plain 1.5", 9, "plain 1.5");
    field_is(*state, "a,b", 3, "\"a,b\"");
    field_is(*state, "a,b", 1, "a");
    field_is(*state, "say \"no\"", 8, "\"say \"\"no\"\"\"");
    field_is(*state, "\"", 1, "\"\"\"\"");
    field_is(*state, "\"\"", 2, "\"\"\"\"\"\"");
    field_is(*state, "two\nlines", 9, "\"two\nlines\"");
    field_is(*state, "cr\r", 3, "\"cr\r\"");
    field_is(*state, " edge", 5, "\" edge\"");
    field_is(*state, "edge\t", 5, "\"edge\t\"");
    field_is(*state, "caf\xc3\xa9;x", 7, "caf\xc3\xa9;x");
}

static void test_folders_are_made_with_their_parents_and_private(void **state)
{
    const char *const deep = scratch_path(*state, "a/b//c/"), *const file = scratch_path(*state, "file");
    umask(022);
    assert_int_equal(output_make_folder(deep), 0);
    assert_int_equal(output_make_folder(deep), 0); /* there already */
    assert_int_equal(output_make_folder("/"), 0);
    struct stat about;
    assert_int_equal(stat(deep, &about), 0);
    assert_int_equal(about.st_mode & 07777, 0700);
    scratch_write(file, "");
    capture_start();
    const int status[] = {output_make_folder(file), output_make_folder(scratch_path(*state, "file/x")),
                          output_make_folder("")};
    const char *const told = capture_end();
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(status[i], -1);
    assert_non_null(strstr(told, "exists and is not a folder"));
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(test_a_committed_file_holds_what_was_written_and_is_private),
        WITH_FOLDER(test_an_empty_file_is_a_file),
        WITH_FOLDER(test_pieces_of_all_sizes_arrive_in_order),
        WITH_FOLDER(test_an_abandoned_output_leaves_the_old_file),
        WITH_FOLDER(test_the_new_file_takes_the_place_of_the_old),
        WITH_FOLDER(test_a_tampered_temporary_is_found_by_the_reread),
        WITH_FOLDER(test_one_changed_byte_is_found_by_the_reread),
        WITH_FOLDER(test_a_removed_temporary_is_an_error_and_the_old_file_stays),
        WITH_FOLDER(test_only_a_regular_file_is_replaced),
        WITH_FOLDER(test_a_folder_made_meanwhile_is_not_replaced),
        WITH_FOLDER(test_a_full_disk_is_told_once_and_leaves_the_old_file),
        WITH_FOLDER(test_two_outputs_of_one_name_do_not_mix),
        WITH_FOLDER(test_the_temporary_stands_beside_its_name),
        WITH_FOLDER(test_a_file_without_a_folder_is_written_here),
        WITH_FOLDER(test_more_outputs_than_slots_are_refused),
        WITH_FOLDER(test_a_file_of_another_writer_takes_its_name_when_it_is_there),
        WITH_FOLDER(test_a_forked_child_that_abandons_its_copy_leaves_the_temporary),
        WITH_FOLDER(test_csv_fields_are_quoted_where_needed),
        WITH_FOLDER(test_folders_are_made_with_their_parents_and_private),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
