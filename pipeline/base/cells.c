/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/cells.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"

static const struct column *find(const struct table *table, const char *column, size_t row)
{
    const struct column *cells = table == NULL ? NULL : table_column(table, column);

    return cells == NULL || row >= table->n_rows ? NULL : cells;
}

/* "" for numbers. */
static const char *text_of(const struct table *table, const char *column, size_t row, size_t *length)
{
    const struct column *cells = find(table, column, row);

    *length = 0;
    return cells == NULL || (cells->type != COLUMN_TEXT && cells->type != COLUMN_CATEGORY)
               ? ""
               : column_text(cells, row, length);
}

size_t cell_rows(const struct table *table)
{
    return table == NULL ? 0 : table->n_rows;
}

double cell_real(const struct table *table, const char *column, size_t row)
{
    const struct column *cells = find(table, column, row);

    return cells == NULL || !column_is_numeric(cells) ? NAN : column_real(cells, row);
}

int64_t cell_integer(const struct table *table, const char *column, size_t row)
{
    const struct column *cells = find(table, column, row);

    if (cells == NULL || !column_is_numeric(cells))
        return MISSING_INTEGER;
    if (cells->type != COLUMN_FLOAT64)
        return column_integer(cells, row);
    const double value = column_real(cells, row);
    return fabs(value) < 9e18 ? llround(value) : MISSING_INTEGER; /* NaN is not below */
}

bool cell_is(const struct table *table, const char *column, size_t row, const char *text)
{
    size_t n;
    const char *cell = text_of(table, column, row, &n);

    return n == strlen(text) && memcmp(cell, text, n) == 0;
}

bool cell_begins(const struct table *table, const char *column, size_t row, const char *text)
{
    size_t n;
    const char *cell = text_of(table, column, row, &n);

    return n >= strlen(text) && memcmp(cell, text, strlen(text)) == 0;
}

bool cell_contains(const struct table *table, const char *column, size_t row, const char *text)
{
    size_t n;
    const char *cell = text_of(table, column, row, &n);

    return n > 0 && memmem(cell, n, text, strlen(text)) != NULL;
}

bool cells_equal(const struct table *table, const char *column, size_t row, size_t other)
{
    size_t n_a, n_b;
    const char *a = text_of(table, column, row, &n_a), *b = text_of(table, column, other, &n_b);

    return n_a == n_b && memcmp(a, b, n_a) == 0;
}

bool cells_agree(const struct table *a, size_t row_a, const struct table *b, size_t row_b, const char *const *columns)
{
    for (size_t i = 0; columns[i] != NULL; i++) {
        const struct column *column = find(a, columns[i], row_a);
        size_t n_a, n_b;
        if (column != NULL && column_is_numeric(column)) {
            const double x = column_real(column, row_a), y = cell_real(b, columns[i], row_b);
            if (!(x == y || (isnan(x) && isnan(y))))
                return false;
            continue;
        }
        const char *text_a = text_of(a, columns[i], row_a, &n_a), *text_b = text_of(b, columns[i], row_b, &n_b);
        if (n_a != n_b || memcmp(text_a, text_b, n_a) != 0)
            return false;
    }
    return true;
}

char *cell_copy(const struct table *table, const char *column, size_t row)
{
    size_t n;
    const char *cell = text_of(table, column, row, &n);

    return copy_bytes(cell, n);
}

const char *cell_short(const struct table *table, const char *column, size_t row, char out[static CELL_SHORT_SIZE])
{
    size_t n;
    const char *cell = text_of(table, column, row, &n);

    n = utf8_cut(cell, n, CELL_SHORT_SIZE - 1);
    memcpy(out, cell, n);
    out[n] = '\0';
    return out;
}

size_t cell_find(const struct table *table, const char *column, const char *text)
{
    size_t row = 0;

    while (row < table->n_rows && !cell_is(table, column, row, text))
        row++;
    return row;
}
