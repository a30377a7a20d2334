/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "episodes/moves.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* Moves between two levels with these gaps, and the one row of the flow between them. */
static double median_gap(const int32_t *gaps, size_t n)
{
    struct moves moves = {0};
    struct table *const flow = flow_alloc();
    uint8_t levels[2] = {1, 3};

    for (size_t i = 0; i < n; i++) {
        struct path_move move = {.from = 1, .to = 3, .gap = gaps[i]};
        const struct path path = {.levels = levels, .n = 2, .moves = &move};
        assert_int_equal(moves_add(&moves, &path, false), 0);
    }
    assert_int_equal(flow_add(flow, "", &moves), 0);
    assert_int_equal(flow->n_rows, 3); /* entry, the move, the end */
    assert_int_equal(column_integer(table_column(flow, "n"), 1), n);
    assert_true(isnan(column_real(table_column(flow, "median_gap"), 0)));
    const double median = column_real(table_column(flow, "median_gap"), 1);
    moves_free(&moves);
    table_free(flow);
    return median;
}

static void test_the_median_gap_is_the_middle_one_or_between_two(void **state)
{
    (void)state;
    assert_true(median_gap((const int32_t[]){5}, 1) == 5);
    assert_true(median_gap((const int32_t[]){8, 5}, 2) == 6.5);
    assert_true(median_gap((const int32_t[]){9, -3, 4}, 3) == 4);
    assert_true(median_gap((const int32_t[]){INT32_MAX, INT32_MAX}, 2) == INT32_MAX);
    assert_true(median_gap((const int32_t[]){INT32_MIN + 1, INT32_MAX}, 2) == 0);
}

static int compare_gaps(const void *a, const void *b)
{
    const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

    return (x > y) - (x < y);
}

static void test_the_median_of_random_gaps_is_that_of_the_sorted_ones(void **state)
{
    uint64_t random = 2026;
    (void)state;
    for (int round = 0; round < 3000; round++) {
        int32_t gaps[64];
        const size_t n = 1 + (size_t)round % 64;
        for (size_t i = 0; i < n; i++) {
            random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
            gaps[i] = (int32_t)(random >> 33) % (round % 3 == 0 ? 4 : 1000) - 2;
        }
        const double found = median_gap(gaps, n);
        qsort(gaps, n, sizeof *gaps, compare_gaps);
        assert_true(found == ((double)gaps[(n - 1) / 2] + gaps[n / 2]) / 2);
    }
}

static void test_each_pair_of_levels_has_its_own_median(void **state)
{
    struct moves moves = {0};
    struct table *const flow = flow_alloc();
    uint8_t levels[3] = {1, 3, 2};
    struct path_move steps[2] = {{.from = 1, .to = 3, .gap = 10}, {.from = 3, .to = 2, .gap = 40}};
    const struct path path = {.levels = levels, .n = 3, .moves = steps};
    (void)state;
    for (int i = 0; i < 3; i++, steps[0].gap += 2, steps[1].gap -= 5)
        assert_int_equal(moves_add(&moves, &path, true), 0);
    assert_int_equal(flow_add(flow, "iop", &moves), 0);
    assert_int_equal(flow->n_rows, 4);
    const struct column *const median = table_column(flow, "median_gap");
    assert_true(column_real(median, 1) == 12);
    assert_true(isnan(column_real(median, 2))); /* open at the second level */
    assert_true(column_real(median, 3) == 35);
    moves_free(&moves);
    table_free(flow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_median_gap_is_the_middle_one_or_between_two),
        cmocka_unit_test(test_the_median_of_random_gaps_is_that_of_the_sorted_ones),
        cmocka_unit_test(test_each_pair_of_levels_has_its_own_median),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
