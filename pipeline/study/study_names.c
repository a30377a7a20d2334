/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names in a study that must mean something: columns, outcomes, arms, populations. */
#include <string.h>

#include "base/table.h"
#include "study/joined.h"
#include "study/study_file.h"

static unsigned column_kind(const struct codebook_column *column)
{
    switch (column->type) {
    case VALUE_INTEGER:
        return KIND_INTEGER;
    case VALUE_REAL:
        return KIND_REAL;
    case VALUE_CATEGORY:
        return KIND_CATEGORY;
    case VALUE_DATE:
        return KIND_DATE;
    case VALUE_TEXT:
        break;
    }
    return KIND_TEXT;
}

const char *kinds_expected(unsigned kinds)
{
    switch (kinds) {
    case KIND_INTEGER:
        return "a column of whole numbers";
    case KIND_NUMBER:
        return "a column of numbers";
    case KIND_CATEGORY:
        return "a category";
    case KIND_CATEGORY | KIND_TEXT:
        return "a category or a text";
    case KIND_INTEGER | KIND_CATEGORY:
        return "a category or a column of whole numbers";
    case KIND_DATE:
        return "a column of dates";
    case KIND_DAY:
        return "a column of dates or whole numbers (days)";
    case KIND_NUMBER | KIND_CATEGORY:
        return "a category or a column of numbers";
    default:
        return "a category, a text or a column of whole numbers";
    }
}

static const char *kind_name(const struct codebook_column *column)
{
    static const char *const NAMES[] = {"whole numbers", "real numbers", "a category", "dates", "text"};

    return NAMES[column->type];
}

static size_t list_names(const struct codebook *codebook, const char **names)
{
    size_t n = 0;

    for (size_t i = 0; i < codebook->n_columns; i++)
        if (!codebook->columns[i].dropped)
            names[n++] = codebook->columns[i].name;
    return n;
}

/* joined: the codebook of persons beside stays, whose columns would do as well; NULL: none. */
static void unknown_column(const struct study_checker *checker, const char *key, const struct study_text *name,
                           const struct codebook *codebook, const struct codebook *joined)
{
    const char **names =
        arena_take(checker->arena, codebook->n_columns + (joined == NULL ? 0 : joined->n_columns), sizeof *names);
    const char *hint = "";
    size_t n = names == NULL ? 0 : list_names(codebook, names);

    if (names != NULL && joined != NULL)
        n += list_names(joined, names + n);
    if (names != NULL)
        hint = did_you_mean(checker->mistakes, name->text, names, n);
    mistake(checker->mistakes, name->place, "%s: there is no column '%s' in codebook '%s'%s%s%s%s", key,
            shown(checker->mistakes, name->text), shown(checker->mistakes, codebook->name), joined == NULL ? "" : " or '",
            joined == NULL ? "" : shown(checker->mistakes, joined->name), joined == NULL ? "" : "'", hint);
}

/* A column that no codebook declares but that linking computes (derived.h). */
static void check_derived(const struct study_checker *checker, const char *key, const struct study_text *name,
                          const struct column *column, unsigned kinds)
{
    const unsigned kind = column->type == COLUMN_CATEGORY            ? KIND_CATEGORY
                          : column->type == COLUMN_TEXT              ? KIND_TEXT
                          : strcmp(column->units, "date") == 0       ? KIND_DATE
                          : column->type == COLUMN_FLOAT64           ? KIND_REAL
                                                                     : KIND_INTEGER;

    if ((kind & kinds) == 0)
        mistake(checker->mistakes, name->place, "%s: %s was expected; column '%s', which %s, holds %s", key, kinds_expected(kinds), name->text,
                joined_column(checker->study, name->text) == NULL ? "linking computes" : "comes from 'clients'",
                kind == KIND_CATEGORY  ? "a category"
                : kind == KIND_TEXT    ? "text"
                : kind == KIND_DATE    ? "dates"
                : kind == KIND_INTEGER ? "whole numbers"
                                       : "real numbers");
}

void check_column(const struct study_checker *checker, const char *key, const struct study_text *name, unsigned kinds)
{
    if (checker->columns != NULL)
        check_table_column(checker, study_main_table(checker->study), key, name, kinds);
}

void check_table_column(const struct study_checker *checker, const struct study_table *table, const char *key,
                        const struct study_text *name, unsigned kinds)
{
    const bool is_main = checker->columns != NULL && table == study_main_table(checker->study);
    const struct codebook_column *column;
    const struct column *stored;

    if (name->text == NULL || table == NULL || table->codebook == NULL)
        return;
    column = codebook_find(table->codebook, name->text);
    if (column == NULL && is_main && (stored = table_column(checker->columns, name->text)) != NULL)
        check_derived(checker, key, name, stored, kinds);
    else if (column == NULL)
        unknown_column(checker, key, name, table->codebook,
                       is_main && joined_table(checker->study) != NULL ? joined_table(checker->study)->codebook : NULL);
    else if (strcmp(column->name, name->text) != 0)
        mistake(checker->mistakes, name->place, "%s: '%s' is another name of column '%s'; write '%s'", key,
                shown(checker->mistakes, name->text), column->name, column->name);
    else if (column->dropped)
        mistake(checker->mistakes, name->place, "%s: column '%s' is dropped unread (its role in codebook '%s')", key,
                column->name, shown(checker->mistakes, table->codebook->name));
    else if (is_main && strcmp(key, "person") != 0 && table_column(checker->columns, column->name) == NULL)
        mistake(checker->mistakes, name->place, "%s: column '%s' tells persons apart; only its key is kept", key,
                column->name);
    else if ((column_kind(column) & kinds) == 0)
        mistake(checker->mistakes, name->place, "%s: %s was expected; column '%s' holds %s", key, kinds_expected(kinds),
                column->name, kind_name(column));
}

void check_doubled(const struct study_checker *checker, const char *key, const struct study_texts *texts)
{
    for (size_t i = 1; i < texts->n; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(texts->items[i].text, texts->items[j].text) == 0) {
                mistake(checker->mistakes, texts->items[i].place, "%s: '%s' stands twice in the list", key,
                        shown(checker->mistakes, texts->items[i].text));
                break;
            }
}

bool is_one_of(const struct study_texts *texts, const char *name)
{
    for (size_t i = 0; i < texts->n; i++)
        if (strcmp(texts->items[i].text, name) == 0)
            return true;
    return false;
}

size_t find_outcome(const struct study_checker *checker, const struct study_text *name)
{
    const struct study *study = checker->study;
    const char **names;
    const char *hint = "";

    if (name->text == NULL)
        return study->n_outcomes;
    for (size_t i = 0; i < study->n_outcomes; i++)
        if (strcmp(study->outcomes[i].name.text, name->text) == 0)
            return i;
    if (study->n_outcomes == 0) /* the outcomes were mistaken, and that was noted */
        return 0;
    names = arena_take(checker->arena, study->n_outcomes, sizeof *names);
    for (size_t i = 0; names != NULL && i < study->n_outcomes; i++)
        names[i] = study->outcomes[i].name.text;
    if (names != NULL)
        hint = did_you_mean(checker->mistakes, name->text, names, study->n_outcomes);
    mistake(checker->mistakes, name->place, "there is no outcome '%s'%s", shown(checker->mistakes, name->text), hint);
    return study->n_outcomes;
}

const struct study_rule *find_rule(const struct study_checker *checker, const char *what,
                                   const struct study_rules *rules, const struct study_text *name)
{
    const char **names;
    const char *hint = "";

    if (name->text == NULL || rules->n == 0)
        return NULL;
    for (size_t i = 0; i < rules->n; i++)
        if (strcmp(rules->items[i].name.text, name->text) == 0)
            return &rules->items[i];
    names = arena_take(checker->arena, rules->n, sizeof *names);
    for (size_t i = 0; names != NULL && i < rules->n; i++)
        names[i] = rules->items[i].name.text;
    if (names != NULL)
        hint = did_you_mean(checker->mistakes, name->text, names, rules->n);
    mistake(checker->mistakes, name->place, "there is no %s '%s'%s", what, shown(checker->mistakes, name->text), hint);
    return NULL;
}
