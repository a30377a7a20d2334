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
    double *const q = malloc((n_d * (p + 1) + 1) * sizeof *q), *const bounds = q == NULL ? NULL : q + n_d * p;
    const double **const c = malloc((n_d + 1) * sizeof *c);
    int status = q == NULL || c == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    for (size_t k = 0; k < n_d && status == GSL_SUCCESS; k++) {
        double *const of = work + k * n;
#pragma omp parallel for num_threads((int)model->n_threads) schedule(static) if (n >= MANY)
        for (size_t i = 0; i < n; i++)
            of[i] = model->slope != NULL ? model->slope[i] * d[k][i] : d[k][i];
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
    double *const work = malloc((n_d * (n + model->fit->p) + 1) * sizeof *work), *const v = work == NULL ? NULL : work + n_d * n;
    const int status = work == NULL ? GSL_ENOMEM : model_vectors(model, n, d, n_d, work, v);

    for (size_t k = 0; k < n_d && status == GSL_SUCCESS; k++) {
        design_linear_units(model->fit->layout, v + k * model->fit->p, NULL, model->n_threads, work);
#pragma omp parallel for num_threads((int)model->n_threads) schedule(static) if (n >= MANY)
        for (size_t i = 0; i < n; i++) {
            const double f = model->data->weight != NULL ? model->data->weight[i] : 1;

            phi[k][i] = weight != NULL ? weight[i] * d[k][i] : 0;
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
            phi[k][i] = weight != NULL ? weight[i] * slopes[k][i] : 0;
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

/* of_cluster [clusters->n]: what is not 0, of the clusters whose squares this place adds, comes together; returns how many. */
static size_t take_sums(const struct clusters *clusters, const struct fixed_scale *scale, const int64_t *sums,
                        const struct reducer *reducer, double *of_cluster)
{
    size_t n = 0;

    for (size_t g = 0; g < clusters->n; g++)
        if (clusters_is_mine(clusters, reducer, g) && (of_cluster[n] = fixed_value(scale, sums[2 * g], sums[2 * g + 1])) != 0)
            n++;
    return n;
}

/* One number's linear parts on their way to the sum of squares over clusters. */
struct squaring {
    const double *phi;
    int code;
    struct fixed_scale scale;
    int64_t *sums;      /* [2 * clusters] */
    double *of_cluster; /* [clusters] */
    size_t n_mine;
};

/* Largest magnitudes and rows of all places: a scale for each, or a code. */
static void scale_all(size_t n, struct squaring *squarings, size_t n_squarings, const struct reducer *reducer)
{
    enum { MESSAGE = 64 };

    for (size_t first = 0; first < n_squarings; first += MESSAGE) {
        const size_t m = n_squarings - first < MESSAGE ? n_squarings - first : MESSAGE;
        double largest[MESSAGE];
        int64_t n_all = (int64_t)n;

        for (size_t k = 0; k < m; k++) {
            largest[k] = largest_magnitude(squarings[first + k].phi, n);
            if (isnan(largest[k]))
                largest[k] = INFINITY;
        }
        reducer_sum_and_largest(reducer, &n_all, 1, largest, m);
        for (size_t k = 0; k < m; k++)
            squarings[first + k].code = isinf(largest[k]) ? GSL_EINVAL
                                                          : fixed_scale_init(&squarings[first + k].scale, largest[k], (uint64_t)n_all);
    }
}

static void add_rows(size_t n, const struct clusters *clusters, const struct squaring *squaring)
{
    memset(squaring->sums, 0, 2 * clusters->n * sizeof *squaring->sums); /* a page that is read before it is written costs two faults */
    for (size_t first = 0; squaring->code == GSL_SUCCESS && first < n; first += SLICE)
        add_slice(&squaring->scale, squaring->phi + first, clusters->of + first, n - first < SLICE ? n - first : SLICE, squaring->sums);
}

/* Sums of the clusters that are shared become those of all places. */
static void share_sums(const struct clusters *clusters, const struct squaring *squarings, size_t n, struct reducer_piece *pieces,
                       const struct reducer *reducer)
{
    for (size_t k = 0; k < n; k++)
        pieces[k] = (struct reducer_piece){squarings[k].sums, 2 * clusters->n_shared};
    reducer_sum_pieces(reducer, pieces, n);
}

/* Rows of a cluster are added as whole numbers of the largest one's grid, so that their order does not matter.  squares: of each number,
 * of how many clusters, too. */
static int sum_clusters(size_t n, struct squaring *squarings, size_t n_squarings, const struct clusters *clusters,
                        const struct reducer *reducer, struct fixed_total *squares)
{
    int64_t *const sums = malloc((2 * clusters->n * n_squarings + 1) * sizeof *sums);
    double *const of_cluster = malloc((clusters->n * n_squarings + 1) * sizeof *of_cluster);
    struct reducer_piece *const pieces = malloc((n_squarings + 1) * sizeof *pieces);
    const int status =
        reducer_status(reducer, sums == NULL || of_cluster == NULL || pieces == NULL ? GSL_ENOMEM : GSL_SUCCESS);

    if (status == GSL_SUCCESS) {
        scale_all(n, squarings, n_squarings, reducer);
        for (size_t k = 0; k < n_squarings; k++) {
            squarings[k].sums = sums + 2 * clusters->n * k;
            squarings[k].of_cluster = of_cluster + clusters->n * k;
            add_rows(n, clusters, &squarings[k]);
        }
        share_sums(clusters, squarings, n_squarings, pieces, reducer);
        for (size_t k = 0; k < n_squarings; k++) {
            struct squaring *const s = &squarings[k];
            squares[k] = (struct fixed_total){.squares = true};
            s->n_mine = s->code == GSL_SUCCESS ? take_sums(clusters, &s->scale, s->sums, reducer, s->of_cluster) : 0;
            fixed_total_see(&squares[k], s->of_cluster, s->n_mine);
        }
        fixed_totals_open(squares, n_squarings, reducer);
        for (size_t k = 0; k < n_squarings; k++)
            fixed_total_add(&squares[k], squarings[k].of_cluster, squarings[k].n_mine);
        fixed_totals_close(squares, n_squarings, reducer);
    }
    free(pieces);
    free(of_cluster);
    free(sums);
    return status;
}

int influence_sum_all(size_t n, const double *phi, const struct clusters *clusters, const struct reducer *reducer, double *sum)
{
    struct squaring one = {.phi = phi};
    struct fixed_total squares;
    const int status = sum_clusters(n, &one, 1, clusters, reducer, &squares);

    *sum = status == GSL_SUCCESS && one.code == GSL_SUCCESS ? squares.value : (double)NAN;
    return status == GSL_SUCCESS ? one.code : status;
}

/* Corrected for their number; GSL_EDOM for fewer than two. */
static int correct(const struct fixed_total *squares, double *variance)
{
    if (squares->n < 2)
        return GSL_EDOM;
    *variance = squares->value * ((double)squares->n / (double)(squares->n - 1));
    return GSL_SUCCESS;
}

int influence_variance(size_t n, const double *phi, const double *frequency, const int32_t *cluster, size_t n_cluster,
                       double *variance)
{
    const struct clusters clusters = {.of = cluster, .n = n_cluster};

    return influence_variance_all(n, phi, frequency, cluster != NULL ? &clusters : NULL, NULL, variance);
}

int influence_variance_all(size_t n, const double *phi, const double *frequency, const struct clusters *clusters,
                           const struct reducer *reducer, double *variance)
{
    struct squaring one = {.phi = phi};
    struct fixed_total squares;

    *variance = NAN;
    if (clusters == NULL)
        return sum_squares(n, phi, frequency, reducer, variance);
    const int status = sum_clusters(n, &one, 1, clusters, reducer, &squares);

    if (status != GSL_SUCCESS || one.code != GSL_SUCCESS)
        return status != GSL_SUCCESS ? status : one.code;
    return correct(&squares, variance);
}

int influence_variance_each(size_t n, const double *const *phi, size_t n_phi, const struct clusters *clusters,
                            const struct reducer *reducer, double *variances)
{
    struct squaring *const squarings = calloc(n_phi + 1, sizeof *squarings);
    struct fixed_total *const squares = calloc(n_phi + 1, sizeof *squares);
    int status = reducer_status(reducer, squarings == NULL || squares == NULL ? GSL_ENOMEM : GSL_SUCCESS);

    for (size_t k = 0; k < n_phi && status == GSL_SUCCESS; k++)
        squarings[k].phi = phi[k];
    if (status == GSL_SUCCESS)
        status = sum_clusters(n, squarings, n_phi, clusters, reducer, squares);
    for (size_t k = 0; k < n_phi; k++) {
        variances[k] = NAN;
        if (status == GSL_SUCCESS && squarings[k].code == GSL_SUCCESS)
            (void)correct(&squares[k], &variances[k]);
    }
    free(squares);
    free(squarings);
    return status;
}
