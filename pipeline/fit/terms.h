/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * terms.h - the right side of a regression's formula, multiplied out.
 *
 *     age                    a column: a number, or a factor when the table holds labels
 *     factor(x, ref='b')     a factor whatever the table holds
 *     rcs(age, 4)            restricted cubic spline with 4 knots
 *     a:b                    interaction; a*b = a + b + a:b; a/b = a + a:b
 *     - a                    leaves out again
 *     offset(x)              a known part of the linear predictor
 *     strata(site, sex)      a baseline of its own for each combination
 *     1                      nothing but the baseline
 *
 * Terms stand in order of their degree, then as written, as in R.
 */
#ifndef FIT_TERMS_H
#define FIT_TERMS_H

#include <stddef.h>

#include "fit/design.h"
#include "stats/spline.h"

enum { TERM_DEGREE_MAX = 4 };

enum variable_kind { VARIABLE_COLUMN, VARIABLE_FACTOR, VARIABLE_SPLINE };

struct variable {
    enum variable_kind kind;
    struct design_factor factor; /* column, reference and place; points into the formula */
    size_t n_knots;              /* VARIABLE_SPLINE */
};

struct term {
    size_t degree;
    size_t variable[TERM_DEGREE_MAX]; /* ascending */
};

struct terms {
    size_t n_variables;
    struct variable *variables; /* each once, in order of first sight */
    size_t n_terms;
    struct term *terms;
    size_t n_offsets;
    const char **offsets;       /* columns */
};

/**
 * Reads the terms of design->formula into *terms and the strata into the design.  model names the model in
 * messages.  -1 after telling.
 */
int terms_read(struct terms *terms, struct design *design, const char *model);
void terms_clear(struct terms *terms);

#endif
