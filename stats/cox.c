/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/cox.h"

#include "stats/cox_exact.h"
#include "stats/design_total.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

/* Parts that the axis is divided into, whatever the number of threads, and rows that are taken in one piece. */
enum { PARTS = 64, ROW_CHUNK = 4096 };

/* Below this the precise sums cost nothing that would be noticed. */
enum { ROWS_FOR_ONE_PART = 1 << 16 };

/* A run of slices and what it adds to the totals. */
struct axis_part {
    size_t first, end;      /* slices */
    struct cox_risk *risk;
    bool ends;              /* a stratum ends in it */
    struct cox_cell *total, *carry; /* [stride] what it carries on, what it starts from */
    double *mean;           /* [p * p] sum of m xbar xbar', lower triangle */
    double *work;           /* [4 * stride] */
    double loglik;
    int status;
};

struct cox_work {
    const struct cox_data *data;
    enum cox_ties ties;
    size_t n_threads, p, n_slice;
    bool two_parts;             /* of the sums by time */
    double *r, *exposure;       /* [n] */
    double *jump, *jump_dead;   /* [n_axis] */
    double *past;               /* [n_axis] sum of jumps of the stratum up to and with a position */
    double *kept;               /* [2 * n_axis] the jumps, while those of a weighted evaluation are in their place */
    bool weighted;              /* they are */
    struct cox_point *last;     /* the last evaluation without weights */
    bool evaluated;             /* there has been one, and r is its */
    const double *time_weight;  /* [n_axis] factor of everything that happens at a position; NULL: 1 */
    double shift;
    double *events;             /* [p] sum of w z over events */
    double event_weight;
    double *mean, *sum;         /* [p * p], [p] */
    size_t n_part;
    struct axis_part *part;    /* [n_part] */
    struct cox_cell *carry;     /* [stride] */
    int64_t *margins;           /* of all slices, added up over all places; NULL: rows are here alone */
    struct cox_tied *tied;      /* [n_axis] each place solves some; NULL: rows are here alone */
    struct gram *gram;
    struct cox_exact *exact;    /* NULL unless the conditional likelihood is wanted and events are tied */
    void *memory;
};

/* ---- memory -------------------------------------------------------------------------------------------------- */

static bool allocate_parts(struct cox_work *work)
{
    const size_t stride = work->p + 1;

    work->n_part = work->n_slice < PARTS ? work->n_slice : PARTS;
    work->part = calloc(work->n_part + 1, sizeof *work->part);
    for (size_t k = 0; work->part != NULL && k < work->n_part; k++) {
        struct axis_part *part = &work->part[k];
        part->first = work->n_slice * k / work->n_part;
        part->end = work->n_slice * (k + 1) / work->n_part;
        part->risk = cox_risk_alloc(work->data);
        part->total = malloc(2 * stride * sizeof *part->total);
        part->mean = malloc((work->p * work->p + 1) * sizeof *part->mean);
        part->work = malloc(4 * stride * sizeof *part->work);
        if (part->risk == NULL || part->total == NULL || part->mean == NULL || part->work == NULL)
            return false;
        part->carry = part->total + stride;
    }
    return work->part != NULL;
}

/* Sum of weight z over all rows. */
static int sum_rows(struct cox_work *work, const double *weight, double largest, double *sum)
{
    const struct cox_data *data = work->data;
    double *const total = malloc((work->p + 1) * sizeof *total);
    int status = total == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    if (status == GSL_SUCCESS)
        status = design_total_packed(data->layout, weight, reducer_largest(data->reducer, isnan(largest) ? (double)INFINITY : largest),
                                     work->n_threads, total);
    if (status == GSL_SUCCESS)
        memcpy(sum, total + 1, work->p * sizeof *sum);
    free(total);
    return status == GSL_ENOMEM || status == GSL_SUCCESS ? status : GSL_EDOM;
}

/* Sum of w g z over events; overwrites the exposures. */
static int sum_events(struct cox_work *work, const double *time_weight, double *sum)
{
    const struct cox_data *data = work->data;
    double *const weight = work->exposure, largest = 0;

    for (size_t i = 0; i < data->n; i++) {
        weight[i] = data->dead[i] != 0 ? cox_weight(data, i) : 0;
        if (time_weight != NULL)
            weight[i] *= time_weight[data->last[i]];
        largest = fmax(largest, fabs(weight[i]));
    }
    return sum_rows(work, weight, largest, sum);
}

struct cox_work *cox_work_alloc(const struct cox_data *data, enum cox_ties ties, size_t n_threads)
{
    struct cox_work *work = calloc(1, sizeof *work);
    const size_t p = data->copy->matrix.p, stride = p + 1;

    if (work == NULL)
        return NULL;
    work->data = data;
    work->ties = ties;
    work->n_threads = n_threads;
    work->p = p;
    work->two_parts = data->n_everywhere < ROWS_FOR_ONE_PART;
    work->n_slice = (data->n_axis + COX_SLICE_TIMES - 1) / COX_SLICE_TIMES;
    work->r = malloc((data->n + 1) * sizeof *work->r);
    work->exposure = malloc((data->n + 1) * sizeof *work->exposure);
    work->memory = calloc(5 * data->n_axis + p * p + 2 * p + 1, sizeof(double));
    work->last = cox_point_alloc(p);
    work->carry = malloc(stride * sizeof *work->carry);
    work->gram = gram_alloc(data->layout);
    if (data->reducer != NULL &&
        ((work->margins = malloc((cox_risk_n_margins(data, true, 0, data->n_axis) + 1) * sizeof *work->margins)) == NULL ||
         (work->tied = malloc((data->n_axis + 1) * sizeof *work->tied)) == NULL)) {
        cox_work_free(work);
        return NULL;
    }
    if (work->r == NULL || work->exposure == NULL || work->memory == NULL || work->last == NULL || work->carry == NULL ||
        work->gram == NULL || !allocate_parts(work)) {
        cox_work_free(work);
        return NULL;
    }
    for (size_t k = 0; k < data->n_axis; k++)
        work->event_weight += data->dead_weight[k];
    work->jump = work->memory;
    work->jump_dead = work->jump + data->n_axis;
    work->past = work->jump_dead + data->n_axis;
    work->events = work->past + data->n_axis;
    work->sum = work->events + p;
    work->mean = work->sum + p;
    work->kept = work->mean + p * p;
    /* Without ties all three likelihoods are one. */
    const bool counts_sets = ties == COX_EXACT && work->event_weight > (double)data->n_axis;
    /* Events are summed once: they do not change from step to step. */
    if ((counts_sets && (work->exact = cox_exact_alloc(data, n_threads)) == NULL) ||
        sum_events(work, NULL, work->events) != GSL_SUCCESS) {
        cox_work_free(work);
        return NULL;
    }
    return work;
}

void cox_work_free(struct cox_work *work)
{
    if (work == NULL)
        return;
    for (size_t k = 0; work->part != NULL && k < work->n_part; k++) {
        cox_risk_free(work->part[k].risk);
        free(work->part[k].total);
        free(work->part[k].mean);
        free(work->part[k].work);
    }
    free(work->part);
    cox_exact_free(work->exact);
    gram_free(work->gram);
    free(work->carry);
    free(work->margins);
    free(work->tied);
    free(work->memory);
    cox_point_free(work->last);
    free(work->exposure);
    free(work->r);
    free(work);
}

const struct cox_data *cox_work_data(const struct cox_work *work)
{
    return work->data;
}

size_t cox_work_threads(const struct cox_work *work)
{
    return work->n_threads;
}

const struct cox_point *cox_work_last(const struct cox_work *work)
{
    return work->evaluated ? work->last : NULL;
}

bool cox_work_two_parts(const struct cox_work *work)
{
    return work->two_parts;
}

const double *cox_work_risk(const struct cox_work *work)
{
    return work->r;
}

const double *cox_work_exposure(const struct cox_work *work)
{
    return work->exposure;
}

const double *cox_work_jump(const struct cox_work *work)
{
    return work->jump;
}

double cox_work_shift(const struct cox_work *work)
{
    return work->shift;
}

struct cox_point *cox_point_alloc(size_t p)
{
    struct cox_point *point = calloc(1, sizeof *point);

    if (point == NULL || (point->beta = calloc(p * p + 3 * p + 1, sizeof *point->beta)) == NULL) {
        free(point);
        return NULL;
    }
    point->p = p;
    point->score = point->beta + p;
    point->size = point->score + p;
    point->info = point->size + p;
    return point;
}

void cox_point_copy(struct cox_point *into, const struct cox_point *from)
{
    into->loglik = from->loglik;
    memcpy(into->beta, from->beta, (from->p * from->p + 3 * from->p) * sizeof *into->beta);
}

void cox_point_free(struct cox_point *point)
{
    if (point == NULL)
        return;
    free(point->beta);
    free(point);
}

/* ---- first pass over the rows: r --------------------------------------------------------------------------------- */

static size_t chunk_end(size_t first, size_t n)
{
    return n - first < ROW_CHUNK ? n : first + ROW_CHUNK;
}

static int find_risks(struct cox_work *work, const double *beta)
{
    const struct cox_data *data = work->data;
    double *const eta = work->exposure;
    double shift = -INFINITY;
    bool finite = true;

#pragma omp parallel for num_threads((int)work->n_threads) schedule(static) reduction(max : shift) \
    reduction(&& : finite)
    for (size_t first = 0; first < data->n; first += ROW_CHUNK) {
        const size_t end = chunk_end(first, data->n);
        for (size_t i = first; i < end; i++)
            eta[i] = data->offset != NULL ? data->offset[i] : 0;
        double table[GRAM_UNIT_CELLS];
        gram_predict(data->layout, beta, first, end, table, eta);
        for (size_t i = first; i < end; i++) {
            shift = eta[i] > shift ? eta[i] : shift;
            finite = finite && fabs(eta[i]) <= DBL_MAX;
        }
    }
    shift = reducer_largest(data->reducer, finite ? shift : (double)INFINITY);
    if (isinf(shift) && shift > 0)
        return GSL_EDOM;
    work->shift = shift;
#pragma omp parallel for num_threads((int)work->n_threads) schedule(static)
    for (size_t first = 0; first < data->n; first += ROW_CHUNK)
        for (size_t i = first; i < chunk_end(first, data->n); i++)
            work->r[i] = cox_weight(data, i) * exp(eta[i] - shift);
    return GSL_SUCCESS;
}

/* ---- the axis, from its end ------------------------------------------------------------------------------------ */

struct visit {
    struct cox_work *work;
    struct axis_part *part;
};

static int visit_position(void *context, size_t k, const struct cox_tied *tied, double s0, const double *s1, double d0,
                          const double *d1)
{
    const struct visit *visit = context;
    struct cox_work *work = visit->work;
    double *restrict mean = visit->part->mean;
    const size_t p = work->p;
    const double g = work->time_weight != NULL ? work->time_weight[k] : 1;
    const double square[3] = {g * tied->square[0], g * tied->square[1], g * tied->square[2]};

    (void)s0;
    (void)d0;
    work->jump[k] = g * tied->all;
    work->jump_dead[k] = g * tied->dead;
    visit->part->loglik += tied->loglik;
    if (tied->square[1] == 0) {
        for (size_t i = 0; i < p; i++) {
            const double a = square[0] * s1[i];
            for (size_t j = 0; j <= i; j++)
                mean[i * p + j] += a * s1[j];
        }
        return GSL_SUCCESS;
    }
    for (size_t i = 0; i < p; i++) {
        const double a = square[0] * s1[i] - square[1] * d1[i];
        const double b = square[2] * d1[i] - square[1] * s1[i];
        for (size_t j = 0; j <= i; j++)
            mean[i * p + j] += a * s1[j] + b * d1[j];
    }
    return GSL_SUCCESS;
}

static void fill_slice(struct cox_work *work, size_t slice, const struct fixed_scale *scale, struct axis_part *part)
{
    const size_t first = slice * COX_SLICE_TIMES, n_axis = work->data->n_axis;

    cox_risk_init(part->risk, scale, work->two_parts, first,
                  n_axis - first < COX_SLICE_TIMES ? n_axis : first + COX_SLICE_TIMES);
    cox_risk_add_slice(part->risk, work->r);
    cox_risk_close(part->risk);
}

/* The slice of all rows. */
static void take_slice(struct cox_work *work, size_t slice, const struct fixed_scale *scale, struct axis_part *part)
{
    const size_t first = slice * COX_SLICE_TIMES, n_axis = work->data->n_axis;

    if (work->margins == NULL) {
        fill_slice(work, slice, scale, part);
        return;
    }
    cox_risk_init(part->risk, scale, work->two_parts, first,
                  n_axis - first < COX_SLICE_TIMES ? n_axis : first + COX_SLICE_TIMES);
    cox_risk_get(part->risk, work->margins + cox_risk_n_margins(work->data, work->two_parts, 0, first));
    part->risk->tied = work->tied;
}

/* Places share out the positions by their events, over which the sums of ties go.  The first of place `place`. */
static size_t first_tied(const struct cox_data *data, size_t place)
{
    double all = 0, before = 0;
    size_t k = 0;

    for (size_t i = 0; i < data->n_axis; i++)
        all += data->n_dead[i];
    for (; k < data->n_axis && before < all * (double)place / (double)data->reducer->n_places; k++)
        before += data->n_dead[k];
    return place == data->reducer->n_places ? data->n_axis : k;
}

static void share_ties(struct cox_work *work, const struct fixed_scale *scale)
{
    const struct reducer *reducer = work->data->reducer;
    const size_t first = first_tied(work->data, reducer->place), end = first_tied(work->data, reducer->place + 1);

    if (work->n_part == 0)
        return;
    struct cox_risk *const risk = work->part[0].risk;
    risk->scale = *scale;
    risk->two_parts = work->two_parts;
    memset(work->tied, 0, work->data->n_axis * sizeof *work->tied);
    cox_tied_solve_own(risk, work->ties, work->margins, first, end, work->tied);
    /* Where all others have zeros the bits of a number are their sum. */
    reducer_sum(reducer, (int64_t *)(void *)work->tied, work->data->n_axis * (sizeof *work->tied / sizeof(int64_t)));
}

/* Where rows lie in several places: the margins of all slices, added up. */
static void join_slices(struct cox_work *work, const struct fixed_scale *scale)
{
#pragma omp parallel for num_threads((int)work->n_threads) schedule(dynamic, 1)
    for (size_t k = 0; k < work->n_part; k++) {
        struct axis_part *part = &work->part[k];
        for (size_t slice = part->first; slice < part->end; slice++) {
            fill_slice(work, slice, scale, part);
            cox_risk_give(part->risk, work->margins + cox_risk_n_margins(work->data, work->two_parts, 0, slice * COX_SLICE_TIMES));
        }
    }
    reducer_sum(work->data->reducer, work->margins, cox_risk_n_margins(work->data, work->two_parts, 0, work->data->n_axis));
}

/* What a part carries on to those before it. */
static void total_part(struct cox_work *work, const struct fixed_scale *scale, struct axis_part *part)
{
    part->ends = false;
    memset(part->total, 0, (work->p + 1) * sizeof *part->total);
    for (size_t slice = part->end; slice-- > part->first;) {
        take_slice(work, slice, scale, part);
        cox_risk_carry(part->risk, part->total);
        part->ends |= part->risk->ends;
    }
}

static void walk_part(struct cox_work *work, const struct fixed_scale *scale, struct axis_part *part,
                      cox_risk_visitor *visit, void *context)
{
    part->status = GSL_SUCCESS;
    for (size_t slice = part->end; slice-- > part->first && part->status == GSL_SUCCESS;) {
        if (part->end - part->first > 1) /* else it is still there */
            take_slice(work, slice, scale, part);
        part->status = cox_risk_walk(part->risk, work->ties, part->carry, part->work, visit, context);
        cox_risk_carry(part->risk, part->carry);
    }
}

static void carry_over(struct cox_work *work)
{
    const size_t stride = work->p + 1;

    memset(work->carry, 0, stride * sizeof *work->carry);
    for (size_t k = work->n_part; k-- > 0;) {
        const struct axis_part *part = &work->part[k];
        memcpy(part->carry, work->carry, stride * sizeof *work->carry);
        if (part->ends)
            memset(work->carry, 0, stride * sizeof *work->carry);
        for (size_t j = 0; j < stride; j++) {
            work->carry[j].high += part->total[j].high;
            work->carry[j].low += part->total[j].low;
        }
    }
}

/* Parts are summed beside each other, carried one after the other, and walked beside each other again.
   Without a visitor the terms of the likelihood are summed part by part. */
int cox_work_walk(struct cox_work *work, cox_risk_visitor *visitor, void *context)
{
    struct fixed_scale scale;

    (void)fixed_scale_init(&scale, work->data->weight_max, /* cox_data_alloc has tried it */
                           work->data->n_everywhere + work->data->n_enter_everywhere);
    if (work->margins != NULL) {
        join_slices(work, &scale);
        share_ties(work, &scale);
    }
#pragma omp parallel for num_threads((int)work->n_threads) schedule(dynamic, 1)
    for (size_t k = 0; k < work->n_part; k++)
        total_part(work, &scale, &work->part[k]);
    carry_over(work);
#pragma omp parallel for num_threads((int)work->n_threads) schedule(dynamic, 1)
    for (size_t k = 0; k < work->n_part; k++) {
        struct axis_part *part = &work->part[k];
        struct visit visit = {work, part};
        part->loglik = 0;
        memset(part->mean, 0, work->p * work->p * sizeof *part->mean);
        walk_part(work, &scale, part, visitor != NULL ? visitor : visit_position, visitor != NULL ? context : &visit);
    }
    for (size_t k = work->n_part; k-- > 0;)
        if (work->part[k].status != GSL_SUCCESS)
            return work->part[k].status;
    return GSL_SUCCESS;
}

static int walk_axis(struct cox_work *work, double *loglik)
{
    const int status = cox_work_walk(work, NULL, NULL);

    *loglik = 0;
    memset(work->mean, 0, work->p * work->p * sizeof *work->mean);
    if (status != GSL_SUCCESS)
        return status;
    for (size_t k = work->n_part; k-- > 0;) {
        *loglik += work->part[k].loglik;
        for (size_t j = 0; j < work->p * work->p; j++)
            work->mean[j] += work->part[k].mean[j];
    }
    return GSL_SUCCESS;
}

/* ---- second pass over the rows: r A, and its products ------------------------------------------------------------ */

static double find_exposures(struct cox_work *work)
{
    const struct cox_data *data = work->data;
    const double *const past = work->past;
    double max = 0;

    for (size_t k = 0; k < data->n_axis; k++)
        work->past[k] = (k > data->stratum_first[k] ? work->past[k - 1] : 0) + work->jump[k];
#pragma omp parallel for num_threads((int)work->n_threads) schedule(static) reduction(max : max)
    for (size_t i = 0; i < data->n; i++) {
        const size_t k = data->last[i], start = data->stratum_first[k];
        double hazard = past[k];
        if (data->dead[i] != 0)
            hazard = (k > start ? past[k - 1] : 0) + work->jump_dead[k];
        if (data->from != NULL && data->from[i] > start)
            hazard -= past[data->from[i] - 1];
        work->exposure[i] = work->r[i] * hazard;
        max = fabs(work->exposure[i]) > max ? fabs(work->exposure[i]) : max;
    }
    return max;
}

void cox_info_add(struct cox_info *info, const double *exposure, size_t first, size_t last)
{
    gram_add(info->gram, exposure, first, last);
}

int cox_info_merge(struct cox_info *into, const struct cox_info *from)
{
    return gram_merge(into->gram, from->gram);
}

/* Everything after the risks; events are those of the time weights. */
static int evaluate(struct cox_work *work, const double *events, struct cox_point *point)
{
    const size_t p = work->p;
    double loglik, total;
    int status;

    status = walk_axis(work, &loglik);
    if (status == GSL_EDOM && !work->two_parts) { /* from here on */
        work->two_parts = true;
        status = walk_axis(work, &loglik);
    }
    if (status != GSL_SUCCESS)
        return status;
    const double max = reducer_largest(work->data->reducer, find_exposures(work));
    status = gram_init(work->gram, max, work->data->n_everywhere) != GSL_SUCCESS
                 ? GSL_EDOM
                 : gram_add_all(work->gram, work->exposure, work->n_threads);
    if (status != GSL_SUCCESS)
        return status;
    gram_read_all(work->gram, work->data->reducer, &total, work->sum, point->info);
    point->loglik = work->data->offset_events - work->shift * work->event_weight - loglik;
    for (size_t i = 0; i < p; i++) {
        point->loglik += events[i] * point->beta[i];
        point->score[i] = events[i] - work->sum[i];
        point->size[i] = point->info[i * p + i];
        for (size_t j = 0; j <= i; j++) {
            point->info[i * p + j] -= work->mean[i * p + j];
            point->info[j * p + i] = point->info[i * p + j];
        }
    }
    return isfinite(point->loglik) ? GSL_SUCCESS : GSL_EDOM;
}

/* With the conditional likelihood; nothing by time or row is left behind but r. */
static int evaluate_exact(struct cox_work *work, struct cox_point *point)
{
    const struct cox_data *data = work->data;
    const size_t p = work->p;
    double loglik;

    for (size_t i = 0; i < data->n; i++)
        work->exposure[i] = data->weight != NULL ? work->r[i] / data->weight[i] : work->r[i];
    const int status = cox_exact_evaluate(work->exact, work->exposure, &loglik, work->sum, point->info);
    if (status != GSL_SUCCESS)
        return status;
    point->loglik = data->offset_events - work->shift * work->event_weight - loglik;
    for (size_t j = 0; j < p; j++) {
        point->loglik += work->events[j] * point->beta[j];
        point->score[j] = work->events[j] - work->sum[j];
        /* The variation of a column over all risk sets is at most this: |z| < 1. */
        point->size[j] = work->event_weight;
    }
    return isfinite(point->loglik) ? GSL_SUCCESS : GSL_EDOM;
}

int cox_evaluate(struct cox_work *work, struct cox_point *point)
{
    int status = find_risks(work, point->beta);

    work->weighted = work->evaluated = false;
    if (status == GSL_SUCCESS)
        status = work->exact != NULL ? evaluate_exact(work, point) : evaluate(work, work->events, point);
    if (status == GSL_SUCCESS) {
        cox_point_copy(work->last, point);
        work->evaluated = true;
    }
    return status;
}

int cox_evaluate_weighted(struct cox_work *work, const double *time_weight, double *events, struct cox_point *point)
{
    int status = sum_events(work, time_weight, events);

    if (status != GSL_SUCCESS)
        return status;
    if (!work->weighted)
        memcpy(work->kept, work->jump, 2 * work->data->n_axis * sizeof *work->kept);
    work->weighted = true;
    work->time_weight = time_weight;
    status = evaluate(work, events, point);
    work->time_weight = NULL;
    return status;
}

void cox_settle(struct cox_work *work)
{
    if (!work->weighted)
        return;
    memcpy(work->jump, work->kept, 2 * work->data->n_axis * sizeof *work->kept);
    find_exposures(work);
    work->weighted = false;
}
