/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sites/cells.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "cohort/cohort.h"

char *cells_stratum_column(const char *column)
{
    return format_text("stratum:%s", column);
}

char *cells_outcome_table(const struct study *study, size_t outcome)
{
    return format_text("cells/%s", study->outcomes[outcome].name.text);
}

char *cells_strata_table(const struct study *study, size_t outcome, const struct study_texts *columns)
{
    char *name = format_text("by/%s", study->outcomes[outcome].name.text);

    for (size_t i = 0; name != NULL && i < columns->n; i++) {
        char *const longer = format_text("%s%c%s", name, i == 0 ? '/' : '-', columns->items[i].text);
        free(name);
        name = longer;
    }
    return name;
}

char *cells_covariate_table(const struct study *study, size_t covariate)
{
    return format_text("covariate/%s", study->cohort.covariates.items[covariate].text);
}

/* ---- rows as they are ------------------------------------------------------------------------------------------- */

/* One value of any column: texts and labels as text, everything else as a number. */
static int copy_value(struct column *to, size_t row, const struct column *from, size_t from_row)
{
    if (to->type == COLUMN_TEXT) {
        size_t length;
        const char *const text = column_text(from, from_row, &length);
        return column_set_text(to, row, text, length);
    }
    return column_set_real(to, row, column_real(from, from_row));
}

static size_t widest(const struct column *column)
{
    size_t width = column->type == COLUMN_TEXT ? column->width : 1;

    for (size_t i = 0; column->type == COLUMN_CATEGORY && i < column->n_labels; i++)
        width = strlen(column->labels[i]) > width ? strlen(column->labels[i]) : width;
    return width;
}

/* record: which row of `from` each row has; NULL: the same. */
static int add_values(struct table *rows, const char *name, const struct column *from, const struct column *record)
{
    const bool words = from->type == COLUMN_TEXT || from->type == COLUMN_CATEGORY;
    struct column *const to = table_add_column(rows, name, words ? COLUMN_TEXT : COLUMN_FLOAT64, widest(from), from->label,
                                               words ? "" : from->units);

    for (size_t i = 0; to != NULL && i < rows->n_rows; i++)
        if (copy_value(to, i, from, record == NULL ? i : (size_t)column_integer(record, i)) != 0)
            return fail("column '%s' holds a value that cannot be counted", name);
    return to == NULL ? -1 : 0;
}

static int add_populations(const struct cells_input *input, struct table *rows)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < input->study->cohort.populations.n; i++) {
        char *name = cohort_population_column(input->study, i);
        status = name == NULL || table_copy_column(rows, table_column(input->cohort, name), rows->n_rows) == NULL ? -1 : 0;
        free(name);
    }
    return status;
}

/* Arm and populations of everybody. */
static struct table *begin(const struct cells_input *input, char *name, const char *label)
{
    struct table *rows = name == NULL ? NULL : table_alloc(name, label);
    int status = rows == NULL || table_resize(rows, input->cohort->n_rows) != 0 ||
                         add_values(rows, "arm", table_column(input->cohort, "arm"), NULL) != 0
                     ? -1
                     : 0;

    free(name);
    if (status == 0 && add_populations(input, rows) == 0)
        return rows;
    table_free(rows);
    return NULL;
}

/* Days on which the people of a row were looked at, all together; nothing where nobody looks. */
static int add_looked(struct table *rows, const struct column *each, const struct column *weight)
{
    struct column *const looked =
        each == NULL ? NULL : table_add_column(rows, "looked", COLUMN_INT64, 0, "Days on which they were looked at", "");

    for (size_t i = 0; looked != NULL && i < rows->n_rows; i++)
        column_set_integer(looked, i, column_is_missing(each, i) ? 0 : column_integer(each, i) * column_integer(weight, i));
    return each != NULL && looked == NULL ? -1 : 0;
}

/* looked: by person, or NULL. */
static struct table *end(const struct cells_input *input, struct table *rows, const struct column *looked, int status)
{
    const struct column *weight = table_column(input->cohort, "weight");
    struct column *n =
        status != 0 || add_looked(rows, looked, weight) != 0 ? NULL : table_add_column(rows, "n", COLUMN_INT64, 0, "People", "");

    if (n == NULL) {
        table_free(rows);
        return NULL;
    }
    for (size_t i = 0; i < rows->n_rows; i++)
        column_set_integer(n, i, column_integer(weight, i));
    return cells_sum(rows);
}

/* Columns of the source that tell people apart besides. */
static int add_strata(const struct cells_input *input, const struct study_texts *columns, struct table *rows)
{
    const struct column *record = table_column(input->cohort, "record");
    int status = 0;

    for (size_t i = 0; status == 0 && i < columns->n; i++) {
        char *name = cells_stratum_column(columns->items[i].text);
        status = name == NULL ? -1 : add_values(rows, name, table_column(input->records, columns->items[i].text), record);
        free(name);
    }
    return status;
}

static struct table *cells_of(const struct cells_input *input, size_t outcome, const struct study_texts *strata, char *name)
{
    static const char *const columns[] = {"cause", "time", "entry", "value"};
    const struct table *computed = input->outcomes[outcome];
    struct table *rows = begin(input, name, "People by what happened to them");
    int status = rows == NULL ? -1 : add_strata(input, strata, rows);

    for (size_t i = 0; status == 0 && i < sizeof columns / sizeof columns[0]; i++)
        if (table_column(computed, columns[i]) != NULL)
            status = add_values(rows, columns[i], table_column(computed, columns[i]), NULL);
    return rows == NULL ? NULL : end(input, rows, table_column(computed, "n_looked"), status);
}

struct table *cells_of_outcome(const struct cells_input *input, size_t outcome)
{
    return cells_of(input, outcome, &(struct study_texts){0}, cells_outcome_table(input->study, outcome));
}

struct table *cells_of_strata(const struct cells_input *input, size_t outcome, const struct study_texts *columns)
{
    return cells_of(input, outcome, columns, cells_strata_table(input->study, outcome, columns));
}

struct table *cells_of_covariate(const struct cells_input *input, size_t covariate)
{
    struct table *rows = begin(input, cells_covariate_table(input->study, covariate), "People by a covariate");
    const int status = rows == NULL
                           ? -1
                           : add_values(rows, "value",
                                        table_column(input->records, input->study->cohort.covariates.items[covariate].text),
                                        table_column(input->cohort, "record"));

    return rows == NULL ? NULL : end(input, rows, NULL, status);
}

/* ---- equal rows become one --------------------------------------------------------------------------------------- */

static int compare_values(const struct column *column, size_t a, size_t b)
{
    if (column->type == COLUMN_TEXT)
        return memcmp((const char *)column->values + a * column->width, (const char *)column->values + b * column->width,
                      column->width);
    const double x = column_real(column, a), y = column_real(column, b);
    const bool no_x = column_is_missing(column, a), no_y = column_is_missing(column, b);
    return no_x || no_y ? (int)no_y - (int)no_x : (x > y) - (x < y); /* missing first */
}

/* The last columns are sums: looked, where it is there, and n. */
static size_t n_keys(const struct table *rows)
{
    return rows->n_columns - (table_column(rows, "looked") == NULL ? 1 : 2);
}

static int compare_rows(const void *a, const void *b, void *context)
{
    const struct table *rows = context;
    const size_t x = *(const size_t *)a, y = *(const size_t *)b, n = n_keys(rows);
    int order = 0;

    for (size_t j = 0; order == 0 && j < n; j++)
        order = compare_values(&rows->columns[j], x, y);
    return order;
}

/* Sums of one column over groups; group[i] is that of the i-th row in order. */
static int sum_column(const struct table *rows, size_t j, const size_t *order, const size_t *group, struct table *taken)
{
    int64_t *const sums = allocate(taken->n_rows, sizeof *sums);

    for (size_t i = 0; sums != NULL && i < rows->n_rows; i++)
        sums[group[i]] += column_integer(&rows->columns[j], order[i]);
    for (size_t k = 0; sums != NULL && k < taken->n_rows; k++)
        column_set_integer(&taken->columns[j], k, sums[k]);
    free(sums);
    return sums == NULL ? -1 : 0;
}

/* order: rows that are put together stand side by side; the first of each stays. */
static struct table *take_groups(const struct table *rows, const size_t *order)
{
    size_t *group = allocate(rows->n_rows, sizeof *group), *first = allocate(rows->n_rows, sizeof *first);
    struct table *taken = NULL;
    size_t groups = 0;
    int status = 0;

    for (size_t i = 0; group != NULL && first != NULL && i < rows->n_rows; i++) {
        if (i == 0 || compare_rows(&order[i - 1], &order[i], (void *)rows) != 0)
            first[groups++] = order[i];
        group[i] = groups - 1;
    }
    if (group != NULL && first != NULL)
        taken = table_take_rows(rows, first, groups);
    for (size_t j = n_keys(rows); taken != NULL && status == 0 && j < rows->n_columns; j++)
        status = sum_column(rows, j, order, group, taken);
    free(group);
    free(first);
    if (status == 0)
        return taken;
    table_free(taken);
    return NULL;
}

struct table *cells_sum(struct table *rows)
{
    size_t *order = rows == NULL ? NULL : allocate(rows->n_rows, sizeof *order);
    struct table *summed = NULL;

    for (size_t i = 0; order != NULL && i < rows->n_rows; i++)
        order[i] = i;
    if (order != NULL) {
        if (rows->n_rows > 1)
            qsort_r(order, rows->n_rows, sizeof *order, compare_rows, rows);
        summed = take_groups(rows, order);
    }
    free(order);
    table_free(rows);
    return summed;
}
