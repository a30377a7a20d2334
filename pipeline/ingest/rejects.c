/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/rejects.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/output.h"

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
    if (rejects == NULL) /* another rank lists them */
        return;
    memset(rejects->n_told, 0, sizeof rejects->n_told);
}

static void tell_row(const struct plan *plan, const struct source_file *file, size_t line,
                     const struct reject *reject)
{
    const struct verdict *const verdict = &reject->verdict;
    if (verdict->column == VERDICT_ROW)
        warn("%s:%zu: %s", file->path, line, reject->words);
    else
        warn("%s:%zu:%zu (%s): %s", file->path, line, verdict->field + 1,
             verdict->column >= 0 ? plan->columns[verdict->column].declared->name : "no name", reject->words);
}

int rejects_add(struct rejects *rejects, const struct plan *plan, const struct source_file *file,
                size_t n_lines_before, const struct reject *reject)
{
    const struct verdict *const verdict = &reject->verdict;
    const size_t line = n_lines_before + reject->line;
    const char *const column = verdict->column >= 0 ? plan->columns[verdict->column].declared->name : "";
    if (rejects->n_told[verdict->reason] < REJECTS_TOLD && reject->words != NULL) {
        rejects->n_told[verdict->reason]++;
        tell_row(plan, file, line, reject);
    }
    if (reject->identifier != IDENTIFIER_NONE)
        return fail_at(file->path, line, verdict->field + 1,
                       "column '%s' holds an identifier in a row that fits no rule: %s (45 CFR 164.514(b)(2)(i)(%c)); a file "
                       "with one may hold more: take it out at its source, or %s",
                       column, identifier_kind_name(reject->identifier), identifier_letter(reject->identifier),
                       identifier_advice(reject->identifier));
    if (output_csv_field(rejects->output, file->name, strlen(file->name)) != 0 ||
        output_printf(rejects->output, ",%zu,%zu,", line, reject->byte) != 0 ||
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
