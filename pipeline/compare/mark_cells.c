/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/mark_cells.h"

#include <stdlib.h>

#include "base/cells.h"
#include "base/memory.h"

int cell_set(struct table *table, const char *column, size_t row, const char *words)
{
    struct row_builder builder = {table, row, 0};

    row_text(&builder, column, words);
    return row_end(&builder);
}

int cell_append(struct table *table, const char *column, size_t row, const char *words)
{
    char *before = cell_copy(table, column, row);
    char *longer = before == NULL ? NULL : format_text("%s%s%s", before, *before == '\0' ? "" : "; ", words);
    const int status = longer == NULL ? -1 : cell_set(table, column, row, longer);

    free(before);
    free(longer);
    return status;
}
