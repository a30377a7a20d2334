/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/withhold_flow.h"

#include <math.h>
#include <string.h>

#include "base/table.h"
#include "report/pool.h"
#include "stats/placed_random.h"
#include "tests/support/near.h"

static const struct release_policy eleven = {.threshold = 11};

static struct table *flow_of(size_t n, const char *const (*ends)[2], const int64_t *counts)
{
    struct table *flow = table_alloc("flow", "Moves");

    for (size_t j = 0; j < 3; j++)
        assert_non_null(table_add_column(flow, (const char *const[]){"arm", "from", "to"}[j], COLUMN_TEXT, 1, "", ""));
    assert_non_null(table_add_column(flow, "n", COLUMN_INT64, 0, "", ""));
    for (size_t i = 0; i < n; i++) {
        struct row_builder row = table_new_row(flow);
        row_text(&row, "from", ends[i][0]);
        row_text(&row, "to", ends[i][1]);
        row_integer(&row, "n", counts[i]);
        assert_int_equal(row_end(&row), 0);
    }
    return flow;
}

/*
 *   entry -> residential 100; residential -> iop 95, end 5; iop -> end 95: five ended.  Alone hidden, it would be 100 - 95.
 */
static void test_a_small_number_takes_another_with_it(void **state)
{
    static const char *const ends[][2] = {
        {"entry", "residential"}, {"residential", "iop"}, {"residential", "end"}, {"iop", "end"}};
    static const int64_t counts[] = {100, 95, 5, 95};
    struct table *flow = flow_of(4, ends, counts);

    (void)state;
    assert_true(flow_is_small(&eleven, flow, 2));
    assert_true(flow_is_small(&eleven, flow, 1)); /* the smaller of the two at residential */
    assert_true(flow_is_small(&eleven, flow, 3)); /* or iop would give it back: all that enters leaves */
    assert_false(flow_is_small(&eleven, flow, 0));
    table_free(flow);
}

static void test_nothing_is_hidden_where_nothing_is_small(void **state)
{
    static const char *const ends[][2] = {{"entry", "iop"}, {"iop", "outpatient"}, {"iop", "end"}, {"outpatient", "end"}};
    static const int64_t counts[] = {50, 20, 30, 20};
    struct table *flow = flow_of(4, ends, counts);

    (void)state;
    for (size_t i = 0; i < 4; i++)
        assert_false(flow_is_small(&eleven, flow, i));
    table_free(flow);
}

static void test_without_a_threshold_everything_is_told(void **state)
{
    static const struct release_policy none = {.threshold = 0};
    static const char *const ends[][2] = {{"entry", "iop"}, {"iop", "end"}};
    static const int64_t counts[] = {1, 1};
    struct table *flow = flow_of(2, ends, counts);

    (void)state;
    assert_false(flow_is_small(&none, flow, 0));
    table_free(flow);
}

static bool is_outside(const char *name)
{
    return strcmp(name, "entry") == 0 || strcmp(name, "end") == 0 || strcmp(name, "open") == 0;
}

/* Random flows that add up: at no level, nor outside, is one number hidden alone among others. */
static void test_no_hidden_number_is_a_difference_of_shown_ones(void **state)
{
    static const char *const levels[] = {"detox", "residential", "iop", "outpatient"};

    size_t all_hidden = 0;

    (void)state;
    for (uint64_t trial = 0; trial < 300; trial++) {
        const char *ends[32][2];
        int64_t counts[32], balance[4] = {0};
        size_t n = 0, hidden = 0;

        for (size_t a = 0; a < 4; a++) /* moves both ways, then beginnings and ends make up the balance */
            for (size_t b = 0; b < 4; b++) {
                const double u = placed_random(5, trial, 8 * a + b);
                if (a == b || u < 0.3)
                    continue;
                ends[n][0] = levels[a];
                ends[n][1] = levels[b];
                counts[n] = 1 + (int64_t)(pow(10, 3 * u - 1));
                balance[a] -= counts[n];
                balance[b] += counts[n];
                n++;
            }
        for (size_t a = 0; a < 4; a++) {
            ends[n][0] = balance[a] < 0 ? "entry" : levels[a];
            ends[n][1] = balance[a] < 0 ? levels[a] : "end";
            counts[n] = balance[a] < 0 ? -balance[a] : balance[a];
            n += balance[a] != 0;
        }
        struct table *flow = flow_of(n, (const char *const (*)[2])ends, counts);
        for (size_t level = 0; level <= 4; level++) {
            size_t touching = 0, alone = 0;
            for (size_t i = 0; i < n; i++) {
                const bool here = level == 4 ? is_outside(ends[i][0]) || is_outside(ends[i][1])
                                             : strcmp(ends[i][0], levels[level]) == 0 || strcmp(ends[i][1], levels[level]) == 0;
                touching += here;
                alone += here && flow_is_small(&eleven, flow, i);
            }
            assert_true(alone != 1 || touching == 1);
            hidden += alone;
        }
        for (size_t i = 0; i < n; i++)
            assert_true(counts[i] >= 11 || flow_is_small(&eleven, flow, i));
        all_hidden += hidden;
        table_free(flow);
    }
    assert_true(all_hidden > 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_small_number_takes_another_with_it),
        cmocka_unit_test(test_nothing_is_hidden_where_nothing_is_small),
        cmocka_unit_test(test_without_a_threshold_everything_is_told),
        cmocka_unit_test(test_no_hidden_number_is_a_difference_of_shown_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
