/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/finegray_pass.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

/* Sums that are kept by time: 64 MiB of them; where there are more times they are made twice. */
enum { DELTA_MAX = 1 << 22 };

size_t finegray_running_size(const struct finegray_pass *pass)
{
    return (1 + pass->data->n_group) * finegray_stride(pass->p);
}

/* Reals that a part adds: loglik, means, later_mean. */
static size_t real_size(const struct finegray_pass *pass)
{
    return 1 + pass->p * pass->p + pass->data->n_group * pass->p;
}

int finegray_pass_alloc(const struct finegray_data *data, size_t n_threads, struct finegray_pass *pass)
{
    const size_t p = data->copy->matrix.p, n_group = data->n_group;

    *pass = (struct finegray_pass){.data = data, .p = p, .n_threads = n_threads};
    pass->risk = malloc((data->n + 1) * sizeof *pass->risk);
    pass->weight = malloc((data->n + 1) * sizeof *pass->weight);
    pass->increment = malloc((2 + n_group) * data->n_time * sizeof *pass->increment);
    pass->means = malloc((p * p + n_group * p + 1) * sizeof *pass->means);
    pass->layout = gram_layout_alloc(&data->copy->matrix, n_threads);
    pass->gram = pass->layout != NULL ? gram_alloc(pass->layout) : NULL;
    pass->start = malloc((data->n_part + 1) * finegray_running_size(pass) * sizeof *pass->start);
    pass->part_real = malloc(data->n_part * real_size(pass) * sizeof *pass->part_real);
    if (data->reducer != NULL || data->n_time * finegray_running_size(pass) <= DELTA_MAX)
        pass->delta = malloc(data->n_time * finegray_running_size(pass) * sizeof *pass->delta);
    if (pass->risk == NULL || pass->weight == NULL || pass->increment == NULL || pass->means == NULL ||
        pass->gram == NULL || pass->start == NULL || pass->part_real == NULL || (data->reducer != NULL && pass->delta == NULL))
        return GSL_ENOMEM;
    pass->hazard = pass->increment + data->n_time;
    pass->later = pass->hazard + data->n_time;
    pass->later_mean = pass->means + p * p;
    return GSL_SUCCESS;
}

void finegray_pass_clear(struct finegray_pass *pass)
{
    free(pass->risk);
    free(pass->weight);
    free(pass->increment);
    free(pass->means);
    gram_free(pass->gram);
    gram_layout_free(pass->layout);
    free(pass->start);
    free(pass->delta);
    free(pass->part_real);
    *pass = (struct finegray_pass){0};
}

/* ---- exp(z beta) --------------------------------------------------------------------------------------------- */

static size_t first_row(const struct finegray_data *data, size_t part)
{
    return data->cell[data->part[part] * FINEGRAY_KINDS * data->n_group];
}

static void predict(const struct finegray_pass *pass, const double *beta, size_t part, double *max)
{
    const struct finegray_data *data = pass->data;
    const size_t first = first_row(data, part), last = first_row(data, part + 1);
    double *eta = pass->risk;

    for (size_t i = first; i < last; i++)
        eta[i] = data->offset != NULL ? data->offset[i] : 0;
    design_predict(&data->copy->matrix, beta, first, last, eta);
    for (size_t i = first; i < last; i++)
        if (!(eta[i] <= *max))
            *max = eta[i]; /* NaN stays */
}

static int fill_risk(struct finegray_pass *pass, const double *beta)
{
    const struct finegray_data *data = pass->data;
    double largest = -INFINITY;
    bool finite = true;

#pragma omp parallel for num_threads((int)pass->n_threads) schedule(dynamic, 1) reduction(max : largest) reduction(&& : finite)
    for (size_t part = 0; part < data->n_part; part++) {
        double max = -INFINITY;
        predict(pass, beta, part, &max);
        finite = finite && (isfinite(max) || first_row(data, part) == first_row(data, part + 1));
        largest = max > largest ? max : largest;
    }
    largest = reducer_largest(data->reducer, finite ? largest : INFINITY);
    finite = isfinite(largest);
    pass->shift = largest;
#pragma omp parallel for num_threads((int)pass->n_threads) schedule(static)
    for (size_t i = 0; i < data->n; i++)
        pass->weight[i] = pass->risk[i] - largest;
#pragma omp parallel for num_threads((int)pass->n_threads) schedule(static)
    for (size_t i = 0; i < data->n; i++)
        pass->risk[i] = exp(pass->weight[i]);
    return finite ? GSL_SUCCESS : GSL_EDOM;
}

/* ---- running sums -------------------------------------------------------------------------------------------- */

struct finegray_running finegray_running_at(const struct finegray_pass *pass, struct finegray_sum *sums)
{
    return (struct finegray_running){sums, sums + finegray_stride(pass->p)};
}

enum { ROWS_AT_ONCE = 256, ROWS_ALONE = 8 };

static inline struct finegray_sum *place(struct finegray_sum *sums, int32_t column)
{
    return &sums[FINEGRAY_COLUMNS + column]; /* DESIGN_NONE is -1: nowhere */
}

/* Up to ROWS_AT_ONCE rows, block by block, so that the loops are short and have no branches. */
static void add_some(const struct design_matrix *design, const struct fixed_scale *scale, const double *x, size_t first,
                     size_t n, struct finegray_sum *sums)
{
    int64_t high[ROWS_AT_ONCE], low[ROWS_AT_ONCE], all_high = 0, all_low = 0;

    for (size_t i = 0; i < n; i++) {
        fixed_split(scale, x[i], &high[i], &low[i]);
        all_high += high[i];
        all_low += low[i];
    }
    sums[FINEGRAY_S0].high += all_high;
    sums[FINEGRAY_S0].low += all_low;
    for (size_t b = 0; b < design->n_block; b++) {
        const struct design_block *block = &design->block[b];
        const uint16_t *code = block->code != NULL ? block->code + first : NULL;
        const double *value = block->value != NULL ? block->value + first : NULL;
        if (value == NULL && code == NULL) {
            place(sums, block->column[0])->high += all_high;
            place(sums, block->column[0])->low += all_low;
            continue;
        }
        for (size_t i = 0; i < n; i++) {
            struct finegray_sum *sum = place(sums, block->column[code != NULL ? code[i] : 0]);
            int64_t h = high[i], l = low[i];
            if (value != NULL)
                fixed_split(scale, x[i] * value[i], &h, &l);
            sum->high += h;
            sum->low += l;
        }
    }
}

static void add_many(const struct design_matrix *design, const struct fixed_scale *scale, const double *x, size_t first,
                     size_t last, double divisor, int sign, struct finegray_sum *sums)
{
    double part[ROWS_AT_ONCE];

    while (first < last) {
        const size_t n = last - first < ROWS_AT_ONCE ? last - first : ROWS_AT_ONCE;
        for (size_t i = 0; i < n; i++)
            part[i] = sign * (x[first + i] / divisor);
        add_some(design, scale, part, first, n, sums);
        first += n;
    }
}

/* One row: where nearly every time has its own, setting up the blocks would cost more than they save. */
static void add_one(const struct design_matrix *design, const struct fixed_scale *scale, double x, size_t row,
                    struct finegray_sum *sums)
{
    int64_t high, low;

    fixed_split(scale, x, &high, &low);
    sums[FINEGRAY_S0].high += high;
    sums[FINEGRAY_S0].low += low;
    for (size_t b = 0; b < design->n_block; b++) {
        const struct design_block *block = &design->block[b];
        struct finegray_sum *sum = place(sums, block->column[block->code != NULL ? block->code[row] : 0]);
        int64_t h = high, l = low;
        if (block->value != NULL)
            fixed_split(scale, x * block->value[row], &h, &l);
        sum->high += h;
        sum->low += l;
    }
}

void finegray_add_rows(const struct design_matrix *design, const struct fixed_scale *scale, const double *x, size_t first,
                       size_t last, double divisor, int sign, struct finegray_sum *sums)
{
    for (; first < last && last - first <= ROWS_ALONE; first++)
        add_one(design, scale, sign * (x[first] / divisor), first, sums);
    if (first < last)
        add_many(design, scale, x, first, last, divisor, sign, sums);
}

/* The rows of time k leave those followed; who had another event joins the others of the group. */
static void add_time(const struct finegray_pass *pass, const struct finegray_running *running, size_t k)
{
    const struct finegray_data *data = pass->data;
    const struct design_matrix *design = &data->copy->matrix;
    const size_t step = FINEGRAY_KINDS * data->n_group;

    finegray_add_rows(design, &pass->scale, pass->risk, data->cell[k * step], data->cell[(k + 1) * step], 1, -1,
                      running->followed);
    for (size_t group = 0; group < data->n_group; group++) {
        const size_t c = finegray_cell(data, k, FINEGRAY_OTHER, group);
        finegray_add_rows(design, &pass->scale_other, pass->risk, data->cell[c], data->cell[c + 1],
                          data->g[k * data->n_group + group], 1, running->other + group * finegray_stride(pass->p));
    }
}

void finegray_running_move(const struct finegray_pass *pass, const struct finegray_running *running, size_t k)
{
    const size_t size = finegray_running_size(pass);

    if (pass->delta == NULL) {
        add_time(pass, running, k);
        return;
    }
    const struct finegray_sum *delta = pass->delta + k * size;
    for (size_t j = 0; j < size; j++) {
        running->followed[j].high += delta[j].high; /* others follow in the same array */
        running->followed[j].low += delta[j].low;
    }
}

static double sum_value(const struct fixed_scale *scale, const struct finegray_sum *sum)
{
    return fixed_wide_value(scale, fixed_wide(scale, sum->high, sum->low));
}

/* One of the sums over the weighted risk set of time k. */
static double risk_set(const struct finegray_pass *pass, const struct finegray_running *running, size_t k, size_t at)
{
    const size_t n_group = pass->data->n_group, stride = finegray_stride(pass->p);
    double sum = sum_value(&pass->scale, &running->followed[at]);

    for (size_t group = 0; group < n_group; group++)
        sum += pass->data->g[k * n_group + group] * sum_value(&pass->scale_other, &running->other[group * stride + at]);
    return sum;
}

double finegray_means(const struct finegray_pass *pass, const struct finegray_running *running, size_t k, double *e)
{
    const double s0 = risk_set(pass, running, k, FINEGRAY_S0);

    for (size_t j = 0; e != NULL && j < pass->p; j++)
        e[j] = risk_set(pass, running, k, FINEGRAY_COLUMNS + j) / s0;
    return s0;
}

/* What each time changes, of the rows in all places. */
static void fill_deltas(struct finegray_pass *pass)
{
    const struct finegray_data *data = pass->data;
    const size_t size = finegray_running_size(pass);

#pragma omp parallel for num_threads((int)pass->n_threads) schedule(dynamic, 1)
    for (size_t part = 0; part < data->n_part; part++)
        for (size_t k = data->part[part]; k < data->part[part + 1]; k++) {
            struct finegray_sum *const delta = pass->delta + k * size;
            const struct finegray_running change = finegray_running_at(pass, delta);
            memset(delta, 0, size * sizeof *delta);
            add_time(pass, &change, k);
        }
    reducer_sum(data->reducer, &pass->delta[0].high, 2 * data->n_time * size);
}

/* Sums of all rows and the start of every part: each part is summed for itself, then added up in order. */
static void start_parts(struct finegray_pass *pass)
{
    const struct finegray_data *data = pass->data;
    const size_t size = finegray_running_size(pass), stride = finegray_stride(pass->p);

    memset(pass->start, 0, (data->n_part + 1) * size * sizeof *pass->start);
    if (pass->delta != NULL)
        fill_deltas(pass);
#pragma omp parallel for num_threads((int)pass->n_threads) schedule(dynamic, 1)
    for (size_t part = 0; part < data->n_part; part++) {
        const struct finegray_running running = finegray_running_at(pass, pass->start + (part + 1) * size);
        for (size_t k = data->part[part]; k < data->part[part + 1]; k++)
            finegray_running_move(pass, &running, k);
    }
    /* What leaves in all parts is what was there at the start. */
    for (size_t part = 1; part <= data->n_part; part++)
        for (size_t j = 0; j < stride; j++) {
            pass->start[j].high -= pass->start[part * size + j].high;
            pass->start[j].low -= pass->start[part * size + j].low;
        }
    for (size_t part = 1; part <= data->n_part; part++)
        for (size_t j = 0; j < size; j++) {
            pass->start[part * size + j].high += pass->start[(part - 1) * size + j].high;
            pass->start[part * size + j].low += pass->start[(part - 1) * size + j].low;
        }
}

static int64_t events_at(const struct finegray_data *data, size_t k)
{
    const size_t c = finegray_cell(data, k, FINEGRAY_EVENT, 0);
    int64_t n = 0;

    for (size_t group = 0; group < data->n_group; group++)
        n += data->count[c + group];
    return n;
}

/* S0 and E along a part; what follows from them.  running and e are this thread's. */
static bool walk_part(struct finegray_pass *pass, size_t part, struct finegray_sum *sums, double *e)
{
    const struct finegray_data *data = pass->data;
    const size_t p = pass->p, n_group = data->n_group, size = finegray_running_size(pass);
    double *real = pass->part_real + part * real_size(pass), *means = real + 1, *later_mean = means + p * p;
    const struct finegray_running running = finegray_running_at(pass, sums);

    memset(real, 0, real_size(pass) * sizeof *real);
    memcpy(sums, pass->start + part * size, size * sizeof *sums);
    for (size_t k = data->part[part]; k < data->part[part + 1]; k++) {
        const double d = (double)events_at(data, k);
        pass->increment[k] = 0;
        if (d > 0) {
            const double s0 = finegray_means(pass, &running, k, e);
            if (!(s0 > 0 && isfinite(s0)))
                return false;
            pass->increment[k] = d / s0;
            real[0] -= d * log(s0);
            for (size_t i = 0; i < p; i++)
                for (size_t j = 0; j <= i; j++)
                    means[i * p + j] += d * e[i] * e[j];
            for (size_t group = 0; group < n_group; group++)
                for (size_t j = 0; j < p; j++)
                    later_mean[group * p + j] += data->g[k * n_group + group] * pass->increment[k] * e[j];
        }
        finegray_running_move(pass, &running, k);
    }
    return true;
}

static int walk_parts(struct finegray_pass *pass)
{
    const struct finegray_data *data = pass->data;
    bool good = true, has_room = true;

#pragma omp parallel num_threads((int)pass->n_threads) reduction(&& : good, has_room)
    {
        struct finegray_sum *sums = malloc(finegray_running_size(pass) * sizeof *sums);
        double *e = malloc((pass->p + 1) * sizeof *e);
        has_room = sums != NULL && e != NULL;
#pragma omp for schedule(dynamic, 1)
        for (size_t part = 0; part < data->n_part; part++)
            good = has_room && walk_part(pass, part, sums, e) && good;
        free(sums);
        free(e);
    }
    return !has_room ? GSL_ENOMEM : good ? GSL_SUCCESS : GSL_EDOM;
}

/* Parts in their order, so that the sum does not depend on who computed them. */
static void add_parts(struct finegray_pass *pass)
{
    const struct finegray_data *data = pass->data;
    const size_t p = pass->p, n_group = data->n_group;

    memset(pass->means, 0, (p * p + n_group * p) * sizeof *pass->means);
    pass->loglik = 0;
    for (size_t part = 0; part < data->n_part; part++) {
        const double *real = pass->part_real + part * real_size(pass);
        pass->loglik += real[0];
        for (size_t j = 0; j < p * p + n_group * p; j++)
            pass->means[j] += real[1 + j]; /* later_mean follows means in both */
    }
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < i; j++)
            pass->means[j * p + i] = pass->means[i * p + j];
}

static void accumulate_hazard(struct finegray_pass *pass)
{
    const struct finegray_data *data = pass->data;
    const size_t n_group = data->n_group;
    double hazard = 0;

    for (size_t k = 0; k < data->n_time; k++)
        pass->hazard[k] = hazard += pass->increment[k];
    for (size_t group = 0; group < n_group; group++) {
        double later = 0;
        for (size_t k = data->n_time; k-- > 0;) {
            pass->later[k * n_group + group] = later;
            later += data->g[k * n_group + group] * pass->increment[k];
        }
    }
}

/* sum over events of eta - shift, exact. */
static int add_event_predictors(struct finegray_pass *pass)
{
    const struct finegray_data *data = pass->data;
    struct fixed_scale scale;
    struct finegray_sum sum = {0, 0};
    double bound = 0;

    for (size_t i = 0; i < data->n; i++)
        bound = fmax(bound, -pass->weight[i]);
    if (fixed_scale_init(&scale, reducer_largest(data->reducer, bound), data->n_all) != GSL_SUCCESS)
        return GSL_EDOM;
    for (size_t k = 0; k < data->n_time; k++) {
        const size_t c = finegray_cell(data, k, FINEGRAY_EVENT, 0);
        for (size_t i = data->cell[c]; i < data->cell[c + data->n_group]; i++) {
            int64_t high, low;
            fixed_split(&scale, pass->weight[i], &high, &low);
            sum.high += high;
            sum.low += low;
        }
    }
    reducer_sum(data->reducer, &sum.high, 2);
    pass->loglik += sum_value(&scale, &sum);
    return isfinite(pass->loglik) ? GSL_SUCCESS : GSL_EDOM;
}

int finegray_pass_run(struct finegray_pass *pass, const double *beta)
{
    const struct finegray_data *data = pass->data;
    double smallest = 1;

    int status = fill_risk(pass, beta);
    for (size_t k = 0; k < data->n_time; k++)
        for (size_t group = 0; group < data->n_group; group++) {
            if (data->count[finegray_cell(data, k, FINEGRAY_OTHER, group)] > 0)
                smallest = fmin(smallest, data->g[k * data->n_group + group]);
        }
    if (status == GSL_SUCCESS)
        status = fixed_scale_init(&pass->scale, 1, data->n_all);
    if (status == GSL_SUCCESS)
        status = fixed_scale_init(&pass->scale_other, 1 / smallest, data->n_all);
    if (status == GSL_SUCCESS) {
        start_parts(pass);
        status = walk_parts(pass);
    }
    if (status != GSL_SUCCESS)
        return status;
    add_parts(pass);
    accumulate_hazard(pass);
    return add_event_predictors(pass);
}

/* ---- sums over rows ------------------------------------------------------------------------------------------ */

int finegray_pass_gram(struct finegray_pass *pass, double *first, double *second)
{
    const size_t n = pass->data->n;
    double bound = 0, total;

#pragma omp parallel for num_threads((int)pass->n_threads) reduction(max : bound) schedule(static)
    for (size_t i = 0; i < n; i++)
        bound = fabs(pass->weight[i]) > bound ? fabs(pass->weight[i]) : bound;
    bound = reducer_largest(pass->data->reducer, bound);
    int status = gram_init(pass->gram, bound, pass->data->n_all) != GSL_SUCCESS ? GSL_EDOM : GSL_SUCCESS;
    if (status == GSL_SUCCESS)
        status = gram_add_all(pass->gram, pass->weight, pass->n_threads);
    if (status == GSL_SUCCESS)
        gram_read_all(pass->gram, pass->data->reducer, &total, first, second);
    return status;
}

int finegray_pass_info(struct finegray_pass *pass, double *first, double *second)
{
    const struct finegray_data *data = pass->data;
    const size_t n_group = data->n_group;

#pragma omp parallel for num_threads((int)pass->n_threads) schedule(static)
    for (size_t k = 0; k < data->n_time; k++)
        for (int kind = 0; kind < FINEGRAY_KINDS; kind++)
            for (size_t group = 0; group < n_group; group++) {
                const size_t c = finegray_cell(data, k, (enum finegray_kind)kind, group), at = k * n_group + group;
                const double a = pass->hazard[k] + (kind == FINEGRAY_OTHER && data->cell[c + 1] > data->cell[c]
                                                        ? pass->later[at] / data->g[at]
                                                        : 0);
                for (size_t i = data->cell[c]; i < data->cell[c + 1]; i++)
                    pass->weight[i] = pass->risk[i] * a;
            }
    return finegray_pass_gram(pass, first, second);
}
