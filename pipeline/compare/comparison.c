/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/comparison.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "cohort/arms.h"
#include "compare/adjusted.h"
#include "compare/sample.h"
#include "outcomes/outcome.h"
#include "stats/balance.h"

const char *comparison_arm(const struct comparison *comparison, size_t arm)
{
    return comparison->study->cohort.arms.items[arm].name.text;
}

static int failed(const struct comparison *c, const char *what, int code)
{
    return fail("outcome '%s', population '%s': %s: %s", c->outcome->name.text, c->population->name.text, what,
                gsl_strerror(code));
}

/* Of the people in all places; n_late: of those here. */
static void add_up(struct comparison *c, int64_t n_late)
{
    int64_t n[1 + 2 * ARM_MAX], *const people = n + 1, *const events = people + c->n_arm;
    double earliest = -c->first_censored;

    n[0] = n_late;
    memcpy(people, c->n, c->n_arm * sizeof *people);
    memcpy(events, c->n_event, c->n_arm * sizeof *events);
    reducer_sum_and_largest(c->reducer, n, 1 + 2 * c->n_arm, &earliest, 1);
    memcpy(c->n, people, c->n_arm * sizeof *people);
    memcpy(c->n_event, events, c->n_arm * sizeof *events);
    c->delayed_entry = n[0] > 0;
    c->first_censored = -earliest;
}

static int count_people(struct comparison *c, const struct sample *sample, bool sparse)
{
    for (size_t i = 0; i < sample->n; i++) {
        c->n[sample->arm[i]] += sample->frequency[i];
        if (sample->cause[i] == 1)
            c->n_event[sample->arm[i]] += sample->frequency[i];
        if (sample->cause[i] == 0 && sample->time != NULL)
            c->first_censored = fmin(c->first_censored, sample->time[i]);
    }
    add_up(c, (int64_t)sample->n_late);
    for (size_t arm = 0; !sparse && arm < c->n_arm; arm++)
        if (c->n[arm] < 2)
            return study_fail(c->study, c->outcome->name.place,
                              "outcome '%s': arm '%s' has %s in population '%s' for whom it is known; a comparison needs "
                              "two or more",
                              c->outcome->name.text, comparison_arm(c, arm), c->n[arm] == 0 ? "nobody" : "one person",
                              c->population->name.text);
    return 0;
}

/* Rows first .. last - 1 of the sample; entry NULL: at risk from the start. */
static int add_rows(struct comparison *c, const struct sample *s, size_t first, size_t last, const double *entry,
                    int n_threads)
{
    return risk_table_add(c->table, last - first, entry, s->time + first, s->cause + first, s->arm + first, NULL,
                          s->frequency + first, n_threads < 1 ? 1 : (size_t)n_threads);
}

/* Entry on day 0 is no delayed entry: such a person is at risk from the start, for the events of day 0 too. */
static int fill_table(struct comparison *c, const struct sample *sample, int n_threads)
{
    const double *entry = c->delayed_entry ? sample->entry : NULL;
    double *axis = allocate(sample->n + 1, (entry == NULL ? 1 : 2) * sizeof *axis);
    size_t n_time = 0;
    int code = GSL_SUCCESS;

    if (axis == NULL)
        return -1;
    if (sample->n > 0 || c->reducer == NULL)
        code = risk_table_axis(sample->n, entry, sample->time, axis, &n_time);
    if (code == GSL_SUCCESS)
        code = reducer_distinct(c->reducer, &axis, &n_time);
    if (code == GSL_SUCCESS)
        c->table = risk_table_alloc(c->n_arm, 1, c->n_cause, axis, n_time);
    free(axis);
    if (code != GSL_SUCCESS || c->table == NULL)
        return failed(c, "times", code != GSL_SUCCESS ? code : GSL_ENOMEM);
    code = add_rows(c, sample, 0, sample->n_late, sample->entry, n_threads);
    if (code == GSL_SUCCESS)
        code = add_rows(c, sample, sample->n_late, sample->n, NULL, n_threads);
    if (code == GSL_SUCCESS)
        code = risk_table_reduce(c->table, c->reducer);
    return code == GSL_SUCCESS ? 0 : failed(c, "risk table", code);
}

int comparison_interval(const struct study_analysis *analysis, struct survival_interval *interval)
{
    static const struct {
        const char *name;
        enum survival_conf_type type;
    } types[] = {{"log-log", SURVIVAL_CONF_LOG_LOG},
                 {"log", SURVIVAL_CONF_LOG},
                 {"plain", SURVIVAL_CONF_PLAIN},
                 {"arcsin", SURVIVAL_CONF_ARCSIN}};

    for (size_t i = 0; analysis->conf_type.text != NULL && i < sizeof types / sizeof types[0]; i++)
        if (strcmp(types[i].name, analysis->conf_type.text) == 0)
            return survival_interval_init(interval, types[i].type, CONF_LEVEL);
    return survival_interval_init(interval, SURVIVAL_CONF_LOG_LOG, CONF_LEVEL);
}

static int solve_curves(struct comparison *c)
{
    struct survival_interval interval;
    int code = comparison_interval(c->analysis, &interval);

    if ((c->event_free = allocate(c->n_arm, sizeof *c->event_free)) == NULL ||
        (c->n_cause > 1 && (c->cuminc = allocate(c->n_arm * c->n_cause, sizeof *c->cuminc)) == NULL))
        return -1;
    for (size_t arm = 0; code == GSL_SUCCESS && arm < c->n_arm; arm++) {
        if (c->n[arm] < 2)
            continue; /* of a sparse comparison: nobody reads it */
        c->event_free[arm] = km_curve_alloc(c->table->n_time);
        code = c->event_free[arm] == NULL ? GSL_ENOMEM
                                          : km_solve(c->table, arm, RISK_TABLE_ALL, 0, &interval, c->event_free[arm]);
        for (size_t cause = 1; code == GSL_SUCCESS && c->cuminc != NULL && cause <= c->n_cause; cause++) {
            struct cuminc_curve **curve = &c->cuminc[arm * c->n_cause + cause - 1];
            *curve = cuminc_curve_alloc(c->table->n_time);
            code = *curve == NULL
                       ? GSL_ENOMEM
                       : cuminc_solve(c->table, arm, RISK_TABLE_ALL, cause, CUMINC_AALEN, &interval, *curve);
        }
    }
    return code == GSL_SUCCESS ? 0 : failed(c, "curves", code);
}

static int solve_values(struct comparison *c, const struct sample *sample)
{
    struct moments *sums = allocate(c->n_arm, sizeof *sums);
    int code = GSL_SUCCESS;

    if (sums == NULL || (c->moments = allocate(c->n_arm, sizeof *c->moments)) == NULL) {
        free(sums);
        return -1;
    }
    for (size_t arm = 0; arm < c->n_arm; arm++)
        moments_init(&sums[arm]);
    for (size_t i = 0; code == GSL_SUCCESS && i < sample->n; i++)
        code = moments_add(&sums[sample->arm[i]], sample->value[i], sample->frequency[i]);
    if (code == GSL_SUCCESS)
        code = moments_reduce(sums, c->n_arm, c->reducer);
    for (size_t arm = 0; code == GSL_SUCCESS && arm < c->n_arm; arm++) {
        if (c->n[arm] < 2)
            continue;
        c->moments[arm].n = sums[arm].n;
        code = moments_solve(&sums[arm], &c->moments[arm].mean, &c->moments[arm].variance);
    }
    free(sums);
    return code == GSL_SUCCESS ? 0 : failed(c, "means", code);
}

int comparison_solve(const struct study *study, const struct study_analysis *analysis, const struct study_outcome *outcome,
                     const struct study_rule *population, const struct comparison_input *input, int n_threads,
                     struct comparison *comparison)
{
    struct comparison *c = comparison;
    struct sample *sample = allocate(1, sizeof *sample);
    int status = -1;

    *c = (struct comparison){.study = study,
                             .analysis = analysis,
                             .outcome = outcome,
                             .population = population,
                             .n_arm = study->cohort.arms.n,
                             .n_cause = outcome_n_causes(outcome),
                             .first_censored = INFINITY,
                             .people = sample,
                             .reducer = input->reducer,
                             .n_threads = n_threads};
    if (sample == NULL)
        return -1;
    if ((c->n = allocate(c->n_arm, sizeof *c->n)) != NULL &&
        (c->n_event = allocate(c->n_arm, sizeof *c->n_event)) != NULL && sample_take(input, sample) == 0 &&
        count_people(c, sample, input->sparse) == 0)
        status = sample->time == NULL ? 0 : fill_table(c, sample, n_threads);
    if (status == 0 && sample->value != NULL)
        status = solve_values(c, sample);
    if (status == 0 && c->table != NULL)
        status = solve_curves(c);
    return status;
}

void comparison_free(struct comparison *c)
{
    for (size_t arm = 0; c->event_free != NULL && arm < c->n_arm; arm++)
        km_curve_free(c->event_free[arm]);
    for (size_t i = 0; c->cuminc != NULL && i < c->n_arm * c->n_cause; i++)
        cuminc_curve_free(c->cuminc[i]);
    free(c->moments);
    adjusted_free(c);
    free(c->event_free);
    free(c->cuminc);
    risk_table_free(c->table);
    free(c->n);
    free(c->n_event);
    if (c->people != NULL)
        sample_free(c->people);
    free(c->people);
    *c = (struct comparison){0};
}
