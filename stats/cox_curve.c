/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/cox_curve.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>

#include "stats/cholesky.h"

int cox_curve_solve(struct cox_scores *scores, const struct cox_fit *fit, const double *covariance, int32_t stratum,
                    const double *x, double offset, struct cox_curve *curve)
{
    const struct cox_data *data = cox_work_data(scores->work);
    const double *jump = cox_work_jump(scores->work), *square = scores->square;
    const double *center = data->copy->center, *scale = data->copy->scale;
    const size_t p = fit->p;
    double *z = malloc((2 * p + 1) * sizeof *z);
    size_t first = 0;
    double eta = offset - data->offset_shift - cox_work_shift(scores->work), hazard = 0, spread = 0;

    if (z == NULL)
        return GSL_ENOMEM;
    double *const q = z + p;
    while (first < data->n_axis && data->stratum[first] != stratum)
        first++;
    if (first == data->n_axis) {
        free(z);
        return GSL_EINVAL;
    }
    for (size_t j = 0; j < p; j++) {
        z[j] = (x[j] - center[j]) * scale[j];
        eta += fit->column[j] != COX_FITTED ? 0 : z[j] * fit->point->beta[j];
    }
    curve->first = first;
    curve->n = data->stratum_end[first] - first;
    for (size_t k = 0; k < curve->n; k++) {
        hazard += jump[first + k];
        spread += square[first + k];
        for (size_t j = 0; j < p; j++) /* in units of x, as the covariance */
            q[j] = fit->column[j] != COX_FITTED ? 0 : (hazard * z[j] - scores->past[(first + k) * p + j]) / scale[j];
        curve->cumhaz[k] = exp(eta) * hazard;
        curve->std_err[k] = exp(eta) * sqrt(spread + quadratic_form(covariance, p, fit->left_out, q));
    }
    free(z);
    return GSL_SUCCESS;
}
