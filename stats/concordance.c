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
 * Sums of weights by rank: a tree of FAN children a node.  A node has the sums up to each child, so that adding goes over whole
 * vectors of a few nodes and asking reads one number of each.
 */
enum { FAN_BITS = 6, FAN = 1 << FAN_BITS, LEVELS_MAX = 7 };

struct tree {
    size_t n;                   /* ranks 1 .. n */
    size_t n_level;
    int64_t *level[LEVELS_MAX]; /* of leaves first; FAN sums a node */
    size_t size[LEVELS_MAX];
    int64_t *memory;
    int64_t total;
};

/* Pairs of one row, by which of the two has the higher prediction. */
struct pairs {
    int64_t higher, lower, tied; /* weight of partners with a higher, lower, equal prediction */
};

struct walk {
    const struct cox_rows *rows;
    size_t n;
    uint32_t *by_time, *by_entry; /* in order of stratum and time */
    uint32_t *rank;               /* [n] of the prediction, from 1, equal ones share it */
    int64_t *weight;              /* [n] whole numbers */
    struct fixed_scale scale;
    struct tree tree;
    double *good, *bad, *tied;    /* [n] by row */
    struct others others;         /* of other places; none where all rows are here */
};

static bool tree_alloc(struct tree *tree, size_t n)
{
    size_t n_all = 0, n_node = n / FAN + 1;

    tree->n = n;
    for (tree->n_level = 0; tree->n_level == 0 || n_node > 1; tree->n_level++) {
        n_node = tree->n_level == 0 ? n_node : (n_node + FAN - 1) / FAN;
        tree->size[tree->n_level] = n_node * FAN;
        n_all += n_node * FAN;
    }
    if ((tree->memory = malloc((n_all + 1) * sizeof *tree->memory)) != NULL)
        memset(tree->memory, 0, (n_all + 1) * sizeof *tree->memory);
    for (size_t l = 0, first = 0; tree->memory != NULL && l < tree->n_level; first += tree->size[l++])
        tree->level[l] = tree->memory + first;
    return tree->memory != NULL;
}

/* Ranks and weights, one after the other. */
VECTOR_VERSIONS static void tree_add(struct tree *tree, const uint32_t *rank, const int64_t *weight, int64_t sign, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        const int64_t add = sign * weight[k];
        size_t at = rank[k] - 1;
        tree->total += add;
        for (size_t l = 0; l < tree->n_level; l++, at >>= FAN_BITS) {
            int64_t *const node = tree->level[l] + (at & ~(size_t)(FAN - 1));
            size_t child = at & (FAN - 1);
            for (; child % VECTOR_LANES != 0; child++)
                node[child] += add;
            for (; child < FAN; child += VECTOR_LANES)
                *(vector_integers *)(node + child) += add;
        }
    }
}

/* What lies below rank, and what lies at it. */
static struct pairs tree_ask(const struct tree *tree, size_t rank)
{
    size_t at = rank - 1;
    int64_t lower = 0, tied = 0;

    for (size_t l = 0; l < tree->n_level; l++, at >>= FAN_BITS) {
        const int64_t before = (at & (FAN - 1)) > 0 ? tree->level[l][at - 1] : 0;
        tied = l == 0 ? tree->level[l][at] - before : tied;
        lower += before;
    }
    return (struct pairs){tree->total - lower - tied, lower, tied};
}

static int32_t stratum_of(const struct walk *walk, size_t i)
{
    return walk->rows->stratum != NULL ? walk->rows->stratum[i] : 0;
}

/* Only the nodes that the rows of a stratum have touched, so that many strata cost no more than one. */
static void empty_tree(struct walk *walk, size_t begin, size_t end)
{
    struct tree *const tree = &walk->tree;

    for (size_t l = 0; l < tree->n_level; l++) {
        if ((end - begin) * FAN >= tree->size[l]) {
            memset(tree->level[l], 0, tree->size[l] * sizeof *tree->level[l]);
            continue;
        }
        for (size_t k = begin; k < end; k++) {
            const size_t node = (walk->rank[walk->by_time[k]] - 1) >> ((l + 1) * FAN_BITS);
            memset(tree->level[l] + node * FAN, 0, FAN * sizeof *tree->level[l]);
        }
    }
    tree->total = 0;
}

/* Rows by_time[first .. last - 1] with the event, or without it, are added. */
static void add_rows(struct walk *walk, size_t first, size_t last, bool event)
{
    enum { BATCH = 256 };
    uint32_t rank[BATCH];
    int64_t weight[BATCH];
    size_t n = 0;

    for (size_t m = first; m < last; m++) {
        const size_t i = walk->by_time[m];
        if ((walk->rows->event[i] != 0) != event)
            continue;
        rank[n] = walk->rank[i];
        weight[n++] = walk->weight[i];
        if (n == BATCH) {
            tree_add(&walk->tree, rank, weight, 1, n);
            n = 0;
        }
    }
    tree_add(&walk->tree, rank, weight, 1, n);
}

/* ---- a row with the event looks at those who live on ---------------------------------------------------------- */

/* Those who live on in other places, at the time of a row. */
static struct pairs living_elsewhere(const struct walk *walk, size_t i)
{
    if (walk->others.n == 0)
        return (struct pairs){0};
    const struct other_pairs *at = other_pairs_at(&walk->others, stratum_of(walk, i), walk->rows->time[i]);
    return (struct pairs){.higher = at->above.living, .lower = at->below.living};
}

/* Rows of one stratum, by_time[begin .. end - 1], from the last time to the first. */
static void events_of_stratum(struct walk *walk, size_t begin, size_t end)
{
    const struct cox_rows *rows = walk->rows;
    size_t entering = end;

    for (size_t k = end; k > begin;) {
        const double time = rows->time[walk->by_time[k - 1]];
        size_t first = k;
        while (first > begin && rows->time[walk->by_time[first - 1]] == time)
            first--;
        for (; rows->entry != NULL && entering > begin && rows->entry[walk->by_entry[entering - 1]] >= time; entering--) {
            const size_t i = walk->by_entry[entering - 1];
            tree_add(&walk->tree, &walk->rank[i], &walk->weight[i], -1, 1);
        }
        add_rows(walk, first, k, false);
        const struct pairs far = living_elsewhere(walk, walk->by_time[first]);
        for (size_t m = first; m < k; m++) {
            const size_t i = walk->by_time[m];
            if (rows->event[i] == 0)
                continue;
            const struct pairs pairs = tree_ask(&walk->tree, walk->rank[i]);
            walk->good[i] += (double)(pairs.lower + far.lower) * walk->scale.down;
            walk->bad[i] += (double)(pairs.higher + far.higher) * walk->scale.down;
            walk->tied[i] += (double)pairs.tied * walk->scale.down;
        }
        add_rows(walk, first, k, true);
        k = first;
    }
}

/* ---- a row looks back at the events that it has lived through --------------------------------------------------- */

static void add_past(struct walk *walk, size_t i, double sign, const struct pairs *far)
{
    const struct pairs pairs = tree_ask(&walk->tree, walk->rank[i]);

    walk->good[i] += sign * (double)(pairs.higher + far->higher) * walk->scale.down;
    walk->bad[i] += sign * (double)(pairs.lower + far->lower) * walk->scale.down;
    walk->tied[i] += sign * (double)pairs.tied * walk->scale.down;
}

/* Events of other places before the time of a stratum, or up to it. */
static struct pairs past_elsewhere(const struct walk *walk, size_t i, double time, bool at_it)
{
    if (walk->others.n == 0)
        return (struct pairs){0};
    const struct other_pairs *at = other_pairs_at(&walk->others, stratum_of(walk, i), time);
    return (struct pairs){.higher = at->above.past - (at_it ? 0 : at->above.events),
                          .lower = at->below.past - (at_it ? 0 : at->below.events)};
}

/* Takes away what has happened up to the entry. */
static void enter(struct walk *walk, size_t i)
{
    const struct pairs past = past_elsewhere(walk, i, walk->rows->entry[i], true);

    add_past(walk, i, -1, &past);
}

static void partners_of_stratum(struct walk *walk, size_t begin, size_t end)
{
    const struct cox_rows *rows = walk->rows;
    size_t entering = begin;

    for (size_t k = begin; k < end;) {
        const double time = rows->time[walk->by_time[k]];
        size_t last = k;
        while (last < end && rows->time[walk->by_time[last]] == time)
            last++;
        /* Who enters before this time has not seen the events so far. */
        for (; rows->entry != NULL && entering < end && rows->entry[walk->by_entry[entering]] < time; entering++)
            enter(walk, walk->by_entry[entering]);
        const struct pairs before = past_elsewhere(walk, walk->by_time[k], time, false),
                           until = past_elsewhere(walk, walk->by_time[k], time, true);
        for (size_t m = k; m < last; m++)
            if (rows->event[walk->by_time[m]] != 0)
                add_past(walk, walk->by_time[m], 1, &before); /* not those at the same time */
        add_rows(walk, k, last, true);
        for (size_t m = k; m < last; m++)
            if (rows->event[walk->by_time[m]] == 0)
                add_past(walk, walk->by_time[m], 1, &until);
        k = last;
    }
}

/* ---- the whole ---------------------------------------------------------------------------------------------------- */

static bool allocate_walk(struct walk *walk, const struct cox_rows *rows)
{
    const size_t n = rows->n + 2;

    walk->by_time = malloc(n * sizeof *walk->by_time);
    walk->by_entry = malloc(n * sizeof *walk->by_entry);
    walk->rank = malloc(n * sizeof *walk->rank);
    walk->weight = malloc(n * sizeof *walk->weight);
    walk->good = malloc(3 * n * sizeof *walk->good);
    if (walk->by_time == NULL || walk->by_entry == NULL || walk->rank == NULL || walk->weight == NULL ||
        walk->good == NULL)
        return false;
    memset(walk->good, 0, 3 * n * sizeof *walk->good); /* a page that is read before it is written costs two faults */
    walk->bad = walk->good + n;
    walk->tied = walk->bad + n;
    return true;
}

static void clear_walk(struct walk *walk)
{
    free(walk->by_time);
    free(walk->by_entry);
    free(walk->rank);
    free(walk->weight);
    free(walk->tree.memory);
    free(walk->others.at);
    free(walk->good);
}

static int prepare(struct walk *walk, const double *prediction)
{
    const struct cox_rows *rows = walk->rows;
    double largest = 0;
    size_t n_rank = 0;
    int status = radix_order(prediction, NULL, 1, rows->n, walk->by_time);

    for (size_t k = 0; k < rows->n && status == GSL_SUCCESS; k++) {
        const size_t i = walk->by_time[k];
        if (!isfinite(prediction[i]))
            return GSL_EINVAL;
        n_rank += k == 0 || prediction[i] != prediction[walk->by_time[k - 1]];
        walk->rank[i] = (uint32_t)n_rank;
    }
    if (status == GSL_SUCCESS && !tree_alloc(&walk->tree, n_rank))
        status = GSL_ENOMEM;
    for (size_t i = 0; i < rows->n && rows->weight != NULL; i++)
        largest = fmax(largest, rows->weight[i]);
    walk->scale = (struct fixed_scale){.up = 1, .down = 1};
    if (status == GSL_SUCCESS && rows->weight != NULL)
        status = fixed_scale_init(&walk->scale, largest, rows->n);
    for (size_t i = 0; i < rows->n && status == GSL_SUCCESS; i++)
        walk->weight[i] = rows->frequency != NULL ? rows->frequency[i]
                          : rows->weight != NULL  ? fixed_part(&walk->scale, rows->weight[i])
                                                  : 1;
    if (status == GSL_SUCCESS)
        status = radix_order(rows->time, rows->stratum, rows->n_stratum, rows->n, walk->by_time);
    if (status == GSL_SUCCESS && rows->entry != NULL)
        status = radix_order(rows->entry, rows->stratum, rows->n_stratum, rows->n, walk->by_entry);
    return status;
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

static double weighted_total(const struct walk *walk, const double *value)
{
    struct exact_sum sum;
    double total = NAN;

    if (walk->scale.down == 1) { /* people are counted: weight times weight, whole numbers */
        __int128 whole = 0;
        for (size_t i = 0; i < walk->rows->n; i++)
            whole += (__int128)(int64_t)value[i] * walk->weight[i];
        return (double)sum_everywhere(walk->rows->reducer, whole) / 2;
    }
    exact_sum_init(&sum);
    for (size_t i = 0; i < walk->rows->n; i++)
        exact_sum_add_product(&sum, value[i], (double)walk->weight[i] * walk->scale.down, 1);
    exact_sum_round(&sum, &total);
    return total / 2; /* every pair was counted from both sides */
}

/* w times the influence of a row, all its copies together. */
static double influence_of(const struct walk *walk, size_t i, double somers, double n_pair)
{
    const double pairs = walk->good[i] + walk->bad[i] + walk->tied[i];

    return (double)walk->weight[i] * walk->scale.down * ((walk->good[i] - walk->bad[i]) - somers * pairs) / (2 * n_pair);
}

static int find_variance(const struct walk *walk, const int32_t *cluster, size_t n_cluster, double somers,
                         double n_pair, double *variance)
{
    const struct cox_rows *rows = walk->rows;
    const size_t n_sum = cluster != NULL ? n_cluster : rows->n;
    double *const influence = walk->good; /* what that was is in the influences */
    double *const total = malloc((n_sum + 1) * sizeof *total);
    struct fixed_scale scale;
    int64_t *const by_cluster = cluster != NULL ? calloc(n_cluster + 1, sizeof *by_cluster) : NULL;

    if (total == NULL || (cluster != NULL && by_cluster == NULL)) {
        free(total);
        free(by_cluster);
        return GSL_ENOMEM;
    }
    for (size_t i = 0; i < rows->n; i++)
        influence[i] = influence_of(walk, i, somers, n_pair);
    int status = fixed_scale_init(&scale, largest_magnitude(influence, rows->n), rows->n);

    for (size_t i = 0; i < rows->n && status == GSL_SUCCESS; i++)
        if (cluster != NULL)
            by_cluster[cluster[i]] += fixed_part(&scale, influence[i]);
        else /* every copy by itself */
            total[i] = rows->frequency != NULL ? influence[i] / sqrt((double)rows->frequency[i]) : influence[i];
    for (size_t c = 0; cluster != NULL && c < n_cluster; c++)
        total[c] = (double)by_cluster[c] * scale.down;
    *variance = square_sum_all(total, n_sum, rows->reducer);
    free(total);
    free(by_cluster);
    return status;
}

/* ranged: where rows lie in several places; else NULL. */
static int solve(const struct cox_rows *rows, const double *prediction, const int32_t *cluster, size_t n_cluster,
                 const struct ranged_rows *ranged, struct concordance *result)
{
    struct walk walk = {.rows = rows};
    double variance;

    int status = allocate_walk(&walk, rows) ? prepare(&walk, prediction) : GSL_ENOMEM;
    if (status == GSL_SUCCESS && ranged != NULL)
        status = ranged_rows_count_others(ranged, walk.by_time, walk.by_entry, &walk.others);
    for (size_t begin = 0; status == GSL_SUCCESS && begin < rows->n;) {
        size_t end = begin + 1;
        while (end < rows->n && stratum_of(&walk, walk.by_time[end]) == stratum_of(&walk, walk.by_time[begin]))
            end++;
        events_of_stratum(&walk, begin, end);
        empty_tree(&walk, begin, end);
        partners_of_stratum(&walk, begin, end);
        empty_tree(&walk, begin, end);
        begin = end;
    }
    if (status == GSL_SUCCESS) {
        result->concordant = weighted_total(&walk, walk.good);
        result->discordant = weighted_total(&walk, walk.bad);
        result->tied = weighted_total(&walk, walk.tied);
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
