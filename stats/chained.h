/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * chained.h - missing covariates drawn from what is known of the others: multiple imputation by chained equations.
 *
 * Every variable with missing values is regressed on all others, its missing values are drawn anew, and so on in turn:
 *
 *     number     linear regression; parameters drawn from their posterior, b* = b + s* C z with s*^2 = RSS / chi-square; each
 *                missing value is that of one of the DONORS people whose prediction X b is nearest to X b* (predictive mean
 *                matching): values that occur, and no others
 *     levels     multinomial logistic regression (two levels: logistic); parameters drawn from the normal approximation of
 *                their posterior, then a level by its probabilities
 *
 * Predictors are an intercept, the complete columns (arm, outcome, ...), and the other variables: numbers standardised,
 * levels but the first as columns of 0 and 1.  A normal prior of standard deviation 10 on the coefficients of levels, and 1e-5 of the
 * diagonal for numbers, keep parameters finite where columns separate or depend on each other.  Variables are visited in
 * ascending order of what is missing; the first values are drawn from those observed.
 *
 * Sums run in the order of the rows: give rows in an order of their own (by key), and numbers depend on no other.  Random
 * numbers are functions of (seed, key of the row, imputation, iteration, variable).
 *
 * van Buuren & Groothuis-Oudshoorn 2011, doi:10.18637/jss.v045.i03; White, Royston & Wood 2011, doi:10.1002/sim.4067; matching of
 * means: Little 1988, doi:10.1080/07350015.1988.10509663.
 */
#ifndef STATS_CHAINED_H
#define STATS_CHAINED_H

#include <stddef.h>
#include <stdint.h>

enum { CHAINED_DONORS = 5, CHAINED_PARAMETERS = 600 };

struct chained_variable {
    size_t n_level;         /* 0: a number */
    double *value;          /* [n] of a number; missing ones are filled in */
    int32_t *code;          /* [n] of levels, 0 .. n_level - 1; likewise */
    const uint8_t *missing; /* [n] 1: is drawn */
};

struct chained_data {
    size_t n;
    size_t n_variable;
    struct chained_variable *variable; /* [n_variable] */
    size_t n_fixed;
    const double *const *fixed;        /* [n_fixed] [n] complete columns */
    const double *weight;              /* [n] > 0 people of a row, or NULL */
    const uint64_t *key;               /* [n] different keys */
};

/**
 * chained_impute - one imputation; `which` counts them.
 *
 * Returns GSL_SUCCESS; GSL_EDOM when a variable has fewer than two observed values, or a level model would have more than
 * CHAINED_PARAMETERS parameters; GSL_EMAXITER when a level model does not converge; GSL_ENOMEM.
 * O(iterations * variables * n * columns^2).
 */
int chained_impute(const struct chained_data *data, size_t n_iteration, uint64_t seed, uint64_t which);

/**
 * multinomial_fit - the model of levels by itself.
 *
 * x        [n * q] rows; code [n] 0 .. n_level - 1; weight [n] or NULL
 * prior    precision of a normal prior with mean 0 on all coefficients but the first column's, >= 0
 * coef     output [(n_level - 1) * q]: level l + 1 against level 0
 * factor   output [P * P], P = (n_level - 1) q: lower Cholesky factor of the information at the maximum
 */
int multinomial_fit(const double *x, const int32_t *code, const double *weight, size_t n, size_t q, size_t n_level, double prior,
                    double *coef, double *factor);

#endif
