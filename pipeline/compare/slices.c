/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/slices.h"

#include <gsl/gsl_errno.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/numbers.h"

/* A row of the cohort; its part so far, and its level of one more column. */
struct placed {
    int64_t part, level;
    size_t row;
};

static int compare_placed(const void *left, const void *right)
{
    const struct placed *a = left, *b = right;

    if (a->part != b->part)
        return a->part < b->part ? -1 : 1;
    if (a->level != b->level)
        return a->level < b->level ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

static int64_t level_of(const struct column *column, size_t record)
{
    if (column_is_missing(column, record))
        return MISSING_INTEGER;
    return column->type == COLUMN_CATEGORY ? column_code(column, record) : column_integer(column, record);
}

static bool counts(const struct people *people, size_t i)
{
    return column_integer(people->input->member, i) == 1 && !column_is_missing(people->input->cause, i);
}

/* ---- which parts there are ------------------------------------------------------------------------------------------- */

/* A part of the columns so far, and a level of one more. */
struct cell {
    int64_t part, level;
};

struct parts {
    size_t n;
    char **names; /* [n] NULL: everybody */
};

static void parts_free(struct parts *parts)
{
    for (size_t k = 0; k < parts->n; k++)
        free(parts->names[k]);
    free(parts->names);
    *parts = (struct parts){0};
}

static int compare_cells(const void *left, const void *right)
{
    const struct cell *a = left, *b = right;

    if (a->part != b->part)
        return a->part < b->part ? -1 : 1;
    return (a->level > b->level) - (a->level < b->level);
}

static size_t drop_copies(struct cell *cells, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (kept == 0 || compare_cells(&cells[kept - 1], &cells[i]) != 0)
            cells[kept++] = cells[i];
    return kept;
}

/* Those that occur, ascending, in all places (stats/reducer.h).  NULL after telling. */
static struct cell *list_cells(const struct reducer *reducer, const struct placed *placed, size_t n, size_t *n_cell)
{
    struct cell *cells = allocate(n + 1, sizeof *cells);
    struct reducer_bytes all = {0};

    for (size_t i = 0; cells != NULL && i < n; i++)
        cells[i] = (struct cell){placed[i].part, placed[i].level};
    if (cells == NULL)
        return NULL;
    *n_cell = drop_copies(cells, n);
    if (reducer == NULL)
        return cells;
    const int code = reducer->collect(reducer->context, cells, *n_cell * sizeof *cells, &all);
    free(cells);
    if (code != GSL_SUCCESS)
        return NULL;
    cells = (struct cell *)(void *)all.bytes;
    *n_cell = all.n / sizeof *cells;
    if (*n_cell > 0)
        qsort(cells, *n_cell, sizeof *cells, compare_cells);
    *n_cell = drop_copies(cells, *n_cell);
    return cells;
}

static char *name_of(const struct parts *before, const struct column *column, const struct cell *cell)
{
    const char *const name = before->names[cell->part] == NULL ? "" : before->names[cell->part],
               *const comma = before->names[cell->part] == NULL ? "" : ", ";

    return column->type == COLUMN_CATEGORY ? format_text("%s%s%s=%s", name, comma, column->name, column->labels[cell->level])
                                           : format_text("%s%s%s=%lld", name, comma, column->name, (long long)cell->level);
}

static int name_parts(const struct column *column, const struct cell *cells, size_t n, struct parts *parts)
{
    struct parts named = {.names = allocate(n + 1, sizeof *named.names)};

    while (named.names != NULL && named.n < n && (named.names[named.n] = name_of(parts, column, &cells[named.n])) != NULL)
        named.n++;
    const int status = named.names == NULL || named.n < n ? -1 : 0;
    parts_free(parts);
    *parts = named;
    return status;
}

/* Divides every part by one more column.  Of the *n rows those stay that have a value of it. */
static int divide(const struct people *people, const struct column *column, struct placed *placed, size_t *n, struct parts *parts,
                  struct slices *slices)
{
    size_t kept = 0, n_cell = 0;

    for (size_t i = 0; i < *n; i++) {
        const size_t row = placed[i].row;
        placed[i].level = level_of(column, (size_t)column_integer(people->record, row));
        if (placed[i].level == MISSING_INTEGER)
            slices->n_missing += column_integer(people->input->weight, row);
        else
            placed[kept++] = placed[i];
    }
    *n = kept;
    if (kept > 0)
        qsort(placed, kept, sizeof *placed, compare_placed);
    struct cell *const cells = list_cells(people->input->reducer, placed, kept, &n_cell);
    const int status = cells == NULL ? -1 : name_parts(column, cells, n_cell, parts);

    for (size_t i = 0, k = 0; status == 0 && i < kept; i++) {
        const struct cell cell = {placed[i].part, placed[i].level};
        while (compare_cells(&cells[k], &cell) != 0)
            k++;
        placed[i].part = (int64_t)k;
    }
    free(cells);
    return status;
}

/* ---- each by itself ---------------------------------------------------------------------------------------------------- */

/* The people of a part, whose rows and name stand in it. */
static int solve_rows(const struct comparison *whole, const struct people *people, struct slice *slice)
{
    struct comparison_input input = *people->input;
    int status;

    input.rows = slice->rows;
    input.n_rows = slice->n_rows;
    input.sparse = true;
    status = comparison_solve(whole->study, whole->analysis, whole->outcome, whole->population, &input, whole->n_threads,
                              &slice->comparison);
    slice->comparison.stratum = slice->name;
    return status;
}

/* Rows of the part; takes its name. */
static int solve_one(const struct comparison *whole, const struct people *people, const struct placed *placed, size_t n, char **name,
                     struct slice *slice)
{
    slice->name = *name;
    *name = NULL;
    if ((slice->rows = allocate(n + 1, sizeof *slice->rows)) == NULL)
        return -1;
    for (size_t i = 0; i < n; i++)
        slice->rows[slice->n_rows++] = placed[i].row;
    return solve_rows(whole, people, slice);
}

static int solve_all(const struct comparison *whole, const struct people *people, const struct study_texts *columns,
                     const struct placed *placed, size_t n, struct parts *parts, struct slices *slices)
{
    int status = 0;

    if (parts->n > SLICES_MAX)
        return fail("column '%s' divides people into more than %d parts: too many to look at each", columns->items[0].text,
                    SLICES_MAX);
    if ((slices->items = allocate(parts->n + 1, sizeof *slices->items)) == NULL)
        return -1;
    for (size_t k = 0, first = 0, end; status == 0 && k < parts->n; k++, first = end) {
        for (end = first; end < n && placed[end].part == (int64_t)k; end++)
            ;
        status = solve_one(whole, people, placed + first, end - first, &parts->names[k], &slices->items[slices->n++]);
    }
    return status;
}

int slices_solve(const struct comparison *whole, const struct people *people, const struct study_texts *columns,
                 struct slices *slices)
{
    struct placed *placed = allocate(people->input->n_rows + 1, sizeof *placed);
    struct parts parts = {.n = 1, .names = allocate(1, sizeof *parts.names)};
    size_t n = 0;
    int status = placed == NULL || parts.names == NULL ? -1 : 0;

    *slices = (struct slices){0};
    for (size_t i = 0; status == 0 && i < people->input->n_rows; i++) {
        const size_t row = people->input->rows == NULL ? i : people->input->rows[i];
        if (counts(people, row))
            placed[n++] = (struct placed){.row = row};
    }
    for (size_t k = 0; status == 0 && k < columns->n; k++) {
        const struct column *column = table_column(people->records, columns->items[k].text);
        status = column == NULL ? fail("there is no column '%s' to divide people by", columns->items[k].text)
                                : divide(people, column, placed, &n, &parts, slices);
    }
    slices->n_missing = reducer_sum_one(people->input->reducer, slices->n_missing);
    if (status == 0)
        status = solve_all(whole, people, columns, placed, n, &parts, slices);
    if (parts.names != NULL)
        parts_free(&parts);
    free(placed);
    return status;
}

int slices_given(const struct comparison *whole, const struct people *people, size_t n, const size_t *rows, const uint16_t *part,
                 size_t n_part, const char *const *names, struct slices *slices)
{
    int status = 0;

    *slices = (struct slices){.items = allocate(n_part + 1, sizeof *slices->items)};
    if (slices->items == NULL)
        return -1;
    for (size_t k = 0; status == 0 && k < n_part; k++) {
        struct slice *slice = &slices->items[slices->n++];
        if ((slice->name = copy_text(names[k])) == NULL || (slice->rows = allocate(n + 1, sizeof *slice->rows)) == NULL)
            return -1;
        for (size_t i = 0; i < n; i++)
            if (part[i] == k)
                slice->rows[slice->n_rows++] = rows[i];
        status = solve_rows(whole, people, slice);
    }
    return status;
}

void slices_free(struct slices *slices)
{
    for (size_t i = 0; i < slices->n; i++) {
        free(slices->items[i].name);
        free(slices->items[i].rows);
        comparison_free(&slices->items[i].comparison);
    }
    free(slices->items);
    *slices = (struct slices){0};
}

void slice_contrast(const struct slice *slice, enum measure measure, struct arm_pair pair, struct horizon horizon, double level,
                    struct number *number)
{
    const struct comparison *c = &slice->comparison;
    const size_t thin = c->n[pair.arm] < 2 ? pair.arm : pair.reference;

    if (c->n[pair.arm] >= 2 && c->n[pair.reference] >= 2) {
        contrast_of_pair(c, measure, pair, horizon, level, number);
        return;
    }
    *number = number_none();
    number->n = c->n[pair.arm] + c->n[pair.reference];
    number_undefined(number, "%s in arm %s where %s", c->n[thin] == 0 ? "nobody" : "one person", comparison_arm(c, thin),
                     slice->name);
}
