/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Weighted log-rank tests of the arms, of a trend over them and of pairs, within strata where there are any. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/number.h"
#include "fit/survival_table.h"
#include "stats/holm.h"
#include "stats/logrank.h"
#include "stats/risk_table_arms.h"
#include "study/expression_token.h"

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

static void name_method(const struct fit_request *request, const struct frame *frame, char *method, size_t size)
{
    static const char *const names[] = {
        [LOGRANK_FLEMING_HARRINGTON] = "log-rank", [LOGRANK_GEHAN] = "Gehan-Breslow", [LOGRANK_TARONE_WARE] = "Tarone-Ware",
        [LOGRANK_PETO] = "Peto-Prentice",
    };
    const struct logrank_weighting *weighting = &request->weighting;
    const char *stratified = frame->strata.n > 1 ? ", stratified" : "";
    if (weighting->rho == 0 && weighting->gamma == 0)
        snprintf(method, size, "%s%s", names[weighting->kind], stratified);
    else
        snprintf(method, size, "Fleming-Harrington, rho %g, gamma %g%s", weighting->rho, weighting->gamma, stratified);
}

static int64_t count_events(const struct logrank *test)
{
    int64_t n = 0;
    for (size_t arm = 0; arm < test->n_arm; arm++)
        n += test->n_event[arm];
    return n;
}

static int add_test(const struct fit_request *request, const struct frame *frame, const struct logrank *test,
                    struct table *estimates)
{
    struct estimate row = ESTIMATE_NONE;
    char p_note[P_NOTE_SIZE], method[96];
    char *list = list_observed(test, frame);
    if (list == NULL)
        return -1;
    row.measure = MEASURE_logrank_test;
    row.n = frame->n_person;
    row.n_event = count_events(test);
    name_method(request, frame, method, sizeof method);
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

/* ---- trend ------------------------------------------------------------------------------------------------- */

/* The arms' own numbers where all labels are numbers, else 1, 2, ... in their order. */
static bool read_scores(const struct frame *frame, double *score)
{
    struct number number;
    bool own = true;
    for (size_t arm = 0; arm < frame->arms.n; arm++)
        own &= number_parse(frame->arms.labels[arm], strlen(frame->arms.labels[arm]), &number) == 0;
    for (size_t arm = 0; arm < frame->arms.n; arm++) {
        if (own)
            number_parse(frame->arms.labels[arm], strlen(frame->arms.labels[arm]), &number);
        score[arm] = own ? number.real : (double)arm + 1;
    }
    return own;
}

static int add_trend(const struct fit_request *request, const struct frame *frame, const struct logrank *test,
                     struct table *estimates)
{
    struct estimate row = ESTIMATE_NONE;
    struct chi_square_test trend;
    char p_note[P_NOTE_SIZE], method[96];
    double *score = allocate(frame->arms.n, sizeof *score);
    if (score == NULL)
        return -1;
    row.note = read_scores(frame, score) ? "scores: the numbers of the arms" : "scores: 1, 2, ... in the order of the arms";
    row.measure = MEASURE_trend_test;
    row.n = frame->n_person;
    row.n_event = count_events(test);
    name_method(request, frame, method, sizeof method);
    row.method = method;
    if (logrank_trend(test, score, &trend) == GSL_SUCCESS) {
        row.statistic = trend.statistic;
        row.df = (double)trend.df;
        estimate_set_p(&row, trend.p_value, trend.log_p, p_note);
    } else {
        row.status = "undefined";
        row.note = why_undefined(test, frame->arms.n);
    }
    free(score);
    return estimates_add(estimates, &row);
}

/* ---- pairs ------------------------------------------------------------------------------------------------- */

struct pair {
    size_t arm, reference;
    double chi_square, p;
    size_t df;
    int64_t n, n_event;
    const char *why; /* undefined */
};

static int solve_pair(const struct fit_request *request, const struct risk_table *table, struct pair *pair)
{
    const size_t arms[2] = {pair->reference, pair->arm};
    struct risk_table *two = risk_table_take_arms(table, arms, 2);
    struct logrank *test = logrank_alloc(2);
    int status = GSL_ENOMEM;
    if (two != NULL && test != NULL) {
        status = logrank_weighted_solve(two, 0, &request->weighting, LOGRANK_RANK_TOLERANCE, test);
        pair->chi_square = test->chi_square;
        pair->df = test->df;
        pair->p = test->undefined ? NAN : test->p_value;
        pair->n = risk_table_n_person(two, RISK_TABLE_ALL, RISK_TABLE_ALL);
        pair->n_event = count_events(test);
        pair->why = test->undefined ? why_undefined(test, 2) : NULL;
    }
    logrank_free(test);
    risk_table_free(two);
    return status == GSL_SUCCESS || status == GSL_EZERODIV ? 0 : fail_kernel("log-rank test of a pair", status);
}

static int add_pair(const struct fit_request *request, const struct frame *frame, const struct pair *pair,
                    double adjusted, struct table *estimates)
{
    struct estimate row = ESTIMATE_NONE;
    char method[128], note[64];
    name_method(request, frame, method, sizeof method);
    strncat(method, "; p adjusted after Holm", sizeof method - strlen(method) - 1);
    row.measure = MEASURE_logrank_test;
    row.arm = frame->arms.labels[pair->arm];
    row.reference = frame->arms.labels[pair->reference];
    row.n = pair->n;
    row.n_event = pair->n_event;
    row.method = method;
    if (pair->why != NULL) {
        row.status = "undefined";
        row.note = pair->why;
    } else {
        row.statistic = pair->chi_square;
        row.df = (double)pair->df;
        row.p_value = adjusted;
        snprintf(note, sizeof note, "not adjusted: p %.6g", pair->p);
        row.note = note;
    }
    return estimates_add(estimates, &row);
}

static int add_pairs(const struct fit_request *request, const struct frame *frame, const struct risk_table *table,
                     struct table *estimates)
{
    const size_t n_arm = frame->arms.n, n_pair = n_arm * (n_arm - 1) / 2;
    struct pair *pairs = allocate(n_pair, sizeof *pairs);
    double *p = allocate(n_pair, sizeof *p);
    size_t *order = allocate(n_pair, sizeof *order);
    int result = pairs != NULL && p != NULL && order != NULL ? 0 : -1;
    size_t n = 0;
    for (size_t reference = 0; reference < n_arm && result == 0; reference++)
        for (size_t arm = reference + 1; arm < n_arm && result == 0; arm++, n++) {
            pairs[n] = (struct pair){.arm = arm, .reference = reference};
            result = solve_pair(request, table, &pairs[n]);
            p[n] = pairs[n].p;
        }
    if (result == 0)
        holm_adjust(n_pair, p, p, order);
    for (size_t k = 0; k < n_pair && result == 0; k++)
        result = add_pair(request, frame, &pairs[k], p[k], estimates);
    free(order);
    free(p);
    free(pairs);
    return result;
}

static int fit_logrank(const struct fit_request *request, const struct frame *frame, struct table *estimates)
{
    struct risk_table *table = survival_table_make(request, frame);
    struct logrank *test = logrank_alloc(frame->arms.n);
    int result = -1;
    if (table == NULL)
        goto done;
    if (test == NULL) {
        fail_memory();
        goto done;
    }
    const int status = logrank_weighted_solve(table, 0, &request->weighting, LOGRANK_RANK_TOLERANCE, test);
    if (status != GSL_SUCCESS && status != GSL_EZERODIV) {
        fail_kernel("log-rank test", status);
        goto done;
    }
    result = add_test(request, frame, test, estimates);
    if (result == 0 && request->trend)
        result = add_trend(request, frame, test, estimates);
    if (result == 0 && request->pairwise)
        result = add_pairs(request, frame, table, estimates);
done:
    logrank_free(test);
    risk_table_free(table);
    return result;
}

const struct model model_logrank = {
    .name = "logrank", .outcome = OUTCOME_SURVIVAL, .fit = fit_logrank, .arms_needed = true,
    .options = "rho gamma weight trend pairwise timefix weights",
    .examples = {"'Surv(time, censor) ~ treat + strata(site)' uis.csv"},
};
