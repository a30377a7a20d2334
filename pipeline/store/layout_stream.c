/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/layout_stream.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/threads.h"
#include "store/canonical.h"
#include "store/chunk.h"
#include "store/hdf5_session.h"

#include <stdlib.h>

struct stream_column {
    const struct column *schema;
    hid_t dataset;
    size_t chunk_rows;
    unsigned char *packed; /* [capacity] the chunk at hand */
    size_t n_packed, capacity;
    unsigned char *values; /* [chunk_rows * width] */
    size_t first, n;       /* rows of the chunk at hand; n 0: the column is done */
};

struct stream {
    const struct layout_stream_task *task;
    struct stream_column *columns;
};

static int tell(const struct layout_table *table, const struct stream_column *column, const char *what)
{
    return hdf5_fail("'%s': table '%s', column '%s' %s", table->path, table->schema->name, column->schema->name, what);
}

/* ---- one after the other ------------------------------------------------------------------------------------ */

static int open_column(const struct layout_table *table, struct stream_column *column, size_t j)
{
    hsize_t chunk[1] = {0};
    column->schema = &table->schema->columns[j];
    if ((column->dataset = layout_dataset(table, j)) < 0)
        return -1;
    const hid_t list = H5Dget_create_plist(column->dataset);
    const bool known = list >= 0 && H5Pget_chunk(list, 1, chunk) == 1 && chunk[0] > 0;
    if (list >= 0)
        H5Pclose(list);
    if (!known)
        return tell(table, column, "cannot be read");
    column->chunk_rows = (size_t)chunk[0]; /* layout.h: at most CHUNK_BYTES_MAX bytes */
    return 0;
}

static void close_column(struct stream_column *column)
{
    if (column->dataset >= 0)
        H5Dclose(column->dataset);
    free(column->packed);
    free(column->values);
}

/* Fetches the packed chunk that starts at row `first`; filters that were left out would be a file of others. */
static int fetch(const struct layout_table *table, struct stream_column *column, size_t first, size_t end)
{
    const size_t n_rows = table->n_rows;
    const hsize_t offset[1] = {first};
    hsize_t size = 0;
    uint32_t left_out = 0;
    column->first = first;
    column->n = first >= end ? 0 : n_rows - first < column->chunk_rows ? n_rows - first : column->chunk_rows;
    if (column->n == 0)
        return 0;
    if (H5Dget_chunk_storage_size(column->dataset, offset, &size) < 0 || size == 0 || size > 2 * CHUNK_BYTES_MAX)
        return tell(table, column, "cannot be read");
    if (size > column->capacity) {
        unsigned char *const packed = reallocate(column->packed, (size_t)size, 1);
        if (packed == NULL)
            return -1;
        column->packed = packed;
        column->capacity = (size_t)size;
    }
    column->n_packed = (size_t)size;
    if (H5Dread_chunk(column->dataset, H5P_DEFAULT, offset, &left_out, column->packed) < 0)
        return tell(table, column, "cannot be read");
    return left_out == 0 ? 0 : tell(table, column, "has a chunk that is not packed as we do it");
}

/* ---- side by side ----------------------------------------------------------------------------------------------- */

static int unpack(void *context, size_t i)
{
    const struct stream *const stream = context;
    const struct layout_stream_task *const task = stream->task;
    const struct stream_column *const column = &stream->columns[i];
    if (column->n == 0)
        return 0;
    /* What is packed is a whole chunk, the last one with rows that nobody sees. */
    void *const place = task->place != NULL && column->n == column->chunk_rows
                            ? task->place(task->context, i, column->first, column->n)
                            : NULL;
    void *const values = place != NULL ? place : column->values;
    if (chunk_unpack(column->packed, column->n_packed, values, column->chunk_rows * column->schema->width) != 0)
        return fail("'%s': table '%s', column '%s' cannot be read: a chunk does not agree with its checksum",
                    task->table->path, task->table->schema->name, column->schema->name);
    if (column->schema->type == COLUMN_CATEGORY) {
        const struct column codes = {.type = COLUMN_CATEGORY,
                                     .width = column->schema->width,
                                     .values = values,
                                     .n_labels = column->schema->n_labels};
        if (!canonical_codes_fit(&codes, column->n))
            return fail("'%s': table '%s', column '%s' holds a code that has no label", task->table->path,
                        task->table->schema->name, column->schema->name);
    }
    return place != NULL ? 0 : task->take(task->context, i, column->first, column->n, values);
}

static size_t end_of(const struct layout_stream_task *task)
{
    return task->end_row == 0 || task->end_row > task->table->n_rows ? task->table->n_rows : task->end_row;
}

/* 1: there was a chunk; 0: all are read; -1: told. */
static int stream_next(struct stream *stream)
{
    const struct layout_stream_task *const task = stream->task;
    bool any = false;
    for (size_t i = 0; i < task->n_columns; i++) {
        struct stream_column *const column = &stream->columns[i];
        if (fetch(task->table, column, column->first + column->n, end_of(task)) != 0)
            return -1;
        any |= column->n > 0;
    }
    if (any && threads_run(task->n_columns, task->n_threads, unpack, stream) != 0)
        return -1;
    return any;
}

int layout_stream(const struct layout_stream_task *task)
{
    struct stream stream = {.task = task};
    if (task->table->n_rows == 0 || task->n_columns == 0)
        return 0;
    stream.columns = allocate(task->n_columns, sizeof *stream.columns);
    int status = stream.columns != NULL ? 0 : -1;
    for (size_t i = 0; stream.columns != NULL && i < task->n_columns; i++)
        stream.columns[i].dataset = H5I_INVALID_HID;
    for (size_t i = 0; status == 0 && i < task->n_columns; i++) {
        struct stream_column *const column = &stream.columns[i];
        status = open_column(task->table, column, task->columns[i]);
        if (status == 0)
            column->first = task->first_row / column->chunk_rows * column->chunk_rows;
        if (status == 0 && (column->values = allocate(column->chunk_rows, column->schema->width)) == NULL)
            status = -1;
    }
    int more = 1;
    while (status == 0 && more > 0)
        if ((more = stream_next(&stream)) < 0)
            status = -1;
    for (size_t i = 0; stream.columns != NULL && i < task->n_columns; i++)
        close_column(&stream.columns[i]);
    free(stream.columns);
    return status;
}

int layout_stream_packed(const struct layout_table *table, size_t j,
                         void (*take)(void *context, const unsigned char *packed, size_t n_packed), void *context)
{
    struct stream_column column = {.dataset = H5I_INVALID_HID};
    int status = open_column(table, &column, j);
    while (status == 0) {
        status = fetch(table, &column, column.first + column.n, table->n_rows);
        if (status != 0 || column.n == 0)
            break;
        take(context, column.packed, column.n_packed);
    }
    close_column(&column);
    return status;
}
