/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * site_people.h - the people of a site as a threshold lets them be seen.
 *
 * They are changed once, before anything is counted, and all tables of a site's file are counts of these same people: so what one
 * table says of an arm, its populations, labels and outcomes, another one says as well, and no difference of two tells of a few.
 * A group is an arm within its populations.
 *
 *     - an arm with fewer people than the threshold is left out;
 *     - of two groups of one arm, of which one has fewer, one is made: its people are in the populations in which both were;
 *     - a label that fewer people of a group have, or no label, becomes the group's most frequent one;
 *     - where fewer have the event of an outcome, or fewer have not, it counts as known of nobody of the group;
 *     - where fewer have some other end, or none, all but the events are censored; those whose outcome is not known, where they
 *       are fewer, are censored on the first day that is shown;
 *     - days are put together, those of each kind of end by themselves, until enough people stand on each: on the last of these
 *       days.  Column `exact` of an outcome keeps the days, for sums that are no counts (fit_rows.h);
 *     - values of an outcome are put together in the same way and become their mean.
 *
 * threshold 0 or 1 changes nothing.  O(n log n) an outcome, and the square of the number of groups of an arm.
 */
#ifndef SITES_SITE_PEOPLE_H
#define SITES_SITE_PEOPLE_H

#include "compare/sources.h"
#include "sites/coarsen.h"

/** The days before they were put together; missing where the outcome is not known. */
#define EXACT_TIME "exact"

/**
 * who: groups and labels; outcomes[study->n_outcomes]: what became of each outcome.  -1 after telling, also where somebody comes under
 * observation late.
 */
int site_people_hide(const struct study *study, struct sources *sources, int64_t threshold, struct coarsening *who,
                     struct coarsening *outcomes);

#endif
