/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/gee.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/cholesky.h"
#include "stats/design_gram.h"
#include "stats/design_total.h"
#include "stats/exact_sum.h"

enum { ITERATIONS_MAX = 200 };

struct gee_work {
    const struct glm_data *data;
    const struct glm_options *options;
    const struct glm_fit *start;
    const struct design_matrix *design; /* standardised */
    const int32_t *cluster;
    size_t n, p, n_cluster;
    double *eta, *mean, *root, *residual; /* [n] linear predictor; mu; sqrt(A); (y - mu) / sqrt(A) */
    double *work;                         /* [n] */
    double *size, *t;                     /* [G] rows, and sum of e */
    double *s, *u;                        /* [G * p] sum d; then sum d e, then U (1 - alpha) */
    double *beta, *step;                  /* [p] of the standardised design */
    double *h, *inverse, *meat;           /* [p * p] */
    bool *aliased;                        /* [p] */
    struct exact_sum *sums;               /* [p * p] */
    double alpha, phi;
};

static void work_clear(struct gee_work *w)
{
    free(w->eta);
    free(w->size);
    free(w->s);
    free(w->beta);
    free(w->aliased);
    free(w->sums);
}

static int work_alloc(struct gee_work *w)
{
    const size_t n = w->n, p = w->p, g = w->n_cluster;

    if ((w->eta = malloc((5 * n + 1) * sizeof *w->eta)) == NULL || (w->size = malloc((2 * g + 1) * sizeof *w->size)) == NULL ||
        (w->s = malloc((2 * g * p + 1) * sizeof *w->s)) == NULL ||
        (w->beta = malloc((2 * p + 3 * p * p + 1) * sizeof *w->beta)) == NULL ||
        (w->aliased = calloc(p + 1, sizeof *w->aliased)) == NULL || (w->sums = malloc((p * p + 1) * sizeof *w->sums)) == NULL)
        return GSL_ENOMEM;
    w->mean = w->eta + n;
    w->root = w->mean + n;
    w->residual = w->root + n;
    w->work = w->residual + n;
    w->t = w->size + g;
    w->u = w->s + g * p;
    w->step = w->beta + p;
    w->h = w->step + p;
    w->inverse = w->h + p * p;
    w->meat = w->inverse + p * p;
    return GSL_SUCCESS;
}

/* The coefficients of the fit on the standardised scale: a shift moves the intercept alone. */
static void begin(struct gee_work *w)
{
    const struct design_copy *copy = w->start->copy;

    w->beta[0] = w->start->coef[0];
    for (size_t j = 1; j < w->p; j++) {
        w->beta[j] = w->start->coef[j] / copy->scale[j - 1];
        w->beta[0] += w->start->coef[j] * copy->center[j - 1];
        w->aliased[j] = w->start->aliased[j];
    }
    for (size_t g = 0; g < w->n_cluster; g++)
        w->size[g] = 0;
    for (size_t i = 0; i < w->n; i++)
        w->size[w->cluster[i]]++;
}

/* ---- what the rows say at these coefficients ------------------------------------------------------------ */

static double largest(const double *x, size_t n)
{
    double bound = 0;

    for (size_t i = 0; i < n; i++)
        bound = fmax(bound, fabs(x[i]));
    return bound;
}

static int by_cluster(struct gee_work *w, const struct design_matrix *design, const double *c, double *sums)
{
    return design_clusters(design, c, largest(c, w->n), w->cluster, w->n_cluster, sums);
}

static int evaluate(struct gee_work *w)
{
    const bool logistic = w->options->family == GLM_LOGISTIC;
    const struct design_matrix none = {.n = w->n};

    design_linear(w->design, w->beta, w->data->offset, w->options->n_threads, w->eta);
    for (size_t i = 0; i < w->n; i++) {
        w->mean[i] = glm_mean(w->options->family, w->eta[i]);
        w->root[i] = sqrt(logistic ? w->mean[i] * (1 - w->mean[i]) : w->mean[i]);
        if (!(w->root[i] > 0) || !isfinite(w->root[i]))
            return GSL_EDOM;
        w->work[i] = w->data->y[i] - w->mean[i];
        w->residual[i] = w->work[i] / w->root[i];
    }
    int status = by_cluster(w, w->design, w->root, w->s);
    if (status == GSL_SUCCESS)
        status = by_cluster(w, w->design, w->work, w->u);
    return status == GSL_SUCCESS ? by_cluster(w, &none, w->residual, w->t) : status;
}

static double total(struct exact_sum *sum)
{
    double value = NAN;

    (void)exact_sum_round(sum, &value);
    return value;
}

/* phi and alpha from the residuals. */
static int correlate(struct gee_work *w)
{
    double pairs = 0, largest_size = 0;

    exact_sum_init(&w->sums[0]);
    for (size_t i = 0; i < w->n; i++)
        exact_sum_add(&w->sums[0], w->residual[i] * w->residual[i]);
    const double squares = total(&w->sums[0]);

    exact_sum_init(&w->sums[0]);
    for (size_t g = 0; g < w->n_cluster; g++) {
        exact_sum_add(&w->sums[0], w->t[g] * w->t[g]);
        pairs += w->size[g] * (w->size[g] - 1) / 2;
        largest_size = fmax(largest_size, w->size[g]);
    }
    if (!(pairs > 0))
        return GSL_EDOM;
    w->phi = squares / (double)w->n;
    w->alpha = (total(&w->sums[0]) - squares) / 2 / (w->phi * pairs);
    return w->alpha < 1 && 1 + (largest_size - 1) * w->alpha > 0 ? GSL_SUCCESS : GSL_EDOM;
}

static double weight_of(const struct gee_work *w, size_t g)
{
    return w->alpha / (1 + (w->size[g] - 1) * w->alpha);
}

/* sum A (1, x)(1, x)' into h. */
static int information(struct gee_work *w)
{
    const size_t p = w->p, q = p - 1;
    struct gram_layout *layout = gram_layout_alloc(w->design, w->options->n_threads);
    struct gram *gram = layout != NULL ? gram_alloc(layout) : NULL;
    double *const part = malloc((q * q + q + 1) * sizeof *part), *const sum = part + q * q;
    int status = gram == NULL || part == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    for (size_t i = 0; i < w->n; i++)
        w->work[i] = w->root[i] * w->root[i];
    if (status == GSL_SUCCESS)
        status = gram_init(gram, largest(w->work, w->n), w->n);
    if (status == GSL_SUCCESS)
        status = gram_add_all(gram, w->work, w->options->n_threads);
    if (status == GSL_SUCCESS) {
        gram_read(gram, &w->h[0], sum, part);
        for (size_t j = 0; j < q; j++) {
            w->h[j + 1] = w->h[(j + 1) * p] = sum[j];
            for (size_t k = 0; k < q; k++)
                w->h[(j + 1) * p + k + 1] = part[j * q + k];
        }
    }
    free(part);
    gram_free(gram);
    gram_layout_free(layout);
    return status;
}

/* sum_g c_g a_g b_g' of [G * p] vectors, or of a vector and itself; into matrix [p * p]. */
static void add_outer(struct gee_work *w, const double *a, const double *c, double *matrix)
{
    const size_t p = w->p;

    for (size_t k = 0; k < p * p; k++)
        exact_sum_init(&w->sums[k]);
    for (size_t g = 0; g < w->n_cluster; g++)
        for (size_t j = 0; j < p; j++)
            for (size_t k = 0; k <= j; k++)
                exact_sum_add(&w->sums[j * p + k], (c != NULL ? c[g] : 1) * (a[g * p + j] * a[g * p + k]));
    for (size_t j = 0; j < p; j++)
        for (size_t k = 0; k <= j; k++)
            matrix[j * p + k] = matrix[k * p + j] = total(&w->sums[j * p + k]);
}

/* H (1 - alpha), U (1 - alpha) of every cluster, and their sum in step. */
static int equations(struct gee_work *w)
{
    const size_t p = w->p;
    double *const c = calloc(w->n_cluster + 1, sizeof *c);
    int status = c == NULL ? GSL_ENOMEM : information(w);

    for (size_t g = 0; status == GSL_SUCCESS && g < w->n_cluster; g++)
        c[g] = weight_of(w, g);
    if (status == GSL_SUCCESS) {
        add_outer(w, w->s, c, w->meat);
        for (size_t k = 0; k < p * p; k++)
            w->h[k] -= w->meat[k];
        for (size_t j = 0; j < p; j++)
            exact_sum_init(&w->sums[j]);
        for (size_t g = 0; g < w->n_cluster; g++)
            for (size_t j = 0; j < p; j++) {
                w->u[g * p + j] -= c[g] * w->s[g * p + j] * w->t[g];
                exact_sum_add(&w->sums[j], w->u[g * p + j]);
            }
        for (size_t j = 0; j < p; j++)
            w->step[j] = total(&w->sums[j]);
    }
    free(c);
    return status;
}

/* ---- steps ------------------------------------------------------------------------------------------------- */

/* One step; *length: its size in errors of the model. */
static int take_step(struct gee_work *w, double *length)
{
    int status = evaluate(w);

    if (status == GSL_SUCCESS)
        status = correlate(w);
    if (status == GSL_SUCCESS)
        status = equations(w);
    if (status != GSL_SUCCESS)
        return status;
    memcpy(w->inverse, w->step, w->p * sizeof *w->step); /* the score */
    cholesky_decompose(w->h, w->p, NULL, CHOLESKY_TOLERANCE, w->aliased);
    cholesky_solve(w->h, w->p, w->aliased, w->step);
    *length = 0;
    for (size_t j = 0; j < w->p; j++) {
        *length += w->aliased[j] ? 0 : w->step[j] * w->inverse[j];
        w->beta[j] += w->aliased[j] ? 0 : w->step[j];
    }
    return isfinite(*length) ? GSL_SUCCESS : GSL_EDOM;
}

/* The robust covariance at the solution, on the standardised scale, into meat. */
static int sandwich(struct gee_work *w)
{
    const size_t p = w->p;
    double *const half = malloc((p * p + 1) * sizeof *half);
    int status = half == NULL ? GSL_ENOMEM : evaluate(w);

    if (status == GSL_SUCCESS)
        status = correlate(w);
    if (status == GSL_SUCCESS)
        status = equations(w);
    if (status == GSL_SUCCESS) {
        const double factor = (double)w->n_cluster / (double)(w->n_cluster - 1);
        cholesky_decompose(w->h, p, NULL, CHOLESKY_TOLERANCE, w->aliased);
        cholesky_invert(w->h, p, w->aliased, w->inverse);
        add_outer(w, w->u, NULL, w->h);
        for (size_t j = 0; j < p; j++)
            for (size_t k = 0; k < p; k++) {
                half[j * p + k] = 0;
                for (size_t l = 0; l < p; l++)
                    half[j * p + k] += w->inverse[j * p + l] * w->h[l * p + k];
            }
        for (size_t j = 0; j < p; j++)
            for (size_t k = 0; k < p; k++) {
                w->meat[j * p + k] = 0;
                for (size_t l = 0; l < p; l++)
                    w->meat[j * p + k] += factor * half[j * p + l] * w->inverse[l * p + k];
            }
    }
    free(half);
    return status;
}

static int solve(struct gee_work *w, struct gee *gee)
{
    double length = INFINITY;
    int status = GSL_SUCCESS;

    begin(w);
    while (status == GSL_SUCCESS && length > 1e-20 && gee->n_iteration < ITERATIONS_MAX) {
        status = take_step(w, &length);
        gee->n_iteration++;
    }
    gee->converged = status == GSL_SUCCESS && length <= 1e-20;
    if (status == GSL_SUCCESS)
        status = sandwich(w);
    if (status != GSL_SUCCESS)
        return status;
    gee->alpha = w->alpha;
    gee->phi = w->phi;
    gee->coef[0] = w->beta[0];
    for (size_t j = 1; j < w->p; j++) {
        gee->coef[j] = w->aliased[j] ? 0 : w->beta[j] * w->start->copy->scale[j - 1];
        gee->coef[0] -= gee->coef[j] * w->start->copy->center[j - 1];
    }
    glm_covariance_as_given(w->start, w->meat, gee->covariance);
    return GSL_SUCCESS;
}

int gee_exchangeable(const struct glm_data *data, const struct glm_options *options, const struct glm_fit *start, const int32_t *cluster,
                     size_t n_cluster, struct gee *gee)
{
    struct gee_work w = {.data = data, .options = options, .start = start, .design = &start->copy->matrix, .cluster = cluster,
                         .n = start->n, .p = start->p, .n_cluster = n_cluster};
    int status = GSL_SUCCESS;

    *gee = (struct gee){.p = start->p};
    if (data->weight != NULL || options->firth || options->family == GLM_NEGBIN)
        return GSL_EINVAL;
    for (size_t j = 0; j < start->p; j++)
        if (start->separated[j])
            return GSL_EINVAL;
    if (n_cluster < 2)
        return GSL_EDOM;
    if ((gee->coef = malloc(start->p * sizeof *gee->coef)) == NULL ||
        (gee->covariance = malloc(start->p * start->p * sizeof *gee->covariance)) == NULL)
        status = GSL_ENOMEM;
    if (status == GSL_SUCCESS)
        status = work_alloc(&w);
    if (status == GSL_SUCCESS)
        status = solve(&w, gee);
    work_clear(&w);
    if (status != GSL_SUCCESS)
        gee_clear(gee);
    return status;
}

void gee_clear(struct gee *gee)
{
    free(gee->coef);
    free(gee->covariance);
    gee->coef = gee->covariance = NULL;
}
