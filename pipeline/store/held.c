/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/held.h"

#include "base/fail.h"
#include "base/memory.h"
#include "store/canonical.h"
#include "store/chunk.h"
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

int held_start(struct held *held, const struct table *schema, bool labels_grow)
{
    *held = (struct held){.n_columns = schema->n_columns};
    if ((held->columns = allocate(schema->n_columns, sizeof *held->columns)) == NULL)
        return -1;
    for (size_t j = 0; j < schema->n_columns; j++) {
        struct held_column *const column = &held->columns[j];
        column->width = labels_grow && schema->columns[j].type == COLUMN_CATEGORY
                            ? sizeof(int32_t)
                            : canonical_width(&schema->columns[j]);
        column->largest_code = MISSING_CODE;
    }
    return 0;
}

void held_free(struct held *held)
{
    for (size_t j = 0; held->columns != NULL && j < held->n_columns; j++) {
        value_digest_free(&held->columns[j].digest);
        free(held->columns[j].packed);
        free(held->columns[j].leaving);
        free(held->columns[j].values);
    }
    free(held->columns);
    *held = (struct held){0};
}

static int make_room(struct held *held, const struct table *rows, size_t n_rows)
{
    if (n_rows <= held->capacity)
        return 0;
    size_t capacity = 2 * held->capacity > n_rows ? 2 * held->capacity : n_rows;
    if (capacity > STORE_CHUNK_ROWS)
        capacity = STORE_CHUNK_ROWS;
    for (size_t j = 0; j < held->n_columns; j++) {
        struct held_column *const column = &held->columns[j];
        if (column->width > CHUNK_BYTES_MAX / n_rows)
            return fail("table '%s': %zu texts of %zu bytes in column '%s' are more than a chunk holds", rows->name,
                        n_rows, column->width, rows->columns[j].name);
        unsigned char *const values = reallocate(column->values, capacity, column->width);
        if (values == NULL)
            return -1;
        column->values = values;
    }
    held->capacity = capacity;
    return 0;
}

int held_add(struct held *held, const struct table *rows, size_t first, size_t n)
{
    if (make_room(held, rows, held->n_rows + n) != 0)
        return -1;
    for (size_t j = 0; j < held->n_columns; j++) {
        struct held_column *const column = &held->columns[j];
        unsigned char *const to = column->values + held->n_rows * column->width;
        canonical_copy(to, column->width, &rows->columns[j], first, n);
        if (rows->columns[j].type == COLUMN_CATEGORY && column->width == sizeof(int32_t)) {
            const int32_t largest = canonical_largest((const int32_t *)(const void *)to, n);
            column->largest_code = largest > column->largest_code ? largest : column->largest_code;
        }
    }
    held->n_rows += n;
    return 0;
}

static int digest_and_pack(struct held_column *column, const unsigned char *chunk, size_t n_bytes, size_t chunk_bytes)
{
    if (value_digest_add(&column->digest, chunk, n_bytes) != 0)
        return -1;
    return chunk_pack(chunk, chunk_bytes, &column->packed, &column->n_packed);
}

int held_digest_and_pack_rows(struct held_column *column, const struct column *from, size_t first, size_t n)
{
    const size_t n_bytes = n * column->width;
    free(column->packed);
    column->packed = NULL;
    if (canonical_is_plain(from) && canonical_width(from) == column->width)
        return digest_and_pack(column, (const unsigned char *)from->values + first * column->width, n_bytes, n_bytes);
    unsigned char *const chunk = allocate(n, column->width);
    if (chunk == NULL)
        return -1;
    canonical_copy(chunk, column->width, from, first, n);
    const int status = digest_and_pack(column, chunk, n_bytes, n_bytes);
    free(chunk);
    return status;
}

int held_digest_and_pack(struct held_column *column, size_t n, size_t stored_width, size_t chunk_rows)
{
    free(column->packed);
    column->packed = NULL;
    if (n == chunk_rows && stored_width == column->width)
        return digest_and_pack(column, column->values, n * stored_width, n * stored_width);
    unsigned char *const chunk = allocate(chunk_rows, stored_width); /* zeroed */
    if (chunk == NULL)
        return -1;
    if (stored_width == column->width)
        memcpy(chunk, column->values, n * stored_width);
    else
        canonical_narrow(chunk, stored_width, (const int32_t *)(const void *)column->values, n);
    const int status = digest_and_pack(column, chunk, n * stored_width, chunk_rows * stored_width);
    free(chunk);
    return status;
}
