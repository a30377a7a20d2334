/* SPDX-License-Identifier: GPL-3.0-or-later */
/* R's answers of tests/reference/competing_answers.csv (scripts/references/competing.R). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "stats/cuminc.h"
#include "stats/gray.h"
#include "stats/km_weighted.h"
#include "stats/logrank.h"
#include "tests/support/near.h"
#include "tests/support/survival_rows.h"

enum { MAX_PEOPLE = 1 << 14 };

static const char answers[] = "tests/reference/competing_answers.csv";

static void test_gray_equals_cmprsk(void **state)
{
    (void)state;
    struct survival_walk walk = survival_walk_start(answers, "gray");
    for (const struct survival_answer *answer; (answer = survival_walk_next(&walk)) != NULL;) {
        const struct risk_table *table = strcmp(answer->option, "strata") == 0 ? walk.table : walk.pooled;
        struct gray *gray = gray_alloc(table->n_arm);
        const int status = gray_solve(table, answer->arm, answer->key, gray);
        /* cmprsk gives a statistic of 0 where the scores and their variance are 0; there is no test. */
        if (status == GSL_EZERODIV)
            assert_true(answer->v[0] < 1e-10);
        else {
            assert_int_equal(status, GSL_SUCCESS);
            if (answer->v[0] > 1e-10)
                assert_near(gray->test.statistic, answer->v[0], 1e-8);
            else
                assert_true(gray->test.statistic < 1e-10);
            assert_int_equal(gray->test.df, answer->v[1]);
        }
        gray_free(gray);
    }
    survival_walk_end(&walk, 700);
}

static void test_jackknife_errors_equal_survfit(void **state)
{
    (void)state;
    struct survival_interval interval;
    survival_interval_init(&interval, SURVIVAL_CONF_PLAIN, 0.95);
    struct survival_walk walk = survival_walk_start(answers, "jackknife");
    for (const struct survival_answer *answer; (answer = survival_walk_next(&walk)) != NULL;) {
        struct cuminc_curve *curve = cuminc_curve_alloc(walk.table->n_time);
        struct cuminc_reading reading;
        const size_t cause = (size_t)atoi(answer->option);
        assert_int_equal(cuminc_solve(walk.table, answer->arm, RISK_TABLE_ALL, cause, CUMINC_JACKKNIFE, &interval, curve),
                         GSL_SUCCESS);
        assert_int_equal(cuminc_read(curve, answer->key, KM_AFTER, &reading), GSL_SUCCESS);
        assert_near(reading.cuminc, answer->v[0], 1e-12);
        if (answer->v[1] > 1e-9)
            assert_near(reading.std_err, answer->v[1], 1e-10);
        else
            assert_true(reading.std_err < 1e-8);
        cuminc_curve_free(curve);
    }
    survival_walk_end(&walk, 1500);
}

static void test_weights_equal_the_sums_written_out(void **state)
{
    (void)state;
    struct survival_walk walk = survival_walk_start(answers, "weight");
    for (const struct survival_answer *answer; (answer = survival_walk_next(&walk)) != NULL;) {
        const struct risk_table *table = answer->key == 1 ? walk.table : walk.pooled;
        struct logrank *test = logrank_alloc(table->n_arm);
        const struct logrank_weighting weighting = {.kind = strcmp(answer->option, "gehan") == 0    ? LOGRANK_GEHAN
                                                            : strcmp(answer->option, "tarone") == 0 ? LOGRANK_TARONE_WARE
                                                                                                    : LOGRANK_PETO};
        assert_int_equal(logrank_weighted_solve(table, 0, &weighting, LOGRANK_RANK_TOLERANCE, test), GSL_SUCCESS);
        if (answer->v[0] > 1e-20) /* below it is the rounding of a difference that is 0 */
            assert_near(test->chi_square, answer->v[0], 1e-9);
        else
            assert_true(test->chi_square < 1e-20);
        assert_int_equal(test->df, answer->v[1]);
        assert_near(test->observed[answer->arm], answer->v[2], 1e-12);
        assert_near(test->expected[answer->arm], answer->v[3], 1e-12);
        assert_near(test->covariance[answer->arm * test->n_arm + answer->arm], answer->v[4], 1e-11);
        logrank_free(test);
    }
    survival_walk_end(&walk, 600);
}

static void test_trend_equals_the_contrast_of_survdiff(void **state)
{
    (void)state;
    struct survival_walk walk = survival_walk_start(answers, "trend");
    for (const struct survival_answer *answer; (answer = survival_walk_next(&walk)) != NULL;) {
        struct logrank *test = logrank_alloc(walk.table->n_arm);
        double score[8];
        struct chi_square_test trend;
        for (size_t j = 0; j < walk.table->n_arm; j++)
            score[j] = 17.5 + 0.25 * (double)j; /* shift and scale change nothing */
        assert_int_equal(logrank_solve(walk.pooled, 0, 0, 0, LOGRANK_RANK_TOLERANCE, test), GSL_SUCCESS);
        assert_int_equal(logrank_trend(test, score, &trend), GSL_SUCCESS);
        assert_near(trend.statistic, answer->v[0], 1e-9);
        assert_int_equal(trend.df, 1);
        logrank_free(test);
    }
    survival_walk_end(&walk, 40);
}

/* The rows of one arm with frequencies written out and the weights of competing.R, in one of two orders. */
struct people {
    size_t n;
    double entry[MAX_PEOPLE], time[MAX_PEOPLE], weight[MAX_PEOPLE];
    int32_t event[MAX_PEOPLE];
};

static void take_people(const struct survival_rows *rows, size_t arm, double scale, struct people *people)
{
    size_t row = 0;
    people->n = 0;
    for (size_t i = 0; i < rows->n; i++)
        for (int64_t copy = 0; copy < rows->frequency[i]; copy++) {
            row++;
            if ((size_t)rows->arm[i] != arm)
                continue;
            const size_t k = people->n++;
            assert_true(k < MAX_PEOPLE);
            people->entry[k] = rows->entry[i];
            people->time[k] = rows->time[i];
            people->event[k] = rows->cause[i] > 0;
            people->weight[k] = scale * (0.3 + (double)(7 * row % 11) / 5);
        }
}

static void reverse(struct people *people)
{
    for (size_t i = 0, j = people->n - 1; i < j; i++, j--) {
        const double entry = people->entry[i], time = people->time[i], weight = people->weight[i];
        const int32_t event = people->event[i];
        people->entry[i] = people->entry[j];
        people->time[i] = people->time[j];
        people->weight[i] = people->weight[j];
        people->event[i] = people->event[j];
        people->entry[j] = entry;
        people->time[j] = time;
        people->weight[j] = weight;
        people->event[j] = event;
    }
}

static enum survival_conf_type type_of(const char *option)
{
    static const char *const names[] = {"log", "log-log", "plain", "arcsin"};
    for (int i = 0; i < 4; i++)
        if (strcmp(option, names[i]) == 0)
            return (enum survival_conf_type)i;
    fail_msg("unknown type of limits %s", option);
    return SURVIVAL_CONF_NONE;
}

static struct km_weighted *solved(const struct survival_walk *walk, const struct survival_answer *answer, struct people *people)
{
    struct survival_interval interval;
    struct km_weighted *curve = km_weighted_alloc(people->n);
    survival_interval_init(&interval, type_of(answer->option), 0.95);
    assert_int_equal(km_weighted_solve(people->n, walk->rows->delayed ? people->entry : NULL, people->time, people->event,
                                       people->weight, &interval, curve),
                     GSL_SUCCESS);
    return curve;
}

static void assert_near_or_tiny(double actual, double expected, double relative)
{
    if (fabs(expected) < 1e-12 || isnan(expected))
        assert_true(isnan(actual) || isnan(expected) || fabs(actual) < 1e-12);
    else
        assert_near(actual, expected, relative);
}

static void test_sampling_weights_equal_survfit_with_robust_errors(void **state)
{
    (void)state;
    struct people *people = calloc(1, sizeof *people);
    struct survival_walk walk = survival_walk_start(answers, "sampling");
    for (const struct survival_answer *answer; (answer = survival_walk_next(&walk)) != NULL;) {
        take_people(walk.rows, answer->arm, 1, people);
        struct km_weighted *curve = solved(&walk, answer, people);
        const size_t k = km_weighted_place(curve, answer->key);
        assert_true(k != SIZE_MAX);
        assert_near_or_tiny(curve->surv[k], answer->v[0], 1e-12);
        assert_near_or_tiny(curve->cumhaz[k], answer->v[4], 1e-12);
        assert_near_or_tiny(curve->cumhaz_std_err[k], answer->v[5], 1e-9);
        if (curve->surv[k] > 1e-12) {
            assert_near_or_tiny(curve->std_err[k], answer->v[1], 1e-9);
            assert_near_or_tiny(curve->conf_low[k], answer->v[2], 1e-9);
            assert_near_or_tiny(curve->conf_high[k], answer->v[3], 1e-9);
        }
        km_weighted_free(curve);
    }
    free(people);
    survival_walk_end(&walk, 2000);
}

static void test_weighted_restricted_means_equal_the_integrated_influence(void **state)
{
    (void)state;
    struct people *people = calloc(1, sizeof *people);
    struct survival_walk walk = survival_walk_start(answers, "area");
    for (const struct survival_answer *answer; (answer = survival_walk_next(&walk)) != NULL;) {
        take_people(walk.rows, answer->arm, 1, people);
        struct km_weighted *curve = solved(&walk, answer, people);
        struct rmst rmst;
        assert_int_equal(km_weighted_rmst(curve, answer->key, &rmst), GSL_SUCCESS);
        assert_near(rmst.estimate, answer->v[0], 1e-12);
        assert_near_or_tiny(rmst.std_err, answer->v[1], 1e-9);
        km_weighted_free(curve);
    }
    free(people);
    survival_walk_end(&walk, 500);
}

static void test_scale_and_order_of_sampling_weights_change_nothing(void **state)
{
    (void)state;
    struct people *people = calloc(1, sizeof *people);
    struct survival_walk walk = survival_walk_start(answers, "area");
    for (const struct survival_answer *answer; (answer = survival_walk_next(&walk)) != NULL;) {
        take_people(walk.rows, answer->arm, 1, people);
        struct km_weighted *curve = solved(&walk, answer, people);
        take_people(walk.rows, answer->arm, 1024, people);
        reverse(people);
        struct km_weighted *other = solved(&walk, answer, people);
        struct rmst a, b;
        assert_int_equal(km_weighted_rmst(curve, answer->key, &a), GSL_SUCCESS);
        assert_int_equal(km_weighted_rmst(other, answer->key, &b), GSL_SUCCESS);
        assert_near(b.std_err, a.std_err, 0); /* a power of 2 and another order: the same bits */
        for (size_t k = 0; k < curve->n; k++) {
            assert_near(other->surv[k], curve->surv[k], 0);
            assert_near(other->std_err[k], curve->std_err[k], 0);
        }
        km_weighted_free(curve);
        km_weighted_free(other);
    }
    free(people);
    survival_walk_end(&walk, 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gray_equals_cmprsk),
        cmocka_unit_test(test_jackknife_errors_equal_survfit),
        cmocka_unit_test(test_weights_equal_the_sums_written_out),
        cmocka_unit_test(test_trend_equals_the_contrast_of_survdiff),
        cmocka_unit_test(test_sampling_weights_equal_survfit_with_robust_errors),
        cmocka_unit_test(test_weighted_restricted_means_equal_the_integrated_influence),
        cmocka_unit_test(test_scale_and_order_of_sampling_weights_change_nothing),
    };
    return cmocka_run_group_tests_name("competing answers", tests, NULL, NULL);
}
