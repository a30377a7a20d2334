/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * balance_rows.h - how alike two arms are, as rows of `estimates`.
 *
 *     mean                  arm, term; share of a level
 *     smd                   pair, term; denominator of the sample as it is, whatever the weights
 *     variance_ratio        pair, term; of numbers only: the variance of a share says nothing beyond it
 *     ks_statistic          pair, term
 *     effective_sample_size arm; with weights
 *
 * A factor has rows for every level ("sex=F", the reference too) and, without weights, an smd of the whole factor under the
 * term's own name ("race").  The arm is the second level of its column, the reference the first.
 */
#ifndef FIT_BALANCE_ROWS_H
#define FIT_BALANCE_ROWS_H

#include "fit/fit.h"
#include "fit/frame.h"

struct balance_request {
    const struct fit_request *request;
    const struct frame *frame;
    const double *weight;   /* [frame->n] >= 0; NULL: frequencies alone */
    const char *adjustment; /* "", "weighted", "matched", "unadjusted" */
};

int balance_rows_add(const struct balance_request *request, struct table *estimates); /* -1 after telling */

#endif
