/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/rmst.h"

#include <math.h>

#include <gsl/gsl_errno.h>

#include "stats/distribution.h"

double rmst_max_tau(const struct km_curve *curve)
{
    if (curve->n == 0)
        return 0;
    return curve->surv[curve->n - 1] > 0 ? curve->time[curve->n - 1] : INFINITY;
}

int rmst_solve(const struct km_curve *curve, double tau, struct rmst *rmst)
{
    double area = 0, variance = 0, right = tau;

    if (curve->n == 0)
        return GSL_EINVAL;
    if (!(tau > 0 && isfinite(tau) && tau <= rmst_max_tau(curve)))
        return GSL_EDOM;
    *rmst = (struct rmst){.tau = tau};
    /* From tau backwards, so that area is always A_k, what is left of the area from t_k on. */
    for (size_t k = curve->n; k-- > 0;) {
        const double d = (double)curve->n_event[k], r = (double)curve->n_risk[k];
        if (curve->time[k] > tau)
            continue;
        area += (right - curve->time[k]) * curve->surv[k];
        right = curve->time[k];
        if (d > 0 && r > d)
            variance += area / tau * (area / tau) * (d / (r * (r - d))); /* in units of tau: huge times overflow */
        rmst->n_event += curve->n_event[k];
    }
    rmst->estimate = area + right;
    rmst->std_err = tau * sqrt(variance);
    return GSL_SUCCESS;
}

static void set_test(struct rmst_contrast *contrast, double distance)
{
    contrast->statistic = contrast->std_err > 0 ? distance / contrast->std_err : NAN;
    contrast->p_value = contrast->std_err > 0 ? normal_two_sided(contrast->statistic) : NAN;
}

int rmst_compare(const struct rmst *a, const struct rmst *b, enum rmst_measure measure, double level,
                 struct rmst_contrast *contrast)
{
    if (a->tau != b->tau || (measure != RMST_DIFFERENCE && measure != RMST_RATIO))
        return GSL_EINVAL;
    if (!(level > 0 && level < 1) || (measure == RMST_RATIO && !(a->estimate > 0 && b->estimate > 0)))
        return GSL_EDOM;
    const double z = confidence_z(level);
    if (measure == RMST_DIFFERENCE) {
        contrast->estimate = a->estimate - b->estimate;
        contrast->std_err = hypot(a->std_err, b->std_err);
        contrast->conf_low = contrast->estimate - z * contrast->std_err;
        contrast->conf_high = contrast->estimate + z * contrast->std_err;
        set_test(contrast, contrast->estimate);
    } else {
        contrast->estimate = a->estimate / b->estimate;
        contrast->std_err = hypot(a->std_err / a->estimate, b->std_err / b->estimate);
        contrast->conf_low = contrast->estimate * exp(-z * contrast->std_err);
        contrast->conf_high = contrast->estimate * exp(z * contrast->std_err);
        set_test(contrast, log(contrast->estimate));
    }
    return GSL_SUCCESS;
}
