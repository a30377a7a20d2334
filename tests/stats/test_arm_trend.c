/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The test of a ratio that changes with time, from sums by time: as the Cox model of the rows has it. */
#include "stats/arm_trend.h"
#include "stats/cox_zph.h"
#include "tests/support/draws.h"
#include "tests/support/near.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>

enum { N_MAX = 400, N_TIME = 25 };

struct rows {
    size_t n;
    double entry[N_MAX], time[N_MAX], weight[N_MAX];
    int32_t event[N_MAX];
    uint16_t arm[N_MAX];
};

/* People of arm 1 have the event late, or not; some come late, many leave on one day. */
static void make_rows(uint32_t number, struct rows *r)
{
    struct draws draws = {number * 37 + 1};

    r->n = 30 + (size_t)draw_below(&draws, N_MAX - 30);
    for (size_t i = 0; i < r->n; i++) {
        r->arm[i] = (uint16_t)draw_below(&draws, 2);
        r->entry[i] = draw_below(&draws, 3) == 0 ? draw_below(&draws, 6) : -1;
        r->time[i] = r->entry[i] + 1 + draw_below(&draws, N_TIME - 1 - (int)r->entry[i] - (r->arm[i] == 1 || number % 2 == 0 ? 0 : 8));
        r->event[i] = draw_below(&draws, 10) < 6;
        r->weight[i] = (1 + draw_below(&draws, 500)) / 100.;
    }
}

static void add_up(const struct rows *r, double scale, struct arm_moment *moment, struct arm_rows *rows)
{
    memset(moment, 0, N_TIME * sizeof *moment);
    memset(rows, 0, N_TIME * sizeof *rows);
    for (size_t i = 0; i < r->n; i++)
        for (size_t k = 0; k < N_TIME; k++) {
            const double t = (double)k;
            if (r->entry[i] < t && t <= r->time[i]) {
                moment[k].risk[r->arm[i]] += r->weight[i] / scale;
                rows[k].risk++;
            }
            if (t == r->time[i] && r->event[i] != 0) {
                moment[k].event[r->arm[i]] += r->weight[i] / scale;
                rows[k].event++;
            }
        }
}

static void test_equals_the_test_of_a_cox_model_of_the_rows(void **state)
{
    static const int32_t column[] = {DESIGN_NONE, 0}, term = 0;
    const struct cox_control control = COX_CONTROL;
    static struct rows r;
    size_t n_small = 0;

    (void)state;
    for (uint32_t number = 0; number < 60; number++) {
        make_rows(number, &r);
        const double scale = 1 + number % 3;
        const struct design_block block = {.code = r.arm, .n_level = 2, .column = column};
        const struct design_matrix design = {.n = r.n, .p = 1, .n_block = 1, .block = &block};
        const struct cox_rows rows = {.n = r.n, .entry = r.entry, .time = r.time, .event = r.event, .n_stratum = 1,
                                      .weight = r.weight, .design = &design};
        struct cox_data *const data = cox_data_alloc(&rows, 1);
        struct cox_work *const work = cox_work_alloc(data, COX_BRESLOW, 1);
        struct cox_fit *const fit = cox_fit_alloc(1);
        struct chi_square_test tests[2], test;
        struct cox_zph zph = {.test = tests};
        struct arm_moment moment[N_TIME];
        struct arm_rows counts[N_TIME];
        struct arm_ratio ratio;
        double g[N_TIME];

        assert_int_equal(cox_fit_run(work, &control, fit), GSL_SUCCESS);
        assert_int_equal(cox_zph_times(data, &rows, COX_ZPH_KM, g), GSL_SUCCESS);
        assert_int_equal(cox_zph_run(work, fit, g, &term, 1, &zph), GSL_SUCCESS);
        add_up(&r, scale, moment, counts);
        assert_int_equal(arm_ratio_find(moment, N_TIME, &ratio), GSL_SUCCESS);
        arm_trend_test(moment, counts, N_TIME, &ratio, scale, &test);
        assert_near(ratio.log_ratio, fit->coef[0], 1e-10);
        assert_near(1 / (scale * ratio.information), fit->covariance[0], 1e-10);
        assert_int_equal(test.df, 1);
        assert_near(test.statistic, tests[0].statistic, 1e-8);
        assert_near(test.p_value, tests[0].p_value, 1e-8);
        n_small += test.p_value < 0.01;
        cox_fit_free(fit);
        cox_work_free(work);
        cox_data_free(data);
    }
    assert_true(n_small > 5 && n_small < 55);
}

/* One event tells of no trend. */
static void test_one_time_has_no_trend(void **state)
{
    const struct arm_moment moment[] = {{{1, 2}, {4, 5}}, {{0, 0}, {3, 3}}};
    const struct arm_rows rows[] = {{9, 3}, {6, 0}};
    struct arm_ratio ratio;
    struct chi_square_test test;

    (void)state;
    assert_int_equal(arm_ratio_find(moment, 2, &ratio), GSL_SUCCESS);
    arm_trend_test(moment, rows, 2, &ratio, 1, &test);
    assert_int_equal(test.df, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equals_the_test_of_a_cox_model_of_the_rows),
        cmocka_unit_test(test_one_time_has_no_trend),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
