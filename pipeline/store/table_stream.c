/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/table_stream.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/threads.h"
#include "store/name_rules.h"
#include "store/store.h"
#include "store/table_agrees.h"

#include <stdlib.h>
#include <string.h>

/* ---- what is sent ----------------------------------------------------------------------------------- */

static enum table_stream_status send_message(struct table_stream *stream)
{
    return message_send(stream->socket, &stream->message) == 0 ? TABLE_STREAM_DONE : TABLE_STREAM_LOST;
}

static enum table_stream_status send_table(struct table_stream *stream, uint64_t chunk_rows, uint64_t n_rows)
{
    struct message *const message = &stream->message;
    message_start(message, MESSAGE_TABLE);
    message_put_text(message, stream->schema->name);
    message_put_text(message, stream->schema->label);
    message_put_number(message, stream->schema->n_columns);
    message_put_number(message, chunk_rows);
    message_put_number(message, n_rows);
    return send_message(stream);
}

static enum table_stream_status send_column(struct table_stream *stream, size_t j, const struct column *column)
{
    struct message *const message = &stream->message;
    message_start(message, MESSAGE_COLUMN);
    message_put_number(message, j);
    message_put_text(message, column->name);
    message_put_text(message, column->label);
    message_put_text(message, column->units);
    message_put_number(message, (uint64_t)column->type);
    message_put_number(message, column->width);
    message_put_number(message, column->n_labels);
    for (size_t i = 0; i < column->n_labels; i++)
        message_put_text(message, column->labels[i]);
    return send_message(stream);
}

static enum table_stream_status send_chunk(struct table_stream *stream, size_t j, uint64_t first, uint64_t n_rows)
{
    struct held_column *const column = &stream->held.columns[j];
    struct message *const message = &stream->message;
    message_start(message, MESSAGE_CHUNK);
    message_put_number(message, j);
    message_put_number(message, first);
    message_put_number(message, first + n_rows);
    message_put_bytes(message, column->packed, column->n_packed);
    free(column->packed);
    column->packed = NULL;
    return send_message(stream);
}

/* ---- columns side by side ----------------------------------------------------------------------------- */

struct work {
    struct table_stream *stream;
    const struct column *columns; /* as they are stored; categories with their final labels */
    size_t chunk, n_rows, chunk_rows;
};

/* Is the column one whose chunks wait for labels? */
static bool waits(const struct table_stream *stream, size_t j)
{
    return stream->labels_grow && stream->schema->columns[j].type == COLUMN_CATEGORY;
}

static size_t stored_width(const struct column *column)
{
    return column_type_width(column->type, column->width, column->n_labels);
}

static int pack_unless_it_waits(void *context, size_t j)
{
    const struct work *const work = context;
    struct held_column *const held = &work->stream->held.columns[j];
    return waits(work->stream, j) ? 0 : held_digest_and_pack(held, work->n_rows, held->width, work->chunk_rows);
}

static int pack(void *context, size_t j)
{
    const struct work *const work = context;
    return held_digest_and_pack(&work->stream->held.columns[j], work->n_rows, stored_width(&work->columns[j]),
                                work->chunk_rows);
}

static int pack_spooled(void *context, size_t j)
{
    const struct work *const work = context;
    const struct table_stream *const stream = work->stream;
    struct held_column *const held = &stream->held.columns[j];
    if (!waits(stream, j))
        return 0;
    size_t piece = work->chunk * stream->n_waiting;
    for (size_t i = 0; i < j; i++)
        piece += waits(stream, i);
    if (spool_read(stream->spool, piece, (int32_t *)(void *)held->values, work->n_rows) != 0)
        return -1;
    return held_digest_and_pack(held, work->n_rows, stored_width(&work->columns[j]), work->chunk_rows);
}

/* ---- a table of several chunks ------------------------------------------------------------------------ */

static enum table_stream_status send_beginning(struct table_stream *stream)
{
    enum table_stream_status status = send_table(stream, STORE_CHUNK_ROWS, MESSAGE_GROWS);
    for (size_t j = 0; status == TABLE_STREAM_DONE && j < stream->schema->n_columns; j++)
        if (!waits(stream, j))
            status = send_column(stream, j, &stream->schema->columns[j]);
    return status;
}

static int spool_codes(struct table_stream *stream)
{
    if (stream->n_waiting > 0 && stream->spool == NULL && (stream->spool = spool_open(stream->path)) == NULL)
        return -1;
    for (size_t j = 0; j < stream->held.n_columns; j++) {
        const void *const codes = stream->held.columns[j].values;
        if (waits(stream, j) && spool_add(stream->spool, codes, stream->held.n_rows) != 0)
            return -1;
    }
    return 0;
}

/* Sends the waiting rows as the next chunk of a table that is known to have several. */
static enum table_stream_status flush(struct table_stream *stream)
{
    const size_t n_rows = stream->held.n_rows, first = stream->n_flushed * STORE_CHUNK_ROWS;
    struct work work = {.stream = stream, .n_rows = n_rows, .chunk_rows = STORE_CHUNK_ROWS};
    if (threads_run(stream->held.n_columns, stream->n_threads, pack_unless_it_waits, &work) != 0 ||
        spool_codes(stream) != 0)
        return TABLE_STREAM_TOLD;
    enum table_stream_status status = stream->n_flushed == 0 ? send_beginning(stream) : TABLE_STREAM_DONE;
    for (size_t j = 0; status == TABLE_STREAM_DONE && j < stream->held.n_columns; j++)
        if (!waits(stream, j))
            status = send_chunk(stream, j, first, n_rows);
    stream->n_flushed++;
    stream->held.n_rows = 0;
    return status;
}

static enum table_stream_status send_categories(struct table_stream *stream, const struct column *columns,
                                                size_t n_rows)
{
    const size_t n_columns = stream->held.n_columns;
    enum table_stream_status status = TABLE_STREAM_DONE;
    for (size_t j = 0; status == TABLE_STREAM_DONE && j < n_columns; j++)
        if (waits(stream, j))
            status = send_column(stream, j, &columns[j]);
    struct work work = {.stream = stream, .columns = columns, .chunk_rows = STORE_CHUNK_ROWS};
    for (work.chunk = 0; status == TABLE_STREAM_DONE && work.chunk < stream->n_flushed; work.chunk++) {
        const size_t first = work.chunk * STORE_CHUNK_ROWS;
        work.n_rows = n_rows - first < STORE_CHUNK_ROWS ? n_rows - first : STORE_CHUNK_ROWS;
        if (threads_run(n_columns, stream->n_threads, pack_spooled, &work) != 0)
            return TABLE_STREAM_TOLD;
        for (size_t j = 0; status == TABLE_STREAM_DONE && j < n_columns; j++)
            if (waits(stream, j))
                status = send_chunk(stream, j, first, work.n_rows);
    }
    return status;
}

/* ---- a table of one chunk or none --------------------------------------------------------------------- */

static enum table_stream_status send_small(struct table_stream *stream, const struct column *columns)
{
    const size_t n_rows = stream->held.n_rows, n_columns = stream->held.n_columns;
    struct work work = {.stream = stream, .columns = columns, .n_rows = n_rows, .chunk_rows = n_rows};
    if (n_rows > 0 && threads_run(n_columns, stream->n_threads, pack, &work) != 0)
        return TABLE_STREAM_TOLD;
    enum table_stream_status status = send_table(stream, n_rows > 0 ? n_rows : 1, n_rows);
    for (size_t j = 0; status == TABLE_STREAM_DONE && j < n_columns; j++) {
        status = send_column(stream, j, &columns[j]);
        if (status == TABLE_STREAM_DONE && n_rows > 0)
            status = send_chunk(stream, j, 0, n_rows);
    }
    return status;
}

/* ---- begin, append, end ------------------------------------------------------------------------------- */

enum table_stream_status table_stream_begin(struct table_stream *stream, const struct table *schema, bool labels_grow)
{
    stream->labels_grow = labels_grow;
    if (name_rules_check(schema) != 0 || (stream->schema = table_take_rows(schema, NULL, 0)) == NULL ||
        held_start(&stream->held, schema, labels_grow) != 0)
        return TABLE_STREAM_TOLD;
    for (size_t j = 0; j < schema->n_columns; j++)
        stream->n_waiting += waits(stream, j);
    return TABLE_STREAM_DONE;
}

/* A full chunk leaves when another row follows: only then is it known that there are several. */
enum table_stream_status table_stream_append(struct table_stream *stream, const struct table *rows)
{
    if (table_agrees_rows(stream->schema, rows) != 0)
        return TABLE_STREAM_TOLD;
    enum table_stream_status status = TABLE_STREAM_DONE;
    for (size_t first = 0; status == TABLE_STREAM_DONE && first < rows->n_rows;) {
        if (stream->held.n_rows == STORE_CHUNK_ROWS)
            status = flush(stream);
        const size_t room = STORE_CHUNK_ROWS - stream->held.n_rows, rest = rows->n_rows - first;
        const size_t n = room < rest ? room : rest;
        if (status == TABLE_STREAM_DONE && held_add(&stream->held, rows, first, n) != 0)
            status = TABLE_STREAM_TOLD;
        first += n;
    }
    return status;
}

static enum table_stream_status send_end(struct table_stream *stream, const struct table *view, uint64_t n_rows,
                                         char hex[static SHA256_HEX_SIZE])
{
    char(*const values)[SHA256_HEX_SIZE] = allocate(view->n_columns, sizeof *values);
    int status = values != NULL ? 0 : -1;
    for (size_t j = 0; status == 0 && j < view->n_columns; j++) {
        status = sha256_finish(stream->held.columns[j].sha, values[j]);
        stream->held.columns[j].sha = NULL;
    }
    if (status == 0)
        status = digest_table(view, n_rows, values, hex);
    if (status == 0) {
        message_start(&stream->message, MESSAGE_END);
        message_put_number(&stream->message, n_rows);
        message_put_text(&stream->message, hex);
        for (size_t j = 0; j < view->n_columns; j++)
            message_put_text(&stream->message, values[j]);
    }
    free(values);
    return status == 0 ? send_message(stream) : TABLE_STREAM_TOLD;
}

static enum table_stream_status send_rest(struct table_stream *stream, const struct table *view,
                                          char hex[static SHA256_HEX_SIZE])
{
    const size_t n_rows = stream->n_flushed * STORE_CHUNK_ROWS + stream->held.n_rows;
    enum table_stream_status status;
    if (stream->n_flushed == 0) {
        status = send_small(stream, view->columns);
    } else {
        status = flush(stream);
        if (status == TABLE_STREAM_DONE)
            status = send_categories(stream, view->columns, n_rows);
    }
    return status == TABLE_STREAM_DONE ? send_end(stream, view, n_rows, hex) : status;
}

static int check_final(const struct table_stream *stream, const struct table *view)
{
    for (size_t j = 0; j < view->n_columns; j++)
        if (waits(stream, j) && stream->held.columns[j].largest_code >= (int64_t)view->columns[j].n_labels)
            return fail("table '%s': column '%s' holds a code that has no label", view->name, view->columns[j].name);
    return name_rules_check(view);
}

enum table_stream_status table_stream_end(struct table_stream *stream, const struct table *final_schema,
                                          char hex[static SHA256_HEX_SIZE])
{
    const struct table *const schema = stream->schema;
    if (final_schema != NULL && !stream->labels_grow)
        return fail("internal error: table '%s' was begun with its final labels", schema->name), TABLE_STREAM_TOLD;
    if (final_schema != NULL && table_agrees_final(schema, final_schema) != 0)
        return TABLE_STREAM_TOLD;
    /* The schema as begun, with borrowed final labels. */
    struct column *const columns = allocate(schema->n_columns, sizeof *columns);
    if (columns == NULL)
        return TABLE_STREAM_TOLD;
    for (size_t j = 0; j < schema->n_columns; j++) {
        columns[j] = schema->columns[j];
        if (final_schema != NULL && waits(stream, j)) {
            columns[j].labels = final_schema->columns[j].labels;
            columns[j].n_labels = final_schema->columns[j].n_labels;
        }
    }
    const struct table view = {
        .name = schema->name, .label = schema->label, .n_columns = schema->n_columns, .columns = columns};
    const enum table_stream_status status =
        check_final(stream, &view) == 0 ? send_rest(stream, &view, hex) : TABLE_STREAM_TOLD;
    free(columns);
    return status;
}

void table_stream_free(struct table_stream *stream)
{
    message_free(&stream->message);
    table_free(stream->schema);
    held_free(&stream->held);
    spool_close(stream->spool);
    *stream = (struct table_stream){.path = stream->path, .socket = stream->socket, .n_threads = stream->n_threads};
}
