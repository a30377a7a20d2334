/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/ranked_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/ranks.h"
#include "base/threads.h"
#include "store/held.h"
#include "store/store.h"

void ranked_rows_free(struct ranked_rows *rows)
{
    for (size_t i = rows->n_taken; i < rows->n_pieces; i++)
        table_free(rows->pieces[i]);
    free(rows->pieces);
    *rows = (struct ranked_rows){0};
}

/* ---- adding -------------------------------------------------------------------------------------------------- */

static struct table *add_piece(struct ranked_rows *rows, const struct table *like)
{
    if (rows->n_pieces == rows->capacity) {
        const size_t capacity = rows->capacity == 0 ? 16 : 2 * rows->capacity;
        struct table **const pieces = reallocate(rows->pieces, capacity, sizeof *pieces);
        if (pieces == NULL)
            return NULL;
        rows->pieces = pieces;
        rows->capacity = capacity;
    }
    struct table *const piece = table_take_rows(like, NULL, 0);
    if (piece == NULL)
        return NULL;
    rows->pieces[rows->n_pieces++] = piece;
    return piece;
}

/* Copies rows first .. first + n - 1, for which there is room. */
static int copy_rows(struct table *into, const struct table *from, size_t first, size_t n)
{
    const size_t at = into->n_rows;
    if (table_reserve(into, at + n) != 0)
        return -1;
    into->n_rows = at + n;
    for (size_t j = 0; j < into->n_columns; j++) {
        const size_t width = into->columns[j].width;
        if (from->columns[j].width != width)
            return fail("internal error: rows of '%s' differ in the width of '%s'", from->name, from->columns[j].name);
        memcpy((char *)into->columns[j].values + at * width, (const char *)from->columns[j].values + first * width,
               n * width);
    }
    return 0;
}

int ranked_rows_add(struct ranked_rows *rows, const struct table *table)
{
    for (size_t first = 0; first < table->n_rows;) {
        struct table *piece = rows->n_pieces > 0 ? rows->pieces[rows->n_pieces - 1] : NULL;
        if ((piece == NULL || piece->n_rows == STORE_CHUNK_ROWS) && (piece = add_piece(rows, table)) == NULL)
            return -1;
        const size_t room = STORE_CHUNK_ROWS - piece->n_rows, rest = table->n_rows - first;
        const size_t n = room < rest ? room : rest;
        if (copy_rows(piece, table, first, n) != 0)
            return -1;
        first += n;
        rows->n_rows += n;
    }
    return 0;
}

struct table *ranked_rows_take(struct ranked_rows *rows)
{
    return rows->n_taken < rows->n_pieces ? rows->pieces[rows->n_taken++] : NULL;
}

/* ---- rows move to the owner of their chunk ----------------------------------------------------------------------- */

static size_t bytes_of_row(const struct table *schema)
{
    size_t n = 0;
    for (size_t j = 0; j < schema->n_columns; j++)
        n += schema->columns[j].width;
    return n;
}

/* The rank that has the first row of the chunk in which row `row` lies. */
static size_t owner_of(const int64_t *first, size_t n_ranks, size_t row)
{
    const int64_t beginning = (int64_t)(row - row % STORE_CHUNK_ROWS);
    size_t owner = 0;
    if (beginning > 0)
        while (owner + 1 < n_ranks && first[owner + 1] <= beginning)
            owner++;
    return owner;
}

/* Rows first .. end - 1, column by column. */
static void pack_rows(const struct table *schema, const struct table *rows, size_t n, unsigned char *bytes)
{
    for (size_t j = 0; j < schema->n_columns; j++) {
        memcpy(bytes, rows->columns[j].values, n * schema->columns[j].width);
        bytes += n * schema->columns[j].width;
    }
}

static int unpack_rows(const struct table *schema, const unsigned char *bytes, size_t n, struct ranked_rows *rows)
{
    struct table *const table = table_take_rows(schema, NULL, 0);
    int status = table == NULL ? -1 : table_resize(table, n);
    for (size_t j = 0; status == 0 && n > 0 && j < schema->n_columns; j++) {
        memcpy(table->columns[j].values, bytes, n * schema->columns[j].width);
        bytes += n * schema->columns[j].width;
    }
    if (status == 0)
        status = ranked_rows_add(rows, table);
    table_free(table);
    return status;
}

/* Takes the first n rows away, of which there are as many. */
static int drop_rows(struct ranked_rows *rows, size_t n)
{
    struct ranked_rows left = {0};
    int status = 0;
    for (size_t i = 0; i < rows->n_pieces; i++) {
        struct table *const piece = rows->pieces[i];
        const size_t first = i == 0 ? n : 0;
        if (status == 0 && first < piece->n_rows) {
            struct table view = *piece;
            struct column *const columns = allocate(piece->n_columns, sizeof *columns);
            for (size_t j = 0; columns != NULL && j < piece->n_columns; j++) {
                columns[j] = piece->columns[j];
                columns[j].values = (char *)columns[j].values + first * columns[j].width;
            }
            view.columns = columns;
            view.n_rows -= first;
            status = columns == NULL ? -1 : ranked_rows_add(&left, &view);
            free(columns);
        }
        table_free(piece);
    }
    free(rows->pieces);
    *rows = left;
    return status;
}

int ranked_rows_settle(struct ranked_rows *rows, const struct table *schema)
{
    const size_t n_ranks = ranks_n(), rank = ranks_rank(), width = bytes_of_row(schema);
    const int64_t n = (int64_t)rows->n_rows, before = ranks_before(n);
    const size_t into = (size_t)before % STORE_CHUNK_ROWS;
    /* The first piece holds at least the rows that are to move, if there are as many. */
    size_t n_moves = rank == 0 || (into == 0 && before > 0) ? 0 : STORE_CHUNK_ROWS - into;
    struct ranks_bytes all = {0}, from = {0};
    size_t *const first = allocate(n_ranks + 1, sizeof *first);
    unsigned char *bytes = NULL;
    int status = first == NULL || ranks_collect(&before, sizeof before, &all) != 0 ? -1 : 0;
    if (n_moves > rows->n_rows)
        n_moves = rows->n_rows;
    if (status == 0 && (bytes = allocate(n_moves, width)) == NULL)
        status = -1;
    if (status == 0) {
        const size_t owner = n_moves > 0 ? owner_of((const int64_t *)(const void *)all.bytes, n_ranks, (size_t)before) : 0;
        if (n_moves > 0)
            pack_rows(schema, rows->pieces[0], n_moves, bytes);
        for (size_t r = 0; r < n_ranks; r++)
            first[r + 1] = first[r] + (r == owner ? n_moves * width : 0);
        status = ranks_exchange(bytes, first, &from);
    }
    free(bytes);
    if (status == 0 && n_moves > 0)
        status = drop_rows(rows, n_moves);
    for (size_t r = 0; status == 0 && r < n_ranks; r++)
        if (r != rank)
            status = unpack_rows(schema, from.bytes + from.first[r], (from.first[r + 1] - from.first[r]) / width, rows);
    ranks_bytes_free(&from);
    ranks_bytes_free(&all);
    free(first);
    return status;
}

/* ---- chunks are packed where their rows are -------------------------------------------------------------------------- */

struct packing {
    struct held held;
    size_t n_rows;
};

static int pack_column(void *context, size_t j)
{
    struct packing *const packing = context;
    struct held_column *const column = &packing->held.columns[j];
    return held_digest_and_pack(column, packing->n_rows, column->width, STORE_CHUNK_ROWS);
}

/* Appends the packed chunk to a message; and lets go of it. */
static int put_chunk(struct packing *packing, struct message *message)
{
    message_start(message, MESSAGE_CHUNK);
    message_put_number(message, packing->n_rows);
    for (size_t j = 0; j < packing->held.n_columns; j++) {
        struct held_column *const column = &packing->held.columns[j];
        char hex[SHA256_HEX_SIZE];
        if (value_digest_finish(&column->digest, hex) != 0)
            return -1;
        message_put_text(message, hex);
        message_put_bytes(message, column->packed, column->n_packed);
    }
    packing->held.n_rows = 0;
    return message->broken ? -1 : 0;
}

static int pack_piece(struct packing *packing, const struct table *piece, int n_threads, struct message *message)
{
    packing->n_rows = piece->n_rows;
    if (held_add(&packing->held, piece, 0, piece->n_rows) != 0 ||
        threads_run(packing->held.n_columns, n_threads, pack_column, packing) != 0)
        return -1;
    return put_chunk(packing, message);
}

int ranked_rows_send(struct ranked_rows *rows, const struct table *schema, int n_threads)
{
    struct packing packing = {0};
    const uint64_t n_chunks = rows->n_pieces;
    struct message *const messages = allocate(n_chunks, sizeof *messages);
    int status = messages == NULL ? -1 : held_start(&packing.held, schema, false);
    /* All are packed before rank 0 has time for the first. */
    for (uint64_t c = 0; status == 0 && c < n_chunks; c++) {
        struct table *const piece = ranked_rows_take(rows);
        status = pack_piece(&packing, piece, n_threads, &messages[c]);
        table_free(piece);
    }
    if (status == 0)
        ranks_send(0, &n_chunks, sizeof n_chunks);
    for (uint64_t c = 0; messages != NULL && c < n_chunks; c++) {
        if (status == 0)
            ranks_send(0, messages[c].bytes, messages[c].length);
        message_free(&messages[c]);
    }
    free(messages);
    held_free(&packing.held);
    return status;
}

/* ---- and taken by rank 0 ------------------------------------------------------------------------------------------------ */

int ranked_rows_receive_count(size_t rank, uint64_t *n_chunks)
{
    unsigned char *bytes = NULL;
    size_t n = 0;
    if (ranks_receive(rank, &bytes, &n) != 0)
        return -1;
    if (n == sizeof *n_chunks)
        memcpy(n_chunks, bytes, n);
    free(bytes);
    return n == sizeof *n_chunks ? 0 : fail("internal error: rank %zu sent something else than a number", rank);
}

void received_chunk_free(struct received_chunk *received)
{
    free(received->chunk.columns);
    free(received->bytes);
    *received = (struct received_chunk){0};
}

int ranked_rows_receive(size_t rank, size_t n_columns, struct received_chunk *received)
{
    struct message message = {.kind = MESSAGE_CHUNK};
    *received = (struct received_chunk){.chunk.columns = allocate(n_columns, sizeof *received->chunk.columns)};
    if (received->chunk.columns == NULL || ranks_receive(rank, &received->bytes, &message.length) != 0)
        return -1;
    message.bytes = received->bytes;
    received->chunk.n_rows = (size_t)message_take_number(&message);
    for (size_t j = 0; j < n_columns; j++) {
        struct made_column *const column = &received->chunk.columns[j];
        const char *const hex = message_take_text(&message);
        column->packed = message_take_bytes(&message, &column->n_packed);
        if (strlen(hex) + 1 == SHA256_HEX_SIZE)
            memcpy(column->hex, hex, SHA256_HEX_SIZE);
        else
            message.broken = true;
    }
    return message.broken ? fail("internal error: rank %zu sent a broken chunk", rank) : 0;
}
