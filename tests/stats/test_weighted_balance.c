/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/weighted_balance.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "stats/propensity.h"
#include "stats/glm.h"
#include "stats/weighted_ks.h"
#include "tests/support/near.h"
#include "tests/support/reference.h"

enum { N_MAX = 620 };

/* Lalonde's men, weighted by hand of a propensity of age and marriage. */
struct men {
    size_t n;
    double age[N_MAX], married[N_MAX], re78[N_MAX], arm[N_MAX], weight[N_MAX], slope[N_MAX];
    uint8_t treated[N_MAX];
};

static void men_read(struct men *m)
{
    struct reference *const r = reference_read("tests/reference/lalonde_two.csv");

    m->n = r->n_rows;
    for (size_t i = 0; i < m->n; i++) {
        m->age[i] = reference_value(r, i, "age");
        m->married[i] = reference_value(r, i, "married");
        m->re78[i] = reference_value(r, i, "re78");
        m->arm[i] = reference_value(r, i, "treat");
        m->treated[i] = (uint8_t)m->arm[i];
        m->weight[i] = 1;
    }
    reference_free(r);
}

static void weigh(struct men *m, enum propensity_estimand estimand)
{
    static const int32_t columns[] = {0, 1};
    const struct design_block blocks[] = {{m->age, NULL, 1, &columns[0]}, {m->married, NULL, 1, &columns[1]}};
    const struct design_matrix design = {m->n, 2, 2, blocks};
    const struct glm_data data = {&design, m->arm, NULL, NULL};
    const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 1};
    const struct propensity_limits limits = {0, 1, false, 1};
    struct propensity_summary summary;
    struct glm_fit *fit;

    assert_int_equal(glm_fit_alloc(&data, &options, &fit), GSL_SUCCESS);
    const struct propensity_rows rows = {m->n, m->treated, fit->eta, NULL};
    assert_int_equal(propensity_weights(&rows, estimand, &limits, m->weight, m->slope, &summary), GSL_SUCCESS);
    glm_fit_free(fit);
}

static void test_agrees_with_r(void **state)
{
    struct reference *const r = reference_read("tests/reference/lalonde_balance.csv");
    static struct men m;

    (void)state;
    men_read(&m);
    for (size_t i = 0; i < r->n_rows; i++) {
        const double *const x = reference_count(r, i, "column") == 2 ? m.age : m.re78;
        struct weighted_moments treated, control;
        double ks;

        if (reference_count(r, i, "estimand") >= 0)
            weigh(&m, (enum propensity_estimand)reference_count(r, i, "estimand"));
        assert_int_equal(weighted_moments(m.n, x, m.weight, NULL, m.treated, 1, &treated), GSL_SUCCESS);
        assert_int_equal(weighted_moments(m.n, x, m.weight, NULL, m.treated, 0, &control), GSL_SUCCESS);
        assert_int_equal(weighted_ks(m.n, x, m.weight, m.treated, &ks), GSL_SUCCESS);
        assert_near(treated.mean, reference_value(r, i, "mean_treated"), 1e-11);
        assert_near(treated.variance, reference_value(r, i, "var_treated"), 1e-11);
        assert_near(control.mean, reference_value(r, i, "mean_control"), 1e-11);
        assert_near(control.variance, reference_value(r, i, "var_control"), 1e-11);
        assert_near(ks, reference_value(r, i, "ks"), 1e-11);
    }
    assert_int_equal(r->n_rows, 10);
    reference_free(r);
}

static void test_missing_values_and_rows_without_weight_are_left_out(void **state)
{
    static const double x[] = {1.5, NAN, 4, 9, 2}, weight[] = {2, 3, 1, 0, 1};
    static const uint8_t arm[] = {1, 1, 1, 1, 0};
    struct weighted_moments m;

    (void)state;
    assert_int_equal(weighted_moments(5, x, weight, NULL, arm, 1, &m), GSL_SUCCESS);
    assert_near(m.mean, 7. / 3, 1e-15);
    assert_near(m.total, 3, 0);
    assert_near(m.effective, 9. / 5, 1e-15);
    assert_int_equal(weighted_moments(5, x, weight, NULL, arm, 0, &m), GSL_SUCCESS);
    assert_true(isnan(m.variance)); /* one row */
}

static void test_a_row_of_some_people_is_as_many_rows(void **state)
{
    static const double x[] = {1.5, 4, 9}, weight[] = {2.5, 0.6, 3.3}, frequency[] = {2, 1, 3};
    static const double x_each[] = {1.5, 1.5, 4, 9, 9, 9}, each[] = {1.25, 1.25, 0.6, 1.1, 1.1, 1.1};
    static const uint8_t arm[6] = {0};
    struct weighted_moments rows, people;

    (void)state;
    assert_int_equal(weighted_moments(3, x, weight, frequency, arm, 0, &rows), GSL_SUCCESS);
    assert_int_equal(weighted_moments(6, x_each, each, NULL, arm, 0, &people), GSL_SUCCESS);
    assert_near(rows.mean, people.mean, 1e-15);
    assert_near(rows.variance, people.variance, 1e-15);
    assert_near(rows.effective, people.effective, 1e-15);
    /* Plain frequencies: people less one below the sum of squares. */
    assert_int_equal(weighted_moments(3, x, frequency, frequency, arm, 0, &rows), GSL_SUCCESS);
    assert_near(rows.variance, (2 * 4.1666666666666667 * 4.1666666666666667 + 1.6666666666666667 * 1.6666666666666667 +
                                3 * 3.3333333333333333 * 3.3333333333333333) / 5, 1e-12);
}

static void test_bad_or_empty_input_is_refused(void **state)
{
    static const double x[] = {1, INFINITY}, weight[] = {1, 1}, negative[] = {1, -1}, none[] = {0, 0}, good[] = {1, 2};
    static const uint8_t arm[] = {0, 1};
    struct weighted_moments m;

    (void)state;
    assert_int_equal(weighted_moments(2, x, weight, NULL, arm, 1, &m), GSL_EINVAL);
    assert_int_equal(weighted_moments(2, good, negative, NULL, arm, 1, &m), GSL_EINVAL);
    assert_int_equal(weighted_moments(2, good, none, NULL, arm, 1, &m), GSL_EDOM);
    assert_true(isnan(m.mean));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agrees_with_r),
        cmocka_unit_test(test_missing_values_and_rows_without_weight_are_left_out),
        cmocka_unit_test(test_a_row_of_some_people_is_as_many_rows),
        cmocka_unit_test(test_bad_or_empty_input_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
