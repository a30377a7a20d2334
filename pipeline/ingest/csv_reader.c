/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/csv_reader.h"

#include <csv.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "ingest/byte_source.h"
#include "ingest/cell_buffer.h"
#include "ingest/csv_header.h"
#include "ingest/csv_scan.h"
#include "ingest/file_kind.h"

enum { BLOCK_SIZE = 1 << 16, CELL_STEP = 4096 };

struct csv_reader {
    char *path;
    struct csv_options options;
    struct byte_source *source;
    struct csv_parser parser;
    bool parser_ready;           /* libcsv holds memory */
    bool at_end;                 /* the source has no more bytes */
    struct csv_scan scan;
    unsigned char *block;        /* [BLOCK_SIZE] */
    size_t block_begin, block_end;

    /* The record being read, filled by libcsv's callbacks. */
    struct cell_buffer cells;
    bool *quoted;                /* [CSV_COLUMNS_MAX] */
    size_t n_ends;               /* records that libcsv says have ended: 0 or 1 */
    bool too_long;
    bool out_of_memory;
    struct csv_record record;

    struct csv_header *header;
};

/* ---- what libcsv calls ---------------------------------------------------------------------------- */

static void on_cell(void *bytes, size_t length, void *context)
{
    struct csv_reader *const reader = context;
    const size_t i = reader->cells.n;
    const bool quoted = i < CSV_COLUMNS_MAX && reader->quoted[i];
    if (!reader->out_of_memory)
        reader->out_of_memory = cell_buffer_add(&reader->cells, bytes, length, reader->options.latin1, quoted) != 0;
}

static void on_record_end(int end, void *context)
{
    (void)end;
    ((struct csv_reader *)context)->n_ends++;
}

/* RFC 4180: spaces are part of a cell. libcsv would strip them. */
static int is_never_space(unsigned char c)
{
    (void)c;
    return 0;
}

static int start_parser(struct csv_reader *reader)
{
    if (reader->parser_ready)
        csv_free(&reader->parser);
    reader->parser_ready = csv_init(&reader->parser, CSV_STRICT | CSV_STRICT_FINI) == 0;
    if (!reader->parser_ready)
        return fail("out of memory");
    csv_set_delim(&reader->parser, (unsigned char)reader->options.delimiter);
    csv_set_space_func(&reader->parser, is_never_space);
    csv_set_blk_size(&reader->parser, CELL_STEP);
    return 0;
}

/* ---- faults ---------------------------------------------------------------------------------------- */

static int tell_unclosed(const struct csv_reader *reader, const char *how)
{
    const struct csv_place quote = reader->scan.quote;
    return fail_at(reader->path, quote.line, quote.column, "the quote that opens here is never closed (byte %zu)%s",
                   quote.byte, how);
}

static int tell_fault(const struct csv_reader *reader, enum csv_stop stop)
{
    const struct csv_place now = reader->scan.now, quote = reader->scan.quote;
    if (stop == CSV_STOP_STRAY_QUOTE)
        return fail_at(reader->path, now.line, now.column,
                       "a quote inside a cell that does not start with one (byte %zu); put the whole cell in "
                       "quotes and write the quote twice",
                       now.byte);
    if (quote.line != now.line)
        return fail_at(reader->path, now.line, now.column,
                       "text follows a closing quote (byte %zu); the quote that opens at line %zu, byte %zu is "
                       "perhaps never closed",
                       now.byte, quote.line, quote.byte);
    return fail_at(reader->path, now.line, now.column,
                   "text follows a closing quote (byte %zu); a quote inside a cell is written twice", now.byte);
}

/* The scanner and libcsv follow the same rules; were they ever to differ, no record could be trusted. */
static int tell_disagreement(const struct csv_reader *reader)
{
    return fail_at(reader->path, reader->scan.record.line, 0,
                   "internal error: the CSV scanner and libcsv disagree about this record (byte %zu)",
                   reader->scan.record.byte);
}

/* ---- reading --------------------------------------------------------------------------------------- */

/* 1 when there are bytes, 0 at the end, -1 after telling. */
static int fill_block(struct csv_reader *reader)
{
    if (reader->block_begin < reader->block_end)
        return 1;
    if (reader->at_end)
        return 0;
    const ptrdiff_t n = byte_source_read(reader->source, reader->block, BLOCK_SIZE);
    if (n < 0)
        return -1;
    reader->block_begin = 0;
    reader->block_end = (size_t)n;
    reader->at_end = n == 0;
    return n > 0;
}

static void start_record(struct csv_reader *reader)
{
    const size_t n = reader->record.n_fields < CSV_COLUMNS_MAX ? reader->record.n_fields : CSV_COLUMNS_MAX;
    memset(reader->quoted, 0, n * sizeof *reader->quoted);
    cell_buffer_clear(&reader->cells);
    reader->n_ends = 0;
    reader->too_long = false;
}

static int finish_record(struct csv_reader *reader, const struct csv_record **record)
{
    if (reader->out_of_memory)
        return -1; /* told where it happened */
    if (reader->too_long && start_parser(reader) != 0)
        return -1;
    if (!reader->too_long && (reader->n_ends != 1 || reader->cells.n != reader->scan.n_cells))
        return tell_disagreement(reader);
    reader->record = (struct csv_record){
        .line = reader->scan.record.line,
        .byte = reader->scan.record.byte,
        .n_fields = reader->scan.n_cells,
        .n_stored = cell_buffer_finish(&reader->cells),
        .fields = reader->cells.fields,
        .too_long = reader->too_long,
    };
    *record = &reader->record;
    return 1;
}

/* Hands bytes to libcsv, which must find the same fault as the scanner, or none. */
static int parse(struct csv_reader *reader, const unsigned char *bytes, size_t length, enum csv_stop stop)
{
    const bool faulty = stop == CSV_STOP_STRAY_QUOTE || stop == CSV_STOP_TEXT_AFTER;
    if (!reader->too_long) {
        const size_t n = csv_parse(&reader->parser, bytes, length, on_cell, on_record_end, reader);
        const int error = csv_error(&reader->parser);
        if (reader->out_of_memory)
            return -1;
        if (n < length && error != CSV_EPARSE)
            return fail("'%s': %s", reader->path, csv_strerror(error));
        if ((n < length) != faulty)
            return tell_disagreement(reader);
    }
    if (faulty)
        return tell_fault(reader, stop);
    const struct csv_scan *const scan = &reader->scan;
    if (scan->state == CSV_QUOTED && scan->now.byte - scan->quote.byte > CSV_RECORD_MAX)
        return tell_unclosed(reader, ", or its cell is longer than 1 MiB");
    if (stop == CSV_STOP_END_OF_BYTES && scan->state != CSV_BETWEEN_RECORDS &&
        scan->now.byte - scan->record.byte > CSV_RECORD_MAX)
        reader->too_long = true; /* from here on the scanner alone looks for the end of the record */
    return 0;
}

static int finish_file(struct csv_reader *reader, const struct csv_record **record)
{
    struct csv_scan *const scan = &reader->scan;
    if (scan->state == CSV_BETWEEN_RECORDS)
        return 0;
    if (scan->state == CSV_QUOTED)
        return tell_unclosed(reader, "");
    if (!reader->too_long && csv_fini(&reader->parser, on_cell, on_record_end, reader) != 0)
        return tell_disagreement(reader);
    scan->n_cells = scan->now.column;
    scan->state = CSV_BETWEEN_RECORDS;
    return finish_record(reader, record);
}

int csv_reader_next(struct csv_reader *reader, const struct csv_record **record)
{
    start_record(reader);
    for (;;) {
        const int filled = fill_block(reader);
        if (filled < 0)
            return -1;
        if (filled == 0)
            return finish_file(reader, record);
        const unsigned char *const bytes = reader->block + reader->block_begin;
        size_t n;
        const enum csv_stop stop = csv_scan_on(&reader->scan, bytes, reader->block_end - reader->block_begin,
                                               reader->quoted, CSV_COLUMNS_MAX, &n);
        reader->block_begin += n;
        if (parse(reader, bytes, n, stop) != 0)
            return -1;
        if (stop == CSV_STOP_RECORD)
            return finish_record(reader, record);
    }
}

/* ---- opening --------------------------------------------------------------------------------------- */

/* The first block decides what kind of file it is; a pipe may give it in pieces. */
static int read_first_block(struct csv_reader *reader)
{
    while (reader->block_end < FILE_KIND_BYTES && !reader->at_end) {
        const ptrdiff_t n =
            byte_source_read(reader->source, reader->block + reader->block_end, BLOCK_SIZE - reader->block_end);
        if (n < 0)
            return -1;
        reader->block_end += (size_t)n;
        reader->at_end = n == 0;
    }
    if (reader->block_end == 0)
        return fail("'%s' is empty", reader->path);
    const char *const refusal = file_kind_refusal(reader->block, reader->block_end);
    if (refusal != NULL)
        return fail("'%s' is %s", reader->path, refusal);
    reader->block_begin = file_kind_utf8_mark(reader->block, reader->block_end);
    return 0;
}

static int allocate_parts(struct csv_reader *reader)
{
    reader->block = allocate(BLOCK_SIZE, 1);
    reader->quoted = allocate(CSV_COLUMNS_MAX, sizeof *reader->quoted);
    if (reader->block == NULL || reader->quoted == NULL || cell_buffer_start(&reader->cells) != 0)
        return -1;
    return start_parser(reader);
}

static int open_parts(struct csv_reader *reader, const char *path)
{
    const struct csv_record *record;
    if ((reader->path = copy_text(path)) == NULL || allocate_parts(reader) != 0)
        return -1;
    reader->source = byte_source_open(path, reader->options.pipe_allowed);
    if (reader->source == NULL || read_first_block(reader) != 0)
        return -1;
    csv_scan_start(&reader->scan, reader->options.delimiter, reader->block_begin);
    const int more = csv_reader_next(reader, &record);
    if (more < 0)
        return -1;
    if (more == 0)
        return fail("'%s' has no header: all its lines are blank", path);
    reader->header = csv_header_take(path, record);
    return reader->header != NULL ? 0 : -1;
}

struct csv_reader *csv_reader_open(const char *path, const struct csv_options *options)
{
    struct csv_reader *const reader = allocate(1, sizeof *reader);
    if (reader == NULL)
        return NULL;
    reader->options = *options;
    if (open_parts(reader, path) != 0) {
        csv_reader_close(reader);
        return NULL;
    }
    return reader;
}

void csv_reader_close(struct csv_reader *reader)
{
    if (reader == NULL)
        return;
    csv_header_free(reader->header);
    byte_source_close(reader->source);
    if (reader->parser_ready)
        csv_free(&reader->parser);
    free(reader->quoted);
    cell_buffer_free(&reader->cells);
    free(reader->block);
    free(reader->path);
    free(reader);
}

size_t csv_reader_n_columns(const struct csv_reader *reader)
{
    return reader->header->n_names;
}

const char *csv_reader_column(const struct csv_reader *reader, size_t i)
{
    return reader->header->names[i];
}

size_t csv_reader_header_line(const struct csv_reader *reader)
{
    return reader->header->line;
}

const char *csv_reader_delimiter_hint(const struct csv_reader *reader)
{
    return csv_header_delimiter_hint(reader->header);
}
