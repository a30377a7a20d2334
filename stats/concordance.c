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
#include "stats/pair_walk.h"
#include "stats/radix_order.h"
#include "stats/square_sum.h"

struct counting {
    const struct cox_rows *rows;
    uint32_t *by_time;          /* [rows->n] in order of stratum and time */
    struct pair_axis axis;      /* distinct times of leaving */
    struct walked_rows walked;  /* those of this place */
    int64_t *cluster;           /* [walked.n] by the row of an item; NULL: none */
    struct radix_item *spare;   /* [walked.n] */
    struct partners *all, *below; /* [axis.n] below: NULL where all rows are here */
    union row_pairs *pairs;     /* [walked.n] as walked.items */
    struct fixed_scale scale;   /* of weights */
};

static void clear(struct counting *c)
{
    free(c->by_time);
    pair_axis_free(&c->axis);
    free(c->walked.items);
    free(c->walked.from);
    free(c->walked.weight);
    free(c->cluster);
    free(c->spare);
    free(c->all);
    free(c->below);
    free(c->pairs);
}

/* ---- rows on the axis -------------------------------------------------------------------------------------------------- */

static int32_t stratum_of(const struct cox_rows *rows, size_t i)
{
    return rows->stratum != NULL ? rows->stratum[i] : 0;
}

static int find_scale(struct counting *c)
{
    const struct cox_rows *rows = c->rows;
    double largest = 0;

    c->scale = (struct fixed_scale){.up = 1, .down = 1};
    if (rows->weight == NULL)
        return GSL_SUCCESS;
    for (size_t i = 0; i < rows->n; i++)
        largest = fmax(largest, rows->weight[i]);
    return fixed_scale_init(&c->scale, reducer_largest(rows->reducer, largest),
                            (uint64_t)reducer_sum_one(rows->reducer, (int64_t)rows->n));
}

/* Do rows stand for more than one, anywhere? */
static bool are_weighted(const struct cox_rows *rows)
{
    int64_t n_more = 0;

    for (size_t i = 0; rows->frequency != NULL && i < rows->n; i++)
        n_more += rows->frequency[i] != 1;
    return rows->weight != NULL || reducer_sum_one(rows->reducer, n_more) > 0;
}

static bool allocate_rows(struct counting *c, bool clustered)
{
    const size_t n = c->rows->n + 1;
    const bool enter = c->rows->entry != NULL, weighted = are_weighted(c->rows);

    c->by_time = malloc(n * sizeof *c->by_time);
    c->walked.items = malloc(n * sizeof *c->walked.items);
    c->walked.from = enter ? malloc(n * sizeof *c->walked.from) : NULL;
    c->walked.weight = weighted ? malloc(n * sizeof *c->walked.weight) : NULL;
    c->cluster = clustered ? malloc(n * sizeof *c->cluster) : NULL;
    c->axis.time = malloc(n * sizeof *c->axis.time);
    c->axis.stratum = malloc(n * sizeof *c->axis.stratum);
    c->axis.first = malloc(n * sizeof *c->axis.first);
    return c->by_time != NULL && c->walked.items != NULL && (!enter || c->walked.from != NULL) &&
           (!weighted || c->walked.weight != NULL) && (!clustered || c->cluster != NULL) && c->axis.time != NULL &&
           c->axis.stratum != NULL && c->axis.first != NULL;
}

/* Times of the rows that are here. */
static void lay_axis(struct counting *c)
{
    const struct cox_rows *const rows = c->rows;
    struct pair_axis *const axis = &c->axis;

    for (size_t m = 0; m < rows->n; m++) {
        const size_t i = c->by_time[m], before = c->by_time[m > 0 ? m - 1 : 0], k = axis->n;
        const bool fresh = m == 0 || stratum_of(rows, before) != stratum_of(rows, i);
        if (!fresh && rows->time[before] == rows->time[i])
            continue;
        axis->time[k] = rows->time[i];
        axis->stratum[k] = stratum_of(rows, i);
        axis->first[k] = fresh ? (uint32_t)k : axis->first[k - 1];
        axis->n++;
    }
}

/* A cluster's number, and behind it whose it is. */
enum { OWNER_BITS = 31 };

static int64_t cluster_word(const struct clusters *clusters, const struct reducer *reducer, int32_t number)
{
    const bool own = reducer != NULL && (size_t)number >= clusters->n_shared;

    return own ? (int64_t)(reducer->place + 1) << OWNER_BITS | number : number;
}

/* Rows come in order of stratum and time, and every time of theirs is on the axis. */
static void place_rows(struct counting *c, const double *prediction, const struct clusters *clusters)
{
    const struct cox_rows *const rows = c->rows;
    const struct pair_axis *const axis = &c->axis;
    size_t k = 0;

    for (size_t m = 0; m < rows->n; m++) {
        const size_t i = c->by_time[m];
        while (axis->stratum[k] != stratum_of(rows, i) || axis->time[k] != rows->time[i])
            k++;
        const bool event = rows->event[i] != 0;
        c->walked.items[m] = (struct radix_item){radix_key(prediction[i]), (uint32_t)m, (uint32_t)(2 * (event ? k : k + 1) + event)};
        if (c->walked.from != NULL)
            c->walked.from[m] = (uint32_t)cox_first_after(axis->time, axis->first[k], k, rows->entry[i]);
        if (c->walked.weight != NULL)
            c->walked.weight[m] = rows->frequency != NULL ? rows->frequency[i] : fixed_part(&c->scale, rows->weight[i]);
        if (clusters != NULL)
            c->cluster[m] = cluster_word(clusters, rows->reducer, clusters->of[i]);
    }
    c->walked.n = rows->n;
}

/* Afterwards the rows of this place, and the axis, are as they are walked. */
static int place(struct counting *c, const double *prediction, const struct clusters *clusters)
{
    const struct cox_rows *rows = c->rows;
    int status = find_scale(c);

    if (status == GSL_SUCCESS && !allocate_rows(c, clusters != NULL))
        status = GSL_ENOMEM;
    if (status == GSL_SUCCESS)
        status = radix_order(rows->time, rows->stratum, rows->n_stratum, rows->n, c->by_time);
    if (status != GSL_SUCCESS)
        return status;
    lay_axis(c);
    if (rows->reducer != NULL && (status = pair_axis_join(rows->reducer, &c->axis)) != GSL_SUCCESS)
        return status;
    place_rows(c, prediction, clusters);
    free(c->by_time);
    c->by_time = NULL;
    return rows->reducer != NULL ? walked_rows_exchange(rows->reducer, &c->walked, &c->cluster) : GSL_SUCCESS;
}

static int count_pairs(struct counting *c)
{
    const struct reducer *const reducer = c->rows->reducer;
    const size_t n_axis = c->axis.n;

    c->all = malloc((n_axis + 1) * sizeof *c->all);
    c->below = reducer != NULL ? malloc((n_axis + 1) * sizeof *c->below) : NULL;
    c->spare = malloc((c->walked.n + 1) * sizeof *c->spare);
    c->pairs = malloc((c->walked.n + 1) * sizeof *c->pairs);
    if (c->all == NULL || (reducer != NULL && c->below == NULL) || c->spare == NULL || c->pairs == NULL)
        return GSL_ENOMEM;
    pair_walk_count(&c->walked, c->axis.first, n_axis, c->all);
    const int status = reducer != NULL ? partners_join(reducer, n_axis, c->all, c->below) : GSL_SUCCESS;
    if (status != GSL_SUCCESS)
        return status;
    struct radix_item *const sorted = radix_sort(c->walked.items, c->spare, c->walked.n);
    c->spare = sorted == c->spare ? c->walked.items : c->spare;
    c->walked.items = sorted;
    const struct pair_walk walk = {n_axis, c->axis.first, c->all, c->below, c->scale.down};
    return pair_walk_run(&walk, &c->walked, c->pairs);
}

/* ---- sums ----------------------------------------------------------------------------------------------------------------- */

enum { KINDS = 3, LIMBS = 3 }; /* concordant, discordant, tied */

/* Sums of all places, in limbs of 40 bits. */
static void sum_everywhere(const struct reducer *reducer, __int128 whole[KINDS])
{
    enum { BITS = 40 };
    const __int128 base = (__int128)1 << BITS;
    int64_t limb[KINDS][LIMBS];

    for (size_t kind = 0; reducer != NULL && kind < KINDS; kind++)
        for (size_t k = 0; k < LIMBS; k++) {
            const __int128 rest = k + 1 < LIMBS ? ((whole[kind] % base) + base) % base : whole[kind];
            limb[kind][k] = (int64_t)rest;
            whole[kind] = (whole[kind] - rest) / base;
        }
    reducer_sum(reducer, &limb[0][0], KINDS * LIMBS);
    for (size_t kind = 0; reducer != NULL && kind < KINDS; kind++)
        whole[kind] = ((__int128)limb[kind][2] * base + limb[kind][1]) * base + limb[kind][0];
}

static int64_t weight_of(const struct counting *c, size_t m)
{
    return walked_weight(&c->walked, &c->walked.items[m]);
}

/* People are counted: weight times weight, whole numbers. */
static void total_counted(const struct counting *c, double total[KINDS])
{
    __int128 whole[KINDS] = {0};

    for (size_t m = 0; m < c->walked.n; m++) {
        const union row_pairs *const pairs = &c->pairs[m];
        const int64_t weight = weight_of(c, m);
        whole[0] += (__int128)(int64_t)pairs->good * weight;
        whole[1] += (__int128)(int64_t)pairs->bad * weight;
        whole[2] += (__int128)(int64_t)pairs->tied * weight;
    }
    sum_everywhere(c->rows->reducer, whole);
    for (size_t kind = 0; kind < KINDS; kind++)
        total[kind] = (double)whole[kind];
}

static int total_weighted(const struct counting *c, double total[KINDS])
{
    struct exact_sum sum[KINDS];

    for (size_t kind = 0; kind < KINDS; kind++)
        exact_sum_init(&sum[kind]);
    for (size_t m = 0; m < c->walked.n; m++) {
        const double parts[KINDS] = {c->pairs[m].good, c->pairs[m].bad, c->pairs[m].tied};
        const double weight = (double)weight_of(c, m) * c->scale.down;
        for (size_t kind = 0; kind < KINDS; kind++)
            exact_sum_add_product(&sum[kind], parts[kind], weight, 1);
    }
    const int status = reducer_exact_sums(c->rows->reducer, sum, KINDS);
    for (size_t kind = 0; kind < KINDS && status == GSL_SUCCESS; kind++)
        exact_sum_round(&sum[kind], &total[kind]);
    return status;
}

/* w times the influence of a row, all its copies together. */
static double influence_of(const struct counting *c, size_t m, double somers, double n_pair)
{
    const union row_pairs *const pairs = &c->pairs[m];
    const double sum = pairs->good + pairs->bad + pairs->tied;

    return (double)weight_of(c, m) * c->scale.down * ((pairs->good - pairs->bad) - somers * sum) / (2 * n_pair);
}

/* What a row adds to the sum of its cluster, on its way home. */
struct share {
    int64_t cluster, whole;
};

/* Shares of rows whose cluster is another place's go there, and are added. */
static int send_shares(const struct counting *c, const struct fixed_scale *scale, const double *influence, int64_t *sum)
{
    const struct reducer *const reducer = c->rows->reducer;
    const size_t n_places = reducer->n_places;
    size_t *const first = calloc(n_places + 2, sizeof *first);
    struct share *const shares = malloc((c->walked.n + 1) * sizeof *shares);
    struct reducer_bytes came = {0};
    int status = reducer_status(reducer, first == NULL || shares == NULL ? GSL_ENOMEM : GSL_SUCCESS);

    for (size_t m = 0; status == GSL_SUCCESS && m < c->walked.n; m++)
        first[c->cluster[c->walked.items[m].row] >> OWNER_BITS]++;
    if (status == GSL_SUCCESS) {
        first[0] = 0; /* those of shared clusters do not go */
        for (size_t k = 1; k <= n_places; k++)
            first[k] += first[k - 1];
        for (size_t m = 0; m < c->walked.n; m++) {
            const int64_t word = c->cluster[c->walked.items[m].row], owner = word >> OWNER_BITS;
            if (owner > 0)
                shares[first[owner - 1]++] = (struct share){word & (((int64_t)1 << OWNER_BITS) - 1), fixed_part(scale, influence[m])};
        }
        for (size_t k = n_places; k > 0; k--)
            first[k] = first[k - 1];
        first[0] = 0;
        for (size_t k = 0; k <= n_places; k++)
            first[k] *= sizeof *shares;
        status = reducer->exchange(reducer->context, shares, first, &came);
    }
    for (size_t k = 0; status == GSL_SUCCESS && k < came.n / sizeof *shares; k++) {
        const struct share *const share = (const struct share *)(void *)came.bytes + k;
        sum[share->cluster] += share->whole;
    }
    free(came.bytes);
    free(shares);
    free(first);
    return status;
}

/* sum [clusters->n]: of those of this place, and of the shared ones. */
static int sum_clusters(const struct counting *c, const struct clusters *clusters, const struct fixed_scale *scale,
                        const double *influence, int64_t *sum)
{
    for (size_t m = 0; m < c->walked.n; m++) {
        const int64_t word = c->cluster[c->walked.items[m].row];
        if (word >> OWNER_BITS == 0)
            sum[word] += fixed_part(scale, influence[m]);
    }
    if (c->rows->reducer == NULL)
        return GSL_SUCCESS;
    reducer_sum(c->rows->reducer, sum, clusters->n_shared);
    return send_shares(c, scale, influence, sum);
}

/* Squares of the sums of clusters, of influence [walked.n]. */
static int square_clusters(const struct counting *c, const double *influence, const struct clusters *clusters, double *squares)
{
    const struct reducer *const reducer = c->rows->reducer;
    double largest = largest_magnitude(influence, c->walked.n);
    int64_t n = (int64_t)c->walked.n, *const sum = calloc(clusters->n + 1, sizeof *sum);
    double *const total = malloc((clusters->n + 1) * sizeof *total);
    struct fixed_scale scale;

    reducer_size(reducer, &n, &largest);
    int status = reducer_status(reducer, sum == NULL || total == NULL ? GSL_ENOMEM : fixed_scale_init(&scale, largest, (uint64_t)n));
    if (status == GSL_SUCCESS)
        status = sum_clusters(c, clusters, &scale, influence, sum);
    if (status == GSL_SUCCESS) {
        size_t n_mine = 0;
        for (size_t g = 0; g < clusters->n; g++)
            if (sum[g] != 0 && clusters_is_mine(clusters, reducer, g))
                total[n_mine++] = (double)sum[g] * scale.down;
        *squares = square_sum_all(total, n_mine, reducer);
    }
    free(total);
    free(sum);
    return status;
}

static int find_variance(const struct counting *c, const struct clusters *clusters, double somers, double n_pair, double *variance)
{
    const bool copies = c->cluster == NULL && c->rows->frequency != NULL;
    double *const influence = malloc((c->walked.n + 1) * sizeof *influence);
    int status = influence == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    for (size_t m = 0; m < c->walked.n && status == GSL_SUCCESS; m++) {
        influence[m] = influence_of(c, m, somers, n_pair);
        if (copies) /* every copy by itself */
            influence[m] /= sqrt((double)weight_of(c, m));
    }
    if (status == GSL_SUCCESS && c->cluster != NULL)
        status = square_clusters(c, influence, clusters, variance);
    else if (status == GSL_SUCCESS)
        *variance = square_sum_all(influence, c->walked.n, c->rows->reducer);
    free(influence);
    return status;
}

/* Every pair was counted from both sides. */
static int add_up(const struct counting *c, const struct clusters *clusters, struct concordance *result)
{
    double total[KINDS], variance;
    int status = GSL_SUCCESS;

    if (c->scale.down == 1)
        total_counted(c, total);
    else
        status = total_weighted(c, total);
    if (status != GSL_SUCCESS)
        return status;
    result->concordant = total[0] / 2;
    result->discordant = total[1] / 2;
    result->tied = total[2] / 2;
    const double n_pair = result->concordant + result->discordant + result->tied;
    if (!(n_pair > 0))
        return GSL_SUCCESS;
    const double somers = (result->concordant - result->discordant) / n_pair;
    result->estimate = (somers + 1) / 2;
    if ((status = find_variance(c, clusters, somers, n_pair, &variance)) == GSL_SUCCESS)
        result->std_err = sqrt(variance);
    return status;
}

int concordance_solve(const struct cox_rows *rows, const double *prediction, const struct clusters *clusters,
                      struct concordance *result)
{
    struct counting c = {.rows = rows};
    int status = GSL_SUCCESS;

    *result = (struct concordance){.estimate = NAN, .std_err = NAN};
    for (size_t i = 0; i < rows->n; i++)
        if (!isfinite(prediction[i]))
            status = GSL_EINVAL;
    if ((status = reducer_status(rows->reducer, status)) != GSL_SUCCESS)
        return status;
    if ((status = place(&c, prediction, clusters)) == GSL_SUCCESS && (status = count_pairs(&c)) == GSL_SUCCESS)
        status = add_up(&c, clusters, result);
    clear(&c);
    return status;
}
