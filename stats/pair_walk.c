/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/pair_walk.h"

#include <stdlib.h>

#include <gsl/gsl_errno.h>

#include "stats/vectors.h"

/*
 * Sums of weights by position of the axis: a tree of FAN children a node.  A node has the sums up to each child, so that adding goes
 * over whole vectors of a few nodes and asking reads one number of each.
 */
enum { FAN_BITS = 5, FAN = 1 << FAN_BITS, LEVELS_MAX = 7 };

struct tree {
    size_t n_level;
    int64_t *level[LEVELS_MAX]; /* of leaves first; FAN sums a node */
    size_t used[LEVELS_MAX];    /* sums that are ever asked for, whole vectors */
    int64_t *memory;
};

/* A row as the walk meets it. */
struct seen {
    uint32_t from, until;
    bool event;
    int64_t weight;
};

struct walker {
    const struct pair_walk *walk;
    const struct walked_rows *rows;
    struct partners *before;    /* [n_axis + 1] everybody: events before a position, those who live on after one at it */
    struct tree events, living; /* of lower predictions: events by position; who begins to live on late, less who ceases to */
    int64_t *lower;             /* [n_axis + 1] where a stratum begins: its rows of lower predictions */
};

/* ---- trees ---------------------------------------------------------------------------------------------------------- */

/* n: more than any position that is asked for. */
static bool tree_alloc(struct tree *tree, size_t n)
{
    size_t size[LEVELS_MAX], n_all = 0, n_node = n;

    for (tree->n_level = 0; tree->n_level == 0 || n_node > 1; tree->n_level++) {
        tree->used[tree->n_level] = (n_node + VECTOR_LANES - 1) / VECTOR_LANES * VECTOR_LANES;
        n_node = (n_node + FAN - 1) / FAN;
        size[tree->n_level] = n_node * FAN;
        n_all += n_node * FAN;
    }
    if ((tree->memory = calloc(n_all + 1, sizeof *tree->memory)) == NULL)
        return false;
    tree->level[0] = tree->memory;
    for (size_t l = 1; l < tree->n_level; l++)
        tree->level[l] = tree->level[l - 1] + size[l - 1];
    return true;
}

VECTOR_INLINE void tree_add(const struct tree *tree, size_t at, int64_t weight)
{
    const vector_integers lanes = {0, 1, 2, 3, 4, 5, 6, 7};

    for (size_t l = 0; l < tree->n_level; l++, at >>= FAN_BITS) {
        int64_t *const sums = tree->level[l];
        const size_t next = (at | (FAN - 1)) + 1, end = next < tree->used[l] ? next : tree->used[l];
        size_t child = at / VECTOR_LANES * VECTOR_LANES;
        *(vector_integers *)(sums + child) += (lanes >= (int64_t)(at - child)) & weight;
        for (child += VECTOR_LANES; child < end; child += VECTOR_LANES)
            *(vector_integers *)(sums + child) += weight;
    }
}

/* The sum over the positions before one. */
VECTOR_INLINE int64_t tree_before(const struct tree *tree, size_t at)
{
    int64_t before = 0;

    for (size_t l = 0; l < tree->n_level; l++, at >>= FAN_BITS)
        before += (at & (FAN - 1)) > 0 ? tree->level[l][at - 1] : 0;
    return before;
}

/* ---- counts ----------------------------------------------------------------------------------------------------------- */

VECTOR_INLINE struct seen see(const struct walked_rows *rows, const uint32_t *first, const struct radix_item *item)
{
    const uint32_t until = walked_until(item);
    const bool event = walked_event(item);

    return (struct seen){rows->from != NULL ? rows->from[item->row] : first[event ? until : until - 1], until, event,
                         walked_weight(rows, item)};
}

/* Whoever is there to the end of the stratum ceases nowhere. */
static bool ceases(const struct seen *row, const uint32_t *first, size_t n_axis)
{
    return row->until < n_axis && first[row->until] == first[row->from];
}

void pair_walk_count(const struct walked_rows *rows, const uint32_t *first, size_t n_axis, struct partners *count)
{
    for (size_t k = 0; k < n_axis; k++)
        count[k] = (struct partners){0};
    for (size_t m = 0; m < rows->n; m++) {
        const struct seen row = see(rows, first, &rows->items[m]);
        count[row.from].living += row.weight;
        if (row.event)
            count[row.until].past += row.weight;
        if (ceases(&row, first, n_axis))
            count[row.until].living -= row.weight;
    }
}

static void add_up(const struct pair_walk *walk, struct partners *before)
{
    struct partners sum = {0};

    for (size_t k = 0; k < walk->n_axis; k++) {
        sum.living = walk->first[k] == k ? walk->all[k].living : sum.living + walk->all[k].living;
        before[k] = sum;
        sum.past += walk->all[k].past;
    }
    before[walk->n_axis] = sum;
}

/* ---- the walk --------------------------------------------------------------------------------------------------------- */

VECTOR_INLINE struct partners ask(const struct walker *walker, const struct seen *row)
{
    const size_t first = walker->walk->first[row->from];
    const struct partners lower = {
        .past = tree_before(&walker->events, row->until) - tree_before(&walker->events, row->from),
        .living = row->event ? walker->lower[first] + tree_before(&walker->living, (size_t)row->until + 1) -
                                   tree_before(&walker->living, first)
                             : 0,
    };
    return lower;
}

VECTOR_INLINE void add(const struct walker *walker, const struct seen *row)
{
    const size_t first = walker->walk->first[row->from];

    walker->lower[first] += row->weight;
    if (row->event)
        tree_add(&walker->events, row->until, row->weight);
    if (ceases(row, walker->walk->first, walker->walk->n_axis))
        tree_add(&walker->living, row->until, -row->weight);
    if (row->from > first) {
        tree_add(&walker->living, first, -row->weight);
        tree_add(&walker->living, row->from, row->weight);
    }
}

/* lower, upto: partners of lower predictions, and those of equal ones as well. */
VECTOR_INLINE void settle(const struct walker *walker, const struct seen *row, struct partners lower, struct partners upto,
                          union row_pairs *pairs)
{
    const double down = walker->walk->down;
    const struct partners *const from = &walker->before[row->from], *const until = &walker->before[row->until];
    const struct partners tied = {upto.past - lower.past, upto.living - lower.living};
    const struct partners higher = {until->past - from->past - upto.past, row->event ? until->living - upto.living : 0};

    pairs->good = (double)lower.living * down + (double)higher.past * down;
    pairs->bad = (double)higher.living * down + (double)lower.past * down;
    pairs->tied = (double)tied.living * down + (double)tied.past * down;
}

VECTOR_VERSIONS static void meet_all(const struct walker *walker, union row_pairs *pairs)
{
    const struct walked_rows *const rows = walker->rows;
    const struct radix_item *const items = rows->items;
    const uint32_t *const first = walker->walk->first;

    for (size_t begin = 0, end; begin < rows->n; begin = end) {
        for (end = begin; end < rows->n && items[end].key == items[begin].key; end++) {
            const struct seen row = see(rows, first, &items[end]);
            pairs[end].lower = ask(walker, &row);
        }
        for (size_t m = begin; m < end; m++) {
            const struct seen row = see(rows, first, &items[m]);
            add(walker, &row);
        }
        for (size_t m = begin; m < end; m++) {
            const struct seen row = see(rows, first, &items[m]);
            const struct partners lower = pairs[m].lower;
            settle(walker, &row, lower, end - begin > 1 ? ask(walker, &row) : lower, &pairs[m]);
        }
    }
}

/* Those with lower predictions elsewhere were met before all that are here. */
VECTOR_VERSIONS static void meet_below(const struct walker *walker)
{
    const struct pair_walk *const walk = walker->walk;

    for (size_t k = 0; walk->below != NULL && k < walk->n_axis; k++) {
        if (walk->below[k].past != 0)
            tree_add(&walker->events, k, walk->below[k].past);
        if (walk->below[k].living != 0)
            tree_add(&walker->living, k, walk->below[k].living);
    }
}

int pair_walk_run(const struct pair_walk *walk, const struct walked_rows *rows, union row_pairs *pairs)
{
    const size_t n = walk->n_axis + 1;
    struct walker walker = {.walk = walk, .rows = rows, .before = malloc(n * sizeof *walker.before),
                            .lower = calloc(n, sizeof *walker.lower)};
    const bool good = tree_alloc(&walker.events, n) && tree_alloc(&walker.living, n) && walker.before != NULL && walker.lower != NULL;

    if (good) {
        add_up(walk, walker.before);
        meet_below(&walker);
        meet_all(&walker, pairs);
    }
    free(walker.before);
    free(walker.lower);
    free(walker.events.memory);
    free(walker.living.memory);
    return good ? GSL_SUCCESS : GSL_ENOMEM;
}
