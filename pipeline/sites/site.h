/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * site.h - `stepdown site`: what a site may hand to others, counted from its own records, or its answer to a round.
 *
 *     site       key value: format, threshold
 *     texts      study_texts.h
 *     cells/..., by/..., covariate/...   cells.h, of people as the threshold lets them be seen (site_people.h)
 *     people, terms   of regressions (site_models.h)
 *     precision  table groups left_out changed days_before days_after widest
 *     provenance store/chain.h, without the digests of the data
 */
#ifndef SITES_SITE_H
#define SITES_SITE_H

#include <stdbool.h>
#include <stdint.h>

#define SITE_FORMAT "stepdown site 2"

struct site_options {
    const char *study, *file; /* STUDY.yaml, SITE.h5 */
    const char *round;        /* ROUND.h5 that is answered, or NULL */
    const char *work;         /* folder of the run */
    int64_t threshold;        /* -1: that of the study */
    int n_threads;
    bool allow_absolute;
};

int site_write(const struct site_options *options); /* the exit status */

#endif
