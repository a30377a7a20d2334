/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * logit_sums.h - what a step of a logistic regression needs of rows that lie elsewhere: log-likelihood, score, information.
 *
 *     loglik = sum y eta - log(1 + e^eta),  score = sum (y - mu) x,  info = sum mu (1 - mu) x x',   mu = 1 / (1 + e^-eta)
 *
 * The intercept is a column of ones.  Sums add exactly and in any order (wide_sum.h); glm.h fits where rows are at hand.
 */
#ifndef STATS_LOGIT_SUMS_H
#define STATS_LOGIT_SUMS_H

#include <stddef.h>
#include <stdint.h>

#include "stats/wide_sum.h"

struct logit_rows {
    size_t n, p;
    const double *x;          /* [n * p] */
    const uint8_t *event;     /* [n] 0 or 1 */
    const int64_t *frequency; /* [n] > 0 */
};

/** sums: loglik, score [p], info [p (p + 1) / 2] lower triangle row by row; += those of the rows.  GSL_SUCCESS; GSL_EDOM when a predictor or a column is too large to be added.  O(n p^2). */
int logit_sums_add(const struct logit_rows *rows, const double *beta, wide_sum *sums);

/** meat [p (p + 1) / 2] += squares of the sums of clusters of (y - mu) x; cluster [n] 0 .. n_cluster - 1.  GSL_EDOM as above; GSL_ENOMEM. */
int logit_squares_add(const struct logit_rows *rows, const double *beta, const int32_t *cluster, size_t n_cluster, wide_sum *meat);

#endif
