/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Weights of a propensity, what they balance, curves, their errors and calibration: of rows in several places as of all in one. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/calibration.h"
#include "stats/glm_sandwich.h"
#include "stats/influence.h"
#include "stats/propensity.h"
#include "stats/weighted_balance.h"
#include "stats/weighted_curve.h"
#include "stats/weighted_errors.h"
#include "stats/weighted_ks.h"
#include "stats/weighted_mean.h"
#include "tests/stats/places.h"
#include "tests/support/near.h"

enum { N_MAX = 900, TIMES = 13, LEVELS = 4, P = 4, GROUPS = 10 };

static const double axis[TIMES] = {0, 1, 2, 3, 5, 8, 13, 21, 30, 34, 55, 89, 90};

/* People of both arms; those of arm 1 come first in every place. */
struct people {
    size_t n, n_treated;
    double x[N_MAX], y[N_MAX], arm[N_MAX], frequency[N_MAX];
    int64_t count[N_MAX];
    uint16_t f[N_MAX];
    int32_t level[N_MAX], cause[N_MAX], cluster[N_MAX];
    uint32_t place[N_MAX];
    uint8_t treated[N_MAX];
};

struct said {
    int status[8];
    struct propensity_summary summary;
    struct weighted_moments moments[2];
    double ks, levels[2 * LEVELS], surv[TIMES], cuminc[2 * TIMES], total, error[2][TIMES], variance, by_cluster[2], mean, sandwich[(P + 1) * (P + 1)];
    struct calibration_group groups[GROUPS];
    size_t n_group;
};

struct split {
    const struct people *all;
    uint8_t where[N_MAX];
    enum propensity_estimand estimand;
    struct propensity_limits limits;
    bool counted;
    struct said said[PLACES_MAX];
};

static uint32_t draw(uint32_t *state, uint32_t n)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) % n;
}

static void add(const struct people *from, size_t i, struct people *to)
{
    const size_t k = to->n++;

    to->x[k] = from->x[i];
    to->y[k] = from->y[i];
    to->arm[k] = from->treated[i];
    to->frequency[k] = from->frequency[i];
    to->count[k] = from->count[i];
    to->f[k] = from->f[i];
    to->level[k] = from->level[i];
    to->cause[k] = from->cause[i];
    to->cluster[k] = from->cluster[i];
    to->place[k] = from->place[i];
    to->treated[k] = from->treated[i];
    to->n_treated += from->treated[i];
}

static void make_people(uint32_t number, struct people *people)
{
    uint32_t state = number * 977u + 5;
    struct people *const all = calloc(1, sizeof *all);

    assert_non_null(all);
    for (int k = 0; k < 3; k++)
        draw(&state, 2);
    all->n = number % 4 == 0 ? N_MAX : 30 + draw(&state, 90);
    for (size_t i = 0; i < all->n; i++) {
        all->x[i] = ((double)draw(&state, number % 2 == 0 ? 7 : 100000) - 3) / 11;
        all->y[i] = (double)draw(&state, 1000) / 7;
        all->f[i] = (uint16_t)draw(&state, 4);
        all->level[i] = (int32_t)draw(&state, LEVELS + 1) - 1;
        all->cause[i] = (int32_t)draw(&state, 3);
        all->cluster[i] = (int32_t)draw(&state, 9);
        all->place[i] = draw(&state, TIMES);
        all->count[i] = number % 3 == 0 ? 1 + (int64_t)draw(&state, 4) : 1;
        all->frequency[i] = (double)all->count[i];
        all->treated[i] = draw(&state, 8) < 2u + all->f[i];
    }
    *people = (struct people){0};
    for (int treated = 1; treated >= 0; treated--)
        for (size_t i = 0; i < all->n; i++)
            if (all->treated[i] == treated)
                add(all, i, people);
    free(all);
}

static void draw_curve(const struct people *p, const struct weighted_rows *rows, const struct influence_model *model,
                       const struct reducer *reducer, struct said *said)
{
    struct weighted_curve *const curve = weighted_curve_alloc(axis, TIMES, 2);
    double *const phi = calloc(p->n + 1, sizeof *phi);

    said->status[1] = weighted_curve_solve_all(curve, rows, reducer);
    if (said->status[1] == GSL_SUCCESS) {
        memcpy(said->surv, curve->surv, sizeof said->surv);
        memcpy(said->cuminc, curve->cuminc, sizeof said->cuminc);
        said->total = curve->total;
        for (size_t cause = 0; cause < 2; cause++) {
            const struct weighted_errors_request request = {curve, rows, 0, p->n, p->frequency, model, cause, reducer};
            said->status[2] += weighted_errors(&request, said->error[cause]);
        }
        weighted_curve_survival_influence(curve, rows, 20, phi);
        said->status[3] = influence_linear(model, p->n, rows->weight, phi, phi);
        said->status[3] += influence_variance_all(p->n, phi, p->frequency, NULL, reducer, &said->variance);
        said->status[3] += influence_variance_all(p->n, phi, NULL, &(struct clusters){p->cluster, 9, 9}, reducer, &said->by_cluster[0]);
        said->status[3] += influence_sum_all(p->n, phi, &(struct clusters){p->cluster, 9, 9}, reducer, &said->by_cluster[1]);
    }
    free(phi);
    weighted_curve_free(curve);
}

static void weigh(const struct people *p, const struct split *split, const struct reducer *reducer, struct said *said)
{
    static const int32_t of_x[] = {0}, of_f[] = {DESIGN_NONE, 1, 2, 3};
    const struct design_block blocks[] = {{.value = p->x, .n_level = 1, .column = of_x}, {.code = p->f, .n_level = 4, .column = of_f}};
    const struct design_matrix design = {.n = p->n, .p = P, .n_block = 2, .block = blocks};
    const double *const frequency = split->counted ? p->frequency : NULL;
    const struct glm_data data = {&design, p->arm, NULL, frequency};
    const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 1, .reducer = reducer};
    double *const weight = calloc(3 * (p->n + 1), sizeof *weight), *const slope = weight + p->n + 1, *const score = slope + p->n + 1;
    struct glm_fit *fit = NULL;

    memset(said, 0, sizeof *said);
    said->status[0] = glm_fit_alloc(&data, &options, &fit);
    assert_non_null(fit);
    const struct propensity_rows rows = {p->n, p->treated, fit->eta, frequency};
    said->status[0] += propensity_weights_all(&rows, split->estimand, &split->limits, reducer, weight, slope, &said->summary);
    said->status[0] += glm_sandwich_clustered(&data, &options, fit, &(struct clusters){p->cluster, 9, 9}, said->sandwich);
    const struct influence_model model = {fit, &data, slope, 1};
    const struct weighted_rows treated = {p->n_treated, p->place, NULL, p->cause, weight};
    if (said->status[0] == GSL_SUCCESS)
        draw_curve(p, &treated, &model, reducer, said);
    for (uint8_t arm = 0; arm < 2; arm++)
        said->status[4] += weighted_moments_all(p->n, p->x, weight, p->frequency, p->treated, arm, reducer, &said->moments[arm]);
    said->status[4] += weighted_levels_all(p->n, p->level, LEVELS, weight, p->treated, reducer, said->levels);
    said->status[5] = weighted_ks_all(p->n, p->x, weight, p->treated, reducer, &said->ks);
    said->status[6] = weighted_mean_all(p->n, p->y, weight, reducer, &said->mean, score);
    for (size_t i = 0; i < p->n; i++)
        score[i] = glm_mean(GLM_LOGISTIC, fit->eta[i]);
    said->status[7] = calibration_groups_all(score, p->treated, p->count, p->n, GROUPS, 0.95, reducer, said->groups, &said->n_group);
    glm_fit_free(fit);
    free(weight);
}

static void weigh_place(void *context, size_t place, const struct reducer *reducer)
{
    struct split *const split = context;
    struct people *const own = calloc(1, sizeof *own);

    for (size_t i = 0; i < split->all->n; i++)
        if (split->where[i] == place)
            add(split->all, i, own);
    weigh(own, split, reducer, &split->said[place]);
    free(own);
}

static void test_what_weights_give_does_not_depend_on_where_people_are(void **state)
{
    static const struct propensity_limits limits[] = {{0, 1, false, 1}, {0.3, 0.8, false, 1}, {0, 1, true, 1}, {0.6, 0.6001, false, 1}, {0, 1, false, 0.8}};
    struct people *const people = malloc(sizeof *people);
    struct split *const split = malloc(sizeof *split);
    struct said *const whole = malloc(sizeof *whole);
    size_t n_good = 0, n_bad = 0;
    (void)state;

    for (uint32_t number = 0; number < 48; number++) {
        const size_t n_places = 1 + number % 4;
        uint32_t draws = number + 11;
        make_people(number, people);
        *split = (struct split){.all = people, .estimand = (enum propensity_estimand)(number % 4), .limits = limits[number / 2 % 5],
                                .counted = number % 3 == 0};
        weigh(people, split, NULL, whole);
        n_good += whole->status[0] == GSL_SUCCESS;
        n_bad += whole->status[0] != GSL_SUCCESS;
        for (size_t i = 0; i < people->n; i++) /* the last of many places has nobody */
            split->where[i] = (uint8_t)draw(&draws, (uint32_t)(n_places > 2 ? n_places - 1 : n_places));
        places_run(n_places, weigh_place, split);
        for (size_t place = 0; place < n_places; place++)
            assert_memory_equal(&split->said[place], whole, sizeof *whole);
    }
    assert_true(n_good > 30 && n_bad > 0);
    free(whole);
    free(split);
    free(people);
}

/* ---- refusals -------------------------------------------------------------------------------------------------------- */

struct refused {
    int status[9];
};

static struct refused refused[2];

/* One place has good rows, the other what cannot be: both say so. */
static void refuse(void *context, size_t place, const struct reducer *reducer)
{
    static const double eta[2] = {0.5, -0.5};
    static const uint8_t arm[2] = {1, 0};
    static const int32_t cause[2] = {1, 0}, level[2] = {0, 1};
    static const uint32_t when[2] = {1, 2};
    const double bad = place == 1 ? NAN : 1, weight[2] = {1, bad}, p[2] = {0.5, place == 1 ? 2 : 0.25};
    const struct weighted_rows rows = {2, when, NULL, cause, weight};
    const struct propensity_rows scores = {2, arm, eta, NULL};
    const struct propensity_limits wrong = {0, 1, false, 0.3};
    struct weighted_curve *const curve = weighted_curve_alloc(axis, TIMES, 1);
    struct propensity_summary summary;
    struct weighted_moments moments;
    struct calibration_group groups[2];
    double out[4], slope[2];
    size_t n_made;
    int *const status = refused[place].status;
    (void)context;

    status[0] = weighted_curve_solve_all(curve, &rows, reducer);
    status[1] = propensity_weights_all(&scores, PROPENSITY_ATE, &wrong, reducer, out, slope, &summary);
    status[2] = weighted_moments_all(2, eta, weight, NULL, arm, 1, reducer, &moments);
    status[3] = weighted_levels_all(2, level, 2, weight, arm, reducer, out);
    status[4] = weighted_ks_all(2, eta, weight, arm, reducer, out);
    status[5] = weighted_mean_all(2, eta, weight, reducer, out, NULL);
    status[6] = influence_variance_all(2, weight, NULL, NULL, reducer, out);
    status[7] = calibration_groups_all(p, arm, NULL, 2, 2, 0.95, reducer, groups, &n_made);
    status[8] = calibration_groups_all(p, arm, NULL, 0, 2, 0.95, reducer, groups, &n_made) |
                calibration_groups_all(p, arm, NULL, 0, CALIBRATION_GROUPS_MAX + 1, 0.95, reducer, groups, &n_made);
    weighted_curve_free(curve);
}

static void test_what_one_place_refuses_all_of_them_do(void **state)
{
    (void)state;
    places_run(2, refuse, NULL);
    for (size_t place = 0; place < 2; place++)
        for (size_t k = 0; k < 9; k++)
            assert_int_equal(refused[place].status[k], k == 0 ? GSL_EDOM : GSL_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_weights_give_does_not_depend_on_where_people_are),
        cmocka_unit_test(test_what_one_place_refuses_all_of_them_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
