/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/lock.h"
#include "tests/support/near.h"
#include "tests/support/scratch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A child that takes the lock, says so through the pipe, and holds it until it is killed. */
static pid_t start_holder(const char *folder)
{
    int said[2];
    assert_int_equal(pipe(said), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const int good = lock_acquire(folder) != NULL;
        if (write(said[1], good ? "y" : "n", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    char answer = '?';
    assert_int_equal(read(said[0], &answer, 1), 1);
    assert_int_equal(answer, 'y');
    close(said[0]);
    close(said[1]);
    return child;
}

static void end_holder(pid_t holder)
{
    assert_int_equal(kill(holder, SIGKILL), 0);
    assert_int_equal(waitpid(holder, NULL, 0), holder);
}

static void test_who_comes_second_is_told_who_holds_the_lock(void **state)
{
    (void)state;
    char *const folder = scratch_folder(), expected[64];
    const pid_t holder = start_holder(folder);
    capture_start();
    struct lock *const second = lock_acquire(folder);
    const char *const told = capture_end();
    assert_null(second);
    snprintf(expected, sizeof expected, "is in use: process %ld is writing", (long)holder);
    assert_non_null(strstr(told, expected));
    assert_ptr_equal(strchr(told, '\n'), strrchr(told, '\n'));
    end_holder(holder);
    scratch_remove(folder);
}

static void test_the_lock_dies_with_its_owner(void **state)
{
    (void)state;
    char *const folder = scratch_folder();
    end_holder(start_holder(folder));
    struct lock *const lock = lock_acquire(folder);
    assert_non_null(lock);
    char expected[32], *const owner = scratch_read(scratch_path(folder, ".stepdown.lock"));
    snprintf(expected, sizeof expected, "%ld\n", (long)getpid());
    assert_string_equal(owner, expected); /* and nothing of the longer or shorter number before */
    free(owner);
    lock_release(lock);
    scratch_remove(folder);
}

static void test_a_released_lock_can_be_taken_again(void **state)
{
    (void)state;
    char *const folder = scratch_folder();
    for (int i = 0; i < 3; i++) {
        struct lock *const lock = lock_acquire(folder);
        assert_non_null(lock);
        lock_release(lock);
    }
    lock_release(NULL);
    struct stat about;
    assert_int_equal(stat(scratch_path(folder, ".stepdown.lock"), &about), 0);
    assert_int_equal(about.st_mode & 07777, 0600);
    scratch_remove(folder);
}

static void test_a_forked_child_that_drops_its_copy_does_not_free_the_lock(void **state)
{
    (void)state;
    char *const folder = scratch_folder();
    struct lock *const lock = lock_acquire(folder);
    assert_non_null(lock);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        lock_release(lock);
        _exit(0);
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
    capture_start();
    struct lock *const second = lock_acquire(folder);
    capture_end();
    assert_null(second);
    lock_release(lock);
    scratch_remove(folder);
}

/* How a process of its own ends that asks for the lock as a stage does. */
static int hold_in_child(const char *folder)
{
    int status = -1;
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(lock_hold(folder) == 0 ? 0 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    return WEXITSTATUS(status);
}

static void test_a_stage_works_under_the_lock_of_the_run_that_started_it(void **state)
{
    (void)state;
    char *const folder = scratch_folder();
    struct lock *const lock = lock_acquire(folder);
    assert_non_null(lock);
    assert_int_equal(hold_in_child(folder), 0); /* its parent holds it */
    assert_int_equal(lock_hold(folder), 0);     /* as it does itself */
    lock_release(lock);
    assert_int_equal(hold_in_child(folder), 0); /* nobody holds it */
    scratch_remove(folder);
}

static void test_a_stage_started_by_hand_is_told_who_holds_the_lock(void **state)
{
    (void)state;
    char *const folder = scratch_folder();
    const pid_t holder = start_holder(folder);
    capture_start();
    assert_int_equal(lock_hold(folder), -1);
    assert_non_null(strstr(capture_end(), "is in use: process"));
    end_holder(holder);
    scratch_remove(folder);
}

/* To the end of the process, whatever it forks. */
static void test_a_stage_holds_the_lock_until_it_ends(void **state)
{
    (void)state;
    char *const folder = scratch_folder();
    int said[2], over[2];
    char answer = '?';
    assert_int_equal(pipe(said), 0);
    assert_int_equal(pipe(over), 0);
    const pid_t stage = fork();
    assert_true(stage >= 0);
    if (stage == 0) {
        const int good = lock_hold(folder) == 0;
        const pid_t child = fork(); /* outlives the stage */
        if (child == 0) {
            if (write(said[1], "c", 1) != 1) /* it runs, and has left the lock to the stage */
                _exit(1);
            close(over[1]);
            _exit(read(over[0], &answer, 1) == 0 ? 0 : 1); /* until nobody holds the other end */
        }
        if (write(said[1], good ? "y" : "n", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    for (int n = 0; n < 2; n++) {
        assert_int_equal(read(said[0], &answer, 1), 1);
        assert_true(answer == 'y' || answer == 'c');
    }
    capture_start();
    assert_null(lock_acquire(folder));
    assert_non_null(strstr(capture_end(), "is in use"));
    end_holder(stage);
    struct lock *const lock = lock_acquire(folder);
    assert_non_null(lock);
    lock_release(lock);
    for (int i = 0; i < 2; i++) {
        close(said[i]);
        close(over[i]);
    }
    scratch_remove(folder);
}

static void test_a_stage_without_a_folder_has_nothing_to_lock(void **state)
{
    (void)state;
    char *const folder = scratch_folder();
    assert_int_equal(lock_hold(scratch_path(folder, "none")), 0);
    scratch_remove(folder);
}

static void test_a_file_is_waited_for(void **state)
{
    (void)state;
    char *const folder = scratch_folder(), *const path = strdup(scratch_path(folder, "ledger.h5"));
    struct lock *const first = lock_wait(path, 1);
    assert_non_null(first);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        lock_release(first); /* its copy */
        _exit(lock_wait(path, 20) != NULL ? 0 : 1);
    }
    usleep(50000);
    assert_int_equal(waitpid(child, NULL, WNOHANG), 0);
    capture_start();
    assert_null(lock_wait(path, 0));
    assert_non_null(strstr(capture_end(), "was held by process"));
    lock_release(first);
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    capture_start();
    assert_null(lock_wait("/nowhere/at/all.h5", 1));
    assert_non_null(strstr(capture_end(), "No such file or directory"));
    free(path);
    scratch_remove(folder);
}

static void test_a_folder_that_is_not_there_cannot_be_locked(void **state)
{
    (void)state;
    char *const folder = scratch_folder();
    capture_start();
    struct lock *const lock = lock_acquire(scratch_path(folder, "none"));
    assert_non_null(strstr(capture_end(), "No such file or directory"));
    assert_null(lock);
    assert_int_equal(symlink("elsewhere", scratch_path(folder, ".stepdown.lock")), 0);
    capture_start();
    struct lock *const through_link = lock_acquire(folder);
    capture_end();
    assert_null(through_link);
    scratch_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_comes_second_is_told_who_holds_the_lock),
        cmocka_unit_test(test_the_lock_dies_with_its_owner),
        cmocka_unit_test(test_a_released_lock_can_be_taken_again),
        cmocka_unit_test(test_a_forked_child_that_drops_its_copy_does_not_free_the_lock),
        cmocka_unit_test(test_a_stage_works_under_the_lock_of_the_run_that_started_it),
        cmocka_unit_test(test_a_stage_started_by_hand_is_told_who_holds_the_lock),
        cmocka_unit_test(test_a_stage_holds_the_lock_until_it_ends),
        cmocka_unit_test(test_a_stage_without_a_folder_has_nothing_to_lock),
        cmocka_unit_test(test_a_file_is_waited_for),
        cmocka_unit_test(test_a_folder_that_is_not_there_cannot_be_locked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
