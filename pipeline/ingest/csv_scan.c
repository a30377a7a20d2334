/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/csv_scan.h"

void csv_scan_start(struct csv_scan *scan, char delimiter, size_t byte)
{
    *scan = (struct csv_scan){
        .delimiter = delimiter,
        .state = CSV_BETWEEN_RECORDS,
        .now = {.line = 1, .byte = byte, .column = 1},
    };
}

static void open_quote(struct csv_scan *scan, bool *quoted, size_t n_quoted)
{
    scan->state = CSV_QUOTED;
    scan->quote = scan->now;
    if (scan->now.column <= n_quoted)
        quoted[scan->now.column - 1] = true;
}

/* The state after one byte that is neither CR nor LF. */
static enum csv_stop take(struct csv_scan *scan, unsigned char c, bool *quoted, size_t n_quoted)
{
    const bool is_quote = c == '"';
    const bool is_delimiter = c == (unsigned char)scan->delimiter;
    switch (scan->state) {
    case CSV_BETWEEN_RECORDS:
        scan->record = scan->now;
        __attribute__((fallthrough));
    case CSV_CELL_START:
        if (is_quote)
            open_quote(scan, quoted, n_quoted);
        else
            scan->state = is_delimiter ? CSV_CELL_START : CSV_UNQUOTED;
        break;
    case CSV_UNQUOTED:
        if (is_quote)
            return CSV_STOP_STRAY_QUOTE;
        if (is_delimiter)
            scan->state = CSV_CELL_START;
        break;
    case CSV_QUOTED:
        if (is_quote)
            scan->state = CSV_AFTER_QUOTE;
        return CSV_STOP_END_OF_BYTES; /* a delimiter inside quotes starts no cell */
    case CSV_AFTER_QUOTE:
        if (is_quote)
            scan->state = CSV_QUOTED; /* a doubled quote */
        else if (is_delimiter)
            scan->state = CSV_CELL_START;
        else
            return CSV_STOP_TEXT_AFTER;
        break;
    }
    scan->now.column += is_delimiter;
    return CSV_STOP_END_OF_BYTES;
}

/* CR or LF; true when it ends a record. */
static bool take_line_end(struct csv_scan *scan, unsigned char c)
{
    const bool second_half = c == '\n' && scan->after_cr;
    scan->after_cr = c == '\r';
    scan->now.line += !second_half;
    scan->now.byte++;
    if (scan->state == CSV_QUOTED || scan->state == CSV_BETWEEN_RECORDS)
        return false;
    scan->state = CSV_BETWEEN_RECORDS;
    scan->n_cells = scan->now.column;
    scan->now.column = 1;
    return true;
}

enum csv_stop csv_scan_on(struct csv_scan *scan, const unsigned char *bytes, size_t length, bool *quoted,
                          size_t n_quoted, size_t *n_read)
{
    for (size_t i = 0; i < length; i++) {
        const unsigned char c = bytes[i];
        if (c == '\n' || c == '\r') {
            if (take_line_end(scan, c)) {
                *n_read = i + 1;
                return CSV_STOP_RECORD;
            }
            continue;
        }
        scan->after_cr = false;
        const enum csv_stop stop = take(scan, c, quoted, n_quoted);
        if (stop != CSV_STOP_END_OF_BYTES) {
            *n_read = i + 1;
            return stop;
        }
        scan->now.byte++;
    }
    *n_read = length;
    return CSV_STOP_END_OF_BYTES;
}
