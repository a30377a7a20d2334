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
    return rows->frequency != NULL ? (double)rows->frequency[i] : 1;
}

/* What a walk over all distinct times finds at each of them. */
struct moment {
    double time;
    double km;   /* 1 - S(t-) */
    double rank; /* mean rank of the rows with this time */
};

/* Distinct times of all rows, ascending; returns how many, 0 when memory is short. */
static size_t find_moments(const struct cox_rows *rows, struct moment *moments)
{
    uint32_t *order = malloc((rows->n + 1) * sizeof *order), *entries = malloc((rows->n + 1) * sizeof *entries);
    size_t n_moment = 0, entered = 0;
    double surv = 1, before = 0, at_risk = 0, left = 0;
    bool good = order != NULL && entries != NULL && radix_order(rows->time, NULL, 1, rows->n, order) == GSL_SUCCESS;

    if (good && rows->entry != NULL)
        good = radix_order(rows->entry, NULL, 1, rows->n, entries) == GSL_SUCCESS;
    for (size_t i = 0; good && i < rows->n && rows->entry == NULL; i++)
        at_risk += copies(rows, i);
    for (size_t begin = 0; good && begin < rows->n;) {
        const double time = rows->time[order[begin]];
        double count = 0, dead = 0;
        size_t end = begin;
        for (; end < rows->n && rows->time[order[end]] == time; end++) {
            count += copies(rows, order[end]);
            dead += rows->event[order[end]] != 0 ? copies(rows, order[end]) : 0;
        }
        for (; rows->entry != NULL && entered < rows->n && rows->entry[entries[entered]] < time; entered++)
            at_risk += copies(rows, entries[entered]);
        moments[n_moment++] = (struct moment){time, 1 - surv, before + (count + 1) / 2};
        if (dead > 0)
            surv *= (at_risk - left - dead) / (at_risk - left);
        left += count;
        before += count;
        begin = end;
    }
    free(entries);
    free(order);
    return good ? n_moment : 0;
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
    struct moment *moments = needs_moments ? malloc((rows->n + 1) * sizeof *moments) : NULL;
    const size_t n_moment = moments != NULL ? find_moments(rows, moments) : 0;

    if (needs_moments && n_moment == 0) {
        free(moments);
        return GSL_ENOMEM;
    }
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

int cox_zph_run(struct cox_work *work, const struct cox_fit *fit, const double *g, const int32_t *term, size_t n_term,
                struct cox_zph *zph)
{
    const size_t p = fit->p, n_axis = cox_work_data(work)->n_axis;
    struct cox_point *first = cox_point_alloc(p), *second = cox_point_alloc(p);
    double *square = malloc((n_axis + 3 * p * p + 2 * p + 1) * sizeof *square);
    bool *left_out = malloc((p + 1) * sizeof *left_out);
    int status = first != NULL && second != NULL && square != NULL && left_out != NULL ? GSL_SUCCESS : GSL_ENOMEM;

    zph->n_term = n_term;
    if (status != GSL_SUCCESS)
        goto done;
    double *const variance = square + n_axis, *const bread = variance + p * p, *const room = bread + p * p;
    memcpy(first->beta, fit->point->beta, p * sizeof *first->beta);
    memcpy(second->beta, fit->point->beta, p * sizeof *second->beta);
    for (size_t k = 0; k < n_axis; k++)
        square[k] = g[k] * g[k];
    status = cox_evaluate(work, first);
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
    schur(fit, bread, first->info, second->info, variance);
    for (size_t t = 0; t <= n_term; t++) {
        for (size_t j = 0; j < p; j++)
            left_out[j] = fit->left_out[j] || (t < n_term && (size_t)term[j] != t);
        test_columns(variance, second->size, p, first->score, left_out, room, &zph->test[t]);
    }
    memcpy(first->beta, fit->point->beta, p * sizeof *first->beta);
    status = cox_evaluate(work, first); /* what is left by row and time is that of the fit again */
done:
    free(left_out);
    free(square);
    cox_point_free(second);
    cox_point_free(first);
    return status;
}
