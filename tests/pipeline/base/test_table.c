/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/table.h"
#include "tests/support/near.h"
#include "tests/support/scratch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const arm_labels[] = {"iop", "inpatient", "residential"};

/* A column of every type, without rows. */
static struct table *all_types(void)
{
    struct table *const table = table_alloc("cohort/persons", "One row a person");
    assert_non_null(table);
    static const enum column_type types[] = {COLUMN_INT8, COLUMN_INT16, COLUMN_INT32, COLUMN_INT64, COLUMN_FLOAT64};
    for (size_t i = 0; i < 5; i++)
        assert_non_null(table_add_column(table, column_type_name(types[i]), types[i], 99, "a number", "days"));
    assert_non_null(table_add_category(table, "arm", arm_labels, 3, "Arm"));
    assert_non_null(table_add_column(table, "site", COLUMN_TEXT, 4, NULL, NULL));
    return table;
}

static void test_a_new_table_keeps_what_it_was_told(void **state)
{
    (void)state;
    struct table *const table = all_types();
    assert_string_equal(table->name, "cohort/persons");
    assert_string_equal(table->label, "One row a person");
    assert_int_equal(table->n_columns, 7);
    assert_int_equal(table->n_rows, 0);
    static const size_t widths[] = {1, 2, 4, 8, 8, 1, 4};
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(table->columns[i].width, widths[i]);
    assert_string_equal(table->columns[0].units, "days");
    assert_string_equal(table->columns[6].label, "");
    assert_string_equal(table->columns[6].units, "");
    assert_ptr_equal(table_column(table, "arm"), &table->columns[5]);
    assert_string_equal(table_column(table, "arm")->labels[2], "residential");
    assert_null(table_column(table, "Arm"));
    assert_int_equal(table_column_index(table, "site"), 6);
    assert_int_equal(table_column_index(table, "none"), 7);
    table_free(table);
    table_free(NULL);
}

static void test_new_rows_are_missing_in_every_type(void **state)
{
    (void)state;
    struct table *const table = all_types();
    assert_int_equal(table_resize(table, 1000), 0);
    for (size_t i = 0; i < table->n_columns; i++) {
        const struct column *const column = &table->columns[i];
        for (size_t row = 0; row < 1000; row += 333) {
            size_t length = 77;
            assert_true(column_is_missing(column, row));
            assert_true(column_integer(column, row) == MISSING_INTEGER);
            assert_true(isnan(column_real(column, row)));
            assert_int_equal(column_code(column, row), MISSING_CODE);
            column_text(column, row, &length);
            assert_int_equal(length, 0);
        }
    }
    assert_int_equal(((int8_t *)table->columns[0].values)[7], INT8_MIN);
    assert_int_equal(((int16_t *)table->columns[1].values)[7], INT16_MIN);
    assert_int_equal(((int32_t *)table->columns[2].values)[7], INT32_MIN);
    assert_true(((int64_t *)table->columns[3].values)[7] == INT64_MIN);
    assert_int_equal(((int8_t *)table->columns[5].values)[7], -1);
    table_free(table);
}

static void test_a_column_added_to_rows_is_missing_in_them(void **state)
{
    (void)state;
    struct table *const table = table_alloc("t", "");
    assert_int_equal(table_resize(table, 50), 0);
    const struct column *const column = table_add_column(table, "x", COLUMN_FLOAT64, 0, "", "");
    assert_true(column_is_missing(column, 0) && column_is_missing(column, 49));
    table_free(table);
}

static void test_rows_made_smaller_and_larger_again_are_missing(void **state)
{
    (void)state;
    struct table *const table = all_types();
    assert_int_equal(table_resize(table, 3), 0);
    for (size_t row = 0; row < 3; row++)
        assert_int_equal(column_set_integer(table_column(table, "int32"), row, 17), 0);
    assert_int_equal(table_resize(table, 1), 0);
    assert_int_equal(table_resize(table, 3), 0);
    assert_int_equal(column_integer(table_column(table, "int32"), 0), 17);
    assert_true(column_is_missing(table_column(table, "int32"), 1));
    assert_true(column_is_missing(table_column(table, "int32"), 2));
    table_free(table);
}

static void test_every_value_that_fits_comes_back(void **state)
{
    (void)state;
    static const int64_t highest[] = {INT8_MAX, INT16_MAX, INT32_MAX, INT64_MAX};
    struct table *const table = all_types();
    assert_int_equal(table_resize(table, 1), 0);
    for (size_t i = 0; i < 4; i++) {
        const int64_t values[] = {highest[i], -highest[i], 0, -1, 42};
        for (size_t k = 0; k < 5; k++) {
            assert_int_equal(column_set_integer(&table->columns[i], 0, values[k]), 0);
            assert_true(column_integer(&table->columns[i], 0) == values[k]);
            assert_near(column_real(&table->columns[i], 0), (double)values[k], 0);
            assert_false(column_is_missing(&table->columns[i], 0));
        }
        assert_int_equal(column_set_integer(&table->columns[i], 0, MISSING_INTEGER), 0);
        assert_true(column_is_missing(&table->columns[i], 0));
    }
    struct column *const real = table_column(table, "float64");
    assert_int_equal(column_set_real(real, 0, 2.385), 0);
    assert_near(column_real(real, 0), 2.385, 0);
    assert_int_equal(column_set_integer(real, 0, -(INT64_C(1) << 53)), 0);
    assert_near(column_real(real, 0), -0x1p53, 0);
    assert_true(column_integer(real, 0) == MISSING_INTEGER); /* a real is not read as an integer */
    table_free(table);
}

static void test_an_integer_out_of_range_becomes_missing_and_is_told(void **state)
{
    (void)state;
    static const int64_t highest[] = {INT8_MAX, INT16_MAX, INT32_MAX};
    struct table *const table = all_types();
    assert_int_equal(table_resize(table, 1), 0);
    for (size_t i = 0; i < 3; i++) {
        const int64_t values[] = {highest[i] + 1, -highest[i] - 1, INT64_MAX}; /* the smallest value means missing */
        for (size_t k = 0; k < 3; k++) {
            assert_int_equal(column_set_integer(&table->columns[i], 0, 1), 0);
            assert_int_equal(column_set_integer(&table->columns[i], 0, values[k]), -1);
            assert_true(column_is_missing(&table->columns[i], 0));
        }
    }
    assert_int_equal(column_set_integer(table_column(table, "float64"), 0, (INT64_C(1) << 53) + 1), -1);
    assert_true(column_is_missing(table_column(table, "float64"), 0));
    assert_int_equal(column_set_integer(table_column(table, "site"), 0, 1), -1);
    table_free(table);
}

static void test_a_real_fits_an_integer_column_when_it_is_whole(void **state)
{
    (void)state;
    struct table *const table = all_types();
    assert_int_equal(table_resize(table, 1), 0);
    struct column *const small = table_column(table, "int16"), *const large = table_column(table, "int64");
    assert_int_equal(column_set_real(small, 0, -32767.), 0);
    assert_int_equal(column_integer(small, 0), -32767);
    static const double bad[] = {0.5, 32768., -32768., 1e300, -1e300, INFINITY, -INFINITY};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(column_set_real(small, 0, bad[i]), -1);
        assert_true(column_is_missing(small, 0));
    }
    assert_int_equal(column_set_real(small, 0, NAN), 0);
    assert_int_equal(column_set_real(large, 0, 0x1p62), 0);
    assert_true(column_integer(large, 0) == INT64_C(1) << 62);
    assert_int_equal(column_set_real(large, 0, 0x1p63), -1);
    assert_int_equal(column_set_real(large, 0, -0x1p63), -1);
    table_free(table);
}

static void test_codes_are_those_of_the_labels(void **state)
{
    (void)state;
    struct table *const table = all_types();
    assert_int_equal(table_resize(table, 1), 0);
    struct column *const arm = table_column(table, "arm");
    size_t length;
    assert_int_equal(column_set_code(arm, 0, 2), 0);
    assert_int_equal(column_code(arm, 0), 2);
    assert_int_equal(column_integer(arm, 0), 2);
    assert_near(column_real(arm, 0), 2, 0);
    assert_string_equal(column_text(arm, 0, &length), "residential");
    assert_int_equal(length, 11);
    static const int32_t bad[] = {3, -2, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(column_set_code(arm, 0, bad[i]), -1);
        assert_int_equal(column_code(arm, 0), MISSING_CODE);
    }
    assert_int_equal(column_set_code(arm, 0, MISSING_CODE), 0);
    assert_int_equal(column_set_integer(arm, 0, 1), 0);
    assert_int_equal(column_code(arm, 0), 1);
    assert_int_equal(column_set_integer(arm, 0, INT64_C(1) << 32), -1); /* not code 0 */
    assert_true(column_is_missing(arm, 0));
    assert_int_equal(column_set_text(arm, 0, "inpatient!", 9), 0);
    assert_int_equal(column_code(arm, 0), 1);
    assert_int_equal(column_set_text(arm, 0, "inpatient!", 10), -1);
    assert_true(column_is_missing(arm, 0));
    assert_int_equal(column_find_label(arm, "iop", 3), 0);
    assert_int_equal(column_find_label(arm, "io", 2), MISSING_CODE);
    assert_int_equal(column_find_label(arm, "iop\0x", 5), MISSING_CODE);
    assert_int_equal(column_set_code(table_column(table, "int8"), 0, 0), -1);
    table_free(table);
}

static void test_codes_are_stored_as_narrow_as_the_labels_allow(void **state)
{
    (void)state;
    assert_int_equal(column_type_width(COLUMN_CATEGORY, 0, 0), 1);
    assert_int_equal(column_type_width(COLUMN_CATEGORY, 0, 128), 1); /* codes to 127 */
    assert_int_equal(column_type_width(COLUMN_CATEGORY, 0, 129), 2);
    assert_int_equal(column_type_width(COLUMN_CATEGORY, 0, 32768), 2);
    assert_int_equal(column_type_width(COLUMN_CATEGORY, 0, 32769), 4);
    assert_int_equal(column_type_width(COLUMN_TEXT, 0, 0), 1);
}

static void test_labels_may_grow_and_stored_codes_stay(void **state)
{
    (void)state;
    struct table *const table = table_alloc("t", "");
    assert_int_equal(table_resize(table, 200), 0);
    struct column *const site = table_add_category(table, "site", NULL, 0, "Site");
    assert_non_null(site);
    for (int32_t i = 0; i < 199; i++) {
        char label[16];
        const int n = snprintf(label, sizeof label, "site %d", i);
        assert_int_equal(column_add_label(table, site, label, (size_t)n), i);
        assert_int_equal(column_set_code(site, (size_t)i, i), 0);
    }
    assert_int_equal(site->width, 2);
    for (int32_t i = 0; i < 199; i++)
        assert_int_equal(column_code(site, (size_t)i), i);
    assert_int_equal(column_code(site, 199), MISSING_CODE);
    assert_string_equal(site->labels[150], "site 150");
    table_free(table);
}

static void text_is(const struct column *column, size_t row, const char *expected)
{
    size_t length;
    const char *const text = column_text(column, row, &length);
    assert_int_equal(length, strlen(expected));
    assert_memory_equal(text, expected, length);
}

static void test_text_is_cut_between_characters_and_told(void **state)
{
    (void)state;
    struct table *const table = all_types();
    assert_int_equal(table_resize(table, 2), 0);
    struct column *const site = table_column(table, "site"); /* 4 bytes */
    assert_int_equal(column_set_text(site, 0, "abcd", 4), 0);
    text_is(site, 0, "abcd");
    assert_true(column_is_missing(site, 1)); /* a full text has no NUL; its neighbour is untouched */
    assert_int_equal(column_set_text(site, 0, "abcdef", 6), -1);
    text_is(site, 0, "abcd");
    assert_int_equal(column_set_text(site, 0, "abc\xc3\xa9", 5), -1);
    text_is(site, 0, "abc");
    assert_int_equal(column_set_text(site, 0, "ab\xc3\xa9", 4), 0);
    text_is(site, 0, "ab\xc3\xa9");
    assert_int_equal(column_set_text(site, 0, "a\xf0\x9f\x98\x80", 5), -1);
    text_is(site, 0, "a");
    assert_int_equal(column_set_text(site, 0, "a\0c", 3), -1);
    text_is(site, 0, "a");
    assert_int_equal(column_set_text(site, 0, "", 0), 0);
    assert_true(column_is_missing(site, 0));
    assert_int_equal(column_set_text(table_column(table, "int8"), 0, "1", 1), -1);
    table_free(table);
}

static void test_a_second_column_of_a_name_is_refused(void **state)
{
    (void)state;
    struct table *const table = all_types();
    capture_start();
    struct column *const second = table_add_column(table, "arm", COLUMN_INT8, 0, "", "");
    assert_string_equal(capture_end(), "error: table 'cohort/persons' has two columns 'arm'\n");
    assert_null(second);
    assert_int_equal(table->n_columns, 7);
    table_free(table);
}

/* Opaque to the compiler, which would warn of the very size under test. */
static size_t opaque(size_t size)
{
    volatile size_t hidden = size;
    return hidden;
}

static void test_sizes_beyond_memory_are_refused_and_the_table_stays(void **state)
{
    (void)state;
    struct table *const table = all_types();
    assert_int_equal(table_resize(table, 2), 0);
    assert_int_equal(column_set_integer(table_column(table, "int64"), 1, 42), 0);
    capture_start();
    static const size_t sizes[] = {SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 8 + 1, SIZE_MAX / 4};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(table_resize(table, opaque(sizes[i])), -1);
        assert_int_equal(table_reserve(table, opaque(sizes[i])), -1);
    }
    assert_null(table_add_column(table, "wide", COLUMN_TEXT, opaque(SIZE_MAX / 2), "", ""));
    capture_end();
    assert_int_equal(table->n_rows, 2);
    assert_int_equal(table->n_columns, 7);
    assert_int_equal(column_integer(table_column(table, "int64"), 1), 42);
    assert_int_equal(table_resize(table, 100), 0);
    table_free(table);
}

static void test_chosen_rows_come_in_the_order_asked_for(void **state)
{
    (void)state;
    struct table *const table = all_types();
    assert_int_equal(table_resize(table, 4), 0);
    for (size_t row = 0; row < 4; row++) {
        for (size_t i = 0; i < 5; i++)
            assert_int_equal(column_set_integer(&table->columns[i], row, (int64_t)(10 * i + row)), 0);
        column_set_code(&table->columns[5], row, (int32_t)row - 1);
        const char letters[] = {(char)('a' + row), '!'};
        column_set_text(&table->columns[6], row, letters, 2);
    }
    static const size_t rows[] = {3, 0, 3};
    static const char *const texts[] = {"d!", "a!", "d!"};
    struct table *const taken = table_take_rows(table, rows, 3);
    assert_int_equal(taken->n_rows, 3);
    for (size_t k = 0; k < 3; k++) {
        for (size_t i = 0; i < 5; i++)
            assert_near(column_real(&taken->columns[i], k), (double)(10 * i + rows[k]), 0);
        assert_int_equal(column_code(&taken->columns[5], k), (int32_t)rows[k] - 1);
        text_is(&taken->columns[6], k, texts[k]);
    }
    assert_string_equal(taken->columns[5].labels[0], "iop");
    struct table *const none = table_take_rows(table, NULL, 0);
    assert_int_equal(none->n_rows, 0);
    assert_int_equal(none->n_columns, 7);
    assert_int_equal(table_resize(taken, 50), 0); /* and it may grow */
    assert_true(column_is_missing(&taken->columns[3], 49));
    table_free(none);
    table_free(taken);
    table_free(table);
}

static void test_appended_rows_follow_and_text_widens(void **state)
{
    (void)state;
    struct table *const into = all_types(), *const from = all_types();
    assert_int_equal(table_resize(into, 2), 0);
    column_set_text(table_column(into, "site"), 0, "abcd", 4);
    table_free(from);
    struct table *const wide = table_alloc("other", "");
    for (size_t i = 0; i < 5; i++)
        table_add_column(wide, into->columns[i].name, into->columns[i].type, 0, "", "");
    table_add_category(wide, "arm", arm_labels, 3, "");
    table_add_column(wide, "site", COLUMN_TEXT, 9, "", "");
    assert_int_equal(table_resize(wide, 1), 0);
    column_set_text(table_column(wide, "site"), 0, "123456789", 9);
    column_set_integer(table_column(wide, "int16"), 0, -5);
    assert_int_equal(table_append(into, wide), 0);
    assert_int_equal(into->n_rows, 3);
    text_is(table_column(into, "site"), 0, "abcd");
    assert_true(column_is_missing(table_column(into, "site"), 1));
    text_is(table_column(into, "site"), 2, "123456789");
    assert_int_equal(column_integer(table_column(into, "int16"), 2), -5);
    assert_true(column_is_missing(table_column(into, "int16"), 1));
    assert_int_equal(table_append(wide, into), 0); /* a narrower or equal text is padded */
    assert_int_equal(wide->n_rows, 4);
    text_is(table_column(wide, "site"), 1, "abcd");
    table_free(wide);
    table_free(into);
}

static void append_refused(struct table *into, struct table *from, const char *reason)
{
    capture_start();
    const int status = table_append(into, from);
    const char *const told = capture_end();
    assert_int_equal(status, -1);
    if (strstr(told, reason) == NULL)
        fail_msg("expected '%s', told '%s'", reason, told);
    assert_int_equal(into->n_rows, 0);
    table_free(from);
}

static struct table *one_column(const char *name, enum column_type type)
{
    struct table *const table = table_alloc("t", "");
    assert_non_null(table_add_column(table, name, type, 3, "", ""));
    assert_int_equal(table_resize(table, 1), 0);
    return table;
}

static void test_tables_of_other_columns_are_not_appended(void **state)
{
    (void)state;
    static const char *const other_labels[] = {"iop", "residential", "inpatient"};
    struct table *const into = one_column("x", COLUMN_INT32);
    assert_int_equal(table_resize(into, 0), 0);
    append_refused(into, one_column("y", COLUMN_INT32), "column 'y' stands where 'x' was expected");
    append_refused(into, one_column("x", COLUMN_TEXT), "is text, but int32 was expected");
    append_refused(into, all_types(), "has 7 columns, but 1 were expected");
    assert_non_null(table_add_category(into, "arm", arm_labels, 3, ""));
    struct table *const from = one_column("x", COLUMN_INT32);
    assert_non_null(table_add_category(from, "arm", other_labels, 3, ""));
    append_refused(into, from, "column 'arm' has other labels");
    table_free(into);
}

static int set_one(struct column *column, size_t row)
{
    return column->type == COLUMN_TEXT       ? column_set_text(column, row, "a", 1)
           : column->type == COLUMN_CATEGORY ? column_set_code(column, row, 1)
                                             : column_set_integer(column, row, 1);
}

static int set_missing(struct column *column, size_t row)
{
    return column->type == COLUMN_TEXT       ? column_set_text(column, row, "", 0)
           : column->type == COLUMN_CATEGORY ? column_set_code(column, row, MISSING_CODE)
                                             : column_set_integer(column, row, MISSING_INTEGER);
}

static void test_one_missing_value_is_found_in_every_type_and_place(void **state)
{
    enum { ROWS = 70 };
    (void)state;
    struct table *const table = all_types();
    assert_int_equal(table_resize(table, ROWS), 0);
    for (size_t k = 0; k < table->n_columns; k++) {
        struct column *const column = &table->columns[k];
        assert_true(column_any_missing(column, ROWS));
        for (size_t i = 0; i < ROWS; i++)
            assert_int_equal(set_one(column, i), 0);
        assert_false(column_any_missing(column, ROWS));
        assert_false(column_any_missing(column, 0));
        for (size_t i = 0; i < ROWS; i += 23) {
            assert_int_equal(set_missing(column, i), 0);
            assert_true(column_any_missing(column, ROWS) && column_any_missing(column, i + 1));
            assert_false(column_any_missing(column, i));
            assert_int_equal(set_one(column, i), 0);
        }
    }
    table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_new_table_keeps_what_it_was_told),
        cmocka_unit_test(test_new_rows_are_missing_in_every_type),
        cmocka_unit_test(test_a_column_added_to_rows_is_missing_in_them),
        cmocka_unit_test(test_rows_made_smaller_and_larger_again_are_missing),
        cmocka_unit_test(test_every_value_that_fits_comes_back),
        cmocka_unit_test(test_an_integer_out_of_range_becomes_missing_and_is_told),
        cmocka_unit_test(test_a_real_fits_an_integer_column_when_it_is_whole),
        cmocka_unit_test(test_codes_are_those_of_the_labels),
        cmocka_unit_test(test_codes_are_stored_as_narrow_as_the_labels_allow),
        cmocka_unit_test(test_labels_may_grow_and_stored_codes_stay),
        cmocka_unit_test(test_text_is_cut_between_characters_and_told),
        cmocka_unit_test(test_a_second_column_of_a_name_is_refused),
        cmocka_unit_test(test_chosen_rows_come_in_the_order_asked_for),
        cmocka_unit_test(test_appended_rows_follow_and_text_widens),
        cmocka_unit_test(test_tables_of_other_columns_are_not_appended),
        cmocka_unit_test(test_one_missing_value_is_found_in_every_type_and_place),
        cmocka_unit_test(test_sizes_beyond_memory_are_refused_and_the_table_stays), /* the last: no other error is told after it */
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
