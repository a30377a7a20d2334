/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/weighted_subhazard.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "stats/fixed_sum.h"
#include "stats/square_sum.h"

enum { EVENT = 0, OTHER = 1, CENSORED = 2, KINDS = 3 };

/* What happens at one time; by arm where there are two. */
struct moment {
    double other[2], censored;           /* weights of those who leave but by the event */
    double followed[2];                  /* of those whose time is this one or later */
    double g;                            /* G(t-) */
    double gone[2];                      /* sum w / G(X-) of other events up to and with this time */
    double slope[2];                     /* D c */
    double later[2];                     /* L */
    double pull;                         /* Q */
};

struct solving {
    const struct subhazard_rows *rows;
    struct moment *moment; /* [n_time] */
    struct arm_moment *at; /* [n_time] events and risk sets */
};

/* ---- sums of rows -------------------------------------------------------------------------------------------------- */

static int kind_of(int32_t cause)
{
    return cause == 0 ? CENSORED : cause == 1 ? EVENT : OTHER;
}

/* of_time: both parts of the sums of one time, by arm and kind. */
static double sum_of(const struct fixed_scale *scale, const int64_t *of_time, size_t arm, size_t kind)
{
    const int64_t *const sum = of_time + 2 * (arm * KINDS + kind);

    return fixed_value(scale, sum[0], sum[1]);
}

static void read_moments(const struct fixed_scale *scale, const int64_t *sums, struct solving *s)
{
    for (size_t k = 0; k < s->rows->n_time; k++) {
        const int64_t *const of_time = sums + 4 * KINDS * k;
        struct moment *const m = &s->moment[k];

        for (size_t arm = 0; arm < 2; arm++) {
            s->at[k].event[arm] = sum_of(scale, of_time, arm, EVENT);
            m->other[arm] = sum_of(scale, of_time, arm, OTHER);
        }
        m->censored = sum_of(scale, of_time, 0, CENSORED) + sum_of(scale, of_time, 1, CENSORED);
    }
}

/* From the last time back in whole numbers, so that what is left of the first is exact. */
static void follow(const struct fixed_scale *scale, const int64_t *sums, struct solving *s)
{
    int64_t high[2] = {0, 0}, low[2] = {0, 0};

    for (size_t k = s->rows->n_time; k-- > 0;)
        for (size_t arm = 0; arm < 2; arm++) {
            for (size_t kind = 0; kind < KINDS; kind++) {
                high[arm] += sums[2 * (k * 2 * KINDS + arm * KINDS + kind)];
                low[arm] += sums[2 * (k * 2 * KINDS + arm * KINDS + kind) + 1];
            }
            s->moment[k].followed[arm] = fixed_wide_value(scale, fixed_wide(scale, high[arm], low[arm]));
        }
}

static int sum_rows(struct solving *s)
{
    const struct subhazard_rows *const rows = s->rows;
    const double here = largest_magnitude(rows->weight, rows->n);
    const double largest = reducer_largest(rows->reducer, isnan(here) ? (double)INFINITY : here);
    const int64_t n = reducer_sum_one(rows->reducer, (int64_t)rows->n);
    int64_t *const sums = calloc(4 * KINDS * rows->n_time + 1, sizeof *sums);
    struct fixed_scale scale;
    int status = sums == NULL ? GSL_ENOMEM : fixed_scale_init(&scale, largest, (uint64_t)n);

    for (size_t i = 0; i < rows->n && status == GSL_SUCCESS; i++) {
        const size_t cell = (size_t)rows->place[i] * 2 * KINDS + (rows->treated[i] ? KINDS : 0) + (size_t)kind_of(rows->cause[i]);
        int64_t high, low;

        if (!(rows->weight[i] >= 0))
            status = GSL_EINVAL;
        fixed_split(&scale, rows->weight[i], &high, &low);
        sums[2 * cell] += high;
        sums[2 * cell + 1] += low;
    }
    if ((status = reducer_status(rows->reducer, status)) == GSL_SUCCESS) {
        reducer_sum(rows->reducer, sums, 4 * KINDS * rows->n_time);
        read_moments(&scale, sums, s);
        follow(&scale, sums, s);
    }
    free(sums);
    return status;
}

/* Is G still above 0 behind this time? */
static bool goes_on(const struct moment *m)
{
    return m->followed[0] + m->followed[1] > m->censored && m->followed[0] + m->followed[1] > 0;
}

/* G just before each time; at time 0 after its own step.  Then who is gone, and the risk sets. */
static void weigh(struct solving *s)
{
    double g = 1, gone[2] = {0, 0};

    for (size_t k = 0; k < s->rows->n_time; k++) {
        struct moment *const m = &s->moment[k];
        const double at_risk = m->followed[0] + m->followed[1];

        m->g = at_risk > 0 ? g : 0;
        if (at_risk > 0)
            g = goes_on(m) ? g * ((at_risk - m->censored) / at_risk) : 0;
        if (k == 0 && s->rows->from_zero)
            m->g = g;
        for (size_t arm = 0; arm < 2; arm++) {
            s->at[k].risk[arm] = m->followed[arm] + m->g * gone[arm];
            gone[arm] += m->g > 0 ? m->other[arm] / m->g : 0;
            m->gone[arm] = gone[arm];
        }
    }
}

/* ---- slopes --------------------------------------------------------------------------------------------------------- */

static void set_slopes(struct solving *s, double b)
{
    double later[2] = {0, 0};

    for (size_t k = s->rows->n_time; k-- > 0;) {
        struct moment *const m = &s->moment[k];

        arm_ratio_slopes(&s->at[k], b, m->slope);
        m->pull = 0;
        for (size_t arm = 0; arm < 2; arm++) {
            m->later[arm] = later[arm];
            m->pull += m->gone[arm] * later[arm];
            later[arm] += m->slope[arm] * m->g;
        }
        /* The weights of those gone at time 0 have its step of G above and below. */
        if (k == 0 && s->rows->from_zero)
            m->pull = 0;
    }
}

static int find_slopes(struct solving *s, const struct arm_ratio *result, double *slope)
{
    const struct subhazard_rows *const rows = s->rows;
    double *const past = malloc((2 * rows->n_time + 1) * sizeof *past), sum[2] = {0, 0};

    if (past == NULL)
        return GSL_ENOMEM;
    set_slopes(s, result->log_ratio);
    for (size_t k = 0; k < rows->n_time; k++) {
        const struct moment *const m = &s->moment[k];
        const double at_risk = m->followed[0] + m->followed[1];

        for (size_t arm = 0; arm < 2; arm++) {
            sum[arm] += m->slope[arm];
            if (m->censored > 0 && goes_on(m))
                sum[arm] += m->pull * m->censored / (at_risk * (at_risk - m->censored));
            past[2 * k + arm] = sum[arm];
        }
    }
    for (size_t i = 0; i < rows->n; i++) {
        const struct moment *const m = &s->moment[rows->place[i]];
        const size_t arm = rows->treated[i] ? 1 : 0;
        double u = -past[2 * rows->place[i] + arm];

        if (rows->cause[i] == 1)
            u += (arm == 1) - arm_ratio_mean(&s->at[rows->place[i]], result->log_ratio);
        else if (rows->cause[i] != 0)
            u -= m->g > 0 ? m->later[arm] / m->g : 0;
        else if (goes_on(m))
            u += m->pull / (m->followed[0] + m->followed[1] - m->censored);
        slope[i] = rows->weight[i] > 0 ? u / result->information : 0;
    }
    free(past);
    return GSL_SUCCESS;
}

int subhazard_solve(const struct subhazard_rows *rows, struct arm_ratio *result, double *slope)
{
    struct solving s = {.rows = rows, .moment = calloc(rows->n_time + 1, sizeof *s.moment), .at = calloc(rows->n_time + 1, sizeof *s.at)};
    int status = s.moment == NULL || s.at == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    *result = (struct arm_ratio){NAN, NAN, 0};
    if (status == GSL_SUCCESS)
        status = sum_rows(&s);
    if (status == GSL_SUCCESS) {
        weigh(&s);
        status = arm_ratio_find(s.at, rows->n_time, result);
    }
    if (status == GSL_SUCCESS)
        status = find_slopes(&s, result, slope);
    free(s.at);
    free(s.moment);
    return status;
}
