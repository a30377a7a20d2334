/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * small_study.h - a study and its records from texts, for tests of the stages.
 *
 * The codebook names the columns; records are lines of cells in that order, separated by commas; an empty cell is
 * missing.  Only integers, reals and categories with codes are needed here.
 */
#ifndef TESTS_PIPELINE_SUPPORT_SMALL_STUDY_H
#define TESTS_PIPELINE_SUPPORT_SMALL_STUDY_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "study/study.h"
#include "tests/support/near.h"
#include "tests/support/scratch.h"

struct small_study {
    char *folder;
    struct study *study;
    struct table *records;
};

static inline void set_cell(struct column *column, const struct codebook_column *declared, size_t row, const char *cell)
{
    if (*cell == '\0')
        return;
    if (column->type == COLUMN_CATEGORY) {
        for (size_t k = 0; k < declared->n_codes; k++)
            if (strcmp(declared->codes[k], cell) == 0)
                for (size_t label = 0; label < column->n_labels; label++)
                    if (strcmp(column->labels[label], declared->labels[k]) == 0)
                        column_set_code(column, row, (int32_t)label);
        assert_false(column_is_missing(column, row));
    } else if (column->type == COLUMN_FLOAT64)
        column_set_real(column, row, strtod(cell, NULL));
    else
        column_set_integer(column, row, strtoll(cell, NULL, 10));
}

static inline struct table *small_records(const struct codebook *codebook, const char *lines)
{
    struct table *table = codebook_schema(codebook, "clients");
    char *text = strdup(lines), *rest = text, *line;

    assert_non_null(table);
    while ((line = strsep(&rest, "\n")) != NULL) {
        char *cell;
        if (*line == '\0')
            continue;
        const size_t row = table->n_rows;
        assert_int_equal(table_resize(table, row + 1), 0);
        for (size_t k = 0; (cell = strsep(&line, ",")) != NULL; k++)
            set_cell(&table->columns[k], codebook_find(codebook, table->columns[k].name), row, cell);
    }
    free(text);
    return table;
}

/* The study text is completed by its head: name, title, seed, basis and the table of clients. */
static inline struct small_study small_study_open(const char *columns, const char *clients, const char *study,
                                                  const char *lines)
{
    struct small_study small = {.folder = scratch_folder()};
    const struct study_options options = {false};
    char text[8192];

    snprintf(text, sizeof text, "codebook: small\ncolumns:\n%s", columns);
    scratch_write(scratch_path(small.folder, "codebook.yaml"), text);
    snprintf(text, sizeof text,
             "study: small\ntitle: A small study\nseed: 1\nprivacy: {basis: public}\ntables:\n  clients: {file: data.csv, "
             "codebook: codebook.yaml%s}\ndisclosure: {threshold: 0, because: a test}\n%s",
             clients, study);
    scratch_write(scratch_path(small.folder, "study.yaml"), text);
    small.study = study_read(scratch_path(small.folder, "study.yaml"), &options);
    assert_non_null(small.study);
    small.records = small_records(study_find_table(small.study, ROLE_CLIENTS)->codebook, lines);
    return small;
}

static inline void small_study_close(struct small_study *small)
{
    table_free(small->records);
    study_free(small->study);
    scratch_remove(small->folder);
}

static inline struct table *small_quality(const char *of, int64_t rows_in, int64_t rejected)
{
    static const char *const names[] = {"table", "file", "column", "quantity", "reason"};
    struct table *quality = table_alloc("quality", "");

    for (size_t i = 0; i < 5; i++)
        assert_non_null(table_add_column(quality, names[i], COLUMN_TEXT, 1, "", ""));
    assert_non_null(table_add_column(quality, "n", COLUMN_INT64, 0, "", ""));
    for (int i = 0; i < 2; i++) {
        struct row_builder row = table_new_row(quality);
        row_text(&row, "table", of);
        row_text(&row, "quantity", i == 0 ? "rows_in" : "rows_rejected");
        row_text(&row, "reason", i == 0 ? "" : "not a whole number");
        row_integer(&row, "n", i == 0 ? rows_in : rejected);
        assert_int_equal(row_end(&row), 0);
    }
    return quality;
}

#endif
