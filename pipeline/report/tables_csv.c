/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/tables_csv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/output.h"
#include "report/shortest_real.h"

static int write_text(struct output *output, const char *text, size_t length)
{
    char *guarded;
    int status;

    if (length == 0 || memchr("=+-@\t\r", text[0], 6) == NULL)
        return output_csv_field(output, text, length);
    guarded = allocate(length + 1, 1);
    if (guarded == NULL)
        return -1;
    guarded[0] = '\'';
    memcpy(guarded + 1, text, length);
    status = output_csv_field(output, guarded, length + 1);
    free(guarded);
    return status;
}

/* A cell and what comes after it: a comma, or the end of the line. */
static int write_cell(struct output *output, const struct column *column, size_t row, char after)
{
    char text[33];
    size_t length = 0;

    if (column_is_missing(column, row) || (column->type == COLUMN_FLOAT64 && !isfinite(column_real(column, row)))) {
        /* nothing */
    } else if (column->type == COLUMN_TEXT || column->type == COLUMN_CATEGORY) {
        const char *const cell = column_text(column, row, &length);

        if (write_text(output, cell, length) != 0)
            return -1;
        length = 0;
    } else if (column->type == COLUMN_FLOAT64) {
        length = shortest_real(column_real(column, row), text);
    } else {
        length = shortest_integer(column_integer(column, row), text);
    }
    text[length] = after;
    return output_write(output, text, length + 1);
}

static int write_rows(struct output *output, const struct table *table)
{
    const size_t n = table->n_columns;

    for (size_t j = 0; j < n; j++)
        if ((j > 0 && output_text(output, ",") != 0) || output_text(output, table->columns[j].name) != 0)
            return -1;
    if (output_text(output, "\n") != 0)
        return -1;
    for (size_t i = 0; i < table->n_rows; i++)
        for (size_t j = 0; j < n; j++)
            if (write_cell(output, &table->columns[j], i, j + 1 < n ? ',' : '\n') != 0)
                return -1;
    return 0;
}

static int write_file(const char *path, const struct table *table)
{
    struct output *output = path == NULL ? NULL : output_open(path);

    return output_end(output, output == NULL ? -1 : write_rows(output, table));
}

int tables_csv_write(const struct bundle *bundle, const char *release_folder)
{
    char *folder = format_text("%s/tables", release_folder);
    int status = folder == NULL || output_make_folder(folder) != 0 ? -1 : 0;

    if (status == 0)
        output_sweep(folder);
    for (size_t i = 0; status == 0 && i < bundle->n_tables; i++) {
        char *path = format_text("%s/%s.csv", folder, bundle->tables[i]->name);

        status = write_file(path, bundle->tables[i]);
        free(path);
    }
    free(folder);
    return status;
}
