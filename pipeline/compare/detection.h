/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * detection.h - is one arm looked at more often than the other?  Then more is found in it.
 *
 * For outcomes that a test or a visit can find (outcomes/looked.c), by arm the days on which people were looked at per 100 days
 * at risk (`rate`, term "looked at, per 100 days"; person_time: the days at risk), and by pair their ratio (`rate_ratio`).
 * Where the ratio is above 2 or below 1/2 a warning is told, the contrasts of the pair get a note and their verdicts a gate.
 */
#ifndef COMPARE_DETECTION_H
#define COMPARE_DETECTION_H

#include "compare/estimates.h"
#include "compare/slices.h"

/** Rows of one comparison; nothing for outcomes that are not sought on days.  -1 after telling. */
int detection_add(const struct comparison *comparison, const struct people *people, struct table *estimates);

/** Notes and gates, when all rows are there.  -1 after telling. */
int detection_mark(struct table *estimates, struct table *verdicts);

#endif
