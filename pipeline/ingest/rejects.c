/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/rejects.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/output.h"
#include "ingest/expected.h"
#include "ingest/identifier_value.h"

struct rejects {
    struct output *output;
    size_t n_told[N_REASONS];
};

struct rejects *rejects_open(const char *path)
{
    struct rejects *const rejects = allocate(1, sizeof *rejects);
    if (rejects == NULL)
        return NULL;
    rejects->output = output_open(path);
    if (rejects->output == NULL || output_text(rejects->output, "file,line,byte,column,reason\n") != 0) {
        rejects_abandon(rejects);
        return NULL;
    }
    return rejects;
}

void rejects_start_table(struct rejects *rejects)
{
    memset(rejects->n_told, 0, sizeof rejects->n_told);
}

/* A day may be shown where days were declared; elsewhere it may be somebody's birthday. */
static bool names_a_person(const struct plan_column *column, const struct csv_field *field)
{
    struct identifier_match match;
    const unsigned hints = identifier_hints_of_name(column->declared->name);
    return column->is_masked || (identifier_of_value(field->text, field->length, hints, &match) &&
                                 !(column->declared->type == VALUE_DATE && match.kind == IDENTIFIER_DATE));
}

static void tell_row(const struct plan *plan, const struct source_file *file, const struct csv_reader *reader,
                     const struct csv_record *record, const struct verdict *verdict)
{
    char expected[EXPECTED_SIZE], shown[ESCAPED_SIZE];
    expected_text(plan, reader, record, verdict, expected);
    if (verdict->column == VERDICT_ROW) {
        warn("%s:%zu: %s", file->path, record->line, expected);
        return;
    }
    const struct csv_field *const field = &record->fields[verdict->field];
    const bool nameless = verdict->column == HEADER_NAMELESS;
    const char *const name = nameless ? "no name" : plan->columns[verdict->column].declared->name;
    if (nameless || field->length == 0 || names_a_person(&plan->columns[verdict->column], field))
        warn("%s:%zu:%zu (%s): %s", file->path, record->line, verdict->field + 1, name, expected);
    else
        warn("%s:%zu:%zu (%s): %s; value '%s'", file->path, record->line, verdict->field + 1, name, expected,
             escape_value(shown, field->text, field->length));
}

int rejects_add(struct rejects *rejects, const struct plan *plan, const struct source_file *file,
                const struct csv_reader *reader, const struct csv_record *record, const struct verdict *verdict)
{
    const char *const column = verdict->column >= 0 ? plan->columns[verdict->column].declared->name : "";
    if (rejects->n_told[verdict->reason] < REJECTS_TOLD) {
        rejects->n_told[verdict->reason]++;
        tell_row(plan, file, reader, record, verdict);
    }
    if (output_csv_field(rejects->output, file->name, strlen(file->name)) != 0 ||
        output_printf(rejects->output, ",%zu,%zu,", record->line, record->byte) != 0 ||
        output_csv_field(rejects->output, column, strlen(column)) != 0)
        return -1;
    return output_printf(rejects->output, ",%s\n", reason_text(verdict->reason));
}

int rejects_commit(struct rejects *rejects)
{
    const int status = output_commit(rejects->output);
    free(rejects);
    return status;
}

void rejects_abandon(struct rejects *rejects)
{
    if (rejects == NULL)
        return;
    output_abandon(rejects->output);
    free(rejects);
}
