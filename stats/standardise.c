/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/standardise.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/cholesky.h"
#include "stats/design_gram.h"
#include "stats/design_total.h"
#include "stats/exact_sum.h"
#include "stats/glm.h"

/* A fitted regression on a standardised design. */
struct regression {
    size_t n, p;             /* p counts the intercept */
    double *mean, *gradient; /* [n] m and d m / d eta, of every row */
    double *inverse;         /* [p * p] */
    const struct design_matrix *design;
    struct glm_fit *fit;     /* logistic: owns design and inverse */
    struct design_copy *copy; /* identity */
};

static void regression_clear(struct regression *r)
{
    if (r->fit == NULL)
        free(r->inverse);
    free(r->mean);
    glm_fit_free(r->fit);
    design_copy_free(r->copy);
}

static int total_of(const struct standardise_rows *rows, const double *x, const double *y, double *total)
{
    const size_t n = rows->design->n;
    struct exact_sum sum;

    exact_sum_init(&sum);
    for (size_t i = 0; i < n; i++)
        if (x[i] != 0)
            exact_sum_add(&sum, y != NULL ? x[i] * y[i] : x[i]);
    const int status = reducer_exact_sum(rows->reducer, &sum);
    exact_sum_round(&sum, total);
    return status;
}

/* ---- logistic ------------------------------------------------------------------------------------------------------- */

static bool any_separated(const struct glm_fit *fit)
{
    for (size_t j = 0; j < fit->p; j++)
        if (fit->separated[j])
            return true;
    return false;
}

static int fit_logistic(const struct standardise_rows *rows, struct regression *r, struct standardised *result)
{
    const struct glm_data data = {rows->design, rows->y, NULL, rows->observed};
    struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = rows->n_threads, .reducer = rows->reducer};
    int status = glm_fit_alloc(&data, &options, &r->fit);

    if (status == GSL_SUCCESS && any_separated(r->fit)) {
        glm_fit_free(r->fit);
        options.firth = result->penalised = true;
        status = glm_fit_alloc(&data, &options, &r->fit);
    }
    if (status != GSL_SUCCESS)
        return status;
    r->inverse = r->fit->standard_inverse;
    r->design = &r->fit->copy->matrix;
    for (size_t j = 0; j < r->p; j++)
        result->rank += !r->fit->aliased[j];
    for (size_t i = 0; i < r->n; i++) {
        r->mean[i] = glm_mean(GLM_LOGISTIC, r->fit->eta[i]);
        r->gradient[i] = r->mean[i] * (1 - r->mean[i]);
    }
    return GSL_SUCCESS;
}

/* ---- identity ------------------------------------------------------------------------------------------------------- */

/* sum w (1, x)(1, x)' as [p * p]. */
static int information_of(const struct standardise_rows *rows, struct regression *r, double *matrix)
{
    const size_t p = r->p, q = p - 1;
    struct gram_layout *layout = gram_layout_alloc(r->design, rows->n_threads);
    struct gram *gram = layout != NULL ? gram_alloc(layout) : NULL;
    double *const part = malloc((q * q + q + 1) * sizeof *part), *const sum = part == NULL ? NULL : part + q * q, bound = 0;
    int status = gram == NULL || part == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    for (size_t i = 0; i < r->n; i++)
        bound = fmax(bound, rows->observed[i]);
    if (status == GSL_SUCCESS)
        status = gram_init(gram, reducer_largest(rows->reducer, bound), (uint64_t)reducer_sum_one(rows->reducer, (int64_t)r->n));
    if (status == GSL_SUCCESS)
        status = gram_add_all(gram, rows->observed, rows->n_threads);
    if (status == GSL_SUCCESS) {
        gram_read_all(gram, rows->reducer, &matrix[0], sum, part);
        for (size_t j = 0; j < q; j++) {
            matrix[j + 1] = matrix[(j + 1) * p] = sum[j];
            for (size_t k = 0; k < q; k++)
                matrix[(j + 1) * p + k + 1] = part[j * q + k];
        }
    }
    free(part);
    gram_free(gram);
    gram_layout_free(layout);
    return status;
}

static int fit_identity(const struct standardise_rows *rows, struct regression *r, struct standardised *result)
{
    const size_t p = r->p;
    double *const factor = malloc((p * p + 2 * p + r->n + 1) * sizeof *factor), *const sums = factor == NULL ? NULL : factor + p * p,
                 *const coef = factor == NULL ? NULL : sums + p, *const weighted = factor == NULL ? NULL : coef + p, bound = 0;
    bool *const aliased = calloc(p + 1, sizeof *aliased);
    int status = factor == NULL || aliased == NULL || (r->inverse = calloc(p * p, sizeof *r->inverse)) == NULL ||
                         (r->copy = design_copy_alloc_part(rows->design, NULL, r->n, rows->n_threads, rows->reducer)) == NULL
                     ? GSL_ENOMEM
                     : GSL_SUCCESS;

    if (status == GSL_SUCCESS) {
        r->design = &r->copy->matrix;
        status = information_of(rows, r, factor);
    }
    for (size_t i = 0; status == GSL_SUCCESS && i < r->n; i++) {
        weighted[i] = rows->observed[i] > 0 ? rows->observed[i] * rows->y[i] : 0;
        bound = fmax(bound, fabs(weighted[i]));
    }
    if (status == GSL_SUCCESS)
        status = design_total_all(r->design, weighted, bound, rows->n_threads, rows->reducer, sums);
    if (status == GSL_SUCCESS) {
        result->rank = cholesky_decompose(factor, p, NULL, CHOLESKY_TOLERANCE, aliased);
        cholesky_invert(factor, p, aliased, r->inverse);
        memcpy(coef, sums, p * sizeof *coef);
        cholesky_solve(factor, p, aliased, coef);
        design_linear(r->design, coef, NULL, rows->n_threads, r->mean);
        for (size_t i = 0; i < r->n; i++)
            r->gradient[i] = 1;
    }
    free(aliased);
    free(factor);
    return status;
}

/* ---- the number and its linear part --------------------------------------------------------------------------------- */

/* v'(1, x_i) of every row, v = I^-1 sum c_i (1, x_i). */
static int carry(const struct standardise_rows *rows, const struct regression *r, const double *c, double *carried)
{
    double *const sums = malloc(2 * r->p * sizeof *sums), *const v = sums == NULL ? NULL : sums + r->p, bound = 0;
    int status = sums == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    for (size_t i = 0; i < r->n; i++)
        bound = fmax(bound, fabs(c[i]));
    if (status == GSL_SUCCESS)
        status = design_total_all(r->design, c, bound, rows->n_threads, rows->reducer, sums);
    for (size_t j = 0; status == GSL_SUCCESS && j < r->p; j++) {
        v[j] = 0;
        for (size_t k = 0; k < r->p; k++)
            v[j] += r->inverse[j * r->p + k] * sums[k];
    }
    if (status == GSL_SUCCESS)
        design_linear(r->design, v, NULL, rows->n_threads, carried);
    free(sums);
    return status;
}

static int combine(const struct standardise_rows *rows, const struct regression *r, struct standardised *s)
{
    const size_t n = r->n;
    const double *const y = rows->residual_y != NULL ? rows->residual_y : rows->y;
    double *const work = s->share, targets, residuals = 0, means, rest = 0;
    int status = total_of(rows, rows->target, NULL, &targets);

    if (status == GSL_SUCCESS && rows->residual != NULL)
        status = total_of(rows, rows->residual, NULL, &residuals);
    if (status == GSL_SUCCESS && (!(targets > 0) || (rows->residual != NULL && !(residuals > 0))))
        status = GSL_EDOM;
    if (status == GSL_SUCCESS)
        status = total_of(rows, rows->target, r->mean, &means);
    for (size_t i = 0; i < n; i++)
        work[i] = rows->residual != NULL && rows->residual[i] > 0 ? rows->residual[i] * (y[i] - r->mean[i]) : 0;
    if (status == GSL_SUCCESS && rows->residual != NULL)
        status = total_of(rows, work, NULL, &rest);
    if (status != GSL_SUCCESS)
        return status;
    const double mean = means / targets, weighted = rows->residual != NULL ? rest / residuals : 0;
    s->value = mean + weighted;
    for (size_t i = 0; i < n; i++) {
        const double a = rows->residual != NULL ? rows->residual[i] : 0;

        s->slope[i] = a > 0 ? (y[i] - r->mean[i] - weighted) / residuals : 0;
        if (s->mean != NULL)
            s->mean[i] = r->mean[i];
        work[i] = r->gradient[i] * (rows->target[i] / targets - (a > 0 ? a / residuals : 0));
    }
    if ((status = s->constant ? GSL_SUCCESS : carry(rows, r, work, s->phi)) != GSL_SUCCESS)
        return status;
    for (size_t i = 0; i < n; i++) {
        s->share[i] = s->constant || rows->observed[i] == 0 ? 0 : rows->observed[i] * (rows->y[i] - r->mean[i]) * s->phi[i];
        s->phi[i] = rows->target[i] * (r->mean[i] - mean) / targets + s->share[i];
    }
    return GSL_SUCCESS;
}

/* GSL_EDOM when nobody is observed; *same: all have one outcome. */
static int look(const struct standardise_rows *rows, bool *same, double *outcome)
{
    double most = -INFINITY, most_below = -INFINITY; /* below zero: less the least */
    int status = GSL_SUCCESS;

    for (size_t i = 0; i < rows->design->n; i++) {
        if (!(rows->observed[i] >= 0) || !(rows->target[i] >= 0) || (rows->observed[i] > 0 && !isfinite(rows->y[i])))
            status = GSL_EINVAL;
        else if (rows->observed[i] > 0) {
            most = fmax(most, rows->y[i]);
            most_below = fmax(most_below, -rows->y[i]);
        }
    }
    if ((status = reducer_status(rows->reducer, status)) != GSL_SUCCESS)
        return status;
    *outcome = reducer_largest(rows->reducer, most);
    *same = rows->link == STANDARDISE_LOGISTIC && *outcome == -reducer_largest(rows->reducer, most_below);
    return isfinite(*outcome) ? GSL_SUCCESS : GSL_EDOM;
}

int standardise_arm(const struct standardise_rows *rows, struct standardised *s)
{
    struct regression r = {.n = rows->design->n, .p = rows->design->p + 1};
    double outcome = 0;

    s->rank = 0;
    s->penalised = s->constant = false;
    s->value = NAN;
    int status = look(rows, &s->constant, &outcome);

    if (status == GSL_SUCCESS && (r.mean = malloc((2 * r.n + 1) * sizeof *r.mean)) == NULL)
        status = GSL_ENOMEM;
    if (status != GSL_SUCCESS)
        return status;
    r.gradient = r.mean + r.n;
    if (s->constant) {
        for (size_t i = 0; i < r.n; i++) {
            r.mean[i] = outcome;
            r.gradient[i] = 0;
        }
        s->rank = 1;
    } else
        status = rows->link == STANDARDISE_LOGISTIC ? fit_logistic(rows, &r, s) : fit_identity(rows, &r, s);
    if (status == GSL_SUCCESS)
        status = combine(rows, &r, s);
    regression_clear(&r);
    return status;
}
