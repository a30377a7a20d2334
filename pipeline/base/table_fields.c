/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/table_fields.h"

struct table *table_of_fields(const char *name, const char *label, const struct table_field *fields, size_t n)
{
    struct table *const table = table_alloc(name, label);

    for (size_t i = 0; table != NULL && i < n; i++)
        if (table_add_column(table, fields[i].name, fields[i].type, 1, fields[i].label, "") == NULL) {
            table_free(table);
            return NULL;
        }
    return table;
}
