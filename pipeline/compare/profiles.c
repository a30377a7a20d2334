/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/profiles.h"

#include <stdlib.h>

#include "base/memory.h"
#include "compare/marks.h"
#include "compare/sources.h"

int profiles_read(const struct study *study, const struct stage_options *options, struct profiles *profiles)
{
    if ((profiles->studies = allocate(study->n_profiles, sizeof(*profiles->studies))) == NULL)
        return -1;
    for (; profiles->n < study->n_profiles; profiles->n++) {
        const struct study_options under = {options->allow_absolute, study->profiles[profiles->n].text};
        if ((profiles->studies[profiles->n] = study_read(study->path, &under)) == NULL)
            return -1;
    }
    return 0;
}

void profiles_free(struct profiles *profiles)
{
    for (size_t i = 0; i < profiles->n; i++)
        study_free(profiles->studies[i]);
    free(profiles->studies);
    *profiles = (struct profiles){0};
}

/* ---- rows of a profile ------------------------------------------------------------------------------------- */

static int copy_cell(struct row_builder *row, const struct column *from, size_t i)
{
    size_t length;
    const char *bytes;
    char *text;

    if (from->type == COLUMN_FLOAT64)
        row_real(row, from->name, column_real(from, i));
    else if (from->type != COLUMN_TEXT)
        row_integer(row, from->name, column_integer(from, i));
    else {
        bytes = column_text(from, i, &length);
        if ((text = copy_bytes(bytes, length)) == NULL)
            return -1;
        row_text(row, from->name, text);
        free(text);
    }
    return 0;
}

/* A profile may have more kinds of events than the study has: then the table gets their columns. */
static int add_missing_columns(struct table *into, const struct table *from)
{
    for (size_t k = 0; k < from->n_columns; k++) {
        const struct column *column = &from->columns[k];
        if (table_column(into, column->name) == NULL &&
            table_add_column(into, column->name, column->type, 1, column->label, column->units) == NULL)
            return -1;
    }
    return 0;
}

static int add_name(struct row_builder *row, const struct column *column, size_t i, const char *profile)
{
    size_t length;
    const char *bytes = column_text(column, i, &length);
    char *text = format_text("%.*s@%s", (int)length, bytes, profile);

    if (text == NULL)
        return -1;
    row_text(row, column->name, text);
    free(text);
    return 0;
}

/* Appends the rows of `from`; the name of the profile goes to column `named`. */
static int append(struct table *into, const struct table *from, const char *named, const char *profile)
{
    int status = add_missing_columns(into, from);

    for (size_t i = 0; status == 0 && i < from->n_rows; i++) {
        struct row_builder row = table_new_row(into);
        for (size_t k = 0; status == 0 && k < from->n_columns; k++)
            status = copy_cell(&row, &from->columns[k], i);
        if (status == 0)
            status = add_name(&row, table_column(from, named), i, profile);
        if (row_end(&row) != 0)
            status = -1;
    }
    return status;
}

static int append_analyses(struct analyses *into, const struct analyses *from, const char *profile)
{
    return append(into->estimates, from->estimates, "analysis", profile) != 0 ||
                   append(into->verdicts, from->verdicts, "analysis", profile) != 0 ||
                   append(into->tipping, from->tipping, "analysis", profile) != 0 ||
                   append(into->curves, from->curves, "analysis", profile) != 0 ||
                   append(into->risk_tables, from->risk_tables, "analysis", profile) != 0 ||
                   append(into->baseline, from->baseline, "population", profile) != 0 ||
                   append(into->balance, from->balance, "population", profile) != 0 ||
                   append(into->overlap, from->overlap, "analysis", profile) != 0
               ? -1
               : 0;
}

static int write_as(struct store_writer *writer, struct table *table, const char *profile)
{
    char *name;
    int status;

    if (table == NULL)
        return 0;
    if ((name = format_text("profiles/%s/%s", profile, table->name)) == NULL)
        return -1;
    free(table->name);
    table->name = name;
    status = store_writer_table(writer, table);
    return status;
}

static int run_one(const struct study *study, const struct stage_options *options, struct analyses *into,
                   struct store_writer *writer)
{
    struct sources sources = {0};
    struct analyses analyses = {0};
    int status = sources_read(study, options->out, &sources);
    const struct analyses_input input = sources_input(&sources, study, options->n_threads);

    if (status == 0)
        status = analyses_run(&input, &analyses);
    if (status == 0)
        status = marks_add(&input, &analyses);
    if (status == 0)
        status = append_analyses(into, &analyses, study->profile);
    if (status == 0)
        status = write_as(writer, sources.attrition, study->profile);
    if (status == 0)
        status = write_as(writer, sources.flow, study->profile);
    analyses_free(&analyses);
    sources_free(&sources);
    return status;
}

int profiles_run(const struct profiles *profiles, const struct stage_options *options, struct analyses *analyses,
                 struct store_writer *writer)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < profiles->n; i++)
        status = run_one(profiles->studies[i], options, analyses, writer);
    return status;
}
