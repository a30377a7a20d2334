/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/csv_records.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "ingest/cell_buffer.h"
#include "ingest/csv_scan.h"

enum { CELL_STEP = 4096 };

struct csv_records {
    char delimiter;
    bool latin1;
    struct csv_parser parser;
    bool parser_ready;           /* libcsv holds memory */
    const struct csv_slab *slab;
    bool slab_is_done;           /* of a slab that is one long record */
    size_t position;             /* bytes of the slab that were read */
    struct csv_scan scan;
    struct csv_fault fault;

    /* The record being read, filled by libcsv's callbacks. */
    struct cell_buffer cells;
    bool *quoted;                /* [CSV_COLUMNS_MAX] */
    size_t n_ends;               /* records that libcsv says have ended: 0 or 1 */
    bool out_of_memory;
    struct csv_record record;
};

/* ---- what libcsv calls ---------------------------------------------------------------------------- */

static void on_cell(void *bytes, size_t length, void *context)
{
    struct csv_records *const records = context;
    const size_t i = records->cells.n;
    const bool quoted = i < CSV_COLUMNS_MAX && records->quoted[i];
    if (!records->out_of_memory)
        records->out_of_memory = cell_buffer_add(&records->cells, bytes, length, records->latin1, quoted) != 0;
}

static void on_record_end(int end, void *context)
{
    (void)end;
    ((struct csv_records *)context)->n_ends++;
}

/* RFC 4180: spaces are part of a cell. libcsv would strip them. */
static int is_never_space(unsigned char c)
{
    (void)c;
    return 0;
}

static int start_parser(struct csv_records *records)
{
    if (records->parser_ready)
        csv_free(&records->parser);
    records->parser_ready = csv_init(&records->parser, CSV_STRICT | CSV_STRICT_FINI) == 0;
    if (!records->parser_ready)
        return fail_memory();
    csv_set_delim(&records->parser, (unsigned char)records->delimiter);
    csv_set_space_func(&records->parser, is_never_space);
    csv_set_blk_size(&records->parser, CELL_STEP);
    return 0;
}

/* ---- faults ---------------------------------------------------------------------------------------- */

static int set_fault(struct csv_records *records, enum csv_fault_kind kind, struct csv_place now)
{
    records->fault = (struct csv_fault){kind, now, records->scan.quote};
    return -1;
}

static int disagree(struct csv_records *records)
{
    return set_fault(records, CSV_FAULT_DISAGREEMENT, records->scan.record);
}

/* ---- reading --------------------------------------------------------------------------------------- */

static void start_record(struct csv_records *records)
{
    const size_t n = records->record.n_fields < CSV_COLUMNS_MAX ? records->record.n_fields : CSV_COLUMNS_MAX;
    memset(records->quoted, 0, n * sizeof *records->quoted);
    cell_buffer_clear(&records->cells);
    records->n_ends = 0;
}

static int finish_record(struct csv_records *records, size_t n_bytes, const struct csv_record **record)
{
    if (records->out_of_memory)
        return -1; /* told where it happened */
    if (records->n_ends != 1 || records->cells.n != records->scan.n_cells)
        return disagree(records);
    records->record = (struct csv_record){
        .line = records->scan.record.line,
        .byte = records->scan.record.byte,
        .n_fields = records->scan.n_cells,
        .n_stored = cell_buffer_finish(&records->cells),
        .fields = records->cells.fields,
        .too_long = n_bytes > CSV_RECORD_MAX,
    };
    *record = &records->record;
    return 1;
}

/* Hands bytes to libcsv, which must find the same fault as the scanner, or none. */
static int parse(struct csv_records *records, const unsigned char *bytes, size_t length, enum csv_stop stop)
{
    const bool faulty = stop == CSV_STOP_STRAY_QUOTE || stop == CSV_STOP_TEXT_AFTER;
    const size_t n = csv_parse(&records->parser, bytes, length, on_cell, on_record_end, records);
    const int error = csv_error(&records->parser);
    if (records->out_of_memory)
        return -1;
    if (n < length && error != CSV_EPARSE)
        return fail("internal error: libcsv: %s", csv_strerror(error));
    if ((n < length) != faulty)
        return disagree(records);
    if (faulty)
        return set_fault(records, stop == CSV_STOP_STRAY_QUOTE ? CSV_FAULT_STRAY_QUOTE : CSV_FAULT_TEXT_AFTER,
                         records->scan.now);
    return 0;
}

/* A slab ends inside a record only at the end of the file, where the last one may have no line end. */
static int finish_slab(struct csv_records *records, const struct csv_record **record)
{
    struct csv_scan *const scan = &records->scan;
    if (scan->state == CSV_BETWEEN_RECORDS)
        return 0;
    if (scan->state == CSV_QUOTED)
        return set_fault(records, CSV_FAULT_UNCLOSED, scan->now);
    if (csv_fini(&records->parser, on_cell, on_record_end, records) != 0)
        return disagree(records);
    scan->n_cells = scan->now.column;
    scan->state = CSV_BETWEEN_RECORDS;
    return finish_record(records, scan->now.byte - scan->record.byte, record);
}

/* The place and the number of cells of a record that nobody kept. */
static int take_long_record(struct csv_records *records, const struct csv_record **record)
{
    const struct csv_slab *const slab = records->slab;
    if (records->slab_is_done)
        return 0;
    records->slab_is_done = true;
    if (slab->fault.kind != CSV_FAULT_NONE) {
        records->fault = slab->fault;
        return -1;
    }
    records->record = (struct csv_record){
        .line = 1, .byte = slab->byte, .n_fields = slab->n_cells, .fields = records->cells.fields, .too_long = true};
    *record = &records->record;
    return 1;
}

int csv_records_next(struct csv_records *records, const struct csv_record **record)
{
    const struct csv_slab *const slab = records->slab;
    if (slab->too_long || slab->fault.kind != CSV_FAULT_NONE)
        return take_long_record(records, record);
    start_record(records);
    while (records->position < slab->length) {
        const unsigned char *const bytes = slab->bytes + records->position;
        size_t n;
        const enum csv_stop stop = csv_scan_on(&records->scan, bytes, slab->length - records->position,
                                               records->quoted, CSV_COLUMNS_MAX, &n);
        records->position += n;
        if (parse(records, bytes, n, stop) != 0)
            return -1;
        if (stop == CSV_STOP_RECORD)
            return finish_record(records, records->scan.now.byte - 1 - records->scan.record.byte, record);
    }
    return finish_slab(records, record);
}

const struct csv_fault *csv_records_fault(const struct csv_records *records)
{
    return &records->fault;
}

size_t csv_records_n_lines(const struct csv_records *records)
{
    return records->slab->too_long ? records->slab->n_lines : records->scan.now.line - 1;
}

size_t csv_records_position(const struct csv_records *records)
{
    const struct csv_slab *const slab = records->slab;
    const bool half = records->scan.after_cr && records->position < slab->length && slab->bytes[records->position] == '\n';
    return records->position + half;
}

/* ---- begin and end ----------------------------------------------------------------------------------- */

void csv_records_start(struct csv_records *records, const struct csv_slab *slab)
{
    records->slab = slab;
    records->slab_is_done = false;
    records->position = 0;
    records->fault.kind = CSV_FAULT_NONE;
    csv_scan_start(&records->scan, records->delimiter, slab->byte);
}

struct csv_records *csv_records_alloc(char delimiter, bool latin1)
{
    struct csv_records *const records = allocate(1, sizeof *records);
    if (records == NULL)
        return NULL;
    records->delimiter = delimiter;
    records->latin1 = latin1;
    records->quoted = allocate(CSV_COLUMNS_MAX, sizeof *records->quoted);
    if (records->quoted == NULL || cell_buffer_start(&records->cells) != 0 || start_parser(records) != 0) {
        csv_records_free(records);
        return NULL;
    }
    return records;
}

void csv_records_free(struct csv_records *records)
{
    if (records == NULL)
        return;
    if (records->parser_ready)
        csv_free(&records->parser);
    cell_buffer_free(&records->cells);
    free(records->quoted);
    free(records);
}

#define TEXT_OF(x) #x
#define VERSION_OF(major, minor, release) TEXT_OF(major) "." TEXT_OF(minor) "." TEXT_OF(release)

const char *csv_records_library(void)
{
    return VERSION_OF(CSV_MAJOR, CSV_MINOR, CSV_RELEASE);
}
