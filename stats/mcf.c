/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/mcf.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>

#include "stats/distribution.h"
#include "stats/exact_sum.h"

struct mcf *mcf_alloc(size_t n_max)
{
    struct mcf *mcf = calloc(1, sizeof *mcf);

    if (mcf == NULL)
        return NULL;
    if (n_max == 0 || n_max > SIZE_MAX / 64 || (mcf->time = calloc(n_max, 5 * sizeof *mcf->time)) == NULL ||
        (mcf->n_risk = calloc(n_max, 2 * sizeof *mcf->n_risk)) == NULL) {
        mcf_free(mcf);
        return NULL;
    }
    mcf->capacity = n_max;
    mcf->mean = mcf->time + n_max;
    mcf->std_err = mcf->mean + n_max;
    mcf->conf_low = mcf->std_err + n_max;
    mcf->conf_high = mcf->conf_low + n_max;
    mcf->n_event = mcf->n_risk + n_max;
    return mcf;
}

void mcf_free(struct mcf *mcf)
{
    if (mcf == NULL)
        return;
    free(mcf->time);
    free(mcf->n_risk);
    free(mcf);
}

/* ---- stretches in order -------------------------------------------------------------------------------------- */

struct stretches {
    size_t n, n_id;
    const double *entry, *time;
    const int32_t *event, *id;
    size_t *by_time, *by_entry; /* orders; by_entry only where there are entries */
    double *share;              /* [n_id] U of a person: at its last change, with the running sum K added while at risk */
};

static double entry_of(const struct stretches *s, size_t i)
{
    return s->entry != NULL ? s->entry[i] : -INFINITY;
}

static int by_time(const void *a, const void *b, void *context)
{
    const struct stretches *s = context;
    const double x = s->time[*(const size_t *)a], y = s->time[*(const size_t *)b];
    return (x > y) - (x < y);
}

static int by_entry(const void *a, const void *b, void *context)
{
    const struct stretches *s = context;
    const double x = s->entry[*(const size_t *)a], y = s->entry[*(const size_t *)b];
    return (x > y) - (x < y);
}

static int by_person(const void *a, const void *b, void *context)
{
    const struct stretches *s = context;
    const size_t i = *(const size_t *)a, j = *(const size_t *)b;
    if (s->id[i] != s->id[j])
        return s->id[i] < s->id[j] ? -1 : 1;
    return by_time(a, b, context);
}

static bool valid(struct stretches *s)
{
    for (size_t i = 0; i < s->n; i++) {
        const bool good_entry = s->entry == NULL || (s->entry[i] >= 0 && s->entry[i] < s->time[i]);
        if (!(s->time[i] >= 0 && isfinite(s->time[i])) || !good_entry || (s->event[i] != 0 && s->event[i] != 1) ||
            (size_t)s->id[i] >= s->n_id)
            return false;
    }
    for (size_t i = 0; i < s->n; i++)
        s->by_time[i] = i;
    qsort_r(s->by_time, s->n, sizeof *s->by_time, by_person, s);
    for (size_t i = 1; i < s->n; i++) {
        const size_t before = s->by_time[i - 1], now = s->by_time[i];
        if (s->id[before] == s->id[now] && entry_of(s, now) < s->time[before])
            return false;
    }
    return true;
}

static void sort_stretches(struct stretches *s)
{
    for (size_t i = 0; i < s->n; i++)
        s->by_time[i] = s->by_entry[i] = i;
    qsort_r(s->by_time, s->n, sizeof *s->by_time, by_time, s);
    if (s->entry != NULL)
        qsort_r(s->by_entry, s->n, sizeof *s->by_entry, by_entry, s);
}

/* ---- the axis ------------------------------------------------------------------------------------------------ */

/* Of all places. */
struct axis {
    size_t n;
    double *time;   /* [n] ascending */
    int64_t *enter, *leave, *event; /* [n] stretches that begin before, behind the time before; that end; that end so with an event */
    int64_t *risk;  /* [n] people under observation just before */
    double *fall;   /* [n + 1] K before each: sum of d / Y^2 */
};

static void axis_free(struct axis *axis)
{
    free(axis->time);
    free(axis->enter);
    free(axis->fall);
}

static int lay_axis(const struct stretches *s, const struct reducer *reducer, struct axis *axis)
{
    if ((axis->time = malloc((s->n + 1) * sizeof *axis->time)) == NULL)
        return GSL_ENOMEM;
    for (size_t k = 0; k < s->n; k++) {
        const double t = s->time[s->by_time[k]];
        if (axis->n == 0 || t != axis->time[axis->n - 1])
            axis->time[axis->n++] = t;
    }
    const int status = reducer_distinct(reducer, &axis->time, &axis->n);
    axis->enter = status == GSL_SUCCESS ? malloc(4 * (axis->n + 1) * sizeof *axis->enter) : NULL;
    axis->fall = status == GSL_SUCCESS ? malloc((axis->n + 1) * sizeof *axis->fall) : NULL;
    if (status != GSL_SUCCESS || axis->enter == NULL || axis->fall == NULL)
        return status != GSL_SUCCESS ? status : GSL_ENOMEM;
    axis->leave = axis->enter + axis->n;
    axis->event = axis->leave + axis->n;
    axis->risk = axis->event + axis->n;
    return GSL_SUCCESS;
}

/* The stretches that begin before a time, and those that end there. */
struct step {
    size_t enter, enter_end, first, last;
};

static void step_on(const struct stretches *s, double t, struct step *step)
{
    step->enter = step->enter_end;
    step->first = step->last;
    while (step->enter_end < s->n && (s->entry == NULL || s->entry[s->by_entry[step->enter_end]] < t))
        step->enter_end++;
    while (step->last < s->n && s->time[s->by_time[step->last]] == t)
        step->last++;
}

/* Who comes and goes at each time, then who is there. */
static void count_axis(const struct stretches *s, const struct reducer *reducer, struct axis *axis)
{
    struct step step = {0};
    int64_t there = 0;

    for (size_t k = 0; k < axis->n; k++) {
        step_on(s, axis->time[k], &step);
        axis->enter[k] = (int64_t)(step.enter_end - step.enter);
        axis->leave[k] = (int64_t)(step.last - step.first);
        axis->event[k] = 0;
        for (size_t i = step.first; i < step.last; i++)
            axis->event[k] += s->event[s->by_time[i]];
    }
    reducer_sum(reducer, axis->enter, 3 * axis->n);
    axis->fall[0] = 0;
    for (size_t k = 0; k < axis->n; k++) {
        axis->risk[k] = there += axis->enter[k];
        const double d = (double)axis->event[k], y = (double)there;
        axis->fall[k + 1] = axis->fall[k];
        if (d > 0)
            axis->fall[k + 1] += d / (y * y);
        there -= axis->leave[k];
    }
}

/* ---- the variance -------------------------------------------------------------------------------------------- */

/* What people do at one time, summed exactly, so that neither their order matters nor where they are. */
enum { ENTER_SUM, ENTER_SQUARE, EVENT_SUM, LEAVE_SUM, LEAVE_SQUARE, AWAY, N_SUMS };

/* Shares of the people of a step; those under observation have K added while they are. */
static void take_step(struct stretches *s, const struct axis *axis, size_t k, const struct step *step, struct exact_sum *sums)
{
    const double y = (double)axis->risk[k];

    for (int what = 0; what < N_SUMS; what++)
        exact_sum_init(&sums[what]);
    for (size_t i = step->enter; i < step->enter_end; i++) {
        double *u = &s->share[s->id[s->by_entry[i]]];
        exact_sum_add(&sums[ENTER_SUM], *u);
        exact_sum_add(&sums[ENTER_SQUARE], *u * *u);
        exact_sum_add(&sums[AWAY], -(*u * *u));
        *u += axis->fall[k];
    }
    for (size_t i = step->first; i < step->last; i++) {
        if (!s->event[s->by_time[i]])
            continue;
        double *u = &s->share[s->id[s->by_time[i]]];
        exact_sum_add(&sums[EVENT_SUM], *u - axis->fall[k + 1]);
        *u += 1 / y;
    }
    for (size_t i = step->first; i < step->last; i++) {
        double *u = &s->share[s->id[s->by_time[i]]];
        *u -= axis->fall[k + 1];
        exact_sum_add(&sums[LEAVE_SUM], *u);
        exact_sum_add(&sums[LEAVE_SQUARE], *u * *u);
        exact_sum_add(&sums[AWAY], *u * *u);
    }
}

/*
 * Sums of U^2 over those not under observation (exact: who comes back is taken out again) and over those under observation,
 * whose U all fall by d / Y^2 at an event time.
 */
struct squares {
    struct exact_sum away;
    int64_t n;          /* under observation */
    double sum, square; /* of U and of U^2 of those */
};

static double rounded(const struct exact_sum *sum)
{
    double total;
    return exact_sum_round(sum, &total) == GSL_SUCCESS ? total : NAN;
}

static void group_move(struct squares *squares, int64_t n, const struct exact_sum sums[2], int sign)
{
    squares->n += sign * n;
    squares->sum += sign * rounded(&sums[0]);
    squares->square += sign * rounded(&sums[1]);
    if (squares->n == 0) /* nobody is left: nor is rounding */
        squares->sum = squares->square = 0;
}

/* d events among y: all fall by d / y^2, who has one rises by 1 / y. */
static void have_events(struct squares *squares, const struct exact_sum *sum, double d, double y)
{
    const double fall = d / (y * y);

    squares->square += fall * (fall * y - 2 * squares->sum);
    squares->sum -= fall * y;
    squares->square += 2 * rounded(sum) / y + d / (y * y);
    squares->sum += d / y;
}

static void set_limits(struct mcf *mcf, size_t k, enum mcf_limits limits, double z)
{
    const double mean = mcf->mean[k], half = z * mcf->std_err[k];

    mcf->conf_low[k] = mcf->conf_high[k] = NAN;
    if (!(mean > 0))
        return;
    mcf->conf_low[k] = limits == MCF_LOG ? mean * exp(-half / mean) : fmax(mean - half, 0);
    mcf->conf_high[k] = limits == MCF_LOG ? mean * exp(half / mean) : mean + half;
}

/* Time k, whose sums are those of all places. */
static void solve_step(const struct axis *axis, size_t k, const struct exact_sum *sums, struct squares *squares, struct mcf *mcf)
{
    const double d = (double)axis->event[k], y = (double)axis->risk[k];

    if (axis->enter[k] > 0)
        group_move(squares, axis->enter[k], &sums[ENTER_SUM], 1);
    if (d > 0)
        have_events(squares, &sums[EVENT_SUM], d, y);
    group_move(squares, axis->leave[k], &sums[LEAVE_SUM], -1);
    exact_sum_merge(&squares->away, &sums[AWAY]);
    mcf->time[k] = axis->time[k] + 0.0;
    mcf->n_risk[k] = axis->risk[k];
    mcf->n_event[k] = axis->event[k];
    mcf->events += axis->event[k];
    mcf->mean[k] = (k > 0 ? mcf->mean[k - 1] : 0) + (d > 0 ? d / y : 0);
    mcf->std_err[k] = sqrt(fmax(rounded(&squares->away) + squares->square, 0));
}

/* So many times go in one message. */
enum { BLOCK = 32 };

static int walk(struct stretches *s, const struct axis *axis, const struct reducer *reducer, enum mcf_limits limits, double z,
                struct mcf *mcf)
{
    struct exact_sum sums[BLOCK * N_SUMS];
    struct squares squares = {.n = 0};
    struct step step = {0};

    exact_sum_init(&squares.away);
    mcf->n = axis->n;
    mcf->events = 0;
    for (size_t first = 0; first < axis->n; first += BLOCK) {
        const size_t last = axis->n - first < BLOCK ? axis->n : first + BLOCK;
        for (size_t k = first; k < last; k++) {
            step_on(s, axis->time[k], &step);
            take_step(s, axis, k, &step, sums + (k - first) * N_SUMS);
        }
        if (reducer_exact_sums(reducer, sums, (last - first) * N_SUMS) != GSL_SUCCESS)
            return GSL_ENOMEM;
        for (size_t k = first; k < last; k++) {
            solve_step(axis, k, sums + (k - first) * N_SUMS, &squares, mcf);
            set_limits(mcf, k, limits, z);
        }
    }
    return GSL_SUCCESS;
}

static int64_t count_people(const struct stretches *s)
{
    int64_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        s->share[s->id[i]] = 1;
    for (size_t i = 0; i < s->n_id; i++) {
        n += s->share[i] == 1;
        s->share[i] = 0;
    }
    return n;
}

/* n may be 0 here. */
static int prepare(struct stretches *s)
{
    s->by_time = malloc((2 * s->n + 1) * sizeof *s->by_time);
    s->share = calloc(s->n_id + 1, sizeof *s->share);
    if (s->by_time == NULL || s->share == NULL)
        return GSL_ENOMEM;
    s->by_entry = s->by_time + s->n;
    return valid(s) ? GSL_SUCCESS : GSL_EDOM;
}

/* Stretches that are in order on the axis of all places; *mcf NULL: to be made. */
static int solve(struct stretches *s, const struct axis *axis, enum mcf_limits limits, double level, const struct reducer *reducer,
                 struct mcf **mcf)
{
    if (*mcf == NULL && (*mcf = mcf_alloc(axis->n)) == NULL)
        return GSL_ENOMEM;
    (*mcf)->n_person = reducer_sum_one(reducer, count_people(s));
    return walk(s, axis, reducer, limits, confidence_z(level), *mcf);
}

static int solve_all(struct stretches *s, enum mcf_limits limits, double level, const struct reducer *reducer, struct mcf **mcf)
{
    struct axis axis = {0};
    int status = reducer_status(reducer, prepare(s));

    if (status == GSL_SUCCESS) {
        sort_stretches(s);
        status = lay_axis(s, reducer, &axis);
    }
    if (status == GSL_SUCCESS && axis.n == 0)
        status = GSL_EINVAL;
    if (status == GSL_SUCCESS) {
        count_axis(s, reducer, &axis);
        status = solve(s, &axis, limits, level, reducer, mcf);
    }
    axis_free(&axis);
    free(s->by_time);
    free(s->share);
    return status;
}

int mcf_solve(size_t n, const double *entry, const double *time, const int32_t *event, const int32_t *id, size_t n_id,
              enum mcf_limits limits, double level, struct mcf *mcf)
{
    struct stretches s = {.n = n, .n_id = n_id, .entry = entry, .time = time, .event = event, .id = id};

    if (n == 0 || n > mcf->capacity || n_id == 0)
        return GSL_EINVAL;
    return level > 0 && level < 1 ? solve_all(&s, limits, level, NULL, &mcf) : GSL_EDOM;
}

int mcf_solve_all(size_t n, const double *entry, const double *time, const int32_t *event, const int32_t *id, size_t n_id,
                  enum mcf_limits limits, double level, const struct reducer *reducer, struct mcf **mcf)
{
    struct stretches s = {.n = n, .n_id = n_id, .entry = entry, .time = time, .event = event, .id = id};

    *mcf = NULL;
    const int status = level > 0 && level < 1 ? solve_all(&s, limits, level, reducer, mcf) : GSL_EDOM;
    if (status != GSL_SUCCESS) {
        mcf_free(*mcf);
        *mcf = NULL;
    }
    return status;
}

size_t mcf_place(const struct mcf *mcf, double t)
{
    size_t low = 0, high = mcf->n;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (mcf->time[middle] <= t)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? SIZE_MAX : low - 1;
}
