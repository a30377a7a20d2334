/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * programme_counted.h - what was counted of each measure in each cell of a dashboard, and how many people can stand behind it.
 */
#ifndef REPORT_PROGRAMME_COUNTED_H
#define REPORT_PROGRAMME_COUNTED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/table.h"
#include "report/programme_shape.h"

/** Of a measure in a cell; events: people with the outcome's event, whatever the share is of. */
struct counted {
    int64_t n, events, unknown;
};

/** [n_measures * n_cells]; caller frees; NULL after telling. */
struct counted *programme_counted(const struct table *measures, const struct table *programmes, const struct programme_shape *shape);

/**
 * So many people can be in a cell of a measure, for all that another measure and the first one count there, known or not.  Of all
 * periods: their sum, but for those in which nobody is due for the measure, which the dates of the study tell, and with those who have no
 * date.  O(periods).
 */
int64_t counted_everybody(const struct counted *counted, const struct programme_shape *shape, size_t measure, size_t other, size_t cell);

/**
 * May a reader know of all periods how many the measure counts?  Where it counts as many as the first one in each period in which anybody
 * is due for it, and as many of those without a date.  false: of one period.  O(periods).
 */
bool counted_is_known(const struct counted *counted, const struct programme_shape *shape, size_t measure, size_t cell);

#endif
