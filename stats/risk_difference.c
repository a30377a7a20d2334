/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/risk_difference.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>
#include <math.h>

#include "stats/distribution.h"
#include "stats/proportion.h"

enum { N_HALVINGS = 64 }; /* of a range of at most 2: beyond the last bit of any risk that matters */

/* A table as reals. */
struct arms {
    double a, n1, c, n0;
};

static struct arms arms_of(const struct two_by_two *table)
{
    return (struct arms){(double)table->arm_event, (double)table->arm_n, (double)table->reference_event,
                         (double)table->reference_n};
}

/* (a n0 - c n1) / (n1 n0): the numerator is an exact integer, so that equal risks differ by exactly 0. */
static double difference(const struct two_by_two *table)
{
    const __int128 cross =
        (__int128)table->arm_event * table->reference_n - (__int128)table->reference_event * table->arm_n;

    return (double)cross / (double)table->arm_n / (double)table->reference_n;
}

static double wald_std_error(const struct arms *t)
{
    return sqrt(t->a * (t->n1 - t->a) / t->n1 / t->n1 / t->n1 + t->c * (t->n0 - t->c) / t->n0 / t->n0 / t->n0);
}

static double share(double count, double risk)
{
    return count == 0 ? 0 : count / risk; /* a cell without persons has no say, not even at risk 0 */
}

/*
 * The reference's risk q that makes the data likeliest when the arm's is q + gap.  The log-likelihood is concave in q:
 * its slope falls, so halving finds the root, or the end of the range when there is none inside.  (The closed form of
 * the cubic loses half its digits near double roots.)
 */
static double restricted_risk(const struct arms *t, double gap)
{
    double low = fmax(0, -gap), high = fmin(1, 1 - gap);

    for (int i = 0; i < N_HALVINGS; i++) {
        const double q = low + (high - low) / 2;
        const double slope = share(t->a, q + gap) - share(t->n1 - t->a, 1 - gap - q) + share(t->c, q) -
                             share(t->n0 - t->c, 1 - q);

        if (slope > 0)
            low = q;
        else
            high = q;
    }
    return low + (high - low) / 2;
}

/* Miettinen and Nurminen's variance of the difference under a true difference of gap. */
static double score_variance(const struct arms *t, double gap)
{
    const double q0 = restricted_risk(t, gap), q1 = fmin(fmax(q0 + gap, 0), 1);
    const double n = t->n1 + t->n0;

    return (q1 * (1 - q1) / t->n1 + q0 * (1 - q0) / t->n0) * (n / (n - 1));
}

/* The gap between `inside`, where the score test does not reject, and `outside`, where it does. */
static double score_limit(const struct arms *t, double estimate, double z, double outside)
{
    double inside = estimate;

    for (int i = 0; i < N_HALVINGS; i++) {
        const double gap = inside + (outside - inside) / 2;
        const double distance = estimate - gap;

        if (distance * distance <= z * z * score_variance(t, gap))
            inside = gap;
        else
            outside = gap;
    }
    return inside + (outside - inside) / 2;
}

static void newcombe(const struct two_by_two *table, double level, struct risk_difference *result)
{
    struct proportion arm, reference;

    proportion_interval(table->arm_event, table->arm_n, PROPORTION_WILSON, level, &arm);
    proportion_interval(table->reference_event, table->reference_n, PROPORTION_WILSON, level, &reference);
    result->conf_low = result->estimate - hypot(arm.estimate - arm.conf_low, reference.conf_high - reference.estimate);
    result->conf_high = result->estimate + hypot(arm.conf_high - arm.estimate, reference.estimate - reference.conf_low);
}

int risk_difference_interval(const struct two_by_two *table, enum risk_difference_method method, double level,
                             struct risk_difference *result)
{
    const struct arms t = arms_of(table);
    const double z = confidence_z(level);

    *result = (struct risk_difference){GSL_NAN, GSL_NAN, GSL_NAN, GSL_NAN};
    if (two_by_two_check(table) != GSL_SUCCESS || isnan(z))
        return GSL_EINVAL;
    if (table->arm_n == 0 || table->reference_n == 0)
        return GSL_EDOM;
    result->estimate = difference(table);
    result->std_error = wald_std_error(&t);
    switch (method) {
    case RISK_DIFFERENCE_NEWCOMBE:
        newcombe(table, level, result);
        return GSL_SUCCESS;
    case RISK_DIFFERENCE_MN:
        result->conf_low = score_limit(&t, result->estimate, z, -1);
        result->conf_high = score_limit(&t, result->estimate, z, 1);
        return GSL_SUCCESS;
    case RISK_DIFFERENCE_WALD:
        result->conf_low = fmax(-1, result->estimate - z * result->std_error);
        result->conf_high = fmin(1, result->estimate + z * result->std_error);
        return GSL_SUCCESS;
    }
    return GSL_EINVAL;
}

/* Both one-sided score tests: each with the variance under its own null, where two risks that differ by something
   between 0 and 1 cannot both be 0 or 1. */
static int score_margin_tests(const struct arms *t, double loss, double sign, double margin, struct margin_test *result)
{
    struct margin_test other;

    verdict_margin_test(loss, sqrt(score_variance(t, sign * margin)), margin, result);
    verdict_margin_test(loss, sqrt(score_variance(t, -sign * margin)), margin, &other);
    result->statistic_other = other.statistic_other;
    result->p_value_other = other.p_value_other;
    result->p_equivalence = fmax(result->p_value, result->p_value_other);
    return GSL_SUCCESS;
}

int risk_difference_margin_tests(const struct two_by_two *table, enum risk_difference_method method, double margin,
                                 enum worse_is worse, struct margin_test *result)
{
    const struct arms t = arms_of(table);
    const double sign = worse == WORSE_IS_HIGHER ? 1 : -1;

    *result = (struct margin_test){GSL_NAN, GSL_NAN, GSL_NAN, GSL_NAN, GSL_NAN};
    if (two_by_two_check(table) != GSL_SUCCESS || !(margin > 0 && margin < 1))
        return GSL_EINVAL;
    if (table->arm_n == 0 || table->reference_n == 0)
        return GSL_EDOM;
    if (method == RISK_DIFFERENCE_MN)
        return score_margin_tests(&t, sign * difference(table), sign, margin, result);
    return verdict_margin_test(sign * difference(table), wald_std_error(&t), margin, result);
}
