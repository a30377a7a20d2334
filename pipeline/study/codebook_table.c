/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The empty table that a codebook describes: the columns as ingest will make them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "study/codebook_file.h"

/* The smallest value of an integer type means missing, so it holds one value less at that end. */
static enum column_type integer_type(const struct codebook_column *column)
{
    double low = column->low, high = column->high;

    if (!column->has_range)
        return COLUMN_INT64;
    for (size_t i = 0; i < column->n_intervals; i++) {
        low = fmin(low, (double)column->intervals[i].low);
        high = fmax(high, (double)column->intervals[i].low);
        if (column->intervals[i].high != INT64_MAX)
            high = fmax(high, (double)column->intervals[i].high);
    }
    if (low > INT8_MIN && high <= INT8_MAX)
        return COLUMN_INT8;
    if (low > INT16_MIN && high <= INT16_MAX)
        return COLUMN_INT16;
    if (low > INT32_MIN && high <= INT32_MAX)
        return COLUMN_INT32;
    return COLUMN_INT64;
}

struct labelled {
    const char *label;
    size_t index;
};

static int labelled_compare(const void *left, const void *right)
{
    const struct labelled *a = left;
    const struct labelled *b = right;
    int by_label = strcmp(a->label, b->label);

    return by_label != 0 ? by_label : (a->index > b->index) - (a->index < b->index);
}

int codebook_distinct_labels(const struct codebook_column *column, bool *first, size_t *n_labels)
{
    struct labelled *sorted = allocate(column->n_codes, sizeof *sorted);

    *n_labels = 0;
    if (sorted == NULL)
        return -1;
    for (size_t i = 0; i < column->n_codes; i++)
        sorted[i] = (struct labelled){column->labels[i], i};
    if (column->n_codes > 1)
        qsort(sorted, column->n_codes, sizeof *sorted, labelled_compare);
    for (size_t i = 0; i < column->n_codes; i++) {
        bool is_first = i == 0 || strcmp(sorted[i].label, sorted[i - 1].label) != 0;
        first[sorted[i].index] = is_first;
        *n_labels += is_first;
    }
    free(sorted);
    return 0;
}

/* Several codes may have one label; the column has it once, where it first stands. */
static bool add_category(struct table *table, const struct codebook_column *column)
{
    const char **labels = allocate(column->n_codes, sizeof *labels);
    bool *first = allocate(column->n_codes, sizeof *first);
    bool added = false;
    size_t n_labels;
    size_t n = 0;

    if (labels != NULL && first != NULL && codebook_distinct_labels(column, first, &n_labels) == 0) {
        for (size_t i = 0; i < column->n_codes; i++)
            if (first[i])
                labels[n++] = column->labels[i];
        added = table_add_category(table, column->name, labels, n, column->label) != NULL;
    }
    free(labels);
    free(first);
    return added;
}

static bool add_column(struct table *table, const struct codebook_column *column)
{
    enum { TEXT_WIDTH = 1 };

    switch (column->type) {
    case VALUE_INTEGER:
        return table_add_column(table, column->name, integer_type(column), 0, column->label, column->units) != NULL;
    case VALUE_REAL:
        return table_add_column(table, column->name, COLUMN_FLOAT64, 0, column->label, column->units) != NULL;
    case VALUE_DATE:
        return table_add_column(table, column->name, COLUMN_INT32, 0, column->label, column->units) != NULL;
    case VALUE_CATEGORY:
        return add_category(table, column);
    case VALUE_TEXT:
        break;
    }
    return table_add_column(table, column->name, COLUMN_TEXT, TEXT_WIDTH, column->label, column->units) != NULL;
}

int codebook_add_column(struct table *table, const struct codebook_column *column)
{
    return add_column(table, column) ? 0 : -1;
}

struct table *codebook_schema(const struct codebook *codebook, const char *table_name)
{
    struct table *table = table_alloc(table_name, codebook->name);

    if (table == NULL)
        return NULL;
    for (size_t i = 0; i < codebook->n_columns; i++)
        if (!codebook->columns[i].dropped && !add_column(table, &codebook->columns[i])) {
            table_free(table);
            return NULL;
        }
    return table;
}
