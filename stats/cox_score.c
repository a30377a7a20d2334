/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/cox_score.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/cholesky.h"

/* Clusters and rows are taken in pieces of fixed size. */
enum { CLUSTER_CHUNK = 1024, ROW_CHUNK = 4096 };

/* ---- by time ------------------------------------------------------------------------------------------------- */

static int visit_position(void *context, size_t k, const struct cox_tied *tied, double s0, const double *s1, double d0,
                          const double *d1)
{
    struct cox_scores *scores = context;
    const size_t p = scores->p;
    const double weight = cox_work_data(scores->work)->dead_weight[k];
    const double *q = tied->square;

    (void)s0;
    (void)d0;
    scores->square[k] = q[0];
    for (size_t j = 0; j < p; j++) {
        scores->past[k * p + j] = q[0] * s1[j] - q[1] * d1[j];
        /* Breslow has no l / d: the dead are treated as all others. */
        scores->dead[k * p + j] = (q[0] - q[1]) * s1[j] - (q[1] - q[2]) * d1[j];
        scores->mean[k * p + j] = (tied->all * s1[j] - (tied->all - tied->dead) * d1[j]) / weight;
    }
    return GSL_SUCCESS;
}

/* From what happens at a position to what has happened up to it. */
static void accumulate(struct cox_scores *scores)
{
    const struct cox_data *data = cox_work_data(scores->work);
    const size_t p = scores->p;

    for (size_t k = 0; k < data->n_axis; k++) {
        if (k == data->stratum_first[k])
            continue;
        for (size_t j = 0; j < p; j++) {
            scores->dead[k * p + j] += scores->past[(k - 1) * p + j];
            scores->past[k * p + j] += scores->past[(k - 1) * p + j];
        }
    }
}

struct cox_scores *cox_scores_alloc(struct cox_work *work)
{
    const struct cox_data *data = cox_work_data(work);
    const size_t p = data->copy->matrix.p;
    struct cox_scores *scores = calloc(1, sizeof *scores);
    double largest = 0;

    if (scores == NULL || (scores->past = malloc((3 * p + 1) * (data->n_axis + 1) * sizeof *scores->past)) == NULL) {
        free(scores);
        return NULL;
    }
    scores->work = work;
    scores->p = p;
    scores->dead = scores->past + data->n_axis * p;
    scores->mean = scores->dead + data->n_axis * p;
    scores->square = scores->mean + data->n_axis * p;
    if (cox_work_walk(work, visit_position, scores) != GSL_SUCCESS) {
        cox_scores_free(scores);
        return NULL;
    }
    accumulate(scores);
    for (size_t i = 0; i < data->n; i++)
        largest = fmax(largest, cox_work_exposure(work)[i]);
    /* |z| < 1, and means are no larger. */
    scores->bound = 2 * (data->weight_max + largest);
    return scores;
}

void cox_scores_free(struct cox_scores *scores)
{
    if (scores == NULL)
        return;
    free(scores->past);
    free(scores);
}

/* ---- by row ------------------------------------------------------------------------------------------------------ */

void cox_score_row(const struct cox_scores *scores, size_t i, double *u)
{
    const struct cox_data *data = cox_work_data(scores->work);
    const struct design_matrix *design = &data->copy->matrix;
    const size_t p = scores->p, k = data->last[i];
    const double r = cox_work_risk(scores->work)[i], events = data->dead[i] != 0 ? cox_weight(data, i) : 0;
    const double factor = events - cox_work_exposure(scores->work)[i];
    const double *restrict past = (data->dead[i] != 0 ? scores->dead : scores->past) + k * p;
    const double *restrict mean = scores->mean + k * p;

    for (size_t j = 0; j < p; j++)
        u[j] = r * past[j];
    if (data->dead[i] != 0)
        for (size_t j = 0; j < p; j++)
            u[j] -= events * mean[j];
    if (data->from != NULL && data->from[i] > data->stratum_first[k]) {
        const double *before = scores->past + (data->from[i] - 1) * p;
        for (size_t j = 0; j < p; j++)
            u[j] -= r * before[j];
    }
    for (size_t b = 0; b < design->n_block; b++) {
        const struct design_block *block = &design->block[b];
        const int32_t column = block->column[block->code != NULL ? block->code[i] : 0];
        if (column >= 0)
            u[column] += block->value != NULL ? factor * block->value[i] : factor;
    }
}

double cox_martingale(const struct cox_work *work, size_t i)
{
    const struct cox_data *data = cox_work_data(work);

    return data->dead[i] - cox_work_exposure(work)[i] / cox_weight(data, i);
}

void cox_schoenfeld(const struct cox_scores *scores, size_t i, double *residual)
{
    const struct cox_data *data = cox_work_data(scores->work);
    const double *mean = scores->mean + data->last[i] * scores->p;

    design_row(&data->copy->matrix, i, residual);
    for (size_t j = 0; j < scores->p; j++)
        residual[j] -= mean[j];
}

/* ---- the middle of the sandwich ------------------------------------------------------------------------------------ */

static void add_square(double *meat, size_t p, const double *u)
{
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j <= i; j++)
            meat[i * p + j] += u[i] * u[j];
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

static int cluster_chunk(const struct cox_scores *scores, const uint32_t *first, const uint32_t *rows, size_t begin,
                         size_t end, const struct fixed_scale *scale, double *meat)
{
    const size_t p = scores->p;
    double *u = malloc((2 * p + 1) * sizeof *u);
    int64_t *sum = malloc((p + 1) * sizeof *sum);

    if (u == NULL || sum == NULL) {
        free(u);
        free(sum);
        return GSL_ENOMEM;
    }
    memset(meat, 0, p * p * sizeof *meat);
    for (size_t c = begin; c < end; c++) {
        if (first[c] == first[c + 1])
            continue;
        memset(sum, 0, p * sizeof *sum);
        for (size_t k = first[c]; k < first[c + 1]; k++) {
            cox_score_row(scores, rows[k], u);
            for (size_t j = 0; j < p; j++)
                sum[j] += fixed_part(scale, u[j]);
        }
        for (size_t j = 0; j < p; j++)
            u[p + j] = (double)sum[j] * scale->down;
        add_square(meat, p, u + p);
    }
    free(u);
    free(sum);
    return GSL_SUCCESS;
}

static int clustered_meat(const struct cox_scores *scores, const int32_t *cluster, size_t n_cluster, double *meat)
{
    const struct cox_data *data = cox_work_data(scores->work);
    const size_t p = scores->p, n_chunk = (n_cluster + CLUSTER_CHUNK - 1) / CLUSTER_CHUNK;
    const int n_threads = (int)cox_work_threads(scores->work);
    uint32_t *first = calloc(n_cluster + 2, sizeof *first);
    uint32_t *rows = first != NULL ? deal_clusters(data, cluster, n_cluster, first) : NULL;
    double *part = malloc((64 * p * p + 1) * sizeof *part);
    struct fixed_scale scale;
    int status = rows != NULL && part != NULL ? fixed_scale_init(&scale, scores->bound, data->n) : GSL_ENOMEM;

    for (size_t begin = 0; begin < n_chunk && status == GSL_SUCCESS; begin += 64) {
        const size_t n = n_chunk - begin < 64 ? n_chunk - begin : 64;
#pragma omp parallel for num_threads(n_threads) schedule(dynamic, 1)
        for (size_t k = 0; k < n; k++) {
            const size_t c = (begin + k) * CLUSTER_CHUNK;
            const size_t end = n_cluster - c < CLUSTER_CHUNK ? n_cluster : c + CLUSTER_CHUNK;
            if (cluster_chunk(scores, first, rows, c, end, &scale, part + k * p * p) != GSL_SUCCESS) {
#pragma omp atomic write
                status = GSL_ENOMEM;
            }
        }
        for (size_t k = 0; k < n && status == GSL_SUCCESS; k++)
            for (size_t j = 0; j < p * p; j++)
                meat[j] += part[k * p * p + j];
    }
    free(part);
    free(rows);
    free(first);
    return status;
}

/* Every row by itself: products are whole numbers, whose order does not matter.  f copies of u give U U' / f. */
static int plain_meat(const struct cox_scores *scores, double *meat)
{
    const struct cox_data *data = cox_work_data(scores->work);
    const size_t p = scores->p;
    const int n_threads = (int)cox_work_threads(scores->work);
    struct fixed_scale scale;
    int64_t *total = calloc(p * p + 1, sizeof *total);
    int status = total != NULL ? fixed_scale_init(&scale, scores->bound * scores->bound, data->n) : GSL_ENOMEM;

    if (status != GSL_SUCCESS) {
        free(total);
        return status;
    }
#pragma omp parallel num_threads(n_threads)
    {
        double *u = malloc((p + 1) * sizeof *u);
        int64_t *sum = calloc(p * p + 1, sizeof *sum);
        const bool good = u != NULL && sum != NULL;
        if (!good) {
#pragma omp atomic write
            status = GSL_ENOMEM;
        }
#pragma omp for schedule(static)
        for (size_t i = 0; i < data->n; i++) {
            if (!good)
                continue;
            cox_score_row(scores, i, u);
            const double share = data->counted ? 1 / data->weight[i] : 1;
            for (size_t a = 0; a < p; a++) {
                const double scaled = share * u[a];
                for (size_t b = 0; b <= a; b++)
                    sum[a * p + b] += fixed_part(&scale, scaled * u[b]);
            }
        }
#pragma omp critical(cox_plain_meat)
        for (size_t j = 0; good && j < p * p; j++)
            total[j] += sum[j];
        free(u);
        free(sum);
    }
    for (size_t j = 0; j < p * p; j++)
        meat[j] = (double)total[j] * scale.down;
    free(total);
    return status;
}

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
