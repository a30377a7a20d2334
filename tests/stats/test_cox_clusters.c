/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums of squares of scores, from tables and by cluster, beside those of the scores row by row. */
#include "stats/cox_clusters.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/cox_singles.h"
#include "tests/support/draws.h"
#include "tests/support/near.h"

/* Rows enough for tables, on few days; and clusters of one row and of several. */
enum { N = 66000, P = 9, N_CLUSTER = 40000, DAYS = 60 };

static double entry[N], time_of[N], weight[N], x[N];
static int32_t event[N], stratum[N], cluster[N], own[N];
static int64_t frequency[N];
static uint16_t a[N], b[N];
static uint8_t alone[N];

static const int32_t x_column[] = {0}, a_column[] = {1, DESIGN_NONE, 2, 3}, b_column[] = {DESIGN_NONE, 4, 5}, xb_column[] = {6, 7, 8};
static const struct design_block blocks[] = {{x, NULL, 1, x_column}, {NULL, a, 4, a_column}, {NULL, b, 3, b_column}, {x, b, 3, xb_column}};
static const struct design_matrix design = {N, P, 4, blocks};

static void make_rows(void)
{
    struct draws draws = {31};

    for (int i = 0; i < N; i++) {
        entry[i] = draw_chance(&draws, 0.1) ? draw_below(&draws, DAYS) : 0;
        time_of[i] = entry[i] + 1 + draw_below(&draws, DAYS);
        event[i] = draw_chance(&draws, 0.4);
        stratum[i] = draw_below(&draws, 2);
        own[i] = i;
        cluster[i] = draw_below(&draws, N_CLUSTER);
        frequency[i] = 1 + draw_below(&draws, 3);
        weight[i] = 0.25 + 2 * draw_uniform(&draws);
        x[i] = 40 + 20 * draw_uniform(&draws);
        a[i] = (uint16_t)draw_below(&draws, 4);
        b[i] = (uint16_t)(draw_chance(&draws, 0.7) ? 0 : 1 + draw_below(&draws, 2));
    }
}

struct model {
    struct cox_data *data;
    struct cox_work *work;
    struct cox_fit *fit;
    struct cox_scores *scores;
};

static struct model start(const struct cox_rows *rows, enum cox_ties ties, size_t n_threads)
{
    const struct cox_control control = COX_CONTROL;
    struct model m = {.data = cox_data_alloc(rows, n_threads), .fit = cox_fit_alloc(P)};

    m.work = cox_work_alloc(m.data, ties, n_threads);
    assert_int_equal(cox_fit_run(m.work, &control, m.fit), GSL_SUCCESS);
    assert_true(m.fit->converged);
    m.scores = cox_scores_alloc(m.work);
    return m;
}

static void end(struct model *m)
{
    cox_scores_free(m->scores);
    cox_fit_free(m->fit);
    cox_work_free(m->work);
    cox_data_free(m->data);
}

static void add_square(const double *u, double share, double *meat)
{
    for (int i = 0; i < P; i++)
        for (int j = 0; j <= i; j++)
            meat[i * P + j] += share * u[i] * u[j];
}

/* Lower triangles, by what their diagonals are. */
static void assert_alike(const double *matrix, const double *expected, double relative)
{
    for (int i = 0; i < P; i++)
        for (int j = 0; j <= i; j++)
            assert_true(fabs(matrix[i * P + j] - expected[i * P + j]) <=
                        relative * sqrt(expected[i * P + i] * expected[j * P + j]));
}

/* By cluster, and of rows of which every copy is one. */
static void check(const struct model *m, bool tables)
{
    static double sum[N_CLUSTER][P];
    double meat[P * P] = {0}, expected[P * P] = {0}, singles[P * P] = {0}, expected_singles[P * P] = {0};

    memset(sum, 0, sizeof sum);
    for (size_t i = 0; i < m->data->n; i++) {
        double u[P];
        cox_score_row(m->scores, i, u);
        for (int j = 0; j < P; j++)
            sum[cluster[m->data->row[i]]][j] += u[j];
        alone[i] = cox_single(m->data, i);
        if (alone[i])
            add_square(u, m->data->counted ? 1 / m->data->weight[i] : 1, expected_singles);
    }
    for (int c = 0; c < N_CLUSTER; c++)
        add_square(sum[c], 1, expected);
    assert_int_equal(cox_clusters(m->scores, &(struct clusters){cluster, N_CLUSTER, 0}, meat), GSL_SUCCESS);
    assert_alike(meat, expected, 1e-11);
    assert_true(cox_singles_pay(m->work) == tables);
    if (tables) {
        assert_int_equal(cox_singles(m->scores, &(struct cox_single_rows){.alone = alone, .copies = true}, singles), GSL_SUCCESS);
        assert_alike(singles, expected_singles, 1e-11);
    }
}

static void test_squares_are_those_of_the_scores_added_up(void **state)
{
    (void)state;
    make_rows();
    for (int set = 0; set < 6; set++) {
        const struct cox_rows rows = {.n = set == 5 ? 9000 : N, .entry = set % 2 ? entry : NULL, .time = time_of, .event = event,
                                      .stratum = set % 3 ? stratum : NULL, .n_stratum = set % 3 ? 2 : 1,
                                      .frequency = set == 1 || set == 2 ? frequency : NULL, .weight = set >= 4 ? weight : NULL,
                                      .design = &design};
        struct model m = start(&rows, set % 4 == 3 ? COX_BRESLOW : COX_EFRON, 1);
        check(&m, set != 5);
        end(&m);
    }
}

/* A variance of rows is that of clusters of one row each; neither sees the threads. */
static void test_rows_are_clusters_of_their_own(void **state)
{
    const struct cox_rows rows = {.n = N, .entry = entry, .time = time_of, .event = event, .n_stratum = 1, .weight = weight,
                                  .design = &design};
    double by_row[P * P], by_cluster[P * P], threaded[P * P];
    (void)state;
    make_rows();
    for (size_t n_threads = 1; n_threads <= 3; n_threads += 2) {
        struct model m = start(&rows, COX_EFRON, n_threads);
        assert_int_equal(cox_robust(m.scores, m.fit, NULL, n_threads == 1 ? by_row : threaded), GSL_SUCCESS);
        assert_int_equal(cox_robust(m.scores, m.fit, &(struct clusters){own, N, 0}, by_cluster), GSL_SUCCESS);
        end(&m);
    }
    assert_memory_equal(by_row, threaded, sizeof by_row);
    assert_alike(by_row, by_cluster, 1e-10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_squares_are_those_of_the_scores_added_up),
        cmocka_unit_test(test_rows_are_clusters_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
