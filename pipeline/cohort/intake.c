/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort/intake.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "episodes/people.h"

static bool cell_is(const struct table *table, const char *column, size_t row, const char *wanted)
{
    size_t n;
    const char *text = column_text(table_column(table, column), row, &n);

    return n == strlen(wanted) && memcmp(text, wanted, n) == 0;
}

/* A total over all files and columns of one source table. */
static bool is_total(const struct table *quality, size_t row, const char *role, const char *quantity)
{
    return cell_is(quality, "table", row, role) && cell_is(quality, "file", row, "") &&
           cell_is(quality, "column", row, "") && cell_is(quality, "quantity", row, quantity);
}

static int count_rows(const struct table *quality, const char *role, struct attrition *attrition)
{
    const struct column *n = table_column(quality, "n");
    int status = -1;

    for (size_t i = 0; i < quality->n_rows; i++)
        if (is_total(quality, i, role, "rows_in"))
            status = attrition_unit(attrition, "row", "lines of the source", column_integer(n, i));
    if (status != 0)
        return fail("records.h5 does not say how many lines were read");
    attrition_step(attrition);
    for (size_t i = 0; status == 0 && i < quality->n_rows; i++)
        if (is_total(quality, i, role, "rows_rejected") && !cell_is(quality, "reason", i, "")) {
            size_t length;
            const char *text = column_text(table_column(quality, "reason"), i, &length);
            char *reason = copy_bytes(text, length);
            status = reason == NULL ? -1 : attrition_drop(attrition, "the row can be read", reason, column_integer(n, i));
            free(reason);
        }
    return status == 0 && attrition->table->n_rows == 1
               ? attrition_drop(attrition, "the row can be read", "set aside", 0)
               : status;
}

static int read_weights(const struct study_table *source, const struct cohort_input *input, struct intake *intake)
{
    const struct column *weight =
        source->weight.text == NULL ? NULL : table_column(input->records, source->weight.text);

    intake->n = input->records->n_rows;
    if ((intake->weight = allocate(intake->n, sizeof *intake->weight)) == NULL)
        return -1;
    for (size_t i = 0; i < intake->n; i++)
        intake->weight[i] = weight == NULL ? 1 : column_integer(weight, i);
    return 0;
}

/* Each record counts as one line here, whatever its weight. */
static int leave_out_repeated(const struct cohort_input *input, struct intake *intake, struct attrition *attrition)
{
    const struct column *fate = table_column(input->stays, "fate");
    int64_t repeated = 0;

    for (size_t i = 0; i < intake->n; i++)
        if (column_code(fate, i) != PERSON_KEPT) {
            repeated++;
            intake->weight[i] = 0;
        }
    attrition_step(attrition);
    return attrition_drop(attrition, "a person has one row", "person on several rows", repeated);
}

static int leave_out_uncounted(struct intake *intake, const struct cohort_input *input, struct attrition *attrition)
{
    const struct column *fate = table_column(input->stays, "fate");
    int64_t uncounted = 0;

    for (size_t i = 0; i < intake->n; i++)
        uncounted += intake->weight[i] == 0 && column_code(fate, i) == PERSON_KEPT;
    attrition_step(attrition);
    return attrition_drop(attrition, "the row counts somebody", "frequency 0", uncounted);
}

int intake_start(const struct study *study, const struct cohort_input *input, struct intake *intake,
                 struct attrition *attrition)
{
    const struct study_table *source = study_find_table(study, ROLE_CLIENTS);
    int64_t total = 0;

    if (input->stays->n_rows != input->records->n_rows)
        return fail("episodes.h5 speaks of %zu records, records.h5 holds %zu", input->stays->n_rows,
                    input->records->n_rows);
    if (count_rows(input->quality, table_role_name(source->role), attrition) != 0 ||
        read_weights(source, input, intake) != 0)
        return -1;
    if (attrition->left != (int64_t)intake->n)
        return fail("records.h5 holds %zu rows, its quality table counts %lld", intake->n, (long long)attrition->left);
    if (source->person.text != NULL && leave_out_repeated(input, intake, attrition) != 0)
        return -1;
    if (source->weight.text != NULL && leave_out_uncounted(intake, input, attrition) != 0)
        return -1;
    for (size_t i = 0; i < intake->n; i++)
        if (__builtin_add_overflow(total, intake->weight[i], &total))
            return fail("the frequencies add up to more than can be counted");
    if (total == 0)
        return study_fail(study, source->place, "the cohort is empty: the source has no usable row");
    return attrition_unit(attrition, study->cohort.unit.text, "counted in these rows", total);
}

void intake_free(struct intake *intake)
{
    free(intake->weight);
    *intake = (struct intake){0};
}
