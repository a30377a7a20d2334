/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * leaving.h - who leaves observation when and how, with sums of risks: what a regression of survival needs of rows, by day.
 *
 * For each position (a day within a stratum) and each kind of leaving
 *
 *     n          people
 *     sum[0]     sum r            r = exp(x' beta)
 *     sum[1 + j] sum r x_j
 *     ...        sum r x_j x_k        k <= j: the lower triangle, row by row
 *     ...        sum r x_j x_k x_l    l <= k <= j, with `cubes`: what Firth's penalty needs
 *
 * and over all people with the event   events[0] = sum x' beta,  events[1 + j] = sum x_j.
 *
 * The size depends on days and columns, not on people.  Tables over the same axis add (leaving_merge), exactly and in any
 * order (wide_sum.h): so any partition of the people gives the same bits.  A risk set is what leaves on its day or later,
 * less those who enter then; from these tables follow Cox's partial likelihood and Fine and Gray's, with score and
 * information.
 *
 * Where rows are at hand cox.h and finegray.h are faster; this is for sums whose rows lie elsewhere.
 */
#ifndef STATS_LEAVING_H
#define STATS_LEAVING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/wide_sum.h"

enum leaving_kind { LEAVING_CENSORED, LEAVING_EVENT, LEAVING_OTHER, LEAVING_ENTERED, LEAVING_KINDS };

struct leaving {
    size_t n_time;      /* positions: by stratum, then by time */
    size_t p;
    bool cubes;
    size_t stride;      /* numbers of a cell */
    double *time;       /* [n_time] ascending within a stratum */
    int32_t *stratum;   /* [n_time] ascending */
    int64_t *n;         /* [n_time * LEAVING_KINDS] */
    wide_sum *sum;      /* [n_time * LEAVING_KINDS * stride] */
    wide_sum *events;   /* [1 + p] */
};

/** Numbers of a cell: 1 + p + p (p + 1) / 2, and with cubes p (p + 1) (p + 2) / 6 more. */
size_t leaving_stride(size_t p, bool cubes);
size_t leaving_n_cubes(size_t p);

/** All zero; time and stratum are copied.  NULL when memory is short. */
struct leaving *leaving_alloc(const double *time, const int32_t *stratum, size_t n_time, size_t p, bool cubes);
void leaving_free(struct leaving *leaving); /* NULL is fine */

/** Rows as they are added: covariate j of row i is x[i * p + j]. */
struct leaving_rows {
    size_t n;
    const double *x;
    const int64_t *frequency; /* [n] > 0: so many people */
    const uint32_t *position; /* [n] of the time of leaving */
    const uint8_t *kind;      /* [n] LEAVING_CENSORED, _EVENT or _OTHER */
    const uint32_t *entry;    /* [n] position of the last day before they are at risk, LEAVING_FROM_START; or NULL */
    const int32_t *cluster;   /* [n] 0 .. n_cluster - 1: who are alike (leaving_meat); NULL: each for himself */
    size_t n_cluster;
};
#define LEAVING_FROM_START UINT32_MAX

/** GSL_SUCCESS; GSL_EDOM when a risk is too large to be added: the predictor spans too far.  O(n p^2). */
int leaving_add(struct leaving *leaving, const struct leaving_rows *rows, const double *beta);

/** into += from; GSL_EINVAL when axes, columns or cubes differ. */
int leaving_merge(struct leaving *into, const struct leaving *from);

/** What a likelihood has at one beta. */
struct leaving_point {
    double loglik;
    double *score; /* [p] */
    double *info;  /* [p * p] */
    double *size;  /* [p] what a remainder of info is compared with: the part before means are taken off */
    double *cubes; /* [leaving_n_cubes(p)] d info[j][k] / d beta_l, l <= k <= j, of a table with cubes; NULL: not wanted */
};

/**
 * leaving_cox - the partial likelihood, baseline by stratum; events of kind LEAVING_EVENT.
 *
 * efron      ties after Efron, else after Breslow
 * shares     as below, or NULL
 * work       [3 * stride] doubles
 *
 * GSL_SUCCESS; GSL_EDOM when a risk set has lost its precision.  Without events everything is 0.
 */
int leaving_cox(const struct leaving *leaving, bool efron, double *shares, double *work, struct leaving_point *point);

/**
 * leaving_penalise - Firth's penalty: half the log determinant of the information and its slope are added to loglik and score.
 *
 * left_out   [p] columns without a coefficient
 *
 * GSL_ENOMEM.  Firth 1993, doi:10.1093/biomet/80.1.27; Heinze & Schemper 2001, doi:10.1111/j.0006-341X.2001.00114.x.
 */
int leaving_penalise(size_t p, const bool *left_out, struct leaving_point *point);

/**
 * leaving_finegray - the weighted partial likelihood of the subdistribution (finegray.h); one stratum, nobody enters late.
 *
 * shares     [n_time * LEAVING_SHARE_KINDS * (1 + 2 p)] or NULL: by position and kind the numbers a, b and c of which a
 *            row's share of the score, with that of its censoring, is made:
 *                share = (1{event} - r a) x + r b + c
 *
 *            and less the a and b of the day of entry of somebody censored then, where there is one
 *
 * GSL_SUCCESS; GSL_EDOM as above; GSL_EINVAL with late entry; GSL_ENOMEM.
 */
int leaving_finegray(const struct leaving *leaving, double *shares, struct leaving_point *point);

/** Numbers by position and kind in `shares`: rows of 1 + 2 p. */
enum { LEAVING_SHARE_KINDS = LEAVING_OTHER + 1 };

/**
 * meat [p (p + 1) / 2] += share share' of every row, or of every cluster's sum, lower triangle.  GSL_EDOM as leaving_add; GSL_ENOMEM.
 * share [p] workspace.  Clusters are whole where they are: one with rows in two tables counts as two.
 */
int leaving_meat(const struct leaving_rows *rows, size_t p, const double *beta, const double *shares, double *share,
                 wide_sum *meat);

/** meat += sum sum' of the sums of clusters [n_cluster * p].  GSL_EDOM. */
int leaving_square_clusters(const wide_sum *sums, size_t n_cluster, size_t p, wide_sum *meat);

/** Steps of the hazard and of its means (leaving_shares.c), to be made into shares; [n_time * LEAVING_SHARE_KINDS * (1 + 2 p)]. */
void leaving_add_step(double *steps, size_t p, double den, double part, double m, double n, const double *mean);
void leaving_finish_steps(const struct leaving *leaving, double *steps);

#endif
