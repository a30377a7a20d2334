/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * baseline.h - who was compared (Table 1), and how alike the arms are.
 *
 * Numbers: people with a value, missing, mean, standard deviation.  Factors: people and percent of those with a
 * known level, by level; missing beside them.  Standardised mean differences have the pooled standard deviation of the unadjusted sample
 * as denominator; a factor has one for each level and, in the row without a level, the distance of the whole factor.
 */
#ifndef COMPARE_BASELINE_H
#define COMPARE_BASELINE_H

#include "compare/comparison.h"

struct baseline_input {
    const struct study *study;
    const struct study_rule *population;
    const struct table *records;                /* the covariates */
    size_t n;                                   /* people of the cohort */
    const struct column *record, *arm, *weight; /* of table cohort */
    const struct column *member;                /* population:NAME */
    const struct reducer *reducer;              /* the rows lie in several places; NULL: these are all */
};

int baseline_add(const struct baseline_input *input, struct table *baseline, struct table *balance);

#endif
