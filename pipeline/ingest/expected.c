/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/expected.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/days.h"
#include "base/fail.h"
#include "ingest/unique_rows.h"
#include "ingest/csv_slab.h"

enum { CODES_SHOWN = 8 };

struct writer {
    char *out;
    size_t length;
};

__attribute__((format(printf, 2, 3))) static void add(struct writer *writer, const char *format, ...)
{
    const size_t room = EXPECTED_SIZE - writer->length;
    va_list arguments;
    va_start(arguments, format);
    const int n = vsnprintf(writer->out + writer->length, room, format, arguments);
    va_end(arguments);
    if (n > 0)
        writer->length += (size_t)n < room ? (size_t)n : room - 1;
}

static void add_shown(struct writer *writer, const char *text)
{
    char shown[ESCAPED_SIZE];
    add(writer, "'%s'", escape_value(shown, text, strlen(text)));
}

static void add_range(struct writer *writer, const struct codebook_column *declared)
{
    char low[ISO_DATE_SIZE], high[ISO_DATE_SIZE];
    if (!declared->has_range)
        return;
    if (declared->type != VALUE_DATE) {
        add(writer, " from %.15g to %.15g", declared->low, declared->high);
        return;
    }
    day_to_iso((int32_t)declared->low, low);
    day_to_iso((int32_t)declared->high, high);
    add(writer, " from %s to %s", low, high);
}

/* The field is shown to nearest_name() only, and what it gives back is a declared code. */
static void add_codes(struct writer *writer, const struct codebook_column *declared, const struct csv_field *field)
{
    const char *const near = nearest_name(field->text, (const char *const *)declared->codes, declared->n_codes);
    add(writer, "one of the declared codes");
    for (size_t i = 0; i < declared->n_codes && i < CODES_SHOWN; i++) {
        add(writer, i == 0 ? " " : ", ");
        add_shown(writer, declared->codes[i]);
    }
    if (declared->n_codes > CODES_SHOWN)
        add(writer, ", ...");
    add(writer, " was expected");
    if (near != NULL) {
        add(writer, " (");
        add_shown(writer, near);
        add(writer, "?)");
    }
}

static void add_type(struct writer *writer, const struct plan_column *column)
{
    static const char *const types[] = {
        [VALUE_INTEGER] = "a whole number", [VALUE_REAL] = "a number with a decimal point",
        [VALUE_CATEGORY] = "a code",        [VALUE_DATE] = "a date as YYYY-MM-DD",
        [VALUE_TEXT] = "text",
    };
    add(writer, "%s", types[column->declared->type]);
    add_range(writer, column->declared);
    add(writer, " was expected");
}

static bool is_usual_word_for_missing(const struct csv_field *field)
{
    static const char *const words[] = {"",  "NA", "N/A", "n/a", "NULL", "null",
                                        ".", "-",  "nan", "NaN", "None", "missing"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(field->text, words[i]) == 0)
            return true;
    return false;
}

static void add_cell(struct writer *writer, const struct plan_column *column, const struct csv_field *field,
                     enum reason reason)
{
    switch (reason) {
    case REASON_NUL:
        add(writer, "text without NUL bytes was expected");
        return;
    case REASON_ENCODING:
        add(writer, "UTF-8 was expected; if the file is latin-1, declare 'encoding: latin-1'");
        return;
    case REASON_CONTROL:
        add(writer, "text without control characters, line ends and direction marks was expected");
        return;
    case REASON_SPACE:
        add(writer, "a value without spaces before or after it was expected; remove them");
        return;
    case REASON_CELL_TOO_LONG:
        add(writer, "at most %d bytes were expected, %zu were found", CELL_BYTES_MAX, field->length);
        return;
    case REASON_REQUIRED:
        add(writer, "a value was expected: the column is required");
        return;
    case REASON_WEIGHT_MISSING:
    case REASON_WEIGHT_NEGATIVE:
    case REASON_WEIGHT_NOT_WHOLE:
        add(writer, "a frequency, a whole number of at least 0, was expected");
        return;
    case REASON_SPREADSHEET:
        add(writer, "a value was expected; this is the trace of a spreadsheet formula that failed");
        return;
    case REASON_ID_MANGLED:
        add(writer, "an id was expected; a spreadsheet program made a number or a date of it, and perhaps one of "
                    "several: export the file again with the column as text");
        return;
    case REASON_ID_CHARACTER:
        add(writer, "an id of letters, digits and _ - . : / # + was expected");
        return;
    case REASON_NOT_IN_CODES:
        add_codes(writer, column->declared, field);
        break;
    default:
        add_type(writer, column);
        if (reason == REASON_NO_SUCH_DAY)
            add(writer, "; there is no such day");
        break;
    }
    if (is_usual_word_for_missing(field))
        add(writer, "; if it means missing, declare it under 'missing:'");
}

/* The values themselves stay out of it: a date may name a person. */
static void add_order(struct writer *writer, const struct plan *plan, const struct verdict *verdict)
{
    const struct codebook_column *const later = plan->columns[verdict->column].declared,
                                 *const earlier = plan->columns[verdict->other].declared;
    const bool days = later->type == VALUE_DATE || strcmp(later->units, "days") == 0;
    add(writer, "a value not before '%s' was expected", earlier->name);
    if (verdict->distance > 0)
        add(writer, "; it lies %lld%s before", (long long)verdict->distance,
            !days ? "" : verdict->distance == 1 ? " day" : " days");
}

const char *expected_text(const struct plan *plan, const struct header *header, size_t n_fields,
                          const struct csv_field *field, const struct verdict *verdict,
                          char out[static EXPECTED_SIZE])
{
    struct writer writer = {.out = out};
    char day[ISO_DATE_SIZE];
    out[0] = '\0';
    switch (verdict->reason) {
    case REASON_TOO_LONG:
        add(&writer, "a row of at most %d bytes was expected", CSV_RECORD_MAX);
        break;
    case REASON_CELL_COUNT:
        add(&writer, "%zu cells were expected, %zu %s found", header->n, n_fields,
            n_fields == 1 ? "was" : "were");
        break;
    case REASON_REPEATED_HEADER:
        add(&writer, "data were expected, the header stands here again");
        break;
    case REASON_NAMELESS:
        add(&writer, "an empty cell was expected: the column has no name");
        break;
    case REASON_SAME_ROW:
        add(&writer, "a row of its own was expected; the same row stands already at line %zu%s", verdict->fault->other_line,
            verdict->fault->other_file != verdict->fault->file ? " of another file" : "");
        break;
    case REASON_CONFLICT:
        add(&writer, "one row for each value of the unique columns was expected; line %zu%s has the same value and other "
                     "cells, and both are set aside",
            verdict->fault->other_line, verdict->fault->other_file != verdict->fault->file ? " of another file" : "");
        break;
    case REASON_BEFORE:
        add_order(&writer, plan, verdict);
        break;
    case REASON_AFTER_DATA:
        day_to_iso(plan->as_of, day);
        add(&writer, "a day up to %s, when the data were drawn ('as_of:'), was expected", day);
        break;
    default:
        add_cell(&writer, &plan->columns[verdict->column], field, verdict->reason);
        break;
    }
    return out;
}
