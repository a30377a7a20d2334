/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cumulative incidence of competing causes by arm, and Gray's test of each cause. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/number.h"
#include "fit/survival_table.h"
#include "stats/gray.h"

enum { CAUSE_SIZE = 24 };

struct cuminc_work {
    const struct fit_request *request;
    const struct frame *frame;
    const struct risk_table *table;
    struct table *estimates;
    struct cuminc_curve *curve;
    size_t arm, cause;
    char label[CAUSE_SIZE]; /* of the cause */
    char method[96];
};

static void name_method(const struct fit_request *request, char method[static 96])
{
    static const char *const limits[] = {
        [SURVIVAL_CONF_LOG] = "log", [SURVIVAL_CONF_LOG_LOG] = "log-log", [SURVIVAL_CONF_PLAIN] = "plain",
    };
    snprintf(method, 96, "Aalen-Johansen; %s; %s limits",
             request->variance == CUMINC_AALEN ? "Aalen's variance" : "infinitesimal jackknife",
             limits[request->conf_type]);
}

static int add_incidence(const struct cuminc_work *work, const struct cuminc_reading *reading)
{
    struct estimate row = survival_row(work->request, work->frame, MEASURE_cumulative_incidence, work->arm, 0);
    char note[96], last[NUMBER_SIZE];
    row.stratum = NULL; /* curves are of all strata together */
    row.cause = work->label;
    row.time = reading->time;
    row.n = reading->n_risk;
    row.n_event = reading->n_event;
    row.method = work->method;
    if (reading->beyond) {
        snprintf(note, sizeof note, "beyond the last time, %s, when some had had no event",
                 number_exact(last, work->curve->time[work->curve->n - 1]));
        row.status = "undefined";
        row.note = note;
        row.conf_level = NAN;
        return estimates_add(work->estimates, &row);
    }
    row.estimate = reading->cuminc;
    row.std_error = reading->std_err;
    row.conf_low = reading->conf_low;
    row.conf_high = reading->conf_high;
    if (isnan(row.conf_low) && isnan(row.conf_high))
        row.conf_level = NAN;
    if (work->curve->events == 0)
        row.note = "no events of this cause";
    else if (reading->cuminc == 0)
        row.note = "no event of this cause so far: no interval";
    return estimates_add(work->estimates, &row);
}

static int add_at_exits(const struct cuminc_work *work)
{
    const struct cuminc_curve *curve = work->curve;
    int64_t n_event = 0;
    for (size_t k = 0; k < curve->n; k++) {
        n_event += curve->n_event[k];
        if (curve->n_event[k] + curve->n_other[k] + curve->n_censor[k] == 0) /* somebody only enters here */
            continue;
        const struct cuminc_reading reading = {
            .time = curve->time[k], .cuminc = curve->cuminc[k], .std_err = curve->std_err[k], .n_event = n_event,
            .n_risk = curve->n_risk[k], .conf_low = curve->conf_low[k], .conf_high = curve->conf_high[k],
        };
        if (add_incidence(work, &reading) != 0)
            return -1;
    }
    return 0;
}

static int add_at(const struct cuminc_work *work)
{
    for (size_t i = 0; i < work->request->at.n; i++) {
        struct cuminc_reading reading;
        const int status = cuminc_read(work->curve, work->request->at.values[i], KM_AFTER, &reading);
        if (status != GSL_SUCCESS)
            return fail_kernel("cumulative incidence", status);
        if (add_incidence(work, &reading) != 0)
            return -1;
    }
    return 0;
}

static int add_curve(struct cuminc_work *work, const struct survival_interval *interval)
{
    const int status = cuminc_solve(work->table, work->arm, RISK_TABLE_ALL, work->cause, work->request->variance, interval,
                                    work->curve);
    if (status == GSL_EUNIMPL)
        return fail("--variance ij: these rows have delayed entry, for which the jackknife of a curve needs each person; "
                    "'multistate' does that");
    if (status != GSL_SUCCESS)
        return fail_kernel("cumulative incidence", status);
    return work->request->at.n > 0 ? add_at(work) : add_at_exits(work);
}

static int add_gray(const struct cuminc_work *work, struct gray *gray)
{
    struct estimate row = ESTIMATE_NONE;
    char p_note[P_NOTE_SIZE], method[96];
    const int status = gray_solve(work->table, work->cause, work->request->rho, gray);
    if (status != GSL_SUCCESS && status != GSL_EZERODIV && status != GSL_EUNIMPL)
        return fail_kernel("Gray's test", status);
    row.measure = MEASURE_gray_test;
    row.cause = work->label;
    snprintf(method, sizeof method, "Gray, rho %g%s", work->request->rho, work->frame->strata.n > 1 ? ", stratified" : "");
    row.method = method;
    if (status == GSL_EUNIMPL) {
        row.status = "undefined";
        row.note = "there is no such test under delayed entry";
        return estimates_add(work->estimates, &row);
    }
    row.n = gray->n_person;
    row.n_event = gray->n_event;
    if (status == GSL_EZERODIV) {
        row.status = "undefined";
        row.note = gray->n_event == 0 ? "no events of this cause" : "variance 0: the arms never meet at an event";
    } else {
        row.statistic = gray->test.statistic;
        row.df = (double)gray->test.df;
        estimate_set_p(&row, gray->test.p_value, gray->test.log_p, p_note);
    }
    return estimates_add(work->estimates, &row);
}

/* Causes that occur, and cause 1 in any case. */
static bool cause_occurs(const struct frame *frame, size_t cause)
{
    for (size_t i = 0; i < frame->n && cause > 1; i++)
        if ((size_t)frame->event[i] == cause)
            return true;
    return cause == 1;
}

static int add_cause(struct cuminc_work *work, const struct survival_interval *interval, struct gray *gray)
{
    snprintf(work->label, sizeof work->label, "%zu", work->cause);
    for (work->arm = 0; work->arm < work->frame->arms.n; work->arm++)
        if (add_curve(work, interval) != 0)
            return -1;
    return work->frame->arms.n > 1 ? add_gray(work, gray) : 0;
}

static int fit_cuminc(const struct fit_request *request, const struct frame *frame, struct table *estimates)
{
    struct risk_table *table = survival_table_make(request, frame);
    struct cuminc_work work = {.request = request, .frame = frame, .table = table, .estimates = estimates};
    struct gray *gray = gray_alloc(frame->arms.n);
    struct survival_interval interval;
    int result = -1;
    name_method(request, work.method);
    if (table == NULL)
        goto done;
    if (gray == NULL || (work.curve = cuminc_curve_alloc(table->n_time)) == NULL) {
        fail_memory();
        goto done;
    }
    survival_interval_init(&interval, request->conf_type, request->level);
    result = 0;
    for (work.cause = 1; work.cause <= frame->n_cause && result == 0; work.cause++)
        if (cause_occurs(frame, work.cause))
            result = add_cause(&work, &interval, gray);
done:
    cuminc_curve_free(work.curve);
    gray_free(gray);
    risk_table_free(table);
    return result;
}

const struct model model_cuminc = {
    .name = "cuminc", .outcome = OUTCOME_COMPETING, .fit = fit_cuminc, .conf_type = SURVIVAL_CONF_LOG_LOG,
    .conf_types = 1 << SURVIVAL_CONF_LOG_LOG | 1 << SURVIVAL_CONF_LOG | 1 << SURVIVAL_CONF_PLAIN,
    .options = "at conf-type variance rho timefix weights",
    .examples = {"'Surv(time, status) ~ arm' people.csv --at 365 --variance ij"},
};
