/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table of which each rank has some rows: all write at once, each its own chunks. */
#include "store/collective.h"

#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/ranks.h"
#include "base/threads.h"
#include "store/canonical.h"
#include "store/chunk.h"
#include "store/digest.h"
#include "store/mpi/collective_file.h"
#include "store/packed_filter.h"
#include "store/store.h"
#include "store/table_agrees.h"
#include "store/table_message.h"
#include "store/value_digest.h"

/* What one rank has of a table, and its part of the column that is being written. */
struct part {
    const struct table *schema;
    const struct ranked_rows *rows;
    size_t n_total, n_chunks; /* rows of the table; chunks here */
    size_t first;             /* row */
    size_t chunk_rows;
    char (*hex)[SHA256_HEX_SIZE]; /* [columns * n_chunks] digests of values, column by column */
    size_t j, width;
    unsigned char *values;        /* [n_chunks * chunk_rows * width], zeros behind the last row */
    struct packed_chunk *packed;  /* [n_chunks] */
};

/* One chunk of the column: what stands for its values, their digest, packed. */
static int pack_chunk(void *context, size_t c)
{
    const struct part *const part = context;
    const struct table *const piece = part->rows->pieces[c];
    const size_t n_bytes = part->chunk_rows * part->width;
    unsigned char *const values = part->values + c * n_bytes;
    struct packed_chunk *const packed = &part->packed[c];
    canonical_copy(values, part->width, &piece->columns[part->j], 0, piece->n_rows);
    packed->values = values;
    return sha256_bytes(values, piece->n_rows * part->width, part->hex[part->j * part->n_chunks + c]) != 0
               ? -1
               : chunk_pack(values, n_bytes, &packed->packed, &packed->n_packed);
}

static int write_part(const struct collective *collective, struct part *part)
{
    const struct hdf5_transfer transfer = {.list = collective->file.transfer.list, .writes = part->n_chunks > 0};
    const struct hdf5_column *const column = &collective->file.columns[part->j];
    packed_filter_offer(part->packed, part->n_chunks, part->chunk_rows * part->width);
    const int status = hdf5_write_rows(column->dataset, &transfer, part->first, part->rows->n_rows, part->values,
                                       collective->path, column->name);
    packed_filter_offer(NULL, 0, 0);
    for (size_t c = 0; c < part->n_chunks; c++)
        chunk_sum_add(&collective->file.chunks[part->j], part->packed[c].packed, part->packed[c].n_packed);
    return status;
}

static int write_column(const struct collective *collective, struct part *part, size_t j)
{
    part->j = j;
    part->width = canonical_width(&part->schema->columns[j]);
    part->values = allocate(part->n_chunks * part->chunk_rows, part->width);
    part->packed = allocate(part->n_chunks, sizeof *part->packed);
    int status = part->values == NULL || part->packed == NULL ? -1 : 0;
    if (status == 0)
        status = threads_run(part->n_chunks, collective->n_threads, pack_chunk, part);
    if (status == 0)
        status = write_part(collective, part);
    for (size_t c = 0; part->packed != NULL && c < part->n_chunks; c++)
        free(part->packed[c].packed);
    free(part->packed);
    free(part->values);
    return status;
}

static int begin_table(struct collective *collective, const struct part *part, struct message *message)
{
    const struct table *const schema = part->schema;
    int status = 0;
    table_message_begin(message, schema, part->chunk_rows, part->n_total);
    if (collective_share(message) != 0 || told_file_table(&collective->file, message) != 0)
        return -1;
    for (size_t j = 0; status == 0 && j < schema->n_columns; j++) {
        table_message_column(message, j, &schema->columns[j]);
        status = collective_share(message) != 0 ? -1 : told_file_column(&collective->file, message);
    }
    return status;
}

static int add_digests(struct value_digest *digests, size_t n_columns, const char (*hex)[SHA256_HEX_SIZE], size_t n_chunks)
{
    for (size_t j = 0; j < n_columns; j++)
        for (size_t c = 0; c < n_chunks; c++)
            if (value_digest_add_hex(&digests[j], hex[j * n_chunks + c]) != 0)
                return -1;
    return 0;
}

/* At rank 0: the digests of all chunks, in their order. */
static int collect_digests(const struct part *part, struct value_digest *digests)
{
    const size_t n_columns = part->schema->n_columns, row = n_columns * SHA256_HEX_SIZE;
    int status = add_digests(digests, n_columns, (const char (*)[SHA256_HEX_SIZE])part->hex, part->n_chunks);
    for (size_t rank = 1; status == 0 && rank < ranks_n(); rank++) {
        unsigned char *bytes = NULL;
        size_t n = 0;
        status = ranks_receive(rank, &bytes, &n);
        const size_t n_chunks = row > 0 ? n / row : 0;
        if (status == 0)
            status = n == n_chunks * row ? add_digests(digests, n_columns, (const char (*)[SHA256_HEX_SIZE])(void *)bytes, n_chunks)
                                         : fail("internal error: rank %zu sent broken digests", rank);
        free(bytes);
    }
    return status;
}

/* At rank 0: the message that ends the table. */
static int put_end(const struct part *part, struct message *message, char hex[static SHA256_HEX_SIZE])
{
    const size_t n_columns = part->schema->n_columns;
    struct value_digest *const digests = allocate(n_columns, sizeof *digests);
    char(*const values)[SHA256_HEX_SIZE] = allocate(n_columns, sizeof *values);
    int status = digests == NULL || values == NULL ? -1 : collect_digests(part, digests);
    for (size_t j = 0; status == 0 && j < n_columns; j++)
        status = value_digest_finish(&digests[j], values[j]);
    if (status == 0)
        status = digest_table(part->schema, part->n_total, (const char (*)[SHA256_HEX_SIZE])values, hex);
    if (status == 0)
        table_message_end(message, part->n_total, hex, (const char (*)[SHA256_HEX_SIZE])values, n_columns);
    for (size_t j = 0; digests != NULL && j < n_columns; j++)
        value_digest_free(&digests[j]);
    free(values);
    free(digests);
    return status;
}

static int end_table(struct collective *collective, const struct part *part, struct message *message,
                     char hex[static SHA256_HEX_SIZE])
{
    if (ranks_rank() > 0)
        ranks_send(0, part->hex, part->schema->n_columns * part->n_chunks * SHA256_HEX_SIZE);
    else if (put_end(part, message, hex) != 0)
        return -1;
    if (collective_share(message) != 0 || told_file_end(&collective->file, message) != 0)
        return -1;
    struct written_table *const written = &collective->file.tables[collective->file.n_tables - 1];
    written->first_chunk = part->first / STORE_CHUNK_ROWS;
    written->end_chunk = written->first_chunk + part->n_chunks;
    return 0;
}

static int check_rows(const struct table *schema, const struct ranked_rows *rows)
{
    for (size_t i = 0; i < rows->n_pieces; i++)
        if (table_agrees_rows(schema, rows->pieces[i]) != 0)
            return -1;
    return 0;
}

int collective_table(struct collective *collective, const struct table *schema, struct ranked_rows *rows,
                     char hex[static SHA256_HEX_SIZE])
{
    struct message message = {0};
    struct part part = {.schema = schema, .rows = rows, .n_chunks = rows->n_pieces};
    int64_t n_total = (int64_t)rows->n_rows;
    part.first = (size_t)ranks_before(n_total);
    ranks_sum(&n_total, 1);
    part.n_total = (size_t)n_total;
    part.chunk_rows = part.n_total == 0 ? 1 : part.n_total < STORE_CHUNK_ROWS ? part.n_total : STORE_CHUNK_ROWS;
    part.hex = allocate(schema->n_columns * part.n_chunks, sizeof *part.hex);
    int status = part.hex == NULL ? -1 : check_rows(schema, rows);
    if (status == 0)
        status = begin_table(collective, &part, &message);
    for (size_t j = 0; status == 0 && part.n_total > 0 && j < schema->n_columns; j++)
        status = write_column(collective, &part, j);
    if (status == 0)
        status = end_table(collective, &part, &message, hex);
    message_free(&message);
    free(part.hex);
    return status;
}
