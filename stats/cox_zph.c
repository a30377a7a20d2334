/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/cox_zph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/cholesky.h"
#include "stats/exact_sum.h"
#include "stats/radix_order.h"

/* ---- the transforms --------------------------------------------------------------------------------------- */

static double copies(const struct cox_rows *rows, size_t i)
{
    return rows->frequency != NULL ? (double)rows->frequency[i] : rows->tied != NULL ? (double)rows->tied[i] : 1;
}

/* What a walk over all distinct times finds at each of them. */
struct moment {
    double time;
    double km;   /* 1 - S(t-) */
    double rank; /* mean rank of the rows with this time */
};

/* How many rows, copies counted, have one time. */
struct tally {
    double time, count, dead;
};

struct tallies {
    size_t n;
    struct tally *at; /* [n] ascending */
};

static int compare_tallies(const void *left, const void *right)
{
    const double a = ((const struct tally *)left)->time, b = ((const struct tally *)right)->time;

    return (a > b) - (a < b);
}

/* Ascending ones of the same time become one. */
static void add_tally(struct tallies *tallies, const struct tally *tally)
{
    struct tally *const last = tallies->n > 0 ? &tallies->at[tallies->n - 1] : NULL;

    if (last == NULL || last->time != tally->time) {
        tallies->at[tallies->n++] = *tally;
        return;
    }
    last->count += tally->count;
    last->dead += tally->dead;
}

/* Those of all places become those of each. */
static bool join_tallies(const struct reducer *reducer, struct tallies *tallies)
{
    struct reducer_bytes all = {0};

    if (reducer == NULL)
        return true;
    if (reducer->collect(reducer->context, tallies->at, tallies->n * sizeof *tallies->at, &all) != GSL_SUCCESS)
        return false;
    const size_t n = all.n / sizeof *tallies->at;
    struct tally *const each = (struct tally *)(void *)all.bytes;
    if (n > 0)
        qsort(each, n, sizeof *each, compare_tallies);
    free(tallies->at);
    *tallies = (struct tallies){.at = each};
    for (size_t k = 0; k < n; k++) {
        const struct tally next = each[k]; /* what is kept never gets ahead of it */
        add_tally(tallies, &next);
    }
    return true;
}

/* Of times that are those of leaving, or of entering, of the rows in all places.  False when memory is short. */
static bool tally_times(const struct cox_rows *rows, const double *time, struct tallies *tallies)
{
    uint32_t *order = malloc((rows->n + 1) * sizeof *order);

    *tallies = (struct tallies){.at = malloc((rows->n + 1) * sizeof *tallies->at)};
    bool good = order != NULL && tallies->at != NULL && radix_order(time, NULL, 1, rows->n, order) == GSL_SUCCESS;
    for (size_t k = 0; good && k < rows->n; k++) {
        const size_t i = order[k];
        const double n = copies(rows, i);
        add_tally(tallies, &(struct tally){time[i], n, rows->event[i] != 0 ? n : 0});
    }
    free(order);
    return good && join_tallies(rows->reducer, tallies);
}

static void walk_moments(const struct tallies *leaving, const struct tallies *entering, struct moment *moments)
{
    double surv = 1, before = 0, at_risk = 0, left = 0;
    size_t entered = 0;

    for (size_t k = 0; k < leaving->n && entering->at == NULL; k++)
        at_risk += leaving->at[k].count;
    for (size_t k = 0; k < leaving->n; k++) {
        const struct tally *now = &leaving->at[k];
        for (; entered < entering->n && entering->at[entered].time < now->time; entered++)
            at_risk += entering->at[entered].count;
        moments[k] = (struct moment){now->time, 1 - surv, before + (now->count + 1) / 2};
        if (now->dead > 0)
            surv *= (at_risk - left - now->dead) / (at_risk - left);
        left += now->count;
        before += now->count;
    }
}

/* Distinct times of all rows, ascending; NULL when memory is short or there is none. */
static struct moment *find_moments(const struct cox_rows *rows, size_t *n)
{
    struct tallies leaving = {0}, entering = {0};
    struct moment *moments = NULL;

    if (tally_times(rows, rows->time, &leaving) && (rows->entry == NULL || tally_times(rows, rows->entry, &entering)) &&
        leaving.n > 0 && (moments = malloc(leaving.n * sizeof *moments)) != NULL)
        walk_moments(&leaving, &entering, moments);
    *n = leaving.n;
    free(leaving.at);
    free(entering.at);
    return moments;
}

static const struct moment *moment_at(const struct moment *moments, size_t n, double time)
{
    size_t first = 0;

    while (n > 1) {
        const size_t half = n / 2;
        if (moments[first + half].time <= time)
            first += half;
        n -= half;
    }
    return &moments[first];
}

static int centre(const struct cox_data *data, double *g)
{
    struct exact_sum sum;
    double total, n_event = 0;

    exact_sum_init(&sum);
    for (size_t k = 0; k < data->n_axis; k++) {
        n_event += data->n_dead[k];
        exact_sum_add_product(&sum, g[k], data->n_dead[k], 1);
    }
    if (exact_sum_round(&sum, &total) != GSL_SUCCESS)
        return GSL_EDOM;
    for (size_t k = 0; k < data->n_axis; k++)
        g[k] -= total / n_event;
    return GSL_SUCCESS;
}

int cox_zph_times(const struct cox_data *data, const struct cox_rows *rows, enum cox_transform transform, double *g)
{
    const bool needs_moments = transform == COX_ZPH_KM || transform == COX_ZPH_RANK;
    size_t n_moment = 0;
    struct moment *moments = needs_moments ? find_moments(rows, &n_moment) : NULL;

    if (needs_moments && moments == NULL)
        return GSL_ENOMEM;
    for (size_t k = 0; k < data->n_axis; k++) {
        const double time = data->time[k];
        if (needs_moments) {
            const struct moment *moment = moment_at(moments, n_moment, time);
            g[k] = transform == COX_ZPH_KM ? moment->km : moment->rank;
        } else {
            g[k] = transform == COX_ZPH_LOG ? log(time) : time;
        }
        if (!isfinite(g[k])) {
            free(moments);
            return GSL_EDOM;
        }
    }
    free(moments);
    return centre(data, g);
}

/* ---- the tests ------------------------------------------------------------------------------------------------ */

/* u' V^-1 u over the columns not marked. */
static void test_columns(const double *variance, const double *size, size_t p, const double *u, bool *left_out,
                         double *work, struct chi_square_test *test)
{
    double *const factor = work, *const x = work + p * p;
    double statistic = 0;

    memcpy(factor, variance, p * p * sizeof *factor);
    const size_t rank = cholesky_decompose(factor, p, size, CHOLESKY_TOLERANCE, left_out);
    memcpy(x, u, p * sizeof *x);
    cholesky_solve(factor, p, left_out, x);
    for (size_t j = 0; j < p; j++)
        statistic += left_out[j] ? 0 : x[j] * u[j];
    *test = (struct chi_square_test){0};
    if (rank > 0)
        chi_square_test_set(test, fmax(statistic, 0), rank);
}

/* V = I_gg - I_g I^-1 I_g. */
static void schur(const struct cox_fit *fit, const double *bread, const double *first, const double *second,
                  double *variance)
{
    const size_t p = fit->p;

    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++) {
            double value = second[i * p + j];
            for (size_t k = 0; k < p; k++) {
                double inner = 0;
                for (size_t m = 0; m < p; m++)
                    inner += bread[k * p + m] * first[m * p + j];
                value -= first[i * p + k] * inner;
            }
            variance[i * p + j] = value;
        }
}

/* Steps so short that what they change is told by the first derivatives: less than 1e-18 of a sum is left. */
#define NEARBY 1e-9

/* The evaluation at the fit's point, or one that is as good; step: how far the point is from there. */
static int evaluate_at(struct cox_work *work, const struct cox_fit *fit, struct cox_point *point, double *step)
{
    const struct cox_point *last = cox_work_last(work);
    double apart = 0;

    for (size_t j = 0; last != NULL && j < fit->p; j++)
        apart += fabs(fit->point->beta[j] - last->beta[j]);
    if (last == NULL || !(apart < NEARBY)) {
        memcpy(point->beta, fit->point->beta, fit->p * sizeof *point->beta);
        const int status = cox_evaluate(work, point);
        if (status != GSL_SUCCESS)
            return status;
        last = point;
    } else {
        cox_point_copy(point, last);
    }
    for (size_t j = 0; j < fit->p; j++)
        step[j] = fit->point->beta[j] - last->beta[j];
    return GSL_SUCCESS;
}

int cox_zph_run(struct cox_work *work, const struct cox_fit *fit, const double *g, const int32_t *term, size_t n_term,
                struct cox_zph *zph)
{
    const size_t p = fit->p, n_axis = cox_work_data(work)->n_axis;
    struct cox_point *first = cox_point_alloc(p), *second = cox_point_alloc(p);
    double *square = malloc((n_axis + 3 * p * p + 3 * p + 1) * sizeof *square);
    bool *left_out = malloc((p + 1) * sizeof *left_out);
    int status = first != NULL && second != NULL && square != NULL && left_out != NULL ? GSL_SUCCESS : GSL_ENOMEM;

    zph->n_term = n_term;
    if (status != GSL_SUCCESS)
        goto done;
    double *const variance = square + n_axis, *const bread = variance + p * p, *const step = bread + p * p, *const room = step + p;
    for (size_t k = 0; k < n_axis; k++)
        square[k] = g[k] * g[k];
    status = evaluate_at(work, fit, first, step);
    if (status == GSL_SUCCESS) {
        /* The information of this work's likelihood, which need not be that of the fit. */
        memcpy(left_out, fit->left_out, p * sizeof *left_out);
        memcpy(room, first->info, p * p * sizeof *room);
        cholesky_decompose(room, p, first->size, CHOLESKY_TOLERANCE, left_out);
        cholesky_invert(room, p, left_out, bread);
        status = cox_evaluate_weighted(work, square, room, second);
    }
    if (status == GSL_SUCCESS)
        status = cox_evaluate_weighted(work, g, room, first);
    if (status != GSL_SUCCESS)
        goto done;
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++)
            first->score[i] -= first->info[i * p + j] * step[j];
    schur(fit, bread, first->info, second->info, variance);
    for (size_t t = 0; t <= n_term; t++) {
        for (size_t j = 0; j < p; j++)
            left_out[j] = fit->left_out[j] || (t < n_term && (size_t)term[j] != t);
        test_columns(variance, second->size, p, first->score, left_out, room, &zph->test[t]);
    }
done:
    cox_settle(work);
    free(left_out);
    free(square);
    cox_point_free(second);
    cox_point_free(first);
    return status;
}
