/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * calibration.h - did what was predicted come true?  Groups of people by predicted probability.
 *
 * With N people in all and G groups, people are taken in order of p; a group is closed at the first value of p at which g N / G
 * people or more have been taken, g = 1, 2, ..  People with one p are never parted, so there may be fewer groups.  Of each:
 *
 *     predicted   sum count p / sum count         (order-free: exact_sum.h)
 *     observed    events / people, Wilson limits  (proportion.h)
 *
 * p          [n] predicted probabilities, 0 .. 1
 * y          [n] 1 when the event came, else 0
 * count      [n] people that a row stands for, >= 0; NULL: one each
 * groups     [n_group] output
 * n_made     output: how many there are
 *
 * GSL_SUCCESS; GSL_EINVAL for a p outside [0, 1], a negative count, no group, or nobody at all; GSL_ENOMEM.  O(n).
 * Hosmer & Lemeshow 1980, doi:10.1080/03610928008827941; Van Calster et al. 2019, doi:10.1186/s12916-019-1466-7.
 */
#ifndef STATS_CALIBRATION_H
#define STATS_CALIBRATION_H

#include <stddef.h>
#include <stdint.h>

#include "stats/reducer.h"

struct calibration_group {
    int64_t n, n_event;
    double predicted, observed, conf_low, conf_high;
};

int calibration_groups(const double *p, const unsigned char *y, const int64_t *count, size_t n, size_t n_group, double level,
                       struct calibration_group *groups, size_t *n_made);

enum { CALIBRATION_GROUPS_MAX = 100 };

/**
 * The same of rows that lie in several places (reducer.h), by halving the range of p some sixty times: what is sent does not
 * depend on n.  At most CALIBRATION_GROUPS_MAX groups; GSL_EINVAL beyond.
 */
int calibration_groups_all(const double *p, const unsigned char *y, const int64_t *count, size_t n, size_t n_group, double level,
                           const struct reducer *reducer, struct calibration_group *groups, size_t *n_made);

#endif
