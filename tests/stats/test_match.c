/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/match.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/near.h"
#include "tests/support/reference.h"

enum { N_MAX = 700, RATIO_MAX = 3 };

/* People for a request, and what it gave. */
struct people {
    size_t n;
    double score[N_MAX];
    uint8_t treated[N_MAX];
    int32_t stratum[N_MAX];
    uint64_t order[N_MAX];
    size_t match[N_MAX * RATIO_MAX], n_pair;
};

static int solve(struct people *p, double caliper, size_t ratio)
{
    const struct match_request request = {p->n, p->score, p->treated, p->stratum, p->order, caliper, ratio};

    return match_nearest(&request, p->match, &p->n_pair);
}

/* The rule of the header, looked up anew for everybody: O(n^2). */
static size_t slow_turn(const struct people *p, const char *served, size_t *who)
{
    size_t best = MATCH_NONE;

    for (size_t i = 0; i < p->n; i++) {
        if (p->treated[i] != 1 || served[i])
            continue;
        if (best == MATCH_NONE || p->score[i] > p->score[best] ||
            (p->score[i] == p->score[best] && p->order[i] < p->order[best]))
            best = i;
    }
    *who = best;
    return best;
}

static size_t slow_nearest(const struct people *p, const char *taken, size_t i, double caliper)
{
    size_t best = MATCH_NONE;

    for (size_t j = 0; j < p->n; j++) {
        const double d = fabs(p->score[j] - p->score[i]);

        if (p->treated[j] == 1 || taken[j] || p->stratum[j] != p->stratum[i] || d > caliper)
            continue;
        if (best == MATCH_NONE || d < fabs(p->score[best] - p->score[i]) ||
            (d == fabs(p->score[best] - p->score[i]) && p->order[j] < p->order[best]))
            best = j;
    }
    return best;
}

static void assert_equals_slow(const struct people *p, double caliper, size_t ratio)
{
    static size_t expected[N_MAX * RATIO_MAX];
    char taken[N_MAX] = {0};
    size_t n_pair = 0, i;

    for (size_t k = 0; k < p->n * ratio; k++)
        expected[k] = MATCH_NONE;
    for (size_t round = 0; round < ratio; round++) {
        char served[N_MAX] = {0};

        while (slow_turn(p, served, &i) != MATCH_NONE) {
            const size_t j = slow_nearest(p, taken, i, caliper);

            served[i] = 1;
            if (j == MATCH_NONE)
                continue;
            taken[j] = 1;
            expected[i * ratio + round] = j;
            n_pair++;
        }
    }
    assert_int_equal(p->n_pair, n_pair);
    assert_memory_equal(p->match, expected, p->n * ratio * sizeof *expected);
}

static void draw(gsl_rng *rng, struct people *p)
{
    const unsigned long values = gsl_rng_uniform_int(rng, 3) == 0 ? 6 : 1000000; /* often tied, often not */

    p->n = 1 + gsl_rng_uniform_int(rng, 60);
    for (size_t i = 0; i < p->n; i++) {
        p->score[i] = (double)gsl_rng_uniform_int(rng, values) / 64;
        p->treated[i] = gsl_rng_uniform(rng) < 0.4;
        p->stratum[i] = (int32_t)gsl_rng_uniform_int(rng, 3) - 1;
        p->order[i] = (uint64_t)gsl_rng_get(rng) << 32 | i;
    }
}

static void test_equals_a_slow_search_on_random_people(void **state)
{
    gsl_rng *const rng = gsl_rng_alloc(gsl_rng_mt19937);
    static struct people p;

    (void)state;
    for (int k = 0; k < 4000; k++) {
        const double caliper = k % 4 == 0 ? INFINITY : k % 4 == 1 ? 0 : gsl_rng_uniform(rng) * (k % 2 == 0 ? 0.1 : 100);
        const size_t ratio = 1 + (size_t)k % RATIO_MAX;

        draw(rng, &p);
        assert_int_equal(solve(&p, caliper, ratio), GSL_SUCCESS);
        assert_equals_slow(&p, caliper, ratio);
    }
    gsl_rng_free(rng);
}

/* The same people in another order of rows are given the same matches. */
static void test_the_order_of_rows_does_not_matter(void **state)
{
    gsl_rng *const rng = gsl_rng_alloc(gsl_rng_mt19937);
    static struct people p, turned;

    (void)state;
    for (int k = 0; k < 300; k++) {
        draw(rng, &p);
        turned.n = p.n;
        for (size_t i = 0; i < p.n; i++) {
            const size_t j = p.n - 1 - i;

            turned.score[j] = p.score[i];
            turned.treated[j] = p.treated[i];
            turned.stratum[j] = p.stratum[i];
            turned.order[j] = p.order[i];
        }
        assert_int_equal(solve(&p, 0.5, 2), GSL_SUCCESS);
        assert_int_equal(solve(&turned, 0.5, 2), GSL_SUCCESS);
        for (size_t i = 0; i < 2 * p.n; i++) {
            const size_t mirrored = turned.match[2 * (p.n - 1 - i / 2) + i % 2];

            assert_true(p.match[i] == (mirrored == MATCH_NONE ? MATCH_NONE : p.n - 1 - mirrored));
        }
    }
    gsl_rng_free(rng);
}

/* Lalonde's men: as many pairs, as near to each other, as R's greedy search finds. */
static void test_agrees_with_greedy_matching_in_r(void **state)
{
    struct reference *const men = reference_read("tests/reference/lalonde.csv");
    struct reference *const r = reference_read("tests/reference/lalonde_match.csv");
    static struct people p;

    (void)state;
    p.n = men->n_rows;
    for (size_t i = 0; i < p.n; i++) {
        p.score[i] = reference_value(men, i, "score");
        p.treated[i] = (uint8_t)reference_count(men, i, "treat");
        p.order[i] = i;
        p.stratum[i] = 0;
    }
    for (size_t k = 0; k < r->n_rows; k++) {
        double distance = 0;

        assert_int_equal(solve(&p, reference_value(r, k, "caliper"), 1), GSL_SUCCESS);
        assert_int_equal(p.n_pair, reference_count(r, k, "pairs"));
        for (size_t i = 0; i < p.n; i++)
            if (p.match[i] != MATCH_NONE)
                distance += fabs(p.score[i] - p.score[p.match[i]]);
        assert_near(distance, reference_value(r, k, "distance"), 1e-12);
    }
    reference_free(men);
    reference_free(r);
}

/*
 *   controls   1   2       5            treated: 4.0 takes 5 (nearest), then 3.9 takes 2, then 1.4 takes 1
 *   treated      1.4   3.9 4
 */
static void test_the_largest_score_is_served_first(void **state)
{
    static struct people p = {
        .n = 6, .score = {1, 2, 5, 1.4, 3.9, 4}, .treated = {0, 0, 0, 1, 1, 1}, .order = {1, 2, 3, 4, 5, 6}};

    (void)state;
    assert_int_equal(solve(&p, INFINITY, 1), GSL_SUCCESS);
    assert_int_equal(p.match[5], 2);
    assert_int_equal(p.match[4], 1);
    assert_int_equal(p.match[3], 0);
    assert_int_equal(solve(&p, 1.1, 1), GSL_SUCCESS);
    assert_true(p.match[4] == MATCH_NONE);
}

static void test_nobody_to_match_is_no_error(void **state)
{
    static struct people p = {.n = 2, .score = {0.25, 0.5}, .treated = {1, 1}, .order = {1, 2}};

    (void)state;
    assert_int_equal(solve(&p, 1, 2), GSL_SUCCESS);
    assert_int_equal(p.n_pair, 0);
    p.n = 0;
    assert_int_equal(solve(&p, 1, 1), GSL_SUCCESS);
}

static void test_bad_requests_are_refused(void **state)
{
    static struct people p = {.n = 2, .score = {0.25, 0.25}, .treated = {0, 0}, .order = {7, 7}};

    (void)state;
    assert_int_equal(solve(&p, 1, 1), GSL_EINVAL); /* twins: their order would be that of the rows */
    p.order[1] = 8;
    assert_int_equal(solve(&p, -1, 1), GSL_EINVAL);
    assert_int_equal(solve(&p, NAN, 1), GSL_EINVAL);
    assert_int_equal(solve(&p, 1, 0), GSL_EINVAL);
    p.treated[0] = 2;
    assert_int_equal(solve(&p, 1, 1), GSL_EINVAL);
    p.treated[0] = 1;
    p.score[0] = INFINITY;
    assert_int_equal(solve(&p, 1, 1), GSL_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equals_a_slow_search_on_random_people),
        cmocka_unit_test(test_the_order_of_rows_does_not_matter),
        cmocka_unit_test(test_agrees_with_greedy_matching_in_r),
        cmocka_unit_test(test_the_largest_score_is_served_first),
        cmocka_unit_test(test_nobody_to_match_is_no_error),
        cmocka_unit_test(test_bad_requests_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
