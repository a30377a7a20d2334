/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sites/cells.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "cohort/cohort.h"

char *cells_stratum_column(const struct study *study, size_t stratum)
{
    return format_text("stratum:%s", study->cohort.strata.items[stratum].text);
}

char *cells_outcome_table(const struct study *study, size_t outcome)
{
    return format_text("cells/%s", study->outcomes[outcome].name.text);
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

static struct table *end(const struct cells_input *input, struct table *rows, int status)
{
    struct column *n = status != 0 ? NULL : table_add_column(rows, "n", COLUMN_INT64, 0, "People", "");
    const struct column *weight = table_column(input->cohort, "weight");

    if (n == NULL) {
        table_free(rows);
        return NULL;
    }
    for (size_t i = 0; i < rows->n_rows; i++)
        column_set_integer(n, i, column_integer(weight, i));
    return cells_sum(rows);
}

static int add_strata(const struct cells_input *input, struct table *rows)
{
    const struct column *record = table_column(input->cohort, "record");
    int status = 0;

    for (size_t i = 0; status == 0 && i < input->study->cohort.strata.n; i++) {
        char *name = cells_stratum_column(input->study, i);
        status = name == NULL ? -1
                              : add_values(rows, name, table_column(input->records, input->study->cohort.strata.items[i].text),
                                           record);
        free(name);
    }
    return status;
}

struct table *cells_of_outcome(const struct cells_input *input, size_t outcome)
{
    static const char *const columns[] = {"cause", "time", "entry", "value"};
    const struct table *computed = input->outcomes[outcome];
    struct table *rows = begin(input, cells_outcome_table(input->study, outcome), "People by what happened to them");
    int status = rows == NULL ? -1 : add_strata(input, rows);

    for (size_t i = 0; status == 0 && i < sizeof columns / sizeof columns[0]; i++)
        if (table_column(computed, columns[i]) != NULL)
            status = add_values(rows, columns[i], table_column(computed, columns[i]), NULL);
    return rows == NULL ? NULL : end(input, rows, status);
}

struct table *cells_of_covariate(const struct cells_input *input, size_t covariate)
{
    struct table *rows = begin(input, cells_covariate_table(input->study, covariate), "People by a covariate");
    const int status = rows == NULL
                           ? -1
                           : add_values(rows, "value",
                                        table_column(input->records, input->study->cohort.covariates.items[covariate].text),
                                        table_column(input->cohort, "record"));

    return rows == NULL ? NULL : end(input, rows, status);
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

/* All columns but the last, which is n. */
static int compare_rows(const void *a, const void *b, void *context)
{
    const struct table *rows = context;
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;
    int order = 0;

    for (size_t j = 0; order == 0 && j + 1 < rows->n_columns; j++)
        order = compare_values(&rows->columns[j], x, y);
    return order;
}

/* order: rows that are put together stand side by side; the first of each stays. */
static struct table *take_groups(const struct table *rows, size_t *order)
{
    const struct column *n = &rows->columns[rows->n_columns - 1];
    int64_t *sums = allocate(rows->n_rows, sizeof *sums);
    struct table *taken = NULL;
    size_t groups = 0;

    for (size_t i = 0; sums != NULL && i < rows->n_rows; i++) {
        if (i == 0 || compare_rows(&order[groups - 1], &order[i], (void *)rows) != 0) {
            order[groups] = order[i];
            sums[groups++] = 0;
        }
        sums[groups - 1] += column_integer(n, order[i]);
    }
    if (sums != NULL)
        taken = table_take_rows(rows, order, groups);
    for (size_t i = 0; taken != NULL && i < groups; i++)
        column_set_integer(&taken->columns[taken->n_columns - 1], i, sums[i]);
    free(sums);
    return taken;
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
