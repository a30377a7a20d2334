/* SPDX-License-Identifier: GPL-3.0-or-later */
/** rare_people.h - forty made-up people for tests of shapes of data that few studies have, made anew for each test. */
#ifndef TESTS_STATS_RARE_PEOPLE_H
#define TESTS_STATS_RARE_PEOPLE_H

#include <stdint.h>

#include "stats/design_matrix.h"
#include "tests/support/near.h"

enum { N = 40, MANY_COLUMNS = 9 };

static double times[N], entry[N], offset[N], x[N], columns[MANY_COLUMNS][N];
static int32_t event[N], stratum[N], group[N];
static int64_t frequency[N];
static const int32_t numbers[MANY_COLUMNS] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
static struct design_block blocks[MANY_COLUMNS];
static struct design_matrix design, wide;

static int make_people(void **state)
{
    (void)state;
    for (int i = 0; i < N; i++) {
        times[i] = 2 + (i * 7) % 23;
        entry[i] = 0;
        event[i] = i % 3 != 0;
        stratum[i] = i % 2;
        group[i] = i % 5;
        frequency[i] = 1 + i % 3;
        offset[i] = 0;
        x[i] = (i * 37 % 41) / 17.0;
        for (int j = 0; j < MANY_COLUMNS; j++)
            columns[j][i] = ((i + 3 * j) * 29 % (31 + j)) / 16.0;
    }
    for (int j = 0; j < MANY_COLUMNS; j++)
        blocks[j] = (struct design_block){columns[j], NULL, 1, &numbers[j]};
    wide = (struct design_matrix){N, MANY_COLUMNS, MANY_COLUMNS, blocks};
    static struct design_block one;
    one = (struct design_block){x, NULL, 1, numbers};
    design = (struct design_matrix){N, 1, 1, &one};
    return 0;
}

#define with_people(test) cmocka_unit_test_setup(test, make_people)

#endif
