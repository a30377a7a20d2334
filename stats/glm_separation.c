/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/cholesky.h"
#include "stats/design_total.h"
#include "stats/glm_step.h"

/* Parts of a direction, and ways of rows along it, below this share of the largest are rounding. */
#define SMALL 1e-5
/* A row whose residual is below this share of its weight is far on its own side. */
#define FAR 1e-5
/* One below this share, at the maximum, says nothing that a sum of ordinary residuals does not drown. */
#define BEYOND 1e-8

/* How far a row is carried towards its own outcome; what carries it away is negative. */
static double carried(enum glm_family family, double y, double eta)
{
    if (family == GLM_LOGISTIC)
        return y > 0.5 ? eta : -eta;
    return y > 0 ? -fabs(eta) : -eta; /* a positive count stays where it is; a zero count moves down */
}

/*
 * The rows along a direction, in spare.  Does none go away from its outcome while some go to theirs?  *most: how far.  all: do all
 * go to theirs?
 */
static bool carries(struct glm_work *work, const double *direction, bool all, double *most)
{
    double *const along = work->spare, least = INFINITY;

    *most = 0;
    design_linear(work->design, direction, NULL, work->options.n_threads, along);
    for (size_t i = 0; i < work->n; i++)
        if (work->weight[i] > 0) {
            const double s = carried(work->options.family, work->data->y[i], along[i]);

            *most = fmax(*most, s);
            least = fmin(least, s);
        }
    double ends[] = {*most, -least};
    if (work->options.reducer != NULL)
        work->options.reducer->largest(work->options.reducer->context, ends, 2);
    *most = ends[0];
    least = -ends[1];
    return *most > 0 && (all ? least > 0 : least >= -SMALL * *most);
}

/* Nearer to its own side than a share of its weight. */
static bool is_nearer(const struct glm_work *work, size_t i, double share)
{
    return fabs(work->residual[i]) < share * work->weight[i] && (work->options.family == GLM_LOGISTIC || work->data->y[i] == 0);
}

/* The Gram matrix of the rows that are not so near, without weights. */
static int add_others(struct glm_work *work, double share)
{
    for (size_t i = 0; i < work->n; i++)
        work->information[i] = work->weight[i] > 0 && !is_nearer(work, i, share);
    work->most_information = 1;
    return glm_add_information(work);
}

/*
 * Along a step rows may go back that are far by now.  So: the predictor itself, less the combination of columns that is the same
 * in all rows that are not far.  These stand still along what is left, however far the others are.
 */
static int leave_near_rows(struct glm_work *work, const double *coef, double *direction)
{
    const size_t p = work->p;
    const double size = glm_largest(coef, p);
    int status;

    if ((status = add_others(work, FAR)) != GSL_SUCCESS)
        return status;
    for (size_t j = 0; j < p; j++) {
        direction[j] = 0;
        for (size_t k = 0; k < p; k++)
            direction[j] += work->matrix[j * p + k] * coef[k];
    }
    for (size_t j = 0; j < p; j++)
        work->aliased_before[j] = work->aliased[j] && coef[j] == 0; /* a column may be aliased for want of information left */
    cholesky_decompose(work->matrix, p, NULL, CHOLESKY_TOLERANCE, work->aliased_before);
    cholesky_solve(work->matrix, p, work->aliased_before, direction);
    for (size_t j = 0; j < p; j++) {
        direction[j] = coef[j] - direction[j];
        if (fabs(direction[j]) <= SMALL * size)
            direction[j] = 0;
    }
    return GSL_SUCCESS;
}

static void mark_rows(struct glm_work *work, double most)
{
    const double *const along = work->spare;

    for (size_t i = 0; i < work->n; i++)
        if (work->weight[i] > 0 && fabs(along[i]) > SMALL * most) {
            work->weight[i] = 0;
            work->perfect[i] = along[i] > 0 ? 1 : -1;
        }
}

/* The intercept of the columns as given moves by d_0 - sum d_j scale_j center_j. */
static void mark_columns(const struct glm_work *work, const double *direction, bool *separated)
{
    double intercept = direction[0], size = fabs(direction[0]);

    for (size_t j = 1; j < work->p; j++) {
        const double part = direction[j] * work->scale[j - 1] * work->center[j - 1];

        intercept -= part;
        size = fmax(size, fabs(part));
        separated[j] |= direction[j] != 0;
    }
    separated[0] |= fabs(intercept) > SMALL * size;
}

int glm_separates(struct glm_work *work, const double *coef, bool *separated, bool *found)
{
    double *const direction = work->score, most;
    const double size = glm_largest(work->step, work->p);
    int status = GSL_SUCCESS;

    for (size_t j = 0; j < work->p; j++)
        direction[j] = work->aliased[j] || fabs(work->step[j]) <= SMALL * size ? 0 : work->step[j];
    *found = carries(work, direction, false, &most);
    if (!*found && (status = leave_near_rows(work, coef, direction)) == GSL_SUCCESS)
        *found = carries(work, direction, false, &most);
    if (!*found && status == GSL_SUCCESS && work->options.family == GLM_LOGISTIC)
        *found = carries(work, memcpy(direction, coef, work->p * sizeof *coef), true, &most);
    if (*found) {
        mark_rows(work, most);
        mark_columns(work, direction, separated);
    }
    return status;
}

/* ---- at the maximum ---------------------------------------------------------------------------------------------------- */

/* Is any row gone already, or beyond? */
static bool any_gone(const struct glm_work *work)
{
    bool any = false;

    for (size_t i = 0; i < work->n && !any; i++)
        any = work->perfect[i] != 0 || (work->weight[i] > 0 && is_nearer(work, i, BEYOND));
    return reducer_sum_one(work->options.reducer, any) > 0;
}

/* Column `lost` less the combination of columns before it that it is in all rows of the Gram matrix; its lower triangle is the factor. */
static void find_direction(const struct glm_work *work, const bool *left_out, size_t lost, double *direction)
{
    const size_t p = work->p;
    double size;

    for (size_t j = 0; j < p; j++)
        direction[j] = j < lost ? work->matrix[j * p + lost] : work->matrix[lost * p + j];
    cholesky_solve(work->matrix, p, left_out, direction);
    for (size_t j = 0; j < p; j++)
        direction[j] = j == lost ? 1 : -direction[j];
    size = glm_largest(direction, p);
    for (size_t j = 0; j < p; j++)
        if (fabs(direction[j]) <= SMALL * size)
            direction[j] = 0;
}

/* Rows beyond that a direction moves; all are on their own side.  How many, in all places. */
static int64_t mark_beyond(struct glm_work *work, const double *direction)
{
    double *const along = work->spare, most = 0;
    int64_t n = 0;

    design_linear(work->design, direction, NULL, work->options.n_threads, along);
    for (size_t i = 0; i < work->n; i++) /* of those that are gone already too: what they leave is rounding */
        most = work->weight[i] > 0 || work->perfect[i] != 0 ? fmax(most, fabs(along[i])) : most;
    most = reducer_largest(work->options.reducer, most);
    for (size_t i = 0; i < work->n; i++)
        if (work->weight[i] > 0 && is_nearer(work, i, BEYOND) && fabs(along[i]) > SMALL * most) {
            work->perfect[i] = work->data->y[i] > 0.5 ? 1 : -1;
            work->weight[i] = 0;
            n++;
        }
    return reducer_sum_one(work->options.reducer, n);
}

int glm_leaves_open(struct glm_work *work, const double *coef, const bool *aliased, bool *separated, bool *found)
{
    bool *const left_out = work->aliased_before;
    const size_t p = work->p;
    int status;

    *found = false;
    if (!any_gone(work))
        return GSL_SUCCESS;
    if ((status = add_others(work, BEYOND)) == GSL_SUCCESS) {
        memcpy(left_out, aliased, p * sizeof *left_out);
        cholesky_decompose(work->matrix, p, NULL, CHOLESKY_TOLERANCE, left_out);
    }
    for (size_t j = 0; j < p && status == GSL_SUCCESS; j++)
        if (left_out[j] && !aliased[j]) {
            find_direction(work, left_out, j, work->score);
            mark_columns(work, work->score, separated);
            *found |= mark_beyond(work, work->score) > 0;
        }
    if (!*found && status == GSL_SUCCESS && (status = glm_evaluate(work, coef)) == GSL_SUCCESS)
        status = glm_derive(work);
    return status;
}
