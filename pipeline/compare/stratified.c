/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/stratified.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/adjusted.h"
#include "compare/numbers.h"
#include "compare/rows.h"
#include "compare/slice_rows.h"
#include "compare/verdicts.h"
#include "stats/distribution.h"
#include "stats/exact_sum.h"
#include "stats/mantel_haenszel.h"
#include "stats/standardised.h"

struct stratified {
    struct comparison *c;
    size_t index; /* of the adjustment */
    const struct study_adjustment *how;
    const struct slices *strata;
    struct arm_pair pair;
    struct table *estimates, *verdicts;
};

static struct estimate row_of(const struct stratified *s, const struct wanted *wanted)
{
    struct estimate row = rows_keys(s->c, wanted);

    row.adjustment = s->how->name.text;
    row.stratum = s->c->stratum;
    if (s->how->method == ADJUST_DIRECT)
        row.estimand = adjustment_estimand_name(s->how->estimand);
    row.arm = comparison_arm(s->c, s->pair.arm);
    row.reference = comparison_arm(s->c, s->pair.reference);
    return row;
}

static int add_number(const struct stratified *s, struct estimate *row, const struct number *number)
{
    number_put(number, row);
    return estimates_add(s->estimates, row);
}

static bool is_risk(enum measure measure)
{
    return measure == MEASURE_risk_difference || measure == MEASURE_risk_ratio || measure == MEASURE_odds_ratio;
}

/* ---- Mantel-Haenszel --------------------------------------------------------------------------------------------- */

static void set_ratio(const struct ratio_estimate *ratio, struct number *number)
{
    number_set(number, ratio->estimate, ratio->std_error, ratio->conf_low, ratio->conf_high);
    number->statistic = ratio->statistic;
    number->p_value = ratio->p_value;
}

static int pool_counts(const struct effects *e, enum measure measure, double level, struct number *number)
{
    struct risk_difference difference;
    struct ratio_estimate ratio;
    int code;

    if (measure == MEASURE_risk_difference) {
        code = mh_risk_difference(e->table, e->n, MH_SATO, level, &difference);
        if (code == GSL_SUCCESS) {
            number_set(number, difference.estimate, difference.std_error, difference.conf_low, difference.conf_high);
            number_distrust_no_error(number);
            if (difference.std_error > 0) {
                number->statistic = difference.estimate / difference.std_error;
                number->p_value = normal_two_sided(number->statistic);
            }
        }
        return code;
    }
    code = measure == MEASURE_risk_ratio ? mh_risk_ratio(e->table, e->n, level, &ratio)
                                         : mh_odds_ratio(e->table, e->n, level, &ratio);
    if (code == GSL_SUCCESS)
        set_ratio(&ratio, number);
    return code;
}

static int mantel_haenszel(const struct stratified *s, const struct wanted *wanted, double level, struct number *number)
{
    struct effects effects = {0};

    *number = number_none();
    number->method = wanted->measure == MEASURE_risk_difference ? "Mantel-Haenszel; Sato's variance"
                     : wanted->measure == MEASURE_risk_ratio    ? "Mantel-Haenszel; Greenland and Robins' variance"
                                                                : "Mantel-Haenszel; Robins, Breslow and Greenland's variance";
    if (effects_take(s->strata, wanted, s->pair, 1, &effects) != 0) {
        effects_free(&effects);
        return -1;
    }
    number->n = effects.n_people;
    number->n_event = effects.n_event;
    if (!effects.counted)
        number_undefined(number, "Mantel-Haenszel pools counts of events, and some are censored before that day");
    else if (pool_counts(&effects, wanted->measure, level, number) != GSL_SUCCESS)
        number_undefined(number, "no stratum has both arms and an event");
    else if (effects.n_without > 0)
        snprintf(number->note, sizeof number->note, "%zu %s with one of the arms alone %s nothing", effects.n_without,
                 effects.n_without == 1 ? "stratum" : "strata", effects.n_without == 1 ? "says" : "say");
    effects_free(&effects);
    return 0;
}

/* ---- direct ------------------------------------------------------------------------------------------------------ */

static double weight_of(const struct stratified *s, const struct comparison *stratum)
{
    const double arm = (double)stratum->n[s->pair.arm], reference = (double)stratum->n[s->pair.reference];

    switch (s->how->estimand) {
    case ESTIMAND_ATT: return arm;
    case ESTIMAND_ATC: return reference;
    default: return arm + reference;
    }
}

/* A stratum with a risk that cannot be known has no risk to standardise. */
static bool stratum_risk(const struct stratified *s, const struct slice *slice, size_t arm, struct horizon horizon,
                         struct number *risk, struct number *result)
{
    const struct comparison *c = &slice->comparison;

    if (c->n[arm] >= (c->table == NULL || contrast_is_counted(c, horizon) ? 1 : 2)) {
        contrast_of_arm(c, MEASURE_risk, arm, 1, horizon, CONF_LEVEL, risk);
        if (risk->defined && !isnan(risk->std_error))
            return true;
        number_undefined(result, "where %.80s: %.120s", slice->name, *risk->note == '\0' ? "no standard error" : risk->note);
        return false;
    }
    number_undefined(result, "%s in arm %.40s where %.100s: not identified", c->n[arm] == 0 ? "nobody" : "one person",
                     comparison_arm(s->c, arm), slice->name);
    result->withheld = true;
    return false;
}

/* The standardised risk of an arm. */
static void direct_risk(const struct stratified *s, size_t arm, struct horizon horizon, struct number *number)
{
    struct exact_sum risk, variance, weight;
    double total, p, v;

    *number = number_none();
    number->n = number->n_event = 0;
    number->method = "directly standardised over the strata; binomial or Greenwood errors by stratum";
    exact_sum_init(&risk);
    exact_sum_init(&variance);
    exact_sum_init(&weight);
    for (size_t k = 0; k < s->strata->n; k++) {
        const double w = weight_of(s, &s->strata->items[k].comparison);
        struct number one;
        if (w == 0)
            continue;
        if (!stratum_risk(s, &s->strata->items[k], arm, horizon, &one, number))
            return;
        number->n += s->strata->items[k].comparison.n[arm];
        number->n_event += one.n_event;
        exact_sum_add(&weight, w);
        exact_sum_add(&risk, w * one.estimate);
        exact_sum_add(&variance, w * w * one.std_error * one.std_error);
    }
    exact_sum_round(&weight, &total);
    exact_sum_round(&risk, &p);
    exact_sum_round(&variance, &v);
    if (!(total > 0)) {
        number_undefined(number, "nobody is in any stratum");
        return;
    }
    number_set_wald(number, p / total, sqrt(v) / total, CONF_LEVEL);
    number_cut(number, 0, 1);
    number->statistic = number->p_value = NAN;
}

static void direct_contrast(enum measure measure, const struct number *arm, const struct number *reference, double level,
                            struct number *number)
{
    const double p1 = arm->estimate, p0 = reference->estimate;

    *number = number_none();
    number_combine(number, arm, reference);
    number->method = arm->method;
    if (!number_needs(number, arm, reference)) {
        number->withheld = arm->withheld || reference->withheld;
        return;
    }
    if (measure == MEASURE_risk_difference) {
        number_set_wald(number, p1 - p0, hypot(arm->std_error, reference->std_error), level);
        number_cut(number, -1, 1);
    } else if (p1 <= 0 || p0 <= 0 || (measure == MEASURE_odds_ratio && (p1 >= 1 || p0 >= 1)))
        number_undefined(number, "a standardised risk is 0 or 1: there is no ratio");
    else if (measure == MEASURE_risk_ratio)
        number_set_log(number, log(p1 / p0), hypot(arm->std_error / p1, reference->std_error / p0), level);
    else
        number_set_log(number, log(p1 / (1 - p1)) - log(p0 / (1 - p0)),
                       hypot(arm->std_error / (p1 * (1 - p1)), reference->std_error / (p0 * (1 - p0))), level);
}

static int direct(const struct stratified *s, const struct wanted *wanted, double level, struct number *number)
{
    struct number arm, reference;

    direct_risk(s, s->pair.arm, wanted->horizon, &arm);
    direct_risk(s, s->pair.reference, wanted->horizon, &reference);
    direct_contrast(wanted->measure, &arm, &reference, level, number);
    return 0;
}

static int add_direct_risks(const struct stratified *s, const struct wanted *wanted)
{
    const size_t arms[] = {s->pair.arm, s->pair.reference};
    int status = 0;

    for (size_t k = 0; status == 0 && k < 2; k++) {
        struct estimate row = row_of(s, wanted);
        struct number number;
        direct_risk(s, arms[k], wanted->horizon, &number);
        row.arm = comparison_arm(s->c, arms[k]);
        /* Where there are several pairs, whose people the risk is standardised to. */
        row.reference = s->c->n_arm > 2 ? comparison_arm(s->c, arms[1 - k]) : NULL;
        status = add_number(s, &row, &number);
    }
    return status;
}

/* ---- indirect ---------------------------------------------------------------------------------------------------- */

static int add_indirect(const struct stratified *s, const struct wanted *wanted)
{
    struct estimate row = row_of(s, wanted);
    struct number number = number_none();
    struct exact_sum sum;
    struct standardised ratio;
    double expected;
    int64_t events = 0, n = 0;

    row.measure = MEASURE_standardised_ratio;
    number.method = "observed over expected by the reference's risks; exact Poisson limits";
    exact_sum_init(&sum);
    for (size_t k = 0; k < s->strata->n; k++) {
        const struct slice *slice = &s->strata->items[k];
        const int64_t people = slice->comparison.n[s->pair.arm];
        struct number arm, reference;
        if (people == 0)
            continue;
        if (!contrast_is_counted(&slice->comparison, wanted->horizon)) {
            number_undefined(&number, "events are counted, and some are censored before that day");
            return add_number(s, &row, &number);
        }
        if (!stratum_risk(s, slice, s->pair.reference, wanted->horizon, &reference, &number))
            return add_number(s, &row, &number);
        contrast_of_arm(&slice->comparison, MEASURE_risk, s->pair.arm, 1, wanted->horizon, CONF_LEVEL, &arm);
        n += people;
        events += arm.n_event;
        exact_sum_add(&sum, (double)people * reference.estimate);
    }
    exact_sum_round(&sum, &expected);
    number.n = n;
    number.n_event = events;
    if (standardised_ratio(events, expected, STANDARDISED_EXACT, CONF_LEVEL, &ratio) != GSL_SUCCESS) {
        number_undefined(&number, "no event is expected");
        return add_number(s, &row, &number);
    }
    number_set(&number, ratio.ratio, NAN, ratio.conf_low, ratio.conf_high);
    snprintf(number.note, sizeof number.note, "%.6g expected", expected);
    return add_number(s, &row, &number);
}

/* ---- all of them ------------------------------------------------------------------------------------------------- */

static int solve(const struct stratified *s, const struct wanted *wanted, double level, struct number *number)
{
    return s->how->method == ADJUST_DIRECT ? direct(s, wanted, level, number) : mantel_haenszel(s, wanted, level, number);
}

static int add_contrast(const struct stratified *s, const struct wanted *wanted)
{
    struct estimate row = row_of(s, wanted);
    struct number number;

    if (solve(s, wanted, CONF_LEVEL, &number) != 0 ||
        adjusted_keep(s->c, s->index, wanted->measure, s->pair, wanted->horizon, &number) != 0)
        return -1;
    return add_number(s, &row, &number);
}

static int answer(const struct stratified *s)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < s->c->analysis->n_margins; i++) {
        const struct study_margin *margin = &s->c->analysis->margins[i];
        const struct wanted wanted = {margin->measure, margin_horizon(s->c->analysis, margin)};
        struct verdict_numbers numbers = {.adjustment = s->how->name.text,
                                          .estimand = s->how->method == ADJUST_DIRECT
                                                          ? adjustment_estimand_name(s->how->estimand)
                                                          : NULL};
        if (!verdicts_asks(s->c, margin) || !is_risk(margin->measure))
            continue;
        if (solve(s, &wanted, CONF_LEVEL, &numbers.at_95) != 0 || solve(s, &wanted, EQUIVALENCE_LEVEL, &numbers.at_90) != 0)
            return -1;
        status = verdicts_answer(s->c, margin, s->pair, &numbers, s->verdicts, s->estimates);
    }
    return status;
}

static int add_pair(const struct stratified *s, const struct wanted_list *wanted)
{
    const enum adjust_method method = s->how->method;
    int status = 0;

    for (size_t i = 0; status == 0 && i < wanted->n; i++) {
        const struct wanted *item = &wanted->items[i];
        if (method == ADJUST_DIRECT && item->measure == MEASURE_risk)
            status = add_direct_risks(s, item);
        else if (method == ADJUST_INDIRECT && item->measure == MEASURE_risk)
            status = add_indirect(s, item);
        else if (method != ADJUST_INDIRECT && is_risk(item->measure))
            status = add_contrast(s, item);
    }
    return status == 0 && method != ADJUST_INDIRECT && s->c->stratum == NULL ? answer(s) : status;
}

static void tell_missing(const struct comparison *c, const struct study_adjustment *how, const struct slices *strata)
{
    if (strata->n_missing > 0)
        warn("%s:%zu:%zu: adjust '%s': %lld people of outcome '%s' without a value of its columns are left out", c->study->path,
             how->place.line, how->place.column, how->name.text, (long long)strata->n_missing, c->outcome->name.text);
}

/* Within a level of a column its strata are one alone: "sex=F" of strata by sex. */
static bool is_one_stratum(const struct comparison *c, const struct study_adjustment *how)
{
    const size_t length = c->stratum == NULL ? 0 : strcspn(c->stratum, "=");

    return c->stratum != NULL && how->by.n == 1 && strlen(how->by.items[0].text) == length &&
           memcmp(how->by.items[0].text, c->stratum, length) == 0;
}

int stratified_add(struct comparison *c, const struct people *people, const struct wanted_list *wanted,
                   struct table *estimates, struct table *verdicts)
{
    struct arm_pairs pairs;
    int status = 0;

    arm_pairs_list(c->study, c->analysis, &pairs);
    for (size_t k = 0; status == 0 && k < c->analysis->n_adjustments; k++) {
        const struct study_adjustment *how = &c->analysis->adjustments[k];
        struct slices strata = {0};
        if (!adjusts_by_strata(how->method) || is_one_stratum(c, how))
            continue;
        status = slices_solve(c, people, &how->by, &strata);
        if (status == 0)
            tell_missing(c, how, &strata);
        for (size_t i = 0; status == 0 && i < pairs.n; i++)
            status = add_pair(&(struct stratified){c, k, how, &strata, pairs.items[i], estimates, verdicts}, wanted);
        slices_free(&strata);
    }
    return status;
}
