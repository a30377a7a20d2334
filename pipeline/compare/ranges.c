/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/ranges.h"

#include <math.h>
#include <string.h>

static const char *const keys[] = {"analysis", "population", "adjustment", "measure", "term", "arm", "reference"};
enum { N_KEYS = sizeof keys / sizeof keys[0] };

static struct table *ranges_alloc(void)
{
    struct table *table = table_alloc("ranges", "How far the answer turns with the definition");
    int status = table == NULL ? -1 : 0;

    for (size_t k = 0; status == 0 && k < N_KEYS; k++)
        status = table_add_column(table, keys[k], COLUMN_TEXT, 1, "", "") == NULL ? -1 : 0;
    if (status == 0 && table_add_column(table, "time", COLUMN_FLOAT64, 0, "Day", "") != NULL &&
        table_add_column(table, "n_definitions", COLUMN_INT64, 0, "Definitions", "") != NULL &&
        table_add_column(table, "n_undefined", COLUMN_INT64, 0, "Without an estimate", "") != NULL &&
        table_add_column(table, "lowest", COLUMN_FLOAT64, 0, "Lowest estimate", "") != NULL &&
        table_add_column(table, "lowest_outcome", COLUMN_TEXT, 1, "By the definition", "") != NULL &&
        table_add_column(table, "highest", COLUMN_FLOAT64, 0, "Highest estimate", "") != NULL &&
        table_add_column(table, "highest_outcome", COLUMN_TEXT, 1, "By the definition", "") != NULL)
        return table;
    table_free(table);
    return NULL;
}

static bool same_text(const struct table *table, const char *name, size_t i, size_t j)
{
    size_t n, m;
    const struct column *column = table_column(table, name);
    const char *a = column_text(column, i, &n), *b = column_text(column, j, &m);

    return n == m && memcmp(a, b, n) == 0;
}

/* Two numbers that differ in nothing but the outcome. */
static bool same_question(const struct table *estimates, size_t i, size_t j)
{
    const struct column *time = table_column(estimates, "time");
    const double a = column_real(time, i), b = column_real(time, j);

    for (size_t k = 0; k < N_KEYS; k++)
        if (!same_text(estimates, keys[k], i, j))
            return false;
    return a == b || (isnan(a) && isnan(b));
}

static bool is_asked(const struct study *study, const struct table *estimates, size_t row)
{
    size_t n;
    const char *name = column_text(table_column(estimates, "analysis"), row, &n);

    if (column_is_missing(table_column(estimates, "reference"), row))
        return false; /* of a single arm, or a test of all arms */
    for (size_t i = 0; i < study->n_analyses; i++)
        if (study->analyses[i].range && strlen(study->analyses[i].name.text) == n &&
            memcmp(study->analyses[i].name.text, name, n) == 0)
            return true;
    return false;
}

static void copy_text_cell(struct row_builder *row, const char *to, const struct table *from, const char *name, size_t i)
{
    char text[256];
    size_t n;
    const char *bytes = column_text(table_column(from, name), i, &n);

    if (n >= sizeof text)
        n = sizeof text - 1;
    memcpy(text, bytes, n);
    text[n] = '\0';
    row_text(row, to, text);
}

static int add_range(const struct table *estimates, size_t first, struct table *ranges)
{
    const struct column *estimate = table_column(estimates, "estimate");
    int64_t n = 0, n_undefined = 0;
    size_t low = first, high = first;
    struct row_builder row;

    for (size_t i = first; i < estimates->n_rows; i++) {
        if (!same_question(estimates, first, i))
            continue;
        n++;
        n_undefined += isnan(column_real(estimate, i));
        if (column_real(estimate, i) < column_real(estimate, low) || isnan(column_real(estimate, low)))
            low = i;
        if (column_real(estimate, i) > column_real(estimate, high) || isnan(column_real(estimate, high)))
            high = i;
    }
    if (n == n_undefined)
        return 0; /* tests have no estimate */
    row = table_new_row(ranges);
    for (size_t k = 0; k < N_KEYS; k++)
        copy_text_cell(&row, keys[k], estimates, keys[k], first);
    row_real(&row, "time", column_real(table_column(estimates, "time"), first));
    row_integer(&row, "n_definitions", n);
    row_integer(&row, "n_undefined", n_undefined);
    row_real(&row, "lowest", column_real(estimate, low));
    copy_text_cell(&row, "lowest_outcome", estimates, "outcome", low);
    row_real(&row, "highest", column_real(estimate, high));
    copy_text_cell(&row, "highest_outcome", estimates, "outcome", high);
    return row_end(&row);
}

struct table *ranges_table(const struct study *study, const struct table *estimates)
{
    struct table *ranges = ranges_alloc();
    int status = ranges == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < estimates->n_rows; i++) {
        bool is_first = is_asked(study, estimates, i);
        for (size_t j = 0; is_first && j < i; j++)
            is_first = !same_question(estimates, i, j);
        if (is_first)
            status = add_range(estimates, i, ranges);
    }
    if (status == 0)
        return ranges;
    table_free(ranges);
    return NULL;
}
