/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Curves of strategies as rows of table curves: estimates are weighted, counts are of the clones behind them. */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "compare/clones.h"
#include "compare/curves.h"
#include "outcomes/outcome.h"

struct tally {
    int64_t *left, *event, *censor; /* [n_time] one behind the other */
};

static void count_clones(const struct pair_rows *rows, uint8_t treated, size_t cause, const struct tally *t)
{
    const size_t first = treated ? 0 : rows->n_treated, last = treated ? rows->n_treated : rows->n;

    for (size_t k = 0; k < rows->c->table->n_time; k++)
        t->left[k] = t->event[k] = t->censor[k] = 0;
    for (size_t i = first; i < last; i++) {
        t->left[rows->place[i]] += rows->count[i];
        t->censor[rows->place[i]] += rows->cause[i] == 0 ? rows->count[i] : 0;
        t->event[rows->place[i]] += rows->cause[i] == (int32_t)cause ? rows->count[i] : 0;
    }
    reducer_sum(rows->c->reducer, t->left, 3 * rows->c->table->n_time);
}

/* Errors of the curve by place, NAN where none is read: on the days on which a clone leaves, or of those on some that are asked for. */
static int read_errors(struct adjusting *a, const struct part_of_arm *what, uint8_t treated, const struct tally *t, double *error)
{
    const struct weighted_curve *curve = a->clones->curve[treated];
    const bool sparse = (double)a->clones->weights[treated]->n_everywhere * (double)curve->n_time > CURVE_ERROR_WORK;
    const double most = weighted_curve_max_tau(curve);
    double *const days = allocate(2 * curve->n_time, sizeof *days), *const found = days == NULL ? NULL : days + curve->n_time;
    size_t *const place = allocate(curve->n_time, sizeof *place), n = 0;
    int status = days == NULL || place == NULL ? -1 : 0;

    for (size_t k = 0; status == 0 && k < curve->n_time; k++) {
        error[k] = NAN;
        if (t->left[k] == 0 || (sparse && !curve_is_read(a->c, curve, k)) || curve->time[k] > most)
            continue;
        days[n] = curve->time[k];
        place[n++] = k;
    }
    if (status == 0)
        status = clones_errors(a, what, treated, days, n, found);
    for (size_t k = 0; status == 0 && k < n; k++)
        error[place[k]] = found[k];
    free(place);
    free(days);
    return status;
}

static int add_curve(struct adjusting *a, enum measure measure, size_t cause, uint8_t treated, const struct tally *t, double *error,
                     struct table *curves)
{
    const struct weighted_curve *curve = a->clones->curve[treated];
    const bool survival = measure == MEASURE_survival;
    const struct part_of_arm what = {measure, cause, {0, false}};
    const struct curve_key key = {a->c, measure, survival ? "" : outcome_cause(a->c->outcome, cause), a->how->name.text,
                                  a->one_pair ? NULL : adjusting_arm(a, !treated), adjusting_arm(a, treated)};
    int64_t n_risk = adjusting_people(a, treated);

    count_clones(&a->rows, treated, cause, t);
    int status = read_errors(a, &what, treated, t, error);
    if (status == 0 && (t->left[0] == 0 || curve->time[0] > 0))
        status = curve_corner_weighted(&key, (struct curve_corner){.n_risk = n_risk, .estimate = survival ? 1 : 0}, curves);
    for (size_t k = 0; status == 0 && k < curve->n_time; k++) {
        const double estimate = survival ? curve->surv[k] : curve->cuminc[(cause - 1) * curve->n_time + k];
        if (t->left[k] == 0)
            continue;
        status = curve_corner_weighted(&key,
                                       (struct curve_corner){.time = curve->time[k], .n_risk = n_risk, .n_event = t->event[k],
                                                             .n_censor = t->censor[k], .estimate = estimate, .std_error = error[k]},
                                       curves);
        n_risk -= t->left[k];
    }
    return status;
}

int clones_curves_add(struct adjusting *a, struct table *curves)
{
    const size_t n_time = a->c->table->n_time;
    int64_t *counts = allocate(3 * n_time, sizeof *counts);
    const struct tally t = {counts, counts == NULL ? NULL : counts + n_time, counts == NULL ? NULL : counts + 2 * n_time};
    double *const error = allocate(n_time, sizeof *error);
    int status = counts == NULL || error == NULL ? -1 : 0;

    for (int treated = 1; status == 0 && treated >= 0; treated--) {
        if (a->c->n_cause == 1)
            status = add_curve(a, MEASURE_survival, 1, (uint8_t)treated, &t, error, curves);
        for (size_t cause = 1; status == 0 && a->c->n_cause > 1 && cause <= a->c->n_cause; cause++)
            status = add_curve(a, MEASURE_cumulative_incidence, cause, (uint8_t)treated, &t, error, curves);
    }
    free(error);
    free(counts);
    return status;
}
