/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/round_newton.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/cholesky.h"

static const double GAIN_CLOSE = 1e-10, GAIN_NOTHING = 1e-24, GAIN_LINEAR = 1e-21;
static const double STEP_MAX = 10;     /* of a standardised column in one round */
static const double STEP_ENDLESS = .5; /* still that long after so many rounds */
static const double FAR_OUT = 15;      /* e^-15: what is left of a level there */
static const double INFORMATION_LEFT = 1e-4; /* of a column that runs away and still tells people apart, of that at the start */

int round_newton_alloc(size_t p, struct round_newton *state)
{
    *state = (struct round_newton){.p = p, .share = 1};
    state->base = calloc(p * p + 5 * p + 1, sizeof *state->base);
    state->aliased = calloc(3 * p + 1, sizeof *state->aliased);
    if (state->base == NULL || state->aliased == NULL)
        return GSL_ENOMEM;
    state->step = state->base + p;
    state->asked = state->base + 2 * p;
    state->start = state->base + 3 * p;
    state->least = state->base + 4 * p;
    state->factor = state->base + 5 * p;
    state->endless = state->aliased + p;
    state->left_out = state->aliased + 2 * p;
    return GSL_SUCCESS;
}

void round_newton_free(struct round_newton *state)
{
    free(state->base);
    free(state->aliased);
    *state = (struct round_newton){0};
}

static void ask(struct round_newton *state)
{
    for (size_t j = 0; j < state->p; j++)
        state->asked[j] = state->base[j] + state->share * state->step[j];
}

/* Columns that still run away are put where it does not matter any more. */
static bool judge(struct round_newton *state)
{
    double longest = 0;
    bool found = false;

    for (size_t j = 0; j < state->p; j++)
        longest = fmax(longest, fabs(state->step[j]));
    if (longest < STEP_ENDLESS)
        return false;
    for (size_t j = 0; j < state->p; j++) {
        const bool runs = fabs(state->step[j]) >= STEP_ENDLESS;
        state->endless[j] |= runs;
        found |= runs;
        state->step[j] = runs ? state->step[j] / longest * FAR_OUT : 0;
    }
    return found;
}

/*
 * The columns that are left.  Of those that run away some stay that still tell people apart: levels that all run beside a level without
 * events differ from each other by what is known.
 */
static void find_columns(struct round_newton *state, const double *info, const double *size)
{
    const size_t p = state->p;
    double *const factor = state->factor;

    if (state->n_round > 1) {
        for (size_t j = 0; j < p; j++) {
            state->left_out[j] = state->aliased[j];
            state->least[j] = state->endless[j] ? INFORMATION_LEFT * state->start[j] : 0;
        }
        cholesky_without(info, factor, p, state->least, state->left_out);
        return;
    }
    memcpy(factor, info, p * p * sizeof *factor);
    cholesky_decompose(factor, p, size, CHOLESKY_TOLERANCE, state->aliased);
    memcpy(state->left_out, state->aliased, p * sizeof *state->left_out);
    for (size_t j = 0; j < p; j++)
        state->start[j] = factor[j * p + j];
}

/* The step from base over the columns that are left, and its gain; info becomes the inverse. */
static double find_step(struct round_newton *state, const double *score, double *info, const double *size)
{
    const size_t p = state->p;
    const bool *const left_out = state->left_out;
    double gain = 0;

    find_columns(state, info, size);
    for (size_t j = 0; j < p; j++)
        state->step[j] = left_out[j] ? 0 : score[j];
    cholesky_solve(state->factor, p, left_out, state->step);
    for (size_t j = 0; j < p; j++)
        gain += left_out[j] ? 0 : state->step[j] * score[j];
    cholesky_invert(state->factor, p, left_out, info);
    return gain;
}

static void shorten(struct round_newton *state)
{
    double longest = 0;

    for (size_t j = 0; j < state->p; j++)
        longest = fmax(longest, fabs(state->step[j]));
    state->share = longest > STEP_MAX ? STEP_MAX / longest : 1;
}

void round_newton_take(struct round_newton *state, double loglik, const double *score, double *info, const double *size)
{
    state->n_round++;
    if (state->n_round > 1 && !(loglik >= state->loglik - 1e-12 * (fabs(state->loglik) + 1))) {
        state->share /= 2;
        if (state->n_round >= ROUNDS_MAX || state->share < 1e-6)
            state->status = ROUND_ENDLESS;
        ask(state);
        return;
    }
    memcpy(state->base, state->asked, state->p * sizeof *state->base);
    state->loglik = loglik;
    if (state->n_round == 1)
        state->loglik_start = loglik;
    const double gain = find_step(state, score, info, size);
    if (state->n_round == 1)
        state->score_test = gain;
    if (state->close || gain < (state->linear ? GAIN_LINEAR : GAIN_NOTHING) || state->p == 0)
        state->status = ROUND_DONE;
    else if (!isfinite(gain) || state->n_round >= ROUNDS_MAX)
        state->status = ROUND_ENDLESS;
    if (state->status != ROUND_GOING)
        return;
    if (!state->linear && state->n_round >= ROUNDS_TO_JUDGE && judge(state))
        state->share = 1;
    else {
        state->close = !state->linear && gain < GAIN_CLOSE;
        shorten(state);
    }
    ask(state);
}
