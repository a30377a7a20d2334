/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * finegray_variance.h - sum over rows, or clusters of them, of (eta + psi)(eta + psi)'.  Private to finegray*.c.
 *
 * A row's share is alpha_i z_i + e_i b + c, e_i its risk, where b and c are the same for all rows that leave at one time in one
 * way (an event, another event, censored) and in one censoring group.  So the sum of squares is a Gram matrix with weights
 * alpha^2 and, for each such cell, products of two sums of rows with b and c.
 */
#ifndef STATS_FINEGRAY_VARIANCE_H
#define STATS_FINEGRAY_VARIANCE_H

#include "stats/finegray_pass.h"

/**
 * meat [p * p], after finegray_pass_run at the estimate.  Errors as finegray_pass_gram.
 */
int finegray_meat(struct finegray_pass *pass, const struct finegray_rows *rows, double *meat);

#endif
