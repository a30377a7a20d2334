/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/two_by_two.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>
#include <math.h>

static const int64_t max_count = (int64_t)1 << 53; /* counts are exact as doubles up to here */

int two_by_two_check(const struct two_by_two *table)
{
    if (table->arm_event < 0 || table->arm_event > table->arm_n || table->reference_event < 0 ||
        table->reference_event > table->reference_n)
        return GSL_EINVAL;
    return table->arm_n > max_count - table->reference_n ? GSL_EINVAL : GSL_SUCCESS;
}

int ratio_estimate_missing(struct ratio_estimate *result, enum two_by_two_cell empty)
{
    *result = (struct ratio_estimate){GSL_NAN, GSL_NAN, GSL_NAN, GSL_NAN, GSL_NAN, GSL_NAN, GSL_NAN, empty};
    return GSL_EDOM;
}

int ratio_estimate_set(struct ratio_estimate *result, double ratio, double std_error, double level)
{
    const double z = confidence_z(level);

    result->estimate = ratio;
    result->log_estimate = log(ratio);
    result->std_error = std_error;
    result->conf_low = exp(result->log_estimate - z * std_error);
    result->conf_high = exp(result->log_estimate + z * std_error);
    result->statistic = result->log_estimate / std_error;
    result->p_value = normal_two_sided(result->statistic);
    result->empty = TWO_BY_TWO_FULL;
    return GSL_SUCCESS;
}

static enum two_by_two_cell first_empty(const struct two_by_two *table)
{
    if (table->arm_n == 0)
        return TWO_BY_TWO_NO_ARM;
    if (table->reference_n == 0)
        return TWO_BY_TWO_NO_REFERENCE;
    if (table->arm_event == 0)
        return TWO_BY_TWO_ARM_NO_EVENT;
    if (table->reference_event == 0)
        return TWO_BY_TWO_REFERENCE_NO_EVENT;
    if (table->arm_event == table->arm_n)
        return TWO_BY_TWO_ARM_ALL_EVENT;
    if (table->reference_event == table->reference_n)
        return TWO_BY_TWO_REFERENCE_ALL_EVENT;
    return TWO_BY_TWO_FULL;
}

int two_by_two_risk_ratio(const struct two_by_two *table, double level, struct ratio_estimate *result)
{
    const double a = (double)table->arm_event, n1 = (double)table->arm_n;
    const double c = (double)table->reference_event, n0 = (double)table->reference_n;
    enum two_by_two_cell empty;

    ratio_estimate_missing(result, TWO_BY_TWO_FULL);
    if (two_by_two_check(table) != GSL_SUCCESS || !(level > 0 && level < 1))
        return GSL_EINVAL;
    empty = first_empty(table);
    if (empty == TWO_BY_TWO_REFERENCE_ALL_EVENT || (empty == TWO_BY_TWO_ARM_ALL_EVENT && c < n0))
        empty = TWO_BY_TWO_FULL; /* one arm without non-events leaves a variance */
    if (empty != TWO_BY_TWO_FULL)
        return ratio_estimate_missing(result, empty);
    /* 1/a - 1/n1 = b / (a n1), without the cancellation */
    return ratio_estimate_set(result, (a / n1) / (c / n0), sqrt((n1 - a) / a / n1 + (n0 - c) / c / n0), level);
}

int two_by_two_odds_ratio(const struct two_by_two *table, double level, struct ratio_estimate *result)
{
    const double a = (double)table->arm_event, b = (double)table->arm_n - a;
    const double c = (double)table->reference_event, d = (double)table->reference_n - c;
    enum two_by_two_cell empty;

    ratio_estimate_missing(result, TWO_BY_TWO_FULL);
    if (two_by_two_check(table) != GSL_SUCCESS || !(level > 0 && level < 1))
        return GSL_EINVAL;
    empty = first_empty(table);
    if (empty != TWO_BY_TWO_FULL)
        return ratio_estimate_missing(result, empty);
    return ratio_estimate_set(result, (a / b) * (d / c), sqrt(1 / a + 1 / b + 1 / c + 1 / d), level);
}

int two_by_two_chi_square(const int64_t *n_event, const int64_t *n, size_t n_arm, struct chi_square_test *test)
{
    int64_t total = 0, total_event = 0;
    size_t n_filled = 0;
    double sum = 0;

    *test = (struct chi_square_test){GSL_NAN, 0, GSL_NAN, GSL_NAN};
    for (size_t i = 0; i < n_arm; i++) {
        if (n_event[i] < 0 || n_event[i] > n[i] || n[i] > max_count - total)
            return GSL_EINVAL;
        total += n[i];
        total_event += n_event[i];
        n_filled += n[i] > 0;
    }
    if (n_arm == 0)
        return GSL_EINVAL;
    if (n_filled < 2 || total_event == 0 || total_event == total)
        return GSL_EDOM;
    for (size_t i = 0; i < n_arm; i++) {
        const double gap = (double)((__int128)n_event[i] * total - (__int128)n[i] * total_event);

        if (n[i] > 0)
            sum += gap / (double)n[i] * gap;
    }
    chi_square_test_set(test, sum / (double)total_event / (double)(total - total_event), n_filled - 1);
    return GSL_SUCCESS;
}
