/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * threads.h - the same work on many chunks of rows.
 *
 * threads_run() calls work(context, chunk) for every chunk 0 .. n_chunks - 1 on at most n_threads
 * threads and returns when all are done.  Chunks are handed out in order but may finish in any; what a
 * chunk computes must not depend on the others.  The first non-zero return value (of the lowest such
 * chunk) is returned; chunks not yet started are then left out.  POSIX threads, so that it may run
 * before a fork; n_threads <= 1 runs in the caller.
 */
#ifndef BASE_THREADS_H
#define BASE_THREADS_H

#include <stddef.h>

int threads_run(size_t n_chunks, int n_threads, int (*work)(void *context, size_t chunk), void *context);

/** Processors this process may use, at least 1. */
int threads_available(void);

#endif
