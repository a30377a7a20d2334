/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/clones.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/adjusted_balance.h"
#include "compare/emulation.h"
#include "compare/numbers.h"
#include "stats/influence.h"

static size_t first_of(const struct pair_rows *rows, uint8_t treated)
{
    return treated ? 0 : rows->n_treated;
}

static size_t n_of(const struct pair_rows *rows, uint8_t treated)
{
    return treated ? rows->n_treated : rows->n - rows->n_treated;
}

void clones_free(struct clones *clones)
{
    for (int treated = 0; clones != NULL && treated < 2; treated++) {
        term_columns_free(&clones->columns[treated]);
        clone_weights_free(clones->weights[treated]);
        weighted_curve_free(clones->curve[treated]);
    }
    if (clones != NULL) {
        free(clones->act);
        free(clones->slope);
    }
    free(clones);
}

/* ---- weights and curves of a strategy -------------------------------------------------------------------------------- */

static struct clone_rule rule_of(const struct adjusting *a, const struct study_strategy *s)
{
    return (struct clone_rule){isfinite(s->by) ? s->from - 1 : s->not_by, s->by,
                               isfinite(s->by) ? fmin(a->c->analysis->strategies.period, s->by + 1) : 1};
}

static struct weighted_rows rows_of(const struct clone_weights *w)
{
    return (struct weighted_rows){w->n, w->place, w->entry, w->cause, w->weight};
}

/* Columns that separate those who depart: nobody like them follows. */
static void name_separated(const struct clone_weights *w, const struct term_columns *columns, char *names, size_t size)
{
    const struct clone_model *const models[] = {&w->avoid, &w->act};

    names[0] = '\0';
    for (size_t m = 0; m < 2; m++)
        for (size_t j = 0; models[m]->fit != NULL && j < columns->design.p; j++)
            if (models[m]->fit->separated[1 + j]) {
                const size_t length = strlen(names);
                if (strstr(names, columns->names[j]) == NULL && length + strlen(columns->names[j]) + 3 < size)
                    snprintf(names + length, size - length, "%s%s", length > 0 ? ", " : "", columns->names[j]);
            }
}

static int solve_strategy(struct adjusting *a, struct clones *clones, const struct study_strategy *strategy, uint8_t treated)
{
    const struct pair_rows *rows = &a->rows;
    const struct risk_table *table = a->c->table;
    const size_t first = first_of(rows, treated), n = n_of(rows, treated);
    const struct term_rows of = {a->c->study, rows->records, n, rows->record + first, rows->count + first, a->c->reducer};
    const struct clone_rule rule = rule_of(a, strategy);
    struct clone_weights **w = &clones->weights[treated];
    char names[REASON_SIZE - 80];

    if (term_columns_make(&a->how->propensity, &of, &clones->columns[treated]) != 0)
        return -1;
    const struct clone_rows people = {n, rows->time + first, rows->cause + first, clones->act + first, NULL,
                                      &clones->columns[treated].design, a->c->reducer};
    int code = clone_weights_alloc(&people, &rule, table->time, table->n_time, a->how->truncate,
                                   a->c->n_threads < 1 ? 1 : (size_t)a->c->n_threads, w);
    if (code == GSL_EDOM) {
        snprintf(clones->reason, sizeof clones->reason, "nobody with all covariates follows strategy %.40s", strategy->name.text);
        return 0;
    }
    if (code != GSL_SUCCESS)
        return fail("weights of strategy '%s': %s", strategy->name.text, gsl_strerror(code));
    if ((*w)->n_unfollowed > 0) {
        name_separated(*w, &clones->columns[treated], names, sizeof names);
        snprintf(clones->reason, sizeof clones->reason, "nobody with %s follows strategy %.40s, and some depart from it", names,
                 strategy->name.text);
        return 0;
    }
    const struct weighted_rows weighted = rows_of(*w);
    clones->curve[treated] = weighted_curve_alloc(table->time, table->n_time, a->c->n_cause);
    code = clones->curve[treated] == NULL ? GSL_ENOMEM : weighted_curve_solve_all(clones->curve[treated], &weighted, a->c->reducer);
    return code == GSL_SUCCESS ? 0 : fail("curve of strategy '%s': %s", strategy->name.text, gsl_strerror(code));
}

/* ---- what is said of the weights --------------------------------------------------------------------------------------- */

static void judge(struct adjusting *a, const struct clones *clones)
{
    double largest = 0;

    for (int treated = 1; treated >= 0; treated--) {
        const struct clone_weights *w = clones->weights[treated];
        const struct clone_model *const models[] = {&w->avoid, &w->act};
        adjusted_gates_size(&a->gates, adjusting_arm(a, treated), w->effective, (double)w->n_following);
        largest = fmax(largest, w->largest_share);
        for (size_t m = 0; m < 2; m++) {
            const double with = (double)models[m]->n_of[1], without = (double)models[m]->n_of[0];
            char name[80];
            snprintf(name, sizeof name, "weights of strategy %.40s", adjusting_arm(a, treated));
            if (models[m]->fit != NULL && adjusted_gates_events(&a->gates, name, fmin(with, without), clones->columns[treated].design.p))
                warn("%s:%zu:%zu: strategies: %s: %.0f people for %zu columns, fewer than %d each; take fewer terms in 'weights'",
                     a->c->study->path, a->how->place.line, a->how->place.column, name, fmin(with, without),
                     clones->columns[treated].design.p, GATE_EVENTS);
        }
        if (w->n_departed == 0)
            warn("%s:%zu:%zu: strategies: nobody departs from '%s': its numbers are those of everybody", a->c->study->path,
                 a->how->place.line, a->how->place.column, adjusting_arm(a, treated));
    }
    adjusted_gates_largest(&a->gates, largest);
}

static void describe(const struct adjusting *a, const struct clone_weights *w, int treated, struct number *number)
{
    snprintf(number->note, sizeof number->note, "%zu of %zu clones depart, %zu follow; largest weight %.3g", w->n_departed,
             w->n_all, w->n_following, w->largest_weight);
    if (w->n_held > 0)
        snprintf(number->note + strlen(number->note), sizeof number->note - strlen(number->note), "; %zu weights held", w->n_held);
    if (treated && a->rows.n_unknown > 0)
        snprintf(number->note + strlen(number->note), sizeof number->note - strlen(number->note),
                 "; %lld clones of people without all covariates are left out", (long long)a->rows.n_unknown);
}

static int add_sizes(struct adjusting *a, const struct clones *clones)
{
    int status = 0;

    for (int treated = 1; status == 0 && treated >= 0; treated--) {
        const struct clone_weights *w = clones->weights[treated];
        const struct part_of_arm what = {MEASURE_effective_sample_size, 1, {NAN, false}};
        struct number number = number_none();
        number_set(&number, w->effective, NAN, NAN, NAN);
        number.n = (int64_t)w->n_following;
        if (a->c->study->disclosure_threshold == 0) /* else counts stand where they can be hidden */
            describe(a, w, treated, &number);
        adjusted_gates_mark(&a->gates, &number);
        status = adjusting_add_arm(a, &what, treated, &number);
    }
    return status;
}

/* Those who follow one strategy, weighted, against those who follow the other. */
static int add_balance(struct adjusting *a, const struct clones *clones)
{
    struct pair_weights w = {.rows = &a->rows, .how = a->how};
    int status = -1;

    if ((w.weight = allocate(a->rows.n + 1, sizeof *w.weight)) != NULL) {
        for (uint8_t treated = 0; treated < 2; treated++)
            memcpy(w.weight + first_of(&a->rows, treated), clones->weights[treated]->last,
                   n_of(&a->rows, treated) * sizeof *w.weight);
        status = adjusted_balance_add(&w, a->tables->balance, &a->gates);
    }
    free(w.weight);
    return status;
}

static const struct study_strategy *strategy_of(const struct study_strategies *strategies, const char *name)
{
    size_t k = 0;

    while (strcmp(strategies->items[k].name.text, name) != 0)
        k++;
    return &strategies->items[k];
}

int clones_prepare(struct adjusting *a, const struct study_strategies *strategies, bool *go_on)
{
    struct clones *clones = a->clones = allocate(1, sizeof *clones);
    size_t most = 0;
    int status = clones == NULL || (clones->act = allocate(a->rows.n + 1, sizeof *clones->act)) == NULL ? -1 : 0;

    *go_on = false;
    if (status != 0)
        return -1;
    clones->rows = &a->rows;
    if (a->rows.n_of[0] == 0 || a->rows.n_of[1] == 0)
        return adjusting_withhold(a, "nobody has all covariates");
    for (size_t i = 0; i < a->rows.n; i++)
        clones->act[i] = emulation_act(a->rows.records, strategies, a->rows.record[i]);
    for (int treated = 1; status == 0 && treated >= 0 && clones->reason[0] == '\0'; treated--)
        status = solve_strategy(a, clones, strategy_of(strategies, adjusting_arm(a, treated)), (uint8_t)treated);
    if (status != 0 || clones->reason[0] != '\0')
        return status != 0 ? -1 : adjusting_withhold(a, clones->reason);
    for (int treated = 0; treated < 2; treated++)
        most = clones->weights[treated]->n > most ? clones->weights[treated]->n : most;
    if ((clones->slope = allocate(most + 1, sizeof *clones->slope)) == NULL)
        return -1;
    judge(a, clones);
    *go_on = true;
    return add_balance(a, clones) != 0 ? -1 : add_sizes(a, clones);
}

/* ---- numbers -------------------------------------------------------------------------------------------------------------- */

/* P(T >= t) is what is read just before t. */
static double reading_day(struct horizon horizon)
{
    return horizon.at_least ? nextafter(horizon.time, -INFINITY) : horizon.time;
}

static int64_t count_events(const struct pair_rows *rows, const struct part_of_arm *what, uint8_t treated)
{
    const bool any = what->measure == MEASURE_survival || what->measure == MEASURE_rmst;
    const size_t first = first_of(rows, treated), last = first + n_of(rows, treated);
    int64_t n = 0;

    for (size_t i = first; i < last; i++)
        n += (any ? rows->cause[i] > 0 : rows->cause[i] == (int32_t)what->cause) && rows->time[i] <= reading_day(what->horizon)
                 ? rows->count[i]
                 : 0;
    return reducer_sum_one(rows->c->reducer, n);
}

static void read_curve(const struct weighted_curve *curve, const struct weighted_rows *rows, const struct part_of_arm *what,
                       double *value, double *d)
{
    const double day = reading_day(what->horizon);

    if (what->measure == MEASURE_rmst) {
        (void)weighted_curve_rmst(curve, what->horizon.time, value);
        weighted_curve_rmst_influence(curve, rows, what->horizon.time, d);
    } else if (what->measure == MEASURE_survival || curve->n_cause == 1) {
        const bool risk = what->measure != MEASURE_survival;
        *value = weighted_curve_survival(curve, day);
        weighted_curve_survival_influence(curve, rows, day, d);
        *value = risk ? 1 - *value : *value;
        for (size_t i = 0; risk && i < rows->n; i++)
            d[i] = -d[i];
    } else {
        *value = weighted_curve_risk(curve, what->cause, day);
        weighted_curve_risk_influence(curve, rows, what->cause, day, d);
    }
}

int clones_part(const struct clones *clones, const struct part_of_arm *what, uint8_t treated, struct adjusted_part *part)
{
    const struct pair_rows *rows = clones->rows;
    const struct weighted_curve *curve = clones->curve[treated];
    const struct weighted_rows weighted = rows_of(clones->weights[treated]);
    const double most = weighted_curve_max_tau(curve);

    part->defined = what->horizon.time <= most;
    part->note[0] = '\0';
    part->n_event = count_events(rows, what, treated);
    part->value = NAN;
    memset(part->phi, 0, rows->n * sizeof *part->phi);
    if (!part->defined) {
        snprintf(part->note, sizeof part->note, "day %g lies after the last day on which somebody follows strategy %.100s (%g)",
                 what->horizon.time, comparison_arm(rows->c, treated ? rows->pair.arm : rows->pair.reference), most);
        return 0;
    }
    read_curve(curve, &weighted, what, &part->value, clones->slope);
    const int code = clone_weights_influence(clones->weights[treated], clones->slope, part->phi + first_of(rows, treated));
    return code == GSL_SUCCESS ? 0 : fail("variance of a number of clones: %s", gsl_strerror(code));
}

/* ---- errors of many days --------------------------------------------------------------------------------------------------- */

/* What goes between ranks does so for so many days together: of a large comparison for one, since then numbers take longer than their
 * way, and memory counts. */
enum { TOGETHER = 32, TOGETHER_CELLS = 1 << 21 };

static size_t n_together(const struct clones *clones, uint8_t treated)
{
    const struct clone_weights *w = clones->weights[treated];
    const int64_t people = clones->rows->n_of[0] + clones->rows->n_of[1],
                  models = w->avoid.n_of[0] + w->avoid.n_of[1] + w->act.n_of[0] + w->act.n_of[1];
    const size_t fit = TOGETHER_CELLS / ((size_t)(people + models) + w->n_everywhere + 1);

    return clones->rows->c->reducer == NULL || fit < 1 ? 1 : fit < TOGETHER ? fit : TOGETHER;
}

/* Linear parts of n days: phi [n] of [rows]; work [n * weighted rows]. */
static int read_days(const struct clones *clones, const struct part_of_arm *what, uint8_t treated, const double *days, size_t n,
                     double *work, double *const *phi)
{
    const struct pair_rows *rows = clones->rows;
    const struct clone_weights *w = clones->weights[treated];
    const struct weighted_rows weighted = rows_of(w);
    const double *slopes[TOGETHER];
    double *of_arm[TOGETHER], value;

    for (size_t k = 0; k < n; k++) {
        struct part_of_arm on = *what;
        on.horizon = (struct horizon){days[k], false};
        slopes[k] = work + k * w->n;
        of_arm[k] = phi[k] + first_of(rows, treated);
        memset(phi[k], 0, rows->n * sizeof *phi[k]);
        read_curve(clones->curve[treated], &weighted, &on, &value, work + k * w->n);
    }
    const int code = clone_weights_influence_each(w, slopes, n, of_arm);
    return code == GSL_SUCCESS ? 0 : fail("variance of a number of clones: %s", gsl_strerror(code));
}

int clones_errors(struct adjusting *a, const struct part_of_arm *what, uint8_t treated, const double *days, size_t n, double *errors)
{
    const struct clones *clones = a->clones;
    const size_t most = n_together(clones, treated), n_row = a->rows.n, n_weighted = clones->weights[treated]->n;
    const size_t room = most < n ? most : n;
    double *const memory = allocate(room * (n_row + n_weighted) + 1, sizeof *memory), *phi[TOGETHER];
    int status = memory == NULL ? -1 : 0;

    for (size_t k = 0; status == 0 && k < room; k++)
        phi[k] = memory + room * n_weighted + k * n_row;
    for (size_t first = 0; status == 0 && first < n; first += room) {
        const size_t m = n - first < room ? n - first : room;
        status = read_days(clones, what, treated, days + first, m, memory, phi);
        if (status == 0 && influence_variance_each(n_row, (const double *const *)phi, m, &a->rows.clusters, a->c->reducer, errors + first) != GSL_SUCCESS)
            status = fail_memory();
    }
    for (size_t k = 0; status == 0 && k < n; k++)
        errors[k] = sqrt(errors[k]);
    free(memory);
    return status;
}
