/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * coefficients.h - rows of estimates for the coefficients of a model: each as it is and, where it is a logarithm, its
 * exponential.
 */
#ifndef COMPARE_COEFFICIENTS_H
#define COMPARE_COEFFICIENTS_H

#include <stdbool.h>

#include "compare/estimates.h"
#include "stats/distribution.h"

enum coefficient_state { COEFFICIENT_FITTED, COEFFICIENT_ALIASED, COEFFICIENT_INFINITE };

struct coefficient {
    const char *term;
    enum coefficient_state state;
    double estimate, std_error;
    bool limited;               /* limits of its own, in place of Wald's: */
    double conf_low, conf_high; /* infinite: there is none */
};

/** What the rows of a model share. */
struct coefficient_rows {
    struct estimate keys;     /* with method, cause and counts */
    enum measure measure;
    enum measure exponential; /* the same as measure: no row of its own */
    double level;
    bool converged;
    struct table *estimates;
};

/** Two rows (or one) of a coefficient: limits by the normal distribution, Wald's z and its p.  -1 after telling. */
int coefficient_add(const struct coefficient_rows *rows, const struct coefficient *coefficient);

/** The row or two of a coefficient that does not exist, and why. */
int coefficient_add_undefined(const struct coefficient_rows *rows, const char *term, const char *why);

/** A row of a chi-square test of the model; NaN statistics make it undefined with `why`. */
int coefficient_add_test(const struct coefficient_rows *rows, enum measure measure, const struct chi_square_test *test,
                         const char *why);

/** The two rows of loglik: term null and term model. */
int coefficient_add_loglik(const struct coefficient_rows *rows, double null, double model);

#endif
