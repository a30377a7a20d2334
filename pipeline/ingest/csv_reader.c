/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/csv_reader.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "ingest/csv_header.h"
#include "ingest/csv_records.h"

struct csv_reader {
    char *path;
    struct csv_slabs *slabs;
    struct csv_slab slab;        /* the one that is being read */
    struct csv_records *records; /* of it */
    bool slab_is_open;
    size_t n_lines_before;       /* the slab */
    struct csv_record record;
    struct csv_header *header;
    char delimiter;
};

static int tell_fault(const struct csv_reader *reader)
{
    const struct csv_fault *const fault = csv_records_fault(reader->records);
    return fault->kind != CSV_FAULT_NONE ? csv_fault_tell(fault, reader->path, reader->n_lines_before) : -1;
}

static int open_slab(struct csv_reader *reader)
{
    const int more = csv_slabs_next(reader->slabs, &reader->slab);
    reader->slab_is_open = more > 0;
    if (more > 0)
        csv_records_start(reader->records, &reader->slab);
    return more;
}

int csv_reader_next(struct csv_reader *reader, const struct csv_record **record)
{
    for (;;) {
        const int opened = reader->slab_is_open ? 1 : open_slab(reader);
        if (opened <= 0)
            return opened;
        const struct csv_record *found;
        const int more = csv_records_next(reader->records, &found);
        if (more < 0)
            return tell_fault(reader);
        if (more > 0) {
            reader->record = *found;
            reader->record.line += reader->n_lines_before;
            *record = &reader->record;
            return 1;
        }
        reader->n_lines_before += csv_records_n_lines(reader->records);
        reader->slab_is_open = false;
    }
}

int csv_reader_next_slab(struct csv_reader *reader, struct csv_slab *slab)
{
    if (!reader->slab_is_open)
        return csv_slabs_next(reader->slabs, slab);
    const size_t n_read = csv_records_position(reader->records);
    struct csv_slab rest = reader->slab;
    if (!rest.too_long && n_read > 0) {
        rest.length -= n_read;
        rest.byte += n_read;
        memmove(rest.bytes, rest.bytes + n_read, rest.length);
    }
    reader->n_lines_before += csv_records_n_lines(reader->records);
    reader->slab_is_open = false;
    reader->slab = *slab;
    *slab = rest;
    return rest.length > 0 ? 1 : csv_slabs_next(reader->slabs, slab);
}

size_t csv_reader_n_lines(const struct csv_reader *reader)
{
    return reader->n_lines_before + (reader->slab_is_open ? csv_records_n_lines(reader->records) : 0);
}

size_t csv_reader_byte(const struct csv_reader *reader)
{
    return reader->slab.byte + (reader->slab.too_long ? 0 : csv_records_position(reader->records));
}

bool csv_reader_is_plain(const struct csv_reader *reader)
{
    return csv_slabs_are_plain(reader->slabs) && !reader->slab.too_long;
}

int csv_reader_confine(struct csv_reader *reader, size_t first, size_t end, size_t n_lines_before)
{
    reader->slab_is_open = false;
    reader->n_lines_before = n_lines_before;
    return csv_slabs_confine(reader->slabs, first, end);
}

double csv_reader_share(const struct csv_reader *reader)
{
    return csv_slabs_share(reader->slabs);
}

/* ---- opening --------------------------------------------------------------------------------------- */

static int open_parts(struct csv_reader *reader, const char *path, const struct csv_options *options)
{
    const struct csv_record *record;
    /* Before the first line stands one less than none: then lines count rows. */
    reader->n_lines_before = options->counts_rows ? SIZE_MAX : 0;
    reader->delimiter = options->delimiter;
    if ((reader->path = copy_text(options->shown != NULL ? options->shown : path)) == NULL ||
        (reader->records = csv_records_alloc(options->delimiter, options->latin1)) == NULL)
        return -1;
    reader->slabs = csv_slabs_open(path, reader->path, options->delimiter, options->pipe_allowed, options->sha);
    if (reader->slabs == NULL)
        return -1;
    const int more = csv_reader_next(reader, &record);
    if (more < 0)
        return -1;
    if (more == 0)
        return fail("'%s' has no header: all its lines are blank", reader->path);
    reader->header = csv_header_take(reader->path, record);
    return reader->header != NULL ? 0 : -1;
}

struct csv_reader *csv_reader_open(const char *path, const struct csv_options *options)
{
    struct csv_reader *const reader = allocate(1, sizeof *reader);
    if (reader != NULL && open_parts(reader, path, options) != 0) {
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
    csv_records_free(reader->records);
    csv_slab_free(&reader->slab);
    csv_slabs_close(reader->slabs);
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
    return csv_header_delimiter_hint(reader->header, reader->delimiter);
}
