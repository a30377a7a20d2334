/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/mantel_haenszel.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>
#include <math.h>

#include "stats/exact_sum.h"

enum { MAX_SUMS = 5 };

/* One stratum as reals. */
struct cells {
    double a, b, c, d; /* arm with and without event, reference with and without */
    double n1, n0, n;
};

static struct cells cells_of(const struct two_by_two *table)
{
    const double a = (double)table->arm_event, c = (double)table->reference_event;
    const double n1 = (double)table->arm_n, n0 = (double)table->reference_n;

    return (struct cells){a, n1 - a, c, n0 - c, n1, n0, n1 + n0};
}

/* What one stratum adds to each of up to MAX_SUMS sums; parameter is a value the terms may need. */
typedef void stratum_terms(const struct cells *s, double parameter, double terms[MAX_SUMS]);

/* Adds the terms of all strata in which both arms have persons.  The sums of whole counts are returned in `pooled`. */
static int sum_strata(const struct two_by_two *strata, size_t n_strata, stratum_terms *terms_of, double parameter,
                      double sums[MAX_SUMS], struct two_by_two *pooled)
{
    struct exact_sum exact[MAX_SUMS];

    *pooled = (struct two_by_two){0, 0, 0, 0};
    for (int j = 0; j < MAX_SUMS; j++)
        exact_sum_init(&exact[j]);
    for (size_t i = 0; i < n_strata; i++) {
        const struct cells s = cells_of(&strata[i]);
        double terms[MAX_SUMS] = {0};

        if (two_by_two_check(&strata[i]) != GSL_SUCCESS)
            return GSL_EINVAL;
        if (s.n1 == 0 || s.n0 == 0)
            continue;
        pooled->arm_event += strata[i].arm_event;
        pooled->arm_n += strata[i].arm_n;
        pooled->reference_event += strata[i].reference_event;
        pooled->reference_n += strata[i].reference_n;
        if (two_by_two_check(pooled) != GSL_SUCCESS)
            return GSL_EINVAL;
        terms_of(&s, parameter, terms);
        for (int j = 0; j < MAX_SUMS; j++)
            exact_sum_add(&exact[j], terms[j]);
    }
    for (int j = 0; j < MAX_SUMS; j++)
        exact_sum_round(&exact[j], &sums[j]);
    return GSL_SUCCESS;
}

/* Why neither sum of a ratio may be 0: the first empty cell of the strata together. */
static enum two_by_two_cell pooled_empty(const struct two_by_two *pooled)
{
    struct ratio_estimate odds;

    two_by_two_odds_ratio(pooled, 0.95, &odds);
    return odds.empty != TWO_BY_TWO_FULL ? odds.empty : TWO_BY_TWO_NEVER_TOGETHER;
}

static void odds_ratio_terms(const struct cells *s, double parameter, double terms[MAX_SUMS])
{
    const double p = (s->a + s->d) / s->n, q = (s->b + s->c) / s->n;
    const double r = s->a * s->d / s->n, t = s->b * s->c / s->n;

    (void)parameter;
    terms[0] = r;
    terms[1] = t;
    terms[2] = p * r;
    terms[3] = p * t + q * r;
    terms[4] = q * t;
}

int mh_odds_ratio(const struct two_by_two *strata, size_t n_strata, double level, struct ratio_estimate *result)
{
    struct two_by_two pooled;
    double sums[MAX_SUMS], r, t, variance;

    ratio_estimate_missing(result, TWO_BY_TWO_FULL);
    if (!(level > 0 && level < 1) ||
        sum_strata(strata, n_strata, odds_ratio_terms, 0, sums, &pooled) != GSL_SUCCESS)
        return GSL_EINVAL;
    r = sums[0];
    t = sums[1];
    if (r == 0 || t == 0)
        return ratio_estimate_missing(result, pooled_empty(&pooled));
    variance = (sums[2] / r / r + sums[3] / r / t + sums[4] / t / t) / 2;
    return ratio_estimate_set(result, r / t, sqrt(variance), level);
}

static void risk_ratio_terms(const struct cells *s, double parameter, double terms[MAX_SUMS])
{
    (void)parameter;
    terms[0] = s->a * s->n0 / s->n;
    terms[1] = s->c * s->n1 / s->n;
    /* (a + c) n1 n0 - a c N, written without a difference */
    terms[2] = (s->a * s->d * s->n1 + s->b * s->c * s->n0) / s->n / s->n;
}

int mh_risk_ratio(const struct two_by_two *strata, size_t n_strata, double level, struct ratio_estimate *result)
{
    struct two_by_two pooled;
    double sums[MAX_SUMS];

    ratio_estimate_missing(result, TWO_BY_TWO_FULL);
    if (!(level > 0 && level < 1) ||
        sum_strata(strata, n_strata, risk_ratio_terms, 0, sums, &pooled) != GSL_SUCCESS)
        return GSL_EINVAL;
    if (sums[0] == 0 || sums[1] == 0 || sums[2] == 0)
        return ratio_estimate_missing(result, pooled_empty(&pooled));
    return ratio_estimate_set(result, sums[0] / sums[1], sqrt(sums[2] / sums[0] / sums[1]), level);
}

static void risk_difference_terms(const struct cells *s, double parameter, double terms[MAX_SUMS])
{
    const double f1 = s->n1 / s->n, f0 = s->n0 / s->n;

    (void)parameter;
    terms[0] = (s->a * s->n0 - s->c * s->n1) / s->n;
    terms[1] = s->n1 * f0;
    terms[2] = s->c * f1 * f1 - s->a * f0 * f0 + f1 * f0 * (s->n0 - s->n1) / 2;
    terms[3] = (s->a * s->d + s->c * s->b) / s->n / 2;
    terms[4] = s->a * s->b / s->n1 * f0 * f0 + s->c * s->d / s->n0 * f1 * f1;
}

int mh_risk_difference(const struct two_by_two *strata, size_t n_strata, enum mh_variance variance, double level,
                       struct risk_difference *result)
{
    const double z = confidence_z(level);
    struct two_by_two pooled;
    double sums[MAX_SUMS], squared;

    *result = (struct risk_difference){GSL_NAN, GSL_NAN, GSL_NAN, GSL_NAN};
    if (isnan(z) || sum_strata(strata, n_strata, risk_difference_terms, 0, sums, &pooled) != GSL_SUCCESS)
        return GSL_EINVAL;
    if (sums[1] == 0)
        return GSL_EDOM;
    result->estimate = sums[0] / sums[1];
    squared = variance == MH_SATO ? result->estimate * sums[2] + sums[3] : sums[4];
    result->std_error = sqrt(fmax(0, squared)) / sums[1];
    result->conf_low = fmax(-1, result->estimate - z * result->std_error);
    result->conf_high = fmin(1, result->estimate + z * result->std_error);
    return GSL_SUCCESS;
}

static void test_terms(const struct cells *s, double parameter, double terms[MAX_SUMS])
{
    const double events = s->a + s->c, others = s->b + s->d;

    (void)parameter;
    terms[0] = (s->a * s->d - s->b * s->c) / s->n; /* a - n1 (a + c) / N */
    terms[1] = s->n1 * (s->n0 / s->n) * (events / s->n) * (others / (s->n - 1));
}

int mh_test(const struct two_by_two *strata, size_t n_strata, bool continuity, struct chi_square_test *test)
{
    struct two_by_two pooled;
    double sums[MAX_SUMS], gap;

    *test = (struct chi_square_test){GSL_NAN, 0, GSL_NAN, GSL_NAN};
    if (sum_strata(strata, n_strata, test_terms, 0, sums, &pooled) != GSL_SUCCESS)
        return GSL_EINVAL;
    if (sums[1] == 0)
        return GSL_EDOM;
    gap = fabs(sums[0]);
    if (continuity && gap >= 0.5)
        gap -= 0.5;
    chi_square_test_set(test, gap * (gap / sums[1]), 1);
    return GSL_SUCCESS;
}

/* The arm's events expected under the odds ratio psi with all margins kept: the positive root of
   (1 - psi) A^2 + (n0 - m + psi (m + n1)) A - psi m n1 = 0, in whichever of its two forms does not cancel. */
static double expected_events(const struct cells *s, double psi)
{
    const double m = s->a + s->c, linear = s->n0 - m + psi * (m + s->n1);
    const double root = sqrt(linear * linear + 4 * (1 - psi) * psi * m * s->n1);

    return linear > 0 ? 2 * psi * m * s->n1 / (linear + root) : (root - linear) / (2 * (1 - psi));
}

static void homogeneity_terms(const struct cells *s, double psi, double terms[MAX_SUMS])
{
    const double m = s->a + s->c, expected = expected_events(s, psi);
    double variance;

    if (m == 0 || m == s->n)
        return;
    variance = 1 / (1 / expected + 1 / (m - expected) + 1 / (s->n1 - expected) + 1 / (s->n0 - m + expected));
    terms[0] = (s->a - expected) * (s->a - expected) / variance;
    terms[1] = s->a - expected;
    terms[2] = variance;
    terms[3] = 1; /* strata used */
}

int mh_homogeneity_test(const struct two_by_two *strata, size_t n_strata, struct chi_square_test *test)
{
    struct ratio_estimate odds;
    struct two_by_two pooled;
    double sums[MAX_SUMS];
    int status = mh_odds_ratio(strata, n_strata, 0.95, &odds);

    *test = (struct chi_square_test){GSL_NAN, 0, GSL_NAN, GSL_NAN};
    if (status != GSL_SUCCESS)
        return status;
    sum_strata(strata, n_strata, homogeneity_terms, odds.estimate, sums, &pooled);
    if (sums[3] < 2)
        return GSL_EDOM;
    chi_square_test_set(test, fmax(0, sums[0] - sums[1] * sums[1] / sums[2]), (size_t)sums[3] - 1);
    return GSL_SUCCESS;
}
