/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kaplan-Meier curves by arm and stratum: survival, quantiles of the time, restricted mean. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/number.h"
#include "fit/survival_table.h"
#include "fit/weighted_curve.h"
#include "stats/distribution.h"
#include "stats/km_quantile.h"

enum { METHOD_SIZE = 80 };

struct km_work {
    const struct fit_request *request;
    const struct frame *frame;
    struct table *estimates;
    struct km_curve *curve;
    struct km_weighted *weighted; /* sampling weights, else NULL */
    struct km_reading *first;     /* [at.n] of the first arm, for differences; n_risk < 0: none */
    size_t arm, stratum;
    char method[METHOD_SIZE];
};

static void name_method(const struct fit_request *request, const struct frame *frame, char method[static METHOD_SIZE])
{
    static const char *const limits[] = {
        [SURVIVAL_CONF_LOG] = "; log limits",     [SURVIVAL_CONF_LOG_LOG] = "; log-log limits",
        [SURVIVAL_CONF_PLAIN] = "; plain limits", [SURVIVAL_CONF_ARCSIN] = "; arcsin limits",
        [SURVIVAL_CONF_NONE] = "",
    };
    snprintf(method, METHOD_SIZE, "Kaplan-Meier; %s%s",
             frame->weight != NULL ? "sampling weights, robust errors" : "Greenwood", limits[request->conf_type]);
}

/* Why a probability that exists has no interval, or nothing was to be seen. */
static const char *survival_note(const struct km_work *work, double surv)
{
    if (work->curve->events == 0)
        return "no events";
    if (surv == 0)
        return "S is 0: no standard error or interval";
    return NULL;
}

static int add_survival(const struct km_work *work, const struct km_reading *reading)
{
    struct estimate row = survival_row(work->request, work->frame, MEASURE_survival, work->arm, work->stratum);
    char note[96], last[NUMBER_SIZE];
    row.time = reading->time;
    row.n = reading->n_risk;
    row.n_event = reading->n_event;
    row.method = work->method;
    if (reading->beyond) {
        snprintf(note, sizeof note, "beyond the last time, %s, where S > 0",
                 number_exact(last, work->curve->time[work->curve->n - 1]));
        row.status = "undefined";
        row.note = note;
        row.conf_level = NAN;
        return estimates_add(work->estimates, &row);
    }
    row.estimate = reading->surv;
    row.std_error = reading->std_err;
    row.conf_low = reading->conf_low;
    row.conf_high = reading->conf_high;
    if (isnan(row.conf_low) && isnan(row.conf_high))
        row.conf_level = NAN;
    row.note = survival_note(work, reading->surv);
    return estimates_add(work->estimates, &row);
}

static int add_survival_at_exits(const struct km_work *work)
{
    const struct km_curve *curve = work->curve;
    int64_t n_event = 0;
    for (size_t k = 0; k < curve->n; k++) {
        n_event += curve->n_event[k];
        if (curve->n_event[k] == 0 && curve->n_censor[k] == 0) /* somebody only enters here */
            continue;
        const struct km_reading reading = {
            .time = curve->time[k], .surv = curve->surv[k], .std_err = curve->std_err[k], .n_event = n_event,
            .n_risk = curve->n_risk[k], .conf_low = curve->conf_low[k], .conf_high = curve->conf_high[k],
        };
        if (add_survival(work, &reading) != 0)
            return -1;
    }
    return 0;
}

static int add_survival_at(const struct km_work *work)
{
    for (size_t i = 0; i < work->request->at.n; i++) {
        struct km_reading reading;
        const int status = km_read(work->curve, work->request->at.values[i], KM_AFTER, &reading);
        if (status != GSL_SUCCESS)
            return fail_kernel("Kaplan-Meier", status);
        if (add_survival(work, &reading) != 0)
            return -1;
    }
    return 0;
}

/* ---- cumulative hazard, differences --------------------------------------------------------------------------- */

static int add_hazard(const struct km_work *work, const struct km_reading *reading)
{
    struct estimate row = survival_row(work->request, work->frame, MEASURE_cumulative_hazard, work->arm, work->stratum);
    const double h = reading->cumhaz, width = confidence_z(work->request->level) * reading->cumhaz_std_err / h;
    row.time = reading->time;
    row.n = reading->n_risk;
    row.n_event = reading->n_event;
    row.method = work->weighted != NULL ? "Nelson-Aalen; sampling weights, robust errors; log limits"
                                        : "Nelson-Aalen; log limits";
    row.conf_level = NAN;
    if (reading->beyond) {
        row.status = "undefined";
        row.note = "beyond the last time";
        return estimates_add(work->estimates, &row);
    }
    row.estimate = h;
    row.std_error = reading->cumhaz_std_err;
    if (h > 0) {
        row.conf_level = work->request->level;
        row.conf_low = h * exp(-width);
        row.conf_high = h * exp(width);
    } else {
        row.note = "no event so far: no interval";
    }
    return estimates_add(work->estimates, &row);
}

static int add_hazards(const struct km_work *work)
{
    const struct km_curve *curve = work->curve;
    const size_t n = work->request->at.n > 0 ? work->request->at.n : curve->n;
    for (size_t i = 0; i < n; i++) {
        struct km_reading reading;
        if (work->request->at.n == 0 && curve->n_event[i] == 0 && curve->n_censor[i] == 0)
            continue;
        km_read(curve, work->request->at.n > 0 ? work->request->at.values[i] : curve->time[i], KM_AFTER, &reading);
        if (add_hazard(work, &reading) != 0)
            return -1;
    }
    return 0;
}

static int add_difference(const struct km_work *work, const struct km_reading *first, const struct km_reading *reading)
{
    struct estimate row = survival_row(work->request, work->frame, MEASURE_survival_difference, work->arm, work->stratum);
    const double error = hypot(first->std_err, reading->std_err), half = confidence_z(work->request->level) * error;
    row.reference = work->frame->arms.labels[0];
    row.time = reading->time;
    row.n = work->curve->n_person;
    row.method = "independent arms; normal limits";
    row.conf_level = NAN;
    if (first->beyond || reading->beyond) {
        row.status = "undefined";
        row.note = "the survival of an arm is undefined";
        return estimates_add(work->estimates, &row);
    }
    row.estimate = reading->surv - first->surv;
    if (error > 0) {
        row.std_error = error;
        row.conf_level = work->request->level;
        row.conf_low = row.estimate - half;
        row.conf_high = row.estimate + half;
        row.statistic = row.estimate / error;
        row.p_value = normal_two_sided(row.statistic);
    } else {
        row.note = "an arm has no standard error: no test";
    }
    return estimates_add(work->estimates, &row);
}

/* The first arm's readings are kept; the others are compared with them. */
static int add_differences(const struct km_work *work)
{
    for (size_t i = 0; i < work->request->at.n; i++) {
        struct km_reading reading;
        km_read(work->curve, work->request->at.values[i], KM_AFTER, &reading);
        if (work->arm == 0)
            work->first[i] = reading;
        else if (work->first[i].n_risk >= 0 && add_difference(work, &work->first[i], &reading) != 0)
            return -1;
    }
    return 0;
}

static int add_quantiles(const struct km_work *work)
{
    for (size_t i = 0; i < work->request->quantiles.n; i++) {
        struct km_quantile quantile;
        char term[NUMBER_SIZE], note[64];
        const double p = work->request->quantiles.values[i];
        const int status = km_quantile_solve(work->curve, p, &quantile);
        if (status != GSL_SUCCESS)
            return fail_kernel("quantile", status);
        struct estimate row = survival_row(work->request, work->frame, MEASURE_quantile_time, work->arm, work->stratum);
        row.term = number_exact(term, p);
        row.n = work->curve->n_person;
        row.n_event = work->curve->events;
        row.estimate = quantile.time;
        row.conf_low = quantile.conf_low;
        row.conf_high = quantile.conf_high;
        row.method = work->method;
        if (isnan(quantile.time)) {
            snprintf(note, sizeof note, "S does not come down to %.6g", 1 - p);
            row.status = "undefined";
            row.note = work->curve->events == 0 ? "no events" : note;
        } else if (quantile.midpoint) {
            row.note = "midpoint rule: S is flat at the wanted height";
        }
        if (isnan(row.conf_low) && isnan(row.conf_high))
            row.conf_level = NAN;
        if (estimates_add(work->estimates, &row) != 0)
            return -1;
    }
    return 0;
}

static int add_rmst(const struct km_work *work)
{
    struct rmst rmst;
    char note[RMST_NOTE_SIZE];
    if (isnan(work->request->tau))
        return 0;
    const struct estimate row =
        survival_rmst_row(work->request, work->frame, work->curve, work->weighted, work->arm, work->stratum, &rmst, note);
    return estimates_add(work->estimates, &row);
}

/* Once S is 0 it stays there, whoever enters later: with delayed entry that may be an accident of a small risk set. */
static void warn_early_end(const struct km_work *work)
{
    const struct km_curve *curve = work->curve;
    for (size_t k = 0; k + 1 < curve->n; k++)
        if (curve->surv[k] == 0) {
            warn("everybody at risk at %g had the event (n = %lld): S is 0 from there on, though others enter later",
                 curve->time[k], (long long)curve->n_risk[k]);
            return;
        }
}

static int add_curve(struct km_work *work, const struct risk_table *table, const struct survival_interval *interval)
{
    if (risk_table_n_person(table, work->arm, work->stratum) == 0)
        return 0;
    if (curve_solve(work->frame, table, work->arm, work->stratum, interval, work->curve, &work->weighted) != 0)
        return -1;
    warn_early_end(work);
    int result = work->request->at.n > 0 ? add_survival_at(work) : add_survival_at_exits(work);
    if (result == 0 && work->request->hazard)
        result = add_hazards(work);
    if (result == 0 && work->request->difference)
        result = add_differences(work);
    if (result == 0)
        result = add_quantiles(work);
    if (result == 0)
        result = add_rmst(work);
    km_weighted_free(work->weighted);
    return result;
}

static int fit_km(const struct fit_request *request, const struct frame *frame, struct table *estimates)
{
    struct risk_table *table = survival_table_make(request, frame);
    struct km_work work = {.request = request, .frame = frame, .estimates = estimates};
    struct survival_interval interval;
    int result = -1;
    name_method(request, frame, work.method);
    if (table == NULL)
        return -1;
    if ((work.curve = km_curve_alloc(table->n_time)) == NULL) {
        fail_memory();
        goto done;
    }
    if (survival_interval_init(&interval, request->conf_type, request->level) != GSL_SUCCESS) {
        fail("the level of the interval must lie between 0 and 1");
        goto done;
    }
    if ((work.first = allocate(request->at.n, sizeof *work.first)) == NULL)
        goto done;
    for (work.stratum = 0; work.stratum < frame->strata.n; work.stratum++) {
        for (size_t i = 0; i < request->at.n; i++)
            work.first[i].n_risk = -1;
        for (work.arm = 0; work.arm < frame->arms.n; work.arm++)
            if (add_curve(&work, table, &interval) != 0)
                goto done;
    }
    result = 0;
done:
    free(work.first);
    km_curve_free(work.curve);
    risk_table_free(table);
    return result;
}

const struct model model_km = {
    .name = "km", .outcome = OUTCOME_SURVIVAL, .fit = fit_km,
    .options = "at conf-type quantile tau hazard difference timefix weights weight-type",
    .examples = {"'Surv(time, censor) ~ treat' uis.csv --at 90,180 --conf-type log-log"},
};
