/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/glm_family.h"

#include <math.h>

double glm_mean(enum glm_family family, double eta)
{
    return family == GLM_LOGISTIC ? 1 / (1 + exp(-eta)) : exp(eta);
}

/* One exponential serves mean, its complement (without cancellation) and the logarithm. */
static struct glm_terms logistic_terms(double y, double eta)
{
    const double small = exp(-fabs(eta)), large = 1 / (1 + small), other = small * large;
    const double mean = eta > 0 ? large : other, complement = eta > 0 ? other : large;
    const bool with = y > 0.5;
    const double against = with ? -eta : eta; /* log likelihood: -log(1 + exp(against)) */

    return (struct glm_terms){mean, with ? complement : -mean, large * other, -(fmax(against, 0) + log1p(small))};
}

struct glm_terms glm_terms_of(enum glm_family family, double theta, double y, double eta)
{
    if (family == GLM_LOGISTIC)
        return logistic_terms(y, eta);
    const double mean = exp(eta), loglik = glm_loglik_of(family, theta, y, eta);

    if (family == GLM_POISSON)
        return (struct glm_terms){mean, y - mean, mean, loglik};
    return (struct glm_terms){mean, (y - mean) / (1 + mean / theta), mean / (1 + mean / theta), loglik};
}

/* log(1 + exp(x)) */
static double log1p_exp(double x)
{
    return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

/* y log m with 0 log 0 = 0 */
static double times_log(double y, double log_m)
{
    return y == 0 ? 0 : y * log_m;
}

static double log_gamma(double x)
{
    int sign; /* lgamma() would keep it in a global */

    return lgamma_r(x, &sign);
}

/* log Gamma(y + theta) / Gamma(theta) = log theta (theta + 1) ... (theta + y - 1), without their difference where it is short. */
static double log_rising(double theta, double y)
{
    double sum = 0;

    if (y > 64)
        return log_gamma(y + theta) - log_gamma(theta);
    for (double k = 0; k < y; k++)
        sum += log(theta + k);
    return sum;
}

double glm_loglik_of(enum glm_family family, double theta, double y, double eta)
{
    switch (family) {
    case GLM_LOGISTIC:
        return -log1p_exp(y > 0.5 ? -eta : eta);
    case GLM_POISSON:
        return times_log(y, eta) - exp(eta) - log_gamma(y + 1);
    case GLM_NEGBIN:
        break;
    }
    return log_rising(theta, y) - log_gamma(y + 1) + times_log(y, eta) - times_log(y, log(theta + exp(eta))) -
           theta * log1p(exp(eta) / theta);
}

double glm_saturated(enum glm_family family, double theta, double y)
{
    return family == GLM_LOGISTIC ? 0 : glm_loglik_of(family, theta, y, y > 0 ? log(y) : -INFINITY);
}

bool glm_is_outcome(enum glm_family family, double y)
{
    if (family == GLM_LOGISTIC)
        return y == 0 || y == 1;
    return y >= 0 && y <= 1e15 && y == floor(y);
}
