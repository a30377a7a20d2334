/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * round_take.h - the answers of all sites to a round: a step of each regression, until it is finished.
 */
#ifndef SITES_ROUND_TAKE_H
#define SITES_ROUND_TAKE_H

#include "sites/round.h"

/**
 * people, sums, days: of all answers, one below the other (site_models.h).  Moves *round on to the next one.
 *
 * A regression stops, with a note, when a site that answered before does not any more, or when no step helps.  -1 after telling.
 */
int round_take(const struct table *people, const struct table *sums, const struct table *days, struct round *round);

#endif
