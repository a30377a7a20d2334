/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which clusters have all their rows in one place is known from the ranges of their names. */
#include "stats/clusters.h"

#include <gsl/gsl_errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/stats/places.h"
#include "tests/support/draws.h"
#include "tests/support/near.h"

enum { ROWS_MOST = 300, NAMES_MOST = 900 };

struct split {
    size_t n;
    int32_t name[ROWS_MOST];
    uint8_t place[ROWS_MOST];
    /* By place */
    struct clusters clusters[PLACES_MAX];
    int32_t of[PLACES_MAX][ROWS_MOST], *names[PLACES_MAX];
    size_t n_rows[PLACES_MAX];
    int64_t n_with_rows[PLACES_MAX];
    int status[PLACES_MAX];
};

static void find(void *context, size_t place, const struct reducer *reducer)
{
    struct split *const s = context;
    int32_t name[ROWS_MOST];
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++)
        if (s->place[i] == place)
            name[n++] = s->name[i];
    s->n_rows[place] = n;
    s->status[place] = clusters_find(name, n, reducer, s->of[place], &s->clusters[place], &s->names[place]);
    s->status[place] += clusters_count(&s->clusters[place], n, reducer, &s->n_with_rows[place]);
}

/* Rows of a place by name: every one has the number of its name, ascending among the shared and among the others. */
static void check_place(const struct split *s, size_t place)
{
    const struct clusters *const c = &s->clusters[place];
    size_t k = 0;

    assert_int_equal(s->status[place], GSL_SUCCESS);
    assert_true(c->n_shared <= c->n && c->n_shared == s->clusters[0].n_shared);
    assert_memory_equal(s->names[place], s->names[0], c->n_shared * sizeof **s->names);
    for (size_t g = 1; g < c->n; g++)
        assert_true(g == c->n_shared || s->names[place][g] > s->names[place][g - 1]);
    for (size_t i = 0; i < s->n; i++)
        if (s->place[i] == place)
            assert_int_equal(s->names[place][s->of[place][k++]], s->name[i]);
}

/* A name of rows in several places is shared, and every name that stands for a cluster has rows. */
static void check_names(const struct split *s, size_t n_places)
{
    size_t seen_at[NAMES_MOST], n_places_of[NAMES_MOST] = {0};
    int64_t n_names = 0;

    memset(seen_at, 0xff, sizeof seen_at);
    for (size_t i = 0; i < s->n; i++)
        for (size_t p = 0; p < n_places; p++)
            if (s->place[i] == p && seen_at[s->name[i]] != p) {
                n_places_of[s->name[i]]++;
                seen_at[s->name[i]] = p;
            }
    for (size_t name = 0; name < NAMES_MOST; name++)
        n_names += n_places_of[name] > 0;
    for (size_t p = 0; p < n_places; p++) {
        assert_int_equal(s->n_with_rows[p], n_names);
        for (size_t g = 0; g < s->clusters[p].n; g++) {
            assert_true(n_places_of[s->names[p][g]] > 0);
            assert_true(g < s->clusters[p].n_shared || n_places_of[s->names[p][g]] == 1);
        }
    }
}

static void make_names(uint64_t number, size_t n_places, struct split *s)
{
    struct draws draws = {number};
    const int kind = (int)(number % 4), most = number % 3 == 0 ? 4 : NAMES_MOST;

    s->n = number % 11 == 0 ? (size_t)draw_below(&draws, 3) : (size_t)draw_below(&draws, ROWS_MOST);
    for (size_t i = 0, name = 0; i < s->n; i++) {
        name += (size_t)draw_below(&draws, 3);
        s->name[i] = kind < 2 ? (int32_t)name : draw_below(&draws, most);
        s->place[i] = (uint8_t)(kind == 3 ? draw_below(&draws, (int)n_places) : (int)(i * n_places / s->n));
    }
}

static void test_numbers_stand_for_names_wherever_rows_lie(void **state)
{
    static struct split s;

    (void)state;
    for (uint64_t number = 0; number < 300; number++) {
        const size_t n_places = 1 + number % 7;
        make_names(number, n_places, &s);
        places_run(n_places, find, &s);
        for (size_t p = 0; p < n_places; p++)
            check_place(&s, p);
        check_names(&s, n_places);
        if (number % 4 < 2) /* ascending along the rows, which are cut anywhere: one a border */
            assert_true(s.clusters[0].n_shared < n_places);
        for (size_t p = 0; p < n_places; p++)
            free(s.names[p]);
    }
}

static void test_one_process_shares_nothing(void **state)
{
    int32_t name[] = {70, 3, 70, 2000, 3};
    const int32_t expected[] = {1, 0, 1, 2, 0};
    struct clusters clusters;
    int64_t n;

    (void)state;
    assert_int_equal(clusters_find(name, 5, NULL, name, &clusters, NULL), GSL_SUCCESS);
    assert_memory_equal(name, expected, sizeof expected);
    assert_true(clusters.n == 3 && clusters.n_shared == 0 && clusters.of == name);
    assert_int_equal(clusters_count(&clusters, 2, NULL, &n), GSL_SUCCESS);
    assert_int_equal(n, 2);
    assert_int_equal(clusters_find(name, 0, NULL, name, &clusters, NULL), GSL_SUCCESS);
    assert_true(clusters.n == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_stand_for_names_wherever_rows_lie),
        cmocka_unit_test(test_one_process_shares_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
