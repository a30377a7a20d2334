/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of `compare`: names, measures and the days they are read on. */
#include <stdlib.h>
#include <string.h>

#include "study/study_file.h"

/* Names of outcomes to indices, each once. */
static int resolve_outcomes(const struct study_checker *checker, const struct file_analysis *written,
                            struct study_analysis *analysis)
{
    if ((analysis->outcomes = arena_take(checker->arena, written->outcomes.n, sizeof *analysis->outcomes)) == NULL)
        return -1;
    check_doubled(checker, "outcomes", &written->outcomes);
    for (size_t i = 0; i < written->outcomes.n; i++) {
        size_t outcome = find_outcome(checker, &written->outcomes.items[i]);
        if (outcome < checker->study->n_outcomes)
            analysis->outcomes[analysis->n_outcomes++] = outcome;
    }
    return 0;
}

/* What is sure about the outcomes of an analysis; doubtful ones may be either. */
static bool some_have_days(const struct study_checker *checker, const struct study_analysis *analysis)
{
    for (size_t i = 0; i < analysis->n_outcomes; i++)
        if (!checker->file->outcomes[analysis->outcomes[i]].doubtful &&
            outcome_has_time(&checker->study->outcomes[analysis->outcomes[i]]))
            return true;
    return false;
}

static bool all_are_yes_no(const struct study_checker *checker, const struct study_analysis *analysis)
{
    for (size_t i = 0; i < analysis->n_outcomes; i++)
        if (checker->file->outcomes[analysis->outcomes[i]].doubtful ||
            outcome_has_time(&checker->study->outcomes[analysis->outcomes[i]]))
            return false;
    return analysis->n_outcomes > 0;
}

/* Could an outcome of the analysis be a value?  A doubtful one may. */
static bool some_may_be_values(const struct study_checker *checker, const struct study_analysis *analysis)
{
    for (size_t i = 0; i < analysis->n_outcomes; i++)
        if (checker->file->outcomes[analysis->outcomes[i]].doubtful ||
            outcome_has_value(&checker->study->outcomes[analysis->outcomes[i]]))
            return true;
    return analysis->n_outcomes == 0;
}

/* A value that no measure of the analysis reads would vanish in silence, and so would an event. */
static void check_read(const struct study_checker *checker, const struct file_analysis *written,
                       const struct study_analysis *analysis)
{
    bool means = false, events = false, counts = false;

    for (size_t i = 0; i < analysis->n_measures; i++)
        if (!measure_reads_path(analysis->measures[i]))
            *(measure_reads_value(analysis->measures[i]) ? &means : &events) = true;
        else
            counts = counts || analysis->measures[i] == MEASURE_mean_cumulative_count;
    if (analysis_is_doubtful(written, analysis))
        return;
    for (size_t i = 0; i < analysis->n_outcomes; i++) {
        const struct study_outcome *outcome = &checker->study->outcomes[analysis->outcomes[i]];
        if (checker->file->outcomes[analysis->outcomes[i]].doubtful || (outcome_has_value(outcome) ? means : events) ||
            (outcome->again_after > 0 && counts))
            continue;
        mistake(checker->mistakes, written->outcomes.items[i].place, outcome_has_value(outcome)
                    ? "outcomes: '%s' is a value, and no measure of this analysis reads one; add 'mean' or 'mean_difference'"
                    : "outcomes: '%s' is an event, and no measure of this analysis reads one",
                outcome->name.text);
    }
}

/* Does it set arms against each other? */
static bool compares(enum measure measure)
{
    return measure_is_contrast(measure) || measure == MEASURE_e_value || measure == MEASURE_logrank_test ||
           measure == MEASURE_gray_test || measure == MEASURE_trend_test || measure == MEASURE_ph_test ||
           measure == MEASURE_chi_square_test;
}

bool analysis_recurs(const struct study_checker *checker, const struct study_analysis *analysis)
{
    for (size_t i = 0; i < analysis->n_outcomes; i++)
        if (checker->study->outcomes[analysis->outcomes[i]].again_after > 0)
            return true;
    return false;
}

/* Paths through levels of care are those of linked stays. */
static void check_path_measure(const struct study_checker *checker, const struct study_analysis *analysis,
                               const char *name, enum measure measure, struct study_place place)
{
    if (!study_is_linked(checker->study) && !(measure == MEASURE_mean_cumulative_count && analysis_recurs(checker, analysis)))
        mistake(checker->mistakes, place, measure == MEASURE_mean_cumulative_count
                    ? "measures: '%s' counts what happens again: it needs an outcome with 'again_after', or linked stays (table 'episodes')"
                    : "measures: '%s' reads paths through levels of care: it needs linked stays (table 'episodes')", name);
    else if (measure == MEASURE_expected_days && analysis->tau.place.line == 0)
        mistake(checker->mistakes, place, "measures: '%s' needs 'tau', the day up to which days are counted", name);
    else if (measure != MEASURE_expected_days && analysis->at.place.line == 0)
        mistake(checker->mistakes, place, "measures: '%s' is read on a day; add 'at: [DAY, ...]' to this analysis", name);
}

static void check_measure(const struct study_checker *checker, const struct study_analysis *analysis,
                          const struct measure_need *need, struct study_place place)
{
    const char *name = measure_name(need->measure);

    if (study_analysis_arms(checker->study, analysis)->n == 1 && compares(need->measure)) {
        mistake(checker->mistakes, place, "measures: '%s' compares arms, and this study has one", name);
        return;
    }
    if (measure_reads_path(need->measure)) {
        check_path_measure(checker, analysis, name, need->measure, place);
        return;
    }
    if (measure_reads_value(need->measure)) {
        if (!some_may_be_values(checker, analysis))
            mistake(checker->mistakes, place, "measures: '%s' reads a value, and every outcome of this analysis is an event", name);
        return;
    }
    if (!need->yes_no && all_are_yes_no(checker, analysis))
        mistake(checker->mistakes, place, "measures: '%s' needs days, and every outcome of this analysis is yes or no",
                name);
    if (!some_have_days(checker, analysis))
        return;
    if (need->day && analysis->at.place.line == 0 && analysis->at_least.place.line == 0)
        mistake(checker->mistakes, place, "measures: '%s' is read on a day; add 'at: [DAY, ...]' to this analysis",
                name);
    if (need->tau && analysis->tau.place.line == 0)
        mistake(checker->mistakes, place, "measures: '%s' needs 'tau', the day up to which the mean is taken", name);
}

static int resolve_measures(const struct study_checker *checker, const struct file_analysis *written,
                            struct study_analysis *analysis)
{
    if ((analysis->measures = arena_take(checker->arena, written->measures.n, sizeof *analysis->measures)) == NULL)
        return -1;
    check_doubled(checker, "measures", &written->measures);
    for (size_t i = 0; i < written->measures.n; i++) {
        const struct study_text *name = &written->measures.items[i];
        const struct measure_need *need = find_measure(checker, name);
        if (need == NULL)
            continue;
        check_measure(checker, analysis, need, name->place);
        analysis->measures[analysis->n_measures++] = need->measure;
    }
    check_read(checker, written, analysis);
    return 0;
}

static int number_compare(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;

    return (a > b) - (a < b);
}

/* In ascending order; a day that stands twice would give two rows with one key. */
static void sort_numbers(const struct study_checker *checker, const char *key, struct study_numbers *numbers)
{
    if (numbers->n < 2)
        return;
    qsort(numbers->values, numbers->n, sizeof *numbers->values, number_compare);
    for (size_t i = 1; i < numbers->n; i++)
        if (numbers->values[i] == numbers->values[i - 1])
            mistake(checker->mistakes, numbers->place, "%s: %g stands twice in the list", key, numbers->values[i]);
}

static void check_days(const struct study_checker *checker, struct study_analysis *analysis)
{
    sort_numbers(checker, "at", &analysis->at);
    sort_numbers(checker, "at_least", &analysis->at_least);
    sort_numbers(checker, "quantiles", &analysis->quantiles);
    if (!all_are_yes_no(checker, analysis))
        return;
    if (analysis->at.n > 0)
        mistake(checker->mistakes, analysis->at.place,
                "at: every outcome of this analysis is yes or no and is not read on a day; remove 'at'");
    if (analysis->at_least.n > 0)
        mistake(checker->mistakes, analysis->at_least.place,
                "at_least: every outcome of this analysis is yes or no and is not read on a day; remove 'at_least'");
}

static void check_names(const struct study_checker *checker, const struct study_analysis *analysis)
{
    const struct study *study = checker->study;
    const struct study_texts *references = &analysis->references;
    const struct study_rules *arms = study_analysis_arms(study, analysis);
    bool all_known = true;

    check_doubled(checker, "populations", &analysis->populations);
    check_doubled(checker, "reference", references);
    for (size_t i = 0; i < analysis->populations.n; i++)
        (void)find_rule(checker, "population", &study->cohort.populations, &analysis->populations.items[i]);
    for (size_t i = 0; i < references->n; i++)
        all_known &= find_rule(checker, "arm", arms, &references->items[i]) != NULL;
    if (references->n > 0 && all_known && references->n >= arms->n)
        mistake(checker->mistakes, references->items[0].place,
                "reference: every arm is a reference, so that nothing would be compared");
}

static int name_analysis(const struct study_checker *checker, const struct file_analysis *written,
                         struct study_analysis *analysis, size_t index)
{
    if (analysis->name.text == NULL) {
        analysis->name.text = index == 0 ? arena_text(checker->arena, "main", 4)
                                         : arena_format(checker->arena, "analysis-%zu", index + 1);
        analysis->name.place = written->place;
        if (analysis->name.text == NULL)
            return -1;
    }
    for (size_t i = 0; i < index; i++) {
        const struct study_text *other = &checker->study->analyses[i].name;
        if (strcmp(other->text, analysis->name.text) != 0)
            continue;
        mistake(checker->mistakes, analysis->name.place, "analysis: '%s' is the name of another one, at %zu:%zu",
                analysis->name.text, other->place.line, other->place.column);
        break;
    }
    return 0;
}

static int set_defaults(const struct study_checker *checker, const struct file_analysis *written,
                        struct study_analysis *analysis)
{
    static const char USUAL[] = "log-log";

    if (analysis->quantiles.n == 0) {
        if ((analysis->quantiles.values = arena_take(checker->arena, 1, sizeof(double))) == NULL)
            return -1;
        analysis->quantiles.values[0] = 0.5;
        analysis->quantiles.n = 1;
    }
    analysis->bootstrap_n = written->bootstrap.given ? (int64_t)written->bootstrap.value : 0;
    analysis->range = written->range.value == 1;
    analysis->conf_type = written->conf_type.word;
    if (analysis->conf_type.text == NULL)
        analysis->conf_type.text = arena_text(checker->arena, USUAL, sizeof USUAL - 1);
    return analysis->conf_type.text == NULL ? -1 : 0;
}

bool analysis_is_doubtful(const struct file_analysis *written, const struct study_analysis *analysis)
{
    return analysis->n_outcomes == 0 || analysis->n_outcomes != written->outcomes.n || analysis->n_measures == 0 ||
           analysis->n_measures + analysis->e_values != written->measures.n;
}

bool analysis_computes(const struct study_analysis *analysis, size_t outcome, enum measure measure,
                       const struct study_number *day, bool at_least)
{
    const struct study_numbers *days = at_least ? &analysis->at_least : &analysis->at;
    bool has_outcome = false;
    bool has_measure = false;
    bool has_day = !day->given || (days->n == 0 && days->place.line != 0); /* mistaken days have been told */

    for (size_t i = 0; i < analysis->n_outcomes; i++)
        has_outcome |= analysis->outcomes[i] == outcome;
    for (size_t i = 0; i < analysis->n_measures; i++)
        has_measure |= analysis->measures[i] == measure;
    for (size_t i = 0; i < days->n; i++)
        has_day |= days->values[i] == day->value;
    return has_outcome && has_measure && has_day;
}

int study_check_compare(const struct study_checker *checker)
{
    const struct study_file *file = checker->file;
    struct study *study = checker->study;

    if ((study->analyses = arena_take(checker->arena, file->n_analyses, sizeof *study->analyses)) == NULL)
        return -1;
    for (size_t i = 0; i < file->n_analyses; i++) {
        const struct file_analysis *written = &file->analyses[i];
        struct study_analysis *analysis = &study->analyses[i];
        *analysis = written->analysis;
        study->n_analyses = i + 1;
        study_check_emulation(checker, written, analysis);
        if (name_analysis(checker, written, analysis, i) != 0 || resolve_outcomes(checker, written, analysis) != 0)
            return -1;
        check_days(checker, analysis);
        check_names(checker, analysis);
        if (resolve_measures(checker, written, analysis) != 0 || set_defaults(checker, written, analysis) != 0 ||
            study_check_margins(checker, written, analysis) != 0 ||
            study_check_models(checker, written, analysis) != 0 ||
            study_check_adjust(checker, written, analysis) != 0 ||
            study_check_robustness(checker, written, analysis) != 0 ||
            study_check_emulated(checker, written, analysis) != 0)
            return -1;
        check_interval_readings(checker, written, analysis);
    }
    return 0;
}
