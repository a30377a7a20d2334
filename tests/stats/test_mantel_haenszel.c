/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/mantel_haenszel.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>

#include "tests/support/near.h"
#include "tests/support/reference.h"

enum { MAX_STRATA = 16 };

/* Admissions at Berkeley 1973 by department, men v women: R's UCBAdmissions. */
static const struct two_by_two berkeley[] = {{512, 825, 89, 108}, {353, 560, 17, 25},  {120, 325, 202, 593},
                                             {138, 417, 131, 375}, {53, 191, 94, 393}, {22, 373, 24, 341}};

/* Completed, TEDS 2004 by education: intensive outpatient (table 4.11) v short-term residential (5.11), aged 18+. */
static const struct two_by_two teds[] = {
    {1562, 5387, 2027, 3508}, {8501, 27511, 10211, 17784}, {16753, 43670, 20462, 33187}, {10177, 22504, 12860, 18847}};

static size_t read_strata(const struct reference *r, double set, struct two_by_two *strata)
{
    size_t n = 0;

    for (size_t i = 0; i < r->n_rows; i++)
        if (reference_value(r, i, "set") == set) {
            assert_true(n < MAX_STRATA);
            strata[n++] = (struct two_by_two){reference_count(r, i, "a"), reference_count(r, i, "n1"),
                                              reference_count(r, i, "c"), reference_count(r, i, "n0")};
        }
    return n;
}

static void test_all_measures_agree_with_r(void **state)
{
    struct reference *cells = reference_read("tests/reference/proportion_strata.csv");
    struct reference *r = reference_read("tests/reference/proportion_strata_answers.csv");

    (void)state;
    assert_non_null(cells);
    assert_non_null(r);
    for (size_t i = 0; i < r->n_rows; i++) {
        struct two_by_two strata[MAX_STRATA];
        const size_t n = read_strata(cells, reference_value(r, i, "set"), strata);
        struct ratio_estimate or, rr;
        struct risk_difference sato, gr;

        assert_int_equal(mh_odds_ratio(strata, n, 0.95, &or), GSL_SUCCESS);
        assert_near(or.estimate, reference_value(r, i, "or"), 1e-12);
        assert_near(or.conf_low, reference_value(r, i, "or_low"), 1e-12);
        assert_near(or.conf_high, reference_value(r, i, "or_high"), 1e-12);
        assert_near(or.std_error, reference_value(r, i, "se_or"), 1e-12);
        assert_int_equal(mh_risk_ratio(strata, n, 0.95, &rr), GSL_SUCCESS);
        assert_near(rr.log_estimate, reference_value(r, i, "log_rr"), 1e-11);
        assert_near(rr.std_error, reference_value(r, i, "se_rr"), 1e-12);
        assert_int_equal(mh_risk_difference(strata, n, MH_SATO, 0.95, &sato), GSL_SUCCESS);
        assert_near(sato.estimate, reference_value(r, i, "rd"), 1e-11);
        assert_near(sato.std_error, reference_value(r, i, "se_sato"), 1e-12);
        assert_int_equal(mh_risk_difference(strata, n, MH_GREENLAND_ROBINS, 0.95, &gr), GSL_SUCCESS);
        assert_near(gr.std_error, reference_value(r, i, "se_gr"), 1e-12);
        assert_near(gr.estimate, sato.estimate, 0);
    }
    reference_free(r);
    reference_free(cells);
}

static void test_all_tests_agree_with_r(void **state)
{
    struct reference *cells = reference_read("tests/reference/proportion_strata.csv");
    struct reference *r = reference_read("tests/reference/proportion_strata_answers.csv");

    (void)state;
    assert_non_null(cells);
    assert_non_null(r);
    for (size_t i = 0; i < r->n_rows; i++) {
        struct two_by_two strata[MAX_STRATA];
        const size_t n = read_strata(cells, reference_value(r, i, "set"), strata);
        struct chi_square_test test;

        assert_int_equal(mh_test(strata, n, false, &test), GSL_SUCCESS);
        assert_near(test.statistic, reference_value(r, i, "mh"), 1e-10);
        assert_near(test.p_value, reference_value(r, i, "mh_p"), 1e-9);
        assert_int_equal(test.df, 1);
        assert_int_equal(mh_test(strata, n, true, &test), GSL_SUCCESS);
        assert_true(fabs(test.statistic - reference_value(r, i, "mh_corrected")) <= 1e-12 + 1e-10 * test.statistic);
        assert_int_equal(mh_homogeneity_test(strata, n, &test), GSL_SUCCESS);
        assert_near(test.statistic, reference_value(r, i, "tarone"), 1e-9);
        assert_near(test.p_value, reference_value(r, i, "tarone_p"), 1e-9);
    }
    reference_free(r);
    reference_free(cells);
}

static void test_berkeley_admissions_show_no_bias_within_departments(void **state)
{
    struct ratio_estimate or;
    struct chi_square_test test;

    (void)state;
    mh_odds_ratio(berkeley, 6, 0.95, &or);
    mh_test(berkeley, 6, false, &test);
    assert_near(or.estimate, 0.904696828258623, 1e-14);
    assert_near(test.statistic, 1.52460666044344, 1e-13);
}

static void test_education_does_not_explain_the_teds_difference(void **state)
{
    struct ratio_estimate or;
    struct risk_difference rd;

    (void)state;
    assert_int_equal(mh_risk_difference(teds, 4, MH_SATO, 0.95, &rd), GSL_SUCCESS);
    assert_true(fabs(100 * rd.estimate + 24.3) < 0.05);
    assert_true(fabs(100 * rd.conf_low + 24.8) < 0.05);
    assert_true(fabs(100 * rd.conf_high + 23.9) < 0.05);
    assert_int_equal(mh_odds_ratio(teds, 4, 0.95, &or), GSL_SUCCESS);
    assert_true(fabs(or.estimate - 0.367) < 5e-4);
    assert_true(fabs(or.conf_low - 0.360) < 5e-4);
    assert_true(fabs(or.conf_high - 0.374) < 5e-4);
}

static void test_one_stratum_is_the_plain_table(void **state)
{
    const struct two_by_two table = {17, 40, 9, 51};
    struct ratio_estimate mh, plain;
    struct risk_difference pooled, simple;

    (void)state;
    mh_odds_ratio(&table, 1, 0.95, &mh);
    two_by_two_odds_ratio(&table, 0.95, &plain);
    assert_near(mh.estimate, plain.estimate, 1e-14);
    assert_near(mh.std_error, plain.std_error, 1e-13); /* the variance is Woolf's then */
    mh_risk_ratio(&table, 1, 0.95, &mh);
    two_by_two_risk_ratio(&table, 0.95, &plain);
    assert_near(mh.estimate, plain.estimate, 1e-14);
    assert_near(mh.std_error, plain.std_error, 1e-13);
    mh_risk_difference(&table, 1, MH_GREENLAND_ROBINS, 0.95, &pooled);
    risk_difference_interval(&table, RISK_DIFFERENCE_WALD, 0.95, &simple);
    assert_near(pooled.estimate, simple.estimate, 1e-14);
    assert_near(pooled.std_error, simple.std_error, 1e-13);
    assert_near(pooled.conf_low, simple.conf_low, 1e-13);
}

static void test_order_of_strata_does_not_change_a_bit(void **state)
{
    struct two_by_two shuffled[8] = {berkeley[3], berkeley[5], berkeley[0], {0, 0, 3, 8},
                                     berkeley[4], berkeley[2], {2, 5, 0, 0}, berkeley[1]}; /* two with one side only */
    struct ratio_estimate a = {0}, b = {0};
    struct risk_difference c, d;
    struct chi_square_test e, f;

    (void)state;
    mh_odds_ratio(berkeley, 6, 0.95, &a);
    mh_odds_ratio(shuffled, 8, 0.95, &b);
    assert_memory_equal(&a, &b, offsetof(struct ratio_estimate, empty));
    mh_risk_ratio(berkeley, 6, 0.95, &a);
    mh_risk_ratio(shuffled, 8, 0.95, &b);
    assert_memory_equal(&a, &b, offsetof(struct ratio_estimate, empty));
    mh_risk_difference(berkeley, 6, MH_SATO, 0.95, &c);
    mh_risk_difference(shuffled, 8, MH_SATO, 0.95, &d);
    assert_memory_equal(&c, &d, sizeof c);
    mh_homogeneity_test(berkeley, 6, &e);
    mh_homogeneity_test(shuffled, 8, &f);
    assert_true(e.statistic == f.statistic && e.df == 5 && f.df == 5);
}

static void test_small_gaps_take_no_correction(void **state)
{
    const struct two_by_two near_equal = {3, 7, 7, 16}; /* 3 - 70/23 = -0.04 */
    struct chi_square_test plain, corrected;

    (void)state;
    mh_test(&near_equal, 1, false, &plain);
    mh_test(&near_equal, 1, true, &corrected);
    assert_true(plain.statistic == corrected.statistic && plain.statistic > 0);
}

static void test_a_common_ratio_that_does_not_exist_is_named(void **state)
{
    const struct two_by_two no_event[] = {{0, 5, 2, 5}, {0, 7, 3, 9}};
    const struct two_by_two no_reference_event[] = {{2, 5, 0, 5}, {1, 7, 0, 9}};
    const struct two_by_two all[] = {{5, 5, 2, 2}, {7, 7, 3, 3}}, apart[] = {{5, 5, 3, 5}, {0, 5, 3, 5}};
    const struct two_by_two no_arm[] = {{0, 0, 2, 5}};
    struct ratio_estimate result;
    struct chi_square_test test;

    (void)state;
    assert_int_equal(mh_odds_ratio(no_event, 2, 0.95, &result), GSL_EDOM);
    assert_int_equal(result.empty, TWO_BY_TWO_ARM_NO_EVENT);
    assert_true(isnan(result.estimate) && isnan(result.std_error));
    assert_int_equal(mh_risk_ratio(no_event, 2, 0.95, &result), GSL_EDOM);
    assert_int_equal(result.empty, TWO_BY_TWO_ARM_NO_EVENT);
    assert_int_equal(mh_odds_ratio(no_reference_event, 2, 0.95, &result), GSL_EDOM);
    assert_int_equal(result.empty, TWO_BY_TWO_REFERENCE_NO_EVENT);
    assert_int_equal(mh_risk_ratio(no_reference_event, 2, 0.95, &result), GSL_EDOM);
    assert_int_equal(result.empty, TWO_BY_TWO_REFERENCE_NO_EVENT);
    assert_int_equal(mh_risk_ratio(all, 2, 0.95, &result), GSL_EDOM);
    assert_int_equal(result.empty, TWO_BY_TWO_ARM_ALL_EVENT);
    assert_int_equal(mh_odds_ratio(no_arm, 1, 0.95, &result), GSL_EDOM);
    assert_int_equal(result.empty, TWO_BY_TWO_NO_ARM);
    assert_int_equal(mh_odds_ratio(NULL, 0, 0.95, &result), GSL_EDOM);
    /* b c is 0 in the first stratum, a d in the second: both sums exist, each from one stratum */
    assert_int_equal(mh_odds_ratio(apart, 2, 0.95, &result), GSL_SUCCESS);
    assert_int_equal(mh_homogeneity_test(apart, 2, &test), GSL_SUCCESS);
    assert_int_equal(mh_homogeneity_test(no_event, 2, &test), GSL_EDOM);
    assert_true(isnan(test.statistic));
}

static void test_cells_that_never_meet_give_no_odds_ratio(void **state)
{
    const struct two_by_two strata[] = {{3, 5, 4, 4}, {0, 6, 2, 6}}; /* a > 0 where d = 0, and the reverse */
    struct ratio_estimate result;

    (void)state;
    assert_int_equal(mh_odds_ratio(strata, 2, 0.95, &result), GSL_EDOM);
    assert_int_equal(result.empty, TWO_BY_TWO_NEVER_TOGETHER);
}

static void test_differences_and_tests_without_contrast(void **state)
{
    const struct two_by_two none[] = {{0, 5, 0, 5}, {0, 7, 0, 9}}, no_arm[] = {{0, 0, 2, 5}}, good[] = {{2, 5, 1, 5}};
    struct risk_difference d;
    struct chi_square_test test;

    (void)state;
    assert_int_equal(mh_risk_difference(none, 2, MH_SATO, 0.95, &d), GSL_SUCCESS);
    assert_true(d.estimate == 0 && d.std_error == 0);
    assert_int_equal(mh_risk_difference(no_arm, 1, MH_SATO, 0.95, &d), GSL_EDOM);
    assert_true(isnan(d.estimate));
    assert_int_equal(mh_test(none, 2, false, &test), GSL_EDOM);
    assert_true(isnan(test.statistic) && test.df == 0);
    assert_int_equal(mh_homogeneity_test(good, 1, &test), GSL_EDOM);
}

static void test_strata_without_events_do_not_count_for_homogeneity(void **state)
{
    const struct two_by_two strata[] = {{3, 9, 5, 11}, {0, 6, 0, 6}, {8, 20, 3, 17}, {4, 4, 5, 5}};
    struct chi_square_test test;

    (void)state;
    assert_int_equal(mh_homogeneity_test(strata, 4, &test), GSL_SUCCESS);
    assert_int_equal(test.df, 1);
}

static void test_refuses_impossible_counts_and_levels(void **state)
{
    const struct two_by_two bad[] = {{1, 5, 2, 5}, {6, 5, 1, 5}}, good[] = {{1, 5, 2, 5}};
    const int64_t much = (int64_t)1 << 52;
    const struct two_by_two too_many[] = {{1, much, 2, 5}, {1, much, 2, 5}};
    struct ratio_estimate ratio;
    struct risk_difference d;
    struct chi_square_test test;

    (void)state;
    assert_int_equal(mh_odds_ratio(bad, 2, 0.95, &ratio), GSL_EINVAL);
    assert_int_equal(mh_odds_ratio(too_many, 2, 0.95, &ratio), GSL_EINVAL);
    assert_int_equal(mh_risk_ratio(bad, 2, 0.95, &ratio), GSL_EINVAL);
    assert_int_equal(mh_risk_difference(bad, 2, MH_SATO, 0.95, &d), GSL_EINVAL);
    assert_int_equal(mh_test(bad, 2, false, &test), GSL_EINVAL);
    assert_int_equal(mh_homogeneity_test(bad, 2, &test), GSL_EINVAL);
    assert_int_equal(mh_odds_ratio(good, 1, 0, &ratio), GSL_EINVAL);
    assert_int_equal(mh_odds_ratio(good, 1, 1, &ratio), GSL_EINVAL);
    assert_int_equal(mh_risk_ratio(good, 1, 1, &ratio), GSL_EINVAL);
    assert_int_equal(mh_risk_ratio(good, 1, 0, &ratio), GSL_EINVAL);
    assert_int_equal(mh_risk_difference(good, 1, MH_SATO, 2, &d), GSL_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_measures_agree_with_r),
        cmocka_unit_test(test_all_tests_agree_with_r),
        cmocka_unit_test(test_berkeley_admissions_show_no_bias_within_departments),
        cmocka_unit_test(test_education_does_not_explain_the_teds_difference),
        cmocka_unit_test(test_one_stratum_is_the_plain_table),
        cmocka_unit_test(test_order_of_strata_does_not_change_a_bit),
        cmocka_unit_test(test_small_gaps_take_no_correction),
        cmocka_unit_test(test_a_common_ratio_that_does_not_exist_is_named),
        cmocka_unit_test(test_cells_that_never_meet_give_no_odds_ratio),
        cmocka_unit_test(test_differences_and_tests_without_contrast),
        cmocka_unit_test(test_strata_without_events_do_not_count_for_homogeneity),
        cmocka_unit_test(test_refuses_impossible_counts_and_levels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
