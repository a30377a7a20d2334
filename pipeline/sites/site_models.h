/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * site_models.h - what a site says about the regressions of its study: first which columns they have, then sums, round by
 * round.
 *
 * Tables of SITE.h5, before the first round:
 *
 *     people  fit n n_event changed left_out refused: of each regression (fits.h) the people, and what the threshold cost
 *     terms   fit term level n sum_high sum_low size_high size_low: labels that occur; of numbers the sums of values and of
 *             their magnitudes (stats/wide_sum.h)
 *
 * Tables of ANSWER.h5, beside those of the round (round.h):
 *
 *     answer  key value: format, round (its content_sha256), threshold
 *     people  as above
 *     sums    fit item high low: log-likelihood, score, information below its diagonal, size; with Firth's penalty how the
 *             information changes; for Fine and Gray, and by cluster, squares of shares; by cluster how many there are.  Of a fit by
 *             days sums over events, then squares of shares
 *     days    fit stratum day kind n item high low: stats/leaving.h; only with one baseline for all sites
 *
 * How many numbers there are depends on columns and days, not on people.
 */
#ifndef SITES_SITE_MODELS_H
#define SITES_SITE_MODELS_H

#include "compare/sources.h"
#include "sites/round.h"
#include "store/store.h"

/** people and terms.  -1 after telling. */
int site_models_describe(const struct study *study, const struct sources *sources, int64_t threshold,
                         struct store_writer *writer);

/** answer, people, sums, days.  -1 after telling. */
int site_models_answer(const struct study *study, const struct sources *sources, const struct round *round,
                       const char *round_sha256, int64_t threshold, struct store_writer *writer);

/** Offsets into the items of `sums`, and how many there are. */
struct sum_layout {
    size_t loglik, score, info, size, cubes, meat, n_cluster, n; /* parts that are not asked for are empty */
};
struct sum_layout sum_layout_of(const struct round *round, const struct round_fit *fit);

#endif
