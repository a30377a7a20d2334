/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * survival_table.h - the risk table of a frame, and what its rows of estimates share.
 */
#ifndef FIT_SURVIVAL_TABLE_H
#define FIT_SURVIVAL_TABLE_H

#include "compare/estimates.h"
#include "fit/fit.h"
#include "fit/frame.h"
#include "stats/km.h"
#include "stats/km_weighted.h"
#include "stats/risk_table.h"
#include "stats/rmst.h"

/** Arms, strata and causes as in the frame.  NULL after telling. */
struct risk_table *survival_table_make(const struct fit_request *request, const struct frame *frame);

/** A row of an arm in a stratum: its labels, level and numbers of persons and events. */
struct estimate survival_row(const struct fit_request *request, const struct frame *frame, enum measure measure,
                             size_t arm, size_t stratum);

/**
 * A row of measure rmst, solved (from sampling weights where weighted is not NULL); rmst is left with NaN when tau is too large, and the row then says which is
 * the largest.  `note` is room for that.
 */
enum { RMST_NOTE_SIZE = 128 };
struct estimate survival_rmst_row(const struct fit_request *request, const struct frame *frame,
                                  const struct km_curve *curve, struct km_weighted *weighted, size_t arm,
                                  size_t stratum, struct rmst *rmst,
                                  char note[static RMST_NOTE_SIZE]);

/**
 * With --timefix, times of the frame that differ only by rounding become one, in place; also the ends of intervals.  -1 after
 * telling, e.g. where a start becomes its stop.
 */
int survival_merge_times(const struct fit_request *request, const struct frame *frame);

/** For models without strata: with times merged as above, the rows of each arm.  -1 after telling. */
typedef int survival_add_arm(const struct fit_request *request, const struct frame *frame, size_t arm, struct table *estimates);
int survival_add_arms(const struct fit_request *request, const struct frame *frame, survival_add_arm *add_arm, struct table *estimates);

/** Tells that a kernel failed, which the frame's checks should have made impossible; returns -1. */
int fail_kernel(const char *kernel, int status);

#endif
