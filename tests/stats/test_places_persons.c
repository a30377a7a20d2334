/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors by person are bit by bit the same wherever the persons are, whose rows lie in one place or, at borders, in two. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/clusters.h"
#include "stats/concordance.h"
#include "stats/cox.h"
#include "stats/cox_score.h"
#include "stats/finegray.h"
#include "stats/glm_sandwich.h"
#include "stats/influence.h"
#include "stats/recurrent.h"
#include "tests/stats/places.h"
#include "tests/support/draws.h"
#include "tests/support/near.h"

enum { ROWS_MOST = 700, P = 4, ARRANGEMENTS = 3 };

/* Stretches of persons, in their order. */
struct rows {
    size_t n, n_person;
    double entry[ROWS_MOST], time[ROWS_MOST], x[ROWS_MOST], y[ROWS_MOST];
    int32_t event[ROWS_MOST], cause[ROWS_MOST], person[ROWS_MOST], name[ROWS_MOST];
    uint16_t f[ROWS_MOST];
    uint8_t place[ROWS_MOST];
    bool whole; /* all rows of a person are in one place */
};

struct said {
    int status, fit_status[ARRANGEMENTS + 1], sandwich_status, subhazard_status;
    int64_t n_person;
    double coef[ARRANGEMENTS + 1][P], covariance[ARRANGEMENTS + 1][P * P], sandwich[(P + 1) * (P + 1)], subhazard[2 * P], influence[2];
    struct concordance concordance;
};

/* kind 0: runs of persons; 1: of rows, cut anywhere; 2: persons anywhere; 3: rows anywhere; 4: nearly all in one place. */
static void place_rows(struct draws *draws, int kind, size_t n_places, struct rows *r)
{
    r->whole = kind != 1 && kind != 3;
    for (size_t i = 0; i < r->n; i++) {
        const size_t p = (size_t)r->person[i];
        const bool same = i > 0 && r->person[i] == r->person[i - 1];
        r->place[i] = (uint8_t)(kind == 0   ? p * n_places / r->n_person
                                : kind == 1 ? i * n_places / r->n
                                : kind == 3 ? (size_t)draw_below(draws, (int)n_places)
                                : same      ? r->place[i - 1]
                                : kind == 2 ? (size_t)draw_below(draws, (int)n_places)
                                            : draw_chance(draws, 0.03) * (n_places - 1));
    }
}

static void make_rows(uint64_t number, size_t n_places, struct rows *r)
{
    struct draws draws = {number * 31 + 7};
    const int most = number % 6 == 0 ? 4 : 150;

    r->n = 0;
    r->n_person = number == 1 ? 1 : (size_t)(2 + draw_below(&draws, most));
    for (size_t p = 0; p < r->n_person; p++) {
        const int n = number == 1 ? 1 : 1 + draw_below(&draws, draw_chance(&draws, 0.5) ? 1 : 6);
        const double x = draw_below(&draws, 300) / 7., slow = draw_below(&draws, 5);
        double at = draw_chance(&draws, 0.3) ? draw_below(&draws, 9) : 0;
        for (int k = 0; k < n && r->n < ROWS_MOST; k++) {
            const size_t i = r->n++;
            r->entry[i] = at;
            r->time[i] = at = at + 1 + draw_below(&draws, 12) + slow;
            r->event[i] = draw_chance(&draws, 0.6);
            r->cause[i] = draw_below(&draws, 3);
            r->person[i] = (int32_t)p;
            r->name[i] = (int32_t)(3 * p + 5);
            r->x[i] = x + draw_below(&draws, 3);
            r->y[i] = draw_chance(&draws, 0.4);
            r->f[i] = (uint16_t)draw_below(&draws, 4);
            at += draw_chance(&draws, 0.3) ? draw_below(&draws, 6) : 0;
        }
        if (r->n == ROWS_MOST)
            r->n_person = p + 1;
    }
    place_rows(&draws, (int)(number % 5), n_places, r);
}

static void take_place(const struct rows *all, size_t place, const struct reducer *reducer, struct rows *own)
{
    *own = *all;
    own->n_person = 0;
    if (reducer != NULL)
        own->n = PLACES_KEEP(all->n, all->place, place, COLUMN(own->entry), COLUMN(own->time), COLUMN(own->event),
                             COLUMN(own->cause), COLUMN(own->name), COLUMN(own->x), COLUMN(own->y), COLUMN(own->f));
    for (size_t k = 0; k < own->n; k++)
        own->person[k] = k > 0 && own->name[k - 1] == own->name[k] ? own->person[k - 1] : (int32_t)own->n_person++;
}

static void fit_hazard(const struct cox_rows *rows, const struct clusters *clusters, struct said *said, size_t which)
{
    const struct cox_control control = COX_CONTROL;
    struct cox_data *const data = cox_data_alloc(rows, 1);
    struct cox_work *const work = cox_work_alloc(data, COX_EFRON, 1);
    struct cox_fit *const fit = cox_fit_alloc(P);

    said->fit_status[which] = cox_fit_run(work, &control, fit);
    if (said->fit_status[which] == GSL_SUCCESS) {
        struct cox_scores *const scores = cox_scores_alloc(work);
        memcpy(said->coef[which], fit->coef, sizeof said->coef[which]);
        said->status += cox_robust(scores, fit, clusters, said->covariance[which]);
        cox_scores_free(scores);
    }
    cox_fit_free(fit);
    cox_work_free(work);
    cox_data_free(data);
}

static void fit_hazards(const struct rows *own, const struct clusters *clusters, const struct design_matrix *design,
                        const struct reducer *reducer, struct said *said)
{
    struct cox_rows rows = {.n = own->n, .entry = own->entry, .time = own->time, .event = own->event, .n_stratum = 1,
                            .design = design, .reducer = reducer};

    fit_hazard(&rows, clusters, said, ARRANGEMENTS);
    said->status += concordance_solve(&rows, own->x, clusters, &said->concordance);
    for (int a = 0; own->whole && a < ARRANGEMENTS; a++) {
        int status;
        struct recurrent_rows *const arranged =
            recurrent_alloc_all(own->n, own->entry, own->time, own->event, own->person, own->n_person,
                                (enum recurrent_arrangement)a, reducer, &status);
        said->status += status;
        if (arranged == NULL)
            continue;
        rows.entry = arranged->entry;
        rows.time = arranged->time;
        rows.stratum = arranged->stratum;
        rows.n_stratum = arranged->n_stratum;
        fit_hazard(&rows, clusters, said, (size_t)a);
        recurrent_free(arranged);
    }
}

static void fit_others(const struct rows *own, const struct clusters *clusters, const struct design_matrix *design,
                       const struct reducer *reducer, struct said *said)
{
    const struct glm_data data = {.design = design, .y = own->y};
    const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 1, .reducer = reducer};
    const struct finegray_control control = FINEGRAY_CONTROL;
    const struct finegray_rows rows = {.n = own->n, .time = own->time, .cause = own->cause, .wanted = 1, .n_group = 1,
                                       .cluster = clusters->of, .n_cluster = clusters->n, .n_shared = clusters->n_shared,
                                       .design = design, .reducer = reducer};
    struct finegray *const subhazard = finegray_alloc(P);
    struct glm_fit *fit = NULL;

    said->sandwich_status = glm_fit_alloc(&data, &options, &fit);
    if (said->sandwich_status == GSL_SUCCESS)
        said->sandwich_status = glm_sandwich_clustered(&data, &options, fit, clusters, said->sandwich);
    glm_fit_free(fit);
    said->subhazard_status = finegray_solve(&rows, &control, 1, subhazard);
    if (said->subhazard_status == GSL_SUCCESS) {
        memcpy(said->subhazard, subhazard->coef, P * sizeof(double));
        memcpy(said->subhazard + P, subhazard->std_err, P * sizeof(double));
    }
    finegray_free(subhazard);
    (void)influence_variance_all(own->n, own->x, NULL, clusters, reducer, &said->influence[0]);
    said->status += influence_sum_all(own->n, own->x, clusters, reducer, &said->influence[1]);
}

struct split {
    const struct rows *all;
    struct said said[PLACES_MAX];
};

static void say(const struct rows *all, size_t place, const struct reducer *reducer, struct said *said)
{
    static const int32_t number[] = {0}, levels[] = {DESIGN_NONE, 1, 2, 3};
    struct rows *const own = calloc(1, sizeof *own);
    int32_t *const of = calloc(ROWS_MOST, sizeof *of);
    struct clusters clusters;

    take_place(all, place, reducer, own);
    memset(said, 0, sizeof *said);
    const struct design_block blocks[] = {{.value = own->x, .n_level = 1, .column = number},
                                          {.code = own->f, .n_level = 4, .column = levels}};
    const struct design_matrix design = {.n = own->n, .p = P, .n_block = 2, .block = blocks};
    said->status = clusters_find(own->name, own->n, reducer, of, &clusters, NULL);
    said->status += clusters_count(&clusters, own->n, reducer, &said->n_person);
    fit_hazards(own, &clusters, &design, reducer, said);
    fit_others(own, &clusters, &design, reducer, said);
    free(of);
    free(own);
}

static void say_place(void *context, size_t place, const struct reducer *reducer)
{
    struct split *const split = context;

    say(split->all, place, reducer, &split->said[place]);
}

static void test_errors_by_person_are_the_same_wherever_persons_are(void **state)
{
    static struct rows rows;
    static struct split split;
    struct said whole;
    int n_fitted = 0;

    (void)state;
    split.all = &rows;
    for (uint64_t number = 1; number <= 140; number++) {
        const size_t n_places = 1 + number % 7;
        make_rows(number, n_places, &rows);
        say(&rows, 0, NULL, &whole);
        assert_int_equal(whole.status, GSL_SUCCESS);
        assert_int_equal(whole.n_person, rows.n_person);
        n_fitted += whole.fit_status[ARRANGEMENTS] == GSL_SUCCESS && whole.covariance[ARRANGEMENTS][0] > 0;
        places_run(n_places, say_place, &split);
        for (size_t k = 0; k < n_places; k++)
            if (memcmp(&split.said[k], &whole, sizeof whole) != 0)
                fail_msg("set %d, place %zu of %zu: status %d and %d, variance %.17g and %.17g, concordance %.17g and %.17g, "
                         "logistic %.17g and %.17g, subhazard %.17g and %.17g",
                         (int)number, k, n_places, split.said[k].status, whole.status, split.said[k].covariance[ARRANGEMENTS][0],
                         whole.covariance[ARRANGEMENTS][0], split.said[k].concordance.std_err, whole.concordance.std_err,
                         split.said[k].sandwich[0], whole.sandwich[0], split.said[k].subhazard[P], whole.subhazard[P]);
    }
    assert_true(n_fitted > 100);
}

/* ---- many persons, most of one row: tables by position ---------------------------------------------------------------------- */

enum { MANY = 66000, DAYS = 30 };

static double many_entry[MANY], many_time[MANY], many_x[MANY];
static int32_t many_event[MANY], many_name[MANY];

struct many_said {
    int status;
    size_t n_messages, n_shared;
    double coef, variance;
};

struct many_split {
    size_t n_places;
    struct many_said said[PLACES_MAX];
};

static void say_many(size_t first, size_t end, const struct reducer *reducer, struct many_said *said)
{
    static const int32_t number[] = {0};
    const size_t n = end - first;
    int32_t *const of = malloc((n + 1) * sizeof *of);
    const struct design_block block = {.value = many_x + first, .n_level = 1, .column = number};
    const struct design_matrix design = {.n = n, .p = 1, .n_block = 1, .block = &block};
    const struct cox_rows rows = {.n = n, .entry = many_entry + first, .time = many_time + first, .event = many_event + first,
                                  .n_stratum = 1, .design = &design, .reducer = reducer};
    const struct cox_control control = COX_CONTROL;
    struct clusters clusters;
    struct cox_data *const data = cox_data_alloc(&rows, 1);
    struct cox_work *const work = cox_work_alloc(data, COX_EFRON, 1);
    struct cox_fit *const fit = cox_fit_alloc(1);

    said->status = clusters_find(many_name + first, n, reducer, of, &clusters, NULL);
    said->n_shared = clusters.n_shared;
    said->status += cox_fit_run(work, &control, fit);
    struct cox_scores *const scores = cox_scores_alloc(work);
    said->status += cox_robust(scores, fit, &clusters, &said->variance);
    said->coef = fit->coef[0];
    cox_scores_free(scores);
    cox_fit_free(fit);
    cox_work_free(work);
    cox_data_free(data);
    free(of);
}

static void say_many_place(void *context, size_t place, const struct reducer *reducer)
{
    struct many_split *const split = context;

    say_many(MANY * place / split->n_places, MANY * (place + 1) / split->n_places, reducer, &split->said[place]);
}

static void test_so_are_those_of_many_persons_who_mostly_have_one_row(void **state)
{
    static struct many_split split;
    struct draws draws = {5};
    struct many_said whole = {0};

    (void)state;
    for (int i = 0; i < MANY; i++) {
        const bool again = i > 0 && draw_chance(&draws, 0.2);
        many_name[i] = i == 0 ? 0 : many_name[i - 1] + !again;
        many_entry[i] = again ? many_time[i - 1] : draw_chance(&draws, 0.1) ? draw_below(&draws, 5) : 0;
        many_time[i] = many_entry[i] + 1 + draw_below(&draws, DAYS);
        many_event[i] = draw_chance(&draws, 0.5);
        many_x[i] = again ? many_x[i - 1] : 20 + 40 * draw_uniform(&draws);
    }
    say_many(0, MANY, NULL, &whole);
    assert_int_equal(whole.status, GSL_SUCCESS);
    assert_true(whole.variance > 0);
    for (split.n_places = 2; split.n_places <= 7; split.n_places += 5) {
        places_run(split.n_places, say_many_place, &split);
        for (size_t k = 0; k < split.n_places; k++) {
            assert_true(split.said[k].n_shared < split.n_places);
            assert_memory_equal(&split.said[k].coef, &whole.coef, sizeof whole.coef);
            assert_memory_equal(&split.said[k].variance, &whole.variance, sizeof whole.variance);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors_by_person_are_the_same_wherever_persons_are),
        cmocka_unit_test(test_so_are_those_of_many_persons_who_mostly_have_one_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
