/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/pipeline/study/good.h"
#include "tests/pipeline/study/study_test.h"

static struct table *flatten(const char *text)
{
    struct study *study;
    struct table *table;

    scratch_write("study.yaml", text);
    scratch_write("codebook.yaml", GOOD_CODEBOOK);
    study = study_read("study.yaml", NULL);
    assert_non_null(study);
    table = study_flatten(study);
    assert_non_null(table);
    study_free(study);
    return table;
}

static void assert_cell(const struct table *table, const char *column, size_t row, const char *expected)
{
    size_t length;
    const char *text = column_text(table_column(table, column), row, &length);

    assert_int_equal(length, strlen(expected));
    assert_memory_equal(text, expected, length);
}

static size_t find_key(const struct table *table, const char *key)
{
    const struct column *column = table_column(table, "key");

    for (size_t row = 0; row < table->n_rows; row++) {
        size_t length;
        const char *text = column_text(column, row, &length);
        if (length == strlen(key) && memcmp(text, key, length) == 0)
            return row;
    }
    fail_msg("there is no key '%s'", key);
    return 0;
}

static void assert_row(const struct table *table, const char *key, const char *value, int64_t line)
{
    size_t row = find_key(table, key);

    assert_cell(table, "value", row, value);
    assert_int_equal(column_integer(table_column(table, "line"), row), line);
}

static void test_every_scalar_is_a_row_in_the_order_of_the_file(void **state)
{
    struct table *table = flatten(GOOD_STUDY);
    int64_t last = 0;

    (void)state;
    assert_string_equal(table->name, "study");
    assert_int_equal(table->n_columns, 3);
    assert_cell(table, "key", 0, "study");
    assert_cell(table, "value", 0, "iop-vs-inpatient");
    assert_cell(table, "key", 3, "registered.where");
    assert_row(table, "cohort.arms.iop", "arm == 'iop'", 18);
    assert_row(table, "cohort.arms.inpatient.when", "arm == 'inpatient'", 20);
    assert_row(table, "tables.clients.file.2", "more.csv.gz", 8);
    assert_row(table, "compare.1.outcomes.2", "stay", 36);
    assert_row(table, "compare.1.non_inferiority.2.margin", "1.25", 43);
    assert_row(table, "published", "published.csv", 52);
    assert_int_equal(table->n_rows, 93);
    for (size_t row = 0; row < table->n_rows; row++) {
        int64_t line = column_integer(table_column(table, "line"), row);
        assert_true(line >= last);
        last = line;
    }
    table_free(table);
}

static void test_a_block_of_text_is_one_line(void **state)
{
    char *text = replaced(GOOD_STUDY, "title: Short or long\n", "title: |\n  Short\n  or long\n");
    struct table *table = flatten(text);

    (void)state;
    assert_row(table, "title", "Short or long", 2);
    table_free(table);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_scalar_is_a_row_in_the_order_of_the_file),
        cmocka_unit_test(test_a_block_of_text_is_one_line),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
