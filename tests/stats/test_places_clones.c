/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Weights of strategies, their curves and linear parts, of clones in several places give the bits of one call with all: stats/reducer.h. */
#include "stats/clone_weights.h"
#include "stats/clusters.h"
#include "stats/influence.h"
#include "stats/weighted_curve.h"
#include "tests/stats/places.h"
#include "tests/support/draws.h"
#include "tests/support/near.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N_MAX = 2000, N_TIME = 41, P = 3, N_READ = 3 };

static const struct clone_rule rules[] = {{-1, 10, 11}, {10, INFINITY, 1}, {INFINITY, INFINITY, 1}, {4, 14, 6}, {-1, 8, 1}};
enum { N_RULES = sizeof rules / sizeof rules[0] };
static const double days[N_READ] = {9, 20, 33};

struct rows {
    size_t n;
    struct clone_rule rule;
    bool counted;
    double truncate;
    double time[N_MAX], act[N_MAX], frequency[N_MAX], x[N_MAX];
    int32_t cause[N_MAX];
    uint16_t level[N_MAX];
    size_t row[N_MAX]; /* among those of all places */
};

/* What is said of all, and of each clone. */
struct said {
    int status, curve_status;
    size_t counts[6];
    int64_t of_models[4];
    double effective, largest_share, largest_weight, surv[N_TIME], cuminc[2 * N_TIME], coef[P];
    double by_person[N_READ], by_level[N_READ];
};

struct clone_said {
    double last, phi[N_READ];
};

struct split {
    const struct rows *all;
    uint8_t place[N_MAX];
    struct said said[PLACES_MAX];
    struct clone_said clones[N_MAX];
    size_t n_messages[2]; /* of one number, and of all at once */
};

/* Some act early, some never; some are lost; sets in which nobody departs, nobody follows, or nobody like some who depart follows. */
static void make_rows(uint32_t number, struct rows *r)
{
    struct draws draws = {number * 61 + 5};

    r->n = number == 7 ? N_MAX : number % 11 == 10 ? 1 + number % 3 : 20 + (size_t)draw_below(&draws, 180);
    r->rule = rules[number % N_RULES];
    r->counted = number % 3 == 1;
    r->truncate = number % 4 == 2 ? 0.8 : 1;
    for (size_t i = 0; i < r->n; i++) {
        const int draw = draw_below(&draws, 10);
        r->level[i] = (uint16_t)draw_below(&draws, 3);
        r->x[i] = (draw_below(&draws, 1000) - 300) / 170.;
        r->act[i] = draw < 3 ? (double)INFINITY : draw_below(&draws, 18 + 4 * r->level[i]);
        if (number % 9 == 4)
            r->act[i] = INFINITY;
        if (number % 9 == 5)
            r->act[i] = draw_below(&draws, 4);
        if (number % 6 == 5 && r->level[i] == 1) /* all depart, one way or the other */
            r->act[i] = isfinite(r->rule.by) ? (double)INFINITY : 2;
        r->time[i] = draw_below(&draws, 5) == 0 ? draw_below(&draws, 12) : 12 + draw_below(&draws, N_TIME - 12);
        r->cause[i] = draw_below(&draws, 3);
        r->frequency[i] = draw_below(&draws, 4);
        clone_cut(&r->rule, r->act[i], &r->time[i], &r->cause[i]);
        r->row[i] = i;
    }
}

/* Two rows in turn are of one person; levels are shared by all places. */
static void square(const struct rows *r, double *const *phi, bool at_once, const struct reducer *reducer, size_t *n_messages,
                   struct said *said)
{
    static const struct clusters none;
    int32_t *const of = calloc(2 * r->n + 1, sizeof *of), *const level = of + r->n;
    struct clusters persons = none, levels = {.of = level, .n = 3, .n_shared = 3};

    for (size_t i = 0; i < r->n; i++) {
        of[i] = (int32_t)(r->row[i] / 2);
        level[i] = r->level[i];
    }
    assert_int_equal(clusters_find(of, r->n, reducer, of, &persons, NULL), GSL_SUCCESS);
    for (size_t k = 0; k < N_READ; k++) {
        said->by_person[k] = said->by_level[k] = NAN;
        if (reducer != NULL && k == 0)
            n_messages[0] -= places_n_messages(reducer);
        if (!at_once || k == 0) {
            (void)influence_variance_all(r->n, phi[k], NULL, &persons, reducer, &said->by_person[k]);
            (void)influence_variance_all(r->n, phi[k], NULL, &levels, reducer, &said->by_level[k]);
        }
        if (reducer != NULL && k == 0)
            n_messages[0] += places_n_messages(reducer);
    }
    if (at_once) {
        n_messages[1] -= places_n_messages(reducer);
        assert_int_equal(influence_variance_each(r->n, (const double *const *)phi, N_READ, &persons, reducer, said->by_person), GSL_SUCCESS);
        assert_int_equal(influence_variance_each(r->n, (const double *const *)phi, N_READ, &levels, reducer, said->by_level), GSL_SUCCESS);
        n_messages[1] += places_n_messages(reducer) - 2; /* and two more say that there is memory */
    }
    free(of);
}

/* One number after the other, or all at once: which is the same. */
static void read_parts(const struct rows *r, const struct clone_weights *w, const struct weighted_curve *curve, bool at_once,
                       const struct reducer *reducer, size_t *n_messages, struct said *said, struct clone_said *clones)
{
    const struct weighted_rows weighted = {w->n, w->place, w->entry, w->cause, w->weight};
    double *const d = calloc(N_READ * (w->n + r->n) + 1, sizeof *d);
    const double *slopes[N_READ];
    double *phi[N_READ];

    for (size_t k = 0; k < N_READ; k++) {
        double *const own = d + k * w->n;
        if (k == 0)
            weighted_curve_survival_influence(curve, &weighted, days[k], own);
        else
            weighted_curve_risk_influence(curve, &weighted, k, days[k], own);
        slopes[k] = own;
        phi[k] = d + N_READ * w->n + k * r->n;
    }
    if (reducer != NULL)
        n_messages[0] -= places_n_messages(reducer);
    for (size_t k = 0; k < (at_once ? 1 : N_READ); k++)
        assert_int_equal(clone_weights_influence(w, slopes[k], phi[k]), GSL_SUCCESS);
    if (reducer != NULL) {
        n_messages[0] += places_n_messages(reducer);
        n_messages[1] -= places_n_messages(reducer);
    }
    if (at_once)
        assert_int_equal(clone_weights_influence_each(w, slopes, N_READ, phi), GSL_SUCCESS);
    if (reducer != NULL)
        n_messages[1] += places_n_messages(reducer);
    for (size_t i = 0; i < r->n; i++) {
        clones[r->row[i]].last = w->last[i];
        for (size_t k = 0; k < N_READ; k++)
            clones[r->row[i]].phi[k] = phi[k][i];
    }
    square(r, phi, at_once, reducer, n_messages, said);
    free(d);
}

static void say(const struct rows *r, const struct reducer *reducer, struct said *said, size_t *n_messages, struct clone_said *clones)
{
    static const int32_t number[] = {0}, levels[] = {DESIGN_NONE, 1, 2};
    const struct design_block blocks[] = {{.value = r->x, .n_level = 1, .column = number},
                                          {.code = r->level, .n_level = 3, .column = levels}};
    const struct design_matrix design = {.n = r->n, .p = P, .n_block = 2, .block = blocks};
    const struct clone_rows rows = {.n = r->n, .time = r->time, .cause = r->cause, .act = r->act,
                                    .frequency = r->counted ? r->frequency : NULL, .design = &design, .reducer = reducer};
    double axis[N_TIME];
    struct clone_weights *w = NULL;

    for (size_t k = 0; k < N_TIME; k++)
        axis[k] = (double)k;
    memset(said, 0, sizeof *said);
    said->status = clone_weights_alloc(&rows, &r->rule, axis, N_TIME, r->truncate, 1, &w);
    if (said->status != GSL_SUCCESS)
        return;
    const struct weighted_rows weighted = {w->n, w->place, w->entry, w->cause, w->weight};
    struct weighted_curve *const curve = weighted_curve_alloc(axis, N_TIME, 2);
    const size_t counts[] = {w->n_everywhere, w->n_all, w->n_departed, w->n_following, w->n_unfollowed, w->n_held};

    memcpy(said->counts, counts, sizeof counts);
    memcpy(said->of_models, w->avoid.n_of, sizeof w->avoid.n_of);
    memcpy(said->of_models + 2, w->act.n_of, sizeof w->act.n_of);
    said->effective = w->effective;
    said->largest_share = w->largest_share;
    said->largest_weight = w->largest_weight;
    if (w->avoid.fit != NULL)
        memcpy(said->coef, w->avoid.fit->coef, sizeof said->coef);
    said->curve_status = weighted_curve_solve_all(curve, &weighted, reducer);
    if (said->curve_status == GSL_SUCCESS) {
        memcpy(said->surv, curve->surv, sizeof said->surv);
        memcpy(said->cuminc, curve->cuminc, sizeof said->cuminc);
        read_parts(r, w, curve, reducer != NULL, reducer, n_messages, said, clones);
    }
    weighted_curve_free(curve);
    clone_weights_free(w);
}

static void say_place(void *context, size_t place, const struct reducer *reducer)
{
    struct split *const split = context;
    const struct rows *const all = split->all;
    struct rows *const own = malloc(sizeof *own);
    size_t n_messages[2] = {0, 0};

    *own = *all;
    own->n = PLACES_KEEP(all->n, split->place, place, COLUMN(own->time), COLUMN(own->act), COLUMN(own->frequency), COLUMN(own->x),
                         COLUMN(own->cause), COLUMN(own->level), COLUMN(own->row));
    say(own, reducer, &split->said[place], n_messages, split->clones);
    if (place == 0)
        memcpy(split->n_messages, n_messages, sizeof n_messages);
    free(own);
}

/* At random; by level; nearly all in the first; or nobody in the others. */
static void deal(uint32_t number, size_t n_places, const struct rows *rows, uint8_t *place)
{
    struct draws draws = {number};

    for (size_t i = 0; i < rows->n; i++)
        place[i] = (uint8_t)(number % 5 < 2    ? (size_t)draw_below(&draws, (int)n_places)
                             : number % 5 == 2 ? (size_t)rows->level[i] % n_places
                             : number % 5 == 3 ? (size_t)(n_places > 1 && draw_below(&draws, 20) == 0)
                                               : n_places - 1);
}

static void check(uint32_t number, size_t n_places, const struct rows *rows, struct said *whole, size_t n_messages[2])
{
    static struct split split;
    static struct clone_said one[N_MAX];

    memset(one, 0, sizeof one);
    memset(&split, 0, sizeof split);
    split.all = rows;
    deal(number, n_places, rows, split.place);
    say(rows, NULL, whole, NULL, one);
    places_run(n_places, say_place, &split);
    for (size_t k = 0; k < n_places; k++)
        if (memcmp(&split.said[k], whole, sizeof *whole) != 0)
            fail_msg("set %u, place %zu of %zu: status %d and %d, effective %.17g and %.17g, coef %.17g and %.17g", number, k, n_places,
                     split.said[k].status, whole->status, split.said[k].effective, whole->effective, split.said[k].coef[1],
                     whole->coef[1]);
    for (size_t i = 0; i < rows->n; i++)
        if (memcmp(&split.clones[i], &one[i], sizeof one[i]) != 0)
            fail_msg("set %u, %zu places, clone %zu: phi %.17g and %.17g", number, n_places, i, split.clones[i].phi[0], one[i].phi[0]);
    memcpy(n_messages, split.n_messages, sizeof split.n_messages);
}

static void test_strategies_of_people_in_several_places_are_those_of_all(void **state)
{
    static struct rows rows;
    struct said whole;
    size_t n_fitted[2] = {0, 0}, n_unfollowed = 0, n_nobody = 0, n_held = 0, n_plain = 0, n_messages[2];

    (void)state;
    for (uint32_t number = 0; number < 140; number++) {
        make_rows(number, &rows);
        check(number, 1 + number % 7, &rows, &whole, n_messages);
        n_fitted[0] += whole.status == GSL_SUCCESS && whole.of_models[1] > 0;
        n_fitted[1] += whole.status == GSL_SUCCESS && whole.of_models[2] > 0;
        n_unfollowed += whole.counts[4] > 0;
        n_nobody += whole.status == GSL_EDOM;
        n_held += whole.counts[5] > 0;
        n_plain += whole.status == GSL_SUCCESS && whole.counts[2] == 0;
        assert_int_equal(n_messages[0], n_messages[1]); /* three numbers meet as often as one */
    }
    assert_true(n_fitted[0] > 20 && n_fitted[1] > 20 && n_unfollowed > 3 && n_nobody > 3 && n_held > 5 && n_plain > 3);
}

/* A slope that is not finite, and a time that is not, in one place of two. */
static void weigh_badly(void *context, size_t place, const struct reducer *reducer)
{
    static const double time[] = {3, 8, 8, 12, 12, 12}, act[] = {3, INFINITY, INFINITY, INFINITY, 2, 11}, axis[] = {3, 8, 12};
    static const double bad[] = {-1, 8, 8, 12, 12, 12};
    static const int32_t cause[] = {0, 1, 0, 0, 0, 1};
    const struct design_matrix design = {.n = place == 1 ? 6 : 0};
    struct clone_rows rows = {.n = design.n, .time = bad, .cause = cause, .act = act, .design = &design, .reducer = reducer};
    struct clone_weights *w = NULL;
    double d[24] = {0}, phi[6];
    int *const status = context;

    status[place] = clone_weights_alloc(&rows, &rules[1], axis, 3, 1, 1, &w);
    rows.time = time;
    assert_int_equal(clone_weights_alloc(&rows, &rules[1], axis, 3, 1, 1, &w), GSL_SUCCESS);
    d[0] = NAN;
    status[2 + place] = clone_weights_influence(w, d, phi);
    clone_weights_free(w);
}

static void test_what_one_place_refuses_all_refuse(void **state)
{
    int status[4] = {-1, -1, -1, -1};

    (void)state;
    places_run(2, weigh_badly, status);
    for (size_t k = 0; k < 4; k++)
        assert_int_equal(status[k], GSL_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strategies_of_people_in_several_places_are_those_of_all),
        cmocka_unit_test(test_what_one_place_refuses_all_refuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
