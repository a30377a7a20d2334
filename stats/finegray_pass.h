/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * finegray_pass.h - S0 and E at every event time, and what a Newton step and the covariance need.  Private to finegray*.c.
 *
 * Two running sums over the rows in order of time: those still followed, whose part falls, and those with another event,
 * divided by G at that time, whose part grows.  Both are whole numbers in two parts (fixed_sum.h), so that what is left
 * of the first at the end is exact.
 */
#ifndef STATS_FINEGRAY_PASS_H
#define STATS_FINEGRAY_PASS_H

#include "stats/design_gram.h"
#include "stats/finegray_data.h"
#include "stats/fixed_sum.h"

struct finegray_sum {
    int64_t high, low;
};

/*
 * Sums over rows of x and x z, in finegray_stride(p) places: S0 first, then one for what has no column, then the columns.
 */
enum { FINEGRAY_S0, FINEGRAY_NOWHERE, FINEGRAY_COLUMNS };

static inline size_t finegray_stride(size_t p)
{
    return FINEGRAY_COLUMNS + p;
}

/* Running sums at a place of the axis. */
struct finegray_running {
    struct finegray_sum *followed;
    struct finegray_sum *other; /* [n_group] times the stride */
};

struct finegray_pass {
    const struct finegray_data *data;
    size_t p, n_threads;
    double *risk;       /* [n] exp(z beta + offset - shift) */
    double *weight;     /* [n] of the gram */
    double shift;
    double loglik;
    double *increment;  /* [n_time] d / S0 */
    double *hazard;     /* [n_time] Lambda(t) */
    double *later;      /* [n_time * n_group] sum_{t_k > t} G(t_k-) d_k / S0 */
    double *means;      /* [p * p] sum d E E' */
    double *later_mean; /* [n_group * p] sum over all times of G(t_k-) d_k / S0 E */
    struct fixed_scale scale, scale_other;
    struct gram_layout *layout;
    struct gram *gram;
    struct finegray_sum *delta; /* [n_time] times running_size: what each time changes; NULL when that is too much for one place */
    struct finegray_sum *start; /* [n_part + 1] running sums at the start of each part, stride by running_size */
    double *part_real;  /* [n_part * real_size] */
};

int finegray_pass_alloc(const struct finegray_data *data, size_t n_threads, struct finegray_pass *pass);
void finegray_pass_clear(struct finegray_pass *pass);

/**
 * Everything at beta (of the standardised columns): risk, increment, hazard, later, means, loglik.
 * GSL_EDOM when the linear predictor is not finite or a risk set lost its precision.
 */
int finegray_pass_run(struct finegray_pass *pass, const double *beta);

/** sum_i risk_i a_i z_i (p) and z_i z_i' (p * p) into first and second; pass->weight holds risk a.  After a run. */
int finegray_pass_info(struct finegray_pass *pass, double *first, double *second);

/** sum_i weight_i z_i z_i' and z_i with the weights of pass->weight. */
int finegray_pass_gram(struct finegray_pass *pass, double *first, double *second);

/** S0 and, when e is not NULL, E (p) at time k from running sums. */
double finegray_means(const struct finegray_pass *pass, const struct finegray_running *running, size_t k, double *e);

/** The running sums of a part, in its start; and moving on past the rows of time k. */
struct finegray_running finegray_running_at(const struct finegray_pass *pass, struct finegray_sum *sums);
void finegray_running_move(const struct finegray_pass *pass, const struct finegray_running *running, size_t k);
size_t finegray_running_size(const struct finegray_pass *pass);

/** Adds sign x_i / divisor and sign x_i / divisor z_i of rows first .. last - 1 to sums [stride]. */
void finegray_add_rows(const struct design_matrix *design, const struct fixed_scale *scale, const double *x, size_t first,
                       size_t last, double divisor, int sign, struct finegray_sum *sums);

#endif
