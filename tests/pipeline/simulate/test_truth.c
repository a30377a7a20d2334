/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "simulate/truth.h"

#include <math.h>
#include <string.h>

#include "simulate/recorded.h"
#include "tests/support/near.h"

static struct table *truth_of(double confounding, double ratio, int64_t n, int n_threads)
{
    struct settings settings = default_settings;
    struct model model;

    settings.confounding = confounding;
    settings.relapse_ratio = ratio;
    settings.n_truth = n;
    settings.n_threads = n_threads;
    model_init(&model, &settings);
    return truth_table(&model);
}

static bool cell_is(const struct table *table, const char *column, size_t row, const char *words)
{
    size_t length = 0;
    const char *text = column_text(table_column(table, column), row, &length);

    return length == strlen(words) && memcmp(text, words, length) == 0;
}

/* The row of these keys: estimate, and its error. */
static double find(const struct table *table, const char *outcome, const char *estimand, const char *measure,
                   const char *arm, int time, double *error)
{
    for (size_t i = 0; i < table->n_rows; i++)
        if (cell_is(table, "outcome", i, outcome) && cell_is(table, "estimand", i, estimand) &&
            cell_is(table, "measure", i, measure) && cell_is(table, "arm", i, arm) &&
            column_integer(table_column(table, "time"), i) == time) {
            *error = column_real(table_column(table, "std_error"), i);
            return column_real(table_column(table, "estimate"), i);
        }
    fail_msg("no row %s %s %s %s %d", outcome, estimand, measure, arm, time);
    return NAN;
}

/* Without confounding, those who chose an arm are a fair sample of all: one life each, and only the plain mean. */
static void test_is_what_a_trial_without_loss_finds(void **state)
{
    enum { PERSONS = 60000 };
    struct table *truth = truth_of(0, 1.5, PERSONS, 2);
    struct settings settings = default_settings;
    double events[N_ARMS] = {0}, n[N_ARMS] = {0}, error;
    struct history history;
    struct model model;

    (void)state;
    assert_non_null(truth);
    settings.confounding = 0;
    settings.relapse_ratio = 1.5;
    model_init(&model, &settings);
    for (uint64_t i = 0; i < PERSONS; i++) {
        struct event event[N_OUTCOMES];
        history_live(&model, i, ARM_NONE, WINDOW_LAST, &history);
        if (!recorded_in_cohort(&history))
            continue;
        recorded_outcomes(&model, i, &history, NEVER, event);
        events[history.arm] += event[OUTCOME_RELAPSE].cause == 1 && event[OUTCOME_RELAPSE].day <= 180;
        n[history.arm]++;
    }
    for (int a = 0; a < N_ARMS; a++) {
        const double risk = events[a] / n[a], true_risk = find(truth, "relapse", "all", "risk", arm_words[a], 180, &error);
        assert_true(n[a] > 5000);
        assert_true(fabs(risk - true_risk) < 4 * sqrt(risk * (1 - risk) / n[a]));
    }
    table_free(truth);
}

static void test_without_confounding_all_populations_are_one(void **state)
{
    struct table *truth = truth_of(0, 1.3, 20000, 1);
    double error;

    (void)state;
    assert_non_null(truth);
    const double all = find(truth, "relapse", "all", "risk_difference", "iop", 365, &error);
    const double overlap = find(truth, "relapse", "overlap", "risk_difference", "iop", 365, &error);
    const double treated = find(truth, "relapse", "treated", "risk_difference", "iop", 365, &error);
    assert_near(overlap, all, 1e-9);
    assert_true(fabs(treated - all) < 4 * error && treated != all);
    table_free(truth);
}

static void test_differences_are_those_of_the_arms(void **state)
{
    struct table *truth = truth_of(1, 1.1, 20000, 1);
    double e;

    (void)state;
    assert_non_null(truth);
    assert_near(find(truth, "retention", "treated", "risk_difference", "iop", 90, &e),
                find(truth, "retention", "treated", "risk", "iop", 90, &e) -
                    find(truth, "retention", "treated", "risk", "inpatient", 90, &e),
                1e-12);
    assert_near(find(truth, "death", "overlap", "rmst_difference", "iop", 365, &e),
                find(truth, "death", "overlap", "rmst", "iop", 365, &e) -
                    find(truth, "death", "overlap", "rmst", "inpatient", 365, &e),
                1e-9);
    table_free(truth);
}

static void test_is_the_same_for_any_number_of_threads(void **state)
{
    struct table *one = truth_of(1, 1.1, 6000, 1), *five = truth_of(1, 1.1, 6000, 5);

    (void)state;
    assert_non_null(one);
    assert_non_null(five);
    assert_int_equal(one->n_rows, five->n_rows);
    for (size_t j = 0; j < one->n_columns; j++)
        assert_memory_equal(one->columns[j].values, five->columns[j].values, one->n_rows * one->columns[j].width);
    table_free(one);
    table_free(five);
}

/* The error that is stated is the spread of truths over other persons: another seed's truth lies within it. */
static void test_errors_are_those_of_another_seed(void **state)
{
    struct settings settings = default_settings;
    struct model model;
    double squares = 0, error, first_error;
    struct table *first = truth_of(1, 1.1, 12000, 2);

    (void)state;
    assert_non_null(first);
    const double mine = find(first, "relapse", "all", "risk", "iop", 365, &first_error);
    settings.n_truth = 12000;
    settings.n_threads = 2;
    for (uint64_t seed = 100; seed < 112; seed++) {
        settings.seed = seed;
        model_init(&model, &settings);
        struct table *truth = truth_table(&model);
        assert_non_null(truth);
        const double z = (find(truth, "relapse", "all", "risk", "iop", 365, &error) - mine) / hypot(error, first_error);
        squares += z * z;
        table_free(truth);
    }
    assert_true(squares > 1 && squares < 40); /* 12 squares of mean 1 with one common part */
    table_free(first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_is_what_a_trial_without_loss_finds),
        cmocka_unit_test(test_without_confounding_all_populations_are_one),
        cmocka_unit_test(test_differences_are_those_of_the_arms),
        cmocka_unit_test(test_is_the_same_for_any_number_of_threads),
        cmocka_unit_test(test_errors_are_those_of_another_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
