/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/share_range.h"

#include <stdlib.h>

#include "tests/support/draws.h"
#include "tests/support/near.h"

static void test_whole_per_cents_are_rounded_half_up(void **state)
{
    (void)state;
    assert_int_equal(whole_percent(0, 40), 0);
    assert_int_equal(whole_percent(1, 200), 1); /* 0.5 */
    assert_int_equal(whole_percent(13, 40), 33); /* 32.5 */
    assert_int_equal(whole_percent(129, 400), 32); /* 32.25 */
    assert_int_equal(whole_percent(40, 40), 100);
}

/* ---- the rule again, by counting everything ---------------------------------------------------------------------------------- */

enum { N = 9 };

struct seen {
    int64_t low[N], high[N];
};

static void see(struct seen *seen, int what, int64_t value)
{
    seen->low[what] = value < seen->low[what] ? value : seen->low[what];
    seen->high[what] = value > seen->high[what] ? value : seen->high[what];
}

static void see_all(struct seen *seen, const struct share_cell *cell, int64_t n, int64_t events)
{
    see(seen, 0, n);
    see(seen, 1, cell->everybody - n);
    see(seen, 2, cell->n < cell->other_n ? cell->other_n - n : n - cell->other_n);
    see(seen, 3, events);
    see(seen, 4, n - events);
}

/* Everybody of the earlier day goes one of ways: past, still with the event, new, gone, still without. */
static void see_ways(struct seen *seen, const struct share_cell *cell, int64_t n, int64_t events)
{
    const int64_t n_early = cell->days == DAY_LATER ? cell->other_n : n, e_early = cell->days == DAY_LATER ? cell->other_events : events;
    const int64_t n_late = cell->days == DAY_LATER ? n : cell->other_n, e_late = cell->days == DAY_LATER ? events : cell->other_events;

    for (int64_t past = 0; past <= (cell->same_due ? 0 : e_early); past++) {
        const int64_t fresh = e_late - (e_early - past), gone = n_early - e_early - fresh - (n_late - e_late);

        if (fresh < 0 || gone < 0)
            continue;
        see_all(seen, cell, n, events);
        see(seen, 5, past);
        see(seen, 6, fresh);
        see(seen, 7, gone);
    }
}

static bool by_counting(const struct share_cell *cell, int64_t T)
{
    const bool is_apart = cell->n != cell->other_n, has_days = cell->days == DAY_LATER || cell->days == DAY_EARLIER;
    const bool is_suspected = !is_apart || cell->n_is_known || (cell->everybody_is_known && cell->n == cell->everybody);
    const int64_t e_early = cell->days == DAY_LATER ? cell->other_events : cell->events, n_early = cell->days == DAY_LATER ? cell->other_n : cell->n;
    const bool nobody[N] = {false,
                            !cell->everybody_is_known || cell->n == cell->everybody,
                            !is_apart,
                            cell->events == 0 || cell->days == DAY_SAME,
                            cell->events == cell->n,
                            !has_days || cell->same_due || !is_apart || e_early == 0,
                            !has_days || (!is_apart && cell->events == cell->other_events),
                            !has_days || !is_apart || n_early == e_early,
                            true};
    struct seen seen;

    for (int k = 0; k < N; k++) {
        seen.low[k] = INT64_MAX;
        seen.high[k] = INT64_MIN;
    }
    for (int64_t n = T; n <= cell->most; n++)
        for (int64_t events = 0; events <= n; events++) {
            const bool fits = cell->events == 0 ? events == 0 : cell->events == cell->n ? events == n : events >= T && n - events >= T;

            if ((is_suspected && n != cell->n) || !fits || whole_percent(events, n) != whole_percent(cell->events, cell->n) ||
                (cell->days == DAY_SAME && cell->events > 0 && cell->events < cell->n && events != cell->other_events))
                continue;
            if (has_days && !cell->other_is_hidden)
                see_ways(&seen, cell, n, events);
            else
                see_all(&seen, cell, n, events);
            if (has_days)
                see(&seen, 8, cell->other_n - n + events);
        }
    for (int k = 0; k < N; k++) {
        const int64_t most = k == 5 ? e_early : k == 7 ? n_early - e_early : 2 * T;
        const int64_t enough = most > 2 * T ? 2 * T : most < T ? T : most;

        if (!nobody[k] && !(cell->other_is_hidden && k >= 5) && seen.low[k] < T && (seen.high[k] < enough || seen.high[k] - seen.low[k] < enough))
            return false;
    }
    if (!has_days || !cell->other_is_hidden)
        return true;
    return cell->days == DAY_LATER ? seen.high[8] >= cell->other_events + 2 * T
                                   : seen.low[8] <= cell->other_events - 2 * T || seen.low[8] <= 0;
}

static int64_t below(struct draws *draws, int64_t n)
{
    return n <= 0 ? 0 : draw_below(draws, (int)n);
}

/* A cell as data can make it: people of the earlier day, of them those of the later one. */
static struct share_cell draw_cell(struct draws *draws)
{
    const int64_t everybody = 12 + below(draws, 90), first = everybody - below(draws, 8), events = below(draws, first + 1);
    const int64_t past = below(draws, 1 + (events < 4 ? events : 4)), fresh = below(draws, first - events + 1) / 2;
    const int64_t gone = draw_chance(draws, 0.3) ? 0 : below(draws, 1 + (first - events - fresh) / 3);
    const int64_t then = first - past - gone, events_then = events - past + fresh;
    const int kind = draw_below(draws, 4);
    struct share_cell cell = {.n = then, .events = events_then, .everybody = everybody, .everybody_is_known = draw_chance(draws, 0.5), .most = everybody,
                              .other_n = first, .other_events = events, .days = DAY_LATER};

    cell.other_is_hidden = draw_chance(draws, 0.25);
    cell.n_is_known = draw_chance(draws, 0.15);
    cell.same_due = past == 0 && draw_chance(draws, 0.5);
    if (!cell.everybody_is_known)
        cell.most += below(draws, 20);
    if (kind == 1) {
        cell.n = first;
        cell.events = events;
        cell.other_n = then;
        cell.other_events = events_then;
        cell.days = DAY_EARLIER;
    } else if (kind == 2) {
        cell.days = DAYS_UNRELATED;
    } else if (kind == 3 && events_then <= first) {
        cell.days = DAY_SAME;
        cell.other_events = events_then;
    }
    return cell;
}

static void test_a_share_hides_enough_where_counting_everything_says_so(void **state)
{
    struct draws draws = {.state = 7};
    size_t n_safe = 0, n = 0;

    (void)state;
    while (n < 3000) {
        const struct share_cell cell = draw_cell(&draws);
        const int64_t T = 3 + draw_below(&draws, 9), others = cell.n - cell.events;

        if (cell.n < T || (cell.events > 0 && cell.events < T) || (others > 0 && others < T)) /* such cells are withheld anyway */
            continue;
        n++;
        const bool is_safe = by_counting(&cell, T);
        n_safe += is_safe;
        assert_int_equal(share_hides_enough(&cell, T, NULL), is_safe);
    }
    assert_true(n_safe > 200 && n_safe < 2700);
}

static void test_who_was_lost_between_two_days_is_hidden_by_a_share_and_not_told_by_it(void **state)
{
    /* 310 people, 97 with the event by day 30; by day 90 five are lost, and 117 had it. */
    const struct share_cell lost = {.n = 305, .events = 117, .everybody = 320, .most = 320, .other_n = 310, .other_events = 97, .days = DAY_LATER};
    /* Nobody is lost, and four had it between the days: 33 % of 310 are 101 to 103. */
    const struct share_cell few = {.n = 310, .events = 101, .everybody = 320, .most = 320, .other_n = 310, .other_events = 97, .days = DAY_LATER};
    /* Nobody is lost, and 40 had it. */
    const struct share_cell many = {.n = 310, .events = 137, .everybody = 320, .most = 320, .other_n = 310, .other_events = 97, .days = DAY_LATER};

    (void)state;
    assert_false(share_hides_enough(&(struct share_cell){.n = 0, .everybody = 40, .most = 40, .other_n = 40, .other_events = 20}, 11, NULL));
    assert_true(share_hides_enough(&lost, 11, NULL));
    assert_false(share_hides_enough(&few, 11, NULL));
    assert_true(share_hides_enough(&many, 11, NULL));
}

static bool fits(int64_t percent, int64_t n, int64_t events, int64_t T)
{
    return n >= T && events >= T && n - events >= T && whole_percent(events, n) == percent;
}

/* The same by counting everything: all people and events of them that have the share. */
static void test_events_behind_a_share_of_so_many_at_most_are_bounded(void **state)
{
    const int64_t T = 5;

    (void)state;
    for (int64_t n = 2 * T; n <= 60; n += 7)
        for (int64_t events = T; events <= n - T; events += 3)
            for (int64_t more = 0; more <= 9; more += 3) {
                const int64_t most = n + more, first = more == 0 ? n : T, percent = whole_percent(events, n);
                const struct share_bound bound = share_events_bound(n, events, most, more == 0, T);
                int64_t low = INT64_MAX, high = 0;

                for (int64_t people = first; people <= most; people++)
                    for (int64_t k = 0; k <= people; k++)
                        if (fits(percent, people, k, T)) {
                            low = k < low ? k : low;
                            high = k > high ? k : high;
                        }
                /* Of some percentages no people in between have just the threshold of events: the bound is the wider one then. */
                assert_true(bound.low <= low && bound.high >= high);
                assert_true(bound.low <= events && bound.high >= events);
                if (more == 0) {
                    assert_int_equal(bound.low, low);
                    assert_int_equal(bound.high, high);
                }
            }
    /* 61 % of at most 103 people. */
    assert_int_equal(share_events_bound(95, 58, 103, false, 11).high, 63);
    assert_int_equal(share_events_bound(95, 58, 103, false, 11).low, 11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events_behind_a_share_of_so_many_at_most_are_bounded),
        cmocka_unit_test(test_whole_per_cents_are_rounded_half_up),
        cmocka_unit_test(test_a_share_hides_enough_where_counting_everything_says_so),
        cmocka_unit_test(test_who_was_lost_between_two_days_is_hidden_by_a_share_and_not_told_by_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
