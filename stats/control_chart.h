/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * control_chart.h - has a process changed? p, u and run charts with phases.
 *
 * Point k has a count y_k over a size n_k: people (p chart), person-time (u chart).  A phase is a stretch of points with a
 * centre of its own, taken from its first `baseline` points and held from there on (freeze; 0: from all of them); a new
 * phase begins where the process was changed on purpose (re-base).
 *
 *     p chart     c = sum y / sum n,    sd_k = sqrt(c (1 - c) / n_k),  limits c -+ 3 sd_k cut to [0, 1]
 *     u chart     c = sum y / sum n,    sd_k = sqrt(c / n_k),          limits c -+ 3 sd_k, not below 0
 *     run chart   c = median of y / n;  no limits
 *
 * With `laney` sd_k is multiplied by s = (mean of |z_k - z_{k-1}| in the baseline) / 1.128, z_k = (y_k / n_k - c) / sd_k:
 * between periods more may vary than chance within them.
 *
 * Signals, each within a phase; a point without size (n = 0) is passed over:
 *
 *     CONTROL_BEYOND   outside the limits
 *     CONTROL_RUN      in `run` or more points in a row on one side of the centre; points on it neither count nor break
 *     CONTROL_TREND    in `trend` or more points in a row that rise, or fall, throughout; an equal one neither counts nor breaks
 *     CONTROL_NEAR     one of two points, of three in a row, more than two of the three standard deviations that the limit
 *                      would be away, were it not cut, from the centre on one side
 *
 * Shewhart 1931; Nelson 1984, doi:10.1080/00224065.1984.11978921; p' chart: Laney 2002, doi:10.1081/QEN-120006555;
 * run charts: Perla, Provost & Murray 2011, doi:10.1136/bmjqs.2009.037895.
 */
#ifndef STATS_CONTROL_CHART_H
#define STATS_CONTROL_CHART_H

#include <stdbool.h>
#include <stddef.h>

enum control_kind { CONTROL_P, CONTROL_U, CONTROL_RUN_CHART };

enum control_signal { CONTROL_BEYOND = 1, CONTROL_RUN = 2, CONTROL_TREND = 4, CONTROL_NEAR = 8 };

struct control_phase {
    size_t first;    /* point with which it begins; the first phase begins with 0 */
    size_t baseline; /* points with a size that its centre is taken from; 0: all of the phase */
};

struct control_options {
    enum control_kind kind;
    bool laney;        /* p and u charts */
    size_t run, trend; /* points; 0: the rule is not used.  8 and 6 are usual */
    bool near_limit;   /* use CONTROL_NEAR */
};

/** One point of the chart; NAN where there is none: no size, a run chart without limits. */
struct control_point {
    double value, centre, low, high;
    unsigned int signals; /* enum control_signal */
    int side;             /* of the centre: -1, 0, 1 */
    double factor;        /* Laney's, of the phase; 1 without */
};

/**
 * y, size    [n] 0 <= y, y <= size for a p chart
 * phases     [n_phase] in order, n_phase >= 1
 * spare      [n] workspace
 * points     [n] output
 *
 * GSL_SUCCESS; GSL_EINVAL for a count or size out of range, phases out of order or beyond n; n = 0 is fine.
 * O(n log n), allocates nothing.
 */
int control_chart_solve(const double *y, const double *size, size_t n, const struct control_phase *phases,
                        size_t n_phase, const struct control_options *options, double *spare,
                        struct control_point *points);

#endif
