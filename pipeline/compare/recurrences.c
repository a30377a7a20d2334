/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/recurrences.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/expected_rows.h"
#include "compare/recurrent_models.h"
#include "stats/mcf.h"

static const char COUNTED[] = "rows that stand for several people do not tell whose events these are";

static bool asks_for_counts(const struct study_analysis *analysis)
{
    for (size_t i = 0; i < analysis->n_measures; i++)
        if (analysis->measures[i] == MEASURE_mean_cumulative_count)
            return true;
    return false;
}

static bool asks_for_models(const struct study_analysis *analysis)
{
    for (size_t i = 0; i < analysis->n_models; i++)
        if (analysis->models[i].recurrent && !analysis->models[i].of_moves)
            return true;
    return false;
}

/* The stretches of all members who count for the outcome. */
static int take(const struct people *people, const struct table *again, struct stretches *s)
{
    const struct comparison_input *const in = people->input;
    const struct column *const row = table_column(again, "row"), *const from = table_column(again, "from"),
                        *const to = table_column(again, "to"), *const event = table_column(again, "event");
    struct sample *const p = &s->sample;

    if (stretches_alloc(s, again->n_rows + 1) != 0)
        return -1;
    for (size_t k = 0; k < again->n_rows; k++) {
        const size_t of = (size_t)column_integer(row, k);
        if (column_integer(in->member, of) != 1 || column_is_missing(in->cause, of))
            continue;
        const size_t i = stretches_next(s, of, in->arm, in->cluster);
        p->entry[i] = (double)column_integer(from, k);
        p->time[i] = (double)column_integer(to, k);
        p->cause[i] = (int32_t)column_integer(event, k);
        p->frequency[i] = column_integer(in->weight, of);
    }
    return stretches_number_clusters(s, in->cluster != NULL, in->reducer);
}

static bool is_counted(const struct comparison *c, const struct sample *p)
{
    int64_t n = 0;

    for (size_t k = 0; k < p->n; k++)
        n += p->frequency[k] != 1;
    return reducer_sum_one(c->reducer, n) > 0;
}

/* ---- expected events --------------------------------------------------------------------------------------------- */

/* The stretches of one arm, its people numbered anew; their number and the last day are those of all places. */
struct arm_stretches {
    size_t n, n_id;
    int64_t n_people;
    double *entry, *time, last;
    int32_t *event, *id;
    struct mcf *mcf;
};

static int take_arm(const struct comparison *c, const struct stretches *s, size_t arm, struct arm_stretches *a)
{
    const struct sample *const p = &s->sample;
    int32_t person = -1;

    if ((a->entry = allocate(p->n + 1, sizeof *a->entry)) == NULL || (a->time = allocate(p->n + 1, sizeof *a->time)) == NULL ||
        (a->event = allocate(p->n + 1, sizeof *a->event)) == NULL || (a->id = allocate(p->n + 1, sizeof *a->id)) == NULL)
        return -1;
    for (size_t k = 0; k < p->n; k++) {
        if (p->arm[k] != (int32_t)arm)
            continue;
        a->n_id += s->id[k] != person;
        person = s->id[k];
        a->id[a->n] = (int32_t)a->n_id - 1;
        a->entry[a->n] = p->entry[k];
        a->time[a->n] = p->time[k];
        a->event[a->n++] = p->cause[k];
        a->last = fmax(a->last, p->time[k]);
    }
    a->n_people = (int64_t)a->n_id;
    reducer_sum_and_largest(c->reducer, &a->n_people, 1, &a->last, 1);
    if (a->n_people == 0)
        return 0;
    const int code = mcf_solve_all(a->n, a->entry, a->time, a->event, a->id, a->n_id, MCF_LOG, CONF_LEVEL, c->reducer, &a->mcf);
    return code == GSL_SUCCESS ? 0 : fail("events that recur: %s", gsl_strerror(code));
}

static int add_day(const struct arm_stretches *a, double day, struct estimate row, struct table *estimates)
{
    const size_t place = a->mcf != NULL ? mcf_place(a->mcf, day) : SIZE_MAX;

    row.time = day;
    row.n = a->n_people;
    row.n_event = 0;
    if (a->mcf == NULL || day > a->last)
        return expected_row_unknown(&row, a->last, estimates);
    for (size_t k = 0; place != SIZE_MAX && k <= place; k++)
        row.n_event += a->mcf->n_event[k];
    return expected_row_add(&row, place == SIZE_MAX ? 0 : a->mcf->mean[place], place == SIZE_MAX ? 0 : a->mcf->std_err[place],
                            INFINITY, estimates);
}

static int add_arm(const struct comparison *c, const struct stretches *s, size_t arm, struct table *estimates)
{
    const struct study_numbers *const at = &c->analysis->at;
    struct arm_stretches a = {0};
    struct estimate row = ESTIMATE_NONE;
    int status = take_arm(c, s, arm, &a);

    row.analysis = c->analysis->name.text;
    row.outcome = c->outcome->name.text;
    row.population = c->population->name.text;
    row.adjustment = "unadjusted";
    row.measure = MEASURE_mean_cumulative_count;
    row.arm = comparison_arm(c, arm);
    row.method = "Nelson-Aalen for recurrent events; robust errors; log limits";
    for (size_t i = 0; status == 0 && i < at->n; i++)
        status = add_day(&a, at->values[i], row, estimates);
    mcf_free(a.mcf);
    free(a.entry);
    free(a.time);
    free(a.event);
    free(a.id);
    return status;
}

/* ---- the whole ----------------------------------------------------------------------------------------------------- */

static int add_models(const struct comparison *c, const struct people *people, struct stretches *s, struct table *estimates)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < c->analysis->n_models; i++)
        if (c->analysis->models[i].recurrent && !c->analysis->models[i].of_moves)
            status = recurrent_model_add(c, &c->analysis->models[i], s, people->records, people->record, estimates);
    return status;
}

int recurrences_add(const struct comparison *c, const struct people *people, const struct table *again, struct table *estimates)
{
    const bool counts = asks_for_counts(c->analysis), models = asks_for_models(c->analysis);
    struct stretches s = {0};
    int status;

    if (!counts && !models)
        return 0;
    status = take(people, again, &s);
    if (status == 0 && is_counted(c, &s.sample))
        status = fail("%s: outcome '%s': %s", c->analysis->name.text, c->outcome->name.text, COUNTED);
    for (size_t arm = 0; status == 0 && counts && arm < c->n_arm; arm++)
        status = add_arm(c, &s, arm, estimates);
    if (status == 0 && models)
        status = add_models(c, people, &s, estimates);
    stretches_free(&s);
    return status;
}
