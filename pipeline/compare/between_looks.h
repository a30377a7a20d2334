/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * between_looks.h - numbers of an outcome that looks find, from the intervals between looks (Turnbull): rows of estimates with
 * the adjustment `interval_censored` beside those that take the event for happening on the day on which it was found.
 *
 * survival, risk, survival_difference and risk_difference on days; the limits of an arm by conf_type of the analysis,
 * of a difference by the normal distribution.  A day within an interval that has mass has no number, and its note has bounds.
 */
#ifndef COMPARE_BETWEEN_LOOKS_H
#define COMPARE_BETWEEN_LOOKS_H

#include "compare/comparison.h"
#include "compare/wanted.h"

/** -1 after telling.  Nothing for outcomes without `between_looks`, and for parts of the people. */
int between_looks_add(const struct comparison *comparison, const struct wanted_list *wanted, struct table *estimates);

#endif
