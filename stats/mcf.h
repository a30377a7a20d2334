/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * mcf.h - mean cumulative function: the expected number of events of a person by t, events that recur.
 *
 *     M(t)  = sum_{t_k <= t} d_k / Y_k               Y_k people under observation at t_k, d_k events there
 *     var   = sum_i U_i(t)^2,     U_i(t) = sum_{t_k <= t} Y_i(t_k) (dN_i(t_k) - d_k / Y_k) / Y_k
 *
 * The variance takes a person's events together, whatever ties them: no Poisson process is assumed.  A row is a
 * stretch (entry, time] of a person's observation, with an event at its end or not; a person may have many, and gaps.
 *
 * Equal to cumhaz and std.chaz of survfit(Surv(start, stop, event) ~ 1, id = id) of R's package survival.
 * Nelson 1995, doi:10.1080/00401706.1995.10484295; Lawless & Nadeau 1995, doi:10.1080/00401706.1995.10484300.
 */
#ifndef STATS_MCF_H
#define STATS_MCF_H

#include <stddef.h>
#include <stdint.h>

#include "stats/reducer.h"

enum mcf_limits {
    MCF_LOG,  /* M exp(-+ z s / M) */
    MCF_PLAIN /* M -+ z s, cut at 0 */
};

/* One row a time at which somebody has an event or ends a stretch. */
struct mcf {
    size_t capacity, n;
    double *time;
    int64_t *n_risk;  /* people under observation just before time */
    int64_t *n_event; /* at time */
    double *mean;
    double *std_err;
    double *conf_low, *conf_high; /* NaN where mean is 0 */
    int64_t n_person, events;
};

/* Room for up to n_max (>= 1) stretches; NULL when memory is short. */
struct mcf *mcf_alloc(size_t n_max);
void mcf_free(struct mcf *mcf);

/**
 * mcf_solve - the function of one group.
 *
 * n          stretches, 1 .. capacity
 * entry      [n] finite and >= 0, or NULL: each person's only stretch, from the start
 * time       [n] finite, > entry
 * event      [n] 0 or 1: an event at time
 * id         [n] 0 .. n_id - 1: whose
 * level      of the two-sided limits
 *
 * Returns GSL_SUCCESS; GSL_EINVAL for n 0, or above the capacity; GSL_EDOM for a value that is not as said or stretches of
 * a person that overlap; GSL_ENOMEM.  The order of the stretches and the numbers of the people change no bit.  O(n log n).
 */
int mcf_solve(size_t n, const double *entry, const double *time, const int32_t *event, const int32_t *id, size_t n_id,
              enum mcf_limits limits, double level, struct mcf *mcf);

/**
 * mcf_solve_all - the same of people who lie in several places (reducer.h), each with all of his stretches in one of them; n and
 * n_id may be 0 here.  The arguments are as above, id counts the people here.
 *
 * mcf        output: allocated, the caller frees; NULL unless the status is GSL_SUCCESS
 *
 * GSL_EINVAL when nobody is anywhere.  Sent: some four hundred numbers for each distinct time.
 */
int mcf_solve_all(size_t n, const double *entry, const double *time, const int32_t *event, const int32_t *id, size_t n_id,
                  enum mcf_limits limits, double level, const struct reducer *reducer, struct mcf **mcf);

/** Place of the last time <= t, or SIZE_MAX before the first: the mean is 0 there.  O(log n). */
size_t mcf_place(const struct mcf *mcf, double t);

#endif
