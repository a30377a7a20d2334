/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/weighted_balance.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "stats/fixed_total.h"
#include "stats/vectors.h"

static bool is_bad(double x, double weight)
{
    return isinf(x) || !(weight >= 0) || !isfinite(weight);
}

static int check_rows(size_t n, const double *x, const double *weight)
{
    int status = GSL_SUCCESS;

    for (size_t i = 0; i < n && status == GSL_SUCCESS; i++)
        status = is_bad(x[i], weight[i]) ? GSL_EINVAL : GSL_SUCCESS;
    return status;
}

/* ---- moments ------------------------------------------------------------------------------------------------------- */

enum { SLICE = 512 };

/* Sums behind a description: of w, w x and w^2 / f, then of w (x - m)^2. */
enum { SUM_W, SUM_X, SUM_SQUARES, N_FIRST, SUM_ABOUT = 0 };

struct described_rows {
    size_t n;
    const double *frequency;
    const uint8_t *arm;
};

/* What is added of those who count among the rows first .. first + n - 1; returns how many they are. */
static size_t first_addends(const struct described_rows *rows, const struct weighted_description *d, size_t first, size_t n,
                            double addends[N_FIRST][SLICE])
{
    size_t k = 0;

    for (size_t i = first; i < first + n; i++)
        if (rows->arm[i] == d->arm && d->weight[i] > 0 && !isnan(d->x[i])) {
            addends[SUM_W][k] = d->weight[i];
            addends[SUM_X][k] = d->x[i] * d->weight[i];
            addends[SUM_SQUARES][k++] = rows->frequency != NULL ? d->weight[i] / sqrt(rows->frequency[i]) : d->weight[i];
        }
    return k;
}

static size_t addends_about(const struct described_rows *rows, const struct weighted_description *d, size_t first, size_t n,
                            double addends[N_FIRST][SLICE])
{
    const double mean = d->moments.mean;
    size_t k = 0;

    for (size_t i = first; i < first + n; i++)
        if (rows->arm[i] == d->arm && d->weight[i] > 0 && !isnan(d->x[i]))
            addends[SUM_ABOUT][k++] = d->weight[i] * (d->x[i] - mean) * (d->x[i] - mean);
    return k;
}

typedef size_t list_addends(const struct described_rows *rows, const struct weighted_description *d, size_t first, size_t n,
                            double addends[N_FIRST][SLICE]);
typedef void take_addends(struct fixed_total *total, const double *x, size_t n);

static void pass_over(const struct described_rows *rows, const struct weighted_description *d, list_addends *list, take_addends *take,
                      struct fixed_total *totals, size_t n_totals)
{
    double addends[N_FIRST][SLICE];

    for (size_t first = 0; first < rows->n; first += SLICE) {
        const size_t k = list(rows, d, first, rows->n - first < SLICE ? rows->n - first : SLICE, addends);
        for (size_t t = 0; t < n_totals; t++)
            take(&totals[t], addends[t], k);
    }
}

/* The same sums of all descriptions that stand, in all places. */
static void sum_up(const struct described_rows *rows, struct weighted_description *each, size_t n_each, list_addends *list, size_t n_of,
                   const struct reducer *reducer, struct fixed_total *totals)
{
    for (size_t e = 0; e < n_each; e++)
        if (each[e].status == GSL_SUCCESS)
            pass_over(rows, &each[e], list, fixed_total_see, totals + e * n_of, n_of);
    fixed_totals_open(totals, n_each * n_of, reducer);
    for (size_t e = 0; e < n_each; e++)
        if (each[e].status == GSL_SUCCESS)
            pass_over(rows, &each[e], list, fixed_total_add, totals + e * n_of, n_of);
    fixed_totals_close(totals, n_each * n_of, reducer);
}

enum { GROUP = 32 }; /* descriptions whose sums go together */

static void describe_group(const struct described_rows *rows, struct weighted_description *each, size_t n_each,
                           const struct reducer *reducer)
{
    struct fixed_total first[GROUP * N_FIRST], about[GROUP] = {{0}};
    int status[GROUP];

    for (size_t k = 0; k < n_each * N_FIRST; k++)
        first[k] = (struct fixed_total){.squares = k % N_FIRST == SUM_SQUARES};
    for (size_t e = 0; e < n_each; e++)
        status[e] = check_rows(rows->n, each[e].x, each[e].weight);
    reducer_statuses(reducer, status, n_each);
    for (size_t e = 0; e < n_each; e++)
        each[e].status = status[e];
    sum_up(rows, each, n_each, first_addends, N_FIRST, reducer, first);
    for (size_t e = 0; e < n_each; e++) {
        struct weighted_moments *const m = &each[e].moments;
        const struct fixed_total *const of = &first[e * N_FIRST];

        *m = (struct weighted_moments){NAN, NAN, NAN, NAN};
        if (each[e].status == GSL_SUCCESS && of[SUM_W].n == 0)
            each[e].status = GSL_EDOM;
        if (each[e].status != GSL_SUCCESS)
            continue;
        m->mean = of[SUM_X].value / of[SUM_W].value;
        m->total = of[SUM_W].value;
        m->effective = m->total * m->total / of[SUM_SQUARES].value;
    }
    sum_up(rows, each, n_each, addends_about, 1, reducer, about);
    for (size_t e = 0; e < n_each; e++) {
        struct weighted_moments *const m = &each[e].moments;
        const double squares = first[e * N_FIRST + SUM_SQUARES].value;

        if (each[e].status == GSL_SUCCESS && m->effective > 1 + 1e-12)
            m->variance = about[e].value / (m->total - squares / m->total);
    }
}

void weighted_describe(size_t n, const double *frequency, const uint8_t *arm, struct weighted_description *each, size_t n_each,
                       const struct reducer *reducer)
{
    const struct described_rows rows = {n, frequency, arm};

    for (size_t first = 0; first < n_each; first += GROUP)
        describe_group(&rows, each + first, n_each - first < GROUP ? n_each - first : GROUP, reducer);
}

int weighted_moments(size_t n, const double *x, const double *weight, const double *frequency, const uint8_t *arm,
                     uint8_t wanted, struct weighted_moments *moments)
{
    return weighted_moments_all(n, x, weight, frequency, arm, wanted, NULL, moments);
}

int weighted_moments_all(size_t n, const double *x, const double *weight, const double *frequency, const uint8_t *arm,
                         uint8_t wanted, const struct reducer *reducer, struct weighted_moments *moments)
{
    struct weighted_description one = {.x = x, .weight = weight, .arm = wanted};

    weighted_describe(n, frequency, arm, &one, 1, reducer);
    *moments = one.moments;
    return one.status;
}

/* ---- levels ---------------------------------------------------------------------------------------------------------- */

/* Both parts of a sum side by side. */
typedef int64_t two_parts __attribute__((vector_size(16), aligned(8), may_alias));

/* The sums of a level beyond the last are of those who have none. */
VECTOR_VERSIONS static void add_levels(const struct fixed_scale *scale, const double *weight, const uint8_t *arm, const int32_t *level,
                                       size_t n, size_t n_level, int64_t *sums)
{
    int64_t high[SLICE], low[SLICE];

    vector_split(scale, weight, n, high, low);
    for (size_t i = 0; i < n; i++) {
        const size_t cell = (arm[i] ? n_level + 1 : 0) + (level[i] < 0 ? n_level : (size_t)level[i]);
        *(two_parts *)(sums + 2 * cell) += (two_parts){high[i], low[i]};
    }
}

int weighted_levels(size_t n, const int32_t *level, size_t n_level, const double *weight, const uint8_t *arm, double *sum)
{
    return weighted_levels_all(n, level, n_level, weight, arm, NULL, sum);
}

int weighted_levels_all(size_t n, const int32_t *level, size_t n_level, const double *weight, const uint8_t *arm,
                        const struct reducer *reducer, double *sum)
{
    const struct weighted_levels one = {level, n_level, sum};

    return weighted_levels_each(n, weight, arm, &one, 1, reducer);
}

/* Numbers of one column: both arms, a cell more for those who have no level, two parts each. */
static size_t numbers_of(const struct weighted_levels *of)
{
    return 4 * (of->n_level + 1);
}

static void read_levels(const struct fixed_scale *scale, const int64_t *sums, const struct weighted_levels *of)
{
    for (size_t k = 0; k < 2; k++)
        for (size_t l = 0; l < of->n_level; l++) {
            const int64_t *const cell = sums + 2 * (k * (of->n_level + 1) + l);
            of->sum[k * of->n_level + l] = fixed_wide_value(scale, fixed_wide(scale, cell[0], cell[1]));
        }
}

int weighted_levels_each(size_t n, const double *weight, const uint8_t *arm, const struct weighted_levels *each, size_t n_each,
                         const struct reducer *reducer)
{
    size_t n_number = 0;
    for (size_t e = 0; e < n_each; e++)
        n_number += numbers_of(&each[e]);
    int64_t *const sums = calloc(n_number + 1, sizeof *sums), *next = sums, n_all = (int64_t)n;
    double largest = largest_magnitude(weight, n);
    struct fixed_scale scale;

    reducer_size(reducer, &n_all, &largest);
    const int status = sums == NULL ? GSL_ENOMEM : isinf(largest) ? GSL_EINVAL : fixed_scale_init(&scale, largest, (uint64_t)n_all);
    for (size_t e = 0; e < n_each && status == GSL_SUCCESS; next += numbers_of(&each[e++]))
        for (size_t first = 0; first < n; first += SLICE)
            add_levels(&scale, weight + first, arm + first, each[e].level + first, n - first < SLICE ? n - first : SLICE,
                       each[e].n_level, next);
    if (status == GSL_SUCCESS)
        reducer_sum(reducer, sums, n_number);
    next = sums;
    for (size_t e = 0; e < n_each && status == GSL_SUCCESS; next += numbers_of(&each[e++]))
        read_levels(&scale, next, &each[e]);
    free(sums);
    return status;
}
