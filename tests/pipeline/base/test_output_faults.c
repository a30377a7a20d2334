/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The n-th call to the system fails, for every n: an output then either is complete, or is told once,
 * leaves the old file, and leaves no temporary.  The functions below take the place of those of libc.
 */
#include "base/output.h"
#include "tests/support/near.h"
#include "tests/support/scratch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum fault {
    FAULT_WRITE,
    FAULT_SHORT_WRITE,
    FAULT_INTERRUPTED,
    FAULT_FSYNC,
    FAULT_CLOSE,
    FAULT_RENAME,
    FAULT_READ,
    N_FAULTS
};

static const char *const fault_names[N_FAULTS] = {"write", "short write", "interrupted call", "fsync",
                                                  "close", "rename",      "read"};

static struct {
    enum fault kind;
    int at;                /* which call fails, counted from 1; 0: none */
    int n;                 /* calls so far */
    int cannot_exchange;   /* as on file systems without RENAME_EXCHANGE */
} plan;

static int hits(enum fault kind)
{
    return plan.at > 0 && plan.kind == kind && ++plan.n == plan.at;
}

static int fault(int reason)
{
    errno = reason;
    return -1;
}

ssize_t write(int file, const void *bytes, size_t length)
{
    if (file > STDERR_FILENO) {
        if (hits(FAULT_WRITE))
            return fault(ENOSPC);
        if (hits(FAULT_INTERRUPTED))
            return fault(EINTR);
        if (length > 1 && hits(FAULT_SHORT_WRITE))
            length /= 2;
    }
    return syscall(SYS_write, file, bytes, length);
}

ssize_t read(int file, void *bytes, size_t length)
{
    if (hits(FAULT_READ))
        return fault(EIO);
    return syscall(SYS_read, file, bytes, length);
}

int fsync(int file)
{
    return hits(FAULT_FSYNC) ? fault(EIO) : (int)syscall(SYS_fsync, file);
}

/* The descriptor is gone even when close fails. */
int close(int file)
{
    const int status = (int)syscall(SYS_close, file);
    return hits(FAULT_CLOSE) ? fault(EIO) : status;
}

int rename(const char *old, const char *new)
{
    return hits(FAULT_RENAME) ? fault(EIO) : (int)syscall(SYS_renameat2, -100, old, -100, new, 0);
}

int renameat2(int old_folder, const char *old, int new_folder, const char *new, unsigned flags)
{
    if (plan.cannot_exchange)
        return fault(EINVAL);
    return hits(FAULT_RENAME) ? fault(EIO) : (int)syscall(SYS_renameat2, old_folder, old, new_folder, new, flags);
}

enum { N_BYTES = 200000 };

static int write_file(const char *path, const char *text)
{
    struct output *const output = output_open(path);
    if (output == NULL)
        return -1;
    for (size_t done = 0; done < N_BYTES; done += 1000)
        output_write(output, text + done, 1000);
    return output_commit(output);
}

static void check_one(const char *folder, const char *text, const char *old, int status, const char *told)
{
    char *const found = scratch_read(scratch_path(folder, "a"));
    const size_t n_lines = told[0] == '\0' ? 0 : strchr(told, '\n') == strrchr(told, '\n') ? 1 : 2;
    const char *const expected = status == 0 ? text : old;
    const int same = expected == NULL ? found == NULL : found != NULL && strcmp(found, expected) == 0;
    free(found);
    if (!same || n_lines != (status == 0 ? 0 : 1) || scratch_count(folder) != (expected != NULL ? 1 : 0))
        fail_msg("%s %d: status %d, %s content, %zu lines told, %zu files left", fault_names[plan.kind], plan.at,
                 status, same ? "right" : "wrong", n_lines, scratch_count(folder));
}

/*
 * Every fault of every kind in turn.  What must fail: 4 writes of at most 64 KiB, 2 flushes (file, folder),
 * 1 close of what was written, 1 exchange of names (and a rename where there is no old file), 2 or more reads;
 * short and interrupted writes go on.
 */
static void try_all(const char *old)
{
    const int must_fail[N_FAULTS] = {4, 0, 0, 2, 1, old != NULL ? 1 : 2, 2};
    static char text[N_BYTES + 1];
    memset(text, 'n', N_BYTES);
    for (int kind = 0; kind < N_FAULTS; kind++) {
        int n_failed = 0;
        for (int at = 1, reached = 1; reached; at++) {
            char *const folder = scratch_folder();
            const char *const path = scratch_path(folder, "a");
            if (old != NULL)
                scratch_write(path, old);
            capture_start();
            plan.kind = (enum fault)kind, plan.at = at, plan.n = 0;
            const int status = write_file(path, text);
            reached = plan.n >= at;
            plan.at = 0;
            const char *const told = capture_end();
            plan.at = at; /* for the message */
            check_one(folder, text, old, status, told);
            plan.at = 0;
            n_failed += status != 0;
            scratch_remove(folder);
            assert_true(at < 100);
        }
        if (kind == FAULT_READ ? n_failed < must_fail[kind] : n_failed != must_fail[kind])
            fail_msg("%d outputs failed by %s, %d were expected", n_failed, fault_names[kind], must_fail[kind]);
    }
}

static void test_any_fault_leaves_the_old_file_or_the_new_one(void **state)
{
    (void)state;
    try_all("old");
}

static void test_any_fault_leaves_no_file_where_there_was_none(void **state)
{
    (void)state;
    try_all(NULL);
}

static void test_without_an_exchange_of_names_the_output_works_too(void **state)
{
    (void)state;
    char *const folder = scratch_folder(), text[N_BYTES + 1];
    const char *const path = scratch_path(folder, "a");
    memset(text, 'n', N_BYTES);
    text[N_BYTES] = '\0';
    scratch_write(path, "old");
    plan.cannot_exchange = 1;
    int status = write_file(path, text);
    assert_int_equal(status, 0);
    check_one(folder, text, "old", status, "");
    plan.kind = FAULT_RENAME, plan.at = 1, plan.n = 0;
    capture_start();
    status = write_file(path, text);
    const char *const told = capture_end();
    plan.at = plan.cannot_exchange = 0;
    assert_int_equal(status, -1);
    check_one(folder, text, text, status, told);
    scratch_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_fault_leaves_the_old_file_or_the_new_one),
        cmocka_unit_test(test_any_fault_leaves_no_file_where_there_was_none),
        cmocka_unit_test(test_without_an_exchange_of_names_the_output_works_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
