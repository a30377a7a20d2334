/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * cox_zph.h - tests of proportional hazards: the score test of g(t) x added to the model.
 *
 *     u = sum_{events} w g(t_i) (x_i - xbar(t_i))      V = I_gg - I_g I^-1 I_g      I_g, I_gg = sum_t g(t) V(t), g(t)^2 V(t)
 *
 * with g centred at its mean over the events, so that u' V^-1 u is chi-square.  Two weighted evaluations, whatever the
 * number of terms.  Grambsch & Therneau 1994, doi:10.1093/biomet/81.3.515; the score form is that of the R package
 * survival from 3.0 on.
 */
#ifndef STATS_COX_ZPH_H
#define STATS_COX_ZPH_H

#include "stats/cox.h"

enum cox_transform { COX_ZPH_KM, COX_ZPH_IDENTITY, COX_ZPH_RANK, COX_ZPH_LOG };

/**
 * cox_zph_times - g of each position, centred over the events.
 *
 *     km        1 - S(t-), Kaplan-Meier of all rows as one stratum, sampling weights left aside
 *     identity  t            rank  mean rank of t among all times       log  log t
 *
 * rows       as they made data
 * g          [n_axis] output
 *
 * GSL_EDOM for the logarithm of a time that is not positive; GSL_ENOMEM.
 */
int cox_zph_times(const struct cox_data *data, const struct cox_rows *rows, enum cox_transform transform, double *g);

struct cox_zph {
    size_t n_term;
    struct chi_square_test *test; /* [n_term + 1] by term, then all together; df = 0 where a term has no column left */
};

/**
 * cox_zph_run - tests of the fit's columns, by term and together.  The work evaluates at the fit's point unless it has done so last.
 *
 * term       [p] 0 .. n_term - 1
 * zph        output with room for n_term + 1 tests
 *
 * GSL_ENOMEM, GSL_EDOM.
 */
int cox_zph_run(struct cox_work *work, const struct cox_fit *fit, const double *g, const int32_t *term, size_t n_term,
                struct cox_zph *zph);

#endif
