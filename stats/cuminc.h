/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * cuminc.h - cumulative incidence of one cause in the presence of others (Aalen-Johansen), from a risk table.
 *
 *     F_c(t) = sum_{t_k <= t} S(t_k-) d_ck / r_k
 *
 * S the Kaplan-Meier curve for events of any cause.  F_c is the probability that an event of cause c has happened
 * by t in a world where the other causes happen too; 1 - KM with the others censored is larger and answers another
 * question.
 *
 * Variance (CUMINC_AALEN), with u_k = S(t_k-)^2 d_k / r_k^2 (1 - (d_k - 1) / (r_k - 1)) for the events d_k of one
 * kind at t_k:
 *
 *     var F_c(t) = sum_{t_k <= t} u_ck (1 - (F_c(t) - F_c(t_k)) / S(t_k))^2  +  u_ok ((F_c(t) - F_c(t_k)) / S(t_k))^2
 *
 * o the other causes; a term divided by S(t_k) = 0 is left out.  The last factor of u is the correction for ties.
 * Equal to cuminc() and timepoints() of R's package cmprsk.
 *
 * Variance (CUMINC_JACKKNIFE, the infinitesimal jackknife): sum over persons i of (dF_c(t) / dw_i)^2, the derivative
 * by the person's weight.  For somebody who left at s with an event (e = 1) of cause j, up to t,
 *
 *     dF_c / dw = C(s) + [j = c] S(s-) / r(s) + g (F_c(t) - F_c(s)),      g = B(s) - e / (r(s) - d(s)),
 *     B(s) = sum_{t_k <= s} d_k / (r_k (r_k - d_k)),      C(s) = sum_{t_k <= s} S(t_k-) d_ck / r_k (B(t_k-) - 1 / r_k)
 *
 * and C(t) for those still at risk.  Equal to the std.err of survfit(Surv(time, factor(cause)) ~ 1) of R's package
 * survival.  Under delayed entry the derivative depends on a person's entry and exit together, which a risk table does
 * not hold: refused there (multistate.h reads rows).
 *
 * Limits (survival_interval.h names the types), with s the standard error of F:
 *
 *     log-log   1 - (1 - F)^exp(-+ z s / ((1 - F) log(1 - F)))      the log-log limits of 1 - F; default
 *     log       F exp(-+ z s / F)                                   upper limit cut at 1
 *     plain     F -+ z s                                            cut at 0 and 1
 *     arcsin    on F as for a survival probability
 *
 * Missing (NaN) where F = 0; for log-log and arcsin also where F = 1.
 *
 * Aalen & Johansen 1978; Aalen 1978, doi:10.1214/aos/1176344247; Gray 1988, doi:10.1214/aos/1176350951; Marubini &
 * Valsecchi 1995, Analysing Survival Data, section 10.
 */
#ifndef STATS_CUMINC_H
#define STATS_CUMINC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/km.h"
#include "stats/risk_table.h"
#include "stats/survival_interval.h"

enum cuminc_variance { CUMINC_AALEN, CUMINC_JACKKNIFE };

/* One row a time at which this arm gains or loses somebody, in increasing order of time. */
struct cuminc_curve {
    size_t capacity;
    size_t n;
    double *time;
    int64_t *n_risk;  /* just before time */
    int64_t *n_enter; /* at risk only after time */
    int64_t *n_event; /* of the cause */
    int64_t *n_other; /* of the other causes */
    int64_t *n_censor;
    double *cuminc;  /* P(T <= time, cause) */
    double *std_err; /* of cuminc */
    double *conf_low;
    double *conf_high;
    double *surv; /* P(T > time), free of events of any cause */
    int64_t n_person;
    int64_t events; /* sum of n_event */
    struct survival_interval interval;
};

/* The curve at one time. */
struct cuminc_reading {
    double time;
    double cuminc;
    double std_err;
    double conf_low;
    double conf_high;
    double surv;     /* of any event */
    int64_t n_risk;  /* at risk at the time */
    int64_t n_event; /* of the cause, so far: up to and including the time; before it when at_least */
    int64_t n_other; /* of the other causes, so far */
    bool beyond;     /* the time lies after the last one known, and somebody was then still free of events */
};

/* Room for a curve of at most `capacity` (>= 1) rows: table->n_time is always enough.  NULL when memory is short. */
struct cuminc_curve *cuminc_curve_alloc(size_t capacity);
void cuminc_curve_free(struct cuminc_curve *curve);

/**
 * cuminc_solve - the curve of one arm and one cause.
 *
 * arm, stratum   an index or RISK_TABLE_ALL
 * cause          1 .. n_cause
 * variance       CUMINC_AALEN or CUMINC_JACKKNIFE
 * interval       type and level, prepared by survival_interval_init
 *
 * Returns GSL_SUCCESS; GSL_EINVAL for an unknown arm, stratum, cause or variance, or an arm with nobody in it;
 * GSL_EBADLEN when the curve is too small; GSL_EUNIMPL for CUMINC_JACKKNIFE under delayed entry.  On error the curve is
 * unspecified.  O(n_time * arms * strata asked for), allocates nothing.
 */
int cuminc_solve(const struct risk_table *table, size_t arm, size_t stratum, size_t cause,
                 enum cuminc_variance variance, const struct survival_interval *interval, struct cuminc_curve *curve);

/**
 * cuminc_read - the curve at time t >= 0: P(T <= t) for KM_AFTER, P(T < t) for KM_AT_LEAST (NaN or negative:
 * GSL_EDOM). Before the first row cuminc is 0 with std_err 0 and no limits; after the last it keeps its last value.
 *  O(n).
 */
int cuminc_read(const struct cuminc_curve *curve, double t, enum km_side side, struct cuminc_reading *reading);

#endif
