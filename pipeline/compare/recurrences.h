/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * recurrences.h - an outcome whose event recurs (outcomes/again.h), counted as often as it happens.
 *
 *     mean_cumulative_count   by arm, on the days of `at` where the analysis asks for it: `n` people under observation,
 *                             `n_event` events by the end of the day (stats/mcf.h; robust errors, limits on the log scale)
 *     models: recurrent       of the outcome, without `into` (recurrent_models.h)
 *
 * Who dies, or leaves observation otherwise, counts no longer among those at risk: the numbers are of events while observed.
 */
#ifndef COMPARE_RECURRENCES_H
#define COMPARE_RECURRENCES_H

#include "compare/slices.h"

/** -1 after telling. */
int recurrences_add(const struct comparison *comparison, const struct people *people, const struct table *again,
                    struct table *estimates);

#endif
