/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A clean slab, column by column: its cells are found, and most of them were typed before. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ingest/identifier_cell.h"
#include "ingest/typist_work.h"

enum {
    TILE_ROWS = 96,            /* their bytes, places and the values remembered for a column fit into a first cache */
};

struct tile {
    struct slab_work *work;
    size_t begin, end;         /* rows */
    size_t field, column;      /* of the file; of the plan */
    bool last_has_cr;          /* the last cell of a line may end with a CR */
};

/* ---- places ------------------------------------------------------------------------------------------------ */

static void cell_bounds(const struct slab_work *work, uint32_t place, bool may_have_cr, struct csv_field *field)
{
    const struct csv_cells *const cells = &work->typist->cells;
    const char *const bytes = (const char *)work->slab->bytes;
    const uint32_t start = cells->ends[(ptrdiff_t)place - 1] + 1;
    field->text = bytes + start;
    field->length = cells->ends[place] - start;
    field->quoted = false;
    if (may_have_cr && field->length > 0 && field->text[field->length - 1] == '\r')
        field->length--;
}

static bool is_last(const struct slab_work *work, size_t field)
{
    return work->typist->cells.has_cr && field + 1 == work->header->n;
}

static struct csv_field field_of(const struct slab_work *work, size_t row, size_t field)
{
    struct csv_field found;
    cell_bounds(work, work->typist->row_cells[row] + (uint32_t)field, is_last(work, field), &found);
    return found;
}

static size_t byte_of(const struct slab_work *work, size_t row)
{
    const struct typist *const typist = work->typist;
    return work->slab->byte + (uint32_t)(typist->cells.ends[(ptrdiff_t)typist->row_cells[row] - 1] + 1);
}

/* ---- rows that are set aside ----------------------------------------------------------------------------------- */

static int grow(void **items, size_t *capacity, size_t n, size_t size)
{
    if (n < *capacity)
        return 0;
    const size_t wanted = 2 * *capacity + 64;
    void *const more = reallocate(*items, wanted, size);
    if (more == NULL)
        return -1;
    *items = more;
    *capacity = wanted;
    return 0;
}

static void set_aside(struct slab_work *work, size_t row, const struct verdict *verdict)
{
    struct typist *const typist = work->typist;
    void *items = typist->bad;
    if (typist->row_is_bad[row])
        return; /* the first faulty cell in the order of the file gives the reason */
    if (grow(&items, &typist->bad_capacity, typist->n_bad, sizeof *typist->bad) != 0) {
        work->status = -1;
        return;
    }
    typist->bad = items;
    typist->row_is_bad[row] = true;
    typist->bad[typist->n_bad++] = (struct bad_row){(uint32_t)row, *verdict};
}

static void set_row_aside(struct slab_work *work, size_t row, enum reason reason)
{
    set_aside(work, row, &(struct verdict){.reason = reason, .column = VERDICT_ROW});
}

static void set_cell_aside(struct slab_work *work, size_t row, size_t field, enum reason reason)
{
    set_aside(work, row,
              &(struct verdict){.reason = reason, .field = field, .column = work->header->columns[field]});
}

static void remember_pending(struct slab_work *work, size_t row, size_t field)
{
    struct typist *const typist = work->typist;
    void *items = typist->pending;
    if (grow(&items, &typist->pending_capacity, typist->n_pending, sizeof *typist->pending) != 0) {
        work->status = -1;
        return;
    }
    typist->pending = items;
    typist->pending[typist->n_pending++] = (struct pending){(uint32_t)row, (uint32_t)field};
}

/* ---- lines become rows -------------------------------------------------------------------------------------- */

static int make_room(struct typist *typist, size_t n)
{
    if (n <= typist->rows_capacity)
        return 0;
    uint32_t *const cells = reallocate(typist->row_cells, n, sizeof *cells);
    if (cells != NULL)
        typist->row_cells = cells;
    uint32_t *const lines = reallocate(typist->row_lines, n, sizeof *lines);
    if (lines != NULL)
        typist->row_lines = lines;
    unsigned char *const is_bad = reallocate(typist->row_is_bad, n, 1);
    if (is_bad != NULL)
        typist->row_is_bad = is_bad;
    if (cells == NULL || lines == NULL || is_bad == NULL)
        return -1;
    typist->rows_capacity = n;
    return 0;
}

static bool is_blank(const struct slab_work *work, uint32_t cell)
{
    struct csv_field field;
    cell_bounds(work, cell, work->typist->cells.has_cr, &field);
    return field.length == 0;
}

/* Bytes of a line without its end. */
static size_t line_length(const struct slab_work *work, uint32_t first, uint32_t behind)
{
    struct csv_field last;
    cell_bounds(work, behind - 1, work->typist->cells.has_cr, &last);
    const struct csv_cells *const cells = &work->typist->cells;
    return (size_t)(last.text - (const char *)work->slab->bytes) + last.length -
           (uint32_t)(cells->ends[(ptrdiff_t)first - 1] + 1);
}

/* Compares the first cell only, which is nearly always enough. */
static bool is_header(const struct slab_work *work, size_t row)
{
    const struct header *const header = work->header;
    for (size_t i = 0; i < header->n; i++) {
        const struct csv_field field = field_of(work, row, i);
        if (strncmp(header->names[i], field.text, field.length) != 0 || header->names[i][field.length] != '\0')
            return false;
    }
    return true;
}

static bool ends_with_line_end(const struct csv_slab *slab)
{
    const unsigned char last = slab->bytes[slab->length - 1];
    return last == '\n' || last == '\r';
}

static int find_rows(struct slab_work *work)
{
    struct typist *const typist = work->typist;
    const struct csv_cells *const cells = &typist->cells;
    const bool may_be_long = work->slab->length > CSV_RECORD_MAX;
    if (make_room(typist, cells->n_lines) != 0)
        return -1;
    typist->n_rows = typist->n_bad = typist->n_pending = 0;
    memset(typist->row_is_bad, 0, cells->n_lines);
    for (size_t line = 0; line < cells->n_lines; line++) {
        const uint32_t first = cells->lines[line], behind = cells->lines[line + 1];
        if (behind - first == 1 && is_blank(work, first))
            continue;
        const size_t row = typist->n_rows++;
        typist->row_cells[row] = first;
        typist->row_lines[row] = (uint32_t)line + 1;
        if (may_be_long && line_length(work, first, behind) > CSV_RECORD_MAX)
            set_row_aside(work, row, REASON_TOO_LONG);
        else if (behind - first != work->header->n)
            set_row_aside(work, row, REASON_CELL_COUNT);
        else if (is_header(work, row))
            set_row_aside(work, row, REASON_REPEATED_HEADER);
    }
    work->batch->n_records = typist->n_rows;
    work->batch->n_lines = cells->n_lines - !ends_with_line_end(work->slab);
    return work->status;
}

/* ---- cells that were not typed before --------------------------------------------------------------------------- */

/* Does it count for more than its value?  Then it is seen to when its row is kept. */
static bool counts_later(const struct tile *tile, const struct plan_column *column, const struct typed_cell *cell)
{
    if (cell->trimmed)
        return true;
    return !cell->missing && (tile->work->typist->counts.tallies[tile->column].widths != NULL ||
                              (column->looks && !cell_is_plain(cell->text, cell->length, column->hints)));
}

/* Types a cell by the rules, unless its row is set aside already; false: it is now. */
static bool type_by_rules(const struct tile *tile, size_t row, const struct csv_field *field, struct typed_cell *cell)
{
    struct slab_work *const work = tile->work;
    if (work->typist->row_is_bad[row])
        return false;
    const enum reason reason = type_clean_cell(&work->typist->task.plan->columns[tile->column], field, cell);
    if (reason != REASON_NONE)
        set_cell_aside(work, row, tile->field, reason);
    return reason == REASON_NONE;
}

/* The value of a cell that is not among the short ones remembered; it may be from now on. */
static int64_t type_anew(const struct tile *tile, size_t row, const struct csv_field *field)
{
    struct slab_work *const work = tile->work;
    struct cell_memo *const memo = &work->typist->memos[tile->column];
    const unsigned char *const bytes = (const unsigned char *)field->text;
    const bool long_enough = field->length > CELL_MEMO_SHORT, short_enough = field->length <= CELL_MEMO_LONG;
    struct typed_cell cell;
    int64_t value = 0;
    if ((long_enough && short_enough && cell_memo_find_long(memo, bytes, field->length, &value)) ||
        !type_by_rules(tile, row, field, &cell))
        return value;
    value = typist_value(&work->batch->rows->columns[tile->column], &cell);
    if (counts_later(tile, &work->typist->task.plan->columns[tile->column], &cell))
        remember_pending(work, row, tile->field);
    else if (short_enough)
        cell_memo_keep(memo, bytes, field->length, value);
    return value;
}

/* ---- cells that fill two columns ----------------------------------------------------------------------------- */

static bool fits_int32(int64_t value)
{
    return value >= INT32_MIN && value <= INT32_MAX;
}

/* Both ends of an interval are remembered as one value, when they are small. */
static int64_t join_ends(int64_t low, int64_t high)
{
    return (int64_t)((uint64_t)high << 32 | (uint32_t)low);
}

static void type_pair_anew(const struct tile *tile, size_t row, const struct csv_field *field)
{
    struct slab_work *const work = tile->work;
    const struct plan *const plan = work->typist->task.plan;
    const struct plan_column *const column = &plan->columns[tile->column];
    const struct column *const stored = &work->batch->rows->columns[tile->column];
    struct typed_cell cells[2];
    if (!type_by_rules(tile, row, field, &cells[0]))
        return;
    const bool later = counts_later(tile, column, &cells[0]);
    if (later)
        remember_pending(work, row, tile->field);
    if (type_second(plan, column, cells) != 0)
        work->status = -1;
    const int64_t low = typist_value(&stored[0], &cells[0]), high = typist_value(&stored[1], &cells[1]);
    typist_put(&stored[0], row, low);
    typist_put(&stored[1], row, high);
    if (!later && !column->is_person_key && field->length <= CELL_MEMO_SHORT && fits_int32(low) && fits_int32(high))
        cell_memo_keep(&work->typist->memos[tile->column], (const unsigned char *)field->text, field->length,
                       join_ends(low, high));
}

static void type_pairs(const struct tile *tile)
{
    const struct cell_memo *const memo = &tile->work->typist->memos[tile->column];
    const struct column *const stored = &tile->work->batch->rows->columns[tile->column];
    for (size_t row = tile->begin; row < tile->end; row++) {
        const struct csv_field field = field_of(tile->work, row, tile->field);
        if (field.length <= CELL_MEMO_SHORT) {
            const uint64_t key = cell_memo_key((const unsigned char *)field.text, field.length);
            const struct cell_memo_short *const found = &memo->shorts[cell_memo_slot(memo->multiplier, key)];
            if (found->key == key) {
                typist_put(&stored[0], row, (int32_t)(uint32_t)found->value);
                typist_put(&stored[1], row, (int32_t)(uint32_t)(found->value >> 32));
                continue;
            }
        }
        type_pair_anew(tile, row, &field);
    }
}

/* ---- columns of a tile, by the width of what is stored ------------------------------------------------------------- */

#define DEFINE_TYPE_TILE(NAME, TYPE)                                                                                   \
    static void NAME(const struct tile *tile, TYPE *values)                                                            \
    {                                                                                                                  \
        const struct typist *const typist = tile->work->typist;                                                        \
        const struct cell_memo *const memo = &typist->memos[tile->column];                                             \
        const uint32_t *const places = typist->row_cells, field = (uint32_t)tile->field;                               \
        const uint32_t *const ends = typist->cells.ends;                                                               \
        const unsigned char *const bytes = tile->work->slab->bytes;                                                    \
        for (size_t row = tile->begin; row < tile->end; row++) {                                                       \
            const uint32_t place = places[row] + field;                                                                \
            const uint32_t start = ends[(ptrdiff_t)place - 1] + 1;                                                     \
            uint32_t length = ends[place] - start;                                                                     \
            if (tile->last_has_cr)                                                                                     \
                length -= length > 0 && bytes[start + length - 1] == '\r';                                             \
            if (length <= CELL_MEMO_SHORT) {                                                                           \
                const uint64_t key = cell_memo_key(bytes + start, length);                                             \
                const struct cell_memo_short *const found =                                                            \
                    &memo->shorts[cell_memo_slot(memo->multiplier, key)];                                              \
                if (found->key == key) {                                                                               \
                    values[row] = (TYPE)found->value;                                                                  \
                    continue;                                                                                          \
                }                                                                                                      \
            }                                                                                                          \
            const struct csv_field cell = {(const char *)bytes + start, length, false};                                \
            values[row] = (TYPE)type_anew(tile, row, &cell);                                                           \
        }                                                                                                              \
    }

DEFINE_TYPE_TILE(type_tile_1, int8_t)
DEFINE_TYPE_TILE(type_tile_2, int16_t)
DEFINE_TYPE_TILE(type_tile_4, int32_t)
DEFINE_TYPE_TILE(type_tile_8, int64_t)

/* May the rules of a text set the row aside?  What does not start with a blank or '#' and is short enough, is text. */
static bool needs_check(const struct plan_column *column, const struct csv_field *field)
{
    return column->is_id || column->declared->required || field->length > CELL_BYTES_MAX ||
           (field->length > 0 && (field->text[0] == '#' || field->text[0] == ' '));
}

/* Texts are looked at again when their row is kept. */
static void check_texts(const struct tile *tile)
{
    const struct plan_column *const column = &tile->work->typist->task.plan->columns[tile->column];
    for (size_t row = tile->begin; row < tile->end; row++) {
        const struct csv_field field = field_of(tile->work, row, tile->field);
        struct typed_cell cell;
        if (needs_check(column, &field))
            type_by_rules(tile, row, &field, &cell);
    }
}

static void check_nameless(const struct tile *tile)
{
    for (size_t row = tile->begin; row < tile->end; row++) {
        const struct csv_field field = field_of(tile->work, row, tile->field);
        if (field.length > 0 && type_nameless(&field) != REASON_NONE)
            set_cell_aside(tile->work, row, tile->field, REASON_NAMELESS);
    }
}

static void type_tile(const struct tile *tile)
{
    struct slab_work *const work = tile->work;
    const struct column *const stored = &work->batch->rows->columns[tile->column];
    if (typist_is_text(work->typist->task.plan, tile->column)) {
        check_texts(tile);
        return;
    }
    if (type_has_second(&work->typist->task.plan->columns[tile->column])) {
        type_pairs(tile);
        return;
    }
    switch (stored->width) {
    case 1:
        type_tile_1(tile, stored->values);
        break;
    case 2:
        type_tile_2(tile, stored->values);
        break;
    case 4:
        type_tile_4(tile, stored->values);
        break;
    default:
        type_tile_8(tile, stored->values);
    }
}

/* Rows with too few cells have none to be typed: a tile is a run of rows that are whole. */
static size_t find_tile_end(const struct typist *typist, size_t begin)
{
    size_t end = begin;
    while (end < typist->n_rows && end - begin < TILE_ROWS && !typist->row_is_bad[end])
        end++;
    return end;
}

static void type_columns(struct tile *tile)
{
    const struct header *const header = tile->work->header;
    for (size_t i = 0; i < header->n; i++) {
        tile->field = i;
        tile->last_has_cr = is_last(tile->work, i);
        if (header->columns[i] == HEADER_NAMELESS)
            check_nameless(tile);
        if (header->columns[i] < 0)
            continue;
        tile->column = (size_t)header->columns[i];
        type_tile(tile);
    }
}

static void type_rows(struct slab_work *work)
{
    struct tile tile = {.work = work};
    while (tile.begin < work->typist->n_rows) {
        tile.end = find_tile_end(work->typist, tile.begin);
        if (tile.end > tile.begin)
            type_columns(&tile);
        tile.begin = tile.end > tile.begin ? tile.end : tile.begin + 1;
    }
}

/* ---- columns that the file does not have ---------------------------------------------------------------------------- */

static void fill_absent(struct slab_work *work)
{
    const struct header *const header = work->header;
    const struct typed_cell missing = {.missing = true, .text = ""};
    for (size_t i = 0; i < header->n_absent; i++) {
        const struct column *const stored = &work->batch->rows->columns[header->absent[i]];
        if (typist_is_text(work->typist->task.plan, header->absent[i]))
            continue;
        for (size_t row = 0; row < work->typist->n_rows; row++)
            typist_put(stored, row, typist_value(stored, &missing));
    }
}

static void keep_absent_texts(struct slab_work *work)
{
    const struct header *const header = work->header;
    const struct typed_cell missing = {.missing = true, .text = ""};
    for (size_t i = 0; i < header->n_absent; i++)
        for (size_t row = 0; row < work->batch->rows->n_rows; row++)
            if (typist_is_text(work->typist->task.plan, header->absent[i]))
                typist_keep_text(work, header->absent[i], row, &missing, 0);
}

/* ---- rows as a whole ------------------------------------------------------------------------------------------------ */

/* A cell of numbers, dates or codes, from the column it was stored in. */
static struct typed_cell stored_cell(const struct column *stored, size_t row)
{
    if (stored->type == COLUMN_FLOAT64) {
        const double real = column_real(stored, row);
        return (struct typed_cell){.missing = real != real, .real = real};
    }
    const int64_t integer = column_integer(stored, row);
    return (struct typed_cell){.missing = integer == MISSING_INTEGER, .integer = integer};
}

/* Fills typist->typed with the cells of a row; texts only for unique_rows.h, which looks at all. */
static void load_row(struct slab_work *work, size_t row, bool with_texts)
{
    struct typist *const typist = work->typist;
    const struct plan *const plan = typist->task.plan;
    for (size_t i = 0; i < plan->n_columns; i++)
        typist->typed[i] = typist_is_text(plan, i) ? (struct typed_cell){.missing = true}
                                                   : stored_cell(&work->batch->rows->columns[i], row);
    for (size_t i = 0; with_texts && i < work->header->n; i++) {
        const ptrdiff_t column = work->header->columns[i];
        if (column < 0 || !typist_is_text(plan, (size_t)column))
            continue;
        const struct csv_field field = field_of(work, row, i);
        type_clean_cell(&plan->columns[column], &field, &typist->typed[column]);
    }
}

static void judge_rows(struct slab_work *work)
{
    struct typist *const typist = work->typist;
    const struct plan *const plan = typist->task.plan;
    const bool with_unique = plan->n_unique > 0;
    for (size_t row = 0; (plan->has_rules || with_unique) && row < typist->n_rows; row++) {
        struct verdict verdict = {.column = VERDICT_ROW, .line = typist->row_lines[row], .byte = byte_of(work, row)};
        if (typist->row_is_bad[row])
            continue;
        load_row(work, row, with_unique);
        type_judge_row(plan, work->header, typist->typed, &verdict);
        if (verdict.reason == REASON_NONE && with_unique)
            typist_judge_unique(work, typist->typed, &verdict);
        if (verdict.reason != REASON_NONE)
            set_aside(work, row, &verdict);
    }
}

/* ---- kept rows ------------------------------------------------------------------------------------------------- */

static void close_gaps(const struct typist *typist, const struct column *column)
{
    char *const values = column->values;
    size_t n = 0;
    for (size_t row = 0; row < typist->n_rows; row++)
        if (!typist->row_is_bad[row])
            memmove(values + n++ * column->width, values + row * column->width, column->width);
}

static void keep_rows(struct slab_work *work)
{
    const struct typist *const typist = work->typist;
    const struct plan *const plan = typist->task.plan;
    struct table *const rows = work->batch->rows;
    for (size_t i = 0; i < plan->n_columns && typist->n_bad > 0; i++)
        if (!typist_is_text(plan, i))
            close_gaps(typist, &rows->columns[i]);
    rows->n_rows = typist->n_rows - typist->n_bad;
}

static void keep_texts(struct slab_work *work)
{
    const struct typist *const typist = work->typist;
    const struct plan *const plan = typist->task.plan;
    for (size_t i = 0; i < work->header->n; i++) {
        const ptrdiff_t column = work->header->columns[i];
        size_t n = 0;
        if (column < 0 || !typist_is_text(plan, (size_t)column))
            continue;
        for (size_t row = 0; row < typist->n_rows; row++) {
            struct typed_cell cell;
            if (typist->row_is_bad[row])
                continue;
            const struct csv_field field = field_of(work, row, i);
            type_clean_cell(&plan->columns[column], &field, &cell);
            typist_keep_text(work, (size_t)column, n++, &cell, byte_of(work, row));
        }
    }
}

static void count_pending(struct slab_work *work)
{
    const struct typist *const typist = work->typist;
    for (size_t i = 0; i < typist->n_pending; i++) {
        const struct pending *const pending = &typist->pending[i];
        const size_t column = (size_t)work->header->columns[pending->field];
        struct typed_cell cell;
        if (typist->row_is_bad[pending->row])
            continue;
        const struct csv_field field = field_of(work, pending->row, pending->field);
        type_clean_cell(&typist->task.plan->columns[column], &field, &cell);
        typist_count_cell(work, column, &cell, byte_of(work, pending->row));
    }
}

/* ---- rejected rows ----------------------------------------------------------------------------------------------- */

static int compare_bad(const void *a, const void *b)
{
    const struct bad_row *const left = a, *const right = b;
    return (left->row > right->row) - (left->row < right->row);
}

static int add_reject(struct slab_work *work, const struct bad_row *bad)
{
    const struct typist *const typist = work->typist;
    const uint32_t line = typist->row_lines[bad->row];
    const struct csv_record record = {.line = line,
                                      .byte = byte_of(work, bad->row),
                                      .n_fields = typist->cells.lines[line] - typist->cells.lines[line - 1]};
    struct reject_list *const rejects = &work->batch->rejects;
    if (bad->verdict.column == VERDICT_ROW)
        return reject_list_add(rejects, typist->task.plan, work->header, &record, NULL, &bad->verdict);
    struct csv_field field = field_of(work, bad->row, bad->verdict.field);
    char *const text = copy_bytes(field.text, field.length); /* whoever makes the words wants a NUL behind it */
    if (text == NULL)
        return -1;
    field.text = text;
    const int status = reject_list_add(rejects, typist->task.plan, work->header, &record, &field, &bad->verdict);
    free(text);
    return status;
}

static int add_rejects(struct slab_work *work)
{
    struct typist *const typist = work->typist;
    if (typist->n_bad > 1)
        qsort(typist->bad, typist->n_bad, sizeof *typist->bad, compare_bad);
    for (size_t i = 0; i < typist->n_bad; i++)
        if (add_reject(work, &typist->bad[i]) != 0)
            return -1;
    return 0;
}

void typist_read_clean(struct slab_work *work)
{
    if (find_rows(work) != 0) {
        work->status = -1;
        return;
    }
    type_rows(work);
    fill_absent(work);
    judge_rows(work);
    keep_rows(work);
    keep_texts(work);
    keep_absent_texts(work);
    if ((work->typist->task.what & TYPIST_COUNT) != 0)
        count_pending(work);
    if (work->status == 0)
        work->status = add_rejects(work);
}
