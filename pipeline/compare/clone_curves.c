/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Curves of strategies as rows of table curves: estimates are weighted, counts are of the clones behind them. */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "compare/clones.h"
#include "compare/numbers.h"
#include "outcomes/outcome.h"
#include "stats/survival_interval.h"

/* Weighted rows times days beyond which errors are read on the days of the analysis alone. */
static const double ERROR_WORK = 2e7;

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

/* Is place k the last at or before a day that the analysis reads? */
static bool is_asked(const struct comparison *c, const struct weighted_curve *curve, size_t k)
{
    const struct study_numbers *days = &c->analysis->at;

    for (size_t i = 0; i < days->n; i++)
        if (curve->time[k] <= days->values[i] && (k + 1 == curve->n_time || curve->time[k + 1] > days->values[i]))
            return true;
    return false;
}

static int add_corner(struct adjusting *a, const struct part_of_arm *what, uint8_t treated, double time, const int64_t count[3],
                      double estimate, double computed, struct table *curves)
{
    const double error = number_without_noise(computed, 1);
    const struct comparison *c = a->c;
    const bool survival = what->measure == MEASURE_survival;
    struct row_builder row = table_new_row(curves);
    struct survival_interval interval;
    double low, high;

    (void)survival_interval_init(&interval, SURVIVAL_CONF_LOG_LOG, CONF_LEVEL);
    survival_interval_limits(&interval, survival ? estimate : 1 - estimate, error > 0 ? error : NAN, &low, &high);
    row_text(&row, "analysis", c->analysis->name.text);
    row_text(&row, "outcome", c->outcome->name.text);
    row_text(&row, "population", c->population->name.text);
    row_text(&row, "adjustment", a->how->name.text);
    if (!a->one_pair)
        row_text(&row, "stratum", adjusting_arm(a, !treated));
    row_text(&row, "measure", measure_name(what->measure));
    row_text(&row, "cause", survival ? "" : outcome_cause(c->outcome, what->cause));
    row_text(&row, "arm", adjusting_arm(a, treated));
    row_real(&row, "time", time);
    row_integer(&row, "n_risk", count[0]);
    row_integer(&row, "n_event", count[1]);
    row_integer(&row, "n_censor", count[2]);
    row_real(&row, "estimate", estimate);
    row_real(&row, "std_error", error);
    row_real(&row, "conf_low", survival ? low : 1 - high);
    row_real(&row, "conf_high", survival ? high : 1 - low);
    return row_end(&row);
}

/* Errors of the curve by place, NAN where none is read: on the days on which a clone leaves, or of those on some that are asked for. */
static int read_errors(struct adjusting *a, const struct part_of_arm *what, uint8_t treated, const struct tally *t, double *error)
{
    const struct weighted_curve *curve = a->clones->curve[treated];
    const bool sparse = (double)a->clones->weights[treated]->n_everywhere * (double)curve->n_time > ERROR_WORK;
    const double most = weighted_curve_max_tau(curve);
    double *const days = allocate(2 * curve->n_time, sizeof *days), *const found = days == NULL ? NULL : days + curve->n_time;
    size_t *const place = allocate(curve->n_time, sizeof *place), n = 0;
    int status = days == NULL || place == NULL ? -1 : 0;

    for (size_t k = 0; status == 0 && k < curve->n_time; k++) {
        error[k] = NAN;
        if (t->left[k] == 0 || (sparse && !is_asked(a->c, curve, k)) || curve->time[k] > most)
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
    int64_t n_risk = adjusting_people(a, treated);

    count_clones(&a->rows, treated, cause, t);
    int status = read_errors(a, &what, treated, t, error);
    if (status == 0 && (t->left[0] == 0 || curve->time[0] > 0))
        status = add_corner(a, &what, treated, 0, (int64_t[]){n_risk, 0, 0}, survival ? 1 : 0, 0, curves);
    for (size_t k = 0; status == 0 && k < curve->n_time; k++) {
        const double estimate = survival ? curve->surv[k] : curve->cuminc[(cause - 1) * curve->n_time + k];
        if (t->left[k] == 0)
            continue;
        status = add_corner(a, &what, treated, curve->time[k], (int64_t[]){n_risk, t->event[k], t->censor[k]}, estimate, error[k],
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
