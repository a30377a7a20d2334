/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * cox_firth.h - Firth's penalty: estimates that exist where the likelihood rises for ever.
 *
 *     maximise  loglik(beta) + 1/2 log det I(beta)
 *
 * The penalty's slope is taken by five points a coefficient, 1/512 apart on columns that span less than 2, where its
 * error is below 1e-11; so it serves every kind of ties.  Steps use the information of the likelihood; standard errors
 * come from it at the penalised estimate, and the likelihood-ratio test compares penalised likelihoods.
 * Firth 1993, doi:10.1093/biomet/80.1.27; Heinze & Schemper 2001, doi:10.1111/j.0006-341X.2001.00114.x.
 */
#ifndef STATS_COX_FIRTH_H
#define STATS_COX_FIRTH_H

#include "stats/cox.h"

/**
 * cox_firth_run - as cox_fit_run, with loglik_null, loglik and lr_test of the penalised likelihood; the score test is
 * left empty.  Columns can be aliased, never infinite.
 */
int cox_firth_run(struct cox_work *work, const struct cox_control *control, struct cox_fit *fit);

#endif
