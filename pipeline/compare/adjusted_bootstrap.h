/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * adjusted_bootstrap.h - limits of adjusted contrasts by resampling, with all models fitted anew in every replicate: the propensity,
 * the censoring weights and the regressions of the outcome.
 *
 * Each person (with clusters, each cluster) counts Poisson(1) times (a row of f people Poisson(f) times); knots of splines
 * and the columns of the model stay.  A person's draw in replicate b is a function of the study's seed, of what is known of
 * the person and of b, so the order of the rows and the number of threads change no bit.  Percentile and BCa limits; the
 * acceleration is that of the linear parts, sum phi^3 / (6 (sum phi^2)^1.5).
 *
 * Overlap, iptw, att, atc, stratify, regression, doubly_robust and modified_poisson.  Who has a level that only one arm has in a replicate is left
 * out of its regressions.  Matched sets are not resampled: the bootstrap of a matching estimator is not valid (Abadie & Imbens
 * 2008, doi:10.3982/ECTA6474).
 */
#ifndef COMPARE_ADJUSTED_BOOTSTRAP_H
#define COMPARE_ADJUSTED_BOOTSTRAP_H

#include "compare/adjusting.h"

int adjusted_bootstrap_add(struct adjusting *a); /* -1 after telling; nothing unless the analysis asks for it */

#endif
