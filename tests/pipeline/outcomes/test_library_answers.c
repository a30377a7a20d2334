/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The shipped definitions against answers, cell by cell: the published values of CTNote for 3,560 people
 * (tests/reference/ctn0094_outcome_columns.csv) and an independent account of all 62 columns in R
 * (tests/reference/outcome_library.csv, scripts/references/outcome_library.R).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "outcomes/library_list.h"
#include "outcomes/word_table.h"
#include "outcomes/words_file.h"
#include "tests/support/near.h"
#include "tests/support/reference.h"

enum { N_DEFINITIONS = 54, N_COLUMNS = 62 };

struct judged {
    struct library *library;
    const struct definition **definitions;
    size_t n;
    struct table *words, *values;
};

static struct judged judge(const char *path, int n_threads)
{
    const struct words_options options = {NULL, NULL};
    struct judged judged;
    size_t *n_judged;

    assert_non_null(judged.library = library_shipped());
    assert_non_null(judged.definitions = library_choose(judged.library, "all", &judged.n));
    assert_int_equal(judged.n, N_DEFINITIONS);
    assert_non_null(judged.words = words_read(path, &options));
    assert_non_null(judged.values = table_alloc("values", ""));
    assert_int_equal(table_resize(judged.values, judged.words->n_rows), 0);
    assert_non_null(n_judged = calloc(judged.n, sizeof *n_judged));
    assert_int_equal(word_table_add(judged.values, table_column(judged.words, "word"), judged.definitions, judged.n,
                                    n_threads, n_judged),
                     0);
    for (size_t i = 0; i < judged.n; i++)
        assert_int_equal(n_judged[i], judged.words->n_rows);
    free(n_judged);
    return judged;
}

static void release(struct judged *judged)
{
    table_free(judged->values);
    table_free(judged->words);
    free(judged->definitions);
    library_free(judged->library);
}

/* Every column of the answers that is a number; tells how many cells were compared. */
static void compare(const char *path, size_t n_rows, size_t n_columns)
{
    struct judged judged = judge(path, 2);
    struct reference *answers = reference_read(path);
    size_t n = 0;

    assert_non_null(answers);
    assert_int_equal(answers->n_rows, n_rows);
    assert_int_equal(judged.values->n_rows, n_rows);
    for (size_t k = 0; k < answers->n_columns; k++) {
        const struct column *column = table_column(judged.values, answers->names[k]);
        if (column == NULL)
            continue;
        n++;
        for (size_t row = 0; row < n_rows; row++) {
            const double difference = column_real(column, row) - answers->values[row * answers->n_columns + k];
            if (!(difference <= 1e-9 && difference >= -1e-9))
                fail_msg("%s, row %zu, %s: %.17g", path, row + 1, column->name, column_real(column, row));
        }
    }
    assert_int_equal(n, n_columns);
    printf("compared - %zu cells of %zu outcome columns with %s: all equal\n", n_rows * n, n, strrchr(path, '/') + 1);
    reference_free(answers);
    release(&judged);
}

static void test_published_columns_are_equal_for_all_3560_people(void **state)
{
    (void)state;
    compare("tests/reference/ctn0094_outcome_columns.csv", 3560, 26);
}

static void test_all_62_columns_agree_with_an_independent_account_of_the_rules(void **state)
{
    (void)state;
    compare("tests/reference/outcome_library.csv", 456, N_COLUMNS);
}

static void test_all_columns_do_not_depend_on_the_number_of_threads(void **state)
{
    struct judged one = judge("tests/reference/ctn0094_outcome_columns.csv", 1);
    struct judged four = judge("tests/reference/ctn0094_outcome_columns.csv", 4);

    (void)state;
    assert_int_equal(one.values->n_columns, N_COLUMNS);
    for (size_t k = 0; k < N_COLUMNS; k++)
        assert_memory_equal(one.values->columns[k].values, four.values->columns[k].values,
                            one.values->n_rows * one.values->columns[k].width);
    release(&one);
    release(&four);
}

static void test_columns_carry_types_and_units(void **state)
{
    struct judged judged = judge("tests/reference/outcome_library.csv", 1);

    (void)state;
    assert_int_equal(table_column(judged.values, "Ab_kosten_1993")->type, COLUMN_INT8);
    assert_int_equal(table_column(judged.values, "Ab_fiellin_2006")->type, COLUMN_INT16);
    assert_int_equal(table_column(judged.values, "Rd_zaks_1972")->type, COLUMN_FLOAT64); /* half weeks */
    assert_int_equal(table_column(judged.values, "RsT_lee_2016")->type, COLUMN_INT16);
    assert_string_equal(table_column(judged.values, "RsT_lee_2016")->units, "weeks");
    assert_int_equal(table_column(judged.values, "RsE_lee_2016")->type, COLUMN_INT8);
    release(&judged);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_columns_are_equal_for_all_3560_people),
        cmocka_unit_test(test_all_62_columns_agree_with_an_independent_account_of_the_rules),
        cmocka_unit_test(test_all_columns_do_not_depend_on_the_number_of_threads),
        cmocka_unit_test(test_columns_carry_types_and_units),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
