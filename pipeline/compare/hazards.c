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
#include "stats/influence.h"

/* The people of some arms as rows of a regression, with a column for every arm but the last. */
struct hazard_rows {
    struct cox_rows rows;
    double *entry, *time;
    int32_t *event;
    int64_t *frequency;
    int32_t *cluster, *term; /* cluster NULL: none */
    uint32_t *group;         /* [arms * times * 2] the row of those of one arm who leave on one day, without or with the event */
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
    free(h->group);
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

static void set_design(size_t n, size_t n_arm, bool late, struct hazard_rows *h)
{
    for (size_t k = 0; k < n_arm; k++)
        h->column[k] = k + 1 < n_arm ? (int32_t)k : DESIGN_NONE;
    h->block = (struct design_block){.code = h->code, .n_level = n_arm, .column = h->column};
    h->design = (struct design_matrix){.n = n, .p = n_arm - 1, .n_block = 1, .block = &h->block};
    h->rows = (struct cox_rows){.n = n, .entry = late ? h->entry : NULL, .time = h->time, .event = h->event,
                                .n_stratum = 1, .frequency = h->frequency, .design = &h->design};
}

/* People of one arm who leave on one day are alike: copies of one row. */
static int fill_groups(const struct comparison *c, const size_t *arms, size_t n_arm, struct hazard_rows *h)
{
    const size_t n_time = c->table->n_time, n_most = 2 * n_arm * n_time;
    size_t n = 0;

    if ((h->time = allocate(n_most, sizeof *h->time)) == NULL || (h->event = allocate(n_most, sizeof *h->event)) == NULL ||
        (h->frequency = allocate(n_most, sizeof *h->frequency)) == NULL || (h->code = allocate(n_most, sizeof *h->code)) == NULL ||
        (h->group = allocate(n_most, sizeof *h->group)) == NULL ||
        (h->column = allocate(n_arm, sizeof *h->column)) == NULL || (h->term = allocate(n_arm, sizeof *h->term)) == NULL)
        return -1;
    for (size_t arm = 0; arm < n_arm; arm++)
        for (size_t k = 0; k < n_time; k++) {
            const struct risk_counts counts = risk_table_counts(c->table, arms[arm], RISK_TABLE_ALL, 1, k);
            const int64_t people[2] = {counts.n_other + counts.n_censor, counts.n_event};
            for (size_t event = 0; event < 2; event++) {
                if (people[event] == 0)
                    continue;
                h->group[(arm * n_time + k) * 2 + event] = (uint32_t)n;
                h->time[n] = c->table->time[k];
                h->event[n] = (int32_t)event;
                h->frequency[n] = people[event];
                h->code[n++] = (uint16_t)arm;
            }
        }
    set_design(n, n_arm, false, h);
    return 0;
}

/* Person by person: some are seen only from a later day on. */
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
        if (clustered)
            h->cluster[n] = s->cluster[i];
        n++;
    }
    set_design(n, n_arm, c->delayed_entry, h);
    h->rows.reducer = c->reducer;
    return 0;
}

/* GSL's code; told only when memory is short. */
static int fit(const struct comparison *c, const size_t *arms, size_t n_arm, struct hazard_rows *h)
{
    const struct cox_control control = COX_CONTROL;
    const size_t n_threads = c->n_threads < 1 ? 1 : (size_t)c->n_threads;

    if ((c->delayed_entry ? fill(c, arms, n_arm, h) : fill_groups(c, arms, n_arm, h)) != 0)
        return GSL_ENOMEM;
    if ((h->data = cox_data_alloc(&h->rows, n_threads)) == NULL || (h->fit = cox_fit_alloc(n_arm - 1)) == NULL ||
        (h->work = cox_work_alloc(h->data, COX_EFRON, n_threads)) == NULL) {
        fail_memory();
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

/* Of two arms: what a copy of each row adds to the score goes to its cluster. */
static int group_variance(const struct comparison *c, struct arm_pair pair, const struct hazard_rows *h,
                          const struct cox_scores *scores, double *variance)
{
    const struct sample *s = c->people;
    const size_t n_time = c->table->n_time;
    double *const of_row = allocate(h->rows.n + 1, sizeof *of_row), *const phi = allocate(s->n + 1, sizeof *phi);
    int code = of_row == NULL || phi == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    for (size_t i = 0; code == GSL_SUCCESS && i < h->data->n; i++) {
        const uint32_t row = h->data->row[i];
        cox_score_row(scores, i, &of_row[row]);
        of_row[row] /= (double)h->frequency[row];
    }
    for (size_t i = 0; code == GSL_SUCCESS && i < s->n; i++) {
        const size_t arm = (size_t)s->arm[i] == pair.arm ? 0 : 1;
        if (arm == 1 && (size_t)s->arm[i] != pair.reference)
            continue; /* of another pair */
        const size_t k = risk_table_index(c->table, s->time[i]);
        phi[i] = (double)s->frequency[i] * of_row[h->group[(arm * n_time + k) * 2 + (s->cause[i] == 1)]];
    }
    if (code == GSL_SUCCESS)
        code = influence_sum_all(s->n, phi, &s->clusters, c->reducer, variance);
    free(phi);
    free(of_row);
    return code;
}

static double robust_error(const struct comparison *c, struct arm_pair pair, const struct hazard_rows *h)
{
    struct cox_scores *scores = cox_scores_alloc(h->work);
    const struct clusters clusters = sample_clusters(c->people, h->cluster);
    double variance = NAN;
    int code = scores == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    if (code == GSL_SUCCESS && h->group != NULL) {
        code = group_variance(c, pair, h, scores, &variance);
        variance *= h->fit->covariance[0] * h->fit->covariance[0];
    } else if (code == GSL_SUCCESS)
        code = cox_robust(scores, h->fit, &clusters, &variance);
    cox_scores_free(scores);
    if (code == GSL_ENOMEM)
        fail_memory();
    return code == GSL_SUCCESS ? sqrt(variance) : (double)NAN;
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
        number_failed(number, code);
    else if (h.fit->column[0] == COX_INFINITE)
        number_undefined(number, "the estimate does not exist: no events in arm %s",
                         comparison_arm(c, h.fit->sign[0] > 0 ? pair.reference : pair.arm));
    else if (h.fit->column[0] == COX_ALIASED)
        number_undefined(number, "at no event were people of both arms at risk");
    else {
        const bool clustered = c->people->cluster != NULL;
        const double error = clustered ? robust_error(c, pair, &h) : h.fit->std_err[0];
        if (measure == MEASURE_hazard_ratio)
            number_set_log(number, h.fit->coef[0], error, level);
        else
            number_set_wald(number, h.fit->coef[0], error, level);
        if (!clustered)
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
        return fail_memory();
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
