/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * ranks.h - the processes that work on one run together, numbered 0 .. n - 1, and what they say to each other.
 *
 * The ordinary build links one/ranks.c: there is one rank, and everything below is done in no time.  The cluster build
 * (make MPI=1) links mpi/ranks.c; what a stage does is the same code.
 *
 * All ranks call the collective functions in the same order.  None of them returns an error to be handled: a rank that
 * cannot go on calls ranks_fail(), which ends all ranks.  -1 means that memory ran out (told).
 *
 * Rank 0 speaks for all: of the others nothing but errors is told, and each with the number of its rank (fail.h).
 * Whoever waits for another rank sleeps in between, so that ranks may be more than processors.
 *
 * Numbers travel as they lie in memory: all ranks are the same program on the same kind of machine.
 */
#ifndef BASE_RANKS_H
#define BASE_RANKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Joins the others, if a launcher (mpirun, srun) has started this process as one of several; else it is the only one.
 * To be called before threads are started.  Calling it again does nothing.
 */
void ranks_start(void);

/** Is this the cluster build, in which there may be several? */
bool ranks_may_be_several(void);

/** How many there are, and which one this is; 1 and 0 before ranks_start. */
size_t ranks_n(void);
size_t ranks_rank(void);

/**
 * After something was told that ends the work: all ranks end, with this exit status.  Errors that all ranks meet alike
 * are told by rank 0 alone.  Does nothing and returns when there is one rank.
 */
void ranks_fail(int exit_status);

/* ---- collective ---------------------------------------------------------------------------------------------- */

/** Each value becomes the sum over all ranks. */
void ranks_sum(int64_t *values, size_t n);

/** Each value becomes the largest of all ranks; none is NaN. */
void ranks_largest(double *values, size_t n);

/** Both in one message: for a few numbers, of which the way is longer than the work. */
void ranks_sum_and_largest(int64_t *sums, size_t n_sums, double *largest, size_t n_largest);

/** The sum over the ranks before this one. */
int64_t ranks_before(int64_t value);

/** n bytes of rank 0 reach all others. */
void ranks_share(void *bytes, size_t n);

/** What every rank gave; start with {0}, free with ranks_bytes_free. */
struct ranks_bytes {
    unsigned char *bytes; /* all of it, rank by rank */
    size_t *first;        /* [n ranks + 1] where that of each begins, and the end */
};
void ranks_bytes_free(struct ranks_bytes *all);

/** n bytes of every rank, each rank its own number, reach every rank. */
int ranks_collect(const void *bytes, size_t n, struct ranks_bytes *all);

/** Bytes first[r] .. first[r + 1] - 1 reach rank r; `from` holds what each rank sent to this one. */
int ranks_exchange(const unsigned char *bytes, const size_t *first, struct ranks_bytes *from);

/* ---- from one to another, of which both know ------------------------------------------------------------------- */

void ranks_send(size_t to, const void *bytes, size_t n);

/** The next bytes from a rank; *bytes is allocated, the caller frees. */
int ranks_receive(size_t from, unsigned char **bytes, size_t *n);

/** Bytes that left this process for another one since the start. */
uint64_t ranks_n_sent(void);

/** How often all ranks have waited for each other since then: collective messages, one after the other. */
uint64_t ranks_n_met(void);

#endif
