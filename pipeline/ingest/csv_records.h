/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * csv_records.h - the records of one slab, by libcsv.
 *
 * RFC 4180 read strictly: a cell that starts with a quote ends with one, a quote inside is written twice,
 * nothing follows a closing quote, and spaces belong to the cell.  Lines end with LF, CRLF or a lone CR; blank lines
 * are no records.
 *
 * libcsv knows no places.  A scanner runs ahead of it over the same bytes (csv_scan.h), so that every record has
 * the physical line and byte where it starts, and an unclosed quote is told where it opened.  Both must find the
 * same records and the same faults.
 *
 * A record whose bytes, without its line end, are more than CSV_RECORD_MAX is delivered with too_long set.
 */
#ifndef INGEST_CSV_RECORDS_H
#define INGEST_CSV_RECORDS_H

#include "ingest/csv_record.h"
#include "ingest/csv_slab.h"

struct csv_records;

/** latin1: cells are ISO 8859-1 and delivered as UTF-8.  NULL after telling. */
struct csv_records *csv_records_alloc(char delimiter, bool latin1);
void csv_records_free(struct csv_records *records); /* NULL is fine */

/** Starts with a slab, which must outlive its records. */
void csv_records_start(struct csv_records *records, const struct csv_slab *slab);

/**
 * 1 and the next record, good until the next call, its line counted from the first one of the slab; 0 at the end of
 * the slab; -1: out of memory (told), or a fault that csv_records_fault() names and nobody told.
 */
int csv_records_next(struct csv_records *records, const struct csv_record **record);

/** Of kind CSV_FAULT_NONE unless csv_records_next() found one. */
const struct csv_fault *csv_records_fault(const struct csv_records *records);

/** Line ends that were read, and where in the slab the next line starts when a record was read. */
size_t csv_records_n_lines(const struct csv_records *records);
size_t csv_records_position(const struct csv_records *records);

/** Version of libcsv, "3.0.3". */
const char *csv_records_library(void);

#endif
