/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/km_weighted.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>

enum { N_TIME_REALS = 12, N_ROW_REALS = 4 };

struct km_weighted *km_weighted_alloc(size_t n_max)
{
    struct km_weighted *curve = calloc(1, sizeof *curve);

    if (curve == NULL || n_max == 0 || n_max > SIZE_MAX / 256 ||
        (curve->time = calloc(n_max, (N_TIME_REALS + N_ROW_REALS) * sizeof *curve->time)) == NULL ||
        (curve->n_risk = calloc(n_max, 2 * sizeof *curve->n_risk)) == NULL ||
        (curve->order = calloc(n_max, 2 * sizeof *curve->order)) == NULL ||
        (curve->event = calloc(n_max, sizeof *curve->event)) == NULL) {
        km_weighted_free(curve);
        return NULL;
    }
    double **const columns[] = {
        &curve->weight_risk, &curve->weight_event, &curve->surv, &curve->std_err, &curve->conf_low,
        &curve->conf_high, &curve->cumhaz, &curve->cumhaz_std_err, &curve->log_sum, &curve->area_sum,
        &curve->entry, &curve->weight, &curve->hazard_entry, &curve->log_entry, &curve->surv_area,
    };
    for (size_t k = 0; k < sizeof columns / sizeof columns[0]; k++)
        *columns[k] = curve->time + (k + 1) * n_max;
    curve->n_event = curve->n_risk + n_max;
    curve->row_time = curve->order + n_max;
    curve->capacity = n_max;
    return curve;
}

void km_weighted_free(struct km_weighted *curve)
{
    if (curve == NULL)
        return;
    free(curve->time);
    free(curve->n_risk);
    free(curve->order);
    free(curve->event);
    free(curve);
}

/* ---- people in an order that only their values decide ------------------------------------------------------ */

struct input {
    const double *entry, *time, *weight;
    const int32_t *event;
};

static int by_value(double a, double b)
{
    return (a > b) - (a < b);
}

static int compare_people(const void *a, const void *b, void *context)
{
    const struct input *in = context;
    const size_t i = *(const size_t *)a, j = *(const size_t *)b;
    int order = by_value(in->time[i], in->time[j]);

    if (order == 0)
        order = in->event[j] - in->event[i];
    if (order == 0)
        order = by_value(in->weight[i], in->weight[j]);
    if (order == 0 && in->entry != NULL)
        order = by_value(in->entry[i], in->entry[j]);
    return order;
}

static int compare_entries(const void *a, const void *b, void *context)
{
    const struct km_weighted *curve = context;
    const size_t i = *(const size_t *)a, j = *(const size_t *)b;
    const int order = by_value(curve->entry[i], curve->entry[j]);

    return order != 0 ? order : (i > j) - (i < j);
}

static bool valid(const struct input *in, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const bool good_time = in->time[i] >= 0 && isfinite(in->time[i]);
        const bool good_entry = in->entry == NULL || (isfinite(in->entry[i]) && in->entry[i] < in->time[i]);
        if (!good_time || !good_entry || !(in->weight[i] > 0 && isfinite(in->weight[i])) ||
            (in->event[i] != 0 && in->event[i] != 1))
            return false;
    }
    return true;
}

static void take_people(struct km_weighted *curve, const struct input *in, size_t n)
{
    for (size_t i = 0; i < n; i++)
        curve->order[i] = i;
    qsort_r(curve->order, n, sizeof *curve->order, compare_people, (void *)in);
    curve->n_row = n;
    curve->n = 0;
    for (size_t i = 0; i < n; i++) {
        const size_t from = curve->order[i];
        curve->entry[i] = in->entry != NULL ? in->entry[from] : -INFINITY;
        curve->weight[i] = in->weight[from];
        curve->event[i] = in->event[from] != 0;
        if (i == 0 || in->time[from] != curve->time[curve->n - 1])
            curve->time[curve->n++] = in->time[from] + 0.0;
        curve->row_time[i] = curve->n - 1;
    }
    for (size_t i = 0; i < n; i++)
        curve->order[i] = i;
    if (in->entry != NULL)
        qsort_r(curve->order, n, sizeof *curve->order, compare_entries, curve);
}

/* ---- the curve --------------------------------------------------------------------------------------------- */

/* Weights and counts at risk and with the event, from the last time backwards: somebody who entered by t counts. */
static void count_risk(struct km_weighted *curve)
{
    size_t leaver = curve->n_row, late = curve->n_row;
    double weight = 0;
    int64_t n = 0;

    for (size_t k = curve->n; k-- > 0;) {
        double events = 0;
        int64_t n_event = 0;
        for (; leaver > 0 && curve->row_time[leaver - 1] == k; leaver--) {
            weight += curve->weight[leaver - 1];
            n++;
            if (curve->event[leaver - 1]) {
                events += curve->weight[leaver - 1];
                n_event++;
            }
        }
        for (; late > 0 && curve->entry[curve->order[late - 1]] >= curve->time[k]; late--) {
            weight -= curve->weight[curve->order[late - 1]];
            n--;
        }
        curve->weight_risk[k] = weight;
        curve->weight_event[k] = n_event == n ? weight : events; /* all of them: nothing is left, rounding neither */
        curve->n_risk[k] = n;
        curve->n_event[k] = n_event;
    }
}

/* S, H and the sums B and K at every time; K is left in cumhaz_std_err for now. */
static void walk_curve(struct km_weighted *curve)
{
    double surv = 1, hazard = 0, log_sum = 0, hazard_sum = 0;

    curve->events = 0;
    for (size_t k = 0; k < curve->n; k++) {
        const double y = curve->weight_risk[k], d = curve->weight_event[k];
        if (d > 0) {
            surv *= (y - d) / y;
            hazard += d / y;
            hazard_sum += d / (y * y);
            log_sum += y > d ? d / (y * (y - d)) : 0;
        }
        curve->surv[k] = surv;
        curve->cumhaz[k] = hazard;
        curve->log_sum[k] = log_sum;
        curve->cumhaz_std_err[k] = hazard_sum;
        curve->events += curve->n_event[k];
    }
}

/* B and K at each person's entry. */
static void mark_entries(struct km_weighted *curve)
{
    size_t k = 0;

    for (size_t i = 0; i < curve->n_row; i++) {
        const size_t row = curve->order[i];
        while (k < curve->n && curve->time[k] <= curve->entry[row])
            k++;
        curve->log_entry[row] = k > 0 ? curve->log_sum[k - 1] : 0;
        curve->hazard_entry[row] = k > 0 ? curve->cumhaz_std_err[k - 1] : 0;
    }
}

/*
 * Sums over people of w^2 z^2: over those who have left, and over those at risk, whose z is the distance that the sum
 * of the curve (B or K) has come since they entered.  Kept about the present, so that nothing cancels.
 */
struct squares {
    double left;
    double risk, risk_z, risk_zz; /* w^2, w^2 z, w^2 z^2 over those at risk */
    double now;
};

static void squares_move(struct squares *s, double now)
{
    const double delta = now - s->now;
    s->risk_zz += delta * (2 * s->risk_z + delta * s->risk);
    s->risk_z += delta * s->risk;
    s->now = now;
}

/* Somebody who entered at y leaves with the derivative w x. */
static void squares_leave(struct squares *s, double weight, double y, double x)
{
    const double w2 = weight * weight, z = s->now - y;
    s->risk -= w2;
    s->risk_z -= w2 * z;
    s->risk_zz -= w2 * z * z;
    s->left += w2 * x * x;
}

static void set_errors(struct km_weighted *curve, const struct survival_interval *interval)
{
    struct squares logs = {0}, hazards = {0};
    size_t row = 0, next = 0;

    for (size_t k = 0; k < curve->n; k++) {
        const double y = curve->weight_risk[k], d = curve->weight_event[k];
        const double log_jump = y > d ? 1 / (y - d) : 0; /* S is 0 else, and has no error any more */
        for (; next < curve->n_row && curve->entry[curve->order[next]] < curve->time[k]; next++) {
            const double w = curve->weight[curve->order[next]];
            logs.risk += w * w;
            hazards.risk += w * w;
        }
        squares_move(&logs, curve->log_sum[k]);
        squares_move(&hazards, curve->cumhaz_std_err[k]);
        int64_t left = curve->n_risk[k];
        for (; row < curve->n_row && curve->row_time[row] == k; row++, left--) {
            const double w = curve->weight[row], b = curve->log_entry[row], h = curve->hazard_entry[row];
            const double c = curve->event[row];
            squares_leave(&logs, w, b, logs.now - b - c * log_jump);
            squares_leave(&hazards, w, h, hazards.now - h - c / y);
        }
        if (left == 0) { /* whoever enters later starts from nothing, not from what rounding left */
            logs.risk = logs.risk_z = logs.risk_zz = 0;
            hazards.risk = hazards.risk_z = hazards.risk_zz = 0;
        }
        const double surv = curve->surv[k];
        curve->std_err[k] = surv > 0 ? surv * sqrt(logs.left + fmax(logs.risk_zz, 0)) : NAN;
        curve->cumhaz_std_err[k] = sqrt(hazards.left + fmax(hazards.risk_zz, 0));
        survival_interval_limits(interval, surv, curve->std_err[k], &curve->conf_low[k], &curve->conf_high[k]);
    }
}

int km_weighted_solve(size_t n, const double *entry, const double *time, const int32_t *event, const double *weight,
                      const struct survival_interval *interval, struct km_weighted *curve)
{
    const struct input in = {entry, time, weight, event};

    if (n == 0 || n > curve->capacity)
        return GSL_EINVAL;
    if (!valid(&in, n))
        return GSL_EDOM;
    take_people(curve, &in, n);
    curve->n_person = (int64_t)n;
    count_risk(curve);
    walk_curve(curve);
    mark_entries(curve);
    set_errors(curve, interval);
    return GSL_SUCCESS;
}

size_t km_weighted_place(const struct km_weighted *curve, double t)
{
    size_t low = 0, high = curve->n; /* times before low are <= t, those from high on are not */

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (curve->time[middle] <= t)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? SIZE_MAX : low - 1;
}

/* ---- restricted mean --------------------------------------------------------------------------------------- */

double km_weighted_max_tau(const struct km_weighted *curve)
{
    if (curve->n == 0)
        return 0;
    return curve->surv[curve->n - 1] > 0 ? curve->time[curve->n - 1] : INFINITY;
}

/* Integrals up to x (at most tau, on the axis or an entry): of S and of S B. */
struct areas {
    double surv, product;
};

static struct areas areas_up_to(const struct km_weighted *curve, double x)
{
    const size_t k = km_weighted_place(curve, x);

    if (k == SIZE_MAX)
        return (struct areas){fmax(x, 0), 0};
    const double beyond = x - curve->time[k];
    return (struct areas){curve->surv_area[k] + beyond * curve->surv[k],
                          curve->area_sum[k] + beyond * curve->surv[k] * curve->log_sum[k]};
}

/* The integrals up to each time. */
static void integrate(struct km_weighted *curve)
{
    double area = 0, product = 0, before = 0, surv = 1, b = 0;

    for (size_t k = 0; k < curve->n; k++) {
        const double width = curve->time[k] - before;
        area += width * surv;
        product += width * surv * b;
        curve->surv_area[k] = area;
        curve->area_sum[k] = product;
        before = curve->time[k];
        surv = curve->surv[k];
        b = curve->log_sum[k];
    }
}

int km_weighted_rmst(struct km_weighted *curve, double tau, struct rmst *rmst)
{
    double squares = 0;

    if (!(tau > 0 && isfinite(tau) && tau <= km_weighted_max_tau(curve)))
        return GSL_EDOM;
    integrate(curve);
    const struct areas end = areas_up_to(curve, tau);
    *rmst = (struct rmst){.tau = tau, .estimate = end.surv};
    for (size_t i = 0; i < curve->n_row; i++) {
        const size_t k = curve->row_time[i];
        if (curve->entry[i] >= tau)
            continue;
        const struct areas start = areas_up_to(curve, curve->entry[i]);
        double influence;
        if (curve->time[k] >= tau) {
            influence = end.product - start.product - curve->log_entry[i] * (end.surv - start.surv);
        } else {
            const double y = curve->weight_risk[k], d = curve->weight_event[k];
            const double jump = curve->event[i] && y > d ? 1 / (y - d) : 0;
            const double after = end.surv - curve->surv_area[k];
            influence = curve->area_sum[k] - start.product - curve->log_entry[i] * (curve->surv_area[k] - start.surv) +
                        after * (curve->log_sum[k] - curve->log_entry[i] - jump);
        }
        squares += curve->weight[i] * curve->weight[i] * influence * influence;
    }
    for (size_t k = 0; k < curve->n && curve->time[k] <= tau; k++)
        rmst->n_event += curve->n_event[k];
    rmst->std_err = sqrt(squares);
    return GSL_SUCCESS;
}
