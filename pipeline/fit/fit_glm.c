/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logistic, Poisson and negative binomial regression. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/threads.h"
#include "compare/coefficients.h"
#include "fit/frame.h"
#include "fit/regressors.h"
#include "stats/exact_sum.h"
#include "stats/gee.h"
#include "stats/glm_profile.h"
#include "stats/glm_sandwich.h"
#include "stats/negbin.h"
#include "stats/rate_ratio.h"

enum { METHOD_SIZE = 128 };

/* A fit with what its rows need. */
struct glm_run {
    const struct fit_request *request;
    const struct frame *frame;
    struct glm_options options;
    struct glm_data data;
    double *memory; /* outcome, offset and weight of the rows */
    struct negbin negbin; /* fit; theta of a negative binomial */
    double *covariance; /* [p * p] that is shown */
    struct gee gee;     /* of --working exchangeable */
    char method[METHOD_SIZE];
};

static void run_clear(struct glm_run *run)
{
    negbin_clear(&run->negbin);
    gee_clear(&run->gee);
    free(run->memory);
    free(run->covariance);
}

/* Outcome, offset with the logarithm of the exposure, and weights, as plain arrays. */
static int take_rows(struct glm_run *run)
{
    const struct frame *const frame = run->frame;
    const double *const known = frame->regressors->offset;
    const size_t n = frame->n;

    if ((run->memory = allocate(3 * n, sizeof *run->memory)) == NULL)
        return -1;
    double *const y = run->memory, *const offset = y + n, *const weight = y + 2 * n;
    for (size_t i = 0; i < n; i++) {
        y[i] = frame->count != NULL ? frame->count[i] : (double)frame->event[i];
        offset[i] = (known != NULL ? known[i] : 0) + (frame->exposure != NULL ? log(frame->exposure[i]) : 0);
        weight[i] = frame->weight != NULL ? frame->weight[i] : frame->frequency != NULL ? (double)frame->frequency[i] : 1;
    }
    run->data = (struct glm_data){.design = &frame->regressors->matrix, .y = y};
    if (known != NULL || frame->exposure != NULL)
        run->data.offset = offset;
    if (frame->weight != NULL || frame->frequency != NULL)
        run->data.weight = weight;
    return 0;
}

static int solve(struct glm_run *run)
{
    const int status = run->options.family == GLM_NEGBIN ? negbin_solve(&run->data, &run->options, &run->negbin)
                                                         : glm_fit_alloc(&run->data, &run->options, &run->negbin.fit);

    if (status != GSL_SUCCESS)
        return fail("'%s': %s", run->request->model->name, gsl_strerror(status));
    if (run->options.family == GLM_NEGBIN) {
        run->options.theta = run->negbin.theta;
        if (run->negbin.infinite)
            run->options.family = GLM_POISSON;
    }
    return 0;
}

/* Coefficients and their variance by estimating equations in place of the likelihood. */
static int solve_marginal(struct glm_run *run)
{
    const struct glm_fit *const fit = run->negbin.fit;

    for (size_t j = 0; j < fit->p; j++)
        if (fit->separated[j])
            return fail("--working exchangeable: some level predicts the outcome perfectly");
    const int status = gee_exchangeable(&run->data, &run->options, fit, run->frame->cluster, run->frame->n_cluster, &run->gee);

    if (status == GSL_EDOM)
        return fail("--working exchangeable: it needs two clusters, one of them with two rows, and a correlation below 1");
    if (status != GSL_SUCCESS)
        return fail("--working exchangeable: %s", gsl_strerror(status));
    for (size_t k = 0; k < fit->p * fit->p; k++)
        run->covariance[k] = run->gee.covariance[k];
    return 0;
}

/* The variance that is shown: the model's, robust, or by cluster.  Sampling weights have no variance of a model. */
static int find_covariance(struct glm_run *run)
{
    const struct fit_request *const request = run->request;
    const struct glm_fit *const fit = run->negbin.fit;
    const bool sampling = run->frame->weight != NULL, robust = request->robust || sampling;
    const struct clusters clusters = {.of = run->frame->cluster, .n = run->frame->n_cluster};
    const size_t p = fit->p;
    int status = GSL_SUCCESS;

    if ((run->covariance = allocate(p * p, sizeof *run->covariance)) == NULL)
        return -1;
    if (request->exchangeable)
        return solve_marginal(run);
    if (run->frame->cluster != NULL)
        status = glm_sandwich_clustered(&run->data, &run->options, fit, &clusters, run->covariance);
    else if (robust)
        status = glm_sandwich(&run->data, &run->options, fit, request->hc, !sampling, run->covariance);
    else
        for (size_t k = 0; k < p * p; k++)
            run->covariance[k] = fit->covariance[k];
    if (status == GSL_EDOM)
        return fail(run->frame->cluster != NULL ? "--cluster: fewer than two clusters"
                                                : "--robust: a row decides its own fit (leverage 1); hc0 can be had");
    return status == GSL_SUCCESS ? 0 : fail("robust variance: %s", gsl_strerror(status));
}

static void name_method(struct glm_run *run)
{
    static const char *const families[] = {"logistic", "Poisson", "negative binomial"};
    const char *const family = run->negbin.infinite ? "negative binomial at its limit, Poisson"
                                                    : families[run->options.family];
    char errors[64] = "";

    if (run->frame->cluster != NULL)
        snprintf(errors, sizeof errors, "%s; robust, %zu clusters", run->request->exchangeable ? ", exchangeable" : "",
                 run->frame->n_cluster);
    else if (run->request->robust || run->frame->weight != NULL)
        snprintf(errors, sizeof errors, "; HC%d errors", (int)run->request->hc);
    else if (run->request->profile)
        snprintf(errors, sizeof errors, "; profile likelihood limits");
    snprintf(run->method, sizeof run->method, "%s%s%s", family, run->options.firth ? ", Firth's penalty" : "", errors);
}

static int add_coefficients(const struct glm_run *run, const struct coefficient_rows *rows)
{
    const struct glm_fit *const fit = run->negbin.fit;

    for (size_t j = 0; j < fit->p; j++) {
        struct coefficient coefficient = {
            .term = j == 0 ? "(intercept)" : run->frame->regressors->names[j - 1],
            .state = fit->separated[j] ? COEFFICIENT_INFINITE : fit->aliased[j] ? COEFFICIENT_ALIASED : COEFFICIENT_FITTED,
            .estimate = run->request->exchangeable ? run->gee.coef[j] : fit->coef[j],
            .std_error = sqrt(run->covariance[j * fit->p + j])};

        if (run->request->profile && j > 0 && coefficient.state == COEFFICIENT_FITTED) {
            const int status = glm_profile_limits(&run->data, &run->options, fit, j, run->request->level, &coefficient.conf_low,
                                                  &coefficient.conf_high);
            if (status != GSL_SUCCESS)
                return fail("--profile: %s", gsl_strerror(status));
            coefficient.limited = true;
        }
        if (coefficient_add(rows, &coefficient) != 0)
            return -1;
    }
    return 0;
}

static struct chi_square_test test_of(double statistic, size_t df)
{
    struct chi_square_test test = {NAN, 0, NAN, NAN};

    if (df > 0 && statistic >= 0)
        chi_square_test_set(&test, statistic, df);
    return test;
}

static int add_tests(const struct glm_run *run, const struct coefficient_rows *rows)
{
    const struct glm_fit *const fit = run->negbin.fit;
    const char *const nothing = "no term has a coefficient";
    const struct chi_square_test lr = test_of(fmax(2 * (fit->loglik - fit->loglik_null), 0), fit->df);
    const struct chi_square_test wald = test_of(fit->wald_test, fit->df), score = test_of(fit->score_test, fit->df);

    if (run->request->exchangeable)
        return 0; /* estimating equations have no likelihood */
    if (coefficient_add_loglik(rows, fit->loglik_null, fit->loglik) != 0)
        return -1;
    if (run->frame->weight != NULL || run->frame->cluster != NULL || run->request->robust)
        return 0; /* these tests take the model's variance for granted */
    return coefficient_add_test(rows, MEASURE_lr_test, &lr, nothing) != 0 ||
                   coefficient_add_test(rows, MEASURE_wald_test, &wald,
                                        fit->df > 0 ? "a coefficient does not exist: see lr_test and score_test" : nothing) !=
                       0 ||
                   coefficient_add_test(rows, MEASURE_score_test, &score,
                                        run->options.firth ? "not defined for a penalised likelihood" : nothing) != 0
               ? -1
               : 0;
}

static int add_correlation(const struct glm_run *run, const struct coefficient_rows *rows)
{
    struct estimate row = rows->keys;

    if (!run->request->exchangeable)
        return 0;
    row.measure = MEASURE_coefficient;
    row.term = "working correlation";
    row.estimate = run->gee.alpha;
    return estimates_add(rows->estimates, &row);
}

/* Pearson's chi-square over its degrees of freedom: above 1 the counts spread more than Poisson's do. */
static double pearson_dispersion(const struct glm_run *run)
{
    const struct glm_fit *const fit = run->negbin.fit;
    struct exact_sum sum;
    double total, used = 0;

    exact_sum_init(&sum);
    for (size_t i = 0; i < fit->n; i++) {
        const double w = run->data.weight != NULL ? run->data.weight[i] : 1, mean = glm_mean(GLM_POISSON, fit->eta[i]);

        if (w > 0 && mean > 0)
            exact_sum_add(&sum, w * (run->data.y[i] - mean) * (run->data.y[i] - mean) / mean);
        used += w;
    }
    exact_sum_round(&sum, &total);
    return total / (used - (double)fit->df - 1);
}

static int add_dispersion(const struct glm_run *run, const struct coefficient_rows *rows)
{
    struct estimate row = rows->keys;

    row.measure = MEASURE_dispersion;
    if (run->request->model->outcome != OUTCOME_COUNT)
        return 0;
    if (run->request->exchangeable) {
        row.term = "pearson";
        row.estimate = run->gee.phi;
        return estimates_add(rows->estimates, &row);
    }
    if (run->options.theta == 0) {
        row.term = "pearson";
        row.estimate = pearson_dispersion(run);
        return estimates_add(rows->estimates, &row);
    }
    row.term = "theta";
    if (run->negbin.infinite) {
        row.status = "undefined";
        row.note = "the counts spread no more than Poisson counts: theta is infinite";
        return estimates_add(rows->estimates, &row);
    }
    row.estimate = run->negbin.theta;
    row.std_error = run->negbin.theta_std_error;
    if (estimates_add(rows->estimates, &row) != 0)
        return -1;
    row.term = "alpha"; /* variance = mean + alpha mean^2 */
    row.estimate = 1 / run->negbin.theta;
    row.std_error = run->negbin.theta_std_error / (run->negbin.theta * run->negbin.theta);
    return estimates_add(rows->estimates, &row);
}

/* Counts and exposures of the two levels of the only column. */
static int add_exact_ratio(const struct glm_run *run, const struct coefficient_rows *rows)
{
    const struct design_matrix *const design = run->data.design;
    double count[2] = {0, 0}, exposure[2] = {0, 0};
    struct estimate row = rows->keys;
    struct rate_ratio ratio;
    char term[128];

    if (!run->request->exact_ratio)
        return 0;
    if (design->p != 1)
        return fail("--exact-ratio compares two rates: one column with two levels, such as 'events ~ arm', was expected");
    for (size_t i = 0; i < run->frame->n; i++) {
        double x;
        design_row(design, i, &x);
        if (x != 0 && x != 1)
            return fail("--exact-ratio compares two rates: a column of two levels (0 and 1) was expected");
        count[x == 1] += run->data.y[i];
        exposure[x == 1] += run->frame->exposure != NULL ? run->frame->exposure[i] : 1;
    }
    const int status = rate_ratio_exact((int64_t)count[1], exposure[1], (int64_t)count[0], exposure[0], run->request->level, &ratio);

    snprintf(term, sizeof term, "%.100s, exact", run->frame->regressors->names[0]);
    row.measure = MEASURE_rate_ratio;
    row.term = term;
    row.method = "binomial limits of one count given both";
    row.estimate = ratio.estimate;
    row.conf_low = ratio.conf_low;
    row.conf_high = ratio.conf_high;
    row.conf_level = isfinite(ratio.conf_low) ? run->request->level : NAN;
    row.p_value = ratio.p_value;
    if (status != GSL_SUCCESS || isnan(ratio.estimate)) {
        row.status = "undefined";
        row.note = status != GSL_SUCCESS ? "no event in either level, or no exposure" : "no event in the reference";
    }
    return estimates_add(rows->estimates, &row);
}

static int64_t count_events(const struct glm_run *run)
{
    double n = 0;

    for (size_t i = 0; i < run->frame->n; i++)
        n += run->data.y[i] * (run->frame->frequency != NULL ? (double)run->frame->frequency[i] : 1);
    return n < 0x1p53 ? (int64_t)n : MISSING_INTEGER;
}

static int add_rows(struct glm_run *run, enum measure measure, enum measure exponential, struct table *estimates)
{
    struct coefficient_rows rows = {
        .keys = ESTIMATE_NONE,
        .measure = measure,
        .exponential = exponential,
        .level = run->request->level,
        .converged = run->negbin.fit->converged && (!run->request->exchangeable || run->gee.converged) && (run->options.family != GLM_NEGBIN || run->negbin.converged),
        .estimates = estimates,
    };

    rows.keys.method = run->method;
    rows.keys.n = run->frame->n_person;
    rows.keys.n_event = count_events(run);
    return add_coefficients(run, &rows) != 0 || add_correlation(run, &rows) != 0 || add_tests(run, &rows) != 0 ||
                   add_dispersion(run, &rows) != 0 || add_exact_ratio(run, &rows) != 0
               ? -1
               : 0;
}

static int fit_family(const struct fit_request *request, const struct frame *frame, enum glm_family family,
                      struct table *estimates)
{
    struct glm_run run = {.request = request, .frame = frame,
                          .options = {.family = family, .firth = request->firth, .n_threads = (size_t)threads_available()}};
    const bool odds = family == GLM_LOGISTIC;
    int result = -1;

    if (frame->strata.n > 1)
        return fail("'%s' has no strata; a factor of the stratum serves", request->model->name);
    if (take_rows(&run) == 0 && solve(&run) == 0 && find_covariance(&run) == 0) {
        name_method(&run);
        result = add_rows(&run, odds ? MEASURE_log_odds_ratio : MEASURE_log_rate_ratio,
                          odds ? MEASURE_odds_ratio : MEASURE_rate_ratio, estimates);
    }
    run_clear(&run);
    return result;
}

static int fit_logistic(const struct fit_request *request, const struct frame *frame, struct table *estimates)
{
    size_t n_event = 0;

    for (size_t i = 0; i < frame->n; i++)
        n_event += frame->event[i] != 0;
    if (n_event == 0 || n_event == frame->n)
        return fail("%s: the outcome is %d in %s: there is nothing to explain", request->table, n_event > 0,
                    frame->n == 1 ? "the only row" : "all rows");
    return fit_family(request, frame, GLM_LOGISTIC, estimates);
}

static int fit_poisson(const struct fit_request *request, const struct frame *frame, struct table *estimates)
{
    return fit_family(request, frame, GLM_POISSON, estimates);
}

static int fit_negbin(const struct fit_request *request, const struct frame *frame, struct table *estimates)
{
    return fit_family(request, frame, GLM_NEGBIN, estimates);
}

const struct model model_logistic = {
    .name = "logistic", .outcome = OUTCOME_EVENT, .fit = fit_logistic, .regression = true,
    .options = "firth robust cluster working profile weights weight-type",
    .examples = {"'relapse ~ arm + rcs(age, 4)' people.csv --robust hc3"},
};

const struct model model_poisson = {
    .name = "poisson", .outcome = OUTCOME_COUNT, .fit = fit_poisson, .regression = true,
    .options = "exposure robust cluster working profile exact-ratio weights weight-type",
};

const struct model model_negbin = {
    .name = "negbin", .outcome = OUTCOME_COUNT, .fit = fit_negbin, .regression = true,
    .options = "exposure robust cluster weights weight-type",
    .examples = {"'visits ~ arm' people.csv --exposure days"},
};
