/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Relations between the people of the arms, their populations, their features and their ways. */
#include "report/release_counts.h"

#include <string.h>

static const char *text(const struct release_counts *counts, const struct table *table, const char *column, size_t row)
{
    return cell_text(counts->pool, table, column, row);
}

/* The row of `arms` of an arm; SIZE_MAX when there is none. */
static size_t arm_row(const struct release_counts *counts, const char *arm)
{
    for (size_t i = 0; i < cell_rows(counts->tables.arms); i++)
        if (cell_is(counts->tables.arms, "arm", i, arm))
            return i;
    return SIZE_MAX;
}

static bool is_first_of(const struct table *table, size_t row, const char *const *columns, size_t n)
{
    for (size_t i = 0; i < row; i++) {
        bool same = true;

        for (size_t k = 0; same && k < n; k++)
            same = cells_equal(table, columns[k], i, row);
        if (same)
            return false;
    }
    return true;
}

/* Everybody of an arm in a population, from the levels of the first covariate that Table 1 shows of them. */
static int64_t people_in_baseline(const struct release_counts *counts, const char *population, const char *arm)
{
    const struct table *baseline = counts->tables.baseline;
    size_t first = SIZE_MAX;
    int64_t sum = 0;

    for (size_t i = 0; i < cell_rows(baseline); i++) {
        const int64_t n = cell_integer(baseline, "n", i), missing = cell_integer(baseline, "n_missing", i);

        if (!cell_is(baseline, "population", i, population) || !cell_is(baseline, "arm", i, arm))
            continue;
        if (first == SIZE_MAX) {
            first = i;
            sum = missing == MISSING_INTEGER ? 0 : missing;
        }
        if (cells_equal(baseline, "term", i, first) && n != MISSING_INTEGER)
            sum += n;
    }
    return first == SIZE_MAX ? MISSING_INTEGER : sum;
}

size_t people_of_arm(struct release_counts *counts, const char *population, const char *arm)
{
    const size_t row = arm_row(counts, arm);
    const size_t all = row == SIZE_MAX ? NO_COUNT : release_counts_cell(counts, counts->tables.arms, row, "n");
    const int64_t n = people_in_baseline(counts, population, arm);

    if (n == MISSING_INTEGER)
        return all;
    if (all != NO_COUNT && counts->system->counts[all].value == n)
        return all;
    return count_add(counts->system, pool_format(counts->pool, "people|%s|%s", population, arm), n, COST_NONE);
}

static void add_arms(struct release_counts *counts)
{
    const struct table *arms = counts->tables.arms, *attrition = counts->tables.attrition;
    struct count_system *system = counts->system;

    for (size_t i = 0; i < cell_rows(arms); i++)
        add_cell(counts, arms, i, "n", COST_TOTAL);
    for (size_t row = 0; row < cell_rows(attrition); row++) {
        const size_t left = release_counts_cell(counts, attrition, row, "left");

        if (row > 0 && left == release_counts_cell(counts, attrition, row - 1, "left"))
            continue;
        relation_start(system);
        relation_term(system, left, 1);
        for (size_t i = 0; i < cell_rows(arms); i++)
            relation_term(system, release_counts_cell(counts, arms, i, "n"), -1);
        relation_end(system);
    }
}

/* All levels of a covariate and those who have none are the people of the arm. */
static void add_covariate(struct release_counts *counts, size_t row)
{
    const struct table *baseline = counts->tables.baseline;
    struct count_system *system = counts->system;

    relation_start(system);
    relation_term(system,
                  people_of_arm(counts, text(counts, baseline, "population", row), text(counts, baseline, "arm", row)), -1);
    relation_term(system, release_counts_cell(counts, baseline, row, "n_missing"), 1);
    for (size_t i = row; i < baseline->n_rows; i++)
        if (cells_equal(baseline, "population", i, row) && cells_equal(baseline, "term", i, row) &&
            cells_equal(baseline, "arm", i, row))
            relation_term(system, release_counts_cell(counts, baseline, i, "n"), 1);
    relation_end(system);
}

/* Somebody of the first population who is not in this one: few of them must not be told by a difference. */
static void add_outside(struct release_counts *counts, size_t row)
{
    static const char *const columns[] = {"n", "n_missing"};
    const struct table *baseline = counts->tables.baseline;

    for (size_t i = 0; i < row; i++) {
        if (cells_equal(baseline, "population", i, row) || !cells_equal(baseline, "population", i, 0) ||
            !cells_equal(baseline, "term", i, row) || !cells_equal(baseline, "level", i, row) ||
            !cells_equal(baseline, "arm", i, row))
            continue;
        for (size_t k = 0; k < 2; k++)
            add_difference(counts,
                           pool_format(counts->pool, "outside|%s",
                                       release_counts_key(counts, baseline, row, columns[k])),
                           release_counts_cell(counts, baseline, i, columns[k]),
                           release_counts_cell(counts, baseline, row, columns[k]));
        return;
    }
}

static void add_baseline(struct release_counts *counts)
{
    static const char *const covariate[] = {"population", "term", "arm"}, *const whom[] = {"population", "arm"};
    const struct table *baseline = counts->tables.baseline;

    for (size_t i = 0; i < cell_rows(baseline); i++) {
        /* Of two populations that differ by few people the later one is hidden. */
        add_cell(counts, baseline, i, "n", cells_equal(baseline, "population", i, 0) ? COST_LEVEL : COST_DETAIL);
        add_cell(counts, baseline, i, "n_missing", COST_DETAIL);
    }
    for (size_t i = 0; i < cell_rows(baseline); i++) {
        if (is_first_of(baseline, i, covariate, 3))
            add_covariate(counts, i);
        add_outside(counts, i);
        if (!is_first_of(baseline, i, whom, 2))
            continue;
        const char *const population = text(counts, baseline, "population", i), *const arm = text(counts, baseline, "arm", i);
        const size_t row = arm_row(counts, arm);
        if (row != SIZE_MAX && strchr(population, '@') == NULL)
            add_difference(counts, pool_format(counts->pool, "outside|%s|%s", population, arm),
                           release_counts_cell(counts, counts->tables.arms, row, "n"),
                           people_of_arm(counts, population, arm));
    }
}

static bool is_end(const struct table *flow, size_t row)
{
    return cell_is(flow, "to", row, "end") || cell_is(flow, "to", row, "open");
}

/* What enters a level leaves it. */
static void add_level(struct release_counts *counts, size_t like, const char *level)
{
    const struct table *flow = counts->tables.flow;

    relation_start(counts->system);
    for (size_t i = 0; i < flow->n_rows; i++) {
        const bool into = cell_is(flow, "to", i, level), out = cell_is(flow, "from", i, level);

        if (cells_equal(flow, "arm", i, like) && into != out)
            relation_term(counts->system, release_counts_cell(counts, flow, i, "n"), into ? 1 : -1);
    }
    relation_end(counts->system);
}

/* Beginnings, or ends, are the people of the arm where every one of them is there once. */
static void add_outside_of_care(struct release_counts *counts, size_t like)
{
    const struct table *flow = counts->tables.flow;
    const size_t row = arm_row(counts, text(counts, flow, "arm", like));
    const size_t people = row == SIZE_MAX ? NO_COUNT : release_counts_cell(counts, counts->tables.arms, row, "n");

    for (int side = 0; side < 3; side++) {
        relation_start(counts->system);
        if (side < 2)
            relation_term(counts->system, people, -1);
        for (size_t i = 0; i < flow->n_rows; i++) {
            if (!cells_equal(flow, "arm", i, like))
                continue;
            if (side != 1 && cell_is(flow, "from", i, "entry"))
                relation_term(counts->system, release_counts_cell(counts, flow, i, "n"), 1);
            if (side != 0 && is_end(flow, i))
                relation_term(counts->system, release_counts_cell(counts, flow, i, "n"), side == 2 ? -1 : 1);
        }
        relation_end(counts->system);
    }
}

/* A move of all linked episodes is made by the arms and by nobody else, or by somebody else: who may be few. */
static void add_others(struct release_counts *counts, size_t row)
{
    const struct table *flow = counts->tables.flow;
    struct count_system *system = counts->system;
    int64_t others = cell_integer(flow, "n", row);

    if (cell_is(flow, "from", row, "entry"))
        return;
    relation_start(system);
    relation_term(system, release_counts_cell(counts, flow, row, "n"), 1);
    for (size_t i = 0; i < flow->n_rows; i++)
        if (!cell_is(flow, "arm", i, "") && cells_equal(flow, "from", i, row) && cells_equal(flow, "to", i, row)) {
            relation_term(system, release_counts_cell(counts, flow, i, "n"), -1);
            others -= cell_integer(flow, "n", i);
        }
    add_rest(counts, pool_format(counts->pool, "others|%s", release_counts_key(counts, flow, row, "n")), others, -1);
    relation_end(system);
}

static void add_flow(struct release_counts *counts)
{
    static const char *const arm[] = {"arm"}, *const from[] = {"arm", "from"};
    const struct table *flow = counts->tables.flow;

    for (size_t i = 0; i < cell_rows(flow); i++)
        add_cell(counts, flow, i, "n", COST_FLOW);
    for (size_t i = 0; i < cell_rows(flow); i++) {
        if (is_first_of(flow, i, arm, 1))
            add_outside_of_care(counts, i);
        if (is_first_of(flow, i, from, 2) && !cell_is(flow, "from", i, "entry"))
            add_level(counts, i, text(counts, flow, "from", i));
        if (cell_is(flow, "arm", i, ""))
            add_others(counts, i);
    }
}

void add_people(struct release_counts *counts)
{
    add_arms(counts);
    add_baseline(counts);
    for (size_t i = 0; i < cell_rows(counts->tables.losses); i++)
        add_cell(counts, counts->tables.losses, i, "n", COST_DETAIL);
    add_flow(counts);
}
