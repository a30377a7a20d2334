/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * cox_score.h - what each row contributes to the score, and robust variances.
 *
 *     U_i = w_i delta_i (z_i - zbar(t_i)) - r_i sum_t sum_l c_il(t) m_t / den_l (z_i - zbar_l(t))
 *
 * with c = 1, but 1 - l/d for somebody with the event at t itself, and zbar(t_i) the mean of the d means zbar_l: the
 * tied terms are those of the likelihood (Efron or Breslow), so residuals, variance and coefficients use one method.
 * Written as U_i = (w delta - r A) z_i - w delta zbar(t_i) + r_i B_i with B the hazard-weighted mean that the row has
 * been through, a row costs O(p), whatever the number of event times.
 *
 *     variance = I^-1 ( sum over clusters (sum U)(sum U)' ) I^-1         without clusters every row, or copy, is one
 *
 * Linear in n.  Sums are order-free.
 * Lin & Wei 1989, doi:10.1080/01621459.1989.10478874.
 */
#ifndef STATS_COX_SCORE_H
#define STATS_COX_SCORE_H

#include "stats/clusters.h"
#include "stats/cox.h"

struct cox_scores {
    const struct cox_work *work;
    size_t p;
    double *past, *dead, *mean; /* [n_axis * p] B of those who lived on, B of the dead, zbar */
    double *square;             /* [n_axis] sum of m / den_l^2 */
    double bound;               /* |U_ij| is at most that */
};

/** From the last evaluation of work, which must not evaluate again meanwhile.  NULL when memory is short. */
struct cox_scores *cox_scores_alloc(struct cox_work *work);
void cox_scores_free(struct cox_scores *scores); /* NULL is fine */

/** U [p] of row i of data, of all its copies together. */
void cox_score_row(const struct cox_scores *scores, size_t i, double *u);

/** The same of rows[0 .. n - 1], n at most COX_SCORE_ROWS: that of the m-th from u + m stride on; what lies beyond p stays. */
enum { COX_SCORE_ROWS = 256 };
void cox_score_rows(const struct cox_scores *scores, const uint32_t *rows, size_t n, size_t stride, double *u);

/** Martingale residual of a copy of row i: its event less the hazard it has been through. */
double cox_martingale(const struct cox_work *work, size_t i);

/** Schoenfeld residual z_i - zbar(t_i) [p] of row i, which has the event. */
void cox_schoenfeld(const struct cox_scores *scores, size_t i, double *residual);

/**
 * cox_robust - covariance [p * p] of x by the sandwich.
 *
 * clusters   of rows as handed over, or NULL: every row is one.  Where rows lie in several places (cox_rows.reducer) there must be
 *            clusters
 * covariance output; rows and columns of what is left out are 0
 *
 * GSL_ENOMEM.
 */
int cox_robust(const struct cox_scores *scores, const struct cox_fit *fit, const struct clusters *clusters, double *covariance);

#endif
