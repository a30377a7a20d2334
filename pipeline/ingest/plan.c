/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/days.h"
#include "base/fail.h"
#include "base/memory.h"
#include "ingest/csv_value.h"
#include "ingest/safeguard.h"

size_t plan_find(const struct plan *plan, const char *name)
{
    size_t i = 0;
    while (i < plan->n_columns && strcmp(plan->columns[i].declared->name, name) != 0)
        i++;
    return i;
}

/* ---- columns ---------------------------------------------------------------------------------------- */

static int add_missing(struct plan_column *column)
{
    const struct codebook_column *const declared = column->declared;
    const bool whole = declared->type == VALUE_INTEGER, real = declared->type == VALUE_REAL;
    column->missing_numbers = allocate(declared->n_missing, sizeof *column->missing_numbers);
    if (column->missing_numbers == NULL)
        return -1;
    for (size_t i = 0; i < declared->n_missing; i++) {
        const char *const text = declared->missing[i];
        const size_t length = strlen(text);
        union plan_number *const number = &column->missing_numbers[column->n_missing_numbers];
        if (text_index_add(&column->missing, text, length, 0) != 0)
            return -1;
        column->missing_lengths |= UINT64_C(1) << (length < PLAN_LENGTHS ? length : PLAN_LENGTHS - 1);
        if ((whole && csv_integer(text, length, &number->integer) == CSV_VALUE_GOOD) ||
            (real && csv_real(text, length, &number->real) == CSV_VALUE_GOOD))
            column->n_missing_numbers++;
    }
    return 0;
}

static int32_t find_label(const struct column *stored, const char *label)
{
    size_t i = 0;
    while (i < stored->n_labels && strcmp(stored->labels[i], label) != 0)
        i++;
    return i < stored->n_labels ? (int32_t)i : MISSING_CODE;
}

/* Cells of an interval that are no whole number; the number of an entry is its place among the intervals. */
static int add_interval_texts(struct plan_column *column)
{
    const struct codebook_column *const declared = column->declared;
    for (size_t i = 0; declared->part == INTERVAL_LOW && i < declared->n_intervals; i++)
        if (declared->intervals[i].text != NULL &&
            text_index_add(&column->codes, declared->intervals[i].text, strlen(declared->intervals[i].text), (int32_t)i) != 0)
            return -1;
    return 0;
}

static int add_codes(struct plan_column *column, const struct column *stored)
{
    const struct codebook_column *const declared = column->declared;
    for (size_t i = 0; i < declared->n_codes; i++) {
        const int32_t label = find_label(stored, declared->labels[i]);
        if (label == MISSING_CODE)
            return fail("column '%s': label '%s' is not in its schema", declared->name, declared->labels[i]);
        if (text_index_add(&column->codes, declared->codes[i], strlen(declared->codes[i]), label) != 0)
            return -1;
    }
    return 0;
}

static int fill_column(struct plan *plan, const struct codebook_column *declared)
{
    struct plan_column *const column = &plan->columns[plan->n_columns];
    const struct column *const stored = &plan->schema->columns[plan->n_columns++];
    column->declared = declared;
    column->is_person_key = strcmp(stored->name, PERSON_KEY_1) == 0;
    column->is_open = declared->type == VALUE_CATEGORY && declared->n_codes == 0 && !column->is_person_key;
    column->is_id = declared->is_id;
    column->is_masked = column->is_open || declared->type == VALUE_TEXT || column->is_id;
    plan->needs_survey |= stored->type == COLUMN_TEXT || column->is_open;
    if (add_missing(column) != 0 || (!column->is_person_key && add_codes(column, stored) != 0) ||
        add_interval_texts(column) != 0)
        return -1;
    if (column->is_person_key)
        plan->columns[plan->n_columns++] = (struct plan_column){.declared = declared, .is_masked = true, .is_second = true};
    column->is_second = declared->part == INTERVAL_HIGH;
    return 0;
}

static int fill_columns(struct plan *plan)
{
    plan->columns = allocate(plan->schema->n_columns, sizeof *plan->columns);
    if (plan->columns == NULL)
        return -1;
    for (size_t i = 0; i < plan->codebook->n_columns; i++)
        if (!plan->codebook->columns[i].dropped && fill_column(plan, &plan->codebook->columns[i]) != 0)
            return -1;
    if (plan->n_columns == 0)
        return fail("'%s' keeps no column: every one is dropped", plan->codebook->path);
    return 0;
}

/* ---- rules ------------------------------------------------------------------------------------------ */

/* Position in the plan of a column of the codebook: the dropped ones are not there, a keyed person has two. */
static size_t position_of(const struct plan *plan, size_t of_codebook)
{
    size_t i = 0;
    while (plan->columns[i].declared != &plan->codebook->columns[of_codebook])
        i++;
    return i;
}

static int find_positions(const struct plan *plan, const size_t *from, size_t n, size_t **to)
{
    if ((*to = allocate(n, sizeof **to)) == NULL)
        return -1;
    for (size_t i = 0; i < n; i++)
        (*to)[i] = position_of(plan, from[i]);
    return 0;
}

static size_t find_stored(const struct plan *plan, const struct study_text *name)
{
    return name->text != NULL ? plan_find(plan, name->text) : plan->n_columns;
}

static void fill_history(struct plan *plan, const struct study_table *table)
{
    struct plan_history *const history = &plan->history;
    history->person = find_stored(plan, &table->person);
    if (history->person == plan->n_columns)
        return;
    history->n_person = plan->columns[history->person].is_person_key ? 2 : 1;
    history->admission = find_stored(plan, &table->admission);
    history->discharge = find_stored(plan, &table->discharge);
    history->has_stays = history->admission < plan->n_columns && history->discharge < plan->n_columns;
    for (size_t i = 0; !history->has_age && i < plan->n_columns; i++)
        if (!plan->columns[i].is_second && plan->columns[i].declared->age_on != SIZE_MAX) {
            history->has_age = true;
            history->age = i;
            history->age_day = position_of(plan, plan->columns[i].declared->age_on);
        }
}

static int fill_rules(struct plan *plan, const struct study_table *table)
{
    fill_history(plan, table);
    const bool has_as_of = table->as_of.text != NULL &&
                           day_from_iso(table->as_of.text, strlen(table->as_of.text), &plan->as_of) == 0;
    for (size_t i = 0; i < plan->n_columns; i++) {
        struct plan_column *const column = &plan->columns[i];
        if (column->is_second)
            continue;
        column->n_not_before = column->declared->n_not_before;
        if (find_positions(plan, column->declared->not_before, column->n_not_before, &column->not_before) != 0)
            return -1;
        column->is_past = has_as_of && column->declared->type == VALUE_DATE && !column->declared->ahead;
        plan->has_rules |= column->is_past || column->n_not_before > 0;
    }
    plan->n_unique = plan->codebook->n_unique;
    plan->needs_survey |= plan->n_unique > 0;
    return find_positions(plan, plan->codebook->unique, plan->n_unique, &plan->unique);
}

/* ---- keys ------------------------------------------------------------------------------------------- */

/* The column that a key of the study names: 0 and the column, NULL when the key is not given; -1 after telling. */
static int find_key(const struct study *study, const struct study_text *key, const char *what, struct plan *plan,
                    struct plan_column **column)
{
    *column = NULL;
    if (key->text == NULL)
        return 0;
    const struct codebook_column *const declared = codebook_find(plan->codebook, key->text);
    if (declared == NULL)
        return study_fail(study, key->place, "the codebook '%s' has no column '%s' (%s)", plan->codebook->path,
                          key->text, what);
    if (declared->dropped)
        return study_fail(study, key->place, "column '%s' (%s) is dropped by the codebook", key->text, what);
    if (strcmp(declared->name, key->text) != 0)
        return study_fail(study, key->place, "'%s' (%s) is an alias; name the column '%s'", key->text, what,
                          declared->name);
    *column = &plan->columns[plan_find(plan, declared->name)];
    return 0;
}

static int read_key(const struct study *study, const struct study_table *table, struct plan *plan)
{
    if (study->key_file.text == NULL)
        return study_fail(study, table->person.place, "column '%s' tells persons apart, and only with 'privacy: {basis: "
                                                      "public}' it may be kept as it is; name a key ('key_file:')",
                          table->person.text);
    char *const path = study_path(study, study->key_file.text);
    plan->key = path != NULL ? person_key_read(path) : NULL;
    free(path);
    return plan->key != NULL ? 0 : -1;
}

static int find_keys(const struct study *study, const struct study_table *table, struct plan *plan)
{
    struct plan_column *person, *weight, *programme;
    if (find_key(study, &table->person, "person", plan, &person) != 0 ||
        find_key(study, &table->weight, "weight", plan, &weight) != 0 ||
        find_key(study, &table->programme, "programme", plan, &programme) != 0)
        return -1;
    if (person != NULL) {
        person->is_masked = person->is_id = true;
        person->is_person = !person->is_person_key;
        if (person->is_person_key && read_key(study, table, plan) != 0)
            return -1;
    }
    if (weight != NULL) {
        if (weight->declared->type != VALUE_INTEGER)
            return study_fail(study, table->weight.place, "column '%s' (weight) counts rows: its type must be integer",
                              table->weight.text);
        weight->is_weight = true;
    }
    return 0;
}

struct plan *plan_make(const struct study *study, const struct study_table *table)
{
    struct plan *const plan = allocate(1, sizeof *plan);
    if (plan == NULL)
        return NULL;
    plan->role = table_role_name(table->role);
    plan->codebook = table->codebook;
    plan->schema = study_table_schema(study, table, plan->role);
    if (plan->schema == NULL || fill_columns(plan) != 0 || find_keys(study, table, plan) != 0 ||
        fill_rules(plan, table) != 0 || safeguard_plan(study, plan) != 0) {
        plan_free(plan);
        return NULL;
    }
    return plan;
}

void plan_free(struct plan *plan)
{
    if (plan == NULL)
        return;
    for (size_t i = 0; i < plan->n_columns; i++) {
        text_index_free(&plan->columns[i].missing);
        text_index_free(&plan->columns[i].codes);
        free(plan->columns[i].missing_numbers);
        free(plan->columns[i].not_before);
    }
    free(plan->unique);
    free(plan->columns);
    person_key_free(plan->key);
    table_free(plan->schema);
    free(plan);
}
