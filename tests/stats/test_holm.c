/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/holm.h"

#include <math.h>

#include <gsl/gsl_errno.h>

#include "tests/support/near.h"

/* p.adjust(c(.04, .01, .03, .01, .5), "holm") of R; by hand: .01 x 5, .01 x 4 -> .05, .03 x 3, .04 x 2 -> .09, .5 */
static void test_equals_p_adjust(void **state)
{
    (void)state;
    const double p[] = {.04, .01, .03, .01, .5}, expected[] = {.09, .05, .09, .05, .5};
    double adjusted[5];
    size_t order[5];
    assert_int_equal(holm_adjust(5, p, adjusted, order), GSL_SUCCESS);
    for (int i = 0; i < 5; i++)
        assert_near(adjusted[i], expected[i], 1e-15);
}

static void test_never_exceeds_1_and_works_in_place(void **state)
{
    (void)state;
    double p[] = {.7, .6, .9};
    size_t order[3];
    assert_int_equal(holm_adjust(3, p, p, order), GSL_SUCCESS);
    for (int i = 0; i < 3; i++)
        assert_near(p[i], 1, 0);
}

static void test_a_test_that_does_not_exist_counts_for_nothing(void **state)
{
    (void)state;
    const double p[] = {.02, NAN, .03};
    double adjusted[3];
    size_t order[3];
    assert_int_equal(holm_adjust(3, p, adjusted, order), GSL_SUCCESS);
    assert_near(adjusted[0], .04, 1e-15);
    assert_true(isnan(adjusted[1]));
    assert_near(adjusted[2], .04, 1e-15);
    assert_int_equal(holm_adjust(0, p, adjusted, order), GSL_SUCCESS);
}

static void test_refuses_what_is_no_probability(void **state)
{
    (void)state;
    const double p[] = {.02, 1.5};
    double adjusted[2];
    size_t order[2];
    assert_int_equal(holm_adjust(2, p, adjusted, order), GSL_EDOM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equals_p_adjust),
        cmocka_unit_test(test_never_exceeds_1_and_works_in_place),
        cmocka_unit_test(test_a_test_that_does_not_exist_counts_for_nothing),
        cmocka_unit_test(test_refuses_what_is_no_probability),
    };
    return cmocka_run_group_tests_name("holm", tests, NULL, NULL);
}
