/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/csv_header.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "ingest/csv_value.h"

static int check_name(const char *path, const struct csv_record *record, size_t i)
{
    const struct csv_field *const field = &record->fields[i];
    char shown[ESCAPED_SIZE];
    switch (csv_text_fault(field->text, field->length)) {
    case CSV_VALUE_GOOD:
        return 0;
    case CSV_VALUE_NUL:
        return fail_at(path, record->line, i + 1,
                       "a NUL byte in the header; is it UTF-16 or a damaged file? Save it as UTF-8");
    case CSV_VALUE_ENCODING:
        return fail_at(path, record->line, i + 1, "a column name that is not UTF-8; value '%s'; save the file as UTF-8, or declare its encoding",
                       escape_value(shown, field->text, field->length));
    default:
        if (record->n_fields == 1 && memchr(field->text, '\t', field->length) != NULL)
            return fail_at(path, record->line, 1, "the header is one column; it seems to be written with tabulators: declare "
                                                  "'delimiter: tab' in its codebook (or '--delimiter tab', where a command has it)");
        return fail_at(path, record->line, i + 1, "a control character in a column name; value '%s'",
                       escape_value(shown, field->text, field->length));
    }
}

struct numbered_name {
    const char *name;
    size_t i;
};

static int compare_numbered(const void *a, const void *b)
{
    const struct numbered_name *const left = a, *const right = b;
    const int by_name = strcmp(left->name, right->name);
    return by_name != 0 ? by_name : (left->i > right->i) - (left->i < right->i);
}

/* Sorted, equal names are neighbours: 4096 columns would make 8 million comparisons otherwise. */
static int check_repeats(const char *path, const struct csv_header *header)
{
    struct numbered_name *const sorted = allocate(header->n_names, sizeof *sorted);
    int status = 0;
    if (sorted == NULL)
        return -1;
    for (size_t i = 0; i < header->n_names; i++)
        sorted[i] = (struct numbered_name){header->names[i], i};
    qsort(sorted, header->n_names, sizeof *sorted, compare_numbered);
    for (size_t i = 1; i < header->n_names; i++) {
        char shown[ESCAPED_SIZE];
        if (sorted[i].name[0] == '\0' || strcmp(sorted[i].name, sorted[i - 1].name) != 0)
            continue;
        status = fail_at(path, header->line, sorted[i].i + 1, "column '%s' stands twice: columns %zu and %zu",
                         escape_value(shown, sorted[i].name, strlen(sorted[i].name)), sorted[i - 1].i + 1,
                         sorted[i].i + 1);
    }
    free(sorted);
    return status;
}

static int fill(struct csv_header *header, const char *path, const struct csv_record *record)
{
    int status = 0;
    header->line = record->line;
    header->names = allocate(record->n_stored, sizeof *header->names);
    if (header->names == NULL)
        return -1;
    for (size_t i = 0; i < record->n_stored; i++) {
        if (check_name(path, record, i) != 0) {
            status = -1;
            break; /* a file in another encoding would fail in every name */
        }
        header->names[i] = copy_bytes(record->fields[i].text, record->fields[i].length);
        if (header->names[i] == NULL)
            return -1;
        header->n_names++;
    }
    return status != 0 ? -1 : check_repeats(path, header);
}

struct csv_header *csv_header_take(const char *path, const struct csv_record *record)
{
    if (record->too_long) {
        fail_at(path, record->line, 0, "a header longer than 1 MiB; is this a CSV file?");
        return NULL;
    }
    if (record->n_fields > CSV_COLUMNS_MAX) {
        fail_at(path, record->line, 0, "%zu columns; at most %d can be read", record->n_fields, CSV_COLUMNS_MAX);
        return NULL;
    }
    struct csv_header *const header = allocate(1, sizeof *header);
    if (header != NULL && fill(header, path, record) != 0) {
        csv_header_free(header);
        return NULL;
    }
    return header;
}

void csv_header_free(struct csv_header *header)
{
    if (header == NULL)
        return;
    for (size_t i = 0; i < header->n_names; i++)
        free(header->names[i]);
    free(header->names);
    free(header);
}

const char *csv_header_delimiter_hint(const struct csv_header *header, char delimiter)
{
    static const struct {
        char byte;
        const char *name;
    } delimiters[] = {{';', "a semicolon"}, {'\t', "a tabulator"}, {'|', "a vertical bar"}, {',', "a comma"}};
    if (header->n_names != 1)
        return NULL;
    for (size_t i = 0; i < sizeof delimiters / sizeof delimiters[0]; i++)
        if (delimiters[i].byte != delimiter && strchr(header->names[0], delimiters[i].byte) != NULL)
            return delimiters[i].name;
    return NULL;
}
