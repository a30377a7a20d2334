/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/concordance.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/exact_sum.h"
#include "stats/fixed_sum.h"
#include "stats/radix_order.h"

/* Sums of weights by rank: a binary-indexed tree. */
struct tree {
    size_t n;
    int64_t *sum; /* [n + 1] */
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
};

static void tree_add(struct tree *tree, size_t rank, int64_t weight)
{
    tree->total += weight;
    for (; rank <= tree->n; rank += rank & (~rank + 1))
        tree->sum[rank] += weight;
}

static int64_t tree_up_to(const struct tree *tree, size_t rank)
{
    int64_t sum = 0;

    for (; rank > 0; rank &= rank - 1)
        sum += tree->sum[rank];
    return sum;
}

static struct pairs tree_ask(const struct tree *tree, size_t rank)
{
    const int64_t lower = tree_up_to(tree, rank - 1), up_to = tree_up_to(tree, rank);

    return (struct pairs){tree->total - up_to, lower, up_to - lower};
}

static int32_t stratum_of(const struct walk *walk, size_t i)
{
    return walk->rows->stratum != NULL ? walk->rows->stratum[i] : 0;
}

/* Only what the rows of a stratum have touched, so that many strata cost no more than one. */
static void empty_tree(struct walk *walk, size_t begin, size_t end)
{
    enum { STEPS = 16 }; /* about how many sums a row touches */

    if ((end - begin) * STEPS >= walk->tree.n)
        memset(walk->tree.sum, 0, (walk->tree.n + 1) * sizeof *walk->tree.sum);
    else
        for (size_t k = begin; k < end; k++)
            for (size_t rank = walk->rank[walk->by_time[k]]; rank <= walk->tree.n; rank += rank & (~rank + 1))
                walk->tree.sum[rank] = 0;
    walk->tree.total = 0;
}

/* ---- a row with the event looks at those who live on ---------------------------------------------------------- */

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
            tree_add(&walk->tree, walk->rank[i], -walk->weight[i]);
        }
        for (size_t m = first; m < k; m++) {
            const size_t i = walk->by_time[m];
            if (rows->event[i] == 0)
                tree_add(&walk->tree, walk->rank[i], walk->weight[i]);
        }
        for (size_t m = first; m < k; m++) {
            const size_t i = walk->by_time[m];
            if (rows->event[i] == 0)
                continue;
            const struct pairs pairs = tree_ask(&walk->tree, walk->rank[i]);
            walk->good[i] += (double)pairs.lower * walk->scale.down;
            walk->bad[i] += (double)pairs.higher * walk->scale.down;
            walk->tied[i] += (double)pairs.tied * walk->scale.down;
        }
        for (size_t m = first; m < k; m++) {
            const size_t i = walk->by_time[m];
            if (rows->event[i] != 0)
                tree_add(&walk->tree, walk->rank[i], walk->weight[i]);
        }
        k = first;
    }
}

/* ---- a row looks back at the events that it has lived through --------------------------------------------------- */

static void add_past(struct walk *walk, size_t i, double sign)
{
    const struct pairs pairs = tree_ask(&walk->tree, walk->rank[i]);

    walk->good[i] += sign * (double)pairs.higher * walk->scale.down;
    walk->bad[i] += sign * (double)pairs.lower * walk->scale.down;
    walk->tied[i] += sign * (double)pairs.tied * walk->scale.down;
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
            add_past(walk, walk->by_entry[entering], -1);
        for (size_t m = k; m < last; m++)
            if (rows->event[walk->by_time[m]] != 0)
                add_past(walk, walk->by_time[m], 1); /* not those at the same time */
        for (size_t m = k; m < last; m++) {
            const size_t i = walk->by_time[m];
            if (rows->event[i] != 0)
                tree_add(&walk->tree, walk->rank[i], walk->weight[i]);
        }
        for (size_t m = k; m < last; m++)
            if (rows->event[walk->by_time[m]] == 0)
                add_past(walk, walk->by_time[m], 1);
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
    walk->tree.sum = calloc(n, sizeof *walk->tree.sum);
    walk->good = calloc(3 * n, sizeof *walk->good);
    if (walk->by_time == NULL || walk->by_entry == NULL || walk->rank == NULL || walk->weight == NULL ||
        walk->tree.sum == NULL || walk->good == NULL)
        return false;
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
    free(walk->tree.sum);
    free(walk->good);
}

static int prepare(struct walk *walk, const double *prediction)
{
    const struct cox_rows *rows = walk->rows;
    double largest = 0;
    int status = radix_order(prediction, NULL, 1, rows->n, walk->by_time);

    for (size_t k = 0; k < rows->n && status == GSL_SUCCESS; k++) {
        const size_t i = walk->by_time[k];
        if (!isfinite(prediction[i]))
            return GSL_EINVAL;
        walk->tree.n += k == 0 || prediction[i] != prediction[walk->by_time[k - 1]];
        walk->rank[i] = (uint32_t)walk->tree.n;
    }
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

static double weighted_total(const struct walk *walk, const double *value)
{
    struct exact_sum sum;
    double total = NAN;

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
    struct exact_sum sum;
    struct fixed_scale scale;
    int64_t *by_cluster = cluster != NULL ? calloc(n_cluster + 1, sizeof *by_cluster) : NULL;
    double largest = 0;

    if (cluster != NULL && by_cluster == NULL)
        return GSL_ENOMEM;
    exact_sum_init(&sum);
    for (size_t i = 0; i < rows->n; i++)
        largest = fmax(largest, fabs(influence_of(walk, i, somers, n_pair)));
    fixed_scale_init(&scale, largest, rows->n);
    for (size_t i = 0; i < rows->n; i++) {
        const double influence = influence_of(walk, i, somers, n_pair);
        if (by_cluster != NULL)
            by_cluster[cluster[i]] += fixed_part(&scale, influence);
        else /* every copy by itself */
            exact_sum_add(&sum, influence * influence / (rows->frequency != NULL ? (double)rows->frequency[i] : 1));
    }
    for (size_t c = 0; c < n_cluster && by_cluster != NULL; c++) {
        const double total = (double)by_cluster[c] * scale.down;
        exact_sum_add_product(&sum, total, total, 1);
    }
    free(by_cluster);
    return exact_sum_round(&sum, variance);
}

int concordance_solve(const struct cox_rows *rows, const double *prediction, const int32_t *cluster, size_t n_cluster,
                      struct concordance *result)
{
    struct walk walk = {.rows = rows};
    double variance;

    *result = (struct concordance){.estimate = NAN, .std_err = NAN};
    int status = allocate_walk(&walk, rows) ? prepare(&walk, prediction) : GSL_ENOMEM;
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
