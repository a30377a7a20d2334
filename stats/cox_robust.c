/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sandwich: sums of squares of clusters, or of rows, between two inverses of the information. */
#include <stdbool.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>

#include "stats/cholesky.h"
#include "stats/cox_clusters.h"
#include "stats/cox_singles.h"
#include "stats/cox_score.h"
#include "stats/vectors.h"

/* Columns rounded up to whole vectors. */
static size_t stride_of(size_t p)
{
    return (p + VECTOR_LANES - 1) / VECTOR_LANES * VECTOR_LANES;
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

/*
 * sum[a * stride + b] += fixed_part(scale, share u[a] u[b]) for b <= a, and some beyond, which are not meant.
 * scaled, product: [stride] workspace.
 */
VECTOR_VERSIONS static void add_products(const struct fixed_scale *scale, double share, const double *u, size_t p, size_t stride,
                                         double *scaled, int64_t *product, int64_t *sum)
{
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
    struct fixed_scale scale;
    int64_t *total = calloc(p * stride + 1, sizeof *total);
    uint8_t *const alone = calloc(data->n + 1, 1);
    const bool pays = cox_singles_pay(scores->work);
    int status = total != NULL && alone != NULL ? fixed_scale_init(&scale, scores->bound * scores->bound, data->n) : GSL_ENOMEM;

    for (size_t i = 0; status == GSL_SUCCESS && pays && i < data->n; i++)
        alone[i] = cox_single(data, i);
    if (status == GSL_SUCCESS && pays)
        status = cox_singles(scores, &(struct cox_single_rows){.alone = alone, .copies = true}, meat);
    if (status != GSL_SUCCESS) {
        free(alone);
        free(total);
        return status;
    }
#pragma omp parallel num_threads((int)cox_work_threads(scores->work))
    {
        double *u = calloc((COX_SCORE_ROWS + 1) * stride + 1, sizeof *u);
        int64_t *sum = calloc((p + 1) * stride + 1, sizeof *sum); /* the last row for products */
        const bool good = u != NULL && sum != NULL;
        if (!good) {
#pragma omp atomic write
            status = GSL_ENOMEM;
        }
#pragma omp for schedule(static)
        for (size_t first = 0; first < data->n; first += COX_SCORE_ROWS) {
            const size_t end = data->n - first < COX_SCORE_ROWS ? data->n : first + COX_SCORE_ROWS;
            uint32_t rows[COX_SCORE_ROWS];
            size_t n = 0;
            for (size_t i = first; good && i < end; i++)
                if (alone[i] == 0)
                    rows[n++] = (uint32_t)i;
            cox_score_rows(scores, rows, n, stride, u);
            for (size_t m = 0; m < n; m++)
                add_products(&scale, data->counted ? 1 / cox_weight(data, rows[m]) : 1, u + m * stride, p, stride,
                             u + COX_SCORE_ROWS * stride, sum + p * stride, sum);
        }
#pragma omp critical(cox_plain_meat)
        for (size_t j = 0; good && j < p * stride; j++)
            total[j] += sum[j];
        free(u);
        free(sum);
    }
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j <= i; j++)
            meat[i * p + j] += (double)total[i * stride + j] * scale.down;
    free(alone);
    free(total);
    return status;
}

/* ---- the whole ---------------------------------------------------------------------------------------------------- */

int cox_robust(const struct cox_scores *scores, const struct cox_fit *fit, const struct clusters *clusters, double *covariance)
{
    const size_t p = scores->p;
    const double *scale = cox_work_data(scores->work)->copy->scale;
    double *meat = calloc(3 * p * p + 1, sizeof *meat);

    if (meat == NULL)
        return GSL_ENOMEM;
    double *const bread = meat + p * p, *const half = bread + p * p;
    const int status = clusters != NULL ? cox_clusters(scores, clusters, meat) : plain_meat(scores, meat);
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
