/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * reject_pile.h - rows that one rank has set aside, on their way to the one that lists them.
 */
#ifndef INGEST_REJECT_PILE_H
#define INGEST_REJECT_PILE_H

#include "base/pack.h"
#include "ingest/rejects.h"

struct reject_pile { /* start with {0} */
    struct pack rows;
};
void reject_pile_free(struct reject_pile *pile);

/** Adds a row of file number `file`, as rejects_add() takes it.  -1 after telling. */
int reject_pile_add(struct reject_pile *pile, size_t file, size_t n_lines_before, const struct reject *reject);

/**
 * Collective: the piles of ranks 0 .. n_ranks - 1 are given to rejects_add() on rank 0, in the order of ranks; those of the
 * others are dropped.  All are empty afterwards.  -1 after telling.
 */
int reject_pile_list(struct reject_pile *pile, size_t n_ranks, struct rejects *rejects, const struct plan *plan,
                     const struct source_files *files);

#endif
