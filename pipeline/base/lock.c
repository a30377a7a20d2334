/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/lock.h"
#include "base/fail.h"
#include "base/input.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

struct lock {
    int file;
};

/* The owner writes its number after it got the lock, so the file may still be empty. */
static void tell_owner(int file, const char *folder)
{
    char text[24];
    const ssize_t n = pread(file, text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    const long owner = strtol(text, NULL, 10);
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

static int take(const char *folder, const char *path)
{
    const int file = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0)
        return fail_errno("cannot open the lock '%s'", path);
    int status;
    do
        status = flock(file, LOCK_EX | LOCK_NB);
    while (status != 0 && errno == EINTR);
    if (status == 0 && write_owner(file) == 0)
        return file;
    if (status != 0 && errno == EWOULDBLOCK)
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
