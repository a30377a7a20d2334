/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * side_by_side.h - parts of the work that know nothing of each other, on threads.
 *
 * Each part fills tables of its own; they are then added in the order of the parts, and so is what the parts say.  Nothing that is
 * made depends on the number of threads.
 *
 * Parts are done one after the other, straight into the tables, by one thread, by several ranks (whose parts may speak with
 * each other), and for more than SIDE_BY_SIDE_ROWS people, where memory counts for more than time.
 */
#ifndef COMPARE_SIDE_BY_SIDE_H
#define COMPARE_SIDE_BY_SIDE_H

#include <stddef.h>

#include "compare/units.h"

enum { SIDE_BY_SIDE_ROWS = 8000000 };

/** Does one part; its rows go behind those that are in the tables.  -1 after telling. */
typedef int part_work(void *context, size_t part, struct analyses *made);

struct side_by_side {
    const struct analyses_input *input; /* n_threads of all parts together */
    unit_start *start;                  /* of the tables of a part */
    part_work *work;
    void *context;
    size_t n;                           /* parts */
    const size_t *begin;                /* [n] the order in which they are begun, the longest first; NULL: as they are numbered */
};

/** -1 after telling. */
int side_by_side_run(const struct side_by_side *parts, struct analyses *into);

/** Threads for each of n_parts parts: those of all, shared out, but two where there are two, for parts differ in length. */
int side_by_side_threads(const struct analyses_input *input, size_t n_parts);

/** Appends the tables of one to those of another.  -1 after telling. */
int analyses_append(struct analyses *into, const struct analyses *from);

/** The tables of analyses but `arms`, which is the study's: analyses_part(a, 0 .. ANALYSES_PARTS - 1). */
enum { ANALYSES_PARTS = 11 };
struct table **analyses_part(struct analyses *analyses, size_t part);

#endif
