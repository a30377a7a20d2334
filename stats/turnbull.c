/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/turnbull.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/turnbull_work.h"

struct turnbull *turnbull_alloc(size_t n_max)
{
    struct turnbull *fit = calloc(1, sizeof *fit);
    struct turnbull_work *work = calloc(1, sizeof *work);

    if (fit == NULL || work == NULL || n_max == 0 || n_max > SIZE_MAX / 256) {
        free(work);
        turnbull_free(fit);
        return NULL;
    }
    fit->work = work;
    fit->capacity = n_max;
    fit->left = malloc(4 * n_max * sizeof *fit->left);
    work->end = malloc(2 * n_max * sizeof *work->end);
    work->range = malloc(n_max * sizeof *work->range);
    work->below = malloc(7 * (n_max + 1) * sizeof *work->below);
    work->pool = malloc((n_max + 1) * sizeof *work->pool);
    if (fit->left == NULL || work->end == NULL || work->range == NULL || work->below == NULL || work->pool == NULL) {
        turnbull_free(fit);
        return NULL;
    }
    fit->right = fit->left + n_max;
    fit->mass = fit->right + n_max;
    fit->surv = fit->mass + n_max;
    double **const columns[] = {&work->gradient, &work->slope, &work->curve, &work->target, &work->trial, &work->pool_weight};
    for (size_t k = 0; k < 6; k++)
        *columns[k] = work->below + (k + 1) * (n_max + 1);
    return fit;
}

void turnbull_free(struct turnbull *fit)
{
    struct turnbull_work *work = fit != NULL ? fit->work : NULL;

    if (work != NULL) {
        free(work->end);
        free(work->range);
        free(work->below);
        free(work->pool);
        free(work);
    }
    if (fit != NULL)
        free(fit->left);
    free(fit);
}

/* ---- innermost intervals ------------------------------------------------------------------------------------- */

static int compare_ends(const void *a, const void *b)
{
    const struct turnbull_end *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return (x->kind > y->kind) - (x->kind < y->kind);
}

static int compare_ranges(const void *a, const void *b)
{
    const struct turnbull_range *x = a, *y = b;
    if (x->lower != y->lower)
        return x->lower < y->lower ? -1 : 1;
    return (x->upper > y->upper) - (x->upper < y->upper);
}

/* Equal rows become one with a count, so that the order of the rows is forgotten. */
static int take_rows(size_t n, const double *lower, const double *upper, const int64_t *frequency, struct turnbull *fit)
{
    struct turnbull_work *work = fit->work;
    size_t n_row = 0, n_range = 0;

    fit->n_person = 0;
    for (size_t i = 0; i < n; i++) {
        const int64_t count = frequency != NULL ? frequency[i] : 1;
        if (!(lower[i] >= 0 && isfinite(lower[i]) && upper[i] >= lower[i]) || count < 0)
            return GSL_EDOM;
        if (count == 0)
            continue;
        work->range[n_row++] = (struct turnbull_range){.lower = lower[i], .upper = upper[i], .count = (double)count};
        fit->n_person += count;
    }
    if (n_row == 0)
        return GSL_EINVAL;
    qsort(work->range, n_row, sizeof *work->range, compare_ranges);
    for (size_t i = 0; i < n_row; i++) {
        if (n_range > 0 && compare_ranges(&work->range[n_range - 1], &work->range[i]) == 0)
            work->range[n_range - 1].count += work->range[i].count;
        else
            work->range[n_range++] = work->range[i];
    }
    work->n_range = n_range;
    return GSL_SUCCESS;
}

static void find_intervals(struct turnbull *fit)
{
    struct turnbull_work *work = fit->work;
    size_t n_end = 0;

    for (size_t i = 0; i < work->n_range; i++) {
        const struct turnbull_range *range = &work->range[i];
        work->end[n_end++] = (struct turnbull_end){range->lower, range->lower == range->upper ? END_POINT : END_LOWER};
        work->end[n_end++] = (struct turnbull_end){range->upper, END_UPPER};
    }
    qsort(work->end, n_end, sizeof *work->end, compare_ends);
    fit->n = 0;
    for (size_t k = 0; k + 1 < n_end; k++)
        if (work->end[k].kind != END_UPPER && work->end[k + 1].kind == END_UPPER) {
            fit->left[fit->n] = work->end[k].time;
            fit->right[fit->n++] = work->end[k + 1].time;
        }
}

/* Which intervals a row covers: those within (lower, upper], or the point. */
static void cover(struct turnbull *fit)
{
    struct turnbull_work *work = fit->work;

    for (size_t i = 0; i < work->n_range; i++) {
        struct turnbull_range *range = &work->range[i];
        const bool point = range->lower == range->upper;
        size_t low = 0, high = fit->n;
        while (low < high) { /* the first interval that does not begin too early */
            const size_t j = low + (high - low) / 2;
            const bool is_point = fit->left[j] == fit->right[j];
            const bool early = fit->left[j] < range->lower || (!point && is_point && fit->left[j] == range->lower);
            if (early)
                low = j + 1;
            else
                high = j;
        }
        range->first = low;
        for (high = fit->n; low < high;) { /* the first that finishes too late */
            const size_t j = low + (high - low) / 2;
            if (fit->right[j] <= range->upper)
                low = j + 1;
            else
                high = j;
        }
        range->last = low - 1;
    }
}

/* ---- the likelihood ------------------------------------------------------------------------------------------ */

static void sum_mass(const struct turnbull *fit, const double *mass, double *below)
{
    below[0] = 0;
    for (size_t j = 0; j < fit->n; j++)
        below[j + 1] = below[j] + mass[j];
}

static double range_mass(const struct turnbull_range *range, const double *below)
{
    return below[range->last + 1] - below[range->first];
}

static double log_likelihood(const struct turnbull *fit, const double *below)
{
    const struct turnbull_work *work = fit->work;
    double sum = 0;
    for (size_t i = 0; i < work->n_range; i++)
        sum += work->range[i].count * log(fmax(range_mass(&work->range[i], below), 0)); /* -infinity where nothing is left */
    return sum;
}

/* g of every interval at the present mass; returns the largest. */
static double find_gradient(struct turnbull *fit)
{
    struct turnbull_work *work = fit->work;
    double running = 0, largest = 0;

    memset(work->gradient, 0, (fit->n + 1) * sizeof *work->gradient);
    for (size_t i = 0; i < work->n_range; i++) {
        const struct turnbull_range *range = &work->range[i];
        const double share = range->count / range_mass(range, work->below);
        work->gradient[range->first] += share;
        work->gradient[range->last + 1] -= share;
    }
    for (size_t j = 0; j < fit->n; j++) {
        running += work->gradient[j];
        work->gradient[j] = running / (double)fit->n_person;
        largest = fmax(largest, work->gradient[j]);
    }
    return largest;
}

/* ---- steps --------------------------------------------------------------------------------------------------- */

static void self_consistency(struct turnbull *fit)
{
    struct turnbull_work *work = fit->work;
    double total = 0;

    find_gradient(fit);
    for (size_t j = 0; j < fit->n; j++)
        total += fit->mass[j] *= work->gradient[j];
    for (size_t j = 0; j < fit->n; j++)
        fit->mass[j] /= total;
    sum_mass(fit, fit->mass, work->below);
}

/* Slope and curvature of the log-likelihood by the sums below interval k, k = 1 .. n - 1. */
static void differentiate(struct turnbull *fit)
{
    struct turnbull_work *work = fit->work;

    memset(work->slope, 0, (fit->n + 1) * sizeof *work->slope);
    memset(work->curve, 0, (fit->n + 1) * sizeof *work->curve);
    for (size_t i = 0; i < work->n_range; i++) {
        const struct turnbull_range *range = &work->range[i];
        const double mass = range_mass(range, work->below);
        const double slope = range->count / mass, curve = range->count / (mass * mass);
        work->slope[range->last + 1] += slope;
        work->slope[range->first] -= slope;
        work->curve[range->last + 1] += curve;
        work->curve[range->first] += curve;
    }
}

/* Weighted isotonic regression of target over 1 .. n - 1, cut to [0, 1]; by pooling adjacent violators. */
static void make_isotonic(struct turnbull *fit)
{
    struct turnbull_work *work = fit->work;
    size_t n_pool = 0;

    for (size_t k = 1; k < fit->n; k++) {
        double mean = work->target[k], weight = work->curve[k];
        size_t from = k;
        while (n_pool > 0 && work->trial[n_pool - 1] >= mean) {
            n_pool--;
            mean = (mean * weight + work->trial[n_pool] * work->pool_weight[n_pool]) / (weight + work->pool_weight[n_pool]);
            weight += work->pool_weight[n_pool];
            from = work->pool[n_pool];
        }
        work->trial[n_pool] = mean;
        work->pool_weight[n_pool] = weight;
        work->pool[n_pool++] = from;
    }
    for (size_t k = fit->n; k-- > 1;) {
        while (work->pool[n_pool - 1] > k)
            n_pool--;
        work->target[k] = fmin(fmax(work->trial[n_pool - 1], 0), 1);
    }
}

/* One step of the convex minorant, shortened until the likelihood does not fall. */
static void convex_minorant(struct turnbull *fit)
{
    struct turnbull_work *work = fit->work;
    const double before = log_likelihood(fit, work->below);

    differentiate(fit);
    for (size_t k = 1; k < fit->n; k++)
        work->target[k] = work->below[k] + (work->curve[k] > 0 ? work->slope[k] / work->curve[k] : 0);
    make_isotonic(fit);
    work->trial[0] = 0;
    work->trial[fit->n] = 1;
    for (double share = 1; share > 1e-6; share /= 2) {
        for (size_t k = 1; k < fit->n; k++)
            work->trial[k] = work->below[k] + share * (work->target[k] - work->below[k]);
        if (log_likelihood(fit, work->trial) >= before) {
            memcpy(work->below, work->trial, (fit->n + 1) * sizeof *work->below);
            for (size_t j = 0; j < fit->n; j++)
                fit->mass[j] = fmax(work->below[j + 1] - work->below[j], 0);
            return;
        }
    }
}

/* Mass that is nothing but rounding, where the likelihood does not want any, is none. */
static void clean(struct turnbull *fit)
{
    struct turnbull_work *work = fit->work;
    double total = 0;

    for (size_t j = 0; j < fit->n; j++) {
        if (fit->mass[j] < 1e-12 && work->gradient[j] < 1)
            fit->mass[j] = 0;
        total += fit->mass[j];
    }
    for (size_t j = 0; j < fit->n; j++)
        fit->mass[j] /= total;
    sum_mass(fit, fit->mass, work->below);
}

int turnbull_solve(size_t n, const double *lower, const double *upper, const int64_t *frequency, double tolerance,
                   int n_max, struct turnbull *fit)
{
    struct turnbull_work *work = fit->work;

    if (n == 0 || n > fit->capacity)
        return GSL_EINVAL;
    const int status = take_rows(n, lower, upper, frequency, fit);
    if (status != GSL_SUCCESS)
        return status;
    find_intervals(fit);
    cover(fit);
    for (size_t j = 0; j < fit->n; j++)
        fit->mass[j] = 1 / (double)fit->n;
    sum_mass(fit, fit->mass, work->below);
    for (fit->n_iteration = 0;; fit->n_iteration++) {
        fit->gap = find_gradient(fit) - 1;
        fit->converged = fit->gap <= tolerance;
        if (fit->converged || fit->n_iteration == n_max)
            break;
        self_consistency(fit);
        if (fit->n > 1)
            convex_minorant(fit);
        /* The minorant may take all mass from where some is needed: a little of it back keeps EM able to move it. */
        for (size_t j = 0; j < fit->n; j++)
            fit->mass[j] = fmax(fit->mass[j], 1e-15);
        sum_mass(fit, fit->mass, work->below);
    }
    clean(fit);
    fit->loglik = log_likelihood(fit, work->below);
    for (size_t j = 0; j < fit->n; j++) /* from the end, so that what is left after the last is 0 exactly */
        fit->surv[fit->n - 1 - j] = j == 0 ? 0 : fit->surv[fit->n - j] + fit->mass[fit->n - j];
    return GSL_SUCCESS;
}

void turnbull_read(const struct turnbull *fit, double t, double *low, double *high)
{
    *low = *high = 1;
    for (size_t j = 0; j < fit->n && fit->left[j] <= t; j++) {
        if (fit->right[j] <= t) {
            *low = *high = fit->surv[j];
        } else {
            *low = fit->left[j] < t ? fit->surv[j] : *high; /* at the left end of an open interval nothing has happened yet */
        }
    }
}

size_t turnbull_place(const struct turnbull *fit, double t)
{
    size_t n = 0;

    while (n < fit->n && fit->right[n] <= t)
        n++;
    return n > 0 ? n - 1 : SIZE_MAX;
}
