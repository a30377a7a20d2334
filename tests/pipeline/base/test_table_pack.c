/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/table_pack.h"
#include "tests/support/near.h"
#include "tests/support/scratch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct unpack opened(const struct pack *pack)
{
    return (struct unpack){.bytes = pack->bytes, .left = pack->n};
}

static void test_values_come_out_in_the_order_they_were_put(void **state)
{
    (void)state;
    struct pack pack = {0};
    const double pi = 3.14159;
    double real;
    pack_put_number(&pack, 17);
    pack_put_text(&pack, "iop");
    pack_put_text(&pack, "");
    pack_put_text(&pack, NULL);
    pack_put(&pack, &pi, sizeof pi);
    struct unpack from = opened(&pack);
    assert_int_equal(unpack_number(&from), 17);
    assert_string_equal(unpack_text(&from), "iop");
    assert_string_equal(unpack_text(&from), "");
    assert_null(unpack_text(&from));
    unpack_copy(&from, &real, sizeof real);
    assert_true(real == pi);
    assert_false(from.broken);
    assert_int_equal(from.left, 0);
    pack_free(&pack);
}

static void test_more_than_there_is_makes_it_broken(void **state)
{
    (void)state;
    struct pack pack = {0};
    pack_put_number(&pack, 1000); /* the length of a text that is not there */
    struct unpack from = opened(&pack);
    assert_null(unpack_text(&from));
    assert_true(from.broken);
    from = opened(&pack);
    unpack_number(&from);
    assert_int_equal(unpack_number(&from), 0);
    assert_true(from.broken);
    pack_free(&pack);
}

static struct table *some_table(void)
{
    static const char *const labels[] = {"iop", "inpatient"};
    struct table *const table = table_alloc("estimates", "Estimates");
    assert_non_null(table_add_column(table, "estimate", COLUMN_FLOAT64, 0, "Estimate", ""));
    assert_non_null(table_add_category(table, "arm", labels, 2, "Arm"));
    assert_non_null(table_add_column(table, "time", COLUMN_INT16, 0, "Time", "days"));
    assert_non_null(table_add_column(table, "note", COLUMN_TEXT, 1, "Note", ""));
    for (int i = 0; i < 3; i++) {
        struct row_builder row = table_new_row(table);
        if (i != 1)
            row_real(&row, "estimate", 2.385 * i);
        row_text(&row, "arm", labels[i % 2]);
        row_integer(&row, "time", 30 * i);
        row_text(&row, "note", i == 2 ? "a longer one" : "");
        assert_int_equal(row_end(&row), 0);
    }
    return table;
}

static void test_a_table_arrives_as_it_was(void **state)
{
    (void)state;
    struct table *const table = some_table();
    struct pack pack = {0};
    table_pack(&pack, table);
    struct unpack from = opened(&pack);
    struct table *const arrived = table_unpack(&from);
    assert_non_null(arrived);
    assert_int_equal(from.left, 0);
    assert_string_equal(arrived->name, "estimates");
    assert_int_equal(arrived->n_rows, 3);
    assert_int_equal(arrived->n_columns, table->n_columns);
    for (size_t j = 0; j < table->n_columns; j++) {
        const struct column *const a = &table->columns[j], *const b = &arrived->columns[j];
        assert_string_equal(a->name, b->name);
        assert_string_equal(a->units, b->units);
        assert_int_equal(a->type, b->type);
        assert_int_equal(a->width, b->width);
        assert_int_equal(a->n_labels, b->n_labels);
        assert_memory_equal(a->values, b->values, 3 * a->width);
    }
    assert_int_equal(table_append(arrived, table), 0);
    assert_int_equal(arrived->n_rows, 6);
    table_free(arrived);
    table_free(table);
    pack_free(&pack);
}

static void test_a_table_cut_short_anywhere_is_refused(void **state)
{
    (void)state;
    struct table *const table = some_table();
    struct pack pack = {0};
    table_pack(&pack, table);
    for (size_t n = 0; n < pack.n; n++) {
        struct unpack from = {.bytes = pack.bytes, .left = n};
        capture_start();
        struct table *const arrived = table_unpack(&from);
        capture_end();
        assert_null(arrived);
    }
    table_free(table);
    pack_free(&pack);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_come_out_in_the_order_they_were_put),
        cmocka_unit_test(test_more_than_there_is_makes_it_broken),
        cmocka_unit_test(test_a_table_arrives_as_it_was),
        cmocka_unit_test(test_a_table_cut_short_anywhere_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
