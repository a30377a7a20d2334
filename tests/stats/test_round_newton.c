/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rounds whose answers are those of all people at once end where the regression of all people does, errors included: where every level
 * has events, where one has none, and where the level that the others are compared with has none.
 */
#include "stats/round_newton.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/cox.h"
#include "tests/support/draws.h"
#include "tests/support/near.h"

enum { N = 240, P = 4, LEVELS = 4 };

struct people {
    double time[N], x[N];
    uint16_t level[N];
    int32_t event[N];
};

static void draw_people(struct people *s, uint64_t seed, int without)
{
    struct draws draws = {seed};

    for (int i = 0; i < N; i++) {
        s->level[i] = (uint16_t)draw_below(&draws, LEVELS);
        s->x[i] = 20 + draw_below(&draws, 50) + 3 * s->level[i];
        s->time[i] = 1 + floor(-90 * log(draw_uniform(&draws)) / (1 + 0.4 * s->level[i]));
        s->event[i] = draw_chance(&draws, 0.6) && s->level[i] != without;
    }
}

/* Rounds until they end; returns the inverse information of the last one in covariance [P * P]. */
static void go_round(struct cox_work *work, struct round_newton *state, double *covariance)
{
    struct cox_point *const point = cox_point_alloc(P);

    while (state->status == ROUND_GOING) {
        memcpy(point->beta, state->asked, P * sizeof *point->beta);
        assert_int_equal(cox_evaluate(work, point), GSL_SUCCESS);
        memcpy(covariance, point->info, P * P * sizeof *covariance);
        round_newton_take(state, point->loglik, point->score, covariance, point->size);
    }
    assert_int_equal(state->status, ROUND_DONE);
    cox_point_free(point);
}

/* without: the level that has no events, or -1; reference: that the others are compared with. */
static void compare_with_all(uint64_t seed, int without, int reference)
{
    static struct people s;
    static const int32_t value[] = {0};
    int32_t columns[LEVELS];
    const struct design_block blocks[] = {{.value = s.x, .n_level = 1, .column = value}, {.code = s.level, .n_level = LEVELS, .column = columns}};
    const struct design_matrix design = {N, P, 2, blocks};
    const struct cox_rows rows = {.n = N, .time = s.time, .event = s.event, .n_stratum = 1, .design = &design};
    const struct cox_control control = COX_CONTROL;
    struct round_newton state;
    double covariance[P * P];

    draw_people(&s, seed, without);
    for (int32_t l = 0, column = 1; l < LEVELS; l++)
        columns[l] = l == reference ? DESIGN_NONE : column++;
    struct cox_data *const data = cox_data_alloc(&rows, 1);
    struct cox_work *const work = cox_work_alloc(data, COX_BRESLOW, 1);
    struct cox_fit *const fit = cox_fit_alloc(P);
    assert_int_equal(cox_fit_run(work, &control, fit), GSL_SUCCESS);
    assert_int_equal(round_newton_alloc(P, &state), GSL_SUCCESS);
    go_round(work, &state, covariance);
    for (size_t j = 0; j < P; j++) {
        const double scale = data->copy->scale[j];
        assert_int_equal(state.endless[j], fit->column[j] == COX_INFINITE);
        if (state.endless[j])
            continue;
        assert_near(state.base[j] * scale, fit->coef[j], 1e-7);
        assert_near(covariance[j * P + j] * scale * scale, fit->covariance[j * P + j], 1e-7);
    }
    /* What tells levels apart that all run away is known, too. */
    for (size_t j = 2; without == reference && j < P; j++)
        assert_near(state.base[j] - state.base[1], fit->point->beta[j] - fit->point->beta[1], 1e-6);
    round_newton_free(&state);
    cox_fit_free(fit);
    cox_work_free(work);
    cox_data_free(data);
}

static void test_rounds_end_where_all_people_at_once_do(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++)
        compare_with_all(seed, -1, (int)(seed % LEVELS));
}

static void test_a_level_without_events_leaves_the_rest_as_it_is(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++)
        compare_with_all(seed, 2, (int)(seed % 2));
}

static void test_so_does_one_that_the_others_are_compared_with(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++)
        compare_with_all(seed, (int)(seed % LEVELS), (int)(seed % LEVELS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rounds_end_where_all_people_at_once_do),
        cmocka_unit_test(test_a_level_without_events_leaves_the_rest_as_it_is),
        cmocka_unit_test(test_so_does_one_that_the_others_are_compared_with),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
