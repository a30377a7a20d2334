/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether a column is numeric is known only at its end, so every cell is first kept as the number of its text in
 * a dictionary; at the end the dictionary, not the rows, is judged and sorted.
 */
#include "fit/csv_columns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "base/memory.h"
#include "fit/dictionary.h"
#include "ingest/csv_reader.h"
#include "ingest/csv_value.h"

struct raw_column {
    size_t field;                 /* of the record */
    struct dictionary dictionary;
    int32_t *codes;               /* [capacity] -1 missing */
};

struct raw {
    struct fit_table *table;
    size_t n_columns;
    struct raw_column *columns;
    size_t n_rows, capacity;
};

int csv_number(const char *text, size_t length, double *value)
{
    static const struct {
        const char *word;
        double value;
    } words[] = {{"nan", NAN}, {"inf", INFINITY}, {"-inf", -INFINITY}};
    switch (csv_real(text, length, value)) {
    case CSV_VALUE_GOOD:
        return 0;
    case CSV_VALUE_TOO_LARGE:
        *value = text[0] == '-' ? -INFINITY : INFINITY;
        return 0;
    default:
        break;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strlen(words[i].word) == length && strncasecmp(words[i].word, text, length) == 0) {
            *value = words[i].value;
            return 0;
        }
    return -1;
}

static bool is_missing(const struct csv_field *field)
{
    return field->length == 0 || (field->length == 1 && field->text[0] == '.') ||
           (field->length == 2 && memcmp(field->text, "NA", 2) == 0);
}

/* ---- the header -------------------------------------------------------------------------------------- */

static int fail_unknown(const struct raw *raw, const struct csv_reader *reader, const char *name)
{
    const size_t n = csv_reader_n_columns(reader);
    const char **names = allocate(n, sizeof *names);
    if (names == NULL)
        return -1;
    for (size_t i = 0; i < n; i++)
        names[i] = csv_reader_column(reader, i);
    const char *near = nearest_name(name, names, n);
    free(names);
    const char *hint = csv_reader_delimiter_hint(reader);
    char escaped[ESCAPED_SIZE];
    escape_value(escaped, name, strlen(name));
    const size_t line = csv_reader_header_line(reader);
    if (hint != NULL)
        return fail_at(raw->table->path, line, 0, "there is no column '%s'; the cells seem to be divided by %s, not by "
                       "a comma", escaped, hint);
    if (near != NULL)
        return fail_at(raw->table->path, line, 0, "there is no column '%s'; did you mean '%s'?", escaped, near);
    return fail_at(raw->table->path, line, 0, "there is no column '%s'", escaped);
}

static int find_columns(struct raw *raw, const struct csv_reader *reader, const char *const *names)
{
    const size_t n = csv_reader_n_columns(reader);
    for (size_t k = 0; k < raw->n_columns; k++) {
        size_t field = 0;
        while (field < n && strcmp(csv_reader_column(reader, field), names[k]) != 0)
            field++;
        if (field == n)
            return fail_unknown(raw, reader, names[k]);
        raw->columns[k].field = field;
        raw->table->cell[k] = field + 1;
    }
    return 0;
}

/* ---- rows ---------------------------------------------------------------------------------------------- */

static int grow(struct raw *raw)
{
    const size_t capacity = raw->capacity == 0 ? 1024 : 2 * raw->capacity;
    size_t *line = reallocate(raw->table->line, capacity, sizeof *line);
    if (line == NULL)
        return -1;
    raw->table->line = line;
    for (size_t k = 0; k < raw->n_columns; k++) {
        int32_t *codes = reallocate(raw->columns[k].codes, capacity, sizeof *codes);
        if (codes == NULL)
            return -1;
        raw->columns[k].codes = codes;
    }
    raw->capacity = capacity;
    return 0;
}

static int add_cell(struct raw *raw, struct raw_column *column, const struct csv_record *record)
{
    const struct csv_field *field = &record->fields[column->field];
    int32_t *code = &column->codes[raw->n_rows];
    *code = -1;
    if (is_missing(field))
        return 0;
    if (csv_text_fault(field->text, field->length) != CSV_VALUE_GOOD) {
        char escaped[ESCAPED_SIZE];
        return fail_at(raw->table->path, record->line, column->field + 1,
                       "a number or UTF-8 text without control characters was expected; value '%s'",
                       escape_value(escaped, field->text, field->length));
    }
    *code = dictionary_code(&column->dictionary, field->text, field->length);
    return *code < 0 ? -1 : 0;
}

static int add_record(struct raw *raw, const struct csv_record *record, size_t n_expected)
{
    if (record->too_long)
        return fail_at(raw->table->path, record->line, 0, "a row of at most %d bytes was expected", CSV_RECORD_MAX);
    if (record->n_fields != n_expected)
        return fail_at(raw->table->path, record->line, 0, "%zu cells were expected, as in the header; found %zu",
                       n_expected, record->n_fields);
    if (raw->n_rows == raw->capacity && grow(raw) != 0)
        return -1;
    for (size_t k = 0; k < raw->n_columns; k++)
        if (add_cell(raw, &raw->columns[k], record) != 0)
            return -1;
    raw->table->line[raw->n_rows++] = record->line;
    return 0;
}

static int read_rows(struct raw *raw, struct csv_reader *reader)
{
    const struct csv_record *record;
    int more;
    while ((more = csv_reader_next(reader, &record)) > 0)
        if (add_record(raw, record, csv_reader_n_columns(reader)) != 0)
            return -1;
    return more;
}

/* ---- types --------------------------------------------------------------------------------------------- */

/* The numbers of all texts of a column; NULL when one is none, *failed when memory is short. */
static double *numbers_of(const struct dictionary *dictionary, bool *failed)
{
    double *numbers = allocate(dictionary->n, sizeof *numbers);
    *failed = numbers == NULL;
    for (size_t i = 0; i < dictionary->n && numbers != NULL; i++)
        if (csv_number(dictionary->texts[i], strlen(dictionary->texts[i]), &numbers[i]) != 0) {
            free(numbers);
            return NULL;
        }
    return numbers;
}

static int add_column(struct table *data, const char *name, const struct raw_column *raw)
{
    bool failed;
    double *numbers = numbers_of(&raw->dictionary, &failed);
    if (failed)
        return -1;
    if (numbers == NULL)
        return dictionary_add_category(&raw->dictionary, raw->codes, data, name);
    struct column *column = table_add_column(data, name, COLUMN_FLOAT64, 0, "", "");
    for (size_t row = 0; column != NULL && row < data->n_rows; row++)
        if (raw->codes[row] >= 0)
            column_set_real(column, row, numbers[raw->codes[row]]);
    free(numbers);
    return column != NULL ? 0 : -1;
}

int csv_columns_read(struct fit_table *table, const char *const *names, size_t n_names)
{
    const struct csv_options options = {.delimiter = ',', .pipe_allowed = true};
    struct raw raw = {.table = table, .n_columns = n_names, .columns = allocate(n_names, sizeof *raw.columns)};
    struct csv_reader *reader = csv_reader_open(table->path, &options);
    int result = -1;
    table->cell = allocate(n_names, sizeof *table->cell);
    if (raw.columns == NULL || reader == NULL || table->cell == NULL || find_columns(&raw, reader, names) != 0 ||
        read_rows(&raw, reader) != 0)
        goto done;
    if ((table->data = table_alloc("data", "")) == NULL || table_resize(table->data, raw.n_rows) != 0)
        goto done;
    for (size_t k = 0; k < n_names; k++)
        if (add_column(table->data, names[k], &raw.columns[k]) != 0)
            goto done;
    result = 0;
done:
    csv_reader_close(reader);
    for (size_t k = 0; raw.columns != NULL && k < n_names; k++) {
        dictionary_clear(&raw.columns[k].dictionary);
        free(raw.columns[k].codes);
    }
    free(raw.columns);
    return result;
}
