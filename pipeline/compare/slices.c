/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/slices.h"

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

/* Divides every part by one more column.  Returns how many rows have a value of it. */
static size_t divide(const struct people *people, const struct column *column, struct placed *placed, size_t n,
                     struct slices *slices)
{
    size_t kept = 0;
    int64_t part = -1, before = -1; /* the part as numbered now, and as it was */

    for (size_t i = 0; i < n; i++) {
        const size_t row = placed[i].row;
        placed[i].level = level_of(column, (size_t)column_integer(people->record, row));
        if (placed[i].level == MISSING_INTEGER)
            slices->n_missing += column_integer(people->input->weight, row);
        else
            placed[kept++] = placed[i];
    }
    qsort(placed, kept, sizeof *placed, compare_placed);
    for (size_t i = 0; i < kept; i++) {
        const bool same = i > 0 && placed[i].level == placed[i - 1].level && placed[i].part == before;
        before = placed[i].part;
        part += !same;
        placed[i].part = part;
    }
    return kept;
}

static int add_level(const struct column *column, size_t record, char **name)
{
    const char *before = *name == NULL ? "" : *name, *comma = *name == NULL ? "" : ", ";
    char *longer = column->type == COLUMN_CATEGORY
                       ? format_text("%s%s%s=%s", before, comma, column->name, column->labels[column_code(column, record)])
                       : format_text("%s%s%s=%lld", before, comma, column->name,
                                     (long long)column_integer(column, record));

    free(*name);
    *name = longer;
    return longer == NULL ? -1 : 0;
}

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

static int solve_one(const struct comparison *whole, const struct people *people, const struct study_texts *columns,
                     const struct placed *placed, size_t n, struct slice *slice)
{
    int status = (slice->rows = allocate(n, sizeof *slice->rows)) == NULL ? -1 : 0;

    for (size_t k = 0; status == 0 && k < columns->n; k++)
        status = add_level(table_column(people->records, columns->items[k].text),
                           (size_t)column_integer(people->record, placed[0].row), &slice->name);
    for (size_t i = 0; status == 0 && i < n; i++)
        slice->rows[slice->n_rows++] = placed[i].row;
    return status == 0 ? solve_rows(whole, people, slice) : -1;
}

static int solve_all(const struct comparison *whole, const struct people *people, const struct study_texts *columns,
                     const struct placed *placed, size_t n, struct slices *slices)
{
    int status = 0;

    if (n > 0 && placed[n - 1].part >= SLICES_MAX)
        return fail("column '%s' divides people into more than %d parts: too many to look at each", columns->items[0].text,
                    SLICES_MAX);
    if ((slices->items = allocate(n == 0 ? 1 : (size_t)placed[n - 1].part + 1, sizeof *slices->items)) == NULL)
        return -1;
    for (size_t i = 0, end; status == 0 && i < n; i = end) {
        for (end = i + 1; end < n && placed[end].part == placed[i].part; end++)
            ;
        status = solve_one(whole, people, columns, placed + i, end - i, &slices->items[slices->n++]);
    }
    return status;
}

int slices_solve(const struct comparison *whole, const struct people *people, const struct study_texts *columns,
                 struct slices *slices)
{
    struct placed *placed = allocate(people->input->n_rows + 1, sizeof *placed);
    size_t n = 0;
    int status = placed == NULL ? -1 : 0;

    *slices = (struct slices){0};
    for (size_t i = 0; status == 0 && i < people->input->n_rows; i++) {
        const size_t row = people->input->rows == NULL ? i : people->input->rows[i];
        if (counts(people, row))
            placed[n++] = (struct placed){.row = row};
    }
    for (size_t k = 0; status == 0 && k < columns->n; k++) {
        const struct column *column = table_column(people->records, columns->items[k].text);
        if (column == NULL)
            status = fail("there is no column '%s' to divide people by", columns->items[k].text);
        else
            n = divide(people, column, placed, n, slices);
    }
    if (status == 0)
        status = solve_all(whole, people, columns, placed, n, slices);
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
