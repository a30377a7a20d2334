/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/programme_shares.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cells.h"
#include "stats/standardised.h"
#include "tests/support/near.h"

enum { PROGRAMMES = 2, PERIODS = 3, WIDTH = PERIODS + 1, CELLS = (PROGRAMMES + 1) * WIDTH, MEASURES_MAX = 4 };

/* A measure and what is counted of it in each programme and period. */
struct asked {
    const char *name, *outcome, *share;
    double day;
    int64_t n[PROGRAMMES * PERIODS], event[PROGRAMMES * PERIODS], unknown[PROGRAMMES * PERIODS];
};

struct board {
    struct table *measures, *programmes;
    bool *is_share;
};

static struct table *measures_of(const struct asked *asked, size_t n)
{
    static const char *const texts[] = {"measure", "outcome", "share", "chart", "rules"}, *const integers[] = {"n", "n_event", "run", "trend"};
    struct table *table = table_alloc("programme_measures", "Measures");

    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++)
        assert_non_null(table_add_column(table, texts[k], COLUMN_TEXT, 24, "", ""));
    for (size_t k = 0; k < sizeof integers / sizeof integers[0]; k++)
        assert_non_null(table_add_column(table, integers[k], COLUMN_INT64, 0, "", ""));
    assert_non_null(table_add_column(table, "time", COLUMN_FLOAT64, 0, "", ""));
    assert_non_null(table_add_column(table, "person_time", COLUMN_FLOAT64, 0, "", ""));
    for (size_t m = 0; m < n; m++) {
        const bool is_rate = strcmp(asked[m].share, "rate") == 0;
        struct row_builder row = table_new_row(table);

        row_text(&row, "measure", asked[m].name);
        row_text(&row, "outcome", asked[m].outcome);
        row_text(&row, "share", asked[m].share);
        row_text(&row, "chart", is_rate ? "u" : "p");
        row_text(&row, "rules", "beyond, run");
        row_integer(&row, "run", 8);
        row_integer(&row, "trend", 6);
        row_real(&row, "time", asked[m].day);
        assert_int_equal(row_end(&row), 0);
    }
    return table;
}

static struct table *cells_alloc(size_t n_measures)
{
    static const char *const measures[] = {"a", "b", "c", "d"}, *const programmes[] = {"north", "south"}, *const periods[] = {"2019", "2020", "2021"};
    static const char *const integers[] = {"n", "n_event", "n_unknown", "phase", "baseline"};
    static const char *const reals[] = {"expected", "variance", "ratio", "conf_low", "conf_high", "z", "centre", "low", "high", "person_time", "factor"};
    struct table *table = table_alloc("programmes", "Programmes");

    assert_non_null(table_add_category(table, "measure", measures, n_measures, ""));
    assert_non_null(table_add_category(table, "programme", programmes, PROGRAMMES, ""));
    assert_non_null(table_add_category(table, "period", periods, PERIODS, ""));
    assert_non_null(table_add_category(table, "signal", NULL, 0, ""));
    for (size_t k = 0; k < sizeof integers / sizeof integers[0]; k++)
        assert_non_null(table_add_column(table, integers[k], COLUMN_INT64, 0, "", ""));
    for (size_t k = 0; k < sizeof reals / sizeof reals[0]; k++)
        assert_non_null(table_add_column(table, reals[k], COLUMN_FLOAT64, 0, "", ""));
    assert_int_equal(table_resize(table, n_measures * CELLS), 0);
    return table;
}

static int64_t sum_of(const int64_t *parts, size_t p, size_t q)
{
    int64_t sum = 0;

    for (size_t i = 0; i < PROGRAMMES; i++)
        for (size_t j = 0; j < PERIODS; j++)
            sum += (p == 0 || p == i + 1) && (q == 0 || q == j + 1) ? parts[i * PERIODS + j] : 0;
    return sum;
}

static void fill_cell(struct table *table, size_t row, size_t m, const struct asked *asked, size_t p, size_t q)
{
    const int64_t n = sum_of(asked->n, p, q), events = sum_of(asked->event, p, q);

    column_set_code(table_column(table, "measure"), row, (int32_t)m);
    column_set_code(table_column(table, "programme"), row, (int32_t)p - 1);
    column_set_code(table_column(table, "period"), row, (int32_t)q - 1);
    column_set_integer(table_column(table, "n"), row, n);
    column_set_integer(table_column(table, "n_event"), row, events);
    column_set_integer(table_column(table, "n_unknown"), row, sum_of(asked->unknown, p, q));
    column_set_integer(table_column(table, "phase"), row, q == 0 ? MISSING_INTEGER : 1);
    column_set_integer(table_column(table, "baseline"), row, q == 0 ? MISSING_INTEGER : 1);
    column_set_real(table_column(table, "expected"), row, 0.333 * (double)n);
    column_set_real(table_column(table, "variance"), row, 0.2222 * (double)n);
    column_set_real(table_column(table, "person_time"), row, strcmp(asked->share, "rate") == 0 ? 123.4 * (double)n : NAN);
    column_set_real(table_column(table, "z"), row, p > 0 && q == 0 ? 1.234 : NAN);
}

static int tell(const struct board *board)
{
    static const bool none[MEASURES_MAX * CELLS];
    const struct programme_telling what = {board->measures, board->programmes, NULL, board->is_share, none, 11};

    return programme_shares_put(&what);
}

static struct board board_of(const struct asked *asked, size_t n)
{
    struct board board = {measures_of(asked, n), cells_alloc(n), NULL};

    for (size_t m = 0; m < n; m++)
        for (size_t cell = 0; cell < CELLS; cell++)
            fill_cell(board.programmes, m * CELLS + cell, m, &asked[m], cell / WIDTH, cell % WIDTH);
    board.is_share = programme_shares_find(board.measures, board.programmes, 11);
    assert_non_null(board.is_share);
    return board;
}

static void board_free(struct board *board)
{
    table_free(board->measures);
    table_free(board->programmes);
    free(board->is_share);
}

static int64_t integer_at(const struct board *board, const char *column, size_t m, size_t p, size_t q)
{
    return cell_integer(board->programmes, column, m * CELLS + p * WIDTH + q);
}

static double real_at(const struct board *board, const char *column, size_t m, size_t p, size_t q)
{
    return cell_real(board->programmes, column, m * CELLS + p * WIDTH + q);
}

/* 300 people in each cell. */
#define THREE_HUNDRED {300, 300, 300, 300, 300, 300}
#define NONE_UNKNOWN {0, 0, 0, 0, 0, 0}

static void test_one_measure_and_others_of_as_many_people_are_told_by_their_counts(void **state)
{
    const struct asked asked[] = {
        {"left_30", "left", "event", 30, THREE_HUNDRED, {60, 70, 80, 90, 100, 110}, NONE_UNKNOWN},
        {"left_90", "left", "event", 90, THREE_HUNDRED, {90, 100, 110, 120, 130, 140}, NONE_UNKNOWN},
        {"again", "again", "event", NAN, THREE_HUNDRED, {30, 30, 30, 30, 30, 30}, NONE_UNKNOWN},
        {"seen", "seen", "event", NAN, {300, 300, 300, 300, 300, 297}, {30, 30, 30, 30, 30, 30}, {0, 0, 0, 0, 0, 3}},
    };
    struct board board = board_of(asked, 4);
    bool *open = programme_shares_find(board.measures, board.programmes, 0);

    (void)state;
    assert_false(board.is_share[0]); /* the first one */
    assert_true(board.is_share[1]);  /* another day of its outcome */
    assert_false(board.is_share[2]); /* another outcome of the same people */
    assert_true(board.is_share[3]);  /* it does not know three of them */
    assert_false(open[1] || open[3]); /* nothing is to be hidden */
    assert_int_equal(tell(&board), 0);
    assert_true(cell_is(board.measures, "told_as", 0, "counts") && cell_is(board.measures, "told_as", 1, "shares"));
    assert_int_equal(integer_at(&board, "n_event", 2, 1, 1), 30); /* as it was */
    free(open);
    board_free(&board);
}

static void test_a_share_is_told_of_the_people_of_the_first_measure(void **state)
{
    const struct asked asked[] = {
        {"left_30", "left", "event", 30, THREE_HUNDRED, {60, 70, 80, 90, 100, 110}, NONE_UNKNOWN},
        {"stayed_90", "left", "no_event", 90, {280, 281, 282, 283, 284, 285}, {170, 160, 150, 140, 130, 120}, {20, 19, 18, 17, 16, 15}},
    };
    struct board board = board_of(asked, 2);
    struct standardised ratio;

    (void)state;
    assert_int_equal(tell(&board), 0);
    assert_int_equal(integer_at(&board, "n", 1, 1, 1), 300);
    assert_int_equal(integer_at(&board, "n_event", 1, 1, 1), 183); /* 110 of 280 had it: 39 %, so 61 % of 300 */
    assert_int_equal(integer_at(&board, "n_unknown", 1, 1, 1), MISSING_INTEGER);
    assert_near(real_at(&board, "expected", 1, 1, 1), 99, 1e-12); /* 33 % of 300 */
    assert_near(real_at(&board, "variance", 1, 1, 1), 66, 1e-12); /* 0.22 of 300 */
    assert_int_equal(standardised_ratio(183, 99, STANDARDISED_EXACT, 0.95, &ratio), 0);
    assert_near(real_at(&board, "ratio", 1, 1, 1), ratio.ratio, 1e-15);
    assert_near(real_at(&board, "conf_high", 1, 1, 1), ratio.conf_high, 1e-15);
    assert_near(real_at(&board, "z", 1, 1, 0), 1.2, 1e-12);
    assert_int_equal(cell_integer(board.measures, "n", 1), 1800);
    assert_int_equal(cell_integer(board.measures, "n_event", 1), integer_at(&board, "n_event", 1, 0, 0));
    board_free(&board);
}

static void test_a_rate_is_told_with_two_digits_of_a_mean_time(void **state)
{
    const struct asked asked[] = {
        {"left_30", "left", "event", 30, THREE_HUNDRED, {60, 70, 80, 90, 100, 110}, NONE_UNKNOWN},
        {"again", "again", "rate", 180, {290, 290, 290, 290, 290, 290}, {60, 70, 80, 90, 100, 110}, NONE_UNKNOWN},
    };
    struct board board = board_of(asked, 2);

    (void)state;
    assert_int_equal(tell(&board), 0);
    assert_near(real_at(&board, "person_time", 1, 1, 1), 300 * 120, 1e-9); /* 123.4 days each */
    assert_int_equal(integer_at(&board, "n_event", 1, 1, 1), 61);          /* 60 in 290 x 123.4 days: 0.0017 a day */
    assert_near(real_at(&board, "variance", 1, 1, 1), real_at(&board, "expected", 1, 1, 1), 1e-15);
    board_free(&board);
}

static void test_few_are_not_told_nor_found_by_adding_up(void **state)
{
    const struct asked asked[] = {
        {"left_30", "left", "event", 30, {40, 40, 40, 40, 40, 40}, {15, 15, 15, 15, 15, 15}, NONE_UNKNOWN},
        {"seen", "seen", "event", NAN, {38, 39, 39, 39, 39, 39}, {3, 15, 15, 15, 15, 15}, {2, 1, 1, 1, 1, 1}},
    };
    struct board board = board_of(asked, 2);

    (void)state;
    assert_int_equal(tell(&board), 0);
    assert_int_equal(integer_at(&board, "n", 1, 1, 1), MISSING_INTEGER);
    assert_int_equal(integer_at(&board, "n_event", 1, 1, 1), MISSING_INTEGER);
    for (size_t p = 0; p <= PROGRAMMES; p++) {
        size_t n_hidden = 0;

        for (size_t q = 0; q < WIDTH; q++)
            n_hidden += integer_at(&board, "n", 1, p, q) == MISSING_INTEGER;
        assert_true(n_hidden != 1);
    }
    for (size_t q = 0; q < WIDTH; q++) {
        size_t n_hidden = 0;

        for (size_t p = 0; p <= PROGRAMMES; p++)
            n_hidden += integer_at(&board, "n", 1, p, q) == MISSING_INTEGER;
        assert_true(n_hidden != 1);
    }
    board_free(&board);
}

static void test_where_nobody_is_nobody_is_told(void **state)
{
    const struct asked asked[] = {
        {"left_30", "left", "event", 30, {0, 300, 300, 300, 300, 300}, {0, 70, 80, 90, 100, 110}, NONE_UNKNOWN},
        {"seen", "seen", "event", NAN, {0, 280, 280, 280, 280, 280}, {0, 100, 100, 100, 100, 0}, {0, 20, 20, 20, 20, 20}},
    };
    struct board board = board_of(asked, 2);

    (void)state;
    assert_int_equal(tell(&board), 0);
    assert_int_equal(integer_at(&board, "n", 1, 1, 1), 0);
    assert_true(isnan(real_at(&board, "ratio", 1, 1, 1)));
    assert_int_equal(integer_at(&board, "n", 1, 2, 3), 300); /* and that of many nobody counts */
    assert_int_equal(integer_at(&board, "n_event", 1, 2, 3), 0);
    board_free(&board);
}

static void test_a_dashboard_without_rows_is_left_alone(void **state)
{
    const struct asked none[] = {{.name = ""}};
    struct table *measures = measures_of(none, 0), *programmes = cells_alloc(0);
    bool *is_share = programme_shares_find(measures, programmes, 11);

    (void)state;
    assert_non_null(is_share);
    assert_int_equal(tell(&(struct board){measures, programmes, is_share}), 0);
    free(is_share);
    table_free(measures);
    table_free(programmes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_measure_and_others_of_as_many_people_are_told_by_their_counts),
        cmocka_unit_test(test_a_share_is_told_of_the_people_of_the_first_measure),
        cmocka_unit_test(test_a_rate_is_told_with_two_digits_of_a_mean_time),
        cmocka_unit_test(test_few_are_not_told_nor_found_by_adding_up),
        cmocka_unit_test(test_where_nobody_is_nobody_is_told),
        cmocka_unit_test(test_a_dashboard_without_rows_is_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
