/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of rank 0: the messages that tell of them wait for the end, when all ranks are sure to listen. */
#include "store/collective.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/ranks.h"
#include "store/chunk.h"
#include "store/mpi/collective_file.h"
#include "store/packed_filter.h"

int collective_keep(void *context, const struct message *message)
{
    struct collective *const collective = context;
    if (message->broken)
        return -1;
    if (collective->n_kept == collective->capacity) {
        const size_t capacity = 2 * collective->capacity + 64;
        struct message *const kept = reallocate(collective->kept, capacity, sizeof *kept);
        if (kept == NULL)
            return -1;
        collective->kept = kept;
        collective->capacity = capacity;
    }
    struct message *const copy = &collective->kept[collective->n_kept];
    *copy = (struct message){.kind = message->kind, .length = message->length, .capacity = message->length};
    if ((copy->bytes = allocate(message->length, 1)) == NULL)
        return -1;
    if (message->length > 0)
        memcpy(copy->bytes, message->bytes, message->length);
    collective->n_kept++;
    return 0;
}

/* What MESSAGE_CHUNK says; only rank 0 has the chunk itself. */
struct kept_chunk {
    size_t index;
    uint64_t first, n_rows; /* rows of the column when it is written */
    const unsigned char *packed;
    size_t n_packed;
};

static int take_chunk(const struct told_file *file, struct message *message, struct kept_chunk *chunk)
{
    chunk->index = (size_t)message_take_number(message);
    chunk->first = message_take_number(message);
    chunk->n_rows = message_take_number(message);
    chunk->packed = message_take_bytes(message, &chunk->n_packed);
    return message->broken || file->group < 0 || chunk->index >= file->n_columns ||
                   file->columns[chunk->index].name == NULL || chunk->n_rows <= chunk->first
               ? told_file_broken(file)
               : 0;
}

/* The dataset grows, and its values are those of rank 0. */
static int write_chunk(struct collective *collective, const struct kept_chunk *chunk)
{
    struct told_file *const file = &collective->file;
    const struct hdf5_column *const column = &file->columns[chunk->index];
    const size_t rest = (size_t)(chunk->n_rows - chunk->first);
    const size_t n = rest < file->chunk_rows ? rest : (size_t)file->chunk_rows;
    size_t n_bytes = 0;
    unsigned char *values = NULL;
    if (hdf5_column_grow(column, chunk->n_rows, (size_t)file->chunk_rows, &n_bytes) != 0)
        return -1;
    if (file->transfer.writes && (values = allocate(n_bytes, 1)) == NULL)
        return -1;
    struct packed_chunk packed = {values, (unsigned char *)chunk->packed, chunk->n_packed};
    int status = 0;
    if (values != NULL && chunk_unpack(chunk->packed, chunk->n_packed, values, n_bytes) != 0)
        status = told_file_broken(file);
    if (values != NULL && status == 0) {
        packed_filter_offer(&packed, 1, n_bytes);
        chunk_sum_add(&file->chunks[chunk->index], chunk->packed, chunk->n_packed);
    }
    if (status == 0)
        status = hdf5_write_rows(column->dataset, &file->transfer, chunk->first, n, values, file->path, column->name);
    packed_filter_offer(NULL, 0, 0);
    free(values);
    return status;
}

/* To the others goes where the chunk belongs, not what it holds. */
static int write_kept_chunk(struct collective *collective, struct message *message)
{
    struct kept_chunk chunk = {0};
    struct message place = {0};
    int status = 0;
    if (ranks_rank() == 0)
        status = take_chunk(&collective->file, message, &chunk);
    message_start(&place, MESSAGE_CHUNK);
    message_put_number(&place, chunk.index);
    message_put_number(&place, chunk.first);
    message_put_number(&place, chunk.n_rows);
    message_put_bytes(&place, NULL, 0);
    if (status == 0)
        status = collective_share(&place);
    if (status == 0 && ranks_rank() > 0)
        status = take_chunk(&collective->file, &place, &chunk);
    if (status == 0)
        status = write_chunk(collective, &chunk);
    message_free(&place);
    return status;
}

static int end_kept_table(struct collective *collective, struct message *message)
{
    if (told_file_end(&collective->file, message) != 0)
        return -1;
    if (ranks_rank() > 0)
        collective->file.tables[collective->file.n_tables - 1].end_chunk = 0;
    return 0;
}

static int write_kept(struct collective *collective, struct message *message)
{
    uint64_t kind = (uint64_t)message->kind;
    ranks_share(&kind, sizeof kind);
    if (kind == MESSAGE_CHUNK)
        return write_kept_chunk(collective, message);
    if (collective_share(message) != 0)
        return -1;
    switch (message->kind) {
    case MESSAGE_TABLE:
        return told_file_table(&collective->file, message);
    case MESSAGE_COLUMN:
        return told_file_column(&collective->file, message);
    case MESSAGE_END:
        return end_kept_table(collective, message);
    default:
        return told_file_broken(&collective->file);
    }
}

int collective_write_kept(struct collective *collective)
{
    struct message message = {0};
    uint64_t n = collective->n_kept;
    int status = 0;
    ranks_share(&n, sizeof n);
    for (uint64_t i = 0; status == 0 && i < n; i++)
        status = write_kept(collective, ranks_rank() == 0 ? &collective->kept[i] : &message);
    message_free(&message);
    return status;
}

void collective_free_kept(struct collective *collective)
{
    for (size_t i = 0; i < collective->n_kept; i++)
        message_free(&collective->kept[i]);
    free(collective->kept);
    collective->kept = NULL;
    collective->n_kept = collective->capacity = 0;
}
