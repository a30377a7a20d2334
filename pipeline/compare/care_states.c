/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/care_states.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/comparison.h"
#include "compare/expected_rows.h"
#include "outcomes/care_paths.h"
#include "stats/mcf.h"
#include "stats/multistate.h"

/* The stretches of one arm. */
struct arm_paths {
    const struct care_states_input *input;
    size_t arm, n, n_id;
    int64_t n_people, n_stretches; /* of all ranks */
    double *entry, *time;
    int32_t *id, *from, *to, *event;
    int64_t seen[N_CARE_STATES];   /* stretches there, of any arm and of all ranks */
    struct multistate_rows rows; /* of the states, which read them */
    struct multistate *states;
};

static void clear(struct arm_paths *a)
{
    multistate_free(a->states);
    free(a->entry);
    free(a->time);
    free(a->id);
    free(a->from);
    free(a->to);
    free(a->event);
}

static bool asks_for(const struct study_analysis *analysis, enum measure measure)
{
    for (size_t i = 0; i < analysis->n_measures; i++)
        if (analysis->measures[i] == measure)
            return true;
    return false;
}

/* Rows of the table whose person is a member, of this arm. */
static int take(struct arm_paths *a)
{
    const struct care_states_input *const in = a->input;
    const struct column *const row = table_column(in->paths, "row"), *const from = table_column(in->paths, "from"),
                        *const to = table_column(in->paths, "to"), *const state = table_column(in->paths, "state"),
                        *const next = table_column(in->paths, "next");
    const size_t room = in->paths->n_rows;
    int64_t person = -1;

    if ((a->entry = allocate(room + 1, sizeof *a->entry)) == NULL || (a->time = allocate(room + 1, sizeof *a->time)) == NULL ||
        (a->id = allocate(room + 1, sizeof *a->id)) == NULL || (a->from = allocate(room + 1, sizeof *a->from)) == NULL ||
        (a->to = allocate(room + 1, sizeof *a->to)) == NULL || (a->event = allocate(room + 1, sizeof *a->event)) == NULL)
        return -1;
    for (size_t k = 0; k < room; k++) {
        const int64_t of = column_integer(row, k);
        if (column_integer(in->member, (size_t)of) != 1)
            continue;
        a->seen[column_code(state, k)]++;
        if ((size_t)column_code(in->arm, (size_t)of) != a->arm)
            continue;
        a->n_id += of != person;
        person = of;
        a->id[a->n] = (int32_t)a->n_id - 1;
        a->entry[a->n] = (double)column_integer(from, k);
        a->time[a->n] = (double)column_integer(to, k);
        a->from[a->n] = column_code(state, k);
        a->to[a->n++] = column_code(next, k) == MISSING_CODE ? -1 : column_code(next, k);
    }
    a->n_people = (int64_t)a->n_id;
    a->n_stretches = (int64_t)a->n;
    const struct reducer_piece pieces[] = {{&a->n_people, 1}, {&a->n_stretches, 1}, {a->seen, N_CARE_STATES}};
    reducer_sum_pieces(in->reducer, pieces, sizeof pieces / sizeof pieces[0]);
    return 0;
}

static struct estimate start_row(const struct arm_paths *a, enum measure measure, size_t state, double time)
{
    struct estimate row = ESTIMATE_NONE;

    row.analysis = a->input->analysis->name.text;
    row.population = a->input->population->name.text;
    row.measure = measure;
    row.term = care_state_names[state];
    row.arm = a->input->study->cohort.arms.items[a->arm].name.text;
    row.time = time;
    row.n = a->n_people;
    return row;
}

/* People at each level on a day; or, with days from 0 to it, ever. */
static void people_at(const struct arm_paths *a, double from, double to, int64_t n[N_CARE_STATES])
{
    int32_t counted[N_CARE_STATES];

    for (size_t state = 0; state < N_CARE_STATES; state++) {
        counted[state] = -1;
        n[state] = 0;
    }
    for (size_t k = 0; k < a->n; k++)
        if (a->entry[k] <= to && a->time[k] > from && a->id[k] != counted[a->from[k]]) {
            counted[a->from[k]] = a->id[k];
            n[a->from[k]]++;
        }
    reducer_sum(a->input->reducer, n, N_CARE_STATES);
}

static int add_states(const struct arm_paths *a, enum measure measure, double time, struct table *estimates)
{
    const bool occupation = measure == MEASURE_state_occupation;
    double estimate[N_CARE_STATES] = {0}, std_error[N_CARE_STATES] = {0};
    const double last = a->states != NULL ? multistate_last_time(a->states) : 0;
    /* A day is over when the next begins: what is known up to `last` tells of the days before it. */
    const bool known = a->states != NULL && (occupation ? time < last : time <= last);
    int64_t n_there[N_CARE_STATES];
    int status = 0;

    if (known) {
        const int code = occupation ? multistate_occupation(a->states, time, estimate, std_error)
                                    : multistate_expected(a->states, time, estimate, std_error);
        if (code != GSL_SUCCESS)
            return fail("paths through levels of care: %s", gsl_strerror(code));
        people_at(a, occupation ? time : 0, occupation ? time : time - 1, n_there);
    }
    for (size_t state = 0; status == 0 && state < N_CARE_STATES; state++) {
        struct estimate row = start_row(a, measure, state, time);
        if (a->seen[state] == 0)
            continue;
        row.method = occupation ? "Aalen-Johansen; robust errors; log limits"
                                : "area under Aalen-Johansen; robust errors; log limits";
        if (known) {
            row.n_event = n_there[state];
            status = expected_row_add(&row, estimate[state], std_error[state], occupation ? 1 : time, estimates);
        } else {
            status = expected_row_unknown(&row, occupation ? last - 1 : last, estimates);
        }
    }
    return status;
}

/* Moves into a state by a day; counts NULL: nobody is seen. */
static int add_count(const struct arm_paths *a, const struct mcf *counts, size_t state, double day, struct table *estimates)
{
    struct estimate row = start_row(a, MEASURE_mean_cumulative_count, state, day);
    const double last = counts != NULL ? multistate_last_time(a->states) : 0;
    const size_t place = counts != NULL ? mcf_place(counts, day) : SIZE_MAX;

    row.method = "Nelson-Aalen for recurrent events; robust errors; log limits";
    row.n_event = 0;
    for (size_t k = 0; place != SIZE_MAX && k <= place; k++)
        row.n_event += counts->n_event[k];
    if (!(day < last))
        return expected_row_unknown(&row, last - 1, estimates);
    return expected_row_add(&row, place == SIZE_MAX ? 0 : counts->mean[place], place == SIZE_MAX ? 0 : counts->std_err[place], INFINITY,
                            estimates);
}

static int add_counts(struct arm_paths *a, struct table *estimates)
{
    const struct study_numbers *const at = &a->input->analysis->at;
    int status = 0;

    for (size_t state = 0; status == 0 && state < N_CARE_STATES; state++) {
        struct mcf *counts = NULL;
        int code = GSL_SUCCESS;
        if (a->seen[state] == 0)
            continue;
        for (size_t k = 0; k < a->n; k++)
            a->event[k] = a->to[k] == (int32_t)state;
        if (a->n_stretches > 0)
            code = mcf_solve_all(a->n, a->entry, a->time, a->event, a->id, a->n_id, MCF_LOG, CONF_LEVEL, a->input->reducer, &counts);
        if (code != GSL_SUCCESS)
            return fail("paths through levels of care: %s", gsl_strerror(code));
        for (size_t i = 0; status == 0 && i < at->n; i++)
            status = add_count(a, counts, state, at->values[i], estimates);
        mcf_free(counts);
    }
    return status;
}

static int add_arm(struct arm_paths *a, struct table *estimates)
{
    const struct study_analysis *const analysis = a->input->analysis;
    int status = take(a), code;

    if (status == 0 && a->n_stretches > 0) {
        a->rows = (struct multistate_rows){.n = a->n, .n_id = a->n_id, .n_state = N_CARE_STATES, .id = a->id,
                                           .entry = a->entry, .time = a->time, .from = a->from, .to = a->to,
                                           .reducer = a->input->reducer};
        a->states = multistate_alloc(&a->rows, &code);
        if (a->states == NULL)
            return fail("paths through levels of care: %s", gsl_strerror(code));
    }
    for (size_t i = 0; status == 0 && asks_for(analysis, MEASURE_state_occupation) && i < analysis->at.n; i++)
        status = add_states(a, MEASURE_state_occupation, analysis->at.values[i], estimates);
    if (status == 0 && asks_for(analysis, MEASURE_expected_days))
        status = add_states(a, MEASURE_expected_days, analysis->tau.value, estimates);
    if (status == 0 && asks_for(analysis, MEASURE_mean_cumulative_count))
        status = add_counts(a, estimates);
    return status;
}

int care_states_add(const struct care_states_input *input, struct table *estimates)
{
    const struct study_analysis *const analysis = input->analysis;
    int status = 0;

    if (!study_is_linked(input->study) || (!asks_for(analysis, MEASURE_state_occupation) && !asks_for(analysis, MEASURE_expected_days) &&
                                           !asks_for(analysis, MEASURE_mean_cumulative_count)))
        return 0;
    if (input->paths == NULL)
        return fail("measures of paths through levels of care: the study itself must ask for one, not a profile of it alone");
    for (size_t arm = 0; status == 0 && arm < input->study->cohort.arms.n; arm++) {
        struct arm_paths a = {.input = input, .arm = arm};
        status = add_arm(&a, estimates);
        clear(&a);
    }
    return status;
}
