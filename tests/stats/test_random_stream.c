/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/random_stream.h"

#include <math.h>

#include "tests/support/near.h"

static void test_a_stream_depends_on_its_names_alone(void **state)
{
    (void)state;
    struct random_stream a, b;
    random_stream_start(&a, 20261121, 3, 17);
    uint32_t first[9];
    for (int i = 0; i < 9; i++)
        first[i] = random_stream_word(&a);
    random_stream_start(&b, 20261121, 3, 17);
    for (int i = 0; i < 9; i++)
        assert_int_equal(random_stream_word(&b), first[i]);
    static const struct {
        uint64_t seed;
        uint32_t stratum;
        uint64_t replicate;
    } others[] = {{20261122, 3, 17}, {20261121, 4, 17}, {20261121, 3, 18}, {20261121 + (UINT64_C(1) << 40), 3, 17},
                  {20261121, 3, 17 + (UINT64_C(1) << 40)}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        random_stream_start(&b, others[i].seed, others[i].stratum, others[i].replicate);
        int n_equal = 0;
        for (int k = 0; k < 9; k++)
            n_equal += random_stream_word(&b) == first[k];
        assert_true(n_equal < 2);
    }
}

static void test_uniform_numbers_are_uniform_and_never_0_or_1(void **state)
{
    (void)state;
    enum { N = 100000, BINS = 50 };
    struct random_stream stream;
    size_t count[BINS] = {0};
    double sum = 0, squares = 0, chi_square = 0;
    random_stream_start(&stream, 1, 0, 0);
    for (int i = 0; i < N; i++) {
        const double u = random_stream_uniform(&stream);
        assert_true(u > 0 && u < 1);
        count[(size_t)(u * BINS)]++;
        sum += u;
        squares += u * u;
    }
    for (size_t k = 0; k < BINS; k++)
        chi_square += ((double)count[k] - N / BINS) * ((double)count[k] - N / BINS) / (N / BINS);
    assert_true(chi_square < 95); /* 49 df: passed with probability 1 - 1e-4 */
    assert_true(fabs(sum / N - 0.5) < 4 * sqrt(1. / 12 / N));
    assert_true(fabs(squares / N - 1. / 3) < 4 * sqrt(4. / 45 / N));
}

static void test_whole_numbers_below_a_bound_are_equally_likely(void **state)
{
    (void)state;
    enum { N = 70000 };
    struct random_stream stream;
    size_t count[7] = {0};
    random_stream_start(&stream, 2, 5, 1);
    for (int i = 0; i < N; i++)
        count[random_stream_below(&stream, 7)]++;
    double chi_square = 0;
    for (int k = 0; k < 7; k++)
        chi_square += ((double)count[k] - N / 7.) * ((double)count[k] - N / 7.) / (N / 7.);
    assert_true(chi_square < 27.9);
    assert_int_equal(random_stream_below(&stream, 1), 0);
    /* A bound above 2^63, where half of all words must be refused, still ends. */
    for (int i = 0; i < 100; i++)
        assert_true(random_stream_below(&stream, (UINT64_C(1) << 63) + 1) <= UINT64_C(1) << 63);
}

static void test_gsl_draws_from_the_same_stream(void **state)
{
    (void)state;
    struct random_stream a, b;
    struct random_stream_gsl gsl;
    random_stream_start(&a, 9, 1, 2);
    random_stream_start(&b, 9, 1, 2);
    random_stream_gsl(&gsl, &a);
    assert_int_equal(gsl_rng_get(&gsl.rng), random_stream_word(&b));
    assert_near(gsl_rng_uniform(&gsl.rng), random_stream_uniform(&b), 0);
    gsl_rng_set(&gsl.rng, 9);
    random_stream_start(&b, 9, 0, 0);
    assert_int_equal(gsl_rng_get(&gsl.rng), random_stream_word(&b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_stream_depends_on_its_names_alone),
        cmocka_unit_test(test_uniform_numbers_are_uniform_and_never_0_or_1),
        cmocka_unit_test(test_whole_numbers_below_a_bound_are_equally_likely),
        cmocka_unit_test(test_gsl_draws_from_the_same_stream),
    };
    return cmocka_run_group_tests_name("random_stream", tests, NULL, NULL);
}
