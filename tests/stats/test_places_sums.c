/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums, distinct values, moments, tables and distributions of rows that lie in three places are, bit by bit, those of all rows. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/balance.h"
#include "stats/exact_sum.h"
#include "stats/grid_sum.h"
#include "stats/influence.h"
#include "stats/reducer.h"
#include "stats/risk_table.h"
#include "stats/weighted_balance.h"
#include "stats/weighted_ks.h"
#include "tests/stats/places.h"
#include "tests/support/near.h"

enum { N = 600, PLACES = 3, TIMES = 9, LEVELS = 4 };

static double x[N], weight[N];
static uint8_t arm[N];
static int32_t level[N], cause[N], cluster[N];
static const double axis[TIMES] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
static double time_of[N];

static int make_rows(void **state)
{
    (void)state;
    for (int i = 0; i < N; i++) {
        x[i] = i * 37 % 53 / 7. - 2;
        weight[i] = 1 + i % 3;
        arm[i] = i * 11 % 5 < 2;
        level[i] = i % 7 == 0 ? -1 : i * 5 % LEVELS;
        cause[i] = i % 3;
        cluster[i] = i % 11;
        time_of[i] = 1 + i * 7 % TIMES;
    }
    return 0;
}

/* Rows first .. end - 1 are in a place; the middle one has none of arm 1 in the first rows, the last place may be empty. */
static size_t begin_of(size_t place)
{
    static const size_t begins[PLACES + 1] = {0, 400, N, N};
    return begins[place];
}

struct said {
    double sum, ks, largest, mean[2], variance[2], *values;
    size_t n_value;
    int status, ks_status, table_status;
    int64_t one, n_risk;
    double counts[1500];
};

static struct said said[PLACES];

static void read_place(void *context, size_t place, const struct reducer *reducer)
{
    struct said *of = context == NULL ? &said[place] : context;
    const size_t first = context == NULL ? begin_of(place) : 0, n = (context == NULL ? begin_of(place + 1) : N) - first;
    struct exact_sum sum;
    struct moments moments[2];
    struct risk_table *table = risk_table_alloc(2, 1, 2, axis, TIMES);
    int32_t *const arms = malloc((n + 1) * sizeof *arms);

    exact_sum_init(&sum);
    exact_sum_add_array(&sum, x + first, n);
    of->status = reducer_exact_sum(reducer, &sum);
    exact_sum_round(&sum, &of->sum);
    of->one = reducer_sum_one(reducer, (int64_t)n);
    of->largest = reducer_largest(reducer, n > 0 ? x[first] : -100);
    for (size_t k = 0; k < 1500; k++)
        of->counts[k] = (double)(n * (k + 1));
    reducer_sum_counts(reducer, of->counts, 1500);
    of->n_value = n;
    of->values = malloc((n + 1) * sizeof *of->values);
    /* Distinct and ascending in each place. */
    of->n_value = 0;
    for (int v = 0; v < 53; v++)
        for (size_t i = 0; i < n; i++)
            if (x[first + i] == v / 7. - 2) {
                of->values[of->n_value++] = v / 7. - 2;
                break;
            }
    assert_int_equal(reducer_distinct(reducer, &of->values, &of->n_value), GSL_SUCCESS);
    for (int a = 0; a < 2; a++)
        moments_init(&moments[a]);
    for (size_t i = 0; i < n; i++)
        moments_add(&moments[arm[first + i]], x[first + i], (int64_t)weight[first + i]);
    assert_int_equal(moments_reduce(moments, 2, reducer), GSL_SUCCESS);
    for (int a = 0; a < 2; a++)
        assert_int_equal(moments_solve(&moments[a], &of->mean[a], &of->variance[a]), GSL_SUCCESS);
    of->ks_status = weighted_ks_all(n, x + first, weight + first, arm + first, reducer, &of->ks);
    for (size_t i = 0; i < n; i++)
        arms[i] = arm[first + i];
    assert_int_equal(risk_table_add(table, n, NULL, time_of + first, cause + first, arms, NULL, NULL, 1), GSL_SUCCESS);
    of->table_status = reducer == NULL ? GSL_SUCCESS : risk_table_reduce(table, reducer);
    of->n_risk = risk_table_n_risk(table, 1, 0, 5);
    risk_table_free(table);
    free(arms);
}

static void test_three_places_say_what_one_says(void **state)
{
    struct said whole;

    (void)state;
    read_place(&whole, 0, NULL);
    places_run(PLACES, read_place, NULL);
    for (size_t k = 0; k < PLACES; k++) {
        assert_memory_equal(&said[k].sum, &whole.sum, sizeof whole.sum);
        assert_int_equal(said[k].one, N);
        assert_near(said[k].largest, fmax(x[0], x[400]), 0);
        assert_memory_equal(said[k].counts, whole.counts, sizeof whole.counts);
        assert_int_equal(said[k].n_value, whole.n_value);
        assert_memory_equal(said[k].values, whole.values, whole.n_value * sizeof *whole.values);
        assert_memory_equal(said[k].mean, whole.mean, sizeof whole.mean);
        assert_memory_equal(said[k].variance, whole.variance, sizeof whole.variance);
        assert_int_equal(said[k].ks_status, GSL_SUCCESS);
        assert_memory_equal(&said[k].ks, &whole.ks, sizeof whole.ks);
        assert_int_equal(said[k].table_status, GSL_SUCCESS);
        assert_int_equal(said[k].n_risk, whole.n_risk);
        free(said[k].values);
    }
    assert_true(whole.ks > 0 && whole.n_value == 53);
    free(whole.values);
}

static void fail_alone(void *context, size_t place, const struct reducer *reducer)
{
    int *statuses = context;
    struct exact_sum sum;

    statuses[place] = reducer_status(reducer, place == 1 ? GSL_EDOM : GSL_SUCCESS);
    statuses[PLACES + place] = reducer_status(reducer, place == 2 ? GSL_FAILURE : GSL_SUCCESS);
    exact_sum_init(&sum);
    if (place == 0)
        exact_sum_add(&sum, NAN);
    statuses[2 * PLACES + place] = reducer_exact_sum(reducer, &sum);

    struct grid grid;
    struct grid_sum few;
    assert_int_equal(grid_init(&grid, 2.385, 1), GSL_SUCCESS); /* for one number */
    grid_sum_init(&few, &grid);
    assert_int_equal(grid_sum_add(&few, 2.385), GSL_SUCCESS);
    statuses[3 * PLACES + place] = reducer_grid_sum(reducer, &few);
}

static void test_who_fails_alone_is_heard_everywhere(void **state)
{
    int statuses[4 * PLACES];

    (void)state;
    places_run(PLACES, fail_alone, statuses);
    for (size_t k = 0; k < PLACES; k++) {
        assert_int_equal(statuses[k], GSL_EDOM);
        assert_int_equal(statuses[PLACES + k], GSL_EFAILED);
        assert_int_equal(statuses[2 * PLACES + k], GSL_EINVAL);
        assert_int_equal(statuses[3 * PLACES + k], GSL_EMAXITER);
    }
    assert_int_equal(reducer_status(NULL, GSL_EDOM), GSL_EDOM);
    assert_int_equal(moments_reduce(NULL, 0, NULL), GSL_SUCCESS);
}

static void test_weights_by_level_and_squares_by_cluster(void **state)
{
    double sum[2 * LEVELS], expected[2 * LEVELS] = {0}, squares, by_cluster[11] = {0}, wanted = 0;
    const struct clusters clusters = {.of = cluster, .n = 11};

    (void)state;
    assert_int_equal(weighted_levels(N, level, LEVELS, weight, arm, sum), GSL_SUCCESS);
    for (int i = 0; i < N; i++) {
        if (level[i] >= 0)
            expected[arm[i] * LEVELS + level[i]] += weight[i];
        by_cluster[cluster[i]] += x[i];
    }
    for (int k = 0; k < 2 * LEVELS; k++)
        assert_near(sum[k], expected[k], 1e-14);
    for (int g = 0; g < 11; g++)
        wanted += by_cluster[g] * by_cluster[g];
    assert_int_equal(influence_sum_all(N, x, &clusters, NULL, &squares), GSL_SUCCESS);
    assert_near(squares, wanted, 1e-12);
    x[3] = NAN;
    assert_int_equal(influence_sum_all(N, x, &clusters, NULL, &squares), GSL_EINVAL);
    weight[4] = INFINITY;
    assert_int_equal(weighted_levels(N, level, LEVELS, weight, arm, sum), GSL_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_three_places_say_what_one_says, make_rows),
        cmocka_unit_test_setup(test_who_fails_alone_is_heard_everywhere, make_rows),
        cmocka_unit_test_setup(test_weights_by_level_and_squares_by_cluster, make_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
