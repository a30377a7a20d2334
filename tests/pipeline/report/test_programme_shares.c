/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/programme_shares.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/standardised.h"
#include "report/programme_counted.h"
#include "tests/pipeline/report/share_boards.h"

static int tell(const struct board *board)
{
    static const bool none[MEASURES_MAX * CELLS];
    const struct programme_telling what = {board->measures, board->programmes, NULL, board->is_share, none, 11, NULL, NULL};

    return programme_shares_put(&what);
}

#define THREE_HUNDRED EACH(300)

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

/* On day 60 nobody of the last period is due, and of the others nobody is lost: who is counted then is known. */
static void test_a_period_in_which_nobody_is_due_hides_nobody(void **state)
{
    struct asked asked[] = {
        {"left_30", "left", "event", 30, {40, 40, 12, 40, 40, 13}, {20, 21, 6, 22, 20, 10}, {2, 2, 2, 2, 2, 2}},
        {"left_60", "left", "event", 60, {40, 40, 0, 40, 40, 0}, {20, 21, 0, 22, 20, 0}, {2, 2, 0, 2, 2, 0}},
    };
    struct board board = board_of(asked, 2);
    struct programme_shape shape = programme_shape_of(board.programmes);
    struct counted *counted = programme_counted(board.measures, board.programmes, &shape);

    (void)state;
    assert_non_null(counted);
    assert_int_equal(counted_everybody(counted, &shape, 1, 0, 0), 168);
    assert_int_equal(counted_everybody(counted, &shape, 0, 1, 0), 197);
    assert_int_equal(counted_everybody(counted, &shape, 1, 0, WIDTH + 3), 14);
    assert_true(counted_is_known(counted, &shape, 1, 0));
    assert_true(counted_is_known(counted, &shape, 1, WIDTH));
    assert_false(counted_is_known(counted, &shape, 1, 1));
    free(counted);
    assert_int_equal(tell(&board), 0);
    assert_int_equal(integer_at(&board, "n", 1, 0, 0), MISSING_INTEGER); /* 51 to 52 % of 160 */
    board_free(&board);

    asked[1].n[0] = 35; /* five are lost: 51 to 52 % of nobody knows how many */
    asked[1].unknown[0] = 7;
    asked[1].event[0] = 18;
    board = board_of(asked, 2);
    counted = programme_counted(board.measures, board.programmes, &shape);
    assert_non_null(counted);
    assert_int_equal(counted_everybody(counted, &shape, 1, 0, 0), 168);
    assert_false(counted_is_known(counted, &shape, 1, 0));
    free(counted);
    assert_int_equal(tell(&board), 0);
    assert_int_equal(integer_at(&board, "n", 1, 0, 0), 185);
    board_free(&board);
}

static void test_a_dashboard_without_rows_is_left_alone(void **state)
{
    const struct asked none[] = {{.name = ""}};
    struct table *measures = measures_of(none, 0), *programmes = cells_alloc(none, 0);
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
        cmocka_unit_test(test_a_period_in_which_nobody_is_due_hides_nobody),
        cmocka_unit_test(test_a_dashboard_without_rows_is_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
