/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/safeguard.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "ingest/identifier_evidence.h"
#include "ingest/identifier_name.h"

static uint64_t accepted_by(enum privacy_basis basis)
{
    switch (basis) {
    case BASIS_UNDECLARED:
        break;
    case BASIS_PUBLIC:
        return identifier_bit(IDENTIFIER_DATE) | identifier_bit(IDENTIFIER_AREA) | identifier_bit(IDENTIFIER_AGE) |
               identifier_bit(IDENTIFIER_UNIQUE_CODE);
    case BASIS_LIMITED_DATA_SET:
    case BASIS_EXPERT:
        return identifier_limited_data_set();
    }
    return 0;
}

/* ---- by name and type ------------------------------------------------------------------------------------------ */

static enum identifier_kind kind_of_names(const struct codebook_column *declared)
{
    enum identifier_kind kind = identifier_of_name(declared->name);
    for (size_t i = 0; kind == IDENTIFIER_NONE && i < declared->n_aliases; i++)
        kind = identifier_of_name(declared->aliases[i]);
    return kind;
}

static unsigned hints_of_names(const struct codebook_column *declared)
{
    unsigned hints = identifier_hints_of_name(declared->name);
    for (size_t i = 0; i < declared->n_aliases; i++)
        hints |= identifier_hints_of_name(declared->aliases[i]);
    return hints;
}

static int refuse(const struct plan *plan, const struct codebook_column *declared, enum identifier_kind kind,
                  const char *why)
{
    return fail_at(plan->codebook->path, declared->line, declared->column,
                   "column '%s' %s: %s (45 CFR 164.514(b)(2)(i)(%c)); %s", declared->name, why,
                   identifier_kind_name(kind), identifier_letter(kind), identifier_advice(kind));
}

/* What a reader of the records must know of such a column stands in its label. */
static int label_top_coded(struct column *stored)
{
    char *const label = format_text("%s (%d: %d and over)", stored->label, IDENTIFIER_TOP_AGE, IDENTIFIER_TOP_AGE);
    if (label == NULL)
        return -1;
    free(stored->label);
    stored->label = label;
    return 0;
}

static bool holds_ages(const struct codebook_column *declared, unsigned hints)
{
    const bool number = declared->type == VALUE_INTEGER || declared->type == VALUE_REAL;
    return number && strcmp(declared->units, "years") == 0 &&
           ((hints | identifier_hints_of_name(declared->label)) & IDENTIFIER_HINT_AGE) != 0;
}

static int plan_column(struct plan *plan, size_t i, bool is_public)
{
    struct plan_column *const column = &plan->columns[i];
    const struct codebook_column *const declared = column->declared;
    const bool has_codes = declared->type == VALUE_CATEGORY && declared->n_codes > 0;
    if (column->is_person || column->is_person_key || column->is_second || has_codes)
        return 0;
    column->hints = hints_of_names(declared);
    column->is_top_coded = !is_public && holds_ages(declared, column->hints);
    if (column->is_top_coded)
        column->hints &= ~(unsigned)IDENTIFIER_HINT_AGE;
    column->looks = declared->type != VALUE_DATE;
    const enum identifier_kind kind = kind_of_names(declared);
    if (kind != IDENTIFIER_NONE && (plan->accepted & identifier_bit(kind)) == 0)
        return refuse(plan, declared, kind, "has the name of an identifier");
    if (declared->type == VALUE_DATE && (plan->accepted & identifier_bit(IDENTIFIER_DATE)) == 0)
        return refuse(plan, declared, IDENTIFIER_DATE, "holds dates");
    return column->is_top_coded ? label_top_coded(&plan->schema->columns[i]) : 0;
}

int safeguard_plan(const struct study *study, struct plan *plan)
{
    int status = 0;
    plan->accepted = accepted_by(study->basis);
    for (size_t i = 0; i < plan->n_columns; i++)
        if (plan_column(plan, i, study->basis == BASIS_PUBLIC) != 0)
            status = -1;
    return status;
}

/* ---- by what was seen ------------------------------------------------------------------------------------------- */

static int tell(const struct plan *plan, size_t i, const struct source_files *files,
                const struct identifier_verdict *verdict)
{
    const struct codebook_column *const declared = plan->columns[i].declared;
    const struct source_file *const file = &files->items[typist_place_file(verdict->place)];
    const size_t line = source_file_line(file, typist_place_byte(verdict->place));
    const char *const name = identifier_kind_name(verdict->kind);
    return fail_at(file->spool.shown, line, 0,
                   "column '%s' holds identifiers: %s (45 CFR 164.514(b)(2)(i)(%c)), in %llu of %llu cells, first here; "
                   "%s",
                   declared->name, name, identifier_letter(verdict->kind),
                   (unsigned long long)verdict->n_found, (unsigned long long)verdict->n_cells,
                   identifier_advice(verdict->kind));
}

int safeguard_judge(const struct plan *plan, const struct typist_counts *counts, const struct source_files *files)
{
    int status = 0;
    for (size_t i = 0; i < plan->n_columns; i++) {
        struct identifier_evidence *const evidence = &counts->evidence[i];
        struct identifier_verdict verdict;
        if (!plan->columns[i].looks)
            continue;
        evidence->n_cells = (uint64_t)counts->tallies[i].kept;
        if (identifier_evidence_verdict(evidence, plan->accepted, &verdict))
            status = tell(plan, i, files, &verdict);
    }
    return status;
}
