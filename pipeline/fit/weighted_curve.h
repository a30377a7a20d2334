/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * weighted_curve.h - the curve of an arm in a stratum, from counts or, where the frame has sampling weights, from its rows.
 */
#ifndef FIT_WEIGHTED_CURVE_H
#define FIT_WEIGHTED_CURVE_H

#include "fit/fit.h"
#include "fit/frame.h"
#include "stats/km.h"
#include "stats/km_weighted.h"

/**
 * Fills curve (room for all times of the frame).  weighted stays NULL without sampling weights; else it is what
 * km_weighted_rmst reads, to be freed.  -1 after telling.
 */
int curve_solve(const struct frame *frame, const struct risk_table *table, size_t arm, size_t stratum,
                const struct survival_interval *interval, struct km_curve *curve, struct km_weighted **weighted);

#endif
