/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of `non_inferiority`: is the margin on the right side, may this verdict be given, is the number computed? */
#include <string.h>

#include "study/study_file.h"

/* ---- the margin itself --------------------------------------------------------------------------------- */

static void check_ratio_margin(const struct study_checker *checker, const char *measure,
                               const struct study_number *margin)
{
    double value = margin->value;

    if (value > 0 && value < 1)
        mistake(checker->mistakes, margin->place,
                "margin: the margin of a %s is above 1, whichever way the event points; value '%g'; did you mean "
                "%.4g?",
                measure, value, 1 / value);
    else
        mistake(checker->mistakes, margin->place,
                "margin: the margin of a %s is above 1 (1.25: up to a quarter worse); value '%g'",
                measure, value);
}

/* The largest loss that still counts as "not worse": positive, whatever the direction of the event. */
static void check_margin_value(const struct study_checker *checker, enum measure measure,
                               const struct study_number *margin, const struct study_number *tau)
{
    const char *name = measure_name(measure);
    double value = margin->value;

    if (!margin->given)
        return;
    if (measure_is_ratio(measure)) {
        if (value <= 1)
            check_ratio_margin(checker, name, margin);
    } else if (value < 0) {
        mistake(checker->mistakes, margin->place,
                "margin: a margin is a loss above 0, and event_is gives the direction; value '%g'; did you mean %g?",
                value, -value);
    } else if (value <= 0) {
        mistake(checker->mistakes, margin->place,
                "margin: a margin is a loss above 0; with 0 nothing but 'better' would pass");
    } else if (measure == MEASURE_risk_difference || measure == MEASURE_survival_difference) {
        if (value >= 1 && value < 100)
            mistake(checker->mistakes, margin->place,
                    "margin: a difference of two probabilities lies below 1; value '%g'; did you mean %g (%g points)?",
                    value, value / 100, value);
        else if (value >= 1)
            mistake(checker->mistakes, margin->place,
                    "margin: a difference of two probabilities lies below 1; value '%g'", value);
    } else if (measure == MEASURE_rmst_difference && tau->given && value >= tau->value) {
        mistake(checker->mistakes, margin->place,
                "margin: restricted means up to day %g differ by less than that; value '%g'",
                tau->value, value);
    }
}

/* ---- may there be a verdict? ----------------------------------------------------------------------------- */

static bool is_of_days_in_treatment(const struct study_outcome *outcome)
{
    return outcome->rule == OUTCOME_RETENTION || (outcome->rule == OUTCOME_PROCESS && outcome->process.kind == PROCESS_LEAVING);
}

static void check_verdict(const struct study_checker *checker, const struct file_margin *written,
                          const struct study_outcome *outcome, const struct measure_need *need)
{
    const char *measure = measure_name(need->measure);

    if (!need->margin)
        mistake(checker->mistakes, written->measure.place,
                "non_inferiority: '%s' %s; a verdict rests on a difference or a ratio of arm and reference",
                measure,
                measure_is_contrast(need->measure) ? "has no margin" : "does not compare an arm with a reference");
    else if (outcome->exclude_reasons.n > 0)
        mistake(checker->mistakes, written->outcome.place,
                "non_inferiority: outcome '%s' leaves out rows by a reason that is known only afterwards "
                "('exclude'), so that it describes and gives no verdict",
                outcome->name.text);
    else if (is_of_days_in_treatment(outcome) && outcome->completed == COMPLETED_LEFT && !outcome->planned_equal)
        mistake(checker->mistakes, written->outcome.place,
                "non_inferiority: outcome '%s' counts who completed as having left ('completed: left'), so that an "
                "arm with a shorter planned stay loses by its plan alone; use 'completed: retained' or 'competing', "
                "or declare 'planned_lengths: equal'",
                outcome->name.text);
}

static void check_computed(const struct study_checker *checker, const struct study_analysis *analysis,
                           const struct file_margin *written, const struct study_margin *margin)
{
    static const struct study_number NO_DAY;
    const char *outcome = checker->study->outcomes[margin->outcome].name.text;
    const char *measure = measure_name(margin->measure);
    bool listed = false;

    for (size_t i = 0; i < analysis->n_outcomes; i++)
        listed |= analysis->outcomes[i] == margin->outcome;
    if (!listed)
        mistake(checker->mistakes, written->outcome.place,
                "non_inferiority: outcome '%s' is not among the outcomes of this analysis; add it",
                outcome);
    else if (!analysis_computes(analysis, margin->outcome, margin->measure, &NO_DAY, false))
        mistake(checker->mistakes, written->measure.place,
                "non_inferiority: '%s' is not among the measures of this analysis; add it",
                measure);
    else if (!analysis_computes(analysis, margin->outcome, margin->measure, &margin->at, margin->at_least))
        mistake(checker->mistakes, margin->at.place,
                "non_inferiority: day %g is not in '%s' of this analysis; add it",
                margin->at.value, margin->at_least ? "at_least" : "at");
}

static bool same_text(const struct study_text *a, const struct study_text *b)
{
    return a->text == NULL || b->text == NULL || strcmp(a->text, b->text) == 0;
}

/* A population that is not given is all of them, so it overlaps with each. */
static void check_repeated(const struct study_checker *checker, const struct study_analysis *analysis,
                           const struct study_margin *margin)
{
    for (size_t i = 0; i < analysis->n_margins; i++) {
        const struct study_margin *other = &analysis->margins[i];
        if (other->outcome != margin->outcome || other->measure != margin->measure ||
            other->at.given != margin->at.given || other->at_least != margin->at_least ||
            (margin->at.given && other->at.value != margin->at.value) ||
            !same_text(&other->population, &margin->population))
            continue;
        mistake(checker->mistakes, margin->place,
                "non_inferiority: this verdict is asked for at %zu:%zu already",
                other->place.line, other->place.column);
        return;
    }
}

static void check_population(const struct study_checker *checker, const struct study_analysis *analysis,
                             const struct study_text *name)
{
    if (find_rule(checker, "population", &checker->study->cohort.populations, name) != NULL &&
        analysis->populations.n > 0 && !is_one_of(&analysis->populations, name->text))
        mistake(checker->mistakes, name->place,
                "population '%s' is not among the populations of this analysis",
                name->text);
}

static int set_role(const struct study_checker *checker, const struct study_choice *role, struct study_text *into)
{
    static const char USUAL[] = "secondary";

    *into = role->word;
    if (into->text == NULL)
        into->text = arena_text(checker->arena, USUAL, sizeof USUAL - 1);
    return into->text == NULL ? -1 : 0;
}

/* The one question that was asked beforehand: all other verdicts stand behind it. */
static void check_only_primary(const struct study_checker *checker, const struct study_choice *role)
{
    const struct study *study = checker->study;

    for (size_t a = 0; role->value == 1 && a < study->n_analyses; a++)
        for (size_t i = 0; i < study->analyses[a].n_margins; i++) {
            const struct study_text *other = &study->analyses[a].margins[i].role;
            if (strcmp(other->text, "primary") != 0)
                continue;
            mistake(checker->mistakes, role->word.place,
                    "role: one verdict of a study is primary, and that is the one at %zu:%zu; make this one 'secondary', "
                    "'sensitivity' or 'exploratory'",
                    other->place.line, other->place.column);
            return;
        }
}

int study_check_margins(const struct study_checker *checker, const struct file_analysis *written,
                        struct study_analysis *analysis)
{
    const struct study *study = checker->study;

    if ((analysis->margins = arena_take(checker->arena, written->n_margins, sizeof *analysis->margins)) == NULL)
        return -1;
    for (size_t i = 0; i < written->n_margins; i++) {
        const struct file_margin *from = &written->margins[i];
        const struct measure_need *need = find_measure(checker, &from->measure);
        struct study_margin margin = {.place = from->place, .outcome = find_outcome(checker, &from->outcome),
                                      .at = from->at.given ? from->at : from->at_least,
                                      .at_least = !from->at.given && from->at_least.given,
                                      .margin = from->margin.value, .because = from->because,
                                      .population = from->population};
        if (set_role(checker, &from->role, &margin.role) != 0)
            return -1;
        check_only_primary(checker, &from->role);
        check_population(checker, analysis, &from->population);
        if (need != NULL) {
            margin.measure = need->measure;
            check_margin_value(checker, need->measure, &from->margin, &analysis->tau);
        }
        if (need == NULL || margin.outcome >= study->n_outcomes)
            continue;
        const struct study_outcome *outcome = &study->outcomes[margin.outcome];
        check_verdict(checker, from, outcome, need);
        if (check_day(checker, "non_inferiority", from->place, outcome, need, &from->at, &from->at_least) &&
            !analysis_is_doubtful(written, analysis))
            check_computed(checker, analysis, from, &margin);
        check_repeated(checker, analysis, &margin);
        analysis->margins[analysis->n_margins++] = margin;
    }
    return 0;
}
