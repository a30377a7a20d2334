/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/adjusted_poisson.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/numbers.h"
#include "stats/design_total.h"
#include "stats/glm.h"

int adjusted_poisson_make(struct adjusting *a, struct adjusted_poisson *p)
{
    const struct pair_rows *rows = &a->rows;
    const struct term_rows of = {rows->c->study, rows->records, rows->n, rows->record, rows->count, rows->c->reducer};

    *p = (struct adjusted_poisson){.a = a};
    if (term_columns_make(&a->how->terms, &of, &p->columns) != 0 ||
        (p->arm = allocate(rows->n + 1, sizeof *p->arm)) == NULL || (p->phi = allocate(rows->n + 1, sizeof *p->phi)) == NULL ||
        (p->carried = allocate(rows->n + 1, sizeof *p->carried)) == NULL)
        return -1;
    for (size_t i = 0; i < rows->n; i++)
        p->arm[i] = rows->treated[i];
    return term_columns_add_indicator(&p->columns, p->arm, "arm");
}

void adjusted_poisson_clear(struct adjusted_poisson *p)
{
    term_columns_free(&p->columns);
    free(p->arm);
    free(p->phi);
    free(p->carried);
}

/* People with the event, and seen at all, of one arm. */
static void count(const struct standardising *s, uint8_t treated, double *events, double *seen)
{
    double people[2] = {0, 0};

    for (size_t i = 0; i < s->rows->n; i++)
        if (s->rows->treated[i] == treated && s->observed[i] > 0) {
            people[0] += s->rows->frequency[i];
            people[1] += s->y[i] > 0 ? s->rows->frequency[i] : 0;
        }
    reducer_sum_counts(s->rows->c->reducer, people, 2);
    *seen = people[0];
    *events = people[1];
}

/* The linear part of the arm's coefficient. */
static int linear_part(struct adjusted_poisson *p, const struct glm_fit *fit)
{
    const struct standardising *s = &p->a->models;
    const struct pair_rows *rows = s->rows;
    const size_t arm = fit->p - 1; /* the last column; the intercept is none of the design's */
    double *v = allocate(fit->p, sizeof *v);
    int code = GSL_SUCCESS;

    if (v == NULL)
        return -1;
    for (size_t j = 0; j < fit->p; j++)
        v[j] = fit->standard_inverse[arm * fit->p + j] * fit->copy->scale[arm - 1];
    design_linear(&fit->copy->matrix, v, NULL, pair_rows_threads(rows), p->carried);
    free(v);
    for (size_t i = 0; i < rows->n; i++)
        p->phi[i] = s->observed[i] > 0 && isfinite(fit->eta[i])
                        ? s->observed[i] * (s->y[i] - exp(fit->eta[i])) * p->carried[i]
                        : 0;
    memcpy(p->carried, p->phi, rows->n * sizeof *p->phi);
    for (uint8_t treated = 0; code == GSL_SUCCESS && treated < 2; treated++) {
        const size_t first = treated ? 0 : rows->n_treated;
        if (s->ipcw[treated] != NULL)
            code = ipcw_influence(s->ipcw[treated], &s->arm[treated], s->n_before + first, p->carried + first, p->phi + first);
    }
    return code == GSL_SUCCESS ? 0 : fail("modified Poisson regression: %s", gsl_strerror(code));
}

static void judge(struct adjusting *a, double events, size_t columns)
{
    a->part_gates = a->gates;
    if (!adjusted_gates_events(&a->part_gates, "modified Poisson regression", events, columns) || a->warned)
        return;
    warn("%s:%zu:%zu: adjust '%s': outcome '%s': %.0f events for %zu columns, fewer than %d each; take fewer terms",
         a->c->study->path, a->how->place.line, a->how->place.column, a->how->name.text, a->c->outcome->name.text, events, columns,
         GATE_EVENTS);
    a->warned = true;
}

static size_t rank_of(const struct glm_fit *fit)
{
    size_t rank = 0;

    for (size_t j = 1; j < fit->p; j++)
        rank += !fit->aliased[j];
    return rank;
}

/* What is known by the day is looked up. */
static int fit_ratio(struct adjusted_poisson *p, double events, struct number *number)
{
    struct adjusting *a = p->a;
    const struct glm_data data = {&p->columns.design, a->models.y, NULL, a->models.observed};
    const struct glm_options options = {.family = GLM_POISSON, .n_threads = pair_rows_threads(&a->rows), .reducer = a->c->reducer};
    struct glm_fit *fit = NULL;
    double error = NAN;
    const int code = glm_fit_alloc(&data, &options, &fit);
    int status = 0;

    if (code != GSL_SUCCESS)
        return fail("modified Poisson regression: %s", gsl_strerror(code));
    if (!fit->converged)
        number_undefined(number, "the modified Poisson regression did not converge");
    else if (fit->aliased[fit->p - 1] || fit->separated[fit->p - 1])
        number_undefined(number, "the terms tell the arm: its ratio cannot be told from theirs");
    else if ((status = linear_part(p, fit)) == 0 && (status = adjusting_error(a, 1, p->phi, 0, NULL, &error)) == 0) {
        number_set_log(number, fit->coef[fit->p - 1], error, CONF_LEVEL);
        judge(a, events, rank_of(fit));
        adjusted_gates_mark(&a->part_gates, number);
    }
    glm_fit_free(fit);
    return status;
}

int adjusted_poisson_solve(struct adjusted_poisson *p, struct horizon horizon, struct number *number)
{
    struct adjusting *a = p->a;
    const struct part_of_arm what = {MEASURE_risk, 1, horizon};
    double events[2], seen[2];

    *number = number_none();
    standardising_look(&a->models, &what, -1);
    for (uint8_t treated = 0; treated < 2; treated++)
        count(&a->models, treated, &events[treated], &seen[treated]);
    number->n = adjusting_people(a, -1);
    number->n_event = (int64_t)(events[0] + events[1]);
    for (int treated = 1; treated >= 0; treated--) {
        const double most = standardising_most(&a->models, (uint8_t)treated);
        if (horizon.time > most)
            number_undefined(number, "day %g lies after the last day observed in arm %.100s (%g)", horizon.time,
                             adjusting_arm(a, treated), most);
        else if (seen[treated] == 0)
            number_undefined(number, "nobody in arm %.100s is seen to this day", adjusting_arm(a, treated));
        else if (events[treated] == 0)
            number_undefined(number, "no events in arm %.100s", adjusting_arm(a, treated));
        else
            continue;
        return 0;
    }
    return fit_ratio(p, events[0] + events[1], number);
}

/* Is there a ratio to be found: does the watching reach the day, with events in both arms? */
static bool has_ratio(const struct standardising *models, struct horizon horizon)
{
    double events, seen;
    bool has = true;

    for (uint8_t treated = 0; treated < 2; treated++) {
        count(models, treated, &events, &seen);
        has = has && events > 0 && !(horizon.time > standardising_most(models, treated));
    }
    return has;
}

int adjusted_poisson_refit(const struct adjusted_poisson *p, struct standardising *models, struct horizon horizon, double *ratio)
{
    const struct part_of_arm what = {MEASURE_risk, 1, horizon};
    const struct glm_data data = {&p->columns.design, models->y, NULL, models->observed};
    const struct glm_options options = {.family = GLM_POISSON, .n_threads = pair_rows_threads(&p->a->rows)};
    struct glm_fit *fit = NULL;

    *ratio = NAN;
    standardising_look(models, &what, -1);
    if (!has_ratio(models, horizon))
        return 0;
    const int code = glm_fit_alloc(&data, &options, &fit);
    if (code != GSL_SUCCESS)
        return fail("modified Poisson regression: %s", gsl_strerror(code));
    if (fit->converged && !fit->aliased[fit->p - 1] && !fit->separated[fit->p - 1])
        *ratio = exp(fit->coef[fit->p - 1]);
    glm_fit_free(fit);
    return 0;
}

int adjusted_poisson_add(struct adjusting *a)
{
    struct adjusted_poisson p;
    int status = adjusted_poisson_make(a, &p);

    for (size_t i = 0; status == 0 && i < a->wanted->n; i++) {
        const struct wanted *item = &a->wanted->items[i];
        struct number number;
        if (item->measure != MEASURE_risk_ratio)
            continue;
        status = adjusted_poisson_solve(&p, item->horizon, &number);
        if (status == 0)
            status = adjusting_add_pair(a, item->measure, item->horizon, &number);
    }
    adjusted_poisson_clear(&p);
    return status;
}
