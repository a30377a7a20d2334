/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/augmented.h"

#include <gsl/gsl_errno.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/pair_losses.h"

static size_t first_of(const struct pair_rows *rows, uint8_t treated)
{
    return treated ? 0 : rows->n_treated;
}

static const struct loss_weights *losses_of(const struct augmented *a)
{
    return a->s->rows->losses->arm[a->treated];
}

/* How many places person i of the arm could be lost at before the number is known, and is he lost there? */
static size_t n_places(const struct augmented *a, size_t i, bool *lost)
{
    const size_t k = first_of(a->s->rows, a->treated) + i;

    *lost = a->s->seen[k] == 0;
    return *lost ? (size_t)a->s->rows->place[k] + 1 : a->s->n_before[k];
}

/* The start, and places by which equal shares of the losses have happened. */
static void choose_parts(struct augmented *a)
{
    const struct loss_weights *w = losses_of(a);
    size_t n_lost = 0, so_far = 0;

    a->n_parts = 1;
    for (size_t i = 0; i < w->rows.n; i++) {
        bool lost;
        (void)n_places(a, i, &lost);
        n_lost += lost;
    }
    for (size_t k = 0; k < w->rows.n_time && a->n_parts < AUGMENTED_PARTS; k++) {
        if (k > a->from[a->n_parts - 1] && so_far * AUGMENTED_PARTS >= n_lost * a->n_parts && n_lost > 0)
            a->from[a->n_parts++] = k;
        for (size_t i = 0; w->jump[k] > 0 && i < w->rows.n; i++)
            so_far += w->rows.place[i] == k && w->rows.cause[i] == 0;
    }
    a->from[a->n_parts] = w->rows.n_time + 1;
}

/* m of one part: among those at risk when it begins. */
static int fit_part(struct augmented *a, const struct standardise_rows *like, size_t part, double *work)
{
    const struct loss_weights *w = losses_of(a);
    const size_t n = a->s->rows->n, first = first_of(a->s->rows, a->treated);
    double *const observed = work, *const phi = work + n, *const slope = phi + n, *const share = slope + n;
    struct standardise_rows rows = *like;
    struct standardised result = {.phi = phi, .slope = slope, .share = share, .mean = a->mean + part * n};

    for (size_t i = 0; i < n; i++)
        observed[i] = 0;
    for (size_t i = 0; i < w->rows.n; i++)
        if (w->rows.place[i] >= a->from[part])
            observed[first + i] = a->s->observed[first + i] / loss_weight(w, i, a->from[part]);
    rows.observed = rows.target = observed;
    rows.residual = rows.residual_y = NULL;
    return standardise_arm(&rows, &result);
}

/* Everybody's terms are +-m_i(part) E(k), E = 1 / G; visit() gets the sign times m, and k. */
typedef void visitor(void *context, double coefficient, size_t k);

static void walk(const struct augmented *a, size_t i, visitor *visit, void *context)
{
    const size_t n = a->s->rows->n, at = first_of(a->s->rows, a->treated) + i;
    bool lost;
    const size_t end = n_places(a, i, &lost);
    size_t part = 0;

    for (; part < a->n_parts && a->from[part] < end; part++) {
        const double m = a->mean[part * n + at];
        const size_t to = a->from[part + 1] < end ? a->from[part + 1] : end;
        visit(context, m, a->from[part]);
        visit(context, -m, to);
    }
    if (lost)
        visit(context, a->mean[(part > 0 ? part - 1 : 0) * n + at], end);
    else
        visit(context, a->s->y[at], end);
}

struct summing {
    const struct loss_weights *w;
    size_t i;
    double sum;
};

static void sum_up(void *context, double coefficient, size_t k)
{
    struct summing *x = context;

    x->sum += coefficient * loss_weight(x->w, x->i, k);
}

int augmented_make(const struct standardising *s, const struct standardise_rows *like, uint8_t treated, struct augmented *a)
{
    const size_t n = s->rows->n, first = first_of(s->rows, treated);
    double *const work = allocate(4 * n + 1, sizeof *work);

    *a = (struct augmented){.s = s, .treated = treated, .mean = allocate(AUGMENTED_PARTS * n + 1, sizeof *a->mean),
                            .g = allocate(n + 1, sizeof *a->g)};
    int status = work == NULL || a->mean == NULL || a->g == NULL ? -1 : 0;

    if (status == 0)
        choose_parts(a);
    for (size_t part = 0; status == 0 && part < a->n_parts; part++) {
        const int code = fit_part(a, like, part, work);
        if (code == GSL_EDOM && part > 0) { /* nobody of those is seen to the day: the part before goes on */
            a->n_parts = part;
            a->from[part] = losses_of(a)->rows.n_time + 1;
        } else if (code != GSL_SUCCESS && code != GSL_EDOM)
            status = fail("a regression for those who are lost: %s", gsl_strerror(code));
    }
    for (size_t i = 0; status == 0 && i < losses_of(a)->rows.n; i++) {
        struct summing x = {losses_of(a), i, 0};
        if (s->left_out[first + i])
            continue;
        walk(a, i, sum_up, &x);
        a->g[first + i] = x.sum;
    }
    free(work);
    return status;
}

void augmented_free(struct augmented *a)
{
    free(a->mean);
    free(a->g);
}

struct adding {
    const struct loss_weights *w;
    size_t i;
    double weight, *by_row;
    struct exact_sum *by_level;
    int status;
};

static void add_term(void *context, double coefficient, size_t k)
{
    struct adding *x = context;
    const double q = x->weight * coefficient * loss_weight(x->w, x->i, k) * x->w->r[x->i];
    const int code = q == 0 ? GSL_SUCCESS : exact_sum_add(&x->by_level[k], q);

    x->by_row[x->i] += q * x->w->level[k];
    x->status = code != GSL_SUCCESS ? code : x->status;
}

int augmented_add(const struct augmented *a, const double *weight, double *by_row, struct exact_sum *by_level)
{
    const size_t first = first_of(a->s->rows, a->treated);
    struct adding x = {.w = losses_of(a), .by_row = by_row, .by_level = by_level, .status = GSL_SUCCESS};

    for (x.i = 0; x.i < x.w->rows.n; x.i++) {
        x.weight = weight[first + x.i];
        if (x.weight != 0)
            walk(a, x.i, add_term, &x);
    }
    return x.status;
}
