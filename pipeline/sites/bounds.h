/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * bounds.h - what of merged numbers hangs on when within its step an event happened.
 *
 * A site with a threshold tells events on the last of the days that it has put together (site_people.h).  Numbers are computed with the
 * events of a step spread evenly over its days; then once more with all of them on its first day, and on its last: what lies between is
 * not known, and where a verdict is not the same three times there is none.  Other ends stay on the last day.
 */
#ifndef SITES_BOUNDS_H
#define SITES_BOUNDS_H

#include "base/table.h"
#include "compare/analyses.h"

enum events_on { EVENTS_SPREAD, EVENTS_FIRST, EVENTS_LAST, N_EVENTS_ON };

/**
 * Cells of one outcome of one site with a threshold: its events on these of their days.  The days of a step are those after the step
 * before of the same people, from day 1 on.  Frees `cells`; NULL after telling.
 */
struct table *bounds_place(struct table *cells, enum events_on days);

/**
 * Beside each estimate its values with events on their first and last days, where they are others; verdicts that differ are closed.
 * -1 after telling.
 */
int bounds_mark(const struct analyses *first, const struct analyses *last, struct analyses *spread);

/** A verdict becomes `inconclusive (gate)`; its gate begins with `why`.  -1 after telling. */
int bounds_close(struct table *verdicts, size_t row, const char *why);

#endif
