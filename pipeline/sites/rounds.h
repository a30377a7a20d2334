/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * rounds.h - `stepdown merge --rounds`: regressions of sites that share no records, a step of Newton's method a round.
 *
 *     SITE.h5 ...    what columns there are (site_models.h)             -> the first round
 *     ANSWER.h5 ...  sums at the coefficients that were asked for       -> the next round, until nothing is asked for
 *
 * A round's file has the tables of round.h, `texts` (study_texts.h), `sites` (what each site has told so far) and, of the
 * regressions that are finished, `estimates`.
 */
#ifndef SITES_ROUNDS_H
#define SITES_ROUNDS_H

#include <stdbool.h>
#include <stddef.h>

struct rounds_options {
    char *const *files; /* [n_files] all of one kind */
    size_t n_files;
    const char *file;   /* ROUND.h5 */
    bool one_baseline;  /* of the first round: of all sites, by day */
    int n_threads;
};

int rounds_merge(const struct rounds_options *options); /* the exit status */

#endif
