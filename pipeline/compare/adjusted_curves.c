/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/adjusted_curves.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/curves.h"
#include "outcomes/outcome.h"
#include "stats/weighted_curve.h"
#include "stats/weighted_errors.h"

struct drawing {
    const struct weighted_curves *solved;
    bool one_pair;
    double *work;
    struct table *curves;
    uint8_t treated;
    int64_t *left, *event, *censor; /* [n_time] people who leave, by the drawn cause, censored */
    int64_t *enter;                 /* [n_time + 1] who is at risk from the start, and from behind each place on */
    struct adjusted_part part;
    double *error;                  /* [n_time] of all days at once; NULL where they are read one by one */
};

static void count_people(struct drawing *d, size_t cause)
{
    const struct pair_weights *w = d->solved->weights;
    const struct pair_rows *rows = w->rows;
    const size_t n_time = rows->c->table->n_time;

    for (size_t k = 0; k < n_time; k++)
        d->left[k] = d->event[k] = d->censor[k] = d->enter[k] = 0;
    d->enter[n_time] = 0;
    for (size_t i = 0; i < rows->n; i++) {
        if (rows->treated[i] != d->treated || w->weight[i] == 0)
            continue;
        const bool late = rows->entry_place != NULL && rows->entry_place[i] != WEIGHTED_FROM_START;
        d->enter[late ? rows->entry_place[i] + 1 : 0] += rows->count[i];
        d->left[rows->place[i]] += rows->count[i];
        d->censor[rows->place[i]] += rows->cause[i] == 0 ? rows->count[i] : 0;
        d->event[rows->place[i]] += rows->cause[i] == (int32_t)cause ? rows->count[i] : 0;
    }
    reducer_sum_pieces(rows->c->reducer, (const struct reducer_piece[]){{d->left, n_time}, {d->censor, n_time}, {d->event, n_time},
                                                                            {d->enter, n_time + 1}}, 4);
}

static int error_at(struct drawing *d, const struct part_of_arm *what, double *error)
{
    const struct pair_weights *w = d->solved->weights;
    double variance = NAN;

    if (weighted_curves_knows(d->solved, what, d->treated, error))
        return 0;
    if (weighted_part(d->solved, what, d->treated, &d->part) != 0)
        return -1;
    if (d->part.defined && adjusted_variance(w->rows, w, 1, d->part.phi, 0, NULL, d->work, &variance) != 0)
        return -1;
    *error = sqrt(variance);
    return 0;
}

/* Pairs: each person of an arm is a set by itself, and sets that a number does not depend on do not count as such: those who
 * were lost before the first event. */
static double pairs_factor(const struct drawing *d, size_t first, size_t n)
{
    const struct pair_rows *rows = d->solved->weights->rows;
    const struct weighted_curve *curve = d->solved->curve[d->treated];
    size_t first_event = 0;
    double sets = 0;

    while (first_event < curve->n_time && curve->growth[first_event] == 0)
        first_event++;
    for (size_t i = first; i < first + n; i++)
        sets += d->solved->weights->weight[i] > 0 && (rows->cause[i] > 0 || rows->place[i] >= first_event);
    return sqrt(sets / (sets - 1));
}

/* All errors in one pass, where parts add by person. */
static int errors_at_once(struct drawing *d, const struct part_of_arm *what, double *error)
{
    const struct pair_weights *w = d->solved->weights;
    const struct pair_rows *rows = w->rows;
    const struct pair_model *model = pair_weights_model(w);
    const struct influence_model of = {model == NULL ? NULL : model->fit, model == NULL ? NULL : &model->data, w->slope,
                                       pair_rows_threads(rows)};
    const size_t first = d->treated ? 0 : rows->n_treated, n = d->treated ? rows->n_treated : rows->n - rows->n_treated;
    const struct weighted_rows of_arm = {n, rows->place + first, rows->entry_place, rows->cause + first, w->weight + first};
    const struct weighted_errors_request request = {d->solved->curve[d->treated], &of_arm, first, rows->n, rows->frequency,
                                                    &of, what->measure == MEASURE_survival ? 0 : what->cause, rows->c->reducer};

    d->error = NULL;
    if (rows->cluster != NULL || rows->losses != NULL || (w->set != NULL && w->how->ratio > 1))
        return 0;
    const double factor = w->set != NULL ? pairs_factor(d, first, n) : 1;
    const int code = weighted_errors(&request, error);
    if (code == GSL_SUCCESS)
        d->error = error;
    for (size_t k = 0; code == GSL_SUCCESS && k < rows->c->table->n_time; k++)
        error[k] *= factor;
    return code == GSL_SUCCESS || code == GSL_EUNIMPL ? 0 : fail("errors of a weighted curve: %s", gsl_strerror(code));
}

int adjusted_curve_errors(const struct weighted_curves *solved, uint8_t treated, double *error, bool *all)
{
    struct drawing d = {.solved = solved, .treated = treated};
    const struct part_of_arm what = {MEASURE_survival, 1, {0, false}};
    const int status = errors_at_once(&d, &what, error);

    *all = d.error != NULL;
    return status;
}

static int add_curve(struct drawing *d, enum measure measure, size_t cause)
{
    const struct weighted_curve *curve = d->solved->curve[d->treated];
    const struct pair_rows *rows = d->solved->weights->rows;
    const bool survival = measure == MEASURE_survival;
    const bool sparse = rows->losses != NULL || (double)(rows->n_of[0] + rows->n_of[1]) * (double)curve->n_time > CURVE_ERROR_WORK;
    const struct curve_key key = {rows->c, measure, survival ? "" : outcome_cause(rows->c->outcome, cause),
                                  d->solved->weights->how->name.text,
                                  d->one_pair ? NULL : comparison_arm(rows->c, d->treated ? rows->pair.reference : rows->pair.arm),
                                  comparison_arm(rows->c, d->treated ? rows->pair.arm : rows->pair.reference)};
    struct part_of_arm what = {measure, cause, {0, false}};
    int64_t n_risk = 0; /* just before a time, entries until then included */
    double *all = allocate(curve->n_time, sizeof *all);
    int status = all == NULL ? -1 : errors_at_once(d, &what, all);

    count_people(d, cause);
    if (status == 0 && (d->left[0] == 0 || curve->time[0] > 0))
        status = curve_corner_weighted(&key, (struct curve_corner){.n_risk = d->enter[0], .estimate = survival ? 1 : 0}, d->curves);
    for (size_t k = 0; status == 0 && k < curve->n_time; k++) {
        double error = NAN;
        n_risk += d->enter[k];
        if (d->left[k] == 0)
            continue;
        what.horizon.time = curve->time[k];
        if (d->error != NULL)
            error = d->error[k];
        else if (!sparse || curve_is_read(rows->c, curve, k))
            status = error_at(d, &what, &error);
        if (status == 0)
            status = curve_corner_weighted(&key,
                                           (struct curve_corner){.time = curve->time[k], .n_risk = n_risk, .n_event = d->event[k],
                                                                 .n_censor = d->censor[k], .std_error = error,
                                                                 .estimate = survival ? curve->surv[k]
                                                                                      : curve->cuminc[(cause - 1) * curve->n_time + k]},
                                           d->curves);
        n_risk -= d->left[k];
    }
    free(all);
    return status;
}

int adjusted_curves_add(const struct weighted_curves *solved, bool one_pair, double *work, struct table *curves)
{
    const struct comparison *c = solved->weights->rows->c;
    struct drawing d = {.solved = solved, .one_pair = one_pair, .work = work, .curves = curves};
    int status = 0;

    if (c->table == NULL)
        return 0;
    if ((d.left = allocate(c->table->n_time, sizeof *d.left)) == NULL ||
        (d.event = allocate(c->table->n_time, sizeof *d.event)) == NULL ||
        (d.censor = allocate(c->table->n_time, sizeof *d.censor)) == NULL ||
        (d.enter = allocate(c->table->n_time + 1, sizeof *d.enter)) == NULL ||
        (d.part.phi = allocate(solved->weights->rows->n + 1, sizeof *d.part.phi)) == NULL)
        status = -1;
    for (int treated = 1; status == 0 && treated >= 0; treated--) {
        d.treated = (uint8_t)treated;
        if (c->n_cause == 1)
            status = add_curve(&d, MEASURE_survival, 1);
        for (size_t cause = 1; status == 0 && c->n_cause > 1 && cause <= c->n_cause; cause++)
            status = add_curve(&d, MEASURE_cumulative_incidence, cause);
    }
    free(d.part.phi);
    free(d.enter);
    free(d.censor);
    free(d.event);
    free(d.left);
    return status;
}
