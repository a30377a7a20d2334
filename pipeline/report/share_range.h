/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * share_range.h - how many people may stand behind a share in whole per cent?
 *
 * A reader knows of a cell the share s of one measure, how many people N of another measure are in it and how many of them have its
 * event, and perhaps how many people there are at all.  All pairs of n people and y of them who count fit that have the share s, of whom
 * nobody, or the threshold T and more, count, and nobody, or T and more, do not.  Where n is N, or everybody, or known
 * otherwise, only such pairs fit.  Over all pairs that fit
 *
 *     n, all - n, y, n - y, and N - n (where n is larger: n - N)     must reach 2 T and span 2 T, or be T at least
 *
 * and, where both are days of one outcome, so must those of whom the earlier day is known and the later one is not, with the event by then or
 * without, and those who had it between the days.  Where the events of the other measure are withheld, they must be able to be 2 T more (on an
 * earlier day) or 2 T fewer (on a later one; or none).  On one day both have the same events.  What is nobody needs no protection.
 * Twice the threshold, because sums over cells narrow them a little; of those who were lost after the event, or without it, as many as had
 * it, or had not, by the earlier day are enough.
 */
#ifndef REPORT_SHARE_RANGE_H
#define REPORT_SHARE_RANGE_H

#include <stdbool.h>
#include <stdint.h>

/** Whole per cent of y in n, half a per cent up; n > 0. */
int64_t whole_percent(int64_t y, int64_t n);

struct share_cell {
    int64_t n, events;             /* true ones; events: people with the outcome's event, whatever the share is of */
    int64_t everybody;             /* due, known or not */
    bool everybody_is_known;       /* may a reader know how many that is? */
    bool n_is_known;               /* ... how many people the measure counts, whatever it is beside others? */
    int64_t most;                  /* so many people are there at most, for all that a reader knows; >= everybody */
    int64_t other_n, other_events; /* of the other measure */
    bool other_is_hidden;          /* are its events withheld? */
    bool same_due;                 /* as many are due on both days: then who had the event by the earlier one is known on the later one */
    enum { DAYS_UNRELATED, DAY_LATER, DAY_EARLIER, DAY_SAME } days; /* than the other's, of one outcome */
};

/** Between which a reader knows people, those with the event, and those without; everything: {0, INT64_MAX} each. */
struct share_bounds {
    struct share_bound {
        int64_t low, high;
    } people, events, no_events;
};

/**
 * Does the share protect whom it hides?  Nobody has no share: false.  O(everybody), mostly some times the threshold.
 * bounds   NULL, or narrowed to the pairs that fit: to all of them where what fits is narrower than twice the threshold, else to
 *          as many as are wide enough
 */
bool share_hides_enough(const struct share_cell *cell, int64_t threshold, struct share_bounds *bounds);

/**
 * Between which the events lie that a share of `n` people tells to whom it is known that they are `most` at most, or exactly so many: the
 * threshold at least, and so many people without.  O(1).
 */
struct share_bound share_events_bound(int64_t n, int64_t events, int64_t most, bool n_is_known, int64_t threshold);

/**
 * May both be known, of one cell in two releases?  By how many people, events and people without the event have changed is then
 * nobody at all, or T at least either way, or can reach T and spans T.  A count that is known exactly has one value as its bounds.
 */
bool share_change_is_hidden(const struct share_bounds *before, const struct share_bounds *now, int64_t threshold);

/** The same of one of them, and of any sum of changes. */
bool share_bound_is_hidden(struct share_bound change, int64_t threshold);
struct share_bound share_bound_change(struct share_bound before, struct share_bound now);

#endif
