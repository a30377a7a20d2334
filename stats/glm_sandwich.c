/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/glm_sandwich.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/design_gram.h"
#include "stats/design_total.h"
#include "stats/fixed_total.h"
#include "stats/glm_family.h"
#include "stats/outer_sum.h"

struct sandwich {
    const struct glm_data *data;
    const struct glm_options *options;
    const struct glm_fit *fit;
    double *u, *h;          /* [n] residuals by weight; leverages */
    double *meat, *product; /* [p * p] */
};

static double weight_of(const struct glm_data *data, size_t i)
{
    return data->weight != NULL ? data->weight[i] : 1;
}

static struct glm_terms terms_of(const struct sandwich *s, size_t i)
{
    if (!isfinite(s->fit->eta[i]) || weight_of(s->data, i) == 0)
        return (struct glm_terms){0, 0, 0, 0};
    return glm_terms_of(s->options->family, s->options->theta, s->data->y[i], s->fit->eta[i]);
}

/* V = A meat A on the standardised scale, then of the columns as given. */
static void finish(struct sandwich *s, double factor, double *covariance)
{
    const size_t p = s->fit->p;
    const double *const a = s->fit->standard_inverse;

    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++) {
            double sum = 0;

            for (size_t k = 0; k < p; k++)
                sum += a[i * p + k] * s->meat[k * p + j];
            s->product[i * p + j] = sum;
        }
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++) {
            double sum = 0;

            for (size_t k = 0; k < p; k++)
                sum += s->product[i * p + k] * a[k * p + j];
            s->meat[i * p + j] = factor * sum;
        }
    glm_covariance_as_given(s->fit, s->meat, covariance);
}

/* sum c (1, x)(1, x)' into meat. */
static int add_squares(struct sandwich *s, const double *c)
{
    const size_t p = s->fit->p, q = p - 1, n = s->fit->n;
    struct gram_layout *const layout = gram_layout_alloc(&s->fit->copy->matrix, s->options->n_threads);
    struct gram *const gram = layout != NULL ? gram_alloc(layout) : NULL;
    double *const sums = calloc(p * p + p, sizeof *sums);
    double bound = 0;
    int status = gram != NULL && sums != NULL ? GSL_SUCCESS : GSL_ENOMEM;

    for (size_t i = 0; i < n; i++)
        bound = fmax(bound, c[i]);
    if (status == GSL_SUCCESS)
        status = gram_init(gram, bound, n);
    if (status == GSL_SUCCESS)
        status = gram_add_all(gram, c, s->options->n_threads);
    if (status == GSL_SUCCESS) {
        gram_read(gram, &s->meat[0], sums, sums + p);
        for (size_t j = 0; j < q; j++) {
            s->meat[j + 1] = s->meat[(j + 1) * p] = sums[j];
            for (size_t k = 0; k < q; k++)
                s->meat[(j + 1) * p + k + 1] = sums[p + j * q + k];
        }
    }
    free(sums);
    gram_free(gram);
    gram_layout_free(layout);
    return status;
}

/* What a row adds: its squared residual, blown up by its leverage. */
static int square_residuals(struct sandwich *s, enum glm_robust kind, bool frequencies, double *n_row)
{
    *n_row = 0;
    for (size_t i = 0; i < s->fit->n; i++) {
        const struct glm_terms terms = terms_of(s, i);
        const double w = weight_of(s->data, i), u = frequencies ? terms.residual : w * terms.residual;
        const double h = s->h[i] * terms.information * (frequencies ? 1 : w);
        double square = u * u * (frequencies ? w : 1);

        if (kind >= GLM_HC2 && terms.information > 0) {
            if (!(h < 1 - 1e-12))
                return GSL_EDOM;
            square /= kind == GLM_HC2 ? 1 - h : (1 - h) * (1 - h);
        }
        s->u[i] = square;
        *n_row += w > 0 ? (frequencies ? w : 1) : 0;
    }
    return GSL_SUCCESS;
}

static int sandwich_make(struct sandwich *s, const struct glm_data *data, const struct glm_options *options,
                         const struct glm_fit *fit)
{
    *s = (struct sandwich){.data = data, .options = options, .fit = fit};
    s->u = malloc((2 * fit->n + 2 * fit->p * fit->p + 1) * sizeof *s->u);
    if (s->u == NULL)
        return GSL_ENOMEM;
    s->h = s->u + fit->n;
    s->meat = s->h + fit->n;
    s->product = s->meat + fit->p * fit->p;
    return GSL_SUCCESS;
}

static size_t n_coefficients(const struct glm_fit *fit)
{
    size_t n = 0;

    for (size_t j = 0; j < fit->p; j++)
        n += !fit->aliased[j] && !fit->separated[j];
    return n;
}

int glm_sandwich(const struct glm_data *data, const struct glm_options *options, const struct glm_fit *fit,
                 enum glm_robust kind, bool frequencies, double *covariance)
{
    struct sandwich s;
    double n_row = 0;
    const double p = (double)n_coefficients(fit);
    int status = sandwich_make(&s, data, options, fit);

    if (status == GSL_SUCCESS)
        status = design_leverage(&fit->copy->matrix, fit->standard_inverse, options->n_threads, s.h);
    if (status == GSL_SUCCESS)
        status = square_residuals(&s, kind, frequencies, &n_row);
    if (status == GSL_SUCCESS && kind == GLM_HC1 && n_row <= p)
        status = GSL_EDOM;
    if (status == GSL_SUCCESS)
        status = add_squares(&s, s.u);
    if (status == GSL_SUCCESS)
        finish(&s, kind == GLM_HC1 ? n_row / (n_row - p) : 1, covariance);
    free(s.u);
    return status;
}

/* Squares of the sums of clusters, of which there are n_used with rows. */
static int square_clusters(struct sandwich *s, const double *sums, const struct clusters *clusters, int64_t n_used)
{
    const size_t p = s->fit->p;
    const struct reducer *const reducer = s->options->reducer;
    const double bound = reducer_largest(reducer, largest_magnitude(sums, clusters->n * p));
    const int status = outer_sum_of(sums, clusters, p, bound, (uint64_t)n_used, reducer, s->meat);

    for (size_t j = 0; status == GSL_SUCCESS && j < p; j++)
        for (size_t k = 0; k < j; k++)
            s->meat[k * p + j] = s->meat[j * p + k];
    return status;
}

int glm_sandwich_clustered(const struct glm_data *data, const struct glm_options *options, const struct glm_fit *fit,
                           const struct clusters *clusters, double *covariance)
{
    struct sandwich s;
    double bound = 0;
    int64_t n_used = 0;
    int status = clusters_count(clusters, fit->n, options->reducer, &n_used);

    if (status != GSL_SUCCESS || n_used < 2)
        return status != GSL_SUCCESS ? status : GSL_EDOM;
    status = sandwich_make(&s, data, options, fit);
    double *const sums = calloc(clusters->n * fit->p + 1, sizeof *sums);

    if (status == GSL_SUCCESS && sums == NULL)
        status = GSL_ENOMEM;
    status = reducer_status(options->reducer, status);
    for (size_t i = 0; status == GSL_SUCCESS && i < fit->n; i++) {
        s.u[i] = weight_of(data, i) * terms_of(&s, i).residual;
        bound = fmax(bound, fabs(s.u[i]));
    }
    if (status == GSL_SUCCESS)
        status = design_clusters_all(&fit->copy->matrix, s.u, bound, clusters, options->reducer, sums);
    if (status == GSL_SUCCESS)
        status = square_clusters(&s, sums, clusters, n_used);
    if (status == GSL_SUCCESS)
        finish(&s, (double)n_used / (double)(n_used - 1), covariance);
    free(sums);
    free(s.u);
    return status;
}
