/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * proportion_rows.h - rows of the model `proportion` that the crude and the stratified form have in common.
 *
 * All functions return 0, or -1 after telling.
 */
#ifndef FIT_PROPORTION_ROWS_H
#define FIT_PROPORTION_ROWS_H

#include "compare/estimates.h"
#include "fit/fit.h"
#include "fit/frame.h"
#include "fit/survival_table.h"
#include "stats/distribution.h"
#include "stats/risk_difference.h"
#include "stats/two_by_two.h"

enum { ARM_NAME_SHOWN = 64, CELL_NOTE_SIZE = ARM_NAME_SHOWN + 64 };

struct event_counts {
    size_t n_arm, n_stratum;
    int64_t *event, *n;         /* [n_stratum * n_arm], the arm runs fastest */
    int64_t *arm_event, *arm_n; /* [n_arm] over all strata */
};

struct proportion_work {
    const struct fit_request *request;
    const struct frame *frame;
    struct table *estimates;
    struct event_counts counts;
};

/** A row about an arm and the reference, which is arm 0. */
struct estimate proportion_row(const struct proportion_work *work, enum measure measure, size_t arm);

int proportion_add_undefined(const struct proportion_work *work, struct estimate *row, const char *why);
int proportion_add_difference(const struct proportion_work *work, size_t arm, const char *method,
                              const struct risk_difference *difference);
int proportion_add_ratio(const struct proportion_work *work, enum measure measure, size_t arm, const char *method,
                         const struct ratio_estimate *ratio);

/** status: what the kernel returned; GSL_EDOM makes an undefined row with this reason. */
int proportion_add_test(const struct proportion_work *work, struct estimate *row, int status,
                        const struct chi_square_test *test, const char *why_undefined);

/** A margin test with the verdict that the interval gives. */
int proportion_add_margin(const struct proportion_work *work, size_t arm, const char *method,
                          const struct risk_difference *difference, const struct margin_test *test);

/** Mantel-Haenszel estimates and tests over the strata. */
int proportion_add_stratified(const struct proportion_work *work);

#endif
