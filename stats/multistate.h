/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * multistate.h - probabilities of states over time and expected time in each, from paths between states (Aalen-Johansen).
 *
 *     p(t) = p(0) prod_{t_k <= t} (I + dA(t_k))          dA_hl = transitions h -> l / Y_h,  dA_hh = - sum_l dA_hl
 *     expected time in j up to tau = int_0^tau p_j(u) du
 *
 * Y_h people in state h just before t_k.  No Markov assumption is needed for p itself (Datta & Satten 2001).  p(0) is given by
 * where those under observation before the first transition are; it is estimated, and its error counts.
 *
 * Errors are those of the infinitesimal jackknife by person, sum_i (d p_j / d w_i)^2.  With B(u) the matrix that carries a
 * change at u to the number wanted (for p_j(t): P(u, t); for times: int_u^tau P(u, v) dv), a row of a person in state h on
 * (entry, time] contributes
 *
 *     - sum_{entry < t_k <= time} p_h(t_k-) / Y_h(t_k) dA_h.(t_k) B(t_k)   +   p_h(time-) / Y_h(time) (e_l - e_h) B(time)
 *
 * the last where it ends with a move to l.  The sum is a difference of two running sums, so a number costs O(rows x
 * states), however many times there are.
 *
 * Equal to pstate and std.err of survfit(Surv(start, stop, state) ~ 1, id, istate) of R's package survival.
 * Aalen & Johansen 1978; Datta & Satten 2001, doi:10.1016/S0167-7152(01)00155-9.
 */
#ifndef STATS_MULTISTATE_H
#define STATS_MULTISTATE_H

#include <stddef.h>
#include <stdint.h>

#include "stats/reducer.h"

enum { MULTISTATE_STATES_MAX = 64 };

/* A row is a stretch (entry, time] of a person in state from; to is the state it ends in, or -1: nothing happens at its end. */
struct multistate_rows {
    size_t n, n_id, n_state;
    const int32_t *id;   /* [n] 0 .. n_id - 1 */
    const double *entry; /* [n] finite and >= 0, or NULL: all from 0 on */
    const double *time;  /* [n] finite, > entry */
    const int32_t *from; /* [n] 0 .. n_state - 1 */
    const int32_t *to;   /* [n] 0 .. n_state - 1 and not from, or -1 */
    const struct reducer *reducer; /* rows lie in several places (reducer.h), those of a person in one of them; n may be 0 here.  NULL: all are here */
};

struct multistate;

/**
 * multistate_alloc - counts the moves and computes p at every time.
 *
 * status     output: GSL_SUCCESS; GSL_EINVAL for no row, no state or more than MULTISTATE_STATES_MAX; GSL_EDOM for a value that is
 *            not as said, stretches of a person that overlap, or a person who is in another state than the one moved to
 *            when the next stretch follows at once; GSL_ENOMEM
 *
 * rows must outlive the result, which is NULL unless the status is GSL_SUCCESS.  O(n log n).  Of rows in several places n_id counts the
 * people here, and all numbers below are those of all places, which call together.  Sent: n_state (n_state + 1) numbers for each time of
 * a move, and 70 a state for each number below.
 */
struct multistate *multistate_alloc(const struct multistate_rows *rows, int *status);
void multistate_free(struct multistate *m); /* NULL is fine */

/** The last time anybody is under observation: nothing is known beyond it. */
double multistate_last_time(const struct multistate *m);

/** People in a state just before t, and moves so far (up to and including t) into it. */
int64_t multistate_n_risk(const struct multistate *m, size_t state, double t);
int64_t multistate_n_entered(const struct multistate *m, size_t state, double t);

int64_t multistate_n_person(const struct multistate *m);

/**
 * multistate_occupation - p_j(t) and its error, j = 0 .. n_state - 1, at t >= 0.  GSL_EDOM for another t; GSL_ENOMEM.
 * multistate_expected - expected time in each state up to tau > 0.
 * estimate, std_err   [n_state] output
 */
int multistate_occupation(const struct multistate *m, double t, double *estimate, double *std_err);
int multistate_expected(const struct multistate *m, double tau, double *estimate, double *std_err);

#endif
