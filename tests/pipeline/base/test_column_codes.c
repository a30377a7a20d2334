/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/column_codes.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/table.h"
#include "tests/support/near.h"

enum { N = 5000 };

/* A column of so many labels, so of one, two or four bytes, of which every seventh row is missing; and rows in no order, some twice. */
static struct table *make(size_t n_labels, size_t *rows)
{
    struct table *const table = table_alloc("t", "");
    const char **const labels = calloc(n_labels, sizeof *labels);
    char *const texts = calloc(n_labels, 24);
    for (size_t l = 0; l < n_labels; l++) {
        snprintf(texts + 24 * l, 24, "%zu", l);
        labels[l] = texts + 24 * l;
    }
    struct column *const column = table_add_category(table, "c", labels, n_labels, "");
    assert_non_null(column);
    assert_int_equal(table_resize(table, N), 0);
    for (size_t i = 0; i < N; i++) {
        column_set_code(column, i, i % 7 == 3 ? MISSING_CODE : (int32_t)(i * 7919 % n_labels));
        rows[i] = i * 2654435761u % N;
    }
    free(labels);
    free(texts);
    return table;
}

static void test_codes_are_those_that_are_read_one_by_one(void **state)
{
    static const size_t n_labels[] = {3, 128, 129, 32768, 40000}, widths[] = {1, 1, 2, 2, 4};
    size_t rows[N], known[N];
    int32_t codes[N];
    (void)state;
    for (size_t k = 0; k < sizeof n_labels / sizeof n_labels[0]; k++) {
        struct table *const table = make(n_labels[k], rows);
        const struct column *const column = table_column(table, "c");
        int64_t *const occurs = calloc(n_labels[k], sizeof *occurs), *const found = calloc(n_labels[k], sizeof *found);
        uint16_t *const map = calloc(n_labels[k], sizeof *map), made[N];
        size_t n_known = 0;
        assert_int_equal(column->width, widths[k]);
        for (size_t l = 0; l < n_labels[k]; l++)
            map[l] = (uint16_t)(l * 31 + 5);
        column_codes_read(column, rows, N, codes);
        column_codes_mark(column, rows, N, found);
        for (size_t i = 0; i < N; i++) {
            assert_int_equal(codes[i], column_code(column, rows[i]));
            if (codes[i] != MISSING_CODE) {
                occurs[codes[i]] = 1;
                known[n_known++] = rows[i];
            }
        }
        assert_memory_equal(found, occurs, n_labels[k] * sizeof *found);
        column_codes_map(column, known, n_known, map, made);
        for (size_t i = 0; i < n_known; i++)
            assert_int_equal(made[i], map[column_code(column, known[i])]);
        column_codes_mark(column, rows, 0, found);
        free(map);
        free(found);
        free(occurs);
        table_free(table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_codes_are_those_that_are_read_one_by_one)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
