/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * displacement_path.h - what a relation misses travels along a path to where it ends.
 *
 * A table that fits is changed count by count.  Moving a count breaks its relations: they miss something, until other
 * counts of them are moved, whose other relations then miss as much.  A path begins in a relation that misses something, or in two
 * twins that miss the same, passes from count to count - of twins with its mate - and ends in a relation that misses the
 * opposite, or in an end.  A count is passed when all its other relations but one (of twins, but one and its twin) take up the
 * difference by themselves.
 */
#ifndef REPORT_DISPLACEMENT_PATH_H
#define REPORT_DISPLACEMENT_PATH_H

#include "report/displacement_graph.h"

/** How far a count may still go; both 0: it is known, or not to be moved. */
struct room {
    int64_t up, down;
};

struct mark;

/** Columns by count and relation; those that move counts of different parts may share them. */
struct ground {
    const struct displacement_graph *graph;
    struct room *rooms;  /* [n_counts] */
    int64_t *change;     /* [n_counts] from the true count */
    int64_t *before;     /* [n_counts] the change when it began to move */
    bool *is_moved;      /* [n_counts] since then */
    int64_t *missing;    /* [n_relations] sum of coefficient * change */
    bool *is_open;       /* [n_relations] it missed something since then */
    size_t *hint;        /* [n_relations] the term that led on last */
    unsigned char *tired; /* [2 * n_relations] by sign: searches from there that are left out yet */
    struct mark *marks;  /* [4 * n_relations] of the last search */
    uint64_t search;     /* its number, or a smaller one */
};

/** -1 after telling; free in any case.  Rooms are those of the caller. */
int ground_alloc(struct ground *ground, const struct displacement_graph *graph);
void ground_free(struct ground *ground);

/** A table on its way from one that fits to the next. */
struct moving {
    const struct displacement_graph *graph;
    struct ground *ground;
    size_t *moved;       /* [n_counts] counts that moved since it began */
    size_t *open;        /* [n_relations] relations that missed something since */
    size_t *queue;       /* [4 * n_relations] of the search */
    size_t n_moved, n_open;
    uint64_t search;     /* its number */
    bool may_owe;        /* where a path of twins ends one of them may be left to miss it */
    size_t n_looks;      /* counts looked at since the last start, and how many may be */
    size_t looks_max;
};

/** -1 after telling; free in any case. */
int moving_alloc(struct moving *moving, struct ground *ground);
void moving_free(struct moving *moving);

static inline int64_t room_towards(const struct moving *moving, size_t count, int direction)
{
    return direction > 0 ? moving->ground->rooms[count].up : moving->ground->rooms[count].down;
}

/** Moves a count, whatever its room. */
void move_count(struct moving *moving, size_t count, int64_t by);

/** What a relation misses ends in its ends, as far as they have room. */
void fill_ends(struct moving *moving, size_t relation);

/**
 * Moves the counts of one path that begins in a relation that misses something, and carries as much as it can.  False: none
 * was found with so many looks, for one that carries all, a quarter, or anything.
 *
 * path_from_twins   the relation and its twin miss something of the same sign
 * path_owing        as if they did: what the twin misses then, here and perhaps where the path ends, is left
 */
bool path_from(struct moving *moving, size_t relation, size_t looks);
bool path_from_twins(struct moving *moving, size_t relation, size_t looks);
bool path_owing(struct moving *moving, size_t relation, size_t looks);

static inline int sign_of(int64_t x)
{
    return (x > 0) - (x < 0);
}

#endif
