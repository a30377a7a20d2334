/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Weighted log-rank test of the arms, within strata where there are any. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "fit/survival_table.h"
#include "stats/logrank.h"

/* Arms whose observed and expected events are told; more of them would fill the screen. */
enum { ARMS_TOLD = 8 };

/* "observed and expected events: 0: 10, 12.5; 1: 12, 9.5" */
static char *list_observed(const struct logrank *test, const struct frame *frame)
{
    char *list = copy_text("observed and expected events");
    for (size_t arm = 0; list != NULL && arm < frame->arms.n && arm < ARMS_TOLD; arm++) {
        char *longer = format_text("%s%s %s: %.10g, %.10g", list, arm == 0 ? ":" : ";", frame->arms.labels[arm],
                                   test->observed[arm], test->expected[arm]);
        free(list);
        list = longer;
    }
    return list;
}

/* Why the variance is 0. */
static const char *why_undefined(const struct logrank *test, size_t n_arm)
{
    int64_t n_event = 0;
    size_t n_at_risk = 0;
    for (size_t arm = 0; arm < n_arm; arm++) {
        n_event += test->n_event[arm];
        n_at_risk += test->expected[arm] > 0;
    }
    if (n_event == 0)
        return "no events";
    if (n_at_risk < 2)
        return "variance 0: only one arm is ever at risk at an event";
    return "variance 0: at every event all at risk had it, or were of one arm";
}

static int add_row(const struct fit_request *request, const struct frame *frame, const struct logrank *test,
                   struct table *estimates)
{
    struct estimate row = ESTIMATE_NONE;
    char p_note[P_NOTE_SIZE], method[96];
    char *list = list_observed(test, frame);
    if (list == NULL)
        return -1;
    row.measure = MEASURE_logrank_test;
    row.n = frame->n_person;
    row.n_event = 0;
    for (size_t arm = 0; arm < frame->arms.n; arm++)
        row.n_event += test->n_event[arm];
    if (request->rho == 0 && request->gamma == 0)
        snprintf(method, sizeof method, "log-rank%s", frame->strata.n > 1 ? ", stratified" : "");
    else
        snprintf(method, sizeof method, "Fleming-Harrington, rho %g, gamma %g%s", request->rho, request->gamma,
                 frame->strata.n > 1 ? ", stratified" : "");
    row.method = method;
    row.note = list;
    if (test->undefined) {
        row.status = "undefined";
        row.note = why_undefined(test, frame->arms.n);
    } else {
        row.statistic = test->chi_square;
        row.df = (double)test->df;
        estimate_set_p(&row, test->p_value, test->log_p, p_note);
    }
    const int result = estimates_add(estimates, &row);
    free(list);
    return result;
}

int fit_logrank(const struct fit_request *request, const struct frame *frame, struct table *estimates)
{
    struct risk_table *table = survival_table_make(request, frame);
    struct logrank *test = logrank_alloc(frame->arms.n);
    int result = -1;
    if (table == NULL)
        goto done;
    if (test == NULL) {
        fail("out of memory");
        goto done;
    }
    const int status = logrank_solve(table, 0, request->rho, request->gamma, LOGRANK_RANK_TOLERANCE, test);
    if (status == GSL_SUCCESS || status == GSL_EZERODIV)
        result = add_row(request, frame, test, estimates);
    else
        fail_kernel("log-rank test", status);
done:
    logrank_free(test);
    risk_table_free(table);
    return result;
}
