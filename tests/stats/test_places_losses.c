/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Weights of being seen, their curves and ratios, and Cox models of weighted rows that enter late, are bit by bit the same
 * wherever the rows lie.
 */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/cox.h"
#include "stats/cox_score.h"
#include "stats/cox_zph.h"
#include "stats/loss_ratio.h"
#include "stats/loss_weights.h"
#include "stats/placed_random.h"
#include "tests/stats/places.h"
#include "tests/support/near.h"

enum { N_MOST = 260, N_TIME = 19, N_CAUSE = 2, P = 3 };

static const int32_t x_column[] = {0}, level_column[] = {DESIGN_NONE, 1, 2};

struct rows {
    size_t n;
    size_t number[N_MOST]; /* among all rows */
    double x[N_MOST], a[N_MOST], frequency[N_MOST], time[N_MOST], entry[N_MOST];
    uint16_t level[N_MOST];
    uint32_t place[N_MOST];
    int32_t cause[N_MOST], event[N_MOST];
    uint8_t arm[N_MOST], where[N_MOST];
    bool late;
    size_t horizon;
};

struct said {
    int status[2], curve_status[2], influence_status[2], ratio_status, cox_status;
    bool exists[2];
    size_t n_lost[2], p[2];
    double level[2][N_TIME + 1], survival[2][N_TIME], covariance[2][P * P], ratio[3], phi[N_MOST], slope[N_MOST], ratio_phi[N_MOST];
    double coef[P], coef_covariance[P * P], loglik, zph, score[N_MOST];
};

static uint64_t draw(uint64_t number, uint64_t i, uint64_t what, uint64_t below)
{
    return (uint64_t)(placed_random(number * 64 + what, i, 0) * (double)below);
}

/* Some have a frequency of 0; in some sets a level of which nobody, or everybody, is lost, or nobody lost at all. */
static void make_rows(uint64_t number, size_t n_places, struct rows *rows)
{
    memset(rows, 0, sizeof *rows);
    rows->n = number % 9 == 0 ? 3 + draw(number, 0, 1, 4) : 40 + draw(number, 0, 2, N_MOST - 40);
    rows->horizon = number % 4 == 0 ? N_TIME - 3 : N_TIME;
    rows->late = number % 2 == 1;
    for (size_t i = 0; i < rows->n; i++) {
        rows->number[i] = i;
        rows->where[i] = (uint8_t)(number % 3 == 0 ? i * n_places / rows->n : draw(number, i, 3, number % 3 == 1 ? n_places : 1));
        rows->x[i] = placed_random(number, i, 4) * 30 - 8;
        rows->level[i] = (uint16_t)draw(number, i, 5, 3);
        rows->arm[i] = draw(number, i, 6, 2) == 1;
        rows->place[i] = (uint32_t)draw(number, i, 7, N_TIME);
        rows->cause[i] = (int32_t)draw(number, i, 8, N_CAUSE + 1);
        const int unseen = number % 5 == 2 ? 2 : number % 5 == 3 ? 0 : -1;
        if (rows->level[i] == unseen && rows->cause[i] == 0)
            rows->cause[i] = 1;
        if (number % 7 == 3 && rows->cause[i] == 0)
            rows->cause[i] = 2;
        rows->frequency[i] = number % 6 == 1 ? (double)draw(number, i, 9, 3) : 1;
        rows->a[i] = rows->frequency[i] * (draw(number, i, 10, 8) == 0 ? 0 : 0.3 + 4 * placed_random(number, i, 11));
        rows->entry[i] = draw(number, i, 12, 3) == 0 ? (double)draw(number, i, 13, rows->place[i] + 1) : -1;
        rows->time[i] = rows->place[i] + 1;
        rows->event[i] = rows->cause[i] == 1;
    }
}

static void keep_rows(struct rows *own, const uint8_t *where, size_t place)
{
    own->n = PLACES_KEEP(own->n, where, place, COLUMN(own->number), COLUMN(own->x), COLUMN(own->level), COLUMN(own->arm),
                         COLUMN(own->place), COLUMN(own->cause), COLUMN(own->frequency), COLUMN(own->a), COLUMN(own->entry),
                         COLUMN(own->time), COLUMN(own->event));
}

/* Those of an arm (2: both) at a place. */
static void take(const struct rows *all, size_t place, uint8_t arm, struct rows *own)
{
    *own = *all;
    keep_rows(own, own->where, place);
    if (arm < 2)
        keep_rows(own, own->arm, arm);
}

static void design_of(const struct rows *rows, struct design_block blocks[2], struct design_matrix *design)
{
    blocks[0] = (struct design_block){rows->x, NULL, 1, x_column};
    blocks[1] = (struct design_block){NULL, rows->level, 3, level_column};
    *design = (struct design_matrix){rows->n, P, 2, blocks};
}

/* By number among all, so that places fill each other's gaps. */
static void keep(const struct rows *rows, const double *values, double *all)
{
    for (size_t i = 0; i < rows->n; i++)
        all[rows->number[i]] = values[i];
}

static struct loss_weights *lose(const struct rows *own, uint8_t arm, const struct design_matrix *design, const struct reducer *reducer,
                                 struct said *said)
{
    const struct loss_rows rows = {own->n, own->place, own->cause, own->frequency, design, N_TIME, own->horizon, reducer};
    struct loss_weights *w = NULL;

    said->status[arm] = loss_weights_alloc(&rows, 1, &w);
    if (said->status[arm] != GSL_SUCCESS)
        return NULL;
    said->exists[arm] = w->exists;
    said->n_lost[arm] = w->n_lost;
    said->p[arm] = w->p;
    memcpy(said->level[arm], w->level, sizeof said->level[arm]);
    memcpy(said->covariance[arm], w->covariance, sizeof said->covariance[arm]);
    return w;
}

static void draw_curve(const struct rows *own, uint8_t arm, const struct loss_weights *w, struct said *said)
{
    static const double axis[N_TIME] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19};
    double *const d = calloc(2 * own->n + 1, sizeof *d), *const phi = d + own->n;
    struct weighted_curve *const curve = weighted_curve_alloc(axis, N_TIME, N_CAUSE);

    said->curve_status[arm] = loss_curve_solve(w, own->a, curve);
    if (said->curve_status[arm] == GSL_SUCCESS) {
        memcpy(said->survival[arm], curve->surv, sizeof said->survival[arm]);
        said->influence_status[arm] = loss_curve_influence(w, own->a, curve, LOSS_RISK, 1, 9, d, phi);
    }
    if (said->curve_status[arm] == GSL_SUCCESS && said->influence_status[arm] == GSL_SUCCESS) {
        keep(own, d, said->slope);
        keep(own, phi, said->phi);
    }
    weighted_curve_free(curve);
    free(d);
}

static void compare_arms(const struct rows own[2], struct loss_weights *const w[2], struct said *said)
{
    const struct loss_weights *const arm[2] = {w[0], w[1]};
    const double *const a[2] = {own[0].a, own[1].a};
    double *const slope[2] = {calloc(N_MOST, sizeof(double)), calloc(N_MOST, sizeof(double))},
                  *const phi[2] = {calloc(N_MOST, sizeof(double)), calloc(N_MOST, sizeof(double))};
    struct arm_ratio ratio;

    said->ratio_status = loss_ratio_solve(arm, a, N_CAUSE, own[0].late ? LOSS_SUBHAZARD : LOSS_HAZARD, &ratio, slope, phi);
    if (said->ratio_status == GSL_SUCCESS) {
        said->ratio[0] = ratio.log_ratio;
        said->ratio[1] = ratio.information;
        for (size_t k = 0; k < 2; k++)
            keep(&own[k], phi[k], said->ratio_phi);
    }
    for (size_t k = 0; k < 2; k++) {
        free(slope[k]);
        free(phi[k]);
    }
}

/* Weights that are no frequencies, entries and ties. */
static void fit_weighted(const struct rows *all, size_t place, const struct reducer *reducer, struct said *said)
{
    static const int32_t terms[] = {0, 1, 1};
    const struct cox_control control = COX_CONTROL;
    struct rows *const own = calloc(2, sizeof *own), *const kept = own + 1;
    struct design_block blocks[2];
    struct design_matrix design;

    take(all, place, 2, own);
    kept->n = 0;
    for (size_t i = 0; i < own->n; i++)
        if (own->a[i] > 0) {
            const size_t k = kept->n++;
            kept->number[k] = own->number[i];
            kept->x[k] = own->x[i];
            kept->level[k] = own->level[i];
            kept->a[k] = own->a[i];
            kept->entry[k] = own->entry[i];
            kept->time[k] = own->time[i];
            kept->event[k] = own->event[i];
        }
    design_of(kept, blocks, &design);
    const struct cox_rows rows = {.n = kept->n, .entry = all->late ? kept->entry : NULL, .time = kept->time, .event = kept->event,
                                  .n_stratum = 1, .weight = kept->a, .design = &design, .reducer = reducer};
    struct cox_data *const data = cox_data_alloc(&rows, 1);
    struct cox_work *const work = cox_work_alloc(data, all->horizon == N_TIME ? COX_EFRON : COX_BRESLOW, 1);
    struct cox_fit *const fit = cox_fit_alloc(P);
    said->cox_status = cox_fit_run(work, &control, fit);
    if (said->cox_status == GSL_SUCCESS) {
        struct cox_scores *const scores = cox_scores_alloc(work);
        double *const g = malloc((data->n_axis + 1) * sizeof *g), u[P];
        struct chi_square_test test[3];
        struct cox_zph zph = {.test = test};
        memcpy(said->coef, fit->coef, sizeof said->coef);
        memcpy(said->coef_covariance, fit->covariance, sizeof said->coef_covariance);
        said->loglik = fit->loglik;
        for (size_t i = 0; i < data->n; i++) {
            cox_score_row(scores, i, u);
            said->score[kept->number[data->row[i]]] = u[0] - u[1] / 3;
        }
        if (cox_zph_times(data, &rows, COX_ZPH_KM, g) == GSL_SUCCESS && cox_zph_run(work, fit, g, terms, 2, &zph) == GSL_SUCCESS)
            said->zph = test[0].statistic;
        free(g);
        cox_scores_free(scores);
    }
    cox_fit_free(fit);
    cox_work_free(work);
    cox_data_free(data);
    free(own);
}

static void say(const struct rows *all, size_t place, const struct reducer *reducer, struct said *said)
{
    struct rows *const own = calloc(2, sizeof *own);
    struct design_block blocks[2][2];
    struct design_matrix design[2];
    struct loss_weights *w[2];

    memset(said, 0, sizeof *said);
    for (uint8_t arm = 0; arm < 2; arm++) {
        take(all, place, arm, &own[arm]);
        design_of(&own[arm], blocks[arm], &design[arm]);
        w[arm] = lose(&own[arm], arm, &design[arm], reducer, said);
        if (w[arm] != NULL && w[arm]->exists)
            draw_curve(&own[arm], arm, w[arm], said);
    }
    if (w[0] != NULL && w[1] != NULL && w[0]->exists && w[1]->exists)
        compare_arms(own, w, said);
    loss_weights_free(w[0]);
    loss_weights_free(w[1]);
    fit_weighted(all, place, reducer, said);
    free(own);
}

struct split {
    const struct rows *all;
    struct said said[PLACES_MAX];
};

static void say_place(void *context, size_t place, const struct reducer *reducer)
{
    struct split *const split = context;

    say(split->all, place, reducer, &split->said[place]);
}

/* Numbers by row are of one place each. */
static void join_rows(struct split *split, size_t n_places)
{
    for (size_t i = 0; i < split->all->n; i++) {
        const struct said *const from = &split->said[split->all->where[i]];
        const double values[] = {from->phi[i], from->slope[i], from->ratio_phi[i], from->score[i]};
        for (size_t k = 0; k < n_places; k++) {
            split->said[k].phi[i] = values[0];
            split->said[k].slope[i] = values[1];
            split->said[k].ratio_phi[i] = values[2];
            split->said[k].score[i] = values[3];
        }
    }
}

static void test_losses_and_weighted_models_are_the_same_wherever_rows_lie(void **state)
{
    static struct rows rows, together;
    static struct split split;
    static struct said alone;
    size_t n_fitted = 0, n_lost = 0;

    (void)state;
    split.all = &rows;
    for (uint64_t number = 1; number <= 60; number++) {
        const size_t n_places = 1 + number % 5;
        make_rows(number, n_places, &rows);
        together = rows;
        memset(together.where, 0, sizeof together.where);
        say(&together, 0, NULL, &alone);
        places_run(n_places, say_place, &split);
        join_rows(&split, n_places);
        for (size_t k = 0; k < n_places; k++)
            if (memcmp(&split.said[k], &alone, sizeof alone) != 0)
                fail_msg("set %llu, place %zu of %zu: status %d %d and %d %d, level %.17g and %.17g, ratio %.17g and %.17g, coef %.17g and %.17g",
                         (unsigned long long)number, k, n_places, split.said[k].status[0], split.said[k].cox_status, alone.status[0],
                         alone.cox_status, split.said[k].level[0][9], alone.level[0][9], split.said[k].ratio[0], alone.ratio[0],
                         split.said[k].coef[0], alone.coef[0]);
        n_fitted += alone.cox_status == GSL_SUCCESS;
        n_lost += alone.ratio_status == GSL_SUCCESS && alone.exists[0] && alone.p[0] > 0;
    }
    assert_true(n_fitted > 40 && n_lost > 20);
}

/* A place beyond the axis, and a cause that nobody has named, in one place of two. */
static void lose_badly(void *context, size_t place, const struct reducer *reducer)
{
    static const uint32_t beyond[] = {1, N_TIME}, fine[] = {1, 2};
    static const int32_t cause[] = {0, 3};
    static const double frequency[] = {1, 1}, a[] = {1, 1};
    static const struct design_matrix none = {.n = 2}, nobody = {.n = 0};
    int *const status = context;
    struct loss_rows rows = {place == 1 ? 2 : 0, beyond, cause, frequency, place == 1 ? &none : &nobody, N_TIME, N_TIME, reducer};
    struct loss_weights *w = NULL;
    double y[N_TIME], d[2 * N_TIME];

    status[place] = loss_weights_alloc(&rows, 1, &w);
    rows.place = fine;
    if (loss_weights_alloc(&rows, 1, &w) == GSL_SUCCESS)
        status[2 + place] = loss_sums(w, a, 2, y, d);
    loss_weights_free(w);
}

static void test_what_one_place_refuses_all_refuse(void **state)
{
    int status[4] = {-1, -1, -1, -1};

    (void)state;
    places_run(2, lose_badly, status);
    for (size_t k = 0; k < 4; k++)
        assert_int_equal(status[k], GSL_EDOM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_losses_and_weighted_models_are_the_same_wherever_rows_lie),
        cmocka_unit_test(test_what_one_place_refuses_all_refuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
