/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Designs of many shapes, each summed as a plain matrix beside: numbers, factors, numbers within levels, factors of many levels,
 * a column of ones, few rows and many.
 */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "stats/design_gram.h"
#include "stats/design_total.h"
#include "tests/support/near.h"

enum { N_MOST = 1500, BLOCKS_MOST = 5, P_MOST = 420 };

/* What a block is: n_level 0 a number, 1 ones, else a factor; with_number: a slope for each of its levels. */
struct shape {
    const char *name;
    size_t n, n_block;
    struct {
        size_t n_level;
        bool with_number;
    } block[BLOCKS_MOST];
};

static double numbers[BLOCKS_MOST][N_MOST], weight[N_MOST], plain[N_MOST][P_MOST];
static uint16_t codes[BLOCKS_MOST][N_MOST];
static int32_t columns[BLOCKS_MOST][P_MOST];
static struct design_block blocks[BLOCKS_MOST];
static uint64_t state = 11;

static uint64_t draw(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* The design of a shape; the first level of a plain factor has no column. */
static struct design_matrix make(const struct shape *shape)
{
    struct design_matrix design = {.n = shape->n, .n_block = shape->n_block, .block = blocks};
    int32_t column = 0;

    for (size_t i = 0; i < shape->n; i++)
        weight[i] = (double)(draw() % 2000) / 1024 - 0.5;
    for (size_t b = 0; b < shape->n_block; b++) {
        const size_t n_level = shape->block[b].n_level;
        const bool is_factor = n_level > 1, has_number = n_level == 0 || shape->block[b].with_number;

        for (size_t i = 0; i < shape->n; i++) {
            numbers[b][i] = (double)(draw() % 4000) / 2048 - 0.97; /* standardised: below 1 */
            codes[b][i] = (uint16_t)(is_factor ? draw() % n_level : 0);
        }
        for (size_t l = 0; l < (is_factor ? n_level : 1); l++)
            columns[b][l] = is_factor && l == 0 && !has_number ? DESIGN_NONE : column++;
        blocks[b] = (struct design_block){has_number ? numbers[b] : NULL, is_factor ? codes[b] : NULL, is_factor ? n_level : 1,
                                          columns[b]};
    }
    design.p = (size_t)column;
    memset(plain, 0, sizeof plain);
    for (size_t b = 0; b < shape->n_block; b++)
        for (size_t i = 0; i < shape->n; i++) {
            const int32_t at = columns[b][blocks[b].code != NULL ? codes[b][i] : 0];

            if (at != DESIGN_NONE)
                plain[i][at] = blocks[b].value != NULL ? numbers[b][i] : 1;
        }
    return design;
}

static void check_sums(const struct design_matrix *design, const struct gram_layout *layout, size_t n_threads)
{
    static double sum[P_MOST], matrix[P_MOST * P_MOST], total, totals[P_MOST + 1], units[P_MOST + 1];
    const size_t p = design->p;
    struct gram *gram = gram_alloc(layout);

    assert_int_equal(gram_init(gram, 2, design->n), GSL_SUCCESS);
    assert_int_equal(gram_add_all(gram, weight, n_threads), GSL_SUCCESS);
    gram_read(gram, &total, sum, matrix);
    for (size_t j = 0; j < p; j++) {
        double expected = 0;

        for (size_t i = 0; i < design->n; i++)
            expected += weight[i] * plain[i][j];
        assert_near(sum[j] + 1e3, expected + 1e3, 1e-13);
        for (size_t k = 0; k <= j; k += p > 40 ? 7 : 1) {
            double product = 0;

            for (size_t i = 0; i < design->n; i++)
                product += weight[i] * plain[i][j] * plain[i][k];
            assert_near(matrix[j * p + k] + 1e4, product + 1e4, 1e-13);
            assert_near(matrix[k * p + j], matrix[j * p + k], 0);
        }
    }
    assert_int_equal(design_total_packed(layout, weight, 2, n_threads, totals), GSL_SUCCESS);
    for (size_t j = 0; j < p; j++)
        assert_near(totals[j + 1] + 1e3, sum[j] + 1e3, 1e-13);
    assert_int_equal(design_totals_units(layout, (const double *const[]){weight}, (const double[]){2}, 1, n_threads, units), GSL_SUCCESS);
    assert_int_equal(design_total(design, weight, 2, n_threads, totals), GSL_SUCCESS);
    for (size_t j = 0; j <= p; j++)
        assert_true(units[j] == totals[j]); /* whole numbers, in whatever order they are added */
    gram_free(gram);
}

/* Predictions by a table of the cells, by the design, and by the plain matrix. */
static void check_predictions(const struct design_matrix *design, const struct gram_layout *layout)
{
    static double coef[P_MOST + 1], eta[N_MOST], by_cells[N_MOST], linear[N_MOST], table[GRAM_UNIT_CELLS], row[P_MOST];
    const size_t p = design->p, from = design->n > 10 ? 3 : 0, to = design->n > 10 ? design->n - 2 : design->n;

    for (size_t j = 0; j <= p; j++)
        coef[j] = (double)(draw() % 1024) / 256 - 2;
    memset(eta, 0, sizeof eta);
    memset(by_cells, 0, sizeof by_cells);
    design_predict(design, coef, from, to, eta);
    gram_predict(layout, coef, from, to, table, by_cells);
    design_linear_units(layout, coef, NULL, 2, linear);
    for (size_t i = from; i < to; i++) {
        double expected = 0, above = coef[0]; /* an intercept before them */

        design_row(design, i, row);
        for (size_t j = 0; j < p; j++) {
            assert_near(row[j], plain[i][j], 0);
            expected += coef[j] * plain[i][j];
            above += coef[j + 1] * plain[i][j];
        }
        assert_near(linear[i] + 100, above + 100, 1e-13);
        assert_near(eta[i] + 100, expected + 100, 1e-13);
        assert_near(by_cells[i] + 100, expected + 100, 1e-13);
    }
}

static void test_designs_of_all_shapes_are_summed_as_plain_matrices(void **unused)
{
    static const struct shape shapes[] = {
        {"a number", 301, 1, {{0, false}}},
        {"ones", 7, 1, {{1, false}}},
        {"ones and a number", 50, 2, {{1, false}, {0, false}}},
        {"two factors", 1500, 2, {{3, false}, {5, false}}},
        {"factors and numbers", 1403, 5, {{3, false}, {0, false}, {2, false}, {0, false}, {4, false}}},
        {"slopes by level", 903, 3, {{4, true}, {3, false}, {0, false}}},
        {"two slopes by level", 640, 3, {{4, true}, {6, true}, {2, false}}},
        {"many levels", 1500, 3, {{300, false}, {0, false}, {3, false}}},
        {"many levels with slopes", 1499, 2, {{200, true}, {150, false}}},
        {"few rows of many levels", 12, 2, {{130, false}, {0, false}}},
        {"one row", 1, 2, {{3, false}, {0, false}}},
    };

    (void)unused;
    for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++) {
        const struct design_matrix design = make(&shapes[s]);
        struct gram_layout *packed = gram_layout_alloc(&design, 1), *apart = gram_layout_alloc_plain(&design);

        assert_non_null(packed);
        assert_non_null(apart);
        check_sums(&design, packed, 1);
        check_sums(&design, packed, 2);
        check_sums(&design, apart, 1);
        check_predictions(&design, packed);
        check_predictions(&design, apart);
        gram_layout_free(packed);
        gram_layout_free(apart);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_designs_of_all_shapes_are_summed_as_plain_matrices)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
