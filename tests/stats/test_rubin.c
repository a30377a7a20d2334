/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/rubin.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#include "tests/support/near.h"
#include "tests/support/reference.h"

enum { M_MAX = 60 };

static void test_pooling_is_that_of_mice(void **state)
{
    (void)state;
    struct reference *rows = reference_read("tests/reference/rubin_estimates.csv"),
                     *answers = reference_read("tests/reference/rubin_answers.csv");

    for (size_t a = 0; a < answers->n_rows; a++) {
        double estimate[M_MAX], std_error[M_MAX];
        const double complete = reference_value(answers, a, "complete_df");
        struct rubin r;
        size_t m = 0;
        for (size_t i = 0; i < rows->n_rows; i++)
            if (reference_count(rows, i, "set") == reference_count(answers, a, "set")) {
                estimate[m] = reference_value(rows, i, "estimate");
                std_error[m++] = reference_value(rows, i, "std_error");
            }
        assert_int_equal(m, reference_count(answers, a, "m"));
        assert_int_equal(rubin_pool(estimate, std_error, m, complete > 0 ? complete : (double)INFINITY, 0.95, &r), GSL_SUCCESS);
        assert_near(r.estimate, reference_value(answers, a, "estimate"), 1e-12);
        assert_near(r.std_error, reference_value(answers, a, "std_error"), 1e-12);
        assert_near(r.within, reference_value(answers, a, "within"), 1e-12);
        assert_near(r.between, reference_value(answers, a, "between"), 1e-10);
        /* mice takes lambda as at least 1e-4. */
        if ((1 + 1 / (double)m) * r.between > 1e-4 * r.std_error * r.std_error) {
            assert_near(r.df, reference_value(answers, a, "df"), 1e-10);
            assert_near(r.missing, reference_value(answers, a, "missing"), 1e-10);
        }
    }
    reference_free(rows);
    reference_free(answers);
}

static void test_equal_estimates_have_the_errors_of_complete_data(void **state)
{
    (void)state;
    const double estimate[] = {2.385, 2.385, 2.385}, std_error[] = {0.4, 0.4, 0.4};
    struct rubin r;

    assert_int_equal(rubin_pool(estimate, std_error, 3, INFINITY, 0.95, &r), GSL_SUCCESS);
    assert_near(r.std_error, 0.4, 1e-15);
    assert_near(r.conf_high, 2.385 + 1.959963984540054 * 0.4, 1e-12);
    assert_true(isinf(r.df) && r.missing == 0);
    assert_int_equal(rubin_pool(estimate, std_error, 3, 40, 0.95, &r), GSL_SUCCESS);
    assert_near(r.df, 41. / 43 * 40, 1e-12);
}

static void test_what_cannot_be_pooled_is_refused(void **state)
{
    (void)state;
    const double estimate[] = {1, NAN, 2}, good[] = {1, 2}, error[] = {0.1, 0.2, 0.3}, zero[] = {0.1, 0};
    struct rubin r;

    assert_int_equal(rubin_pool(good, error, 1, INFINITY, 0.95, &r), GSL_EINVAL);
    assert_int_equal(rubin_pool(estimate, error, 3, INFINITY, 0.95, &r), GSL_EINVAL);
    assert_int_equal(rubin_pool(good, zero, 2, INFINITY, 0.95, &r), GSL_EINVAL);
    assert_int_equal(rubin_pool(good, error, 2, 0, 0.95, &r), GSL_EINVAL);
    assert_int_equal(rubin_pool(good, error, 2, INFINITY, 1, &r), GSL_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pooling_is_that_of_mice),
                                       cmocka_unit_test(test_equal_estimates_have_the_errors_of_complete_data),
                                       cmocka_unit_test(test_what_cannot_be_pooled_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
