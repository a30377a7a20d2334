/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/cuminc.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>

#include "stats/risk_walk.h"

enum { N_COUNTS = 5, N_REALS = 6 };

struct cuminc_curve *cuminc_curve_alloc(size_t capacity)
{
    struct cuminc_curve *curve = calloc(1, sizeof *curve);

    if (curve == NULL || capacity == 0 ||
        (curve->n_risk = calloc(capacity, N_COUNTS * sizeof *curve->n_risk)) == NULL ||
        (curve->time = calloc(capacity, N_REALS * sizeof *curve->time)) == NULL) {
        cuminc_curve_free(curve);
        return NULL;
    }
    curve->capacity = capacity;
    curve->n_enter = curve->n_risk + capacity;
    curve->n_event = curve->n_enter + capacity;
    curve->n_other = curve->n_event + capacity;
    curve->n_censor = curve->n_other + capacity;
    curve->cuminc = curve->time + capacity;
    curve->std_err = curve->cuminc + capacity;
    curve->conf_low = curve->std_err + capacity;
    curve->conf_high = curve->conf_low + capacity;
    curve->surv = curve->conf_high + capacity;
    return curve;
}

void cuminc_curve_free(struct cuminc_curve *curve)
{
    if (curve == NULL)
        return;
    free(curve->n_risk);
    free(curve->time);
    free(curve);
}

/*
 * The variance is a sum of u_k (a_k - (F - F_k) / S_k)^2 over all earlier steps, a_k = 1 for the cause and 0 for
 * the others.  With g_k the bracket, squares = sum u g^2, products = sum u g / S and weights = sum u / S^2 are
 * enough to move F on by delta: no going back over the steps, and not the cancellation of sums taken about 0.
 */
struct aalen {
    double squares, products, weights;
};

static void aalen_move(struct aalen *sums, double delta)
{
    sums->squares += delta * (delta * sums->weights - 2 * sums->products);
    sums->products -= delta * sums->weights;
}

/* Tied events are drawn without return: the variance of their number has a finite-population factor. */
static double step_variance(double surv_before, double d, double r)
{
    const double ties = d > 1 ? 1 - (d - 1) / (r - 1) : 1;
    return surv_before * surv_before * ties * d / (r * r);
}

static void aalen_step(struct aalen *sums, const struct risk_step *step, double surv_before, double surv_after)
{
    const double r = (double)step->n_risk;
    const double u_event = step_variance(surv_before, (double)step->counts.n_event, r);
    const double u_other = step_variance(surv_before, (double)step->counts.n_other, r);

    sums->squares += u_event;
    if (surv_after > 0) {
        sums->products += u_event / surv_after;
        sums->weights += (u_event + u_other) / (surv_after * surv_after);
    }
}

/*
 * The jackknife's sum of squares over those who have left, (a + g F)^2 with F the incidence now, moved on with F as
 * above; those at risk all have the derivative C.
 */
struct jackknife {
    double squares, products, weights;
    double b, c;
};

static void jackknife_leave(struct jackknife *sums, double n, double derivative, double slope)
{
    sums->squares += n * derivative * derivative;
    sums->products += n * derivative * slope;
    sums->weights += n * slope * slope;
}

static void jackknife_step(struct jackknife *sums, const struct risk_step *step, double surv_before, double delta)
{
    const double r = (double)step->n_risk, d = (double)step->counts.n_event, other = (double)step->counts.n_other;
    const double left = r - d - other;

    sums->squares += delta * (2 * sums->products + delta * sums->weights);
    sums->products += delta * sums->weights;
    if (d + other > 0) {
        sums->c += delta * (sums->b - 1 / r);
        /* Where nobody is left F moves no more, and the slopes do not matter. */
        sums->b += left > 0 ? (d + other) / (r * left) : 0;
    }
    const double slope = left > 0 ? sums->b - 1 / left : 0;
    jackknife_leave(sums, d, sums->c + surv_before / r, slope);
    jackknife_leave(sums, other, sums->c, slope);
    jackknife_leave(sums, (double)step->counts.n_censor, sums->c, sums->b);
}

/* The variance after a step: those who have left, and those still at risk. */
static double jackknife_variance(const struct jackknife *sums, const struct risk_step *step)
{
    const struct risk_counts *counts = &step->counts;
    const double at_risk = (double)(step->n_risk - counts->n_event - counts->n_other - counts->n_censor);
    return sums->squares + at_risk * sums->c * sums->c;
}

/* log-log limits on 1 - F, written so that a small F keeps its digits. */
static void log_log_limits(double z, double cuminc, double std_err, double *conf_low, double *conf_high)
{
    const double log_free = log1p(-cuminc);
    const double width = z * std_err / ((1 - cuminc) * log_free); /* negative */

    *conf_low = *conf_high = NAN;
    if (!(cuminc > 0 && cuminc < 1))
        return;
    *conf_low = -expm1(log_free * exp(width));
    *conf_high = -expm1(log_free * exp(-width));
}

static void set_limits(const struct survival_interval *interval, double cuminc, double std_err, double *conf_low,
                       double *conf_high)
{
    if (interval->type == SURVIVAL_CONF_LOG_LOG)
        log_log_limits(interval->z, cuminc, std_err, conf_low, conf_high);
    else
        survival_interval_limits(interval, cuminc, std_err, conf_low, conf_high);
}

/* The running estimate. */
struct incidence {
    double surv, cuminc;
    enum cuminc_variance type;
    struct aalen aalen;
    struct jackknife jackknife;
    double variance;
    int64_t n_other; /* so far */
};

static void incidence_step(struct incidence *now, const struct risk_step *step)
{
    const double d = (double)step->counts.n_event, d_all = d + (double)step->counts.n_other, r = (double)step->n_risk;
    const double surv_before = now->surv, delta = d_all > 0 ? surv_before * (d / r) : 0;

    if (now->type == CUMINC_JACKKNIFE)
        jackknife_step(&now->jackknife, step, surv_before, delta);
    if (d_all > 0) {
        now->surv *= (r - d_all) / r;
        now->n_other += step->counts.n_other;
        now->cuminc += delta;
        /* Nobody is left and no other cause took anybody: what rounding left is 1. */
        if (now->cuminc > 1 || (now->surv == 0 && now->n_other == 0))
            now->cuminc = 1;
        aalen_move(&now->aalen, delta);
        aalen_step(&now->aalen, step, surv_before, now->surv);
    }
    now->variance = now->type == CUMINC_JACKKNIFE ? jackknife_variance(&now->jackknife, step) : now->aalen.squares;
}

int cuminc_solve(const struct risk_table *table, size_t arm, size_t stratum, size_t cause,
                 enum cuminc_variance variance, const struct survival_interval *interval, struct cuminc_curve *curve)
{
    struct incidence now = {.surv = 1, .type = variance};
    struct risk_walk walk;
    struct risk_step step;

    if (cause == 0 || variance < CUMINC_AALEN || variance > CUMINC_JACKKNIFE ||
        risk_walk_start(&walk, table, arm, stratum, cause) != GSL_SUCCESS)
        return GSL_EINVAL;
    curve->n = 0;
    curve->events = 0;
    curve->interval = *interval;
    while (risk_walk_next(&walk, &step)) {
        const size_t k = curve->n;
        if (k == curve->capacity)
            return GSL_EBADLEN;
        if (variance == CUMINC_JACKKNIFE && step.counts.n_enter > 0)
            return GSL_EUNIMPL;
        incidence_step(&now, &step);
        curve->time[k] = step.time;
        curve->n_risk[k] = step.n_risk;
        curve->n_enter[k] = step.counts.n_enter;
        curve->n_event[k] = step.counts.n_event;
        curve->n_other[k] = step.counts.n_other;
        curve->n_censor[k] = step.counts.n_censor;
        curve->cuminc[k] = now.cuminc;
        curve->std_err[k] = sqrt(fmax(now.variance, 0));
        curve->surv[k] = now.surv;
        set_limits(interval, curve->cuminc[k], curve->std_err[k], &curve->conf_low[k], &curve->conf_high[k]);
        curve->events += step.counts.n_event;
        curve->n++;
    }
    curve->n_person = walk.n_person;
    return walk.n_person > 0 ? GSL_SUCCESS : GSL_EINVAL;
}

int cuminc_read(const struct cuminc_curve *curve, double t, enum km_side side, struct cuminc_reading *reading)
{
    size_t before = 0, rows;

    if (!(t >= 0))
        return GSL_EDOM;
    while (before < curve->n && curve->time[before] < t)
        before++;
    rows = before + (side == KM_AFTER && before < curve->n && curve->time[before] == t);
    *reading = (struct cuminc_reading){.time = t, .surv = 1, .conf_low = NAN, .conf_high = NAN};
    if (rows > 0) {
        reading->cuminc = curve->cuminc[rows - 1];
        reading->std_err = curve->std_err[rows - 1];
        reading->conf_low = curve->conf_low[rows - 1];
        reading->conf_high = curve->conf_high[rows - 1];
        reading->surv = curve->surv[rows - 1];
    }
    for (size_t k = 0; k < rows; k++) {
        reading->n_event += curve->n_event[k];
        reading->n_other += curve->n_other[k];
    }
    reading->n_risk = before < curve->n ? curve->n_risk[before] : 0;
    reading->beyond = before == curve->n && reading->surv > 0;
    return GSL_SUCCESS;
}
