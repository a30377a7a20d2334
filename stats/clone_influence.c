/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each clone does to a number, estimating the weights included. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/clone_weights.h"
#include "stats/influence.h"

/* What a model's estimation adds: g [n_d] of [n] is what a unit of a row's linear predictor does to each number. */
static int add_model(const struct clone_model *model, size_t n_threads, double *const *g, size_t n_d, double *const *phi)
{
    const struct influence_model of = {model->fit, &model->data, NULL, n_threads};
    const int status = influence_linear_each(&of, model->n, NULL, (const double *const *)g, n_d, g);

    for (size_t k = 0; status == GSL_SUCCESS && k < n_d; k++)
        for (size_t r = 0; r < model->n; r++)
            phi[k][model->clone[r]] += g[k][r];
    return status;
}

/* ahead[r]: sum of w d over this row of the clone and those after it, of weights that are not held. */
static void look_ahead(const struct clone_weights *w, const double *d, double *ahead)
{
    for (size_t r = w->n; r-- > 0;)
        ahead[r] = (w->held[r] ? 0 : w->weight[r] * d[r]) + (r + 1 < w->n && w->clone[r + 1] == w->clone[r] ? ahead[r + 1] : 0);
}

static double ahead_of(const struct clone_weights *w, const double *ahead, const struct clone_model *model, size_t r)
{
    return model->after[r] < w->n && w->clone[model->after[r]] == model->clone[r] ? ahead[model->after[r]] : 0;
}

/* The part of known weights, and what a unit of both linear predictors does; ahead [w->n].  GSL_EINVAL */
static int take_slopes(const struct clone_weights *w, const double *d, double *ahead, double *phi, double *of_avoid, double *of_act)
{
    memset(phi, 0, w->n_clone * sizeof *phi);
    for (size_t r = 0; r < w->n; r++) {
        phi[w->clone[r]] += w->weight[r] * d[r];
        if (!isfinite(d[r]))
            return GSL_EINVAL;
    }
    look_ahead(w, d, ahead);
    for (size_t r = 0; r < w->avoid.n; r++)
        of_avoid[r] = w->avoid.y[r] == 1 ? 0 : glm_mean(GLM_LOGISTIC, w->avoid.fit->eta[r]) * ahead_of(w, ahead, &w->avoid, r);
    for (size_t r = 0; r < w->act.n; r++)
        of_act[r] = w->act.y[r] == 0 ? 0 : (glm_mean(GLM_LOGISTIC, w->act.fit->eta[r]) - 1) * ahead_of(w, ahead, &w->act, r);
    return GSL_SUCCESS;
}

int clone_weights_influence(const struct clone_weights *w, const double *d, double *phi)
{
    return clone_weights_influence_each(w, &d, 1, &phi);
}

int clone_weights_influence_each(const struct clone_weights *w, const double *const *d, size_t n_d, double *const *phi)
{
    const size_t n_models = w->avoid.n + w->act.n;
    double *const ahead = malloc((w->n + n_d * n_models + 1) * sizeof *ahead), **const g = malloc((2 * n_d + 1) * sizeof *g);
    int status = ahead == NULL || g == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    for (size_t k = 0; status == GSL_SUCCESS && k < n_d; k++) {
        g[k] = ahead + w->n + k * n_models;
        g[n_d + k] = g[k] + w->avoid.n;
        status = take_slopes(w, d[k], ahead, phi[k], g[k], g[n_d + k]);
    }
    status = reducer_status(w->reducer, status);
    if (status == GSL_SUCCESS && w->avoid.fit != NULL)
        status = add_model(&w->avoid, w->n_threads, g, n_d, phi);
    if (status == GSL_SUCCESS && w->act.fit != NULL)
        status = add_model(&w->act, w->n_threads, g + n_d, n_d, phi);
    free(g);
    free(ahead);
    return status;
}
