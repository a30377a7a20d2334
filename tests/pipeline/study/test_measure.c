/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/measure.h"

#include <string.h>

#include "tests/support/near.h"

static void test_every_measure_is_found_by_its_name(void **state)
{
    (void)state;
    for (int i = 0; i < N_MEASURES; i++) {
        enum measure measure = N_MEASURES;
        assert_int_equal(measure_from_name(measure_name((enum measure)i), &measure), 0);
        assert_int_equal(measure, i);
    }
    assert_string_equal(measure_name(MEASURE_survival), "survival");
    assert_string_equal(measure_name(MEASURE_power), "power");
    assert_string_equal(measure_name(N_MEASURES), "");
}

static void test_other_names_are_no_measures(void **state)
{
    static const char *const NAMES[] = {"", "Survival", "surviva", "survivals", "risk difference"};

    (void)state;
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        enum measure measure = MEASURE_risk;
        assert_int_equal(measure_from_name(NAMES[i], &measure), -1);
        assert_int_equal(measure, MEASURE_risk);
    }
}

static void test_the_measure_of_a_row_is_that_of_its_cell(void **state)
{
    (void)state;
    struct table *table = table_alloc("estimates", "");
    enum measure measure = N_MEASURES;

    assert_non_null(table_add_column(table, "measure", COLUMN_TEXT, 20, "", ""));
    for (int i = 0; i < 2; i++) {
        struct row_builder row = table_new_row(table);
        row_text(&row, "measure", i == 0 ? "hazard_ratio" : "guess");
        assert_int_equal(row_end(&row), 0);
    }
    assert_int_equal(measure_of_row(table, 0, &measure), 0);
    assert_int_equal(measure, MEASURE_hazard_ratio);
    assert_int_equal(measure_of_row(table, 1, &measure), -1);
    assert_int_equal(measure_of_row(table, 2, &measure), -1);
    assert_int_equal(measure, MEASURE_hazard_ratio);
    table_free(table);
}

/* The name says it: every "..._ratio" that is no logarithm and describes no balance or expectation. */
static void test_ratios_are_those_that_are_called_so(void **state)
{
    (void)state;
    for (int i = 0; i < N_MEASURES; i++) {
        const char *name = measure_name((enum measure)i);
        size_t length = strlen(name);
        bool called = length > 6 && strcmp(name + length - 6, "_ratio") == 0 && strncmp(name, "log_", 4) != 0 &&
                      i != MEASURE_variance_ratio && i != MEASURE_standardised_ratio;
        assert_int_equal(measure_is_ratio((enum measure)i), called);
    }
}

static void test_contrasts_compare_an_arm_with_a_reference(void **state)
{
    (void)state;
    for (int i = 0; i < N_MEASURES; i++) {
        const char *name = measure_name((enum measure)i);
        if (strstr(name, "_difference") != NULL || measure_is_ratio((enum measure)i) || strncmp(name, "log_", 4) == 0)
            assert_true(measure_is_contrast((enum measure)i));
    }
    assert_true(measure_is_contrast(MEASURE_smd));
    assert_false(measure_is_contrast(MEASURE_survival));
    assert_false(measure_is_contrast(MEASURE_risk));
    assert_false(measure_is_contrast(MEASURE_rmst));
    assert_false(measure_is_contrast(MEASURE_logrank_test));
    assert_false(measure_is_contrast(MEASURE_chi_square_test));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_measure_is_found_by_its_name),
        cmocka_unit_test(test_other_names_are_no_measures),
        cmocka_unit_test(test_the_measure_of_a_row_is_that_of_its_cell),
        cmocka_unit_test(test_ratios_are_those_that_are_called_so),
        cmocka_unit_test(test_contrasts_compare_an_arm_with_a_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
