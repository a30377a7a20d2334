/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/cox_exact.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

enum { RESCALE_BITS = 256 };

/* What one thread carries: all of e and e', and the rows begin .. end - 1 of e''. */
struct share {
    size_t begin, end;
    size_t stride;   /* of a degree: 1 + p + the rows of its triangle */
    double *degree;  /* [(d_max + 1) * stride] */
    int *power;      /* [d_max + 1] a degree holds its value times 2^-power */
    double *sums;    /* [1 + p + (end - begin) * p] log e, mean, info so far */
    int status;
};

struct cox_exact {
    const struct cox_data *data;
    size_t p, d_max;
    size_t n_share, n_all, first; /* shares of this place, of all workers, and of those before it */
    double *z;       /* [n * p] */
    uint32_t *row;   /* [n] rows by position, within one by covariates, offset and frequency */
    size_t *most;    /* [n_axis] largest number of tied events at this position or before it in its stratum */
    struct share *share;
};

/* ---- the order of rows ------------------------------------------------------------------------------------------- */

struct sort_key {
    const struct cox_exact *exact;
    uint32_t row;
};

static int compare_rows(const void *left, const void *right)
{
    const struct sort_key *a = left, *b = right;
    const struct cox_data *data = a->exact->data;
    const size_t p = a->exact->p;

    for (size_t j = 0; j < p; j++) {
        const double x = a->exact->z[a->row * p + j], y = a->exact->z[b->row * p + j];
        if (x != y)
            return x < y ? -1 : 1;
    }
    if (data->offset != NULL && data->offset[a->row] != data->offset[b->row])
        return data->offset[a->row] < data->offset[b->row] ? -1 : 1;
    /* Risks are divided by frequencies, which rounds: of rows that are alike in all else, in an order that is not that of the file. */
    if (data->weight != NULL && data->weight[a->row] != data->weight[b->row])
        return data->weight[a->row] < data->weight[b->row] ? -1 : 1;
    return 0;
}

static bool sort_rows(struct cox_exact *exact)
{
    const struct cox_data *data = exact->data;
    struct sort_key *keys = malloc((data->n + 1) * sizeof *keys);

    if (keys == NULL)
        return false;
    for (size_t k = 0; k < data->n_axis; k++) {
        const size_t first = data->first_row[k], n = data->first_row[k + 1] - first;
        for (size_t i = 0; i < n; i++)
            keys[i] = (struct sort_key){exact, (uint32_t)(first + i)};
        qsort(keys, n, sizeof *keys, compare_rows);
        for (size_t i = 0; i < n; i++)
            exact->row[first + i] = keys[i].row;
    }
    free(keys);
    return true;
}

/* ---- memory -------------------------------------------------------------------------------------------------------- */

static size_t triangle_rows(size_t begin, size_t end)
{
    return (begin + 1 + end) * (end - begin) / 2;
}

/* What the first rows of the triangle take: a row has its beginning, too. */
static size_t work_of(size_t n_rows)
{
    enum { BEGINNING = 8 };

    return triangle_rows(0, n_rows) + BEGINNING * n_rows;
}

/* Rows of the triangle in shares of about equal work: a row belongs where its middle is. */
static bool make_shares(struct cox_exact *exact)
{
    const size_t p = exact->p, whole = work_of(p);
    size_t begin = 0;

    for (size_t s = 0; s < exact->first + exact->n_share; s++) {
        struct share *share = &exact->share[s < exact->first ? 0 : s - exact->first];
        size_t end = begin;
        while (end < p && (s + 1 == exact->n_all || (work_of(end) + work_of(end + 1)) * exact->n_all <= 2 * whole * (s + 1)))
            end++;
        if (s < exact->first) { /* of another worker */
            begin = end;
            continue;
        }
        share->begin = begin;
        share->end = end;
        share->stride = 1 + p + triangle_rows(begin, end);
        share->degree = malloc((exact->d_max + 1) * share->stride * sizeof *share->degree);
        share->power = malloc((exact->d_max + 1) * sizeof *share->power);
        share->sums = malloc((1 + p + (end - begin) * p + 1) * sizeof *share->sums);
        if (share->degree == NULL || share->power == NULL || share->sums == NULL)
            return false;
        begin = end;
    }
    return true;
}

/* As many shares as there are threads of all workers, but not more than rows of the triangle. */
static void deal_shares(struct cox_exact *exact, const struct reducer *workers, size_t n_threads)
{
    const size_t n_worker = workers != NULL ? workers->n_places : 1, place = workers != NULL ? workers->place : 0;
    const size_t n = n_threads * n_worker;

    exact->n_all = n < exact->p ? n : exact->p > 0 ? exact->p : 1;
    exact->first = exact->n_all * place / n_worker;
    exact->n_share = exact->n_all * (place + 1) / n_worker - exact->first;
}

struct cox_exact *cox_exact_alloc(const struct cox_data *data, size_t n_threads)
{
    struct cox_exact *exact = calloc(1, sizeof *exact);
    const size_t p = data->copy->matrix.p;

    if (exact == NULL)
        return NULL;
    exact->data = data;
    exact->p = p;
    deal_shares(exact, data->workers, n_threads);
    exact->z = malloc((data->n * p + 1) * sizeof *exact->z);
    exact->row = malloc((data->n + 1) * sizeof *exact->row);
    exact->most = malloc((data->n_axis + 1) * sizeof *exact->most);
    exact->share = calloc(exact->n_share + 1, sizeof *exact->share);
    if (exact->z == NULL || exact->row == NULL || exact->most == NULL || exact->share == NULL) {
        cox_exact_free(exact);
        return NULL;
    }
    for (size_t i = 0; i < data->n; i++)
        design_row(&data->copy->matrix, i, exact->z + i * p);
    for (size_t k = 0; k < data->n_axis; k++) {
        const size_t here = (size_t)data->n_dead[k];
        exact->most[k] = here;
        if (k > data->stratum_first[k] && exact->most[k - 1] > here)
            exact->most[k] = exact->most[k - 1];
        exact->d_max = exact->most[k] > exact->d_max ? exact->most[k] : exact->d_max;
    }
    if (!sort_rows(exact) || !make_shares(exact)) {
        cox_exact_free(exact);
        return NULL;
    }
    return exact;
}

void cox_exact_free(struct cox_exact *exact)
{
    if (exact == NULL)
        return;
    for (size_t s = 0; exact->share != NULL && s < exact->n_share; s++) {
        free(exact->share[s].degree);
        free(exact->share[s].power);
        free(exact->share[s].sums);
    }
    free(exact->share);
    free(exact->most);
    free(exact->row);
    free(exact->z);
    free(exact);
}

/* ---- the recursion --------------------------------------------------------------------------------------------------- */

static void start(const struct cox_exact *exact, struct share *share)
{
    memset(share->degree, 0, (exact->d_max + 1) * share->stride * sizeof *share->degree);
    memset(share->power, 0, (exact->d_max + 1) * sizeof *share->power);
    share->degree[0] = 1; /* e_0 = 1 */
}

static void rescale(struct share *share, size_t k, int bits)
{
    double *degree = share->degree + k * share->stride;
    const double factor = ldexp(1, -bits);

    for (size_t j = 0; j < share->stride; j++)
        degree[j] *= factor;
    share->power[k] += bits;
}

/* One row of the triangle: i + 1 numbers. */
static void grow_row(double *restrict into, const double *restrict from, const double *restrict slope,
                     const double *restrict z, double c, double a, double b, size_t n)
{
    for (size_t j = 0; j < n; j++)
        into[j] += c * from[j] + a * slope[j] + b * z[j];
}

static void add_row(const struct cox_exact *exact, struct share *share, const double *z, double r, size_t most)
{
    const size_t p = exact->p;

    for (size_t k = most; k > 0; k--) {
        double *into = share->degree + k * share->stride;
        const double *from = into - share->stride, e = from[0];
        if (e == 0)
            continue;
        if (into[0] == 0) { /* the first set of this size */
            int exponent;
            frexp(r * e, &exponent);
            share->power[k] = share->power[k - 1] + exponent;
        }
        const double c = ldexp(r, share->power[k - 1] - share->power[k]);
        into[0] += c * e;
        double *triangle = into + 1 + p;
        const double *from_triangle = from + 1 + p;
        for (size_t i = share->begin; i < share->end; i++) {
            grow_row(triangle, from_triangle, from + 1, z, c, c * z[i], c * (from[1 + i] + z[i] * e), i + 1);
            triangle += i + 1;
            from_triangle += i + 1;
        }
        for (size_t j = 0; j < p; j++)
            into[1 + j] += c * (from[1 + j] + z[j] * e);
        if (into[0] > 0x1p256)
            rescale(share, k, RESCALE_BITS);
    }
}

static void add_copies(const struct cox_exact *exact, struct share *share, size_t i, double r, size_t most)
{
    const double copies = exact->data->counted ? exact->data->weight[i] : 1;

    for (double f = 0; f < copies; f++)
        add_row(exact, share, exact->z + i * exact->p, r, most);
}

/* log e_d, and the derivatives over e_d. */
static void read_position(const struct cox_exact *exact, struct share *share, size_t d)
{
    const size_t p = exact->p;
    const double *degree = share->degree + d * share->stride, e = degree[0], *slope = degree + 1;
    const double *triangle = slope + p;
    double *mean = share->sums + 1, *info = mean + p;

    if (!(e > 0)) {
        share->status = GSL_EDOM;
        return;
    }
    share->sums[0] += log(e) + share->power[d] * M_LN2;
    for (size_t j = 0; j < p; j++)
        mean[j] += slope[j] / e;
    for (size_t i = share->begin; i < share->end; i++) {
        for (size_t j = 0; j <= i; j++)
            info[(i - share->begin) * p + j] += triangle[j] / e - slope[i] / e * (slope[j] / e);
        triangle += i + 1;
    }
}

static void run_share(const struct cox_exact *exact, struct share *share, const double *r)
{
    const struct cox_data *data = exact->data;
    const size_t p = exact->p;

    share->status = GSL_SUCCESS;
    memset(share->sums, 0, (1 + p + (share->end - share->begin) * p) * sizeof *share->sums);
    for (size_t k = data->n_axis; k-- > 0;) {
        const size_t d = (size_t)data->n_dead[k];
        const bool anew = data->from != NULL || data->stratum_end[k] == k + 1;
        const size_t end = data->from != NULL ? data->first_row[data->stratum_end[k]] : data->first_row[k + 1];
        if (anew)
            start(exact, share);
        for (size_t m = data->first_row[k]; m < end; m++) {
            const size_t i = exact->row[m];
            if (data->from == NULL || data->from[i] <= k)
                add_copies(exact, share, i, r[i], data->from != NULL ? d : exact->most[k]);
        }
        read_position(exact, share, d);
    }
}

/* Rows of the matrix as workers send them: begin, end, log e, mean, and the rows. */
static size_t packet_size(const struct cox_exact *exact, size_t begin, size_t end)
{
    return (2 + 1 + exact->p + (end - begin) * exact->p) * sizeof(double);
}

static void read_rows(const struct cox_exact *exact, size_t begin, size_t end, const double *sums, double *loglik, double *mean, double *info)
{
    const size_t p = exact->p;

    *loglik = sums[0];
    memcpy(mean, sums + 1, p * sizeof *mean);
    for (size_t i = begin; i < end; i++)
        for (size_t j = 0; j <= i; j++)
            info[i * p + j] = info[j * p + i] = sums[1 + p + (i - begin) * p + j];
}

/* Those of this worker go to all, and come from them. */
static int exchange_rows(const struct cox_exact *exact, double *loglik, double *mean, double *info)
{
    const struct reducer *const workers = exact->data->workers;
    struct reducer_bytes all = {0};
    size_t n = 0, at = 0;

    for (size_t s = 0; s < exact->n_share; s++)
        n += packet_size(exact, exact->share[s].begin, exact->share[s].end);
    unsigned char *const packets = malloc(n + 1);
    int status = reducer_status(workers, packets == NULL ? GSL_ENOMEM : GSL_SUCCESS);
    for (size_t s = 0; status == GSL_SUCCESS && s < exact->n_share; s++) {
        const struct share *const share = &exact->share[s];
        const double ends[] = {(double)share->begin, (double)share->end};
        const size_t size = packet_size(exact, share->begin, share->end);
        memcpy(packets + at, ends, sizeof ends);
        memcpy(packets + at + sizeof ends, share->sums, size - sizeof ends);
        at += size;
    }
    if (status == GSL_SUCCESS)
        status = reducer_status(workers, workers->collect(workers->context, packets, n, &all));
    for (at = 0; status == GSL_SUCCESS && at < all.n;) {
        const double *const packet = (const double *)(void *)(all.bytes + at);
        const size_t begin = (size_t)packet[0], end = (size_t)packet[1];
        read_rows(exact, begin, end, packet + 2, loglik, mean, info);
        at += packet_size(exact, begin, end);
    }
    free(all.bytes);
    free(packets);
    return status;
}

int cox_exact_evaluate(struct cox_exact *exact, const double *r, double *loglik, double *mean, double *info)
{
    int status = GSL_SUCCESS;

    if (exact->n_share > 0) {
#pragma omp parallel for num_threads((int)exact->n_share) schedule(static, 1)
        for (size_t s = 0; s < exact->n_share; s++)
            run_share(exact, &exact->share[s], r);
    }
    for (size_t s = 0; s < exact->n_share; s++)
        status = exact->share[s].status != GSL_SUCCESS ? exact->share[s].status : status;
    status = reducer_status(exact->data->workers, status);
    if (status != GSL_SUCCESS || exact->data->workers != NULL)
        return status != GSL_SUCCESS ? status : exchange_rows(exact, loglik, mean, info);
    for (size_t s = 0; s < exact->n_share; s++)
        read_rows(exact, exact->share[s].begin, exact->share[s].end, exact->share[s].sums, loglik, mean, info);
    return GSL_SUCCESS;
}
