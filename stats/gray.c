/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/gray.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/score_form.h"

/* Pivots of the covariance below this share of their variance count as 0. */
static const double RANK_TOLERANCE = 1e-10;

struct gray *gray_alloc(size_t n_arm)
{
    struct gray *gray = calloc(1, sizeof *gray);
    const size_t n_real = 5 * n_arm + 6; /* an arm's share: five matrices, six vectors */

    if (gray == NULL || n_arm == 0 || n_arm >= SIZE_MAX / 64 ||
        (gray->score = calloc(n_arm, n_real * sizeof *gray->score)) == NULL ||
        (gray->risk = calloc(n_arm, 3 * sizeof *gray->risk)) == NULL) {
        gray_free(gray);
        return NULL;
    }
    gray->n_arm = n_arm;
    gray->covariance = gray->score + n_arm;
    gray->work = gray->covariance + n_arm * n_arm;
    return gray;
}

void gray_free(struct gray *gray)
{
    if (gray == NULL)
        return;
    free(gray->score);
    free(gray->risk);
    free(gray);
}

/* One stratum on its way through time; [n] by arm, [n * n] by pair. */
struct stratum {
    size_t n;
    const int64_t *risk, *event, *other;
    double *surv, *cuminc;             /* just before the time */
    double *surv_after, *cuminc_after; /* just after */
    double *a, *c;                     /* weights of Gray's covariance, symmetric: at the time, and their running sum */
    double *cross;                     /* [i * n + k] and */
    double *square;                    /* [k] sums that are applied to c at the end */
    double pooled;                     /* F of all arms, just before */
};

static double total(const int64_t *count, size_t n)
{
    int64_t sum = 0;
    for (size_t j = 0; j < n; j++)
        sum += count[j];
    return (double)sum;
}

/* The curves of every arm after this time; h and R summed over arms at risk. */
static void move_curves(const struct stratum *s, double *h, double *r_sum)
{
    *h = *r_sum = 0;
    for (size_t i = 0; i < s->n; i++) {
        const double r = (double)s->risk[i];
        if (s->risk[i] == 0)
            continue;
        s->surv_after[i] = s->surv[i] * ((r - (double)s->event[i] - (double)s->other[i]) / r);
        s->cuminc_after[i] = s->cuminc[i] + s->surv[i] * (double)s->event[i] / r;
        *h += r / s->surv[i];
        *r_sum += r * (1 - s->cuminc[i]) / s->surv[i];
    }
}

/* a_ij = weight h_i ([i = j] - h_j / h), and c += a d / (h (1 - F)). */
static void move_weights(const struct stratum *s, double weight, double h, double d)
{
    const size_t n = s->n;

    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double a = 0;
            if (s->risk[i] > 0 && s->risk[j] > 0) {
                const double h_i = (double)s->risk[i] / s->surv[i], h_j = (double)s->risk[j] / s->surv[j];
                a = i == j ? weight * h_i * (1 - h_i / h) : -weight * h_i * h_j / h;
                s->c[i * n + j] += a * d / (h * (1 - s->pooled));
            }
            s->a[i * n + j] = a;
        }
}

/* The share of arm k in the covariance, from one kind of event: slope t4 and size t3 in the sums over arms. */
static void add_share(const struct stratum *s, size_t k, double slope, double size, double own, struct gray *gray)
{
    const size_t n = s->n;

    s->square[k] += slope * slope * size;
    for (size_t i = 0; i + 1 < n; i++) {
        const double t_i = own * s->a[i * n + k] - slope * s->c[i * n + k];
        s->cross[i * n + k] += t_i * slope * size;
        for (size_t j = 0; j <= i; j++)
            gray->covariance[i * n + j] += t_i * (own * s->a[j * n + k] - slope * s->c[j * n + k]) * size;
    }
}

static void add_covariance(const struct stratum *s, double h, double d, double pooled_after, struct gray *gray)
{
    for (size_t k = 0; k < s->n; k++) {
        const double r = (double)s->risk[k], other = (double)s->other[k], surv = s->surv[k];
        if (s->risk[k] == 0)
            continue;
        if (d > 0) {
            const double slope = s->surv_after[k] > 0 ? 1 - (1 - pooled_after) / s->surv_after[k] : 1;
            const double ties = d > 1 ? 1 - (d - 1) / (h * surv - 1) : 1;
            add_share(s, k, slope, ties * surv * d / (h * r), 1, gray);
        }
        if (other > 0 && s->surv_after[k] > 0) {
            const double slope = -(1 - pooled_after) / s->surv_after[k];
            const double ties = other > 1 ? 1 - (other - 1) / (r - 1) : 1;
            add_share(s, k, slope, ties * surv * surv * other / (r * r), 0, gray);
        }
    }
}

static void add_time(struct stratum *s, double rho, struct gray *gray)
{
    const double d = total(s->event, s->n);
    double h, r_sum;

    if (d + total(s->other, s->n) == 0)
        return;
    move_curves(s, &h, &r_sum);
    const double weight = rho == 0 ? 1 : pow(1 - s->pooled, rho), pooled_after = s->pooled + d / h;
    move_weights(s, weight, h, d);
    for (size_t i = 0; i < s->n; i++)
        if (s->risk[i] > 0)
            gray->score[i] += weight * ((double)s->event[i] -
                                        d * ((double)s->risk[i] * (1 - s->cuminc[i]) / s->surv[i] / r_sum));
    add_covariance(s, h, d, pooled_after, gray);
    s->pooled = pooled_after;
    memcpy(s->surv, s->surv_after, s->n * sizeof *s->surv);
    memcpy(s->cuminc, s->cuminc_after, s->n * sizeof *s->cuminc);
}

static void finish_covariance(const struct stratum *s, struct gray *gray)
{
    const size_t n = s->n;

    for (size_t i = 0; i + 1 < n; i++)
        for (size_t j = 0; j <= i; j++)
            for (size_t k = 0; k < n; k++)
                gray->covariance[i * n + j] += s->c[i * n + k] * s->c[j * n + k] * s->square[k] +
                                               s->c[i * n + k] * s->cross[j * n + k] +
                                               s->c[j * n + k] * s->cross[i * n + k];
}

static void add_stratum(const struct risk_table *table, size_t stratum, size_t cause, double rho, struct gray *gray)
{
    const size_t n = gray->n_arm;
    int64_t *risk = gray->risk, *event = risk + n, *other = event + n;
    double *work = gray->work;
    struct stratum s = {
        .n = n, .risk = risk, .event = event, .other = other, .surv = work, .cuminc = work + n,
        .surv_after = work + 2 * n, .cuminc_after = work + 3 * n, .square = work + 4 * n, .a = work + 5 * n,
        .c = work + 5 * n + n * n, .cross = work + 5 * n + 2 * n * n,
    };

    memset(work, 0, (5 * n + 3 * n * n) * sizeof *work);
    for (size_t j = 0; j < n; j++) {
        risk[j] = risk_table_n_person(table, j, stratum);
        s.surv[j] = s.surv_after[j] = 1;
    }
    for (size_t k = 0; k < table->n_time; k++) {
        int64_t left = 0;
        for (size_t j = 0; j < n; j++) {
            const struct risk_counts counts = risk_table_counts(table, j, stratum, cause, k);
            event[j] = counts.n_event;
            other[j] = counts.n_other;
        }
        add_time(&s, rho, gray);
        for (size_t j = 0; j < n; j++) {
            risk[j] -= event[j] + other[j] + risk_table_counts(table, j, stratum, cause, k).n_censor;
            left += risk[j];
            gray->n_event += event[j];
        }
        if (left == 0)
            break;
    }
    finish_covariance(&s, gray);
}

static bool has_late_entries(const struct risk_table *table)
{
    const size_t n = table->n_arm * table->n_stratum * table->n_time;
    for (size_t i = 0; i < n; i++)
        if (table->entered[i] != 0 && table->time[i % table->n_time] > 0)
            return true;
    return false;
}

int gray_solve(const struct risk_table *table, size_t cause, double rho, struct gray *gray)
{
    const size_t n = table->n_arm;
    double *copy = gray->work, *score = gray->work + n * n;

    if (n < 2 || cause == 0 || cause > table->n_cause)
        return GSL_EINVAL;
    if (!(rho >= 0 && isfinite(rho)))
        return GSL_EDOM;
    if (gray->n_arm != n)
        return GSL_EBADLEN;
    if (has_late_entries(table))
        return GSL_EUNIMPL;
    memset(gray->score, 0, n * sizeof *gray->score);
    memset(gray->covariance, 0, n * n * sizeof *gray->covariance);
    gray->n_event = 0;
    gray->n_person = risk_table_n_person(table, RISK_TABLE_ALL, RISK_TABLE_ALL);
    for (size_t stratum = 0; stratum < table->n_stratum; stratum++)
        add_stratum(table, stratum, cause, rho, gray);
    for (size_t i = 0; i + 1 < n; i++)
        for (size_t j = 0; j < i; j++)
            gray->covariance[j * n + i] = gray->covariance[i * n + j];
    memcpy(copy, gray->covariance, n * n * sizeof *copy);
    memcpy(score, gray->score, n * sizeof *score);

    size_t rank;
    const double form = score_form(copy, n, score, n - 1, RANK_TOLERANCE, &rank);
    gray->undefined = rank == 0;
    if (gray->undefined) {
        gray->test = (struct chi_square_test){.statistic = NAN, .p_value = NAN, .log_p = NAN};
        return GSL_EZERODIV;
    }
    chi_square_test_set(&gray->test, form, rank);
    return GSL_SUCCESS;
}
