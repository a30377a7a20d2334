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
    *most = reducer_largest(work->options.reducer, *most);
    least = -reducer_largest(work->options.reducer, -least);
    return *most > 0 && (all ? least > 0 : least >= -SMALL * *most);
}

static bool is_far(const struct glm_work *work, size_t i)
{
    return fabs(work->residual[i]) < FAR * work->weight[i] && (work->options.family == GLM_LOGISTIC || work->data->y[i] == 0);
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

    for (size_t i = 0; i < work->n; i++)
        work->information[i] = work->weight[i] > 0 && !is_far(work, i);
    work->most_information = 1;
    if ((status = glm_add_information(work)) != GSL_SUCCESS)
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
