/* SPDX-License-Identifier: GPL-3.0-or-later */
/** figure_curves.h - the two halves of the figures of curves: which there are, in words; and how one is laid out. */
#ifndef REPORT_FIGURE_CURVES_H
#define REPORT_FIGURE_CURVES_H

#include "report/figures.h"

/**
 * Is this row's curve drawn by itself?  Not those of subgroups, of definitions that a range stands for, and of profiles:
 * dozens of pictures would show nobody more than their estimates side by side.
 */
bool curves_are_drawn(struct bundle *bundle, size_t row);

int curves_plan(struct bundle *bundle, struct figures *figures);

#endif
