/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * cox_risk.h - S0 and S1 over the risk sets of a slice of the time axis, and what follows from them.
 *
 *     S0(t) = sum_{i at risk at t} r_i         S1(t) = sum_{i at risk at t} r_i x_i         r_i = w_i exp(eta_i - shift)
 *     D0(t), D1(t)                             the same over those with the event at t
 *
 * The summary is additive: rows are added in any order and parts, summaries of the same slice and scale are merged,
 * and no bit depends on how (fixed_sum.h).  Sums go into the cells of a row's last position; the risk set at t is all
 * later cells of its stratum together, less those who have not entered yet.  So a row costs one addition a unit of
 * design_gram.h, however many times it is at risk at; the margins, the columns, are taken once a position.
 *
 * One part of a sum (62 - log2 n bits of the largest r) is enough for many rows whose r differ little; two parts hold
 * risk sets whose r are very small beside the largest.
 *
 * At an event time with d tied events of mean weight m, Efron's l-th term (l = 0 .. d - 1) has the denominator
 *
 *     den_l = S0 - (l / d) D0                  Breslow: S0 for all of them
 *
 * and what the passes need of all terms are the sums
 *
 *     loglik   m sum log den_l                 all   sum m / den_l              hazard for those at risk and not dead
 *     dead     sum m (1 - l/d) / den_l         square[q] = sum m (l/d)^q / den_l^2, q = 0, 1, 2
 *
 * Efron 1977, doi:10.1080/01621459.1977.10480613; Breslow 1974, doi:10.2307/2529620.
 */
#ifndef STATS_COX_RISK_H
#define STATS_COX_RISK_H

#include "stats/cox_data.h"

/* Positions of a slice: its sums stay in the first cache. */
enum { COX_SLICE_TIMES = 32 };

struct cox_cell {
    int64_t high, low;
};

struct cox_risk {
    const struct cox_data *data;
    const struct gram_layout *layout; /* units: with few rows a position, every block is one of its own */
    size_t first, end;        /* positions */
    struct fixed_scale scale;
    bool two_parts;
    size_t n_unit_cell;       /* cells of all units */
    size_t *start;            /* [layout->n_unit] first cell of a unit */
    int64_t *high, *low;      /* [COX_SLICE_TIMES * 2 * n_unit_cell] by position: alive or entering, then dead */
    size_t stride;            /* p + 1: S0 and the columns */
    struct cox_cell *cell;    /* [COX_SLICE_TIMES * 2 * stride] the margins, once the slice is closed */
    struct cox_cell *total;   /* [stride] of the part that carries on to the positions before the slice */
    bool ends;                /* a stratum ends in the slice: what comes after it stays behind */
    const struct cox_tied *tied; /* [positions] what was solved before the walk; NULL: nothing was */
};

struct cox_tied;

/** NULL when memory is short. */
struct cox_risk *cox_risk_alloc(const struct cox_data *data);
void cox_risk_free(struct cox_risk *risk); /* NULL is fine */

/** An empty summary of the positions first .. end - 1; scale must be that of all rows together. */
void cox_risk_init(struct cox_risk *risk, const struct fixed_scale *scale, bool two_parts, size_t first, size_t end);

/** Adds some rows whose last position lies in the slice: first .. last - 1 of data; r is indexed by row. */
void cox_risk_add(struct cox_risk *risk, const double *r, size_t first, size_t last);

/** Takes away rows data->enter[first .. last - 1] at the positions before they enter, which lie in the slice. */
void cox_risk_take_entering(struct cox_risk *risk, const double *r, size_t first, size_t last);

/** Adds all rows of data that belong to the slice. */
void cox_risk_add_slice(struct cox_risk *risk, const double *r);

/** into += from, before either is closed.  GSL_EINVAL when slice, scale or parts differ. */
int cox_risk_merge(struct cox_risk *into, const struct cox_risk *from);

/**
 * cox_risk_carry - carry := what the positions before this slice start from.  cox_risk_close comes first: it takes
 * margins and sums of the slice, which may be done beside others.
 *
 * carry      [stride] in: sums of the positions from the end of the slice on; out: from its beginning on; both zero
 *            where another stratum begins
 */
void cox_risk_close(struct cox_risk *risk);

/** How many whole numbers the margins of some positions are; those of several places (reducer.h) are added up. */
size_t cox_risk_n_margins(const struct cox_data *data, bool two_parts, size_t first, size_t end);

/** The margins of a slice that was closed; a slice that gets those of all places, as if it had been closed with them. */
void cox_risk_give(const struct cox_risk *risk, int64_t *margins);
void cox_risk_get(struct cox_risk *risk, const int64_t *margins);

void cox_risk_carry(const struct cox_risk *risk, struct cox_cell *carry);

/** Sums over the tied terms of one event time. */
struct cox_tied {
    double loglik, all, dead, square[3];
};

/**
 * cox_tied_solve_own - the sums of some positions, from the margins of all of them.
 *
 * margins    of all positions of data
 * tied       [n_axis] those from first .. end - 1 are written; where a sum has lost its precision, `all` is NAN
 */
void cox_tied_solve_own(const struct cox_risk *risk, enum cox_ties ties, const int64_t *margins, size_t first, size_t end,
                        struct cox_tied *tied);

/**
 * cox_tied_solve - d tied events (copies of rows count), their weights together, S0 and D0.
 *
 * GSL_EDOM when a denominator is not positive or not finite.
 */
int cox_tied_solve(enum cox_ties ties, double d, double weight, double s0, double d0, struct cox_tied *tied);

/** Called for each position of a slice, from the last to the first. */
typedef int cox_risk_visitor(void *context, size_t position, const struct cox_tied *tied, double s0, const double *s1,
                             double d0, const double *d1);

/**
 * cox_risk_walk - S0, S1, D0, D1 and the tied terms at each position of the slice.
 *
 * carry      [stride] as cox_risk_carry takes it; not changed
 * work       [4 * stride] doubles
 *
 * Stops at the first result that is not GSL_SUCCESS and returns it.  GSL_EDOM when a sum has lost its precision: the
 * linear predictor spans too far.
 */
int cox_risk_walk(const struct cox_risk *risk, enum cox_ties ties, const struct cox_cell *carry, double *work,
                  cox_risk_visitor *visit, void *context);

#endif
