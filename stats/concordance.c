/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/concordance.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/concordance_places.h"
#include "stats/exact_sum.h"
#include "stats/fixed_sum.h"
#include "stats/radix_order.h"
#include "stats/square_sum.h"
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

/* A row as the walk meets it.  It lives through the events at positions from .. until - 1, and has its own at `until`. */
struct seen {
    uint32_t from, until;
    bool event;
    int64_t weight;
};

/* Weights of partners of a row: with events that it lives through, and of those who live on after its own. */
struct partners {
    int64_t past, living;
};

/* Pairs of a row; while rows of equal predictions are added, its partners with lower ones. */
union told {
    struct {
        double good, bad, tied;
    };
    struct partners lower;
};

struct walk {
    const struct cox_rows *rows;
    uint32_t *by_time, *by_entry; /* in order of stratum and time */
    size_t n_axis;                /* the distinct times of each stratum, one stratum after the other */
    double *time;                 /* [n_axis] */
    int32_t *stratum;             /* [n_axis] */
    uint32_t *first;              /* [n_axis] where the stratum of a position begins */
    uint32_t *from;               /* [n] by row; NULL: nobody enters late */
    int64_t *weight;              /* [n] by row, whole numbers; NULL: 1 */
    struct radix_item *items, *spare; /* [n] keys are predictions; with: twice the position of `until`, 1 more for an event */
    const struct radix_item *sorted;  /* by prediction */
    struct partners *all;         /* [n_axis + 1] everybody: events before a position, those who live on after one at it */
    union told *told;             /* [n] as sorted */
    struct tree events, living;   /* of lower predictions: events by position; who begins to live on late, less who ceases to */
    int64_t *lower;               /* [n_axis] where a stratum begins: its rows of lower predictions */
    struct fixed_scale scale;
    struct others others;         /* of other places; none where all rows are here */
};

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

static int32_t stratum_of(const struct walk *walk, size_t i)
{
    return walk->rows->stratum != NULL ? walk->rows->stratum[i] : 0;
}

/* ---- the axis --------------------------------------------------------------------------------------------------- */

/* Times of all places. */
static void take_axis(struct walk *walk)
{
    for (size_t k = 0; k < walk->others.n; k++) {
        const struct other_pairs *const at = &walk->others.at[k];
        walk->time[k] = at->time;
        walk->stratum[k] = (int32_t)at->stratum;
        walk->first[k] = k > 0 && at[-1].stratum == at->stratum ? walk->first[k - 1] : (uint32_t)k;
    }
    walk->n_axis = walk->others.n;
}

/* Times of the rows, where all are here. */
static void lay_axis(struct walk *walk)
{
    const double *const time = walk->rows->time;

    for (size_t m = 0; m < walk->rows->n; m++) {
        const size_t i = walk->by_time[m], before = walk->by_time[m > 0 ? m - 1 : 0], k = walk->n_axis;
        const bool fresh = m == 0 || stratum_of(walk, before) != stratum_of(walk, i);
        if (!fresh && time[before] == time[i])
            continue;
        walk->time[k] = time[i];
        walk->stratum[k] = stratum_of(walk, i);
        walk->first[k] = fresh ? (uint32_t)k : walk->first[k - 1];
        walk->n_axis++;
    }
}

/* Rows come in order of stratum and time, and every time of theirs is on the axis. */
static void place_rows(struct walk *walk, const double *prediction)
{
    const struct cox_rows *rows = walk->rows;
    size_t k = 0;

    for (size_t m = 0; m < rows->n; m++) {
        const size_t i = walk->by_time[m];
        while (walk->stratum[k] != stratum_of(walk, i) || walk->time[k] != rows->time[i])
            k++;
        const bool event = rows->event[i] != 0;
        walk->items[i] = (struct radix_item){radix_key(prediction[i]), (uint32_t)i, (uint32_t)(2 * (event ? k : k + 1) + event)};
        if (walk->from != NULL)
            walk->from[i] = (uint32_t)cox_first_after(walk->time, walk->first[k], k, rows->entry[i]);
        if (walk->weight != NULL)
            walk->weight[i] = rows->frequency != NULL ? rows->frequency[i] : fixed_part(&walk->scale, rows->weight[i]);
    }
}

VECTOR_INLINE struct seen see(const struct walk *walk, const struct radix_item *item)
{
    const uint32_t until = item->with / 2;
    const bool event = item->with % 2 != 0;

    return (struct seen){walk->from != NULL ? walk->from[item->row] : walk->first[event ? until : until - 1], until, event,
                         walk->weight != NULL ? walk->weight[item->row] : 1};
}

static void count_all(struct walk *walk)
{
    struct partners *const all = walk->all, sum = {0};

    for (size_t i = 0; i < walk->rows->n; i++) {
        const struct seen row = see(walk, &walk->items[i]);
        all[row.until].past += row.event ? row.weight : 0;
        all[row.from].living += row.weight;
        all[row.until].living -= row.weight;
    }
    for (size_t k = 0; k <= walk->n_axis; k++) {
        const int64_t here = all[k].past;
        sum.living += all[k].living;
        all[k] = sum;
        sum.past += here;
    }
}

/* ---- rows by their predictions ------------------------------------------------------------------------------------ */

VECTOR_INLINE struct partners ask(const struct walk *walk, const struct seen *row)
{
    const size_t first = walk->first[row->from];
    const struct partners lower = {
        .past = tree_before(&walk->events, row->until) - tree_before(&walk->events, row->from),
        .living = row->event ? walk->lower[first] + tree_before(&walk->living, (size_t)row->until + 1) -
                                   tree_before(&walk->living, first)
                             : 0,
    };
    return lower;
}

VECTOR_INLINE void add(const struct walk *walk, const struct seen *row)
{
    const size_t first = walk->first[row->from];

    walk->lower[first] += row->weight;
    if (row->event)
        tree_add(&walk->events, row->until, row->weight);
    if (row->until < walk->n_axis && walk->first[row->until] == first) /* else at risk to the end of the stratum */
        tree_add(&walk->living, row->until, -row->weight);
    if (row->from > first) {
        tree_add(&walk->living, first, -row->weight);
        tree_add(&walk->living, row->from, row->weight);
    }
}

static const struct other_side *side_at(const struct walk *walk, size_t position, bool higher)
{
    const struct other_pairs *const at = &walk->others.at[position];

    return higher ? &at->above : &at->below;
}

/* What other places hold of lower predictions, or of higher ones. */
static struct partners elsewhere(const struct walk *walk, const struct seen *row, bool higher)
{
    const size_t first = walk->first[row->from];
    struct partners far = {0};

    if (row->event)
        far.living = side_at(walk, row->until, higher)->living;
    if (row->until > first)
        far.past = side_at(walk, row->until - 1, higher)->past;
    if (row->from > first)
        far.past -= side_at(walk, row->from - 1, higher)->past;
    return far;
}

/* lower, upto: partners of lower predictions, and those of equal ones as well. */
VECTOR_INLINE void settle(const struct walk *walk, const struct seen *row, struct partners lower, struct partners upto,
                          union told *told)
{
    const double down = walk->scale.down;
    const struct partners tied = {upto.past - lower.past, upto.living - lower.living};
    struct partners higher = {walk->all[row->until].past - walk->all[row->from].past - upto.past,
                              row->event ? walk->all[row->until].living - upto.living : 0};

    if (walk->others.n > 0) {
        const struct partners below = elsewhere(walk, row, false), above = elsewhere(walk, row, true);
        lower = (struct partners){lower.past + below.past, lower.living + below.living};
        higher = (struct partners){higher.past + above.past, higher.living + above.living};
    }
    told->good = (double)lower.living * down + (double)higher.past * down;
    told->bad = (double)higher.living * down + (double)lower.past * down;
    told->tied = (double)tied.living * down + (double)tied.past * down;
}

VECTOR_VERSIONS static void walk_predictions(const struct walk *walk)
{
    const struct radix_item *const sorted = walk->sorted;
    const size_t n = walk->rows->n;

    for (size_t begin = 0, end; begin < n; begin = end) {
        for (end = begin; end < n && sorted[end].key == sorted[begin].key; end++) {
            const struct seen row = see(walk, &sorted[end]);
            walk->told[end].lower = ask(walk, &row);
        }
        for (size_t m = begin; m < end; m++) {
            const struct seen row = see(walk, &sorted[m]);
            add(walk, &row);
        }
        for (size_t m = begin; m < end; m++) {
            const struct seen row = see(walk, &sorted[m]);
            const struct partners lower = walk->told[m].lower;
            settle(walk, &row, lower, end - begin > 1 ? ask(walk, &row) : lower, &walk->told[m]);
        }
    }
}

/* ---- the whole ---------------------------------------------------------------------------------------------------- */

static bool allocate_rows(struct walk *walk)
{
    const struct cox_rows *rows = walk->rows;
    const size_t n = rows->n + 1;
    const bool enter = rows->entry != NULL, weighted = rows->frequency != NULL || rows->weight != NULL;

    walk->by_time = malloc(n * sizeof *walk->by_time);
    walk->by_entry = enter ? malloc(n * sizeof *walk->by_entry) : NULL;
    walk->from = enter ? malloc(n * sizeof *walk->from) : NULL;
    walk->weight = weighted ? malloc(n * sizeof *walk->weight) : NULL;
    walk->items = malloc(n * sizeof *walk->items);
    walk->spare = malloc(n * sizeof *walk->spare);
    walk->told = malloc(n * sizeof *walk->told);
    return walk->by_time != NULL && (!enter || (walk->by_entry != NULL && walk->from != NULL)) &&
           (!weighted || walk->weight != NULL) && walk->items != NULL && walk->spare != NULL && walk->told != NULL;
}

/* n: the longest that the axis can be. */
static bool allocate_axis(struct walk *walk, size_t n)
{
    walk->time = malloc((n + 1) * sizeof *walk->time);
    walk->stratum = malloc((n + 1) * sizeof *walk->stratum);
    walk->first = malloc((n + 1) * sizeof *walk->first);
    return walk->time != NULL && walk->stratum != NULL && walk->first != NULL;
}

static void clear_walk(struct walk *walk)
{
    free(walk->by_time);
    free(walk->by_entry);
    free(walk->from);
    free(walk->weight);
    free(walk->items);
    free(walk->spare);
    free(walk->told);
    free(walk->time);
    free(walk->stratum);
    free(walk->first);
    free(walk->all);
    free(walk->lower);
    free(walk->events.memory);
    free(walk->living.memory);
    free(walk->others.at);
}

static int find_scale(struct walk *walk)
{
    const struct cox_rows *rows = walk->rows;
    double largest = 0;

    walk->scale = (struct fixed_scale){.up = 1, .down = 1};
    for (size_t i = 0; i < rows->n && rows->weight != NULL; i++)
        largest = fmax(largest, rows->weight[i]);
    return rows->weight != NULL ? fixed_scale_init(&walk->scale, largest, rows->n) : GSL_SUCCESS;
}

/* ranged: where rows lie in several places; else NULL. */
static int place(struct walk *walk, const double *prediction, const struct ranged_rows *ranged)
{
    const struct cox_rows *rows = walk->rows;
    int status = find_scale(walk);

    if (status == GSL_SUCCESS)
        status = radix_order(rows->time, rows->stratum, rows->n_stratum, rows->n, walk->by_time);
    if (status == GSL_SUCCESS && rows->entry != NULL && ranged != NULL)
        status = radix_order(rows->entry, rows->stratum, rows->n_stratum, rows->n, walk->by_entry);
    if (status == GSL_SUCCESS && ranged != NULL)
        status = ranged_rows_count_others(ranged, walk->by_time, walk->by_entry, &walk->others);
    if (status == GSL_SUCCESS && !allocate_axis(walk, ranged != NULL ? walk->others.n : rows->n))
        status = GSL_ENOMEM;
    if (status != GSL_SUCCESS)
        return status;
    if (ranged != NULL)
        take_axis(walk);
    else
        lay_axis(walk);
    place_rows(walk, prediction);
    walk->all = calloc(walk->n_axis + 1, sizeof *walk->all);
    walk->lower = calloc(walk->n_axis + 1, sizeof *walk->lower);
    if (walk->all == NULL || walk->lower == NULL || !tree_alloc(&walk->events, walk->n_axis + 1) ||
        !tree_alloc(&walk->living, walk->n_axis + 1))
        return GSL_ENOMEM;
    count_all(walk);
    walk->sorted = radix_sort(walk->items, walk->spare, rows->n);
    return GSL_SUCCESS;
}

/* The sum of all places, in limbs of 40 bits. */
static __int128 sum_everywhere(const struct reducer *reducer, __int128 whole)
{
    enum { BITS = 40 };
    const __int128 base = (__int128)1 << BITS;
    int64_t limb[3];

    for (size_t k = 0; k < 3; k++) {
        const __int128 rest = k < 2 ? ((whole % base) + base) % base : whole;
        limb[k] = (int64_t)rest;
        whole = (whole - rest) / base;
    }
    reducer_sum(reducer, limb, 3);
    return ((__int128)limb[2] * base + limb[1]) * base + limb[0];
}

static int64_t weight_of(const struct walk *walk, size_t m)
{
    return walk->weight != NULL ? walk->weight[walk->sorted[m].row] : 1;
}

/* What a row has of pairs: good, bad or tied. */
static double pairs_of(const struct walk *walk, size_t m, size_t kind)
{
    const union told *const told = &walk->told[m];

    return kind == 0 ? told->good : kind == 1 ? told->bad : told->tied;
}

static double weighted_total(const struct walk *walk, size_t kind)
{
    struct exact_sum sum;
    double total = NAN;

    if (walk->scale.down == 1) { /* people are counted: weight times weight, whole numbers */
        __int128 whole = 0;
        for (size_t m = 0; m < walk->rows->n; m++)
            whole += (__int128)(int64_t)pairs_of(walk, m, kind) * weight_of(walk, m);
        return (double)sum_everywhere(walk->rows->reducer, whole) / 2;
    }
    exact_sum_init(&sum);
    for (size_t m = 0; m < walk->rows->n; m++)
        exact_sum_add_product(&sum, pairs_of(walk, m, kind), (double)weight_of(walk, m) * walk->scale.down, 1);
    exact_sum_round(&sum, &total);
    return total / 2; /* every pair was counted from both sides */
}

/* w times the influence of a row, all its copies together. */
static double influence_of(const struct walk *walk, size_t m, double somers, double n_pair)
{
    const union told *const told = &walk->told[m];
    const double pairs = told->good + told->bad + told->tied;

    return (double)weight_of(walk, m) * walk->scale.down * ((told->good - told->bad) - somers * pairs) / (2 * n_pair);
}

/* The sums of clusters of rows [rows.n] influence; by_cluster [n_cluster]. */
static int sum_clusters(const struct walk *walk, const double *influence, const int32_t *cluster, size_t n_cluster, double *total)
{
    int64_t *const sum = calloc(n_cluster + 1, sizeof *sum);
    struct fixed_scale scale;
    int status = sum == NULL ? GSL_ENOMEM : fixed_scale_init(&scale, largest_magnitude(influence, walk->rows->n), walk->rows->n);

    for (size_t i = 0; i < walk->rows->n && status == GSL_SUCCESS; i++)
        sum[cluster[i]] += fixed_part(&scale, influence[i]);
    for (size_t c = 0; c < n_cluster && status == GSL_SUCCESS; c++)
        total[c] = (double)sum[c] * scale.down;
    free(sum);
    return status;
}

static int find_variance(const struct walk *walk, const int32_t *cluster, size_t n_cluster, double somers,
                         double n_pair, double *variance)
{
    const struct cox_rows *rows = walk->rows;
    const size_t n_sum = cluster != NULL ? n_cluster : 0;
    double *const influence = malloc((rows->n + n_sum + 1) * sizeof *influence), *const total = influence + rows->n;
    int status = influence == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    for (size_t m = 0; m < rows->n && status == GSL_SUCCESS; m++) {
        const size_t i = walk->sorted[m].row;
        influence[i] = influence_of(walk, m, somers, n_pair);
        if (cluster == NULL && rows->frequency != NULL) /* every copy by itself */
            influence[i] /= sqrt((double)rows->frequency[i]);
    }
    if (status == GSL_SUCCESS && cluster != NULL)
        status = sum_clusters(walk, influence, cluster, n_cluster, total);
    if (status == GSL_SUCCESS)
        *variance = cluster != NULL ? square_sum_all(total, n_cluster, rows->reducer)
                                    : square_sum_all(influence, rows->n, rows->reducer);
    free(influence);
    return status;
}

/* ranged: where rows lie in several places; else NULL. */
static int solve(const struct cox_rows *rows, const double *prediction, const int32_t *cluster, size_t n_cluster,
                 const struct ranged_rows *ranged, struct concordance *result)
{
    struct walk walk = {.rows = rows};
    double variance;
    int status = GSL_SUCCESS;

    for (size_t i = 0; i < rows->n; i++)
        if (!isfinite(prediction[i]))
            return GSL_EINVAL;
    status = allocate_rows(&walk) ? place(&walk, prediction, ranged) : GSL_ENOMEM;
    if (status == GSL_SUCCESS) {
        walk_predictions(&walk);
        result->concordant = weighted_total(&walk, 0);
        result->discordant = weighted_total(&walk, 1);
        result->tied = weighted_total(&walk, 2);
        const double n_pair = result->concordant + result->discordant + result->tied;
        if (n_pair > 0) {
            const double somers = (result->concordant - result->discordant) / n_pair;
            result->estimate = (somers + 1) / 2;
            status = find_variance(&walk, cluster, n_cluster, somers, n_pair, &variance);
            result->std_err = status == GSL_SUCCESS ? sqrt(variance) : NAN;
        }
    }
    clear_walk(&walk);
    return status;
}

int concordance_solve(const struct cox_rows *rows, const double *prediction, const int32_t *cluster, size_t n_cluster,
                      struct concordance *result)
{
    struct ranged_rows ranged;

    *result = (struct concordance){.estimate = NAN, .std_err = NAN};
    if (rows->reducer == NULL)
        return solve(rows, prediction, cluster, n_cluster, NULL, result);
    int status = ranged_rows_take(rows, prediction, &ranged);
    if (status == GSL_SUCCESS)
        status = solve(&ranged.rows, ranged.prediction, NULL, 0, &ranged, result);
    ranged_rows_free(&ranged);
    return status;
}
