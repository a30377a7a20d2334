/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/summary.h"

#include <string.h>

static bool is_reference(const struct study *study, const char *arm)
{
    for (size_t i = 0; i < study->cohort.references.n; i++)
        if (strcmp(study->cohort.references.items[i].text, arm) == 0)
            return true;
    return false;
}

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static const char *outcome_kind(const struct study_outcome *outcome)
{
    return outcome_has_time(outcome) ? "days" : "yes or no";
}

void study_summary_print(const struct study *study, FILE *file)
{
    fprintf(file, "study     %s\n", study->name.text);
    for (size_t i = 0; i < study->n_tables; i++) {
        const struct study_table *table = &study->tables[i];
        fprintf(file, "table     %s: %zu file%s, %zu columns\n", table_role_name(table->role), table->files.n,
                plural(table->files.n), table->codebook->n_columns);
    }
    for (size_t i = 0; i < study->cohort.arms.n; i++) {
        const struct study_rule *arm = &study->cohort.arms.items[i];
        fprintf(file, "arm       %s%s\n", arm->name.text, is_reference(study, arm->name.text) ? " (reference)" : "");
    }
    for (size_t i = 0; i < study->n_outcomes; i++) {
        const struct study_outcome *outcome = &study->outcomes[i];
        fprintf(file, "outcome   %s (%s; event is %s)\n", outcome->name.text, outcome_kind(outcome),
                outcome->event_is_bad ? "bad" : "good");
    }
    for (size_t i = 0; i < study->n_strategies; i++)
        for (size_t k = 0; k < study->strategies[i].n; k++) {
            const struct study_rule *strategy = &study->strategies[i].arms.items[k];
            fprintf(file, "strategy  %s of %s: %s\n", strategy->name.text, study->strategies[i].name.text, strategy->when.text);
        }
    for (size_t i = 0; i < study->n_analyses; i++) {
        const struct study_analysis *analysis = &study->analyses[i];
        fprintf(file, "analysis  %s: %zu outcome%s, %zu measure%s, %zu margin%s\n", analysis->name.text,
                analysis->n_outcomes, plural(analysis->n_outcomes), analysis->n_measures, plural(analysis->n_measures),
                analysis->n_margins, plural(analysis->n_margins));
    }
    for (size_t i = 0; i < study->n_profiles; i++)
        fprintf(file, "profile   %s\n", study->profiles[i].text);
    fprintf(file, "no mistakes in the study and its codebooks\n");
}
