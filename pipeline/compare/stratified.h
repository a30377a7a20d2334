/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * stratified.h - risks adjusted by strata of columns, without a model: `adjust: {method: mantel_haenszel, by: [age_group]}`.
 *
 * Strata are the combinations of the columns of `by` that occur; counted rows are fine.
 *
 *     mantel_haenszel   risk difference (Sato's variance), risk ratio (Greenland and Robins), odds ratio (Robins, Breslow and
 *                       Greenland); of outcomes whose risk is a plain count.  Strata without one of the arms say nothing.
 *     direct            risk of an arm = sum_s w_s p_s, variance sum_s w_s^2 se_s^2; w_s the share of stratum s among both arms
 *                       (ate), the arm (att) or its reference (atc).  Ratios by the delta method on the log scale.  A stratum that
 *                       has weight and lacks an arm is not identified: withheld, by name.
 *     indirect          standardised_ratio = events of the arm / sum_s n_s q_s, q_s the reference's risk in the stratum: what the
 *                       arm's people would have had there.  Exact Poisson limits; the expected count is taken as known.
 *
 * Mantel & Haenszel 1959, doi:10.1093/jnci/22.4.719; Breslow & Day 1987, IARC 82; exact Poisson: Garwood 1936,
 * doi:10.1093/biomet/28.3-4.437.
 */
#ifndef COMPARE_STRATIFIED_H
#define COMPARE_STRATIFIED_H

#include "compare/estimates.h"
#include "compare/slices.h"
#include "compare/wanted.h"

/**
 * Rows and verdicts of every adjustment by strata; contrasts are kept for adjusted_find().  A part of the people
 * (comparison->stratum) has no verdicts, nor rows of strata by the column that it is a level of.  -1 after telling.
 */
int stratified_add(struct comparison *comparison, const struct people *people, const struct wanted_list *wanted,
                   struct table *estimates, struct table *verdicts);

#endif
