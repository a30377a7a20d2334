/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/weighted_errors.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "stats/design_gram.h"
#include "stats/design_total.h"
#include "stats/exact_sum.h"

/* How a row leaves: lost, by the cause that is read (any, of survival), by another. */
enum kind { LOST, READ, OTHER, N_KIND };

/* A variance below this share of the parts that cancel in it is rounding. */
#define ROUNDING 1e-14

struct sums {
    size_t n_time, p;      /* p: 0 without a model */
    double *square;        /* [n_time * N_KIND] sum w^2 / f */
    double *gain, *cross;  /* [n_time * N_KIND * p] sum g (1, x), sum w r (1, x) */
    double *middle;        /* [p * p] M */
    /* While times are walked: prefix sums of alpha and beta times each, and what is left. */
    double aa, ab, bb, left, all; /* all: left at first */
    double *gain_a, *gain_b, *gain_left, *cross_a, *cross_b, *cross_left; /* [p] */
    double *v, *q, *c;     /* [p] */
};

static enum kind kind_of(const struct weighted_errors_request *r, size_t i)
{
    const int32_t cause = r->rows->cause[i];

    if (cause == 0)
        return LOST;
    return r->cause == 0 || cause == (int32_t)r->cause ? READ : OTHER;
}

static size_t cell_of(const struct weighted_errors_request *r, size_t i)
{
    return (size_t)r->rows->place[i] * N_KIND + kind_of(r, i);
}

/* ---- sums by time and kind ---------------------------------------------------------------------------- */

static int sum_squares(const struct weighted_errors_request *r, struct sums *s)
{
    struct exact_sum *const exact = malloc(s->n_time * N_KIND * sizeof *exact);

    if (exact == NULL)
        return GSL_ENOMEM;
    for (size_t k = 0; k < s->n_time * N_KIND; k++)
        exact_sum_init(&exact[k]);
    for (size_t i = 0; i < r->rows->n; i++) {
        const double w = r->rows->weight[i];
        if (w > 0)
            exact_sum_add(&exact[cell_of(r, i)], w * w / r->frequency[r->first + i]);
    }
    const int status = reducer_exact_sums(r->reducer, exact, s->n_time * N_KIND);
    for (size_t k = 0; k < s->n_time * N_KIND; k++)
        exact_sum_round(&exact[k], &s->square[k]);
    free(exact);
    return status;
}

/* treated - e; 0 where the propensity was certain. */
static double residual_of(const struct influence_model *model, size_t i)
{
    const double eta = model->fit->eta[i];

    return isfinite(eta) ? model->data->y[i] - glm_mean(GLM_LOGISTIC, eta) : 0;
}

/* M, by the Gram matrix of the standardised design. */
static int sum_middle(const struct weighted_errors_request *r, struct sums *s, double *work)
{
    const struct influence_model *m = r->model;
    const size_t p = s->p, q = p - 1;
    struct gram_layout *layout = gram_layout_alloc_part(&m->fit->copy->matrix, m->n_threads, r->reducer);
    struct gram *gram = layout != NULL ? gram_alloc(layout) : NULL;
    double *const part = malloc((q * q + q + 1) * sizeof *part), *const sum = part + q * q, bound = 0;
    int status = gram == NULL || part == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    for (size_t i = 0; i < r->n; i++) {
        const double residual = residual_of(m, i), f = m->data->weight != NULL ? m->data->weight[i] : 1;
        work[i] = f * residual * residual;
        bound = fmax(bound, work[i]);
    }
    if (status == GSL_SUCCESS)
        status = gram_init(gram, reducer_largest(r->reducer, bound), layout->n_all);
    if (status == GSL_SUCCESS)
        status = gram_add_all(gram, work, m->n_threads);
    if (status == GSL_SUCCESS) {
        gram_read_all(gram, r->reducer, &s->middle[0], sum, part);
        for (size_t j = 0; j < q; j++) {
            s->middle[j + 1] = s->middle[(j + 1) * p] = sum[j];
            for (size_t k = 0; k < q; k++)
                s->middle[(j + 1) * p + k + 1] = part[j * q + k];
        }
    }
    free(part);
    gram_free(gram);
    gram_layout_free(layout);
    return status;
}

/* gain and cross: rows of the other arm stand in cell 0 with nothing. */
static int sum_vectors(const struct weighted_errors_request *r, struct sums *s)
{
    const struct influence_model *m = r->model;
    double *const work = calloc(2 * r->n + 1, sizeof *work), *const other = work + r->n, bound[2] = {0, 0};
    int32_t *const cell = calloc(r->n + 1, sizeof *cell);
    const struct clusters cells = {.of = cell, .n = s->n_time * N_KIND, .n_shared = s->n_time * N_KIND};
    int status = work == NULL || cell == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    if (status == GSL_SUCCESS)
        status = sum_middle(r, s, work);
    for (size_t i = 0; status == GSL_SUCCESS && i < r->n; i++)
        work[i] = 0;
    for (size_t i = 0; status == GSL_SUCCESS && i < r->rows->n; i++) {
        const size_t row = r->first + i;
        if (r->rows->weight[i] > 0) {
            cell[row] = (int32_t)cell_of(r, i);
            work[row] = m->slope[row];
            other[row] = r->rows->weight[i] * residual_of(m, row);
            bound[0] = fmax(bound[0], fabs(work[row]));
            bound[1] = fmax(bound[1], fabs(other[row]));
        }
    }
    if (status == GSL_SUCCESS)
        status = design_clusters_all(&m->fit->copy->matrix, work, bound[0], &cells, r->reducer, s->gain);
    if (status == GSL_SUCCESS)
        status = design_clusters_all(&m->fit->copy->matrix, other, bound[1], &cells, r->reducer, s->cross);
    free(cell);
    free(work);
    return status;
}

/* ---- slopes of the curve ------------------------------------------------------------------------------ */

/* alpha and beta of rows that leave at place k. */
static void slope_of(const struct weighted_errors_request *r, size_t k, enum kind kind, double *alpha, double *beta)
{
    const struct weighted_curve *c = r->curve;
    const size_t n = c->n_time;
    const double before = k > 0 ? c->growth[k - 1] : 0, surv_before = k > 0 ? c->surv[k - 1] : 1;
    const double h = kind == LOST ? c->growth[k] : before - 1 / c->at_risk[k];

    *beta = h;
    *alpha = 0;
    if (r->cause == 0)
        return;
    const double *const growth = c->incidence_growth + (r->cause - 1) * n, *const share = c->incidence_share + (r->cause - 1) * n,
                 *const cuminc = c->cuminc + (r->cause - 1) * n;
    const double at_risk = growth[k] - share[k];

    *alpha = at_risk + (kind == READ ? surv_before / c->at_risk[k] : 0) - h * cuminc[k];
}

/* X(t), and the slope of who is at risk beyond t. */
static void at_time(const struct weighted_errors_request *r, size_t k, double *x, double *a)
{
    const struct weighted_curve *c = r->curve;
    const size_t n = c->n_time;

    if (r->cause == 0) {
        *x = c->surv[k];
        *a = c->surv[k] * c->growth[k];
    } else {
        *x = c->cuminc[(r->cause - 1) * n + k];
        *a = c->incidence_growth[(r->cause - 1) * n + k] - c->incidence_share[(r->cause - 1) * n + k];
    }
}

static void move_to_past(struct sums *s, size_t cell, double alpha, double beta)
{
    const double square = s->square[cell];

    s->aa += alpha * alpha * square;
    s->ab += alpha * beta * square;
    s->bb += beta * beta * square;
    s->left -= square;
    for (size_t j = 0; j < s->p; j++) {
        const double gain = s->gain[cell * s->p + j], cross = s->cross[cell * s->p + j];
        s->gain_a[j] += alpha * gain;
        s->gain_b[j] += beta * gain;
        s->gain_left[j] -= gain;
        s->cross_a[j] += alpha * cross;
        s->cross_b[j] += beta * cross;
        s->cross_left[j] -= cross;
    }
}

static double variance_at(const struct weighted_errors_request *r, struct sums *s, double x, double a)
{
    const size_t p = s->p;
    double variance = s->aa + 2 * x * s->ab + x * x * s->bb + a * a * fmax(s->left, 0);
    double parts = s->aa + 2 * fabs(x * s->ab) + x * x * s->bb + a * a * s->all;

    for (size_t j = 0; j < p; j++) {
        s->q[j] = s->gain_a[j] + x * s->gain_b[j] + a * s->gain_left[j];
        s->c[j] = s->cross_a[j] + x * s->cross_b[j] + a * s->cross_left[j];
    }
    for (size_t j = 0; j < p; j++) {
        s->v[j] = 0;
        for (size_t k = 0; k < p; k++)
            s->v[j] += r->model->fit->standard_inverse[j * p + k] * s->q[k];
    }
    for (size_t j = 0; j < p; j++) {
        double row = 0;
        for (size_t k = 0; k < p; k++)
            row += s->middle[j * p + k] * s->v[k];
        variance += s->v[j] * (2 * s->c[j] + row);
        parts += fabs(s->v[j]) * (2 * fabs(s->c[j]) + fabs(row));
    }
    return variance > ROUNDING * parts ? variance : 0;
}

static void walk(const struct weighted_errors_request *r, struct sums *s, double *std_error)
{
    for (size_t cell = 0; cell < s->n_time * N_KIND; cell++) {
        s->left += s->square[cell];
        for (size_t j = 0; j < s->p; j++) {
            s->gain_left[j] += s->gain[cell * s->p + j];
            s->cross_left[j] += s->cross[cell * s->p + j];
        }
    }
    s->all = s->left;
    for (size_t k = 0; k < s->n_time; k++) {
        double x, a;
        for (int kind = 0; kind < N_KIND; kind++)
            if (s->square[k * N_KIND + (size_t)kind] > 0) {
                double alpha, beta;
                slope_of(r, k, (enum kind)kind, &alpha, &beta);
                move_to_past(s, k * N_KIND + (size_t)kind, alpha, beta);
            }
        at_time(r, k, &x, &a);
        std_error[k] = sqrt(variance_at(r, s, x, a));
    }
}

int weighted_errors(const struct weighted_errors_request *r, double *std_error)
{
    const size_t n_time = r->curve->n_time, p = r->model != NULL && r->model->fit != NULL ? r->model->fit->p : 0,
                 n_cell = n_time * N_KIND;
    struct sums s = {.n_time = n_time, .p = p};
    int status = GSL_SUCCESS;

    if (r->rows->entry != NULL || (double)n_cell * (double)(4 * p + 1) > WEIGHTED_ERRORS_CELLS)
        return GSL_EUNIMPL;
    double *const memory = calloc(n_cell * (1 + 2 * p) + p * p + 9 * p + 1, sizeof *memory);
    if (memory == NULL)
        return GSL_ENOMEM;
    s.square = memory;
    s.gain = s.square + n_cell;
    s.cross = s.gain + n_cell * p;
    s.middle = s.cross + n_cell * p;
    double *const vectors = s.middle + p * p;
    double **const places[] = {&s.gain_a, &s.gain_b, &s.gain_left, &s.cross_a, &s.cross_b, &s.cross_left, &s.v, &s.q, &s.c};
    for (size_t k = 0; k < sizeof places / sizeof places[0]; k++)
        *places[k] = vectors + k * p;
    status = sum_squares(r, &s);
    if (status == GSL_SUCCESS && p > 0)
        status = sum_vectors(r, &s);
    if (status == GSL_SUCCESS)
        walk(r, &s, std_error);
    free(memory);
    return status;
}
