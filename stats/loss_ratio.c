/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/loss_ratio.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

/* Sums by place of both arms, and the derivatives of the ratio by them. */
struct sums {
    size_t n_time, n_cause, last; /* last place whose events count */
    enum loss_ratio_kind kind;
    struct arm_moment *moment;    /* [n_time] */
    double *y, *d;                /* [n_time], [n_cause * n_time] of one arm */
    double *by_y, *by_d;          /* the same, of one arm */
};

static int sums_alloc(struct sums *s)
{
    const size_t n = (1 + s->n_cause) * s->n_time;

    s->moment = calloc(s->n_time, sizeof *s->moment);
    s->y = calloc(2 * n, sizeof *s->y);
    if (s->moment == NULL || s->y == NULL)
        return GSL_ENOMEM;
    s->d = s->y + s->n_time;
    s->by_y = s->y + n;
    s->by_d = s->by_y + s->n_time;
    return GSL_SUCCESS;
}

/* Who stays to the end of his arm's days is at risk at the place of that end. */
static size_t last_place(const struct loss_weights *const arm[2])
{
    const size_t h[2] = {arm[0]->rows.horizon, arm[1]->rows.horizon}, last = h[0] < h[1] ? h[0] : h[1];

    return last < arm[0]->rows.n_time ? last : arm[0]->rows.n_time - 1;
}

static int sum_arm(struct sums *s, const struct loss_weights *w, const double *a, size_t arm)
{
    const int status = loss_sums(w, a, s->n_cause, s->y, s->d);
    double gone = 0;

    for (size_t k = 0; status == GSL_SUCCESS && k < s->n_time; k++) {
        s->moment[k].event[arm] = k <= s->last ? s->d[k] : 0;
        s->moment[k].risk[arm] = s->y[k] + gone;
        for (size_t c = 1; s->kind == LOSS_SUBHAZARD && c < s->n_cause; c++)
            gone += s->d[c * s->n_time + k];
    }
    return status;
}

/* Derivatives by the sums of an arm: what is at risk, events, and those who stay at risk behind another event. */
static void derive(struct sums *s, const struct arm_ratio *ratio, size_t arm)
{
    double later = 0;

    for (size_t k = s->n_time; k-- > 0;) {
        double slope[2];

        arm_ratio_slopes(&s->moment[k], ratio->log_ratio, slope);
        s->by_y[k] = -slope[arm] / ratio->information;
        s->by_d[k] = k <= s->last ? ((arm == 1) - arm_ratio_mean(&s->moment[k], ratio->log_ratio)) / ratio->information : 0;
        for (size_t c = 1; c < s->n_cause; c++)
            s->by_d[c * s->n_time + k] = s->kind == LOSS_SUBHAZARD ? later : 0;
        later += s->by_y[k];
    }
}

int loss_ratio_solve(const struct loss_weights *const arm[2], const double *const a[2], size_t n_cause, enum loss_ratio_kind kind,
                     struct arm_ratio *ratio, double *const slope[2], double *const phi[2])
{
    struct sums s = {.n_time = arm[0]->rows.n_time, .n_cause = n_cause, .last = last_place(arm), .kind = kind};
    int status = arm[1]->rows.n_time != s.n_time ? GSL_EBADLEN : sums_alloc(&s);

    *ratio = (struct arm_ratio){NAN, NAN, 0};
    for (size_t i = 0; status == GSL_SUCCESS && i < 2; i++)
        status = sum_arm(&s, arm[i], a[i], i);
    if (status == GSL_SUCCESS)
        status = arm_ratio_find(s.moment, s.n_time, ratio);
    for (size_t i = 0; status == GSL_SUCCESS && i < 2; i++) {
        derive(&s, ratio, i);
        status = loss_sums_influence(arm[i], a[i], s.by_y, s.by_d, slope[i], phi[i]);
    }
    free(s.y);
    free(s.moment);
    return status;
}
