/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * guyot.h - events and censorings behind a printed Kaplan-Meier curve, from points read off it and its numbers at risk.
 *
 * Between two printed numbers at risk n_i and n_(i+1), a number of censorings is assumed, evenly spread; then at each point k
 *
 *     d_k = round( n_k (1 - S_k / K) ),   K = K (1 - d_k / n_k) the curve so far,   n_(k+1) = n_k - d_k - c_k
 *
 * and the assumed number is mended by the difference of what is left from n_(i+1), until they agree.  The first guess is
 * n_i S_(i+1) / S_i - n_(i+1).  Since d_k is measured from the curve as reconstructed so far, errors of reading do not add up.
 *
 * After the last number at risk people are censored so that the total of events comes out, where it is known; else at the rate
 * seen before; with a single number at risk and no total nobody is censored before the end.  Who is left at the last point
 * is censored there.
 *
 * Guyot, Ades, Ouwens & Welton 2012, doi:10.1186/1471-2288-12-9.
 */
#ifndef STATS_GUYOT_H
#define STATS_GUYOT_H

#include <stddef.h>
#include <stdint.h>

struct guyot_curve {
    size_t n;            /* points, >= 2 */
    const double *time;  /* [n] strictly increasing, >= 0 */
    const double *surv;  /* [n] not increasing, 0 .. 1, the first > 0 */
    size_t n_risk;       /* printed numbers at risk, >= 1 */
    const size_t *place; /* [n_risk] the point that each belongs to; strictly increasing, the first 0 */
    const int64_t *risk; /* [n_risk] > 0 the first, not increasing, >= 0 */
    int64_t n_event;     /* all events; -1: not known */
};

struct guyot_fit {
    int64_t *n_event;    /* [n] at each point */
    int64_t *n_censor;   /* [n] from this point to before the next; at the last, all who are left */
    int64_t *at_risk;    /* [n_risk] as reconstructed; equal to the printed ones where the curve allows it */
    int64_t total;       /* events */
};

/**
 * guyot_solve - fills the fit, whose arrays the caller provides.
 *
 * Returns GSL_SUCCESS; GSL_EINVAL for arrays that are not as said.  Every person of the first number at risk is in the
 * fit once.  O(n) times the number of mendings, at most some hundred an interval; allocates nothing.
 */
int guyot_solve(const struct guyot_curve *curve, struct guyot_fit *fit);

#endif
