/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * cox_model.h - one proportional-hazards regression and its rows of `estimates`.
 *
 *     log_hazard_ratio, hazard_ratio   by term
 *     loglik                           term null, model
 *     lr_test, wald_test, score_test
 *     concordance
 *     ph_test                          by term of the formula, and GLOBAL
 *
 * What has no coefficient is a row without numbers whose note says why: no events, a column that is constant or a
 * combination of columns before it, or a likelihood that rises for ever.  The rest is fitted all the same.
 */
#ifndef COMPARE_COX_MODEL_H
#define COMPARE_COX_MODEL_H

#include "compare/estimates.h"
#include "stats/cox.h"
#include "stats/cox_zph.h"

struct cox_request {
    struct cox_rows rows;
    enum cox_ties ties;
    bool robust;            /* infinitesimal jackknife; always with sampling weights or clusters */
    bool firth;             /* Firth's penalty; not with robust */
    const struct clusters *clusters; /* of rows, or NULL */
    bool zph;               /* test proportional hazards, by this transform */
    enum cox_transform transform;
    char *const *names;     /* [p] of the columns */
    const int32_t *term;    /* [p] which term a column belongs to */
    size_t n_term;
    char *const *term_names; /* [n_term] */
    double level;
    int n_threads;
};

struct cox_model {
    const struct cox_request *request;
    struct cox_data *data;
    struct cox_work *work;
    struct cox_fit *fit;
    double *covariance;     /* [p * p] robust or from the information; 0 where left out */
    bool robust;
    int64_t n_cluster;      /* with rows, where there are clusters */
    const char *undefined;  /* why there is no fit at all, or NULL */
};

/** Fits; the request must outlive the model.  NULL after telling. */
struct cox_model *cox_model_fit(const struct cox_request *request);
void cox_model_free(struct cox_model *model); /* NULL is fine */

/** Rows of the two ratios of one column; `row` has the keys that all rows share.  -1 after telling. */
int cox_model_add_ratio(const struct cox_model *model, const struct estimate *row, size_t column,
                        struct table *estimates);

/** All rows.  -1 after telling. */
int cox_model_add_rows(struct cox_model *model, const struct estimate *row, struct table *estimates);

#endif
