/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * glm_step.h - inside glm.c: one pass over the rows, one Newton step, and the search for separation.
 */
#ifndef STATS_GLM_STEP_H
#define STATS_GLM_STEP_H

#include "stats/design_gram.h"
#include "stats/glm.h"

/* The rows of a fit on the standardised design; weights may be set to 0 while it goes on. */
struct glm_work {
    const struct glm_data *data;
    struct glm_options options;
    const struct design_matrix *design; /* standardised */
    size_t n, p;                        /* p counts the intercept */
    size_t n_all;                       /* rows in all places */
    double *weight;                     /* [n] */
    double *eta;                        /* [n] */
    double *residual, *information, *spare; /* [n] of a pass */
    double *score, *step, *sums;        /* [p] */
    double *matrix, *inverse;           /* [p * p] the information, then its factor; its inverse */
    bool *aliased, *aliased_before;     /* [p] */
    double tolerance;                   /* of aliasing: judged once, then only against rounding */
    signed char *perfect;               /* [n] -1, 1: predicted perfectly, eta is infinite; 0 */
    const double *center, *scale;       /* [p - 1] of the standardised columns */
    struct gram_layout *layout;
    struct gram *gram;
    double most_residual, most_information; /* bounds of the sums of a pass */
    double loglik;
};

/** An order-free sum of n numbers, and of those in other places; NAN when one is not finite. */
double glm_total(const struct reducer *reducer, const double *x, size_t n);

/** Log-likelihood of coefficients (penalised with firth), NAN where it is not finite; fills eta and what a pass leaves. */
int glm_evaluate(struct glm_work *work, const double *coef);

/** Score, information, its inverse and the step from where glm_evaluate was last.  GSL_ENOMEM. */
int glm_derive(struct glm_work *work);

/** The same with the information of where glm_derive was last: score and step only.  Not with firth. */
int glm_aim(struct glm_work *work);

/** score' inverse score: the squared length of the step in standard errors. */
double glm_step_length(const struct glm_work *work);

/** The matrix (1, x)' diag(information) (1, x), information at most most_information.  GSL_ENOMEM, GSL_EOVRFLW. */
int glm_add_information(struct glm_work *work);

/** The largest magnitude; 0 without any. */
double glm_largest(const double *x, size_t n);

/**
 * glm_separates - is there a direction along which the likelihood never stops rising (glm_separation.c)?
 *
 * Tried are the step; the predictor of coef as far as rows that are not yet far on their own side do not move along it; and all of
 * it, where every row of a logistic regression is on its own side.  What is found is a proof: no row goes away from its outcome.  Then the columns of the direction are marked in separated (the
 * intercept is that of the columns as given), and rows that it predicts perfectly get weight 0 and their side in `perfect`.
 *
 * After glm_derive, which has to be called again before its matrix and information are used; the step stays.  GSL_ENOMEM.
 */
int glm_separates(struct glm_work *work, const double *coef, bool *separated, bool *found);

/**
 * glm_leaves_open - is there a direction that the rows that say something leave open, at the maximum?
 *
 * A row within 1e-8 of its outcome says nothing: what moves such rows alone has no estimate to speak of, its error is beyond ten thousand,
 * and where its maximum lies, if it has one, is rounding.  It is treated as if it were separated, as is what rows that are predicted
 * perfectly leave behind them: the columns of the direction are marked, whichever of them comes first, and the rows as in glm_separates.
 *
 * coef     [p] the maximum
 * aliased  [p] columns that are left out anyway
 * found    rows were marked: the others are to be fitted again
 *
 * After the last glm_derive; without a finding everything is again as it left it.  GSL_ENOMEM.
 */
int glm_leaves_open(struct glm_work *work, const double *coef, const bool *aliased, bool *separated, bool *found);

#endif
