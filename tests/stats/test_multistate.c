/* SPDX-License-Identifier: GPL-3.0-or-later */
/* R's answers: tests/reference/paths_answers.csv, made by scripts/references/paths.R. */
#include "stats/multistate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/mcf.h"
#include "tests/support/near.h"
#include "tests/support/reference.h"

enum { MAX_ROWS = 1024 };

struct paths {
    size_t n, n_id;
    int32_t id[MAX_ROWS], from[MAX_ROWS], to[MAX_ROWS], event[MAX_ROWS];
    double entry[MAX_ROWS], time[MAX_ROWS];
};

static void add(struct paths *paths, int32_t id, double entry, double time, int32_t from, int32_t to)
{
    const size_t k = paths->n++;
    paths->id[k] = id;
    paths->entry[k] = entry;
    paths->time[k] = time;
    paths->from[k] = from;
    paths->to[k] = to;
    paths->event[k] = to == 1;
    if ((size_t)id >= paths->n_id)
        paths->n_id = (size_t)id + 1;
}

/* step and offset: row (step k + offset) mod n comes k-th. */
static void take(const struct reference *rows, int64_t set, size_t step, struct paths *paths)
{
    size_t first = 0, n = 0;
    paths->n = paths->n_id = 0;
    for (size_t i = 0; i < rows->n_rows; i++)
        if (reference_count(rows, i, "set") == set && n++ == 0)
            first = i;
    assert_true(n <= MAX_ROWS);
    for (size_t k = 0; k < n; k++) {
        const size_t i = first + k * step % n;
        add(paths, (int32_t)reference_count(rows, i, "id"), reference_value(rows, i, "entry"),
            reference_value(rows, i, "time"), (int32_t)reference_count(rows, i, "from"),
            (int32_t)reference_count(rows, i, "to"));
    }
}

static struct multistate_rows rows_of(const struct paths *paths, size_t n_state)
{
    return (struct multistate_rows){
        .n = paths->n, .n_id = paths->n_id, .n_state = n_state, .id = paths->id, .entry = paths->entry,
        .time = paths->time, .from = paths->from, .to = paths->to,
    };
}

static void assert_answer(double estimate, double std_err, const struct reference *answers, size_t k)
{
    const double expected = reference_value(answers, k, "estimate"), error = reference_value(answers, k, "std_error");
    if (fabs(expected) < 1e-13)
        assert_true(fabs(estimate) < 1e-13);
    else
        assert_near(estimate, expected, 1e-12);
    if (isnan(error))
        return;
    if (error < 1e-8)
        assert_true(std_err < 1e-8);
    else
        assert_near(std_err, error, 1e-9);
}

static void test_occupation_and_expected_times_equal_survfit(void **state)
{
    (void)state;
    struct reference *rows = reference_read("tests/reference/paths_rows.csv");
    struct reference *answers = reference_read("tests/reference/paths_answers.csv");
    struct paths *paths = calloc(1, sizeof *paths);
    size_t n_seen[2] = {0, 0};
    for (size_t k = 0; k < answers->n_rows; k++) {
        const int64_t what = reference_count(answers, k, "what"), state_of = reference_count(answers, k, "state");
        double estimate[4], std_err[4];
        int status;
        if (what > 1)
            continue;
        take(rows, reference_count(answers, k, "set"), 1, paths);
        const struct multistate_rows given = rows_of(paths, 4);
        struct multistate *m = multistate_alloc(&given, &status);
        assert_int_equal(status, GSL_SUCCESS);
        const double t = reference_value(answers, k, "time");
        assert_int_equal((what == 0 ? multistate_occupation : multistate_expected)(m, t, estimate, std_err), GSL_SUCCESS);
        assert_answer(estimate[state_of], std_err[state_of], answers, k);
        n_seen[what]++;
        multistate_free(m);
    }
    assert_true(n_seen[0] > 300 && n_seen[1] > 60);
    free(paths);
    reference_free(answers);
    reference_free(rows);
}

static void test_mean_cumulative_function_equals_survfit(void **state)
{
    (void)state;
    struct reference *rows = reference_read("tests/reference/paths_rows.csv");
    struct reference *answers = reference_read("tests/reference/paths_answers.csv");
    struct paths *paths = calloc(1, sizeof *paths);
    size_t n_seen = 0;
    for (size_t k = 0; k < answers->n_rows; k++) {
        if (reference_count(answers, k, "what") != 2)
            continue;
        take(rows, reference_count(answers, k, "set"), 1, paths);
        struct mcf *mcf = mcf_alloc(paths->n);
        assert_int_equal(mcf_solve(paths->n, paths->entry, paths->time, paths->event, paths->id, paths->n_id, MCF_LOG, .95,
                                   mcf),
                         GSL_SUCCESS);
        const size_t place = mcf_place(mcf, reference_value(answers, k, "time"));
        assert_answer(place == SIZE_MAX ? 0 : mcf->mean[place], place == SIZE_MAX ? 0 : mcf->std_err[place], answers, k);
        n_seen++;
        mcf_free(mcf);
    }
    assert_true(n_seen > 100);
    free(paths);
    reference_free(answers);
    reference_free(rows);
}

static void test_the_order_of_the_rows_and_the_numbers_of_people_change_no_bit(void **state)
{
    (void)state;
    struct reference *rows = reference_read("tests/reference/paths_rows.csv");
    struct paths *paths = calloc(1, sizeof *paths);
    for (int64_t set = 1; set <= 24; set++) {
        double p[2][4], se[2][4], days[2][4], days_se[2][4];
        struct mcf *mcf[2];
        for (int turn = 0; turn < 2; turn++) {
            take(rows, set, 1, paths);
            if (turn == 1) {
                const size_t n = paths->n;
                take(rows, set, n % 7 != 0 ? 7 : n % 11 != 0 ? 11 : 1, paths);
                for (size_t i = 0; i < paths->n; i++)
                    paths->id[i] = (int32_t)paths->n_id - 1 - paths->id[i];
            }
            int status;
            const struct multistate_rows given = rows_of(paths, 4);
            struct multistate *m = multistate_alloc(&given, &status);
            assert_int_equal(status, GSL_SUCCESS);
            multistate_occupation(m, multistate_last_time(m) / 2, p[turn], se[turn]);
            multistate_expected(m, multistate_last_time(m) / 3, days[turn], days_se[turn]);
            double total = 0, in_all = 0;
            for (int j = 0; j < 4; j++) {
                total += p[turn][j];
                in_all += days[turn][j];
            }
            assert_near(total, 1, 1e-14);
            assert_near(in_all, multistate_last_time(m) / 3, 1e-13); /* the days add up */
            multistate_free(m);
            mcf[turn] = mcf_alloc(paths->n);
            assert_int_equal(mcf_solve(paths->n, paths->entry, paths->time, paths->event, paths->id, paths->n_id,
                                       MCF_PLAIN, .9, mcf[turn]),
                             GSL_SUCCESS);
        }
        assert_memory_equal(p[0], p[1], sizeof p[0]);
        assert_memory_equal(se[0], se[1], sizeof se[0]);
        assert_memory_equal(days[0], days[1], sizeof days[0]);
        assert_memory_equal(days_se[0], days_se[1], sizeof days_se[0]);
        assert_int_equal(mcf[0]->n, mcf[1]->n);
        assert_memory_equal(mcf[0]->std_err, mcf[1]->std_err, mcf[0]->n * sizeof(double));
        mcf_free(mcf[0]);
        mcf_free(mcf[1]);
    }
    free(paths);
    reference_free(rows);
}

/* Two people: one moves 0 -> 1 at 2 and is seen up to 4, the other stays in 0 until 4. */
static void test_matches_hand_computation(void **state)
{
    (void)state;
    struct paths *paths = calloc(1, sizeof *paths);
    double p[2], se[2];
    int status;
    add(paths, 0, 0, 2, 0, 1);
    add(paths, 0, 2, 4, 1, -1);
    add(paths, 1, 0, 4, 0, -1);
    const struct multistate_rows given = rows_of(paths, 2);
    struct multistate *m = multistate_alloc(&given, &status);
    assert_int_equal(status, GSL_SUCCESS);
    multistate_occupation(m, 2, p, se);
    assert_near(p[0], 0.5, 0);
    assert_near(p[1], 0.5, 0);
    assert_near(se[1], sqrt(2 * 0.25 * 0.25), 1e-15); /* dp/dw = (1 - 1/2) / 2 and -(1/2) / 2 */
    multistate_occupation(m, 1.99, p, se);
    assert_near(p[0], 1, 0);
    assert_near(se[0], 0, 0);
    multistate_expected(m, 3, p, se);
    assert_near(p[0], 2.5, 1e-15);
    assert_near(p[1], 0.5, 1e-15);
    assert_near(se[0], sqrt(2 * 0.25 * 0.25), 1e-15);
    assert_int_equal(multistate_n_risk(m, 0, 2), 2);
    assert_int_equal(multistate_n_risk(m, 1, 3), 1);
    assert_int_equal(multistate_n_entered(m, 1, 2), 1);
    assert_int_equal(multistate_n_entered(m, 1, 1), 0);
    assert_int_equal(multistate_n_person(m), 2);
    assert_int_equal(multistate_occupation(m, -1, p, se), GSL_EDOM);
    assert_int_equal(multistate_expected(m, 0, p, se), GSL_EDOM);
    multistate_free(m);
    free(paths);
}

static int status_of(const struct paths *paths, size_t n_state)
{
    int status;
    const struct multistate_rows given = rows_of(paths, n_state);
    struct multistate *m = multistate_alloc(&given, &status);
    assert_true((m == NULL) == (status != GSL_SUCCESS));
    multistate_free(m);
    return status;
}

static void test_refuses_paths_that_cannot_be(void **state)
{
    (void)state;
    static const struct {
        double entry, time;
        int32_t from, to;
    } second[] = {
        {1, 4, 1, -1}, /* overlaps the first */
        {2, 4, 0, -1}, /* starts where the person no longer is */
        {2, 2, 1, -1}, {2, INFINITY, 1, -1}, {2, 4, 1, 1}, {2, 4, 2, -1}, {2, 4, 1, 2}, {-1, 4, 1, -1}, {NAN, 4, 1, -1},
    };
    struct paths *paths = calloc(1, sizeof *paths);
    assert_int_equal(status_of(paths, 2), GSL_EINVAL);
    for (size_t k = 0; k < sizeof second / sizeof second[0]; k++) {
        paths->n = paths->n_id = 0;
        add(paths, 0, 0, 2, 0, 1);
        add(paths, 0, second[k].entry, second[k].time, second[k].from, second[k].to);
        assert_int_equal(status_of(paths, 2), GSL_EDOM);
    }
    paths->n = 1;
    assert_int_equal(status_of(paths, 2), GSL_SUCCESS);
    assert_int_equal(status_of(paths, 0), GSL_EINVAL);
    assert_int_equal(status_of(paths, 65), GSL_EINVAL);
    free(paths);
}

static void test_mean_cumulative_function_refuses_stretches_that_cannot_be(void **state)
{
    (void)state;
    const double entry[] = {0, 1}, good[] = {0, 2}, time[] = {2, 3};
    const int32_t event[] = {1, 0}, wrong[] = {2, 0}, same[] = {0, 0}, two[] = {0, 1};
    struct mcf *mcf = mcf_alloc(2);
    assert_int_equal(mcf_solve(2, good, time, event, same, 1, MCF_LOG, .95, mcf), GSL_SUCCESS);
    assert_near(mcf->mean[0], 1, 0);
    assert_near(mcf->std_err[0], 0, 0);
    assert_int_equal(mcf_solve(2, entry, time, event, same, 1, MCF_LOG, .95, mcf), GSL_EDOM); /* overlap */
    assert_int_equal(mcf_solve(2, NULL, time, event, same, 1, MCF_LOG, .95, mcf), GSL_EDOM);
    assert_int_equal(mcf_solve(2, NULL, time, event, two, 2, MCF_LOG, .95, mcf), GSL_SUCCESS);
    assert_int_equal(mcf_solve(2, good, time, wrong, same, 1, MCF_LOG, .95, mcf), GSL_EDOM);
    assert_int_equal(mcf_solve(2, good, time, event, two, 1, MCF_LOG, .95, mcf), GSL_EDOM);
    assert_int_equal(mcf_solve(2, time, time, event, same, 1, MCF_LOG, .95, mcf), GSL_EDOM);
    assert_int_equal(mcf_solve(2, good, time, event, same, 1, MCF_LOG, 1, mcf), GSL_EDOM);
    assert_int_equal(mcf_solve(0, good, time, event, same, 1, MCF_LOG, .95, mcf), GSL_EINVAL);
    assert_int_equal(mcf_solve(3, good, time, event, same, 1, MCF_LOG, .95, mcf), GSL_EINVAL);
    assert_true(mcf_place(mcf, 1) == SIZE_MAX);
    mcf_free(mcf);
    mcf_free(NULL);
    assert_null(mcf_alloc(0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_occupation_and_expected_times_equal_survfit),
        cmocka_unit_test(test_mean_cumulative_function_equals_survfit),
        cmocka_unit_test(test_the_order_of_the_rows_and_the_numbers_of_people_change_no_bit),
        cmocka_unit_test(test_matches_hand_computation),
        cmocka_unit_test(test_refuses_paths_that_cannot_be),
        cmocka_unit_test(test_mean_cumulative_function_refuses_stretches_that_cannot_be),
    };
    return cmocka_run_group_tests_name("multistate", tests, NULL, NULL);
}
