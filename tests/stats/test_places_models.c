/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Outcomes regressed and averaged, times stretched, chances of being seen, ranks and knots: rows in several places give the bits of one call. */
#include "stats/aft.h"
#include "stats/ipcw.h"
#include "stats/people_quantile.h"
#include "stats/spline.h"
#include "stats/standardise.h"
#include "tests/stats/places.h"
#include "tests/support/draws.h"
#include "tests/support/near.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N_MAX = 900, N_TIME = 40, N_KNOTS = 5, P = 3 };

struct rows {
    size_t n;
    enum standardise_link link;
    bool residuals;
    double x[N_MAX], y[N_MAX], observed[N_MAX], target[N_MAX], residual[N_MAX], frequency[N_MAX], e[N_MAX];
    uint16_t level[N_MAX];
    uint32_t place[N_MAX], n_before[N_MAX];
    int32_t cause[N_MAX];
    size_t row[N_MAX]; /* among those of all places */
};

/* What is said of all, and of each row. */
struct said {
    int status, ipcw_status, spline_status, aft_status;
    double value;
    size_t rank;
    bool penalised, constant;
    double before[N_TIME + 1], knots[N_KNOTS], rank_value[3];
    double stretch[P + 2], stretch_error[P + 2], aft_loglik[2];
    int64_t aft_n[2];
};

struct row_said {
    double phi, slope, share, mean, influence;
};

struct split {
    const struct rows *all;
    uint8_t place[N_MAX];
    struct said said[PLACES_MAX];
    struct row_said rows[N_MAX];
};

static void make_rows(uint32_t number, struct rows *r)
{
    struct draws draws = {number * 77 + 3};

    r->n = number % 4 == 0 ? N_MAX : 6 + (size_t)draw_below(&draws, 120);
    r->link = number % 3 == 2 ? STANDARDISE_IDENTITY : STANDARDISE_LOGISTIC;
    r->residuals = number % 2 == 1;
    for (size_t i = 0; i < r->n; i++) {
        const int draw = draw_below(&draws, 10);
        r->x[i] = (draw_below(&draws, 1000) - 300) / 7.;
        r->level[i] = (uint16_t)draw_below(&draws, 3);
        r->observed[i] = draw < 3 ? 0 : 1 + draw / 3.;
        r->y[i] = r->link == STANDARDISE_IDENTITY ? r->x[i] / 3 + draw : number % 7 == 0 ? 1 : draw_below(&draws, 100) < 40 + r->x[i] / 3;
        if (number % 5 == 3 && r->level[i] == 2 && r->link == STANDARDISE_LOGISTIC)
            r->y[i] = 1; /* some level has events alone */
        r->target[i] = draw_below(&draws, 4);
        r->residual[i] = r->observed[i] > 0 ? draw_below(&draws, 300) / 100. : 0;
        r->frequency[i] = draw_below(&draws, 3);
        r->place[i] = (uint32_t)draw_below(&draws, N_TIME);
        r->n_before[i] = (uint32_t)draw_below(&draws, N_TIME + 1);
        r->cause[i] = draw_below(&draws, 3);
        r->e[i] = draw_below(&draws, 3) == 0 ? 0 : (draw_below(&draws, 900) - 400) / 37.;
        r->row[i] = i;
    }
}

static int by_value(const void *left, const void *right)
{
    const struct people_value *a = left, *b = right;

    return (a->value > b->value) - (a->value < b->value);
}

static void rank_rows(const struct rows *r, const struct reducer *reducer, struct said *said)
{
    static const double goals[] = {1, 17.5, 1};
    struct people_value *const values = calloc(r->n + 1, sizeof *values);

    for (size_t i = 0; i < r->n; i++)
        values[i] = (struct people_value){r->x[i], 1 + r->frequency[i]};
    qsort(values, r->n, sizeof *values, by_value);
    for (size_t i = 1; i < r->n; i++)
        values[i].people += values[i - 1].people;
    const double all = (double)reducer_sum_one(reducer, r->n > 0 ? (int64_t)values[r->n - 1].people : 0);
    for (size_t k = 0; k < 3; k++)
        said->rank_value[k] = people_rank(values, r->n, k == 2 ? all : fmin(goals[k], all), reducer);
    said->spline_status = spline_knots_all(values, r->n, N_KNOTS, reducer, said->knots);
    free(values);
}

static void lose_rows(const struct rows *r, const struct reducer *reducer, struct said *said, double *influence)
{
    const struct ipcw_rows rows = {r->n, r->place, r->cause, r->frequency, reducer};
    struct ipcw *const ipcw = ipcw_alloc(N_TIME);

    said->ipcw_status = ipcw_solve(ipcw, &rows);
    memcpy(said->before, ipcw->before, sizeof said->before);
    if (said->ipcw_status == GSL_SUCCESS)
        said->ipcw_status = ipcw_influence(ipcw, &rows, r->n_before, r->e, influence);
    ipcw_free(ipcw);
}

/* Known, beyond, before and between two days. */
static void stretch_times(const struct rows *r, const struct design_matrix *design, const struct reducer *reducer, struct said *said)
{
    double *const lower = calloc(2 * r->n + 1, sizeof *lower), *const upper = lower + r->n;
    int64_t *const frequency = calloc(r->n + 1, sizeof *frequency);
    struct aft *const fit = aft_alloc(P);
    const struct aft_rows rows = {.n = r->n, .lower = lower, .upper = upper, .frequency = frequency, .design = design, .reducer = reducer};

    for (size_t i = 0; i < r->n; i++) {
        const double day = 1 + r->place[i];
        frequency[i] = 1 + (int64_t)r->frequency[i];
        lower[i] = r->cause[i] == 2 && r->level[i] == 0 ? 0 : day;
        upper[i] = r->cause[i] == 0 ? (double)INFINITY : r->cause[i] == 1 ? day : day + 3;
        if (r->n_before[i] == N_TIME + 5)
            upper[i] = -1;
    }
    said->aft_status = aft_solve(&rows, r->link == STANDARDISE_IDENTITY ? AFT_LOGLOGISTIC : AFT_WEIBULL, 1, fit);
    if (said->aft_status == GSL_SUCCESS) {
        memcpy(said->stretch, fit->coef, sizeof said->stretch);
        memcpy(said->stretch_error, fit->std_err, sizeof said->stretch_error);
        said->aft_loglik[0] = fit->loglik_null;
        said->aft_loglik[1] = fit->loglik;
        said->aft_n[0] = fit->n_person;
        said->aft_n[1] = fit->n_event;
    }
    aft_free(fit);
    free(frequency);
    free(lower);
}

static void say(const struct rows *r, const struct reducer *reducer, struct said *said, struct row_said *of_rows)
{
    static const int32_t number[] = {0}, levels[] = {DESIGN_NONE, 1, 2};
    const struct design_block blocks[] = {{.value = r->x, .n_level = 1, .column = number},
                                          {.code = r->level, .n_level = 3, .column = levels}};
    const struct design_matrix design = {.n = r->n, .p = 3, .n_block = 2, .block = blocks};
    double *const work = calloc(5 * r->n + 1, sizeof *work);
    struct standardised result = {.phi = work, .slope = work + r->n, .share = work + 2 * r->n, .mean = work + 3 * r->n};
    double *const influence = work + 4 * r->n;
    const struct standardise_rows rows = {.design = &design, .y = r->y, .observed = r->observed, .target = r->target,
                                          .residual = r->residuals ? r->residual : NULL, .link = r->link, .n_threads = 1,
                                          .reducer = reducer};
    memset(said, 0, sizeof *said);
    said->status = standardise_arm(&rows, &result);
    said->value = said->status == GSL_SUCCESS ? result.value : 0;
    said->rank = result.rank;
    said->penalised = result.penalised;
    said->constant = result.constant;
    stretch_times(r, &design, reducer, said);
    lose_rows(r, reducer, said, influence);
    rank_rows(r, reducer, said);
    for (size_t i = 0; i < r->n; i++)
        of_rows[r->row[i]] = (struct row_said){result.phi[i], result.slope[i], result.share[i], result.mean[i], influence[i]};
    free(work);
}

static void say_place(void *context, size_t place, const struct reducer *reducer)
{
    struct split *const split = context;
    const struct rows *const all = split->all;
    struct rows *const own = malloc(sizeof *own);

    *own = *all;
    own->n = PLACES_KEEP(all->n, split->place, place, COLUMN(own->x), COLUMN(own->y), COLUMN(own->observed), COLUMN(own->target),
                         COLUMN(own->residual), COLUMN(own->frequency), COLUMN(own->e), COLUMN(own->level), COLUMN(own->place),
                         COLUMN(own->n_before), COLUMN(own->cause), COLUMN(own->row));
    say(own, reducer, &split->said[place], split->rows);
    free(own);
}

static void check(uint32_t number, size_t n_places, const struct rows *rows, struct said *whole)
{
    static struct split split;
    static struct row_said one[N_MAX];
    struct draws draws = {number};

    memset(one, 0, sizeof one);
    memset(&split, 0, sizeof split);
    split.all = rows;
    for (size_t i = 0; i < rows->n; i++)
        split.place[i] = (uint8_t)(number % 3 == 0 ? n_places > 1 && draw_below(&draws, 20) == 0 : draw_below(&draws, (int)n_places));
    say(rows, NULL, whole, one);
    places_run(n_places, say_place, &split);
    for (size_t k = 0; k < n_places; k++)
        if (memcmp(&split.said[k], whole, sizeof *whole) != 0)
            fail_msg("set %u, place %zu of %zu: status %d and %d, value %.17g and %.17g", number, k, n_places, split.said[k].status,
                     whole->status, split.said[k].value, whole->value);
    for (size_t i = 0; i < rows->n && whole->status == GSL_SUCCESS; i++)
        if (memcmp(&split.rows[i], &one[i], sizeof one[i]) != 0)
            fail_msg("set %u, %zu places, row %zu: phi %.17g and %.17g, influence %.17g and %.17g", number, n_places, i,
                     split.rows[i].phi, one[i].phi, split.rows[i].influence, one[i].influence);
}

static void test_regressions_of_rows_in_several_places_are_those_of_all_rows(void **state)
{
    static struct rows rows;
    struct said whole;
    size_t n_penalised = 0, n_constant = 0, n_knots = 0, n_stretched = 0;

    (void)state;
    for (uint32_t number = 0; number < 120; number++) {
        make_rows(number, &rows);
        check(number, 1 + number % 5, &rows, &whole);
        n_penalised += whole.penalised;
        n_constant += whole.constant;
        n_knots += whole.spline_status == GSL_SUCCESS;
        n_stretched += whole.aft_status == GSL_SUCCESS && whole.stretch[1] != 0;
    }
    assert_true(n_penalised > 5 && n_constant > 5 && n_knots > 50 && n_stretched > 100);
}

/* What is wrong anywhere is told everywhere; nobody anywhere is nobody. */
static void test_what_is_wrong_in_one_place_is_refused_in_all(void **state)
{
    static struct rows rows;
    struct said whole;

    (void)state;
    make_rows(1, &rows);
    rows.observed[3] = -1;
    rows.place[4] = N_TIME;
    rows.n_before[5] = N_TIME + 5;
    check(1, 4, &rows, &whole);
    assert_int_equal(whole.aft_status, GSL_EDOM);
    assert_int_equal(whole.status, GSL_EINVAL);
    assert_int_equal(whole.ipcw_status, GSL_EDOM);
    make_rows(1, &rows);
    rows.e[5] = INFINITY;
    memset(rows.observed, 0, sizeof rows.observed);
    check(2, 3, &rows, &whole);
    assert_int_equal(whole.status, GSL_EDOM);
    assert_int_equal(whole.ipcw_status, GSL_EINVAL);
    rows.n = 1;
    check(4, 3, &rows, &whole);
    assert_int_equal(whole.spline_status, GSL_EINVAL);
    rows.n = 0;
    check(5, 3, &rows, &whole);
    assert_int_equal(whole.aft_status, GSL_EINVAL);
    assert_true(isnan(whole.rank_value[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_regressions_of_rows_in_several_places_are_those_of_all_rows),
        cmocka_unit_test(test_what_is_wrong_in_one_place_is_refused_in_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
