/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * curve_set.h - the released curves of one picture: one outcome and cause in one population, arm by arm.
 */
#ifndef REPORT_CURVE_SET_H
#define REPORT_CURVE_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "report/bundle.h"
#include "report/drawing.h"

/** With more arms the bands would cover each other: the curves are drawn alone. */
enum { BANDS_MAX = 4 };

struct curve_point {
    double time, estimate, conf_low, conf_high; /* limits NaN where there are none */
    int64_t n_risk, n_censor;
};

struct curve {
    const char *arm; /* name */
    size_t n;
    struct curve_point *points; /* [n] ascending in time */
};

struct curve_set {
    bool is_survival; /* else cumulative incidence */
    size_t n_arms_left_out; /* beyond SERIES_MAX */
    size_t n;
    struct curve curves[SERIES_MAX];
    double last;      /* latest time of all */
    double shown_to;  /* > 0: where a picture should end */
    double highest;   /* largest estimate or limit */
    double lowest;    /* smallest estimate or limit within the picture */
};

/**
 * Where a picture should end: beyond the last day that the study asks about, and not before only one in twenty of
 * those who began is still at risk; the long flat tails of a few people would fill the picture and mislead.
 * (Pocock, Clayton & Altman 2002, doi:10.1016/S0140-6736(02)08594-X, ask for 10 to 20 %.)
 */

/** The curves that share all keys but the arm with this row of `curves`. -1 after telling. */
int curve_set_read(struct bundle *bundle, size_t row, struct curve_set *set);
void curve_set_free(struct curve_set *set);

/** The curve just after a day; NULL after its end under a threshold, where nothing is known. */
const struct curve_point *curve_at(const struct bundle *bundle, const struct curve *curve, double day);

/** Where the axis of survival begins: 0, but where hardly anybody has the event a tenth, a twentieth, ... above which all lies. */
double curve_set_floor(const struct curve_set *set);

/** The last time of a curve; 0 when it has none. */
double curve_end(const struct curve *curve);

/** People at risk at a day (just before its exits); MISSING_INTEGER when that is not known. */
int64_t curve_n_risk(const struct bundle *bundle, const struct curve *curve, double day);

#endif
