/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * differences.h - a contrast over all the days it could have been read at: does the answer hang on the one that was chosen?
 *
 *   differences   analysis outcome population adjustment measure arm reference time estimate std_error conf_low conf_high
 *
 * The restricted mean difference (contrast.h) at up to DIFFERENCES_MAX days from the first to the analysis' tau, or to the
 * last day at which both arms allow one, in even steps of whole days.  Limits are pointwise.  Only of analyses that ask
 * for restricted means, and not of one over definitions (range: yes).
 */
#ifndef COMPARE_DIFFERENCES_H
#define COMPARE_DIFFERENCES_H

#include "compare/comparison.h"

enum { DIFFERENCES_MAX = 60 };

struct table *differences_alloc(void); /* NULL after telling */

int differences_add(const struct comparison *comparison, struct table *differences); /* -1 after telling */

/** Where the number itself is withheld (marks.h) its curve is too: the cells become missing. */
void differences_withhold(const struct table *estimates, struct table *differences);

#endif
