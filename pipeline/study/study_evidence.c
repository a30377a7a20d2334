/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of `evidence`: named kinds of dated rows. */
#include <string.h>

#include "study/study_file.h"

const char *study_usual_evidence(const struct study_table *table)
{
    switch (table->role) {
    case ROLE_TESTS:
        return table->only_positives ? "positive" : "";
    case ROLE_SPECIMENS:
        return "specimen";
    case ROLE_USE_DAYS:
        return "use";
    case ROLE_DOSES:
        return "dose";
    default: /* a visit may be one that was missed */
        return "";
    }
}

struct table *study_evidence_schema(const struct study *study, enum table_role role)
{
    const struct study_table *dated = study_find_table(study, role), *people = study_main_table(study);
    struct table *schema = study_table_schema(study, dated, table_role_name(role)),
                 *others = study_table_schema(study, people, table_role_name(people->role));
    int status = schema == NULL || others == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < others->n_columns; i++)
        if (table_column(schema, others->columns[i].name) == NULL && table_copy_column(schema, &others->columns[i], 0) == NULL)
            status = -1;
    table_free(others);
    if (status == 0)
        return schema;
    table_free(schema);
    return NULL;
}

size_t find_evidence(const struct study_checker *checker, const char *key, const struct study_text *name)
{
    const struct study *study = checker->study;
    const char **names;
    const char *hint = "";

    if (name->text == NULL)
        return study->n_evidence;
    for (size_t i = 0; i < study->n_evidence; i++)
        if (strcmp(study->evidence[i].name.text, name->text) == 0)
            return i;
    names = arena_take(checker->arena, study->n_evidence, sizeof *names);
    for (size_t i = 0; names != NULL && i < study->n_evidence; i++)
        names[i] = study->evidence[i].name.text;
    if (names != NULL)
        hint = did_you_mean(checker->mistakes, name->text, names, study->n_evidence);
    mistake(checker->mistakes, name->place, "%s: '%s' is no kind of evidence; name it under 'evidence'%s", key,
            shown(checker->mistakes, name->text), hint);
    return study->n_evidence;
}

static bool is_declared(const struct study_file *file, const char *name)
{
    for (size_t i = 0; i < file->n_evidence; i++)
        if (strcmp(file->evidence[i].name.text, name) == 0)
            return true;
    return false;
}

/* Where all rows of a table mean one thing, they need not be named. */
static int add_usual(const struct study_checker *checker)
{
    struct study *study = checker->study;

    for (size_t i = 1; i < study->n_tables; i++) {
        const char *name = study_usual_evidence(&study->tables[i]);
        struct study_evidence *evidence = &study->evidence[study->n_evidence];
        if (*name == '\0' || is_declared(checker->file, name))
            continue;
        evidence->role = study->tables[i].role;
        if ((evidence->name.text = arena_text(checker->arena, name, strlen(name))) == NULL ||
            (evidence->when.text = arena_text(checker->arena, "true", 4)) == NULL)
            return -1;
        study->n_evidence++;
    }
    return 0;
}

int find_evidences(const struct study_checker *checker, const char *key, const struct study_texts *names, size_t *n,
                   size_t **found)
{
    if ((*found = arena_take(checker->arena, names->n, sizeof **found)) == NULL)
        return -1;
    for (size_t i = 0; i < names->n; i++) {
        const size_t other = find_evidence(checker, key, &names->items[i]);
        if (other < checker->study->n_evidence)
            (*found)[(*n)++] = other;
    }
    return 0;
}

static void find_role(const struct study_checker *checker, const struct file_evidence *written,
                      struct study_evidence *evidence)
{
    size_t n = 0;

    for (enum table_role role = 0; role < N_ROLES; role++)
        if (written->when[role].text != NULL && n++ == 0) {
            evidence->role = role;
            evidence->when = written->when[role];
        }
    if (n != 1)
        mistake(checker->mistakes, written->place,
                "evidence: %s; one of tests, visits, specimens, use_days and doses, with a condition, was expected",
                n == 0 ? "no table is named" : "several tables are named");
    else if (study_find_table(checker->study, evidence->role) == NULL)
        mistake(checker->mistakes, evidence->when.place, "evidence: the study has no table '%s'",
                table_role_name(evidence->role));
    else
        return;
    evidence->when.text = NULL; /* nothing to compile */
}

int study_check_evidence(const struct study_checker *checker)
{
    const struct study_file *file = checker->file;
    struct study *study = checker->study;

    study->evidence = arena_take(checker->arena, file->n_evidence + N_ROLES, sizeof *study->evidence);
    if (study->evidence == NULL || add_usual(checker) != 0)
        return -1;
    for (size_t i = 0; i < file->n_evidence; i++) {
        const struct file_evidence *written = &file->evidence[i];
        struct study_evidence *evidence = &study->evidence[study->n_evidence];
        evidence->name = written->name;
        find_role(checker, written, evidence);
        /* Only those above this one are known yet. */
        if (find_evidences(checker, "with", &written->with, &evidence->n_with, &evidence->with) != 0 ||
            find_evidences(checker, "without", &written->without, &evidence->n_without, &evidence->without) != 0)
            return -1;
        study->n_evidence++;
    }
    return 0;
}
