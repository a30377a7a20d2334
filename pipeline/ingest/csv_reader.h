/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * csv_reader.h - records of a CSV file, one after the other, each with its physical place.
 *
 * The strict rules of csv_records.h, over slabs (csv_slab.h) of the whole file.  The last line may have no end.  A
 * UTF-8 byte order mark is dropped.  The first record is the header.
 *
 *     struct csv_options options = {.delimiter = ','};
 *     struct csv_reader *reader = csv_reader_open("clients.csv", &options);
 *     const struct csv_record *record;
 *     int more;
 *     while ((more = csv_reader_next(reader, &record)) > 0)
 *         ... record->fields[i].text, record->line ...
 *     csv_reader_close(reader);                        more < 0: it has been told
 *
 * Who reads slabs side by side asks for them instead of records:
 *
 *     size_t n_lines_before = csv_reader_n_lines(reader);
 *     while ((more = csv_reader_next_slab(reader, &slab)) > 0)
 *         ... csv_records.h or csv_split.h ...
 *
 * Fatal, told with file:line:column (column = number of the cell, from 1) and byte: a quote inside an unquoted
 * cell, text after a closing quote, an unclosed quote, a quoted cell that goes beyond CSV_RECORD_MAX bytes, no
 * header, a header with a NUL byte, invalid UTF-8, control characters, more than CSV_COLUMNS_MAX columns or a
 * name that stands twice; everything that byte_source.h refuses.
 *
 * Not judged here, because doubt about a cell is doubt about one row: the number of cells of a record, NUL
 * bytes and invalid UTF-8 in cells (csv_value.h), a record beyond CSV_RECORD_MAX.
 */
#ifndef INGEST_CSV_READER_H
#define INGEST_CSV_READER_H

#include "ingest/csv_record.h"
#include "ingest/csv_slab.h"

struct csv_options {
    char delimiter;    /* one byte, not a quote, CR or LF */
    bool latin1;       /* cells are ISO 8859-1 and delivered as UTF-8 */
    bool pipe_allowed; /* the path may be a pipe; ingest, which reads twice, says no */
    bool counts_rows;  /* places are numbers of rows, from 1, and not lines: the header is none */
    const char *shown; /* the file's name in messages; NULL: its path.  Must outlive the reader */
    struct sha256 *sha; /* if not NULL, is given every byte of the file; must outlive the reader */
};

struct csv_reader;

/** Opens a file and reads its header.  NULL after telling. */
struct csv_reader *csv_reader_open(const char *path, const struct csv_options *options);
void csv_reader_close(struct csv_reader *reader); /* NULL is fine */

/** The header; good until csv_reader_close. Names may be empty but do not repeat; no quotes, no byte order mark. */
size_t csv_reader_n_columns(const struct csv_reader *reader);
const char *csv_reader_column(const struct csv_reader *reader, size_t i);
size_t csv_reader_header_line(const struct csv_reader *reader);

/** 1 and the next record, good until the next call; 0 at the end of the file; -1 after telling. */
int csv_reader_next(struct csv_reader *reader, const struct csv_record **record);

/** 1 and the next slab, the first one begins behind the header; 0 at the end of the file; -1 after telling. */
int csv_reader_next_slab(struct csv_reader *reader, struct csv_slab *slab);

/** The byte of the file at which what comes next begins, before the first slab was asked for: behind the header. */
size_t csv_reader_byte(const struct csv_reader *reader);

/** Can csv_reader_confine() be called?  For a plain file that is read as it is. */
bool csv_reader_is_plain(const struct csv_reader *reader);

/**
 * Slabs are those of bytes first .. end - 1, which are whole records behind n_lines_before lines of the file.  -1 after
 * telling.
 */
int csv_reader_confine(struct csv_reader *reader, size_t first, size_t end, size_t n_lines_before);

/** How much of the file was read, 0 .. 1; 0 for a pipe. */
double csv_reader_share(const struct csv_reader *reader);

/** Lines of the file before what comes next; after csv_reader_next_slab() the caller counts. */
size_t csv_reader_n_lines(const struct csv_reader *reader);

/**
 * For a header of one column: the name of the delimiter it seems to be written with ("a semicolon"), else NULL.
 * For messages only; a delimiter is never guessed.
 */
const char *csv_reader_delimiter_hint(const struct csv_reader *reader);

#endif
