/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/weighted_curve.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "stats/grid_sum.h"

struct weighted_curve *weighted_curve_alloc(const double *time, size_t n_time, size_t n_cause)
{
    struct weighted_curve *const curve = calloc(1, sizeof *curve);

    if (curve == NULL || n_time == 0 || n_cause == 0 || n_time > SIZE_MAX / 64 / (n_cause + 2)) {
        free(curve);
        return NULL;
    }
    double *at = calloc((5 + 4 * n_cause) * n_time, sizeof *at);

    if (at == NULL) {
        free(curve);
        return NULL;
    }
    curve->time = time;
    curve->n_time = n_time;
    curve->n_cause = n_cause;
    curve->at_risk = at;
    curve->surv = at + n_time;
    curve->growth = at + 2 * n_time;
    curve->area = at + 3 * n_time;
    curve->area_growth = at + 4 * n_time;
    curve->event = at + 5 * n_time;
    curve->cuminc = curve->event + n_cause * n_time;
    curve->incidence_growth = curve->cuminc + n_cause * n_time;
    curve->incidence_share = curve->incidence_growth + n_cause * n_time;
    return curve;
}

void weighted_curve_free(struct weighted_curve *curve)
{
    if (curve != NULL)
        free(curve->at_risk);
    free(curve);
}

/* ---- adding rows ------------------------------------------------------------------------------------------- */

/* Exact sums by kind of exit (0 censored, causes) and time; entries are taken off the kind n_cause + 1. */
struct sums {
    struct grid grid;
    double *high, *low; /* [(n_cause + 2) * n_time] */
};

static int check_row(const struct weighted_curve *curve, const struct weighted_rows *rows, size_t i)
{
    const uint32_t entry = rows->entry != NULL ? rows->entry[i] : WEIGHTED_FROM_START;

    if (rows->place[i] >= curve->n_time || (entry != WEIGHTED_FROM_START && entry >= rows->place[i]) ||
        rows->cause[i] < 0 || (size_t)rows->cause[i] > curve->n_cause || !(rows->weight[i] >= 0) ||
        !isfinite(rows->weight[i]))
        return GSL_EDOM;
    return GSL_SUCCESS;
}

static int check_rows(const struct weighted_curve *curve, const struct weighted_rows *rows, double *max)
{
    *max = 0;
    for (size_t i = 0; i < rows->n; i++) {
        if (check_row(curve, rows, i) != GSL_SUCCESS)
            return GSL_EDOM;
        *max = fmax(*max, rows->weight[i]);
    }
    return GSL_SUCCESS;
}

static void add_rows(const struct weighted_curve *curve, const struct weighted_rows *rows, struct sums *sums)
{
    const size_t n_time = curve->n_time, entries = (curve->n_cause + 1) * n_time;

    for (size_t i = 0; i < rows->n; i++) {
        const size_t cell = (size_t)rows->cause[i] * n_time + rows->place[i];
        double high, low;

        grid_split(&sums->grid, rows->weight[i], &high, &low);
        sums->high[cell] += high;
        sums->low[cell] += low;
        if (rows->entry != NULL && rows->entry[i] != WEIGHTED_FROM_START) {
            sums->high[entries + rows->entry[i]] += high;
            sums->low[entries + rows->entry[i]] += low;
        }
    }
}

/* From the end: at risk at t_k are those who leave at k or later, but for those who enter at k or later. */
static void read_sums(struct weighted_curve *curve, const struct sums *sums)
{
    const size_t n_time = curve->n_time, n_kind = curve->n_cause + 1;
    double high = 0, low = 0, all_high = 0, all_low = 0;

    for (size_t k = n_time; k-- > 0;) {
        for (size_t kind = 0; kind < n_kind; kind++) {
            high += sums->high[kind * n_time + k];
            low += sums->low[kind * n_time + k];
            all_high += sums->high[kind * n_time + k];
            all_low += sums->low[kind * n_time + k];
        }
        high -= sums->high[n_kind * n_time + k];
        low -= sums->low[n_kind * n_time + k];
        curve->at_risk[k] = high + low;
        for (size_t c = 0; c < curve->n_cause; c++)
            curve->event[c * n_time + k] = sums->high[(c + 1) * n_time + k] + sums->low[(c + 1) * n_time + k];
    }
    curve->total = all_high + all_low;
}

/* ---- the curve -------------------------------------------------------------------------------------------------- */

static double all_events(const struct weighted_curve *curve, size_t k)
{
    double d = 0;

    for (size_t c = 0; c < curve->n_cause; c++)
        d += curve->event[c * curve->n_time + k];
    return d;
}

static void step_causes(struct weighted_curve *curve, size_t k, double surv, double growth)
{
    const size_t n_time = curve->n_time;
    const double y = curve->at_risk[k];

    for (size_t c = 0; c < curve->n_cause; c++) {
        const size_t at = c * n_time + k;
        const double share = y > 0 ? surv * curve->event[at] / y : 0;

        curve->cuminc[at] = (k > 0 ? curve->cuminc[at - 1] : 0) + share;
        curve->incidence_growth[at] = (k > 0 ? curve->incidence_growth[at - 1] : 0) + growth * share;
        curve->incidence_share[at] = (k > 0 ? curve->incidence_share[at - 1] : 0) + (y > 0 ? share / y : 0);
    }
}

static void walk(struct weighted_curve *curve)
{
    double surv = 1, growth = 0, area = 0, area_growth = 0, before = 0;

    for (size_t k = 0; k < curve->n_time; k++) {
        const double y = curve->at_risk[k], d = all_events(curve, k), step = curve->time[k] - before;

        area += step * surv;
        area_growth += step * surv * growth;
        step_causes(curve, k, surv, growth);
        /* Where all at risk have the event S is 0 from then on, and so is its derivative: growth no longer counts. */
        if (d > 0 && y > d) {
            surv *= 1 - d / y;
            growth += d / (y * (y - d));
        } else if (d > 0) {
            surv = 0;
        }
        curve->surv[k] = surv;
        curve->growth[k] = growth;
        curve->area[k] = area;
        curve->area_growth[k] = area_growth;
        before = curve->time[k];
    }
}

int weighted_curve_solve(struct weighted_curve *curve, const struct weighted_rows *rows)
{
    return weighted_curve_solve_all(curve, rows, NULL);
}

int weighted_curve_solve_all(struct weighted_curve *curve, const struct weighted_rows *rows, const struct reducer *reducer)
{
    const size_t n_cell = (curve->n_cause + 2) * curve->n_time;
    struct sums sums;
    double max = 0, largest[2];
    int64_t n_all = (int64_t)rows->n;
    int status = check_rows(curve, rows, &max);

    largest[0] = status;
    largest[1] = max;
    reducer_sum_and_largest(reducer, &n_all, 1, largest, 2);
    status = (int)largest[0];
    max = largest[1];
    if (status == GSL_SUCCESS && !(max > 0))
        status = GSL_EINVAL;
    if (status != GSL_SUCCESS || (status = grid_init(&sums.grid, max, (uint64_t)n_all)) != GSL_SUCCESS)
        return status;
    sums.high = calloc(2 * n_cell, sizeof *sums.high);
    if (sums.high == NULL)
        return GSL_ENOMEM;
    sums.low = sums.high + n_cell;
    add_rows(curve, rows, &sums);
    status = reducer_grid_parts(reducer, &sums.grid, sums.high, sums.low, n_cell);
    if (status == GSL_SUCCESS) {
        read_sums(curve, &sums);
        walk(curve);
    }
    free(sums.high);
    return status;
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

size_t weighted_curve_place(const struct weighted_curve *curve, double t)
{
    size_t low = 0, high = curve->n_time;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (curve->time[middle] <= t)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? curve->n_time : low - 1;
}

double weighted_curve_survival(const struct weighted_curve *curve, double t)
{
    const size_t k = weighted_curve_place(curve, t);

    return k == curve->n_time ? 1 : curve->surv[k];
}

double weighted_curve_risk(const struct weighted_curve *curve, size_t cause, double t)
{
    const size_t k = weighted_curve_place(curve, t);

    return k == curve->n_time ? 0 : curve->cuminc[(cause - 1) * curve->n_time + k];
}

double weighted_curve_max_tau(const struct weighted_curve *curve)
{
    size_t last = curve->n_time;

    while (last > 0 && !(curve->at_risk[last - 1] > 0))
        last--;
    if (last == 0)
        return 0;
    return curve->surv[last - 1] == 0 ? INFINITY : curve->time[last - 1];
}

/* Area under S, and under S growth, from 0 to t; place is that of t. */
static double area_to(const struct weighted_curve *curve, size_t place, double t)
{
    if (place == curve->n_time)
        return t;
    return curve->area[place] + (t - curve->time[place]) * curve->surv[place];
}

static double area_growth_to(const struct weighted_curve *curve, size_t place, double t)
{
    if (place == curve->n_time)
        return 0;
    return curve->area_growth[place] + (t - curve->time[place]) * curve->surv[place] * curve->growth[place];
}

int weighted_curve_rmst(const struct weighted_curve *curve, double tau, double *rmst)
{
    *rmst = NAN;
    if (!(tau > 0) || !isfinite(tau) || tau > weighted_curve_max_tau(curve))
        return GSL_EDOM;
    *rmst = area_to(curve, weighted_curve_place(curve, tau), tau);
    return GSL_SUCCESS;
}

/* ---- influence -------------------------------------------------------------------------------------------------- */

static size_t entry_of(const struct weighted_curve *curve, const struct weighted_rows *rows, size_t i)
{
    return rows->entry == NULL || rows->entry[i] == WEIGHTED_FROM_START ? curve->n_time : rows->entry[i];
}

/* Nothing that this row does is seen at the place. */
static bool is_out(const struct weighted_curve *curve, const struct weighted_rows *rows, size_t i, size_t entry,
                   size_t place)
{
    return place == curve->n_time || rows->weight[i] == 0 || (entry != curve->n_time && entry >= place);
}

/* A running sum at a place; n_time stands for "before the first". */
static double at(const struct weighted_curve *curve, const double *sum, size_t place)
{
    return place == curve->n_time ? 0 : sum[place];
}

/*
 * d log S / d w just after a row's exit, from where it stays as it is.  Between entry and exit it is
 * growth(u) - growth(entry); an event at t_k adds -1 / Y to growth(t_k -).
 */
static double slope_after_exit(const struct weighted_curve *curve, const struct weighted_rows *rows, size_t i)
{
    const size_t k = rows->place[i];
    const double start = at(curve, curve->growth, entry_of(curve, rows, i));

    if (rows->cause[i] == 0)
        return curve->growth[k] - start;
    return (k > 0 ? curve->growth[k - 1] : 0) - start - 1 / curve->at_risk[k];
}

void weighted_curve_survival_influence(const struct weighted_curve *curve, const struct weighted_rows *rows, double t,
                                       double *influence)
{
    const size_t place = weighted_curve_place(curve, t);
    const double surv = place == curve->n_time ? 1 : curve->surv[place];

    for (size_t i = 0; i < rows->n; i++) {
        const size_t entry = entry_of(curve, rows, i);

        if (is_out(curve, rows, i, entry, place) || surv == 0)
            influence[i] = 0;
        else if (rows->place[i] <= place)
            influence[i] = surv * slope_after_exit(curve, rows, i);
        else
            influence[i] = surv * (curve->growth[place] - at(curve, curve->growth, entry));
    }
}

void weighted_curve_risk_influence(const struct weighted_curve *curve, const struct weighted_rows *rows, size_t cause,
                                   double t, double *influence)
{
    const size_t place = weighted_curve_place(curve, t), first = (cause - 1) * curve->n_time;
    const double *const cuminc = curve->cuminc + first, *const growth = curve->incidence_growth + first;
    const double *const share = curve->incidence_share + first;

    for (size_t i = 0; i < rows->n; i++) {
        const size_t entry = entry_of(curve, rows, i), k = rows->place[i];

        influence[i] = 0;
        if (is_out(curve, rows, i, entry, place))
            continue;
        const size_t end = k < place ? k : place;
        const double start = at(curve, curve->growth, entry);

        influence[i] = growth[end] - at(curve, growth, entry) - start * (cuminc[end] - at(curve, cuminc, entry)) -
                       (share[end] - at(curve, share, entry));
        if (k > place)
            continue;
        if (rows->cause[i] == (int32_t)cause)
            influence[i] += (k > 0 ? curve->surv[k - 1] : 1) / curve->at_risk[k];
        if (cuminc[place] > cuminc[k]) /* else S may be 0 and the slope without meaning */
            influence[i] += slope_after_exit(curve, rows, i) * (cuminc[place] - cuminc[k]);
    }
}

void weighted_curve_rmst_influence(const struct weighted_curve *curve, const struct weighted_rows *rows, double tau,
                                   double *influence)
{
    const size_t place = weighted_curve_place(curve, tau);
    const double area = area_to(curve, place, tau), area_growth = area_growth_to(curve, place, tau);

    for (size_t i = 0; i < rows->n; i++) {
        const size_t entry = entry_of(curve, rows, i), k = rows->place[i];

        influence[i] = 0;
        if (is_out(curve, rows, i, entry, place))
            continue;
        const double start = at(curve, curve->growth, entry), start_area = at(curve, curve->area, entry);
        const bool left = k <= place;
        const double end_area = left ? curve->area[k] : area;

        influence[i] = (left ? curve->area_growth[k] : area_growth) - at(curve, curve->area_growth, entry) -
                       start * (end_area - start_area);
        if (left && area > end_area)
            influence[i] += slope_after_exit(curve, rows, i) * (area - end_area);
    }
}
