/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/aft_density.h"

#include <math.h>

#include <gsl/gsl_math.h>

/* All of a distribution at one z, as logarithms, so that tails far out keep their digits. */
struct density {
    double log_density;
    double bend;      /* d log density / dz */
    double bend_bend; /* its derivative */
    double log_lower, log_upper; /* P(W <= z), P(W > z) */
};

static struct density extreme_value(double z)
{
    const double e = exp(z);
    return (struct density){
        .log_density = z - e, .bend = 1 - e, .bend_bend = -e, .log_upper = -e,
        .log_lower = e < 1e-3 ? log(-expm1(-e)) : log1p(-exp(-e)),
    };
}

static struct density normal(double z)
{
    return (struct density){
        .log_density = -0.5 * z * z - 0.5 * log(2 * M_PI), .bend = -z, .bend_bend = -1,
        .log_lower = normal_log_upper_tail(-z), .log_upper = normal_log_upper_tail(z),
    };
}

static double log_1p_exp(double z)
{
    return z > 0 ? z + log1p(exp(-z)) : log1p(exp(z));
}

static struct density logistic(double z)
{
    const double lower = 1 / (1 + exp(-z)), upper = 1 / (1 + exp(z));
    return (struct density){
        .log_density = -log_1p_exp(z) - log_1p_exp(-z), .bend = upper - lower, .bend_bend = -2 * lower * upper,
        .log_lower = -log_1p_exp(-z), .log_upper = -log_1p_exp(z),
    };
}

static struct density density_at(enum aft_distribution distribution, double z)
{
    if (distribution == AFT_LOGNORMAL)
        return normal(z);
    return distribution == AFT_LOGLOGISTIC ? logistic(z) : extreme_value(z);
}

static void solve_event(const struct density *d, struct aft_row *row)
{
    row->loglik = d->log_density;
    row->slope[0] = d->bend;
    row->curve[0][0] = d->bend_bend;
}

static void solve_right(const struct density *d, struct aft_row *row)
{
    const double hazard = exp(d->log_density - d->log_upper);
    row->loglik = d->log_upper;
    row->slope[0] = -hazard;
    row->curve[0][0] = -hazard * (d->bend + hazard);
}

static void solve_left(const struct density *d, struct aft_row *row)
{
    const double ratio = exp(d->log_density - d->log_lower);
    row->loglik = d->log_lower;
    row->slope[1] = ratio;
    row->curve[1][1] = ratio * (d->bend - ratio);
}

/* log(exp(a) - exp(b)) for a > b. */
static double log_difference(double a, double b)
{
    return a + log(-expm1(b - a));
}

static void solve_between(const struct density *low, const struct density *high, struct aft_row *row)
{
    /* Of the two tails the one in which both are small, so that their difference keeps its digits. */
    const double log_mass = low->log_upper < low->log_lower ? log_difference(low->log_upper, high->log_upper)
                                                            : log_difference(high->log_lower, low->log_lower);
    const double a = exp(low->log_density - log_mass), b = exp(high->log_density - log_mass);
    row->loglik = log_mass;
    row->slope[0] = -a;
    row->slope[1] = b;
    row->curve[0][0] = -a * (low->bend + a);
    row->curve[1][1] = b * (high->bend - b);
    row->curve[0][1] = row->curve[1][0] = a * b;
}

void aft_row_solve(enum aft_distribution distribution, enum aft_kind kind, const double z[static 2], struct aft_row *row)
{
    struct density low, high;

    *row = (struct aft_row){0};
    if (kind != AFT_LEFT)
        low = density_at(distribution, z[0]);
    if (kind == AFT_LEFT || kind == AFT_BETWEEN)
        high = density_at(distribution, z[1]);
    switch (kind) {
    case AFT_EVENT:
        solve_event(&low, row);
        break;
    case AFT_RIGHT:
        solve_right(&low, row);
        break;
    case AFT_LEFT:
        solve_left(&high, row);
        break;
    case AFT_BETWEEN:
        solve_between(&low, &high, row);
        break;
    }
}
