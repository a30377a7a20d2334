/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Table 1 by hand: means, deviations, shares of those known, standardised differences. */
#include "tests/pipeline/compare/small_comparison.h"

#define COMPARE \
    "outcomes: {it: {event: \"what == 1\", event_is: bad}}\ncompare: [{outcomes: [it], measures: " \
    "[risk_difference]}]\n"
#define COVARIATES "  covariates: [age, sex]\n"

/* iop: 20, 30, 40 years, two women and a man; inpatient: 25, 35 and one unknown, a woman, a man and one unknown. */
static const char people[] = "1,1,,1,1,20,1\n1,1,,0,1,30,1\n1,1,,0,1,40,2\n2,1,,1,1,25,1\n2,1,,0,1,,2\n2,1,,0,1,35,\n";

static size_t find(const struct table *table, const char *population, const char *term, const char *level,
                   const char *arm)
{
    size_t found = table->n_rows;

    for (size_t i = 0; i < table->n_rows; i++)
        if (text_is(table, "population", i, population) && text_is(table, "term", i, term) &&
            text_is(table, "level", i, level) && text_is(table, "arm", i, arm)) {
            assert_int_equal(found, table->n_rows);
            found = i;
        }
    assert_true(found < table->n_rows);
    return found;
}

static void assert_line(const struct table *baseline, size_t row, int n, int n_missing, double mean, double std_dev,
                        double percent)
{
    assert_int_equal(column_integer(table_column(baseline, "n"), row), n);
    assert_int_equal(column_integer(table_column(baseline, "n_missing"), row), n_missing);
    assert_near(column_real(table_column(baseline, "mean"), row), mean, 1e-14);
    assert_near(column_real(table_column(baseline, "std_dev"), row), std_dev, 1e-14);
    assert_near(column_real(table_column(baseline, "percent"), row), percent, 1e-14);
}

static double smd_of(const struct table *balance, const char *term, const char *level, const char *arm)
{
    return column_real(table_column(balance, "smd"), find(balance, "all", term, level, arm));
}

static void test_numbers_have_means_and_deviations_of_those_known(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(TWO_ARMS COVARIATES, "", COMPARE, people);

    assert_line(c.a.baseline, find(c.a.baseline, "all", "age", "", "iop"), 3, 0, 30, 10, NAN);
    assert_line(c.a.baseline, find(c.a.baseline, "all", "age", "", "inpatient"), 2, 1, 30, sqrt(50), NAN);
    assert_near(smd_of(c.a.balance, "age", "", "iop"), 0, 0);
    small_release(&c);
}

static void test_factors_have_shares_of_those_known_by_level(void **state)
{
    (void)state;
    struct small_comparison c = small_compare(TWO_ARMS COVARIATES, "", COMPARE, people);

    assert_line(c.a.baseline, find(c.a.baseline, "all", "sex", "female", "iop"), 2, 0, NAN, NAN, 200. / 3);
    assert_line(c.a.baseline, find(c.a.baseline, "all", "sex", "male", "iop"), 1, 0, NAN, NAN, 100. / 3);
    assert_line(c.a.baseline, find(c.a.baseline, "all", "sex", "female", "inpatient"), 1, 1, NAN, NAN, 50);
    small_release(&c);
}

static void test_standardised_differences_divide_by_the_pooled_deviation(void **state)
{
    (void)state;
    struct small_comparison c =
        small_compare(TWO_ARMS COVARIATES, "", COMPARE,
                      "1,1,,1,1,20,1\n1,1,,0,1,30,1\n1,1,,0,1,40,2\n2,1,,1,1,45,1\n2,1,,0,1,,2\n2,1,,0,1,55,\n");
    const double level = (2. / 3 - 1. / 2) / sqrt((2. / 9 + 1. / 4) / 2);

    assert_near(smd_of(c.a.balance, "age", "", "iop"), (30 - 50) / sqrt((100. + 50) / 2), 1e-14);
    assert_near(smd_of(c.a.balance, "sex", "female", "iop"), level, 1e-14);
    assert_near(smd_of(c.a.balance, "sex", "male", "iop"), -level, 1e-14);
    assert_near(smd_of(c.a.balance, "sex", "", "iop"), level, 1e-14); /* two levels: the whole factor is one of them */
    small_release(&c);
}

static void test_what_does_not_vary_or_is_never_known_has_no_standardised_difference(void **state)
{
    (void)state;
    struct small_comparison c =
        small_compare(TWO_ARMS COVARIATES, "", COMPARE, "1,1,,1,1,20,1\n1,1,,0,1,20,1\n2,1,,1,1,,1\n2,1,,0,1,,1\n");

    assert_line(c.a.baseline, find(c.a.baseline, "all", "age", "", "iop"), 2, 0, 20, 0, NAN);
    assert_line(c.a.baseline, find(c.a.baseline, "all", "age", "", "inpatient"), 0, 2, NAN, NAN, NAN);
    assert_true(isnan(smd_of(c.a.balance, "age", "", "iop")));
    assert_true(isnan(smd_of(c.a.balance, "sex", "female", "iop")));
    small_release(&c);
}

static void test_counted_rows_count_as_often_as_they_say(void **state)
{
    (void)state;
    struct small_comparison c =
        small_compare_counted(", weight: n", TWO_ARMS COVARIATES, "", COMPARE,
                              "1,1,,1,2,20,1\n1,1,,0,1,50,2\n2,1,,1,3,,1\n2,1,,0,1,35,2\n2,1,,0,1,37,2\n", 1);

    assert_int_equal(c.status, 0);
    assert_line(c.a.baseline, find(c.a.baseline, "all", "age", "", "iop"), 3, 0, 30, sqrt(300), NAN);
    assert_line(c.a.baseline, find(c.a.baseline, "all", "age", "", "inpatient"), 2, 3, 36, sqrt(2), NAN);
    assert_line(c.a.baseline, find(c.a.baseline, "all", "sex", "female", "inpatient"), 3, 0, NAN, NAN, 60);
    small_release(&c);
}

static void test_each_population_has_its_own_table(void **state)
{
    (void)state;
    struct small_comparison c =
        small_compare(TWO_ARMS COVARIATES "  populations: {itt: \"true\", under_40: \"age < 40\"}\n", "",
                      "outcomes: {it: {event: \"what == 1\", event_is: bad}}\n"
                      "compare: [{outcomes: [it], measures: [risk_difference], populations: [itt]}]\n",
                      people);

    assert_line(c.a.baseline, find(c.a.baseline, "itt", "age", "", "iop"), 3, 0, 30, 10, NAN);
    assert_line(c.a.baseline, find(c.a.baseline, "under_40", "age", "", "iop"), 2, 0, 25, sqrt(50), NAN);
    assert_line(c.a.baseline, find(c.a.baseline, "under_40", "age", "", "inpatient"), 2, 0, 30, sqrt(50), NAN);
    for (size_t i = 0; i < c.a.estimates->n_rows; i++)
        assert_true(text_is(c.a.estimates, "population", i, "itt"));
    small_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_have_means_and_deviations_of_those_known),
        cmocka_unit_test(test_factors_have_shares_of_those_known_by_level),
        cmocka_unit_test(test_standardised_differences_divide_by_the_pooled_deviation),
        cmocka_unit_test(test_what_does_not_vary_or_is_never_known_has_no_standardised_difference),
        cmocka_unit_test(test_counted_rows_count_as_often_as_they_say),
        cmocka_unit_test(test_each_population_has_its_own_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
