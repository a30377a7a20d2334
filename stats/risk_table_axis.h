/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * risk_table_axis.h - the sorted distinct times on which a risk table counts.
 *
 * Times are taken as given: two times are one point of the axis only when they are the same number.
 * Whole days (the rule in studies) tie exactly; decimal times that were computed in different ways may
 * miss each other by a last bit, and risk_table_merge_near_ties joins them when the caller asks for it.
 */
#ifndef STATS_RISK_TABLE_AXIS_H
#define STATS_RISK_TABLE_AXIS_H

#include <stddef.h>

/* Default tolerance of risk_table_merge_near_ties: sqrt(DBL_EPSILON). */
#define RISK_TABLE_NEAR_TIE 1.4901161193847656e-8

/**
 * risk_table_axis - sorted distinct values of the exit times and, under delayed entry, of the entry times.
 *
 * n        rows
 * entry    [n] entry times, or NULL when everybody is at risk from the start
 * time     [n] exit times, finite, >= 0, any unit
 * axis     output, strictly increasing; room for n values (2 n with entry).  May be `time` itself when entry
 *          is NULL, so that several axes are joined by writing them one after the other and calling this.
 * n_time   output, how many values axis holds
 *
 * Returns GSL_SUCCESS; GSL_EINVAL when n is 0; GSL_EDOM for a negative, infinite or NaN time.  On error axis
 * is unspecified and n_time is 0.  Negative zero becomes zero.
 * O(n) when all times are whole numbers below 2^16 (179 years of days), else O(n log n) at worst; allocates nothing.
 */
int risk_table_axis(size_t n, const double *entry, const double *time, double *axis, size_t *n_time);

/**
 * risk_table_merge_near_ties - give times that are equal up to rounding one common value, in place.
 *
 * With y the sorted distinct values of all times (entry and exit) and m their mean, neighbours are tied when
 *     y[k+1] - y[k] <= tolerance    or    (y[k+1] - y[k]) / m <= tolerance ;
 * a run of ties takes its smallest value.  The result does not depend on the order of the rows.
 *
 * entry, time   [n] changed in place; entry may be NULL
 * tolerance     RISK_TABLE_NEAR_TIE for the rule of R's survival package (timefix); <= 0 changes nothing
 * axis, n_time  as in risk_table_axis; on return the merged axis
 *
 * Returns as risk_table_axis; GSL_EDOM also when merging makes an entry time equal to its own exit time (the
 * times are then unspecified).  O(n log n), allocates nothing.
 * Therneau, "Tied times", vignette of the R package survival.
 */
int risk_table_merge_near_ties(size_t n, double *entry, double *time, double tolerance, double *axis, size_t *n_time);

#endif
