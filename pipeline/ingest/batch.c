/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/batch.h"

#include <stdlib.h>

#include "base/memory.h"

int batch_start(struct batch *batch, const struct table *schema, size_t n)
{
    if (batch->rows == NULL && (batch->rows = table_take_rows(schema, NULL, 0)) == NULL)
        return -1;
    batch->rows->n_rows = 0;
    batch->n_records = batch->n_lines = batch->n_unique = 0;
    batch->fault.kind = CSV_FAULT_NONE;
    reject_list_clear(&batch->rejects);
    return table_reserve(batch->rows, n);
}

int batch_add_unique(struct batch *batch, const struct unique_row *row)
{
    if (batch->n_unique == batch->unique_capacity) {
        const size_t capacity = 2 * batch->unique_capacity + 256;
        struct unique_row *const rows = reallocate(batch->unique, capacity, sizeof *rows);
        if (rows == NULL)
            return -1;
        batch->unique = rows;
        batch->unique_capacity = capacity;
    }
    batch->unique[batch->n_unique++] = *row;
    return 0;
}

void batch_free(struct batch *batch)
{
    table_free(batch->rows);
    reject_list_free(&batch->rejects);
    free(batch->unique);
    *batch = (struct batch){0};
}
