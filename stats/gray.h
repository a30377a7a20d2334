/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * gray.h - Gray's test: do the cumulative incidences of one cause differ between arms?  From a risk table.
 *
 * With r_i at risk, d_i events of the cause, S_i the Kaplan-Meier curve free of all causes and F_i the cumulative
 * incidence of arm i, h_i = r_i / S_i(t-), R_i = h_i (1 - F_i(t-)), and sums over arms without an index:
 *
 *     z_i = sum_t (1 - F(t-))^rho (d_i - d R_i / R)             F(t) = sum d / h: the pooled incidence
 *
 * summed over strata.  The weight looks at early differences for rho > 0.  The covariance is Gray's, with his
 * finite-population factor for tied events.
 *
 *     chi-square = z' V^- z         on df = rank of V, at most n_arm - 1
 *
 * Gray 1988, doi:10.1214/aos/1176350951.  Equal to cuminc()$Tests of R's package cmprsk.
 */
#ifndef STATS_GRAY_H
#define STATS_GRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/distribution.h"
#include "stats/risk_table.h"

struct gray {
    size_t n_arm;
    double *score;      /* [n_arm] z */
    double *covariance; /* [n_arm * n_arm] of the first n_arm - 1 scores, row-major with stride n_arm */
    int64_t n_person;
    int64_t n_event; /* of the cause */
    struct chi_square_test test;
    bool undefined; /* variance 0; test is NaN */
    double *work;   /* private */
    int64_t *risk;  /* private */
};

/* Result and workspace for n_arm (>= 1) arms; NULL when memory is short. */
struct gray *gray_alloc(size_t n_arm);
void gray_free(struct gray *gray);

/**
 * gray_solve - the test.
 *
 * table    risk_table.h, n_arm >= 2; its strata are the strata of the test
 * cause    1 .. n_cause; all others compete
 * rho      finite, >= 0
 * gray     output, from gray_alloc(table->n_arm)
 *
 * Returns GSL_SUCCESS; GSL_EZERODIV when the variance is 0 (`undefined` is set); GSL_EINVAL for fewer than two arms or
 * an unknown cause; GSL_EDOM for rho; GSL_EBADLEN when gray has another n_arm; GSL_EUNIMPL for delayed entries, for
 * which there is no such test.  O(n_stratum n_time n_arm + event times n_arm^3), allocates nothing.
 */
int gray_solve(const struct risk_table *table, size_t cause, double rho, struct gray *gray);

#endif
