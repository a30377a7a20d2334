/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/balance.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void moments_init(struct moments *moments)
{
    moments->n = moments->n_missing = 0;
    exact_sum_init(&moments->sum);
    exact_sum_init(&moments->sum_square);
}

int moments_add(struct moments *moments, double x, int64_t frequency)
{
    int64_t *count = isnan(x) ? &moments->n_missing : &moments->n;
    int64_t more;

    if (frequency < 0 || isinf(x))
        return GSL_EINVAL;
    if (isinf(x * x) || __builtin_add_overflow(*count, frequency, &more))
        return GSL_EOVRFLW;
    *count = more;
    if (isnan(x))
        return GSL_SUCCESS;
    exact_sum_add_times(&moments->sum, x, frequency);
    return exact_sum_add_product(&moments->sum_square, x, x, frequency);
}

int moments_add_array(struct moments *moments, const double *x, const int64_t *frequency, size_t n)
{
    int status = GSL_SUCCESS;

    for (size_t i = 0; i < n && status == GSL_SUCCESS; i++)
        status = moments_add(moments, x[i], frequency != NULL ? frequency[i] : 1);
    return status;
}

int moments_merge(struct moments *moments, const struct moments *other)
{
    int64_t n, n_missing;

    if (__builtin_add_overflow(moments->n, other->n, &n) ||
        __builtin_add_overflow(moments->n_missing, other->n_missing, &n_missing))
        return GSL_EOVRFLW;
    moments->n = n;
    moments->n_missing = n_missing;
    exact_sum_merge(&moments->sum, &other->sum);
    return exact_sum_merge(&moments->sum_square, &other->sum_square);
}

int moments_reduce(struct moments *moments, size_t n, const struct reducer *reducer)
{
    struct reducer_bytes all = {0};
    int status = reducer == NULL ? GSL_SUCCESS : reducer->collect(reducer->context, moments, n * sizeof *moments, &all);

    if (status != GSL_SUCCESS || reducer == NULL)
        return status;
    for (size_t i = 0; i < n; i++)
        moments_init(&moments[i]);
    for (size_t k = 0; status == GSL_SUCCESS && k < reducer->n_places * n; k++) {
        struct moments other;
        memcpy(&other, all.bytes + k * sizeof other, sizeof other);
        status = moments_merge(&moments[k % n], &other);
    }
    free(all.bytes);
    return status;
}

/* sum (x - centre)^2 = sum x^2 - 2 centre sum x + n centre^2, each term exact: nothing is lost where they cancel. */
static int squares_about(const struct moments *moments, double centre, double *squares)
{
    struct exact_sum about = moments->sum_square, rest = moments->sum;
    double part;

    /* The sum of x need not be one double: it is peeled off, double by double. */
    do {
        exact_sum_round(&rest, &part);
        exact_sum_add(&rest, -part);
        exact_sum_add_product(&about, centre, part, -2);
    } while (part != 0);
    exact_sum_add_product(&about, centre, centre, moments->n);
    /* A product beyond the largest double has spoiled the sum. */
    return exact_sum_round(&about, squares) == GSL_SUCCESS ? GSL_SUCCESS : GSL_EOVRFLW;
}

int moments_solve(const struct moments *moments, double *mean, double *variance)
{
    const double n = (double)moments->n;
    struct exact_sum deviations = moments->sum;
    double total, centre, squares, rest;

    *mean = *variance = GSL_NAN;
    if (moments->n == 0)
        return GSL_EDOM;
    exact_sum_round(&moments->sum, &total); /* in range, as every square is */
    centre = total / n;
    if (squares_about(moments, centre, &squares) != GSL_SUCCESS)
        return GSL_EOVRFLW;
    exact_sum_add_times(&deviations, centre, -moments->n);
    exact_sum_round(&deviations, &rest); /* what the rounding of the centre left over */
    *mean = centre;
    if (moments->n > 1)
        *variance = fmax(0, squares - rest * (rest / n)) / (n - 1);
    return GSL_SUCCESS;
}

int smd_numeric(double arm_mean, double arm_variance, double reference_mean, double reference_variance,
                enum smd_denominator denominator, double *smd)
{
    double variance = GSL_NAN, ratio;

    *smd = GSL_NAN;
    switch (denominator) {
    case SMD_POOLED:
        variance = arm_variance / 2 + reference_variance / 2;
        break;
    case SMD_REFERENCE:
        variance = reference_variance;
        break;
    case SMD_ARM:
        variance = arm_variance;
        break;
    }
    ratio = (arm_mean - reference_mean) / sqrt(variance);
    if (!(variance > 0) || !isfinite(ratio))
        return GSL_EDOM;
    *smd = ratio;
    return GSL_SUCCESS;
}

int smd_level(int64_t arm_count, int64_t arm_n, int64_t reference_count, int64_t reference_n,
              enum smd_denominator denominator, double *smd)
{
    double p1, p0;

    *smd = GSL_NAN;
    if (arm_count < 0 || arm_count > arm_n || reference_count < 0 || reference_count > reference_n)
        return GSL_EINVAL;
    if (arm_n == 0 || reference_n == 0)
        return GSL_EDOM;
    p1 = (double)arm_count / (double)arm_n;
    p0 = (double)reference_count / (double)reference_n;
    return smd_numeric(p1, p1 * (1 - p1), p0, p0 * (1 - p0), denominator, smd);
}

/* t' S^-1 t by Cholesky: S = L L', then |L^-1 t|^2.  s is [n n], its lower triangle is overwritten, as is t [n]. */
static double quadratic_form(double *s, double *t, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            for (size_t k = 0; k < j; k++)
                s[i * n + j] -= s[i * n + k] * s[j * n + k];
            s[i * n + j] = i == j ? sqrt(s[i * n + i]) : s[i * n + j] / s[j * n + j];
        }
        for (size_t k = 0; k < i; k++)
            t[i] -= s[i * n + k] * t[k];
        t[i] /= s[i * n + i];
        sum += t[i] * t[i];
    }
    return sum;
}

/* A factor's counts in both arms; left_out is the level that the matrix goes without. */
struct factor {
    const int64_t *arm, *reference;
    double arm_n, reference_n;
    size_t n_level, left_out;
};

/* All levels that occur enter, but the most frequent: without it the matrix is best conditioned. */
static bool enters(const struct factor *f, size_t level)
{
    return level != f->left_out && (f->arm[level] > 0 || f->reference[level] > 0);
}

/* Differences in shares t and the lower triangle of the mean covariance matrix s; returns their order. */
static size_t fill_covariance(const struct factor *f, double *s, double *t)
{
    size_t n = 0, cell = 0;

    for (size_t i = 0; i < f->n_level; i++)
        n += enters(f, i);
    for (size_t i = 0, row = 0; i < f->n_level; i++) {
        const double p1 = (double)f->arm[i] / f->arm_n, p0 = (double)f->reference[i] / f->reference_n;

        if (!enters(f, i))
            continue;
        t[row] = p1 - p0;
        cell = row++ * n;
        for (size_t j = 0; j <= i; j++) {
            const double q1 = (double)f->arm[j] / f->arm_n, q0 = (double)f->reference[j] / f->reference_n;

            if (enters(f, j))
                s[cell++] = i == j ? (p1 * (1 - p1) + p0 * (1 - p0)) / 2 : -(p1 * q1 + p0 * q0) / 2;
        }
    }
    return n;
}

int smd_factor(const int64_t *arm_count, const int64_t *reference_count, size_t n_level, double *work, double *smd)
{
    struct factor f = {arm_count, reference_count, 0, 0, n_level, 0};
    double *covariance = work, *gap = work + n_level * n_level, most = 0;
    bool shared = false;

    *smd = GSL_NAN;
    for (size_t i = 0; i < n_level; i++) {
        const double arm = (double)arm_count[i], reference = (double)reference_count[i];

        if (arm < 0 || reference < 0)
            return GSL_EINVAL;
        f.arm_n += arm;
        f.reference_n += reference;
        shared = shared || (arm > 0 && reference > 0);
        if (arm + reference > most) {
            most = arm + reference;
            f.left_out = i;
        }
    }
    if (!shared)
        return GSL_EDOM; /* without a shared level the matrix is singular, with one it is not */
    *smd = sqrt(quadratic_form(covariance, gap, fill_covariance(&f, covariance, gap)));
    return GSL_SUCCESS;
}
