/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sites/coarsen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "sites/cells.h"

/* Columns that make a group come first: arm, populations; then strata, which other tables do not have. */
static size_t n_columns_before_strata(const struct table *cells)
{
    size_t n = 0;

    while (n < cells->n_columns &&
           (strcmp(cells->columns[n].name, "arm") == 0 || strncmp(cells->columns[n].name, "population:", 11) == 0))
        n++;
    return n;
}

static size_t n_group_columns(const struct table *cells)
{
    size_t n = n_columns_before_strata(cells);

    while (n < cells->n_columns && strncmp(cells->columns[n].name, "stratum:", 8) == 0)
        n++;
    return n;
}

static bool same_group(const struct table *cells, size_t n_columns, size_t a, size_t b)
{
    for (size_t j = 0; j < n_columns; j++) {
        const struct column *column = &cells->columns[j];
        if (memcmp((const char *)column->values + a * column->width, (const char *)column->values + b * column->width,
                   column->width) != 0)
            return false;
    }
    return true;
}

/* Rows [first, end) of one group. */
struct group {
    struct table *cells;
    size_t first, end;
    int64_t threshold;
    struct coarsening *lost;
};

static int64_t n_of(const struct group *g, size_t row)
{
    return column_integer(table_column(g->cells, "n"), row);
}

static int64_t n_people(const struct group *g)
{
    int64_t n = 0;

    for (size_t i = g->first; i < g->end; i++)
        n += n_of(g, i);
    return n;
}

static void leave_out(const struct group *g)
{
    for (size_t i = g->first; i < g->end; i++)
        column_set_integer(table_column(g->cells, "n"), i, 0);
    g->lost->n_left_out++;
}

/* ---- kinds: causes of an outcome ------------------------------------------------------------------------------------- */

enum { KINDS_MAX = 256, UNKNOWN = -1 };

static int kind_of(const struct group *g, size_t row)
{
    const struct column *cause = table_column(g->cells, "cause");

    return column_is_missing(cause, row) ? UNKNOWN : (int)column_real(cause, row);
}

/* People by kind, n[0] of the unknown.  -1 when there are too many kinds. */
static int count_kinds(const struct group *g, int64_t n[static KINDS_MAX])
{
    memset(n, 0, KINDS_MAX * sizeof *n);
    for (size_t i = g->first; i < g->end; i++) {
        const int kind = kind_of(g, i);
        if (kind < UNKNOWN || kind + 1 >= KINDS_MAX)
            return fail("an outcome has more than %d kinds of exit", KINDS_MAX - 2);
        n[kind + 1] += n_of(g, i);
    }
    return 0;
}

static double first_day(const struct group *g)
{
    const struct column *time = table_column(g->cells, "time");
    double first = INFINITY;

    for (size_t i = g->first; time != NULL && i < g->end; i++)
        if (!column_is_missing(time, i))
            first = fmin(first, column_real(time, i));
    return first;
}

static bool is_small(int64_t n, int64_t threshold)
{
    return n > 0 && n < threshold;
}

/* Few whose outcome is known among those of whom it is not: of nobody it is known then. */
static bool forget_known(const struct group *g, const int64_t *n)
{
    struct column *const cause = table_column(g->cells, "cause"), *const time = table_column(g->cells, "time");

    if (!is_small(n_people(g) - n[0], g->threshold) || n[0] < g->threshold)
        return false;
    for (size_t i = g->first; i < g->end; i++) {
        column_set_real(cause, i, NAN);
        if (time != NULL)
            column_set_real(time, i, NAN);
    }
    g->lost->n_changed++;
    return true;
}

static int join_small_kinds(const struct group *g)
{
    struct column *cause = table_column(g->cells, "cause"), *time = table_column(g->cells, "time");
    int64_t n[KINDS_MAX];
    size_t most = 1;

    if (count_kinds(g, n) != 0)
        return -1;
    if (forget_known(g, n))
        return 0;
    const double day = first_day(g);
    const bool hides_unknown = is_small(n[0], g->threshold) && (time == NULL || isfinite(day));
    if (hides_unknown) { /* they count as censored from here on */
        n[1] += n[0];
        g->lost->n_changed++;
    }
    for (size_t kind = 2; kind < KINDS_MAX; kind++)
        if (n[kind] > n[most])
            most = kind;
    for (size_t i = g->first; i < g->end; i++) {
        if (kind_of(g, i) == UNKNOWN && hides_unknown) {
            column_set_real(cause, i, 0);
            if (time != NULL)
                column_set_real(time, i, day);
        }
        const int kind = kind_of(g, i);
        if (kind != UNKNOWN && is_small(n[kind + 1], g->threshold))
            column_set_real(cause, i, (double)(most - 1));
    }
    for (size_t kind = 1; kind < KINDS_MAX; kind++)
        g->lost->n_changed += is_small(n[kind], g->threshold) && kind != most;
    return 0;
}

/* ---- days and values: steps that hold enough ------------------------------------------------------------------------- */

/* A row on its way to a step. */
struct place {
    double at;
    size_t row;
    int kind;
    int64_t n;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* Does every kind of places[from .. to - 1] that occurs have enough people? */
static bool holds_enough(const struct place *places, size_t from, size_t to, int64_t threshold)
{
    int64_t n[KINDS_MAX] = {0}, all = 0;

    for (size_t i = from; i < to; i++) {
        n[places[i].kind + 1] += places[i].n;
        all += places[i].n;
    }
    for (size_t kind = 0; kind < KINDS_MAX; kind++)
        if (is_small(n[kind], threshold))
            return false;
    return all >= threshold;
}

static size_t day_end(const struct place *places, size_t n, size_t from)
{
    size_t end = from + 1;

    while (end < n && places[end].at == places[from].at)
        end++;
    return end;
}

/* What all of a step become: its last day, or the mean of its values. */
static double step_value(const struct place *places, size_t from, size_t to, bool by_mean)
{
    double sum = 0, n = 0;

    if (!by_mean || places[from].at == places[to - 1].at)
        return places[to - 1].at;
    for (size_t i = from; i < to; i++) {
        sum += places[i].at * (double)places[i].n;
        n += (double)places[i].n;
    }
    return sum / n;
}

static void set_step(const struct group *g, struct column *column, const struct place *places, size_t from, size_t to,
                     bool by_mean)
{
    const double value = step_value(places, from, to, by_mean), width = places[to - 1].at - places[from].at;

    for (size_t i = from; i < to; i++)
        column_set_real(column, places[i].row, value);
    if (width > g->lost->widest)
        g->lost->widest = width;
    g->lost->n_steps++;
}

/* Ends of steps in ends[0 ..]; returns how many. */
static size_t find_steps(const struct place *places, size_t n, int64_t threshold, size_t *ends)
{
    size_t n_steps = 0, from = 0;

    for (size_t at = 0, end; at < n; at = end) {
        end = day_end(places, n, at);
        if (holds_enough(places, from, end, threshold)) {
            ends[n_steps++] = end;
            from = end;
        }
    }
    if (from == n)
        return n_steps;
    /* What is left over belongs to the step before, with as many others as it takes: a kind may occur in it that they have not. */
    while (n_steps > 0 && !holds_enough(places, from, n, threshold))
        from = --n_steps == 0 ? 0 : ends[n_steps - 1];
    ends[n_steps++] = n;
    return n_steps;
}

static int make_steps(const struct group *g, const char *name, bool by_kind)
{
    struct column *column = table_column(g->cells, name);
    struct place *places = allocate(g->end - g->first, sizeof *places);
    size_t *ends = allocate(g->end - g->first + 1, sizeof *ends), n = 0;

    for (size_t i = g->first; places != NULL && i < g->end; i++)
        if (!column_is_missing(column, i))
            places[n++] = (struct place){column_real(column, i), i, by_kind ? kind_of(g, i) : 0, n_of(g, i)};
    if (places != NULL && ends != NULL && n > 0) {
        qsort(places, n, sizeof *places, compare_places);
        for (size_t at = 0; at < n; at = day_end(places, n, at))
            g->lost->n_days++;
        const size_t n_steps = find_steps(places, n, g->threshold, ends);
        for (size_t k = 0; k < n_steps; k++)
            set_step(g, column, places, k == 0 ? 0 : ends[k - 1], ends[k], !by_kind);
    }
    const int status = places == NULL || ends == NULL ? -1 : 0;
    free(ends);
    free(places);
    return status;
}

/* ---- covariates --------------------------------------------------------------------------------------------------------- */

static size_t most_frequent(const struct group *g)
{
    size_t most = g->first;

    for (size_t i = g->first; i < g->end; i++)
        if (n_of(g, i) > n_of(g, most))
            most = i;
    return most;
}

/* A level is a row of its group: cells_sum() has put equal ones together, and a missing one is the empty text. */
static int join_small_levels(const struct group *g)
{
    struct column *value = table_column(g->cells, "value");
    const size_t most = most_frequent(g);
    size_t length;
    const char *const text = column_text(value, most, &length);

    for (size_t i = g->first; i < g->end; i++)
        if (i != most && is_small(n_of(g, i), g->threshold)) {
            column_set_text(value, i, text, length);
            g->lost->n_changed++;
        }
    return 0;
}

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

static int join_numbers(const struct group *g)
{
    struct column *value = table_column(g->cells, "value");
    double sum = 0, n = 0;
    int64_t n_missing = 0;

    if (make_steps(g, "value", false) != 0)
        return -1;
    for (size_t i = g->first; i < g->end; i++) {
        if (column_is_missing(value, i)) {
            n_missing += n_of(g, i);
            continue;
        }
        sum += column_real(value, i) * (double)n_of(g, i);
        n += (double)n_of(g, i);
    }
    const double common = n > 0 ? nearest_to(g, value, sum / n) : NAN;
    for (size_t i = g->first; i < g->end && n > 0 && is_small(n_missing, g->threshold); i++)
        if (column_is_missing(value, i)) {
            column_set_real(value, i, common);
            g->lost->n_changed++;
        }
    return 0;
}

/* ---- all ------------------------------------------------------------------------------------------------------------------ */

static int coarsen_group(const struct group *g)
{
    const struct column *value = table_column(g->cells, "value");
    const bool is_outcome = table_column(g->cells, "cause") != NULL;

    if (is_outcome && join_small_kinds(g) != 0)
        return -1;
    if (is_outcome && table_column(g->cells, "time") != NULL)
        return make_steps(g, "time", true);
    if (value == NULL)
        return 0;
    return value->type == COLUMN_TEXT ? join_small_levels(g) : join_numbers(g);
}

static struct table *without_empty(struct table *cells)
{
    size_t *rows = allocate(cells->n_rows, sizeof *rows), n = 0;
    struct table *taken = NULL;

    for (size_t i = 0; rows != NULL && i < cells->n_rows; i++)
        if (column_integer(table_column(cells, "n"), i) > 0)
            rows[n++] = i;
    if (rows != NULL)
        taken = table_take_rows(cells, rows, n);
    free(rows);
    table_free(cells);
    return taken;
}

/* ---- groups that are left out ---------------------------------------------------------------------------------------------- */

static size_t group_end(const struct table *cells, size_t n_columns, size_t at, size_t limit)
{
    size_t end = at + 1;

    while (end < limit && same_group(cells, n_columns, at, end))
        end++;
    return end;
}

/* The smallest group that is not left out yet; its first row is `limit` when there is none. */
static struct group smallest(const struct group *all, size_t n_columns, const bool *left_out)
{
    struct group least = {all->cells, all->end, all->end, all->threshold, all->lost};
    int64_t n = INT64_MAX;

    for (size_t at = all->first, end; at < all->end; at = end) {
        end = group_end(all->cells, n_columns, at, all->end);
        const struct group one = {all->cells, at, end, all->threshold, all->lost};
        if (!left_out[at] && n_people(&one) < n) {
            n = n_people(&one);
            least = one;
        }
    }
    return least;
}

/*
 * Groups of fewer people than the threshold go.  Other tables show how many people all groups of an arm and its populations
 * have, so those who are left out must be nobody or enough: the smallest groups that are left follow until they are.
 */
static void choose_left_out(const struct group *all, size_t n_columns, bool *left_out)
{
    int64_t n = 0;

    for (;;) {
        const struct group least = smallest(all, n_columns, left_out);
        if (least.first == all->end || (n_people(&least) >= all->threshold && (n == 0 || n >= all->threshold)))
            return;
        n += n_people(&least);
        left_out[least.first] = true;
    }
}

/* The groups of one arm and its populations. */
static int coarsen_groups(const struct group *all, size_t n_columns, bool *left_out)
{
    int status = 0;

    choose_left_out(all, n_columns, left_out);
    for (size_t at = all->first, end; status == 0 && at < all->end; at = end) {
        end = group_end(all->cells, n_columns, at, all->end);
        const struct group one = {all->cells, at, end, all->threshold, all->lost};
        all->lost->n_groups++;
        if (left_out[at])
            leave_out(&one);
        else
            status = coarsen_group(&one);
    }
    return status;
}

struct table *coarsen(struct table *cells, int64_t threshold, struct coarsening *lost)
{
    *lost = (struct coarsening){0};
    if (cells == NULL || threshold <= 1)
        return cells;
    const size_t n_before = n_columns_before_strata(cells), n_columns = n_group_columns(cells);
    bool *const left_out = allocate(cells->n_rows, sizeof *left_out); /* by the first row of a group */
    int status = left_out == NULL ? -1 : 0;

    if (status == 0 && table_column(cells, "entry") != NULL)
        status = fail("table '%s': people who come under observation late cannot be counted in cells of %lld or more; "
                      "a threshold of 0 needs a reason in the study (disclosure: because)",
                      cells->name, (long long)threshold);
    for (size_t at = 0, end; status == 0 && at < cells->n_rows; at = end) {
        end = group_end(cells, n_before, at, cells->n_rows);
        status = coarsen_groups(&(struct group){cells, at, end, threshold, lost}, n_columns, left_out);
    }
    free(left_out);
    if (status != 0) {
        table_free(cells);
        return NULL;
    }
    return cells_sum(without_empty(cells));
}
