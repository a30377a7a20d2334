/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/concordance_places.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

/* Predictions that each place shows, for ranges of about as many rows. */
enum { SHOWN = 512 };

static int64_t copies(const struct cox_rows *rows, size_t i)
{
    return rows->frequency != NULL ? rows->frequency[i] : 1;
}

static int64_t stratum_of(const struct cox_rows *rows, size_t i)
{
    return rows->stratum != NULL ? rows->stratum[i] : 0;
}

/* ---- who gets which ------------------------------------------------------------------------------------------ */

static int compare_reals(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

/* Place k has the predictions above limit[k - 1], up to limit[k].  NULL when memory is short. */
static double *find_limits(const struct cox_rows *rows, const double *prediction)
{
    const struct reducer *reducer = rows->reducer;
    double own[SHOWN], *limit = malloc(reducer->n_places * sizeof *limit);
    const size_t n_own = rows->n < SHOWN ? rows->n : SHOWN;
    struct reducer_bytes all = {0};

    for (size_t k = 0; k < n_own; k++)
        own[k] = prediction[(size_t)((unsigned __int128)rows->n * k / n_own)];
    if (limit == NULL || reducer->collect(reducer->context, own, n_own * sizeof *own, &all) != GSL_SUCCESS) {
        free(limit);
        return NULL;
    }
    double *const shown = (double *)(void *)all.bytes;
    const size_t n = all.n / sizeof *shown;
    if (n > 0)
        qsort(shown, n, sizeof *shown, compare_reals);
    for (size_t k = 0; k < reducer->n_places; k++)
        limit[k] = k + 1 < reducer->n_places && n > 0 ? shown[n * (k + 1) / reducer->n_places] : (double)INFINITY;
    free(all.bytes);
    return limit;
}

static size_t place_of(const double *limit, size_t n_places, double prediction)
{
    size_t first = 0, n = n_places;

    while (n > 1) {
        const size_t half = n / 2;
        if (prediction > limit[first + half - 1])
            first += half;
        n -= half;
    }
    return first;
}

/* ---- rows on their way: column by column --------------------------------------------------------------------------- */

/* Prediction, time, copies (negative: with the event), stratum or nothing, entry or nothing. */
enum { FIELDS_MAX = 5 };

struct fields {
    size_t n, stratum, entry; /* which field is which; n: there is none */
};

static struct fields fields_of(const struct cox_rows *rows)
{
    struct fields fields = {.n = 3, .stratum = FIELDS_MAX, .entry = FIELDS_MAX};

    if (rows->stratum != NULL)
        fields.stratum = fields.n++;
    if (rows->entry != NULL)
        fields.entry = fields.n++;
    return fields;
}

static void put_row(const struct cox_rows *rows, const double *prediction, const struct fields *fields, size_t i, double *to)
{
    const int64_t n = copies(rows, i);

    to[0] = prediction[i];
    to[1] = rows->time[i];
    to[2] = (double)(rows->event[i] != 0 ? -n : n);
    if (fields->stratum < fields->n)
        to[fields->stratum] = (double)rows->stratum[i];
    if (fields->entry < fields->n)
        to[fields->entry] = rows->entry[i];
}

/* first: [n_places + 1] bytes.  NULL when memory is short. */
static double *pack_rows(const struct cox_rows *rows, const double *prediction, const double *limit,
                         const struct fields *fields, size_t *first)
{
    const size_t n_places = rows->reducer->n_places, width = fields->n;
    uint16_t *place = malloc((rows->n + 1) * sizeof *place);
    size_t *next = calloc(n_places + 1, sizeof *next);
    double *packed = malloc((rows->n * width + 1) * sizeof *packed);

    if (place == NULL || next == NULL || packed == NULL) {
        free(packed);
        packed = NULL;
        goto done;
    }
    for (size_t i = 0; i < rows->n; i++)
        next[1 + (place[i] = (uint16_t)place_of(limit, n_places, prediction[i]))]++;
    for (size_t k = 0; k < n_places; k++)
        next[k + 1] += next[k];
    for (size_t k = 0; k <= n_places; k++)
        first[k] = next[k] * width * sizeof *packed;
    for (size_t i = 0; i < rows->n; i++)
        put_row(rows, prediction, fields, i, packed + next[place[i]]++ * width);
done:
    free(next);
    free(place);
    return packed;
}

static int unpack_rows(const double *from, size_t n, const struct fields *fields, struct ranged_rows *ranged)
{
    /* Doubles and int64 first, then int32: all of one piece. */
    char *at = malloc((n + 1) * (3 * sizeof(double) + sizeof(int64_t) + 2 * sizeof(int32_t)));
    if ((ranged->memory = at) == NULL)
        return GSL_ENOMEM;
    double *const prediction = (double *)(void *)at, *const time = prediction + n, *const entry = time + n;
    int64_t *const frequency = (int64_t *)(void *)(entry + n);
    int32_t *const event = (int32_t *)(void *)(frequency + n), *const stratum = event + n;

    for (size_t i = 0; i < n; i++, from += fields->n) {
        prediction[i] = from[0];
        time[i] = from[1];
        event[i] = from[2] < 0;
        frequency[i] = (int64_t)fabs(from[2]);
        stratum[i] = fields->stratum < fields->n ? (int32_t)from[fields->stratum] : 0;
        entry[i] = fields->entry < fields->n ? from[fields->entry] : 0;
    }
    ranged->prediction = prediction;
    ranged->rows.n = n;
    ranged->rows.time = time;
    ranged->rows.event = event;
    ranged->rows.frequency = frequency;
    ranged->rows.stratum = fields->stratum < fields->n ? stratum : NULL;
    ranged->rows.entry = fields->entry < fields->n ? entry : NULL;
    return GSL_SUCCESS;
}

/* Where every row of all places stands for one person none needs to be looked up. */
static void drop_ones(struct ranged_rows *ranged)
{
    int64_t n_more = 0;

    for (size_t i = 0; ranged->rows.frequency != NULL && i < ranged->rows.n; i++)
        n_more += ranged->rows.frequency[i] != 1;
    if (reducer_sum_one(ranged->rows.reducer, n_more) == 0)
        ranged->rows.frequency = NULL;
}

void ranged_rows_free(struct ranged_rows *ranged)
{
    free(ranged->memory);
    *ranged = (struct ranged_rows){0};
}

int ranged_rows_take(const struct cox_rows *rows, const double *prediction, struct ranged_rows *ranged)
{
    const struct reducer *reducer = rows->reducer;
    const struct fields fields = fields_of(rows);
    struct reducer_bytes from = {0};
    int status = GSL_SUCCESS;

    *ranged = (struct ranged_rows){.rows = {.n_stratum = rows->n_stratum, .reducer = reducer}};
    for (size_t i = 0; i < rows->n; i++)
        if (!isfinite(prediction[i]))
            status = GSL_EINVAL;
    if ((status = reducer_status(reducer, status)) != GSL_SUCCESS)
        return status;
    double *const limit = find_limits(rows, prediction);
    size_t *const first = malloc((reducer->n_places + 1) * sizeof *first);
    double *const packed = limit != NULL && first != NULL ? pack_rows(rows, prediction, limit, &fields, first) : NULL;
    status = packed != NULL ? reducer->exchange(reducer->context, packed, first, &from) : GSL_ENOMEM;
    if (status == GSL_SUCCESS)
        status = unpack_rows((const double *)(void *)from.bytes, from.n / (fields.n * sizeof(double)), &fields, ranged);
    drop_ones(ranged);
    free(from.bytes);
    free(packed);
    free(first);
    free(limit);
    return status;
}

/* ---- counts by time, of the places below and above ------------------------------------------------------------------ */

struct point {
    double time;
    int64_t stratum;
    int64_t place;                    /* that counts; two points of one place may agree */
    int64_t events, others, entering;
};

static int compare_points(const void *left, const void *right)
{
    const struct point *a = left, *b = right;

    if (a->stratum != b->stratum)
        return a->stratum < b->stratum ? -1 : 1;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

/* Neighbours that agree become one. */
static size_t join_points(struct point *points, size_t n)
{
    size_t kept = 0;

    if (n > 0)
        qsort(points, n, sizeof *points, compare_points);
    for (size_t k = 0; k < n; k++) {
        if (kept == 0 || compare_points(&points[kept - 1], &points[k]) != 0) {
            points[kept++] = points[k];
            continue;
        }
        points[kept - 1].events += points[k].events;
        points[kept - 1].others += points[k].others;
        points[kept - 1].entering += points[k].entering;
    }
    return kept;
}

/* The next point of rows that stand in order of stratum and time. */
static struct point *point_at(const struct cox_rows *rows, size_t i, double time, struct point *points, size_t first, size_t *n)
{
    struct point *const last = *n > first ? &points[*n - 1] : NULL;

    if (last != NULL && last->time == time && last->stratum == stratum_of(rows, i))
        return last;
    points[*n] = (struct point){.time = time, .stratum = stratum_of(rows, i), .place = (int64_t)rows->reducer->place};
    return &points[(*n)++];
}

/* NULL when memory is short. */
static struct point *count_own(const struct cox_rows *rows, const uint32_t *by_time, const uint32_t *by_entry, size_t *n)
{
    struct point *const points = malloc((2 * rows->n + 1) * sizeof *points);

    *n = 0;
    for (size_t k = 0; points != NULL && k < rows->n; k++) {
        const size_t i = by_time[k];
        struct point *const at = point_at(rows, i, rows->time[i], points, 0, n);
        *(rows->event[i] != 0 ? &at->events : &at->others) += copies(rows, i);
    }
    const size_t first = *n;
    for (size_t k = 0; points != NULL && rows->entry != NULL && k < rows->n; k++) {
        const size_t i = by_entry[k];
        point_at(rows, i, rows->entry[i], points, first, n)->entering += copies(rows, i);
    }
    return points;
}

static int64_t *field_of(struct other_side *side, size_t k)
{
    int64_t *const fields[] = {&side->living, &side->past, &side->events};
    return fields[k];
}

/* Moments with what happens there: living = others, past = entering for now.  NULL when memory is short. */
static struct other_pairs *gather(const struct point *points, size_t n, size_t own, size_t *n_moment)
{
    struct other_pairs *moments = malloc((n + 1) * sizeof *moments);

    *n_moment = 0;
    for (size_t k = 0; moments != NULL && k < n; k++) {
        const struct point *p = &points[k];
        if (*n_moment == 0 || moments[*n_moment - 1].stratum != p->stratum || moments[*n_moment - 1].time != p->time)
            moments[(*n_moment)++] = (struct other_pairs){.time = p->time, .stratum = p->stratum};
        struct other_pairs *const at = &moments[*n_moment - 1];
        if ((size_t)p->place == own)
            continue;
        struct other_side *const side = (size_t)p->place < own ? &at->below : &at->above;
        *field_of(side, 0) += p->others;
        *field_of(side, 1) += p->entering;
        *field_of(side, 2) += p->events;
    }
    return moments;
}

/* Those at risk are who leaves later, less who enters then or later; at risk at the time itself, too, is who leaves at it. */
static void settle_side(struct other_pairs *moments, size_t first, size_t end, struct other_side *(*side_of)(struct other_pairs *))
{
    int64_t leaving = 0, entering = 0, past = 0;

    for (size_t k = end; k-- > first;) {
        struct other_side *const side = side_of(&moments[k]);
        entering += side->past;
        const int64_t others = side->living;
        side->living = leaving + others - entering;
        leaving += others + side->events;
    }
    for (size_t k = first; k < end; k++) {
        struct other_side *const side = side_of(&moments[k]);
        past += side->events;
        side->past = past;
    }
}

static struct other_side *below(struct other_pairs *moment)
{
    return &moment->below;
}

static struct other_side *above(struct other_pairs *moment)
{
    return &moment->above;
}

static void settle(struct other_pairs *moments, size_t n)
{
    for (size_t first = 0, end; first < n; first = end) {
        for (end = first + 1; end < n && moments[end].stratum == moments[first].stratum; end++)
            ;
        settle_side(moments, first, end, below);
        settle_side(moments, first, end, above);
    }
}

int ranged_rows_count_others(const struct ranged_rows *ranged, const uint32_t *by_time, const uint32_t *by_entry,
                             struct others *others)
{
    const struct cox_rows *rows = &ranged->rows;
    const struct reducer *reducer = rows->reducer;
    struct reducer_bytes all = {0};
    size_t n;
    struct point *own = count_own(rows, by_time, by_entry, &n);
    int status = own != NULL ? reducer->collect(reducer->context, own, n * sizeof *own, &all) : GSL_ENOMEM;

    *others = (struct others){0};
    free(own);
    if (status != GSL_SUCCESS)
        return status;
    struct point *const points = (struct point *)(void *)all.bytes;
    n = join_points(points, all.n / sizeof *points);
    others->at = gather(points, n, reducer->place, &others->n);
    free(all.bytes);
    if (others->at == NULL)
        return GSL_ENOMEM;
    settle(others->at, others->n);
    return GSL_SUCCESS;
}
