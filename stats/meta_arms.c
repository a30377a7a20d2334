/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Studies with two arms and a count of events in each. */
#include <gsl/gsl_errno.h>
#include <math.h>

#include "stats/exact_sum.h"
#include "stats/meta.h"

int meta_two_by_two(const struct two_by_two *study, enum meta_measure measure, double *estimate, double *std_error,
                    bool *corrected)
{
    double a = (double)study->arm_event, b = (double)(study->arm_n - study->arm_event);
    double c = (double)study->reference_event, d = (double)(study->reference_n - study->reference_event);

    if (two_by_two_check(study) != GSL_SUCCESS)
        return GSL_EINVAL;
    if (study->arm_n == 0 || study->reference_n == 0)
        return GSL_EDOM;
    *corrected = a == 0 || b == 0 || c == 0 || d == 0;
    if (*corrected) {
        a += 0.5;
        b += 0.5;
        c += 0.5;
        d += 0.5;
    }
    const double n1 = a + b, n0 = c + d;
    double variance;

    switch (measure) {
    case META_LOG_RISK_RATIO:
        *estimate = log(a / n1) - log(c / n0);
        variance = 1 / a - 1 / n1 + 1 / c - 1 / n0;
        break;
    case META_LOG_ODDS_RATIO:
        *estimate = log(a / b) - log(c / d);
        variance = 1 / a + 1 / b + 1 / c + 1 / d;
        break;
    case META_RISK_DIFFERENCE:
        *estimate = a / n1 - c / n0;
        variance = a / n1 * (b / n1) / n1 + c / n0 * (d / n0) / n0;
        break;
    default:
        return GSL_EINVAL;
    }
    *std_error = sqrt(variance);
    return GSL_SUCCESS;
}

int meta_peto(const struct two_by_two *studies, size_t k, double level, struct ratio_estimate *result)
{
    struct exact_sum excess_sum, variance_sum;
    double excess, variance;

    if (!(level > 0 && level < 1))
        return GSL_EINVAL;
    exact_sum_init(&excess_sum);
    exact_sum_init(&variance_sum);
    for (size_t i = 0; i < k; i++) {
        const double n1 = (double)studies[i].arm_n, n0 = (double)studies[i].reference_n, n = n1 + n0;
        const double events = (double)studies[i].arm_event + (double)studies[i].reference_event;

        if (two_by_two_check(&studies[i]) != GSL_SUCCESS)
            return GSL_EINVAL;
        if (n1 == 0 || n0 == 0)
            continue;
        exact_sum_add(&excess_sum, (double)studies[i].arm_event - n1 * events / n);
        exact_sum_add(&variance_sum, n1 / n * (n0 / n) * events * (n - events) / (n - 1));
    }
    exact_sum_round(&excess_sum, &excess);
    exact_sum_round(&variance_sum, &variance);
    if (!(variance > 0))
        return ratio_estimate_missing(result, TWO_BY_TWO_NEVER_TOGETHER);
    return ratio_estimate_set(result, exp(excess / variance), 1 / sqrt(variance), level);
}
