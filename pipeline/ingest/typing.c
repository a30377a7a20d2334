/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/typing.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ingest/csv_value.h"
#include "ingest/id_rules.h"
#include "ingest/identifier.h"
#include "ingest/row_rules.h"

/* Most cells are printable ASCII; only the others are decoded. */
static bool is_plain(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < 0x20 || (unsigned char)text[i] >= 0x7f)
            return false;
    return true;
}

static void trim(const struct csv_field *field, struct typed_cell *cell)
{
    cell->text = field->text;
    cell->length = field->length;
    if (field->quoted)
        return;
    while (cell->length > 0 && cell->text[cell->length - 1] == ' ')
        cell->length--;
    while (cell->length > 0 && cell->text[0] == ' ') {
        cell->text++;
        cell->length--;
    }
    cell->trimmed = cell->length < field->length;
}

/* ---- by type ---------------------------------------------------------------------------------------- */

static bool is_outside(const struct codebook_column *declared, double value)
{
    return declared->has_range && (value < declared->low || value > declared->high);
}

static enum reason type_integer(const struct plan_column *column, struct typed_cell *cell)
{
    const enum csv_value fault = csv_integer(cell->text, cell->length, &cell->integer);
    double real;
    if (fault == CSV_VALUE_NOT_INTEGER && column->is_weight &&
        csv_real(cell->text, cell->length, &real) == CSV_VALUE_GOOD)
        return REASON_WEIGHT_NOT_WHOLE;
    if (fault != CSV_VALUE_GOOD)
        return reason_of_value(fault);
    for (size_t i = 0; i < column->n_missing_numbers; i++)
        if (cell->integer == column->missing_numbers[i].integer) {
            cell->missing = true;
            return REASON_NONE;
        }
    if (column->is_weight && cell->integer < 0)
        return REASON_WEIGHT_NEGATIVE;
    if (is_outside(column->declared, (double)cell->integer))
        return REASON_OUT_OF_RANGE;
    if (column->is_top_coded && cell->integer > IDENTIFIER_TOP_AGE)
        cell->integer = IDENTIFIER_TOP_AGE;
    return REASON_NONE;
}

static enum reason type_real(const struct plan_column *column, struct typed_cell *cell)
{
    const enum csv_value fault = csv_real(cell->text, cell->length, &cell->real);
    if (fault != CSV_VALUE_GOOD)
        return reason_of_value(fault);
    for (size_t i = 0; i < column->n_missing_numbers; i++)
        if (cell->real == column->missing_numbers[i].real) {
            cell->missing = true;
            return REASON_NONE;
        }
    if (is_outside(column->declared, cell->real))
        return REASON_OUT_OF_RANGE;
    if (column->is_top_coded && cell->real > IDENTIFIER_TOP_AGE)
        cell->real = IDENTIFIER_TOP_AGE;
    return REASON_NONE;
}

static enum reason type_date(const struct plan_column *column, struct typed_cell *cell)
{
    int32_t day;
    const enum csv_value fault = csv_date(cell->text, cell->length, &day);
    if (fault != CSV_VALUE_GOOD)
        return reason_of_value(fault);
    cell->integer = day;
    return is_outside(column->declared, day) ? REASON_OUT_OF_RANGE : REASON_NONE;
}

static enum reason type_code(const struct plan_column *column, struct typed_cell *cell)
{
    const struct text_entry *const entry = text_index_find(&column->codes, cell->text, cell->length);
    if (entry == NULL)
        return REASON_NOT_IN_CODES;
    cell->integer = entry->number;
    return REASON_NONE;
}

static enum reason type_text(const struct plan_column *column, struct typed_cell *cell)
{
    if (cell->length > CELL_BYTES_MAX)
        return REASON_CELL_TOO_LONG;
    if (id_is_spreadsheet_error(cell->text, cell->length))
        return REASON_SPREADSHEET;
    if (column->is_id && !id_is_plain(cell->text, cell->length)) {
        if (id_is_mangled(cell->text, cell->length))
            return REASON_ID_MANGLED;
        if (id_has_strange_character(cell->text, cell->length))
            return REASON_ID_CHARACTER;
    }
    cell->missing = cell->length == 0; /* an empty text is stored as missing (base/table.h) */
    return REASON_NONE;
}

static enum reason type_whole(const struct plan_column *column, struct typed_cell *cell)
{
    const struct text_entry *const entry =
        column->codes.n > 0 ? text_index_find(&column->codes, cell->text, cell->length) : NULL;
    if (entry == NULL)
        return type_integer(column, cell);
    cell->integer = column->declared->intervals[entry->number].code;
    return REASON_NONE;
}

static enum reason type_present(const struct plan_column *column, struct typed_cell *cell)
{
    switch (column->declared->type) {
    case VALUE_INTEGER:
        return type_whole(column, cell);
    case VALUE_REAL:
        return type_real(column, cell);
    case VALUE_DATE:
        return type_date(column, cell);
    case VALUE_CATEGORY:
        return column->is_open || column->is_person_key ? type_text(column, cell) : type_code(column, cell);
    case VALUE_TEXT:
        break;
    }
    return type_text(column, cell);
}

/* ---- person keys ------------------------------------------------------------------------------------- */

static int key_person(const struct plan *plan, const struct plan_column *column, struct typed_cell *cell)
{
    enum { DIGITS_MAX = 24 };
    char digits[DIGITS_MAX];
    int64_t digest[2] = {0, 0};
    const char *text = cell->text;
    size_t length = cell->length;
    if (column->declared->type == VALUE_INTEGER && !cell->missing) {
        length = (size_t)snprintf(digits, sizeof digits, "%" PRId64, cell->integer);
        text = digits;
    }
    if (!cell->missing && person_key_digest(plan->key, text, length, digest) != 0)
        return -1;
    cell[0].integer = digest[0];
    cell[1] = (struct typed_cell){.missing = cell->missing, .integer = digest[1]};
    return 0;
}

/* ---- intervals --------------------------------------------------------------------------------------- */

/* A cell that is no code of an interval is exact: both ends are its value. */
static void split_interval(const struct codebook_column *declared, struct typed_cell *cell)
{
    cell[1] = (struct typed_cell){.missing = cell->missing, .integer = cell->integer};
    for (size_t i = 0; !cell->missing && i < declared->n_intervals; i++) {
        const struct codebook_interval *const interval = &declared->intervals[i];
        if (interval->code != cell->integer)
            continue;
        cell[0].integer = interval->low;
        cell[1].integer = interval->high;
        cell[1].missing = interval->high == INT64_MAX;
        return;
    }
}

bool type_has_second(const struct plan_column *column)
{
    return column->is_person_key || (column->declared->part == INTERVAL_LOW && !column->is_second);
}

int type_second(const struct plan *plan, const struct plan_column *column, struct typed_cell cells[static 2])
{
    if (column->is_person_key)
        return key_person(plan, column, cells);
    split_interval(column->declared, cells);
    return 0;
}

/* ---- cells and records ------------------------------------------------------------------------------- */

/* Most cells are longer or shorter than every missing code, and need not be looked up. */
static bool is_missing_code(const struct plan_column *column, const struct typed_cell *cell)
{
    const size_t length = cell->length < PLAN_LENGTHS ? cell->length : PLAN_LENGTHS - 1;
    return (column->missing_lengths >> length & 1) != 0 &&
           text_index_find(&column->missing, cell->text, cell->length) != NULL;
}

enum reason type_clean_cell(const struct plan_column *column, const struct csv_field *field, struct typed_cell *cell)
{
    *cell = (struct typed_cell){0};
    trim(field, cell);
    cell->missing = is_missing_code(column, cell);
    if (!cell->missing) {
        if (csv_space_fault(cell->text, cell->length) != CSV_VALUE_GOOD)
            return REASON_SPACE;
        const enum reason reason = type_present(column, cell);
        if (reason != REASON_NONE)
            return reason;
    }
    if (cell->missing && column->is_weight)
        return REASON_WEIGHT_MISSING;
    return cell->missing && column->declared->required ? REASON_REQUIRED : REASON_NONE;
}

enum reason type_cell(const struct plan_column *column, const struct csv_field *field, struct typed_cell *cell)
{
    if (!is_plain(field->text, field->length)) {
        const enum csv_value fault = csv_text_fault(field->text, field->length);
        if (fault != CSV_VALUE_GOOD)
            return reason_of_value(fault);
    }
    return type_clean_cell(column, field, cell);
}

enum reason type_nameless(const struct csv_field *field)
{
    struct typed_cell cell = {0};
    trim(field, &cell);
    return cell.length == 0 ? REASON_NONE : REASON_NAMELESS;
}

bool type_is_header(const struct header *header, const struct csv_record *record)
{
    for (size_t i = 0; i < record->n_fields; i++) {
        const size_t length = strlen(header->names[i]);
        if (length != record->fields[i].length || memcmp(header->names[i], record->fields[i].text, length) != 0)
            return false;
    }
    return true;
}

static enum reason check_row(const struct header *header, const struct csv_record *record)
{
    if (record->too_long)
        return REASON_TOO_LONG;
    if (record->n_fields != header->n)
        return REASON_CELL_COUNT;
    return type_is_header(header, record) ? REASON_REPEATED_HEADER : REASON_NONE;
}

void type_judge_row(const struct plan *plan, const struct header *header, const struct typed_cell *cells,
                    struct verdict *verdict)
{
    verdict->reason = row_rules_judge(plan, cells, verdict);
    for (size_t i = 0; verdict->reason != REASON_NONE && i < header->n; i++)
        if (header->columns[i] == verdict->column)
            verdict->field = i;
}

struct verdict type_record(const struct plan *plan, const struct header *header, const struct csv_record *record,
                           struct typed_cell *cells)
{
    struct verdict verdict = {
        .reason = check_row(header, record), .column = VERDICT_ROW, .line = record->line, .byte = record->byte};
    for (size_t i = 0; verdict.reason == REASON_NONE && i < header->n_absent; i++)
        cells[header->absent[i]] = (struct typed_cell){.missing = true};
    for (size_t i = 0; verdict.reason == REASON_NONE && i < header->n; i++) {
        const ptrdiff_t column = header->columns[i];
        if (column == HEADER_DROPPED)
            continue;
        verdict.reason = column == HEADER_NAMELESS
                             ? type_nameless(&record->fields[i])
                             : type_cell(&plan->columns[column], &record->fields[i], &cells[column]);
        verdict.field = i;
        verdict.column = column;
        if (verdict.reason == REASON_NONE && column >= 0 && type_has_second(&plan->columns[column]))
            verdict.failed |= type_second(plan, &plan->columns[column], &cells[column]) != 0;
    }
    if (verdict.reason == REASON_NONE)
        type_judge_row(plan, header, cells, &verdict);
    return verdict;
}
