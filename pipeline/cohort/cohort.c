/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort/cohort.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/ranks.h"
#include "base/threads.h"
#include "cohort/arms.h"
#include "cohort/candidates.h"
#include "cohort/clusters.h"
#include "cohort/cohort_columns.h"
#include "cohort/eligibility.h"
#include "cohort/flow_by_arm.h"
#include "cohort/intake.h"
#include "cohort/states_by_arm.h"
#include "cohort/time_zero.h"
#include "study/condition.h"
#include "study/expression.h"

char *cohort_population_column(const struct study *study, size_t i)
{
    return format_text("population:%s", study->cohort.populations.items[i].name.text);
}

static bool has_clusters(const struct study *study)
{
    return study->cohort.cluster.text != NULL || study->cohort.index.every;
}

static int add_linked_columns(const struct study *study, struct table *people)
{
    if (has_clusters(study) && table_add_column(people, "cluster", COLUMN_INT32, 0, "Cluster", "") == NULL)
        return -1;
    return !study_is_linked(study) ||
                   (table_add_column(people, "person", COLUMN_INT32, 0, "Person", "") != NULL &&
                    table_add_column(people, "stay", COLUMN_INT32, 0, "Row of table stays", "") != NULL &&
                    table_add_column(people, "episode", COLUMN_INT32, 0, "Row of table episodes", "") != NULL)
               ? 0
               : -1;
}

static struct table *people_alloc(const struct study *study, size_t n)
{
    struct table *people = table_alloc("cohort", "Who is compared");
    const char *arms[ARM_MAX];
    int status = people == NULL ? -1 : 0;

    for (size_t i = 0; i < study->cohort.arms.n; i++)
        arms[i] = study->cohort.arms.items[i].name.text;
    if (status == 0 && (table_add_column(people, "record", COLUMN_INT64, 0, "Row of the source", "") == NULL ||
                        table_add_category(people, "arm", arms, study->cohort.arms.n, "Arm") == NULL ||
                        table_add_column(people, "weight", COLUMN_INT64, 0, "Counts", "") == NULL))
        status = -1;
    if (status == 0 && (study->cohort.time_zero_column.text != NULL || study_is_linked(study)) &&
        table_add_column(people, "time_zero", COLUMN_INT32, 0, "Day on which follow-up starts", "days") == NULL)
        status = -1;
    for (size_t i = 0; status == 0 && i < study->cohort.populations.n; i++) {
        char *name = cohort_population_column(study, i);
        if (name == NULL || table_add_column(people, name, COLUMN_INT8, 0, "In the population", "") == NULL)
            status = -1;
        free(name);
    }
    if (status == 0)
        status = add_linked_columns(study, people);
    if (status == 0 && table_resize(people, n) == 0)
        return people;
    table_free(people);
    return NULL;
}

/* What the study's members are made of. */
struct drawing {
    const struct study *study;
    const struct cohort_input *input;
    int n_threads;
    struct candidates candidates;
    struct intake intake;
    uint8_t *arm;        /* [candidates.n] */
    size_t *candidate;   /* [people->n_rows] */
    struct cohort *cohort;
};

/* ---- rows of members, pieces side by side --------------------------------------------------------------------------- */

enum { PIECE = 65536 }; /* members */

/* A day that no 32 bits hold is no day of a study. */
static int set_time_zero(const struct drawing *d, size_t first, size_t end)
{
    const struct study_text *name = &d->study->cohort.time_zero_column;
    struct column *const time_zero = table_column(d->cohort->people, "time_zero");
    const struct column *const source = name->text == NULL ? NULL : table_column(d->candidates.rows, name->text);
    const int32_t *const linked = d->candidates.linked ? d->candidates.time_zero : NULL;

    if (time_zero == NULL || (source == NULL && linked == NULL))
        return 0; /* nobody has one */
    for (size_t i = first; i < end; i++) {
        const size_t candidate = d->candidate[i];
        const int64_t day = linked != NULL ? linked[candidate] : column_integer(source, candidate);
        if (column_set_integer(time_zero, i, day) != 0)
            return study_fail(d->study, name->place, "column '%s' holds a day that is too far away", name->text);
    }
    return 0;
}

static void set_linked(const struct drawing *d, size_t first, size_t end)
{
    const struct history *h = d->candidates.history;
    const struct table *people = d->cohort->people;
    int32_t *person = table_column(people, "person")->values, *stay = table_column(people, "stay")->values,
            *episode = table_column(people, "episode")->values;

    for (size_t i = first; i < end; i++) {
        const uint32_t index = d->candidates.index->items[d->candidate[i]].stay;
        person[i] = h->person[index];
        stay[i] = (int32_t)index;
        episode[i] = h->episode[index];
    }
}

static int fill_piece(void *context, size_t piece)
{
    const struct drawing *const d = context;
    const struct table *people = d->cohort->people;
    const size_t first = piece * PIECE, end = people->n_rows - first < PIECE ? people->n_rows : first + PIECE;
    int64_t *record = table_column(people, "record")->values, *weight = table_column(people, "weight")->values;
    struct column *arms = table_column(people, "arm");

    for (size_t i = first; i < end; i++) {
        const size_t candidate = d->candidate[i];
        record[i] = (int64_t)candidates_record(&d->candidates, candidate);
        weight[i] = d->intake.weight[candidate];
        column_set_code(arms, i, d->arm[candidate]);
    }
    if (d->candidates.linked)
        set_linked(d, first, end);
    return set_time_zero(d, first, end);
}

static int set_clusters(const struct drawing *d, struct table *people)
{
    const struct study_text *name = &d->study->cohort.cluster;
    struct column *cluster = table_column(people, "cluster");

    if (cluster == NULL)
        return 0;
    if (name->text != NULL)
        return clusters_number(table_column(d->candidates.rows, name->text), d->candidate, people->n_rows, cluster->values);
    if (people->n_rows > 0)
        memcpy(cluster->values, table_column(people, "person")->values, people->n_rows * cluster->width);
    return 0;
}

static int collect(struct drawing *d)
{
    size_t n = 0, row = 0;

    for (size_t i = 0; i < d->intake.n; i++)
        n += d->intake.weight[i] > 0;
    if ((d->cohort->people = people_alloc(d->study, n)) == NULL ||
        (d->candidate = allocate(n, sizeof *d->candidate)) == NULL)
        return -1;
    for (size_t i = 0; i < d->intake.n; i++)
        if (d->intake.weight[i] > 0)
            d->candidate[row++] = i;
    return threads_run((n + PIECE - 1) / PIECE, d->n_threads, fill_piece, d) != 0 ? -1
                                                                                   : set_clusters(d, d->cohort->people);
}

static int count_population(const struct study_rule *population, int64_t n_in, int64_t n_out, int64_t n_unknown,
                            struct attrition *attrition)
{
    char *label = format_text("population %s: %s", population->name.text, population->when.text);
    const int64_t whole = n_in + n_out + n_unknown;
    int status = label == NULL ? -1 : 0;

    attrition_step(attrition);
    if (status == 0)
        status = attrition_part(attrition, label, "not in the population", whole, n_out);
    if (status == 0 && n_unknown > 0)
        status = attrition_part(attrition, label, "undecided: a value is missing", whole - n_out, n_unknown);
    free(label);
    return status;
}

/* Membership of one population, and its counts beside the way. */
static int mark_population(const struct drawing *d, size_t which)
{
    const struct study_rule *population = &d->study->cohort.populations.items[which];
    const struct table *people = d->cohort->people;
    const struct column *weight = table_column(people, "weight");
    uint8_t *truth = condition_compute(d->study, &population->when, d->candidates.rows, d->n_threads);
    char *name = cohort_population_column(d->study, which);
    struct column *member = name == NULL ? NULL : table_column(people, name);
    int64_t n[3] = {0}; /* by truth */

    free(name);
    if (truth == NULL || member == NULL) {
        free(truth);
        return -1;
    }
    for (size_t i = 0; i < people->n_rows; i++) {
        const uint8_t in = truth[d->candidate[i]];
        column_set_integer(member, i, in == TRUTH_TRUE);
        n[in] += column_integer(weight, i);
    }
    free(truth);
    ranks_sum(n, 3);
    if (n[TRUTH_TRUE] == 0)
        return study_fail(d->study, population->when.place, "population '%s' is empty: nobody in an arm meets '%s'",
                          population->name.text, population->when.text);
    /* Everybody, because the study names no populations, is no step. */
    return population->name.place.line == 0
               ? 0
               : count_population(population, n[TRUTH_TRUE], n[TRUTH_FALSE], n[TRUTH_UNKNOWN], &d->cohort->attrition);
}

/* Of members what the study names, from what it is of candidates. */
static struct table *derive_columns(const struct drawing *d)
{
    const size_t n = d->cohort->people->n_rows;
    struct index_stay *index = allocate(n, sizeof *index);
    const size_t *const of_candidates = d->candidates.derivation.client;
    size_t *client = of_candidates == NULL ? NULL : allocate(n, sizeof *client);
    struct derivation from = d->candidates.derivation;
    char **names = index == NULL || (client == NULL) != (of_candidates == NULL) ? NULL : cohort_named_derived(d->study);
    struct table *derived = NULL;

    from.index = index;
    from.row = d->candidate;
    from.client = client;
    from.time_zero = table_column(d->cohort->people, "time_zero")->values;
    from.n = n;
    for (size_t i = 0; names != NULL && i < n; i++) {
        index[i] = d->candidates.index->items[d->candidate[i]];
        if (client != NULL)
            client[i] = of_candidates[d->candidate[i]];
    }
    if (names != NULL)
        derived = derived_compute(&from, (const char *const *)names, d->n_threads);
    names_free(names);
    free(client);
    free(index);
    return derived;
}

static int derive(struct drawing *d)
{
    if ((d->cohort->derived = derive_columns(d)) == NULL)
        return -1;
    d->cohort->flow = flow_by_arm(d->study, d->candidates.history, d->input->flow, d->cohort->people, d->n_threads);
    if (d->cohort->flow == NULL)
        return -1;
    d->cohort->states = states_by_arm(d->study, d->candidates.history, d->cohort->people, d->n_threads);
    return d->cohort->states == NULL ? -1 : 0;
}

static int start(struct drawing *d)
{
    struct attrition *attrition = &d->cohort->attrition;
    int status = attrition_start(attrition);

    if (status == 0)
        status = candidates_find(d->study, d->input, d->n_threads, &d->candidates);
    if (status == 0)
        status = d->candidates.linked ? intake_linked(d->study, d->input, &d->candidates, &d->intake, attrition)
                                      : intake_start(d->study, d->input, &d->intake, attrition);
    if (status == 0 && !d->candidates.linked)
        status = eligibility_know_time_zero(d->study, d->candidates.rows, &d->intake, attrition);
    return status;
}

static int give_arms(struct drawing *d)
{
    struct attrition *attrition = &d->cohort->attrition;

    if ((d->arm = allocate(d->intake.n, 1)) == NULL ||
        arms_assign(d->study, d->candidates.rows, d->n_threads, &d->intake, attrition, d->arm) != 0)
        return -1;
    if (d->candidates.linked &&
        (d->study->cohort.time_zero != TIME_ZERO_ADMISSION || d->study->cohort.follow_up_end.n > 0) &&
        time_zero_leave_out(&d->candidates.derivation, d->arm, &d->intake, attrition) != 0)
        return -1;
    return collect(d);
}

int cohort_draw(const struct study *study, const struct cohort_input *input, int n_threads, struct cohort *cohort)
{
    struct drawing d = {.study = study, .input = input, .n_threads = n_threads, .cohort = cohort};
    int status;

    *cohort = (struct cohort){0};
    status = start(&d);
    for (size_t i = 0; status == 0 && i < study->cohort.eligible.n; i++)
        status = eligibility_apply(study, &study->cohort.eligible.items[i], d.candidates.rows, n_threads, &d.intake,
                                 &cohort->attrition);
    for (size_t i = 0; status == 0 && i < study->cohort.covariates.n; i++)
        if (study->cohort.covariates_missing[i] == COVARIATE_DROPS)
            status = eligibility_know_covariate(study, &study->cohort.covariates.items[i], d.candidates.rows, &d.intake,
                                    &cohort->attrition);
    if (status == 0)
        status = give_arms(&d);
    for (size_t i = 0; status == 0 && i < study->cohort.populations.n; i++)
        status = mark_population(&d, i);
    if (status == 0 && d.candidates.linked)
        status = derive(&d);
    free(d.arm);
    free(d.candidate);
    intake_free(&d.intake);
    candidates_free(&d.candidates);
    return status;
}

void cohort_free(struct cohort *cohort)
{
    table_free(cohort->people);
    table_free(cohort->derived);
    table_free(cohort->flow);
    table_free(cohort->states);
    table_free(cohort->attrition.table);
    *cohort = (struct cohort){0};
}
