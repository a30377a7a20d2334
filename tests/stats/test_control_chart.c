/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/control_chart.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#include "tests/support/near.h"
#include "tests/support/reference.h"

enum { N_MAX = 64 };

static const struct control_phase whole = {0, 0};

/* Values of a p chart with 100 people a point. */
static void chart(const double *events, size_t n, const struct control_options *options, struct control_point *points)
{
    double size[N_MAX], spare[N_MAX];

    for (size_t k = 0; k < n; k++)
        size[k] = 100;
    assert_int_equal(control_chart_solve(events, size, n, &whole, 1, options, spare, points), GSL_SUCCESS);
}

static void test_centres_and_limits_agree_with_r(void **state)
{
    static const struct control_phase phases[] = {{0, 12}, {18, 0}}; /* the first is frozen, the second a new process */
    struct reference *r = reference_read("tests/reference/control_charts.csv");

    (void)state;
    assert_non_null(r);
    assert_int_equal(r->n_rows, 6 * 30);
    for (size_t c = 0; c < 6; c++) {
        const struct control_options options = {.kind = (enum control_kind)reference_count(r, 30 * c, "kind"),
                                                .laney = reference_count(r, 30 * c, "laney") == 1};
        double y[30], size[30], spare[30];
        struct control_point points[30];

        for (size_t k = 0; k < 30; k++) {
            y[k] = reference_value(r, 30 * c + k, "y");
            size[k] = reference_value(r, 30 * c + k, "size");
        }
        assert_int_equal(control_chart_solve(y, size, 30, phases, 2, &options, spare, points), GSL_SUCCESS);
        for (size_t k = 0; k < 30; k++) {
            assert_near(points[k].centre, reference_value(r, 30 * c + k, "centre"), 1e-12);
            assert_near(points[k].low, reference_value(r, 30 * c + k, "low"), 1e-12);
            assert_near(points[k].high, reference_value(r, 30 * c + k, "high"), 1e-12);
        }
    }
    reference_free(r);
}

/*
 * Cans of orange juice concentrate that leak, 50 a sample (Montgomery, Introduction to Statistical Quality Control, example 7.1):
 * limits of the first 30 samples, two of them beyond; then 24 samples with the machine adjusted, a phase of their own.
 */
static void test_a_textbook_p_chart_has_its_printed_limits_before_and_after_the_change(void **state)
{
    static const double cans[] = {12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13,
                                  9, 6, 9, 6, 12, 5, 6, 4, 6, 3, 7, 6, 2, 4, 3, 6, 5, 4, 8, 5, 6, 7, 5, 6, 3, 5};
    static const struct control_phase phases[] = {{0, 0}, {30, 0}}, held = {0, 30};
    const struct control_options options = {.kind = CONTROL_P, .run = 8};
    struct control_point points[54];
    double size[54], spare[54];

    (void)state;
    for (size_t k = 0; k < 54; k++)
        size[k] = 50;
    assert_int_equal(control_chart_solve(cans, size, 54, phases, 2, &options, spare, points), GSL_SUCCESS);
    assert_near(points[0].centre, 0.2313, 5e-5 / 0.2313);
    assert_near(points[0].high, 0.4102, 5e-5 / 0.41);
    assert_near(points[0].low, 0.0524, 5e-5 / 0.0524);
    for (size_t k = 0; k < 30; k++)
        assert_int_equal((points[k].signals & CONTROL_BEYOND) != 0, k == 14 || k == 22); /* samples 15 and 23 */
    assert_near(points[53].centre, 0.1108, 5e-5 / 0.11);
    assert_near(points[53].high, 0.2440, 5e-5 / 0.244);
    assert_near(points[53].low, 0, 0);
    /* With the limits held the adjustment shows as a run below the old centre. */
    assert_int_equal(control_chart_solve(cans, size, 54, &held, 1, &options, spare, points), GSL_SUCCESS);
    assert_near(points[53].high, 0.4102, 5e-5 / 0.41);
    for (size_t k = 33; k < 54; k++)
        assert_int_equal(points[k].signals & CONTROL_RUN, CONTROL_RUN);
}

/* Errors in shipments, 50 units a week (Montgomery, example 7.4): 0.0740 a unit, limits 0 and 0.1894. */
static void test_a_textbook_u_chart_has_its_printed_limits(void **state)
{
    static const double errors[] = {2, 3, 8, 1, 1, 4, 1, 4, 5, 1, 8, 2, 4, 3, 4, 1, 8, 3, 7, 4};
    const struct control_options options = {.kind = CONTROL_U};
    struct control_point points[20];
    double size[20], spare[20];

    (void)state;
    for (size_t k = 0; k < 20; k++)
        size[k] = 50;
    assert_int_equal(control_chart_solve(errors, size, 20, &whole, 1, &options, spare, points), GSL_SUCCESS);
    assert_near(points[7].centre, 0.0740, 1e-12);
    assert_near(points[7].high, 0.1894, 5e-5 / 0.19);
    assert_near(points[7].low, 0, 0);
    for (size_t k = 0; k < 20; k++)
        assert_int_equal(points[k].signals, 0);
}

/*
 * Laney 2002 by hand: c = 0.1 of 100, sd 0.03; z = 0, 2, -2, 2, -2; the moving ranges 2, 4, 4, 4 have the mean 3.5, so limits lie
 * 3 * 3.5 / 1.128 standard deviations from the centre.
 */
static void test_laneys_factor_is_the_mean_moving_range_of_z(void **state)
{
    static const double y[] = {10, 16, 4, 16, 4};
    const struct control_options options = {.kind = CONTROL_P, .laney = true};
    struct control_point points[5];

    (void)state;
    chart(y, 5, &options, points);
    for (size_t k = 0; k < 5; k++)
        assert_near(points[k].factor, 3.5 / 1.128, 1e-12);
    assert_near(points[1].high, 0.1 + 3 * 3.5 / 1.128 * 0.03, 1e-12);
    assert_near(points[1].low, 0, 0);
}

static void test_a_point_beyond_its_limits_is_told(void **state)
{
    /* centre 0.3: sd 0.0458, limits 0.1625 and 0.4375 */
    static const double events[] = {30, 28, 32, 30, 44, 16};
    const struct control_options options = {.kind = CONTROL_P};
    struct control_point points[6];

    (void)state;
    chart(events, 6, &options, points);
    assert_near(points[0].centre, 0.3, 1e-15);
    assert_near(points[0].high, 0.3 + 3 * sqrt(0.0021), 1e-14);
    for (size_t k = 0; k < 4; k++)
        assert_int_equal(points[k].signals, 0);
    assert_int_equal(points[4].signals, CONTROL_BEYOND);
    assert_int_equal(points[5].signals, CONTROL_BEYOND);
    assert_int_equal(points[5].side, -1);
}

static void test_eight_on_one_side_are_a_run_and_a_point_on_the_centre_does_not_break_it(void **state)
{
    static const double events[] = {28, 27, 29, 28, 30, 26, 28, 29, 28, 38, 39, 30};
    const struct control_options options = {.kind = CONTROL_P, .run = 8}, longer = {.kind = CONTROL_P, .run = 9};
    struct control_point points[12];

    (void)state;
    chart(events, 12, &options, points);
    assert_near(points[0].centre, 0.3, 1e-15);
    for (size_t k = 0; k < 9; k++)
        assert_int_equal(points[k].signals, k == 4 ? 0 : CONTROL_RUN);
    assert_int_equal(points[9].signals | points[10].signals | points[11].signals, 0);
    chart(events, 12, &longer, points);
    for (size_t k = 0; k < 12; k++)
        assert_int_equal(points[k].signals, 0);
}

static void test_six_rising_are_a_trend_and_an_equal_one_does_not_break_it(void **state)
{
    static const double events[] = {30, 27, 28, 29, 29, 31, 32, 33, 29, 31};
    const struct control_options options = {.kind = CONTROL_P, .trend = 6};
    struct control_point points[10];

    (void)state;
    chart(events, 10, &options, points);
    assert_int_equal(points[0].signals, 0);
    for (size_t k = 1; k <= 7; k++)
        assert_int_equal(points[k].signals, CONTROL_TREND);
    assert_int_equal(points[8].signals | points[9].signals, 0);
}

static void test_a_falling_stretch_is_a_trend_too_and_five_are_none(void **state)
{
    static const double falling[] = {33, 32, 31, 30, 29, 28}, short_one[] = {33, 32, 31, 30, 29, 30};
    const struct control_options options = {.kind = CONTROL_P, .trend = 6};
    struct control_point points[6];

    (void)state;
    chart(falling, 6, &options, points);
    assert_int_equal(points[0].signals & points[5].signals, CONTROL_TREND);
    chart(short_one, 6, &options, points);
    assert_int_equal(points[0].signals | points[4].signals, 0);
}

static void test_two_of_three_near_one_limit_are_told(void **state)
{
    /* two thirds of the way up: about 0.3917 */
    static const double events[] = {30, 41, 29, 40, 25, 25, 20, 30};
    const struct control_options options = {.kind = CONTROL_P, .near_limit = true};
    struct control_point points[8];

    (void)state;
    chart(events, 8, &options, points);
    assert_near(points[0].centre, 0.3, 1e-15);
    for (size_t k = 0; k < 8; k++)
        assert_int_equal(points[k].signals, k == 1 || k == 3 ? CONTROL_NEAR : 0);
}

/* Centre 0.02 of 100 people: the lower limit is cut at 0, which is less than two standard deviations (0.028) away. */
static void test_a_limit_that_is_cut_brings_nobody_near_it(void **state)
{
    static const double events[] = {0, 0, 0, 2, 4, 6};
    const struct control_options options = {.kind = CONTROL_P, .near_limit = true};
    struct control_point points[6];

    (void)state;
    chart(events, 6, &options, points);
    assert_near(points[0].low, 0, 0);
    for (size_t k = 0; k < 6; k++)
        assert_int_equal(points[k].signals, 0);
}

static void test_a_month_without_people_is_passed_over(void **state)
{
    static const double y[] = {3, 0, 5}, size[] = {10, 0, 10};
    const struct control_options options = {.kind = CONTROL_P, .laney = true, .run = 1, .trend = 2, .near_limit = true};
    struct control_point points[3];
    double spare[3];

    (void)state;
    assert_int_equal(control_chart_solve(y, size, 3, &whole, 1, &options, spare, points), GSL_SUCCESS);
    assert_true(isnan(points[1].value) && isnan(points[1].low));
    assert_int_equal(points[1].signals, 0);
    assert_near(points[0].centre, 0.4, 1e-15);
}

static void test_a_chart_without_people_has_no_centre(void **state)
{
    static const double none[] = {0, 0};
    const struct control_options options = {.kind = CONTROL_U, .run = 8, .trend = 6, .near_limit = true};
    struct control_point points[2];
    double spare[2];

    (void)state;
    assert_int_equal(control_chart_solve(none, none, 2, &whole, 1, &options, spare, points), GSL_SUCCESS);
    assert_true(isnan(points[0].centre) && isnan(points[1].value));
}

static void test_no_events_and_only_events_have_limits_of_no_width(void **state)
{
    static const double none[] = {0, 0, 0}, all[] = {100, 100, 100};
    const struct control_options options = {.kind = CONTROL_P, .laney = true, .run = 2, .near_limit = true};
    struct control_point points[3];

    (void)state;
    chart(none, 3, &options, points);
    assert_near(points[2].high, 0, 0);
    assert_int_equal(points[2].signals, 0);
    chart(all, 3, &options, points);
    assert_near(points[2].low, 1, 0);
    assert_int_equal(points[2].signals, 0);
}

static void test_impossible_input_is_refused(void **state)
{
    static const double y[] = {3, 11}, size[] = {10, 10}, negative[] = {3, -1};
    static const struct control_phase late = {1, 0}, twice[] = {{0, 0}, {0, 0}}, beyond[] = {{0, 0}, {2, 0}};
    const struct control_options p = {.kind = CONTROL_P}, u = {.kind = CONTROL_U};
    struct control_point points[2];
    double spare[2];

    (void)state;
    assert_int_equal(control_chart_solve(y, size, 2, &whole, 1, &p, spare, points), GSL_EINVAL);
    assert_int_equal(control_chart_solve(y, size, 2, &whole, 1, &u, spare, points), GSL_SUCCESS);
    assert_int_equal(control_chart_solve(negative, size, 2, &whole, 1, &u, spare, points), GSL_EINVAL);
    assert_int_equal(control_chart_solve(y, size, 2, &late, 1, &u, spare, points), GSL_EINVAL);
    assert_int_equal(control_chart_solve(y, size, 2, twice, 2, &u, spare, points), GSL_EINVAL);
    assert_int_equal(control_chart_solve(y, size, 2, beyond, 2, &u, spare, points), GSL_EINVAL);
    assert_int_equal(control_chart_solve(y, size, 0, &whole, 1, &u, spare, points), GSL_SUCCESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_centres_and_limits_agree_with_r),
        cmocka_unit_test(test_a_textbook_p_chart_has_its_printed_limits_before_and_after_the_change),
        cmocka_unit_test(test_a_textbook_u_chart_has_its_printed_limits),
        cmocka_unit_test(test_laneys_factor_is_the_mean_moving_range_of_z),
        cmocka_unit_test(test_a_point_beyond_its_limits_is_told),
        cmocka_unit_test(test_eight_on_one_side_are_a_run_and_a_point_on_the_centre_does_not_break_it),
        cmocka_unit_test(test_six_rising_are_a_trend_and_an_equal_one_does_not_break_it),
        cmocka_unit_test(test_a_falling_stretch_is_a_trend_too_and_five_are_none),
        cmocka_unit_test(test_two_of_three_near_one_limit_are_told),
        cmocka_unit_test(test_a_limit_that_is_cut_brings_nobody_near_it),
        cmocka_unit_test(test_a_month_without_people_is_passed_over),
        cmocka_unit_test(test_a_chart_without_people_has_no_centre),
        cmocka_unit_test(test_no_events_and_only_events_have_limits_of_no_width),
        cmocka_unit_test(test_impossible_input_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
