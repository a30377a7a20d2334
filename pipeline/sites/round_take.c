/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sites/round_take.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cells.h"
#include "base/fail.h"
#include "base/memory.h"
#include "sites/round_start.h"
#include "sites/site_models.h"
#include "stats/cholesky.h"
#include "stats/leaving.h"

/* One regression and what all sites say of it. */
struct taking {
    const struct round *round;
    struct round_fit *fit;
    const struct table *people, *sums, *days;
    struct sum_layout layout;
    wide_sum *sum;             /* [layout.n] */
    double *score, *info, *size, *cubes;
    double loglik;
};

static int stop(struct round_fit *fit, const char *why)
{
    fit->phase = ROUND_STOPPED;
    free(fit->note);
    return (fit->note = copy_text(why)) == NULL ? -1 : 0;
}

/* With what a site says. */
static int stop_refused(struct taking *t, size_t row)
{
    char *const why = row < t->people->n_rows ? cell_copy(t->people, "refused", row) : copy_text("nobody is in it");
    char *const note = why == NULL ? NULL : format_text("no site answers: %s", why);
    const int status = note == NULL ? -1 : stop(t->fit, note);

    free(note);
    free(why);
    return status;
}

/* ---- people: are they those of the round before? ---------------------------------------------------------------------------- */

/* 1: another start, since fewer answer than were there at first; -1 after telling. */
static int compare_people(struct taking *t)
{
    int64_t n = 0, n_event = 0, n_sites = 0;
    size_t refusal = t->people->n_rows;

    for (size_t i = 0; i < t->people->n_rows; i++) {
        if (cell_integer(t->people, "fit", i) != (int64_t)t->fit->number)
            continue;
        if (!cell_is(t->people, "refused", i, "")) {
            refusal = i;
            continue;
        }
        n += cell_integer(t->people, "n", i);
        n_event += cell_integer(t->people, "n_event", i);
        n_sites++;
    }
    if (n == t->fit->n && n_event == t->fit->n_event && n_sites == t->fit->n_sites)
        return 0;
    if (n_sites == 0)
        return stop_refused(t, refusal);
    if (t->fit->newton.n_round > 0)
        return stop(t->fit, "a site does not answer any more, or its records have changed");
    t->fit->n = n;
    t->fit->n_event = n_event;
    t->fit->n_sites = n_sites;
    if (n_event == 0)
        return stop(t->fit, "no events");
    round_start_intercept(t->fit);
    return t->fit->fit.model->rule == MODEL_LOGISTIC ? 1 : 0;
}

/* ---- sums of sites ------------------------------------------------------------------------------------------------------------ */

static int add_sums(struct taking *t)
{
    for (size_t i = 0; i < t->sums->n_rows; i++) {
        const int64_t item = cell_integer(t->sums, "item", i);
        if (cell_integer(t->sums, "fit", i) != (int64_t)t->fit->number)
            continue;
        if (item < 0 || (size_t)item >= t->layout.n)
            return fail("an answer has more sums than the round asked for");
        t->sum[item] += wide_join(cell_integer(t->sums, "high", i), cell_integer(t->sums, "low", i));
    }
    return 0;
}

static void read_point(struct taking *t)
{
    const size_t p = t->fit->newton.p;
    size_t k = t->layout.info;

    t->loglik = wide_value(t->sum[t->layout.loglik]);
    for (size_t j = 0; j < p; j++) {
        t->score[j] = wide_value(t->sum[t->layout.score + j]);
        t->size[j] = wide_value(t->sum[t->layout.size + j]);
        for (size_t i = 0; i <= j; i++)
            t->info[j * p + i] = t->info[i * p + j] = wide_value(t->sum[k++]);
    }
    for (k = t->layout.cubes; k < t->layout.meat; k++)
        t->cubes[k - t->layout.cubes] = wide_value(t->sum[k]);
}

/* ---- one baseline: the days of all sites together --------------------------------------------------------------------------------- */

struct place {
    const struct table *days;
    size_t row;
};

static int compare_texts(const struct table *days, size_t a, size_t b)
{
    const struct column *const column = table_column(days, "stratum");
    size_t n, m;
    const char *const x = column_text(column, a, &n), *const y = column_text(column, b, &m);
    const int order = memcmp(x, y, n < m ? n : m);

    return order != 0 ? order : (n > m) - (n < m);
}

static int compare_places(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    const int order = compare_texts(x->days, x->row, y->row);
    const double day = cell_real(x->days, "day", x->row), other = cell_real(y->days, "day", y->row);

    return order != 0 ? order : (day > other) - (day < other);
}

static size_t list_places(const struct taking *t, struct place *places)
{
    size_t n = 0;

    for (size_t i = 0; i < t->days->n_rows; i++)
        if (cell_integer(t->days, "fit", i) == (int64_t)t->fit->number)
            places[n++] = (struct place){t->days, i};
    return n;
}

static int add_cell(const struct table *days, size_t row, size_t k, struct leaving *table)
{
    const int64_t kind = cell_integer(days, "kind", row), item = cell_integer(days, "item", row);
    const size_t stride = table->stride;

    if (kind < 0 || kind >= LEAVING_KINDS || item < 0 || (size_t)item >= stride)
        return fail("an answer has sums by day that the round did not ask for");
    const size_t cell = k * LEAVING_KINDS + (size_t)kind;
    table->n[cell] += item == 0 ? cell_integer(days, "n", row) : 0;
    table->sum[cell * stride + (size_t)item] += wide_join(cell_integer(days, "high", row), cell_integer(days, "low", row));
    return 0;
}

/* What the days of shares are called.  first [n_time]: a row of each. */
static int keep_days(struct taking *t, const struct leaving *table, const size_t *first)
{
    if (!round_fit_is_robust(t->fit))
        return 0;
    if (round_fit_alloc_days(t->fit, table->n_time) != 0)
        return -1;
    for (size_t k = 0; k < table->n_time; k++) {
        t->fit->days[k] = table->time[k];
        if ((t->fit->strata[k] = cell_copy(t->days, "stratum", first[k])) == NULL)
            return -1;
    }
    return 0;
}

/* NULL after telling. */
static struct leaving *join_days(struct taking *t)
{
    struct place *places = allocate(t->days->n_rows, sizeof *places);
    double *day = allocate(t->days->n_rows, sizeof *day);
    int32_t *stratum = allocate(t->days->n_rows, sizeof *stratum);
    uint32_t *position = allocate(t->days->n_rows, sizeof *position);
    size_t *first = allocate(t->days->n_rows + 1, sizeof *first);
    struct leaving *table = NULL;
    size_t n_time = 0, n = 0;
    int status = places == NULL || day == NULL || stratum == NULL || position == NULL || first == NULL ? -1 : 0;

    if (status == 0 && (n = list_places(t, places)) > 0)
        qsort(places, n, sizeof *places, compare_places);
    for (size_t i = 0; i < n; i++) {
        const bool fresh = i == 0 || compare_texts(t->days, places[i - 1].row, places[i].row) != 0;
        if (fresh || compare_places(&places[i - 1], &places[i]) != 0) {
            day[n_time] = cell_real(t->days, "day", places[i].row);
            first[n_time] = places[i].row;
            stratum[n_time] = n_time == 0 ? 0 : stratum[n_time - 1] + fresh;
            n_time++;
        }
        position[i] = (uint32_t)(n_time - 1);
    }
    if (status == 0 && (table = leaving_alloc(day, stratum, n_time, t->fit->newton.p, t->fit->fit.model->firth)) == NULL)
        status = fail_memory();
    for (size_t i = 0; status == 0 && i < n; i++)
        status = add_cell(t->days, places[i].row, position[i], table);
    for (size_t j = 0; status == 0 && j <= t->fit->newton.p; j++)
        table->events[j] = t->sum[t->layout.loglik + j];
    if (status == 0)
        status = keep_days(t, table, first);
    free(first);
    free(places);
    free(day);
    free(stratum);
    free(position);
    if (status == 0)
        return table;
    leaving_free(table);
    return NULL;
}

static int solve_days(struct taking *t, const struct leaving *table)
{
    const struct study_model *const model = t->fit->fit.model;
    struct leaving_point point = {.score = t->score, .info = t->info, .size = t->size, .cubes = table->cubes ? t->cubes : NULL};
    double *const work = allocate(3 * table->stride, sizeof *work),
                 *const shares = round_fit_is_robust(t->fit) ? t->fit->shares : NULL;

    if (work == NULL)
        return -1;
    const int status = model->rule == MODEL_FINEGRAY
                           ? leaving_finegray(table, shares, &point)
                           : leaving_cox(table, model->ties.text == NULL || strcmp(model->ties.text, "efron") == 0, shares, work, &point);
    free(work);
    t->loglik = point.loglik;
    if (status == GSL_ENOMEM)
        return fail_memory();
    if (status != GSL_SUCCESS)
        return stop(t->fit, status == GSL_EINVAL ? "Fine-Gray takes no delayed entry"
                                                 : "the linear predictor spans too far for exp; rescale a covariate");
    return 0;
}

/* ---- a step -------------------------------------------------------------------------------------------------------------------------- */

/* Of clusters, of a logistic model: their number over one less, as in a run. */
static double factor_of(const struct round_fit *fit)
{
    return fit->fit.clustered && fit->fit.model->rule == MODEL_LOGISTIC ? (double)fit->n_cluster / (double)(fit->n_cluster - 1) : 1;
}

/* covariance := bread meat bread. */
static int set_sandwich(struct taking *t)
{
    struct round_fit *const fit = t->fit;
    if (fit->fit.clustered)
        fit->n_cluster = (int64_t)wide_value(t->sum[t->layout.n_cluster]);
    if (fit->fit.clustered && fit->n_cluster < 2)
        return stop(fit, "fewer than two clusters");
    const double factor = factor_of(fit);
    const size_t p = fit->newton.p;
    const wide_sum *const meat = t->sum + t->layout.meat;
    double *const half = allocate(2 * p * p, sizeof *half), *const bread = half == NULL ? NULL : half + p * p;

    if (half == NULL)
        return -1;
    memcpy(bread, fit->covariance, p * p * sizeof *bread);
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++)
            for (size_t k = 0; k < p; k++)
                half[i * p + j] += bread[i * p + k] * wide_value(meat[k > j ? k * (k + 1) / 2 + j : j * (j + 1) / 2 + k]);
    memset(fit->covariance, 0, p * p * sizeof *fit->covariance);
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++)
            for (size_t k = 0; k < p; k++)
                fit->covariance[i * p + j] += factor * half[i * p + k] * bread[k * p + j];
    fit->phase = ROUND_FINISHED;
    free(half);
    return 0;
}

/* Firth's, over the columns that have a coefficient: which, is told by the first answer. */
static int penalise(struct taking *t)
{
    const size_t p = t->fit->newton.p;
    struct leaving_point point = {t->loglik, t->score, t->info, t->size, t->cubes};
    bool *const left_out = allocate(p + 1, sizeof *left_out);
    double *const factor = allocate(p * p + 1, sizeof *factor);
    int status = left_out == NULL || factor == NULL ? -1 : 0;

    if (status == 0) {
        memcpy(left_out, t->fit->newton.aliased, p * sizeof *left_out);
        memcpy(factor, t->info, p * p * sizeof *factor);
        if (t->fit->newton.n_round == 0)
            cholesky_decompose(factor, p, t->size, CHOLESKY_TOLERANCE, left_out);
        status = leaving_penalise(p, left_out, &point) == GSL_SUCCESS ? 0 : fail_memory();
    }
    t->loglik = point.loglik;
    free(factor);
    free(left_out);
    return status;
}

static int step(struct taking *t)
{
    struct round_fit *const fit = t->fit;
    const bool robust = round_fit_is_robust(fit);

    if (fit->fit.model->firth && penalise(t) != 0)
        return -1;
    round_newton_take(&fit->newton, t->loglik, t->score, t->info, t->size);
    if (fit->newton.status == ROUND_GOING)
        return 0;
    memcpy(fit->covariance, t->info, fit->newton.p * fit->newton.p * sizeof *fit->covariance);
    if (fit->newton.status == ROUND_ENDLESS) {
        fit->phase = ROUND_FINISHED;
        return 0;
    }
    if (robust && round_fit_by_day(t->round, fit)) {
        memcpy(fit->newton.asked, fit->newton.base, fit->newton.p * sizeof *fit->newton.asked);
        fit->phase = ROUND_VARIANCE;
        return 0;
    }
    fit->phase = ROUND_FINISHED;
    return robust ? set_sandwich(t) : 0;
}

static int take_answers(struct taking *t)
{
    struct leaving *table = NULL;
    int status = add_sums(t);

    if (status != 0)
        return -1;
    if (t->fit->phase == ROUND_VARIANCE)
        return set_sandwich(t);
    if (!round_fit_by_day(t->round, t->fit))
        read_point(t);
    else if ((table = join_days(t)) == NULL || solve_days(t, table) != 0)
        status = -1;
    leaving_free(table);
    return status == 0 && t->fit->phase == ROUND_ASKS ? step(t) : status;
}

static int take_fit(struct taking *t)
{
    const size_t p = t->fit->newton.p;
    const int other = compare_people(t);

    if (other != 0 || t->fit->phase == ROUND_STOPPED)
        return other < 0 ? -1 : 0;
    double *const memory = allocate(2 * p + p * p + leaving_n_cubes(p), sizeof *memory);
    t->layout = sum_layout_of(t->round, t->fit);
    t->sum = allocate(t->layout.n, sizeof *t->sum);
    t->score = memory;
    t->size = memory == NULL ? NULL : memory + p;
    t->info = memory == NULL ? NULL : memory + 2 * p;
    t->cubes = memory == NULL ? NULL : memory + 2 * p + p * p;
    const int status = memory == NULL || t->sum == NULL ? -1 : take_answers(t);
    free(memory);
    free(t->sum);
    return status;
}

int round_take(const struct table *people, const struct table *sums, const struct table *days, struct round *round)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < round->n; i++) {
        struct taking t = {.round = round, .fit = &round->fits[i], .people = people, .sums = sums, .days = days};
        if (t.fit->phase == ROUND_ASKS || t.fit->phase == ROUND_VARIANCE)
            status = take_fit(&t);
    }
    round->number++;
    return status;
}
