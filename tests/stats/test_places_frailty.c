/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frailties of groups whose people lie in several places give the bits of one call with all of them: stats/reducer.h. */
#include "stats/cox_frailty.h"
#include "tests/stats/places.h"
#include "tests/support/draws.h"
#include "tests/support/near.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N_MAX = 66000, P = 3, GROUPS = 9 }; /* the most: risk sets whose sums have one part (cox_risk.h) */

struct rows {
    size_t n;
    bool late, stratified, counted;
    enum cox_ties ties;
    double theta;
    double entry[N_MAX], time[N_MAX], x[N_MAX];
    int32_t event[N_MAX], stratum[N_MAX], group[N_MAX];
    int64_t frequency[N_MAX];
    uint16_t level[N_MAX];
};

struct said {
    int status;
    double theta, coef[P], std_err[P], frailty[GROUPS], loglik[2];
    bool converged;
};

struct split {
    const struct rows *all;
    uint8_t place[N_MAX];
    struct said said[PLACES_MAX];
};

/* Ties and none, late entries, strata, counted rows, groups that differ and groups that do not. */
static void make_rows(uint32_t number, struct rows *r)
{
    struct draws draws = {number * 53 + 11};

    r->n = number == 5 ? 3000 : number == 30 ? N_MAX : number == 8 ? 1 : 30 + (size_t)draw_below(&draws, 150);
    r->late = number % 4 == 1;
    r->stratified = number % 5 == 2;
    r->counted = number % 3 == 2;
    r->ties = number % 2 == 0 ? COX_EFRON : COX_BRESLOW;
    r->theta = number % 3 == 0 && number != 30 ? (double)NAN : 0.3;
    for (size_t i = 0; i < r->n; i++) {
        r->group[i] = draw_below(&draws, GROUPS);
        r->entry[i] = draw_below(&draws, 3) == 0 ? draw_below(&draws, 6) : -1;
        r->time[i] = 7 + draw_below(&draws, number % 2 == 0 ? 20 : 90) + (number % 6 < 3 ? 6 * (r->group[i] % 4) : 0);
        r->event[i] = number != 14 && draw_below(&draws, 10) < (number % 6 >= 3 ? 5 : r->group[i] % 3 == 0 ? 8 : 4);
        r->stratum[i] = draw_below(&draws, 2);
        r->frequency[i] = 1 + draw_below(&draws, 3);
        r->x[i] = (draw_below(&draws, 1000) - 200) / 170.;
        r->level[i] = (uint16_t)draw_below(&draws, 3);
    }
}

static void say(const struct rows *r, const struct reducer *reducer, struct said *said)
{
    static const int32_t number[] = {0}, levels[] = {DESIGN_NONE, 1, 2};
    const struct design_block blocks[] = {{.value = r->x, .n_level = 1, .column = number},
                                          {.code = r->level, .n_level = 3, .column = levels}};
    const struct design_matrix design = {.n = r->n, .p = P, .n_block = 2, .block = blocks};
    const struct cox_rows rows = {.n = r->n, .entry = r->late ? r->entry : NULL, .time = r->time, .event = r->event,
                                  .stratum = r->stratified ? r->stratum : NULL, .n_stratum = r->stratified ? 2 : 1,
                                  .frequency = r->counted ? r->frequency : NULL, .design = &design, .reducer = reducer};
    struct cox_frailty *const fit = cox_frailty_alloc(P, GROUPS);

    memset(said, 0, sizeof *said);
    said->status = cox_frailty_solve(&rows, r->ties, r->group, GROUPS, r->theta, 1, fit);
    if (said->status == GSL_SUCCESS) {
        said->theta = fit->theta;
        memcpy(said->coef, fit->coef, sizeof said->coef);
        memcpy(said->std_err, fit->std_err, sizeof said->std_err);
        memcpy(said->frailty, fit->frailty, sizeof said->frailty);
        said->loglik[0] = fit->loglik_null;
        said->loglik[1] = fit->loglik;
        said->converged = fit->converged;
    }
    cox_frailty_free(fit);
}

static void say_place(void *context, size_t place, const struct reducer *reducer)
{
    struct split *const split = context;
    const struct rows *const all = split->all;
    struct rows *const own = malloc(sizeof *own);

    *own = *all;
    own->n = PLACES_KEEP(all->n, split->place, place, COLUMN(own->entry), COLUMN(own->time), COLUMN(own->x), COLUMN(own->event),
                         COLUMN(own->stratum), COLUMN(own->group), COLUMN(own->frequency), COLUMN(own->level));
    say(own, reducer, &split->said[place]);
    free(own);
}

/* At random; each group whole in one place; nearly all in the first; or nobody in the others. */
static void deal(uint32_t number, size_t n_places, const struct rows *rows, uint8_t *place)
{
    struct draws draws = {number};

    for (size_t i = 0; i < rows->n; i++)
        place[i] = (uint8_t)(number % 4 == 0   ? (size_t)draw_below(&draws, (int)n_places)
                             : number % 4 == 1 ? (size_t)rows->group[i] % n_places
                             : number % 4 == 2 ? n_places > 1 && draw_below(&draws, 20) == 0
                                               : 0);
}

static void test_frailties_of_people_in_several_places_are_those_of_all(void **state)
{
    static struct rows rows;
    static struct split split;
    size_t n_found = 0, n_none = 0, n_refused = 0;

    (void)state;
    for (uint32_t number = 0; number < 32; number++) {
        const size_t n_places = 1 + number % 7;
        struct said whole;
        make_rows(number, &rows);
        memset(&split, 0, sizeof split);
        split.all = &rows;
        deal(number, n_places, &rows, split.place);
        say(&rows, NULL, &whole);
        places_run(n_places, say_place, &split);
        for (size_t k = 0; k < n_places; k++)
            if (memcmp(&split.said[k], &whole, sizeof whole) != 0)
                fail_msg("set %u, place %zu of %zu: status %d and %d, theta %.17g and %.17g, coef %.17g and %.17g", number, k,
                         n_places, split.said[k].status, whole.status, split.said[k].theta, whole.theta, split.said[k].coef[0],
                         whole.coef[0]);
        n_found += whole.status == GSL_SUCCESS && isnan(rows.theta) && whole.theta > 0.01;
        n_none += whole.status == GSL_SUCCESS && whole.theta == 0;
        n_refused += whole.status == GSL_EZERODIV;
    }
    assert_true(n_found > 2 && n_none > 0 && n_refused > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frailties_of_people_in_several_places_are_those_of_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
