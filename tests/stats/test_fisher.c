/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/fisher.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#include "tests/support/near.h"
#include "tests/support/reference.h"

static double p_of(int64_t x1, int64_t n1, int64_t x0, int64_t n0)
{
    const struct two_by_two table = {x1, n1, x0, n0};
    double p, log_p;

    assert_int_equal(fisher_exact(&table, &p, &log_p), GSL_SUCCESS);
    assert_true(p == exp(log_p) && log_p <= 0);
    return p;
}

static void check_table(const char *path, const char *p_name)
{
    struct reference *r = reference_read(path);

    assert_non_null(r);
    for (size_t i = 0; i < r->n_rows; i++) {
        const double expected = reference_value(r, i, p_name);
        const double p = p_of(reference_count(r, i, "x1"), reference_count(r, i, "n1"), reference_count(r, i, "x0"),
                              reference_count(r, i, "n0"));

        if (expected > 1e-300)
            assert_near(p, expected, 1e-9);
        else
            assert_true(p < 1e-299);
    }
    reference_free(r);
}

static void test_agrees_with_r(void **state)
{
    (void)state;
    check_table("tests/reference/proportion_tables.csv", "fisher_p");
}

static void test_agrees_with_r_on_large_tables(void **state)
{
    (void)state;
    check_table("tests/reference/proportion_fisher_large.csv", "p");
}

static void test_agrees_with_the_shared_corpus(void **state)
{
    struct reference *r = reference_read("../shared/corpora/survival/answers_two_by_two.csv");

    (void)state;
    if (r == NULL)
        skip();
    for (size_t i = 0; i < r->n_rows; i++) {
        const int64_t a = reference_count(r, i, "a"), b = reference_count(r, i, "b");
        const int64_t c = reference_count(r, i, "c"), d = reference_count(r, i, "d");

        assert_near(p_of(a, a + b, c, c + d), reference_value(r, i, "fisher_p"), 1e-12);
    }
    reference_free(r);
}

/* The lady tasting tea: 3 of 4 cups right.  1/70 + 16/70 on either side. */
static void test_matches_hand_computation(void **state)
{
    (void)state;
    assert_near(p_of(3, 4, 1, 4), 34. / 70, 1e-14);
    assert_near(p_of(4, 4, 0, 4), 2. / 70, 1e-14);
    assert_near(p_of(2, 4, 2, 4), 1, 0);
}

static void test_tables_that_are_equally_likely_count_together(void **state)
{
    (void)state;
    /* 2 of 10 v 8 of 10 and its mirror image have the same probability in exact arithmetic only. */
    assert_near(p_of(2, 10, 8, 10), 2 * (2025 + 100 + 1) / 184756., 1e-13);
}

static void test_exchanging_arms_or_outcome_changes_nothing(void **state)
{
    (void)state;
    assert_near(p_of(17, 40, 9, 51), p_of(9, 51, 17, 40), 1e-13);
    assert_near(p_of(17, 40, 9, 51), p_of(23, 40, 42, 51), 1e-13);
    assert_near(p_of(17, 40, 9, 51), p_of(17, 26, 23, 65), 1e-13); /* rows for columns */
}

static void test_one_possible_table_has_p_one(void **state)
{
    (void)state;
    assert_true(p_of(0, 0, 0, 0) == 1);
    assert_true(p_of(0, 12, 0, 9) == 1);
    assert_true(p_of(12, 12, 9, 9) == 1);
    assert_true(p_of(5, 12, 0, 0) == 1);
    assert_true(p_of(0, 0, 5, 12) == 1);
}

static void test_tails_beyond_the_smallest_double_keep_their_logarithm(void **state)
{
    /* Completion in TEDS 2004: intensive outpatient v short-term residential. */
    const struct two_by_two table = {43119, 114440, 48222, 78423}, split = {1000, 1000, 0, 1000};
    double p, log_p;

    (void)state;
    assert_int_equal(fisher_exact(&table, &p, &log_p), GSL_SUCCESS);
    assert_true(p == 0 && log_p < -5000 && log_p > -5500); /* half of chi-square 10583 */
    assert_int_equal(fisher_exact(&split, &p, &log_p), GSL_SUCCESS);
    /* 2 / C(2000, 1000) */
    assert_near(log_p, M_LN2 + 2 * lgamma(1001) - lgamma(2001), 1e-13);
}

static void test_counts_of_a_thousand_million_are_no_trouble(void **state)
{
    (void)state;
    /* So many that the normal approximation is good to 1e-4. */
    const double p1 = 0.5 + 4e-5, p0 = 0.5, n = 1e9, z = (p1 - p0) / sqrt(2 * 0.25 / n);

    assert_near(p_of((int64_t)(p1 * n), (int64_t)n, (int64_t)(p0 * n), (int64_t)n), erfc(z / sqrt(2)), 1e-3);
}

static void test_refuses_impossible_counts(void **state)
{
    const struct two_by_two bad = {6, 5, 1, 5}, good = {3, 4, 1, 4};
    double p = 0, log_p = 0;

    (void)state;
    assert_int_equal(fisher_exact(&bad, &p, &log_p), GSL_EINVAL);
    assert_true(isnan(p) && isnan(log_p));
    assert_int_equal(fisher_exact(&bad, &p, NULL), GSL_EINVAL);
    assert_int_equal(fisher_exact(&good, &p, NULL), GSL_SUCCESS);
    assert_near(p, 34. / 70, 1e-14);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agrees_with_r),
        cmocka_unit_test(test_agrees_with_r_on_large_tables),
        cmocka_unit_test(test_agrees_with_the_shared_corpus),
        cmocka_unit_test(test_matches_hand_computation),
        cmocka_unit_test(test_tables_that_are_equally_likely_count_together),
        cmocka_unit_test(test_exchanging_arms_or_outcome_changes_nothing),
        cmocka_unit_test(test_one_possible_table_has_p_one),
        cmocka_unit_test(test_tails_beyond_the_smallest_double_keep_their_logarithm),
        cmocka_unit_test(test_counts_of_a_thousand_million_are_no_trouble),
        cmocka_unit_test(test_refuses_impossible_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
