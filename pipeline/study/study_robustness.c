/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of what shows how far an answer can be trusted: subgroups, pooled trials, negative controls, tipping points, E-values. */
#include <string.h>

#include "study/study_file.h"

/* Columns that people are divided by stand among the covariates or strata, where what is dated after time zero is refused. */
static void check_division(const struct study_checker *checker, const char *key, const struct study_text *column)
{
    const struct study *study = checker->study;
    const struct column *found = checker->columns == NULL ? NULL : table_column(checker->columns, column->text);

    check_column(checker, key, column, KIND_INTEGER | KIND_CATEGORY);
    if (found != NULL && !is_one_of(&study->cohort.covariates, column->text) && !is_one_of(&study->cohort.strata, column->text))
        mistake(checker->mistakes, column->place,
                "%s: '%s' is not among the covariates or strata of the cohort; add it there, where it is checked that it was "
                "known at time zero",
                key, column->text);
}

static int check_meta(const struct study_checker *checker, const struct file_analysis *written,
                      struct study_analysis *analysis)
{
    struct study_meta *meta = &analysis->meta;
    const size_t n = written->meta_rules.n;

    if (meta->by.text == NULL)
        return 0;
    check_division(checker, "meta", &meta->by);
    meta->hartung_knapp = written->hartung_knapp.word.text == NULL || written->hartung_knapp.value == 1;
    if ((meta->rules = arena_take(checker->arena, n == 0 ? 1 : n, sizeof *meta->rules)) == NULL)
        return -1;
    meta->rules[0] = META_RULE_REML;
    for (size_t i = 0; i < n; i++) {
        meta->rules[i] = (enum meta_rule)written->meta_rules.items[i].value;
        for (size_t j = 0; j < i; j++)
            if (meta->rules[j] == meta->rules[i])
                mistake(checker->mistakes, written->meta_rules.items[i].word.place, "meta: method '%s' stands twice",
                        written->meta_rules.items[i].word.text);
    }
    meta->n_rules = n == 0 ? 1 : n;
    return 0;
}

static int check_controls(const struct study_checker *checker, const struct file_analysis *written,
                          struct study_analysis *analysis)
{
    const struct study_texts *names = &written->negative_controls;

    if ((analysis->controls = arena_take(checker->arena, names->n, sizeof *analysis->controls)) == NULL)
        return -1;
    check_doubled(checker, "negative_controls", names);
    for (size_t i = 0; i < names->n; i++) {
        const size_t outcome = find_outcome(checker, &names->items[i]);
        if (outcome >= checker->study->n_outcomes)
            continue;
        if (!is_one_of(&written->outcomes, names->items[i].text))
            mistake(checker->mistakes, names->items[i].place,
                    "negative_controls: outcome '%s' is not among the outcomes of this analysis; add it",
                    names->items[i].text);
        analysis->controls[analysis->n_controls++] = outcome;
    }
    if (analysis->n_controls > 0 && analysis->n_controls == analysis->n_outcomes)
        mistake(checker->mistakes, names->items[0].place,
                "negative_controls: every outcome of this analysis is a control, so that there is none to speak of");
    return 0;
}

static bool has_ratio(const struct study_analysis *analysis)
{
    for (size_t i = 0; i < analysis->n_measures; i++)
        if (analysis->measures[i] == MEASURE_risk_ratio || analysis->measures[i] == MEASURE_odds_ratio ||
            analysis->measures[i] == MEASURE_hazard_ratio)
            return true;
    return false;
}

/* E-values are made of the ratios beside them, so `e_value` is no measure that is computed for itself. */
static void take_e_values(const struct study_checker *checker, const struct file_analysis *written,
                          struct study_analysis *analysis)
{
    size_t n = 0;

    for (size_t i = 0; i < analysis->n_measures; i++) {
        if (analysis->measures[i] == MEASURE_e_value)
            analysis->e_values = true;
        analysis->measures[n] = analysis->measures[i];
        n += analysis->measures[i] != MEASURE_e_value;
    }
    if (analysis->e_values && !has_ratio(analysis))
        mistake(checker->mistakes, written->measures.items[0].place,
                "measures: 'e_value' is the E-value of a ratio; add 'risk_ratio', 'odds_ratio' or 'hazard_ratio'");
    if (n > 0)
        analysis->n_measures = n;
}

static void check_imputation(const struct study_checker *checker, const struct file_analysis *written,
                             struct study_analysis *analysis)
{
    struct study_imputation *imputation = &analysis->imputation;
    bool used = false;

    if (!written->imputations.given)
        return;
    imputation->n = (size_t)written->imputations.value;
    imputation->iterations = written->iterations.given ? (size_t)written->iterations.value : 10;
    for (size_t i = 0; i < analysis->n_adjustments; i++)
        used = used || !adjusts_by_strata(analysis->adjustments[i].method);
    if (!used)
        mistake(checker->mistakes, imputation->place,
                "imputation: no adjustment of this analysis reads covariates by a model, so that nothing would be done with "
                "what is drawn; add 'adjust'");
}

int study_check_robustness(const struct study_checker *checker, const struct file_analysis *written,
                           struct study_analysis *analysis)
{
    check_doubled(checker, "subgroups", &analysis->subgroups);
    for (size_t i = 0; i < analysis->subgroups.n; i++)
        check_division(checker, "subgroups", &analysis->subgroups.items[i]);
    analysis->tipping = written->tipping.value == 1;
    if (analysis->tipping && analysis->n_margins == 0)
        mistake(checker->mistakes, written->tipping.word.place,
                "tipping_points: there is no verdict to turn; add 'non_inferiority' to this analysis");
    take_e_values(checker, written, analysis);
    check_imputation(checker, written, analysis);
    if (check_meta(checker, written, analysis) != 0)
        return -1;
    return check_controls(checker, written, analysis);
}
