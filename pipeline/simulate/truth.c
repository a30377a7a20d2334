/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "simulate/truth.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/threads.h"
#include "simulate/tally.h"

enum estimand { ESTIMAND_ALL, ESTIMAND_TREATED, ESTIMAND_OVERLAP, N_ESTIMANDS };
static const char *const estimand_words[N_ESTIMANDS] = {"all", "treated", "overlap"};
static const int times[] = {30, 90, 180, 365};
enum { N_TIMES = sizeof times / sizeof times[0] };

/* What one part of the persons adds up to. */
struct part {
    struct tally tally[N_OUTCOMES][N_ESTIMANDS];
    int64_t n; /* persons of the cohort */
};

struct work {
    const struct model *model;
    struct part *parts;
};

/* ---- two lives of everybody -------------------------------------------------------------------------------- */

static void add_person(const struct model *model, uint64_t number, struct part *part)
{
    struct history history;
    double share[N_GROUPS], e, weight[N_ESTIMANDS];

    history_live(model, number, ARM_NONE, WINDOW_LAST, &history);
    if (!recorded_in_cohort(&history))
        return;
    model_groups(model, &history.person, share);
    e = share[GROUP_IOP] / (share[GROUP_IOP] + share[GROUP_INPATIENT]);
    weight[ESTIMAND_ALL] = 1;
    weight[ESTIMAND_TREATED] = history.arm == ARM_IOP;
    weight[ESTIMAND_OVERLAP] = e * (1 - e);
    part->n++;
    for (int a = 0; a < N_ARMS; a++) {
        struct event events[N_OUTCOMES];

        history_live(model, number, (enum arm)a, WINDOW_LAST, &history);
        recorded_outcomes(model, number, &history, NEVER, events);
        for (int o = 0; o < N_OUTCOMES; o++)
            for (int k = 0; k < N_ESTIMANDS; k++)
                tally_add(&part->tally[o][k], (enum arm)a, events[o], weight[k]);
    }
}

/* Persons are dealt out so that a part depends on their number alone, not on the threads. */
static int add_part(void *context, size_t chunk)
{
    const struct work *work = context;
    const int64_t n = work->model->settings.n_truth;
    const int64_t first = n * (int64_t)chunk / TRUTH_PARTS, last = n * ((int64_t)chunk + 1) / TRUTH_PARTS;

    for (int64_t i = first; i < last; i++)
        add_person(work->model, (uint64_t)i, &work->parts[chunk]);
    return 0;
}

/* ---- numbers and their Monte-Carlo errors -------------------------------------------------------------------- */

enum kind { KIND_RISK, KIND_RMST, KIND_RISK_DIFFERENCE, KIND_RMST_DIFFERENCE, KIND_HAZARD_RATIO };

static double value_of(const struct tally *tally, enum kind kind, enum arm arm, int day)
{
    switch (kind) {
    case KIND_RISK: return tally_risk(tally, arm, day);
    case KIND_RMST: return tally_rmst(tally, arm, day);
    case KIND_RISK_DIFFERENCE: return tally_risk(tally, ARM_IOP, day) - tally_risk(tally, ARM_INPATIENT, day);
    case KIND_RMST_DIFFERENCE: return tally_rmst(tally, ARM_IOP, day) - tally_rmst(tally, ARM_INPATIENT, day);
    default: return tally_log_hazard_ratio(tally);
    }
}

struct numbers {
    const struct work *work;
    struct table *table;
    int outcome, estimand;
    struct tally all;
    struct tally *without; /* [TRUTH_PARTS] all but one part */
    int64_t n;
};

static void take_together(struct numbers *numbers)
{
    static const struct tally nothing;

    numbers->all = nothing;
    for (int p = 0; p < TRUTH_PARTS; p++)
        tally_merge(&numbers->all, &numbers->work->parts[p].tally[numbers->outcome][numbers->estimand], 1);
    for (int p = 0; p < TRUTH_PARTS; p++) {
        numbers->without[p] = numbers->all;
        tally_merge(&numbers->without[p], &numbers->work->parts[p].tally[numbers->outcome][numbers->estimand], -1);
    }
}

static double jackknife_error(const struct numbers *numbers, enum kind kind, enum arm arm, int day)
{
    double value[TRUTH_PARTS], mean = 0, sum = 0;

    for (int p = 0; p < TRUTH_PARTS; p++) {
        value[p] = value_of(&numbers->without[p], kind, arm, day);
        mean += value[p] / TRUTH_PARTS;
    }
    for (int p = 0; p < TRUTH_PARTS; p++)
        sum += (value[p] - mean) * (value[p] - mean);
    return sqrt(sum * (TRUTH_PARTS - 1) / TRUTH_PARTS);
}

static int add_row(const struct numbers *numbers, enum kind kind, enum arm arm, int day)
{
    static const char *const words[] = {"risk", "rmst", "risk_difference", "rmst_difference", "hazard_ratio"};
    double value = value_of(&numbers->all, kind, arm, day), error = jackknife_error(numbers, kind, arm, day);
    struct row_builder row = table_new_row(numbers->table);

    if (kind == KIND_HAZARD_RATIO) {
        value = exp(value);
        error *= value;
    }
    row_text(&row, "outcome", outcome_words[numbers->outcome]);
    row_text(&row, "estimand", estimand_words[numbers->estimand]);
    row_text(&row, "measure", words[kind]);
    row_text(&row, "arm", arm_words[kind <= KIND_RMST ? arm : ARM_IOP]);
    if (kind > KIND_RMST)
        row_text(&row, "reference", arm_words[ARM_INPATIENT]);
    row_integer(&row, "time", day);
    row_real(&row, "estimate", value);
    row_real(&row, "std_error", error);
    row_integer(&row, "n", numbers->n);
    return row_end(&row);
}

/* All numbers of one outcome in one population. */
static int add_rows(struct numbers *numbers)
{
    int status = 0;

    take_together(numbers);
    for (int t = 0; status == 0 && t < N_TIMES; t++) {
        for (int kind = KIND_RISK; status == 0 && kind <= KIND_RMST; kind++)
            for (int a = 0; status == 0 && a < N_ARMS; a++)
                status = add_row(numbers, (enum kind)kind, (enum arm)a, times[t]);
        if (status == 0)
            status = add_row(numbers, KIND_RISK_DIFFERENCE, ARM_IOP, times[t]);
        if (status == 0)
            status = add_row(numbers, KIND_RMST_DIFFERENCE, ARM_IOP, times[t]);
    }
    return status == 0 ? add_row(numbers, KIND_HAZARD_RATIO, ARM_IOP, FOLLOW_UP) : status;
}

static struct table *empty_table(void)
{
    static const struct {
        const char *name, *label, *units;
        enum column_type type;
    } columns[] = {{"outcome", "Outcome", "", COLUMN_TEXT},
                   {"estimand", "Population of the average", "", COLUMN_TEXT},
                   {"measure", "Measure", "", COLUMN_TEXT},
                   {"arm", "Arm", "", COLUMN_TEXT},
                   {"reference", "Reference", "", COLUMN_TEXT},
                   {"time", "Day", "days", COLUMN_INT32},
                   {"estimate", "True value", "", COLUMN_FLOAT64},
                   {"std_error", "Monte-Carlo error of it", "", COLUMN_FLOAT64},
                   {"n", "Persons of the cohort it is averaged over", "", COLUMN_INT64}};
    struct table *table = table_alloc("truth", "SYNTHETIC: true values of a simulated source");

    for (size_t j = 0; table != NULL && j < sizeof columns / sizeof columns[0]; j++)
        if (table_add_column(table, columns[j].name, columns[j].type, 1, columns[j].label, columns[j].units) == NULL) {
            table_free(table);
            return NULL;
        }
    return table;
}

struct table *truth_table(const struct model *model)
{
    struct work work = {model, allocate(TRUTH_PARTS, sizeof *work.parts)};
    struct numbers numbers = {.work = &work, .table = empty_table()};
    int status = -1;

    numbers.without = allocate(TRUTH_PARTS, sizeof *numbers.without);
    if (work.parts != NULL && numbers.without != NULL && numbers.table != NULL &&
        threads_run(TRUTH_PARTS, model->settings.n_threads, add_part, &work) == 0) {
        for (int p = 0; p < TRUTH_PARTS; p++)
            numbers.n += work.parts[p].n;
        status = 0;
    }
    for (numbers.outcome = 0; status == 0 && numbers.outcome < N_OUTCOMES; numbers.outcome++)
        for (numbers.estimand = 0; status == 0 && numbers.estimand < N_ESTIMANDS; numbers.estimand++)
            status = add_rows(&numbers);
    free(work.parts);
    free(numbers.without);
    if (status == 0)
        return numbers.table;
    table_free(numbers.table);
    return NULL;
}
