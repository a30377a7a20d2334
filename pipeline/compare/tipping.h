/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * tipping.h - what those who were not seen to the end would have to have done to turn a verdict.
 *
 * For every unadjusted verdict on risks of an analysis with `tipping_points: yes`.  Not seen are people whose outcome is
 * missing (yes or no) or who are censored before the day.  Arm and reference have a, c events among n1, n0 people, of whom m1,
 * m0 were not seen; the lost are given events, and the verdict is taken anew from the counts (Newcombe, Katz, Woolf):
 *
 *     verdict_same    the lost of an arm have the risk of those of it who were seen
 *     verdict_worst   all lost of the arm have the bad result, none of the reference has
 *     verdict_best    the other way round
 *     tipping_events  how many of the arm's m1 lost have the event at the nearest point at which the verdict is another than
 *                     verdict_same, while those of the reference keep its risk; tipping_risk = tipping_events / m1; turns_to
 *                     that verdict.  Missing: whatever they did, the verdict stays.
 *
 * Counts of the lost are rounded to whole people.  O(m1) verdicts.
 * Yan, Lee & Li 2009, doi:10.1080/10543400903243009.
 */
#ifndef COMPARE_TIPPING_H
#define COMPARE_TIPPING_H

#include "compare/slices.h"

struct table *tipping_alloc(void); /* NULL after telling */

/** Rows for the verdicts of this comparison.  -1 after telling. */
int tipping_add(const struct comparison *comparison, const struct people *people, struct table *tipping);

#endif
