/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Probabilities of states and expected times are bit by bit the same wherever the people are who move between them. */
#include "stats/multistate.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/stats/places.h"
#include "tests/support/draws.h"
#include "tests/support/near.h"

enum { PEOPLE_MOST = 150, ROWS_MOST = 6 * PEOPLE_MOST, STATES = 4, DAYS = 4 };

struct paths {
    size_t n, n_id;
    double entry[ROWS_MOST], time[ROWS_MOST];
    int32_t id[ROWS_MOST], from[ROWS_MOST], to[ROWS_MOST];
    uint8_t where[PEOPLE_MOST];
    bool without_entry;
};

struct said {
    int status, wrong_day, not_finite;
    double last, estimate[DAYS][STATES], std_err[DAYS][STATES], expected[STATES], expected_error[STATES];
    int64_t n_person, n_risk, n_entered;
};

static void make_paths(uint64_t number, size_t n_places, struct paths *p)
{
    struct draws draws = {number};

    *p = (struct paths){.n_id = number % 7 == 0 ? 1 + (size_t)draw_below(&draws, 3) : 10 + (size_t)draw_below(&draws, PEOPLE_MOST - 10),
                        .without_entry = number % 5 == 4};
    for (size_t i = 0; i < p->n_id; i++) {
        const int n = p->without_entry ? 1 : 1 + draw_below(&draws, 6);
        int32_t state = draw_below(&draws, STATES);
        double at = !p->without_entry && draw_chance(&draws, 0.2) ? draw_below(&draws, 9) : 0;
        p->where[i] = (uint8_t)(number % 3 == 0 ? i * n_places / p->n_id : (size_t)draw_below(&draws, number % 3 == 1 ? (int)n_places : 1));
        for (int k = 0; k < n; k++) {
            const size_t row = p->n++;
            const int32_t next = draw_chance(&draws, 0.15) ? -1 : (state + 1 + draw_below(&draws, STATES - 1)) % STATES;
            p->id[row] = (int32_t)i;
            p->entry[row] = at;
            p->time[row] = at = at + 1 + draw_below(&draws, 12);
            p->from[row] = state;
            p->to[row] = next;
            state = next < 0 ? draw_below(&draws, STATES) : next;
            at += next < 0 ? 1 + draw_below(&draws, 3) : 0; /* a gap, or the next state at once */
        }
    }
}

static void say(const struct paths *p, const struct reducer *reducer, struct said *said)
{
    const struct multistate_rows rows = {.n = p->n, .n_id = p->n_id, .n_state = STATES, .id = p->id,
                                         .entry = p->without_entry ? NULL : p->entry, .time = p->time, .from = p->from, .to = p->to,
                                         .reducer = reducer};
    double none[STATES];

    memset(said, 0, sizeof *said);
    struct multistate *const m = multistate_alloc(&rows, &said->status);
    if (m == NULL)
        return;
    said->last = multistate_last_time(m);
    said->n_person = multistate_n_person(m);
    said->n_risk = multistate_n_risk(m, 1, 5);
    said->n_entered = multistate_n_entered(m, 2, 11);
    for (int k = 0; k < DAYS; k++)
        said->status += multistate_occupation(m, 7. * k, said->estimate[k], said->std_err[k]);
    said->status += multistate_expected(m, 20, said->expected, said->expected_error);
    said->wrong_day = multistate_occupation(m, -1, none, none);
    said->not_finite = multistate_expected(m, INFINITY, none, none);
    multistate_free(m);
}

struct split {
    const struct paths *all;
    struct said said[PLACES_MAX];
};

/* People are numbered anew in each place. */
static void say_place(void *context, size_t place, const struct reducer *reducer)
{
    struct split *const split = context;
    struct paths *const own = calloc(1, sizeof *own);
    int32_t person = -1;

    own->without_entry = split->all->without_entry;
    for (size_t k = 0; k < split->all->n; k++) {
        if (split->all->where[split->all->id[k]] != place)
            continue;
        own->n_id += split->all->id[k] != person;
        person = split->all->id[k];
        own->id[own->n] = (int32_t)own->n_id - 1;
        own->entry[own->n] = split->all->entry[k];
        own->time[own->n] = split->all->time[k];
        own->from[own->n] = split->all->from[k];
        own->to[own->n++] = split->all->to[k];
    }
    say(own, reducer, &split->said[place]);
    free(own);
}

static void test_states_are_the_same_wherever_people_are(void **state)
{
    static struct paths all;
    static struct split split;
    struct said alone;

    (void)state;
    split.all = &all;
    for (uint64_t number = 1; number <= 90; number++) {
        const size_t n_places = 1 + number % 7;
        make_paths(number, n_places, &all);
        say(&all, NULL, &alone);
        assert_int_equal(alone.status, GSL_SUCCESS);
        assert_true(alone.wrong_day == GSL_EDOM && alone.not_finite == GSL_EDOM);
        places_run(n_places, say_place, &split);
        for (size_t k = 0; k < n_places; k++)
            if (memcmp(&split.said[k], &alone, sizeof alone) != 0)
                fail_msg("set %d, place %zu of %zu: status %d, occupation %.17g (%.17g) and %.17g (%.17g)", (int)number, k, n_places,
                         split.said[k].status, split.said[k].estimate[1][0], split.said[k].std_err[1][0], alone.estimate[1][0],
                         alone.std_err[1][0]);
    }
}

static void test_a_path_that_cannot_be_is_refused_in_all_places(void **state)
{
    static struct paths all;
    static struct split split;

    (void)state;
    split.all = &all;
    make_paths(1, 3, &all);
    all.to[4] = all.from[4];
    places_run(3, say_place, &split);
    for (size_t k = 0; k < 3; k++)
        assert_int_equal(split.said[k].status, GSL_EDOM);
    all.n = 0;
    places_run(3, say_place, &split);
    for (size_t k = 0; k < 3; k++)
        assert_int_equal(split.said[k].status, GSL_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states_are_the_same_wherever_people_are),
        cmocka_unit_test(test_a_path_that_cannot_be_is_refused_in_all_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
