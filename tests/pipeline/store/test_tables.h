/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * test_tables.h - tables with a column of every type, with missing values, and their comparison.
 */
#ifndef TESTS_STORE_TEST_TABLES_H
#define TESTS_STORE_TEST_TABLES_H

#include "base/table.h"

#include "tests/support/near.h"

#include <stdio.h>
#include <string.h>

/* Splitmix64 (Steele, Lea & Flood 2014): the same numbers everywhere. */
static inline uint64_t sample_random(uint64_t row, uint64_t salt)
{
    uint64_t z = row * UINT64_C(0x9e3779b97f4a7c15) + salt * UINT64_C(0xd1b54a32d192ed03);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static const char *const sample_levels[] = {"detox", "inpatient", "residential", "iop", "outpatient", "à domicile"};

static inline void sample_fill_row(struct table *table, size_t row, uint64_t salt)
{
    for (size_t j = 0; j < table->n_columns; j++) {
        struct column *const column = &table->columns[j];
        const uint64_t r = sample_random(salt, j + 1);
        char text[32];
        if (r % 11 == 0) /* stays missing */
            continue;
        switch (column->type) {
        case COLUMN_INT8:
            column_set_integer(column, row, (int64_t)(r >> 8 & 255) - 127);
            break;
        case COLUMN_INT16:
            column_set_integer(column, row, (int64_t)(r >> 8 & 65535) - 32767);
            break;
        case COLUMN_INT32:
            column_set_integer(column, row, (int64_t)(r >> 8 & UINT32_MAX) - INT32_MAX);
            break;
        case COLUMN_INT64:
            column_set_integer(column, row, (int64_t)(r | 1));
            break;
        case COLUMN_FLOAT64:
            column_set_real(column, row, (double)(int64_t)r / 2385.0);
            break;
        case COLUMN_CATEGORY:
            column_set_code(column, row, (int32_t)((r >> 8) % column->n_labels));
            break;
        case COLUMN_TEXT:
            snprintf(text, sizeof text, "%llx", (unsigned long long)r);
            column_set_text(column, row, text, (size_t)(r >> 8) % 13);
            break;
        }
    }
}

/* Rows first .. first + n - 1 of an endless table. */
static inline struct table *sample_rows(const char *name, size_t first, size_t n)
{
    struct table *const table = table_alloc(name, "One of every type");
    assert_non_null(table);
    assert_int_equal(table_resize(table, n), 0);
    table_add_column(table, "sites", COLUMN_INT8, 0, "Number of sites", "");
    table_add_category(table, "level", sample_levels, 6, "Level of care");
    table_add_column(table, "visits", COLUMN_INT16, 0, "", "visits");
    table_add_column(table, "admission_day", COLUMN_INT32, 0, "Day of admission", "date");
    table_add_column(table, "person_key", COLUMN_INT64, 0, "Keyed person, first half", "");
    table_add_column(table, "dose", COLUMN_FLOAT64, 0, "Dose \xc2\xb5g", "\xc2\xb5g");
    table_add_column(table, "Note text", COLUMN_TEXT, 12, "A note", "");
    table_add_category(table, "arm", (const char *const[]){"iop", "inpatient"}, 2, "");
    assert_int_equal(table->n_columns, 8);
    for (size_t i = 0; i < n; i++)
        sample_fill_row(table, i, first + i);
    return table;
}

static inline struct table *sample_table(const char *name, size_t n)
{
    return sample_rows(name, 0, n);
}

static inline void assert_columns_equal(const struct column *a, const struct column *b, size_t n)
{
    assert_string_equal(a->name, b->name);
    assert_string_equal(a->label, b->label);
    assert_string_equal(a->units, b->units);
    assert_int_equal(a->type, b->type);
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->n_labels, b->n_labels);
    for (size_t i = 0; i < a->n_labels; i++)
        assert_string_equal(a->labels[i], b->labels[i]);
    if (n > 0)
        assert_memory_equal(a->values, b->values, n * a->width);
}

static inline void assert_tables_equal(const struct table *a, const struct table *b)
{
    assert_string_equal(a->name, b->name);
    assert_string_equal(a->label, b->label);
    assert_int_equal(a->n_rows, b->n_rows);
    assert_int_equal(a->n_columns, b->n_columns);
    for (size_t j = 0; j < a->n_columns; j++)
        assert_columns_equal(&a->columns[j], &b->columns[j], a->n_rows);
}

#endif
