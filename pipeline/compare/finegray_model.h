/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * finegray_model.h - one regression of Fine and Gray and its rows of `estimates`.
 *
 *     log_subhazard_ratio, subhazard_ratio   by column
 *     loglik                                 term null, model
 *     lr_test (of the pseudo likelihood), wald_test (robust)
 *
 * What has no coefficient is a row without numbers whose note says why.
 */
#ifndef COMPARE_FINEGRAY_MODEL_H
#define COMPARE_FINEGRAY_MODEL_H

#include "compare/estimates.h"
#include "stats/finegray.h"

struct finegray_request {
    struct finegray_rows rows;
    char *const *names; /* [p] of the columns */
    const char *cause;  /* its name, for the rows */
    double level;
    int n_threads;
};

/** All rows; `keys` has the keys that they share, and the counts.  -1 after telling. */
int finegray_model_add(const struct finegray_request *request, const struct estimate *keys, struct table *estimates);

/** The rows of ratios without numbers, with the reason.  -1 after telling. */
int finegray_model_undefined(const struct finegray_request *request, const struct estimate *keys, const char *why,
                             struct table *estimates);

/** The same of a fit that is at hand. */
int finegray_model_rows(const struct finegray_request *request, const struct finegray *fit, const struct estimate *keys,
                        struct table *estimates);

#endif
