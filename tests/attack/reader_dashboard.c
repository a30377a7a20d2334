/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/attack/reader_dashboard.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "report/pool.h"
#include "store/store.h"

/*
 * Counts of a measure that is told as a share are not seen, and are what they are: people and who counts of them, of whom a reader
 * knows the share in whole per cent.  The first measure is told by its counts.
 */
struct dashboard {
    struct view *view;
    const char *prefix;
    struct pool *pool;
    struct table *seen, *truth, *measures, *told, *arms, *estimates;
    size_t n_measures, height, width;
};

static size_t row_of(const struct dashboard *d, size_t m, size_t cell)
{
    return m * d->height * d->width + cell;
}

static int64_t number(const struct dashboard *d, const char *column, size_t m, size_t cell)
{
    return cell_integer(d->truth, column, row_of(d, m, cell));
}

static bool is_told_as_shares(const struct dashboard *d, size_t m)
{
    return cell_is(d->told, "told_as", m, "shares");
}

static bool is_share(const struct dashboard *d, size_t m, const char *share)
{
    return cell_is(d->measures, "share", m, share);
}

static size_t look(const struct dashboard *d, const char *column, size_t m, size_t cell)
{
    const int64_t truth = number(d, column, m, cell);
    int64_t seen = is_told_as_shares(d, m) ? MISSING_INTEGER : cell_integer(d->seen, column, row_of(d, m, cell));

    if (d->view->is_careless)
        seen = truth > 0 && truth < d->view->threshold ? MISSING_INTEGER : truth;
    /* Whatever is asked, they are the same people where they are as many everywhere. */
    const size_t key = strcmp(column, "n") != 0 || is_told_as_shares(d, m) ? m : 0;
    const size_t count = view_count(d->view, seen, truth, "%s|dashboard|%s|%zu|%zu", d->prefix, column, key, cell);
    view_name(d->view, count, "%s|dashboard|%s|%zu|%zu", d->prefix, column, m, cell);
    return count;
}

static size_t unseen(const struct dashboard *d, int64_t truth, const char *what, size_t m, size_t cell)
{
    return view_count(d->view, MISSING_INTEGER, truth, "%s|dashboard %s|%zu|%zu", d->prefix, what, m, cell);
}

static size_t others(const struct dashboard *d, size_t m, size_t cell)
{
    const size_t count = unseen(d, number(d, "n", m, cell) - number(d, "n_event", m, cell), "others", m, cell);

    view_name(d->view, count, "%s|dashboard others|%zu|%zu", d->prefix, m, cell);
    return count;
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

/* That somewhere is nobody is suspected of totals, and of what is told of at all; of other cells only by whoever knows it. */
static bool suspects_nobody(const struct dashboard *d, size_t m, size_t cell)
{
    return d->view->knows_nobodies || cell == 0 || cell_integer(d->seen, "n", row_of(d, m, cell)) != MISSING_INTEGER ||
           cell_integer(d->seen, "n_event", row_of(d, m, cell)) != MISSING_INTEGER;
}

/* whole = part + rest */
static void split(const struct dashboard *d, size_t whole, size_t part, size_t rest)
{
    view_term(d->view, whole, 1);
    view_term(d->view, part, -1);
    view_term(d->view, rest, -1);
    view_end(d->view);
}

/* low n <= 200 y <= high n, by what is left to each bound. */
static void see_share(const struct dashboard *d, size_t n, size_t y, int64_t low, int64_t high, size_t m, size_t cell)
{
    const int64_t people = truth_of(d, n), counted = truth_of(d, y);
    const size_t above = unseen(d, 200 * counted - low * people, "slack above", m, cell), below = unseen(d, high * people - 200 * counted, "slack below", m, cell);

    if (above == NONE || below == NONE) {
        printf("not ok - the share of measure %zu in cell %zu is %lld of %lld, which is not what is told\n", m, cell, (long long)counted, (long long)people);
        d->view->n_wrong++;
        return;
    }
    view_term(d->view, y, 200);
    view_term(d->view, n, -(int)low);
    view_term(d->view, above, -1);
    view_end(d->view);
    view_term(d->view, n, (int)high);
    view_term(d->view, y, -200);
    view_term(d->view, below, -1);
    view_end(d->view);
}

/* Which whole per cents give these counts? */
static void see_told(const struct dashboard *d, size_t m, size_t cell)
{
    const int64_t N = cell_integer(d->seen, "n", row_of(d, m, cell)), y = cell_integer(d->seen, "n_event", row_of(d, m, cell));
    const double half = (double)(d->view->round_to / 2); /* both may be so far from what was rounded */
    int64_t low = 101, high = -1;

    if (!is_told_as_shares(d, m) || d->view->is_careless || N == MISSING_INTEGER || N == 0)
        return;
    if (!is_share(d, m, "rate"))
        for (int64_t s = 0; s <= 100; s++)
            if ((double)s * ((double)N - half) / 100 - 0.5 <= (double)y + half && (double)s * ((double)N + half) / 100 + 0.5 >= (double)y - half) {
                low = s < low ? s : low;
                high = s;
            }
    const size_t n = look(d, "n", m, cell), counted = look(d, "n_event", m, cell);
    if (high >= 0)
        see_share(d, n, counted, 2 * low - 1, 2 * high + 1, m, cell);
    view_at_least(d->view, n, d->view->threshold);
    if (truth_of(d, counted) > 0)
        view_at_least(d->view, counted, d->view->threshold);
    if (truth_of(d, n) > truth_of(d, counted))
        view_at_least(d->view, others(d, m, cell), d->view->threshold);
}

static int64_t due(const struct dashboard *d, size_t m, size_t cell)
{
    return number(d, "n", m, cell) + number(d, "n_unknown", m, cell);
}

/* Everybody who is due for the measure of the first day of an outcome, or for any of another one: no cell, but a sum of such. */
static size_t everybody(const struct dashboard *d, size_t cell)
{
    int64_t most = 0;

    for (size_t m = 0; m < d->n_measures; m++)
        most = due(d, m, cell) > most ? due(d, m, cell) : most;
    return unseen(d, most, "everybody", 0, cell);
}

/* That an outcome leaves out nobody is suspected where its people are seen, or those of all cells together. */
static void see_left_out(const struct dashboard *d, size_t m, size_t cell)
{
    const size_t all = everybody(d, cell), n = look(d, "n", m, cell);
    const int64_t rest = truth_of(d, all) - truth_of(d, n);

    if (d->view->counts[n].shown || cell == 0 || rest > 0)
        view_rest(d->view, all, n);
    else
        split(d, all, n, unseen(d, rest, "left out", m, cell));
}

static void see_cell(const struct dashboard *d, size_t m, size_t cell)
{
    const size_t n = look(d, "n", m, cell), counted = look(d, "n_event", m, cell);

    if (truth_of(d, n) == truth_of(d, counted) && suspects_nobody(d, m, cell))
        view_equal(d->view, n, counted);
    else
        split(d, n, counted, others(d, m, cell));
    see_told(d, m, cell);
    see_left_out(d, m, cell);
}

static double day_of(const struct dashboard *d, size_t m)
{
    return cell_real(d->measures, "time", m);
}

/* The fewest who can have had the event between the days, and been lost after it before the second: there are no fewer of either. */
static void see_days(const struct dashboard *d, size_t m, size_t k, size_t cell)
{
    const size_t event = side(d, m, cell, true), later = side(d, k, cell, true), n = look(d, "n", m, cell), then = look(d, "n", k, cell);
    const int64_t change = truth_of(d, later) - truth_of(d, event), lost = truth_of(d, n) - truth_of(d, then);
    const int64_t past = change < 0 ? -change : 0, fresh = change < 0 ? 0 : change;
    const bool may_be_lost = lost > 0 || !(suspects_nobody(d, m, cell) || suspects_nobody(d, k, cell));

    if (is_share(d, m, "rate") || is_share(d, k, "rate") || lost < past)
        return;
    view_term(d->view, later, 1);
    view_term(d->view, event, -1);
    if (fresh > 0 || may_be_lost)
        view_term(d->view, unseen(d, fresh, "new", 100 * m + k, cell), -1);
    if (may_be_lost)
        view_term(d->view, unseen(d, past, "past", 100 * m + k, cell), 1);
    view_end(d->view);
    view_term(d->view, n, 1);
    view_term(d->view, then, -1);
    if (may_be_lost) {
        view_term(d->view, unseen(d, past, "past", 100 * m + k, cell), -1);
        view_term(d->view, unseen(d, lost - past, "gone", 100 * m + k, cell), -1);
    }
    view_end(d->view);
}

/* The people of the second are some of those of the first. */
static void see_fewer(const struct dashboard *d, size_t m, size_t k, size_t cell)
{
    const size_t n = look(d, "n", m, cell), fewer = look(d, "n", k, cell);
    const int64_t rest = truth_of(d, n) - truth_of(d, fewer);

    if (rest != 0 || suspects_nobody(d, m, cell) || suspects_nobody(d, k, cell))
        view_rest(d->view, n, fewer);
    else if (n != fewer)
        split(d, n, fewer, unseen(d, rest, "fewer", 100 * m + k, cell));
}

static void see_pair(const struct dashboard *d, size_t m, size_t k, size_t cell)
{
    if (!cells_equal(d->measures, "outcome", m, k)) { /* both are some of everybody, or the first is everybody */
        if (m == 0 && truth_of(d, everybody(d, 0)) == number(d, "n", 0, 0))
            see_fewer(d, m, k, cell);
        return;
    }
    if (day_of(d, m) < day_of(d, k))
        see_days(d, m, k, cell);
    else if (day_of(d, m) == day_of(d, k) && m < k)
        view_equal(d->view, side(d, m, cell, true), side(d, k, cell, true));
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

static size_t look_everybody(const struct dashboard *d, size_t m, size_t cell)
{
    (void)m;
    return everybody(d, cell);
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

/* What is said of one cell, of all measures. */
static void see_within(const struct dashboard *d, size_t cell)
{
    d->view->place = (struct view_place){true, cell / d->width, cell % d->width};
    for (size_t m = 0; m < d->n_measures; m++)
        see_cell(d, m, cell);
    for (size_t m = 0; m < d->n_measures; m++)
        for (size_t k = 0; k < d->n_measures; k++)
            if (k != m)
                see_pair(d, m, k, cell);
    d->view->place = (struct view_place){false, 0, 0};
}

static void see_all(const struct dashboard *d)
{
    for (size_t cell = 0; cell < d->height * d->width; cell++)
        see_within(d, cell);
    see_sums(d, 0, look_everybody);
    see_arms(d, everybody(d, 0), NULL, NULL, NAN, "dashboard nowhere");
    for (size_t m = 0; m < d->n_measures; m++) {
        see_sums(d, m, look_people);
        see_sums(d, m, look_counted);
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
    d.told = store_read_table(released, "programme_measures");
    d.truth = store_read_table(results, "programmes");
    d.measures = store_read_table(results, "programme_measures");
    d.arms = store_read_table(results, "arms");
    d.estimates = store_read_table(results, "estimates");
    if (d.pool == NULL || d.seen == NULL || d.told == NULL || d.truth == NULL || d.measures == NULL || d.arms == NULL || d.estimates == NULL ||
        d.seen->n_rows != d.truth->n_rows || d.arms->n_rows > 8) {
        fprintf(stderr, "the dashboard of %s cannot be compared\n", released);
        exit(1);
    }
    find_shape(&d);
    see_all(&d);
    table_free(d.seen);
    table_free(d.told);
    table_free(d.truth);
    table_free(d.measures);
    table_free(d.arms);
    table_free(d.estimates);
    pool_free(d.pool);
}

/* ---- two releases --------------------------------------------------------------------------------------------------------- */

static bool is_of_dashboard(const char *name, const char *prefix)
{
    const size_t length = strlen(prefix);

    return strncmp(name, prefix, length) == 0 && (strncmp(name + length, "|dashboard|", 11) == 0 || strncmp(name + length, "|dashboard others|", 18) == 0);
}

/* Nothing ties two releases but what they count: how far a change reaches is how far both counts reach. */
static void judge(const struct view *view, size_t a, size_t b, const struct view_range *ranges, const char *where, struct changes_found *found)
{
    const double low = ranges[b].low - ranges[a].high, high = ranges[b].high - ranges[a].low, T = (double)view->threshold;
    const int64_t truth = view->counts[b].truth - view->counts[a].truth;
    const bool is_less = low > -T + 1e-6 && high < T - 1e-6, is_somebody = low > 1e-6 || high < -1e-6;

    found->n_cells++;
    if (truth == 0 || llabs(truth) >= view->threshold)
        return;
    found->n_changed++;
    found->n_few += is_less && is_somebody;
    found->n_bounded += is_less && !is_somebody;
    if (is_less && is_somebody)
        printf("not ok - %s: %s has changed by %.3g to %.3g (truly %lld)\n", where, view->counts[a].key, low, high, (long long)truth);
}

static void judge_pair(const struct view *view, const char *before, const char *after, const struct view_range *ranges, const char *where,
                       struct changes_found *found)
{
    char name[1100];

    for (size_t i = 0; i < view->n_names; i++) {
        const struct view_name *const one = &view->names[i];

        if (!is_of_dashboard(one->name, before))
            continue;
        snprintf(name, sizeof name, "%s%s", after, one->name + strlen(before));
        const size_t other = view_named(view, name);
        if (other != NONE)
            judge(view, one->count, other, ranges, where, found);
    }
}

struct changes_found reader_find_changes(const struct view *view, const char *const *prefixes, size_t n, const char *where)
{
    struct changes_found found = {.n_cells = 0};
    bool *const wanted = calloc(view->n_counts + 1, sizeof *wanted);
    struct view_range *const ranges = calloc(view->n_counts + 1, sizeof *ranges);

    if (wanted == NULL || ranges == NULL)
        abort();
    for (size_t i = 0; i < view->n_names; i++)
        for (size_t k = 0; k < n; k++)
            wanted[view->names[i].count] |= is_of_dashboard(view->names[i].name, prefixes[k]);
    found.n_failed = view_find_ranges(view, wanted, ranges).n_failed;
    for (size_t after = 1; after < n; after++)
        for (size_t before = 0; before < after; before++)
            judge_pair(view, prefixes[before], prefixes[after], ranges, where, &found);
    free(wanted);
    free(ranges);
    return found;
}
