/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/glm_profile.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS_MAX = 60, WIDENINGS_MAX = 12 };

/* The model without its column, which moves into the offset. */
struct profile {
    const struct glm_data *data;
    const struct glm_options *options;
    const struct glm_fit *fit;
    double *x, *offset;          /* [n] the column; what is known with it */
    struct design_block *block;
    int32_t *column;             /* maps of all blocks */
    struct design_matrix design;
};

static void profile_clear(struct profile *p)
{
    free(p->x);
    free(p->offset);
    free(p->block);
    free(p->column);
}

/* Blocks with the columns behind the one that is left out moved up; x: that column. */
static int take_out(struct profile *p, int32_t column)
{
    const struct design_matrix *all = p->data->design;
    size_t levels = 0;

    for (size_t b = 0; b < all->n_block; b++)
        levels += all->block[b].n_level;
    if ((p->x = calloc(all->n + 1, sizeof *p->x)) == NULL || (p->offset = malloc((all->n + 1) * sizeof *p->offset)) == NULL ||
        (p->block = malloc((all->n_block + 1) * sizeof *p->block)) == NULL || (p->column = malloc((levels + 1) * sizeof *p->column)) == NULL)
        return GSL_ENOMEM;
    p->design = (struct design_matrix){.n = all->n, .p = all->p - 1, .block = p->block};
    int32_t *map = p->column;
    for (size_t b = 0; b < all->n_block; b++) {
        const struct design_block *from = &all->block[b];
        bool any = false;
        for (size_t l = 0; l < from->n_level; l++) {
            map[l] = from->column[l] == column ? DESIGN_NONE : from->column[l] > column ? from->column[l] - 1 : from->column[l];
            any |= map[l] != DESIGN_NONE;
            for (size_t i = 0; from->column[l] == column && i < all->n; i++)
                if (from->code == NULL || from->code[i] == l)
                    p->x[i] = from->value != NULL ? from->value[i] : 1;
        }
        if (any) {
            p->block[p->design.n_block] = *from;
            p->block[p->design.n_block++].column = map;
            map += from->n_level;
        }
    }
    return GSL_SUCCESS;
}

/* The signed root at b. */
static int root_at(const struct profile *p, double b, double b_max, double *root)
{
    const struct glm_data held = {&p->design, p->data->y, p->offset, p->data->weight};
    struct glm_fit *fit = NULL;

    for (size_t i = 0; i < p->design.n; i++)
        p->offset[i] = (p->data->offset != NULL ? p->data->offset[i] : 0) + b * p->x[i];
    const int status = glm_fit_alloc(&held, p->options, &fit);

    if (status == GSL_SUCCESS)
        *root = (b < b_max ? -1 : 1) * sqrt(fmax(2 * (p->fit->loglik - fit->loglik), 0));
    glm_fit_free(fit);
    return status;
}

/* Where the root is z (side 1) or -z (side -1); infinite when it never gets there. */
static int find(const struct profile *p, double b_max, double error, double z, int side, double *limit)
{
    double inner = b_max, inner_root = 0, outer = b_max + side * z * error, outer_root = 0, b = outer;
    int status = root_at(p, outer, b_max, &outer_root);

    for (int k = 0; k < WIDENINGS_MAX && status == GSL_SUCCESS && fabs(outer_root) < z; k++) {
        inner = outer;
        inner_root = outer_root;
        outer = b_max + 2 * (outer - b_max);
        status = root_at(p, outer, b_max, &outer_root);
    }
    const bool ends = fabs(outer_root) >= z;
    for (int k = 0; ends && status == GSL_SUCCESS && k < STEPS_MAX && fabs(outer - inner) > 1e-11 * error; k++) {
        double root = 0;
        b = inner + (side * z - inner_root) / (outer_root - inner_root) * (outer - inner);
        if (k % 8 == 7 || !(fabs(b - b_max) > fabs(inner - b_max) && fabs(b - b_max) < fabs(outer - b_max)))
            b = (inner + outer) / 2;
        status = root_at(p, b, b_max, &root);
        if (fabs(fabs(root) - z) < 1e-11)
            break;
        if (fabs(root) < z) {
            inner = b;
            inner_root = root;
        } else {
            outer = b;
            outer_root = root;
        }
    }
    *limit = ends ? b : copysign(INFINITY, side);
    return status;
}

int glm_profile_limits(const struct glm_data *data, const struct glm_options *options, const struct glm_fit *fit, size_t column,
                       double level, double *low, double *high)
{
    struct profile p = {.data = data, .options = options, .fit = fit};

    if (column == 0 || column >= fit->p || fit->aliased[column] || fit->separated[column] || options->firth || !fit->converged ||
        !(level > 0 && level < 1))
        return GSL_EINVAL;
    const double z = gsl_cdf_ugaussian_Qinv((1 - level) / 2), error = sqrt(fit->covariance[column * fit->p + column]);
    int status = take_out(&p, (int32_t)column - 1);

    if (status == GSL_SUCCESS)
        status = find(&p, fit->coef[column], error, z, -1, low);
    if (status == GSL_SUCCESS)
        status = find(&p, fit->coef[column], error, z, 1, high);
    profile_clear(&p);
    return status;
}
