/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/table_print.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/print_buffer.h"
#include "base/table_print_csv.h"
#include "base/table_print_text.h"

int table_format_from_name(const char *name, enum table_format *format)
{
    static const char *const names[] = {"text", "csv", "json"};
    for (int i = 0; i < 3; i++)
        if (strcmp(name, names[i]) == 0) {
            *format = (enum table_format)i;
            return 0;
        }
    return -1;
}

/* ---- json ----------------------------------------------------------------------------------------- */

/* NULL: no memory, or a text that is not UTF-8. */
static json_t *json_value(const struct column *column, size_t row)
{
    struct cell cell;
    cell_read(&cell, column, row, true);
    if (cell.length == 0)
        return json_null();
    if (column->type == COLUMN_FLOAT64)
        return json_real(column_real(column, row));
    if (cell.text == cell.number && strcmp(column->units, "date") != 0)
        return json_integer(column_integer(column, row));
    return json_stringn(cell.text, cell.length);
}

static int print_json_row(struct print_buffer *out, const struct table *table, size_t row)
{
    json_t *object = json_object();
    char *text = NULL;
    int result = -1;
    for (size_t i = 0; i < table->n_columns; i++) {
        const struct column *column = &table->columns[i];
        if (json_object_set_new(object, column->name, json_value(column, row)) != 0) {
            fail("cannot write column '%s' of row %zu as json (out of memory, or not UTF-8)", column->name, row + 1);
            goto done;
        }
    }
    if ((text = json_dumps(object, 0)) == NULL) {
        fail_memory();
        goto done;
    }
    print_text(out, text);
    result = 0;
done:
    free(text);
    json_decref(object);
    return result;
}

static int print_json(struct print_buffer *out, const struct table *table)
{
    print_text(out, "[");
    for (size_t row = 0; row < table->n_rows; row++) {
        print_text(out, row > 0 ? ",\n " : "");
        if (print_json_row(out, table, row) != 0)
            return -1;
    }
    print_text(out, "]\n");
    return 0;
}

int table_print(int file, const struct table *table, enum table_format format)
{
    return table_print_on(file, table, format, 1);
}

int table_print_on(int file, const struct table *table, enum table_format format, int n_threads)
{
    struct print_buffer out;
    int result = 0;
    print_start(&out, file);
    switch (format) {
    case TABLE_TEXT:
        result = table_print_text(&out, table);
        break;
    case TABLE_CSV:
        result = table_print_csv(&out, table, n_threads);
        break;
    case TABLE_JSON:
        result = print_json(&out, table);
        break;
    }
    return print_end(&out) != 0 ? -1 : result;
}
