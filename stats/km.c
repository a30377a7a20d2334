/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/km.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>

#include "stats/risk_walk.h"

enum { N_COUNTS = 4, N_REALS = 7 };

struct km_curve *km_curve_alloc(size_t capacity)
{
    struct km_curve *curve = calloc(1, sizeof *curve);

    if (curve == NULL || capacity == 0 ||
        (curve->n_risk = calloc(capacity, N_COUNTS * sizeof *curve->n_risk)) == NULL ||
        (curve->time = calloc(capacity, N_REALS * sizeof *curve->time)) == NULL) {
        km_curve_free(curve);
        return NULL;
    }
    curve->capacity = capacity;
    curve->n_enter = curve->n_risk + capacity;
    curve->n_event = curve->n_enter + capacity;
    curve->n_censor = curve->n_event + capacity;
    curve->surv = curve->time + capacity;
    curve->std_err = curve->surv + capacity;
    curve->conf_low = curve->std_err + capacity;
    curve->conf_high = curve->conf_low + capacity;
    curve->cumhaz = curve->conf_high + capacity;
    curve->cumhaz_std_err = curve->cumhaz + capacity;
    return curve;
}

void km_curve_free(struct km_curve *curve)
{
    if (curve == NULL)
        return;
    free(curve->n_risk);
    free(curve->time);
    free(curve);
}

/*
 * While nobody is censored and nobody enters, the product of (r - d) / r telescopes to one quotient of counts.
 * Taking it so keeps S = k / n correctly rounded, and rounding grows with the censored times only.
 */
struct product {
    double surv;   /* at the start of the stretch */
    double n_risk; /* at its start; 0 when there is none */
};

static double product_step(struct product *product, const struct risk_step *step)
{
    const double left = (double)(step->n_risk - step->counts.n_event);
    double surv;

    if (product->n_risk == 0)
        product->n_risk = (double)step->n_risk;
    surv = product->n_risk > 0 ? product->surv * (left / product->n_risk) : product->surv;
    if (step->counts.n_censor + step->counts.n_other + step->counts.n_enter > 0)
        *product = (struct product){surv, 0};
    return surv;
}

/* The sums over the steps so far. */
struct sums {
    double greenwood; /* d / (r (r - d)) */
    double hazard;    /* d / r */
    double hazard2;   /* d / r^2 */
};

static void sums_step(struct sums *sums, const struct risk_step *step)
{
    const double d = (double)step->counts.n_event, r = (double)step->n_risk;

    if (d == 0)
        return;
    if (r > d) /* else S is 0 from here on and has no error */
        sums->greenwood += d / (r * (r - d));
    sums->hazard += d / r;
    sums->hazard2 += d / (r * r);
}

int km_solve(const struct risk_table *table, size_t arm, size_t stratum, size_t cause,
             const struct survival_interval *interval, struct km_curve *curve)
{
    struct product product = {1, 0};
    struct sums sums = {0, 0, 0};
    struct risk_walk walk;
    struct risk_step step;

    if (risk_walk_start(&walk, table, arm, stratum, cause) != GSL_SUCCESS)
        return GSL_EINVAL;
    curve->n = 0;
    curve->events = 0;
    curve->interval = *interval;
    while (risk_walk_next(&walk, &step)) {
        const size_t k = curve->n;
        if (k == curve->capacity)
            return GSL_EBADLEN;
        sums_step(&sums, &step);
        curve->time[k] = step.time;
        curve->n_risk[k] = step.n_risk;
        curve->n_enter[k] = step.counts.n_enter;
        curve->n_event[k] = step.counts.n_event;
        curve->n_censor[k] = step.counts.n_censor + step.counts.n_other;
        curve->surv[k] = product_step(&product, &step);
        curve->std_err[k] = curve->surv[k] > 0 ? curve->surv[k] * sqrt(sums.greenwood) : NAN;
        curve->cumhaz[k] = sums.hazard;
        curve->cumhaz_std_err[k] = sqrt(sums.hazard2);
        survival_interval_limits(interval, curve->surv[k], curve->std_err[k], &curve->conf_low[k],
                                 &curve->conf_high[k]);
        curve->events += step.counts.n_event;
        curve->n++;
    }
    curve->n_person = walk.n_person;
    return walk.n_person > 0 ? GSL_SUCCESS : GSL_EINVAL;
}

int km_read(const struct km_curve *curve, double t, enum km_side side, struct km_reading *reading)
{
    size_t before = 0, rows;

    if (!(t >= 0))
        return GSL_EDOM;
    while (before < curve->n && curve->time[before] < t)
        before++;
    rows = before + (side == KM_AFTER && before < curve->n && curve->time[before] == t);
    *reading = (struct km_reading){.time = t, .surv = 1};
    survival_interval_limits(&curve->interval, 1, 0, &reading->conf_low, &reading->conf_high);
    if (rows > 0) {
        reading->surv = curve->surv[rows - 1];
        reading->std_err = curve->std_err[rows - 1];
        reading->conf_low = curve->conf_low[rows - 1];
        reading->conf_high = curve->conf_high[rows - 1];
        reading->cumhaz = curve->cumhaz[rows - 1];
        reading->cumhaz_std_err = curve->cumhaz_std_err[rows - 1];
    }
    for (size_t k = 0; k < rows; k++)
        reading->n_event += curve->n_event[k];
    reading->n_risk = before < curve->n ? curve->n_risk[before] : 0;
    reading->beyond = before == curve->n && reading->surv > 0;
    return GSL_SUCCESS;
}
