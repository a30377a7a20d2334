/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * reread.h - numbers of a row that are read again from the released curves, because the exact ones would tell more.
 *
 * The difference between an exact risk by day 180 and the released step that ends on day 171 is the few people who left in
 * between.  So, where the arms of a row have a curve:
 *
 *     a day on which the steps of its arms end     the exact number, which the released points give as well
 *     another day, within the curves               risks, survivals, incidences of an arm, and their differences and ratios
 *                                                  are read straight between the released points
 *     restricted means and quantiles               always from the released points
 *     anything else of another day; beyond the curves      withheld
 *
 * Limits keep their distance from the estimate (of ratios: their factor); those of a quantile are where the released limits
 * cross it.  Numbers without a day (hazard ratios, tests over the whole time) stay what they are.
 */
#ifndef REPORT_REREAD_H
#define REPORT_REREAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/table.h"
#include "report/coarse_curves.h"
#include "report/pool.h"

enum reread_kind { REREAD_EXACT, REREAD_RELEASED, REREAD_WITHHELD };

struct reread {
    enum reread_kind kind;
    double estimate, conf_low, conf_high; /* of REREAD_RELEASED */
};

/** For a row of `estimates` or `verdicts`. */
struct reread reread_row(const struct coarse_curves *curves, struct pool *pool, const struct table *table, size_t row);

#endif
