/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/distribution.h"

#include <math.h>

#include "tests/support/near.h"
#include "tests/support/reference.h"

static const double smallest_p = 1e-300; /* below it only the logarithm is promised */

static void test_chi_square_tails_agree_with_r(void **state)
{
    struct reference *r = reference_read("tests/reference/proportion_chi_square_tails.csv");

    (void)state;
    assert_non_null(r);
    for (size_t i = 0; i < r->n_rows; i++) {
        double log_p;
        const double p = chi_square_upper_tail(reference_value(r, i, "x"), (size_t)reference_count(r, i, "df"), &log_p);

        if (reference_value(r, i, "p") > smallest_p)
            assert_near(p, reference_value(r, i, "p"), 1e-12);
        assert_true(fabs(log_p - reference_value(r, i, "log_p")) <=
                    1e-13 + 1e-12 * fabs(reference_value(r, i, "log_p")));
    }
    reference_free(r);
}

static void test_chi_square_with_one_and_two_degrees_has_closed_forms(void **state)
{
    double log_p;

    (void)state;
    assert_near(chi_square_upper_tail(3.7, 2, NULL), exp(-3.7 / 2), 1e-15);
    assert_near(chi_square_upper_tail(3.7, 1, NULL), erfc(sqrt(3.7 / 2)), 1e-15);
    assert_near(chi_square_upper_tail(3.7, 4, NULL), exp(-3.7 / 2) * (1 + 3.7 / 2), 1e-15);
    assert_near(chi_square_upper_tail(1e-300, 1, &log_p), 1, 0);
    assert_near(log_p, -sqrt(2 / M_PI) * 1e-150, 1e-14);
    chi_square_upper_tail(1e5, 1, &log_p); /* p itself underflows */
    assert_near(log_p, -50000 + log(sqrt(2 / M_PI / 1e5)) - 1e-5, 1e-12);
}

static void test_chi_square_edges(void **state)
{
    double log_p;

    (void)state;
    assert_near(chi_square_upper_tail(0, 3, &log_p), 1, 0);
    assert_near(log_p, 0, 0);
    assert_true(chi_square_upper_tail(INFINITY, 3, &log_p) == 0 && log_p == -INFINITY);
    assert_true(isnan(chi_square_upper_tail(-1, 3, &log_p)) && isnan(log_p));
    assert_true(isnan(chi_square_upper_tail(NAN, 3, NULL)));
    assert_true(isnan(chi_square_upper_tail(1, 0, NULL)));
}

static void test_a_test_carries_its_tail(void **state)
{
    struct chi_square_test test;

    (void)state;
    chi_square_test_set(&test, 7.01567369243247, 1);
    assert_near(test.statistic, 7.01567369243247, 0);
    assert_int_equal(test.df, 1);
    assert_near(test.p_value, erfc(sqrt(7.01567369243247 / 2)), 1e-14);
    assert_near(test.log_p, log(test.p_value), 1e-14);
}

static void test_normal_tails_agree_with_r(void **state)
{
    struct reference *r = reference_read("tests/reference/proportion_normal_tails.csv");

    (void)state;
    assert_non_null(r);
    for (size_t i = 0; i < r->n_rows; i++) {
        const double z = reference_value(r, i, "z"), upper = reference_value(r, i, "upper");

        if (upper > smallest_p) {
            assert_near(normal_upper_tail(z), upper, 1e-12);
            assert_near(normal_two_sided(z), 2 * fmin(upper, 1 - upper), z < -1 ? 1 : 1e-12);
        }
        assert_true(normal_two_sided(z) == normal_two_sided(-z));
        assert_near(normal_log_upper_tail(z), reference_value(r, i, "log_upper"), 1e-12);
    }
    reference_free(r);
}

static void test_quantiles_invert_tails(void **state)
{
    const double p[] = {0.5, 0.3, 0.025, 1e-8, 1e-100, 1e-300, 0.999};

    (void)state;
    for (size_t i = 0; i < sizeof p / sizeof *p; i++)
        assert_near(normal_upper_tail(normal_upper_quantile(p[i])), p[i], 1e-12);
    assert_near(confidence_z(0.95), 1.959963984540054, 1e-15);
    assert_near(confidence_z(0.90), 1.6448536269514722, 1e-15);
    assert_true(isnan(confidence_z(0)) && isnan(confidence_z(1)) && isnan(confidence_z(NAN)));
    assert_true(isnan(normal_upper_quantile(0)) && isnan(normal_upper_quantile(1)));
}

static void test_binomial_probabilities_by_hand(void **state)
{
    (void)state;
    assert_near(exp(binomial_log_pmf(2, 5, 0.3, 0.7)), 10 * 0.09 * 0.343, 1e-14);
    assert_near(exp(binomial_log_pmf(20, 40, 0.5, 0.5)), 137846528820. / 1099511627776., 1e-14); /* C(40, 20) / 2^40 */
    assert_near(binomial_log_pmf(0, 7, 1e-20, 1), -7e-20, 1e-15);
    assert_near(binomial_log_pmf(7, 7, 1, 1e-20), -7e-20, 1e-15);
    assert_near(exp(binomial_log_pmf(0, 3, 0.9, 0.1)), 1e-3, 1e-14);
    assert_near(exp(binomial_log_pmf(3, 3, 0.1, 0.9)), 1e-3, 1e-14);
    assert_near(exp(binomial_log_pmf(0, 0, 0.2, 0.8)), 1, 0);
    assert_true(binomial_log_pmf(-1, 5, 0.3, 0.7) == -INFINITY && binomial_log_pmf(6, 5, 0.3, 0.7) == -INFINITY);
    assert_true(binomial_log_pmf(2, 5, 0, 1) == -INFINITY && binomial_log_pmf(2, 5, 1, 0) == -INFINITY);
}

static void test_binomial_probabilities_add_up_to_one(void **state)
{
    const double sizes[] = {1, 15, 16, 17, 400, 30000};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        double sum = 0, mean = 0;

        for (double x = 0; x <= sizes[i]; x++) {
            sum += exp(binomial_log_pmf(x, sizes[i], 0.21, 0.79));
            mean += x * exp(binomial_log_pmf(x, sizes[i], 0.21, 0.79));
        }
        assert_near(sum, 1, 1e-13);
        assert_near(mean, 0.21 * sizes[i], 1e-13);
    }
}

static void test_hypergeometric_probabilities_by_hand(void **state)
{
    (void)state;
    /* 3 of 5 marked and 2 of 6 plain among 5 drawn of 11: 10 * 15 / 462 */
    assert_near(exp(hypergeometric_log_pmf(3, 5, 6, 5)), 150. / 462, 1e-14);
    assert_true(hypergeometric_log_pmf(0, 5, 3, 4) == -INFINITY); /* four drawn, only three are plain */
    assert_true(hypergeometric_log_pmf(5, 5, 3, 4) == -INFINITY);
    assert_true(hypergeometric_log_pmf(-1, 5, 3, 2) == -INFINITY);
    assert_true(hypergeometric_log_pmf(6, 5, 3, 7) == -INFINITY);
    assert_near(hypergeometric_log_pmf(0, 5, 3, 0), 0, 0);
    assert_near(hypergeometric_log_pmf(5, 5, 3, 8), 0, 0);
}

/* pf(f, df1, df2, lower.tail = FALSE), and its logarithm, of R 4.2.2 */
static void test_tails_of_f_agree_with_r(void **state)
{
    static const struct {
        double f, df1, df2, p, log_p;
    } r[] = {
        {2.385, 3, 17, 0.10508299723157744, -2.2530047912409996},
        {900, 1, 8, 1.6535256751789715e-09, -20.220356055850434},
        {5000, 1, 400, 3.5523064691414818e-228, -523.72180410050771},
        {1e6, 4, 900, 0, -3773.7245658393153},
        {3e5, 7, 2000, 0, -6941.4269630912131},
        {0.3, 2, 5, 0.75327740953688438, -0.28332171326750827},
    };
    (void)state;
    for (size_t i = 0; i < sizeof r / sizeof r[0]; i++) {
        double log_p;
        assert_near(f_upper_tail(r[i].f, r[i].df1, r[i].df2, &log_p), r[i].p, 1e-11);
        assert_near(log_p, r[i].log_p, 1e-11);
    }
}

static void test_tails_of_f_with_many_degrees_agree_with_r(void **state)
{
    struct reference *r = reference_read("tests/reference/quantiles_f_tails.csv");

    (void)state;
    assert_non_null(r);
    for (size_t i = 0; i < r->n_rows; i++) {
        const double f = reference_value(r, i, "f"), df1 = reference_value(r, i, "df1"), df2 = reference_value(r, i, "df2");
        double log_p;

        assert_near(f_upper_tail(f, df1, df2, &log_p), reference_value(r, i, "upper"), 1e-11);
        assert_near(log_p, reference_value(r, i, "log_upper"), 1e-11);
        if (df1 == 1)
            assert_near(t_two_sided(-sqrt(f), df2), reference_value(r, i, "upper"), 1e-11);
    }
    reference_free(r);
}

static void test_edges_of_f_and_t(void **state)
{
    double log_p;

    (void)state;
    assert_near(f_upper_tail(0, 3, 5, &log_p), 1, 0);
    assert_near(log_p, 0, 0);
    assert_true(f_upper_tail(INFINITY, 3, 5, &log_p) == 0 && log_p == -INFINITY);
    assert_true(isnan(f_upper_tail(NAN, 3, 5, &log_p)) && isnan(f_upper_tail(2, NAN, 5, &log_p)));
    assert_near(t_two_sided(0, 4), 1, 0);
    assert_near(t_two_sided(2.385, 1), 2 / M_PI * atan(1 / 2.385), 1e-14);
    assert_true(isnan(t_two_sided(NAN, 4)));
}

static void test_lower_tails_of_counts_agree_with_r(void **state)
{
    struct reference *r = reference_read("tests/reference/quantiles_counts.csv");

    (void)state;
    assert_non_null(r);
    for (size_t i = 0; i < r->n_rows; i++) {
        const double n = reference_value(r, i, "n"), p = reference_value(r, i, "share"), mean = reference_value(r, i, "mean"),
                     x = reference_value(r, i, "x");

        assert_near(n > 0 ? binomial_lower_tail(x, n, p, 1 - p) : poisson_lower_tail(x, mean), reference_value(r, i, "lower"), 1e-10);
        assert_near(exp(n > 0 ? binomial_log_pmf(x, n, p, 1 - p) : poisson_log_pmf(x, mean)), reference_value(r, i, "at"), 1e-10);
    }
    reference_free(r);
}

static void test_lower_tails_of_counts_are_sums(void **state)
{
    double binomial = 0, poisson = 0;

    (void)state;
    for (double x = 0; x <= 40; x++) {
        binomial += exp(binomial_log_pmf(x, 40, 0.21, 0.79));
        poisson += exp(poisson_log_pmf(x, 2.385));
        assert_near(binomial_lower_tail(x, 40, 0.21, 0.79), binomial, 1e-13);
        assert_near(poisson_lower_tail(x, 2.385), poisson, 1e-13);
    }
    assert_near(binomial_lower_tail(-1, 40, 0.21, 0.79), 0, 0);
    assert_near(binomial_lower_tail(40, 40, 0.21, 0.79), 1, 0);
    assert_near(poisson_lower_tail(-1, 2.385), 0, 0);
}

/* pchisq(x, df, lower.tail = FALSE) of R 4.2.2, where logarithms of factorials would have lost half of them. */
static void test_chi_square_tails_of_many_degrees_keep_their_digits(void **state)
{
    (void)state;
    assert_near(chi_square_upper_tail(100000000, 100000000, NULL), 0.49998119368054633, 1e-11);
    assert_near(chi_square_upper_tail(10020000, 10000000, NULL), 3.9236705972845414e-06, 1e-11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chi_square_tails_agree_with_r),
        cmocka_unit_test(test_chi_square_with_one_and_two_degrees_has_closed_forms),
        cmocka_unit_test(test_chi_square_edges),
        cmocka_unit_test(test_a_test_carries_its_tail),
        cmocka_unit_test(test_normal_tails_agree_with_r),
        cmocka_unit_test(test_quantiles_invert_tails),
        cmocka_unit_test(test_tails_of_f_agree_with_r),
        cmocka_unit_test(test_tails_of_f_with_many_degrees_agree_with_r),
        cmocka_unit_test(test_edges_of_f_and_t),
        cmocka_unit_test(test_lower_tails_of_counts_agree_with_r),
        cmocka_unit_test(test_lower_tails_of_counts_are_sums),
        cmocka_unit_test(test_chi_square_tails_of_many_degrees_keep_their_digits),
        cmocka_unit_test(test_binomial_probabilities_by_hand),
        cmocka_unit_test(test_binomial_probabilities_add_up_to_one),
        cmocka_unit_test(test_hypergeometric_probabilities_by_hand),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
