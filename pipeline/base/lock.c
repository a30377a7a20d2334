/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/lock.h"
#include "base/fail.h"
#include "base/input.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

struct lock {
    int file;
};

/* The owner writes its number after it got the lock, so the file may still be empty: 0. */
static long read_owner(int file)
{
    char text[24];
    const ssize_t n = pread(file, text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    return strtol(text, NULL, 10);
}

static void tell_owner(int file, const char *folder)
{
    const long owner = read_owner(file);
    if (owner > 0)
        fail("'%s' is in use: process %ld is writing to it; wait for its end or choose another folder", folder, owner);
    else
        fail("'%s' is in use by another process; wait for its end or choose another folder", folder);
}

static int write_owner(int file)
{
    char text[24];
    const int n = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (ftruncate(file, 0) != 0)
        return -1;
    return pwrite(file, text, (size_t)n, 0) == n ? 0 : -1;
}

static int open_lock(const char *path)
{
    return open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
}

/* 0, 1 when somebody else holds it, -1 with errno. */
static int try_lock(int file)
{
    int status;
    do
        status = flock(file, LOCK_EX | LOCK_NB);
    while (status != 0 && errno == EINTR);
    if (status == 0)
        return write_owner(file);
    return errno == EWOULDBLOCK ? 1 : -1;
}

static int take(const char *folder, const char *path)
{
    const int file = open_lock(path);
    if (file < 0)
        return fail_errno("cannot open the lock '%s'", path);
    const int status = try_lock(file);
    if (status == 0)
        return file;
    if (status > 0)
        tell_owner(file, folder);
    else
        fail_errno("cannot lock '%s'", path);
    close(file);
    return -1;
}

struct lock *lock_acquire(const char *folder)
{
    struct lock *const lock = allocate(1, sizeof *lock);
    char *const path = path_join(folder, ".stepdown.lock");
    if (lock != NULL && path != NULL && (lock->file = take(folder, path)) >= 0) {
        free(path);
        return lock;
    }
    free(path);
    free(lock);
    return NULL;
}

void lock_release(struct lock *lock)
{
    if (lock == NULL)
        return;
    /* Closing, not unlocking: a forked child that drops its copy must not free its parent's lock. */
    close(lock->file);
    free(lock);
}

/* The lock that this process keeps to its end; -1: none. */
static int held = -1;

/* A child that outlives a killed stage for a moment must not keep its lock. */
static void drop_in_child(void)
{
    if (held >= 0)
        close(held);
    held = -1;
}

/* Of the stage itself, or of the run that has started it and waits for it. */
static bool is_in_the_family(int file)
{
    const long owner = read_owner(file);
    return owner > 0 && (owner == (long)getpid() || owner == (long)getppid());
}

static int hold(const char *folder, const char *path)
{
    const int file = open_lock(path);
    if (file < 0)
        return errno == ENOENT ? 0 : fail_errno("cannot open the lock '%s'", path);
    const int status = try_lock(file);
    if (status == 0 && pthread_atfork(NULL, NULL, drop_in_child) == 0) {
        held = file;
        return 0;
    }
    const bool is_ours = status > 0 && is_in_the_family(file);
    if (status > 0 && !is_ours)
        tell_owner(file, folder);
    else if (!is_ours)
        fail_errno("cannot lock '%s'", path);
    close(file);
    return is_ours ? 0 : -1;
}

int lock_hold(const char *folder)
{
    char *const path = path_join(folder, ".stepdown.lock");
    const int status = path == NULL ? -1 : hold(folder, path);
    free(path);
    return status;
}

/* Asks again every hundredth of a second. */
static int wait_for(const char *path, int seconds)
{
    const int file = open_lock(path);
    if (file < 0)
        return fail_errno("cannot open the lock '%s'", path);
    int status = try_lock(file);
    for (int round = 0; status > 0 && round < 100 * seconds; round++) {
        nanosleep(&(struct timespec){0, 10000000}, NULL);
        status = try_lock(file);
    }
    if (status == 0)
        return file;
    if (status > 0)
        fail("'%s' was held by process %ld for more than %d seconds", path, read_owner(file), seconds);
    else
        fail_errno("cannot lock '%s'", path);
    close(file);
    return -1;
}

struct lock *lock_wait(const char *path, int seconds)
{
    struct lock *lock = allocate(1, sizeof *lock);
    char *const folder = path_folder(path);
    char *const beside = folder == NULL ? NULL : format_text("%s/.%s.lock", folder, path_name(path));
    if (lock != NULL && (beside == NULL || (lock->file = wait_for(beside, seconds)) < 0)) {
        free(lock);
        lock = NULL;
    }
    free(beside);
    free(folder);
    return lock;
}
