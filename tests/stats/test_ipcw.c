/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Censoring weights: sums that are Kaplan-Meier's, a hand computation, and the slope of estimating them. */
#include "stats/ipcw.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>

#include "tests/support/near.h"

/* Days 0 .. 4; one lost on day 1 beside an event, two of one row on day 3. */
enum { N = 7, N_TIME = 5 };
static const uint32_t place[N] = {0, 1, 1, 2, 3, 3, 4};
static const int32_t cause[N] = {1, 1, 0, 1, 0, 1, 0};
static const double frequency[N] = {1, 1, 1, 1, 2, 1, 1};
static const struct ipcw_rows rows = {N, place, cause, frequency, NULL};

static void test_events_go_before_losses_at_one_time(void **state)
{
    (void)state;
    struct ipcw *ipcw = ipcw_alloc(N_TIME);

    assert_non_null(ipcw);
    assert_int_equal(ipcw_solve(ipcw, &rows), GSL_SUCCESS);
    assert_near(ipcw->before[1], 1, 0);
    assert_near(ipcw->before[2], 5. / 6, 1e-15); /* day 1: six without an event, one lost */
    assert_near(ipcw->before[3], 5. / 6, 1e-15);
    assert_near(ipcw->before[4], 5. / 6 * 1 / 3, 1e-15); /* day 3: three, two lost */
    assert_near(ipcw->before[5], 0, 0);
    ipcw_free(ipcw);
}

/* P(T > day 3) by weights is Kaplan-Meier's product. */
static void test_weighted_shares_are_those_of_kaplan_and_meier(void **state)
{
    (void)state;
    struct ipcw *ipcw = ipcw_alloc(N_TIME);
    double events = 0;

    assert_int_equal(ipcw_solve(ipcw, &rows), GSL_SUCCESS);
    for (size_t i = 0; i < N; i++)
        if (cause[i] == 1 && place[i] <= 3)
            events += frequency[i] / ipcw->before[place[i]];
    assert_near(1 - events / 8, 7. / 8 * 6 / 7 * 4 / 5 * 3 / 4, 1e-15);
    ipcw_free(ipcw);
}

static double sum_of(const struct ipcw_rows *changed, const uint32_t *n_before, const double *value)
{
    struct ipcw *ipcw = ipcw_alloc(N_TIME);
    double sum = 0;

    assert_int_equal(ipcw_solve(ipcw, changed), GSL_SUCCESS);
    for (size_t i = 0; i < N; i++)
        if (value[i] != 0)
            sum += value[i] / ipcw->before[n_before[i]];
    ipcw_free(ipcw);
    return sum;
}

/* value_i / G(v_i) summed, as the frequency of one row moves. */
static void test_the_influence_is_the_slope_by_each_frequency(void **state)
{
    (void)state;
    const uint32_t n_before[N] = {0, 1, 1, 2, 3, 3, 4};
    const double value[N] = {0.3, -1.7, 0, 2.385, 0, 0.9, 0}, h = 1e-5;
    double e[N], phi[N] = {0};
    struct ipcw *ipcw = ipcw_alloc(N_TIME);

    assert_int_equal(ipcw_solve(ipcw, &rows), GSL_SUCCESS);
    for (size_t i = 0; i < N; i++)
        e[i] = value[i] == 0 ? 0 : value[i] / ipcw->before[n_before[i]];
    assert_int_equal(ipcw_influence(ipcw, &rows, n_before, e, phi), GSL_SUCCESS);
    for (size_t j = 0; j < N; j++) {
        double up[N], down[N];
        memcpy(up, frequency, sizeof up);
        memcpy(down, frequency, sizeof down);
        up[j] += h;
        down[j] -= h;
        const double slope = (sum_of(&(struct ipcw_rows){N, place, cause, up, NULL}, n_before, value) -
                              sum_of(&(struct ipcw_rows){N, place, cause, down, NULL}, n_before, value)) /
                             (2 * h);
        assert_true(fabs(phi[j] - frequency[j] * slope) < 1e-8);
    }
    ipcw_free(ipcw);
}

static void test_a_place_beyond_the_axis_is_refused(void **state)
{
    (void)state;
    struct ipcw *ipcw = ipcw_alloc(4);
    assert_int_equal(ipcw_solve(ipcw, &rows), GSL_EDOM);
    ipcw_free(ipcw);
    ipcw_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events_go_before_losses_at_one_time),
        cmocka_unit_test(test_weighted_shares_are_those_of_kaplan_and_meier),
        cmocka_unit_test(test_the_influence_is_the_slope_by_each_frequency),
        cmocka_unit_test(test_a_place_beyond_the_axis_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
