/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/negbin.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_sf_psi.h>
#include <math.h>
#include <stdlib.h>

#include "stats/exact_sum.h"

/* Beyond this the counts cannot be told from Poisson counts. */
#define THETA_MAX 1e8
#define THETA_MIN 1e-8

enum { ROUNDS_MAX = 200, NEWTON_MAX = 200, SHORT = 64 };

/* psi(theta + y) - psi(theta), and the same of psi'; short sums have no cancellation. */
static void psi_differences(double theta, double y, double *first, double *second)
{
    *first = *second = 0;
    if (y > SHORT) {
        *first = gsl_sf_psi(theta + y) - gsl_sf_psi(theta);
        *second = gsl_sf_psi_1(theta + y) - gsl_sf_psi_1(theta);
        return;
    }
    for (double k = 0; k < y; k++) {
        *first += 1 / (theta + k);
        *second -= 1 / ((theta + k) * (theta + k));
    }
}

/* Slope and observed information of the log-likelihood by theta. */
static void derive(const struct glm_data *data, const double *eta, double theta, double *slope, double *information)
{
    struct exact_sum slopes, informations;

    exact_sum_init(&slopes);
    exact_sum_init(&informations);
    for (size_t i = 0; i < data->design->n; i++) {
        const double w = data->weight != NULL ? data->weight[i] : 1, y = data->y[i], mean = exp(eta[i]), sum = mean + theta;
        double first, second;

        if (w == 0)
            continue;
        psi_differences(theta, y, &first, &second);
        exact_sum_add(&slopes, w * (first - log1p(mean / theta) + (mean - y) / sum));
        exact_sum_add(&informations, -w * (second + 1 / theta - 2 / sum + (y + theta) / (sum * sum)));
    }
    exact_sum_round(&slopes, slope);
    exact_sum_round(&informations, information);
}

/* The root of the slope on the log scale, between walls that close in on it. */
static double best_theta(const struct glm_data *data, const double *eta, double start)
{
    double low = log(THETA_MIN), high = log(THETA_MAX), x = log(start);

    for (int k = 0; k < NEWTON_MAX && high - low > 1e-14 * fabs(high); k++) {
        double slope, information;

        derive(data, eta, exp(x), &slope, &information);
        if (slope > 0)
            low = x;
        else
            high = x;
        /* by log theta: slope theta, and information theta^2 less slope theta */
        const double theta = exp(x), curvature = information * theta * theta - slope * theta;
        const double next = x + slope * theta / curvature;

        if (fabs(next - x) < 1e-15 * (1 + fabs(x)))
            return exp(next);
        x = curvature > 0 && next > low && next < high ? next : low + (high - low) / 2;
    }
    return exp(x);
}

static int fit_at(const struct glm_data *data, struct glm_options options, double theta, struct negbin *negbin)
{
    options.family = isinf(theta) ? GLM_POISSON : GLM_NEGBIN;
    options.theta = theta;
    glm_fit_free(negbin->fit);
    return glm_fit_alloc(data, &options, &negbin->fit);
}

/* Is the likelihood still rising where theta is as large as can be told? */
static bool is_poisson(const struct glm_data *data, const double *eta)
{
    double slope, information;

    derive(data, eta, THETA_MAX / 10, &slope, &information);
    return slope >= 0;
}

int negbin_solve(const struct glm_data *data, const struct glm_options *options, struct negbin *negbin)
{
    double before = 1, information, slope;
    int status;

    *negbin = (struct negbin){.theta = INFINITY, .theta_std_error = NAN};
    if ((status = fit_at(data, *options, INFINITY, negbin)) != GSL_SUCCESS)
        return status;
    if (is_poisson(data, negbin->fit->eta)) {
        negbin->infinite = true;
        negbin->converged = negbin->fit->converged;
        return GSL_SUCCESS;
    }
    for (int k = 0; k < ROUNDS_MAX && !negbin->converged; k++) {
        negbin->theta = best_theta(data, negbin->fit->eta, before);
        if ((status = fit_at(data, *options, negbin->theta, negbin)) != GSL_SUCCESS)
            return status;
        negbin->converged = negbin->fit->converged && fabs(negbin->theta - before) <= 1e-13 * negbin->theta;
        before = negbin->theta;
    }
    derive(data, negbin->fit->eta, negbin->theta, &slope, &information);
    if (information > 0)
        negbin->theta_std_error = 1 / sqrt(information);
    return GSL_SUCCESS;
}

void negbin_clear(struct negbin *negbin)
{
    glm_fit_free(negbin->fit);
    negbin->fit = NULL;
}
