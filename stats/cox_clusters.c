/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/cox_clusters.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/cox_singles.h"
#include "stats/vectors.h"

/* Clusters are taken in pieces of fixed size, so that their sums do not depend on the threads; squares of some are added at once. */
enum { CLUSTER_CHUNK = 1024, CHUNKS_AT_ONCE = 64, N_SQUARE = 8 };

/* ---- rows, dealt to pieces of the clusters -------------------------------------------------------------------------------- */

/* What the score of a row needs; behind it the numbers of units that have one, and the codes of all units. */
struct dealt_row {
    double risk, factor, event; /* r; w delta - r A; w delta */
    uint32_t cluster, last;
    uint32_t from;              /* 0, or the first position at which it was at risk */
};

struct dealt {
    const struct cox_scores *scores;
    const struct gram_layout *layout;
    size_t n_cluster;
    size_t n_value, size;  /* numbers of a row; bytes of a row */
    size_t stride;         /* p rounded up to whole vectors */
    const int64_t *n_dealt; /* [n_cluster] rows in all places that are dealt; NULL: all are here */
    unsigned char *rows;   /* those of a piece together */
    uint32_t *first;       /* [pieces + 1] */
    size_t *start;         /* [n_unit] where the columns of a unit's cells begin */
    int32_t *column;       /* by unit, cell and block; stride where a level has none */
};

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

static void put_row(const struct dealt *dealt, size_t i, uint32_t cluster, unsigned char *to)
{
    const struct cox_work *work = dealt->scores->work;
    const struct cox_data *data = cox_work_data(work);
    struct dealt_row *const row = (struct dealt_row *)(void *)to;
    double *value = (double *)(void *)(row + 1);
    uint16_t *code = (uint16_t *)(void *)(value + dealt->n_value);
    const double event = data->dead[i] != 0 ? cox_weight(data, i) : 0;

    *row = (struct dealt_row){.risk = cox_work_risk(work)[i], .factor = event - cox_work_exposure(work)[i], .event = event,
                              .cluster = cluster, .last = data->last[i], .from = cox_single(data, i) ? 0 : data->from[i]};
    for (size_t u = 1; u < dealt->layout->n_unit; u++) {
        const struct gram_unit *unit = &dealt->layout->unit[u];
        if (unit->value != NULL)
            *value++ = unit->value[i];
        *code++ = unit->code != NULL ? unit->code[i] : 0;
    }
}

/* first[k] .. first[k + 1] - 1 are the rows of piece k, in order of time. */
static void deal_rows(const struct dealt *dealt, const uint32_t *of, const uint8_t *alone)
{
    const size_t n = cox_work_data(dealt->scores->work)->n, n_piece = (dealt->n_cluster + CLUSTER_CHUNK - 1) / CLUSTER_CHUNK;
    uint32_t *const first = dealt->first;

    for (size_t i = 0; i < n; i++)
        first[of[i] / CLUSTER_CHUNK + 1] += alone[i] == 0;
    for (size_t k = 0; k < n_piece; k++)
        first[k + 1] += first[k];
    const uint32_t all = first[n_piece];
    for (size_t i = n; i-- > 0;)
        if (alone[i] == 0)
            put_row(dealt, i, of[i], dealt->rows + --first[of[i] / CLUSTER_CHUNK + 1] * dealt->size);
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

static int dealt_make(const struct cox_scores *scores, size_t n_cluster, const uint32_t *of, const uint8_t *alone,
                      const int64_t *n_dealt, struct dealt *dealt)
{
    const struct cox_data *data = cox_work_data(scores->work);
    const struct gram_layout *layout = data->layout;
    size_t n_value = 0, n_row = 1;

    for (size_t u = 0; u < layout->n_unit; u++)
        n_value += layout->unit[u].value != NULL;
    for (size_t i = 0; i < data->n; i++)
        n_row += alone[i] == 0;
    const size_t n_code = layout->n_unit - 1, per = sizeof(double) / sizeof(uint16_t);
    *dealt = (struct dealt){
        .scores = scores,
        .layout = layout,
        .n_cluster = n_cluster,
        .n_dealt = n_dealt,
        .n_value = n_value,
        .size = sizeof(struct dealt_row) + (n_value + (n_code + per - 1) / per) * sizeof(double),
        .stride = (scores->p + VECTOR_LANES - 1) / VECTOR_LANES * VECTOR_LANES,
        .first = calloc(n_cluster / CLUSTER_CHUNK + 3, sizeof *dealt->first),
    };
    dealt->rows = malloc(n_row * dealt->size);
    if (dealt->first == NULL || dealt->rows == NULL || !list_columns(dealt))
        return GSL_ENOMEM;
    deal_rows(dealt, of, alone);
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
    double *waiting;   /* [N_SQUARE * stride] */
    double *u;         /* [stride + 1] of a row */
    int64_t *whole;    /* [stride] of a row */
    int64_t *sum;      /* [stride] of a cluster */
    double *meat;      /* [p * stride]; what lies right of the diagonal's vector is not meant */
};

/* Vectors are added one after the other, whatever number of them waits: the same bits as one at a time. */
VECTOR_INLINE void add_waiting(const struct squares *s, size_t n)
{
    for (size_t i = 0; i < s->p; i++)
        for (size_t j = 0; j <= i; j += VECTOR_LANES) {
            vector_reals *const cell = (vector_reals *)(s->meat + i * s->stride + j);
            vector_reals sum = *cell;
#pragma GCC unroll 8
            for (size_t m = 0; m < n; m++)
                sum += s->waiting[m * s->stride + i] * *(const vector_reals *)(s->waiting + m * s->stride + j);
            *cell = sum;
        }
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

VECTOR_INLINE void close_cluster(struct squares *s, const struct fixed_scale *scale)
{
    double *const u = s->waiting + s->n * s->stride;

    for (size_t j = 0; j < s->stride; j++)
        u[j] = (double)s->sum[j] * scale->down;
    memset(s->sum, 0, s->stride * sizeof *s->sum);
    if (++s->n == N_SQUARE) {
        add_waiting(s, N_SQUARE);
        s->n = 0;
    }
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
        place[row_at(dealt, m)->cluster % CLUSTER_CHUNK + 1]++;
    for (size_t c = 0; c < CLUSTER_CHUNK; c++)
        place[c + 1] += place[c];
    for (size_t m = first; m < last; m++)
        order[place[row_at(dealt, m)->cluster % CLUSTER_CHUNK]++] = (uint32_t)m;
}

VECTOR_VERSIONS static void add_clusters(const struct dealt *dealt, const uint32_t *order, size_t n, const struct fixed_scale *scale,
                                         struct squares *s)
{
    for (size_t k = 0; k < n; k++) {
        const struct dealt_row *const row = row_at(dealt, order[k]);
        add_row(dealt, row, scale, s);
        if (k + 1 == n || row_at(dealt, order[k + 1])->cluster != row->cluster)
            close_cluster(s, scale);
    }
    add_waiting(s, s->n);
}

/* Sums of the clusters of a piece over the rows that are here: [CLUSTER_CHUNK * p] whole numbers. */
VECTOR_VERSIONS static void sum_clusters(const struct dealt *dealt, size_t piece, const struct fixed_scale *scale, const struct squares *s,
                                         int64_t *sums)
{
    memset(sums, 0, CLUSTER_CHUNK * s->p * sizeof *sums);
    for (size_t m = dealt->first[piece]; m < dealt->first[piece + 1]; m++) {
        const struct dealt_row *const row = row_at(dealt, m);
        int64_t *const sum = sums + row->cluster % CLUSTER_CHUNK * s->p;
        score_means(dealt, row, s->u);
        score_columns(dealt, row, s->u);
        vector_fixed(scale, s->u, s->stride, s->whole);
        for (size_t j = 0; j < s->p; j++)
            sum[j] += s->whole[j];
    }
}

/* n_dealt [clusters of the piece]: rows anywhere; those with none are left out, as they are where all rows are here. */
VECTOR_VERSIONS static void square_sums(const int64_t *sums, const int64_t *n_dealt, size_t n, const struct fixed_scale *scale, struct squares *s)
{
    for (size_t c = 0; c < n; c++) {
        if (n_dealt[c] == 0)
            continue;
        memcpy(s->sum, sums + c * s->p, s->p * sizeof *s->sum);
        close_cluster(s, scale);
    }
    add_waiting(s, s->n);
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

/* meat [p * stride] of a piece whose clusters have rows in several places. */
static int add_shared_piece(const struct dealt *dealt, size_t piece, const struct fixed_scale *scale, double *meat)
{
    const struct reducer *const reducer = cox_work_data(dealt->scores->work)->reducer;
    const size_t p = dealt->scores->p, stride = dealt->stride, first = piece * CLUSTER_CHUNK;
    const size_t n = dealt->n_cluster - first < CLUSTER_CHUNK ? dealt->n_cluster - first : CLUSTER_CHUNK;
    double *const room = calloc((N_SQUARE + 1) * stride + 1, sizeof *room);
    int64_t *const whole = calloc(2 * stride + 2 * CLUSTER_CHUNK * p + 1, sizeof *whole), *const sums = whole + 2 * stride,
                  *const packed = sums + CLUSTER_CHUNK * p;
    const bool good = room != NULL && whole != NULL;

    memset(meat, 0, p * stride * sizeof *meat);
    if (good) {
        struct squares squares = {.p = p, .stride = stride, .waiting = room, .u = room + N_SQUARE * stride,
                                  .whole = whole, .sum = whole + stride, .meat = meat};
        sum_clusters(dealt, piece, scale, &squares, sums);
        reducer_sum(reducer, packed, move_used(sums, dealt->n_dealt + first, n, p, packed, false) * p);
        move_used(sums, dealt->n_dealt + first, n, p, packed, true);
        square_sums(sums, dealt->n_dealt + first, n, scale, &squares);
    }
    free(room);
    free(whole);
    return good ? GSL_SUCCESS : GSL_ENOMEM;
}

/* meat [p * stride] of a piece. */
static int add_piece(const struct dealt *dealt, size_t piece, const struct fixed_scale *scale, double *meat)
{
    const size_t p = dealt->scores->p, stride = dealt->stride, first = dealt->first[piece], n = dealt->first[piece + 1] - first;
    double *const room = calloc((N_SQUARE + 1) * stride + 1, sizeof *room);
    int64_t *const whole = calloc(2 * stride + 1, sizeof *whole);
    uint32_t *const order = malloc((n + 1) * sizeof *order);
    const bool good = room != NULL && whole != NULL && order != NULL;

    memset(meat, 0, p * stride * sizeof *meat);
    if (good) {
        struct squares squares = {.p = p, .stride = stride, .waiting = room, .u = room + N_SQUARE * stride,
                                  .whole = whole, .sum = whole + stride, .meat = meat};
        order_rows(dealt, first, first + n, order);
        add_clusters(dealt, order, n, scale, &squares);
    }
    free(order);
    free(room);
    free(whole);
    return good ? GSL_SUCCESS : GSL_ENOMEM;
}

static void add_lower(const double *part, size_t p, size_t stride, double *meat)
{
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j <= i; j++)
            meat[i * p + j] += part[i * stride + j];
}

static int add_pieces(const struct dealt *dealt, double *meat)
{
    const struct cox_work *work = dealt->scores->work;
    const size_t n_piece = (dealt->n_cluster + CLUSTER_CHUNK - 1) / CLUSTER_CHUNK, size = dealt->scores->p * dealt->stride;
    double *part = malloc((CHUNKS_AT_ONCE * size + 1) * sizeof *part);
    struct fixed_scale scale;
    int status = part == NULL ? GSL_ENOMEM : fixed_scale_init(&scale, dealt->scores->bound, cox_work_data(work)->n_everywhere);

    for (size_t begin = 0; begin < n_piece && status == GSL_SUCCESS; begin += CHUNKS_AT_ONCE) {
        const size_t n = n_piece - begin < CHUNKS_AT_ONCE ? n_piece - begin : CHUNKS_AT_ONCE;
        for (size_t k = 0; k < n && dealt->n_dealt != NULL && status == GSL_SUCCESS; k++)
            status = add_shared_piece(dealt, begin + k, &scale, part + k * size);
#pragma omp parallel for num_threads((int)cox_work_threads(work)) schedule(dynamic, 1)
        for (size_t k = 0; k < n; k++)
            if (dealt->n_dealt == NULL && add_piece(dealt, begin + k, &scale, part + k * size) != GSL_SUCCESS) {
#pragma omp atomic write
                status = GSL_ENOMEM;
            }
        for (size_t k = 0; k < n && status == GSL_SUCCESS; k++)
            add_lower(part + k * size, dealt->scores->p, dealt->stride, meat);
    }
    free(part);
    return status;
}

/* of: [n] the cluster of each row; alone: [n] rows that tables take; count: [n_cluster] rows in all places that they do not take */
static void find_alone(const struct cox_scores *scores, const int32_t *cluster, size_t n_cluster, uint32_t *of, uint8_t *alone,
                       int64_t *count)
{
    const struct cox_data *data = cox_work_data(scores->work);
    const bool pays = cox_singles_pay(scores->work);

    for (size_t i = 0; i < data->n; i++)
        count[of[i] = (uint32_t)cluster[data->row[i]]]++;
    reducer_sum(data->reducer, count, n_cluster);
    for (size_t i = 0; i < data->n; i++)
        alone[i] = pays && count[of[i]] == 1 && cox_single(data, i);
    if (data->reducer == NULL) /* nobody asks */
        return;
    memset(count, 0, n_cluster * sizeof *count);
    for (size_t i = 0; i < data->n; i++)
        count[of[i]] += alone[i] == 0;
    reducer_sum(data->reducer, count, n_cluster);
}

int cox_clusters(const struct cox_scores *scores, const int32_t *cluster, size_t n_cluster, double *meat)
{
    const struct cox_data *data = cox_work_data(scores->work);
    uint32_t *const of = malloc((data->n + 1) * sizeof *of);
    uint8_t *const alone = malloc(data->n + 1);
    int64_t *const count = calloc(n_cluster + 1, sizeof *count);
    struct dealt dealt = {0};
    int status = of != NULL && alone != NULL && count != NULL ? GSL_SUCCESS : GSL_ENOMEM;

    if (status == GSL_SUCCESS)
        find_alone(scores, cluster, n_cluster, of, alone, count);
    if (status == GSL_SUCCESS && cox_singles_pay(scores->work))
        status = cox_singles(scores, &(struct cox_single_rows){.alone = alone}, meat);
    if (status == GSL_SUCCESS)
        status = dealt_make(scores, n_cluster, of, alone, data->reducer != NULL ? count : NULL, &dealt);
    if (status == GSL_SUCCESS)
        status = add_pieces(&dealt, meat);
    dealt_clear(&dealt);
    free(count);
    free(alone);
    free(of);
    return status;
}
