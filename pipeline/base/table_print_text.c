/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/table_print_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/days.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/utf8.h"

static bool is_date(const struct column *column)
{
    return column->type != COLUMN_FLOAT64 && column_is_numeric(column) && strcmp(column->units, "date") == 0;
}

void cell_read(struct cell *cell, const struct column *column, size_t row, bool exact)
{
    cell->text = cell->number;
    cell->number[0] = '\0';
    if (!column_is_numeric(column)) {
        cell->text = column_text(column, row, &cell->length);
        return;
    }
    if (column->type == COLUMN_FLOAT64) {
        const double x = column_real(column, row);
        if (exact)
            number_exact(cell->number, x);
        else
            number_short(cell->number, x);
    } else if (!column_is_missing(column, row)) {
        const int64_t value = column_integer(column, row);
        if (is_date(column) && value >= DAY_MIN && value <= DAY_MAX)
            day_to_iso((int32_t)value, cell->number);
        else
            snprintf(cell->number, sizeof cell->number, "%" PRId64, value);
    }
    cell->length = strlen(cell->number);
}

/* ---- text that cannot steer a terminal ---------------------------------------------------------- */

/* Prints a text, or with out == NULL only measures it; returns its width in characters. */
static size_t print_safely(struct print_buffer *out, const char *text, size_t length)
{
    size_t width = 0;
    for (size_t i = 0; i < length;) {
        uint32_t character;
        const size_t n = utf8_character(text + i, length - i, &character);
        char escaped[ESCAPED_SIZE];
        const char *shown = text + i;
        size_t n_shown = n;
        if (n == 0 || !(character == '\'' || character == '"' || character == '\\')) {
            shown = escape_value(escaped, text + i, n > 0 ? n : 1);
            n_shown = strlen(shown);
        }
        if (out != NULL)
            print_bytes(out, shown, n_shown);
        width += n > 0 && n_shown == n ? 1 : n_shown;
        i += n > 0 ? n : 1;
    }
    return width;
}

/* ---- layout ---------------------------------------------------------------------------------------- */

/* Numbers stand with their decimal points above one another, texts begin at the left. */
struct layout {
    bool shown;
    bool left;     /* text and dates */
    size_t before; /* characters before the point, or of the whole text */
    size_t after;  /* the point and what follows it */
    size_t width;  /* of the column with its heading */
};

static size_t before_point(const struct cell *cell)
{
    const char *point = memchr(cell->text, '.', cell->length);
    const char *exponent = memchr(cell->text, 'e', cell->length);
    const char *end = point != NULL ? point : exponent != NULL ? exponent : cell->text + cell->length;
    return (size_t)(end - cell->text);
}

static void lay_out(struct layout *layout, const struct table *table, const struct column *column)
{
    struct cell cell;
    *layout = (struct layout){.left = !column_is_numeric(column) || is_date(column)};
    for (size_t row = 0; row < table->n_rows; row++) {
        cell_read(&cell, column, row, false);
        layout->shown |= cell.length > 0;
        const size_t width = layout->left ? print_safely(NULL, cell.text, cell.length) : cell.length;
        const size_t before = layout->left ? width : before_point(&cell);
        if (before > layout->before)
            layout->before = before;
        if (width - before > layout->after)
            layout->after = width - before;
    }
    const size_t heading = print_safely(NULL, column->name, strlen(column->name));
    layout->width = layout->before + layout->after;
    if (layout->width < heading)
        layout->width = heading;
}

/* gap: spaces that are owed before the next column begins; none are printed at the end of a line. */
static void print_cell(struct print_buffer *out, const struct column *column, const struct layout *layout, size_t row,
                       size_t *gap)
{
    struct cell cell;
    cell_read(&cell, column, row, false);
    if (layout->left) {
        if (cell.length > 0) {
            print_repeated(out, ' ', *gap);
            *gap = 0;
        }
        *gap += layout->width - print_safely(out, cell.text, cell.length) + 2;
        return;
    }
    if (cell.length == 0) {
        cell.text = "-";
        cell.length = 1;
    }
    const size_t left = layout->width - layout->before - layout->after + layout->before - before_point(&cell);
    print_repeated(out, ' ', *gap + left);
    print_bytes(out, cell.text, cell.length);
    *gap = layout->width - left - cell.length + 2;
}

static void print_heading(struct print_buffer *out, const struct table *table, const struct layout *layouts)
{
    size_t gap = 0;
    for (size_t i = 0; i < table->n_columns; i++) {
        if (!layouts[i].shown)
            continue;
        const char *name = table->columns[i].name;
        const size_t pad = layouts[i].width - print_safely(NULL, name, strlen(name));
        print_repeated(out, ' ', gap + (layouts[i].left ? 0 : pad));
        print_safely(out, name, strlen(name));
        gap = 2 + (layouts[i].left ? pad : 0);
    }
    print_text(out, "\n");
}

int table_print_text(struct print_buffer *out, const struct table *table)
{
    struct layout *layouts = allocate(table->n_columns, sizeof *layouts);
    if (layouts == NULL)
        return -1;
    for (size_t i = 0; i < table->n_columns; i++)
        lay_out(&layouts[i], table, &table->columns[i]);
    if (table->n_rows == 0)
        print_text(out, "(no rows)\n");
    else
        print_heading(out, table, layouts);
    for (size_t row = 0; row < table->n_rows; row++) {
        size_t gap = 0;
        for (size_t i = 0; i < table->n_columns; i++)
            if (layouts[i].shown)
                print_cell(out, &table->columns[i], &layouts[i], row, &gap);
        print_text(out, "\n");
    }
    free(layouts);
    return 0;
}
