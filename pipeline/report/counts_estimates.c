/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Relations between the people and the events that numbers are computed from. */
#include "report/release_counts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* A row of estimates, with its texts at hand. */
struct estimate_row {
    const char *people; /* outcome, population with its profile, stratum */
    const char *outcome, *population, *stratum, *cause, *arm, *reference;
    double time;        /* just before a day: a little less */
    size_t row, n, events;
};

/* All rows, sorted so that those of the same people lie together. */
struct estimate_rows {
    size_t n;
    struct estimate_row *rows;
};

static int by_people(const void *a, const void *b)
{
    const struct estimate_row *const x = a, *const y = b;
    const int order = strcmp(x->people, y->people);

    return order != 0 ? order : (x->row > y->row) - (x->row < y->row);
}

static bool has_curve(const struct release_counts *counts, size_t row)
{
    const struct table *estimates = counts->tables.estimates;

    return coarse_curves_find(counts->curves, estimates, row, cell_text(counts->pool, estimates, "arm", row), false) != NULL;
}

/*
 * An estimate may be shown where its counts are hidden to protect others.  It is shown only when enough people, events and people
 * without the event stand behind it: so a reader knows that they are not small.
 */
static void know_least(struct count_system *system, const struct estimate_row *row)
{
    const int64_t least = system->threshold;

    if (row->n == NO_COUNT || system->counts[row->n].value < least)
        return;
    if (row->events == NO_COUNT) {
        count_at_least(system, row->n, least);
    } else if (system->counts[row->events].value >= least &&
               system->counts[row->n].value - system->counts[row->events].value >= least) {
        count_at_least(system, row->n, 2 * least);
        count_at_least(system, row->events, least);
    }
}

static int read_rows(struct release_counts *counts, struct estimate_rows *rows)
{
    const struct table *estimates = counts->tables.estimates;

    rows->n = cell_rows(estimates);
    if ((rows->rows = allocate(rows->n + 1, sizeof *rows->rows)) == NULL)
        return -1;
    for (size_t i = 0; i < rows->n; i++) {
        struct estimate_row *row = &rows->rows[i];
        const bool is_pair = !cell_is(estimates, "reference", i, "") || cell_is(estimates, "arm", i, "");
        const int cost = is_pair ? COST_PAIR : COST_ARM;

        row->row = i;
        row->outcome = cell_text(counts->pool, estimates, "outcome", i);
        row->population = population_of(counts, estimates, i);
        row->stratum = cell_text(counts->pool, estimates, "stratum", i);
        row->cause = cell_text(counts->pool, estimates, "cause", i);
        row->arm = cell_text(counts->pool, estimates, "arm", i);
        row->reference = cell_text(counts->pool, estimates, "reference", i);
        row->people = pool_format(counts->pool, "%s|%s|%s", row->outcome, row->population, row->stratum);
        row->time = cell_real(estimates, "time", i);
        if (cell_is(estimates, "term", i, "at least"))
            row->time -= 1e-6;
        row->n = add_cell(counts, estimates, i, "n", cost);
        /* Events to the end of an observation say little beside those by a day. */
        row->events = add_cell(counts, estimates, i, "n_event", isnan(row->time) && has_curve(counts, i) ? COST_DETAIL : cost);
        count_last_as(counts->system, row->events,
                      pool_format(counts->pool, "events|%s|%s|%s|%s|%s %.17g", row->people, row->cause, row->arm, row->reference,
                                  cell_begins(estimates, "measure", i, "rmst") ? "of any cause by" : "by", row->time));
        if (cell_is(estimates, "measure", i, "mean_cumulative_count"))
            row->events = NO_COUNT; /* events, of which a person may have many: they are no part of the people */
    }
    for (size_t i = 0; i < rows->n; i++)
        know_least(counts->system, &rows->rows[i]);
    qsort(rows->rows, rows->n, sizeof *rows->rows, by_people);
    return 0;
}

static bool is_arm(const struct estimate_row *row, const char *arm)
{
    return row->reference[0] == '\0' && strcmp(row->arm, arm) == 0;
}

static bool same_day(const struct estimate_row *a, const struct estimate_row *b)
{
    return a->time == b->time || (isnan(a->time) && isnan(b->time));
}

static size_t people_count(const struct estimate_row *rows, size_t n, const char *arm)
{
    for (size_t i = 0; i < n; i++)
        if (is_arm(&rows[i], arm) && rows[i].n != NO_COUNT)
            return rows[i].n;
    return NO_COUNT;
}

/* A comparison counts the people of its arms; a test of all arms those of all. */
static void add_people_of_pair(struct release_counts *counts, const struct estimate_row *rows, size_t n,
                               const struct estimate_row *pair)
{
    const struct table *arms = counts->tables.arms;

    relation_start(counts->system);
    relation_term(counts->system, pair->n, -1);
    if (pair->arm[0] != '\0') {
        relation_term(counts->system, people_count(rows, n, pair->arm), 1);
        relation_term(counts->system, people_count(rows, n, pair->reference), 1);
    }
    for (size_t i = 0; pair->arm[0] == '\0' && i < cell_rows(arms); i++)
        relation_term(counts->system, people_count(rows, n, cell_text(counts->pool, arms, "arm", i)), 1);
    relation_end(counts->system);
}

/* May these be the events of an arm that a comparison counts? */
static bool is_side(const struct estimate_row *rows, size_t i, const struct estimate_row *pair, const char *arm)
{
    bool first = is_arm(&rows[i], arm) && same_day(&rows[i], pair) && strcmp(rows[i].cause, pair->cause) == 0 &&
                 rows[i].events != NO_COUNT;

    for (size_t k = 0; first && k < i; k++)
        first = !is_arm(&rows[k], arm) || rows[k].events != rows[i].events;
    return first;
}

/* A comparison counts the events of its arms; an arm may have several counts on one day, of one cause and of all. */
static void add_events_of_pair(struct release_counts *counts, const struct estimate_row *rows, size_t n,
                               const struct estimate_row *pair)
{
    for (size_t i = 0; pair->events != NO_COUNT && i < n; i++)
        for (size_t k = 0; is_side(rows, i, pair, pair->arm) && k < n; k++) {
            if (!is_side(rows, k, pair, pair->reference))
                continue;
            relation_start(counts->system);
            relation_term(counts->system, pair->events, -1);
            relation_term(counts->system, rows[i].events, 1);
            relation_term(counts->system, rows[k].events, 1);
            relation_end(counts->system);
        }
}

/* A test of all arms counts the events of all. */
static void add_events_of_all(struct release_counts *counts, const struct estimate_row *rows, size_t n,
                              const struct estimate_row *all)
{
    const struct table *arms = counts->tables.arms;

    relation_start(counts->system);
    relation_term(counts->system, all->events, -1);
    for (size_t a = 0; a < cell_rows(arms); a++) {
        const char *const arm = cell_text(counts->pool, arms, "arm", a);
        size_t side = 0;

        while (side < n && !is_side(rows, side, all, arm))
            side++;
        relation_term(counts->system, side < n ? rows[side].events : NO_COUNT, 1);
    }
    relation_end(counts->system);
}

/* People = those with the event, by cause + those without. */
static void add_without(struct release_counts *counts, const struct estimate_row *rows, size_t n,
                        const struct estimate_row *row)
{
    struct count_system *system = counts->system;
    int64_t without;

    if (row->n == NO_COUNT || row->events == NO_COUNT)
        return;
    add_difference(counts, pool_format(counts->pool, "without|%s|%s|%s|%.17g", row->people, row->arm, row->cause, row->time),
                   row->n, row->events);
    if (row->cause[0] == '\0')
        return;
    without = system->counts[row->n].value - system->counts[row->events].value;
    relation_start(system);
    relation_term(system, row->n, 1);
    relation_term(system, row->events, -1);
    for (size_t i = 0; i < n; i++) {
        bool first = is_arm(&rows[i], row->arm) && same_day(&rows[i], row) && rows[i].cause[0] != '\0' &&
                     strcmp(rows[i].cause, row->cause) != 0 && rows[i].events != NO_COUNT;

        for (size_t k = 0; first && k < i; k++)
            first = rows[k].events != rows[i].events;
        if (!first)
            continue;
        relation_term(system, rows[i].events, -1);
        without -= system->counts[rows[i].events].value;
    }
    add_rest(counts, pool_format(counts->pool, "free|%s|%s|%.17g", row->people, row->arm, row->time), without, -1);
    relation_end(system);
}

static bool same_whom(const struct estimate_row *a, const struct estimate_row *b)
{
    return strcmp(a->arm, b->arm) == 0 && strcmp(a->reference, b->reference) == 0;
}

/* Are these events by an earlier day, that may be among those of the row?  Without a day: by the end. */
static bool is_earlier(const struct release_counts *counts, const struct estimate_row *other, const struct estimate_row *row)
{
    const struct count *const all = counts->system->counts;

    return same_whom(other, row) && strcmp(other->cause, row->cause) == 0 && !isnan(other->time) &&
           other->events != NO_COUNT && (isnan(row->time) || other->time < row->time) &&
           all[other->events].value <= all[row->events].value;
}

/* Events by this day less those by the last one before it, of which there may be several counts. */
static void add_between(struct release_counts *counts, const struct estimate_row *rows, size_t n,
                        const struct estimate_row *row)
{
    double last = -INFINITY;

    for (size_t i = 0; i < n; i++)
        if (is_earlier(counts, &rows[i], row))
            last = fmax(last, rows[i].time);
    for (size_t i = 0; i < n; i++)
        if (is_earlier(counts, &rows[i], row) && rows[i].time == last)
            add_difference(counts,
                           pool_format(counts->pool, "between|%s|%s|%s|%s|%.17g", row->people, row->arm, row->reference,
                                       row->cause, row->time),
                           row->events, rows[i].events);
}

/* Rows of one day may count events of one cause and of all: the rest is those of the others. */
static void add_other_causes(struct release_counts *counts, const struct estimate_row *rows, size_t n,
                             const struct estimate_row *row)
{
    for (size_t i = 0; i < n; i++) {
        bool first = same_whom(&rows[i], row) && same_day(&rows[i], row) && rows[i].events != NO_COUNT &&
                     rows[i].events != row->events;

        for (size_t k = 0; first && k < i; k++)
            first = rows[k].events != rows[i].events;
        if (first)
            add_difference(counts,
                           pool_format(counts->pool, "other causes|%s|%s|%s|%.17g", row->people, row->arm, row->reference,
                                       row->time),
                           row->events, rows[i].events);
    }
}

/* People and events of a population are some of those of the first one. */
static void add_parts_of_first(struct release_counts *counts, const struct estimate_rows *all,
                               const struct estimate_row *row)
{
    const struct table *estimates = counts->tables.estimates;
    const char *const first = cell_text(counts->pool, estimates, "population", 0);

    if (strcmp(row->population, first) == 0)
        return;
    for (size_t i = 0; i < all->n; i++) {
        const struct estimate_row *whole = &all->rows[i];

        if (strcmp(whole->population, first) != 0 || strcmp(whole->outcome, row->outcome) != 0 ||
            strcmp(whole->stratum, row->stratum) != 0 || !same_whom(whole, row) || !same_day(whole, row) ||
            strcmp(whole->cause, row->cause) != 0)
            continue;
        add_difference(counts, pool_format(counts->pool, "outside|%s|%s|%s", row->people, row->arm, row->reference), whole->n,
                       row->n);
        add_difference(counts,
                       pool_format(counts->pool, "events outside|%s|%s|%s|%s|%.17g", row->people, row->arm, row->reference,
                                   row->cause, row->time),
                       whole->events, row->events);
    }
}

/* Who of an arm has no outcome. */
static size_t add_lost(struct release_counts *counts, const struct estimate_row *row)
{
    const size_t all = people_of_arm(counts, row->population, row->arm);
    const char *const key = pool_format(counts->pool, "lost|%s|%s|%s", row->outcome, row->population, row->arm);

    if (all == NO_COUNT || row->n == NO_COUNT)
        return NO_COUNT;
    add_difference(counts, key, all, row->n);
    return count_find(counts->system, key, counts->system->counts[all].value - counts->system->counts[row->n].value);
}

/* Losses by reason are the losses of the arms. */
static void add_losses(struct release_counts *counts, const struct estimate_row *rows, size_t n)
{
    const struct table *losses = counts->tables.losses, *arms = counts->tables.arms;
    struct count_system *system = counts->system;

    relation_start(system);
    for (size_t i = 0; i < cell_rows(losses); i++)
        if (cell_is(losses, "outcome", i, rows[0].outcome))
            relation_term(system, release_counts_cell(counts, losses, i, "n"), 1);
    for (size_t i = 0; i < cell_rows(arms); i++) {
        const char *const arm = cell_text(counts->pool, arms, "arm", i);
        const struct estimate_row *row = NULL;

        for (size_t k = 0; k < n && row == NULL; k++)
            row = is_arm(&rows[k], arm) ? &rows[k] : NULL;
        const size_t all = release_counts_cell(counts, arms, i, "n");
        relation_term(system, all, -1);
        relation_term(system, row == NULL ? NO_COUNT : row->n, 1);
    }
    relation_end(system);
}

/* Does a row of a stratum count a part of what `whole` counts? */
static bool is_stratum_of(const struct estimate_row *row, const struct estimate_row *whole, bool events)
{
    return strchr(row->stratum, '=') != NULL && strcmp(row->outcome, whole->outcome) == 0 &&
           strcmp(row->population, whole->population) == 0 && same_whom(row, whole) &&
           (events ? row->events : row->n) != NO_COUNT &&
           (!events || (same_day(row, whole) && strcmp(row->cause, whole->cause) == 0));
}

/* Strata of one covariate, counted by one measure: others of the same day may count until another one. */
static bool is_of_one_kind(const struct release_counts *counts, const struct estimate_row *a, const struct estimate_row *b)
{
    const size_t length = strcspn(a->stratum, "=");

    return strncmp(a->stratum, b->stratum, length + 1) == 0 &&
           cells_equal(counts->tables.estimates, "measure", a->row, b->row);
}

static void add_strata_of_kind(struct release_counts *counts, const struct estimate_rows *rows, const struct estimate_row *whole,
                               size_t from, bool events)
{
    relation_start(counts->system);
    relation_term(counts->system, events ? whole->events : whole->n, -1);
    for (size_t k = from; k < rows->n; k++) {
        const struct estimate_row *row = &rows->rows[k];
        bool first = is_stratum_of(row, whole, events) && is_of_one_kind(counts, &rows->rows[from], row);

        for (size_t j = from; first && j < k; j++)
            first = strcmp(rows->rows[j].stratum, row->stratum) != 0 || !is_stratum_of(&rows->rows[j], whole, events) ||
                    !is_of_one_kind(counts, &rows->rows[from], &rows->rows[j]);
        if (first)
            relation_term(counts->system, events ? row->events : row->n, 1);
    }
    relation_end(counts->system);
}

/* Strata that share what stands before their '=' are the people of all strata together. */
static void add_strata(struct release_counts *counts, const struct estimate_rows *rows, const struct estimate_row *whole)
{
    for (int events = 0; events < 2; events++)
        for (size_t i = 0; i < rows->n; i++) {
            bool first = is_stratum_of(&rows->rows[i], whole, events);

            for (size_t k = 0; first && k < i; k++)
                first = !is_stratum_of(&rows->rows[k], whole, events) || !is_of_one_kind(counts, &rows->rows[k], &rows->rows[i]);
            if (first)
                add_strata_of_kind(counts, rows, whole, i, events);
        }
}

/* People of a stratum "sex=F" are those of the level F of sex, but for those without the outcome. */
static void add_level_of_stratum(struct release_counts *counts, const struct estimate_row *row)
{
    const struct table *baseline = counts->tables.baseline;
    const size_t length = strcspn(row->stratum, "=");
    const char *const term = pool_copy(counts->pool, row->stratum, length);

    for (size_t i = 0; row->stratum[length] == '=' && i < cell_rows(baseline); i++)
        if (cell_is(baseline, "population", i, row->population) && cell_is(baseline, "term", i, term) &&
            cell_is(baseline, "level", i, row->stratum + length + 1) && cell_is(baseline, "arm", i, row->arm))
            add_difference(counts, pool_format(counts->pool, "lost|%s|%s", row->people, row->arm),
                           release_counts_cell(counts, baseline, i, "n"), row->n);
}

/* Is this the first row of the group that shows these counts? */
static bool is_new(const struct estimate_row *rows, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (rows[k].n == rows[i].n && rows[k].events == rows[i].events && strcmp(rows[k].arm, rows[i].arm) == 0 &&
            strcmp(rows[k].reference, rows[i].reference) == 0 && strcmp(rows[k].cause, rows[i].cause) == 0)
            return false;
    return true;
}

static void add_group(struct release_counts *counts, const struct estimate_rows *all, const struct estimate_row *rows,
                      size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!is_new(rows, i))
            continue;
        add_parts_of_first(counts, all, &rows[i]);
        if (rows[i].stratum[0] == '\0')
            add_strata(counts, all, &rows[i]);
        if (rows[i].events != NO_COUNT) {
            add_between(counts, rows, n, &rows[i]);
            add_other_causes(counts, rows, n, &rows[i]);
        }
        if (rows[i].arm[0] == '\0' || rows[i].reference[0] != '\0') {
            add_people_of_pair(counts, rows, n, &rows[i]);
            if (rows[i].arm[0] != '\0')
                add_events_of_pair(counts, rows, n, &rows[i]);
            else
                add_events_of_all(counts, rows, n, &rows[i]);
            continue;
        }
        add_without(counts, rows, n, &rows[i]);
        if (rows[i].stratum[0] == '\0') {
            add_lost(counts, &rows[i]);
        } else {
            add_level_of_stratum(counts, &rows[i]);
        }
    }
    if (rows[0].stratum[0] == '\0')
        add_losses(counts, rows, n);
}

/* The rule of the steps is known: nobody left otherwise, or enough did. */
static void add_left_otherwise(struct release_counts *counts, const struct coarse_curve *curve, const char *key, size_t edge,
                               int coefficient)
{
    const char *const name = pool_format(counts->pool, "left otherwise|%s|%s", key, step_days(counts, curve, edge, edge));

    add_rest(counts, name, curve->n_other[edge], coefficient);
    if (curve->n_other[edge] != 0)
        count_at_least(counts->system, count_find(counts->system, name, curve->n_other[edge]), counts->system->threshold);
}

/* Who left without the first cause's event left by this cause, or by neither. */
static void add_own_steps(struct release_counts *counts, const struct coarse_curve *curve, const char *key, size_t edge)
{
    struct count_system *system = counts->system;
    const size_t m = curve->n_causes;

    for (size_t k = 1; k < m; k++) {
        int64_t rest = -curve->n_event[edge * m + k];

        if (!curve->ends[edge * m + k])
            continue;
        relation_start(system);
        relation_term(system, release_counts_step(counts, curve, k, edge), -1);
        for (size_t e = coarse_step_start(curve, k, edge); e <= edge; e++) {
            add_left_otherwise(counts, curve, key, e, 1);
            rest += curve->n_other[e];
        }
        add_rest(counts, pool_format(counts->pool, "by neither|%s|%zu|%s", key, k, step_days(counts, curve, edge, edge)), rest, -1);
        relation_end(system);
    }
}

/* Steps of a curve, and people at risk between them. */
static void add_steps(struct release_counts *counts, const struct coarse_curve *curve)
{
    struct count_system *system = counts->system;
    const char *const key =
        pool_format(counts->pool, "%s|%s|%s|%s|", cell_text(counts->pool, curve->exact, "outcome", curve->first),
                    population_of(counts, curve->exact, curve->first),
                    cell_text(counts->pool, curve->exact, "stratum", curve->first),
                    cell_text(counts->pool, curve->exact, "arm", curve->first));
    const size_t m = curve->n_causes;

    for (size_t e = 0; e < curve->n_edges; e++) {
        count_add(system,
                  e == 0 ? pool_format(counts->pool, "n|%s", key)
                         : pool_format(counts->pool, "at risk|%s|after %.17g", key, curve->edges[e - 1]),
                  curve->n_risk[e], COST_STEP);
        for (size_t k = 0; k < m; k++)
            if (curve->ends[e * m + k])
                count_at_least(system,
                               count_add(system, pool_format(counts->pool, "step|%s|%zu|%s", key, k,
                                                             step_days(counts, curve, coarse_step_start(curve, k, e), e)),
                                         curve->n_event[e * m + k], COST_STEP),
                               system->threshold);
    }
    for (size_t e = 0; e < curve->n_edges; e++) {
        add_own_steps(counts, curve, key, e);
        if (e + 1 == curve->n_edges)
            break;
        relation_start(system);
        relation_term(system, release_counts_at_risk(counts, curve, e), 1);
        relation_term(system, release_counts_at_risk(counts, curve, e + 1), -1);
        relation_term(system, release_counts_step(counts, curve, 0, e), -1);
        add_left_otherwise(counts, curve, key, e, -1);
        add_rest(counts, pool_format(counts->pool, "entered|%s|%s", key, step_days(counts, curve, e, e)),
                 curve->n_risk[e + 1] - curve->n_risk[e] + curve->n_event[e * m] + curve->n_other[e], 1);
        relation_end(system);
    }
}

/* What the step that a day lies in holds after that day. */
static void add_rest_of_step(struct release_counts *counts, const struct coarse_curve *curve, size_t cause,
                             const struct estimate_row *row)
{
    const size_t m = curve->n_causes;
    int64_t rest = -counts->system->counts[row->events].value;

    relation_start(counts->system);
    relation_term(counts->system, row->events, -1);
    for (size_t e = 0; e < curve->n_edges; e++) {
        if (!curve->ends[e * m + cause])
            continue;
        relation_term(counts->system, release_counts_step(counts, curve, cause, e), 1);
        rest += curve->n_event[e * m + cause];
        if (!coarse_is_by(curve, e, row->time)) {
            add_rest(counts,
                     pool_format(counts->pool, "rest of step|%s|%s|%s|%.17g", row->people, row->arm, row->cause, row->time),
                     rest, -1);
            break;
        }
    }
    relation_end(counts->system);
}

/*
 * Events by a day are those of the steps of their cause that end until then, and others: within the next step, or, in a row
 * of all causes together, by another cause.
 */
static void add_sum_of_steps(struct release_counts *counts, const struct coarse_curve *curve,
                             const struct estimate_row *row)
{
    const size_t cause = coarse_cause(curve, row->cause), m = curve->n_causes;
    int64_t others = counts->system->counts[row->events].value;

    if (cause == m)
        return;
    relation_start(counts->system);
    relation_term(counts->system, row->events, -1);
    for (size_t e = 0; e < curve->n_edges; e++)
        if (curve->ends[e * m + cause] && coarse_is_by(curve, e, row->time)) {
            relation_term(counts->system, release_counts_step(counts, curve, cause, e), 1);
            others -= curve->n_event[e * m + cause];
        }
    add_rest(counts,
             pool_format(counts->pool, "beyond steps|%s|%s|%s|%.17g", row->people, row->arm, row->cause, row->time), others,
             1);
    relation_end(counts->system);
    add_rest_of_step(counts, curve, cause, row);
}

/* Events to the end are those of all steps and of the tail that is not shown. */
static void add_tail(struct release_counts *counts, const struct coarse_curve *curve, const struct estimate_row *row)
{
    const size_t cause = coarse_cause(curve, row->cause), m = curve->n_causes;
    int64_t tail = counts->system->counts[row->events].value;

    if (curve->n_edges == 0 || cause == m)
        return;
    relation_start(counts->system);
    relation_term(counts->system, row->events, -1);
    for (size_t e = 0; e < curve->n_edges; e++)
        if (curve->ends[e * m + cause]) {
            relation_term(counts->system, release_counts_step(counts, curve, cause, e), 1);
            tail -= curve->n_event[e * m + cause];
        }
    add_rest(counts, pool_format(counts->pool, "tail|%s|%s|%s", row->people, row->arm, row->cause), tail, 1);
    relation_end(counts->system);
}

static void add_curves(struct release_counts *counts, const struct estimate_rows *rows)
{
    for (size_t i = 0; i < counts->curves->n; i++)
        if (counts->curves->curves[i].has_counts)
            add_steps(counts, &counts->curves->curves[i]);
    for (size_t i = 0; i < rows->n; i++) {
        const struct estimate_row *row = &rows->rows[i];
        const struct coarse_curve *curve;

        if (row->reference[0] != '\0' || row->arm[0] == '\0' || row->events == NO_COUNT)
            continue;
        curve = coarse_curves_find(counts->curves, counts->tables.estimates, row->row, row->arm, false);
        if (curve == NULL)
            continue;
        if (isfinite(row->time))
            add_sum_of_steps(counts, curve, row);
        else
            add_tail(counts, curve, row);
    }
}

/* The people of an arm are those of all intervals of its score. */
static void add_overlap(struct release_counts *counts)
{
    static const char *const keys[] = {"analysis", "outcome", "population", "adjustment", "arm", "reference", "people_of"};
    const struct table *overlap = counts->tables.overlap;

    for (size_t first = 0, end; first < cell_rows(overlap); first = end) {
        const char *const people = pool_format(
            counts->pool, "n|%s|%s||%s|", cell_text(counts->pool, overlap, "outcome", first),
            population_of(counts, overlap, first), cell_text(counts->pool, overlap, "people_of", first));
        bool same = true;
        int64_t sum = 0;

        for (end = first; end < overlap->n_rows && same; end += same) {
            for (size_t k = 0; same && k < sizeof keys / sizeof keys[0]; k++)
                same = cells_equal(overlap, keys[k], end, first);
            if (same) {
                add_cell(counts, overlap, end, "n", COST_DETAIL);
                sum += cell_integer(overlap, "n", end);
            }
        }
        relation_start(counts->system);
        relation_term(counts->system, count_add(counts->system, people, sum, COST_NONE), -1);
        for (size_t i = first; i < end; i++)
            relation_term(counts->system, release_counts_cell(counts, overlap, i, "n"), 1);
        relation_end(counts->system);
    }
}

void add_estimates(struct release_counts *counts)
{
    struct estimate_rows rows = {.n = 0};

    if (read_rows(counts, &rows) != 0) {
        counts->system->failed = true;
        return;
    }
    for (size_t first = 0, end; first < rows.n; first = end) {
        for (end = first + 1; end < rows.n && strcmp(rows.rows[end].people, rows.rows[first].people) == 0; end++)
            continue;
        add_group(counts, &rows, rows.rows + first, end - first);
    }
    add_curves(counts, &rows);
    add_overlap(counts);
    free(rows.rows);
}
