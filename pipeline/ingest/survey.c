/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/survey.h"

#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"

int survey_start(struct survey *survey, const struct plan *plan)
{
    *survey = (struct survey){.plan = plan};
    survey->widths = allocate(plan->n_columns, sizeof *survey->widths);
    survey->labels = allocate(plan->n_columns, sizeof *survey->labels);
    if (survey->widths == NULL || survey->labels == NULL)
        return -1;
    for (size_t i = 0; i < plan->n_columns; i++)
        survey->widths[i] = 1;
    return 0;
}

void survey_free(struct survey *survey)
{
    for (size_t i = 0; survey->labels != NULL && i < survey->plan->n_columns; i++)
        text_index_free(&survey->labels[i]);
    free(survey->labels);
    free(survey->widths);
    *survey = (struct survey){0};
}

static int add_label(struct survey *survey, size_t i, const char *text, size_t length)
{
    if (text_index_add(&survey->labels[i], text, length, 0) != 0)
        return -1;
    if (survey->labels[i].n <= SURVEY_LABELS_MAX)
        return 0;
    return fail("%s: column '%s' is declared a category but has more than %d different values; declare it as text, or "
                "drop it",
                survey->plan->role, survey->plan->columns[i].declared->name, SURVEY_LABELS_MAX);
}

int survey_add(struct survey *survey, size_t column, const char *text, size_t length)
{
    if (survey->plan->columns[column].is_open)
        return add_label(survey, column, text, length);
    if (length > survey->widths[column])
        survey->widths[column] = length;
    return 0;
}

int survey_merge(struct survey *survey, const struct survey *other)
{
    for (size_t i = 0; i < survey->plan->n_columns; i++) {
        const struct text_index *const labels = &other->labels[i];
        if (other->widths[i] > survey->widths[i])
            survey->widths[i] = other->widths[i];
        for (size_t j = 0; j < labels->n; j++)
            if (add_label(survey, i, labels->entries[j].text, labels->entries[j].length) != 0)
                return -1;
    }
    return 0;
}

static struct column *add_open_category(struct table *schema, const struct column *stored,
                                        const struct text_index *labels)
{
    const char **const texts = allocate(labels->n, sizeof *texts);
    if (texts == NULL)
        return NULL;
    for (size_t i = 0; i < labels->n; i++)
        texts[i] = labels->entries[i].text;
    struct column *const column = table_add_category(schema, stored->name, texts, labels->n, stored->label);
    free(texts);
    return column;
}

static int add_column(struct table *schema, const struct survey *survey, size_t i)
{
    const struct column *const stored = &survey->plan->schema->columns[i];
    const struct column *column;
    if (survey->plan->columns[i].is_open)
        column = add_open_category(schema, stored, &survey->labels[i]);
    else if (stored->type == COLUMN_CATEGORY)
        column = table_add_category(schema, stored->name, (const char *const *)stored->labels, stored->n_labels,
                                    stored->label);
    else
        column = table_add_column(schema, stored->name, stored->type, survey->widths[i], stored->label, stored->units);
    return column != NULL ? 0 : -1;
}

struct table *survey_schema(struct survey *survey)
{
    const struct table *const before = survey->plan->schema;
    struct table *const schema = table_alloc(before->name, before->label);
    for (size_t i = 0; i < survey->plan->n_columns; i++)
        text_index_number(&survey->labels[i]);
    for (size_t i = 0; schema != NULL && i < before->n_columns; i++)
        if (add_column(schema, survey, i) != 0) {
            table_free(schema);
            return NULL;
        }
    return schema;
}

int32_t survey_code(const struct survey *survey, size_t i, const char *text, size_t length)
{
    const struct text_entry *const entry = text_index_find(&survey->labels[i], text, length);
    return entry != NULL ? entry->number : MISSING_CODE;
}
