/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort/states_by_arm.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/ranks.h"
#include "base/threads.h"
#include "cohort/arms.h"

enum { PIECE = 65536 /* people */, OUT = N_STAY_LEVELS, N_STATES };

/* Days since time zero that are looked at. */
struct axis {
    int64_t last_day; /* of the study, on the axis of days of the source */
    int64_t step;
    size_t n;
};

/* Of one arm, by day: how many people more than the day before are in a state; and how many more are followed. */
struct counts {
    int64_t in[STATES_MAX + 2][N_STATES], followed[STATES_MAX + 2];
};

struct walk {
    const struct study *study;
    const struct history *history;
    const struct table *people;
    struct axis axis;
    struct counts *counts; /* [piece * n_arm + arm] */
};

/* Of all ranks; days are far from the end of what a double counts. */
static int64_t largest_of(int64_t day)
{
    double largest = (double)day;

    ranks_largest(&largest, 1);
    return (int64_t)largest;
}

static int64_t last_day_of(const struct study *study, const struct history *h)
{
    int64_t last = INT64_MIN;

    if (study->cohort.follow_up_until != MISSING_INTEGER)
        return study->cohort.follow_up_until;
    for (size_t i = 0; i < h->n_stays; i++)
        if (history_is_kept(h, i) && h->end[i] > last)
            last = h->end[i];
    return largest_of(last);
}

static struct axis find_axis(const struct study *study, const struct history *history, const struct table *people)
{
    const struct column *zero = table_column(people, "time_zero");
    struct axis axis = {.last_day = last_day_of(study, history)};
    int64_t span = 0;

    for (size_t i = 0; i < people->n_rows; i++)
        if (axis.last_day - column_integer(zero, i) > span)
            span = axis.last_day - column_integer(zero, i);
    span = largest_of(span);
    if (study->cohort.follow_up_days.given && study->cohort.follow_up_days.value < (double)span)
        span = (int64_t)study->cohort.follow_up_days.value;
    axis.step = span <= STATES_MAX ? 1 : (span + STATES_MAX - 1) / STATES_MAX;
    axis.n = (size_t)(span / axis.step) + 1;
    return axis;
}

/* The first day of the axis at or after a day since time zero. */
static size_t first_at(const struct axis *axis, int64_t day)
{
    return day <= 0 ? 0 : (size_t)((day + axis->step - 1) / axis->step);
}

/* Somebody's days from .. to - 1 of the axis at one level. */
struct days {
    size_t from, to;
    int level;
};

/* Those of a stay, as far as they are among the first n_days; false: none. */
static bool days_of(const struct walk *walk, size_t stay, int64_t zero, size_t n_days, struct days *days)
{
    const struct history *h = walk->history;
    const int level = history_level(h, stay);
    const bool inclusive = level < N_LEVELS && walk->study->link.inclusive[level];

    if (!history_is_kept(h, stay))
        return false;
    days->from = first_at(&walk->axis, h->start[stay] - zero);
    days->to = first_at(&walk->axis, h->start[stay] + stay_days(h->start[stay], h->end[stay], inclusive) - zero);
    days->to = days->to < n_days ? days->to : n_days;
    days->level = level;
    return days->from < days->to;
}

static void count_days(struct counts *counts, struct days days, int state, int64_t n)
{
    counts->in[days.from][state] += n;
    counts->in[days.to][state] -= n;
}

/* Where stays overlap the more intensive level counts: state[k] on day k. */
static void follow(const struct walk *walk, size_t index, size_t end, int64_t zero, size_t n_days, uint8_t *state)
{
    struct days days;

    memset(state, OUT, n_days);
    for (size_t i = index; i < end; i++)
        if (days_of(walk, i, zero, n_days, &days))
            for (size_t k = days.from; k < days.to; k++)
                if (days.level < state[k])
                    state[k] = (uint8_t)days.level;
}

static void count_states(struct counts *counts, const uint8_t *state, size_t n_days, int64_t n)
{
    for (size_t from = 0, to; from < n_days; from = to) {
        for (to = from + 1; to < n_days && state[to] == state[from];)
            to++;
        count_days(counts, (struct days){from, to, 0}, state[from], n);
    }
}

/* Most people have one stay: then the days need not be written down. */
static void count_person(const struct walk *walk, size_t index, int64_t zero, size_t n_days, int64_t n,
                         struct counts *counts)
{
    const size_t end = history_person_end(walk->history, index);
    struct days found = {0, 0, OUT}, days;
    uint8_t state[STATES_MAX + 1];
    int n_stays = 0;

    for (size_t i = index; i < end && n_stays < 2; i++)
        if (days_of(walk, i, zero, n_days, &days)) {
            found = days;
            n_stays++;
        }
    if (n_stays > 1) {
        follow(walk, index, end, zero, n_days, state);
        count_states(counts, state, n_days, n);
        return;
    }
    count_days(counts, (struct days){0, found.from, OUT}, OUT, n);
    count_days(counts, found, found.level, n);
    count_days(counts, (struct days){found.to, n_days, OUT}, OUT, n);
}

static int walk_piece(void *context, size_t piece)
{
    const struct walk *walk = context;
    const struct table *people = walk->people;
    const struct column *arm = table_column(people, "arm"), *stay = table_column(people, "stay"),
                        *zero = table_column(people, "time_zero"), *weight = table_column(people, "weight");
    const size_t first = piece * PIECE, n = people->n_rows, end = n - first < PIECE ? n : first + PIECE;

    for (size_t i = first; i < end; i++) {
        struct counts *counts = &walk->counts[piece * walk->study->cohort.arms.n + (size_t)column_code(arm, i)];
        const int64_t followed = walk->axis.last_day - column_integer(zero, i), people_here = column_integer(weight, i);
        size_t n_days = followed < 0 ? 0 : (size_t)(followed / walk->axis.step) + 1;

        if (n_days > walk->axis.n)
            n_days = walk->axis.n;
        if (n_days == 0)
            continue;
        count_person(walk, (size_t)column_integer(stay, i), column_integer(zero, i), n_days, people_here, counts);
        counts->followed[0] += people_here;
        counts->followed[n_days] -= people_here;
    }
    return 0;
}

static const char *state_name(int state)
{
    return state < N_LEVELS ? level_names[state] : state == LEVEL_UNKNOWN ? "unknown" : "out";
}

static int add_row(struct table *states, const char *arm, int state, int64_t time, int64_t n, int64_t n_followed)
{
    struct row_builder row = table_new_row(states);

    row_text(&row, "arm", arm);
    row_text(&row, "state", state_name(state));
    row_integer(&row, "time", time);
    row_integer(&row, "n", n);
    row_integer(&row, "n_followed", n_followed);
    return row_end(&row);
}

static int add_arm(const struct walk *walk, size_t n_pieces, size_t arm, struct table *states)
{
    const size_t n_arm = walk->study->cohort.arms.n;
    struct counts *all = &walk->counts[arm];
    int status = 0;

    for (size_t piece = 1; piece < n_pieces; piece++)
        for (size_t k = 0; k < walk->axis.n; k++) {
            const struct counts *part = &walk->counts[piece * n_arm + arm];

            for (int s = 0; s < N_STATES; s++)
                all->in[k][s] += part->in[k][s];
            all->followed[k] += part->followed[k];
        }
    ranks_sum(all->in[0], sizeof all->in / sizeof all->in[0][0]);
    ranks_sum(all->followed, sizeof all->followed / sizeof all->followed[0]);
    for (size_t k = 1; k < walk->axis.n; k++) { /* from what changes to what is */
        for (int s = 0; s < N_STATES; s++)
            all->in[k][s] += all->in[k - 1][s];
        all->followed[k] += all->followed[k - 1];
    }
    for (int s = 0; status == 0 && s < N_STATES; s++) {
        bool occurs = false;

        for (size_t k = 0; k < walk->axis.n; k++)
            occurs = occurs || all->in[k][s] > 0;
        for (size_t k = 0; status == 0 && occurs && k < walk->axis.n; k++)
            if (all->followed[k] > 0)
                status = add_row(states, walk->study->cohort.arms.items[arm].name.text, s, (int64_t)k * walk->axis.step, all->in[k][s],
                                 all->followed[k]);
    }
    return status;
}

static struct table *states_alloc(void)
{
    struct table *states = table_alloc("states", "Where people are, by day since time zero");

    if (states != NULL && table_add_column(states, "arm", COLUMN_TEXT, 1, "Arm", "") != NULL &&
        table_add_column(states, "state", COLUMN_TEXT, 1, "Level of care", "") != NULL &&
        table_add_column(states, "time", COLUMN_INT64, 0, "Day", "days") != NULL &&
        table_add_column(states, "n", COLUMN_INT64, 0, "People", "") != NULL &&
        table_add_column(states, "n_followed", COLUMN_INT64, 0, "People followed so long", "") != NULL)
        return states;
    table_free(states);
    return NULL;
}

struct table *states_by_arm(const struct study *study, const struct history *history, const struct table *people, int n_threads)
{
    const size_t n_pieces = (people->n_rows + PIECE - 1) / PIECE;
    const struct walk walk = {study, history, people, find_axis(study, history, people),
                              allocate((n_pieces + 1) * study->cohort.arms.n, sizeof *walk.counts)};
    struct table *states = walk.counts == NULL ? NULL : states_alloc();
    int status = states == NULL ? -1 : threads_run(n_pieces, n_threads, walk_piece, (void *)&walk);

    for (size_t arm = 0; status == 0 && arm < study->cohort.arms.n; arm++)
        status = add_arm(&walk, n_pieces, arm, states);
    free(walk.counts);
    if (status == 0)
        return states;
    table_free(states);
    return NULL;
}
