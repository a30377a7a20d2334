/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/attack/reader_dashboard.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "report/pool.h"
#include "store/store.h"

struct dashboard {
    struct view *view;
    const char *prefix;
    struct pool *pool;
    struct table *seen, *truth, *measures, *arms, *estimates;
    size_t n_measures, height, width;
};

/* The number of a column in a cell; programme 0, period 0: all. */
static int64_t number(const struct dashboard *d, const char *column, size_t m, size_t cell)
{
    return cell_integer(d->truth, column, m * d->height * d->width + cell);
}

static size_t look(const struct dashboard *d, const char *column, size_t m, size_t cell)
{
    const int64_t truth = number(d, column, m, cell), seen = cell_integer(d->seen, column, m * d->height * d->width + cell);
    const bool is_small = truth > 0 && truth < d->view->threshold;

    return view_count(d->view, d->view->is_careless ? (is_small ? MISSING_INTEGER : truth) : seen, truth, "%s|dashboard|%s|%zu|%zu", d->prefix,
                      column, m, cell);
}

static size_t unseen(const struct dashboard *d, int64_t truth, const char *what, size_t m, size_t cell)
{
    return view_count(d->view, MISSING_INTEGER, truth, "%s|dashboard %s|%zu|%zu", d->prefix, what, m, cell);
}

static bool is_share(const struct dashboard *d, size_t m, const char *share)
{
    return cell_is(d->measures, "share", m, share);
}

static bool is_seen(const struct dashboard *d, size_t m, size_t cell)
{
    return d->view->counts[look(d, "n", m, cell)].shown && d->view->counts[look(d, "n_event", m, cell)].shown;
}

static size_t others(const struct dashboard *d, size_t m, size_t cell)
{
    return unseen(d, number(d, "n", m, cell) - number(d, "n_event", m, cell), "others", m, cell);
}

/* People with the event by the day, or without it. */
static size_t side(const struct dashboard *d, size_t m, size_t cell, bool event)
{
    return event != is_share(d, m, "no_event") ? look(d, "n_event", m, cell) : others(d, m, cell);
}

static int64_t truth_of(const struct dashboard *d, size_t count)
{
    return d->view->counts[count].truth;
}

/* whole = part + rest; nobody is no term where one of both is seen: they are suspected to be the same. */
static void split(const struct dashboard *d, size_t whole, size_t part, size_t rest, bool is_suspected)
{
    view_term(d->view, whole, 1);
    view_term(d->view, part, -1);
    if (rest != NONE && (truth_of(d, rest) > 0 || !is_suspected))
        view_term(d->view, rest, -1);
    view_end(d->view);
}

static void see_cell(const struct dashboard *d, size_t m, size_t cell)
{
    const size_t n = look(d, "n", m, cell), event = look(d, "n_event", m, cell);

    split(d, n, event, others(d, m, cell), d->view->counts[n].shown || d->view->counts[event].shown);
}

/* Two measures of one outcome, the second at the next day by which it is asked about. */
static void see_days(const struct dashboard *d, size_t m, size_t k, size_t cell)
{
    const bool is_suspected = is_seen(d, m, cell) || is_seen(d, k, cell);
    const int64_t before = number(d, "n_event_before", k, cell);
    const size_t event = side(d, m, cell, true), later = side(d, k, cell, true);
    const int64_t fresh = truth_of(d, later) - before, past = truth_of(d, event) - before;
    size_t still = event;

    if (past > 0) {
        still = unseen(d, before, "still", k, cell);
        split(d, event, still, unseen(d, past, "past", k, cell), true);
    }
    split(d, later, still, unseen(d, fresh, "new", k, cell), is_suspected);
    if (is_share(d, m, "rate") != is_share(d, k, "rate")) {
        if (is_share(d, m, "rate")) /* who is known later is due now */
            view_rest(d->view, look(d, "n", m, cell), look(d, "n", k, cell));
        return;
    }
    const size_t free = side(d, m, cell, false), then = side(d, k, cell, false);
    const size_t gone = unseen(d, truth_of(d, free) - truth_of(d, then) - fresh, "gone", 100 * m + k, cell);
    view_term(d->view, free, 1);
    view_term(d->view, then, -1);
    view_term(d->view, unseen(d, fresh, "new", k, cell), -1);
    if (gone != NONE && (truth_of(d, gone) > 0 || !is_suspected))
        view_term(d->view, gone, -1);
    view_end(d->view);
}

static void see_same_day(const struct dashboard *d, size_t m, size_t k, size_t cell)
{
    const size_t n = look(d, "n", m, cell), other = look(d, "n", k, cell);

    view_equal(d->view, side(d, m, cell, true), side(d, k, cell, true));
    if (is_share(d, m, "rate") == is_share(d, k, "rate"))
        view_equal(d->view, n, other);
    else
        view_rest(d->view, is_share(d, m, "rate") ? n : other, is_share(d, m, "rate") ? other : n);
}

static double day_of(const struct dashboard *d, size_t m)
{
    return cell_real(d->measures, "time", m);
}

static bool same_outcome(const struct dashboard *d, size_t m, size_t k)
{
    return cells_equal(d->measures, "outcome", m, k);
}

/* Is k of the next day after m by which their outcome is asked about? */
static bool is_next(const struct dashboard *d, size_t m, size_t k)
{
    bool is_next = same_outcome(d, m, k) && day_of(d, m) < day_of(d, k);

    for (size_t i = 0; is_next && i < d->n_measures; i++)
        is_next = !same_outcome(d, i, m) || day_of(d, i) <= day_of(d, m) || day_of(d, i) >= day_of(d, k);
    return is_next;
}

static void see_pair(const struct dashboard *d, size_t m, size_t k, size_t cell)
{
    if (!same_outcome(d, m, k)) { /* everybody is known of the one: the others are some of them */
        if (number(d, "n", m, cell) == number(d, "n_people", m, cell))
            view_rest(d->view, look(d, "n", m, cell), look(d, "n", k, cell));
    } else if (is_next(d, m, k)) {
        see_days(d, m, k, cell);
    } else if (day_of(d, m) < day_of(d, k) && is_share(d, m, "rate") == is_share(d, k, "rate")) {
        view_rest(d->view, look(d, "n", m, cell), look(d, "n", k, cell)); /* who is known later was so before */
    } else if (day_of(d, m) == day_of(d, k) && m < k) {
        see_same_day(d, m, k, cell);
    }
}

typedef size_t looked(const struct dashboard *d, size_t m, size_t cell);

static size_t look_people(const struct dashboard *d, size_t m, size_t cell)
{
    return look(d, "n", m, cell);
}

static size_t look_counted(const struct dashboard *d, size_t m, size_t cell)
{
    return look(d, "n_event", m, cell);
}

static size_t look_new(const struct dashboard *d, size_t m, size_t cell)
{
    return unseen(d, truth_of(d, side(d, m, cell, true)) - number(d, "n_event_before", m, cell), "new", m, cell);
}

static void see_sums(const struct dashboard *d, size_t m, looked *at)
{
    for (size_t p = 0; p < d->height; p++) {
        for (size_t q = 0; q < d->width; q++)
            view_term(d->view, at(d, m, p * d->width + q), q == 0 ? 1 : -1);
        view_end(d->view);
    }
    for (size_t q = 0; q < d->width; q++) {
        for (size_t p = 0; p < d->height; p++)
            view_term(d->view, at(d, m, p * d->width + q), p == 0 ? 1 : -1);
        view_end(d->view);
    }
}

/* ---- the arms --------------------------------------------------------------------------------------------------------- */

/* A count of an arm, as reader_see calls it; NONE: the arm has none. */
static size_t of_arm(const struct dashboard *d, const char *outcome, const char *population, const char *arm, double day)
{
    const struct table *t = d->estimates;

    for (size_t i = 0; i < t->n_rows; i++) {
        const char *const cause = cell_text(d->pool, t, "cause", i);
        const int64_t truth = cell_integer(t, isnan(day) ? "n" : "n_event", i);

        if (!cell_is(t, "outcome", i, outcome) || !cell_is(t, "population", i, population) || !cell_is(t, "arm", i, arm) ||
            !cell_is(t, "reference", i, "") || !cell_is(t, "stratum", i, "") || truth == MISSING_INTEGER)
            continue;
        if (isnan(day))
            return view_find(d->view, truth, pool_format(d->pool, "%s|n|%s|%s||%s|", d->prefix, outcome, population, arm));
        if (cell_real(t, "time", i) == day && cell_is(t, "measure", i, "risk") && (cause[0] == '\0' || strcmp(cause, "event") == 0))
            return view_find(d->view, truth,
                             pool_format(d->pool, "%s|events|%s|%s||%s||%s|%g", d->prefix, outcome, population, arm, cause, day));
    }
    return NONE;
}

/* The sum over the arms is the count and somebody else. */
static void see_arms(const struct dashboard *d, size_t count, const char *outcome, const char *population, double day, const char *key)
{
    int64_t rest = -truth_of(d, count);
    size_t of[8];

    for (size_t k = 0; k < d->arms->n_rows; k++) {
        const char *const arm = cell_text(d->pool, d->arms, "arm", k);

        of[k] = outcome == NULL ? view_find(d->view, cell_integer(d->arms, "n", k), pool_format(d->pool, "%s|arm|%s", d->prefix, arm))
                                : of_arm(d, outcome, population, arm, day);
        if (of[k] == NONE)
            return;
        rest += truth_of(d, of[k]);
    }
    for (size_t k = 0; k < d->arms->n_rows; k++)
        view_term(d->view, of[k], 1);
    view_term(d->view, count, -1);
    if (rest > 0)
        view_term(d->view, view_count(d->view, MISSING_INTEGER, rest, "%s|%s", d->prefix, key), -1);
    view_end(d->view);
}

static void see_all_arms(const struct dashboard *d, size_t m)
{
    const char *const outcome = cell_text(d->pool, d->measures, "outcome", m);

    see_arms(d, look(d, "n", m, 0), NULL, NULL, NAN, pool_format(d->pool, "dashboard without|%zu", m));
    see_arms(d, look(d, "n", m, 0), outcome, "itt", NAN, pool_format(d->pool, "dashboard not due|%zu", m));
    if (!isnan(day_of(d, m)))
        see_arms(d, side(d, m, 0, true), outcome, "itt", day_of(d, m), pool_format(d->pool, "dashboard events not due|%zu", m));
}

/* ---- all -------------------------------------------------------------------------------------------------------------- */

static void find_shape(struct dashboard *d)
{
    const struct table *t = d->truth;
    size_t first = 1, line = 1;

    while (line < t->n_rows && cells_equal(t, "measure", line, 0) && cells_equal(t, "programme", line, 0))
        line++;
    while (first < t->n_rows && cells_equal(t, "measure", first, 0))
        first++;
    d->width = line;
    d->height = first / line;
    d->n_measures = t->n_rows / first;
}

static void see_all(const struct dashboard *d)
{
    for (size_t m = 0; m < d->n_measures; m++)
        for (size_t cell = 0; cell < d->height * d->width; cell++)
            see_cell(d, m, cell);
    for (size_t m = 0; m < d->n_measures; m++) {
        bool is_later = false;

        for (size_t k = 0; k < d->n_measures; k++) {
            is_later = is_later || is_next(d, k, m);
            for (size_t cell = 0; k != m && cell < d->height * d->width; cell++)
                see_pair(d, m, k, cell);
        }
        see_sums(d, m, look_people);
        see_sums(d, m, look_counted);
        if (is_later)
            see_sums(d, m, look_new);
        see_all_arms(d, m);
    }
}

void reader_see_dashboard(struct view *view, const char *prefix, const char *released, const char *results)
{
    struct store *store = store_open(results);
    const bool has_dashboard = store != NULL && store_has(store, "programmes");
    struct dashboard d = {.view = view, .prefix = prefix};

    store_close(store);
    if (!has_dashboard)
        return;
    d.pool = pool_alloc();
    d.seen = store_read_table(released, "programmes");
    d.truth = store_read_table(results, "programmes");
    d.measures = store_read_table(results, "programme_measures");
    d.arms = store_read_table(results, "arms");
    d.estimates = store_read_table(results, "estimates");
    if (d.pool == NULL || d.seen == NULL || d.truth == NULL || d.measures == NULL || d.arms == NULL || d.estimates == NULL ||
        d.seen->n_rows != d.truth->n_rows || d.arms->n_rows > 8) {
        fprintf(stderr, "the dashboard of %s cannot be compared\n", released);
        exit(1);
    }
    find_shape(&d);
    see_all(&d);
    table_free(d.seen);
    table_free(d.truth);
    table_free(d.measures);
    table_free(d.arms);
    table_free(d.estimates);
    pool_free(d.pool);
}
