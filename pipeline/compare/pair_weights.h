/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * pair_weights.h - weights that make an arm and its reference alike: from a propensity, its strata, or matches.
 *
 *     overlap, iptw, att, atc   of a logistic model of the arm (stats/propensity.h)
 *     stratify                  of the shares of the arm in strata of the score: a model with one column a stratum
 *     match                     1 for who is matched and 1/m for each of m matches; variances add within matched sets
 *
 * The propensity is estimated, so a number's linear part has the part that estimating it adds (stats/influence.h).
 */
#ifndef COMPARE_PAIR_WEIGHTS_H
#define COMPARE_PAIR_WEIGHTS_H

#include "compare/pair_rows.h"
#include "compare/term_columns.h"
#include "stats/glm.h"
#include "stats/propensity.h"

enum { REASON_SIZE = 200 };

/** A logistic model of being in the arm. */
struct pair_model {
    struct term_columns columns;
    double *arm;          /* [n] y of the model */
    struct glm_data data;
    struct glm_fit *fit;
};

struct pair_weights {
    const struct pair_rows *rows;
    const struct study_adjustment *how;
    const double *counts;      /* [n] frequencies in place of the rows' own; NULL: those */
    struct pair_model score;   /* the propensity */
    struct pair_model strata;  /* stratify: of the strata; else empty */
    double *weight, *slope;    /* [n] with frequencies; slope by the linear predictor of the model that weights rest on */
    struct propensity_summary summary;
    double *used;              /* stratify: [n] frequency of who is not left out; else NULL */
    int32_t *set;              /* match: [n] matched set, -1: none; else NULL */
    int32_t *next;             /* [n] workspace for members of a set */
    size_t n_set, n_pairs;
    double used_people[2];     /* stabilised: people of each arm; else 0 */
    bool withheld;             /* the comparison is not identified, and reason says why */
    char reason[REASON_SIZE];
    char separated[REASON_SIZE]; /* columns that only one arm has; "" when none */
    size_t p;                  /* columns of the propensity that are estimated */
};

/** -1 after telling.  Free in any case. */
int pair_weights_make(const struct pair_rows *rows, const struct study_adjustment *how, struct pair_weights *weights);
void pair_weights_free(struct pair_weights *weights);

/**
 * Weights of the same rows when they count otherwise: the model on the columns of `of` and its weights anew, by weighting or
 * strata; frequency [n] may be 0 and must outlive the result.  refit->withheld when an arm has nobody.  -1 after telling.
 */
int pair_weights_refit(const struct pair_weights *of, const double *frequency, struct pair_weights *refit);
void pair_weights_refit_free(struct pair_weights *refit);

/** Fits the model of the arm on model->columns.  -1 after telling. */
int pair_model_fit(const struct pair_rows *rows, struct pair_model *model);

/** The model that the weights rest on; NULL when they count as known (matches). */
const struct pair_model *pair_weights_model(const struct pair_weights *weights);

/** Fits the model of the arm alone: score, separated, p.  The propensity of doubly robust numbers. */
int pair_score_fit(const struct pair_rows *rows, const struct study_terms *terms, struct pair_weights *weights);

#endif
