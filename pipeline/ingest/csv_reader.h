/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * csv_reader.h - records of a CSV file, one after the other, each with its physical place.
 *
 * RFC 4180 read strictly, by libcsv: a cell that starts with a quote ends with one, a quote inside is written
 * twice, nothing follows a closing quote, and spaces belong to the cell.  Lines end with LF, CRLF or a lone CR;
 * the last one may have no end.  Blank lines are no records.  A UTF-8 byte order mark is dropped.  The first
 * record is the header.
 *
 * libcsv knows no places.  A scanner runs ahead of it over the same bytes (csv_scan.h), so that every record has
 * the physical line and byte where it starts, and an unclosed quote is told where it opened.
 *
 *     struct csv_options options = {.delimiter = ','};
 *     struct csv_reader *reader = csv_reader_open("clients.csv", &options);
 *     const struct csv_record *record;
 *     int more;
 *     while ((more = csv_reader_next(reader, &record)) > 0)
 *         ... record->fields[i].text, record->line ...
 *     csv_reader_close(reader);                        more < 0: it has been told
 *
 * Fatal, told with file:line:column (column = number of the cell, from 1) and byte: a quote inside an unquoted
 * cell, text after a closing quote, an unclosed quote, a quoted cell that goes beyond CSV_RECORD_MAX bytes, no
 * header, a header with a NUL byte, invalid UTF-8, control characters, more than CSV_COLUMNS_MAX columns or a
 * name that stands twice; everything that byte_source.h refuses.
 *
 * Not judged here, because doubt about a cell is doubt about one row: the number of cells of a record, NUL
 * bytes and invalid UTF-8 in cells (csv_value.h).  An unquoted record beyond CSV_RECORD_MAX is delivered cut,
 * with too_long set.
 */
#ifndef INGEST_CSV_READER_H
#define INGEST_CSV_READER_H

#include <stdbool.h>
#include <stddef.h>

enum { CSV_RECORD_MAX = 1 << 20, CSV_COLUMNS_MAX = 4096 };

struct csv_options {
    char delimiter;    /* one byte, not a quote, CR or LF */
    bool latin1;       /* cells are ISO 8859-1 and delivered as UTF-8 */
    bool pipe_allowed; /* the path may be a pipe; ingest, which reads twice, says no */
};

struct csv_field {
    const char *text;  /* [length] and a NUL; may hold NULs inside */
    size_t length;     /* bytes */
    bool quoted;
};

struct csv_record {
    size_t line;       /* physical line of its first byte, from 1 */
    size_t byte;       /* offset of its first byte, from 0; of the unpacked text in a .gz */
    size_t n_fields;   /* cells that stand in the file */
    size_t n_stored;   /* min(n_fields, CSV_COLUMNS_MAX): how many fields[] there are */
    const struct csv_field *fields;
    bool too_long;
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

/**
 * For a header of one column: the name of the delimiter it seems to be written with ("a semicolon"), else NULL.
 * For messages only; a delimiter is never guessed.
 */
const char *csv_reader_delimiter_hint(const struct csv_reader *reader);

#endif
