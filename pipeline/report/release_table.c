/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/release_table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "store/store.h"

enum { KINDS_MAX = 48 };

struct release_table {
    struct release_policy policy;
    struct table *table;
    struct row_builder row;
    enum release_kind kinds[KINDS_MAX]; /* by column */
    size_t next;                        /* the column that is probably filled next: rows are filled in order */
};

bool releasable_is_small(const struct release_policy *policy, int64_t exact)
{
    return exact != MISSING_INTEGER && exact != 0 && exact < policy->threshold;
}

struct releasable releasable_count(const struct release_policy *policy, int64_t exact)
{
    bool hidden = releasable_is_small(policy, exact);

    return (struct releasable){.shown = hidden || exact == MISSING_INTEGER ? MISSING_INTEGER
                                                                           : releasable_rounded(exact, policy->round_to),
                               .hidden = hidden};
}

struct releasable releasable_hidden(void)
{
    return (struct releasable){.shown = MISSING_INTEGER, .hidden = true};
}

int64_t releasable_rounded(int64_t exact, int64_t round_to)
{
    return round_to == 0 ? exact : (exact + round_to / 2) / round_to * round_to;
}

struct release_table *release_table_alloc(const struct release_policy *policy, const char *name, const char *label)
{
    struct release_table *table = allocate(1, sizeof *table);

    if (table == NULL)
        return NULL;
    table->policy = *policy;
    table->table = table_alloc(name, label);
    if (table->table == NULL) {
        free(table);
        return NULL;
    }
    return table;
}

void release_table_free(struct release_table *table)
{
    if (table == NULL)
        return;
    table_free(table->table);
    free(table);
}

int release_table_column(struct release_table *table, enum release_kind kind, const char *name, enum column_type type,
                         const char *label, const char *units)
{
    if (table->table->n_columns == KINDS_MAX)
        return fail("release table '%s' has more than %d columns", table->table->name, KINDS_MAX);
    if (kind == RELEASE_COUNT)
        type = COLUMN_INT64;
    if (kind == RELEASE_NUMBER)
        type = COLUMN_FLOAT64;
    if (table_add_column(table->table, name, type, 1, label, units) == NULL)
        return -1;
    table->kinds[table->table->n_columns - 1] = kind;
    return 0;
}

void release_row(struct release_table *table)
{
    table->row = table_new_row(table->table);
    table->next = 0;
}

/* A cell that is filled by the wrong function would slip past the policy: a programming error, told, and NULL. */
static struct column *column_to_fill(struct release_table *table, const char *name, enum release_kind kind)
{
    size_t i = table->next;

    if (table->row.error != 0)
        return NULL;
    if (i >= table->table->n_columns || strcmp(table->table->columns[i].name, name) != 0)
        i = table_column_index(table->table, name);
    table->next = i + 1;
    if (i < table->table->n_columns && table->kinds[i] == kind)
        return &table->table->columns[i];
    table->row.error = fail("release table '%s' has no column '%s' of this kind", table->table->name, name);
    return NULL;
}

static void fill_integer(struct release_table *table, struct column *column, int64_t value)
{
    if (column != NULL && column_set_integer(column, table->row.row, value) != 0)
        table->row.error = fail("release table '%s': a value does not fit column '%s'", table->table->name, column->name);
}

static void fill_real(struct release_table *table, struct column *column, double value)
{
    if (column != NULL && column_set_real(column, table->row.row, value) != 0)
        table->row.error = fail("release table '%s': a value does not fit column '%s'", table->table->name, column->name);
}

void release_text(struct release_table *table, const char *column, const char *text)
{
    if (column_to_fill(table, column, RELEASE_PLAIN) != NULL)
        row_text(&table->row, column, text);
}

void release_plain(struct release_table *table, const char *name, double value)
{
    struct column *const column = column_to_fill(table, name, RELEASE_PLAIN);

    if (column == NULL)
        return;
    if (column->type == COLUMN_FLOAT64)
        fill_real(table, column, value);
    else
        fill_integer(table, column, isnan(value) ? MISSING_INTEGER : (int64_t)value);
}

void release_count(struct release_table *table, const char *column, struct releasable count)
{
    fill_integer(table, column_to_fill(table, column, RELEASE_COUNT), count.hidden ? MISSING_INTEGER : count.shown);
}

/*
 * With whole numbers, where that is as exact as printing: 0 when it is not.  A power of ten up to 22 and what is below 2^53 are
 * doubles, and so their quotient is the double nearest to the decimal number.
 */
static double digits_at_once(double value, int digits)
{
    const int place = (int)floor(log10(fabs(value))), shift = digits - 1 - place;

    if (shift < 0 || shift > 22 || digits > 8)
        return 0;
    const double power = pow(10, shift);
    const long double scaled = (long double)fabs(value) * (long double)power;
    const double whole = (double)floorl(scaled + 0.5L);

    /* Near the middle between two numbers all digits of the value decide. */
    if (fabsl(scaled - floorl(scaled) - 0.5L) < 1e-6L || whole < pow(10, digits - 1) || whole > pow(10, digits))
        return 0;
    return copysign(whole / power, value);
}

double released_digits(double value, int digits)
{
    char text[64];

    if (!isfinite(value))
        return NAN;
    const double quick = value == 0 ? 0 : digits_at_once(value, digits);
    if (quick != 0)
        return quick;
    snprintf(text, sizeof text, "%.*e", digits - 1, value);
    value = strtod(text, NULL);
    return value == 0 ? 0 : value; /* no -0 */
}

double released_decimals(double value, int decimals)
{
    char text[400]; /* %.3f of the largest double */

    if (!isfinite(value))
        return NAN;
    snprintf(text, sizeof text, "%.*f", decimals, value);
    value = strtod(text, NULL);
    return value == 0 ? 0 : value;
}

int release_policy_digits(const struct release_policy *policy)
{
    return policy->round_to > 0 ? 2 : 3;
}

int release_policy_decimals(const struct release_policy *policy)
{
    return policy->round_to > 0 ? 2 : 3;
}

void release_number(struct release_table *table, const char *column, double value)
{
    const struct release_policy *policy = &table->policy;

    fill_real(table, column_to_fill(table, column, RELEASE_NUMBER),
              policy->threshold > 0 ? released_digits(value, release_policy_digits(policy)) : value);
}

void release_coarse(struct release_table *table, const char *column, double value)
{
    fill_real(table, column_to_fill(table, column, RELEASE_NUMBER), table->policy.threshold > 0 ? released_digits(value, 2) : value);
}

void release_point(struct release_table *table, const char *column, double value)
{
    const struct release_policy *policy = &table->policy;

    fill_real(table, column_to_fill(table, column, RELEASE_NUMBER),
              policy->threshold > 0 ? released_decimals(value, release_policy_decimals(policy)) : value);
}

int release_row_end(struct release_table *table)
{
    return row_end(&table->row);
}

/* The file and its writer are one thing: no other code holds the writer of released.h5. */
struct release_file {
    struct store_writer *writer;
};

struct release_file *release_file_open(const char *path)
{
    struct release_file *file = allocate(1, sizeof *file);

    if (file != NULL && (file->writer = store_writer_open(path, 1)) == NULL) {
        free(file);
        return NULL;
    }
    return file;
}

int release_file_table(struct release_file *file, const struct release_table *table)
{
    return store_writer_table(file->writer, table->table);
}

int release_file_provenance(struct release_file *file, const struct table *provenance)
{
    return store_writer_table(file->writer, provenance);
}

int release_file_commit(struct release_file *file)
{
    int status = store_writer_commit(file->writer);

    free(file);
    return status;
}

void release_file_abandon(struct release_file *file)
{
    if (file == NULL)
        return;
    store_writer_abandon(file->writer);
    free(file);
}
