/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sites/pooled.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/names.h"
#include "cohort/arms.h"
#include "cohort/cohort.h"
#include "compare/missing_levels.h"
#include "sites/cells.h"

void pooled_free(struct pooled *pooled)
{
    table_free(pooled->cohort);
    table_free(pooled->outcome);
    table_free(pooled->records);
    *pooled = (struct pooled){0};
}

/* A site's file may have been made by anybody: a column that is not there is told. */
static const struct column *find(const struct table *cells, const char *name)
{
    const struct column *const column = name == NULL ? NULL : table_column(cells, name);

    if (name != NULL && column == NULL)
        fail("the sites' table '%s' has no column '%s'", cells->name, name);
    return column;
}

/* ---- who ------------------------------------------------------------------------------------------------------------- */

static int set_arms(const struct table *cells, struct column *arms)
{
    const struct column *const from = find(cells, "arm");

    for (size_t i = 0; from != NULL && i < cells->n_rows; i++) {
        size_t length;
        const char *const text = column_text(from, i, &length);
        const int32_t code = column_find_label(arms, text, length);
        if (code == MISSING_CODE)
            return fail("the sites' table '%s' has an arm that the study does not have", cells->name);
        column_set_code(arms, i, code);
    }
    return from == NULL ? -1 : 0;
}

static int set_people(const struct table *cells, struct table *cohort)
{
    const struct column *const n = find(cells, "n");

    for (size_t i = 0; n != NULL && i < cells->n_rows; i++) {
        if (column_integer(n, i) < 0)
            return fail("the sites' table '%s' counts fewer than nobody", cells->name);
        column_set_integer(table_column(cohort, "record"), i, (int64_t)i);
        column_set_integer(table_column(cohort, "weight"), i, column_integer(n, i));
    }
    return n == NULL ? -1 : set_arms(cells, table_column(cohort, "arm"));
}

static struct table *cohort_of(const struct study *study, const struct table *cells)
{
    struct table *cohort = table_alloc("cohort", "Who is compared");
    const char *arms[ARM_MAX];

    for (size_t i = 0; i < study->cohort.arms.n; i++)
        arms[i] = study->cohort.arms.items[i].name.text;
    int status = cohort == NULL || table_resize(cohort, cells->n_rows) != 0 ||
                         table_add_column(cohort, "record", COLUMN_INT64, 0, "Row of the counts", "") == NULL ||
                         table_add_category(cohort, "arm", arms, study->cohort.arms.n, "Arm") == NULL ||
                         table_add_column(cohort, "weight", COLUMN_INT64, 0, "Counts", "") == NULL
                     ? -1
                     : set_people(cells, cohort);
    for (size_t i = 0; status == 0 && i < study->cohort.populations.n; i++) {
        char *const name = cohort_population_column(study, i);
        const struct column *const member = find(cells, name);
        if (member == NULL || table_copy_column(cohort, member, cells->n_rows) == NULL)
            status = -1;
        free(name);
    }
    if (status == 0)
        return cohort;
    table_free(cohort);
    return NULL;
}

/* ---- what happened ------------------------------------------------------------------------------------------------------ */

/* Days of all people of a row together (compare/analyses.h). */
static int add_looked(struct table *outcome, const struct column *looked)
{
    struct column *const column =
        looked == NULL ? NULL : table_add_column(outcome, "n_looked", COLUMN_INT64, 0, "Days on which it was looked for", "");

    for (size_t i = 0; column != NULL && i < outcome->n_rows; i++)
        column_set_integer(column, i, column_integer(looked, i));
    return looked != NULL && column == NULL ? -1 : 0;
}

static struct table *outcome_of(const struct table *cells)
{
    static const char *const columns[] = {"time", "entry", "value"};
    struct table *outcome = table_alloc("outcome", "Outcome");
    const struct column *const from = find(cells, "cause");
    struct column *cause = NULL;

    if (outcome != NULL && from != NULL && table_resize(outcome, cells->n_rows) == 0)
        cause = table_add_column(outcome, "cause", COLUMN_INT32, 0, "Cause", "");
    for (size_t i = 0; cause != NULL && i < cells->n_rows; i++)
        column_set_real(cause, i, column_real(from, i));
    int status = cause == NULL ? -1 : 0;
    for (size_t i = 0; status == 0 && i < sizeof columns / sizeof columns[0]; i++)
        if (table_column(cells, columns[i]) != NULL &&
            table_copy_column(outcome, table_column(cells, columns[i]), cells->n_rows) == NULL)
            status = -1;
    if (status == 0 && add_looked(outcome, table_column(cells, "looked")) == 0)
        return outcome;
    table_free(outcome);
    return NULL;
}

/* ---- strata and covariates: texts become categories again, in the order of the codebook ----------------------------------- */

static int compare_labels(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Those of the codebook, then those that only the data have, in byte order.  names_free(); NULL after telling. */
static char **labels_of(const struct column *declared, const struct column *texts, size_t n_rows)
{
    char **labels = NULL;
    size_t n_declared = 0, n = 0;
    int status = 0;

    for (; status == 0 && declared != NULL && n_declared < declared->n_labels; n_declared++)
        status = names_add(&labels, declared->labels[n_declared]);
    for (size_t i = 0; status == 0 && i < n_rows; i++) {
        size_t length;
        const char *const text = column_text(texts, i, &length);
        if (length == 0)
            continue;
        char *const label = copy_bytes(text, length);
        status = label == NULL || (declared != NULL && column_find_label(declared, text, length) != MISSING_CODE
                                       ? 0
                                       : names_add(&labels, label)) != 0
                     ? -1
                     : 0;
        free(label);
    }
    if (status != 0 || (labels == NULL && (labels = allocate(1, sizeof *labels)) == NULL)) {
        names_free(labels);
        return NULL;
    }
    while (labels[n] != NULL)
        n++;
    if (n > n_declared)
        qsort(labels + n_declared, n - n_declared, sizeof *labels, compare_labels);
    return labels;
}

static int add_category(struct table *records, const char *name, const struct column *declared, const struct column *texts)
{
    char **const labels = labels_of(declared, texts, records->n_rows);
    size_t n = 0;

    while (labels != NULL && labels[n] != NULL)
        n++;
    struct column *const column =
        labels == NULL ? NULL : table_add_category(records, name, (const char *const *)labels, n, texts->label);
    for (size_t i = 0; column != NULL && i < records->n_rows; i++) {
        size_t length;
        const char *const text = column_text(texts, i, &length);
        column_set_code(column, i, length == 0 ? MISSING_CODE : column_find_label(column, text, length));
    }
    names_free(labels);
    return column == NULL ? -1 : 0;
}

static bool is_whole(const struct column *column, size_t n_rows)
{
    for (size_t i = 0; i < n_rows; i++)
        if (!column_is_missing(column, i) && column_real(column, i) != floor(column_real(column, i)))
            return false;
    return true;
}

/* Whole numbers become integers again: what is asked of levels goes by their type. */
static int add_number(struct table *records, const char *name, const struct column *from)
{
    struct column *const column =
        table_add_column(records, name, is_whole(from, records->n_rows) ? COLUMN_INT64 : COLUMN_FLOAT64, 0, from->label,
                         from->units);

    for (size_t i = 0; column != NULL && i < records->n_rows; i++)
        if (column_set_real(column, i, column_real(from, i)) != 0)
            return fail("column '%s' of the sites holds a number that is too large", name);
    return column == NULL ? -1 : 0;
}

static int add_values(const struct study *study, struct table *records, const char *name, const struct column *from)
{
    const struct study_table *const source = study_main_table(study);
    struct table *const schema = codebook_schema(source->codebook, table_role_name(source->role));
    const struct column *declared = schema == NULL ? NULL : table_column(schema, name);
    int status = -1;

    if (declared != NULL && declared->type != COLUMN_CATEGORY)
        declared = NULL;
    if (schema != NULL)
        status = from->type == COLUMN_TEXT ? add_category(records, name, declared, from) : add_number(records, name, from);
    table_free(schema);
    return status;
}

static struct table *records_alloc(size_t n_rows)
{
    struct table *const records = table_alloc("records", "Covariates and strata");

    if (records != NULL && table_resize(records, n_rows) == 0)
        return records;
    table_free(records);
    return NULL;
}

static struct table *strata_of(const struct study *study, const struct study_texts *columns, const struct table *cells)
{
    struct table *const records = records_alloc(cells->n_rows);
    int status = records == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < columns->n; i++) {
        char *const name = cells_stratum_column(columns->items[i].text);
        const struct column *const from = find(cells, name);
        status = from == NULL ? -1 : add_values(study, records, columns->items[i].text, from);
        free(name);
    }
    if (status == 0)
        return records;
    table_free(records);
    return NULL;
}

int pooled_outcome(const struct study *study, const struct study_texts *strata, const struct table *cells,
                   struct pooled *pooled)
{
    *pooled = (struct pooled){.cohort = cohort_of(study, cells), .outcome = outcome_of(cells)};
    if (pooled->cohort == NULL || pooled->outcome == NULL)
        return -1;
    return strata->n == 0 || (pooled->records = strata_of(study, strata, cells)) != NULL ? 0 : -1;
}

int pooled_covariate(const struct study *study, size_t covariate, const struct table *cells, struct pooled *pooled)
{
    const struct column *const from = find(cells, "value");

    *pooled = (struct pooled){.cohort = from == NULL ? NULL : cohort_of(study, cells),
                              .records = from == NULL ? NULL : records_alloc(cells->n_rows)};
    return pooled->cohort == NULL || pooled->records == NULL
               ? -1
               : add_values(study, pooled->records, study->cohort.covariates.items[covariate].text, from);
}
