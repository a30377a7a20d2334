/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/programme_axes.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/days.h"
#include "base/fail.h"
#include "base/memory.h"

static const char none[] = "no programme recorded";

/* ---- programmes ---------------------------------------------------------------------------------------------- */

/* A programme as its column has it: a number, or a text that is not terminated. */
struct name {
    int64_t number;
    const char *text;
    size_t length;
};

static int compare_names(const void *left, const void *right)
{
    const struct name *a = left, *b = right;
    const size_t shorter = a->length < b->length ? a->length : b->length;
    int order;

    if (a->text == NULL)
        return (a->number > b->number) - (a->number < b->number);
    order = memcmp(a->text, b->text, shorter);
    return order != 0 ? order : (a->length > b->length) - (a->length < b->length);
}

static struct name name_in(const struct column *column, size_t row)
{
    struct name name = {0, NULL, 0};

    if (column->type == COLUMN_TEXT || column->type == COLUMN_CATEGORY)
        name.text = column_text(column, row, &name.length);
    else
        name.number = column_integer(column, row);
    return name;
}

static char *spell(const struct name *name)
{
    return name->text == NULL ? format_text("%" PRId64, name->number) : copy_bytes(name->text, name->length);
}

/* The distinct names, sorted; NULL after telling. */
static struct name *distinct(const struct column *column, const size_t *rows, size_t n, size_t *n_names)
{
    struct name *names = allocate(n + 1, sizeof *names);

    *n_names = 0;
    if (names == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++)
        names[i] = name_in(column, rows[i]);
    qsort(names, n, sizeof *names, compare_names);
    for (size_t i = 0; i < n; i++)
        if (*n_names == 0 || compare_names(&names[*n_names - 1], &names[i]) != 0)
            names[(*n_names)++] = names[i];
    return names;
}

/* What a place says of its names: numbers, or how long texts are and these. */
static unsigned char *write_names(const struct name *names, size_t n, size_t *n_bytes)
{
    unsigned char *bytes;

    *n_bytes = 0;
    for (size_t k = 0; k < n; k++)
        *n_bytes += sizeof names[k].number + (names[k].text != NULL ? names[k].length : 0);
    if ((bytes = allocate(*n_bytes + 1, 1)) == NULL)
        return NULL;
    for (size_t k = 0, at = 0; k < n; k++) {
        const int64_t number = names[k].text != NULL ? (int64_t)names[k].length : names[k].number;
        memcpy(bytes + at, &number, sizeof number);
        at += sizeof number;
        if (names[k].text != NULL && names[k].length > 0)
            memcpy(bytes + at, names[k].text, names[k].length);
        at += names[k].text != NULL ? names[k].length : 0;
    }
    return bytes;
}

/* The names that were written, which stay where the bytes are; returns how many. */
static size_t read_names(const struct reducer_bytes *all, bool texts, struct name *names)
{
    size_t n = 0;

    for (size_t at = 0; at < all->n;) {
        int64_t number;
        memcpy(&number, all->bytes + at, sizeof number);
        at += sizeof number;
        names[n++] = texts ? (struct name){0, (const char *)all->bytes + at, (size_t)number} : (struct name){number, NULL, 0};
        at += texts ? (size_t)number : 0;
    }
    return n;
}

/* Those that occur in any place; *all holds their texts. */
static int join_names(const struct reducer *reducer, bool texts, struct name **names, size_t *n, struct reducer_bytes *all)
{
    size_t n_bytes, n_distinct = 0;

    if (reducer == NULL)
        return 0;
    unsigned char *const own = write_names(*names, *n, &n_bytes);
    if (own == NULL || reducer->collect(reducer->context, own, n_bytes, all) != 0) {
        free(own);
        return -1;
    }
    free(own);
    free(*names);
    if ((*names = allocate(all->n / sizeof(int64_t) + 1, sizeof **names)) == NULL)
        return -1;
    *n = read_names(all, texts, *names);
    if (*n > 0)
        qsort(*names, *n, sizeof **names, compare_names);
    for (size_t i = 0; i < *n; i++)
        if (n_distinct == 0 || compare_names(&(*names)[n_distinct - 1], &(*names)[i]) != 0)
            (*names)[n_distinct++] = (*names)[i];
    *n = n_distinct;
    return 0;
}

static int number_programmes(const struct analyses_input *input, const struct column *column, const struct column *member,
                             struct programme_axes *axes)
{
    const struct column *record = table_column(input->cohort, "record");
    size_t *rows = allocate(axes->n + 1, sizeof *rows), n = 0, n_names = 0;
    const bool texts = column->type == COLUMN_TEXT || column->type == COLUMN_CATEGORY;
    struct reducer_bytes everywhere = {0};
    struct name *names = NULL;
    int64_t n_without = 0;
    int status = -1;

    for (size_t i = 0; rows != NULL && i < axes->n; i++) {
        const size_t row = (size_t)column_integer(record, i);
        if (column_integer(member, i) != 1)
            continue;
        if (column_is_missing(column, row))
            n_without++;
        else
            rows[n++] = row;
    }
    if (rows != NULL)
        names = distinct(column, rows, n, &n_names);
    if (names != NULL && join_names(input->reducer, texts, &names, &n_names, &everywhere) != 0) {
        free(names);
        names = NULL;
    }
    const bool anybody_without = reducer_sum_one(input->reducer, n_without) > 0;
    if (names != NULL && n_names > PROGRAMMES_MAX)
        fail("dashboard: column '%s' has more than %d programmes", column->name, PROGRAMMES_MAX);
    else if (names != NULL)
        status = (axes->names = allocate(n_names + 1, sizeof *axes->names)) == NULL ? -1 : 0;
    for (size_t k = 0; status == 0 && k < n_names + (anybody_without ? 1 : 0); k++) {
        axes->names[k] = k < n_names ? spell(&names[k]) : copy_text(none);
        status = axes->names[k] == NULL ? -1 : 0;
        axes->n_programmes++;
    }
    for (size_t i = 0; status == 0 && i < axes->n; i++) {
        const size_t row = (size_t)column_integer(record, i);
        axes->programme[i] = (int32_t)n_names;
        if (column_integer(member, i) == 1 && !column_is_missing(column, row)) {
            const struct name name = name_in(column, row);
            const struct name *found = bsearch(&name, names, n_names, sizeof *names, compare_names);
            axes->programme[i] = (int32_t)(found - names);
        }
    }
    free(names);
    free(everywhere.bytes);
    free(rows);
    return status;
}

/* ---- periods -------------------------------------------------------------------------------------------------- */

/* Months since the year 0, in whole quarters or years. */
static int period_number(enum dashboard_period period, int32_t day)
{
    static const int months[] = {[PERIOD_MONTH] = 1, [PERIOD_QUARTER] = 3, [PERIOD_YEAR] = 12};
    int year, month, day_of_month;

    day_to_civil(day, &year, &month, &day_of_month);
    return (year * 12 + month - 1) / months[period];
}

static void spell_period(enum dashboard_period period, int number, char out[static PERIOD_NAME_SIZE])
{
    if (period == PERIOD_MONTH)
        snprintf(out, PERIOD_NAME_SIZE, "%04d-%02d", number / 12, number % 12 + 1);
    else if (period == PERIOD_QUARTER)
        snprintf(out, PERIOD_NAME_SIZE, "%04d-Q%d", number / 4, number % 4 + 1);
    else
        snprintf(out, PERIOD_NAME_SIZE, "%04d", number);
}

static void find_days(const struct analyses_input *input, const struct column *member, struct programme_axes *axes)
{
    const struct study_dashboard *dashboard = &input->study->dashboard;
    const struct column *record = table_column(input->cohort, "record"), *zero = table_column(input->cohort, "time_zero");
    const struct column *date = dashboard->date.text == NULL ? NULL : table_column(input->records, dashboard->date.text);

    for (size_t i = 0; i < axes->n; i++) {
        const int64_t day = date != NULL ? column_integer(date, (size_t)column_integer(record, i)) : column_integer(zero, i);
        axes->day[i] = column_integer(member, i) != 1 || day < DAY_MIN || day > DAY_MAX ? INT32_MIN : (int32_t)day;
    }
}

static int number_periods(const struct study_dashboard *dashboard, const struct reducer *reducer, struct programme_axes *axes)
{
    int first = INT32_MAX, last = INT32_MIN;

    for (size_t i = 0; i < axes->n; i++) {
        axes->period[i] = -1;
        if (axes->day[i] == INT32_MIN)
            continue;
        axes->period[i] = period_number(dashboard->period, axes->day[i]);
        first = axes->period[i] < first ? axes->period[i] : first;
        last = axes->period[i] > last ? axes->period[i] : last;
    }
    double ends[] = {-(double)first, last};
    if (reducer != NULL)
        reducer->largest(reducer->context, ends, 2);
    first = (int)-ends[0];
    last = (int)ends[1];
    if (last < first)
        return 0;
    if (last - first >= PERIODS_MAX)
        return fail("dashboard: from the first to the last date there are more than %d periods; see whether the dates "
                    "are right",
                    PERIODS_MAX);
    axes->first_period = first;
    axes->n_periods = (size_t)(last - first) + 1;
    if ((axes->periods = allocate(axes->n_periods, sizeof *axes->periods)) == NULL)
        return -1;
    for (size_t q = 0; q < axes->n_periods; q++)
        spell_period(dashboard->period, first + (int)q, axes->periods[q]);
    for (size_t i = 0; i < axes->n; i++)
        axes->period[i] -= axes->period[i] >= 0 ? first : 0;
    return 0;
}

ptrdiff_t programme_axes_period(const struct programme_axes *axes, const struct study_dashboard *dashboard, int32_t day)
{
    return (ptrdiff_t)period_number(dashboard->period, day) - axes->first_period;
}

/* ---- both -------------------------------------------------------------------------------------------------------- */

int programme_axes_find(const struct analyses_input *input, const struct column *member, struct programme_axes *axes)
{
    const struct study *study = input->study;
    const struct column *by = table_column(input->records, study->dashboard.by.text);
    const size_t n = input->cohort->n_rows;

    *axes = (struct programme_axes){.n = n};
    if ((axes->programme = allocate(n + 1, sizeof *axes->programme)) == NULL ||
        (axes->period = allocate(n + 1, sizeof *axes->period)) == NULL ||
        (axes->day = allocate(n + 1, sizeof *axes->day)) == NULL)
        return -1;
    find_days(input, member, axes);
    return number_programmes(input, by, member, axes) != 0 || number_periods(&study->dashboard, input->reducer, axes) != 0 ? -1 : 0;
}

void programme_axes_free(struct programme_axes *axes)
{
    for (size_t k = 0; k < axes->n_programmes; k++)
        free(axes->names[k]);
    free(axes->names);
    free(axes->periods);
    free(axes->programme);
    free(axes->period);
    free(axes->day);
    *axes = (struct programme_axes){0};
}
