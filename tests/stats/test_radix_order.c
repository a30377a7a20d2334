/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/radix_order.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "tests/support/near.h"

enum { N = 70000, SOME = 500, N_GROUP = 5 };

static double x[N];
static int32_t group[N];
static uint32_t order[N];

static uint32_t next(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Ascending by group and number, equal ones in the order in which they came; everybody once. */
static void check(size_t n, bool grouped)
{
    unsigned char *const met = calloc(n, 1);
    assert_int_equal(radix_order(x, grouped ? group : NULL, grouped ? N_GROUP : 1, n, order), GSL_SUCCESS);
    for (size_t k = 0; k < n; k++) {
        const uint32_t j = order[k], i = k > 0 ? order[k - 1] : j;
        assert_false(met[j]);
        met[j] = 1;
        if (grouped && k > 0)
            assert_true(group[i] <= group[j]);
        if (k > 0 && (!grouped || group[i] == group[j]))
            assert_true(x[i] < x[j] || (x[i] == x[j] && i < j));
    }
    free(met);
}

/* Few and many of them, alone and in groups: days, days with one exception, any numbers. */
static void test_the_order_is_ascending_and_stable(void **state)
{
    static const double exceptions[] = {-1, -0.0, 0.5, 65535, 65536, 65537, 1e300, -1e-300, 12.000000001};
    static const size_t sizes[] = {0, 1, 2, SOME, N};
    uint32_t seed = 20261129;
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (size_t e = 0; e <= sizeof exceptions / sizeof *exceptions; e++) {
            for (size_t i = 0; i < sizes[s]; i++) {
                x[i] = next(&seed) % 731;
                group[i] = (int32_t)(next(&seed) % N_GROUP);
            }
            if (e > 0 && sizes[s] > 0)
                x[sizes[s] / 2] = exceptions[e - 1];
            check(sizes[s], false);
            check(sizes[s], true);
        }
    for (size_t i = 0; i < N; i++)
        x[i] = log((next(&seed) + 1) / 1e6) * (double)(next(&seed) % 3);
    check(N, false);
    check(N, true);
}

/* Numbers that boxes of one width do not tell apart, and such as they cannot be laid for. */
static void test_so_it_is_of_numbers_that_lie_unevenly(void **state)
{
    static const size_t sizes[] = {3, 40, SOME, 3000, N};
    uint32_t seed = 7;
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (int kind = 0; kind < 6; kind++) {
            for (size_t i = 0; i < sizes[s]; i++) {
                const double u = (next(&seed) + 1) / 16777217.;
                x[i] = kind == 0   ? u
                       : kind == 1 ? exp(200 * u)                                /* most in the first box */
                       : kind == 2 ? ldexp(u, -1060)                             /* subnormal */
                       : kind == 3 ? (i % 2 ? -1.7e308 * u : 1.7e308 * u)        /* their span is no number */
                       : kind == 4 ? 3.25 + (i % 97 == 0 ? 1e-9 * u : 0)         /* nearly all alike */
                                   : 1e6 * floor(5 * u) + ldexp(floor(9 * u), -30); /* heaps of few values */
                group[i] = (int32_t)(next(&seed) % N_GROUP);
            }
            check(sizes[s], false);
            check(sizes[s], true);
        }
}

static void test_a_key_is_a_number_again(void **state)
{
    static const double numbers[] = {0, 1, -1, 1e300, -1e300, 4.9e-324, -4.9e-324, 0.1};
    (void)state;
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
        assert_true(radix_value(radix_key(numbers[k])) == numbers[k]);
    assert_true(radix_key(-0.0) == radix_key(0.0) && radix_key(-1) < radix_key(0) && radix_key(1) > radix_key(0.5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_the_order_is_ascending_and_stable),
                                       cmocka_unit_test(test_so_it_is_of_numbers_that_lie_unevenly),
                                       cmocka_unit_test(test_a_key_is_a_number_again)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
