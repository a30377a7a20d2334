/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * adjusted_cox.h - the hazard ratio of an arm against its reference in a Cox model that holds the terms as well.
 *
 * A conditional ratio, of two people with the same covariates; it is not that of the population, even without confounding.
 * Efron ties, competing events end the time at risk; errors are robust within clusters where there are any.
 */
#ifndef COMPARE_ADJUSTED_COX_H
#define COMPARE_ADJUSTED_COX_H

#include "compare/standardised_part.h"

struct adjusted_cox {
    double log_ratio, std_error;
    double ph_p_value;    /* of the arm; NaN where there is no test */
    int64_t n, n_event;
    size_t p;             /* columns */
    bool defined;
    char note[NOTE_SIZE];
};

int adjusted_cox_solve(const struct standardising *of, struct adjusted_cox *cox); /* -1 after telling */

#endif
