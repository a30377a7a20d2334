/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/meta_trials.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>

#include "compare/numbers.h"
#include "compare/rows.h"
#include "compare/verdicts.h"
#include "stats/distribution.h"
#include "stats/mantel_haenszel.h"
#include "stats/meta.h"

enum { FEW_TRIALS = 5, TRIALS_FOR_VERDICT = 3 };

static const struct {
    const char *adjustment, *method;
    enum meta_method pooling;
} rules[] = {
    [META_RULE_FIXED] = {"meta_fixed", "fixed effect, inverse variance", META_FIXED},
    [META_RULE_DL] = {"meta_dl", "random effects, DerSimonian-Laird", META_DL},
    [META_RULE_REML] = {"meta_reml", "random effects, REML", META_REML},
    [META_RULE_PM] = {"meta_pm", "random effects, Paule-Mandel", META_PM},
    [META_RULE_MH] = {"meta_mh", "fixed effect, Mantel-Haenszel", META_FIXED},
};

/* One measure of one pair by one method. */
struct pooling {
    const struct comparison *whole;
    const struct wanted *wanted;
    struct arm_pair pair;
    enum meta_rule rule;
    const struct effects *effects;
    struct meta_result result;    /* at CONF_LEVEL */
    struct meta_result at_90;
};

static bool is_random(enum meta_rule rule)
{
    return rule == META_RULE_DL || rule == META_RULE_REML || rule == META_RULE_PM;
}

static bool is_probability(enum measure measure)
{
    return measure == MEASURE_risk_difference || measure == MEASURE_survival_difference;
}

/* A pooled estimate on the scale of the measure. */
static void take_pooled(const struct pooling *p, const struct meta_pooled *pooled, struct number *number)
{
    const bool ratio = measure_is_ratio(p->wanted->measure);

    *number = number_none();
    number->n = p->effects->n_people;
    number->n_event = p->effects->n_event;
    number->method = rules[p->rule].method;
    if (isnan(pooled->std_error)) {
        number_undefined(number, p->effects->n < 2 ? "fewer than two trials" : "all trials agree exactly: no limits");
        return;
    }
    number_set(number, ratio ? exp(pooled->estimate) : pooled->estimate, pooled->std_error,
               ratio ? exp(pooled->conf_low) : pooled->conf_low, ratio ? exp(pooled->conf_high) : pooled->conf_high);
    number->statistic = pooled->statistic;
    number->p_value = pooled->p_value;
    number->df = pooled->df;
    if (is_probability(p->wanted->measure))
        number_cut(number, -1, 1);
    if (p->effects->n_corrected > 0)
        snprintf(number->note, sizeof number->note, "1/2 was added to the cells of %zu with an empty one",
                 p->effects->n_corrected);
}

/* Mantel-Haenszel adds counts, so that empty cells need nothing added. */
static void take_mantel_haenszel(const struct pooling *p, double level, struct number *number)
{
    const struct effects *e = p->effects;
    struct ratio_estimate ratio;
    struct risk_difference difference;
    int code = GSL_EINVAL;

    *number = number_none();
    number->n = e->n_people;
    number->n_event = e->n_event;
    number->method = p->wanted->measure == MEASURE_odds_ratio
                         ? "Mantel-Haenszel; Robins, Breslow and Greenland's variance"
                     : p->wanted->measure == MEASURE_risk_ratio ? "Mantel-Haenszel; Greenland and Robins' variance"
                                                                : "Mantel-Haenszel; Sato's variance";
    if (!e->counted) {
        number_undefined(number, "Mantel-Haenszel pools counts of events, and people are censored before that day");
        return;
    }
    if (p->wanted->measure == MEASURE_risk_difference) {
        code = mh_risk_difference(e->table, e->n, MH_SATO, level, &difference);
        if (code == GSL_SUCCESS) {
            number_set(number, difference.estimate, difference.std_error, difference.conf_low, difference.conf_high);
            number->statistic = difference.estimate / difference.std_error;
            number->p_value = normal_two_sided(number->statistic);
        }
    } else {
        code = p->wanted->measure == MEASURE_risk_ratio ? mh_risk_ratio(e->table, e->n, level, &ratio)
                                                        : mh_odds_ratio(e->table, e->n, level, &ratio);
        if (code == GSL_SUCCESS) {
            number_set(number, ratio.estimate, ratio.std_error, ratio.conf_low, ratio.conf_high);
            number->statistic = ratio.statistic;
            number->p_value = ratio.p_value;
        }
    }
    if (code != GSL_SUCCESS)
        number_undefined(number, "no trial has both arms and an event");
}

static struct estimate row_of(const struct pooling *p)
{
    struct estimate row = rows_keys(p->whole, p->wanted);

    row.adjustment = rules[p->rule].adjustment;
    row.arm = comparison_arm(p->whole, p->pair.arm);
    row.reference = comparison_arm(p->whole, p->pair.reference);
    row.method = rules[p->rule].method;
    return row;
}

static int add_number(const struct pooling *p, const struct number *number, const char *term, struct table *estimates)
{
    struct estimate row = row_of(p);

    if (term != NULL)
        row.term = term;
    number_put(number, &row);
    return estimates_add(estimates, &row);
}

/* What is said of the trials, not of the effect. */
static struct estimate row_of_trials(const struct pooling *p, enum measure measure, char term[static 64])
{
    struct estimate row = row_of(p);

    snprintf(term, 64, "%s%s", measure_name(p->wanted->measure), p->wanted->horizon.at_least ? ", at least" : "");
    row.measure = measure;
    row.term = term;
    row.n = (int64_t)p->effects->n;
    return row;
}

static int add_spread(const struct pooling *p, struct table *estimates)
{
    const struct meta_result *r = &p->result;
    char term[64];
    struct estimate row = row_of_trials(p, MEASURE_heterogeneity, term);

    if (p->effects->n < 2) {
        row.status = "undefined";
        row.note = "one trial: there is nothing to compare it with";
        return estimates_add(estimates, &row);
    }
    row.statistic = r->heterogeneity.statistic;
    row.df = (double)r->heterogeneity.df;
    row.p_value = r->heterogeneity.p_value;
    row.method = "Cochran's Q; n counts trials";
    if (estimates_add(estimates, &row) != 0)
        return -1;
    row = row_of_trials(p, MEASURE_i_squared, term);
    row.estimate = r->i_squared;
    row.note = "n counts trials";
    if (estimates_add(estimates, &row) != 0)
        return -1;
    if (!is_random(p->rule))
        return 0;
    row = row_of_trials(p, MEASURE_tau_squared, term);
    row.estimate = r->tau_squared;
    row.conf_low = r->tau_squared_low;
    row.conf_high = r->tau_squared_high;
    row.conf_level = isfinite(r->tau_squared_low) ? CONF_LEVEL : NAN;
    row.note = "n counts trials; limits by the Q profile";
    return estimates_add(estimates, &row);
}

static int add_prediction(const struct pooling *p, struct table *estimates)
{
    const bool ratio = measure_is_ratio(p->wanted->measure);
    char term[64];
    struct estimate row = row_of_trials(p, MEASURE_prediction_interval, term);
    struct number number = number_none();

    if (isnan(p->result.prediction_low)) {
        row.status = "undefined";
        row.note = "a prediction interval needs three trials";
        return estimates_add(estimates, &row);
    }
    number_set(&number, p->result.normal.estimate, NAN, p->result.prediction_low, p->result.prediction_high);
    if (is_probability(p->wanted->measure))
        number_cut(&number, -1, 1);
    row.estimate = ratio ? exp(number.estimate) : number.estimate;
    row.conf_low = ratio ? exp(number.conf_low) : number.conf_low;
    row.conf_high = ratio ? exp(number.conf_high) : number.conf_high;
    row.conf_level = CONF_LEVEL;
    row.note = "n counts trials; where the effect of another trial would lie";
    return estimates_add(estimates, &row);
}

/* At the level, by the limits that the study's verdicts rest on. */
static void number_of(const struct pooling *p, const struct meta_result *result, double level, struct number *number)
{
    if (p->rule == META_RULE_MH)
        take_mantel_haenszel(p, level, number);
    else
        take_pooled(p, is_random(p->rule) && p->whole->analysis->meta.hartung_knapp ? &result->hartung_knapp : &result->normal,
                    number);
}

static int answer(const struct pooling *p, struct table *estimates, struct table *verdicts)
{
    const struct study_analysis *analysis = p->whole->analysis;
    int status = 0;

    for (size_t i = 0; status == 0 && i < analysis->n_margins; i++) {
        const struct study_margin *margin = &analysis->margins[i];
        const struct horizon horizon = margin_horizon(analysis, margin);
        struct verdict_numbers numbers = {.adjustment = rules[p->rule].adjustment};
        if (!verdicts_asks(p->whole, margin) || margin->measure != p->wanted->measure ||
            horizon.at_least != p->wanted->horizon.at_least ||
            (horizon.time != p->wanted->horizon.time && !(isnan(horizon.time) && isnan(p->wanted->horizon.time))))
            continue;
        number_of(p, &p->result, CONF_LEVEL, &numbers.at_95);
        number_of(p, &p->at_90, EQUIVALENCE_LEVEL, &numbers.at_90);
        if (p->effects->n < TRIALS_FOR_VERDICT)
            numbers.doubt = "fewer than 3 trials: no pooled verdict";
        status = verdicts_answer(p->whole, margin, p->pair, &numbers, verdicts, estimates);
    }
    return status;
}

static int add_undefined(const struct pooling *p, struct table *estimates)
{
    struct estimate row = row_of(p);

    row.status = "undefined";
    row.note = "the effect exists in no trial";
    return estimates_add(estimates, &row);
}

static int add_pooled(struct pooling *p, struct table *estimates, struct table *verdicts)
{
    const struct effects *e = p->effects;
    struct number number;
    int status;

    if (meta_solve(e->estimate, e->std_error, e->n, rules[p->rule].pooling, CONF_LEVEL, &p->result) != GSL_SUCCESS ||
        meta_solve(e->estimate, e->std_error, e->n, rules[p->rule].pooling, EQUIVALENCE_LEVEL, &p->at_90) != GSL_SUCCESS)
        return add_undefined(p, estimates);
    if (p->rule == META_RULE_MH)
        take_mantel_haenszel(p, CONF_LEVEL, &number);
    else
        take_pooled(p, &p->result.normal, &number);
    status = add_number(p, &number, NULL, estimates);
    if (status == 0 && is_random(p->rule) && (p->whole->analysis->meta.hartung_knapp || e->n < FEW_TRIALS)) {
        take_pooled(p, &p->result.hartung_knapp, &number);
        status = add_number(p, &number, "Hartung-Knapp", estimates);
    }
    if (status == 0)
        status = add_spread(p, estimates);
    if (status == 0 && is_random(p->rule))
        status = add_prediction(p, estimates);
    return status == 0 ? answer(p, estimates, verdicts) : status;
}

static int pool(const struct comparison *whole, const struct slices *trials, const struct wanted *wanted,
                struct arm_pair pair, struct table *estimates, struct table *verdicts)
{
    const struct study_meta *meta = &whole->analysis->meta;
    struct effects effects = {0};
    int status = effects_take(trials, wanted, pair, 1, &effects);

    for (size_t i = 0; status == 0 && i < meta->n_rules; i++) {
        struct pooling pooling = {.whole = whole, .wanted = wanted, .pair = pair, .rule = meta->rules[i], .effects = &effects};
        status = add_pooled(&pooling, estimates, verdicts);
    }
    effects_free(&effects);
    return status;
}

int meta_trials_add(const struct comparison *whole, const struct people *people, const struct wanted_list *wanted,
                    struct table *estimates, struct table *verdicts, struct table *risk_tables)
{
    struct study_text column = whole->analysis->meta.by;
    const struct study_texts by = {.n = 1, .items = &column};
    struct slices trials = {0};
    struct arm_pairs pairs;
    int status;

    if (whole->analysis->meta.by.text == NULL)
        return 0;
    arm_pairs_list(whole->study, whole->analysis, &pairs);
    status = slices_solve(whole, people, &by, &trials);
    if (status == 0)
        status = slice_rows_add(whole, &trials, wanted, estimates);
    if (status == 0)
        status = slice_risk_tables_add(&trials, risk_tables);
    for (size_t i = 0; i < wanted->n; i++)
        for (size_t k = 0; status == 0 && measure_is_contrast(wanted->items[i].measure) && k < pairs.n; k++)
            status = pool(whole, &trials, &wanted->items[i], pairs.items[k], estimates, verdicts);
    slices_free(&trials);
    return status;
}
