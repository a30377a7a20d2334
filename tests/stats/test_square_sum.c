/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/square_sum.h"

#include <math.h>
#include <stdlib.h>

#include "stats/exact_sum.h"
#include "stats/placed_random.h"
#include "tests/support/near.h"

enum { N = 5003 };

static void fill(double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = (placed_random(3, i, 0) - 0.5) * exp(12 * placed_random(3, i, 1));
}

static void test_it_is_the_exact_sum_in_any_order(void **state)
{
    (void)state;
    static double x[N], turned[N];

    fill(x, N);
    for (size_t n = 0; n <= N; n += n < 40 ? 1 : 1241) {
        struct exact_sum sum, plain;
        double exact, exact_plain;
        exact_sum_init(&sum);
        exact_sum_init(&plain);
        for (size_t i = 0; i < n; i++) {
            exact_sum_add_product(&sum, x[i], x[i], 1);
            exact_sum_add(&plain, x[i]);
            turned[i] = x[n - 1 - i];
        }
        exact_sum_round(&sum, &exact);
        exact_sum_round(&plain, &exact_plain);
        assert_true(fabs(plain_sum(x, n) - exact_plain) <= 4e-16 * fabs(exact_plain));
        assert_true(plain_sum(x, n) == plain_sum(turned, n));
        assert_true(fabs(square_sum(x, n) - exact) <= 4e-16 * exact);
        assert_true(square_sum(x, n) == square_sum(turned, n));
    }
}

static void test_the_largest_is_found_at_every_place_and_what_is_not_finite_is_nan(void **state)
{
    (void)state;
    double x[21] = {0};

    assert_true(largest_magnitude(x, 0) == 0 && largest_magnitude(x, 21) == 0);
    for (size_t i = 0; i < 21; i++) {
        x[i] = -2.385;
        assert_true(largest_magnitude(x, 21) == 2.385);
        x[i] = (double)NAN;
        assert_true(isnan(largest_magnitude(x, 21)) && isnan(square_sum(x, 21)) && isnan(plain_sum(x, 21)));
        x[i] = -(double)INFINITY;
        assert_true(isnan(largest_magnitude(x, 21)) && isnan(square_sum(x, 21)));
        x[i] = 1e200;
        assert_true(isnan(square_sum(x, 21)));
        x[i] = 0;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_is_the_exact_sum_in_any_order),
        cmocka_unit_test(test_the_largest_is_found_at_every_place_and_what_is_not_finite_is_nan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
