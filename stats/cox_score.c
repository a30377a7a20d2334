/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/cox_score.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>

#include "stats/vectors.h"

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
    largest = reducer_largest(data->reducer, largest);
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

/* to[j] = a x[j], or to[j] -= a x[j]. */
VECTOR_INLINE void set_multiple(double a, const double *x, size_t p, double *to)
{
    size_t j = 0;

    for (; j + VECTOR_LANES <= p; j += VECTOR_LANES)
        *(vector_reals *)(to + j) = a * *(const vector_reals *)(x + j);
    for (; j < p; j++)
        to[j] = a * x[j];
}

VECTOR_INLINE void take_multiple(double a, const double *x, size_t p, double *to)
{
    size_t j = 0;

    for (; j + VECTOR_LANES <= p; j += VECTOR_LANES)
        *(vector_reals *)(to + j) -= a * *(const vector_reals *)(x + j);
    for (; j < p; j++)
        to[j] -= a * x[j];
}

/* What the means that the rows have been through add. */
VECTOR_VERSIONS static void score_means(const struct cox_scores *scores, const uint32_t *rows, size_t n, size_t stride,
                                        double *u)
{
    const struct cox_data *data = cox_work_data(scores->work);
    const double *const risk = cox_work_risk(scores->work);
    const size_t p = scores->p;

    for (size_t m = 0; m < n; m++, u += stride) {
        const size_t i = rows[m], k = data->last[i];
        const bool dead = data->dead[i] != 0;
        set_multiple(risk[i], (dead ? scores->dead : scores->past) + k * p, p, u);
        if (dead)
            take_multiple(cox_weight(data, i), scores->mean + k * p, p, u);
        if (data->from != NULL && data->from[i] > data->stratum_first[k])
            take_multiple(risk[i], scores->past + (data->from[i] - 1) * p, p, u);
    }
}

/* What the rows' own columns add, block by block: reads that do not wait for each other. */
static void score_columns(const struct cox_scores *scores, const uint32_t *rows, size_t n, size_t stride, double *u)
{
    const struct cox_data *data = cox_work_data(scores->work);
    const struct design_matrix *design = &data->copy->matrix;
    const double *const exposure = cox_work_exposure(scores->work);
    double factor[COX_SCORE_ROWS];

    for (size_t m = 0; m < n; m++)
        factor[m] = (data->dead[rows[m]] != 0 ? cox_weight(data, rows[m]) : 0) - exposure[rows[m]];
    for (size_t b = 0; b < design->n_block; b++) {
        const struct design_block *const block = &design->block[b];
        for (size_t m = 0; m < n; m++) {
            const size_t i = rows[m];
            const int32_t column = block->column[block->code != NULL ? block->code[i] : 0];
            if (column >= 0)
                u[m * stride + (size_t)column] += block->value != NULL ? factor[m] * block->value[i] : factor[m];
        }
    }
}

void cox_score_rows(const struct cox_scores *scores, const uint32_t *rows, size_t n, size_t stride, double *u)
{
    score_means(scores, rows, n, stride, u);
    score_columns(scores, rows, n, stride, u);
}

void cox_score_row(const struct cox_scores *scores, size_t i, double *u)
{
    const uint32_t row = (uint32_t)i;

    cox_score_rows(scores, &row, 1, scores->p, u);
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
