/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/linear.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>
#include <math.h>
#include <stdlib.h>

#include "stats/distribution.h"
#include "stats/double_double.h"
#include "stats/linear_sums.h"

/* A residual sum of squares below this share of the total is rounding: the fit is perfect. */
#define PERFECT 1e-28

/* Doubles that a sum can need: its 68 bins of 32 bits. */
enum { EXPANSION_MAX = 44 };

/* ---- the system, exact until it is rounded to 106 bits ---------------------------------------------------------- */

struct expansion {
    size_t n;
    double part[EXPANSION_MAX];
};

/* The doubles that sum to `sum` exactly. */
static int expand(const struct exact_sum *sum, struct expansion *expansion)
{
    struct exact_sum rest = *sum;
    double part = 0;
    int status = exact_sum_round(&rest, &part);

    /* What is left after rounding is smaller than what was rounded: it does not overflow. */
    for (expansion->n = 0; status == GSL_SUCCESS && part != 0 && expansion->n < EXPANSION_MAX; expansion->n++) {
        expansion->part[expansion->n] = part;
        exact_sum_add(&rest, -part);
        (void)exact_sum_round(&rest, &part);
    }
    return status;
}

static int round_sum(const struct exact_sum *sum, struct dd *number)
{
    struct exact_sum rest = *sum;

    const int status = exact_sum_round(&rest, &number->high);

    if (status == GSL_SUCCESS) {
        exact_sum_add(&rest, -number->high);
        (void)exact_sum_round(&rest, &number->low); /* smaller than what was rounded */
    }
    return status;
}

struct work {
    size_t p;
    struct expansion *sum; /* [p + 1] */
    struct dd *mean;       /* [p + 1] */
    struct dd *matrix;     /* [(p + 1)^2] sums of products, the outcome's last; then the factor of the first p */
    struct dd *solved;     /* [p] */
    double scale;          /* what the products were multiplied by: n when they are centred */
};

static void work_free(struct work *work)
{
    free(work->sum);
    free(work->mean);
    free(work->matrix);
    free(work->solved);
    free(work);
}

static struct work *work_alloc(size_t p)
{
    struct work *const work = calloc(1, sizeof *work);

    if (work == NULL)
        return NULL;
    work->p = p;
    work->sum = calloc(p + 1, sizeof *work->sum);
    work->mean = calloc(p + 1, sizeof *work->mean);
    work->matrix = calloc((p + 1) * (p + 1), sizeof *work->matrix);
    work->solved = calloc(p + 1, sizeof *work->solved);
    if (work->sum == NULL || work->mean == NULL || work->matrix == NULL || work->solved == NULL) {
        work_free(work);
        return NULL;
    }
    return work;
}

/* n sum ab - (sum a)(sum b), rounded once. */
static int centred_product(const struct linear_sums *sums, const struct work *work, size_t a, size_t b, struct dd *number)
{
    const struct expansion *const first = &work->sum[a], *const second = &work->sum[b];
    struct expansion parts;
    struct exact_sum total;

    exact_sum_init(&total);
    int status = expand(linear_product(sums, a, b), &parts);
    for (size_t k = 0; status == GSL_SUCCESS && k < parts.n; k++)
        exact_sum_add_times(&total, parts.part[k], sums->n);
    for (size_t k = 0; k < first->n; k++)
        for (size_t l = 0; status == GSL_SUCCESS && l < second->n; l++)
            status = exact_sum_add_product(&total, first->part[k], second->part[l], -1);
    return status == GSL_SUCCESS ? round_sum(&total, number) : status;
}

static int make_system(const struct linear_sums *sums, bool intercept, struct work *work)
{
    const size_t m = sums->p + 1;
    int status = GSL_SUCCESS;

    work->scale = intercept ? (double)sums->n : 1;
    for (size_t a = 0; a < m && status == GSL_SUCCESS; a++) {
        struct dd total;

        status = expand(&sums->sum[a], &work->sum[a]);
        if (status == GSL_SUCCESS)
            status = round_sum(&sums->sum[a], &total);
        if (status == GSL_SUCCESS)
            work->mean[a] = dd_divide(total, (struct dd){(double)sums->n, 0});
        for (size_t b = 0; b <= a && status == GSL_SUCCESS; b++) {
            struct dd *const cell = &work->matrix[a * m + b];

            status = intercept ? centred_product(sums, work, a, b, cell) : round_sum(linear_product(sums, a, b), cell);
            work->matrix[b * m + a] = *cell;
        }
    }
    return status;
}

/* ---- solving ---------------------------------------------------------------------------------------------------- */

/* matrix = L D L' over the columns that are kept, in the lower triangle and the diagonal. */
static void decompose(struct work *work, double tolerance, struct linear_fit *fit)
{
    const size_t m = work->p + 1;

    fit->tightest = 1;
    for (size_t j = 0; j < work->p; j++) {
        const double size = work->matrix[j * m + j].high;
        struct dd pivot = work->matrix[j * m + j];

        for (size_t k = 0; k < j; k++)
            if (!fit->aliased[1 + k]) {
                const struct dd l = work->matrix[j * m + k];
                pivot = dd_subtract(pivot, dd_multiply(dd_multiply(l, l), work->matrix[k * m + k]));
            }
        work->matrix[j * m + j] = pivot;
        fit->aliased[1 + j] = !(pivot.high > tolerance * size);
        if (fit->aliased[1 + j])
            continue;
        fit->rank++;
        fit->tightest = fmin(fit->tightest, pivot.high / size);
        for (size_t i = j + 1; i < work->p; i++) {
            struct dd cell = work->matrix[i * m + j];

            for (size_t k = 0; k < j; k++)
                if (!fit->aliased[1 + k])
                    cell = dd_subtract(cell, dd_multiply(dd_multiply(work->matrix[i * m + k], work->matrix[j * m + k]),
                                                         work->matrix[k * m + k]));
            work->matrix[i * m + j] = dd_divide(cell, pivot);
        }
    }
}

/* solved := matrix^-1 solved over the kept columns; returns solved' matrix^-1 solved. */
static struct dd solve(struct work *work, const struct linear_fit *fit)
{
    const size_t m = work->p + 1;
    struct dd *const x = work->solved, square = {0, 0};

    for (size_t j = 0; j < work->p; j++) {
        if (fit->aliased[1 + j])
            continue;
        for (size_t k = 0; k < j; k++)
            if (!fit->aliased[1 + k])
                x[j] = dd_subtract(x[j], dd_multiply(work->matrix[j * m + k], x[k]));
    }
    for (size_t j = 0; j < work->p; j++)
        if (!fit->aliased[1 + j]) {
            const struct dd part = dd_divide(x[j], work->matrix[j * m + j]);
            square = dd_add(square, dd_multiply(part, x[j]));
            x[j] = part;
        }
    for (size_t j = work->p; j-- > 0;)
        if (!fit->aliased[1 + j])
            for (size_t i = j + 1; i < work->p; i++)
                if (!fit->aliased[1 + i])
                    x[j] = dd_subtract(x[j], dd_multiply(work->matrix[i * m + j], x[i]));
    return square;
}

/* sum over kept columns of a_j mean_j */
static struct dd times_means(const struct work *work, const struct linear_fit *fit)
{
    struct dd total = {0, 0};

    for (size_t j = 0; j < work->p; j++)
        if (!fit->aliased[1 + j])
            total = dd_add(total, dd_multiply(work->solved[j], work->mean[j]));
    return total;
}

static void set_coefficients(struct work *work, struct linear_fit *fit)
{
    const size_t m = work->p + 1;
    const struct dd scale = {work->scale, 0}, total = dd_divide(work->matrix[m * m - 1], scale);

    for (size_t j = 0; j < work->p; j++)
        work->solved[j] = work->matrix[work->p * m + j];
    const struct dd explained = dd_divide(solve(work, fit), scale), residual = dd_subtract(total, explained);
    fit->total_ss = total.high;
    fit->residual_ss = residual.high > PERFECT * total.high ? residual.high : 0;
    if (fit->df > 0)
        fit->sigma = sqrt(fit->residual_ss / (double)fit->df);
    if (fit->total_ss > 0)
        fit->r_squared = explained.high / total.high;
    for (size_t j = 0; j < work->p; j++)
        if (!fit->aliased[1 + j])
            fit->coef[1 + j] = work->solved[j].high;
    if (!fit->aliased[0])
        fit->coef[0] = dd_subtract(work->mean[work->p], times_means(work, fit)).high;
    if (fit->rank > 0 && fit->sigma > 0)
        fit->statistic = explained.high / (double)fit->rank / (fit->sigma * fit->sigma);
}

/* A column of the inverse at a time; that of the intercept is - S^-1 mean, and 1/n + mean' S^-1 mean. */
static void set_covariance(struct work *work, struct linear_fit *fit)
{
    const size_t m = work->p + 1;
    const double variance = fit->sigma * fit->sigma;

    for (size_t k = fit->aliased[0] ? 1 : 0; k < m; k++) {
        if (fit->aliased[k])
            continue;
        for (size_t j = 0; j < work->p; j++)
            work->solved[j] = k == 0 ? dd_negate(work->mean[j]) : (struct dd){j + 1 == k ? work->scale : 0, 0};
        solve(work, fit);
        if (k == 0) {
            for (size_t j = 0; j < work->p; j++)
                work->solved[j] = dd_multiply(work->solved[j], (struct dd){work->scale, 0});
            const struct dd about = times_means(work, fit);
            fit->covariance[0] = variance * (1 / (double)fit->n - about.high);
        }
        for (size_t j = 0; j < work->p; j++)
            if (!fit->aliased[1 + j])
                fit->covariance[(1 + j) * m + k] = fit->covariance[k * m + 1 + j] = variance * work->solved[j].high;
        fit->std_err[k] = sqrt(fit->covariance[k * m + k]);
    }
}

static void set_test(struct linear_fit *fit)
{
    if (isnan(fit->statistic))
        return;
    fit->p_value = f_upper_tail(fit->statistic, (double)fit->rank, (double)fit->df, &fit->log_p);
}

static void clear(struct linear_fit *fit)
{
    const size_t m = fit->p + 1;

    for (size_t k = 0; k < m; k++) {
        fit->coef[k] = fit->std_err[k] = GSL_NAN;
        fit->aliased[k] = false;
    }
    for (size_t k = 0; k < m * m; k++)
        fit->covariance[k] = 0;
    fit->sigma = fit->r_squared = fit->statistic = fit->p_value = fit->log_p = GSL_NAN;
    fit->rank = 0;
}

int linear_solve(const struct linear_sums *sums, bool intercept, double tolerance, struct linear_fit *fit)
{
    struct work *const work = work_alloc(sums->p);
    int status = sums->spoiled ? GSL_EOVRFLW : sums->n < 1 ? GSL_EDOM : GSL_SUCCESS;

    if (work == NULL)
        return GSL_ENOMEM;
    clear(fit);
    fit->n = sums->n;
    fit->aliased[0] = !intercept;
    if (status == GSL_SUCCESS)
        status = make_system(sums, intercept, work);
    if (status == GSL_SUCCESS) {
        decompose(work, tolerance, fit);
        fit->df = fit->n - (int64_t)fit->rank - (intercept ? 1 : 0);
        set_coefficients(work, fit);
        if (fit->df > 0)
            set_covariance(work, fit);
        set_test(fit);
    }
    work_free(work);
    return status;
}

struct linear_fit *linear_fit_alloc(size_t p)
{
    const size_t m = p + 1;
    struct linear_fit *const fit = calloc(1, sizeof *fit);

    if (fit == NULL)
        return NULL;
    fit->p = p;
    fit->coef = calloc(m, sizeof *fit->coef);
    fit->std_err = calloc(m, sizeof *fit->std_err);
    fit->aliased = calloc(m, sizeof *fit->aliased);
    fit->covariance = calloc(m * m, sizeof *fit->covariance);
    if (fit->coef == NULL || fit->std_err == NULL || fit->aliased == NULL || fit->covariance == NULL) {
        linear_fit_free(fit);
        return NULL;
    }
    return fit;
}

void linear_fit_free(struct linear_fit *fit)
{
    if (fit == NULL)
        return;
    free(fit->coef);
    free(fit->std_err);
    free(fit->aliased);
    free(fit->covariance);
    free(fit);
}
