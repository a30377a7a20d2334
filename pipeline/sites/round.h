/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * round.h - where the regressions that sites fit together stand: what a round asks of all sites.
 *
 * Tables of ROUND.h5 (and, as they were asked, of the answers to it):
 *
 *     round      key value: format, number, baseline (site, one), sites, threshold (the largest of any site so far)
 *     fits       a row a regression: which, phase, Newton's method so far (stats/round_newton.h), people, events
 *     columns    fit name term level center scale base step asked start aliased endless: x = (value - center) / scale, or 1 in
 *                a level
 *     covariance fit row column value: of the coefficients of x, once they have converged
 *     variance   fit stratum day kind item value: what shares of the score are made of (stats/leaving.h), while a fit asks for them
 *
 * Nothing in it is of a person: all of it follows from sums over sites.
 */
#ifndef SITES_ROUND_H
#define SITES_ROUND_H

#include "sites/fits.h"
#include "stats/round_newton.h"
#include "store/store.h"

#define ROUND_FORMAT "stepdown round 2"
#define ANSWER_FORMAT "stepdown answer 2"

enum round_phase {
    ROUND_ASKS,      /* for score and information at `asked` */
    ROUND_VARIANCE,  /* for squares of shares of the score */
    ROUND_FINISHED,
    ROUND_STOPPED    /* without a result: note says why */
};

struct round_column {
    char *name, *term, *level; /* "sex=F", "sex", "F"; level "" of numbers */
    double center, scale;
};

struct round_fit {
    struct fit fit;
    size_t number;             /* in the list of fits */
    enum round_phase phase;
    int64_t n, n_event, n_sites; /* that answered */
    int64_t n_cluster;         /* of all sites, once errors are by cluster */
    struct round_newton newton;  /* p columns */
    struct round_column *columns; /* [p]; of a logistic model the first is (intercept) */
    double *covariance;        /* [p * p] */
    size_t n_day;              /* of `days` and shares */
    double *days, *shares;
    char **strata;             /* [n_day] of the formula, as sites name them */
    char *note;                /* NULL: none */
};

struct round {
    int number;
    bool one_baseline;         /* of all sites; else each has its own */
    int64_t threshold;
    size_t n_sites;
    size_t n;
    struct round_fit *fits;
};

/** Is the fit one whose days all sites share? */
bool round_fit_by_day(const struct round *round, const struct round_fit *fit);

/** Are its errors made of squares of shares of the score? */
bool round_fit_is_robust(const struct round_fit *fit);

/** Days for round_fit.days, shares and strata, in place of those that are there.  -1 after telling. */
int round_fit_alloc_days(struct round_fit *fit, size_t n_day);

/** p columns of zeros; -1 after telling. */
int round_fit_alloc(struct round_fit *fit, size_t p);
void round_free(struct round *round);

int round_write(const struct round *round, const struct study *study, struct store_writer *writer);

/** Of a round, or of an answer to it; path for messages.  -1 after telling; free in any case. */
int round_read(struct store *store, const char *path, const struct study *study, struct round *round);

/** Does any fit still ask for something? */
bool round_asks(const struct round *round);

#endif
