/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * frailty_model.h - one Cox regression whose groups (sites, programmes) have gamma frailties, and its rows of `estimates`.
 *
 *     log_hazard_ratio, hazard_ratio   by column
 *     loglik                           term `no frailty`, model (frailties integrated out)
 *     frailty_variance                 with the likelihood-ratio test on its boundary
 */
#ifndef COMPARE_FRAILTY_MODEL_H
#define COMPARE_FRAILTY_MODEL_H

#include "compare/cox_model.h"
#include "stats/cox_frailty.h"

struct frailty_request {
    const struct cox_request *cox; /* ties Efron or Breslow */
    const int32_t *group;          /* [cox->rows.n] 0 .. n_group - 1 */
    size_t n_group;
    const char *name;              /* of the column of groups */
};

/** All rows; `keys` has the keys that they share.  Without a fit the ratios are rows that say why.  -1 after telling. */
int frailty_model_add(const struct frailty_request *request, const struct estimate *keys, struct table *estimates);

/** The same of a fit that is at hand. */
int frailty_model_rows(const struct frailty_request *request, const struct cox_frailty *fit, const struct estimate *keys,
                       struct table *estimates);

#endif
