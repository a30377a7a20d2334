/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/risk_table.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/km.h"
#include "stats/logrank.h"
#include "stats/risk_walk.h"
#include "tests/support/near.h"

/* A small generator: the same numbers on every machine. */
static uint32_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33);
}

/* Random rows: whole days below n_day (times `unit`), entries in half of the rows' way, three kinds of exit. */
struct rows {
    size_t n;
    double *entry, *time;
    int32_t *cause, *arm, *stratum;
    int64_t *frequency;
};

static struct rows *rows_alloc(size_t n, uint32_t n_day, double unit, uint64_t seed)
{
    struct rows *rows = calloc(1, sizeof *rows);
    rows->n = n;
    rows->entry = calloc(n, sizeof *rows->entry);
    rows->time = calloc(n, sizeof *rows->time);
    rows->cause = calloc(n, sizeof *rows->cause);
    rows->arm = calloc(n, sizeof *rows->arm);
    rows->stratum = calloc(n, sizeof *rows->stratum);
    rows->frequency = calloc(n, sizeof *rows->frequency);
    for (size_t i = 0; i < n; i++) {
        const uint32_t day = 1 + next_random(&seed) % n_day;
        rows->time[i] = unit * day;
        rows->entry[i] = unit * (next_random(&seed) % day);
        rows->cause[i] = (int32_t)(next_random(&seed) % 3);
        rows->arm[i] = (int32_t)(next_random(&seed) % 2);
        rows->stratum[i] = (int32_t)(next_random(&seed) % 3);
        rows->frequency[i] = 1 + next_random(&seed) % 4;
    }
    return rows;
}

static void rows_free(struct rows *rows)
{
    free(rows->entry);
    free(rows->time);
    free(rows->cause);
    free(rows->arm);
    free(rows->stratum);
    free(rows->frequency);
    free(rows);
}

static struct risk_table *empty_table(const struct rows *rows)
{
    double *axis = calloc(2 * rows->n, sizeof *axis);
    size_t n_time;
    assert_int_equal(risk_table_axis(rows->n, rows->entry, rows->time, axis, &n_time), GSL_SUCCESS);
    struct risk_table *table = risk_table_alloc(2, 3, 2, axis, n_time);
    assert_non_null(table);
    free(axis);
    return table;
}

static int add_range(struct risk_table *table, const struct rows *rows, size_t first, size_t n, size_t n_threads)
{
    return risk_table_add(table, n, rows->entry + first, rows->time + first, rows->cause + first, rows->arm + first,
                          rows->stratum + first, rows->frequency + first, n_threads);
}

static void assert_same(const struct risk_table *a, const struct risk_table *b)
{
    assert_int_equal(a->n_cell, b->n_cell);
    assert_int_equal(a->total, b->total);
    assert_memory_equal(a->time, b->time, a->n_time * sizeof *a->time);
    assert_memory_equal(a->exits, b->exits, a->n_cell * sizeof *a->exits);
}

static void test_counts_by_hand(void **state)
{
    (void)state;
    const double axis[] = {0, 2, 3.5}, time[] = {2, 0, 3.5, 2, 3.5};
    const int32_t cause[] = {1, 1, 0, 2, 2}, arm[] = {0, 1, 1, 0, 1}, stratum[] = {0, 1, 1, 1, 0};
    struct risk_table *table = risk_table_alloc(2, 2, 2, axis, 3);
    assert_int_equal(risk_table_add(table, 5, NULL, time, cause, arm, stratum, NULL, 1), GSL_SUCCESS);
    struct risk_counts counts = risk_table_counts(table, 0, RISK_TABLE_ALL, 0, 1);
    assert_int_equal(counts.n_event, 2);
    assert_int_equal(counts.n_other, 0);
    counts = risk_table_counts(table, RISK_TABLE_ALL, 1, 2, 1);
    assert_int_equal(counts.n_event, 1);
    assert_int_equal(counts.n_other, 0);
    counts = risk_table_counts(table, RISK_TABLE_ALL, RISK_TABLE_ALL, 1, 2);
    assert_int_equal(counts.n_event, 0);
    assert_int_equal(counts.n_other, 1);
    assert_int_equal(counts.n_censor, 1);
    assert_int_equal(counts.n_enter, 0);
    assert_int_equal(risk_table_counts(table, 1, 1, 1, 0).n_event, 1); /* day 0 is kept */
    assert_int_equal(risk_table_n_person(table, 1, RISK_TABLE_ALL), 3);
    assert_int_equal(risk_table_n_person(table, RISK_TABLE_ALL, 1), 3);
    assert_int_equal(risk_table_start(table, 0, 0), 1);
    assert_int_equal(table->total, 5);
    risk_table_clear(table);
    assert_int_equal(risk_table_n_person(table, RISK_TABLE_ALL, RISK_TABLE_ALL), 0);
    assert_int_equal(table->total, 0);
    risk_table_free(table);
}

static void test_at_risk_from_after_entry_to_exit(void **state)
{
    (void)state;
    const double entry[] = {0, 2, 4}, time[] = {4, 7, 9}, axis[] = {0, 2, 4, 7, 9};
    const int32_t cause[] = {1, 0, 1};
    struct risk_table *table = risk_table_alloc(1, 1, 1, axis, 5);
    assert_int_equal(risk_table_add(table, 3, entry, time, cause, NULL, NULL, NULL, 1), GSL_SUCCESS);
    const double at[] = {0, 1, 2, 3, 4, 4.5, 7, 8, 9, 10};
    const int64_t n_risk[] = {0, 1, 1, 2, 2, 2, 2, 1, 1, 0};
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(risk_table_n_risk(table, 0, 0, at[i]), n_risk[i]);
    assert_near(risk_table_person_time(table, 0, 0, INFINITY), 4 + 5 + 5, 0);
    assert_near(risk_table_person_time(table, 0, RISK_TABLE_ALL, 5), 4 + 3 + 1, 0);
    assert_near(risk_table_person_time(table, 0, 0, 0), 0, 0);
    risk_table_free(table);
}

static void test_a_walk_stops_where_somebody_comes_or_goes(void **state)
{
    (void)state;
    const double entry[] = {0, 2, 4}, time[] = {4, 7, 9}, axis[] = {0, 2, 4, 5, 7, 9};
    const int32_t cause[] = {1, 2, 1};
    struct risk_walk walk;
    struct risk_step step;
    struct risk_table *table = risk_table_alloc(2, 1, 2, axis, 6);
    assert_int_equal(risk_table_add(table, 3, entry, time, cause, NULL, NULL, NULL, 1), GSL_SUCCESS);
    assert_int_equal(risk_walk_start(&walk, table, 0, 0, 1), GSL_SUCCESS);
    const double steps[] = {2, 4, 7, 9};
    const int64_t n_risk[] = {1, 2, 2, 1};
    for (size_t i = 0; i < 4; i++) {
        assert_true(risk_walk_next(&walk, &step));
        assert_near(step.time, steps[i], 0);
        assert_int_equal(step.n_risk, n_risk[i]);
    }
    assert_false(risk_walk_next(&walk, &step));
    assert_int_equal(walk.n_person, 3);
    assert_int_equal(walk.n_risk, 0);
    assert_int_equal(risk_walk_start(&walk, table, 1, 0, 0), GSL_SUCCESS);
    assert_false(risk_walk_next(&walk, &step)); /* nobody in arm 1 */
    assert_int_equal(risk_walk_start(&walk, table, 2, 0, 0), GSL_EINVAL);
    assert_int_equal(risk_walk_start(&walk, table, 0, 1, 0), GSL_EINVAL);
    assert_int_equal(risk_walk_start(&walk, table, 0, 0, 3), GSL_EINVAL);
    risk_table_free(table);
}

/* Both ways of sharing the cells between threads: the stack of a thread holds those of 60 days. */
static void test_threads_order_and_chunks_do_not_change_a_bit(void **state)
{
    (void)state;
    const uint32_t n_day[] = {60, 200000};
    const double unit[] = {1, 0.37};
    for (size_t shape = 0; shape < 2; shape++) {
        enum { N = 70000 };
        struct rows *rows = rows_alloc(N, n_day[shape], unit[shape], 20261121);
        struct risk_table *one = empty_table(rows), *other = empty_table(rows);
        assert_int_equal(add_range(one, rows, 0, N, 1), GSL_SUCCESS);
        for (size_t n_threads = 2; n_threads <= 4; n_threads += 2) {
            risk_table_clear(other);
            assert_int_equal(add_range(other, rows, 0, N, n_threads), GSL_SUCCESS);
            assert_same(one, other);
        }
        risk_table_clear(other);
        for (size_t first = N; first-- > 0;) /* row by row, backwards */
            assert_int_equal(add_range(other, rows, first, 1, 2), GSL_SUCCESS);
        assert_same(one, other);
        risk_table_free(one);
        risk_table_free(other);
        rows_free(rows);
    }
}

static void test_merged_halves_are_the_whole(void **state)
{
    (void)state;
    struct rows *rows = rows_alloc(5000, 300, 0.25, 7);
    struct risk_table *whole = empty_table(rows), *merged = empty_table(rows), *first, *second;
    struct rows halves[2] = {*rows, *rows};
    halves[0].n = 2000;
    halves[1] = (struct rows){3000,
                              rows->entry + 2000,
                              rows->time + 2000,
                              rows->cause + 2000,
                              rows->arm + 2000,
                              rows->stratum + 2000,
                              rows->frequency + 2000};
    first = empty_table(&halves[0]); /* each site knows its own times only */
    second = empty_table(&halves[1]);
    assert_int_equal(add_range(whole, rows, 0, 5000, 2), GSL_SUCCESS);
    assert_int_equal(add_range(first, &halves[0], 0, 2000, 1), GSL_SUCCESS);
    assert_int_equal(add_range(second, &halves[1], 0, 3000, 1), GSL_SUCCESS);
    assert_int_equal(risk_table_merge(merged, second), GSL_SUCCESS);
    assert_int_equal(risk_table_merge(merged, first), GSL_SUCCESS);
    assert_same(whole, merged);
    risk_table_free(whole);
    risk_table_free(merged);
    risk_table_free(first);
    risk_table_free(second);
    rows_free(rows);
}

static void test_frequency_is_as_many_copies(void **state)
{
    (void)state;
    struct rows *rows = rows_alloc(3000, 90, 1, 5);
    struct risk_table *weighted = empty_table(rows), *copied = empty_table(rows);
    assert_int_equal(add_range(weighted, rows, 0, 3000, 1), GSL_SUCCESS);
    for (size_t i = 0; i < 3000; i++)
        for (int64_t copy = 0; copy < rows->frequency[i]; copy++)
            assert_int_equal(risk_table_add(copied, 1, rows->entry + i, rows->time + i, rows->cause + i, rows->arm + i,
                                            rows->stratum + i, NULL, 1),
                             GSL_SUCCESS);
    assert_same(weighted, copied);
    /* A frequency of 0 counts nobody. */
    memset(rows->frequency, 0, 3000 * sizeof *rows->frequency);
    assert_int_equal(add_range(weighted, rows, 0, 3000, 1), GSL_SUCCESS);
    assert_same(weighted, copied);
    risk_table_free(weighted);
    risk_table_free(copied);
    rows_free(rows);
}

static void test_a_million_rows_tied_on_one_day(void **state)
{
    (void)state;
    enum { N = 1000000 };
    const double axis[] = {30, 31};
    double *time = calloc(N, sizeof *time);
    int32_t *cause = calloc(N, sizeof *cause), *arm = calloc(N, sizeof *arm);
    struct survival_interval interval;
    for (size_t i = 0; i < N; i++) {
        time[i] = i < 10 ? 31 : 30;
        cause[i] = i % 4 != 0;
        arm[i] = i % 3 == 0;
    }
    struct risk_table *table = risk_table_alloc(2, 1, 1, axis, 2);
    struct km_curve *km = km_curve_alloc(2);
    struct logrank *test = logrank_alloc(2);
    assert_int_equal(risk_table_add(table, N, NULL, time, cause, arm, NULL, NULL, 2), GSL_SUCCESS);
    assert_int_equal(survival_interval_init(&interval, SURVIVAL_CONF_LOG, 0.95), GSL_SUCCESS);
    assert_int_equal(km_solve(table, RISK_TABLE_ALL, 0, 0, &interval, km), GSL_SUCCESS);
    assert_int_equal(km->n_event[0], 749993);
    assert_near(km->surv[0], 250007. / 1e6, 1e-16);
    assert_near(km->std_err[0], sqrt(0.250007 * 0.749993 / 1e6), 1e-13);
    assert_int_equal(logrank_solve(table, 0, 0, 0, LOGRANK_RANK_TOLERANCE, test), GSL_SUCCESS);
    assert_int_equal(test->n_event[0] + test->n_event[1], 750000);
    logrank_free(test);
    km_curve_free(km);
    risk_table_free(table);
    free(time);
    free(cause);
    free(arm);
}

static void test_every_time_of_any_axis_is_found(void **state)
{
    (void)state;
    const double axes[][6] = {
        {0, 1, 2, 3, 4, 5},
        {3, 70, 900, 901, 1000000, 1048000},
        {0, 1e-300, 1e-3, 1, 1e17, 1e300},
        {5, 5.5, 6, 7, 8, 1e15},
        {0, 4.9406564584124654e-324, 9.8813129168249309e-324, 1e-323 * 2, 1e-322, 1e-321},
        {1e300, 2e300, 3e300, 4e300, 5e301, DBL_MAX},
    };
    for (size_t a = 0; a < 6; a++) {
        struct risk_table *table = risk_table_alloc(1, 1, 1, axes[a], 6);
        assert_non_null(table);
        for (size_t k = 0; k < 6; k++) {
            assert_int_equal(risk_table_index(table, axes[a][k]), k);
            assert_int_equal(risk_table_index(table, nextafter(axes[a][k], INFINITY)), a == 4 && k < 2 ? k + 1 : 6);
            if (axes[a][k] > 1e-300)
                assert_int_equal(risk_table_index(table, nextafter(axes[a][k], 0)), 6);
        }
        assert_int_equal(risk_table_index(table, NAN), 6);
        assert_int_equal(risk_table_index(table, INFINITY), 6);
        assert_int_equal(risk_table_index(table, -INFINITY), 6);
        assert_int_equal(risk_table_index(table, -1), 6);
        assert_int_equal(risk_table_index(table, -0.0), axes[a][0] == 0 ? 0 : 6);
        risk_table_free(table);
    }
    const double single = 12.5;
    struct risk_table *table = risk_table_alloc(1, 1, 1, &single, 1);
    assert_int_equal(risk_table_index(table, 12.5), 0);
    assert_int_equal(risk_table_index(table, 12), 1);
    risk_table_free(table);
}

static int add_one(double entry, double time, int32_t cause, int32_t arm, int32_t stratum, int64_t frequency)
{
    const double axis[] = {0, 2, 5};
    struct risk_table *table = risk_table_alloc(2, 3, 2, axis, 3);
    const int status =
        risk_table_add(table, 1, isnan(entry) ? NULL : &entry, &time, &cause, &arm, &stratum, &frequency, 1);
    assert_true(status != GSL_SUCCESS || table->total == frequency);
    risk_table_free(table);
    return status;
}

static void test_refuses_impossible_rows(void **state)
{
    (void)state;
    assert_int_equal(add_one(NAN, 5, 2, 1, 2, 1), GSL_SUCCESS);
    assert_int_equal(add_one(NAN, 0, 2, 1, 2, 1), GSL_SUCCESS);
    assert_int_equal(add_one(0, 2, 0, 0, 0, 3), GSL_SUCCESS);
    assert_int_equal(add_one(NAN, -1, 1, 0, 0, 1), GSL_EDOM);
    assert_int_equal(add_one(NAN, NAN, 1, 0, 0, 1), GSL_EDOM);
    assert_int_equal(add_one(NAN, INFINITY, 1, 0, 0, 1), GSL_EDOM);
    assert_int_equal(add_one(NAN, 3, 1, 0, 0, 1), GSL_EDOM); /* not on the axis */
    assert_int_equal(add_one(2, 2, 1, 0, 0, 1), GSL_EDOM);
    assert_int_equal(add_one(5, 2, 1, 0, 0, 1), GSL_EDOM);
    assert_int_equal(add_one(0, 0, 1, 0, 0, 1), GSL_EDOM);
    assert_int_equal(add_one(1, 2, 1, 0, 0, 1), GSL_EDOM);
    assert_int_equal(add_one(-1, 2, 1, 0, 0, 1), GSL_EDOM);
    assert_int_equal(add_one(INFINITY, 2, 1, 0, 0, 1), GSL_EDOM);
    assert_int_equal(add_one(NAN, 2, 3, 0, 0, 1), GSL_EDOM);
    assert_int_equal(add_one(NAN, 2, -1, 0, 0, 1), GSL_EDOM);
    assert_int_equal(add_one(NAN, 2, 1, 2, 0, 1), GSL_EDOM);
    assert_int_equal(add_one(NAN, 2, 1, -1, 0, 1), GSL_EDOM);
    assert_int_equal(add_one(NAN, 2, 1, INT32_MIN, 0, 1), GSL_EDOM);
    assert_int_equal(add_one(NAN, 2, 1, 0, 3, 1), GSL_EDOM);
    assert_int_equal(add_one(NAN, 2, 1, 0, -1, 1), GSL_EDOM);
    assert_int_equal(add_one(NAN, 2, 1, 0, 0, -1), GSL_EDOM);
    assert_int_equal(add_one(NAN, 2, 1, 0, 0, INT64_C(1) << 53), GSL_SUCCESS);
    assert_int_equal(add_one(NAN, 2, 1, 0, 0, (INT64_C(1) << 53) + 1), GSL_EOVRFLW);
    assert_int_equal(add_one(NAN, 2, 1, 0, 0, INT64_MAX), GSL_EOVRFLW);
}

static void test_refusals_reach_the_caller_from_every_thread(void **state)
{
    (void)state;
    const uint32_t n_day[] = {60, 200000};
    for (size_t shape = 0; shape < 2; shape++) {
        struct rows *rows = rows_alloc(70000, n_day[shape], shape == 0 ? 1 : 0.37, 3);
        struct risk_table *table = empty_table(rows);
        rows->cause[69999] = 9;
        assert_int_equal(add_range(table, rows, 0, 70000, 4), GSL_EDOM);
        rows->cause[69999] = 1;
        rows->frequency[10] = INT64_MAX;
        assert_int_equal(add_range(table, rows, 0, 70000, 4), GSL_EOVRFLW);
        rows->frequency[10] = INT64_C(1) << 52; /* each part alone would do */
        rows->frequency[69999] = INT64_C(1) << 52;
        assert_int_equal(add_range(table, rows, 0, 70000, 4), GSL_EOVRFLW);
        assert_int_equal(add_range(table, rows, 0, 70000, 0), GSL_EINVAL);
        risk_table_free(table);
        rows_free(rows);
    }
}

static void test_totals_stay_exact_as_doubles(void **state)
{
    (void)state;
    const double axis[] = {0, 2}, time = 2;
    const int32_t cause = 1;
    const int64_t half = INT64_C(1) << 52, one = 1;
    struct risk_table *table = risk_table_alloc(1, 1, 1, axis, 2), *other = risk_table_alloc(1, 1, 1, axis, 2);
    for (int i = 0; i < 2; i++)
        assert_int_equal(risk_table_add(table, 1, NULL, &time, &cause, NULL, NULL, &half, 1), GSL_SUCCESS);
    assert_int_equal(risk_table_add(table, 1, NULL, &time, &cause, NULL, NULL, &one, 1), GSL_EOVRFLW);
    assert_int_equal(risk_table_add(other, 1, NULL, &time, &cause, NULL, NULL, &one, 1), GSL_SUCCESS);
    assert_int_equal(risk_table_merge(other, table), GSL_EOVRFLW);
    assert_int_equal(other->total, 1);
    risk_table_free(table);
    risk_table_free(other);
}

static void test_refuses_to_merge_what_does_not_fit(void **state)
{
    (void)state;
    const double axis[] = {0, 2, 5}, other_axis[] = {2, 4};
    struct risk_table *table = risk_table_alloc(2, 3, 2, axis, 3);
    const size_t shapes[][3] = {{1, 3, 2}, {2, 1, 2}, {2, 3, 1}};
    for (size_t i = 0; i < 3; i++) {
        struct risk_table *other = risk_table_alloc(shapes[i][0], shapes[i][1], shapes[i][2], axis, 3);
        assert_int_equal(risk_table_merge(table, other), GSL_EBADLEN);
        risk_table_free(other);
    }
    struct risk_table *other = risk_table_alloc(2, 3, 2, other_axis, 2);
    assert_int_equal(risk_table_merge(table, other), GSL_EDOM);
    risk_table_free(other);
    other = risk_table_alloc(2, 3, 2, axis + 1, 2);
    assert_int_equal(risk_table_merge(table, other), GSL_SUCCESS);
    risk_table_free(other);
    risk_table_free(table);
}

static void test_refuses_impossible_shapes(void **state)
{
    (void)state;
    const double axis[] = {0, 2, 5}, falling[] = {2, 1}, twice[] = {2, 2}, negative[] = {-1, 2}, missing[] = {0, NAN},
                 infinite[] = {0, INFINITY};
    assert_null(risk_table_alloc(0, 1, 1, axis, 3));
    assert_null(risk_table_alloc(1, 0, 1, axis, 3));
    assert_null(risk_table_alloc(1, 1, 0, axis, 3));
    assert_null(risk_table_alloc(1, 1, SIZE_MAX, axis, 3));
    assert_null(risk_table_alloc(1, 1, 1, axis, 0));
    assert_null(risk_table_alloc(1, 1, 1, falling, 2));
    assert_null(risk_table_alloc(1, 1, 1, twice, 2));
    assert_null(risk_table_alloc(1, 1, 1, negative, 2));
    assert_null(risk_table_alloc(1, 1, 1, missing, 2));
    assert_null(risk_table_alloc(1, 1, 1, infinite, 2));
    assert_null(risk_table_alloc(SIZE_MAX, 2, 1, axis, 3));
    assert_null(risk_table_alloc(SIZE_MAX / 2, 1, 1, axis, 3));
    assert_null(risk_table_alloc(SIZE_MAX / 64, 1, 1, axis, 3));
    assert_null(risk_table_alloc((size_t)1 << 45, 1, 1, axis, 3)); /* fits an address space, not a machine */
    risk_table_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts_by_hand),
        cmocka_unit_test(test_at_risk_from_after_entry_to_exit),
        cmocka_unit_test(test_a_walk_stops_where_somebody_comes_or_goes),
        cmocka_unit_test(test_threads_order_and_chunks_do_not_change_a_bit),
        cmocka_unit_test(test_merged_halves_are_the_whole),
        cmocka_unit_test(test_frequency_is_as_many_copies),
        cmocka_unit_test(test_a_million_rows_tied_on_one_day),
        cmocka_unit_test(test_every_time_of_any_axis_is_found),
        cmocka_unit_test(test_refuses_impossible_rows),
        cmocka_unit_test(test_refusals_reach_the_caller_from_every_thread),
        cmocka_unit_test(test_totals_stay_exact_as_doubles),
        cmocka_unit_test(test_refuses_to_merge_what_does_not_fit),
        cmocka_unit_test(test_refuses_impossible_shapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
