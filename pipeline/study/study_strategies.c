/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `strategies`: what is done, or not done, after time zero; and the analyses that compare strategies in the place of arms.
 *
 * People follow several strategies until they depart from one.  An analysis by clones puts everybody into each; one with a
 * landmark waits until it can tell.
 */
#include <math.h>
#include <string.h>

#include "study/study_file.h"

enum { DAY_NUMBER_MAX = 1000000, STRATEGIES_MAX = 16 };

#define OPTIONAL SCHEMA_OPTIONAL
#define REQUIRED SCHEMA_REQUIRED
#define END {NULL, NULL, OPTIONAL, 0, NULL}

/* ---- keys ---------------------------------------------------------------------------------------------------- */

static const struct schema_type COLUMN = {.kind = SCHEMA_TEXT, .expected = "the name of a column"};
static const struct schema_type DAY = {
    .kind = SCHEMA_NUMBER, .expected = "a day from time zero (whole, from 0)", .high = DAY_NUMBER_MAX, .whole = true};
static const struct schema_type DAYS = {
    .kind = SCHEMA_NUMBER, .expected = "a number of days (whole, from 1)", .low = 1, .high = DAY_NUMBER_MAX, .whole = true};
static const struct schema_type QUANTILE = {
    .kind = SCHEMA_NUMBER, .expected = "a number above 0.5 and below 1", .low = 0.500001, .high = 0.999999};

static const struct schema_key STRATEGY_KEYS[] = {
    {"by",     &DAY,           OPTIONAL, INTO(file_strategy, by),     "it is done by this day"},
    {"from",   &DAY,           OPTIONAL, INTO(file_strategy, from),   "and not before this one"},
    {"not_by", &DAY,           OPTIONAL, INTO(file_strategy, not_by), "it is not done by this day"},
    {"never",  &schema_yes_no, OPTIONAL, INTO(file_strategy, never),  "it is never done"},
    END,
};
static const struct schema_type STRATEGY = {.kind = SCHEMA_KEYS, .expected = "{by: DAY}, {not_by: DAY} or {never: yes}",
                                            .keys = STRATEGY_KEYS, .place = PLACE(file_strategy, place)};
static const struct schema_type FOLLOW = {
    .kind = SCHEMA_NAMED, .expected = "a table of strategies: {early: {by: 14}, stay: {not_by: 14}}", .each = &STRATEGY,
    .names = &schema_name, .size = sizeof(struct file_strategy), .value = 0, .at_least = 2, .at_most = STRATEGIES_MAX};

static const struct schema_key RULE_KEYS[] = {
    {"when",          &schema_expression, REQUIRED, INTO(study_rule, when),          "the condition"},
    {"post_baseline", &schema_text,       OPTIONAL, INTO(study_rule, post_baseline), "why later dates may be used"},
    END,
};
static const struct schema_type PEOPLE = {.kind = SCHEMA_KEYS, .expected = "a condition", .keys = RULE_KEYS, .short_key = "when"};

static const struct schema_key STRATEGIES_KEYS[] = {
    {"day",       &COLUMN,       REQUIRED, INTO(file_strategies, strategies.day),  "column: the day on which it is done"},
    {"done",      &schema_text,  OPTIONAL, INTO(file_strategies, strategies.done), "what is done, in words"},
    {"people",    &PEOPLE,       OPTIONAL, INTO(file_strategies, strategies.people), "of whom it is asked"},
    {"follow",    &FOLLOW,       REQUIRED, INTO(file_strategies, n_follow),        "the strategies"},
    {"reference", &schema_names, REQUIRED, INTO(file_strategies, strategies.references),
     "the strategy, or strategies, that the others are compared with"},
    END,
};
static const struct schema_type QUESTION = {.kind = SCHEMA_KEYS, .expected = "{day: COLUMN, follow: {...}, reference: ...}",
                                            .keys = STRATEGIES_KEYS, .place = PLACE(file_strategies, strategies.place)};
const struct schema_type STUDY_STRATEGIES = {
    .kind = SCHEMA_NAMED, .expected = "a table of questions by name", .each = &QUESTION, .names = &schema_name,
    .size = sizeof(struct file_strategies), .value = 0, .at_most = 64};

static const struct schema_key EMULATION_KEYS[] = {
    {"of",       &schema_name,  REQUIRED, INTO(file_emulation, of),       "which strategies"},
    {"landmark", &DAYS,         OPTIONAL, INTO(file_emulation, landmark), "the day on which it is looked who follows what"},
    {"weights",  &schema_texts, OPTIONAL, INTO(file_emulation, weights),  "clones: terms of the chances of going on"},
    {"truncate", &QUANTILE,     OPTIONAL, INTO(file_emulation, truncate), "clones: quantile that weights are held at"},
    {"period",   &DAYS,         OPTIONAL, INTO(file_emulation, period),   "clones: days at the end of a grace period"},
    END,
};
const struct schema_type STUDY_EMULATION = {
    .kind = SCHEMA_KEYS, .expected = "the name of strategies, or {of: ..., landmark: DAY}", .keys = EMULATION_KEYS,
    .short_key = "of", .place = PLACE(file_emulation, place)};

#define SIDE_BY_SIDE(structure, count, array)                                                             \
    _Static_assert(offsetof(struct structure, array) - offsetof(struct structure, count) ==               \
                       offsetof(struct schema_items, items), "a count and its array")
SIDE_BY_SIDE(file_strategies, n_follow, follow);

/* ---- what analyses ask ----------------------------------------------------------------------------------------- */

static const struct study_strategies *strategies_of(const struct study *study, const struct study_analysis *analysis)
{
    return analysis != NULL && analysis->strategies.given ? &study->strategies[analysis->strategies.of] : NULL;
}

const struct study_rules *study_analysis_arms(const struct study *study, const struct study_analysis *analysis)
{
    const struct study_strategies *strategies = strategies_of(study, analysis);

    return strategies != NULL ? &strategies->arms : &study->cohort.arms;
}

const struct study_texts *study_analysis_references(const struct study *study, const struct study_analysis *analysis)
{
    const struct study_strategies *strategies = strategies_of(study, analysis);

    if (analysis != NULL && analysis->references.n > 0)
        return &analysis->references;
    return strategies != NULL ? &strategies->references : &study->cohort.references;
}

/* ---- one strategy ------------------------------------------------------------------------------------------------ */

static char *words_of(const struct study_checker *checker, const struct study_strategy *strategy)
{
    if (isinf(strategy->not_by))
        return arena_format(checker->arena, "it is never done");
    if (strategy->not_by >= 0)
        return arena_format(checker->arena, "it is not done by day %g", strategy->not_by);
    if (strategy->from > 0)
        return arena_format(checker->arena, "it is done on a day from %g to %g", strategy->from, strategy->by);
    return arena_format(checker->arena, "it is done by day %g", strategy->by);
}

static int check_strategy(const struct study_checker *checker, const struct file_strategy *written,
                          struct study_strategies *strategies)
{
    const bool never = written->never.value == 1;
    const int said = (written->by.place.line != 0) + (written->not_by.place.line != 0) + (written->never.word.place.line != 0 && (never || written->never.word.text == NULL));
    struct study_strategy *strategy = &strategies->items[strategies->n];
    struct study_rule *arm = &strategies->arms.items[strategies->arms.n];

    *strategy = (struct study_strategy){written->strategy.name, written->from.given ? written->from.value : 0, INFINITY, -1};
    if (written->by.given)
        strategy->by = written->by.value;
    if (written->not_by.given || never)
        strategy->not_by = never ? INFINITY : written->not_by.value;
    if (said != 1)
        mistake(checker->mistakes, written->place,
                "strategy '%s': one of {by: DAY}, {not_by: DAY} and {never: yes} was expected", written->strategy.name.text);
    else if (written->from.place.line != 0 && written->by.place.line == 0)
        mistake(checker->mistakes, written->from.place,
                "from: it belongs to 'by', the last day on which it is done; to forbid the days before, write 'not_by: %g'",
                fmax(written->from.value - 1, 0));
    else if (written->from.given && written->by.given && written->from.value > written->by.value)
        mistake(checker->mistakes, written->from.place, "from: day %g lies after 'by', day %g, so that nobody could follow it",
                written->from.value, written->by.value);
    arm->name = strategy->name;
    if ((arm->when.text = words_of(checker, strategy)) == NULL)
        return -1;
    arm->when.place = written->place;
    strategies->n++;
    strategies->arms.n++;
    return 0;
}

static void check_name(const struct study_checker *checker, const struct study_text *name)
{
    const struct study_rules *arms = &checker->study->cohort.arms;

    for (size_t i = 0; i < arms->n; i++)
        if (strcmp(arms->items[i].name.text, name->text) == 0)
            mistake(checker->mistakes, name->place, "strategy '%s': an arm of the cohort has this name; choose another one",
                    name->text);
}

static int check_question(const struct study_checker *checker, const struct file_strategies *written,
                          struct study_strategies *strategies)
{
    const struct study_texts *references = &strategies->references;
    bool all_known = true;

    *strategies = written->strategies;
    check_column(checker, "day", &strategies->day, KIND_INTEGER);
    if (strategies->done.text == NULL)
        strategies->done = strategies->day;
    if ((strategies->items = arena_take(checker->arena, written->n_follow + 1, sizeof *strategies->items)) == NULL ||
        (strategies->arms.items = arena_take(checker->arena, written->n_follow + 1, sizeof *strategies->arms.items)) == NULL)
        return -1;
    for (size_t i = 0; i < written->n_follow; i++) {
        check_name(checker, &written->follow[i].strategy.name);
        if (check_strategy(checker, &written->follow[i], strategies) != 0)
            return -1;
    }
    check_doubled(checker, "reference", references);
    for (size_t i = 0; i < references->n; i++)
        all_known &= find_rule(checker, "strategy", &strategies->arms, &references->items[i]) != NULL;
    if (all_known && strategies->n > 0 && references->n >= strategies->n)
        mistake(checker->mistakes, references->items[0].place,
                "reference: every strategy is a reference, so that nothing would be compared");
    return 0;
}

int study_check_strategies(const struct study_checker *checker)
{
    const struct study_file *file = checker->file;
    struct study *study = checker->study;

    if ((study->strategies = arena_take(checker->arena, file->n_strategies + 1, sizeof *study->strategies)) == NULL)
        return -1;
    for (size_t i = 0; i < file->n_strategies; i++, study->n_strategies++)
        if (check_question(checker, &file->strategies[i], &study->strategies[i]) != 0)
            return -1;
    return 0;
}

/* ---- an analysis of strategies --------------------------------------------------------------------------------------- */

void study_check_emulation(const struct study_checker *checker, const struct file_analysis *written,
                           struct study_analysis *analysis)
{
    const struct study_text *name = &written->emulation.of;
    const struct study *study = checker->study;
    const char **names = arena_take(checker->arena, study->n_strategies + 1, sizeof *names);

    if (name->text == NULL || names == NULL)
        return;
    for (size_t i = 0; i < study->n_strategies; i++) {
        names[i] = study->strategies[i].name.text;
        if (strcmp(names[i], name->text) == 0) {
            analysis->strategies.given = true;
            analysis->strategies.of = i;
        }
    }
    if (study->n_strategies == 0)
        mistake(checker->mistakes, name->place,
                "strategies: there are none; declare them with 'strategies: {%s: {day: ..., follow: ...}}' beside 'compare'",
                shown(checker->mistakes, name->text));
    else if (!analysis->strategies.given)
        mistake(checker->mistakes, name->place, "strategies: there are no strategies '%s'%s",
                shown(checker->mistakes, name->text), did_you_mean(checker->mistakes, name->text, names, study->n_strategies));
    analysis->strategies.place = written->emulation.place;
    analysis->strategies.has_landmark = written->emulation.landmark.given;
    analysis->strategies.landmark = written->emulation.landmark.value;
}

/* The last day that a number of the analysis is read on. */
static double last_reading(const struct study_analysis *analysis)
{
    double last = analysis->tau.given ? analysis->tau.value : 0;

    for (size_t i = 0; i < analysis->at.n; i++)
        last = fmax(last, analysis->at.values[i]);
    for (size_t i = 0; i < analysis->at_least.n; i++)
        last = fmax(last, analysis->at_least.values[i]);
    return last;
}

/* From a strategy that is decided after the last day that is looked at nobody can have departed. */
static void check_departing(const struct study_checker *checker, const struct study_analysis *analysis,
                            const struct study_strategies *strategies)
{
    const struct study_number *days = &checker->study->cohort.follow_up_days;
    const double last = last_reading(analysis);

    for (size_t i = 0; i < strategies->n; i++) {
        const struct study_strategy *s = &strategies->items[i];
        if (!isfinite(s->by) || s->from > 0)
            continue;
        if (days->given && s->by >= days->value)
            mistake(checker->mistakes, analysis->strategies.place,
                    "strategies: nobody can depart from '%s', which may be done until day %g: people are followed for %g days; "
                    "take an earlier 'by'",
                    s->name.text, s->by, days->value);
        else if (last > 0 && s->by >= last)
            mistake(checker->mistakes, analysis->strategies.place,
                    "strategies: nobody has departed from '%s' before day %g, and no number of this analysis is read after it; "
                    "take an earlier 'by', or later days in 'at' and 'tau'",
                    s->name.text, s->by);
    }
}

/* Is it done on day x (INFINITY: not by the landmark) under the strategy, as far as the landmark can tell? */
static bool allows(const struct study_strategy *s, double x)
{
    return isfinite(s->by) ? x >= s->from && x <= s->by : x > s->not_by || isinf(x);
}

static void check_apart(const struct study_checker *checker, const struct study_analysis *analysis,
                        const struct study_strategies *strategies, size_t a, size_t b)
{
    const struct study_strategy *s = strategies->items;
    /* Both sets of days are intervals: where they meet, one of these days is in both. */
    const double days[] = {s[a].from, s[b].from, s[a].not_by + 1, s[b].not_by + 1, INFINITY};

    for (size_t k = 0; k < sizeof days / sizeof days[0]; k++) {
        if (!(days[k] <= analysis->strategies.landmark || isinf(days[k])) || !allows(&s[a], days[k]) || !allows(&s[b], days[k]))
            continue;
        if (isinf(days[k]))
            mistake(checker->mistakes, analysis->strategies.place,
                    "landmark: who has not done it by day %g follows both '%s' and '%s'; let one of them go, or ask by clones, "
                    "who may follow several", analysis->strategies.landmark, s[a].name.text, s[b].name.text);
        else
            mistake(checker->mistakes, analysis->strategies.place,
                    "landmark: who does it on day %g follows both '%s' and '%s'; let one of them go, or ask by clones, who may "
                    "follow several", days[k], s[a].name.text, s[b].name.text);
        return;
    }
}

static void check_landmark(const struct study_checker *checker, const struct file_emulation *written,
                           const struct study_analysis *analysis, const struct study_strategies *strategies)
{
    const double day = analysis->strategies.landmark;

    for (size_t i = 0; i < strategies->n; i++) {
        const struct study_strategy *s = &strategies->items[i];
        const double decided = isfinite(s->by) ? s->by : isfinite(s->not_by) ? s->not_by : 0;
        if (decided > day)
            mistake(checker->mistakes, written->landmark.place,
                    "landmark: on day %g it is not known who follows '%s', which is decided on day %g; take that day or a later one",
                    day, s->name.text, decided);
        for (size_t k = 0; k < i; k++)
            check_apart(checker, analysis, strategies, k, i);
    }
    if (checker->study->cohort.follow_up_days.given && day >= checker->study->cohort.follow_up_days.value)
        mistake(checker->mistakes, written->landmark.place, "landmark: people are followed for %g days; take an earlier day",
                checker->study->cohort.follow_up_days.value);
}

/* A key that says nothing here is a misunderstanding. */
static void refuse(const struct study_checker *checker, bool given, struct study_place place, const char *key, const char *why)
{
    if (given)
        mistake(checker->mistakes, place, "%s: %s; remove it", key, why);
}

static bool clones_have(enum measure measure)
{
    switch (measure) {
    case MEASURE_survival:
    case MEASURE_risk:
    case MEASURE_cumulative_incidence:
    case MEASURE_rmst:
    case MEASURE_survival_difference:
    case MEASURE_risk_difference:
    case MEASURE_risk_ratio:
    case MEASURE_odds_ratio:
    case MEASURE_rmst_difference:
    case MEASURE_rmst_ratio:
    case MEASURE_hazard_ratio:
    case MEASURE_log_hazard_ratio: return true;
    default: return false;
    }
}

static struct study_place measure_place(const struct file_analysis *written, enum measure measure)
{
    for (size_t i = 0; i < written->measures.n; i++)
        if (strcmp(written->measures.items[i].text, measure_name(measure)) == 0)
            return written->measures.items[i].place;
    return written->place;
}

static void check_clones(const struct study_checker *checker, const struct file_analysis *written,
                         const struct study_analysis *analysis)
{
    static const char *const other = "clones are alike at time zero, and their weights come from 'weights'";
    const struct study_place place = analysis->strategies.place;

    for (size_t i = 0; i < analysis->n_measures; i++)
        if (!clones_have(analysis->measures[i]) && !measure_reads_path(analysis->measures[i]))
            mistake(checker->mistakes, measure_place(written, analysis->measures[i]),
                    "measures: '%s' is not made from clones, which are weighted; risks, survival, restricted means, their "
                    "differences and ratios, and hazard ratios are. Ask for it in an analysis with a landmark",
                    measure_name(analysis->measures[i]));
    refuse(checker, analysis->n_adjustments > 0, analysis->n_adjustments > 0 ? analysis->adjustments[0].place : place, "adjust", other);
    refuse(checker, analysis->n_models > 0, place, "models", "clones have none; an analysis with a landmark may");
    refuse(checker, analysis->subgroups.n > 0, place, "subgroups", "clones are not divided; an analysis with a landmark may be");
    refuse(checker, analysis->tipping, written->tipping.word.place, "tipping_points", "clones that depart are no losses");
    refuse(checker, analysis->bootstrap_n > 0, written->bootstrap.place, "bootstrap",
           "limits of clones come from the influence function of the whole procedure, weights included");
}

/* Strategies unfold in days. */
static void check_outcomes(const struct study_checker *checker, const struct file_analysis *written,
                           const struct study_analysis *analysis)
{
    for (size_t i = 0; i < analysis->n_outcomes; i++) {
        const struct study_outcome *outcome = &checker->study->outcomes[analysis->outcomes[i]];
        if (checker->file->outcomes[analysis->outcomes[i]].doubtful)
            continue;
        if (!outcome_has_time(outcome) || outcome->time_high.text != NULL)
            mistake(checker->mistakes, i < written->outcomes.n ? written->outcomes.items[i].place : written->place,
                    "strategies: outcome '%s' %s; who had it before a strategy was decided cannot be told", outcome->name.text,
                    outcome->time_high.text != NULL ? "has its days in intervals" : "has no days");
    }
}

int study_check_emulated(const struct study_checker *checker, const struct file_analysis *written,
                         struct study_analysis *analysis)
{
    const struct file_emulation *w = &written->emulation;
    struct study_emulation *e = &analysis->strategies;
    const struct study_strategies *strategies = strategies_of(checker->study, analysis);

    if (strategies == NULL)
        return 0;
    e->truncate = w->truncate.given ? w->truncate.value : 1;
    e->period = w->period.given ? w->period.value : INFINITY;
    check_outcomes(checker, written, analysis);
    for (size_t i = 0; i < analysis->n_measures; i++)
        refuse(checker, measure_reads_path(analysis->measures[i]), measure_place(written, analysis->measures[i]), "measures",
               "paths through levels of care are those of arms, not of strategies");
    refuse(checker, analysis->references.n > 0, analysis->references.n > 0 ? analysis->references.items[0].place : e->place,
           "reference", "strategies have a reference of their own");
    refuse(checker, analysis->meta.by.text != NULL, analysis->meta.by.place, "meta", "trials are pooled by arms, not by strategies");
    refuse(checker, analysis->imputation.n > 0, analysis->imputation.place, "imputation", "it is not made for strategies");
    if (e->has_landmark) {
        static const char *const clones = "it belongs to clones; with a landmark strategies are adjusted as arms are, by 'adjust'";
        refuse(checker, w->weights.n > 0, w->weights.n > 0 ? w->weights.items[0].place : e->place, "weights", clones);
        refuse(checker, w->truncate.given, w->truncate.place, "truncate", clones);
        refuse(checker, w->period.given, w->period.place, "period", clones);
        check_landmark(checker, w, analysis, strategies);
        return 0;
    }
    check_clones(checker, written, analysis);
    check_departing(checker, analysis, strategies);
    return check_terms(checker, "weights", e->place, &w->weights, &e->weights);
}
