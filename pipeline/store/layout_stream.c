/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/layout_stream.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/threads.h"
#include "store/canonical.h"
#include "store/chunk.h"
#include "store/hdf5_session.h"

#include <pthread.h>
#include <stdlib.h>

struct stream_column {
    const struct column *schema;
    hid_t dataset;
    size_t chunk_rows, first_chunk, end_chunk;
};

/* A chunk on its way from the file to its values. */
struct parcel {
    struct parcel *next;   /* of those that wait for work */
    unsigned char *packed; /* [capacity] */
    size_t n_packed, capacity;
    unsigned char *values; /* [n_values] where they have no other place */
    size_t n_values;
};

struct stream {
    const struct layout_stream_task *task;
    struct stream_column *columns;
    pthread_mutex_t file; /* HDF5 and the parcels are for one thread at a time */
    struct parcel *parcels;
};

static int tell(const struct layout_table *table, const struct stream_column *column, const char *what)
{
    return hdf5_fail("'%s': table '%s', column '%s' %s", table->path, table->schema->name, column->schema->name, what);
}

/* ---- columns ---------------------------------------------------------------------------------------------------- */

/* With the chunks that hold some of the rows first .. end - 1. */
static int open_column(const struct layout_table *table, struct stream_column *column, size_t j, size_t first, size_t end)
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
    column->first_chunk = first / column->chunk_rows;
    column->end_chunk = end / column->chunk_rows + (end % column->chunk_rows > 0);
    return 0;
}

static void close_column(struct stream_column *column)
{
    if (column->dataset >= 0)
        H5Dclose(column->dataset);
}

static size_t rows_of_chunk(const struct layout_table *table, const struct stream_column *column, size_t first)
{
    const size_t rest = table->n_rows - first;
    return rest < column->chunk_rows ? rest : column->chunk_rows;
}

/* ---- one after the other: out of the file ------------------------------------------------------------------------ */

static int make_room(unsigned char **bytes, size_t *capacity, size_t n)
{
    if (n <= *capacity)
        return 0;
    free(*bytes);
    *capacity = 0;
    if ((*bytes = allocate(n, 1)) == NULL)
        return -1;
    *capacity = n;
    return 0;
}

/* The packed chunk that starts at row `first`; filters that were left out would be a file of others. */
static int fetch(const struct layout_table *table, const struct stream_column *column, size_t first, struct parcel *parcel)
{
    const hsize_t offset[1] = {first};
    hsize_t size = 0;
    uint32_t left_out = 0;
    if (H5Dget_chunk_storage_size(column->dataset, offset, &size) < 0 || size == 0 || size > 2 * CHUNK_BYTES_MAX)
        return tell(table, column, "cannot be read");
    if (make_room(&parcel->packed, &parcel->capacity, (size_t)size) != 0)
        return -1;
    parcel->n_packed = (size_t)size;
    if (H5Dread_chunk(column->dataset, H5P_DEFAULT, offset, &left_out, parcel->packed) < 0)
        return tell(table, column, "cannot be read");
    return left_out == 0 ? 0 : tell(table, column, "has a chunk that is not packed as we do it");
}

static void free_parcel(struct parcel *parcel)
{
    if (parcel != NULL) {
        free(parcel->packed);
        free(parcel->values);
        free(parcel);
    }
}

/* NULL after telling. */
static struct parcel *take_out(struct stream *stream, const struct stream_column *column, size_t first)
{
    pthread_mutex_lock(&stream->file);
    struct parcel *parcel = stream->parcels;
    if (parcel != NULL)
        stream->parcels = parcel->next;
    else
        parcel = allocate(1, sizeof *parcel);
    if (parcel != NULL && fetch(stream->task->table, column, first, parcel) != 0) {
        free_parcel(parcel);
        parcel = NULL;
    }
    pthread_mutex_unlock(&stream->file);
    return parcel;
}

static void put_back(struct stream *stream, struct parcel *parcel)
{
    pthread_mutex_lock(&stream->file);
    parcel->next = stream->parcels;
    stream->parcels = parcel;
    pthread_mutex_unlock(&stream->file);
}

/* ---- side by side: into their values ----------------------------------------------------------------------------- */

static int check_codes(const struct layout_table *table, const struct column *schema, void *values, size_t n)
{
    const struct column codes = {
        .type = COLUMN_CATEGORY, .width = schema->width, .values = values, .n_labels = schema->n_labels};
    return schema->type != COLUMN_CATEGORY || canonical_codes_fit(&codes, n)
               ? 0
               : fail("'%s': table '%s', column '%s' holds a code that has no label", table->path, table->schema->name,
                      schema->name);
}

static int unpack(const struct layout_stream_task *task, size_t i, const struct stream_column *column, size_t first,
                  struct parcel *parcel)
{
    const size_t n = rows_of_chunk(task->table, column, first), n_bytes = column->chunk_rows * column->schema->width;
    /* What is packed is a whole chunk, the last one with rows that nobody sees. */
    void *const place = task->place != NULL && n == column->chunk_rows ? task->place(task->context, i, first, n) : NULL;
    if (place == NULL && make_room(&parcel->values, &parcel->n_values, n_bytes) != 0)
        return -1;
    void *const values = place != NULL ? place : parcel->values;
    if (chunk_unpack(parcel->packed, parcel->n_packed, values, n_bytes) != 0)
        return fail("'%s': table '%s', column '%s' cannot be read: a chunk does not agree with its checksum",
                    task->table->path, task->table->schema->name, column->schema->name);
    if (check_codes(task->table, column->schema, values, n) != 0)
        return -1;
    return place != NULL ? 0 : task->take(task->context, i, first, n, values);
}

/* The next chunk of each column, column by column. */
static int read_chunk(void *context, size_t k)
{
    struct stream *const stream = context;
    const struct layout_stream_task *const task = stream->task;
    const size_t i = k % task->n_columns;
    const struct stream_column *const column = &stream->columns[i];
    const size_t chunk = column->first_chunk + k / task->n_columns, first = chunk * column->chunk_rows;
    if (chunk >= column->end_chunk ||
        (task->passes != NULL && task->passes(task->context, first, rows_of_chunk(task->table, column, first))))
        return 0;
    struct parcel *const parcel = take_out(stream, column, first);
    if (parcel == NULL)
        return -1;
    const int status = unpack(task, i, column, first, parcel);
    put_back(stream, parcel);
    return status;
}

static size_t most_chunks(const struct stream *stream)
{
    size_t most = 0;
    for (size_t i = 0; i < stream->task->n_columns; i++) {
        const struct stream_column *const column = &stream->columns[i];
        const size_t n = column->end_chunk - column->first_chunk;
        most = column->end_chunk > column->first_chunk && n > most ? n : most;
    }
    return most;
}

int layout_stream(const struct layout_stream_task *task)
{
    const size_t n_rows = task->table->n_rows, end = task->end_row == 0 || task->end_row > n_rows ? n_rows : task->end_row;
    struct stream stream = {.task = task, .file = PTHREAD_MUTEX_INITIALIZER};
    if (n_rows == 0 || task->n_columns == 0)
        return 0;
    stream.columns = allocate(task->n_columns, sizeof *stream.columns);
    int status = stream.columns != NULL ? 0 : -1;
    for (size_t i = 0; stream.columns != NULL && i < task->n_columns; i++)
        stream.columns[i].dataset = H5I_INVALID_HID;
    for (size_t i = 0; status == 0 && i < task->n_columns; i++)
        status = open_column(task->table, &stream.columns[i], task->columns[i], task->first_row, end);
    if (status == 0)
        status = threads_run(most_chunks(&stream) * task->n_columns, task->n_threads, read_chunk, &stream);
    for (struct parcel *next, *parcel = stream.parcels; parcel != NULL; parcel = next) {
        next = parcel->next;
        free_parcel(parcel);
    }
    for (size_t i = 0; stream.columns != NULL && i < task->n_columns; i++)
        close_column(&stream.columns[i]);
    free(stream.columns);
    pthread_mutex_destroy(&stream.file);
    return status;
}

int layout_stream_packed(const struct layout_table *table, size_t first, size_t end,
                         void (*take)(void *context, size_t j, const unsigned char *packed, size_t n_packed), void *context)
{
    const size_t n = table->schema->n_columns;
    struct stream_column *const columns = allocate(n, sizeof *columns);
    struct parcel parcel = {0};
    int status = columns != NULL ? 0 : -1;
    bool more = true;
    for (size_t j = 0; columns != NULL && j < n; j++)
        columns[j].dataset = H5I_INVALID_HID;
    for (size_t j = 0; status == 0 && j < n; j++)
        status = open_column(table, &columns[j], j, 0, table->n_rows);
    for (size_t chunk = first; status == 0 && more && chunk < end; chunk++) {
        more = false;
        for (size_t j = 0; status == 0 && j < n; j++) {
            if (chunk >= columns[j].end_chunk)
                continue;
            more = true;
            if ((status = fetch(table, &columns[j], chunk * columns[j].chunk_rows, &parcel)) == 0)
                take(context, j, parcel.packed, parcel.n_packed);
        }
    }
    free(parcel.packed);
    for (size_t j = 0; columns != NULL && j < n; j++)
        close_column(&columns[j]);
    free(columns);
    return status;
}
