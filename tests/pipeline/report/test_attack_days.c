/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Dashboards of made-up people in which outcomes are asked about at several days, attacked.  The attacker sees what is released
 * of table `programmes` and makes the equations himself: who is known on a day is known on every day before it, and who had the event
 * by a day has had it later.  STEPDOWN_DASHBOARDS dashboards; the usual number is for make check.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/release_counts.h"
#include "report/suppress.h"
#include "tests/attack/view.h"
#include "tests/support/draws.h"
#include "tests/support/near.h"

enum { T = 11, USUAL_DASHBOARDS = 16, PROGRAMMES_MAX = 16, PERIODS_MAX = 14, MEASURES_MAX = 8, DAYS_MAX = 4, OUTCOMES = 2 };

static struct draws draws;

/* ---- people ------------------------------------------------------------------------------------------------------- */

struct person {
    int programme, period; /* period -1: without a date */
    int due;               /* the last day on which the data could show him */
    int cause[OUTCOMES];   /* 0 lost from sight, 1 the event, 2 another one; -1: left out */
    int day[OUTCOMES];
};

enum share { EVENT, NO_EVENT, RATE };

struct dashboard {
    size_t n_people;
    struct person *people;
    int n_programmes, n_periods, n_measures;
    struct {
        int outcome, day; /* day -1: of an outcome without days */
        enum share share;
    } measures[MEASURES_MAX];
};

static bool is_due(const struct person *person, int outcome, int day)
{
    return person->cause[outcome] >= 0 && (day < 0 || day <= person->due);
}

static bool has_event(const struct person *person, int outcome, int day)
{
    return is_due(person, outcome, day) && person->cause[outcome] == 1 && (day < 0 || person->day[outcome] <= day);
}

static bool is_known(const struct person *person, int outcome, int day)
{
    return is_due(person, outcome, day) && (day < 0 || person->cause[outcome] != 0 || person->day[outcome] >= day);
}

static void make_people(struct dashboard *dashboard, bool is_large)
{
    static const double means[] = {6, 20, 60, 150}, lost[] = {0.02, 0.15, 0.4}, missing[] = {0, 0, 0.02};
    const double mean = is_large ? 25 : means[draw_below(&draws, 4)], p_lost = lost[draw_below(&draws, 3)], p_missing = missing[draw_below(&draws, 3)];
    const double p_undated = draw_chance(&draws, 0.3) ? 0.02 : 0;

    dashboard->n_programmes = is_large ? 12 + draw_below(&draws, 3) : 1 + draw_below(&draws, 4);
    dashboard->n_periods = is_large ? 12 + draw_below(&draws, 3) : 1 + draw_below(&draws, 4);
    dashboard->n_people = 0;
    dashboard->people = calloc((size_t)(dashboard->n_programmes * dashboard->n_periods) * 1500, sizeof *dashboard->people);
    for (int p = 0; p < dashboard->n_programmes; p++)
        for (int q = 0; q < dashboard->n_periods; q++) {
            const int n = (int)fmin(-mean * log(draw_uniform(&draws)), 1400);

            for (int i = 0; i < n; i++) {
                struct person *const person = &dashboard->people[dashboard->n_people++];
                const bool undated = draw_chance(&draws, p_undated);

                *person = (struct person){p, undated ? -1 : q, undated ? 1000 : 60 * (dashboard->n_periods - q) - draw_below(&draws, 60),
                                          {0, 0}, {0, 0}};
                for (int o = 0; o < OUTCOMES; o++) {
                    person->cause[o] = draw_chance(&draws, p_missing) ? -1 : draw_chance(&draws, p_lost) ? 0 : draw_chance(&draws, 0.15) ? 2 : 1;
                    person->day[o] = (int)(-90 * log(draw_uniform(&draws)));
                }
                person->cause[1] = person->cause[1] == 1; /* yes or no */
            }
        }
}

/* An outcome at two to four days, by shares of either kind, at times both on one day, or a rate; and one of yes or no. */
static void make_measures(struct dashboard *dashboard)
{
    const int n_days = 2 + draw_below(&draws, DAYS_MAX - 1);
    const bool has_rates = draw_chance(&draws, 0.3), has_both = draw_chance(&draws, 0.2);
    int day = 0;

    dashboard->n_measures = 0;
    for (int d = 0; d < n_days; d++) {
        const int share = has_rates && draw_chance(&draws, 0.5) ? RATE : draw_below(&draws, 2);

        day += 5 + draw_below(&draws, 60);
        dashboard->measures[dashboard->n_measures].outcome = 0;
        dashboard->measures[dashboard->n_measures].day = day;
        dashboard->measures[dashboard->n_measures++].share = (enum share)share;
        if (!has_both || d != 1)
            continue;
        dashboard->measures[dashboard->n_measures] = dashboard->measures[dashboard->n_measures - 1];
        dashboard->measures[dashboard->n_measures++].share = (enum share)((share + 1) % (has_rates ? 3 : 2));
    }
    if (draw_chance(&draws, 0.5)) {
        dashboard->measures[dashboard->n_measures].outcome = 1;
        dashboard->measures[dashboard->n_measures].day = -1;
        dashboard->measures[dashboard->n_measures++].share = EVENT;
    }
}

/* ---- counting: programme and period -1 for all; period n_periods: those without a date -------------------------------- */

struct cell {
    int programme, period;
};

typedef bool chosen(const struct person *person, int outcome, int day, int other_day);

static int64_t count(const struct dashboard *d, struct cell cell, int outcome, int day, int other_day, chosen *is_chosen)
{
    int64_t n = 0;

    for (size_t i = 0; i < d->n_people; i++) {
        const struct person *const person = &d->people[i];

        if ((cell.programme >= 0 && person->programme != cell.programme) ||
            (cell.period >= 0 && person->period != (cell.period == d->n_periods ? -1 : cell.period)))
            continue;
        n += is_chosen(person, outcome, day, other_day);
    }
    return n;
}

static bool anybody(const struct person *person, int outcome, int day, int other_day)
{
    (void)person, (void)outcome, (void)day, (void)other_day;
    return true;
}

static bool due(const struct person *person, int outcome, int day, int other_day)
{
    (void)other_day;
    return is_due(person, outcome, day);
}

static bool known(const struct person *person, int outcome, int day, int other_day)
{
    (void)other_day;
    return is_known(person, outcome, day);
}

static bool with_event(const struct person *person, int outcome, int day, int other_day)
{
    (void)other_day;
    return has_event(person, outcome, day);
}

/* Had it by the one day, and is due on the other one. */
static bool still(const struct person *person, int outcome, int day, int other_day)
{
    return has_event(person, outcome, day) && is_due(person, outcome, other_day);
}

static int64_t people_of(const struct dashboard *d, int m, struct cell cell)
{
    return count(d, cell, d->measures[m].outcome, d->measures[m].day, 0, d->measures[m].share == RATE ? due : known);
}

static int64_t counted_of(const struct dashboard *d, int m, struct cell cell)
{
    const int64_t events = count(d, cell, d->measures[m].outcome, d->measures[m].day, 0, with_event);

    return d->measures[m].share == NO_EVENT ? people_of(d, m, cell) - events : events;
}

/* The last day before it of a measure of the outcome; -1: none. */
static int day_before(const struct dashboard *d, int m)
{
    int day = -1;

    for (int k = 0; k < d->n_measures; k++)
        if (d->measures[k].outcome == d->measures[m].outcome && d->measures[k].day < d->measures[m].day && d->measures[k].day > day)
            day = d->measures[k].day;
    return day;
}

/* ---- tables ------------------------------------------------------------------------------------------------------- */

static const char *name_of(const struct dashboard *d, int m, char *text)
{
    static const char *const shares[] = {"", "_without", "_rate"};

    sprintf(text, "o%d_%d%s", d->measures[m].outcome, d->measures[m].day, shares[d->measures[m].share]);
    return text;
}

static struct table *make_measures_table(const struct dashboard *d, int first, int end)
{
    static const char *const shares[] = {"event", "no_event", "rate"};
    const struct cell all = {-1, -1};
    struct table *table = table_alloc("programme_measures", "");
    char name[64], outcome[8];

    for (size_t k = 0; k < 3; k++)
        assert_non_null(table_add_column(table, ((const char *const[]){"measure", "outcome", "share"})[k], COLUMN_TEXT, 1, "", ""));
    assert_non_null(table_add_column(table, "time", COLUMN_FLOAT64, 1, "", ""));
    for (size_t k = 0; k < 4; k++)
        assert_non_null(table_add_column(table, ((const char *const[]){"n", "n_event", "n_missing", "n_not_due"})[k], COLUMN_INT64, 1, "", ""));
    for (int m = first; m < end; m++) {
        struct row_builder row = table_new_row(table);

        sprintf(outcome, "o%d", d->measures[m].outcome);
        row_text(&row, "measure", name_of(d, m, name));
        row_text(&row, "outcome", outcome);
        row_text(&row, "share", shares[d->measures[m].share]);
        if (d->measures[m].day >= 0)
            row_real(&row, "time", d->measures[m].day);
        row_integer(&row, "n", people_of(d, m, all));
        row_integer(&row, "n_event", counted_of(d, m, all));
        row_integer(&row, "n_missing", count(d, all, 0, 0, 0, anybody) - count(d, all, d->measures[m].outcome, -1, 0, due));
        row_integer(&row, "n_not_due",
                    count(d, all, d->measures[m].outcome, -1, 0, due) - count(d, all, d->measures[m].outcome, d->measures[m].day, 0, due));
        assert_int_equal(row_end(&row), 0);
    }
    return table;
}

static void set_cell(struct table *table, size_t row, const struct dashboard *d, int m, struct cell cell)
{
    const int outcome = d->measures[m].outcome, day = d->measures[m].day, before = day_before(d, m);
    const int64_t n_due = count(d, cell, outcome, day, 0, due), n_known = count(d, cell, outcome, day, 0, known);

    column_set_code(table_column(table, "programme"), row, cell.programme < 0 ? MISSING_CODE : cell.programme);
    column_set_code(table_column(table, "period"), row, cell.period < 0 ? MISSING_CODE : cell.period);
    column_set_integer(table_column(table, "n"), row, people_of(d, m, cell));
    column_set_integer(table_column(table, "n_event"), row, counted_of(d, m, cell));
    column_set_integer(table_column(table, "n_unknown"), row, n_due - people_of(d, m, cell));
    column_set_integer(table_column(table, "n_people"), row, count(d, cell, 0, 0, 0, anybody));
    column_set_integer(table_column(table, "n_seen"), row, n_known);
    column_set_integer(table_column(table, "n_event_before"), row, before < 0 ? 0 : count(d, cell, outcome, before, day, still));
}

static struct table *make_cells_table(const struct dashboard *d, int first, int end)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p"};
    static const char *const numbers[] = {"n", "n_event", "n_unknown", "n_people", "n_seen", "n_event_before"};
    char texts[MEASURES_MAX][64];
    const char *measures[MEASURES_MAX];
    struct table *table = table_alloc("programmes", "");
    size_t row = 0;

    for (int m = first; m < end; m++)
        measures[m - first] = name_of(d, m, texts[m - first]);
    assert_non_null(table_add_category(table, "measure", measures, (size_t)(end - first), ""));
    assert_non_null(table_add_category(table, "programme", names, (size_t)d->n_programmes, ""));
    assert_non_null(table_add_category(table, "period", names, (size_t)d->n_periods, ""));
    for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++)
        assert_non_null(table_add_column(table, numbers[k], COLUMN_INT64, 0, "", ""));
    assert_int_equal(table_resize(table, (size_t)((end - first) * (d->n_programmes + 1) * (d->n_periods + 1))), 0);
    for (int m = first; m < end; m++)
        for (int p = -1; p < d->n_programmes; p++)
            for (int q = -1; q < d->n_periods; q++, row++) {
                column_set_code(table_column(table, "measure"), row, m - first);
                set_cell(table, row, d, m, (struct cell){p, q});
            }
    return table;
}

/* ---- a release --------------------------------------------------------------------------------------------------------- */

/* What is seen of the measures first .. end - 1: [rows] n and n_event, MISSING_INTEGER where hidden. */
struct seen_cells {
    int64_t *n, *n_event;
};

static void release_measures(const struct dashboard *d, int first, int end, struct seen_cells seen)
{
    struct table *measures = make_measures_table(d, first, end), *cells = make_cells_table(d, first, end);
    const struct exact_tables tables = {.programmes = cells, .programme_measures = measures};
    const struct coarse_curves none = {.n = 0};
    struct pool *pool = pool_alloc();
    struct release_counts counts;
    struct audit audit = {.n_audited = 0};

    assert_int_equal(release_counts_make(&counts, &tables, &none, T, 0, pool), 0);
    assert_int_equal(suppress_counts(counts.system, 2, &audit), 0);
    for (size_t row = 0; row < cells->n_rows; row++)
        for (int k = 0; k < 2; k++) {
            const char *const column = k == 0 ? "n" : "n_event";
            const size_t at = release_counts_cell(&counts, cells, row, column);

            assert_int_not_equal(at, NO_COUNT);
            (k == 0 ? seen.n : seen.n_event)[row] = counts.system->counts[at].hidden ? MISSING_INTEGER : counts.system->counts[at].value;
        }
    release_counts_free(&counts);
    pool_free(pool);
    table_free(measures);
    table_free(cells);
}

/* ---- the attacker ------------------------------------------------------------------------------------------------------- */

struct attacker_of_days {
    const struct dashboard *d;
    struct view *view;
    struct seen_cells seen;
};

static size_t row_of(const struct dashboard *d, int m, struct cell cell)
{
    return (size_t)((m * (d->n_programmes + 1) + cell.programme + 1) * (d->n_periods + 1) + cell.period + 1);
}

/* n, or those who count, of a cell: of the people without a date nothing is shown. */
static size_t look(const struct attacker_of_days *a, int m, struct cell cell, bool counted)
{
    const struct dashboard *const d = a->d;
    const int64_t truth = counted ? counted_of(d, m, cell) : people_of(d, m, cell);
    const bool is_shown = cell.period < d->n_periods;
    const int64_t seen = !is_shown ? MISSING_INTEGER : (counted ? a->seen.n_event : a->seen.n)[row_of(d, m, cell)];

    return view_count(a->view, seen, truth, "%s|%d|%d|%d", counted ? "counted" : "people", m, cell.programme, cell.period);
}

static size_t unseen(const struct attacker_of_days *a, int64_t truth, const char *what, int m, int k, struct cell cell)
{
    return view_count(a->view, MISSING_INTEGER, truth, "%s|%d|%d|%d|%d", what, m, k, cell.programme, cell.period);
}

static bool is_seen(const struct attacker_of_days *a, size_t count)
{
    return a->view->counts[count].shown;
}

/* Both n and those who count are seen: then so are the others. */
static bool knows(const struct attacker_of_days *a, int m, struct cell cell)
{
    return is_seen(a, look(a, m, cell, false)) && is_seen(a, look(a, m, cell, true));
}

/* People with the event, or without it. */
static size_t side(const struct attacker_of_days *a, int m, struct cell cell, bool event)
{
    const int64_t n = people_of(a->d, m, cell), counted = counted_of(a->d, m, cell);

    return event == (a->d->measures[m].share != NO_EVENT) ? look(a, m, cell, true) : unseen(a, n - counted, "others", m, m, cell);
}

/*
 * whole = part + rest, where nobody sees the rest.  That two numbers are the same is suspected when one of them is seen: then nobody
 * in between is no term.
 */
static void split(const struct attacker_of_days *a, size_t whole, size_t part, size_t rest, bool one_is_seen)
{
    view_term(a->view, whole, 1);
    view_term(a->view, part, -1);
    if (a->view->counts[rest].truth > 0 || !one_is_seen)
        view_term(a->view, rest, -1);
    assert_true(view_end(a->view));
}

static void see_measure(const struct attacker_of_days *a, int m, struct cell cell)
{
    const size_t n = look(a, m, cell, false), counted = look(a, m, cell, true);
    const size_t others = unseen(a, people_of(a->d, m, cell) - counted_of(a->d, m, cell), "others", m, m, cell);

    split(a, n, counted, others, is_seen(a, n) || is_seen(a, counted));
}

/* One measure and one of a later day of the same outcome. */
static void see_days(const struct attacker_of_days *a, int m, int k, struct cell cell)
{
    const struct dashboard *const d = a->d;
    const int outcome = d->measures[m].outcome, day = d->measures[m].day, later = d->measures[k].day;
    const int64_t n_event = count(d, cell, outcome, day, 0, with_event), n_later = count(d, cell, outcome, later, 0, with_event);
    const int64_t n_still = count(d, cell, outcome, day, later, still);
    const bool one_is_seen = knows(a, m, cell) || knows(a, k, cell);
    const size_t event = side(a, m, cell, true), event_later = side(a, k, cell, true);
    size_t those = event;

    if (n_event > n_still) { /* a calendar says of whom that can be */
        those = unseen(a, n_still, "still", day, later, cell);
        view_term(a->view, event, 1);
        view_term(a->view, those, -1);
        view_term(a->view, unseen(a, n_event - n_still, "past", day, later, cell), -1);
        assert_true(view_end(a->view));
    }
    split(a, event_later, those, unseen(a, n_later - n_still, "new", day, later, cell), one_is_seen);
    if ((d->measures[m].share == RATE) != (d->measures[k].share == RATE)) {
        if (d->measures[m].share == RATE) /* who is known later is due now */
            view_rest(a->view, look(a, m, cell, false), look(a, k, cell, false));
        return;
    }
    const int64_t gone = people_of(d, m, cell) - n_event - (people_of(d, k, cell) - n_later) - (n_later - n_still);
    view_term(a->view, side(a, m, cell, false), 1);
    view_term(a->view, side(a, k, cell, false), -1);
    view_term(a->view, unseen(a, n_later - n_still, "new", day, later, cell), -1);
    if (gone > 0 || !one_is_seen)
        view_term(a->view, unseen(a, gone, "gone", m, k, cell), -1);
    assert_true(view_end(a->view));
}

/* Two measures of one day: the same events; who is lost is due, and not known. */
static void see_same_day(const struct attacker_of_days *a, int m, int k, struct cell cell)
{
    view_equal(a->view, side(a, m, cell, true), side(a, k, cell, true));
    if (a->d->measures[m].share == RATE)
        view_rest(a->view, look(a, m, cell, false), look(a, k, cell, false));
    else if (a->d->measures[k].share == RATE)
        view_rest(a->view, look(a, k, cell, false), look(a, m, cell, false));
    else
        view_equal(a->view, look(a, k, cell, false), look(a, m, cell, false));
}

/* An outcome of which everybody is known: those of another one are some of them. */
static void see_outcomes(const struct attacker_of_days *a, int m, int k, struct cell cell)
{
    if (people_of(a->d, m, cell) == count(a->d, cell, 0, 0, 0, anybody))
        view_rest(a->view, look(a, m, cell, false), look(a, k, cell, false));
}

static void see_cell(const struct attacker_of_days *a, struct cell cell)
{
    const struct dashboard *const d = a->d;

    for (int m = 0; m < d->n_measures; m++)
        see_measure(a, m, cell);
    for (int m = 0; m < d->n_measures; m++)
        for (int k = 0; k < d->n_measures; k++) {
            if (d->measures[m].outcome != d->measures[k].outcome)
                see_outcomes(a, m, k, cell);
            else if (d->measures[m].day < d->measures[k].day)
                see_days(a, m, k, cell);
            else if (d->measures[m].day == d->measures[k].day && m < k)
                see_same_day(a, m, k, cell);
        }
}

typedef size_t looked(const struct attacker_of_days *a, int m, int k, struct cell cell);

static size_t look_people(const struct attacker_of_days *a, int m, int k, struct cell cell)
{
    (void)k;
    return look(a, m, cell, false);
}

static size_t look_counted(const struct attacker_of_days *a, int m, int k, struct cell cell)
{
    (void)k;
    return look(a, m, cell, true);
}

static size_t look_new(const struct attacker_of_days *a, int m, int k, struct cell cell)
{
    const int outcome = a->d->measures[m].outcome, day = a->d->measures[m].day, later = a->d->measures[k].day;

    return unseen(a, count(a->d, cell, outcome, later, 0, with_event) - count(a->d, cell, outcome, day, later, still), "new", day, later, cell);
}

/* All = the sum of the parts, over programmes and over periods. */
static void see_sums(const struct attacker_of_days *a, int m, int k, looked *at)
{
    const struct dashboard *const d = a->d;

    for (int p = -1; p < d->n_programmes; p++) {
        for (int q = -1; q <= d->n_periods; q++)
            view_term(a->view, at(a, m, k, (struct cell){p, q}), q < 0 ? 1 : -1);
        assert_true(view_end(a->view));
    }
    for (int q = -1; q <= d->n_periods; q++) {
        for (int p = -1; p < d->n_programmes; p++)
            view_term(a->view, at(a, m, k, (struct cell){p, q}), p < 0 ? 1 : -1);
        assert_true(view_end(a->view));
    }
}

static void see_all(const struct attacker_of_days *a)
{
    const struct dashboard *const d = a->d;

    for (int p = -1; p < d->n_programmes; p++)
        for (int q = -1; q <= d->n_periods; q++)
            see_cell(a, (struct cell){p, q});
    for (int m = 0; m < d->n_measures; m++) {
        see_sums(a, m, m, look_people);
        see_sums(a, m, m, look_counted);
        for (int k = 0; k < d->n_measures; k++)
            if (d->measures[m].outcome == d->measures[k].outcome && d->measures[m].day < d->measures[k].day)
                see_sums(a, m, k, look_new);
    }
}

/* ---- campaigns ---------------------------------------------------------------------------------------------------------- */

struct tally {
    struct found found;
    size_t n_shown, n_counts;
};

static void attack_one(uint64_t seed, bool is_large, bool apart, struct tally *tally)
{
    struct dashboard d;
    char where[64];

    draws.state = seed * UINT64_C(0xd1342543de82ef95) + 20261129;
    make_people(&d, is_large);
    make_measures(&d);
    const size_t n_cells = (size_t)((d.n_programmes + 1) * (d.n_periods + 1)), n_rows = n_cells * (size_t)d.n_measures;
    struct attacker_of_days a = {&d, view_alloc(T, 0), {calloc(n_rows, sizeof(int64_t)), calloc(n_rows, sizeof(int64_t))}};
    for (int m = 0; apart && m < d.n_measures; m++)
        release_measures(&d, m, m + 1,
                         (struct seen_cells){a.seen.n + (size_t)m * n_cells, a.seen.n_event + (size_t)m * n_cells});
    if (!apart)
        release_measures(&d, 0, d.n_measures, a.seen);
    a.view->is_quiet = apart;
    see_all(&a);
    snprintf(where, sizeof where, "dashboard %llu", (unsigned long long)seed);
    const struct found found = view_attack(a.view, where);
    tally->found.n_small += found.n_small;
    tally->found.n_exact += found.n_exact;
    tally->found.n_proved += found.n_proved;
    tally->found.n_failed += found.n_failed;
    for (size_t i = 0; i < n_rows; i++)
        tally->n_shown += (size_t)(a.seen.n[i] != MISSING_INTEGER) + (size_t)(a.seen.n_event[i] != MISSING_INTEGER);
    tally->n_counts += 2 * n_rows;
    assert_int_equal(a.view->n_small_shown + a.view->n_wrong, 0);
    view_free(a.view);
    free(a.seen.n);
    free(a.seen.n_event);
    free(d.people);
}

static struct tally attack_many(uint64_t n, bool is_large, bool apart)
{
    struct tally tally = {.n_shown = 0};

    for (uint64_t seed = 1; seed <= n; seed++)
        attack_one(seed, is_large, apart, &tally);
    return tally;
}

static void test_an_attacker_learns_nothing_from_days_of_one_outcome(void **state)
{
    const char *const asked = getenv("STEPDOWN_DASHBOARDS");
    const uint64_t n = asked == NULL ? USUAL_DASHBOARDS : strtoull(asked, NULL, 10);
    const struct tally tally = attack_many(n, false, false);

    (void)state;
    printf("compared - %llu random dashboards, %zu of %zu counts shown: of %zu small counts an attacker found %zu exactly and proved %zu below %d\n",
           (unsigned long long)n, tally.n_shown, tally.n_counts, tally.found.n_small, tally.found.n_exact, tally.found.n_proved, T);
    assert_true(tally.found.n_small > 100 && tally.n_shown > 100);
    assert_int_equal(tally.found.n_exact + tally.found.n_proved + tally.found.n_failed, 0);
}

static void test_nor_from_a_large_dashboard(void **state)
{
    const struct tally tally = attack_many(1, true, false);

    (void)state;
    printf("compared - a large dashboard, %zu of %zu counts shown: of %zu small counts an attacker found %zu exactly and proved %zu below %d\n",
           tally.n_shown, tally.n_counts, tally.found.n_small, tally.found.n_exact, tally.found.n_proved, T);
    assert_true(tally.found.n_small > 500);
    assert_int_equal(tally.found.n_exact + tally.found.n_proved + tally.found.n_failed, 0);
}

static void test_the_attacker_is_able(void **state)
{
    const struct tally tally = attack_many(6, false, true);

    (void)state;
    printf("compared - 6 random dashboards whose measures are protected one by one: of %zu small counts an attacker found %zu exactly "
           "and proved %zu below %d\n",
           tally.found.n_small, tally.found.n_exact, tally.found.n_proved, T);
    assert_true(tally.found.n_exact + tally.found.n_proved > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_an_attacker_learns_nothing_from_days_of_one_outcome),
                                        cmocka_unit_test(test_nor_from_a_large_dashboard), cmocka_unit_test(test_the_attacker_is_able)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
