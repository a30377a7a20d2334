/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * risk_table.h - who entered and who left, by arm, stratum, time and kind of exit: the additive summary that
 * every survival estimator here reads.
 *
 *     n_risk(t) = #{entry < t <= exit}
 *
 * A person is at risk on (entry, exit]: somebody who enters at t is not at risk for the events at t, somebody who
 * leaves at t is.  Without an entry time a person is at risk from the start, day 0 included: events on day 0 are
 * kept.  At one time events come before censorings.
 *
 * All cells are counts in 64-bit integers, so the order of the rows, their division into chunks, sites or
 * threads, and the order of merging cannot change a bit.  A frequency f is exactly f copies of a row.
 *
 *     axis (risk_table_axis.h) -> risk_table_alloc -> risk_table_add ... -> km_solve, logrank_solve, cuminc_solve
 */
#ifndef STATS_RISK_TABLE_H
#define STATS_RISK_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "stats/reducer.h"
#include "stats/risk_table_axis.h"

/* In place of an arm or a stratum: all of them together. */
#define RISK_TABLE_ALL SIZE_MAX

/* The kind of exit that is no event; causes are 1 .. n_cause. */
enum { RISK_TABLE_CENSORED = 0 };

struct risk_table {
    size_t n_arm;
    size_t n_stratum;
    size_t n_cause;
    size_t n_time;
    double *time;     /* [n_time] strictly increasing, finite, >= 0 */
    /* The cells, in one block that starts at exits; the last index runs fastest. */
    size_t n_cell;
    int64_t *exits;   /* [n_arm * n_stratum * (1 + n_cause) * n_time] whose exit time is time[k], by kind */
    int64_t *entered; /* [n_arm * n_stratum * n_time] whose entry time is time[k] */
    int64_t total;    /* persons (frequencies) added so far, at most 2^53 */
    /* From a time to its place on the axis without searching all of it: bucket[b] is the first place of bucket b. */
    size_t n_bucket;
    double bucket_scale;
    uint32_t *bucket; /* [n_bucket + 1] */
};

/* What happens at one time of the axis, in one arm and stratum or in several together. */
struct risk_counts {
    int64_t n_enter;  /* at risk only after this time */
    int64_t n_event;  /* of the cause asked for; of any cause when that was 0 */
    int64_t n_other;  /* of the other causes; 0 when the cause asked for was 0 */
    int64_t n_censor; /* lost to follow-up */
};

/**
 * risk_table_alloc - an empty table.
 *
 * n_arm, n_stratum   >= 1 (n_stratum 1 when there are no strata)
 * n_cause            >= 1 kinds of event, coded 1 .. n_cause
 * axis               [n_time] strictly increasing, finite, >= 0; copied
 *
 * Returns NULL when memory is short, a size is 0 or too large (n_time >= 2^32), or the axis is not as said.
 * Memory: 8 (2 + n_cause) n_arm n_stratum n_time bytes and 12 n_time more.  Free with risk_table_free (NULL is fine).
 */
struct risk_table *risk_table_alloc(size_t n_arm, size_t n_stratum, size_t n_cause, const double *axis, size_t n_time);
void risk_table_free(struct risk_table *table);

/* Take everybody out again; the shape and the axis stay. */
void risk_table_clear(struct risk_table *table);

/**
 * risk_table_add - count rows.
 *
 * n           rows; 0 is fine
 * entry       [n] entry times, each on the axis and below its exit time; NULL: at risk from the start
 * time        [n] exit times, each on the axis
 * cause       [n] 0 censored, 1 .. n_cause
 * arm         [n] 0 .. n_arm - 1; NULL: all in arm 0
 * stratum     [n] 0 .. n_stratum - 1; NULL: all in stratum 0
 * frequency   [n] copies of the row, >= 0 (0 counts nothing); NULL: 1
 * n_threads   >= 1
 *
 * Returns GSL_SUCCESS; GSL_EDOM for a negative, infinite or NaN time, a time that is not on the axis, entry >= time,
 * an unknown cause, arm or stratum, or a negative frequency; GSL_EOVRFLW when the table would hold more than
 * 2^53 persons (counts must stay exact as doubles); GSL_EINVAL for n_threads 0.  On error the contents are
 * unspecified. O(n), a few nanoseconds a row for whole days; allocates nothing.
 */
int risk_table_add(struct risk_table *table, size_t n, const double *entry, const double *time, const int32_t *cause,
                   const int32_t *arm, const int32_t *stratum, const int64_t *frequency, size_t n_threads);

/**
 * risk_table_merge - add the contents of `from` to `into`.
 *
 * Both have the same n_arm, n_stratum and n_cause; every time of `from` must be on the axis of `into`, which may be
 * finer (sites that cannot pool their rows share their axes first: see risk_table_axis).
 *
 * Returns GSL_SUCCESS; GSL_EBADLEN for another shape; GSL_EDOM for a time that `into` does not have; GSL_EOVRFLW as
 * above. On error `into` is unchanged.  O(cells), allocates nothing.
 */
int risk_table_merge(struct risk_table *into, const struct risk_table *from);

/** risk_table_reduce - the contents of all places (reducer.h), whose axes are the same.  GSL_EOVRFLW as above. */
int risk_table_reduce(struct risk_table *table, const struct reducer *reducer);

/* Place of time t on the axis, or n_time when it is not there. */
size_t risk_table_index(const struct risk_table *table, double t);

/**
 * risk_table_counts - entries and exits at time[k].
 * arm, stratum   an index or RISK_TABLE_ALL
 * cause          0: any cause is an event; c: cause c is the event, the others are counted in n_other
 * The caller guarantees the ranges.  O(1), or O(arms * strata asked for).
 */
struct risk_counts risk_table_counts(const struct risk_table *table, size_t arm, size_t stratum, size_t cause,
                                     size_t k);

/* Persons at risk from the start, those without an entry time: all who left less all who entered.  O(n_time). */
int64_t risk_table_start(const struct risk_table *table, size_t arm, size_t stratum);

/* Everybody who was counted, delayed entries too. */
int64_t risk_table_n_person(const struct risk_table *table, size_t arm, size_t stratum);

/* Persons at risk at t: entry < t <= exit; exact at every t, on the axis or between its points.  O(n_time). */
int64_t risk_table_n_risk(const struct risk_table *table, size_t arm, size_t stratum, double t);

/**
 * risk_table_person_time - time spent at risk up to tau, sum of min(exit, tau) - min(entry, tau), in the axis's unit.
 * tau may be INFINITY.  Exact for whole days below 2^53 person-days.  O(n_time).
 */
double risk_table_person_time(const struct risk_table *table, size_t arm, size_t stratum, double tau);

#endif
