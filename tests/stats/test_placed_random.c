/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/placed_random.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "tests/support/near.h"

/*
 * Known answers that its authors publish with the generator (Random123 1.14, kat_vectors, philox4x32 10): words of the
 * counter are item and use, words of the key the seed, the lower word first.
 */
static void test_gives_the_published_answers(void **state)
{
    static const struct {
        uint64_t seed, item, use, bits[2];
    } known[] = {
        {0, 0, 0, {0xe169c58d6627e8d5, 0x9b00dbd8bc57ac4c}},
        {UINT64_MAX, UINT64_MAX, UINT64_MAX, {0x41c83b0e408f276d, 0x6d5451fda20bc7c6}},
        {0x299f31d0a4093822, 0x85a308d3243f6a88, 0x0370734413198a2e, {0x94fdccebd16cfe09, 0x24126ea15001e420}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        uint64_t bits[2];

        placed_random_bits(known[i].seed, known[i].item, known[i].use, bits);
        assert_true(bits[0] == known[i].bits[0] && bits[1] == known[i].bits[1]);
    }
}

static void test_the_first_of_a_pair_is_the_single_number(void **state)
{
    double u[2];

    (void)state;
    for (uint64_t item = 0; item < 1000; item++) {
        placed_random_pair(20261121, item, 7, u);
        assert_true(u[0] == placed_random(20261121, item, 7));
        assert_true(u[0] != u[1]);
    }
}

/* Chi-square of equal cells: a p beyond one in a million either way would be no chance. */
static void assert_even(const int64_t *counts, size_t n, double total)
{
    const double expected = total / (double)n;
    double chi_square = 0, p;

    for (size_t i = 0; i < n; i++)
        chi_square += ((double)counts[i] - expected) * ((double)counts[i] - expected) / expected;
    p = gsl_cdf_chisq_Q(chi_square, (double)n - 1);
    assert_true(p > 1e-6 && p < 1 - 1e-6);
}

static void test_numbers_fill_the_unit_interval_evenly(void **state)
{
    enum { CELLS = 1000, DRAWS = 1000000 };
    static int64_t counts[CELLS];

    (void)state;
    for (uint64_t i = 0; i < DRAWS / 2; i++) {
        double u[2];

        placed_random_pair(3, i, 0, u);
        for (size_t k = 0; k < 2; k++) {
            assert_true(u[k] > 0 && u[k] < 1 && 1 - (1 - u[k]) == u[k]);
            counts[(size_t)(u[k] * CELLS)]++;
        }
    }
    assert_even(counts, CELLS, DRAWS);
}

/* Neighbours in each of the three directions, and the two numbers of a pair, know nothing of each other. */
static void test_neighbours_are_independent(void **state)
{
    enum { SIDE = 20, DRAWS = 200000 };
    static int64_t counts[4][SIDE * SIDE];

    (void)state;
    for (uint64_t i = 0; i < DRAWS; i++) {
        double u[2];

        placed_random_pair(i, i, i, u);
        const double others[4] = {u[1], placed_random(i + 1, i, i), placed_random(i, i + 1, i),
                                  placed_random(i, i, i + 1)};
        for (size_t k = 0; k < 4; k++)
            counts[k][(size_t)(u[0] * SIDE) * SIDE + (size_t)(others[k] * SIDE)]++;
    }
    for (size_t k = 0; k < 4; k++)
        assert_even(counts[k], SIDE * SIDE, DRAWS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gives_the_published_answers),
        cmocka_unit_test(test_the_first_of_a_pair_is_the_single_number),
        cmocka_unit_test(test_numbers_fill_the_unit_interval_evenly),
        cmocka_unit_test(test_neighbours_are_independent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
