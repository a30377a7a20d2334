/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exact ties of rows that lie in several places: brought together, their fit is bit by bit that of one process, and its work is shared. */
#include "stats/cox_gather.h"

#include <gsl/gsl_errno.h>
#include <stdlib.h>
#include <string.h>

#include "stats/cox.h"
#include "tests/stats/places.h"
#include "tests/support/draws.h"
#include "tests/support/near.h"

enum { N_MAX = 260, P = 5 };

struct rows {
    size_t n, n_stratum;
    bool delayed, counted, shifted;
    double entry[N_MAX], time[N_MAX], x[N_MAX], offset[N_MAX];
    int32_t event[N_MAX], stratum[N_MAX];
    uint16_t f[N_MAX], g[N_MAX];
    int64_t frequency[N_MAX];
    uint8_t place[N_MAX];
};

struct said {
    int status, n_iteration;
    int64_t n_event;
    double loglik_null, loglik, coef[P], covariance[P * P];
};

static void make_rows(uint64_t number, size_t n_places, struct rows *r)
{
    struct draws draws = {number * 13 + 1};
    const int kind = (int)(number % 3);

    r->n = (size_t)(number % 6 == 0 ? 1 + draw_below(&draws, 8) : 30 + draw_below(&draws, N_MAX - 30));
    r->n_stratum = 1 + number % 3;
    r->delayed = number % 4 == 1;
    r->counted = number % 5 == 2;
    r->shifted = number % 7 == 3;
    for (size_t i = 0; i < r->n; i++) {
        r->entry[i] = r->delayed ? draw_below(&draws, 6) : 0;
        r->time[i] = r->entry[i] + 1 + draw_below(&draws, 14);
        r->event[i] = draw_chance(&draws, 0.4);
        r->stratum[i] = draw_below(&draws, (int)r->n_stratum);
        r->x[i] = draw_below(&draws, 50) / 7.;
        r->offset[i] = draw_below(&draws, 9) / 5.;
        r->f[i] = (uint16_t)draw_below(&draws, 3);
        r->g[i] = (uint16_t)draw_below(&draws, 3);
        r->frequency[i] = 1 + draw_below(&draws, 2);
        r->place[i] = (uint8_t)(kind == 0   ? i * n_places / r->n
                                : kind == 1 ? (size_t)draw_below(&draws, (int)n_places)
                                            : draw_chance(&draws, 0.05) * (n_places - 1));
    }
}

static void fit(const struct cox_rows *rows, size_t n_threads, struct said *said)
{
    const struct cox_control control = COX_CONTROL;
    struct cox_data *const data = cox_data_alloc(rows, n_threads);
    struct cox_work *const work = cox_work_alloc(data, COX_EXACT, n_threads);
    struct cox_fit *const fit = cox_fit_alloc(P);

    said->status = cox_fit_run(work, &control, fit);
    said->n_event = data->n_event;
    if (said->status == GSL_SUCCESS) {
        said->n_iteration = fit->n_iteration;
        said->loglik_null = fit->loglik_null;
        said->loglik = fit->loglik;
        memcpy(said->coef, fit->coef, sizeof said->coef);
        memcpy(said->covariance, fit->covariance, sizeof said->covariance);
    }
    cox_fit_free(fit);
    cox_work_free(work);
    cox_data_free(data);
}

struct split {
    const struct rows *all;
    size_t n_threads;
    size_t n_seen[PLACES_MAX];
    struct said said[PLACES_MAX];
};

static void take(const struct rows *all, size_t place, struct rows *own)
{
    *own = *all;
    own->n = PLACES_KEEP(all->n, all->place, place, COLUMN(own->entry), COLUMN(own->time), COLUMN(own->event),
                         COLUMN(own->stratum), COLUMN(own->x), COLUMN(own->offset), COLUMN(own->f), COLUMN(own->g),
                         COLUMN(own->frequency));
}

static void say(const struct rows *all, const struct rows *own, size_t n_threads, const struct reducer *reducer, size_t *n_seen,
                struct said *said)
{
    static const int32_t number[] = {0}, levels[] = {DESIGN_NONE, 1, 2}, others[] = {DESIGN_NONE, 3, 4};
    const struct design_block blocks[] = {{.value = own->x, .n_level = 1, .column = number},
                                          {.code = own->f, .n_level = 3, .column = levels},
                                          {.code = own->g, .n_level = 3, .column = others}};
    const struct design_matrix design = {.n = own->n, .p = P, .n_block = 3, .block = blocks};
    const struct cox_rows rows = {.n = own->n, .entry = all->delayed ? own->entry : NULL, .time = own->time, .event = own->event,
                                  .stratum = all->n_stratum > 1 ? own->stratum : NULL, .n_stratum = all->n_stratum,
                                  .frequency = all->counted ? own->frequency : NULL, .offset = all->shifted ? own->offset : NULL,
                                  .design = &design, .reducer = reducer};
    struct cox_gathered gathered;

    memset(said, 0, sizeof *said);
    *n_seen = own->n;
    if (reducer == NULL) {
        fit(&rows, n_threads, said);
        return;
    }
    assert_int_equal(cox_gather(&rows, &gathered), GSL_SUCCESS);
    *n_seen = gathered.rows.n;
    fit(&gathered.rows, n_threads, said);
    cox_gathered_clear(&gathered);
}

static void say_place(void *context, size_t place, const struct reducer *reducer)
{
    struct split *const split = context;
    struct rows *const own = calloc(1, sizeof *own);

    take(split->all, place, own);
    say(split->all, own, split->n_threads, reducer, &split->n_seen[place], &split->said[place]);
    free(own);
}

static void test_exact_ties_are_fitted_alike_wherever_rows_lie(void **state)
{
    static struct rows rows;
    static struct split split;
    int n_fitted = 0;

    (void)state;
    split.all = &rows;
    for (uint64_t number = 0; number < 60; number++) {
        const size_t n_places = 1 + number % 7;
        struct said whole;
        size_t n_seen;
        split.n_threads = 1 + number % 2;
        make_rows(number, n_places, &rows);
        say(&rows, &rows, 1, NULL, &n_seen, &whole);
        n_fitted += whole.status == GSL_SUCCESS;
        places_run(n_places, say_place, &split);
        for (size_t k = 0; k < n_places; k++) {
            assert_int_equal(split.n_seen[k], rows.n);
            if (memcmp(&split.said[k], &whole, sizeof whole) != 0)
                fail_msg("set %d, place %zu of %zu: status %d and %d, coef %.17g and %.17g", (int)number, k, n_places,
                         split.said[k].status, whole.status, split.said[k].coef[0], whole.coef[0]);
        }
    }
    assert_true(n_fitted > 45);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_exact_ties_are_fitted_alike_wherever_rows_lie)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
