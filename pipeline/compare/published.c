/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/published.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cells.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/number.h"
#include "compare/printed.h"
#include "ingest/csv_reader.h"
#include "study/measure.h"

enum { N_KEYS = 12, N_TEXTS = 22 };

/* The columns a file may have: keys first, the last of them a number; then texts that are carried over. */
static const char *const names[N_TEXTS] = {"analysis", "outcome",   "population",  "adjustment",   "estimand", "stratum",
                                           "measure",  "term",      "cause",       "arm",          "reference", "time",
                                           "source",   "table",     "cell",        "printed",      "printed_low",
                                           "printed_high", "printed_p", "tolerance", "expected", "note"};
enum { ANALYSIS = 0, STRATUM = 5, MEASURE = 6, TERM = 7, ARM = 9, REFERENCE = 10, TIME = 11, PRINTED = 15, PRINTED_LOW, PRINTED_HIGH,
       PRINTED_P, TOLERANCE, EXPECTED, NOTE };

struct table *published_alloc(void)
{
    struct table *table = table_alloc("published", "What others printed, recomputed");
    int status = table == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < N_TEXTS; i++)
        status = table_add_column(table, names[i], i == TIME ? COLUMN_FLOAT64 : COLUMN_TEXT, 1, "", "") == NULL ? -1 : 0;
    if (status == 0 && table_add_column(table, "recomputed", COLUMN_FLOAT64, 0, "Ours", "") != NULL &&
        table_add_column(table, "difference", COLUMN_FLOAT64, 0, "Ours less printed", "") != NULL &&
        table_add_column(table, "match", COLUMN_TEXT, 1, "Does it match", "") != NULL)
        return table;
    table_free(table);
    return NULL;
}

/* One line of the file: a text by column, "" where the file has no such column. */
struct line {
    const char *path;
    size_t number;
    const char *text[N_TEXTS];
    double time, tolerance; /* NaN: none */
    bool whole; /* names no stratum, and a number of all people fits: then those of parts do not */
    bool plain; /* names no term, and a number without one fits: then those with one do not */
};

static int bad(const struct line *line, size_t column, const char *expected)
{
    char escaped[ESCAPED_SIZE];

    return fail_at(line->path, line->number, 0, "(%s): %s was expected; value '%s'", names[column], expected,
                   escape_value(escaped, line->text[column], strlen(line->text[column])));
}

/* "*": the arms together. */
static bool is_of_all_arms(const struct line *line)
{
    return strcmp(line->text[ARM], "*") == 0;
}

static bool key_fits(const struct table *estimates, size_t row, size_t key, const struct line *line)
{
    size_t n;

    if (*line->text[key] == '\0' && key != ANALYSIS && !(key == STRATUM && line->whole) && !(key == TERM && line->plain))
        return true;
    if (key == ARM && is_of_all_arms(line))
        return column_is_missing(table_column(estimates, names[REFERENCE]), row);
    if (key == TIME)
        return column_real(table_column(estimates, "time"), row) == line->time;
    const char *text = column_text(table_column(estimates, names[key]), row, &n);
    /* A profile's estimate (main@gap14) is compared only with what names it. */
    if (*line->text[key] == '\0')
        return key == ANALYSIS ? memchr(text, '@', n) == NULL : n == 0;
    return n == strlen(line->text[key]) && memcmp(text, line->text[key], n) == 0;
}

static bool line_fits(const struct table *estimates, size_t row, const struct line *line)
{
    size_t key = 0;

    while (key < N_KEYS && key_fits(estimates, row, key, line))
        key++;
    return key == N_KEYS;
}

static bool any_fits(const struct table *estimates, const struct line *line)
{
    size_t row = 0;

    while (row < estimates->n_rows && !line_fits(estimates, row, line))
        row++;
    return row < estimates->n_rows;
}

/* The whole goes before its parts, and the number as it is before what is made of it (other limits, another reading). */
static void prefer_whole(const struct table *estimates, struct line *line)
{
    line->whole = line->plain = true;
    if (any_fits(estimates, line))
        return;
    line->plain = false;
    line->whole = any_fits(estimates, line);
}

static bool is_plain_count(const struct table *estimates, size_t row)
{
    static const char plain[] = "events/n";
    size_t n;
    const char *method = column_text(table_column(estimates, "method"), row, &n);

    return n >= strlen(plain) && memcmp(method, plain, strlen(plain)) == 0;
}

/* A share of all arms together adds their counts, where they are plain; NaN where they are not. */
static double share_of_all_arms(const struct table *estimates, const struct line *line)
{
    int64_t n = 0, n_event = 0;

    if (strcmp(line->text[MEASURE], "risk") != 0)
        return NAN;
    for (size_t row = 0; row < estimates->n_rows; row++) {
        if (!line_fits(estimates, row, line))
            continue;
        if (!is_plain_count(estimates, row))
            return NAN;
        n += column_integer(table_column(estimates, "n"), row);
        n_event += column_integer(table_column(estimates, "n_event"), row);
    }
    return n == 0 ? NAN : (double)n_event / (double)n;
}

/* The one estimate that fits, or n_rows; -1 after telling when several do. */
static int find_estimate(const struct table *estimates, const struct line *line, size_t *found)
{
    *found = estimates->n_rows;
    for (size_t row = 0; row < estimates->n_rows && !is_of_all_arms(line); row++) {
        if (!line_fits(estimates, row, line))
            continue;
        if (*found < estimates->n_rows)
            return fail_at(line->path, line->number, 0, "more than one estimate fits this key; name more of it");
        *found = row;
    }
    return 0;
}

/* What a printed number is compared with. */
static double ours(const struct table *estimates, size_t row, size_t column)
{
    const double estimate = column_real(table_column(estimates, "estimate"), row);

    switch (column) {
    case PRINTED_LOW: return column_real(table_column(estimates, "conf_low"), row);
    case PRINTED_HIGH: return column_real(table_column(estimates, "conf_high"), row);
    case PRINTED_P: return column_real(table_column(estimates, "p_value"), row);
    default: return isnan(estimate) ? column_real(table_column(estimates, "statistic"), row) : estimate;
    }
}

struct finding {
    double recomputed, difference;
    const char *match;
};

static int judge(const struct table *estimates, const struct line *line, struct finding *finding)
{
    struct printed printed;
    size_t row;

    *finding = (struct finding){NAN, NAN, "not_computable"};
    if (find_estimate(estimates, line, &row) != 0)
        return -1;
    for (size_t column = PRINTED; column <= PRINTED_P; column++) {
        if (column != PRINTED && *line->text[column] == '\0')
            continue;
        if (printed_read(line->text[column], &printed) != 0)
            return bad(line, column, "a number as printed, such as 0.41, 41.2% or <0.001");
        const double value = row < estimates->n_rows                     ? ours(estimates, row, column)
                             : column == PRINTED && is_of_all_arms(line) ? share_of_all_arms(estimates, line)
                                                                         : NAN;
        if (isnan(value))
            continue;
        if (column == PRINTED) {
            finding->recomputed = value * printed.scale;
            finding->difference = finding->recomputed - printed.value;
            finding->match = "matches";
        }
        if (!printed_matches(&printed, value) &&
            (column == PRINTED_P || isnan(line->tolerance) || !printed_is_within(&printed, value, line->tolerance)))
            finding->match = "differs";
    }
    if (isnan(finding->recomputed))
        finding->match = "not_computable";
    return 0;
}

static int add_row(struct table *published, const struct line *line, const struct finding *finding)
{
    struct row_builder row = table_new_row(published);

    for (size_t i = 0; i < N_TEXTS; i++)
        if (i == TIME)
            row_real(&row, names[i], line->time);
        else
            row_text(&row, names[i], line->text[i]);
    row_real(&row, "recomputed", finding->recomputed);
    row_real(&row, "difference", finding->difference);
    row_text(&row, "match", finding->match);
    return row_end(&row);
}

/* An empty cell is NaN; -1: no finite number. */
static int read_real(const char *text, double *value)
{
    char *end;

    *value = NAN;
    if (*text == '\0')
        return 0;
    *value = strtod(text, &end);
    return *end == '\0' && isfinite(*value) ? 0 : -1;
}

static int check_line(struct line *line)
{
    const char *const expected = line->text[EXPECTED];
    enum measure measure;

    if (measure_from_name(line->text[MEASURE], &measure) != 0)
        return bad(line, MEASURE, "a measure of the manual");
    if (read_real(line->text[TIME], &line->time) != 0)
        return bad(line, TIME, "a day");
    if (read_real(line->text[TOLERANCE], &line->tolerance) != 0 || line->tolerance < 0)
        return bad(line, TOLERANCE, "a number from 0, on the printed scale,");
    if (*expected == '\0' || strcmp(expected, "matches") == 0)
        return 0;
    if (strcmp(expected, "differs") != 0 && strcmp(expected, "not_computable") != 0)
        return bad(line, EXPECTED, "matches, differs or not_computable");
    return *line->text[NOTE] != '\0' ? 0 : bad(line, NOTE, "the reason why it is not expected to match");
}

bool published_surprises(const struct table *published, size_t row)
{
    return !cell_is(published, "match", row, "matches") && !cell_is(published, "expected", row, "differs") &&
           !cell_is(published, "expected", row, "not_computable");
}

/* Places of our columns in the file; SIZE_MAX where it has none. */
static int read_header(const char *path, const struct csv_reader *reader, size_t places[static N_TEXTS])
{
    for (size_t k = 0; k < N_TEXTS; k++)
        places[k] = SIZE_MAX;
    for (size_t i = 0; i < csv_reader_n_columns(reader); i++) {
        const char *name = csv_reader_column(reader, i), *near = nearest_name(name, names, N_TEXTS);
        size_t k = 0;
        while (k < N_TEXTS && strcmp(names[k], name) != 0)
            k++;
        if (k == N_TEXTS)
            return fail_at(path, csv_reader_header_line(reader), i + 1, "published numbers have no column '%s'%s%s%s",
                           name, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
        places[k] = i;
    }
    if (places[MEASURE] == SIZE_MAX || places[PRINTED] == SIZE_MAX)
        return fail_at(path, csv_reader_header_line(reader), 0, "the columns 'measure' and 'printed' are needed");
    return 0;
}

static int match_line(struct line *line, const struct table *estimates, struct table *published)
{
    struct finding finding;

    if (check_line(line) != 0)
        return -1;
    prefer_whole(estimates, line);
    return judge(estimates, line, &finding) != 0 ? -1 : add_row(published, line, &finding);
}

static int match_record(const struct csv_record *record, const size_t places[static N_TEXTS], const char *path,
                        const struct table *estimates, struct table *published)
{
    struct line line = {.path = path, .number = record->line};

    for (size_t k = 0; k < N_TEXTS; k++)
        line.text[k] = places[k] < record->n_stored ? record->fields[places[k]].text : "";
    return match_line(&line, estimates, published);
}

/* The cells of one row of a finished table as those of a file; the caller frees them. */
static int read_row(const struct table *published, size_t row, char *cells[static N_TEXTS])
{
    int status = 0;

    for (size_t k = 0; k < N_TEXTS; k++) {
        char number[NUMBER_SIZE];
        cells[k] = k == TIME ? copy_text(number_exact(number, cell_real(published, names[k], row)))
                             : cell_copy(published, names[k], row);
        status = cells[k] == NULL ? -1 : status;
    }
    return status;
}

int published_match_again(const char *path, const struct table *published, const struct table *estimates,
                          struct table *again)
{
    int status = 0;

    for (size_t row = 0; status == 0 && row < published->n_rows; row++) {
        struct line line = {.path = path, .number = row + 1};
        char *cells[N_TEXTS];
        status = read_row(published, row, cells);
        for (size_t k = 0; k < N_TEXTS; k++)
            line.text[k] = cells[k];
        if (status == 0)
            status = match_line(&line, estimates, again);
        for (size_t k = 0; k < N_TEXTS; k++)
            free(cells[k]);
    }
    return status;
}

int published_match(const char *path, const struct table *estimates, struct table *published)
{
    const struct csv_options options = {.delimiter = ','};
    struct csv_reader *reader = csv_reader_open(path, &options);
    const struct csv_record *record;
    size_t places[N_TEXTS];
    int more = -1;

    if (reader == NULL)
        return -1;
    if (read_header(path, reader, places) == 0)
        while ((more = csv_reader_next(reader, &record)) > 0) {
            if (record->n_fields != csv_reader_n_columns(reader))
                more = fail_at(path, record->line, 0, "%zu cells were expected, as in the header; there are %zu",
                               csv_reader_n_columns(reader), record->n_fields);
            else
                more = match_record(record, places, path, estimates, published);
            if (more != 0)
                break;
        }
    csv_reader_close(reader);
    return more;
}
