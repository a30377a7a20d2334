/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/arm_ratio.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdbool.h>

enum { ITERATIONS_MAX = 60, HALVINGS_MAX = 40 };

struct point {
    double loglik, score, information;
};

double arm_ratio_mean(const struct arm_moment *m, double log_ratio)
{
    const double treated = m->risk[1] * exp(log_ratio), all = m->risk[0] + treated;

    return all > 0 ? treated / all : 0;
}

void arm_ratio_slopes(const struct arm_moment *m, double log_ratio, double slope[2])
{
    const double n = m->event[0] + m->event[1], e = exp(log_ratio), all = m->risk[0] + m->risk[1] * e,
                 mean = arm_ratio_mean(m, log_ratio);

    slope[1] = n > 0 ? n * e * (1 - mean) / all : 0;
    slope[0] = n > 0 ? -n * mean / all : 0;
}

static struct point evaluate(const struct arm_moment *moment, size_t n_time, double b)
{
    struct point point = {0, 0, 0};
    const double e = exp(b);

    for (size_t k = 0; k < n_time; k++) {
        const struct arm_moment *const m = &moment[k];
        const double n = m->event[0] + m->event[1], mean = arm_ratio_mean(m, b);

        if (n == 0)
            continue;
        point.loglik += m->event[1] * b - n * log(m->risk[0] + m->risk[1] * e);
        point.score += m->event[1] - n * mean;
        point.information += n * mean * (1 - mean);
    }
    return point;
}

/* Events of each arm, all of them and while both are at risk: the others say nothing. */
static void count_events(const struct arm_moment *moment, size_t n_time, double *all, double both[2])
{
    for (size_t k = 0; k < n_time; k++)
        for (size_t arm = 0; arm < 2; arm++) {
            *all += moment[k].event[arm];
            both[arm] += moment[k].risk[0] > 0 && moment[k].risk[1] > 0 ? moment[k].event[arm] : 0;
        }
}

/* The likelihood is concave: steps that overshoot are halved. */
static int climb(const struct arm_moment *moment, size_t n_time, struct point point, struct arm_ratio *ratio)
{
    double b = 0;
    bool last = false;

    for (int k = 0; k < ITERATIONS_MAX && !last; k++) {
        double step = point.score / point.information;
        const double slack = 1e-13 * (fabs(point.loglik) + 1), before = point.loglik;

        last = fabs(step) < 1e-9; /* what is left behind it is about its square */
        for (int halving = 0; halving < HALVINGS_MAX; halving++, step /= 2) {
            point = evaluate(moment, n_time, b + step);
            if (point.loglik >= before - slack)
                break;
        }
        b += step;
    }
    ratio->log_ratio = b;
    ratio->information = point.information;
    return last ? GSL_SUCCESS : GSL_EMAXITER;
}

int arm_ratio_find(const struct arm_moment *moment, size_t n_time, struct arm_ratio *ratio)
{
    double all = 0, both[2] = {0, 0};

    *ratio = (struct arm_ratio){NAN, NAN, 0};
    count_events(moment, n_time, &all, both);
    if (all == 0)
        return GSL_EZERODIV;
    if (both[0] + both[1] == 0)
        return GSL_ESING;
    if (both[0] == 0 || both[1] == 0) {
        ratio->sign = both[1] > 0 ? 1 : -1;
        return GSL_EDOM;
    }
    return climb(moment, n_time, evaluate(moment, n_time, 0), ratio);
}
