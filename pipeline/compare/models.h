/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * models.h - the regressions that an analysis asks for, as rows of `estimates`.
 *
 * Rows of a model have its formula under `adjustment`, and under `term` its columns: `arm=iop`, `age`, `sex=female`.
 * The first reference of the analysis is the arm that others are compared with; a category's first label that occurs is
 * its reference.  People with a missing term are left out: `n` counts those who are in.  Competing events end the time at
 * risk; with clusters errors are robust.
 */
#ifndef COMPARE_MODELS_H
#define COMPARE_MODELS_H

#include "compare/comparison.h"

/**
 * records    the covariates; NULL when the study has none
 * record     of table cohort: row of records
 *
 * -1 after telling.  Logistic models are of outcomes that are yes or no, the others of those with days; models of events
 * that recur are not of an outcome
 * (recurrent_models.h).
 */
int models_add(const struct comparison *comparison, const struct table *records, const struct column *record,
               struct table *estimates);

/**
 * One model on the sample of a comparison.
 *
 * stratum    [sample] 0 .. n_stratum - 1, with which those of the formula are combined; NULL: none
 */
int model_add(const struct comparison *comparison, const struct study_model *model, const int32_t *stratum,
              size_t n_stratum, const struct table *records, const struct column *record, struct table *estimates);

#endif
