/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * tables_of_text.h - small released tables written down in a test, and figures drawn from them.
 *
 *     table_of("balance", "term arm smd:r", "age|iop|0.31", "sex|iop|nan", NULL)
 *
 * Columns are texts, with :r real numbers, with :i whole ones; an empty cell is missing.
 */
#ifndef TESTS_REPORT_TABLES_OF_TEXT_H
#define TESTS_REPORT_TABLES_OF_TEXT_H

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "report/bundle.h"
#include "tests/support/near.h"

enum { TEXT_COLUMNS = 40 };

struct text_column {
    char name[40];
    enum column_type type;
};

static inline size_t read_header(const char *header, struct text_column *columns)
{
    char *copy = strdup(header), *rest = copy, *word;
    size_t n = 0;

    while ((word = strtok_r(rest, " ", &rest)) != NULL) {
        char *kind = strchr(word, ':');

        assert_true(n < TEXT_COLUMNS);
        columns[n].type = kind == NULL ? COLUMN_TEXT : kind[1] == 'r' ? COLUMN_FLOAT64 : COLUMN_INT64;
        if (kind != NULL)
            *kind = '\0';
        snprintf(columns[n++].name, sizeof columns->name, "%s", word);
    }
    free(copy);
    return n;
}

static inline void add_line(struct table *table, const struct text_column *columns, size_t n, const char *line)
{
    struct row_builder row = table_new_row(table);

    for (size_t j = 0; j < n; j++) {
        const size_t length = strcspn(line, "|");
        char *cell = strndup(line, length);

        if (cell[0] != '\0') {
            if (columns[j].type == COLUMN_TEXT)
                row_text(&row, columns[j].name, cell);
            else if (columns[j].type == COLUMN_FLOAT64)
                row_real(&row, columns[j].name, strtod(cell, NULL));
            else
                row_integer(&row, columns[j].name, strtoll(cell, NULL, 10));
        }
        free(cell);
        line += length + (line[length] == '|');
    }
    assert_int_equal(row_end(&row), 0);
}

static inline struct table *table_of_lines(const char *name, const char *header, const char *const *lines, size_t n_lines)
{
    struct text_column columns[TEXT_COLUMNS];
    const size_t n = read_header(header, columns);
    struct table *table = table_alloc(name, name);

    assert_non_null(table);
    for (size_t j = 0; j < n; j++)
        assert_non_null(table_add_column(table, columns[j].name, columns[j].type,
                                         columns[j].type == COLUMN_TEXT ? 1 : 0, columns[j].name, ""));
    for (size_t i = 0; i < n_lines; i++)
        add_line(table, columns, n, lines[i]);
    return table;
}

/** Lines until NULL. */
static inline struct table *table_of(const char *name, const char *header, ...)
{
    const char *lines[200];
    size_t n = 0;
    va_list arguments;

    va_start(arguments, header);
    while (n < 200 && (lines[n] = va_arg(arguments, const char *)) != NULL)
        n++;
    va_end(arguments);
    return table_of_lines(name, header, lines, n);
}

#endif
