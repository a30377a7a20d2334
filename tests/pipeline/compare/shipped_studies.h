/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * shipped_studies.h - the shipped studies run by the stage programs themselves in a folder of their own, their tables,
 * and reference tables as texts.
 */
#ifndef TESTS_PIPELINE_COMPARE_SHIPPED_STUDIES_H
#define TESTS_PIPELINE_COMPARE_SHIPPED_STUDIES_H

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/store.h"
#include "tests/support/near.h"
#include "tests/support/scratch.h"

enum { N_STUDIES = 3, MAX_COLUMNS = 32 };
static const char *const studies[N_STUDIES] = {"uis", "pharmaco", "teds2004"};

/* ---- the studies, run once -------------------------------------------------------------------------------- */

static inline void run_stage(const char *stage, const char *study, const char *out)
{
    const char *build = getenv("BUILD");
    char program[512], file[512];
    char *const argv[] = {program, (char *)stage, (char *)"-q", (char *)"-o", (char *)out, file, NULL};
    int status;
    pid_t child;

    snprintf(program, sizeof program, "%s/bin/stepdown", build != NULL ? build : "build");
    snprintf(file, sizeof file, "datasets/%s/study.yaml", study);
    assert_int_equal(posix_spawn(&child, program, NULL, NULL, argv, environ), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static inline int run_studies(void **state)
{
    static const char *const stages[] = {"ingest", "episodes", "cohort", "outcomes", "compare"};
    char *folder = scratch_folder();

    for (size_t i = 0; i < N_STUDIES; i++)
        for (size_t k = 0; k < sizeof stages / sizeof stages[0]; k++)
            run_stage(stages[k], studies[i], scratch_path(folder, studies[i]));
    *state = folder;
    return 0;
}

static inline int remove_studies(void **state)
{
    scratch_remove(*state);
    return 0;
}

static inline struct table *results_of(const char *folder, const char *study, const char *table)
{
    char name[256];

    snprintf(name, sizeof name, "%s/work/results.h5", study);
    struct table *results = store_read_table(scratch_path(folder, name), table);
    assert_non_null(results);
    return results;
}

/* ---- reference files ---------------------------------------------------------------------------------------- */

struct sheet { /* a CSV as texts */
    size_t n_rows, n_columns;
    char *name[MAX_COLUMNS];
    char **cell; /* [n_rows * n_columns] by row */
    char *text;
};

/* Ends the field in place and returns what follows it; quotes as R writes them. */
static inline char *end_field(char **field)
{
    char *end;

    if (**field == '"') {
        (*field)++;
        end = strchr(*field, '"');
        assert_non_null(end);
        *end++ = '\0';
    } else
        end = *field + strcspn(*field, ",");
    if (*end == ',')
        *end++ = '\0';
    else
        end = NULL;
    return end;
}

static inline size_t split_line(char *line, char **fields)
{
    size_t n = 0;

    for (char *next; line != NULL; line = next) {
        assert_true(n < MAX_COLUMNS);
        fields[n] = line;
        next = end_field(&fields[n++]);
    }
    return n;
}

static inline struct sheet sheet_read(const char *path)
{
    struct sheet s = {.text = scratch_read(path)};
    char *rest = s.text, *line;

    assert_non_null(s.text);
    s.n_columns = split_line(strsep(&rest, "\n"), s.name);
    while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
        s.cell = realloc(s.cell, (s.n_rows + 1) * s.n_columns * sizeof *s.cell);
        assert_non_null(s.cell);
        char *fields[MAX_COLUMNS];
        assert_int_equal(split_line(line, fields), s.n_columns);
        memcpy(s.cell + s.n_rows++ * s.n_columns, fields, s.n_columns * sizeof *fields);
    }
    return s;
}

static inline void sheet_free(struct sheet *s)
{
    free(s->cell);
    free(s->text);
}

static const char *sheet_cell(const struct sheet *s, size_t row, const char *column)
{
    for (size_t j = 0; j < s->n_columns; j++)
        if (strcmp(s->name[j], column) == 0)
            return s->cell[row * s->n_columns + j];
    return NULL;
}

/* ---- cells as texts -------------------------------------------------------------------------------- */

static inline void our_cell(const struct column *column, size_t row, char *text, size_t size)
{
    size_t n;

    *text = '\0';
    if (column_is_missing(column, row))
        return;
    if (column->type == COLUMN_TEXT) {
        const char *bytes = column_text(column, row, &n);
        snprintf(text, size, "%.*s", (int)n, bytes);
    } else if (column->type == COLUMN_FLOAT64)
        snprintf(text, size, "%.17g", column_real(column, row));
    else
        snprintf(text, size, "%lld", (long long)column_integer(column, row));
}

static inline bool cell_is(const struct table *table, const char *column, size_t row, const char *wanted)
{
    char text[512];

    our_cell(table_column(table, column), row, text, sizeof text);
    return strcmp(text, wanted) == 0;
}

#endif
