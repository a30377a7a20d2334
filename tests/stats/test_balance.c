/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/balance.h"

#include <float.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/near.h"
#include "tests/support/reference.h"

static void solve(const double *x, const int64_t *frequency, size_t n, double *mean, double *variance)
{
    struct moments moments;

    moments_init(&moments);
    assert_int_equal(moments_add_array(&moments, x, frequency, n), GSL_SUCCESS);
    assert_int_equal(moments_solve(&moments, mean, variance), GSL_SUCCESS);
}

static void test_matches_hand_computation(void **state)
{
    const double age[] = {31, 42.5, 27, 55, 38.5};
    double mean, variance;

    (void)state;
    solve(age, NULL, 5, &mean, &variance);
    assert_near(mean, 194. / 5, 1e-15);
    assert_near(variance, 476.3 / 4, 1e-15); /* 60.84 + 13.69 + 139.24 + 262.44 + 0.09 */
}

static void test_a_far_offset_loses_nothing(void **state)
{
    const double near_zero[] = {-1, 0, 1}, far[] = {1e15 - 1, 1e15, 1e15 + 1}, halves[] = {1e15 + 0.5, 1e15};
    double mean, variance;

    (void)state;
    solve(near_zero, NULL, 3, &mean, &variance);
    assert_true(mean == 0 && variance == 1);
    solve(far, NULL, 3, &mean, &variance);
    assert_true(mean == 1e15 && variance == 1);
    solve(halves, NULL, 2, &mean, &variance); /* the mean is no double: what its rounding leaves is taken out */
    assert_true(variance == 0.125);
}

static void test_values_of_very_different_size_are_exact(void **state)
{
    const double x[] = {1e150, 1, 1e-140, -1e150}; /* squares 1e300 .. 1e-280; the sum takes several doubles */
    double mean, variance;

    (void)state;
    solve(x, NULL, 4, &mean, &variance);
    assert_near(mean, 0.25, 1e-15);
    assert_near(variance, 2e300 / 3, 1e-15);
}

static void test_frequencies_are_copies(void **state)
{
    const double x[] = {2.385, -1, 7}, copies[] = {2.385, 2.385, 2.385, 7, 7};
    const int64_t frequency[] = {3, 0, 2};
    double mean, variance, mean_copies, variance_copies;

    (void)state;
    solve(x, frequency, 3, &mean, &variance);
    solve(copies, NULL, 5, &mean_copies, &variance_copies);
    assert_true(mean == mean_copies && variance == variance_copies);
}

static void test_millions_of_counted_persons_are_exact(void **state)
{
    const double x[] = {30, 31};
    const int64_t frequency[] = {500000000000, 500000000000};
    double mean, variance;

    (void)state;
    solve(x, frequency, 2, &mean, &variance);
    assert_true(mean == 30.5);
    assert_near(variance, 0.25 * (1e12 / (1e12 - 1)), 1e-15);
}

static void test_order_and_merging_do_not_change_a_bit(void **state)
{
    enum { N = 1000 };
    double x[N], mean, variance, other_mean, other_variance;
    struct moments whole, left, right;

    (void)state;
    for (int i = 0; i < N; i++)
        x[i] = i % 50 == 0 ? NAN : sin(i) * pow(10, i % 30 - 15);
    moments_init(&whole);
    moments_init(&left);
    moments_init(&right);
    moments_add_array(&whole, x, NULL, N);
    for (int i = 0; i < N; i++)
        moments_add(i % 3 == 0 ? &left : &right, x[(i * 7 + 3) % N], 1);
    assert_int_equal(moments_merge(&left, &right), GSL_SUCCESS);
    moments_solve(&whole, &mean, &variance);
    moments_solve(&left, &other_mean, &other_variance);
    assert_true(mean == other_mean && variance == other_variance);
    assert_true(left.n == whole.n && left.n_missing == whole.n_missing && left.n_missing == 20);
}

static void test_missing_values_change_only_their_count(void **state)
{
    const double x[] = {3, NAN, 5, NAN};
    const int64_t frequency[] = {1, 4, 1, 2};
    struct moments moments;
    double mean, variance;

    (void)state;
    moments_init(&moments);
    moments_add_array(&moments, x, frequency, 4);
    moments_solve(&moments, &mean, &variance);
    assert_true(mean == 4 && variance == 2 && moments.n == 2 && moments.n_missing == 6);
}

static void test_one_person_has_a_mean_and_no_variance(void **state)
{
    struct moments moments;
    double mean = 0, variance = 0;

    (void)state;
    moments_init(&moments);
    assert_int_equal(moments_solve(&moments, &mean, &variance), GSL_EDOM);
    assert_true(isnan(mean) && isnan(variance));
    moments_add(&moments, 2.385, 1);
    assert_int_equal(moments_solve(&moments, &mean, &variance), GSL_SUCCESS);
    assert_true(mean == 2.385 && isnan(variance));
}

static void test_refused_values_leave_the_summary_as_it_was(void **state)
{
    struct moments moments, before;

    (void)state;
    moments_init(&moments);
    moments_add(&moments, 1.5, INT64_MAX);
    before = moments;
    assert_int_equal(moments_add(&moments, INFINITY, 1), GSL_EINVAL);
    assert_int_equal(moments_add(&moments, 1, -1), GSL_EINVAL);
    assert_int_equal(moments_add(&moments, 1e200, 1), GSL_EOVRFLW);
    assert_int_equal(moments_add(&moments, 1, 1), GSL_EOVRFLW); /* one person too many to count */
    assert_int_equal(moments_merge(&moments, &before), GSL_EOVRFLW);
    before.n = 0;
    before.n_missing = INT64_MAX;
    moments.n_missing = 1;
    assert_int_equal(moments_merge(&moments, &before), GSL_EOVRFLW);
    moments.n_missing = 0;
    before = moments;
    assert_int_equal(moments_add_array(&moments, (double[]){-INFINITY}, NULL, 1), GSL_EINVAL);
    assert_memory_equal(&moments, &before, sizeof moments);
}

static void test_sums_beyond_the_largest_double_are_told(void **state)
{
    struct moments moments;
    double mean, variance;

    (void)state;
    moments_init(&moments);
    moments_add(&moments, 1e154, 1000000);
    assert_int_equal(moments_solve(&moments, &mean, &variance), GSL_EOVRFLW);
    assert_true(isnan(mean) && isnan(variance));
}

/* NIST StRD NumAcc2..4: 1001 numbers offset + 0.2, then offset + 0.1 and offset + 0.3 in turn; sd is 0.1. */
static void test_nist_numerical_accuracy_sets(void **state)
{
    const struct {
        double base, mean, sd_tolerance; /* decimals that are no doubles cost the certified sd some digits */
    } sets[] = {{1, 1.2, 1e-14}, {1000000, 1000000.2, 1e-9}, {10000000, 10000000.2, 1e-8}};
    double x[1001], mean, variance;

    (void)state;
    for (size_t s = 0; s < 3; s++) {
        x[0] = sets[s].base + 0.2;
        for (int i = 1; i <= 1000; i++)
            x[i] = sets[s].base + (i % 2 == 1 ? 0.1 : 0.3);
        solve(x, NULL, 1001, &mean, &variance);
        assert_near(mean, sets[s].mean, 1e-15);
        assert_near(sqrt(variance), 0.1, sets[s].sd_tolerance);
    }
    solve((double[]){10000001, 10000003, 10000002}, NULL, 3, &mean, &variance);
    assert_true(mean == 10000002 && variance == 1);
}

/* Digits of agreement, at most 15. */
static double digits(double value, double certified)
{
    return value == certified ? 15 : fmin(15, -log10(fabs(value - certified) / fabs(certified)));
}

/* A column of text, to look data sets up by name. */
static int find_line(const char *path, const char *start, char line[256])
{
    FILE *file = fopen(path, "r");
    int found = 0;

    while (file != NULL && !found && fgets(line, 256, file) != NULL)
        found = strncmp(line, start, strlen(start)) == 0;
    if (file != NULL)
        fclose(file);
    return found;
}

static void test_nist_univariate_sets_have_at_least_the_digits_of_r(void **state)
{
    const char *const names[] = {"Lew", "Lottery", "Mavro", "Michelso", "PiDigits", "NumAcc1", "NumAcc2", "NumAcc3",
                                 "NumAcc4"};

    (void)state;
    for (size_t s = 0; s < sizeof names / sizeof *names; s++) {
        char path[128], line[256], start[64];
        double mean, variance, value[2], certified, r_digits;
        struct reference *data;

        snprintf(path, sizeof path, "../shared/corpora/strd/univ_%s.csv", names[s]);
        if ((data = reference_read(path)) == NULL)
            skip();
        solve(data->values, NULL, data->n_rows, &mean, &variance);
        value[0] = mean;
        value[1] = sqrt(variance);
        reference_free(data);
        for (int i = 0; i < 2; i++) {
            snprintf(start, sizeof start, "\"%s\",\"%s\"", names[s], i == 0 ? "mean" : "sd");
            assert_true(find_line("../shared/corpora/strd/lre_R.csv", start, line));
            assert_int_equal(sscanf(line + strlen(start), ",\"%*[^\"]\",\"%lf\",%lf", &certified, &r_digits), 2);
            assert_true(digits(value[i], certified) >= r_digits - 0.05); /* theirs are rounded to one decimal */
        }
    }
}

static void test_smd_names_its_denominator(void **state)
{
    double smd;

    (void)state;
    assert_int_equal(smd_numeric(38.8, 100, 35.3, 49, SMD_POOLED, &smd), GSL_SUCCESS);
    assert_near(smd, 3.5 / sqrt(149. / 2), 1e-14);
    assert_int_equal(smd_numeric(38.8, 100, 35.3, 49, SMD_REFERENCE, &smd), GSL_SUCCESS);
    assert_near(smd, 3.5 / 7, 1e-14);
    assert_int_equal(smd_numeric(38.8, 100, 35.3, 49, SMD_ARM, &smd), GSL_SUCCESS);
    assert_near(smd, 3.5 / 10, 1e-14);
}

static void test_smd_of_a_level_uses_the_variance_of_a_share(void **state)
{
    const double p1 = 17. / 40, p0 = 9. / 51;
    double smd;

    (void)state;
    assert_int_equal(smd_level(17, 40, 9, 51, SMD_POOLED, &smd), GSL_SUCCESS);
    assert_near(smd, (p1 - p0) / sqrt((p1 * (1 - p1) + p0 * (1 - p0)) / 2), 1e-14);
    assert_int_equal(smd_level(17, 40, 9, 51, SMD_REFERENCE, &smd), GSL_SUCCESS);
    assert_near(smd, (p1 - p0) / sqrt(p0 * (1 - p0)), 1e-14);
}

static void test_smd_without_spread_is_undefined(void **state)
{
    double smd = 0;

    (void)state;
    assert_int_equal(smd_numeric(3, 0, 3, 0, SMD_POOLED, &smd), GSL_EDOM);
    assert_true(isnan(smd));
    assert_int_equal(smd_numeric(3, 1, 4, 0, SMD_REFERENCE, &smd), GSL_EDOM);
    assert_int_equal(smd_numeric(NAN, 1, 4, 1, SMD_POOLED, &smd), GSL_EDOM);
    assert_int_equal(smd_numeric(3, NAN, 4, 1, SMD_POOLED, &smd), GSL_EDOM);
    assert_int_equal(smd_numeric(3, NAN, 4, 1, SMD_REFERENCE, &smd), GSL_SUCCESS); /* not needed there */
    assert_int_equal(smd_numeric(3, 1, 4, 1, (enum smd_denominator)9, &smd), GSL_EDOM);
    assert_int_equal(smd_level(0, 0, 1, 4, SMD_POOLED, &smd), GSL_EDOM);
    assert_int_equal(smd_level(1, 4, 0, 0, SMD_POOLED, &smd), GSL_EDOM);
    assert_int_equal(smd_level(4, 4, 4, 4, SMD_POOLED, &smd), GSL_EDOM);
    assert_int_equal(smd_level(5, 4, 1, 4, SMD_POOLED, &smd), GSL_EINVAL);
    assert_int_equal(smd_level(-1, 4, 1, 4, SMD_POOLED, &smd), GSL_EINVAL);
    assert_int_equal(smd_level(1, 4, 5, 4, SMD_POOLED, &smd), GSL_EINVAL);
    assert_int_equal(smd_level(1, 4, -1, 4, SMD_POOLED, &smd), GSL_EINVAL);
    assert_true(isnan(smd));
}

static void test_factor_distances_agree_with_r(void **state)
{
    struct reference *r = reference_read("tests/reference/proportion_factors.csv");
    size_t first = 0;

    (void)state;
    assert_non_null(r);
    for (size_t i = 1; i <= r->n_rows; i++) {
        int64_t arm[10], reference[10];
        double work[10 * 11], smd;

        if (i < r->n_rows && reference_value(r, i, "set") == reference_value(r, first, "set"))
            continue;
        for (size_t j = first; j < i; j++) {
            arm[j - first] = reference_count(r, j, "arm");
            reference[j - first] = reference_count(r, j, "reference");
        }
        arm[i - first] = reference[i - first] = 0; /* a level nobody has */
        assert_int_equal(smd_factor(arm, reference, i - first + 1, work, &smd), GSL_SUCCESS);
        assert_near(smd, reference_value(r, first, "smd"), 1e-11);
        first = i;
    }
    reference_free(r);
}

static void test_factor_of_two_levels_is_the_level(void **state)
{
    const int64_t arm[] = {17, 23}, reference[] = {9, 42};
    double work[6], factor, level;

    (void)state;
    assert_int_equal(smd_factor(arm, reference, 2, work, &factor), GSL_SUCCESS);
    smd_level(17, 40, 9, 51, SMD_POOLED, &level);
    assert_near(factor, level, 1e-14);
    smd_factor(reference, arm, 2, work, &factor);
    assert_near(factor, level, 1e-14);
}

static void test_factor_edges(void **state)
{
    const int64_t left[] = {5, 7, 0}, right[] = {0, 0, 4}, none[] = {0, 0, 0}, bad[] = {1, -1, 3}, only[] = {0, 6, 0};
    double work[12], smd;

    (void)state;
    assert_int_equal(smd_factor(only, only, 3, work, &smd), GSL_SUCCESS);
    assert_true(smd == 0);
    assert_int_equal(smd_factor(left, left, 3, work, &smd), GSL_SUCCESS);
    assert_true(smd == 0);
    assert_int_equal(smd_factor(left, right, 3, work, &smd), GSL_EDOM); /* no level in common */
    assert_true(isnan(smd));
    assert_int_equal(smd_factor(left, none, 3, work, &smd), GSL_EDOM);
    assert_int_equal(smd_factor(left, bad, 3, work, &smd), GSL_EINVAL);
    assert_int_equal(smd_factor(bad, left, 3, work, &smd), GSL_EINVAL);
    assert_int_equal(smd_factor(left, left, 0, work, &smd), GSL_EDOM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matches_hand_computation),
        cmocka_unit_test(test_a_far_offset_loses_nothing),
        cmocka_unit_test(test_values_of_very_different_size_are_exact),
        cmocka_unit_test(test_frequencies_are_copies),
        cmocka_unit_test(test_millions_of_counted_persons_are_exact),
        cmocka_unit_test(test_order_and_merging_do_not_change_a_bit),
        cmocka_unit_test(test_missing_values_change_only_their_count),
        cmocka_unit_test(test_one_person_has_a_mean_and_no_variance),
        cmocka_unit_test(test_refused_values_leave_the_summary_as_it_was),
        cmocka_unit_test(test_sums_beyond_the_largest_double_are_told),
        cmocka_unit_test(test_nist_numerical_accuracy_sets),
        cmocka_unit_test(test_nist_univariate_sets_have_at_least_the_digits_of_r),
        cmocka_unit_test(test_smd_names_its_denominator),
        cmocka_unit_test(test_smd_of_a_level_uses_the_variance_of_a_share),
        cmocka_unit_test(test_smd_without_spread_is_undefined),
        cmocka_unit_test(test_factor_distances_agree_with_r),
        cmocka_unit_test(test_factor_of_two_levels_is_the_level),
        cmocka_unit_test(test_factor_edges),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
