/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/fail.h"
#include "base/output.h"
#include "base/program.h"
#include "base/temporary.h"
#include "tests/support/near.h"
#include "tests/support/scratch.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The number of a process that no longer lives. */
static pid_t dead_process(void)
{
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    return child;
}

/* A process that sleeps: of this program, or of another one, which runs when this returns. */
static pid_t start_other(const char *program)
{
    int ready[2];
    char byte;
    assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (program != NULL)
            execlp(program, program, "60", (char *)NULL);
        close(ready[0]);
        close(ready[1]);
        for (;;)
            pause();
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 0); /* closed by the exec, or by hand */
    close(ready[0]);
    return child;
}

static void stop_other(pid_t child)
{
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

static const char *make(const char *folder, const char *format, long owner)
{
    char name[256];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(name, sizeof name, format, owner);
#pragma GCC diagnostic pop
    const char *const path = scratch_path(folder, name);
    scratch_write(path, "left behind");
    return path;
}

static int is_there(const char *path)
{
    struct stat about;
    return lstat(path, &about) == 0;
}

static void test_temporaries_of_dead_processes_are_swept(void **state)
{
    (void)state;
    static const char *const formats[] = {".a.csv.stepdown-%ld.tmp", ".a.csv.stepdown-%ld-3.tmp",
                                          ".a.stepdown-1.tmp.stepdown-%ld.tmp", "..stepdown-%ld.tmp"};
    char *const folder = scratch_folder();
    for (size_t i = 0; i < 4; i++)
        make(folder, formats[i], (long)dead_process());
    set_verbosity(VERBOSITY_VERBOSE);
    capture_start();
    output_sweep(folder);
    const char *const told = capture_end();
    set_verbosity(VERBOSITY_NORMAL);
    assert_non_null(strstr(told, "left behind by an interrupted run"));
    assert_int_equal(scratch_count(folder), 0);
    scratch_remove(folder);
}

static void test_what_may_belong_to_somebody_is_kept(void **state)
{
    (void)state;
    const long dead = (long)dead_process();
    char *const folder = scratch_folder();
    static const char *const dead_formats[] = {
        "a.csv.stepdown-%ld.tmp", ".a.csv.stepdown-%ldx.tmp", ".a.csv.stepdown-%ld", ".a.csv.stepdown-%ld-.tmp",
        ".a.csv.stepup-%ld.tmp",  ".stepdown.lock",           ".a.stepdown-.tmp",    ".a.stepdown-0.tmp",
        ".a.stepdown-%ld.tmp~"};
    for (size_t i = 0; i < sizeof dead_formats / sizeof *dead_formats; i++)
        make(folder, dead_formats[i], dead);
    make(folder, ".live.stepdown-%ld.tmp", (long)getpid());
    const pid_t other = start_other(NULL); /* another process of this program */
    make(folder, ".other.stepdown-%ld.tmp", (long)other);
    char link[64], directory[64];
    snprintf(link, sizeof link, ".link.stepdown-%ld.tmp", dead);
    snprintf(directory, sizeof directory, ".folder.stepdown-%ld.tmp", (long)other);
    assert_int_equal(symlink("nowhere", scratch_path(folder, link)), 0);
    assert_int_equal(mkdir(scratch_path(folder, directory), 0700), 0);
    const size_t n = scratch_count(folder);
    output_sweep(folder);
    assert_int_equal(scratch_count(folder), n);
    output_sweep(scratch_path(folder, "none")); /* nothing there is nothing stale */
    stop_other(other);
    scratch_remove(folder);
}

static void test_private_folders_of_dead_processes_are_swept(void **state)
{
    (void)state;
    const long dead = (long)dead_process();
    char *const folder = scratch_folder();
    char name[64], file[96];
    snprintf(name, sizeof name, ".figures.stepdown-%ld.tmp", dead);
    snprintf(file, sizeof file, "%s/risks.tsv", name);
    assert_int_equal(mkdir(scratch_path(folder, name), 0700), 0);
    scratch_write(scratch_path(folder, file), "1\t2\n");
    output_sweep(folder);
    assert_int_equal(scratch_count(folder), 0);
    assert_int_equal(mkdir(scratch_path(folder, name), 0700), 0);
    scratch_write(scratch_path(folder, file), "1\t2\n");
    const int slot = temporary_make_folder(scratch_path(folder, "figures")); /* as who makes it again does */
    assert_int_equal(scratch_count(folder), 1);
    temporary_remove_folder(slot);
    assert_int_equal(scratch_count(folder), 0);
    scratch_remove(folder);
}

/* A killed run leaves its temporary in a folder that is nobody's to sweep: it goes when the same file is written again. */
static void test_who_writes_a_file_sweeps_what_others_left_of_it_and_no_more(void **state)
{
    (void)state;
    const long dead = (long)dead_process();
    char *const folder = scratch_folder();
    char long_name[256], format[256];
    static const char *const others[] = {".b.h5.stepdown-%ld.tmp", ".a.h5.b.stepdown-%ld.tmp", ".a.h5.stepdown-1.stepdown-%ld.tmp",
                                         "a.h5.stepdown-%ld.tmp", ".a.stepdown-%ld.tmp"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        make(folder, others[i], dead);
    const char *const live = make(folder, ".a.h5.stepdown-%ld.tmp", (long)getpid());
    const size_t n = scratch_count(folder);
    make(folder, ".a.h5.stepdown-%ld.tmp", dead);
    make(folder, ".a.h5.stepdown-%ld-2.tmp", dead);
    assert_int_equal(output_file(scratch_path(folder, "a.h5"), "new", 3), 0);
    assert_int_equal(scratch_count(folder), n + 1);
    assert_true(is_there(live));
    memset(long_name, 'x', 230); /* what is beside it has 200 bytes of its name */
    long_name[230] = '\0';
    snprintf(format, sizeof format, ".%.200s.stepdown-%%ld.tmp", long_name);
    make(folder, format, dead);
    assert_int_equal(output_file(scratch_path(folder, long_name), "new", 3), 0);
    assert_int_equal(scratch_count(folder), n + 2);
    scratch_remove(folder);
}

/* Numbers of processes are given again: a file must not stay for as long as whoever has its writer's number lives. */
static void test_the_number_of_a_process_that_is_no_program_of_ours_protects_nothing(void **state)
{
    (void)state;
    char *const folder = scratch_folder();
    const pid_t other = start_other("sleep");
    make(folder, ".a.csv.stepdown-%ld.tmp", (long)other);
    output_sweep(folder);
    assert_int_equal(scratch_count(folder), 0);
    stop_other(other);
    scratch_remove(folder);
}

static void test_temporaries_still_open_can_all_be_removed_at_once(void **state)
{
    (void)state;
    char *const folder = scratch_folder();
    struct output *const one = output_open(scratch_path(folder, "one"));
    struct output *const two = output_open_external(scratch_path(folder, "two"));
    struct output *const done = output_open(scratch_path(folder, "done"));
    assert_int_equal(output_commit(done), 0);
    assert_int_equal(scratch_count(folder), 3);
    output_remove_temporaries();
    assert_int_equal(scratch_count(folder), 1);
    assert_true(is_there(scratch_path(folder, "done")));
    output_abandon(one);
    output_abandon(two);
    scratch_remove(folder);
}

static void test_a_stale_file_of_this_very_number_is_not_taken_for_ours(void **state)
{
    (void)state;
    char *const folder = scratch_folder();
    const char *const stale = make(folder, ".a.stepdown-%ld.tmp", (long)getpid());
    struct output *const output = output_open(scratch_path(folder, "a"));
    assert_non_null(output);
    assert_string_not_equal(output_temporary(output), stale);
    output_abandon(output);
    assert_true(is_there(stale));
    scratch_remove(folder);
}

static void test_a_folder_is_removed_with_the_files_in_it(void **state)
{
    (void)state;
    char *const folder = scratch_folder();
    const int slot = temporary_make_folder(scratch_path(folder, "drawing"));
    assert_true(slot >= 0);
    for (int i = 0; i < 200; i++) {
        char name[32];
        snprintf(name, sizeof name, "%03d.tsv", i);
        scratch_write(scratch_path(temporary_path(slot), name), "1\t2\n");
    }
    temporary_remove_folder(slot);
    assert_int_equal(scratch_count(folder), 0);
    scratch_remove(folder);
}

static void test_a_folder_is_removed_also_when_no_other_file_can_be_opened(void **state)
{
    (void)state;
    char *const folder = scratch_folder();
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const int slot = temporary_make_folder(scratch_path(folder, "drawing"));
        if (slot < 0)
            _exit(1);
        scratch_write(scratch_path(temporary_path(slot), "curves.tsv"), "1\t2\n");
        if (setrlimit(RLIMIT_NOFILE, &(struct rlimit){0, 0}) != 0 || open(folder, O_RDONLY) >= 0)
            _exit(2);
        temporary_remove_folder(slot);
        _exit(0);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(scratch_count(folder), 0);
    scratch_remove(folder);
}

static void test_a_folder_that_is_there_already_is_not_taken_for_ours(void **state)
{
    (void)state;
    char *const folder = scratch_folder();
    char name[64];
    snprintf(name, sizeof name, ".kept.stepdown-%ld.tmp", (long)getpid());
    const char *const path = scratch_path(folder, name);
    assert_int_equal(output_make_folder(path), 0);
    assert_true(temporary_make_folder(scratch_path(folder, "kept")) >= 0);
    assert_int_equal(scratch_count(folder), 2);
    output_remove_temporaries();
    assert_true(is_there(path));
    assert_int_equal(scratch_count(folder), 1);
    scratch_remove(folder);
}

static void test_a_folder_that_cannot_be_made_is_told(void **state)
{
    (void)state;
    char *const folder = scratch_folder();
    capture_start();
    assert_int_equal(temporary_make_folder(scratch_path(folder, "none/drawing")), -1);
    assert_non_null(strstr(capture_end(), "cannot make a folder for"));
    scratch_remove(folder);
}

static void test_a_signal_takes_folders_along(void **state)
{
    (void)state;
    char *const folder = scratch_folder();
    const pid_t child = fork();
    int status;
    assert_true(child >= 0);
    if (child == 0) {
        program_start("a test");
        const int slot = temporary_make_folder(scratch_path(folder, "drawing"));
        if (slot < 0)
            _exit(1);
        scratch_write(scratch_path(temporary_path(slot), "curves.tsv"), "1\t2\n");
        kill(getpid(), SIGTERM);
        _exit(2);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 128 + SIGTERM);
    assert_int_equal(scratch_count(folder), 0);
    scratch_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_temporaries_of_dead_processes_are_swept),
        cmocka_unit_test(test_what_may_belong_to_somebody_is_kept),
        cmocka_unit_test(test_private_folders_of_dead_processes_are_swept),
        cmocka_unit_test(test_who_writes_a_file_sweeps_what_others_left_of_it_and_no_more),
        cmocka_unit_test(test_the_number_of_a_process_that_is_no_program_of_ours_protects_nothing),
        cmocka_unit_test(test_temporaries_still_open_can_all_be_removed_at_once),
        cmocka_unit_test(test_a_stale_file_of_this_very_number_is_not_taken_for_ours),
        cmocka_unit_test(test_a_folder_is_removed_with_the_files_in_it),
        cmocka_unit_test(test_a_folder_is_removed_also_when_no_other_file_can_be_opened),
        cmocka_unit_test(test_a_folder_that_is_there_already_is_not_taken_for_ours),
        cmocka_unit_test(test_a_folder_that_cannot_be_made_is_told),
        cmocka_unit_test(test_a_signal_takes_folders_along),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
