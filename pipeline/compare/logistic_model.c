/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/logistic_model.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/coefficients.h"
#include "stats/glm_sandwich.h"

static const char *term_of(const struct logistic_request *request, size_t j)
{
    return j == 0 ? "(intercept)" : request->names[j - 1];
}

static struct chi_square_test test_of(double statistic, size_t df)
{
    struct chi_square_test test = {NAN, 0, NAN, NAN};

    if (df > 0 && statistic >= 0)
        chi_square_test_set(&test, statistic, df);
    return test;
}

static int add_tests(const struct glm_fit *fit, const struct coefficient_rows *rows)
{
    static const char nothing[] = "no term has a coefficient";
    const struct chi_square_test lr = test_of(fmax(2 * (fit->loglik - fit->loglik_null), 0), fit->df);
    const struct chi_square_test wald = test_of(fit->wald_test, fit->df), score = test_of(fit->score_test, fit->df);

    return coefficient_add_test(rows, MEASURE_lr_test, &lr, nothing) != 0 ||
                   coefficient_add_test(rows, MEASURE_wald_test, &wald,
                                        fit->df > 0 ? "a coefficient does not exist: see lr_test and score_test" : nothing) != 0 ||
                   coefficient_add_test(rows, MEASURE_score_test, &score, nothing) != 0
               ? -1
               : 0;
}

static int add_all(const struct logistic_request *request, const struct glm_fit *fit, const double *covariance,
                   const struct coefficient_rows *rows)
{
    for (size_t j = 0; j < fit->p; j++) {
        const struct coefficient coefficient = {
            .term = term_of(request, j),
            .state = fit->separated[j] ? COEFFICIENT_INFINITE : fit->aliased[j] ? COEFFICIENT_ALIASED : COEFFICIENT_FITTED,
            .estimate = fit->coef[j],
            .std_error = sqrt(covariance[j * fit->p + j])};
        if (coefficient_add(rows, &coefficient) != 0)
            return -1;
    }
    if (coefficient_add_loglik(rows, fit->loglik_null, fit->loglik) != 0)
        return -1;
    return request->clusters != NULL ? 0 : add_tests(fit, rows);
}

/* A fit that cannot be had at all: every row says why. */
static int add_undefined(const struct logistic_request *request, const struct coefficient_rows *rows, const char *why)
{
    for (size_t j = 0; j <= request->data.design->p; j++)
        if (coefficient_add_undefined(rows, term_of(request, j), why) != 0)
            return -1;
    return 0;
}

/* NULL: everything varies. */
static const char *why_not(const struct glm_data *data, const struct reducer *reducer)
{
    int64_t n[2] = {0, 0}, *const yes = &n[0], *const no = &n[1];

    for (size_t i = 0; i < data->design->n; i++) {
        *yes += data->y[i] > 0.5;
        *no += data->y[i] < 0.5;
    }
    reducer_sum(reducer, n, 2);
    return *yes + *no == 0 ? "nobody has all terms" : *yes == 0 ? "no events" : *no == 0 ? "everybody has the event" : NULL;
}

int logistic_model_add(const struct logistic_request *request, const struct estimate *keys, struct table *estimates)
{
    const struct glm_options options = {.family = GLM_LOGISTIC,
                                        .n_threads = (size_t)(request->n_threads < 1 ? 1 : request->n_threads),
                                        .reducer = request->reducer};
    const char *const why = why_not(&request->data, request->reducer);
    struct glm_fit *fit = NULL;
    double *robust = NULL;
    char method[64] = "logistic";
    struct coefficient_rows rows = {.keys = *keys, .measure = MEASURE_log_odds_ratio, .exponential = MEASURE_odds_ratio,
                                    .level = request->level, .estimates = estimates};
    int result = -1;

    rows.keys.method = method;
    if (why != NULL)
        return add_undefined(request, &rows, why);
    int status = glm_fit_alloc(&request->data, &options, &fit);
    if (status == GSL_SUCCESS && request->clusters != NULL) {
        int64_t n_cluster = 0;
        status = clusters_count(request->clusters, request->data.design->n, request->reducer, &n_cluster);
        if (status == GSL_SUCCESS && (robust = allocate(fit->p * fit->p, sizeof *robust)) != NULL)
            status = glm_sandwich_clustered(&request->data, &options, fit, request->clusters, robust);
        snprintf(method, sizeof method, "logistic; robust, %lld clusters", (long long)n_cluster);
    }
    if (status == GSL_EDOM)
        result = add_undefined(request, &rows, "fewer than two clusters");
    else if (status != GSL_SUCCESS)
        fail("logistic regression: %s", gsl_strerror(status));
    else if (request->clusters == NULL || robust != NULL) {
        rows.converged = fit->converged;
        result = add_all(request, fit, robust != NULL ? robust : fit->covariance, &rows);
    }
    free(robust);
    glm_fit_free(fit);
    return result;
}
