/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/influence.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "stats/design_total.h"
#include "stats/exact_sum.h"
#include "stats/fixed_sum.h"

/* q' I^-1 as coefficients v, so that the second term is v' s_i. */
static int model_vector(const struct influence_model *model, size_t n, const double *d, double *work, double *v)
{
    const size_t p = model->fit->p;
    double bound = 0;
    double *const q = malloc(p * sizeof *q);

    if (q == NULL)
        return GSL_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        work[i] = model->slope[i] * d[i];
        bound = fabs(work[i]) > bound ? fabs(work[i]) : bound;
    }
    const int status = design_total(&model->fit->copy->matrix, work, bound, model->n_threads, q);

    for (size_t j = 0; j < p && status == GSL_SUCCESS; j++) {
        v[j] = 0;
        for (size_t k = 0; k < p; k++)
            v[j] += model->fit->standard_inverse[j * p + k] * q[k];
    }
    free(q);
    return status;
}

static int add_model(const struct influence_model *model, size_t n, const double *weight, const double *d, double *phi)
{
    double *const work = malloc((n + model->fit->p + 1) * sizeof *work), *const v = work + n;
    int status = work == NULL ? GSL_ENOMEM : model_vector(model, n, d, work, v);

    if (status == GSL_SUCCESS) {
        design_linear(&model->fit->copy->matrix, v, NULL, model->n_threads, work);
        for (size_t i = 0; i < n; i++) {
            const double f = model->data->weight != NULL ? model->data->weight[i] : 1;

            phi[i] = weight[i] * d[i];
            if (f > 0)
                phi[i] += work[i] * f * glm_residual(model->data, model->fit, i);
        }
    }
    free(work);
    return status;
}

int influence_linear(const struct influence_model *model, size_t n, const double *weight, const double *slope_by_weight,
                     double *phi)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(slope_by_weight[i]))
            return GSL_EINVAL;
    if (model != NULL && model->fit != NULL)
        return add_model(model, n, weight, slope_by_weight, phi);
    for (size_t i = 0; i < n; i++)
        phi[i] = weight[i] * slope_by_weight[i];
    return GSL_SUCCESS;
}

static int sum_squares(size_t n, const double *phi, const double *frequency, double *variance)
{
    struct exact_sum sum;

    exact_sum_init(&sum);
    for (size_t i = 0; i < n; i++)
        if (phi[i] != 0)
            exact_sum_add(&sum, phi[i] * phi[i] / (frequency != NULL ? frequency[i] : 1));
    return exact_sum_round(&sum, variance);
}

/* Rows of a cluster are added as whole numbers of the largest one's grid, so that their order does not matter. */
static int sum_clusters(size_t n, const double *phi, const int32_t *cluster, size_t n_cluster, double *variance)
{
    int64_t *const sums = calloc(2 * n_cluster + 1, sizeof *sums);
    struct fixed_scale scale;
    struct exact_sum total;
    double bound = 0;
    size_t n_used = 0;

    for (size_t i = 0; i < n; i++)
        bound = fabs(phi[i]) > bound ? fabs(phi[i]) : bound;
    int status = sums == NULL ? GSL_ENOMEM : fixed_scale_init(&scale, bound, n);

    for (size_t i = 0; status == GSL_SUCCESS && i < n; i++) {
        int64_t high, low;
        fixed_split(&scale, phi[i], &high, &low);
        sums[2 * cluster[i]] += high;
        sums[2 * cluster[i] + 1] += low;
    }
    exact_sum_init(&total);
    for (size_t g = 0; status == GSL_SUCCESS && g < n_cluster; g++) {
        const double of_cluster = fixed_value(&scale, sums[2 * g], sums[2 * g + 1]);

        exact_sum_add(&total, of_cluster * of_cluster);
        n_used += of_cluster != 0;
    }
    free(sums);
    if (status != GSL_SUCCESS)
        return status;
    status = exact_sum_round(&total, variance);
    if (n_used < 2)
        return GSL_EDOM;
    *variance *= (double)n_used / (double)(n_used - 1);
    return status;
}

int influence_variance(size_t n, const double *phi, const double *frequency, const int32_t *cluster, size_t n_cluster,
                       double *variance)
{
    *variance = NAN;
    for (size_t i = 0; i < n; i++)
        if (!isfinite(phi[i]))
            return GSL_EINVAL;
    return cluster != NULL ? sum_clusters(n, phi, cluster, n_cluster, variance)
                           : sum_squares(n, phi, frequency, variance);
}
