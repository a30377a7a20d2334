/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measures of one outcome at several days of a dashboard: the same people, nested (programme_grid.h). */
#include "report/programme_grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define NO_MEASURE SIZE_MAX

enum kind { SHARE_EVENT, SHARE_NO_EVENT, RATE, N_KINDS };

/* Where counts lie in the box: one slot, or one for each measure that shows them. */
struct slots {
    size_t n, slot[N_KINDS];
};

/* A day by which the dashboard asks about an outcome, the measures that do, and its counts. */
struct day {
    double time;
    size_t measure[N_KINDS];
    struct slots event;
    struct slots known, free;                    /* of shares: all whose state is known, and those without the event */
    struct slots due, other;                     /* of rates: all who are due, and those without the event */
    struct slots lost;                           /* due, but not known */
    struct slots fresh, still, past, gone, undue; /* from here to the next day */
};

/* The counts of one day, all cells of each. */
struct counted {
    struct node *event, *known, *free, *due, *other;
};

struct outcome_days {
    const struct programme_grid *grid;
    const char *outcome;
    size_t n;
    struct day *days;
    bool has_shares, has_rates;
    struct counted now, later; /* of two days, one after the other */
    struct node *fresh;        /* [n_cells] with the event between them */
    struct count_box *box; /* of the system */
};

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

/* ---- slots of the box -------------------------------------------------------------------------------------------------- */

static void set_slot(const struct outcome_days *days, const struct slots *slots, size_t cell, struct node node)
{
    if (slots->n > 0)
        days->box->counts[slots->slot[slots->n - 1] * days->grid->n_cells + cell] = node.count == NO_COUNT ? NOBODY : node.count;
}

static int add_slot(const struct outcome_days *days, struct slots *slots)
{
    if (count_box_slot(days->box) == NULL)
        return -1;
    slots->slot[slots->n++] = days->box->n_slots - 1;
    return 0;
}

/* One that is filled already. */
static int add_filled(const struct outcome_days *days, struct slots *slots, const struct node *nodes)
{
    if (add_slot(days, slots) != 0)
        return -1;
    for (size_t cell = 0; cell < days->grid->n_cells; cell++)
        set_slot(days, slots, cell, nodes[cell]);
    return 0;
}

static int add_measure(const struct outcome_days *days, struct day *day, enum kind kind)
{
    const struct programme_grid *const grid = days->grid;
    const size_t at = day->measure[kind] * grid->n_cells;

    if (day->measure[kind] == NO_MEASURE)
        return 0;
    return add_filled(days, kind == RATE ? &day->due : &day->known, grid->n + at) != 0 ||
                   add_filled(days, kind == SHARE_NO_EVENT ? &day->free : &day->event, grid->events + at) != 0 ||
                   add_filled(days, kind == SHARE_NO_EVENT ? &day->event : kind == RATE ? &day->other : &day->free, grid->rest + at) != 0
               ? -1
               : 0;
}

/* Those of measures, and those that no table shows. */
static int add_slots(const struct outcome_days *days, struct day *day)
{
    for (enum kind kind = 0; kind < N_KINDS; kind++)
        if (add_measure(days, day, kind) != 0)
            return -1;
    if (days->has_shares && day->known.n == 0 && (add_slot(days, &day->known) != 0 || add_slot(days, &day->free) != 0))
        return -1;
    if (days->has_rates && day->due.n == 0 && (add_slot(days, &day->due) != 0 || add_slot(days, &day->other) != 0))
        return -1;
    if (days->has_shares && days->has_rates && add_slot(days, &day->lost) != 0)
        return -1;
    if (day + 1 == days->days + days->n)
        return 0;
    return add_slot(days, &day->fresh) != 0 || add_slot(days, &day->still) != 0 || add_slot(days, &day->past) != 0 ||
                   (days->has_shares && add_slot(days, &day->gone) != 0) || (days->has_rates && add_slot(days, &day->undue) != 0)
               ? -1
               : 0;
}

/* A kind of people as it is made. */
struct kind_slots {
    size_t n, *slots; /* [n_slots of the box] */
};

static void take(struct kind_slots *kind, const struct slots *slots)
{
    for (size_t k = 0; k < slots->n; k++)
        kind->slots[kind->n++] = slots->slot[k];
}

/* People with the event by day `from`, not by the one before, who are due until day `until`. */
static int add_with_event(const struct outcome_days *days, size_t from, size_t until, struct kind_slots kind)
{
    for (size_t d = 0; d <= until; d++) {
        const struct day *const day = &days->days[d];

        take(&kind, d < from ? &day->free : &day->event);
        take(&kind, &day->known);
        take(&kind, &day->due);
        if (d < from)
            take(&kind, &day->other);
        if (d + 1 == from)
            take(&kind, &day->fresh);
        if (d >= from && d < until)
            take(&kind, &day->still);
    }
    take(&kind, &days->days[until].past);
    return count_box_kind(days->box, kind.slots, kind.n);
}

/* People without the event whose state is known on the first so many days, and who are due on the first so many. */
static int add_without_event(const struct outcome_days *days, size_t n_known, size_t n_due, struct kind_slots kind)
{
    for (size_t d = 0; d < n_due; d++) {
        const struct day *const day = &days->days[d];

        if (d < n_known) {
            take(&kind, &day->known);
            take(&kind, &day->free);
        } else {
            take(&kind, &day->lost);
        }
        take(&kind, &day->due);
        take(&kind, &day->other);
    }
    if (n_known > 0)
        take(&kind, &days->days[n_known - 1].gone);
    take(&kind, &days->days[n_due - 1].undue);
    return count_box_kind(days->box, kind.slots, kind.n);
}

static int add_kinds(const struct outcome_days *days)
{
    struct kind_slots kind = {0, allocate(days->box->n_slots + 1, sizeof *kind.slots)};
    int status = kind.slots == NULL ? -1 : 0;

    for (size_t until = 0; until < days->n; until++)
        for (size_t from = 0; status == 0 && from <= until; from++)
            status = add_with_event(days, from, until, kind);
    for (size_t n_due = 1; n_due <= days->n; n_due++)
        for (size_t n_known = 0; status == 0 && n_known <= n_due; n_known++)
            if (days->has_shares && days->has_rates ? true : n_known == n_due)
                status = add_without_event(days, n_known, n_due, kind);
    free(kind.slots);
    return status;
}

/* ---- one day ------------------------------------------------------------------------------------------------------------ */

static size_t any_measure(const struct day *day)
{
    for (size_t kind = 0; kind < N_KINDS; kind++)
        if (day->measure[kind] != NO_MEASURE)
            return day->measure[kind];
    return NO_MEASURE;
}

/* "3 of left by day 30 of North in 2019-03": as the measure that is named calls it. */
static struct node unseen(const struct outcome_days *days, const struct day *day, size_t cell, const char *what, int64_t value)
{
    const struct programme_grid *const grid = days->grid;
    struct release_counts *const counts = grid->counts;
    const struct node people = grid->n[any_measure(day) * grid->n_cells + cell];

    const bool keeps = programme_hides_nobody(grid, any_measure(day), cell);

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
    const struct programme_truth *const truth = &days->grid->truth[any_measure(day) * days->grid->n_cells + cell];

    return truth->n + truth->unknown;
}

static void count_cell(const struct outcome_days *days, const struct day *day, size_t cell, struct counted *counted)
{
    static const enum kind all[] = {SHARE_EVENT, RATE, SHARE_NO_EVENT}, shares[] = {SHARE_EVENT, SHARE_NO_EVENT}, rate[] = {RATE};
    const struct programme_grid *const grid = days->grid;
    struct count_system *const system = grid->counts->system;
    struct node *const events[] = {grid->events, grid->events, grid->rest}, *const people[] = {grid->n, grid->n},
                                                                            *const without[] = {grid->rest, grid->events};
    const int64_t seen = grid->truth[any_measure(day) * grid->n_cells + cell].seen;

    counted->event[cell] = shown_by(days, day, cell, all, events, 3);
    const struct node event = counted->event[cell];
    if (days->has_shares) {
        counted->known[cell] = shown_by(days, day, cell, shares, people, 2);
        counted->free[cell] = shown_by(days, day, cell, shares, without, 2);
        if (counted->known[cell].value < 0) { /* the outcome has a rate alone on this day */
            counted->known[cell] = unseen(days, day, cell, "known", seen);
            counted->free[cell] = unseen(days, day, cell, "free", seen - event.value);
            set_slot(days, &day->known, cell, counted->known[cell]);
            set_slot(days, &day->free, cell, counted->free[cell]);
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
            set_slot(days, &day->due, cell, counted->due[cell]);
            set_slot(days, &day->other, cell, counted->other[cell]);
            node_sum(system, counted->due[cell], event, counted->other[cell]);
        }
        if (days->has_shares) {
            const struct node lost = unseen(days, day, cell, "lost", due - seen);

            set_slot(days, &day->lost, cell, lost);
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

    set_slot(days, rate ? &day->undue : &day->gone, cell, gone);
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
    const int64_t before = grid->truth[any_measure(day + 1) * grid->n_cells + cell].before;
    struct node still = now->event[cell];

    days->fresh[cell] = unseen(days, day + 1, cell, "new", later->event[cell].value - before);
    set_slot(days, &day->fresh, cell, days->fresh[cell]);
    if (still.value != before) {
        const struct node past = unseen(days, day + 1, cell, "past", still.value - before);

        still = unseen(days, day + 1, cell, "still", before);
        set_slot(days, &day->still, cell, still);
        set_slot(days, &day->past, cell, past);
        node_sum(system, now->event[cell], still, past);
    } else {
        set_slot(days, &day->past, cell, (struct node){NO_COUNT, 0});
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

/* ---- days too near to one another ------------------------------------------------------------------------------------------ */

/* The number of a slot in a cell. */
static int64_t number(const struct outcome_days *days, const struct slots *slots, size_t cell)
{
    const size_t count = days->box->counts[slots->slot[0] * days->grid->n_cells + cell];

    return slots->n == 0 || count == NOBODY || count == NOT_COUNTED ? 0 : days->grid->counts->system->counts[count].value;
}

/* What a cell says on a day, and what of it may be shown. */
struct sight {
    int64_t people, counted; /* those who count: with the event, or without */
    int64_t event, free;
    bool shows_people, shows_counted;
};

/* Between neighbouring days as many as the threshold; where others are hidden between them, twice: each part needs room. */
static int64_t enough(const struct count_system *system, const struct sight *first, const struct sight *last)
{
    return last - first > 1 ? 2 * system->threshold : system->threshold;
}

static bool is_few(int64_t n, int64_t enough)
{
    return n > 0 && n < enough;
}

/*
 * Would a reader who sees a cell on two days know of some that they are few: of those with the event between them, those not
 * known any more, and, when people with the event are not due any more, of these and those who still are?
 */
static bool tells_few(const struct count_system *system, const struct sight *first, const struct sight *last, bool all_are_due)
{
    const int64_t more = last->event - first->event, fewer = first->free - last->free, T = enough(system, first, last);
    const int64_t low = more > 0 ? more : 0, high = last->event < fewer ? last->event : fewer; /* of those with the event between */

    if (all_are_due)
        return is_few(more, T) || is_few(fewer - more, T);
    if (high - low >= T)
        return false;
    return (low < T && high > 0) || (low - more < T && high - more > 0) || (fewer - high < T && fewer - low > 0) ||
           (last->event - high < T && last->event - low > 0);
}

/* The last of these that shows the one, the other, or both; NULL: none. */
static const struct sight *last_that_shows(const struct sight *first, const struct sight *end, bool people, bool counted)
{
    for (const struct sight *sight = end; sight > first; sight--)
        if ((sight[-1].shows_people || !people) && (sight[-1].shows_counted || !counted))
            return sight - 1;
    return NULL;
}

/* What of a day may be shown after those before it; n_due: since so many of them nobody has become undue. */
static void judge_sight(const struct count_system *system, const struct sight *first, struct sight *here, size_t n_due)
{
    const struct sight *const people = last_that_shows(first, here, true, false), *counted;

    here->shows_people = !count_is_small(system, here->people) && (people == NULL || !is_few(people->people - here->people, enough(system, people, here)));
    counted = last_that_shows(first, here, false, true);
    here->shows_counted = here->shows_people && !count_is_small(system, here->counted) &&
                          (counted == NULL || !is_few(llabs(counted->counted - here->counted), enough(system, counted, here)));
    if (!here->shows_people || !here->shows_counted)
        return;
    const struct sight *const both = last_that_shows(first, here, true, true);
    here->shows_counted = !count_is_small(system, here->people - here->counted) &&
                          (both == NULL || !tells_few(system, both, here, (size_t)(here - both) <= n_due));
}

static void hide_unshown(const struct outcome_days *days, const struct day *day, size_t cell, bool rate, const struct sight *sight)
{
    const struct programme_grid *const grid = days->grid;

    for (enum kind kind = 0; kind < N_KINDS; kind++) {
        if (day->measure[kind] == NO_MEASURE || (kind == RATE) != rate)
            continue;
        const size_t at = day->measure[kind] * grid->n_cells + cell, counts[] = {grid->n[at].count, grid->events[at].count};
        for (size_t k = 0; k < 2; k++)
            if (!(k == 0 ? sight->shows_people : sight->shows_counted) && counts[k] != NO_COUNT &&
                count_can_be_hidden(grid->counts->system, counts[k]))
                count_hide(grid->counts->system, counts[k]);
    }
}

/*
 * Of the days of a cell one hides what is few, or is few when it is taken from what the last day shows that shows it.  So what
 * lies between days that are shown is nobody, or many.
 */
static void thin_days(const struct outcome_days *days, size_t cell, bool rate, struct sight *sights)
{
    size_t n = 0, n_due = SIZE_MAX / 2;

    for (size_t d = 0; d < days->n; d++) {
        const struct day *const day = &days->days[d];
        const bool is_shown = rate ? day->measure[RATE] != NO_MEASURE
                                   : day->measure[SHARE_EVENT] != NO_MEASURE || day->measure[SHARE_NO_EVENT] != NO_MEASURE;
        struct sight *const here = &sights[n];

        if (d > 0 && number(days, &days->days[d - 1].past, cell) != 0)
            n_due = 0;
        if (!is_shown)
            continue;
        *here = (struct sight){.event = number(days, &day->event, cell), .free = number(days, rate ? &day->other : &day->free, cell)};
        here->people = here->event + here->free;
        here->counted = day->measure[SHARE_NO_EVENT] != NO_MEASURE && day->measure[SHARE_EVENT] == NO_MEASURE ? here->free : here->event;
        judge_sight(days->grid->counts->system, sights, here, n_due);
        hide_unshown(days, day, cell, rate, here);
        n_due++;
        n++;
    }
}

static int thin_cells(const struct outcome_days *days)
{
    struct sight *const sights = allocate(days->n + 1, sizeof *sights);

    for (size_t cell = 0; days->n > 1 && cell < days->grid->n_cells; cell++) {
        if (days->has_shares && sights != NULL)
            thin_days(days, cell, false, sights);
        if (days->has_rates && sights != NULL)
            thin_days(days, cell, true, sights);
    }
    free(sights);
    return sights == NULL ? -1 : 0;
}

/* A cell that is whole is hidden on all days or on none. */
static void close_cells(const struct outcome_days *days)
{
    const struct programme_grid *const grid = days->grid;
    struct count_system *const system = grid->counts->system;

    for (size_t cell = grid->width; days->n > 1 && grid->is_whole[any_measure(&days->days[0])] && cell < grid->n_cells; cell++) {
        size_t first = NO_COUNT;

        if (cell % grid->width == 0 || cell % grid->width + 1 == grid->width)
            continue;
        for (size_t d = 0; d < days->n; d++)
            for (size_t kind = 0; kind < N_KINDS; kind++) {
                const size_t measure = days->days[d].measure[kind], at = measure * grid->n_cells + cell;

                if (measure == NO_MEASURE)
                    continue;
                count_hide_together(system, grid->n[at].count, grid->events[at].count);
                count_hide_together(system, first, grid->n[at].count);
                first = grid->n[at].count;
            }
    }
}

static int add_outcome(struct outcome_days *days, struct programme_outcome *outcome)
{
    const size_t n_cells = days->grid->n_cells;
    int status = 0;

    outcome->measure = any_measure(&days->days[0]);
    outcome->first_kind = days->box->n_kinds;
    if ((outcome->top = allocate(n_cells, sizeof *outcome->top)) == NULL)
        return -1;
    for (size_t d = 0; status == 0 && d < days->n; d++)
        status = add_slots(days, &days->days[d]);
    if (status != 0)
        return -1;
    count_day(days, &days->days[0], &days->now);
    memcpy(outcome->top, days->has_rates ? days->now.due : days->now.known, n_cells * sizeof *outcome->top);
    tie_days(days);
    close_cells(days);
    status = thin_cells(days) != 0 ? -1 : add_kinds(days);
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
