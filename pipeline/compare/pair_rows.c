/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/pair_rows.h"

#include <stdlib.h>

#include "base/memory.h"
#include "compare/sample.h"
#include "stats/weighted_curve.h"

/* Columns that must be known, each once. */
struct needed {
    size_t n;
    const struct column **columns;
};

static void need_column(struct needed *needed, const struct table *records, const char *name)
{
    const struct column *column = table_column(records, name);

    for (size_t k = 0; k < needed->n; k++)
        if (needed->columns[k] == column)
            return;
    needed->columns[needed->n++] = column;
}

static void need_terms(struct needed *needed, const struct table *records, const struct study_terms *terms)
{
    for (size_t t = 0; t < terms->n; t++)
        for (size_t k = 0; k < terms->items[t].n_parts; k++)
            need_column(needed, records, terms->items[t].parts[k].column.text);
}

/* Column by column, as they lie in memory. */
static void mark_unknown(const struct needed *needed, size_t n_records, const size_t *record, size_t n, bool *unknown)
{
    for (size_t k = 0; k < needed->n; k++)
        if (column_any_missing(needed->columns[k], n_records))
            for (size_t i = 0; i < n; i++)
                unknown[i] |= column_is_missing(needed->columns[k], record[i]);
}

static int alloc_rows(const struct sample *s, size_t n, struct pair_rows *r)
{
    const bool timed = s->time != NULL, late = r->c->delayed_entry; /* anywhere */

    if ((r->record = allocate(n + 1, sizeof *r->record)) == NULL || (r->row = allocate(n + 1, sizeof *r->row)) == NULL ||
        (r->treated = allocate(n + 1, 1)) == NULL ||
        (r->count = allocate(n + 1, sizeof *r->count)) == NULL ||
        (r->frequency = allocate(n + 1, sizeof *r->frequency)) == NULL ||
        (r->cause = allocate(n + 1, sizeof *r->cause)) == NULL ||
        (!timed && (r->y = allocate(n + 1, sizeof *r->y)) == NULL) ||
        (timed && (r->time = allocate(n + 1, sizeof *r->time)) == NULL) ||
        (timed && (r->place = allocate(n + 1, sizeof *r->place)) == NULL) ||
        (timed && late && (r->entry = allocate(n + 1, sizeof *r->entry)) == NULL) ||
        (timed && late && (r->entry_place = allocate(n + 1, sizeof *r->entry_place)) == NULL) ||
        (s->cluster != NULL && (r->cluster = allocate(n + 1, sizeof *r->cluster)) == NULL))
        return -1;
    return 0;
}

static void take_row(struct pair_rows *r, size_t i, size_t record)
{
    const struct sample *s = r->c->people;
    const size_t k = r->n++;

    r->record[k] = record;
    r->row[k] = s->row[i];
    r->treated[k] = (size_t)s->arm[i] == r->pair.arm;
    r->n_treated += r->treated[k];
    r->count[k] = s->frequency[i];
    r->frequency[k] = (double)s->frequency[i];
    r->counted |= s->frequency[i] != 1;
    r->cause[k] = s->cause[i];
    if (r->y != NULL)
        r->y[k] = s->value != NULL ? s->value[i] : s->cause[i] == 1;
    if (r->time != NULL) {
        r->time[k] = s->time[i]; /* every time of the sample stands on the axis */
        r->place[k] = (uint32_t)risk_table_index(r->c->table, s->time[i]);
    }
    if (r->entry != NULL) {
        r->entry[k] = i < s->n_late ? s->entry[i] : -1;
        r->entry_place[k] = i < s->n_late ? (uint32_t)risk_table_index(r->c->table, s->entry[i]) : WEIGHTED_FROM_START;
    }
    if (r->cluster != NULL)
        r->cluster[k] = s->cluster[i];
}

/* What is said of the rows of all places. */
static void add_up(struct pair_rows *r)
{
    int64_t n[] = {(int64_t)(r->n - r->n_treated), (int64_t)r->n_treated, r->n_unknown, r->counted};

    reducer_sum(r->c->reducer, n, sizeof n / sizeof n[0]);
    r->n_of[0] = n[0];
    r->n_of[1] = n[1];
    r->n_unknown = n[2];
    r->counted = n[3] > 0;
}

static int take_known(struct pair_rows *r, const struct needed *needed, const struct column *record)
{
    const struct sample *s = r->c->people;
    size_t *of = allocate(s->n + 1, sizeof *of);
    bool *unknown = allocate(s->n + 1, sizeof *unknown);
    const int status = of == NULL || unknown == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < s->n; i++)
        of[i] = (size_t)column_integer(record, s->row[i]);
    if (status == 0)
        mark_unknown(needed, r->records->n_rows, of, s->n, unknown);
    for (int treated = 1; status == 0 && treated >= 0; treated--)
        for (size_t i = 0; i < s->n; i++) {
            if ((size_t)s->arm[i] != (treated ? r->pair.arm : r->pair.reference))
                continue;
            if (unknown[i])
                r->n_unknown += s->frequency[i];
            else
                take_row(r, i, of[i]);
        }
    if (status == 0)
        add_up(r);
    free(unknown);
    free(of);
    return status;
}

int pair_rows_take(const struct comparison *c, struct arm_pair pair, const struct table *records,
                   const struct column *record, const struct study_adjustment *how, struct pair_rows *r)
{
    const struct sample *s = c->people;
    struct needed needed = {0, allocate(records->n_columns + 1, sizeof *needed.columns)};
    size_t n = 0;

    *r = (struct pair_rows){.c = c, .pair = pair, .records = records};
    for (size_t i = 0; i < s->n; i++)
        n += (size_t)s->arm[i] == pair.arm || (size_t)s->arm[i] == pair.reference;
    if (needed.columns == NULL || alloc_rows(s, n, r) != 0) {
        free(needed.columns);
        return -1;
    }
    need_terms(&needed, records, &how->propensity);
    need_terms(&needed, records, &how->terms);
    need_terms(&needed, records, &how->censoring);
    for (size_t k = 0; k < how->exact.n; k++)
        need_column(&needed, records, how->exact.items[k].text);
    const int status = take_known(r, &needed, record);
    r->clusters = sample_clusters(s, r->cluster);
    free(needed.columns);
    return status;
}

void pair_rows_free(struct pair_rows *r)
{
    free(r->record);
    free(r->row);
    free(r->treated);
    free(r->count);
    free(r->frequency);
    free(r->cause);
    free(r->y);
    free(r->time);
    free(r->entry);
    free(r->place);
    free(r->entry_place);
    free(r->cluster);
    *r = (struct pair_rows){0};
}

size_t pair_rows_threads(const struct pair_rows *r)
{
    const size_t worth = 1 + r->n / 5000, given = r->c->n_threads < 1 ? 1 : (size_t)r->c->n_threads;

    return worth < given ? worth : given;
}

int64_t pair_rows_people(const struct pair_rows *r, uint8_t treated)
{
    int64_t n = 0;

    for (size_t i = treated ? 0 : r->n_treated; i < (treated ? r->n_treated : r->n); i++)
        n += r->count[i];
    return reducer_sum_one(r->c->reducer, n);
}
