/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/adjusted.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/adjusted_balance.h"
#include "compare/adjusted_curves.h"
#include "compare/adjusted_hazard.h"
#include "compare/adjusted_part.h"
#include "compare/estimates.h"
#include "compare/adjusted_gates.h"
#include "compare/numbers.h"
#include "compare/score_overlap.h"
#include "compare/verdicts.h"
#include "outcomes/outcome.h"
#include "stats/survival_interval.h"

/* A number that verdicts may ask for. */
struct adjusted_number {
    size_t adjustment;
    struct arm_pair pair;
    enum measure measure;
    struct horizon horizon;
    struct number number;
};

struct adjusted_numbers {
    size_t n;
    struct adjusted_number *items;
};

/* One adjustment of one pair. */
struct adjusting {
    struct comparison *c;
    const struct wanted_list *wanted;
    const struct adjusted_tables *tables;
    size_t index;                    /* of the adjustment in the analysis */
    const struct study_adjustment *how;
    bool one_pair;
    struct pair_rows rows;
    struct pair_weights weights;
    struct weighted_curves curves;
    struct adjusted_gates gates;
    double *work;                    /* [n] */
    char method[160];
};

const char *adjustment_estimand_name(enum adjust_estimand estimand)
{
    static const char *const names[] = {"ate", "att", "atc", "ato"};
    return names[estimand];
}

/* ---- numbers that are kept --------------------------------------------------------------------------- */

static int keep(struct adjusting *a, enum measure measure, struct horizon horizon, const struct number *number)
{
    struct adjusted_numbers *kept = a->c->adjusted;
    struct adjusted_number *longer;

    if (kept == NULL && (kept = a->c->adjusted = allocate(1, sizeof *kept)) == NULL)
        return -1;
    if ((longer = reallocate(kept->items, kept->n + 1, sizeof *longer)) == NULL)
        return -1;
    kept->items = longer;
    longer[kept->n++] = (struct adjusted_number){a->index, a->rows.pair, measure, horizon, *number};
    return 0;
}

static bool same_horizon(struct horizon a, struct horizon b)
{
    return a.at_least == b.at_least && (a.time == b.time || (isnan(a.time) && isnan(b.time)));
}

/* Limits at another level, from the standard error that the number has. */
static void set_level(struct number *number, enum measure measure, double level)
{
    const struct number before = *number;

    if (!before.defined)
        return;
    if (measure_is_ratio(measure))
        number_set_log(number, log(before.estimate), before.std_error, level);
    else
        number_set_wald(number, before.estimate, before.std_error, level);
    if (measure == MEASURE_risk_difference || measure == MEASURE_survival_difference)
        number_cut(number, -1, 1);
}

bool adjusted_find(const struct comparison *c, size_t adjustment, enum measure measure, struct arm_pair pair,
                   struct horizon horizon, double level, struct number *number)
{
    const struct adjusted_numbers *kept = c->adjusted;

    for (size_t i = 0; kept != NULL && i < kept->n; i++) {
        const struct adjusted_number *one = &kept->items[i];
        if (one->adjustment != adjustment || one->measure != measure || one->pair.arm != pair.arm ||
            one->pair.reference != pair.reference || !same_horizon(one->horizon, horizon))
            continue;
        *number = one->number;
        if (level != CONF_LEVEL)
            set_level(number, measure, level);
        return true;
    }
    return false;
}

void adjusted_free(struct comparison *c)
{
    if (c->adjusted != NULL)
        free(c->adjusted->items);
    free(c->adjusted);
    c->adjusted = NULL;
}

/* ---- words ------------------------------------------------------------------------------------------- */

static const char *estimator(const struct adjusting *a, enum measure measure)
{
    switch (contrast_part(measure)) {
    case MEASURE_hazard_ratio:
    case MEASURE_log_hazard_ratio: return a->rows.counted ? "weighted Cox, Breslow ties" : "weighted Cox, Efron ties";
    case MEASURE_mean: return "weighted mean";
    case MEASURE_rmst: return "area under weighted Kaplan-Meier";
    case MEASURE_survival: return "weighted Kaplan-Meier";
    default: break;
    }
    return a->c->table == NULL ? "weighted share" : a->c->n_cause > 1 ? "weighted Aalen-Johansen" : "1 - weighted Kaplan-Meier";
}

static const char *method_of(struct adjusting *a, enum measure measure)
{
    const bool match = a->how->method == ADJUST_MATCH;

    if (measure == MEASURE_effective_sample_size)
        return "(sum of weights)^2 / sum of squares";
    snprintf(a->method, sizeof a->method, "%s; %s%s", estimator(a, measure),
             match ? "errors by matched set" : "influence function, propensity estimated",
             a->rows.cluster != NULL ? "; robust by cluster" : "");
    return a->method;
}

/* ---- rows -------------------------------------------------------------------------------------------- */

static struct estimate row_of(struct adjusting *a, enum measure measure, struct horizon horizon,
                              const struct number *number)
{
    struct estimate row = ESTIMATE_NONE;

    row.analysis = a->c->analysis->name.text;
    row.outcome = a->c->outcome->name.text;
    row.population = a->c->population->name.text;
    row.adjustment = a->how->name.text;
    row.estimand = adjustment_estimand_name(a->how->estimand);
    row.measure = measure;
    row.time = horizon.time;
    row.term = horizon.at_least ? "at least" : NULL;
    row.estimate = number->estimate;
    row.std_error = number->std_error;
    row.conf_low = number->conf_low;
    row.conf_high = number->conf_high;
    row.conf_level = isfinite(number->conf_low) ? CONF_LEVEL : NAN;
    row.statistic = number->statistic;
    row.p_value = number->p_value;
    row.n = number->n;
    row.n_event = number->n_event;
    row.status = number->withheld ? "withheld" : !number->defined ? "undefined" : number->flagged ? "flagged" : "shown";
    row.method = method_of(a, measure);
    row.note = number->note;
    return row;
}

static int add_of_arm(struct adjusting *a, const struct part_of_arm *what, bool treated, const struct number *number)
{
    struct estimate row = row_of(a, what->measure, what->horizon, number);
    const struct arm_pair pair = a->rows.pair;

    row.arm = comparison_arm(a->c, treated ? pair.arm : pair.reference);
    if (!a->one_pair)
        row.reference = comparison_arm(a->c, treated ? pair.reference : pair.arm);
    if (a->c->n_cause > 1 && (what->measure == MEASURE_risk || what->measure == MEASURE_cumulative_incidence))
        row.cause = outcome_cause(a->c->outcome, what->cause);
    return estimates_add(a->tables->estimates, &row);
}

static int add_of_pair(struct adjusting *a, enum measure measure, struct horizon horizon, const struct number *number)
{
    struct estimate row = row_of(a, measure, horizon, number);

    row.arm = comparison_arm(a->c, a->rows.pair.arm);
    row.reference = comparison_arm(a->c, a->rows.pair.reference);
    if (keep(a, measure, horizon, number) != 0)
        return -1;
    return estimates_add(a->tables->estimates, &row);
}

/* People whose weight is positive. */
static int64_t people_used(const struct adjusting *a, int treated)
{
    int64_t n = 0;

    for (size_t i = 0; i < a->rows.n; i++)
        if ((treated < 0 || a->rows.treated[i] == treated) && (a->weights.weight == NULL || a->weights.weight[i] > 0))
            n += a->rows.count[i];
    return n;
}

/* ---- one arm ----------------------------------------------------------------------------------------- */

static int error_of(struct adjusting *a, double g1, const double *phi1, double g0, const double *phi0, double *error)
{
    double variance;

    if (adjusted_variance(&a->rows, &a->weights, g1, phi1, g0, phi0, a->work, &variance) != 0)
        return -1;
    *error = sqrt(variance);
    return 0;
}

static void set_probability(const struct part_of_arm *what, double value, double error, struct number *number)
{
    struct survival_interval interval;
    const bool survival = what->measure == MEASURE_survival;
    double low, high;

    (void)survival_interval_init(&interval, SURVIVAL_CONF_LOG_LOG, CONF_LEVEL);
    survival_interval_limits(&interval, survival ? value : 1 - value, error, &low, &high);
    number_set(number, value, error, survival ? low : 1 - high, survival ? high : 1 - low);
    number_distrust_no_error(number);
}

static int number_of_arm(struct adjusting *a, const struct part_of_arm *what, bool treated, const struct adjusted_part *part,
                         struct number *number)
{
    double error;

    *number = number_none();
    number->n = people_used(a, treated);
    number->n_event = part->n_event;
    if (!part->defined) {
        number_undefined(number, "%s", part->note);
        return 0;
    }
    if (error_of(a, 1, part->phi, 0, NULL, &error) != 0)
        return -1;
    if (what->measure == MEASURE_rmst || what->measure == MEASURE_mean)
        number_set_wald(number, part->value, error, CONF_LEVEL);
    else
        set_probability(what, part->value, error, number);
    number->statistic = number->p_value = NAN;
    number_explain_limits(number, comparison_arm(a->c, treated ? a->rows.pair.arm : a->rows.pair.reference));
    adjusted_gates_mark(&a->gates, number);
    return 0;
}

/* ---- contrasts --------------------------------------------------------------------------------------- */

static void missing_contrast(const struct adjusting *a, const struct adjusted_part part[2], enum measure measure,
                             struct number *number)
{
    const bool odds = measure == MEASURE_odds_ratio;

    for (int treated = 1; treated >= 0; treated--) {
        const char *arm = comparison_arm(a->c, treated ? a->rows.pair.arm : a->rows.pair.reference);
        if (!part[treated].defined)
            number_undefined(number, "%s", part[treated].note);
        else if (part[treated].value <= 0)
            number_undefined(number, "no events in arm %s", arm);
        else if (odds && part[treated].value >= 1)
            number_undefined(number, "everybody in arm %s has the event", arm);
        else
            continue;
        return;
    }
}

static bool is_possible(enum measure measure, const struct adjusted_part part[2])
{
    if (!part[0].defined || !part[1].defined)
        return false;
    if (measure == MEASURE_odds_ratio && (part[0].value >= 1 || part[1].value >= 1))
        return false;
    return !measure_is_ratio(measure) || (part[0].value > 0 && part[1].value > 0);
}

static int contrast(struct adjusting *a, enum measure measure, const struct adjusted_part part[2], struct number *number)
{
    const double p1 = part[1].value, p0 = part[0].value;
    double error;

    *number = number_none();
    number->n = people_used(a, -1);
    number->n_event = part[0].n_event + part[1].n_event;
    if (!is_possible(measure, part)) {
        missing_contrast(a, part, measure, number);
        return 0;
    }
    if (measure == MEASURE_risk_ratio || measure == MEASURE_rmst_ratio) {
        if (error_of(a, 1 / p1, part[1].phi, -1 / p0, part[0].phi, &error) != 0)
            return -1;
        number_set_log(number, log(p1 / p0), error, CONF_LEVEL);
    } else if (measure == MEASURE_odds_ratio) {
        if (error_of(a, 1 / (p1 * (1 - p1)), part[1].phi, -1 / (p0 * (1 - p0)), part[0].phi, &error) != 0)
            return -1;
        number_set_log(number, log(p1 / (1 - p1)) - log(p0 / (1 - p0)), error, CONF_LEVEL);
    } else {
        if (error_of(a, 1, part[1].phi, -1, part[0].phi, &error) != 0)
            return -1;
        number_set_wald(number, p1 - p0, error, CONF_LEVEL);
        if (measure == MEASURE_risk_difference || measure == MEASURE_survival_difference)
            number_cut(number, -1, 1);
    }
    adjusted_gates_mark(&a->gates, number);
    return 0;
}

/* ---- all numbers of an adjustment -------------------------------------------------------------------- */

/* Measures that have an adjusted form; tests and quantiles have none. */
static bool is_part(enum measure measure)
{
    switch (measure) {
    case MEASURE_survival:
    case MEASURE_risk:
    case MEASURE_cumulative_incidence:
    case MEASURE_rmst:
    case MEASURE_mean: return true;
    default: return false;
    }
}

static bool is_hazard(enum measure measure)
{
    return measure == MEASURE_hazard_ratio || measure == MEASURE_log_hazard_ratio;
}

static int add_contrasts(struct adjusting *a, const struct part_of_arm *what, const struct adjusted_part part[2])
{
    struct number number;
    int status = 0;

    for (size_t i = 0; status == 0 && i < a->wanted->n; i++) {
        const struct wanted *item = &a->wanted->items[i];
        if (wanted_is_test(item->measure) || !measure_is_contrast(item->measure) ||
            contrast_part(item->measure) != what->measure || !same_horizon(item->horizon, what->horizon))
            continue;
        status = contrast(a, item->measure, part, &number);
        if (status == 0)
            status = add_of_pair(a, item->measure, item->horizon, &number);
    }
    return status;
}

static int add_part(struct adjusting *a, const struct part_of_arm *what, struct adjusted_part part[2])
{
    struct number number;
    int status = 0;

    for (int treated = 1; status == 0 && treated >= 0; treated--) {
        status = weighted_part(&a->curves, what, (uint8_t)treated, &part[treated]);
        if (status == 0)
            status = number_of_arm(a, what, treated, &part[treated], &number);
        if (status == 0)
            status = add_of_arm(a, what, treated, &number);
    }
    return status == 0 && what->cause == 1 ? add_contrasts(a, what, part) : status;
}

static int add_hazards(struct adjusting *a, double *phi)
{
    struct adjusted_hazard hazard = {.phi = phi};
    const struct horizon none = {NAN, false};
    bool solved = false;

    for (size_t i = 0; i < a->wanted->n; i++) {
        const enum measure measure = a->wanted->items[i].measure;
        struct number number = number_none();
        double error = NAN;
        if (!is_hazard(measure) || a->c->table == NULL)
            continue;
        if (!solved && adjusted_hazard_solve(&a->weights, &hazard) != 0)
            return -1;
        solved = true;
        number.n = people_used(a, -1);
        number.n_event = hazard.n_event;
        if (!hazard.defined)
            number_undefined(&number, "%s", hazard.note);
        else if (error_of(a, 1, phi, 0, NULL, &error) != 0)
            return -1;
        else {
            struct adjusted_gates gates = a->gates;
            if (measure == MEASURE_hazard_ratio)
                number_set_log(&number, hazard.log_ratio, error, CONF_LEVEL);
            else
                number_set_wald(&number, hazard.log_ratio, error, CONF_LEVEL);
            adjusted_gates_proportional(&gates, hazard.ph_p_value);
            adjusted_gates_mark(&gates, &number);
        }
        if (add_of_pair(a, measure, none, &number) != 0)
            return -1;
    }
    return 0;
}

static int add_numbers(struct adjusting *a)
{
    struct adjusted_part part[2] = {{.phi = NULL}, {.phi = NULL}};
    int status = 0;

    for (int arm = 0; arm < 2; arm++)
        if ((part[arm].phi = allocate(a->rows.n + 1, sizeof *part[arm].phi)) == NULL)
            status = -1;
    for (size_t i = 0; status == 0 && i < a->wanted->n; i++) {
        const struct wanted *item = &a->wanted->items[i];
        const size_t n_cause = item->measure == MEASURE_cumulative_incidence ? a->c->n_cause : 1;
        for (size_t cause = 1; status == 0 && is_part(item->measure) && cause <= n_cause; cause++)
            status = add_part(a, &(struct part_of_arm){item->measure, cause, item->horizon}, part);
    }
    if (status == 0)
        status = add_hazards(a, part[1].phi);
    free(part[0].phi);
    free(part[1].phi);
    return status;
}

/* ---- what a reader must know ------------------------------------------------------------------------- */

static int add_sizes(struct adjusting *a)
{
    int status = 0;

    for (int treated = 1; status == 0 && treated >= 0; treated--) {
        struct number number = number_none();
        const struct part_of_arm what = {MEASURE_effective_sample_size, 1, {NAN, false}};
        number_set(&number, a->weights.summary.effective[treated], NAN, NAN, NAN);
        number.n = people_used(a, treated);
        if (treated && a->rows.n_unknown > 0)
            snprintf(number.note, sizeof number.note, "%lld people of both arms without all covariates are left out",
                     (long long)a->rows.n_unknown);
        adjusted_gates_mark(&a->gates, &number);
        status = add_of_arm(a, &what, treated, &number);
    }
    return status;
}

static void judge(struct adjusting *a)
{
    const struct pair_weights *w = &a->weights;
    const double people[2] = {(double)pair_rows_people(&a->rows, 0), (double)pair_rows_people(&a->rows, 1)};

    for (int treated = 1; treated >= 0; treated--)
        adjusted_gates_size(&a->gates, comparison_arm(a->c, treated ? a->rows.pair.arm : a->rows.pair.reference),
                   w->summary.effective[treated], (double)people_used(a, treated));
    adjusted_gates_largest(&a->gates, w->summary.largest_share);
    if (adjusted_gates_events(&a->gates, "propensity", fmin(people[0], people[1]), w->p))
        warn("%s:%zu:%zu: adjust '%s': %.0f people of the smaller arm for %zu columns of the propensity, fewer than %d each; "
             "take fewer covariates",
             a->c->study->path, a->how->place.line, a->how->place.column, a->how->name.text, fmin(people[0], people[1]),
             w->p, GATE_EVENTS);
    if (w->separated[0] != '\0')
        warn("%s:%zu:%zu: adjust '%s': only one of the arms '%s' and '%s' has %s: %zu rows are left out; put such levels "
             "together, or leave these people out by 'eligible'",
             a->c->study->path, a->how->place.line, a->how->place.column, a->how->name.text,
             comparison_arm(a->c, a->rows.pair.arm), comparison_arm(a->c, a->rows.pair.reference), w->separated,
             w->summary.n_perfect);
}

/* Everything is withheld, for one reason. */
static int withhold_all(struct adjusting *a, const char *why)
{
    int status = 0;

    warn("outcome '%s', arms '%s' and '%s', adjust '%s': withheld: %s", a->c->outcome->name.text,
         comparison_arm(a->c, a->rows.pair.arm), comparison_arm(a->c, a->rows.pair.reference), a->how->name.text, why);
    for (size_t i = 0; status == 0 && i < a->wanted->n; i++) {
        const struct wanted *item = &a->wanted->items[i];
        struct number number = number_none();
        if (wanted_is_test(item->measure) || !measure_is_contrast(item->measure) ||
            !(is_part(contrast_part(item->measure)) || is_hazard(item->measure)))
            continue;
        adjusted_gates_withhold(&number, why);
        status = add_of_pair(a, item->measure, item->horizon, &number);
    }
    return status;
}

static int add_weighted(struct adjusting *a, const struct table *records, const struct column *record, struct arm_pair pair)
{
    if (pair_rows_take(a->c, pair, records, record, &a->how->propensity, NULL, &a->how->exact, &a->rows) != 0 ||
        (a->work = allocate(a->rows.n + 1, sizeof *a->work)) == NULL ||
        pair_weights_make(&a->rows, a->how, &a->weights) != 0)
        return -1;
    if (a->weights.score.fit != NULL && score_overlap_add(&a->weights, a->tables->overlap) != 0)
        return -1;
    if (a->weights.withheld)
        return withhold_all(a, a->weights.reason);
    judge(a);
    if (adjusted_balance_add(&a->weights, a->tables->balance, &a->gates) != 0 || add_sizes(a) != 0 ||
        weighted_curves_solve(&a->weights, &a->curves) != 0 || add_numbers(a) != 0)
        return -1;
    return adjusted_curves_add(&a->curves, a->one_pair, a->work, a->tables->curves);
}

static int add_one(struct comparison *c, const struct wanted_list *wanted, const struct table *records,
                   const struct column *record, const struct adjusted_tables *tables, struct arm_pair pair, size_t index,
                   bool one_pair)
{
    struct adjusting a = {.c = c, .wanted = wanted, .tables = tables, .index = index,
                          .how = &c->analysis->adjustments[index], .one_pair = one_pair};
    const int status = add_weighted(&a, records, record, pair);

    weighted_curves_free(&a.curves);
    pair_weights_free(&a.weights);
    pair_rows_free(&a.rows);
    free(a.work);
    return status;
}

int adjusted_add(struct comparison *c, const struct wanted_list *wanted, const struct table *records,
                 const struct column *record, const struct adjusted_tables *tables)
{
    struct arm_pairs pairs;
    int status = 0;

    arm_pairs_list(c->study, c->analysis, &pairs);
    for (size_t k = 0; status == 0 && k < c->analysis->n_adjustments; k++)
        for (size_t i = 0; status == 0 && i < pairs.n; i++)
            status = add_one(c, wanted, records, record, tables, pairs.items[i], k, pairs.n == 1);
    return status;
}

/* ---- verdicts ---------------------------------------------------------------------------------------- */

static int answer_margin(const struct comparison *c, const struct study_margin *margin, size_t adjustment,
                         struct table *verdicts, struct table *estimates)
{
    const struct study_adjustment *how = &c->analysis->adjustments[adjustment];
    const struct horizon horizon = margin_horizon(c->analysis, margin);
    struct arm_pairs pairs;
    int status = 0;

    arm_pairs_list(c->study, c->analysis, &pairs);
    for (size_t i = 0; status == 0 && i < pairs.n; i++) {
        struct verdict_numbers numbers = {.adjustment = how->name.text, .estimand = adjustment_estimand_name(how->estimand)};
        if (adjusted_find(c, adjustment, margin->measure, pairs.items[i], horizon, CONF_LEVEL, &numbers.at_95) &&
            adjusted_find(c, adjustment, margin->measure, pairs.items[i], horizon, EQUIVALENCE_LEVEL, &numbers.at_90))
            status = verdicts_answer(c, margin, pairs.items[i], &numbers, verdicts, estimates);
    }
    return status;
}

int adjusted_verdicts(const struct comparison *c, struct table *verdicts, struct table *estimates)
{
    int status = 0;

    for (size_t m = 0; m < c->analysis->n_margins; m++)
        for (size_t k = 0; status == 0 && k < c->analysis->n_adjustments && verdicts_asks(c, &c->analysis->margins[m]); k++)
            status = answer_margin(c, &c->analysis->margins[m], k, verdicts, estimates);
    return status;
}
