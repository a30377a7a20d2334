/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * short_memory.h - allocations of the program fail in turn, and what is not freed is counted.
 *
 * For programs that are linked with short_memory.c as wrapped allocation functions (see the Makefile): test_out_of_memory*.
 */
#ifndef TESTS_STATS_SHORT_MEMORY_H
#define TESTS_STATS_SHORT_MEMORY_H

#include <stddef.h>

/** What a piece of work ends with. */
enum short_memory { WORK_DONE, WORK_SHORT, WORK_WRONG };

/**
 * Does the work again and again, with the first allocation failing, then the second, ..., until none fails.  Each time it must
 * say that memory is short, or be done without what it did not get, and leave nothing behind.  Returns how many failed.
 */
int short_memory_run(const char *name, enum short_memory (*work)(void));

struct short_work {
    const char *name;
    enum short_memory (*work)(void);
    int least; /* allocations there are */
};

/** All of them, each with as many allocations at least; prints how many failed. */
void short_memory_run_all(const struct short_work *works, size_t n);

#endif
