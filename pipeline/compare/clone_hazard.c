/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ratios of the hazards of strategies: a Cox model of the strategy alone on the weighted rows of the clones. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/arm_cox.h"
#include "compare/clones.h"
#include "stats/cox_score.h"

/* Weights of who follows sum to the effective number of clones, so that the test of proportional hazards sees no more than there are. */
static double scale_of(const struct clones *clones)
{
    double sum = 0, square = 0;

    for (int treated = 0; treated < 2; treated++) {
        const struct clone_weights *w = clones->weights[treated];
        const double total = w->largest_share > 0 ? w->largest_weight / w->largest_share : 0;
        sum += total;
        square += total * total / w->effective;
    }
    return square > 0 ? sum / square : 1;
}

static void take(const struct clones *clones, bool treated, double scale, struct arm_cox *m)
{
    const struct clone_weights *w = clones->weights[treated];
    const double *const time = clones->rows->c->table->time;

    for (size_t r = 0; r < w->n; r++)
        if (w->weight[r] != 0)
            arm_cox_add(m, r, w->entry[r] == WEIGHTED_FROM_START ? -1 : time[w->entry[r]], time[w->place[r]], w->cause[r] == 1,
                        w->weight[r] * scale, treated);
}

/*
 * The rows of both strategies, the treated's first.  Breslow's ties: what a weight does to the score is then the row's residual,
 * to the last digit.
 */
static int fit(const struct clones *clones, struct arm_cox *m)
{
    const double scale = scale_of(clones);

    if (arm_cox_alloc(m, clones->weights[0]->n + clones->weights[1]->n, true) != 0)
        return GSL_ENOMEM;
    take(clones, true, scale, m);
    take(clones, false, scale, m);
    return arm_cox_fit(m, COX_BRESLOW, pair_rows_threads(clones->rows), clones->rows->c->reducer);
}

/* The linear part by clone, from the slopes by the weights of rows. */
static int linear_part(const struct clones *clones, const struct arm_cox *m, double *phi)
{
    struct cox_scores *scores = cox_scores_alloc(m->work);
    const double step = m->fit->covariance[0] / m->data->copy->scale[0];
    double *d[2] = {NULL, NULL};
    int code = scores == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    for (int treated = 0; treated < 2; treated++)
        if ((d[treated] = allocate(clones->weights[treated]->n + 1, sizeof **d)) == NULL)
            code = GSL_ENOMEM;
    for (size_t i = 0; code == GSL_SUCCESS && i < m->data->n; i++) {
        const size_t row = m->data->row[i], r = m->row[row];
        double u;
        cox_score_row(scores, i, &u);
        d[m->code[row]][r] = step * u / clones->weights[m->code[row]]->weight[r];
    }
    for (int treated = 0; code == GSL_SUCCESS && treated < 2; treated++)
        code = clone_weights_influence(clones->weights[treated], d[treated], phi + (treated ? 0 : clones->rows->n_treated));
    free(d[0]);
    free(d[1]);
    cox_scores_free(scores);
    return code == GSL_SUCCESS ? 0 : fail("variance of a hazard ratio of strategies: %s", gsl_strerror(code));
}

int clones_hazard(const struct clones *clones, struct adjusted_hazard *h)
{
    const struct pair_rows *rows = clones->rows;
    struct arm_cox m = {0};
    int status = 0;

    *h = (struct adjusted_hazard){.log_ratio = NAN, .phi = h->phi, .ph_p_value = NAN};
    for (size_t i = 0; i < rows->n; i++)
        h->n_event += rows->cause[i] == 1 ? rows->count[i] : 0;
    h->n_event = reducer_sum_one(rows->c->reducer, h->n_event);
    const int code = fit(clones, &m);
    if (code == GSL_ENOMEM)
        status = fail_memory();
    else if (code != GSL_SUCCESS || m.fit->column[0] != COX_FITTED)
        snprintf(h->note, sizeof h->note, "%s",
                 code == GSL_EZERODIV                    ? "no events under either strategy"
                 : code != GSL_SUCCESS                   ? gsl_strerror(code)
                 : m.fit->column[0] == COX_INFINITE      ? "the estimate does not exist: no events under one of the strategies"
                                                         : "at no event were clones of both strategies at risk");
    else if ((status = linear_part(clones, &m, h->phi)) == 0) {
        h->defined = true;
        h->log_ratio = m.fit->coef[0];
        h->ph_p_value = arm_cox_proportional(&m);
    }
    arm_cox_free(&m);
    return status;
}
