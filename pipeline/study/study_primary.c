/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Check of `primary`: the headline must be a number that an analysis computes. */
#include <stdio.h>
#include <string.h>

#include "study/study_file.h"

static const struct study_analysis *find_analysis(const struct study_checker *checker, const struct study_text *name)
{
    const struct study *study = checker->study;
    const char **names = arena_take(checker->arena, study->n_analyses, sizeof *names);

    for (size_t i = 0; i < study->n_analyses; i++) {
        if (strcmp(study->analyses[i].name.text, name->text) == 0)
            return &study->analyses[i];
        if (names != NULL)
            names[i] = study->analyses[i].name.text;
    }
    mistake(checker->mistakes, name->place, "there is no analysis '%s'%s", shown(checker->mistakes, name->text),
            names == NULL ? "" : did_you_mean(checker->mistakes, name->text, names, study->n_analyses));
    return NULL;
}

/* Do arm, reference and population belong to this analysis? */
static bool in_analysis(const struct study *study, const struct study_analysis *analysis)
{
    const struct study_texts *references = study_analysis_references(study, analysis);
    const char *arm = study->primary.arm.text;
    const char *reference = study->primary.reference.text;
    const char *population = study->primary.population.text;
    bool contrast = measure_is_contrast(study->primary.measure);

    if (population != NULL && analysis->populations.n > 0 && !is_one_of(&analysis->populations, population))
        return false;
    if (reference != NULL && !is_one_of(references, reference))
        return false;
    return !(contrast && arm != NULL && is_one_of(references, arm));
}

/* Trials that are pooled have numbers by the methods of pooling and no others. */
static bool pools(const struct study_meta *meta, const char *name)
{
    static const char *const names[] = {"meta_fixed", "meta_dl", "meta_reml", "meta_pm", "meta_mh"};

    for (size_t i = 0; i < meta->n_rules; i++)
        if (strcmp(names[meta->rules[i]], name) == 0)
            return true;
    return false;
}

/* "overlap_imputed": the same over completed data sets. */
static bool is_imputed(const struct study_analysis *analysis, const struct study_adjustment *adjustment, const char *name)
{
    const size_t n = strlen(adjustment->name.text);

    return analysis->imputation.n > 0 && !adjusts_by_strata(adjustment->method) &&
           strncmp(name, adjustment->name.text, n) == 0 && strcmp(name + n, "_imputed") == 0;
}

/* Does the analysis make this adjustment?  Numbers without one are always there. */
static bool adjusts(const struct study_analysis *analysis, const char *name)
{
    if (analysis->meta.by.text != NULL)
        return name == NULL || pools(&analysis->meta, name);
    if (analysis->strategies.given && !analysis->strategies.has_landmark && name != NULL && strcmp(name, CLONES_NAME) == 0)
        return true;
    for (size_t i = 0; i < analysis->n_adjustments; i++)
        if (name != NULL && (strcmp(analysis->adjustments[i].name.text, name) == 0 ||
                             is_imputed(analysis, &analysis->adjustments[i], name)))
            return true;
    return name == NULL || strcmp(name, "unadjusted") == 0;
}

static void check_found(const struct study_checker *checker, const struct study_analysis *only)
{
    const struct study *study = checker->study;
    const char *day = study->primary.at_least ? " at_least" : " at";
    char number[32] = "";

    for (size_t i = 0; i < study->n_analyses; i++) {
        const struct study_analysis *analysis = &study->analyses[i];
        if (analysis_is_doubtful(&checker->file->analyses[i], analysis))
            return;
        if ((only == NULL || only == analysis) && in_analysis(study, analysis) &&
            adjusts(analysis, study->primary.adjust.text) &&
            analysis_computes(analysis, study->primary.outcome, study->primary.measure, &study->primary.at,
                              study->primary.at_least))
            return;
    }
    if (study->primary.at.given)
        snprintf(number, sizeof number, "%s %g", day, study->primary.at.value);
    mistake(checker->mistakes, study->primary.place,
            "primary: no analysis of 'compare' computes %s of outcome '%s'%s%s%s%s in this population, arm and reference; "
            "add it there",
            measure_name(study->primary.measure), study->outcomes[study->primary.outcome].name.text, number,
            study->primary.adjust.text != NULL ? " with adjustment '" : "",
            study->primary.adjust.text != NULL ? study->primary.adjust.text : "",
            study->primary.adjust.text != NULL ? "'" : "");
}

static bool same_day(const struct study_number *a, bool a_least, const struct study_number *b, bool b_least)
{
    return a->given == b->given && (!a->given || (a->value == b->value && a_least == b_least));
}

/* The verdict that is called primary is on the number that leads the report. */
static void check_verdict(const struct study_checker *checker)
{
    const struct study *study = checker->study;

    for (size_t a = 0; a < study->n_analyses; a++)
        for (size_t i = 0; i < study->analyses[a].n_margins; i++) {
            const struct study_margin *margin = &study->analyses[a].margins[i];
            if (strcmp(margin->role.text, "primary") == 0 &&
                !(margin->outcome == study->primary.outcome && margin->measure == study->primary.measure &&
                  same_day(&margin->at, margin->at_least, &study->primary.at, study->primary.at_least)))
                mistake(checker->mistakes, margin->role.place,
                        "role: this verdict is primary, and 'primary' at %zu:%zu names another number; one of them is wrong",
                        study->primary.place.line, study->primary.place.column);
        }
}

int study_check_primary(const struct study_checker *checker)
{
    const struct file_primary *written = &checker->file->primary;
    struct study *study = checker->study;
    const struct measure_need *need;
    const struct study_analysis *only = NULL;
    const struct study_rules *arms;
    size_t before = mistakes_count(checker->mistakes);

    if (written->place.line == 0)
        return 0;
    study->primary.given = true;
    study->primary.place = written->place;
    study->primary.at = written->at.given ? written->at : written->at_least;
    study->primary.at_least = !written->at.given && written->at_least.given;
    study->primary.population = written->population;
    study->primary.arm = written->arm;
    study->primary.reference = written->reference;
    study->primary.analysis = written->analysis;
    study->primary.adjust = written->adjust;
    study->primary.outcome = find_outcome(checker, &written->outcome);
    need = find_measure(checker, &written->measure);
    (void)find_rule(checker, "population", &study->cohort.populations, &written->population);
    if (written->analysis.text != NULL)
        only = find_analysis(checker, &written->analysis);
    arms = only == NULL ? &study->cohort.arms : study_analysis_arms(study, only);
    (void)find_rule(checker, "arm", arms, &written->arm);
    (void)find_rule(checker, "arm", arms, &written->reference);
    if (need == NULL || study->primary.outcome >= study->n_outcomes)
        return 0;
    study->primary.measure = need->measure;
    (void)check_day(checker, "primary", written->place, &study->outcomes[study->primary.outcome], need, &written->at,
                    &written->at_least);
    /* Only when all else is in order: names that do not exist are computed nowhere. */
    if (mistakes_count(checker->mistakes) == before && study->n_analyses > 0) {
        check_found(checker, only);
        if (mistakes_count(checker->mistakes) == 0)
            check_verdict(checker);
    }
    return 0;
}
