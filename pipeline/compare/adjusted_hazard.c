/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/adjusted_hazard.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/arm_cox.h"
#include "stats/cox_score.h"
#include "stats/exact_sum.h"
#include "stats/influence.h"
#include "stats/weighted_balance.h"

/* Weights sum to the effective number of people, so that the test of proportional hazards sees no more than there are. */
static double scale_of(const struct pair_weights *w)
{
    struct exact_sum sums[2], *const sum = &sums[0], *const squares = &sums[1];
    double total = 1, square = 1;

    exact_sum_init(sum);
    exact_sum_init(squares);
    for (size_t i = 0; i < w->rows->n; i++)
        if (w->weight[i] > 0) {
            exact_sum_add(sum, w->weight[i]);
            exact_sum_add(squares, w->weight[i] * w->weight[i] / w->rows->frequency[i]);
        }
    if (reducer_exact_sums(w->rows->c->reducer, sums, 2) != GSL_SUCCESS)
        return NAN;
    (void)exact_sum_round(sum, &total);
    (void)exact_sum_round(squares, &square);
    return total / square;
}

/* Row by row. */
static int fill(const struct pair_weights *w, double scale, struct arm_cox *m)
{
    const struct pair_rows *rows = w->rows;

    if (arm_cox_alloc(m, rows->n, true) != 0)
        return GSL_ENOMEM;
    for (size_t i = 0; i < rows->n; i++)
        if (w->weight[i] != 0)
            arm_cox_add(m, i, rows->entry[i], rows->time[i], rows->cause[i] == 1, w->weight[i] * scale, rows->treated[i]);
    return GSL_SUCCESS;
}

/* People of one arm who leave on one day, without or with the event: the cells of the reference come first. */
static size_t n_cells(const struct pair_rows *rows)
{
    return 2 * rows->c->table->n_time;
}

static size_t cell_of(const struct pair_rows *rows, size_t i)
{
    return 2 * (size_t)rows->place[i] + (rows->cause[i] == 1);
}

/* Sums of weights by arm and cell, and how many rows they are of. */
static int sum_cells(const struct pair_weights *w, double *sum, int64_t *count)
{
    const struct pair_rows *rows = w->rows;
    int32_t *const cell = allocate(rows->n + 1, sizeof *cell);
    int code = cell == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    for (size_t i = 0; code == GSL_SUCCESS && i < rows->n; i++) {
        cell[i] = (int32_t)cell_of(rows, i);
        count[(rows->treated[i] ? n_cells(rows) : 0) + (size_t)cell[i]] += w->weight[i] > 0;
    }
    if (code == GSL_SUCCESS)
        code = weighted_levels_all(rows->n, cell, n_cells(rows), w->weight, rows->treated, rows->c->reducer, sum);
    if (code == GSL_SUCCESS)
        reducer_sum(rows->c->reducer, count, 2 * n_cells(rows));
    free(cell);
    return code;
}

/* Cells are alike throughout: a row each. */
static int fill_cells(const struct pair_weights *w, double scale, struct arm_cox *m)
{
    const size_t n = n_cells(w->rows);
    double *const sum = allocate(2 * n + 1, sizeof *sum);
    int64_t *const count = allocate(2 * n + 1, sizeof *count);
    int code = sum == NULL || count == NULL || arm_cox_alloc(m, 2 * n, false) != 0 ? GSL_ENOMEM : sum_cells(w, sum, count);

    for (size_t arm = 0; arm < 2; arm++)
        for (size_t k = 0; code == GSL_SUCCESS && k < n; k++) {
            const size_t c = arm * n + k;
            if (count[c] == 0)
                continue;
            arm_cox_add(m, c, 0, w->rows->c->table->time[k / 2], k % 2 == 1, sum[c] * scale, arm == 1);
            arm_cox_tie(m, count[c]);
        }
    free(count);
    free(sum);
    return code;
}

static int fit(const struct pair_weights *w, double scale, struct arm_cox *m)
{
    const struct pair_rows *rows = w->rows;
    const bool by_row = rows->entry != NULL;
    const int code = by_row ? fill(w, scale, m) : fill_cells(w, scale, m);

    /* Cells are those of all people already. */
    return code != GSL_SUCCESS ? code
                               : arm_cox_fit(m, rows->counted ? COX_BRESLOW : COX_EFRON, pair_rows_threads(rows),
                                             by_row ? rows->c->reducer : NULL);
}

/* d log ratio / d weight of every row of the pair. */
static int slopes(const struct pair_weights *w, double scale, const struct arm_cox *m, double *d)
{
    const struct pair_rows *rows = w->rows;
    const bool cells = rows->entry == NULL;
    struct cox_scores *scores = cox_scores_alloc(m->work);
    double *const of = allocate((cells ? 2 * n_cells(rows) : rows->n) + 1, sizeof *of); /* by cell or row */
    const double step = m->fit->covariance[0] / m->data->copy->scale[0] * scale;

    for (size_t i = 0; scores != NULL && of != NULL && i < m->data->n; i++) {
        const uint32_t row = m->data->row[i];
        double u;
        cox_score_row(scores, i, &u);
        of[m->row[row]] = step * u / m->weight[row];
    }
    for (size_t i = 0; of != NULL && i < rows->n; i++)
        d[i] = w->weight[i] == 0 ? 0 : of[cells ? (rows->treated[i] ? n_cells(rows) : 0) + cell_of(rows, i) : i];
    const int status = scores == NULL || of == NULL ? fail_memory() : 0;

    free(of);
    cox_scores_free(scores);
    return status;
}

/* Shares of the arms are estimated too: their ratio multiplies the weights of one arm. */
static int add_shares(const struct pair_weights *w, double *phi, const double *known)
{
    struct exact_sum sum;
    double moved = 0;

    exact_sum_init(&sum);
    for (size_t i = 0; i < w->rows->n_treated; i++)
        exact_sum_add(&sum, known[i]);
    if (reducer_exact_sums(w->rows->c->reducer, &sum, 1) != GSL_SUCCESS || exact_sum_round(&sum, &moved) != GSL_SUCCESS)
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

static void explain(const struct pair_rows *rows, const struct arm_cox *m, int code, struct adjusted_hazard *h)
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
    const double scale = scale_of(w);
    struct arm_cox m = {0};
    int code, status = 0;

    h->log_ratio = h->ph_p_value = NAN;
    h->defined = false;
    h->n_event = 0;
    h->note[0] = '\0';
    for (size_t i = 0; i < rows->n; i++)
        h->n_event += w->weight[i] > 0 && rows->cause[i] == 1 ? rows->count[i] : 0;
    h->n_event = reducer_sum_one(rows->c->reducer, h->n_event);
    code = fit(w, scale, &m);
    if (code == GSL_ENOMEM)
        status = fail_memory();
    else if (code != GSL_SUCCESS || m.fit->column[0] != COX_FITTED)
        explain(rows, &m, code, h);
    else if ((status = slopes(w, scale, &m, h->phi)) == 0) {
        h->defined = true;
        h->log_ratio = m.fit->coef[0];
        h->ph_p_value = arm_cox_proportional(&m);
        status = adjusted_hazard_linear(w, h->phi);
    }
    arm_cox_free(&m);
    return status;
}
