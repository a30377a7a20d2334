/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/welch.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "stats/balance.h"
#include "tests/support/near.h"
#include "tests/support/reference.h"

enum { ROWS_MAX = 1024, N_SETS = 5 };

/* The rows of one set; answers: mean of group 0, of group 1, difference. */
static size_t rows_of(const struct reference *rows, size_t set, double *x, int32_t *group)
{
    size_t n = 0;

    for (size_t i = 0; i < rows->n_rows; i++)
        if (reference_count(rows, i, "set") == (int64_t)set) {
            x[n] = reference_value(rows, i, "value");
            group[n++] = (int32_t)reference_count(rows, i, "group");
        }
    return n;
}

static struct group_moments moments_of(size_t n, const double *x, const int32_t *group, int32_t wanted)
{
    struct group_moments of = {0};
    struct moments moments;

    moments_init(&moments);
    for (size_t i = 0; i < n; i++)
        if (group[i] == wanted)
            assert_int_equal(moments_add(&moments, x[i], 1), GSL_SUCCESS);
    assert_int_equal(moments_solve(&moments, &of.mean, &of.variance), GSL_SUCCESS);
    of.n = moments.n;
    return of;
}

static void assert_answer(const struct mean_estimate *found, const struct reference *answers, size_t row, double digits)
{
    assert_near(found->estimate, reference_value(answers, row, "estimate"), digits);
    assert_near(found->std_error, reference_value(answers, row, "std_error"), digits);
    assert_near(found->df, reference_value(answers, row, "df"), digits);
    assert_near(found->statistic, reference_value(answers, row, "statistic"), digits);
    assert_near(found->p_value, reference_value(answers, row, "p_value"), 1e-9);
    assert_near(found->conf_low, reference_value(answers, row, "conf_low"), digits);
    assert_near(found->conf_high, reference_value(answers, row, "conf_high"), digits);
}

static void test_means_and_their_difference_are_those_of_r(void **state)
{
    struct reference *rows = reference_read("tests/reference/welch_rows.csv");
    struct reference *answers = reference_read("tests/reference/welch_answers.csv");
    double x[ROWS_MAX];
    int32_t group[ROWS_MAX];

    (void)state;
    assert_non_null(rows);
    assert_non_null(answers);
    assert_int_equal(answers->n_rows, 3 * N_SETS);
    for (size_t set = 0; set < N_SETS; set++) {
        const size_t n = rows_of(rows, set, x, group);
        struct group_moments moments[2];
        struct mean_estimate found;
        for (int32_t g = 0; g < 2; g++) {
            moments[g] = moments_of(n, x, group, g);
            assert_int_equal(mean_solve(&moments[g], 0.95, &found), GSL_SUCCESS);
            assert_answer(&found, answers, 3 * set + (size_t)g, 1e-10);
        }
        assert_int_equal(mean_difference_solve(&moments[0], &moments[1], 0.95, &found), GSL_SUCCESS);
        assert_answer(&found, answers, 3 * set + 2, set == 2 ? 1e-6 : 1e-10); /* R loses digits far from 0 */
    }
    reference_free(answers);
    reference_free(rows);
}

static void test_what_has_no_error_has_no_limits_and_one_value_no_error(void **state)
{
    const struct group_moments same = {3, 2.385, 0}, one = {1, 5, NAN};
    struct mean_estimate found;

    (void)state;
    assert_int_equal(mean_solve(&same, 0.95, &found), GSL_SUCCESS);
    assert_near(found.estimate, 2.385, 0);
    assert_near(found.std_error, 0, 0);
    assert_near(found.conf_low, NAN, 0);
    assert_near(found.p_value, NAN, 0);
    assert_int_equal(mean_solve(&one, 0.95, &found), GSL_EDOM);
    assert_int_equal(mean_difference_solve(&same, &one, 0.95, &found), GSL_EDOM);
    assert_int_equal(mean_difference_solve(&same, &same, 0.95, &found), GSL_SUCCESS);
    assert_near(found.df, NAN, 0);
    assert_near(found.conf_high, NAN, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_means_and_their_difference_are_those_of_r),
        cmocka_unit_test(test_what_has_no_error_has_no_limits_and_one_value_no_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
