/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Conditions: do they compile against the columns, and does anything that forms groups look into the future?
 *
 * Who is put into a group by something that is known only later has, by being there, lived to that later day:
 * his days before it are immortal and the comparison is spoilt.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "study/derived.h"
#include "study/expression.h"
#include "study/joined.h"
#include "study/study_file.h"

/* A condition and what it decides; `forms` NULL: an outcome or evidence, which may use any column. */
struct condition {
    const char *forms; /* "arm", "population", "eligible" */
    struct study_text name, when, post_baseline;
    const struct table *columns;
};

struct conditions {
    size_t n;
    struct condition *items;
    const struct table *columns;      /* of the main table */
    struct table *of_rows[N_ROLES];   /* of rows of dated tables that some evidence is about */
};

/* ---- which columns are dated after time zero -------------------------------------------------------- */

static bool is_word_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.';
}

/*
 * Adds the columns whose names stand in a condition, outside quotes.  Not by compiling: the list must be there
 * before the first condition is compiled, and a condition that does not compile is told in its own turn.
 */
static void add_columns_of(const struct codebook *codebook, const char *when, struct study_texts *columns)
{
    for (const char *c = when; c != NULL && *c != '\0';) {
        size_t length = 0;
        if (*c == '\'' || *c == '"') {
            const char *end = strchr(c + 1, *c);
            c = end == NULL ? c + strlen(c) : end + 1;
            continue;
        }
        while (is_word_byte(c[length]))
            length++;
        for (size_t i = 0; length > 0 && i < codebook->n_columns; i++) {
            const struct codebook_column *column = &codebook->columns[i];
            if (strlen(column->name) == length && memcmp(column->name, c, length) == 0 && !column->known_before &&
                !is_one_of(columns, column->name))
                columns->items[columns->n++].text = column->name;
        }
        c += length > 0 ? length : 1;
    }
}

static void add_columns(const struct study_checker *checker, const char *when, struct study_texts *columns)
{
    const struct study_table *joined = joined_table(checker->study);

    add_columns_of(checker->study->tables[0].codebook, when, columns);
    if (joined != NULL)
        add_columns_of(joined->codebook, when, columns);
}

static int find_post_baseline(const struct study_checker *checker)
{
    struct study *study = checker->study;
    struct study_texts *columns = &study->post_baseline_columns;
    const struct study_table *joined = joined_table(study);
    const size_t n = study->tables[0].codebook->n_columns + (joined == NULL ? 0 : joined->codebook->n_columns);

    columns->items = arena_take(checker->arena, n, sizeof *columns->items);
    if (columns->items == NULL)
        return -1;
    for (size_t i = 0; i < study->n_outcomes; i++) {
        const struct study_outcome *outcome = &study->outcomes[i];
        add_columns(checker, outcome->event.text, columns);
        add_columns(checker, outcome->completed_if.text, columns);
        add_columns(checker, outcome->entry.text, columns);
        for (size_t k = 0; k < outcome->competing_if.n; k++)
            add_columns(checker, outcome->competing_if.items[k].when.text, columns);
        for (size_t k = 0; k < outcome->n_triggers; k++) {
            add_columns(checker, outcome->triggers[k].column.text, columns);
            add_columns(checker, outcome->triggers[k].day.text, columns);
        }
    }
    for (size_t i = 0; i < columns->n; i++)
        if ((columns->items[i].text = arena_text(checker->arena, columns->items[i].text,
                                                 strlen(columns->items[i].text))) == NULL)
            return -1;
    return 0;
}

static bool is_text(const struct study_text *text, const char *other)
{
    return text->text != NULL && strcmp(text->text, other) == 0;
}

/* The outcome whose days or reason the column holds, or NULL. */
static const struct study_outcome *outcome_of(const struct study *study, const char *column)
{
    for (size_t i = 0; i < study->n_outcomes; i++)
        if (is_text(&study->outcomes[i].time, column) || is_text(&study->outcomes[i].reason, column))
            return &study->outcomes[i];
    return NULL;
}

static bool is_known_after(const struct study *study, const char *column)
{
    const struct codebook *codebook = study->n_tables == 0 ? NULL : study->tables[0].codebook;
    const struct codebook_column *found = codebook == NULL ? NULL : codebook_find(codebook, column);

    if (found == NULL)
        found = joined_column(study, column);
    return found != NULL && found->known_after;
}

/* Is this a derived column that is known only after time zero? */
static bool is_derived_later(const struct study *study, const char *column)
{
    enum derived_known known;

    return study_is_linked(study) && derived_find(study, column, &known) &&
           known > (study->cohort.time_zero == TIME_ZERO_DISCHARGE ? DERIVED_AT_DISCHARGE : DERIVED_AT_ADMISSION);
}

bool study_is_post_baseline(const struct study *study, const char *column)
{
    enum derived_known known;

    if (study_is_linked(study) && derived_find(study, column, &known))
        return is_derived_later(study, column);
    return is_known_after(study, column) || outcome_of(study, column) != NULL ||
           is_one_of(&study->post_baseline_columns, column);
}

/* Goes into "is dated after time zero (...)". */
static const char *why_post_baseline(const struct study_checker *checker, const char *column)
{
    const struct study_outcome *outcome = outcome_of(checker->study, column);

    if (is_derived_later(checker->study, column))
        return "linking computes it from what comes after";
    if (is_known_after(checker->study, column))
        return "its codebook says 'known: after'";
    if (outcome != NULL)
        return "an outcome is read from it";
    return "an outcome's condition uses it, and its codebook does not say 'known: before'";
}

static const char WAY_OUT[] =
    "groups formed by what comes later have immortal time; say 'post_baseline: WHY' if it must be";

/* ---- columns and conditions that form groups ---------------------------------------------------------- */

static void check_plain_columns(const struct study_checker *checker, const char *key, const struct study_texts *names,
                                const struct study_texts *why)
{
    for (size_t i = 0; i < names->n; i++)
        if (why->items[i].text == NULL && study_is_post_baseline(checker->study, names->items[i].text))
            mistake(checker->mistakes, names->items[i].place,
                    "%s: column '%s' is dated after time zero (%s); describe people by what was known at time zero, or "
                    "say {column: %s, post_baseline: WHY}",
                    key, shown(checker->mistakes, names->items[i].text),
                    why_post_baseline(checker, names->items[i].text), shown(checker->mistakes, names->items[i].text));
}

static void check_columns_used(const struct study_checker *checker, const struct condition *condition,
                               const struct expression *expression)
{
    const char *name = condition->name.text; /* steps of eligibility have none */

    for (size_t i = 0; i < expression_n_columns(expression); i++) {
        const char *column = expression_column(expression, i);
        if (!study_is_post_baseline(checker->study, column))
            continue;
        mistake(checker->mistakes, condition->when.place, "%s%s%s%s: column '%s' is dated after time zero (%s); %s",
                condition->forms, name == NULL ? "" : " '", name == NULL ? "" : name, name == NULL ? "" : "'", column,
                why_post_baseline(checker, column), WAY_OUT);
    }
}

static void add_condition(struct conditions *conditions, const char *forms, const struct study_rule *rule)
{
    if (rule->when.text != NULL)
        conditions->items[conditions->n++] =
            (struct condition){forms, rule->name, rule->when, rule->post_baseline, conditions->columns};
}

static void add_rules(struct conditions *conditions, const char *forms, const struct study_rules *rules)
{
    for (size_t i = 0; i < rules->n; i++)
        if (rules->items[i].when.place.line != 0) /* not the population that stands for none */
            add_condition(conditions, forms, &rules->items[i]);
}

/* Rows of dated tables are judged by their own columns and by those of the person. */
static int add_evidence(const struct study *study, struct conditions *conditions)
{
    for (size_t i = 0; i < study->n_evidence; i++) {
        const struct study_evidence *evidence = &study->evidence[i];
        struct table **columns = &conditions->of_rows[evidence->role];
        const struct study_table *table = study_find_table(study, evidence->role);
        if (evidence->when.text == NULL || evidence->when.place.line == 0 || table->codebook == NULL)
            continue;
        if (*columns == NULL && (*columns = study_evidence_schema(study, evidence->role)) == NULL)
            return -1;
        conditions->items[conditions->n++] = (struct condition){.when = evidence->when, .columns = *columns};
    }
    return 0;
}

static int condition_compare(const void *left, const void *right)
{
    const struct study_place a = ((const struct condition *)left)->when.place;
    const struct study_place b = ((const struct condition *)right)->when.place;

    if (a.line != b.line)
        return a.line < b.line ? -1 : 1;
    return (a.column > b.column) - (a.column < b.column);
}

/* All conditions of the study in line order. */
static int gather(const struct study_checker *checker, struct conditions *conditions)
{
    const struct study *study = checker->study;
    size_t n = checker->file->eligible.n + study->cohort.arms.n + study->cohort.populations.n + study->n_evidence;

    for (size_t i = 0; i < study->n_outcomes; i++)
        n += 2 + study->outcomes[i].competing_if.n;
    for (size_t i = 0; i < study->n_words; i++)
        n += study->words[i].n_ends;
    n += study->n_strategies;
    if ((conditions->items = arena_take(checker->arena, n + study->n_tables, sizeof *conditions->items)) == NULL)
        return -1;
    for (size_t i = 0; i < study->n_tables; i++)
        add_condition(conditions, NULL, &(struct study_rule){.when = study->tables[i].transfer});
    add_rules(conditions, "eligible", &checker->file->eligible);
    add_rules(conditions, "arm", &study->cohort.arms);
    add_rules(conditions, "population", &study->cohort.populations);
    for (size_t i = 0; i < study->n_strategies; i++)
        add_condition(conditions, "people of strategies", &study->strategies[i].people);
    for (size_t i = 0; i < study->n_outcomes; i++) {
        const struct study_outcome *outcome = &study->outcomes[i];
        add_condition(conditions, NULL, &(struct study_rule){.when = outcome->event});
        add_condition(conditions, NULL, &(struct study_rule){.when = outcome->completed_if});
        add_rules(conditions, NULL, &outcome->competing_if);
    }
    for (size_t i = 0; i < study->n_words; i++)
        for (size_t k = 0; k < study->words[i].n_ends; k++)
            add_condition(conditions, NULL, &(struct study_rule){.when = study->words[i].ends[k].when});
    if (add_evidence(study, conditions) != 0)
        return -1;
    if (conditions->n > 1)
        qsort(conditions->items, conditions->n, sizeof *conditions->items, condition_compare);
    return 0;
}

static void compile(const struct study_checker *checker, const struct condition *condition)
{
    const struct expression_source source = {checker->study->path, condition->when.place.line,
                                             condition->when.place.column};
    struct expression *expression;

    mistakes_tell_before(checker->mistakes, condition->when.place);
    expression = expression_compile(condition->when.text, condition->columns, source);
    if (expression == NULL)
        mistakes_told_elsewhere(checker->mistakes);
    else if (condition->forms != NULL && condition->post_baseline.text == NULL)
        check_columns_used(checker, condition, expression);
    expression_free(expression);
}

int study_check_conditions(const struct study_checker *checker)
{
    const struct study *study = checker->study;
    struct conditions conditions = {.columns = checker->columns};
    int status;

    if (checker->columns == NULL)
        return 0;
    status = find_post_baseline(checker) != 0 || gather(checker, &conditions) != 0 ? -1 : 0;
    if (status == 0) {
        check_plain_columns(checker, "covariates", &study->cohort.covariates, &study->cohort.covariates_post_baseline);
        check_plain_columns(checker, "strata", &study->cohort.strata, &study->cohort.strata_post_baseline);
    }
    for (size_t i = 0; status == 0 && i < conditions.n; i++)
        compile(checker, &conditions.items[i]);
    for (enum table_role role = 0; role < N_ROLES; role++)
        table_free(conditions.of_rows[role]);
    return status;
}
