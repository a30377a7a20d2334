/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * fit_coarsen.h - rows of a regression of which no sum tells of fewer people than the threshold.
 *
 * What a site hands out in a round are sums of risks over people with a label, or with two labels, by kind of leaving.  So
 *
 *     - an arm of which fewer than `threshold` people are there is left out, at that site only; where fewer of an arm leave
 *       in some way they are counted as leaving in its most frequent way;
 *     - a missing value that fewer have becomes the most frequent label, or the number nearest to the mean (fit_rows.h);
 *     - people with a pair of labels (or a label and a kind of leaving) that fewer have are counted under the most frequent
 *       label of one of the two terms, until every pair has nobody or enough.  Arms are never changed.
 *
 * Where that does not help the rows are refused, with the reason.  A label changes at most once a person and term, so it ends.
 * threshold 0 or 1 changes nothing.  O(n terms^2) a pass, a few passes.
 */
#ifndef SITES_FIT_COARSEN_H
#define SITES_FIT_COARSEN_H

#include "sites/fit_rows.h"

int fit_coarsen(struct fit_rows *rows, int64_t threshold); /* -1 after telling */

#endif
