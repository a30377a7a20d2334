/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fit/groups.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/number.h"

/* Combinations that are looked at, whether they occur or not. */
enum { CELLS_MAX = 1000 * GROUPS_MAX };

/* The levels of one factor that occur, and the level of every row. */
struct levels {
    size_t n;
    char **labels; /* [n] */
    int32_t *code; /* [rows] */
};

static void levels_clear(struct levels *levels)
{
    for (size_t i = 0; i < levels->n; i++)
        free(levels->labels[i]);
    free(levels->labels);
    free(levels->code);
    *levels = (struct levels){0};
}

static int add_label(struct levels *levels, char *label)
{
    char **grown = label != NULL ? reallocate(levels->labels, levels->n + 1, sizeof *grown) : NULL;
    if (grown == NULL) {
        free(label);
        return -1;
    }
    levels->labels = grown;
    grown[levels->n++] = label;
    return 0;
}

static int fail_too_many(const struct column *column)
{
    return fail("column '%s' has more than %d different values: too many groups", column->name, GROUPS_MAX);
}

/* ---- the levels of one column -------------------------------------------------------------------------- */

static int compare_doubles(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Sorts and drops repetitions; returns how many are left. */
static size_t sort_distinct(double *values, size_t n)
{
    size_t kept = 0;
    qsort(values, n, sizeof *values, compare_doubles);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || values[i] != values[kept - 1])
            values[kept++] = values[i];
    return kept;
}

static int numeric_levels(struct levels *levels, const struct fit_table *table, const struct column *column,
                          const size_t *rows, size_t n_rows)
{
    double *values = allocate(n_rows, sizeof *values);
    int result = -1;
    if (values == NULL)
        return -1;
    for (size_t i = 0; i < n_rows; i++) {
        values[i] = column_real(column, rows[i]);
        if (isinf(values[i])) {
            fit_table_fail(table, rows[i], column, "a finite number was expected");
            goto done;
        }
    }
    const size_t n = sort_distinct(values, n_rows);
    if (n > GROUPS_MAX) {
        fail_too_many(column);
        goto done;
    }
    for (size_t i = 0; i < n; i++) {
        char number[NUMBER_SIZE];
        if (add_label(levels, copy_text(number_exact(number, values[i]))) != 0)
            goto done;
    }
    for (size_t i = 0; i < n_rows; i++) {
        const double value = column_real(column, rows[i]);
        const double *found = bsearch(&value, values, n, sizeof *values, compare_doubles);
        levels->code[i] = (int32_t)(found - values);
    }
    result = 0;
done:
    free(values);
    return result;
}

static int category_levels(struct levels *levels, const struct fit_table *table, const struct column *column,
                           const size_t *rows, size_t n_rows)
{
    int32_t *rank = allocate(column->n_labels, sizeof *rank); /* 1 + new code of a label; 0: does not occur */
    int result = -1;
    if (rank == NULL)
        return -1;
    for (size_t i = 0; i < n_rows; i++)
        rank[column_code(column, rows[i])] = 1;
    for (size_t label = 0; label < column->n_labels; label++) {
        if (rank[label] == 0) {
            char escaped[ESCAPED_SIZE];
            note("%s: no row is left in level '%s' of column '%s'", table->path,
                 escape_value(escaped, column->labels[label], strlen(column->labels[label])), column->name);
            continue;
        }
        if (levels->n == GROUPS_MAX) {
            fail_too_many(column);
            goto done;
        }
        if (add_label(levels, copy_text(column->labels[label])) != 0)
            goto done;
        rank[label] = (int32_t)levels->n;
    }
    for (size_t i = 0; i < n_rows; i++)
        levels->code[i] = rank[column_code(column, rows[i])] - 1;
    result = 0;
done:
    free(rank);
    return result;
}

/* Puts the reference before the levels that stood before it. */
static int move_reference(struct levels *levels, const struct design *design, const struct design_factor *factor,
                          size_t n_rows)
{
    size_t k = 0;
    while (k < levels->n && strcmp(levels->labels[k], factor->reference) != 0)
        k++;
    if (k == levels->n) {
        char escaped[ESCAPED_SIZE];
        const char *near = nearest_name(factor->reference, (const char *const *)levels->labels, levels->n);
        escape_value(escaped, factor->reference, strlen(factor->reference));
        if (near == NULL)
            return formula_fail(design->formula->text, factor->at, "column '%s' has no level '%s'", factor->column,
                                escaped);
        return formula_fail(design->formula->text, factor->at, "column '%s' has no level '%s'; did you mean '%s'?",
                            factor->column, escaped, near);
    }
    char *label = levels->labels[k];
    memmove(levels->labels + 1, levels->labels, k * sizeof *levels->labels);
    levels->labels[0] = label;
    for (size_t i = 0; i < n_rows; i++) {
        const size_t code = (size_t)levels->code[i];
        levels->code[i] = code == k ? 0 : (int32_t)(code < k ? code + 1 : code);
    }
    return 0;
}

static int read_levels(struct levels *levels, const struct design *design, const struct design_factor *factor,
                       const struct fit_table *table, const size_t *rows, size_t n_rows)
{
    const struct column *column = table_column(table->data, factor->column);
    if ((levels->code = allocate(n_rows, sizeof *levels->code)) == NULL)
        return -1;
    const int result = column_is_numeric(column) ? numeric_levels(levels, table, column, rows, n_rows)
                                                 : category_levels(levels, table, column, rows, n_rows);
    if (result != 0)
        return -1;
    return factor->reference != NULL ? move_reference(levels, design, factor, n_rows) : 0;
}

/* ---- combinations ---------------------------------------------------------------------------------------- */

/* Crosses what has been grouped so far with one more factor; only what occurs is kept. */
static int cross(struct groups *groups, const struct levels *levels, const char *name, bool several, size_t n_rows)
{
    const size_t n_cells = groups->n * levels->n;
    if (n_cells > CELLS_MAX)
        return fail("the columns to group by have more than %d combinations", CELLS_MAX);
    int32_t *rank = allocate(n_cells, sizeof *rank);
    char **labels = allocate(n_cells, sizeof *labels);
    size_t n = 0;
    int result = -1;
    if (rank == NULL || labels == NULL)
        goto done;
    for (size_t i = 0; i < n_rows; i++) {
        groups->code[i] = groups->code[i] * (int32_t)levels->n + levels->code[i];
        rank[groups->code[i]] = 1;
    }
    for (size_t cell = 0; cell < n_cells; cell++) {
        if (rank[cell] == 0)
            continue;
        const char *before = groups->labels[cell / levels->n];
        const char *level = levels->labels[cell % levels->n];
        labels[n] = several ? format_text("%s%s%s=%s", before, before[0] != '\0' ? ", " : "", name, level)
                            : copy_text(level);
        if (labels[n] == NULL)
            goto done;
        rank[cell] = (int32_t)n++;
    }
    for (size_t i = 0; i < n_rows; i++)
        groups->code[i] = rank[groups->code[i]];
    for (size_t i = 0; i < groups->n; i++)
        free(groups->labels[i]);
    free(groups->labels);
    groups->labels = labels;
    groups->n = n;
    labels = NULL;
    result = n > GROUPS_MAX ? fail("more than %d groups", GROUPS_MAX) : 0;
done:
    for (size_t i = 0; labels != NULL && i < n; i++)
        free(labels[i]);
    free(labels);
    free(rank);
    return result;
}

int groups_read(struct groups *groups, const struct design *design, const struct design_factor *factors,
                size_t n_factors, const struct fit_table *table, const size_t *rows, size_t n_rows)
{
    *groups = (struct groups){.n = 1};
    groups->code = allocate(n_rows, sizeof *groups->code);
    groups->labels = allocate(1, sizeof *groups->labels);
    if (groups->code == NULL || groups->labels == NULL || (groups->labels[0] = copy_text("")) == NULL)
        goto failed;
    for (size_t k = 0; k < n_factors; k++) {
        struct levels levels = {0};
        const int result = read_levels(&levels, design, &factors[k], table, rows, n_rows) != 0
                               ? -1
                               : cross(groups, &levels, factors[k].column, n_factors > 1, n_rows);
        levels_clear(&levels);
        if (result != 0)
            goto failed;
    }
    return 0;
failed:
    groups_clear(groups);
    return -1;
}

int groups_number(const struct column *column, const size_t *rows, size_t n_rows, int32_t *code, size_t *n)
{
    const bool numeric = column_is_numeric(column);
    double *values = allocate(n_rows, sizeof *values);
    if (values == NULL)
        return -1;
    for (size_t i = 0; i < n_rows; i++)
        values[i] = numeric ? column_real(column, rows[i]) + 0.0 : column_code(column, rows[i]);
    *n = sort_distinct(values, n_rows);
    for (size_t i = 0; i < n_rows; i++) {
        const double value = numeric ? column_real(column, rows[i]) + 0.0 : column_code(column, rows[i]);
        const double *found = bsearch(&value, values, *n, sizeof *values, compare_doubles);
        code[i] = (int32_t)(found - values);
    }
    free(values);
    return 0;
}

void groups_clear(struct groups *groups)
{
    for (size_t i = 0; groups->labels != NULL && i < groups->n; i++)
        free(groups->labels[i]);
    free(groups->labels);
    free(groups->code);
    *groups = (struct groups){0};
}
