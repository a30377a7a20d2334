/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/finegray_variance.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

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
    struct finegray_sum *running, *row_sum, *risk_sum;
    double *e, *hazard_mean, *later_mean, *drift, *q, *b, *c, *x, *y;
    void *memory;
    double alpha_max;
    double *product; /* [n] alpha e, for USE_SQUARES */
};

static int walk_alloc(struct finegray_pass *pass, struct walk *walk)
{
    const size_t p = pass->p, n_group = pass->data->n_group;
    double *real;

    *walk = (struct walk){.pass = pass};
    walk->running = malloc((finegray_running_size(pass) + 2 * finegray_stride(p)) * sizeof *walk->running);
    walk->memory = real = malloc(((6 + 3 * n_group) * p + 1) * sizeof *real);
    if (walk->running == NULL || real == NULL)
        return GSL_ENOMEM;
    walk->row_sum = walk->running + finegray_running_size(pass);
    walk->risk_sum = walk->row_sum + finegray_stride(p);
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
    return max;
}

/* ---- the rows of a cell -------------------------------------------------------------------------------------- */

static void row_share(const struct walk *walk, size_t i, double *share)
{
    const struct finegray_pass *pass = walk->pass;

    design_row(&pass->data->copy->matrix, i, share);
    for (size_t j = 0; j < pass->p; j++)
        share[j] = pass->weight[i] * share[j] + pass->risk[i] * walk->b[j] + walk->c[j];
}

static void add_one(struct walk *walk, size_t i)
{
    const size_t p = walk->pass->p;

    row_share(walk, i, walk->x);
    for (size_t j = 0; j < p; j++)
        for (size_t l = 0; l <= j; l++)
            walk->meat[j * p + l] += walk->x[j] * walk->x[l];
    walk->pass->weight[i] = 0; /* the Gram matrix has no part in it */
}

static double value_of(const struct fixed_scale *scale, const struct finegray_sum *sum)
{
    return fixed_wide_value(scale, fixed_wide(scale, sum->high, sum->low));
}

static void add_squares(struct walk *walk, size_t first, size_t last)
{
    const struct finegray_pass *pass = walk->pass;
    const struct design_matrix *design = &pass->data->copy->matrix;
    const size_t p = pass->p;
    struct fixed_scale scale;
    struct finegray_sum risk = {0, 0}, risk2 = {0, 0};

    if (last - first == 1) {
        add_one(walk, first);
        return;
    }
    fixed_scale_init(&scale, walk->alpha_max, pass->data->n);
    memset(walk->row_sum, 0, 2 * finegray_stride(p) * sizeof *walk->row_sum);
    finegray_add_rows(design, &scale, pass->weight, first, last, 1, 1, walk->row_sum);
    finegray_add_rows(design, &scale, walk->product, first, last, 1, 1, walk->risk_sum);
    for (size_t i = first; i < last; i++) {
        const double e = pass->risk[i];
        int64_t high, low;
        fixed_split(&pass->scale, e, &high, &low);
        risk.high += high;
        risk.low += low;
        fixed_split(&pass->scale, e * e, &high, &low);
        risk2.high += high;
        risk2.low += low;
    }
    const double s1 = value_of(&pass->scale, &risk), s2 = value_of(&pass->scale, &risk2), n = (double)(last - first);
    for (size_t j = 0; j < p; j++) {
        walk->x[j] = value_of(&scale, &walk->risk_sum[FINEGRAY_COLUMNS + j]) + s2 / 2 * walk->b[j] + s1 * walk->c[j];
        walk->y[j] = value_of(&scale, &walk->row_sum[FINEGRAY_COLUMNS + j]) + n / 2 * walk->c[j];
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

static void use_cell(struct walk *walk, size_t first, size_t last)
{
    switch (walk->use) {
    case USE_BOUND: /* |z| and the risk are at most 1 */
        for (size_t j = 0; j < walk->pass->p; j++)
            walk->bound = fmax(walk->bound, walk->alpha_max + fabs(walk->b[j]) + fabs(walk->c[j]));
        break;
    case USE_SQUARES:
        add_squares(walk, first, last);
        break;
    case USE_CLUSTERS:
        add_to_clusters(walk, first, last);
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

static size_t rows_of(const struct finegray_data *data, size_t k, enum finegray_kind kind, size_t group)
{
    const size_t c = finegray_cell(data, k, kind, group);
    return data->cell[c + 1] - data->cell[c];
}

static void move_drift(struct walk *walk, size_t k)
{
    const struct finegray_data *data = walk->pass->data;
    const size_t p = walk->pass->p;

    for (size_t group = 0; group < data->n_group; group++) {
        const double n = (double)rows_of(data, k, FINEGRAY_CENSORED, group);
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
                if (data->cell[c] == data->cell[c + 1])
                    continue;
                set_cell(walk, k, (enum finegray_kind)kind, group);
                use_cell(walk, data->cell[c], data->cell[c + 1]);
            }
        finegray_running_move(pass, &running, k);
    }
}

/* Sums of clusters, squared: also whole numbers, so that the numbering of the clusters does not matter. */
static int square_clusters(struct walk *walk, size_t n_cluster)
{
    const size_t p = walk->pass->p;
    int64_t largest = 0;
    struct fixed_scale scale;

    for (size_t k = 0; k < n_cluster * p; k++)
        largest = llabs(walk->sums[k]) > largest ? llabs(walk->sums[k]) : largest;
    const double bound = (double)largest * walk->scale.down;
    const int status = fixed_scale_init(&scale, bound * bound, n_cluster);
    for (size_t i = 0; status == GSL_SUCCESS && i < p; i++)
        for (size_t j = 0; j <= i; j++) {
            __int128 sum = 0;
            for (size_t k = 0; k < n_cluster; k++) {
                int64_t high, low;
                fixed_split(&scale, (double)walk->sums[k * p + i] * walk->scale.down *
                                        ((double)walk->sums[k * p + j] * walk->scale.down), &high, &low);
                sum += fixed_wide(&scale, high, low);
            }
            walk->meat[i * p + j] = fixed_wide_value(&scale, sum);
        }
    return status == GSL_SUCCESS ? GSL_SUCCESS : GSL_EDOM;
}

static int meat_of_clusters(struct walk *walk, const struct finegray_rows *rows)
{
    const size_t p = walk->pass->p;

    walk->cluster = rows->cluster;
    if ((walk->sums = calloc(rows->n_cluster * p + 1, sizeof *walk->sums)) == NULL)
        return GSL_ENOMEM;
    walk_axis(walk, USE_BOUND);
    const int status = fixed_scale_init(&walk->scale, walk->bound, rows->n);
    if (status == GSL_SUCCESS)
        walk_axis(walk, USE_CLUSTERS);
    return status == GSL_SUCCESS ? square_clusters(walk, rows->n_cluster) : GSL_EDOM;
}

static int meat_of_rows(struct walk *walk)
{
    struct finegray_pass *pass = walk->pass;
    const size_t p = pass->p;
    double *gram = malloc((p * p + p + 1) * sizeof *gram);
    int status = GSL_ENOMEM;

    walk->product = malloc(pass->data->n * sizeof *walk->product);
    if (gram == NULL || walk->product == NULL)
        goto done;
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
