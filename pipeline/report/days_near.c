/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Days too near to one another: what lies between two of them would be few. */
#include "report/outcome_days.h"

#include <stdlib.h>

#include "base/memory.h"

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

int days_thin(const struct outcome_days *days)
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

void days_close(const struct outcome_days *days)
{
    const struct programme_grid *const grid = days->grid;
    struct count_system *const system = grid->counts->system;

    for (size_t cell = grid->width; days->n > 1 && grid->is_whole[days_any_measure(&days->days[0])] && cell < grid->n_cells; cell++) {
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
