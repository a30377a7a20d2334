/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/release_counts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/programme_shape.h"

static const char *cell(const struct release_counts *counts, const struct table *table, const char *column, size_t row)
{
    return cell_text(counts->pool, table, column, row);
}

const char *population_of(const struct release_counts *counts, const struct table *table, size_t row)
{
    const char *const population = cell(counts, table, "population", row);
    const char *const profile = strchr(cell(counts, table, "analysis", row), '@');

    return profile == NULL || strchr(population, '@') != NULL ? population
                                                              : pool_format(counts->pool, "%s%s", population, profile);
}

/* Rows of the attrition that drop nobody leave the same number: one count, even where rows are called persons from here on. */
static const char *left_key(const struct release_counts *counts, size_t row)
{
    const struct table *attrition = counts->tables.attrition;
    size_t link = 0;

    for (size_t i = 1; i <= row; i++)
        if (cell_integer(attrition, "dropped", i) != 0 ||
            cell_integer(attrition, "left", i) != cell_integer(attrition, "left", i - 1))
            link = i;
    return pool_format(counts->pool, "left|%zu", link);
}

/* Whom a row of estimates or curves speaks of. */
static const char *people_key(const struct release_counts *counts, const struct table *table, size_t row)
{
    return pool_format(counts->pool, "%s|%s|%s", cell(counts, table, "outcome", row), population_of(counts, table, row),
                       cell(counts, table, "stratum", row));
}

/* Up to where a row counts events: an end of a step, a day within one, a day (no curve), or to the end. */
static const char *until_key(const struct release_counts *counts, const struct table *table, size_t row)
{
    const double day = cell_real(table, "time", row);
    const bool before = cell_is(table, "term", row, "at least");
    const char *arm = cell(counts, table, "arm", row), *reference = cell(counts, table, "reference", row);
    const struct coarse_curve *curve = coarse_curves_find(counts->curves, table, row, arm, false);
    const struct coarse_curve *other =
        reference[0] == '\0' ? curve : coarse_curves_find(counts->curves, table, row, reference, false);

    if (!isfinite(day))
        return "all";
    if (curve == NULL && other == NULL && arm[0] != '\0')
        return pool_format(counts->pool, "%s%.17g", before ? "before " : "", day);
    if (curve == NULL || other == NULL)
        return pool_format(counts->pool, "within %s%.17g", before ? "before " : "", day);
    const char *const cause = cell(counts, table, "cause", row);
    const long edge = coarse_edge(curve, coarse_cause(curve, cause), day, before);
    const long other_edge = coarse_edge(other, coarse_cause(other, cause), day, before);
    if (edge == NO_EDGE || other_edge == NO_EDGE)
        return pool_format(counts->pool, "within %s%.17g", before ? "before " : "", day);
    return reference[0] != '\0' ? pool_format(counts->pool, "step %ld and %ld", edge, other_edge)
                                : pool_format(counts->pool, "step %ld", edge);
}

static const char *estimates_key(const struct release_counts *counts, const struct table *table, size_t row,
                                 const char *column)
{
    const char *const people = people_key(counts, table, row);
    const char *const whom = pool_format(counts->pool, "%s|%s", cell(counts, table, "arm", row),
                                         cell(counts, table, "reference", row));

    if (strcmp(column, "n") == 0)
        return pool_format(counts->pool, "n|%s|%s", people, whom);
    return pool_format(counts->pool, "events|%s|%s|%s|%s", people, cell(counts, table, "cause", row), whom,
                       until_key(counts, table, row));
}

/* Without copies of its parts: there are hundreds of thousands of them. */
static const char *programme_key(const struct release_counts *counts, const struct table *table, size_t row, const char *column)
{
    static const char *const names[] = {"measure", "programme", "period"};
    const char *texts[3] = {"", "", ""};
    size_t lengths[3] = {0, 0, 0};

    for (size_t k = 0; k < 3; k++) {
        const struct column *const part = table_column(table, names[k]);

        if (part != NULL)
            texts[k] = column_text(part, row, &lengths[k]);
    }
    return pool_format(counts->pool, "programme|%s|%.*s|%.*s|%.*s", column, (int)lengths[0], texts[0], (int)lengths[1], texts[1],
                       (int)lengths[2], texts[2]);
}

const char *release_counts_key(const struct release_counts *counts, const struct table *table, size_t row,
                               const char *column)
{
    struct pool *pool = counts->pool;

    if (strcmp(table->name, "quality") == 0)
        return pool_format(pool, "quality|%s|%s|%s|%s|%s", cell(counts, table, "table", row),
                           cell(counts, table, "file", row), cell(counts, table, "column", row),
                           cell(counts, table, "quantity", row), cell(counts, table, "reason", row));
    if (strcmp(table->name, "attrition") == 0)
        return strcmp(column, "left") == 0 ? left_key(counts, row) : pool_format(pool, "dropped|%zu", row);
    if (strcmp(table->name, "evidence") == 0)
        return pool_format(pool, "evidence|%s|%s|%s", cell(counts, table, "table", row),
                           cell(counts, table, "quantity", row), cell(counts, table, "reason", row));
    if (strcmp(table->name, "arms") == 0)
        return pool_format(pool, "people|%s", cell(counts, table, "arm", row));
    if (strcmp(table->name, "losses") == 0)
        return pool_format(pool, "loss|%s|%s", cell(counts, table, "outcome", row), cell(counts, table, "reason", row));
    if (strcmp(table->name, "flow") == 0)
        return pool_format(pool, "moves|%s|%s|%s", cell(counts, table, "arm", row), cell(counts, table, "from", row),
                           cell(counts, table, "to", row));
    if (strcmp(table->name, "baseline") == 0) {
        const char *const whom = pool_format(pool, "%s|%s|%s", cell(counts, table, "population", row),
                                             cell(counts, table, "term", row), cell(counts, table, "arm", row));

        return strcmp(column, "n_missing") == 0
                   ? pool_format(pool, "unknown|%s", whom)
                   : pool_format(pool, "level|%s|%s", whom, cell(counts, table, "level", row));
    }
    if (strcmp(table->name, "overlap") == 0)
        return pool_format(pool, "score|%s|%s|%s|%s|%s|%s|%.17g", people_key(counts, table, row),
                           cell(counts, table, "analysis", row), cell(counts, table, "adjustment", row),
                           cell(counts, table, "arm", row), cell(counts, table, "reference", row),
                           cell(counts, table, "people_of", row), cell_real(table, "score_from", row));
    if (strcmp(table->name, "programmes") == 0)
        return programme_key(counts, table, row, column);
    if (strcmp(table->name, "estimates") == 0)
        return estimates_key(counts, table, row, column);
    return NULL;
}

static size_t programme_cell(const struct release_counts *counts, size_t row, const char *column)
{
    return strcmp(column, "n") == 0 ? counts->programme_n[row] : strcmp(column, "n_event") == 0 ? counts->programme_events[row] : NO_COUNT;
}

/* A measure's sums are its cell of all programmes in all periods. */
static size_t measure_cell(const struct release_counts *counts, size_t measure, const char *column)
{
    const size_t n_cells = programme_shape_of(counts->tables.programmes).n_cells;

    return n_cells == 0 ? NO_COUNT : programme_cell(counts, measure * n_cells, column);
}

size_t release_counts_cell(const struct release_counts *counts, const struct table *table, size_t row, const char *column)
{
    if (strcmp(table->name, "programmes") == 0 && table->n_rows == cell_rows(counts->tables.programmes))
        return programme_cell(counts, row, column);
    if (strcmp(table->name, "programme_measures") == 0)
        return measure_cell(counts, row, column);
    const int64_t value = cell_integer(table, column, row);
    const char *key = value == MISSING_INTEGER ? NULL : release_counts_key(counts, table, row, column);

    return key == NULL ? NO_COUNT : count_find(counts->system, key, value);
}

size_t add_cell(struct release_counts *counts, const struct table *table, size_t row, const char *column, int cost)
{
    const int64_t value = cell_integer(table, column, row);
    const char *key = value == MISSING_INTEGER ? NULL : release_counts_key(counts, table, row, column);

    if (key != NULL && strstr(key, "|within ") != NULL) /* never shown */
        cost = COST_NONE;
    return key == NULL ? NO_COUNT : count_add(counts->system, key, value, cost);
}

void add_difference(struct release_counts *counts, const char *key, size_t a, size_t b)
{
    struct count_system *system = counts->system;

    if (a == NO_COUNT || b == NO_COUNT || a == b)
        return;
    const int64_t between = system->counts[a].value - system->counts[b].value;
    if (between < 0)
        return;
    relation_start(system);
    relation_term(system, a, 1);
    relation_term(system, b, -1);
    add_rest(counts, key, between, -1);
    relation_end(system);
}

void add_rest(struct release_counts *counts, const char *key, int64_t value, int coefficient)
{
    if (value != 0)
        relation_term(counts->system, count_add(counts->system, key, value, COST_NONE), coefficient);
}

void add_equal(struct release_counts *counts, size_t a, size_t b)
{
    if (a == b)
        return;
    relation_start(counts->system);
    relation_term(counts->system, a, 1);
    relation_term(counts->system, b, -1);
    relation_end(counts->system);
}

const char *step_days(const struct release_counts *counts, const struct coarse_curve *curve, size_t first, size_t last)
{
    return first == 0 ? pool_format(counts->pool, "to %.17g", curve->edges[last])
                      : pool_format(counts->pool, "%.17g to %.17g", curve->edges[first - 1], curve->edges[last]);
}

static const char *curve_key(const struct release_counts *counts, const struct coarse_curve *curve)
{
    return pool_format(counts->pool, "%s|%s|", people_key(counts, curve->exact, curve->first),
                       cell(counts, curve->exact, "arm", curve->first));
}

size_t release_counts_at_risk(const struct release_counts *counts, const struct coarse_curve *curve, size_t edge)
{
    const char *const key = curve_key(counts, curve);

    return count_find(counts->system,
                      edge == 0 ? pool_format(counts->pool, "n|%s", key)
                                : pool_format(counts->pool, "at risk|%s|after %.17g", key, curve->edges[edge - 1]),
                      curve->n_risk[edge]);
}

size_t release_counts_step(const struct release_counts *counts, const struct coarse_curve *curve, size_t cause, size_t edge)
{
    return count_find(counts->system,
                      pool_format(counts->pool, "step|%s|%zu|%s", curve_key(counts, curve), cause,
                                  step_days(counts, curve, coarse_step_start(curve, cause, edge), edge)),
                      curve->n_event[edge * curve->n_causes + cause]);
}

int release_counts_make(struct release_counts *counts, const struct exact_tables *tables,
                        const struct coarse_curves *curves, int64_t threshold, int64_t round_to, struct pool *pool)
{
    *counts = (struct release_counts){.pool = pool, .tables = *tables, .curves = curves};
    if ((counts->system = count_system_alloc(threshold, round_to)) == NULL)
        return -1;
    add_sources(counts);
    add_people(counts);
    add_estimates(counts);
    add_programmes(counts); /* whose people are those of all the others */
    return counts->system->failed || pool_failed(pool) ? -1 : 0;
}

void release_counts_free(struct release_counts *counts)
{
    count_system_free(counts->system);
    counts->system = NULL;
    free(counts->programme_n);
    free(counts->programme_events);
    free(counts->counted);
    free(counts->share_bounds);
}
