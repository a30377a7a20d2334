/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sandwich: sums of squares of clusters, or of rows, between two inverses of the information. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/cholesky.h"
#include "stats/cox_score.h"
#include "stats/vectors.h"

/* Clusters are taken in pieces of fixed size, so that their sums do not depend on the threads; squares of some are added at once. */
enum { CLUSTER_CHUNK = 1024, N_SQUARE = 8 };

/* Columns rounded up to whole vectors. */
static size_t stride_of(size_t p)
{
    return (p + VECTOR_LANES - 1) / VECTOR_LANES * VECTOR_LANES;
}

/* ---- clusters ------------------------------------------------------------------------------------------------------ */

struct squares {
    size_t p, stride;  /* stride: p rounded up to whole vectors */
    size_t n;          /* vectors that wait */
    double *u;         /* [N_SQUARE * stride] */
    double *meat;      /* [p * stride]; what lies right of the diagonal's vector is not meant */
};

VECTOR_INLINE void add_waiting(const struct squares *s, size_t n)
{
    for (size_t i = 0; i < s->p; i++)
        for (size_t j = 0; j <= i; j += VECTOR_LANES) {
            vector_reals *const cell = (vector_reals *)(s->meat + i * s->stride + j);
            vector_reals sum = *cell;
#pragma GCC unroll 8
            for (size_t m = 0; m < n; m++)
                sum += s->u[m * s->stride + i] * *(const vector_reals *)(s->u + m * s->stride + j);
            *cell = sum;
        }
}

/* Vectors are added one after the other, whatever number of them waits: the same bits as one at a time. */
VECTOR_VERSIONS static void add_squares(const struct squares *s)
{
    if (s->n == N_SQUARE)
        add_waiting(s, N_SQUARE);
    else
        add_waiting(s, s->n);
}

/* Adds rows of one cluster, u [n * stride], to its whole numbers. */
VECTOR_VERSIONS static void add_rows(const struct fixed_scale *scale, const double *u, size_t n, size_t stride, int64_t *whole,
                                     int64_t *sum)
{
    for (size_t m = 0; m < n; m++) {
        vector_fixed(scale, u + m * stride, stride, whole);
        for (size_t j = 0; j < stride; j += VECTOR_LANES)
            *(vector_integers *)(sum + j) += *(const vector_integers *)(whole + j);
    }
}

static void close_cluster(struct squares *s, const struct fixed_scale *scale, int64_t *sum)
{
    for (size_t j = 0; j < s->p; j++)
        s->u[s->n * s->stride + j] = (double)sum[j] * scale->down;
    memset(sum, 0, s->stride * sizeof *sum);
    if (++s->n == N_SQUARE) {
        add_squares(s);
        s->n = 0;
    }
}

/* Rows in order of their cluster; first[c] .. first[c + 1] - 1 are those of cluster c. */
static uint32_t *deal_clusters(const struct cox_data *data, const int32_t *cluster, size_t n_cluster, uint32_t *first)
{
    uint32_t *rows = malloc((data->n + 1) * sizeof *rows);

    if (rows == NULL)
        return NULL;
    for (size_t i = 0; i < data->n; i++)
        first[cluster[data->row[i]] + 1]++;
    for (size_t c = 0; c < n_cluster; c++)
        first[c + 1] += first[c];
    for (size_t i = data->n; i-- > 0;)
        rows[--first[cluster[data->row[i]] + 1]] = (uint32_t)i;
    /* first[c + 1] is now where cluster c begins. */
    memmove(first, first + 1, n_cluster * sizeof *first);
    first[n_cluster] = (uint32_t)data->n;
    return rows;
}

/* meat [p * stride] of clusters begin .. end - 1. */
static int cluster_chunk(const struct cox_scores *scores, const uint32_t *first, const uint32_t *rows, size_t begin,
                         size_t end, const struct fixed_scale *scale, size_t stride, double *meat)
{
    double *const u = calloc((COX_SCORE_ROWS + N_SQUARE) * stride + 1, sizeof *u);
    int64_t *const sum = calloc(2 * stride + 1, sizeof *sum);
    struct squares squares = {scores->p, stride, 0, u == NULL ? NULL : u + COX_SCORE_ROWS * stride, meat};
    const bool good = u != NULL && sum != NULL;
    size_t cluster = begin;

    memset(meat, 0, scores->p * stride * sizeof *meat);
    for (size_t k = first[begin]; good && k < first[end];) {
        const size_t n = first[end] - k < COX_SCORE_ROWS ? first[end] - k : COX_SCORE_ROWS, last = k + n;
        const double *next = u;
        cox_score_rows(scores, rows + k, n, stride, u);
        while (k < last) {
            while (first[cluster + 1] <= k)
                cluster++;
            const size_t n_here = (first[cluster + 1] < last ? first[cluster + 1] : last) - k;
            add_rows(scale, next, n_here, stride, sum + stride, sum);
            next += n_here * stride;
            k += n_here;
            if (k == first[cluster + 1])
                close_cluster(&squares, scale, sum);
        }
    }
    if (good)
        add_squares(&squares);
    free(u);
    free(sum);
    return good ? GSL_SUCCESS : GSL_ENOMEM;
}

static int clustered_meat(const struct cox_scores *scores, const int32_t *cluster, size_t n_cluster, double *meat)
{
    const struct cox_data *data = cox_work_data(scores->work);
    const size_t p = scores->p, stride = stride_of(p);
    const size_t n_chunk = (n_cluster + CLUSTER_CHUNK - 1) / CLUSTER_CHUNK, size = p * stride;
    const int n_threads = (int)cox_work_threads(scores->work);
    uint32_t *first = calloc(n_cluster + 2, sizeof *first);
    uint32_t *rows = first != NULL ? deal_clusters(data, cluster, n_cluster, first) : NULL;
    double *part = malloc((64 * size + 1) * sizeof *part);
    struct fixed_scale scale;
    int status = rows != NULL && part != NULL ? fixed_scale_init(&scale, scores->bound, data->n) : GSL_ENOMEM;

    for (size_t begin = 0; begin < n_chunk && status == GSL_SUCCESS; begin += 64) {
        const size_t n = n_chunk - begin < 64 ? n_chunk - begin : 64;
#pragma omp parallel for num_threads(n_threads) schedule(dynamic, 1)
        for (size_t k = 0; k < n; k++) {
            const size_t c = (begin + k) * CLUSTER_CHUNK;
            const size_t end = n_cluster - c < CLUSTER_CHUNK ? n_cluster : c + CLUSTER_CHUNK;
            if (cluster_chunk(scores, first, rows, c, end, &scale, stride, part + k * size) != GSL_SUCCESS) {
#pragma omp atomic write
                status = GSL_ENOMEM;
            }
        }
        for (size_t k = 0; k < n && status == GSL_SUCCESS; k++)
            for (size_t i = 0; i < p; i++)
                for (size_t j = 0; j <= i; j++)
                    meat[i * p + j] += part[k * size + i * stride + j];
    }
    free(part);
    free(rows);
    free(first);
    return status;
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

/* sum[a * stride + b] += fixed_part(scale, share u[a] u[b]) for b <= a, and some beyond, which are not meant. */
VECTOR_VERSIONS static void add_products(const struct fixed_scale *scale, double share, const double *u, size_t p, size_t stride,
                                         int64_t *product, int64_t *sum)
{
    double *const scaled = (double *)product;

    for (size_t a = 0; a < p; a++) {
        const size_t n = a / VECTOR_LANES * VECTOR_LANES + VECTOR_LANES;
        const double factor = share * u[a];
        for (size_t b = 0; b < n; b += VECTOR_LANES)
            *(vector_reals *)(scaled + b) = factor * *(const vector_reals *)(u + b);
        vector_fixed(scale, scaled, n, product);
        for (size_t b = 0; b < n; b += VECTOR_LANES)
            *(vector_integers *)(sum + a * stride + b) += *(const vector_integers *)(product + b);
    }
}

/* Every row by itself: products are whole numbers, whose order does not matter.  f copies of u give U U' / f. */
static int plain_meat(const struct cox_scores *scores, double *meat)
{
    const struct cox_data *data = cox_work_data(scores->work);
    const size_t p = scores->p, stride = stride_of(p);
    const int n_threads = (int)cox_work_threads(scores->work);
    struct fixed_scale scale;
    int64_t *total = calloc(p * stride + 1, sizeof *total);
    int status = total != NULL ? fixed_scale_init(&scale, scores->bound * scores->bound, data->n) : GSL_ENOMEM;

    if (status != GSL_SUCCESS) {
        free(total);
        return status;
    }
#pragma omp parallel num_threads(n_threads)
    {
        double *u = calloc((COX_SCORE_ROWS + 1) * stride + 1, sizeof *u);
        int64_t *sum = calloc(p * stride + 1, sizeof *sum);
        const bool good = u != NULL && sum != NULL;
        if (!good) {
#pragma omp atomic write
            status = GSL_ENOMEM;
        }
#pragma omp for schedule(static)
        for (size_t first = 0; first < data->n; first += COX_SCORE_ROWS) {
            const size_t n = data->n - first < COX_SCORE_ROWS ? data->n - first : COX_SCORE_ROWS;
            uint32_t rows[COX_SCORE_ROWS];
            if (!good)
                continue;
            for (size_t m = 0; m < n; m++)
                rows[m] = (uint32_t)(first + m);
            cox_score_rows(scores, rows, n, stride, u);
            for (size_t m = 0; m < n; m++)
                add_products(&scale, data->counted ? 1 / data->weight[first + m] : 1, u + m * stride, p, stride,
                             (int64_t *)(u + COX_SCORE_ROWS * stride), sum);
        }
#pragma omp critical(cox_plain_meat)
        for (size_t j = 0; good && j < p * stride; j++)
            total[j] += sum[j];
        free(u);
        free(sum);
    }
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j <= i; j++)
            meat[i * p + j] = (double)total[i * stride + j] * scale.down;
    free(total);
    return status;
}

/* ---- the whole ---------------------------------------------------------------------------------------------------- */

int cox_robust(const struct cox_scores *scores, const struct cox_fit *fit, const int32_t *cluster, size_t n_cluster,
               double *covariance)
{
    const size_t p = scores->p;
    const double *scale = cox_work_data(scores->work)->copy->scale;
    double *meat = calloc(3 * p * p + 1, sizeof *meat);

    if (meat == NULL)
        return GSL_ENOMEM;
    double *const bread = meat + p * p, *const half = bread + p * p;
    const int status =
        cluster != NULL ? clustered_meat(scores, cluster, n_cluster, meat) : plain_meat(scores, meat);
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < i; j++)
            meat[j * p + i] = meat[i * p + j];
    cholesky_invert(fit->factor, p, fit->left_out, bread);
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++)
            for (size_t k = 0; k < p; k++)
                half[i * p + j] += bread[i * p + k] * meat[k * p + j];
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j <= i; j++) {
            double value = 0;
            for (size_t k = 0; k < p; k++)
                value += half[i * p + k] * bread[k * p + j];
            covariance[i * p + j] = covariance[j * p + i] = value * scale[i] * scale[j];
        }
    free(meat);
    return status;
}
