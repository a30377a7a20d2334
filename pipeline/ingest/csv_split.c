/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/csv_split.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ingest/csv_split_ways.h"

void csv_cells_free(struct csv_cells *cells)
{
    free(cells->memory);
    *cells = (struct csv_cells){0};
}

/* Each byte may end a cell and a line; ends[-1] and the end behind the last byte come on top. */
static int make_room(struct csv_cells *cells, size_t length)
{
    if (length <= cells->capacity && cells->memory != NULL)
        return 0;
    const size_t n_ends = length + 2 + CSV_SPLIT_SLACK, n_lines = length + 2;
    uint32_t *const memory = reallocate(cells->memory, n_ends + n_lines, sizeof *memory);
    if (memory == NULL)
        return -1;
    cells->memory = memory;
    cells->ends = memory + 1;
    cells->lines = memory + n_ends;
    cells->capacity = length;
    return 0;
}

bool csv_split_can(enum csv_split_way way)
{
    return way != CSV_SPLIT_AVX2 || csv_split_avx2_can();
}

/* The last line may have no line end: the end of the bytes is one. */
static void close_last_line(struct csv_cells *cells, const unsigned char *bytes, size_t length, size_t n_ends)
{
    const unsigned char last = length > 0 ? bytes[length - 1] : '\n';
    if (last != '\n' && last != '\r') {
        cells->ends[n_ends++] = (uint32_t)length;
        cells->lines[++cells->n_lines] = (uint32_t)n_ends;
    }
}

int csv_split(struct csv_cells *cells, const unsigned char *bytes, size_t length, char delimiter,
              enum csv_split_way way)
{
    size_t n_ends;
    if (make_room(cells, length) != 0)
        return -1;
    cells->ends[-1] = UINT32_MAX; /* the first cell starts at 0, one behind it */
    cells->lines[0] = 0;
    cells->n_lines = 0;
    if (way == CSV_SPLIT_BEST)
        way = csv_split_avx2_can() ? CSV_SPLIT_AVX2 : CSV_SPLIT_PORTABLE;
    const bool clean = way == CSV_SPLIT_AVX2 ? csv_split_avx2(cells, bytes, length, (unsigned char)delimiter, &n_ends)
                                             : csv_split_portable(cells, bytes, length, (unsigned char)delimiter, &n_ends);
    if (!clean)
        return 0;
    close_last_line(cells, bytes, length, n_ends);
    return 1;
}

/* ---- any processor -------------------------------------------------------------------------------------- */

enum { CLASS_CELL_END = 1, CLASS_UNCLEAN = 2, CLASS_LF = 4, CLASS_CR = 8 };

static void classify(unsigned char classes[static 256], unsigned char delimiter)
{
    for (int c = 0; c < 256; c++)
        classes[c] = c < 0x20 || c >= 0x7f || c == '"' ? CLASS_UNCLEAN : 0;
    classes[delimiter] = CLASS_CELL_END;
    classes['\n'] = CLASS_CELL_END | CLASS_LF;
    classes['\r'] = CLASS_CR;
}

bool csv_split_portable(struct csv_cells *cells, const unsigned char *bytes, size_t length, unsigned char delimiter,
                        size_t *n_ends)
{
    unsigned char classes[256], seen = 0;
    size_t n = 0, n_lines = 0;
    classify(classes, delimiter);
    for (size_t i = 0; i < length; i++) {
        unsigned char class = classes[bytes[i]];
        seen |= class;
        if (class == CLASS_CR && (i + 1 == length || bytes[i + 1] != '\n'))
            class = CLASS_CELL_END | CLASS_LF;
        cells->ends[n] = (uint32_t)i;
        n += class & CLASS_CELL_END;
        cells->lines[n_lines + 1] = (uint32_t)n;
        n_lines += (class & CLASS_LF) != 0;
    }
    cells->has_cr = (seen & CLASS_CR) != 0;
    cells->n_lines = n_lines;
    *n_ends = n;
    return (seen & CLASS_UNCLEAN) == 0;
}

size_t csv_count_quotes(const unsigned char *bytes, size_t length)
{
    if (csv_split_avx2_can())
        return csv_count_quotes_avx2(bytes, length);
    size_t n = 0;
    for (size_t i = 0; i < length; i++)
        n += bytes[i] == '"';
    return n;
}
