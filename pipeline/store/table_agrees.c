/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/table_agrees.h"

#include "base/fail.h"
#include "store/canonical.h"

#include <string.h>

static int check_column(const char *table, const struct column *begun, const struct column *given)
{
    if (strcmp(begun->name, given->name) != 0)
        return fail("table '%s': column '%s' stands where '%s' was expected", table, given->name, begun->name);
    if (begun->type != given->type)
        return fail("table '%s': column '%s' is %s, but %s was expected", table, begun->name,
                    column_type_name(given->type), column_type_name(begun->type));
    if (begun->type == COLUMN_TEXT && given->width > begun->width)
        return fail("table '%s': text of column '%s' is %zu bytes wide, but at most %zu were expected", table,
                    begun->name, given->width, begun->width);
    const size_t n_common = begun->n_labels < given->n_labels ? begun->n_labels : given->n_labels;
    for (size_t i = 0; i < n_common; i++)
        if (strcmp(begun->labels[i], given->labels[i]) != 0)
            return fail("table '%s': column '%s' has other labels than before", table, begun->name);
    return 0;
}

static int check_columns(const struct table *schema, const struct table *given)
{
    if (schema->n_columns != given->n_columns)
        return fail("table '%s' has %zu columns, but %zu were expected", schema->name, given->n_columns,
                    schema->n_columns);
    for (size_t j = 0; j < schema->n_columns; j++)
        if (check_column(schema->name, &schema->columns[j], &given->columns[j]) != 0)
            return -1;
    return 0;
}

int table_agrees_rows(const struct table *schema, const struct table *rows)
{
    if (check_columns(schema, rows) != 0)
        return -1;
    for (size_t j = 0; j < rows->n_columns; j++)
        if (rows->columns[j].type == COLUMN_CATEGORY && !canonical_codes_fit(&rows->columns[j], rows->n_rows))
            return fail("table '%s': column '%s' holds a code that has no label", rows->name, rows->columns[j].name);
    return 0;
}

int table_agrees_final(const struct table *schema, const struct table *final_schema)
{
    if (check_columns(schema, final_schema) != 0)
        return -1;
    for (size_t j = 0; j < schema->n_columns; j++)
        if (final_schema->columns[j].n_labels < schema->columns[j].n_labels)
            return fail("table '%s': column '%s' has lost labels", schema->name, schema->columns[j].name);
    return 0;
}
