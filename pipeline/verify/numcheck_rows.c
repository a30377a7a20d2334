/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/numcheck_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "base/memory.h"
#include "ingest/csv_reader.h"

static const char *const names[NUMCHECK_N_COLUMNS] = {
    [NUMCHECK_ITEM] = "item",
    [NUMCHECK_PRINTED] = "printed",
    [NUMCHECK_MEASURE] = "measure",
    [NUMCHECK_GROUP] = "group",
    [NUMCHECK_PART_OF] = "part_of",
    [NUMCHECK_CURVE] = "curve",
    [NUMCHECK_ESTIMATE] = "estimate",
    [NUMCHECK_LOW] = "low",
    [NUMCHECK_HIGH] = "high",
    [NUMCHECK_LEVEL] = "level",
    [NUMCHECK_P] = "p",
    [NUMCHECK_STD_ERROR] = "std_error",
    [NUMCHECK_EVENTS] = "events",
    [NUMCHECK_N] = "n",
    [NUMCHECK_PERCENT] = "percent",
    [NUMCHECK_EVENTS_REFERENCE] = "events_reference",
    [NUMCHECK_N_REFERENCE] = "n_reference",
    [NUMCHECK_MEDIAN] = "median",
    [NUMCHECK_MEDIAN_REFERENCE] = "median_reference",
    [NUMCHECK_TIME] = "time",
    [NUMCHECK_AT_RISK] = "at_risk",
};

const char *numcheck_column_name(enum numcheck_column column)
{
    return names[column];
}

/* ---- scales --------------------------------------------------------------------------------------------------- */

/* -1: no such measure. */
static int find_measure(const char *text, enum measure *measure)
{
    static const struct {
        const char *name;
        enum measure measure;
    } short_names[] = {
        {"HR", MEASURE_hazard_ratio}, {"OR", MEASURE_odds_ratio},      {"RR", MEASURE_risk_ratio},
        {"IRR", MEASURE_rate_ratio},  {"RD", MEASURE_risk_difference}, {"MD", MEASURE_mean_difference},
    };

    *measure = N_MEASURES;
    if (*text == '\0')
        return 0;
    for (size_t i = 0; i < sizeof short_names / sizeof short_names[0]; i++)
        if (strcasecmp(text, short_names[i].name) == 0) {
            *measure = short_names[i].measure;
            return 0;
        }
    return measure_from_name(text, measure);
}

static enum numcheck_scale scale_of(enum measure measure)
{
    if (measure == N_MEASURES)
        return SCALE_UNKNOWN;
    if (measure_is_ratio(measure) || measure == MEASURE_time_ratio || measure == MEASURE_rate_ratio)
        return SCALE_RATIO;
    if (measure == MEASURE_risk || measure == MEASURE_survival || measure == MEASURE_cumulative_incidence)
        return SCALE_SHARE;
    return measure_is_contrast(measure) || measure == MEASURE_coefficient || measure == MEASURE_mean ? SCALE_DIFFERENCE
                                                                                                     : SCALE_UNKNOWN;
}

/* ---- reading ------------------------------------------------------------------------------------------------------- */

static int bad(const struct numcheck_rows *rows, size_t line, enum numcheck_column column, const char *expected,
               const char *text, size_t length)
{
    char escaped[ESCAPED_SIZE];

    return fail_at(rows->path, line, rows->place[column], "(%s): %s was expected; value '%s'", names[column], expected,
                   escape_value(escaped, text, length));
}

static int find_columns(struct numcheck_rows *rows, const struct csv_reader *reader)
{
    const size_t n = csv_reader_n_columns(reader), line = csv_reader_header_line(reader);

    for (size_t i = 0; i < n; i++) {
        const char *name = csv_reader_column(reader, i), *near = nearest_name(name, names, NUMCHECK_N_COLUMNS);
        char escaped[ESCAPED_SIZE];
        size_t k = 0;
        while (k < NUMCHECK_N_COLUMNS && strcmp(names[k], name) != 0)
            k++;
        if (k == NUMCHECK_N_COLUMNS) {
            const char *hint = n == 1 ? csv_reader_delimiter_hint(reader) : NULL;
            if (hint != NULL)
                return fail_at(rows->path, line, 0, "a comma was expected between columns; these seem to be split by %s", hint);
            return fail_at(rows->path, line, i + 1, "a table of printed results has no column '%s'%s%s%s",
                           escape_value(escaped, name, strlen(name)), near ? "; did you mean '" : "", near ? near : "",
                           near ? "'?" : "");
        }
        rows->place[k] = i + 1;
    }
    return 0;
}

/* The parts of a printed cell go where their columns would; what stands in both is a mistake. */
static int take_printed(const struct numcheck_rows *rows, struct numcheck_row *row, const struct csv_field *field)
{
    struct printed_text printed;

    if (printed_text_read(field->text, field->length, &printed) != 0)
        return bad(rows, row->line, NUMCHECK_PRINTED, "a printed result, such as 0.91 (0.45-1.85) or 184/283 (65%)",
                   field->text, field->length);
    const struct {
        enum numcheck_column column;
        const struct printed_number *number;
    } parts[] = {{NUMCHECK_ESTIMATE, &printed.estimate}, {NUMCHECK_LOW, &printed.low},       {NUMCHECK_HIGH, &printed.high},
                 {NUMCHECK_EVENTS, &printed.events},     {NUMCHECK_N, &printed.n},           {NUMCHECK_PERCENT, &printed.percent}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (!parts[i].number->given)
            continue;
        if (row->number[parts[i].column].given)
            return fail_at(rows->path, row->line, rows->place[parts[i].column],
                           "(%s): this number stands in the column 'printed', too", names[parts[i].column]);
        row->number[parts[i].column] = *parts[i].number;
    }
    return 0;
}

static bool is_count(enum numcheck_column column)
{
    return column == NUMCHECK_EVENTS || column == NUMCHECK_N || column == NUMCHECK_EVENTS_REFERENCE ||
           column == NUMCHECK_N_REFERENCE || column == NUMCHECK_AT_RISK;
}

static int check_counts(const struct numcheck_rows *rows, const struct numcheck_row *row)
{
    for (enum numcheck_column column = NUMCHECK_ESTIMATE; column < NUMCHECK_N_COLUMNS; column++) {
        const struct printed_number *number = &row->number[column];
        const size_t place = rows->place[column] != 0 ? rows->place[column] : rows->place[NUMCHECK_PRINTED];
        if (number->given && is_count(column) && (number->digits > 0 || number->value < 0 || number->percent || number->relation != '='))
            return fail_at(rows->path, row->line, place, "(%s): a whole number from 0 was expected; it is %s%g%s", names[column],
                           number->relation == '=' ? "" : number->relation == '<' ? "<" : ">", number->value,
                           number->percent ? "%" : "");
        if (number->given && number->relation != '=' && column != NUMCHECK_P && column != NUMCHECK_PERCENT)
            return fail_at(rows->path, row->line, place, "(%s): a number without < or > was expected", names[column]);
    }
    return 0;
}

static int take_level(const struct numcheck_rows *rows, struct numcheck_row *row)
{
    const struct printed_number *level = &row->number[NUMCHECK_LEVEL];

    row->level = !level->given ? 0.95 : level->percent || level->value > 1 ? level->value / 100 : level->value;
    return row->level > 0 && row->level < 1
               ? 0
               : fail_at(rows->path, row->line, rows->place[NUMCHECK_LEVEL], "(level): a level such as 95%% or 0.95 was expected");
}

static int take_row(struct numcheck_rows *rows, const struct csv_record *record)
{
    struct numcheck_row *longer = reallocate(rows->items, rows->n + 1, sizeof *longer);

    if (longer == NULL)
        return -1;
    rows->items = longer;
    struct numcheck_row *row = &longer[rows->n++];
    *row = (struct numcheck_row){.line = record->line, .measure = N_MEASURES};
    for (enum numcheck_column column = 0; column < NUMCHECK_N_COLUMNS; column++) {
        static const struct csv_field empty = {.text = "", .length = 0};
        const size_t place = rows->place[column];
        const struct csv_field *field = place == 0 ? &empty : &record->fields[place - 1];
        if (column < NUMCHECK_N_TEXTS) {
            if ((row->text[column] = copy_bytes(field->text, field->length)) == NULL)
                return -1;
        } else if (printed_number_read(field->text, field->length, &row->number[column]) != 0)
            return bad(rows, record->line, column, "a number as printed, such as 0.41 or 41.2%", field->text, field->length);
    }
    if (find_measure(row->text[NUMCHECK_MEASURE], &row->measure) != 0)
        return bad(rows, record->line, NUMCHECK_MEASURE, "a measure of the manual, or HR, OR, RR, IRR, RD or MD,",
                   row->text[NUMCHECK_MEASURE], strlen(row->text[NUMCHECK_MEASURE]));
    row->scale = scale_of(row->measure);
    if (rows->place[NUMCHECK_PRINTED] != 0 &&
        take_printed(rows, row, &record->fields[rows->place[NUMCHECK_PRINTED] - 1]) != 0)
        return -1;
    return check_counts(rows, row) != 0 ? -1 : take_level(rows, row);
}

int numcheck_rows_read(const char *path, struct numcheck_rows *rows)
{
    const struct csv_options options = {.delimiter = ',', .pipe_allowed = true};
    struct csv_reader *reader = csv_reader_open(path, &options);
    const struct csv_record *record;
    int more = -1;

    *rows = (struct numcheck_rows){.path = path};
    if (reader == NULL)
        return -1;
    if (find_columns(rows, reader) == 0)
        while ((more = csv_reader_next(reader, &record)) > 0) {
            if (record->n_fields != csv_reader_n_columns(reader))
                more = fail_at(path, record->line, 0, "%zu cells were expected, as in the header; there are %zu",
                               csv_reader_n_columns(reader), record->n_fields);
            else
                more = take_row(rows, record);
            if (more != 0)
                break;
        }
    csv_reader_close(reader);
    if (more == 0 && rows->n == 0)
        return fail_at(path, 0, 0, "there is no row to check");
    return more;
}

void numcheck_rows_free(struct numcheck_rows *rows)
{
    for (size_t i = 0; i < rows->n; i++)
        for (size_t k = 0; k < NUMCHECK_N_TEXTS; k++)
            free(rows->items[i].text[k]);
    free(rows->items);
    *rows = (struct numcheck_rows){0};
}
