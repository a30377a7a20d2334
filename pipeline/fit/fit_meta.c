/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Studies pooled: estimates with their errors, or events of two arms by study. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/estimates.h"
#include "fit/frame.h"
#include "fit/survival_table.h"
#include "stats/distribution.h"
#include "stats/mantel_haenszel.h"
#include "stats/meta.h"

enum {
    METHOD_SIZE = 96,
    FEW = 5,            /* below so many studies normal and Hartung-Knapp limits are both shown */
    VERDICT_NEEDS = 3   /* below so many nothing is concluded */
};

/* Studies on the scale on which they are pooled. */
struct studies {
    const struct fit_request *request;
    const struct frame *frame;
    size_t k;
    double *estimate, *std_error; /* [k] logarithms of ratios */
    struct two_by_two *tables;    /* [k] of counts, else NULL */
    bool *corrected;              /* [k] 1/2 was added to its cells */
    int64_t n, n_event;
    bool counted;
    struct table *estimates;
};

static bool is_ratio(const struct studies *s)
{
    return s->counted && s->request->meta_measure != META_RISK_DIFFERENCE;
}

static enum measure pooled_measure(const struct studies *s)
{
    static const enum measure measures[] = {MEASURE_risk_difference, MEASURE_risk_ratio, MEASURE_odds_ratio};

    return s->counted ? measures[s->request->meta_measure] : MEASURE_mean;
}

static void studies_clear(struct studies *s)
{
    free(s->estimate);
    free(s->std_error);
    free(s->tables);
    free(s->corrected);
}

static const char *label_of(const struct studies *s, size_t i)
{
    return s->counted ? s->frame->strata.labels[i] : NULL;
}

/* ---- reading -------------------------------------------------------------------------------------------------- */

static int refuse_study(const struct studies *s, size_t i, const char *why)
{
    char escaped[ESCAPED_SIZE];
    const char *const label = label_of(s, i);

    return fail("study '%s' %s", escape_value(escaped, label, strlen(label)), why);
}

static int add_arms(struct studies *s)
{
    const struct frame *const frame = s->frame;

    for (size_t i = 0; i < frame->n; i++) {
        struct two_by_two *const table = &s->tables[frame->strata.code[i]];
        const int64_t events = (int64_t)frame->count[i], n = (int64_t)frame->trials[i];

        *(frame->arms.code[i] == 1 ? &table->arm_event : &table->reference_event) += events;
        *(frame->arms.code[i] == 1 ? &table->arm_n : &table->reference_n) += n;
        s->n += n;
        s->n_event += events;
    }
    for (size_t i = 0; i < s->k; i++) {
        const int status = meta_two_by_two(&s->tables[i], s->request->meta_measure, &s->estimate[i], &s->std_error[i],
                                           &s->corrected[i]);
        if (status == GSL_EDOM)
            return refuse_study(s, i, "has nobody in one of the two arms");
        if (status != GSL_SUCCESS)
            return refuse_study(s, i, gsl_strerror(status));
    }
    return 0;
}

static int studies_read(struct studies *s)
{
    const struct frame *const frame = s->frame;

    s->counted = frame->trials != NULL;
    s->k = s->counted ? frame->strata.n : frame->n;
    if (s->counted && frame->arms.n != 2)
        return fail("'meta' compares two arms; the table has %zu", frame->arms.n);
    if (!s->counted && s->request->pooling >= POOL_MANTEL_HAENSZEL)
        return fail("--method mh and peto pool counts: 'events/n ~ arm + study' was expected");
    if ((s->estimate = allocate(s->k, sizeof *s->estimate)) == NULL ||
        (s->std_error = allocate(s->k, sizeof *s->std_error)) == NULL ||
        (s->tables = allocate(s->k, sizeof *s->tables)) == NULL ||
        (s->corrected = allocate(s->k, sizeof *s->corrected)) == NULL)
        return -1;
    if (s->counted)
        return add_arms(s);
    for (size_t i = 0; i < s->k; i++) {
        s->estimate[i] = frame->count[i];
        s->std_error[i] = frame->std_error[i];
    }
    s->n = s->n_event = MISSING_INTEGER;
    return 0;
}

/* ---- rows ------------------------------------------------------------------------------------------------------ */

static struct estimate start_row(const struct studies *s, enum measure measure)
{
    struct estimate row = ESTIMATE_NONE;

    row.measure = measure;
    row.n = s->n;
    row.n_event = s->n_event;
    if (s->counted) {
        row.arm = s->frame->arms.labels[1];
        row.reference = s->frame->arms.labels[0];
    }
    return row;
}

/* Numbers on the pooling scale as a reader wants them: ratios as ratios, differences of risks within -1 .. 1. */
static void set_numbers(const struct studies *s, double estimate, double std_error, double low, double high,
                        struct estimate *row)
{
    row->estimate = is_ratio(s) ? exp(estimate) : estimate;
    row->std_error = std_error;
    row->conf_low = is_ratio(s) ? exp(low) : s->counted ? fmax(low, -1) : low;
    row->conf_high = is_ratio(s) ? exp(high) : s->counted ? fmin(high, 1) : high;
    row->conf_level = s->request->level;
}

static int add_study(const struct studies *s, size_t i)
{
    struct estimate row = start_row(s, pooled_measure(s));
    const double half = confidence_z(s->request->level) * s->std_error[i];
    char number[24];

    snprintf(number, sizeof number, "%zu", i + 1);
    row.stratum = s->counted ? label_of(s, i) : number;
    row.method = "one study";
    set_numbers(s, s->estimate[i], s->std_error[i], s->estimate[i] - half, s->estimate[i] + half, &row);
    if (s->counted) {
        row.n = s->tables[i].arm_n + s->tables[i].reference_n;
        row.n_event = s->tables[i].arm_event + s->tables[i].reference_event;
    }
    if (s->corrected[i])
        row.note = "a cell is empty: 1/2 was added to all four";
    return estimates_add(s->estimates, &row);
}

static const char *few_note(const struct studies *s)
{
    return s->k < VERDICT_NEEDS ? "fewer than 3 studies: nothing should be concluded from pooling them" : NULL;
}

static int add_pooled(const struct studies *s, const struct meta_pooled *pooled, const char *term, const char *method)
{
    struct estimate row = start_row(s, pooled_measure(s));
    char note[P_NOTE_SIZE];

    row.term = term;
    row.method = method;
    row.note = few_note(s);
    if (isnan(pooled->std_error)) {
        row.status = "undefined";
        row.note = s->k == 1 ? "one study has no spread between studies" : "all estimates are equal: they have no spread";
        return estimates_add(s->estimates, &row);
    }
    set_numbers(s, pooled->estimate, pooled->std_error, pooled->conf_low, pooled->conf_high, &row);
    row.statistic = pooled->statistic;
    row.df = pooled->df;
    if (isnan(pooled->df))
        estimate_set_p(&row, pooled->p_value, M_LN2 + normal_log_upper_tail(fabs(pooled->statistic)), note);
    else
        row.p_value = pooled->p_value;
    return estimates_add(s->estimates, &row);
}

static int add_heterogeneity(const struct studies *s, const struct meta_result *result, const char *method)
{
    struct estimate row = start_row(s, MEASURE_heterogeneity);
    char note[P_NOTE_SIZE];

    row.arm = row.reference = NULL;
    row.method = "Cochran's Q";
    if (s->k == 1) {
        row.status = "undefined";
        row.note = "one study";
        return estimates_add(s->estimates, &row);
    }
    row.statistic = result->heterogeneity.statistic;
    row.df = (double)result->heterogeneity.df;
    estimate_set_p(&row, result->heterogeneity.p_value, result->heterogeneity.log_p, note);
    if (estimates_add(s->estimates, &row) != 0)
        return -1;
    row = start_row(s, MEASURE_i_squared);
    row.arm = row.reference = NULL;
    row.method = method;
    row.estimate = result->i_squared;
    if (estimates_add(s->estimates, &row) != 0)
        return -1;
    row.measure = MEASURE_tau_squared;
    row.method = method;
    row.estimate = result->tau_squared;
    row.conf_low = result->tau_squared_low;
    row.conf_high = result->tau_squared_high;
    row.conf_level = s->request->level;
    row.note = "limits by the Q profile";
    return estimates_add(s->estimates, &row);
}

static int add_prediction(const struct studies *s, const struct meta_result *result, const char *method)
{
    struct estimate row = start_row(s, MEASURE_prediction_interval);

    row.method = method;
    if (isnan(result->prediction_low)) {
        row.status = "undefined";
        row.note = s->request->pooling == POOL_FIXED ? "a fixed effect is the same in every study"
                                                     : "needs 3 studies or more";
        return estimates_add(s->estimates, &row);
    }
    set_numbers(s, result->normal.estimate, NAN, result->prediction_low, result->prediction_high, &row);
    return estimates_add(s->estimates, &row);
}

static int pool_estimates(const struct studies *s)
{
    static const char *const names[] = {"REML", "DerSimonian-Laird", "Paule-Mandel", "fixed effect"};
    const struct fit_request *const request = s->request;
    const char *const name = names[request->pooling];
    char normal[METHOD_SIZE], hartung[METHOD_SIZE];
    struct meta_result result;
    const int status = meta_solve(s->estimate, s->std_error, s->k, (enum meta_method)request->pooling, request->level, &result);
    const bool both = s->k < FEW && request->pooling != POOL_FIXED;

    if (status != GSL_SUCCESS)
        return fail("'meta': %s", gsl_strerror(status));
    snprintf(normal, sizeof normal, "%s; normal limits", name);
    snprintf(hartung, sizeof hartung, "%s; Hartung-Knapp limits", name);
    /* The one that was asked for carries no term; with few studies the other stands beside it. */
    if (request->hartung_knapp) {
        if (add_pooled(s, &result.hartung_knapp, NULL, hartung) != 0 ||
            (both && add_pooled(s, &result.normal, "normal", normal) != 0))
            return -1;
    } else if (add_pooled(s, &result.normal, NULL, normal) != 0 ||
               (both && add_pooled(s, &result.hartung_knapp, "hartung-knapp", hartung) != 0)) {
        return -1;
    }
    return add_heterogeneity(s, &result, name) != 0 || add_prediction(s, &result, name) != 0 ? -1 : 0;
}

static void take_ratio(const struct ratio_estimate *ratio, struct meta_pooled *pooled)
{
    *pooled = (struct meta_pooled){ratio->log_estimate,   ratio->std_error, log(ratio->conf_low), log(ratio->conf_high),
                                   ratio->statistic, NAN,              ratio->p_value};
}

static int pool_counts(const struct studies *s)
{
    const struct fit_request *const request = s->request;
    const bool peto = request->pooling == POOL_PETO;
    const char *const method = peto ? "Peto" : "Mantel-Haenszel";
    struct meta_pooled pooled = {NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    struct meta_result spread;
    struct risk_difference difference;
    struct ratio_estimate ratio;
    int status;

    if (peto)
        status = meta_peto(s->tables, s->k, request->level, &ratio);
    else if (request->meta_measure == META_RISK_DIFFERENCE)
        status = mh_risk_difference(s->tables, s->k, MH_SATO, request->level, &difference);
    else
        status = request->meta_measure == META_LOG_RISK_RATIO ? mh_risk_ratio(s->tables, s->k, request->level, &ratio)
                                                              : mh_odds_ratio(s->tables, s->k, request->level, &ratio);
    if (status != GSL_SUCCESS && status != GSL_EDOM)
        return fail("'meta': %s", gsl_strerror(status));
    if (status == GSL_EDOM) {
        struct estimate row = start_row(s, pooled_measure(s));

        row.method = method;
        row.status = "undefined";
        row.note = "no study has events enough for it";
        return estimates_add(s->estimates, &row);
    }
    if (is_ratio(s))
        take_ratio(&ratio, &pooled);
    else
        pooled = (struct meta_pooled){difference.estimate,  difference.std_error,
                                      difference.conf_low,  difference.conf_high,
                                      difference.estimate / difference.std_error, NAN,
                                      normal_two_sided(difference.estimate / difference.std_error)};
    if (add_pooled(s, &pooled, NULL, method) != 0 ||
        meta_solve(s->estimate, s->std_error, s->k, META_DL, request->level, &spread) != GSL_SUCCESS)
        return -1;
    return add_heterogeneity(s, &spread, "DerSimonian-Laird");
}

static int fit_meta(const struct fit_request *request, const struct frame *frame, struct table *estimates)
{
    struct studies s = {.request = request, .frame = frame, .estimates = estimates};
    int result = studies_read(&s);

    for (size_t i = 0; result == 0 && i < s.k; i++)
        result = add_study(&s, i);
    if (result == 0)
        result = request->pooling >= POOL_MANTEL_HAENSZEL ? pool_counts(&s) : pool_estimates(&s);
    studies_clear(&s);
    return result;
}

const struct model model_meta = {
    .name = "meta", .outcome = OUTCOME_STUDIES, .fit = fit_meta,
    .options = "method hartung-knapp measure",
    .examples = {"'events/n ~ arm + study' trials.csv --measure odds_ratio --hartung-knapp"},
};
