/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/attack/reader.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "report/pool.h"
#include "store/store.h"

/* One table of a bundle: as it is seen, and the truth, row by row. */
struct both {
    struct table *seen, *truth;
};

struct bundle {
    struct view *view;
    const char *prefix;
    struct pool *pool;
    struct both quality, attrition, arms, baseline, estimates, curves;
    size_t *arm_counts;                   /* [arms] */
    size_t *level_counts, *missing_counts; /* [baseline] */
    size_t *n, *n_event;                  /* [estimates] */
    size_t n_steps;
};

static struct both read_both(const char *released, const char *results, const char *name)
{
    struct both both = {store_read_table(released, name), store_read_table(results, name)};

    if (both.seen == NULL || both.truth == NULL || (strcmp(name, "curves") != 0 && both.seen->n_rows != both.truth->n_rows)) {
        fprintf(stderr, "table '%s' of %s cannot be compared\n", name, released);
        exit(1);
    }
    return both;
}

static void free_both(struct both *both)
{
    table_free(both->seen);
    table_free(both->truth);
}

static const char *text(const struct bundle *b, const struct both *both, const char *column, size_t row)
{
    return cell_text(b->pool, both->truth, column, row);
}

static bool is(const struct both *both, const char *column, size_t row, const char *value)
{
    return cell_is(both->truth, column, row, value);
}

/* The same text in two rows. */
static bool same(const struct both *both, const char *column, size_t i, size_t k)
{
    return cells_equal(both->truth, column, i, k);
}

/* What a reader sees of a count; of a careless release, which hides small ones alone: any other. */
static int64_t seen_as(const struct bundle *b, int64_t seen, int64_t truth)
{
    if (!b->view->is_careless)
        return seen;
    return truth > 0 && truth < b->view->threshold ? MISSING_INTEGER : truth;
}

/* Of one key there may be several counts: it says what is counted, not where. */
static size_t count_at(struct bundle *b, const struct both *both, const char *column, size_t row, const char *key)
{
    const int64_t truth = cell_integer(both->truth, column, row);

    return view_count(b->view, seen_as(b, cell_integer(both->seen, column, row), truth), truth, "%s|%s", b->prefix, key);
}

static size_t count_of(struct bundle *b, const struct both *both, const char *column, size_t row, const char *key)
{
    const size_t count = count_at(b, both, column, row, key);

    view_name(b->view, count, "%s|%s", b->prefix, key);
    return count;
}

/* ---- rows read, steps of the attrition -------------------------------------------------------------------------- */

static void see_quality(struct bundle *b, size_t *of_row)
{
    const struct both *q = &b->quality;
    const size_t n = q->truth->n_rows;

    for (size_t i = 0; i < n; i++)
        of_row[i] = count_of(b, q, "n", i,
                             pool_format(b->pool, "quality|%s|%s|%s|%s", text(b, q, "file", i), text(b, q, "column", i),
                                         text(b, q, "quantity", i), text(b, q, "reason", i)));
    for (size_t i = 0; i < n; i++) {
        if (of_row[i] == NONE)
            continue;
        /* The sum over files, over columns, over reasons. */
        static const char *const over[] = {"file", "column", "reason"};
        for (int o = 0; o < 3; o++) {
            view_term(b->view, of_row[i], 1);
            for (size_t k = 0; k < n; k++) {
                bool part = same(q, "quantity", i, k) && !is(q, over[o], k, "") && is(q, over[o], i, "");

                for (int other = 0; other < 3; other++)
                    part = part && (other == o || same(q, over[other], i, k));
                if (part)
                    view_term(b->view, of_row[k], -1);
            }
            view_end(b->view);
        }
        for (size_t k = 0; k < n; k++) { /* in = kept + rejected; kept = with a value + missing */
            if (!same(q, "file", i, k) || !same(q, "column", i, k) || !is(q, "reason", k, ""))
                continue;
            for (size_t m = 0; m < n; m++) {
                const bool rows = is(q, "quantity", i, "rows_in") && is(q, "quantity", k, "rows_kept") &&
                                  is(q, "quantity", m, "rows_rejected") && same(q, "column", i, m);
                if (!rows || !same(q, "file", i, m) || !is(q, "reason", m, ""))
                    continue;
                view_term(b->view, of_row[i], 1);
                view_term(b->view, of_row[k], -1);
                view_term(b->view, of_row[m], -1);
                view_end(b->view);
            }
        }
        for (size_t k = 0; is(q, "quantity", i, "kept") && k < n; k++)
            for (size_t m = 0; is(q, "quantity", k, "missing") && same(q, "file", i, k) && same(q, "column", i, k) && m < n; m++)
                if (is(q, "quantity", m, "rows_kept") && is(q, "file", m, "") && is(q, "column", m, "")) {
                    view_term(b->view, of_row[m], 1);
                    view_term(b->view, of_row[i], -1);
                    view_term(b->view, of_row[k], -1);
                    view_end(b->view);
                }
    }
}

static size_t quality_total(const struct bundle *b, const size_t *of_row, const char *quantity)
{
    for (size_t i = 0; i < b->quality.truth->n_rows; i++)
        if (is(&b->quality, "quantity", i, quantity) && is(&b->quality, "file", i, "") && is(&b->quality, "column", i, "") &&
            is(&b->quality, "reason", i, ""))
            return of_row[i];
    return NONE;
}

static void see_people(struct bundle *b)
{
    size_t *quality = calloc(b->quality.truth->n_rows + 1, sizeof *quality), before = NONE;

    see_quality(b, quality);
    for (size_t i = 0; i < b->arms.truth->n_rows; i++)
        b->arm_counts[i] = count_of(b, &b->arms, "n", i, pool_format(b->pool, "arm|%s", text(b, &b->arms, "arm", i)));
    for (size_t i = 0; i < b->attrition.truth->n_rows; i++) {
        const size_t left = count_of(b, &b->attrition, "left", i, pool_format(b->pool, "left|%zu", i)),
                     dropped = count_of(b, &b->attrition, "dropped", i, pool_format(b->pool, "dropped|%zu", i));

        if (i > 0) {
            view_term(b->view, before, 1);
            view_term(b->view, left, -1);
            if (dropped != NONE && b->view->counts[dropped].truth > 0)
                view_term(b->view, dropped, -1);
            view_end(b->view);
        }
        if (i == 0)
            view_equal(b->view, left, quality_total(b, quality, "rows_in"));
        if (i == 1) {
            view_equal(b->view, left, quality_total(b, quality, "rows_kept"));
            view_equal(b->view, dropped, quality_total(b, quality, "rows_rejected"));
        }
        view_term(b->view, left, 1);
        for (size_t k = 0; k < b->arms.truth->n_rows; k++)
            view_term(b->view, b->arm_counts[k], -1);
        view_end(b->view);
        before = left;
    }
    free(quality);
}

/* ---- Table 1 ------------------------------------------------------------------------------------------------------ */

static size_t arm_count(const struct bundle *b, const char *arm)
{
    for (size_t i = 0; i < b->arms.truth->n_rows; i++)
        if (is(&b->arms, "arm", i, arm))
            return b->arm_counts[i];
    return NONE;
}

static bool is_group(const struct bundle *b, size_t i, size_t k)
{
    return same(&b->baseline, "population", i, k) && same(&b->baseline, "term", i, k) && same(&b->baseline, "arm", i, k);
}

/* Everybody of a population in an arm: shown as the people of the arm where nobody is left out. */
static size_t people_of(struct bundle *b, const char *population, const char *arm)
{
    const struct both *t = &b->baseline;
    const size_t all = arm_count(b, arm);
    int64_t sum = -1;

    for (size_t i = 0; i < t->truth->n_rows && sum < 0; i++)
        if (is(t, "population", i, population) && is(t, "arm", i, arm)) {
            sum = cell_integer(t->truth, "n_missing", i) == MISSING_INTEGER ? 0 : cell_integer(t->truth, "n_missing", i);
            for (size_t k = 0; k < t->truth->n_rows; k++)
                sum += is_group(b, i, k) ? cell_integer(t->truth, "n", k) : 0;
        }
    const bool is_all = sum < 0 || (all != NONE && b->view->counts[all].truth == sum);
    const size_t people = is_all ? all : view_count(b->view, MISSING_INTEGER, sum, "%s|people|%s|%s", b->prefix, population, arm);
    view_name(b->view, people, "%s|people|%s|%s", b->prefix, population, arm);
    return people;
}

static void see_baseline(struct bundle *b)
{
    const struct both *t = &b->baseline;
    const size_t n = t->truth->n_rows;

    for (size_t i = 0; i < n; i++) {
        const char *group = pool_format(b->pool, "%s|%s|%s", text(b, t, "population", i), text(b, t, "term", i), text(b, t, "arm", i));

        b->level_counts[i] = count_of(b, t, "n", i, pool_format(b->pool, "level|%s|%s", group, text(b, t, "level", i)));
        b->missing_counts[i] = count_of(b, t, "n_missing", i, pool_format(b->pool, "missing|%s", group));
    }
    for (size_t i = 0; i < n; i++) {
        const size_t people = people_of(b, text(b, t, "population", i), text(b, t, "arm", i));

        view_term(b->view, people, 1);
        for (size_t k = 0; k < n; k++)
            if (is_group(b, i, k))
                view_term(b->view, b->level_counts[k], -1);
        if (b->missing_counts[i] != NONE && b->view->counts[b->missing_counts[i]].truth > 0)
            view_term(b->view, b->missing_counts[i], -1);
        view_end(b->view);
        view_rest(b->view, arm_count(b, text(b, t, "arm", i)), people);
        for (size_t k = 0; k < n; k++) /* a population is a part of the first */
            if (same(t, "population", k, 0) && !same(t, "population", i, 0) && same(t, "term", i, k) && same(t, "arm", i, k) &&
                same(t, "level", i, k)) {
                view_rest(b->view, b->level_counts[k], b->level_counts[i]);
                view_rest(b->view, b->missing_counts[k], b->missing_counts[i]);
            }
    }
}

/* ---- estimates --------------------------------------------------------------------------------------------------- */

/* Do rows speak of the same people, but for the columns named? */
static bool agree_but(const struct both *t, size_t i, size_t k, const char *one, const char *other)
{
    static const char *const columns[] = {"outcome", "population", "stratum", "arm", "reference"};

    for (size_t c = 0; c < sizeof columns / sizeof columns[0]; c++)
        if (strcmp(columns[c], one) != 0 && strcmp(columns[c], other) != 0 && !same(t, columns[c], i, k))
            return false;
    return true;
}

static double day_of(const struct both *t, size_t i)
{
    const double day = cell_real(t->truth, "time", i);

    return isnan(day) ? 1e9 : is(t, "term", i, "at least") ? day - 1e-6 : day;
}

/* A restricted mean ends with whatever comes first, so that its events are those of all causes. */
static bool same_cause(const struct both *t, size_t i, size_t k)
{
    return same(t, "cause", i, k) && cell_begins(t->truth, "measure", i, "rmst") == cell_begins(t->truth, "measure", k, "rmst");
}

static bool same_events(const struct both *t, size_t i, size_t k)
{
    return same_cause(t, i, k) && day_of(t, i) == day_of(t, k);
}

/* The rows that are parts of `whole`: of people, or of events by its day. */
static size_t find_parts(const struct bundle *b, size_t whole, bool (*part)(const struct both *, size_t, size_t), bool events,
                         size_t *parts)
{
    const struct both *t = &b->estimates;
    size_t n = 0;

    for (size_t k = 0; k < t->truth->n_rows; k++)
        if (part(t, whole, k) && (!events || same_events(t, whole, k)))
            parts[n++] = k;
    return n;
}

/* whole = sum of its parts, each count once; measure by measure, since it depends on the measure until when events are counted. */
static void see_sum(struct bundle *b, size_t whole, bool (*part)(const struct both *, size_t, size_t), bool events)
{
    const struct both *t = &b->estimates;
    const size_t *counts = events ? b->n_event : b->n;
    size_t *parts = calloc(t->truth->n_rows + 1, sizeof *parts);
    const size_t n = find_parts(b, whole, part, events, parts);

    for (size_t i = 0; i < n; i++) {
        bool is_first = true;

        for (size_t k = 0; is_first && k < i; k++)
            is_first = !same(t, "measure", parts[k], parts[i]);
        if (!is_first)
            continue;
        view_term(b->view, counts[whole], 1);
        for (size_t k = i; k < n; k++) {
            bool again = !same(t, "measure", parts[k], parts[i]);

            for (size_t u = i; !again && u < k; u++)
                again = counts[parts[u]] == counts[parts[k]] && same(t, "measure", parts[u], parts[i]);
            if (!again)
                view_term(b->view, counts[parts[k]], -1);
        }
        view_end(b->view);
    }
    free(parts);
}

static bool is_stratum_of(const struct both *t, size_t whole, size_t k)
{
    return is(t, "stratum", whole, "") && cell_begins(t->truth, "stratum", k, "sex=") && agree_but(t, whole, k, "stratum", "");
}

static bool is_any_arm_of(const struct both *t, size_t whole, size_t k)
{
    return is(t, "arm", whole, "") && !is(t, "arm", k, "") && is(t, "reference", k, "") && is(t, "reference", whole, "") &&
           agree_but(t, whole, k, "arm", "");
}

/* whole compares the arm of row i with the arm of row k. */
static void see_pair(struct bundle *b, size_t whole)
{
    const struct both *t = &b->estimates;
    const char *reference = text(b, t, "reference", whole);

    for (size_t i = 0; reference[0] != '\0' && i < t->truth->n_rows; i++) {
        if (!is(t, "reference", i, "") || !agree_but(t, whole, i, "reference", ""))
            continue;
        for (size_t k = 0; k < t->truth->n_rows; k++) {
            if (!is(t, "arm", k, reference) || !is(t, "reference", k, "") || !agree_but(t, whole, k, "arm", "reference"))
                continue;
            view_term(b->view, b->n[whole], 1);
            view_term(b->view, b->n[i], -1);
            view_term(b->view, b->n[k], -1);
            view_end(b->view);
            if (!same_events(t, whole, i) || !same_events(t, whole, k))
                continue;
            view_term(b->view, b->n_event[whole], 1);
            view_term(b->view, b->n_event[i], -1);
            view_term(b->view, b->n_event[k], -1);
            view_end(b->view);
        }
    }
}

/* Who is a part of whom: people with the outcome of all, events of people, events by a day of those by a later one. */
static void see_parts(struct bundle *b, size_t i)
{
    const struct both *t = &b->estimates;
    const char *population = text(b, t, "population", i), *arm = text(b, t, "arm", i);
    const bool is_plain = is(t, "reference", i, "") && arm[0] != '\0';

    view_rest(b->view, b->n[i], b->n_event[i]);
    if (is_plain && is(t, "stratum", i, ""))
        view_rest(b->view, people_of(b, population, arm), b->n[i]);
    for (size_t k = 0; is_plain && !is(t, "stratum", i, "") && k < b->baseline.truth->n_rows; k++)
        if (is(&b->baseline, "population", k, population) && is(&b->baseline, "arm", k, arm) &&
            is(t, "stratum", i,
               pool_format(b->pool, "%s=%s", text(b, &b->baseline, "term", k), text(b, &b->baseline, "level", k))))
            view_rest(b->view, b->level_counts[k], b->n[i]);
    for (size_t k = 0; k < t->truth->n_rows; k++) {
        if (agree_but(t, i, k, "", "")) {
            view_rest(b->view, b->n[i], b->n[k]); /* the same people, looked at twice */
            if (same_cause(t, i, k) && day_of(t, k) < day_of(t, i))
                view_rest(b->view, b->n_event[i], b->n_event[k]);
        }
        if (!same(t, "population", i, 0) && same(t, "population", k, 0) && agree_but(t, i, k, "population", "")) {
            view_rest(b->view, b->n[k], b->n[i]);
            if (same_events(t, i, k))
                view_rest(b->view, b->n_event[k], b->n_event[i]);
        }
    }
}

/* Which estimate it is: two of one measure and day may still be of several terms and adjustments. */
static const char *row_name(const struct bundle *b, size_t i, const char *whom)
{
    const struct both *t = &b->estimates;

    return pool_format(b->pool, "%s|%s|%s|%s|%s|%g", whom, text(b, t, "measure", i), text(b, t, "adjustment", i), text(b, t, "term", i),
                       text(b, t, "cause", i), cell_real(t->truth, "time", i));
}

static void see_estimates(struct bundle *b)
{
    const struct both *t = &b->estimates;
    const size_t n = t->truth->n_rows;

    for (size_t i = 0; i < n; i++) {
        const char *whom = pool_format(b->pool, "%s|%s|%s|%s|%s", text(b, t, "outcome", i), text(b, t, "population", i),
                                       text(b, t, "stratum", i), text(b, t, "arm", i), text(b, t, "reference", i));

        b->n[i] = count_at(b, t, "n", i, pool_format(b->pool, "n|%s", whom));
        b->n_event[i] = count_at(b, t, "n_event", i, pool_format(b->pool, "events|%s|%s|%g", whom, text(b, t, "cause", i), day_of(t, i)));
        const char *const row = row_name(b, i, whom);
        view_name(b->view, b->n[i], "%s|n|%s", b->prefix, row);
        view_name(b->view, b->n_event[i], "%s|events|%s", b->prefix, row);
    }
    for (size_t i = 0; i < n; i++) /* no estimate is shown that stands on a few; one of a step's end may have none by its day */
        if (!isnan(cell_real(t->seen, "estimate", i)) && cell_is(t->seen, "status", i, "shown")) {
            view_at_least(b->view, b->n[i], b->view->threshold);
            if (!cell_contains(t->seen, "note", i, "read from the released curves"))
                view_at_least(b->view, b->n_event[i], b->view->threshold);
        }
    for (size_t i = 0; i < n; i++) {
        see_parts(b, i);
        see_pair(b, i);
        for (int events = 0; events < 2; events++) {
            see_sum(b, i, is_any_arm_of, events);
            see_sum(b, i, is_stratum_of, events);
        }
    }
}

/* ---- curves ------------------------------------------------------------------------------------------------------- */

static bool is_curve(const struct table *a, size_t i, const struct table *b, size_t k)
{
    static const char *const columns[] = {"analysis", "outcome", "population", "adjustment", "stratum",
                                          "measure",  "cause",   "arm",        NULL};

    return cells_agree(a, i, b, k, columns);
}

/* Events in (after, until] of a true curve, and the first row in it; n_rows when there is none. */
static size_t look_up(const struct bundle *b, size_t like, double after, double until, int64_t *events)
{
    const struct table *seen = b->curves.seen, *truth = b->curves.truth;
    size_t first = truth->n_rows;

    *events = 0;
    for (size_t k = 0; k < truth->n_rows; k++) {
        const double day = cell_real(truth, "time", k);

        if (day <= after || day > until || !is_curve(seen, like, truth, k))
            continue;
        if (first == truth->n_rows)
            first = k;
        *events += cell_integer(truth, "n_event", k) == MISSING_INTEGER ? 0 : cell_integer(truth, "n_event", k);
    }
    return first;
}

static size_t at_risk(struct bundle *b, size_t truth_row, int64_t seen)
{
    const struct both *t = &b->curves;
    const int64_t truth = cell_integer(t->truth, "n_risk", truth_row);

    return view_count(b->view, seen_as(b, seen, truth), truth, "%s|risk|%s|%s|%s|%s|%g", b->prefix,
                      text(b, t, "outcome", truth_row), text(b, t, "population", truth_row), text(b, t, "stratum", truth_row),
                      text(b, t, "arm", truth_row), cell_real(t->truth, "time", truth_row));
}

/* Does row i of the estimates count the events of this curve? */
static bool counts_events_of(const struct bundle *b, size_t i, size_t curve)
{
    static const char *const columns[] = {"outcome", "population", "stratum", "arm", NULL};
    const struct table *seen = b->curves.seen;

    return is(&b->estimates, "reference", i, "") && cells_agree(b->estimates.truth, i, seen, curve, columns) &&
           (cells_agree(b->estimates.truth, i, seen, curve, (const char *const[]){"cause", NULL}) || is(&b->estimates, "cause", i, ""));
}

/* Events by a day that ends within or at the step: those of the steps so far, and perhaps a few of the next one. */
static void see_events_by(struct bundle *b, size_t curve, const size_t *steps, size_t n_steps, int64_t so_far, double until)
{
    for (size_t i = 0; i < b->estimates.truth->n_rows; i++) {
        int64_t by_day;

        if (b->n_event[i] == NONE || !counts_events_of(b, i, curve))
            continue;
        look_up(b, curve, -1, day_of(&b->estimates, i), &by_day);
        if (by_day != b->view->counts[b->n_event[i]].truth || until > day_of(&b->estimates, i) + 1e-3)
            continue;
        view_term(b->view, b->n_event[i], 1);
        for (size_t s = 0; s < n_steps; s++)
            view_term(b->view, steps[s], -1);
        if (by_day > so_far)
            view_term(b->view,
                      view_count(b->view, MISSING_INTEGER, by_day - so_far, "%s|within|%zu|%g|%zu", b->prefix, curve, until, i), -1);
        view_end(b->view);
    }
}

/* The steps of one curve, whose first row is `first`. */
static void see_curve(struct bundle *b, size_t first)
{
    const struct table *seen = b->curves.seen, *truth = b->curves.truth;
    size_t *steps = calloc(seen->n_rows + 1, sizeof *steps), n_steps = 0;
    double previous = -1;
    int64_t so_far = 0;

    for (size_t r = first + 1; r < seen->n_rows && is_curve(seen, first, seen, r); r++) {
        const double until = cell_real(seen, "time", r);
        int64_t events, later;
        const size_t row = look_up(b, first, previous, until, &events);

        if (row == truth->n_rows)
            continue;
        const size_t step = view_count(b->view, seen_as(b, cell_integer(seen, "n_event", r), events), events, "%s|step|%zu|%g", b->prefix, first, until),
                     risk = at_risk(b, row, cell_integer(seen, "n_risk", r));
        if (!b->view->is_careless) /* the rule of the steps is public */
            view_at_least(b->view, step, b->view->threshold);
        for (size_t i = 0; n_steps == 0 && i < b->estimates.truth->n_rows; i++)
            if (counts_events_of(b, i, first))
                view_equal(b->view, b->n[i], risk);
        const size_t next = look_up(b, first, until, INFINITY, &later);
        if (next < truth->n_rows && r + 1 < seen->n_rows && is_curve(seen, first, seen, r + 1)) {
            const size_t then = at_risk(b, next, cell_integer(seen, "n_risk", r + 1));
            const int64_t others = b->view->counts[risk].truth - events - b->view->counts[then].truth;

            view_term(b->view, risk, 1);
            view_term(b->view, then, -1);
            view_term(b->view, step, -1);
            if (others > 0) {
                const size_t rest = view_count(b->view, MISSING_INTEGER, others, "%s|others|%zu|%g", b->prefix, first, until);

                view_term(b->view, rest, -1);
                if (!b->view->is_careless && others >= b->view->threshold)
                    view_at_least(b->view, rest, b->view->threshold);
            }
            view_end(b->view);
        }
        steps[n_steps++] = step;
        so_far += events;
        see_events_by(b, first, steps, n_steps, so_far, until);
        previous = until;
    }
    b->n_steps += n_steps;
    free(steps);
}

static void see_curves(struct bundle *b)
{
    const struct table *seen = b->curves.seen;

    for (size_t i = 0; i < seen->n_rows; i++)
        if ((i == 0 || !is_curve(seen, i - 1, seen, i)) && cell_is(seen, "adjustment", i, "unadjusted"))
            see_curve(b, i);
}

/* ---- all ------------------------------------------------------------------------------------------------------------ */

size_t reader_see(struct view *view, const char *prefix, const char *released, const char *results)
{
    struct bundle b = {.view = view,
                       .prefix = prefix,
                       .pool = pool_alloc(),
                       .quality = read_both(released, results, "quality"),
                       .attrition = read_both(released, results, "attrition"),
                       .arms = read_both(released, results, "arms"),
                       .baseline = read_both(released, results, "baseline"),
                       .estimates = read_both(released, results, "estimates"),
                       .curves = read_both(released, results, "curves")};

    b.arm_counts = calloc(b.arms.truth->n_rows + 1, sizeof *b.arm_counts);
    b.level_counts = calloc(b.baseline.truth->n_rows + 1, sizeof *b.level_counts);
    b.missing_counts = calloc(b.baseline.truth->n_rows + 1, sizeof *b.missing_counts);
    b.n = calloc(b.estimates.truth->n_rows + 1, sizeof *b.n);
    b.n_event = calloc(b.estimates.truth->n_rows + 1, sizeof *b.n_event);
    see_people(&b);
    see_baseline(&b);
    see_estimates(&b);
    see_curves(&b);
    free(b.arm_counts);
    free(b.level_counts);
    free(b.missing_counts);
    free(b.n);
    free(b.n_event);
    free_both(&b.quality);
    free_both(&b.attrition);
    free_both(&b.arms);
    free_both(&b.baseline);
    free_both(&b.estimates);
    free_both(&b.curves);
    pool_free(b.pool);
    return b.n_steps;
}

void reader_compare(struct view *view, const char *all, const char *some)
{
    const size_t length = strlen(all), n = view->n_names;
    char name[1100];

    for (size_t i = 0; i < n; i++) {
        const struct view_name *const one = &view->names[i];

        if (strncmp(one->name, all, length) != 0 || one->name[length] != '|')
            continue;
        snprintf(name, sizeof name, "%s%s", some, one->name + length);
        view_rest(view, one->count, view_named(view, name));
    }
}
