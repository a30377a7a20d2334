/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ratios of the hazards of strategies: a Cox model of the strategy alone on the weighted rows of the clones. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/clones.h"
#include "stats/cox.h"
#include "stats/cox_score.h"
#include "stats/cox_zph.h"

/* The rows of both strategies, the treated's first, but those without weight. */
struct clone_cox {
    size_t *row;  /* [rows.n] of the clone_weights of its strategy */
    double *entry, *time, *weight;
    int32_t *event;
    uint16_t *code;
    int32_t column[2];
    struct design_block block;
    struct design_matrix design;
    struct cox_rows rows;
    struct cox_data *data;
    struct cox_work *work;
    struct cox_fit *fit;
};

static void clear(struct clone_cox *m)
{
    free(m->row);
    free(m->entry);
    free(m->time);
    free(m->weight);
    free(m->event);
    free(m->code);
    cox_fit_free(m->fit);
    cox_work_free(m->work);
    cox_data_free(m->data);
}

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

static void take(const struct clones *clones, uint8_t treated, double scale, struct clone_cox *m)
{
    const struct clone_weights *w = clones->weights[treated];
    const double *const time = clones->rows->c->table->time;

    for (size_t r = 0; r < w->n; r++) {
        const size_t k = m->rows.n;
        if (w->weight[r] == 0)
            continue;
        m->row[k] = r;
        m->entry[k] = w->entry[r] == WEIGHTED_FROM_START ? -1 : time[w->entry[r]];
        m->time[k] = time[w->place[r]];
        m->event[k] = w->cause[r] == 1;
        m->weight[k] = w->weight[r] * scale;
        m->code[k] = treated;
        m->rows.n++;
    }
}

static int fill(const struct clones *clones, struct clone_cox *m)
{
    const size_t n = clones->weights[0]->n + clones->weights[1]->n + 1;
    const double scale = scale_of(clones);

    if ((m->row = allocate(n, sizeof *m->row)) == NULL || (m->entry = allocate(n, sizeof *m->entry)) == NULL ||
        (m->time = allocate(n, sizeof *m->time)) == NULL || (m->weight = allocate(n, sizeof *m->weight)) == NULL ||
        (m->event = allocate(n, sizeof *m->event)) == NULL || (m->code = allocate(n, sizeof *m->code)) == NULL)
        return -1;
    m->rows = (struct cox_rows){.entry = m->entry, .time = m->time, .event = m->event, .n_stratum = 1, .weight = m->weight,
                                .design = &m->design};
    for (int treated = 1; treated >= 0; treated--)
        take(clones, (uint8_t)treated, scale, m);
    m->column[0] = DESIGN_NONE;
    m->block = (struct design_block){.code = m->code, .n_level = 2, .column = m->column};
    m->design = (struct design_matrix){.n = m->rows.n, .p = 1, .n_block = 1, .block = &m->block};
    return 0;
}

/* Breslow's ties: what a weight does to the score is then the row's residual, to the last digit. */
static int fit(const struct clones *clones, struct clone_cox *m)
{
    const struct cox_control control = COX_CONTROL;
    const size_t n_threads = pair_rows_threads(clones->rows);

    if (fill(clones, m) != 0 || (m->data = cox_data_alloc(&m->rows, n_threads)) == NULL || (m->fit = cox_fit_alloc(1)) == NULL ||
        (m->work = cox_work_alloc(m->data, COX_BRESLOW, n_threads)) == NULL)
        return GSL_ENOMEM;
    return cox_fit_run(m->work, &control, m->fit);
}

/* The linear part by clone, from the slopes by the weights of rows. */
static int linear_part(const struct clones *clones, const struct clone_cox *m, double *phi)
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

static double proportional(const struct clone_cox *m)
{
    const int32_t term = 0;
    struct cox_zph zph = {.test = allocate(2, sizeof *zph.test)};
    double *g = allocate(m->data->n_axis, sizeof *g), p_value = NAN;

    if (g != NULL && zph.test != NULL && cox_zph_times(m->data, &m->rows, COX_ZPH_KM, g) == GSL_SUCCESS &&
        cox_zph_run(m->work, m->fit, g, &term, 1, &zph) == GSL_SUCCESS && zph.test[0].df > 0)
        p_value = zph.test[0].p_value;
    free(g);
    free(zph.test);
    return p_value;
}

int clones_hazard(const struct clones *clones, struct adjusted_hazard *h)
{
    const struct pair_rows *rows = clones->rows;
    struct clone_cox m = {0};
    int status = 0;

    *h = (struct adjusted_hazard){.log_ratio = NAN, .phi = h->phi, .ph_p_value = NAN};
    for (size_t i = 0; i < rows->n; i++)
        h->n_event += rows->cause[i] == 1 ? rows->count[i] : 0;
    const int code = fit(clones, &m);
    if (code == GSL_ENOMEM)
        status = fail("out of memory");
    else if (code != GSL_SUCCESS || m.fit->column[0] != COX_FITTED)
        snprintf(h->note, sizeof h->note, "%s",
                 code == GSL_EZERODIV                    ? "no events under either strategy"
                 : code != GSL_SUCCESS                   ? gsl_strerror(code)
                 : m.fit->column[0] == COX_INFINITE      ? "the estimate does not exist: no events under one of the strategies"
                                                         : "at no event were clones of both strategies at risk");
    else if ((status = linear_part(clones, &m, h->phi)) == 0) {
        h->defined = true;
        h->log_ratio = m.fit->coef[0];
        h->ph_p_value = proportional(&m);
    }
    clear(&m);
    return status;
}
