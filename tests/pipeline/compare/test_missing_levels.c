/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A missing value as a level of its own. */
#include "compare/missing_levels.h"
#include "tests/pipeline/compare/small_comparison.h"

#define OUTCOME \
    "outcomes: {it: {event: \"what == 1\", event_is: bad}}\ncompare: [{outcomes: [it], measures: [risk_difference]}]\n"

static const char people[] = "1,1,,1,1,20,1\n1,1,,0,1,30,1\n1,1,,0,1,40,2\n2,1,,1,1,25,1\n2,1,,0,1,,2\n2,1,,0,1,35,\n";

static void test_missing_becomes_the_last_level(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(TWO_ARMS "  covariates: [age, {column: sex, missing: level}]\n", "", OUTCOME,
                                              people);
    struct column *sex = table_column(c.small.records, "sex");
    const size_t n_labels = sex->n_labels;

    assert_int_equal(missing_levels_add(c.small.study, c.small.records), 0);
    sex = table_column(c.small.records, "sex");
    assert_int_equal(sex->n_labels, n_labels + 1);
    assert_string_equal(sex->labels[n_labels], MISSING_LEVEL);
    assert_int_equal(column_code(sex, 0), 0);
    assert_int_equal(column_code(sex, 5), n_labels);
    assert_true(column_is_missing(table_column(c.small.records, "age"), 4)); /* numbers have no levels */
    assert_int_equal(missing_levels_add(c.small.study, c.small.records), 0); /* twice changes nothing */
    assert_int_equal(table_column(c.small.records, "sex")->n_labels, n_labels + 1);
    small_release(&c);
}

static void test_without_the_wish_nothing_changes(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(TWO_ARMS "  covariates: [sex]\n", "", OUTCOME, people);

    assert_int_equal(missing_levels_add(c.small.study, c.small.records), 0);
    assert_true(column_is_missing(table_column(c.small.records, "sex"), 5));
    small_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_missing_becomes_the_last_level),
        cmocka_unit_test(test_without_the_wish_nothing_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
