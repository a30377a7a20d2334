/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regressions of rows that lie in several places give the bits of one call with all of them. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/glm.h"
#include "tests/stats/places.h"
#include "tests/support/near.h"

enum { N_MAX = 40000, P = 5, COEFFICIENTS = P + 1 };

struct rows {
    size_t n;
    enum glm_family family;
    bool firth, weighted, offset;
    double *x, *z, *y, *weight, *shift; /* [n] */
    uint16_t *f, *g;
};

struct said {
    int status, n_iteration;
    bool converged, aliased[COEFFICIENTS], separated[COEFFICIENTS];
    double coef[COEFFICIENTS], covariance[COEFFICIENTS * COEFFICIENTS], tests[7];
    size_t n_used, df;
};

struct split {
    const struct rows *all;
    uint8_t *place; /* [n] */
    struct said said[PLACES_MAX];
    double *eta;    /* [n] by row of all */
};

static uint32_t draw(uint32_t *state, uint32_t n)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) % n;
}

static void rows_alloc(struct rows *rows, size_t n)
{
    rows->n = n;
    rows->x = malloc(5 * (n + 1) * sizeof *rows->x);
    rows->f = malloc(2 * (n + 1) * sizeof *rows->f);
    assert_true(rows->x != NULL && rows->f != NULL);
    rows->z = rows->x + n + 1;
    rows->y = rows->z + n + 1;
    rows->weight = rows->y + n + 1;
    rows->shift = rows->weight + n + 1;
    rows->g = rows->f + n + 1;
}

static void rows_free(struct rows *rows)
{
    free(rows->x);
    free(rows->f);
}

/* Small ones with a level in which everybody has the event, or a column that is another one's multiple. */
static void make_rows(uint32_t number, size_t n, struct rows *rows)
{
    uint32_t state = number * 977u + 5;

    for (int k = 0; k < 3; k++)
        draw(&state, 2);
    rows_alloc(rows, n);
    rows->family = number % 3 == 0 ? GLM_POISSON : GLM_LOGISTIC;
    rows->firth = rows->family == GLM_LOGISTIC && number % 5 == 1;
    rows->weighted = number % 2 == 0;
    rows->offset = number % 4 == 3;
    for (size_t i = 0; i < n; i++) {
        rows->x[i] = ((double)draw(&state, 4096) - 1700) / 7;
        rows->z[i] = number % 7 == 2 ? rows->x[i] * 3 : (double)draw(&state, 512) / 64;
        rows->f[i] = (uint16_t)draw(&state, 3);
        rows->g[i] = (uint16_t)draw(&state, 2);
        rows->weight[i] = draw(&state, 5);
        rows->shift[i] = (double)draw(&state, 8) / 4;
        rows->y[i] = rows->family == GLM_POISSON ? draw(&state, 5) : draw(&state, 700) < 300 + 100 * rows->f[i] + rows->x[i] / 10;
        if (number % 6 == 1 && rows->f[i] == 2)
            rows->y[i] = 1;
    }
}

static void copy_row(const struct rows *from, size_t i, struct rows *to)
{
    const size_t k = to->n++;

    to->x[k] = from->x[i];
    to->z[k] = from->z[i];
    to->y[k] = from->y[i];
    to->weight[k] = from->weight[i];
    to->shift[k] = from->shift[i];
    to->f[k] = from->f[i];
    to->g[k] = from->g[i];
}

static void fit(const struct rows *rows, const struct reducer *reducer, struct said *said, double *eta)
{
    static const int32_t of_x[] = {0}, of_z[] = {1}, of_f[] = {DESIGN_NONE, 2, 3}, of_g[] = {DESIGN_NONE, 4};
    const struct design_block blocks[] = {{.value = rows->x, .n_level = 1, .column = of_x},
                                          {.value = rows->z, .n_level = 1, .column = of_z},
                                          {.code = rows->f, .n_level = 3, .column = of_f},
                                          {.code = rows->g, .n_level = 2, .column = of_g}};
    const struct design_matrix design = {.n = rows->n, .p = P, .n_block = 4, .block = blocks};
    const struct glm_data data = {&design, rows->y, rows->offset ? rows->shift : NULL, rows->weighted ? rows->weight : NULL};
    const struct glm_options options = {.family = rows->family, .firth = rows->firth, .n_threads = 1, .reducer = reducer};
    struct glm_fit *fitted;

    memset(said, 0, sizeof *said);
    said->status = glm_fit_alloc(&data, &options, &fitted);
    if (said->status != GSL_SUCCESS)
        return;
    said->n_iteration = fitted->n_iteration;
    said->converged = fitted->converged;
    said->n_used = fitted->n_used;
    said->df = fitted->df;
    memcpy(said->aliased, fitted->aliased, sizeof said->aliased);
    memcpy(said->separated, fitted->separated, sizeof said->separated);
    memcpy(said->coef, fitted->coef, sizeof said->coef);
    memcpy(said->covariance, fitted->covariance, sizeof said->covariance);
    const double tests[] = {fitted->loglik, fitted->loglik_null, fitted->deviance, fitted->score_test, fitted->wald_test,
                            fitted->total_weight};
    memcpy(said->tests, tests, sizeof tests);
    memcpy(eta, fitted->eta, rows->n * sizeof *eta);
    glm_fit_free(fitted);
}

static void fit_place(void *context, size_t place, const struct reducer *reducer)
{
    struct split *const split = context;
    const struct rows *const all = split->all;
    struct rows own = *all;
    double *const eta = malloc((all->n + 1) * sizeof *eta);
    size_t k = 0;

    rows_alloc(&own, all->n);
    own.n = 0;
    for (size_t i = 0; i < all->n; i++)
        if (split->place[i] == place)
            copy_row(all, i, &own);
    fit(&own, reducer, &split->said[place], eta);
    for (size_t i = 0; i < all->n; i++)
        if (split->place[i] == place)
            split->eta[i] = eta[k++];
    free(eta);
    rows_free(&own);
}

static void assert_same(const struct rows *rows, size_t n_places)
{
    struct split split = {.all = rows, .place = malloc(rows->n + 1), .eta = calloc(rows->n + 1, sizeof *split.eta)};
    double *const eta = calloc(rows->n + 1, sizeof *eta);
    uint32_t state = (uint32_t)rows->n + (uint32_t)n_places;
    struct said whole;

    fit(rows, NULL, &whole, eta);
    for (size_t i = 0; i < rows->n; i++)
        split.place[i] = (uint8_t)draw(&state, (uint32_t)(n_places > 2 ? n_places - 1 : n_places)); /* the last of many has none */
    places_run(n_places, fit_place, &split);
    for (size_t place = 0; place < n_places; place++)
        assert_memory_equal(&split.said[place], &whole, sizeof whole);
    if (whole.status == GSL_SUCCESS)
        assert_memory_equal(split.eta, eta, rows->n * sizeof *eta);
    free(eta);
    free(split.eta);
    free(split.place);
}

static void test_small_fits_are_those_of_all_rows(void **state)
{
    (void)state;
    size_t n_separated = 0, n_aliased = 0;
    for (uint32_t number = 0; number < 60; number++) {
        struct rows rows;
        struct said said;
        make_rows(number, 1 + number * 7 % 150, &rows);
        double *const eta = malloc((rows.n + 1) * sizeof *eta);
        fit(&rows, NULL, &said, eta);
        for (size_t j = 0; j < COEFFICIENTS; j++) {
            n_separated += said.separated[j];
            n_aliased += said.aliased[j];
        }
        assert_same(&rows, 1 + number % 4);
        free(eta);
        rows_free(&rows);
    }
    assert_true(n_separated > 0 && n_aliased > 0);
}

static void test_fits_that_begin_with_some_of_the_rows_are_those_of_all_rows(void **state)
{
    (void)state;
    for (uint32_t number = 3; number < 6; number++) {
        struct rows rows;
        make_rows(number, N_MAX, &rows);
        assert_same(&rows, 3);
        rows_free(&rows);
    }
}

static void test_what_one_place_cannot_have_none_of_them_fits(void **state)
{
    (void)state;
    struct rows rows;
    make_rows(4, 50, &rows);
    rows.y[7] = 0.5;
    assert_same(&rows, 2);
    rows.y[7] = 0;
    for (size_t i = 0; i < rows.n; i++)
        rows.weight[i] = 0;
    assert_same(&rows, 3);
    rows_free(&rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_fits_are_those_of_all_rows),
        cmocka_unit_test(test_fits_that_begin_with_some_of_the_rows_are_those_of_all_rows),
        cmocka_unit_test(test_what_one_place_cannot_have_none_of_them_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
