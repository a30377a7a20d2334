/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * round_start.h - the first round: which columns the regressions have, from what all sites say of their terms.
 *
 * A category has a column for each label that occurs at any site but its first, in the order of the codebook; labels that no
 * codebook knows come last, in byte order.  The arm's reference is that of the analysis.  A number is taken off its mean and
 * divided by the power of 2 above its mean magnitude.
 */
#ifndef SITES_ROUND_START_H
#define SITES_ROUND_START_H

#include "sites/round.h"

/** people, terms: of all sites, one below the other (site_models.h).  -1 after telling; round_free in any case. */
int round_start(const struct study *study, const struct table *people, const struct table *terms, struct round *round);

/** The log-odds at which a logistic regression starts: those of everybody. */
void round_start_intercept(struct round_fit *fit);

#endif
