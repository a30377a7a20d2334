/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/coarse_steps.h"

#include <stdbool.h>

struct step_sums steps_sum(const struct daily_exits *exits, size_t first, size_t last)
{
    struct step_sums sums = {.n_censor = 0};
    int64_t left = 0;

    for (size_t d = first; d <= last; d++) {
        if (d > 0 && d > first)
            sums.n_enter += exits->n_risk[d] - left;
        left = exits->n_risk[d] - exits->n_censor[d];
        for (size_t k = 0; k < exits->n_causes; k++) {
            sums.n_event[k] += exits->n_event[d * exits->n_causes + k];
            left -= exits->n_event[d * exits->n_causes + k];
        }
        sums.n_censor += exits->n_censor[d];
    }
    /* Who enters between two steps is seen by comparing those left with those at risk: theirs is the next step. */
    if (first > 0) {
        int64_t before = exits->n_risk[first - 1] - exits->n_censor[first - 1];

        for (size_t k = 0; k < exits->n_causes; k++)
            before -= exits->n_event[(first - 1) * exits->n_causes + k];
        sums.n_enter += exits->n_risk[first] - before;
    }
    sums.n_left = left;
    return sums;
}

static bool is_small(int64_t n, int64_t threshold)
{
    return n != 0 && n < threshold;
}

/*
 * Competing events count with the censored here: their own steps are merged from these (coarse_curves.c).  When nobody is
 * left, the last day is the longest time of somebody: it may end a step only where it was asked for.
 */
static bool is_full(const struct daily_exits *exits, size_t first, size_t last, int64_t threshold, bool asked)
{
    const struct step_sums sums = steps_sum(exits, first, last);
    int64_t events = 0;

    for (size_t k = 0; k < exits->n_causes; k++)
        events += sums.n_event[k];
    return events >= threshold && !is_small(sums.n_event[0], threshold) &&
           !is_small(events - sums.n_event[0] + sums.n_censor, threshold) && !is_small(sums.n_enter, threshold) &&
           (sums.n_left >= threshold || (asked && sums.n_left == 0));
}

/* The steps found so far. */
struct steps {
    const struct daily_exits *exits;
    int64_t threshold;
    size_t n;
    double *edges;
    size_t *last_day;
};

static size_t open_since(const struct steps *steps)
{
    return steps->n == 0 ? 0 : steps->last_day[steps->n - 1] + 1;
}

static void close_step(struct steps *steps, size_t last_day, double edge)
{
    steps->edges[steps->n] = edge;
    steps->last_day[steps->n++] = last_day;
}

/*
 * Ends a step on a wanted day, after the days first .. end - 1 have been cut into steps from number `base` on: as it is, or
 * with so many of those steps as are needed.  When even all of them together are not full, they stay as they are.
 */
static void close_at(struct steps *steps, size_t base, size_t end, double edge)
{
    if (end == 0)
        return;
    if (open_since(steps) == end) { /* nobody has left since the last step */
        if (steps->n > base)
            steps->edges[steps->n - 1] = edge;
        return;
    }
    for (size_t n = steps->n;; n--) {
        const size_t first = n == 0 ? 0 : steps->last_day[n - 1] + 1;

        if (is_full(steps->exits, first, end - 1, steps->threshold, true)) {
            steps->n = n;
            close_step(steps, end - 1, edge);
            return;
        }
        if (n == base)
            return;
    }
}

void steps_find(const struct daily_exits *exits, const double *days, const double *wanted, size_t n_wanted,
               int64_t threshold, double *edges, size_t *last_day, size_t *n_edges)
{
    struct steps steps = {.exits = exits, .threshold = threshold, .edges = edges, .last_day = last_day};
    size_t day = 0;

    for (size_t w = 0; w <= n_wanted; w++) {
        const size_t base = steps.n;

        for (; day < exits->n_days && (w == n_wanted || days[day] <= wanted[w]); day++)
            if (is_full(exits, open_since(&steps), day, threshold, false))
                close_step(&steps, day, days[day]);
        if (w < n_wanted && wanted[w] <= days[exits->n_days - 1]) /* beyond the last exit nobody was observed */
            close_at(&steps, base, day, wanted[w]);
    }
    *n_edges = steps.n;
}
