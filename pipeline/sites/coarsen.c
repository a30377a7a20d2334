/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sites/coarsen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "sites/cells.h"
#include "sites/site_groups.h"
#include "sites/steps.h"

/* Columns that make a group come first: arm, populations; then strata. */
static size_t n_columns_before_strata(const struct table *cells)
{
    size_t n = 0;

    while (n < cells->n_columns &&
           (strcmp(cells->columns[n].name, "arm") == 0 || strncmp(cells->columns[n].name, "population:", 11) == 0))
        n++;
    return n;
}

static size_t n_columns_with_strata(const struct table *cells)
{
    size_t n = n_columns_before_strata(cells);

    while (n < cells->n_columns && strncmp(cells->columns[n].name, "stratum:", 8) == 0)
        n++;
    return n;
}

static bool same_value(const struct column *column, size_t a, size_t b)
{
    return memcmp((const char *)column->values + a * column->width, (const char *)column->values + b * column->width, column->width) == 0;
}

/* The end of the rows from `at` on that are alike in the columns [from, to). */
static size_t run_end(const struct table *cells, size_t from, size_t to, size_t at, size_t limit)
{
    size_t end = at + 1, j = from;

    for (; end < limit; end++) {
        for (j = from; j < to && same_value(&cells->columns[j], at, end); j++)
            ;
        if (j < to)
            break;
    }
    return end;
}

static int64_t n_of(const struct table *cells, size_t row)
{
    return column_integer(table_column(cells, "n"), row);
}

/* ---- strata that are told as missing ------------------------------------------------------------------------------------- */

/* The rows of an arm and its populations. */
struct block {
    struct table *cells;
    size_t first, end, first_column, end_column; /* columns of strata */
    int64_t threshold;
    struct coarsening *lost;
    size_t n;         /* strata: each a run of rows */
    size_t *begin;    /* [n + 1] */
    bool *hidden;     /* [n] */
    size_t n_kind;
    int64_t *of_kind; /* [n * n_kind] people; kind 0: not known */
};

static size_t kind_of(const struct table *cells, size_t row)
{
    const struct column *const cause = table_column(cells, "cause");

    return column_is_missing(cause, row) ? 0 : 1 + (size_t)column_real(cause, row);
}

static void block_free(struct block *b)
{
    free(b->begin);
    free(b->hidden);
    free(b->of_kind);
}

static int find_strata(struct block *b)
{
    b->begin = allocate(b->end - b->first + 1, sizeof *b->begin);
    b->hidden = allocate(b->end - b->first + 1, sizeof *b->hidden);
    for (size_t i = b->first; i < b->end; i++)
        b->n_kind = kind_of(b->cells, i) >= b->n_kind ? kind_of(b->cells, i) + 1 : b->n_kind;
    for (size_t at = b->first; b->begin != NULL && at < b->end; at = b->begin[b->n])
        b->begin[++b->n] = run_end(b->cells, b->first_column, b->end_column, at, b->end);
    if (b->begin != NULL)
        b->begin[0] = b->first;
    b->of_kind = allocate(b->n * b->n_kind + 1, sizeof *b->of_kind);
    if (b->begin == NULL || b->hidden == NULL || b->of_kind == NULL)
        return -1;
    for (size_t s = 0; s < b->n; s++)
        for (size_t i = b->begin[s]; i < b->begin[s + 1]; i++)
            b->of_kind[s * b->n_kind + kind_of(b->cells, i)] += n_of(b->cells, i);
    b->lost->n_groups += (int64_t)b->n;
    return 0;
}

static int64_t people_of(const struct block *b, size_t stratum)
{
    int64_t n = 0;

    for (size_t k = 0; k < b->n_kind; k++)
        n += b->of_kind[stratum * b->n_kind + k];
    return n;
}

static bool is_small(const struct block *b, size_t stratum)
{
    for (size_t k = 0; k < b->n_kind; k++)
        if (is_few(b->of_kind[stratum * b->n_kind + k], b->threshold))
            return true;
    return is_few(people_of(b, stratum), b->threshold);
}

/* Strata without any label are as those that are hidden. */
static bool is_nameless(const struct block *b, size_t stratum)
{
    for (size_t j = b->first_column; j < b->end_column; j++)
        if (!column_is_missing(&b->cells->columns[j], b->begin[stratum]))
            return false;
    return true;
}

/* Has the stratum the label of another one in column j?  j == end_column: all have. */
static bool shares(const struct block *b, size_t j, size_t stratum, size_t other)
{
    return j == b->end_column || same_value(&b->cells->columns[j], b->begin[stratum], b->begin[other]);
}

/* The smallest stratum that is shown, has the label of `like` in column j and people of this kind; b->n: none. */
static size_t smallest_shown(const struct block *b, size_t j, size_t like, size_t kind)
{
    size_t least = b->n;

    for (size_t s = 0; s < b->n; s++)
        if (!b->hidden[s] && shares(b, j, s, like) && b->of_kind[s * b->n_kind + kind] > 0 &&
            (least == b->n || people_of(b, s) < people_of(b, least)))
            least = s;
    return least;
}

/* Are those who are hidden, with the label of `like` in column j, too few of some kind?  Then one more is hidden. */
static bool hide_one_more(struct block *b, size_t j, size_t like)
{
    for (size_t kind = 0; kind < b->n_kind; kind++) {
        int64_t n = 0;
        for (size_t s = 0; s < b->n; s++)
            n += b->hidden[s] && shares(b, j, s, like) ? b->of_kind[s * b->n_kind + kind] : 0;
        const size_t more = is_few(n, b->threshold) ? smallest_shown(b, j, like, kind) : b->n;
        if (more < b->n) {
            b->hidden[more] = true;
            return true;
        }
    }
    return false;
}

static void choose_hidden(struct block *b)
{
    bool again = true;

    for (size_t s = 0; s < b->n; s++)
        b->hidden[s] = is_small(b, s) || is_nameless(b, s);
    while (again) {
        again = false;
        for (size_t s = 0; s < b->n; s++)
            for (size_t j = b->first_column; j <= b->end_column && b->hidden[s]; j++)
                again = hide_one_more(b, j, s) || again;
    }
}

static void set_missing(struct column *column, size_t row)
{
    if (column->type == COLUMN_TEXT)
        column_set_text(column, row, "", 0);
    else
        column_set_real(column, row, NAN);
}

static void hide_strata(const struct block *b)
{
    for (size_t s = 0; s < b->n; s++) {
        if (!b->hidden[s])
            continue;
        b->lost->n_left_out += !is_nameless(b, s);
        for (size_t i = b->begin[s]; i < b->begin[s + 1]; i++)
            for (size_t j = b->first_column; j < b->end_column; j++)
                set_missing(&b->cells->columns[j], i);
    }
}

/* ---- days of each kind ----------------------------------------------------------------------------------------------------- */

static int lengthen_steps(const struct block *b, struct column *column, bool by_mean)
{
    struct step_row *const rows = allocate(b->end - b->first, sizeof *rows);
    size_t n = 0;
    int status = rows == NULL ? -1 : 0;

    for (size_t s = 0; status == 0 && s < b->n; s++)
        for (size_t i = b->begin[s]; i < b->begin[s + 1]; i++)
            if (!column_is_missing(column, i))
                rows[n++] = (struct step_row){kind_of(b->cells, i),
                                              {column_real(column, i), b->hidden[s] ? b->n : s, n_of(b->cells, i)}, i};
    if (status == 0)
        status = steps_put_together(rows, n, b->n + 1, b->threshold, by_mean, column, b->lost);
    free(rows);
    return status;
}

static int coarsen_block(struct block *b)
{
    struct column *const time = table_column(b->cells, "time"), *const value = table_column(b->cells, "value");
    int status = find_strata(b);

    if (status == 0) {
        choose_hidden(b);
        hide_strata(b);
        if (time != NULL)
            status = lengthen_steps(b, time, false);
    }
    if (status == 0 && value != NULL)
        status = lengthen_steps(b, value, true);
    block_free(b);
    return status;
}

struct table *coarsen_strata(struct table *cells, int64_t threshold, struct coarsening *lost)
{
    *lost = (struct coarsening){0};
    if (cells == NULL || threshold <= 1)
        return cells;
    const size_t n_before = n_columns_before_strata(cells), n_with = n_columns_with_strata(cells);
    int status = 0;
    for (size_t at = 0, end; status == 0 && at < cells->n_rows; at = end) {
        end = run_end(cells, 0, n_before, at, cells->n_rows);
        status = coarsen_block(
            &(struct block){.cells = cells, .first = at, .end = end, .first_column = n_before, .end_column = n_with, .threshold = threshold, .lost = lost});
    }
    if (status == 0)
        return cells_sum(cells);
    table_free(cells);
    return NULL;
}

/* ---- values of a covariate --------------------------------------------------------------------------------------------------- */

/* Rows of an arm and its populations. */
struct group {
    struct table *cells;
    size_t first, end;
    int64_t threshold;
    struct coarsening *lost;
};

/* The value of the group that lies nearest to its mean. */
static double nearest_to(const struct group *g, const struct column *value, double mean)
{
    double nearest = NAN;

    for (size_t i = g->first; i < g->end; i++) {
        const double x = column_real(value, i);
        if (!column_is_missing(value, i) && (isnan(nearest) || fabs(x - mean) < fabs(nearest - mean)))
            nearest = x;
    }
    return nearest;
}

/* Rows stand in the order of their values, missing ones first. */
static int join_values(const struct group *g, struct column *value)
{
    struct step_place *const places = allocate(g->end - g->first, sizeof *places);
    size_t n = 0;

    for (size_t i = g->first; places != NULL && i < g->end; i++)
        if (!column_is_missing(value, i))
            places[n++] = (struct step_place){column_real(value, i), 0, n_of(g->cells, i)};
    const int status = places == NULL ? -1 : steps_make(places, n, 1, g->threshold, true, g->lost);
    for (size_t i = g->first, k = 0; status == 0 && i < g->end; i++)
        if (!column_is_missing(value, i))
            column_set_real(value, i, places[k++].at);
    free(places);
    return status;
}

/* Few without a value get an ordinary one; where few have a value, it is told of nobody. */
static int join_numbers(const struct group *g)
{
    struct column *const value = table_column(g->cells, "value");
    double sum = 0, n = 0;
    int64_t n_missing = 0, n_known = 0;

    for (size_t i = g->first; i < g->end; i++) {
        n_missing += column_is_missing(value, i) ? n_of(g->cells, i) : 0;
        n_known += column_is_missing(value, i) ? 0 : n_of(g->cells, i);
    }
    if (is_few(n_known, g->threshold)) {
        for (size_t i = g->first; i < g->end; i++)
            column_set_real(value, i, NAN);
        g->lost->n_changed++;
        return 0;
    }
    if (join_values(g, value) != 0)
        return -1;
    for (size_t i = g->first; i < g->end; i++)
        if (!column_is_missing(value, i)) {
            sum += column_real(value, i) * (double)n_of(g->cells, i);
            n += (double)n_of(g->cells, i);
        }
    const double common = n > 0 ? nearest_to(g, value, sum / n) : NAN;
    for (size_t i = g->first; i < g->end && n > 0 && is_few(n_missing, g->threshold); i++)
        if (column_is_missing(value, i)) {
            column_set_real(value, i, common);
            g->lost->n_changed++;
        }
    return 0;
}

struct table *coarsen_values(struct table *cells, int64_t threshold, struct coarsening *lost)
{
    *lost = (struct coarsening){0};
    if (cells == NULL || threshold <= 1 || table_column(cells, "value")->type == COLUMN_TEXT) /* labels: site_people.h */
        return cells;
    int status = 0;
    for (size_t at = 0, end; status == 0 && at < cells->n_rows; at = end) {
        end = run_end(cells, 0, n_columns_before_strata(cells), at, cells->n_rows);
        status = join_numbers(&(struct group){cells, at, end, threshold, lost});
    }
    if (status == 0)
        return cells_sum(cells);
    table_free(cells);
    return NULL;
}
