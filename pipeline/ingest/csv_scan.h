/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * csv_scan.h - where the records of a CSV text begin and end, byte by byte.
 *
 * The scanner follows the quotes as libcsv does in strict mode, so that it stops at the same byte as libcsv
 * when the quotes are wrong; but it keeps no cell.  It knows physical lines (LF, CRLF, lone CR, also inside
 * quotes), bytes, the number of the cell and the place where the latest quote opened.
 */
#ifndef INGEST_CSV_SCAN_H
#define INGEST_CSV_SCAN_H

#include <stdbool.h>
#include <stddef.h>

enum csv_state { CSV_BETWEEN_RECORDS, CSV_CELL_START, CSV_UNQUOTED, CSV_QUOTED, CSV_AFTER_QUOTE };

struct csv_place {
    size_t line;   /* physical, from 1 */
    size_t byte;   /* from 0 */
    size_t column; /* number of the cell, from 1 */
};

struct csv_scan {
    char delimiter;
    enum csv_state state;
    bool after_cr;           /* a LF now belongs to the line end before it */
    struct csv_place now;    /* of the next byte */
    struct csv_place record; /* of the first byte of the record */
    struct csv_place quote;  /* where the latest quoted cell of the record opened */
    size_t n_cells;          /* of the record that ended last */
};

enum csv_stop {
    CSV_STOP_END_OF_BYTES,   /* all were read; the record goes on or none has begun */
    CSV_STOP_RECORD,         /* the last byte read ended a record */
    CSV_STOP_STRAY_QUOTE,    /* the last byte read is a quote inside an unquoted cell */
    CSV_STOP_TEXT_AFTER,     /* the last byte read follows a closing quote and may not */
};

/** Starts before the first byte of a text that lies at `byte` of its file. */
void csv_scan_start(struct csv_scan *scan, char delimiter, size_t byte);

/**
 * Reads on to the end of the record, a fault, or the end of the bytes.  *n_read says how many bytes were read;
 * after a fault `now` is the place of the faulty byte.  quoted[i], i < n_quoted, is set for each quoted cell i of
 * the record (from 0); the caller clears it before a record.
 */
enum csv_stop csv_scan_on(struct csv_scan *scan, const unsigned char *bytes, size_t length, bool *quoted,
                          size_t n_quoted, size_t *n_read);

#endif
