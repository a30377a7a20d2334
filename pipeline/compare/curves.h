/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * curves.h - curves and risk tables of a comparison as rows of results.h5.
 */
#ifndef COMPARE_CURVES_H
#define COMPARE_CURVES_H

#include "compare/comparison.h"
#include "stats/weighted_curve.h"

/** What a curve is of, and one of its corners: a row of table curves. */
struct curve_key {
    const struct comparison *comparison;
    enum measure measure;
    const char *cause, *adjustment, *stratum, *arm;
};

struct curve_corner {
    double time;
    int64_t n_risk, n_event, n_censor;
    double estimate, std_error, conf_low, conf_high;
};
int curve_corner_add(const struct curve_key *key, struct curve_corner corner, struct table *curves);

/** One of a weighted curve: its limits are log-log, and an error that is rounding is none. */
int curve_corner_weighted(const struct curve_key *key, struct curve_corner corner, struct table *curves);

/** Weighted rows times days up to which errors are read on all days, one by one; beyond, on those that the analysis asks for. */
#define CURVE_ERROR_WORK 2e7

/** Is place k the last at or before a day that the analysis reads? */
bool curve_is_read(const struct comparison *comparison, const struct weighted_curve *curve, size_t k);

int curves_add(const struct comparison *comparison, struct table *curves);           /* -1 after telling */
int risk_tables_add(const struct comparison *comparison, struct table *risk_tables); /* -1 after telling */

#endif
