/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows that lie in several places give the bits of one call with all of them: stats/reducer.h. */
#include "stats/balance.h"
#include "stats/concordance.h"
#include "stats/cox.h"
#include "stats/cox_score.h"
#include "stats/cox_zph.h"
#include "stats/exact_sum.h"
#include "stats/risk_table.h"
#include "stats/weighted_balance.h"
#include "stats/weighted_ks.h"
#include "tests/stats/places.h"
#include "tests/support/near.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N_MAX = 1500, P = 4, N_CLUSTER = 30 };

/* Rows and what a fit of them says. */
struct rows {
    size_t n, n_stratum;
    bool delayed, counted;
    double entry[N_MAX], time[N_MAX], x[N_MAX], prediction[N_MAX], weight[N_MAX];
    int32_t event[N_MAX], stratum[N_MAX], cluster[N_MAX];
    uint16_t f[N_MAX];
    int64_t frequency[N_MAX];
};

struct said {
    int status;
    int64_t n_person, n_event;
    double loglik_null, loglik, coef[P], covariance[P * P], by_cluster[P * P], tests[6], zph[3];
    struct concordance concordance, weighted, clustered;
};

struct split {
    const struct rows *all;
    size_t n_places;
    uint8_t place[N_MAX];
    enum cox_ties ties;
    struct said said[PLACES_MAX];
};

static uint32_t draw(uint32_t *state, uint32_t n)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) % n;
}

static void make_rows(uint32_t number, struct rows *rows)
{
    uint32_t state = number * 977u + 5;
    for (int k = 0; k < 3; k++)
        draw(&state, 2);
    rows->n = 1 + draw(&state, number % 5 == 0 ? N_MAX : 60);
    const uint32_t span = 3 + draw(&state, 90);
    rows->delayed = draw(&state, 3) == 0;
    rows->counted = draw(&state, 3) == 0;
    rows->n_stratum = 1 + draw(&state, 4);
    for (size_t i = 0; i < rows->n; i++) {
        rows->entry[i] = rows->delayed ? draw(&state, span) : 0;
        rows->time[i] = rows->entry[i] + 1 + draw(&state, span);
        rows->event[i] = draw(&state, 3) > 0;
        rows->stratum[i] = (int32_t)draw(&state, (uint32_t)rows->n_stratum);
        rows->x[i] = ((double)draw(&state, 1000) - 300) / 7;
        rows->f[i] = (uint16_t)draw(&state, 4);
        rows->frequency[i] = rows->counted ? 1 + (int64_t)draw(&state, 4) : 1;
        rows->prediction[i] = (double)draw(&state, 40) / 7;
        rows->weight[i] = 0.25 + (double)draw(&state, 900) / 300;
        rows->cluster[i] = (int32_t)draw(&state, N_CLUSTER);
    }
}

/* Says what a fit of the rows says, of which this place has some. */
static void fit(const struct rows *all, const struct split *split, size_t place, const struct reducer *reducer,
                enum cox_ties ties, struct said *said)
{
    static const int32_t number[] = {0}, levels[] = {DESIGN_NONE, 1, 2, 3}, term[] = {0, 1, 1, 1};
    struct rows *const own = malloc(sizeof *own);
    const struct cox_control control = COX_CONTROL;
    *own = *all;
    if (split != NULL)
        own->n = PLACES_KEEP(all->n, split->place, place, COLUMN(own->entry), COLUMN(own->time), COLUMN(own->event),
                             COLUMN(own->stratum), COLUMN(own->x), COLUMN(own->f), COLUMN(own->frequency),
                             COLUMN(own->prediction), COLUMN(own->weight), COLUMN(own->cluster));
    const struct design_block blocks[] = {{.value = own->x, .n_level = 1, .column = number},
                                          {.code = own->f, .n_level = 4, .column = levels}};
    const struct design_matrix design = {.n = own->n, .p = P, .n_block = 2, .block = blocks};
    const struct cox_rows rows = {.n = own->n, .entry = all->delayed ? own->entry : NULL, .time = own->time, .event = own->event,
                                  .stratum = all->n_stratum > 1 ? own->stratum : NULL, .n_stratum = all->n_stratum,
                                  .frequency = all->counted ? own->frequency : NULL, .design = &design, .reducer = reducer};
    struct cox_data *const data = cox_data_alloc(&rows, 1);
    struct cox_work *const work = cox_work_alloc(data, ties, 1);
    struct cox_fit *const fitted = cox_fit_alloc(P);
    *said = (struct said){.status = cox_fit_run(work, &control, fitted), .n_person = data->n_person, .n_event = data->n_event};
    if (said->status == GSL_SUCCESS) {
        said->loglik_null = fitted->loglik_null;
        said->loglik = fitted->loglik;
        memcpy(said->coef, fitted->coef, sizeof said->coef);
        memcpy(said->covariance, fitted->covariance, sizeof said->covariance);
        const struct chi_square_test tests[] = {fitted->score_test, fitted->wald_test, fitted->lr_test};
        for (size_t k = 0; k < 3; k++) {
            said->tests[2 * k] = tests[k].statistic;
            said->tests[2 * k + 1] = (double)tests[k].df;
        }
        struct cox_scores *const scores = cox_scores_alloc(work);
        if (cox_robust(scores, fitted, &(struct clusters){own->cluster, N_CLUSTER, N_CLUSTER}, said->by_cluster) != GSL_SUCCESS)
            said->status = -8;
        cox_scores_free(scores);
        double *const g = malloc((data->n_axis + 1) * sizeof *g);
        struct chi_square_test test[3];
        struct cox_zph zph = {.test = test};
        if (cox_zph_times(data, &rows, COX_ZPH_KM, g) == GSL_SUCCESS &&
            cox_zph_run(work, fitted, g, term, 2, &zph) == GSL_SUCCESS)
            for (size_t k = 0; k < 3; k++)
                said->zph[k] = test[k].statistic;
        free(g);
    }
    cox_fit_free(fitted);
    cox_work_free(work);
    cox_data_free(data);
    struct cox_rows weighted = rows;
    weighted.frequency = NULL;
    weighted.weight = own->weight;
    if (concordance_solve(&rows, own->prediction, NULL, &said->concordance) != GSL_SUCCESS ||
        concordance_solve(&rows, own->prediction, &(struct clusters){own->cluster, N_CLUSTER, N_CLUSTER}, &said->clustered) != GSL_SUCCESS ||
        concordance_solve(&weighted, own->prediction, own->counted ? &(struct clusters){own->cluster, N_CLUSTER, N_CLUSTER} : NULL, &said->weighted) != GSL_SUCCESS)
        said->status = -7;
    free(own);
}

static void fit_place(void *context, size_t place, const struct reducer *reducer)
{
    struct split *const split = context;
    fit(split->all, split, place, reducer, split->ties, &split->said[place]);
}

static void check(uint32_t number, size_t n_places, enum cox_ties ties)
{
    static struct rows rows;
    static struct split split;
    struct said whole;
    uint32_t state = number;
    make_rows(number, &rows);
    split = (struct split){.all = &rows, .n_places = n_places, .ties = ties};
    /* A place may have no row, or nearly all. */
    const uint32_t kind = draw(&state, 3);
    for (size_t i = 0; i < rows.n; i++)
        split.place[i] = (uint8_t)(kind == 0 ? i * n_places / rows.n : kind == 1 ? draw(&state, (uint32_t)n_places)
                                                                                  : n_places > 1 && draw(&state, 20) == 0);
    fit(&rows, NULL, 0, NULL, ties, &whole);
    places_run(n_places, fit_place, &split);
    for (size_t k = 0; k < n_places; k++)
        if (memcmp(&split.said[k], &whole, sizeof whole) != 0)
            fail_msg("set %u, place %zu of %zu: status %d and %d, coef %.17g and %.17g, concordance %.17g and %.17g (%.17g and %.17g)",
                     number, k, n_places, split.said[k].status, whole.status, split.said[k].coef[0], whole.coef[0],
                     split.said[k].concordance.estimate, whole.concordance.estimate, split.said[k].concordance.std_err,
                     whole.concordance.std_err);
}

static void test_a_fit_is_the_same_wherever_its_rows_lie(void **state)
{
    (void)state;
    for (uint32_t number = 0; number < 120; number++)
        check(number, 1 + number % 5, number % 2 == 0 ? COX_EFRON : COX_BRESLOW);
}

/* Enough rows for one part of a sum, and a risk set that needs two. */
static void test_so_are_sums_of_many_rows_and_distinct_numbers(void **state)
{
    (void)state;
    for (uint32_t number = 1000; number < 1010; number++)
        check(number * 5, 2 + number % 7, COX_EFRON);
}

/* ---- many rows, most of them alone in their cluster: tables by position --------------------------------------------------- */

enum { MANY = 70000, MANY_DAYS = 20, MANY_CLUSTERS = 60000 };

static double many_time[MANY], many_x[MANY];
static int32_t many_event[MANY], many_cluster[MANY];
static uint16_t many_f[MANY];

struct many_said {
    int status;
    double coef[P], by_cluster[P * P];
};

struct many_split {
    size_t n_places;
    struct many_said said[PLACES_MAX];
};

/* Rows i with i % 7 % n_places == place. */
static void fit_many(size_t place, size_t n_places, const struct reducer *reducer, struct many_said *said)
{
    static const int32_t number[] = {0}, levels[] = {DESIGN_NONE, 1, 2, 3};
    double *const time = malloc(2 * MANY * sizeof *time), *const x = time + MANY;
    int32_t *const event = malloc(2 * MANY * sizeof *event), *const cluster = event + MANY;
    uint16_t *const f = malloc(MANY * sizeof *f);
    const struct cox_control control = COX_CONTROL;
    size_t n = 0;

    for (size_t i = 0; i < MANY; i++)
        if (i % 7 % n_places == place) {
            time[n] = many_time[i];
            x[n] = many_x[i];
            event[n] = many_event[i];
            cluster[n] = many_cluster[i];
            f[n++] = many_f[i];
        }
    const struct design_block blocks[] = {{.value = x, .n_level = 1, .column = number}, {.code = f, .n_level = 4, .column = levels}};
    const struct design_matrix design = {.n = n, .p = P, .n_block = 2, .block = blocks};
    const struct cox_rows rows = {.n = n, .time = time, .event = event, .n_stratum = 1, .design = &design, .reducer = reducer};
    struct cox_data *const data = cox_data_alloc(&rows, 1);
    struct cox_work *const work = cox_work_alloc(data, COX_EFRON, 1);
    struct cox_fit *const fitted = cox_fit_alloc(P);
    memset(said, 0, sizeof *said);
    said->status = cox_fit_run(work, &control, fitted);
    struct cox_scores *const scores = cox_scores_alloc(work);
    if (said->status == GSL_SUCCESS)
        said->status = cox_robust(scores, fitted, &(struct clusters){cluster, MANY_CLUSTERS, MANY_CLUSTERS}, said->by_cluster);
    memcpy(said->coef, fitted->coef, sizeof said->coef);
    cox_scores_free(scores);
    cox_fit_free(fitted);
    cox_work_free(work);
    cox_data_free(data);
    free(time);
    free(event);
    free(f);
}

static void fit_many_place(void *context, size_t place, const struct reducer *reducer)
{
    struct many_split *const split = context;
    fit_many(place, split->n_places, reducer, &split->said[place]);
}

static void test_so_are_errors_of_many_rows_by_cluster(void **state)
{
    struct many_split split = {.n_places = 1};
    struct many_said whole;
    uint32_t draws = 5;
    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        many_time[i] = 1 + draw(&draws, MANY_DAYS);
        many_x[i] = ((double)draw(&draws, 1000) - 300) / 700;
        many_event[i] = draw(&draws, 3) > 0;
        many_cluster[i] = (int32_t)(i % 3 == 0 ? draw(&draws, 500) : i % MANY_CLUSTERS);
        many_f[i] = (uint16_t)draw(&draws, 4);
    }
    fit_many(0, 1, NULL, &whole);
    assert_int_equal(whole.status, GSL_SUCCESS);
    assert_true(whole.by_cluster[0] > 0);
    for (split.n_places = 2; split.n_places <= 5; split.n_places += 3) {
        places_run(split.n_places, fit_many_place, &split);
        for (size_t k = 0; k < split.n_places; k++)
            assert_memory_equal(&split.said[k], &whole, sizeof whole);
    }
}

/* ---- summaries ------------------------------------------------------------------------------------------------------- */

struct described {
    double ks, mean[2], variance[2], total;
    int64_t exits[2 * 2 * 64], entered[2 * 64], n;
    size_t n_time;
    int status;
};

/* Days 0 .. 63 in two arms; x has values that are missing, and many that are the same. */
static void describe(const struct rows *all, const struct split *split, size_t place, const struct reducer *reducer,
                     struct described *said)
{
    static const double nothing[] = {0};
    double *const x = calloc(4 * all->n + 4, sizeof *x), *const weight = x + all->n, *const time = weight + all->n;
    uint8_t *const arm = calloc(all->n + 1, 1);
    int32_t *const arms = calloc(2 * all->n + 2, sizeof *arms), *const cause = arms + all->n + 1;
    double *axis = calloc(all->n + 1, sizeof *axis);
    struct moments moments[2];
    struct exact_sum sum;
    size_t n = 0;
    *said = (struct described){0};
    exact_sum_init(&sum);
    moments_init(&moments[0]);
    moments_init(&moments[1]);
    for (size_t i = 0; i < all->n; i++) {
        if (split != NULL && split->place[i] != place)
            continue;
        x[n] = all->f[i] == 3 && i % 7 == 0 ? (double)NAN : floor(all->x[i]) / 3;
        weight[n] = (double)all->frequency[i];
        arm[n] = (uint8_t)(all->f[i] % 2);
        arms[n] = arm[n];
        cause[n] = all->event[i];
        time[n] = axis[n] = fmod(all->time[i], 64);
        moments_add(&moments[arm[n]], x[n], all->frequency[i]);
        exact_sum_add_product(&sum, all->x[i], 1e-7, 1);
        n++;
    }
    said->status = weighted_ks_all(n, x, weight, arm, reducer, &said->ks);
    moments_reduce(moments, 2, reducer);
    for (size_t k = 0; k < 2; k++)
        (void)moments_solve(&moments[k], &said->mean[k], &said->variance[k]);
    reducer_exact_sum(reducer, &sum);
    exact_sum_round(&sum, &said->total);
    if (n > 0)
        risk_table_axis(n, NULL, time, axis, &said->n_time);
    reducer_distinct(reducer, &axis, &said->n_time);
    struct risk_table *const table = risk_table_alloc(2, 1, 1, axis, said->n_time);
    risk_table_add(table, n, NULL, n > 0 ? time : nothing, cause, arms, NULL, NULL, 1);
    risk_table_reduce(table, reducer);
    memcpy(said->exits, table->exits, 2 * 2 * table->n_time * sizeof *said->exits);
    memcpy(said->entered, table->entered, 2 * table->n_time * sizeof *said->entered);
    said->n = table->total;
    risk_table_free(table);
    free(axis);
    free(arms);
    free(arm);
    free(x);
}

/* Nobody anywhere, and predictions that are no numbers in one place of two. */
static void rank_bad(void *context, size_t place, const struct reducer *reducer)
{
    static const double time[] = {3, 5}, bad[] = {NAN, 1};
    static const int32_t event[] = {1, 1};
    int *const status = context;
    const struct cox_rows rows = {.n = place == 1 ? 2 : 0, .time = time, .event = event, .n_stratum = 1, .reducer = reducer};
    struct concordance c;

    status[place] = concordance_solve(&rows, bad, NULL, &c);
}

static void walk_nobody(void *context, size_t place, const struct reducer *reducer)
{
    static const double time[] = {0};
    static const int32_t event[] = {0};
    static const struct design_matrix design = {0};
    int *const status = context;
    const struct cox_rows rows = {.time = time, .event = event, .n_stratum = 1, .design = &design, .reducer = reducer};
    struct cox_data *const data = cox_data_alloc(&rows, 1);
    struct cox_work *const work = cox_work_alloc(data, COX_EFRON, 1);

    status[place] = cox_work_walk(work, NULL, NULL);
    cox_work_free(work);
    cox_data_free(data);
}

static void test_what_one_place_refuses_all_refuse_and_nobody_at_all_is_no_error(void **state)
{
    int status[2] = {-1, -1};

    (void)state;
    places_run(2, rank_bad, status);
    assert_true(status[0] == GSL_EINVAL && status[1] == GSL_EINVAL);
    places_run(2, walk_nobody, status);
    assert_true(status[0] == GSL_SUCCESS && status[1] == GSL_SUCCESS);
}

struct describing {
    struct split split;
    struct described said[PLACES_MAX];
};

static void describe_place(void *context, size_t place, const struct reducer *reducer)
{
    struct describing *const d = context;
    describe(d->split.all, &d->split, place, reducer, &d->said[place]);
}

static void test_counts_moments_and_distances_are_those_of_all(void **state)
{
    static struct rows rows;
    static struct describing d;
    struct described whole;
    (void)state;
    for (uint32_t number = 0; number < 60; number++) {
        uint32_t draws = number;
        const size_t n_places = 1 + number % 6;
        make_rows(number, &rows);
        d = (struct describing){.split = {.all = &rows, .n_places = n_places}};
        for (size_t i = 0; i < rows.n; i++)
            d.split.place[i] = (uint8_t)draw(&draws, (uint32_t)n_places);
        describe(&rows, NULL, 0, NULL, &whole);
        places_run(n_places, describe_place, &d);
        assert_true(whole.n == (int64_t)rows.n);
        for (size_t k = 0; k < n_places; k++)
            assert_memory_equal(&d.said[k], &whole, sizeof whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_fit_is_the_same_wherever_its_rows_lie),
        cmocka_unit_test(test_so_are_errors_of_many_rows_by_cluster),
        cmocka_unit_test(test_so_are_sums_of_many_rows_and_distinct_numbers),
        cmocka_unit_test(test_what_one_place_refuses_all_refuse_and_nobody_at_all_is_no_error),
        cmocka_unit_test(test_counts_moments_and_distances_are_those_of_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
