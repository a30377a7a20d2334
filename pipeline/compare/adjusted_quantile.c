/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/adjusted_quantile.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "compare/adjusted_curves.h"
#include "compare/curves.h"
#include "compare/numbers.h"
#include "stats/km_quantile.h"
#include "stats/survival_interval.h"
#include "stats/weighted_curve.h"

/* The curve of one arm as km_quantile.h takes it. */
struct band {
    struct adjusting *a;
    uint8_t treated;
    const struct weighted_curve *weighted;
    struct km_curve *curve;
    size_t *place;  /* [curve->n] of its times on the axis: those at which somebody of the arm leaves */
    struct survival_interval interval;
    bool must_search; /* errors are read where they are needed */
    struct adjusted_part part;
};

static void set_error(struct band *band, size_t k, double error)
{
    band->curve->std_err[k] = error;
    survival_interval_limits(&band->interval, band->curve->surv[k], error > 0 ? error : NAN, &band->curve->conf_low[k],
                             &band->curve->conf_high[k]);
}

/* Where the curve came to its height of row k: errors of a flat stretch are one, to the last digit. */
static size_t begin_of_flat(const struct band *band, size_t k)
{
    while (k > 0 && band->curve->surv[k - 1] == band->curve->surv[k])
        k--;
    return k;
}

static int read_error(struct band *band, size_t k)
{
    const struct part_of_arm what = {MEASURE_survival, 1, {band->curve->time[begin_of_flat(band, k)], false}};
    double error = NAN;

    if (weighted_part(&band->a->curves, &what, band->treated, &band->part) != 0 ||
        (band->part.defined && adjusting_error(band->a, 1, band->part.phi, 0, NULL, &error) != 0))
        return -1;
    set_error(band, k, error);
    return 0;
}

/* The first time at which a limit has come down to 1 - p. */
static int find_crossing(struct band *band, const double *limit, double p)
{
    size_t low = 0, high = band->curve->n;

    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (read_error(band, middle) != 0)
            return -1;
        /* Without a limit: before the first event, or after the last of all. */
        const bool down = isnan(limit[middle]) ? band->curve->surv[middle] < 1 - p : limit[middle] <= 1 - p;
        if (down)
            high = middle;
        else
            low = middle + 1;
    }
    return 0;
}

static int read_errors(struct band *band)
{
    const size_t n = band->curve->n;
    double *error = allocate(band->weighted->n_time + 1, sizeof *error);
    bool all = false;
    int status = error == NULL ? -1 : adjusted_curve_errors(&band->a->curves, band->treated, error, &all);

    for (size_t k = 0; k < n; k++)
        set_error(band, k, status == 0 && all ? error[band->place[begin_of_flat(band, k)]] : NAN);
    free(error);
    const struct pair_rows *const rows = &band->a->rows;
    band->must_search = !all && (rows->losses != NULL || (double)(rows->n_of[0] + rows->n_of[1]) * (double)n > CURVE_ERROR_WORK);
    if (status != 0 || all || band->must_search)
        return status;
    for (size_t k = 0; status == 0 && k < n; k++)
        status = read_error(band, k);
    return status;
}

static int take_times(struct band *band)
{
    const struct pair_rows *rows = &band->a->rows;
    int64_t *const leaves = allocate(band->weighted->n_time + 1, sizeof *leaves);

    if (leaves == NULL)
        return -1;
    for (size_t i = 0; i < rows->n; i++)
        leaves[rows->place[i]] |= rows->treated[i] == band->treated && band->a->weights.weight[i] > 0;
    reducer_sum(rows->c->reducer, leaves, band->weighted->n_time);
    for (size_t k = 0; k < band->weighted->n_time; k++)
        if (leaves[k] > 0) {
            band->curve->time[band->curve->n] = band->weighted->time[k];
            band->curve->surv[band->curve->n] = band->weighted->surv[k];
            band->place[band->curve->n++] = k;
        }
    free(leaves);
    return 0;
}

static int band_make(struct adjusting *a, uint8_t treated, struct band *band)
{
    const struct weighted_curve *weighted = a->curves.curve[treated];

    *band = (struct band){.a = a, .treated = treated, .weighted = weighted};
    (void)survival_interval_init(&band->interval, SURVIVAL_CONF_LOG_LOG, CONF_LEVEL);
    if ((band->curve = km_curve_alloc(weighted->n_time)) == NULL)
        return fail_memory();
    if ((band->place = allocate(weighted->n_time + 1, sizeof *band->place)) == NULL ||
        (band->part.phi = allocate(a->rows.n + 1, sizeof *band->part.phi)) == NULL || take_times(band) != 0)
        return -1;
    return read_errors(band);
}

static void band_clear(struct band *band)
{
    km_curve_free(band->curve);
    free(band->place);
    free(band->part.phi);
}

static int64_t count_events(const struct adjusting *a, uint8_t treated)
{
    int64_t n = 0;

    for (size_t i = 0; i < a->rows.n; i++)
        n += a->rows.treated[i] == treated && a->rows.cause[i] > 0 && a->weights.weight[i] > 0 ? a->rows.count[i] : 0;
    return reducer_sum_one(a->c->reducer, n);
}

static int solve(struct band *band, double p, struct number *number)
{
    struct adjusting *a = band->a;
    struct km_quantile quantile;
    int status = 0;

    *number = number_none();
    number->n = adjusting_people(a, band->treated);
    number->n_event = count_events(a, band->treated);
    if (band->must_search)
        status = find_crossing(band, band->curve->conf_low, p) != 0 ? -1 : find_crossing(band, band->curve->conf_high, p);
    if (status != 0)
        return status;
    if (km_quantile_solve(band->curve, p, &quantile) != GSL_SUCCESS || isnan(quantile.time)) {
        number_undefined(number, "the weighted curve of arm %.100s does not come down to %g", adjusting_arm(a, band->treated), 1 - p);
        return 0;
    }
    number_set(number, quantile.time, NAN, quantile.conf_low, quantile.conf_high);
    if (quantile.midpoint)
        snprintf(number->note, sizeof number->note, "midpoint of the flat part of the curve");
    adjusted_gates_mark(&a->gates, number);
    return 0;
}

/* What has no weighted curve. */
static int add_undefined(struct adjusting *a, bool treated, struct horizon p)
{
    const struct part_of_arm what = {MEASURE_quantile_time, 1, p};
    struct number number = number_none();

    number.n = adjusting_people(a, treated);
    number_undefined(&number, adjusting_models(a) ? "a regression of the outcome by a day has no quantile of time; overlap and iptw have one"
                                                  : "the outcome has no time");
    return adjusting_add_arm(a, &what, treated, &number);
}

static int add_arm(struct adjusting *a, bool treated)
{
    struct band band = {0};
    bool made = false;
    int status = 0;

    for (size_t i = 0; status == 0 && i < a->wanted->n; i++) {
        const struct wanted *item = &a->wanted->items[i];
        const struct part_of_arm what = {MEASURE_quantile_time, 1, item->horizon};
        struct number number;
        if (item->measure != MEASURE_quantile_time)
            continue;
        if (adjusting_models(a) || a->curves.curve[treated] == NULL) {
            status = add_undefined(a, treated, item->horizon);
            continue;
        }
        if (!made)
            status = band_make(a, treated, &band);
        made = true;
        if (status == 0)
            status = solve(&band, item->horizon.time, &number);
        if (status == 0)
            status = adjusting_add_arm(a, &what, treated, &number);
    }
    band_clear(&band);
    return status;
}

int adjusted_quantiles_add(struct adjusting *a)
{
    return add_arm(a, true) != 0 ? -1 : add_arm(a, false);
}
