/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Outcomes of a dashboard count the same people: those of each other, of the arms, and of Table 1. */
#include "report/programme_grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* ---- outcomes with each other ------------------------------------------------------------------------------------------- */

static int64_t everybody(const struct programme_grid *grid, size_t cell)
{
    return grid->truth[cell].people; /* of any measure */
}

/* An outcome of which the state of everybody in the cell is known; n_outcomes: there is none. */
static size_t complete_outcome(const struct programme_grid *grid, size_t cell)
{
    size_t o = 0;

    while (o < grid->n_outcomes && (grid->outcomes[o].top[cell].value != everybody(grid, cell) || everybody(grid, cell) == 0))
        o++;
    return o;
}

/* Whom an outcome leaves out in a cell, of the people whom another one shows. */
static struct node tie_outcomes(const struct programme_grid *grid, size_t cell, size_t complete, size_t other)
{
    struct release_counts *const counts = grid->counts;
    const struct programme_outcome *const all = &grid->outcomes[complete], *const some = &grid->outcomes[other];
    const bool keeps = programme_hides_nobody(grid, all->measure, cell) && programme_hides_nobody(grid, some->measure, cell);
    const int64_t left_out = all->top[cell].value - some->top[cell].value;
    const struct node rest = node_without_cell(
        counts, pool_format(counts->pool, "without|%s|%s", some->name, programme_cell_name(grid, cell)), left_out, keeps);

    node_sum(counts->system, all->top[cell], some->top[cell], rest);
    return rest;
}

/* Kinds of people of one outcome, who are counted by the others in the most usual way: then nothing is left over in any of them. */
struct company {
    struct programme_grid *grid;
    size_t *usual;   /* [n_outcomes] a kind of each */
    size_t *without; /* [n_outcomes] the slot of those whom it leaves out */
    size_t *slots;   /* [n_slots of the box] */
};

/* The kind whose smallest count is the largest, of all programmes in all periods. */
static size_t most_usual(const struct programme_grid *grid, const struct programme_outcome *outcome)
{
    const struct count_box *const box = grid->box;
    size_t best = outcome->first_kind;
    int64_t most = -1;

    for (size_t kind = outcome->first_kind; kind < outcome->end_kind; kind++) {
        int64_t least = INT64_MAX;

        for (size_t k = box->first[kind]; k < box->first[kind + 1]; k++) {
            const size_t count = box->counts[box->slots[k] * grid->n_cells];
            const int64_t value = count == NOT_COUNTED ? INT64_MAX : count == NOBODY ? 0 : grid->counts->system->counts[count].value;

            least = value < least ? value : least;
        }
        if (least > most) {
            most = least;
            best = kind;
        }
    }
    return best;
}

static size_t take_kind(const struct company *company, size_t kind, size_t n)
{
    const struct count_box *const box = company->grid->box;

    for (size_t k = box->first[kind]; k < box->first[kind + 1]; k++)
        company->slots[n++] = box->slots[k];
    return n;
}

/* Of an outcome this kind (its end_kind: left out by it), of the others the usual one. */
static int add_company(const struct company *company, size_t outcome, size_t kind)
{
    const struct programme_grid *const grid = company->grid;
    size_t n = 0;

    for (size_t o = 0; o < grid->n_outcomes; o++) {
        if (o == outcome && kind == grid->outcomes[o].end_kind)
            company->slots[n++] = company->without[o];
        else
            n = take_kind(company, o == outcome ? kind : company->usual[o], n);
    }
    return count_box_kind(grid->box, company->slots, n);
}

static int add_kinds(const struct company *company)
{
    const struct programme_grid *const grid = company->grid;
    int status = 0;

    for (size_t o = 0; o < grid->n_outcomes; o++)
        company->usual[o] = most_usual(grid, &grid->outcomes[o]);
    for (size_t o = 0; o < grid->n_outcomes; o++)
        for (size_t kind = grid->outcomes[o].first_kind; status == 0 && kind <= grid->outcomes[o].end_kind; kind++)
            status = add_company(company, o, kind);
    return status;
}

static int add_slots(const struct company *company)
{
    for (size_t o = 0; o < company->grid->n_outcomes; o++) {
        if (count_box_slot(company->grid->box) == NULL)
            return -1;
        company->without[o] = company->grid->box->n_slots - 1;
    }
    return 0;
}

static void tie_cells(const struct company *company)
{
    const struct programme_grid *const grid = company->grid;

    for (size_t cell = 0; cell < grid->n_cells; cell++) {
        const size_t complete = complete_outcome(grid, cell);

        for (size_t o = 0; complete < grid->n_outcomes && o < grid->n_outcomes; o++) {
            if (o == complete)
                continue;
            const struct node rest = tie_outcomes(grid, cell, complete, o);
            grid->box->counts[company->without[o] * grid->n_cells + cell] = rest.count == NO_COUNT ? NOBODY : rest.count;
        }
    }
}

static void add_outcomes(struct programme_grid *grid)
{
    struct company company = {grid, allocate(grid->n_outcomes, sizeof *company.usual), allocate(grid->n_outcomes, sizeof *company.without), NULL};
    int status = company.usual == NULL || company.without == NULL || add_slots(&company) != 0 ? -1 : 0;

    if (status == 0 && (company.slots = allocate(grid->box->n_slots, sizeof *company.slots)) != NULL) {
        tie_cells(&company);
        status = add_kinds(&company);
    }
    if (status != 0 || company.slots == NULL)
        grid->counts->system->failed = true;
    free(company.usual);
    free(company.without);
    free(company.slots);
}

/* ---- all programmes are all arms ---------------------------------------------------------------------------------------- */

/* Who is meant by a sum over arms: an outcome (NULL: everybody), a population, a day (NAN: people, not events). */
struct asked {
    const char *outcome, *population;
    double day;
};

/* The row of estimates that counts them in an arm; n_rows: there is none. */
static size_t row_of_arm(const struct release_counts *counts, const struct asked *asked, const char *arm)
{
    const struct table *const estimates = counts->tables.estimates;
    size_t row = 0;

    for (; row < cell_rows(estimates); row++) {
        const bool is_same = cell_is(estimates, "outcome", row, asked->outcome) && cell_is(estimates, "arm", row, arm) &&
                             cell_is(estimates, "reference", row, "") && cell_is(estimates, "stratum", row, "") &&
                             strcmp(population_of(counts, estimates, row), asked->population) == 0;

        if (is_same && isnan(asked->day) && cell_integer(estimates, "n", row) != MISSING_INTEGER)
            break;
        if (is_same && cell_real(estimates, "time", row) == asked->day && cell_integer(estimates, "n_event", row) != MISSING_INTEGER &&
            (cell_is(estimates, "cause", row, "event") || cell_is(estimates, "cause", row, "")) &&
            !cell_begins(estimates, "measure", row, "rmst") && !cell_is(estimates, "measure", row, "mean_cumulative_count") &&
            !cell_is(estimates, "term", row, "at least"))
            break;
    }
    return row;
}

static size_t count_of_arm(struct release_counts *counts, const struct asked *asked, const char *arm)
{
    if (asked->outcome == NULL)
        return people_of_arm(counts, asked->population, arm);
    const size_t row = row_of_arm(counts, asked, arm);
    return row == cell_rows(counts->tables.estimates) ? NO_COUNT
                                                       : release_counts_cell(counts, counts->tables.estimates, row, isnan(asked->day) ? "n" : "n_event");
}

/* The people of all arms; -1: an arm is not counted. */
static int64_t sum_over_arms(struct release_counts *counts, const struct asked *asked)
{
    const struct table *const arms = counts->tables.arms;
    int64_t sum = cell_rows(arms) == 0 ? -1 : 0;

    for (size_t i = 0; sum >= 0 && i < cell_rows(arms); i++) {
        const size_t count = count_of_arm(counts, asked, cell_text(counts->pool, arms, "arm", i));

        sum = count == NO_COUNT ? -1 : sum + counts->system->counts[count].value;
    }
    return sum;
}

/* The sum over arms is a count of the dashboard and somebody else. */
static void tie_to_arms(struct release_counts *counts, const struct asked *asked, struct node part, const char *key)
{
    const struct table *const arms = counts->tables.arms;
    const int64_t left = sum_over_arms(counts, asked) - part.value;

    if (left < 0)
        return;
    const struct node rest = node_without_cell(counts, key, left, false);
    relation_start(counts->system);
    for (size_t i = 0; i < cell_rows(arms); i++)
        relation_term(counts->system, count_of_arm(counts, asked, cell_text(counts->pool, arms, "arm", i)), 1);
    node_term(counts->system, part, -1);
    node_term(counts->system, rest, -1);
    relation_end(counts->system);
}

/* The event's people of a measure, of all programmes in all periods. */
static struct node events_of(const struct programme_grid *grid, size_t measure)
{
    return (cell_is(grid->counts->tables.programme_measures, "share", measure, "no_event") ? grid->rest : grid->events)[measure * grid->n_cells];
}

/* Whom the arms count, and the dashboard of this outcome: all but those who are not due, or lost, on its first day. */
static void tie_outcome(const struct programme_grid *grid, const struct programme_outcome *outcome, const char *population)
{
    struct release_counts *const counts = grid->counts;
    const struct table *const measures = counts->tables.programme_measures;
    const struct asked people = {outcome->name, population, NAN};

    if (sum_over_arms(counts, &people) != everybody(grid, 0) - cell_integer(measures, "n_missing", outcome->measure))
        return;
    tie_to_arms(counts, &people, outcome->top[0], pool_format(counts->pool, "not in the dashboard|%s|%s", outcome->name, population));
    for (size_t m = 0; m < grid->n_measures; m++)
        if (cell_is(measures, "outcome", m, outcome->name)) {
            const struct asked events = {outcome->name, population, cell_real(measures, "time", m)};

            if (!isnan(events.day))
                tie_to_arms(counts, &events, events_of(grid, m),
                            pool_format(counts->pool, "events not in the dashboard|%s|%s|%.17g", outcome->name, population, events.day));
        }
}

/* ---- Table 1 may count the people of a programme ------------------------------------------------------------------------- */

static int64_t sum_of_level(const struct table *baseline, size_t like)
{
    int64_t sum = 0;

    for (size_t i = 0; i < baseline->n_rows; i++)
        if (cells_equal(baseline, "population", i, like) && cells_equal(baseline, "term", i, like) && cells_equal(baseline, "level", i, like))
            sum += cell_integer(baseline, "n", i);
    return sum;
}

/* The level of a row is a programme: all arms of it are the people of the programme. */
static void tie_level(const struct programme_grid *grid, size_t cell, size_t row)
{
    struct release_counts *const counts = grid->counts;
    const struct table *const baseline = counts->tables.baseline;

    for (size_t o = 0; o < grid->n_outcomes; o++) {
        const struct node part = grid->outcomes[o].top[cell];
        const char *const key = pool_format(counts->pool, "of the programme|%s|%s|%s", grid->outcomes[o].name,
                                            cell_text(counts->pool, baseline, "population", row), programme_cell_name(grid, cell));
        const struct node rest = node_without_cell(counts, key, everybody(grid, cell) - part.value, false);

        relation_start(counts->system);
        for (size_t i = 0; i < baseline->n_rows; i++)
            if (cells_equal(baseline, "population", i, row) && cells_equal(baseline, "term", i, row) && cells_equal(baseline, "level", i, row))
                relation_term(counts->system, release_counts_cell(counts, baseline, i, "n"), 1);
        node_term(counts->system, part, -1);
        node_term(counts->system, rest, -1);
        relation_end(counts->system);
    }
}

/* Is it the first row of its level? */
static bool is_first_of_level(const struct table *baseline, size_t row)
{
    for (size_t i = 0; i < row; i++)
        if (cells_equal(baseline, "population", i, row) && cells_equal(baseline, "term", i, row) && cells_equal(baseline, "level", i, row))
            return false;
    return true;
}

static void tie_baseline(const struct programme_grid *grid)
{
    struct release_counts *const counts = grid->counts;
    const struct table *const baseline = counts->tables.baseline;

    for (size_t p = 1; p < grid->height; p++) {
        const size_t cell = p * grid->width;
        const char *const name = cell_text(counts->pool, counts->tables.programmes, "programme", p * (grid->width - 1));

        for (size_t row = 0; row < cell_rows(baseline); row++)
            if (cell_is(baseline, "level", row, name) && is_first_of_level(baseline, row) && sum_of_level(baseline, row) == everybody(grid, cell))
                tie_level(grid, cell, row);
    }
}

/* Has this population come already? */
static bool is_known_population(const struct release_counts *counts, const struct table *table, size_t row)
{
    for (size_t i = 0; i < row; i++)
        if (strcmp(population_of(counts, table, i), population_of(counts, table, row)) == 0)
            return true;
    return false;
}

static void tie_arms(const struct programme_grid *grid)
{
    struct release_counts *const counts = grid->counts;
    const struct table *const baseline = counts->tables.baseline, *const estimates = counts->tables.estimates;

    for (size_t row = 0; row < cell_rows(baseline); row++) {
        const struct asked asked = {NULL, cell_text(counts->pool, baseline, "population", row), NAN};

        if ((row > 0 && cells_equal(baseline, "population", row, row - 1)) || sum_over_arms(counts, &asked) != everybody(grid, 0))
            continue;
        for (size_t o = 0; o < grid->n_outcomes; o++)
            tie_to_arms(counts, &asked, grid->outcomes[o].top[0],
                        pool_format(counts->pool, "unseen in the dashboard|%s|%s", grid->outcomes[o].name, asked.population));
    }
    for (size_t row = 0; row < cell_rows(estimates); row++)
        if ((row == 0 || !cells_equal(estimates, "population", row, row - 1)) && !is_known_population(counts, estimates, row))
            for (size_t o = 0; o < grid->n_outcomes; o++)
                tie_outcome(grid, &grid->outcomes[o], population_of(counts, estimates, row));
}

void add_programme_people(struct programme_grid *grid)
{
    if (grid->counts->system->failed)
        return;
    if (grid->n_outcomes > 1)
        add_outcomes(grid);
    tie_arms(grid);
    tie_baseline(grid);
}
