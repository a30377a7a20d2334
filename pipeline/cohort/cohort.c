/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort/cohort.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "cohort/arms.h"
#include "cohort/conditions.h"
#include "cohort/intake.h"
#include "study/expression.h"

char *cohort_population_column(const struct study *study, size_t i)
{
    return format_text("population:%s", study->cohort.populations.items[i].name.text);
}

char **cohort_columns(const struct study *study, const struct study_table *source, const struct table *schema)
{
    char **names = NULL;
    int status = names_add(&names, source->weight.text);

    if (status == 0)
        status = names_add(&names, study->cohort.time_zero_column.text);
    for (size_t i = 0; status == 0 && i < study->cohort.eligible.n; i++)
        status = condition_columns(study, &study->cohort.eligible.items[i], schema, &names);
    for (size_t i = 0; status == 0 && i < study->cohort.arms.n; i++)
        status = condition_columns(study, &study->cohort.arms.items[i].when, schema, &names);
    for (size_t i = 0; status == 0 && i < study->cohort.populations.n; i++)
        status = condition_columns(study, &study->cohort.populations.items[i].when, schema, &names);
    /* A study whose conditions are all constants still needs the number of rows. */
    if (status == 0 && names == NULL && schema->n_columns > 0)
        status = names_add(&names, schema->columns[0].name);
    if (status == 0 && names != NULL)
        return names;
    names_free(names);
    return NULL;
}

/* Leaves out the rows in which a condition is false or undecided, and counts both. */
static int apply_condition(const struct study *study, const struct study_text *condition, const struct table *records,
                           int n_threads, struct intake *intake, struct attrition *attrition)
{
    uint8_t *truth = condition_compute(study, condition, records, n_threads);
    int64_t n_false = 0, n_unknown = 0;
    int status;

    if (truth == NULL)
        return -1;
    for (size_t i = 0; i < intake->n; i++) {
        if (intake->weight[i] == 0 || truth[i] == TRUTH_TRUE)
            continue;
        *(truth[i] == TRUTH_FALSE ? &n_false : &n_unknown) += intake->weight[i];
        intake->weight[i] = 0;
    }
    free(truth);
    attrition_step(attrition);
    status = attrition_drop(attrition, condition->text, "not met", n_false);
    if (status == 0 && n_unknown > 0)
        status = attrition_drop(attrition, condition->text, "undecided: a value is missing", n_unknown);
    if (status == 0 && attrition->left == 0)
        return study_fail(study, condition->place, "the cohort is empty: nobody is left after '%s'", condition->text);
    return status;
}

/* Whoever has no time zero (was never randomised, say) cannot be followed from it. */
static int know_time_zero(const struct study *study, const struct table *records, struct intake *intake,
                          struct attrition *attrition)
{
    const struct study_text *name = &study->cohort.time_zero_column;
    const struct column *day = name->text == NULL ? NULL : table_column(records, name->text);
    int64_t n_missing = 0;

    if (day == NULL)
        return 0;
    for (size_t i = 0; i < intake->n; i++)
        if (column_is_missing(day, i)) {
            n_missing += intake->weight[i];
            intake->weight[i] = 0;
        }
    attrition_step(attrition);
    if (attrition_drop(attrition, "time zero is known", "time zero missing", n_missing) != 0)
        return -1;
    return attrition->left > 0 ? 0
                               : study_fail(study, name->place, "the cohort is empty: nobody has a day in '%s'", name->text);
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
    if (status == 0 && study->cohort.time_zero_column.text != NULL &&
        table_add_column(people, "time_zero", COLUMN_INT32, 0, "Day on which follow-up starts", "days") == NULL)
        status = -1;
    for (size_t i = 0; status == 0 && i < study->cohort.populations.n; i++) {
        char *name = cohort_population_column(study, i);
        if (name == NULL || table_add_column(people, name, COLUMN_INT8, 0, "In the population", "") == NULL)
            status = -1;
        free(name);
    }
    if (status == 0 && table_resize(people, n) == 0)
        return people;
    table_free(people);
    return NULL;
}

/* A day that no 32 bits hold is no day of a study. */
static int set_time_zero(const struct study *study, const struct table *records, struct table *people)
{
    const struct study_text *name = &study->cohort.time_zero_column;
    const struct column *record = table_column(people, "record");
    struct column *time_zero = table_column(people, "time_zero");

    for (size_t i = 0; time_zero != NULL && i < people->n_rows; i++)
        if (column_set_integer(time_zero, i, column_integer(table_column(records, name->text),
                                                            (size_t)column_integer(record, i))) != 0)
            return study_fail(study, name->place, "column '%s' holds a day that is too far away", name->text);
    return 0;
}

static struct table *collect(const struct study *study, const struct intake *intake, const uint8_t *arm)
{
    size_t n = 0, row = 0;
    struct table *people;

    for (size_t i = 0; i < intake->n; i++)
        n += intake->weight[i] > 0;
    if ((people = people_alloc(study, n)) == NULL)
        return NULL;
    struct column *record = table_column(people, "record"), *arms = table_column(people, "arm"),
                  *weight = table_column(people, "weight");
    for (size_t i = 0; i < intake->n; i++)
        if (intake->weight[i] > 0) {
            column_set_integer(record, row, (int64_t)i);
            column_set_code(arms, row, arm[i]);
            column_set_integer(weight, row++, intake->weight[i]);
        }
    return people;
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
static int mark_population(const struct study *study, size_t which, const struct table *records, int n_threads,
                           struct cohort *cohort)
{
    const struct study_rule *population = &study->cohort.populations.items[which];
    const struct column *record = table_column(cohort->people, "record"),
                        *weight = table_column(cohort->people, "weight");
    uint8_t *truth = condition_compute(study, &population->when, records, n_threads);
    char *name = cohort_population_column(study, which);
    struct column *member = name == NULL ? NULL : table_column(cohort->people, name);
    int64_t n[3] = {0}; /* by truth */

    free(name);
    if (truth == NULL || member == NULL) {
        free(truth);
        return -1;
    }
    for (size_t i = 0; i < cohort->people->n_rows; i++) {
        const uint8_t in = truth[column_integer(record, i)];
        column_set_integer(member, i, in == TRUTH_TRUE);
        n[in] += column_integer(weight, i);
    }
    free(truth);
    if (n[TRUTH_TRUE] == 0)
        return study_fail(study, population->when.place, "population '%s' is empty: nobody in an arm meets '%s'",
                          population->name.text, population->when.text);
    /* Everybody, because the study names no populations, is no step. */
    return population->name.place.line == 0
               ? 0
               : count_population(population, n[TRUTH_TRUE], n[TRUTH_FALSE], n[TRUTH_UNKNOWN], &cohort->attrition);
}

static int give_arms(const struct study *study, const struct table *records, int n_threads, struct intake *intake,
                     struct cohort *cohort)
{
    uint8_t *arm = allocate(intake->n, 1);
    const int status =
        arm == NULL || arms_assign(study, records, n_threads, intake, &cohort->attrition, arm) != 0 ||
                (cohort->people = collect(study, intake, arm)) == NULL || set_time_zero(study, records, cohort->people) != 0
            ? -1
            : 0;

    free(arm);
    return status;
}

int cohort_draw(const struct study *study, const struct cohort_input *input, int n_threads, struct cohort *cohort)
{
    struct intake intake = {0};
    int status;

    *cohort = (struct cohort){0};
    if ((status = attrition_start(&cohort->attrition)) == 0)
        status = intake_start(study, input, &intake, &cohort->attrition);
    if (status == 0)
        status = know_time_zero(study, input->records, &intake, &cohort->attrition);
    for (size_t i = 0; status == 0 && i < study->cohort.eligible.n; i++)
        status = apply_condition(study, &study->cohort.eligible.items[i], input->records, n_threads, &intake,
                                 &cohort->attrition);
    if (status == 0)
        status = give_arms(study, input->records, n_threads, &intake, cohort);
    for (size_t i = 0; status == 0 && i < study->cohort.populations.n; i++)
        status = mark_population(study, i, input->records, n_threads, cohort);
    intake_free(&intake);
    return status;
}

void cohort_free(struct cohort *cohort)
{
    table_free(cohort->people);
    table_free(cohort->attrition.table);
    *cohort = (struct cohort){0};
}
