/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/weighted_subhazard.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/finegray.h"
#include "stats/placed_random.h"
#include "tests/support/near.h"

enum { N_MAX = 900, N_TIME = 40 };

struct people {
    size_t n;
    uint32_t place[N_MAX];
    double time[N_MAX], weight[N_MAX], slope[N_MAX];
    int32_t cause[N_MAX];
    uint8_t treated[N_MAX];
    uint16_t code[N_MAX];
};

static void draw(struct people *p, size_t n, uint64_t seed)
{
    p->n = n;
    for (size_t i = 0; i < n; i++) {
        p->treated[i] = placed_random(seed, i, 0) < 0.4;
        p->place[i] = (uint32_t)(N_TIME * pow(placed_random(seed, i, 1), p->treated[i] ? 0.8 : 1.1));
        p->cause[i] = (int32_t)(3 * placed_random(seed, i, 2));
        p->time[i] = p->place[i];
        p->code[i] = p->treated[i];
        p->weight[i] = 1 + floor(3 * placed_random(seed, i, 3));
    }
}

static struct subhazard_rows rows_of(const struct people *p, bool from_zero)
{
    return (struct subhazard_rows){p->n, p->place, p->cause, p->treated, p->weight, N_TIME, from_zero, NULL};
}

static void fit(const struct people *p, struct finegray *fit)
{
    static const int32_t column[2] = {DESIGN_NONE, 0};
    const struct design_block block = {.code = p->code, .n_level = 2, .column = column};
    const struct design_matrix design = {.n = p->n, .p = 1, .n_block = 1, .block = &block};
    const struct finegray_rows rows = {.n = p->n, .time = p->time, .cause = p->cause, .wanted = 1, .n_group = 1, .design = &design};
    const struct finegray_control control = FINEGRAY_CONTROL;

    assert_int_equal(finegray_solve(&rows, &control, 1, fit), GSL_SUCCESS);
}

static double squares(const struct people *p)
{
    double sum = 0;

    for (size_t i = 0; i < p->n; i++)
        sum += p->slope[i] * p->slope[i];
    return sum;
}

static void test_weights_of_one_give_the_regression_and_nearly_its_error(void **state)
{
    (void)state;
    static struct people p;

    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct finegray *const expected = finegray_alloc(1);
        struct arm_ratio s;
        draw(&p, 30 + 10 * seed, seed);
        for (size_t i = 0; i < p.n; i++) {
            p.weight[i] = 1;
            p.time[i] += seed % 2 == 0; /* time 0 is told apart */
        }
        fit(&p, expected);
        const struct subhazard_rows rows = rows_of(&p, seed % 2 != 0);
        assert_int_equal(subhazard_solve(&rows, &s, p.slope), GSL_SUCCESS);
        assert_near(s.log_ratio, expected->coef[0], 1e-10);
        assert_near(sqrt(squares(&p)), expected->std_err[0], 0.02); /* crr has Y^2 where a derivative has Y (Y - C) */
        finegray_free(expected);
    }
}

static void test_a_weight_is_so_many_copies(void **state)
{
    (void)state;
    static struct people p, copies;
    struct finegray *const expected = finegray_alloc(1);
    struct arm_ratio s;

    draw(&p, 250, 77);
    copies.n = 0;
    for (size_t i = 0; i < p.n; i++)
        for (int k = 0; k < (int)p.weight[i]; k++) {
            const size_t to = copies.n++;
            copies.place[to] = p.place[i];
            copies.time[to] = p.time[i];
            copies.cause[to] = p.cause[i];
            copies.treated[to] = p.treated[i];
            copies.code[to] = p.code[i];
        }
    fit(&copies, expected);
    const struct subhazard_rows rows = rows_of(&p, true);
    assert_int_equal(subhazard_solve(&rows, &s, p.slope), GSL_SUCCESS);
    assert_near(s.log_ratio, expected->coef[0], 1e-10);
    finegray_free(expected);
}

/* Central differences of whole solutions. */
static void test_slopes_are_those_of_the_solution_by_each_weight(void **state)
{
    (void)state;
    static struct people p, q;

    for (int from_zero = 0; from_zero < 2; from_zero++) {
        struct arm_ratio s, up, down;
        draw(&p, 90, 5);
        for (size_t i = 0; i < p.n; i++)
            p.weight[i] = 0.3 + 2 * placed_random(5, i, 9);
        p.weight[7] = 0;
        q = p;
        const struct subhazard_rows rows = rows_of(&p, from_zero != 0), other = rows_of(&q, from_zero != 0);
        assert_int_equal(subhazard_solve(&rows, &s, p.slope), GSL_SUCCESS);
        assert_true(p.slope[7] == 0);
        for (size_t i = 0; i < p.n; i++) {
            const double h = 1e-4;
            if (p.weight[i] == 0)
                continue;
            q.weight[i] = p.weight[i] + h;
            assert_int_equal(subhazard_solve(&other, &up, q.slope), GSL_SUCCESS);
            q.weight[i] = p.weight[i] - h;
            assert_int_equal(subhazard_solve(&other, &down, q.slope), GSL_SUCCESS);
            q.weight[i] = p.weight[i];
            assert_true(fabs((up.log_ratio - down.log_ratio) / (2 * h) - p.slope[i]) < 1e-8);
        }
    }
}

static void test_what_has_no_ratio_says_why_and_bad_weights_are_refused(void **state)
{
    (void)state;
    static struct people p;
    struct arm_ratio s;

    draw(&p, 60, 3);
    const struct subhazard_rows rows = rows_of(&p, true);
    p.weight[5] = -1;
    assert_int_equal(subhazard_solve(&rows, &s, p.slope), GSL_EINVAL);
    p.weight[5] = NAN;
    assert_int_equal(subhazard_solve(&rows, &s, p.slope), GSL_EINVAL);
    draw(&p, 60, 3);
    for (size_t i = 0; i < p.n; i++)
        if (p.treated[i] && p.cause[i] == 1)
            p.cause[i] = 0;
    assert_int_equal(subhazard_solve(&rows, &s, p.slope), GSL_EDOM);
    assert_int_equal(s.sign, -1);
    for (size_t i = 0; i < p.n; i++)
        p.cause[i] = p.cause[i] == 1 ? 2 : p.cause[i];
    assert_int_equal(subhazard_solve(&rows, &s, p.slope), GSL_EZERODIV);
    draw(&p, 60, 3);
    for (size_t i = 0; i < p.n; i++)
        p.weight[i] = p.treated[i];
    assert_int_equal(subhazard_solve(&rows, &s, p.slope), GSL_ESING);
}

/* Arm 1 has its events when nobody of arm 0 is left, lost or gone: they say nothing, and those of arm 0 alone are on one side. */
static void test_events_of_an_arm_that_is_alone_say_nothing(void **state)
{
    (void)state;
    static const uint32_t place[] = {1, 2, 2, 3, 4, 5, 6, 6};
    static const int32_t cause[] = {1, 0, 1, 0, 0, 1, 1, 0};
    static const uint8_t treated[] = {0, 1, 0, 0, 1, 1, 1, 1}, turned[] = {1, 0, 1, 1, 0, 0, 0, 0};
    static const double weight[] = {1.5, 2, 1, 0.25, 3, 1, 0.7, 1};
    double slope[8];
    struct arm_ratio s;

    for (int k = 0; k < 2; k++) {
        const struct subhazard_rows rows = {.n = 8, .place = place, .cause = cause, .treated = k == 0 ? treated : turned, .weight = weight, .n_time = 7};
        assert_int_equal(subhazard_solve(&rows, &s, slope), GSL_EDOM);
        assert_int_equal(s.sign, k == 0 ? -1 : 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weights_of_one_give_the_regression_and_nearly_its_error),
        cmocka_unit_test(test_a_weight_is_so_many_copies),
        cmocka_unit_test(test_slopes_are_those_of_the_solution_by_each_weight),
        cmocka_unit_test(test_events_of_an_arm_that_is_alone_say_nothing),
        cmocka_unit_test(test_what_has_no_ratio_says_why_and_bad_weights_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
