/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort/intake.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/ranks.h"
#include "episodes/fates.h"
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
    ranks_sum(&repeated, 1);
    attrition_step(attrition);
    return attrition_drop(attrition, "a person has one row", "person on several rows", repeated);
}

static int leave_out_uncounted(struct intake *intake, const struct cohort_input *input, struct attrition *attrition)
{
    const struct column *fate = table_column(input->stays, "fate");
    int64_t uncounted = 0;

    for (size_t i = 0; i < intake->n; i++)
        uncounted += intake->weight[i] == 0 && column_code(fate, i) == PERSON_KEPT;
    ranks_sum(&uncounted, 1);
    attrition_step(attrition);
    return attrition_drop(attrition, "the row counts somebody", "frequency 0", uncounted);
}

/* Of all ranks; -1: more than can be counted, which all of them find alike. */
static int add_up(const struct intake *intake, int64_t *total)
{
    int64_t own = 0;
    bool over = false;

    for (size_t i = 0; i < intake->n && !over; i++)
        over = __builtin_add_overflow(own, intake->weight[i], &own);
    double most = over ? (double)INFINITY : (double)own;
    ranks_largest(&most, 1);
    *total = over ? 0 : own;
    ranks_sum(total, 1);
    return most * (double)ranks_n() < 0x1p63 ? 0 : -1;
}

/* ---- rows that are persons ------------------------------------------------------------------------------ */

int intake_start(const struct study *study, const struct cohort_input *input, struct intake *intake,
                 struct attrition *attrition)
{
    const struct study_table *source = study_main_table(study);
    int64_t n_records = (int64_t)input->records->n_rows, total;

    ranks_sum(&n_records, 1);
    if (input->stays->n_rows != input->records->n_rows)
        return fail("episodes.h5 speaks of %zu records, records.h5 holds %zu", input->stays->n_rows,
                    input->records->n_rows);
    if (count_rows(input->quality, table_role_name(source->role), attrition) != 0 ||
        read_weights(source, input, intake) != 0)
        return -1;
    if (attrition->left != n_records)
        return fail("records.h5 holds %lld rows, its quality table counts %lld", (long long)n_records, (long long)attrition->left);
    if (source->person.text != NULL && leave_out_repeated(input, intake, attrition) != 0)
        return -1;
    if (source->weight.text != NULL && leave_out_uncounted(intake, input, attrition) != 0)
        return -1;
    if (add_up(intake, &total) != 0)
        return fail("the frequencies add up to more than can be counted");
    if (total == 0)
        return study_fail(study, source->place, "the cohort is empty: the source has no usable row");
    return attrition_unit(attrition, study->cohort.unit.text, "counted in these rows", total);
}

/* ---- linked stays ----------------------------------------------------------------------------------------- */

/* Records that are no stay, by their fate, and stays that were recorded twice. */
static int leave_out_unlinked(const struct cohort_input *input, struct attrition *attrition)
{
    const int8_t *fate = table_column(input->stays, "fate")->values;
    int64_t n[N_FATES] = {0}, left_out = 0;
    int status = 0;

    for (size_t i = 0; i < input->stays->n_rows; i++)
        n[fate[i]]++;
    ranks_sum(n, N_FATES);
    attrition_step(attrition);
    for (int k = FATE_DUPLICATE + 1; status == 0 && k < N_FATES; k++) {
        left_out += n[k];
        if (n[k] > 0)
            status = attrition_drop(attrition, "the stay can be linked", fate_names[k] + strlen("left out: "), n[k]);
    }
    if (status == 0 && left_out == 0)
        status = attrition_drop(attrition, "the stay can be linked", "left out", 0);
    attrition_step(attrition);
    return status != 0 ? -1 : attrition_drop(attrition, "the stay is recorded once", fate_names[FATE_DUPLICATE], n[FATE_DUPLICATE]);
}

static char *level_list(const bool levels[N_LEVELS])
{
    char *text = copy_text("");

    for (int level = 0; text != NULL && level < N_LEVELS; level++)
        if (levels[level]) {
            char *longer = format_text("%s%s%s", text, *text == '\0' ? "" : ", ", level_names[level]);
            free(text);
            text = longer;
        }
    return text;
}

static char *step_label(const struct study *study, enum index_step step)
{
    const struct study_index *rule = &study->cohort.index;
    char *levels, *label;

    switch (step) {
    case INDEX_WINDOW: return copy_text("an index stay in the calendar window");
    case INDEX_LOOK_BACK:
        return format_text("%lld days of the source before the index stay", (long long)rule->look_back_days);
    case INDEX_WASHOUT: return format_text("%lld days without treatment before the index stay", (long long)rule->washout_days);
    default:
        levels = level_list(rule->first_stay_in);
        label = levels == NULL ? NULL : format_text("a stay in %s", levels);
        free(levels);
        return label;
    }
}

static bool is_asked(const struct study_index *rule, enum index_step step)
{
    return step == INDEX_LEVEL || (step == INDEX_WINDOW && (rule->from != MISSING_INTEGER || rule->to != MISSING_INTEGER)) ||
           (step == INDEX_LOOK_BACK && rule->look_back_days > 0) || (step == INDEX_WASHOUT && rule->washout_days > 0);
}

static int leave_out_without_index(const struct study *study, const struct index_stays *index, struct attrition *attrition)
{
    static const char *const reasons[N_INDEX_STEPS] = {"no stay at these levels", "outside the window",
                                                       "the source begins too late", "treated shortly before"};

    for (enum index_step step = INDEX_LEVEL; step < N_INDEX_STEPS; step++) {
        char *label;
        int status;
        if (!is_asked(&study->cohort.index, step))
            continue;
        label = step_label(study, step);
        attrition_step(attrition);
        status = label == NULL ? -1 : attrition_drop(attrition, label, reasons[step], index->lost[step]);
        if (status == 0 && attrition->left == 0)
            status = study_fail(study, study->cohort.index.place,
                                "the cohort is empty: nobody has an index stay; nobody is left after '%s'", label);
        free(label);
        if (status != 0)
            return -1;
    }
    return 0;
}

int intake_linked(const struct study *study, const struct cohort_input *input, const struct candidates *candidates,
                  struct intake *intake, struct attrition *attrition)
{
    const struct index_stays *index = candidates->index;
    int64_t n_kept = 0, n_stays = (int64_t)input->stays->n_rows;

    ranks_sum(&n_stays, 1);
    if (count_rows(input->quality, table_role_name(ROLE_EPISODES), attrition) != 0)
        return -1;
    if (attrition->left != n_stays)
        return fail("episodes.h5 speaks of %lld records, records.h5 counts %lld", (long long)n_stays, (long long)attrition->left);
    if (leave_out_unlinked(input, attrition) != 0)
        return -1;
    for (size_t i = 0; i < candidates->history->n_stays; i++)
        n_kept += history_is_kept(candidates->history, i);
    ranks_sum(&n_kept, 1);
    if (attrition->left != n_kept)
        return fail("the fates of the records do not add up: %lld are left, %lld were linked", (long long)attrition->left,
                    (long long)n_kept);
    if (n_kept == 0)
        return study_fail(study, study_main_table(study)->place, "the cohort is empty: the source has no stay that can be linked");
    if (attrition_unit(attrition, "person", "persons of these stays", candidates->history->n_people) != 0 ||
        leave_out_without_index(study, index, attrition) != 0)
        return -1;
    if (attrition->left != index->n_people)
        return fail("the index stays do not add up: %lld persons are left, %lld have one", (long long)attrition->left,
                    (long long)index->n_people);
    intake->n = index->n;
    if ((intake->weight = allocate(intake->n, sizeof *intake->weight)) == NULL)
        return -1;
    for (size_t i = 0; i < intake->n; i++)
        intake->weight[i] = 1;
    return study->cohort.index.every || strcmp(study->cohort.unit.text, "person") != 0
               ? attrition_unit(attrition, study->cohort.unit.text, "index stays of these persons", index->n_all)
               : 0;
}

void intake_free(struct intake *intake)
{
    free(intake->weight);
    *intake = (struct intake){0};
}
