/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/finegray_variance.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/fixed_total.h"
#include "stats/outer_sum.h"

/* What a walk along the axis does with the rows of a cell. */
enum use { USE_BOUND, USE_SQUARES, USE_CLUSTERS };

struct walk {
    struct finegray_pass *pass;
    enum use use;
    double *meat;
    /* Clusters: whole numbers, so that the order of the rows does not matter. */
    const int32_t *cluster; /* of the given rows */
    struct fixed_scale scale;
    int64_t *sums; /* [n_cluster * p] */
    double bound;  /* of |share| */
    /* Along the axis; [p] each, those with a group [n_group * p]. */
    struct finegray_sum *running;
    double *e, *hazard_mean, *later_mean, *drift, *q, *b, *c, *x, *y;
    void *memory;
    double alpha_max;
    /* Squares: sums over the rows of each of some cells, in all places. */
    double *product; /* [n] alpha e */
    struct fixed_scale row_scale;
    int64_t *block;  /* [block_cells * slot_size] */
    size_t block_cells, block_first, block_end;
};

static int walk_alloc(struct finegray_pass *pass, struct walk *walk)
{
    const size_t p = pass->p, n_group = pass->data->n_group;
    double *real;

    *walk = (struct walk){.pass = pass};
    walk->running = malloc(finegray_running_size(pass) * sizeof *walk->running);
    walk->memory = real = malloc(((6 + 3 * n_group) * p + 1) * sizeof *real);
    if (walk->running == NULL || real == NULL)
        return GSL_ENOMEM;
    double **const columns[] = {&walk->e, &walk->hazard_mean, &walk->b, &walk->c, &walk->x, &walk->y};
    for (size_t k = 0; k < 6; k++)
        *columns[k] = real + k * p;
    walk->later_mean = real + 6 * p;
    walk->drift = walk->later_mean + n_group * p;
    walk->q = walk->drift + n_group * p;
    return GSL_SUCCESS;
}

static void walk_clear(struct walk *walk)
{
    free(walk->running);
    free(walk->memory);
    free(walk->sums);
}

/* alpha_i = delta_i - e_i a_i, left in pass->weight. */
static double fill_alpha(struct finegray_pass *pass)
{
    const struct finegray_data *data = pass->data;
    double max = 0;

    for (size_t k = 0; k < data->n_time; k++)
        for (int kind = 0; kind < FINEGRAY_KINDS; kind++)
            for (size_t group = 0; group < data->n_group; group++) {
                const size_t c = finegray_cell(data, k, (enum finegray_kind)kind, group), at = k * data->n_group + group;
                if (data->cell[c] == data->cell[c + 1])
                    continue;
                const double a = pass->hazard[k] + (kind == FINEGRAY_OTHER ? pass->later[at] / data->g[at] : 0);
                const double event = kind == FINEGRAY_EVENT;
                for (size_t i = data->cell[c]; i < data->cell[c + 1]; i++) {
                    pass->weight[i] = event - pass->risk[i] * a;
                    max = fmax(max, fabs(pass->weight[i]));
                }
            }
    return reducer_largest(data->reducer, max);
}

/* ---- the rows of a cell -------------------------------------------------------------------------------------- */

static void row_share(const struct walk *walk, size_t i, double *share)
{
    const struct finegray_pass *pass = walk->pass;

    design_row(&pass->data->copy->matrix, i, share);
    for (size_t j = 0; j < pass->p; j++)
        share[j] = pass->weight[i] * share[j] + pass->risk[i] * walk->b[j] + walk->c[j];
}

static double value_of(const struct fixed_scale *scale, const struct finegray_sum *sum)
{
    return fixed_wide_value(scale, fixed_wide(scale, sum->high, sum->low));
}

/*
 * What is summed over the rows of a cell: alpha z and alpha e z, in the places of finegray_stride(p), e and e^2.  Of a cell with one row
 * its z, alpha and e themselves, bit by bit, where it is, and nothing elsewhere: so they are their sum.
 */
struct cell_sums {
    struct finegray_sum *row, *risk_row, *risk, *risk2;
};

static size_t slot_size(const struct finegray_pass *pass)
{
    return 4 * finegray_stride(pass->p) + 4;
}

static struct cell_sums sums_in(const struct finegray_pass *pass, int64_t *slot)
{
    struct finegray_sum *const sums = (struct finegray_sum *)(void *)slot;
    const size_t stride = finegray_stride(pass->p);

    return (struct cell_sums){sums, sums + stride, sums + 2 * stride, sums + 2 * stride + 1};
}

/* The Gram matrix has no part in a row that is alone. */
static void show_row(struct walk *walk, size_t i, int64_t *slot)
{
    struct finegray_pass *const pass = walk->pass;
    const double of_row[] = {pass->weight[i], pass->risk[i]};

    design_row(&pass->data->copy->matrix, i, walk->x);
    memcpy(slot, walk->x, pass->p * sizeof *slot);
    memcpy(slot + pass->p, of_row, sizeof of_row);
    pass->weight[i] = 0;
}

static void sum_rows(const struct walk *walk, size_t first, size_t last, int64_t *slot)
{
    const struct finegray_pass *pass = walk->pass;
    const struct design_matrix *design = &pass->data->copy->matrix;
    const struct cell_sums sums = sums_in(pass, slot);

    finegray_add_rows(design, &walk->row_scale, pass->weight, first, last, 1, 1, sums.row);
    finegray_add_rows(design, &walk->row_scale, walk->product, first, last, 1, 1, sums.risk_row);
    for (size_t i = first; i < last; i++) {
        const double e = pass->risk[i];
        int64_t high, low;
        fixed_split(&pass->scale, e, &high, &low);
        sums.risk->high += high;
        sums.risk->low += low;
        fixed_split(&pass->scale, e * e, &high, &low);
        sums.risk2->high += high;
        sums.risk2->low += low;
    }
}

/* Some cells from c on. */
static void fill_block(struct walk *walk, size_t c)
{
    const struct finegray_data *data = walk->pass->data;
    const size_t n_cell = data->n_time * FINEGRAY_KINDS * data->n_group, size = slot_size(walk->pass);

    walk->block_first = c;
    walk->block_end = n_cell - c < walk->block_cells ? n_cell : c + walk->block_cells;
    memset(walk->block, 0, (walk->block_end - c) * size * sizeof *walk->block);
    for (; c < walk->block_end; c++) {
        int64_t *const slot = walk->block + (c - walk->block_first) * size;
        if (data->cell[c] == data->cell[c + 1])
            continue;
        if (data->count[c] == 1)
            show_row(walk, data->cell[c], slot);
        else
            sum_rows(walk, data->cell[c], data->cell[c + 1], slot);
    }
    reducer_sum(data->reducer, walk->block, (walk->block_end - walk->block_first) * size);
}

static void square_row(struct walk *walk, const int64_t *slot)
{
    const size_t p = walk->pass->p;
    double of_row[2];

    memcpy(walk->y, slot, p * sizeof *walk->y);
    memcpy(of_row, slot + p, sizeof of_row);
    for (size_t j = 0; j < p; j++)
        walk->x[j] = of_row[0] * walk->y[j] + of_row[1] * walk->b[j] + walk->c[j];
    for (size_t j = 0; j < p; j++)
        for (size_t l = 0; l <= j; l++)
            walk->meat[j * p + l] += walk->x[j] * walk->x[l];
}

static void add_squares(struct walk *walk, size_t c)
{
    const struct finegray_pass *pass = walk->pass;
    const size_t p = pass->p;

    if (c >= walk->block_end)
        fill_block(walk, c);
    int64_t *const slot = walk->block + (c - walk->block_first) * slot_size(pass);
    if (pass->data->count[c] == 1) {
        square_row(walk, slot);
        return;
    }
    const struct cell_sums sums = sums_in(pass, slot);
    const double s1 = value_of(&pass->scale, sums.risk), s2 = value_of(&pass->scale, sums.risk2), n = (double)pass->data->count[c];
    for (size_t j = 0; j < p; j++) {
        walk->x[j] = value_of(&walk->row_scale, &sums.risk_row[FINEGRAY_COLUMNS + j]) + s2 / 2 * walk->b[j] + s1 * walk->c[j];
        walk->y[j] = value_of(&walk->row_scale, &sums.row[FINEGRAY_COLUMNS + j]) + n / 2 * walk->c[j];
    }
    for (size_t j = 0; j < p; j++)
        for (size_t l = 0; l <= j; l++)
            walk->meat[j * p + l] += walk->x[j] * walk->b[l] + walk->b[j] * walk->x[l] + walk->y[j] * walk->c[l] +
                                     walk->c[j] * walk->y[l];
}

static void add_to_clusters(struct walk *walk, size_t first, size_t last)
{
    const struct finegray_data *data = walk->pass->data;
    const size_t p = walk->pass->p;

    for (size_t i = first; i < last; i++) {
        int64_t *sum = walk->sums + (size_t)walk->cluster[data->order[i]] * p;
        row_share(walk, i, walk->x);
        for (size_t j = 0; j < p; j++)
            sum[j] += fixed_part(&walk->scale, walk->x[j]);
    }
}

static void use_cell(struct walk *walk, size_t c)
{
    const size_t *const cell = walk->pass->data->cell;

    switch (walk->use) {
    case USE_BOUND: /* |z| and the risk are at most 1 */
        for (size_t j = 0; j < walk->pass->p; j++)
            walk->bound = fmax(walk->bound, walk->alpha_max + fabs(walk->b[j]) + fabs(walk->c[j]));
        break;
    case USE_SQUARES:
        add_squares(walk, c);
        break;
    case USE_CLUSTERS:
        add_to_clusters(walk, cell[c], cell[c + 1]);
        break;
    }
}

/* ---- along the axis ------------------------------------------------------------------------------------------ */

/* q(t_k), the pull of censoring at t_k on the score: those of the group with another event before lose weight from here on. */
static void censoring_pull(struct walk *walk, size_t k, size_t group)
{
    const struct finegray_pass *pass = walk->pass;
    const size_t p = pass->p, at = k * pass->data->n_group + group;
    const struct finegray_running running = finegray_running_at(pass, walk->running);
    const struct finegray_sum *other = running.other + group * finegray_stride(p);
    const double others = value_of(&pass->scale_other, &other[FINEGRAY_S0]);
    const double later = pass->later[at] + pass->data->g[at] * pass->increment[k];
    double *q = walk->q + group * p;

    for (size_t j = 0; j < p; j++)
        q[j] = value_of(&pass->scale_other, &other[FINEGRAY_COLUMNS + j]) * later - others * walk->later_mean[group * p + j];
}

static void move_drift(struct walk *walk, size_t k)
{
    const struct finegray_data *data = walk->pass->data;
    const size_t p = walk->pass->p;

    for (size_t group = 0; group < data->n_group; group++) {
        const double n = (double)data->count[finegray_cell(data, k, FINEGRAY_CENSORED, group)];
        const double risk = (double)data->at_risk[k * data->n_group + group];
        if (n == 0)
            continue;
        censoring_pull(walk, k, group);
        for (size_t j = 0; j < p; j++)
            walk->drift[group * p + j] -= n * walk->q[group * p + j] / (risk * risk);
    }
}

static void move_means(struct walk *walk, size_t k)
{
    const struct finegray_pass *pass = walk->pass;
    const size_t p = pass->p, n_group = pass->data->n_group;
    const struct finegray_running running = finegray_running_at(pass, walk->running);

    finegray_means(pass, &running, k, walk->e);
    for (size_t j = 0; j < p; j++) {
        walk->hazard_mean[j] += pass->increment[k] * walk->e[j];
        for (size_t group = 0; group < n_group; group++)
            walk->later_mean[group * p + j] -= pass->data->g[k * n_group + group] * pass->increment[k] * walk->e[j];
    }
}

static void set_cell(struct walk *walk, size_t k, enum finegray_kind kind, size_t group)
{
    const struct finegray_data *data = walk->pass->data;
    const size_t p = walk->pass->p, at = k * data->n_group + group;

    for (size_t j = 0; j < p; j++) {
        walk->b[j] = walk->hazard_mean[j];
        walk->c[j] = walk->drift[group * p + j];
        if (kind == FINEGRAY_EVENT)
            walk->c[j] -= walk->e[j];
        else if (kind == FINEGRAY_OTHER)
            walk->b[j] += walk->later_mean[group * p + j] / data->g[at];
        else
            walk->c[j] += walk->q[group * p + j] / (double)data->at_risk[at];
    }
}

static void walk_axis(struct walk *walk, enum use use)
{
    const struct finegray_pass *pass = walk->pass;
    const struct finegray_data *data = pass->data;
    const size_t p = pass->p, n_group = data->n_group;
    const struct finegray_running running = finegray_running_at(pass, walk->running);

    walk->use = use;
    memcpy(walk->running, pass->start, finegray_running_size(pass) * sizeof *walk->running);
    memset(walk->hazard_mean, 0, p * sizeof *walk->hazard_mean);
    memcpy(walk->later_mean, pass->later_mean, n_group * p * sizeof *walk->later_mean);
    memset(walk->drift, 0, n_group * p * sizeof *walk->drift);
    for (size_t k = 0; k < data->n_time; k++) {
        move_drift(walk, k);
        if (pass->increment[k] > 0)
            move_means(walk, k);
        for (int kind = 0; kind < FINEGRAY_KINDS; kind++)
            for (size_t group = 0; group < n_group; group++) {
                const size_t c = finegray_cell(data, k, (enum finegray_kind)kind, group);
                if (data->count[c] == 0)
                    continue;
                set_cell(walk, k, (enum finegray_kind)kind, group);
                use_cell(walk, c);
            }
        finegray_running_move(pass, &running, k);
    }
}

/* Sums of clusters, squared: also whole numbers, so that the numbering of the clusters does not matter. */
static int square_clusters(struct walk *walk, const struct clusters *clusters, const struct reducer *reducer)
{
    const size_t p = walk->pass->p;
    double *const sums = malloc((clusters->n * p + 1) * sizeof *sums);
    const int status = reducer_status(reducer, sums == NULL ? GSL_ENOMEM : GSL_SUCCESS);

    if (status != GSL_SUCCESS) {
        free(sums);
        return status;
    }
    for (size_t k = 0; k < clusters->n * p; k++)
        sums[k] = (double)walk->sums[k] * walk->scale.down;
    const double bound = reducer_largest(reducer, largest_magnitude(sums, clusters->n * p));
    const int squared = outer_sum_of(sums, clusters, p, bound, walk->pass->data->n_all, reducer, walk->meat);
    free(sums);
    return squared == GSL_SUCCESS || squared == GSL_ENOMEM ? squared : GSL_EDOM;
}

static int meat_of_clusters(struct walk *walk, const struct finegray_rows *rows)
{
    const size_t p = walk->pass->p;
    const struct clusters clusters = {.of = rows->cluster, .n = rows->n_cluster, .n_shared = rows->n_shared};

    walk->cluster = rows->cluster;
    walk->sums = calloc(clusters.n * p + 1, sizeof *walk->sums);
    int status = reducer_status(rows->reducer, walk->sums == NULL ? GSL_ENOMEM : GSL_SUCCESS);
    if (status != GSL_SUCCESS)
        return status;
    walk_axis(walk, USE_BOUND);
    status = fixed_scale_init(&walk->scale, walk->bound, walk->pass->data->n_all);
    if (status == GSL_SUCCESS) {
        walk_axis(walk, USE_CLUSTERS);
        if (rows->reducer != NULL)
            reducer_sum(rows->reducer, walk->sums, clusters.n_shared * p);
        status = square_clusters(walk, &clusters, rows->reducer);
    }
    return status == GSL_SUCCESS || status == GSL_ENOMEM ? status : GSL_EDOM;
}

/* One cell at a time, but those that places send each other: some of them in a message. */
static int meat_of_rows(struct walk *walk)
{
    enum { MESSAGE = 1 << 18 };
    struct finegray_pass *pass = walk->pass;
    const size_t p = pass->p, size = slot_size(pass);
    double *gram = malloc((p * p + p + 1) * sizeof *gram);
    int status = GSL_ENOMEM;

    walk->block_cells = pass->data->reducer == NULL || size > MESSAGE ? 1 : MESSAGE / size;
    walk->product = malloc((pass->data->n + 1) * sizeof *walk->product);
    walk->block = malloc(walk->block_cells * size * sizeof *walk->block);
    if (gram == NULL || walk->product == NULL || walk->block == NULL)
        goto done;
    (void)fixed_scale_init(&walk->row_scale, walk->alpha_max, pass->data->n_all);
    for (size_t i = 0; i < pass->data->n; i++)
        walk->product[i] = pass->weight[i] * pass->risk[i];
    walk_axis(walk, USE_SQUARES);
    for (size_t i = 0; i < pass->data->n; i++)
        pass->weight[i] *= pass->weight[i];
    if ((status = finegray_pass_gram(pass, gram + p * p, gram)) == GSL_SUCCESS)
        for (size_t j = 0; j < p * p; j++)
            walk->meat[j] += gram[j];
done:
    free(walk->product);
    free(walk->block);
    free(gram);
    return status;
}

int finegray_meat(struct finegray_pass *pass, const struct finegray_rows *rows, double *meat)
{
    const size_t p = pass->p;
    struct walk walk;
    int status = walk_alloc(pass, &walk);

    if (status == GSL_SUCCESS) {
        memset(meat, 0, p * p * sizeof *meat);
        walk.meat = meat;
        walk.alpha_max = fill_alpha(pass);
        status = rows->cluster != NULL ? meat_of_clusters(&walk, rows) : meat_of_rows(&walk);
        for (size_t i = 0; i < p; i++)
            for (size_t j = 0; j < i; j++)
                meat[j * p + i] = meat[i * p + j];
    }
    walk_clear(&walk);
    return status;
}
