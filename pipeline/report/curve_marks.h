/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * curve_marks.h - what is marked on curves: ticks where people are censored, dotted lines at the medians.
 *
 * A tick speaks of single people, so there are none where the release has a threshold.
 */
#ifndef REPORT_CURVE_MARKS_H
#define REPORT_CURVE_MARKS_H

#include <stdbool.h>

#include "report/curve_set.h"
#include "report/drawing.h"

/** Is anybody censored within the picture?  Does a survival curve fall to one half within it? */
bool curve_marks_has_censored(const struct curve_set *set);
bool curve_marks_has_median(const struct curve_set *set);

/** Into the drawing's panel.  ticks: mark those censored. */
void curve_marks_draw(const struct curve_set *set, bool ticks, struct drawing *drawing);

#endif
