/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/frailty_model.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/coefficients.h"

enum { METHOD_SIZE = 192, NOTE_SIZE = 128 };

static struct coefficient_rows shared(const struct frailty_request *request, const struct estimate *keys,
                                      char method[static METHOD_SIZE], struct table *estimates)
{
    const struct cox_request *const cox = request->cox;
    const struct cox_rows *const of = &cox->rows;
    struct coefficient_rows rows = {.keys = *keys, .measure = MEASURE_log_hazard_ratio, .exponential = MEASURE_hazard_ratio,
                                    .level = cox->level, .converged = true, .estimates = estimates};
    char group[ESCAPED_SIZE];

    snprintf(method, METHOD_SIZE, "Cox, %s ties%s; gamma frailty by %.64s, %zu groups", cox->ties == COX_EFRON ? "Efron" : "Breslow",
             of->n_stratum > 1 ? ", stratified" : "", escape_value(group, request->name, strlen(request->name)), request->n_group);
    rows.keys.method = method;
    rows.keys.n = rows.keys.n_event = 0;
    for (size_t i = 0; i < of->n; i++) {
        const int64_t people = of->frequency != NULL ? of->frequency[i] : 1;
        rows.keys.n += people;
        rows.keys.n_event += of->event[i] != 0 ? people : 0;
    }
    int64_t n[] = {rows.keys.n, rows.keys.n_event};
    reducer_sum(of->reducer, n, 2);
    rows.keys.n = n[0];
    rows.keys.n_event = n[1];
    return rows;
}

static int add_variance(const struct cox_frailty *fit, const struct coefficient_rows *rows)
{
    struct estimate row = rows->keys;
    struct chi_square_test test;

    row.measure = MEASURE_frailty_variance;
    row.estimate = fit->theta;
    row.note = fit->theta > 0 ? "likelihood-ratio test on the boundary: half of chi-square"
                              : "nothing speaks for differences between the groups";
    if (fit->theta > 0) {
        row.statistic = fmax(2 * (fit->loglik - fit->loglik_null), 0);
        row.df = 1;
        /* On the edge of what a variance can be, the test is an even mixture of 0 and chi-square. */
        chi_square_test_set(&test, row.statistic, 1);
        row.p_value = test.p_value / 2;
    }
    return estimates_add(rows->estimates, &row);
}

static int add_loglik(const struct cox_frailty *fit, const struct coefficient_rows *rows)
{
    struct estimate row = rows->keys;

    row.measure = MEASURE_loglik;
    row.term = "no frailty";
    row.estimate = fit->loglik_null;
    if (estimates_add(rows->estimates, &row) != 0)
        return -1;
    row.term = "model";
    row.estimate = fit->loglik;
    row.note = "frailties integrated out";
    return estimates_add(rows->estimates, &row);
}

int frailty_model_rows(const struct frailty_request *request, const struct cox_frailty *fit, const struct estimate *keys,
                       struct table *estimates)
{
    char method[METHOD_SIZE];
    struct coefficient_rows rows = shared(request, keys, method, estimates);

    rows.converged = fit->converged;
    for (size_t j = 0; j < fit->p; j++) {
        const struct coefficient ratio = {.term = request->cox->names[j],
                                          .state = isnan(fit->coef[j]) ? COEFFICIENT_ALIASED : COEFFICIENT_FITTED,
                                          .estimate = fit->coef[j],
                                          .std_error = fit->std_err[j]};
        if (coefficient_add(&rows, &ratio) != 0)
            return -1;
    }
    return add_loglik(fit, &rows) != 0 ? -1 : add_variance(fit, &rows);
}

static int add_undefined(const struct frailty_request *request, const struct estimate *keys, const char *why,
                         struct table *estimates)
{
    char method[METHOD_SIZE];
    const struct coefficient_rows rows = shared(request, keys, method, estimates);

    for (size_t j = 0; j < request->cox->rows.design->p; j++)
        if (coefficient_add_undefined(&rows, request->cox->names[j], why) != 0)
            return -1;
    return 0;
}

int frailty_model_add(const struct frailty_request *request, const struct estimate *keys, struct table *estimates)
{
    const struct cox_request *const cox = request->cox;
    struct cox_frailty *fit = cox_frailty_alloc(cox->rows.design->p, request->n_group);
    char why[NOTE_SIZE];
    int result;

    if (fit == NULL)
        return fail_memory();
    const int status = cox_frailty_solve(&cox->rows, cox->ties, request->group, request->n_group, NAN, (size_t)cox->n_threads, fit);
    snprintf(why, sizeof why, "frailty by %.40s: %zu groups, where 2 to %d were expected", request->name, request->n_group,
             COX_FRAILTY_GROUPS_MAX);
    if (status == GSL_EINVAL || status == GSL_EZERODIV)
        result = add_undefined(request, keys, status == GSL_EINVAL ? why : "no events", estimates);
    else if (status != GSL_SUCCESS)
        result = fail("frailty: %s", gsl_strerror(status));
    else
        result = frailty_model_rows(request, fit, keys, estimates);
    cox_frailty_free(fit);
    return result;
}
