/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of recurrent events, by hand; regressions on them are compared with R in tests/pipeline/fit. */
#include "stats/recurrent.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#include "tests/support/near.h"

/* Person 0: events at 4 and 9, seen to 12, in a mixed order.  Person 1: enters at 2, away from 5 to 7, event at 8. */
static const int32_t id[] = {0, 1, 0, 1, 0}, event[] = {1, 0, 0, 1, 1};
static const double entry[] = {4, 2, 9, 7, 0}, time_[] = {9, 5, 12, 8, 4};
enum { N = 5 };

static void check(enum recurrent_arrangement arrangement, const double *entries, const double *times,
                  const int32_t *strata, size_t n_stratum)
{
    int status;
    struct recurrent_rows *const rows = recurrent_alloc(N, entry, time_, event, id, 2, arrangement, &status);
    assert_int_equal(status, GSL_SUCCESS);
    assert_int_equal(rows->n_stratum, n_stratum);
    for (size_t i = 0; i < N; i++) {
        assert_near(rows->entry[i], entries[i], 0);
        assert_near(rows->time[i], times[i], 0);
        assert_int_equal(rows->stratum[i], strata[i]);
    }
    recurrent_free(rows);
}

static void test_andersen_gill_leaves_the_days_and_has_one_stratum(void **state)
{
    (void)state;
    check(RECURRENT_ANDERSEN_GILL, entry, time_, (int32_t[]){0, 0, 0, 0, 0}, 1);
}

static void test_total_time_has_a_stratum_for_each_number_of_events_so_far(void **state)
{
    (void)state;
    check(RECURRENT_PWP_TOTAL, entry, time_, (int32_t[]){1, 0, 2, 0, 0}, 3);
}

static void test_gap_time_counts_from_the_last_event_or_the_begin_of_observation(void **state)
{
    (void)state;
    check(RECURRENT_PWP_GAP, (double[]){0, 0, 0, 5, 0}, (double[]){5, 3, 3, 6, 4}, (int32_t[]){1, 0, 2, 0, 0}, 3);
}

static void test_without_entries_stretches_follow_each_other(void **state)
{
    int status;
    struct recurrent_rows *const rows =
        recurrent_alloc(3, NULL, (double[]){9, 12, 4}, (int32_t[]){1, 0, 1}, (int32_t[]){0, 0, 0}, 1,
                        RECURRENT_PWP_TOTAL, &status);
    (void)state;
    assert_int_equal(status, GSL_SUCCESS);
    assert_near(rows->entry[0], 4, 0);
    assert_near(rows->entry[1], 9, 0);
    assert_near(rows->entry[2], 0, 0);
    assert_int_equal(rows->stratum[1], 2);
    recurrent_free(rows);
}

static int status_of(size_t n, const double *entries, const double *times, const int32_t *events, const int32_t *ids)
{
    int status;
    assert_null(recurrent_alloc(n, entries, times, events, ids, 2, RECURRENT_PWP_GAP, &status));
    return status;
}

static void test_what_is_no_path_is_refused(void **state)
{
    static const int32_t zeros[] = {0, 0};
    (void)state;
    assert_int_equal(status_of(0, NULL, NULL, NULL, NULL), GSL_EINVAL);
    assert_int_equal(status_of(2, (double[]){0, 3}, (double[]){4, 9}, zeros, zeros), GSL_EDOM); /* overlap */
    assert_int_equal(status_of(2, NULL, (double[]){4, 4}, zeros, zeros), GSL_EDOM);
    assert_int_equal(status_of(1, (double[]){4}, (double[]){4}, zeros, zeros), GSL_EDOM);
    assert_int_equal(status_of(1, (double[]){-1}, (double[]){4}, zeros, zeros), GSL_EDOM);
    assert_int_equal(status_of(1, NULL, (double[]){NAN}, zeros, zeros), GSL_EDOM);
    assert_int_equal(status_of(1, NULL, (double[]){4}, (int32_t[]){2}, zeros), GSL_EDOM);
    assert_int_equal(status_of(1, NULL, (double[]){4}, zeros, (int32_t[]){2}), GSL_EDOM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_andersen_gill_leaves_the_days_and_has_one_stratum),
        cmocka_unit_test(test_total_time_has_a_stratum_for_each_number_of_events_so_far),
        cmocka_unit_test(test_gap_time_counts_from_the_last_event_or_the_begin_of_observation),
        cmocka_unit_test(test_without_entries_stretches_follow_each_other),
        cmocka_unit_test(test_what_is_no_path_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
