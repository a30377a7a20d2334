/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/meta.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#include "stats/distribution.h"
#include "stats/meta_tau.h"
#include "stats/quantiles.h"

static const struct meta_pooled missing = {NAN, NAN, NAN, NAN, NAN, NAN, NAN};

static bool is_level(double level)
{
    return level > 0 && level < 1;
}

static int check(const double *estimate, const double *std_error, size_t k, enum meta_method method, double level)
{
    if (k == 0 || !is_level(level) || method < META_REML || method > META_FIXED)
        return GSL_EINVAL;
    for (size_t i = 0; i < k; i++)
        if (!isfinite(estimate[i]) || !(std_error[i] > 0) || !isfinite(std_error[i]))
            return GSL_EINVAL;
    return GSL_SUCCESS;
}

static double t_quantile(double level, double df)
{
    return t_upper_quantile((1 - level) / 2, df);
}

static void set_pooled(struct meta_pooled *pooled, double estimate, double std_error, double df, double level)
{
    const double width = (isnan(df) ? confidence_z(level) : t_quantile(level, df)) * std_error;

    pooled->estimate = estimate;
    pooled->std_error = std_error;
    pooled->conf_low = estimate - width;
    pooled->conf_high = estimate + width;
    pooled->statistic = estimate / std_error;
    pooled->df = df;
    pooled->p_value =
        isnan(df) ? normal_two_sided(pooled->statistic) : t_two_sided(pooled->statistic, df);
}

/* I squared: of the estimated tau^2, or for a fixed effect of Q. */
static double share_not_chance(const struct meta_sums *fixed, double df, double tau_squared, enum meta_method method)
{
    const double typical = df * fixed->w / (fixed->w * fixed->w - fixed->w_squared);

    if (method == META_FIXED)
        return fixed->q > 0 ? fmax(0, (fixed->q - df) / fixed->q) : 0;
    return tau_squared / (tau_squared + typical);
}

static void solve_several(const double *y, const double *se, enum meta_method method, double level,
                          struct meta_result *result)
{
    const size_t k = result->k;
    const double df = (double)(k - 1), tail = (1 - level) / 2;
    struct meta_sums fixed, sums;

    meta_sums_at(y, se, k, 0, &fixed);
    chi_square_test_set(&result->heterogeneity, fixed.q, k - 1);
    result->tau_squared = meta_tau_squared(y, se, k, method);
    result->tau_squared_low = meta_tau_squared_at(y, se, k, chi_square_upper_quantile(tail, df));
    result->tau_squared_high = meta_tau_squared_at(y, se, k, chi_square_lower_quantile(tail, df));
    result->i_squared = share_not_chance(&fixed, df, result->tau_squared, method);
    meta_sums_at(y, se, k, result->tau_squared, &sums);
    set_pooled(&result->normal, sums.mean, 1 / sqrt(sums.w), NAN, level);
    if (sums.q > 0)
        set_pooled(&result->hartung_knapp, sums.mean, sqrt(sums.q / (df * sums.w)), df, level);
    if (k >= 3 && method != META_FIXED) {
        const double width = t_quantile(level, df - 1) * sqrt(result->tau_squared + 1 / sums.w);

        result->prediction_low = sums.mean - width;
        result->prediction_high = sums.mean + width;
    }
}

int meta_solve(const double *estimate, const double *std_error, size_t k, enum meta_method method, double level,
               struct meta_result *result)
{
    const int status = check(estimate, std_error, k, method, level);

    if (status != GSL_SUCCESS)
        return status;
    *result = (struct meta_result){.k = k,
                                   .tau_squared = 0,
                                   .tau_squared_low = NAN,
                                   .tau_squared_high = NAN,
                                   .i_squared = NAN,
                                   .heterogeneity = {NAN, 0, NAN, NAN},
                                   .normal = missing,
                                   .hartung_knapp = missing,
                                   .prediction_low = NAN,
                                   .prediction_high = NAN};
    if (k == 1)
        set_pooled(&result->normal, estimate[0], std_error[0], NAN, level);
    else
        solve_several(estimate, std_error, method, level, result);
    return GSL_SUCCESS;
}
