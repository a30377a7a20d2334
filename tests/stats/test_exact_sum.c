/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/exact_sum.h"

#include <float.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/draws.h"
#include "tests/support/near.h"

/* ---- a slow exact sum, written apart: two's complement, one bit of it is 2^-1074 ---------------------- */

enum { WORDS = 72 }; /* 2304 bits */

struct slow_sum {
    uint32_t word[WORDS];
};

static void slow_add(struct slow_sum *sum, double x)
{
    int exponent;
    const double fraction = frexp(fabs(x), &exponent);
    int place = exponent - 53 + 1074; /* of the mantissa's last bit */
    uint64_t mantissa = (uint64_t)ldexp(fraction, 53);

    for (; place < 0; place++)
        mantissa >>= 1; /* only zeros leave: subnormals have no bits there */
    for (int bit = 0; bit < 53; bit++) {
        uint32_t carry = (uint32_t)1 << ((place + bit) % 32);

        if (((mantissa >> bit) & 1) == 0)
            continue;
        for (int j = (place + bit) / 32; j < WORDS && carry != 0; j++) {
            const uint32_t before = sum->word[j];

            sum->word[j] = x > 0 ? before + carry : before - carry;
            carry = x > 0 ? sum->word[j] < before : sum->word[j] > before;
        }
    }
}

static int slow_bit(const struct slow_sum *sum, int place)
{
    return place < 0 ? 0 : (int)((sum->word[place / 32] >> (place % 32)) & 1);
}

static double slow_round(struct slow_sum sum)
{
    const int negative = slow_bit(&sum, 32 * WORDS - 1);
    int top = 32 * WORDS - 1, last, below = 0;
    double value = 0;

    if (negative) {
        uint32_t carry = 1;

        for (int j = 0; j < WORDS; j++) {
            sum.word[j] = ~sum.word[j] + carry;
            carry = carry && sum.word[j] == 0;
        }
    }
    while (top >= 0 && !slow_bit(&sum, top))
        top--;
    last = top - 52 > 0 ? top - 52 : 0;
    for (int place = top; place >= last; place--)
        value = 2 * value + slow_bit(&sum, place);
    for (int place = 0; place < last - 1; place++)
        below |= slow_bit(&sum, place);
    if (slow_bit(&sum, last - 1) && (below || slow_bit(&sum, last)))
        value += 1;
    value = ldexp(value, last - 1074);
    return negative ? -value : value;
}

/* ---- random addends ------------------------------------------------------------------------------------ */

/* Any finite bit pattern: all exponents alike, subnormals too. */
static double random_double(struct draws *state)
{
    double x;

    do {
        const uint64_t bits = draw_next(state);

        memcpy(&x, &bits, sizeof x);
    } while (!isfinite(x));
    return x;
}

static void shuffle(double *x, size_t n, struct draws *state)
{
    for (size_t i = n - 1; i > 0; i--) {
        const size_t j = draw_next(state) % (i + 1);
        const double other = x[j];

        x[j] = x[i];
        x[i] = other;
    }
}

static double sum_of(const double *x, size_t n)
{
    struct exact_sum sum;
    double total;

    exact_sum_init(&sum);
    assert_int_equal(exact_sum_add_array(&sum, x, n), GSL_SUCCESS);
    assert_int_equal(exact_sum_round(&sum, &total), GSL_SUCCESS);
    return total;
}

static void assert_same_double(double actual, double expected)
{
    if (memcmp(&actual, &expected, sizeof actual) != 0)
        print_error("%.17g is not %.17g\n", actual, expected);
    assert_memory_equal(&actual, &expected, sizeof actual);
}

/* ---- tests ----------------------------------------------------------------------------------------------- */

static void test_what_cancels_leaves_no_error(void **state)
{
    const double lost[] = {1e20, 1, -1e20}, passes_the_largest[] = {1e308, 1e308, 3, -1e308, -1e308};
    const double tenths[] = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1};

    (void)state;
    assert_same_double(sum_of(lost, 3), 1);
    assert_same_double(sum_of(passes_the_largest, 5), 3);
    assert_same_double(sum_of(tenths, 10), 1); /* 10 times the double above 0.1, rounded once */
}

static void test_an_empty_sum_and_negative_zeros_are_plain_zero(void **state)
{
    const double zeros[] = {-0.0, -0.0}, gone[] = {-2.385, 2.385};

    (void)state;
    assert_same_double(sum_of(zeros, 0), 0);
    assert_same_double(sum_of(zeros, 2), 0);
    assert_same_double(sum_of(gone, 2), 0);
}

static void test_agrees_with_a_slow_exact_sum_over_the_full_range(void **state)
{
    struct draws seed = {1};

    (void)state;
    for (int round = 0; round < 400; round++) {
        const size_t n = 1 + draw_next(&seed) % 60;
        struct slow_sum slow = {0};
        double x[60], expected, total;
        struct exact_sum sum;

        exact_sum_init(&sum);
        for (size_t i = 0; i < n; i++) {
            x[i] = random_double(&seed);
            if (round % 2 == 1) /* near each other, so that carries and cancellation are common */
                x[i] = ldexp((double)((int64_t)draw_next(&seed) >> 8), (int)(draw_next(&seed) % 120) - 1100);
            if (round % 4 == 3 && i % 2 == 1)
                x[i] = -nextafter(x[i - 1], 0);
            slow_add(&slow, x[i]);
            exact_sum_add(&sum, x[i]);
        }
        expected = slow_round(slow);
        assert_int_equal(exact_sum_round(&sum, &total), isfinite(expected) ? GSL_SUCCESS : GSL_EOVRFLW);
        assert_same_double(total, expected);
    }
}

static void test_order_grouping_and_merging_do_not_change_a_bit(void **state)
{
    enum { N = 5000 };
    double *x = malloc(N * sizeof *x), total;
    struct exact_sum whole;
    struct draws seed = {2};

    (void)state;
    exact_sum_init(&whole);
    for (size_t i = 0; i < N; i++)
        x[i] = random_double(&seed);
    exact_sum_add_array(&whole, x, N);
    exact_sum_carry(&whole);
    exact_sum_round(&whole, &total);
    for (int round = 0; round < 20; round++) {
        const size_t cut = draw_next(&seed) % N;
        struct exact_sum left, right;
        double merged;

        shuffle(x, N, &seed);
        exact_sum_init(&left);
        exact_sum_init(&right);
        exact_sum_add_array(&left, x, cut);
        exact_sum_add_array(&right, x + cut, N - cut);
        assert_int_equal(exact_sum_merge(&left, &right), GSL_SUCCESS);
        exact_sum_round(&left, &merged);
        assert_same_double(merged, total);
        assert_memory_equal(left.bin, whole.bin, sizeof left.bin); /* the canonical form too */
    }
    free(x);
}

static void test_rounds_to_nearest_with_ties_to_even(void **state)
{
    const double two53 = 0x1p53;
    const double down[] = {two53, 1}, up[] = {two53, 3}, above[] = {two53, 1, DBL_TRUE_MIN};
    const double below[] = {two53, 1, -DBL_TRUE_MIN}, minus[] = {-two53, -1, -DBL_TRUE_MIN};
    const double carries[] = {two53 - 1, 0.5};

    (void)state;
    assert_same_double(sum_of(down, 2), two53);
    assert_same_double(sum_of(up, 2), two53 + 4);
    assert_same_double(sum_of(above, 3), two53 + 2);
    assert_same_double(sum_of(below, 3), two53);
    assert_same_double(sum_of(minus, 3), -two53 - 2);
    assert_same_double(sum_of(carries, 2), two53); /* the mantissa grows a bit */
}

static void test_subnormals_are_kept(void **state)
{
    const double small[] = {DBL_TRUE_MIN, DBL_TRUE_MIN, DBL_TRUE_MIN};
    const double across[] = {DBL_MIN, -DBL_TRUE_MIN}, back[] = {DBL_MIN - DBL_TRUE_MIN, DBL_TRUE_MIN};

    (void)state;
    assert_same_double(sum_of(small, 3), 3 * DBL_TRUE_MIN);
    assert_same_double(sum_of(across, 2), DBL_MIN - DBL_TRUE_MIN);
    assert_same_double(sum_of(back, 2), DBL_MIN);
}

static void test_a_sum_beyond_the_largest_double_is_told(void **state)
{
    const double half_step = ldexp(1, 970);
    const double fits[] = {DBL_MAX, half_step, -DBL_TRUE_MIN}, tie[] = {-DBL_MAX, -half_step};
    struct exact_sum sum;
    double total;

    (void)state;
    assert_same_double(sum_of(fits, 3), DBL_MAX);
    exact_sum_init(&sum);
    exact_sum_add_array(&sum, tie, 2);
    assert_int_equal(exact_sum_round(&sum, &total), GSL_EOVRFLW);
    assert_same_double(total, -INFINITY);
    exact_sum_add(&sum, half_step); /* and the way back is open */
    assert_int_equal(exact_sum_round(&sum, &total), GSL_SUCCESS);
    assert_same_double(total, -DBL_MAX);
}

static void test_more_addends_than_a_bin_holds_are_carried(void **state)
{
    struct exact_sum sum;
    double total;

    (void)state;
    exact_sum_init(&sum);
    for (int i = 0; i < 1000000; i++)
        exact_sum_add(&sum, -0x1.fffffffffffffp20);
    exact_sum_round(&sum, &total);
    assert_same_double(total, -0x1.fffffffffffffp20 * 1e6);
}

static void test_two_to_the_sixty_addends_of_the_largest_size_come_back(void **state)
{
    struct exact_sum sum;
    double total;

    (void)state;
    exact_sum_init(&sum);
    exact_sum_add(&sum, -DBL_MAX);
    for (int i = 0; i < 60; i++)
        assert_int_equal(exact_sum_merge(&sum, &sum), GSL_SUCCESS);
    assert_int_equal(exact_sum_round(&sum, &total), GSL_EOVRFLW);
    exact_sum_add_times(&sum, DBL_MAX, ((int64_t)1 << 60) - 1);
    exact_sum_add(&sum, 0.1);
    exact_sum_add(&sum, DBL_MAX);
    assert_int_equal(exact_sum_round(&sum, &total), GSL_SUCCESS);
    assert_same_double(total, 0.1);
}

static void test_times_is_repeated_addition(void **state)
{
    struct draws seed = {3};

    (void)state;
    for (int round = 0; round < 200; round++) {
        const double x = random_double(&seed);
        const int64_t times = (int64_t)(draw_next(&seed) % 3000) - 1500;
        struct exact_sum at_once, one_by_one;

        exact_sum_init(&at_once);
        exact_sum_init(&one_by_one);
        assert_int_equal(exact_sum_add_times(&at_once, x, times), GSL_SUCCESS);
        for (int64_t i = 0; i < llabs(times); i++)
            exact_sum_add(&one_by_one, times < 0 ? -x : x);
        exact_sum_carry(&at_once);
        exact_sum_carry(&one_by_one);
        assert_memory_equal(at_once.bin, one_by_one.bin, sizeof at_once.bin);
    }
}

static void test_times_takes_the_largest_frequencies(void **state)
{
    struct exact_sum sum;
    double total;

    (void)state;
    exact_sum_init(&sum);
    exact_sum_add_times(&sum, 2.385, INT64_MAX);
    exact_sum_add_times(&sum, 2.385, INT64_MIN);
    assert_int_equal(exact_sum_round(&sum, &total), GSL_SUCCESS);
    assert_same_double(total, -2.385);
}

static void test_products_are_not_rounded(void **state)
{
    const double x = 1 + DBL_EPSILON;
    struct exact_sum sum;
    double total;

    (void)state;
    exact_sum_init(&sum);
    assert_int_equal(exact_sum_add_product(&sum, x, x, 3), GSL_SUCCESS);
    exact_sum_add_times(&sum, 1, -3);
    exact_sum_add_times(&sum, DBL_EPSILON, -6);
    exact_sum_round(&sum, &total);
    assert_same_double(total, 3 * DBL_EPSILON * DBL_EPSILON); /* (1 + e)^2 - 1 - 2 e */
}

static void test_values_that_are_not_finite_spoil_the_sum_for_good(void **state)
{
    const double bad[] = {NAN, INFINITY, -INFINITY};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct exact_sum sum, other;
        double total = 1;

        exact_sum_init(&sum);
        exact_sum_init(&other);
        exact_sum_add(&other, 5);
        assert_int_equal(exact_sum_add(&sum, bad[i]), GSL_EINVAL);
        assert_int_equal(exact_sum_add(&sum, 1), GSL_SUCCESS); /* a good value is taken, and changes nothing */
        assert_int_equal(exact_sum_round(&sum, &total), GSL_EINVAL);
        assert_true(isnan(total));
        assert_int_equal(exact_sum_merge(&other, &sum), GSL_EINVAL);
        assert_int_equal(exact_sum_round(&other, &total), GSL_EINVAL);
        exact_sum_init(&sum);
        assert_int_equal(exact_sum_round(&sum, &total), GSL_SUCCESS);
        assert_int_equal(exact_sum_add_array(&sum, bad + i, 1), GSL_EINVAL);
        assert_true(sum.spoiled);
        exact_sum_init(&sum);
        assert_int_equal(exact_sum_add_times(&sum, bad[i], 2), GSL_EINVAL);
        assert_true(sum.spoiled);
        exact_sum_init(&sum);
        assert_int_equal(exact_sum_add_product(&sum, bad[i], 2, 1), GSL_EINVAL);
        assert_true(sum.spoiled);
        exact_sum_init(&sum);
        exact_sum_init(&other);
        assert_int_equal(exact_sum_add_product(&sum, 2, bad[i], 1), GSL_EINVAL);
        assert_int_equal(exact_sum_merge(&sum, &other), GSL_EINVAL);
    }
}

static void test_a_product_that_overflows_spoils_the_sum(void **state)
{
    struct exact_sum sum;

    (void)state;
    exact_sum_init(&sum);
    assert_int_equal(exact_sum_add_product(&sum, 1e200, -1e200, 1), GSL_EOVRFLW);
    assert_true(sum.spoiled);
}

static void test_rounding_leaves_the_sum_as_it_was(void **state)
{
    struct exact_sum sum, before;
    double total;

    (void)state;
    exact_sum_init(&sum);
    exact_sum_add(&sum, -1e-5);
    exact_sum_add(&sum, 1e5);
    before = sum;
    exact_sum_round(&sum, &total);
    assert_memory_equal(sum.bin, before.bin, sizeof sum.bin);
    assert_int_equal(sum.n_pending, before.n_pending);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_cancels_leaves_no_error),
        cmocka_unit_test(test_an_empty_sum_and_negative_zeros_are_plain_zero),
        cmocka_unit_test(test_agrees_with_a_slow_exact_sum_over_the_full_range),
        cmocka_unit_test(test_order_grouping_and_merging_do_not_change_a_bit),
        cmocka_unit_test(test_rounds_to_nearest_with_ties_to_even),
        cmocka_unit_test(test_subnormals_are_kept),
        cmocka_unit_test(test_a_sum_beyond_the_largest_double_is_told),
        cmocka_unit_test(test_more_addends_than_a_bin_holds_are_carried),
        cmocka_unit_test(test_two_to_the_sixty_addends_of_the_largest_size_come_back),
        cmocka_unit_test(test_times_is_repeated_addition),
        cmocka_unit_test(test_times_takes_the_largest_frequencies),
        cmocka_unit_test(test_products_are_not_rounded),
        cmocka_unit_test(test_values_that_are_not_finite_spoil_the_sum_for_good),
        cmocka_unit_test(test_a_product_that_overflows_spoils_the_sum),
        cmocka_unit_test(test_rounding_leaves_the_sum_as_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
