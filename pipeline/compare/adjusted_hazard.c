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

static int fit(const struct pair_weights *w, struct arm_cox *m)
{
    const struct pair_rows *rows = w->rows;
    const double scale = scale_of(w);

    if (arm_cox_alloc(m, rows->n, rows->entry != NULL) != 0)
        return GSL_ENOMEM;
    for (size_t i = 0; i < rows->n; i++)
        if (w->weight[i] != 0)
            arm_cox_add(m, i, rows->entry == NULL ? 0 : rows->entry[i], rows->time[i], rows->cause[i] == 1,
                        w->weight[i] * scale, rows->treated[i]);
    return arm_cox_fit(m, rows->counted ? COX_BRESLOW : COX_EFRON, pair_rows_threads(rows));
}

/* d log ratio / d weight of every row of the pair. */
static int slopes(const struct pair_weights *w, const struct arm_cox *m, double *d)
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
    struct arm_cox m = {0};
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
        h->ph_p_value = arm_cox_proportional(&m);
        status = adjusted_hazard_linear(w, h->phi);
    }
    arm_cox_free(&m);
    return status;
}
