/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * turnbull.h - the distribution of times that are known up to intervals only: Turnbull's non-parametric estimate.
 *
 * A time is known to lie in (lower, upper]; lower = upper means that it is known; upper may be INFINITY (right-censored), and
 * lower 0 with a positive upper says nothing about the beginning (left-censored).  The likelihood
 *
 *     sum_i n_i log( sum of mass in (lower_i, upper_i] )
 *
 * depends on the mass of the innermost intervals alone: those that begin with a lower end, finish with the next upper end,
 * and have no other end between.  Where the mass lies within one of them is not to be known.
 *
 * The maximum is found by self-consistency steps (EM) in turn with steps of the iterative convex minorant, which move mass
 * that EM would move for ever.  It is checked, not assumed: with
 *
 *     g_j = 1/n sum_i n_i [j in i] / (mass of i),          g_j <= 1 for all j, = 1 where there is mass
 *
 * the log-likelihood is at most n (max g - 1) below its maximum.  The mass need not be unique even so.
 *
 * Standard errors, and when they hold: turnbull_error.h.
 *
 * Turnbull 1976, JRSS B 38:290; Wellner & Zhan 1997, doi:10.1080/01621459.1997.10474044; equal to
 * survfit(Surv(lower, upper, type = "interval2") ~ 1) of R's package survival, which stops EM earlier.
 */
#ifndef STATS_TURNBULL_H
#define STATS_TURNBULL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct turnbull {
    size_t capacity; /* rows there is room for */
    size_t n;        /* innermost intervals */
    double *left;    /* ascending; not part of the interval unless it is a point */
    double *right;   /* part of it; INFINITY for the last where times are right-censored */
    double *mass;    /* sums to 1 */
    double *surv;    /* P(T > right) */
    int64_t n_person;
    double loglik;
    double gap;      /* max g - 1 */
    int n_iteration;
    bool converged;  /* gap <= the tolerance */
    void *work;      /* private */
};

#define TURNBULL_TOLERANCE 1e-13
enum { TURNBULL_ITERATIONS = 20000 };

/* Room for n_max (>= 1) rows; NULL when memory is short. */
struct turnbull *turnbull_alloc(size_t n_max);
void turnbull_free(struct turnbull *fit);

/**
 * turnbull_solve - the estimate.
 *
 * n            rows, 1 .. capacity
 * lower        [n] finite, >= 0
 * upper        [n] >= lower, may be INFINITY; not both 0 and INFINITY for all rows
 * frequency    [n] >= 0, or NULL: 1 each
 * tolerance    largest gap, TURNBULL_TOLERANCE
 * n_max        iterations, TURNBULL_ITERATIONS
 *
 * Returns GSL_SUCCESS, also when the iterations end first (converged says so); GSL_EINVAL for n or when nobody is left;
 * GSL_EDOM for ends that are not as said.  The order of the rows changes no bit.  O(n log n), and O(n) an iteration.
 */
int turnbull_solve(size_t n, const double *lower, const double *upper, const int64_t *frequency, double tolerance,
                   int n_max, struct turnbull *fit);

/**
 * turnbull_read - P(T > t): low = high unless t lies within an interval that has mass, where only bounds are known.
 */
void turnbull_read(const struct turnbull *fit, double t, double *low, double *high);

/** Place of the last interval that is over by t, or SIZE_MAX before the first. */
size_t turnbull_place(const struct turnbull *fit, double t);

#endif
