/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * standardised_part.h - a number of one arm by a regression of the outcome in that arm, averaged over the people it speaks
 * of (`regression`), and with the residuals of propensity weights beside it (`doubly_robust`).
 *
 * A number read on a day is the mean of what is known of a person by then: has the event happened, how many days free of
 * it up to tau.  Who was lost before stands for nobody; who was seen gets the inverse of the chance of being seen
 * (stats/ipcw.h), so that without covariates the numbers are those of Kaplan-Meier and Aalen-Johansen.  Each day and arm has a
 * regression of its own, logistic for events and linear for days and values, with the same terms.
 *
 * People with a level that the other arm does not have are left out: nothing tells how they would fare there.
 */
#ifndef COMPARE_STANDARDISED_PART_H
#define COMPARE_STANDARDISED_PART_H

#include "compare/adjusted_part.h"
#include "stats/ipcw.h"
#include "stats/standardise.h"

struct standardising {
    bool is_refit;                      /* people count otherwise than they do */
    const struct pair_rows *rows;
    const struct study_adjustment *how;
    const struct pair_weights *weights; /* of the propensity; NULL: regression alone */
    struct term_columns columns;
    bool *left_out;          /* [n] */
    int64_t n_left_out;      /* people */
    char levels[REASON_SIZE]; /* that one arm does not have, as many as there is room for */
    size_t n_more_levels;    /* without room */
    struct ipcw *ipcw[2];    /* by treated; NULL where the outcome has no time */
    struct ipcw_rows arm[2]; /* rows of each arm */
    double *target;          /* [n] */
    double *frequency;       /* [n] 0 for who is left out */
    double *y, *observed, *seen, *residual; /* [n] of the part that is computed: seen is 1 / G, 0 when lost */
    double *slope, *share;   /* [n] */
    uint32_t *n_before;      /* [n] */
    double events;           /* of the last part: people with, or without, the event, whichever are fewer; and */
    size_t p;                /* columns of its regression */
    bool penalised;
};

/** -1 after telling.  Free in any case. */
int standardising_make(const struct pair_rows *rows, const struct study_adjustment *how, const struct pair_weights *weights,
                       struct standardising *s);
void standardising_free(struct standardising *s);

/**
 * The same when people count otherwise: who is left out, censoring weights and regressions anew, on the columns of `of`.
 *
 * frequency  [n] may be 0; it, rows and weights must outlive the result
 * rows       the caller's: the rows of `of`, as they count now
 * weights    of the propensity as it counts now; NULL: none
 *
 * -1 after telling.  Free in any case, with standardising_refit_free().
 */
int standardising_refit(const struct standardising *of, const double *frequency, const struct pair_weights *weights,
                        struct pair_rows *rows, struct standardising *refit);
void standardising_refit_free(struct standardising *refit);

/**
 * What is known of the people of one arm (treated 0, 1) or of both (-1) by a day: y, seen, n_before, and observed, which is 0
 * for who is lost, left out or of the other arm.
 */
void standardising_look(struct standardising *s, const struct part_of_arm *what, int treated);

/** The last day on which an arm is seen; INFINITY where everybody had an event, or the outcome has no time. */
double standardising_most(const struct standardising *s, uint8_t treated);

/** As weighted_part(). */
int standardised_part(struct standardising *s, const struct part_of_arm *what, uint8_t treated, struct adjusted_part *part);

#endif
