/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * counts_programmes.h - inside release_counts: the dashboard and the other tables count the same people.
 */
#ifndef REPORT_COUNTS_PROGRAMMES_H
#define REPORT_COUNTS_PROGRAMMES_H

#include "report/programme_shape.h"
#include "report/release_counts.h"

/** All programmes in all periods are a part of all arms, a programme is a part of the level of Table 1 that has its name. */
void add_programme_people(struct release_counts *counts, const struct programme_shape *shape);

/**
 * Of a measure told as a share, all programmes in all periods: the count of its events, which no table shows, within the bounds
 * that the share sets.  NO_COUNT where its share is none of people, or would not be told.
 */
size_t add_share_events(struct release_counts *counts, size_t measure);

/** What was counted, and no bounds yet, before the first of these.  -1 after telling. */
int start_shares(struct release_counts *counts, const struct programme_shape *shape);

#endif
