/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/arm_trend.h"

#include <math.h>

#include "stats/cholesky.h"

/* S behind a time. */
static double step(double surv, const struct arm_rows *rows)
{
    return rows->event > 0 ? surv * ((double)(rows->risk - rows->event) / (double)rows->risk) : surv;
}

static double mean_over_events(const struct arm_rows *rows, size_t n)
{
    double surv = 1, sum = 0, n_event = 0;

    for (size_t k = 0; k < n; surv = step(surv, &rows[k++])) {
        sum += (1 - surv) * (double)rows[k].event;
        n_event += (double)rows[k].event;
    }
    return n_event > 0 ? sum / n_event : 0;
}

void arm_trend_test(const struct arm_moment *moment, const struct arm_rows *rows, size_t n, const struct arm_ratio *ratio, double scale,
                    struct chi_square_test *test)
{
    const double centre = mean_over_events(rows, n);
    double surv = 1, u = 0, first = 0, second = 0, information = 0;

    *test = (struct chi_square_test){0};
    for (size_t k = 0; k < n; surv = step(surv, &rows[k++])) {
        const double g = 1 - surv - centre, d = moment[k].event[0] + moment[k].event[1],
                     mean = arm_ratio_mean(&moment[k], ratio->log_ratio), v = d * mean * (1 - mean);

        u += g * (moment[k].event[1] - d * mean);
        information += v;
        first += g * v;
        second += g * g * v;
    }
    const double variance = second - first * first / information;

    if (variance > CHOLESKY_TOLERANCE * second)
        chi_square_test_set(test, scale * u * u / variance, 1);
}
