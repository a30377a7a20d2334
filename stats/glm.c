/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/glm.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/cholesky.h"
#include "stats/glm_family.h"
#include "stats/glm_start.h"
#include "stats/glm_step.h"

enum { ITERATIONS_MAX = 60, SEPARATION_FROM = 12, HALVINGS_MAX = 40, CHORDS_MAX = 10 };

/* What rounding may take from a log-likelihood, and from one with a log determinant. */
#define SLACK 1e-13
#define SLACK_FIRTH 1e-10

/* Squared length of the last step in standard errors.  Newton's error after it is about its square; the information of the
   negative binomial is the expected one, which comes closer by a factor only. */
#define STEP_DONE 1e-16
#define STEP_DONE_EXPECTED 1e-24

/* What may be left of the way to the maximum where steps share a Gram matrix, in linear predictors. */
#define LEFT_DONE 1e-13
#define TOLERANCE_OF_ROUNDING 1e-20

/* ---- memory -------------------------------------------------------------------------------------------------- */

static void work_clear(struct glm_work *work)
{
    gram_free(work->gram);
    gram_layout_free(work->layout);
    free(work->weight);
    free(work->score);
    free(work->aliased);
    free(work->perfect);
}

static int work_make(struct glm_work *work, const struct glm_data *data, const struct glm_options *options,
                     const struct design_copy *copy)
{
    const size_t n = copy->matrix.n, p = copy->matrix.p + 1;

    *work = (struct glm_work){.data = data, .options = *options, .design = &copy->matrix, .n = n, .p = p,
                              .center = copy->center, .scale = copy->scale};
    work->weight = malloc((5 * n + 1) * sizeof(double));
    work->score = malloc((2 * p * p + 3 * p) * sizeof(double));
    work->aliased = calloc(2 * p, sizeof *work->aliased);
    work->perfect = calloc(n + 1, sizeof *work->perfect);
    work->layout = gram_layout_alloc_part(work->design, options->n_threads, options->reducer);
    if (work->layout != NULL) {
        work->n_all = work->layout->n_all;
        work->gram = gram_alloc(work->layout);
    }
    if (work->weight == NULL || work->score == NULL || work->aliased == NULL || work->perfect == NULL ||
        work->gram == NULL)
        return GSL_ENOMEM;
    work->aliased_before = work->aliased + p;
    work->eta = work->weight + n;
    work->residual = work->weight + 2 * n;
    work->information = work->weight + 3 * n;
    work->spare = work->weight + 4 * n;
    work->step = work->score + p;
    work->sums = work->score + 2 * p;
    work->matrix = work->score + 3 * p;
    work->inverse = work->matrix + p * p;
    for (size_t i = 0; i < n; i++)
        work->weight[i] = data->weight != NULL ? data->weight[i] : 1;
    return GSL_SUCCESS;
}

void glm_fit_free(struct glm_fit *fit)
{
    if (fit == NULL)
        return;
    gram_layout_free(fit->layout);
    design_copy_free(fit->copy);
    free(fit->coef);
    free(fit->aliased);
    free(fit->eta);
    free(fit->residual);
    free(fit);
}

double glm_residual(const struct glm_data *data, const struct glm_fit *fit, size_t i)
{
    if (fit->residual != NULL)
        return fit->residual[i];
    return isfinite(fit->eta[i]) ? data->y[i] - glm_mean(GLM_LOGISTIC, fit->eta[i]) : 0;
}

int glm_keep_residuals(const struct glm_data *data, struct glm_fit *fit)
{
    double *const residual = malloc((fit->n + 1) * sizeof *residual);

    if (residual == NULL)
        return GSL_ENOMEM;
    for (size_t i = 0; i < fit->n; i++)
        residual[i] = glm_residual(data, fit, i);
    free(fit->residual);
    fit->residual = residual;
    return GSL_SUCCESS;
}

static struct glm_fit *fit_make(size_t n, size_t p)
{
    struct glm_fit *const fit = calloc(1, sizeof *fit);

    if (fit == NULL)
        return NULL;
    fit->n = n;
    fit->p = p;
    fit->coef = calloc(p + 2 * p * p, sizeof *fit->coef);
    fit->aliased = calloc(2 * p, sizeof *fit->aliased);
    fit->eta = calloc(n + 1, sizeof *fit->eta);
    if (fit->coef == NULL || fit->aliased == NULL || fit->eta == NULL) {
        glm_fit_free(fit);
        return NULL;
    }
    fit->covariance = fit->coef + p;
    fit->standard_inverse = fit->covariance + p * p;
    fit->separated = fit->aliased + p;
    return fit;
}

/* ---- Newton --------------------------------------------------------------------------------------------------- */

enum outcome { DONE, NOT_CONVERGED, SEPARATED, FAILED };

/* A first intercept: the link of the weighted mean, offsets taken at their mean.  NAN when all outcomes are alike. */
static double first_intercept(struct glm_work *work)
{
    const double total = glm_total(work->options.reducer, work->weight, work->n);
    double shift = 0;

    for (size_t i = 0; work->data->offset != NULL && i < work->n; i++)
        work->spare[i] = work->weight[i] * work->data->offset[i];
    if (work->data->offset != NULL)
        shift = glm_total(work->options.reducer, work->spare, work->n);
    for (size_t i = 0; i < work->n; i++)
        work->spare[i] = work->weight[i] * work->data->y[i];
    const double mean = glm_total(work->options.reducer, work->spare, work->n) / total;

    if (!(mean > 0) || (work->options.family == GLM_LOGISTIC && !(mean < 1)))
        return NAN;
    return (work->options.family == GLM_LOGISTIC ? log(mean / (1 - mean)) : log(mean)) - shift / total;
}

/* One step or a share of it, halved while it lowers the likelihood.  *halved: it had to be. */
static int take_step(struct glm_work *work, double share, double *coef, bool *halved)
{
    const double before = work->loglik, slack = (work->options.firth ? SLACK_FIRTH : SLACK) * (fabs(before) + 1);
    double scale = 1;
    int status = GSL_SUCCESS;

    *halved = false;
    for (int k = 0; k < HALVINGS_MAX; k++, scale /= 2) {
        for (size_t j = 0; j < work->p; j++)
            coef[j] += (k == 0 ? share : -scale * share) * work->step[j];
        if ((status = glm_evaluate(work, coef)) != GSL_SUCCESS || work->loglik >= before - slack)
            return status;
        *halved = true;
    }
    return status;
}

/* Sum of the magnitudes of a step: what a linear predictor moves by at most, because standardised columns are below 1. */
static double step_size(const struct glm_work *work)
{
    double size = 0;

    for (size_t j = 0; j < work->p; j++)
        size += fabs(work->step[j]);
    return size;
}

/* A step that is not as small as hoped for leaves the short way. */
static enum outcome step_nearer(struct glm_work *work, double *coef, struct glm_fit *fit)
{
    bool halved;
    const int status = take_step(work, 1, coef, &halved);

    fit->n_iteration++;
    return status != GSL_SUCCESS ? FAILED : halved || !isfinite(work->loglik) ? NOT_CONVERGED : DONE;
}

/*
 * Steps with the Gram matrix of one point: each is smaller than the one before by about as much as that point was away, so the
 * sizes of two of them tell what is left.  Ends at the maximum, with its information.
 */
static enum outcome step_by_one_matrix(struct glm_work *work, double *coef, struct glm_fit *fit)
{
    double before = INFINITY;
    enum outcome outcome = DONE;

    for (int k = 0; k < CHORDS_MAX && outcome == DONE; k++) {
        if ((k == 0 ? glm_derive(work) : glm_aim(work)) != GSL_SUCCESS)
            return FAILED;
        const double size = step_size(work), length = glm_step_length(work);
        if (!(size < before / 10))
            return NOT_CONVERGED;
        if ((outcome = step_nearer(work, coef, fit)) == DONE && length < STEP_DONE && size / before * size < LEFT_DONE)
            return glm_derive(work) == GSL_SUCCESS ? DONE : FAILED;
        before = size;
    }
    return outcome == DONE ? NOT_CONVERGED : outcome;
}

/* From the maximum of some rows to that of all.  NOT_CONVERGED: not on this way. */
static enum outcome newton_from(struct glm_work *work, const struct glm_start *start, double *coef, struct glm_fit *fit)
{
    const size_t p = work->p;

    memcpy(coef, start->coef, p * sizeof *coef);
    if (glm_evaluate(work, coef) != GSL_SUCCESS || glm_aim(work) != GSL_SUCCESS)
        return FAILED;
    for (size_t j = 0; j < p; j++) {
        work->step[j] = 0;
        for (size_t k = 0; k < p; k++)
            work->step[j] += start->inverse[j * p + k] * work->score[k];
    }
    const enum outcome outcome = isfinite(work->loglik) ? step_nearer(work, coef, fit) : NOT_CONVERGED;

    return outcome == DONE ? step_by_one_matrix(work, coef, fit) : outcome;
}

/* The short way, for many rows; NOT_CONVERGED leaves everything where it was. */
static enum outcome newton_shortly(struct glm_work *work, double *coef, struct glm_fit *fit)
{
    struct glm_start start;
    enum outcome outcome = NOT_CONVERGED;
    double *const first = malloc(work->p * sizeof *first);

    if (first == NULL || glm_start_find(work, &start) != GSL_SUCCESS) {
        free(first);
        return FAILED;
    }
    memcpy(first, coef, work->p * sizeof *first);
    if (start.found) {
        outcome = newton_from(work, &start, coef, fit);
        if (outcome == NOT_CONVERGED) {
            memcpy(coef, first, work->p * sizeof *coef);
            fit->n_iteration = 0;
            if (glm_evaluate(work, coef) != GSL_SUCCESS || glm_derive(work) != GSL_SUCCESS)
                outcome = FAILED;
        }
    }
    glm_start_clear(&start);
    free(first);
    return outcome;
}

/*
 * The penalty bends Firth's likelihood by up to as much again as the information says (by the leverage of the rows): where rows are
 * few, steps go up to twice too far and may go to and fro for ever.  Two thirds of them come closer by a factor of 3 at least.
 */
static double firth_share(const struct glm_work *work, double length, double before)
{
    return work->options.firth && length > before / 16 ? 2. / 3 : 1;
}

static enum outcome newton(struct glm_work *work, double *coef, struct glm_fit *fit, double *first_length)
{
    const double done = work->options.family == GLM_NEGBIN ? STEP_DONE_EXPECTED : STEP_DONE;
    double length_before = INFINITY;
    bool halved;

    work->tolerance = CHOLESKY_TOLERANCE;
    if (glm_evaluate(work, coef) != GSL_SUCCESS)
        return FAILED;
    for (int k = 0; k < ITERATIONS_MAX; k++) {
        if (glm_derive(work) != GSL_SUCCESS)
            return FAILED;
        work->tolerance = TOLERANCE_OF_ROUNDING;
        const double length = glm_step_length(work);

        if (k == 0 && first_length != NULL) {
            *first_length = length;
            memcpy(fit->aliased, work->aliased, work->p * sizeof *work->aliased); /* later, rows that say nothing any more are many */
            const enum outcome shortly = newton_shortly(work, coef, fit);
            if (shortly != NOT_CONVERGED)
                return shortly;
        }
        if (k >= SEPARATION_FROM && fit != NULL && !work->options.firth) {
            bool separates;
            if (glm_separates(work, coef, fit->separated, &separates) != GSL_SUCCESS)
                return FAILED;
            if (separates)
                return SEPARATED;
        }
        if (take_step(work, firth_share(work, length, length_before), coef, &halved) != GSL_SUCCESS)
            return FAILED;
        length_before = length;
        if (fit != NULL)
            fit->n_iteration++;
        if (length < done && !halved)
            return glm_derive(work) == GSL_SUCCESS ? DONE : FAILED;
    }
    return NOT_CONVERGED;
}

/* A mean alone, without offsets: its maximum is known.  NAN intercept: all outcomes are alike. */
static int null_of_mean(const struct glm_data *data, const struct reducer *reducer, double *intercept, double *loglik)
{
    const size_t n = data->design->n;
    double *const part = calloc(n + 1, sizeof *part);

    if (part == NULL)
        return GSL_ENOMEM;
    for (size_t i = 0; i < n; i++)
        part[i] = data->weight != NULL ? data->weight[i] : 1;
    const double total = glm_total(reducer, part, n);
    for (size_t i = 0; i < n; i++)
        part[i] *= data->y[i];
    const double mean = glm_total(reducer, part, n) / total;
    const bool both = mean > 0 && mean < 1;

    free(part);
    *intercept = both ? log(mean / (1 - mean)) : (double)NAN;
    *loglik = both ? total * (mean * log(mean) + (1 - mean) * log1p(-mean)) : 0;
    return GSL_SUCCESS;
}

/* Nothing but the intercept and the offsets. */
static int fit_null(const struct glm_data *data, const struct glm_options *options, double *intercept, double *loglik)
{
    if (options->family == GLM_LOGISTIC && data->offset == NULL && !options->firth)
        return null_of_mean(data, options->reducer, intercept, loglik);
    const struct design_matrix empty = {.n = data->design->n, .p = 0, .n_block = 0, .block = NULL};
    struct design_copy *const copy = design_copy_alloc_part(&empty, NULL, empty.n, 1, options->reducer);
    struct glm_work work = {NULL};
    int status = copy == NULL ? GSL_ENOMEM : work_make(&work, data, options, copy);

    if (status == GSL_SUCCESS) {
        *intercept = first_intercept(&work);
        if (isnan(*intercept) && !options->firth) {
            *loglik = 0; /* all alike: predicted perfectly */
        } else {
            if (isnan(*intercept))
                *intercept = 0;
            if (newton(&work, intercept, NULL, NULL) == FAILED)
                status = GSL_ENOMEM;
            *loglik = work.loglik;
        }
    }
    work_clear(&work);
    design_copy_free(copy);
    return status;
}

/* Everything left is predicted perfectly: no coefficient exists. */
static void separate_all(struct glm_work *work, struct glm_fit *fit)
{
    for (size_t j = 0; j < work->p; j++)
        fit->separated[j] |= !fit->aliased[j];
    for (size_t i = 0; i < work->n; i++)
        if (work->weight[i] > 0) {
            work->weight[i] = 0;
            work->perfect[i] = work->data->y[i] > 0.5 ? 1 : -1;
        }
    work->loglik = 0;
    memset(work->inverse, 0, work->p * work->p * sizeof *work->inverse);
}

static bool any_weight(const struct glm_work *work)
{
    bool any = false;

    for (size_t i = 0; i < work->n && !any; i++)
        any = work->weight[i] > 0;
    return reducer_sum_one(work->options.reducer, any) > 0;
}

/* What the rows that are left say nothing about has no estimate either. */
static enum outcome look_for_open(struct glm_work *work, const double *coef, struct glm_fit *fit)
{
    bool found;

    if (glm_leaves_open(work, coef, fit->aliased, fit->separated, &found) != GSL_SUCCESS)
        return FAILED;
    return found ? SEPARATED : DONE;
}

/* Newton from the null fit; after a separation again on the rows that are left. */
static int fit_all(struct glm_work *work, double null_intercept, double *coef, struct glm_fit *fit)
{
    enum outcome outcome = SEPARATED;

    for (size_t round = 0; outcome == SEPARATED && round <= work->p; round++) {
        const double start = round == 0 ? null_intercept : first_intercept(work);

        memset(coef, 0, work->p * sizeof *coef);
        if (!any_weight(work) || isnan(start)) {
            separate_all(work, fit);
            outcome = DONE;
            break;
        }
        coef[0] = start;
        memset(work->aliased, 0, work->p * sizeof *work->aliased);
        outcome = newton(work, coef, fit, round == 0 ? &fit->score_test : NULL);
        if (outcome == DONE && !work->options.firth)
            outcome = look_for_open(work, coef, fit);
    }
    for (size_t j = 0; j < work->p; j++)
        fit->separated[j] |= work->aliased[j] && !fit->aliased[j];
    fit->converged = outcome == DONE;
    return outcome == FAILED ? GSL_ENOMEM : GSL_SUCCESS;
}

/* ---- the result, of the columns as given ------------------------------------------------------------------------- */

/* Row j of T, where beta = T gamma: scale_j for a column; for the intercept 1, and -scale_j center_j in every column. */
static double transform(const struct design_copy *copy, size_t j, size_t k)
{
    if (j == 0)
        return k == 0 ? 1 : -copy->scale[k - 1] * copy->center[k - 1];
    return j == k ? copy->scale[j - 1] : 0;
}

void glm_covariance_as_given(const struct glm_fit *fit, const double *standard, double *covariance)
{
    const size_t p = fit->p;

    for (size_t a = 0; a < p; a++)
        for (size_t b = 0; b < p; b++) {
            double sum = 0;

            for (size_t k = a == 0 ? 0 : a; k < (a == 0 ? p : a + 1); k++)
                for (size_t l = b == 0 ? 0 : b; l < (b == 0 ? p : b + 1); l++)
                    sum += transform(fit->copy, a, k) * standard[k * p + l] * transform(fit->copy, b, l);
            covariance[a * p + b] = fit->separated[a] || fit->separated[b] ? NAN : sum;
        }
}

/* gamma' V^-1 gamma over the columns, on the standardised scale. */
static int wald_of(const struct glm_fit *fit, const double *gamma, double *wald)
{
    const size_t q = fit->p - 1;
    double *const factor = malloc((q * q + 2 * q + 1) * sizeof *factor);
    bool *const left_out = calloc(q + 1, sizeof *left_out);
    bool exists = true;

    if (factor == NULL || left_out == NULL) {
        free(factor);
        free(left_out);
        return GSL_ENOMEM;
    }
    for (size_t j = 0; j < q && exists; j++) {
        left_out[j] = fit->aliased[j + 1];
        exists = !fit->separated[j + 1];
        for (size_t k = 0; k < q; k++)
            factor[j * q + k] = fit->standard_inverse[(j + 1) * fit->p + k + 1];
    }
    *wald = NAN;
    if (exists) {
        cholesky_decompose(factor, q, NULL, 0, left_out);
        *wald = cholesky_form(factor, q, left_out, gamma + 1, factor + q * q);
    }
    free(factor);
    free(left_out);
    return GSL_SUCCESS;
}

static int read_result(struct glm_work *work, const double *gamma, struct glm_fit *fit)
{
    const size_t p = fit->p;

    fit->layout = work->layout;
    work->layout = NULL;
    memcpy(fit->standard_inverse, work->inverse, p * p * sizeof(double));
    memcpy(fit->eta, work->eta, fit->n * sizeof(double));
    for (size_t i = 0; i < fit->n; i++)
        if (work->perfect[i] != 0)
            fit->eta[i] = work->perfect[i] * INFINITY;
    for (size_t j = 0; j < p; j++) {
        fit->coef[j] = 0;
        for (size_t k = 0; k < p; k++)
            fit->coef[j] += transform(fit->copy, j, k) * gamma[k];
        if (fit->separated[j])
            fit->coef[j] = NAN;
        fit->df += j > 0 && !fit->aliased[j];
    }
    glm_covariance_as_given(fit, fit->standard_inverse, fit->covariance);
    fit->loglik = work->loglik;
    return wald_of(fit, gamma, &fit->wald_test);
}

static void sum_deviance(struct glm_work *work, const struct glm_data *data, const struct glm_options *options,
                         struct glm_fit *fit)
{
    const double theta = options->theta;
    const bool known = options->family == GLM_LOGISTIC && !options->firth; /* the saturated likelihood is 1 */

    for (size_t i = 0; i < fit->n; i++) {
        const double w = data->weight != NULL ? data->weight[i] : 1;

        work->weight[i] = w;
        work->spare[i] = 0;
        fit->n_used += w > 0;
        if (w == 0 || known)
            continue;
        work->spare[i] = 2 * w * (glm_saturated(options->family, theta, data->y[i]) -
                                  glm_loglik_of(options->family, theta, data->y[i], fit->eta[i]));
    }
    fit->n_used = (size_t)reducer_sum_one(options->reducer, (int64_t)fit->n_used);
    fit->total_weight = glm_total(options->reducer, work->weight, fit->n);
    fit->deviance = known ? 0 - 2 * fit->loglik : glm_total(options->reducer, work->spare, fit->n);
}

/* Of the rows that are here; *any: one of positive weight. */
static int check_rows(const struct glm_data *data, const struct glm_options *options, bool *any)
{
    *any = false;
    if (options->n_threads == 0 || (options->firth && options->family != GLM_LOGISTIC) ||
        (options->family == GLM_NEGBIN && !(options->theta > 0 && isfinite(options->theta))) ||
        design_matrix_check(data->design) != GSL_SUCCESS)
        return GSL_EINVAL;
    for (size_t i = 0; i < data->design->n; i++) {
        const double w = data->weight != NULL ? data->weight[i] : 1;

        if (!glm_is_outcome(options->family, data->y[i]) || !(w >= 0) || !isfinite(w) ||
            (data->offset != NULL && !isfinite(data->offset[i])))
            return GSL_EINVAL;
        *any |= w > 0;
    }
    return GSL_SUCCESS;
}

static int check(const struct glm_data *data, const struct glm_options *options)
{
    bool any;
    const int status = reducer_status(options->reducer, check_rows(data, options, &any));

    if (status != GSL_SUCCESS)
        return status;
    return reducer_sum_one(options->reducer, any) > 0 ? GSL_SUCCESS : GSL_EINVAL;
}

static int solve(const struct glm_data *data, const struct glm_options *options, struct glm_fit *fit)
{
    struct glm_work work = {NULL};
    double intercept = 0;
    double *const gamma = calloc(fit->p, sizeof *gamma);
    int status = gamma == NULL ? GSL_ENOMEM : fit_null(data, options, &intercept, &fit->loglik_null);

    if (status == GSL_SUCCESS && (fit->copy = design_copy_alloc_part(data->design, NULL, fit->n, options->n_threads, options->reducer)) == NULL)
        status = GSL_ENOMEM;
    if (status == GSL_SUCCESS)
        status = work_make(&work, data, options, fit->copy);
    if (status == GSL_SUCCESS)
        status = fit_all(&work, intercept, gamma, fit);
    if (status == GSL_SUCCESS)
        status = read_result(&work, gamma, fit);
    if (status == GSL_SUCCESS) {
        sum_deviance(&work, data, options, fit);
        if (options->firth)
            fit->score_test = NAN;
    }
    work_clear(&work);
    free(gamma);
    return status;
}

int glm_fit_alloc(const struct glm_data *data, const struct glm_options *options, struct glm_fit **fit)
{
    int status = check(data, options);

    *fit = NULL;
    if (status != GSL_SUCCESS)
        return status;
    if ((*fit = fit_make(data->design->n, data->design->p + 1)) == NULL)
        return GSL_ENOMEM;
    if ((status = solve(data, options, *fit)) != GSL_SUCCESS) {
        glm_fit_free(*fit);
        *fit = NULL;
    }
    return status;
}
