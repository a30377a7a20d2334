/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * logrank.h - weighted log-rank test of two or more arms, stratified if wanted, from a risk table.
 *
 * Summed over strata s and times t with d events among r at risk, r_j of them in arm j:
 *
 *     O_j  = sum w d_j          E_j = sum w d r_j / r
 *     V_jk = sum w^2 d (r - d) / (r - 1) (r_j / r) ([j = k] - r_k / r)
 *     w(t) = S(t-)^rho (1 - S(t-))^gamma
 *
 * S(t-) the Kaplan-Meier curve of all arms of the stratum just before t (Fleming & Harrington).  rho = gamma = 0 is
 * the log-rank test, rho = 1 Peto and Peto's Wilcoxon; gamma > 0 looks at late differences.
 *
 *     chi-square = (O - E)' V^- (O - E)       on df = rank of V
 *
 * Arms that are never at risk at an event (E_j = 0) are left out.  Linear dependence beyond the one that is always
 * there (arms that never meet in a stratum) lowers df as well.
 *
 * Mantel 1966; Peto & Peto 1972, doi:10.2307/2344317; Harrington & Fleming 1982, doi:10.1093/biomet/69.3.553;
 * Fleming & Harrington 1991, chapter 7.  Equal to survdiff of R's package survival for gamma = 0 (survdiff refuses
 * delayed entry and singular V).
 */
#ifndef STATS_LOGRANK_H
#define STATS_LOGRANK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/risk_table.h"

/* Pivots below this share of the largest variance count as 0. */
#define LOGRANK_RANK_TOLERANCE 1e-10

struct logrank {
    size_t n_arm;       /* of the allocation; must equal the table's */
    double *observed;   /* [n_arm] weighted events */
    double *expected;   /* [n_arm] */
    double *covariance; /* [n_arm * n_arm] row-major, of observed - expected */
    int64_t *n_person;  /* [n_arm] */
    int64_t *n_event;   /* [n_arm] unweighted */
    double chi_square;
    size_t df;
    double p_value; /* upper tail */
    double log_p;   /* its natural logarithm, finite also where p_value underflows to 0 */
    bool undefined; /* variance 0: no test; chi_square 0, df 0, p_value 1, log_p 0 */
    double *work;   /* [n_arm * n_arm + n_arm] private */
    int64_t *risk;  /* [2 n_arm] private */
};

/* Result and workspace for n_arm (>= 1) arms; NULL when memory is short. */
struct logrank *logrank_alloc(size_t n_arm);
void logrank_free(struct logrank *test);

/**
 * logrank_solve - the test.
 *
 * table           risk_table.h, n_arm >= 2; its strata are the strata of the test
 * cause           0: any cause is an event; c: cause c is, the others are censored
 * rho, gamma      finite, >= 0
 * rank_tolerance  LOGRANK_RANK_TOLERANCE; 0 <= rank_tolerance < 1
 * test            output, from logrank_alloc(table->n_arm)
 *
 * Returns GSL_SUCCESS; GSL_EZERODIV when the variance is 0 (no event at all, or never a choice between arms at an
 * event): `undefined` is set, observed, expected and covariance are valid; GSL_EINVAL for fewer than two arms or an
 * unknown cause; GSL_EDOM for rho, gamma or rank_tolerance; GSL_EBADLEN when test has another n_arm.
 * O(n_time * n_stratum * n_arm + events' times * n_arm^2), allocates nothing.
 */
int logrank_solve(const struct risk_table *table, size_t cause, double rho, double gamma, double rank_tolerance,
                  struct logrank *test);

#endif
