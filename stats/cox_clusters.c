/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/cox_clusters.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/cox_singles.h"
#include "stats/outer_sum.h"
#include "stats/vectors.h"

/* Clusters are taken in pieces, of which some at once; squares of some clusters are added at once. */
enum { CLUSTER_CHUNK = 1024, N_SQUARE = 8 };

/* ---- rows, dealt to pieces of the clusters -------------------------------------------------------------------------------- */

/* What the score of a row needs; behind it the numbers of units that have one, and the codes of all units. */
struct dealt_row {
    double risk, factor, event; /* r; w delta - r A; w delta */
    uint32_t slot, last;
    uint32_t from;              /* 0, or the first position at which it was at risk */
};

struct dealt {
    const struct cox_scores *scores;
    const struct gram_layout *layout;
    const struct clusters *clusters;
    size_t n_shared, n_shared_piece, n_piece; /* the first pieces are of clusters with rows in several places, those after them not */
    size_t n_value, size;  /* numbers of a row; bytes of a row */
    size_t stride;         /* p rounded up to whole vectors */
    const int64_t *n_dealt; /* [n_shared] rows in all places that are dealt */
    struct fixed_scale scale; /* of the sums of clusters */
    double bound;          /* of those */
    unsigned char *rows;   /* those of a piece together */
    uint32_t *first;       /* [pieces + 1] */
    size_t *start;         /* [n_unit] where the columns of a unit's cells begin */
    int32_t *column;       /* by unit, cell and block; stride where a level has none */
};

/* Slots of shared clusters fill pieces of their own. */
static size_t slot_of(const struct dealt *dealt, size_t cluster)
{
    return cluster < dealt->n_shared ? cluster : dealt->n_shared_piece * CLUSTER_CHUNK + cluster - dealt->n_shared;
}

/* The columns of every cell, so that a row looks up each of its units once. */
static bool list_columns(struct dealt *dealt)
{
    const struct gram_layout *layout = dealt->layout;
    size_t n = 0;

    if ((dealt->start = malloc((layout->n_unit + 1) * sizeof *dealt->start)) == NULL)
        return false;
    for (size_t u = 0; u < layout->n_unit; u++) {
        dealt->start[u] = n;
        n += layout->unit[u].n_cell * layout->unit[u].n_block;
    }
    if ((dealt->column = malloc((n + 1) * sizeof *dealt->column)) == NULL)
        return false;
    for (size_t u = 0; u < layout->n_unit; u++) {
        const struct gram_unit *unit = &layout->unit[u];
        for (size_t k = 0; k < unit->n_cell * unit->n_block; k++) {
            const int32_t column = layout->design->block[unit->block[k % unit->n_block]].column[unit->level[k]];
            dealt->column[dealt->start[u] + k] = column >= 0 ? column : (int32_t)dealt->stride;
        }
    }
    return true;
}

static void put_row(const struct dealt *dealt, size_t i, size_t slot, unsigned char *to)
{
    const struct cox_work *work = dealt->scores->work;
    const struct cox_data *data = cox_work_data(work);
    struct dealt_row *const row = (struct dealt_row *)(void *)to;
    double *value = (double *)(void *)(row + 1);
    uint16_t *code = (uint16_t *)(void *)(value + dealt->n_value);
    const double event = data->dead[i] != 0 ? cox_weight(data, i) : 0;

    *row = (struct dealt_row){.risk = cox_work_risk(work)[i], .factor = event - cox_work_exposure(work)[i], .event = event,
                              .slot = (uint32_t)slot, .last = data->last[i], .from = cox_single(data, i) ? 0 : data->from[i]};
    for (size_t u = 1; u < dealt->layout->n_unit; u++) {
        const struct gram_unit *unit = &dealt->layout->unit[u];
        if (unit->value != NULL)
            *value++ = unit->value[i];
        *code++ = unit->code != NULL ? unit->code[i] : 0;
    }
}

/* first[k] .. first[k + 1] - 1 are the rows of piece k, in order of time. */
static void deal_rows(const struct dealt *dealt, const uint8_t *alone)
{
    const struct cox_data *const data = cox_work_data(dealt->scores->work);
    const int32_t *const of = dealt->clusters->of;
    const size_t n = data->n, n_piece = dealt->n_piece;
    uint32_t *const first = dealt->first;

    for (size_t i = 0; i < n; i++)
        first[slot_of(dealt, (size_t)of[data->row[i]]) / CLUSTER_CHUNK + 1] += alone[i] == 0;
    for (size_t k = 0; k < n_piece; k++)
        first[k + 1] += first[k];
    const uint32_t all = first[n_piece];
    for (size_t i = n; i-- > 0;) {
        const size_t slot = slot_of(dealt, (size_t)of[data->row[i]]);
        if (alone[i] == 0)
            put_row(dealt, i, slot, dealt->rows + --first[slot / CLUSTER_CHUNK + 1] * dealt->size);
    }
    memmove(first, first + 1, n_piece * sizeof *first);
    first[n_piece] = all;
}

static void dealt_clear(struct dealt *dealt)
{
    free(dealt->rows);
    free(dealt->first);
    free(dealt->start);
    free(dealt->column);
}

static int dealt_make(const struct cox_scores *scores, const struct clusters *clusters, const uint8_t *alone, const int64_t *n_dealt,
                      struct dealt *dealt)
{
    const struct cox_data *data = cox_work_data(scores->work);
    const struct gram_layout *layout = data->layout;
    size_t n_value = 0, n_row = 1;

    for (size_t u = 0; u < layout->n_unit; u++)
        n_value += layout->unit[u].value != NULL;
    for (size_t i = 0; i < data->n; i++)
        n_row += alone[i] == 0;
    const size_t n_code = layout->n_unit - 1, per = sizeof(double) / sizeof(uint16_t);
    const size_t n_shared = data->reducer != NULL ? clusters->n_shared : 0;
    const size_t n_shared_piece = (n_shared + CLUSTER_CHUNK - 1) / CLUSTER_CHUNK;
    const size_t n_piece = n_shared_piece + (clusters->n - n_shared + CLUSTER_CHUNK - 1) / CLUSTER_CHUNK;
    *dealt = (struct dealt){
        .scores = scores,
        .layout = layout,
        .clusters = clusters,
        .n_shared = n_shared,
        .n_shared_piece = n_shared_piece,
        .n_piece = n_piece,
        .n_dealt = n_dealt,
        .n_value = n_value,
        .size = sizeof(struct dealt_row) + (n_value + (n_code + per - 1) / per) * sizeof(double),
        .stride = (scores->p + VECTOR_LANES - 1) / VECTOR_LANES * VECTOR_LANES,
        .first = calloc(n_piece + 3, sizeof *dealt->first),
    };
    dealt->rows = malloc(n_row * dealt->size);
    if (dealt->first == NULL || dealt->rows == NULL || !list_columns(dealt))
        return GSL_ENOMEM;
    deal_rows(dealt, alone);
    return GSL_SUCCESS;
}

/* ---- the score of a row ------------------------------------------------------------------------------------------------ */

/* What the means that it has been through add. */
VECTOR_INLINE void score_means(const struct dealt *dealt, const struct dealt_row *row, double *u)
{
    const struct cox_scores *const scores = dealt->scores;
    const size_t p = scores->p;
    const double *const past = (row->event > 0 ? scores->dead : scores->past) + row->last * p;
    size_t j = 0;

    for (; j + VECTOR_LANES <= p; j += VECTOR_LANES)
        *(vector_reals *)(u + j) = row->risk * *(const vector_reals *)(past + j);
    for (; j < p; j++)
        u[j] = row->risk * past[j];
    if (row->event > 0)
        for (size_t k = 0; k < p; k++)
            u[k] -= row->event * scores->mean[row->last * p + k];
    if (row->from > 0)
        for (size_t k = 0; k < p; k++)
            u[k] -= row->risk * scores->past[(row->from - 1) * p + k];
}

/* What its own columns add; u[stride] takes what belongs to no column. */
VECTOR_INLINE void score_columns(const struct dealt *dealt, const struct dealt_row *row, double *u)
{
    const double *value = (const double *)(const void *)(row + 1);
    const uint16_t *const code = (const uint16_t *)(const void *)(value + dealt->n_value);

    for (size_t v = 1; v < dealt->layout->n_unit; v++) {
        const struct gram_unit *unit = &dealt->layout->unit[v];
        const size_t n = unit->n_block;
        const int32_t *const column = dealt->column + dealt->start[v] + code[v - 1] * n;
        const double add = unit->value != NULL ? row->factor * *value++ : row->factor;
        for (size_t k = 0; k < n; k++)
            u[column[k]] += add;
    }
}

/* ---- clusters ------------------------------------------------------------------------------------------------------------ */

struct squares {
    size_t p, stride;
    size_t n;          /* vectors that wait */
    double *waiting;   /* [N_SQUARE * stride], zeros beyond p */
    double *u;         /* [stride + 1] of a row */
    int64_t *whole;    /* [stride] of a row */
    int64_t *sum;      /* [stride] of a cluster */
    int64_t *shared;   /* [2 * CLUSTER_CHUNK * p] where there are shared clusters */
    struct outer_sum outer;
};

static int squares_make(const struct dealt *dealt, bool shared, struct squares *s)
{
    const size_t p = dealt->scores->p, stride = dealt->stride;

    *s = (struct squares){.p = p, .stride = stride};
    const int status = outer_sum_make(&s->outer, p, dealt->bound, cox_work_data(dealt->scores->work)->n_everywhere);
    s->waiting = calloc((N_SQUARE + 1) * stride + 1, sizeof *s->waiting);
    s->whole = calloc(2 * stride + 1 + (shared ? 2 * CLUSTER_CHUNK * p : 0), sizeof *s->whole);
    if (status != GSL_SUCCESS || s->waiting == NULL || s->whole == NULL)
        return status != GSL_SUCCESS ? status : GSL_ENOMEM;
    s->u = s->waiting + N_SQUARE * stride;
    s->sum = s->whole + stride;
    s->shared = s->sum + stride;
    return GSL_SUCCESS;
}

static void squares_clear(struct squares *s)
{
    outer_sum_clear(&s->outer);
    free(s->waiting);
    free(s->whole);
}

static void add_waiting(struct squares *s)
{
    outer_sum_add(&s->outer, s->waiting, s->n);
    s->n = 0;
}

VECTOR_INLINE void add_row(const struct dealt *dealt, const struct dealt_row *row, const struct fixed_scale *scale,
                           const struct squares *s)
{
    score_means(dealt, row, s->u);
    score_columns(dealt, row, s->u);
    vector_fixed(scale, s->u, s->stride, s->whole);
    for (size_t j = 0; j < s->stride; j += VECTOR_LANES)
        *(vector_integers *)(s->sum + j) += *(const vector_integers *)(s->whole + j);
}

static void close_cluster(struct squares *s, const struct fixed_scale *scale)
{
    double *const u = s->waiting + s->n * s->stride;

    for (size_t j = 0; j < s->p; j++)
        u[j] = (double)s->sum[j] * scale->down;
    memset(s->sum, 0, s->stride * sizeof *s->sum);
    if (++s->n == N_SQUARE)
        add_waiting(s);
}

static const struct dealt_row *row_at(const struct dealt *dealt, size_t m)
{
    return (const struct dealt_row *)(const void *)(dealt->rows + m * dealt->size);
}

/* order: rows first .. last - 1 of a piece, by cluster; any order within one. */
static void order_rows(const struct dealt *dealt, size_t first, size_t last, uint32_t *order)
{
    uint32_t place[CLUSTER_CHUNK + 1] = {0};

    for (size_t m = first; m < last; m++)
        place[row_at(dealt, m)->slot % CLUSTER_CHUNK + 1]++;
    for (size_t c = 0; c < CLUSTER_CHUNK; c++)
        place[c + 1] += place[c];
    for (size_t m = first; m < last; m++)
        order[place[row_at(dealt, m)->slot % CLUSTER_CHUNK]++] = (uint32_t)m;
}

VECTOR_VERSIONS static void add_clusters(const struct dealt *dealt, const uint32_t *order, size_t n, struct squares *s)
{
    for (size_t k = 0; k < n; k++) {
        const struct dealt_row *const row = row_at(dealt, order[k]);
        add_row(dealt, row, &dealt->scale, s);
        if (k + 1 == n || row_at(dealt, order[k + 1])->slot != row->slot)
            close_cluster(s, &dealt->scale);
    }
    add_waiting(s);
}

/* A piece whose clusters have all their rows here. */
static int add_piece(const struct dealt *dealt, size_t piece, struct squares *s)
{
    const size_t first = dealt->first[piece], n = dealt->first[piece + 1] - first;
    uint32_t *const order = malloc((n + 1) * sizeof *order);

    if (order == NULL)
        return GSL_ENOMEM;
    order_rows(dealt, first, first + n, order);
    add_clusters(dealt, order, n, s);
    free(order);
    return GSL_SUCCESS;
}

/* ---- clusters with rows in several places ------------------------------------------------------------------------------- */

/* Sums of the clusters of a piece over the rows that are here: [CLUSTER_CHUNK * p] whole numbers. */
VECTOR_VERSIONS static void sum_clusters(const struct dealt *dealt, size_t piece, const struct squares *s, int64_t *sums)
{
    memset(sums, 0, CLUSTER_CHUNK * s->p * sizeof *sums);
    for (size_t m = dealt->first[piece]; m < dealt->first[piece + 1]; m++) {
        const struct dealt_row *const row = row_at(dealt, m);
        int64_t *const sum = sums + row->slot % CLUSTER_CHUNK * s->p;
        score_means(dealt, row, s->u);
        score_columns(dealt, row, s->u);
        vector_fixed(&dealt->scale, s->u, s->stride, s->whole);
        for (size_t j = 0; j < s->p; j++)
            sum[j] += s->whole[j];
    }
}

/* Brings those with rows together, and back. */
static size_t move_used(int64_t *sums, const int64_t *n_dealt, size_t n, size_t p, int64_t *packed, bool back)
{
    size_t n_used = 0;

    for (size_t c = 0; c < n; c++)
        if (n_dealt[c] > 0) {
            memcpy(back ? sums + c * p : packed + n_used * p, back ? packed + n_used * p : sums + c * p, p * sizeof *sums);
            n_used++;
        }
    return n_used;
}

/* All places have the sums; each squares some. */
static void add_shared_piece(const struct dealt *dealt, size_t piece, struct squares *s)
{
    const struct reducer *const reducer = cox_work_data(dealt->scores->work)->reducer;
    const size_t p = s->p, first = piece * CLUSTER_CHUNK, left = dealt->n_shared - first, n = left < CLUSTER_CHUNK ? left : CLUSTER_CHUNK;
    const int64_t *const n_dealt = dealt->n_dealt + first;
    int64_t *const sums = s->shared, *const packed = sums + CLUSTER_CHUNK * p;

    sum_clusters(dealt, piece, s, sums);
    reducer_sum(reducer, packed, move_used(sums, n_dealt, n, p, packed, false) * p);
    move_used(sums, n_dealt, n, p, packed, true);
    for (size_t c = 0; c < n; c++)
        if (n_dealt[c] > 0 && clusters_is_mine(dealt->clusters, reducer, first + c)) {
            memcpy(s->sum, sums + c * p, p * sizeof *s->sum);
            close_cluster(s, &dealt->scale);
        }
    add_waiting(s);
}

/* ---- all of them ---------------------------------------------------------------------------------------------------------- */

/* Each thread adds for itself: whole numbers, which pieces it takes does not matter. */
static int add_pieces(const struct dealt *dealt, struct squares *all)
{
    int status = GSL_SUCCESS;

#pragma omp parallel num_threads((int)cox_work_threads(dealt->scores->work))
    {
        struct squares own;
        int own_status = squares_make(dealt, false, &own);
#pragma omp for schedule(dynamic, 1)
        for (size_t piece = dealt->n_shared_piece; piece < dealt->n_piece; piece++)
            if (own_status == GSL_SUCCESS)
                own_status = add_piece(dealt, piece, &own);
#pragma omp critical(cox_clusters)
        {
            if (own_status == GSL_SUCCESS)
                outer_sum_merge(&all->outer, &own.outer);
            else
                status = own_status;
        }
        squares_clear(&own);
    }
    return status;
}

static int add_all(const struct dealt *dealt, double *meat)
{
    const struct reducer *const reducer = cox_work_data(dealt->scores->work)->reducer;
    const size_t p = dealt->scores->p;
    double *const squares = malloc((p * p + 1) * sizeof *squares);
    struct squares all;
    int status = squares_make(dealt, dealt->n_shared > 0, &all);

    if (status == GSL_SUCCESS)
        status = squares == NULL ? GSL_ENOMEM : add_pieces(dealt, &all);
    status = reducer_status(reducer, status);
    for (size_t piece = 0; status == GSL_SUCCESS && piece < dealt->n_shared_piece; piece++)
        add_shared_piece(dealt, piece, &all);
    if (status == GSL_SUCCESS) {
        outer_sum_read(&all.outer, reducer, squares);
        for (size_t i = 0; i < p; i++)
            for (size_t j = 0; j <= i; j++)
                meat[i * p + j] += squares[i * p + j];
    }
    squares_clear(&all);
    free(squares);
    return status;
}

/*
 * alone: [n] rows that tables take.  count: [clusters] rows, of shared clusters in all places; then those that tables do not take.
 * *most: of one cluster, anywhere.
 */
static void find_alone(const struct cox_scores *scores, const struct clusters *clusters, uint8_t *alone, int64_t *count, double *most)
{
    const struct cox_data *data = cox_work_data(scores->work);
    const size_t n_shared = data->reducer != NULL ? clusters->n_shared : 0;
    const bool pays = cox_singles_pay(scores->work);
    int64_t largest = 1;

    for (size_t i = 0; i < data->n; i++)
        count[clusters->of[data->row[i]]]++;
    reducer_sum(data->reducer, count, n_shared);
    for (size_t g = 0; g < clusters->n; g++)
        largest = count[g] > largest ? count[g] : largest;
    *most = (double)largest;
    for (size_t i = 0; i < data->n; i++)
        alone[i] = pays && count[clusters->of[data->row[i]]] == 1 && cox_single(data, i);
    memset(count, 0, n_shared * sizeof *count);
    for (size_t i = 0; i < data->n && n_shared > 0; i++)
        if ((size_t)clusters->of[data->row[i]] < n_shared)
            count[clusters->of[data->row[i]]] += alone[i] == 0;
    reducer_sum_and_largest(data->reducer, count, n_shared, most, 1);
}

int cox_clusters(const struct cox_scores *scores, const struct clusters *clusters, double *meat)
{
    const struct cox_data *data = cox_work_data(scores->work);
    uint8_t *const alone = malloc(data->n + 1);
    int64_t *const count = calloc(clusters->n + 1, sizeof *count);
    struct dealt dealt = {0};
    double most = 1;
    int status = reducer_status(data->reducer, alone != NULL && count != NULL ? GSL_SUCCESS : GSL_ENOMEM);

    if (status == GSL_SUCCESS)
        find_alone(scores, clusters, alone, count, &most);
    if (status == GSL_SUCCESS && cox_singles_pay(scores->work))
        status = cox_singles(scores, &(struct cox_single_rows){.alone = alone}, meat);
    if (status == GSL_SUCCESS) {
        status = dealt_make(scores, clusters, alone, count, &dealt);
        if (status == GSL_SUCCESS)
            status = fixed_scale_init(&dealt.scale, scores->bound, data->n_everywhere);
        dealt.bound = scores->bound * most;
        status = reducer_status(data->reducer, status);
    }
    if (status == GSL_SUCCESS)
        status = add_all(&dealt, meat);
    dealt_clear(&dealt);
    free(count);
    free(alone);
    return status;
}
