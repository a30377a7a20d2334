/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/meta.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>

#include "stats/meta_tau.h"
#include "tests/support/near.h"
#include "tests/support/reference.h"

enum { K_MAX = 40 };

/* The studies of one set of meta_studies.csv. */
struct set {
    size_t k;
    double y[K_MAX], se[K_MAX];
};

static struct set set_read(const struct reference *studies, int64_t number)
{
    struct set set = {.k = 0};

    for (size_t i = 0; i < studies->n_rows; i++)
        if (reference_count(studies, i, "set") == number) {
            set.y[set.k] = reference_value(studies, i, "y");
            set.se[set.k++] = reference_value(studies, i, "se");
        }
    return set;
}

/* Roots come to R's tolerance, and tau^2 that R leaves at 1e-13 is our 0. */
static void assert_close(double actual, double expected, double relative, double absolute)
{
    if (fabs(actual - expected) > absolute)
        assert_near(actual, expected, relative);
}

static void check_answer(const struct reference *r, size_t i, const struct meta_result *got)
{
    assert_near(got->heterogeneity.statistic, reference_value(r, i, "q"), 1e-10);
    assert_near(got->heterogeneity.p_value, reference_value(r, i, "q_p"), 1e-8);
    assert_close(got->tau_squared, reference_value(r, i, "tau2"), 1e-8, 1e-11);
    assert_close(got->i_squared, reference_value(r, i, "i2"), 1e-8, 1e-9);
    assert_near(got->normal.estimate, reference_value(r, i, "estimate"), 1e-8);
    assert_near(got->normal.std_error, reference_value(r, i, "se"), 1e-8);
    assert_near(got->normal.conf_low, reference_value(r, i, "low"), 1e-7);
    assert_near(got->normal.conf_high, reference_value(r, i, "high"), 1e-7);
    assert_close(got->normal.p_value, reference_value(r, i, "p"), 1e-6, 1e-300);
    assert_near(got->hartung_knapp.std_error, reference_value(r, i, "hk_se"), 1e-8);
    assert_near(got->hartung_knapp.conf_low, reference_value(r, i, "hk_low"), 1e-7);
    assert_near(got->hartung_knapp.conf_high, reference_value(r, i, "hk_high"), 1e-7);
    assert_near(got->hartung_knapp.p_value, reference_value(r, i, "hk_p"), 1e-6);
    assert_near(got->prediction_low, reference_value(r, i, "pi_low"), 1e-7);
    assert_near(got->prediction_high, reference_value(r, i, "pi_high"), 1e-7);
    assert_close(got->tau_squared_low, reference_value(r, i, "tau2_low"), 1e-7, 1e-9);
    assert_close(got->tau_squared_high, reference_value(r, i, "tau2_high"), 1e-7, 1e-9);
}

static void test_agrees_with_metafor(void **state)
{
    struct reference *const studies = reference_read("tests/reference/meta_studies.csv");
    struct reference *const answers = reference_read("tests/reference/meta_answers.csv");

    (void)state;
    for (size_t i = 0; i < answers->n_rows; i++) {
        const struct set set = set_read(studies, reference_count(answers, i, "set"));
        struct meta_result got;

        assert_int_equal(meta_solve(set.y, set.se, set.k, (enum meta_method)reference_count(answers, i, "method"), 0.95, &got),
                         GSL_SUCCESS);
        check_answer(answers, i, &got);
    }
    print_message("%zu fits compared with metafor\n", answers->n_rows);
    assert_true(answers->n_rows > 300);
    reference_free(studies);
    reference_free(answers);
}

static void test_studies_of_two_arms_agree_with_metafor(void **state)
{
    struct reference *const r = reference_read("tests/reference/meta_arms.csv");
    static const char *const names[][2] = {{"rd", "rd_v"}, {"rr", "rr_v"}, {"or", "or_v"}};

    (void)state;
    for (size_t i = 0; i < r->n_rows; i++) {
        const struct two_by_two study = {reference_count(r, i, "x1"), reference_count(r, i, "n1"),
                                         reference_count(r, i, "x0"), reference_count(r, i, "n0")};
        for (int m = 0; m < 3; m++) {
            double estimate, std_error;
            bool corrected;

            assert_int_equal(meta_two_by_two(&study, (enum meta_measure)m, &estimate, &std_error, &corrected), GSL_SUCCESS);
            assert_near(estimate, reference_value(r, i, names[m][0]), 1e-12);
            assert_near(std_error * std_error, reference_value(r, i, names[m][1]), 1e-12);
            assert_int_equal(corrected, study.arm_event == 0 || study.reference_event == 0);
        }
    }
    reference_free(r);
}

static void test_peto_agrees_with_metafor(void **state)
{
    struct reference *const r = reference_read("tests/reference/meta_arms.csv");

    (void)state;
    for (int64_t set = 1; set <= 14; set++) {
        struct two_by_two studies[K_MAX];
        struct ratio_estimate got;
        size_t k = 0, row = 0;

        for (size_t i = 0; i < r->n_rows; i++)
            if (reference_count(r, i, "set") == set) {
                studies[k++] = (struct two_by_two){reference_count(r, i, "x1"), reference_count(r, i, "n1"),
                                                   reference_count(r, i, "x0"), reference_count(r, i, "n0")};
                row = i;
            }
        assert_int_equal(meta_peto(studies, k, 0.95, &got), GSL_SUCCESS);
        assert_near(got.log_estimate, reference_value(r, row, "peto"), 1e-12);
        assert_near(got.std_error, reference_value(r, row, "peto_se"), 1e-12);
        assert_near(log(got.conf_low), reference_value(r, row, "peto_low"), 1e-12);
        assert_near(log(got.conf_high), reference_value(r, row, "peto_high"), 1e-12);
    }
    reference_free(r);
}

/* 15/32 v 40/42 and 30/56 v 49/55: two trials are too few for the normal interval to be believed alone. */
static void test_two_small_trials_show_how_little_two_trials_say(void **state)
{
    static const struct two_by_two trials[] = {{15, 32, 40, 42}, {30, 56, 49, 55}};
    double y[2], se[2];
    bool corrected;
    struct meta_result got;

    (void)state;
    for (int i = 0; i < 2; i++)
        meta_two_by_two(&trials[i], META_RISK_DIFFERENCE, &y[i], &se[i], &corrected);
    assert_int_equal(meta_solve(y, se, 2, META_REML, 0.95, &got), GSL_SUCCESS);
    assert_true(fabs(got.normal.estimate - -0.409) < 5e-4);
    assert_true(fabs(got.normal.conf_low - -0.533) < 5e-4 && fabs(got.normal.conf_high - -0.285) < 5e-4);
    assert_true(fabs(got.hartung_knapp.conf_low - -1.214) < 5e-4 && fabs(got.hartung_knapp.conf_high - 0.396) < 5e-4);
    assert_true(isnan(got.prediction_low) && isnan(got.prediction_high));
}

static void test_one_study_is_its_own_answer(void **state)
{
    const double y = 0.4, se = 0.125;
    struct meta_result got;

    (void)state;
    assert_int_equal(meta_solve(&y, &se, 1, META_REML, 0.9, &got), GSL_SUCCESS);
    assert_near(got.normal.estimate, 0.4, 0);
    assert_near(got.normal.conf_high, 0.4 + 1.6448536269514722 * 0.125, 1e-15);
    assert_true(isnan(got.hartung_knapp.std_error) && isnan(got.i_squared) && isnan(got.heterogeneity.p_value));
}

static void test_the_order_of_studies_changes_no_bit(void **state)
{
    struct reference *const studies = reference_read("tests/reference/meta_studies.csv");

    (void)state;
    for (int64_t number = 5; number < 25; number++)
        for (int m = META_REML; m <= META_FIXED; m++) {
            const struct set set = set_read(studies, number);
            struct set turned = {.k = set.k};
            struct meta_result a, b;

            for (size_t i = 0; i < set.k; i++) {
                turned.y[i] = set.y[set.k - 1 - i];
                turned.se[i] = set.se[set.k - 1 - i];
            }
            meta_solve(set.y, set.se, set.k, (enum meta_method)m, 0.95, &a);
            meta_solve(turned.y, turned.se, set.k, (enum meta_method)m, 0.95, &b);
            assert_true(a.normal.estimate == b.normal.estimate && a.tau_squared == b.tau_squared &&
                        a.tau_squared_high == b.tau_squared_high);
        }
    reference_free(studies);
}

static void test_scale_and_shift_go_through(void **state)
{
    struct reference *const studies = reference_read("tests/reference/meta_studies.csv");

    (void)state;
    for (int64_t number = 5; number < 85; number++) {
        const struct set set = set_read(studies, number);
        struct set moved = {.k = set.k};
        struct meta_result a, b;

        for (size_t i = 0; i < set.k; i++) {
            moved.y[i] = 4 * set.y[i] + 8;
            moved.se[i] = 4 * set.se[i];
        }
        meta_solve(set.y, set.se, set.k, META_REML, 0.95, &a);
        meta_solve(moved.y, moved.se, set.k, META_REML, 0.95, &b);
        assert_near(b.normal.estimate, 4 * a.normal.estimate + 8, 1e-11);
        assert_close(b.tau_squared, 16 * a.tau_squared, 1e-7, 1e-11);
    }
    reference_free(studies);
}

/* No other tau^2 has a higher restricted likelihood: looked at on a fine grid of our own. */
static void test_reml_is_the_highest_point(void **state)
{
    struct reference *const studies = reference_read("tests/reference/meta_studies.csv");

    (void)state;
    for (int64_t number = 1; number < 85; number++) {
        const struct set set = set_read(studies, number);
        const double best = meta_tau_squared(set.y, set.se, set.k, META_REML);
        double best_loglik = 0;

        for (int i = -1; i < 3000; i++) {
            const double t = i < 0 ? best : 1e-8 * pow(1.008, i);
            struct meta_sums sums;

            meta_sums_at(set.y, set.se, set.k, t, &sums);
            const double loglik = (sums.log_w - log(sums.w) - sums.q) / 2;
            if (i < 0)
                best_loglik = loglik;
            else
                assert_true(loglik <= best_loglik + 1e-9);
        }
    }
    reference_free(studies);
}

static void test_equal_estimates_have_no_spread(void **state)
{
    static const double y[] = {0.25, 0.25, 0.25}, se[] = {0.1, 0.2, 0.3};
    struct meta_result got;

    (void)state;
    assert_int_equal(meta_solve(y, se, 3, META_DL, 0.95, &got), GSL_SUCCESS);
    assert_true(got.tau_squared == 0 && got.i_squared == 0);
    assert_near(got.normal.estimate, 0.25, 1e-15);
    assert_true(isnan(got.hartung_knapp.std_error)); /* no spread, no standard error from it */
}

static void test_bad_input_is_refused(void **state)
{
    static const double y[] = {0.1, NAN}, se[] = {0.1, 0.2}, zero[] = {0.1, 0}, good[] = {0.1, 0.2};
    static const struct two_by_two nobody = {0, 0, 3, 9}, wrong = {5, 3, 1, 2}, silent = {0, 9, 0, 4};
    struct meta_result got;
    struct ratio_estimate ratio;
    double estimate, std_error;
    bool corrected;

    (void)state;
    assert_int_equal(meta_solve(y, se, 2, META_DL, 0.95, &got), GSL_EINVAL);
    assert_int_equal(meta_solve(good, zero, 2, META_DL, 0.95, &got), GSL_EINVAL);
    assert_int_equal(meta_solve(good, se, 0, META_DL, 0.95, &got), GSL_EINVAL);
    assert_int_equal(meta_solve(good, se, 2, META_DL, 1, &got), GSL_EINVAL);
    assert_int_equal(meta_solve(good, se, 2, (enum meta_method)9, 0.95, &got), GSL_EINVAL);
    assert_int_equal(meta_two_by_two(&nobody, META_RISK_DIFFERENCE, &estimate, &std_error, &corrected), GSL_EDOM);
    assert_int_equal(meta_two_by_two(&wrong, META_RISK_DIFFERENCE, &estimate, &std_error, &corrected), GSL_EINVAL);
    assert_int_equal(meta_two_by_two(&silent, (enum meta_measure)7, &estimate, &std_error, &corrected), GSL_EINVAL);
    assert_int_equal(meta_peto(&silent, 1, 0.95, &ratio), GSL_EDOM);
    assert_int_equal(meta_peto(&wrong, 1, 0.95, &ratio), GSL_EINVAL);
    assert_int_equal(meta_peto(&silent, 1, 0, &ratio), GSL_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agrees_with_metafor),
        cmocka_unit_test(test_studies_of_two_arms_agree_with_metafor),
        cmocka_unit_test(test_peto_agrees_with_metafor),
        cmocka_unit_test(test_two_small_trials_show_how_little_two_trials_say),
        cmocka_unit_test(test_one_study_is_its_own_answer),
        cmocka_unit_test(test_the_order_of_studies_changes_no_bit),
        cmocka_unit_test(test_scale_and_shift_go_through),
        cmocka_unit_test(test_reml_is_the_highest_point),
        cmocka_unit_test(test_equal_estimates_have_no_spread),
        cmocka_unit_test(test_bad_input_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
