/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/meta_tau.h"

#include <math.h>

#include "stats/exact_sum.h"

struct studies {
    const double *estimate, *std_error;
    size_t k;
};

void meta_sums_at(const double *estimate, const double *std_error, size_t k, double tau_squared, struct meta_sums *sums)
{
    struct exact_sum w_sum, ww_sum, wy_sum, log_sum, q_sum, qq_sum;
    double wy;

    exact_sum_init(&w_sum);
    exact_sum_init(&ww_sum);
    exact_sum_init(&wy_sum);
    exact_sum_init(&log_sum);
    exact_sum_init(&q_sum);
    exact_sum_init(&qq_sum);
    for (size_t i = 0; i < k; i++) {
        const double w = 1 / (std_error[i] * std_error[i] + tau_squared);

        exact_sum_add(&w_sum, w);
        exact_sum_add(&ww_sum, w * w);
        exact_sum_add(&wy_sum, w * estimate[i]);
        exact_sum_add(&log_sum, log(w));
    }
    exact_sum_round(&w_sum, &sums->w);
    exact_sum_round(&ww_sum, &sums->w_squared);
    exact_sum_round(&wy_sum, &wy);
    exact_sum_round(&log_sum, &sums->log_w);
    sums->mean = wy / sums->w;
    for (size_t i = 0; i < k; i++) {
        const double w = 1 / (std_error[i] * std_error[i] + tau_squared), r = estimate[i] - sums->mean;

        exact_sum_add(&q_sum, w * r * r);
        exact_sum_add(&qq_sum, w * r * (w * r));
    }
    exact_sum_round(&q_sum, &sums->q);
    exact_sum_round(&qq_sum, &sums->q_squared);
}

static struct meta_sums sums_at(const struct studies *s, double t)
{
    struct meta_sums sums;

    meta_sums_at(s->estimate, s->std_error, s->k, t, &sums);
    return sums;
}

/* A function whose root is wanted; positive below it. */
typedef double of_tau(const struct studies *s, double t, double value);

/* sum w (y - mu)^2 falls as t grows. */
static double q_above(const struct studies *s, double t, double value)
{
    return sums_at(s, t).q - value;
}

/* Slope of the restricted log-likelihood, doubled. */
static double restricted_score(const struct studies *s, double t, double value)
{
    const struct meta_sums sums = sums_at(s, t);

    (void)value;
    return sums.q_squared - sums.w + sums.w_squared / sums.w;
}

static double restricted_loglik(const struct studies *s, double t)
{
    const struct meta_sums sums = sums_at(s, t);

    return (sums.log_w - log(sums.w) - sums.q) / 2;
}

/* Bisection down to neighbouring doubles: low is on the positive side, high is not. */
static double bisect(of_tau *f, const struct studies *s, double value, double low, double high)
{
    for (;;) {
        const double middle = low + (high - low) / 2;

        if (middle <= low || middle >= high)
            return middle;
        if (f(s, middle, value) > 0)
            low = middle;
        else
            high = middle;
    }
}

/* Beyond this both slopes are surely negative: the spread of the estimates on top of the largest variance. */
static double far_out(const struct studies *s)
{
    double low = s->estimate[0], high = low, largest = 0;

    for (size_t i = 0; i < s->k; i++) {
        low = fmin(low, s->estimate[i]);
        high = fmax(high, s->estimate[i]);
        largest = fmax(largest, s->std_error[i] * s->std_error[i]);
    }
    return 4 * ((double)s->k * (high - low) * (high - low) + largest);
}

static double root_of_q(const struct studies *s, double value)
{
    double high = far_out(s);

    if (!(q_above(s, 0, value) > 0))
        return 0;
    while (q_above(s, high, value) > 0)
        high *= 2;
    return bisect(q_above, s, value, 0, high);
}

/* The likelihood may have more than one maximum, so every fall of its slope through 0 is looked at. */
static double restricted_maximum(const struct studies *s)
{
    enum { STEPS = 400 };
    const double end = far_out(s), ratio = pow(1e12, 1. / STEPS);
    double best = 0, best_loglik = restricted_loglik(s, 0), before = 0;
    bool rises = restricted_score(s, 0, 0) > 0;
    double t = end / 1e12;

    for (int i = 0; i <= STEPS; i++, t *= ratio) {
        const bool still_rises = restricted_score(s, t, 0) > 0;

        if (rises && !still_rises) {
            const double root = bisect(restricted_score, s, 0, before, t), loglik = restricted_loglik(s, root);

            if (loglik > best_loglik) {
                best = root;
                best_loglik = loglik;
            }
        }
        rises = still_rises;
        before = t;
    }
    return best;
}

static double moment_estimate(const struct studies *s)
{
    const struct meta_sums sums = sums_at(s, 0);

    return fmax(0, (sums.q - (double)(s->k - 1)) / (sums.w - sums.w_squared / sums.w));
}

double meta_tau_squared(const double *estimate, const double *std_error, size_t k, enum meta_method method)
{
    const struct studies s = {estimate, std_error, k};

    switch (method) {
    case META_DL:
        return moment_estimate(&s);
    case META_PM:
        return root_of_q(&s, (double)(k - 1));
    case META_REML:
        return restricted_maximum(&s);
    case META_FIXED:
        break;
    }
    return 0;
}

double meta_tau_squared_at(const double *estimate, const double *std_error, size_t k, double value)
{
    const struct studies s = {estimate, std_error, k};

    return root_of_q(&s, value);
}
