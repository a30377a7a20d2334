/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/summary.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/ranks.h"
#include "outcomes/describe.h"
#include "outcomes/outcome.h"

static const char *rule_name(enum outcome_rule rule)
{
    static const char *const names[] = {
        [OUTCOME_GIVEN] = "given",       [OUTCOME_RETENTION] = "retention", [OUTCOME_REASON] = "reason",
        [OUTCOME_LIBRARY] = "library",   [OUTCOME_FIRST_OF] = "first_of",   [OUTCOME_ANY] = "any",
        [OUTCOME_WEEKS] = "good_weeks", [OUTCOME_PROCESS] = "process",
    };

    return names[rule];
}

static char *append(char *text, const char *separator, const char *more)
{
    char *longer = text == NULL || more == NULL ? NULL : format_text("%s%s%s", text, *text == '\0' ? "" : separator, more);

    free(text);
    return longer;
}

static char *cause_names(const struct study_outcome *outcome)
{
    char *text = copy_text("");

    for (size_t k = 1; k <= outcome_n_causes(outcome); k++)
        text = append(text, ", ", outcome_cause(outcome, k));
    return text;
}

static const char *units_of(const struct codebook *codebook, const struct study_outcome *outcome)
{
    const struct codebook_column *column =
        outcome->time.text == NULL ? NULL : codebook_find(codebook, outcome->time.text);

    if (!outcome_has_time(outcome))
        return "";
    return column == NULL || column->units == NULL || *column->units == '\0' ? "days" : column->units;
}

static int add_outcome(struct table *table, const struct study *study, const struct study_outcome *outcome,
                       const struct codebook *codebook)
{
    char *causes = cause_names(outcome), *meaning = outcome_describe(study, outcome);
    struct row_builder row = table_new_row(table);

    row_text(&row, "outcome", outcome->name.text);
    row_text(&row, "label", outcome->label.text);
    row_text(&row, "rule", rule_name(outcome->rule));
    row_text(&row, "event_is", outcome->event_is_bad ? "bad" : "good");
    row_text(&row, "causes", causes);
    row_integer(&row, "has_time", outcome_has_time(outcome));
    row_integer(&row, "descriptive", outcome->exclude_reasons.n > 0);
    row_text(&row, "units", units_of(codebook, outcome));
    row_text(&row, "definition", meaning);
    const int status = causes == NULL || meaning == NULL ? -1 : 0;
    free(meaning);
    free(causes);
    return row_end(&row) != 0 ? -1 : status;
}

struct table *outcomes_summary(const struct study *study, const struct codebook *codebook)
{
    struct table *table = table_alloc("outcomes", "The outcomes and their definitions");
    static const struct {
        const char *name, *label;
        enum column_type type;
    } columns[] = {
        {"outcome", "Outcome", COLUMN_TEXT},        {"label", "What it is called", COLUMN_TEXT},
        {"rule", "Rule", COLUMN_TEXT},              {"event_is", "The event is", COLUMN_TEXT},
        {"causes", "Kinds of event", COLUMN_TEXT},  {"has_time", "Has a time", COLUMN_INT8},
        {"descriptive", "Descriptive", COLUMN_INT8}, {"units", "Unit of time", COLUMN_TEXT},
        {"definition", "Definition", COLUMN_TEXT},
    };
    int status = table == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < sizeof columns / sizeof columns[0]; i++)
        status = table_add_column(table, columns[i].name, columns[i].type, 1, columns[i].label, "") == NULL ? -1 : 0;
    for (size_t i = 0; status == 0 && i < study->n_outcomes; i++)
        status = add_outcome(table, study, &study->outcomes[i], codebook);
    if (status == 0)
        return table;
    table_free(table);
    return NULL;
}

struct table *losses_alloc(void)
{
    struct table *table = table_alloc("losses", "People whom an outcome leaves out");

    if (table != NULL && table_add_column(table, "outcome", COLUMN_TEXT, 1, "Outcome", "") != NULL &&
        table_add_column(table, "reason", COLUMN_TEXT, 1, "Reason", "") != NULL &&
        table_add_column(table, "n", COLUMN_INT64, 0, "People", "") != NULL)
        return table;
    table_free(table);
    return NULL;
}

int losses_add(struct table *losses, const struct study_outcome *outcome, const struct table *computed,
               const struct column *weight, bool shared)
{
    const struct column *loss = table_column(computed, "loss");
    int64_t n[N_LOSSES] = {0};

    for (size_t i = 0; i < computed->n_rows; i++)
        n[column_code(loss, i)] += column_integer(weight, i);
    if (shared)
        ranks_sum(n, N_LOSSES);
    for (int reason = LOSS_NONE + 1; reason < N_LOSSES; reason++) {
        if (n[reason] == 0)
            continue;
        struct row_builder row = table_new_row(losses);
        row_text(&row, "outcome", outcome->name.text);
        row_text(&row, "reason", loss_name((enum loss)reason));
        row_integer(&row, "n", n[reason]);
        if (row_end(&row) != 0)
            return -1;
    }
    return 0;
}
