/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/adjusted_hazard.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "stats/cox.h"
#include "stats/cox_score.h"
#include "stats/cox_zph.h"
#include "stats/exact_sum.h"
#include "stats/influence.h"

/* Rows of positive weight. */
struct weighted_cox {
    size_t *row;       /* [rows.n] of the pair */
    struct cox_rows rows;
    double *entry, *time, *weight;
    int32_t *event;
    uint16_t *code;
    int32_t column[2];
    struct design_block block;
    struct design_matrix design;
    struct cox_data *data;
    struct cox_work *work;
    struct cox_fit *fit;
};

static void clear(struct weighted_cox *m)
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

/* Weights sum to the effective number of people, so that the test of proportional hazards sees no more than there are. */
static double scale_of(const struct pair_weights *w)
{
    struct exact_sum sum, squares;
    double total = 1, square = 1;

    exact_sum_init(&sum);
    exact_sum_init(&squares);
    for (size_t i = 0; i < w->rows->n; i++)
        if (w->weight[i] > 0) {
            exact_sum_add(&sum, w->weight[i]);
            exact_sum_add(&squares, w->weight[i] * w->weight[i] / w->rows->frequency[i]);
        }
    (void)exact_sum_round(&sum, &total);
    (void)exact_sum_round(&squares, &square);
    return total / square;
}

static int fill(const struct pair_weights *w, struct weighted_cox *m)
{
    const struct pair_rows *rows = w->rows;
    const double scale = scale_of(w);
    size_t n = 0;

    if ((m->row = allocate(rows->n + 1, sizeof *m->row)) == NULL ||
        (rows->entry != NULL && (m->entry = allocate(rows->n + 1, sizeof *m->entry)) == NULL) ||
        (m->time = allocate(rows->n + 1, sizeof *m->time)) == NULL ||
        (m->weight = allocate(rows->n + 1, sizeof *m->weight)) == NULL ||
        (m->event = allocate(rows->n + 1, sizeof *m->event)) == NULL ||
        (m->code = allocate(rows->n + 1, sizeof *m->code)) == NULL)
        return -1;
    for (size_t i = 0; i < rows->n; i++) {
        if (w->weight[i] == 0)
            continue;
        m->row[n] = i;
        if (m->entry != NULL)
            m->entry[n] = rows->entry[i];
        m->time[n] = rows->time[i];
        m->weight[n] = w->weight[i] * scale;
        m->event[n] = rows->cause[i] == 1;
        m->code[n++] = rows->treated[i];
    }
    m->column[0] = DESIGN_NONE;
    m->column[1] = 0;
    m->block = (struct design_block){.code = m->code, .n_level = 2, .column = m->column};
    m->design = (struct design_matrix){.n = n, .p = 1, .n_block = 1, .block = &m->block};
    m->rows = (struct cox_rows){.n = n, .entry = m->entry, .time = m->time, .event = m->event, .n_stratum = 1,
                                .weight = m->weight, .design = &m->design};
    return 0;
}

static int fit(const struct pair_weights *w, struct weighted_cox *m)
{
    const struct cox_control control = COX_CONTROL;
    const size_t n_threads = pair_rows_threads(w->rows);

    if (fill(w, m) != 0)
        return GSL_ENOMEM;
    if ((m->data = cox_data_alloc(&m->rows, n_threads)) == NULL || (m->fit = cox_fit_alloc(1)) == NULL ||
        (m->work = cox_work_alloc(m->data, w->rows->counted ? COX_BRESLOW : COX_EFRON, n_threads)) == NULL)
        return GSL_ENOMEM;
    return cox_fit_run(m->work, &control, m->fit);
}

/* d log ratio / d weight of every row of the pair. */
static int slopes(const struct pair_weights *w, const struct weighted_cox *m, double *d)
{
    struct cox_scores *scores = cox_scores_alloc(m->work);
    const double step = m->fit->covariance[0] / m->data->copy->scale[0];

    if (scores == NULL)
        return fail("out of memory");
    memset(d, 0, w->rows->n * sizeof *d);
    for (size_t i = 0; i < m->data->n; i++) {
        const size_t row = m->row[m->data->row[i]];
        double u;
        cox_score_row(scores, i, &u);
        d[row] = step * u / w->weight[row];
    }
    cox_scores_free(scores);
    return 0;
}

/* Shares of the arms are estimated too: their ratio multiplies the weights of one arm. */
static int add_shares(const struct pair_weights *w, double *phi, const double *known)
{
    struct exact_sum sum;
    double moved = 0;

    exact_sum_init(&sum);
    for (size_t i = 0; i < w->rows->n_treated; i++)
        exact_sum_add(&sum, known[i]);
    if (exact_sum_round(&sum, &moved) != GSL_SUCCESS)
        return fail("variance of a weighted ratio of hazards");
    for (size_t i = 0; i < w->rows->n; i++)
        if (w->weight[i] > 0)
            phi[i] += (w->rows->treated[i] ? moved : -moved) * w->rows->frequency[i] / w->used_people[w->rows->treated[i]];
    return 0;
}

int adjusted_hazard_linear(const struct pair_weights *w, double *phi)
{
    const struct pair_model *model = pair_weights_model(w);
    const struct influence_model of = {model == NULL ? NULL : model->fit, model == NULL ? NULL : &model->data, w->slope,
                                       pair_rows_threads(w->rows)};
    double *known = w->how->stabilised ? allocate(w->rows->n + 1, sizeof *known) : NULL;
    int status = w->how->stabilised && known == NULL ? -1 : 0;

    for (size_t i = 0; known != NULL && i < w->rows->n; i++)
        known[i] = w->weight[i] * phi[i];
    if (status == 0 && influence_linear(model == NULL ? NULL : &of, w->rows->n, w->weight, phi, phi) != GSL_SUCCESS)
        status = fail("variance of a weighted ratio of hazards");
    if (status == 0 && known != NULL)
        status = add_shares(w, phi, known);
    free(known);
    return status;
}

static double proportional(const struct weighted_cox *m)
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

static void explain(const struct pair_rows *rows, const struct weighted_cox *m, int code, struct adjusted_hazard *h)
{
    if (code == GSL_EZERODIV)
        snprintf(h->note, sizeof h->note, "no events in either arm");
    else if (code != GSL_SUCCESS)
        snprintf(h->note, sizeof h->note, "%s", gsl_strerror(code));
    else if (m->fit->column[0] == COX_INFINITE)
        snprintf(h->note, sizeof h->note, "the estimate does not exist: no events in arm %.100s",
                 comparison_arm(rows->c, m->fit->sign[0] > 0 ? rows->pair.reference : rows->pair.arm));
    else
        snprintf(h->note, sizeof h->note, "at no event were people of both arms at risk");
}

int adjusted_hazard_solve(const struct pair_weights *w, struct adjusted_hazard *h)
{
    const struct pair_rows *rows = w->rows;
    struct weighted_cox m = {0};
    int code, status = 0;

    h->log_ratio = h->ph_p_value = NAN;
    h->defined = false;
    h->n_event = 0;
    h->note[0] = '\0';
    for (size_t i = 0; i < rows->n; i++)
        h->n_event += w->weight[i] > 0 && rows->cause[i] == 1 ? rows->count[i] : 0;
    code = fit(w, &m);
    if (code == GSL_ENOMEM)
        status = fail("out of memory");
    else if (code != GSL_SUCCESS || m.fit->column[0] != COX_FITTED)
        explain(rows, &m, code, h);
    else if ((status = slopes(w, &m, h->phi)) == 0) {
        h->defined = true;
        h->log_ratio = m.fit->coef[0];
        h->ph_p_value = proportional(&m);
        status = adjusted_hazard_linear(w, h->phi);
    }
    clear(&m);
    return status;
}
