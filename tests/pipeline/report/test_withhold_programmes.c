/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/withhold_programmes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/placed_random.h"
#include "tests/support/near.h"

static const struct release_policy eleven = {.threshold = 11};

/* A grid of parts [programmes][periods], people and those who count; totals are added. */
static struct table *grid_of(size_t height, size_t width, const int64_t *n, const int64_t *events)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i"};
    struct table *table = table_alloc("programmes", "Programmes");

    assert_non_null(table_add_category(table, "measure", names, 1, ""));
    assert_non_null(table_add_category(table, "programme", names, height, ""));
    assert_non_null(table_add_category(table, "period", names, width, ""));
    assert_non_null(table_add_column(table, "n", COLUMN_INT64, 0, "", ""));
    assert_non_null(table_add_column(table, "n_event", COLUMN_INT64, 0, "", ""));
    assert_int_equal(table_resize(table, (height + 1) * (width + 1)), 0);
    for (size_t p = 0; p <= height; p++)
        for (size_t q = 0; q <= width; q++) {
            const size_t row = p * (width + 1) + q;
            int64_t people = 0, count = 0;

            for (size_t i = 0; i < height; i++)
                for (size_t j = 0; j < width; j++)
                    if ((p == 0 || p == i + 1) && (q == 0 || q == j + 1)) {
                        people += n[i * width + j];
                        count += events[i * width + j];
                    }
            column_set_code(table_column(table, "measure"), row, 0);
            column_set_code(table_column(table, "programme"), row, (int32_t)p - 1);
            column_set_code(table_column(table, "period"), row, (int32_t)q - 1);
            column_set_integer(table_column(table, "n"), row, people);
            column_set_integer(table_column(table, "n_event"), row, count);
        }
    return table;
}

/*
 *          all  1   2   3          the 5 of b in period 2 would be 105 - 60 - 40; so 40 is hidden too, and in its
 *   a      150  50  60  40         column and that of the 5 one more each
 *   b      105  60   5  40
 *   c      120  40  40  40
 */
static void test_no_line_hides_one_cell_alone(void **state)
{
    static const int64_t n[] = {50, 60, 40, 60, 5, 40, 40, 40, 40}, events[] = {25, 30, 20, 30, 3, 20, 20, 20, 20};
    struct table *table = grid_of(3, 3, n, events);
    bool *withheld = programmes_withheld(&eleven, table, NULL);

    (void)state;
    assert_true(withheld[2 * 4 + 2]);
    for (size_t p = 0; p < 4; p++) {
        size_t across = 0, down = 0;
        for (size_t q = 0; q < 4; q++) {
            across += withheld[p * 4 + q];
            down += withheld[q * 4 + p];
        }
        assert_true(across != 1 && down != 1);
    }
    assert_false(withheld[0] || withheld[1] || withheld[4]); /* totals stay */
    free(withheld);
    table_free(table);
}

static void test_few_who_count_and_few_who_do_not_are_both_hidden(void **state)
{
    static const int64_t n[] = {50, 50, 50, 50}, events[] = {4, 25, 25, 46};
    struct table *table = grid_of(2, 2, n, events);
    bool *withheld = programmes_withheld(&eleven, table, NULL);

    (void)state;
    assert_true(withheld[1 * 3 + 1] && withheld[2 * 3 + 2]);
    free(withheld);
    table_free(table);
}

static void test_the_only_period_hides_its_total_too(void **state)
{
    static const int64_t n[] = {6, 50, 70}, events[] = {3, 20, 30};
    struct table *table = grid_of(3, 1, n, events);
    bool *withheld = programmes_withheld(&eleven, table, NULL);

    (void)state;
    assert_true(withheld[2] && withheld[3]);
    free(withheld);
    table_free(table);
}

static void test_nothing_is_hidden_where_nothing_is_small_or_nothing_must_be(void **state)
{
    static const int64_t n[] = {50, 0, 60, 40}, events[] = {25, 0, 30, 20}, few[] = {5, 5, 5, 5}, one[] = {1, 1, 1, 1};
    const struct release_policy open = {.threshold = 0};
    struct table *table = grid_of(2, 2, n, events), *small = grid_of(2, 2, few, one);
    bool *withheld = programmes_withheld(&eleven, table, NULL), *shown = programmes_withheld(&open, small, NULL);

    (void)state;
    for (size_t i = 0; i < 9; i++)
        assert_false(withheld[i] || shown[i]);
    free(withheld);
    free(shown);
    table_free(table);
    table_free(small);
}

/* Random grids: what is small is hidden, and no line hides one cell with people alone. */
static void test_random_grids_are_protected_in_every_line(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 300; seed++) {
        const size_t height = 1 + (size_t)(placed_random(seed, 1, 0) * 6), width = 1 + (size_t)(placed_random(seed, 1, 1) * 6);
        int64_t n[64], events[64];
        for (size_t k = 0; k < height * width; k++) {
            n[k] = (int64_t)(placed_random(seed, 2, k) * 80) - 8;
            n[k] = n[k] < 0 ? 0 : n[k];
            events[k] = (int64_t)(placed_random(seed, 3, k) * (double)(n[k] + 1));
        }
        struct table *table = grid_of(height, width, n, events);
        bool *withheld = programmes_withheld(&eleven, table, NULL);
        for (size_t p = 0; p <= height; p++) {
            size_t hidden = 0;
            for (size_t q = 0; q <= width; q++)
                hidden += withheld[p * (width + 1) + q];
            assert_true(hidden != 1);
        }
        for (size_t q = 0; q <= width; q++) {
            size_t hidden = 0;
            for (size_t p = 0; p <= height; p++)
                hidden += withheld[p * (width + 1) + q];
            assert_true(hidden != 1);
        }
        free(withheld);
        table_free(table);
    }
}

/* ---- control charts ---------------------------------------------------------------------------------------------- */

/* One programme of nine periods in one or two phases; `hidden`: which of them are withheld, as a text of 0 and 1. */
struct charted {
    struct table *measures, *exact;
    bool withheld[20];
};

static struct charted chart_of(const char *hidden, const char *phases, const char *baseline, double factor, const char *const signals[9])
{
    static const int64_t n[] = {40, 40, 40, 40, 40, 40, 40, 40, 40}, events[] = {20, 20, 20, 20, 20, 20, 20, 20, 20};
    struct charted chart = {table_alloc("programme_measures", ""), grid_of(1, 9, n, events), {false}};
    struct column *column;

    assert_non_null(table_add_column(chart.measures, "run", COLUMN_INT64, 0, "", ""));
    assert_non_null(table_add_column(chart.measures, "trend", COLUMN_INT64, 0, "", ""));
    assert_int_equal(table_resize(chart.measures, 1), 0);
    column_set_integer(table_column(chart.measures, "run"), 0, 4);
    column_set_integer(table_column(chart.measures, "trend"), 0, 3);
    assert_non_null(table_add_column(chart.exact, "signal", COLUMN_TEXT, 40, "", ""));
    assert_non_null(table_add_column(chart.exact, "phase", COLUMN_INT64, 0, "", ""));
    assert_non_null(table_add_column(chart.exact, "baseline", COLUMN_INT64, 0, "", ""));
    assert_non_null(table_add_column(chart.exact, "low", COLUMN_FLOAT64, 0, "", ""));
    assert_non_null(table_add_column(chart.exact, "factor", COLUMN_FLOAT64, 0, "", ""));
    for (size_t row = 0; row < 20; row++) {
        const size_t q = row % 10;
        chart.withheld[row] = row > 10 && hidden[q - 1] == '1';
        column = table_column(chart.exact, "signal");
        assert_int_equal(column_set_text(column, row, row > 10 && signals != NULL ? signals[q - 1] : "",
                                         row > 10 && signals != NULL ? strlen(signals[q - 1]) : 0), 0);
        column_set_integer(table_column(chart.exact, "phase"), row, q == 0 ? MISSING_INTEGER : phases[q - 1] - '0');
        column_set_integer(table_column(chart.exact, "baseline"), row, q == 0 ? MISSING_INTEGER : baseline[q - 1] - '0');
        column_set_real(table_column(chart.exact, "low"), row, q == 0 ? (double)NAN : 0.2);
        column_set_real(table_column(chart.exact, "factor"), row, q == 0 ? (double)NAN : factor);
    }
    return chart;
}

/* What leaves with the nine periods, as digits of enum chart_release. */
static void assert_charted(struct charted chart, const char *expected)
{
    enum chart_release *release = programmes_charted(chart.measures, chart.exact, chart.withheld);
    char told[10] = "";

    assert_non_null(release);
    for (size_t q = 0; q < 9; q++)
        told[q] = (char)('0' + (int)release[11 + q]);
    assert_string_equal(told, expected);
    for (size_t row = 0; row <= 10; row++)
        assert_int_equal(release[row], CHART_EVERY);
    free(release);
    table_free(chart.measures);
    table_free(chart.exact);
}

static void test_a_centre_leaves_where_all_that_it_is_made_of_is_shown(void **state)
{
    (void)state;
    assert_charted(chart_of("000000000", "111111111", "111111111", 1, NULL), "222222222");
    assert_charted(chart_of("011000000", "111112222", "111001111", 1, NULL), "000002222"); /* in the baseline of the first */
    assert_charted(chart_of("000110000", "111112222", "111001111", 1, NULL), "222222222"); /* behind it */
    assert_charted(chart_of("000110000", "111112222", "111111111", 1, NULL), "000002222");
}

static void test_a_centre_that_is_the_share_of_the_total_leaves_with_it(void **state)
{
    struct charted without_total = chart_of("011000000", "111111111", "111111111", 1, NULL);

    (void)state;
    assert_charted(chart_of("011000000", "111111111", "111111111", 1, NULL), "222222222");
    assert_charted(chart_of("011000000", "111111111", "111111111", 1.3, NULL), "000000000"); /* Laney's factor is made of each */
    without_total.withheld[10] = true;
    assert_charted(without_total, "000000000");
}

static void test_a_signal_of_several_points_leaves_where_shown_ones_make_it(void **state)
{
    static const char *const runs[9] = {"run above", "run above", "run above", "run above", "run above", "", "trend", "trend", "trend"};
    static const char *const near[9] = {"near the upper limit", "", "near the upper limit", "near the upper limit", "", "near the lower limit", "",
                                        "near the upper limit", ""};

    (void)state;
    assert_charted(chart_of("000000000", "111111111", "111111111", 1, runs), "222222222");
    assert_charted(chart_of("000010000", "111111111", "111111111", 1, runs), "222222222"); /* the hidden fifth is not needed */
    assert_charted(chart_of("001000000", "111111111", "111111111", 1, runs), "112112222");
    assert_charted(chart_of("000000001", "111111111", "111111111", 1, runs), "222222112");
    assert_charted(chart_of("010000000", "111111111", "111111111", 1, near), "122221212"); /* nothing else is on its side */
}

static void test_the_parts_of_a_signal_are_told_apart(void **state)
{
    struct pool *pool = pool_alloc();

    (void)state;
    assert_string_equal(released_signal(pool, CHART_EVERY, "above the limits, run above"), "above the limits, run above");
    assert_string_equal(released_signal(pool, CHART_LIMITS, "above the limits, run above"), "above the limits");
    assert_string_equal(released_signal(pool, CHART_LIMITS, "run above, near the upper limit"), "");
    assert_string_equal(released_signal(pool, CHART_NOTHING, "below the limits"), "");
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_line_hides_one_cell_alone),
        cmocka_unit_test(test_few_who_count_and_few_who_do_not_are_both_hidden),
        cmocka_unit_test(test_the_only_period_hides_its_total_too),
        cmocka_unit_test(test_nothing_is_hidden_where_nothing_is_small_or_nothing_must_be),
        cmocka_unit_test(test_random_grids_are_protected_in_every_line),
        cmocka_unit_test(test_a_centre_leaves_where_all_that_it_is_made_of_is_shown),
        cmocka_unit_test(test_a_centre_that_is_the_share_of_the_total_leaves_with_it),
        cmocka_unit_test(test_a_signal_of_several_points_leaves_where_shown_ones_make_it),
        cmocka_unit_test(test_the_parts_of_a_signal_are_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
