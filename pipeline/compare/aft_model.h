/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * aft_model.h - one accelerated failure time model and its rows of `estimates`.
 *
 *     coefficient                  term (intercept), log(scale)
 *     log_time_ratio, time_ratio   by column: the factor by which a unit of it stretches time
 *     loglik                       term null, model
 *     lr_test
 *
 * What has no coefficient is a row without numbers whose note says why.
 */
#ifndef COMPARE_AFT_MODEL_H
#define COMPARE_AFT_MODEL_H

#include "compare/estimates.h"
#include "stats/aft.h"

struct aft_request {
    struct aft_rows rows;
    enum aft_distribution distribution;
    char *const *names; /* [p] of the columns */
    double level;
    int n_threads;
};

/** All rows; `keys` has the keys that they share.  -1 after telling. */
int aft_model_add(const struct aft_request *request, const struct estimate *keys, struct table *estimates);

/** The rows of ratios without numbers, with the reason.  -1 after telling. */
int aft_model_undefined(const struct aft_request *request, const struct estimate *keys, const char *why,
                        struct table *estimates);

/** The same of a fit that is at hand. */
int aft_model_rows(const struct aft_request *request, const struct aft *fit, const struct estimate *keys,
                   struct table *estimates);

#endif
