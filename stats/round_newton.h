/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * round_newton.h - Newton's method whose function is evaluated elsewhere, one point a round.
 *
 *     round_newton_start(&state, p)              the first point that is asked for is 0, or what the caller puts there
 *     ... loglik, score and information at state.asked ...
 *     round_newton_take(&state, loglik, score, info, size)    says what to ask for next, or that it is done
 *
 * A step that lowers the likelihood is halved.  After a gain (score' info^-1 score) below GAIN_CLOSE one more step is taken,
 * whose error is about the square of the one before; then the state is done, and score and info are those of `base`.
 *
 * A column in which the likelihood rises for ever moves on by about 1 a round, with a step that does not shrink.  After
 * ROUNDS_TO_JUDGE rounds it is marked, moved far out along its step and left there; the others then converge as in the
 * limit.  Where several run together - levels beside one without events - they stay in the information but for one: what tells them
 * apart is known, and the errors of the others rest on it (cox.h does so, too).
 *
 * Where info is not the slope of the score (Firth's penalty) steps get shorter by a factor each, and the likelihood rises nowhere
 * for ever: `linear`.  Then it goes on until the gain is next to nothing.
 *
 * Everything between two rounds is in the struct, and may be stored and read back.
 */
#ifndef STATS_ROUND_NEWTON_H
#define STATS_ROUND_NEWTON_H

#include <stdbool.h>
#include <stddef.h>

enum round_newton_status {
    ROUND_GOING,
    ROUND_DONE,
    ROUND_ENDLESS /* no convergence */
};

enum { ROUNDS_TO_JUDGE = 10, ROUNDS_MAX = 30 };

struct round_newton {
    size_t p;
    enum round_newton_status status;
    int n_round;         /* evaluations so far */
    bool close;
    bool linear;         /* the caller's */
    double loglik_start, loglik; /* at the first point, and at base */
    double score_test;   /* score' info^-1 score at the first point */
    double share;        /* of the step, from base to asked */
    double *base, *step, *asked; /* [p] */
    double *start;       /* [p] what of the information of a column those before it leave, at the first point */
    bool *aliased, *endless;     /* [p] */
    double *least, *factor;      /* [p], [p * p], for work within a round */
    bool *left_out;              /* [p] so, too */
};

int round_newton_alloc(size_t p, struct round_newton *state); /* GSL_ENOMEM; free in any case */
void round_newton_free(struct round_newton *state);

/**
 * Takes the answer to state->asked; allocates nothing.
 *
 * score      [p]
 * info       [p * p]; becomes its inverse over the columns that have a coefficient
 * size       [p] what a remainder is compared with, or NULL: the diagonal
 */
void round_newton_take(struct round_newton *state, double loglik, const double *score, double *info, const double *size);

#endif
