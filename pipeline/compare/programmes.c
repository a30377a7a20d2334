/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/programmes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/ranks.h"
#include "base/threads.h"
#include "cohort/cohort.h"
#include "compare/calibration.h"
#include "compare/case_mix.h"
#include "compare/programme_axes.h"
#include "compare/programme_phases.h"
#include "compare/programme_rows.h"

enum { CELLS_MAX = 4000000, SIDE_BY_SIDE_CELLS = 200000 };

/* Sums of probabilities are kept in whole units of 2^-30, so that they do not depend on the order of people. */
static const double unit = 1.0 / (1 << 30);
static const double time_unit = 1.0 / (1 << 12); /* of days; whole and half ones are exact */

struct work {
    const struct analyses_input *input;
    const struct column *member, *weight;
    struct programme_axes axes;
    struct programme_cell *cells; /* [(n_programmes + 1) * (n_periods + 1)], both totals first */
    /* Of one measure */
    size_t n;                     /* people whose state is known */
    size_t *row;
    double *y, *people, *mu;
    double *time;                 /* under observation, of a rate */
};

static const struct column *member_column(const struct analyses_input *input)
{
    char *name = cohort_population_column(input->study, input->study->dashboard.population);
    const struct column *member = name == NULL ? NULL : table_column(input->cohort, name);

    free(name);
    return member;
}

static size_t n_cells_of(const struct programme_axes *axes)
{
    return (axes->n_programmes + 1) * (axes->n_periods + 1);
}

static int work_alloc(struct work *work)
{
    const size_t n = work->input->cohort->n_rows;

    return (work->cells = allocate(n_cells_of(&work->axes), sizeof *work->cells)) == NULL ||
                   (work->row = allocate(n + 1, sizeof *work->row)) == NULL ||
                   (work->y = allocate(n + 1, sizeof *work->y)) == NULL ||
                   (work->people = allocate(n + 1, sizeof *work->people)) == NULL ||
                   (work->mu = allocate(n + 1, sizeof *work->mu)) == NULL ||
                   (work->time = allocate(n + 1, sizeof *work->time)) == NULL
               ? -1
               : 0;
}

/* All but the axes. */
static void work_free(struct work *work)
{
    free(work->cells);
    free(work->row);
    free(work->y);
    free(work->people);
    free(work->mu);
    free(work->time);
}

/* ---- the state of a person on the day --------------------------------------------------------------------------- */

enum state { STATE_NO, STATE_YES, STATE_UNKNOWN };

static enum state state_of(const struct table *outcome, const struct dashboard_measure *measure, size_t i)
{
    const struct column *time = table_column(outcome, "time");
    const int64_t cause = column_integer(table_column(outcome, "cause"), i);

    if (time == NULL)
        return cause == 1 ? STATE_YES : STATE_NO;
    if (column_real(time, i) > measure->at.value)
        return STATE_NO;
    if (cause == 0)
        return column_real(time, i) >= measure->at.value ? STATE_NO : STATE_UNKNOWN;
    return cause == 1 ? STATE_YES : STATE_NO;
}

/*
 * Time until the event, another one, or the end of what was seen, but not beyond the measure's day.  Who left on the day of
 * entry was under observation for a part of it: half a day.
 */
static double time_of(const struct table *outcome, const struct dashboard_measure *measure, size_t i)
{
    const double time = fmin(column_real(table_column(outcome, "time"), i), measure->at.value);

    return time > 0 ? time : 0.5;
}

/* The last day on which anybody was seen. */
static double last_day(const struct work *work, const struct table *outcome)
{
    const struct column *time = table_column(outcome, "time");
    const int64_t until = work->input->study->cohort.follow_up_until;
    double last = -INFINITY;

    for (size_t i = 0; time != NULL && i < work->axes.n; i++)
        if (work->axes.day[i] != INT32_MIN && !column_is_missing(time, i))
            last = fmax(last, work->axes.day[i] + column_real(time, i));
    last = reducer_largest(work->input->reducer, last);
    return until == MISSING_INTEGER ? last : fmin(last, (double)until);
}

/* ---- counting --------------------------------------------------------------------------------------------------- */

/* The four cells that a person belongs to; how many. */
static size_t cells_of(const struct work *work, size_t i, struct programme_cell *of[static 4])
{
    const size_t width = work->axes.n_periods + 1;
    struct programme_cell *all = work->cells, *own = work->cells + ((size_t)work->axes.programme[i] + 1) * width;
    const int32_t period = work->axes.period[i];
    size_t n = 0;

    of[n++] = all;
    of[n++] = own;
    if (period >= 0) {
        of[n++] = all + 1 + period;
        of[n++] = own + 1 + period;
    }
    return n;
}

/* Cells, and who is in none, become those of all places. */
enum { COUNTS = 4, EXPECTATIONS = 2, CELLS_AT_ONCE = 1000 };

static void add_up_counts(struct work *work, struct programme_measure *counts)
{
    const struct reducer *const reducer = work->input->reducer;
    int64_t sums[COUNTS * CELLS_AT_ONCE], left_out[] = {counts->n_missing, counts->n_not_due};
    const size_t n = n_cells_of(&work->axes);

    for (size_t first = 0; reducer != NULL && first < n; first += CELLS_AT_ONCE) {
        struct programme_cell *const cells = work->cells + first;
        const size_t m = n - first < CELLS_AT_ONCE ? n - first : CELLS_AT_ONCE;
        for (size_t c = 0; c < m; c++)
            memcpy(sums + COUNTS * c, (const int64_t[COUNTS]){cells[c].time_units, cells[c].n, cells[c].n_event, cells[c].n_unknown},
                   COUNTS * sizeof *sums);
        reducer_sum(reducer, sums, COUNTS * m);
        for (size_t c = 0; c < m; c++) {
            cells[c].time_units = sums[COUNTS * c];
            cells[c].n = sums[COUNTS * c + 1];
            cells[c].n_event = sums[COUNTS * c + 2];
            cells[c].n_unknown = sums[COUNTS * c + 3];
        }
    }
    reducer_sum(reducer, left_out, 2);
    counts->n_missing = left_out[0];
    counts->n_not_due = left_out[1];
}

static void add_up_expectations(struct work *work)
{
    const struct reducer *const reducer = work->input->reducer;
    int64_t sums[EXPECTATIONS * CELLS_AT_ONCE];
    const size_t n = n_cells_of(&work->axes);

    for (size_t first = 0; reducer != NULL && first < n; first += CELLS_AT_ONCE) {
        struct programme_cell *const cells = work->cells + first;
        const size_t m = n - first < CELLS_AT_ONCE ? n - first : CELLS_AT_ONCE;
        for (size_t c = 0; c < m; c++) {
            sums[EXPECTATIONS * c] = cells[c].expected_units;
            sums[EXPECTATIONS * c + 1] = cells[c].variance_units;
        }
        reducer_sum(reducer, sums, EXPECTATIONS * m);
        for (size_t c = 0; c < m; c++) {
            cells[c].expected_units = sums[EXPECTATIONS * c];
            cells[c].variance_units = sums[EXPECTATIONS * c + 1];
        }
    }
}

static void count_people(struct work *work, const struct dashboard_measure *measure, struct programme_measure *counts)
{
    const struct table *outcome = work->input->outcomes[measure->outcome];
    const struct column *cause = table_column(outcome, "cause");
    const double last = last_day(work, outcome);

    work->n = 0;
    for (size_t i = 0; i < work->axes.n; i++) {
        const int64_t weight = column_integer(work->weight, i);
        struct programme_cell *of[4];

        if (column_integer(work->member, i) != 1)
            continue;
        if (column_is_missing(cause, i)) {
            counts->n_missing += weight;
            continue;
        }
        if (measure->at.given && work->axes.day[i] != INT32_MIN && work->axes.day[i] + measure->at.value > last) {
            counts->n_not_due += weight;
            continue;
        }
        const bool is_rate = dashboard_is_rate(measure);
        const enum state seen = state_of(outcome, measure, i), state = is_rate && seen == STATE_UNKNOWN ? STATE_NO : seen;
        const bool counted = (state == STATE_YES) != measure->no_event;
        const double time = is_rate ? time_of(outcome, measure, i) : 0;
        const size_t n_of = cells_of(work, i, of);
        for (size_t k = 0; k < n_of; k++) {
            of[k]->time_units += weight * llround(time / time_unit);
            of[k]->n += state == STATE_UNKNOWN ? 0 : weight;
            of[k]->n_event += state != STATE_UNKNOWN && counted ? weight : 0;
            of[k]->n_unknown += state == STATE_UNKNOWN ? weight : 0;
        }
        if (state == STATE_UNKNOWN)
            continue;
        work->row[work->n] = i;
        work->y[work->n] = counted;
        work->time[work->n] = time;
        work->people[work->n++] = (double)weight;
    }
    add_up_counts(work, counts);
}

static int expect(struct work *work, const struct dashboard_measure *measure, struct programme_measure *counts)
{
    const struct study_dashboard *dashboard = &work->input->study->dashboard;
    const struct case_mix_input input = {.records = work->input->records,
                                         .record = table_column(work->input->cohort, "record"),
                                         .covariates = &dashboard->adjust,
                                         .n = work->n,
                                         .row = work->row,
                                         .y = work->y,
                                         .weight = work->people,
                                         .time = dashboard_is_rate(measure) ? work->time : NULL,
                                         .reducer = work->input->reducer,
                                         .n_threads = work->input->n_threads};
    struct programme_cell *of[4];

    if (case_mix_expect(&input, work->mu, &counts->case_mix) != 0)
        return -1;
    for (size_t k = 0; k < work->n; k++) {
        const int64_t weight = (int64_t)work->people[k];
        const int64_t mean = llround(work->mu[k] / unit), variance = input.time != NULL ? mean : llround(work->mu[k] * (1 - work->mu[k]) / unit);
        const size_t n_of = cells_of(work, work->row[k], of);
        for (size_t j = 0; j < n_of; j++) {
            of[j]->expected_units += weight * mean;
            of[j]->variance_units += weight * variance;
        }
    }
    add_up_expectations(work);
    for (size_t c = 0; c < (work->axes.n_programmes + 1) * (work->axes.n_periods + 1); c++) {
        work->cells[c].expected = (double)work->cells[c].expected_units * unit;
        work->cells[c].variance = (double)work->cells[c].variance_units * unit;
        work->cells[c].time = (double)work->cells[c].time_units * time_unit;
    }
    return 0;
}

/* Nothing is predicted where there is one share for all; groups of a rate have no share. */
static int calibrate(const struct work *work, const struct dashboard_measure *measure, const struct programme_measure *counts,
                     struct table *calibration)
{
    const struct study *study = work->input->study;
    const char *population = study->cohort.populations.items[study->dashboard.population].name.text;
    char *id;
    int status;

    if (counts->case_mix != CASE_MIX_ADJUSTED || dashboard_is_rate(measure))
        return 0;
    if ((id = programme_measure_id(study, measure)) == NULL)
        return -1;
    status = calibration_add_case_mix(id, study->outcomes[measure->outcome].name.text, population, work->mu, work->y, work->people,
                                      work->n, work->input->reducer, calibration);
    free(id);
    return status;
}

static int run_measure(struct work *work, size_t m, struct table *calibration, struct programmes *programmes)
{
    const struct study *study = work->input->study;
    const struct dashboard_measure *measure = &study->dashboard.measures[m];
    const struct column *time = table_column(work->input->outcomes[measure->outcome], "time");
    struct programme_measure counts = {.study = study, .measure = measure, .time_units = time == NULL ? "" : time->units};

    memset(work->cells, 0, n_cells_of(&work->axes) * sizeof *work->cells);
    count_people(work, measure, &counts);
    return expect(work, measure, &counts) != 0 || calibrate(work, measure, &counts, calibration) != 0 ||
                   programme_signals(&study->dashboard, &work->axes, work->cells, &counts) != 0 ||
                   programme_measure_add(&counts, &work->cells[0], m, &work->axes, programmes->measures) != 0
               ? -1
               : programme_cells_add(&work->axes, work->cells, m, programmes->cells);
}

/* ---- measures side by side -------------------------------------------------------------------------------------- */

/* A measure by itself: tables of its own, which are joined in the order of the measures. */
struct measure_part {
    struct programmes made; /* no phases: those are of all */
    struct table *calibration;
    struct fail_held *said;
    bool done;
};

struct measures {
    struct analyses_input input; /* with the threads of one measure */
    struct work common;          /* member, weight and axes */
    struct measure_part *parts;  /* [n_measures] */
};

static int run_part(void *context, size_t m)
{
    const struct measures *measures = context;
    struct measure_part *part = &measures->parts[m];
    struct work work = measures->common;

    fail_hold();
    if (work_alloc(&work) == 0 && (part->made.measures = programme_measures_alloc()) != NULL &&
        (part->made.cells = programme_cells_alloc(work.input->study, &work.axes)) != NULL &&
        (part->calibration = calibration_alloc()) != NULL)
        part->done = run_measure(&work, m, part->calibration, &part->made) == 0;
    work_free(&work);
    part->said = fail_take_held();
    return part->done ? 0 : -1;
}

/* The labels of one column instead of its own, and the codes of its rows to match: code[own] is the code among those. */
static int take_labels(struct table *table, struct column *column, const struct column *labels, const int32_t *code)
{
    for (size_t k = 0; k < column->n_labels; k++)
        free(column->labels[k]);
    column->n_labels = 0;
    for (size_t k = 0; k < labels->n_labels; k++)
        if (column_add_label(table, column, labels->labels[k], strlen(labels->labels[k])) == MISSING_CODE)
            return -1;
    for (size_t i = 0; i < table->n_rows; i++)
        if (column_code(column, i) != MISSING_CODE && column_set_code(column, i, code[column_code(column, i)]) != 0)
            return -1;
    return 0;
}

/* Signals get their codes in the order in which they occur over all measures. */
static int append_cells(struct table *into, struct table *from)
{
    struct column *const all = table_column(into, "signal"), *const own = table_column(from, "signal");
    int32_t *const code = allocate(own->n_labels + 1, sizeof *code);
    int status = code == NULL ? -1 : 0;

    for (size_t k = 0; status == 0 && k < own->n_labels; k++) {
        const size_t length = strlen(own->labels[k]);

        code[k] = column_find_label(all, own->labels[k], length);
        if (code[k] == MISSING_CODE && (code[k] = column_add_label(into, all, own->labels[k], length)) == MISSING_CODE)
            status = -1;
    }
    if (status == 0)
        status = take_labels(from, own, all, code);
    free(code);
    return status == 0 ? table_append(into, from) : -1;
}

/* Tells and adds what a measure made, unless one before it failed, and frees it.  The status of all so far. */
static int join_part(struct measure_part *part, int status, struct table *calibration, struct programmes *programmes)
{
    if (status == 0) {
        fail_tell_held(part->said);
        status = part->done && table_append(programmes->measures, part->made.measures) == 0 &&
                         append_cells(programmes->cells, part->made.cells) == 0 &&
                         table_append(calibration, part->calibration) == 0
                     ? 0
                     : -1;
    } else {
        fail_held_free(part->said);
    }
    programmes_free(&part->made);
    table_free(part->calibration);
    return status;
}

/*
 * Several ranks speak with each other in a regression and must meet in one order; cells beyond SIDE_BY_SIDE_CELLS are too
 * many to be held twice.
 */
static int threads_for(const struct analyses_input *input, const struct programme_axes *axes)
{
    return ranks_n() > 1 || n_cells_of(axes) > SIDE_BY_SIDE_CELLS ? 1 : input->n_threads;
}

static int run_all(const struct work *common, struct table *calibration, struct programmes *programmes)
{
    const struct study_dashboard *dashboard = &common->input->study->dashboard;
    const size_t n = dashboard->n_measures;
    const int side_by_side = threads_for(common->input, &common->axes);
    struct measures measures = {*common->input, *common, allocate(n, sizeof *measures.parts)};
    int status = 0;

    if (measures.parts == NULL)
        return -1;
    measures.input.n_threads = side_by_side > 1 && n > 1 ? 1 : common->input->n_threads;
    measures.common.input = &measures.input;
    threads_run(n, side_by_side, run_part, &measures);
    for (size_t m = 0; m < n; m++)
        status = join_part(&measures.parts[m], status, calibration, programmes);
    free(measures.parts);
    return status;
}

int programmes_run(const struct analyses_input *input, struct table *calibration, struct programmes *programmes)
{
    const struct study_dashboard *dashboard = &input->study->dashboard;
    struct work common = {.input = input, .weight = table_column(input->cohort, "weight")};
    int status = -1;

    if (!dashboard->given)
        return 0;
    if ((common.member = member_column(input)) == NULL || programme_axes_find(input, common.member, &common.axes) != 0)
        status = -1;
    else if (n_cells_of(&common.axes) > CELLS_MAX)
        status = fail("dashboard: %zu programmes and %zu periods are more than can be shown; take longer periods",
                      common.axes.n_programmes, common.axes.n_periods);
    else if ((programmes->measures = programme_measures_alloc()) != NULL &&
             (programmes->cells = programme_cells_alloc(input->study, &common.axes)) != NULL &&
             (programmes->phases = programme_phases_table(dashboard, input->study, &common.axes)) != NULL)
        status = run_all(&common, calibration, programmes);
    programme_axes_free(&common.axes);
    return status;
}

void programmes_free(struct programmes *programmes)
{
    table_free(programmes->measures);
    table_free(programmes->cells);
    table_free(programmes->phases);
    *programmes = (struct programmes){0};
}
