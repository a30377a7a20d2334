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
 * the log-rank test, rho = 1 Peto and Peto's Wilcoxon; gamma > 0 looks at late differences.  Other weights:
 *
 *     Gehan (Breslow)   w(t) = r
 *     Tarone-Ware       w(t) = sqrt(r)
 *     Peto (Prentice)   w(t) = prod_{t_k <= t} (1 - d_k / (r_k + 1))
 *
 *     chi-square = (O - E)' V^- (O - E)       on df = rank of V
 *
 * Arms that are never at risk at an event (E_j = 0) are left out.  Linear dependence beyond the one that is always
 * there (arms that never meet in a stratum) lowers df as well.
 *
 * Mantel 1966; Peto & Peto 1972, doi:10.2307/2344317; Harrington & Fleming 1982, doi:10.1093/biomet/69.3.553;
 * Gehan 1965, doi:10.1093/biomet/52.1-2.203; Tarone & Ware 1977, doi:10.1093/biomet/64.1.156; Prentice 1978,
 * doi:10.1093/biomet/65.1.167; Fleming & Harrington 1991, chapter 7.  Equal to survdiff of R's package survival for gamma = 0 (survdiff refuses
 * delayed entry and singular V).
 */
#ifndef STATS_LOGRANK_H
#define STATS_LOGRANK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats/distribution.h"
#include "stats/risk_table.h"

/* Pivots below this share of the largest variance count as 0. */
#define LOGRANK_RANK_TOLERANCE 1e-10

enum logrank_weight_kind { LOGRANK_FLEMING_HARRINGTON, LOGRANK_GEHAN, LOGRANK_TARONE_WARE, LOGRANK_PETO };

struct logrank_weighting {
    enum logrank_weight_kind kind;
    double rho, gamma; /* of Fleming and Harrington; else 0 */
};

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

/* The same with any of the weights. */
int logrank_weighted_solve(const struct risk_table *table, size_t cause, const struct logrank_weighting *weighting,
                           double rank_tolerance, struct logrank *test);

/**
 * logrank_trend - do the arms differ in the order of their scores?
 *
 *     chi-square = (sum_j s_j (O_j - E_j))^2 / sum_jk s_j s_k V_jk      on 1 df
 *
 * test    solved
 * score   [n_arm] dose or rank of each arm, finite; a common shift or scale changes nothing
 * trend   output; all NaN when the variance is 0
 *
 * Returns GSL_SUCCESS; GSL_EDOM for a score that is not finite; GSL_EZERODIV for variance 0.  Tarone 1975,
 * doi:10.1093/biomet/62.3.679; Klein & Moeschberger 2003, section 7.4.
 */
int logrank_trend(const struct logrank *test, const double *score, struct chi_square_test *trend);

#endif
