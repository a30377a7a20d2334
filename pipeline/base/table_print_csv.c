/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/table_print_csv.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/table_print_text.h"
#include "base/threads.h"

enum { CACHE_TEXTS = 8192, CHUNK_BYTES = 1 << 20, CHUNK_ROWS = 4096 };

/** Texts of reals, found by their bits. */
struct kept_text {
    double value;
    uint8_t length; /* 0: none is kept here; a missing value is never kept */
    char text[NUMBER_SIZE];
};

/** A chunk on its way: its text and the texts of numbers that its worker keeps. */
struct slot {
    char *bytes;
    size_t n;
    struct kept_text *kept; /* [CACHE_TEXTS] */
};

struct job {
    const struct table *table;
    bool *plain;                  /* [n_columns] whole numbers that are no dates */
    size_t row_bytes, chunk_rows; /* the longest row; rows a chunk */
    size_t first_chunk, n_slots;
    struct slot *slots;
};

/* ---- cells ------------------------------------------------------------------------------------------------ */

static char *put_bytes(char *at, const char *bytes, size_t length)
{
    memcpy(at, bytes, length);
    return at + length;
}

static bool needs_quotes(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] == ',' || text[i] == '"' || text[i] == '\r' || text[i] == '\n')
            return true;
    return false;
}

static char *put_field(char *at, const char *text, size_t length)
{
    if (!needs_quotes(text, length))
        return put_bytes(at, text, length);
    *at++ = '"';
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"')
            *at++ = '"';
        *at++ = text[i];
    }
    *at++ = '"';
    return at;
}

static char *put_integer(char *at, int64_t value)
{
    char digits[NUMBER_SIZE];

    if (value >= 0 && value <= 9) {
        *at = (char)('0' + value);
        return at + 1;
    }
    size_t n = 0;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    if (value < 0)
        *at++ = '-';
    do {
        digits[n++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    while (n > 0)
        *at++ = digits[--n];
    return at;
}

static char *put_real(char *at, double value, struct kept_text *kept)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    struct kept_text *entry = &kept[(bits * UINT64_C(0x9E3779B97F4A7C15)) >> (64 - 13)];
    if (entry->length == 0 || memcmp(&entry->value, &value, sizeof value) != 0) {
        number_exact(entry->text, value);
        entry->value = value;
        entry->length = (uint8_t)strlen(entry->text);
    }
    return put_bytes(at, entry->text, entry->length);
}
_Static_assert(CACHE_TEXTS == 1 << 13, "the hash has 13 bits");

static char *put_cell(char *at, const struct column *column, bool plain, size_t row, struct kept_text *kept)
{
    struct cell cell;

    if (column->type == COLUMN_FLOAT64)
        return put_real(at, ((const double *)column->values)[row], kept);
    if (plain) {
        const int64_t value = column_integer(column, row);
        return value == MISSING_INTEGER ? at : put_integer(at, value);
    }
    cell_read(&cell, column, row, true);
    return put_field(at, cell.text, cell.length);
}

/* ---- chunks ------------------------------------------------------------------------------------------------- */

static int print_chunk(void *context, size_t i)
{
    const struct job *job = context;
    const struct table *table = job->table;
    const size_t first = (job->first_chunk + i) * job->chunk_rows;
    const size_t end = first + job->chunk_rows < table->n_rows ? first + job->chunk_rows : table->n_rows;
    struct slot *slot = &job->slots[i];
    char *at = slot->bytes;

    for (size_t row = first; row < end; row++) {
        for (size_t k = 0; k < table->n_columns; k++) {
            at = put_cell(at, &table->columns[k], job->plain[k], row, slot->kept);
            *at++ = k + 1 < table->n_columns ? ',' : '\n';
        }
    }
    slot->n = (size_t)(at - slot->bytes);
    return 0;
}

/* Bytes of the longest row: every byte of a text may be a quote that is doubled. */
static size_t longest_row(const struct table *table)
{
    size_t bytes = 1;

    for (size_t k = 0; k < table->n_columns; k++) {
        const struct column *column = &table->columns[k];
        size_t width = column->type == COLUMN_TEXT ? column->width : NUMBER_SIZE;
        for (size_t i = 0; i < column->n_labels; i++)
            width = strlen(column->labels[i]) > width ? strlen(column->labels[i]) : width;
        bytes += 2 * width + 3;
    }
    return bytes;
}

static int alloc_slots(struct job *job, size_t n_chunks, int n_threads)
{
    const struct table *table = job->table;

    if ((job->plain = allocate(table->n_columns, sizeof *job->plain)) == NULL)
        return -1;
    for (size_t k = 0; k < table->n_columns; k++)
        job->plain[k] = column_is_numeric(&table->columns[k]) && strcmp(table->columns[k].units, "date") != 0;
    job->n_slots = n_threads < 1 ? 1 : (size_t)n_threads;
    if (job->n_slots > n_chunks)
        job->n_slots = n_chunks;
    if ((job->slots = allocate(job->n_slots, sizeof *job->slots)) == NULL)
        return -1;
    for (size_t i = 0; i < job->n_slots; i++) {
        job->slots[i].bytes = allocate(job->chunk_rows, job->row_bytes);
        job->slots[i].kept = allocate(CACHE_TEXTS, sizeof(struct kept_text));
        if (job->slots[i].bytes == NULL || job->slots[i].kept == NULL)
            return -1;
    }
    return 0;
}

static void free_slots(struct job *job)
{
    for (size_t i = 0; job->slots != NULL && i < job->n_slots; i++) {
        free(job->slots[i].bytes);
        free(job->slots[i].kept);
    }
    free(job->slots);
    free(job->plain);
}

static int print_rows(struct print_buffer *out, struct job *job, size_t n_chunks, int n_threads)
{
    while (job->first_chunk < n_chunks) {
        const size_t n = n_chunks - job->first_chunk < job->n_slots ? n_chunks - job->first_chunk : job->n_slots;
        if (threads_run(n, n_threads, print_chunk, job) != 0)
            return -1;
        for (size_t i = 0; i < n; i++)
            print_bytes(out, job->slots[i].bytes, job->slots[i].n);
        job->first_chunk += n;
    }
    return 0;
}

static int print_header(struct print_buffer *out, const struct table *table)
{
    for (size_t k = 0; k < table->n_columns; k++) {
        const char *name = table->columns[k].name;
        char *field = allocate(strlen(name) + 2, 2);
        if (field == NULL)
            return -1;
        print_bytes(out, field, (size_t)(put_field(field, name, strlen(name)) - field));
        print_text(out, k + 1 < table->n_columns ? "," : "\n");
        free(field);
    }
    if (table->n_columns == 0)
        print_text(out, "\n");
    return 0;
}

int table_print_csv(struct print_buffer *out, const struct table *table, int n_threads)
{
    struct job job = {.table = table, .row_bytes = longest_row(table)};
    int status = print_header(out, table);

    job.chunk_rows = CHUNK_BYTES / job.row_bytes < 1 ? 1 : CHUNK_BYTES / job.row_bytes;
    if (job.chunk_rows > CHUNK_ROWS)
        job.chunk_rows = CHUNK_ROWS;
    const size_t n_chunks = table->n_columns == 0 ? 0 : (table->n_rows + job.chunk_rows - 1) / job.chunk_rows;
    if (status == 0 && n_chunks > 0)
        status = alloc_slots(&job, n_chunks, n_threads) == 0 ? print_rows(out, &job, n_chunks, n_threads) : -1;
    free_slots(&job);
    return status;
}
