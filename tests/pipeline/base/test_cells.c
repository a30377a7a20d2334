/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cells.h"
#include "tests/support/near.h"

static struct table *small_table(void)
{
    static const char *const labels[] = {"iop", "inpatient"};
    struct table *table = table_alloc("t", "");
    assert_non_null(table_add_column(table, "name", COLUMN_TEXT, 8, "", ""));
    assert_non_null(table_add_column(table, "value", COLUMN_FLOAT64, 0, "", ""));
    assert_non_null(table_add_column(table, "n", COLUMN_INT16, 0, "", ""));
    assert_non_null(table_add_category(table, "arm", labels, 2, ""));
    struct row_builder row = table_new_row(table);
    row_text(&row, "name", "relapse");
    row_real(&row, "value", 2.385);
    row_integer(&row, "n", 628);
    row_text(&row, "arm", "inpatient");
    assert_int_equal(row_end(&row), 0);
    row = table_new_row(table);
    row_text(&row, "name", "relapse");
    assert_int_equal(row_end(&row), 0);
    return table;
}

static void test_what_is_not_there_is_missing(void **state)
{
    (void)state;
    struct table *table = small_table();

    assert_true(isnan(cell_real(table, "value", 1)));
    assert_true(isnan(cell_real(table, "no such column", 0)));
    assert_true(isnan(cell_real(table, "value", 2)));
    assert_true(isnan(cell_real(NULL, "value", 0)));
    assert_true(cell_integer(table, "n", 1) == MISSING_INTEGER);
    assert_true(cell_is(NULL, "name", 0, ""));
    assert_false(cell_is(NULL, "name", 0, "relapse"));
    assert_int_equal(cell_rows(NULL), 0);
    table_free(table);
}

static void test_texts_and_labels_are_told_alike(void **state)
{
    (void)state;
    struct table *table = small_table();
    char *arm = cell_copy(table, "arm", 0);

    assert_string_equal(arm, "inpatient");
    assert_true(cell_is(table, "arm", 0, "inpatient"));
    assert_true(cell_begins(table, "name", 0, "rel"));
    assert_false(cell_begins(table, "name", 0, "lapse"));
    assert_true(cell_contains(table, "name", 0, "lapse"));
    assert_false(cell_contains(table, "name", 0, "lapses"));
    assert_int_equal(cell_find(table, "arm", "inpatient"), 0);
    assert_int_equal(cell_find(table, "arm", "iop"), 2);
    assert_near(cell_real(table, "value", 0), 2.385, 0);
    assert_int_equal(cell_integer(table, "n", 0), 628);
    free(arm);
    char text[CELL_SHORT_SIZE];
    assert_string_equal(cell_short(table, "arm", 0, text), "inpatient");
    assert_string_equal(cell_short(table, "arm", 2, text), "");
    assert_string_equal(cell_short(table, "value", 0, text), ""); /* a number */
    table_free(table);
}

static void test_rows_agree_column_by_column(void **state)
{
    (void)state;
    struct table *table = small_table();

    assert_true(cells_equal(table, "name", 0, 1));
    assert_false(cells_equal(table, "arm", 0, 1));
    assert_true(cells_agree(table, 0, table, 1, (const char *const[]){"name", NULL}));
    assert_false(cells_agree(table, 0, table, 1, (const char *const[]){"name", "value", NULL}));
    assert_true(cells_agree(table, 1, table, 1, (const char *const[]){"value", "n", NULL})); /* missing is missing */
    table_free(table);
}

static void test_a_short_cell_ends_before_a_character_that_has_no_room(void **state)
{
    (void)state;
    struct table *table = table_alloc("t", "");
    char long_text[200], text[CELL_SHORT_SIZE];

    memset(long_text, 'x', sizeof long_text);
    memcpy(long_text + CELL_SHORT_SIZE - 2, "\xc3\xa9", 3); /* its second byte would be the last */
    assert_non_null(table_add_column(table, "name", COLUMN_TEXT, 200, "", ""));
    struct row_builder row = table_new_row(table);
    row_text(&row, "name", long_text);
    assert_int_equal(row_end(&row), 0);
    assert_int_equal(strlen(cell_short(table, "name", 0, text)), CELL_SHORT_SIZE - 2);
    table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_not_there_is_missing),
        cmocka_unit_test(test_texts_and_labels_are_told_alike),
        cmocka_unit_test(test_a_short_cell_ends_before_a_character_that_has_no_room),
        cmocka_unit_test(test_rows_agree_column_by_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
