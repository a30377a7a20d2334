/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * bootstrap.h - resampling of a risk table, and limits from replicates.
 *
 * Drawing n of n people with replacement is drawing the counts of their cells: multinomial over the cells (arm, stratum,
 * kind of exit, time), within each arm and stratum.  A replicate so costs O(cells) and not O(people).  Poisson: every
 * cell's count for itself, so that parts of a table can be resampled apart; n itself varies then.
 *
 * Replicate b of (arm, stratum) g has the stream (seed, g, b) of its own (random_stream.h): the same replicates for any
 * number of threads and any order of the rows.
 *
 * Limits (level 1 - 2 alpha, N the normal distribution, t the statistic, t* its B replicates):
 *
 *     percentile   quantiles alpha and 1 - alpha of t*
 *     BCa          quantiles N(w + (w + z) / (1 - a (w + z))), z = N^-1(alpha), N^-1(1 - alpha),
 *                  w = N^-1(share of t* below t),  a = sum l^3 / (6 (sum l^2)^1.5), l the jackknife's influence of a person
 *
 * A quantile q between two replicates is interpolated on the normal scale, at rank (B + 1) q.  Equal to boot.ci(type =
 * c("perc", "bca")) of R's package boot for the same replicates.
 *
 * Efron 1987, doi:10.1080/01621459.1987.10478410; Davison & Hinkley 1997, Bootstrap methods and their application, section 5.3.
 */
#ifndef STATS_BOOTSTRAP_H
#define STATS_BOOTSTRAP_H

#include <stddef.h>
#include <stdint.h>

#include "stats/risk_table.h"

enum bootstrap_draw { BOOTSTRAP_MULTINOMIAL, BOOTSTRAP_POISSON };

/**
 * bootstrap_draw - one replicate of a table.
 *
 * table    without delayed entries
 * into     a table of the same shape and axis; its contents are replaced
 *
 * Returns GSL_SUCCESS; GSL_EBADLEN for another shape; GSL_EUNIMPL for delayed entries (who entered when and left when is
 * not in a table) ; GSL_EOVRFLW for a cell or group above 2^32 - 1 people.
 */
int bootstrap_draw(const struct risk_table *table, enum bootstrap_draw draw, uint64_t seed, uint64_t replicate,
                   struct risk_table *into);

/** A number read from a table; NaN where it does not exist.  Must be safe to call from several threads. */
typedef double bootstrap_statistic(const struct risk_table *table, void *context);

/**
 * bootstrap_run - the statistic of n replicates.
 *
 * replicates   [n] output, in order of their numbers; NaN where it does not exist
 * contexts     [n_threads] one for each thread: workspace of the statistic
 *
 * Returns as bootstrap_draw; GSL_ENOMEM.
 */
int bootstrap_run(const struct risk_table *table, enum bootstrap_draw draw, uint64_t seed, size_t n,
                  bootstrap_statistic *statistic, void *const *contexts, size_t n_threads, double *replicates);

/**
 * bootstrap_acceleration - a, from leaving out one person of each cell in turn: l = (n - 1) (mean - t without).
 *
 * Persons of several arms together, each arm's influences about their own mean, as for independent samples.  O(cells) times the
 * statistic.  GSL_EZERODIV when no cell has an influence; GSL_EDOM when the statistic does not exist without somebody.
 */
int bootstrap_acceleration(const struct risk_table *table, bootstrap_statistic *statistic, void *context,
                           double *acceleration);

/** The replicates sorted, without those that do not exist; returns how many there are. */
size_t bootstrap_sort(double *replicates, size_t n);

/** Standard deviation of replicates. */
double bootstrap_std_err(const double *replicates, size_t n);

/**
 * bootstrap_percentile, bootstrap_bca - limits from n (>= 2) sorted replicates.
 *
 * GSL_EINVAL for fewer; GSL_EDOM for a level outside (0, 1); BCa: GSL_EZERODIV when all or no replicates are below the
 * estimate: its limits do not exist.
 */
int bootstrap_percentile(const double *replicates, size_t n, double level, double *conf_low, double *conf_high);
int bootstrap_bca(const double *replicates, size_t n, double estimate, double acceleration, double level, double *conf_low,
                  double *conf_high);

#endif
