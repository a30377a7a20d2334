/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measures of one outcome at several days of a dashboard: the same people, nested (programme_grid.h). */
#include "report/outcome_days.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static enum kind kind_of(const struct table *measures, size_t m)
{
    return cell_is(measures, "share", m, "rate") ? RATE : cell_is(measures, "share", m, "no_event") ? SHARE_NO_EVENT : SHARE_EVENT;
}

static int by_time(const void *a, const void *b)
{
    const struct day *const x = a, *const y = b;

    return (x->time > y->time) - (x->time < y->time);
}

static void find_days(struct outcome_days *days, const struct table *measures)
{
    days->n = 0;
    days->has_shares = days->has_rates = false;
    for (size_t m = 0; m < days->grid->n_measures; m++) {
        const double time = cell_real(measures, "time", m);
        const enum kind kind = kind_of(measures, m);
        size_t d = 0;

        if (!cell_is(measures, "outcome", m, days->outcome))
            continue;
        while (d < days->n && days->days[d].time != time && !(isnan(days->days[d].time) && isnan(time)))
            d++;
        if (d == days->n)
            days->days[days->n++] = (struct day){.time = time, .measure = {NO_MEASURE, NO_MEASURE, NO_MEASURE}};
        days->days[d].measure[kind] = m;
        days->has_rates = days->has_rates || kind == RATE;
        days->has_shares = days->has_shares || kind != RATE;
    }
    qsort(days->days, days->n, sizeof *days->days, by_time);
}

/* ---- one day ------------------------------------------------------------------------------------------------------------ */

/* "3 of left by day 30 of North in 2019-03": as the measure that is named calls it. */
static struct node unseen(const struct outcome_days *days, const struct day *day, size_t cell, const char *what, int64_t value)
{
    const struct programme_grid *const grid = days->grid;
    struct release_counts *const counts = grid->counts;
    const struct node people = grid->n[days_any_measure(day) * grid->n_cells + cell];

    const bool keeps = programme_hides_nobody(grid, days_any_measure(day), cell);

    if (value == 0 && !keeps)
        return (struct node){NO_COUNT, 0};
    const char *const of = people.count != NO_COUNT ? counts->system->counts[people.count].key
                                                    : pool_format(counts->pool, "%s|%.17g|%s", days->outcome, day->time,
                                                                  programme_cell_name(grid, cell));
    return node_without_cell(counts, pool_format(counts->pool, "%s|%s", what, of), value, keeps);
}

/* Of a cell of the grid; where several measures show the same number they are tied to the first. */
static struct node shown_by(const struct outcome_days *days, const struct day *day, size_t cell, const enum kind *kinds,
                            struct node *const *of, size_t n)
{
    struct node found = {NO_COUNT, -1};
    bool any = false;

    for (size_t k = 0; k < n; k++) {
        const size_t measure = day->measure[kinds[k]];

        if (measure == NO_MEASURE)
            continue;
        const struct node node = of[k][measure * days->grid->n_cells + cell];
        if (any)
            node_equal(days->grid->counts->system, found, node);
        else
            found = node;
        any = true;
    }
    return found;
}

/* Everybody who is due: with the event, without it, and lost before. */
static int64_t due_of(const struct outcome_days *days, const struct day *day, size_t cell)
{
    const struct programme_truth *const truth = &days->grid->truth[days_any_measure(day) * days->grid->n_cells + cell];

    return truth->n + truth->unknown;
}

static void count_cell(const struct outcome_days *days, const struct day *day, size_t cell, struct counted *counted)
{
    static const enum kind all[] = {SHARE_EVENT, RATE, SHARE_NO_EVENT}, shares[] = {SHARE_EVENT, SHARE_NO_EVENT}, rate[] = {RATE};
    const struct programme_grid *const grid = days->grid;
    struct count_system *const system = grid->counts->system;
    struct node *const events[] = {grid->events, grid->events, grid->rest}, *const people[] = {grid->n, grid->n},
                                                                            *const without[] = {grid->rest, grid->events};
    const int64_t seen = grid->truth[days_any_measure(day) * grid->n_cells + cell].seen;

    counted->event[cell] = shown_by(days, day, cell, all, events, 3);
    const struct node event = counted->event[cell];
    if (days->has_shares) {
        counted->known[cell] = shown_by(days, day, cell, shares, people, 2);
        counted->free[cell] = shown_by(days, day, cell, shares, without, 2);
        if (counted->known[cell].value < 0) { /* the outcome has a rate alone on this day */
            counted->known[cell] = unseen(days, day, cell, "known", seen);
            counted->free[cell] = unseen(days, day, cell, "free", seen - event.value);
            days_set_slot(days, &day->known, cell, counted->known[cell]);
            days_set_slot(days, &day->free, cell, counted->free[cell]);
            node_sum(system, counted->known[cell], event, counted->free[cell]);
        }
    }
    if (days->has_rates) {
        const int64_t due = due_of(days, day, cell);

        counted->due[cell] = shown_by(days, day, cell, rate, people, 1);
        counted->other[cell] = shown_by(days, day, cell, rate, without, 1);
        if (counted->due[cell].value < 0) {
            counted->due[cell] = unseen(days, day, cell, "due", due);
            counted->other[cell] = unseen(days, day, cell, "due without", due - event.value);
            days_set_slot(days, &day->due, cell, counted->due[cell]);
            days_set_slot(days, &day->other, cell, counted->other[cell]);
            node_sum(system, counted->due[cell], event, counted->other[cell]);
        }
        if (days->has_shares) {
            const struct node lost = unseen(days, day, cell, "lost", due - seen);

            days_set_slot(days, &day->lost, cell, lost);
            node_sum(system, counted->due[cell], counted->known[cell], lost);
        }
    }
}

static void count_day(const struct outcome_days *days, const struct day *day, struct counted *counted)
{
    const bool has_share = day->measure[SHARE_EVENT] != NO_MEASURE || day->measure[SHARE_NO_EVENT] != NO_MEASURE;

    for (size_t cell = 0; cell < days->grid->n_cells; cell++)
        count_cell(days, day, cell, counted);
    if (days->has_shares && !has_share)
        programme_lines(days->grid, counted->known);
    if (days->has_rates && day->measure[RATE] == NO_MEASURE)
        programme_lines(days->grid, counted->due);
}

/* ---- from one day to the next --------------------------------------------------------------------------------------- */

/* Those without the event of the earlier day: still so, with it by the later one, or not there any more. */
static void tie_free(const struct outcome_days *days, const struct day *day, size_t cell, struct node free, struct node then, bool rate)
{
    struct count_system *const system = days->grid->counts->system;
    const struct node fresh = days->fresh[cell],
                      gone = unseen(days, day + 1, cell, rate ? "not due without" : "gone", free.value - then.value - fresh.value);

    days_set_slot(days, rate ? &day->undue : &day->gone, cell, gone);
    relation_start(system);
    node_term(system, free, 1);
    node_term(system, then, -1);
    node_term(system, fresh, -1);
    node_term(system, gone, -1);
    relation_end(system);
}

/* From a day to the next one. */
static void tie_cell(struct outcome_days *days, const struct day *day, size_t cell)
{
    const struct programme_grid *const grid = days->grid;
    struct count_system *const system = grid->counts->system;
    const struct counted *const now = &days->now, *const later = &days->later;
    const int64_t before = grid->truth[days_any_measure(day + 1) * grid->n_cells + cell].before;
    struct node still = now->event[cell];

    days->fresh[cell] = unseen(days, day + 1, cell, "new", later->event[cell].value - before);
    days_set_slot(days, &day->fresh, cell, days->fresh[cell]);
    if (still.value != before) {
        const struct node past = unseen(days, day + 1, cell, "past", still.value - before);

        still = unseen(days, day + 1, cell, "still", before);
        days_set_slot(days, &day->still, cell, still);
        days_set_slot(days, &day->past, cell, past);
        node_sum(system, now->event[cell], still, past);
    } else {
        days_set_slot(days, &day->past, cell, (struct node){NO_COUNT, 0});
    }
    node_sum(system, later->event[cell], still, days->fresh[cell]);
    if (days->has_shares)
        tie_free(days, day, cell, now->free[cell], later->free[cell], false);
    if (days->has_rates)
        tie_free(days, day, cell, now->other[cell], later->other[cell], true);
}

static void tie_days(struct outcome_days *days)
{
    for (size_t d = 0; d + 1 < days->n; d++) {
        const struct counted now = days->now;

        count_day(days, &days->days[d + 1], &days->later);
        for (size_t cell = 0; cell < days->grid->n_cells; cell++)
            tie_cell(days, &days->days[d], cell);
        programme_lines(days->grid, days->fresh);
        days->now = days->later;
        days->later = now;
    }
}

/* ---- all of it ---------------------------------------------------------------------------------------------------------- */

static int add_outcome(struct outcome_days *days, struct programme_outcome *outcome)
{
    const size_t n_cells = days->grid->n_cells;
    int status = 0;

    outcome->measure = days_any_measure(&days->days[0]);
    outcome->first_kind = days->box->n_kinds;
    if ((outcome->top = allocate(n_cells, sizeof *outcome->top)) == NULL)
        return -1;
    for (size_t d = 0; status == 0 && d < days->n; d++)
        status = days_add_slots(days, &days->days[d]);
    if (status != 0)
        return -1;
    count_day(days, &days->days[0], &days->now);
    memcpy(outcome->top, days->has_rates ? days->now.due : days->now.known, n_cells * sizeof *outcome->top);
    tie_days(days);
    days_close(days);
    status = days_thin(days) != 0 ? -1 : days_add_kinds(days);
    outcome->end_kind = days->box->n_kinds;
    return status;
}

static void counted_free(struct counted *counted)
{
    free(counted->event);
    free(counted->known);
    free(counted->free);
    free(counted->due);
    free(counted->other);
}

static int counted_alloc(struct counted *counted, size_t n)
{
    return (counted->event = allocate(n, sizeof *counted->event)) == NULL ||
                   (counted->known = allocate(n, sizeof *counted->known)) == NULL ||
                   (counted->free = allocate(n, sizeof *counted->free)) == NULL ||
                   (counted->due = allocate(n, sizeof *counted->due)) == NULL ||
                   (counted->other = allocate(n, sizeof *counted->other)) == NULL
               ? -1
               : 0;
}

/* Is this the first measure of its outcome? */
static bool is_first(const struct table *measures, size_t m)
{
    for (size_t k = 0; k < m; k++)
        if (cells_equal(measures, "outcome", k, m))
            return false;
    return true;
}

void add_programme_days(struct programme_grid *grid)
{
    const struct table *const measures = grid->counts->tables.programme_measures;
    struct outcome_days days = {.grid = grid, .days = allocate(grid->n_measures, sizeof *days.days),
                                .fresh = allocate(grid->n_cells, sizeof *days.fresh),
                                .box = count_box_alloc(grid->height, grid->width)};

    if (days.box != NULL)
        count_system_box(grid->counts->system, grid->box = days.box);
    if (days.box == NULL || days.days == NULL || days.fresh == NULL || counted_alloc(&days.now, grid->n_cells) != 0 ||
        counted_alloc(&days.later, grid->n_cells) != 0)
        grid->counts->system->failed = true;
    for (size_t m = 0; !grid->counts->system->failed && m < cell_rows(measures); m++) {
        if (!is_first(measures, m))
            continue;
        struct programme_outcome *const outcome = &grid->outcomes[grid->n_outcomes++];
        outcome->name = days.outcome = cell_text(grid->counts->pool, measures, "outcome", m);
        find_days(&days, measures);
        if (add_outcome(&days, outcome) != 0)
            grid->counts->system->failed = true;
    }
    free(days.days);
    free(days.fresh);
    counted_free(&days.now);
    counted_free(&days.later);
}
