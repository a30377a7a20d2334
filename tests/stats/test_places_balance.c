/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several columns are described together, in as many messages as one: wherever their rows lie, numbers are those of each alone. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/people_quantile.h"
#include "stats/placed_random.h"
#include "stats/weighted_balance.h"
#include "stats/weighted_ks.h"
#include "tests/stats/places.h"
#include "tests/support/near.h"

enum { N_MOST = 1300, N_COLUMN = 34, N_LEVEL = 3, N_GOAL = 12 };

struct rows {
    size_t n;
    double x[N_COLUMN][N_MOST], weight[N_MOST], frequency[N_MOST];
    int32_t level[N_LEVEL][N_MOST];
    uint8_t arm[N_MOST], place[N_MOST];
};

struct said {
    struct weighted_moments moments[2 * N_COLUMN];
    int status[2 * N_COLUMN], ks_status[N_COLUMN];
    double ks[N_COLUMN], sum[N_LEVEL][2 * 4], ranks[N_GOAL];
};

static uint64_t draw(uint64_t number, uint64_t i, uint64_t what, uint64_t below)
{
    return (uint64_t)(placed_random(number * 64 + what, i, 0) * (double)below);
}

/* Columns that are missing, coarse, infinite somewhere, the same throughout, or known in one arm. */
static double value_of(uint64_t number, size_t column, size_t i, uint8_t arm)
{
    const double x = placed_random(number, i, column) * 40 - 9;

    switch (column % 9) {
    case 0: return draw(number, i, 3, 6) == 0 ? (double)NAN : x;
    case 1: return floor(x / 5);
    case 2: return column == 2 && i == 7 ? (double)INFINITY : x * 1e150;
    case 3: return 2.385;
    case 4: return arm == 1 ? (double)NAN : x;
    case 5: return (double)NAN;
    default: return x;
    }
}

static void make_rows(uint64_t number, size_t n_places, struct rows *rows)
{
    rows->n = number % 7 == 0 ? draw(number, 0, 1, 4) : 30 + draw(number, 0, 2, N_MOST - 30);
    for (size_t i = 0; i < rows->n; i++) {
        rows->arm[i] = draw(number, i, 4, 2) == 1;
        rows->place[i] = (uint8_t)(number % 3 == 0 ? i * n_places / rows->n : draw(number, i, 5, number % 3 == 1 ? n_places : 1));
        rows->frequency[i] = 1 + (double)draw(number, i, 6, 4);
        rows->weight[i] = draw(number, i, 7, 9) == 0 ? 0 : rows->frequency[i] * exp(4 * placed_random(number, i, 90));
        if (number % 11 == 10 && i == 3)
            rows->weight[i] = -1;
        for (size_t c = 0; c < N_COLUMN; c++)
            rows->x[c][i] = value_of(number, c, i, rows->arm[i]);
        for (size_t l = 0; l < N_LEVEL; l++)
            rows->level[l][i] = (int32_t)draw(number, i, 20 + l, 5) - 1;
    }
}

static void take(const struct rows *all, size_t place, struct rows *own)
{
    *own = *all;
    own->n = PLACES_KEEP(all->n, all->place, place, COLUMN(own->arm), COLUMN(own->frequency), COLUMN(own->weight));
    for (size_t c = 0; c < N_COLUMN; c++)
        PLACES_KEEP(all->n, all->place, place, COLUMN(own->x[c]));
    for (size_t l = 0; l < N_LEVEL; l++)
        PLACES_KEEP(all->n, all->place, place, COLUMN(own->level[l]));
}

static int by_value(const void *left, const void *right)
{
    const struct people_value *a = left, *b = right;

    return (a->value > b->value) - (a->value < b->value);
}

static void rank_rows(const struct rows *rows, const struct reducer *reducer, struct said *said)
{
    struct people_value *const values = malloc((rows->n + 1) * sizeof *values);
    double goals[N_GOAL];

    for (size_t i = 0; i < rows->n; i++)
        values[i] = (struct people_value){rows->x[1][i], rows->frequency[i]};
    qsort(values, rows->n, sizeof *values, by_value);
    for (size_t i = 1; i < rows->n; i++)
        values[i].people += values[i - 1].people;
    const double all = (double)reducer_sum_one(reducer, rows->n > 0 ? (int64_t)values[rows->n - 1].people : 0);
    for (size_t g = 0; g < N_GOAL; g++)
        goals[g] = fmax(1, all * (double)(g + 1) / N_GOAL);
    people_ranks(values, rows->n, goals, N_GOAL, reducer, said->ranks);
    free(values);
}

/* One after the other. */
static void describe_alone(const struct rows *rows, struct said *said)
{
    memset(said, 0, sizeof *said);
    for (size_t k = 0; k < 2 * N_COLUMN; k++)
        said->status[k] = weighted_moments(rows->n, rows->x[k / 2], k % 4 < 2 ? rows->weight : rows->frequency, rows->frequency,
                                           rows->arm, k % 2, &said->moments[k]);
    for (size_t c = 0; c < N_COLUMN; c++)
        said->ks_status[c] = weighted_ks(rows->n, rows->x[c], rows->weight, rows->arm, &said->ks[c]);
    for (size_t l = 0; l < N_LEVEL; l++)
        (void)weighted_levels(rows->n, rows->level[l], 4, rows->weight, rows->arm, said->sum[l]);
    rank_rows(rows, NULL, said);
}

static void describe_together(const struct rows *rows, const struct reducer *reducer, struct said *said)
{
    struct weighted_description each[2 * N_COLUMN];
    struct weighted_distance distances[N_COLUMN];
    struct weighted_levels levels[N_LEVEL];
    const size_t before = places_n_messages(reducer);

    memset(said, 0, sizeof *said);
    for (size_t k = 0; k < 2 * N_COLUMN; k++)
        each[k] = (struct weighted_description){.x = rows->x[k / 2], .weight = k % 4 < 2 ? rows->weight : rows->frequency, .arm = k % 2};
    weighted_describe(rows->n, rows->frequency, rows->arm, each, 2 * N_COLUMN, reducer);
    assert_int_equal(places_n_messages(reducer) - before, 3 * 5);
    for (size_t c = 0; c < N_COLUMN; c++)
        distances[c] = (struct weighted_distance){.x = rows->x[c]};
    weighted_ks_each(rows->n, rows->weight, rows->arm, distances, N_COLUMN, reducer);
    assert_in_range(places_n_messages(reducer) - before, 3 * 5 + 2 * 3, 3 * 5 + 2 * 4);
    for (size_t l = 0; l < N_LEVEL; l++)
        levels[l] = (struct weighted_levels){rows->level[l], 4, said->sum[l]};
    (void)weighted_levels_each(rows->n, rows->weight, rows->arm, levels, N_LEVEL, reducer);
    for (size_t k = 0; k < 2 * N_COLUMN; k++) {
        said->moments[k] = each[k].moments;
        said->status[k] = each[k].status;
    }
    for (size_t c = 0; c < N_COLUMN; c++) {
        said->ks[c] = distances[c].statistic;
        said->ks_status[c] = distances[c].status;
    }
    const size_t so_far = places_n_messages(reducer);
    rank_rows(rows, reducer, said);
    assert_in_range(places_n_messages(reducer) - so_far, 2, 15);
}

struct split {
    const struct rows *all;
    struct said said[PLACES_MAX];
};

static void describe_place(void *context, size_t place, const struct reducer *reducer)
{
    struct split *const split = context;
    struct rows *const own = calloc(1, sizeof *own);

    take(split->all, place, own);
    describe_together(own, reducer, &split->said[place]);
    free(own);
}

static void test_columns_together_are_as_each_alone_wherever_rows_lie(void **state)
{
    static struct rows rows;
    static struct split split;
    static struct said alone;

    (void)state;
    split.all = &rows;
    for (uint64_t number = 1; number <= 40; number++) {
        const size_t n_places = 1 + number % 6;
        make_rows(number, n_places, &rows);
        describe_alone(&rows, &alone);
        places_run(n_places, describe_place, &split);
        for (size_t k = 0; k < n_places; k++)
            if (memcmp(&split.said[k], &alone, sizeof alone) != 0)
                fail_msg("set %llu, %zu rows, place %zu of %zu", (unsigned long long)number, rows.n, k, n_places);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns_together_are_as_each_alone_wherever_rows_lie),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
