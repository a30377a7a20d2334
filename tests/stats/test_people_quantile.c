/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Quantiles of people, however many of them a row stands for. */
#include "stats/people_quantile.h"

#include <math.h>

#include "tests/support/near.h"

static void test_counts_people_not_rows(void **state)
{
    struct people_value rows[] = {{4.5, 1}, {2.25, 6}, {9.75, 1}, {7, 2}}; /* 2.25 six times, 4.5, 7, 7, 9.75 */
    struct people_value people[] = {{7, 1}, {2.25, 1}, {2.25, 1}, {9.75, 1}, {2.25, 1}, {4.5, 1}, {2.25, 1}, {2.25, 1}, {7, 1}, {2.25, 1}};
    static const double share[] = {0.05, 0.5, 0.6, 0.61, 0.7, 0.71, 0.9, 0.95, 1};
    static const double expected[] = {2.25, 2.25, 2.25, 4.5, 4.5, 7, 7, 9.75, 9.75};

    (void)state;
    for (size_t i = 0; i < sizeof share / sizeof share[0]; i++) {
        assert_near(people_quantile(rows, 4, share[i]), expected[i], 0);
        assert_near(people_quantile(people, 10, share[i]), expected[i], 0);
    }
}

static void test_one_row_has_every_quantile(void **state)
{
    struct people_value row = {2.385, 3};

    (void)state;
    assert_near(people_quantile(&row, 1, 0.01), 2.385, 0);
    assert_near(people_quantile(&row, 1, 1), 2.385, 0);
}

/* The first value up to which there are as many people, and zero has no sign. */
static void test_a_goal_has_the_first_value_that_reaches_it(void **state)
{
    static const struct people_value rows[] = {{-3.5, 2}, {-0.0, 5}, {2.25, 6}, {2.25, 9}, {7, 10}};
    static const double goals[] = {1, 2, 2.5, 5, 6, 9, 9.5, 10}, expected[] = {-3.5, -3.5, 0, 0, 2.25, 2.25, 7, 7};
    double ranks[8];

    (void)state;
    people_ranks(rows, 5, goals, 8, NULL, ranks);
    for (size_t k = 0; k < 8; k++) {
        assert_near(ranks[k], expected[k], 0);
        assert_false(signbit(ranks[k]) != 0 && ranks[k] == 0);
        assert_near(people_rank(rows, 5, goals[k], NULL), expected[k], 0);
    }
    assert_true(isnan(people_rank(rows, 0, 1, NULL)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts_people_not_rows),
        cmocka_unit_test(test_one_row_has_every_quantile),
        cmocka_unit_test(test_a_goal_has_the_first_value_that_reaches_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
