/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/bootstrap.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>

#include "stats/distribution.h"
#include "stats/exact_sum.h"
#include "stats/random_stream.h"

static size_t n_groups(const struct risk_table *table)
{
    return table->n_arm * table->n_stratum;
}

/* Cells of one arm and stratum: kinds of exit times the axis. */
static size_t cells_of_group(const struct risk_table *table)
{
    return (1 + table->n_cause) * table->n_time;
}

static int check_tables(const struct risk_table *table, const struct risk_table *into)
{
    const size_t n_entry = n_groups(table) * table->n_time;

    if (into->n_arm != table->n_arm || into->n_stratum != table->n_stratum || into->n_cause != table->n_cause ||
        into->n_time != table->n_time)
        return GSL_EBADLEN;
    for (size_t k = 0; k < n_entry; k++)
        if (table->entered[k] != 0)
            return GSL_EUNIMPL;
    return GSL_SUCCESS;
}

/* ---- drawing ------------------------------------------------------------------------------------------------- */

/* The cells one after the other: how many of those not yet drawn fall into this one. */
static void draw_multinomial(const int64_t *from, size_t n_cell, int64_t n, struct random_stream *stream, int64_t *into)
{
    struct random_stream_gsl gsl;
    int64_t left = n, still = n; /* people to draw, people in the cells to come */

    random_stream_gsl(&gsl, stream);
    for (size_t c = 0; c < n_cell && left > 0; c++) {
        if (from[c] == 0)
            continue;
        into[c] = from[c] == still ? left
                                   : (int64_t)gsl_ran_binomial(&gsl.rng, (double)from[c] / (double)still, (unsigned)left);
        left -= into[c];
        still -= from[c];
    }
}

static void draw_poisson(const int64_t *from, size_t n_cell, struct random_stream *stream, int64_t *into)
{
    struct random_stream_gsl gsl;

    random_stream_gsl(&gsl, stream);
    for (size_t c = 0; c < n_cell; c++)
        if (from[c] > 0)
            into[c] = (int64_t)gsl_ran_poisson(&gsl.rng, (double)from[c]);
}

static int64_t total(const int64_t *cell, size_t n)
{
    int64_t sum = 0;
    for (size_t c = 0; c < n; c++)
        sum += cell[c];
    return sum;
}

int bootstrap_draw(const struct risk_table *table, enum bootstrap_draw draw, uint64_t seed, uint64_t replicate,
                   struct risk_table *into)
{
    const size_t n_cell = cells_of_group(table);
    const int status = check_tables(table, into);

    if (status != GSL_SUCCESS)
        return status;
    risk_table_clear(into);
    for (size_t group = 0; group < n_groups(table); group++) {
        const int64_t *from = table->exits + group * n_cell;
        int64_t *to = into->exits + group * n_cell;
        const int64_t n = total(from, n_cell);
        struct random_stream stream;
        if (n > UINT32_MAX)
            return GSL_EOVRFLW;
        random_stream_start(&stream, seed, (uint32_t)group, replicate);
        if (draw == BOOTSTRAP_MULTINOMIAL)
            draw_multinomial(from, n_cell, n, &stream, to);
        else
            draw_poisson(from, n_cell, &stream, to);
        into->total += total(to, n_cell);
    }
    return GSL_SUCCESS;
}

static struct risk_table *same_shape(const struct risk_table *table)
{
    return risk_table_alloc(table->n_arm, table->n_stratum, table->n_cause, table->time, table->n_time);
}

int bootstrap_run(const struct risk_table *table, enum bootstrap_draw draw, uint64_t seed, size_t n,
                  bootstrap_statistic *statistic, void *const *contexts, size_t n_threads, double *replicates)
{
    int status = GSL_SUCCESS;

#pragma omp parallel for num_threads((int)n_threads) schedule(static, 1) reduction(max : status)
    for (size_t thread = 0; thread < n_threads; thread++) {
        struct risk_table *drawn = same_shape(table);
        int result = drawn != NULL ? GSL_SUCCESS : GSL_ENOMEM;
        for (size_t b = thread; b < n && result == GSL_SUCCESS; b += n_threads) {
            result = bootstrap_draw(table, draw, seed, b, drawn);
            if (result == GSL_SUCCESS)
                replicates[b] = statistic(drawn, contexts[thread]);
        }
        risk_table_free(drawn);
        status = result > status ? result : status;
    }
    return status;
}

/* ---- acceleration -------------------------------------------------------------------------------------------- */

/* Sums of the influences of one group of people: about their mean, times how many of each there are. */
struct moments {
    double square, cube;
};

static int add_group(struct risk_table *without, size_t group, bootstrap_statistic *statistic, void *context,
                     double *values, struct moments *moments)
{
    const size_t n_cell = cells_of_group(without);
    int64_t *cell = without->exits + group * n_cell;
    const double n = (double)total(cell, n_cell);
    double mean = 0;

    if (n < 2)
        return GSL_SUCCESS;
    for (size_t c = 0; c < n_cell; c++) {
        if (cell[c] == 0)
            continue;
        cell[c]--;
        values[c] = statistic(without, context);
        cell[c]++;
        if (isnan(values[c]))
            return GSL_EDOM;
        mean += values[c] * ((double)cell[c] / n);
    }
    for (size_t c = 0; c < n_cell; c++) {
        const double l = cell[c] > 0 ? (n - 1) * (mean - values[c]) / n : 0; /* per person of this group's mean */
        moments->square += (double)cell[c] * l * l;
        moments->cube += (double)cell[c] * l * l * l;
    }
    return GSL_SUCCESS;
}

int bootstrap_acceleration(const struct risk_table *table, bootstrap_statistic *statistic, void *context,
                           double *acceleration)
{
    struct risk_table *without = same_shape(table);
    double *values = calloc(cells_of_group(table), sizeof *values);
    struct moments moments = {0, 0};
    int status = GSL_ENOMEM;

    if (without == NULL || values == NULL || (status = check_tables(table, without)) != GSL_SUCCESS)
        goto done;
    memcpy(without->exits, table->exits, table->n_cell * sizeof *without->exits);
    without->total = table->total;
    for (size_t group = 0; group < n_groups(table) && status == GSL_SUCCESS; group++)
        status = add_group(without, group, statistic, context, values, &moments);
    if (status == GSL_SUCCESS && !(moments.square > 0))
        status = GSL_EZERODIV;
    if (status == GSL_SUCCESS)
        *acceleration = moments.cube / (6 * moments.square * sqrt(moments.square));
done:
    free(values);
    risk_table_free(without);
    return status;
}

/* ---- limits -------------------------------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

size_t bootstrap_sort(double *replicates, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (!isnan(replicates[i]))
            replicates[kept++] = replicates[i];
    qsort(replicates, kept, sizeof *replicates, ascending);
    return kept;
}

double bootstrap_std_err(const double *replicates, size_t n)
{
    struct exact_sum sum;
    double mean = 0, squares = 0;

    exact_sum_init(&sum);
    exact_sum_add_array(&sum, replicates, n);
    exact_sum_round(&sum, &mean);
    mean /= (double)n;
    exact_sum_init(&sum);
    for (size_t i = 0; i < n; i++)
        exact_sum_add(&sum, (replicates[i] - mean) * (replicates[i] - mean));
    exact_sum_round(&sum, &squares);
    return n > 1 ? sqrt(squares / (double)(n - 1)) : NAN;
}

static double normal_quantile(double p)
{
    return -normal_upper_quantile(p);
}

/* The q-quantile at rank (n + 1) q, between two replicates on the normal scale. */
static double quantile(const double *sorted, size_t n, double q)
{
    const double rank = (double)(n + 1) * q, below = floor(rank);

    if (below < 1)
        return sorted[0];
    if (below >= (double)n)
        return sorted[n - 1];
    const size_t k = (size_t)below;
    if (rank == below)
        return sorted[k - 1];
    const double low = normal_quantile(below / (double)(n + 1)), high = normal_quantile((below + 1) / (double)(n + 1));
    return sorted[k - 1] + (normal_quantile(q) - low) / (high - low) * (sorted[k] - sorted[k - 1]);
}

int bootstrap_percentile(const double *replicates, size_t n, double level, double *conf_low, double *conf_high)
{
    if (n < 2)
        return GSL_EINVAL;
    if (!(level > 0 && level < 1))
        return GSL_EDOM;
    *conf_low = quantile(replicates, n, (1 - level) / 2);
    *conf_high = quantile(replicates, n, (1 + level) / 2);
    return GSL_SUCCESS;
}

int bootstrap_bca(const double *replicates, size_t n, double estimate, double acceleration, double level, double *conf_low,
                  double *conf_high)
{
    size_t below = 0;

    if (n < 2)
        return GSL_EINVAL;
    if (!(level > 0 && level < 1))
        return GSL_EDOM;
    while (below < n && replicates[below] < estimate)
        below++;
    if (below == 0 || below == n)
        return GSL_EZERODIV;
    const double w = normal_quantile((double)below / (double)n);
    double limits[2];
    for (int side = 0; side < 2; side++) {
        const double shifted = w + normal_quantile(side == 0 ? (1 - level) / 2 : (1 + level) / 2);
        limits[side] = quantile(replicates, n, normal_upper_tail(-(w + shifted / (1 - acceleration * shifted))));
    }
    *conf_low = limits[0];
    *conf_high = limits[1];
    return GSL_SUCCESS;
}
