/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/store.h"

#include "base/fail.h"
#include "base/memory.h"
#include "base/output.h"
#include "base/ranks.h"
#include "store/child.h"
#include "store/collective.h"
#include "store/digest.h"
#include "store/name_rules.h"
#include "store/ranked_rows.h"
#include "store/table_stream.h"
#include "store/worker.h"

#include <stdlib.h>
#include <string.h>

struct store_writer {
    char *path;
    struct output *output;
    struct worker worker;          /* that writes, unless all ranks do */
    struct collective *collective; /* NULL: the file is not written by all ranks */
    struct table_stream stream; /* the table that is open */
    bool table_is_open;
    bool is_elsewhere; /* the file is that of another rank */
    bool failed; /* told; whatever follows fails in silence */
    size_t n_tables;
    struct named_digest *tables; /* in the order they were begun */
};

static int send_to_child(void *context, const struct message *message)
{
    const struct worker *const worker = context;
    return message_send(worker->socket, message);
}

static int start_child(struct store_writer *writer)
{
    struct child_task task = {.path = writer->path, .temporary = output_temporary(writer->output)};
    writer->stream.to = (struct table_stream_way){send_to_child, &writer->worker};
    return worker_start(&writer->worker, writer->path, child_run, &task);
}

static int start_together(struct store_writer *writer, const char *path)
{
    const char *const temporary = writer->output != NULL ? output_temporary(writer->output) : NULL;
    writer->collective = collective_open(path, temporary, writer->stream.n_threads);
    writer->stream.to = (struct table_stream_way){collective_keep, writer->collective};
    return writer->collective != NULL ? 0 : -1;
}

static struct store_writer *open_writer(const char *path, int n_threads, bool together)
{
    struct store_writer *const writer = allocate(1, sizeof *writer);
    int status = 0;
    if (writer == NULL)
        return NULL;
    writer->is_elsewhere = ranks_rank() > 0;
    writer->stream.n_threads = n_threads > 1 ? n_threads : 1;
    if (!writer->is_elsewhere &&
        ((writer->path = copy_text(path)) == NULL || (writer->output = output_open_external(path)) == NULL))
        status = -1;
    writer->stream.path = writer->path;
    if (status == 0 && together)
        status = start_together(writer, path);
    else if (status == 0 && !writer->is_elsewhere)
        status = start_child(writer);
    if (status == 0)
        return writer;
    store_writer_abandon(writer);
    return NULL;
}

struct store_writer *store_writer_open(const char *path, int n_threads)
{
    return open_writer(path, n_threads, false);
}

struct store_writer *store_writer_open_collective(const char *path, int n_threads)
{
    return collective_check_build() == 0 ? open_writer(path, n_threads, ranks_n() > 1) : NULL;
}

static int failed(struct store_writer *writer)
{
    writer->failed = true;
    return -1;
}

static int check(struct store_writer *writer, enum table_stream_status status)
{
    if (status == TABLE_STREAM_DONE)
        return 0;
    if (status == TABLE_STREAM_LOST && writer->collective == NULL)
        worker_lost(&writer->worker, writer->path);
    return failed(writer);
}

/* Is `inner` the name `outer` or one below it? */
static bool is_below(const char *inner, const char *outer)
{
    const size_t length = strlen(outer);
    return strncmp(inner, outer, length) == 0 && (inner[length] == '\0' || inner[length] == '/');
}

/* A group is a table or holds tables, never both. */
static int add_name(struct store_writer *writer, const char *name)
{
    for (size_t i = 0; i < writer->n_tables; i++) {
        const char *const other = writer->tables[i].name;
        if (strcmp(name, other) == 0)
            return fail("'%s' is to have two tables '%s'", writer->path, name);
        if (is_below(name, other) || is_below(other, name))
            return fail("'%s' is to have the tables '%s' and '%s', one inside the other", writer->path, other, name);
    }
    struct named_digest *const tables = reallocate(writer->tables, writer->n_tables + 1, sizeof *tables);
    if (tables == NULL)
        return -1;
    writer->tables = tables;
    tables[writer->n_tables] = (struct named_digest){.name = copy_text(name)};
    return tables[writer->n_tables].name != NULL ? (void)writer->n_tables++, 0 : -1;
}

static int begin(struct store_writer *writer, const struct table *schema, bool labels_grow)
{
    if (writer->failed)
        return -1;
    if (writer->is_elsewhere)
        return 0;
    if (writer->table_is_open) {
        fail("'%s': table '%s' was begun before '%s' had ended", writer->path, schema->name,
             writer->stream.schema->name);
        return failed(writer);
    }
    if (check(writer, table_stream_begin(&writer->stream, schema, labels_grow)) != 0)
        return -1;
    if (add_name(writer, schema->name) != 0)
        return failed(writer);
    writer->table_is_open = true;
    return 0;
}

int store_writer_begin(struct store_writer *writer, const struct table *schema)
{
    return begin(writer, schema, true);
}

int store_writer_begin_final(struct store_writer *writer, const struct table *schema)
{
    return begin(writer, schema, false);
}

int store_writer_append(struct store_writer *writer, const struct table *rows)
{
    if (writer->failed)
        return -1;
    if (writer->is_elsewhere)
        return 0;
    if (!writer->table_is_open) {
        fail("'%s': rows of '%s' were given before the table was begun", writer->path, rows->name);
        return failed(writer);
    }
    return check(writer, table_stream_append(&writer->stream, rows));
}

int store_writer_end(struct store_writer *writer, const struct table *final_schema)
{
    if (writer->failed)
        return -1;
    if (writer->is_elsewhere)
        return 0;
    if (!writer->table_is_open) {
        fail("'%s': a table was ended that was not begun", writer->path);
        return failed(writer);
    }
    const enum table_stream_status status =
        table_stream_end(&writer->stream, final_schema, writer->tables[writer->n_tables - 1].hex);
    table_stream_free(&writer->stream);
    writer->table_is_open = false;
    return check(writer, status);
}

int store_writer_table(struct store_writer *writer, const struct table *table)
{
    if (store_writer_begin_final(writer, table) != 0 || store_writer_append(writer, table) != 0)
        return -1;
    return store_writer_end(writer, NULL);
}

/* Rank 0 streams its rows, then what the others have made, as it comes. */
static int append_ranked(struct store_writer *writer, struct ranked_rows *rows)
{
    struct table_stream *const stream = &writer->stream;
    int status = 0;
    for (struct table *piece; status == 0 && (piece = ranked_rows_take(rows)) != NULL; table_free(piece))
        status = store_writer_append(writer, piece);
    for (size_t rank = 1; status == 0 && rank < ranks_n(); rank++) {
        uint64_t n_chunks = 0;
        status = ranked_rows_receive_count(rank, &n_chunks);
        for (uint64_t c = 0; status == 0 && c < n_chunks; c++) {
            struct received_chunk received;
            status = ranked_rows_receive(rank, stream->held.n_columns, &received);
            if (status == 0)
                status = check(writer, table_stream_add_made(stream, &received.chunk));
            received_chunk_free(&received);
        }
    }
    return status;
}

/* All write; rank 0 remembers the table. */
static int write_ranked(struct store_writer *writer, const struct table *schema, struct ranked_rows *rows)
{
    char hex[SHA256_HEX_SIZE] = "";
    if (name_rules_check(schema) != 0 || (!writer->is_elsewhere && add_name(writer, schema->name) != 0) ||
        collective_table(writer->collective, schema, rows, hex) != 0)
        return failed(writer);
    if (!writer->is_elsewhere)
        memcpy(writer->tables[writer->n_tables - 1].hex, hex, sizeof hex);
    return 0;
}

int store_writer_ranked(struct store_writer *writer, const struct table *schema, struct ranked_rows *rows)
{
    if (writer->failed)
        return -1;
    if (ranked_rows_settle(rows, schema) != 0)
        return failed(writer);
    if (writer->collective != NULL)
        return write_ranked(writer, schema, rows);
    if (writer->is_elsewhere)
        return ranked_rows_send(rows, schema, writer->stream.n_threads);
    if (store_writer_begin_final(writer, schema) != 0 || append_ranked(writer, rows) != 0)
        return -1;
    return store_writer_end(writer, NULL);
}

static int send_commit(struct store_writer *writer)
{
    char hex[SHA256_HEX_SIZE];
    struct message message = {0};
    if (digest_content(writer->tables, writer->n_tables, hex) != 0)
        return -1;
    message_start(&message, MESSAGE_COMMIT);
    message_put_text(&message, hex);
    const int status = message_send(writer->worker.socket, &message);
    message_free(&message);
    return status == 0 ? 0 : worker_lost(&writer->worker, writer->path);
}

/* Rank 0 alone knows the digest of the content. */
static int commit_together(struct store_writer *writer)
{
    char hex[SHA256_HEX_SIZE] = "";
    if (!writer->is_elsewhere && digest_content(writer->tables, writer->n_tables, hex) != 0)
        return -1;
    return collective_commit(writer->collective, hex);
}

static int commit(struct store_writer *writer)
{
    if (writer->failed)
        return -1;
    if (writer->table_is_open)
        return fail("'%s': table '%s' was not ended", writer->path, writer->stream.schema->name);
    if (writer->collective != NULL && commit_together(writer) != 0)
        return -1;
    if (writer->is_elsewhere)
        return 0;
    if (writer->collective == NULL && (send_commit(writer) != 0 || worker_finish(&writer->worker, writer->path) != 0))
        return -1;
    const int status = output_commit(writer->output); /* frees it */
    writer->output = NULL;
    return status;
}

int store_writer_commit(struct store_writer *writer)
{
    const int status = commit(writer);
    store_writer_abandon(writer);
    return status;
}

void store_writer_abandon(struct store_writer *writer)
{
    if (writer == NULL)
        return;
    worker_stop(&writer->worker);
    collective_free(writer->collective);
    output_abandon(writer->output);
    table_stream_free(&writer->stream);
    for (size_t i = 0; i < writer->n_tables; i++)
        free(writer->tables[i].name);
    free(writer->tables);
    free(writer->path);
    free(writer);
}
