/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each measure of this version needs: a day, a tau, days at all; and whether a verdict may rest on it. */
#include <string.h>

#include "study/study_file.h"

static const struct measure_need NEEDS[] = {
    /* measure                      day    tau    yes_no margin */
    {MEASURE_survival,              true,  false, false, false},
    {MEASURE_cumulative_incidence,  true,  false, false, false},
    {MEASURE_quantile_time,         false, false, false, false},
    {MEASURE_rmst,                  false, true,  false, false},
    {MEASURE_risk,                  true,  false, true,  false},
    {MEASURE_survival_difference,   true,  false, false, true},
    {MEASURE_rmst_difference,       false, true,  false, true},
    {MEASURE_rmst_ratio,            false, true,  false, true},
    {MEASURE_risk_difference,       true,  false, true,  true},
    {MEASURE_risk_ratio,            true,  false, true,  true},
    {MEASURE_odds_ratio,            true,  false, true,  true},
    {MEASURE_log_hazard_ratio,      false, false, false, true},
    {MEASURE_hazard_ratio,          false, false, false, true},
    {MEASURE_log_subhazard_ratio,   false, false, false, false},
    {MEASURE_subhazard_ratio,       false, false, false, false},
    {MEASURE_logrank_test,          false, false, false, false},
    {MEASURE_gray_test,             false, false, false, false},
    {MEASURE_trend_test,            false, false, false, false},
    {MEASURE_ph_test,               false, false, false, false},
    {MEASURE_chi_square_test,       true,  false, true,  false},
    {MEASURE_e_value,               false, false, true,  false}, /* of the ratios of the analysis */
    {MEASURE_state_occupation,      false, false, true,  false}, /* these three: of paths through levels of care, no outcome */
    {MEASURE_expected_days,         false, false, true,  false},
    {MEASURE_mean_cumulative_count, false, false, true,  false},
    {MEASURE_mean,                  false, false, true,  false}, /* these two: of outcomes with a value */
    {MEASURE_mean_difference,       false, false, true,  false},
};
enum { N_NEEDS = sizeof NEEDS / sizeof NEEDS[0] };

const struct measure_need *measure_needs(enum measure measure)
{
    for (size_t i = 0; i < N_NEEDS; i++)
        if (NEEDS[i].measure == measure)
            return &NEEDS[i];
    return NULL;
}

const struct measure_need *find_measure(const struct study_checker *checker, const struct study_text *name)
{
    const char *names[N_NEEDS];
    const struct measure_need *need;
    enum measure measure;

    if (name->text == NULL)
        return NULL;
    if (measure_from_name(name->text, &measure) == 0) {
        if ((need = measure_needs(measure)) == NULL)
            mistake(checker->mistakes, name->place, "measure '%s' is not available in this version of stepdown",
                    measure_name(measure));
        return need;
    }
    for (size_t i = 0; i < N_NEEDS; i++)
        names[i] = measure_name(NEEDS[i].measure);
    mistake(checker->mistakes, name->place, "there is no measure '%s'%s", shown(checker->mistakes, name->text),
            did_you_mean(checker->mistakes, name->text, names, N_NEEDS));
    return NULL;
}

bool outcome_has_time(const struct study_outcome *outcome)
{
    return outcome->time.text != NULL || outcome->rule == OUTCOME_FIRST_OF ||
           (outcome->rule == OUTCOME_RETENTION && outcome->days != DAYS_COLUMN) ||
           (outcome->rule == OUTCOME_PROCESS && process_counts_days(outcome->process.kind)) ||
           (outcome->definition != NULL && outcome->definition->kind == DEFINITION_TIME);
}

bool outcome_has_value(const struct study_outcome *outcome)
{
    const struct definition *definition = outcome->definition;

    return definition != NULL && (definition->kind == DEFINITION_QUANTITY || definition->kind == DEFINITION_SCORE) &&
           !outcome->has_least && !outcome->has_most;
}

bool measure_reads_value(enum measure measure)
{
    return measure == MEASURE_mean || measure == MEASURE_mean_difference;
}

/* Events have risks and times, values have means. */
static bool check_kind(const struct study_checker *checker, const char *key, struct study_place place,
                       const struct study_outcome *outcome, enum measure measure)
{
    const bool is_value = outcome_has_value(outcome);

    if (is_value == measure_reads_value(measure))
        return true;
    mistake(checker->mistakes, place, is_value ? "%s: '%s' reads an event, and outcome '%s' is a value; its measures are 'mean' "
                                                 "and 'mean_difference'"
                                               : "%s: '%s' reads a value, and outcome '%s' is an event",
            key, measure_name(measure), outcome->name.text);
    return false;
}

bool check_day(const struct study_checker *checker, const char *key, struct study_place place,
               const struct study_outcome *outcome, const struct measure_need *need, const struct study_number *at,
               const struct study_number *at_least)
{
    const struct study_number *day = at->given ? at : at_least;
    const char *measure = measure_name(need->measure);
    size_t before = mistakes_count(checker->mistakes);

    if (checker->file->outcomes[outcome - checker->study->outcomes].doubtful)
        return true;
    if (!check_kind(checker, key, place, outcome, need->measure))
        return false;
    if (at->given && at_least->given)
        mistake(checker->mistakes, at_least->place, "%s: either 'at' (reads P(T > day)) or 'at_least' (P(T >= day)), "
                "not both", key);
    if (!outcome_has_time(outcome) && !need->yes_no)
        mistake(checker->mistakes, place, "%s: '%s' needs days, and outcome '%s' is yes or no", key, measure,
                outcome->name.text);
    else if (!outcome_has_time(outcome) && day->given)
        mistake(checker->mistakes, day->place, "%s: outcome '%s' is yes or no and is not read on a day; remove '%s'",
                key, outcome->name.text, at->given ? "at" : "at_least");
    else if (outcome_has_time(outcome) && need->day && !day->given && at->place.line == 0 && at_least->place.line == 0)
        mistake(checker->mistakes, place, "%s: '%s' of outcome '%s' is read on a day; add 'at: DAY'", key, measure,
                outcome->name.text);
    else if (!need->day && day->given)
        mistake(checker->mistakes, day->place, "%s: '%s' is not read on a day%s; remove '%s'", key, measure,
                need->tau ? " but up to the analysis' tau" : "", at->given ? "at" : "at_least");
    return mistakes_count(checker->mistakes) == before;
}

bool study_reads_paths(const struct study *study)
{
    for (size_t i = 0; i < study->n_analyses; i++) {
        for (size_t k = 0; k < study->analyses[i].n_measures; k++)
            if (measure_reads_path(study->analyses[i].measures[k]) && study_is_linked(study))
                return true;
        for (size_t k = 0; k < study->analyses[i].n_models; k++)
            if (study->analyses[i].models[k].of_moves)
                return true;
    }
    return false;
}
