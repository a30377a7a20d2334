/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * share_boards.h - dashboards of two programmes in three periods, made of what is counted of each measure.
 */
#ifndef TESTS_PIPELINE_REPORT_SHARE_BOARDS_H
#define TESTS_PIPELINE_REPORT_SHARE_BOARDS_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cells.h"
#include "report/programme_shares.h"
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

static inline struct table *measures_of(const struct asked *asked, size_t n)
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

static inline struct table *cells_alloc(const struct asked *asked, size_t n_measures)
{
    static const char *const programmes[] = {"north", "south"}, *const periods[] = {"2019", "2020", "2021"};
    static const char *const integers[] = {"n", "n_event", "n_unknown", "phase", "baseline"};
    static const char *const reals[] = {"expected", "variance", "ratio", "conf_low", "conf_high", "z", "centre", "low", "high", "person_time", "factor"};
    struct table *table = table_alloc("programmes", "Programmes");
    const char *measures[MEASURES_MAX] = {NULL};

    for (size_t m = 0; m < n_measures; m++)
        measures[m] = asked[m].name;
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

static inline int64_t sum_of(const int64_t *parts, size_t p, size_t q)
{
    int64_t sum = 0;

    for (size_t i = 0; i < PROGRAMMES; i++)
        for (size_t j = 0; j < PERIODS; j++)
            sum += (p == 0 || p == i + 1) && (q == 0 || q == j + 1) ? parts[i * PERIODS + j] : 0;
    return sum;
}

static inline void fill_cell(struct table *table, size_t row, size_t m, const struct asked *asked, size_t p, size_t q)
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

static inline struct board board_of(const struct asked *asked, size_t n)
{
    struct board board = {measures_of(asked, n), cells_alloc(asked, n), NULL};

    for (size_t m = 0; m < n; m++)
        for (size_t cell = 0; cell < CELLS; cell++)
            fill_cell(board.programmes, m * CELLS + cell, m, &asked[m], cell / WIDTH, cell % WIDTH);
    board.is_share = programme_shares_find(board.measures, board.programmes, 11);
    assert_non_null(board.is_share);
    return board;
}

static inline void board_free(struct board *board)
{
    table_free(board->measures);
    table_free(board->programmes);
    free(board->is_share);
}

static inline int64_t integer_at(const struct board *board, const char *column, size_t m, size_t p, size_t q)
{
    return cell_integer(board->programmes, column, m * CELLS + p * WIDTH + q);
}

static inline double real_at(const struct board *board, const char *column, size_t m, size_t p, size_t q)
{
    return cell_real(board->programmes, column, m * CELLS + p * WIDTH + q);
}

/* So many people in each cell. */
#define EACH(n) {n, n, n, n, n, n}
#define NONE_UNKNOWN EACH(0)

#endif
