/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * fit_rows.h - the people of one site in one regression, as they are, and as a threshold lets them be seen.
 *
 * A row is a person (or so many as it counts for) who is in the population and of whom the outcome and all terms are known.
 */
#ifndef SITES_FIT_ROWS_H
#define SITES_FIT_ROWS_H

#include <stdint.h>

#include "compare/sources.h"
#include "sites/fits.h"

/* A term: labels of a category (the arm is one, too), or numbers. */
struct fit_term {
    const char *name;
    size_t n_label;            /* 0: numbers */
    const char *const *labels; /* borrowed; NULL for the arm */
    int32_t *code;             /* [n] */
    double *value;             /* [n] */
};

struct fit_rows {
    const struct study *study;
    const struct fit *fit;
    size_t n;
    int64_t *frequency;
    uint8_t *kind;             /* [n] enum leaving_kind; of yes or no: LEAVING_EVENT or LEAVING_CENSORED */
    double *time, *entry;      /* [n] NULL of yes or no; entry NULL when nobody enters late, NAN: from the start */
    int32_t *stratum;          /* [n] number of the stratum of the formula, 0 without */
    size_t n_stratum;
    int32_t *cluster;          /* [n] 0 .. n_cluster - 1 (fit_clusters.h); NULL: errors are not by cluster */
    size_t n_cluster;
    size_t n_term;
    struct fit_term *terms;    /* of the formula; those of its strata follow */
    size_t n_strata_terms;
    size_t n_changed;          /* cells of fewer people than the threshold whose people were counted as others */
    size_t n_left_out;         /* arms with too few people */
    const char *refused;       /* why nothing of these rows may be told; NULL: it may */
};

/** Takes the rows and coarsens them.  -1 after telling; free in any case. */
int fit_rows_take(const struct study *study, const struct sources *sources, const struct fit *fit, int64_t threshold,
                  struct fit_rows *rows);
void fit_rows_free(struct fit_rows *rows);

/** Row `from` becomes row `to` <= from: for those who go over rows and drop some. */
void fit_rows_keep(struct fit_rows *rows, size_t to, size_t from);

/** How many people, and how many with the event. */
int64_t fit_rows_people(const struct fit_rows *rows);
int64_t fit_rows_events(const struct fit_rows *rows);

/** Name of label l of a term. */
const char *fit_term_label(const struct fit_rows *rows, const struct fit_term *term, size_t l);

#endif
