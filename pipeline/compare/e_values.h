/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * e_values.h - E-values of the ratios of an analysis that asks for them (`measures: [..., e_value]`).
 *
 * A row for every risk, odds and hazard ratio between arms, adjusted or not: `term` names the ratio, `estimate` is the
 * E-value of the estimate and `conf_low` that of the limit nearer to 1, which is 1 when the interval holds 1.  Hazard and
 * odds ratios are taken as risk ratios where less than 15 % of the people have the event, else by the approximations of
 * stats/e_value.h; `method` says which.
 */
#ifndef COMPARE_E_VALUES_H
#define COMPARE_E_VALUES_H

#include "base/table.h"
#include "study/study.h"

int e_values_add(const struct study *study, struct table *estimates); /* -1 after telling */

#endif
