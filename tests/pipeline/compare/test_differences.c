/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A restricted mean difference over the days it could have been read at. */
#include "compare/differences.h"

#include "tests/pipeline/compare/small_comparison.h"

#define ASK(more) "compare:\n  - outcomes: [relapse]\n    measures: [rmst_difference]\n" more

/* arm, days, start, what, n, age, sex: three people an arm. */
static const char lines[] = "1,2,0,1,1,1,1\n1,4,0,1,1,1,1\n1,9,0,0,1,1,1\n2,3,0,1,1,1,1\n2,6,0,0,1,1,1\n2,9,0,1,1,1,1\n";

static double cell(const struct table *t, const char *column, size_t row)
{
    return column_real(table_column(t, column), row);
}

/* By hand: S is 2/3 from day 2 and 1/3 from day 4 in iop; 2/3 from day 3 and 0 from day 9 in inpatient. */
static double area(const double *time, const double *step, size_t n, double tau)
{
    double sum = 0, last = 0, height = 1;

    for (size_t i = 0; i < n && time[i] < tau; i++) {
        sum += height * (time[i] - last);
        last = time[i];
        height = step[i];
    }
    return sum + height * (tau - last);
}

static void test_every_day_holds_the_difference_of_the_areas_to_it(void **state)
{
    static const double iop_time[] = {2, 4}, iop_step[] = {2. / 3, 1. / 3}, inpatient_time[] = {3, 9}, inpatient_step[] = {2. / 3, 0};
    struct small_comparison c = small_compare(TWO_ARMS, RELAPSE, ASK("    tau: 8\n"), lines);
    const struct table *t = c.a.differences;

    (void)state;
    assert_int_equal(c.status, 0);
    assert_int_equal(t->n_rows, 8);
    for (size_t i = 0; i < t->n_rows; i++) {
        const double tau = (double)i + 1;

        assert_near(cell(t, "time", i), tau, 0);
        assert_near(cell(t, "estimate", i), area(iop_time, iop_step, 2, tau) - area(inpatient_time, inpatient_step, 2, tau), 1e-14);
    }
    assert_true(text_is(t, "arm", 7, "iop") && text_is(t, "reference", 7, "inpatient") && text_is(t, "measure", 7, "rmst_difference"));
    /* The last day is the one that the analysis asks for, number for number. */
    const struct key asked = KEY("rmst_difference", "", "iop", "inpatient", 8);
    assert_near(cell(t, "estimate", 7), number_of(c.a.estimates, asked, "estimate"), 0);
    assert_near(cell(t, "std_error", 7), number_of(c.a.estimates, asked, "std_error"), 0);
    assert_near(cell(t, "conf_low", 7), number_of(c.a.estimates, asked, "conf_low"), 0);
    assert_near(cell(t, "conf_high", 7), number_of(c.a.estimates, asked, "conf_high"), 0);
    small_release(&c);
}

/* 4,000 days are read at 60: steps of whole days, and the last day itself. */
static void test_long_follow_up_is_read_at_sixty_days_at_most(void **state)
{
    struct small_comparison c = small_compare(TWO_ARMS, RELAPSE, ASK("    tau: 4000\n"),
                                              "1,2000,0,1,1,1,1\n1,4100,0,0,1,1,1\n2,3000,0,1,1,1,1\n2,4050,0,0,1,1,1\n");
    const struct table *t = c.a.differences;

    (void)state;
    assert_int_equal(t->n_rows, 60);
    for (size_t i = 0; i < t->n_rows; i++)
        assert_near(cell(t, "time", i), fmin(67 * ((double)i + 1), 4000), 0);
    small_release(&c);
}

/* One arm is followed to day 5 only: beyond it no mean exists, and no row. */
static void test_ends_where_an_arm_is_not_followed_any_more(void **state)
{
    struct small_comparison c =
        small_compare(TWO_ARMS, RELAPSE, ASK("    tau: 9\n"), "1,2,0,1,1,1,1\n1,5,0,0,1,1,1\n2,3,0,1,1,1,1\n2,20,0,0,1,1,1\n");
    const struct table *t = c.a.differences;

    (void)state;
    assert_int_equal(t->n_rows, 5);
    assert_near(cell(t, "time", 4), 5, 0);
    small_release(&c);
}

static void test_only_analyses_that_ask_for_restricted_means_have_rows(void **state)
{
    struct small_comparison c = small_compare(
        TWO_ARMS, RELAPSE, "compare:\n  - outcomes: [relapse]\n    measures: [survival_difference]\n    at: [4]\n", lines);

    (void)state;
    assert_int_equal(c.a.differences->n_rows, 0);
    small_release(&c);
}

/* What is withheld as a number is withheld as a curve, of that pair alone; not what is withheld in a stratum, or adjusted. */
static void test_is_withheld_with_its_number(void **state)
{
    struct small_comparison c = small_compare(TWO_ARMS, RELAPSE, ASK("    tau: 8\n"), lines);
    struct row_builder row = {c.a.estimates, row_of(c.a.estimates, (struct key)KEY("rmst_difference", "", "iop", "inpatient", 8)), 0};

    (void)state;
    differences_withhold(c.a.estimates, c.a.differences);
    assert_true(isfinite(cell(c.a.differences, "estimate", 3)) != 0);
    row_text(&row, "status", "withheld");
    row_text(&row, "stratum", "sex=female");
    differences_withhold(c.a.estimates, c.a.differences);
    assert_true(isfinite(cell(c.a.differences, "estimate", 3)) != 0);
    row_text(&row, "stratum", "");
    row_text(&row, "adjustment", "iptw");
    differences_withhold(c.a.estimates, c.a.differences);
    assert_true(isfinite(cell(c.a.differences, "estimate", 3)) != 0);
    row_text(&row, "adjustment", "unadjusted");
    assert_int_equal(row.error, 0);
    differences_withhold(c.a.estimates, c.a.differences);
    for (size_t i = 0; i < c.a.differences->n_rows; i++) {
        assert_true(isnan(cell(c.a.differences, "estimate", i)) && isnan(cell(c.a.differences, "std_error", i)));
        assert_true(isnan(cell(c.a.differences, "conf_low", i)) && isnan(cell(c.a.differences, "conf_high", i)));
    }
    small_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_day_holds_the_difference_of_the_areas_to_it),
        cmocka_unit_test(test_long_follow_up_is_read_at_sixty_days_at_most),
        cmocka_unit_test(test_ends_where_an_arm_is_not_followed_any_more),
        cmocka_unit_test(test_only_analyses_that_ask_for_restricted_means_have_rows),
        cmocka_unit_test(test_is_withheld_with_its_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
