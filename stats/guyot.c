/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/guyot.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

enum { MENDINGS_MAX = 200 };

static int check(const struct guyot_curve *c)
{
    if (c->n < 2 || c->n_risk < 1 || c->place[0] != 0 || c->risk[0] <= 0 || !(c->surv[0] > 0) || !(c->time[0] >= 0))
        return GSL_EINVAL;
    for (size_t k = 0; k < c->n; k++)
        if (!isfinite(c->time[k]) || !(c->surv[k] >= 0 && c->surv[k] <= 1) ||
            (k > 0 && (c->time[k] <= c->time[k - 1] || c->surv[k] > c->surv[k - 1])))
            return GSL_EINVAL;
    for (size_t i = 1; i < c->n_risk; i++)
        if (c->place[i] <= c->place[i - 1] || c->place[i] >= c->n || c->risk[i] < 0 || c->risk[i] > c->risk[i - 1])
            return GSL_EINVAL;
    return GSL_SUCCESS;
}

/* The curve as reconstructed so far. */
struct state {
    double height;
    int64_t at_risk;
    int64_t events;
};

/* Censorings of n, evenly spread over (start, end), that lie before t. */
static int64_t censored_before(int64_t n, double start, double end, double t)
{
    const double before = ceil((t - start) / (end - start) * (double)(n + 1)) - 1;

    return before < 0 ? 0 : before > (double)n ? n : (int64_t)before;
}

/* Points first .. last - 1, with n_censor people lost on the way; `end` is where the interval ends. */
static void walk(const struct guyot_curve *c, size_t first, size_t last, double end, int64_t n_censor, struct state *state,
                 struct guyot_fit *fit)
{
    const double start = c->time[first];
    int64_t lost = 0;

    for (size_t k = first; k < last; k++) {
        const double share = state->height > 0 ? 1 - c->surv[k] / state->height : 0;
        const int64_t events = llround((double)state->at_risk * fmax(share, 0)); /* share <= 1: curves do not go below 0 */
        if (events > 0)
            state->height *= 1 - (double)events / (double)state->at_risk;
        state->at_risk -= events;
        state->events += events;
        const double next = k + 1 < last ? c->time[k + 1] : end;
        const int64_t by_next = k + 1 < last ? censored_before(n_censor, start, end, next) : n_censor;
        int64_t censored = by_next - lost;
        lost = by_next;
        if (censored > state->at_risk)
            censored = state->at_risk;
        state->at_risk -= censored;
        fit->n_event[k] = events;
        fit->n_censor[k] = censored;
    }
}

/* The interval that begins at the i-th number at risk and ends at the next. */
static int64_t fit_interval(const struct guyot_curve *c, size_t i, struct state *state, struct guyot_fit *fit)
{
    const size_t first = c->place[i], last = c->place[i + 1];
    const int64_t wanted = c->risk[i + 1];
    const struct state before = *state;
    double guess = (double)state->at_risk * (state->height > 0 ? c->surv[last - 1] / state->height : 1) - (double)wanted;
    int64_t n_censor = llround(fmax(guess, 0)), best = n_censor, best_off = INT64_MAX;

    for (int mending = 0; mending < MENDINGS_MAX; mending++) {
        *state = before;
        walk(c, first, last, c->time[last], n_censor, state, fit);
        const int64_t off = state->at_risk - wanted;
        if (llabs(off) < best_off) {
            best_off = llabs(off);
            best = n_censor;
        }
        const int64_t next = n_censor + off < 0 ? 0 : n_censor + off;
        if (off == 0 || next == n_censor)
            break;
        n_censor = next;
    }
    *state = before;
    walk(c, first, last, c->time[last], best, state, fit);
    return best;
}

/* Censorings behind the last number at risk: such that the total of events is met, or at the rate of before. */
static int64_t last_censored(const struct guyot_curve *c, const struct state *state, int64_t lost, struct guyot_fit *fit)
{
    const size_t first = c->place[c->n_risk - 1];
    const double seen = c->time[first] - c->time[0], ahead = c->time[c->n - 1] - c->time[first];
    int64_t best = 0, best_off = INT64_MAX;

    if (c->n_event < 0) {
        const double rate = seen > 0 ? (double)lost / seen : 0;
        const int64_t n = llround(rate * ahead);
        return n < state->at_risk ? n : state->at_risk;
    }
    for (int64_t low = 0, high = state->at_risk; low <= high;) {
        /* The more are censored, the fewer have events. */
        const int64_t middle = low + (high - low) / 2;
        struct state trial = *state;
        walk(c, first, c->n, c->time[c->n - 1], middle, &trial, fit);
        if (llabs(trial.events - c->n_event) < best_off) {
            best_off = llabs(trial.events - c->n_event);
            best = middle;
        }
        if (trial.events > c->n_event)
            low = middle + 1;
        else
            high = middle - 1;
    }
    return best;
}

int guyot_solve(const struct guyot_curve *curve, struct guyot_fit *fit)
{
    struct state state = {.height = 1};
    int64_t lost = 0;

    if (check(curve) != GSL_SUCCESS)
        return GSL_EINVAL;
    state.at_risk = curve->risk[0];
    for (size_t i = 0; i + 1 < curve->n_risk; i++) {
        fit->at_risk[i] = state.at_risk;
        lost += fit_interval(curve, i, &state, fit);
    }
    const size_t first = curve->place[curve->n_risk - 1];
    fit->at_risk[curve->n_risk - 1] = state.at_risk;
    const int64_t n_censor = last_censored(curve, &state, lost, fit);
    walk(curve, first, curve->n, curve->time[curve->n - 1], n_censor, &state, fit);
    fit->n_censor[curve->n - 1] += state.at_risk;
    fit->total = state.events;
    return GSL_SUCCESS;
}
