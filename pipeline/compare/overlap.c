/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/overlap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cells.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/names.h"
#include "cohort/arms.h"
#include "cohort/conditions.h"

/* ---- which arms meet in a column ---------------------------------------------------------------------------------- */

struct place { /* a person's level and arm */
    int64_t level;
    int32_t arm;
};

static int compare_places(const void *left, const void *right)
{
    const struct place *a = left, *b = right;

    if (a->level != b->level)
        return a->level < b->level ? -1 : 1;
    return (a->arm > b->arm) - (a->arm < b->arm);
}

/* Of one level: every arm that is there meets every other. */
static void meet(const struct place *places, size_t n, bool (*meets)[ARM_MAX])
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            meets[places[i].arm][places[j].arm] = meets[places[j].arm][places[i].arm] = true;
}

/* Equal places side by side are one: n is at most levels times arms afterwards. */
static size_t drop_copies(struct place *places, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (i == 0 || compare_places(&places[i], &places[i - 1]) != 0)
            places[kept++] = places[i];
    return kept;
}

/* Those of all places; *places is replaced. */
static int join_places(const struct reducer *reducer, struct place **places, size_t *n)
{
    struct reducer_bytes all = {0};

    if (reducer == NULL)
        return 0;
    if (reducer->collect(reducer->context, *places, *n * sizeof **places, &all) != 0)
        return -1;
    free(*places);
    *places = (struct place *)(void *)all.bytes;
    *n = all.n / sizeof **places;
    if (*n > 0)
        qsort(*places, *n, sizeof **places, compare_places);
    *n = drop_copies(*places, *n);
    return 0;
}

static int find_meetings(const struct table *cohort, const struct column *stratum, const struct reducer *reducer,
                         bool (*meets)[ARM_MAX])
{
    const struct column *record = table_column(cohort, "record"), *arm = table_column(cohort, "arm");
    struct place *places = allocate(cohort->n_rows + 1, sizeof *places);
    size_t n = 0;

    if (places == NULL)
        return -1;
    for (size_t i = 0; i < cohort->n_rows; i++) {
        const size_t row = (size_t)column_integer(record, i);
        if (!column_is_missing(stratum, row))
            places[n++] = (struct place){stratum->type == COLUMN_CATEGORY ? column_code(stratum, row)
                                                                        : column_integer(stratum, row),
                                         column_code(arm, i)};
        /* Runs of one place are dropped on the way, so that what is sorted stays small. */
        if (n > 1 && compare_places(&places[n - 1], &places[n - 2]) == 0)
            n--;
    }
    qsort(places, n, sizeof *places, compare_places);
    n = drop_copies(places, n);
    if (join_places(reducer, &places, &n) != 0) {
        free(places);
        return -1;
    }
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && places[end].level == places[i].level; end++)
            ;
        meet(places + i, end - i, meets);
    }
    free(places);
    return 0;
}

/* ---- what is withheld ----------------------------------------------------------------------------------------------- */

static void blank(struct table *table, size_t row, const char *const *names)
{
    for (; *names != NULL; names++) {
        struct column *column = table_column(table, *names);
        if (column->type == COLUMN_FLOAT64)
            column_set_real(column, row, NAN);
        else
            column_set_integer(column, row, MISSING_INTEGER);
    }
}

/* A contrast of the two arms, or a test of all arms at once. */
static bool is_about(const struct table *table, size_t row, const char *arm, const char *reference)
{
    if (cell_is(table, "reference", row, ""))
        return false;
    return cell_is(table, "arm", row, arm) && cell_is(table, "reference", row, reference);
}

static bool is_of_all_arms(const struct table *table, size_t row)
{
    return cell_is(table, "arm", row, "") && cell_is(table, "reference", row, "");
}

/* Adds the rows that were withheld to *n_rows. */
static int withhold_pair(const char *arm, const char *reference, const char *note, struct table *estimates,
                         struct table *verdicts, size_t *n_rows)
{
    static const char *const numbers[] = {"estimate", "std_error", "conf_low", "conf_high", "statistic",
                                          "df",       "df2",       "p_value",  NULL};
    static const char *const verdict_numbers[] = {"estimate", "conf_low", "conf_high", "power", "n_needed_80",
                                                  "n_needed_90", NULL};

    for (size_t i = 0; i < estimates->n_rows; i++)
        if ((is_about(estimates, i, arm, reference) || is_of_all_arms(estimates, i)) &&
            !cell_is(estimates, "status", i, "withheld")) {
            struct row_builder row = {estimates, i, 0};
            (*n_rows)++;
            blank(estimates, i, numbers);
            row_text(&row, "status", "withheld");
            row_text(&row, "note", note);
            if (row.error != 0)
                return -1;
        }
    for (size_t i = 0; i < verdicts->n_rows; i++)
        if (is_about(verdicts, i, arm, reference)) {
            struct row_builder row = {verdicts, i, 0};
            (*n_rows)++;
            blank(verdicts, i, verdict_numbers);
            row_text(&row, "verdict", "undefined");
            row_text(&row, "statistically", "");
            row_text(&row, "note", note);
            if (row.error != 0)
                return -1;
        }
    return 0;
}

/* ---- names ------------------------------------------------------------------------------------------------------------ */

/* The one column that forms the arms; "arm" when several do.  Caller frees. */
static char *forming_column(const struct study *study)
{
    struct table *schema = study_columns(study, "source");
    char **names = NULL, *name = NULL;
    int status = schema == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < study->cohort.arms.n; i++)
        status = condition_columns(study, &study->cohort.arms.items[i].when, schema, &names);
    if (status == 0)
        name = copy_text(names != NULL && names[0] != NULL && names[1] == NULL ? names[0] : "arm");
    names_free(names);
    table_free(schema);
    return name;
}

static int judge_stratum(const struct study *study, const char *forming, const struct study_text *stratum,
                         const bool (*meets)[ARM_MAX], struct table *estimates, struct table *verdicts)
{
    const struct study_rules *arms = &study->cohort.arms;
    char *note = format_text("%s is nested in %s: no overlap", forming, stratum->text);
    size_t n_rows = 0;
    int status = note == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < arms->n; i++)
        for (size_t j = 0; status == 0 && j < arms->n; j++)
            if (i != j && !meets[i][j])
                status = withhold_pair(arms->items[i].name.text, arms->items[j].name.text, note, estimates, verdicts, &n_rows);
    if (status == 0 && n_rows > 0)
        warn("%s:%zu:%zu: %s; %zu comparisons of such arms are withheld", study->path, stratum->place.line,
             stratum->place.column, note, n_rows);
    free(note);
    return status;
}

int overlap_withhold(const struct study *study, const struct table *cohort, const struct table *records,
                     const struct reducer *reducer, struct table *estimates, struct table *verdicts)
{
    char *forming = study->cohort.strata.n > 0 ? forming_column(study) : NULL;
    int status = study->cohort.strata.n > 0 && forming == NULL ? -1 : 0;

    for (size_t k = 0; status == 0 && k < study->cohort.strata.n; k++) {
        bool meets[ARM_MAX][ARM_MAX] = {{false}};
        const struct study_text *stratum = &study->cohort.strata.items[k];
        status = find_meetings(cohort, table_column(records, stratum->text), reducer, meets);
        if (status == 0)
            status = judge_stratum(study, forming, stratum, (const bool(*)[ARM_MAX])meets, estimates, verdicts);
    }
    free(forming);
    return status;
}
