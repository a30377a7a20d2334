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

    if (mcf == NULL || n_max == 0 || n_max > SIZE_MAX / 64 ||
        (mcf->time = calloc(n_max, 5 * sizeof *mcf->time)) == NULL ||
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

/* ---- the variance -------------------------------------------------------------------------------------------- */

/*
 * Sums of U^2 over those not under observation (exact: who comes back is taken out again) and over those under observation,
 * whose U all fall by d / Y^2 at an event time.  What several people do at one time is summed exactly first, so that
 * their order does not matter.
 */
struct squares {
    struct exact_sum away;
    double n, sum, square; /* under observation: how many, sum of U, sum of U^2 */
    double fall;           /* K: sum of d / Y^2 so far */
};

static double rounded(const struct exact_sum *sum)
{
    double total;
    return exact_sum_round(sum, &total) == GSL_SUCCESS ? total : NAN;
}

/* People whose shares are summed while one time is dealt with. */
struct group {
    struct exact_sum sum, square;
    double n;
};

static void group_start(struct group *group)
{
    exact_sum_init(&group->sum);
    exact_sum_init(&group->square);
    group->n = 0;
}

static void group_add(struct group *group, double u)
{
    exact_sum_add(&group->sum, u);
    exact_sum_add(&group->square, u * u);
    group->n++;
}

static void group_move(struct squares *squares, const struct group *group, int sign)
{
    squares->n += sign * group->n;
    squares->sum += sign * rounded(&group->sum);
    squares->square += sign * rounded(&group->square);
    if (squares->n == 0) /* nobody is left: nor is rounding */
        squares->sum = squares->square = 0;
}

/* Everybody who enters before t. */
static size_t enter(struct stretches *s, struct squares *squares, size_t next, double t)
{
    struct group group;
    const size_t first = next;

    while (next < s->n && (s->entry == NULL || s->entry[s->by_entry[next]] < t))
        next++;
    if (next == first)
        return next;
    group_start(&group);
    for (size_t k = first; k < next; k++) {
        double *u = &s->share[s->id[s->by_entry[k]]];
        group_add(&group, *u);
        exact_sum_add(&squares->away, -(*u * *u));
        *u += squares->fall;
    }
    group_move(squares, &group, 1);
    return next;
}

static void leave(struct stretches *s, struct squares *squares, size_t first, size_t last)
{
    struct group group;

    group_start(&group);
    for (size_t k = first; k < last; k++) {
        double *u = &s->share[s->id[s->by_time[k]]];
        *u -= squares->fall;
        group_add(&group, *u);
        exact_sum_add(&squares->away, *u * *u);
    }
    group_move(squares, &group, -1);
}

/* d events among y: all fall by d / y^2, who has one rises by 1 / y. */
static void have_events(struct stretches *s, struct squares *squares, size_t first, size_t last, double d, double y)
{
    const double fall = d / (y * y);
    struct exact_sum sum;

    squares->square += fall * (fall * squares->n - 2 * squares->sum);
    squares->sum -= fall * squares->n;
    squares->fall += fall;
    exact_sum_init(&sum);
    for (size_t k = first; k < last; k++) {
        if (!s->event[s->by_time[k]])
            continue;
        double *u = &s->share[s->id[s->by_time[k]]];
        exact_sum_add(&sum, *u - squares->fall);
        *u += 1 / y;
    }
    squares->square += 2 * rounded(&sum) / y + d / (y * y);
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

static void walk(struct stretches *s, enum mcf_limits limits, double z, struct mcf *mcf)
{
    struct squares squares = {.n = 0};
    size_t next = 0;
    double mean = 0;

    exact_sum_init(&squares.away);
    mcf->n = 0;
    mcf->events = 0;
    for (size_t first = 0, last; first < s->n; first = last) {
        const double t = s->time[s->by_time[first]];
        const size_t k = mcf->n++;
        int64_t d = 0;
        for (last = first; last < s->n && s->time[s->by_time[last]] == t; last++)
            d += s->event[s->by_time[last]];
        next = enter(s, &squares, next, t);
        mcf->time[k] = t + 0.0;
        mcf->n_risk[k] = (int64_t)squares.n;
        mcf->n_event[k] = d;
        if (d > 0) {
            mean += (double)d / squares.n;
            have_events(s, &squares, first, last, (double)d, squares.n);
        }
        leave(s, &squares, first, last);
        mcf->events += d;
        mcf->mean[k] = mean;
        mcf->std_err[k] = sqrt(fmax(rounded(&squares.away) + squares.square, 0));
        set_limits(mcf, k, limits, z);
    }
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

int mcf_solve(size_t n, const double *entry, const double *time, const int32_t *event, const int32_t *id, size_t n_id,
              enum mcf_limits limits, double level, struct mcf *mcf)
{
    struct stretches s = {.n = n, .n_id = n_id, .entry = entry, .time = time, .event = event, .id = id};
    int status = GSL_ENOMEM;

    if (n == 0 || n > mcf->capacity || n_id == 0)
        return GSL_EINVAL;
    if (!(level > 0 && level < 1))
        return GSL_EDOM;
    s.by_time = malloc(2 * n * sizeof *s.by_time);
    s.share = calloc(n_id, sizeof *s.share);
    if (s.by_time == NULL || s.share == NULL)
        goto done;
    s.by_entry = s.by_time + n;
    status = GSL_EDOM;
    if (!valid(&s))
        goto done;
    sort_stretches(&s);
    mcf->n_person = count_people(&s);
    walk(&s, limits, confidence_z(level), mcf);
    status = GSL_SUCCESS;
done:
    free(s.by_time);
    free(s.share);
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
