/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/show_finished.h"

#include <stdio.h>
#include <string.h>

#include "report/page.h"
#include "report/words.h"

static const struct {
    const char *name;
    int (*make)(struct bundle *bundle, struct text_table *table);
} finished[] = {{"verdicts", verdict_table},   {"attrition", attrition_table},   {"losses", losses_table},
                {"evidence", evidence_table},  {"ranges", ranges_page_table},    {"quality", quality_table},
                {"published", published_table}};

/* Prints and frees; a blank line between two tables. */
static int print_one(struct text_table *table, int status, enum text_table_form form, bool *any)
{
    if (status == 0 && table->n_columns > 0) {
        if (*any)
            printf("\n");
        text_table_print(table, form);
        *any = true;
    }
    text_table_free(table);
    return status;
}

/* One table for each different text of a column. */
static int print_each(struct bundle *bundle, const struct table *of, const char *column,
                      int (*make)(struct bundle *, const char *, struct text_table *), enum text_table_form form)
{
    bool any = false;
    int status = 0;

    for (size_t i = 0; status == 0 && i < cell_rows(of); i++) {
        struct text_table table = {.pool = bundle->pool};
        bool first = true;

        for (size_t k = 0; first && k < i; k++)
            first = !cells_equal(of, column, k, i);
        if (first)
            status = print_one(&table, make(bundle, cell_text(bundle->pool, of, column, i), &table), form, &any);
    }
    return status;
}

static const char *plain_cell(struct bundle *bundle, const struct table *of, const struct column *column, size_t row)
{
    if (column->type == COLUMN_TEXT || column->type == COLUMN_CATEGORY)
        return cell_text(bundle->pool, of, column->name, row);
    if (column->type == COLUMN_FLOAT64)
        return words_times(bundle->pool, column_real(column, row));
    return words_count(bundle->pool, column_integer(column, row));
}

static int print_plain(struct bundle *bundle, const struct table *of, enum text_table_form form)
{
    struct text_table table = {.pool = bundle->pool, .caption = of->label[0] == '\0' ? of->name : of->label};
    const size_t n = of->n_columns < TEXT_COLUMNS_MAX ? of->n_columns : TEXT_COLUMNS_MAX;
    bool any = false;
    int status = 0;

    for (size_t j = 0; status == 0 && j < n; j++) {
        const struct column *column = &of->columns[j];
        status = text_table_column(&table, column->label[0] == '\0' ? column->name : column->label, column_is_numeric(column));
    }
    for (size_t i = 0; status == 0 && i < of->n_rows; i++) {
        const char **cells = text_table_row(&table);
        status = cells == NULL ? -1 : 0;
        for (size_t j = 0; status == 0 && j < n; j++)
            cells[j] = plain_cell(bundle, of, &of->columns[j], i);
    }
    return print_one(&table, status, form, &any);
}

int show_finished(struct bundle *bundle, const char *name, enum text_table_form form)
{
    bool any = false;

    if (strcmp(name, "estimates") == 0)
        return print_each(bundle, bundle->estimates, "outcome", estimate_table, form);
    if (strcmp(name, "baseline") == 0)
        return print_each(bundle, bundle->baseline, "population", baseline_table, form);
    for (size_t k = 0; k < sizeof finished / sizeof finished[0]; k++)
        if (strcmp(finished[k].name, name) == 0) {
            struct text_table table = {.pool = bundle->pool};
            return print_one(&table, finished[k].make(bundle, &table), form, &any);
        }
    for (size_t i = 0; i < bundle->n_tables; i++)
        if (strcmp(bundle->tables[i]->name, name) == 0)
            return print_plain(bundle, bundle->tables[i], form);
    return -1;
}
