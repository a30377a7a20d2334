/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * survival_interval.h - pointwise confidence limits of a survival probability from its standard error.
 *
 * With S the estimate, s its standard error, r = s / S, z the normal quantile of the level:
 *
 *     log       S exp(-+ z r)                                      upper limit cut at 1
 *     log-log   exp(-exp(log(-log S) +- z r / log S)) = S^exp(...)
 *     plain     S -+ z s                                           cut at 0 and 1
 *     arcsin    sin^2( asin(sqrt S) -+ z/2 r sqrt(S / (1 - S)) )   angle cut at 0 and pi/2
 *     none      both missing
 *
 * Missing limits are NaN.  All types: missing where S = 0, because Greenwood's error is unbounded there.  log-log and
 * arcsin: missing where S = 1, because their scales do not contain it; log and plain give (1, 1) there.
 * These are the limits of survfit in R's package survival.
 *
 * log: Therneau & Grambsch 2000, Modeling Survival Data, section 2.2; log-log: Kalbfleisch & Prentice 1980;
 * arcsin: Borgan & Liestol 1990, Scand J Stat 17:35.
 */
#ifndef STATS_SURVIVAL_INTERVAL_H
#define STATS_SURVIVAL_INTERVAL_H

enum survival_conf_type {
    SURVIVAL_CONF_LOG,
    SURVIVAL_CONF_LOG_LOG,
    SURVIVAL_CONF_PLAIN,
    SURVIVAL_CONF_ARCSIN,
    SURVIVAL_CONF_NONE
};

/* A type and a level, prepared once for a whole curve. */
struct survival_interval {
    enum survival_conf_type type;
    double level; /* two-sided, 0 < level < 1 */
    double z;     /* normal quantile of (1 + level) / 2 */
};

/* Prepare.  Returns GSL_SUCCESS; GSL_EDOM unless 0 < level < 1; GSL_EINVAL for an unknown type. */
int survival_interval_init(struct survival_interval *interval, enum survival_conf_type type, double level);

/**
 * survival_interval_limits - the two limits.
 * surv      in [0, 1]
 * std_err   of surv itself, >= 0, or NaN (then both limits are NaN)
 */
void survival_interval_limits(const struct survival_interval *interval, double surv, double std_err, double *conf_low,
                              double *conf_high);

#endif
