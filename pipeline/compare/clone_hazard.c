/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ratios of the hazards of strategies: a Cox model of the strategy alone on the weighted rows of the clones, from their sums by day. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "compare/clones.h"
#include "stats/arm_trend.h"

/* Weights of who follows sum to the effective number of clones, so that the test of proportional hazards sees no more than there are. */
static double scale_of(const struct clones *clones)
{
    double sum = 0, square = 0;

    for (int treated = 0; treated < 2; treated++) {
        const struct clone_weights *w = clones->weights[treated];
        const double total = w->largest_share > 0 ? w->largest_weight / w->largest_share : 0;
        sum += total;
        square += total * total / w->effective;
    }
    return square > 0 ? sum / square : 1;
}

static size_t n_time_of(const struct clones *clones)
{
    return clones->curve[0]->n_time;
}

/* What happens and who is at risk, as the curves have it. */
static void take_moments(const struct clones *clones, struct arm_moment *moment)
{
    for (int treated = 0; treated < 2; treated++)
        for (size_t k = 0; k < n_time_of(clones); k++) {
            moment[k].event[treated] = clones->curve[treated]->event[k];
            moment[k].risk[treated] = clones->curve[treated]->at_risk[k];
        }
}

/* Rows of both strategies by place, whatever their weight; `risk` first holds who come, from behind the place before, less who leave. */
static void count_rows(const struct clones *clones, struct arm_rows *rows)
{
    const size_t n = n_time_of(clones);
    int64_t at_risk = 0;

    for (int treated = 0; treated < 2; treated++) {
        const struct clone_weights *w = clones->weights[treated];

        for (size_t r = 0; r < w->n; r++) {
            if (w->weight[r] == 0)
                continue;
            rows[w->entry[r] == WEIGHTED_FROM_START ? 0 : w->entry[r] + 1].risk++;
            rows[w->place[r] + 1].risk--;
            rows[w->place[r]].event += w->cause[r] == 1;
        }
    }
    reducer_sum(clones->rows->c->reducer, &rows[0].risk, sizeof *rows / sizeof(int64_t) * n);
    for (size_t k = 0; k < n; k++)
        at_risk = rows[k].risk += at_risk;
}

/* d log ratio / d weight of every weighted row of a strategy; past [n_time]. */
static void take_slopes(const struct clones *clones, const struct arm_moment *moment, const struct arm_ratio *ratio, bool treated,
                        double *past, double *d)
{
    const struct clone_weights *w = clones->weights[treated];
    double sum = 0;

    for (size_t k = 0; k < n_time_of(clones); k++) {
        double slope[2];
        arm_ratio_slopes(&moment[k], ratio->log_ratio, slope);
        past[k] = sum += slope[treated];
    }
    for (size_t r = 0; r < w->n; r++) {
        const double before = w->entry[r] == WEIGHTED_FROM_START ? 0 : past[w->entry[r]],
                     event = w->cause[r] == 1 ? treated - arm_ratio_mean(&moment[w->place[r]], ratio->log_ratio) : 0;
        d[r] = (event - (past[w->place[r]] - before)) / ratio->information;
    }
}

/* The linear part by clone. */
static int linear_part(const struct clones *clones, const struct arm_moment *moment, const struct arm_ratio *ratio, double *phi)
{
    double *const past = allocate(n_time_of(clones), sizeof *past);
    int code = past == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    for (int treated = 0; code == GSL_SUCCESS && treated < 2; treated++) {
        take_slopes(clones, moment, ratio, treated, past, clones->slope);
        code = clone_weights_influence(clones->weights[treated], clones->slope, phi + (treated ? 0 : clones->rows->n_treated));
    }
    free(past);
    return code == GSL_SUCCESS ? 0 : fail("variance of a hazard ratio of strategies: %s", gsl_strerror(code));
}

static const char *why_none(int code)
{
    return code == GSL_EZERODIV ? "no events under either strategy"
           : code == GSL_EDOM   ? "the estimate does not exist: no events under one of the strategies"
           : code == GSL_ESING  ? "at no event were clones of both strategies at risk"
                                : gsl_strerror(code);
}

int clones_hazard(const struct clones *clones, struct adjusted_hazard *h)
{
    const struct pair_rows *rows = clones->rows;
    const size_t n = n_time_of(clones);
    struct arm_moment *const moment = allocate(n, sizeof *moment);
    struct arm_rows *const counts = allocate(n + 1, sizeof *counts);
    struct arm_ratio ratio;
    struct chi_square_test trend;
    int status = moment == NULL || counts == NULL ? -1 : 0;

    *h = (struct adjusted_hazard){.log_ratio = NAN, .phi = h->phi, .ph_p_value = NAN};
    for (size_t i = 0; i < rows->n; i++)
        h->n_event += rows->cause[i] == 1 ? rows->count[i] : 0;
    h->n_event = reducer_sum_one(rows->c->reducer, h->n_event);
    if (status == 0) {
        take_moments(clones, moment);
        count_rows(clones, counts);
        const int code = arm_ratio_find(moment, n, &ratio);
        if (code != GSL_SUCCESS)
            snprintf(h->note, sizeof h->note, "%s", why_none(code));
        else if ((status = linear_part(clones, moment, &ratio, h->phi)) == 0) {
            arm_trend_test(moment, counts, n, &ratio, scale_of(clones), &trend);
            h->defined = true;
            h->log_ratio = ratio.log_ratio;
            h->ph_p_value = trend.df > 0 ? trend.p_value : (double)NAN;
        }
    }
    free(counts);
    free(moment);
    return status;
}
