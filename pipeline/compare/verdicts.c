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

/* Level of the interval that belongs to two one-sided tests at 5 %. */
#define EQUIVALENCE_LEVEL 0.90

struct question {
    const struct comparison *comparison;
    const struct study_margin *margin;
    struct arm_pair pair;
    struct number number;      /* at CONF_LEVEL */
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
    return (struct verdict_question){.estimate = q->number.estimate,
                                     .std_error = isnan(q->number.planning_error) ? q->number.std_error
                                                                                  : q->number.planning_error,
                                     .conf_low = q->number.conf_low,
                                     .conf_high = q->number.conf_high,
                                     .level = level,
                                     .ratio = measure_is_ratio(q->margin->measure),
                                     .worse = q->worse,
                                     .margin = q->margin->margin,
                                     .n = (double)q->number.n};
}

/* What a reader must see beside the verdict: it is unadjusted, and whatever the study itself warns of. */
static char *gate_of(const struct study *study)
{
    char *gate = copy_text("unadjusted");

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
        .adjustment = "unadjusted",
        .measure = q->margin->measure,
        .arm = comparison_arm(c, q->pair.arm),
        .reference = comparison_arm(c, q->pair.reference),
        .time = margin_horizon(c->analysis, q->margin).time,
        .margin = q->margin->margin,
        .because = q->margin->because.text,
        .worse_is = q->worse == WORSE_IS_HIGHER ? "higher" : "lower",
        .role = q->margin->role.text,
        .estimate = q->number.estimate,
        .conf_low = q->number.conf_low,
        .conf_high = q->number.conf_high,
        .conf_level = CONF_LEVEL,
        .verdict = "undefined",
        .statistically = "",
        .power = NAN,
        .n_needed_80 = MISSING_INTEGER,
        .n_needed_90 = MISSING_INTEGER,
        .gate = q->gate,
        .note = *q->number.note == '\0' && q->margin->at_least ? "read as P(T >= day)" : q->number.note,
    };

    if (!q->number.defined || verdict_decide(&question, &verdict) != GSL_SUCCESS) {
        if (*q->number.note == '\0')
            row.note = "the interval does not exist";
        return verdicts_add(verdicts, &row);
    }
    row.verdict = verdict_answer_name(verdict.answer);
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
    struct estimate row = ESTIMATE_NONE;
    struct margin_test result;
    struct number at_level;

    contrast_of_pair(c, q->margin->measure, q->pair, margin_horizon(c->analysis, q->margin),
                     equivalence ? EQUIVALENCE_LEVEL : CONF_LEVEL, &at_level);
    row.analysis = c->analysis->name.text;
    row.outcome = c->outcome->name.text;
    row.population = c->population->name.text;
    row.adjustment = "unadjusted";
    row.measure = test;
    row.term = q->term;
    row.arm = comparison_arm(c, q->pair.arm);
    row.reference = comparison_arm(c, q->pair.reference);
    row.time = margin_horizon(c->analysis, q->margin).time;
    row.estimate = at_level.estimate;
    row.std_error = at_level.std_error;
    row.conf_low = at_level.conf_low;
    row.conf_high = at_level.conf_high;
    row.conf_level = isnan(at_level.conf_low) ? NAN : equivalence ? EQUIVALENCE_LEVEL : CONF_LEVEL;
    row.n = at_level.n;
    row.n_event = at_level.n_event;
    row.method = equivalence ? "two one-sided z tests against the margin; 90 % interval" : "z test against the margin";
    row.note = at_level.note;
    if (!at_level.defined ||
        verdict_margin_test(sign * (ratio ? log(at_level.estimate) : at_level.estimate), at_level.std_error,
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

static int answer(const struct comparison *c, const struct study_margin *margin, struct table *verdicts,
                  struct table *estimates)
{
    struct arm_pairs pairs;
    struct question q = {.comparison = c,
                         .margin = margin,
                         .worse = verdict_worse_is(c->outcome->event_is_bad ? EVENT_IS_BAD : EVENT_IS_GOOD,
                                                   rises(margin->measure)),
                         .gate = gate_of(c->study),
                         .term = format_text("%s%s", measure_name(margin->measure), margin->at_least ? ", at least" : "")};
    int status = q.gate == NULL || q.term == NULL ? -1 : 0;

    arm_pairs_list(c->study, c->analysis, &pairs);
    for (size_t i = 0; status == 0 && i < pairs.n; i++) {
        q.pair = pairs.items[i];
        contrast_of_pair(c, margin->measure, q.pair, margin_horizon(c->analysis, margin), CONF_LEVEL, &q.number);
        if (add_verdict(&q, verdicts) != 0 || add_margin_test(&q, MEASURE_noninferiority_test, estimates) != 0 ||
            add_margin_test(&q, MEASURE_equivalence_test, estimates) != 0)
            status = -1;
    }
    free(q.term);
    free(q.gate);
    return status;
}

int verdicts_decide(const struct comparison *c, struct table *verdicts, struct table *estimates)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < c->analysis->n_margins; i++) {
        const struct study_margin *margin = &c->analysis->margins[i];
        const char *population = margin->population.text;
        if (&c->study->outcomes[margin->outcome] == c->outcome &&
            (population == NULL || strcmp(population, c->population->name.text) == 0))
            status = answer(c, margin, verdicts, estimates);
    }
    return status;
}
