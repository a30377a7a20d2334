/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The dashboard counts the people of the arms, of their estimates, and of Table 1. */
#include <math.h>
#include <string.h>

#include "report/counts_programmes.h"

/* Whom a sum over arms counts: everybody of a population, those with an outcome, or those of them with its event by a day. */
struct asked {
    const char *population, *outcome; /* NULL: everybody */
    double day;                       /* NAN: people, not events */
};

static bool is_share(const struct release_counts *counts, size_t measure)
{
    return counts->tables.is_share != NULL && counts->tables.is_share[measure];
}

/* Due, known or not, with the outcome or without: the people of the dashboard. */
static int64_t everybody(const struct release_counts *counts)
{
    const struct table *const measures = counts->tables.programme_measures;

    return cell_integer(measures, "n", 0) + cell_integer(measures, "n_unknown", 0) + cell_integer(measures, "n_not_due", 0) +
           cell_integer(measures, "n_missing", 0);
}

static bool counts_events(const struct table *estimates, size_t row, double day)
{
    return cell_real(estimates, "time", row) == day && cell_integer(estimates, "n_event", row) != MISSING_INTEGER &&
           (cell_is(estimates, "cause", row, "event") || cell_is(estimates, "cause", row, "")) &&
           !cell_begins(estimates, "measure", row, "rmst") && !cell_is(estimates, "measure", row, "mean_cumulative_count") &&
           !cell_is(estimates, "term", row, "at least");
}

static size_t count_of_arm(struct release_counts *counts, const struct asked *asked, const char *arm)
{
    const struct table *const estimates = counts->tables.estimates;

    if (asked->outcome == NULL)
        return people_of_arm(counts, asked->population, arm);
    for (size_t row = 0; row < cell_rows(estimates); row++) {
        if (!cell_is(estimates, "outcome", row, asked->outcome) || !cell_is(estimates, "arm", row, arm) ||
            !cell_is(estimates, "reference", row, "") || !cell_is(estimates, "stratum", row, "") ||
            strcmp(population_of(counts, estimates, row), asked->population) != 0)
            continue;
        if (isnan(asked->day) && cell_integer(estimates, "n", row) != MISSING_INTEGER)
            return release_counts_cell(counts, estimates, row, "n");
        if (counts_events(estimates, row, asked->day))
            return release_counts_cell(counts, estimates, row, "n_event");
    }
    return NO_COUNT;
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

/* All arms = a count of the dashboard + somebody else. */
static void tie_to_arms(struct release_counts *counts, const struct asked *asked, size_t part, const char *key)
{
    const struct table *const arms = counts->tables.arms;
    const int64_t sum = sum_over_arms(counts, asked), left = part == NO_COUNT ? -1 : sum - counts->system->counts[part].value;

    if (left < 0)
        return;
    relation_start(counts->system);
    for (size_t i = 0; i < cell_rows(arms); i++)
        relation_term(counts->system, count_of_arm(counts, asked, cell_text(counts->pool, arms, "arm", i)), 1);
    relation_term(counts->system, part, -1);
    add_rest(counts, key, left, -1);
    relation_end(counts->system);
}

/* The outcome's event in all programmes and periods; of a share without it the others, who have no cell. */
static size_t events_of(struct release_counts *counts, size_t measure, size_t row)
{
    const size_t events = counts->programme_events[row], n = counts->programme_n[row];

    if (!cell_is(counts->tables.programme_measures, "share", measure, "no_event"))
        return events;
    if (events == NO_COUNT || n == NO_COUNT)
        return NO_COUNT;
    const int64_t others = counts->system->counts[n].value - counts->system->counts[events].value;
    return count_find(counts->system, pool_format(counts->pool, "uncounted|%s", counts->system->counts[events].key), others);
}

/* The first day of the report, from the day of the measure on, by which events of all arms are counted; NAN: none. */
static double next_day(struct release_counts *counts, const struct asked *events)
{
    const struct table *const estimates = counts->tables.estimates;
    double next = NAN;

    for (size_t row = 0; row < cell_rows(estimates); row++) {
        const double day = cell_real(estimates, "time", row);
        const struct asked asked = {events->population, events->outcome, day};

        if (day >= events->day && !(day >= next) && cell_is(estimates, "outcome", row, events->outcome) && sum_over_arms(counts, &asked) >= 0)
            next = day;
    }
    return next;
}

/* Who had the event by the day of a share had it by the next day of the report. */
static void tie_share(struct release_counts *counts, size_t measure, const struct asked *events)
{
    const struct asked asked = {events->population, events->outcome, isnan(events->day) ? NAN : next_day(counts, events)};

    if (!isnan(asked.day))
        tie_to_arms(counts, &asked, add_share_events(counts, measure),
                    pool_format(counts->pool, "events not in the share|%s|%s|%.17g|%.17g", asked.outcome, asked.population, events->day, asked.day));
}

static void tie_measure(struct release_counts *counts, size_t measure, size_t row, const char *population)
{
    const struct table *const measures = counts->tables.programme_measures;
    const char *const outcome = cell_text(counts->pool, measures, "outcome", measure);
    const struct asked people = {population, outcome, NAN}, events = {population, outcome, cell_real(measures, "time", measure)};

    if (sum_over_arms(counts, &people) != everybody(counts) - cell_integer(measures, "n_missing", measure))
        return;
    if (is_share(counts, measure)) {
        tie_share(counts, measure, &events);
        return;
    }
    tie_to_arms(counts, &people, counts->programme_n[row], pool_format(counts->pool, "not in the dashboard|%s|%s", outcome, population));
    if (!isnan(events.day))
        tie_to_arms(counts, &events, events_of(counts, measure, row),
                    pool_format(counts->pool, "events not in the dashboard|%s|%s|%.17g", outcome, population, events.day));
}

/* ---- Table 1 may count the people of a programme --------------------------------------------------------------------------- */

static bool is_same_level(const struct table *baseline, size_t a, size_t b)
{
    return cells_equal(baseline, "population", a, b) && cells_equal(baseline, "term", a, b) && cells_equal(baseline, "level", a, b);
}

/* A level that has the name of a programme: the people of all arms in it are those of the programme, and others. */
static void tie_level(struct release_counts *counts, size_t level, size_t programme_row)
{
    const struct table *const baseline = counts->tables.baseline;
    const size_t part = counts->programme_n[programme_row];
    int64_t left = part == NO_COUNT ? -1 : -counts->system->counts[part].value;

    for (size_t i = 0; part != NO_COUNT && i < baseline->n_rows; i++)
        left += is_same_level(baseline, i, level) ? cell_integer(baseline, "n", i) : 0;
    if (left < 0)
        return;
    relation_start(counts->system);
    for (size_t i = 0; i < baseline->n_rows; i++)
        if (is_same_level(baseline, i, level))
            relation_term(counts->system, release_counts_cell(counts, baseline, i, "n"), 1);
    relation_term(counts->system, part, -1);
    add_rest(counts,
             pool_format(counts->pool, "of the programme|%s|%s", cell_text(counts->pool, baseline, "population", level),
                         cell_text(counts->pool, baseline, "level", level)),
             left, -1);
    relation_end(counts->system);
}

static void tie_levels(struct release_counts *counts, const struct programme_shape *shape, const char *population)
{
    const struct table *const baseline = counts->tables.baseline;

    for (size_t row = 0; row < cell_rows(baseline); row++) {
        if (!cell_is(baseline, "population", row, population) || (row > 0 && is_same_level(baseline, row, row - 1)) ||
            cell_is(baseline, "level", row, ""))
            continue;
        for (size_t p = 1; p < shape->height; p++)
            if (cell_is(counts->tables.programmes, "programme", p * shape->width, cell_text(counts->pool, baseline, "level", row)))
                tie_level(counts, row, p * shape->width);
    }
}

/* Populations that have come; beyond so many they are tied again, which says the same twice. */
enum { SEEN_MAX = 64 };

struct populations {
    const char *names[SEEN_MAX];
    size_t n;
};

static void tie_population(struct release_counts *counts, const struct programme_shape *shape, const char *population,
                           struct populations *seen)
{
    const struct asked asked = {population, NULL, NAN};

    for (size_t i = 0; i < seen->n; i++)
        if (strcmp(seen->names[i], population) == 0)
            return;
    if (seen->n < SEEN_MAX)
        seen->names[seen->n++] = population;
    if (sum_over_arms(counts, &asked) == everybody(counts)) {
        tie_to_arms(counts, &asked, counts->programme_n[0], pool_format(counts->pool, "unseen in the dashboard|%s", population));
        tie_levels(counts, shape, population);
    }
    for (size_t m = 0; m < shape->n_measures; m++)
        tie_measure(counts, m, m * shape->n_cells, population);
}

void add_programme_people(struct release_counts *counts, const struct programme_shape *shape)
{
    const struct table *const tables[] = {counts->tables.baseline, counts->tables.estimates};
    struct populations seen = {.n = 0};

    for (size_t k = 0; k < sizeof tables / sizeof tables[0]; k++)
        for (size_t row = 0; row < cell_rows(tables[k]); row++)
            if (row == 0 || !cells_equal(tables[k], "population", row, row - 1) ||
                (k == 1 && !cells_equal(tables[k], "analysis", row, row - 1)))
                tie_population(counts, shape,
                               k == 0 ? cell_text(counts->pool, tables[k], "population", row) : population_of(counts, tables[k], row), &seen);
}
