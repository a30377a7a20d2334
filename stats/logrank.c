/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/logrank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/distribution.h"
#include "stats/score_form.h"

struct logrank *logrank_alloc(size_t n_arm)
{
    struct logrank *test = calloc(1, sizeof *test);
    const size_t n_real = 2 * n_arm + 3; /* an arm's share of the two matrices and of the three vectors */

    if (test == NULL || n_arm == 0 || n_arm >= SIZE_MAX / 32 ||
        (test->n_person = calloc(n_arm, 4 * sizeof *test->n_person)) == NULL ||
        (test->observed = calloc(n_arm, n_real * sizeof *test->observed)) == NULL) {
        logrank_free(test);
        return NULL;
    }
    test->n_arm = n_arm;
    test->n_event = test->n_person + n_arm;
    test->risk = test->n_event + n_arm;
    test->expected = test->observed + n_arm;
    test->covariance = test->expected + n_arm;
    test->work = test->covariance + n_arm * n_arm;
    return test;
}

void logrank_free(struct logrank *test)
{
    if (test == NULL)
        return;
    free(test->n_person);
    free(test->observed);
    free(test);
}

/* One event time: d events among r at risk, by arm in event and risk. */
static void add_event_time(struct logrank *test, const int64_t *risk, const int64_t *event, double r, double d,
                           double weight)
{
    const size_t n = test->n_arm;
    /* The last person at risk leaves no choice between arms, and 0 / 0. */
    const double spread = r > 1 ? weight * weight * d * ((r - d) / (r - 1)) / (r * r) : 0;

    for (size_t j = 0; j < n; j++) {
        const double r_j = (double)risk[j];
        test->observed[j] += weight * (double)event[j];
        test->expected[j] += weight * d * (r_j / r);
        test->n_event[j] += event[j];
        if (spread == 0)
            continue;
        for (size_t k = 0; k < j; k++)
            test->covariance[j * n + k] -= spread * r_j * (double)risk[k];
        test->covariance[j * n + j] += spread * r_j * (r - r_j);
    }
}

/* The curves of all arms of a stratum together, from which weights are made. */
struct pooled {
    double surv; /* Kaplan-Meier, just before the time */
    double peto; /* prod (1 - d / (r + 1)), up to and including the time */
};

static double weight_at(const struct logrank_weighting *weighting, const struct pooled *pooled, double r)
{
    switch (weighting->kind) {
    case LOGRANK_GEHAN:
        return r;
    case LOGRANK_TARONE_WARE:
        return sqrt(r);
    case LOGRANK_PETO:
        return pooled->peto;
    case LOGRANK_FLEMING_HARRINGTON:
        break;
    }
    if (weighting->rho == 0 && weighting->gamma == 0)
        return 1;
    return pow(pooled->surv, weighting->rho) * pow(1 - pooled->surv, weighting->gamma);
}

static void add_stratum(const struct risk_table *table, size_t stratum, size_t cause,
                        const struct logrank_weighting *weighting, struct logrank *test)
{
    int64_t *risk = test->risk, *event = test->risk + test->n_arm;
    struct pooled pooled = {1, 1};

    for (size_t j = 0; j < test->n_arm; j++)
        risk[j] = risk_table_start(table, j, stratum);
    for (size_t k = 0; k < table->n_time; k++) {
        int64_t r = 0, d = 0;
        for (size_t j = 0; j < test->n_arm; j++) {
            event[j] = risk_table_counts(table, j, stratum, cause, k).n_event;
            d += event[j];
            r += risk[j];
        }
        if (d > 0) {
            pooled.peto *= ((double)r + 1 - (double)d) / ((double)r + 1);
            add_event_time(test, risk, event, (double)r, (double)d, weight_at(weighting, &pooled, (double)r));
            pooled.surv *= (double)(r - d) / (double)r;
        }
        for (size_t j = 0; j < test->n_arm; j++) {
            const struct risk_counts counts = risk_table_counts(table, j, stratum, 0, k);
            risk[j] += counts.n_enter - counts.n_event - counts.n_censor;
        }
    }
}

/* Arms that were at risk at an event, but for the first of them, whose row follows from the others. */
static size_t gather(struct logrank *test, double *matrix, double *score)
{
    const size_t n = test->n_arm;
    size_t n_row = 0;
    bool first_seen = false;

    for (size_t j = 0; j < n; j++) {
        size_t n_column = 0;
        bool first_column = true;
        if (!(test->expected[j] > 0))
            continue;
        if (!first_seen) {
            first_seen = true;
            continue;
        }
        for (size_t k = 0; k <= j; k++) {
            if (!(test->expected[k] > 0))
                continue;
            if (!first_column)
                matrix[n_row * n + n_column++] = test->covariance[j * n + k];
            first_column = false;
        }
        score[n_row++] = test->observed[j] - test->expected[j];
    }
    return n_row;
}

static void fill_upper_triangle(struct logrank *test)
{
    for (size_t j = 0; j < test->n_arm; j++)
        for (size_t k = 0; k < j; k++)
            test->covariance[k * test->n_arm + j] = test->covariance[j * test->n_arm + k];
}

static bool valid_weighting(const struct logrank_weighting *weighting)
{
    return weighting->kind >= LOGRANK_FLEMING_HARRINGTON && weighting->kind <= LOGRANK_PETO && weighting->rho >= 0 &&
           isfinite(weighting->rho) && weighting->gamma >= 0 && isfinite(weighting->gamma);
}

int logrank_weighted_solve(const struct risk_table *table, size_t cause, const struct logrank_weighting *weighting,
                           double rank_tolerance, struct logrank *test)
{
    const size_t n = table->n_arm;

    if (n < 2 || cause > table->n_cause)
        return GSL_EINVAL;
    if (!valid_weighting(weighting) || !(rank_tolerance >= 0 && rank_tolerance < 1))
        return GSL_EDOM;
    if (test->n_arm != n)
        return GSL_EBADLEN;
    memset(test->observed, 0, n * sizeof *test->observed);
    memset(test->expected, 0, n * sizeof *test->expected);
    memset(test->covariance, 0, n * n * sizeof *test->covariance);
    memset(test->n_event, 0, n * sizeof *test->n_event);
    for (size_t j = 0; j < n; j++)
        test->n_person[j] = risk_table_n_person(table, j, RISK_TABLE_ALL);
    for (size_t stratum = 0; stratum < table->n_stratum; stratum++)
        add_stratum(table, stratum, cause, weighting, test);

    double *score = test->work + n * n;
    const size_t n_row = gather(test, test->work, score);
    test->chi_square = score_form(test->work, n, score, n_row, rank_tolerance, &test->df);
    fill_upper_triangle(test);
    test->undefined = test->df == 0;
    if (test->undefined) {
        test->chi_square = 0;
        test->p_value = 1;
        test->log_p = 0;
        return GSL_EZERODIV;
    }
    test->p_value = chi_square_upper_tail(test->chi_square, test->df, &test->log_p);
    return GSL_SUCCESS;
}

int logrank_solve(const struct risk_table *table, size_t cause, double rho, double gamma, double rank_tolerance,
                  struct logrank *test)
{
    const struct logrank_weighting weighting = {LOGRANK_FLEMING_HARRINGTON, rho, gamma};
    return logrank_weighted_solve(table, cause, &weighting, rank_tolerance, test);
}

int logrank_trend(const struct logrank *test, const double *score, struct chi_square_test *trend)
{
    const size_t n = test->n_arm;
    double distance = 0, variance = 0, largest = 0;

    *trend = (struct chi_square_test){.statistic = NAN, .p_value = NAN, .log_p = NAN};
    for (size_t j = 0; j < n; j++) {
        if (!isfinite(score[j]))
            return GSL_EDOM;
        /* Scores count from the first, so that a shift of all of them changes no digit. */
        const double s_j = score[j] - score[0];
        distance += s_j * (test->observed[j] - test->expected[j]);
        for (size_t k = 0; k < n; k++)
            variance += s_j * (score[k] - score[0]) * test->covariance[j * n + k];
        largest = fmax(largest, s_j * s_j * test->covariance[j * n + j]);
    }
    if (!(variance > LOGRANK_RANK_TOLERANCE * largest))
        return GSL_EZERODIV;
    chi_square_test_set(trend, distance / variance * distance, 1);
    return GSL_SUCCESS;
}
