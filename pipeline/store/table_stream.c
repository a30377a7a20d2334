/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/table_stream.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/threads.h"
#include "store/name_rules.h"
#include "store/store.h"
#include "store/table_agrees.h"
#include "store/table_message.h"

#include <stdlib.h>
#include <string.h>

/* ---- what is sent ----------------------------------------------------------------------------------- */

static enum table_stream_status send_message(struct table_stream *stream)
{
    return stream->to.send(stream->to.context, &stream->message) == 0 ? TABLE_STREAM_DONE : TABLE_STREAM_LOST;
}

static enum table_stream_status send_table(struct table_stream *stream, uint64_t chunk_rows, uint64_t n_rows)
{
    table_message_begin(&stream->message, stream->schema, chunk_rows, n_rows);
    return send_message(stream);
}

static enum table_stream_status send_column(struct table_stream *stream, size_t j, const struct column *column)
{
    table_message_column(&stream->message, j, column);
    return send_message(stream);
}

/* Sends the chunks that are ready to leave, those of columns that have one. */
static enum table_stream_status send_leaving(struct table_stream *stream)
{
    struct message *const message = &stream->message;
    enum table_stream_status status = TABLE_STREAM_DONE;
    for (size_t j = 0; stream->leaving.any && status == TABLE_STREAM_DONE && j < stream->held.n_columns; j++) {
        struct held_column *const column = &stream->held.columns[j];
        if (column->leaving == NULL)
            continue;
        message_start(message, MESSAGE_CHUNK);
        message_put_number(message, j);
        message_put_number(message, stream->leaving.first);
        message_put_number(message, stream->leaving.first + stream->leaving.n_rows);
        message_put_bytes(message, column->leaving, column->n_leaving);
        free(column->leaving);
        column->leaving = NULL;
        status = send_message(stream);
    }
    stream->leaving.any = false;
    return status;
}

/* The chunks that were packed last are ready; those before have been sent. */
static void let_leave(struct table_stream *stream, uint64_t first, uint64_t n_rows)
{
    for (size_t j = 0; j < stream->held.n_columns; j++) {
        struct held_column *const column = &stream->held.columns[j];
        column->leaving = column->packed;
        column->n_leaving = column->n_packed;
        column->packed = NULL;
    }
    stream->leaving.first = first;
    stream->leaving.n_rows = n_rows;
    stream->leaving.any = true;
}

/* ---- columns side by side, and beside what was packed before ------------------------------------------- */

struct work {
    struct table_stream *stream;
    const struct column *columns; /* as they are stored; categories with their final labels */
    const struct table *rows;     /* that never waited; NULL: the rows of `held` */
    size_t first_row;             /* of them */
    size_t chunk, n_rows, chunk_rows;
    int (*pack)(const struct work *work, size_t j);
    enum table_stream_status sent;
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

static int pack_unless_it_waits(const struct work *work, size_t j)
{
    struct held_column *const held = &work->stream->held.columns[j];
    return waits(work->stream, j) ? 0 : held_digest_and_pack(held, work->n_rows, held->width, work->chunk_rows);
}

static int pack_rows(const struct work *work, size_t j)
{
    return held_digest_and_pack_rows(&work->stream->held.columns[j], &work->rows->columns[j], work->first_row,
                                     work->n_rows);
}

static int pack_all(const struct work *work, size_t j)
{
    return held_digest_and_pack(&work->stream->held.columns[j], work->n_rows, stored_width(&work->columns[j]),
                                work->chunk_rows);
}

static int pack_spooled(const struct work *work, size_t j)
{
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

/* Work 0 sends what is leaving, work j packs column j - 1. */
static int send_or_pack(void *context, size_t i)
{
    struct work *const work = context;
    if (i > 0)
        return work->pack(work, i - 1);
    work->sent = send_leaving(work->stream);
    return work->sent == TABLE_STREAM_DONE ? 0 : -1;
}

/* Packs a chunk of each column that starts at row `first`; they leave with the next chunk, or at the end. */
static enum table_stream_status pack_chunk(struct work *work, uint64_t first)
{
    struct table_stream *const stream = work->stream;
    if (threads_run(1 + stream->held.n_columns, stream->n_threads, send_or_pack, work) != 0)
        return work->sent != TABLE_STREAM_DONE ? work->sent : TABLE_STREAM_TOLD;
    let_leave(stream, first, work->n_rows);
    return TABLE_STREAM_DONE;
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

/* The next chunk of a table that is known to have several. */
static enum table_stream_status flush(struct table_stream *stream, struct work *work)
{
    const size_t first = stream->n_flushed * STORE_CHUNK_ROWS;
    enum table_stream_status status = stream->n_flushed == 0 ? send_beginning(stream) : TABLE_STREAM_DONE;
    if (status == TABLE_STREAM_DONE)
        status = pack_chunk(work, first);
    stream->n_flushed++;
    return status;
}

static enum table_stream_status flush_held(struct table_stream *stream)
{
    struct work work = {.stream = stream,
                        .n_rows = stream->held.n_rows,
                        .chunk_rows = STORE_CHUNK_ROWS,
                        .pack = pack_unless_it_waits};
    if (spool_codes(stream) != 0)
        return TABLE_STREAM_TOLD;
    const enum table_stream_status status = flush(stream, &work);
    stream->held.n_rows = 0;
    return status;
}

static enum table_stream_status flush_rows(struct table_stream *stream, const struct table *rows, size_t first)
{
    struct work work = {.stream = stream,
                        .rows = rows,
                        .first_row = first,
                        .n_rows = STORE_CHUNK_ROWS,
                        .chunk_rows = STORE_CHUNK_ROWS,
                        .pack = pack_rows};
    return flush(stream, &work);
}

static enum table_stream_status send_categories(struct table_stream *stream, const struct column *columns,
                                                size_t n_rows)
{
    enum table_stream_status status = send_leaving(stream);
    for (size_t j = 0; status == TABLE_STREAM_DONE && j < stream->held.n_columns; j++)
        if (waits(stream, j))
            status = send_column(stream, j, &columns[j]);
    struct work work = {
        .stream = stream, .columns = columns, .chunk_rows = STORE_CHUNK_ROWS, .pack = pack_spooled};
    for (; stream->n_waiting > 0 && status == TABLE_STREAM_DONE && work.chunk < stream->n_flushed; work.chunk++) {
        const size_t first = work.chunk * STORE_CHUNK_ROWS;
        work.n_rows = n_rows - first < STORE_CHUNK_ROWS ? n_rows - first : STORE_CHUNK_ROWS;
        status = pack_chunk(&work, first);
    }
    return status == TABLE_STREAM_DONE ? send_leaving(stream) : status;
}

/* ---- a table of one chunk or none --------------------------------------------------------------------- */

static enum table_stream_status send_small(struct table_stream *stream, const struct column *columns)
{
    const size_t n_rows = stream->held.n_rows, n_columns = stream->held.n_columns;
    struct work work = {
        .stream = stream, .columns = columns, .n_rows = n_rows, .chunk_rows = n_rows, .pack = pack_all};
    enum table_stream_status status = send_table(stream, n_rows > 0 ? n_rows : 1, n_rows);
    for (size_t j = 0; status == TABLE_STREAM_DONE && j < n_columns; j++)
        status = send_column(stream, j, &columns[j]);
    if (status == TABLE_STREAM_DONE && n_rows > 0)
        status = pack_chunk(&work, 0);
    return status == TABLE_STREAM_DONE ? send_leaving(stream) : status;
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

/*
 * A full chunk leaves when another row follows: only then is it known that there are several.  Rows of which there is a
 * whole chunk at hand need not wait.
 */
enum table_stream_status table_stream_append(struct table_stream *stream, const struct table *rows)
{
    if (table_agrees_rows(stream->schema, rows) != 0)
        return TABLE_STREAM_TOLD;
    enum table_stream_status status = TABLE_STREAM_DONE;
    for (size_t first = 0; status == TABLE_STREAM_DONE && first < rows->n_rows;) {
        if (stream->held.n_rows == STORE_CHUNK_ROWS)
            status = flush_held(stream);
        if (status == TABLE_STREAM_DONE && stream->held.n_rows == 0 && stream->n_waiting == 0 &&
            rows->n_rows - first > STORE_CHUNK_ROWS) {
            status = flush_rows(stream, rows, first);
            first += STORE_CHUNK_ROWS;
            continue;
        }
        const size_t room = STORE_CHUNK_ROWS - stream->held.n_rows, rest = rows->n_rows - first;
        const size_t n = room < rest ? room : rest;
        if (status == TABLE_STREAM_DONE && held_add(&stream->held, rows, first, n) != 0)
            status = TABLE_STREAM_TOLD;
        first += n;
    }
    return status;
}

static enum table_stream_status send_made(struct table_stream *stream, const struct made_chunk *chunk, size_t j)
{
    const uint64_t first = stream->n_flushed * STORE_CHUNK_ROWS;
    struct message *const message = &stream->message;
    message_start(message, MESSAGE_CHUNK);
    message_put_number(message, j);
    message_put_number(message, first);
    message_put_number(message, first + chunk->n_rows);
    message_put_bytes(message, chunk->columns[j].packed, chunk->columns[j].n_packed);
    return send_message(stream);
}

enum table_stream_status table_stream_add_made(struct table_stream *stream, const struct made_chunk *chunk)
{
    enum table_stream_status status = stream->held.n_rows > 0 ? flush_held(stream) : TABLE_STREAM_DONE;
    if (status == TABLE_STREAM_DONE)
        status = send_leaving(stream);
    for (size_t j = 0; status == TABLE_STREAM_DONE && j < stream->held.n_columns; j++) {
        status = send_made(stream, chunk, j);
        if (value_digest_add_hex(&stream->held.columns[j].digest, chunk->columns[j].hex) != 0)
            return TABLE_STREAM_TOLD;
    }
    stream->n_flushed++;
    stream->n_short = STORE_CHUNK_ROWS - chunk->n_rows;
    return status;
}

static enum table_stream_status send_end(struct table_stream *stream, const struct table *view, uint64_t n_rows,
                                         char hex[static SHA256_HEX_SIZE])
{
    char(*const values)[SHA256_HEX_SIZE] = allocate(view->n_columns, sizeof *values);
    int status = values != NULL ? 0 : -1;
    for (size_t j = 0; status == 0 && j < view->n_columns; j++)
        status = value_digest_finish(&stream->held.columns[j].digest, values[j]);
    if (status == 0)
        status = digest_table(view, n_rows, values, hex);
    if (status == 0)
        table_message_end(&stream->message, n_rows, hex, (const char (*)[SHA256_HEX_SIZE])values, view->n_columns);
    free(values);
    return status == 0 ? send_message(stream) : TABLE_STREAM_TOLD;
}

static enum table_stream_status send_rest(struct table_stream *stream, const struct table *view,
                                          char hex[static SHA256_HEX_SIZE])
{
    const size_t n_rows = stream->n_flushed * STORE_CHUNK_ROWS + stream->held.n_rows - stream->n_short;
    enum table_stream_status status;
    if (stream->n_flushed == 0) {
        status = send_small(stream, view->columns);
    } else {
        status = stream->held.n_rows > 0 ? flush_held(stream) : TABLE_STREAM_DONE;
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
    *stream = (struct table_stream){.path = stream->path, .to = stream->to, .n_threads = stream->n_threads};
}
