/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * cox_exact.h - the exact conditional likelihood of tied events: which d of those at risk had them?
 *
 *     loglik = sum_t [ sum_{dead} eta_i - log e_d(r over those at risk) ]
 *
 * with e_d the elementary symmetric polynomial of degree d.  With its first and second derivatives it grows row by row,
 *
 *     e_k   += r e_{k-1}
 *     e_k'  += r (e_{k-1}' + x e_{k-1})
 *     e_k'' += r (e_{k-1}'' + x e_{k-1}' + e_{k-1}' x' + x x' e_{k-1})            k = d, ..., 1
 *
 * Without delayed entry the risk sets are nested, so one pass from the last time to the first serves all event times:
 * O(n d p^2) a stratum, where starting anew at each time costs that at every one.  With delayed entry it does start
 * anew.  Every degree has a power of two of its own, so neither binomial coefficients nor small risks leave the range
 * of a double.  Rows of one time are added in the order of their covariates: the order they came in does not matter.
 * Threads take rows of the matrix e'', whose arithmetic is the same for any number of them; and so do the places that have the same rows
 * (cox_rows.workers), each with all its threads.  They send each other their rows of it, once an evaluation.
 *
 * Cox 1972; recursion: Gail, Lubin & Rubinstein 1981, doi:10.1093/biomet/68.3.703.
 */
#ifndef STATS_COX_EXACT_H
#define STATS_COX_EXACT_H

#include "stats/cox_data.h"

struct cox_exact;

/** Rows in their order, and room.  Frequencies are copies; sampling weights have no exact likelihood.  NULL: memory. */
struct cox_exact *cox_exact_alloc(const struct cox_data *data, size_t n_threads);
void cox_exact_free(struct cox_exact *exact); /* NULL is fine */

/**
 * r          [n] exp(eta - shift), without frequencies
 * loglik     output: sum of log e_d
 * mean       [p] output: sum of e_d' / e_d
 * info       [p * p] output, both triangles: sum of e_d'' / e_d - (e_d' / e_d)(e_d' / e_d)'
 *
 * GSL_EDOM when r spans too far; GSL_ENOMEM.  All workers call it together.
 */
int cox_exact_evaluate(struct cox_exact *exact, const double *r, double *loglik, double *mean, double *info);

#endif
