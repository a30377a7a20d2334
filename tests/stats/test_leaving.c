/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regressions whose rows lie at several places, against those with all rows at hand (cox.h, finegray.h, glm.h). */
#include "stats/leaving.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/cox.h"
#include "stats/cox_firth.h"
#include "stats/cox_score.h"
#include "stats/finegray.h"
#include "stats/glm.h"
#include "stats/glm_sandwich.h"
#include "stats/logit_sums.h"
#include "stats/random_stream.h"
#include "stats/round_newton.h"
#include "tests/support/near.h"

enum { ROWS = 900, DAYS = 40, P = 3, SITES_MAX = 6, CLUSTERS = 23 };

/* A number and a factor of three levels; many ties; frequencies; some enter late. */
struct made {
    size_t n;
    double x[ROWS * P], number[ROWS], time[ROWS], entry[ROWS], y[ROWS], weight[ROWS];
    uint16_t factor[ROWS];
    int32_t cause[ROWS], event[ROWS], stratum[ROWS];
    int64_t frequency[ROWS];
    uint32_t position[ROWS], entered[ROWS];
    uint8_t kind[ROWS], yes[ROWS];
    int site[ROWS];
    bool clustered;        /* people of a cluster are at one site */
    int32_t cluster[ROWS];
    int32_t number_column[1], factor_column[3];
    struct design_block block[2];
    struct design_matrix design;
};

static void make(uint64_t seed, size_t n, bool late, bool counted, struct made *m)
{
    struct random_stream stream;

    random_stream_start(&stream, seed, 0, 0);
    *m = (struct made){.n = n, .number_column = {0}, .factor_column = {DESIGN_NONE, 1, 2}};
    for (size_t i = 0; i < n; i++) {
        m->number[i] = random_stream_uniform(&stream) * 2 - 0.7;
        m->factor[i] = (uint16_t)(random_stream_uniform(&stream) * 3);
        m->stratum[i] = (int32_t)(random_stream_uniform(&stream) * 2);
        m->time[i] = 1 + floor(-12 * log(random_stream_uniform(&stream)) * exp(-0.5 * m->number[i]));
        m->time[i] = m->time[i] > DAYS - 1 ? DAYS - 1 : m->time[i];
        const double u = random_stream_uniform(&stream);
        m->cause[i] = u < 0.5 ? 1 : u < 0.7 ? 2 : 0;
        m->event[i] = m->cause[i] == 1;
        m->kind[i] = (uint8_t)(m->cause[i] == 0 ? LEAVING_CENSORED : m->cause[i] == 1 ? LEAVING_EVENT : LEAVING_OTHER);
        m->yes[i] = random_stream_uniform(&stream) < 1 / (1 + exp(0.4 - m->number[i] + 0.5 * m->factor[i]));
        m->y[i] = m->yes[i];
        m->frequency[i] = counted ? 1 + (int64_t)(random_stream_uniform(&stream) * 3) : 1;
        m->weight[i] = (double)m->frequency[i];
        m->position[i] = (uint32_t)m->time[i];
        const double entry = floor(random_stream_uniform(&stream) * m->time[i] * 1.5) - 2;
        m->entry[i] = late && entry > 0 && entry < m->time[i] ? entry : -1;
        m->entered[i] = m->entry[i] > 0 ? (uint32_t)m->entry[i] : LEAVING_FROM_START;
        m->cluster[i] = (int32_t)(random_stream_uniform(&stream) * CLUSTERS);
        m->site[i] = (int)(random_stream_uniform(&stream) * random_stream_uniform(&stream) * SITES_MAX);
        m->x[i * P] = m->number[i];
        m->x[i * P + 1] = m->factor[i] == 1;
        m->x[i * P + 2] = m->factor[i] == 2;
    }
    m->block[0] = (struct design_block){m->number, NULL, 1, m->number_column};
    m->block[1] = (struct design_block){NULL, m->factor, 3, m->factor_column};
    m->design = (struct design_matrix){n, P, 2, m->block};
}

/* Positions 0 .. DAYS - 1 of stratum 0, then of stratum 1. */
static struct leaving *empty_table(bool strata)
{
    double time[2 * DAYS];
    int32_t stratum[2 * DAYS];

    for (int k = 0; k < 2 * DAYS; k++) {
        time[k] = k % DAYS;
        stratum[k] = k / DAYS;
    }
    return leaving_alloc(time, stratum, strata ? 2 * DAYS : DAYS, P, false);
}

/* The rows of one site; site -1: all. */
static struct leaving_rows rows_of(const struct made *m, int site, bool strata, bool late, struct made *part)
{
    part->n = 0;
    for (size_t i = 0; i < m->n; i++) {
        const size_t k = part->n;
        if (site >= 0 && m->site[i] != site)
            continue;
        memcpy(part->x + k * P, m->x + i * P, P * sizeof(double));
        part->frequency[k] = m->frequency[i];
        part->position[k] = m->position[i] + (strata ? (uint32_t)(m->stratum[i] * DAYS) : 0);
        part->entered[k] = m->entered[i] == LEAVING_FROM_START || !strata ? m->entered[i]
                                                                          : m->entered[i] + (uint32_t)(m->stratum[i] * DAYS);
        part->kind[k] = m->kind[i];
        part->yes[k] = m->yes[i];
        part->cluster[k] = m->cluster[i];
        part->n++;
    }
    return (struct leaving_rows){part->n, part->x, part->frequency, part->position, part->kind,
                                 late ? part->entered : NULL, m->clustered ? part->cluster : NULL, CLUSTERS};
}

static void cluster_people(struct made *m)
{
    m->clustered = true;
    for (size_t i = 0; i < m->n; i++)
        m->site[i] = m->cluster[i] % SITES_MAX;
}

struct answer {
    double loglik, score[P + 1], info[(P + 1) * (P + 1)], size[P + 1];
};

enum way { COX_WAY, FINEGRAY_WAY, LOGIT_WAY };

/* Evaluates at beta with the people at n_site sites. */
static void evaluate(const struct made *m, enum way way, bool strata, bool late, bool efron, int n_site, const double *beta,
                     struct answer *answer, wide_sum *meat)
{
    static struct made part;
    struct leaving *all = empty_table(strata);
    double work[3 * 16], shares[2 * DAYS * LEAVING_SHARE_KINDS * (1 + 2 * P)], share[P];
    struct leaving_point point = {.score = answer->score, .info = answer->info, .size = answer->size};
    wide_sum sums[1 + 4 + 10] = {0};

    for (int site = n_site == 1 ? -1 : 0; site < (n_site == 1 ? 0 : SITES_MAX); site++) {
        const struct leaving_rows rows = rows_of(m, site, strata, late, &part);
        if (way == LOGIT_WAY) {
            double x[ROWS * (P + 1)];
            for (size_t i = 0; i < rows.n; i++) {
                x[i * (P + 1)] = 1;
                memcpy(x + i * (P + 1) + 1, rows.x + i * P, P * sizeof *x);
            }
            const struct logit_rows logit = {rows.n, P + 1, x, part.yes, rows.frequency};
            assert_int_equal(logit_sums_add(&logit, beta, sums), GSL_SUCCESS);
            if (meat != NULL)
                assert_int_equal(logit_squares_add(&logit, beta, part.cluster, CLUSTERS, meat), GSL_SUCCESS);
            continue;
        }
        struct leaving *table = empty_table(strata);
        assert_int_equal(leaving_add(table, &rows, beta), GSL_SUCCESS);
        assert_int_equal(leaving_merge(all, table), GSL_SUCCESS);
        leaving_free(table);
    }
    if (way == LOGIT_WAY) {
        const wide_sum *product = sums + 1 + P + 1;
        answer->loglik = wide_value(sums[0]);
        for (size_t j = 0; j <= P; j++)
            answer->score[j] = wide_value(sums[1 + j]);
        for (size_t j = 0; j <= P; j++)
            for (size_t k = 0; k <= j; k++)
                answer->info[j * (P + 1) + k] = answer->info[k * (P + 1) + j] = wide_value(*product++);
    } else {
        assert_int_equal(way == COX_WAY ? leaving_cox(all, efron, shares, work, &point) : leaving_finegray(all, shares, &point),
                         GSL_SUCCESS);
        answer->loglik = point.loglik;
    }
    for (int site = 0; meat != NULL && way != LOGIT_WAY && site < SITES_MAX; site++) {
        const struct leaving_rows rows = rows_of(m, site, strata, late, &part);
        assert_int_equal(leaving_meat(&rows, P, beta, shares, share, meat), GSL_SUCCESS);
    }
    leaving_free(all);
}

/* Rounds until nothing is asked for; answer->info is then the covariance. */
static void fit(const struct made *m, enum way way, bool strata, bool late, bool efron, int n_site, struct round_newton *state,
                struct answer *answer)
{
    assert_int_equal(round_newton_alloc(way == LOGIT_WAY ? P + 1 : P, state), GSL_SUCCESS);
    while (state->status == ROUND_GOING) {
        memset(answer, 0, sizeof *answer);
        evaluate(m, way, strata, late, efron, n_site, state->asked, answer, NULL);
        round_newton_take(state, answer->loglik, answer->score, answer->info, way == LOGIT_WAY ? NULL : answer->size);
    }
}

static void compare_cox(uint64_t seed, bool strata, bool late, bool counted, bool efron)
{
    static struct made m;
    struct round_newton one, many;
    struct answer of_one, of_many;
    const struct cox_control control = COX_CONTROL;

    make(seed, ROWS, late, counted, &m);
    const struct cox_rows rows = {.n = m.n, .entry = late ? m.entry : NULL, .time = m.time, .event = m.event,
                                  .stratum = strata ? m.stratum : NULL, .n_stratum = strata ? 2 : 1,
                                  .frequency = m.frequency, .design = &m.design};
    struct cox_data *data = cox_data_alloc(&rows, 1);
    struct cox_work *work = cox_work_alloc(data, efron ? COX_EFRON : COX_BRESLOW, 1);
    struct cox_fit *pooled = cox_fit_alloc(P);
    assert_int_equal(cox_fit_run(work, &control, pooled), GSL_SUCCESS);
    fit(&m, COX_WAY, strata, late, efron, 1, &one, &of_one);
    fit(&m, COX_WAY, strata, late, efron, SITES_MAX, &many, &of_many);
    assert_int_equal(many.status, ROUND_DONE);
    assert_memory_equal(one.base, many.base, P * sizeof *one.base);
    assert_memory_equal(&of_one, &of_many, sizeof of_one);
    for (size_t j = 0; j < P; j++) {
        assert_near(many.base[j], pooled->coef[j], 1e-10);
        assert_near(sqrt(of_many.info[j * P + j]), pooled->std_err[j], 1e-10);
    }
    assert_near(many.loglik, pooled->loglik, 1e-9);
    assert_near(many.loglik_start, pooled->loglik_null, 1e-9);
    assert_near(many.score_test, pooled->score_test.statistic, 1e-8);
    round_newton_free(&one);
    round_newton_free(&many);
    cox_fit_free(pooled);
    cox_work_free(work);
    cox_data_free(data);
}

/* Errors: diagonal of bread meat bread, times a factor. */
static void sandwich(const double *bread, const wide_sum *meat, size_t p, double factor, double *error)
{
    for (size_t j = 0; j < p; j++) {
        double variance = 0;
        for (size_t a = 0; a < p; a++)
            for (size_t b = 0; b < p; b++)
                variance += bread[j * p + a] * wide_value(meat[a > b ? a * (a + 1) / 2 + b : b * (b + 1) / 2 + a]) * bread[b * p + j];
        error[j] = sqrt(factor * variance);
    }
}

static void compare_clusters_of_cox(uint64_t seed, bool strata, bool late, bool counted, bool efron)
{
    static struct made m;
    struct round_newton many;
    struct answer answer;
    const struct cox_control control = COX_CONTROL;
    wide_sum meat[P * (P + 1) / 2] = {0};
    double covariance[P * P], bread[P * P], error[P];

    make(seed, ROWS, late, counted, &m);
    cluster_people(&m);
    const struct cox_rows rows = {.n = m.n, .entry = late ? m.entry : NULL, .time = m.time, .event = m.event,
                                  .stratum = strata ? m.stratum : NULL, .n_stratum = strata ? 2 : 1,
                                  .frequency = m.frequency, .design = &m.design};
    struct cox_data *data = cox_data_alloc(&rows, 1);
    struct cox_work *work = cox_work_alloc(data, efron ? COX_EFRON : COX_BRESLOW, 1);
    struct cox_fit *pooled = cox_fit_alloc(P);
    assert_int_equal(cox_fit_run(work, &control, pooled), GSL_SUCCESS);
    struct cox_scores *scores = cox_scores_alloc(work);
    assert_int_equal(cox_robust(scores, pooled, &(struct clusters){m.cluster, CLUSTERS, 0}, covariance), GSL_SUCCESS);
    fit(&m, COX_WAY, strata, late, efron, SITES_MAX, &many, &answer);
    memcpy(bread, answer.info, sizeof bread);
    evaluate(&m, COX_WAY, strata, late, efron, SITES_MAX, many.base, &answer, meat);
    sandwich(bread, meat, P, 1, error);
    for (size_t j = 0; j < P; j++)
        assert_near(error[j], sqrt(covariance[j * P + j]), 1e-10);
    round_newton_free(&many);
    cox_scores_free(scores);
    cox_fit_free(pooled);
    cox_work_free(work);
    cox_data_free(data);
}

static void test_errors_by_cluster_are_those_of_the_pooled_people(void **state)
{
    static struct made m;
    const struct finegray_control control = FINEGRAY_CONTROL;

    (void)state;
    for (uint64_t seed = 1; seed <= 16; seed++)
        compare_clusters_of_cox(seed, seed & 1, seed & 2, seed & 4, seed & 8);
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct round_newton many;
        struct answer answer;
        wide_sum meat[(P + 1) * (P + 2) / 2] = {0};
        double covariance[(P + 1) * (P + 1)], bread[(P + 1) * (P + 1)], error[P + 1];
        struct glm_fit *logistic;
        make(seed, ROWS, false, seed & 1, &m);
        cluster_people(&m);
        const struct glm_data data = {.design = &m.design, .y = m.y, .weight = m.weight};
        const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 1};
        assert_int_equal(glm_fit_alloc(&data, &options, &logistic), GSL_SUCCESS);
        assert_int_equal(glm_sandwich_clustered(&data, &options, logistic, &(struct clusters){m.cluster, CLUSTERS, 0}, covariance), GSL_SUCCESS);
        fit(&m, LOGIT_WAY, false, false, false, SITES_MAX, &many, &answer);
        memcpy(bread, answer.info, sizeof bread);
        evaluate(&m, LOGIT_WAY, false, false, false, SITES_MAX, many.base, &answer, meat);
        sandwich(bread, meat, P + 1, CLUSTERS / (CLUSTERS - 1.), error);
        for (size_t j = 0; j <= P; j++)
            assert_near(error[j], sqrt(covariance[j * (P + 1) + j]), 1e-10);
        round_newton_free(&many);
        glm_fit_free(logistic);

        make(seed, 500, false, false, &m);
        cluster_people(&m);
        memset(meat, 0, sizeof meat);
        const struct finegray_rows rows = {.n = m.n, .time = m.time, .cause = m.cause, .wanted = 1, .n_group = 1,
                                           .cluster = m.cluster, .n_cluster = CLUSTERS, .design = &m.design};
        struct finegray *pooled = finegray_alloc(P);
        assert_int_equal(finegray_solve(&rows, &control, 1, pooled), GSL_SUCCESS);
        fit(&m, FINEGRAY_WAY, false, false, false, SITES_MAX, &many, &answer);
        memcpy(bread, answer.info, sizeof bread);
        evaluate(&m, FINEGRAY_WAY, false, false, false, SITES_MAX, many.base, &answer, meat);
        sandwich(bread, meat, P, 1, error);
        for (size_t j = 0; j < P; j++)
            assert_near(error[j], pooled->std_err[j], 1e-10);
        round_newton_free(&many);
        finegray_free(pooled);
    }
}

/* A table with cubes, of the people of each site. */
static void evaluate_penalised(const struct made *m, bool strata, bool late, bool efron, struct round_newton *state)
{
    static struct made part;
    double time[2 * DAYS], work[3 * 32], score[P], info[P * P], size[P], cubes[P * (P + 1) * (P + 2) / 6];
    int32_t stratum[2 * DAYS];
    struct leaving_point point = {.score = score, .info = info, .size = size, .cubes = cubes};

    for (int k = 0; k < 2 * DAYS; k++) {
        time[k] = k % DAYS;
        stratum[k] = k / DAYS;
    }
    struct leaving *all = leaving_alloc(time, stratum, strata ? 2 * DAYS : DAYS, P, true);
    for (int site = 0; site < SITES_MAX; site++) {
        const struct leaving_rows rows = rows_of(m, site, strata, late, &part);
        struct leaving *table = leaving_alloc(time, stratum, strata ? 2 * DAYS : DAYS, P, true);
        assert_int_equal(leaving_add(table, &rows, state->asked), GSL_SUCCESS);
        assert_int_equal(leaving_merge(all, table), GSL_SUCCESS);
        leaving_free(table);
    }
    assert_int_equal(leaving_cox(all, efron, NULL, work, &point), GSL_SUCCESS);
    assert_int_equal(leaving_penalise(P, state->aliased, &point), GSL_SUCCESS);
    round_newton_take(state, point.loglik, score, info, size);
    leaving_free(all);
}

/* Nobody with the last level has the event: Firth's penalty has an estimate all the same, and that of the pooled people. */
static void test_firths_penalty_is_that_of_the_pooled_people(void **state)
{
    static struct made m;
    const struct cox_control control = COX_CONTROL;

    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        const bool strata = seed & 1, late = seed & 2, efron = seed & 4;
        struct round_newton newton;
        make(seed, 300, late, true, &m);
        for (size_t i = 0; i < m.n; i++)
            if (m.factor[i] == 2 && m.kind[i] == LEAVING_EVENT) {
                m.kind[i] = LEAVING_CENSORED;
                m.event[i] = 0;
            }
        const struct cox_rows rows = {.n = m.n, .entry = late ? m.entry : NULL, .time = m.time, .event = m.event,
                                      .stratum = strata ? m.stratum : NULL, .n_stratum = strata ? 2 : 1,
                                      .frequency = m.frequency, .design = &m.design};
        struct cox_data *data = cox_data_alloc(&rows, 1);
        struct cox_work *work = cox_work_alloc(data, efron ? COX_EFRON : COX_BRESLOW, 1);
        struct cox_fit *pooled = cox_fit_alloc(P);
        assert_int_equal(cox_firth_run(work, &control, pooled), GSL_SUCCESS);
        assert_int_equal(round_newton_alloc(P, &newton), GSL_SUCCESS);
        newton.linear = true;
        while (newton.status == ROUND_GOING)
            evaluate_penalised(&m, strata, late, efron, &newton);
        assert_int_equal(newton.status, ROUND_DONE);
        for (size_t j = 0; j < P; j++)
            assert_near(newton.base[j], pooled->coef[j], 1e-9);
        assert_near(newton.loglik, pooled->loglik, 1e-8);
        assert_near(newton.loglik_start, pooled->loglik_null, 1e-8);
        round_newton_free(&newton);
        cox_fit_free(pooled);
        cox_work_free(work);
        cox_data_free(data);
    }
}

static void test_cox_does_not_tell_how_people_are_dealt_to_sites(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 16; seed++)
        compare_cox(seed, seed & 1, seed & 2, seed & 4, seed & 8);
}

static void test_finegray_does_not_tell_how_people_are_dealt_to_sites(void **state)
{
    static struct made m;
    const struct finegray_control control = FINEGRAY_CONTROL;

    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct round_newton one, many;
        struct answer of_one, of_many;
        wide_sum meat[P * (P + 1) / 2] = {0};
        double bread[P * P], half[P * P];
        make(seed, 500, false, false, &m);
        const struct finegray_rows rows = {.n = m.n, .time = m.time, .cause = m.cause, .wanted = 1, .n_group = 1,
                                           .design = &m.design};
        struct finegray *pooled = finegray_alloc(P);
        assert_int_equal(finegray_solve(&rows, &control, 1, pooled), GSL_SUCCESS);
        fit(&m, FINEGRAY_WAY, false, false, false, 1, &one, &of_one);
        fit(&m, FINEGRAY_WAY, false, false, false, SITES_MAX, &many, &of_many);
        assert_memory_equal(one.base, many.base, P * sizeof *one.base);
        memcpy(bread, of_many.info, sizeof bread);
        evaluate(&m, FINEGRAY_WAY, false, false, false, SITES_MAX, many.base, &of_many, meat);
        for (size_t i = 0; i < P; i++)
            for (size_t j = 0; j < P; j++) {
                half[i * P + j] = 0;
                for (size_t k = 0; k < P; k++)
                    half[i * P + j] += bread[i * P + k] * wide_value(meat[k > j ? k * (k + 1) / 2 + j : j * (j + 1) / 2 + k]);
            }
        for (size_t j = 0; j < P; j++) {
            double variance = 0;
            for (size_t k = 0; k < P; k++)
                variance += half[j * P + k] * bread[k * P + j];
            assert_near(many.base[j], pooled->coef[j], 1e-10);
            assert_near(sqrt(variance), pooled->std_err[j], 1e-10);
        }
        assert_near(many.loglik, pooled->loglik, 1e-9);
        round_newton_free(&one);
        round_newton_free(&many);
        finegray_free(pooled);
    }
}

static void test_logistic_does_not_tell_how_people_are_dealt_to_sites(void **state)
{
    static struct made m;

    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct round_newton one, many;
        struct answer of_one, of_many;
        struct glm_fit *pooled;
        make(seed, ROWS, false, seed & 1, &m);
        const struct glm_data data = {.design = &m.design, .y = m.y, .weight = m.weight};
        const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 1};
        assert_int_equal(glm_fit_alloc(&data, &options, &pooled), GSL_SUCCESS);
        fit(&m, LOGIT_WAY, false, false, false, 1, &one, &of_one);
        fit(&m, LOGIT_WAY, false, false, false, SITES_MAX, &many, &of_many);
        assert_memory_equal(one.base, many.base, (P + 1) * sizeof *one.base);
        for (size_t j = 0; j <= P; j++) {
            assert_near(many.base[j], pooled->coef[j], 1e-10);
            assert_near(of_many.info[j * (P + 1) + j], pooled->covariance[j * (P + 1) + j], 1e-10);
        }
        assert_near(many.loglik, pooled->loglik, 1e-9);
        round_newton_free(&one);
        round_newton_free(&many);
        glm_fit_free(pooled);
    }
}

/* Nobody with the last level has the event: its coefficient runs away, the others are those of the limit. */
static void test_a_likelihood_that_rises_for_ever_is_seen(void **state)
{
    static struct made m;
    struct round_newton newton;
    struct answer answer;
    struct glm_fit *pooled;

    (void)state;
    make(3, ROWS, false, false, &m);
    for (size_t i = 0; i < m.n; i++)
        if (m.factor[i] == 2)
            m.y[i] = m.yes[i] = 0;
    const struct glm_data data = {.design = &m.design, .y = m.y};
    const struct glm_options options = {.family = GLM_LOGISTIC, .n_threads = 1};
    assert_int_equal(glm_fit_alloc(&data, &options, &pooled), GSL_SUCCESS);
    fit(&m, LOGIT_WAY, false, false, false, SITES_MAX, &newton, &answer);
    assert_int_equal(newton.status, ROUND_DONE);
    assert_true(newton.endless[3] && !newton.endless[0] && !newton.endless[1] && !newton.endless[2]);
    for (size_t j = 0; j < P; j++)
        assert_near(newton.base[j], pooled->coef[j], 1e-6);
    round_newton_free(&newton);
    glm_fit_free(pooled);
}

static void test_a_column_that_others_explain_has_no_coefficient(void **state)
{
    static struct made m;
    struct round_newton newton;
    struct answer answer;

    (void)state;
    make(4, ROWS, false, false, &m);
    for (size_t i = 0; i < m.n; i++)
        m.x[i * P + 2] = 2.385 * m.x[i * P] - m.x[i * P + 1];
    fit(&m, COX_WAY, false, false, true, SITES_MAX, &newton, &answer);
    assert_int_equal(newton.status, ROUND_DONE);
    assert_true(newton.aliased[2] && !newton.aliased[0] && !newton.aliased[1]);
    assert_true(newton.base[2] == 0);
    round_newton_free(&newton);
}

static void test_sums_come_back_from_their_halves(void **state)
{
    static const double values[] = {0, 1, -1, 2.385e-18, -2.385e-18, 0x1p50, -0x1.23456789p50, 17.25, -17.25};

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
            const wide_sum sum = wide_of(values[i]) + wide_of(values[k]);
            assert_true(wide_join(wide_high(sum), wide_low(sum)) == sum);
            assert_true(wide_low(sum) >= 0);
        }
    assert_true(wide_value(wide_of(2.5)) == 2.5);
    assert_false(wide_fits(0x1p41, 1));
    assert_false(wide_fits(0x1p39, 0x1p20));
    assert_false(wide_fits(NAN, 1));
}

static void test_what_cannot_be_added_is_refused(void **state)
{
    static struct made m, part;
    const double far[P] = {200, 0, 0}, beta[P] = {0};

    (void)state;
    make(5, 50, true, false, &m);
    struct leaving *table = empty_table(false), *other = empty_table(true);
    const struct leaving_rows rows = rows_of(&m, -1, false, true, &part);
    assert_int_equal(leaving_add(table, &rows, far), GSL_EDOM);
    assert_int_equal(leaving_merge(table, other), GSL_EINVAL);
    leaving_free(table);
    table = empty_table(false);
    assert_int_equal(leaving_add(table, &rows, beta), GSL_SUCCESS);
    double score[P], info[P * P], size[P];
    struct leaving_point point = {.score = score, .info = info, .size = size};
    assert_int_equal(leaving_finegray(table, NULL, &point), GSL_EINVAL);
    leaving_free(table);
    leaving_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cox_does_not_tell_how_people_are_dealt_to_sites),
        cmocka_unit_test(test_errors_by_cluster_are_those_of_the_pooled_people),
        cmocka_unit_test(test_firths_penalty_is_that_of_the_pooled_people),
        cmocka_unit_test(test_finegray_does_not_tell_how_people_are_dealt_to_sites),
        cmocka_unit_test(test_logistic_does_not_tell_how_people_are_dealt_to_sites),
        cmocka_unit_test(test_a_likelihood_that_rises_for_ever_is_seen),
        cmocka_unit_test(test_a_column_that_others_explain_has_no_coefficient),
        cmocka_unit_test(test_sums_come_back_from_their_halves),
        cmocka_unit_test(test_what_cannot_be_added_is_refused),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests_name("leaving", tests, NULL, NULL);
}
