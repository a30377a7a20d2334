/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * km.h - Kaplan-Meier and Nelson-Aalen curves from a risk table.
 *
 *     S(t)  = prod_{t_k <= t} (1 - d_k / r_k)
 *     se(t) = S(t) sqrt( sum_{t_k <= t} d_k / (r_k (r_k - d_k)) )          Greenwood
 *     H(t)  = sum_{t_k <= t} d_k / r_k                                     Nelson-Aalen
 *     se_H  = sqrt( sum_{t_k <= t} d_k / r_k^2 )
 *
 * d_k events and r_k persons at risk at t_k (entry < t_k <= exit).  A person censored at an event time is still at
 * risk for that event; somebody entering there is not.  Once S reaches 0 its std_err and limits are NaN, and it
 * stays 0, also when delayed entries fill the risk set again.  Greenwood holds for counts, not for
 * inverse-probability weights.
 *
 * Kaplan & Meier 1958, doi:10.2307/2281868; Greenwood 1926; Nelson 1972; Aalen 1978, doi:10.1214/aos/1176344247.
 */
#ifndef STATS_KM_H
#define STATS_KM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/risk_table.h"
#include "stats/survival_interval.h"

/* One row a time at which this arm gains or loses somebody, in increasing order of time. */
struct km_curve {
    size_t capacity; /* rows there is room for */
    size_t n;        /* rows used */
    double *time;
    int64_t *n_risk;  /* just before time */
    int64_t *n_enter; /* at risk only after time; 0 everywhere without delayed entry */
    int64_t *n_event;
    int64_t *n_censor; /* other causes count here when one cause was asked for */
    double *surv;      /* P(T > time) */
    double *std_err;   /* of surv; NaN where surv is 0 */
    double *conf_low;  /* survival_interval.h; NaN where missing */
    double *conf_high;
    double *cumhaz;
    double *cumhaz_std_err;
    int64_t n_person; /* in the curve */
    int64_t events;   /* sum of n_event */
    struct survival_interval interval;
};

/* The curve at one time. */
struct km_reading {
    double time;
    double surv;
    double std_err;
    double conf_low;
    double conf_high;
    double cumhaz;
    double cumhaz_std_err;
    int64_t n_risk;  /* at risk at the time: entry < time <= exit */
    int64_t n_event; /* so far: up to and including the time; before it when at_least */
    bool beyond;     /* the time lies after the last one known, and S > 0 there: surv is only the last value */
};

enum km_side {
    KM_AFTER,   /* P(T > t): events at t have happened */
    KM_AT_LEAST /* P(T >= t): events at t have not happened yet */
};

/* Room for a curve of at most `capacity` (>= 1) rows: table->n_time is always enough.  NULL when memory is short. */
struct km_curve *km_curve_alloc(size_t capacity);
void km_curve_free(struct km_curve *curve);

/**
 * km_solve - the curve of one arm.
 *
 * table      risk_table.h
 * arm        0 .. n_arm - 1, or RISK_TABLE_ALL: all arms as one group
 * stratum    0 .. n_stratum - 1, or RISK_TABLE_ALL: the strata pooled
 * cause      0: any cause is an event; c: cause c is, the others are censored
 * interval   type and level of the limits, prepared by survival_interval_init
 * curve      output, overwritten
 *
 * Returns GSL_SUCCESS; GSL_EINVAL for an unknown arm, stratum or cause, or an arm with nobody in it; GSL_EBADLEN
 * when the curve is too small.  On error the curve is unspecified.  O(n_time * arms * strata asked for), allocates
 * nothing.
 */
int km_solve(const struct risk_table *table, size_t arm, size_t stratum, size_t cause,
             const struct survival_interval *interval, struct km_curve *curve);

/**
 * km_read - the curve at time t >= 0 (NaN or negative: GSL_EDOM).
 *
 * Before the first row surv is 1 with std_err 0 (limits as survival_interval.h says for S = 1); after the last row it
 * keeps its last value, n_risk is 0, and `beyond` tells when that value is no estimate any more.  O(n).
 */
int km_read(const struct km_curve *curve, double t, enum km_side side, struct km_reading *reading);

#endif
