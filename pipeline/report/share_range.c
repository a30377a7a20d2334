/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/share_range.h"

#include <stddef.h>

int64_t whole_percent(int64_t y, int64_t n)
{
    return (200 * y + n) / (2 * n);
}

/* Values of a count that fit. */
struct span {
    int64_t low, high;
};

enum quantity { PEOPLE, LEFT_OUT, APART, EVENTS, NO_EVENTS, PAST, NEW, GONE, OTHER, N_QUANTITIES };

struct search {
    const struct share_cell *cell;
    int64_t threshold, percent;
    struct span spans[N_QUANTITIES];
};

static void see(struct search *search, enum quantity quantity, int64_t value)
{
    struct span *const span = &search->spans[quantity];

    span->low = value < span->low ? value : span->low;
    span->high = value > span->high ? value : span->high;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Are both of different days of one outcome? */
static bool has_days(const struct share_cell *cell)
{
    return cell->days == DAY_LATER || cell->days == DAY_EARLIER;
}

/*
 * Of the earlier day's people `past` had the event and `gone` had not when they were lost: later events = earlier ones - past + new, and
 * later people = earlier ones - past - gone.  False: no such numbers.
 */
static bool see_days(struct search *search, int64_t n, int64_t events)
{
    const struct share_cell *const cell = search->cell;
    const bool is_later = cell->days == DAY_LATER;
    const int64_t n_early = is_later ? cell->other_n : n, e_early = is_later ? cell->other_events : events;
    const int64_t n_late = is_later ? n : cell->other_n, e_late = is_later ? events : cell->other_events;
    const int64_t low = most(0, e_early - e_late), high = least(cell->same_due ? 0 : e_early, n_early - n_late);

    if (!has_days(cell))
        return true;
    if (cell->other_is_hidden) { /* as many as fit, or as few */
        see(search, OTHER, cell->other_n - n + events);
        return true;
    }
    if (low > high)
        return false;
    for (int end = 0; end < 2; end++) {
        const int64_t past = end == 0 ? low : high;

        see(search, PAST, past);
        see(search, NEW, e_late - e_early + past);
        see(search, GONE, n_early - n_late - past);
    }
    return true;
}

static void see_pair(struct search *search, int64_t n, int64_t events)
{
    if (!see_days(search, n, events))
        return;
    see(search, PEOPLE, n);
    see(search, LEFT_OUT, search->cell->everybody - n);
    see(search, APART, search->cell->n < search->cell->other_n ? search->cell->other_n - n : n - search->cell->other_n);
    see(search, EVENTS, events);
    see(search, NO_EVENTS, n - events);
}

/* Events of n people that fit beside the other day's: none are forgotten, but those of people who are not due any more. */
static struct span fitting(const struct share_cell *cell, int64_t n)
{
    const int64_t not_due = cell->same_due ? 0 : cell->days == DAY_LATER ? cell->other_n - n : n - cell->other_n;

    if (cell->days == DAY_SAME)
        return (struct span){cell->other_events, cell->other_events};
    if (!has_days(cell) || cell->other_is_hidden)
        return (struct span){0, n};
    return cell->days == DAY_LATER ? (struct span){cell->other_events - not_due, n} : (struct span){0, cell->other_events + not_due};
}

/* The events that give n people this share: the fewest and the most of them. */
static struct span with_share(int64_t percent, int64_t n)
{
    const int64_t low = ((2 * percent - 1) * n + 199) / 200, end = ((2 * percent + 1) * n + 199) / 200;

    return (struct span){low, end - 1};
}

static void see_people(struct search *search, int64_t n)
{
    const int64_t T = search->threshold, events = search->cell->events, known = search->cell->n;
    const struct span share = with_share(search->percent, n), fit = fitting(search->cell, n);
    const int64_t fewest = most(most(share.low, fit.low), T), largest = least(least(share.high, fit.high), n - T);

    if (events == 0 || events == known) { /* that it is nobody, or all, is told */
        see_pair(search, n, events == 0 ? 0 : n);
    } else if (fewest <= largest) {
        see_pair(search, n, fewest);
        see_pair(search, n, largest);
    }
}

/* Where nobody was lost between the days. */
static bool is_apart(const struct share_cell *cell)
{
    return cell->n != cell->other_n;
}

/* People with the event by the earlier one of both days, and without. */
static int64_t early(const struct share_cell *cell, bool event)
{
    const int64_t n = cell->days == DAY_LATER ? cell->other_n : cell->n, events = cell->days == DAY_LATER ? cell->other_events : cell->events;

    return event ? events : n - events;
}

/* Is it nobody, who needs no protection? */
static bool is_nobody(const struct share_cell *cell, enum quantity quantity)
{
    switch (quantity) {
    case LEFT_OUT: return !cell->everybody_is_known || cell->n == cell->everybody;
    case APART: return !is_apart(cell);
    case EVENTS: return cell->events == 0 || cell->days == DAY_SAME; /* told by the other one */
    case NO_EVENTS: return cell->events == cell->n;
    case PAST: return !has_days(cell) || cell->same_due || cell->other_is_hidden || !is_apart(cell) || early(cell, true) == 0;
    case GONE: return !has_days(cell) || cell->other_is_hidden || !is_apart(cell) || early(cell, false) == 0;
    case NEW: return !has_days(cell) || cell->other_is_hidden || (!is_apart(cell) && cell->events == cell->other_events);
    case OTHER: return !has_days(cell) || !cell->other_is_hidden;
    default: return false;
    }
}

static bool is_wide(const struct search *search, enum quantity quantity)
{
    const struct span *const span = &search->spans[quantity];
    int64_t enough = 2 * search->threshold;

    if (quantity == OTHER && search->cell->days == DAY_LATER)
        return span->high >= search->cell->other_events + enough;
    if (quantity == OTHER)
        return span->low <= most(0, search->cell->other_events - enough);
    if (quantity == PAST || quantity == GONE)
        enough = most(search->threshold, least(enough, early(search->cell, quantity == PAST)));
    return span->high >= enough && span->high - span->low >= enough;
}

static bool are_wide(const struct search *search)
{
    for (enum quantity quantity = 0; quantity < N_QUANTITIES; quantity++)
        if (!is_nobody(search->cell, quantity) && !is_wide(search, quantity))
            return false;
    return true;
}

/* After all pairs have been seen: what cannot be small needs no width. */
static bool are_safe(const struct search *search)
{
    for (enum quantity quantity = 0; quantity < N_QUANTITIES; quantity++)
        if (!is_nobody(search->cell, quantity) && (quantity == OTHER || search->spans[quantity].low < search->threshold) && !is_wide(search, quantity))
            return false;
    return true;
}

/* Nothing fits: nothing is learnt. */
static void narrow(struct share_bound *bound, const struct span *span)
{
    if (span->low > span->high)
        return;
    bound->low = most(bound->low, span->low);
    bound->high = least(bound->high, span->high);
}

static bool all_pairs_hide(struct search *search)
{
    const struct share_cell *const cell = search->cell;

    if (!is_apart(cell) || cell->n_is_known || (cell->everybody_is_known && cell->n == cell->everybody)) {
        see_people(search, cell->n);
        return are_safe(search);
    }
    for (int64_t n = cell->most; n >= search->threshold; n--) {
        see_people(search, n);
        if (are_wide(search))
            return true;
    }
    return are_safe(search);
}

bool share_hides_enough(const struct share_cell *cell, int64_t threshold, struct share_bounds *bounds)
{
    struct search search = {.cell = cell, .threshold = threshold};

    if (cell->n == 0)
        return false;
    search.percent = whole_percent(cell->events, cell->n);
    for (size_t k = 0; k < N_QUANTITIES; k++)
        search.spans[k] = (struct span){INT64_MAX, INT64_MIN};
    const bool hides = all_pairs_hide(&search);
    if (bounds != NULL) {
        narrow(&bounds->people, &search.spans[PEOPLE]);
        narrow(&bounds->events, &search.spans[EVENTS]);
        narrow(&bounds->no_events, &search.spans[NO_EVENTS]);
    }
    return hides;
}

struct share_bound share_events_bound(int64_t n, int64_t events, int64_t most_people, bool n_is_known, int64_t threshold)
{
    const struct span largest = with_share(whole_percent(events, n), most_people);

    return (struct share_bound){n_is_known ? most(largest.low, threshold) : threshold, least(largest.high, most_people - threshold)};
}

struct share_bound share_bound_change(struct share_bound before, struct share_bound now)
{
    return (struct share_bound){now.low - before.high, now.high - before.low};
}

bool share_bound_is_hidden(struct share_bound change, int64_t threshold)
{
    const bool is_nobody = change.low == 0 && change.high == 0, is_many = change.low >= threshold || change.high <= -threshold;

    return is_nobody || is_many || (most(change.high, -change.low) >= threshold && change.high - change.low >= threshold);
}

bool share_change_is_hidden(const struct share_bounds *before, const struct share_bounds *now, int64_t threshold)
{
    return share_bound_is_hidden(share_bound_change(before->people, now->people), threshold) &&
           share_bound_is_hidden(share_bound_change(before->events, now->events), threshold) &&
           share_bound_is_hidden(share_bound_change(before->no_events, now->no_events), threshold);
}
