/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/propensity.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "stats/exact_sum.h"
#include "stats/people_quantile.h"

static double logistic(double eta)
{
    return 1 / (1 + exp(-eta));
}

const char *propensity_estimand_name(enum propensity_estimand estimand)
{
    switch (estimand) {
    case PROPENSITY_ATE:
        return "ate";
    case PROPENSITY_ATT:
        return "att";
    case PROPENSITY_ATC:
        return "atc";
    case PROPENSITY_ATO:
        break;
    }
    return "ato";
}

/* Weight and its slope by eta. */
static void weigh(enum propensity_estimand estimand, bool treated, double eta, double *weight, double *slope)
{
    const double odds = treated ? exp(-eta) : exp(eta); /* of the other arm */
    const double sign = treated ? -1 : 1;
    const double other = treated ? logistic(-eta) : logistic(eta);

    switch (estimand) {
    case PROPENSITY_ATE:
        *weight = 1 + odds;
        *slope = sign * odds;
        return;
    case PROPENSITY_ATT:
        *weight = treated ? 1 : odds;
        *slope = treated ? 0 : odds;
        return;
    case PROPENSITY_ATC:
        *weight = treated ? odds : 1;
        *slope = treated ? -odds : 0;
        return;
    case PROPENSITY_ATO:
        break;
    }
    *weight = other;
    *slope = sign * other * (1 - other);
}

static double frequency_of(const struct propensity_rows *rows, size_t i)
{
    return rows->frequency != NULL ? rows->frequency[i] : 1;
}

/* Bounds of eta within which rows are used. */
struct window {
    double low, high;
};

/* To what there is in all places. */
static void widen(const struct reducer *reducer, double least[2], double most[2], double largest[2])
{
    double ends[] = {-least[0], -least[1], most[0], most[1], largest[0], largest[1]};

    if (reducer != NULL)
        reducer->largest(reducer->context, ends, sizeof ends / sizeof ends[0]);
    for (int arm = 0; arm < 2; arm++) {
        least[arm] = -ends[arm];
        most[arm] = ends[2 + arm];
        largest[arm] = ends[4 + arm];
    }
}

/* Both arms' range of finite eta; the common one is from the larger least to the smaller most. */
static struct window common_window(const struct propensity_rows *rows, const struct reducer *reducer)
{
    double least[2] = {INFINITY, INFINITY}, most[2] = {-INFINITY, -INFINITY}, nothing[2] = {0, 0};

    for (size_t i = 0; i < rows->n; i++) {
        const uint8_t arm = rows->treated[i];

        if (!isfinite(rows->eta[i]) || frequency_of(rows, i) == 0)
            continue;
        least[arm] = fmin(least[arm], rows->eta[i]);
        most[arm] = fmax(most[arm], rows->eta[i]);
    }
    widen(reducer, least, most, nothing);
    return (struct window){fmax(least[0], least[1]), fmin(most[0], most[1])};
}

static double logit(double e)
{
    return log(e) - log1p(-e);
}

static int check(const struct propensity_rows *rows, const struct propensity_limits *limits)
{
    if (!(limits->low >= 0 && limits->low < limits->high && limits->high <= 1) ||
        !(limits->truncate > 0.5 && limits->truncate <= 1))
        return GSL_EINVAL;
    for (size_t i = 0; i < rows->n; i++)
        if (rows->treated[i] > 1 || isnan(rows->eta[i]) || !(frequency_of(rows, i) >= 0))
            return GSL_EINVAL;
    return GSL_SUCCESS;
}

/* Holds the weights of an arm at their quantile. */
static int truncate_arm(const struct propensity_rows *rows, uint8_t arm, double quantile, const struct reducer *reducer,
                        double *weight, double *slope, size_t *n_truncated)
{
    struct people_value *const values = malloc((rows->n + 1) * sizeof *values);
    size_t n = 0;

    if (reducer_status(reducer, values == NULL ? GSL_ENOMEM : GSL_SUCCESS) != GSL_SUCCESS) {
        free(values);
        return GSL_ENOMEM;
    }
    for (size_t i = 0; i < rows->n; i++)
        if (rows->treated[i] == arm && weight[i] > 0)
            values[n++] = (struct people_value){weight[i], frequency_of(rows, i)};
    /* NAN where nobody of the arm is: then there is nothing to hold. */
    const double limit = reducer != NULL ? people_quantile_all(values, n, quantile, reducer)
                         : n > 0         ? people_quantile(values, n, quantile)
                                         : (double)NAN;
    free(values);
    for (size_t i = 0; i < rows->n; i++)
        if (rows->treated[i] == arm && weight[i] > limit) {
            weight[i] = limit;
            slope[i] = 0;
            ++*n_truncated;
        }
    return GSL_SUCCESS;
}

/* Effective sizes, largest share and range of e; multiplies weight and slope by frequency. */
static int summarise(const struct propensity_rows *rows, const struct reducer *reducer, double *weight, double *slope,
                     struct propensity_summary *s)
{
    struct exact_sum exact[4], *const sums = &exact[0], *const squares = &exact[2];
    double largest[2] = {0, 0};

    for (int arm = 0; arm < 2; arm++) {
        exact_sum_init(&sums[arm]);
        exact_sum_init(&squares[arm]);
        s->least[arm] = INFINITY;
        s->most[arm] = -INFINITY;
    }
    for (size_t i = 0; i < rows->n; i++) {
        const uint8_t arm = rows->treated[i];
        const double f = frequency_of(rows, i);

        if (weight[i] == 0 || f == 0) {
            weight[i] = slope[i] = 0;
            continue;
        }
        exact_sum_add(&sums[arm], f * weight[i]);
        exact_sum_add(&squares[arm], f * weight[i] * weight[i]);
        largest[arm] = fmax(largest[arm], weight[i]);
        s->least[arm] = fmin(s->least[arm], logistic(rows->eta[i]));
        s->most[arm] = fmax(s->most[arm], logistic(rows->eta[i]));
        weight[i] *= f;
        slope[i] *= f;
    }
    widen(reducer, s->least, s->most, largest);
    if (reducer_exact_sums(reducer, exact, 4) != GSL_SUCCESS)
        return GSL_ENOMEM;
    for (int arm = 0; arm < 2; arm++) {
        double sum, square;

        exact_sum_round(&sums[arm], &sum);
        exact_sum_round(&squares[arm], &square);
        if (!(sum > 0))
            return GSL_EDOM;
        s->effective[arm] = sum * sum / square;
        s->largest_share = fmax(s->largest_share, largest[arm] / sum);
    }
    return GSL_SUCCESS;
}

/* Rows in all places. */
static void count_left_out(const struct reducer *reducer, struct propensity_summary *s)
{
    int64_t n[] = {(int64_t)s->n_perfect, (int64_t)s->n_trimmed, (int64_t)s->n_truncated};

    reducer_sum(reducer, n, 3);
    s->n_perfect = (size_t)n[0];
    s->n_trimmed = (size_t)n[1];
    s->n_truncated = (size_t)n[2];
}

int propensity_weights(const struct propensity_rows *rows, enum propensity_estimand estimand,
                       const struct propensity_limits *limits, double *weight, double *slope,
                       struct propensity_summary *summary)
{
    return propensity_weights_all(rows, estimand, limits, NULL, weight, slope, summary);
}

int propensity_weights_all(const struct propensity_rows *rows, enum propensity_estimand estimand,
                           const struct propensity_limits *limits, const struct reducer *reducer, double *weight, double *slope,
                           struct propensity_summary *summary)
{
    struct window window = {-INFINITY, INFINITY};
    int status = reducer_status(reducer, check(rows, limits));

    *summary = (struct propensity_summary){0};
    if (status != GSL_SUCCESS)
        return status;
    if (limits->common_support)
        window = common_window(rows, reducer);
    window.low = fmax(window.low, limits->low > 0 ? logit(limits->low) : -INFINITY);
    window.high = fmin(window.high, limits->high < 1 ? logit(limits->high) : INFINITY);
    for (size_t i = 0; i < rows->n; i++) {
        weight[i] = slope[i] = 0;
        if (frequency_of(rows, i) == 0)
            continue;
        if (!isfinite(rows->eta[i]))
            summary->n_perfect++;
        else if (rows->eta[i] < window.low || rows->eta[i] > window.high)
            summary->n_trimmed++;
        else
            weigh(estimand, rows->treated[i] == 1, rows->eta[i], &weight[i], &slope[i]);
    }
    for (uint8_t arm = 0; arm < 2 && limits->truncate < 1 && status == GSL_SUCCESS; arm++)
        status = truncate_arm(rows, arm, limits->truncate, reducer, weight, slope, &summary->n_truncated);
    count_left_out(reducer, summary);
    return status == GSL_SUCCESS ? summarise(rows, reducer, weight, slope, summary) : status;
}
