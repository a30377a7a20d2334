/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/analyses.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cohort/cohort.h"
#include "compare/adjusted.h"
#include "compare/baseline.h"
#include "compare/calibration.h"
#include "compare/care_states.h"
#include "compare/comparison.h"
#include "compare/curves.h"
#include "compare/detection.h"
#include "compare/imputed.h"
#include "compare/differences.h"
#include "compare/emulation.h"
#include "compare/meta_trials.h"
#include "compare/models.h"
#include "compare/recurrences.h"
#include "compare/recurrent_models.h"
#include "compare/results.h"
#include "compare/rows.h"
#include "compare/side_by_side.h"
#include "compare/stratified.h"
#include "compare/subgroups.h"
#include "compare/tipping.h"
#include "compare/units.h"
#include "compare/verdicts.h"
#include "outcomes/outcome.h"

static bool is_reference(const struct study *study, const char *arm)
{
    for (size_t i = 0; i < study->cohort.references.n; i++)
        if (strcmp(study->cohort.references.items[i].text, arm) == 0)
            return true;
    return false;
}

static struct table *list_arms(const struct analyses_input *input)
{
    const struct column *arm = table_column(input->cohort, "arm"), *weight = table_column(input->cohort, "weight");
    struct table *table = table_alloc("arms", "The arms");
    int64_t n[ARM_MAX] = {0};

    if (table == NULL || table_add_column(table, "arm", COLUMN_TEXT, 1, "Arm", "") == NULL ||
        table_add_column(table, "condition", COLUMN_TEXT, 1, "Who is in it", "") == NULL ||
        table_add_column(table, "is_reference", COLUMN_INT8, 0, "Is a reference", "") == NULL ||
        table_add_column(table, "n", COLUMN_INT64, 0, "People", "") == NULL)
        goto failed;
    for (size_t i = 0; i < input->cohort->n_rows; i++)
        n[column_code(arm, i)] += column_integer(weight, i);
    reducer_sum(input->reducer, n, ARM_MAX);
    for (size_t k = 0; k < input->study->cohort.arms.n; k++) {
        const struct study_rule *rule = &input->study->cohort.arms.items[k];
        struct row_builder row = table_new_row(table);
        row_text(&row, "arm", rule->name.text);
        row_text(&row, "condition", rule->when.text);
        row_integer(&row, "is_reference", is_reference(input->study, rule->name.text));
        row_integer(&row, "n", n[k]);
        if (row_end(&row) != 0)
            goto failed;
    }
    return table;
failed:
    table_free(table);
    return NULL;
}

static size_t most_causes(const struct study *study)
{
    size_t most = 1;

    for (size_t i = 0; i < study->n_outcomes; i++)
        if (outcome_n_causes(&study->outcomes[i]) > most)
            most = outcome_n_causes(&study->outcomes[i]);
    return most;
}

static int start_tables(const struct analyses_input *input, struct analyses *a)
{
    *a = (struct analyses){.baseline = baseline_alloc(),
                           .balance = balance_alloc(),
                           .overlap = overlap_alloc(),
                           .risk_tables = risk_tables_alloc(most_causes(input->study)),
                           .curves = curves_alloc(),
                           .estimates = estimates_alloc(),
                           .verdicts = verdicts_alloc(),
                           .tipping = tipping_alloc(),
                           .differences = differences_alloc(),
                           .calibration = calibration_alloc(),
                           .strategies = strategies_alloc()};
    return a->baseline == NULL || a->balance == NULL || a->overlap == NULL || a->risk_tables == NULL ||
                   a->curves == NULL || a->estimates == NULL || a->verdicts == NULL || a->tipping == NULL || a->differences == NULL ||
                   a->calibration == NULL || a->strategies == NULL
               ? -1
               : 0;
}

static const struct column *member_column(const struct study *study, const struct table *cohort, size_t population)
{
    char *name = cohort_population_column(study, population);
    const struct column *member = name == NULL ? NULL : table_column(cohort, name);

    free(name);
    return member;
}

/* What is said of one outcome in one population, in the order of the rows. */
enum part { PART_UNADJUSTED, PART_ADJUSTED, PART_MODELS, PART_DESCRIBED, N_PARTS };

struct parts {
    struct comparison *comparison;
    const struct people *people;
    const struct wanted_list *wanted;
};

static int describe(const struct parts *p, struct analyses *a)
{
    const struct comparison *c = p->comparison;

    return curves_add(c, a->curves) != 0 || differences_add(c, a->differences) != 0 || risk_tables_add(c, a->risk_tables) != 0 ||
                   subgroups_add(c, p->people, p->wanted, a->estimates, a->risk_tables) != 0 ||
                   tipping_add(c, p->people, a->tipping) != 0
               ? -1
               : detection_add(c, p->people, a->estimates);
}

/* Parts only read the comparison, but for the adjusted one, which keeps its numbers there for the verdicts. */
static int add_part(void *context, size_t part, struct analyses *a)
{
    const struct parts *const p = context;
    const struct adjusted_tables adjusted = {a->estimates, a->balance, a->overlap, a->curves, a->calibration, a->risk_tables, false};

    switch ((enum part)part) {
    case PART_UNADJUSTED: return rows_add(p->comparison, p->wanted, a->estimates);
    case PART_ADJUSTED: return adjusted_add(p->comparison, p->wanted, p->people, &adjusted);
    case PART_MODELS: return models_add(p->comparison, p->people->records, p->people->record, a->estimates);
    default: return describe(p, a);
    }
}

/* The numbers of one outcome in one population.  Arms of different trials are not added together, but pooled. */
static int add_numbers(const struct analyses_input *input, struct parts *p, struct analyses *a)
{
    static const size_t longest_first[N_PARTS] = {PART_ADJUSTED, PART_MODELS, PART_UNADJUSTED, PART_DESCRIBED};
    const struct side_by_side parts = {
        .input = input, .start = start_tables, .work = add_part, .context = p, .n = N_PARTS, .begin = longest_first};
    struct comparison *const c = p->comparison;

    if (c->analysis->meta.by.text != NULL)
        return meta_trials_add(c, p->people, p->wanted, a->estimates, a->verdicts, a->risk_tables);
    c->n_threads = side_by_side_threads(input, N_PARTS);
    if (side_by_side_run(&parts, a) != 0)
        return -1;
    c->n_threads = input->n_threads;
    if (verdicts_decide(c, a->verdicts, a->estimates) != 0 ||
        stratified_add(c, p->people, p->wanted, a->estimates, a->verdicts) != 0)
        return -1;
    const struct imputed_results imputed = {a->estimates, a->verdicts, a->balance};
    return adjusted_verdicts(c, a->verdicts, a->estimates) != 0 ? -1 : imputed_add(c, p->people, p->wanted, &imputed);
}

static int compare_arms(const struct analyses_input *input, const struct study_analysis *analysis, size_t outcome,
                        size_t population, struct analyses *a)
{
    const struct table *computed = input->outcomes[outcome];
    const struct people_of who = input->people != NULL ? input->people[outcome]
                                                       : (struct people_of){input->cohort, input->records};
    const struct comparison_input people = {.n_rows = who.cohort->n_rows,
                                            .arm = table_column(who.cohort, "arm"),
                                            .weight = table_column(who.cohort, "weight"),
                                            .member = member_column(input->study, who.cohort, population),
                                            .cause = table_column(computed, "cause"),
                                            .time = table_column(computed, "time"),
                                            .entry = table_column(computed, "entry"),
                                            .cluster = table_column(who.cohort, "cluster"),
                                            .value = table_column(computed, "value"),
                                            .low = table_column(computed, "time_low"),
                                            .high = table_column(computed, "time_high"),
                                            .looked = table_column(computed, "n_looked"),
                                            .looked_together = input->people != NULL,
                                            .reducer = input->reducer};
    const struct people from = {&people, who.records, table_column(who.cohort, "record")};
    struct wanted_list wanted = {0};
    struct comparison comparison = {0};
    struct parts parts = {&comparison, &from, &wanted};
    int status = -1;

    if (people.member != NULL && wanted_collect(input->study, analysis, outcome, &wanted) == 0 &&
        comparison_solve(input->study, analysis, &input->study->outcomes[outcome],
                         &input->study->cohort.populations.items[population], &people, input->n_threads,
                         &comparison) == 0)
        status = add_numbers(input, &parts, a);
    if (status == 0 && input->again != NULL && input->again[outcome] != NULL)
        status = recurrences_add(&comparison, &from, input->again[outcome], a->estimates);
    comparison_free(&comparison);
    wanted_free(&wanted);
    return status;
}

/* Strategies in the place of arms. */
static int compare_strategies(const struct analyses_input *input, const struct unit *unit, struct analyses *a)
{
    const size_t n_estimates = a->estimates->n_rows, n_verdicts = a->verdicts->n_rows;
    struct emulation e;
    int status = emulation_make(input, unit->analysis, unit->outcome, unit->population, &e, a->strategies);

    if (status == 0)
        status = e.withheld[0] != '\0' ? emulation_withhold(&e, unit->outcome, unit->population, a)
                                       : compare_arms(&e.input, &e.analysis, unit->outcome, unit->population, a);
    if (status == 0 && (emulation_mark(&e, a->estimates, n_estimates) != 0 || emulation_mark(&e, a->verdicts, n_verdicts) != 0))
        status = -1;
    emulation_free(&e);
    return status;
}

/* What an analysis asks of the paths through levels of care. */
static int run_paths(const struct analyses_input *input, const struct study_analysis *analysis, size_t population,
                     struct analyses *a)
{
    const struct care_states_input paths = {.study = input->study,
                                            .analysis = analysis,
                                            .population = &input->study->cohort.populations.items[population],
                                            .paths = input->paths,
                                            .reducer = input->reducer,
                                            .arm = table_column(input->cohort, "arm"),
                                            .member = member_column(input->study, input->cohort, population)};

    const struct recurrent_models_input models = {.paths = paths,
                                                  .records = input->records,
                                                  .record = table_column(input->cohort, "record"),
                                                  .cluster = table_column(input->cohort, "cluster"),
                                                  .n_threads = input->n_threads};

    if (paths.member == NULL)
        return -1;
    return care_states_add(&paths, a->estimates) != 0 ? -1 : recurrent_models_add(&models, a->estimates);
}

static int describe_people(const struct analyses_input *input, struct analyses *a)
{
    int status = 0;

    for (size_t p = 0; status == 0 && input->records != NULL && p < input->study->cohort.populations.n; p++) {
        const struct baseline_input people = {.study = input->study,
                                              .population = &input->study->cohort.populations.items[p],
                                              .records = input->records,
                                              .n = input->cohort->n_rows,
                                              .record = table_column(input->cohort, "record"),
                                              .arm = table_column(input->cohort, "arm"),
                                              .weight = table_column(input->cohort, "weight"),
                                              .member = member_column(input->study, input->cohort, p),
                                              .reducer = input->reducer};
        status = people.member == NULL ? -1 : baseline_add(&people, a->baseline, a->balance);
    }
    return status;
}

static int do_unit(const struct analyses_input *input, const struct unit *unit, struct analyses *a)
{
    if (unit->analysis == NULL)
        return input->people == NULL ? describe_people(input, a) : 0;
    if (unit->outcome == UNIT_PATHS)
        return unit->analysis->strategies.given ? 0 : run_paths(input, unit->analysis, unit->population, a);
    if (unit->analysis->strategies.given)
        return compare_strategies(input, unit, a);
    return compare_arms(input, unit->analysis, unit->outcome, unit->population, a);
}

int analyses_run(const struct analyses_input *input, struct analyses *a)
{
    struct units units = {0};
    int status = start_tables(input, a);

    if (status == 0 && (a->arms = list_arms(input)) == NULL)
        status = -1;
    if (status == 0)
        status = units_list(input->study, &units);
    if (status == 0)
        status = units_run(&units, input, start_tables, do_unit, a);
    units_free(&units);
    return status;
}

void analyses_free(struct analyses *a)
{
    table_free(a->arms);
    table_free(a->baseline);
    table_free(a->balance);
    table_free(a->overlap);
    table_free(a->risk_tables);
    table_free(a->curves);
    table_free(a->estimates);
    table_free(a->verdicts);
    table_free(a->tipping);
    table_free(a->differences);
    table_free(a->calibration);
    table_free(a->strategies);
    *a = (struct analyses){0};
}
