/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/finegray_model.h"

#include <gsl/gsl_errno.h>
#include <stdio.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/coefficients.h"

enum { METHOD_SIZE = 128 };

static void name_method(const struct finegray_request *request, char method[static METHOD_SIZE])
{
    snprintf(method, METHOD_SIZE, "Fine-Gray; %s errors%s", request->rows.cluster != NULL ? "cluster-robust" : "robust",
             request->rows.n_group > 1 ? "; censoring by group" : "");
}

/* What all rows share; method needs room. */
static struct coefficient_rows shared(const struct finegray_request *request, const struct estimate *keys,
                                      char method[static METHOD_SIZE], struct table *estimates)
{
    struct coefficient_rows rows = {.keys = *keys, .measure = MEASURE_log_subhazard_ratio,
                                    .exponential = MEASURE_subhazard_ratio, .level = request->level, .converged = true,
                                    .estimates = estimates};

    name_method(request, method);
    rows.keys.method = method;
    rows.keys.cause = request->cause;
    return rows;
}

int finegray_model_undefined(const struct finegray_request *request, const struct estimate *keys, const char *why,
                             struct table *estimates)
{
    char method[METHOD_SIZE];
    const struct coefficient_rows rows = shared(request, keys, method, estimates);

    for (size_t j = 0; j < request->rows.design->p; j++)
        if (coefficient_add_undefined(&rows, request->names[j], why) != 0)
            return -1;
    return 0;
}

int finegray_model_rows(const struct finegray_request *request, const struct finegray *fit, const struct estimate *keys,
                        struct table *estimates)
{
    static const enum coefficient_state states[] = {
        [FINEGRAY_FITTED] = COEFFICIENT_FITTED, [FINEGRAY_ALIASED] = COEFFICIENT_ALIASED,
        [FINEGRAY_INFINITE] = COEFFICIENT_INFINITE,
    };
    static const char nothing[] = "no term has a coefficient";
    char method[METHOD_SIZE];
    struct coefficient_rows rows = shared(request, keys, method, estimates);

    rows.keys.n_event = fit->n_event;
    rows.converged = fit->converged;
    for (size_t j = 0; j < fit->p; j++) {
        const struct coefficient coefficient = {.term = request->names[j],
                                                .state = states[fit->column[j]],
                                                .estimate = fit->coef[j],
                                                .std_error = fit->std_err[j]};
        if (coefficient_add(&rows, &coefficient) != 0)
            return -1;
    }
    if (coefficient_add_loglik(&rows, fit->loglik_null, fit->loglik) != 0 ||
        coefficient_add_test(&rows, MEASURE_lr_test, &fit->lr_test, nothing) != 0)
        return -1;
    return coefficient_add_test(&rows, MEASURE_wald_test, &fit->wald_test,
                                fit->lr_test.df > 0 ? "a coefficient does not exist: see lr_test" : nothing);
}

int finegray_model_add(const struct finegray_request *request, const struct estimate *keys, struct table *estimates)
{
    const struct finegray_control control = FINEGRAY_CONTROL;
    struct finegray *fit = finegray_alloc(request->rows.design->p);
    int result;
    if (fit == NULL)
        return fail_memory();
    const int status = finegray_solve(&request->rows, &control, (size_t)(request->n_threads < 1 ? 1 : request->n_threads), fit);
    if (status == GSL_EZERODIV)
        result = finegray_model_undefined(request, keys, "no events of this cause", estimates);
    else if (status == GSL_EDOM)
        result = finegray_model_undefined(request, keys, "the linear predictor spans too far for exp; rescale a covariate",
                                          estimates);
    else if (status != GSL_SUCCESS)
        result = fail("Fine-Gray regression: %s", gsl_strerror(status));
    else
        result = finegray_model_rows(request, fit, keys, estimates);
    finegray_free(fit);
    return result;
}
