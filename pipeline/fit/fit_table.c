/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fit/fit_table.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "fit/csv_columns.h"
#include "fit/dictionary.h"
#include "store/foreign.h"
#include "store/store.h"

void fit_table_free(struct fit_table *table)
{
    if (table == NULL)
        return;
    table_free(table->data);
    free(table->line);
    free(table->cell);
    free(table->path);
    free(table);
}

int fit_table_fail(const struct fit_table *table, size_t row, const struct column *column, const char *format, ...)
{
    char message[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    const size_t k = (size_t)(column - table->data->columns);
    if (table->line == NULL)
        return fail("%s: row %zu (%s): %s", table->path, row + 1, column->name, message);
    return fail("%s:%zu:%zu (%s): %s", table->path, table->line[row], table->cell[k], column->name, message);
}

int fit_table_want_numeric(const struct fit_table *table, const struct column *column)
{
    if (column_is_numeric(column))
        return 0;
    for (size_t row = 0; row < table->data->n_rows; row++) {
        size_t length;
        double value;
        const char *text = column_text(column, row, &length);
        if (length > 0 && csv_number(text, length, &value) != 0) {
            char escaped[ESCAPED_SIZE];
            return fit_table_fail(table, row, column, "a number was expected; value '%s'",
                                  escape_value(escaped, text, length));
        }
    }
    return fail("%s: column '%s' holds labels; a numeric column was expected", table->path, column->name);
}

/* ---- HDF5 ---------------------------------------------------------------------------------------------- */

/* A text column as a category with levels in byte order, which takes the place of the text. */
static int text_to_category(struct table *data, size_t k)
{
    struct dictionary dictionary = {0};
    struct column *text = &data->columns[k];
    struct table *one = table_alloc("one", "");
    int32_t *codes = allocate(data->n_rows, sizeof *codes);
    int result = -1;
    if (one == NULL || codes == NULL || table_resize(one, data->n_rows) != 0)
        goto done;
    for (size_t row = 0; row < data->n_rows; row++) {
        size_t length;
        const char *value = column_text(text, row, &length);
        codes[row] = length > 0 ? dictionary_code(&dictionary, value, length) : MISSING_CODE;
        if (length > 0 && codes[row] < 0)
            goto done;
    }
    if (dictionary_add_category(&dictionary, codes, one, text->name) != 0)
        goto done;
    const struct column swapped = *text; /* is freed with `one` */
    *text = one->columns[0];
    one->columns[0] = swapped;
    result = 0;
done:
    free(codes);
    table_free(one);
    dictionary_clear(&dictionary);
    return result;
}

static int read_store(struct fit_table *table, const char *colon, const char *const *names, size_t n_names)
{
    char *file = copy_bytes(table->path, (size_t)(colon - table->path));
    const char **wanted = allocate(n_names + 1, sizeof *wanted); /* ends with a NULL */
    struct store *store = NULL;
    int result = -1;
    if (file == NULL || wanted == NULL)
        goto done;
    memcpy(wanted, names, n_names * sizeof *wanted);
    const char *group = colon + 1 + strspn(colon + 1, "/");
    if (foreign_check(file) != 0 || (store = store_open(file)) == NULL)
        goto done;
    if (!store_has(store, group)) {
        fail("%s: there is no table '%s' in this file", file, group);
        goto done;
    }
    if ((table->data = store_read(store, group, wanted)) == NULL)
        goto done;
    result = 0;
    for (size_t k = 0; k < table->data->n_columns && result == 0; k++)
        if (table->data->columns[k].type == COLUMN_TEXT)
            result = text_to_category(table->data, k);
done:
    store_close(store);
    free(wanted);
    free(file);
    return result;
}

struct fit_table *fit_table_read(const char *path, const char *const *names, size_t n_names)
{
    struct fit_table *table = allocate(1, sizeof *table);
    if (table == NULL || (table->path = copy_text(path)) == NULL)
        goto failed;
    const char *colon = strstr(table->path, ".h5:");
    const size_t length = strlen(path);
    if (colon == NULL && length >= 3 && strcmp(path + length - 3, ".h5") == 0) {
        fail("%s: name a table of this file, as %s:/estimates", path, path);
        goto failed;
    }
    if (colon != NULL ? read_store(table, colon + 3, names, n_names) != 0
                      : csv_columns_read(table, names, n_names) != 0)
        goto failed;
    return table;
failed:
    fit_table_free(table);
    return NULL;
}
