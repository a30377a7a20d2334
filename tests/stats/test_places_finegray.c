/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fine and Gray's regressions of rows in several places give the bits of one call with all of them: stats/reducer.h. */
#include "stats/finegray.h"
#include "stats/weighted_subhazard.h"
#include "tests/stats/places.h"
#include "tests/support/draws.h"
#include "tests/support/near.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N_MAX = 20000, P = 3, N_GROUP = 2, N_CLUSTER = 17, N_TIME = 300 };

struct rows {
    size_t n;
    bool grouped, clustered, shifted;
    double time[N_MAX], x[N_MAX], offset[N_MAX], weight[N_MAX];
    int32_t cause[N_MAX], group[N_MAX], cluster[N_MAX];
    uint16_t f[N_MAX];
    uint8_t treated[N_MAX];
    uint32_t place[N_MAX];
    size_t row[N_MAX]; /* among those of all places */
};

struct said {
    int status, weighted_status;
    double coef[P], std_err[P], covariance[P * P], information[P * P], loglik[2], wald, log_ratio, weighted_information;
    enum finegray_column column[P];
    int64_t n[3];
    int n_iteration, sign;
    bool converged;
};

struct split {
    const struct rows *all;
    uint8_t place[N_MAX];
    double slope[N_MAX];
    struct said said[PLACES_MAX];
};

/* Ties and none, a level without events, time 0. */
static void make_rows(uint32_t number, struct rows *r)
{
    struct draws draws = {number * 131 + 7};
    const int span = number % 3 == 0 ? N_TIME : 12;

    r->n = number == 6 ? N_MAX : 20 + (size_t)draw_below(&draws, 150);
    r->grouped = number % 4 == 1;
    r->clustered = number % 5 == 2;
    r->shifted = number % 2 == 1;
    for (size_t i = 0; i < r->n; i++) {
        r->place[i] = (uint32_t)draw_below(&draws, span);
        r->time[i] = number % 6 == 4 ? r->place[i] + draw_below(&draws, 1000) / 1024. : r->place[i];
        r->cause[i] = draw_below(&draws, 4) % 3;
        r->group[i] = draw_below(&draws, N_GROUP);
        r->cluster[i] = draw_below(&draws, N_CLUSTER);
        r->x[i] = (draw_below(&draws, 1000) - 200) / 70.;
        r->offset[i] = draw_below(&draws, 100) / 77. - 0.5;
        r->f[i] = (uint16_t)draw_below(&draws, 3);
        if (number % 7 == 3 && r->f[i] == 1 && r->cause[i] == 1)
            r->cause[i] = 2;
        r->treated[i] = (uint8_t)draw_below(&draws, 2);
        r->weight[i] = draw_below(&draws, 400) / 100.;
        r->row[i] = i;
    }
}

static void fit(const struct rows *r, const struct reducer *reducer, struct said *said)
{
    static const int32_t number[] = {0}, levels[] = {DESIGN_NONE, 1, 2};
    const struct design_block blocks[] = {{.value = r->x, .n_level = 1, .column = number},
                                          {.code = r->f, .n_level = 3, .column = levels}};
    const struct design_matrix design = {.n = r->n, .p = P, .n_block = 2, .block = blocks};
    const struct finegray_control control = FINEGRAY_CONTROL;
    const struct finegray_rows rows = {.n = r->n, .time = r->time, .cause = r->cause, .wanted = 1,
                                       .offset = r->shifted ? r->offset : NULL, .group = r->grouped ? r->group : NULL,
                                       .n_group = r->grouped ? N_GROUP : 1, .cluster = r->clustered ? r->cluster : NULL,
                                       .n_cluster = N_CLUSTER, .n_shared = N_CLUSTER, .design = &design, .reducer = reducer};
    struct finegray *const fitted = finegray_alloc(P);

    said->status = finegray_solve(&rows, &control, 1, fitted);
    if (said->status == GSL_SUCCESS) {
        memcpy(said->coef, fitted->coef, sizeof said->coef);
        memcpy(said->std_err, fitted->std_err, sizeof said->std_err);
        memcpy(said->covariance, fitted->covariance, sizeof said->covariance);
        memcpy(said->information, fitted->information, sizeof said->information);
        memcpy(said->column, fitted->column, sizeof said->column);
        said->loglik[0] = fitted->loglik_null;
        said->loglik[1] = fitted->loglik;
        said->wald = fitted->wald_test.statistic;
        said->n[0] = fitted->n_event;
        said->n[1] = fitted->n_other;
        said->n[2] = fitted->n_censored;
        said->n_iteration = fitted->n_iteration;
        said->converged = fitted->converged;
    }
    finegray_free(fitted);
}

static void say(const struct rows *r, const struct reducer *reducer, struct said *said, double *slopes)
{
    const struct subhazard_rows rows = {.n = r->n, .place = r->place, .cause = r->cause, .treated = r->treated,
                                        .weight = r->weight, .n_time = N_TIME, .from_zero = true, .reducer = reducer};
    double *const slope = calloc(r->n + 1, sizeof *slope);
    struct arm_ratio result;

    memset(said, 0, sizeof *said);
    fit(r, reducer, said);
    said->weighted_status = subhazard_solve(&rows, &result, slope);
    said->sign = result.sign;
    if (said->weighted_status == GSL_SUCCESS) {
        said->log_ratio = result.log_ratio;
        said->weighted_information = result.information;
    }
    for (size_t i = 0; i < r->n; i++)
        slopes[r->row[i]] = slope[i];
    free(slope);
}

static void say_place(void *context, size_t place, const struct reducer *reducer)
{
    struct split *const split = context;
    const struct rows *const all = split->all;
    struct rows *const own = malloc(sizeof *own);

    *own = *all;
    own->n = PLACES_KEEP(all->n, split->place, place, COLUMN(own->time), COLUMN(own->x), COLUMN(own->offset), COLUMN(own->weight),
                         COLUMN(own->cause), COLUMN(own->group), COLUMN(own->cluster), COLUMN(own->f), COLUMN(own->treated),
                         COLUMN(own->place), COLUMN(own->row));
    say(own, reducer, &split->said[place], split->slope);
    free(own);
}

static void check(uint32_t number, size_t n_places, const struct rows *rows, struct said *whole)
{
    static struct split split;
    static double slope[N_MAX];
    struct draws draws = {number};

    memset(&split, 0, sizeof split);
    memset(slope, 0, sizeof slope);
    split.all = rows;
    for (size_t i = 0; i < rows->n; i++)
        split.place[i] = (uint8_t)(number % 4 == 0 ? n_places > 1 && draw_below(&draws, 20) == 0 : draw_below(&draws, (int)n_places));
    say(rows, NULL, whole, slope);
    places_run(n_places, say_place, &split);
    for (size_t k = 0; k < n_places; k++)
        if (memcmp(&split.said[k], whole, sizeof *whole) != 0)
            fail_msg("set %u, place %zu of %zu: status %d and %d, coef %.17g and %.17g, error %.17g and %.17g, ratio %.17g and %.17g",
                     number, k, n_places, split.said[k].status, whole->status, split.said[k].coef[0], whole->coef[0],
                     split.said[k].std_err[0], whole->std_err[0], split.said[k].log_ratio, whole->log_ratio);
    assert_memory_equal(split.slope, slope, rows->n * sizeof *slope);
}

static void test_subdistribution_hazards_are_the_same_wherever_rows_lie(void **state)
{
    static struct rows rows;
    struct said whole;
    size_t n_converged = 0, n_endless = 0;

    (void)state;
    for (uint32_t number = 0; number < 90; number++) {
        make_rows(number, &rows);
        check(number, 1 + number % 5, &rows, &whole);
        n_converged += whole.converged;
        for (size_t j = 0; j < P; j++)
            n_endless += whole.status == GSL_SUCCESS && whole.column[j] == FINEGRAY_INFINITE;
    }
    assert_true(n_converged > 60 && n_endless > 5);
}

static void test_what_is_wrong_in_one_place_is_refused_in_all(void **state)
{
    static struct rows rows;
    struct said whole;

    (void)state;
    make_rows(1, &rows);
    rows.time[2] = -1;
    rows.weight[3] = -1;
    check(1, 3, &rows, &whole);
    assert_int_equal(whole.status, GSL_EDOM);
    assert_int_equal(whole.weighted_status, GSL_EINVAL);
    make_rows(2, &rows);
    rows.weight[3] = NAN;
    for (size_t i = 0; i < rows.n; i++)
        rows.cause[i] = 0;
    check(3, 4, &rows, &whole);
    assert_int_equal(whole.status, GSL_EZERODIV);
    assert_int_equal(whole.weighted_status, GSL_EINVAL);
    rows.n = 0;
    check(5, 2, &rows, &whole);
    assert_int_equal(whole.status, GSL_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_subdistribution_hazards_are_the_same_wherever_rows_lie),
        cmocka_unit_test(test_what_is_wrong_in_one_place_is_refused_in_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
