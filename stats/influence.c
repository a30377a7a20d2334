/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/influence.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/design_total.h"
#include "stats/square_sum.h"
#include "stats/vectors.h"

enum { MANY = 1 << 16 }; /* rows, from which on it pays to take them on several threads */

/* q' I^-1 of each d as coefficients v [n_d * p], so that the second term is v' s_i; work [n_d * n]. */
static int model_vectors(const struct influence_model *model, size_t n, const double *const *d, size_t n_d, double *work, double *v)
{
    const size_t p = model->fit->p;
    double *const q = malloc((n_d * (p + 1) + 1) * sizeof *q), *const bounds = q + n_d * p;
    const double **const c = malloc((n_d + 1) * sizeof *c);
    int status = q == NULL || c == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    for (size_t k = 0; k < n_d && status == GSL_SUCCESS; k++) {
        double *const of = work + k * n;
#pragma omp parallel for num_threads((int)model->n_threads) schedule(static) if (n >= MANY)
        for (size_t i = 0; i < n; i++)
            of[i] = model->slope[i] * d[k][i];
        bounds[k] = largest_magnitude(of, n);
        c[k] = of;
    }
    if (status == GSL_SUCCESS)
        status = design_totals_units(model->fit->layout, c, bounds, n_d, model->n_threads, q);
    for (size_t k = 0; k < n_d && status == GSL_SUCCESS; k++)
        for (size_t j = 0; j < p; j++) {
            double sum = 0;
            for (size_t l = 0; l < p; l++)
                sum += model->fit->standard_inverse[j * p + l] * q[k * p + l];
            v[k * p + j] = sum;
        }
    free(c);
    free(q);
    return status;
}

static int add_model(const struct influence_model *model, size_t n, const double *weight, const double *const *d, size_t n_d,
                     double *const *phi)
{
    double *const work = malloc((n_d * (n + model->fit->p) + 1) * sizeof *work), *const v = work + n_d * n;
    const int status = work == NULL ? GSL_ENOMEM : model_vectors(model, n, d, n_d, work, v);

    for (size_t k = 0; k < n_d && status == GSL_SUCCESS; k++) {
        design_linear_units(model->fit->layout, v + k * model->fit->p, NULL, model->n_threads, work);
#pragma omp parallel for num_threads((int)model->n_threads) schedule(static) if (n >= MANY)
        for (size_t i = 0; i < n; i++) {
            const double f = model->data->weight != NULL ? model->data->weight[i] : 1;

            phi[k][i] = weight[i] * d[k][i];
            if (f > 0)
                phi[k][i] += work[i] * f * glm_residual(model->data, model->fit, i);
        }
    }
    free(work);
    return status;
}

int influence_linear(const struct influence_model *model, size_t n, const double *weight, const double *slope_by_weight,
                     double *phi)
{
    return influence_linear_each(model, n, weight, &slope_by_weight, 1, &phi);
}

int influence_linear_each(const struct influence_model *model, size_t n, const double *weight, const double *const *slopes, size_t n_slopes,
                          double *const *phi)
{
    for (size_t k = 0; k < n_slopes; k++)
        if (isnan(largest_magnitude(slopes[k], n)))
            return GSL_EINVAL;
    if (model != NULL && model->fit != NULL)
        return add_model(model, n, weight, slopes, n_slopes, phi);
    for (size_t k = 0; k < n_slopes; k++)
        for (size_t i = 0; i < n; i++)
            phi[k][i] = weight[i] * slopes[k][i];
    return GSL_SUCCESS;
}

/* What is not finite is told before a root can be none. */
static int sum_squares(size_t n, const double *phi, const double *frequency, const struct reducer *reducer, double *variance)
{
    double *const root = frequency != NULL ? malloc((n + 1) * sizeof *root) : NULL;
    struct fixed_total totals[] = {{0}, {.squares = true}}; /* of phi there is but a bound */

    if (frequency != NULL && root == NULL)
        return GSL_ENOMEM;
    for (size_t i = 0; root != NULL && i < n; i++)
        root[i] = phi[i] / sqrt(frequency[i]);
    fixed_total_see(&totals[0], phi, n);
    fixed_total_see(&totals[1], root != NULL ? root : phi, n);
    fixed_totals_open(totals, 2, reducer);
    const bool bad = isinf(totals[0].bound);
    if (!bad) {
        fixed_total_add(&totals[1], root != NULL ? root : phi, n);
        fixed_totals_close(&totals[1], 1, reducer);
        *variance = totals[1].value;
    }
    free(root);
    return bad ? GSL_EINVAL : GSL_SUCCESS;
}

enum { SLICE = 512 };

/* Both parts of a sum side by side. */
typedef int64_t two_parts __attribute__((vector_size(16), aligned(8), may_alias));

VECTOR_VERSIONS static void add_slice(const struct fixed_scale *scale, const double *phi, const int32_t *restrict cluster, size_t n,
                                      int64_t *sums)
{
    int64_t high[SLICE], low[SLICE];

    vector_split(scale, phi, n, high, low);
    for (size_t i = 0; i < n; i++)
        *(two_parts *)(sums + 2 * (size_t)cluster[i]) += (two_parts){high[i], low[i]};
}

/* Rows of a cluster are added as whole numbers of the largest one's grid, so that their order does not matter. */
static int sum_clusters(size_t n, const double *phi, const int32_t *cluster, size_t n_cluster, const struct reducer *reducer,
                        double *sum, size_t *n_used)
{
    double largest[] = {largest_magnitude(phi, n), (double)n_cluster};
    int64_t n_all = (int64_t)n;

    if (isnan(largest[0]))
        largest[0] = INFINITY;
    reducer_sum_and_largest(reducer, &n_all, 1, largest, 2);
    if (isinf(largest[0]))
        return GSL_EINVAL;
    n_cluster = (size_t)largest[1];
    int64_t *const sums = malloc((2 * n_cluster + 1) * sizeof *sums);
    double *const of_cluster = malloc((n_cluster + 1) * sizeof *of_cluster);
    struct fixed_scale scale;
    const int status = reducer_status(
        reducer, sums == NULL || of_cluster == NULL ? GSL_ENOMEM : fixed_scale_init(&scale, largest[0], (uint64_t)n_all));

    if (status == GSL_SUCCESS)
        memset(sums, 0, 2 * n_cluster * sizeof *sums); /* a page that is read before it is written costs two faults */
    for (size_t first = 0; status == GSL_SUCCESS && first < n; first += SLICE)
        add_slice(&scale, phi + first, cluster + first, n - first < SLICE ? n - first : SLICE, sums);
    if (status == GSL_SUCCESS)
        reducer_sum(reducer, sums, 2 * n_cluster);
    for (size_t g = 0; status == GSL_SUCCESS && g < n_cluster; g++) {
        of_cluster[g] = fixed_value(&scale, sums[2 * g], sums[2 * g + 1]);
        *n_used += of_cluster[g] != 0;
    }
    if (status == GSL_SUCCESS)
        *sum = square_sum(of_cluster, n_cluster);
    free(of_cluster);
    free(sums);
    return status;
}

int influence_sum(size_t n, const double *phi, const int32_t *cluster, size_t n_cluster, double *sum)
{
    return influence_sum_all(n, phi, cluster, n_cluster, NULL, sum);
}

int influence_sum_all(size_t n, const double *phi, const int32_t *cluster, size_t n_cluster, const struct reducer *reducer, double *sum)
{
    size_t n_used = 0;

    *sum = NAN;
    return sum_clusters(n, phi, cluster, n_cluster, reducer, sum, &n_used);
}

int influence_variance(size_t n, const double *phi, const double *frequency, const int32_t *cluster, size_t n_cluster,
                       double *variance)
{
    return influence_variance_all(n, phi, frequency, cluster, n_cluster, NULL, variance);
}

int influence_variance_all(size_t n, const double *phi, const double *frequency, const int32_t *cluster, size_t n_cluster,
                           const struct reducer *reducer, double *variance)
{
    size_t n_used = 0;
    double sum;

    *variance = NAN;
    if (cluster == NULL)
        return sum_squares(n, phi, frequency, reducer, variance);
    const int status = sum_clusters(n, phi, cluster, n_cluster, reducer, &sum, &n_used);

    if (status == GSL_SUCCESS && n_used < 2)
        return GSL_EDOM;
    if (status == GSL_SUCCESS)
        *variance = sum * ((double)n_used / (double)(n_used - 1));
    return status;
}
