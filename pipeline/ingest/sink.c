/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/sink.h"

#include "base/fail.h"

int sink_start(struct sink *sink, struct store_writer *writer, const struct survey *survey, struct table *schema)
{
    *sink = (struct sink){.writer = writer, .survey = survey, .chunk = schema};
    if (schema == NULL || store_writer_begin(writer, schema) != 0)
        return -1;
    return table_resize(schema, STORE_CHUNK_ROWS);
}

void sink_free(struct sink *sink)
{
    table_free(sink->chunk);
    *sink = (struct sink){0};
}

static int set_cell(struct sink *sink, size_t i, const struct typed_cell *cell)
{
    struct column *const column = &sink->chunk->columns[i];
    switch (column->type) {
    case COLUMN_FLOAT64:
        return column_set_real(column, sink->n, cell->real);
    case COLUMN_TEXT:
        return column_set_text(column, sink->n, cell->text, cell->length);
    case COLUMN_CATEGORY:
        if (sink->survey->plan->columns[i].is_open)
            return column_set_code(column, sink->n, survey_code(sink->survey, i, cell->text, cell->length));
        return column_set_code(column, sink->n, (int32_t)cell->integer);
    default:
        return column_set_integer(column, sink->n, cell->integer);
    }
}

/* The cells of the chunk are made missing again by resizing it from nothing. */
static int store_chunk(struct sink *sink)
{
    if (sink->n == 0)
        return 0;
    if (table_resize(sink->chunk, sink->n) != 0 || store_writer_append(sink->writer, sink->chunk) != 0)
        return -1;
    sink->n = 0;
    return table_resize(sink->chunk, 0) != 0 ? -1 : table_resize(sink->chunk, STORE_CHUNK_ROWS);
}

int sink_add(struct sink *sink, const struct typed_cell *cells)
{
    for (size_t i = 0; i < sink->chunk->n_columns; i++)
        if (!cells[i].missing && set_cell(sink, i, &cells[i]) != 0)
            return fail("internal error: a value of column '%s' does not fit where it is stored",
                        sink->chunk->columns[i].name);
    sink->n_stored++;
    return ++sink->n == STORE_CHUNK_ROWS ? store_chunk(sink) : 0;
}

int sink_end(struct sink *sink)
{
    return store_chunk(sink) != 0 ? -1 : store_writer_end(sink->writer, NULL);
}
