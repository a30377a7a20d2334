/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * table_fields.h - an empty table from a list of its columns.
 */
#ifndef BASE_TABLE_FIELDS_H
#define BASE_TABLE_FIELDS_H

#include "base/table.h"

struct table_field {
    const char *name, *label;
    enum column_type type; /* no category */
};

/** NULL after telling. */
struct table *table_of_fields(const char *name, const char *label, const struct table_field *fields, size_t n);

#endif
