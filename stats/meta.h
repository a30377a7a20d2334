/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * meta.h - one answer from several studies: fixed- and random-effects meta-analysis.
 *
 *     y_i ~ N(mu, v_i + tau^2),   w_i = 1 / (v_i + tau^2),   mu = sum w y / sum w,   se = 1 / sqrt(sum w)
 *
 * The variance between studies, tau^2 >= 0:
 *
 *     META_FIXED  0
 *     META_DL     (Q - (k - 1)) / (sum u - sum u^2 / sum u), not below 0;  u = 1 / v, Q as below
 *     META_PM     the root of sum w(t) (y - mu(t))^2 = k - 1; 0 when the left side is below k - 1 at t = 0
 *     META_REML   the largest of the maxima of the restricted likelihood; several are looked for on 0 .. T, where T
 *                 lies beyond the last
 *
 * Heterogeneity      Q = sum u (y - mu_0)^2, chi-square with k - 1 degrees of freedom when all studies share one mu
 * I squared          share of the spread of the y that is not chance, 0 .. 1: tau^2 / (tau^2 + s^2) with
 *                    s^2 = (k - 1) sum u / ((sum u)^2 - sum u^2); META_FIXED: max(0, (Q - (k - 1)) / Q)
 * Limits of tau^2    both solutions of sum w(t) (y - mu(t))^2 = a chi-square quantile (Q profile), not below 0
 * Hartung-Knapp      se^2 = sum w (y - mu)^2 / ((k - 1) sum w), t with k - 1 degrees of freedom
 * Prediction         mu -+ t_(k - 2) sqrt(tau^2 + se^2): where the effect of a new study of the same kind lies
 *
 * Hartung-Knapp limits are honest for few studies, where the normal ones are too short; they may also be shorter
 * when the y happen to agree better than chance would have it, so a reader should see both.
 *
 * Sums are exact sums of rounded terms: the order of the studies does not matter.
 *
 * DerSimonian & Laird 1986, doi:10.1016/0197-2456(86)90046-2; Paule & Mandel 1982, doi:10.6028/jres.087.022;
 * Viechtbauer 2005 (REML), doi:10.3102/10769986030003261; Viechtbauer 2007 (Q profile), doi:10.1002/sim.2514;
 * Knapp & Hartung 2003, doi:10.1002/sim.1482; Higgins, Thompson & Spiegelhalter 2009, doi:10.1111/j.1467-985X.2008.00552.x.
 */
#ifndef STATS_META_H
#define STATS_META_H

#include <stdbool.h>
#include <stddef.h>

#include "stats/two_by_two.h"

enum meta_method { META_REML, META_DL, META_PM, META_FIXED };

struct meta_pooled {
    double estimate, std_error;
    double conf_low, conf_high;
    double statistic; /* estimate / std_error */
    double df;        /* of Student's t; NAN: normal */
    double p_value;   /* two-sided, of mu = 0 */
};

struct meta_result {
    size_t k;
    double tau_squared, tau_squared_low, tau_squared_high; /* limits NAN for k = 1 */
    double i_squared;                                      /* NAN for k = 1 */
    struct chi_square_test heterogeneity;                  /* df 0 and NAN for k = 1 */
    struct meta_pooled normal;
    struct meta_pooled hartung_knapp;                      /* NAN for k = 1, or when all y are equal */
    double prediction_low, prediction_high;                /* NAN for k < 3 and for META_FIXED */
};

/**
 * meta_solve - pools k studies.
 *
 * estimate   [k] on a scale where they are near normal: differences, logarithms of ratios
 * std_error  [k] > 0
 * k          >= 1
 * level      two-sided, in (0, 1)
 *
 * Returns GSL_SUCCESS; GSL_EINVAL for k = 0, a bad level or method, an estimate that is not finite or a standard error that is
 * not positive and finite.  O(k) times some hundred evaluations; allocates nothing.
 */
int meta_solve(const double *estimate, const double *std_error, size_t k, enum meta_method method, double level,
               struct meta_result *result);

enum meta_measure { META_RISK_DIFFERENCE, META_LOG_RISK_RATIO, META_LOG_ODDS_RATIO };

/**
 * meta_two_by_two - estimate and large-sample standard error of one study with two arms.
 *
 * Where a cell is empty, 1/2 is added to all four cells of that study, for every measure, and *corrected is true:
 * without it the study would have no variance.  Pooling counts by Mantel-Haenszel or Peto needs no such addition.
 *
 * Returns GSL_SUCCESS; GSL_EDOM when an arm has nobody; GSL_EINVAL for bad counts.
 */
int meta_two_by_two(const struct two_by_two *study, enum meta_measure measure, double *estimate, double *std_error,
                    bool *corrected);

/**
 * meta_peto - Peto's one-step odds ratio: log = sum (a - E a) / sum V, standard error 1 / sqrt(sum V), with the
 * hypergeometric mean E a and variance V of each study.  Good for rare events and arms of like size.
 *
 * Studies in which an arm has nobody, or everybody or nobody has the event, carry no information.
 * Returns GSL_SUCCESS; GSL_EDOM when no study carries information; GSL_EINVAL for bad counts or level.
 * Yusuf et al. 1985, doi:10.1016/S0033-0620(85)80003-7.
 */
int meta_peto(const struct two_by_two *studies, size_t k, double level, struct ratio_estimate *result);

#endif
