/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "simulate/tally.h"

#include <math.h>

void tally_add(struct tally *tally, enum arm arm, struct event event, double weight)
{
    tally->total[arm] += weight;
    if (event.cause == 0)
        return;
    tally->any[arm][event.day] += weight;
    if (event.cause == 1)
        tally->event[arm][event.day] += weight;
}

void tally_merge(struct tally *into, const struct tally *from, double sign)
{
    for (int a = 0; a < N_ARMS; a++) {
        into->total[a] += sign * from->total[a];
        for (int d = 0; d <= FOLLOW_UP; d++) {
            into->event[a][d] += sign * from->event[a][d];
            into->any[a][d] += sign * from->any[a][d];
        }
    }
}

double tally_risk(const struct tally *tally, enum arm arm, int day)
{
    double events = 0;

    for (int d = 0; d <= day; d++)
        events += tally->event[arm][d];
    return events / tally->total[arm];
}

double tally_rmst(const struct tally *tally, enum arm arm, int day)
{
    double gone = 0, days = 0;

    for (int d = 0; d < day; d++) {
        gone += tally->any[arm][d];
        days += 1 - gone / tally->total[arm];
    }
    return days;
}

/*
 * Mean over x in (0, 1) of the share of iop in the risk set from which a part x of the tied has gone: the integral
 * of a (r1 - d1 x) / (a (r1 - d1 x) + (r0 - d0 x)), by five-point Gauss-Legendre; the integrand is nearly straight.
 */
static double share_of_iop(double a, const double risk[N_ARMS], const double events[N_ARMS])
{
    static const double x[] = {0.046910077030668, 0.2307653449471585, 0.5, 0.7692346550528415, 0.953089922969332};
    static const double w[] = {0.1184634425280945, 0.239314335249683, 0.2844444444444444, 0.239314335249683,
                               0.1184634425280945};
    double share = 0;

    for (int k = 0; k < 5; k++) {
        const double one = a * (risk[ARM_IOP] - events[ARM_IOP] * x[k]);
        share += w[k] * one / (one + risk[ARM_INPATIENT] - events[ARM_INPATIENT] * x[k]);
    }
    return share;
}

static double score_at(const struct tally *tally, double log_ratio)
{
    const double ratio = exp(log_ratio);
    double risk[N_ARMS] = {tally->total[0], tally->total[1]}, score = 0;

    for (int d = 0; d <= FOLLOW_UP; d++) {
        const double events[N_ARMS] = {tally->event[0][d], tally->event[1][d]};
        const double all = events[0] + events[1];

        if (all > 0)
            score += events[ARM_IOP] - all * share_of_iop(ratio, risk, events);
        for (int a = 0; a < N_ARMS; a++)
            risk[a] -= tally->any[a][d];
    }
    return score;
}

double tally_log_hazard_ratio(const struct tally *tally)
{
    enum { STEPS_MAX = 50 };
    double a = 0, b = 0.1, score_a = score_at(tally, a), events[N_ARMS] = {0};

    for (int k = 0; k < N_ARMS; k++)
        for (int d = 0; d <= FOLLOW_UP; d++)
            events[k] += tally->event[k][d];
    if (events[0] <= 0 || events[1] <= 0)
        return NAN;
    for (int step = 0; step < STEPS_MAX && fabs(b - a) > 1e-13; step++) { /* secants: the score is smooth and falls */
        const double score_b = score_at(tally, b);
        const double next = score_b == score_a ? b : fmax(b - 1, fmin(b + 1, b - score_b * (b - a) / (score_b - score_a)));

        a = b;
        score_a = score_b;
        b = next;
    }
    return b;
}
