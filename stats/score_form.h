/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * score_form.h - u' V^- u and the rank of V, for score tests whose covariance may be singular.
 */
#ifndef STATS_SCORE_FORM_H
#define STATS_SCORE_FORM_H

#include <stddef.h>

/**
 * score_form - u' V^- u by V = L D L'.
 *
 * v          [n rows of stride] lower triangle of V, positive semi-definite; destroyed
 * u          [n] destroyed
 * tolerance  a pivot of at most this share of its own variance is nothing but rounding and counts as 0
 * rank       output, number of pivots above 0
 *
 * O(n^3), allocates nothing.
 */
double score_form(double *v, size_t stride, double *u, size_t n, double tolerance, size_t *rank);

#endif
