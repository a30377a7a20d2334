/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/hazards.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "cohort/arms.h"
#include "compare/numbers.h"
#include "compare/sample.h"
#include "stats/cox.h"
#include "stats/cox_score.h"
#include "stats/cox_zph.h"

/* The people of some arms as rows of a regression, with a column for every arm but the last. */
struct hazard_rows {
    struct cox_rows rows;
    double *entry, *time;
    int32_t *event;
    int64_t *frequency;
    int32_t *cluster, *term; /* cluster NULL: none */
    size_t n_cluster;
    uint16_t *code;
    int32_t *column;
    struct design_block block;
    struct design_matrix design;
    struct cox_data *data;
    struct cox_work *work;
    struct cox_fit *fit;
};

static void clear(struct hazard_rows *h)
{
    free(h->entry);
    free(h->time);
    free(h->event);
    free(h->frequency);
    free(h->cluster);
    free(h->term);
    free(h->code);
    free(h->column);
    cox_fit_free(h->fit);
    cox_work_free(h->work);
    cox_data_free(h->data);
}

static size_t place_of(const size_t *arms, size_t n_arm, int32_t arm)
{
    size_t k = 0;

    while (k < n_arm && arms[k] != (size_t)arm)
        k++;
    return k;
}

static int fill(const struct comparison *c, const size_t *arms, size_t n_arm, struct hazard_rows *h)
{
    const struct sample *s = c->people;
    const bool clustered = s->cluster != NULL;
    size_t n = 0;

    if ((h->entry = allocate(s->n, sizeof *h->entry)) == NULL || (h->time = allocate(s->n, sizeof *h->time)) == NULL ||
        (h->event = allocate(s->n, sizeof *h->event)) == NULL ||
        (h->frequency = allocate(s->n, sizeof *h->frequency)) == NULL ||
        (h->code = allocate(s->n, sizeof *h->code)) == NULL ||
        (clustered && (h->cluster = allocate(s->n, sizeof *h->cluster)) == NULL) ||
        (h->column = allocate(n_arm, sizeof *h->column)) == NULL || (h->term = allocate(n_arm, sizeof *h->term)) == NULL)
        return -1;
    for (size_t i = 0; i < s->n; i++) {
        const size_t arm = place_of(arms, n_arm, s->arm[i]);
        if (arm == n_arm)
            continue;
        h->time[n] = s->time[i];
        /* Who does not enter late is at risk from the start, for the events of day 0 too. */
        h->entry[n] = i < s->n_late ? s->entry[i] : -1;
        h->event[n] = s->cause[i] == 1;
        h->frequency[n] = s->frequency[i];
        h->code[n] = (uint16_t)arm;
        if (clustered) {
            h->cluster[n] = s->cluster[i];
            h->n_cluster = (size_t)s->cluster[i] >= h->n_cluster ? (size_t)s->cluster[i] + 1 : h->n_cluster;
        }
        n++;
    }
    for (size_t k = 0; k < n_arm; k++)
        h->column[k] = k + 1 < n_arm ? (int32_t)k : DESIGN_NONE;
    h->block = (struct design_block){.code = h->code, .n_level = n_arm, .column = h->column};
    h->design = (struct design_matrix){.n = n, .p = n_arm - 1, .n_block = 1, .block = &h->block};
    h->rows = (struct cox_rows){.n = n, .entry = s->n_late > 0 ? h->entry : NULL, .time = h->time, .event = h->event,
                                .n_stratum = 1, .frequency = h->frequency, .design = &h->design};
    return 0;
}

/* GSL's code; told only when memory is short. */
static int fit(const struct comparison *c, const size_t *arms, size_t n_arm, struct hazard_rows *h)
{
    const struct cox_control control = COX_CONTROL;
    const size_t n_threads = c->n_threads < 1 ? 1 : (size_t)c->n_threads;

    if (fill(c, arms, n_arm, h) != 0)
        return GSL_ENOMEM;
    if ((h->data = cox_data_alloc(&h->rows, n_threads)) == NULL || (h->fit = cox_fit_alloc(n_arm - 1)) == NULL ||
        (h->work = cox_work_alloc(h->data, COX_EFRON, n_threads)) == NULL) {
        fail("out of memory");
        return GSL_ENOMEM;
    }
    return cox_fit_run(h->work, &control, h->fit);
}

static const char *method_of(const struct comparison *c)
{
    const bool robust = c->people != NULL && c->people->cluster != NULL;

    if (c->n_cause > 1)
        return robust ? "Cox, Efron ties, competing events censored; robust by cluster"
                      : "Cox, Efron ties, competing events censored";
    return robust ? "Cox, Efron ties; robust by cluster" : "Cox, Efron ties";
}

static double robust_error(const struct hazard_rows *h)
{
    struct cox_scores *scores = cox_scores_alloc(h->work);
    double variance = NAN;

    if (scores == NULL || cox_robust(scores, h->fit, h->cluster, h->n_cluster, &variance) != GSL_SUCCESS)
        variance = NAN;
    cox_scores_free(scores);
    return sqrt(variance);
}

/* Of the log ratio at a true ratio of 1, between independent people: Schoenfeld 1981, doi:10.1093/biomet/68.1.316. */
static double planning_error(const struct comparison *c, struct arm_pair pair, int64_t n_event)
{
    const double arm = (double)c->n[pair.arm], reference = (double)c->n[pair.reference], share = arm / (arm + reference);

    return 1 / sqrt((double)n_event * share * (1 - share));
}

void hazard_of_pair(const struct comparison *c, enum measure measure, struct arm_pair pair, double level,
                    struct number *number)
{
    struct hazard_rows h = {0};

    *number = number_none();
    number->method = method_of(c);
    if (c->table == NULL) {
        number_undefined(number, "the outcome has no time");
        return;
    }
    const int code = fit(c, (const size_t[]){pair.arm, pair.reference}, 2, &h);
    number->n = c->n[pair.arm] + c->n[pair.reference];
    number->n_event = c->n_event[pair.arm] + c->n_event[pair.reference];
    if (code == GSL_EZERODIV)
        number_undefined(number, "no events in either arm");
    else if (code != GSL_SUCCESS)
        number_undefined(number, "%s", gsl_strerror(code));
    else if (h.fit->column[0] == COX_INFINITE)
        number_undefined(number, "the estimate does not exist: no events in arm %s",
                         comparison_arm(c, h.fit->sign[0] > 0 ? pair.reference : pair.arm));
    else if (h.fit->column[0] == COX_ALIASED)
        number_undefined(number, "at no event were people of both arms at risk");
    else {
        const double error = h.cluster != NULL ? robust_error(&h) : h.fit->std_err[0];
        if (measure == MEASURE_hazard_ratio)
            number_set_log(number, h.fit->coef[0], error, level);
        else
            number_set_wald(number, h.fit->coef[0], error, level);
        if (h.cluster == NULL)
            number->planning_error = planning_error(c, pair, number->n_event);
    }
    clear(&h);
}

/* GSL_EZERODIV when there is nothing to test. */
static int run_test(const struct comparison *c, const size_t *arms, size_t n, struct chi_square_test *all)
{
    struct hazard_rows h = {0};
    struct cox_zph zph = {.test = allocate(2, sizeof *zph.test)};
    int code = zph.test == NULL ? GSL_ENOMEM : fit(c, arms, n, &h);
    double *g = code == GSL_SUCCESS ? allocate(h.data->n_axis, sizeof *g) : NULL;

    if (code == GSL_SUCCESS && g == NULL)
        code = GSL_ENOMEM;
    if (code == GSL_SUCCESS)
        code = cox_zph_times(h.data, &h.rows, COX_ZPH_KM, g);
    if (code == GSL_SUCCESS)
        code = cox_zph_run(h.work, h.fit, g, h.term, 1, &zph);
    if (code == GSL_SUCCESS)
        *all = zph.test[0];
    free(g);
    free(zph.test);
    clear(&h);
    return code;
}

int test_proportional(const struct comparison *c, const size_t *arms, size_t n, struct arm_test *test)
{
    struct chi_square_test result = {0};

    *test = (struct arm_test){.statistic = NAN, .p_value = NAN, .n = 0, .n_event = 0,
                              .method = "score test of time-varying hazard ratios, Kaplan-Meier transform"};
    if (c->table == NULL) {
        test->n = test->n_event = MISSING_INTEGER;
        snprintf(test->note, sizeof test->note, "the outcome has no time");
        return 0;
    }
    for (size_t k = 0; k < n; k++) {
        test->n += c->n[arms[k]];
        test->n_event += c->n_event[arms[k]];
    }
    const int code = run_test(c, arms, n, &result);
    if (code == GSL_ENOMEM)
        return -1;
    test->defined = code == GSL_SUCCESS && result.df > 0;
    if (!test->defined) {
        snprintf(test->note, sizeof test->note, "%s", test->n_event == 0 ? "no events in any arm"
                                                                         : "there is no hazard ratio to test");
        return 0;
    }
    test->statistic = result.statistic;
    test->p_value = result.p_value;
    test->df = result.df;
    return 0;
}
