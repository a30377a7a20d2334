/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expected numbers of events and times known up to intervals are bit by bit the same wherever the people are. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/mcf.h"
#include "stats/placed_random.h"
#include "stats/turnbull.h"
#include "stats/turnbull_places.h"
#include "tests/stats/places.h"
#include "tests/support/near.h"

enum { PEOPLE_MOST = 160, STRETCHES_MOST = 6 * PEOPLE_MOST, TIMES_MOST = 400 };

static uint64_t draw(uint64_t number, uint64_t i, uint64_t what, uint64_t below)
{
    return (uint64_t)(placed_random(number * 64 + what, i, 0) * (double)below);
}

/* ---- events that recur ----------------------------------------------------------------------------------------------- */

struct stretches {
    size_t n, n_id;
    double entry[STRETCHES_MOST], time[STRETCHES_MOST];
    int32_t event[STRETCHES_MOST], id[STRETCHES_MOST];
    uint8_t where[PEOPLE_MOST];
    bool follow; /* without entries */
};

struct counted {
    int status;
    size_t n;
    int64_t n_person, events, n_risk[TIMES_MOST], n_event[TIMES_MOST];
    double time[TIMES_MOST], mean[TIMES_MOST], std_err[TIMES_MOST], conf_high[TIMES_MOST];
};

/* Gaps, late beginnings, several events a person; few days, so that many things happen on one. */
static void make_stretches(uint64_t number, size_t n_places, struct stretches *s)
{
    *s = (struct stretches){.n_id = number % 8 == 0 ? 2 + draw(number, 0, 1, 3) : 20 + draw(number, 0, 2, PEOPLE_MOST - 20),
                            .follow = number % 5 == 4};
    for (size_t p = 0; p < s->n_id; p++) {
        double at = !s->follow && draw(number, p, 3, 3) == 0 ? (double)draw(number, p, 4, 12) : 0;
        const uint64_t n = s->follow ? 1 : 1 + draw(number, p, 5, 5);
        s->where[p] = (uint8_t)(number % 3 == 0 ? p * n_places / s->n_id : draw(number, p, 6, number % 3 == 1 ? n_places : 1));
        for (uint64_t k = 0; k < n; k++) {
            s->entry[s->n] = at;
            s->time[s->n] = at = at + 1 + (double)draw(number, p, 10 + k, 9);
            s->event[s->n] = draw(number, p, 20 + k, 3) > 0;
            s->id[s->n++] = (int32_t)p;
            at += draw(number, p, 30 + k, 3) == 0 ? (double)draw(number, p, 40 + k, 6) : 0;
        }
    }
}

static void keep(const struct mcf *mcf, struct counted *said)
{
    said->n = mcf->n;
    said->n_person = mcf->n_person;
    said->events = mcf->events;
    assert_true(mcf->n <= TIMES_MOST);
    for (size_t k = 0; k < mcf->n; k++) {
        said->time[k] = mcf->time[k];
        said->n_risk[k] = mcf->n_risk[k];
        said->n_event[k] = mcf->n_event[k];
        said->mean[k] = mcf->mean[k];
        said->std_err[k] = mcf->std_err[k];
        said->conf_high[k] = mcf->conf_high[k];
    }
}

struct counting {
    const struct stretches *all;
    struct counted said[PLACES_MAX];
};

/* People are numbered anew in each place. */
static void count_place(void *context, size_t place, const struct reducer *reducer)
{
    struct counting *const c = context;
    struct stretches *const own = calloc(1, sizeof *own);
    struct mcf *mcf = NULL;
    int32_t person = -1;

    for (size_t k = 0; k < c->all->n; k++) {
        if (c->all->where[c->all->id[k]] != place)
            continue;
        own->n_id += c->all->id[k] != person;
        person = c->all->id[k];
        own->entry[own->n] = c->all->entry[k];
        own->time[own->n] = c->all->time[k];
        own->event[own->n] = c->all->event[k];
        own->id[own->n++] = (int32_t)own->n_id - 1;
    }
    memset(&c->said[place], 0, sizeof c->said[place]);
    c->said[place].status = mcf_solve_all(own->n, c->all->follow ? NULL : own->entry, own->time, own->event, own->id, own->n_id, MCF_LOG,
                                          0.95, reducer, &mcf);
    if (mcf != NULL)
        keep(mcf, &c->said[place]);
    mcf_free(mcf);
    free(own);
}

static void test_expected_events_are_the_same_wherever_people_are(void **state)
{
    static struct stretches all;
    static struct counting c;
    static struct counted alone;

    (void)state;
    c.all = &all;
    for (uint64_t number = 1; number <= 60; number++) {
        const size_t n_places = 1 + number % 6;
        make_stretches(number, n_places, &all);
        struct mcf *const mcf = mcf_alloc(all.n);
        memset(&alone, 0, sizeof alone);
        alone.status = mcf_solve(all.n, all.follow ? NULL : all.entry, all.time, all.event, all.id, all.n_id, MCF_LOG, 0.95, mcf);
        assert_int_equal(alone.status, GSL_SUCCESS);
        keep(mcf, &alone);
        mcf_free(mcf);
        places_run(n_places, count_place, &c);
        for (size_t k = 0; k < n_places; k++)
            if (memcmp(&c.said[k], &alone, sizeof alone) != 0)
                fail_msg("set %llu, place %zu of %zu: status %d, %zu and %zu times", (unsigned long long)number, k, n_places,
                         c.said[k].status, c.said[k].n, alone.n);
    }
}

/* Overlaps in one place of two; and nobody in any. */
static void count_badly(void *context, size_t place, const struct reducer *reducer)
{
    static const double entry[] = {0, 2}, time[] = {3, 5};
    static const int32_t event[] = {1, 1}, id[] = {0, 0};
    int *const status = context;
    struct mcf *mcf;

    status[place] = mcf_solve_all(place == 1 ? 2 : 0, entry, time, event, id, place == 1, MCF_LOG, 0.95, reducer, &mcf);
    assert_null(mcf);
    status[2 + place] = mcf_solve_all(0, entry, time, event, id, 0, MCF_LOG, 0.95, reducer, &mcf);
    assert_null(mcf);
}

static void test_what_one_place_refuses_all_refuse(void **state)
{
    int status[4] = {-1, -1, -1, -1};

    (void)state;
    places_run(2, count_badly, status);
    assert_true(status[0] == GSL_EDOM && status[1] == GSL_EDOM && status[2] == GSL_EINVAL && status[3] == GSL_EINVAL);
}

/* ---- times between looks --------------------------------------------------------------------------------------------- */

struct looks {
    size_t n;
    double lower[PEOPLE_MOST], upper[PEOPLE_MOST];
    int64_t frequency[PEOPLE_MOST];
    uint8_t where[PEOPLE_MOST];
};

struct looking {
    const struct looks *all;
    size_t n[PLACES_MAX];
    double surv[PLACES_MAX][PEOPLE_MOST], loglik[PLACES_MAX];
};

static void make_looks(uint64_t number, size_t n_places, struct looks *l)
{
    *l = (struct looks){.n = 3 + draw(number, 0, 1, PEOPLE_MOST - 3)};
    for (size_t i = 0; i < l->n; i++) {
        const double from = (double)(3 * draw(number, i, 2, 9));
        const uint64_t kind = draw(number, i, 3, 6);
        l->lower[i] = from;
        l->upper[i] = kind == 0 ? (double)INFINITY : kind == 1 && from > 0 ? from : from + 3 * (double)(1 + draw(number, i, 4, 3));
        l->frequency[i] = (int64_t)(1 + draw(number, i, 5, 3));
        l->where[i] = (uint8_t)draw(number, i, 6, n_places);
    }
}

static void solve(const struct turnbull_rows *rows, size_t *n, double *surv, double *loglik)
{
    struct turnbull *const fit = turnbull_alloc(rows->n);

    assert_int_equal(turnbull_solve(rows->n, rows->lower, rows->upper, rows->frequency, TURNBULL_TOLERANCE, 200, fit), GSL_SUCCESS);
    *n = fit->n;
    memcpy(surv, fit->surv, fit->n * sizeof *surv);
    *loglik = fit->loglik;
    turnbull_free(fit);
}

static void take_looks(const struct looks *all, size_t place, struct turnbull_rows *rows)
{
    *rows = (struct turnbull_rows){0, calloc(PEOPLE_MOST, sizeof(double)), calloc(PEOPLE_MOST, sizeof(double)),
                                   calloc(PEOPLE_MOST, sizeof(int64_t))};
    for (size_t i = 0; i < all->n; i++)
        if (place == SIZE_MAX || all->where[i] == place) {
            rows->lower[rows->n] = all->lower[i];
            rows->upper[rows->n] = all->upper[i];
            rows->frequency[rows->n++] = all->frequency[i];
        }
}

static void look_place(void *context, size_t place, const struct reducer *reducer)
{
    struct looking *const l = context;
    struct turnbull_rows rows;

    take_looks(l->all, place, &rows);
    assert_int_equal(turnbull_collect(&rows, reducer), GSL_SUCCESS);
    solve(&rows, &l->n[place], l->surv[place], &l->loglik[place]);
    turnbull_rows_free(&rows);
}

static void test_times_between_looks_are_the_same_wherever_people_are(void **state)
{
    static struct looks all;
    static struct looking l;

    (void)state;
    l.all = &all;
    for (uint64_t number = 1; number <= 30; number++) {
        const size_t n_places = 1 + number % 7;
        struct turnbull_rows rows;
        double surv[PEOPLE_MOST], loglik;
        size_t n;
        make_looks(number, n_places, &all);
        take_looks(&all, SIZE_MAX, &rows);
        solve(&rows, &n, surv, &loglik);
        places_run(n_places, look_place, &l);
        for (size_t k = 0; k < n_places; k++) {
            assert_int_equal(l.n[k], n);
            assert_memory_equal(l.surv[k], surv, n * sizeof *surv);
            assert_true(l.loglik[k] == loglik);
        }
        const size_t n_rows = rows.n; /* in one place they are joined as well */
        int64_t people = 0, joined = 0;
        for (size_t i = 0; i < all.n; i++)
            people += all.frequency[i];
        assert_int_equal(turnbull_collect(&rows, NULL), GSL_SUCCESS);
        for (size_t i = 0; i < rows.n; i++) {
            joined += rows.frequency[i];
            assert_true(i == 0 || rows.lower[i] > rows.lower[i - 1] || rows.upper[i] > rows.upper[i - 1]);
        }
        assert_true(rows.n <= n_rows && joined == people);
        turnbull_rows_free(&rows);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_expected_events_are_the_same_wherever_people_are),
        cmocka_unit_test(test_what_one_place_refuses_all_refuse),
        cmocka_unit_test(test_times_between_looks_are_the_same_wherever_people_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
