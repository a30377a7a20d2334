/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/adjusted.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/adjusted_balance.h"
#include "compare/adjusted_bootstrap.h"
#include "compare/adjusted_cox.h"
#include "compare/adjusted_curves.h"
#include "compare/adjusted_hazard.h"
#include "compare/adjusted_losses.h"
#include "compare/adjusted_poisson.h"
#include "compare/adjusted_quantile.h"
#include "compare/adjusted_subhazard.h"
#include "compare/adjusting.h"
#include "compare/numbers.h"
#include "compare/calibration.h"
#include "compare/clones.h"
#include "compare/score_effects.h"
#include "compare/score_overlap.h"

const char *adjustment_estimand_name(enum adjust_estimand estimand)
{
    static const char *const names[] = {"ate", "att", "atc", "ato"};
    return names[estimand];
}

bool adjusting_models(const struct adjusting *a)
{
    return a->how->method == ADJUST_REGRESSION || a->how->method == ADJUST_DOUBLY_ROBUST ||
           a->how->method == ADJUST_MODIFIED_POISSON;
}

const char *adjusting_arm(const struct adjusting *a, int treated)
{
    return comparison_arm(a->c, treated ? a->rows.pair.arm : a->rows.pair.reference);
}

int64_t adjusting_events(const struct adjusting *a)
{
    int64_t n = 0;

    for (size_t i = 0; i < a->rows.n; i++)
        n += a->rows.cause[i] == 1 && (a->models.left_out == NULL || !a->models.left_out[i]) &&
                     (a->weights.weight == NULL || a->weights.weight[i] > 0)
                 ? a->rows.count[i]
                 : 0;
    return reducer_sum_one(a->c->reducer, n);
}

static void count_used(struct adjusting *a)
{
    struct used_people *const used = &a->used;

    *used = (struct used_people){.weight = a->weights.weight, .left_out = a->models.left_out, .known = true};
    for (size_t i = 0; i < a->rows.n; i++)
        if ((used->weight == NULL || used->weight[i] > 0) && (used->left_out == NULL || !used->left_out[i]))
            used->n[a->rows.treated[i]] += a->rows.count[i];
    reducer_sum(a->c->reducer, used->n, 2);
}

int64_t adjusting_people(struct adjusting *a, int treated)
{
    const struct used_people *const used = &a->used;

    if (!used->known || used->weight != a->weights.weight || used->left_out != a->models.left_out)
        count_used(a);
    return treated < 0 ? used->n[0] + used->n[1] : used->n[treated];
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
        status = adjusting_contrast(a, item->measure, part, &number);
        if (status == 0)
            status = adjusting_add_pair(a, item->measure, item->horizon, &number);
    }
    return status;
}

/* What the regression of one arm rests on. */
static void judge_model(struct adjusting *a, int treated)
{
    const struct standardising *s = &a->models;
    char model[80];

    snprintf(model, sizeof model, "regression in arm %.40s", adjusting_arm(a, treated));
    if (adjusted_gates_events(&a->part_gates, model, s->events, s->p > 0 ? s->p - 1 : 0) && !a->warned) {
        warn("%s:%zu:%zu: adjust '%s': outcome '%s', arm '%s': %.0f events for %zu columns, fewer than %d each; take fewer "
             "terms",
             a->c->study->path, a->how->place.line, a->how->place.column, a->how->name.text, a->c->outcome->name.text,
             adjusting_arm(a, treated), s->events, s->p - 1, GATE_EVENTS);
        a->warned = true;
    }
    if (s->penalised)
        adjusted_gates_add(&a->part_gates, "%s: some level has no events, or events alone; Firth's penalty", model);
}

static int solve_part(struct adjusting *a, const struct part_of_arm *what, int treated, struct adjusted_part *part)
{
    if (a->clones != NULL)
        return clones_part(a->clones, what, (uint8_t)treated, part);
    if (!adjusting_models(a))
        return weighted_part(&a->curves, what, (uint8_t)treated, part);
    if (standardised_part(&a->models, what, (uint8_t)treated, part) != 0)
        return -1;
    if (part->defined)
        judge_model(a, treated);
    return 0;
}

static int add_part(struct adjusting *a, const struct part_of_arm *what, struct adjusted_part part[2])
{
    struct number number;
    int status = 0;

    a->part_gates = a->gates;
    for (int treated = 1; status == 0 && treated >= 0; treated--)
        status = solve_part(a, what, treated, &part[treated]);
    for (int treated = 1; status == 0 && treated >= 0; treated--) {
        status = adjusting_number_of_arm(a, what, treated, &part[treated], &number);
        if (status == 0)
            status = adjusting_add_arm(a, what, treated, &number);
    }
    return status == 0 && what->cause == 1 ? add_contrasts(a, what, part) : status;
}

/* One log hazard ratio with its error, from whatever model the method has. */
struct log_hazard {
    double estimate, error, ph_p_value;
    int64_t n, n_event;
    bool defined;
    char note[NOTE_SIZE];
};

/* Under `censoring`. */
static int seen_hazard(struct adjusting *a, struct adjusted_hazard *h)
{
    struct arm_ratio ratio;
    int code;

    if (adjusted_loss_ratio(a, LOSS_HAZARD, &ratio, h->phi, &code) != 0)
        return -1;
    h->log_ratio = ratio.log_ratio;
    h->ph_p_value = NAN;
    h->defined = code == GSL_SUCCESS;
    h->n_event = adjusting_events(a);
    if (!h->defined)
        adjusted_ratio_explain(a, &ratio, code, h->note);
    return 0;
}

static int solve_hazard(struct adjusting *a, struct adjusted_hazard *h)
{
    if (a->clones != NULL)
        return clones_hazard(a->clones, h);
    return a->rows.losses != NULL ? seen_hazard(a, h) : adjusted_hazard_solve(&a->weights, h);
}

static int weighted_hazard(struct adjusting *a, double *phi, struct log_hazard *h)
{
    struct adjusted_hazard hazard = {.phi = phi};

    if (solve_hazard(a, &hazard) != 0 ||
        (hazard.defined && adjusting_error(a, 1, phi, 0, NULL, &h->error) != 0))
        return -1;
    h->estimate = hazard.log_ratio;
    h->ph_p_value = hazard.ph_p_value;
    h->n = adjusting_people(a, -1);
    h->n_event = hazard.n_event;
    h->defined = hazard.defined;
    snprintf(h->note, sizeof h->note, "%s", hazard.note);
    return 0;
}

static int modelled_hazard(struct adjusting *a, struct log_hazard *h)
{
    struct adjusted_cox cox;

    if (a->how->method == ADJUST_DOUBLY_ROBUST) {
        snprintf(h->note, sizeof h->note, "doubly robust numbers have no hazard ratio; overlap and iptw have one");
        return 0;
    }
    if (adjusted_cox_solve(&a->models, &cox) != 0)
        return -1;
    h->estimate = cox.log_ratio;
    h->error = cox.std_error;
    h->ph_p_value = cox.ph_p_value;
    h->n = cox.n;
    h->n_event = cox.n_event;
    h->defined = cox.defined;
    snprintf(h->note, sizeof h->note, "%s", cox.note);
    if (cox.defined)
        adjusted_gates_events(&a->part_gates, "Cox model", (double)cox.n_event, cox.p);
    return 0;
}

static void set_hazard(struct adjusting *a, enum measure measure, const struct log_hazard *h, struct number *number)
{
    *number = number_none();
    number->n = h->n;
    number->n_event = h->n_event;
    if (!h->defined) {
        number_undefined(number, "%s", h->note);
        return;
    }
    if (measure == MEASURE_hazard_ratio)
        number_set_log(number, h->estimate, h->error, CONF_LEVEL);
    else
        number_set_wald(number, h->estimate, h->error, CONF_LEVEL);
    adjusted_gates_mark(&a->part_gates, number);
}

static int add_hazards(struct adjusting *a, double *phi)
{
    const struct horizon none = {NAN, false};
    struct log_hazard hazard = {NAN, NAN, NAN, MISSING_INTEGER, MISSING_INTEGER, false, ""};
    bool solved = false;
    int status = 0;

    for (size_t i = 0; status == 0 && i < a->wanted->n; i++) {
        const enum measure measure = a->wanted->items[i].measure;
        struct number number;
        if (!is_hazard(measure) || a->c->table == NULL)
            continue;
        if (!solved) {
            a->part_gates = a->gates;
            if ((adjusting_models(a) ? modelled_hazard(a, &hazard) : weighted_hazard(a, phi, &hazard)) != 0)
                return -1;
            adjusted_gates_proportional(&a->part_gates, hazard.ph_p_value);
            solved = true;
        }
        set_hazard(a, measure, &hazard, &number);
        status = adjusting_add_pair(a, measure, none, &number);
    }
    return status;
}

static int add_numbers(struct adjusting *a)
{
    if (a->how->method == ADJUST_MODIFIED_POISSON)
        return adjusted_poisson_add(a);
    struct adjusted_part part[2] = {{.phi = NULL}, {.phi = NULL}};
    int status = 0;

    for (int arm = 0; arm < 2; arm++)
        if ((part[arm].phi = allocate(a->rows.n + 1, sizeof *part[arm].phi)) == NULL)
            status = -1;
    for (size_t i = 0; status == 0 && i < a->wanted->n; i++) {
        const struct wanted *item = &a->wanted->items[i];
        if (a->c->table == NULL && item->measure != MEASURE_risk && item->measure != MEASURE_mean)
            continue; /* the outcome has no time: what reads one is undefined without an adjustment already */
        const size_t n_cause = item->measure == MEASURE_cumulative_incidence ? a->c->n_cause : 1;
        for (size_t cause = 1; status == 0 && is_part(item->measure) && cause <= n_cause; cause++)
            status = add_part(a, &(struct part_of_arm){item->measure, cause, item->horizon}, part);
    }
    if (status == 0)
        status = add_hazards(a, part[1].phi) != 0 || adjusted_subhazards_add(a) != 0 ? -1 : adjusted_quantiles_add(a);
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
        number.n = adjusting_people(a, treated);
        if (treated && a->rows.n_unknown > 0)
            snprintf(number.note, sizeof number.note, "%lld people of both arms without all covariates are left out",
                     (long long)a->rows.n_unknown);
        adjusted_gates_mark(&a->gates, &number);
        status = adjusting_add_arm(a, &what, treated, &number);
    }
    return status;
}

static void judge(struct adjusting *a)
{
    const struct pair_weights *w = &a->weights;
    const double people[2] = {(double)pair_rows_people(&a->rows, 0), (double)pair_rows_people(&a->rows, 1)};

    for (int treated = 1; treated >= 0; treated--)
        adjusted_gates_size(&a->gates, adjusting_arm(a, treated),
                   w->summary.effective[treated], (double)adjusting_people(a, treated));
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
int adjusting_withhold(struct adjusting *a, const char *why)
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
        status = adjusting_add_pair(a, item->measure, item->horizon, &number);
    }
    return status;
}

/* Who lacks a level that the other arm has cannot be spoken of. */
static void judge_levels(struct adjusting *a)
{
    char more[40] = "";

    if (a->models.n_left_out == 0)
        return;
    if (a->models.n_more_levels > 0)
        snprintf(more, sizeof more, " and %zu more", a->models.n_more_levels);
    warn("%s:%zu:%zu: adjust '%s': only one of the arms '%s' and '%s' has %s%s: %lld people are left out; put such levels "
         "together, or leave these people out by 'eligible'",
         a->c->study->path, a->how->place.line, a->how->place.column, a->how->name.text, adjusting_arm(a, 1),
         adjusting_arm(a, 0), a->models.levels, more, (long long)a->models.n_left_out);
}

/* Weights of the propensity: balance, sizes, overlap.  *go_on: there is something to compute. */
static int prepare_weights(struct adjusting *a, bool *go_on)
{
    if (pair_weights_make(&a->rows, a->how, &a->weights) != 0 ||
        (a->weights.score.fit != NULL && a->tables->overlap != NULL && (score_overlap_add(&a->weights, a->tables->overlap) != 0 ||
                                              calibration_add_propensity(&a->weights, a->tables->calibration) != 0)))
        return -1;
    *go_on = !a->weights.withheld;
    if (a->weights.withheld)
        return adjusting_withhold(a, a->weights.reason);
    judge(a);
    return adjusted_balance_add(&a->weights, a->tables->balance, &a->gates) != 0 ? -1 : add_sizes(a);
}

static int prepare_models(struct adjusting *a, bool *go_on)
{
    const bool empty = a->rows.n_of[0] == 0 || a->rows.n_of[1] == 0;
    char why[REASON_SIZE];

    if (a->rows.entry != NULL || empty) {
        *go_on = false;
        if (empty)
            snprintf(why, sizeof why, "nobody in arm %.60s has all covariates", adjusting_arm(a, a->rows.n_of[1] == 0));
        else
            snprintf(why, sizeof why, "some are seen only from a later day on, which regressions of an outcome by a day do not "
                                      "allow; use overlap or iptw");
        return adjusting_withhold(a, why);
    }
    if (standardising_make(&a->rows, a->how, a->how->method == ADJUST_DOUBLY_ROBUST ? &a->weights : NULL, &a->models) != 0)
        return -1;
    judge_levels(a);
    return 0;
}

/* Chances of being seen that depend on covariates. */
static int prepare_losses(struct adjusting *a, bool *go_on)
{
    if (pair_losses_make(&a->rows, a->how, &a->losses) != 0)
        return -1;
    *go_on = a->losses.reason[0] == '\0';
    if (!*go_on)
        return adjusting_withhold(a, a->losses.reason);
    a->rows.losses = &a->losses;
    pair_losses_judge(&a->rows, a->how, &a->losses, &a->gates);
    return 0;
}

/* Strategies in the place of arms: the weights are those of going on. */
static int adjust_clones(struct adjusting *a, struct arm_pair pair)
{
    const struct study_strategies *strategies = &a->c->study->strategies[a->c->analysis->strategies.of];
    bool go_on = true;

    if (pair_rows_take(a->c, pair, a->people->records, a->people->record, a->how, &a->rows) != 0 ||
        (a->work = allocate(a->rows.n + 1, sizeof *a->work)) == NULL || clones_prepare(a, strategies, &go_on) != 0 ||
        (go_on && add_numbers(a) != 0))
        return -1;
    return go_on ? clones_curves_add(a, a->tables->curves) : 0;
}

static int adjust(struct adjusting *a, struct arm_pair pair)
{
    const bool weights = a->how->method != ADJUST_REGRESSION && a->how->method != ADJUST_MODIFIED_POISSON;
    bool go_on = true;

    if (pair_rows_take(a->c, pair, a->people->records, a->people->record, a->how, &a->rows) != 0 ||
        (a->work = allocate(a->rows.n + 1, sizeof *a->work)) == NULL || (weights && prepare_weights(a, &go_on) != 0) ||
        (go_on && a->how->censoring.n > 0 && a->c->table != NULL && prepare_losses(a, &go_on) != 0) ||
        (go_on && adjusting_models(a) && prepare_models(a, &go_on) != 0) ||
        (go_on && !adjusting_models(a) && weighted_curves_solve(&a->weights, &a->curves) != 0) ||
        (go_on && add_numbers(a) != 0) || (go_on && !a->tables->once && adjusted_bootstrap_add(a) != 0) ||
        (go_on && a->tables->risk_tables != NULL && a->rows.losses == NULL && score_effects_add(a) != 0))
        return -1;
    return go_on && a->tables->curves != NULL && !adjusting_models(a) ? adjusted_curves_add(&a->curves, a->one_pair, a->work, a->tables->curves) : 0;
}

static int add_one(struct comparison *c, const struct wanted_list *wanted, const struct people *people,
                   const struct adjusted_tables *tables, struct arm_pair pair, size_t index, bool one_pair)
{
    struct adjusting a = {.c = c, .wanted = wanted, .people = people, .tables = tables, .index = index,
                          .how = &c->analysis->adjustments[index], .one_pair = one_pair};
    const int status = a.how->method == ADJUST_CLONES ? adjust_clones(&a, pair) : adjust(&a, pair);

    clones_free(a.clones);
    pair_losses_free(&a.losses);
    weighted_curves_free(&a.curves);
    standardising_free(&a.models);
    pair_weights_free(&a.weights);
    pair_rows_free(&a.rows);
    free(a.work);
    return status;
}

/* Of a part of the people that lacks an arm nothing is said but by the unadjusted numbers. */
static bool has_both_arms(const struct comparison *c, struct arm_pair pair)
{
    return c->stratum == NULL || (c->n[pair.arm] >= 2 && c->n[pair.reference] >= 2);
}

int adjusted_add(struct comparison *c, const struct wanted_list *wanted, const struct people *people,
                 const struct adjusted_tables *tables)
{
    struct arm_pairs pairs;
    int status = 0;

    arm_pairs_list(c->study, c->analysis, &pairs);
    for (size_t k = 0; status == 0 && k < c->analysis->n_adjustments; k++)
        for (size_t i = 0; status == 0 && i < pairs.n && !adjusts_by_strata(c->analysis->adjustments[k].method); i++)
            if (has_both_arms(c, pairs.items[i]))
                status = add_one(c, wanted, people, tables, pairs.items[i], k, pairs.n == 1);
    return status;
}

