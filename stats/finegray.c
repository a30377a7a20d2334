/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/finegray.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/cholesky.h"
#include "stats/finegray_pass.h"
#include "stats/finegray_variance.h"

/* Error of a coefficient, in units in which |z| < 1, from which the likelihood is flat: it has no maximum. */
static const double ENDLESS_ERROR = 1e5;
/* Steps are not longer than this in those units, so that exp keeps its range. */
static const double STEP_MAX = 20;

/* Information below this share of a column is rounding. */
static const double TOLERANCE_OF_ROUNDING = 1e-13;

enum {
    HALVINGS_MAX = 25,
    ROWS_PER_THREAD = 1 << 15, /* fewer are done sooner than a thread is woken */
};

struct finegray *finegray_alloc(size_t p)
{
    struct finegray *fit = calloc(1, sizeof *fit);

    if (fit == NULL || (fit->coef = calloc(2 * p + 2 * p * p + 1, sizeof *fit->coef)) == NULL ||
        (fit->column = calloc(p + 1, sizeof *fit->column)) == NULL) {
        finegray_free(fit);
        return NULL;
    }
    fit->p = p;
    fit->std_err = fit->coef + p;
    fit->covariance = fit->std_err + p;
    fit->information = fit->covariance + p * p;
    return fit;
}

void finegray_free(struct finegray *fit)
{
    if (fit == NULL)
        return;
    free(fit->coef);
    free(fit->column);
    free(fit);
}

/* A fit under way; all in units of the standardised columns. */
struct newton {
    struct finegray_pass pass;
    size_t p;
    double *beta, *trial, *events, *score, *step;
    double *info, *factor, *inverse;
    bool *aliased; /* left out: dependent from the start, or its information has run out */
    bool *dependent; /* from the start */
    bool *partner;   /* goes with one whose information has run out */
    void *memory;
};

static int newton_alloc(const struct finegray_data *data, size_t n_threads, struct newton *newton)
{
    const size_t p = data->copy->matrix.p;
    double *real = calloc(5 * p + 3 * p * p + 1, sizeof *real);
    const int status = finegray_pass_alloc(data, n_threads, &newton->pass);

    newton->p = p;
    newton->memory = real;
    newton->aliased = calloc(3 * p + 1, sizeof *newton->aliased);
    if (status != GSL_SUCCESS || real == NULL || newton->aliased == NULL)
        return GSL_ENOMEM;
    newton->dependent = newton->aliased + p;
    newton->partner = newton->dependent + p;
    newton->beta = real;
    newton->trial = real + p;
    newton->events = real + 2 * p;
    newton->score = real + 3 * p;
    newton->step = real + 4 * p;
    newton->info = real + 5 * p;
    newton->factor = newton->info + p * p;
    newton->inverse = newton->factor + p * p;
    return GSL_SUCCESS;
}

static void newton_clear(struct newton *newton)
{
    finegray_pass_clear(&newton->pass);
    free(newton->memory);
    free(newton->aliased);
}

/* sum of z over events: the part of the score that does not depend on beta. */
static int sum_events(struct newton *newton, const struct finegray_data *data)
{
    for (size_t k = 0; k < data->n_time; k++)
        for (int kind = 0; kind < FINEGRAY_KINDS; kind++) {
            const size_t c = finegray_cell(data, k, (enum finegray_kind)kind, 0);
            for (size_t i = data->cell[c]; i < data->cell[c + data->n_group]; i++)
                newton->pass.weight[i] = kind == FINEGRAY_EVENT;
        }
    return finegray_pass_gram(&newton->pass, newton->events, newton->info);
}

/* Score and information at the point where the pass stands. */
static int differentiate(struct newton *newton, double *size)
{
    const size_t p = newton->p;
    const int status = finegray_pass_info(&newton->pass, newton->score, newton->info);

    for (size_t j = 0; status == GSL_SUCCESS && j < p; j++) {
        newton->score[j] = newton->events[j] - newton->score[j];
        size[j] = newton->info[j * p + j];
    }
    for (size_t j = 0; j < p * p; j++)
        newton->info[j] -= newton->pass.means[j];
    return GSL_SUCCESS;
}

/* Step and score' info^-1 score; columns found dependent at the start stay out. */
static double solve_step(struct newton *newton, const double *size, double tolerance)
{
    const size_t p = newton->p;

    memcpy(newton->factor, newton->info, p * p * sizeof *newton->factor);
    cholesky_decompose(newton->factor, p, size, tolerance, newton->aliased);
    return cholesky_form(newton->factor, p, newton->aliased, newton->score, newton->step);
}

/* Moves along the step, halved until the likelihood does not fall.  False when no part of it helps. */
static int move(struct newton *newton, double loglik, bool *moved)
{
    const size_t p = newton->p;
    double largest = 0, share = 1;

    for (size_t j = 0; j < p; j++)
        largest = fmax(largest, fabs(newton->step[j]));
    if (largest > STEP_MAX)
        share = STEP_MAX / largest;
    for (int halving = 0; halving < HALVINGS_MAX; halving++, share /= 2) {
        for (size_t j = 0; j < p; j++)
            newton->trial[j] = newton->beta[j] + share * newton->step[j];
        const int status = finegray_pass_run(&newton->pass, newton->trial);
        if (status == GSL_ENOMEM)
            return status;
        /* Rounding must not keep the last steps from being taken. */
        if (status == GSL_SUCCESS && newton->pass.loglik >= loglik - 1e-12 * fabs(loglik)) {
            memcpy(newton->beta, newton->trial, p * sizeof *newton->beta);
            *moved = true;
            return GSL_SUCCESS;
        }
    }
    *moved = false;
    return finegray_pass_run(&newton->pass, newton->beta);
}

static int iterate(struct newton *newton, const struct finegray_control *control, struct finegray *fit)
{
    const size_t p = newton->p;
    double *size = malloc((p + 1) * sizeof *size);
    int status = size != NULL ? GSL_SUCCESS : GSL_ENOMEM;
    bool moved = true, close = false;

    if (status == GSL_SUCCESS && (status = finegray_pass_run(&newton->pass, newton->beta)) == GSL_SUCCESS)
        fit->loglik_null = newton->pass.loglik;
    for (fit->n_iteration = 0; p > 0 && status == GSL_SUCCESS && (status = differentiate(newton, size)) == GSL_SUCCESS;
         fit->n_iteration++) {
        const double tolerance = fit->n_iteration == 0 ? control->alias_tolerance : TOLERANCE_OF_ROUNDING;
        const double gain = solve_step(newton, size, tolerance);
        if (fit->n_iteration == 0)
            memcpy(newton->dependent, newton->aliased, p * sizeof *newton->dependent);
        fit->converged = gain < control->tolerance;
        /* One more step from where it has converged: its error is the square of what is left. */
        if (close || !moved || fit->n_iteration == control->n_max)
            break;
        close = fit->converged;
        status = move(newton, newton->pass.loglik, &moved);
    }
    fit->converged |= p == 0;
    fit->loglik = newton->pass.loglik;
    free(size);
    return status;
}

/* Which columns have a coefficient; one whose error is without bound has none, nor have those that go with one without information. */
static void judge_columns(struct newton *newton, struct finegray *fit)
{
    const size_t p = newton->p;

    cholesky_invert(newton->factor, p, newton->aliased, newton->inverse);
    for (size_t j = 0; j < p; j++)
        if (newton->aliased[j] && !newton->dependent[j])
            cholesky_partners(newton->info, newton->factor, p, newton->aliased, j, newton->step, newton->partner);
    for (size_t j = 0; j < p; j++) {
        const double error = sqrt(newton->inverse[j * p + j]);
        fit->column[j] = FINEGRAY_FITTED;
        if (newton->dependent[j])
            fit->column[j] = FINEGRAY_ALIASED;
        else if (newton->aliased[j] || newton->partner[j] || !(error < ENDLESS_ERROR))
            fit->column[j] = FINEGRAY_INFINITE;
    }
}

/*
 * covariance = I^-1 meat I^-1 in the units of the given columns.  Of columns without a coefficient those stay that still tell rows
 * apart: levels that all rise for ever beside a level without events differ from each other by what is known.
 */
static int set_covariance(struct newton *newton, const struct finegray_rows *rows, const struct finegray_data *data,
                          struct finegray *fit)
{
    const size_t p = newton->p;
    double *meat = malloc((2 * p * p + 1) * sizeof *meat);
    const double *scale = data->copy->scale;
    int status = GSL_ENOMEM;

    if (meat == NULL)
        return status;
    double *half = meat + p * p;
    bool *left_out = newton->aliased;
    for (size_t j = 0; j < p; j++) {
        left_out[j] = fit->column[j] == FINEGRAY_ALIASED;
        half[j] = fit->column[j] == FINEGRAY_INFINITE ? 1 / (ENDLESS_ERROR * ENDLESS_ERROR) : 0;
    }
    cholesky_without(newton->info, newton->factor, p, half, left_out);
    cholesky_invert(newton->factor, p, left_out, newton->inverse);
    if ((status = finegray_meat(&newton->pass, rows, meat)) == GSL_SUCCESS) {
        for (size_t i = 0; i < p; i++)
            for (size_t j = 0; j < p; j++) {
                double sum = 0;
                for (size_t k = 0; k < p; k++)
                    sum += newton->inverse[i * p + k] * meat[k * p + j];
                half[i * p + j] = sum;
            }
        for (size_t i = 0; i < p; i++)
            for (size_t j = 0; j < p; j++) {
                double sum = 0;
                for (size_t k = 0; k < p; k++)
                    sum += half[i * p + k] * newton->inverse[k * p + j];
                fit->covariance[i * p + j] = scale[i] * scale[j] * sum;
                fit->information[i * p + j] = newton->info[i * p + j] / (scale[i] * scale[j]);
            }
    }
    free(meat);
    return status;
}

/* Without a coefficient there is no such test. */
static void set_wald(struct newton *newton, struct finegray *fit)
{
    const size_t p = fit->p;
    double *copy = newton->factor, *coef = newton->trial;
    size_t rank;

    for (size_t j = 0; j < p; j++)
        if (fit->column[j] == FINEGRAY_INFINITE)
            return;
    memcpy(copy, fit->covariance, p * p * sizeof *copy);
    for (size_t j = 0; j < p; j++) {
        newton->aliased[j] = fit->column[j] != FINEGRAY_FITTED;
        coef[j] = newton->aliased[j] ? 0 : fit->coef[j];
    }
    rank = cholesky_decompose(copy, p, NULL, CHOLESKY_TOLERANCE, newton->aliased);
    const double form = cholesky_form(copy, p, newton->aliased, coef, newton->step);
    if (rank > 0)
        chi_square_test_set(&fit->wald_test, fmax(form, 0), rank);
}

static int finish(struct newton *newton, const struct finegray_rows *rows, const struct finegray_data *data,
                  struct finegray *fit)
{
    const size_t p = newton->p;
    size_t df = 0;

    judge_columns(newton, fit);
    const int status = set_covariance(newton, rows, data, fit);
    if (status != GSL_SUCCESS)
        return status;
    for (size_t j = 0; j < p; j++) {
        const bool fitted = fit->column[j] == FINEGRAY_FITTED;
        fit->coef[j] = fitted ? newton->beta[j] * data->copy->scale[j] : NAN;
        fit->std_err[j] = fitted ? sqrt(fit->covariance[j * p + j]) : NAN;
        df += fit->column[j] != FINEGRAY_ALIASED;
    }
    if (df > 0)
        chi_square_test_set(&fit->lr_test, fmax(2 * (fit->loglik - fit->loglik_null), 0), df);
    set_wald(newton, fit);
    return GSL_SUCCESS;
}

int finegray_solve(const struct finegray_rows *rows, const struct finegray_control *control, size_t n_threads,
                   struct finegray *fit)
{
    const struct chi_square_test none = {.statistic = NAN, .p_value = NAN, .log_p = NAN};
    struct finegray_data data = {0};
    struct newton newton = {0};
    int status;

    if (rows->design->p != fit->p || n_threads == 0)
        return GSL_EINVAL;
    n_threads = n_threads < 1 + rows->n / ROWS_PER_THREAD ? n_threads : 1 + rows->n / ROWS_PER_THREAD;
    fit->lr_test = fit->wald_test = none;
    fit->converged = false;
    if ((status = finegray_data_make(rows, n_threads, &data)) != GSL_SUCCESS)
        goto done;
    fit->n_event = data.n_of_kind[FINEGRAY_EVENT];
    fit->n_other = data.n_of_kind[FINEGRAY_OTHER];
    fit->n_censored = data.n_of_kind[FINEGRAY_CENSORED];
    if (fit->n_event == 0) {
        status = GSL_EZERODIV;
        goto done;
    }
    if ((status = newton_alloc(&data, n_threads, &newton)) == GSL_SUCCESS &&
        (status = sum_events(&newton, &data)) == GSL_SUCCESS && (status = iterate(&newton, control, fit)) == GSL_SUCCESS)
        status = finish(&newton, rows, &data, fit);
done:
    newton_clear(&newton);
    finegray_data_clear(&data);
    return status;
}
