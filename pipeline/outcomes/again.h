/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * again.h - an event that recurs (first_of with `again_after: D`): the days at risk of each person, cut where it happens.
 *
 * On a day of one of the triggers it has happened again when no such day lies among the D - 1 days before: a relapse that goes on
 * is one relapse.  Days of `grace` do not count.  Observation ends as that of somebody without the event would, but not before
 * the last event; days of a relapse are days at risk.
 *
 * Table `again/NAME`, by person and day:
 *
 *     row     of the cohort
 *     from    day after whose end the stretch begins
 *     to      day with whose end it ends
 *     event   1: it ends with the event
 *
 * Who is not observed after day 0 has no row.
 */
#ifndef OUTCOMES_AGAIN_H
#define OUTCOMES_AGAIN_H

#include "outcomes/outcome.h"

/** NULL after telling.  O(days of evidence). */
struct table *outcome_again(const struct outcome_input *input);

#endif
