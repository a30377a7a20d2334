/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * logistic_model.h - one logistic regression of an outcome that is yes or no, and its rows of `estimates`.
 *
 *     log_odds_ratio, odds_ratio   by column; (intercept) first
 *     loglik                       term null, model
 *     lr_test, wald_test, score_test   not with clusters: they take the model's variance for granted
 */
#ifndef COMPARE_LOGISTIC_MODEL_H
#define COMPARE_LOGISTIC_MODEL_H

#include "compare/estimates.h"
#include "stats/glm.h"

struct logistic_request {
    struct glm_data data;   /* weights are frequencies */
    const struct clusters *clusters; /* of rows: robust errors; NULL: those of the model */
    char *const *names;     /* [p] of the columns */
    double level;
    int n_threads;
    const struct reducer *reducer; /* the rows are those of one of several places (stats/reducer.h); NULL: all */
};

/** All rows; `row` has the keys that they share, and the counts.  -1 after telling. */
int logistic_model_add(const struct logistic_request *request, const struct estimate *row, struct table *estimates);

#endif
