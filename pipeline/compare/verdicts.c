/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/verdicts.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "compare/contrast.h"
#include "compare/results.h"
#include "compare/wanted.h"
#include "stats/verdict.h"

struct question {
    const struct comparison *comparison;
    const struct study_margin *margin;
    struct arm_pair pair;
    const struct verdict_numbers *numbers;
    enum worse_is worse;
    char *gate;
    char *term;                /* of the tests: the measure, and how its day is read */
};

/* Does the measure grow with the event? */
static bool rises(enum measure measure)
{
    return contrast_part(measure) == MEASURE_risk || measure == MEASURE_hazard_ratio ||
           measure == MEASURE_log_hazard_ratio;
}

static struct verdict_question ask(const struct question *q, double level)
{
    return (struct verdict_question){.estimate = q->numbers->at_95.estimate,
                                     .std_error = isnan(q->numbers->at_95.planning_error) ? q->numbers->at_95.std_error
                                                                                  : q->numbers->at_95.planning_error,
                                     .conf_low = q->numbers->at_95.conf_low,
                                     .conf_high = q->numbers->at_95.conf_high,
                                     .level = level,
                                     .ratio = measure_is_ratio(q->margin->measure),
                                     .worse = q->worse,
                                     .margin = q->margin->margin,
                                     .n = (double)q->numbers->at_95.n};
}

/* What a reader must see beside the verdict: how it is adjusted, and whatever the study itself warns of. */
static char *gate_of(const struct comparison *c, const struct verdict_numbers *numbers)
{
    const struct study *study = c->study;
    const bool subset = c->population->post_baseline.text != NULL;
    char *adjusted = copy_text(numbers->adjustment), *gate = NULL;

    for (char *at = adjusted; at != NULL && (at = strchr(at, '_')) != NULL;) /* a name becomes words */
        *at = ' ';
    if (adjusted != NULL)
        gate = format_text("%s%s%s%s", numbers->doubt == NULL ? "" : numbers->doubt, numbers->doubt == NULL ? "" : "; ",
                           adjusted, subset ? "; a subset formed after time zero: no causal per-protocol effect" : "");
    free(adjusted);
    for (size_t i = 0; gate != NULL && i < study->caveats.n; i++) {
        char *longer = format_text("%s; %s", gate, study->caveats.items[i].text);
        free(gate);
        gate = longer;
    }
    return gate;
}

static int64_t whole_or_missing(double x)
{
    return isfinite(x) && x < 9e15 ? (int64_t)x : MISSING_INTEGER;
}

static int add_verdict(const struct question *q, struct table *verdicts)
{
    const struct comparison *c = q->comparison;
    const struct verdict_question question = ask(q, CONF_LEVEL);
    struct verdict verdict;
    struct verdict_row row = {
        .analysis = c->analysis->name.text,
        .outcome = c->outcome->name.text,
        .population = c->population->name.text,
        .adjustment = q->numbers->adjustment,
        .estimand = q->numbers->estimand,
        .measure = q->margin->measure,
        .arm = comparison_arm(c, q->pair.arm),
        .reference = comparison_arm(c, q->pair.reference),
        .time = margin_horizon(c->analysis, q->margin).time,
        .margin = q->margin->margin,
        .because = q->margin->because.text,
        .worse_is = q->worse == WORSE_IS_HIGHER ? "higher" : "lower",
        .role = q->margin->role.text,
        .estimate = q->numbers->at_95.estimate,
        .conf_low = q->numbers->at_95.conf_low,
        .conf_high = q->numbers->at_95.conf_high,
        .conf_level = CONF_LEVEL,
        .verdict = "undefined",
        .statistically = "",
        .power = NAN,
        .n_needed_80 = MISSING_INTEGER,
        .n_needed_90 = MISSING_INTEGER,
        .gate = q->gate,
        .note = *q->numbers->at_95.note == '\0' && q->margin->at_least ? "read as P(T >= day)" : q->numbers->at_95.note,
    };

    if (!q->numbers->at_95.defined || verdict_decide(&question, &verdict) != GSL_SUCCESS) {
        if (*q->numbers->at_95.note == '\0')
            row.note = "the interval does not exist";
        return verdicts_add(verdicts, &row);
    }
    row.verdict = q->numbers->doubt != NULL ? VERDICT_GATED : verdict_answer_name(verdict.answer);
    row.statistically = verdict_statistically_name(verdict.statistically);
    row.power = verdict.power;
    row.n_needed_80 = whole_or_missing(verdict.n_needed_80);
    row.n_needed_90 = whole_or_missing(verdict.n_needed_90);
    return verdicts_add(verdicts, &row);
}

static int add_margin_test(const struct question *q, enum measure test, struct table *estimates)
{
    const struct comparison *c = q->comparison;
    const bool equivalence = test == MEASURE_equivalence_test, ratio = measure_is_ratio(q->margin->measure);
    const double sign = q->worse == WORSE_IS_HIGHER ? 1 : -1;
    const struct number *number = equivalence ? &q->numbers->at_90 : &q->numbers->at_95;
    struct estimate row = ESTIMATE_NONE;
    struct margin_test result;

    row.analysis = c->analysis->name.text;
    row.outcome = c->outcome->name.text;
    row.population = c->population->name.text;
    row.adjustment = q->numbers->adjustment;
    row.estimand = q->numbers->estimand;
    row.measure = test;
    row.term = q->term;
    row.arm = comparison_arm(c, q->pair.arm);
    row.reference = comparison_arm(c, q->pair.reference);
    row.time = margin_horizon(c->analysis, q->margin).time;
    row.estimate = number->estimate;
    row.std_error = number->std_error;
    row.conf_low = number->conf_low;
    row.conf_high = number->conf_high;
    row.conf_level = isnan(number->conf_low) ? NAN : equivalence ? EQUIVALENCE_LEVEL : CONF_LEVEL;
    row.n = number->n;
    row.n_event = number->n_event;
    row.method = equivalence ? "two one-sided z tests against the margin; 90 % interval" : "z test against the margin";
    row.note = number->note;
    if (!number->defined ||
        verdict_margin_test(sign * (ratio ? log(number->estimate) : number->estimate), number->std_error,
                            ratio ? log(q->margin->margin) : q->margin->margin, &result) != GSL_SUCCESS) {
        row.status = "undefined";
        if (*row.note == '\0')
            row.note = "the standard error is 0 or does not exist";
        return estimates_add(estimates, &row);
    }
    row.statistic = equivalence ? fmin(result.statistic, result.statistic_other) : result.statistic;
    row.p_value = equivalence ? result.p_equivalence : result.p_value;
    return estimates_add(estimates, &row);
}

int verdicts_answer(const struct comparison *c, const struct study_margin *margin, struct arm_pair pair,
                    const struct verdict_numbers *numbers, struct table *verdicts, struct table *estimates)
{
    struct question q = {.comparison = c,
                         .margin = margin,
                         .pair = pair,
                         .numbers = numbers,
                         .worse = verdict_worse_is(c->outcome->event_is_bad ? EVENT_IS_BAD : EVENT_IS_GOOD,
                                                   rises(margin->measure)),
                         .gate = gate_of(c, numbers),
                         .term = format_text("%s%s", measure_name(margin->measure), margin->at_least ? ", at least" : "")};
    const int status = q.gate == NULL || q.term == NULL || add_verdict(&q, verdicts) != 0 ||
                               add_margin_test(&q, MEASURE_noninferiority_test, estimates) != 0 ||
                               add_margin_test(&q, MEASURE_equivalence_test, estimates) != 0
                           ? -1
                           : 0;

    free(q.term);
    free(q.gate);
    return status;
}

bool verdicts_asks(const struct comparison *c, const struct study_margin *margin)
{
    const char *population = margin->population.text;

    return &c->study->outcomes[margin->outcome] == c->outcome &&
           (population == NULL || strcmp(population, c->population->name.text) == 0);
}

static int answer_margin(const struct comparison *c, const struct study_margin *margin, struct table *verdicts,
                         struct table *estimates)
{
    const struct horizon horizon = margin_horizon(c->analysis, margin);
    struct arm_pairs pairs;
    int status = 0;

    arm_pairs_list(c->study, c->analysis, &pairs);
    for (size_t i = 0; status == 0 && i < pairs.n; i++) {
        struct verdict_numbers numbers = {.adjustment = "unadjusted"};
        contrast_of_pair(c, margin->measure, pairs.items[i], horizon, CONF_LEVEL, &numbers.at_95);
        contrast_of_pair(c, margin->measure, pairs.items[i], horizon, EQUIVALENCE_LEVEL, &numbers.at_90);
        status = verdicts_answer(c, margin, pairs.items[i], &numbers, verdicts, estimates);
    }
    return status;
}

int verdicts_decide(const struct comparison *c, struct table *verdicts, struct table *estimates)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < c->analysis->n_margins; i++)
        if (verdicts_asks(c, &c->analysis->margins[i]))
            status = answer_margin(c, &c->analysis->margins[i], verdicts, estimates);
    return status;
}
