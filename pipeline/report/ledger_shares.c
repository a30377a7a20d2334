/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/ledger_shares.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/programme_shape.h"

enum key { STUDY, SOURCES, MEASURE, PROGRAMME, PERIOD, N_KEYS };
enum number { TOLD, N, N_EVENT, PEOPLE, EVENTS, PEOPLE_LOW, PEOPLE_HIGH, EVENT_LOW, EVENT_HIGH, NO_EVENT_LOW, NO_EVENT_HIGH, N_NUMBERS };

static const char *const key_names[N_KEYS] = {"study", "sources", "measure", "programme", "period"};
static const char *const number_names[N_NUMBERS] = {"told",       "n",        "n_event",     "people",       "events",       "people_low",
                                                    "people_high", "event_low", "event_high", "no_event_low", "no_event_high"};

struct columns {
    struct column *keys[N_KEYS], *numbers[N_NUMBERS], *time;
};

struct ledger_shares {
    struct table *table;
    struct columns columns;
    const struct ledger_people *people;
    const struct table *programmes;
    struct programme_shape shape;
    struct share_record *records; /* [n] of the same people */
    size_t n, n_new;
    size_t *last;                 /* [rows of programmes] the record of the latest row of each */
    int32_t *codes[N_KEYS];       /* [labels of the dashboard] theirs in the ledger, as far as they have been looked up */
};

struct table *ledger_shares_table(void)
{
    struct table *table = table_alloc(LEDGER_SHARES, "Shares of earlier releases, told and withheld");
    bool is_whole = table != NULL;

    for (size_t k = 0; is_whole && k < N_KEYS; k++)
        is_whole = table_add_category(table, key_names[k], NULL, 0, "") != NULL;
    for (size_t k = 0; is_whole && k < N_NUMBERS; k++)
        is_whole = table_add_column(table, number_names[k], k == TOLD ? COLUMN_INT8 : COLUMN_INT64, 0, "", "") != NULL;
    if (is_whole && table_add_column(table, "time", COLUMN_FLOAT64, 0, "Person-time as it was told", "") != NULL)
        return table;
    table_free(table);
    return NULL;
}

static struct columns find_columns(const struct table *table)
{
    struct columns columns = {.time = table_column(table, "time")};

    for (size_t k = 0; k < N_KEYS; k++)
        columns.keys[k] = table_column(table, key_names[k]);
    for (size_t k = 0; k < N_NUMBERS; k++)
        columns.numbers[k] = table_column(table, number_names[k]);
    return columns;
}

static bool is_integer(const struct column *column)
{
    return column != NULL && column->type >= COLUMN_INT8 && column->type <= COLUMN_INT64;
}

bool ledger_shares_are(const struct table *table)
{
    const struct columns columns = find_columns(table);

    for (size_t k = 0; k < N_KEYS; k++)
        if (columns.keys[k] == NULL || columns.keys[k]->type != COLUMN_CATEGORY)
            return false;
    for (size_t k = 0; k < N_NUMBERS; k++)
        if (!is_integer(columns.numbers[k]))
            return false;
    return columns.time != NULL && columns.time->type == COLUMN_FLOAT64;
}

/* ---- which cell a row is of ------------------------------------------------------------------------------------------------ */

/* For each label of a column of the ledger, and for what has none, the place of it on the dashboard; NO_RECORD: it has none now. */
static size_t *find_places(const struct ledger_shares *shares, enum key key, size_t n, size_t step)
{
    const struct column *const earlier = shares->columns.keys[key], *const now = table_column(shares->programmes, key_names[key]);
    size_t *places = allocate(earlier->n_labels + 1, sizeof *places);

    for (size_t k = 0; places != NULL && k <= earlier->n_labels; k++)
        places[k] = NO_RECORD;
    for (size_t i = 0; places != NULL && i < n; i++) {
        const int32_t code = column_code(now, i * step);
        const int32_t then = code == MISSING_CODE ? MISSING_CODE : column_find_label(earlier, now->labels[code], strlen(now->labels[code]));

        if (code == MISSING_CODE)
            places[earlier->n_labels] = i;
        else if (then != MISSING_CODE)
            places[then] = i;
    }
    return places;
}

static size_t place_of(const struct ledger_shares *shares, enum key key, const size_t *places, size_t row)
{
    const int32_t code = column_code(shares->columns.keys[key], row);

    return places[code == MISSING_CODE ? shares->columns.keys[key]->n_labels : (size_t)code];
}

/* ---- reading ------------------------------------------------------------------------------------------------------------------ */

static struct share_record read_record(const struct columns *columns, size_t row)
{
    int64_t value[N_NUMBERS];

    for (size_t k = 0; k < N_NUMBERS; k++)
        value[k] = column_integer(columns->numbers[k], row);
    return (struct share_record){.told = value[TOLD] == 1,
                                 .n = value[N],
                                 .n_event = value[N_EVENT],
                                 .people = value[PEOPLE],
                                 .events = value[EVENTS],
                                 .time = column_real(columns->time, row),
                                 .bounds = {.people = {value[PEOPLE_LOW], value[PEOPLE_HIGH]},
                                            .events = {value[EVENT_LOW], value[EVENT_HIGH]},
                                            .no_events = {value[NO_EVENT_LOW], value[NO_EVENT_HIGH]}}};
}

static bool is_same_release(const struct columns *columns, size_t row, size_t other)
{
    return column_code(columns->keys[STUDY], row) == column_code(columns->keys[STUDY], other) &&
           column_code(columns->keys[SOURCES], row) == column_code(columns->keys[SOURCES], other);
}

static void read_rows(struct ledger_shares *shares, const size_t *measures, const size_t *programmes, const size_t *periods)
{
    bool is_of_us = false, is_own = false;

    for (size_t row = 0; row < shares->table->n_rows; row++) {
        if (row == 0 || !is_same_release(&shares->columns, row, row - 1)) {
            is_of_us = ledger_people_are_same(shares->people, shares->table, row);
            is_own = ledger_people_are_own(shares->people, shares->table, row);
        }
        const size_t m = place_of(shares, MEASURE, measures, row), p = place_of(shares, PROGRAMME, programmes, row),
                     q = place_of(shares, PERIOD, periods, row);
        if (!is_of_us || m == NO_RECORD || p == NO_RECORD || q == NO_RECORD)
            continue;
        size_t *const last = &shares->last[m * shares->shape.n_cells + p * shares->shape.width + q];
        struct share_record *const record = &shares->records[shares->n];
        *record = read_record(&shares->columns, row);
        record->is_own = is_own;
        record->next = *last;
        *last = shares->n++;
    }
}

static int prepare_codes(struct ledger_shares *shares)
{
    for (enum key key = MEASURE; key < N_KEYS; key++) {
        const size_t n = table_column(shares->programmes, key_names[key])->n_labels;

        if ((shares->codes[key] = allocate(n + 1, sizeof *shares->codes[key])) == NULL)
            return -1;
        for (size_t i = 0; i < n; i++)
            shares->codes[key][i] = MISSING_CODE;
    }
    return 0;
}

static int read_all(struct ledger_shares *shares)
{
    const struct programme_shape *const shape = &shares->shape;
    size_t *const measures = find_places(shares, MEASURE, shape->n_measures, shape->n_cells);
    size_t *const programmes = find_places(shares, PROGRAMME, shape->height, shape->width);
    size_t *const periods = find_places(shares, PERIOD, shape->width, 1);
    const int status = measures == NULL || programmes == NULL || periods == NULL ? -1 : 0;

    if (status == 0)
        read_rows(shares, measures, programmes, periods);
    free(measures);
    free(programmes);
    free(periods);
    return status;
}

struct ledger_shares *ledger_shares_alloc(struct table *table, const struct ledger_people *people, const struct table *programmes)
{
    struct ledger_shares *shares = allocate(1, sizeof *shares);

    if (shares == NULL)
        return NULL;
    shares->table = table;
    shares->people = people;
    shares->programmes = programmes;
    shares->columns = find_columns(table);
    shares->shape = programme_shape_of(programmes);
    shares->records = allocate(table->n_rows + 1, sizeof *shares->records);
    shares->last = allocate(programmes->n_rows + 1, sizeof *shares->last);
    for (size_t row = 0; shares->last != NULL && row < programmes->n_rows; row++)
        shares->last[row] = NO_RECORD;
    if (shares->records != NULL && shares->last != NULL && (programmes->n_rows == 0 || (prepare_codes(shares) == 0 && read_all(shares) == 0)))
        return shares;
    ledger_shares_free(shares);
    return NULL;
}

void ledger_shares_free(struct ledger_shares *shares)
{
    if (shares == NULL)
        return;
    free(shares->records);
    free(shares->last);
    for (size_t k = 0; k < N_KEYS; k++)
        free(shares->codes[k]);
    free(shares);
}

const struct share_record *ledger_shares_last(const struct ledger_shares *shares, size_t row)
{
    return shares == NULL || shares->last[row] == NO_RECORD ? NULL : &shares->records[shares->last[row]];
}

const struct share_record *ledger_shares_before(const struct ledger_shares *shares, const struct share_record *record)
{
    return record->next == NO_RECORD ? NULL : &shares->records[record->next];
}

bool share_records_are_near(const struct share_record *a, const struct share_record *b, int64_t threshold)
{
    return llabs(a->people - b->people) < threshold && llabs(a->events - b->events) < threshold;
}

bool share_records_tell_the_same(const struct share_record *a, const struct share_record *b)
{
    return a->told && b->told && a->n == b->n && a->n_event == b->n_event && ((isnan(a->time) && isnan(b->time)) || a->time == b->time);
}

/* ---- entering ------------------------------------------------------------------------------------------------------------------ */

static bool is_entered(const struct ledger_shares *shares, size_t row, const struct share_record *record, int64_t threshold)
{
    for (const struct share_record *known = ledger_shares_last(shares, row); known != NULL; known = ledger_shares_before(shares, known))
        if (known->is_own && (record->told ? share_records_tell_the_same(known, record)
                                           : !known->told && share_records_are_near(known, record, threshold)))
            return true;
    return false;
}

/* The code of a text in the ledger, which gets a label when it is new; MISSING_CODE after telling. */
static int32_t code_of(const struct ledger_shares *shares, enum key key, const char *text)
{
    struct column *const column = shares->columns.keys[key];
    const int32_t code = column_find_label(column, text, strlen(text));

    return code != MISSING_CODE ? code : column_add_label(shares->table, column, text, strlen(text));
}

static int set_text(const struct ledger_shares *shares, enum key key, size_t row, const char *text)
{
    const int32_t code = text[0] == '\0' ? MISSING_CODE : code_of(shares, key, text);

    return text[0] != '\0' && code == MISSING_CODE ? -1 : column_set_code(shares->columns.keys[key], row, code);
}

static int set_label(const struct ledger_shares *shares, enum key key, size_t row, size_t of)
{
    const struct column *const column = table_column(shares->programmes, key_names[key]);
    const int32_t here = column_code(column, of);

    if (here == MISSING_CODE)
        return column_set_code(shares->columns.keys[key], row, MISSING_CODE);
    int32_t *const there = &shares->codes[key][here];
    if (*there == MISSING_CODE && (*there = code_of(shares, key, column->labels[here])) == MISSING_CODE)
        return -1;
    return column_set_code(shares->columns.keys[key], row, *there);
}

static int set_numbers(const struct columns *columns, size_t row, const struct share_record *record)
{
    const struct share_bounds *const bounds = &record->bounds;
    const int64_t value[N_NUMBERS] = {[TOLD] = record->told,
                                      [N] = record->n,
                                      [N_EVENT] = record->n_event,
                                      [PEOPLE] = record->people,
                                      [EVENTS] = record->events,
                                      [PEOPLE_LOW] = bounds->people.low,
                                      [PEOPLE_HIGH] = bounds->people.high,
                                      [EVENT_LOW] = bounds->events.low,
                                      [EVENT_HIGH] = bounds->events.high,
                                      [NO_EVENT_LOW] = bounds->no_events.low,
                                      [NO_EVENT_HIGH] = bounds->no_events.high};
    int status = column_set_real(columns->time, row, record->time);

    for (size_t k = 0; status == 0 && k < N_NUMBERS; k++)
        status = column_set_integer(columns->numbers[k], row, value[k]);
    return status;
}

int ledger_shares_enter(struct ledger_shares *shares, size_t row, const struct share_record *record, int64_t threshold)
{
    const size_t at = shares->table->n_rows;

    if (is_entered(shares, row, record, threshold))
        return 0;
    if (table_resize(shares->table, at + 1) != 0 || set_text(shares, STUDY, at, shares->people->study) != 0 ||
        set_text(shares, SOURCES, at, shares->people->sources) != 0 || set_label(shares, MEASURE, at, row) != 0 ||
        set_label(shares, PROGRAMME, at, row) != 0 || set_label(shares, PERIOD, at, row) != 0 ||
        set_numbers(&shares->columns, at, record) != 0)
        return -1;
    shares->n_new++;
    return 0;
}

size_t ledger_shares_n_new(const struct ledger_shares *shares)
{
    return shares->n_new;
}
