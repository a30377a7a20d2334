/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * truth.h - what an unlimited study without confounding and censoring would find.
 *
 * Persons 0 .. n_truth - 1 of the same seed who belong to the cohort live twice, under each arm, with the same random
 * numbers; both lives are watched to the end.  Averages over them, weighted by the population that is meant:
 *
 *     all       weight 1                          the difference that all would have
 *     treated   1 for those who chose iop         that of those who chose iop
 *     overlap   e (1 - e), e the chance of iop    that of those who might have chosen either
 *
 * Measures: risk (probability of the event by day t, death competing), risk_difference, rmst (mean days free of
 * any event, to day t), rmst_difference, hazard_ratio (the marginal one: what Cox's model with Efron's ties
 * would tend to on both lives of everybody over FOLLOW_UP days; it is no person's own hazard ratio).  Iop against inpatient.
 *
 * None of the estimators of the house is used.  Standard errors are Monte-Carlo errors of the average, by leaving out
 * each of TRUTH_PARTS parts of the persons in turn.
 */
#ifndef SIMULATE_TRUTH_H
#define SIMULATE_TRUTH_H

#include <stddef.h>

#include "base/table.h"
#include "simulate/model.h"

enum { TRUTH_PARTS = 64 };

/** Table `truth`: outcome estimand measure arm reference time estimate std_error n; NULL after telling. */
struct table *truth_table(const struct model *model);

#endif
