/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/aft_model.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/coefficients.h"

static const char *method_name(enum aft_distribution distribution)
{
    static const char *const names[] = {
        [AFT_WEIBULL] = "Weibull; accelerated failure time", [AFT_EXPONENTIAL] = "exponential; accelerated failure time",
        [AFT_LOGNORMAL] = "log-normal; accelerated failure time", [AFT_LOGLOGISTIC] = "log-logistic; accelerated failure time",
    };
    return names[distribution];
}

static struct coefficient_rows shared(const struct aft_request *request, const struct estimate *keys, struct table *estimates)
{
    struct coefficient_rows rows = {.keys = *keys, .measure = MEASURE_log_time_ratio, .exponential = MEASURE_time_ratio,
                                    .level = request->level, .converged = true, .estimates = estimates};

    rows.keys.method = method_name(request->distribution);
    return rows;
}

int aft_model_undefined(const struct aft_request *request, const struct estimate *keys, const char *why,
                        struct table *estimates)
{
    const struct coefficient_rows rows = shared(request, keys, estimates);

    for (size_t j = 0; j < request->rows.design->p; j++)
        if (coefficient_add_undefined(&rows, request->names[j], why) != 0)
            return -1;
    return 0;
}

/* A parameter that is no ratio of times. */
static int add_parameter(const struct coefficient_rows *ratios, const char *name, double estimate, double std_error)
{
    const struct coefficient parameter = {.term = name, .state = isnan(estimate) ? COEFFICIENT_INFINITE : COEFFICIENT_FITTED,
                                          .estimate = estimate, .std_error = std_error};
    struct coefficient_rows rows = *ratios;

    rows.measure = rows.exponential = MEASURE_coefficient;
    return coefficient_add(&rows, &parameter);
}

int aft_model_rows(const struct aft_request *request, const struct aft *fit, const struct estimate *keys,
                   struct table *estimates)
{
    static const enum coefficient_state states[] = {
        [AFT_FITTED] = COEFFICIENT_FITTED, [AFT_ALIASED] = COEFFICIENT_ALIASED, [AFT_INFINITE] = COEFFICIENT_INFINITE,
    };
    struct coefficient_rows rows = shared(request, keys, estimates);

    rows.keys.n = fit->n_person;
    rows.keys.n_event = fit->n_event;
    rows.converged = fit->converged;
    if (add_parameter(&rows, "(intercept)", fit->coef[0], fit->std_err[0]) != 0)
        return -1;
    for (size_t j = 0; j < fit->p; j++) {
        const struct coefficient ratio = {.term = request->names[j],
                                          .state = states[fit->column[j]],
                                          .estimate = fit->coef[j + 1],
                                          .std_error = fit->std_err[j + 1]};
        if (coefficient_add(&rows, &ratio) != 0)
            return -1;
    }
    if (request->distribution != AFT_EXPONENTIAL &&
        add_parameter(&rows, "log(scale)", fit->coef[fit->p + 1], fit->std_err[fit->p + 1]) != 0)
        return -1;
    if (coefficient_add_loglik(&rows, fit->loglik_null, fit->loglik) != 0)
        return -1;
    return fit->p > 0 ? coefficient_add_test(&rows, MEASURE_lr_test, &fit->lr_test, "no term has a coefficient") : 0;
}

int aft_model_add(const struct aft_request *request, const struct estimate *keys, struct table *estimates)
{
    struct aft *fit = aft_alloc(request->rows.design->p);
    int result;

    if (fit == NULL)
        return fail_memory();
    const int status = aft_solve(&request->rows, request->distribution,
                                 (size_t)(request->n_threads < 1 ? 1 : request->n_threads), fit);
    if (status == GSL_EZERODIV)
        result = aft_model_undefined(request, keys, "no events: the likelihood has no maximum", estimates);
    else if (status == GSL_EDOM)
        result = aft_model_undefined(request, keys, "an event on day 0, which has no logarithm", estimates);
    else if (status != GSL_SUCCESS)
        result = fail("accelerated failure time model: %s", gsl_strerror(status));
    else
        result = aft_model_rows(request, fit, keys, estimates);
    aft_free(fit);
    return result;
}
