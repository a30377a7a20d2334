/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/stats/short_memory.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/near.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_reallocarray(void *old, size_t n, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_reallocarray(void *old, size_t n, size_t size);
void __wrap_free(void *memory);

static atomic_bool counting;
static atomic_long n_asked, n_live, fail_at;

static bool fails(void)
{
    if (!counting)
        return false;
    if (atomic_fetch_add(&n_asked, 1) + 1 == fail_at) {
        errno = ENOMEM;
        return true;
    }
    atomic_fetch_add(&n_live, 1);
    return false;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    if (old != NULL && counting && atomic_load(&n_asked) + 1 != fail_at)
        atomic_fetch_sub(&n_live, 1);
    return fails() ? NULL : __real_realloc(old, size);
}

void *__wrap_reallocarray(void *old, size_t n, size_t size)
{
    if (old != NULL && counting && atomic_load(&n_asked) + 1 != fail_at)
        atomic_fetch_sub(&n_live, 1);
    return fails() ? NULL : __real_reallocarray(old, n, size);
}

void __wrap_free(void *memory)
{
    if (memory != NULL && counting)
        atomic_fetch_sub(&n_live, 1);
    __real_free(memory);
}

int short_memory_run(const char *name, enum short_memory (*work)(void))
{
    enum { ENOUGH = 100000 };

    for (int n = 1; n < ENOUGH; n++) {
        n_asked = n_live = 0;
        fail_at = n;
        counting = true;
        const enum short_memory end = work();
        counting = false;
        if (n_live != 0)
            fail_msg("%s: with allocation %d failing %ld pieces of memory are not freed", name, n, (long)n_live);
        if (end == WORK_WRONG)
            fail_msg("%s: with allocation %d failing it says something else", name, n);
        if (n_asked >= n)
            continue;
        if (end != WORK_DONE)
            fail_msg("%s: nothing failed, and yet it is not done", name);
        return n - 1;
    }
    fail_msg("%s: there is no end", name);
    return -1;
}

void short_memory_run_all(const struct short_work *works, size_t n)
{
    int n_failed = 0;

    for (size_t i = 0; i < n; i++) {
        const int n_of = short_memory_run(works[i].name, works[i].work);

        if (n_of < works[i].least)
            fail_msg("%s has %d allocations only", works[i].name, n_of);
        n_failed += n_of;
    }
    printf("compared - %d allocations of kernels failed in turn: each was told, and nothing was left\n", n_failed);
}
