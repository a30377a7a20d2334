/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * rows.h - the estimates of one comparison as rows of table `estimates`.
 */
#ifndef COMPARE_ROWS_H
#define COMPARE_ROWS_H

#include "compare/comparison.h"
#include "compare/estimates.h"
#include "compare/wanted.h"

/** The keys of an unadjusted number: no stratum, no arms yet. */
struct estimate rows_keys(const struct comparison *comparison, const struct wanted *wanted);

int rows_add(const struct comparison *comparison, const struct wanted_list *wanted, struct table *estimates);

#endif
