/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * km_weighted.h - Kaplan-Meier and Nelson-Aalen curves, and restricted means, under sampling weights.
 *
 * A sampling weight (inverse probability of treatment, selection, censoring) says how many people a row stands for, not
 * how many it is.  With Y(t) = sum of the weights at risk and d(t) = sum of the weights of the events,
 *
 *     S(t) = prod_{t_k <= t} (1 - d_k / Y_k)          H(t) = sum_{t_k <= t} d_k / Y_k
 *
 * are as for frequencies, their errors are not: Greenwood's would take the weights for people.  Errors are those of the
 * infinitesimal jackknife, sum_i (w_i d theta / d w_i)^2.  For somebody at risk on (e, s], with an event when c = 1,
 *
 *     w d log S(t) / dw = w (B(min(s, t)) - B(e) - c [s <= t] / (Y(s) - d(s)))      B(t) = sum_{t_k <= t} d_k / (Y_k (Y_k - d_k))
 *     w d H(t) / dw     = w (c [s <= t] / Y(s) - K(min(s, t)) + K(e))               K(t) = sum_{t_k <= t} d_k / Y_k^2
 *
 * and the restricted mean integrates S times the former.  Multiplying all weights by a number changes nothing.  Frequencies
 * go to km.h; the two never share a function.
 *
 * Equal to survfit(..., weights = w, robust = TRUE) of R's package survival.  Weights that were estimated are taken as known,
 * which for inverse probabilities of treatment errs on the side of long intervals (Lunceford & Davidian 2004,
 * doi:10.1002/sim.1903).
 */
#ifndef STATS_KM_WEIGHTED_H
#define STATS_KM_WEIGHTED_H

#include <stddef.h>
#include <stdint.h>

#include "stats/rmst.h"
#include "stats/survival_interval.h"

/* One row a distinct exit time. */
struct km_weighted {
    size_t capacity; /* people there is room for */
    size_t n;        /* times used */
    double *time;
    double *weight_risk;  /* Y */
    double *weight_event; /* d */
    int64_t *n_risk;      /* people at risk just before time */
    int64_t *n_event;     /* people with the event */
    double *surv;
    double *std_err; /* of surv; NaN where surv is 0 */
    double *conf_low, *conf_high;
    double *cumhaz;
    double *cumhaz_std_err;
    int64_t n_person, events;
    /* Private: the people in order of exit (with their values, so that the order of the input is forgotten). */
    size_t n_row;
    double *entry, *weight, *hazard_entry, *log_entry; /* at entry: K and B */
    size_t *row_time;                                  /* place of the exit */
    unsigned char *event;
    double *log_sum;               /* B by time */
    double *surv_area, *area_sum; /* integrals of S and S B up to the time */
    size_t *order;
};

/* Room for n_max (>= 1) people; NULL when memory is short. */
struct km_weighted *km_weighted_alloc(size_t n_max);
void km_weighted_free(struct km_weighted *curve);

/**
 * km_weighted_solve - the curve of one arm.
 *
 * n          people, 1 .. capacity
 * entry      [n] or NULL: at risk from the start
 * time       [n] finite, >= 0, > entry
 * event      [n] 0 or 1
 * weight     [n] finite, > 0
 * interval   type and level of the limits
 *
 * Returns GSL_SUCCESS; GSL_EINVAL for n 0 or above the capacity; GSL_EDOM for a time, event or weight that is not as said.
 * The order of the people changes no bit.  O(n log n), allocates nothing.
 */
int km_weighted_solve(size_t n, const double *entry, const double *time, const int32_t *event, const double *weight,
                      const struct survival_interval *interval, struct km_weighted *curve);

/** km_weighted_place - place of the last time <= t, or SIZE_MAX before the first: S is 1 there.  O(log n). */
size_t km_weighted_place(const struct km_weighted *curve, double t);

/** Largest tau of km_weighted_rmst: the last time, or INFINITY when S reaches 0. */
double km_weighted_max_tau(const struct km_weighted *curve);

/**
 * km_weighted_rmst - area under S up to tau.  GSL_EDOM unless 0 < tau <= km_weighted_max_tau, finite.  O(n log n).
 * rmst->n_event counts people with the event up to and including tau.
 */
int km_weighted_rmst(struct km_weighted *curve, double tau, struct rmst *rmst);

#endif
