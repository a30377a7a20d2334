/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/leaving.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

size_t leaving_n_cubes(size_t p)
{
    return p * (p + 1) * (p + 2) / 6;
}

size_t leaving_stride(size_t p, bool cubes)
{
    return 1 + p + p * (p + 1) / 2 + (cubes ? leaving_n_cubes(p) : 0);
}

struct leaving *leaving_alloc(const double *time, const int32_t *stratum, size_t n_time, size_t p, bool cubes)
{
    struct leaving *leaving = calloc(1, sizeof *leaving);

    if (leaving == NULL)
        return NULL;
    leaving->n_time = n_time;
    leaving->p = p;
    leaving->cubes = cubes;
    leaving->stride = leaving_stride(p, cubes);
    leaving->time = malloc((n_time + 1) * sizeof *leaving->time);
    leaving->stratum = calloc(n_time + 1, sizeof *leaving->stratum);
    leaving->n = calloc(n_time * LEAVING_KINDS + 1, sizeof *leaving->n);
    leaving->sum = calloc(n_time * LEAVING_KINDS * leaving->stride + 1, sizeof *leaving->sum);
    leaving->events = calloc(1 + p, sizeof *leaving->events);
    if (leaving->time == NULL || leaving->stratum == NULL || leaving->n == NULL || leaving->sum == NULL ||
        leaving->events == NULL) {
        leaving_free(leaving);
        return NULL;
    }
    if (n_time > 0)
        memcpy(leaving->time, time, n_time * sizeof *time);
    if (n_time > 0 && stratum != NULL)
        memcpy(leaving->stratum, stratum, n_time * sizeof *stratum);
    return leaving;
}

void leaving_free(struct leaving *leaving)
{
    if (leaving == NULL)
        return;
    free(leaving->time);
    free(leaving->stratum);
    free(leaving->n);
    free(leaving->sum);
    free(leaving->events);
    free(leaving);
}

/* ---- adding ---------------------------------------------------------------------------------------------------- */

/* times: how often, negative takes away. */
static void add_row(wide_sum *sum, const double *x, size_t p, double r, int64_t times)
{
    wide_sum *product = sum + 1 + p;

    sum[0] += wide_of(r) * times;
    for (size_t j = 0; j < p; j++) {
        const double rx = r * x[j];
        if (rx != 0) {
            sum[1 + j] += wide_of(rx) * times;
            for (size_t k = 0; k <= j; k++)
                if (x[k] != 0)
                    product[k] += wide_of(rx * x[k]) * times;
        }
        product += j + 1;
    }
}

static void add_cubes(wide_sum *cube, const double *x, size_t p, double r, int64_t times)
{
    for (size_t j = 0; j < p; j++)
        for (size_t k = 0; k <= j; cube += ++k)
            for (size_t l = 0; l <= k; l++)
                cube[l] += wide_of(r * x[j] * x[k] * x[l]) * times;
}

static void add_row_to(const struct leaving *leaving, size_t cell, const double *x, double r, int64_t times)
{
    const size_t p = leaving->p;
    wide_sum *const sum = leaving->sum + cell * leaving->stride;

    add_row(sum, x, p, r, times);
    if (leaving->cubes)
        add_cubes(sum + leaving_stride(p, false), x, p, r, times);
}

static double predictor(const double *x, const double *beta, size_t p)
{
    double eta = 0;

    for (size_t j = 0; j < p; j++)
        eta += x[j] * beta[j];
    return eta;
}

static double largest(const double *x, size_t p)
{
    double max = 1;

    for (size_t j = 0; j < p; j++)
        max = fmax(max, fabs(x[j]));
    return max;
}

static void add_event(struct leaving *leaving, const double *x, double eta, int64_t times)
{
    leaving->events[0] += wide_of(eta) * times;
    for (size_t j = 0; j < leaving->p; j++)
        leaving->events[1 + j] += wide_of(x[j]) * times;
}

int leaving_add(struct leaving *leaving, const struct leaving_rows *rows, const double *beta)
{
    const size_t p = leaving->p;

    for (size_t i = 0; i < rows->n; i++) {
        const double *x = rows->x + i * p, most = largest(x, p), eta = predictor(x, beta, p), r = exp(eta);
        const size_t cell = rows->position[i] * (size_t)LEAVING_KINDS + rows->kind[i];
        if (!wide_fits(r * most * most * (leaving->cubes ? most : 1), (double)rows->frequency[i] * (double)rows->n) || !wide_fits(eta, (double)rows->n))
            return GSL_EDOM;
        leaving->n[cell] += rows->frequency[i];
        add_row_to(leaving, cell, x, r, rows->frequency[i]);
        if (rows->kind[i] == LEAVING_EVENT)
            add_event(leaving, x, eta, rows->frequency[i]);
        if (rows->entry != NULL && rows->entry[i] != LEAVING_FROM_START) {
            const size_t entered = rows->entry[i] * (size_t)LEAVING_KINDS + LEAVING_ENTERED;
            leaving->n[entered] += rows->frequency[i];
            add_row_to(leaving, entered, x, r, rows->frequency[i]);
        }
    }
    return GSL_SUCCESS;
}

int leaving_merge(struct leaving *into, const struct leaving *from)
{
    const size_t n_cell = into->n_time * LEAVING_KINDS, n_sum = n_cell * into->stride;

    if (into->n_time != from->n_time || into->p != from->p || into->cubes != from->cubes)
        return GSL_EINVAL;
    for (size_t k = 0; k < into->n_time; k++)
        if (into->time[k] != from->time[k] || into->stratum[k] != from->stratum[k])
            return GSL_EINVAL;
    for (size_t k = 0; k < n_cell; k++)
        into->n[k] += from->n[k];
    for (size_t k = 0; k < n_sum; k++)
        into->sum[k] += from->sum[k];
    for (size_t j = 0; j <= into->p; j++)
        into->events[j] += from->events[j];
    return GSL_SUCCESS;
}

/* ---- Cox -------------------------------------------------------------------------------------------------------- */

static void clear_point(struct leaving_point *point, size_t p)
{
    point->loglik = 0;
    memset(point->score, 0, p * sizeof *point->score);
    memset(point->info, 0, p * p * sizeof *point->info);
    memset(point->size, 0, p * sizeof *point->size);
    if (point->cubes != NULL)
        memset(point->cubes, 0, leaving_n_cubes(p) * sizeof *point->cubes);
}

static void add_events(const struct leaving *leaving, struct leaving_point *point)
{
    const size_t p = leaving->p;

    point->loglik += wide_value(leaving->events[0]);
    for (size_t j = 0; j < p; j++)
        point->score[j] += wide_value(leaving->events[1 + j]);
    for (size_t j = 0; j < p; j++)
        for (size_t k = 0; k < j; k++)
            point->info[k * p + j] = point->info[j * p + k];
}

/* The third central moments of a risk set: how its information changes with the coefficients. */
static void take_cubes(const double *s, const double *d, double part, double den, double m, size_t p, double *cubes)
{
    const size_t plain = leaving_stride(p, false);
    const double *const s2 = s + 1 + p, *const d2 = d + 1 + p, *s3 = s + plain, *d3 = d + plain;

    for (size_t j = 0; j < p; j++)
        for (size_t k = 0; k <= j; s3 += k + 1, d3 += k + 1, cubes += k + 1, k++)
            for (size_t l = 0; l <= k; l++) {
                const double mj = (s[1 + j] - part * d[1 + j]) / den, mk = (s[1 + k] - part * d[1 + k]) / den,
                             ml = (s[1 + l] - part * d[1 + l]) / den;
                const size_t jk = j * (j + 1) / 2 + k, jl = j * (j + 1) / 2 + l, kl = k * (k + 1) / 2 + l;
                cubes[l] += m * ((s3[l] - part * d3[l]) / den - (s2[jk] - part * d2[jk]) / den * ml -
                                 (s2[jl] - part * d2[jl]) / den * mk - (s2[kl] - part * d2[kl]) / den * mj + 2 * mj * mk * ml);
            }
}

/* One event of weight m whose risk set has the sums s, those of the dead there taken off by `part`. */
static int take_event(const double *s, const double *d, double part, double m, size_t p, struct leaving_point *point)
{
    const double den = s[0] - part * d[0];
    const double *product = s + 1 + p, *dead = d + 1 + p;

    if (!(den > 0) || !isfinite(den))
        return GSL_EDOM;
    point->loglik -= m * log(den);
    for (size_t j = 0; j < p; j++) {
        const double mean = (s[1 + j] - part * d[1 + j]) / den;
        point->score[j] -= m * mean;
        for (size_t k = 0; k <= j; k++)
            point->info[j * p + k] +=
                m * ((product[k] - part * dead[k]) / den - mean * (s[1 + k] - part * d[1 + k]) / den);
        point->size[j] += m * (product[j] - part * dead[j]) / den;
        product += j + 1;
        dead += j + 1;
    }
    if (point->cubes != NULL)
        take_cubes(s, d, part, den, m, p, point->cubes);
    return GSL_SUCCESS;
}

/* Of n events at one time: what those at risk, and those who have the event, have been through by this one. */
static void add_step(const double *s, const double *d, double part, double m, double n, size_t p, double *mean, double *steps)
{
    const double den = s[0] - part * d[0];

    for (size_t j = 0; j < p; j++)
        mean[j] = (s[1 + j] - part * d[1 + j]) / den;
    leaving_add_step(steps, p, den, part, m, n, mean);
}

int leaving_cox(const struct leaving *leaving, bool efron, double *shares, double *work, struct leaving_point *point)
{
    const size_t p = leaving->p, stride = leaving->stride, n_share = LEAVING_SHARE_KINDS * (1 + 2 * p);
    double *const s = work, *const d = work + stride, *const mean = work + 2 * stride;
    wide_sum *running = calloc(stride, sizeof *running);
    int status = running == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    clear_point(point, p);
    if (shares != NULL)
        memset(shares, 0, leaving->n_time * n_share * sizeof *shares);
    for (size_t k = leaving->n_time; status == GSL_SUCCESS && k-- > 0;) {
        double *const steps = shares == NULL ? NULL : shares + k * n_share;
        const wide_sum *cell = leaving->sum + k * LEAVING_KINDS * stride;
        const int64_t n = leaving->n[k * LEAVING_KINDS + LEAVING_EVENT];
        if (k + 1 < leaving->n_time && leaving->stratum[k + 1] != leaving->stratum[k])
            memset(running, 0, stride * sizeof *running);
        for (size_t j = 0; j < stride; j++)
            running[j] += cell[LEAVING_CENSORED * stride + j] + cell[LEAVING_EVENT * stride + j] +
                          cell[LEAVING_OTHER * stride + j] - cell[LEAVING_ENTERED * stride + j];
        for (size_t j = 0; n > 0 && j < stride; j++) {
            s[j] = wide_value(running[j]);
            d[j] = wide_value(cell[LEAVING_EVENT * stride + j]);
        }
        const int64_t n_step = n == 0 ? 0 : efron ? n : 1;
        for (int64_t l = 0; l < n_step && status == GSL_SUCCESS; l++) {
            const double part = (double)l / (double)n, m = efron ? 1 : (double)n;
            status = take_event(s, d, part, m, p, point);
            if (status == GSL_SUCCESS && steps != NULL)
                add_step(s, d, part, m, (double)n, p, mean, steps);
        }
    }
    if (status == GSL_SUCCESS && shares != NULL)
        leaving_finish_steps(leaving, shares);
    add_events(leaving, point);
    free(running);
    return status;
}

/* ---- Fine and Gray ------------------------------------------------------------------------------------------------ */

/* Along the axis: [n_time] each, vectors [n_time * p]. */
struct course {
    double *g, *at_risk;      /* censoring curve just before a time, and who is at risk of being censored then */
    double *increment, *mean; /* of the hazard; mean column E */
    double *other;            /* [n_time * (1 + p)] sums over earlier others of r / G(their time) */
    void *memory;
};

static int course_alloc(size_t n_time, size_t p, struct course *course)
{
    double *real = calloc(n_time * (4 + 2 * p) + 1, sizeof *real);

    course->memory = real;
    course->g = real;
    course->at_risk = real == NULL ? NULL : real + n_time;
    course->increment = real == NULL ? NULL : real + 2 * n_time;
    course->mean = real == NULL ? NULL : real + 3 * n_time;
    course->other = real == NULL ? NULL : real + (3 + p) * n_time;
    return real == NULL ? GSL_ENOMEM : GSL_SUCCESS;
}

/* G just before each time, at time 0 after it; those with an event at a time are at risk of being censored there. */
static void weigh(const struct leaving *leaving, struct course *course)
{
    int64_t left = 0;
    double g = 1;

    for (size_t k = leaving->n_time; k-- > 0;) {
        const int64_t *n = leaving->n + k * LEAVING_KINDS;
        left += n[LEAVING_CENSORED] + n[LEAVING_EVENT] + n[LEAVING_OTHER];
        course->at_risk[k] = (double)left;
    }
    for (size_t k = 0; k < leaving->n_time; k++) {
        const double risk = course->at_risk[k];
        course->g[k] = risk > 0 ? g : 0;
        if (risk > 0)
            g *= (risk - (double)leaving->n[k * LEAVING_KINDS + LEAVING_CENSORED]) / risk;
        if (k == 0 && leaving->time[0] == 0)
            course->g[0] = g;
    }
}

/* The running sums of those followed, and of those who had another event, the latter by their weight. */
struct running {
    wide_sum *followed; /* [stride] */
    double *other;      /* [stride] sums of r / G */
};

static int walk_times(const struct leaving *leaving, struct course *course, const struct running *run, double *s,
                      struct leaving_point *point)
{
    const size_t p = leaving->p, stride = leaving->stride;
    int status = GSL_SUCCESS;

    for (size_t k = 0; k < leaving->n_time; k++)
        for (size_t j = 0; j < stride; j++)
            for (int kind = 0; kind < LEAVING_ENTERED; kind++)
                run->followed[j] += leaving->sum[(k * LEAVING_KINDS + (size_t)kind) * stride + j];
    for (size_t k = 0; k < leaving->n_time && status == GSL_SUCCESS; k++) {
        const wide_sum *cell = leaving->sum + k * LEAVING_KINDS * stride;
        const double n = (double)leaving->n[k * LEAVING_KINDS + LEAVING_EVENT];
        memcpy(course->other + k * (1 + p), run->other, (1 + p) * sizeof *run->other);
        if (n > 0) {
            for (size_t j = 0; j < stride; j++)
                s[j] = wide_value(run->followed[j]) + course->g[k] * run->other[j];
            status = take_event(s, s, 0, n, p, point);
            course->increment[k] = n / s[0];
            for (size_t j = 0; j < p; j++)
                course->mean[k * p + j] = s[1 + j] / s[0];
        }
        for (size_t j = 0; j < stride; j++) {
            run->followed[j] -= cell[LEAVING_CENSORED * stride + j] + cell[LEAVING_EVENT * stride + j] +
                                cell[LEAVING_OTHER * stride + j];
            if (leaving->n[k * LEAVING_KINDS + LEAVING_OTHER] > 0)
                run->other[j] += wide_value(cell[LEAVING_OTHER * stride + j]) / course->g[k];
        }
    }
    return status;
}

/* later: sums over times > k of G times the hazard's increment, and of that times E. */
static void fill_later(const struct leaving *leaving, const struct course *course, double *later)
{
    const size_t p = leaving->p;

    memset(later + leaving->n_time * (1 + p), 0, (1 + p) * sizeof *later);
    for (size_t k = leaving->n_time; k-- > 0;) {
        const double step = course->g[k] * course->increment[k];
        later[k * (1 + p)] = later[(k + 1) * (1 + p)] + step;
        for (size_t j = 0; j < p; j++)
            later[k * (1 + p) + 1 + j] = later[(k + 1) * (1 + p) + 1 + j] + step * course->mean[k * p + j];
    }
}

/* later[k] holds the sums from k on.  past: hazard and its means up to k; drift: of the censorings up to k. */
static void fill_shares(const struct leaving *leaving, const struct course *course, const double *later, double *past,
                        double *drift, double *shares)
{
    const size_t p = leaving->p, width = 1 + 2 * p;

    for (size_t k = 0; k < leaving->n_time; k++) {
        const double censored = (double)leaving->n[k * LEAVING_KINDS + LEAVING_CENSORED], risk = course->at_risk[k];
        const double *now = later + k * (1 + p), *next = later + (k + 1) * (1 + p), *other = course->other + k * (1 + p);
        double *share = shares + k * LEAVING_SHARE_KINDS * width;
        past[0] += course->increment[k];
        share[LEAVING_CENSORED * width] = share[LEAVING_EVENT * width] = past[0];
        share[LEAVING_OTHER * width] = past[0] + (course->g[k] > 0 ? next[0] / course->g[k] : 0);
        for (size_t j = 0; j < p; j++) {
            const double pull = other[1 + j] * now[0] - other[0] * now[1 + j];
            past[1 + j] += course->increment[k] * course->mean[k * p + j];
            drift[j] -= risk > 0 ? censored * pull / (risk * risk) : 0;
            for (int kind = 0; kind < LEAVING_SHARE_KINDS; kind++) {
                share[(size_t)kind * width + 1 + j] = past[1 + j];
                share[(size_t)kind * width + 1 + p + j] = drift[j];
            }
            share[LEAVING_OTHER * width + 1 + j] += course->g[k] > 0 ? next[1 + j] / course->g[k] : 0;
            share[LEAVING_EVENT * width + 1 + p + j] -= course->mean[k * p + j];
            share[LEAVING_CENSORED * width + 1 + p + j] += risk > 0 ? pull / risk : 0;
        }
    }
}

static int find_shares(const struct leaving *leaving, const struct course *course, double *shares)
{
    const size_t p = leaving->p;
    double *later = calloc((leaving->n_time + 1) * (1 + p) + 1 + 2 * p, sizeof *later);

    if (later == NULL)
        return GSL_ENOMEM;
    double *const past = later + (leaving->n_time + 1) * (1 + p);
    fill_later(leaving, course, later);
    fill_shares(leaving, course, later, past, past + 1 + p, shares);
    free(later);
    return GSL_SUCCESS;
}

int leaving_finegray(const struct leaving *leaving, double *shares, struct leaving_point *point)
{
    const size_t stride = leaving->stride;
    struct course course = {0};
    struct running run = {calloc(stride, sizeof *run.followed), calloc(2 * stride, sizeof *run.other)};
    int status = course_alloc(leaving->n_time, leaving->p, &course);

    clear_point(point, leaving->p);
    for (size_t k = 0; k < leaving->n_time; k++)
        if (leaving->n[k * LEAVING_KINDS + LEAVING_ENTERED] != 0 || leaving->stratum[k] != leaving->stratum[0])
            status = GSL_EINVAL;
    if (status == GSL_SUCCESS && (run.followed == NULL || run.other == NULL))
        status = GSL_ENOMEM;
    if (status == GSL_SUCCESS) {
        weigh(leaving, &course);
        status = walk_times(leaving, &course, &run, run.other + stride, point);
    }
    if (status == GSL_SUCCESS)
        add_events(leaving, point);
    if (status == GSL_SUCCESS && shares != NULL)
        status = find_shares(leaving, &course, shares);
    free(run.followed);
    free(run.other);
    free(course.memory);
    return status;
}
