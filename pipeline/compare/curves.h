/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * curves.h - curves and risk tables of a comparison as rows of results.h5.
 */
#ifndef COMPARE_CURVES_H
#define COMPARE_CURVES_H

#include "compare/comparison.h"

int curves_add(const struct comparison *comparison, struct table *curves);           /* -1 after telling */
int risk_tables_add(const struct comparison *comparison, struct table *risk_tables); /* -1 after telling */

#endif
