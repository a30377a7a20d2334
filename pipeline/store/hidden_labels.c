/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/hidden_labels.h"

#include <stdio.h>
#include <string.h>

enum { ENUM_BYTES_MAX = 60000 };

bool hidden_labels_needed(const struct column *column)
{
    if (column->n_labels == 0 || column->n_labels > STORE_ENUM_MAX)
        return true;
    size_t n_bytes = 0;
    for (size_t i = 0; i < column->n_labels; i++) {
        const size_t length = strlen(column->labels[i]);
        if (length == 0)
            return true;
        n_bytes += length + 1 + column_type_width(COLUMN_CATEGORY, 0, column->n_labels);
        if (n_bytes > ENUM_BYTES_MAX)
            return true;
    }
    return false;
}

void hidden_labels_name(const char *column, char out[static HIDDEN_LABELS_NAME_SIZE])
{
    snprintf(out, HIDDEN_LABELS_NAME_SIZE, "%.*s.labels", STORE_NAME_MAX, column);
}
